/* event_list.c - events one below the other, in time order.
 *
 * A controller that cannot make its pod tells so again for each name it tries: events in a row that differ in nothing but
 * generated names, numbers and ids are one row. Within one second, the clock of most events, such ones stand together. Offsets
 * count events, folded or not. A long silence stands as a line of its own: what lies before it is another story. */
#include "cmd/event_rows.h"

#include <string.h>

#include "coldcase/eventgroups.h"
#include "coldcase/events.h"

enum { FOLD_AHEAD = 20000, TOGETHER_MOST = 256 };
static const int64_t SILENCE = 600 * CC_NS_PER_S;

static const cc_column columns[] = {
	{ "last", "Last", CC_CELL_TIME, CC_ROLE_TIME, 9, 0 },
	{ "count", "Count", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
	{ "type", "Type", CC_CELL_TEXT, CC_ROLE_TEXT, 7, 3 },
	{ "reason", "Reason", CC_CELL_TEXT, CC_ROLE_HEADING, 14, 0 },
	{ "entity", "Object", CC_CELL_ENTITY, CC_ROLE_ENTITY, 26, 0 },
	{ "message", "Message", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "first", "First", CC_CELL_TIME, CC_ROLE_TIME, 9, 4 },
	{ "source", "Source", CC_CELL_TEXT, CC_ROLE_DIM, 16, 5 },
	{ "fresh", "New", CC_CELL_BOOL, CC_ROLE_CHANGED, 4, 6 },
	{ "expired", "Expired", CC_CELL_BOOL, CC_ROLE_DIM, 7, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 },
	{ "folded", "Events", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
};

/* Rows come oldest first. Newest first is the rule: what an operator looks for is at the end of the time line. */
static bool order_rows(ev_list *l, const cc_call *c)
{
	const char *sort = cc_arg(c, "sort");
	size_t n = l->rows.n, at = 0;
	uint32_t *out = cc_arena_array(c->arena, n, sizeof *out);
	if (!out)
		return n == 0;
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < n; i++) {
			uint32_t row = l->rows.p[sort && sort[0] == 'o' ? i : n - 1 - i];
			bool first = !sort || sort[0] != 'w' || cc_events_get(snap(c), row)->warning;
			if (first == (pass == 0))
				out[at++] = row;
		}
	}
	for (size_t i = 0; i < n; i++)
		l->rows.p[i] = out[i];
	return true;
}

static const cc_event *event_at(const cc_call *c, const ev_list *l, size_t i)
{
	return cc_events_get(snap(c), l->rows.p[i]);
}

static bool is_of_same(const cc_event *a, const cc_event *b)
{
	return a->warning == b->warning && a->reason == b->reason && a->entity == b->entity && a->name == b->name && a->ns == b->ns;
}

/* Of one second, each goes below the first that it is like; the others keep their order. */
static void bring_together(const cc_call *c, ev_list *l)
{
	for (size_t i = 0; i < l->rows.n; i++) {
		const cc_event *first = event_at(c, l, i);
		size_t to = i + 1;
		for (size_t k = to; k < l->rows.n && k - i < TOGETHER_MOST && event_at(c, l, k)->last_ns == first->last_ns; k++) {
			uint32_t row = l->rows.p[k];
			if (!is_of_same(first, event_at(c, l, k)))
				continue;
			memmove(&l->rows.p[to + 1], &l->rows.p[to], (k - to) * sizeof row);
			l->rows.p[to++] = row;
		}
		i = to - 1;
	}
}

/* How many events from i on say what the first says. */
static size_t run_length(const cc_call *c, const ev_list *l, size_t i, size_t end)
{
	cc_buf says = CC_BUF_INIT, next = CC_BUF_INIT;
	const cc_event *e = event_at(c, l, i);
	size_t n = 1;
	for (; i + n < end && is_of_same(e, event_at(c, l, i + n)); n++) {
		if (n == 1)
			cc_event_mask(e->message, &says);
		cc_buf_clear(&next);
		cc_event_mask(event_at(c, l, i + n)->message, &next);
		if (!cc_buf_ok(&says) || !cc_buf_ok(&next) || !cc_str_eq(cc_buf_str(&says), cc_buf_str(&next)))
			break;
	}
	cc_buf_deinit(&says);
	cc_buf_deinit(&next);
	return n;
}

/* The newest of the run stands for all, with what they count together. */
static cc_event whole_run(const cc_call *c, const ev_list *l, size_t i, size_t n)
{
	cc_event e = *event_at(c, l, i);
	for (size_t k = 1; k < n; k++) {
		const cc_event *other = event_at(c, l, i + k);
		int64_t first = other->first_ns < e.first_ns ? other->first_ns : e.first_ns, count = e.count + other->count;
		if (other->last_ns > e.last_ns)
			e = *other;
		e.first_ns = first, e.count = count;
	}
	return e;
}

/* What parts a row from the one before. */
static void add_parting(cc_call *c, cc_reply *r, const cc_event *before, const cc_event *e)
{
	int64_t begin = cc_snapshot_range(snap(c)).from_ns, apart = cc_time_between(e->last_ns, before->last_ns);
	cc_buf b = CC_BUF_INIT;
	if (e->last_ns == CC_TIME_NONE || before->last_ns == CC_TIME_NONE)
		return;
	if (apart >= SILENCE || apart <= -SILENCE) {
		cc_duration_format(&b, apart < 0 ? -apart : apart);
		cc_buf_addz(&b, apart > 0 ? " earlier" : " later");
	}
	if (begin != CC_TIME_NONE && e->last_ns < begin && before->last_ns >= begin) {
		cc_buf_addf(&b, "%sbefore the capture begins at ", b.n ? ", " : "");
		cc_time_format_clock(&b, begin);
	}
	if (b.n)
		cc_reply_set_above(r, "%.*s", CC_STR_ARG(cc_buf_str(&b)));
	cc_buf_deinit(&b);
}

static void add_row(cc_call *c, cc_reply *r, const cc_event *e, size_t folded)
{
	const cc_snapshot *s = snap(c);
	int64_t pivot = ev_pivot(c);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = e->entity, row->cite = e->cite, row->time_ns = e->last_ns;
	row->mark = e->warning ? CC_ROLE_WARNING : CC_ROLE_TEXT;
	row->stands_for = folded;
	cc_reply_cell(r, cc_cell_time(e->last_ns));
	cc_reply_cell(r, cc_cell_int(e->count));
	cc_reply_cell(r, cc_cell_textz(e->warning ? "Warning" : "Normal"));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, e->reason)));
	cc_reply_cell(r, cc_cell_entity(e->entity));
	cc_reply_cell(r, cc_cell_text(folded > 1 ? cc_event_shown(e->message, c->arena) : e->message));
	cc_reply_cell(r, cc_cell_time(e->first_ns));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, e->source)));
	cc_reply_cell(r, cc_cell_bool(pivot != CC_TIME_NONE && e->first_ns >= pivot));
	cc_reply_cell(r, cc_cell_bool(e->expired));
	cc_reply_cell(r, cc_cell_cite(e->cite));
	cc_reply_cell(r, folded > 1 ? cc_cell_int((int64_t)folded) : cc_cell_none());
	cc_str text = ev_cite_text(c, e->cite);
	cc_reply_set_drill(r, "event %.*s", CC_STR_ARG(text));
}

cc_code event_list_table(cc_call *c, cc_reply *r, ev_list *l, cc_err *err)
{
	bool fold = cc_arg_bool(c, "fold", true);
	if (!order_rows(l, c))
		return cc_err_set(err, CC_ENOMEM, "events: out of memory");
	if (fold)
		bring_together(c, l);
	size_t i = l->from, end = l->rows.n - l->from > FOLD_AHEAD ? l->from + FOLD_AHEAD : l->rows.n;
	cc_event before = { 0 };
	cc_reply_begin_table(r, "events", NULL, columns, sizeof columns / sizeof columns[0], true);
	for (size_t rows = 0; i < end && rows < l->page.limit; rows++) {
		size_t n = fold ? run_length(c, l, i, end) : 1;
		cc_event e = whole_run(c, l, i, n);
		add_row(c, r, &e, n);
		if (rows)
			add_parting(c, r, &before, &e);
		before = e;
		i += n;
	}
	cc_reply_set_covered(r, i - l->from);
	return CC_OK;
}
