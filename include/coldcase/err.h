/* err.h - results that must be looked at.
 *
 * A function that can fail returns a cc_code and takes a caller-owned `cc_err *err` as its last parameter.
 * err carries the code, a message naming the operand ("otel_logs_raw.tsv: …"), a hint saying what to do next, and
 * the place in the input. err may be NULL when the caller needs the code only. There is no global last error. */
#ifndef COLDCASE_ERR_H
#define COLDCASE_ERR_H

#include <stdint.h>

/* code, exit status of the program when it ends on this code, one-line meaning */
#define CC_CODES(X)                                                    \
	X(CC_OK, 0, "success")                                         \
	X(CC_ENOMEM, 1, "out of memory")                               \
	X(CC_EIO, 3, "input or output failed")                         \
	X(CC_ENOTFOUND, 3, "not found")                                \
	X(CC_EACCESS, 3, "permission denied")                          \
	X(CC_EFORMAT, 3, "malformed input")                            \
	X(CC_ELIMIT, 1, "a stated limit was reached")                  \
	X(CC_EUSAGE, 2, "wrong usage")                                 \
	X(CC_EAMBIGUOUS, 2, "the name fits several things")            \
	X(CC_EUNKNOWN, 2, "no such command, parameter or entity")      \
	X(CC_EBUDGET, 1, "the query budget is used up")                \
	X(CC_ESTATE, 1, "not possible in this state")                  \
	X(CC_ECANCELED, 1, "canceled")                                 \
	X(CC_EUNSCORABLE, 4, "the answer cannot be scored")            \
	X(CC_EINTERNAL, 1, "a defect in coldcase")

typedef enum cc_code {
#define CC_CODE_ENUM(code, status, text) code,
	CC_CODES(CC_CODE_ENUM)
#undef CC_CODE_ENUM
} cc_code;

#define CC_MUST_USE __attribute__((warn_unused_result))
#define CC_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum { CC_ERR_MESSAGE_SIZE = 512, CC_ERR_HINT_SIZE = 256 };

typedef struct cc_err {
	cc_code code;
	uint64_t record;  /* 1-based record in the input, 0 = not about one record */
	uint64_t byte;    /* offset in the input, 0 = unknown */
	char message[CC_ERR_MESSAGE_SIZE]; /* UTF-8, cut at a character, no newline; outside text already sanitized */
	char hint[CC_ERR_HINT_SIZE];       /* may be empty */
} cc_err;

const char *cc_code_name(cc_code code);       /* "CC_ENOTFOUND" */
const char *cc_code_text(cc_code code);       /* "not found" */
int cc_code_exit_status(cc_code code);        /* 0 success, 1 failure, 2 usage, 3 unreadable input, 4 unscorable */

void cc_err_clear(cc_err *err);

/* Sets err (if not NULL) and returns code, so that `return cc_err_set(err, CC_EIO, "%s: …", path);` is one line.
 * Clears hint and position. Control bytes in the formatted text are shown, not kept. */
cc_code cc_err_set(cc_err *err, cc_code code, const char *fmt, ...) CC_PRINTF(3, 4);
/* Adds the next step to take, after cc_err_set. Returns err->code, so that it can end a function; without err the code is not
 * known here and CC_EINTERNAL is returned, never success: a function whose callers want the code only keeps it itself. */
cc_code cc_err_hint(cc_err *err, const char *fmt, ...) CC_PRINTF(2, 3);
/* From errno: ENOENT gives CC_ENOTFOUND, EACCES CC_EACCESS, ENOMEM CC_ENOMEM, else CC_EIO; "what: strerror". */
cc_code cc_err_errno(cc_err *err, int errnum, const char *what);
#ifdef __clang_analyzer__ /* it looks at one file at a time and would follow paths on which an error is CC_OK */
#define cc_err_set(err, code, ...) (cc_err_set((err), (code), __VA_ARGS__), (code))
#define cc_err_hint(err, ...) (cc_err_hint((err), __VA_ARGS__), CC_EINTERNAL)
#define cc_err_errno(err, errnum, what) (cc_err_errno((err), (errnum), (what)), CC_EIO)
#endif

#endif
