/* cmd_alert.c - `alert`: one alert with all its labels and observations. */
#include "cmd/alert_rows.h"

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
		cc_reply_cell(r, alert_value(m));
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
	cc_reply_fact(r, "state", "state", cc_cell_textz(cc_alert_state_name(cc_alert_state_at(s, a, alert_moment(c)))), CC_ROLE_TEXT);
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
