/* traces.c - spans grouped into traces, parents linked.
 *
 * The loader numbered the trace ids; counting gives the groups, and a small table of a group's span ids gives each span's
 * parent. Data may lie: parents that form a ring are cut at one link, so that whoever climbs to the root arrives. A span
 * without a trace id is a trace of its own. */
#include "snapshot/spans_priv.h"

#include <stdatomic.h>
#include <string.h>
#include "coldcase/xalloc.h"

typedef struct builder {
	spans_table *t;
	uint32_t *number;        /* by the loader's number of a trace id: index of the trace, UINT32_MAX = not met yet */
	uint32_t largest;        /* spans in a trace */
	size_t services;         /* symbols */
	unsigned threads;
	/* Of each thread: of one trace, span ids to positions (plus 1) in its part of the order; by service, the last trace
	 * (plus 1) that counted it. */
	uint32_t *slots[CC_WORK_MAX_THREADS], *seen[CC_WORK_MAX_THREADS];
	call_set calls[CC_WORK_MAX_THREADS];
	atomic_bool rings;       /* there may be some: a span starts before its parent */
	atomic_bool failed;      /* out of memory */
} builder;

static int cmp_trace(cc_id128 a, cc_id128 b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return (a.lo > b.lo) - (a.lo < b.lo);
}

static bool has_trace(cc_id128 id)
{
	return id.hi || id.lo;
}

/* --- groups --- */

/* The index of a row's trace, made when new; traces are so numbered by their earliest span. */
static bool number_row(builder *b, const id_table *ids, cc_span *sp)
{
	uint32_t from_loader = sp->trace_index;
	if (from_loader && b->number[from_loader] != UINT32_MAX) {
		sp->trace_index = b->number[from_loader];
	} else {
		cc_trace tr = { .root = CC_SPAN_NO_PARENT };
		if (from_loader)
			tr.id = ids->ids.p[from_loader - 1];
		sp->trace_index = (uint32_t)b->t->traces.n;
		if (!cc_vec_push(&b->t->traces, tr))
			return false;
		b->number[from_loader] = sp->trace_index;
	}
	b->t->traces.p[sp->trace_index].count++;
	return true;
}

static bool number_rows(builder *b, const id_table *ids)
{
	memset(b->number, 0xFF, (ids->ids.n + 1) * sizeof *b->number);
	for (size_t i = 0; i < b->t->rows.n; i++)
		if (!number_row(b, ids, &b->t->rows.p[i]))
			return false;
	return true;
}

void cc_traces_order(spans_table *t)
{
	uint32_t sum = 0;
	t->order.n = t->rows.n;
	for (size_t i = 0; i < t->traces.n; i++) {
		cc_trace *tr = &t->traces.p[i];
		tr->first = sum;
		sum += tr->count;
		tr->count = 0;
	}
	for (size_t i = 0; i < t->rows.n; i++) {
		cc_trace *tr = &t->traces.p[t->rows.p[i].trace_index];
		t->order.p[tr->first + tr->count++] = (uint32_t)i;
	}
}

static bool order_rows(builder *b)
{
	if (!cc_vec_reserve(&b->t->order, b->t->rows.n))
		return false;
	cc_traces_order(b->t);
	for (size_t i = 0; i < b->t->traces.n; i++)
		b->largest = b->t->traces.p[i].count > b->largest ? b->t->traces.p[i].count : b->largest;
	return true;
}

/* --- parents --- */

static size_t slot_of(uint64_t id, size_t slots)
{
	return (size_t)((id ^ id >> 32) * UINT64_C(0x9E3779B97F4A7C15) >> 20) & (slots - 1);
}

/* Where id is among the slots, or the free one where it belongs. */
static uint32_t *find_slot(const spans_table *t, const cc_trace *tr, uint32_t *slots, size_t count, uint64_t id)
{
	size_t i = slot_of(id, count);
	while (slots[i] && t->rows.p[t->order.p[tr->first + slots[i] - 1]].id != id)
		i = (i + 1) & (count - 1);
	return &slots[i];
}

/* Where an id occurs twice, the earliest span has it. True when a parent starts later than its child: a ring has one. */
static bool link_parents(const spans_table *t, const cc_trace *tr, uint32_t *slots)
{
	const uint32_t *members = &t->order.p[tr->first];
	bool later = false;
	size_t count = 4;
	while (count < 2 * (size_t)tr->count)
		count *= 2;
	memset(slots, 0, count * sizeof *slots);
	for (uint32_t i = 0; i < tr->count; i++) {
		uint32_t *slot = find_slot(t, tr, slots, count, t->rows.p[members[i]].id);
		if (!*slot)
			*slot = i + 1;
	}
	for (uint32_t i = 0; i < tr->count; i++) {
		cc_span *sp = &t->rows.p[members[i]];
		uint32_t at = sp->has_parent ? *find_slot(t, tr, slots, count, cc_span_held_parent(sp)) : 0;
		sp->parent = at && at - 1 != i ? members[at - 1] : CC_SPAN_NO_PARENT;
		later = later || (at && at - 1 > i);
	}
	return later;
}

enum { UNSEEN, ON_PATH, DONE };

/* Climbs from each span, marking; meeting the path again closes a ring, which is cut there. */
static void cut_rings(spans_table *t, uint8_t *mark)
{
	for (size_t i = 0; i < t->rows.n; i++) {
		uint32_t at = (uint32_t)i;
		while (at != CC_SPAN_NO_PARENT && mark[at] == UNSEEN) {
			uint32_t up = t->rows.p[at].parent;
			mark[at] = ON_PATH;
			if (up != CC_SPAN_NO_PARENT && mark[up] == ON_PATH)
				t->rows.p[at].parent = up = CC_SPAN_NO_PARENT;
			at = up;
		}
		for (at = (uint32_t)i; at != CC_SPAN_NO_PARENT && mark[at] == ON_PATH; at = t->rows.p[at].parent)
			mark[at] = DONE;
	}
}

static int64_t span_end(const cc_span *sp)
{
	if (sp->start_ns == CC_TIME_NONE || sp->duration_ns > INT64_MAX - 1 - (sp->start_ns > 0 ? sp->start_ns : 0))
		return sp->start_ns;
	return sp->start_ns + sp->duration_ns;
}

/* A span whose parent belongs to another service is one call. */
static bool count_call(const spans_table *t, uint32_t index, call_set *out)
{
	const cc_span *sp = &t->rows.p[index];
	if (sp->kind == CC_SPAN_CONSUMER && !cc_vec_push(&out->consumers, index))
		return false;
	const cc_span *caller = sp->parent != CC_SPAN_NO_PARENT ? &t->rows.p[sp->parent] : sp;
	if (caller->service == sp->service && caller->ns == sp->ns)
		return true;
	bool failed = caller->status == CC_STATUS_ERROR || sp->status == CC_STATUS_ERROR;
	return cc_calls_add(out, &(span_calls){ cc_calls_side(caller), cc_calls_side(sp), index, 1, failed });
}

bool cc_traces_summarize(spans_table *t, uint32_t number, uint32_t *seen, call_set *calls)
{
	bool ok = true;
	cc_trace *tr = &t->traces.p[number];
	const uint32_t *members = &t->order.p[tr->first];
	tr->start_ns = tr->end_ns = CC_TIME_NONE;
	for (uint32_t i = 0; i < tr->count; i++) {
		const cc_span *sp = &t->rows.p[members[i]];
		int64_t end = span_end(sp);
		if (tr->start_ns == CC_TIME_NONE)
			tr->start_ns = sp->start_ns;
		tr->end_ns = end > tr->end_ns ? end : tr->end_ns;
		tr->errors += sp->status == CC_STATUS_ERROR;
		tr->orphans += sp->has_parent && sp->parent == CC_SPAN_NO_PARENT;
		if (!sp->has_parent && tr->root == CC_SPAN_NO_PARENT)
			tr->root = members[i];
		if (seen[sp->service] != number + 1) {
			seen[sp->service] = number + 1;
			tr->services++;
		}
		ok = count_call(t, members[i], calls) && ok;
	}
	if (tr->root == CC_SPAN_NO_PARENT)
		tr->root = members[0];
	return ok;
}

/* Logs were taken before: what failed stands there even where spans do not say it. */
static void count_error_logs(const cc_snapshot *s, const builder *b, const id_table *ids)
{
	for (size_t i = 0; i < cc_logs_count(s); i++) {
		const cc_logrec *l = cc_logs_get(s, i);
		if (l->level < CC_LEVEL_ERROR || !has_trace(l->trace))
			continue;
		uint32_t from_loader = cc_id_find(ids, l->trace);
		if (from_loader && b->number[from_loader] != UINT32_MAX)
			b->t->traces.p[b->number[from_loader]].error_logs++;
	}
}

/* --- by several threads, a block of traces at a time --- */

enum { BLOCK = 512, ROWS = 16384 };

static void link_block(void *arg, unsigned worker, size_t item)
{
	builder *b = arg;
	for (size_t i = item * BLOCK; i < (item + 1) * BLOCK && i < b->t->traces.n; i++)
		if (link_parents(b->t, &b->t->traces.p[i], b->slots[worker]))
			atomic_store(&b->rings, true);
}

static void name_block(void *arg, unsigned worker, size_t item)
{
	spans_table *t = ((builder *)arg)->t;
	(void)worker;
	for (size_t i = item * ROWS; i < (item + 1) * ROWS && i < t->rows.n; i++) {
		cc_span *sp = &t->rows.p[i];
		row_identity id = sp->entity ? t->who.distinct.p[sp->entity - 1] : (row_identity){ 0, 0, 0 };
		sp->service = id.service;
		sp->ns = id.ns;
		sp->pod = id.pod;
	}
}

static void summarize_block(void *arg, unsigned worker, size_t item)
{
	builder *b = arg;
	for (size_t i = item * BLOCK; i < (item + 1) * BLOCK && i < b->t->traces.n; i++)
		if (!cc_traces_summarize(b->t, (uint32_t)i, b->seen[worker], &b->calls[worker]))
			atomic_store(&b->failed, true);
}

static bool each_block(builder *b, size_t n, size_t block, cc_work_fn *fn)
{
	cc_work *w = cc_work_start((n + block - 1) / block, b->threads, fn, b);
	cc_work_finish(w);
	return w != NULL;
}

static bool link_all(builder *b)
{
	spans_table *t = b->t;
	bool ok = true;
	for (unsigned i = 0; i < b->threads; i++) {
		b->slots[i] = cc_calloc((size_t)b->largest * 4 + 4, sizeof **b->slots);
		b->seen[i] = cc_calloc(b->services, sizeof **b->seen);
		ok = ok && b->slots[i] && b->seen[i];
	}
	if (!ok || !each_block(b, t->traces.n, BLOCK, link_block))
		return false;
	uint8_t *mark = atomic_load(&b->rings) ? cc_calloc(t->rows.n, 1) : NULL;
	if (mark)
		cut_rings(t, mark);
	else if (atomic_load(&b->rings))
		return false;
	cc_free(mark);
	return each_block(b, t->rows.n, ROWS, name_block) && each_block(b, t->traces.n, BLOCK, summarize_block);
}

static bool join_calls(builder *b)
{
	bool ok = !atomic_load(&b->failed);
	for (unsigned i = 0; ok && i < b->threads; i++)
		ok = cc_calls_join(&b->t->calls, &b->calls[i]);
	cc_calls_sort(&b->t->calls);
	return ok;
}

cc_code cc_traces_build(cc_snapshot *s, spans_table *t, const id_table *ids, cc_err *err)
{
	if (t->rows.n == 0)
		return CC_OK;
	if (t->rows.n >= CC_SPAN_NO_PARENT)
		return cc_err_set(err, CC_ELIMIT, "traces: more than %u spans", CC_SPAN_NO_PARENT);
	builder b = { .t = t, .threads = cc_snapshot_threads(s), .services = cc_snapshot_sym_count(s),
		.number = cc_calloc(ids->ids.n + 1, sizeof *b.number) };
	bool ok = b.number && number_rows(&b, ids) && order_rows(&b) && link_all(&b) && join_calls(&b);
	if (ok)
		count_error_logs(s, &b, ids);
	cc_free(b.number);
	for (unsigned i = 0; i < b.threads; i++) {
		cc_free(b.slots[i]);
		cc_free(b.seen[i]);
		cc_calls_deinit(&b.calls[i]);
	}
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "traces: out of memory");
}

/* --- getters --- */

bool cc_spans_have_status(const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_spans_count(s); i++)
		if (cc_spans_get(s, i)->status != CC_STATUS_UNSET)
			return true;
	return false;
}

size_t cc_traces_count(const cc_snapshot *s)
{
	return s->spans ? s->spans->traces.n : 0;
}

const cc_trace *cc_traces_get(const cc_snapshot *s, size_t i)
{
	return i < cc_traces_count(s) ? &s->spans->traces.p[i] : NULL;
}

uint32_t cc_traces_span(const cc_snapshot *s, uint32_t position)
{
	return s->spans && position < s->spans->order.n ? s->spans->order.p[position] : CC_SPAN_NO_PARENT;
}

static bool is_hex(cc_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (!memchr("0123456789abcdefABCDEF", s.p[i], 22))
			return false;
	return s.n > 0;
}

/* A 64-bit id is written with 16 digits where it comes from: its prefix counts as well. */
static bool has_prefix(cc_id128 id, cc_str prefix)
{
	cc_buf b = CC_BUF_INIT;
	cc_id128_format(&b, id);
	cc_str all = cc_buf_str(&b);
	bool hit = cc_buf_ok(&b) && (cc_str_starts_nocase(all, prefix) ||
					    (id.hi == 0 && cc_str_starts_nocase(cc_str_sub(all, 16, 32), prefix)));
	cc_buf_deinit(&b);
	return hit;
}

static size_t find_exact(const cc_snapshot *s, cc_str id)
{
	cc_id128 want;
	if (cc_id128_parse(id, &want) && has_trace(want))
		for (size_t i = 0; i < cc_traces_count(s); i++)
			if (cmp_trace(s->spans->traces.p[i].id, want) == 0)
				return i;
	return SIZE_MAX;
}

cc_code cc_traces_find(const cc_snapshot *s, cc_str id, size_t *out, cc_err *err)
{
	size_t hits = 0, hit = find_exact(s, id);
	id = cc_str_trim(id);
	if (hit != SIZE_MAX) {
		*out = hit;
		return CC_OK;
	}
	if (id.n >= 4 && id.n < 32 && is_hex(id))
		for (size_t i = 0; i < cc_traces_count(s); i++)
			if (has_prefix(s->spans->traces.p[i].id, id)) {
				hit = hits++ ? hit : i;
			}
	if (hits == 0) {
		cc_err_set(err, CC_EUNKNOWN, "no trace with id %.*s", CC_STR_ARG(id));
		cc_err_hint(err,
			id.n < 4 ? "give at least 4 hex digits of the trace id" : "trace ids are listed by `traces`");
		return CC_EUNKNOWN;
	}
	if (hits > 1) {
		cc_err_set(err, CC_EAMBIGUOUS, "%zu traces begin with %.*s", hits, CC_STR_ARG(id));
		cc_err_hint(err, "give more digits of the trace id");
		return CC_EAMBIGUOUS;
	}
	*out = hit;
	return CC_OK;
}
