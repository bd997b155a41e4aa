/* aggregate.c - rows of any table counted by a field and over time. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "filter_priv.h"
#include "coldcase/aggregate.h"
#include "coldcase/alerts.h"
#include "coldcase/events.h"
#include "coldcase/map.h"
#include "coldcase/objects.h"
#include "coldcase/series.h"
#include "coldcase/spans.h"
#include "coldcase/topology.h"

int64_t cc_table_time(const cc_snapshot *s, cc_table t, size_t row)
{
	const table_def *def = cc_table_def(t);
	if (!def->span)
		return CC_TIME_NONE;
	if (t == CC_TABLE_ALERTS)
		return cc_alerts_get(s, row)->onset_ns;
	if (t != CC_TABLE_OBJECTS)
		return def->span(s, row).to_ns;
	const cc_object *o = cc_objects_get(s, row);
	for (size_t i = o->obs_count; i-- > 1;)
		if (o->obs[i].changed)
			return o->obs[i].time_ns;
	return o->obs_count ? o->obs[0].time_ns : CC_TIME_NONE;
}

cc_entity_id cc_table_entity(const cc_snapshot *s, cc_table t, size_t row)
{
	switch (t) {
	case CC_TABLE_LOGS: return cc_logs_get(s, row)->entity;
	case CC_TABLE_SPANS: return cc_spans_get(s, row)->entity;
	case CC_TABLE_TRACES: return cc_spans_get(s, cc_traces_get(s, row)->root)->entity;
	case CC_TABLE_EVENTS: return cc_events_get(s, row)->entity;
	case CC_TABLE_OBJECTS: return cc_objects_get(s, row)->entity;
	case CC_TABLE_ALERTS: return cc_alerts_get(s, row)->entity;
	case CC_TABLE_METRICS: return cc_series_get(s, row)->entity;
	case CC_TABLE_EDGES: return cc_edges_get(s, row)->from;
	case CC_TABLES: break;
	}
	return 0;
}

static cc_cite object_cite(const cc_object *o)
{
	size_t at = o->obs_count;
	while (at > 1 && !o->obs[at - 1].changed)
		at--;
	return at ? o->obs[at - 1].cite : (cc_cite){ 0, 0 };
}

cc_cite cc_table_cite(const cc_snapshot *s, cc_table t, size_t row)
{
	switch (t) {
	case CC_TABLE_LOGS: return cc_logs_get(s, row)->cite;
	case CC_TABLE_SPANS: return cc_spans_get(s, row)->cite;
	case CC_TABLE_TRACES: return cc_spans_get(s, cc_traces_get(s, row)->root)->cite;
	case CC_TABLE_EVENTS: return cc_events_get(s, row)->cite;
	case CC_TABLE_OBJECTS: return object_cite(cc_objects_get(s, row));
	case CC_TABLE_ALERTS: {
		const cc_alert *a = cc_alerts_get(s, row);
		return a->sample_count ? a->samples[0].cite : (cc_cite){ 0, 0 };
	}
	case CC_TABLE_METRICS: {
		const cc_series *se = cc_series_get(s, row);
		return (cc_cite){ se->file, se->count ? se->records[se->count - 1] : 0 };
	}
	case CC_TABLE_EDGES: return cc_edges_get(s, row)->cite;
	case CC_TABLES: break;
	}
	return (cc_cite){ 0, 0 };
}

static int by_count(const void *x, const void *y)
{
	const cc_group *a = x, *b = y;
	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return cc_str_cmp(a->value, b->value);
}

static size_t band_of_log(const cc_logrec *l)
{
	return l->level >= CC_LEVEL_ERROR ? 3 : l->level == CC_LEVEL_WARN ? 2 : l->level == CC_LEVEL_INFO ? 1 : 0;
}

static size_t band_of(const cc_snapshot *s, cc_table t, size_t row)
{
	switch (t) {
	case CC_TABLE_LOGS: return band_of_log(cc_logs_get(s, row));
	case CC_TABLE_SPANS: return cc_spans_get(s, row)->status == CC_STATUS_ERROR ? 3 : 1;
	case CC_TABLE_TRACES: return cc_traces_get(s, row)->errors ? 3 : 1;
	case CC_TABLE_EVENTS: return cc_events_get(s, row)->warning ? 2 : 1;
	case CC_TABLE_ALERTS: {
		cc_severity v = cc_alerts_get(s, row)->severity;
		return v == CC_SEVERITY_CRITICAL ? 3 : v == CC_SEVERITY_WARNING ? 2 : v == CC_SEVERITY_INFO ? 1 : 0;
	}
	default: return 0;
	}
}

typedef struct grouping {
	cc_group_vec *out;
	cc_map *index;            /* value -> position in out */
	const cc_group_options *opt;
	cc_arena *arena;
} grouping;

static void group_add(cc_group *g, int64_t time, size_t band, const cc_group_options *opt)
{
	const cc_recording *in = &opt->time;
	g->count++;
	g->errors += band == CC_HISTOGRAM_BANDS - 1;
	if (time == CC_TIME_NONE)
		return;
	bool inside = time >= in->range.from_ns && time <= in->range.to_ns;
	if (opt->pivot_ns != CC_TIME_NONE && inside)
		++*(time < opt->pivot_ns ? &g->before : &g->after);
	if (g->first_ns == CC_TIME_NONE || time < g->first_ns)
		g->first_ns = time;
	if (time > g->last_ns)
		g->last_ns = time;
	double all = (double)cc_recording_ns(in, in->range.from_ns, in->range.to_ns);
	if (all > 0 && inside) {
		size_t at = (size_t)((double)cc_recording_ns(in, in->range.from_ns, time) / all * CC_GROUP_SLICES);
		g->slices[at < CC_GROUP_SLICES ? at : CC_GROUP_SLICES - 1]++;
	}
}

static cc_code group_row(grouping *g, const cc_snapshot *s, cc_table t, cc_str value, uint32_t row)
{
	uint64_t at;
	if (!cc_map_get(g->index, value, &at)) {
		cc_group group = { .value = cc_arena_dup(g->arena, value), .before_per_min = NAN, .after_per_min = NAN,
			.first_ns = CC_TIME_NONE, .last_ns = CC_TIME_NONE, .example = row };
		at = g->out->n;
		if (at == CC_GROUPS_MAX)
			return CC_EUSAGE;
		if (!group.value.p || !cc_map_set(g->index, group.value, at) || !cc_vec_push(g->out, group))
			return CC_ENOMEM;
	}
	group_add(&g->out->p[at], cc_table_time(s, t, row), band_of(s, t, row), g->opt);
	return CC_OK;
}

static double minutes_of(const cc_group_options *o, int64_t from, int64_t to)
{
	return fmax((double)cc_recording_ns(&o->time, from, to) / 6e10, 1.0 / 60);
}

static void set_rates(cc_group_vec *groups, size_t base, const cc_group_options *o)
{
	for (size_t i = base; o->pivot_ns != CC_TIME_NONE && i < groups->n; i++) {
		groups->p[i].before_per_min = (double)groups->p[i].before / minutes_of(o, o->time.range.from_ns, o->pivot_ns);
		groups->p[i].after_per_min = (double)groups->p[i].after / minutes_of(o, o->pivot_ns, o->time.range.to_ns);
	}
}

static cc_code say_grouping(cc_code code, cc_table t, cc_str field, cc_err *err)
{
	if (code == CC_ECANCELED)
		return cc_err_set(err, code, "grouping: canceled");
	if (code != CC_EUSAGE)
		return cc_err_set(err, code, "grouping: out of memory");
	cc_err_set(err, code, "%s have more than %d different values of %.*s", cc_table_name(t), CC_GROUPS_MAX, CC_STR_ARG(field));
	return cc_err_hint(err, "count by something coarser, or put a filter before it; `patterns` groups log texts");
}

static cc_code say_no_field(cc_table t, cc_str field, cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	const table_def *def = cc_table_def(t);
	for (size_t i = 0; i < def->field_count; i++)
		if (strcmp(def->fields[i].name, "since") != 0 && strcmp(def->fields[i].name, "until") != 0)
			cc_buf_addf(&b, "%s%s", i ? ", " : "", cc_str_eqz(cc_str_from(def->fields[i].name), "attr.") ? "attr.KEY" : def->fields[i].name);
	cc_err_set(err, CC_EUSAGE, "%s have no field \"%.*s\" to group by", cc_table_name(t), CC_STR_ARG(field));
	cc_err_hint(err, "they have %s", b.n ? b.p : "none");
	cc_buf_deinit(&b);
	return CC_EUSAGE;
}

cc_code cc_group_rows(cc_group_vec *out, const cc_snapshot *s, cc_table t, cc_str field, const cc_index_vec *rows,
	const cc_group_options *opt, cc_arena *arena, cc_err *err)
{
	enum { CANCEL_EVERY = 4096 };
	if (cc_table_field(cc_table_def(t), field) < FIELD_ATTR)
		return say_no_field(t, field, err);
	grouping g = { out, cc_map_new(), opt, arena };
	cc_arena *scratch = cc_arena_new();
	size_t base = out->n;
	cc_code code = g.index && scratch ? CC_OK : CC_ENOMEM;
	for (size_t i = 0; i < rows->n && code == CC_OK; i++) {
		cc_str value = cc_filter_text(s, t, field, rows->p[i], scratch);
		code = i % CANCEL_EVERY == 0 && cc_canceled(opt->cancel) ? CC_ECANCELED : group_row(&g, s, t, value, rows->p[i]);
		if (cc_arena_bytes(scratch) > 65536)
			cc_arena_reset(scratch);
	}
	if (code == CC_OK && out->n > base)
		qsort(out->p + base, out->n - base, sizeof *out->p, by_count);
	set_rates(out, base, opt);
	cc_map_free(g.index);
	cc_arena_free(scratch);
	return code == CC_OK ? code : say_grouping(code, t, field, err);
}

/* Times in order meet the same bin many times in a row: those between two that do are not divided again. */
typedef struct binning {
	cc_range range;
	double width, count;
	size_t bin;              /* of every time in [from, to] */
	int64_t from, to;
} binning;

static size_t divide(const binning *b, int64_t time)
{
	double share = b->width > 0 ? ((double)time - (double)b->range.from_ns) / b->width : 0;
	size_t bin = (size_t)(share * b->count);
	return bin < (size_t)b->count ? bin : (size_t)b->count - 1;
}

static size_t bin_of(binning *b, int64_t time)
{
	if (time >= b->from && time <= b->to)
		return b->bin;
	b->bin = divide(b, time);
	b->from = time;
	int64_t last = b->range.from_ns + (int64_t)(b->width * ((double)b->bin + 1) / b->count) - 1;
	b->to = last > time && last <= b->range.to_ns && divide(b, last) == b->bin ? last : time;
	return b->bin;
}

uint64_t cc_histogram(cc_histogram_bin *bins, size_t bin_count, const cc_snapshot *s, cc_table t,
	const cc_index_vec *rows, cc_range range)
{
	uint64_t outside = 0;
	for (size_t i = 0; i < bin_count; i++)
		bins[i] = (cc_histogram_bin){ { 0 } };
	binning b = { .range = range, .width = (double)range.to_ns - (double)range.from_ns, .count = (double)bin_count,
		.from = INT64_MAX, .to = INT64_MIN };
	const cc_logrec *logs = t == CC_TABLE_LOGS ? cc_logs_get(s, 0) : NULL; /* a call for each of a million costs more than the rest */
	for (size_t i = 0; i < rows->n; i++) {
		const cc_logrec *l = logs ? &logs[rows->p[i]] : NULL;
		int64_t time = l ? l->time_ns : cc_table_time(s, t, rows->p[i]);
		if (time == CC_TIME_NONE || time < range.from_ns || time > range.to_ns || bin_count == 0) {
			outside++;
			continue;
		}
		bins[bin_of(&b, time)].count[l ? band_of_log(l) : band_of(s, t, rows->p[i])]++;
	}
	return outside;
}
