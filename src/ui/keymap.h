/* keymap.h - every key of the console, in one table: where it works, what it does, and a note. Help is made from it. */
#ifndef COLDCASE_UI_KEYMAP_H
#define COLDCASE_UI_KEYMAP_H

#include <stddef.h>

#include "coldcase/arena.h"
#include "coldcase/ui.h"
#include "coldcase/vec.h"

/* Things keys do to the console itself, and their names in a keys file. What concerns the investigation is a command line
 * instead. */
#define CC_DOS(X) \
	X(MOVE_DOWN, "next-row") X(MOVE_UP, "previous-row") X(LEFT, "scroll-left") X(RIGHT, "scroll-right") X(TOP, "first-row") \
	X(BOTTOM, "last-row") X(HALF_DOWN, "half-screen-down") X(HALF_UP, "half-screen-up") X(PAGE_DOWN, "screen-down") \
	X(PAGE_UP, "screen-up") X(SEARCH, "search") X(SEARCH_NEXT, "next-hit") X(SEARCH_PREV, "previous-hit") X(FILTER, "filter") \
	X(FILTERS, "filters") X(CONTEXT, "context") X(FOLD, "fold-repeats") \
	X(HELP, "help") X(COMMAND, "command-line") X(PALETTE, "palette") X(NEXT_PANE, "next-pane") X(PREV_PANE, "previous-pane") \
	X(DRILL, "open-row") X(BACK, "back") X(BACK_OR_QUIT, "back-or-quit") X(LAST_VIEW, "last-view") \
	X(VIEW_BACK, "view-back") X(VIEW_FORWARD, "view-forward") \
	X(NEXT_ERROR, "next-error") X(PREV_ERROR, "previous-error") X(NEXT_WARNING, "next-warning") \
	X(PREV_WARNING, "previous-warning") X(NEXT_SAME, "next-of-operation") X(PREV_SAME, "previous-of-operation") \
	X(NEXT_GROUP, "next-group") X(PREV_GROUP, "previous-group") X(ZOOM_IN, "zoom-in") X(ZOOM_OUT, "zoom-out") \
	X(GROW, "grow-pane") X(SHRINK, "shrink-pane") X(YANK, "copy") X(DETAIL, "all-fields") X(PIN, "pin-or-unpin") \
	X(SUSPECT, "suspect-row") X(SUBMIT, "review") X(PIVOT, "pivot") X(UNLINK, "unlink-pane") X(CLOCK, "clock") \
	X(REPAINT, "repaint") X(SUSPEND, "suspend") X(MOUSE, "mouse") X(NEXT_PAGE, "next-page") X(PREV_PAGE, "previous-page") \
	X(RERUN, "run-again") X(TWIN, "other-list") X(REMOVE, "remove") X(RIVALS, "rivals") X(RULEOUT, "ruleout-row") \
	X(NUDGE_LATER, "cursor-later") X(NUDGE_EARLIER, "cursor-earlier") X(HORIZON, "horizon") X(SCRUBBER, "scrubber") X(JUMP, "jump") \
	X(FOLD_TREE, "fold-tree") X(CRITICAL, "critical-path") X(TRACE_LOGS, "trace-logs") X(HIDE_SERVICE, "hide-service") \
	X(MORE, "one-level-more") X(LESS, "one-level-less") X(NEXT_PINNED, "next-pinned") X(PREV_PINNED, "previous-pinned") \
	X(ARRANGE, "arrange")

typedef enum cc_do {
	CC_DO_LINE,              /* run the binding's command line */
#define CC_DO_ENUM(id, name) CC_DO_##id,
	CC_DOS(CC_DO_ENUM)
#undef CC_DO_ENUM
	CC_DO_NOTHING            /* shown in help, handled elsewhere (line editing, menus) */
} cc_do;

typedef enum cc_key_context { CC_IN_PANE, CC_IN_ANY, CC_IN_PROMPT, CC_IN_MENU } cc_key_context;

typedef struct cc_binding {
	const char *keys;        /* names separated by blanks: "j Down" */
	cc_key_context context;
	int pane;                /* 1 … 8: in this pane only; 0 = in all */
	cc_do what;
	const char *line;        /* LINE: a command line; {entity} {time} {cite} {op} {trace} are of the selected row */
	const char *note;
} cc_binding;

/* Which key does what: the built-in table, as a keys file and `:bind` have changed it. */
cc_keymap *cc_keymap_new(void);                          /* the built-in one; NULL when out of memory */
size_t cc_keymap_count(const cc_keymap *m);
const cc_binding *cc_keymap_get(const cc_keymap *m, size_t i);  /* its keys are empty when all were taken away */
/* The binding of a key in a pane (1 … 8), NULL when it has none. What holds in that pane only goes first. */
const cc_binding *cc_keymap_find(const cc_keymap *m, const cc_key *key, int pane);
/* The first key of what is done, or of a command line (LINE); empty when it has none. */
cc_str cc_keymap_key_of(const cc_keymap *m, cc_do what, const char *line);
/* The pane of a name, 1 … 8; 0 = none. */
int cc_keymap_pane(cc_str name);

/* keybind.c. One line of a keys file: `bind [PANE] KEY ACTION`, `bind [PANE] KEY :LINE`, `unbind [PANE] KEY`. */
cc_code cc_keymap_bind(cc_keymap *m, cc_str line, cc_err *err) CC_MUST_USE;
const char *cc_do_name(cc_do what);                      /* NULL: LINE and NOTHING have none */

/* For keybind.c: texts and new rows live as long as the keymap. */
struct cc_keymap { cc_arena *arena; CC_VEC(cc_binding) rows; };

#endif
