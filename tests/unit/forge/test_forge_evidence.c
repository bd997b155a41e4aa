/* Is a forged incident one story? Every file parses, and what one file says the others bear out, for every kind of fault. */
#include "coldcase/map.h"
#include "coldcase/yaml.h"
#include "unit/forge/forge_check.h"

#define MINUTE (60 * CC_NS_PER_S)

typedef struct table {
	cc_buf text;              /* unquoted in place */
	CC_VEC(cc_str) cells;
	size_t columns, rows;     /* rows without the header */
} table;

static cc_buf out_dir;
static cc_forge_report report;
static table events, objects, logs, traces;

static int column(const table *t, const char *name)
{
	for (size_t i = 0; i < t->columns; i++)
		if (cc_str_eqz(t->cells.p[i], name)) return (int)i;
	fail_msg("no column %s", name);
	return -1;
}

static cc_str cell(const table *t, size_t row, const char *name)
{
	return t->cells.p[(row + 1) * t->columns + (size_t)column(t, name)];
}

/* Reads one field at *at, undoing quotes in place; *end tells whether the record ends behind it. */
static cc_str field(char *p, size_t n, size_t *at, bool *end)
{
	size_t i = *at, w = i, from = i;
	bool quoted = i < n && p[i] == '"';
	if (quoted) {
		for (i++; i < n && (p[i] != '"' || (i + 1 < n && p[i + 1] == '"')); i++) {
			if (p[i] == '"') i++;
			p[w++] = p[i];
		}
		assert_true(i < n);
		i++;
	} else {
		for (; i < n && p[i] != '\t' && p[i] != '\n'; i++) assert_true(p[i] != '"');
		w = i;
	}
	assert_true(i < n && (p[i] == '\t' || p[i] == '\n'));
	*end = p[i] == '\n';
	*at = i + 1;
	return (cc_str){ p + from, w - from };
}

static void table_read(table *t, const char *dir, const char *name)
{
	cc_buf path = CC_BUF_INIT;
	*t = (table){ .text = CC_BUF_INIT };
	cc_path_join(&path, dir, name);
	assert_int_equal(cc_file_read(&t->text, path.p, 100u << 20, NULL), CC_OK);
	size_t at = 0, width = 0;
	while (at < t->text.n) {
		bool end;
		cc_str f = field(t->text.p, t->text.n, &at, &end);
		assert_true(cc_vec_push(&t->cells, f));
		width++;
		if (!end) continue;
		if (t->columns == 0) t->columns = width;
		else t->rows++;
		assert_int_equal(width, t->columns);
		width = 0;
	}
	assert_int_equal(width, 0);
	cc_buf_deinit(&path);
}

static void table_free(table *t)
{
	cc_buf_deinit(&t->text);
	cc_vec_deinit(&t->cells);
}

static int64_t time_of(cc_str s)
{
	int64_t ns = 0;
	assert_true(cc_time_parse(s, &ns));
	return ns;
}

static int64_t integer(cc_str s)
{
	int64_t v = 0;
	assert_true(cc_str_to_i64(s, &v));
	return v;
}

static double real(cc_str s)
{
	double v = 0.0;
	assert_true(cc_str_to_double(s, &v));
	return v;
}

static cc_json *json_of(cc_str s)
{
	cc_json *v = NULL;
	assert_int_equal(cc_json_parse(&v, s, NULL), CC_OK);
	return v;
}

static cc_str at(const cc_json *v, const char *path)
{
	return cc_json_text(cc_json_at(v, path));
}

static const char *spec, *app; /* the fault of the incident under test, and the application it happens to */

static int setup(void **state)
{
	(void)state;
	out_dir = CC_BUF_INIT;
	scratch_dir(&out_dir, "evidence");
	cc_forge_options o = quick(out_dir.p, spec);
	o.app = app;
	o.variant = CC_FORGE_OLD_RULES;
	assert_int_equal(cc_forge_run(&o, &report, NULL), CC_OK);
	table_read(&events, report.scenario_dir, "k8s_events_raw.tsv");
	table_read(&objects, report.scenario_dir, "k8s_objects_raw.tsv");
	table_read(&logs, report.scenario_dir, "otel_logs_raw.tsv");
	table_read(&traces, report.scenario_dir, "otel_traces_raw.tsv");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	table_free(&events);
	table_free(&objects);
	table_free(&logs);
	table_free(&traces);
	remove_all(out_dir.p);
	cc_buf_deinit(&out_dir);
	return 0;
}

static void tables_have_their_columns(void **state)
{
	(void)state;
	assert_int_equal(events.columns, 16);
	assert_int_equal(objects.columns, 16);
	assert_int_equal(logs.columns, 16);
	assert_int_equal(traces.columns, 22);
	assert_int_equal(events.rows, report.event_rows);
	assert_int_equal(objects.rows, report.object_rows);
	assert_int_equal(logs.rows, report.logs);
	assert_int_equal(traces.rows, report.spans);
	const table *const all[] = { &events, &objects, &logs, &traces };
	for (size_t i = 0; i < 4; i++) {
		assert_true(all[i]->rows > 300);
		for (size_t r = 1; r < all[i]->rows; r++)
			assert_true(time_of(cell(all[i], r - 1, "Timestamp")) <= time_of(cell(all[i], r, "Timestamp")));
	}
}

/* Position of a span by its id. */
static cc_map *span_index(void)
{
	cc_map *m = cc_map_new();
	for (size_t r = 0; r < traces.rows; r++) {
		cc_str id = cell(&traces, r, "SpanId");
		assert_false(cc_map_get(m, id, NULL));
		assert_true(cc_map_set(m, id, r));
	}
	return m;
}

static void calls_lie_inside_their_callers(void **state)
{
	(void)state;
	cc_map *spans = span_index();
	size_t children = 0, roots = 0, consumers = 0;
	for (size_t r = 0; r < traces.rows; r++) {
		uint64_t p = 0;
		cc_str parent = cell(&traces, r, "ParentSpanId");
		roots += parent.n == 0;
		if (parent.n == 0 || !cc_map_get(spans, parent, &p)) continue;
		assert_true(cc_str_eq(cell(&traces, r, "TraceId"), cell(&traces, p, "TraceId")));
		int64_t from = time_of(cell(&traces, r, "Timestamp")), end = from + integer(cell(&traces, r, "Duration"));
		int64_t pfrom = time_of(cell(&traces, p, "Timestamp")), pend = pfrom + integer(cell(&traces, p, "Duration"));
		assert_true(from >= pfrom);
		bool failed = cc_str_eqz(cell(&traces, p, "StatusCode"), "Error");
		if (cc_str_eqz(cell(&traces, r, "SpanKind"), "Consumer")) consumers++;
		/* A caller that gave up does not wait for the callee to finish. */
		else assert_true(end <= pend || failed);
		/* A server that failed makes the client's call fail. */
		if (cc_str_eqz(cell(&traces, r, "SpanKind"), "Server") && cc_str_eqz(cell(&traces, r, "StatusCode"), "Error")) assert_true(failed);
		children++;
	}
	assert_true(children > 2000 && roots > 300 && consumers > 20);
	for (size_t r = 0; r < logs.rows; r++) {
		uint64_t s = 0;
		if (!cc_map_get(spans, cell(&logs, r, "SpanId"), &s) || cell(&logs, r, "SpanId").n == 0) continue;
		assert_true(cc_str_eq(cell(&logs, r, "TraceId"), cell(&traces, s, "TraceId")));
		assert_true(cc_str_eq(cell(&logs, r, "ServiceName"), cell(&traces, s, "ServiceName")));
	}
	cc_map_free(spans);
}

/* Failed spans of a service that ended by `until`, and those that ended within (after, until]. */
static size_t failed_spans(cc_str service, int64_t after, int64_t until)
{
	size_t n = 0;
	for (size_t r = 0; r < traces.rows; r++) {
		if (!cc_str_eq(cell(&traces, r, "ServiceName"), service) || !cc_str_eqz(cell(&traces, r, "StatusCode"), "Error")) continue;
		int64_t end = time_of(cell(&traces, r, "Timestamp")) + integer(cell(&traces, r, "Duration"));
		n += end > after && end <= until;
	}
	return n;
}

/* Sum of the error counters of a service at one scrape. */
static double errors_at(const table *t, int64_t when)
{
	double sum = 0.0;
	for (size_t r = 0; r < t->rows; r++)
		if (cc_str_eqz(cell(t, r, "metric_name"), "traces_span_metrics_calls_total") && time_of(cell(t, r, "timestamp")) == when)
			sum += real(cell(t, r, "value"));
	return sum;
}

/* The counters have counted since before the capture; between its first and last scrape they count what the traces show. */
static bool check_service(const table *t)
{
	int64_t first = INT64_MAX, last = 0;
	for (size_t r = 0; r < t->rows; r++) {
		int64_t when = time_of(cell(t, r, "timestamp"));
		if (!cc_str_starts(cell(t, r, "metric_name"), CC_STR("traces_span_metrics"))) continue;
		if (when > last) last = when;
		if (when < first) first = when;
	}
	double before = errors_at(t, first), counted = errors_at(t, last) - before;
	size_t failed = failed_spans(cell(t, 0, "service_name"), before > 0.0 ? first : 0, last);
	/* A span begun before the capture and ended in it is counted, not written. */
	size_t border = before > 0.0 ? 3 : 0;
	assert_in_range((size_t)counted, failed, failed + border);
	return failed > 0;
}

static void error_counters_are_the_failed_spans(void **state)
{
	(void)state;
	cc_buf dir = CC_BUF_INIT;
	cc_path_join(&dir, report.scenario_dir, "metrics");
	name_vec names;
	names_of(&names, dir.p);
	size_t services = 0, failing = 0, samples = 0;
	for (size_t i = 0; i < names.n; i++) {
		table t;
		table_read(&t, dir.p, names.p[i]);
		samples += t.rows;
		bool service = strncmp(names.p[i], "service_", 8) == 0;
		assert_int_equal(t.columns, service ? 9 : 6);
		if (service) failing += check_service(&t);
		services += service;
		table_free(&t);
	}
	assert_int_equal(samples, report.samples);
	assert_true(services >= 10);
	/* checkout, frontend, frontend-proxy: who called it, directly or not */
	if (strcmp(spec, "invalid-image:shipping") == 0) assert_int_equal(failing, 3);
	names_free(&names);
	cc_buf_deinit(&dir);
}

/* Sum of increases of the error counters of a service between its samples in (until - 2 min, until]. */
static double error_increase(cc_str service, int64_t until)
{
	cc_buf dir = CC_BUF_INIT, file = CC_BUF_INIT;
	table t;
	cc_path_join(&dir, report.scenario_dir, "metrics");
	cc_buf_addf(&file, "service_%.*s_raw.tsv", CC_STR_ARG(service));
	table_read(&t, dir.p, file.p);
	double sum = 0.0;
	cc_map *last = cc_map_new(); /* row + 1 of each series' sample before */
	for (size_t r = 0; r < t.rows; r++) {
		if (!cc_str_eqz(cell(&t, r, "metric_type"), "error_rate")) continue;
		uint64_t *slot = cc_map_slot(last, cell(&t, r, "tags"), 0);
		size_t before = (size_t)*slot;
		*slot = r + 1;
		if (before == 0) continue;
		if (time_of(cell(&t, before - 1, "timestamp")) > until - 2 * MINUTE && time_of(cell(&t, r, "timestamp")) <= until)
			sum += real(cell(&t, r, "value")) - real(cell(&t, before - 1, "value"));
	}
	cc_map_free(last);
	table_free(&t);
	cc_buf_deinit(&dir);
	cc_buf_deinit(&file);
	return sum;
}

typedef struct alert_stats { size_t errors, pending, not_ready, silent, background; } alert_stats;

static void check_alert(const cc_json *a, int64_t seen, alert_stats *n)
{
	cc_str name = at(a, "labels.alertname"), service = at(a, "labels.service_name");
	int64_t active = time_of(at(a, "activeAt"));
	assert_true(cc_str_eqz(at(a, "state"), "firing"));
	assert_true(active <= seen);
	double value = real(at(a, "value"));
	if (cc_str_eqz(name, "RequestErrorRate")) {
		n->errors++;
		assert_true(value > 0.0);
		assert_true(seen >= active + MINUTE);
		if (active < report.inject_ns) return; /* its samples may lie before the capture */
		assert_true(error_increase(service, active) > 0.0);
		assert_false(error_increase(service, active - MINUTE) > 0.0);
	} else if (cc_str_eqz(name, "NoRequestsDetected")) {
		n->silent++;
		assert_true(seen >= active + 5 * MINUTE && value == 0.0);
	} else if (cc_str_eqz(name, "KubePodNotReady") || cc_str_eqz(name, "KubeContainerWaiting")) {
		n->not_ready++;
		assert_true(seen >= active + 5 * MINUTE);
	} else if (cc_str_eqz(name, "PendingPodsDetected")) {
		n->pending++;
	} else if (active < report.inject_ns - 86400 * CC_NS_PER_S) {
		n->background++;
	}
}

static void alerts_follow_from_the_samples(void **state)
{
	(void)state;
	cc_buf dir = CC_BUF_INIT;
	cc_path_join(&dir, report.scenario_dir, "alerts");
	name_vec names;
	names_of(&names, dir.p);
	alert_stats n = { 0 };
	size_t polls = 0;
	for (size_t i = 0; i < names.n; i++) {
		cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
		cc_path_join(&path, dir.p, names.p[i]);
		assert_int_equal(cc_file_read(&text, path.p, 1u << 24, NULL), CC_OK);
		cc_json *v = json_of(cc_buf_str(&text));
		cc_str stamp = cc_str_strip_suffix(cc_str_from(names.p[i]), CC_STR(".json"));
		bool poll = strncmp(names.p[i], "alerts_at_", 10) == 0;
		assert_int_equal(cc_json_typeof(v), poll ? CC_JSON_ARRAY : CC_JSON_OBJECT);
		if (poll) {
			polls++;
			int64_t seen = time_of(cc_str_sub(stamp, 10, stamp.n));
			for (const cc_json *a = cc_json_first(v); a; a = cc_json_next(a)) check_alert(a, seen, &n);
		} else {
			assert_true(cc_json_count(cc_json_at(v, "data.alerts")) > 0);
		}
		cc_json_free(v);
		cc_buf_deinit(&path);
		cc_buf_deinit(&text);
	}
	assert_in_range(polls, 19, 21);
	assert_true(n.background >= 4 * polls);
	if (strcmp(spec, "invalid-image:shipping") == 0) assert_true(n.errors > 8 && n.pending > 5 && n.not_ready > 2);
	names_free(&names);
	cc_buf_deinit(&dir);
}

static void events_come_as_twins_and_count_up(void **state)
{
	(void)state;
	cc_map *twins = cc_map_new(), *counts = cc_map_new();
	cc_buf keys[2] = { CC_BUF_INIT, CC_BUF_INIT };
	size_t deleted = 0, modified = 0;
	assert_true(cc_buf_reserve(&keys[0], events.rows * 64) && cc_buf_reserve(&keys[1], events.rows * 64));
	for (size_t r = 0; r < events.rows; r++) {
		cc_json *w = json_of(cell(&events, r, "Body"));
		const cc_json *o = cc_json_get(w, "object");
		cc_str type = at(w, "type"), uid = at(o, "metadata.uid");
		bool core = cc_str_eqz(at(o, "apiVersion"), "v1");
		size_t from = keys[0].n;
		cc_buf_addf(&keys[0], "%.*s %.*s %.*s", CC_STR_ARG(uid), CC_STR_ARG(at(o, "metadata.resourceVersion")), CC_STR_ARG(type));
		uint64_t *seen = cc_map_slot(twins, cc_str_sub(cc_buf_str(&keys[0]), from, keys[0].n), 0);
		assert_int_equal(*seen & (core ? 1u : 2u), 0);
		*seen |= core ? 1 : 2;
		assert_non_null(cc_json_get(o, core ? "involvedObject" : "regarding"));
		if (core && !cc_str_eqz(type, "DELETED") && cc_json_get(o, "count")) {
			int64_t n = integer(at(o, "count"));
			from = keys[1].n;
			cc_buf_add(&keys[1], uid);
			uint64_t *count = cc_map_slot(counts, cc_str_sub(cc_buf_str(&keys[1]), from, keys[1].n), 0);
			/* The recorder counts what its spam filter holds back. */
			if (cc_str_eqz(type, "MODIFIED")) assert_true((uint64_t)n > *count);
			*count = (uint64_t)n;
		}
		modified += cc_str_eqz(type, "MODIFIED");
		if (cc_str_eqz(type, "DELETED")) {
			deleted++;
			cc_str last = at(o, core ? "lastTimestamp" : "deprecatedLastTimestamp");
			if (last.n && !cc_str_eqz(last, "null"))
				assert_in_range((time_of(cell(&events, r, "Timestamp")) - time_of(last)) / CC_NS_PER_S, 3600, 3602);
		}
		cc_json_free(w);
	}
	size_t alone = 0;
	for (size_t i = 0; i < cc_map_count(twins); i++) {
		uint64_t both = 0;
		cc_map_entry(twins, i, NULL, &both);
		alone += both != 3;
	}
	assert_true(alone <= 1); /* the end of the capture may fall between the two */
	assert_true(deleted > 20 && modified > 0);
	cc_map_free(twins);
	cc_map_free(counts);
	for (int i = 0; i < 2; i++) cc_buf_deinit(&keys[i]);
}

/* Is there a core event with that reason about that uid, received by `until`? */
static bool has_event(cc_str uid, const char *reason, int64_t until)
{
	bool found = false;
	for (size_t r = 0; r < events.rows && !found; r++) {
		cc_json *w = json_of(cell(&events, r, "Body"));
		found = cc_str_eq(at(w, "object.involvedObject.uid"), uid) && cc_str_eqz(at(w, "object.reason"), reason)
			&& time_of(cell(&events, r, "Timestamp")) <= until;
		cc_json_free(w);
	}
	return found;
}

static void object_states_have_their_events(void **state)
{
	(void)state;
	size_t stuck = 0, fresh = 0;
	for (size_t r = 0; r < objects.rows; r++) {
		cc_json *o = json_of(cell(&objects, r, "Body"));
		int64_t seen = time_of(cell(&objects, r, "Timestamp"));
		cc_str uid = at(o, "metadata.uid"), reason = at(o, "status.containerStatuses.0.state.waiting.reason");
		if (cc_str_eqz(reason, "ImagePullBackOff") || cc_str_eqz(reason, "ErrImagePull")) {
			stuck++;
			assert_true(has_event(uid, "Failed", seen));
			assert_true(has_event(uid, "BackOff", seen));
			assert_false(has_event(uid, "Started", seen));
			assert_true(cc_str_eqz(at(o, "status.phase"), "Pending"));
			assert_true(cc_str_find(at(o, "status.containerStatuses.0.state.waiting.message"), at(o, "spec.containers.0.image")) != CC_STR_NONE);
		}
		if (cc_str_eqz(at(o, "kind"), "Pod") && time_of(at(o, "metadata.creationTimestamp")) >= report.inject_ns - 5 * MINUTE) {
			fresh++;
			assert_true(has_event(uid, at(o, "spec.nodeName").n ? "Scheduled" : "FailedScheduling", seen));
			if (at(o, "status.containerStatuses.0.state.running.startedAt").n) assert_true(has_event(uid, "Started", seen));
			assert_true(has_event(at(o, "metadata.ownerReferences.0.uid"), "SuccessfulCreate", seen));
		}
		cc_json_free(o);
	}
	if (strcmp(spec, "invalid-image:shipping") == 0) assert_true(stuck >= 2 && fresh >= 1);
}

static void the_root_is_there_and_broken(void **state)
{
	(void)state;
	cc_buf text = CC_BUF_INIT;
	cc_json *truth = NULL;
	assert_int_equal(cc_file_read(&text, report.truth_path, 1u << 20, NULL), CC_OK);
	assert_int_equal(cc_yaml_parse(&truth, cc_buf_str(&text), NULL), CC_OK);
	size_t before = 0, after = 0, empty = 0;
	for (size_t r = 0; r < objects.rows; r++) {
		cc_json *o = json_of(cell(&objects, r, "Body"));
		bool late = time_of(cell(&objects, r, "Timestamp")) > report.inject_ns + MINUTE;
		bool mine = cc_str_eq(at(o, "metadata.name"), at(truth, "fault.0.entity.name"));
		if (mine && cc_str_eq(at(o, "kind"), at(truth, "fault.0.entity.kind"))) {
			cc_str image = at(o, "spec.template.spec.containers.0.image");
			assert_true(cc_str_eq(image, at(truth, late ? "fault.0.changed.to" : "fault.0.changed.from")));
			assert_int_equal(integer(at(o, "metadata.generation")), late ? 2 : 1);
			after += late;
			before += !late;
		}
		if (mine && late && cc_str_eqz(at(o, "kind"), "Endpoints")) empty += cc_json_at(o, "subsets.0.addresses") == NULL;
		cc_json_free(o);
	}
	assert_true(before >= 2 && after >= 2 && empty == after);
	cc_json_free(truth);
	cc_buf_deinit(&text);
}

static bool has_group(const cc_json *truth, cc_str id)
{
	for (const cc_json *g = cc_json_first(cc_json_get(truth, "groups")); g; g = cc_json_next(g))
		if (cc_str_eq(cc_json_get_str(g, "id"), id)) return true;
	return false;
}

static void truth_refers_to_its_groups(void **state)
{
	(void)state;
	cc_buf text = CC_BUF_INIT;
	cc_json *truth = NULL;
	assert_int_equal(cc_file_read(&text, report.truth_path, 1u << 20, NULL), CC_OK);
	assert_int_equal(cc_yaml_parse(&truth, cc_buf_str(&text), NULL), CC_OK);
	size_t roots = 0, links = 0, alerts = 0;
	for (const cc_json *g = cc_json_first(cc_json_get(truth, "groups")); g; g = cc_json_next(g)) roots += cc_json_bool(cc_json_get(g, "root_cause"));
	for (const cc_json *p = cc_json_first(cc_json_get(truth, "propagations")); p; p = cc_json_next(p), links++)
		assert_true(has_group(truth, cc_json_get_str(p, "source")) && has_group(truth, cc_json_get_str(p, "target")));
	for (const cc_json *a = cc_json_first(cc_json_get(truth, "alerts")); a; a = cc_json_next(a), alerts++)
		assert_true(has_group(truth, cc_json_get_str(a, "group_id")));
	assert_int_equal(roots, 1);
	if (links + alerts == 0) fail_msg("%s: nothing follows from it", spec);
	assert_true(cc_json_count(cc_json_get(truth, "recommended_actions")) >= 1);
	cc_json_free(truth);
	cc_buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest any[] = {
		cmocka_unit_test(tables_have_their_columns),
		cmocka_unit_test(calls_lie_inside_their_callers),
		cmocka_unit_test(error_counters_are_the_failed_spans),
		cmocka_unit_test(alerts_follow_from_the_samples),
		cmocka_unit_test(events_come_as_twins_and_count_up),
		cmocka_unit_test(object_states_have_their_events),
		cmocka_unit_test(truth_refers_to_its_groups),
	};
	const struct CMUnitTest image[] = { cmocka_unit_test(error_counters_are_the_failed_spans), cmocka_unit_test(alerts_follow_from_the_samples),
		cmocka_unit_test(object_states_have_their_events), cmocka_unit_test(the_root_is_there_and_broken) };
	int failed = 0;
	for (size_t i = 0; i < cc_forge_fault_count(); i++) {
		cc_buf b = CC_BUF_INIT;
		const char *only = getenv("FORGE_FAULT"), *kind = cc_forge_fault_get(i)->kind;
		if (only && strcmp(only, kind) != 0) continue;
		if (!first_target(kind, i % 3 == 1, &b, &app)) {
			print_error("%s: no application has a target for it\n", kind);
			failed++;
			continue;
		}
		spec = b.p;
		failed += cmocka_run_group_tests_name(spec, any, setup, teardown);
		cc_buf_deinit(&b);
	}
	spec = "invalid-image:shipping";
	app = NULL;
	failed += cmocka_run_group_tests_name(spec, image, setup, teardown);
	return failed;
}
