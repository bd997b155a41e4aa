/* Application files: the built-in ones and the documented one load as written, and each mistake is told with its place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coldcase/file.h"
#include "coldcase/forge.h"
#include "coldcase/json.h"
#include "coldcase/xalloc.h"
#include "forge/app.h"

#define Z(s) cc_str_from(s)

typedef struct loaded { cc_arena *arena; forge_app *app; } loaded;

static loaded load(const char *spec)
{
	loaded l = { .arena = cc_arena_new() };
	cc_err e = { 0 };
	if (forge_app_load(&l.app, l.arena, spec, &e) != CC_OK) print_error("%s\n", e.message);
	assert_non_null(l.app);
	return l;
}

/* The example of the README, from its ```yaml to the fence that ends it. */
static void readme_example(cc_buf *out)
{
	cc_buf b = CC_BUF_INIT;
	assert_int_equal(cc_file_read(&b, "src/forge/apps/README.md", 1 << 20, NULL), CC_OK);
	cc_str text = cc_buf_str(&b);
	size_t from = cc_str_find(text, CC_STR("```yaml\n"));
	assert_true(from != CC_STR_NONE);
	text = cc_str_sub(text, from + 8, text.n);
	cc_buf_add(out, cc_str_sub(text, 0, cc_str_find(text, CC_STR("```"))));
	cc_buf_deinit(&b);
}

static void test_example(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_arena *arena = cc_arena_new();
	forge_app *a = NULL;
	cc_err e = { 0 };
	readme_example(&b);
	if (forge_app_parse(&a, arena, "README.md", cc_buf_str(&b), &e) != CC_OK) print_error("%s\n", e.message);
	assert_non_null(a);
	assert_int_equal(a->services_n, 7);
	assert_string_equal(a->namespace, "tea-shop");
	assert_string_equal(a->ops[a->entry_op].id, "gateway.ingress");
	const forge_service *db = &a->services[forge_service_find(a, Z("database"))];
	assert_int_equal(db->lang, LANG_STORE);
	assert_int_equal(db->port, 5432);
	assert_true(db->probed);
	assert_string_equal(db->image, "ghcr.io/tea-shop/database:1.0.0");
	const forge_service *mailer = &a->services[forge_service_find(a, Z("mailer"))];
	assert_int_equal(mailer->port, 0);
	assert_true(mailer->processor);
	assert_false(mailer->probed);
	const forge_op *order = &a->ops[forge_op_find(a, Z("shop.order"))];
	assert_int_equal(order->steps_n, 3);
	assert_int_equal(order->steps[0].timeout_ms, 3000);
	assert_int_equal(order->steps[0].retries, 1);
	assert_int_equal(order->steps[0].env, 0);
	assert_int_equal(order->steps[1].env, 1);
	assert_int_equal(order->steps[1].timeout_ms, 10000);
	assert_int_equal(order->steps[2].env, -1);
	const forge_op *topic = &a->ops[forge_op_find(a, Z("queue.orders"))];
	assert_int_equal(topic->consumers_n, 1);
	assert_int_equal(topic->consumers[0], forge_op_find(a, Z("mailer.confirm")));
	assert_string_equal(a->ops[topic->consumers[0]].name, "orders process");
	cc_arena_free(arena);
	cc_buf_deinit(&b);
}

static bool services_call(const forge_app *a, const char *from, const char *to)
{
	int s = forge_service_find(a, Z(from)), t = forge_service_find(a, Z(to));
	assert_true(s >= 0 && t >= 0);
	for (int i = 0; i < a->ops_n; i++)
		for (int k = 0; a->ops[i].service == s && k < a->ops[i].steps_n; k++)
			if (a->ops[i].steps[k].op >= 0 && a->ops[a->ops[i].steps[k].op].service == t) return true;
	return false;
}

static bool journey_asks(const forge_app *a, const char *name)
{
	int s = forge_service_find(a, Z(name));
	for (int i = 0; i < a->journeys_n; i++)
		for (int k = 0; k < a->journeys[i].requests_n; k++)
			if (a->ops[a->journeys[i].requests[k]].service == s) return true;
	return false;
}

static void test_astronomy_edges(void **state)
{
	(void)state;
	static const char *const EDGES[][2] = { { "frontend", "ad" }, { "frontend", "cart" }, { "frontend", "checkout" }, { "frontend", "currency" },
		{ "frontend", "product-catalog" }, { "frontend", "recommendation" }, { "frontend", "shipping" }, { "frontend", "product-reviews" },
		{ "checkout", "cart" }, { "checkout", "currency" }, { "checkout", "email" }, { "checkout", "payment" }, { "checkout", "product-catalog" },
		{ "checkout", "shipping" }, { "checkout", "kafka" }, { "shipping", "quote" }, { "recommendation", "product-catalog" }, { "cart", "valkey-cart" },
		{ "accounting", "postgresql" }, { "product-reviews", "postgresql" }, { "product-reviews", "product-catalog" }, { "cart", "flagd" },
		{ "ad", "flagd" }, { "payment", "flagd" }, { "product-catalog", "flagd" }, { "recommendation", "flagd" }, { "fraud-detection", "flagd" },
		{ "checkout", "flagd" }, { "email", "flagd" }, { "image-provider", "flagd" },
		{ "frontend", "flagd" }, { "product-reviews", "flagd" } };
	loaded l = load("astronomy-shop");
	for (size_t i = 0; i < sizeof EDGES / sizeof EDGES[0]; i++)
		if (!services_call(l.app, EDGES[i][0], EDGES[i][1])) fail_msg("%s does not call %s", EDGES[i][0], EDGES[i][1]);
	const forge_op *orders = &l.app->ops[forge_op_find(l.app, Z("kafka.orders"))];
	assert_int_equal(orders->consumers_n, 2);
	/* Whatever a journey asks for, the proxy calls; users themselves ask flagd for nothing but the flood. */
	static const char *const BEHIND[] = { "frontend", "image-provider", "flagd-ui" };
	for (size_t i = 0; i < sizeof BEHIND / sizeof BEHIND[0]; i++) assert_true(journey_asks(l.app, BEHIND[i]));
	const forge_flag *flood = &l.app->flags[forge_flag_find(l.app, Z("loadGeneratorFloodHomepage"))];
	assert_string_equal(l.app->ops[flood->step_op].id, "flagd.ResolveInt");
	int working = 0, idle = 0;
	for (int i = 0; i < l.app->flags_n; i++) *(l.app->flags[i].effect == EFFECT_NOTHING ? &idle : &working) += 1;
	assert_true(working >= 10 && idle >= 2);
	cc_arena_free(l.arena);
}

/* Calls a second of every operation, and with them the processor each service needs. */
static void add_load(const forge_app *a, double *load, int op, double rate)
{
	const forge_op *o = &a->ops[op];
	load[o->service] += rate * o->cpu_us / 1000;
	for (int i = 0; i < o->steps_n; i++)
		if (o->steps[i].op >= 0) add_load(a, load, o->steps[i].op, rate * o->steps[i].permille * (1 + o->steps[i].most) / 2000);
	for (int i = 0; i < o->consumers_n; i++) add_load(a, load, o->consumers[i], rate);
}

static void check_comfort(const char *spec)
{
	loaded l = load(spec);
	const forge_app *a = l.app;
	double load_m[64] = { 0 }, requests = 0;
	for (int i = 0; i < a->journeys_n; i++)
		requests += a->journeys[i].weight * (a->journeys[i].requests_n - 1 + (1 + a->journeys[i].most_first) / 2.0);
	for (int i = 0; i < a->journeys_n; i++)
		for (int k = 0; k < a->journeys[i].requests_n; k++)
			add_load(a, load_m, a->journeys[i].requests[k], 100 / requests * a->journeys[i].weight * (k ? 1 : (1 + a->journeys[i].most_first) / 2.0));
	for (int i = 0; i < a->services_n; i++) {
		const forge_service *s = &a->services[i];
		if (s->cpu_limit_m && load_m[i] > 0.5 * s->cpu_limit_m * s->replicas) fail_msg("%s: %s needs %.0f m", spec, s->name, load_m[i]);
		assert_true(!s->mem_limit_mi || s->mem_base_mi * 10 < s->mem_limit_mi * 8);
	}
	cc_arena_free(l.arena);
}

/* At 100 requests a second nothing of a built-in application is half busy: what saturates was made to. */
static void test_comfortable(void **state)
{
	(void)state;
	check_comfort("astronomy-shop");
	check_comfort("bookinfo");
}

static void test_bookinfo(void **state)
{
	(void)state;
	loaded l = load("bookinfo");
	assert_true(l.app->istio);
	assert_string_equal(l.app->namespace, "book-info");
	assert_true(l.app->services_n >= 12 && l.app->services_n <= 16);
	int outside = 0;
	for (int i = 0; i < l.app->services_n; i++) outside += !l.app->services[i].mesh;
	assert_true(outside > 0 && outside < 4);
	cc_arena_free(l.arena);
}

static void test_builtin_list(void **state)
{
	(void)state;
	const char *name;
	cc_str text;
	int n = 0;
	while (forge_app_builtin(n, &name, &text)) {
		cc_str same;
		assert_true(cc_forge_app_get((size_t)n, &name, &same));
		assert_ptr_equal(text.p, same.p);
		assert_true(text.n > 1000);
		n++;
	}
	assert_int_equal(n, 2);
	assert_false(cc_forge_app_get(2, &name, &text));
	assert_false(forge_app_builtin(-1, &name, &text));
}

static void test_flags_document(void **state)
{
	(void)state;
	loaded l = load("astronomy-shop");
	int chosen[64];
	cc_buf b = CC_BUF_INIT;
	cc_json *doc = NULL;
	for (int i = 0; i < l.app->flags_n; i++) chosen[i] = l.app->flags[i].off;
	int flag = forge_flag_find(l.app, CC_STR("paymentFailure"));
	chosen[flag] = l.app->flags[flag].on;
	forge_flags_document(&b, l.app, chosen);
	assert_int_equal(cc_json_parse(&doc, cc_buf_str(&b), NULL), CC_OK);
	assert_int_equal(cc_json_count(cc_json_get(doc, "flags")), l.app->flags_n);
	assert_true(cc_str_eqz(cc_json_str(cc_json_at(doc, "flags.paymentFailure.defaultVariant")), "75%"));
	assert_true(cc_str_eqz(cc_json_text(cc_json_at(doc, "flags.paymentFailure.variants.90%")), "0.95"));
	assert_true(cc_str_eqz(cc_json_str(cc_json_at(doc, "flags.adFailure.defaultVariant")), "off"));
	assert_true(cc_str_starts(cc_buf_str(&b), CC_STR("{\n  \"$schema\": \"https://flagd.dev/schema/v0/flags.json\",\n  \"flags\": {\n    \"llmInaccurateResponse\": {\n"
		"      \"description\": \"LLM returns")));
	assert_int_equal(l.app->flags[flag].variants[l.app->flags[flag].on].number, 750);
	const forge_op *charge = &l.app->ops[forge_op_find(l.app, CC_STR("payment.Charge"))];
	assert_int_equal(charge->flags_n, 1);
	assert_int_equal(charge->flags[0], flag);
	cc_json_free(doc);
	for (int i = 0; i < l.app->configmaps_n; i++) {
		if (!l.app->configmaps[i].flags) continue;
		assert_int_equal(cc_json_parse(&doc, Z(l.app->configmaps[i].data), NULL), CC_OK);
		assert_true(cc_str_eqz(cc_json_str(cc_json_at(doc, "flags.paymentFailure.defaultVariant")), "off"));
		cc_json_free(doc);
	}
	cc_buf_deinit(&b);
	cc_arena_free(l.arena);
}

static void test_addresses(void **state)
{
	(void)state;
	static const struct { const char *value, *service; int port; } ROWS[] = {
		{ "cart:8080", "cart", 8080 }, { "cart", "cart", 0 }, { "http://quote:8080", "quote", 8080 }, { "http://quote:8080/getquote?x=1", "quote", 8080 },
		{ "http://quote", "quote", 0 }, { "Host=postgresql;Port=5433;Username=otelu", "postgresql", 5433 }, { "host=postgresql user=otelu", "postgresql", 0 },
		{ "postgres://u:p@postgresql:5432/otel?sslmode=disable", "postgresql", 5432 }, { "u:p@tcp(postgresql:3306)/db", "postgresql", 3306 },
		{ "jdbc:mysql://postgresql:3306/x", "postgresql", 3306 }, { "kafka:9092,kafka-2:9092", "kafka", 9092 }, { "PLAINTEXT://kafka:9092", "kafka", 9092 },
		{ "cart.otel-demo:8080", "cart", 8080 }, { "cart.otel-demo.svc.cluster.local:8080", "cart", 8080 }, { "cart.other.svc:8080", NULL, 8080 },
		{ "cart.otel-demo.example.com:80", NULL, 80 }, { "carts:8080", NULL, 8080 }, { "", NULL, 0 }, { ":8080", NULL, 8080 }, { "0.0.0.0:8080", NULL, 8080 },
		{ "http://", NULL, 0 }, { "cart:99999", "cart", 0 }, { "cart:x", "cart", 0 }, { "Cart:8080", NULL, 8080 }, { " cart:8080 ", "cart", 8080 } };
	loaded l = load("astronomy-shop");
	for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
		int port = -7, found = forge_address(l.app, Z(ROWS[i].value), &port);
		const char *name = found < 0 ? "nobody" : l.app->services[found].name;
		if (strcmp(name, ROWS[i].service ? ROWS[i].service : "nobody") != 0 || port != ROWS[i].port)
			fail_msg("\"%s\" is read as %s port %d", ROWS[i].value, name, port);
	}
	cc_arena_free(l.arena);
}

/* The example with `from` replaced by `to`; `from` NULL: `to` alone. */
static cc_code parse_changed(const char *example, const char *from, const char *to, cc_err *e)
{
	cc_arena *arena = cc_arena_new();
	cc_buf b = CC_BUF_INIT;
	forge_app *a = NULL;
	const char *hit = from ? strstr(example, from) : NULL;
	if (from && !hit) fail_msg("the example has no \"%s\"", from);
	if (hit) cc_buf_add(&b, (cc_str){ example, (size_t)(hit - example) });
	cc_buf_addz(&b, to);
	if (hit) cc_buf_addz(&b, hit + strlen(from));
	cc_code code = forge_app_parse(&a, arena, "my.yaml", cc_buf_str(&b), e);
	assert_true((code == CC_OK) == (a != NULL));
	cc_buf_deinit(&b);
	cc_arena_free(arena);
	return code;
}

typedef struct mistake { const char *from, *to, *message; } mistake;

static const mistake MISTAKES[] = {
	{ "stock.Reserve, timeout", "stock.Reserv, timeout", "my.yaml: services[2].operations[1].calls[0].to: no operation \"stock.Reserv\"; the nearest is \"stock.Reserve\"" },
	{ "- database.insert", "- databse.insert", "my.yaml: services[2].operations[1].calls[1]: no operation \"databse.insert\"; the nearest is \"database.insert\"" },
	{ "replicas: 2", "replica: 2", "my.yaml: services[2]: there is no member \"replica\"; the nearest is \"replicas\"" },
	{ "replicas: 2", "replicas: two", "my.yaml: services[2].replicas: a whole number is expected, not \"two\"" },
	{ "replicas: 2", "replicas: 200", "my.yaml: services[2].replicas: 200 is out of range: 1 to 20 are possible" },
	{ "replicas: 2", "replicas: [2]", "my.yaml: services[2].replicas: a whole number is expected, not a list" },
	{ "replicas: 2", "port: 70000", "my.yaml: services[2].port: 70000 is out of range" },
	{ "replicas: 2", "cpu: { request: 2, limit: 1 }", "my.yaml: services[2].cpu: the request is above the limit" },
	{ "replicas: 2", "cpu: 2x", "my.yaml: services[2].cpu: an amount of processor such as 250m or 1.5 is expected, not \"2x\"" },
	{ "replicas: 2", "cpu: 0.0001", "finer than is simulated" },
	{ "replicas: 2", "memory: 64", "my.yaml: services[2].memory: \"64\" is finer than is simulated" },
	{ "replicas: 2", "memory: { base: 90Mi, limit: 80Mi }", "at rest it would take 90 Mi" },
	{ "replicas: 2", "autoscale: { min: 3, max: 2 }", "my.yaml: services[2].autoscale: min is above max" },
	{ "replicas: 2", "wait_for: databas", "my.yaml: services[2].wait_for: no service \"databas\"; the nearest is \"database\"" },
	{ "replicas: 2", "wait_for: shop", "can never answer it" },
	{ "replicas: 2", "configmap: texts", "my.yaml: services[2].configmap: no ConfigMap \"texts\"" },
	{ "replicas: 2", "probe: health", "my.yaml: services[2].probe: true (a TCP probe), false or an HTTP path" },
	{ "replicas: 2", "says: [ { every: 1s, text: x } ]", "my.yaml: services[2].says[0].every: \"1s\" is out of range" },
	{ "replicas: 2", "says: { every: 1s }", "my.yaml: services[2].says: a list is expected, not a mapping" },
	{ "replicas: 2", "says: [ { text: x } ]", "my.yaml: services[2].says[0]: either \"every\" says how often" },
	{ "replicas: 2", "says: [ { every: 9s, once: 1s, text: x } ]", "my.yaml: services[2].says[0]: either \"every\" says how often" },
	{ "replicas: 2", "says: [ { every: 9s, text: \"{rand:9-1}\" } ]", "my.yaml: services[2].says[0].text: {rand:…}" },
	{ "replicas: 2", "says: [ { once: 9s, text: x, then: \"{time:%Q}\" } ]", "my.yaml: services[2].says[0].then: {time:…}" },
	{ "replicas: 2", "image: \"no image\"", "is no reference of an image" },
	{ "replicas: 2", "role: flag", "my.yaml: services[2].role: \"flag\" is none of service, users, flags" },
	{ "lang: node", "lang: nodejs", "my.yaml: services[2].lang: \"nodejs\" is none of cpp, dotnet, go" },
	{ "lang: node", "lang: node\n    lang: [go]", "my.yaml: services[2].lang: \"\" is none of" },
	{ "name: stock", "name: Stock", "my.yaml: services[3].name: a name has 1 to 40 lower-case letters" },
	{ "name: stock", "name: a-name-that-is-far-too-long-for-any-service-of-ours", "my.yaml: services[3].name: a name has 1 to 40" },
	{ "name: stock", "name: shop", "my.yaml: services[3].name: a service \"shop\" is there already" },
	{ "name: tea-shop", "name: tea-shop\nnamespace: kube-system", "my.yaml: namespace: \"kube-system\" belongs to the cluster" },
	{ "name: tea-shop", "title: x", "my.yaml: the member \"name\" is missing" },
	{ "name: tea-shop", "name: tea-shop\nversion: \"1 2\"", "my.yaml: version: up to 63 letters" },
	{ "STOCK_ADDR: \"stock:8080\"", "STOCK_ADDR: \"stok:8080\"", "my.yaml: services[2].env.STOCK_ADDR: the address names no service: \"stok\"; the nearest is \"stock\"" },
	{ "STOCK_ADDR: \"stock:8080\"", "\"STOCK ADDR\": \"stock:8080\"", "my.yaml: services[2].env: \"STOCK ADDR\" is no name of a variable" },
	{ "STOCK_ADDR: \"stock:8080\"", "STOCK_ADDR: { secret: a }", "my.yaml: services[2].env.STOCK_ADDR: the member \"key\" is missing" },
	{ "STOCK_ADDR: \"stock:8080\"", "STOCK_ADDR: [1]", "my.yaml: services[2].env.STOCK_ADDR: a mapping is expected, not a list" },
	{ "timeout: 3s", "timeout: 3", "my.yaml: services[2].operations[1].calls[0].timeout: a duration such as 20ms, 5s or 1m is expected, not \"3\"" },
	{ "timeout: 3s", "timeout: 3h", "a duration such as" },
	{ "timeout: 3s", "timeout: 99m", "out of range" },
	{ "timeout: 3s", "chance: 120%", "my.yaml: services[2].operations[1].calls[0].chance: \"120%\" is out of range" },
	{ "timeout: 3s", "chance: -1", "a share such as 40% or 0.4 is expected" },
	{ "timeout: 3s", "via: DB_URL", "my.yaml: services[2].operations[1].calls[0].via: the value of DB_URL, \"postgres://shop@database:5432/shop\", is no address of \"stock\"" },
	{ "timeout: 3s", "via: STOCK", "my.yaml: services[2].operations[1].calls[0].via: the service has no variable \"STOCK\"; the nearest is \"STOCK_ADDR\"" },
	{ "timeout: 3s", "parallel: true", "my.yaml: services[2].operations[1].calls[0]: the first call has none before it" },
	{ "http: POST /orders", "http: /orders", "my.yaml: services[2].operations[1].http: a method and a path are expected" },
	{ "http: POST /orders", "http: POST /orders\n        grpc: a/b", "my.yaml: services[2].operations[1]: an operation is either \"http\" or \"grpc\"" },
	{ "http: POST /orders", "cpu: 1ms", "my.yaml: services[2].operations[1]: one of http, grpc" },
	{ "id: order", "id: home", "my.yaml: services[2].operations[1].id: an operation \"shop.home\" is there already" },
	{ "id: order", "id: \"a b\"", "my.yaml: services[2].operations[1].id: an id has up to 60" },
	{ "grpc: tea.v1.Stock/Reserve", "grpc: Reserve", "my.yaml: services[3].operations[0].grpc: a service and a method are expected" },
	{ "calls: [ database.update ]", "calls: [ database.update, shop.home ]\n      - { id: x, http: GET /x, calls: [ x.y ] }", "services[3].operations[1].calls[0]: no operation \"x.y\"" },
	{ "calls: [ database.update ]", "calls: [ database.update, shop.order ]", "calls stock.Reserve calls shop.order: a request would never end" },
	{ "calls: [ database.update ]", "calls: [ database.update, mailer.confirm ]", "\"mailer.confirm\" is run by messages, not by calls" },
	{ "calls: [ database.update ]", "calls: [ database.update, gateway.ingress ]", "only users call the operation that forwards their requests" },
	{ "wait: 5ms }", "wait: 5ms, calls: [ queue.orders ] }", "a request would never end" },
	{ "consume: queue.orders", "consume: queue.order", "my.yaml: services[4].operations[0].consume: no operation \"queue.order\"; the nearest is \"queue.orders\"" },
	{ "consume: queue.orders", "consume: shop.home", "\"shop.home\" is no topic" },
	{ "calls: [ { to: forward, timeout: 15s } ]", "cpu: 1ms", "my.yaml: services: no operation lets the users in" },
	{ "cpu: 4ms }", "cpu: 4ms, calls: [ forward ] }", "another operation forwards the users' requests already" },
	{ "cpu: 4ms }", "cpu: 4ms }\n      - { id: lost, http: GET /lost }", "my.yaml: services[2].operations[1]: no journey leads here" },
	{ "role: users", "role: service", "my.yaml: services: no service is the users" },
	{ "lang: envoy", "role: users", "users offer nothing" },
	{ "lang: python", "operations: []\n    lang: cobol", "my.yaml: services[0].lang: \"cobol\" is none of" },
	{ "journeys:", "other:", "my.yaml: there is no member \"other\"" },
	{ "[ shop.home ]", "[]", "my.yaml: journeys[0].requests: a journey has at least one request" },
	{ "[ shop.home ]", "[ shop.house ]", "my.yaml: journeys[0].requests[0]: no operation \"shop.house\"; the nearest is \"shop.home\"" },
	{ "[ shop.home ]", "[ database.insert ]", "users ask by http or grpc" },
	{ "[ shop.home ]", "[ gateway.ingress ]", "only forwards" },
	{ "[ shop.home ]", "[ [] ]", "my.yaml: journeys[0].requests[0]: the id of an operation is expected" },
	{ "name: buy", "name: look", "my.yaml: journeys[1]: a journey \"look\" is there already" },
	{ "weight: 3", "weight: 0", "my.yaml: journeys[0].weight: 0 is out of range" },
	{ "journeys:", "flags: [ { name: a, effect: nothing } ]\njourneys:", "my.yaml: flags: no service serves the flags" },
	{ "journeys:", "items: [ { id: a }, { id: a } ]\njourneys:", "my.yaml: items[1]: an item \"a\" is there already" },
	{ "journeys:", "items: [ { id: a, price: 1.234 } ]\njourneys:", "my.yaml: items[0].price: \"1.234\" is finer" },
	{ "journeys:", "configmaps: [ { name: a, key: b } ]\njourneys:", "my.yaml: configmaps[0]: a ConfigMap has either a text or" },
	{ NULL, "", "a mapping is expected, not nothing" },
	{ NULL, "[]", "a mapping is expected, not a list" },
	{ NULL, "name: x", "the member \"services\" is missing" },
	{ NULL, "name: x\nservices: []", "my.yaml: services: an application has at least" },
	{ NULL, "name: x\nservices: [ 1 ]", "my.yaml: services[0]: a mapping is expected, not \"1\"" },
	{ NULL, "name: {", "my.yaml: " },
	{ NULL, "name: x\nservices: [ { name: u, role: users } ]", "my.yaml: journeys: there is none" },
};

static void check_mistake(const char *example, const mistake *m)
{
	cc_err e = { 0 };
	cc_code code = parse_changed(example, m->from, m->to, &e);
	if ((code != CC_EFORMAT && code != CC_ELIMIT) || !strstr(e.message, m->message))
		fail_msg("\"%s\" instead of \"%s\"\n  gives: %s %s\n  not:   %s", m->to, m->from ? m->from : "", cc_code_name(code), e.message, m->message);
}

static void test_mistakes(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	readme_example(&b);
	for (size_t i = 0; i < sizeof MISTAKES / sizeof MISTAKES[0]; i++) check_mistake(b.p, &MISTAKES[i]);
	cc_buf_deinit(&b);
}

/* The example with a flag service that the home page asks, and one flag. */
static void test_flag_mistakes(void **state)
{
	(void)state;
	static const char SERVICE[] = "  - { name: flagd, role: flags, operations: [ { grpc: flagd.v1/Resolve } ] }\nflags:\n  - ";
	static const struct { const char *flag, *message; } ROWS[] = {
		{ "{ name: a, effect: fail, operation: shop.home }", NULL },
		{ "{ name: a, effect: fail }", "my.yaml: flags[0]: the member \"operation\" is missing" },
		{ "{ name: a, effect: flood, operation: shop.home }", "this effect is on no operation" },
		{ "{ name: a, effect: fails, operation: shop.home }", "my.yaml: flags[0].effect: \"fails\" is none of fail, delay" },
		{ "{ name: a, effect: fail, operation: shop.order }", "my.yaml: flags[0].operation: \"shop.order\" has no call to \"flagd\"" },
		{ "{ name: a, effect: fail, operation: shop.hom }", "my.yaml: flags[0].operation: no operation \"shop.hom\"" },
		{ "{ name: a, effect: lag, operation: shop.home }", "\"shop.home\" consumes no topic" },
		{ "{ name: a, effect: unreachable, operation: shop.home }", "the member \"call\" belongs" },
		{ "{ name: a, effect: fail, operation: shop.home, call: flagd.Resolve }", "the member \"call\" belongs" },
		{ "{ name: a, effect: flood, call: flagd.Resolve }", NULL },
		{ "{ name: a, effect: flood, call: stock.Reserve }", "my.yaml: flags[0].call: \"stock.Reserve\" does not serve the flags" },
		{ "{ name: a, effect: unreachable, operation: shop.home, call: stock.Reserve }", "my.yaml: flags[0].call: \"shop.home\" does not call it" },
		{ "{ name: a, effect: fail, operation: shop.home, item: none }", "my.yaml: flags[0].item: no item has the id \"none\"" },
		{ "{ name: a, effect: fail, operation: shop.home, variants: { x: 1 } }", "my.yaml: flags[0].variants: a mapping of 2 to 16" },
		{ "{ name: a, effect: fail, operation: shop.home, variants: { x: 1, y: false } }", "all true or false, or all numbers" },
		{ "{ name: a, effect: fail, operation: shop.home, variants: { x: 1, y: -1 } }", "my.yaml: flags[0].variants.y: true, false or a number" },
		{ "{ name: a, effect: fail, operation: shop.home, variants: { x: 1, y: 2 } }", "my.yaml: flags[0].default: a variant that is 0 or false" },
		{ "{ name: a, effect: fail, operation: shop.home, fault: of }", "my.yaml: flags[0].fault: no variant \"of\"; the nearest is" },
		{ "{ name: a, effect: nothing }\n  - { name: a, effect: nothing }", "my.yaml: flags[1].name: a flag \"a\" is there already" },
		{ "{ name: \"a b\", effect: nothing }", "my.yaml: flags[0].name: a flag has up to 60" } };
	cc_buf example = CC_BUF_INIT, text = CC_BUF_INIT;
	readme_example(&example);
	for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
		cc_err e = { 0 };
		const char *home = strstr(example.p, "cpu: 4ms }"), *journeys = strstr(example.p, "journeys:");
		cc_buf_clear(&text);
		cc_buf_addf(&text, "%.*scpu: 4ms, calls: [ flagd.Resolve ] }%.*s%s%s\n%s", (int)(home - example.p), example.p, (int)(journeys - home - 10), home + 10,
			SERVICE, ROWS[i].flag, journeys);
		cc_code code = parse_changed(NULL, NULL, text.p, &e);
		if ((code == CC_OK) != !ROWS[i].message || (ROWS[i].message && !strstr(e.message, ROWS[i].message)))
			fail_msg("%s\n  gives: %s %s", ROWS[i].flag, cc_code_name(code), e.message);
	}
	cc_buf_deinit(&example);
	cc_buf_deinit(&text);
}

static void test_limits(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_err e = { 0 };
	cc_buf_addz(&b, "name: x\nservices:\n");
	for (int i = 0; i < 65; i++) cc_buf_addf(&b, "  - { name: s%d }\n", i);
	assert_int_equal(parse_changed(NULL, NULL, b.p, &e), CC_ELIMIT);
	assert_non_null(strstr(e.message, "my.yaml: services: at most 64 are possible, here are 65"));
	cc_buf_clear(&b);
	cc_buf_addz(&b, "name: x\nservices:\n  - name: a\n    operations:\n");
	for (int i = 0; i < 401; i++) cc_buf_addf(&b, "      - { id: o%d, http: GET / }\n", i);
	assert_int_equal(parse_changed(NULL, NULL, b.p, &e), CC_ELIMIT);
	cc_buf_clear(&b);
	/* Eleven operations that each call the next ten times: a hundred thousand million calls. */
	cc_buf_addz(&b, "name: x\nservices:\n  - name: a\n    operations:\n");
	for (int i = 0; i < 11; i++) cc_buf_addf(&b, "      - { id: o%d, http: GET /, calls: [ { to: a.o%d, repeat: 10 } ] }\n", i, i + 1);
	cc_buf_addz(&b, "      - { id: o11, http: GET / }\n  - { name: u, role: users }\njourneys: [ { name: j, requests: [ a.o0 ] } ]\n");
	assert_int_equal(parse_changed(NULL, NULL, b.p, &e), CC_ELIMIT);
	assert_non_null(strstr(e.message, "at most 1000 are possible"));
	cc_buf_clear(&b);
	cc_buf_add_repeat(&b, '#', (1 << 20) + 1);
	assert_int_equal(parse_changed(NULL, NULL, b.p, &e), CC_ELIMIT);
	cc_buf_deinit(&b);
}

static void test_not_there(void **state)
{
	(void)state;
	cc_arena *arena = cc_arena_new();
	forge_app *a = NULL;
	cc_err e = { 0 };
	assert_int_equal(forge_app_load(&a, arena, "astronomy", &e), CC_EUNKNOWN);
	assert_non_null(strstr(e.hint, "astronomy-shop, bookinfo"));
	assert_int_equal(forge_app_load(&a, arena, "/nonexistent/app.yaml", &e), CC_ENOTFOUND);
	assert_null(a);
	cc_arena_free(arena);
}

static void test_out_of_memory(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	readme_example(&b);
	cc_code code = CC_ENOMEM;
	for (long n = 0; code == CC_ENOMEM; n++) {
		cc_err e = { 0 };
		forge_app *a = NULL;
		cc_arena *arena = cc_arena_new();
		assert_non_null(arena);
		cc_alloc_fail_after(n);
		code = forge_app_parse(&a, arena, "my.yaml", cc_buf_str(&b), &e);
		cc_alloc_fail_after(-1);
		assert_true((code == CC_OK) == (a != NULL));
		cc_arena_free(arena);
	}
	assert_int_equal(code, CC_OK);
	cc_buf_deinit(&b);
}

static void test_voices(void **state)
{
	(void)state;
	for (int i = 0; i < LANG_COUNT; i++) {
		const forge_voice *v = &forge_voices[i];
		const char *const all[] = { v->sdk, v->scope, v->scope_version, v->refused_grpc, v->refused_http, v->refused_store,
			v->timeout_grpc, v->timeout_http, v->timeout_store, v->unknown_host, v->reset, v->overload, v->remote_grpc, v->remote_http, v->info, v->warn,
			v->error, v->started, v->stopping };
		for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
			if (!all[k]) fail_msg("language %d lacks its %zu. word", i, k + 1);
		assert_true(strstr(v->remote_grpc, "{cause}") && strstr(v->remote_http, "{cause}"));
	}
	assert_string_equal(forge_grpc_code(5, false), "NotFound");
	assert_string_equal(forge_grpc_code(14, true), "UNAVAILABLE");
	assert_string_equal(forge_grpc_code(-1, true), "UNKNOWN");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_example), cmocka_unit_test(test_astronomy_edges), cmocka_unit_test(test_comfortable), cmocka_unit_test(test_bookinfo),
		cmocka_unit_test(test_builtin_list), cmocka_unit_test(test_flags_document), cmocka_unit_test(test_addresses), cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_flag_mistakes), cmocka_unit_test(test_limits), cmocka_unit_test(test_not_there), cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_voices) };
	return cmocka_run_group_tests_name("forge_app", tests, NULL, NULL);
}
