/* breakdown.c - where the time of traces goes: self time and time on the critical path, by service or operation, before and
 * after the pivot.
 *
 * The critical path covers a trace once, without holes, so its parts add up to the trace's length: what a service added
 * there is what the trace became longer by. Traces are independent; ranges of them are added up in order. */
#include <math.h>
#include <stdlib.h>

#include "flows_priv.h"
#include "coldcase/entity.h"
#include "coldcase/work.h"
#include "coldcase/xalloc.h"

enum { RANGES_MAX = 32, RANGE_TRACES = 4096, CANCEL_EVERY = 256 };

typedef struct part { pairs at; cc_breakdown sum; cc_code code; } part;

typedef struct job {
	const cc_snapshot *s;
	const cc_breakdown_options *o;
	bool *covered;           /* by entity: is it the focus or part of it */
	size_t ranges;
	part parts[RANGES_MAX];
} job;

static bool in_scope(const job *j, size_t number)
{
	const cc_trace *t = cc_traces_get(j->s, number);
	const cc_breakdown_options *o = j->o;
	if (o->trace != SIZE_MAX)
		return number == o->trace;
	if ((o->range.from_ns != CC_TIME_NONE && t->start_ns < o->range.from_ns) || (o->range.to_ns != CC_TIME_NONE && t->start_ns > o->range.to_ns))
		return false;
	if (o->chain && !cc_trace_follows(j->s, t, o->chain))
		return false;
	bool inside = o->focus == 0;
	for (uint32_t i = 0; i < t->count && !inside; i++) {
		cc_entity_id id = cc_spans_get(j->s, cc_traces_span(j->s, t->first + i))->entity;
		inside = id && id <= cc_entity_count(j->s) && j->covered[id];
	}
	return inside;
}

static cc_breakdown_row *row_of(part *p, cc_sym service, cc_sym operation)
{
	uint32_t i = cc_pairs_get(&p->at, service, operation);
	if (i == PAIR_NONE) {
		cc_breakdown_row fresh = { .service = service, .operation = operation, .example = UINT32_MAX, .example_ns = -1 };
		i = (uint32_t)p->sum.rows.n;
		if (!cc_pairs_add(&p->at, service, operation, i) || !cc_vec_push(&p->sum.rows, fresh))
			return NULL;
	}
	return &p->sum.rows.p[i];
}

static int64_t plus(int64_t a, int64_t b)
{
	int64_t sum;
	return __builtin_add_overflow(a, b, &sum) ? INT64_MAX : sum;
}

/* The example shows the time it is an example of: after the pivot when there is one. */
static void offer_example(cc_breakdown_row *row, uint32_t span, int64_t critical_ns, bool after)
{
	int64_t weight = critical_ns / 2 + (after ? INT64_MAX / 2 : 0);
	if (weight > row->example_ns) {
		row->example_ns = weight;
		row->example = span;
	}
}

static bool add_trace(const job *j, part *p, size_t number)
{
	const cc_trace *t = cc_traces_get(j->s, number);
	bool after = j->o->pivot_ns == CC_TIME_NONE || t->start_ns >= j->o->pivot_ns;
	cc_waterfall *w = NULL;
	if (cc_waterfall_build(&w, j->s, number, NULL) != CC_OK)
		return false;
	bool ok = true;
	for (size_t i = 0; i < cc_waterfall_count(w) && ok; i++) {
		const cc_waterfall_row *r = cc_waterfall_get(w, i);
		const cc_span *sp = cc_spans_get(j->s, r->span);
		cc_breakdown_row *row = row_of(p, sp->service, j->o->operations ? sp->name : 0);
		ok = row != NULL;
		if (!ok)
			break;
		row->spans[after]++;
		row->errors[after] += r->error;
		row->total_ns[after] = plus(row->total_ns[after], r->duration_ns);
		row->self_ns[after] = plus(row->self_ns[after], r->self_ns);
		row->critical_ns[after] = plus(row->critical_ns[after], r->critical_ns);
		offer_example(row, r->span, r->critical_ns, after);
	}
	p->sum.traces[after]++;
	p->sum.whole_ns[after] = plus(p->sum.whole_ns[after], cc_waterfall_duration(w));
	cc_waterfall_free(w);
	return ok;
}

static void add_range(void *arg, unsigned worker, size_t range)
{
	job *j = arg;
	part *p = &j->parts[range];
	size_t n = cc_traces_count(j->s), from = n / j->ranges * range, to = range + 1 == j->ranges ? n : n / j->ranges * (range + 1);
	(void)worker;
	for (size_t i = from; i < to && p->code == CC_OK; i++) {
		if (i % CANCEL_EVERY == 0 && cc_canceled(j->o->cancel))
			p->code = CC_ECANCELED;
		else if (in_scope(j, i) && !add_trace(j, p, i))
			p->code = CC_ENOMEM;
	}
}

static bool merge(part *into, const part *from)
{
	for (size_t i = 0; i < from->sum.rows.n; i++) {
		const cc_breakdown_row *r = &from->sum.rows.p[i];
		cc_breakdown_row *row = row_of(into, r->service, r->operation);
		if (!row)
			return false;
		for (int side = 0; side < 2; side++) {
			row->spans[side] += r->spans[side];
			row->errors[side] += r->errors[side];
			row->total_ns[side] = plus(row->total_ns[side], r->total_ns[side]);
			row->self_ns[side] = plus(row->self_ns[side], r->self_ns[side]);
			row->critical_ns[side] = plus(row->critical_ns[side], r->critical_ns[side]);
		}
		if (r->example_ns > row->example_ns) {
			row->example_ns = r->example_ns;
			row->example = r->example;
		}
	}
	for (int side = 0; side < 2; side++) {
		into->sum.traces[side] += from->sum.traces[side];
		into->sum.whole_ns[side] = plus(into->sum.whole_ns[side], from->sum.whole_ns[side]);
	}
	return true;
}

/* --- order --- */

typedef struct ranked { double key; cc_breakdown_row row; } ranked;

static int by_key(const void *x, const void *y)
{
	const ranked *a = x, *b = y;
	if (a->key != b->key)
		return a->key < b->key ? 1 : -1;
	if (a->row.service != b->row.service)
		return a->row.service < b->row.service ? -1 : 1;
	return a->row.operation < b->row.operation ? -1 : a->row.operation > b->row.operation;
}

static bool order(cc_breakdown *b, bool unranked)
{
	ranked *list = cc_reallocarray(NULL, b->rows.n + 1, sizeof *list);
	bool compare = !unranked && b->traces[0] && b->traces[1];
	for (size_t i = 0; list && i < b->rows.n; i++) {
		const cc_breakdown_row *r = &b->rows.p[i];
		double before = b->traces[0] ? (double)r->critical_ns[0] / (double)b->traces[0] : 0;
		double after = b->traces[1] ? (double)r->critical_ns[1] / (double)b->traces[1] : 0;
		list[i] = (ranked){ compare ? after - before : b->traces[1] ? after : before, *r };
	}
	if (list && b->rows.n > 1)
		qsort(list, b->rows.n, sizeof *list, by_key);
	for (size_t i = 0; list && i < b->rows.n; i++)
		b->rows.p[i] = list[i].row;
	cc_free(list);
	return list != NULL;
}

static bool prepare(job *j)
{
	size_t entities = cc_entity_count(j->s);
	j->covered = cc_calloc(entities + 1, sizeof *j->covered);
	for (cc_entity_id i = 1; j->covered && j->o->focus && i <= entities; i++)
		j->covered[i] = cc_entity_covers(j->s, j->o->focus, i);
	j->ranges = cc_traces_count(j->s) / RANGE_TRACES + 1;
	j->ranges = j->ranges < RANGES_MAX ? j->ranges : RANGES_MAX;
	return j->covered != NULL;
}

static cc_code count(job *j)
{
	cc_work *work = prepare(j) ? cc_work_start(j->ranges, j->ranges > 1 ? 0 : 1, add_range, j) : NULL;
	cc_work_finish(work);
	cc_code code = work ? j->parts[0].code : CC_ENOMEM;
	for (size_t i = 1; i < j->ranges && code == CC_OK; i++) {
		code = j->parts[i].code;
		if (code == CC_OK && !merge(&j->parts[0], &j->parts[i]))
			code = CC_ENOMEM;
	}
	return code;
}

cc_code cc_breakdown_build(cc_breakdown *out, const cc_snapshot *s, const cc_breakdown_options *o, cc_err *err)
{
	job *j = cc_calloc(1, sizeof *j);
	cc_code code = CC_ENOMEM;
	*out = (cc_breakdown){ 0 };
	if (j) {
		j->s = s;
		j->o = o;
		code = count(j);
		if (code == CC_OK && !order(&j->parts[0].sum, o->unranked))
			code = CC_ENOMEM;
		if (code == CC_OK) {
			*out = j->parts[0].sum;
			j->parts[0].sum = (cc_breakdown){ 0 };
		}
		for (size_t i = 0; i < RANGES_MAX; i++) {
			cc_free(j->parts[i].at.slots);
			cc_breakdown_deinit(&j->parts[i].sum);
		}
		cc_free(j->covered);
		cc_free(j);
	}
	return code == CC_OK ? CC_OK : cc_err_set(err, code, "traces: %s", cc_code_text(code));
}

void cc_breakdown_deinit(cc_breakdown *b)
{
	cc_vec_deinit(&b->rows);
}
