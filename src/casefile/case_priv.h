/* case_priv.h - the state behind cc_case, shared by the files that change it. */
#ifndef COLDCASE_CASE_PRIV_H
#define COLDCASE_CASE_PRIV_H

#include "coldcase/arena.h"
#include "coldcase/casefile.h"
#include "coldcase/vec.h"

struct cc_case {
	cc_arena *arena;                /* all texts and pin lists; what an update leaves behind stays until the case is freed */
	cc_view view;
	CC_VEC(cc_view) back, forward;
	CC_VEC(cc_pin) pins;
	uint32_t last_pin;              /* number given last */
	CC_VEC(cc_suspect) suspects;
	CC_VEC(cc_ruleout) ruleouts;
	CC_VEC(cc_note) notes;
	cc_budget budget;
	uint32_t hints;
	bool started, running, submitted;
	bool frozen;                    /* rebuilt from a record: the clock stands until the next action */
	int64_t since_ns;               /* monotonic time the clock was last set going */
	int64_t active_ns;              /* before that */
};

/* When an action happened: its own time when it is replayed, else the clock's. */
int64_t cc_case_mono(const cc_action *a);
int64_t cc_case_wall(const cc_action *a);

/* Stops a rebuilt case's clock at `active_ns`; whoever takes the case over goes on from there. */
void cc_case_freeze(cc_case *c, int64_t active_ns);

/* The board's part of cc_case_apply (case_board.c). */
cc_code cc_case_apply_pin(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_unpin(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_suspect(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_unsuspect(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_ruleout(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_unruleout(cc_case *c, const cc_action *a, cc_err *err);
cc_code cc_case_apply_note(cc_case *c, const cc_action *a, cc_err *err);

#endif
