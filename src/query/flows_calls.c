/* flows_calls.c - a call as its caller saw it.
 *
 * A callee's own span says nothing of the way to it: a slow network, a full queue or a proxy shows only in the span
 * which the caller put around the call. That is the callee's parent when it is a client span, or when it does nothing
 * but this call: where exporters lost the kinds of both, a step of the caller with the callee as its only child, not
 * over before it. A caller's server span or a step with more below it is the caller's own work; a producer does not
 * wait. */
#include <stdlib.h>

#include "flows_calls.h"

enum { AHEAD = 16 };

void cc_trace_spans_deinit(trace_spans *c)
{
	cc_vec_deinit(&c->list);
	cc_vec_deinit(&c->names);
	cc_vec_deinit(&c->waits);
}

/* --- reading --- */

static int by_name(const void *x, const void *y)
{
	const span_name *a = x, *b = y;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static bool same_record(const cc_snapshot *s, const trace_span *a, const trace_span *b)
{
	return a->duration_ns == b->duration_ns && a->service == b->service &&
	       cc_spans_get(s, a->index)->name == cc_spans_get(s, b->index)->name;
}

/* Children name the first of equal records as their parent, so the others would stand there as work without calls.
 * Equal records begin at the same time and so stand together: places from … to - 1 all begin at one time. */
static bool mark_repeated(trace_spans *c, size_t from, size_t to)
{
	c->names.n = 0;
	for (size_t i = from; i < to; i++) {
		span_name name = { cc_spans_get(c->s, c->list.p[i].index)->id, (uint32_t)i };
		if (name.id && !cc_vec_push(&c->names, name))
			return false;
	}
	if (c->names.n > 1)
		qsort(c->names.p, c->names.n, sizeof *c->names.p, by_name);
	for (size_t i = 1; i < c->names.n; i++) {
		span_name a = c->names.p[i - 1], b = c->names.p[i];
		c->list.p[b.place].repeated = a.id == b.id && same_record(c->s, &c->list.p[a.place], &c->list.p[b.place]);
	}
	return true;
}

static bool find_repeated(trace_spans *c)
{
	for (size_t i = 0, end; i < c->list.n; i = end) {
		for (end = i + 1; end < c->list.n && c->list.p[end].start_ns == c->list.p[i].start_ns; end++)
			;
		if (end - i > 1 && !mark_repeated(c, i, end))
			return false;
	}
	return true;
}

/* The parent's row, or NO_PLACE: until all places are known. */
static uint32_t parent_index(const cc_snapshot *s, const cc_span *sp, uint32_t index)
{
	if (sp->parent == CC_SPAN_NO_PARENT || sp->parent == index)
		return NO_PLACE;
	const cc_span *parent = cc_spans_get(s, sp->parent);
	return parent && parent->trace_index == sp->trace_index ? sp->parent : NO_PLACE;
}

/* Rows of a trace lie far apart, those of the next trace as well: the wait for memory is most of the reading. */
static void fetch_ahead(const cc_snapshot *s, uint32_t position)
{
	const char *sp = position < cc_spans_count(s) ? (const char *)cc_spans_get(s, cc_traces_span(s, position)) : NULL;
	if (sp) {
		__builtin_prefetch(sp);
		__builtin_prefetch(sp + sizeof(cc_span) - 1);
	}
}

bool cc_trace_spans_read(trace_spans *c, const cc_trace *t)
{
	c->list.n = 0;
	if (!cc_vec_reserve(&c->list, t->count))
		return false;
	for (uint32_t i = 0; i < t->count; i++) {
		uint32_t index = cc_traces_span(c->s, t->first + i);
		const cc_span *sp = cc_spans_get(c->s, index);
		fetch_ahead(c->s, t->first + i + AHEAD);
		c->place[index] = i;
		c->list.p[i] = (trace_span){ .start_ns = sp->start_ns, .duration_ns = sp->duration_ns, .index = index,
			.parent = parent_index(c->s, sp, index), .service = sp->service, .kind = sp->kind,
			.status = sp->status };
	}
	c->list.n = t->count;
	for (uint32_t i = 0; i < t->count; i++) {
		trace_span *sp = &c->list.p[i];
		if (sp->parent == NO_PLACE)
			continue;
		sp->parent = c->place[sp->parent];
		trace_span *parent = &c->list.p[sp->parent];
		parent->failing_child |= sp->status == CC_STATUS_ERROR;
		parent->server_child |= sp->kind == CC_SPAN_SERVER || sp->kind == CC_SPAN_CONSUMER;
		if (!parent->callee && sp->service != parent->service)
			parent->callee = sp->service;
	}
	return find_repeated(c);
}

/* --- measuring --- */

static bool is_kindless(const trace_span *sp)
{
	return sp->kind == CC_SPAN_INTERNAL || sp->kind == CC_SPAN_UNSPECIFIED;
}

static bool waits_for_it(const trace_span *caller, const trace_span *callee)
{
	if (caller->kind == CC_SPAN_CLIENT)
		return callee->kind != CC_SPAN_CONSUMER;
	return is_kindless(caller) && is_kindless(callee) && caller->steps == 0 && caller->parent != NO_PLACE &&
	       caller->duration_ns >= callee->duration_ns;
}

/* Climbs to the span that entered the service; the way back marks what was passed, so that all climbs together are as
 * long as the trace. */
static uint32_t entry_of(trace_spans *c, uint32_t place)
{
	trace_span *list = c->list.p;
	uint32_t at = place, found;
	while (!list[at].entry && list[at].parent != NO_PLACE && list[list[at].parent].service == list[at].service)
		at = list[at].parent;
	found = list[at].entry ? list[at].entry : at + 1;
	for (uint32_t i = place; !list[i].entry; i = list[i].parent) {
		list[i].entry = found;
		if (i == at)
			break;
	}
	return found - 1;
}

static int64_t end_of(const trace_span *sp)
{
	int64_t duration = sp->duration_ns < 0 ? 0 : sp->duration_ns;
	return sp->start_ns > INT64_MAX - duration ? INT64_MAX : sp->start_ns + duration;
}

static int by_entry(const void *x, const void *y)
{
	const call_wait *a = x, *b = y;
	if (a->entry != b->entry)
		return a->entry < b->entry ? -1 : 1;
	return a->from < b->from ? -1 : a->from > b->from;
}

/* Waits of one entry may overlap (calls in parallel) and outlive it: their union inside it counts. */
static void subtract_waits(trace_spans *c)
{
	int64_t busy = INT64_MIN;
	if (c->waits.n > 1)
		qsort(c->waits.p, c->waits.n, sizeof *c->waits.p, by_entry);
	for (size_t i = 0; i < c->waits.n; i++) {
		const call_wait *w = &c->waits.p[i];
		trace_span *entry = &c->list.p[w->entry];
		if (i == 0 || c->waits.p[i - 1].entry != w->entry)
			busy = entry->start_ns;
		int64_t from = w->from > busy ? w->from : busy, to = w->to < end_of(entry) ? w->to : end_of(entry);
		if (to > from) {
			entry->self -= to - from;
			busy = to;
		}
	}
}

static void count_children(trace_spans *c)
{
	for (size_t i = 0; i < c->list.n; i++) {
		const trace_span *sp = &c->list.p[i];
		if (sp->parent == NO_PLACE || sp->repeated)
			continue;
		trace_span *parent = &c->list.p[sp->parent];
		parent->children++;
		parent->steps += parent->service == sp->service;
	}
}

bool cc_trace_spans_measure(trace_spans *c, bool self)
{
	c->waits.n = 0;
	count_children(c);
	for (size_t i = 0; i < c->list.n; i++) {
		trace_span *sp = &c->list.p[i];
		const trace_span *parent = sp->parent == NO_PLACE ? NULL : &c->list.p[sp->parent];
		sp->caller = -1;
		sp->self = sp->duration_ns < 0 ? 0 : sp->duration_ns;
		if (!parent || parent->service == sp->service || sp->repeated)
			continue;
		const trace_span *wait = waits_for_it(parent, sp) ? parent : sp;
		if (wait == parent && (parent->kind == CC_SPAN_CLIENT || parent->children == 1))
			sp->caller = parent->duration_ns < 0 ? 0 : parent->duration_ns;
		if (!self || parent->kind == CC_SPAN_PRODUCER || sp->kind == CC_SPAN_CONSUMER)
			continue;
		call_wait w = { entry_of(c, sp->parent), wait->start_ns, end_of(wait) };
		if (!cc_vec_push(&c->waits, w))
			return false;
	}
	subtract_waits(c);
	return true;
}
