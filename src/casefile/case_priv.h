/* case_priv.h - the state behind cc_case, shared by the files that change it. */
#ifndef COLDCASE_CASE_PRIV_H
#define COLDCASE_CASE_PRIV_H

#include "coldcase/arena.h"
#include "coldcase/casefile.h"
#include "coldcase/vec.h"

/* A view one can go back or forward to, and the ones behind it. Never changed, so that copies of a case share them. */
typedef struct cc_case_step { cc_view view; struct cc_case_step *before; } cc_case_step;

/* Where a case keeps the views of its history (case_history.c). */
typedef struct cc_case_history cc_case_history;

struct cc_case {
	cc_arena *arena;                /* all texts and pin lists; what an update leaves behind stays until the case is freed */
	cc_view view;
	cc_case_step *back, *forward;   /* the nearest first; NULL: none */
	cc_case_history *history;
	CC_VEC(cc_pin) pins;
	uint32_t last_pin;              /* number given last */
	CC_VEC(cc_suspect) suspects;
	CC_VEC(cc_ruleout) ruleouts;
	CC_VEC(cc_note) notes;
	CC_VEC(cc_update) updates;
	cc_budget budget;
	uint32_t hints;
	bool started, running, submitted;
	bool held, held_ran;            /* frozen by somebody else; the clock was going then */
	cc_str held_why;
	bool frozen;                    /* rebuilt from a record: the clock stands until the next action */
	int64_t since_ns;               /* monotonic time the clock was last set going */
	int64_t active_ns;              /* before that */
};

/* When an action happened: its own time when it is replayed, else the clock's. */
int64_t cc_case_mono(const cc_action *a);
int64_t cc_case_wall(const cc_action *a);

/* Stops a rebuilt case's clock at `active_ns`; whoever takes the case over goes on from there. */
void cc_case_freeze(cc_case *c, int64_t active_ns);

/* The view on top of a list; false when memory is out. */
bool cc_case_remember(cc_case *c, cc_case_step **list, cc_view view);
/* The copy keeps its views in a place of its own from now on, and so does the other; the ones there are are both's. */
bool cc_case_share_history(cc_case *copy, cc_case *from);
void cc_case_drop_history(cc_case *c);

/* A copy, sharing nothing but the views of the history, for which reason neither may be rebound any more. NULL when memory is
 * out. */
cc_case *cc_case_dup(cc_case *c);
size_t cc_case_bytes(const cc_case *c);         /* about what it takes */

/* The board's part of cc_case_apply (case_board.c). */
cc_code cc_case_apply_pin(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_unpin(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_suspect(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_unsuspect(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_ruleout(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_unruleout(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_note(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_update(cc_case *c, const cc_action *a, cc_err *err);

#endif
