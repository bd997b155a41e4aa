/* waterfall.c - one trace as rows of a tree. Everything is iterative: nesting is as deep as the file says; spans
 * whose parents form a circle are cut open at the earliest one and marked as orphans. */
#include <stdlib.h>

#include "coldcase/logs.h"
#include "coldcase/time.h"
#include "coldcase/traceview.h"
#include "coldcase/xalloc.h"

#define NONE UINT32_MAX
#define SKEW_NS CC_NS_PER_MS     /* exporters round: less is no skew */

struct cc_waterfall {
	CC_VEC(cc_waterfall_row) rows;
	int64_t start, end;
	size_t orphans, skewed;
};

typedef struct link { uint32_t span, parent, first_child, next_sibling, row; } link;  /* by position in the trace */

typedef struct pending { uint32_t at, parent_row, depth; bool root; } pending;

typedef struct tree {
	const cc_snapshot *s;
	cc_waterfall *w;
	link *links;
	uint32_t n;
	CC_VEC(pending) stack;
} tree;

static const cc_span *span_at(const tree *t, uint32_t at)
{
	return cc_spans_get(t->s, t->links[at].span);
}

static int64_t end_of(const cc_span *sp)
{
	int64_t duration = sp->duration_ns < 0 ? 0 : sp->duration_ns;
	return sp->start_ns > INT64_MAX - duration ? INT64_MAX : sp->start_ns + duration;
}

/* a - b; times of hostile files may lie centuries apart. */
static int64_t distance(int64_t a, int64_t b)
{
	int64_t d;
	if (__builtin_sub_overflow(a, b, &d))
		d = a > b ? INT64_MAX : INT64_MIN;
	return d;
}

static int by_span(const void *x, const void *y)
{
	const link *a = x, *b = y;
	return a->span < b->span ? -1 : a->span > b->span;
}

static uint32_t position_of(const tree *t, uint32_t span)
{
	link key = { .span = span };
	const link *found = span == CC_SPAN_NO_PARENT ? NULL : bsearch(&key, t->links, t->n, sizeof key, by_span);
	return found ? (uint32_t)(found - t->links) : NONE;
}

/* Span indices ascend with start time, so sorted links make child lists that are in start order. */
static void connect(tree *t)
{
	qsort(t->links, t->n, sizeof *t->links, by_span);
	for (uint32_t i = t->n; i-- > 0;) {
		link *l = &t->links[i];
		uint32_t parent = position_of(t, span_at(t, i)->parent);
		l->parent = parent == i ? NONE : parent;
		if (l->parent == NONE)
			continue;
		l->next_sibling = t->links[parent].first_child;
		t->links[parent].first_child = i;
	}
}

static bool is_skewed(const cc_span *sp, const cc_span *parent)
{
	if (distance(parent->start_ns, sp->start_ns) > SKEW_NS)
		return true;
	bool elsewhere = sp->service != parent->service || sp->pod != parent->pod;
	bool synchronous = sp->kind != CC_SPAN_CONSUMER && sp->kind != CC_SPAN_PRODUCER &&
		parent->kind != CC_SPAN_PRODUCER;
	return elsewhere && synchronous && distance(end_of(sp), end_of(parent)) > SKEW_NS;
}

static bool add_row(tree *t, const pending *p)
{
	const cc_span *sp = span_at(t, p->at);
	cc_waterfall *w = t->w;
	cc_waterfall_row row = { .span = t->links[p->at].span, .parent_row = p->parent_row, .depth = p->depth,
		.offset_ns = distance(sp->start_ns, w->start), .error = sp->status == CC_STATUS_ERROR };
	row.duration_ns = distance(end_of(sp), sp->start_ns);
	if (row.duration_ns > INT64_MAX - row.offset_ns)
		row.duration_ns = INT64_MAX - row.offset_ns;
	double whole = (double)w->end - (double)w->start;
	if (whole > 0) {
		row.from = (double)row.offset_ns / whole;
		row.to = ((double)end_of(sp) - (double)w->start) / whole;
	}
	row.orphan = p->root && sp->has_parent;
	row.skew = p->parent_row != NONE && is_skewed(sp, cc_spans_get(t->s, w->rows.p[p->parent_row].span));
	w->orphans += row.orphan;
	w->skewed += row.skew;
	t->links[p->at].row = (uint32_t)w->rows.n;
	if (p->parent_row != NONE)
		w->rows.p[p->parent_row].children++;
	return cc_vec_push(&w->rows, row);
}

/* Depth first from one root. A span already placed is passed over, its siblings are not. */
static bool place(tree *t, uint32_t root)
{
	pending first = { root, NONE, 0, true };
	if (!cc_vec_push(&t->stack, first))
		return false;
	while (t->stack.n) {
		pending p = t->stack.p[--t->stack.n];
		link *l = &t->links[p.at];
		if (!p.root && l->next_sibling != NONE) {
			pending sibling = { l->next_sibling, p.parent_row, p.depth, false };
			if (!cc_vec_push(&t->stack, sibling))
				return false;
		}
		if (l->row != NONE)
			continue;
		if (!add_row(t, &p))
			return false;
		if (l->first_child != NONE) {
			pending child = { l->first_child, l->row, p.depth + 1, false };
			if (!cc_vec_push(&t->stack, child))
				return false;
		}
	}
	return true;
}

static bool place_all(tree *t, uint32_t main_root)
{
	bool ok = main_root == NONE || t->links[main_root].parent != NONE || place(t, main_root);
	for (uint32_t i = 0; i < t->n && ok; i++)
		if (t->links[i].parent == NONE && t->links[i].row == NONE)
			ok = place(t, i);
	for (uint32_t i = 0; i < t->n && ok; i++)
		if (t->links[i].row == NONE)
			ok = place(t, i);      /* only circles are left */
	return ok;
}

/* Rows below, self time (children are in start order) and whether an error began here. */
static void summarise(tree *t)
{
	cc_waterfall *w = t->w;
	int64_t *busy_until = cc_calloc(w->rows.n + 1, sizeof *busy_until);
	for (size_t i = 0; i < w->rows.n; i++) {
		w->rows.p[i].self_ns = w->rows.p[i].duration_ns;
		w->rows.p[i].origin = w->rows.p[i].error;
		if (busy_until)
			busy_until[i] = w->rows.p[i].offset_ns;
	}
	for (size_t i = 0; i < w->rows.n; i++) {
		cc_waterfall_row *row = &w->rows.p[i];
		if (row->parent_row == NONE)
			continue;
		cc_waterfall_row *parent = &w->rows.p[row->parent_row];
		if (row->error)
			parent->origin = false;
		int64_t from = row->offset_ns, to = row->offset_ns + row->duration_ns,
			end = parent->offset_ns + parent->duration_ns;
		if (!busy_until)
			continue;
		from = from < busy_until[row->parent_row] ? busy_until[row->parent_row] : from;
		to = to > end ? end : to;
		if (to > from) {
			parent->self_ns -= to - from;
			busy_until[row->parent_row] = to;
		}
	}
	for (size_t i = w->rows.n; i-- > 0;)
		if (w->rows.p[i].parent_row != NONE)
			w->rows.p[w->rows.p[i].parent_row].subtree += w->rows.p[i].subtree + 1;
	cc_free(busy_until);
}

/* --- critical path ---
 *
 * As Jaeger computes it (jaeger-ui, TracePage/CriticalPath: the last finishing child, recursively): see critical_path. A
 * consumer below a producer is left out, for nobody waits for it. */

static bool is_waited_for(const tree *t, uint32_t row)
{
	const cc_waterfall_row *r = &t->w->rows.p[row];
	return cc_spans_get(t->s, r->span)->kind != CC_SPAN_CONSUMER ||
	       cc_spans_get(t->s, t->w->rows.p[r->parent_row].span)->kind != CC_SPAN_PRODUCER;
}

typedef struct window { uint32_t row; int64_t from, to; } window;
typedef struct ending { int64_t to; uint32_t row; } ending;

static int by_end(const void *x, const void *y)
{
	const ending *a = x, *b = y;
	if (a->to != b->to)
		return a->to < b->to ? 1 : -1;
	return a->row < b->row ? -1 : a->row > b->row;
}

/* From the end of a span backwards: the child that finished last held it up, then whoever finished before that one
 * began. */
static bool critical_path(tree *t)
{
	cc_waterfall *w = t->w;
	CC_VEC(window) stack = { 0 };
	CC_VEC(ending) ends = { 0 };
	window root = { 0, 0, w->rows.n ? w->rows.p[0].duration_ns + w->rows.p[0].offset_ns : 0 };
	bool ok = w->rows.n == 0 || cc_vec_push(&stack, root);
	while (ok && stack.n) {
		window at = stack.p[--stack.n];
		w->rows.p[at.row].critical = true;
		ends.n = 0;
		uint32_t last = at.row + w->rows.p[at.row].subtree;
		for (uint32_t i = at.row + 1; i <= last && ok; i += w->rows.p[i].subtree + 1) {
			ending e = { w->rows.p[i].offset_ns + w->rows.p[i].duration_ns, i };
			e.to = e.to > at.to ? at.to : e.to;
			ok = w->rows.p[i].offset_ns >= at.to || !is_waited_for(t, i) || cc_vec_push(&ends, e);
		}
		if (ends.n > 1)
			qsort(ends.p, ends.n, sizeof *ends.p, by_end);
		int64_t cursor = at.to;
		for (size_t i = 0; i < ends.n && ok; i++) {
			const cc_waterfall_row *child = &w->rows.p[ends.p[i].row];
			if (ends.p[i].to > cursor || ends.p[i].to <= at.from)
				continue;
			window below = { ends.p[i].row, child->offset_ns, ends.p[i].to };
			ok = cc_vec_push(&stack, below);
			w->rows.p[at.row].critical_ns += cursor - ends.p[i].to;
			cursor = child->offset_ns;
		}
		if (cursor > at.from)
			w->rows.p[at.row].critical_ns += cursor - at.from;
	}
	cc_vec_deinit(&stack);
	cc_vec_deinit(&ends);
	return ok;
}

static bool load(tree *t, const cc_trace *trace)
{
	t->n = trace->count;
	t->links = cc_calloc(t->n + 1, sizeof *t->links);
	if (!t->links)
		return false;
	t->w->start = INT64_MAX;
	t->w->end = INT64_MIN;
	for (uint32_t i = 0; i < t->n; i++) {
		t->links[i] = (link){ cc_traces_span(t->s, trace->first + i), NONE, NONE, NONE, NONE };
		const cc_span *sp = span_at(t, i);
		t->w->start = sp->start_ns < t->w->start ? sp->start_ns : t->w->start;
		t->w->end = end_of(sp) > t->w->end ? end_of(sp) : t->w->end;
	}
	return true;
}

cc_code cc_waterfall_build(cc_waterfall **out, const cc_snapshot *s, size_t trace, cc_err *err)
{
	*out = NULL;
	if (trace >= cc_traces_count(s))
		return cc_err_set(err, CC_EUNKNOWN, "trace %zu: there are %zu", trace, cc_traces_count(s));
	const cc_trace *tr = cc_traces_get(s, trace);
	tree t = { .s = s, .w = cc_calloc(1, sizeof *t.w) };
	bool ok = t.w && load(&t, tr);
	if (ok) {
		connect(&t);
		ok = place_all(&t, position_of(&t, tr->root));
		summarise(&t);
		ok = ok && critical_path(&t);
	}
	cc_free(t.links);
	cc_vec_deinit(&t.stack);
	if (!ok) {
		cc_waterfall_free(t.w);
		return cc_err_set(err, CC_ENOMEM, "trace: out of memory");
	}
	*out = t.w;
	return CC_OK;
}

void cc_waterfall_free(cc_waterfall *w)
{
	if (!w)
		return;
	cc_vec_deinit(&w->rows);
	cc_free(w);
}

size_t cc_waterfall_count(const cc_waterfall *w) { return w->rows.n; }
const cc_waterfall_row *cc_waterfall_get(const cc_waterfall *w, size_t i)
{
	return i < w->rows.n ? &w->rows.p[i] : NULL;
}

int64_t cc_waterfall_start(const cc_waterfall *w) { return w->rows.n ? w->start : CC_TIME_NONE; }
int64_t cc_waterfall_duration(const cc_waterfall *w) { return w->rows.n ? distance(w->end, w->start) : 0; }
size_t cc_waterfall_orphans(const cc_waterfall *w) { return w->orphans; }
size_t cc_waterfall_skewed(const cc_waterfall *w) { return w->skewed; }

cc_code cc_waterfall_logs(const cc_snapshot *s, size_t trace, cc_index_vec *out)
{
	if (trace >= cc_traces_count(s))
		return CC_EUNKNOWN;
	cc_id128 id = cc_traces_get(s, trace)->id;
	for (size_t i = 0; i < cc_logs_count(s) && (id.hi || id.lo); i++) {
		cc_id128 other = cc_logs_get(s, i)->trace;
		if (other.hi == id.hi && other.lo == id.lo && !cc_vec_push(out, (uint32_t)i))
			return CC_ENOMEM;
	}
	return CC_OK;
}
