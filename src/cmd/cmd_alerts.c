/* cmd_alerts.c - `alerts` lists what fired, deduplicated and by onset; `alert` shows one with all its labels and intervals. */
#include "cmd/evidence.h"

#include <math.h>

#include "coldcase/entity.h"

static const char *state_name(const cc_snapshot *s, const cc_alert *a)
{
	size_t n;
	const int64_t *ticks = cc_alerts_ticks(s, &n);
	if (a->background)
		return "always";
	if (a->sample_count && !a->samples[a->sample_count - 1].firing)
		return "pending";
	return n && a->last_ns >= ticks[n - 1] ? "firing" : "ended";
}

/* The alert files' time line as a strip: a cell a file, or slices when there are many files. Firing observations are counted;
 * 0 is listed but not firing (pending), a gap is not listed at all. */
static cc_cell strip(cc_call *c, const cc_alert *a)
{
	enum { CELLS_MAX = 24 };
	size_t n, k = 0;
	const int64_t *ticks = cc_alerts_ticks(snap(c), &n);
	size_t count = n < CELLS_MAX ? n : CELLS_MAX;
	double *cells = cc_arena_array(c->arena, count ? count : 1, sizeof *cells);
	if (!n || !cells)
		return cc_cell_none();
	for (size_t i = 0; i < count; i++)
		cells[i] = NAN;
	for (size_t i = 0; i < a->sample_count; i++) {
		while (k + 1 < n && ticks[k] < a->samples[i].time_ns)
			k++;
		size_t cell = k * count / n;
		cells[cell] = (isnan(cells[cell]) ? 0 : cells[cell]) + (a->samples[i].firing ? 1 : 0);
	}
	return cc_cell_spark(cells, count);
}

/* An onset after the last observation (clocks differ) is no negative time. */
static cc_cell lasted(const cc_alert *a)
{
	if (a->last_ns == CC_TIME_NONE || a->onset_ns == CC_TIME_NONE)
		return cc_cell_none();
	return cc_cell_duration(a->last_ns > a->onset_ns ? a->last_ns - a->onset_ns : 0);
}

static cc_cell value_of(const cc_alert_sample *m)
{
	return m && isfinite(m->value) ? cc_cell_number(m->value) : cc_cell_none();
}

static cc_str seen_text(const cc_call *c, const cc_alert *a)
{
	size_t n;
	cc_alerts_ticks(snap(c), &n);
	return cc_arena_printf(c->arena, "%zu/%zu", a->sample_count, n);
}

static const cc_column list_columns[] = {
	{ "severity", "Sev", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 2 },
	{ "state", "State", CC_CELL_TEXT, CC_ROLE_TEXT, 7, 1 },
	{ "alert", "Alert", CC_CELL_TEXT, CC_ROLE_HEADING, 26, 0 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "onset", "Onset", CC_CELL_TIME, CC_ROLE_TIME, 9, 0 },
	{ "duration_ns", "Dur", CC_CELL_DURATION, CC_ROLE_TEXT, 6, 3 },
	{ "seen", "Seen", CC_CELL_TEXT, CC_ROLE_DIM, 6, 4 },
	{ "strip", "Firing", CC_CELL_SPARK, CC_ROLE_WARNING, 12, 5 },
	{ "value", "Value", CC_CELL_NUMBER, CC_ROLE_TEXT, 9, 6 },
	{ "first_to_fire", "First", CC_CELL_BOOL, CC_ROLE_CHANGED, 5, 7 },
	{ "value_text", "Raw value", CC_CELL_TEXT, CC_ROLE_TEXT, 12, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 30, 255 },
};

static void list_row(cc_call *c, cc_reply *r, const cc_alert *a, bool first)
{
	const cc_snapshot *s = snap(c);
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	cc_cite cite = a->sample_count ? a->samples[0].cite : (cc_cite){ 0 };
	row->entity = a->entity;
	row->cite = cite;
	row->time_ns = a->onset_ns;
	row->mark = a->background ? CC_ROLE_DIM : ev_role_of_severity(a->severity);
	const cc_alert_sample *last = a->sample_count ? &a->samples[a->sample_count - 1] : NULL;
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, a->severity_text)));
	cc_reply_cell(r, cc_cell_textz(state_name(s, a)));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, a->name)));
	cc_reply_cell(r, cc_cell_entity(a->entity));
	cc_reply_cell(r, cc_cell_time(a->onset_ns));
	cc_reply_cell(r, lasted(a));
	cc_reply_cell(r, cc_cell_text(seen_text(c, a)));
	cc_reply_cell(r, strip(c, a));
	cc_reply_cell(r, value_of(last));
	cc_reply_cell(r, cc_cell_bool(first));
	cc_reply_cell(r, cc_cell_text(last ? last->value_text : CC_STR_EMPTY));
	cc_reply_cell(r, cc_cell_cite(cite));
	cc_str text = ev_cite_text(c, cite);
	cc_reply_set_drill(r, "alert %.*s", CC_STR_ARG(text));
}

static cc_code run_alerts(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	bool background = cc_arg_bool(c, "background", false);
	size_t hidden = 0, kept = 0;
	ev_list l;
	cc_code code = ev_list_select(&l, c, CC_TABLE_ALERTS, err);
	if (code != CC_OK)
		goto done;
	for (size_t i = 0; i < l.rows.n; i++) {
		bool noise = cc_alerts_get(s, l.rows.p[i])->background && !background;
		hidden += noise;
		if (!noise)
			l.rows.p[kept++] = l.rows.p[i];
	}
	ev_list_keep(&l, kept);
	ev_list_describe(&l, c, r, "ALERTS");
	int64_t onset = cc_alerts_onset(s);
	cc_reply_begin_table(r, "alerts", NULL, list_columns, sizeof list_columns / sizeof list_columns[0], true);
	for (size_t i = l.from; i < l.to; i++) {
		const cc_alert *a = cc_alerts_get(s, l.rows.p[i]);
		list_row(c, r, a, !a->background && !a->active_before && a->onset_ns == onset && onset != CC_TIME_NONE);
	}
	if (hidden)
		cc_reply_add_note(r, "%zu alert%s fired all the time, before the incident too, and %s folded; background=yes lists %s", hidden,
			hidden == 1 ? "" : "s", hidden == 1 ? "is" : "are", hidden == 1 ? "it" : "them");
	ev_note_skipped(c, r, CC_FILE_ALERTS);
done:
	ev_list_deinit(&l);
	return code;
}

const cc_cmd cc_cmd_alerts = {
	.name = "alerts",
	.alias = "al",
	.group = "evidence",
	.summary = "what fired: one row an alert instance, first onset first",
	.help = "The same alert recurs in every file while it fires; here it is one row, identified by its label set. Alerts that were active "
		"before the capture and in every file are background noise and folded.",
	.params = (const cc_param[]){ EV_PARAM_FILTER("name=, severity=, entity=, ns=, attr.LABEL=, words"),
		{ .name = "background", .type = CC_PARAM_BOOL, .help = "list the always-firing ones too" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_ALERTS) | CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "alerts", "alerts severity>=warning", "alerts background=yes", NULL },
	.reply = (const char *const[]){ "alerts[].severity     severity label as recorded", "alerts[].state        firing, pending, ended, always",
		"alerts[].alert        alertname", "alerts[].entity       subject, namespace/Kind/name or null", "alerts[].onset        when it became active",
		"alerts[].duration_ns  onset to last observation", "alerts[].seen         observations / alert files",
		"alerts[].strip        by alert file (24 slices when there are more): observations that fired, 0 = listed, not firing, null = not listed",
		"alerts[].value        last value", "alerts[].value_text   the same as recorded",
		"alerts[].first_to_fire  true for the earliest onset", "alerts[].cite         first observation", NULL },
	.filter_table = "alerts",
	.run = run_alerts,
};

/* --- one alert --- */

static bool cited(const cc_alert *a, cc_cite cite)
{
	for (size_t i = 0; i < a->sample_count; i++)
		if (a->samples[i].cite.file == cite.file && a->samples[i].cite.record == cite.record)
			return true;
	return false;
}

static bool named(const cc_call *c, const cc_alert *a, cc_str name, cc_entity_id entity)
{
	return cc_str_eq_nocase(cc_snapshot_sym(snap(c), a->name), name) &&
	       (!entity || cc_entity_covers(snap(c), entity, a->entity));
}

/* By citation of any of its observations, or by name (and entity= where several instances fired). */
static cc_code find_alert(cc_call *c, const cc_alert **out, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	cc_str text = cc_str_from(cc_arg(c, "alert"));
	cc_cite cite = { 0 };
	cc_entity_id entity;
	size_t hits = 0;
	cc_code code = cc_arg_entity(c, "entity", &entity, err);
	if (code == CC_OK && cc_str_find_char(text, '#') != CC_STR_NONE)
		code = cc_cite_parse(s, text, &cite, err);
	if (code != CC_OK)
		return code;
	*out = NULL;
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);
		if (cite.file ? cited(a, cite) : named(c, a, text, entity)) {
			if (!hits++)
				*out = a;
		}
	}
	if (hits == 1)
		return CC_OK;
	if (!hits) {
		cc_err_set(err, CC_EUNKNOWN, "alert: nothing called '%.*s' fired", CC_STR_ARG(text));
		return cc_err_hint(err, "`alerts` lists them");
	}
	cc_err_set(err, CC_EAMBIGUOUS, "alert: %zu instances of '%.*s' fired", hits, CC_STR_ARG(text));
	return cc_err_hint(err, "add entity=, or give the citation that `alerts` shows");
}

static const cc_column kv_columns[] = {
	{ "key", "Label", CC_CELL_TEXT, CC_ROLE_DIM, 24, 0 },
	{ "value", "Value", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};
static const cc_column sample_columns[] = {
	{ "time", "Seen", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "state", "State", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 0 },
	{ "value", "Value", CC_CELL_NUMBER, CC_ROLE_TEXT, 12, 0 },
	{ "active_at", "Active since", CC_CELL_TIME, CC_ROLE_TIME, 13, 1 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 0, 2 },
	{ "value_text", "Raw value", CC_CELL_TEXT, CC_ROLE_TEXT, 12, 255 },
};

static void kv_table(cc_reply *r, const char *key, const char *title, const cc_kv *kv, size_t n)
{
	cc_reply_begin_table(r, key, title, kv_columns, 2, false);
	for (size_t i = 0; i < n; i++) {
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_text(kv[i].key));
		cc_reply_cell(r, cc_cell_text(kv[i].value));
	}
}

static void sample_rows(cc_call *c, cc_reply *r, const cc_alert *a)
{
	cc_page page = cc_call_page(c);
	cc_reply_begin_table(r, "observations", "Observations", sample_columns, sizeof sample_columns / sizeof sample_columns[0], true);
	for (size_t i = (size_t)page.offset; i < a->sample_count && i < page.offset + page.limit; i++) {
		const cc_alert_sample *m = &a->samples[i];
		cc_row *row = cc_reply_row(r);
		if (!row)
			return;
		row->entity = a->entity, row->cite = m->cite, row->time_ns = m->time_ns;
		cc_reply_cell(r, cc_cell_time(m->time_ns));
		cc_reply_cell(r, cc_cell_textz(m->firing ? "firing" : "pending"));
		cc_reply_cell(r, value_of(m));
		cc_reply_cell(r, cc_cell_time(m->active_ns));
		cc_reply_cell(r, cc_cell_cite(m->cite));
		cc_reply_cell(r, cc_cell_text(m->value_text));
		cc_str text = ev_cite_text(c, m->cite);
		cc_reply_set_drill(r, "show %.*s", CC_STR_ARG(text));
	}
	cc_reply_set_paging(r, a->sample_count, page.offset, page.limit);
}

static cc_code run_alert(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	const cc_alert *a;
	cc_code code = find_alert(c, &a, err);
	if (code != CC_OK)
		return code;
	cc_str name = cc_snapshot_sym(s, a->name);
	cc_reply_set_title(r, "ALERT %.*s", CC_STR_ARG(name));
	cc_reply_begin_facts(r, "alert", NULL);
	cc_reply_fact(r, "name", "alert", cc_cell_text(name), CC_ROLE_HEADING);
	cc_reply_fact(r, "severity", "severity", cc_cell_text(cc_snapshot_sym(s, a->severity_text)), ev_role_of_severity(a->severity));
	cc_reply_fact(r, "entity", "entity", cc_cell_entity(a->entity), CC_ROLE_ENTITY);
	cc_reply_fact(r, "state", "state", cc_cell_textz(state_name(s, a)), CC_ROLE_TEXT);
	cc_reply_fact(r, "onset", "onset", cc_cell_time(a->onset_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "first_seen", "first seen", cc_cell_time(a->first_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "last_seen", "last seen", cc_cell_time(a->last_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "intervals", "firing intervals", cc_cell_int((int64_t)a->interval_count), CC_ROLE_TEXT);
	cc_reply_fact(r, "background", "background", cc_cell_bool(a->background), CC_ROLE_TEXT);
	cc_reply_fact(r, "active_before", "active before the capture", cc_cell_bool(a->active_before), CC_ROLE_TEXT);
	kv_table(r, "labels", "Labels", a->labels, a->label_count);
	kv_table(r, "annotations", "Annotations", a->annotations, a->annotation_count);
	sample_rows(c, r, a);
	if (a->annotation_count)
		cc_reply_add_note(r, "descriptions quote thresholds of other rule revisions at times: trust the value and the name");
	return CC_OK;
}

const cc_cmd cc_cmd_alert = {
	.name = "alert",
	.group = "evidence",
	.summary = "one alert: labels, annotations, every observation",
	.params = (const cc_param[]){ { .name = "alert", .type = CC_PARAM_WORD, .required = true, .positional = true,
					.help = "its name, or the citation of an observation" },
		{ .name = "entity", .type = CC_PARAM_ENTITY, .completer = CC_COMPLETE_ENTITY, .help = "whose, when several fired" }, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_ALERTS) | CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "alert Watchdog", NULL },
	.reply = (const char *const[]){ "alert           facts: name, severity, entity, state, onset, first_seen, last_seen, intervals, background, active_before",
		"labels[]        key, value", "annotations[]   key, value", "observations[]  time, state, value, active_at, cite, value_text (as recorded)", NULL },
	.run = run_alert,
};
