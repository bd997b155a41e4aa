/* flow_pool.c - pools of what is in flight: as large as the busiest moment, used again and again, under stable
 * addresses. */
#include "forge/flow_priv.h"

#include <string.h>

static bool more(forge_sim *s, flow_pool *p)
{
	char *chunk = cc_calloc(FLOW_CHUNK, p->size);
	if (!chunk || !cc_vec_push(&p->chunk, chunk)) {
		cc_free(chunk);
		forge_fail(s, CC_ENOMEM);
		return false;
	}
	for (int k = FLOW_CHUNK - 1; k >= 0; k--) {
		flow_slot *slot = (flow_slot *)(void *)(chunk + (size_t)k * p->size);
		slot->next = p->free;
		p->free = p->made + k;
	}
	p->made += FLOW_CHUNK;
	return true;
}

int flow_take(forge_sim *s, flow_pool *p)
{
	if (!p->made) p->free = -1;
	if (p->free < 0 && !more(s, p)) return -1;
	int i = p->free;
	flow_slot *slot = flow_at(p, i);
	p->free = slot->next;
	int gen = slot->gen;
	memset(slot, 0, p->size);
	*slot = (flow_slot){ .gen = gen, .next = -1, .used = true };
	p->live++;
	return i;
}

void flow_give(flow_pool *p, int i)
{
	flow_slot *slot = flow_at(p, i);
	slot->used = false;
	slot->gen = slot->gen == INT32_MAX ? 0 : slot->gen + 1;
	slot->next = p->free;
	p->free = i;
	p->live--;
}

void flow_pool_deinit(flow_pool *p)
{
	for (size_t i = 0; i < p->chunk.n; i++) cc_free(p->chunk.p[i]);
	cc_vec_deinit(&p->chunk);
	p->made = p->live = 0;
	p->free = -1;
}

int flow_trace_new(forge_sim *s, const uint64_t id[2], const forge_vars *vars, int wanted)
{
	int i = flow_take(s, &s->flow->traces);
	if (i < 0) return -1;
	flow_trace *t = flow_trace_at(s, i);
	t->refs = 1;
	t->wanted = wanted;
	t->id[0] = id[0];
	t->id[1] = id[1];
	t->vars = *vars;
	return i;
}

void flow_trace_drop(forge_sim *s, int trace)
{
	if (trace >= 0 && --flow_trace_at(s, trace)->refs == 0) flow_give(&s->flow->traces, trace);
}
