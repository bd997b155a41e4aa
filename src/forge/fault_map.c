/* fault_map.c - how much each part of an application is used: what decides whether breaking it is noticed.
 *
 * The users' journeys are followed call by call; counts are expectations, in calls per million requests of users. Under
 * a cut (a fault that is there already) calls that fail are not counted, nor what would have come after them. */
#include <string.h>

#include "forge/fault_priv.h"

enum { ROUNDS = 12, MILLION = 1000000 }; /* no application's calls are nested deeper */

static int64_t mean_repeats(int most)
{
	return most > 1 ? (int64_t)(1 + most) * 500 : 1000;
}

static bool in_mesh(const forge_app *app, int service)
{
	return app->istio && app->services[service].mesh;
}

bool fault_cuts(const fault_map *m, int op, const forge_step *st)
{
	const fault_cut *c = m->cut;
	int from = m->app->ops[op].service, to = st->op >= 0 ? m->app->ops[st->op].service : -1;
	if (!c) return false;
	if (from == c->caller && (c->env == FAULT_ALL_CALLS || st->env == c->env)) return true;
	if (c->step_op >= 0 && op == c->op && st->op == c->step_op) return true;
	return to >= 0 && (to == c->callee || (c->plain && in_mesh(m->app, to) && !in_mesh(m->app, from)));
}

/* Permille of an operation's requests that fail before it calls anybody. */
static int64_t fails_itself(const fault_map *m, int op)
{
	return m->cut && m->cut->op == op ? m->cut->permille : 0;
}

/* Permille of the requests that make this call and fail with it. */
static int64_t fails_by(const fault_map *m, int op, const forge_step *st)
{
	int64_t often = (st->permille ? st->permille : 1000) * mean_repeats(st->most) / 1000;
	int64_t fails = fault_cuts(m, op, st) ? 1000 : st->op >= 0 ? m->fail[st->op] : 0;
	if (st->tolerated) return 0;
	return (often < 1000 ? often : 1000) * fails / 1000;
}

/* Permille of each operation's requests that fail, from the called to their callers. */
static void count_failures(fault_map *m)
{
	const forge_app *app = m->app;
	memset(m->fail, 0, (size_t)app->ops_n * sizeof *m->fail);
	for (int round = 0; round < ROUNDS && m->cut; round++)
		for (int op = 0; op < app->ops_n; op++) {
			int64_t goes_well = 1000 - fails_itself(m, op);
			for (int i = 0; i < app->ops[op].steps_n; i++)
				goes_well = goes_well * (1000 - fails_by(m, op, &app->ops[op].steps[i])) / 1000;
			m->fail[op] = 1000 - goes_well;
		}
}

static void spread_step(fault_map *m, const forge_step *st, int op, int64_t amount, int64_t *next)
{
	int caller = m->app->ops[op].service;
	if (st->op < 0 || fault_cuts(m, op, st)) return;
	int64_t calls = amount * (st->permille ? st->permille : 1000) / 1000 * mean_repeats(st->most) / 1000;
	next[st->op] += calls;
	m->edge[m->app->ops[st->op].service * m->app->services_n + caller] += calls;
}

/* The calls of one operation in their order: after one that failed there are no more. Those made together all go out. */
static int64_t spread_op(fault_map *m, int op, int64_t amount, int64_t *next)
{
	const forge_op *o = &m->app->ops[op];
	amount = amount * (1000 - fails_itself(m, op)) / 1000;
	int64_t left = amount;
	for (int i = 0; i < o->steps_n; i++) {
		if (!o->steps[i].parallel) amount = left;
		spread_step(m, &o->steps[i], op, amount, next);
		left = left * (1000 - fails_by(m, op, &o->steps[i])) / 1000;
	}
	return left;
}

/* One level of calls: what these requests make others do. */
static void spread(fault_map *m, const int64_t *now, int64_t *next)
{
	const forge_app *app = m->app;
	for (int op = 0; op < app->ops_n; op++) {
		const forge_op *o = &app->ops[op];
		if (now[op] == 0) continue;
		m->op[op] += now[op];
		m->service[o->service] += now[op];
		int64_t done = spread_op(m, op, now[op], next);
		for (int i = 0; i < o->consumers_n; i++) {
			int reader = app->ops[o->consumers[i]].service;
			if (m->cut && reader == m->cut->callee) continue;
			next[o->consumers[i]] += done;
			m->edge[reader * app->services_n + o->service] += done;
		}
	}
}

/* Does a request of the users that the entry passes on get there? */
static bool forwarded(const fault_map *m, int op)
{
	forge_step to = { .op = op, .env = -1 };
	const forge_op *entry = &m->app->ops[m->app->entry_op];
	for (int i = 0; i < entry->steps_n; i++)
		if (entry->steps[i].op == FORGE_FORWARD) to.env = entry->steps[i].env;
	return !fault_cuts(m, m->app->entry_op, &to);
}

static void forward(fault_map *m, int op, int64_t amount, int64_t *now)
{
	const forge_app *app = m->app;
	int n = app->services_n, user = -1;
	for (int i = 0; i < n; i++)
		if (app->services[i].loadgen) user = i;
	int first = app->entry_op < 0 ? op : app->entry_op;
	if (m->cut && (app->ops[first].service == m->cut->callee || (user >= 0 && user == m->cut->caller))) return;
	if (app->entry_op < 0 || app->entry_op == op) {
		now[op] += amount;
		if (user >= 0) m->edge[app->ops[op].service * n + user] += amount;
		return;
	}
	now[app->entry_op] += amount;
	if (user >= 0) m->edge[app->ops[app->entry_op].service * n + user] += amount;
	if (!forwarded(m, op)) return;
	now[op] += amount;
	m->edge[app->ops[op].service * n + app->ops[app->entry_op].service] += amount;
}

/* Users ask flagd themselves how much of a flood it shall be. */
static void ask_flagd(fault_map *m, int64_t amount, int64_t *now)
{
	const forge_app *app = m->app;
	for (int i = 0, op; i < app->flags_n; i++) {
		if (app->flags[i].effect != EFFECT_FLOOD || (op = app->flags[i].step_op) < 0) continue;
		for (int user = 0; user < app->services_n; user++) {
			if (!app->services[user].loadgen) continue;
			if (m->cut && (app->flagd == m->cut->callee || user == m->cut->caller)) continue;
			now[op] += amount;
			m->edge[app->flagd * app->services_n + user] += amount;
		}
	}
}

static int64_t journey_requests(const forge_journey *j)
{
	return (j->requests_n ? j->requests_n - 1 : 0) * INT64_C(1000) +
	       (j->requests_n ? mean_repeats(j->most_first) : 0);
}

static void start_journeys(fault_map *m, int64_t *now)
{
	const forge_app *app = m->app;
	int64_t all = 0;
	for (int i = 0; i < app->journeys_n; i++) all += app->journeys[i].weight * journey_requests(&app->journeys[i]);
	for (int i = 0; i < app->journeys_n && all > 0; i++) {
		const forge_journey *j = &app->journeys[i];
		if (i == 0) ask_flagd(m, INT64_C(1000) * MILLION * j->weight / all, now);
		for (int k = 0; k < j->requests_n; k++) {
			int64_t times = k == 0 ? mean_repeats(j->most_first) : 1000;
			forward(m, j->requests[k], j->weight * times * MILLION / all, now);
		}
	}
}

void fault_map_count(fault_map *m, const fault_cut *cut)
{
	size_t ops = (size_t)m->app->ops_n, n = (size_t)m->app->services_n;
	int64_t *now = m->now, *next = m->next;
	memset(m->op, 0, ops * sizeof *m->op);
	memset(m->service, 0, n * sizeof *m->service);
	memset(m->edge, 0, n * n * sizeof *m->edge);
	memset(now, 0, ops * sizeof *now);
	m->cut = cut;
	count_failures(m);
	start_journeys(m, now);
	for (int round = 0; round < ROUNDS; round++) {
		memset(next, 0, ops * sizeof *next);
		spread(m, now, next);
		int64_t *swap = now;
		now = next;
		next = swap;
	}
}

bool fault_map_make(fault_map *m, const forge_app *app, cc_arena *arena)
{
	size_t ops = (size_t)app->ops_n, n = (size_t)app->services_n;
	m->app = app;
	m->rps_milli = FAULT_RPS_MILLI;
	m->seconds = FAULT_SECONDS;
	m->op = cc_arena_array(arena, ops, sizeof *m->op);
	m->service = cc_arena_array(arena, n, sizeof *m->service);
	m->edge = cc_arena_array(arena, n * n, sizeof *m->edge);
	m->failing = cc_arena_array(arena, ops, sizeof *m->failing);
	m->named = cc_arena_array(arena, n, sizeof *m->named);
	m->fail = cc_arena_array(arena, ops, sizeof *m->fail);
	m->now = cc_arena_array(arena, ops, sizeof *m->now);
	m->next = cc_arena_array(arena, ops, sizeof *m->next);
	if (!m->op || !m->service || !m->edge || !m->failing || !m->named) return false;
	if (!m->fail || !m->now || !m->next) return false;
	fault_map_count(m, NULL);
	return true;
}

int64_t fault_edge(const fault_map *m, int callee, int caller)
{
	return m->edge[callee * m->app->services_n + caller];
}

bool fault_connects(const fault_map *m, int service, int from)
{
	if (fault_edge(m, service, from) > 0) return true;
	for (int op = 0; op < m->app->ops_n; op++) {
		const forge_op *o = &m->app->ops[op];
		for (int i = 0; i < o->consumers_n && o->service == service; i++)
			if (m->app->ops[o->consumers[i]].service == from) return true;
	}
	return false;
}

int fault_top_op(const fault_map *m, int service)
{
	int best = -1;
	for (int op = 0; op < m->app->ops_n; op++)
		if (m->app->ops[op].service == service && (best < 0 || m->op[op] > m->op[best])) best = op;
	return best;
}

bool fault_is_store(const forge_app *app, int service)
{
	return app->services[service].lang == LANG_STORE;
}

int64_t fault_pod_rate(const fault_map *m, int op)
{
	int replicas = m->app->services[m->app->ops[op].service].replicas;
	return m->op[op] * m->rps_milli / MILLION / (replicas > 0 ? replicas : 1);
}

bool fault_slows(const fault_map *m, int op, int64_t each_us)
{
	enum { SLOW_US = 1600000 }; /* the rules take 1500 ms for slow */
	return each_us >= SLOW_US || fault_pod_rate(m, op) * each_us / 1000 >= MILLION * 21 / 20;
}

int64_t fault_fills_s(const fault_map *m, int op, int64_t kib_each)
{
	const forge_service *v = &m->app->services[m->app->ops[op].service];
	int64_t rate = fault_pod_rate(m, op), room = (int64_t)(v->mem_limit_mi - v->mem_base_mi) * 1024;
	if (v->mem_limit_mi <= 0) return 0;
	return rate > 0 && kib_each > 0 ? room * 1000 / (kib_each * rate) : INT32_MAX;
}

/* ---- who would be named ---- */

/* Does this step fail its caller's calls? */
static bool step_fails(const fault_map *m, const forge_step *st, int service, int caller, int env)
{
	if (caller == service && env != FAULT_ITSELF) return env == FAULT_ALL_CALLS || st->env == env;
	if (st->op >= 0) return m->failing[st->op];
	for (int op = 0; op < m->app->ops_n; op++) /* forwarded: whatever users ask for */
		if (m->failing[op] && fault_edge(m, m->app->ops[op].service, caller) > 0) return true;
	return false;
}

/* One operation: its failing calls are its own errors; unless it tolerates them it fails as well. True: that is news. */
static bool op_suffers(const fault_map *m, int op, int service, int env)
{
	const forge_op *o = &m->app->ops[op];
	const forge_service *v = &m->app->services[o->service];
	bool judged_as_callee = m->app->istio && v->mesh, news = false;
	if (m->op[op] < FAULT_NOTICED || v->loadgen) return false;
	for (int i = 0; i < o->steps_n; i++) {
		const forge_step *st = &o->steps[i];
		if (!step_fails(m, st, service, o->service, env)) continue;
		if (v->traced && !judged_as_callee) m->named[o->service] = true;
		if (st->tolerated || m->failing[op]) continue;
		m->failing[op] = m->named[o->service] = news = true;
	}
	return news;
}

int fault_others_named(const fault_map *m, int service, int env)
{
	int n = 0;
	memset(m->named, 0, (size_t)m->app->services_n * sizeof *m->named);
	for (int op = 0; op < m->app->ops_n; op++)
		m->failing[op] = env == FAULT_ITSELF && m->app->ops[op].service == service;
	for (bool again = true; again;) {
		again = false;
		for (int op = 0; op < m->app->ops_n; op++) again |= op_suffers(m, op, service, env);
	}
	for (int i = 0; i < m->app->services_n; i++)
		n += m->named[i] && i != service && !m->app->services[i].metrics_hidden;
	return n;
}
