/* test_callnet.c - the graph of calls: what objects declare and spans show is one link, with its traffic; ways into a thing. */
#include "query_support.h"
#include "coldcase/callnet.h"

static cc_callnet *net_of(const world *w, int64_t pivot)
{
	cc_callnet *n = NULL;
	cc_callnet_options opt = { .pivot_ns = pivot, .range = { CC_TIME_NONE, CC_TIME_NONE } };
	assert_int_equal(cc_callnet_build(&n, w->s, &opt, NULL), CC_OK);
	return n;
}

static size_t node(const world *w, const cc_callnet *n, const char *kind, const char *name)
{
	return cc_callnet_find(n, cc_entity_find(w->s, CC_STR("demo"), cc_str_from(kind), cc_str_from(name)));
}

static const cc_call_link *link_of(const cc_callnet *n, size_t from, size_t to)
{
	for (size_t k = 0; k < cc_callnet_degree(n, from, true); k++)
		if (cc_callnet_nth(n, from, true, k)->to == to)
			return cc_callnet_nth(n, from, true, k);
	return NULL;
}

static void traffic_after_the_pivot(void **state)
{
	const world *w = *state;
	cc_callnet *n = net_of(w, w->onset);
	size_t checkout = node(w, n, "Service", "checkout"), payment = node(w, n, "Deployment", "payment");
	const cc_call_link *l = link_of(n, checkout, payment);
	assert_non_null(l);
	assert_int_equal(l->basis, CC_BASIS_SEEN);
	assert_int_equal(l->load.calls, 60);
	assert_int_equal(l->load.errors, 60);
	assert_int_equal(l->load.calls_before, 60);
	assert_int_equal(l->load.errors_before, 0);
	assert_true(l->load.per_s > 0.09 && l->load.per_s < 0.11);
	assert_true(l->load.p99_ns > l->load.p99_before_ns);
	assert_true(l->cite.file != 0);
	assert_int_equal(cc_callnet_degree(n, payment, false), 1);
	assert_int_equal(cc_callnet_nth(n, payment, false, 0)->from, checkout);
	assert_null(cc_callnet_nth(n, payment, false, 1));
	assert_int_equal(cc_callnet_node(n, payment)->load.errors, 60);
	assert_false(cc_callnet_node(n, payment)->entry);
	assert_int_equal(cc_callnet_find(n, 0), SIZE_MAX);
	cc_callnet_free(n);
}

static void without_a_pivot_all_is_after(void **state)
{
	const world *w = *state;
	cc_callnet *n = net_of(w, CC_TIME_NONE);
	const cc_call_link *l = link_of(n, node(w, n, "Service", "checkout"), node(w, n, "Service", "payment"));
	assert_int_equal(l->load.calls, 120);
	assert_int_equal(l->load.calls_before, 0);
	cc_callnet_free(n);
}

static void the_way_in(void **state)
{
	const world *w = *state;
	cc_callnet *n = net_of(w, w->onset);
	cc_routes ways;
	assert_int_equal(cc_callnet_routes(n, node(w, n, "Service", "payment"), 10, &ways, NULL), CC_OK);
	assert_int_equal(ways.n, 1);
	assert_false(ways.cut);
	assert_int_equal(ways.p[0].count, 3);
	assert_true(cc_callnet_node(n, ways.p[0].nodes[0])->entry);
	assert_true(cc_str_eqz(cc_entity_name(w->s, cc_callnet_node(n, ways.p[0].nodes[0])->entity), "frontend"));
	assert_int_equal(ways.p[0].nodes[2], node(w, n, "Service", "payment"));
	cc_routes_free(&ways);
	assert_int_equal(cc_callnet_routes(n, ways.n, 0, &ways, NULL), CC_OK);
	cc_routes_free(&ways);
	assert_int_equal(cc_callnet_routes(n, SIZE_MAX, 10, &ways, NULL), CC_OK);
	assert_int_equal(ways.n, 0);
	cc_callnet_free(n);
}

/* --- a net of declarations only: a ring behind a door, and a thousand ways through a lattice --- */

static void put_caller(FILE *f, const char *name, const char *const *callees, size_t count)
{
	char body[4000];
	int n = snprintf(body, sizeof body, "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"demo\"},\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"app\":\"%s\"}},"
		"\"spec\":{\"containers\":[{\"name\":\"c\",\"env\":[", name, name);
	for (size_t i = 0; i < count; i++)
		n += snprintf(body + n, sizeof body - (size_t)n, "%s{\"name\":\"V%zu_ADDR\",\"value\":\"%s:80\"}", i ? "," : "", i, callees[i]);
	snprintf(body + n, sizeof body - (size_t)n, "]}]}}}}");
	put_object(f, at_clock("17:40:00"), "deployments", body);
	snprintf(body, sizeof body, "{\"kind\":\"Service\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"demo\"},\"spec\":{\"selector\":{\"app\":\"%s\"}}}", name, name);
	put_object(f, at_clock("17:40:00"), "services", body);
	snprintf(body, sizeof body, "{\"kind\":\"Pod\",\"metadata\":{\"name\":\"%s-0\",\"namespace\":\"demo\",\"labels\":{\"app\":\"%s\"}}}", name, name);
	put_object(f, at_clock("17:40:00"), "pods", body);
}

static int lattice_setup(void **state)
{
	world *w = world_new();
	FILE *f = world_file(w, "k8s_objects_raw.tsv", LOG_HEADER);
	static const char *const door[] = { "ring0", "l0a", "l0b" };
	put_caller(f, "door", door, 3);
	put_caller(f, "ring0", (const char *const[]){ "ring1" }, 1);
	put_caller(f, "ring1", (const char *const[]){ "ring0", "end" }, 2);
	for (int i = 0; i < 10; i++) {
		char a[8], b[8], c[8], d[8];
		snprintf(a, sizeof a, "l%da", i);
		snprintf(b, sizeof b, "l%db", i);
		snprintf(c, sizeof c, i < 9 ? "l%da" : "end", i + 1);
		snprintf(d, sizeof d, i < 9 ? "l%db" : "end", i + 1);
		put_caller(f, a, (const char *const[]){ c, d }, 2);
		put_caller(f, b, (const char *const[]){ c, d }, 2);
	}
	put_caller(f, "end", NULL, 0);
	fclose(f);
	world_open(w);
	*state = w;
	return 0;
}

static void declared_calls(void **state)
{
	const world *w = *state;
	cc_callnet *n = net_of(w, CC_TIME_NONE);
	const cc_call_link *l = link_of(n, node(w, n, "Service", "door"), node(w, n, "Service", "ring0"));
	assert_non_null(l);
	assert_int_equal(l->basis, CC_BASIS_DECLARED);
	assert_true(cc_str_eqz(cc_snapshot_sym(w->s, l->detail), "V0_ADDR"));
	assert_true(cc_callnet_node(n, node(w, n, "Deployment", "door"))->entry);
	assert_int_equal(cc_callnet_link_count(n), 3 + 1 + 2 + 9 * 4 + 2);
	cc_callnet_free(n);
}

static void rings_end_and_lattices_are_cut(void **state)
{
	const world *w = *state;
	cc_callnet *n = net_of(w, CC_TIME_NONE);
	cc_routes ways;
	assert_int_equal(cc_callnet_routes(n, node(w, n, "Service", "ring0"), 10, &ways, NULL), CC_OK);
	assert_int_equal(ways.n, 1);
	cc_routes_free(&ways);
	assert_int_equal(cc_callnet_routes(n, node(w, n, "Service", "end"), 10, &ways, NULL), CC_OK);
	assert_int_equal(ways.n, 10);
	assert_true(ways.cut);
	assert_int_equal(ways.p[0].count, 4);     /* the shortest first: door > ring0 > ring1 > end */
	for (size_t i = 1; i < ways.n; i++)
		assert_int_equal(ways.p[i].count, 12);
	cc_routes_free(&ways);
	cc_callnet_free(n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(traffic_after_the_pivot, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(without_a_pivot_all_is_after, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(the_way_in, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(declared_calls, lattice_setup, world_teardown),
		cmocka_unit_test_setup_teardown(rings_end_and_lattices_are_cut, lattice_setup, world_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
