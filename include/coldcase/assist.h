/* assist.h - how much of the diagnosis the program does itself: three levels, one table.
 *
 * raw shows evidence in its own order; ranked also finds the onset and puts first what changed; full also judges states and
 * gives advice. Commands ask cc_session_assist (session.h) for the one thing they are about to do, never for the level. */
#ifndef COLDCASE_ASSIST_H
#define COLDCASE_ASSIST_H

#include "coldcase/str.h"

typedef enum cc_assist_level { CC_ASSIST_RAW, CC_ASSIST_RANKED, CC_ASSIST_FULL } cc_assist_level;

typedef enum cc_assist {
	CC_ASSIST_ONSET,     /* the onset is found; at raw only `onset` or the time cursor part before from after */
	CC_ASSIST_RANKS,     /* change scores, and lists ordered by them: metrics, paths, spec changes */
	CC_ASSIST_NEW,       /* log patterns and events that are new or grown come first */
	CC_ASSIST_FIRST,     /* the alert that fired first is marked */
	CC_ASSIST_ORIGIN,    /* where errors begin is told from where they arrive */
	CC_ASSIST_RULES,     /* rules on the state of objects: "selector matches no pod" */
	CC_ASSIST_ADVICE,    /* the score to be expected of each candidate answer */
	CC_ASSIST_HINTS,     /* the coach's ladder */
	CC_ASSIST_COUNT
} cc_assist;

/* From which level on, its short name, and what it is in a line; for help, manuals and the `assist` command. */
typedef struct cc_assist_entry { cc_assist_level from; const char *name, *what; } cc_assist_entry;
const cc_assist_entry *cc_assist_get(cc_assist a);

const char *cc_assist_level_name(cc_assist_level l);            /* "raw" */
bool cc_assist_level_parse(cc_str text, cc_assist_level *out);  /* false: no such level */

#endif
