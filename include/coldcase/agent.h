/* agent.h - players that are programs: they send command lines to a session like anybody, and leave the same record.
 *
 * Three of them need no model. They are the floor of every league: what is reached by naming what is loudest, what changed last, or by
 * following general rules of Kubernetes without understanding. */
#ifndef COLDCASE_AGENT_H
#define COLDCASE_AGENT_H

#include "coldcase/session.h"

typedef enum cc_heuristic {
	CC_HEURISTIC_LOUDEST,        /* names what the gravest alert is about */
	CC_HEURISTIC_RECENT,         /* names what was changed last before the first alert */
	CC_HEURISTIC_ORIGIN,         /* weighs changes and wrong states against where errors and delays begin */
	CC_HEURISTIC_COUNT
} cc_heuristic;

const char *cc_heuristic_name(cc_heuristic h);               /* "loudest", "recent", "origin" */
bool cc_heuristic_find(cc_str name, cc_heuristic *out);

/* How far a player is; told after each line it ran. Borrowed for the time of the call. */
typedef struct cc_agent_progress {
	int64_t turn, turn_cap;      /* cap 0 = none */
	int64_t tokens;              /* read and written so far; -1 = no model */
	int64_t cost_micro;          /* millionths of a dollar; -1 = unknown */
	cc_str doing;                /* the line that ran, or what is waited for */
} cc_agent_progress;

typedef struct cc_agent_watch {
	void (*told)(void *arg, const cc_agent_progress *p);   /* may be NULL */
	void *arg;
	cc_cancel *cancel;           /* may be NULL */
} cc_agent_watch;

/* Plays the session to its submission. A session that refuses to go on (budget, cancel) ends the play: what is on the board then is
 * submitted unless it was canceled. CC_ECANCELED; CC_ENOMEM; any other code is that of the submission. */
cc_code cc_heuristic_play(cc_session *s, cc_heuristic h, const cc_agent_watch *watch, cc_err *err) CC_MUST_USE;

#endif
