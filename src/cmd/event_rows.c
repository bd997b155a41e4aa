/* event_rows.c - events as lanes over time, and as the lives of chaos experiments. */
#include "cmd/event_rows.h"

#include <math.h>
#include <string.h>

#include "coldcase/eventlanes.h"

/* --- lanes --- */

enum { SLICES = 96 };

static const cc_column lane_columns[] = {
	{ "entity", "Object", CC_CELL_ENTITY, CC_ROLE_ENTITY, 34, 0 },
	{ "lane", NULL, CC_CELL_SPARK, CC_ROLE_HEADING, 0, 0 },
	{ "count", "Count", CC_CELL_INT, CC_ROLE_TEXT, 5, 2 },
	{ "last", "Last", CC_CELL_TIME, CC_ROLE_TIME, 9, 3 },
	{ "first", "First", CC_CELL_TIME, CC_ROLE_TIME, 9, 4 },
	{ "letters", "Letters", CC_CELL_TEXT, CC_ROLE_DIM, 40, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 },
};
enum { LANE_COLUMNS = sizeof lane_columns / sizeof lane_columns[0] };

static size_t cursor_slice(const cc_call *c, cc_range r)
{
	int64_t at = cc_case_view(cc_session_case(c->session)).at_ns;
	if (at == CC_TIME_NONE || at < r.from_ns || at > r.to_ns || r.to_ns <= r.from_ns)
		return SIZE_MAX;
	size_t i = (size_t)(((double)at - (double)r.from_ns) / ((double)r.to_ns - (double)r.from_ns) * SLICES);
	return i < SLICES ? i : SLICES - 1;
}

static void lane_row(cc_call *c, cc_reply *r, const cc_event_lane *lane, cc_range range)
{
	const cc_snapshot *s = snap(c);
	double *none = cc_arena_array(c->arena, SLICES, sizeof *none);
	const cc_event *last = lane->last == UINT32_MAX ? NULL : cc_events_get(s, lane->last);
	cc_row *row = none ? cc_reply_row(r) : NULL;
	if (!row)
		return;
	for (size_t i = 0; i < SLICES; i++)
		none[i] = NAN;
	row->entity = lane->entity, row->depth = lane->depth, row->time_ns = lane->last_ns;
	row->mark = lane->warning ? CC_ROLE_WARNING : CC_ROLE_TEXT;
	row->cite = last ? last->cite : (cc_cite){ 0 };
	cc_reply_cell(r, lane->entity ? cc_cell_entity(lane->entity) : cc_cell_text(cc_snapshot_sym(s, lane->name)));
	cc_reply_cell(r, cc_cell_strip(none, SLICES, (cc_str){ lane->letters, SLICES }, cursor_slice(c, range)));
	cc_reply_cell(r, last ? cc_cell_int(lane->count) : cc_cell_none());
	cc_reply_cell(r, cc_cell_time(lane->last_ns));
	cc_reply_cell(r, cc_cell_time(lane->first_ns));
	cc_reply_cell(r, cc_cell_text((cc_str){ lane->letters, SLICES }));
	cc_reply_cell(r, cc_cell_cite(row->cite));
	if (lane->entity) {
		cc_str entity = ev_entity_text(c, lane->entity);
		cc_reply_set_drill(r, "events entity=%.*s sort=oldest all=yes", CC_STR_ARG(entity));
	}
}

/* Only what occurs is explained. */
static void note_letters(cc_reply *r, const cc_event_lane_vec *lanes)
{
	static const char order[] = "SPCKBUFRNXo^-?.";
	cc_buf b = CC_BUF_INIT;
	for (const char *p = order; *p; p++) {
		bool any = false;
		for (size_t i = 0; i < lanes->n && !any; i++)
			any = memchr(lanes->p[i].letters, *p, SLICES) != NULL;
		if (any)
			cc_buf_addf(&b, "%s%c %s", b.n ? ", " : "", *p, cc_event_letter_means(*p));
	}
	cc_reply_add_note(r, "%.*s; small letters between the first and last of an event that repeats", CC_STR_ARG(cc_buf_str(&b)));
	cc_buf_deinit(&b);
}

/* The lane's heading says which time it covers. */
static const cc_column *headed_columns(cc_reply *r, cc_range range)
{
	cc_column *columns = cc_arena_array(cc_reply_arena(r), LANE_COLUMNS, sizeof *columns);
	cc_buf b = CC_BUF_INIT;
	if (!columns)
		return NULL;
	memcpy(columns, lane_columns, sizeof lane_columns);
	if (range.from_ns == CC_TIME_NONE || range.to_ns == CC_TIME_NONE) {
		cc_buf_addz(&b, "Time");
	} else {
		cc_time_format_clock(&b, range.from_ns);
		cc_buf_addz(&b, " to ");
		cc_time_format_clock(&b, range.to_ns);
	}
	columns[1].title = cc_arena_dupz(cc_reply_arena(r), cc_buf_str(&b));
	cc_buf_deinit(&b);
	return columns[1].title ? columns : NULL;
}

cc_code event_lane_table(cc_call *c, cc_reply *r, const ev_list *l, cc_err *err)
{
	cc_event_lane_vec lanes = { 0 };
	cc_range range = ev_window(c);
	cc_event_lanes_options o = { .rows = &l->rows, .range = range, .slices = SLICES, .cancel = c->cancel };
	cc_code code = cc_event_lanes(&lanes, snap(c), &o, c->arena, err);
	const cc_column *columns = headed_columns(r, range);
	if (code == CC_OK && !columns)
		code = cc_err_set(err, CC_ENOMEM, "events: out of memory");
	if (code == CC_OK) {
		cc_reply_begin_table(r, "lanes", NULL, columns, LANE_COLUMNS, true);
		cc_reply_table_spans(r);
		for (size_t i = (size_t)l->page.offset; i < lanes.n && i < l->page.offset + l->page.limit; i++)
			lane_row(c, r, &lanes.p[i], range);
		cc_reply_set_paging(r, lanes.n, l->page.offset, l->page.limit);
		if (lanes.n)
			note_letters(r, &lanes);
	}
	cc_vec_deinit(&lanes);
	return code;
}

/* --- chaos --- */

static const cc_column chaos_columns[] = {
	{ "state", "State", CC_CELL_TEXT, CC_ROLE_TEXT, 9, 0 },
	{ "applied", "Applied", CC_CELL_TIME, CC_ROLE_TIME, 9, 0 },
	{ "recovered", "Recovered", CC_CELL_TIME, CC_ROLE_TIME, 9, 0 },
	{ "duration_ns", "For", CC_CELL_DURATION, CC_ROLE_TEXT, 6, 2 },
	{ "entity", "Experiment", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "targets", "Targets", CC_CELL_TEXT, CC_ROLE_TEXT, 40, 1 },
	{ "schedule", "Schedule", CC_CELL_ENTITY, CC_ROLE_ENTITY, 34, 4 },
	{ "started", "Started", CC_CELL_TIME, CC_ROLE_TIME, 9, 3 },
	{ "problem", "Problem", CC_CELL_TEXT, CC_ROLE_TEXT, 40, 2 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 },
};

static cc_role chaos_role(cc_chaos_state v)
{
	return v == CC_CHAOS_ACTIVE ? CC_ROLE_CRITICAL : v == CC_CHAOS_FAILED ? CC_ROLE_WARNING : CC_ROLE_TEXT;
}

static void chaos_row(cc_call *c, cc_reply *r, const cc_chaos_run *run)
{
	cc_row *row = cc_reply_row(r);
	const cc_event *e = cc_events_get(snap(c), run->example);
	bool lasted = run->applied_ns != CC_TIME_NONE && run->recovered_ns != CC_TIME_NONE && run->recovered_ns >= run->applied_ns;
	if (!row || !e)
		return;
	row->entity = run->experiment ? run->experiment : run->schedule;
	row->time_ns = run->applied_ns != CC_TIME_NONE ? run->applied_ns : run->started_ns;
	row->cite = e->cite;
	row->mark = chaos_role(run->state);
	cc_reply_cell(r, cc_cell_textz(cc_chaos_state_name(run->state)));
	cc_reply_cell(r, cc_cell_time(run->applied_ns));
	cc_reply_cell(r, cc_cell_time(run->recovered_ns));
	cc_reply_cell(r, lasted ? cc_cell_duration(cc_time_between(run->applied_ns, run->recovered_ns)) : cc_cell_none());
	cc_reply_cell(r, cc_cell_entity(run->experiment));
	cc_reply_cell(r, run->targets.n ? cc_cell_text(run->targets) : cc_cell_none());
	cc_reply_cell(r, cc_cell_entity(run->schedule));
	cc_reply_cell(r, cc_cell_time(run->started_ns));
	cc_reply_cell(r, run->problem.n ? cc_cell_text(run->problem) : cc_cell_none());
	cc_reply_cell(r, cc_cell_cite(row->cite));
	cc_str entity = ev_entity_text(c, row->entity);
	cc_reply_set_drill(r, "events entity=%.*s sort=oldest all=yes", CC_STR_ARG(entity));
}

cc_code event_chaos_table(cc_call *c, cc_reply *r, const ev_list *l, cc_err *err)
{
	cc_chaos_run_vec runs = { 0 };
	cc_code code = cc_chaos_runs(&runs, snap(c), &l->rows, c->arena);
	if (code != CC_OK)
		cc_err_set(err, code, "events: out of memory");
	cc_reply_begin_table(r, "chaos", NULL, chaos_columns, sizeof chaos_columns / sizeof chaos_columns[0], true);
	for (size_t i = (size_t)l->page.offset; i < runs.n && i < l->page.offset + l->page.limit && code == CC_OK; i++)
		chaos_row(c, r, &runs.p[i]);
	cc_reply_set_paging(r, runs.n, l->page.offset, l->page.limit);
	if (!runs.n)
		cc_reply_set_empty(r, "no event tells of a chaos experiment; their objects are recorded in no file");
	cc_vec_deinit(&runs);
	return code;
}
