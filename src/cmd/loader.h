/* loader.h - reads an incident in stages on a thread of its own: each stage is a snapshot, complete and immutable, and
 * holds more than the one before.
 *
 * 0 the list of files (opened by the session itself), 1 alerts, 2 the heads of logs and traces too, 3 objects and
 * events too, 4 metrics too, 5 everything. Small incidents skip 2 to 4: reading all of them takes no longer; and where
 * metrics are most of what there is, 4 is left out. */
#ifndef COLDCASE_CMD_LOADER_H
#define COLDCASE_CMD_LOADER_H

#include "coldcase/session.h"

/* Of logs and traces in stage 2. Records made while evidence was read depend on it: another number, other answers. */
#define CC_LOADER_HEAD_BYTES ((uint64_t)1 << 18)

typedef struct cc_loader cc_loader;

/* Opens stage 0 of opt->dir: less than a millisecond for a few dozen files, however large. */
cc_code cc_loader_list(cc_snapshot **out, const cc_session_options *opt, cc_err *err) CC_MUST_USE;
/* Begins to read the incident that `list` lists, and to make the seal. `list` must outlive the loader. */
cc_code cc_loader_start(cc_loader **out, const cc_snapshot *list, const cc_session_options *opt, cc_err *err)
	CC_MUST_USE;
/* The newest stage that has been read since the last call; the caller owns it. *out NULL: none, or why reading ended. */
cc_code cc_loader_take(cc_loader *l, cc_snapshot **out, cc_err *err) CC_MUST_USE;
void cc_loader_wait(cc_loader *l);              /* until there is something to take, or nothing more to come */
cc_loading cc_loader_progress(const cc_loader *l);
/* The seal, borrowed, "" when there is no truth; false while it is being made. wait: until it is made. */
bool cc_loader_seal(cc_loader *l, bool wait, const char **out);
/* Cancels, joins, frees; a stage nobody took goes too. NULL is fine. */
void cc_loader_stop(cc_loader *l);

#endif
