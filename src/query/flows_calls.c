/* flows_calls.c - a call as its caller saw it.
 *
 * A callee's own span says nothing of the way to it: a slow network, a full queue or a proxy shows only in the span
 * which the caller put around the call. That is the callee's parent when it is a client span, or when it does nothing
 * but this call: where exporters lost the kinds of both, a step of the caller with the callee as its only child, not
 * over before it. A caller's server span or a step with more below it is the caller's own work; a producer does not
 * wait. */
#include <stdlib.h>

#include "flows_calls.h"
#include "coldcase/xalloc.h"

bool cc_call_times_init(call_times *c, const cc_snapshot *s)
{
	size_t n = cc_spans_count(s);
	*c = (call_times){ .s = s, .caller = cc_calloc(n + 1, sizeof *c->caller), .self = cc_calloc(n + 1, sizeof *c->self),
		.entry = cc_calloc(n + 1, sizeof *c->entry), .children = cc_calloc(n + 1, sizeof *c->children),
		.steps = cc_calloc(n + 1, sizeof *c->steps), .repeated = cc_calloc(n + 1, 1) };
	return c->caller && c->self && c->entry && c->children && c->steps && c->repeated;
}

void cc_call_times_deinit(call_times *c)
{
	cc_free(c->caller);
	cc_free(c->self);
	cc_free(c->entry);
	cc_free(c->children);
	cc_free(c->steps);
	cc_free(c->repeated);
	cc_vec_deinit(&c->names);
	cc_vec_deinit(&c->waits);
}

static const cc_span *parent_of(const call_times *c, const cc_span *sp)
{
	const cc_span *parent = sp->parent == CC_SPAN_NO_PARENT ? NULL : cc_spans_get(c->s, sp->parent);
	return parent && parent->trace_index == sp->trace_index && parent != sp ? parent : NULL;
}

static bool is_kindless(const cc_span *sp)
{
	return sp->kind == CC_SPAN_INTERNAL || sp->kind == CC_SPAN_UNSPECIFIED;
}

static bool waits_for_it(const call_times *c, const cc_span *caller, const cc_span *callee)
{
	if (caller->kind == CC_SPAN_CLIENT)
		return callee->kind != CC_SPAN_CONSUMER;
	return is_kindless(caller) && is_kindless(callee) && c->steps[callee->parent] == 0 &&
		caller->parent != CC_SPAN_NO_PARENT && caller->duration_ns >= callee->duration_ns;
}

/* Climbs to the span that entered the service; the way back marks what was passed, so that all climbs together are as
 * long as the trace. */
static uint32_t entry_of(call_times *c, uint32_t span)
{
	uint32_t at = span, found;
	for (;;) {
		const cc_span *sp = cc_spans_get(c->s, at), *parent = parent_of(c, sp);
		if (c->entry[at] || !parent || parent->service != sp->service)
			break;
		at = sp->parent;
	}
	found = c->entry[at] ? c->entry[at] : at + 1;
	for (uint32_t i = span; !c->entry[i]; i = cc_spans_get(c->s, i)->parent) {
		c->entry[i] = found;
		if (i == at)
			break;
	}
	return found - 1;
}

static int64_t end_of(const cc_span *sp)
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
static void subtract_waits(call_times *c)
{
	int64_t busy = INT64_MIN;
	for (size_t i = 0; i < c->waits.n; i++) {
		const call_wait *w = &c->waits.p[i];
		const cc_span *entry = cc_spans_get(c->s, w->entry);
		if (i == 0 || c->waits.p[i - 1].entry != w->entry)
			busy = entry->start_ns;
		int64_t from = w->from > busy ? w->from : busy, to = w->to < end_of(entry) ? w->to : end_of(entry);
		if (to > from) {
			c->self[w->entry] -= to - from;
			busy = to;
		}
	}
}

static int by_name(const void *x, const void *y)
{
	const span_name *a = x, *b = y;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->span < b->span ? -1 : a->span > b->span;
}

/* Children name the first of equal records as their parent, so the others would stand there as work without calls. */
static bool mark_repeated(call_times *c, const cc_trace *t)
{
	c->names.n = 0;
	for (uint32_t i = 0; i < t->count; i++) {
		uint32_t span = cc_traces_span(c->s, t->first + i);
		span_name name = { cc_spans_get(c->s, span)->id, span };
		if (name.id && !cc_vec_push(&c->names, name))
			return false;
	}
	if (c->names.n > 1)
		qsort(c->names.p, c->names.n, sizeof *c->names.p, by_name);
	for (size_t i = 1; i < c->names.n; i++) {
		const cc_span *a = cc_spans_get(c->s, c->names.p[i - 1].span), *b = cc_spans_get(c->s, c->names.p[i].span);
		c->repeated[c->names.p[i].span] = a->id == b->id && a->start_ns == b->start_ns &&
			a->duration_ns == b->duration_ns && a->service == b->service && a->name == b->name;
	}
	return true;
}

bool cc_call_times_measure(call_times *c, const cc_trace *t)
{
	c->waits.n = 0;
	if (!mark_repeated(c, t))
		return false;
	for (uint32_t i = 0; i < t->count; i++) {
		uint32_t span = cc_traces_span(c->s, t->first + i);
		const cc_span *sp = cc_spans_get(c->s, span), *parent = parent_of(c, sp);
		if (!parent || c->repeated[span])
			continue;
		c->children[sp->parent]++;
		c->steps[sp->parent] += parent->service == sp->service;
	}
	for (uint32_t i = 0; i < t->count; i++) {
		uint32_t span = cc_traces_span(c->s, t->first + i);
		const cc_span *sp = cc_spans_get(c->s, span), *parent = parent_of(c, sp);
		c->caller[span] = -1;
		c->self[span] = sp->duration_ns < 0 ? 0 : sp->duration_ns;
		if (!parent || parent->service == sp->service || c->repeated[span])
			continue;
		const cc_span *wait = waits_for_it(c, parent, sp) ? parent : sp;
		if (wait == parent && (parent->kind == CC_SPAN_CLIENT || c->children[sp->parent] == 1))
			c->caller[span] = parent->duration_ns < 0 ? 0 : parent->duration_ns;
		call_wait w = { entry_of(c, sp->parent), wait->start_ns, end_of(wait) };
		if (parent->kind != CC_SPAN_PRODUCER && sp->kind != CC_SPAN_CONSUMER && !cc_vec_push(&c->waits, w))
			return false;
	}
	if (c->waits.n > 1)
		qsort(c->waits.p, c->waits.n, sizeof *c->waits.p, by_entry);
	subtract_waits(c);
	return true;
}
