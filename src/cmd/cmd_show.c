/* cmd_show.c - `show` prints any record as the file holds it; `info` says what the snapshot is made of. */
#include "cmd/evidence.h"

#include "coldcase/entity.h"
#include "coldcase/events.h"
#include "coldcase/logs.h"
#include "coldcase/objects.h"
#include "coldcase/series.h"
#include "coldcase/spans.h"

static const cc_column record_columns[] = {
	{ "column", "Column", CC_CELL_TEXT, CC_ROLE_DIM, 22, 0 },
	{ "value", "Value", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};

static void add_pair(void *arg, cc_str column, cc_str value)
{
	cc_reply *r = arg;
	if (!cc_reply_row(r))
		return;
	cc_reply_cell(r, cc_cell_text(column));
	cc_reply_cell(r, cc_cell_text(value));
}

static cc_code run_show(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_cite cite;
	cc_code code = cc_cite_parse(snap(c), cc_str_from(cc_arg(c, "cite")), &cite, err);
	if (code != CC_OK)
		return code;
	cc_reply_set_title(r, "RECORD %s", cc_arg(c, "cite"));
	cc_reply_begin_facts(r, "record", NULL);
	cc_reply_fact(r, "cite", "cite", cc_cell_cite(cite), CC_ROLE_DIM);
	cc_reply_begin_table(r, "columns", NULL, record_columns, 2, false);
	return cc_cite_read(snap(c), cite, add_pair, r, err);
}

const cc_cmd cc_cmd_show = {
	.name = "show",
	.alias = "rec",
	.group = "evidence",
	.summary = "one record exactly as its file holds it",
	.params = (const cc_param[]){ { .name = "cite", .type = CC_PARAM_CITE, .required = true, .positional = true, .help = "file#record" }, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_READS_ALL,
	.examples = (const char *const[]){ "show otel_logs_raw.tsv#1", NULL },
	.reply = (const char *const[]){ "record     facts: cite", "columns[]  column, value", NULL },
	.run = run_show,
};

/* --- info --- */

static const cc_column file_columns[] = {
	{ "file", "File", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "kind", "Kind", CC_CELL_TEXT, CC_ROLE_DIM, 15, 1 },
	{ "bytes", "Bytes", CC_CELL_INT, CC_ROLE_TEXT, 11, 0 },
	{ "records", "Records", CC_CELL_INT, CC_ROLE_TEXT, 9, 0 },
	{ "skipped", "Skipped", CC_CELL_INT, CC_ROLE_WARNING, 7, 0 },
	{ "problem", "Problem", CC_CELL_TEXT, CC_ROLE_WARNING, 30, 2 },
};

static void summary(cc_call *c, cc_reply *r)
{
	const cc_snapshot *s = snap(c);
	cc_range range = cc_snapshot_range(s);
	size_t services = 0, pods = 0, namespaces = 0;
	bool *seen = cc_arena_array(c->arena, cc_snapshot_sym_count(s) + 1, sizeof *seen);
	for (cc_entity_id id = 1; id <= cc_entity_count(s) && seen; id++) {
		const cc_entity *e = cc_entity_get(s, id);
		if (e->unborn)
			continue;
		services += cc_str_eqz(cc_entity_kind(s, id), "Service");
		pods += cc_str_eqz(cc_entity_kind(s, id), "Pod");
		if (!seen[e->ns] && !cc_str_eqz(cc_entity_ns(s, id), "cluster"))
			seen[e->ns] = true, namespaces++;
	}
	cc_reply_begin_facts(r, "snapshot", NULL);
	cc_reply_fact(r, "name", "scenario", cc_cell_text(cc_snapshot_name(s)), CC_ROLE_HEADING);
	cc_reply_fact(r, "path", "path", cc_cell_text(cc_snapshot_path(s)), CC_ROLE_DIM);
	cc_reply_fact(r, "bytes", "bytes", cc_cell_int((int64_t)cc_snapshot_bytes(s)), CC_ROLE_TEXT);
	cc_reply_fact(r, "from", "from", cc_cell_time(range.from_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "to", "to", cc_cell_time(range.to_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "namespaces", "namespaces", cc_cell_int((int64_t)namespaces), CC_ROLE_TEXT);
	cc_reply_fact(r, "services", "services", cc_cell_int((int64_t)services), CC_ROLE_TEXT);
	cc_reply_fact(r, "pods", "pods", cc_cell_int((int64_t)pods), CC_ROLE_TEXT);
	cc_reply_fact(r, "entities", "entities", cc_cell_int((int64_t)cc_entity_count(s)), CC_ROLE_TEXT);
}

/* Records as read from files, and what they are after merging: 240 event rows may be 90 events. */
static void counts(cc_call *c, cc_reply *r)
{
	const cc_snapshot *s = snap(c);
	uint64_t records[CC_FILE_KINDS] = { 0 }, skipped = 0;
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++) {
		records[cc_snapshot_file(s, i)->kind] += cc_snapshot_file(s, i)->records;
		skipped += cc_snapshot_file(s, i)->skipped;
	}
	cc_reply_begin_facts(r, "counts", NULL);
	cc_reply_fact(r, "log_records", "log records", cc_cell_int((int64_t)records[CC_FILE_LOGS]), CC_ROLE_TEXT);
	cc_reply_fact(r, "spans", "spans", cc_cell_int((int64_t)records[CC_FILE_TRACES]), CC_ROLE_TEXT);
	cc_reply_fact(r, "traces", "traces", cc_cell_int((int64_t)cc_traces_count(s)), CC_ROLE_TEXT);
	cc_reply_fact(r, "samples", "metric samples", cc_cell_int((int64_t)(records[CC_FILE_METRICS_POD] + records[CC_FILE_METRICS_SERVICE])), CC_ROLE_TEXT);
	cc_reply_fact(r, "series", "metric series", cc_cell_int((int64_t)cc_series_count(s)), CC_ROLE_TEXT);
	cc_reply_fact(r, "alert_observations", "alert observations", cc_cell_int((int64_t)records[CC_FILE_ALERTS]), CC_ROLE_TEXT);
	cc_reply_fact(r, "alerts", "alerts", cc_cell_int((int64_t)cc_alerts_count(s)), CC_ROLE_TEXT);
	cc_reply_fact(r, "event_records", "event records", cc_cell_int((int64_t)records[CC_FILE_EVENTS]), CC_ROLE_TEXT);
	cc_reply_fact(r, "events", "events", cc_cell_int((int64_t)cc_events_count(s)), CC_ROLE_TEXT);
	cc_reply_fact(r, "object_records", "object observations", cc_cell_int((int64_t)records[CC_FILE_OBJECTS]), CC_ROLE_TEXT);
	cc_reply_fact(r, "objects", "objects", cc_cell_int((int64_t)cc_objects_count(s)), CC_ROLE_TEXT);
	cc_reply_fact(r, "skipped", "unreadable rows", cc_cell_int((int64_t)skipped), skipped ? CC_ROLE_WARNING : CC_ROLE_TEXT);
}

static void missing(cc_call *c, cc_reply *r)
{
	const char *names[CC_FILE_KINDS];
	size_t n = cc_snapshot_missing(snap(c), names);
	cc_reply_begin_text(r, "missing", n ? "Missing evidence" : NULL);
	for (size_t i = 0; i < n; i++)
		cc_reply_line(r, CC_ROLE_WARNING, cc_str_from(names[i]));
}

static cc_code run_info(cc_call *c, cc_reply *r, cc_err *err)
{
	(void)err;
	const cc_snapshot *s = snap(c);
	cc_page page = cc_call_page(c);
	cc_str name = cc_snapshot_name(s);
	cc_reply_set_title(r, "SNAPSHOT %.*s", CC_STR_ARG(name));
	summary(c, r);
	counts(c, r);
	missing(c, r);
	cc_reply_begin_table(r, "files", NULL, file_columns, 6, true);
	size_t n = cc_snapshot_file_count(s);
	for (size_t i = (size_t)page.offset; i < n && i < page.offset + page.limit && cc_reply_row(r); i++) {
		const cc_file *f = cc_snapshot_file(s, i);
		cc_reply_cell(r, cc_cell_text(f->path));
		cc_reply_cell(r, cc_cell_textz(cc_file_kind_name(f->kind)));
		cc_reply_cell(r, cc_cell_int((int64_t)f->bytes));
		cc_reply_cell(r, cc_cell_int((int64_t)f->records));
		cc_reply_cell(r, cc_cell_int((int64_t)f->skipped));
		cc_reply_cell(r, f->problem.n ? cc_cell_text(f->problem) : cc_cell_none());
	}
	cc_reply_set_paging(r, n, page.offset, page.limit);
	return CC_OK;
}

const cc_cmd cc_cmd_info = {
	.name = "info",
	.group = "evidence",
	.summary = "what the snapshot holds: files, records, time range, what is missing",
	.params = (const cc_param[]){ CC_PARAMS_PAGE, { 0 } },
	.flags = 0,
	.reads = CC_READS_ALL,
	.examples = (const char *const[]){ "info", NULL },
	.reply = (const char *const[]){ "snapshot   facts: name, path, bytes, from, to, namespaces, services, pods, entities",
		"counts     facts: log_records, spans, traces, samples, series, alert_observations, alerts, event_records, events, object_records, objects, skipped",
		"missing[]  names of absent evidence kinds", "files[]    file, kind, bytes, records, skipped, problem", NULL },
	.run = run_info,
};
