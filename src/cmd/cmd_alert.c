/* cmd_alert.c - `alert`: one alert with its rule, all its labels and observations. What its rule says is in alert_rule.c. */
#include "cmd/alert_rows.h"

#include "cmd/alert_rule.h"
#include "coldcase/entity.h"

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
	{ "value", "Value", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 0 },
	{ "recomputed", "Recomputed", CC_CELL_NUMBER, CC_ROLE_DIM, 10, 1 },
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

static void sample_rows(cc_call *c, cc_reply *r, const cc_alert *a, const alert_rule_view *rule)
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
		cc_reply_cell(r, alert_value(m));
		cc_reply_cell(r, alert_rule_value(rule, a, m->time_ns));
		cc_reply_cell(r, cc_cell_time(m->active_ns));
		cc_reply_cell(r, cc_cell_cite(m->cite));
		cc_reply_cell(r, cc_cell_text(m->value_text));
		cc_str text = ev_cite_text(c, m->cite);
		cc_reply_set_drill(r, "show %.*s", CC_STR_ARG(text));
	}
	cc_reply_set_paging(r, a->sample_count, page.offset, page.limit);
}

/* --- what else fired there --- */

static const cc_column related_columns[] = {
	{ "alert", "Alert", CC_CELL_TEXT, CC_ROLE_HEADING, 28, 0 },
	{ "state", "State", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 0 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "onset", "Onset", CC_CELL_TIME, CC_ROLE_TIME, 9, 0 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 30, 255 },
};

static bool is_related(const cc_call *c, const cc_alert *a, const cc_alert *other)
{
	return other != a && a->entity && other->entity &&
		(cc_entity_same_group(snap(c), a->entity, other->entity) || cc_entity_covers(snap(c), a->entity, other->entity));
}

static void related_rows(cc_call *c, cc_reply *r, const cc_alert *a)
{
	enum { MOST = 20 };
	size_t n = 0;
	cc_reply_begin_table(r, "related", "Other alerts about it", related_columns, sizeof related_columns / sizeof related_columns[0], false);
	for (size_t i = 0; i < cc_alerts_count(snap(c)); i++) {
		const cc_alert *other = cc_alerts_get(snap(c), i);
		if (!is_related(c, a, other) || n++ >= MOST)
			continue;
		cc_row *row = cc_reply_row(r);
		if (!row)
			return;
		row->entity = other->entity, row->time_ns = other->onset_ns;
		row->cite = other->sample_count ? other->samples[0].cite : (cc_cite){ 0 };
		row->mark = ev_role_of_severity(other->severity);
		cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(snap(c), other->name)));
		cc_reply_cell(r, cc_cell_textz(cc_alert_state_name(cc_alert_state_at(snap(c), other, alert_moment(c)))));
		cc_reply_cell(r, cc_cell_entity(other->entity));
		cc_reply_cell(r, cc_cell_time(other->onset_ns));
		cc_reply_cell(r, cc_cell_cite(row->cite));
		cc_str text = ev_cite_text(c, row->cite);
		cc_reply_set_drill(r, "alert %.*s", CC_STR_ARG(text));
	}
	if (n > MOST)
		cc_reply_add_note(r, "%zu other alerts are about it; the first %d are listed", n, MOST);
}

static const cc_column firing_columns[] = {
	{ "from", "First seen firing", CC_CELL_TIME, CC_ROLE_TIME, 17, 0 },
	{ "to", "Last seen firing", CC_CELL_TIME, CC_ROLE_TIME, 17, 0 },
	{ "duration_ns", "For", CC_CELL_DURATION, CC_ROLE_TEXT, 8, 0 },
};

static void firing_rows(cc_reply *r, const cc_alert *a)
{
	cc_reply_begin_table(r, "firing", "Firing intervals", firing_columns, 3, false);
	for (size_t i = 0; i < a->interval_count && i < CC_REPLY_PAGE; i++) {
		cc_row *row = cc_reply_row(r);
		if (!row)
			return;
		row->entity = a->entity, row->time_ns = a->intervals[i].from_ns;
		cc_reply_cell(r, cc_cell_time(a->intervals[i].from_ns));
		cc_reply_cell(r, cc_cell_time(a->intervals[i].to_ns));
		cc_reply_cell(r, cc_cell_duration(cc_time_between(a->intervals[i].from_ns, a->intervals[i].to_ns)));
	}
}

/* --- the page --- */

static void facts(cc_call *c, cc_reply *r, const cc_alert *a, const alert_rule_view *rule)
{
	const cc_snapshot *s = snap(c);
	cc_reply_begin_facts(r, "alert", NULL);
	cc_reply_fact(r, "name", "alert", cc_cell_text(cc_snapshot_sym(s, a->name)), CC_ROLE_HEADING);
	cc_reply_fact(r, "severity", "severity", cc_cell_text(cc_snapshot_sym(s, a->severity_text)), ev_role_of_severity(a->severity));
	cc_reply_fact(r, "entity", "entity", cc_cell_entity(a->entity), CC_ROLE_ENTITY);
	cc_reply_fact(r, "state", "state", cc_cell_textz(cc_alert_state_name(cc_alert_state_at(s, a, alert_moment(c)))), CC_ROLE_TEXT);
	cc_reply_fact(r, "onset", "onset", cc_cell_time(a->onset_ns), CC_ROLE_TIME);
	alert_rule_facts(r, rule);
	cc_reply_fact(r, "first_seen", "first seen", cc_cell_time(a->first_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "last_seen", "last seen", cc_cell_time(a->last_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "intervals", "firing intervals", cc_cell_int((int64_t)a->interval_count), CC_ROLE_TEXT);
	cc_reply_fact(r, "background", "background", cc_cell_bool(a->background), CC_ROLE_TEXT);
	cc_reply_fact(r, "active_before", "active before the capture", cc_cell_bool(a->active_before), CC_ROLE_TEXT);
	cc_reply_fact(r, "inhibited_by", "inhibited by", alert_words(alert_inhibitor(c, a)), CC_ROLE_DIM);
}

static cc_code run_alert(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_alert *a;
	alert_rule_view rule;
	cc_code code = find_alert(c, &a, err);
	if (code != CC_OK)
		return code;
	code = alert_rule_view_make(&rule, c, a);
	if (code != CC_OK) {
		cc_err_set(err, code, "alert: %s", cc_code_text(code));
		goto done;
	}
	cc_reply_set_title(r, "ALERT %.*s", CC_STR_ARG(cc_snapshot_sym(snap(c), a->name)));
	facts(c, r, a, &rule);
	alert_rule_chart(c, r, a, &rule);
	sample_rows(c, r, a, &rule);
	alert_rule_tables(c, r, &rule);
	kv_table(r, "labels", "Labels", a->labels, a->label_count);
	kv_table(r, "annotations", "Annotations", a->annotations, a->annotation_count);
	related_rows(c, r, a);
	firing_rows(r, a);
	if (a->annotation_count)
		cc_reply_add_note(r, "descriptions quote thresholds of other rule revisions at times: trust the value and the rule");
done:
	alert_rule_view_deinit(&rule);
	return code;
}

const cc_cmd cc_cmd_alert = {
	.name = "alert",
	.group = "evidence",
	.summary = "one alert: its rule and the rule's value over time, labels, every observation",
	.help = "A snapshot holds no rules. Those of the clusters it may come from are known in several revisions; the ones that contradict what was "
		"recorded (labels, severity, values, how long it was pending) are told with the reason, the one left is the rule. Its expression is "
		"computed anew from the metrics, or from the spans where the metrics are missing, the way Prometheus does, and stands beside each "
		"recorded value.",
	.params = (const cc_param[]){ { .name = "alert", .type = CC_PARAM_WORD, .required = true, .positional = true,
					.help = "its name, or the citation of an observation" },
		{ .name = "entity", .type = CC_PARAM_ENTITY, .completer = CC_COMPLETE_ENTITY, .help = "whose, when several fired" }, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_ALERTS) | CC_KIND_BIT(CC_FILE_OBJECTS) | CC_KIND_BIT(CC_FILE_METRICS_POD) |
		CC_KIND_BIT(CC_FILE_METRICS_SERVICE),
	.examples = (const char *const[]){ "alert Watchdog", NULL },
	.reply = (const char *const[]){ "alert           facts: name, severity, entity, state, onset, first_seen, last_seen, intervals, background, active_before,",
		"    inhibited_by, rule (its revision, or why it is not known), expr, threshold, for_ns, agreement (of the recomputed with the",
		"    recorded values)",
		"chart[]         name, unit, samples, interval_ns, points, resets, levels [{label, value}]: the expression's value and the recorded one against the threshold", "labels[]        key, value", "annotations[]   key, value",
		"observations[]  time, state, value, recomputed (the expression at the evaluation before), active_at, cite, value_text (as recorded)",
		"rules[]         known rules of the name: revision, fits, against (what contradicts it), severity, for_ns, expr",
		"sources[]       what was computed from: metric, series, object, cite", "related[]       alert, state, entity, onset, cite",
		"firing[]        from, to, duration_ns", NULL },
	.run = run_alert,
};
