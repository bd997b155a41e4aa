/* Do rules see what Prometheus would see? Counters, windows, `for`, labels: over samples made by hand, in a cluster of
 * two pods. */
#include <math.h>

#include "coldcase/xalloc.h"
#include "forge/alerts_priv.h"
#include "forge/metrics_write.h"
#include "unit/forge/forge_check.h"

#define S CC_NS_PER_S
#define T0 (INT64_C(1765800000) * S)

static const forge_op OPS[] = {
	{ .service = 0, .proto = PROTO_HTTP, .id = "cart.Get", .name = "GET /cart" },
	{ .service = 1, .proto = PROTO_SQL, .id = "db.Query", .name = "postgresql" },
};
static const forge_service SERVICES[] = {
	{ .name = "cart", .lang = LANG_DOTNET, .port = 8080, .replicas = 1, .traced = true },
	{ .name = "db", .lang = LANG_STORE, .port = 5432, .replicas = 1 },
};
static const forge_app APP = { .name = "small",
	.namespace = "shop",
	.services = SERVICES,
	.services_n = 2,
	.ops = OPS,
	.ops_n = 2,
	.flagd = -1,
	.entry_op = -1 };
static const forge_template TEMPLATE = {
	.image = "registry/cart:1", .cpu_limit_m = 200, .mem_limit_mi = 256, .dns_policy = "ClusterFirst"
};

typedef struct world {
	forge_sim sim;
	cc_forge_options opt;
	cc_err err;
	cc_buf dir;
} world;


static int failing, slow_ms; /* what the spans of generate() are like */

static world *world_new(unsigned variant)
{
	world *w = test_calloc(1, sizeof *w);
	forge_sim *s = &w->sim;
	w->opt = (cc_forge_options){ .scrape_ns = 30 * S, .variant = variant };
	scratch_dir(&w->dir, "alerts");
	assert_true(snprintf(s->work, sizeof s->work, "%s", w->dir.p) > 0);
	cc_buf sub = CC_BUF_INIT;
	for (int i = 0; i < 2; i++) {
		cc_buf_clear(&sub);
		cc_path_join(&sub, w->dir.p, i ? "metrics" : "alerts");
		assert_int_equal(cc_dir_make(sub.p, NULL), CC_OK);
	}
	cc_buf_deinit(&sub);
	s->opt = &w->opt;
	s->app = &APP;
	s->err = &w->err;
	s->start = T0 + 600 * S;
	s->end = T0 + 3600 * S;
	s->now = T0;
	cc_rng_init_named(&s->observer_rng, 5, "observer");
	s->arena = cc_arena_new();
	failing = 0;
	slow_ms = 3;
	return w;
}

static void world_free(world *w)
{
	forge_sim *s = &w->sim;
	alerts_deinit(s);
	metrics_deinit(s);
	cc_vec_deinit(&s->queue);
	cc_vec_deinit(&s->kube.pods);
	cc_vec_deinit(&s->kube.workloads);
	cc_arena_free(s->arena);
	remove_all(w->dir.p);
	cc_buf_deinit(&w->dir);
	test_free(w);
}

static void world_start(world *w)
{
	assert_int_equal(metrics_init(&w->sim), CC_OK);
	assert_int_equal(alerts_init(&w->sim), CC_OK);
	metrics_start(&w->sim, T0);
	alerts_start(&w->sim, T0);
}

static void generate(forge_sim *s, int64_t now, int a, int b)
{
	forge_span x = { .start = now - slow_ms * CC_NS_PER_MS,
		.end = now,
		.service = 0,
		.op = 0,
		.wanted = -1,
		.to_service = -1,
		.kind = KIND_SERVER,
		.error = failing > 0 && s->seq % 2 == 0 };
	metrics_count_span(s, &x);
	forge_at(s, now + S, generate, a, b);
}

/* Builds a group with one column by hand. */
static const mgroup *hand_made(forge_sim *s, const int64_t *t, const double *v, int n)
{
	for (int i = 0; i < n; i++) {
		double *row = mstore_row(s, MG_API, 0, t[i] * S, 1);
		assert_non_null(row);
		row[0] = v[i];
	}
	return mstore_find(s->metrics, MG_API, 0);
}

static double increase(const int64_t *t, const double *v, int n, int64_t now, int64_t window)
{
	world *w = world_new(0);
	double got = (double)NAN;
	assert_int_equal(metrics_init(&w->sim), CC_OK);
	const mgroup *g = hand_made(&w->sim, t, v, n);
	if (!mq_increase(g, 0, now * S, window * S, &got)) got = -1.0;
	world_free(w);
	return got;
}

#define INCREASE(now, window, times, ...) increase((const int64_t[]) times, (const double[]){ __VA_ARGS__ }, \
	(int)(sizeof (const double[]){ __VA_ARGS__ } / sizeof(double)), now, window)
#define AT(...) { __VA_ARGS__ }

static void increase_is_extrapolated_to_the_window(void **state)
{
	(void)state;
	/* 60 in 60 seconds; both borders are 30 seconds away, less than 1.1 distances */
	assert_true(INCREASE(100, 120, AT(10, 70), 100, 160) == 120.0);
	/* a counter that began five seconds before the first sample is not followed below zero */
	assert_true(INCREASE(100, 120, AT(10, 70), 5, 65) == 95.0);
	/* a border beyond 1.1 distances is taken to be half a distance away */
	assert_true(INCREASE(170, 170, AT(10, 70, 100), 100, 160, 190) == 90.0 / 90.0 * (90.0 + 10.0 + 22.5));
	assert_true(INCREASE(100, 120, AT(70), 160) == -1.0);
	assert_true(INCREASE(100, 20, AT(10, 70), 100, 160) == -1.0);
}

static void increase_adds_up_over_resets(void **state)
{
	(void)state;
	/* 100 -> 130, restart, 0 -> 20 -> 50: eighty in all over 90 seconds, borders 15 and 15 away */
	double got = INCREASE(115, 120, AT(10, 40, 70, 100), 100, 130, 20, 50);
	assert_true(got > 106.6 && got < 106.7);
}

static void quantiles_interpolate_in_their_bucket(void **state)
{
	static const int BOUNDS[] = { 100, 500, 1500 };
	(void)state;
	assert_true(mq_quantile(0.95, BOUNDS, (const double[]){ 0, 80, 100, 100 }, 4) == 1250.0);
	assert_true(mq_quantile(0.5, BOUNDS, (const double[]){ 100, 100, 100, 100 }, 4) == 50.0);
	/* beyond the last finite bound nothing is known: the bound itself */
	assert_true(mq_quantile(0.95, BOUNDS, (const double[]){ 0, 0, 10, 100 }, 4) == 1500.0);
	assert_true(isnan(mq_quantile(0.95, BOUNDS, (const double[]){ 0, 0, 0, 0 }, 4)));
}

static void stale_and_vanished_series_have_no_value(void **state)
{
	world *w = world_new(0);
	double v;
	(void)state;
	assert_int_equal(metrics_init(&w->sim), CC_OK);
	const mgroup *g = hand_made(&w->sim, (const int64_t[]){ 100, 130 }, (const double[]){ 1, 2 }, 2);
	assert_true(mq_last(g, 0, 150 * S, &v) && v == 2.0);
	assert_true(mq_last(g, 0, 120 * S, &v) && v == 1.0);
	assert_false(mq_last(g, 0, 430 * S, &v));
	mstore_close(&w->sim, MG_API, 0, 160 * S);
	g = mstore_find(w->sim.metrics, MG_API, 0);
	assert_false(mq_last(g, 0, 161 * S, &v));
	assert_true(mq_max(g, 0, 161 * S, 300 * S, &v) && v == 2.0);
	world_free(w);
}

/* Four thousand rows through the temporary file; a second series begins in the middle. */
static void spooled_rows_come_back(void **state)
{
	world *w = world_new(0);
	mmatrix x;
	(void)state;
	assert_int_equal(metrics_init(&w->sim), CC_OK);
	for (int i = 0; i < 4000; i++) {
		double *row = mstore_row(&w->sim, MG_KSM, 7, i * 30 * S, i < 2345 ? 2 : 3);
		assert_non_null(row);
		row[0] = i;
		if (i >= 2345) row[2] = -i;
	}
	const mgroup *g = mstore_find(w->sim.metrics, MG_KSM, 7);
	assert_true(g->rows < 60);
	mstore_close(&w->sim, MG_KSM, 7, 4000 * 30 * S);
	mstore_retire(&w->sim, 4100 * 30 * S);
	g = mstore_find(w->sim.metrics, MG_KSM, 7);
	assert_null(g->v);
	assert_int_equal(mstore_load(&w->sim, g, &x, NULL), CC_OK);
	assert_int_equal(x.rows, 4001);
	for (size_t i = 0; i < 4000; i++) {
		assert_true(x.t[i] == (int64_t)i * 30 * S && x.v[i * 3] == (double)i && isnan(x.v[i * 3 + 1]));
		assert_true(i < 2345 ? isnan(x.v[i * 3 + 2]) : x.v[i * 3 + 2] == -(double)i);
	}
	assert_true(isnan(x.v[4000 * 3]));
	mstore_unload(&x);
	world_free(w);
}

static const alert_state *state_of(const forge_sim *s, const char *name)
{
	for (size_t i = 0; i < s->alerts->states.n; i++)
		if (strcmp(s->alerts->states.p[i].fired.name, name) == 0) return &s->alerts->states.p[i];
	return NULL;
}

static void an_alert_fires_after_its_for_and_again_with_a_new_time(void **state)
{
	world *w = world_new(CC_FORGE_OLD_RULES);
	forge_sim *s = &w->sim;
	(void)state;
	world_start(w);
	forge_at(s, T0, generate, 0, 0);
	forge_run_until(s, T0 + 900 * S);
	assert_null(state_of(s, "RequestErrorRate"));
	failing = 1;
	/* two scrapes that have the series, and an evaluation after them */
	forge_run_until(s, T0 + 1021 * S);
	const alert_state *x = state_of(s, "RequestErrorRate");
	assert_non_null(x);
	int64_t first = x->active_at;
	assert_true(x->active && first > T0 + 900 * S && first <= T0 + 1021 * S);
	if (x->firing_at) assert_true(x->firing_at - first >= 60 * S);
	forge_run_until(s, first + 59 * S);
	assert_true(state_of(s, "RequestErrorRate")->firing_at == 0);
	forge_run_until(s, first + 61 * S);
	x = state_of(s, "RequestErrorRate");
	assert_true(x->firing_at == first + 60 * S && x->active_at == first);
	/* half of one call a second fails */
	assert_true(x->fired.value > 0.1 && x->fired.value < 0.9);
	failing = 0;
	forge_run_until(s, first + 400 * S);
	assert_false(state_of(s, "RequestErrorRate")->active);
	failing = 1;
	forge_run_until(s, first + 700 * S);
	x = state_of(s, "RequestErrorRate");
	assert_true(
		x->active && x->firing_at && x->active_at > first + 400 * S && (x->active_at - first) % (60 * S) == 0);
	assert_true(x->fired.active_at == first && x->fired.fired_at == first + 60 * S);
	assert_true(cc_str_eqz(x->fired.subject, "cart") && x->fired.service == 0);
	assert_int_equal(s->code, CC_OK);
	world_free(w);
}

static void slowness_is_seen_through_the_buckets(void **state)
{
	world *w = world_new(0);
	forge_sim *s = &w->sim;
	(void)state;
	world_start(w);
	forge_at(s, T0, generate, 0, 0);
	forge_run_until(s, T0 + 600 * S);
	assert_null(state_of(s, "HighRequestLatency"));
	slow_ms = 1600;
	forge_run_until(s, T0 + 1200 * S);
	const alert_state *x = state_of(s, "HighRequestLatency");
	assert_non_null(x);
	/* all in the bucket from 1500 to 5000: its 95th percentile lies at 1500 + 0.95 * 3500 */
	assert_true(x->firing_at - x->active_at == 180 * S && x->fired.value > 4824.9 && x->fired.value < 4825.1);
	assert_string_equal(alert_rule_at(x->rule)->severity, "critical");
	world_free(w);
}

static void silence_needs_a_past(void **state)
{
	world *w = world_new(0);
	forge_sim *s = &w->sim;
	(void)state;
	world_start(w);
	forge_at(s, T0, generate, 0, 0);
	forge_run_until(s, T0 + 600 * S);
	assert_null(state_of(s, "NoRequestsReceived"));
	s->queue.n = 0; /* everything stops; the observers begin again */
	metrics_start(s, T0 + 600 * S);
	alerts_start(s, T0 + 600 * S);
	forge_run_until(s, T0 + 1100 * S);
	assert_non_null(state_of(s, "NoRequestsReceived"));
	assert_true(state_of(s, "NoRequestsReceived")->fired.fired_at == 0);
	forge_run_until(s, T0 + 1800 * S);
	assert_true(state_of(s, "NoRequestsReceived")->fired.fired_at > 0);
	world_free(w);
}

static void add_pod(forge_sim *s, int service, const char *name)
{
	kube_workload load = { .kind = WL_DEPLOYMENT,
		.service = service,
		.name = SERVICES[service].name,
		.ns = "shop",
		.tmpl = TEMPLATE,
		.replicas = 1 };
	kube_pod p = { .workload = (int)s->kube.workloads.n,
		.rs = -1,
		.service = service,
		.node = -1,
		.created = T0,
		.phase = "Pending",
		.uid = "0a-1b",
		.tmpl = &TEMPLATE };
	assert_true(snprintf(p.name, sizeof p.name, "%s", name) > 0);
	assert_true(cc_vec_push(&s->kube.workloads, load) && cc_vec_push(&s->kube.pods, p));
}

static void assert_label(const alert_state *x, const char *key, const char *value)
{
	cc_str got = CC_STR_EMPTY;
	for (int i = 0; i < x->labels; i++)
		if (strcmp(x->label[i].key, key) == 0) got = x->label[i].value;
	assert_int_equal(got.n, strlen(value));
	assert_memory_equal(got.p, value, got.n);
}

static void labels_name_exporter_and_subject(void **state)
{
	world *w = world_new(0);
	forge_sim *s = &w->sim;
	kube_node node = { .name = "worker-1", .ip = "10.0.0.5", .cpu_m = 4000, .mem_mi = 8192 };
	(void)state;
	add_pod(s, 0, "cart-5d9-xyz");
	add_pod(s, 1, "db-7c8-abc");
	assert_true(cc_vec_push(&s->kube.nodes, node));
	s->kube.pods.p[0].node = 0;
	s->kube.pods.p[0].waiting = "ImagePullBackOff";
	s->kube.pods.p[1].phase = "Running";
	world_start(w);
	forge_run_until(s, T0 + 240 * S);
	const alert_state *x = state_of(s, "KubeContainerWaiting");
	assert_non_null(x);
	assert_int_equal(x->firing_at, 0);
	forge_run_until(s, T0 + 420 * S);
	x = state_of(s, "KubeContainerWaiting");
	assert_true(x->firing_at - x->active_at == 300 * S);
	assert_label(x, "alertname", "KubeContainerWaiting");
	assert_label(x, "container", "cart");
	assert_label(x, "job", "kube-state-metrics");
	assert_label(x, "pod", "cart-5d9-xyz");
	assert_label(x, "reason", "ImagePullBackOff");
	assert_label(x, "severity", "warning");
	for (int i = 1; i < x->labels; i++) assert_true(strcmp(x->label[i - 1].key, x->label[i].key) < 0);
	x = state_of(s, "KubePodNotReady");
	assert_non_null(x);
	assert_int_equal(x->labels, 4); /* aggregated by namespace and pod: no exporter any more */
	assert_string_equal(x->fired.subject_kind, "Pod");
	/* the image arrives: both vanish at the next scrape and evaluation */
	s->kube.pods.p[0].phase = "Running";
	s->kube.pods.p[0].waiting = NULL;
	s->kube.pods.p[0].started = s->now;
	forge_run_until(s, T0 + 500 * S);
	assert_false(state_of(s, "KubePodNotReady")->active || state_of(s, "KubeContainerWaiting")->active);
	cc_vec_deinit(&s->kube.nodes);
	world_free(w);
}

static void files_hold_what_fires(void **state)
{
	world *w = world_new(CC_FORGE_OLD_RULES);
	forge_sim *s = &w->sim;
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	name_vec names;
	(void)state;
	s->inject = T0 + 700 * S;
	world_start(w);
	forge_at(s, T0, generate, 0, 0);
	forge_run_until(s, T0 + 700 * S);
	failing = 1;
	forge_run_until(s, T0 + 1200 * S);
	cc_path_join(&path, w->dir.p, "alerts");
	names_of(&names, path.p);
	assert_true(names.n >= 9 && names.n == s->rep.alert_files);
	assert_true(strncmp(names.p[names.n - 1], "alerts_in_alerting_state_2025-12-15T12", 38) == 0);
	for (size_t i = 0; i < names.n; i++) {
		cc_json *root = NULL;
		bool once = i == names.n - 1;
		cc_buf_clear(&path);
		cc_buf_clear(&text);
		cc_buf_addf(&path, "%s/alerts/%s", w->dir.p, names.p[i]);
		assert_int_equal(cc_file_read(&text, path.p, 1u << 20, NULL), CC_OK);
		assert_int_equal(cc_json_parse(&root, cc_buf_str(&text), NULL), CC_OK);
		const cc_json *list = once ? cc_json_at(root, "data.alerts") : root;
		assert_int_equal(cc_json_typeof(list), CC_JSON_ARRAY);
		for (const cc_json *a = cc_json_first(list); a; a = cc_json_next(a)) {
			assert_true(cc_str_eqz(cc_json_get_str(a, "state"), "firing"));
			if (once)
				assert_true(
					cc_str_eqz(cc_json_str(cc_json_at(a, "labels.alertname")), "RequestErrorRate"));
		}
		assert_true(cc_json_count(list) >= 1);
		cc_json_free(root);
	}
	names_free(&names);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	world_free(w);
}

static void values_print_as_python_prints_them(void **state)
{
	static const double VALUES[] = { 0, 1, -3, 0.5, 12.25, 0.0001, 0.00001, 1234567.890123, 4503599627370497.5,
		1e16, 123456789.125, 0.1, 3e-7, 2.000001 };
	(void)state;
	for (size_t i = 0; i < sizeof VALUES / sizeof VALUES[0]; i++) {
		cc_buf fast = CC_BUF_INIT, plain = CC_BUF_INIT;
		mwrite_value(&fast, VALUES[i]);
		out_float(&plain, VALUES[i]);
		assert_string_equal(fast.p, plain.p);
		cc_buf_deinit(&fast);
		cc_buf_deinit(&plain);
	}
}

/* Whatever allocation fails, the run ends in order and says that memory is out. */
static void memory_may_run_out(void **state)
{
	bool whole = false;
	(void)state;
	for (long n = 0; n < 100000 && !whole; n += 1 + n / 12) {
		world *w = world_new(CC_FORGE_OLD_RULES);
		forge_sim *s = &w->sim;
		cc_code code = CC_OK;
		cc_err err = { 0 };
		cc_alloc_fail_after(n);
		failing = 1;
		code = metrics_init(s);
		if (code == CC_OK) code = alerts_init(s);
		if (code == CC_OK) {
			metrics_start(s, T0);
			alerts_start(s, T0);
			forge_at(s, T0, generate, 0, 0);
			forge_run_until(s, T0 + 900 * S);
			code = s->code;
		}
		if (code == CC_OK) code = metrics_write(s, &err);
		if (code == CC_OK) code = s->code;
		cc_alloc_fail_after(-1);
		assert_true(code == CC_OK || code == CC_ENOMEM);
		whole = code == CC_OK;
		world_free(w);
	}
	assert_true(whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(increase_is_extrapolated_to_the_window),
		cmocka_unit_test(increase_adds_up_over_resets),
		cmocka_unit_test(quantiles_interpolate_in_their_bucket),
		cmocka_unit_test(stale_and_vanished_series_have_no_value),
		cmocka_unit_test(spooled_rows_come_back),
		cmocka_unit_test(an_alert_fires_after_its_for_and_again_with_a_new_time),
		cmocka_unit_test(slowness_is_seen_through_the_buckets),
		cmocka_unit_test(silence_needs_a_past),
		cmocka_unit_test(labels_name_exporter_and_subject),
		cmocka_unit_test(files_hold_what_fires),
		cmocka_unit_test(values_print_as_python_prints_them),
		cmocka_unit_test(memory_may_run_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
