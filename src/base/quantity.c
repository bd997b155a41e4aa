/* quantity.c - a number with its unit as an operator writes it: 1.2Mi, 38ms, 12.5%, 0.3/s.
 *
 * Bytes go by 1024 and are written as Kubernetes writes them, with a B where there is no Ki or Mi; all else goes by 1000, times up to
 * hours; a ratio is a percentage. No letter stands for two things: m alone would be minutes or thousandths, so that it is min and
 * mcpu. Three digits that count are enough: the exact number is in the JSON. */
#include "coldcase/quantity.h"

#include <math.h>
#include <string.h>

#include "coldcase/time.h"

typedef enum scale_kind { PLAIN, BINARY, TIME, PERCENT, CORES, MOMENT, SCORE } scale_kind;

/* A number times `factor` is in bytes, seconds, percent or cores. `after`: what follows the number. */
static const struct { const char *unit; scale_kind scale; double factor; const char *after; } units[] = {
	{ "bytes", BINARY, 1, "" }, { "KiB", BINARY, 1024, "" }, { "MiB", BINARY, 1048576, "" }, { "GiB", BINARY, 1073741824, "" },
	{ "kB", BINARY, 1e3, "" }, { "MB", BINARY, 1e6, "" }, { "GB", BINARY, 1e9, "" }, { "bytes/s", BINARY, 1, "/s" },
	{ "KiB/s", BINARY, 1024, "/s" }, { "MiB/s", BINARY, 1048576, "/s" }, { "GiB/s", BINARY, 1073741824, "/s" },
	{ "kB/s", BINARY, 1e3, "/s" }, { "MB/s", BINARY, 1e6, "/s" }, { "GB/s", BINARY, 1e9, "/s" },
	{ "s", TIME, 1, "" }, { "ms", TIME, 1e-3, "" }, { "us", TIME, 1e-6, "" }, { "ns", TIME, 1e-9, "" }, { "min", TIME, 60, "" },
	{ "h", TIME, 3600, "" }, { "d", TIME, 86400, "" }, { "s/s", TIME, 1, "/s" }, { "ms/s", TIME, 1e-3, "/s" },
	{ "us/s", TIME, 1e-6, "/s" }, { "ns/s", TIME, 1e-9, "/s" }, { "min/s", TIME, 60, "/s" }, { "h/s", TIME, 3600, "/s" },
	{ "d/s", TIME, 86400, "/s" }, { "unix", MOMENT, 1, "" },
	{ "ratio", PERCENT, 100, "%" }, { "%", PERCENT, 1, "%" }, { "%/s", PERCENT, 1, "%/s" },
	{ "cores", CORES, 1, "" }, { "mcores", CORES, 1e-3, "" }, { "cores/s", CORES, 1, "/s" }, { "mcores/s", CORES, 1e-3, "/s" },
	{ "/s", PLAIN, 1, "/s" }, { "C", PLAIN, 1, "C" }, { "C/s", PLAIN, 1, "C/s" }, { "J", PLAIN, 1, "J" }, { "W", PLAIN, 1, "W" },
	{ "W/s", PLAIN, 1, "W/s" },
	{ "score", SCORE, 1, "" }, { "peak", SCORE, 1, "^" },   /* "peak": a score that tells of the highest point, not of the level */
};

enum { UNITS = sizeof units / sizeof *units };

/* Three digits that count and `more`, no exponent, no zeros at the end. */
static void add_number(cc_buf *out, double v, int more)
{
	double a = fabs(v);
	size_t from = out->n;
	cc_buf_addf(out, "%.*f", more + (a >= 100 || a == 0 ? 0 : a >= 10 ? 1 : a >= 1 ? 2 : a >= 0.1 ? 3 : 4), v);
	if (!cc_buf_ok(out) || !memchr(out->p + from, '.', out->n - from))
		return;
	while (out->p[out->n - 1] == '0')
		cc_buf_truncate(out, out->n - 1);
	if (out->p[out->n - 1] == '.')
		cc_buf_truncate(out, out->n - 1);
}

static void add_scaled(cc_buf *out, double v, int more, double step, const char *const *names, size_t count)
{
	size_t k = 0;
	while (k + 1 < count && fabs(v) >= step * 0.9995) {
		v /= step;
		k++;
	}
	add_number(out, v, more);
	cc_buf_addz(out, names[k]);
}

static void add_time(cc_buf *out, double s, int more)
{
	static const struct { double up_to, factor; const char *name; } steps[] = { { 1e-6, 1e9, "ns" }, { 1e-3, 1e6, "us" }, { 1, 1e3, "ms" },
		{ 120, 1, "s" }, { 7200, 1.0 / 60, "min" }, { INFINITY, 1.0 / 3600, "h" } };
	size_t k = 0;
	while (k + 1 < sizeof steps / sizeof *steps && fabs(s) >= steps[k].up_to * 0.9995)
		k++;
	add_number(out, s * steps[k].factor, more);
	cc_buf_addz(out, steps[k].name);
}

/* Very small numbers that are not nothing keep their two digits: 2e-05/s. */
static bool is_tiny(double v)
{
	return v != 0 && fabs(v) < 5e-4;
}

/* Six characters with its sign and mark, whatever it is: two digits are enough of what is small or very large. */
static void add_score(cc_buf *out, double v)
{
	static const char *const names[] = { "", "k", "M", "G", "T", "P" };
	size_t k = 0;
	for (; k + 1 < sizeof names / sizeof *names && fabs(v) >= 999.5; k++)
		v /= 1000;
	double a = fabs(v);
	if (a < 0.005)
		cc_buf_addz(out, "0");
	else if (a < 1 || k)
		cc_buf_addf(out, "%.*f%s", a >= 9.95 ? 0 : k ? 1 : 2, v, names[k]);
	else
		add_number(out, v, 0);
}

static void add_plain(cc_buf *out, double v, int more, scale_kind scale)
{
	static const char *const binary[] = { "B", "Ki", "Mi", "Gi", "Ti", "Pi" }, *const decimal[] = { "", "k", "M", "G", "T", "P" };
	if (fabs(v) >= 1e18 || is_tiny(v))
		cc_buf_addf(out, "%.*g%s", 2 + more, v, scale == BINARY ? "B" : "");
	else
		add_scaled(out, v, more, scale == BINARY ? 1024 : scale == PLAIN ? 1000 : INFINITY, scale == BINARY ? binary : decimal, 6);
}

/* Cores are the cpu of Kubernetes, and parts of one its millicpu. */
static void add_cores(cc_buf *out, double v, int more)
{
	bool parts = v != 0 && fabs(v) < 1;
	add_plain(out, parts ? v * 1000 : v, more, CORES);
	cc_buf_addz(out, parts ? "mcpu" : "cpu");
}

/* Seconds since 1970, the second of it. */
static void add_moment(cc_buf *out, double v)
{
	if (v > 0 && v < 9e9)
		cc_time_format(out, (int64_t)v * CC_NS_PER_S);
	else
		add_plain(out, v, 0, PLAIN);
}

static size_t find(cc_str unit)
{
	size_t i = 0;
	while (i < UNITS && !cc_str_eqz(unit, units[i].unit))
		i++;
	return i;
}

bool cc_quantity_knows(cc_str unit)
{
	return find(unit) < UNITS;
}

static void render(cc_buf *out, double v, cc_str unit, int more)
{
	size_t i = find(unit);
	bool known = i < UNITS;
	v = known ? v * units[i].factor : v;
	if (!isfinite(v)) {
		cc_buf_addz(out, isnan(v) ? "-" : v > 0 ? "+Inf" : "-Inf");
		return;
	}
	switch (known ? units[i].scale : PLAIN) {
	case TIME: v == 0 ? cc_buf_addz(out, "0s") : add_time(out, v, more); break;
	case CORES: add_cores(out, v, more); break;
	case MOMENT: add_moment(out, v); break;
	case SCORE: add_score(out, v); break;
	case BINARY: add_plain(out, v, more, BINARY); break;
	case PLAIN: add_plain(out, v, more, PLAIN); break;
	case PERCENT: add_plain(out, v, more, PERCENT); break;
	}
	cc_buf_addz(out, known ? units[i].after : "");
}

void cc_quantity_render(cc_buf *out, double v, cc_str unit)
{
	render(out, v, unit, 0);
}

void cc_quantity_render_exact(cc_buf *out, double v, cc_str unit)
{
	render(out, v, unit, 3);
}
