/* How services speak: libraries by protocol, stack traces, lines that differ each time, what a proxy notes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "coldcase/time.h"
#include "forge/tel_priv.h"

enum { OP_GRPC, OP_HTTP, OP_CONSUME, OP_SQL, OP_MYSQL, OP_MONGO, OP_REDIS, OP_TOPIC, OPS_N };

static const forge_op OPS[OPS_N] = {
	[OP_GRPC] = { .proto = PROTO_GRPC, .id = "cart.GetCart", .method = "shop.CartService", .route = "GetCart" },
	[OP_HTTP] = { .proto = PROTO_HTTP, .id = "cart.list-all", .method = "GET", .route = "/cart" },
	[OP_CONSUME] = { .proto = PROTO_KAFKA, .id = "cart.orders", .method = "receive", .route = "orders" },
	[OP_SQL] = { .proto = PROTO_SQL, .id = "db.insert", .method = "postgresql", .route = "INSERT INTO t VALUES "
	    "($1)" },
	[OP_MYSQL] = { .proto = PROTO_SQL, .id = "db.select", .method = "mysql", .route = "SELECT 1" },
	[OP_MONGO] = { .proto = PROTO_SQL, .id = "db.find", .method = "mongodb", .route = "find ratings" },
	[OP_REDIS] = { .proto = PROTO_REDIS, .id = "store.HGET", .method = "redis", .route = "HGET" },
	[OP_TOPIC] = { .proto = PROTO_KAFKA, .id = "queue.orders", .method = "publish", .route = "orders" },
};
static forge_service services[LANG_COUNT];
static forge_app app = { .services = services, .services_n = LANG_COUNT, .ops = OPS, .ops_n = OPS_N };

static int setup(void **state)
{
	(void)state;
	for (int i = 0; i < LANG_COUNT; i++) services[i] = (forge_service){ .name = "product-reviews",
	    .lang = (forge_lang)i };
	return 0;
}

static cc_buf stack(forge_lang lang, int served, int called, bool connected, const char *behind)
{
	const forge_raised x = { .service = (int)lang, .served = served, .called = called, .connected = connected,
		.type = "Some.Error", .message = "it broke", .behind = behind };
	cc_buf b = CC_BUF_INIT;
	forge_stack(&b, &app, &x);
	assert_true(cc_buf_ok(&b));
	return b;
}

static bool has(const cc_buf *b, const char *text)
{
	return cc_str_find(cc_buf_str(b), cc_str_from(text)) != CC_STR_NONE;
}

/* Every place a text has must be one that is filled in. */
static void check_places(const char *text)
{
	static const char *const KNOWN[] = { "host", "ip", "port", "route", "code", "status", "ms", "cause", "verb",
	    "topic",
		"name", "local", "heap", "seconds", "epoch", "said", "sqlstate", "closure", "method" };
	for (const char *p = text ? strchr(text, '{') : NULL; p; p = strchr(p + 1, '{')) {
		size_t n = strspn(p + 1, "abcdefghijklmnopqrstuvwxyz");
		if (n == 0 || p[n + 1] != '}') continue;
		bool known = false;
		for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++)
			known |= strlen(KNOWN[i]) == n && strncmp(KNOWN[i], p + 1, n) == 0;
		if (!known) fail_msg("nobody fills {%.*s} in \"%s\"", (int)n, p + 1, text);
	}
}

static void test_libraries(void **state)
{
	(void)state;
	for (int lang = 0; lang < LANG_ENVOY; lang++)
		for (int op = 0; op < OPS_N; op++) {
			const forge_library *l = forge_library_of((forge_lang)lang, &OPS[op]);
			bool serves = op == OP_GRPC || op == OP_HTTP || op == OP_CONSUME;
			assert_true(l->scope && l->version && l->type && l->type[0]);
			assert_true(!serves || (l->server_scope && l->server_version));
			const forge_failure all[] = { l->refused, l->late, l->no_name, l->reset, l->remote };
			for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
				check_places(all[i].text);
				check_places(all[i].behind);
			}
			if (op >= OP_SQL && op <= OP_REDIS) assert_true(l->refused.text || lang == LANG_RUST);
		}
	assert_string_equal(forge_library_of(LANG_NODE, &OPS[OP_SQL])->scope, "@opentelemetry/instrumentation-pg");
	assert_string_equal(forge_library_of(LANG_NODE, &OPS[OP_MONGO])->scope,
	    "@opentelemetry/instrumentation-mongodb");
	assert_string_equal(forge_library_of(LANG_PYTHON, &OPS[OP_SQL])->type, "psycopg2.OperationalError");
	assert_string_equal(forge_library_of(LANG_DOTNET, &OPS[OP_REDIS])->type,
	    "StackExchange.Redis.RedisConnectionException");
	assert_string_equal(forge_library_of(LANG_KOTLIN, &OPS[OP_SQL])->type, "org.postgresql.util.PSQLException");
	assert_ptr_equal(forge_library_of(LANG_GO, &OPS[OP_CONSUME]), forge_library_of(LANG_GO, &OPS[OP_TOPIC]));
}

static void test_stacks(void **state)
{
	(void)state;
	/* A consumer has no server above it; a request has. */
	cc_buf b = stack(LANG_DOTNET, OP_CONSUME, OP_SQL, false, "Inner.Error: why");
	assert_true(has(&b, "Some.Error: it broke\n ---> Inner.Error: why\n") && has(&b, "Npgsql") && has(&b,
	    "ProductReviews.Consumer.ProcessMessage()"));
	assert_false(has(&b, "Kestrel") || has(&b, "Grpc"));
	cc_buf_deinit(&b);
	b = stack(LANG_DOTNET, OP_GRPC, OP_REDIS, false, NULL);
	assert_true(has(&b, "StackExchange.Redis") && has(&b, "Grpc.AspNetCore.Server"));
	cc_buf_deinit(&b);
	/* Innermost last, and the message after everything. */
	b = stack(LANG_PYTHON, OP_GRPC, OP_SQL, false, NULL);
	size_t server = cc_str_find(cc_buf_str(&b), CC_STR("grpc/_server.py")), own = cc_str_find(cc_buf_str(&b),
	    CC_STR("/app/product_reviews.py")),
	       library = cc_str_find(cc_buf_str(&b), CC_STR("psycopg2/__init__.py"));
	assert_true(server < own && own < library && library < b.n);
	assert_true(cc_str_starts(cc_buf_str(&b), CC_STR("Traceback (most recent call "
	    "last):\n")) && cc_str_ends(cc_buf_str(&b), CC_STR("\nSome.Error: it broke")));
	assert_false(has(&b, "_channel.py"));
	cc_buf_deinit(&b);
	/* Seen from the instrumentation of the call it ends in the library. */
	b = stack(LANG_PYTHON, -1, OP_SQL, true, NULL);
	assert_true(has(&b, "dbapi/__init__.py") && !has(&b, "/app/") && !has(&b, "_server.py"));
	cc_buf_deinit(&b);
	b = stack(LANG_JAVA, OP_HTTP, OP_MYSQL, false, "java.net.ConnectException: Connection refused");
	assert_true(has(&b, "com.mysql.cj.jdbc") && has(&b, "org.apache.catalina") && cc_str_ends(cc_buf_str(&b),
	    CC_STR("\nCaused by: java.net.ConnectException: Connection refused")));
	cc_buf_deinit(&b);
	b = stack(LANG_RUBY, OP_HTTP, OP_HTTP, false, NULL);
	assert_true(has(&b, ": it broke (Some.Error)\n\tfrom ") && has(&b, "Sinatra::Base"));
	cc_buf_deinit(&b);
	/* Its own failure: the service's line and the server's. */
	b = stack(LANG_PHP, OP_HTTP, -1, true, NULL);
	assert_true(has(&b, "\tat App.{closure}") && !has(&b, "GuzzleHttp"));
	cc_buf_deinit(&b);
	static const forge_lang SILENT[] = { LANG_GO, LANG_RUST, LANG_CPP, LANG_ENVOY, LANG_NGINX, LANG_STORE };
	for (size_t i = 0; i < sizeof SILENT / sizeof SILENT[0]; i++) {
		b = stack(SILENT[i], OP_HTTP, OP_HTTP, true, NULL);
		assert_int_equal(b.n, 0);
		cc_buf_deinit(&b);
	}
}

static cc_buf line(const char *text, int n)
{
	const forge_line l = { .seed = 77, .n = n, .now = cc_time_from_civil(2025, 12, 5, 7, 8, 9, 12345678),
	    .pod = "web-1",
		.ip = "10.244.1.9", .caller = "10.244.2.8" };
	cc_buf b = CC_BUF_INIT;
	forge_line_put(&b, text, &l);
	assert_true(cc_buf_ok(&b));
	return b;
}

static void check_line(const char *text, const char *want)
{
	cc_buf b = line(text, 3);
	if (!cc_str_eqz(cc_buf_str(&b), want)) fail_msg("\"%s\" gives \"%.*s\", not \"%s\"", text,
	    CC_STR_ARG(cc_buf_str(&b)), want);
	cc_buf_deinit(&b);
}

static int64_t number(const char *text, int n)
{
	int64_t v = -1;
	cc_buf b = line(text, n);
	assert_true(cc_str_to_i64(cc_buf_str(&b), &v));
	cc_buf_deinit(&b);
	return v;
}

static void test_lines(void **state)
{
	(void)state;
	check_line("no place", "no place");
	check_line("{time:%a %b %d %H:%M:%S %Y} {time:%s.%3} {time:%6} {time:%y%m}",
	    "Fri Dec 05 07:08:09 2025 1764918489.012 012345 2512");
	check_line("{pod} {ip} {caller} {n} {", "web-1 10.244.1.9 10.244.2.8 3 {");
	check_line("{\"orders-0\": {unknown} {rand} {n:1}}", "{\"orders-0\": {unknown} {rand} {n:1}}");
	check_line("{rand:7-7}{pick:a|a}", "7a");
	bool differs = false;
	for (int n = 1; n < 200; n++) {
		int64_t v = number("{rand:10-400}", n);
		assert_in_range(v, 10, 400);
		differs |= v != number("{rand:10-400}", 1);
		assert_true(v == number("{rand:10-400}", n));
		int64_t grown = number("{sum:2-5}", n + 1) - number("{sum:2-5}", n);
		assert_in_range(grown, 2, 5);
	}
	assert_true(differs);
	cc_buf b = line("{hex:20} {HEX:20} {rand:1-999999} {rand:1-999999}", 1);
	assert_true(strspn(b.p, "0123456789abcdef") == 20 && strspn(b.p + 21, "0123456789ABCDEF") == 20);
	cc_str first, second;
	assert_true(cc_str_cut(cc_str_sub(cc_buf_str(&b), 42, b.n), ' ', &first, &second) && cc_str_eq(first, second));
	cc_buf_deinit(&b);
}

static void test_wrong_places(void **state)
{
	(void)state;
	static const char *const WRONG[] = { "{rand:}", "{rand:4}", "{rand:9-4}", "{rand:-4-9}", "{rand:a-b}",
	    "x {sum:1} y", "{hex:0}", "{hex:65}", "{HEX:x}",
		"{pick:one}", "{time:%Q}", "{time:%}", "{time:}" };
	for (size_t i = 0; i < sizeof WRONG / sizeof WRONG[0]; i++)
		if (!forge_line_wrong(WRONG[i])) fail_msg("\"%s\" passes", WRONG[i]);
	static const char *const RIGHT[] = { "", "{}", "{\"a\":{rand:1-2}}", "{rand}", "{time}", "{other:1-2}",
	    "{rand:1-2", "{n} {pod}" };
	for (size_t i = 0; i < sizeof RIGHT / sizeof RIGHT[0]; i++)
		if (forge_line_wrong(RIGHT[i])) fail_msg("\"%s\": %s", RIGHT[i], forge_line_wrong(RIGHT[i]));
}

/* Flags, details and the length of the answer belong together. */
static void test_proxy(void **state)
{
	(void)state;
	static const struct { unsigned via; const char *flags, *mesh, *details; bool answers; } ROWS[] = {
		{ 0, "-", "-", "via_upstream", false }, { VIA_OVERLOAD, "-", "-", "via_upstream", false },
		    { VIA_DENIED, "-", "-", "via_upstream", false },
		{ VIA_NO_NAME, "UH", "UH", "no_healthy_upstream", true }, { VIA_REFUSED | VIA_NO_HOST, "UH", "UH",
		    "no_healthy_upstream", true },
		{ VIA_REFUSED, "UF", "UF,URX", "upstream_reset_before_response_started{remote_connection_failure|",
		    true },
		{ VIA_REFUSED | VIA_TIMEOUT, "UF", "UF,URX",
		    "upstream_reset_before_response_started{connection_timeout}", true },
		{ VIA_TIMEOUT, "UT", "UT", "response_timeout", true },
		{ VIA_RESET, "UC", "UC", "upstream_reset_before_response_started{connection_termination}", true } };
	forge_app mesh = app;
	mesh.istio = true;
	const forge_op op = { .reply_bytes = 4321 };
	for (size_t i = 0; i < sizeof ROWS / sizeof ROWS[0]; i++) {
		tel_proxied as = tel_proxied_as(&app, ROWS[i].via);
		assert_string_equal(as.flags, ROWS[i].flags);
		assert_string_equal(tel_proxied_as(&mesh, ROWS[i].via).flags, ROWS[i].mesh);
		assert_true(cc_str_starts(cc_str_from(as.details), cc_str_from(ROWS[i].details)));
		assert_true((as.answer != NULL) == ROWS[i].answers);
		if (as.answer) assert_int_equal(tel_answer_bytes(&app, &op, 503, ROWS[i].via), strlen(as.answer));
	}
	assert_int_equal(tel_answer_bytes(&app, &op, 200, 0), 4321);
	assert_int_equal(tel_answer_bytes(&app, &op, 403, VIA_DENIED), strlen("RBAC: access denied"));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_libraries), cmocka_unit_test(test_stacks),
	    cmocka_unit_test(test_lines),
		cmocka_unit_test(test_wrong_places), cmocka_unit_test(test_proxy) };
	return cmocka_run_group_tests_name("forge_voice", tests, setup, NULL);
}
