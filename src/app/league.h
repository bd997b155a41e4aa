/* league.h - what the files of the `league` sub-command share: gathering (app_league.c) and showing (league_reply.c). */
#ifndef COLDCASE_APP_LEAGUE_H
#define COLDCASE_APP_LEAGUE_H

#include "coldcase/league.h"
#include "coldcase/reply.h"

/* Runs that are no part of it, by reason. */
typedef struct app_league_rest { size_t no_truth, unscorable, unreadable; } app_league_rest;

/* The league as a reply: players, tasks, comparisons, pictures. `everything` adds the task table and all published scores. */
cc_code app_league_reply(const cc_league *l, const app_league_rest *rest, bool everything, cc_reply **out, cc_err *err) CC_MUST_USE;

/* Score over an amount as lines of text: a letter a player, capital on the frontier; the legend follows. */
void app_league_plot(cc_reply *r, const cc_league_table *t, cc_amount what);

#endif
