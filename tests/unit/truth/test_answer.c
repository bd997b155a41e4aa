/* Answers: every published shape, the usual damage, and the file we write ourselves. */
#include "truth_support.h"
#include <unistd.h>
#include "coldcase/file.h"
#include "coldcase/json.h"

static void test_shapes(void **state)
{
	static const struct { const char *text, *shape, *names; } CASES[] = {
		{ "{\"contributing_factors\":[{\"name\":\"n/Pod/a\",\"reasoning\":\"r\",\"evidence\":\"e\"},{\"name\":\"n/Pod/b\"}]}",
			"contributing_factors", "n/Pod/a,n/Pod/b," },
		{ "{\"entities\":[{\"name\":\"n/Pod/a\",\"contributing_factor\":true},{\"name\":\"n/Pod/b\",\"contributing_factor\":false},"
			"{\"name\":\"n/Pod/c\"}]}", "entities", "n/Pod/a,n/Pod/c," },
		{ "{\"entities\":[{\"name\":\"n/Pod/z\"}],\"contributing_factors\":[{\"name\":\"n/Pod/a\"}]}", "contributing_factors", "n/Pod/a," },
		{ "{\"entities\":[{\"name\":\"n/Pod/z\"}],\"contributing_factors\":[]}", "contributing_factors", "" },
		{ "{\"entities\":[{\"name\":\"n/Pod/z\"}],\"contributing_factors\":null}", "entities", "n/Pod/z," },
		{ "{\"entities\":[{\"id\":\"Namespace/shop uid 1-2-3\",\"contributing_factor\":true}]}", "entities", "Namespace/shop," },
		{ "{\"entities\":[{\"id\":\"Pod/a uid 1\",\"namespace\":\"n\"}]}", "entities", "n/Pod/a," },
		{ "{\"root_cause\":\"a\",\"kind\":\"Deployment\",\"namespace\":\"n\",\"reasoning\":\"r\"}", "root_cause", "n/Deployment/a," },
		{ "{\"root_cause\":\"n/Deployment/a\",\"kind\":\"Pod\",\"namespace\":\"m\"}", "root_cause", "n/Deployment/a," },
		{ "{\"root_cause\":{\"name\":\"node1\",\"kind\":\"Node\"}}", "root_cause", "cluster/Node/node1," },
		{ "{\"root_cause\":[\"n/Pod/a\",\"n/Pod/b\"]}", "root_cause", "n/Pod/a,n/Pod/b," },
		{ "{\"schema_version\":\"1.0\",\"root_causes\":[{\"name\":\"a\",\"kind\":\"Pod\",\"namespace\":\"n\"},{\"name\":\"b\"}]}", "root_causes",
			"n/Pod/a,b," },
		{ "[\"n/Pod/a\",\"n/Pod/b\"]", "list", "n/Pod/a,n/Pod/b," },
		{ "{\"answer\":{\"output\":{\"entities\":[{\"name\":\"n/Pod/a\"}]}}}", "entities", "n/Pod/a," },
		{ "{\"contributing_factors\":[{\"reasoning\":\"no name\"},7,null]}", "contributing_factors", ",7,," },
		{ "{\"contributing_factors\":[]}", "contributing_factors", "" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		cc_answer *a = test_answer(CASES[i].text);
		cc_buf names = CC_BUF_INIT;
		cc_buf_addz(&names, "");
		if (a->status != CC_ANSWER_OK || strcmp(a->shape, CASES[i].shape) != 0)
			fail_msg("%s: status %d, %s", CASES[i].text, a->status, a->shape);
		for (size_t k = 0; k < a->entity_count; k++)
			if (a->entities[k].contributing)
				cc_buf_addf(&names, "%.*s,", CC_STR_ARG(a->entities[k].name));
		if (!cc_str_eqz(cc_buf_str(&names), CASES[i].names))
			fail_msg("%s: %s", CASES[i].text, names.n ? names.p : "");
		cc_buf_deinit(&names);
		cc_answer_free(a);
	}
}

static void test_details(void **state)
{
	cc_answer *a = test_answer("{\"entities\":[{\"id\":\"Pod/a uid 9-8\",\"reasoning\":\"why\",\"evidence\":[\"x\",{\"y\":1}]}],"
		"\"propagations\":[{\"source\":\"a\",\"target\":\"b\",\"condition\":\"c\",\"effect\":\"e\"}],"
		"\"alerts_explained\":[{\"alert\":\"A\",\"explanation\":\"because\",\"explained\":true}]}");
	(void)state;
	assert_str(a->entities[0].uid, "9-8");
	assert_str(a->entities[0].name, "Pod/a");
	assert_str(a->entities[0].evidence, "[\"x\",{\"y\":1}]");
	assert_int_equal(a->step_count, 1);
	assert_str(a->steps[0].effect, "e");
	assert_true(a->alerts[0].explained);
	assert_int_equal(strlen(a->sha256), 64);
	assert_int_equal(a->repaired, 0);
	cc_answer_free(a);
}

#define CF "{\"contributing_factors\":[{\"name\":\"n/Pod/a\"}]}"
#define CF_STRING "\"{\\\"contributing_factors\\\":[{\\\"name\\\":\\\"n/Pod/a\\\"}]}\""

static void test_repairs(void **state)
{
	static const struct { const char *text; unsigned repaired; } CASES[] = {
		{ "\xEF\xBB\xBF \n" CF "\n", 0 },
		{ "```json\n" CF "\n```", CC_REPAIR_FENCE },
		{ "```\n" CF "\n```\n", CC_REPAIR_FENCE },
		{ "Here it is:\n```json\n" CF "\n```\nDone {really}.", CC_REPAIR_FENCE },
		{ "```json\n" CF, CC_REPAIR_FENCE },
		{ "```sh\nls {a}\n```\n```json\n" CF "\n```", CC_REPAIR_FENCE },
		{ CF_STRING, CC_REPAIR_STRING },
		{ "{\"response\":" CF_STRING "}", CC_REPAIR_STRING | CC_REPAIR_WRAPPED },
		{ "\"```json\\n{\\\"contributing_factors\\\":[{\\\"name\\\":\\\"n/Pod/a\\\"}]}\\n```\"", CC_REPAIR_STRING | CC_REPAIR_FENCE },
		{ "{\"contributing_factors\":[{\"name\":\"n/Pod/a\",},],}", CC_REPAIR_COMMA },
		{ "{\"contributing_factors\":[{\"name\":\"n/Pod/a\",\"reasoning\":\"a ,] b \\\",}\"},]}", CC_REPAIR_COMMA },
		{ "The {cause} is: " CF " as shown.", CC_REPAIR_PROSE },
		{ "See [1] and {\"x\":1}. " CF, CC_REPAIR_PROSE },
		{ "The cause { is " CF, CC_REPAIR_PROSE },
		{ "Result: {\"contributing_factors\":[{\"name\":\"n/Pod/a\"},]} ok", CC_REPAIR_PROSE | CC_REPAIR_COMMA },
		{ "{\"output\":" CF "}", CC_REPAIR_WRAPPED },
	};
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		cc_answer *a = test_answer(CASES[i].text);
		if (a->status != CC_ANSWER_OK || a->entity_count != 1 || !cc_str_eqz(a->entities[0].name, "n/Pod/a") ||
			a->repaired != CASES[i].repaired)
			fail_msg("%s: status %d, %zu entities, repaired %u", CASES[i].text, a->status, a->entity_count, a->repaired);
		cc_answer_free(a);
	}
}

static void test_invalid(void **state)
{
	static const char *const TEXTS[] = { "", "   ", "the cause is the pod", "{", "{}", "null", "7", "\"text\"", "[]", "{\"a\":{\"b\":[1]}}",
		"```json\n```", "\"\\\"\\\\\\\"x\\\\\\\"\\\"\"", "{\"contributing_factors\":[{\"name\":\"n/Pod/a\"" };
	(void)state;
	for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
		cc_answer *a = test_answer(TEXTS[i]);
		if (a->status != CC_ANSWER_INVALID || !a->problem.n || a->entity_count)
			fail_msg("\"%s\": status %d", TEXTS[i], a->status);
		cc_answer_free(a);
	}
}

static void test_hostile(void **state)
{
	cc_buf b = CC_BUF_INIT;
	(void)state;
	cc_buf_add_repeat(&b, '{', 200000);
	cc_answer *a = test_answer(b.p);
	assert_int_equal(a->status, CC_ANSWER_INVALID);
	cc_answer_free(a);
	cc_buf_clear(&b);
	cc_buf_addz(&b, "[\"n/Pod/0\"");
	for (int i = 1; i <= CC_ANSWER_ENTITIES_MAX; i++)
		cc_buf_addf(&b, ",\"n/Pod/%d\"", i);
	cc_buf_addz(&b, "]");
	a = test_answer(b.p);
	assert_int_equal(a->status, CC_ANSWER_INVALID);
	assert_int_equal(a->entity_count, 0);
	assert_non_null(strstr(a->problem.p, "1000"));
	cc_answer_free(a);
	cc_buf_deinit(&b);
}

static void test_write_and_read_back(void **state)
{
	cc_answer *a = cc_answer_new();
	cc_buf b = CC_BUF_INIT;
	cc_json *doc = NULL;
	(void)state;
	assert_true(cc_answer_add(a, (cc_answer_entity){ CC_STR("n/Pod/a"), CC_STR_EMPTY, CC_STR("say \"why\""), CC_STR("line 1\nline 2"), true }));
	assert_true(cc_answer_add(a, (cc_answer_entity){ CC_STR("n/Service/b"), CC_STR_EMPTY, CC_STR_EMPTY, CC_STR_EMPTY, false }));
	assert_true(cc_answer_add_step(a, (cc_answer_step){ CC_STR("a"), CC_STR("b"), CC_STR("c"), CC_STR("e") }));
	assert_true(cc_answer_add_alert(a, (cc_answer_alert){ CC_STR("A"), CC_STR("x"), true }));
	cc_answer_write(&b, a);
	assert_int_equal(cc_json_parse(&doc, cc_buf_str(&b), NULL), CC_OK);
	assert_int_equal(cc_json_count(cc_json_get(doc, "contributing_factors")), 1);
	assert_int_equal(cc_json_count(cc_json_get(doc, "entities")), 2);
	assert_str(cc_json_str(cc_json_at(doc, "contributing_factors.0.evidence")), "line 1\nline 2");
	assert_true(cc_json_bool(cc_json_at(doc, "entities.0.contributing_factor")));
	assert_str(cc_json_str(cc_json_at(doc, "propagations.0.target")), "b");
	assert_true(cc_json_bool(cc_json_at(doc, "alerts_explained.0.explained")));
	assert_int_equal(b.p[b.n - 1], '\n');
	cc_answer *back = test_answer(b.p);
	assert_int_equal(back->entity_count, 1);
	assert_str(back->entities[0].reasoning, "say \"why\"");
	cc_answer_free(back);
	cc_json_free(doc);
	cc_answer_free(a);
	cc_buf_deinit(&b);
}

static void test_empty_answer_has_all_lists(void **state)
{
	cc_answer *a = cc_answer_new();
	cc_buf b = CC_BUF_INIT;
	(void)state;
	cc_answer_write(&b, a);
	cc_answer *back = test_answer(b.p);
	assert_int_equal(back->status, CC_ANSWER_OK);
	assert_int_equal(back->entity_count, 0);
	cc_answer_free(back);
	cc_answer_free(a);
	cc_buf_deinit(&b);
}

static void test_files(void **state)
{
	const char *tmp = getenv("COLDCASE_TEST_TMP");
	char dir[512], path[600];
	cc_answer *a;
	(void)state;
	snprintf(dir, sizeof dir, "%s/coldcase-answer-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(dir));
	assert_int_equal(cc_answer_read_file(&a, dir, NULL), CC_OK);
	assert_int_equal(a->status, CC_ANSWER_MISSING);
	cc_answer_free(a);
	snprintf(path, sizeof path, "%s/agent_response.json", dir);
	assert_int_equal(cc_file_write(path, CC_STR(CF), NULL), CC_OK);
	assert_int_equal(cc_answer_read_file(&a, dir, NULL), CC_OK);
	assert_int_equal(a->entity_count, 1);
	cc_answer_free(a);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(cc_answer_read_file(&a, path, NULL), CC_OK);
	assert_int_equal(a->status, CC_ANSWER_MISSING);
	cc_answer_free(a);
	assert_int_equal(rmdir(dir), 0);
}

static void test_repair_names(void **state)
{
	cc_buf b = CC_BUF_INIT;
	(void)state;
	cc_answer_repairs_text(&b, CC_REPAIR_FENCE | CC_REPAIR_COMMA | CC_REPAIR_WRAPPED);
	assert_str(cc_buf_str(&b), "fence,trailing_comma,wrapped");
	cc_buf_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shapes), cmocka_unit_test(test_details), cmocka_unit_test(test_repairs), cmocka_unit_test(test_invalid),
		cmocka_unit_test(test_hostile), cmocka_unit_test(test_write_and_read_back), cmocka_unit_test(test_empty_answer_has_all_lists),
		cmocka_unit_test(test_files), cmocka_unit_test(test_repair_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
