/* cmd_events.c - `events`: Kubernetes events, one row a happening whatever its repeats and shapes; `event`: one of them. */
#include "cmd/event_rows.h"

#include "coldcase/eventgroups.h"
#include "coldcase/events.h"

static const cc_column group_columns[] = {
	{ "last", "Last", CC_CELL_TIME, CC_ROLE_TIME, 9, 0 },
	{ "count", "Count", CC_CELL_INT, CC_ROLE_TEXT, 5, 0 },
	{ "events", "Events", CC_CELL_INT, CC_ROLE_DIM, 6, 5 },
	{ "objects", "Of", CC_CELL_INT, CC_ROLE_TEXT, 4, 3 },
	{ "novelty", "New", CC_CELL_TEXT, CC_ROLE_CHANGED, 5, 1 },
	{ "per_minute_before", "Before", CC_CELL_NUMBER, CC_ROLE_DIM, 7, 7 },
	{ "per_minute_after", "After", CC_CELL_NUMBER, CC_ROLE_TEXT, 7, 7 },
	{ "type", "Type", CC_CELL_TEXT, CC_ROLE_TEXT, 7, 4 },
	{ "reason", "Reason", CC_CELL_TEXT, CC_ROLE_HEADING, 14, 0 },
	{ "entity", "Workload", CC_CELL_ENTITY, CC_ROLE_ENTITY, 26, 0 },
	{ "message", "Message", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "first", "First", CC_CELL_TIME, CC_ROLE_TIME, 9, 1 },
	{ "fresh", "Fresh", CC_CELL_BOOL, CC_ROLE_CHANGED, 5, 8 },
	{ "cite", "Example", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 },
};

/* Occurrences a minute on one side of the pivot; NONE when that side is empty. */
static cc_cell rate(double count, int64_t from, int64_t to)
{
	return from == CC_TIME_NONE || to <= from ? cc_cell_none() : cc_cell_number(count / ((double)cc_time_between(from, to) / 60e9));
}

/* Alerts lag behind what they tell of by their window and a scrape: what happened shortly before the first is a part of it. */
static int64_t split_at(const cc_call *c)
{
	const int64_t lag = 120 * CC_NS_PER_S;
	int64_t pivot = ev_pivot(c);
	cc_onset onset = cc_session_onset(c->session);
	return pivot != CC_TIME_NONE && onset.kind == CC_ONSET_ALERT && pivot == onset.time_ns ? cc_time_add(pivot, -lag) : pivot;
}

static const char *split_name(const cc_call *c)
{
	return split_at(c) == ev_pivot(c) ? ev_pivot_name(c) : "T-2m (alerts lag behind)";
}

static void novelty_cells(cc_call *c, cc_reply *r, const cc_event_group *g, cc_range history)
{
	int64_t split = split_at(c);
	bool known = split != CC_TIME_NONE && history.from_ns != CC_TIME_NONE, tell = known && cc_session_assist(c->session, CC_ASSIST_NEW);
	bool grew = tell && cc_event_group_grew(g, history, split);
	cc_reply_cell(r, !tell ? cc_cell_none() : cc_cell_textz(g->novel ? "new" : grew ? "grown" : ""));
	cc_reply_cell(r, known ? rate(g->before, history.from_ns, split) : cc_cell_none());
	cc_reply_cell(r, known ? rate(g->after, split, history.to_ns) : cc_cell_none());
}

static void group_row(cc_call *c, cc_reply *r, const cc_event_group *g, cc_range history)
{
	const cc_event *e = cc_events_get(snap(c), g->example);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = g->workload, row->cite = e->cite, row->time_ns = g->last_ns;
	row->mark = g->warning ? CC_ROLE_WARNING : CC_ROLE_TEXT;
	cc_reply_cell(r, cc_cell_time(g->last_ns));
	cc_reply_cell(r, cc_cell_int(g->count));
	cc_reply_cell(r, cc_cell_int(g->events));
	cc_reply_cell(r, cc_cell_int(g->objects));
	novelty_cells(c, r, g, history);
	cc_reply_cell(r, cc_cell_textz(g->warning ? "Warning" : "Normal"));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(snap(c), g->reason)));
	cc_reply_cell(r, cc_cell_entity(g->workload));
	cc_reply_cell(r, cc_cell_text(g->message));
	cc_reply_cell(r, cc_cell_time(g->first_ns));
	cc_reply_cell(r, cc_cell_bool(ev_pivot(c) != CC_TIME_NONE && g->first_ns >= ev_pivot(c)));
	cc_reply_cell(r, cc_cell_cite(e->cite));
	cc_str text = ev_cite_text(c, e->cite);
	cc_reply_set_drill(r, "event %.*s", CC_STR_ARG(text));
}

static cc_code group_table(cc_call *c, cc_reply *r, const ev_list *l, cc_err *err)
{
	cc_event_group_vec groups = { 0 };
	bool fresh = cc_arg_bool(c, "new", false);
	cc_range history = cc_event_history(snap(c));
	cc_code code = cc_event_groups(&groups, snap(c), &l->rows, split_at(c), c->arena);
	if (code == CC_OK) {
		if (fresh)
			cc_event_groups_new(&groups, history, split_at(c));
		cc_reply_begin_table(r, "groups", NULL, group_columns, sizeof group_columns / sizeof group_columns[0], true);
		cc_reply_table_spans(r);
		for (size_t i = (size_t)l->page.offset; i < groups.n && i < l->page.offset + l->page.limit; i++)
			group_row(c, r, &groups.p[i], history);
		cc_reply_set_paging(r, groups.n, l->page.offset, l->page.limit);
		if (fresh)
			cc_reply_set_empty(r, "no event is new or more frequent since %s", split_name(c));
		if (fresh && groups.n)
			cc_reply_add_note(r, "against before %s: new, the reason is new to the workload; grown, at least twice as often", split_name(c));
		else if (groups.n)
			cc_reply_add_note(r, "%zu events in %zu groups: same reason, workload and message but for generated names, numbers and ids", l->rows.n, groups.n);
	} else {
		cc_err_set(err, code, "events: out of memory");
	}
	cc_vec_deinit(&groups);
	return code;
}

static bool matches_type(const cc_call *c, const cc_event *e)
{
	const char *type = cc_arg(c, "type");
	return !type || type[0] == 'a' || e->warning == (type[0] == 'w');
}

static const char *const groupings[] = { "reason", "object", "chaos", NULL };
static const char *const orders[] = { "newest", "oldest", "warning", NULL };
static const char *const types[] = { "all", "warning", "normal", NULL };

static bool is_by(const cc_call *c, char first)
{
	const char *by = cc_arg(c, "by");
	return by && by[0] == first;
}

/* Newness is a part of the diagnosis, and needs a moment to part before from after. */
static cc_code check_new(const cc_call *c, cc_err *err)
{
	if (!cc_arg_bool(c, "new", false))
		return CC_OK;
	if (!cc_session_assist(c->session, CC_ASSIST_NEW)) {
		cc_err_set(err, CC_ESTATE, "events: what is new is not told at this level of assistance");
		return cc_err_hint(err, "`events by=reason` groups them; `assist` lists what is given");
	}
	if (ev_pivot(c) == CC_TIME_NONE) {
		cc_err_set(err, CC_ESTATE, "events: new since when? No onset is known");
		return cc_err_hint(err, "set one with `onset`, or put the time cursor somewhere with `at`");
	}
	return CC_OK;
}

static cc_code show_events(cc_call *c, cc_reply *r, ev_list *l, cc_err *err)
{
	if (is_by(c, 'o'))
		return event_lane_table(c, r, l, err);
	if (is_by(c, 'c'))
		return event_chaos_table(c, r, l, err);
	if (is_by(c, 'r') || cc_arg_bool(c, "new", false))
		return group_table(c, r, l, err);
	return event_list_table(c, r, l, err);
}

static cc_code run_events(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	ev_list l;
	size_t kept = 0, old = 0;
	cc_code code = ev_list_select(&l, c, CC_TABLE_EVENTS, err);
	if (code == CC_OK)
		code = check_new(c, err);
	if (code != CC_OK)
		goto done;
	for (size_t i = 0; i < l.rows.n; i++) {
		const cc_event *e = cc_events_get(s, l.rows.p[i]);
		old += e->only_expired;
		if (matches_type(c, e) && !e->only_expired)
			l.rows.p[kept++] = l.rows.p[i];
	}
	ev_list_keep(&l, kept);
	ev_list_describe(&l, c, r, "EVENTS");
	code = show_events(c, r, &l, err);
	if (old)
		cc_reply_add_note(r, "%zu event%s known only by %s expiry (older happenings) and left out", old, old == 1 ? " is" : "s are",
			old == 1 ? "its" : "their");
	ev_note_skipped(c, r, CC_FILE_EVENTS);
done:
	ev_list_deinit(&l);
	return code;
}

const cc_cmd cc_cmd_events = {
	.name = "events",
	.alias = "ev",
	.group = "evidence",
	.summary = "Kubernetes events, newest first, repeats merged",
	.help = "Both API shapes of one event and all its re-deliveries are one row; count is the largest count seen. Rows that only tell of an "
		"Event object's own expiry are left out. What one object tells again with another generated name (a controller that cannot make its "
		"pod) is folded into one row. Lanes (by=object) have a letter a slice of time, small ones between the first and the last "
		"of an event that repeats; chaos experiments (by=chaos) are known by their events alone.",
	.params = (const cc_param[]){ EV_PARAM_FILTER("reason=, entity=, kind=, ns=, words"),
		{ .name = "type", .type = CC_PARAM_CHOICE, .choices = types, .completer = CC_COMPLETE_CHOICE, .help = "warning or normal only" },
		{ .name = "by", .type = CC_PARAM_CHOICE, .choices = groupings, .completer = CC_COMPLETE_CHOICE,
			.help = "reason: one row per workload, reason and message, whatever pod it was; object: lanes over time; chaos: experiments" },
		{ .name = "sort", .type = CC_PARAM_CHOICE, .choices = orders, .completer = CC_COMPLETE_CHOICE, .help = "newest first, oldest first, warnings first" },
		{ .name = "fold", .type = CC_PARAM_BOOL, .help = "events in a row that differ only in generated names, numbers and ids as one row: yes" },
		{ .name = "new", .type = CC_PARAM_BOOL, .help = "by reason, only what is new or grown since the onset, warnings first" },
		EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_EVENTS),
	.examples = (const char *const[]){ "events", "events type=warning", "events by=reason type=warning", "events by=object", "events by=chaos", "events new=yes", "events sort=warning limit=5", "events reason=BackOff since=T-5m", NULL },
	.reply = (const char *const[]){ "events[].last      last occurrence", "events[].count     occurrences, of all events folded into the row", "events[].type      Warning or Normal",
		"events[].reason    reason", "events[].entity    subject", "events[].message   message, whole", "events[].first     first occurrence",
		"events[].source    reporting component", "events[].fresh     began at or after the pivot", "events[].expired   the Event object expired",
		"events[].cite      decisive row",
		"events[].folded    events that the row stands for, null for one; message (generated names masked), last and cite are the newest's",
		"groups[]           with by=reason or new=yes: last, count (occurrences), events, objects (distinct subjects), novelty (new: nothing of",
		"    the reason happened to the workload before the pivot; grown: at least twice as often), per_minute_before, per_minute_after,",
		"    type, reason, entity (workload), message (of the last one, generated names masked), first, fresh, cite (the last event)",
		"lanes[]            with by=object: entity, lane (numbers of the slices' events), letters (of the slices), count, first, last, cite,",
		"    depth 0 an owner, 1 what belongs to it", "chaos[]            with by=chaos: state (started, active, recovered, failed), entity (experiment), schedule, targets, started,",
		"    applied, recovered, duration_ns (of its effect), problem, cite", NULL },
	.filter_table = "events",
	.run = run_events,
};

static const cc_column row_columns[] = { { "cite", "Record", CC_CELL_CITE, CC_ROLE_DIM, 0, 0 } };

static void event_facts(cc_call *c, cc_reply *r, const cc_event *e)
{
	const cc_snapshot *s = snap(c);
	cc_reply_begin_facts(r, "event", NULL);
	cc_reply_fact(r, "type", "type", cc_cell_textz(e->warning ? "Warning" : "Normal"), e->warning ? CC_ROLE_WARNING : CC_ROLE_TEXT);
	cc_reply_fact(r, "reason", "reason", cc_cell_text(cc_snapshot_sym(s, e->reason)), CC_ROLE_HEADING);
	cc_reply_fact(r, "entity", "object", cc_cell_entity(e->entity), CC_ROLE_ENTITY);
	cc_reply_fact(r, "field_path", "field", cc_cell_text(cc_snapshot_sym(s, e->field_path)), CC_ROLE_TEXT);
	cc_reply_fact(r, "count", "occurrences", cc_cell_int(e->count), CC_ROLE_TEXT);
	cc_reply_fact(r, "first", "first", cc_cell_time(e->first_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "last", "last", cc_cell_time(e->last_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "received", "received", cc_cell_time(e->received_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "source", "source", cc_cell_text(cc_snapshot_sym(s, e->source)), CC_ROLE_TEXT);
	cc_reply_fact(r, "host", "host", cc_cell_text(cc_snapshot_sym(s, e->host)), CC_ROLE_TEXT);
	cc_reply_fact(r, "expired", "expired", cc_cell_bool(e->expired), CC_ROLE_TEXT);
	cc_reply_begin_text(r, "message", "Message");
	cc_reply_line(r, CC_ROLE_TEXT, e->message);
}

static bool event_cited(const cc_event *e, cc_cite cite)
{
	for (size_t i = 0; i < e->cite_count; i++)
		if (e->cites[i].file == cite.file && e->cites[i].record == cite.record)
			return true;
	return false;
}

static cc_code run_event(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	cc_cite cite;
	const cc_event *e = NULL;
	cc_code code = cc_cite_parse(s, cc_str_from(cc_arg(c, "event")), &cite, err);
	if (code != CC_OK)
		return code;
	for (size_t i = 0; i < cc_events_count(s) && !e; i++)
		if (event_cited(cc_events_get(s, i), cite))
			e = cc_events_get(s, i);
	if (!e) {
		cc_err_set(err, CC_EUNKNOWN, "event: %s is no event", cc_arg(c, "event"));
		return cc_err_hint(err, "`events` shows the citations; `show` prints any record");
	}
	cc_reply_set_title(r, "EVENT %.*s", CC_STR_ARG(cc_snapshot_sym(s, e->reason)));
	event_facts(c, r, e);
	cc_page page = cc_call_page(c);
	cc_reply_begin_table(r, "records", "Records", row_columns, 1, true);
	for (size_t i = (size_t)page.offset; i < e->cite_count && i < page.offset + page.limit; i++) {
		cc_row *row = cc_reply_row(r);
		if (!row)
			break;
		row->entity = e->entity, row->cite = e->cites[i], row->time_ns = e->last_ns;
		cc_reply_cell(r, cc_cell_cite(e->cites[i]));
		cc_str text = ev_cite_text(c, e->cites[i]);
		cc_reply_set_drill(r, "show %.*s", CC_STR_ARG(text));
	}
	cc_reply_set_paging(r, e->cite_count, page.offset, page.limit);
	return CC_OK;
}

const cc_cmd cc_cmd_event = {
	.name = "event",
	.group = "evidence",
	.summary = "one event with all the records merged into it",
	.params = (const cc_param[]){ { .name = "event", .type = CC_PARAM_CITE, .required = true, .positional = true,
					.help = "citation of one of its records, as `events` shows it" }, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_EVENTS),
	.examples = (const char *const[]){ "event k8s_events_raw.tsv#1", NULL },
	.reply = (const char *const[]){ "event     facts: type, reason, entity, field_path, count, first, last, received, source, host, expired",
		"message   lines of the message", "records[]  cite", NULL },
	.run = run_event,
};
