/* test_trace_scatter.c - how long traces took over time: every trace is counted once, in a band of its duration, and a long time
 * without any takes one slice. */
#include <math.h>

#include "../query/query_support.h"
#include "coldcase/reply.h"
#include "coldcase/session.h"

enum { BANDS = 6, SLICES = 60 };

/* Two bursts of three, six hours apart: of 2 ms, but for the last, which takes 2 s and fails. */
static int setup(void **state)
{
	world *w = world_new();
	FILE *f = world_file(w, "otel_traces_raw.tsv", SPAN_HEADER);
	for (int i = 0; i < 6; i++)
		put_span(f, w->start + (i / 3 * 6 * 3600 + i % 3 * 10) * CC_NS_PER_S, 1 + i, 1, 0, "GET /", "Server", "web", (i == 5 ? 2000 : 2) * CC_NS_PER_MS,
			i == 5 ? "Error" : "Unset", "");
	fclose(f);
	*state = w;
	return 0;
}

static const cc_section *section(const cc_reply *r, const char *key)
{
	for (size_t i = 0; i < cc_reply_section_count(r); i++)
		if (strcmp(cc_reply_section(r, i)->key, key) == 0)
			return cc_reply_section(r, i);
	return NULL;
}

static double sum(const cc_cell *c)
{
	double all = 0;
	for (size_t i = 0; i < c->point_count; i++)
		all += isnan(c->points[i]) ? 0 : c->points[i];
	return all;
}

static void bands_hold_every_trace_and_silence_takes_one_slice(void **state)
{
	world *w = *state;
	cc_session_options opt = { .dir = w->dir, .actor_name = "tester", .assistance = "full" };
	cc_session *s = NULL;
	cc_reply *r = NULL;
	assert_int_equal(cc_session_open(&s, &opt, NULL), CC_OK);
	assert_int_equal(cc_session_run(s, CC_STR("traces"), NULL, &r, NULL), CC_OK);
	const cc_section *bands = section(r, "scatter");
	assert_non_null(bands);
	assert_int_equal(bands->row_count, BANDS);
	assert_int_equal(bands->rows[0].cells[0].i, 2 * CC_NS_PER_S);
	for (size_t b = 0; b < BANDS; b++) {
		size_t silent = 0;
		assert_int_equal(bands->rows[b].cells[1].point_count, SLICES);
		for (size_t i = 0; i < SLICES; i++)
			silent += isnan(bands->rows[b].cells[1].points[i]) != 0;
		assert_int_equal(silent, 1);
		assert_true(sum(&bands->rows[b].cells[1]) == (b == 0 ? 1 : b == BANDS - 1 ? 5 : 0));
		assert_true(sum(&bands->rows[b].cells[2]) == (b == 0 ? 1 : 0));
	}
	const double *shortest = bands->rows[BANDS - 1].cells[1].points;
	assert_true(shortest[0] == 1 && isnan(shortest[30]) && shortest[31] == 1);
	cc_reply_unref(r);
	cc_session_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(bands_hold_every_trace_and_silence_takes_one_slice) };
	return cmocka_run_group_tests(tests, setup, world_teardown);
}
