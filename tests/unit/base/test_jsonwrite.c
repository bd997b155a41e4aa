/* Writing JSON: the comma-placing writer, doubles, and the user's locale kept out. */
#include "coldcase/json.h"
#include "unit/base/base_test.h"
#include <locale.h>
#include <math.h>

static void write_sample(cc_jw *w)
{
	cc_jw_object(w);
	cc_jw_key(w, "a");
	cc_jw_int(w, INT64_MIN);
	cc_jw_key_str(w, CC_STR("b\"c"));
	cc_jw_array(w);
	cc_jw_str(w, CC_STR("x"));
	cc_jw_strz(w, NULL);
	cc_jw_object(w);
	cc_jw_end_object(w);
	cc_jw_bool(w, true);
	cc_jw_double(w, 0.1);
	cc_jw_end_array(w);
	cc_jw_key(w, "d");
	cc_jw_raw(w, CC_STR("[1]"));
	cc_jw_key(w, "e");
	cc_jw_array(w);
	cc_jw_end_array(w);
	cc_jw_end_object(w);
}

static void test_compact(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &b, 0);
	write_sample(&w);
	check_buf(&b, "{\"a\":-9223372036854775808,\"b\\\"c\":[\"x\",null,{},true,0.1],\"d\":[1],\"e\":[]}");
}

static void test_indented(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &b, 2);
	write_sample(&w);
	check_buf(&b, "{\n  \"a\": -9223372036854775808,\n  \"b\\\"c\": [\n    \"x\",\n    null,\n    {},\n    true,\n    0.1\n  ],\n"
		      "  \"d\": [1],\n  \"e\": []\n}");
}

static void check_double(double v, const char *want)
{
	cc_buf b = CC_BUF_INIT;
	cc_json_write_double(&b, v);
	check_buf(&b, want);
}

static void test_doubles(void **state)
{
	(void)state;
	check_double(0, "0");
	check_double(5, "5");
	check_double(0.1, "0.1");
	check_double(0.1 + 0.2, "0.30000000000000004");
	check_double(1.0 / 3, "0.3333333333333333");
	check_double(1e21, "1e+21");
	check_double(5e-324, "4.94065645841247e-324");
	check_double(1.7976931348623157e308, "1.7976931348623157e+308");
	check_double((double)NAN, "null");
	check_double(-(double)INFINITY, "null");
}

static void test_double_round_trip(void **state)
{
	(void)state;
	uint64_t bits = 12345;
	for (int i = 0; i < 20000; i++) {
		bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
		double v, back;
		memcpy(&v, &bits, sizeof v);
		if (!isfinite(v))
			continue;
		cc_buf b = CC_BUF_INIT;
		cc_json_write_double(&b, v);
		assert_true(cc_str_to_double(cc_buf_str(&b), &back) && back == v);
		cc_buf_deinit(&b);
	}
}

/* Under a locale with a decimal comma numbers still have a point; skipped where no such locale is installed. */
static void test_locale(void **state)
{
	(void)state;
	static const char *const commas[] = { "de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "pl_PL.UTF-8" };
	bool found = false;
	for (size_t i = 0; !found && i < sizeof commas / sizeof commas[0]; i++)
		found = setlocale(LC_NUMERIC, commas[i]) != NULL;
	double v = 0;
	check_double(1.5, "1.5");
	assert_true(cc_str_to_double(S("1.234567890123456789012"), &v) && v > 1.2);
	setlocale(LC_NUMERIC, "C");
	if (!found)
		skip();
}

static void test_strings(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_json_write_str(&b, CC_STR("q\"\\\b\f\n\r\t\x01\v\0é\xff\x7f"));
	check_buf(&b, "\"q\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u000b\\u0000é\xEF\xBF\xBD\x7f\"");
}

/* The writer's only failure is the buffer's. */
static void test_out_of_memory(void **state)
{
	(void)state;
	cc_json *v = NULL;
	assert_int_equal(cc_json_parse(&v, S("{\"b\":{\"z\":1,\"y\":\"text\"},\"a\":[1,2,3]}"), NULL), CC_OK);
	bool ok = false;
	for (long n = 0; !ok && n < 100; n++) {
		cc_buf b = CC_BUF_INIT;
		cc_alloc_fail_after(n);
		cc_json_write(&b, v, true);
		cc_alloc_fail_after(-1);
		ok = cc_buf_ok(&b);
		assert_true(ok || n < 20);
		if (ok)
			check_str(cc_buf_str(&b), "{\"a\":[1,2,3],\"b\":{\"y\":\"text\",\"z\":1}}");
		cc_buf_deinit(&b);
	}
	assert_true(ok);
	cc_json_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_compact),
		cmocka_unit_test(test_indented),
		cmocka_unit_test(test_doubles),
		cmocka_unit_test(test_double_round_trip),
		cmocka_unit_test(test_locale),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_out_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
