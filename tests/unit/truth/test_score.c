/* Matching and counting on an own ground truth, so that the rules hold without any shared data. */
#include <math.h>

#include "truth_support.h"
#include "coldcase/json.h"

/* One of each: open-tail Pod root aliased to its Service, a look-alike sibling, a Namespace, chaos by Schedule and by name, a glob. */
#define SHOP \
	"groups:\n" \
	"- {id: front-pod-1, kind: Pod, namespace: shop, filter: ['front-.*'], root_cause: true}\n" \
	"- {id: front-service-1, kind: Service, namespace: shop, filter: ['front\\b']}\n" \
	"- {id: front-proxy-service-1, kind: Service, namespace: shop, filter: ['front-proxy\\b']}\n" \
	"- {id: cart-pod-1, kind: Pod, namespace: shop, filter: ['cart-.*']}\n" \
	"aliases: [[front-pod-1, front-service-1]]\n"
#define CHAOS \
	"groups:\n- {id: shop-cart-partition, kind: NetworkChaos, namespace: chaos-mesh, filter: [shop-cart-partition], root_cause: true}\n" \
	"- {id: cart-pod-1, kind: Pod, namespace: shop, filter: ['cart-.*']}\n"
#define CHAOS_WILD \
	"groups:\n- {id: shop-cart-cpu-stress, kind: Schedule, namespace: chaos-mesh, filter: ['.*cart'], root_cause: true}\n"
#define HPAS \
	"groups:\n- {id: ad-horizontal-pod-autoscaler-1, kind: HorizontalPodAutoscaler, namespace: shop, filter: ['*.*'], root_cause: true}\n" \
	"- {id: cart-horizontal-pod-autoscaler-1, kind: HorizontalPodAutoscaler, namespace: shop, filter: ['*.*'], root_cause: true}\n"
#define SPACE "groups:\n- {id: shop-namespace-1, kind: Namespace, filter: [shop], root_cause: true}\n"
#define FLAGS "groups:\n- {id: flags, kind: ConfigMap, namespace: shop, filter: [flagd-config], root_cause: true}\n" \
	"- {id: web-service-1, kind: Service, namespace: shop, filter: ['web\\b']}\n"
#define GLOB "groups:\n- {id: page-v1-pod-1, kind: Pod, namespace: shop, filter: ['page-v1-*'], root_cause: true}\n"
#define TWO "groups:\n- {id: a, kind: ConfigMap, namespace: shop, name: a, root_cause: true}\n" \
	"- {id: b, kind: ConfigMap, namespace: shop, name: b, root_cause: true}\n"

#define FLAG "shop/ConfigMap/flagd-config"

typedef struct vector {
	const char *truth, *names[6];
	uint32_t tp, fp, fn, score[2], per[2], dup[2], strict[2]; /* strict: TP and TP+FP when all are found */
	const char *rows;
} vector;

static const vector VECTORS[] = {
	{ FLAGS, { NULL }, 0, 0, 1, { 0, 0 }, { 0, 0 }, { 0, 0 }, { 0, 0 }, "" },
	{ FLAGS, { FLAG }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, "flags TP exact;" },
	{ FLAGS, { FLAG, "shop/Deployment/x" }, 1, 1, 0, { 1, 2 }, { 1, 2 }, { 1, 2 }, { 1, 2 }, "flags TP exact;- FP unmatched;" },
	{ FLAGS, { FLAG, "shop/Service/web" }, 1, 1, 0, { 1, 2 }, { 1, 2 }, { 1, 2 }, { 1, 2 }, "flags TP exact;web-service-1 FP exact;" },
	{ FLAGS, { "shop/Service/web" }, 0, 1, 1, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, "web-service-1 FP exact;" },
	{ FLAGS, { FLAG, FLAG }, 1, 0, 0, { 1, 1 }, { 2, 2 }, { 1, 2 }, { 1, 1 }, "flags TP exact;flags dup exact;" },
	{ FLAGS, { FLAG, FLAG, "shop/Pod/x" }, 1, 1, 0, { 1, 2 }, { 2, 3 }, { 1, 3 }, { 1, 2 }, "flags TP exact;flags dup exact;- FP unmatched;" },
	{ FLAGS, { FLAG, "shop/Pod/x", "SHOP/po/x" }, 1, 1, 0, { 1, 2 }, { 1, 3 }, { 1, 3 }, { 1, 2 }, "flags TP exact;- FP unmatched;- FP unmatched;" },
	{ FLAGS, { FLAG, "shop/Service/web", "shop/svc/web" }, 1, 1, 0, { 1, 2 }, { 1, 3 }, { 1, 3 }, { 1, 2 },
		"flags TP exact;web-service-1 FP exact;web-service-1 FP exact;" },
	{ FLAGS, { "SHOP/configmap.v1/flagd-config" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, "flags TP exact;" },
	{ FLAGS, { " shop/cm/flagd-config/ " }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, "flags TP exact;" },
	{ FLAGS, { "default/ConfigMap/flagd-config" }, 0, 1, 1, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, "- FP unmatched;" },
	{ FLAGS, { "shop/Deployment/flagd-config" }, 0, 1, 1, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, "- FP unmatched;" },
	{ FLAGS, { "flagd-config", "ConfigMap/flagd-config", "a/b/c/d", "shop//x", "" }, 0, 5, 1, { 0, 5 }, { 0, 5 }, { 0, 5 }, { 0, 5 },
		"- FP malformed;- FP malformed;- FP malformed;- FP malformed;- FP malformed;" },
	/* Alias siblings and workload kinds. */
	{ SHOP, { "shop/Service/front" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, "front-service-1 TP exact;" },
	{ SHOP, { "shop/Service/front", "shop/Pod/front-6f9d7c5b8d-bcdfg" }, 1, 0, 0, { 1, 1 }, { 2, 2 }, { 1, 2 }, { 1, 1 },
		"front-service-1 TP exact;front-pod-1 dup exact;" },
	{ SHOP, { "shop/Deployment/front" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 1 }, "front-pod-1 TP kind_equiv;" },
	{ SHOP, { "shop/StatefulSet/front-0" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 1 }, "front-pod-1 TP kind_equiv;" },
	{ SHOP, { "shop/Pod/front-v2-7d9c6b5f4-x2k9q" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, "front-pod-1 TP exact;" },
	{ SHOP, { "shop/Service/front-proxy" }, 0, 1, 1, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, "front-proxy-service-1 FP exact;" },
	{ SHOP, { "shop/Pod/front-proxy-7d9c6b5f4-x2k9q" }, 0, 1, 1, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 1, 1 }, "- FP prefix_only;" },
	{ SHOP, { "shop/Deployment/front-proxy" }, 0, 1, 1, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, "- FP prefix_only;" },
	{ SHOP, { "shop/Pod/valkey-cart-6c8b5f7d9-tq2vx" }, 0, 1, 1, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, "- FP unmatched;" },
	/* Cluster-scoped: any prefix or none. */
	{ SPACE, { "cluster/Namespace/shop" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 1, 1 }, "shop-namespace-1 TP exact;" },
	{ SPACE, { "shop/Namespace/shop", "Namespace/shop", "ns/shop" }, 1, 0, 0, { 1, 1 }, { 3, 3 }, { 1, 3 }, { 1, 1 },
		"shop-namespace-1 TP exact;shop-namespace-1 dup exact;shop-namespace-1 dup exact;" },
	/* Chaos and its schedule. */
	{ CHAOS, { "chaos-mesh/Schedule/shop-cart-partition" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 1 }, "shop-cart-partition TP kind_equiv;" },
	{ CHAOS, { "chaos-mesh/NetworkChaos/shop-cart-partition-x7k2p" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 1 },
		"shop-cart-partition TP exact;" },
	{ CHAOS, { "chaos-mesh/StressChaos/shop-cart-partition" }, 0, 1, 1, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, "- FP unmatched;" },
	{ CHAOS, { "shop/Deployment/cart" }, 0, 1, 1, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, "cart-pod-1 FP kind_equiv;" },
	{ CHAOS_WILD, { "chaos-mesh/Schedule/shop-cart-cpu-stress" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 1 }, "shop-cart-cpu-stress TP exact;" },
	{ CHAOS_WILD, { "chaos-mesh/StressChaos/a-cart-b" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 1 }, "shop-cart-cpu-stress TP kind_equiv;" },
	/* Filters that are no regular expressions, and equal ones. */
	{ GLOB, { "shop/Pod/page-v1-54bb874995-b9wcq" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 1 }, "page-v1-pod-1 TP exact;" },
	{ GLOB, { "shop/Pod/page-v1-anything" }, 1, 0, 0, { 1, 1 }, { 1, 1 }, { 1, 1 }, { 0, 1 }, "page-v1-pod-1 TP exact;" },
	{ HPAS, { "shop/hpa/cart", "shop/hpa/ad" }, 2, 0, 0, { 2, 2 }, { 2, 2 }, { 2, 2 }, { 2, 2 },
		"cart-horizontal-pod-autoscaler-1 TP exact;ad-horizontal-pod-autoscaler-1 TP exact;" },
	{ HPAS, { "shop/hpa/x", "shop/hpa/ad", "shop/hpa/x", "shop/hpa/z" }, 2, 0, 0, { 2, 2 }, { 4, 4 }, { 2, 4 }, { 2, 2 },
		"ad-horizontal-pod-autoscaler-1 TP exact;cart-horizontal-pod-autoscaler-1 TP exact;ad-horizontal-pod-autoscaler-1 dup exact;"
		"ad-horizontal-pod-autoscaler-1 dup exact;" },
	{ HPAS, { "shop/hpa/cart" }, 1, 0, 1, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, "cart-horizontal-pod-autoscaler-1 TP exact;" },
	/* The gate. */
	{ TWO, { "shop/ConfigMap/a" }, 1, 0, 1, { 0, 1 }, { 0, 1 }, { 0, 1 }, { 0, 1 }, "a TP exact;" },
	{ TWO, { "shop/ConfigMap/a", "shop/ConfigMap/b", "shop/Pod/c" }, 2, 1, 0, { 2, 3 }, { 2, 3 }, { 2, 3 }, { 2, 3 },
		"a TP exact;b TP exact;- FP unmatched;" },
};

static void check_ratio(size_t i, const char *what, cc_ratio r, const uint32_t want[2])
{
	if (r.num != want[0] || r.den != want[1])
		fail_msg("vector %zu: %s %u/%u, want %u/%u", i, what, r.num, r.den, want[0], want[1]);
}

static void rows_text(cc_buf *out, const cc_score *s)
{
	cc_buf_addz(out, "");
	for (size_t i = 0; i < s->row_count; i++) {
		cc_str group = s->rows[i].group == CC_STR_NONE ? CC_STR("-") : s->truth->groups[s->rows[i].group].id;
		cc_buf_addf(out, "%.*s %s %s;", CC_STR_ARG(group), cc_score_verdict_text(s->rows[i].verdict), cc_score_via_text(s->rows[i].via));
	}
}

static void test_vectors(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof VECTORS / sizeof VECTORS[0]; i++) {
		const vector *v = &VECTORS[i];
		cc_truth *t = test_truth(v->truth);
		cc_answer *a = test_names(v->names);
		cc_score *s = test_score(t, a);
		cc_buf rows = CC_BUF_INIT;
		if (s->status != CC_SCORE_OK || s->d1.tp != v->tp || s->d1.fp != v->fp || s->d1.fn != v->fn)
			fail_msg("vector %zu: TP %u FP %u FN %u", i, s->d1.tp, s->d1.fp, s->d1.fn);
		rows_text(&rows, s);
		if (!cc_str_eqz(cc_buf_str(&rows), v->rows))
			fail_msg("vector %zu: %s", i, rows.p);
		check_ratio(i, "score", s->d1.score, v->score);
		check_ratio(i, "per prediction", s->d1.per_prediction, v->per);
		check_ratio(i, "dup", s->d1.dup_is_fp, v->dup);
		check_ratio(i, "strict", s->strict.score, v->strict);
		cc_buf_deinit(&rows);
		cc_score_free(s);
		cc_answer_free(a);
		cc_truth_free(t);
	}
}

/* -- owners, nearness ------------------------------------------------------------------------------------------------------------- */

static const char *owner_of(void *ctx, cc_str ns, cc_str kind, cc_str name)
{
	(void)ctx;
	if (!cc_str_eqz(ns, "shop") || !cc_str_eqz(kind, "pod"))
		return NULL;
	return cc_str_eqz(name, "front-odd-name") ? "Front" : cc_str_eqz(name, "front-6f9d7c5b8d-bcdfg") ? "front-other" : NULL;
}

static cc_score_via via_with_owner(const char *name)
{
	const char *const names[] = { name, NULL };
	cc_truth *t = test_truth(SHOP);
	cc_answer *a = test_names(names);
	cc_score *s = NULL;
	assert_int_equal(cc_score_new(&s, t, a, owner_of, NULL, NULL), CC_OK);
	cc_score_via via = s->rows[0].via;
	cc_score_free(s);
	cc_answer_free(a);
	cc_truth_free(t);
	return via;
}

static void test_observed_owner_outranks_the_name(void **state)
{
	(void)state;
	assert_int_equal(via_with_owner("shop/Pod/front-odd-name"), CC_VIA_EXACT);
	assert_int_equal(via_with_owner("shop/Pod/front-6f9d7c5b8d-bcdfg"), CC_VIA_PREFIX_ONLY);
	assert_int_equal(via_with_owner("shop/Pod/front-6f9d7c5b8d-ccccc"), CC_VIA_EXACT);
}

static void test_near(void **state)
{
	static const struct { const char *name; bool n, k, s; } CASES[] = {
		{ "shop/ConfigMap/flagd-config", true, true, true }, { "shop/Secret/flagd-config", true, false, true },
		{ "other/ConfigMap/flagd-config", true, true, false }, { "other/Secret/flagd-config", true, false, false },
		{ "shop/ConfigMap/else", false, true, true }, { "flagd-config", false, false, false },
	};
	cc_truth *t = test_truth(FLAGS);
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		const char *const names[] = { CASES[i].name, "x/Pod/y", NULL };
		cc_answer *a = test_names(names);
		cc_score *s = test_score(t, a);
		const cc_score_near *near = &s->rows[0].near;
		if (near->name != CASES[i].n || near->kind != CASES[i].k || near->ns != CASES[i].s)
			fail_msg("%s: %d %d %d", CASES[i].name, near->name, near->kind, near->ns);
		assert_int_equal(s->near.name, CASES[i].n);
		cc_score_free(s);
		cc_answer_free(a);
	}
	cc_truth_free(t);
}

/* -- status, record, words ----------------------------------------------------------------------------------------------------- */

static void check_status(const char *truth, const char *answer, cc_score_status status, const char *record_part, const char *words)
{
	cc_truth *t = test_truth(truth);
	cc_answer *a = answer ? test_answer(answer) : NULL;
	cc_score *s = test_score(t, a);
	cc_buf b = CC_BUF_INIT;
	assert_int_equal(s->status, status);
	cc_score_write(&b, s, NULL);
	if (!strstr(b.p, record_part))
		fail_msg("%s not in %s", record_part, b.p);
	cc_buf_clear(&b);
	cc_score_explain(&b, s, false);
	if (!strstr(b.p, words))
		fail_msg("%s not in %s", words, b.p);
	cc_buf_deinit(&b);
	cc_score_free(s);
	cc_answer_free(a);
	cc_truth_free(t);
}

static void test_status(void **state)
{
	(void)state;
	check_status(FLAGS, NULL, CC_SCORE_MISSING, "\"status\":\"missing\",", "No answer was submitted: score 0. The causes stay hidden");
	check_status(FLAGS, NULL, CC_SCORE_MISSING, "\"FN\":1,\"full_recall\":false,\"score\":0.0000,", "--reveal");
	check_status(FLAGS, "nonsense", CC_SCORE_INVALID, "\"score\":0.0000,", "The answer could not be read");
	check_status("groups: []", "[\"a/Pod/b\"]", CC_SCORE_UNSCORABLE, "\"TP\":null,\"FP\":null,\"FN\":null,\"full_recall\":null,\"score\":null,",
		"Not scorable: it has no groups");
	check_status(FLAGS, "```\n{\"entities\":[]}\n```", CC_SCORE_OK, "\"answer_repaired\":\"fence\"", "repaired: fence");
}

/* What each wrong name cost: the score without it, less the score. */
static void test_cost(void **state)
{
	static const struct { const char *truth, *names[6]; uint32_t num, den; } CASES[] = {
		{ FLAGS, { "shop/Deployment/x", FLAG }, 1, 2 }, { FLAGS, { "shop/Deployment/x", FLAG, "shop/Deployment/y" }, 1, 6 },
		{ TWO, { "shop/Pod/x", "shop/ConfigMap/a", "shop/ConfigMap/b" }, 2, 6 },
		{ TWO, { "shop/Pod/x", "shop/ConfigMap/a" }, 0, 1 } };          /* the gate is closed: nothing is left to cost */
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		cc_truth *t = test_truth(CASES[i].truth);
		cc_answer *a = test_names(CASES[i].names), *less = test_names(CASES[i].names + 1);
		cc_score *s = test_score(t, a), *without = test_score(t, less);
		cc_ratio cost = cc_score_cost(s, 0);
		assert_int_equal(cost.num, CASES[i].num);
		assert_int_equal(cost.den, CASES[i].den);
		assert_true(fabs((double)without->d1.score.num / without->d1.score.den - (double)s->d1.score.num / s->d1.score.den - (double)cost.num / cost.den) < 1e-12);
		assert_int_equal(cc_score_cost(s, 1).num, 0);
		cc_score_free(s);
		cc_score_free(without);
		cc_answer_free(a);
		cc_answer_free(less);
		cc_truth_free(t);
	}
}

static void test_record(void **state)
{
	static const char *const names[] = { "shop/Deployment/front", "x", NULL };
	static const char *const flags[] = { "early" };
	const cc_score_cause cause = { CC_STR("shop/Pod/front-1"), { [CC_EVENT_ENCOUNTERED] = { 3, -1, 2, 90 }, [CC_EVENT_ASSERTED] = { 9, 4, 7, 600 } } };
	const cc_score_conduct conduct = { .causes = &cause, .cause_count = 1, .flags = flags, .flag_count = 1, .repeated = 1, .brier = 0.25,
		.claimed = NAN, .stated = 1, .right = 0 };
	cc_score_run run = { "ab", NULL, "verified", "altered", "submit", 12, 30, -1, 5, "full", 2, 1, 7000, &conduct };
	cc_truth *t = test_truth(SHOP);
	cc_answer *a = test_names(names);
	cc_score *s = test_score(t, a);
	cc_buf b = CC_BUF_INIT;
	cc_json *doc = NULL;
	int64_t n;
	(void)state;
	cc_score_write(&b, s, &run);
	assert_int_equal(cc_json_parse(&doc, cc_buf_str(&b), NULL), CC_OK);
	assert_str(cc_json_get_str(doc, "matcher"), "d1");
	assert_true(cc_json_int(cc_json_get(doc, "matcher_version"), &n) && n == 1);
	assert_str(cc_json_get_str(doc, "gt_sha256"), t->sha256);
	assert_str(cc_json_text(cc_json_get(doc, "score")), "0.5000");
	assert_str(cc_json_text(cc_json_get(doc, "strict")), "0.0000");
	assert_str(cc_json_text(cc_json_get(doc, "f1")), "0.6667");
	assert_str(cc_json_text(cc_json_get(doc, "kind_match")), "false");
	assert_str(cc_json_text(cc_json_get(doc, "name_match")), "true");
	assert_str(cc_json_text(cc_json_at(doc, "rows.0.via")), "kind_equiv");
	assert_str(cc_json_text(cc_json_at(doc, "rows.0.class")), "front-pod-1");
	assert_str(cc_json_text(cc_json_at(doc, "rows.1.group")), "null");
	assert_str(cc_json_get_str(doc, "stop"), "submit");
	assert_str(cc_json_get_str(doc, "commitment"), "verified");
	assert_str(cc_json_get_str(doc, "answer_commitment"), "altered");
	assert_str(cc_json_text(cc_json_get(doc, "wall_ms")), "null");
	assert_str(cc_json_text(cc_json_get(doc, "turns")), "12");
	assert_str(cc_json_text(cc_json_at(doc, "rows.0.cost")), "0.0000");
	assert_str(cc_json_text(cc_json_at(doc, "rows.1.cost")), "0.5000");
	assert_str(cc_json_text(cc_json_at(doc, "discovery.0.cause")), "shop/Pod/front-1");
	assert_str(cc_json_text(cc_json_at(doc, "discovery.0.encountered.query")), "2");
	assert_str(cc_json_text(cc_json_at(doc, "discovery.0.encountered.turn")), "null");
	assert_str(cc_json_text(cc_json_at(doc, "discovery.0.asserted.turn")), "4");
	assert_int_equal(cc_json_typeof(cc_json_at(doc, "discovery.0.exonerated")), CC_JSON_NULL);
	assert_str(cc_json_text(cc_json_at(doc, "flags.0")), "early");
	assert_str(cc_json_text(cc_json_get(doc, "brier")), "0.25");
	assert_str(cc_json_text(cc_json_get(doc, "claimed")), "null");
	assert_int_equal(cc_json_typeof(cc_json_get(doc, "gt_warnings")), CC_JSON_ARRAY);
	cc_json_free(doc);
	cc_buf_deinit(&b);
	cc_score_free(s);
	cc_answer_free(a);
	cc_truth_free(t);
}

static void test_decimals(void **state)
{
	static const struct { cc_ratio r; const char *text; } CASES[] = {
		{ { 0, 0 }, "0.0000" }, { { 1, 1 }, "1.0000" }, { { 1, 3 }, "0.3333" }, { { 2, 3 }, "0.6667" }, { { 1, 6 }, "0.1667" },
		{ { 1, 20000 }, "0.0001" }, { { 1, 20001 }, "0.0000" }, { { 4294967295u, 4294967295u }, "1.0000" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		cc_buf b = CC_BUF_INIT;
		cc_ratio_format(&b, CASES[i].r);
		assert_str(cc_buf_str(&b), CASES[i].text);
		cc_buf_deinit(&b);
	}
}

static const char WORDS[] =
	"1 of 1 cause found: gate open.\n"
	"5 wrong names beside 1 right: precision 1/6 = 0.1667.\n"
	"Score 0.1667 (matcher d1; strict 0.1667)\n"
	"\nSubmitted\n"
	"  TP  shop/Service/front: a true cause: shop/Service/front.\n"
	"  dup shop/Deployment/front: names a cause already counted, shop/Pod/front.\n"
	"  FP  shop/Service/front-proxy: part of the incident but not its cause: the trouble reached it, shop/Service/front-proxy.\n"
	"      cost: 0.0333 of the score\n"
	"  FP  shop/Pod/front-proxy-7d9c6b5f4-x2k9q: only begins like a known name and is another workload.\n"
	"      cost: 0.0333 of the score\n"
	"  FP  shop/ConfigMap/front: right name, wrong kind: the cause is shop/Pod/front.\n"
	"      cost: 0.0333 of the score\n"
	"  FP  nowhere/Pod/front: right name and kind, wrong namespace: the cause is shop/Pod/front.\n"
	"      cost: 0.0333 of the score\n"
	"  FP  <U+202E>evil␛[31m: not of the form namespace/Kind/name.\n"
	"      cost: 0.0333 of the score\n"
	"  FP  <U+202E>evil␛[31m: not of the form namespace/Kind/name. Counted once.\n"
	"\nTrue causes\n"
	"found   shop/Pod/front (also shop/Service/front)\n"
	"        it broke\n"
	"\nHow it spread\n"
	"  1  shop/Service/front -> shop/Service/front-proxy: errors\n"
	"  2  shop/Service/front-proxy -> node\n"
	"  ?  a -> b\n"
	"\nOddities of the ground truth\n"
	"  a: a propagation names this group, which does not exist\n"
	"  b: a propagation names this group, which does not exist\n"
	"  node: a propagation names this group, which does not exist\n";

static void test_words(void **state)
{
	static const char *const names[] = { "shop/Service/front", "shop/Deployment/front", "shop/Service/front-proxy",
		"shop/Pod/front-proxy-7d9c6b5f4-x2k9q", "shop/ConfigMap/front", "nowhere/Pod/front", "\xE2\x80\xAE" "evil\x1b[31m",
		"\xE2\x80\xAE" "evil\x1b[31m", NULL };
	cc_truth *t = test_truth(SHOP "fault: [{condition: it broke}]\n"
		"propagations: [{source: a, target: b}, {source: front-proxy-service-1, target: node}, "
		"{source: front-service-1, target: front-proxy-service-1, effect: errors}]\n");
	cc_answer *a = test_names(names);
	cc_score *s = test_score(t, a);
	cc_buf b = CC_BUF_INIT;
	(void)state;
	cc_score_explain(&b, s, false);
	for (size_t i = 0; WORDS[i] || b.p[i]; i++)
		if (WORDS[i] != b.p[i])
			fail_msg("differs at: %.60s\nin\n%s", b.p + i, b.p);
	cc_buf_clear(&b);
	cc_score_explain(&b, s, true);
	for (size_t i = 0; i < b.n; i++)
		assert_true((unsigned char)b.p[i] < 0x80);
	cc_buf_deinit(&b);
	cc_score_free(s);
	cc_answer_free(a);
	cc_truth_free(t);
}

/* Who has not answered yet must not read the causes by accident. */
static void test_no_answer_hides_the_causes(void **state)
{
	cc_truth *t = test_truth(TWO);
	cc_score *s = test_score(t, NULL);
	cc_buf b = CC_BUF_INIT;
	(void)state;
	cc_score_explain(&b, s, false);
	assert_str(cc_buf_str(&b), "No answer was submitted: score 0. The causes stay hidden; --reveal shows them.\n");
	cc_buf_clear(&b);
	cc_score_reveal(&b, s, false);
	assert_non_null(strstr(b.p, "No answer was submitted: 0 of 2 causes found: gate closed"));
	assert_non_null(strstr(b.p, "True causes\nmissed  "));
	cc_buf_deinit(&b);
	cc_score_free(s);
	cc_truth_free(t);
}

static void test_gate_closed_words(void **state)
{
	static const char *const names[] = { "shop/ConfigMap/a", "shop/Pod/x", NULL };
	cc_truth *t = test_truth(TWO);
	cc_answer *a = test_names(names);
	cc_score *s = test_score(t, a);
	cc_buf b = CC_BUF_INIT;
	(void)state;
	cc_score_gate(&b, s);
	assert_str(cc_buf_str(&b), "1 of 2 causes found: gate closed, the score is 0 whatever the precision (0.5000).\n");
	cc_buf_clear(&b);
	cc_score_causes(&b, s, false);
	assert_str(cc_buf_str(&b), "found   shop/ConfigMap/a\nmissed  shop/ConfigMap/b\n");
	cc_buf_deinit(&b);
	cc_score_free(s);
	cc_answer_free(a);
	cc_truth_free(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors), cmocka_unit_test(test_observed_owner_outranks_the_name), cmocka_unit_test(test_near),
		cmocka_unit_test(test_status), cmocka_unit_test(test_cost), cmocka_unit_test(test_record), cmocka_unit_test(test_decimals), cmocka_unit_test(test_words),
		cmocka_unit_test(test_no_answer_hides_the_causes),
		cmocka_unit_test(test_gate_closed_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
