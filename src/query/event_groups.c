/* event_groups.c - events brought together by what they say and of whom.
 *
 * A controller that cannot make a pod tells so again for each name it tries. The names are generated; with their random
 * parts, numbers and ids masked the messages are one; an image's tag is not masked, a new image is another message. "(combined from similar events)" is how the recorder itself says
 * that it gave up counting, and is no part of the message. */
#include "coldcase/eventgroups.h"

#include <stdlib.h>
#include <string.h>
#include "coldcase/arena.h"
#include "coldcase/map.h"
#include "coldcase/patterns.h"

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/* The stem of a generated name; also of "cart-6cd4996657-", the trunk that names are made from. */
static cc_str stem_of(cc_str word)
{
	cc_str stem = cc_kind_stem(CC_STR("Pod"), word);
	return stem.n < word.n ? stem : cc_kind_stem(CC_STR("ReplicaSet"), word);
}

static void add_names_masked(cc_str text, cc_buf *out)
{
	for (size_t i = 0, n; i < text.n; i += n) {
		for (n = 0; i + n < text.n && is_name_char(text.p[i + n]); n++)
			;
		cc_str word = cc_str_sub(text, i, i + n), stem = n ? stem_of(word) : word;
		if (n == 0) {
			cc_buf_add_char(out, text.p[i]);
			n = 1;
		} else if (stem.n > 0 && stem.n < word.n && memchr(word.p, '-', word.n)) {
			cc_buf_addf(out, "%.*s-<id>", CC_STR_ARG(stem));
		} else {
			cc_buf_add(out, word);
		}
	}
}

static cc_str without_prefix(cc_str message)
{
	static const char combined[] = "(combined from similar events): ";
	message = cc_str_trim(message);
	return cc_str_starts(message, cc_str_from(combined)) ? cc_str_sub(message, sizeof combined - 1, message.n) : message;
}

/* An image's tag is what may have changed: it is no number among others. */
static bool is_image(cc_str token, cc_str before)
{
	bool url = cc_str_find(token, CC_STR("://")) != CC_STR_NONE;
	return cc_str_eq_nocase(before, CC_STR("image")) || (!url && cc_str_find_char(token, '/') != CC_STR_NONE);
}

void cc_event_mask(cc_str message, cc_buf *out)
{
	cc_buf names = CC_BUF_INIT;
	cc_str token, rest, before = CC_STR_EMPTY;
	add_names_masked(without_prefix(message), &names);
	for (rest = cc_buf_str(&names); rest.n; before = token) {
		cc_str_cut(rest, ' ', &token, &rest);
		if (is_image(token, before))
			cc_buf_add(out, token);
		else
			cc_pattern_mask(token, out);
		if (rest.n)
			cc_buf_add_char(out, ' ');
	}
	cc_buf_deinit(&names);
}

/* As it is shown: numbers stay, they are evidence; only the names that differ from pod to pod go. */
cc_str cc_event_shown(cc_str message, cc_arena *arena)
{
	cc_buf names = CC_BUF_INIT;
	add_names_masked(without_prefix(message), &names);
	cc_str s = cc_arena_dup(arena, cc_buf_str(&names));
	cc_buf_deinit(&names);
	return s.p ? s : CC_STR_EMPTY;
}

typedef struct grouping {
	const cc_snapshot *s;
	cc_arena *arena;
	cc_map *groups, *subjects, *known;   /* known: reason and workload of what happened before the pivot */
	cc_event_group_vec *out;
	int64_t pivot_ns;
} grouping;

/* Share of an event's repeats that lie in [from, to). */
static double share_of(const cc_event *e, int64_t from, int64_t to)
{
	if (e->last_ns <= e->first_ns)
		return e->last_ns >= from && e->last_ns < to ? 1 : 0;
	int64_t begin = e->first_ns > from ? e->first_ns : from, end = e->last_ns < to ? e->last_ns : to;
	return end > begin ? ((double)end - (double)begin) / ((double)e->last_ns - (double)e->first_ns) : 0;
}

static void count_sides(const grouping *g, cc_event_group *group, const cc_event *e)
{
	int64_t pivot = g->pivot_ns == CC_TIME_NONE ? INT64_MAX : g->pivot_ns;
	group->before += (double)e->count * share_of(e, INT64_MIN, pivot);
	group->after += (double)e->count * share_of(e, pivot, INT64_MAX);
}

static cc_str pair_key(const grouping *g, cc_sym reason, cc_entity_id workload, cc_sym name)
{
	return cc_arena_printf(g->arena, "%u %u %u", reason, workload, workload ? 0 : name);
}

static cc_entity_id workload_of(const cc_snapshot *s, const cc_event *e)
{
	const cc_entity *subject = cc_entity_get(s, e->entity);
	return subject && subject->workload ? subject->workload : e->entity;
}

/* Over all events, whatever was asked for: a filter must not make old trouble new. */
static bool note_known(const grouping *g)
{
	for (size_t i = 0; g->pivot_ns != CC_TIME_NONE && i < cc_events_count(g->s); i++) {
		const cc_event *e = cc_events_get(g->s, i);
		if (e->first_ns >= g->pivot_ns)
			continue;
		cc_str key = pair_key(g, e->reason, workload_of(g->s, e), e->name);
		if (!key.p || !cc_map_set(g->known, key, 1))
			return false;
	}
	return true;
}

static void take(cc_event_group *g, const cc_event *e, uint32_t row)
{
	g->count += e->count;
	g->events++;
	if (g->first_ns == CC_TIME_NONE || e->first_ns < g->first_ns)
		g->first_ns = e->first_ns;
	if (g->events == 1 || e->last_ns >= g->last_ns) {
		g->last_ns = e->last_ns;
		g->example = row;
	}
}

static bool add_event(grouping *g, uint32_t row)
{
	const cc_event *e = cc_events_get(g->s, row);
	cc_entity_id workload = workload_of(g->s, e);
	cc_buf masked = CC_BUF_INIT;
	uint64_t at = g->out->n;
	cc_event_mask(e->message, &masked);
	cc_str key = cc_arena_printf(g->arena, "%d %u %u %.*s", e->warning, e->reason, workload ? workload : e->name,
		CC_STR_ARG(cc_buf_str(&masked)));
	bool ok = cc_buf_ok(&masked) && key.p;
	if (ok && !cc_map_get(g->groups, key, &at)) {
		cc_event_group fresh = { .reason = e->reason, .workload = workload, .warning = e->warning, .first_ns = CC_TIME_NONE,
			.last_ns = CC_TIME_NONE, .message = CC_STR_EMPTY };
		ok = cc_map_set(g->groups, key, at) && cc_vec_push(g->out, fresh);
	}
	cc_buf_deinit(&masked);
	if (!ok)
		return false;
	take(&g->out->p[at], e, row);
	count_sides(g, &g->out->p[at], e);
	key = pair_key(g, e->reason, workload, e->name);
	g->out->p[at].novel = g->pivot_ns != CC_TIME_NONE && key.p && !cc_map_get(g->known, key, NULL);
	key = cc_arena_printf(g->arena, "%llu %u %u", (unsigned long long)at, e->entity, e->entity ? 0 : e->name);
	if (key.p && !cc_map_get(g->subjects, key, NULL)) {
		g->out->p[at].objects++;
		return cc_map_set(g->subjects, key, 1);
	}
	return key.p != NULL;
}

static int newest_first(const void *x, const void *y)
{
	const cc_event_group *a = x, *b = y;
	if (a->last_ns != b->last_ns)
		return a->last_ns < b->last_ns ? 1 : -1;
	return a->example < b->example ? 1 : a->example > b->example ? -1 : 0;
}

cc_code cc_event_groups(cc_event_group_vec *out, const cc_snapshot *s, const cc_index_vec *rows, int64_t pivot_ns, cc_arena *arena)
{
	grouping g = { .s = s, .arena = arena, .groups = cc_map_new(), .subjects = cc_map_new(), .known = cc_map_new(), .out = out,
		.pivot_ns = pivot_ns };
	bool ok = g.groups && g.subjects && g.known && note_known(&g);
	for (size_t i = 0; i < rows->n && ok; i++)
		ok = add_event(&g, rows->p[i]);
	for (size_t i = 0; i < out->n && ok; i++)
		out->p[i].message = cc_event_shown(cc_events_get(s, out->p[i].example)->message, arena);
	if (out->n > 1)
		qsort(out->p, out->n, sizeof *out->p, newest_first);
	cc_map_free(g.groups);
	cc_map_free(g.subjects);
	cc_map_free(g.known);
	return ok ? CC_OK : CC_ENOMEM;
}

/* --- new since the pivot --- */

/* A cluster keeps its events for an hour: how much of that lies before the pivot is what the oldest one tells. */
cc_range cc_event_history(const cc_snapshot *s)
{
	cc_range r = cc_snapshot_range(s);
	for (size_t i = 0; i < cc_events_count(s); i++) {
		const cc_event *e = cc_events_get(s, i);
		if (!e->only_expired && e->first_ns != CC_TIME_NONE && (r.from_ns == CC_TIME_NONE || e->first_ns < r.from_ns))
			r.from_ns = e->first_ns;
	}
	return r;
}

bool cc_event_group_grew(const cc_event_group *g, cc_range history, int64_t pivot_ns)
{
	double before = ((double)pivot_ns - (double)history.from_ns) / 60e9, after = ((double)history.to_ns - (double)pivot_ns) / 60e9;
	if (!(before > 0) || !(after > 0) || g->after < 3)
		return false;
	return g->after / after >= 2 * g->before / before;
}

static int gravest_first(const void *x, const void *y)
{
	const cc_event_group *a = x, *b = y;
	int rank_a = 2 * a->warning + a->novel, rank_b = 2 * b->warning + b->novel;
	if (rank_a != rank_b)
		return rank_b - rank_a;
	if (a->after < b->after || a->after > b->after)
		return a->after < b->after ? 1 : -1;
	return newest_first(x, y);
}

void cc_event_groups_new(cc_event_group_vec *groups, cc_range history, int64_t pivot_ns)
{
	size_t kept = 0;
	for (size_t i = 0; i < groups->n; i++)
		if (groups->p[i].novel || cc_event_group_grew(&groups->p[i], history, pivot_ns))
			groups->p[kept++] = groups->p[i];
	groups->n = kept;
	if (kept > 1)
		qsort(groups->p, kept, sizeof *groups->p, gravest_first);
}
