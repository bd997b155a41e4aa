/* Cell literals: maps and lists as pandas, JSON and Go printed them. */
#include "coldcase/literal.h"
#include "coldcase/rng.h"
#include "coldcase/xalloc.h"
#include "unit/snapshot/snapshot_test.h"

static cc_arena *arena;

static int setup(void **state)
{
	(void)state;
	arena = cc_arena_new();
	return arena ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	cc_arena_free(arena);
	return 0;
}

/* "key=value;key=value;" of a map cell; "!" when it is no map. */
static const char *map_text(const char *cell)
{
	static char out[1024];
	cc_kv_vec v = { 0 };
	cc_buf b = CC_BUF_INIT;
	if (!cc_literal_map(&v, S(cell), arena))
		cc_buf_addz(&b, "!");
	for (size_t i = 0; i < v.n; i++)
		cc_buf_addf(&b, "%.*s=%.*s;", CC_STR_ARG(v.p[i].key), CC_STR_ARG(v.p[i].value));
	snprintf(out, sizeof out, "%s", b.p ? b.p : "");
	cc_buf_deinit(&b);
	cc_vec_deinit(&v);
	return out;
}

static const char *list_text(const char *cell)
{
	static char out[1024];
	cc_str_vec v = { 0 };
	cc_buf b = CC_BUF_INIT;
	if (!cc_literal_list(&v, S(cell), arena))
		cc_buf_addz(&b, "!");
	for (size_t i = 0; i < v.n; i++)
		cc_buf_addf(&b, "<%.*s>", CC_STR_ARG(v.p[i]));
	snprintf(out, sizeof out, "%s", b.p ? b.p : "");
	cc_buf_deinit(&b);
	cc_vec_deinit(&v);
	return out;
}

static const char *times_text(const char *cell)
{
	static char out[1024];
	cc_time_vec v = { 0 };
	cc_buf b = CC_BUF_INIT;
	if (!cc_literal_times(&v, S(cell), arena))
		cc_buf_addz(&b, "!");
	for (size_t i = 0; i < v.n; i++) {
		if (v.p[i] == CC_TIME_NONE)
			cc_buf_addz(&b, "none");
		else
			cc_time_format(&b, v.p[i]);
		cc_buf_add_char(&b, ' ');
	}
	snprintf(out, sizeof out, "%s", b.p ? b.p : "");
	cc_buf_deinit(&b);
	cc_vec_deinit(&v);
	return out;
}

static void conformance_04_map_python_quotes(void **state)
{
	(void)state;
	assert_string_equal(map_text("{'k8s.namespace.name': 'otel-demo', 'service.name': 'cart'}"), "k8s.namespace.name=otel-demo;service.name=cart;");
	assert_string_equal(map_text("{'q': \"it's\", \"k\": 'a \"b\" c'}"), "q=it's;k=a \"b\" c;");
	assert_string_equal(map_text("{'both': 'it\\'s \"x\"'}"), "both=it's \"x\";");
	assert_string_equal(map_text("{'json': '{\"a\": [1, 2]}', 'port': '8080'}"), "json={\"a\": [1, 2]};port=8080;");
}

static void conformance_04_map_escapes(void **state)
{
	(void)state;
	assert_string_equal(map_text("{'a': 'x\\ny\\tz\\\\w'}"), "a=x\ny\tz\\w;");
	assert_string_equal(map_text("{'a': '\\x1b[31m \\u2028 \\U0001F600 \\xe9'}"), "a=\x1b[31m \xE2\x80\xA8 \xF0\x9F\x98\x80 \xC3\xA9;");
	assert_string_equal(map_text("{\"a\": \"\\ud83d\\ude00 \\/ \\ud83d!\"}"), "a=\xF0\x9F\x98\x80 / \xEF\xBF\xBD!;");
	assert_string_equal(map_text("{'a': '\\q \\xZZ'}"), "a=\\q \\xZZ;");
	assert_string_equal(map_text("{'a': 'gr\xC3\xBC\xC3\x9F'}"), "a=gr\xC3\xBC\xC3\x9F;");
}

static void conformance_04_map_json(void **state)
{
	(void)state;
	assert_string_equal(map_text("{\"a\":\"b\",\"n\":12,\"t\":true,\"z\":null,\"o\":{\"x\":[1,\"}\"]},\"l\":[1,2]}"),
		"a=b;n=12;t=true;z=;o={\"x\":[1,\"}\"]};l=[1,2];");
	assert_string_equal(map_text(" { } "), "");
	assert_string_equal(map_text("{'a': None, 'b': True, 'c': 1.5e3,}"), "a=;b=True;c=1.5e3;");
}

static void conformance_04_map_go(void **state)
{
	(void)state;
	assert_string_equal(map_text("map[k8s.namespace.name:otel-demo k8s.pod.name:cart-1]"), "k8s.namespace.name=otel-demo;k8s.pod.name=cart-1;");
	assert_string_equal(map_text("map[]"), "");
	assert_string_equal(map_text("map[empty: url:http://x:80/a b z:1]"), "empty=;url=http://x:80/a b;z=1;");
	/* a word with a colon inside a value is no key: Go sorts its keys */
	assert_string_equal(map_text("map[exception.message:dial error: timeout k8s.pod.name:cart service.name:cart]"),
		"exception.message=dial error: timeout;k8s.pod.name=cart;service.name=cart;");
	assert_string_equal(map_text("map[exception.message:shipping quote failure: no such host other: x exception.type:E]"),
		"exception.message=shipping quote failure: no such host other: x;exception.type=E;");
	assert_string_equal(map_text("map[a:at 12:30:01 sharp b:zed: no c:3 d:4]"), "a=at 12:30:01 sharp;b=zed: no;c=3;d=4;");
}

static void conformance_04_map_nothing(void **state)
{
	(void)state;
	assert_string_equal(map_text("{}"), "");
	assert_string_equal(map_text(""), "");
	assert_string_equal(map_text("nan"), "");
	assert_string_equal(map_text("NaN"), "");
	assert_string_equal(map_text("None"), "");
}

static void test_map_refuses_what_is_none(void **state)
{
	(void)state;
	static const char *const bad[] = { "plain text", "{", "{'a'}", "{'a': 'b'", "{'a': 'b' 'c'}", "{'a': 'b'} tail", "[1]", "{'a': \"b}", "map[",
		"map[no key]", "{'a': [1}", "{:}", "{'a': {'b': 'c'}" };
	cc_kv_vec v = { 0 };
	cc_kv one = { S("keep"), S("me") };
	assert_true(cc_vec_push(&v, one));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (cc_literal_map(&v, S(bad[i]), arena))
			fail_msg("taken as a map: %s", bad[i]);
		assert_int_equal(v.n, 1);
	}
	cc_vec_deinit(&v);
}

static void test_map_get(void **state)
{
	(void)state;
	cc_str value;
	cc_str cell = S("{'a': '1', 'service.name': 'it\\'s', 'z': ''}");
	assert_true(cc_literal_map_get(cell, S("service.name"), &value, arena));
	assert_str(value, "it's");
	assert_true(cc_literal_map_get(cell, S("z"), &value, arena));
	assert_str(value, "");
	assert_false(cc_literal_map_get(cell, S("service"), &value, arena));
	assert_int_equal(value.n, 0);
	assert_true(cc_literal_map_get(S("map[a:1 b:2 3]"), S("b"), &value, arena));
	assert_str(value, "2 3");
	assert_false(cc_literal_map_get(S("{'a': 'x', "), S("a"), &value, arena));
	assert_int_equal(value.n, 0);
}

static void conformance_05_lists(void **state)
{
	(void)state;
	assert_string_equal(list_text("[]"), "");
	assert_string_equal(list_text("['a', 'b\\'c', \"d, e\"]"), "<a><b'c><d, e>");
	assert_string_equal(list_text("[{'k': 'v, ]'}, {}]"), "<{'k': 'v, ]'}><{}>");
	assert_string_equal(list_text("[\"a\",1,null,{\"x\":[1,2]}]"), "<a><1><null><{\"x\":[1,2]}>");
	assert_string_equal(list_text("[a b c]"), "<a><b><c>");
	assert_string_equal(list_text("[map[a:b c:d] map[]]"), "<map[a:b c:d]><map[]>");
	assert_string_equal(list_text("array(['a', 'b'], dtype=object)"), "<a><b>");
	assert_string_equal(list_text("['a' 'b']"), "<a><b>");
	assert_string_equal(list_text("(1, 2)"), "<1><2>");
	assert_string_equal(list_text(""), "");
	assert_string_equal(list_text("nan"), "");
	assert_string_equal(list_text("['a'"), "!");
	assert_string_equal(list_text("['a', 'b]"), "!");
	assert_string_equal(list_text("a, b"), "!");
}

static void conformance_05_lists_of_datetimes(void **state)
{
	(void)state;
	assert_string_equal(times_text("[datetime.datetime(2025, 12, 15, 17, 24, 32, 123456), datetime.datetime(2025, 12, 15, 17, 24)]"),
		"2025-12-15T17:24:32.123456Z 2025-12-15T17:24:00Z ");
	assert_string_equal(times_text("[datetime.datetime(2025, 12, 15, 17, 24, 32, 5, tzinfo=datetime.timezone.utc)]"), "2025-12-15T17:24:32.000005Z ");
	assert_string_equal(times_text("[datetime.datetime(2025, 12, 15, 1, 0, tzinfo=datetime.timezone(datetime.timedelta(seconds=3600)))]"),
		"2025-12-15T00:00:00Z ");
	assert_string_equal(times_text("[datetime.datetime(2025, 12, 15, 0, 0, tzinfo=datetime.timezone(datetime.timedelta(days=-1, seconds=68400)))]"),
		"2025-12-15T05:00:00Z ");
	assert_string_equal(times_text("[Timestamp('2025-12-15 17:24:32.123456789'), Timestamp('2025-12-15 17:24:33', tz='UTC')]"),
		"2025-12-15T17:24:32.123456789Z 2025-12-15T17:24:33Z ");
	assert_string_equal(times_text("['2025-12-15 17:24:32.000000001']"), "2025-12-15T17:24:32.000000001Z ");
	assert_string_equal(times_text("[2025-12-15 17:24:32.1 +0000 UTC 2025-12-15 17:24:33 +0000 UTC]"), "2025-12-15T17:24:32.100Z 2025-12-15T17:24:33Z ");
	assert_string_equal(times_text("[1765819472123456789, 1765819472]"), "2025-12-15T17:24:32.123456789Z 2025-12-15T17:24:32Z ");
	assert_string_equal(times_text("[]"), "");
}

static void test_times_keep_positions(void **state)
{
	(void)state;
	assert_string_equal(times_text("['junk', datetime.datetime(2025, 13, 1, 0, 0), datetime.datetime(2025, 1, 2, 0, 0), None]"),
		"none none 2025-01-02T00:00:00Z none ");
	assert_string_equal(times_text("[datetime.datetime(99999999999999999999, 1, 1), datetime.datetime(), datetime.datetime(2025]"), "!");
	assert_string_equal(times_text("[datetime.datetime(99999999999999999999, 1, 1), datetime.datetime()]"), "none none ");
}

static void test_hostile_bytes_neither_crash_nor_overrun(void **state)
{
	(void)state;
	static const char alphabet[] = "{}[]()'\"\\:,,  mapxu01ntTimestamp(\n\xff";
	cc_rng rng;
	cc_rng_init(&rng, 7);
	for (int round = 0; round < 20000; round++) {
		size_t n = (size_t)cc_rng_below(&rng, 60);
		char *cell = cc_malloc(n);
		for (size_t i = 0; i < n; i++)
			cell[i] = alphabet[cc_rng_below(&rng, sizeof alphabet - 1)];
		if (n > 0 && round % 2)
			cell[0] = round % 4 == 1 ? '{' : '[';
		cc_kv_vec kv = { 0 };
		cc_str_vec items = { 0 };
		cc_time_vec times = { 0 };
		cc_str text = { cell, n };
		bool is_map = cc_literal_map(&kv, text, arena), is_list = cc_literal_list(&items, text, arena);
		assert_true(is_map || kv.n == 0);
		assert_true(is_list || items.n == 0);
		assert_true(cc_literal_times(&times, text, arena) || times.n == 0);
		cc_vec_deinit(&kv);
		cc_vec_deinit(&items);
		cc_vec_deinit(&times);
		cc_free(cell);
		cc_arena_reset(arena);
	}
}

static void test_deep_nesting_is_flat_work(void **state)
{
	(void)state;
	enum { DEPTH = 1000000 };
	cc_buf b = CC_BUF_INIT;
	cc_kv_vec v = { 0 };
	cc_buf_addz(&b, "{'a': ");
	cc_buf_add_repeat(&b, '[', DEPTH);
	cc_buf_add_repeat(&b, ']', DEPTH);
	cc_buf_add_char(&b, '}');
	assert_true(cc_literal_map(&v, cc_buf_str(&b), arena));
	assert_int_equal(v.p[0].value.n, 2 * DEPTH);
	cc_vec_deinit(&v);
	cc_buf_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conformance_04_map_python_quotes),
		cmocka_unit_test(conformance_04_map_escapes),
		cmocka_unit_test(conformance_04_map_json),
		cmocka_unit_test(conformance_04_map_go),
		cmocka_unit_test(conformance_04_map_nothing),
		cmocka_unit_test(test_map_refuses_what_is_none),
		cmocka_unit_test(test_map_get),
		cmocka_unit_test(conformance_05_lists),
		cmocka_unit_test(conformance_05_lists_of_datetimes),
		cmocka_unit_test(test_times_keep_positions),
		cmocka_unit_test(test_hostile_bytes_neither_crash_nor_overrun),
		cmocka_unit_test(test_deep_nesting_is_flat_work),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
