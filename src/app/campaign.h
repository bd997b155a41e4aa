/* campaign.h - every incident x agent x repeat: who plays, what, and with which words; see app_campaign.c. */
#ifndef COLDCASE_APP_CAMPAIGN_H
#define COLDCASE_APP_CAMPAIGN_H

#include "app/app.h"
#include "coldcase/arena.h"

typedef CC_VEC(const char *) campaign_words;

/* One player. args: what stands after `coldcase agent DIR` because of it. */
typedef struct campaign_agent {
	const char *name;
	campaign_words args;
	bool scripted;           /* needs no model, and costs nothing */
	int64_t max_cost_micro;  /* of one run, in millionths of a dollar; 0 = not held below anything */
} campaign_agent;
typedef CC_VEC(campaign_agent) campaign_agents;

typedef struct campaign {
	const app_options *o;
	cc_arena *arena;
	cc_scenario_vec cases;
	campaign_agents agents;
	int64_t repeats, jobs;
} campaign;

typedef struct campaign_task { const cc_scenario *incident; size_t agent; int64_t repeat; } campaign_task;

/* The incidents at `dataset`, each name once. */
cc_code campaign_find_cases(campaign *c, const char *dataset, cc_err *err) CC_MUST_USE;
/* Reads --agents: `agents`, a list of maps, and `defaults`, a map for all of them. A map's keys are the options of `coldcase agent`
 * without their dashes, and `name`. Errors name the file, the agent and the key. */
cc_code campaign_read_agents(campaign *c, cc_err *err) CC_MUST_USE;
/* A whole number of 1 to most; def when the text is NULL. */
cc_code campaign_number(const char *option, const char *text, int64_t def, int64_t most, int64_t *out, cc_err *err) CC_MUST_USE;
void campaign_deinit(campaign *c);

/* Repeats outermost, so that a campaign that is broken off has played everything about as often. */
size_t campaign_count(const campaign *c);
campaign_task campaign_at(const campaign *c, size_t i);
/* Words of the process that plays it, after the program's name; texts in the arena. CC_ENOMEM. */
cc_code campaign_line(campaign *c, campaign_task t, campaign_words *out, cc_err *err) CC_MUST_USE;
/* OUT/PLAYER/SCENARIO/N is there. */
bool campaign_is_played(const campaign *c, campaign_task t);

/* The job matrix for another engine. CC_EUSAGE: none is called that. */
cc_code campaign_emit(campaign *c, cc_buf *out, cc_err *err) CC_MUST_USE;
/* Dollars in millionths that the runs below OUT took, those that were broken off too. */
cc_code campaign_spent(const campaign *c, int64_t *micro, cc_err *err) CC_MUST_USE;
/* What campaign.json of OUT says an agent's words were is what they are; then writes it with all agents. CC_ESTATE names one that is not. */
cc_code campaign_keep_terms(campaign *c, cc_err *err) CC_MUST_USE;

/* `campaign plan DATASET` and `campaign next NAME DIR` (campaign_plan.c). */
int campaign_plan(const app_options *o);
int campaign_next(const app_options *o);

#endif
