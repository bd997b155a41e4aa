/* term.h - what a console needs from a terminal: size, keys, a place to put a grid of cells, and a few services.
 *
 * Two implementations: curses (the real one) and a scripted one for tests. A terminal is driven by one thread. */
#ifndef COLDCASE_TERM_H
#define COLDCASE_TERM_H

#include "coldcase/buf.h"
#include "coldcase/cancel.h"

typedef struct cc_grid cc_grid;                 /* cells to show: private to the user interface */
typedef struct cc_theme cc_theme;

/* Codes at and above CC_KEY_SPECIAL are no characters. A control character arrives as its letter with CC_MOD_CTRL. */
typedef enum cc_key_code {
	CC_KEY_NONE = 0, CC_KEY_SPECIAL = 0x110000,
	CC_KEY_UP, CC_KEY_DOWN, CC_KEY_LEFT, CC_KEY_RIGHT, CC_KEY_HOME, CC_KEY_END, CC_KEY_PGUP, CC_KEY_PGDN, CC_KEY_INSERT,
	CC_KEY_DELETE, CC_KEY_BACKSPACE, CC_KEY_ENTER, CC_KEY_ESC, CC_KEY_TAB, CC_KEY_BACKTAB,
	CC_KEY_F1, CC_KEY_F2, CC_KEY_F3, CC_KEY_F4, CC_KEY_F5, CC_KEY_F6, CC_KEY_F7, CC_KEY_F8, CC_KEY_F9, CC_KEY_F10,
	CC_KEY_F11, CC_KEY_F12,
	CC_KEY_RESIZE,          /* the size changed: lay out anew */
	CC_KEY_PASTE,           /* text: what was pasted, never to be obeyed as keys */
	CC_KEY_MOUSE,           /* x, y, button; only while the mouse is on */
	CC_KEY_HANGUP           /* the terminal is gone */
} cc_key_code;

enum { CC_MOD_CTRL = 1, CC_MOD_ALT = 2 };
typedef enum cc_mouse_button { CC_MOUSE_CLICK = 1, CC_MOUSE_DOUBLE, CC_MOUSE_WHEEL_UP, CC_MOUSE_WHEEL_DOWN,
	CC_MOUSE_PRESS, CC_MOUSE_RELEASE /* a drag: not of what was a click */ } cc_mouse_button;

typedef struct cc_key {
	uint32_t code;          /* a Unicode character or a cc_key_code */
	unsigned mods;
	cc_str text;            /* PASTE: borrowed until the next read */
	int x, y;
	cc_mouse_button button;
} cc_key;

/* "j", "C-d", "Enter", "PgDn", "S-Tab", "F2", "Space": names as help and key scripts write them. */
bool cc_key_parse(cc_str name, cc_key *out);
void cc_key_format(const cc_key *key, cc_buf *out);
int cc_term_ended_by(void);             /* the signal that asked the console to end; 0 = none did */
bool cc_key_named(const char *names, const cc_key *key);   /* one of names, which blanks separate: "j Down" */

typedef struct cc_term cc_term;
typedef struct cc_term_ops {
	void (*size)(cc_term *t, int *columns, int *rows);
	void (*flush)(cc_term *t, const cc_grid *g, const cc_theme *theme);
	bool (*read_key)(cc_term *t, int timeout_ms, cc_key *out);  /* false: none came in time; < 0 waits for ever */
	int (*fd)(cc_term *t);                       /* to poll; -1 = none */
	void (*suspend)(cc_term *t);                 /* gives the terminal back, stops the process, returns when continued */
	void (*repaint)(cc_term *t);                 /* the next flush writes every cell */
	void (*set_title)(cc_term *t, cc_str title); /* cleaned text */
	/* Puts text on the clipboard of the person's machine (OSC 52). CC_ELIMIT above the cap, CC_ESTATE where it cannot work. */
	cc_code (*copy)(cc_term *t, cc_str text, cc_err *err);
	void (*set_mouse)(cc_term *t, bool on);
	void (*set_cancel)(cc_term *t, cc_cancel *c); /* set by Ctrl-C while a command runs; NULL = none */
	void (*close)(cc_term *t);                   /* restores the terminal and frees t */
} cc_term_ops;
struct cc_term { const cc_term_ops *ops; };

typedef enum cc_color_level { CC_COLOR_MONO, CC_COLOR_8, CC_COLOR_16, CC_COLOR_256, CC_COLOR_TRUE } cc_color_level;

/* flag: "never", "always", "8", "16", "256", "truecolor", "auto" or NULL. Order: flag, NO_COLOR (set and not empty), COLORTERM,
 * then `terminfo_colors` (what the terminal description says; 0 = none). CC_EUSAGE for another flag. */
cc_code cc_color_level_pick(cc_color_level *out, const char *flag, int terminfo_colors, cc_err *err) CC_MUST_USE;

/* Opens the controlling terminal. color as above. CC_ESTATE when standard input or output is no terminal or TERM is unknown or
 * dumb; the hint names --plain. Sets handlers that restore the terminal on SIGTERM, SIGHUP, SIGQUIT and crashes. */
cc_code cc_term_open(cc_term **out, const char *color, cc_err *err) CC_MUST_USE;

#endif
