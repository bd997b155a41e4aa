/* The same incident as other recorders wrote it, without some of its files, and damaged: it opens, says the same, and
 * can still be proved. */
#include "coldcase/alerts.h"
#include "coldcase/events.h"
#include "coldcase/objects.h"
#include "coldcase/series.h"
#include "coldcase/snapshot.h"
#include "coldcase/spans.h"
#include "unit/forge/forge_incident.h"

enum {
	EVERY_VARIANT = CC_FORGE_EVENT_NAME | CC_FORGE_OLD_EXPORTER | CC_FORGE_OLD_RULES | CC_FORGE_GO_RECORDER |
		CC_FORGE_LEAN_METRICS
};

/* ---- what the records say, whoever wrote them ---- */

static void add_num(cc_sha256 *sha, int64_t v)
{
	cc_sha256_add(sha, &v, sizeof v);
}

static void add_str(cc_sha256 *sha, cc_str s)
{
	add_num(sha, (int64_t)s.n);
	cc_sha256_add(sha, s.p, s.n);
}

static void add_sym(cc_sha256 *sha, const cc_snapshot *s, cc_sym sym)
{
	add_str(sha, cc_snapshot_sym(s, sym));
}

static void add_entity(cc_sha256 *sha, const cc_snapshot *s, cc_entity_id id)
{
	cc_buf b = CC_BUF_INIT;
	cc_entity_format(s, id, &b);
	add_str(sha, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static void add_spans(cc_sha256 *sha, const cc_snapshot *s)
{
	cc_arena *arena = cc_arena_new();
	for (size_t i = 0; i < cc_spans_count(s); i++) {
		const cc_span *x = cc_spans_get(s, i);
		const int64_t numbers[] = { x->start_ns, x->duration_ns, (int64_t)cc_spans_trace_id(s, x).hi,
			(int64_t)cc_spans_trace_id(s, x).lo,
			(int64_t)x->id, (int64_t)cc_spans_parent_id(s, x, arena), x->kind, x->status };
		for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) add_num(sha, numbers[k]);
		add_sym(sha, s, x->service);
		add_sym(sha, s, x->name);
		add_entity(sha, s, x->entity);
		if (i % 7) continue;
		cc_span_event_vec events = { 0 };
		cc_spans_events(s, x, &events, arena);
		for (size_t k = 0; k < events.n; k++) {
			add_num(sha, events.p[k].time_ns);
			add_str(sha, events.p[k].name);
		}
		add_str(sha, cc_spans_error_text(s, x, arena));
		cc_vec_deinit(&events);
	}
	cc_arena_free(arena);
}

static void add_logs(cc_sha256 *sha, const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_logs_count(s); i++) {
		const cc_logrec *l = cc_logs_get(s, i);
		cc_arena *arena = cc_arena_new();
		const int64_t numbers[] = { l->time_ns, (int64_t)l->trace.hi, (int64_t)l->trace.lo, (int64_t)l->span,
			l->level };
		for (size_t k = 0; k < sizeof numbers / sizeof numbers[0]; k++) add_num(sha, numbers[k]);
		add_sym(sha, s, l->service);
		add_entity(sha, s, l->entity);
		add_str(sha, cc_logs_body(s, l, arena));
		cc_arena_free(arena);
	}
}

static void add_cluster(cc_sha256 *sha, const cc_snapshot *s)
{
	for (cc_entity_id id = 1; id <= cc_entity_count(s); id++) add_entity(sha, s, id);
	for (size_t i = 0; i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);
		add_num(sha, e->first_ns);
		add_num(sha, e->last_ns);
		add_num(sha, e->count);
		add_num(sha, e->rows);
		add_entity(sha, s, e->entity);
		add_sym(sha, s, e->reason);
		add_str(sha, e->message);
	}
	for (size_t i = 0; i < cc_objects_count(s); i++) {
		const cc_object *o = cc_objects_get(s, i);
		add_entity(sha, s, o->entity);
		add_num(sha, (int64_t)o->obs_count);
		add_num(sha, o->revisions);
		for (size_t k = 0; k < o->obs_count; k++) add_num(sha, o->obs[k].time_ns);
	}
}

static void add_series(cc_sha256 *sha, const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_series_count(s); i++) {
		const cc_series *x = cc_series_get(s, i);
		cc_buf b = CC_BUF_INIT;
		cc_series_format(s, x, &b);
		add_str(sha, cc_buf_str(&b));
		cc_buf_deinit(&b);
		for (size_t k = 0; k < x->count; k++) {
			add_num(sha, x->times_ns[k]);
			cc_sha256_add(sha, &x->values[k], sizeof x->values[k]);
		}
	}
}

static void add_alerts(cc_sha256 *sha, const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);
		add_sym(sha, s, a->name);
		add_entity(sha, s, a->entity);
		add_num(sha, a->onset_ns);
		for (size_t k = 0; k < a->sample_count; k++) {
			add_num(sha, a->samples[k].time_ns);
			add_num(sha, a->samples[k].active_ns);
			add_str(sha, a->samples[k].value_text);
		}
	}
}

enum { SPANS, LOGS, CLUSTER, SERIES, ALERTS, PARTS };

static void contents(char hex[PARTS][65], const cc_snapshot *s)
{
	static void (*const ADD[PARTS])(
		cc_sha256 *, const cc_snapshot *) = { add_spans, add_logs, add_cluster, add_series, add_alerts };
	for (int i = 0; i < PARTS; i++) {
		cc_sha256 sha;
		cc_sha256_init(&sha);
		ADD[i](&sha, s);
		cc_sha256_hex(&sha, hex[i]);
	}
}

/* ---- the forms of the files ---- */

/* "#" is a digit, "*" any number of digits, everything else itself. */
static bool formed(cc_str s, const char *form)
{
	size_t i = 0;
	for (; *form; form++) {
		if (*form == '*') {
			while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9') i++;
		} else if (i >= s.n || (*form == '#' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != *form)) {
			return false;
		} else {
			i++;
		}
	}
	return i == s.n;
}

static bool time_formed(cc_str cell, bool go, bool whole)
{
	if (whole) return formed(cell, go ? "####-##-## ##:##:## +0000 UTC" : "####-##-## ##:##:##");
	if (!go) return formed(cell, "####-##-## ##:##:##.###") || formed(cell, "####-##-## ##:##:##.#########");
	if (formed(cell, "####-##-## ##:##:## +0000 UTC")) return true;
	return formed(cell, "####-##-## ##:##:##.#* +0000 UTC") && !cc_str_ends(cell, CC_STR("0 +0000 UTC"));
}

static bool wrapped(cc_str cell, const char *open, const char *close)
{
	return cc_str_starts(cell, cc_str_from(open)) && cc_str_ends(cell, cc_str_from(close));
}

static bool one_of(cc_str cell, const char *const *words, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cc_str_eqz(cell, words[i])) return true;
	return false;
}

/* A Python float has a point or an exponent; Go leaves ".0" out. */
static bool value_formed(cc_str cell, bool go)
{
	bool python = cc_str_find_char(cell, '.') != CC_STR_NONE || cc_str_find_char(cell, 'e') != CC_STR_NONE;
	return cell.n && (go ? !cc_str_ends(cell, CC_STR(".0")) : python);
}

static bool cell_formed(cc_str column, cc_str cell, unsigned variant)
{
	static const char *const KINDS[] = { "Client", "Server", "Internal", "Producer", "Consumer" },
				 *const CODES[] = { "Unset", "Error", "Ok" },
				 *const OLD_KINDS[] = { "SPAN_KIND_CLIENT", "SPAN_KIND_SERVER", "SPAN_KIND_INTERNAL",
					 "SPAN_KIND_PRODUCER", "SPAN_KIND_CONSUMER" },
				 *const OLD_CODES[] = { "STATUS_CODE_UNSET", "STATUS_CODE_ERROR", "STATUS_CODE_OK" };
	bool go = variant & CC_FORGE_GO_RECORDER, old = variant & CC_FORGE_OLD_EXPORTER;
	if (cc_str_starts(column, CC_STR("Events.")) || cc_str_starts(column, CC_STR("Links.")))
		return wrapped(cell, "[", "]") && (!go || cc_str_find(cell, CC_STR("datetime(")) == CC_STR_NONE);
	if (cc_str_eqz(column, "Timestamp") || cc_str_eqz(column, "timestamp")) return time_formed(cell, go, false);
	if (cc_str_eqz(column, "TimestampTime")) return time_formed(cell, go, true);
	if (cc_str_ends(column, CC_STR("Attributes")) || cc_str_eqz(column, "tags"))
		return go ? wrapped(cell, "map[", "]") : wrapped(cell, "{", "}");
	if (cc_str_eqz(column, "value")) return value_formed(cell, go);
	if (cc_str_eqz(column, "StatusCode")) return one_of(cell, old ? OLD_CODES : CODES, 3);
	return !cc_str_eqz(column, "SpanKind") || one_of(cell, old ? OLD_KINDS : KINDS, 5);
}

/* A plain reader of its own: the next field's text into `out`; false at the end of the row. */
static bool next_field(const char **p, const char *end, cc_buf *out)
{
	cc_buf_clear(out);
	if (*p < end && **p == '"') {
		for (++*p; *p < end; ++*p) {
			if (**p == '"' && *p + 1 < end && (*p)[1] == '"')
				++*p;
			else if (**p == '"')
				break;
			cc_buf_add_char(out, **p);
		}
		assert_true(*p < end);
		++*p;
	} else {
		for (; *p < end && **p != '\t' && **p != '\n'; ++*p) {
			assert_true(**p != '"');
			cc_buf_add_char(out, **p);
		}
	}
	assert_true(*p < end && (**p == '\t' || **p == '\n'));
	return *(*p)++ == '\t';
}

static void check_table(const char *dir, const char *name, const char *header, unsigned variant)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT, cell = CC_BUF_INIT;
	cc_str columns[32], top;
	size_t n = 0;
	cc_path_join(&path, dir, name);
	assert_int_equal(cc_file_read(&text, path.p, 200u << 20, NULL), CC_OK);
	const char *p = memchr(text.p, '\n', text.n), *end = text.p + text.n;
	assert_non_null(p);
	top = cc_str_sub(cc_buf_str(&text), 0, (size_t)(p - text.p));
	if (header && !cc_str_eqz(top, header)) fail_msg("%s begins with %.*s", name, CC_STR_ARG(top));
	for (bool more = true; more;) more = cc_str_cut(top, '\t', &columns[n++], &top);
	size_t rows = 0;
	for (p++; p < end; rows++) {
		size_t i = 0;
		for (bool more = true; more; i++) {
			more = next_field(&p, end, &cell);
			if (i >= n || more != (i + 1 < n)) fail_msg("%s, row %zu: %zu columns", name, rows + 1, i + 1);
			if (cell_formed(columns[i], cc_buf_str(&cell), variant)) continue;
			fail_msg("%s, row %zu, %.*s: %.100s", name, rows + 1, CC_STR_ARG(columns[i]),
				cell.p ? cell.p : "");
		}
	}
	assert_true(rows > 0);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	cc_buf_deinit(&cell);
}

#define LOG_COLUMNS \
	"Timestamp\tTimestampTime\tTraceId\tSpanId\tTraceFlags\tSeverityText\tSeverityNumber\tServiceName\tBody\t" \
	"ResourceSchemaUrl\tResourceAttributes\tScopeSchemaUrl\tScopeName\tScopeVersion\tScopeAttributes\tLogAttributes"
#define SPAN_COLUMNS(scope) \
	"Timestamp\tTraceId\tSpanId\tParentSpanId\tTraceState\tSpanName\tSpanKind\tServiceName\t" \
	"ResourceAttributes\t" scope \
	"SpanAttributes\tDuration\tStatusCode\tStatusMessage\tEvents.Timestamp\tEvents.Name\tEvents.Attributes\t" \
	"Links.TraceId\tLinks.SpanId\tLinks.TraceState\tLinks.Attributes"
#define SERVICE_COLUMNS "metric_name\ttimestamp\tvalue\tservice_name\tnamespace\tbucket_le\ttags"

static void check_forms(const char *dir, unsigned variant)
{
	static const char *const TABLES[] = { "k8s_events_raw.tsv", "k8s_objects_raw.tsv", "otel_logs_raw.tsv" };
	cc_buf metrics = CC_BUF_INIT;
	name_vec names;
	bool go = variant & CC_FORGE_GO_RECORDER;
	for (size_t i = 0; i < sizeof TABLES / sizeof TABLES[0]; i++)
		check_table(dir, TABLES[i], variant & CC_FORGE_EVENT_NAME ? LOG_COLUMNS "\tEventName" : LOG_COLUMNS,
			variant);
	check_table(dir, "otel_traces_raw.tsv",
		variant & CC_FORGE_OLD_EXPORTER ? SPAN_COLUMNS("") : SPAN_COLUMNS("ScopeName\tScopeVersion\t"),
		variant);
	cc_path_join(&metrics, dir, "metrics");
	names_of(&names, metrics.p);
	for (size_t i = 0; i < names.n; i++) {
		bool pod = strncmp(names.p[i], "pod_", 4) == 0;
		const char *service = go ? SERVICE_COLUMNS : SERVICE_COLUMNS "\tmetric_type\tstatus_code";
		const char *header = pod ? "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags" : service;
		check_table(metrics.p, names.p[i], header, variant);
	}
	names_free(&names);
	cc_buf_deinit(&metrics);
}

/* ---- tests ---- */

static void every_recorder_tells_the_same(void **state)
{
	static const unsigned VARIANTS[] = { 0, CC_FORGE_EVENT_NAME, CC_FORGE_OLD_EXPORTER, CC_FORGE_OLD_RULES,
		CC_FORGE_GO_RECORDER, CC_FORGE_LEAN_METRICS, CC_FORGE_GO_RECORDER | CC_FORGE_EVENT_NAME,
		EVERY_VARIANT };
	char plain[PARTS][65], other[PARTS][65];
	cc_buf dir = CC_BUF_INIT;
	(void)state;
	scratch_dir(&dir, "variants");
	for (size_t i = 0; i < sizeof VARIANTS / sizeof VARIANTS[0]; i++) {
		cc_forge_options o = quick(dir.p, "wrong-env:shipping");
		cc_forge_report r;
		o.variant = VARIANTS[i];
		o.replace = true;
		forge(&o, &r);
		check_forms(r.scenario_dir, o.variant);
		cc_snapshot *s = open_incident(r.scenario_dir);
		assert_int_equal(skipped(s, true), 0);
		assert_int_equal(cc_spans_count(s), r.spans);
		assert_int_equal(cc_logs_count(s), r.logs);
		contents(i ? other : plain, s);
		for (int k = 0; i && k < PARTS; k++) {
			bool dropped = (k == SERIES && (o.variant & CC_FORGE_LEAN_METRICS)) ||
				(k == ALERTS && (o.variant & CC_FORGE_OLD_RULES));
			if ((strcmp(plain[k], other[k]) == 0) == dropped) fail_msg("variant %u, part %d", o.variant, k);
		}
		cc_snapshot_free(s);
		assert_int_equal(unproved(&r), 0);
	}
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

/* The counters of sidecars have status codes that are numbers, and Go's recorder puts them where a bucket's bound
 * stands. */
static void sidecars_are_told_alike(void **state)
{
	char plain[PARTS][65], other[PARTS][65];
	cc_buf dir = CC_BUF_INIT;
	(void)state;
	scratch_dir(&dir, "mesh");
	for (int i = 0; i < 2; i++) {
		cc_forge_options o = quick(dir.p, "deleted-service:details");
		cc_forge_report r;
		o.app = "bookinfo";
		o.variant = i ? CC_FORGE_GO_RECORDER : 0;
		o.replace = true;
		forge(&o, &r);
		cc_snapshot *s = open_incident(r.scenario_dir);
		assert_int_equal(skipped(s, true), 0);
		size_t codes = 0;
		for (size_t k = 0; k < cc_series_count(s); k++) {
			const cc_series *x = cc_series_get(s, k);
			bool requests = cc_str_eqz(cc_snapshot_sym(s, x->metric), "istio_requests_total");
			bool code = cc_series_label(x, "status_code").n == 3;
			codes += requests && code && cc_series_label(x, "le").n == 0;
		}
		assert_true(codes > 0);
		contents(i ? other : plain, s);
		cc_snapshot_free(s);
	}
	for (int k = 0; k < PARTS; k++) assert_string_equal(plain[k], other[k]);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

/* What is left out is known to be missing; the rest is as it was. */
static void files_are_left_out(void **state)
{
	static const struct {
		unsigned without;
		const char *name, *missing;
		int part;
	} CASES[] = { { 0, NULL, NULL, PARTS }, { CC_FORGE_NO_ALERTS, "alerts", "alerts", ALERTS },
		{ CC_FORGE_NO_EVENTS, "k8s_events_raw.tsv", "events", CLUSTER },
		{ CC_FORGE_NO_OBJECTS, "k8s_objects_raw.tsv", "objects", CLUSTER },
		{ CC_FORGE_NO_LOGS, "otel_logs_raw.tsv", "logs", LOGS },
		{ CC_FORGE_NO_TRACES, "otel_traces_raw.tsv", "traces", SPANS },
		{ CC_FORGE_NO_METRICS, "metrics", "pod metrics", SERIES } };
	char plain[65], other[65];
	cc_buf dir = CC_BUF_INIT, path = CC_BUF_INIT;
	(void)state;
	scratch_dir(&dir, "without");
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		cc_forge_options o = quick(dir.p, "invalid-image:payment");
		cc_forge_report r;
		cc_sha256 sha;
		const char *missing[CC_FILE_KINDS];
		bool named = !CASES[i].missing;
		o.without = CASES[i].without;
		o.replace = true;
		forge(&o, &r);
		cc_snapshot *s = open_incident(r.scenario_dir);
		assert_int_equal(skipped(s, true), 0);
		size_t n = cc_snapshot_missing(s, missing);
		for (size_t k = 0; k < n; k++) named = named || strcmp(missing[k], CASES[i].missing) == 0;
		assert_true(named);
		cc_buf_clear(&path);
		cc_path_join(&path, r.scenario_dir, CASES[i].name ? CASES[i].name : "nothing");
		assert_int_not_equal(access(path.p, F_OK), 0);
		/* Events name entities that only the objects tell apart, so only the telemetry is compared byte by
		 * byte. */
		cc_sha256_init(&sha);
		if (CASES[i].part != SERIES) add_series(&sha, s);
		cc_sha256_hex(&sha, i ? other : plain);
		if (i && CASES[i].part != SERIES) assert_string_equal(plain, other);
		cc_snapshot_free(s);
		assert_int_equal(unproved(&r), 0);
	}
	cc_forge_options o = quick(dir.p, "invalid-image:payment");
	cc_forge_report r;
	o.scenario = 2;
	for (unsigned bit = 1; bit <= CC_FORGE_NO_METRICS; bit <<= 1) o.without |= bit;
	assert_int_equal(cc_forge_run(&o, &r, NULL), CC_EUSAGE);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
	cc_buf_deinit(&path);
}

static void damage_is_seen_and_spares_the_proofs(void **state)
{
	static const struct {
		const char *fault;
		int places;
		unsigned variant;
	} CASES[] = { { "wrong-env:shipping", 1, 0 }, { "chaos-delay:cart", 5, 0 }, { "quota:cart", 50, 0 },
		{ "feature-flag:cartFailure", 300, 0 },
		{ "deny-ingress:payment", 300, CC_FORGE_GO_RECORDER | CC_FORGE_EVENT_NAME },
		{ "invalid-image:ad", 50, CC_FORGE_OLD_EXPORTER } };
	cc_buf dir = CC_BUF_INIT;
	char plain[65], first[65], second[65];
	(void)state;
	scratch_dir(&dir, "damage");
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		cc_forge_options o = quick(dir.p, CASES[i].fault);
		cc_forge_report r;
		o.rps_milli = 3000;
		o.replace = true;
		o.variant = CASES[i].variant;
		if (i < 2) {
			forge(&o, &r);
			digest_of(plain, dir.p);
		}
		o.corrupt = CASES[i].places;
		for (int run = 0; run < (i < 2 ? 2 : 1); run++) {
			forge(&o, &r);
			digest_of(run ? second : first, dir.p);
		}
		if (i < 2) {
			assert_string_not_equal(plain, first);
			assert_string_equal(first, second);
		}
		cc_snapshot *s = open_incident(r.scenario_dir);
		if (CASES[i].places >= 50) assert_true(skipped(s, false) > 0);
		cc_snapshot_free(s);
		assert_int_equal(unproved(&r), 0);
	}
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

/* Mixed options, none of them usual: equal bytes with one and with two threads. */
static void odd_incidents_have_equal_bytes(void **state)
{
	cc_buf dir = CC_BUF_INIT;
	char one[65], two[65];
	(void)state;
	scratch_dir(&dir, "equal");
	for (int i = 0; i < 3; i++) {
		cc_forge_options o;
		cc_forge_report r;
		cc_forge_options_init(&o);
		o.out_dir = dir.p;
		o.replace = true;
		o.app = i == 1 ? "bookinfo" : NULL;
		o.seed = i == 0 ? 0 : i == 1 ? INT64_MAX : 77;
		o.difficulty = i == 0 ? CC_FORGE_EXPERT : i == 1 ? CC_FORGE_HARD : CC_FORGE_EASY;
		o.duration_ns = (i == 2 ? 787 : 720) * CC_NS_PER_S;
		o.scrape_ns = (i == 0 ? 17 : 60) * CC_NS_PER_S;
		o.rps_milli = i == 0 ? 50 : 3700;
		o.start_ns = i == 2 ? cc_time_from_civil(2031, 2, 28, 23, 50, 0, 0) : 0;
		o.noise = i == 1 ? 300 : -1;
		o.variant = i == 1 ? EVERY_VARIANT : i == 2 ? CC_FORGE_OLD_RULES : 0;
		o.without = i == 2 ? CC_FORGE_NO_ALERTS : 0;
		o.corrupt = i == 0 ? 0 : 40;
		o.threads = 1;
		forge(&o, &r);
		digest_of(one, dir.p);
		o.threads = 2;
		forge(&o, &r);
		digest_of(two, dir.p);
		assert_string_equal(one, two);
	}
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_recorder_tells_the_same),
		cmocka_unit_test(sidecars_are_told_alike),
		cmocka_unit_test(files_are_left_out),
		cmocka_unit_test(damage_is_seen_and_spares_the_proofs),
		cmocka_unit_test(odd_incidents_have_equal_bytes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
