/* lineedit.h - one line of UTF-8 under edit, with history: the prompts of `:`, `/`, `&` and questions. */
#ifndef COLDCASE_UI_LINEEDIT_H
#define COLDCASE_UI_LINEEDIT_H

#include "coldcase/term.h"
#include "coldcase/vec.h"
#include "ui/cells.h"

typedef CC_VEC(char *) cc_history;
enum { CC_HISTORY_MAX = 200 };

typedef struct cc_lineedit {
	cc_buf text;
	size_t cursor;           /* byte offset, always between characters */
	cc_buf killed;           /* what C-k, C-u, C-w took; C-y gives it back */
	cc_history *history;     /* borrowed; NULL = none */
	size_t at;               /* history->n = the new line */
	cc_buf draft;            /* the new line while older ones are shown */
} cc_lineedit;

typedef enum cc_edit_result { CC_EDIT_IGNORED, CC_EDIT_MOVED, CC_EDIT_CHANGED, CC_EDIT_ACCEPT, CC_EDIT_CANCEL,
	CC_EDIT_COMPLETE /* Tab */, CC_EDIT_COMPLETE_BACK } cc_edit_result;

void cc_lineedit_init(cc_lineedit *e, cc_history *history);
void cc_lineedit_deinit(cc_lineedit *e);
void cc_lineedit_set(cc_lineedit *e, cc_str text);
void cc_lineedit_insert(cc_lineedit *e, cc_str text);    /* newlines become blanks, other control characters vanish */
/* Replaces [from, cursor) by text: a completion was chosen. */
void cc_lineedit_replace(cc_lineedit *e, size_t from, cc_str text);
cc_edit_result cc_lineedit_key(cc_lineedit *e, const cc_key *key);
/* Prefix, then the text, scrolled so that the cursor is seen; places the grid's cursor. */
void cc_lineedit_draw(const cc_lineedit *e, cc_grid *g, cc_rect r, const char *prefix);

void cc_history_add(cc_history *h, cc_str line);         /* not twice in a row; the oldest falls out */
void cc_history_deinit(cc_history *h);

#endif
