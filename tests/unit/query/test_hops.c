/* test_hops.c - flows call by call: hops of the tree of paths, origins apart by callee, calls that never arrived, shares
 * that rose for certain, and traces along a path. */
#include "query_support.h"
#include "coldcase/callnet.h"
#include "coldcase/entity.h"
#include "coldcase/traceview.h"

/* put_span with the attributes of the caller's choice. */
static void put_call(FILE *f, int64_t ns, int trace, int id, int parent, const char *name, const char *kind, const char *service,
	int64_t ms, const char *status, const char *attributes)
{
	char parent_id[24] = "";
	if (parent)
		snprintf(parent_id, sizeof parent_id, "%08x%08x", trace, parent);
	put_stamp(f, ns);
	fprintf(f, "\t%032x\t%08x%08x\t%s\t\t%s\t%s\t%s\t{'service.name': '%s', 'k8s.namespace.name': 'demo'}\t\t\t%s\t%lld\t%s\t"
		"\t[]\t[]\t[]\t[]\t[]\t[]\t[]\n", trace, trace, id, parent_id, name, kind, service, service, attributes,
		(long long)(ms * CC_NS_PER_MS), status);
}

/* web calls cart and mail by one operation, GET, and keeps a database; from 17:50 on cart is never reached, and mail is slow. */
static void *shop_world(void)
{
	world *w = world_new();
	FILE *f = world_file(w, "otel_traces_raw.tsv", SPAN_HEADER);
	for (int i = 0; i < 40; i++) {
		int64_t t = w->start + i * 30 * CC_NS_PER_S;
		bool bad = i >= 20;
		put_call(f, t, i + 1, 1, 0, "GET /", "Server", "web", bad ? 500 : 50, bad ? "Error" : "Unset", "{}");
		put_call(f, t + 1, i + 1, 2, 1, "GET", "Client", "web", 5, bad ? "Error" : "Unset", "{'url.full': 'http://cart:8080/items/7'}");
		if (!bad)
			put_call(f, t + 2, i + 1, 3, 2, "items", "Server", "cart", 4, "Unset", "{}");
		put_call(f, t + 3, i + 1, 4, 1, "GET", "Client", "web", bad ? 450 : 9, i == 30 ? "Error" : "Unset", "{'server.address': 'mail.demo.svc'}");
		put_call(f, t + 4, i + 1, 5, 4, "send", "Server", "mail", bad ? 440 : 7, "Unset", "{}");
		put_call(f, t + 5, i + 1, 6, 1, "SELECT", "Client", "web", 1, "Unset", "{'db.system': 'mysql'}");
		put_call(f, t + 6, i + 1, 7, 1, "GET", "Client", "web", 1, "Unset", "{'server.address': 'outside.example'}");
	}
	fclose(f);
	world_open(w);
	return w;
}

static cc_flows *flows(const world *w, unsigned parts, unsigned ranges)
{
	cc_flows *f = NULL;
	cc_flows_options opt = { .pivot_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE }, .parts = parts, .ranges = ranges };
	assert_int_equal(cc_flows_build(&f, w->s, &opt, NULL), CC_OK);
	return f;
}

/* The callee counts what it received; the link and the callee say beside that what was meant for it. */
static void what_is_lost_stands_at_the_link_and_the_callee(void **state)
{
	const world *w = *state;
	cc_callnet *n = NULL;
	cc_callnet_options opt = { .pivot_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE } };
	assert_int_equal(cc_callnet_build(&n, w->s, &opt, NULL), CC_OK);
	size_t cart = cc_callnet_find(n, cc_entity_of_service(w->s, CC_STR_EMPTY, CC_STR("cart")));
	size_t mail = cc_callnet_find(n, cc_entity_of_service(w->s, CC_STR_EMPTY, CC_STR("mail")));
	const cc_call_link *l = cc_callnet_nth(n, cart, false, 0);
	assert_non_null(l);
	assert_true(l->load.calls == 0 && l->load.calls_before == 20 && l->load.lost == 20 && l->load.lost_before == 0);
	assert_true(cc_callnet_node(n, cart)->load.lost == 20 && cc_callnet_node(n, cart)->load.calls == 0);
	assert_true(cc_callnet_node(n, mail)->load.lost == 0 && cc_callnet_nth(n, mail, false, 0)->load.lost == 0);
	assert_int_equal(cc_callnet_node(n, l->from)->load.lost, 0);
	cc_callnet_free(n);
}

static void one_operation_with_two_callees_is_two_origins(void **state)
{
	const world *w = *state;
	for (unsigned ranges = 1; ranges < 4; ranges++) {
		cc_flows *f = flows(w, CC_FLOWS_ORIGINS, ranges);
		assert_int_equal(cc_flows_origin_count(f), 2);
		const cc_error_origin *cart = cc_flows_origin(f, 0), *mail = cc_flows_origin(f, 1);
		assert_true(cart->operation == mail->operation && cart->service == mail->service);
		assert_true(cc_str_eqz(cart->peer, "cart") && cart->client_only && cart->after == 20);
		assert_true(cc_str_eqz(mail->peer, "mail") && !mail->client_only && mail->after == 1);
		cc_flows_free(f);
	}
}

static void a_call_that_is_normally_answered_is_lost(void **state)
{
	const world *w = *state;
	for (unsigned ranges = 1; ranges < 4; ranges++) {
		cc_flows *f = flows(w, CC_FLOWS_LOST, ranges);
		assert_int_equal(cc_flows_clients(f), 160);
		assert_int_equal(cc_flows_lost_count(f), 1);    /* neither the database nor the outside world ever answers */
		const cc_lost_calls *l = cc_flows_lost(f, 0);
		assert_true(cc_str_eqz(l->callee, "cart"));
		assert_true(l->calls_before == 20 && l->lost_before == 0 && l->calls_after == 20 && l->lost_after == 20);
		assert_true(l->first_ns == w->onset + 1 && l->score > 80 && !l->few);
		cc_flows_free(f);
	}
}

static void hops_are_a_tree_with_the_times_of_their_own_calls(void **state)
{
	const world *w = *state;
	cc_flows *f = flows(w, CC_FLOWS_HOPS | CC_FLOWS_PATHS, 3);
	assert_int_equal(cc_flows_hop_count(f), 3);
	const cc_flow *web = cc_flows_hop(f, 0), *gone = cc_flows_hop(f, 1), *mail = cc_flows_hop(f, 2);
	assert_true(web->depth == 0 && web->verdict == CC_FLOW_ERRORS && web->after.errors == 20);
	assert_true(gone->depth == 1 && gone->verdict == CC_FLOW_GONE && cc_str_eqz(gone->chain, "web > cart"));
	assert_true(mail->depth == 1 && mail->verdict == CC_FLOW_SLOWER && mail->after.p50_ns == 440 * CC_NS_PER_MS);
	assert_int_equal(cc_flows_path_count(f), 2);
	for (size_t i = 0; i < 2; i++) {
		const cc_flow *p = cc_flows_path(f, i);
		if (cc_str_eqz(p->chain, "web > mail"))
			assert_true(p->before.p50_ns == 7 * CC_NS_PER_MS && p->whole_before.p50_ns == 50 * CC_NS_PER_MS && p->after.calls == 20);
	}
	assert_true(cc_flows_before_ns(f) == w->onset - w->start);
	cc_flows_free(f);
}

static void without_ranks_traffic_decides(void **state)
{
	const world *w = *state;
	cc_flows *f = NULL;
	cc_flows_options opt = { .pivot_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE }, .parts = CC_FLOWS_PATHS, .unranked = true };
	assert_int_equal(cc_flows_build(&f, w->s, &opt, NULL), CC_OK);
	assert_true(cc_str_eqz(cc_flows_path(f, 0)->chain, "web > mail"));
	assert_int_equal(cc_flows_path(f, 1)->verdict, CC_FLOW_SAME);
	cc_flows_free(f);
}

static void few_calls_make_little_certain(void **state)
{
	(void)state;
	assert_true(cc_share_rise(0, 100, 80, 100) > 0.7);
	assert_true(cc_share_rise(0, 3, 3, 3) < cc_share_rise(0, 100, 80, 100));
	assert_true(cc_share_rise(0, 1, 1, 1) < cc_share_rise(0, 3, 3, 3));
	assert_true(cc_share_rise(50, 100, 50, 100) < 0);
	assert_true(cc_share_rise(0, 0, 9, 10) > 0.6 && cc_share_rise(0, 0, 0, 0) == 0);
	assert_true(cc_share_rise(5, 10, 0, 0) <= 0);
}

static void traces_along_a_path(void **state)
{
	const world *w = *state;
	cc_chain chain;
	size_t cart = 0, mail = 0;
	cc_err err;
	assert_int_equal(cc_chain_parse(w->s, CC_STR("web > cart"), &chain, NULL), CC_OK);
	for (size_t i = 0; i < cc_traces_count(w->s); i++)
		cart += cc_trace_follows(w->s, cc_traces_get(w->s, i), &chain);
	assert_int_equal(cc_chain_parse(w->s, CC_STR(" web>mail "), &chain, NULL), CC_OK);
	for (size_t i = 0; i < cc_traces_count(w->s); i++)
		mail += cc_trace_follows(w->s, cc_traces_get(w->s, i), &chain);
	assert_true(cart == 20 && mail == 40);
	assert_int_equal(cc_chain_parse(w->s, CC_STR("cart > web"), &chain, NULL), CC_OK);
	assert_false(cc_trace_follows(w->s, cc_traces_get(w->s, 0), &chain));
	assert_int_equal(cc_chain_parse(w->s, CC_STR("web > nobody"), &chain, &err), CC_EUNKNOWN);
	assert_non_null(strstr(err.message, "nobody"));
	assert_int_equal(cc_chain_parse(w->s, CC_STR("  "), &chain, NULL), CC_EUSAGE);
}

static int setup(void **state)
{
	*state = shop_world();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_operation_with_two_callees_is_two_origins),
		cmocka_unit_test(a_call_that_is_normally_answered_is_lost),
		cmocka_unit_test(what_is_lost_stands_at_the_link_and_the_callee),
		cmocka_unit_test(hops_are_a_tree_with_the_times_of_their_own_calls),
		cmocka_unit_test(without_ranks_traffic_decides),
		cmocka_unit_test(few_calls_make_little_certain),
		cmocka_unit_test(traces_along_a_path),
	};
	return cmocka_run_group_tests(tests, setup, world_teardown);
}
