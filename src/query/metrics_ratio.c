/* metrics_ratio.c - ratios that are worth a row of their own wherever both parts are recorded, as one table.
 *
 * The parts belong to one object and carry the same labels; a quota has both under one name, told apart by a label. */
#include "metrics_priv.h"

typedef struct ratio {
	const char *name, *over, *under;
	cc_metric_kind kind;
	const char *label, *over_value, *under_value;   /* the label that parts them; NULL = none */
} ratio;

static const ratio ratios[] = {
	{ "filesystem used", "container_fs_usage_bytes", "container_fs_limit_bytes", CC_METRIC_SHARE, NULL, NULL, NULL },
	{ "volume used", "kubelet_volume_stats_used_bytes", "kubelet_volume_stats_capacity_bytes", CC_METRIC_SHARE, NULL, NULL, NULL },
	{ "inodes used", "kubelet_volume_stats_inodes_used", "kubelet_volume_stats_inodes", CC_METRIC_SHARE, NULL, NULL, NULL },
	{ "receive errors", "container_network_receive_errors_total",
		"container_network_receive_packets_total", CC_METRIC_FRACTION, NULL, NULL, NULL },
	{ "transmit errors", "container_network_transmit_errors_total",
		"container_network_transmit_packets_total", CC_METRIC_FRACTION, NULL, NULL, NULL },
	{ "receive drops", "container_network_receive_packets_dropped_total",
		"container_network_receive_packets_total", CC_METRIC_FRACTION, NULL, NULL, NULL },
	{ "transmit drops", "container_network_transmit_packets_dropped_total",
		"container_network_transmit_packets_total", CC_METRIC_FRACTION, NULL, NULL, NULL },
	{ "hpa current/max", "kube_horizontalpodautoscaler_status_current_replicas",
		"kube_horizontalpodautoscaler_spec_max_replicas", CC_METRIC_SHARE, NULL, NULL, NULL },
	{ "hpa desired/max", "kube_horizontalpodautoscaler_status_desired_replicas",
		"kube_horizontalpodautoscaler_spec_max_replicas", CC_METRIC_SHARE, NULL, NULL, NULL },
	{ "replicas available", "kube_deployment_status_replicas_available",
		"kube_deployment_spec_replicas", CC_METRIC_FRACTION, NULL, NULL, NULL },
	{ "quota used/hard", "kube_resourcequota", "kube_resourcequota", CC_METRIC_SHARE, "type", "used", "hard" },
	{ "redis memory/max", "redis_memory_used_bytes", "redis_memory_max_bytes", CC_METRIC_SHARE, NULL, NULL, NULL },
	{ "connections/max", "postgresql_backends", "postgresql_connection_max", CC_METRIC_SHARE, NULL, NULL, NULL },
};

static bool same_labels(const cc_series *a, const cc_series *b, const char *except)
{
	size_t i = 0, k = 0;
	for (;; i++, k++) {
		i += except && i < a->label_count && cc_str_eqz(a->labels[i].key, except);
		k += except && k < b->label_count && cc_str_eqz(b->labels[k].key, except);
		if (i >= a->label_count || k >= b->label_count)
			return i >= a->label_count && k >= b->label_count;
		if (!cc_str_eq(a->labels[i].key, b->labels[k].key) || !cc_str_eq(a->labels[i].value, b->labels[k].value))
			return false;
	}
}

static bool is_part(const cc_snapshot *s, const ratio *r, const cc_series *se, bool over)
{
	const char *value = over ? r->over_value : r->under_value;
	return cc_str_eqz(cc_snapshot_sym(s, se->metric), over ? r->over : r->under) && (!r->label || cc_str_eqz(cc_series_label(se, r->label), value));
}

size_t cc_metrics_made_of_ratio(const cc_snapshot *s, const cc_series *se, const char **out, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < sizeof ratios / sizeof *ratios && n < max; i++)
		if (is_part(s, &ratios[i], se, true) || is_part(s, &ratios[i], se, false))
			out[n++] = ratios[i].name;
	return n;
}

/* Labels say the same of both; where only one such series is there, it is the one whatever its labels (postgresql_connection_max). */
static uint32_t find_under(const cc_snapshot *s, const ratio *r, uint32_t row)
{
	const cc_series *se = cc_series_get(s, row), *other;
	uint32_t only = UINT32_MAX;
	size_t first = row, seen = 0;
	while (first > 0 && (other = cc_series_get(s, first - 1)) && other->object == se->object && other->ns == se->ns)
		first--;
	for (size_t i = first; (other = cc_series_get(s, i)) && other->object == se->object && other->ns == se->ns; i++) {
		if (other->is_service != se->is_service || !is_part(s, r, other, false))
			continue;
		if (same_labels(se, other, r->label))
			return (uint32_t)i;
		only = (uint32_t)i;
		seen++;
	}
	return seen == 1 && !r->label ? only : UINT32_MAX;
}

static cc_code add_ratio(metric_builder *b, const ratio *r, uint32_t over, uint32_t under)
{
	cc_point_vec points = { 0 };
	cc_index_vec series = { 0 };
	cc_metric_view raw = { .kind = CC_METRIC_GAUGE, .series = over };
	cc_buf name = CC_BUF_INIT, labels = CC_BUF_INIT;
	cc_code code = cc_metrics_divide(b, &points, over, under);
	if (code == CC_OK && (!cc_vec_push(&series, over) || !cc_vec_push(&series, under)))
		code = CC_ENOMEM;
	cc_metric_short_name(b->s, &raw, &labels);
	size_t brace = cc_str_find_char(cc_buf_str(&labels), '{');
	cc_buf_addz(&name, r->name);
	if (brace != CC_STR_NONE)
		cc_buf_addf(&name, " %.*s", CC_STR_ARG(cc_str_sub(cc_buf_str(&labels), brace, labels.n)));
	if (code == CC_OK)
		code = cc_metrics_add(b, r->kind, cc_buf_str(&name), "ratio", &series, &points);
	cc_buf_deinit(&name);
	cc_buf_deinit(&labels);
	cc_vec_deinit(&series);
	cc_vec_deinit(&points);
	return code;
}

cc_code cc_metrics_derive_ratios(metric_builder *b)
{
	cc_code code = CC_OK;
	for (size_t k = 0; k < sizeof ratios / sizeof *ratios; k++) {
		cc_sym metric = cc_snapshot_sym_find(b->s, cc_str_from(ratios[k].over));
		if (cc_canceled(b->opt->cancel))
			return CC_ECANCELED;
		for (size_t i = 0; metric != CC_SYM_NONE && i < b->rows.n && code == CC_OK; i++) {
			const cc_series *se = cc_series_get(b->s, b->rows.p[i]);
			if (se->metric != metric || !is_part(b->s, &ratios[k], se, true) || cc_metrics_is_repeat(b->s, b->rows.p[i]))
				continue;
			uint32_t under = find_under(b->s, &ratios[k], b->rows.p[i]);
			if (under != UINT32_MAX)
				code = add_ratio(b, &ratios[k], b->rows.p[i], under);
		}
	}
	return code;
}
