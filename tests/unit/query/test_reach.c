/* test_reach.c - trouble travels to callers, users and owned things, and to nobody else. */
#include "query_support.h"

#include "coldcase/reach.h"

static cc_entity_id thing(const world *w, const char *kind, const char *name)
{
	cc_entity_id id = cc_entity_find(w->s, CC_STR("demo"), cc_str_from(kind), cc_str_from(name));

	assert_true(id != 0);
	return id;
}

static cc_reach *reach_of(const world *w, cc_entity_id from)
{
	cc_reach *out = calloc(cc_entity_count(w->s) + 1, sizeof *out);

	assert_non_null(out);
	assert_int_equal(cc_reach_from(w->s, from, NULL, out), CC_OK);
	return out;
}

static void assert_reach(const cc_reach *r, cc_entity_id id, cc_reach_how how, unsigned hops)
{
	assert_int_equal(r[id].how, how);
	assert_int_equal(r[id].hops, hops);
}

static void callers_are_reached_and_counted_in_hops(void **state)
{
	const world *w = *state;
	cc_reach *r = reach_of(w, thing(w, "Deployment", "payment"));

	assert_reach(r, thing(w, "Deployment", "payment"), CC_REACH_ITSELF, 0);
	assert_reach(r, thing(w, "Pod", POD), CC_REACH_ITSELF, 0);
	assert_reach(r, thing(w, "Service", "payment"), CC_REACH_ITSELF, 0);
	assert_reach(r, thing(w, "Deployment", "checkout"), CC_REACH_CALLS, 1);
	assert_reach(r, cc_entity_of_service(w->s, CC_STR("demo"), CC_STR("frontend")), CC_REACH_CALLS, 2);
	free(r);
}

static void what_is_called_is_not_reached(void **state)
{
	const world *w = *state;
	cc_reach *r = reach_of(w, thing(w, "Deployment", "checkout"));

	assert_reach(r, thing(w, "Deployment", "payment"), CC_REACH_NOT, 0);
	assert_reach(r, thing(w, "ConfigMap", "flagd-config"), CC_REACH_NOT, 0);
	assert_reach(r, cc_entity_of_service(w->s, CC_STR("demo"), CC_STR("frontend")), CC_REACH_CALLS, 1);
	free(r);
}

static void a_node_reaches_its_pods_and_their_callers(void **state)
{
	const world *w = *state;
	cc_entity_id node = cc_entity_find(w->s, CC_STR("cluster"), CC_STR("Node"), CC_STR("n1"));
	cc_reach *r;

	assert_true(node != 0);
	r = reach_of(w, node);
	assert_reach(r, thing(w, "Pod", POD), CC_REACH_PART, 0);
	assert_reach(r, thing(w, "Deployment", "checkout"), CC_REACH_PART, 0);
	assert_reach(r, cc_entity_of_service(w->s, CC_STR("demo"), CC_STR("frontend")), CC_REACH_CALLS, 1);
	free(r);
}

static void nothing_reaches_nothing(void **state)
{
	const world *w = *state;
	cc_reach *r = reach_of(w, 0);
	cc_buf said = CC_BUF_INIT;

	for (size_t i = 0; i <= cc_entity_count(w->s); i++)
		assert_int_equal(r[i].how, CC_REACH_NOT);
	cc_reach_say((cc_reach){ CC_REACH_CALLS, 2 }, &said);
	assert_string_equal(said.p, "calls it over 2 hops");
	cc_buf_deinit(&said);
	free(r);
}

static bool nobody_knows(void *arg, const cc_event *e)
{
	(void)arg;
	(void)e;
	return false;
}

static cc_reach_how how_far(const cc_snapshot *s, const char *quota, const cc_reach_events *events, const char *service)
{
	cc_reach *r = calloc(cc_entity_count(s) + 1, sizeof *r);
	cc_entity_id from, to;
	cc_reach_how how;

	assert_non_null(r);
	assert_int_equal(cc_entity_resolve(s, cc_str_from(quota), &from, NULL, NULL), CC_OK);
	assert_int_equal(cc_entity_resolve(s, cc_str_from(service), &to, NULL, NULL), CC_OK);
	assert_int_equal(cc_reach_from(s, from, events, r), CC_OK);
	how = r[to].how;
	free(r);
	return how;
}

/* Two quotas in one namespace; events say which of them refuses pods, and whose. */
static void a_quota_reaches_what_it_refuses(void **state)
{
	static const char STRICT[] = "book-info/ResourceQuota/strict-resource-quota", WIDE[] = "book-info/ResourceQuota/book-info-quota";
	static const cc_reach_events NONE = { nobody_knows, NULL };
	cc_snapshot *s = NULL;

	(void)state;
	assert_int_equal(cc_snapshot_open(&s, "sample-incidents/Scenario-5", NULL, NULL), CC_OK);
	assert_int_equal(how_far(s, STRICT, NULL, "book-info/Service/ratings"), CC_REACH_PART);
	assert_int_equal(how_far(s, STRICT, NULL, "book-info/Service/reviews-v3"), CC_REACH_CALLS);
	assert_int_equal(how_far(s, STRICT, &NONE, "book-info/Service/ratings"), CC_REACH_NAMESPACE);
	assert_int_equal(how_far(s, WIDE, NULL, "book-info/Service/ratings"), CC_REACH_NAMESPACE);
	assert_int_equal(how_far(s, "cluster/Namespace/book-info", NULL, "book-info/Service/ratings"), CC_REACH_NAMESPACE);
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(callers_are_reached_and_counted_in_hops), cmocka_unit_test(what_is_called_is_not_reached),
		cmocka_unit_test(a_node_reaches_its_pods_and_their_callers), cmocka_unit_test(nothing_reaches_nothing),
		cmocka_unit_test(a_quota_reaches_what_it_refuses),
	};

	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
