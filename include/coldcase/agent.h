/* agent.h - players that are programs: they send command lines to a session like anybody, and leave the same record.
 *
 * A model plays in turns: one accepted message of it is one turn, whose tool calls are carried out in their order.
 *
 * Three players need no model. They are the floor of every league: what is reached by naming what is loudest, what changed last, or by
 * following general rules of Kubernetes without understanding. */
#ifndef COLDCASE_AGENT_H
#define COLDCASE_AGENT_H

#include "coldcase/model.h"
#include "coldcase/sandbox.h"
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
	cc_str said;                 /* what it wrote last: to the line, or of its thinking; may be empty */
} cc_agent_progress;

/* Any may be NULL. All are called on the player's thread. */
typedef struct cc_agent_watch {
	void (*told)(void *arg, const cc_agent_progress *p);
	/* Before each turn and each line: returns when the player may go on. Meanwhile its session is not touched and may be another's;
	 * what was done in it is appended, a line each. */
	void (*gate)(void *arg, cc_buf *done);
	void (*ran)(void *arg);      /* a line was run, whatever came of it */
	void *arg;
	cc_cancel *cancel;
} cc_agent_watch;

/* Plays the session to its submission. A session that refuses to go on (budget, cancel) ends the play: what is on the board then is
 * submitted unless it was canceled. CC_ECANCELED; CC_ENOMEM; any other code is that of the submission. */
cc_code cc_heuristic_play(cc_session *s, cc_heuristic h, const cc_agent_watch *watch, cc_err *err) CC_MUST_USE;

/* --- a model --- */

/* When to stop, and what a player is held to. 0 and false: not at all. Kept in the record, so that policies can be compared. */
typedef struct cc_discipline {
	int64_t max_turns;           /* the benchmark's is 100 */
	int64_t max_tokens;          /* read and written, of all calls */
	int64_t max_cost_micro;      /* millionths of a dollar: no call begins that is expected to pass it */
	int64_t max_ns;              /* wall time */
	int64_t commit_by;           /* from this turn on only what leads to an answer is carried out; soon after the board is submitted */
	bool advice;                 /* the model is told the expected score of the answer so far */
	bool self_check;             /* the first submission is refused when a name has no pin or follows from another */
} cc_discipline;

typedef struct cc_agent_options {
	cc_model *model;
	const char *provider, *model_name;      /* for the record */
	cc_sandbox *sandbox;         /* the tools are run_shell in it, and finish; NULL: our commands */
	cc_discipline discipline;
	int64_t window;              /* tokens the model holds; 0 = as its facts say; unknown there, too: never summarised */
	const cc_agent_watch *watch; /* may be NULL */
} cc_agent_options;

typedef struct cc_agent_report {
	const char *stop;            /* "submit", "turns", "tokens", "cost", "time", "quit", "canceled", "error" */
	bool forced;                 /* submitted for it, when it did not commit */
	int64_t turns, calls;        /* accepted messages; model calls, with summaries */
	int64_t input_tokens, output_tokens, cached_tokens;
	int64_t cost_micro;          /* -1 = a call's cost is unknown */
	int64_t next_cost_micro;     /* stopped by "cost": what one more turn was expected to cost at least; else 0 */
} cc_agent_report;

/* Plays until it is submitted or something ends it; the session stays open, and its record will say why it ended. A model that
 * cannot be asked any more is an error, with the report filled; so is a cost cap without a price (CC_EUSAGE), and cancelling
 * (CC_ECANCELED). */
cc_code cc_agent_play(cc_session *s, const cc_agent_options *o, cc_agent_report *out, cc_err *err) CC_MUST_USE;

#endif
