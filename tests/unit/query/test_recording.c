/* test_recording.c - rates are per time in which telemetry was recorded: hours of silence and what only other files reach are not. */
#include "query_support.h"
#include "coldcase/recording.h"
#include "coldcase/traceview.h"

enum { MINUTE = 60 };

/* A trace every 10 s for 5 minutes, six hours of nothing, then two every 10 s for 5 minutes; one log record
 * two minutes later. */
static int setup(void **state)
{
	world *w = world_new();
	int64_t second = w->start + 6 * 60 * MINUTE * CC_NS_PER_S;
	FILE *f = world_file(w, "otel_traces_raw.tsv", SPAN_HEADER);
	for (int i = 0; i < 90; i++)
		put_span(f, (i < 30 ? w->start : second) + (i < 30 ? i : (i - 30) / 2) * 10 * CC_NS_PER_S, 1 + i, 1 + i, 0, "GET /", "Server", "web",
			2 * CC_NS_PER_MS, "Unset", "");
	fclose(f);
	f = world_file(w, "otel_logs_raw.tsv", LOG_HEADER);
	put_log(f, second + 7 * MINUTE * CC_NS_PER_S, "", "INFO", "web", "web-1", "still here", "{}");
	fclose(f);
	world_open(w);
	*state = w;
	return 0;
}

static void silence_and_what_comes_after_are_no_time(void **state)
{
	const world *w = *state;
	int64_t second = w->start + 6 * 60 * MINUTE * CC_NS_PER_S, last = second + 7 * MINUTE * CC_NS_PER_S;
	cc_recording r = cc_recording_within(w->s, (cc_range){ w->start - 3600 * CC_NS_PER_S, last + 3600 * CC_NS_PER_S });
	assert_int_equal(r.range.from_ns, w->start);
	assert_int_equal(r.range.to_ns, last);
	assert_int_equal(r.silence.from_ns, w->start + 290 * CC_NS_PER_S + 1);
	assert_int_equal(r.silence.to_ns, second);
	assert_int_equal(cc_recording_ns(&r, r.range.from_ns, r.range.to_ns) / CC_NS_PER_S, 290 + 420);
	assert_int_equal(cc_recording_ns(&r, second, INT64_MAX) / CC_NS_PER_S, 420);
	assert_int_equal(cc_recording_ns(&r, w->start + 400 * CC_NS_PER_S, second - 1), 0);
	r = cc_recording_within(w->s, (cc_range){ second, last });
	assert_int_equal(r.silence.from_ns, CC_TIME_NONE);
	r = cc_recording_within(w->s, (cc_range){ last + 1, last + 2 });  /* nothing lies there: what was asked for */
	assert_int_equal(r.range.from_ns, last + 1);
}

static void paths_have_rates_of_the_time_recorded(void **state)
{
	const world *w = *state;
	cc_flows *flows = NULL;
	int64_t second = w->start + 6 * 60 * MINUTE * CC_NS_PER_S;
	cc_flows_options o = { .pivot_ns = second, .range = { CC_TIME_NONE, CC_TIME_NONE } };
	assert_int_equal(cc_flows_build(&flows, w->s, &o, NULL), CC_OK);
	assert_int_equal(cc_flows_before_ns(flows) / CC_NS_PER_S, 290);
	assert_int_equal(cc_flows_after_ns(flows) / CC_NS_PER_S, 420);
	cc_flows_free(flows);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(silence_and_what_comes_after_are_no_time),
		cmocka_unit_test(paths_have_rates_of_the_time_recorded) };
	return cmocka_run_group_tests(tests, setup, world_teardown);
}
