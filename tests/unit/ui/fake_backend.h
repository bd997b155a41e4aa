/* fake_backend.h - an investigation that is only pretended: canned replies, a count of the lines run, a case view that follows
 * `focus`, `at`, `window`, `start`, `pause`, `resume`, `submit`. */
#ifndef COLDCASE_TEST_FAKE_BACKEND_H
#define COLDCASE_TEST_FAKE_BACKEND_H

#include <stdlib.h>
#include <string.h>

#include "ui/term_fake.h"
#include "ui/ui_priv.h"

typedef struct fake {
	cc_ui_status status;
	cc_buf lines;            /* every line run, newline after each */
	int runs, views;
	uint64_t rows;           /* that a list has in all */
	uint32_t pins[8];        /* records pinned */
	bool fail_next;
	bool record;             /* what Enter opens is a log record: facts and a text */
	uint64_t first;          /* rows that are missing at the start of what is listed */
	bool twins;              /* two rows each cite the same record */
	const char *pinned_as;   /* label of all pins; NULL = that of the row asked about */
	const char *missing;     /* panes without evidence */
} fake;

static const cc_column fake_columns[] = {
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 }, { "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 30, 1 },
	{ "count", "Count", CC_CELL_INT, CC_ROLE_TEXT, 6, 2 }, { "trend", "Trend", CC_CELL_SPARK, CC_ROLE_INFO, 10, 3 },
	{ "text", "Text", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 }, { "hidden", "Hidden", CC_CELL_TEXT, CC_ROLE_DIM, 10, 255 },
};
static const double fake_trend[] = { 0, 1, 4, 9, 2 };

static inline void fake_row(cc_reply *r, uint64_t i, bool twins)
{
	static const cc_role marks[] = { CC_ROLE_TEXT, CC_ROLE_WARNING, CC_ROLE_TEXT, CC_ROLE_CRITICAL, CC_ROLE_TEXT };
	cc_buf b = CC_BUF_INIT;
	cc_row *row = cc_reply_row(r);
	row->time_ns = (int64_t)i * CC_NS_PER_S;
	row->entity = (cc_entity_id)(i / 3 + 1);
	row->cite = (cc_cite){ 1, (uint32_t)(twins ? i / 2 : i) + 1 };
	row->mark = marks[i % 5];
	cc_reply_cell(r, cc_cell_time(row->time_ns));
	cc_reply_cell(r, cc_cell_entity(row->entity));
	cc_reply_cell(r, cc_cell_int((int64_t)i * 7));
	cc_reply_cell(r, cc_cell_spark(fake_trend, 5));
	cc_buf_addf(&b, "row %llu says \033[31m%s", (unsigned long long)i, i % 4 == 2 ? "needle \xe6\x97\xa5\xe6\x9c\xac" : "hay");
	cc_reply_cell(r, cc_cell_text(cc_buf_str(&b)));
	cc_reply_cell(r, cc_cell_textz("more"));
	cc_reply_set_drill(r, "entity name%llu", (unsigned long long)i);
	cc_reply_set_op(r, i % 2 ? CC_STR("odd") : CC_STR("even"));
	cc_buf_deinit(&b);
}

static inline void fake_list(cc_reply *r, uint64_t total, uint64_t offset, uint64_t first, bool twins)
{
	cc_reply_begin_facts(r, "facts", "About");
	cc_reply_fact(r, "state", "State", cc_cell_textz("frozen"), CC_ROLE_OK);
	cc_reply_begin_table(r, "rows", NULL, fake_columns, 6, true);
	for (uint64_t i = offset; i < total && i < offset + CC_REPLY_PAGE; i++)
		fake_row(r, i + first, twins);
	cc_reply_set_paging(r, total, offset, CC_REPLY_PAGE);
	cc_reply_set_empty(r, "no rows, because the test says so");
	cc_reply_begin_text(r, "lines", "Lines");
	cc_reply_line(r, CC_ROLE_ADDED, CC_STR("+ added\n  same and long enough to wrap on a narrow screen because words go on and on"));
}

static inline void fake_effect(fake *f, cc_str line)
{
	if (cc_str_starts(line, CC_STR("focus")))
		f->status.view.focus++;
	else if (cc_str_starts(line, CC_STR("at ")))
		f->status.view.at_ns = 3 * CC_NS_PER_S;
	else if (cc_str_starts(line, CC_STR("window clear")))
		f->status.view.window = (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	else if (cc_str_starts(line, CC_STR("window")))
		f->status.view.window = (cc_range){ 0, 100 * CC_NS_PER_S };
	else if (cc_str_starts(line, CC_STR("start")))
		f->status.started = f->status.running = true;
	else if (cc_str_starts(line, CC_STR("pause")))
		f->status.running = false;
	else if (cc_str_starts(line, CC_STR("resume")))
		f->status.running = true;
	else if (cc_str_starts(line, CC_STR("suspect")))
		f->status.suspects++;
	else if (cc_str_starts(line, CC_STR("submit confirm=submit")))
		f->status.submitted = true;
}

static inline cc_code fake_run(void *arg, cc_str line, cc_cancel *cancel, cc_reply **out, cc_err *err)
{
	fake *f = arg;
	const char *at = strstr(line.p, "offset=");
	(void)cancel;
	f->runs++;
	cc_buf_add(&f->lines, line);
	cc_buf_add_char(&f->lines, '\n');
	if (f->fail_next) {
		f->fail_next = false;
		cc_err_set(err, CC_EBUDGET, "the budget is used up");
		return cc_err_hint(err, "submit what you have"), CC_EBUDGET;
	}
	fake_effect(f, line);
	bool one = f->record && cc_str_starts(line, CC_STR("entity "));
	cc_reply *r = cc_reply_new(one ? "log" : "fake");
	if (one) {
		cc_reply_begin_facts(r, "log", NULL);
		cc_reply_fact(r, "level", "Level", cc_cell_textz("error"), CC_ROLE_CRITICAL);
		cc_reply_begin_text(r, "body", NULL);
		cc_reply_line(r, CC_ROLE_TEXT, CC_STR("what it said"));
		*out = r;
		return cc_reply_publish(r, NULL, err);
	}
	cc_reply_set_title(r, "%.*s", CC_STR_ARG(line));
	fake_list(r, f->rows, at && at < line.p + line.n ? strtoull(at + 7, NULL, 10) : 0, f->first, f->twins);
	*out = r;
	return cc_reply_publish(r, NULL, err);
}

static inline void fake_status(void *arg, cc_ui_status *out)
{
	*out = ((fake *)arg)->status;
}

static inline void fake_view(void *arg, const cc_view_state *v)
{
	(void)v;
	((fake *)arg)->views++;
}

static inline cc_code fake_complete(void *arg, cc_str line, cc_arena *arena, cc_completion_vec *out, size_t *word_start)
{
	(void)arg;
	(void)arena;
	*word_start = line.n >= 2 ? line.n - 2 : 0;
	if (!cc_vec_push(out, ((cc_completion){ CC_STR("logs"), "log records" })) || !cc_vec_push(out, ((cc_completion){ CC_STR("log"), "one" })))
		return CC_ENOMEM;
	return CC_OK;
}

static inline void fake_entity(void *arg, cc_entity_id id, cc_buf *out)
{
	(void)arg;
	cc_buf_addf(out, "shop/Deployment/thing%u", id);
}

static inline void fake_cite(void *arg, cc_cite cite, cc_buf *out)
{
	(void)arg;
	cc_buf_addf(out, "logs.tsv#%u", cite.record);
}

static inline uint32_t fake_pin_of(void *arg, cc_cite cite, cc_str label)
{
	const char *as = ((fake *)arg)->pinned_as;
	if (as && label.n && !cc_str_eqz(label, as))
		return 0;
	for (uint32_t i = 0; i < 8; i++)
		if (cite.file && ((fake *)arg)->pins[i] == cite.record)
			return i + 1;
	return 0;
}

static inline const char *fake_run_dir(void *arg)
{
	(void)arg;
	return NULL;
}

static inline void fake_tick(void *arg)
{
	(void)arg;
}

static inline bool fake_missing(void *arg, const char *pane)
{
	return ((fake *)arg)->missing && strstr(((fake *)arg)->missing, pane);
}

static inline void fake_init(fake *f)
{
	*f = (fake){ .lines = CC_BUF_INIT, .rows = 30 };
	f->status = (cc_ui_status){ .scenario = CC_STR("Scenario-7"), .active_ns = 65 * CC_NS_PER_S, .onset_ns = 0, .budget = { 100, 3 },
		.view = { .at_ns = CC_TIME_NONE, .window = { CC_TIME_NONE, CC_TIME_NONE }, .onset_ns = CC_TIME_NONE }, .until_ns = CC_TIME_NONE,
		.capture = { 0, 3600 * CC_NS_PER_S }, .range = { 0, 3600 * CC_NS_PER_S }, .started = true, .running = true };
}

static inline cc_backend fake_backend(fake *f)
{
	return (cc_backend){ .arg = f, .run = fake_run, .status = fake_status, .record_view = fake_view, .complete = fake_complete,
		.entity_text = fake_entity, .cite_text = fake_cite, .pin_of = fake_pin_of, .run_dir = fake_run_dir, .tick = fake_tick, .missing = fake_missing };
}

/* A console over the fake, on a fake terminal. */
typedef struct rig { fake f; cc_term_fake *term; cc_ui *ui; } rig;

static inline void rig_open(rig *r, int columns, int rows, const cc_ui_options *opt)
{
	cc_backend b = fake_backend(&r->f);
	cc_term *t = cc_term_fake_new(&r->term, columns, rows);
	assert_non_null(t);
	assert_int_equal(cc_ui_new_with(&r->ui, &b, t, opt, NULL), CC_OK);
	cc_ui_draw(r->ui);
}

static inline void rig_close(rig *r)
{
	cc_ui_free(r->ui);
	r->term->base.ops->close(&r->term->base);
	cc_buf_deinit(&r->f.lines);
}

/* Each key is followed by a drawing, as in life. */
static inline void rig_keys(rig *r, const char *script)
{
	size_t from = r->term->keys.n;
	assert_int_equal(cc_term_fake_script(r->term, cc_str_from(script), NULL), CC_OK);
	for (size_t i = from; i < r->term->keys.n; i++) {
		cc_ui_handle_key(r->ui, &r->term->keys.p[i]);
		cc_ui_draw(r->ui);
	}
}

static inline bool rig_shows(rig *r, const char *text)
{
	cc_buf b = CC_BUF_INIT;
	cc_grid_dump(&r->term->shown, &b, false);
	bool found = strstr(b.p, text) != NULL;
	cc_buf_deinit(&b);
	return found;
}

static inline const char *rig_last_line(rig *r)
{
	if (r->f.lines.n < 2)
		return "";
	char *end = r->f.lines.p + r->f.lines.n - 1;
	while (end > r->f.lines.p && end[-1] != '\n')
		end--;
	return end;
}

#define RIG(w, h, opt) rig r; fake_init(&r.f); rig_open(&r, (w), (h), (opt))

static inline void expect_last(rig *r, const char *line)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "%s\n", line);
	assert_string_equal(rig_last_line(r), b.p);
	cc_buf_deinit(&b);
}

#endif
