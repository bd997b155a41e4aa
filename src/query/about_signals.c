/* about_signals.c - what telemetry says of an entity: calls it received and made, errors that began in it, new log
 * patterns, metrics that moved. */
#include <math.h>

#include "about_priv.h"
#include "coldcase/patterns.h"
#include "coldcase/quantity.h"
#include "coldcase/rates.h"
#include "coldcase/time.h"
#include "coldcase/traceview.h"
#include "coldcase/utf8.h"

static bool is_its(const about_builder *b, cc_sym service)
{
	cc_entity_id id = cc_entity_of_service(b->s, CC_STR_EMPTY, cc_snapshot_sym(b->s, service));
	return id && cc_entity_covers(b->s, b->entity, id);
}

static cc_str drill_of(about_builder *b, const char *field, cc_str value, const char *rest)
{
	cc_buf quoted = CC_BUF_INIT;
	cc_filter_quote(&quoted, value);
	cc_str drill = cc_arena_printf(b->a->arena, "%s=%.*s%s", field, CC_STR_ARG(cc_buf_str(&quoted)), rest);
	cc_buf_deinit(&quoted);
	return drill;
}

static double share(const cc_flow_stats *st)
{
	return st->calls ? (double)st->errors / (double)st->calls : NAN;
}

static void add_time(cc_buf *b, cc_flow_times t, bool tail)
{
	if (t.n)
		cc_duration_format(b, tail ? t.p99_ns : t.p50_ns);
	else
		cc_buf_add_char(b, '-');
}

static void add_pair(cc_buf *b, const char *what, cc_flow_times before, cc_flow_times after, bool tail)
{
	cc_buf_addf(b, "%s%s ", b->n ? ", " : "", what);
	add_time(b, before, tail);
	cc_buf_addz(b, " -> ");
	add_time(b, after, tail);
}

/* As the caller waited, and what of it was the way; the callee's own time where nobody recorded the wait. */
static void add_times(const cc_flow *w, cc_buf *b)
{
	bool caller = cc_flow_at_caller(w);
	cc_flow_times own_before = { w->before.calls, w->before.p50_ns, w->before.p99_ns },
		own_after = { w->after.calls, w->after.p50_ns, w->after.p99_ns };
	cc_flow_times before = caller ? w->caller_before : own_before, after = caller ? w->caller_after : own_after;
	add_pair(b, caller ? "caller waits p50" : "p50", before, after, false);
	add_pair(b, "p99", before, after, true);
	if (caller)
		add_pair(b, "gap p50", w->gap_before, w->gap_after, false);
}

static void add_flow(about_builder *b, const cc_flow *w, cc_about_section section)
{
	const cc_span *sp = cc_spans_get(b->s, w->example);
	cc_about_fact f = cc_about_fact_at(b, section, CC_TIME_NONE);
	cc_str other = cc_snapshot_sym(b->s, section == CC_ABOUT_CALLEE ? w->from : w->to);
	cc_buf times = CC_BUF_INIT;
	add_times(w, &times);
	f.entity = section == CC_ABOUT_CALLER ? w->entity : cc_entity_of_service(b->s, CC_STR_EMPTY, other);
	bool grave = w->verdict == CC_FLOW_ERRORS || w->verdict == CC_FLOW_GONE;
	f.severity = grave ? 3 : w->verdict == CC_FLOW_SAME ? 0 : 2;
	f.before = share(&w->before);
	f.after = share(&w->after);
	f.fresh = w->verdict != CC_FLOW_SAME;
	f.cite = sp->cite;
	f.drill = cc_arena_printf(b->a->arena, "service=\"%.*s\"%s", CC_STR_ARG(cc_snapshot_sym(b->s, w->to)),
		w->after.errors ? " error=yes" : "");
	cc_about_add(b, f, w->score, "%s %.*s: %llu -> %llu calls, errors %.1f%% -> %.1f%%, %.*s, %s",
		section == CC_ABOUT_CALLEE ? "from" : "to", CC_STR_ARG(other), (unsigned long long)w->before.calls,
		(unsigned long long)w->after.calls,
		100 * (isnan(f.before) ? 0 : f.before), 100 * (isnan(f.after) ? 0 : f.after),
		CC_STR_ARG(cc_buf_str(&times)),
		cc_flow_verdict_name(w->verdict));
	cc_buf_deinit(&times);
}

static void add_origin(about_builder *b, const cc_error_origin *o)
{
	cc_about_fact f = cc_about_fact_at(b, CC_ABOUT_ORIGINS, o->first_ns);
	cc_str operation = cc_snapshot_sym(b->s, o->operation);
	f.severity = o->after > o->before ? 3 : 2;
	f.before = (double)o->before;
	f.after = (double)o->after;
	f.cite = cc_spans_get(b->s, o->example)->cite;
	f.drill = drill_of(b, "service", cc_snapshot_sym(b->s, o->service), " error=yes");
	cc_about_add(b, f, (double)o->after + (double)o->before / 1e6,
		"%.*s: %llu -> %llu errors begin here%s%.*s%s%.*s", CC_STR_ARG(operation),
		(unsigned long long)o->before, (unsigned long long)o->after, o->client_only ? ", no answer from " : "",
		CC_STR_ARG(o->client_only && o->peer.n == 0 ? CC_STR("its callee") : o->peer), o->text.n ? ": " : "",
		CC_STR_ARG(cc_utf8_head(o->text, 200)));
}

void cc_about_calls(about_builder *b)
{
	cc_flows *flows = NULL;
	cc_flows_options opt = { .pivot_ns = b->a->onset, .range = b->range, .focus = b->entity,
		.parts = CC_FLOWS_EDGES | CC_FLOWS_ORIGINS | CC_FLOWS_NEAR, .cancel = b->cancel };
	if (cc_spans_count(b->s) == 0)
		return;
	b->code = cc_flows_build(&flows, b->s, &opt, NULL);
	for (size_t i = 0; b->code == CC_OK && i < cc_flows_edge_count(flows); i++) {
		const cc_flow *w = cc_flows_edge(flows, i);
		bool from = is_its(b, w->from), to = is_its(b, w->to);
		if (to && !from)
			add_flow(b, w, CC_ABOUT_CALLEE);
		if (from && !to)
			add_flow(b, w, CC_ABOUT_CALLER);
	}
	for (size_t i = 0; b->code == CC_OK && i < cc_flows_origin_count(flows); i++)
		if (is_its(b, cc_flows_origin(flows, i)->service))
			add_origin(b, cc_flows_origin(flows, i));
	cc_flows_free(flows);
}

static void add_pattern(about_builder *b, const cc_pattern *p)
{
	cc_about_fact f = cc_about_fact_at(b, CC_ABOUT_PATTERNS, p->first_ns);
	f.fresh = p->fresh;
	f.severity = p->level >= CC_LEVEL_ERROR ? 3 : p->level == CC_LEVEL_WARN ? 2 : 1;
	f.before = (double)p->before;
	f.after = (double)p->after;
	f.entity = p->entity;
	f.cite = cc_logs_get(b->s, p->example)->cite;
	f.drill = drill_of(b, "service", cc_snapshot_sym(b->s, p->service), cc_arena_printf(b->a->arena, " level=%s", cc_level_name(p->level)).p);
	cc_about_add(b, f, p->score, "%c %llu -> %llu%s: %.*s", cc_level_letter(p->level),
		(unsigned long long)p->before, (unsigned long long)p->after,
		p->fresh ? " new" : p->gone ? " gone" : "", CC_STR_ARG(cc_utf8_head(p->text, 300)));
}

void cc_about_patterns(about_builder *b)
{
	cc_filter *filter = NULL;
	cc_patterns *patterns = NULL;
	cc_index_vec rows = { 0 };
	cc_filter_ctx ctx = { .snapshot = b->s, .ref_ns = CC_TIME_NONE, .onset_ns = CC_TIME_NONE };
	cc_patterns_options opt = { .pivot_ns = b->a->onset, .range = b->range, .order = CC_PATTERNS_BY_SCORE,
		.cancel = b->cancel };
	if (cc_logs_count(b->s) == 0)
		return;
	b->code = cc_filter_parse(&filter, CC_TABLE_LOGS, CC_STR_EMPTY, &ctx, NULL);
	if (b->code == CC_OK)
		b->code = cc_filter_restrict(filter, b->entity, b->range.from_ns, b->range.to_ns);
	if (b->code == CC_OK)
		b->code = cc_filter_select(filter, &rows, b->cancel, NULL);
	if (b->code == CC_OK)
		b->code = cc_patterns_mine(&patterns, b->s, &rows, &opt, NULL);
	/* everyday lines are no facts: new, gone, severe, or clearly more of them */
	for (size_t i = 0; b->code == CC_OK && i < cc_patterns_count(patterns); i++) {
		const cc_pattern *p = cc_patterns_get(patterns, i);
		if (p->fresh || p->level >= CC_LEVEL_WARN || p->score >= 1)
			add_pattern(b, p);
	}
	cc_patterns_free(patterns);
	cc_vec_deinit(&rows);
	cc_filter_free(filter);
}

static int64_t peak_time(const cc_metric_view *v, int64_t onset)
{
	for (size_t i = 0; i < v->count; i++)
		if (v->points[i].time_ns >= onset && v->points[i].value == v->change.peak)
			return v->points[i].time_ns;
	return CC_TIME_NONE;
}

void cc_about_metrics(about_builder *b)
{
	cc_metric_set *set = NULL;
	cc_metric_options opt = { .focus = b->entity, .pivot_ns = b->a->onset, .range = b->range, .cancel = b->cancel };
	if (cc_series_count(b->s) == 0)
		return;
	b->code = cc_metrics_build(&set, b->s, &opt, NULL);
	for (size_t i = 0; b->code == CC_OK && i < cc_metrics_count(set); i++) {
		const cc_metric_view *v = cc_metrics_get(set, i);
		if (fabs(v->change.score) < CC_SHIFT_NOTABLE || v->change.kind == CC_SHIFT_FEW)
			continue;
		cc_about_fact f = cc_about_fact_at(b, CC_ABOUT_METRICS, CC_TIME_NONE);
		f.fresh = true;
		f.severity = fabs(v->change.score) >= 10 ? 2 : 1;
		f.before = v->change.before;
		f.after = v->change.after;
		f.entity = v->entity;
		f.cite = v->cite;
		f.drill = drill_of(b, "metric", cc_snapshot_sym(b->s, cc_series_get(b->s, v->series)->metric), "");
		double weight = fmin(fabs(v->change.score), 50) * (v->kind > CC_METRIC_RATE ? 2 : 1);
		cc_buf way = CC_BUF_INIT;
		cc_quantity_render(&way, f.before, v->unit);
		if (v->change.kind == CC_SHIFT_PEAK) {
			f.time_ns = peak_time(v, b->a->onset);
			cc_buf_addz(&way, " -> peak ");
			cc_quantity_render(&way, v->change.peak, v->unit);
		}
		cc_buf_addz(&way, " -> ");
		cc_quantity_render(&way, f.after, v->unit);
		/* a derived ratio says more than the raw numbers behind it */
		cc_about_add(b, f, weight, "%.*s %.*s (%.*s)", CC_STR_ARG(v->name), CC_STR_ARG(cc_buf_str(&way)),
			CC_STR_ARG(cc_snapshot_sym(b->s, v->object)));
		cc_buf_deinit(&way);
	}
	cc_metrics_free(set);
}
