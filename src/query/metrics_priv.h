/* metrics_priv.h - what collecting views (metrics.c) and deriving them (metrics_derive.c) share. */
#ifndef COLDCASE_METRICS_PRIV_H
#define COLDCASE_METRICS_PRIV_H

#include "coldcase/arena.h"
#include "coldcase/rates.h"

struct cc_metric_set {
	cc_arena *arena;
	CC_VEC(cc_metric_view) views;
	size_t total;
};

typedef struct metric_builder {
	cc_metric_set *set;
	const cc_snapshot *s;
	const cc_metric_options *opt;
	int64_t from, to;        /* window; open sides CC_TIME_NONE and INT64_MAX */
	cc_index_vec rows;       /* series to look at, ascending */
} metric_builder;

/* Adds a view over a copy of the points; nothing is added without points. `name` is kept. */
cc_code cc_metrics_add(metric_builder *b, cc_metric_kind kind, cc_str name, const char *unit,
	const cc_index_vec *series, const cc_point_vec *points) CC_MUST_USE;
cc_metric_set *cc_metrics_set_new(void);
void cc_metrics_sort(cc_metric_set *set, const cc_metric_options *opt);   /* and cuts to opt->max */
cc_code cc_metrics_derive(metric_builder *b) CC_MUST_USE;          /* throttling, limits, restarts of pods */
cc_code cc_metrics_derive_ratios(metric_builder *b) CC_MUST_USE;   /* what one series is of another: metrics_ratio.c */
/* One series over another at the times of the first; a denominator is looked up a little in the past. */
cc_code cc_metrics_divide(metric_builder *b, cc_point_vec *out, uint32_t over, uint32_t under) CC_MUST_USE;
cc_code cc_metrics_derive_services(metric_builder *b) CC_MUST_USE; /* latency quantiles and error ratios */
/* Of the series, of its rate where it is a counter: what its labels or its name say; "" for a count. */
const char *cc_metrics_unit_of(const cc_snapshot *s, const cc_series *se);
/* A request or limit ("resource_requests", "resource_limits") of "memory" or "cpu". */
bool cc_metrics_is_bound(const cc_snapshot *s, const cc_series *se, const char *what, const char *resource);
bool cc_metrics_is_total(const cc_series *se);      /* of the pod, not of one of its containers */
bool cc_metrics_is_repeat(const cc_snapshot *s, size_t row);
bool cc_metrics_is_bucket(const cc_snapshot *s, const cc_series *se);
/* What each of the three files makes of a series, by name; at most CC_METRIC_MADE in all (cc_metric_made_of). */
size_t cc_metrics_made_of_pod(const cc_snapshot *s, const cc_series *se, const char **out);
size_t cc_metrics_made_of_ratio(const cc_snapshot *s, const cc_series *se, const char **out, size_t max);
size_t cc_metrics_made_of_calls(const cc_snapshot *s, const cc_series *se, const char **out);

#endif
