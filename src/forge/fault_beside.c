/* fault_beside.c - can two faults be found in one incident?
 *
 * A fault that cuts off the calls which the other one's victims live on leaves nothing of the other to be seen: its
 * errors never happen, or happen where the first one's do. What is left of the calls is counted under the other's cut,
 * and the fault must still matter there, in both orders: whichever came first, both are asked for in the end. */
#include <string.h>

#include "forge/fault_priv.h"

static const char *kind_of(const forge_cause *c)
{
	return fault_row_get(c->kind)->pub.kind;
}

static bool is_kind(const forge_cause *c, const char *kind)
{
	return strcmp(kind_of(c), kind) == 0;
}

static void cut_flag(const forge_app *app, const forge_flag *f, fault_cut *cut)
{
	int64_t permille = (int64_t)f->amount * f->variants[f->on].number;
	if (f->effect == EFFECT_FLOOD || f->effect == EFFECT_NOTHING) return;
	cut->op = f->op;
	if (f->effect == EFFECT_UNREACHABLE) cut->step_op = f->step_op;
	else if (f->effect != EFFECT_FAIL) cut->permille = 1000; /* slow enough to be given up */
	else cut->permille = (int)(permille < 1000 ? permille : 1000) / (f->item && app->items_n ? app->items_n : 1);
}

/* The calls that a fault makes fail while it acts. */
fault_cut fault_cut_by(const fault_map *m, const forge_cause *c)
{
	const fault_row *row = fault_row_get(c->kind);
	fault_cut cut = { .callee = -1, .caller = -1, .env = -1, .op = -1, .step_op = -1 };
	if (row->at == AT_FLAG) {
		cut_flag(m->app, &m->app->flags[c->flag], &cut);
	} else if (row->at == AT_CLUSTER) {
		cut.plain = is_kind(c, "mesh-mtls");
		if (!cut.plain) cut.caller = fault_mesh_caller(m), cut.env = FAULT_ALL_CALLS;
	} else if (row->shape == SHAPE_CALLS || row->shape == SHAPE_ONE_CALL) {
		cut.caller = c->service;
		cut.env = row->shape == SHAPE_CALLS ? FAULT_ALL_CALLS : fault_wrong_env(m, c->service);
	} else {
		cut.callee = row->at == AT_PAIR ? c->other : c->service;
	}
	return cut;
}

/* Does it let requests through, now and then or slowly? */
static bool passing(const fault_map *m, const forge_cause *c)
{
	const fault_row *row = fault_row_get(c->kind);
	forge_effect effect = row->at == AT_FLAG ? m->app->flags[c->flag].effect : EFFECT_NOTHING;
	return row->shape == SHAPE_PASSING || (row->at == AT_FLAG && effect != EFFECT_FAIL && effect != EFFECT_UNREACHABLE);
}

/* Is the call it spoils still made? `left` is counted under the other's cut. */
static bool call_made(const fault_map *m, const fault_map *left, const forge_cause *c)
{
	const fault_row *row = fault_row_get(c->kind);
	int from = -1, to = -1;
	if (row->shape == SHAPE_ONE_CALL) {
		int env = fault_wrong_env(m, c->service);
		from = c->service;
		to = env >= 0 ? m->app->services[from].env[env].service : -1;
	} else if (row->at == AT_FLAG && m->app->flags[c->flag].effect == EFFECT_UNREACHABLE) {
		const forge_flag *f = &m->app->flags[c->flag];
		from = m->app->ops[f->op].service, to = m->app->ops[f->step_op].service;
	}
	return from < 0 || to < 0 || fault_edge(left, to, from) >= FAULT_NOTICED;
}

/* Does it have pods of the application made? Where a quota forbids that, its own trouble never begins. */
static bool makes_pods(const forge_cause *c)
{
	static const char *const MAKERS[] = { "dns-policy", "wrong-env", "bad-probe", "tiny-resources", "limits-removed",
		"priority-preemption", "api-flood", "store-password", "store-memory", "mesh-namespace", "chaos-kill" };
	if (fault_row_get(c->kind)->family == FAM_WORKLOAD) return !is_kind(c, "scaled-to-zero");
	for (size_t i = 0; i < sizeof MAKERS / sizeof MAKERS[0]; i++)
		if (is_kind(c, MAKERS[i])) return true;
	return false;
}

/* Do the pods it has made wait for a service that the other one keeps from answering? */
static bool waits_in_vain(const fault_map *m, const forge_cause *c, const forge_cause *other)
{
	const int at = is_kind(c, "mesh-namespace") ? fault_mesh_caller(m) : c->service;
	const int wait = at >= 0 && makes_pods(c) ? m->app->services[at].wait_for : -1;
	return wait >= 0 && !passing(m, other) && fault_cut_by(m, other).callee == wait;
}

/* What the cluster does not do under the other one. */
static const char *cluster_forbids(const forge_cause *c, const forge_cause *other)
{
	if (is_kind(other, "quota") && makes_pods(c)) return "the quota keeps its new pods from being made";
	if (is_kind(other, "cordoned-node") && is_kind(c, "priority-preemption"))
		return "nothing new is placed on a cordoned node";
	if (is_kind(other, "mesh-namespace") && is_kind(c, "mesh-mtls"))
		return "mutual TLS is demanded from the beginning there";
	return NULL;
}

static bool step_hurt(const fault_map *m, int op, const forge_step *st)
{
	return fault_cuts(m, op, st) || (st->op >= 0 && m->fail[st->op] > 0);
}

static const char *client_name(const fault_map *m, const forge_step *st)
{
	const forge_op *o = &m->app->ops[st->op];
	return o->client ? o->client : o->name;
}

/* Does one of its callers call nobody else under the name it calls this service by? */
static bool told_apart(const fault_map *m, int caller, int service)
{
	const forge_app *app = m->app;
	bool apart = false;
	for (int op = 0; op < app->ops_n; op++)
		for (int i = 0; app->ops[op].service == caller && i < app->ops[op].steps_n; i++) {
			const forge_step *st = &app->ops[op].steps[i];
			if (st->op < 0 || app->ops[st->op].service != service) continue;
			apart = true;
			for (int k = 0; k < app->ops_n && apart; k++)
				for (int j = 0; app->ops[k].service == caller && j < app->ops[k].steps_n; j++) {
					const forge_step *x = &app->ops[k].steps[j];
					if (x->op < 0 || app->ops[x->op].service == service) continue;
					apart &= strcmp(client_name(m, st), client_name(m, x)) != 0;
				}
		}
	return apart;
}

bool fault_origin_told(forge_sim *s, int service)
{
	fault_map m;
	const bool alone = s->plan.causes.n < 2;
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return false;
	}
	for (int i = 0; i < s->app->services_n; i++)
		if (fault_edge(&m, service, i) >= FAULT_NOTICED && plan_spans_shown(s, i) && (alone || told_apart(&m, i, service)))
			return true;
	return false;
}

/* Does a cut fail a call of that name which another one leaves alone? A call that passes on both is no matter. */
static bool fails_alone(const fault_map *m, const fault_map *but_not, int service, const char *name)
{
	const forge_app *app = m->app;
	for (int op = 0; op < app->ops_n; op++)
		for (int i = 0; app->ops[op].service == service && i < app->ops[op].steps_n; i++) {
			const forge_step *st = &app->ops[op].steps[i];
			if (st->op < 0 || !step_hurt(m, op, st) || step_hurt(but_not, op, st)) continue;
			if (strcmp(client_name(m, st), name) == 0) return true;
		}
	return false;
}

/* Do both fail calls that one service makes under one name? Views by caller and operation show one. */
static bool told_as_one(const fault_map *a, const fault_map *b, int service)
{
	const forge_app *app = a->app;
	for (int op = 0; op < app->ops_n; op++)
		for (int i = 0; app->ops[op].service == service && i < app->ops[op].steps_n; i++) {
			const forge_step *st = &app->ops[op].steps[i];
			if (st->op < 0 || !step_hurt(a, op, st) || step_hurt(b, op, st)) continue;
			if (fails_alone(b, a, service, client_name(a, st))) return true;
		}
	return false;
}

static const char *calls_forbid(const fault_map *m, const forge_cause *c, const forge_cause *other, cc_arena *arena)
{
	const fault_row *row = fault_row_get(c->kind);
	const fault_cut theirs = fault_cut_by(m, other), mine = fault_cut_by(m, c);
	const fault_target t = { c->service, c->other, c->flag };
	fault_map left, own;
	const char *why;
	if (!arena || !fault_map_make(&left, m->app, arena)) return "out of memory";
	if (!fault_map_make(&own, m->app, arena)) return "out of memory";
	left.rps_milli = m->rps_milli, left.seconds = m->seconds;
	fault_map_count(&left, &theirs);
	fault_map_count(&own, &mine);
	for (int i = 0; i < m->app->services_n; i++)
		if (told_as_one(&left, &own, i)) return "the calls that both make fail carry the same name";
	if (passing(m, other)) return NULL;
	if (row->check && (why = row->check(&left, &t))) return why;
	return call_made(m, &left, c) ? NULL : "the call it spoils is not made any more";
}

const char *fault_beside(const fault_map *m, const forge_cause *c, const forge_cause *other)
{
	const char *why = cluster_forbids(c, other);
	if (!why && waits_in_vain(m, c, other)) why = "its new pods wait for what the other takes away";
	if (why) return why;
	cc_arena *arena = cc_arena_new();
	why = calls_forbid(m, c, other, arena);
	cc_arena_free(arena);
	return why;
}
