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
static cc_str shown_message(cc_str message, cc_arena *arena)
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
	cc_map *groups, *subjects;
	cc_event_group_vec *out;
} grouping;

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
	const cc_entity *subject = cc_entity_get(g->s, e->entity);
	cc_entity_id workload = subject && subject->workload ? subject->workload : e->entity;
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

cc_code cc_event_groups(cc_event_group_vec *out, const cc_snapshot *s, const cc_index_vec *rows, cc_arena *arena)
{
	grouping g = { s, arena, cc_map_new(), cc_map_new(), out };
	bool ok = g.groups && g.subjects;
	for (size_t i = 0; i < rows->n && ok; i++)
		ok = add_event(&g, rows->p[i]);
	for (size_t i = 0; i < out->n && ok; i++)
		out->p[i].message = shown_message(cc_events_get(s, out->p[i].example)->message, arena);
	if (out->n > 1)
		qsort(out->p, out->n, sizeof *out->p, newest_first);
	cc_map_free(g.groups);
	cc_map_free(g.subjects);
	return ok ? CC_OK : CC_ENOMEM;
}
