/* sandbox.h - one shell command at a time, shut off from everything but the evidence.
 *
 * Four walls, all of them required: namespaces (no network, no process but its own, and a private view of files: system programs and
 * the listed evidence files, read-only, and a scratch folder in memory of bounded size), an unused uid when we are root, Landlock, and a
 * seccomp filter. Where this process may not make the namespaces bubblewrap does, where it is installed; all else is the same. Where a
 * wall cannot be had nothing is run, and the reason is said. There is no /proc in it. */
#ifndef COLDCASE_SANDBOX_H
#define COLDCASE_SANDBOX_H

#include "coldcase/buf.h"
#include "coldcase/cancel.h"
#include "coldcase/snapshot.h"

#define CC_SANDBOX_EVIDENCE "/evidence"
#define CC_SANDBOX_SCRATCH "/home/user"         /* the working directory; kept from command to command */

typedef struct cc_sandbox_limits {
	int64_t wall_ns;             /* of one command */
	uint64_t memory, scratch;    /* bytes, all processes together */
	uint64_t output;             /* bytes printed by one command before it is killed */
	unsigned processes;
	size_t shown;                /* bytes kept of each stream: the first half and the last */
} cc_sandbox_limits;

cc_sandbox_limits cc_sandbox_defaults(void);

typedef struct cc_sandbox_result {
	int exit_code;               /* 128 + signal when one ended it; 124 when we did */
	const char *killed;          /* why we ended it; NULL = it ended by itself */
	cc_buf out, err;             /* as far as they are kept, with a notice where something is left out */
	int64_t took_ns;
} cc_sandbox_result;

typedef struct cc_sandbox cc_sandbox;

/* Who makes the namespaces and the view: this process, else bubblewrap (AUTO); or one of them and no other. */
typedef enum cc_sandbox_way { CC_SANDBOX_AUTO, CC_SANDBOX_OWN, CC_SANDBOX_BWRAP } cc_sandbox_way;

const char *cc_sandbox_way_name(cc_sandbox_way way);         /* "auto", "own", "bwrap" */
bool cc_sandbox_way_find(cc_str name, cc_sandbox_way *out);

/* Refuses with CC_ESTATE and the reason, also when an evidence file could not be read inside. */
cc_code cc_sandbox_open(cc_sandbox **out, const cc_snapshot *s, const cc_sandbox_limits *limits, cc_sandbox_way way, cc_err *err)
	CC_MUST_USE;
cc_sandbox_way cc_sandbox_way_of(const cc_sandbox *b);       /* OWN or BWRAP */
void cc_sandbox_close(cc_sandbox *b);           /* the scratch is gone */
/* Runs `bash -c COMMAND` (sh where there is no bash). When this returns nothing that it started is alive. */
cc_code cc_sandbox_run(cc_sandbox *b, cc_str command, cc_cancel *cancel, cc_sandbox_result *out, cc_err *err) CC_MUST_USE;
void cc_sandbox_result_deinit(cc_sandbox_result *r);

#endif
