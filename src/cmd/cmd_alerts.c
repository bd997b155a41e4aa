/* cmd_alerts.c - `alerts` lists what fired, deduplicated and by onset, alone or in groups. One alert's page is in cmd_alert.c. */
#include "cmd/alert_rows.h"

#include <math.h>
#include <string.h>

#include "coldcase/entity.h"

static const cc_column list_columns[] = {
	{ "alert", "Alert", CC_CELL_TEXT, CC_ROLE_HEADING, 28, 0 },
	{ "state", "State", CC_CELL_TEXT, CC_ROLE_TEXT, 7, 1 },
	{ "severity", "Sev", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 8 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "instance", "Instance", CC_CELL_TEXT, CC_ROLE_TEXT, 24, 1 },
	{ "onset", "Onset", CC_CELL_TIME, CC_ROLE_TIME, 9, 0 },
	{ "after_ns", "T+", CC_CELL_DURATION, CC_ROLE_TIME, 6, 5 },
	{ "first_to_fire", "1st", CC_CELL_BOOL, CC_ROLE_CHANGED, 3, 2 },
	{ "duration_ns", "Dur", CC_CELL_DURATION, CC_ROLE_TEXT, 6, 4 },
	{ "seen", "Polls", CC_CELL_TEXT, CC_ROLE_DIM, 6, 6 },
	{ "values", "Firing", CC_CELL_SPARK, CC_ROLE_WARNING, 24, 1 },
	{ "value", "Value", CC_CELL_NUMBER, CC_ROLE_TEXT, 9, 3 },
	{ "blast", "Reach", CC_CELL_INT, CC_ROLE_TEXT, 5, 2 },
	{ "labels", "Labels", CC_CELL_TEXT, CC_ROLE_DIM, 40, 9 },
	{ "inhibited_by", "Inhibited", CC_CELL_TEXT, CC_ROLE_DIM, 14, 7 },
	{ "strip", "Files", CC_CELL_SPARK, CC_ROLE_WARNING, 12, 255 },
	{ "value_text", "Raw value", CC_CELL_TEXT, CC_ROLE_TEXT, 12, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 30, 255 },
};
enum { LIST_COLUMNS = sizeof list_columns / sizeof list_columns[0] };

typedef struct listing {
	cc_call *c;
	cc_reply *r;
	const ev_list *l;
	int64_t onset;           /* T: of the incident; CC_TIME_NONE = not known, or not to be told */
	int64_t first;           /* when the first alert fired, the same */
	bool blast;
} listing;

static void time_cells(const listing *x, const cc_alert *a)
{
	cc_reply_cell(x->r, cc_cell_time(a->onset_ns));
	cc_reply_cell(x->r, x->onset == CC_TIME_NONE || a->onset_ns == CC_TIME_NONE || a->background ? cc_cell_none() :
		cc_cell_duration(cc_time_between(x->onset, a->onset_ns)));
	cc_reply_cell(x->r, x->first == CC_TIME_NONE ? cc_cell_none() :
		cc_cell_bool(!a->background && !a->active_before && a->onset_ns == x->first));
}

static cc_str seen_text(const cc_call *c, const cc_alert *a)
{
	size_t n;
	cc_alerts_ticks(snap(c), &n);
	return cc_arena_printf(c->arena, "%zu/%zu", a->sample_count, n);
}

static void alert_row(const listing *x, const cc_alert *a, int depth)
{
	cc_call *c = x->c;
	const cc_snapshot *s = snap(c);
	cc_row *row = cc_reply_row(x->r);
	if (!row)
		return;
	int64_t at = alert_moment(c);
	const cc_alert_sample *last = cc_alert_sample_at(a, at);
	cc_cite cite = a->sample_count ? a->samples[0].cite : (cc_cite){ 0 };
	row->entity = a->entity, row->cite = cite, row->time_ns = a->onset_ns, row->depth = depth;
	row->mark = a->background ? CC_ROLE_DIM : ev_role_of_severity(a->severity);
	cc_reply_cell(x->r, cc_cell_text(cc_snapshot_sym(s, a->name)));
	cc_reply_cell(x->r, cc_cell_textz(cc_alert_state_name(cc_alert_state_at(s, a, at))));
	cc_reply_cell(x->r, cc_cell_text(cc_snapshot_sym(s, a->severity_text)));
	cc_reply_cell(x->r, cc_cell_entity(a->entity));
	cc_reply_cell(x->r, alert_words(cc_alert_differs(s, &x->l->rows, a, false, c->arena)));
	time_cells(x, a);
	cc_reply_cell(x->r, alert_lasted(a, at));
	cc_reply_cell(x->r, cc_cell_text(seen_text(c, a)));
	cc_reply_cell(x->r, alert_values(c, a));
	cc_reply_cell(x->r, alert_value(last));
	cc_reply_cell(x->r, x->blast ? cc_cell_int(cc_alert_blast(s, a)) : cc_cell_none());
	cc_reply_cell(x->r, alert_words(cc_alert_differs(s, &x->l->rows, a, true, c->arena)));
	cc_reply_cell(x->r, alert_words(alert_inhibitor(c, a)));
	cc_reply_cell(x->r, alert_counts(c, a));
	cc_reply_cell(x->r, cc_cell_text(last ? last->value_text : CC_STR_EMPTY));
	cc_reply_cell(x->r, cc_cell_cite(cite));
	cc_str text = ev_cite_text(c, cite);
	cc_reply_set_drill(x->r, "alert %.*s", CC_STR_ARG(text));
}

static void begin_list(const listing *x, const char *key)
{
	cc_reply_begin_table(x->r, key, NULL, list_columns, LIST_COLUMNS, true);
}

/* --- groups --- */

static const char *const groupings[] = { "name", "entity", "namespace", "severity", "label", NULL };
enum { BY_LABEL = 4 };   /* no groups: an alert has many labels */
static const char *const orders[] = { "onset", "severity", "duration", "blast", NULL };

/* The place of a choice in its list, which is the order of the enumeration. */
static int choice(const cc_call *c, const char *param, const char *const *list)
{
	const char *text = cc_arg(c, param);
	for (int i = 0; text && list[i]; i++)
		if (strcmp(text, list[i]) == 0)
			return i;
	return -1;
}

/* What the members of a group have in common stands here once: its labels, its subject, when the first of them began. */
static void group_row(const listing *x, const cc_alert_group *g)
{
	cc_row *row = cc_reply_row(x->r);
	if (!row)
		return;
	row->entity = g->entity, row->time_ns = g->onset_ns;
	row->mark = ev_role_of_severity(g->severity);
	cc_reply_cell(x->r, cc_cell_text(g->key));
	cc_reply_cell(x->r, cc_cell_text(cc_arena_printf(x->c->arena, "%u/%zu", g->firing, g->count)));
	cc_reply_cell(x->r, cc_cell_text(cc_snapshot_sym(snap(x->c), g->severity_text)));
	cc_reply_cell(x->r, cc_cell_entity(g->entity));
	cc_reply_cell(x->r, alert_words(g->shared));
	cc_reply_cell(x->r, cc_cell_time(g->onset_ns));
	for (int i = 0; i < 4; i++)   /* after T, first, for how long, seen: of its members */
		cc_reply_cell(x->r, cc_cell_none());
	cc_reply_cell(x->r, alert_group_values(x->c, g));
}

static cc_code group_rows(const listing *x, cc_alert_by by, cc_err *err)
{
	cc_alert_group_vec groups = { 0 };
	cc_page page = x->l->page;
	uint64_t item = 0;
	cc_code code = cc_alerts_group(&groups, snap(x->c), &x->l->rows, by, alert_moment(x->c), x->c->arena);
	if (code != CC_OK)
		cc_err_set(err, code, "alerts: out of memory");
	for (size_t g = 0; g < groups.n && code == CC_OK; g++) {
		if (item >= page.offset && item - page.offset < page.limit)
			group_row(x, &groups.p[g]);
		item++;
		for (size_t i = 0; i < groups.p[g].count; i++, item++)
			if (item >= page.offset && item - page.offset < page.limit)
				alert_row(x, cc_alerts_get(snap(x->c), groups.p[g].rows[i]), 1);
	}
	cc_reply_set_paging(x->r, item, page.offset, page.limit);
	cc_vec_deinit(&groups);
	return code;
}

/* --- the list --- */

static cc_code drop_noise(ev_list *l, const cc_call *c, cc_index_vec *noise)
{
	bool background = cc_arg_bool(c, "background", false);
	size_t kept = 0;
	for (size_t i = 0; i < l->rows.n; i++) {
		bool folded = cc_alerts_get(snap(c), l->rows.p[i])->background && !background;
		if (folded && !cc_vec_push(noise, l->rows.p[i]))
			return CC_ENOMEM;
		if (!folded)
			l->rows.p[kept++] = l->rows.p[i];
	}
	ev_list_keep(l, kept);
	return CC_OK;
}

/* Nothing fired: since when was looked, and how often. */
static void say_why_empty(const listing *x, size_t noise)
{
	size_t n;
	const int64_t *ticks = cc_alerts_ticks(snap(x->c), &n);
	cc_buf b = CC_BUF_INIT;
	int64_t until = cc_snapshot_until(snap(x->c));
	cc_range w = ev_window(x->c);
	if (x->l->rows.n || x->l->focused || !cc_filter_is_empty(x->l->filter))
		return;
	if (!n && until != CC_TIME_NONE) {
		cc_time_format_clock(&b, until);
		cc_reply_set_empty(x->r, "no alert file had been written by %.*s, the time cursor: as known then nothing had fired", CC_STR_ARG(cc_buf_str(&b)));
	} else if (n && x->l->windowed && (w.to_ns < ticks[0] || w.from_ns > ticks[n - 1])) {
		cc_time_format_clock(&b, w.to_ns < ticks[0] ? ticks[0] : ticks[n - 1]);
		cc_reply_set_empty(x->r, "no alert file lies in the window: %s was written at %.*s", w.to_ns < ticks[0] ? "the first" : "the last",
			CC_STR_ARG(cc_buf_str(&b)));
	} else if (x->l->windowed) {
		cc_buf_deinit(&b);   /* the list's own words: what narrows it, and how to look past */
	} else if (n) {
		cc_buf_addf(&b, "nothing fired but what always does: %zu alert file%s from ", n, n == 1 ? "" : "s");
		cc_time_format_clock(&b, ticks[0]);
		cc_buf_addz(&b, " to ");
		cc_time_format_clock(&b, ticks[n - 1]);
		cc_buf_addf(&b, "; nobody looked before or after%s", noise ? "" : ", and not even a Watchdog was listed");
		cc_reply_set_empty(x->r, "%.*s", CC_STR_ARG(cc_buf_str(&b)));
	} else {
		cc_reply_set_empty(x->r, "this snapshot holds no alert file: nobody recorded what fired; `events type=warning` and `metrics` tell of trouble too");
	}
	cc_buf_deinit(&b);
}

static cc_code list_rows(listing *x, cc_err *err)
{
	int by = choice(x->c, "by", groupings), sort = choice(x->c, "sort", orders);
	ev_list *l = (ev_list *)x->l;
	x->blast = sort == CC_ALERT_SORT_BLAST;
	if (x->blast && cc_session_loading(x->c->session).running)
		cc_reply_set_partial(x->r);
	cc_code code = sort > 0 ? cc_alerts_sort(&l->rows, snap(x->c), (cc_alert_sort)sort, alert_moment(x->c), x->c->arena) : CC_OK;
	if (code != CC_OK)
		return cc_err_set(err, code, "alerts: out of memory");
	if (by == BY_LABEL)
		return alert_label_table(x->c, x->r, &l->rows, l->page, err);
	begin_list(x, by >= 0 ? "groups" : "alerts");
	if (by >= 0)
		return group_rows(x, (cc_alert_by)(by + 1), err);
	for (size_t i = l->from; i < l->to; i++)
		alert_row(x, cc_alerts_get(snap(x->c), l->rows.p[i]), 0);
	return CC_OK;
}

static cc_code run_alerts(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_index_vec noise = { 0 };
	ev_list l;
	listing x = { .c = c, .r = r, .l = &l, .onset = cc_session_onset(c->session).time_ns, .first = CC_TIME_NONE };
	if (cc_session_assist(c->session, CC_ASSIST_FIRST))
		x.first = cc_alerts_onset(snap(c));
	cc_code code = ev_list_select(&l, c, CC_TABLE_ALERTS, err);
	if (code == CC_OK && (code = drop_noise(&l, c, &noise)) != CC_OK)
		cc_err_set(err, code, "alerts: out of memory");
	if (code != CC_OK)
		goto done;
	ev_list_describe(&l, c, r, "ALERTS");
	say_why_empty(&x, noise.n);
	code = list_rows(&x, err);
	if (code == CC_OK)
		alert_noise_table(c, r, &noise);
	alert_note_watchdog(c, r);
	ev_note_skipped(c, r, CC_FILE_ALERTS);
done:
	cc_vec_deinit(&noise);
	ev_list_deinit(&l);
	return code;
}

const cc_cmd cc_cmd_alerts = {
	.name = "alerts",
	.alias = "al",
	.group = "evidence",
	.summary = "what fired: one row per alert instance, earliest onset first",
	.help = "The same alert recurs in every file while it fires; here it is one row, identified by its label set, and Labels says what tells "
		"instances apart. Alerts that were active before the capture and in every file are background noise, folded to one line. State, value "
		"and duration are those at the time cursor. The strip has a place an alert file: . not active, - active but not firing yet "
		"(pending), a bar as high as the value where it fired, | the time cursor. Reach counts the services that call the subject, "
		"directly or through others.",
	.params = (const cc_param[]){ EV_PARAM_FILTER("name=, severity=, entity=, ns=, attr.LABEL=, words"),
		{ .name = "by", .type = CC_PARAM_CHOICE, .choices = groupings, .completer = CC_COMPLETE_CHOICE,
			.help = "groups, the labels its members share in the heading of each; label: which labels and values there are, and on how many" },
		{ .name = "sort", .type = CC_PARAM_CHOICE, .choices = orders, .completer = CC_COMPLETE_CHOICE,
			.help = "onset (causes tend to come early), severity, duration, or blast: most services reached first" },
		{ .name = "background", .type = CC_PARAM_BOOL, .help = "list the always-firing ones too" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_ALERTS) | CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "alerts", "alerts severity>=warning", "alerts by=name", "alerts by=label", "alerts sort=blast", "alerts background=yes", NULL },
	.reply = (const char *const[]){ "alerts[].severity     severity label as recorded",
		"alerts[].state        firing, pending, ended, always, or later: not before the time cursor",
		"alerts[].alert        alertname", "alerts[].entity       subject, namespace/Kind/name or null",
		"alerts[].instance     values of the labels that tell it from others of its name", "alerts[].labels       the same with their keys", "alerts[].onset        when it became active",
		"alerts[].after_ns     onset after T, the onset of the incident", "alerts[].duration_ns  onset to last observation",
		"alerts[].seen         observations / alert files",
		"alerts[].strip        by alert file (24 slices when there are more): observations that fired, 0 = listed, not firing, null = not listed",
		"alerts[].values       by the same slices: largest value that fired, null = none",
		"alerts[].value        last value", "alerts[].value_text   the same as recorded",
		"alerts[].first_to_fire  true for the earliest onset; null at assistance raw", "alerts[].blast        with sort=blast: services that call the subject, directly or not",
		"alerts[].inhibited_by  firing alert for which Alertmanager's usual rules would silence this one",
		"alerts[].cite         first observation",
		"groups[]              with by=: the same keys, depth 0 a group (state: firing/members, alert: the group, instance: labels its",
		"    members share, values: how many of them fired), depth 1 its members", "labels[]              with by=label: label, value, alerts (that carry it), firing, values (of the label; on rows of depth 0), onset",
		"noise[]               always-firing ones that are folded: count, alerts, seen", NULL },
	.filter_table = "alerts",
	.run = run_alerts,
};
