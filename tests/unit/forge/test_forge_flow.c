/* Requests: whatever happens to them, their spans agree with each other, and trouble travels the way it does in a real system.
 *
 * The cluster is set up by hand and the observer is this file: it keeps every span, so that the simulation of requests is
 * tested alone. */
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

static void mix(uint64_t v)
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

static int service(const char *name)
{
	int i = forge_service_find(sim.app, S(name));
	assert_true(i >= 0);
	return i;
}

static int op(const char *id)
{
	int i = forge_op_find(sim.app, S(id));
	assert_true(i >= 0);
	return i;
}

/* One pod a service: its number is the service's. */
static void pods_up(void)
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

static void nodes_up(void)
{
	const kube_node a = { .name = "a", .zone = "zone-a" }, b = { .name = "b", .zone = "zone-b" };
	if (!cc_vec_push(&sim.kube.nodes, a) || !cc_vec_push(&sim.kube.nodes, b)) forge_fail(&sim, CC_ENOMEM);
}

static void begin(int rps)
{
	sim = (forge_sim){ .opt = &options, .err = &error, .rps_milli = rps * 1000, .inject = 30 * FORGE_S };
	watch.digest = UINT64_C(0xcbf29ce484222325);
	watch.open = watch.dropped = watch.logs = 0;
	watch.spans.n = 0;
	cc_rng_init_named(&sim.flow_rng, 5, "flow");
	cc_rng_init_named(&sim.net_rng, 5, "net");
	sim.arena = cc_arena_new();
	forge_app *app = NULL;
	cc_code code = sim.arena ? forge_app_parse(&app, sim.arena, "shop", S(SHOP), &error) : CC_ENOMEM;
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

static void end(void)
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

static void run(int seconds)
{
	forge_run_until(&sim, seconds * FORGE_S);
	assert_int_equal(sim.code, CC_OK);
}

/* Takes a service's pod away; with `known` its endpoints are empty too. */
static void down(const char *name, bool known)
{
	int i = service(name);
	sim.kube.pods.p[i].up = false;
	sim.kube.pods.p[i].incarnation++;
	if (known) sim.kube.services[i].ready.n = 0;
	flow_pod_down(&sim, sim.now, i);
}

static void up(const char *name)
{
	int i = service(name);
	sim.kube.pods.p[i].up = true;
	sim.kube.services[i].ready.n = 1;
	flow_pod_up(&sim, sim.now, i);
}

/* --- what the spans say --- */

typedef struct tally { int n, errors; int64_t shortest, longest, sum; int status; unsigned via; } tally;

/* Spans of an operation made by a service, that began in [from, to) seconds. */
static tally count(const char *by, const char *id, int from, int to)
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

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

/* The duration in the middle of such spans. */
static int64_t median(const char *by, const char *id, int from, int to)
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

static int by_id(const void *a, const void *b)
{
	uint64_t x = ((const seen *)a)->span.id, y = ((const seen *)b)->span.id;
	return (x > y) - (x < y);
}

static const seen *find(uint64_t id)
{
	seen key = { .span = { .id = id } };
	return bsearch(&key, watch.spans.p, watch.spans.n, sizeof *watch.spans.p, by_id);
}

/* Every server span belongs to one client span and lies inside it unless that gave up; each client span has at most one. */
static int orphans(bool whole)
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

static bool said(const char *by, const char *words)
{
	for (size_t i = 0; i < watch.spans.n; i++)
		if (watch.spans.p[i].span.service == service(by) && cc_str_find(S(watch.spans.p[i].message), S(words)) != CC_STR_NONE) return true;
	return false;
}

/* --- tests --- */

/* Who speaks, what was addressed: no place of a voice stays unfilled. */
static void test_words(void **state)
{
	(void)state;
	begin(1);
	char *broker = flow_say_broker(&sim, service("mailer"), service("queue"), NET_REFUSED);
	char *full = flow_say_overload(&sim, service("mailer"), &sim.app->ops[op("mailer.confirm")]);
	assert_non_null(strstr(broker, "consumer-mailer-1"));
	assert_non_null(strstr(full, "queue of mailer is full"));
	assert_null(strchr(broker, '{'));
	cc_free(broker);
	cc_free(full);
	end();
}

static void test_healthy(void **state)
{
	(void)state;
	begin(20);
	run(60);
	sim.flow->user_limit = 0; /* nobody else comes */
	run(70); /* the last users leave */
	assert_int_equal(sim.flow->users.live, 0);
	assert_int_equal(sim.flow->calls.live, 0);
	assert_int_equal(sim.flow->frames.live, 0);
	assert_int_equal(sim.flow->traces.live, 0);
	assert_int_equal(orphans(true), 0);
	tally in = count("gateway", "gateway.ingress", 0, 60), out = count("visitors", "gateway.ingress", 0, 60);
	assert_in_range(out.n, 1000, 1400);
	assert_int_equal(in.n, out.n);
	assert_int_equal(in.errors + out.errors, 0);
	tally order = count("shop", "shop.order", 0, 60);
	assert_int_equal(count("stock", "stock.Reserve", 0, 60).n, order.n);
	assert_int_equal(count("mailer", "mailer.confirm", 0, 70).n, order.n);
	assert_int_equal(count("shop", "database.insert", 0, 60).n, order.n);
	assert_int_equal(flow_consumer_lag(&sim, op("mailer.confirm")), 0);
	assert_int_equal(flow_seen(&sim).failures, 0);
	for (size_t i = 0; i < sim.kube.pods.n; i++) {
		assert_int_equal(sim.kube.pods.p[i].busy, 0);
		assert_int_equal(flow_pod_memory_kib(&sim, (int)i), 0);
		assert_true(sim.kube.pods.p[i].cpu_us > 0);
	}
	end();
}

static void test_slow_callee(void **state)
{
	(void)state;
	begin(2);
	run(30);
	const flow_effect slow = { .delay_ms = 800 };
	flow_effect_set(&sim, flow_effect_add(&sim, service("stock"), -1, &slow), true);
	run(60);
	/* Single requests have tails, before and after: the middle one tells. */
	assert_true(median("shop", "shop.order", 0, 30) < 60 * FORGE_MS);
	assert_in_range(median("shop", "shop.order", 31, 58), 640 * FORGE_MS, 1100 * FORGE_MS);
	tally before = count("shop", "shop.order", 0, 30), after = count("shop", "shop.order", 31, 58);
	assert_true(before.n > 5 && after.n > 5 && after.shortest > 400 * FORGE_MS && after.shortest < after.longest);
	assert_true(before.sum / before.n < 150 * FORGE_MS);
	assert_true(count("gateway", "gateway.ingress", 31, 58).longest > 800 * FORGE_MS);
	int n = sim.app->services_n, stock = service("stock"), shop = service("shop");
	assert_true(flow_seen(&sim).slow[stock * n + shop] > 0);
	assert_int_equal(flow_seen(&sim).failed[stock * n + shop], 0);
	end();
}

static void test_dead_callee(void **state)
{
	(void)state;
	begin(10);
	run(30);
	down("stock", true);
	run(60);
	tally calls = count("shop", "stock.Reserve", 31, 58), orders = count("shop", "shop.order", 31, 58);
	assert_true(orders.n > 0);
	assert_in_range(calls.n, 2 * orders.n - 2, 2 * orders.n + 2); /* one further attempt each; some under way at either end */
	assert_int_equal(calls.errors, calls.n);
	assert_int_equal(calls.status, 14);
	assert_int_equal(calls.via, VIA_REFUSED);
	assert_int_equal(orders.errors, orders.n);
	assert_int_equal(orders.status, 500);
	assert_int_equal(count("gateway", "gateway.ingress", 31, 58).status, 500);
	assert_int_equal(count("shop", "database.insert", 31, 58).n, 0);
	assert_true(said("shop", "ECONNREFUSED 10.96.0.1:8080"));
	int n = sim.app->services_n, shop = service("shop");
	flow_effects_seen seen_now = flow_seen(&sim);
	assert_true(seen_now.failed[service("stock") * n + shop] >= (uint32_t)orders.n);
	assert_true(seen_now.starved[service("database") * n + shop] >= (uint32_t)orders.n);
	assert_true(seen_now.starved[service("mailer") * n + service("queue")] >= (uint32_t)orders.n);
	assert_true(seen_now.failures > 0 && seen_now.failures < seen_now.requests);
	end();
}

static void test_silence(void **state)
{
	(void)state;
	begin(5);
	const net_chaos cut = { .kind = NET_PARTITION, .from = service("shop"), .to = service("stock"), .both = true };
	net_chaos_set(&sim, net_chaos_add(&sim, &cut), true);
	run(40);
	tally calls = count("shop", "stock.Reserve", 0, 30);
	assert_true(calls.n > 0 && calls.errors == calls.n);
	assert_true(calls.shortest == 3 * FORGE_S && calls.longest == 3 * FORGE_S);
	assert_int_equal(calls.status, 4);
	assert_int_equal(calls.via, VIA_TIMEOUT);
	assert_int_equal(calls.n, count("shop", "shop.order", 0, 30).n); /* patience is not tried twice */
	end();
}

/* A gateway waits five seconds for a connection, not as long as its route allows for the answer, and answers itself. */
static void test_gateway_cut_off(void **state)
{
	(void)state;
	begin(5);
	const net_chaos cut = { .kind = NET_PARTITION, .from = service("gateway"), .to = service("shop"), .both = true };
	net_chaos_set(&sim, net_chaos_add(&sim, &cut), true);
	run(40);
	tally out = count("gateway", "shop.home", 0, 30), in = count("gateway", "gateway.ingress", 0, 30);
	assert_true(out.n > 0 && out.errors == out.n && out.shortest == 5 * FORGE_S && out.longest == 5 * FORGE_S);
	assert_true(out.via == (VIA_REFUSED | VIA_TIMEOUT) && out.status == 503);
	assert_true(in.errors == in.n && in.status == 503);
	end();
}

/* The caller gives up, the callee does not know and works on. */
static void test_late_answer(void **state)
{
	(void)state;
	begin(1);
	const flow_effect slow = { .delay_ms = 8000 };
	flow_effect_set(&sim, flow_effect_add(&sim, service("stock"), -1, &slow), true);
	run(55);
	sim.flow->user_limit = 0; /* nobody else comes */
	run(80);
	tally calls = count("shop", "stock.Reserve", 0, 50), work = count("stock", "stock.Reserve", 0, 40);
	assert_true(calls.n > 0 && calls.errors == calls.n && calls.longest == 3 * FORGE_S);
	assert_true(work.n > 0 && work.errors == 0 && work.shortest > 3 * FORGE_S);
	assert_int_equal(orphans(false), 0);
	end();
}

static void test_overload(void **state)
{
	(void)state;
	begin(40);
	const flow_effect slow = { .delay_ms = 1000 };
	flow_effect_set(&sim, flow_effect_add(&sim, service("stock"), -1, &slow), true);
	run(30);
	tally calls = count("shop", "stock.Reserve", 5, 25);
	assert_int_equal(sim.kube.pods.p[service("stock")].busy, 2);
	assert_true(sim.kube.pods.p[service("stock")].queued <= 3);
	assert_true(calls.via & VIA_OVERLOAD);
	tally work = count("stock", "stock.Reserve", 5, 25);
	assert_in_range(work.n, 30, 44);               /* two workers, a second each */
	assert_true(calls.longest > 2 * FORGE_S);      /* others wait in the queue */
	end();
}

static void test_death_in_the_middle(void **state)
{
	(void)state;
	begin(10);
	const flow_effect slow = { .delay_ms = 500 };
	flow_effect_set(&sim, flow_effect_add(&sim, service("stock"), -1, &slow), true);
	run(10);
	while (!sim.kube.pods.p[service("stock")].busy) forge_run_until(&sim, sim.now + 50 * FORGE_MS);
	int64_t at = sim.now;
	down("stock", true);
	assert_true(watch.dropped > 0);
	run(30);
	int cut = 0;
	for (size_t i = 0; i < watch.spans.n; i++) {
		const forge_span *x = &watch.spans.p[i].span;
		if (!(x->via & VIA_RESET) || x->op != op("stock.Reserve")) continue;
		cut++;
		assert_true(x->start <= at && x->end >= at && x->end < at + 10 * FORGE_MS && x->status == 14);
	}
	assert_in_range(cut, 1, 5);
	end();
}

static void test_consumer_away(void **state)
{
	(void)state;
	begin(10);
	run(20);
	int confirm = op("mailer.confirm");
	down("mailer", true);
	run(60);
	int64_t lag = flow_consumer_lag(&sim, confirm);
	assert_in_range(lag, 100, 300);
	up("mailer");
	run(90);
	assert_true(flow_consumer_lag(&sim, confirm) <= 2);
	assert_true(count("mailer", "mailer.confirm", 60, 90).n >= lag);
	assert_int_equal(count("shop", "queue.orders", 0, 90).errors, 0);
	end();
}

static void test_broker_away(void **state)
{
	(void)state;
	begin(10);
	run(20);
	down("queue", true);
	run(60);
	tally sent = count("shop", "queue.orders", 21, 50);
	assert_true(sent.n > 0 && sent.errors == sent.n);
	assert_int_equal(count("shop", "shop.order", 21, 50).errors, 0);   /* tolerated */
	assert_int_equal(count("mailer", "mailer.confirm", 22, 60).n, 0);
	end();
}

static void test_store_password(void **state)
{
	(void)state;
	begin(10);
	run(10);
	flow_store_password(&sim, sim.now, service("database"), "changed");
	run(160);
	assert_int_equal(count("shop", "database.insert", 0, 40).errors, 0); /* connections that exist go on */
	tally late = count("shop", "database.insert", 131, 150);
	assert_true(late.n > 0 && late.errors == late.n);
	assert_true(said("shop", "password authentication failed"));
	end();
}

static void test_store_full(void **state)
{
	(void)state;
	begin(10);
	run(10);
	flow_store_limit(&sim, service("cache"), 1, 1);
	run(40);
	tally sets = count("shop", "cache.SET", 11, 30);
	assert_true(sets.n > 0 && sets.errors == sets.n && said("shop", "OOM command not allowed"));
	assert_int_equal(count("shop", "shop.order", 11, 30).errors, 0);
	end();
}

/* A wrong address acts when the process starts anew, not before. */
static void test_wrong_address(void **state)
{
	(void)state;
	begin(10);
	run(10);
	int shop = service("shop");
	forge_env env[2] = { sim.app->services[shop].env[0], sim.app->services[shop].env[1] };
	env[0].value = "stokc:8080";
	templates[shop].env = env;
	run(20);
	assert_int_equal(count("shop", "stock.Reserve", 10, 20).errors, 0);
	down("shop", true);
	up("shop");
	run(40);
	tally calls = count("shop", "stock.Reserve", 21, 35);
	assert_true(calls.n > 0 && calls.errors == calls.n && calls.via == VIA_NO_NAME);
	end();
}

static void test_policy(void **state)
{
	(void)state;
	begin(5);
	kube_policy p = { .name = "deny", .service = service("stock"), .deny_ingress = true };
	assert_true(cc_vec_push(&sim.kube.policies, p));
	run(20);
	assert_int_equal(count("shop", "stock.Reserve", 0, 15).via, VIA_TIMEOUT);
	sim.kube.policies.p[0].deleted = true;
	sim.kube.services[service("stock")].target_port = 1;
	run(40);
	assert_int_equal(count("shop", "stock.Reserve", 21, 35).via, VIA_REFUSED);
	sim.kube.services[service("stock")].exists = false;
	run(60);
	assert_int_equal(count("shop", "stock.Reserve", 41, 55).via, VIA_NO_NAME);
	end();
}

/* Less processor than the work needs: the line grows, and everybody waits. */
static void test_throttled(void **state)
{
	(void)state;
	begin(60);
	run(10);
	int stock = service("stock");
	sim.kube.pods.p[stock].cpu_share_m = 30;
	run(30);
	tally before = count("shop", "stock.Reserve", 0, 10), after = count("shop", "stock.Reserve", 12, 28);
	assert_true(after.sum / after.n > 5 * (before.sum / before.n));
	assert_true(sim.kube.pods.p[stock].throttled_us > 0 && sim.kube.pods.p[stock].throttled_periods > 0);
	end();
}

static void test_same_again(void **state)
{
	(void)state;
	uint64_t first = 0;
	for (int i = 0; i < 2; i++) {
		begin(10);
		run(20);
		if (i) assert_true(watch.digest == first && watch.spans.n > 100);
		first = watch.digest;
		end();
	}
}

/* Memory that ends anywhere ends the run in order. */
static void test_no_memory(void **state)
{
	(void)state;
	int failed = 0;
	for (long n = 0; n < 4000; n += n < 400 ? 1 : 37) {
		cc_alloc_fail_after(n);
		begin(20);
		if (sim.code == CC_OK) {
			forge_run_until(&sim, 2 * FORGE_S);
			if (sim.code == CC_OK) down("stock", false);
			forge_run_until(&sim, 3 * FORGE_S);
		}
		cc_alloc_fail_after(-1);
		failed += sim.code != CC_OK;
		if (sim.code != CC_OK) assert_int_equal(sim.code, CC_ENOMEM);
		end();
	}
	assert_true(failed > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words), cmocka_unit_test(test_healthy), cmocka_unit_test(test_slow_callee),
		cmocka_unit_test(test_dead_callee),
		cmocka_unit_test(test_silence), cmocka_unit_test(test_gateway_cut_off),
		cmocka_unit_test(test_late_answer), cmocka_unit_test(test_overload),
		cmocka_unit_test(test_death_in_the_middle), cmocka_unit_test(test_consumer_away), cmocka_unit_test(test_broker_away),
		cmocka_unit_test(test_store_password), cmocka_unit_test(test_store_full), cmocka_unit_test(test_wrong_address),
		cmocka_unit_test(test_policy), cmocka_unit_test(test_throttled), cmocka_unit_test(test_same_again),
		cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
