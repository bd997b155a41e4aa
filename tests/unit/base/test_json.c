/* Reading and looking into JSON, exactly. */
#include "coldcase/json.h"
#include "unit/base/base_test.h"
#include <math.h>

static cc_json *parse(const char *text)
{
	cc_json *v = NULL;
	cc_err e = { 0 };
	if (cc_json_parse(&v, S(text), &e) != CC_OK)
		print_error("%s: %s\n", text, e.message);
	assert_non_null(v);
	return v;
}

static void check_rewritten(const char *text, bool sorted, const char *want)
{
	cc_json *v = parse(text);
	cc_buf b = CC_BUF_INIT;
	cc_json_write(&b, v, sorted);
	cc_json_free(v);
	check_buf(&b, want);
}

static void check_refused(cc_str text, cc_code code, uint64_t byte)
{
	cc_err e = { 0 };
	cc_json *v = (cc_json *)&e;
	cc_code got = cc_json_parse(&v, text, &e);
	if (got != code || e.byte != byte)
		print_error("%.*s: %s (%s) at %u\n", CC_STR_ARG(text), cc_code_name(got), e.message, (unsigned)e.byte);
	assert_int_equal(got, code);
	assert_null(v);
	assert_int_equal(e.byte, byte);
	assert_int_equal(e.code, code);
	assert_true(e.message[0] != '\0');
}

static void check_int(const char *text, bool ok, int64_t want)
{
	int64_t got = 42;
	cc_json *v = parse(text);
	assert_int_equal(cc_json_int(v, &got), ok);
	cc_json_free(v);
	if (ok)
		assert_true(got == want);
}

static void test_int_exact(void **state)
{
	(void)state;
	check_int("9223372036854775807", true, INT64_MAX);
	check_int("-9223372036854775808", true, INT64_MIN);
	check_int("1765819472123456789", true, INT64_C(1765819472123456789));
	check_int("9007199254740993", true, INT64_C(9007199254740993));
	check_int("9223372036854775808", false, 0);
	check_int("1e3", true, 1000);
	check_int("2.0", true, 2);
	check_int("1.5", false, 0);
	check_int("1e300", false, 0);
	check_int("-0", true, 0);
	check_int("\"5\"", false, 0);
	check_int("null", false, 0);
	check_int("NaN", false, 0);
}

static void test_doubles(void **state)
{
	(void)state;
	double d = 0;
	cc_json *v = parse("[0.1,1e-7,1E+2,-1.25e0,NaN,-Infinity,1e999]");
	static const double want[] = { 0.1, 1e-7, 100, -1.25 };
	for (size_t i = 0; i < 4; i++)
		assert_true(cc_json_double(cc_json_item(v, i), &d) && d == want[i]);
	assert_true(cc_json_double(cc_json_item(v, 4), &d) && isnan(d));
	assert_true(cc_json_double(cc_json_item(v, 5), &d) && isinf(d) && d < 0);
	assert_true(cc_json_double(cc_json_item(v, 6), &d) && isinf(d));
	assert_false(cc_json_double(cc_json_item(v, 7), &d));
	check_str(cc_json_text(cc_json_item(v, 2)), "1E+2");
	cc_json_free(v);
}

static void test_long_number(void **state)
{
	(void)state;
	static const char digits[] = "[1234567890123456789012345678901234567890123456789012345678901234567890123456789.5,2]";
	cc_json *v = parse(digits);
	int64_t two = 0;
	assert_int_equal(cc_json_count(v), 2);
	assert_true(cc_json_int(cc_json_item(v, 1), &two) && two == 2);
	cc_json_free(v);
	check_rewritten(digits, false, digits);
}

static void test_strings(void **state)
{
	(void)state;
	check_rewritten("\"a\\u0000b\"", false, "\"a\xEF\xBF\xBD" "b\"");
	check_rewritten("\"\\\\u0000\"", false, "\"\\\\u0000\"");
	check_rewritten("\"\\ud83d\\ude00\"", false, "\"\xF0\x9F\x98\x80\"");
	check_rewritten("\"\\ud800x\\udc00\\ud800\\u0041\"", false, "\"\xEF\xBF\xBDx\xEF\xBF\xBD\xEF\xBF\xBD" "A\"");
	check_rewritten("\"\\\"\\/\\b\\f\\n\\r\\t\\u001f\"", false, "\"\\\"/\\b\\f\\n\\r\\t\\u001f\"");
	check_rewritten("\"\xff\xC3\"", false, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
	check_rewritten("\"a\nb\"", false, "\"a\\nb\""); /* raw control bytes are let through: they occur */
}

static void test_lookup(void **state)
{
	(void)state;
	cc_json *v = parse("{\"metadata\":{\"labels\":{\"app\":\"cart\",\"app.kubernetes.io/name\":\"x\"},\"Name\":\"n\"},"
			   "\"spec\":{\"containers\":[{\"image\":\"a\"},{\"image\":\"b\"}]},\"t\":true,\"f\":false,\"z\":null}");
	check_str(cc_json_str(cc_json_at(v, "metadata.labels.app")), "cart");
	check_str(cc_json_str(cc_json_at(v, "metadata.labels.app.kubernetes.io/name")), "x");
	check_str(cc_json_str(cc_json_at(v, "spec.containers.1.image")), "b");
	assert_null(cc_json_at(v, "spec.containers.2.image"));
	assert_null(cc_json_at(v, "spec.containers.-1"));
	assert_null(cc_json_at(v, "metadata.labels."));
	assert_ptr_equal(cc_json_at(v, ""), v);
	assert_null(cc_json_get(v, "Metadata"));
	assert_non_null(cc_json_get_nocase(v, "METADATA"));
	check_str(cc_json_get_str(cc_json_get(v, "metadata"), "Name"), "n");
	check_str(cc_json_get_str(v, "t"), "");
	assert_true(cc_json_bool(cc_json_get(v, "t")));
	assert_false(cc_json_bool(cc_json_get(v, "f")));
	assert_false(cc_json_bool(cc_json_get(v, "spec")));
	check_str(cc_json_text(cc_json_get(v, "z")), "null");
	check_str(cc_json_text(cc_json_get(v, "t")), "true");
	check_str(cc_json_text(v), "");
	check_str(cc_json_key(cc_json_next(cc_json_first(v))), "spec");
	assert_int_equal(cc_json_count(v), 5);
	cc_json_free(v);
}

static void test_absent(void **state)
{
	(void)state;
	int64_t i;
	double d;
	assert_int_equal(cc_json_typeof(NULL), CC_JSON_ABSENT);
	assert_null(cc_json_get(NULL, "a"));
	assert_null(cc_json_get_nocase(NULL, "a"));
	assert_null(cc_json_at(NULL, "a.b"));
	assert_null(cc_json_item(NULL, 0));
	assert_null(cc_json_first(NULL));
	assert_null(cc_json_next(NULL));
	assert_int_equal(cc_json_count(NULL), 0);
	check_str(cc_json_key(NULL), "");
	check_str(cc_json_text(NULL), "");
	assert_false(cc_json_int(NULL, &i) || cc_json_double(NULL, &d) || cc_json_bool(NULL));
	cc_json_free(NULL);
}

static void test_types(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		cc_json_type type;
	} cases[] = { { "null", CC_JSON_NULL }, { "true", CC_JSON_BOOL }, { " 1 ", CC_JSON_NUMBER }, { "\"\"", CC_JSON_STRING },
		{ "[]", CC_JSON_ARRAY }, { "\xEF\xBB\xBF\n{}\r\n", CC_JSON_OBJECT } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		cc_json *v = parse(cases[i].text);
		assert_int_equal(cc_json_typeof(v), cases[i].type);
		cc_json_free(v);
	}
}

static void test_duplicate_keys(void **state)
{
	(void)state;
	cc_json *v = parse("{\"a\":1,\"b\":2,\"a\":3}");
	check_str(cc_json_text(cc_json_get(v, "a")), "3");
	cc_json_free(v);
}

static void test_refused(void **state)
{
	(void)state;
	check_refused(S(""), CC_EFORMAT, 0);
	check_refused(S("[1,]"), CC_EFORMAT, 3);
	check_refused(S("[01]"), CC_EFORMAT, 1);
	check_refused(S("[1.]"), CC_EFORMAT, 1);
	check_refused(S("[.5]"), CC_EFORMAT, 1);
	check_refused(S("[+1]"), CC_EFORMAT, 1);
	check_refused(S("[1e]"), CC_EFORMAT, 1);
	check_refused(S("{\"a\":1}}"), CC_EFORMAT, 7);
	check_refused(S("{} x"), CC_EFORMAT, 3);
	check_refused(S("\"abc"), CC_EFORMAT, 4);
	check_refused(S("'a'"), CC_EFORMAT, 0);
	check_refused(S("[1 2]"), CC_EFORMAT, 3);
	check_refused(CC_STR("[1\0]"), CC_EFORMAT, 2);
	check_refused(CC_STR("\"a\0b\""), CC_EFORMAT, 2);
	check_refused(S("\xEF\xBB\xBF["), CC_EFORMAT, 3);
	cc_json *v;
	assert_int_equal(cc_json_parse(&v, S("\"\\x41\""), NULL), CC_EFORMAT);
	assert_int_equal(cc_json_parse(&v, S("\"\\u12G4\""), NULL), CC_EFORMAT);
	assert_int_equal(cc_json_parse(&v, S("{1:2}"), NULL), CC_EFORMAT);
	assert_int_equal(cc_json_parse(&v, S("tru"), NULL), CC_EFORMAT);
	assert_int_equal(cc_json_parse(&v, (cc_str){ NULL, 0 }, NULL), CC_EFORMAT);
}

static void test_depth(void **state)
{
	(void)state;
	char text[1200];
	cc_json *v;
	memset(text, '[', 501);
	memset(text + 501, ']', 501);
	assert_int_equal(cc_json_parse(&v, (cc_str){ text, 1002 }, NULL), CC_ELIMIT);
	assert_int_equal(cc_json_parse(&v, (cc_str){ text + 1, 1000 }, NULL), CC_OK);
	cc_buf b = CC_BUF_INIT;
	cc_json_write(&b, v, true);
	assert_int_equal(b.n, 1000);
	cc_buf_deinit(&b);
	cc_json_free(v);
}

static void test_rewrite(void **state)
{
	(void)state;
	check_rewritten(" { \"b\" : [ 1.50 , { } ] , \"a\" : null } ", false, "{\"b\":[1.50,{}],\"a\":null}");
	check_rewritten("{\"b\":{\"z\":1,\"y\":2},\"a\":[]}", true, "{\"a\":[],\"b\":{\"y\":2,\"z\":1}}");
	check_rewritten("{}", true, "{}");
	check_rewritten("[NaN,Infinity]", false, "[null,null]");
}

static void check_equal(const char *a, const char *b, bool want)
{
	cc_json *x = parse(a), *y = parse(b);
	assert_int_equal(cc_json_equal(x, y), want);
	assert_int_equal(cc_json_equal(y, x), want);
	cc_json_free(x);
	cc_json_free(y);
}

static void test_equal(void **state)
{
	(void)state;
	check_equal("{\"a\":1,\"b\":[true,\"x\"]}", "{\"b\":[true,\"x\"],\"a\":1}", true);
	check_equal("[1,2]", "[2,1]", false);
	check_equal("[1,2]", "[1,2,3]", false);
	check_equal("1.0", "1", false);
	check_equal("9007199254740993", "9007199254740992", false);
	check_equal("true", "false", false);
	check_equal("\"1\"", "1", false);
	check_equal("{\"a\":null}", "{\"b\":null}", false);
	check_equal("{\"a\":1}", "{\"a\":1,\"b\":2}", false);
	assert_true(cc_json_equal(NULL, NULL));
}

/* Each allocation of a parse fails once: always CC_ENOMEM, never a leak (the sanitizer build sees leaks). */
static void test_out_of_memory(void **state)
{
	(void)state;
	static const char text[] = "{\"a\":[1,2.5,\"three\",{\"b\":null}],\"c\":\"\\u00e9\",\"d\":1765819472123456789}";
	cc_code code = CC_ENOMEM;
	long n = 0;
	for (; code == CC_ENOMEM && n < 1000; n++) {
		cc_json *v = NULL;
		cc_err e;
		cc_alloc_fail_after(n);
		code = cc_json_parse(&v, S(text), &e);
		cc_alloc_fail_after(-1);
		assert_int_equal(v != NULL, code == CC_OK);
		cc_json_free(v);
	}
	assert_int_equal(code, CC_OK);
	assert_true(n > 15);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_int_exact),
		cmocka_unit_test(test_doubles),
		cmocka_unit_test(test_long_number),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_duplicate_keys),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_rewrite),
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_out_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
