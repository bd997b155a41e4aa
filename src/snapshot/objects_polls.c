/* objects_polls.c - when each resource type was polled, and which objects a later poll proves gone.
 *
 * A poll writes its objects within moments; the next comes tens of seconds later. So row times of one resource type
 * that lie close together are one round. An object is gone when a round of its own type started after its last
 * observation: rounds of other types prove nothing, and neither does a watch (its rows come one by one) nor the last
 * round of a file that was cut. */
#include <stdlib.h>
#include "snapshot/objects_table_priv.h"

#define ROUND_GAP_NS (5 * CC_NS_PER_S)

static cc_str key_of(const cc_sym *resource)
{
	return (cc_str){ (const char *)resource, sizeof *resource };
}

static objects_polls *polls_find(const objects_table *t, cc_sym resource)
{
	uint64_t at;

	return cc_map_get(t->poll_ids, key_of(&resource), &at) ? &t->polls.p[at] : NULL;
}

bool cc_objects_poll_add(cc_snapshot *s, objects_table *t, cc_sym resource, int64_t time_ns)
{
	objects_polls *p = polls_find(t, resource);

	if (time_ns == CC_TIME_NONE || time_ns < CC_NS_PER_S * 86400)
		return true;
	if (!p) {
		cc_str key = cc_arena_dup(s->arena, key_of(&resource));

		if (!key.p || !cc_map_set(t->poll_ids, key, t->polls.n) ||
			!cc_vec_push(&t->polls, ((objects_polls){ .resource = resource })))
			return false;
		p = &t->polls.p[t->polls.n - 1];
	}
	if (p->times.n > 0 && p->times.p[p->times.n - 1] == time_ns)
		return true;
	return cc_vec_push(&p->times, time_ns);
}

void cc_objects_poll_doubt(objects_table *t, cc_sym resource)
{
	objects_polls *p = polls_find(t, resource);

	if (p)
		p->doubt = true;
}

static int compare_times(const void *pa, const void *pb)
{
	int64_t a = *(const int64_t *)pa, b = *(const int64_t *)pb;

	return a < b ? -1 : a > b;
}

static bool finish_one(cc_snapshot *s, objects_polls *p)
{
	int64_t *rounds = cc_arena_array(s->arena, p->times.n, sizeof *rounds);
	int64_t last = 0;

	if (!rounds)
		return false;
	if (p->times.n > 0)
		qsort(p->times.p, p->times.n, sizeof *p->times.p, compare_times);
	for (size_t i = 0; i < p->times.n; i++) {
		if (i == 0 || p->times.p[i] - last > ROUND_GAP_NS)
			rounds[p->round_count++] = p->times.p[i];
		last = p->times.p[i];
	}
	p->rounds = rounds;
	cc_vec_deinit(&p->times);
	return true;
}

bool cc_objects_poll_finish(cc_snapshot *s, objects_table *t)
{
	for (size_t i = 0; i < t->polls.n; i++)
		if (!finish_one(s, &t->polls.p[i]))
			return false;
	return true;
}

void cc_objects_poll_gone(const objects_table *t, objects_entry *e)
{
	const objects_polls *p = polls_find(t, e->pub.resource);
	int64_t last = e->pub.obs_count > 0 ? e->pub.obs[e->pub.obs_count - 1].time_ns : CC_TIME_NONE;
	size_t proofs = p ? p->round_count - (p->doubt && p->round_count > 0 ? 1 : 0) : 0;

	e->pub.gone_ns = e->deleted_ns != CC_TIME_NONE && e->deleted_ns >= last ? e->deleted_ns : CC_TIME_NONE;
	if (e->pub.gone_ns != CC_TIME_NONE || last == CC_TIME_NONE)
		return;
	for (size_t i = 0; i < proofs; i++)
		if (p->rounds[i] > last) {
			e->pub.gone_ns = p->rounds[i];
			return;
		}
}

const int64_t *cc_objects_polls(const cc_snapshot *s, cc_sym resource, size_t *count)
{
	const objects_polls *p = s->objects ? polls_find(s->objects, resource) : NULL;

	*count = p ? p->round_count : 0;
	return p ? p->rounds : NULL;
}
