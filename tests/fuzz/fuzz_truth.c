/* fuzz_truth.c - any bytes as a ground truth and as a filter: loading, scoring its own names, and all that is printed. */
#include "coldcase/score.h"
#include "fuzz.h"
#include "truth/truth_priv.h"

static void score_own_names(const cc_truth *t)
{
	cc_answer *a = cc_answer_new();
	cc_score *s = NULL;
	cc_buf out = CC_BUF_INIT;
	for (size_t i = 0; a && i < t->group_count; i++)
		cc_answer_add(a, (cc_answer_entity){ .name = t->groups[i].label, .contributing = true });
	if (a && cc_score_new(&s, t, a, NULL, NULL, NULL) == CC_OK) {
		must(s->d1.tp + s->d1.fn == t->root_count && s->d1.score.num <= s->d1.score.den);
		must(s->strict.tp <= t->root_count && s->d1.per_prediction.num <= s->d1.per_prediction.den);
		cc_score_write(&out, s, NULL);
		cc_score_explain(&out, s, t->group_count % 2 == 1);
	}
	cc_buf_deinit(&out);
	cc_score_free(s);
	cc_answer_free(a);
}

static void match_as_filter(cc_str text)
{
	cc_arena *arena = cc_arena_new();
	cc_pattern p;
	if (arena && cc_pattern_compile(&p, arena, text, false)) {
		cc_pattern_match(&p, CC_STR("frontend-proxy-7d9c6b5f4-x2k9q"));
		cc_pattern_match(&p, cc_str_sub(text, 0, CC_TRUTH_NAME_MAX));
		cc_pattern_glob(text, CC_STR("frontend-proxy-7d9c6b5f4-x2k9q"));
	}
	cc_arena_free(arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_str text = { (const char *)data, size };
	cc_truth *t = NULL;
	cc_err err = { 0 };
	if (cc_truth_load(&t, text, CC_STR("Scenario-1"), "fuzz", &err) == CC_OK)
		score_own_names(t);
	else
		must(!t && err.code != CC_OK);
	cc_truth_free(t);
	if (size <= CC_TRUTH_PATTERN_MAX)
		match_as_filter(text);
	return 0;
}
