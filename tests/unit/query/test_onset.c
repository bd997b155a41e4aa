/* test_onset.c - where an incident begins: alert, else first warning or change, else nowhere. */
#include "query_support.h"
#include "coldcase/filter.h"
#include "coldcase/onset.h"

static void check(void (*const *parts)(const world *), cc_onset_kind kind, int64_t after_onset)
{
	world *w = world_new();
	for (size_t i = 0; parts[i]; i++)
		parts[i](w);
	world_open(w);
	cc_onset o = cc_onset_of(w->s);
	assert_int_equal(o.kind, kind);
	assert_true(o.time_ns == (kind == CC_ONSET_NONE ? CC_TIME_NONE : w->onset + after_onset * CC_NS_PER_S));
	void *over = w;
	world_teardown(&over);
}

static void old_trouble(const world *w)
{
	FILE *f = world_file(w, "k8s_events_raw.tsv", LOG_HEADER);
	put_object(f, w->start, "events", "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Event\",\"metadata\":{\"name\":\"a\",\"namespace\":\"demo\",\"uid\":\"a\"},"
		"\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"" POD "\",\"namespace\":\"demo\"},\"type\":\"Warning\",\"reason\":\"BackOff\","
		"\"message\":\"m\",\"firstTimestamp\":\"2025-12-15T17:00:00Z\",\"lastTimestamp\":\"2025-12-15T17:00:00Z\"}}");
	put_event(f, w->start + 60 * CC_NS_PER_S, "u1", "Warning", "BackOff", "again", 1);
	put_event(f, w->onset + 90 * CC_NS_PER_S, "u3", "Warning", "Unhealthy", "Readiness probe failed", 2);
	fclose(f);
}

static void the_best_witness_decides(void **state)
{
	(void)state;
	check((void (*const[])(const world *)){ world_alerts, world_events, world_objects, NULL }, CC_ONSET_ALERT, 0);
	check((void (*const[])(const world *)){ world_events, world_objects, NULL }, CC_ONSET_CHANGE, 20);
	check((void (*const[])(const world *)){ world_events, NULL }, CC_ONSET_WARNING, 60);
	check((void (*const[])(const world *)){ old_trouble, NULL }, CC_ONSET_WARNING, 90);
	check((void (*const[])(const world *)){ world_traces, NULL }, CC_ONSET_NONE, 0);
}

static void without_an_onset_t_is_refused(void **state)
{
	(void)state;
	world *w = world_new();
	world_traces(w);
	world_open(w);
	cc_filter *f = NULL;
	cc_filter_ctx ctx = { .snapshot = w->s, .ref_ns = CC_TIME_NONE, .onset_ns = CC_TIME_NONE };
	cc_err err;
	cc_err_clear(&err);
	assert_int_equal(cc_filter_parse(&f, CC_TABLE_TRACES, CC_STR("since=T+5m"), &ctx, &err), CC_EUSAGE);
	assert_non_null(strstr(err.message, "no alert, so T has no meaning"));
	assert_non_null(strstr(err.hint, "`at`"));
	cc_err_clear(&err);
	assert_int_equal(cc_filter_parse(&f, CC_TABLE_TRACES, CC_STR("since=soon"), &ctx, &err), CC_EUSAGE);
	assert_null(strstr(err.message, "T+5m"));
	ctx.onset_ns = w->onset;
	assert_int_equal(cc_filter_parse(&f, CC_TABLE_TRACES, CC_STR("since=T+5m"), &ctx, &err), CC_OK);
	cc_filter_free(f);
	void *over = w;
	world_teardown(&over);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(the_best_witness_decides), cmocka_unit_test(without_an_onset_t_is_refused) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
