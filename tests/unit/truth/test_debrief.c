/* The debrief beside a ground truth: what it says of a name, and that a damaged one stops nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "coldcase/debrief.h"
#include "coldcase/score.h"
#include "coldcase/xalloc.h"
#include "support/tree.h"

static const char TEXT[] =
	"decisive:\n"
	"  - command: spec Deployment/quote\n"
	"    pattern: 'image .* quote-9'\n"
	"    says: the image tag does not exist\n"
	"decoys:\n"
	"  - entity: otel-demo/Deployment/ad\n"
	"    tempting: it was rolled out two minutes before\n"
	"    innocent: the rollout was complete before the first error\n"
	"    command: history Deployment/ad\n"
	"    pattern: complete\n"
	"innocent:\n"
	"  - entity: otel-demo/Service/checkout\n"
	"    innocent: it fails because shipping fails\n"
	"hints: [look at the pods, 'one of them waits']\n"
	"par: [alerts, 'events by=reason']\n"
	"difficulty: easy\n";

static cc_debrief *load(const char *text)
{
	cc_debrief *d = NULL;
	cc_err err;
	assert_int_equal(cc_debrief_load(&d, cc_str_from(text), "debrief.yaml", &err), CC_OK);
	return d;
}

static void reads_everything(void **state)
{
	(void)state;
	cc_debrief *d = load(TEXT);
	assert_int_equal(d->decisive_count, 1);
	assert_int_equal(d->name_count, 2);
	assert_int_equal(d->hint_count, 2);
	assert_int_equal(d->par_count, 2);
	assert_true(cc_str_eqz(d->par[1], "events by=reason"));
	assert_true(cc_str_eqz(d->difficulty, "easy"));
	assert_true(cc_str_eqz(d->names[0].alibi.command, "history Deployment/ad"));
	assert_int_equal(d->names[1].tempting.n, 0);
	cc_debrief_free(d);
}

static void finds_a_name_as_people_write_it(void **state)
{
	(void)state;
	cc_debrief *d = load(TEXT);
	static const struct { const char *said; int index; } CASES[] = {
		{ "otel-demo/Deployment/ad", 0 }, { "OTEL-DEMO/deploy/ad", 0 }, { "otel-demo/Pod/ad-6f9d7c5b8d-bcdfg", 0 },
		{ "otel-demo/Service/ad", -1 }, { "default/Deployment/ad", -1 }, { "otel-demo/Pod/ad-proxy", -1 },
		{ "otel-demo/svc/checkout", 1 }, { "otel-demo/Deployment/checkout", -1 }, { "ad", -1 }, { "", -1 },
	};
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
		assert_ptr_equal(cc_debrief_find(d, cc_str_from(CASES[i].said)), CASES[i].index < 0 ? NULL : &d->names[CASES[i].index]);
	cc_debrief_free(d);
}

static void anything_may_be_missing(void **state)
{
	(void)state;
	static const char *const TEXTS[] = { "{}", "decisive: 3\n", "decoys: [1, {entity: x}]\nhints: {a: b}\n", "innocent:\n" };
	for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
		cc_debrief *d = load(TEXTS[i]);
		assert_null(cc_debrief_find(d, CC_STR("otel-demo/Deployment/ad")));
		cc_debrief_free(d);
	}
	cc_debrief *d = NULL;
	cc_err err;
	assert_int_equal(cc_debrief_load(&d, CC_STR("[1]"), "debrief.yaml", &err), CC_EFORMAT);
	assert_int_equal(cc_debrief_load(&d, CC_STR("a: [b"), "debrief.yaml", &err), CC_EFORMAT);
}

static void out_of_memory_is_an_error(void **state)
{
	(void)state;
	bool done = false;
	for (long n = 0; !done && n < 2000; n++) {
		cc_debrief *d = NULL;
		cc_err err;
		cc_alloc_fail_after(n);
		cc_code code = cc_debrief_load(&d, cc_str_from(TEXT), "debrief.yaml", &err);
		cc_alloc_fail_after(-1);
		assert_true(code == CC_OK || code == CC_ENOMEM);
		done = code == CC_OK;
		if (done) cc_debrief_free(d);
	}
	assert_true(done);
}

static void lies_beside_its_truth(void **state)
{
	(void)state;
	test_tree t;
	cc_debrief *d = NULL;
	cc_err err;
	test_tree_make(&t);
	test_tree_file(&t, "a/debrief.yaml", TEXT);
	test_tree_dir(&t, "b");
	assert_int_equal(cc_debrief_beside(&d, test_tree_path(&t, "a/ground_truth.yaml"), &err), CC_OK);
	cc_debrief_free(d);
	assert_int_equal(cc_debrief_beside(&d, test_tree_path(&t, "b/ground_truth.yaml"), &err), CC_ENOTFOUND);
	test_tree_remove(&t);
}

static const char TRUTH[] =
	"metadata: {version: v1}\nfault: []\nalerts: []\npropagations: []\n"
	"groups:\n  - {id: quote-1, kind: Deployment, namespace: otel-demo, filter: ['quote\\b'], root_cause: true}\n";

static void the_verdict_says_why(void **state)
{
	(void)state;
	cc_truth *truth = NULL;
	cc_score *score = NULL;
	cc_answer *a = cc_answer_new();
	cc_debrief *d = load(TEXT);
	cc_buf out = CC_BUF_INIT;
	assert_int_equal(cc_truth_load(&truth, cc_str_from(TRUTH), CC_STR_EMPTY, "t", NULL), CC_OK);
	assert_true(cc_answer_add(a, (cc_answer_entity){ .name = CC_STR("otel-demo/Deployment/quote"), .contributing = true }));
	assert_true(cc_answer_add(a, (cc_answer_entity){ .name = CC_STR("otel-demo/Deployment/ad"), .contributing = true }));
	assert_int_equal(cc_score_new(&score, truth, a, NULL, NULL, NULL), CC_OK);
	cc_score_explain(&out, score, true);
	assert_true(cc_str_find(cc_buf_str(&out), CC_STR("innocent")) == CC_STR_NONE);
	score->debrief = d;
	cc_score_explain(&out, score, true);
	assert_true(cc_str_find(cc_buf_str(&out), CC_STR("innocent: the rollout was complete before the first error")) != CC_STR_NONE);
	assert_true(cc_str_find(cc_buf_str(&out), CC_STR("see it with: history Deployment/ad")) != CC_STR_NONE);
	cc_buf_clear(&out);
	cc_score_write(&out, score, NULL);
	assert_true(cc_str_find(cc_buf_str(&out), CC_STR("\"alibi\":\"history Deployment/ad\"")) != CC_STR_NONE);
	cc_buf_deinit(&out);
	cc_score_free(score);
	cc_answer_free(a);
	cc_truth_free(truth);
	cc_debrief_free(d);
}

/* The most tempting ones are told whether or not somebody fell for them; the others by name, each once. */
static void the_foremost_stand_first(void **state)
{
	(void)state;
	static const char DECOYS[] =
		"decoys:\n"
		"  - {entity: a/Deployment/one, tempting: t1, innocent: i1}\n"
		"  - {entity: a/Deployment/two, tempting: t2, innocent: i2, command: spec two, foremost: true}\n"
		"  - {entity: a/Deployment/two, tempting: t3, innocent: i3, command: spec two}\n"
		"  - {entity: a/Deployment/four, tempting: t4, innocent: i4, command: spec four, foremost: true}\n"
		"innocent:\n  - {entity: a/Service/five, innocent: i5}\n";
	cc_truth *truth = NULL;
	cc_score *score = NULL;
	cc_answer *a = cc_answer_new();
	cc_debrief *d = load(DECOYS), *unmarked = load(TEXT);
	cc_buf out = CC_BUF_INIT;
	assert_true(unmarked->names[0].foremost && !unmarked->names[1].foremost);
	assert_int_equal(cc_truth_load(&truth, cc_str_from(TRUTH), CC_STR_EMPTY, "t", NULL), CC_OK);
	assert_true(cc_answer_add(a, (cc_answer_entity){ .name = CC_STR("otel-demo/Deployment/quote"), .contributing = true }));
	assert_int_equal(cc_score_new(&score, truth, a, NULL, NULL, NULL), CC_OK);
	score->debrief = d;
	cc_score_tempting(&out, score, true);
	assert_string_equal(out.p, "  a/Deployment/two: t2\n      innocent: i2\n      see it with: spec two\n"
				   "  a/Deployment/four: t4\n      innocent: i4\n      see it with: spec four\n"
				   "  also innocent: a/Deployment/one\n");
	cc_buf_clear(&out);
	cc_score_write(&out, score, NULL);
	assert_true(cc_str_find(cc_buf_str(&out), CC_STR("\"tempting\":[{\"entity\":\"a/Deployment/two\",\"tempting\":\"t2\",\"innocent\":\"i2\","
		"\"alibi\":\"spec two\"},{\"entity\":\"a/Deployment/four\"")) != CC_STR_NONE);
	cc_buf_deinit(&out);
	cc_score_free(score);
	cc_answer_free(a);
	cc_truth_free(truth);
	cc_debrief_free(d);
	cc_debrief_free(unmarked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_everything),
		cmocka_unit_test(finds_a_name_as_people_write_it),
		cmocka_unit_test(anything_may_be_missing),
		cmocka_unit_test(out_of_memory_is_an_error),
		cmocka_unit_test(lies_beside_its_truth),
		cmocka_unit_test(the_verdict_says_why),
		cmocka_unit_test(the_foremost_stand_first),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
