/* alert_spans.c - a span metric's expression from the spans themselves, where nobody recorded the metric. Exact, no buckets. */
#include "alert_rule_priv.h"

#include <math.h>
#include <stdlib.h>
#include "coldcase/entity.h"
#include "coldcase/spans.h"
#include "coldcase/time.h"

typedef struct ended { int64_t at_ns; double ms; bool error; } ended;
typedef CC_VEC(ended) ended_vec;
typedef CC_VEC(double) double_vec;

enum { CANCEL_EVERY = 8192 };

static int by_end(const void *x, const void *y)
{
	const ended *a = x, *b = y;
	return a->at_ns < b->at_ns ? -1 : a->at_ns > b->at_ns;
}

static int by_value(const void *x, const void *y)
{
	double a = *(const double *)x, b = *(const double *)y;
	return a < b ? -1 : a > b;
}

/* Span metrics count a span when it ends, under its service's name. */
static cc_code collect(ended_vec *out, const cc_snapshot *s, const cc_alert *a, cc_cancel *cancel)
{
	cc_sym service = cc_snapshot_sym_find(s, cc_alerts_label(a, "service_name")), ns = cc_snapshot_sym_find(s, cc_alerts_label(a, "namespace"));
	for (size_t i = 0; service != CC_SYM_NONE && i < cc_spans_count(s); i++) {
		const cc_span *sp = cc_spans_get(s, i);
		if (i % CANCEL_EVERY == 0 && cc_canceled(cancel))
			return CC_ECANCELED;
		if (sp->service != service || (sp->ns && ns != CC_SYM_NONE && sp->ns != ns))
			continue;
		ended e = { cc_time_add(sp->start_ns, sp->duration_ns), (double)sp->duration_ns / 1e6, sp->status == CC_STATUS_ERROR };
		if (!cc_vec_push(out, e))
			return CC_ENOMEM;
	}
	if (out->n)
		qsort(out->p, out->n, sizeof *out->p, by_end);
	return CC_OK;
}

static double percentile(double_vec *v)
{
	if (!v->n)
		return NAN;
	qsort(v->p, v->n, sizeof *v->p, by_value);
	return v->p[(size_t)(0.95 * (double)(v->n - 1) + 0.5)];
}

/* Failed calls for rules on errors, the others for rules on silence. */
static double counted(const ended_vec *spans, size_t from, size_t to, bool errors)
{
	double n = 0;
	for (size_t i = from; i < to; i++)
		n += spans->p[i].error == errors;
	return n;
}

static cc_code value_at(double *out, const ended_vec *spans, size_t from, size_t to, const cc_alert_rule *rule)
{
	double_vec ms = { 0 };
	double seconds = rule->window_s;
	bool errors = rule->op == CC_RULE_GT;
	if (rule->fn == CC_RULE_P95) {
		for (size_t i = from; i < to; i++)
			if (!cc_vec_push(&ms, spans->p[i].ms)) {
				cc_vec_deinit(&ms);
				return CC_ENOMEM;
			}
		*out = percentile(&ms);
		cc_vec_deinit(&ms);
		return CC_OK;
	}
	*out = counted(spans, from, to, errors) / (rule->fn == CC_RULE_RATE ? seconds : 1);
	return CC_OK;
}

cc_code cc_rule_compute_spans(cc_rule_value *out, const cc_snapshot *s, const cc_alert *a, const cc_alert_rule *rule, const int64_t *times,
	size_t count, cc_cancel *cancel)
{
	ended_vec spans = { 0 };
	size_t from = 0, to = 0;
	cc_code code = collect(&spans, s, a, cancel);
	out->from_spans = spans.n > 0;
	out->spans = spans.n;
	for (size_t i = 0; i < count && spans.n && code == CC_OK; i++) {
		cc_point p = { .time_ns = times[i] };
		while (to < spans.n && spans.p[to].at_ns <= times[i])
			to++;
		while (from < to && spans.p[from].at_ns <= cc_time_add(times[i], -rule->window_s * CC_NS_PER_S))
			from++;
		if (cc_canceled(cancel))
			code = CC_ECANCELED;
		else
			code = value_at(&p.value, &spans, from, to, rule);
		if (code == CC_OK && !isnan(p.value) && !cc_vec_push(&out->points, p))
			code = CC_ENOMEM;
	}
	cc_vec_deinit(&spans);
	return code;
}
