/* plan_difficulty.c - what makes a case easy or hard, apart from its fault: baseline, amount of noise, and what is missing.
 *
 *            baseline before the injection   noise   missing
 * easy       10 minutes and more               50    nothing
 * medium     5 to 9 minutes                   100    nothing
 * hard       1 to 3 minutes, or none           150    spans around the cause, objects as they were, clients' words, mostly
 *                                                    ReplicaSets and a kind of evidence, at times other kinds of objects
 * expert     under a minute, mostly none     200    the same, and always a whole kind of evidence
 *
 * From hard on at times, for experts always, objects come without managedFields, which would list the edits by
 * time: many pipelines drop them. What is left out is never what the best proof of a cause needs. */
#include "forge/fault_priv.h"

#include <string.h>

int64_t plan_inject_after(forge_sim *s)
{
	static const struct {
		int64_t lo, hi;
	} BASELINE[] = {
		[CC_FORGE_EASY] = { 600 * FORGE_S, 720 * FORGE_S },
		[CC_FORGE_MEDIUM] = { 300 * FORGE_S, 540 * FORGE_S },
		[CC_FORGE_HARD] = { 70 * FORGE_S, 190 * FORGE_S },
		[CC_FORGE_EXPERT] = { 30 * FORGE_S, 70 * FORGE_S },
	};
	int d = (int)s->opt->difficulty;
	int64_t after = cc_rng_between(&s->plan_rng, BASELINE[d].lo, BASELINE[d].hi),
		latest = s->opt->duration_ns - 8 * 60 * FORGE_S;
	if (after > latest) after = latest; /* a short capture: the consequences need their time */
	return after;
}

int64_t plan_late_start(const forge_sim *s)
{
	cc_rng rng;
	int expert = s->opt->difficulty == CC_FORGE_EXPERT;
	cc_rng_init_named(&rng, s->opt->seed, "capture");
	bool none = expert ? cc_rng_below(&rng, 4) > 0 : s->opt->difficulty == CC_FORGE_HARD && cc_rng_below(&rng, 2) > 0;
	return none && !fault_deletes(s) ? cc_rng_between(&rng, CC_FORGE_LATEST_S * FORGE_S, CC_FORGE_EARLIEST_S * FORGE_S) : 0;
}

int plan_noise_percent(const forge_sim *s)
{
	static const int PERCENT[] = {
		[CC_FORGE_EASY] = 50, [CC_FORGE_MEDIUM] = 100, [CC_FORGE_HARD] = 150, [CC_FORGE_EXPERT] = 200
	};
	return s->opt->noise >= 0 ? s->opt->noise : PERCENT[s->opt->difficulty];
}

/* Does it call somebody involved, or is it called by one? */
static bool beside_cause(const forge_sim *s, const fault_map *m, int service)
{
	for (int i = 0; i < s->app->services_n; i++)
		if (plan_involved(s, i) && (fault_edge(m, i, service) > 0 || fault_edge(m, service, i) > 0))
			return true;
	return false;
}

/* Spans are dropped of services that neither are part of a cause nor call or serve it directly: the others lose their middle. */
static void drop_spans(forge_sim *s, int most)
{
	enum { SPANS_MAX = 64 };
	fault_map m;
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	int n = s->app->services_n < SPANS_MAX ? s->app->services_n : SPANS_MAX, dropped = 0;
	for (int tries = 0; tries < 40 && dropped < most && n > 0; tries++) {
		int i = (int)cc_rng_below(&s->plan_rng, (uint64_t)n);
		const forge_service *v = &s->app->services[i];
		bool entry = s->app->entry_op >= 0 && s->app->ops[s->app->entry_op].service == i;
		if (!v->traced || v->loadgen || entry || plan_involved(s, i) || beside_cause(s, &m, i) ||
			s->plan.drop_spans_of[i])
			continue;
		s->plan.drop_spans_of[i] = true;
		dropped++;
	}
}

/* Would hardly anything be left of the traces without it? What the users and the entry see always is. */
static bool carries_all(const forge_sim *s, const fault_map *m, int service, bool thin)
{
	const forge_service *v = &s->app->services[service];
	bool entry = s->app->entry_op >= 0 && s->app->ops[s->app->entry_op].service == service;
	return entry || v->loadgen || (!thin && m->service[service] > 600000);
}

/* Does what this one's spans say of its calls prove another cause? */
static bool calls_prove(const forge_sim *s, int service)
{
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (s->plan.causes.p[i].other == service && fault_row_get(s->plan.causes.p[i].kind)->family == FAM_MESH) return true;
	return false;
}

/* Spans are dropped of the first victim and of those that call it, too: that calls fail shows a layer or two above.
 * Only where objects, events or logs prove the cause, and each cause must do without one thing at most. */
static void drop_middle(forge_sim *s, const forge_cause *c, bool thin)
{
	enum { SPANS_MAX = 64 };
	const fault_row *row = fault_row_get(c->kind);
	fault_map m;
	bool hidden = ((s->plan.hidden & PLAN_HIDES_SERVICES) && strcmp(c->root.kind, "Service") == 0) ||
		      ((s->plan.hidden & PLAN_HIDES_POLICIES) && strcmp(c->root.kind, "NetworkPolicy") == 0);
	if (hidden || c->first_hit < 0 || row->family == FAM_STORE || row->family == FAM_MESH) return;
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	int n = s->app->services_n < SPANS_MAX ? s->app->services_n : SPANS_MAX;
	for (int i = 0; i < n; i++)
		if ((i == c->first_hit || fault_edge(&m, c->first_hit, i) > 0) && s->app->services[i].traced &&
			!carries_all(s, &m, i, thin) && !calls_prove(s, i))
			s->plan.drop_spans_of[i] = true;
}

bool plan_spans_shown(const forge_sim *s, int service)
{
	const size_t known = sizeof s->plan.drop_spans_of / sizeof s->plan.drop_spans_of[0];
	return s->app->services[service].traced && !((size_t)service < known && s->plan.drop_spans_of[service]);
}

/* What kinds of faults are proved by decides which kind of evidence an expert must do without. */
static unsigned keeps(const forge_sim *s)
{
	unsigned keep = CC_FORGE_NO_TRACES | CC_FORGE_NO_OBJECTS; /* without these nothing can be told apart */
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const fault_row *row = fault_row_get(s->plan.causes.p[i].kind);
		if (row->family == FAM_STORE || row->family == FAM_MESH) keep |= CC_FORGE_NO_LOGS;
		if (row->family == FAM_CHAOS || row->family == FAM_RESOURCE || row->family == FAM_WORKLOAD)
			keep |= CC_FORGE_NO_EVENTS;
	}
	return keep;
}

static void leave_out(forge_sim *s)
{
	static const unsigned FILES[] = { CC_FORGE_NO_ALERTS, CC_FORGE_NO_EVENTS, CC_FORGE_NO_LOGS,
		CC_FORGE_NO_METRICS };
	unsigned keep = keeps(s) | s->opt->without;
	if (s->opt->without) return; /* asked for: enough */
	for (int tries = 0; tries < 16 && !s->plan.missing; tries++) {
		unsigned file = FILES[cc_rng_below(&s->plan_rng, sizeof FILES / sizeof FILES[0])];
		if (!(file & keep)) s->plan.missing = file;
	}
}

/* The pull of the objects has its own rhythm of 300 s; in hard cases somebody starts it only after the last fault, so that
 * faults exist as a state alone. What has been deleted would then be nowhere at all. */
static void first_poll(forge_sim *s)
{
	int64_t early = s->start + cc_rng_between(&s->plan_rng, 11 * FORGE_S, 29 * FORGE_S);
	int64_t last = s->inject;
	for (size_t i = 1; i < s->plan.causes.n; i++) /* of two, neither is shown as it was */
		if (s->plan.causes.p[i].at > last) last = s->plan.causes.p[i].at;
	int64_t late = last + cc_rng_between(&s->plan_rng, 15 * FORGE_S, 75 * FORGE_S);
	bool shown = s->opt->difficulty >= CC_FORGE_HARD && late < s->end - 300 * FORGE_S;
	if (fault_deletes(s)) shown = false;
	s->plan.first_poll = shown && late > early ? late : early;
}

/* A collector that pulls neither policies nor Services: what a cause of that kind did is then read from what it does
 * to calls and Endpoints. Oftener where it matters, but not only there: what is hidden tells nothing. */
static void hide_kinds(forge_sim *s)
{
	static const struct {
		const char *kind;
		unsigned bit;
	} KINDS[] = { { "NetworkPolicy", PLAN_HIDES_POLICIES }, { "Service", PLAN_HIDES_SERVICES } };
	for (size_t k = 0; k < sizeof KINDS / sizeof KINDS[0]; k++) {
		bool root = false;
		for (size_t i = 0; i < s->plan.causes.n; i++) root |= strcmp(s->plan.causes.p[i].root.kind, KINDS[k].kind) == 0;
		if ((int)cc_rng_below(&s->plan_rng, 6) < (root ? 4 : 2)) s->plan.hidden |= KINDS[k].bit;
	}
	if (cc_rng_below(&s->plan_rng, 4) > 0) s->plan.hidden |= PLAN_HIDES_SETS; /* they keep the templates of old */
}

/* Where a cause is proved by the words of those that call, they keep them. */
static bool words_prove(const forge_sim *s)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		fault_family f = fault_row_get(s->plan.causes.p[i].kind)->family;
		if (f == FAM_STORE || f == FAM_MESH) return true;
	}
	return false;
}

void plan_difficulty(forge_sim *s)
{
	bool hard = s->opt->difficulty >= CC_FORGE_HARD, expert = s->opt->difficulty == CC_FORGE_EXPERT;
	first_poll(s);
	if (!hard) return;
	drop_spans(s, expert ? 3 : 2);
	if (expert || cc_rng_below(&s->plan_rng, 3) < 2) leave_out(s);
	s->plan.unmanaged = expert || cc_rng_below(&s->plan_rng, 2);
	hide_kinds(s);
	const bool thin = cc_rng_below(&s->plan_rng, 3) == 0;
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (cc_rng_below(&s->plan_rng, 4) > 0) drop_middle(s, &s->plan.causes.p[i], thin);
	s->plan.terse = !words_prove(s) && cc_rng_below(&s->plan_rng, 4) > 0;
}
