/* replay.h - a record played back in the panes themselves. What is shown at a step depends on the step alone, so that going back
 * is going to a smaller number. */
#ifndef COLDCASE_UI_REPLAY_H
#define COLDCASE_UI_REPLAY_H

#include "coldcase/record.h"
#include "ui/ui_priv.h"

typedef struct cc_replay_marker { size_t step; const char *caption; } cc_replay_marker;

typedef struct cc_replay {
	cc_session *session;
	const cc_run *run;
	size_t at, count;            /* steps done; of how many */
	bool playing, blank;
	bool film;                   /* for pictures: says what was done, and no keys */
	unsigned redact;             /* cc_redact bits: what is not shown of it */
	bool by_clock;               /* waits as long as the player did, else the same for every step */
	int speed;                   /* index into the speeds */
	int64_t idle_ns;             /* longest wait by the clock, before the speed */
	int64_t due_ns;              /* monotonic time of the next step while it plays */
	CC_VEC(cc_replay_marker) markers;
} cc_replay;

/* For tests and the loop. The session is seated at the first step; all three are borrowed. */
cc_code cc_replay_init(cc_replay *r, cc_session *session, const cc_run *run, cc_err *err) CC_MUST_USE;
void cc_replay_deinit(cc_replay *r);
/* A console that plays it, at its start. */
cc_code cc_ui_new_replay(cc_ui **out, cc_replay *r, cc_term *term, const cc_ui_options *opt, cc_err *err) CC_MUST_USE;
void cc_replay_go(cc_ui *ui, size_t step);          /* shows the record after so many steps */
int64_t cc_replay_wait_ns(const cc_replay *r);      /* how long the next step is waited for, at speed 1 */
const char *cc_replay_caption(const cc_replay *r, size_t step);  /* why a step is worth stopping at; NULL = it is not */
int cc_replay_wait_ms(const cc_ui *ui, int64_t now_ns);  /* until something is due; -1 = nothing is */
void cc_replay_tick(cc_ui *ui, int64_t now_ns);     /* goes on when it is time */

#endif
