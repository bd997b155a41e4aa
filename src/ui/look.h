/* look.h - what a cell means; a theme says how each look appears.
 *
 * The first ones are the roles of replies (reply.h), in the same order, so that a role is a look. */
#ifndef COLDCASE_UI_LOOK_H
#define COLDCASE_UI_LOOK_H

/* name in theme files, letter in dumps. The first CC_ROLE_COUNT lines follow cc_role. */
#define CC_LOOKS(X) \
	X(TEXT, "text", '.') X(DIM, "dim", 'd') X(HEADING, "heading", 'h') X(ENTITY, "entity", 'e') X(TIME, "time", 't') \
	X(CRITICAL, "critical", 'C') X(WARNING, "warning", 'W') X(INFO, "info", 'I') X(OK, "ok", 'o') X(ADDED, "added", '+') \
	X(REMOVED, "removed", '-') X(CHANGED, "changed", '~') X(MATCH, "match", 'm') X(OP, "op", 'p') \
	X(STATUS, "status", 's') X(STATUS_ALARM, "status-alarm", 'S') X(TAB, "tab", 'a') X(TAB_ACTIVE, "tab-active", 'A') \
	X(TITLE, "title", 'b') X(TITLE_ACTIVE, "title-active", 'B') X(HEADER, "header", 'H') X(SELECTION, "selection", '>') \
	X(BORDER, "border", '|') X(HINT, "hint", 'n') X(HINT_KEY, "hint-key", 'N') X(PROMPT, "prompt", ':') X(ERROR, "error", 'E') \
	X(MENU, "menu", 'u') X(MENU_SELECTED, "menu-selected", 'U') X(CURSOR, "cursor", 'c') X(SERIES1, "series1", '1') \
	X(SERIES2, "series2", '2') X(SERIES3, "series3", '3') X(SERIES4, "series4", '4')

typedef enum cc_look {
#define CC_LOOK_ENUM(id, name, letter) CC_LOOK_##id,
	CC_LOOKS(CC_LOOK_ENUM)
#undef CC_LOOK_ENUM
	CC_LOOK_COUNT,
	CC_LOOK_KEEP = 255
} cc_look;

enum { CC_ATTR_BOLD = 1, CC_ATTR_UNDERLINE = 2, CC_ATTR_REVERSE = 4, CC_ATTR_DIM = 8, CC_ATTR_ITALIC = 16,
	CC_ATTR_SELECTED = 32,  /* the row under the cursor: the selection's background, or reversed */
	CC_ATTR_MATCH = 64      /* a search hit */ };

char cc_look_letter(cc_look look);
const char *cc_look_name(cc_look look);

#endif
