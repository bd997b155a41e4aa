/* debrief_innocent.c - why each service that is no cause is innocent, in numbers that this run has counted, and where it shows. */
#include <string.h>

#include "forge/truth_priv.h"

typedef struct excuse { const char *text, *command, *pattern; } excuse; /* command, pattern: NULL none */

/* One edge of calls, by what happened to it after the onset. */
typedef struct edge_count { int other; uint32_t n; } edge_count;

static uint32_t at(const forge_sim *s, const uint32_t *table, int callee, int caller)
{
	return table ? table[callee * s->app->services_n + caller] : 0;
}

/* The callee of a service with the largest count; only of those the cause reached, or of all. */
static edge_count most_of(const forge_sim *s, const truth_reach *r, const uint32_t *table, int caller, bool reached)
{
	edge_count best = { -1, 0 };
	for (int callee = 0; callee < s->app->services_n; callee++) {
		uint32_t n = at(s, table, callee, caller);
		if (n > best.n && callee != caller && (!reached || r->in[callee])) best = (edge_count){ callee, n };
	}
	return best;
}

static uint32_t sum(const forge_sim *s, const uint32_t *table, int service, bool incoming)
{
	uint32_t n = 0;
	for (int i = 0; i < s->app->services_n; i++) n += incoming ? at(s, table, service, i) : at(s, table, i, service);
	return n;
}

static const char *named(forge_sim *s, int service)
{
	return fault_literal(s, fault_service_name(s, service));
}

/* Where failed calls of a caller show: at the caller when nobody answered, else between the two. */
static void show_failed(forge_sim *s, excuse *x, int caller, edge_count e)
{
	flow_effects_seen seen = flow_seen(s);
	bool lost = at(s, seen.lost, e.other, caller) * 2 > e.n || !plan_spans_shown(s, e.other);
	if (!plan_spans_shown(s, caller)) return;
	if (!lost && at(s, seen.answered, e.other, caller) * 2 <= e.n) { /* it gave up, and the callee went on: seen at either */
		x->command = "paths by=edge";
		return;
	}
	x->command = lost ? "paths origin" : "paths by=edge";
	x->pattern = lost ? forge_text(s, "(?m)^ *\\d+ +%s ", named(s, caller))
			  : forge_text(s, "%s > %s +(gone|\\D+\\d+ +\\d+ +([1-9]|\\d+ +[1-9]))", named(s, caller), named(s, e.other));
}

static void show_edge(forge_sim *s, excuse *x, const char *pattern, int caller, int callee)
{
	bool both = plan_spans_shown(s, callee) && plan_spans_shown(s, caller);
	x->command = both ? "paths by=edge" : NULL;
	x->pattern = both ? pattern : NULL;
}

static const forge_cause *cause_of_victim(const forge_sim *s, int service)
{
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (s->plan.causes.p[i].first_hit == service) return &s->plan.causes.p[i];
	return NULL;
}

static const forge_cause *cause_in_vain(const forge_sim *s, int service)
{
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (s->plan.causes.p[i].other == service) return &s->plan.causes.p[i];
	return NULL;
}

static excuse first_victim(forge_sim *s, const forge_cause *c)
{
	const forge_proof *p = plan_best_proof(s, c);
	excuse x = { .text = forge_text(s, "the first victim: %s. The cause: %s", c->first_effect, c->condition) };
	if (p) x.command = p->command, x.pattern = p->pattern;
	return x;
}

static excuse failing(forge_sim *s, int service, edge_count e)
{
	const char *f = fault_service_name(s, e.other);
	excuse x = { .text = s->app->services[service].loadgen
				     ? forge_text(s, "it plays the users: %u of their requests to %s failed after the onset", e.n, f)
				     : forge_text(s, "fails because %s fails: %u of its calls to it failed after the onset", f, e.n) };
	show_failed(s, &x, service, e);
	return x;
}

static excuse waiting(forge_sim *s, int service, edge_count e)
{
	const char *f = fault_service_name(s, e.other);
	excuse x = { .text = s->app->services[service].loadgen
				     ? forge_text(s, "it plays the users: %u of their requests to %s took far longer than before", e.n, f)
				     : forge_text(s, "slow because %s is slow: %u of its calls to it took far longer than before", f, e.n) };
	show_edge(s, &x, forge_text(s, "%s > %s ", named(s, service), named(s, e.other)), service, e.other);
	return x;
}

/* A service that gets no requests, because one that suffers fails before it would call it, or does not get there. */
static bool starved(forge_sim *s, const truth_reach *r, int service, excuse *x)
{
	const char *name = fault_service_name(s, service);
	for (int from = 0; from < s->app->services_n; from++) {
		const char *f = fault_service_name(s, from);
		truth_link how = r->in[from] ? truth_leads(s, r, from, service) : LINK_NONE;
		if (how == LINK_UNREACHED) {
			*x = (excuse){ .text = forge_text(s, "silent because calls of %s do not get to %s", f, name) };
			show_failed(s, x, from, (edge_count){ service, truth_count(s, how, from, service) });
			if (!x->command) *x = (excuse){ x->text, "alerts", forge_text(s, "NoRequests\\w+ .*/%s ", named(s, service)) };
			return true;
		}
		if (how != LINK_STARVED) continue;
		*x = (excuse){ .text = forge_text(s, "silent because %s fails before it calls %s", f, name) };
		bool all = true; /* whoever called it: without that one's spans there is no edge */
		for (int i = 0; i < s->app->services_n; i++) all &= !s->app->services[i].traced || plan_spans_shown(s, i);
		if (all) show_edge(s, x, forge_text(s, " > %s ", named(s, service)), service, service);
		return true;
	}
	return false;
}

static excuse bystander(forge_sim *s, int service)
{
	flow_effects_seen seen = flow_seen(s);
	uint32_t failed = sum(s, seen.failed, service, false), before = sum(s, seen.failed_before, service, false),
		 to_it = sum(s, seen.failed, service, true), to_it_before = sum(s, seen.failed_before, service, true);
	excuse x = { .command = "paths by=edge" };
	bool in = to_it > 0;
	if (failed + to_it == 0) x.text = "untouched: none of its calls, and no call to it, failed after the onset";
	else
		x.text = forge_text(s, "nothing of the cause was counted at it: %u %s failed after the onset%s", in ? to_it : failed,
			in ? "calls to it" : "of its calls",
			s->plan.no_baseline ? "" : forge_text(s, ", %u before", in ? to_it_before : before));
	return x;
}

static excuse excuse_of(forge_sim *s, const truth_reach *r, int service)
{
	flow_effects_seen seen = flow_seen(s);
	const forge_cause *victim = cause_of_victim(s, service), *vain = cause_in_vain(s, service);
	edge_count failed = most_of(s, r, seen.failed, service, true), slow = most_of(s, r, seen.slow, service, true);
	excuse x = { 0 };
	if (victim) return first_victim(s, victim);
	if (failed.n > 0 && failed.n >= slow.n / 4) return failing(s, service, failed);
	if (slow.n > 0) return waiting(s, service, slow);
	if (vain) {
		x = first_victim(s, vain);
		x.text = forge_text(s, "nothing is wrong with it: calls to it go astray. The cause: %s", vain->condition);
		return x;
	}
	return starved(s, r, service, &x) ? x : bystander(s, service);
}

static bool named_by_cause(const forge_sim *s, const forge_entity *e)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *c = &s->plan.causes.p[i];
		if (truth_same(&c->root, e)) return true;
		for (int a = 0; a < c->aliases; a++)
			if (truth_same(&c->alias[a], e)) return true;
	}
	return false;
}

static void write_one(forge_sim *s, const forge_entity *e, const excuse *x, cc_buf *b)
{
	if (named_by_cause(s, e)) return;
	truth_text(b, "  - ", "entity", debrief_entity(s, e));
	truth_text(b, "    ", "innocent", x->text);
	if (!x->command || !plan_readable(s, x->command)) return;
	truth_text(b, "    ", "command", x->command);
	if (x->pattern) truth_text(b, "    ", "pattern", x->pattern);
}

void debrief_innocent(forge_sim *s, const truth_reach *r, cc_buf *b)
{
	cc_buf_addz(b, "innocent:\n");
	for (int i = 0; i < s->app->services_n; i++) {
		forge_entity e = fault_workload_entity(s, i);
		excuse x = excuse_of(s, r, i);
		write_one(s, &e, &x, b);
		e.kind = "Service";
		if (s->app->services[i].port > 0) write_one(s, &e, &x, b);
	}
}
