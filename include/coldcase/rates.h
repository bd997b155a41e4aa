/* rates.h - metric series made readable: counters as rates, windows, quantiles, columns for a chart, and what
 * changed. */
#ifndef COLDCASE_RATES_H
#define COLDCASE_RATES_H

#include "coldcase/filter.h"
#include "coldcase/series.h"

typedef struct cc_point { int64_t time_ns; double value; uint32_t record; /* of the sample, 0 = derived */ } cc_point;
typedef CC_VEC(cc_point) cc_point_vec;

/* Appends the samples in [from, to] (CC_TIME_NONE / INT64_MAX = open): gauges as they are, counters as rate per
 * second between neighbouring samples, dated at the later one. A falling counter was reset: the new value is the
 * increase. NaN samples are left out. */
cc_code cc_series_points(cc_point_vec *out, const cc_series *se, int64_t from_ns, int64_t to_ns) CC_MUST_USE;
/* Increase of a counter inside [from, to], resets handled; the last sample before `from` counts as the base when it
 * is not older than 10 minutes. NaN with fewer than two samples. */
double cc_series_increase(const cc_series *se, int64_t from_ns, int64_t to_ns);
bool cc_series_stats(const cc_series *se, int64_t from_ns, int64_t to_ns, double *min, double *mean, double *max, size_t *count);

/* Prometheus histogram_quantile over bucket increases: le ascending, the last one +Inf; increments cumulative. NaN
 * when empty; the highest finite bound when the rank falls into +Inf. */
double cc_histogram_quantile(double q, const double *le, const double *cumulative, size_t n);

/* n columns of equal width over [from, to]: smallest and largest value and last one in each; count 0 = gap, values
 * NaN. */
typedef struct cc_sample_column { double min, max, last; uint32_t count; } cc_sample_column;
void cc_resample(cc_sample_column *out, size_t n, const cc_point *points, size_t count, int64_t from_ns, int64_t to_ns);
/* At most `most` points (even, >= 4) of the same shape: of each of most / 2 slices of time the smallest and the largest value, in
 * time order. Copies when there are no more. Returns how many. */
size_t cc_thin(cc_point *out, size_t most, const cc_point *points, size_t count);
/* Median distance of neighbouring samples: "one point every 30s"; 0 with fewer than two. */
int64_t cc_sample_interval(const cc_point *points, size_t count);

/* Level before against level after, and the farthest excursion of the part after: the larger of the two tells.
 * Level: difference of the medians over max(1.4826 * MAD before, a quarter of 1.4826 * MAD after - of 1.2533 * mean absolute
 * deviation, where that MAD is nothing -, 2 % of the level, floor), times Cliff's delta: the share of pairs of a sample before and
 * one after that moved so less that of those that moved the other way. A single spike moves neither median; what was 0 as often
 * as not before does not win by being so a little less often. rates_change.c has the sources.
 * Excursion: 95th or 5th percentile after, whichever is farther from the median before, over max(1.4826 * MAD before, half
 * the largest deviation seen before, 2 % of the level, floor), times the root of the share of samples after that went at least
 * half as far: size counts, and so does lasting. A spike of three samples among forty shows there only.
 * Either is multiplied by n / (n + 4), n = samples of the smaller side; fewer than 3 there are FEW and never more than notable.
 * `floor`: the smallest difference that means anything in the series' unit (cc_metric_floor). */
#define CC_SHIFT_NOTABLE 3.0
typedef enum cc_shift_kind {
	CC_SHIFT_NONE,          /* no samples, or no pivot */
	CC_SHIFT_LEVEL, CC_SHIFT_PEAK,
	CC_SHIFT_FEW,           /* fewer than 3 samples before or after */
	CC_SHIFT_NEW,           /* none before: no score */
	CC_SHIFT_GONE           /* none after: no score */
} cc_shift_kind;
typedef struct cc_change_score {
	double before, after;       /* medians; NaN without points */
	double spread;              /* what the difference of the medians was divided by */
	double score;               /* signed; |score| >= CC_SHIFT_NOTABLE is notable; 0 without one */
	double peak;                /* value after the pivot farthest from the median before; NaN without points */
	cc_shift_kind kind;         /* what decided the score, or why there is none */
	int64_t since_ns;           /* first sample after the pivot past half of the change; CC_TIME_NONE */
	size_t before_count, after_count;
} cc_change_score;
cc_change_score cc_change_of(const cc_point *points, size_t count, int64_t pivot_ns, double floor);
const char *cc_shift_kind_name(cc_shift_kind k);   /* "level", "peak", "few", "new", "gone", "none" */

/* --- views: a series of a snapshot or one derived from several --- */

typedef enum cc_metric_kind {
	CC_METRIC_GAUGE, CC_METRIC_RATE,
	CC_METRIC_THROTTLE,       /* cfs throttled periods / periods, ratio */
	CC_METRIC_MEM_LIMIT,      /* working set / memory limit, ratio */
	CC_METRIC_CPU_LIMIT,      /* cpu seconds rate / cpu limit, ratio */
	CC_METRIC_ERROR_RATIO,    /* service: error calls / all calls, ratio */
	CC_METRIC_P50, CC_METRIC_P95, CC_METRIC_P99, /* service latency from buckets, ms */
	CC_METRIC_RESTARTS,       /* increase of restarts since the first sample */
	CC_METRIC_CALLS,          /* service: calls a second, from the increases of the +Inf buckets */
	CC_METRIC_SHARE,          /* used of what there is: filesystem, quota, connections, replicas of an autoscaler */
	CC_METRIC_FRACTION        /* part of a whole: network errors of packets */
} cc_metric_kind;

typedef struct cc_metric_view {
	cc_metric_kind kind;
	cc_str name;              /* "container_memory_working_set_bytes{container="cart"}" or "memory / limit" */
	cc_str unit;              /* "bytes", "/s", "ratio", "ms", "s", "" */
	cc_entity_id entity;
	cc_sym object;
	cc_cite cite;             /* the largest deviation's sample, else the first; of many, of the member that changed most */
	uint32_t series;          /* index of the (first) series behind it */
	const uint32_t *sources;  /* all series behind it */
	uint32_t series_count;
	uint32_t members;         /* views brought together by cc_metrics_group; 0 = it is one of its own */
	const cc_point *points; size_t count;
	cc_change_score change;
} cc_metric_view;

typedef struct cc_metric_set cc_metric_set;

typedef struct cc_metric_options {
	cc_entity_id focus;       /* 0 = all */
	const cc_index_vec *rows; /* series to look at (filter over metrics); NULL = all that focus covers */
	int64_t pivot_ns;         /* CC_TIME_NONE: no change score, order by name */
	cc_range range;           /* both CC_TIME_NONE = whole capture */
	bool raw, derived;        /* which views to make; both false = both */
	bool by_name;             /* order by object and name instead of by change */
	size_t max;               /* keep the best n; 0 = all */
	cc_filter *filter;        /* what selected the rows: a view that it does not mean by name is left out; NULL = none is */
	cc_cancel *cancel;
} cc_metric_options;

/* The names of the derived views that a series is a part of: "memory/limit", "latency p95" ... Returns how many. */
enum { CC_METRIC_MADE = 24 };
size_t cc_metric_made_of(const cc_snapshot *s, size_t series, const char *out[CC_METRIC_MADE]);

/* Views ordered by |score|, a drop counting a tenth less than a rise (derived before raw at equal score, then object, name).
 * What is new or gone has no score and stands below what changed by more than is usual, a score of 1. Bucket series appear as quantiles only,
 * and pod totals not at all where the containers they repeat are recorded. */
cc_code cc_metrics_build(cc_metric_set **out, const cc_snapshot *s, const cc_metric_options *opt, cc_err *err) CC_MUST_USE;
/* Views brought together by dimensions, parted by commas: workload, namespace, object, or any label. Rates, bytes, cores and
 * restarts are summed by AUTO, plain numbers averaged, of shares and latencies the largest is taken; those are never summed. */
typedef enum cc_metric_agg { CC_AGG_AUTO, CC_AGG_SUM, CC_AGG_AVG, CC_AGG_MAX, CC_AGG_MIN } cc_metric_agg;
const char *cc_metric_agg_name(cc_metric_agg a);
cc_code cc_metrics_group(cc_metric_set **out, const cc_snapshot *s, const cc_metric_view *const *views, size_t count, cc_str by, cc_metric_agg agg,
	const cc_metric_options *opt, cc_err *err) CC_MUST_USE;
void cc_metrics_free(cc_metric_set *m);
size_t cc_metrics_count(const cc_metric_set *m);
size_t cc_metrics_total(const cc_metric_set *m);   /* before `max` cut */
const cc_metric_view *cc_metrics_get(const cc_metric_set *m, size_t i);
/* The view's name with only those labels that tell it from other series of the same metric and object. */
void cc_metric_short_name(const cc_snapshot *s, const cc_metric_view *v, cc_buf *out);
/* Whether `name` means this view: its whole name, its name without labels, or with some of its labels {k="v",…}. */
bool cc_metric_is_called(const cc_snapshot *s, const cc_metric_view *v, cc_str name);
const char *cc_metric_kind_name(cc_metric_kind k); /* "throttled", "memory/limit" … */
bool cc_metric_is_drawable(const cc_snapshot *s, size_t series);   /* it is a view of its own; buckets are not */
bool cc_metric_is_share(cc_metric_kind k);         /* of something that ends at 1: memory / limit … */
/* Lines a view is to be held against. */
enum { CC_METRIC_LEVELS = 2 };
typedef struct cc_metric_level { const char *label; double value; } cc_metric_level;
size_t cc_metric_levels(const cc_snapshot *s, const cc_metric_view *v, cc_metric_level out[CC_METRIC_LEVELS]);
/* When the counter behind the view began again, within its points; at most max. Sums of many series have none. */
size_t cc_metric_resets(const cc_snapshot *s, const cc_metric_view *v, int64_t *out, size_t max);
double cc_metric_floor(cc_str unit);               /* the smallest difference that means anything; 0 for a unit unknown */

#endif
