/* keymap.h - every key of the console, in one table: where it works, what it does, and a note. Help is made from it. */
#ifndef COLDCASE_UI_KEYMAP_H
#define COLDCASE_UI_KEYMAP_H

#include <stddef.h>

#include "coldcase/term.h"

/* Things keys do to the console itself. What concerns the investigation is a command line instead. */
typedef enum cc_do {
	CC_DO_LINE,              /* run the binding's command line */
	CC_DO_MOVE_DOWN, CC_DO_MOVE_UP, CC_DO_LEFT, CC_DO_RIGHT, CC_DO_TOP, CC_DO_BOTTOM, CC_DO_HALF_DOWN, CC_DO_HALF_UP,
	CC_DO_PAGE_DOWN, CC_DO_PAGE_UP, CC_DO_SEARCH, CC_DO_SEARCH_NEXT, CC_DO_SEARCH_PREV, CC_DO_FILTER, CC_DO_HELP, CC_DO_COMMAND,
	CC_DO_PALETTE, CC_DO_NEXT_PANE, CC_DO_PREV_PANE, CC_DO_PANE, CC_DO_DRILL, CC_DO_BACK, CC_DO_BACK_OR_QUIT, CC_DO_LAST_VIEW,
	CC_DO_NEXT_ERROR, CC_DO_PREV_ERROR, CC_DO_NEXT_WARNING, CC_DO_PREV_WARNING, CC_DO_NEXT_SAME, CC_DO_PREV_SAME,
	CC_DO_NEXT_GROUP, CC_DO_PREV_GROUP, CC_DO_ZOOM_IN, CC_DO_ZOOM_OUT, CC_DO_GROW, CC_DO_SHRINK, CC_DO_YANK, CC_DO_DETAIL, CC_DO_PIN,
	CC_DO_SUSPECT, CC_DO_SUBMIT, CC_DO_PIVOT, CC_DO_UNLINK, CC_DO_CLOCK, CC_DO_REPAINT, CC_DO_SUSPEND, CC_DO_MOUSE,
	CC_DO_NEXT_PAGE, CC_DO_PREV_PAGE, CC_DO_RERUN, CC_DO_TWIN, CC_DO_REMOVE, CC_DO_RIVALS, CC_DO_RULEOUT,
	CC_DO_NUDGE_LATER, CC_DO_NUDGE_EARLIER, CC_DO_HORIZON, CC_DO_SCRUBBER, CC_DO_JUMP,
	CC_DO_NOTHING            /* shown in help, handled elsewhere (line editing, menus) */
} cc_do;

typedef enum cc_key_context { CC_IN_PANE, CC_IN_ANY, CC_IN_PROMPT, CC_IN_MENU } cc_key_context;

typedef struct cc_binding {
	const char *keys;        /* names separated by blanks: "j Down" */
	cc_key_context context;
	int pane;                /* 1 … 8: in this pane only; 0 = in all */
	cc_do what;
	const char *line;        /* LINE: a command line; {entity} {time} {cite} {op} are of the selected row */
	const char *note;
} cc_binding;

size_t cc_keymap_count(void);
const cc_binding *cc_keymap_get(size_t i);
/* The binding of a key in a pane (1 … 8), NULL when it has none. */
const cc_binding *cc_keymap_find(const cc_key *key, int pane);

#endif
