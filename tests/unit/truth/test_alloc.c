/* Every allocation fails once: no crash, no leak, no half result, and with enough memory the same score as ever. */
#include "truth_support.h"
#include "coldcase/xalloc.h"

static const char TRUTH[] =
	"{\"id_aa\":\"scenario-1\",\"ground_truth_yaml\":\"groups:\\n- {id: a-1, kind: Pod, namespace: n, filter: ['a-.*', 'x(y|z)*'], root_cause: true}\\n"
	"- {id: b-1, kind: Service, namespace: n, filter: [\\\"b\\\\b\\\"]}\\naliases: [[a-1, b-1], [b-1, gone]]\\n"
	"fault: [{condition: c, entity: {group_id: q}}]\\nalerts: [{id: A}]\\npropagations: [{source: a-1, target: b-1}]\\n"
	"recommendedActions: [{solution: {id: s, actions: [t]}}]\\n\"}\n"
	"{\"id_aa\":\"scenario-2\"}\n";
static const char TRUTH_V2[] =
	"apiVersion: itbench.io/v2\nspec: {entities: [{kind: Pod, metadata: {name: a, namespace: n}}], solutions: [[{steps: [{text: t}]}]]}\n";
static const char ANSWER[] =
	"Here:\n```json\n{\"response\":\"{\\\"entities\\\":[{\\\"id\\\":\\\"Pod/a uid 7\\\",\\\"namespace\\\":\\\"n\\\",\\\"evidence\\\":[1]},],"
	"\\\"propagations\\\":[{\\\"source\\\":\\\"s\\\"}],\\\"alerts_explained\\\":[{\\\"alert\\\":\\\"A\\\"}]}\"}\n```\n";

typedef struct outcome {
	cc_code code;
	bool written;
	cc_ratio score;
} outcome;

static outcome run(const char *truth, const char *scenario)
{
	cc_truth *t = NULL;
	cc_answer *a = NULL;
	cc_score *s = NULL;
	cc_err err = { 0 };
	cc_buf b = CC_BUF_INIT;
	outcome o = { .code = cc_truth_load(&t, cc_str_from(truth), cc_str_from(scenario), "test", &err) };
	if (!o.code)
		o.code = cc_answer_read(&a, cc_str_from(ANSWER), &err);
	if (!o.code)
		o.code = cc_score_new(&s, t, a, NULL, NULL, &err);
	if (!o.code) {
		o.score = s->d1.score;
		cc_score_write(&b, s, NULL);
		cc_score_explain(&b, s, false);
		cc_answer_write(&b, a);
		cc_truth_seal(&b, CC_STR("salt"), CC_STR("text"));
		o.written = cc_buf_ok(&b);
	}
	cc_buf_deinit(&b);
	cc_score_free(s);
	cc_answer_free(a);
	cc_truth_free(t);
	return o;
}

static void check(const char *truth, const char *scenario)
{
	bool done = false;
	long calls = 0;
	for (; !done && calls < 5000; calls++) {
		cc_alloc_fail_after(calls);
		outcome o = run(truth, scenario);
		cc_alloc_fail_after(-1);
		if (o.code && o.code != CC_ENOMEM)
			fail_msg("after %ld calls: %s", calls, cc_code_name(o.code));
		if (!o.code && (o.score.num != 1 || o.score.den != 1))
			fail_msg("after %ld calls: score %u/%u", calls, o.score.num, o.score.den);
		done = !o.code && o.written;
	}
	assert_true(done);
	assert_true(calls > 20);
}

static void test_v1_row(void **state)
{
	(void)state;
	check(TRUTH, "1");
}

static void test_v2(void **state)
{
	(void)state;
	check(TRUTH_V2, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_v1_row), cmocka_unit_test(test_v2) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
