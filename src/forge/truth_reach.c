/* truth_reach.c - where the effects went: a search over calls that really failed, became slow or were no longer made.
 *
 * Failure and slowness go from the callee to its caller. Silence goes the other way: whoever fails before it calls somebody,
 * or whose calls never get there, leaves that one without requests, which counts only when a rule has noticed it. Nothing is listed because it should have been. */
#include <string.h>

#include "forge/truth_priv.h"

bool truth_first_hit(const forge_sim *s, int service)
{
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (s->plan.causes.p[i].first_hit == service) return true;
	return false;
}

bool truth_silent(const forge_sim *s, int service)
{
	for (size_t i = 0; i < alerts_count(s); i++) {
		const forge_fired *a = alerts_get(s, i);
		if (a && a->service == service && a->fired_at >= s->inject && !a->background &&
			strncmp(a->name, "NoRequests", 10) == 0)
			return true;
	}
	return false;
}

uint32_t truth_count(const forge_sim *s, truth_link link, int from, int to)
{
	flow_effects_seen seen = flow_seen(s);
	int n = s->app->services_n, up = from * n + to, down = to * n + from;
	switch (link) {
	case LINK_FAILED: return seen.failed ? seen.failed[up] : 0;
	case LINK_SLOW: return seen.slow ? seen.slow[up] : 0;
	case LINK_STARVED: return seen.starved ? seen.starved[down] : 0;
	case LINK_UNREACHED: return seen.lost ? seen.lost[down] : 0;
	case LINK_NONE: break;
	}
	return 0;
}

/* Messages: a consumer that gets none was starved by whoever no longer fills its topic. */
static bool feeds(const forge_sim *s, int from, int to)
{
	for (int op = 0; op < s->app->ops_n; op++) {
		const forge_op *o = &s->app->ops[op];
		for (int i = 0; i < o->consumers_n && o->service == from; i++)
			if (s->app->ops[o->consumers[i]].service == to) return true;
	}
	return false;
}

truth_link truth_leads(const forge_sim *s, const truth_reach *r, int from, int to)
{
	if (from == to || truth_first_hit(s, to) || s->app->services[to].loadgen || to == s->app->flagd)
		return LINK_NONE;
	if (truth_count(s, LINK_FAILED, from, to) >= r->least) return LINK_FAILED;
	if (truth_count(s, LINK_SLOW, from, to) >= r->least) return LINK_SLOW;
	if (!truth_silent(s, to)) return LINK_NONE;
	if (truth_count(s, LINK_STARVED, from, to) >= r->least) return LINK_STARVED;
	if (truth_count(s, LINK_UNREACHED, from, to) >= r->least) return LINK_UNREACHED;
	return feeds(s, from, to) && (truth_silent(s, from) || r->in[from]) ? LINK_STARVED : LINK_NONE;
}

static void enter(truth_reach *r, int service, int from)
{
	if (r->in[service]) return;
	r->in[service] = true;
	r->from[service] = from;
	r->order[r->n++] = service;
}

bool truth_reach_make(forge_sim *s, truth_reach *r)
{
	size_t n = (size_t)s->app->services_n + 1;
	*r = (truth_reach){ .in = cc_arena_array(s->arena, n, sizeof *r->in),
		.order = cc_arena_array(s->arena, n, sizeof *r->order),
		.from = cc_arena_array(s->arena, n, sizeof *r->from),
		.least = 3 };
	if (!r->in || !r->order || !r->from) return false;
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (s->plan.causes.p[i].first_hit >= 0) enter(r, s->plan.causes.p[i].first_hit, -1);
	for (int i = 0; i < r->n; i++)
		for (int to = 0; to < s->app->services_n; to++)
			if (truth_leads(s, r, r->order[i], to) != LINK_NONE) enter(r, to, r->order[i]);
	return true;
}

/* The rule about the pods of the namespace names none: with a trial or a rollout that has stopped among them it would
 * fire without any cause. */
static bool about_trial(const forge_sim *s, const forge_fired *a)
{
	const char *kind = a->subject_kind ? a->subject_kind : "";
	bool pods = strstr(a->name, "Pod") || strcmp(kind, "Pod") == 0 || strcmp(kind, "Deployment") == 0;
	if (s->plan.stuck_n && pods && (a->subject.n == 0 || strcmp(kind, "Namespace") == 0)) return true;
	for (int i = 0; i < s->plan.stuck_n && pods; i++)
		if (cc_str_starts(a->subject, cc_str_from(fault_service_name(s, s->plan.stuck[i])))) return true;
	if (!s->plan.trial) return false;
	return cc_str_starts(a->subject, cc_str_from(s->plan.trial)) || (a->subject.n == 0 && strcmp(a->name,
		"FailedPodsDetected") == 0);
}

/* The services that always fail a little, and whoever calls them and was not reached by a cause, may page on that account. */
static bool about_failing(const forge_sim *s, const truth_reach *r, const forge_fired *a)
{
	for (int i = 0; i < s->plan.failing_n; i++)
		if (cc_str_eqz(a->subject, fault_service_name(s, s->plan.failing[i]))) return true;
	return s->plan.failing_n && a->service >= 0 && !r->in[a->service];
}

const forge_fired *truth_first_alert(const forge_sim *s, const truth_reach *r)
{
	const forge_fired *first = NULL;
	for (size_t i = 0; i < alerts_count(s); i++) {
		const forge_fired *a = alerts_get(s, i);
		if (!a || a->background || !a->fired_at || a->fired_at < s->inject) continue;
		if (about_trial(s, a)) continue;
		if (about_failing(s, r, a)) continue;
		if (!first || a->fired_at < first->fired_at) first = a;
	}
	return first;
}

bool truth_same(const forge_entity *a, const forge_entity *b)
{
	bool ns = a->ns && b->ns ? strcmp(a->ns, b->ns) == 0 : !a->ns && !b->ns;
	return ns && strcmp(a->kind, b->kind) == 0 && strcmp(a->name, b->name) == 0;
}

void truth_text(cc_buf *b, const char *indent, const char *key, const char *value)
{
	cc_buf_addf(b, "%s%s: ", indent, key);
	cc_json_write_str(b, cc_str_from(value ? value : ""));
	cc_buf_add_char(b, '\n');
}
