/* The metrics beside the score, against values worked out by hand on a chain of four: store -> cart -> shop -> edge. */
#include <math.h>
#include "unit/truth/truth_support.h"

static const char TRUTH[] =
	"groups:\n"
	"  - {id: s, kind: Deployment, namespace: n, filter: ['^store$'], root_cause: true}\n"
	"  - {id: c, kind: Service, namespace: n, filter: ['^cart$']}\n"
	"  - {id: h, kind: Service, namespace: n, filter: ['^shop$']}\n"
	"  - {id: e, kind: Service, namespace: n, filter: ['^edge$']}\n"
	"propagations:\n"
	"  - {source: s, target: c}\n"
	"  - {source: c, target: h}\n"
	"  - {source: h, target: e}\n"
	"alerts:\n"
	"  - {id: RequestErrorRate, group_id: h}\n"
	"  - {id: RequestLatency, group_id: e}\n";

#define NEAR(a, b) assert_true(fabs((a) - (b)) < 1e-12)

typedef struct scored { cc_truth *t; cc_answer *a; cc_score *s; } scored;

static scored score(const char *answer)
{
	scored r = { test_truth(TRUTH), test_answer(answer), NULL };
	assert_int_equal(cc_score_new(&r.s, r.t, r.a, NULL, NULL, NULL), CC_OK);
	return r;
}

static void done(scored r)
{
	cc_score_free(r.s);
	cc_answer_free(r.a);
	cc_truth_free(r.t);
}

static void test_first_names(void **state)
{
	(void)state;
	scored r = score("{\"root_causes\":[\"n/Service/shop\",\"n/Deployment/store\",\"n/Deployment/store\"]}");
	const cc_measures *m = &r.s->measures;
	NEAR(m->at[0].precision, 0);
	NEAR(m->at[0].recall, 0);
	NEAR(m->at[1].precision, 0.5);
	NEAR(m->at[1].recall, 1);
	NEAR(m->at[1].f1, 2.0 / 3);
	NEAR(m->at[2].precision, 1.0 / 3); /* a name twice is no second cause: recall stays at 1 */
	NEAR(m->at[4].recall, 1);
	done(r);
}

static void test_all_names(void **state)
{
	(void)state;
	scored r = score("{\"root_causes\":[\"n/Service/shop\",\"n/Deployment/store\",\"n/Deployment/store\",\"n/Service/moon\"]}");
	const cc_measures *m = &r.s->measures;
	NEAR(m->all.precision, 0.5);       /* two of four fit; the second finds nothing more */
	NEAR(m->all.recall, 1);
	NEAR(m->all.f1, 2.0 / 3);
	done(r);
}

static void test_localized(void **state)
{
	(void)state;
	static const char CHAIN[] = "{\"entities\":[],\"propagations\":[{\"source\":\"n/Deployment/store\",\"target\":\"n/Pod/%s\"}],\"alerts_explained\":[]}";
	static const char *const EFFECTS[] = {
		"propagations:\n  - {source: s, target: c}\n  - {source: c, target: h}\n",                                            /* none tells: what follows */
		"propagations:\n  - {source: s, target: c, effect: flag enabled}\n  - {source: c, target: h, effect: High latency}\n",  /* the target of the first failure */
		"propagations:\n  - {source: s, target: c, effect: 'calls of edge fail, cart-proxy too'}\n" };                          /* the one it names */
	static const char *const FIRST[] = { "cart", "shop", "edge" };
	for (size_t i = 0; i < 3; i++) {
		for (size_t k = 0; k < 3; k++) {
			char truth[1024], answer[256];
			snprintf(truth, sizeof truth, "%.*s%s", (int)(strstr(TRUTH, "propagations") - TRUTH), TRUTH, EFFECTS[i]);
			snprintf(answer, sizeof answer, CHAIN, FIRST[k]);
			scored r = { test_truth(truth), test_answer(answer), NULL };
			assert_int_equal(cc_score_new(&r.s, r.t, r.a, NULL, NULL, NULL), CC_OK);
			NEAR(r.s->measures.localized, i == k);
			done(r);
		}
	}
	scored r = score("{\"root_causes\":[\"n/Deployment/store\"]}");
	assert_true(isnan(r.s->measures.localized));           /* no chain was told */
	done(r);
}

static void test_proximity(void **state)
{
	(void)state;
	scored r = score("{\"root_causes\":[\"n/Service/shop\",\"n/Service/elsewhere\"]}");
	const cc_measures *m = &r.s->measures;
	NEAR(m->proximity[0].precision, (1.0 / 3 + 0) / 2); /* shop is two hops away */
	NEAR(m->proximity[0].recall, 1.0 / 3);
	NEAR(m->proximity[1].recall, 1 / (1 + 2.0 / 4)); /* two of a path of four */
	done(r);
}

static void test_chain(void **state)
{
	(void)state;
	scored r = score("{\"entities\":[],\"propagations\":[{\"source\":\"n/Pod/store\",\"target\":\"n/Deployment/shop\"},"
		"{\"source\":\"n/Service/shop\",\"target\":\"moon\"}],\"alerts_explained\":[]}");
	assert_true(r.s->measures.has_chain);
	NEAR(r.s->measures.chain.precision, 2.0 / 3); /* store, shop, moon: Deployment and Service of shop are one */
	NEAR(r.s->measures.chain.recall, 2.0 / 4);
	done(r);
	r = score("{\"root_causes\":[\"n/Deployment/store\"]}");
	assert_false(r.s->measures.has_chain);
	done(r);
}

static void test_alerts(void **state)
{
	(void)state;
	scored r = score("{\"entities\":[],\"propagations\":[],\"alerts_explained\":[{\"alert\":\"RequestErrorRate on shop\",\"explanation\":\"x\","
		"\"explained\":true},{\"alert\":\"RequestLatency\",\"explanation\":\"x\",\"explained\":false}]}");
	NEAR(r.s->measures.alerts_explained, 0.5);
	done(r);
	r = score("{\"entities\":[],\"propagations\":[],\"alerts_explained\":[{\"alert\":\"e\",\"explanation\":\"x\",\"explained\":true}]}");
	NEAR(r.s->measures.alerts_explained, 0);
	done(r);
}

static void test_written(void **state)
{
	(void)state;
	scored r = score("{\"root_causes\":[\"n/Service/shop\"]}");
	cc_buf b = CC_BUF_INIT;
	cc_score_write(&b, r.s, NULL);
	assert_non_null(strstr(b.p, "\"root_cause_entity@1\":{\"precision\":0,\"recall\":0,\"f1\":0}"));
	assert_non_null(strstr(b.p, "\"root_cause_proximity_no_fp\":{\"precision\":0.3333,\"recall\":0.3333,\"f1\":0.3333}"));
	assert_null(strstr(b.p, "propagation_chain"));
	assert_non_null(strstr(b.p, "\"score\":0.0000")); /* however near */
	cc_buf_deinit(&b);
	done(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_names), cmocka_unit_test(test_all_names), cmocka_unit_test(test_localized), cmocka_unit_test(test_proximity), cmocka_unit_test(test_chain), cmocka_unit_test(test_alerts),
		cmocka_unit_test(test_written),
	};
	return cmocka_run_group_tests_name("truth/measures", tests, NULL, NULL);
}
