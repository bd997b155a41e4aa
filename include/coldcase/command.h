/* command.h - the command table: one designated initialiser a command; everything else is generated from it.
 *
 * Dispatch, help, completion, the man page's COMMANDS, agent tool lists and JSON schemas are made from these entries (law 5);
 * keys are bound to command lines (law 4). A command does not know who called it: it fills a reply or an error (law 3).
 *
 * Line grammar:   NAME [word | key=value | "quoted" | /regex/]…
 * The name may be cut to a unique prefix. key=value sets a parameter when key is one of the command's; positional words fill the
 * positional parameters in order; when the command has a FILTER parameter everything else belongs to it, in source order
 * (`logs service=checkout level>=warn ~ /timeout|refused/ since=17:52:00 limit=50`). */
#ifndef COLDCASE_COMMAND_H
#define COLDCASE_COMMAND_H

#include "coldcase/cancel.h"
#include "coldcase/reply.h"
#include "coldcase/vec.h"

typedef struct cc_session cc_session;           /* session.h */

typedef enum cc_param_type {
	CC_PARAM_WORD,     /* one word or quoted text */
	CC_PARAM_TEXT,     /* the rest of the line */
	CC_PARAM_INT,      /* min..max below */
	CC_PARAM_NUMBER,   /* 0.6 */
	CC_PARAM_BOOL,     /* yes/no/true/false/1/0; a bare key means yes */
	CC_PARAM_CHOICE,   /* one of choices */
	CC_PARAM_TIME,     /* what cc_time_parse_user reads */
	CC_PARAM_DURATION,
	CC_PARAM_ENTITY,   /* what cc_entity_resolve reads */
	CC_PARAM_CITE,     /* file#record */
	CC_PARAM_FILTER    /* filter language over the command's rows */
} cc_param_type;

typedef enum cc_completer { CC_COMPLETE_NONE, CC_COMPLETE_ENTITY, CC_COMPLETE_CHOICE, CC_COMPLETE_COMMAND, CC_COMPLETE_METRIC,
	CC_COMPLETE_FIELD /* filter fields of the command's table */, CC_COMPLETE_SUSPECT, CC_COMPLETE_PIN, CC_COMPLETE_TRACE } cc_completer;

/* A question is a line without what only chooses a part of its answer. How many rows: SIZE; which ones: PLACE. Who paid for
 * a question may look at every part of its answer. */
typedef enum cc_param_part { CC_PART_NONE, CC_PART_SIZE, CC_PART_PLACE } cc_param_part;

typedef struct cc_param {
	const char *name;
	cc_param_type type;
	bool required;
	bool positional;
	const char *const *choices;   /* NULL-terminated, for CHOICE */
	int64_t min, max;             /* for INT; both 0 = any */
	cc_completer completer;
	const char *help;             /* one line */
	cc_param_part part;           /* it only chooses which rows of the answer are shown */
} cc_param;

typedef enum cc_cmd_flags {
	CC_CMD_QUERY = 1,       /* shows evidence: costs one query of the budget */
	CC_CMD_CONFIRM = 2,     /* needs the typed word to take effect */
	CC_CMD_NETWORK = 4,
	CC_CMD_HIDE_AGENT = 8,
	CC_CMD_NO_RECORD = 16,  /* leaves no step in the record (help, board …) */
	CC_CMD_CLOCK = 32,      /* its reply tells the time or what another process said: run again it answers otherwise */
	CC_CMD_NO_CURSOR = 64   /* in hindsight its answer does not depend on time cursor and onset, but by times in its line */
} cc_cmd_flags;

#define CC_READS_ALL CC_KINDS_ALL

enum { CC_CMD_MAX_PARAMS = 16 };

typedef struct cc_args {
	const char *values[CC_CMD_MAX_PARAMS];  /* by parameter index, NULL = not given; NUL-terminated, in the call's arena */
} cc_args;

typedef struct cc_call {            /* what a command runs with */
	cc_session *session;
	const struct cc_cmd *cmd;
	const cc_args *args;
	cc_arena *arena;                /* command lifetime: scratch */
	cc_cancel *cancel;
} cc_call;

typedef struct cc_cmd {
	const char *name, *alias;
	const char *group;              /* "evidence", "navigation", "case", "session" */
	const char *summary;            /* one line, for lists */
	const char *help;               /* a paragraph; may be NULL */
	const cc_param *params;         /* ends with name NULL; NULL = none */
	unsigned flags;
	unsigned reads;                 /* kinds of evidence whose absence would change the answer: CC_KIND_BIT each */
	const char *const *examples;    /* NULL-terminated command lines; every one is executed by a test */
	const char *const *reply;       /* NULL-terminated "key  meaning" lines: the frozen JSON keys */
	const char *filter_table;       /* for FILTER: "logs", "spans", "events" … (query/filter) */
	cc_code (*run)(cc_call *call, cc_reply *reply, cc_err *err);
} cc_cmd;

size_t cc_cmd_count(void);
const cc_cmd *cc_cmd_get(size_t i);                 /* in the order of help */
/* By name, alias or unique prefix. CC_EUNKNOWN with the nearest names; CC_EAMBIGUOUS lists the candidates. */
cc_code cc_cmd_find(cc_str name, const cc_cmd **out, cc_err *err) CC_MUST_USE;

/* Splits a line into command and arguments by the grammar above; texts live in the arena. CC_EUSAGE names the parameter. */
cc_code cc_cmd_parse(cc_str line, cc_arena *arena, const cc_cmd **cmd, cc_args *args, cc_err *err) CC_MUST_USE;
/* The canonical line of a parsed call: name, then key=value in table order, quoted where needed; what the record keeps. */
void cc_cmd_format(const cc_cmd *cmd, const cc_args *args, cc_buf *out);
/* Quotes a value so that it survives cc_cmd_parse as one word. */
void cc_cmd_quote(cc_buf *out, cc_str value);

/* Typed access for commands. `name` must be a parameter of the command. */
const char *cc_arg(const cc_call *c, const char *name);               /* text or NULL */
bool cc_arg_given(const cc_call *c, const char *name);
int64_t cc_arg_int(const cc_call *c, const char *name, int64_t fallback);   /* already validated by parse */
bool cc_arg_bool(const cc_call *c, const char *name, bool fallback);
cc_code cc_arg_number(const cc_call *c, const char *name, double fallback, double *out, cc_err *err) CC_MUST_USE;
cc_code cc_arg_entity(const cc_call *c, const char *name, cc_entity_id *out, cc_err *err) CC_MUST_USE; /* 0 when not given */
cc_code cc_arg_time(const cc_call *c, const char *name, int64_t fallback, int64_t *out, cc_err *err) CC_MUST_USE;

/* Completion of the word at the end of `line` (cut there): appends full replacement words, best first, texts in the arena. */
typedef struct cc_completion { cc_str word; const char *help; } cc_completion;
typedef CC_VEC(cc_completion) cc_completion_vec;
cc_code cc_cmd_complete(cc_session *session, cc_str line, cc_arena *arena, cc_completion_vec *out, size_t *word_start) CC_MUST_USE;

/* Usage line ("logs [filter] [limit=N] …"), full help of a command, and the manual pages' mdoc: brief has one line a command
 * (coldcase.1), full also parameters, examples and JSON keys (coldcase-commands.7). */
void cc_cmd_write_usage(const cc_cmd *cmd, cc_buf *out);
void cc_cmd_write_help(const cc_cmd *cmd, cc_buf *out);
void cc_cmd_write_mdoc(cc_buf *out, bool full);

#endif
