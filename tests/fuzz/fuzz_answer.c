/* fuzz_answer.c - any bytes as an answer: reading, scoring against a fixed truth, writing, and reading back what was written. */
#include "coldcase/score.h"
#include "fuzz.h"

static const char TRUTH[] =
	"groups:\n- {id: cart-pod-1, kind: Pod, namespace: shop, filter: ['cart-.*'], root_cause: true}\n"
	"- {id: cart-service-1, kind: Service, namespace: shop, filter: ['cart\\b']}\n"
	"- {id: h, kind: HorizontalPodAutoscaler, namespace: shop, filter: ['*.*'], root_cause: true}\n"
	"aliases: [[cart-pod-1, cart-service-1]]\n";

static size_t claims(const cc_answer *a)
{
	size_t n = 0;
	for (size_t i = 0; i < a->entity_count; i++)
		n += a->entities[i].contributing;
	return n;
}

static void score(const cc_answer *a)
{
	cc_truth *t = NULL;
	cc_score *s = NULL;
	cc_buf out = CC_BUF_INIT;
	must(cc_truth_load(&t, cc_str_from(TRUTH), CC_STR_EMPTY, "fixed", NULL) == CC_OK);
	if (cc_score_new(&s, t, a, NULL, NULL, NULL) == CC_OK) {
		must(s->row_count == (a->status == CC_ANSWER_OK ? claims(a) : 0));
		must(s->d1.tp + s->d1.fn == 2 && s->d1.score.num <= s->d1.score.den);
		cc_score_write(&out, s, NULL);
		cc_score_explain(&out, s, true);
		for (size_t i = 0; i < out.n; i++)
			must((unsigned char)out.p[i] != 0x1b);
	}
	cc_buf_deinit(&out);
	cc_score_free(s);
	cc_truth_free(t);
}

static void write_and_read_back(const cc_answer *a)
{
	cc_buf out = CC_BUF_INIT;
	cc_answer *back = NULL;
	cc_answer_write(&out, a);
	must(cc_buf_ok(&out) && cc_answer_read(&back, cc_buf_str(&out), NULL) == CC_OK);
	must(back->status == CC_ANSWER_OK && !back->repaired && back->entity_count == claims(a));
	cc_answer_free(back);
	cc_buf_deinit(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	cc_answer *a = NULL;
	if (cc_answer_read(&a, (cc_str){ (const char *)data, size }, NULL) != CC_OK)
		return 0;
	score(a);
	write_and_read_back(a);
	cc_answer_free(a);
	return 0;
}
