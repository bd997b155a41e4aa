/* flow_rig.h - a shop without a cluster around it: its pods are up or away, and every span it makes is kept. */
#ifndef COLDCASE_FLOW_RIG_H
#define COLDCASE_FLOW_RIG_H

#include <stdlib.h>

#include "forge/flow_priv.h"
#include "unit/base/base_test.h"

static const char SHOP[] =
	"name: tea-shop\n"
	"services:\n"
	"  - { name: visitors, lang: python, role: users, env: { TARGET: \"http://gateway:8080\" } }\n"
	"  - name: gateway\n"
	"    lang: envoy\n"
	"    operations: [ { id: ingress, http: GET /, calls: [ { to: forward, timeout: 15s } ] } ]\n"
	"  - name: shop\n"
	"    lang: node\n"
	"    env: { STOCK_ADDR: \"stock:8080\", DB_URL: \"postgres://shop@database:5432/shop\" }\n"
	"    operations:\n"
	"      - { id: home, http: GET /, cpu: 2ms }\n"
	"      - id: order\n"
	"        http: POST /orders\n"
	"        cpu: 2ms\n"
	"        log: \"order {order}\"\n"
	"        calls:\n"
	"          - { to: stock.Reserve, timeout: 3s, retries: 1, failure: \"no tea could be reserved: {cause}\" }\n"
	"          - { to: database.insert, timeout: 2s }\n"
	"          - { to: cache.SET, tolerated: true, parallel: true }\n"
	"          - { to: queue.orders, tolerated: true }\n"
	"  - name: stock\n"
	"    lang: go\n"
	"    workers: 2\n"
	"    backlog: 3\n"
	"    cpu: { request: 100m, limit: 1 }\n"
	"    operations: [ { grpc: tea.v1.Stock/Reserve, cpu: 1ms, wait: 3ms } ]\n"
	"  - name: mailer\n"
	"    lang: kotlin\n"
	"    env: { BROKERS: \"queue:9092\" }\n"
	"    operations: [ { id: confirm, consume: queue.orders, wait: 5ms } ]\n"
	"  - name: database\n"
	"    operations: [ { id: insert, sql: \"INSERT INTO orders VALUES ($1, $2)\", wait: 2ms } ]\n"
	"  - name: cache\n"
	"    operations: [ { redis: SET } ]\n"
	"  - name: queue\n"
	"    operations: [ { topic: orders } ]\n"
	"journeys:\n"
	"  - { name: look, requests: [ shop.home ] }\n"
	"  - { name: buy, weight: 3, requests: [ shop.home, shop.order ] }\n";

/* --- the observer --- */

typedef struct seen { forge_span span; char message[200]; } seen;
static struct { CC_VEC(seen) spans; int open, dropped, logs; uint64_t digest; } watch;


int tel_span_begin(forge_sim *s, int64_t start)
{
	assert_true(start == s->now);
	return watch.open++;
}

static inline void mix(uint64_t v)
{
	watch.digest = (watch.digest ^ v) * UINT64_C(0x100000001b3);
}

void tel_span(forge_sim *s, int handle, forge_span *span)
{
	assert_true(handle >= 0 && span->start <= span->end && span->end <= s->now);
	seen x = { .span = *span };
	for (size_t i = 0; span->message && span->message[i] && i + 1 < sizeof x.message; i++) x.message[i] = span->message[i];
	mix((uint64_t)span->start);
	mix((uint64_t)span->end);
	mix(span->id);
	cc_free(span->message);
	cc_free(span->exception);
	cc_free(span->exception_message);
	cc_free(span->stack);
	if (!cc_vec_push(&watch.spans, x)) forge_fail(s, CC_ENOMEM);
}

void tel_span_drop(forge_sim *s, int handle)
{
	(void)s;
	assert_true(handle >= 0);
	watch.dropped++;
}

void tel_log(forge_sim *s, forge_log *log)
{
	assert_true(log->t == s->now);
	watch.logs++;
	cc_free(log->body);
	cc_free(log->exception);
	cc_free(log->exception_message);
	cc_free(log->stack);
}

void tel_pod_log(forge_sim *s, int64_t t, int pod, char level, const char *fmt, ...)
{
	(void)s; (void)t; (void)pod; (void)level; (void)fmt;
	watch.logs++;
}

void tel_expand(forge_sim *s, cc_buf *out, const char *text, const forge_vars *vars, int64_t at, int pod)
{
	(void)s; (void)vars; (void)at; (void)pod;
	cc_buf_addz(out, text);
}

/* --- the cluster --- */

static forge_sim sim;
static cc_forge_options options;
static cc_err error;
static forge_template templates[64];

static inline int service(const char *name)
{
	int i = forge_service_find(sim.app, S(name));
	assert_true(i >= 0);
	return i;
}

static inline int op(const char *id)
{
	int i = forge_op_find(sim.app, S(id));
	assert_true(i >= 0);
	return i;
}

/* One pod a service: its number is the service's. */
static inline void pods_up(void)
{
	for (int i = 0; i < sim.app->services_n && sim.code == CC_OK; i++) {
		const forge_service *svc = &sim.app->services[i];
		templates[i] = (forge_template){ .env = svc->env, .env_n = svc->env_n, .cpu_limit_m = svc->cpu_limit_m, .dns_policy = "ClusterFirst" };
		kube_pod p = { .service = i, .rs = -1, .node = i % 2, .up = true, .ready = true, .tmpl = &templates[i], .cpu_share_m = 1000,
			.incarnation = 1, .ip = "10.0.0.1" };
		kube_service *k = &sim.kube.services[i];
		*k = (kube_service){ .name = svc->name, .ip = "10.96.0.1", .port = svc->port, .target_port = svc->port, .exists = svc->port > 0 };
		if (!cc_vec_push(&sim.kube.pods, p) || !cc_vec_push(&k->ready, i)) forge_fail(&sim, CC_ENOMEM);
		else flow_pod_up(&sim, 0, i);
	}
}

static inline void nodes_up(void)
{
	const kube_node a = { .name = "a", .zone = "zone-a" }, b = { .name = "b", .zone = "zone-b" };
	if (!cc_vec_push(&sim.kube.nodes, a) || !cc_vec_push(&sim.kube.nodes, b)) forge_fail(&sim, CC_ENOMEM);
}

static inline void begin_with(int rps, cc_str text)
{
	sim = (forge_sim){ .opt = &options, .err = &error, .rps_milli = rps * 1000, .inject = 30 * FORGE_S };
	watch.digest = UINT64_C(0xcbf29ce484222325);
	watch.open = watch.dropped = watch.logs = 0;
	watch.spans.n = 0;
	cc_rng_init_named(&sim.flow_rng, 5, "flow");
	cc_rng_init_named(&sim.net_rng, 5, "net");
	sim.arena = cc_arena_new();
	forge_app *app = NULL;
	cc_code code = sim.arena ? forge_app_parse(&app, sim.arena, "shop", text, &error) : CC_ENOMEM;
	sim.app = app;
	if (code != CC_OK) {
		sim.code = code;
		return;
	}
	sim.kube.services = cc_calloc((size_t)app->services_n, sizeof *sim.kube.services);
	if (!sim.kube.services) forge_fail(&sim, CC_ENOMEM);
	if (sim.code != CC_OK || net_init(&sim) != CC_OK || flow_init(&sim) != CC_OK) {
		sim.code = CC_ENOMEM;
		return;
	}
	nodes_up();
	pods_up();
	if (sim.code == CC_OK) flow_start(&sim, 0);
}

static inline void begin(int rps) { begin_with(rps, S(SHOP)); }

static inline void end(void)
{
	flow_deinit(&sim);
	net_deinit(&sim);
	for (int i = 0; sim.kube.services && i < sim.app->services_n; i++) cc_vec_deinit(&sim.kube.services[i].ready);
	cc_free(sim.kube.services);
	cc_vec_deinit(&sim.kube.pods);
	cc_vec_deinit(&sim.kube.nodes);
	cc_vec_deinit(&sim.kube.policies);
	cc_vec_deinit(&sim.queue);
	cc_vec_deinit(&watch.spans);
	cc_arena_free(sim.arena);
	sim = (forge_sim){ 0 };
}

static inline void run(int seconds)
{
	forge_run_until(&sim, seconds * FORGE_S);
	assert_int_equal(sim.code, CC_OK);
}

/* Takes a service's pod away; with `known` its endpoints are empty too. */
static inline void down(const char *name, bool known)
{
	int i = service(name);
	sim.kube.pods.p[i].up = false;
	sim.kube.pods.p[i].incarnation++;
	if (known) sim.kube.services[i].ready.n = 0;
	flow_pod_down(&sim, sim.now, i);
}

static inline void up(const char *name)
{
	int i = service(name);
	sim.kube.pods.p[i].up = true;
	sim.kube.services[i].ready.n = 1;
	flow_pod_up(&sim, sim.now, i);
}

/* --- what the spans say --- */

typedef struct tally { int n, errors; int64_t shortest, longest, sum; int status; unsigned via; } tally;

/* Spans of an operation made by a service, that began in [from, to) seconds. */
static inline tally count(const char *by, const char *id, int from, int to)
{
	tally t = { .shortest = INT64_MAX };
	for (size_t i = 0; i < watch.spans.n; i++) {
		const forge_span *x = &watch.spans.p[i].span;
		if (x->service != service(by) || x->op != op(id) || x->start < from * FORGE_S || x->start >= to * FORGE_S) continue;
		int64_t took = x->end - x->start;
		t.n++;
		t.sum += took;
		t.errors += x->error;
		if (x->error) {
			t.status = x->status;
			t.via |= x->via;
		}
		if (took < t.shortest) t.shortest = took;
		if (took > t.longest) t.longest = took;
	}
	return t;
}

static inline int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The duration in the middle of such spans. */
static inline int64_t median(const char *by, const char *id, int from, int to)
{
	CC_VEC(int64_t) took = { 0 };
	for (size_t i = 0; i < watch.spans.n; i++) {
		const forge_span *x = &watch.spans.p[i].span;
		if (x->service != service(by) || x->op != op(id) || x->start < from * FORGE_S || x->start >= to * FORGE_S) continue;
		assert_true(cc_vec_push(&took, x->end - x->start));
	}
	assert_true(took.n > 0);
	qsort(took.p, took.n, sizeof *took.p, by_size);
	int64_t middle = took.p[took.n / 2];
	cc_vec_deinit(&took);
	return middle;
}

static inline int by_id(const void *a, const void *b)
{
	uint64_t x = ((const seen *)a)->span.id, y = ((const seen *)b)->span.id;
	return (x > y) - (x < y);
}

static inline const seen *find(uint64_t id)
{
	seen key = { .span = { .id = id } };
	return bsearch(&key, watch.spans.p, watch.spans.n, sizeof *watch.spans.p, by_id);
}

/* Every server span belongs to one client span and lies inside it unless that gave up; each client span has at most one. */
static inline int orphans(bool whole)
{
	int lost = 0;
	CC_VEC(uint64_t) parents = { 0 };
	qsort(watch.spans.p, watch.spans.n, sizeof *watch.spans.p, by_id);
	for (size_t i = 0; i < watch.spans.n; i++) {
		const forge_span *x = &watch.spans.p[i].span;
		if (i) assert_true(x->id != watch.spans.p[i - 1].span.id);
		const seen *p = x->parent ? find(x->parent) : NULL;
		if (!p) {
			lost += x->parent != 0;
			continue;
		}
		assert_true(p->span.trace[0] == x->trace[0] && p->span.trace[1] == x->trace[1] && x->start >= p->span.start);
		if (x->kind != KIND_CONSUMER && !(p->span.via & VIA_TIMEOUT) && whole) assert_true(x->end <= p->span.end);
		if (x->kind == KIND_SERVER) assert_true(p->span.kind == KIND_CLIENT && cc_vec_push(&parents, x->parent));
	}
	for (size_t i = 0; i < parents.n; i++)
		for (size_t k = i + 1; k < parents.n && k < i + 64; k++) assert_true(parents.p[i] != parents.p[k]);
	cc_vec_deinit(&parents);
	return lost;
}

static inline bool said(const char *by, const char *words)
{
	for (size_t i = 0; i < watch.spans.n; i++)
		if (watch.spans.p[i].span.service == service(by) && cc_str_find(S(watch.spans.p[i].message), S(words)) != CC_STR_NONE) return true;
	return false;
}

#endif
