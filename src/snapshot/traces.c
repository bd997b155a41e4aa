/* traces.c - spans grouped into traces, parents linked.
 *
 * One sort by (trace, span id) gives both the groups and, by binary search, each span's parent. Data may lie: parents
 * that form a ring are cut at one link, so that whoever climbs to the root arrives. A span without a trace id is a
 * trace of its own. */
#include "snapshot/spans_priv.h"

#include <stdlib.h>
#include <string.h>
#include "coldcase/xalloc.h"

typedef struct span_key {
	cc_id128 trace;
	uint64_t id;
	uint32_t span; /* index of the row; rows are in start order */
} span_key;

static int cmp_trace(cc_id128 a, cc_id128 b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return (a.lo > b.lo) - (a.lo < b.lo);
}

static int by_trace_and_id(const void *a, const void *b)
{
	const span_key *x = a, *y = b;
	int c = cmp_trace(x->trace, y->trace);
	if (c)
		return c;
	if (x->id != y->id)
		return x->id < y->id ? -1 : 1;
	return (x->span > y->span) - (x->span < y->span);
}

static bool has_trace(cc_id128 id)
{
	return id.hi || id.lo;
}

/* The earliest span with this id among keys[from, to), which are sorted by id. */
static uint32_t find_span(const span_key *keys, size_t from, size_t to, uint64_t id)
{
	size_t end = to;
	while (from < to) {
		size_t mid = from + (to - from) / 2;
		if (keys[mid].id < id)
			from = mid + 1;
		else
			to = mid;
	}
	return from < end && keys[from].id == id ? keys[from].span : CC_SPAN_NO_PARENT;
}

static size_t group_end(const span_key *keys, size_t n, size_t from)
{
	size_t to = from + 1;
	while (to < n && has_trace(keys[from].trace) && cmp_trace(keys[from].trace, keys[to].trace) == 0)
		to++;
	return to;
}

static void link_parents(spans_table *t, const span_key *keys, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		cc_span *sp = &t->rows.p[keys[i].span];
		sp->parent = sp->parent_id ? find_span(keys, from, to, sp->parent_id) : CC_SPAN_NO_PARENT;
		if (sp->parent == keys[i].span)
			sp->parent = CC_SPAN_NO_PARENT;
	}
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

static int by_index(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;
	return (*x > *y) - (*x < *y);
}

static int64_t span_end(const cc_span *sp)
{
	if (sp->start_ns == CC_TIME_NONE || sp->duration_ns > INT64_MAX - 1 - (sp->start_ns > 0 ? sp->start_ns : 0))
		return sp->start_ns;
	return sp->start_ns + sp->duration_ns;
}

/* seen[sym] holds the last trace (plus 1) that counted the service. */
static cc_trace summarize(const spans_table *t, uint32_t first, uint32_t count, uint32_t number, uint32_t *seen)
{
	const uint32_t *members = &t->order.p[first];
	const cc_span *head = &t->rows.p[members[0]];
	cc_trace tr = { .id = head->trace,
		.start_ns = head->start_ns,
		.end_ns = CC_TIME_NONE,
		.first = first,
		.count = count,
		.root = CC_SPAN_NO_PARENT };
	for (uint32_t i = 0; i < count; i++) {
		const cc_span *sp = &t->rows.p[members[i]];
		int64_t end = span_end(sp);
		if (tr.start_ns == CC_TIME_NONE)
			tr.start_ns = sp->start_ns;
		tr.end_ns = end > tr.end_ns ? end : tr.end_ns;
		tr.errors += sp->status == CC_STATUS_ERROR;
		tr.orphans += sp->parent_id != 0 && sp->parent == CC_SPAN_NO_PARENT;
		if (sp->parent_id == 0 && tr.root == CC_SPAN_NO_PARENT)
			tr.root = members[i];
		if (seen[sp->service] != number + 1) {
			seen[sp->service] = number + 1;
			tr.services++;
		}
	}
	if (tr.root == CC_SPAN_NO_PARENT)
		tr.root = members[0];
	return tr;
}

typedef struct group {
	uint32_t earliest;
	size_t from, to;
} group; /* earliest span index: rows are in start order */

static int by_earliest(const void *a, const void *b)
{
	const group *x = a, *y = b;
	return (x->earliest > y->earliest) - (x->earliest < y->earliest);
}

typedef CC_VEC(group) group_vec;

static bool collect_groups(group_vec *groups, const span_key *keys, size_t n)
{
	for (size_t from = 0, to; from < n; from = to) {
		to = group_end(keys, n, from);
		group g = { UINT32_MAX, from, to };
		for (size_t i = from; i < to; i++)
			g.earliest = keys[i].span < g.earliest ? keys[i].span : g.earliest;
		if (!cc_vec_push(groups, g))
			return false;
	}
	if (groups->n > 1)
		qsort(groups->p, groups->n, sizeof *groups->p, by_earliest);
	return true;
}

static bool add_trace(spans_table *t, const span_key *keys, const group *g, uint32_t *seen)
{
	uint32_t first = (uint32_t)t->order.n, count = (uint32_t)(g->to - g->from), number = (uint32_t)t->traces.n;
	for (size_t i = g->from; i < g->to; i++) {
		t->rows.p[keys[i].span].trace_index = number;
		if (!cc_vec_push(&t->order, keys[i].span))
			return false;
	}
	if (count > 1)
		qsort(&t->order.p[first], count, sizeof *t->order.p, by_index);
	return cc_vec_push(&t->traces, summarize(t, first, count, number, seen));
}

static span_key *make_keys(const spans_table *t)
{
	span_key *keys = cc_calloc(t->rows.n, sizeof *keys);
	for (size_t i = 0; keys && i < t->rows.n; i++)
		keys[i] = (span_key){ t->rows.p[i].trace, t->rows.p[i].id, (uint32_t)i };
	if (keys)
		qsort(keys, t->rows.n, sizeof *keys, by_trace_and_id);
	return keys;
}

/* Any span of the trace, by bisection of the keys; CC_SPAN_NO_PARENT when there is none. */
static uint32_t span_of_trace(const span_key *keys, size_t n, cc_id128 id)
{
	size_t lo = 0, hi = n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (cmp_trace(keys[mid].trace, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < n && cmp_trace(keys[lo].trace, id) == 0 ? keys[lo].span : CC_SPAN_NO_PARENT;
}

/* Logs were read before: what failed stands there even where spans do not say it. */
static void count_error_logs(const cc_snapshot *s, spans_table *t, const span_key *keys)
{
	for (size_t i = 0; i < cc_logs_count(s); i++) {
		const cc_logrec *l = cc_logs_get(s, i);
		if (l->level < CC_LEVEL_ERROR || !has_trace(l->trace))
			continue;
		uint32_t span = span_of_trace(keys, t->rows.n, l->trace);
		if (span != CC_SPAN_NO_PARENT)
			t->traces.p[t->rows.p[span].trace_index].error_logs++;
	}
}

cc_code cc_traces_build(cc_snapshot *s, spans_table *t, cc_err *err)
{
	if (t->rows.n == 0)
		return CC_OK;
	if (t->rows.n >= CC_SPAN_NO_PARENT)
		return cc_err_set(err, CC_ELIMIT, "traces: more than %u spans", CC_SPAN_NO_PARENT);
	group_vec groups = { 0 };
	span_key *keys = make_keys(t);
	uint8_t *mark = cc_calloc(t->rows.n, 1);
	uint32_t *seen = cc_calloc(cc_snapshot_sym_count(s), sizeof *seen);
	bool ok = keys && mark && seen && collect_groups(&groups, keys, t->rows.n);
	for (size_t i = 0; ok && i < groups.n; i++)
		link_parents(t, keys, groups.p[i].from, groups.p[i].to);
	if (ok)
		cut_rings(t, mark);
	for (size_t i = 0; ok && i < groups.n; i++)
		ok = add_trace(t, keys, &groups.p[i], seen);
	if (ok)
		count_error_logs(s, t, keys);
	cc_vec_deinit(&groups);
	cc_free(keys);
	cc_free(mark);
	cc_free(seen);
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
