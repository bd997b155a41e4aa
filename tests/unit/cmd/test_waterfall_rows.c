/* test_waterfall_rows.c - which spans a waterfall shows, runs of equal calls, and where log records stand between them. */
#include "../query/query_support.h"
#include "cmd/waterfall_rows.h"

/* Trace 1: web (server) calls db six times in a loop, then cart, which fails below; a log in the loop, one in cart, one of
 * nobody's span. Rows: 0 web, 1-6 SELECT, 7 GetCart (client), 8 GetCart (server), 9 HGET. */
static int setup(void **state)
{
	world *w = world_new();
	FILE *f = world_file(w, "otel_traces_raw.tsv", SPAN_HEADER);
	int64_t ms = CC_NS_PER_MS;
	put_span(f, w->start, 1, 1, 0, "GET /", "Server", "web", 100 * ms, "Unset", "");
	for (int i = 0; i < 6; i++)
		put_span(f, w->start + (1 + 2 * i) * ms, 1, 2 + i, 1, "SELECT", "Client", "web", ms, "Unset", "");
	put_span(f, w->start + 20 * ms, 1, 10, 1, "GetCart", "Client", "web", 30 * ms, "Error", "");
	put_span(f, w->start + 21 * ms, 1, 11, 10, "GetCart", "Server", "cart", 28 * ms, "Error", "");
	put_span(f, w->start + 22 * ms, 1, 12, 11, "HGET", "Client", "cart", 10 * ms, "Unset", "");
	fclose(f);
	f = world_file(w, "otel_logs_raw.tsv", LOG_HEADER);
	put_log(f, w->start + 4 * ms + ms / 2, "00000000000000000000000000000001", "INFO", "web", "web-1", "in the loop", "{}");
	put_log(f, w->start + 40 * ms, "00000000000000000000000000000001", "ERROR", "cart", "cart-1", "lost redis", "{}");
	put_log(f, w->start + 90 * ms, "00000000000000000000000000000001", "INFO", "mesh", "mesh-1", "200", "{}");
	fclose(f);
	world_open(w);
	*state = w;
	return 0;
}

static void expect(const world *w, fall_choice choice, const char *want)
{
	cc_waterfall *wf = NULL;
	fall_rows rows;
	cc_buf b = CC_BUF_INIT;
	assert_int_equal(cc_waterfall_build(&wf, w->s, 0, NULL), CC_OK);
	choice.critical_min_ns = cc_waterfall_duration(wf) / 20;
	assert_int_equal(cc_fall_rows(&rows, w->s, 0, wf, &choice), CC_OK);
	for (size_t i = 0; i < rows.items.n; i++) {
		const fall_item *it = &rows.items.p[i];
		if (it->log != FALL_NONE)
			cc_buf_addf(&b, "log%u@%u ", it->log, it->row);
		else
			cc_buf_addf(&b, it->repeats > 1 ? "%ux%u " : it->below ? "%u+%u " : "%u ", it->row, it->repeats > 1 ? it->repeats : it->below);
	}
	assert_int_equal(rows.logs, 3);
	assert_string_equal(b.p, want);
	cc_buf_deinit(&b);
	cc_fall_rows_deinit(&rows);
	cc_waterfall_free(wf);
}

static const fall_choice all = { .show = 'a', .depth = UINT32_MAX, .logs = true };

static void logs_stand_at_their_time(void **state)
{
	expect(*state, all, "0 1 2 log0@0 3 4 5 6 7 8 9 log1@8 log2@0 ");
	fall_choice none = all;
	none.logs = false;
	expect(*state, none, "0 1 2 3 4 5 6 7 8 9 ");
}

static void equal_calls_are_one_line(void **state)
{
	fall_choice folded = all;
	folded.fold_repeats = true;
	expect(*state, folded, "0 1x6 log0@0 7 8 9 log1@8 log2@0 ");
}

static void a_part_says_what_it_leaves_out(void **state)
{
	fall_choice part = all;
	part.show = 'e';
	expect(*state, part, "0+7 log0@0 7 8+1 log1@8 log2@0 ");
	part = all;
	part.depth = 1;
	expect(*state, part, "0 1 2 log0@0 3 4 5 6 7+2 log1@7 log2@0 ");
	part = all;
	part.under = 7;
	expect(*state, part, "7 8 9 log1@8 ");
	part = all;
	part.show = 'c';
	part.logs = false;
	expect(*state, part, "0+6 7 8 9 ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logs_stand_at_their_time),
		cmocka_unit_test(equal_calls_are_one_line),
		cmocka_unit_test(a_part_says_what_it_leaves_out),
	};
	return cmocka_run_group_tests(tests, setup, world_teardown);
}
