/* test_trace_compare.c - two traces as one tree, the healthy one to compare with, and where the time of traces goes. */
#include "query_support.h"
#include "coldcase/traceview.h"

static cc_waterfall *waterfall(const world *w, size_t trace)
{
	cc_waterfall *out = NULL;
	assert_int_equal(cc_waterfall_build(&out, w->s, trace, NULL), CC_OK);
	return out;
}

static void equal_trees_pair_span_by_span(void **state)
{
	const world *w = *state;
	cc_waterfall *a = waterfall(w, 119), *b = waterfall(w, 0);
	cc_trace_pair_vec pairs = { 0 };
	assert_int_equal(cc_waterfall_align(w->s, a, b, &pairs), CC_OK);
	assert_int_equal(pairs.n, 6);
	for (uint32_t i = 0; i < 6; i++)
		assert_true(pairs.p[i].here == i && pairs.p[i].there == i && pairs.p[i].depth == cc_waterfall_get(a, i)->depth);
	cc_vec_deinit(&pairs);
	cc_waterfall_free(a);
	cc_waterfall_free(b);
}

/* Trace 1: web calls a, b, a, c. Trace 2: web calls a, x (which calls y), c. */
static void what_only_one_has_stands_where_it_has_it(void **state)
{
	(void)state;
	world *w = world_new();
	FILE *f = world_file(w, "otel_traces_raw.tsv", SPAN_HEADER);
	static const char *const calls[2][5] = { { "a", "b", "a", "c", NULL }, { "a", "x", "c", NULL } };
	for (int t = 0; t < 2; t++) {
		put_span(f, w->start + t, t + 1, 1, 0, "GET /", "Server", "web", CC_NS_PER_S, "Unset", "");
		for (int i = 0; calls[t][i]; i++)
			put_span(f, w->start + 10 + i * CC_NS_PER_MS, t + 1, 2 + i, 1, calls[t][i], "Client", "web", CC_NS_PER_MS, "Unset", "");
	}
	put_span(f, w->start + 11 + CC_NS_PER_MS, 2, 9, 3, "y", "Server", "other", 1000, "Unset", "");
	fclose(f);
	world_open(w);
	cc_waterfall *a = waterfall(w, 0), *b = waterfall(w, 1);
	cc_trace_pair_vec p = { 0 };
	assert_int_equal(cc_waterfall_align(w->s, a, b, &p), CC_OK);
	static const cc_trace_pair want[] = { { 0, 0, 0 }, { 1, 1, 1 }, { 2, UINT32_MAX, 1 }, { 3, UINT32_MAX, 1 }, { UINT32_MAX, 2, 1 },
		{ UINT32_MAX, 3, 2 }, { 4, 4, 1 } };
	assert_int_equal(p.n, sizeof want / sizeof *want);
	for (size_t i = 0; i < p.n; i++)
		assert_true(p.p[i].here == want[i].here && p.p[i].there == want[i].there && p.p[i].depth == want[i].depth);
	cc_vec_deinit(&p);
	cc_waterfall_free(a);
	cc_waterfall_free(b);
	void *over = w;
	world_teardown(&over);
}

static void the_healthy_one_is_from_before(void **state)
{
	const world *w = *state;
	cc_healthy h;
	assert_int_equal(cc_trace_healthy(w->s, 119, w->onset, &h, NULL), CC_OK);
	assert_true(h.before && h.candidates == 60 && cc_traces_get(w->s, h.trace)->start_ns < w->onset);
	assert_int_equal(cc_traces_get(w->s, h.trace)->errors, 0);
	assert_int_equal(cc_trace_healthy(w->s, 119, w->start, &h, NULL), CC_OK);   /* none before: any healthy one */
	assert_true(!h.before && h.candidates == 60);
	assert_int_equal(cc_trace_healthy(w->s, 0, w->onset, &h, NULL), CC_OK);
	assert_true(h.trace != 0 && h.candidates == 59);
}

static void the_critical_path_adds_up(void **state)
{
	const world *w = *state;
	cc_breakdown b;
	cc_breakdown_options o = { .pivot_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE }, .trace = SIZE_MAX };
	assert_int_equal(cc_breakdown_build(&b, w->s, &o, NULL), CC_OK);
	int64_t critical[2] = { 0, 0 };
	for (size_t i = 0; i < b.rows.n; i++)
		for (int side = 0; side < 2; side++)
			critical[side] += b.rows.p[i].critical_ns[side];
	assert_true(b.traces[0] == 60 && b.traces[1] == 60 && b.rows.n == 3);
	assert_true(critical[0] == b.whole_ns[0] && critical[1] == b.whole_ns[1]);
	assert_true(cc_str_eqz(cc_snapshot_sym(w->s, b.rows.p[0].service), "payment"));    /* it added most */
	assert_true(b.rows.p[0].critical_ns[1] == 60 * 790 * CC_NS_PER_MS && b.rows.p[0].errors[1] == 60);
	cc_breakdown_deinit(&b);
	o.trace = 0;
	o.operations = true;
	assert_int_equal(cc_breakdown_build(&b, w->s, &o, NULL), CC_OK);
	assert_true(b.traces[0] == 1 && b.traces[1] == 0 && b.rows.n > 3 && b.rows.p[0].operation);
	cc_breakdown_deinit(&b);
}

static void a_breakdown_can_be_canceled(void **state)
{
	const world *w = *state;
	cc_breakdown b;
	cc_cancel cancel;
	cc_cancel_clear(&cancel);
	cc_cancel_set(&cancel);
	cc_breakdown_options o = { .pivot_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE }, .trace = SIZE_MAX, .cancel = &cancel };
	assert_int_equal(cc_breakdown_build(&b, w->s, &o, NULL), CC_ECANCELED);
	assert_int_equal(b.rows.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equal_trees_pair_span_by_span),
		cmocka_unit_test(what_only_one_has_stands_where_it_has_it),
		cmocka_unit_test(the_healthy_one_is_from_before),
		cmocka_unit_test(the_critical_path_adds_up),
		cmocka_unit_test(a_breakdown_can_be_canceled),
	};
	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
