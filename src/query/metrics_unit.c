/* metrics_unit.c - units: what a metric's name says, and how small a difference in a unit means nothing.
 *
 * Prometheus asks that a name ends with its unit in the plural, before "total" (prometheus.io/docs/practices/naming, base units);
 * OpenTelemetry's exporters make names that way out of their units. Other recorders put theirs anywhere, so that the last word that is
 * a unit counts. What has none in its name - a few of cAdvisor's and of kube-state-metrics' - is listed by name, as their own
 * lists of metrics tell it (cadvisor docs/storage/prometheus.md; kube-state-metrics docs/metrics). A rate is the unit a second. */
#include <string.h>

#include "metrics_priv.h"

/* OpenTelemetry writes _ratio for what has no unit (kafka_consumer_group_lag_sum_ratio): that word tells nothing by itself. */
static const struct { const char *word, *unit, *rate; } units[] = {
	{ "mebibytes", "MiB", "MiB/s" }, { "gibibytes", "GiB", "GiB/s" }, { "kibibytes", "KiB", "KiB/s" },
	{ "megabytes", "MB", "MB/s" }, { "gigabytes", "GB", "GB/s" }, { "kilobytes", "kB", "kB/s" },
	{ "bytes", "bytes", "bytes/s" }, { "milliseconds", "ms", "ms/s" }, { "microseconds", "us", "us/s" },
	{ "nanoseconds", "ns", "ns/s" }, { "seconds", "s", "s/s" }, { "ms", "ms", "ms/s" }, { "percent", "%", "%/s" },
	{ "percentage", "%", "%/s" }, { "millicores", "mcores", "mcores/s" }, { "cores", "cores", "cores/s" },
	{ "celsius", "C", "C/s" }, { "minutes", "min", "min/s" }, { "hours", "h", "h/s" }, { "days", "d", "d/s" },
	{ "joules", "J", "W" }, { "watts", "W", "W/s" }, { "utilization_ratio", "ratio", "/s" },
};

/* Whole names, or their ends. */
static const struct { const char *name, *unit; bool end; } gauges[] = {
	{ "container_memory_rss", "bytes", false }, { "container_memory_cache", "bytes", false }, { "container_memory_swap", "bytes", false },
	{ "container_memory_mapped_file", "bytes", false }, { "container_spec_cpu_period", "us", false },
	{ "container_spec_cpu_quota", "us", false }, { "container_last_seen", "unix", false }, { "start_time_seconds", "unix", true },
	{ "timestamp_seconds", "unix", true }, { "_start_time", "unix", true }, { "_completion_time", "unix", true },
	{ "_deletion_timestamp", "unix", true }, { "_created", "unix", true },
};

/* One call a minute, a kilobyte a second, a hundredth of a core: scrapes at other moments alone move a series by that much. */
static const struct { const char *unit; double floor; } floors[] = {
	{ "ratio", 0.01 }, { "%", 1 }, { "bytes", 1 << 20 }, { "KiB", 1024 }, { "MiB", 1 }, { "GiB", 0.001 }, { "kB", 1000 },
	{ "MB", 1 }, { "GB", 0.001 }, { "bytes/s", 1024 }, { "KiB/s", 1 }, { "MiB/s", 0.001 }, { "s", 0.001 }, { "ms", 1 }, { "us", 1e3 },
	{ "ns", 1e6 }, { "s/s", 0.01 }, { "ms/s", 10 }, { "cores", 0.01 }, { "mcores", 10 }, { "/s", 1.0 / 60 },
};

double cc_metric_floor(cc_str unit)
{
	for (size_t i = 0; i < sizeof floors / sizeof *floors; i++)
		if (cc_str_eqz(unit, floors[i].unit))
			return floors[i].floor;
	return 0;
}

static bool is_word_at(cc_str metric, size_t at, size_t n)
{
	bool begins = at == 0 || metric.p[at - 1] == '_' || metric.p[at - 1] == ':' || metric.p[at - 1] == '.';
	size_t end = at + n;
	return begins && (end == metric.n || metric.p[end] == '_' || metric.p[end] == ':' || metric.p[end] == '.');
}

static const char *unit_of_name(cc_str metric)
{
	for (size_t i = 0; i < sizeof gauges / sizeof *gauges; i++)
		if (gauges[i].end ? cc_str_ends(metric, cc_str_from(gauges[i].name)) : cc_str_eqz(metric, gauges[i].name))
			return gauges[i].unit;
	return NULL;
}

/* Seconds of CPU in a second are cores; those that were spent waiting for it are not. */
static bool is_of_cpu(cc_str metric)
{
	static const char *const waits[] = { "throttled", "runqueue", "wait", "idle", "pressure" };
	bool cpu = cc_str_find(metric, CC_STR("cpu")) != CC_STR_NONE;
	for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
		cpu = cpu && cc_str_find(metric, cc_str_from(waits[i])) == CC_STR_NONE;
	return cpu;
}

/* As a whole word, the last one that is a unit: pod_memory_usage_mebibytes, x_seconds_total. */
static const char *unit_of_words(cc_str metric, bool rate)
{
	const char *unit = rate ? "/s" : "";
	size_t best = 0;
	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		size_t n = strlen(units[i].word);
		for (size_t at = 0; at + n <= metric.n; at++)
			if (at + n > best && is_word_at(metric, at, n) && cc_str_eqz(cc_str_sub(metric, at, at + n), units[i].word)) {
				best = at + n;
				unit = rate ? units[i].rate : units[i].unit;
			}
	}
	return rate && strcmp(unit, "s/s") == 0 && is_of_cpu(metric) ? "cores" : unit;
}

/* What kube-state-metrics says in labels: unit= of what nodes have and containers ask for, the resource that is requested or limited,
 * and that an autoscaler's target is a utilization, which it counts in percent. */
static const char *unit_of_labels(const cc_snapshot *s, const cc_series *se)
{
	cc_str metric = cc_snapshot_sym(s, se->metric), unit = cc_series_label(se, "unit"), resource = cc_series_label(se, "resource");
	bool bound = cc_str_find(metric, CC_STR("resource_")) != CC_STR_NONE;
	if (cc_metrics_is_bound(s, se, "resource_", "memory") || cc_str_eqz(unit, "byte"))
		return "bytes";
	if (cc_metrics_is_bound(s, se, "resource_", "cpu") || cc_str_eqz(unit, "core"))
		return "cores";
	if (cc_str_eqz(cc_series_label(se, "metric_target_type"), "utilization"))
		return "%";
	if (!bound && !cc_str_starts(metric, CC_STR("kube_resourcequota")))
		return NULL;
	if (cc_str_ends(resource, CC_STR("memory")) || cc_str_ends(resource, CC_STR("storage")))
		return "bytes";
	return cc_str_ends(resource, CC_STR("cpu")) ? "cores" : NULL;
}

const char *cc_metrics_unit_of(const cc_snapshot *s, const cc_series *se)
{
	cc_str metric = cc_snapshot_sym(s, se->metric);
	const char *unit = se->counter ? NULL : unit_of_labels(s, se);
	unit = unit || se->counter ? unit : unit_of_name(metric);
	return unit ? unit : unit_of_words(metric, se->counter);
}
