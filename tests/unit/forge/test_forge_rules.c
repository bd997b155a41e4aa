/* Is every alert in the files what its rule says about the samples in the files, and is none missing? The rules are
 * written down here once more, and evaluated over what the snapshot library reads: an alert held by its rule at
 * every evaluation since its activeAt and not at the one before, and what held for long enough stands in every
 * later answer of the recorder.
 *
 * What cannot be judged so, since its samples are no part of a snapshot: KubeDeploymentReplicasMismatch,
 * KubeDeploymentRolloutStuck, KubeStatefulSetReplicasMismatch, KubeJobFailed, KubeHpaReplicasMismatch,
 * KubeHpaMaxedOut, KubePdbNotEnoughHealthyPods, KubeQuotaAlmostFull, KubeQuotaFullyUsed and KubeQuotaExceeded
 * (kube-state-metrics is recorded for pods alone); NodeCPUHighUsage, NodeSystemSaturation,
 * NodeMemoryHighUtilization and KubeNodePressure (nodes are not recorded); KubeAPIErrorBudgetBurn and
 * KubeAPITerminatedRequests (nor is the API server); NoRequestsReceived of the mesh (only failed requests are
 * counted by code); NoDatabaseOperations (nothing in a series tells a database's calls from others); any rule about
 * pods of other namespaces (only the application's are recorded); and what always fires. The
 * full recorder is judged; of what is read here a lean one drops kube_pod_owner, which tells pods of Jobs apart. */
#include "coldcase/alerts.h"
#include "unit/forge/rule_series.h"

#define S CC_NS_PER_S
enum { LABELS = 3, BOUNDS = 24, OLD = 1, NEW = 2, BOTH = 3, SHOWN = 12 };

typedef struct subject subject;
typedef verdict judge(const subject *x, int64_t t);

typedef struct rule {
	const char *name;
	int revision, for_s, every_s, window_s;
	double limit;
	judge *holds;
	const char *metric, *key, *value;      /* the series it reads: those with key="value"; value "!x": those without */
	const char *by[LABELS];                /* labels that stay in the alert */
	const char *second;                    /* a metric it divides by */
} rule;

struct subject {
	const rule *r;
	cc_str by[LABELS];
	CC_VEC(const cc_series *) series;
	CC_VEC(const cc_series *) clocks;      /* of the same number */
};

typedef CC_VEC(subject) subject_vec;

static const cc_snapshot *snap;
static int64_t from, until;
static size_t judged_alerts, demanded;

/* ---- the expressions ---- */

static bool open_window(const subject *x, int64_t t)
{
	return t - x->r->window_s * S < from;
}

/* sum(metric) > limit, now */
static verdict sum_above(const subject *x, int64_t t)
{
	double sum = 0.0, v;
	bool maybe = false;
	for (size_t i = 0; i < x->series.n; i++) {
		verdict known = series_last(x->series.p[i], x->clocks.p[i], t, &v);
		if (known == YES) sum += v;
		maybe |= known == MAYBE;
	}
	return sum > x->r->limit ? YES : maybe ? MAYBE : NO;
}

/* metric == 0, now */
static verdict is_zero(const subject *x, int64_t t)
{
	verdict any = NO;
	for (size_t i = 0; i < x->series.n; i++) {
		double v;
		verdict known = series_last(x->series.p[i], x->clocks.p[i], t, &v);
		if (known == YES && !(v > 0.0)) return YES;
		if (known == MAYBE) any = MAYBE;
	}
	return any;
}

static verdict max_above(const subject *x, int64_t t)
{
	for (size_t i = 0; i < x->series.n; i++) {
		double v;
		if (series_max(x->series.p[i], t, x->r->window_s * S, &v) && v > x->r->limit) return YES;
	}
	return open_window(x, t) ? MAYBE : NO;
}

static bool increases(const subject *x, int64_t t, const char *metric, const char *le, double *sum)
{
	bool any = false;
	*sum = 0.0;
	for (size_t i = 0; i < x->series.n; i++) {
		double v;
		if (metric && !metric_is(snap, x->series.p[i], metric)) continue;
		if (le && !cc_str_eqz(cc_series_label(x->series.p[i], "le"), le)) continue;
		if (!series_increase(x->series.p[i], t, x->r->window_s * S, &v)) continue;
		*sum += v;
		any = true;
	}
	return any;
}

/* sum(rate(metric[window])) > limit */
static verdict grows(const subject *x, int64_t t)
{
	double sum;
	if (open_window(x, t)) return MAYBE;
	return increases(x, t, NULL, NULL, &sum) && sum > x->r->limit ? YES : NO;
}

/* sum(rate(buckets of what went well[window])) == 0 */
static verdict silent(const subject *x, int64_t t)
{
	double sum;
	if (open_window(x, t)) return MAYBE;
	return increases(x, t, NULL, "+Inf", &sum) && !(sum > 0.0) ? YES : NO;
}

static verdict share_above(const subject *x, int64_t t)
{
	double part, whole;
	if (open_window(x, t)) return MAYBE;
	if (!increases(x, t, x->r->metric, NULL, &part) || !increases(x, t, x->r->second, NULL, &whole)) return NO;
	return whole > 0.0 && part / whole > x->r->limit ? YES : NO;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

/* histogram_quantile(0.95, sum by (le) (rate(buckets[window]))) > limit */
static verdict slow(const subject *x, int64_t t)
{
	double bound[BOUNDS], count[BOUNDS];
	size_t n = 0;
	if (open_window(x, t)) return MAYBE;
	for (size_t i = 0; i < x->series.n; i++) {
		cc_str le = cc_series_label(x->series.p[i], "le");
		double b = (double)INFINITY;
		bool known = false;
		if (!cc_str_eqz(le, "+Inf")) assert_true(cc_str_to_double(le, &b));
		for (size_t k = 0; k < n; k++) known |= !(bound[k] < b) && !(bound[k] > b);
		if (known) continue;
		assert_true(n < BOUNDS);
		bound[n++] = b;
	}
	qsort(bound, n, sizeof bound[0], by_size);
	for (size_t k = 0; k < n; k++) {
		char le[32] = "+Inf";
		if (k + 1 < n) (void)snprintf(le, sizeof le, "%.0f", bound[k]);
		if (!increases(x, t, NULL, le, &count[k])) return NO;
	}
	double v = n > 1 ? bucket_quantile(0.95, bound, count, n) : (double)NAN;
	return v > x->r->limit ? YES : NO;
}

/* ---- the rules ---- */

#define PHASE "kube_pod_status_phase"
#define WAITS "kube_pod_container_status_waiting_reason"
#define CALLS "traces_span_metrics_calls_total"
#define TOOK "traces_span_metrics_duration_milliseconds_bucket"
#define EDGE { "destination_canonical_service", "source_canonical_service" }

static const rule RULES[] = {
	{ "FailedPodsDetected", OLD, 0, 60, 0, 0, sum_above, PHASE, "phase", "Failed", { "namespace" }, NULL },
	{ "FailedPodsDetected", NEW, 120, 60, 0, 0, sum_above, PHASE, "phase", "Failed", { "namespace" }, NULL },
	{ "PendingPodsDetected", OLD, 0, 60, 0, 0, sum_above, PHASE, "phase", "Pending", { "namespace" }, NULL },
	{ "CrashLoopBackOffPodsDetected", OLD, 0, 60, 0, 0, sum_above, WAITS, "reason", "CrashLoopBackOff",
		{ "pod", "reason" }, NULL },
	{ "KubePodCrashLooping", BOTH, 300, 30, 300, 0.5, max_above, WAITS, "reason", "CrashLoopBackOff",
		{ "pod", "reason" }, NULL },
	{ "KubeContainerWaiting", BOTH, 300, 30, 0, 0, sum_above, WAITS, "reason", "!CrashLoopBackOff",
		{ "pod", "reason" }, NULL },
	{ "KubePodNotReady", BOTH, 300, 30, 0, 0, sum_above, PHASE, "phase", "Pending", { "pod" }, NULL },
	{ "KubePodNotReady", BOTH, 300, 30, 0, 0, sum_above, PHASE, "phase", "Failed", { "pod" }, NULL },
	{ "KubePodNotReady", BOTH, 300, 30, 0, 0, sum_above, PHASE, "phase", "Unknown", { "pod" }, NULL },
	{ "CPUThrottlingHigh", BOTH, 900, 30, 300, 0.25, share_above, "container_cpu_cfs_throttled_periods_total", NULL,
		NULL, { "pod" }, "container_cpu_cfs_periods_total" },
	{ "RequestErrorRate", OLD, 60, 60, 120, 0, grows, CALLS, NULL, NULL, { "service_name" }, NULL },
	{ "HighRequestErrorRate", NEW, 180, 60, 120, 0, grows, CALLS, NULL, NULL, { "service_name" }, NULL },
	{ "RequestLatency", OLD, 60, 60, 120, 1500, slow, TOOK, NULL, NULL, { "service_name" }, NULL },
	{ "HighRequestLatency", NEW, 180, 60, 120, 1500, slow, TOOK, NULL, NULL, { "service_name" }, NULL },
	{ "NoRequestsDetected", OLD, 300, 60, 120, 0, silent, TOOK, "status_code", "!STATUS_CODE_ERROR",
		{ "service_name" }, NULL },
	{ "NoRequestsReceived", NEW, 300, 60, 300, 0, silent, TOOK, "status_code", "!STATUS_CODE_ERROR",
		{ "service_name" }, NULL },
	{ "KafkaConnectionClosureRate", OLD, 60, 60, 0, 0, sum_above, "kafka_consumer_connection_close_rate", NULL, NULL,
		{ "job" }, NULL },
	{ "HighKafkaConnectionClosureRate", NEW, 60, 60, 120, 0, grows, "kafka_consumer_connection_close_rate", NULL,
		NULL, { "job" }, NULL },
	{ "KafkaConsumerGroupInactive", NEW, 120, 60, 0, 0, is_zero, "kafka_consumer_group_members", NULL, NULL,
		{ "consumergroup" }, NULL },
	{ "HighKafkaConsumerLag", NEW, 300, 60, 0, 100, sum_above, "kafka_consumer_group_lag_sum_ratio", NULL, NULL,
		{ "consumergroup" }, NULL },
	{ "HighRequestLatency", BOTH, 180, 60, 120, 1500, slow, "istio_request_duration_milliseconds_bucket", NULL, NULL,
		EDGE, NULL },
	{ "HighRequestErrorRate", BOTH, 180, 60, 120, 0, grows, "istio_requests_total", NULL, NULL,
		{ "destination_canonical_service", "source_canonical_service", "response_code" }, NULL },
};
enum { RULES_N = sizeof RULES / sizeof RULES[0] };

/* ---- whom they are about ---- */

static bool has_series(cc_str object, const char *metric, const char *key, const char *value)
{
	for (size_t i = 0; i < cc_series_count(snap); i++) {
		const cc_series *se = cc_series_get(snap, i);
		if (!cc_str_eq(cc_snapshot_sym(snap, se->object), object) || !metric_is(snap, se, metric)) continue;
		if (cc_str_eqz(cc_series_label(se, key), value)) return true;
	}
	return false;
}

/* Services behind a sidecar are judged by the mesh's rules, those that consume messages not by how long that takes,
 * and pods of Jobs end by themselves. */
static bool exempt(const rule *r, const cc_series *se)
{
	cc_str object = cc_snapshot_sym(snap, se->object);
	if (strcmp(r->name, "KubePodNotReady") == 0) return has_series(object, "kube_pod_owner", "owner_kind", "Job");
	if (!r->by[0] || strcmp(r->by[0], "service_name") != 0) return false;
	if (strcmp(r->name, "RequestLatency") == 0 && has_series(object, TOOK, "span_kind", "SPAN_KIND_CONSUMER")) return true;
	for (size_t i = 0; i < cc_series_count(snap); i++) {
		const cc_series *x = cc_series_get(snap, i);
		bool mesh = cc_str_starts(cc_snapshot_sym(snap, x->metric), CC_STR("istio_"));
		if (mesh && x->object == se->object) return true;
	}
	return false;
}

static bool reads(const rule *r, const cc_series *se)
{
	if (!metric_is(snap, se, r->metric) && !(r->second && metric_is(snap, se, r->second))) return false;
	if (!r->key) return true;
	bool but = r->value[0] == '!';
	return cc_str_eqz(cc_series_label(se, r->key), r->value + but) != but;
}

/* Of the same pod and exporter, the series with most samples: it tells when was scraped. */
static const cc_series *clock_of(const cc_series *se)
{
	const cc_series *best = se;
	const bool kube = cc_str_starts(cc_snapshot_sym(snap, se->metric), CC_STR("kube_pod_"));
	for (size_t i = 0; i < cc_series_count(snap) && !se->is_service; i++) {
		const cc_series *x = cc_series_get(snap, i);
		if (x->object != se->object || x->count <= best->count) continue;
		if (kube ? metric_is(snap, x, PHASE) : x->metric == se->metric) best = x;
	}
	return best;
}

static subject *subject_of(subject_vec *v, const rule *r, const cc_str by[LABELS])
{
	for (size_t i = 0; i < v->n; i++) {
		bool same = v->p[i].r == r;
		for (int k = 0; k < LABELS && same; k++) same = cc_str_eq(v->p[i].by[k], by[k]);
		if (same) return &v->p[i];
	}
	return NULL;
}

static void find_subjects(subject_vec *v, int revision)
{
	for (size_t i = 0; i < cc_series_count(snap); i++)
		for (const rule *r = RULES; r < RULES + RULES_N; r++) {
			const cc_series *se = cc_series_get(snap, i);
			cc_str by[LABELS] = { { 0 } };
			if (!(r->revision & revision) || !reads(r, se) || exempt(r, se)) continue;
			for (int k = 0; k < LABELS && r->by[k]; k++) by[k] = cc_series_label(se, r->by[k]);
			subject *x = subject_of(v, r, by);
			if (!x) {
				subject fresh = { .r = r };
				memcpy(fresh.by, by, sizeof by);
				assert_true(cc_vec_push(v, fresh));
				x = &v->p[v->n - 1];
			}
			assert_true(cc_vec_push(&x->series, se) && cc_vec_push(&x->clocks, clock_of(se)));
		}
}

/* ---- the judgement ---- */

static void say(const subject *x, const char *what, int64_t t)
{
	cc_buf b = CC_BUF_INIT;
	cc_time_format(&b, t);
	print_error("%s %.*s %.*s %.*s: %s at %s\n", x->r->name, CC_STR_ARG(x->by[0]), CC_STR_ARG(x->by[1]),
		CC_STR_ARG(x->by[2]), what, b.p);
	cc_buf_deinit(&b);
}

static bool about(const subject *x, const cc_alert *a)
{
	if (!cc_str_eqz(cc_snapshot_sym(snap, a->name), x->r->name)) return false;
	for (int k = 0; k < LABELS && x->r->by[k]; k++)
		if (!cc_str_eq(cc_alerts_label(a, x->r->by[k]), x->by[k])) return false;
	cc_str ns = cc_alerts_label(a, "namespace");
	return !ns.n || cc_str_eq(ns, cc_snapshot_sym(snap, x->series.p[0]->ns));
}

/* The same alert may come of several subjects (a phase each): one of them must hold. */
static verdict any_holds(const subject_vec *v, const cc_alert *a, int64_t t)
{
	verdict most = NO;
	for (size_t i = 0; i < v->n; i++) {
		if (!about(&v->p[i], a)) continue;
		verdict one = v->p[i].r->holds(&v->p[i], t);
		if (one > most) most = one;
	}
	return most;
}

/* Every observation of an alert against its rule. */
static int check_alert(const subject_vec *v, const subject *x, const cc_alert *a)
{
	int bad = 0;
	int64_t every = x->r->every_s * S, active = 0, next = 0;
	for (size_t i = 0; i < a->sample_count && bad < SHOWN; i++) {
		const cc_alert_sample *o = &a->samples[i];
		if (o->time_ns < o->active_ns + x->r->for_s * S) say(x, "fires before its time", o->time_ns), bad++;
		if (o->active_ns != active) {
			active = next = o->active_ns;
			if (any_holds(v, a, active - every) == YES) say(x, "held already before activeAt", active - every), bad++;
		}
		for (; next <= o->time_ns; next += every)
			if (any_holds(v, a, next) == NO) say(x, "does not hold", next), bad++;
	}
	judged_alerts++;
	return bad;
}

static bool stands_there(const subject *x, int64_t tick)
{
	for (size_t i = 0; i < cc_alerts_count(snap); i++) {
		const cc_alert *a = cc_alerts_get(snap, i);
		if (!about(x, a)) continue;
		for (size_t k = 0; k < a->sample_count; k++)
			if (a->samples[k].time_ns == tick) return true;
	}
	return false;
}

/* Answers that list everything have the alert that always fires. */
static bool lists_all(int64_t tick)
{
	for (size_t i = 0; i < cc_alerts_count(snap); i++) {
		const cc_alert *a = cc_alerts_get(snap, i);
		if (!cc_str_eqz(cc_snapshot_sym(snap, a->name), "Watchdog")) continue;
		for (size_t k = 0; k < a->sample_count; k++)
			if (a->samples[k].time_ns == tick) return true;
	}
	return false;
}

/* What held without a break for its time and two evaluations must stand in the answers until it ends. */
static int check_missing(const subject *x)
{
	size_t ticks = 0;
	const int64_t *tick = cc_alerts_ticks(snap, &ticks);
	int64_t since = 0, long_enough = (x->r->for_s + x->r->every_s) * S;
	int bad = 0;
	size_t k = 0;
	for (int64_t t = from; t < until && bad < SHOWN; t += S) {
		if (x->r->holds(x, t) != YES) {
			since = 0;
			continue;
		}
		if (!since) since = t;
		while (k < ticks && tick[k] < t) k++;
		if (k == ticks || tick[k] >= t + S || t < since + long_enough || x->r->holds(x, t + S) != YES) continue;
		if (!lists_all(tick[k])) continue;
		demanded++;
		if (!stands_there(x, tick[k])) say(x, "holds long enough and is not there", tick[k]), bad++;
	}
	return bad;
}

/* An alert of the application by one of the rules above, and no series at all that it could be about. */
static bool out_of_nothing(const cc_alert *a, int revision)
{
	cc_str ns = cc_alerts_label(a, "namespace"), mine = cc_snapshot_sym(snap, cc_series_get(snap, 0)->ns);
	if (ns.n && !cc_str_eq(ns, mine)) return false;
	for (const rule *r = RULES; r < RULES + RULES_N; r++)
		if ((r->revision & revision) && cc_str_eqz(cc_snapshot_sym(snap, a->name), r->name) &&
			cc_alerts_label(a, r->by[0]).n)
			return true;
	return false;
}

static int check_incident(int revision)
{
	subject_vec v = { 0 };
	int bad = 0;
	find_subjects(&v, revision);
	assert_true(v.n > 20);
	for (size_t i = 0; i < cc_alerts_count(snap); i++) {
		const cc_alert *a = cc_alerts_get(snap, i);
		size_t k = 0;
		while (k < v.n && !about(&v.p[k], a)) k++;
		if (k < v.n) bad += check_alert(&v, &v.p[k], a);
		else if (out_of_nothing(a, revision)) {
			print_error("%.*s comes out of nothing\n", CC_STR_ARG(cc_snapshot_sym(snap, a->name)));
			bad++;
		}
	}
	for (size_t k = 0; k < v.n; k++) bad += check_missing(&v.p[k]);
	for (size_t k = 0; k < v.n; k++) {
		cc_vec_deinit(&v.p[k].series);
		cc_vec_deinit(&v.p[k].clocks);
	}
	cc_vec_deinit(&v);
	return bad;
}

/* The first or the last target of a kind; with `mesh` in the application that runs behind sidecars, when it has one
 * there. */
static void choose(const char *kind, bool last, bool mesh, cc_buf *spec, const char **app)
{
	cc_buf targets = CC_BUF_INIT;
	cc_str line, chosen = CC_STR_EMPTY;
	*app = "bookinfo";
	assert_int_equal(cc_forge_targets(*app, kind, &targets, NULL), CC_OK);
	for (cc_str rest = cc_buf_str(&targets); mesh && rest.n;) {
		cc_str_cut(rest, '\n', &line, &rest);
		if (line.n && (last || !chosen.n)) chosen = line;
	}
	if (chosen.n) cc_buf_addf(spec, "%s:%.*s", kind, CC_STR_ARG(chosen));
	else if (!first_target(kind, last, spec, app)) fail_msg("%s: no application has a target for it", kind);
	cc_buf_deinit(&targets);
}

static int check_fault(const char *kind, bool last, bool mesh, int revision)
{
	cc_buf dir = CC_BUF_INIT, spec = CC_BUF_INIT;
	cc_forge_report report;
	cc_snapshot *opened = NULL;
	cc_err err = { 0 };
	const char *app;
	scratch_dir(&dir, "rules");
	choose(kind, last, mesh, &spec, &app);
	cc_forge_options o = quick(dir.p, spec.p);
	o.app = app;
	o.rps_milli = 3000;
	o.variant = revision == OLD ? CC_FORGE_OLD_RULES : 0;
	o.replace = true;
	cc_code code = cc_forge_run(&o, &report, &err);
	if (code != CC_OK && !strstr(err.message, "would not matter")) fail_msg("%s: %s", spec.p, err.message);
	if (code != CC_OK) {
		print_message("%s: left out, %s\n", spec.p, err.message);
		cc_buf_deinit(&dir);
		cc_buf_deinit(&spec);
		return 0;
	}
	assert_int_equal(cc_snapshot_open(&opened, report.scenario_dir, NULL, &err), CC_OK);
	snap = opened;
	from = o.start_ns, until = o.start_ns + o.duration_ns;
	int bad = check_incident(revision);
	if (bad) print_error("%s, %s rules: %d\n", spec.p, revision == OLD ? "older" : "newer", bad);
	cc_snapshot_free(opened);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
	cc_buf_deinit(&spec);
	return bad;
}

/* Every kind once; FORGE_FAULT chooses one, and each FORGE_TURN gives it another target, application and revision
 * of the rules. */
static void alerts_are_what_their_rules_say(void **state)
{
	(void)state;
	const char *only = getenv("FORGE_FAULT"), *turn = getenv("FORGE_TURN");
	size_t by = turn ? strtoul(turn, NULL, 10) : 0;
	int bad = 0;
	judged_alerts = demanded = 0;
	for (size_t i = 0; i < cc_forge_fault_count(); i++) {
		const char *kind = cc_forge_fault_get(i)->kind;
		if (only && strcmp(only, kind) != 0) continue;
		bad += check_fault(kind, (i + by) % 3 == 0, (i + by) % 4 < 2, (i + by) % 2 ? OLD : NEW);
	}
	print_message("%zu alerts judged, %zu demanded\n", judged_alerts, demanded);
	assert_int_equal(bad, 0);
	if (!only) assert_true(judged_alerts > 100 && demanded > 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(alerts_are_what_their_rules_say) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
