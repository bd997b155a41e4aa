/* metrics_unit.c - units: what a metric's name says, and how small a difference in a unit means nothing. */
#include <string.h>

#include "metrics_priv.h"

/* OpenTelemetry writes _ratio for what has no unit (kafka_consumer_group_lag_sum_ratio): that word tells nothing. */
static const struct { const char *word, *unit, *rate; } units[] = {
	{ "mebibytes", "MiB", "MiB/s" }, { "gibibytes", "GiB", "GiB/s" }, { "kibibytes", "KiB", "KiB/s" },
	{ "megabytes", "MB", "MB/s" }, { "gigabytes", "GB", "GB/s" }, { "kilobytes", "kB", "kB/s" },
	{ "bytes", "bytes", "bytes/s" }, { "milliseconds", "ms", "ms/s" }, { "microseconds", "us", "us/s" },
	{ "nanoseconds", "ns", "ns/s" }, { "seconds", "s", "s/s" }, { "ms", "ms", "ms/s" }, { "percent", "%", "%/s" },
	{ "percentage", "%", "%/s" }, { "millicores", "mcores", "mcores/s" }, { "cores", "cores", "cores/s" },
	{ "celsius", "C", "C/s" }, { "minutes", "min", "min/s" }, { "hours", "h", "h/s" },
};

/* One call a minute, a kilobyte a second, a hundredth of a core: scrapes at other moments alone move a series by that much. */
static const struct { const char *unit; double floor; } floors[] = {
	{ "ratio", 0.01 }, { "%", 1 }, { "bytes", 1 << 20 }, { "KiB", 1024 }, { "MiB", 1 }, { "GiB", 0.001 }, { "kB", 1000 },
	{ "MB", 1 }, { "GB", 0.001 }, { "bytes/s", 1024 }, { "KiB/s", 1 }, { "MiB/s", 0.001 }, { "s", 0.001 }, { "ms", 1 }, { "us", 1e3 },
	{ "ns", 1e6 }, { "s/s", 0.01 }, { "cores", 0.01 }, { "mcores", 10 }, { "/s", 1.0 / 60 },
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

const char *cc_metrics_unit(cc_str metric, bool rate)
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
	/* seconds of CPU in a second are cores */
	return rate && strcmp(unit, "s/s") == 0 && cc_str_find(metric, CC_STR("cpu")) != CC_STR_NONE ? "cores" : unit;
}
