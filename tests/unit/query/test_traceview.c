/* test_traceview.c - flows before and after, error origins, waterfalls, circles and depth. */
#include "query_support.h"
#include "coldcase/entity.h"
#include "coldcase/rng.h"
#include "coldcase/traceview.h"

static cc_flows *flows(const world *w, int64_t pivot)
{
	cc_flows *f = NULL;
	cc_flows_options opt = { .pivot_ns = pivot, .range = { CC_TIME_NONE, CC_TIME_NONE } };
	assert_int_equal(cc_flows_build(&f, w->s, &opt, NULL), CC_OK);
	return f;
}

static const cc_flow *edge(const world *w, const cc_flows *f, const char *from, const char *to)
{
	for (size_t i = 0; i < cc_flows_edge_count(f); i++) {
		const cc_flow *e = cc_flows_edge(f, i);
		if (cc_str_eqz(cc_snapshot_sym(w->s, e->from), from) && cc_str_eqz(cc_snapshot_sym(w->s, e->to), to))
			return e;
	}
	return NULL;
}

static void flows_before_and_after(void **state)
{
	const world *w = *state;
	cc_flows *f = flows(w, w->onset);
	assert_int_equal(cc_flows_traces(f), 120);
	assert_int_equal(cc_flows_edge_count(f), 2);
	const cc_flow *e = edge(w, f, "checkout", "payment");
	assert_non_null(e);
	assert_int_equal(e->before.calls, 60);
	assert_int_equal(e->before.errors, 0);
	assert_int_equal(e->after.errors, 60);
	assert_true(e->before.p50_ns == 18 * CC_NS_PER_MS && e->after.p99_ns == 790 * CC_NS_PER_MS);
	assert_int_equal(e->verdict, CC_FLOW_ERRORS);
	assert_int_equal(cc_spans_get(w->s, e->example)->status, CC_STATUS_ERROR);
	assert_int_equal(cc_flows_path_count(f), 1);
	const cc_flow *p = cc_flows_path(f, 0);
	assert_true(cc_str_eqz(p->chain, "frontend > checkout > payment"));
	assert_int_equal(p->after.calls, 60);
	assert_int_equal(p->after.errors, 60);
	assert_true(p->before.p50_ns == 18 * CC_NS_PER_MS && p->whole_before.p50_ns == 90 * CC_NS_PER_MS);
	cc_flows_free(f);
}

/* a calls b: 20 times before 17:50 and 20 times after. The callee takes 5 ms throughout, the caller waits `slow` ms after. */
static world *wire_world(const char *caller, const char *callee, int64_t slow_ms, int64_t callee_ms, bool step)
{
	world *w = world_new();
	FILE *f = world_file(w, "otel_traces_raw.tsv", SPAN_HEADER);
	for (int i = 0; i < 40; i++) {
		int64_t t = w->start + i * 30 * CC_NS_PER_S, ms = CC_NS_PER_MS, wait = i < 20 ? 7 : slow_ms;
		put_span(f, t, i + 1, 1, 0, "GET /", "Server", "a", (wait + 3) * ms, "Unset", "");
		put_span(f, t + ms, i + 1, 2, 1, "call", caller, "a", wait * ms, "Unset", "");
		put_span(f, t + 2 * ms, i + 1, 3, 2, "serve", callee, "b", (i < 20 ? 5 : callee_ms) * ms, "Unset", "");
		if (step)
			put_span(f, t + 2 * ms, i + 1, 4, 2, "compute", "Internal", "a", ms, "Unset", "");
	}
	fclose(f);
	world_open(w);
	return w;
}

static const cc_flow *service(const world *w, const cc_flows *f, const char *name)
{
	for (size_t i = 0; i < cc_flows_service_count(f); i++)
		if (cc_str_eqz(cc_snapshot_sym(w->s, cc_flows_service(f, i)->to), name))
			return cc_flows_service(f, i);
	return NULL;
}

static void check_wire(const char *caller, const char *callee)
{
	void *state = wire_world(caller, callee, 1000, 5, false);
	const world *w = state;
	cc_flows *f = flows(w, w->onset);
	const cc_flow *e = edge(w, f, "a", "b"), *a = service(w, f, "a");
	assert_non_null(e);
	assert_true(cc_flow_at_caller(e));
	assert_true(e->before.p50_ns == 5 * CC_NS_PER_MS && e->after.p50_ns == 5 * CC_NS_PER_MS);
	assert_true(e->caller_before.p50_ns == 7 * CC_NS_PER_MS && e->caller_after.p99_ns == 1000 * CC_NS_PER_MS);
	assert_true(e->gap_before.p50_ns == 2 * CC_NS_PER_MS && e->gap_after.p50_ns == 995 * CC_NS_PER_MS);
	assert_int_equal(e->verdict, CC_FLOW_WIRE);
	assert_true(a->self_before.p50_ns == 3 * CC_NS_PER_MS && a->self_after.p99_ns == 3 * CC_NS_PER_MS);
	cc_flows_free(f);
	world_teardown(&state);
}

static void a_slow_wire_shows_at_the_caller(void **state)
{
	(void)state;
	check_wire("Client", "Server");
	check_wire("Internal", "Internal");      /* kinds lost by the exporter */
}

static void a_slow_callee_is_no_wire(void **state)
{
	(void)state;
	void *slow = wire_world("Client", "Server", 1000, 998, false);
	const world *w = slow;
	cc_flows *f = flows(w, w->onset);
	assert_int_equal(edge(w, f, "a", "b")->verdict, CC_FLOW_SLOWER);
	assert_true(service(w, f, "a")->self_after.p50_ns == 3 * CC_NS_PER_MS);
	cc_flows_free(f);
	world_teardown(&slow);
}

/* A step with work of its own, a server span or a producer around the call is no measure of the way. */
static void the_callers_own_work_is_no_gap(void **state)
{
	(void)state;
	static const struct { const char *caller, *callee; bool step; } cases[] = { { "Internal", "Internal", true },
		{ "Internal", "Server", false }, { "Server", "Server", false }, { "Producer", "Consumer", false } };
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		void *own = wire_world(cases[i].caller, cases[i].callee, 1000, 5, cases[i].step);
		const world *w = own;
		cc_flows *f = flows(w, w->onset);
		const cc_flow *e = edge(w, f, "a", "b");
		assert_false(cc_flow_at_caller(e));
		assert_int_equal(e->caller_after.n, 0);
		assert_int_equal(e->verdict, CC_FLOW_SAME);
		assert_true(service(w, f, "a")->self_after.p50_ns >= 990 * CC_NS_PER_MS);
		cc_flows_free(f);
		world_teardown(&own);
	}
}

static void a_repeated_record_counts_once(void **state)
{
	(void)state;
	world *w = world_new();
	FILE *f = world_file(w, "otel_traces_raw.tsv", SPAN_HEADER);
	for (int copy = 0; copy < 2; copy++) {
		put_span(f, w->start, 1, 1, 0, "GET /", "Server", "a", 100 * CC_NS_PER_MS, "Unset", "");
		put_span(f, w->start + 1, 1, 2, 1, "call", "Client", "a", 90 * CC_NS_PER_MS, "Unset", "");
		put_span(f, w->start + 2, 1, 3, 2, "serve", "Server", "b", 80 * CC_NS_PER_MS, "Unset", "");
	}
	fclose(f);
	world_open(w);
	cc_flows *fl = flows(w, CC_TIME_NONE);
	assert_int_equal(cc_flows_repeated(fl), 3);
	assert_int_equal(edge(w, fl, "a", "b")->after.calls, 1);
	assert_int_equal(service(w, fl, "a")->after.calls, 1);
	assert_true(service(w, fl, "a")->self_after.p99_ns == 10 * CC_NS_PER_MS);
	cc_flows_free(fl);
	void *over = w;
	world_teardown(&over);
}

static void errors_begin_in_the_deepest_failing_span(void **state)
{
	const world *w = *state;
	cc_flows *f = flows(w, w->onset);
	assert_int_equal(cc_flows_origin_count(f), 1);
	const cc_error_origin *o = cc_flows_origin(f, 0);
	assert_true(cc_str_eqz(cc_snapshot_sym(w->s, o->service), "payment"));
	assert_int_equal(o->after, 60);
	assert_int_equal(o->before, 0);
	assert_false(o->client_only);
	assert_true(cc_str_eqz(o->text, "invalid token"));
	for (size_t i = 0; i < cc_flows_service_count(f); i++) {
		const cc_flow *s = cc_flows_service(f, i);
		bool payment = cc_str_eqz(cc_snapshot_sym(w->s, s->to), "payment");
		assert_int_equal(s->origin_after, payment ? 60 : 0);
	}
	cc_flows_free(f);
}

static void focus_and_range(void **state)
{
	const world *w = *state;
	cc_flows *f = NULL;
	cc_flows_options opt = { .pivot_ns = CC_TIME_NONE, .range = { w->onset, w->end } };
	assert_int_equal(cc_flows_build(&f, w->s, &opt, NULL), CC_OK);
	assert_int_equal(cc_flows_traces(f), 60);
	assert_int_equal(edge(w, f, "frontend", "checkout")->before.calls, 0);
	cc_flows_free(f);
	cc_cancel cancel;
	cc_cancel_clear(&cancel);
	cc_cancel_set(&cancel);
	opt.cancel = &cancel;
	assert_int_equal(cc_flows_build(&f, w->s, &opt, NULL), CC_ECANCELED);
	assert_null(f);
}

static void assert_same_flows(const cc_flows *a, const cc_flows *b, size_t (*count)(const cc_flows *),
	const cc_flow *(*get)(const cc_flows *, size_t))
{
	assert_int_equal(count(a), count(b));
	assert_true(count(a) > 0);
	for (size_t i = 0; i < count(a); i++) {
		const cc_flow *x = get(a, i), *y = get(b, i);
		assert_true(x->from == y->from && x->to == y->to && x->example == y->example && x->verdict == y->verdict);
		assert_true(cc_str_eq(x->chain, y->chain) && x->score == y->score && x->entity == y->entity);
		assert_memory_equal(&x->before, &y->before, sizeof x->before);
		assert_memory_equal(&x->after, &y->after, sizeof x->after);
		assert_memory_equal(&x->caller_after, &y->caller_after, sizeof x->caller_after);
		assert_memory_equal(&x->gap_before, &y->gap_before, sizeof x->gap_before);
		assert_memory_equal(&x->self_after, &y->self_after, sizeof x->self_after);
		assert_true(x->origin_before == y->origin_before && x->origin_after == y->origin_after);
	}
}

static void ranges_add_up(void **state)
{
	const world *w = *state;
	cc_flows *whole = NULL, *f = NULL;
	cc_flows_options opt = { .pivot_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE }, .ranges = 1 };
	assert_int_equal(cc_flows_build(&whole, w->s, &opt, NULL), CC_OK);
	for (opt.ranges = 2; opt.ranges < 40; opt.ranges += 5) {
		assert_int_equal(cc_flows_build(&f, w->s, &opt, NULL), CC_OK);
		assert_same_flows(whole, f, cc_flows_service_count, cc_flows_service);
		assert_same_flows(whole, f, cc_flows_edge_count, cc_flows_edge);
		assert_same_flows(whole, f, cc_flows_path_count, cc_flows_path);
		assert_int_equal(cc_flows_origin_count(whole), cc_flows_origin_count(f));
		for (size_t i = 0; i < cc_flows_origin_count(f); i++) {
			const cc_error_origin *x = cc_flows_origin(whole, i), *y = cc_flows_origin(f, i);
			assert_true(x->service == y->service && x->example == y->example && x->after == y->after);
			assert_true(x->first_ns == y->first_ns && x->last_ns == y->last_ns && cc_str_eq(x->text, y->text));
		}
		assert_int_equal(cc_flows_traces(f), 120);
		cc_flows_free(f);
	}
	cc_flows_free(whole);
}

/* Edges alone are the edges of the whole count; near a focus only those that touch it. */
static void parts_are_counted_alone(void **state)
{
	const world *w = *state;
	cc_flows *whole = flows(w, w->onset), *f = NULL;
	cc_flows_options opt = { .pivot_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE }, .parts = CC_FLOWS_EDGES };
	assert_int_equal(cc_flows_build(&f, w->s, &opt, NULL), CC_OK);
	assert_same_flows(whole, f, cc_flows_edge_count, cc_flows_edge);
	assert_int_equal(cc_flows_service_count(f) + cc_flows_path_count(f) + cc_flows_origin_count(f), 0);
	cc_flows_free(f);
	opt.focus = cc_entity_of_service(w->s, CC_STR_EMPTY, CC_STR("payment"));
	opt.parts = CC_FLOWS_EDGES | CC_FLOWS_NEAR;
	assert_true(opt.focus);
	assert_int_equal(cc_flows_build(&f, w->s, &opt, NULL), CC_OK);
	assert_int_equal(cc_flows_edge_count(f), 1);
	assert_non_null(edge(w, f, "checkout", "payment"));
	cc_flows_free(f);
	cc_flows_free(whole);
}

static void percentiles_are_exact(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 5);
	assert_int_equal(cc_percentile(NULL, 0, 0.5), 0);
	for (int round = 0; round < 500; round++) {
		int64_t v[600];
		size_t n = 1 + cc_rng_below(&rng, round % 3 ? 60 : 600), below = 0, equal = 0;
		for (size_t i = 0; i < n; i++)
			v[i] = cc_rng_between(&rng, -5, round % 2 ? 5 : 1000);
		double q = (double)cc_rng_below(&rng, 101) / 100;
		size_t rank = (size_t)(q * (double)n) + (q * (double)n > (double)(size_t)(q * (double)n));
		rank = rank ? rank : 1;
		int64_t x = cc_percentile(v, n, q);
		for (size_t i = 0; i < n; i++) {
			below += v[i] < x;
			equal += v[i] == x;
		}
		assert_true(below < rank && rank <= below + equal);
	}
}

static void waterfall_of_the_last_trace(void **state)
{
	const world *w = *state;
	cc_waterfall *wf = NULL;
	assert_int_equal(cc_waterfall_build(&wf, w->s, 119, NULL), CC_OK);
	assert_int_equal(cc_waterfall_count(wf), 6);
	static const uint32_t depth[] = { 0, 1, 2, 3, 4, 3 };
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(cc_waterfall_get(wf, i)->depth, depth[i]);
	const cc_waterfall_row *root = cc_waterfall_get(wf, 0), *charge = cc_waterfall_get(wf, 4), *cart = cc_waterfall_get(wf, 5);
	assert_int_equal(root->subtree, 5);
	assert_true(root->self_ns == 20 * CC_NS_PER_MS);
	assert_true(charge->origin && charge->critical && !root->origin);
	assert_false(cart->critical);            /* hidden behind the slower Charge */
	int64_t path = 0;
	for (size_t i = 0; i < 6; i++)
		path += cc_waterfall_get(wf, i)->critical_ns;
	assert_true(path == cc_waterfall_duration(wf));   /* the path covers the trace once, without a hole */
	assert_true(cart->critical_ns == 0 && charge->critical_ns == 790 * CC_NS_PER_MS);
	assert_int_equal(cc_traces_get(w->s, 119)->error_logs, 1);
	assert_int_equal(cc_traces_get(w->s, 0)->error_logs, 0);
	assert_true(cc_spans_have_status(w->s));
	assert_true(cc_waterfall_duration(wf) == 900 * CC_NS_PER_MS);
	assert_int_equal(cc_waterfall_orphans(wf) + cc_waterfall_skewed(wf), 0);
	cc_waterfall_free(wf);
	cc_index_vec logs = { 0 };
	assert_int_equal(cc_waterfall_logs(w->s, 119, &logs), CC_OK);
	assert_int_equal(logs.n, 3);
	cc_vec_deinit(&logs);
	assert_int_equal(cc_waterfall_build(&wf, w->s, 120, NULL), CC_EUNKNOWN);
}

/* One trace of n spans whose parents are given by `parent_of`: chains as deep as n, circles, missing parents. */
static world *odd_world(int n, int (*parent_of)(int i, int n))
{
	world *w = world_new();
	FILE *f = world_file(w, "otel_traces_raw.tsv", SPAN_HEADER);
	for (int i = 1; i <= n; i++) {
		char service[20];
		snprintf(service, sizeof service, "s%d", i % 50);
		put_span(f, w->start + i * CC_NS_PER_MS, 7, i, parent_of(i, n), "op", "Server", service, (2 * n - i) * CC_NS_PER_MS,
			i == n ? "Error" : "Unset", "");
	}
	fclose(f);
	world_open(w);
	return w;
}

static int previous(int i, int n) { (void)n; return i - 1; }
static int circle(int i, int n) { return i == 1 ? n : i - 1; }
static int two_circles(int i, int n) { return i == 1 ? n / 2 : i == n / 2 + 1 ? n : i - 1; }
static int missing(int i, int n) { return i == n / 2 ? 9 * n : i - 1; }
static int itself(int i, int n) { (void)n; return i; }

static void check_odd(int n, int (*parent_of)(int, int), size_t orphans, uint32_t max_depth)
{
	void *state = odd_world(n, parent_of);
	const world *w = state;
	cc_waterfall *wf = NULL;
	assert_int_equal(cc_waterfall_build(&wf, w->s, 0, NULL), CC_OK);
	assert_int_equal(cc_waterfall_count(wf), n);
	assert_int_equal(cc_waterfall_orphans(wf), orphans);
	uint32_t deepest = 0;
	for (size_t i = 0; i < cc_waterfall_count(wf); i++) {
		const cc_waterfall_row *row = cc_waterfall_get(wf, i);
		deepest = row->depth > deepest ? row->depth : deepest;
		assert_true(row->self_ns >= 0 && row->self_ns <= row->duration_ns);
		assert_true(row->parent_row == UINT32_MAX || row->parent_row < i);
		assert_true(i + row->subtree < cc_waterfall_count(wf));
	}
	assert_int_equal(deepest, max_depth);
	cc_waterfall_free(wf);
	cc_flows *f = flows(w, CC_TIME_NONE);
	assert_true(cc_flows_traces(f) == 1);
	cc_flows_free(f);
	world_teardown(&state);
}

static void circles_depth_and_missing_parents(void **state)
{
	(void)state;
	check_odd(20000, previous, 0, 19999);
	check_odd(100, circle, 1, 99);
	check_odd(100, two_circles, 2, 49);
	check_odd(100, missing, 1, 50);
	check_odd(10, itself, 10, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows_before_and_after),
		cmocka_unit_test(a_slow_wire_shows_at_the_caller),
		cmocka_unit_test(a_slow_callee_is_no_wire),
		cmocka_unit_test(the_callers_own_work_is_no_gap),
		cmocka_unit_test(a_repeated_record_counts_once),
		cmocka_unit_test(errors_begin_in_the_deepest_failing_span),
		cmocka_unit_test(focus_and_range),
		cmocka_unit_test(ranges_add_up),
		cmocka_unit_test(parts_are_counted_alone),
		cmocka_unit_test(percentiles_are_exact),
		cmocka_unit_test(waterfall_of_the_last_trace),
		cmocka_unit_test(circles_depth_and_missing_parents),
	};
	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
