/* trace_scatter.c - how long traces took over time, as counts in bands of durations: each band as many times as long as the one
 * below it, so that 5 ms and 5 s are both told from their neighbours. However many traces there are, the table stays as small. */
#include "cmd/trace_words.h"

#include <math.h>

enum { SLICES = 60, BANDS = 6, FINE = 240 };

/* gap: the longest time without a trace, where it is a third of all or more; slice gap_at stands for it. from_ns CC_TIME_NONE = none. */
typedef struct scatter { double all[BANDS][SLICES], failed[BANDS][SLICES]; cc_range time, took, gap; size_t gap_at; } scatter;

static int64_t took(const cc_trace *t)
{
	int64_t d;
	if (__builtin_sub_overflow(t->end_ns, t->start_ns, &d))
		return INT64_MAX;
	return d > CC_NS_PER_US ? d : CC_NS_PER_US;    /* below a microsecond clocks say little */
}

static size_t place(double part, size_t of)
{
	double at = part * (double)of;
	return at > 0 ? at < (double)of ? (size_t)at : of - 1 : 0;
}

/* The duration at a part of the scale, 0 the shortest and 1 the longest. */
static double at_part(const cc_range *took_ns, double part)
{
	return (double)took_ns->from_ns * pow((double)took_ns->to_ns / (double)took_ns->from_ns, part);
}

static void find_ranges(scatter *sc, const cc_snapshot *s, const cc_index_vec *rows)
{
	sc->time = sc->took = (cc_range){ INT64_MAX, INT64_MIN };
	for (size_t i = 0; i < rows->n; i++) {
		const cc_trace *t = cc_traces_get(s, rows->p[i]);
		int64_t d = took(t);
		sc->time.from_ns = t->start_ns < sc->time.from_ns ? t->start_ns : sc->time.from_ns;
		sc->time.to_ns = t->start_ns > sc->time.to_ns ? t->start_ns : sc->time.to_ns;
		sc->took.from_ns = d < sc->took.from_ns ? d : sc->took.from_ns;
		sc->took.to_ns = d > sc->took.to_ns ? d : sc->took.to_ns;
	}
}

/* --- a long time without any --- */

static void find_gap(scatter *sc, const cc_snapshot *s, const cc_index_vec *rows)
{
	cc_range in[FINE];       /* first and last start in each */
	double width = (double)sc->time.to_ns - (double)sc->time.from_ns;
	size_t run = 0, best = 0, at = 0;
	for (size_t i = 0; i < FINE; i++)
		in[i] = (cc_range){ INT64_MAX, INT64_MIN };
	for (size_t i = 0; width > 0 && i < rows->n; i++) {
		int64_t t = cc_traces_get(s, rows->p[i])->start_ns;
		cc_range *r = &in[place(((double)t - (double)sc->time.from_ns) / width, FINE)];
		r->from_ns = t < r->from_ns ? t : r->from_ns;
		r->to_ns = t > r->to_ns ? t : r->to_ns;
	}
	for (size_t i = 0; i < FINE; i++) {
		run = in[i].to_ns == INT64_MIN ? run + 1 : 0;
		if (run > best)
			best = run, at = i + 1 - run;
	}
	sc->gap = (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	if (width <= 0 || best < FINE / 3)
		return;
	sc->gap = (cc_range){ in[at - 1].to_ns + 1, in[at + best].from_ns };
	double left = (double)(sc->gap.from_ns - sc->time.from_ns), right = (double)(sc->time.to_ns - sc->gap.to_ns);
	sc->gap_at = left + right > 0 ? (size_t)(left / (left + right) * (SLICES - 1) + 0.5) : SLICES / 2;
	sc->gap_at = sc->gap_at < 1 ? 1 : sc->gap_at > SLICES - 2 ? SLICES - 2 : sc->gap_at;    /* each side has traces */
}

static size_t slice_between(cc_range r, int64_t t, size_t slices)
{
	double width = (double)r.to_ns - (double)r.from_ns;
	return place(width > 0 ? ((double)t - (double)r.from_ns) / width : 0, slices);
}

static size_t slice_of(const scatter *sc, int64_t t)
{
	if (sc->gap.from_ns == CC_TIME_NONE)
		return slice_between(sc->time, t, SLICES);
	if (t < sc->gap.from_ns)
		return slice_between((cc_range){ sc->time.from_ns, sc->gap.from_ns }, t, sc->gap_at);
	return sc->gap_at + 1 + slice_between((cc_range){ sc->gap.to_ns, sc->time.to_ns }, t, SLICES - 1 - sc->gap_at);
}

/* --- counting --- */

static void count(scatter *sc, const cc_snapshot *s, const cc_index_vec *rows)
{
	double ratio = log((double)sc->took.to_ns / (double)sc->took.from_ns);
	for (size_t i = 0; i < rows->n; i++) {
		const cc_trace *t = cc_traces_get(s, rows->p[i]);
		size_t band = place(ratio > 0 ? log((double)took(t) / (double)sc->took.from_ns) / ratio : 0, BANDS), slice = slice_of(sc, t->start_ns);
		sc->all[band][slice]++;
		sc->failed[band][slice] += t->errors > 0;
	}
	for (size_t band = 0; sc->gap.from_ns != CC_TIME_NONE && band < BANDS; band++)
		sc->all[band][sc->gap_at] = sc->failed[band][sc->gap_at] = NAN;
}

static cc_cell strip(cc_reply *r, const double *counts)
{
	double *own = cc_arena_array(cc_reply_arena(r), SLICES, sizeof *own);
	char *signs = cc_arena_array(cc_reply_arena(r), SLICES, 1);
	for (size_t i = 0; own && signs && i < SLICES; i++) {
		own[i] = counts[i];
		signs[i] = isnan(counts[i]) ? '/' : counts[i] > 0 ? '#' : '.';
	}
	return own && signs ? cc_cell_strip(own, SLICES, (cc_str){ signs, SLICES }, SIZE_MAX) : cc_cell_none();
}

bool cc_trace_scatter(cc_call *c, cc_reply *r, const cc_index_vec *rows)
{
	static const cc_column columns[] = {
		{ "upto_ns", "Up to", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 0 },
		{ "traces", "Traces over time", CC_CELL_SPARK, CC_ROLE_INFO, SLICES, 0 },
		{ "failed", "Failed", CC_CELL_SPARK, CC_ROLE_CRITICAL, SLICES, 1 },
	};
	scatter *sc = cc_arena_alloc(c->arena, sizeof *sc);
	if (!sc)
		return false;
	*sc = (scatter){ .all = { { 0 } } };
	find_ranges(sc, snap(c), rows);
	find_gap(sc, snap(c), rows);
	if (sc->gap.from_ns != CC_TIME_NONE) {
		cc_reply_fact(r, "gap_from", "nothing from", cc_cell_time(sc->gap.from_ns), CC_ROLE_TIME);
		cc_reply_fact(r, "gap_to", "nothing to", cc_cell_time(sc->gap.to_ns), CC_ROLE_TIME);
	}
	count(sc, snap(c), rows);
	cc_reply_begin_table(r, "scatter", NULL, columns, sizeof columns / sizeof columns[0], false);
	for (size_t band = BANDS; band-- > 0;) {
		if (!cc_reply_row(r))
			return false;
		cc_reply_cell(r, cc_cell_duration((int64_t)at_part(&sc->took, (double)(band + 1) / BANDS)));
		cc_reply_cell(r, strip(r, sc->all[band]));
		cc_reply_cell(r, strip(r, sc->failed[band]));
	}
	return true;
}
