/* asof_spans.c - the spans that had ended at a moment, and the traces they formed by then.
 *
 * A trace on its way is shown as it stood: spans whose parent still runs name one that is not there yet, as they would in a
 * live system. */
#include "snapshot/asof.h"

#include <string.h>
#include "coldcase/map.h"
#include "coldcase/xalloc.h"
#include "snapshot/spans_priv.h"

typedef struct cutter {
	cc_snapshot *s;
	const spans_table *from;
	spans_table *to;
	uint32_t *moved;         /* by old row: its new one, CC_SPAN_NO_PARENT = not ended */
	uint32_t *traces;        /* by old trace: its new one plus 1, 0 = none of its spans has ended */
} cutter;

static bool has_ended(const cc_span *sp, int64_t until)
{
	return sp->start_ns != CC_TIME_NONE && sp->start_ns <= until && sp->duration_ns <= until - sp->start_ns;
}

/* Rows stay in start order, so new traces are numbered by their earliest span, as the loader does. */
static void take_row(cutter *c, uint32_t i)
{
	cc_span sp = c->from->rows.p[i];
	uint32_t *number = &c->traces[sp.trace_index];

	if (!*number) {
		c->to->traces.p[c->to->traces.n++] = (cc_trace){ .id = c->from->traces.p[sp.trace_index].id,
			.root = CC_SPAN_NO_PARENT };
		*number = (uint32_t)c->to->traces.n;
	}
	sp.trace_index = *number - 1;
	c->to->traces.p[sp.trace_index].count++;
	c->moved[i] = (uint32_t)c->to->rows.n;
	c->to->rows.p[c->to->rows.n++] = sp;
}

static void take_rows(cutter *c)
{
	size_t n = c->from->rows.n;

	for (size_t i = 0; i < n; i++) {
		c->moved[i] = CC_SPAN_NO_PARENT;
		if (has_ended(&c->from->rows.p[i], c->s->until_ns))
			take_row(c, (uint32_t)i);
	}
	for (size_t i = 0; i < c->to->rows.n; i++) {
		cc_span *sp = &c->to->rows.p[i];

		sp->parent = sp->parent == CC_SPAN_NO_PARENT ? sp->parent : c->moved[sp->parent];
	}
}

/* --- error logs of a trace that were known --- */

static cc_str id_key(const cc_id128 *id)
{
	return (cc_str){ (const char *)id, sizeof *id };
}

static bool count_error_logs(cutter *c)
{
	cc_map *counts = cc_map_new();
	bool ok = counts != NULL;
	uint64_t *slot, n;

	for (size_t i = 0; ok && i < cc_logs_count(c->s); i++) {
		const cc_logrec *l = cc_logs_get(c->s, i);

		if (l->level < CC_LEVEL_ERROR || !(l->trace.hi || l->trace.lo))
			continue;
		slot = cc_map_slot(counts, id_key(&l->trace), 0);   /* the key lies in the log table */
		ok = slot != NULL;
		if (slot)
			++*slot;
	}
	for (size_t i = 0; ok && i < c->to->traces.n; i++)
		if (cc_map_get(counts, id_key(&c->to->traces.p[i].id), &n))
			c->to->traces.p[i].error_logs = (uint32_t)n;
	cc_map_free(counts);
	return ok;
}

static bool take(cutter *c)
{
	size_t services = cc_snapshot_sym_count(c->s);
	uint32_t *seen = cc_calloc(services + 1, sizeof *seen);

	take_rows(c);
	cc_traces_order(c->to);
	bool ok = seen != NULL;
	for (size_t i = 0; ok && i < c->to->traces.n; i++)
		ok = cc_traces_summarize(c->to, (uint32_t)i, seen, &c->to->calls);
	cc_calls_sort(&c->to->calls);
	cc_free(seen);
	return ok && count_error_logs(c);
}

bool cc_asof_spans(cc_snapshot *s)
{
	cutter c = { .s = s, .from = s->whole->spans };
	bool ok;

	if (!c.from)
		return true;
	c.to = s->spans = cc_arena_alloc(s->arena, sizeof *s->spans);
	if (!c.to)
		return false;
	c.to->rows.p = cc_arena_array(s->arena, c.from->rows.n, sizeof *c.to->rows.p);
	c.to->order.p = cc_arena_array(s->arena, c.from->rows.n, sizeof *c.to->order.p);
	c.to->traces.p = cc_arena_array(s->arena, c.from->traces.n, sizeof *c.to->traces.p);
	c.moved = cc_calloc(c.from->rows.n + 1, sizeof *c.moved);
	c.traces = cc_calloc(c.from->traces.n + 1, sizeof *c.traces);
	ok = c.to->rows.p && c.to->order.p && c.to->traces.p && c.moved && c.traces && take(&c);
	cc_free(c.moved);
	cc_free(c.traces);
	return ok;
}
