/* compare_said.c - what a step says beside what it shows: an agent's words before it, and for a step that no pane shows - a shell
 * command, another program's tool - its line and what it printed. */
#include "ui/compare.h"

#include "coldcase/json.h"

/* The line of the file with that number, or where it would stand. */
static size_t line_at(const cc_run *run, uint64_t number)
{
	size_t low = 0, high = cc_run_line_count(run);
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (cc_run_line(run, mid)->line < number)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* The text of the events of one name between two steps, a blank line between two texts. */
static void texts_between(const cc_run *run, size_t from, size_t to, const char *name, cc_buf *out)
{
	for (size_t i = from; i < to; i++) {
		if (cc_run_line_type(run, i) != CC_LINE_EVENT)
			continue;
		const cc_record_line *line = cc_run_line(run, i);
		cc_str text = cc_str_trim(cc_json_get_str(cc_json_get(line->json, "data"), "text"));
		if (!cc_str_eqz(line->as.event->name, name) || !text.n)
			continue;
		if (out->n)
			cc_buf_addz(out, "\n\n");
		cc_buf_add(out, text);
	}
}

/* Nothing that a pane could show. */
static bool is_foreign(const cc_lane *l, const cc_record_step *s, const cc_buf *printed)
{
	const cc_cmd *cmd;
	return !l->ui || printed->n || (s && s->command.n && cc_cmd_find(s->command, &cmd, NULL) != CC_OK);
}

static void add_lines(cc_reply *r, cc_role role, cc_str text)
{
	cc_str line;
	while (text.n) {
		cc_str_cut(text, '\n', &line, &text);
		cc_reply_line(r, role, line.n ? line : CC_STR(" "));
	}
}

static cc_reply *page_of(const cc_lane *l, const cc_record_step *s, const cc_buf *printed)
{
	cc_reply *r = cc_reply_new("step");
	if (!r)
		return NULL;
	cc_reply_begin_text(r, "step", NULL);
	if (!s)
		cc_reply_line(r, CC_ROLE_DIM, CC_STR("its evidence is not at hand: steps are shown as text"));
	if (l->said.n)
		add_lines(r, CC_ROLE_DIM, cc_buf_str(&l->said));
	if (s) {
		cc_reply_line(r, CC_ROLE_HEADING, s->line);
		if (s->code != CC_OK)
			add_lines(r, CC_ROLE_CRITICAL, s->message);
		else if (s->shown.title.n)
			cc_reply_linef(r, CC_ROLE_TEXT, "%.*s: %llu of %llu", CC_STR_ARG(s->shown.title), (unsigned long long)s->shown.rows,
				(unsigned long long)s->shown.total);
	}
	add_lines(r, CC_ROLE_TEXT, cc_buf_str(printed));
	if (cc_reply_publish(r, NULL, NULL) == CC_OK)
		return r;
	cc_reply_unref(r);
	return NULL;
}

void cc_lane_read(cc_lane *l)
{
	const cc_record_line *line = l->step ? cc_run_step(l->run, l->step - 1) : NULL;
	size_t before = l->step > 1 ? line_at(l->run, cc_run_step(l->run, l->step - 2)->line) : 0;
	size_t here = line ? line_at(l->run, line->line) : 0;
	size_t next = l->step < l->count ? line_at(l->run, cc_run_step(l->run, l->step)->line) : cc_run_line_count(l->run);
	cc_buf printed = CC_BUF_INIT;
	cc_buf_clear(&l->said);
	cc_sheet_free(l->page);
	l->page = NULL;
	texts_between(l->run, before, here, "message", &l->said);
	if (line)
		texts_between(l->run, here, next, "output", &printed);
	if (is_foreign(l, line ? line->as.step : NULL, &printed)) {
		cc_reply *r = page_of(l, line ? line->as.step : NULL, &printed);
		l->page = r ? cc_sheet_new(NULL) : NULL;
		if (l->page)
			cc_sheet_set_reply(l->page, r);
		else
			cc_reply_unref(r);
	}
	cc_buf_deinit(&printed);
}
