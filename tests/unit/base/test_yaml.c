/* Reading YAML into trees, within limits, and writing it back. */
#include "coldcase/yaml.h"
#include "unit/base/base_test.h"
#include <stdio.h>

static void check_yaml_str(cc_str text, const char *json)
{
	cc_json *v = NULL;
	cc_err e = { 0 };
	cc_buf b = CC_BUF_INIT;
	if (cc_yaml_parse(&v, text, &e) != CC_OK)
		print_error("%.*s\n%s\n", CC_STR_ARG(text), e.message);
	assert_non_null(v);
	cc_json_write(&b, v, false);
	cc_json_free(v);
	check_buf(&b, json);
}

static void check_yaml(const char *text, const char *json)
{
	check_yaml_str(S(text), json);
}

static void check_refused(const char *text, cc_code code, const char *part)
{
	cc_json *v = NULL;
	cc_err e = { 0 };
	cc_code got = cc_yaml_parse(&v, S(text), &e);
	if (got != code || !strstr(e.message, part))
		print_error("%s\n-> %s: %s\n", text, cc_code_name(got), e.message);
	assert_int_equal(got, code);
	assert_null(v);
	assert_non_null(strstr(e.message, part));
}

static void test_scalars(void **state)
{
	(void)state;
	check_yaml("[null, Null, NULL, ~, ]", "[null,null,null,null]");
	check_yaml("a:\nb: ''\n", "{\"a\":null,\"b\":\"\"}");
	check_yaml("[true, True, FALSE, yes, on, off, y]", "[true,true,false,\"yes\",\"on\",\"off\",\"y\"]");
	check_yaml("[1, -2, +3, 0x1F, 0o17, 007, 1765819472123456789]", "[1,-2,3,31,15,7,1765819472123456789]");
	check_yaml("[1.50, 1e3, .5, 1., -1.5E-3, .inf, -.INF, .nan]", "[1.50,1e3,0.5,1,-1.5E-3,null,null,null]");
	check_yaml("[0xZZ, 0o8, 1.2.3, 12:30, inf, nan, 1_000, .]",
		"[\"0xZZ\",\"0o8\",\"1.2.3\",\"12:30\",\"inf\",\"nan\",\"1_000\",\".\"]");
	check_yaml("[2025-12-15, 2025-12-15T17:24:32Z]", "[\"2025-12-15\",\"2025-12-15T17:24:32Z\"]");
}

static void test_quoted_is_text(void **state)
{
	(void)state;
	check_yaml("['true', \"1\", 'null', '~', \"0x1F\"]", "[\"true\",\"1\",\"null\",\"~\",\"0x1F\"]");
	check_yaml("[!!str 5, !!str true, !!int \"5\", !custom 7]", "[\"5\",\"true\",5,\"7\"]");
	check_yaml("\"a\\0b\\u00e9\\x41\"", "\"a\xEF\xBF\xBD" "bé" "A\"");
	check_yaml("'it''s'", "\"it's\"");
}

static void test_structure(void **state)
{
	(void)state;
	check_yaml("a:\n  - b: 1\n    c: [x, {y: z}]\n  -\n    - 2\nd: {}\n", "{\"a\":[{\"b\":1,\"c\":[\"x\",{\"y\":\"z\"}]},[2]],\"d\":{}}");
	check_yaml("1: one\ntrue: yes\n? k\n: v\n", "{\"1\":\"one\",\"true\":\"yes\",\"k\":\"v\"}");
	check_yaml("", "null");
	check_yaml("# only a comment\n", "null");
	check_yaml("---\n...\n", "null");
	check_yaml("%YAML 1.1\n---\na: 1\n---\nb: [broken\n", "{\"a\":1}");
}

static void test_line_ends_and_bom(void **state)
{
	(void)state;
	check_yaml("a: 1\r\nb:\r\n  - x\r\n  - |\r\n    l1\r\n    l2\r\n", "{\"a\":1,\"b\":[\"x\",\"l1\\nl2\\n\"]}");
	check_yaml("\xEF\xBB\xBF" "a: é\n", "{\"a\":\"é\"}");
}

static void test_block_scalars(void **state)
{
	(void)state;
	check_yaml("a: |\n  x\n   y\n\n  z\n\n", "{\"a\":\"x\\n y\\n\\nz\\n\"}");
	check_yaml("a: |-\n  x\n", "{\"a\":\"x\"}");
	check_yaml("a: |+\n  x\n\n", "{\"a\":\"x\\n\\n\"}");
	check_yaml("a: >\n  x\n  y\n\n  z\n", "{\"a\":\"x y\\nz\\n\"}");
	check_yaml("a: |2\n    x\n", "{\"a\":\"  x\\n\"}");
	check_yaml("a: plain\n  folded\n", "{\"a\":\"plain folded\"}");
}

static void test_duplicates(void **state)
{
	(void)state;
	check_yaml("a: 1\nb: 2\na: 3\n", "{\"b\":2,\"a\":3}");
	/* the dropped value is still what the anchor names */
	check_yaml("a: &x {k: [1]}\na: 2\nb: *x\n", "{\"a\":2,\"b\":{\"k\":[1]}}");
}

static void test_anchors(void **state)
{
	(void)state;
	check_yaml("a: &x [1, 2]\nb: *x\nc: {d: *x}\n", "{\"a\":[1,2],\"b\":[1,2],\"c\":{\"d\":[1,2]}}");
	check_yaml("a: &x 1\nb: &x 2\nc: *x\n", "{\"a\":1,\"b\":2,\"c\":2}");
	check_yaml("&k key: v\nother: *k\n*k : w\n", "{\"other\":\"key\",\"key\":\"w\"}");
	check_refused("a: *nope\n", CC_EFORMAT, "line 1");
	check_refused("a: &x\n  b: *x\n", CC_EFORMAT, "line 2");
	check_refused("a: &x [1]\n*x : 2\n", CC_EFORMAT, "key");
}

static void test_bomb(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "l0: &l0 [x,x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 12; i++) {
		cc_buf_addf(&b, "l%d: &l%d [", i, i);
		for (int k = 0; k < 10; k++)
			cc_buf_addf(&b, "*l%d,", i - 1);
		cc_buf_addz(&b, "]\n");
	}
	check_refused(b.p, CC_ELIMIT, "200,000");
	/* few values, much text */
	cc_buf_clear(&b);
	cc_buf_addz(&b, "big: &big ");
	cc_buf_add_repeat(&b, 'x', 400000);
	cc_buf_addz(&b, "\nall: [");
	for (int i = 0; i < 200; i++) cc_buf_addz(&b, "*big,");
	cc_buf_addz(&b, "]\n");
	check_refused(b.p, CC_ELIMIT, "64 MiB");
	cc_buf_deinit(&b);
}

static void test_depth(void **state)
{
	(void)state;
	char text[256];
	memset(text, '[', 101);
	memset(text + 101, ']', 101);
	text[202] = '\0';
	check_refused(text, CC_ELIMIT, "100 levels");
	cc_json *v;
	assert_int_equal(cc_yaml_parse(&v, (cc_str){ text + 1, 200 }, NULL), CC_OK);
	cc_json_free(v);
	/* by aliases: each level nests the one before */
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "a0: &a0 [1]\n");
	for (int i = 1; i < 120; i++)
		cc_buf_addf(&b, "a%d: &a%d [*a%d]\n", i, i, i - 1);
	check_refused(b.p, CC_ELIMIT, "100 levels");
	cc_buf_deinit(&b);
}

static void test_refused(void **state)
{
	(void)state;
	check_refused("a: [1\nb: 2\n", CC_EFORMAT, "line 2");
	check_refused("a: 1\n b: 2\n", CC_EFORMAT, "line 2");
	check_refused("? [a]\n: b\n", CC_EFORMAT, "key must be a plain value");
	check_refused("{[1]: 2}", CC_EFORMAT, "key must be a plain value");
	check_refused("a: \"open\n", CC_EFORMAT, "line");
	check_refused("a: 1\nb: \xff\n", CC_EFORMAT, "line 2, column 4");
	check_refused("a: \x01\n", CC_EFORMAT, "line 1");
	check_refused("\tx: 1\n", CC_EFORMAT, "line 1");
}

static void test_out_of_memory(void **state)
{
	(void)state;
	static const char text[] = "a: &x [1, two, {b: null}]\nc: *x\na: again\nd: |\n  text\n&k e: 2\n";
	cc_code code = CC_ENOMEM;
	long n = 0;
	for (; code == CC_ENOMEM && n < 1000; n++) {
		cc_json *v = NULL;
		cc_alloc_fail_after(n);
		code = cc_yaml_parse(&v, S(text), NULL);
		cc_alloc_fail_after(-1);
		assert_int_equal(v != NULL, code == CC_OK);
		cc_json_free(v);
	}
	assert_int_equal(code, CC_OK);
	assert_true(n > 20);
}

static void check_written(const char *json, int depth, const char *want)
{
	cc_json *v = NULL;
	cc_buf b = CC_BUF_INIT;
	assert_int_equal(cc_json_parse(&v, S(json), NULL), CC_OK);
	cc_yaml_write(&b, v, depth);
	cc_json_free(v);
	check_buf(&b, want);
}

static void test_write(void **state)
{
	(void)state;
	check_written("{\"a\":{\"b\":[1,{\"c\":true,\"d\":null},[\"x\",\"w\"],[],{}]},\"e\":1.50}", 0,
		"a:\n  b:\n  - 1\n  - c: true\n    d: null\n  - - x\n    - w\n  - []\n  - {}\ne: 1.50\n");
	check_written("{\"a\":[{\"b\":{\"c\":1}}]}", 1, "  a:\n  - b:\n      c: 1\n");
	check_written("\"x\"", 1, "  x\n");
	check_written("[\"Infinity\",-Infinity,NaN]", 0, "- Infinity\n- -.inf\n- .nan\n");
	check_written("[]", 0, "[]\n");
	check_written("{\"s\":\"l1\\n l2\\n\",\"t\":\"a\\nb\",\"u\":\"a\\n\\n\"}", 0, "s: |\n  l1\n   l2\nt: |-\n  a\n  b\nu: |+\n  a\n\n");
	check_written("[{\"k\":\"l1\\nl2\"},\"m1\\nm2\"]", 0, "- k: |-\n    l1\n    l2\n- |-\n  m1\n  m2\n");
}

static void test_write_quotes(void **state)
{
	(void)state;
	check_written("[\"true\",\"1\",\"\",\"~\",\"yes\",\"0x1\",\"a: b\",\"a #b\",\"- x\",\"-x\",\"--flag=1\",\"a:\",\" a\",\"*x\"]", 0,
		"- \"true\"\n- \"1\"\n- \"\"\n- \"~\"\n- \"yes\"\n- \"0x1\"\n- \"a: b\"\n- \"a #b\"\n- \"- x\"\n- -x\n- --flag=1\n- \"a:\"\n"
		"- \" a\"\n- \"*x\"\n");
	check_written("{\"app.kubernetes.io/name\":\"a:b\",\"\":\"\\t\\\"\\\\\\u001b\\u0085\",\"1\":\"\\nx\"}", 0,
		"app.kubernetes.io/name: a:b\n\"\": \"\\t\\\"\\\\\\x1B\\x85\"\n\"1\": \"\\nx\"\n");
}

/* Whatever the strings are, reading what was written gives the same tree. */
static void test_write_round_trip(void **state)
{
	(void)state;
	static const char alphabet[] = "ab:-#?,[]{}&*!|>'\"%@`\\ \n\t~.0x1=<\xC2\x85\xE2\x80\xA8é";
	uint32_t seed = 7;
	for (int round = 0; round < 3000; round++) {
		char raw[12];
		size_t n = 0;
		while (n < 10) {
			seed = seed * 1664525 + 1013904223;
			raw[n++] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
		}
		cc_buf json = CC_BUF_INIT, yaml = CC_BUF_INIT;
		cc_json *v = NULL, *back = NULL;
		cc_err e = { 0 };
		cc_buf_addz(&json, "{\"list\":[");
		cc_json_write_str(&json, (cc_str){ raw, 1 + (size_t)round % 10 });
		cc_buf_addz(&json, "],");
		cc_json_write_str(&json, (cc_str){ raw, 1 + (size_t)round % 10 });
		cc_buf_addz(&json, ":");
		cc_json_write_str(&json, (cc_str){ raw, 1 + (size_t)round % 10 });
		cc_buf_addz(&json, "}");
		assert_int_equal(cc_json_parse(&v, cc_buf_str(&json), &e), CC_OK);
		cc_yaml_write(&yaml, v, 0);
		if (cc_yaml_parse(&back, cc_buf_str(&yaml), &e) != CC_OK || !cc_json_equal(v, back))
			print_error("%s\n%s\n%s\n", json.p, yaml.p, e.message);
		assert_true(cc_json_equal(v, back));
		cc_json_free(v);
		cc_json_free(back);
		cc_buf_deinit(&json);
		cc_buf_deinit(&yaml);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_quoted_is_text),
		cmocka_unit_test(test_structure),
		cmocka_unit_test(test_line_ends_and_bom),
		cmocka_unit_test(test_block_scalars),
		cmocka_unit_test(test_duplicates),
		cmocka_unit_test(test_anchors),
		cmocka_unit_test(test_bomb),
		cmocka_unit_test(test_depth),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_out_of_memory),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_write_quotes),
		cmocka_unit_test(test_write_round_trip),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
