/* look.h - looking through many rows: somebody sees what was found so far, and may end it.
 *
 * A command may look through a table more than once: for the list, then for a hit in it. The passes are counted as one, so that
 * one number says where all of it ended. That number is in the record, and running the step again looks just as far. After a pass
 * was ended the command answers with what it has; passes that only count go through the whole table still. */
#ifndef COLDCASE_CMD_LOOK_H
#define COLDCASE_CMD_LOOK_H

#include "cmd/selection.h"
#include "coldcase/command.h"
#include "coldcase/filter.h"
#include "coldcase/session.h"

typedef struct cc_look {
	const cc_watch *watch;   /* NULL = nobody looks on: who cancels then wants nothing */
	bool again;              /* a step of a record is run again: to look as far as `until`, neither less nor more */
	uint64_t until;          /* UINT64_MAX = to the end */
	uint64_t looked;         /* in all passes that are over */
	uint64_t part, of;       /* of the last pass that was ended early, or the one that runs */
	bool stopped, in_bytes;  /* in_bytes: that pass went through a file */
	int64_t began_ns, shown_ns;
} cc_look;

/* A pass that may be ended early, and what fills a reply with what was found so far: not published; NULL = how many there are is all
 * that is shown meanwhile. */
typedef struct cc_looking { cc_code (*fill)(void *arg, const cc_index_vec *so_far, cc_reply *r); void *arg; } cc_looking;

cc_look *cc_session_look(cc_session *s);     /* of the command that runs */

/* The next command is a step of a record: it looks so far through its rows (UINT64_MAX: to the end). */
void cc_session_look_again(cc_session *s, uint64_t until);

/* A pass over a table. `how` NULL: it cannot be ended, and does not count. CC_ECANCELED when nobody looks on, or when it was ended
 * before anything was asked. */
cc_code cc_look_select(cc_call *c, cc_filter *f, const cc_looking *how, cc_index_vec *rows, cc_looked *looked, cc_err *err) CC_MUST_USE;
/* Whether what an earlier pass found may stand for this one, which then counts as made. */
bool cc_look_accepts(cc_call *c, const cc_looking *how, cc_looked looked);
/* A pass is over, and went so far. */
void cc_look_end(cc_look *k, cc_looked l, bool in_bytes);
/* It is time to show something. */
bool cc_look_is_due(const cc_look *k);
/* Shows, and takes the reply (NULL: none). The command that runs may be on another thread, waiting. */
void cc_look_show(cc_call *c, cc_reply *r, uint64_t found);
/* "stopped after 37 % of the rows" */
void cc_look_say(const cc_look *k, cc_reply *r);

#endif
