/* trace_align.c - two traces as one tree, and the healthy trace to hold one against.
 *
 * Below a pair of spans their children are paired by service and operation: the first call of an operation with the first,
 * the second with the second. What has no counterpart stands alone, with all that is below it, where its trace has it. */
#include <stdlib.h>

#include "coldcase/traceview.h"
#include "coldcase/xalloc.h"

#define NONE UINT32_MAX

typedef struct kid { cc_sym service, name; uint32_t row, at, mate; } kid;   /* at: place among its siblings; mate: of the other */

typedef struct aligner {
	const cc_snapshot *s;
	const cc_waterfall *side[2];
	CC_VEC(kid) kids[2];
	CC_VEC(cc_trace_pair) stack;
	cc_trace_pair_vec *out;
} aligner;

/* The children of a row; of none: the roots. */
static bool list_kids(aligner *a, int side, uint32_t row)
{
	const cc_waterfall *w = a->side[side];
	size_t i = row == NONE ? 0 : row + 1, end = row == NONE ? cc_waterfall_count(w) : row + 1 + cc_waterfall_get(w, row)->subtree;
	for (; i < end; i += cc_waterfall_get(w, i)->subtree + 1) {
		const cc_span *sp = cc_spans_get(a->s, cc_waterfall_get(w, i)->span);
		kid k = { sp->service, sp->name, (uint32_t)i, (uint32_t)a->kids[side].n, NONE };
		if (!cc_vec_push(&a->kids[side], k))
			return false;
	}
	return true;
}

static int by_operation(const void *x, const void *y)
{
	const kid *a = x, *b = y;
	if (a->service != b->service)
		return a->service < b->service ? -1 : 1;
	if (a->name != b->name)
		return a->name < b->name ? -1 : 1;
	return a->at < b->at ? -1 : a->at > b->at;
}

static int by_place(const void *x, const void *y)
{
	const kid *a = x, *b = y;
	return a->at < b->at ? -1 : a->at > b->at;
}

static void sort_kids(aligner *a, int (*order)(const void *, const void *))
{
	for (int side = 0; side < 2; side++)
		if (a->kids[side].n > 1)
			qsort(a->kids[side].p, a->kids[side].n, sizeof(kid), order);
}

/* Both lists are in the order of operations: equal ones meet as in a merge. */
static void mate_kids(aligner *a)
{
	size_t i = 0, k = 0;
	sort_kids(a, by_operation);
	while (i < a->kids[0].n && k < a->kids[1].n) {
		kid *x = &a->kids[0].p[i], *y = &a->kids[1].p[k];
		if (x->service == y->service && x->name == y->name) {
			x->mate = y->at;
			y->mate = x->at;
			i++, k++;
		} else if (x->service < y->service || (x->service == y->service && x->name < y->name)) {
			i++;
		} else {
			k++;
		}
	}
	sort_kids(a, by_place);
}

/* In the order of the one; what only the other has comes before the mate it stands before there. */
static bool push_kids(aligner *a, uint32_t depth)
{
	size_t first = a->stack.n, next = 0;
	for (size_t i = 0; i < a->kids[0].n; i++) {
		const kid *k = &a->kids[0].p[i];
		for (; k->mate != NONE && next < k->mate; next++) {
			cc_trace_pair lone = { NONE, a->kids[1].p[next].row, depth };
			if (a->kids[1].p[next].mate == NONE && !cc_vec_push(&a->stack, lone))
				return false;
		}
		cc_trace_pair pair = { k->row, k->mate == NONE ? NONE : a->kids[1].p[k->mate].row, depth };
		if (!cc_vec_push(&a->stack, pair))
			return false;
	}
	for (; next < a->kids[1].n; next++) {
		cc_trace_pair lone = { NONE, a->kids[1].p[next].row, depth };
		if (a->kids[1].p[next].mate == NONE && !cc_vec_push(&a->stack, lone))
			return false;
	}
	for (size_t i = first, k = a->stack.n; i + 1 < k; i++, k--) {   /* the first is to be popped first */
		cc_trace_pair t = a->stack.p[i];
		a->stack.p[i] = a->stack.p[k - 1];
		a->stack.p[k - 1] = t;
	}
	return true;
}

static bool expand(aligner *a, uint32_t here, uint32_t there, bool both, uint32_t depth)
{
	a->kids[0].n = a->kids[1].n = 0;
	if (((both || here != NONE) && !list_kids(a, 0, here)) || ((both || there != NONE) && !list_kids(a, 1, there)))
		return false;
	mate_kids(a);
	return push_kids(a, depth);
}

cc_code cc_waterfall_align(const cc_snapshot *s, const cc_waterfall *here, const cc_waterfall *there, cc_trace_pair_vec *out)
{
	aligner a = { .s = s, .side = { here, there }, .out = out };
	bool ok = expand(&a, NONE, NONE, true, 0);
	while (ok && a.stack.n) {
		cc_trace_pair p = a.stack.p[--a.stack.n];
		ok = cc_vec_push(out, p) && expand(&a, p.here, p.there, false, p.depth + 1);
	}
	cc_vec_deinit(&a.kids[0]);
	cc_vec_deinit(&a.kids[1]);
	cc_vec_deinit(&a.stack);
	return ok ? CC_OK : CC_ENOMEM;
}

/* --- a healthy one --- */

typedef struct candidate { int64_t duration; uint32_t trace; } candidate;
typedef CC_VEC(candidate) candidate_vec;

static int by_duration(const void *x, const void *y)
{
	const candidate *a = x, *b = y;
	if (a->duration != b->duration)
		return a->duration < b->duration ? -1 : 1;
	return a->trace < b->trace ? -1 : a->trace > b->trace;
}

/* The first span of a service other than the root's; the root itself when there is none. */
static const cc_span *second_service(const cc_snapshot *s, const cc_trace *t)
{
	const cc_span *root = cc_spans_get(s, t->root);
	for (uint32_t i = 0; i < t->count; i++) {
		const cc_span *sp = cc_spans_get(s, cc_traces_span(s, t->first + i));
		if (sp->service != root->service)
			return sp;
	}
	return root;
}

static bool find_candidates(const cc_snapshot *s, size_t trace, int64_t until_ns, bool alike, candidate_vec *out)
{
	const cc_span *like = cc_spans_get(s, cc_traces_get(s, trace)->root), *second = second_service(s, cc_traces_get(s, trace));
	out->n = 0;
	for (size_t i = 0; i < cc_traces_count(s); i++) {
		const cc_trace *t = cc_traces_get(s, i);
		const cc_span *root = cc_spans_get(s, t->root);
		candidate c = { .trace = (uint32_t)i };
		if (i == trace || t->errors || t->error_logs || t->orphans || root->service != like->service || root->name != like->name ||
			(until_ns != CC_TIME_NONE && t->start_ns >= until_ns))
			continue;
		const cc_span *other = alike ? second_service(s, t) : second;
		if (other->service != second->service || other->name != second->name)
			continue;
		if (__builtin_sub_overflow(t->end_ns, t->start_ns, &c.duration))
			c.duration = INT64_MAX;
		if (!cc_vec_push(out, c))
			return false;
	}
	return true;
}

cc_code cc_trace_healthy(const cc_snapshot *s, size_t trace, int64_t pivot_ns, cc_healthy *out, cc_err *err)
{
	/* the closest first: alike and from before, alike, from before, any */
	candidate_vec list = { 0 };
	bool ok = true, alike = false, before = false;
	for (int way = pivot_ns == CC_TIME_NONE ? 1 : 0; ok && list.n == 0 && way < 4; way++) {
		alike = way < 2;
		before = way % 2 == 0 && pivot_ns != CC_TIME_NONE;
		ok = find_candidates(s, trace, before ? pivot_ns : CC_TIME_NONE, alike, &list);
	}
	if (list.n > 1)
		qsort(list.p, list.n, sizeof *list.p, by_duration);
	if (list.n)
		*out = (cc_healthy){ list.p[(list.n - 1) / 2].trace, list.n, before, alike };
	size_t found = list.n;
	cc_vec_deinit(&list);
	if (!ok)
		return cc_err_set(err, CC_ENOMEM, "trace: out of memory");
	if (found)
		return CC_OK;
	const cc_span *root = cc_spans_get(s, cc_traces_get(s, trace)->root);
	cc_err_set(err, CC_ENOTFOUND, "no healthy trace begins with %.*s %.*s", CC_STR_ARG(cc_snapshot_sym(s, root->service)),
		CC_STR_ARG(cc_snapshot_sym(s, root->name)));
	return cc_err_hint(err, "name the one to compare with: with=TRACE");
}
