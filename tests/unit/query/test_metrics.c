/* test_metrics.c - what a view is called, what it must not pass, when its counter began again, and how it is thinned. */
#include <math.h>

#include "query_support.h"
#include "support/tree.h"
#include "coldcase/rates.h"
#include "coldcase/time.h"

#define S CC_NS_PER_S

typedef struct fixture { test_tree t; cc_snapshot *s; cc_metric_set *m; cc_buf rows; } fixture;

static void sample(fixture *f, const char *metric, int minute, double value, const char *tags)
{
	cc_buf_addf(&f->rows, "%s\t2025-12-15 17:%02d:00\t%.17g\tweb-0\tshop\t%s\n", metric, minute, value, tags);
}

static void begin(fixture *f)
{
	test_tree_make(&f->t);
	f->rows = CC_BUF_INIT;
	f->s = NULL, f->m = NULL;
	cc_buf_addz(&f->rows, "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n");
}

static void open_it(fixture *f)
{
	cc_metric_options opt = { .pivot_ns = CC_TIME_NONE, .range = { CC_TIME_NONE, CC_TIME_NONE } };
	cc_buf_add_char(&f->rows, '\0');
	test_tree_file(&f->t, "metrics/pod_web-0_raw.tsv", f->rows.p);
	assert_int_equal(cc_snapshot_open(&f->s, test_tree_path(&f->t, "."), NULL, NULL), CC_OK);
	assert_int_equal(cc_metrics_build(&f->m, f->s, &opt, NULL), CC_OK);
}

static void end(fixture *f)
{
	cc_metrics_free(f->m);
	cc_snapshot_free(f->s);
	cc_buf_deinit(&f->rows);
	test_tree_remove(&f->t);
}

static const cc_metric_view *view_of(const fixture *f, const char *name)
{
	for (size_t i = 0; i < cc_metrics_count(f->m); i++)
		if (cc_metric_is_called(f->s, cc_metrics_get(f->m, i), cc_str_from(name)))
			return cc_metrics_get(f->m, i);
	return NULL;
}

static void names_carry_the_labels_that_matter(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	for (int i = 0; i < 5; i++) {
		sample(&f, "disk_bytes", i, 1, "{'device': 'a', 'node': 'n1'}");
		sample(&f, "disk_bytes", i, 2, "{'device': 'b\"', 'node': 'n1'}");
		sample(&f, "load", i, 3, "{'node': 'n1'}");
	}
	open_it(&f);
	const cc_metric_view *a = view_of(&f, "disk_bytes{device=\"a\"}"), *b = view_of(&f, "disk_bytes{device=\"b\\\"\"}"), *load = view_of(&f, "load");
	assert_true(a && b && load && a != b);
	assert_ptr_equal(view_of(&f, "disk_bytes{node=\"n1\",device=\"a\"}"), a);   /* in any order, some of them or all */
	assert_null(view_of(&f, "disk_bytes{device=\"c\"}"));
	assert_null(view_of(&f, "disk_bytes{device=}"));
	assert_null(view_of(&f, "disk"));
	cc_buf name = CC_BUF_INIT;
	cc_metric_short_name(f.s, a, &name);
	assert_true(cc_str_eqz(cc_buf_str(&name), "disk_bytes{device=\"a\"}"));
	cc_buf_clear(&name);
	cc_metric_short_name(f.s, b, &name);
	assert_ptr_equal(view_of(&f, (cc_buf_add_char(&name, '\0'), name.p)), b);
	cc_buf_clear(&name);
	cc_metric_short_name(f.s, load, &name);
	assert_true(cc_str_eqz(cc_buf_str(&name), "load"));
	cc_buf_deinit(&name);
	end(&f);
}

static void a_pod_total_does_not_repeat_its_containers(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	for (int i = 0; i < 5; i++) {
		sample(&f, "container_memory_working_set_bytes", i, 100, "{'container': 'web'}");
		sample(&f, "container_memory_working_set_bytes", i, 101, "{}");
		sample(&f, "container_network_receive_bytes_total", i, 5 * i, "{'interface': 'eth0'}");
	}
	open_it(&f);
	assert_int_equal(cc_metrics_count(f.m), 2);
	assert_non_null(view_of(&f, "container_memory_working_set_bytes{container=\"web\"}"));
	assert_non_null(view_of(&f, "container_network_receive_bytes_total"));
	end(&f);
}

static void limits_belong_to_the_container(void **state)
{
	(void)state;
	fixture f;
	cc_metric_level level[CC_METRIC_LEVELS];
	begin(&f);
	for (int i = 0; i < 5; i++) {
		sample(&f, "container_memory_working_set_bytes", i, 100, "{'container': 'web'}");
		sample(&f, "container_memory_working_set_bytes", i, 10, "{'container': 'side'}");
		sample(&f, "container_cpu_usage_seconds_total", i, 6 * i, "{'container': 'web'}");
		sample(&f, "kube_pod_container_resource_limits", i, 300, "{'container': 'web', 'resource': 'memory'}");
		sample(&f, "kube_pod_container_resource_limits", i, 0.5, "{'container': 'web', 'resource': 'cpu'}");
		sample(&f, "kube_pod_container_resource_requests", i, 200, "{'container': 'web', 'resource': 'memory'}");
	}
	open_it(&f);
	assert_int_equal(cc_metric_levels(f.s, view_of(&f, "container_memory_working_set_bytes{container=\"web\"}"), level), 2);
	assert_true(level[0].value == 300 && level[1].value == 200);
	assert_int_equal(cc_metric_levels(f.s, view_of(&f, "container_memory_working_set_bytes{container=\"side\"}"), level), 0);
	assert_int_equal(cc_metric_levels(f.s, view_of(&f, "memory/limit"), level), 2);   /* the request as a share of it */
	assert_true(level[0].value == 1 && level[1].value == 200.0 / 300);
	assert_int_equal(cc_metric_levels(f.s, view_of(&f, "cpu/limit"), level), 1);      /* it has no request */
	assert_true(cc_str_eqz(view_of(&f, "kube_pod_container_resource_limits{resource=\"memory\"}")->unit, "bytes"));
	end(&f);
}

static void resets_have_their_times(void **state)
{
	(void)state;
	static const double values[] = { 10, 20, 30, 5, 15, 2, 12 };
	fixture f;
	int64_t at[4];
	begin(&f);
	for (int i = 0; i < 7; i++) {
		sample(&f, "hits_total", i, values[i], "{}");
		sample(&f, "level", i, values[i], "{}");
	}
	open_it(&f);
	const cc_metric_view *v = view_of(&f, "hits_total");
	assert_int_equal(cc_metric_resets(f.s, v, at, 4), 2);
	assert_true(at[0] == v->points[2].time_ns && at[1] == v->points[4].time_ns);   /* points begin at the second sample */
	assert_int_equal(cc_metric_resets(f.s, v, at, 1), 1);
	assert_int_equal(cc_metric_resets(f.s, view_of(&f, "level"), at, 4), 0);
	end(&f);
}

static void a_count_without_a_sum_is_a_number(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	for (int i = 0; i < 5; i++) {
		sample(&f, "jvm_thread_count", i, 40 - i, "{}");
		sample(&f, "gc_seconds_count", i, 10 * i, "{}");
		sample(&f, "gc_seconds_sum", i, i, "{}");
	}
	open_it(&f);
	assert_true(view_of(&f, "jvm_thread_count")->kind == CC_METRIC_GAUGE && view_of(&f, "jvm_thread_count")->points[4].value == 36);
	assert_true(view_of(&f, "gc_seconds_count")->kind == CC_METRIC_RATE);
	end(&f);
}

static void thinning_keeps_extremes(void **state)
{
	(void)state;
	cc_point p[1000], out[40];
	for (int i = 0; i < 1000; i++)
		p[i] = (cc_point){ i * S, i == 500 ? 99 : i == 501 ? -99 : i % 7, 0 };
	size_t n = cc_thin(out, 40, p, 1000);
	assert_in_range(n, 20, 40);
	bool high = false, low = false;
	for (size_t i = 0; i < n; i++) {
		high = high || out[i].value == 99;
		low = low || out[i].value == -99;
		assert_true(i == 0 || out[i].time_ns > out[i - 1].time_ns);
	}
	assert_true(high && low);
	assert_int_equal(cc_thin(out, 40, p, 40), 40);
	for (int i = 0; i < 1000; i++)
		p[i].time_ns = 7;                /* all at once: no slice has a width */
	assert_in_range(cc_thin(out, 40, p, 1000), 1, 40);
}

/* Two pods scraped a few seconds apart, one of which comes late. */
static void views_are_brought_together(void **state)
{
	(void)state;
	static const char *const by[] = { "workload", "namespace", "object", "tier" };
	fixture f;
	cc_buf other = CC_BUF_INIT;
	begin(&f);
	cc_buf_addz(&other, "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n");
	for (int i = 0; i < 20; i++) {
		sample(&f, "queue_bytes", i, 100, "{'tier': 'a'}");
		sample(&f, "latency_ms", i, 5, "{'tier': 'a'}");
		if (i >= 10)
			cc_buf_addf(&other, "queue_bytes\t2025-12-15 17:%02d:07\t50\tweb-1\tshop\t{'tier': 'a'}\n", i);
		cc_buf_addf(&other, "latency_ms\t2025-12-15 17:%02d:07\t%d\tweb-1\tshop\t{'tier': 'b'}\n", i, i < 10 ? 6 : 60);
	}
	cc_buf_add_char(&other, '\0');
	test_tree_file(&f.t, "metrics/pod_web-1_raw.tsv", other.p);
	open_it(&f);
	cc_metric_options opt = { .pivot_ns = cc_time_from_civil(2025, 12, 15, 17, 10, 0, 0), .range = { CC_TIME_NONE, CC_TIME_NONE } };
	const cc_metric_view *views[8];
	size_t n = cc_metrics_count(f.m);
	assert_int_equal(n, 4);
	for (size_t i = 0; i < n; i++)
		views[i] = cc_metrics_get(f.m, i);
	for (size_t k = 0; k < 4; k++) {
		cc_metric_set *g = NULL;
		assert_int_equal(cc_metrics_group(&g, f.s, views, n, cc_str_from(by[k]), CC_AGG_AUTO, &opt, NULL), CC_OK);
		assert_int_equal(cc_metrics_count(g), k < 2 ? 2 : k == 2 ? 4 : 3);
		for (size_t i = 0; i < cc_metrics_count(g); i++) {
			const cc_metric_view *v = cc_metrics_get(g, i);
			assert_true(v->members > 0 && v->series_count == v->members && v->cite.file > 0);
			if (k >= 2 || !cc_str_eqz(v->name, "sum(queue_bytes)"))
				continue;
			assert_true(v->points[2].value == 100 && v->points[15].value == 150);
			assert_true(v->change.before == 100 && v->change.after == 150);
		}
		cc_metrics_free(g);
	}
	cc_metric_set *g = NULL;
	assert_int_equal(cc_metrics_group(&g, f.s, views, n, CC_STR("namespace"), CC_AGG_SUM, &opt, NULL), CC_OK);
	for (size_t i = 0; i < cc_metrics_count(g); i++)      /* latencies are not summed, whoever asks for it */
		assert_true(cc_str_eqz(cc_metrics_get(g, i)->name, "sum(queue_bytes)") || cc_str_eqz(cc_metrics_get(g, i)->name, "avg(latency_ms)"));
	cc_metrics_free(g);
	cc_err err;
	cc_err_clear(&err);
	assert_int_equal(cc_metrics_group(&g, f.s, views, n, CC_STR("nolabel"), CC_AGG_AUTO, &opt, &err), CC_EUSAGE);
	assert_int_equal(cc_metrics_group(&g, f.s, views, 0, CC_STR("workload"), CC_AGG_AUTO, &opt, NULL), CC_OK);
	assert_int_equal(cc_metrics_count(g), 0);
	cc_metrics_free(g);
	cc_buf_deinit(&other);
	end(&f);
}

static void ratios_appear_where_both_parts_do(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	for (int i = 0; i < 5; i++) {
		sample(&f, "container_fs_usage_bytes", i, 25, "{'device': 'a'}");
		sample(&f, "container_fs_usage_bytes", i, 90, "{'device': 'b'}");
		sample(&f, "container_fs_limit_bytes", i, 100, "{'device': 'b'}");
		sample(&f, "container_fs_limit_bytes", i, 200, "{'device': 'a'}");
		sample(&f, "kube_resourcequota", i, 3, "{'resource': 'pods', 'type': 'used'}");
		sample(&f, "kube_resourcequota", i, 4, "{'resource': 'pods', 'type': 'hard'}");
		sample(&f, "postgresql_backends", i, 10, "{'db': 'x'}");
		sample(&f, "postgresql_connection_max", i, 100, "{}");
		sample(&f, "redis_memory_used_bytes", i, 10, "{}");
	}
	open_it(&f);
	const cc_metric_view *a = view_of(&f, "filesystem used {device=\"a\"}"), *b = view_of(&f, "filesystem used {device=\"b\"}");
	assert_true(a && b && a->points[0].value == 0.125 && b->points[0].value == 0.9);
	assert_true(view_of(&f, "quota used/hard") && view_of(&f, "quota used/hard")->points[0].value == 0.75);
	assert_true(view_of(&f, "connections/max") && view_of(&f, "connections/max")->points[0].value == 0.1);
	assert_null(view_of(&f, "redis memory/max"));
	assert_int_equal(a->series_count, 2);
	end(&f);
}

/* The views that a filter means, "name, name"; sorted by name. */
static const char *names_for(const fixture *f, const char *text)
{
	static cc_buf names;
	cc_filter_ctx ctx = { .snapshot = f->s, .ref_ns = CC_TIME_NONE, .onset_ns = CC_TIME_NONE, .no_onset = true };
	cc_index_vec rows = { 0 };
	cc_filter *filter;
	cc_metric_set *m;
	assert_int_equal(cc_filter_parse(&filter, CC_TABLE_METRICS, cc_str_from(text), &ctx, NULL), CC_OK);
	assert_int_equal(cc_filter_select(filter, &rows, NULL, NULL), CC_OK);
	cc_metric_options opt = { .pivot_ns = CC_TIME_NONE, .range = { CC_TIME_NONE, CC_TIME_NONE }, .by_name = true, .rows = &rows, .filter = filter };
	assert_int_equal(cc_metrics_build(&m, f->s, &opt, NULL), CC_OK);
	cc_buf_clear(&names);
	for (size_t i = 0; i < cc_metrics_count(m); i++)
		cc_buf_addf(&names, "%s%.*s", i ? ", " : "", CC_STR_ARG(cc_metrics_get(m, i)->name));
	cc_buf_add_char(&names, '\0');
	cc_metrics_free(m);
	cc_vec_deinit(&rows);
	cc_filter_free(filter);
	return names.p;
}

static void a_filter_means_what_is_made_by_its_own_name(void **state)
{
	(void)state;
	fixture f;
	begin(&f);
	for (int i = 0; i < 5; i++) {
		sample(&f, "container_memory_working_set_bytes", i, 100, "{'container': 'web'}");
		sample(&f, "kube_pod_container_resource_limits", i, 300, "{'container': 'web', 'resource': 'memory'}");
		sample(&f, "container_fs_usage_bytes", i, 25, "{}");
		sample(&f, "container_fs_limit_bytes", i, 100, "{}");
	}
	open_it(&f);
	assert_string_equal(names_for(&f, "\"memory/limit\""), "memory/limit {container=\"web\"}");
	assert_string_equal(names_for(&f, "metric=memory/* pod=web-0"), "memory/limit {container=\"web\"}");
	assert_string_equal(names_for(&f, "metric=\"memory/limit\" attr.container=side"), "");
	assert_string_equal(names_for(&f, "/system used$/"), "filesystem used");
	assert_string_equal(names_for(&f, "metric=container_memory_working_set_bytes"), "container_memory_working_set_bytes{container=\"web\"}");
	assert_string_equal(names_for(&f, "not limit"), "filesystem used, container_fs_usage_bytes, container_memory_working_set_bytes{container=\"web\"}");
	assert_string_equal(names_for(&f, "metric!=\"filesystem used\" metric=*fs*"), "container_fs_limit_bytes, container_fs_usage_bytes");
	end(&f);
}

/* Without the failed calls nothing is known of their share: it is not 0. */
static void an_error_ratio_needs_its_errors(void **state)
{
	static const char head[] = "metric_name\ttimestamp\tvalue\tservice_name\tnamespace\ttags\n";
	(void)state;
	fixture f = { .m = NULL };
	test_tree_make(&f.t);
	cc_buf_addz(&f.rows, head);
	for (int i = 0; i < 5; i++)
		cc_buf_addf(&f.rows, "duration_milliseconds_bucket\t2025-12-15 17:%02d:00\t%d\tcart\tshop\t{'le': '+Inf', 'status_code': 'STATUS_CODE_OK'}\n"
			"calls_total\t2025-12-15 17:%02d:00\t%d\tcart\tshop\t{'status_code': 'STATUS_CODE_ERROR'}\n", i, 10 * i, i, 5 * i);
	cc_buf_add_char(&f.rows, '\0');
	test_tree_file(&f.t, "metrics/service_cart_raw.tsv", f.rows.p);
	assert_int_equal(cc_snapshot_open(&f.s, test_tree_path(&f.t, "."), NULL, NULL), CC_OK);
	assert_non_null(strstr(names_for(&f, ""), "error ratio"));
	assert_string_equal(names_for(&f, "\"error ratio\""), "error ratio");
	assert_non_null(strstr(names_for(&f, "attr.status_code=STATUS_CODE_OK"), "calls"));
	assert_null(strstr(names_for(&f, "attr.status_code=STATUS_CODE_OK"), "error ratio"));
	assert_null(strstr(names_for(&f, "metric=*_bucket"), "error ratio"));
	end(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_carry_the_labels_that_matter),
		cmocka_unit_test(a_pod_total_does_not_repeat_its_containers),
		cmocka_unit_test(limits_belong_to_the_container),
		cmocka_unit_test(resets_have_their_times),
		cmocka_unit_test(a_count_without_a_sum_is_a_number),
		cmocka_unit_test(thinning_keeps_extremes),
		cmocka_unit_test(views_are_brought_together),
		cmocka_unit_test(ratios_appear_where_both_parts_do),
		cmocka_unit_test(a_filter_means_what_is_made_by_its_own_name),
		cmocka_unit_test(an_error_ratio_needs_its_errors),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
