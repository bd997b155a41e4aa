/* test_rates.c - resets, windows, quantiles, columns, scores, and the views made of a snapshot's series. */
#include <math.h>

#include "query_support.h"
#include "support/tree.h"
#include "coldcase/entity.h"
#include "coldcase/quantity.h"
#include "coldcase/rates.h"
#include "coldcase/rng.h"

#define S CC_NS_PER_S

static bool near(double a, double b)
{
	return fabs(a - b) <= 1e-9 * fmax(1, fabs(b));
}

static void rates_survive_resets(void **state)
{
	(void)state;
	int64_t t[] = { 0, 10 * S, 20 * S, 30 * S, 40 * S };
	double v[] = { 100, 200, NAN, 50, 150 };
	cc_series se = { .counter = true, .times_ns = t, .values = v, .count = 5 };
	cc_point_vec points = { 0 };
	assert_int_equal(cc_series_points(&points, &se, CC_TIME_NONE, INT64_MAX), CC_OK);
	assert_int_equal(points.n, 3);
	assert_true(near(points.p[0].value, 10));
	assert_true(near(points.p[1].value, 2.5));   /* 50 since the reset, over 20 s: the gap is not counted twice */
	assert_true(near(points.p[2].value, 10));
	points.n = 0;
	assert_int_equal(cc_series_points(&points, &se, 35 * S, INT64_MAX), CC_OK);
	assert_int_equal(points.n, 1);
	assert_true(near(points.p[0].value, 10));
	assert_true(near(cc_series_increase(&se, CC_TIME_NONE, INT64_MAX), 250));
	assert_true(near(cc_series_increase(&se, 5 * S, 10 * S), 100));
	assert_true(isnan(cc_series_increase(&se, 100 * S, 200 * S)));
	se.counter = false;
	points.n = 0;
	assert_int_equal(cc_series_points(&points, &se, 10 * S, 30 * S), CC_OK);
	assert_int_equal(points.n, 2);
	cc_vec_deinit(&points);
}

/* However often a counter is reset, the sum of rate times duration is the sum of what was added. */
static void increase_is_what_was_added(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 11);
	for (int round = 0; round < 500; round++) {
		int64_t t[50];
		double v[50], added = 0, counter = 1000;
		for (int i = 0; i < 50; i++) {
			t[i] = (i ? t[i - 1] : 0) + (1 + (int64_t)cc_rng_below(&rng, 60)) * S;
			/* restarts that lose less than one step cannot be seen by anyone: make them visible */
			bool reset = i > 0 && cc_rng_below(&rng, 10) == 0 && counter > 200;
			double step = (double)cc_rng_below(&rng, 100);
			if (reset)
				counter = 0;
			counter += step;
			added += i ? step : 0;
			v[i] = counter;
		}
		cc_series se = { .counter = true, .times_ns = t, .values = v, .count = 50 };
		assert_true(near(cc_series_increase(&se, CC_TIME_NONE, INT64_MAX), added));
		cc_point_vec points = { 0 };
		assert_int_equal(cc_series_points(&points, &se, CC_TIME_NONE, INT64_MAX), CC_OK);
		double sum = 0;
		for (size_t i = 0; i < points.n; i++)
			sum += points.p[i].value * (double)(t[i + 1] - t[i]) / 1e9;
		assert_true(fabs(sum - added) < 1e-6 * added + 1e-6);
		cc_vec_deinit(&points);
	}
}

static void quantiles(void **state)
{
	(void)state;
	double le[] = { 10, 50, 100, INFINITY }, sum[] = { 10, 50, 90, 100 };
	assert_true(near(cc_histogram_quantile(0.5, le, sum, 4), 50));
	assert_true(near(cc_histogram_quantile(0.3, le, sum, 4), 30));
	assert_true(near(cc_histogram_quantile(0.05, le, sum, 4), 5));
	assert_true(near(cc_histogram_quantile(0.99, le, sum, 4), 100));
	double none[] = { 0, 0, 0, 0 };
	assert_true(isnan(cc_histogram_quantile(0.5, le, none, 4)));
	assert_true(isnan(cc_histogram_quantile(0.5, le, sum, 0)));
	assert_true(isnan(cc_histogram_quantile(NAN, le, sum, 4)));
	double only[] = { INFINITY }, one[] = { 5 };
	assert_true(isnan(cc_histogram_quantile(0.5, only, one, 1)));
}

static void columns_keep_extremes_and_gaps(void **state)
{
	(void)state;
	cc_point points[100];
	for (int i = 0; i < 100; i++)
		points[i] = (cc_point){ i * S, i == 42 ? 1000 : i == 43 ? -7 : 1, 0 };
	for (int i = 60; i < 80; i++)
		points[i].value = NAN;
	cc_sample_column columns[10];
	cc_resample(columns, 10, points, 100, 0, 100 * S);
	assert_true(near(columns[4].max, 1000) && near(columns[4].min, -7));
	assert_int_equal(columns[6].count, 0);
	assert_true(isnan(columns[6].max));
	assert_int_equal(columns[0].count, 10);
	assert_true(near(columns[9].last, 1));
	assert_true(cc_sample_interval(points, 100) == S);
	cc_resample(columns, 0, points, 100, 0, 1);
	cc_resample(columns, 10, points, 100, 5, 5);
}

static void scores(void **state)
{
	(void)state;
	cc_point p[40];
	for (int i = 0; i < 40; i++)
		p[i] = (cc_point){ i * S, 100 + i % 5, 0 };
	cc_change_score same = cc_change_of(p, 40, 20 * S, 0);
	assert_true(fabs(same.score) < 1);
	p[30].value = 1e6;                       /* a single spike is no level */
	assert_true(fabs(cc_change_of(p, 40, 20 * S, 0).score) < 1);
	for (int i = 20; i < 40; i++)
		p[i].value = 50 + i % 5;
	assert_true(cc_change_of(p, 40, 20 * S, 0).score < -3);
	assert_true(cc_change_of(p, 2, 20 * S, 0).score == 0);
	assert_true(cc_change_of(p, 0, S, 0).score == 0);
}

/* What is known of before is one sample, or next to nothing: neither may pass what was measured properly. */
static void few_samples_and_small_numbers_do_not_win(void **state)
{
	(void)state;
	cc_point p[40];
	for (int i = 0; i < 40; i++)
		p[i] = (cc_point){ i * S, i < 1 ? 0.001 : 4000, 0 };
	cc_change_score c = cc_change_of(p, 40, S, 0);
	assert_true(c.kind == CC_SHIFT_FEW && c.score > 0 && c.score <= CC_SHIFT_NOTABLE);
	assert_int_equal(c.before_count, 1);
	cc_point steps[] = { { 0, 0, 0 }, { S, 3, 0 } };
	c = cc_change_of(steps, 2, S, 0);
	assert_true(c.kind == CC_SHIFT_FEW && c.score <= CC_SHIFT_NOTABLE);
	c = cc_change_of(p, 40, 0, 0);
	assert_true(c.kind == CC_SHIFT_NEW && c.score == 0 && isnan(c.before));
	c = cc_change_of(p, 40, 100 * S, 0);
	assert_true(c.kind == CC_SHIFT_GONE && c.score == 0 && isnan(c.after));
	for (int i = 0; i < 40; i++)
		p[i].value = i < 20 ? 0.0001 : 0.4;
	assert_true(cc_change_of(p, 40, 20 * S, 0).score > 10);
	assert_true(cc_change_of(p, 40, 20 * S, 1).score < 1);      /* 0.4 of what counts from 1 on */
	assert_true(cc_metric_floor(CC_STR("ms")) == 1 && cc_metric_floor(CC_STR("furlongs")) == 0);
	double short_one = cc_change_of(p + 17, 6, 20 * S, 0).score, long_one = cc_change_of(p, 40, 20 * S, 0).score;
	assert_true(short_one < 0.6 * long_one);
}

static void a_change_says_when_it_began(void **state)
{
	(void)state;
	cc_point p[40];
	for (int i = 0; i < 40; i++)
		p[i] = (cc_point){ i * S, i < 25 ? 10 : 30, 0 };
	assert_true(cc_change_of(p, 40, 20 * S, 0).since_ns == 25 * S);
	for (int i = 0; i < 40; i++)
		p[i].value = i == 22 || i == 23 || i == 24 ? 0 : 10;
	cc_change_score c = cc_change_of(p, 40, 20 * S, 0);
	assert_true(c.kind == CC_SHIFT_PEAK && c.since_ns == 22 * S);
	for (int i = 0; i < 40; i++)
		p[i].value = 5;
	assert_true(cc_change_of(p, 40, 20 * S, 0).since_ns == CC_TIME_NONE);
}

static void a_short_spike_is_an_excursion(void **state)
{
	(void)state;
	cc_point p[40];
	for (int i = 0; i < 40; i++)
		p[i] = (cc_point){ i * S, 1 + (i % 5) * 0.2, 0 };
	assert_true(fabs(cc_change_of(p, 40, 20 * S, 0).score) < 1);
	p[22].value = p[23].value = 99.9;
	p[24].value = 85.5;
	cc_change_score c = cc_change_of(p, 40, 20 * S, 0);
	assert_true(c.kind == CC_SHIFT_PEAK && c.score > 10);
	assert_true(near(c.peak, 99.9));
	assert_true(near(c.before, 1.4) && near(c.after, 1.4));
	p[3].value = 99;                         /* it went as far before: no news */
	assert_true(fabs(cc_change_of(p, 40, 20 * S, 0).score) < 3);
	for (int i = 0; i < 40; i++)
		p[i].value = i < 20 ? 100 + i % 3 : i < 24 ? 0 : 100;
	c = cc_change_of(p, 40, 20 * S, 0);
	assert_true(c.kind == CC_SHIFT_PEAK && c.score < -10 && near(c.peak, 0));
	for (int i = 0; i < 40; i++)
		p[i].value = i < 20 ? 10 : 30;
	c = cc_change_of(p, 40, 20 * S, 0);
	assert_true(c.kind == CC_SHIFT_LEVEL && c.score > 3);  /* a level that stays is told by the medians */
}

/* Where more than half of the samples are alike, medians jump by a step although nothing happened. */
static void a_trickle_as_high_before_is_no_change(void **state)
{
	(void)state;
	static const double before[] = { 0.13, 0, 0.07, 0.13, 0, 0.13, 0.2, 0.07, 0, 0 };
	cc_point p[30];
	for (int i = 0; i < 30; i++)
		p[i] = (cc_point){ i * S, i < 10 ? before[i] : i == 13 ? 0.27 : i % 4 ? 0.07 : 0.13, 0 };
	cc_change_score c = cc_change_of(p, 30, 10 * S, 0);
	assert_true(fabs(c.score) < CC_SHIFT_NOTABLE);
	for (int i = 0; i < 30; i++)     /* two steps, each usual before, and one of them since */
		p[i].value = i < 10 ? (i % 3 ? 25 : 50) : 50;
	double mixed = cc_change_of(p, 30, 10 * S, 0).score;
	for (int i = 0; i < 10; i++)
		p[i].value = 25;
	double clean = cc_change_of(p, 30, 10 * S, 0).score;
	assert_true(clean > CC_SHIFT_NOTABLE && mixed > 0 && mixed < 0.7 * clean);
	for (int i = 0; i < 30; i++)     /* errors that began before the pivot are a change all the same */
		p[i].value = i < 8 ? 0 : 0.1;
	c = cc_change_of(p, 30, 10 * S, 0.01);
	assert_true(c.kind == CC_SHIFT_LEVEL && c.score > CC_SHIFT_NOTABLE);
}

/* Names as Prometheus, cAdvisor, kube-state-metrics and other recorders give them; the value 1 as it is written then. */
static void a_number_has_the_unit_of_its_name(void **state)
{
	(void)state;
	static const struct { const char *name, *labels, *unit, *one; } all[] = {
		{ "container_cpu_usage_seconds_total", "", "cores", "1cpu" }, { "container_cpu_cfs_throttled_seconds_total", "", "s/s", "1s/s" },
		{ "container_cpu_cfs_periods_total", "", "/s", "1/s" }, { "container_memory_rss", "", "bytes", "1B" },
		{ "container_network_receive_bytes_total", "", "bytes/s", "1B/s" }, { "container_memory_working_set_bytes", "", "bytes", "1B" },
		{ "container_spec_cpu_quota", "", "us", "1us" }, { "container_start_time_seconds", "", "unix", "1970-01-01T00:00:01Z" },
		{ "kube_pod_created", "", "unix", "1970-01-01T00:00:01Z" }, { "node_memory_MemAvailable_bytes", "", "bytes", "1B" },
		{ "kube_pod_container_resource_limits", "'resource': 'cpu', 'unit': 'core'", "cores", "1cpu" },
		{ "kube_pod_container_resource_requests", "'resource': 'memory'", "bytes", "1B" },
		{ "kube_pod_container_resource_requests", "'resource': 'ephemeral_storage'", "bytes", "1B" },
		{ "kube_node_status_allocatable", "'resource': 'pods', 'unit': 'integer'", "", "1" },
		{ "kube_resourcequota", "'resource': 'limits.cpu', 'type': 'hard'", "cores", "1cpu" },
		{ "kube_resourcequota", "'resource': 'pods', 'type': 'hard'", "", "1" },
		{ "kube_horizontalpodautoscaler_status_target_metric", "'metric_name': 'cpu', 'metric_target_type': 'utilization'", "%", "1%" },
		{ "pod_cpu_usage_millicores", "", "mcores", "1mcpu" }, { "pod_memory_usage_mebibytes", "", "MiB", "1Mi" },
		{ "pod_server_latency_p99_seconds", "", "s", "1s" }, { "jvm_gc_duration_seconds_sum", "", "s/s", "1s/s" },
		{ "node_cpu_temp_celsius", "", "C", "1C" }, { "kepler_container_joules_total", "", "W", "1W" },
		{ "kafka_consumer_group_lag_sum_ratio", "", "", "1" }, { "system_cpu_utilization_ratio", "", "ratio", "100%" },
		{ "process_uptime_milliseconds", "", "ms", "1ms" }, { "terms", "", "", "1" },
	};
	world *w = world_new();
	char path[512];
	snprintf(path, sizeof path, "%s/metrics", w->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	FILE *f = world_file(w, "metrics/pod_" POD "_raw.tsv", "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n");
	for (int i = 0; i < 3; i++)
		for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
			cc_buf stamp = CC_BUF_INIT;
			cc_time_format_stamp(&stamp, w->start + i * 30 * S);
			fprintf(f, "%s\t%s\t%d\t" POD "\tdemo\t{%s}\n", all[k].name, stamp.p, 100 + i, all[k].labels);
			cc_buf_deinit(&stamp);
		}
	fclose(f);
	world_open(w);
	cc_metric_set *m = NULL;
	cc_metric_options opt = { .pivot_ns = CC_TIME_NONE, .range = { CC_TIME_NONE, CC_TIME_NONE }, .raw = true };
	assert_int_equal(cc_metrics_build(&m, w->s, &opt, NULL), CC_OK);
	for (size_t k = 0; k < sizeof all / sizeof *all; k++) {
		bool known = false;
		for (size_t i = 0; i < cc_metrics_count(m); i++) {
			const cc_metric_view *v = cc_metrics_get(m, i);
			cc_buf one = CC_BUF_INIT;
			cc_quantity_render(&one, 1, v->unit);
			known = known || (cc_str_eqz(cc_snapshot_sym(w->s, cc_series_get(w->s, v->series)->metric), all[k].name) &&
				cc_str_eqz(v->unit, all[k].unit) && cc_str_eqz(cc_buf_str(&one), all[k].one));
			assert_true(v->unit.n == 0 || cc_quantity_knows(v->unit));
			cc_buf_deinit(&one);
		}
		if (!known)
			fail_msg("%s{%s} is not in %s", all[k].name, all[k].labels, all[k].unit);
	}
	cc_metrics_free(m);
	void *over = w;
	world_teardown(&over);
}

static void names_say_the_unit_and_rises_come_first(void **state)
{
	(void)state;
	static const struct { const char *name, *unit; } names[] = { { "pod_memory_usage_mebibytes", "MiB" },
		{ "pod_cpu_usage_percent", "%" }, { "pod_cpu_usage_millicores", "mcores" }, { "latency_ms", "ms" },
		{ "pod_latency_p99_seconds", "s" }, { "net_receive_bytes", "bytes" }, { "queue_items", "" }, { "terms", "" },
		{ "net_bytes_total", "bytes/s" }, { "x_seconds_total", "s/s" } };
	world *w = world_new();
	char path[512];
	snprintf(path, sizeof path, "%s/metrics", w->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	FILE *f = world_file(w, "metrics/pod_" POD "_raw.tsv", "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n");
	for (int i = 0; i < 40; i++)
		for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
			bool after = i >= 20, counter = k >= 8;
			double value = counter ? i : k == 0 ? (after ? 1 : 100) : k == 1 ? (after ? 100 : 1) : 5;
			put_sample(f, names[k].name, w->start + i * 30 * S, value, "c");
		}
	fclose(f);
	world_open(w);
	cc_metric_set *m = NULL;
	cc_metric_options opt = { .pivot_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE } };
	assert_int_equal(cc_metrics_build(&m, w->s, &opt, NULL), CC_OK);
	assert_int_equal(cc_metrics_count(m), sizeof names / sizeof *names);
	for (size_t i = 0; i < cc_metrics_count(m); i++) {
		const cc_metric_view *v = cc_metrics_get(m, i);
		bool known = false;
		for (size_t k = 0; k < sizeof names / sizeof *names; k++)
			if (cc_str_starts(v->name, cc_str_from(names[k].name))) {
				assert_true(cc_str_eqz(v->unit, names[k].unit));
				known = true;
			}
		assert_true(known);
	}
	assert_true(cc_str_starts(cc_metrics_get(m, 0)->name, CC_STR("pod_cpu_usage_percent")));
	assert_true(cc_str_starts(cc_metrics_get(m, 1)->name, CC_STR("pod_memory")));
	cc_metrics_free(m);
	void *over = w;
	world_teardown(&over);
}

static const cc_metric_view *find(const cc_metric_set *m, cc_metric_kind kind)
{
	for (size_t i = 0; i < cc_metrics_count(m); i++)
		if (cc_metrics_get(m, i)->kind == kind)
			return cc_metrics_get(m, i);
	return NULL;
}

static double weight(const cc_metric_view *v)
{
	assert_true(v->change.kind == CC_SHIFT_LEVEL || v->change.kind == CC_SHIFT_PEAK);
	return v->change.score < 0 ? -0.9 * v->change.score : v->change.score;
}

static void views_of_payment(void **state)
{
	const world *w = *state;
	cc_metric_set *m = NULL;
	cc_metric_options opt = { .pivot_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE } };
	assert_int_equal(cc_entity_resolve(w->s, CC_STR("demo/Deployment/payment"), &opt.focus, NULL, NULL), CC_OK);
	assert_int_equal(cc_metrics_build(&m, w->s, &opt, NULL), CC_OK);
	const cc_metric_view *v = find(m, CC_METRIC_THROTTLE);
	assert_non_null(v);
	assert_true(near(v->change.before, 0.01) && near(v->change.after, 0.5));
	v = find(m, CC_METRIC_MEM_LIMIT);
	assert_non_null(v);
	assert_true(v->change.before > 0.29 && v->change.before < 0.32 && v->change.after > 0.89);
	v = find(m, CC_METRIC_P95);
	assert_non_null(v);
	assert_true(near(v->change.before, 10 + 40 * 0.95));
	assert_true(v->change.after > 900);
	v = find(m, CC_METRIC_ERROR_RATIO);
	assert_non_null(v);
	assert_true(near(v->change.before, 0) && near(v->change.after, 0.5));
	for (size_t i = 1; i < cc_metrics_count(m); i++)
		assert_true(weight(cc_metrics_get(m, i - 1)) >= weight(cc_metrics_get(m, i)));
	for (size_t i = 0; i < cc_metrics_count(m); i++) {
		v = cc_metrics_get(m, i);
		assert_true(v->cite.file > 0 && v->cite.record > 0);
		/* the reset counter is a steady rate, not a change */
		if (cc_str_find(v->name, CC_STR("cpu_usage")) != CC_STR_NONE)
			assert_true(fabs(v->change.score) < 3);
		assert_true(cc_str_find(v->name, CC_STR("_bucket")) == CC_STR_NONE);
	}
	size_t total = cc_metrics_total(m);
	cc_metrics_free(m);
	opt.max = 2;
	opt.raw = true;
	assert_int_equal(cc_metrics_build(&m, w->s, &opt, NULL), CC_OK);
	assert_int_equal(cc_metrics_count(m), 2);
	assert_true(cc_metrics_total(m) < total);
	assert_null(find(m, CC_METRIC_THROTTLE));
	cc_metrics_free(m);
}

/* "cart" of two namespaces is two services, and a pod called cart in between is none. */
static void services_of_one_name_are_kept_apart(void **state)
{
	(void)state;
	test_tree t;
	test_tree_make(&t);
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "metric_name\ttimestamp\tvalue\tservice_name\tnamespace\tbucket_le\ttags\n");
	for (int i = 0; i < 4; i++)
		for (int slow = 0; slow < 2; slow++) {
			const char *ns = slow ? "b" : "a";
			cc_buf_addf(&b, "x_bucket\t2025-12-15 17:0%d:00\t%d\tcart\t%s\t10\t{}\n", i, slow ? 0 : 100 * i, ns);
			cc_buf_addf(&b, "x_bucket\t2025-12-15 17:0%d:00\t%d\tcart\t%s\t1000\t{}\n", i, 100 * i, ns);
			cc_buf_addf(&b, "x_bucket\t2025-12-15 17:0%d:00\t%d\tcart\t%s\t+Inf\t{}\n", i, 100 * i, ns);
		}
	test_tree_file(&t, "metrics/service_cart_raw.tsv", b.p);
	test_tree_file(&t, "metrics/pod_cart_raw.tsv", "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n"
		"y\t2025-12-15 17:00:00\t1\tcart\ta\t{}\n");
	cc_snapshot *s = NULL;
	cc_metric_set *m = NULL;
	cc_metric_options opt = { .pivot_ns = CC_TIME_NONE, .range = { CC_TIME_NONE, CC_TIME_NONE }, .derived = true };
	assert_int_equal(cc_snapshot_open(&s, test_tree_path(&t, "."), NULL, NULL), CC_OK);
	assert_int_equal(cc_metrics_build(&m, s, &opt, NULL), CC_OK);
	size_t fast = 0, slow = 0;
	for (size_t i = 0; i < cc_metrics_count(m); i++) {
		const cc_metric_view *v = cc_metrics_get(m, i);
		if (v->kind != CC_METRIC_P95)
			continue;
		assert_int_equal(v->count, 3);
		fast += near(v->points[0].value, 9.5);
		slow += near(v->points[0].value, 10 + 990 * 0.95);
	}
	assert_true(fast == 1 && slow == 1);
	cc_metrics_free(m);
	cc_snapshot_free(s);
	cc_buf_deinit(&b);
	test_tree_remove(&t);
}

static const cc_metric_view *named(const cc_metric_set *m, const char *name)
{
	for (size_t i = 0; i < cc_metrics_count(m); i++)
		if (cc_str_eqz(cc_metrics_get(m, i)->name, name))
			return cc_metrics_get(m, i);
	return NULL;
}

/* One service received 6 calls a minute, one of which failed, and made 12, half of which did. Sidecars: its own counted 6; a
 * caller's counted the same again, and 3 that never got there. */
static void received_made_and_mesh_are_apart(void **state)
{
	(void)state;
	static const struct { const char *metric, *tags; int per_minute; } all[] = {
		{ "traces_span_metrics_duration_milliseconds_bucket", "'le': '+Inf', 'span_kind': 'SPAN_KIND_SERVER'", 6 },
		{ "traces_span_metrics_duration_milliseconds_bucket", "'le': '+Inf', 'span_kind': 'SPAN_KIND_CLIENT'", 12 },
		{ "traces_span_metrics_duration_milliseconds_bucket", "'le': '+Inf', 'span_kind': 'SPAN_KIND_INTERNAL'", 100 },
		{ "traces_span_metrics_calls_total", "'status_code': 'STATUS_CODE_ERROR', 'span_kind': 'SPAN_KIND_SERVER'", 1 },
		{ "traces_span_metrics_calls_total", "'status_code': 'STATUS_CODE_ERROR', 'span_kind': 'SPAN_KIND_CLIENT'", 6 },
		{ "istio_request_duration_milliseconds_bucket", "'le': '+Inf', 'reporter': 'destination'", 6 },
		{ "istio_request_duration_milliseconds_bucket", "'le': '+Inf', 'reporter': 'source'", 6 },
		{ "istio_requests_total", "'response_code': '200', 'reporter': 'destination'", 6 },
		{ "istio_requests_total", "'response_code': '503', 'reporter': 'source', 'response_flags': 'UH'", 3 },
		{ "istio_requests_total", "'response_code': '500', 'reporter': 'source', 'response_flags': '-'", 2 },
	};
	test_tree t;
	test_tree_make(&t);
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "metric_name\ttimestamp\tvalue\tservice_name\tnamespace\ttags\n");
	for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
		for (int i = 0; i < 5; i++)
			cc_buf_addf(&b, "%s\t2025-12-15 17:0%d:00\t%d\tcart\ta\t{%s}\n", all[k].metric, i, 10 + all[k].per_minute * i, all[k].tags);
	test_tree_file(&t, "metrics/service_cart_raw.tsv", b.p);
	cc_snapshot *s = NULL;
	cc_metric_set *m = NULL;
	cc_metric_options opt = { .pivot_ns = CC_TIME_NONE, .range = { CC_TIME_NONE, CC_TIME_NONE }, .derived = true };
	static const struct { const char *name; double value; } want[] = { { "calls", 0.1 }, { "calls made", 0.2 }, { "mesh calls", 0.1 },
		{ "error ratio", 1.0 / 6 }, { "error ratio of calls made", 0.5 }, { "mesh error ratio", 0.5 } };
	assert_int_equal(cc_snapshot_open(&s, test_tree_path(&t, "."), NULL, NULL), CC_OK);
	assert_int_equal(cc_metrics_build(&m, s, &opt, NULL), CC_OK);
	for (size_t i = 0; i < sizeof want / sizeof want[0]; i++) {
		const cc_metric_view *v = named(m, want[i].name);
		assert_non_null(v);
		assert_true(near(v->points[v->count - 1].value, want[i].value));
	}
	cc_metrics_free(m);
	cc_snapshot_free(s);
	cc_buf_deinit(&b);
	test_tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_survive_resets),
		cmocka_unit_test(increase_is_what_was_added),
		cmocka_unit_test(quantiles),
		cmocka_unit_test(columns_keep_extremes_and_gaps),
		cmocka_unit_test(scores),
		cmocka_unit_test(few_samples_and_small_numbers_do_not_win),
		cmocka_unit_test(a_change_says_when_it_began),
		cmocka_unit_test(a_short_spike_is_an_excursion), cmocka_unit_test(a_trickle_as_high_before_is_no_change), cmocka_unit_test(a_number_has_the_unit_of_its_name),
		cmocka_unit_test(names_say_the_unit_and_rises_come_first),
		cmocka_unit_test(services_of_one_name_are_kept_apart),
		cmocka_unit_test(received_made_and_mesh_are_apart),
		cmocka_unit_test(views_of_payment),
	};
	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
