/* heuristic_sick.c - where it hurts: what errors begin at, what calls never reach, what became slow, what alerts and rules complain of.
 *
 * A caller that fails without a sign of life from the one it calls leaves open which of the two it is; the one called is likelier. */
#include "agent/heuristic_priv.h"

#include <math.h>

enum { SICK_MAX = 12 };

heuristic_sick *heuristic_sick_named(heuristic_case *c, cc_str said)
{
	for (size_t i = 0; i < c->sick.n; i++) {
		heuristic_sick *s = &c->sick.p[i];
		if (cc_str_eq(agent_name_of(s->said), agent_name_of(said)) || (s->workload.n && cc_str_eq(s->workload, said)))
			return s;
	}
	return NULL;
}

static void add_sick(heuristic_case *c, cc_str said, double weight, cc_str cite, const char *why)
{
	if (!said.n || weight <= 0)
		return;
	heuristic_sick *s = heuristic_sick_named(c, said);
	if (!s && !cc_vec_push(&c->sick, ((heuristic_sick){ .said = said })))
		return;
	s = s ? s : &c->sick.p[c->sick.n - 1];
	if (cc_str_find_char(s->said, '/') == CC_STR_NONE && cc_str_find_char(said, '/') != CC_STR_NONE)
		s->said = said;
	if (weight > s->weight) {
		s->weight = weight;
		s->cite = cite.n ? cite : s->cite;
		s->why = cc_str_from(why);
	}
}

/* How much more there is after the onset than the same time before it would have had. */
static double rise(const heuristic_case *c, int64_t before, int64_t after)
{
	return (double)after - (double)before * c->after_per_before;
}

static void from_origins(heuristic_case *c)
{
	agent_asker *a = c->ask;
	cc_reply *r = agent_ask(a, "paths origin");
	const cc_section *s = agent_section(r, "origins");
	double most = 0;
	for (size_t i = 0; s && i < s->row_count; i++)
		most = fmax(most, rise(c, agent_int(s, &s->rows[i], "before"), agent_int(s, &s->rows[i], "after")));
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		double more = rise(c, agent_int(s, row, "before"), agent_int(s, row, "after"));
		if (more < 2 || more < most * 0.03)
			continue;
		double w = 0.3 + 0.7 * sqrt(more / most);
		cc_str peer = agent_text(a, s, row, "peer"), cite = agent_text(a, s, row, "cite");
		bool silent = agent_bool(s, row, "callee_silent") && peer.n;
		heuristic_failure f = { agent_text(a, s, row, "service"), peer, agent_text(a, s, row, "error"), cite, silent, w };
		(void)cc_vec_push(&c->failures, f);
		add_sick(c, peer, silent ? w : w * 0.4, cite, "calls to it fail, and it shows nothing of them");
		add_sick(c, agent_text(a, s, row, "service"), silent ? w * 0.7 : w, cite, "errors begin at it");
	}
	cc_reply_unref(r);
}

static void from_lost(heuristic_case *c)
{
	agent_asker *a = c->ask;
	cc_reply *r = agent_ask(a, "paths lost");
	const cc_section *s = agent_section(r, "lost");
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		int64_t lost = agent_int(s, row, "lost_after"), calls = agent_int(s, row, "calls_after");
		if (rise(c, agent_int(s, row, "lost_before"), lost) < 2 || !calls)
			continue;
		double w = 0.4 + 0.5 * (double)lost / (double)calls;
		add_sick(c, agent_text(a, s, row, "callee"), w, agent_text(a, s, row, "cite"), "calls do not reach it");
		add_sick(c, agent_text(a, s, row, "service"), w * 0.6, agent_text(a, s, row, "cite"), "its calls do not arrive");
	}
	cc_reply_unref(r);
}

/* By a typical call, and by the slowest of a hundred where only some are hit. */
static double slower(const cc_section *s, const cc_row *row, const char *p50_before, const char *p50_after, const char *p99_before,
	const char *p99_after)
{
	double b50 = (double)agent_int(s, row, p50_before), a50 = (double)agent_int(s, row, p50_after);
	double b99 = (double)agent_int(s, row, p99_before), a99 = (double)agent_int(s, row, p99_after);
	bool much50 = a50 > 2 * b50 && a50 - b50 > 20e6, much99 = a99 > 2.5 * b99 && a99 - b99 > 100e6;
	if (!b50 || (!much50 && !much99))
		return 0;
	return fmin(1, 0.45 + 0.12 * log10(1 + (a50 - b50 > 0 ? a50 - b50 : 0) / 10e6) + 0.08 * log10(1 + (a99 - b99 > 0 ? a99 - b99 : 0) / 10e6));
}

static void from_delays(heuristic_case *c)
{
	agent_asker *a = c->ask;
	cc_reply *r = agent_ask(a, "paths service");
	const cc_section *s = agent_section(r, "services");
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		if (agent_int(s, row, "calls_before"))
			(void)cc_vec_push(&c->traced, agent_text(a, s, row, "flow"));
		if ((double)agent_int(s, row, "calls_after") > 0.4 * (double)agent_int(s, row, "calls_before") * c->after_per_before)
			(void)cc_vec_push(&c->working, agent_text(a, s, row, "flow"));
		add_sick(c, agent_text(a, s, row, "flow"), slower(s, row, "self_p50_before_ns", "self_p50_after_ns", "self_p99_before_ns", "self_p99_after_ns"),
			CC_STR_EMPTY, "it takes longer by itself");
		if (cc_str_eqz(agent_text(a, s, row, "verdict"), "gone"))
			add_sick(c, agent_text(a, s, row, "flow"), 0.25, CC_STR_EMPTY, "nothing is heard of it any more");
	}
	cc_reply_unref(r);
	r = agent_ask(a, "paths edge");
	s = agent_section(r, "edges");
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		double w = slower(s, row, "gap_p50_before_ns", "gap_p50_after_ns", "gap_p99_before_ns", "gap_p99_after_ns");
		cc_str flow = agent_text(a, s, row, "flow");
		size_t arrow = cc_str_find(flow, CC_STR(" > "));
		if (w <= 0 || arrow == CC_STR_NONE)
			continue;
		add_sick(c, cc_str_sub(flow, arrow + 3, flow.n), w, CC_STR_EMPTY, "its callers wait longer than it takes");
		add_sick(c, cc_str_sub(flow, 0, arrow), w * 0.7, CC_STR_EMPTY, "its calls wait on the way");
	}
	cc_reply_unref(r);
}

static void from_alerts(heuristic_case *c)
{
	agent_asker *a = c->ask;
	cc_reply *r = agent_ask(a, "alerts");
	const cc_section *s = agent_section(r, "alerts");
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		cc_str name = agent_text(a, s, row, "alert"), entity = agent_text(a, s, row, "entity");
		c->api_trouble |= cc_str_starts(name, CC_STR("KubeAPI"));
		if (!cc_str_eqz(agent_kind_of(entity), "Namespace"))
			add_sick(c, entity, cc_str_starts(name, CC_STR("NoRequests")) ? 0.45 : agent_bool(s, row, "first_to_fire") ? 0.4 : 0.3, agent_text(a, s, row, "cite"), "alerts are about it");
	}
	cc_reply_unref(r);
}

/* "frontend-proxy-5b6544c4f-wkt9d" is of frontend-proxy, not of frontend. */
static bool is_of(cc_str name, cc_str workload)
{
	size_t dashes = 0, digits = 0;
	if (!cc_str_starts(name, workload) || !workload.n)
		return false;
	for (size_t k = workload.n + 1; k < name.n; k++) {
		dashes += name.p[k] == '-';
		digits += name.p[k] >= '0' && name.p[k] <= '9';
	}
	return name.n == workload.n || (name.p[workload.n] == '-' && digits && dashes <= 1);
}

/* Little when it does its work; less than all when nobody called it and nobody fails to, as far as callers are traced. */
static double missed(const heuristic_case *c, cc_str name)
{
	for (size_t i = 0; i < c->working.n; i++)
		if (is_of(name, c->working.p[i]))
			return 0.1;
	for (size_t i = 0; i < c->traced.n; i++)
		if (is_of(name, c->traced.p[i]))
			return 1;
	for (size_t i = 0; i < c->failures.n; i++)
		if (is_of(name, c->failures.p[i].peer))
			return 1;
	return c->traced.n ? 0.4 : 1;
}

bool heuristic_is_down(const heuristic_case *c, cc_str workload)
{
	for (size_t i = 0; i < c->down.n; i++)
		if (cc_str_eq(c->down.p[i], workload))
			return true;
	return false;
}

bool heuristic_was_killed(const heuristic_case *c, cc_str workload)
{
	for (size_t i = 0; i < c->killed.n; i++)
		if (is_of(agent_name_of(c->killed.p[i]), agent_name_of(workload)))
			return true;
	return false;
}

bool heuristic_is_hanging(const heuristic_case *c, cc_str entity)
{
	cc_str kind = agent_kind_of(entity);
	bool of = cc_str_eqz(kind, "Deployment") || cc_str_eqz(kind, "Pod") || cc_str_eqz(kind, "ReplicaSet");
	for (size_t i = 0; of && i < c->hanging.n; i++)
		if (cc_str_eq(agent_namespace_of(c->hanging.p[i]), agent_namespace_of(entity)) && is_of(agent_name_of(entity), agent_name_of(c->hanging.p[i])))
			return true;
	return false;
}

static bool says(agent_asker *a, const cc_section *s, cc_str entity, const char *rule)
{
	for (size_t i = 0; i < s->row_count; i++)
		if (cc_str_eqz(agent_text(a, s, &s->rows[i], "rule"), rule) && cc_str_eq(agent_text(a, s, &s->rows[i], "entity"), entity))
			return true;
	return false;
}

/* A rollout that does not come to its end, of a workload that lacks no replica: what is wrong with the new pods reaches nobody. */
static void read_replicas(heuristic_case *c)
{
	agent_asker *a = c->ask;
	cc_reply *r = agent_ask(a, "checks severity=info");
	const cc_section *s = agent_section(r, "checks");
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		cc_str rule = agent_text(a, s, row, "rule"), entity = agent_text(a, s, row, "entity");
		bool missing = cc_str_eqz(rule, "replicas-missing");
		if ((missing && cc_str_starts(agent_text(a, s, row, "finding"), CC_STR("has 0 of"))) || cc_str_eqz(rule, "scaled-to-zero"))
			(void)cc_vec_push(&c->down, entity);
		if (cc_str_eqz(rule, "oom-killed") || cc_str_eqz(rule, "crash-loop"))
			(void)cc_vec_push(&c->killed, entity);
		if (cc_str_eqz(rule, "rollout-stuck") && !says(a, s, entity, "replicas-missing") && !says(a, s, entity, "scaled-to-zero"))
			(void)cc_vec_push(&c->hanging, entity);
	}
	cc_reply_unref(r);
}

double heuristic_harm(const heuristic_case *c, cc_str rule, cc_str entity)
{
	if (heuristic_is_hanging(c, entity))
		return 0.1;
	static const char *const UNSTARTED[] = { "image-pull", "container-config", "unscheduled", "rollout-stuck", "replicas-missing", "not-ready" };
	size_t i = 0;
	while (i < sizeof UNSTARTED / sizeof *UNSTARTED && !cc_str_eqz(rule, UNSTARTED[i]))
		i++;
	return i < sizeof UNSTARTED / sizeof *UNSTARTED ? missed(c, agent_name_of(entity)) : 1;
}

/* Pods that do not run are trouble of their workload, whether or not anybody calls it. */
static void from_states(heuristic_case *c)
{
	agent_asker *a = c->ask;
	cc_reply *r = agent_ask(a, "checks");
	const cc_section *s = agent_section(r, "checks");
	for (size_t i = 0; s && i < s->row_count; i++) {
		const cc_row *row = &s->rows[i];
		cc_str entity = agent_text(a, s, row, "entity"), kind = agent_kind_of(entity);
		bool runs = cc_str_eqz(kind, "Pod") || cc_str_eqz(kind, "Deployment") || cc_str_eqz(kind, "StatefulSet") || cc_str_eqz(kind, "DaemonSet");
		if (runs && agent_bool(s, row, "fresh"))
			add_sick(c, entity, 0.6 * heuristic_harm(c, agent_text(a, s, row, "rule"), entity), agent_text(a, s, row, "cite"), "its state went wrong");
	}
	cc_reply_unref(r);
}

/* --- what touches it --- */

/* A Service stands for what it selects, and that is what runs. */
static cc_str runs_behind(const heuristic_case *c, const heuristic_sick *s)
{
	cc_str list = s->members, one;
	while (cc_str_eqz(agent_kind_of(s->workload), "Service") && list.n) {
		cc_str_cut(list, ',', &one, &list);
		one = cc_str_trim(one);
		if (cc_str_starts(one, CC_STR("Deployment/")) || cc_str_starts(one, CC_STR("StatefulSet/")) || cc_str_starts(one, CC_STR("DaemonSet/")))
			return cc_arena_printf(c->ask->arena, "%.*s/%.*s", CC_STR_ARG(agent_namespace_of(s->workload)), CC_STR_ARG(one));
	}
	return s->workload;
}

static void look_around(heuristic_case *c, heuristic_sick *s)
{
	agent_asker *a = c->ask;
	cc_reply *r = agent_ask(a, "topology %.*s", CC_STR_ARG(s->said));
	const cc_section *facts = agent_section(r, "entity"), *nodes = agent_section(r, "nodes");
	s->workload = agent_fact(a, facts, "workload");
	s->workload = s->workload.n ? s->workload : agent_fact(a, facts, "entity");
	s->members = agent_fact(a, facts, "members");
	s->workload = runs_behind(c, s);
	for (size_t i = 0; nodes && i < nodes->row_count; i++) {
		cc_str side = agent_text(a, nodes, &nodes->rows[i], "side");
		cc_str edge = cc_str_eqz(side, "callers") || cc_str_eqz(side, "callees") ? side : agent_text(a, nodes, &nodes->rows[i], "edge");
		heuristic_touch t = { agent_text(a, nodes, &nodes->rows[i], "entity"), edge, cc_str_eqz(side, "above") };
		if (!cc_str_eqz(side, "self") && !cc_vec_push(&s->touches, t))
			break;
	}
	cc_reply_unref(r);
}

/* Two names of one workload become one. */
static void merge_same(heuristic_case *c)
{
	for (size_t i = 0; i < c->sick.n; i++)
		for (size_t k = i + 1; k < c->sick.n;) {
			if (!c->sick.p[i].workload.n || !cc_str_eq(c->sick.p[i].workload, c->sick.p[k].workload)) {
				k++;
				continue;
			}
			cc_vec_deinit(&c->sick.p[k].touches);
			c->sick.p[k] = c->sick.p[--c->sick.n];
		}
}

static void heaviest_first(heuristic_case *c)
{
	for (size_t i = 1; i < c->sick.n; i++)
		for (size_t k = i; k && c->sick.p[k].weight > c->sick.p[k - 1].weight; k--) {
			heuristic_sick t = c->sick.p[k];
			c->sick.p[k] = c->sick.p[k - 1];
			c->sick.p[k - 1] = t;
		}
	while (c->sick.n > SICK_MAX)
		c->sick.n--;
}

void heuristic_find_sick(heuristic_case *c)
{
	read_replicas(c);
	from_alerts(c);
	from_origins(c);
	from_lost(c);
	from_delays(c);
	from_states(c);
	heaviest_first(c);
	for (size_t i = 0; i < c->sick.n; i++)
		look_around(c, &c->sick.p[i]);
	merge_same(c);
}

/* --- how directly an object touches it --- */

static bool is_member(const heuristic_sick *s, cc_str entity)
{
	cc_str list = s->members, one;
	if (!cc_str_eq(agent_namespace_of(entity), agent_namespace_of(s->workload)))
		return false;
	cc_str kind_name = cc_str_sub(entity, agent_namespace_of(entity).n + 1, entity.n);
	while (list.n) {
		cc_str_cut(list, ',', &one, &list);
		if (cc_str_eq(cc_str_trim(one), kind_name))
			return true;
	}
	return false;
}

cc_str heuristic_lasting(const heuristic_case *c, cc_str entity)
{
	cc_str kind = agent_kind_of(entity);
	if (!cc_str_eqz(kind, "Pod") && !cc_str_eqz(kind, "ReplicaSet") && !cc_str_eqz(kind, "Endpoints"))
		return entity;
	for (size_t i = 0; i < c->sick.n; i++)
		if (is_member(&c->sick.p[i], entity))
			return c->sick.p[i].workload;
	return entity;
}

typedef struct edge_reach { const char *edge; double reach; } edge_reach;
static const edge_reach edges[] = {
	{ "targets", 1 }, { "selects", 0.9 }, { "scales", 0.8 }, { "mounts", 0.8 }, { "env", 0.8 }, { "owns", 1 }, { "runs-on", 0.5 }, { "limits", 0.6 },
	{ "binds", 0.3 }, { "callees", 0.5 }, { "callers", 0.2 },
};

double heuristic_touches(const heuristic_sick *s, cc_str entity)
{
	double best = 0;
	if (cc_str_eq(s->workload, entity) || is_member(s, entity) || (!s->workload.n && cc_str_eq(agent_name_of(entity), s->said)))
		return 1;
	for (size_t i = 0; i < s->touches.n; i++) {
		if (!cc_str_eq(s->touches.p[i].entity, entity))
			continue;
		double r = 0.3;
		for (size_t k = 0; k < sizeof edges / sizeof edges[0]; k++)
			if (cc_str_eqz(s->touches.p[i].edge, edges[k].edge))
				r = edges[k].reach;
		best = fmax(best, r);
	}
	return best;
}

double heuristic_reach(const heuristic_case *c, cc_str entity, size_t *sick)
{
	double best = 0;
	for (size_t i = 0; i < c->sick.n; i++) {
		double r = heuristic_touches(&c->sick.p[i], entity) * c->sick.p[i].weight;
		if (r > best) {
			best = r;
			*sick = i;
		}
	}
	return best;
}
