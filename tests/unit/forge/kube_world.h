/* kube_world.h - a small cluster with a small application on it, driven by hand: what the tests of the control plane and of
 * the kubelets share. The real controllers, scheduler, kubelets and recorders run; this file stands in for the requests and
 * for the observers, and keeps what they are told. Include it once in a test. */
#ifndef TESTS_FORGE_KUBE_WORLD_H
#define TESTS_FORGE_KUBE_WORLD_H

#include "coldcase/json.h"
#include "forge/kube_priv.h"
#include "unit/base/base_test.h"

enum { FRONT, CART, REDIS, FLAGD, STAT, LEDGER, AD, WORLD_SERVICES };

static const forge_service world_services[WORLD_SERVICES] = {
	[FRONT] = { .name = "front", .lang = LANG_NODE, .image = "demo:front", .port = 8080, .replicas = 2, .probed = true, .probe_path = "/",
		.cpu_request_m = 200, .cpu_limit_m = 1000, .mem_limit_mi = 200, .mem_base_mi = 60, .boot_ms = 1500, .wait_for = -1, .workers = 4,
		.backlog = 8, .hpa_min = 2, .hpa_max = 5, .hpa_cpu = 70, .pdb_min = 1 },
	[CART] = { .name = "cart", .lang = LANG_GO, .image = "demo:cart", .port = 8080, .replicas = 4, .probed = true, .cpu_request_m = 100,
		.cpu_limit_m = 500, .mem_limit_mi = 200, .mem_base_mi = 60, .boot_ms = 2500, .wait_for = REDIS, .workers = 4, .backlog = 8 },
	[REDIS] = { .name = "redis", .lang = LANG_STORE, .image = "valkey:7", .port = 6379, .replicas = 1, .statefulset = true,
		.cpu_request_m = 100, .mem_limit_mi = 40, .mem_base_mi = 10, .boot_ms = 500, .wait_for = -1, .workers = 4, .claim = "redis-data" },
	[FLAGD] = { .name = "flagd", .lang = LANG_GO, .image = "flagd:1", .port = 8013, .replicas = 1, .cpu_request_m = 50, .mem_limit_mi = 75,
		.mem_base_mi = 20, .boot_ms = 500, .wait_for = -1, .workers = 4, .config_map = "flagd-config" },
	[STAT] = { .name = "stat", .lang = LANG_GO, .image = "stat:1", .port = 80, .replicas = 3, .statefulset = true, .probed = true,
		.cpu_request_m = 50, .mem_limit_mi = 75, .mem_base_mi = 20, .boot_ms = 500, .wait_for = -1, .workers = 4 },
	[LEDGER] = { .name = "ledger", .lang = LANG_RUST, .image = "demo:ledger", .port = 9000, .replicas = 2, .recreate = true, .probed = true,
		.cpu_request_m = 50, .mem_limit_mi = 75, .mem_base_mi = 20, .boot_ms = 500, .wait_for = -1, .workers = 4 },
	[AD] = { .name = "ad", .lang = LANG_JAVA, .image = "ghcr.io/tea/demo:ad", .port = 8090, .replicas = 1, .probed = true,
		.probe_path = "/healthz", .cpu_request_m = 300, .mem_limit_mi = 300, .mem_base_mi = 220, .boot_ms = 8000, .wait_for = -1,
		.workers = 4, .backlog = 8, .leak_free_mi = 600 },
};
static const forge_op world_ops[] = { { .service = CART, .proto = PROTO_GRPC, .id = "cart.Get", .name = "cart.Get" } };
static const forge_variant world_variants[] = { { "on", true, 1, "true" }, { "off", true, 0, "false" } };
static const forge_flag world_flags[] = { { .name = "cartFailure", .variants = world_variants, .variants_n = 2, .off = 1, .on = 0, .op = -1 },
	{ .name = "adFailure", .variants = world_variants, .variants_n = 2, .off = 1, .on = 0, .op = -1 } };
static const forge_configmap world_configmaps[] = { { "flagd-config", "demo.flagd.json", NULL, true, false } };
static const forge_app world_app = { .name = "tea", .namespace = "shop", .release = "shop", .label = "app", .services = world_services,
	.services_n = WORLD_SERVICES, .ops = world_ops, .ops_n = 1, .flags = world_flags, .flags_n = 2, .flagd = FLAGD,
	.configmaps = world_configmaps, .configmaps_n = 1 };

/* --- the observers, and the requests: what they were told --- */

typedef struct world_row { int64_t t; char *line; } world_row;
static struct {
	CC_VEC(world_row) rows;
	int ups[WORLD_SERVICES], downs[WORLD_SERVICES], flag_reads, flag_values[2];
	int64_t flags_at;
	char log[256];           /* the last line a process wrote */
} told;

void tel_event_row(forge_sim *s, int64_t t, cc_str line)
{
	assert_true(t >= s->now && t <= s->now + 60 * FORGE_MS);
	cc_buf b = CC_BUF_INIT;
	cc_buf_add(&b, line);
	world_row r = { t, cc_buf_take(&b) };
	if (r.line && cc_vec_push(&told.rows, r)) return;
	cc_free(r.line);
	forge_fail(s, CC_ENOMEM);
}

void tel_object_row(forge_sim *s, int64_t t, cc_str line)
{
	(void)s, (void)t, (void)line;
}

void tel_pod_log(forge_sim *s, int64_t t, int pod, char level, const char *fmt, ...)
{
	cc_buf b = CC_BUF_INIT;
	va_list ap;
	(void)level;
	assert_true(t >= s->now && s->kube.pods.p[pod].node >= 0);
	va_start(ap, fmt);
	cc_buf_addv(&b, fmt, ap);
	va_end(ap);
	kube_copy(told.log, sizeof told.log, b.p);
	cc_buf_deinit(&b);
}

void flow_flags_set(forge_sim *s, const int *values)
{
	told.flag_reads++;
	told.flags_at = s->now;
	memcpy(told.flag_values, values, sizeof told.flag_values);
}

void flow_pod_up(forge_sim *s, int64_t now, int pod)
{
	(void)now;
	told.ups[s->kube.pods.p[pod].service]++;
}

void flow_pod_down(forge_sim *s, int64_t now, int pod)
{
	(void)now;
	told.downs[s->kube.pods.p[pod].service]++;
}

int64_t flow_pod_memory_kib(const forge_sim *s, int pod)
{
	(void)s, (void)pod;
	return 0;
}

int64_t flow_store_used_kib(const forge_sim *s, int service)
{
	(void)s, (void)service;
	return 0;
}

/* --- the world --- */

static forge_sim sim;
static cc_forge_options world_options;
static cc_err world_error;

/* Everything is installed at sim.start and nothing has happened yet. */
static inline void begin_empty(uint64_t seed)
{
	sim = (forge_sim){ .opt = &world_options, .app = &world_app, .err = &world_error, .start = cc_time_from_civil(2025, 12, 15, 17, 0, 0, 0) };
	memset(&told, 0, sizeof told);
	sim.now = sim.start;
	sim.end = sim.start + 7200 * FORGE_S;
	sim.plan.flaky = sim.plan.slow = -1;
	cc_rng_init_named(&sim.kube_rng, seed, "kube");
	cc_rng_init_named(&sim.uid_rng, seed, "uid");
	cc_rng_init_named(&sim.probe_rng, seed, "probe");
	cc_rng_init_named(&sim.net_rng, seed, "net");
	sim.arena = cc_arena_new();
	if (!sim.arena) forge_fail(&sim, CC_ENOMEM);
	else if (kube_init(&sim) == CC_OK && net_init(&sim) != CC_OK) sim.code = CC_ENOMEM;
	if (sim.code == CC_OK) kube_install(&sim, sim.start);
}

static inline void run_ms(int64_t ms)
{
	forge_run_until(&sim, sim.now + ms * FORGE_MS);
	assert_int_equal(sim.code, CC_OK);
}

static inline void run(int64_t seconds)
{
	run_ms(seconds * 1000);
}

/* Five minutes later all is well. */
static inline void begin(void)
{
	begin_empty(7);
	run(300);
}

static inline void end(void)
{
	for (size_t i = 0; i < told.rows.n; i++) cc_free(told.rows.p[i].line);
	cc_vec_deinit(&told.rows);
	net_deinit(&sim);
	if (sim.arena) kube_deinit(&sim);
	cc_vec_deinit(&sim.queue);
	cc_arena_free(sim.arena);
	sim = (forge_sim){ 0 };
}

/* --- looking around --- */

static inline bool has(cc_str text, const char *part)
{
	return cc_str_find(text, S(part)) != CC_STR_NONE;
}

static inline int ready_of(int service)
{
	return (int)sim.kube.services[service].ready.n;
}

/* The n-th pod of a workload that has not been removed, in the order of creation; -1. */
static inline int nth_pod(int workload, int n)
{
	for (size_t i = 0; i < sim.kube.pods.n; i++) {
		const kube_pod *p = &sim.kube.pods.p[i];
		if (p->workload == workload && !p->gone && n-- == 0) return (int)i;
	}
	return -1;
}

/* The newest pod of a workload. */
static inline int newest_pod(int workload)
{
	for (size_t i = sim.kube.pods.n; i-- > 0;)
		if (sim.kube.pods.p[i].workload == workload && !sim.kube.pods.p[i].gone) return (int)i;
	fail_msg("workload %d has no pod", workload);
	return -1;
}

static inline kube_pod *pod(int workload)
{
	return &sim.kube.pods.p[newest_pod(workload)];
}

/* The n-th event of a reason (from the oldest) about an object whose name begins so; a text NULL or part of its message. */
static inline const forge_event *nth_event(int n, const char *reason, const char *object, const char *text)
{
	for (size_t i = 0; i < sim.kube.events.n; i++) {
		const forge_event *e = &sim.kube.events.p[i];
		if (!kube_is(e->reason, reason) || !cc_str_starts(e->object, S(object))) continue;
		if ((!text || has(e->message, text)) && n-- == 0) return e;
	}
	return NULL;
}

static inline const forge_event *event(const char *reason, const char *object, const char *text)
{
	return nth_event(0, reason, object, text);
}

static inline int event_count(const char *reason, const char *object, const char *text)
{
	int n = 0;
	while (nth_event(n, reason, object, text)) n++;
	return n;
}

/* The message of the newest event of a reason about an object; empty. */
static inline cc_str last_message(const char *reason, const char *object)
{
	int n = event_count(reason, object, NULL);
	return n ? nth_event(n - 1, reason, object, NULL)->message : CC_STR_EMPTY;
}

static inline void print_events(const char *object)
{
	for (size_t i = 0; i < sim.kube.events.n; i++) {
		const forge_event *e = &sim.kube.events.p[i];
		if (!cc_str_starts(e->object, S(object))) continue;
		print_message("%8.3f %8.3f x%d %s %.*s [%.*s] %.*s\n", (double)(e->first - sim.start) / 1e9, (double)(e->last - sim.start) / 1e9,
			e->count + e->unsent, e->reason, CC_STR_ARG(e->object), CC_STR_ARG(e->field), CC_STR_ARG(e->message));
	}
}

#define expect_event(reason, object, text) expect_event_at((reason), (object), (text), __FILE__, __LINE__)
static inline const forge_event *expect_event_at(const char *reason, const char *object, const char *text, const char *file, int line)
{
	const forge_event *e = event(reason, object, text);
	if (e) return e;
	print_events(object);
	print_error("no event %s about %s with \"%s\"\n", reason, object, text ? text : "");
	_fail(file, line);
	return NULL;
}

/* --- changing something --- */

static inline forge_template template_of(int workload)
{
	return sim.kube.workloads.p[workload].tmpl;
}

static inline void change(int workload, const forge_template *t)
{
	kube_change_template(&sim, sim.now, workload, t, "kubectl-edit", "{\"f:spec\":{}}");
}

/* A workload of nobody's: it runs for ever unless its command ends. */
static inline int add_workload(const char *name, kube_workload_kind kind, int replicas, const forge_template *t)
{
	kube_workload w = { .kind = kind, .service = -1, .name = name, .replicas = replicas, .tmpl = *t, .cpu_use_m = 5, .mem_use_mi = 10 };
	w.tmpl.init_service = -1;
	if (!w.tmpl.image) w.tmpl.image = "busybox:latest";
	return kube_add_workload(&sim, sim.now, &w);
}

/* A new pod of a service from a changed template; the old ones serve on meanwhile. Returns its number. */
static inline int fresh(int service, const forge_template *t)
{
	change(service, t);
	run(1);
	return newest_pod(service);
}

static inline kube_pod *at(int i)
{
	return &sim.kube.pods.p[i];
}

/* Runs until it holds; the time it took, to 100 ms. */
static inline int64_t until(int i, bool (*holds)(const kube_pod *), int most_seconds)
{
	int64_t from = sim.now;
	while (!holds(at(i))) {
		if (sim.now - from >= most_seconds * FORGE_S) {
			print_events(at(i)->name);
			fail_msg("%s: not within %d s", at(i)->name, most_seconds);
		}
		run_ms(100);
	}
	return sim.now - from;
}

static inline bool is_ready(const kube_pod *p) { return p->ready; }
static inline bool is_unready(const kube_pod *p) { return !p->ready; }

#endif
