/* league.h - what the files of the `league` sub-command share: gathering (app_league.c) and showing (league_reply.c). */
#ifndef COLDCASE_APP_LEAGUE_H
#define COLDCASE_APP_LEAGUE_H

#include "coldcase/league.h"
#include "coldcase/vec.h"
#include "coldcase/reply.h"

/* Runs that are no part of it, by reason. Of those that are: altered, whose answer was changed after it was submitted; resumed, which were
 * left and gone on with, away at most so long. */
typedef struct app_league_rest {
	size_t no_truth, unscorable, unreadable, nothing_asked, taken_over, altered, resumed;
	int64_t away_ns;
} app_league_rest;

/* What one judge said of a player's runs (judge.json): sums over them. Judges and prompts are never mixed. */
typedef struct app_judged { cc_str player, judge, prompt; size_t runs; double reasoning, partial; } app_judged;
typedef CC_VEC(app_judged) app_judged_vec;
/* Adds the judgement in a run's folder, if there is one; false when out of memory. */
bool app_judged_add(app_judged_vec *list, cc_arena *arena, const char *dir, cc_str player);

/* The league as a reply: players, tasks, comparisons, pictures. `everything` adds the task table in place of pictures, `wide` all published
 * scores; judged: NULL, or a table of what judges said. */
cc_code app_league_reply(const cc_league *l, const app_league_rest *rest, const app_judged_vec *judged, bool everything, bool wide, cc_reply **out, cc_err *err) CC_MUST_USE;

/* Score over an amount as lines of text: a letter a player, capital on the frontier; the legend follows. */
void app_league_plot(cc_reply *r, const cc_league_table *t, cc_amount what);

#endif
