/* plan.c - what happens in a run besides requests: the faults at their time, and around them decoys and noise. */
#include <string.h>

#include "forge/fault_priv.h"

bool plan_involved(const forge_sim *s, int service)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *c = &s->plan.causes.p[i];
		if (service == c->service || service == c->other || service == c->first_hit) return true;
	}
	return false;
}

bool plan_readable(const forge_sim *s, const char *command)
{
	static const struct {
		const char *word;
		unsigned file;
	} NEEDS[] = {
		{ "alert", CC_FORGE_NO_ALERTS },
		{ "event", CC_FORGE_NO_EVENTS },
		{ "spec", CC_FORGE_NO_OBJECTS },
		{ "changes", CC_FORGE_NO_OBJECTS },
		{ "diff", CC_FORGE_NO_OBJECTS },
		{ "object", CC_FORGE_NO_OBJECTS },
		{ "log", CC_FORGE_NO_LOGS },
		{ "patterns", CC_FORGE_NO_LOGS },
		{ "trace", CC_FORGE_NO_TRACES },
		{ "paths", CC_FORGE_NO_TRACES },
		{ "metric", CC_FORGE_NO_METRICS },
	};
	unsigned gone = s->opt->without | s->plan.missing;
	if ((s->plan.hidden & PLAN_HIDES_POLICIES) && strstr(command, "NetworkPolicy")) return false;
	if ((s->plan.hidden & PLAN_HIDES_SERVICES) && (strstr(command, "Service/") || strstr(command, "kind=Service"))) return false;
	if ((s->plan.hidden & PLAN_HIDES_SETS) && strstr(command, "ReplicaSet")) return false;
	/* Without an observation from before there is no difference to be shown. */
	if (s->plan.first_poll > s->inject && (strncmp(command, "changes", 7) == 0 || strncmp(command, "diff", 4) == 0)) return false;
	for (size_t i = 0; i < sizeof NEEDS / sizeof NEEDS[0]; i++)
		if (strncmp(command, NEEDS[i].word, strlen(NEEDS[i].word)) == 0 && (gone & NEEDS[i].file)) return false;
	return true;
}

const forge_proof *plan_best_proof(const forge_sim *s, const forge_cause *c)
{
	for (int i = 0; i < c->proofs; i++)
		if (plan_readable(s, c->proof[i].command)) return &c->proof[i];
	return NULL;
}

/* The second of two faults follows when the first has been seen, or on hard every other time in the same minute or
 * two, so that there is one onset for both; and early enough to be seen itself. */
static void set_times(forge_sim *s)
{
	bool hard = s->opt->difficulty >= CC_FORGE_HARD && s->plan.causes.n > 1;
	bool together = hard && cc_rng_below(&s->plan_rng, 2);
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		forge_cause *c = &s->plan.causes.p[i];
		int64_t late = s->end - 7 * 60 * FORGE_S,
			step = together ? cc_rng_between(&s->plan_rng, 20 * FORGE_S, 90 * FORGE_S)
					: cc_rng_between(&s->plan_rng, 180 * FORGE_S, 330 * FORGE_S);
		c->at = i == 0 ? s->inject : s->plan.causes.p[i - 1].at + step;
		if (i > 0 && c->at > late)
			c->at = late > s->plan.causes.p[i - 1].at ? late : s->plan.causes.p[i - 1].at + 60 * FORGE_S;
	}
}

void plan_prepare(forge_sim *s)
{
	s->plan.flaky = s->plan.slow = -1;
	set_times(s);
	for (size_t i = 0; i < s->plan.causes.n && s->code == CC_OK; i++)
		fault_row_get(s->plan.causes.p[i].kind)->prepare(s, &s->plan.causes.p[i]);
	if (s->code == CC_OK) plan_difficulty(s);
}

cc_code plan_make(forge_sim *s, cc_err *err)
{
	(void)err;
	for (size_t i = 0; i < s->plan.causes.n && s->code == CC_OK; i++)
		forge_at(s, s->plan.causes.p[i].at, fault_row_get(s->plan.causes.p[i].kind)->inject, (int)i, 0);
	if (s->code == CC_OK) decoy_plan(s);
	if (s->code == CC_OK) noise_plan(s);
	return s->code;
}

void plan_deinit(forge_sim *s)
{
	noise_deinit(s);
	chaos_deinit(s);
	cc_vec_deinit(&s->plan.causes);
	cc_vec_deinit(&s->plan.decoys);
}
