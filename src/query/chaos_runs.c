/* chaos_runs.c - a chaos experiment's life, told by its events alone: its objects are in no file. */
#include "coldcase/eventlanes.h"

#include <stdlib.h>
#include "coldcase/arena.h"
#include "coldcase/map.h"

typedef struct run { cc_chaos_run pub; cc_str first_target; size_t targets; } run;

typedef struct gathering {
	const cc_snapshot *s;
	cc_arena *arena;
	cc_map *index;           /* experiment's name in its namespace -> run */
	CC_VEC(run) runs;
} gathering;

/* Podnetworkchaos and its like carry out what an experiment ordered; they are no experiments. */
static bool is_experiment(cc_str kind)
{
	return cc_str_ends(kind, CC_STR("Chaos")) && !cc_str_starts(kind, CC_STR("PodNetwork")) && !cc_str_starts(kind, CC_STR("PodHttp")) &&
		!cc_str_starts(kind, CC_STR("PodIO"));
}

static run *run_of(gathering *g, cc_sym ns, cc_str name, cc_entity_id entity)
{
	cc_str key = cc_arena_printf(g->arena, "%u/%.*s", ns, CC_STR_ARG(name));
	uint64_t at = g->runs.n;
	if (!key.p)
		return NULL;
	if (!cc_map_get(g->index, key, &at)) {
		run r = { .pub = { .started_ns = CC_TIME_NONE, .applied_ns = CC_TIME_NONE, .recovered_ns = CC_TIME_NONE, .example = UINT32_MAX } };
		if (!cc_map_set(g->index, key, at) || !cc_vec_push(&g->runs, r))
			return NULL;
	}
	if (at >= g->runs.n)     /* entered when memory was out */
		return NULL;
	if (entity)
		g->runs.p[at].pub.experiment = entity;
	return &g->runs.p[at];
}

static cc_str after_word(cc_str text, const char *words)
{
	size_t at = cc_str_find_nocase(text, cc_str_from(words));
	return at == CC_STR_NONE ? CC_STR_EMPTY : cc_str_trim(cc_str_sub(text, at + cc_str_from(words).n, text.n));
}

static void add_target(gathering *g, run *r, const cc_event *e)
{
	cc_str target = after_word(e->message, "chaos for "), ns, pod;
	cc_str key = cc_arena_printf(g->arena, "target %zu %.*s", (size_t)(r - g->runs.p), CC_STR_ARG(target));
	if (!target.n || !key.p || cc_map_get(g->index, key, NULL) || !cc_map_set(g->index, key, 1))
		return;
	if (!r->targets++) {
		r->first_target = target;
		if (cc_str_cut(target, '/', &ns, &pod)) {
			cc_str name, container;
			cc_str_cut(pod, '/', &name, &container);
			r->pub.target = cc_entity_of_pod(g->s, ns, name);
		}
	}
}

static bool take(gathering *g, uint32_t row)
{
	const cc_event *e = cc_events_get(g->s, row);
	cc_str kind = cc_snapshot_sym(g->s, e->kind), reason = cc_snapshot_sym(g->s, e->reason);
	cc_str spawned = cc_str_eqz(kind, "Schedule") || cc_str_eqz(kind, "Workflow") ? after_word(e->message, "new object: ") : CC_STR_EMPTY;
	if (!is_experiment(kind) && !spawned.n)
		return true;
	run *r = run_of(g, e->ns, spawned.n ? spawned : cc_snapshot_sym(g->s, e->name), spawned.n ? 0 : e->entity);
	if (!r)
		return false;
	if (spawned.n)
		r->pub.schedule = e->entity;
	if (r->pub.started_ns == CC_TIME_NONE || e->first_ns < r->pub.started_ns)
		r->pub.started_ns = e->first_ns;
	if (r->pub.example == UINT32_MAX || cc_str_eqz(reason, "Applied") || (e->warning && r->pub.applied_ns == CC_TIME_NONE))
		r->pub.example = row;
	if (cc_str_eqz(reason, "Applied")) {
		add_target(g, r, e);
		if (r->pub.applied_ns == CC_TIME_NONE || e->first_ns < r->pub.applied_ns)
			r->pub.applied_ns = e->first_ns;
	} else if (cc_str_eqz(reason, "Recovered")) {
		add_target(g, r, e);
		r->pub.recovered_ns = e->last_ns > r->pub.recovered_ns ? e->last_ns : r->pub.recovered_ns;
	} else if (e->warning) {
		r->pub.problem = e->message;
	}
	return true;
}

static int by_start(const void *x, const void *y)
{
	const run *a = x, *b = y;
	if (a->pub.started_ns != b->pub.started_ns)
		return a->pub.started_ns < b->pub.started_ns ? -1 : 1;
	return a->pub.example < b->pub.example ? -1 : a->pub.example > b->pub.example;
}

static void conclude(gathering *g, run *r)
{
	bool applied = r->pub.applied_ns != CC_TIME_NONE, recovered = r->pub.recovered_ns != CC_TIME_NONE;
	r->pub.state = recovered ? CC_CHAOS_RECOVERED : applied ? CC_CHAOS_ACTIVE : r->pub.problem.n ? CC_CHAOS_FAILED : CC_CHAOS_STARTED;
	if (r->targets > 1)
		r->pub.targets = cc_arena_printf(g->arena, "%.*s +%zu", CC_STR_ARG(r->first_target), r->targets - 1);
	else
		r->pub.targets = r->first_target;
}

cc_code cc_chaos_runs(cc_chaos_run_vec *out, const cc_snapshot *s, const cc_index_vec *rows, cc_arena *arena)
{
	gathering g = { .s = s, .arena = arena, .index = cc_map_new() };
	cc_code code = g.index ? CC_OK : CC_ENOMEM;
	for (size_t i = 0; i < rows->n && code == CC_OK; i++)
		code = take(&g, rows->p[i]) ? CC_OK : CC_ENOMEM;
	if (g.runs.n > 1)
		qsort(g.runs.p, g.runs.n, sizeof *g.runs.p, by_start);
	for (size_t i = 0; i < g.runs.n && code == CC_OK; i++) {
		conclude(&g, &g.runs.p[i]);
		code = cc_vec_push(out, g.runs.p[i].pub) ? CC_OK : CC_ENOMEM;
	}
	cc_vec_deinit(&g.runs);
	cc_map_free(g.index);
	return code;
}

const char *cc_chaos_state_name(cc_chaos_state v)
{
	static const char *const names[] = { "started", "active", "recovered", "failed" };
	return names[(unsigned)v <= CC_CHAOS_FAILED ? v : 0];
}
