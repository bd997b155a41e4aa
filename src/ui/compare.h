/* compare.h - several runs of one incident played back side by side: a console a run, drawn into a part of the screen, and one
 * transport over all of them.
 *
 *   compare.c       the lanes, where they stand, time      compare_keys.c  keys       compare_lines.c  the lines they are
 *   compare_draw.c  the screen                             compare_said.c  a step without a pane (said.h)
 *   compare_help.c  pages over the lanes                   compare_marks.c markers of all lanes
 *   compare_term.c  the part of the screen that a lane takes for its terminal
 * Where each lane stands depends on one position alone (coldcase/compare.h), so that going back is going to a smaller one. */
#ifndef COLDCASE_UI_COMPARE_H
#define COLDCASE_UI_COMPARE_H

#include "ui/replay.h"

typedef struct cc_duet cc_duet;

/* What one lane's console takes for its terminal. */
typedef struct cc_lane_term { cc_term base; cc_duet *of; cc_rect at; } cc_lane_term;

typedef enum cc_news { CC_NEWS_NONE, CC_NEWS_SHARED, CC_NEWS_OWN, CC_NEWS_BOTH } cc_news;  /* what a step first saw: others saw it too, nobody else did */

typedef struct cc_lane {
	const cc_ui_lane *given;
	const cc_run *run;
	size_t count;            /* steps in all */
	size_t step;             /* done */
	cc_ui *ui;               /* NULL: its evidence is not at hand */
	cc_replay replay;
	cc_lane_term term;
	cc_sheet *page;          /* what the step says instead of panes; NULL = the panes are shown */
	cc_buf said;             /* by an agent before the step */
	cc_markers *markers;     /* of the record, and those set by hand beside it */
	unsigned char *news;     /* a cc_news a step */
	cc_rect at;              /* on the screen, its header row included */
} cc_lane;

typedef enum cc_over { CC_OVER_NONE, CC_OVER_HELP, CC_OVER_SCORES } cc_over;     /* a page over the lanes */

struct cc_duet {
	const cc_compare *runs;
	cc_lane lanes[CC_UI_LANES]; size_t count;
	size_t active;           /* has the keys, and leads where lanes are kept together by evidence */
	cc_sync how;
	size_t at;               /* the position */
	bool apart;              /* the lanes stand where each parted from the others, whatever the position says */
	bool diverged, by_focus;
	uint64_t parting[CC_COMPARE_MAX];
	bool playing, blank, blind, no_scores, done;
	int speed;
	int64_t due_ns;
	cc_sheet *scores, *blind_scores;  /* NULL = none */
	cc_over over;
	cc_sheet *help;
	cc_lineedit line;        /* after `:` */
	bool typing;
	cc_history history;
	cc_buf message;
	bool message_bad;
	cc_term *term;
	const cc_theme *theme;
	cc_theme own_theme;
	cc_glyphs glyphs;
	cc_grid grid;
	bool drawing;            /* the whole screen: lanes draw into it and do not show it */
};

/* compare.c; the steps are for tests and the loop. */
cc_code cc_duet_open(cc_duet **out, const cc_ui_comparison *what, cc_term *term, const cc_ui_options *opt, cc_err *err) CC_MUST_USE;
void cc_duet_close(cc_duet *d);                    /* NULL is fine */
void cc_duet_go(cc_duet *d, size_t at);            /* to a position */
void cc_duet_sync(cc_duet *d, cc_sync how);        /* the leading lane stays where it is */
void cc_duet_lead(cc_duet *d, size_t lane);
void cc_duet_part(cc_duet *d);                     /* to where they parted */
size_t cc_duet_last(const cc_duet *d);
void cc_duet_start(cc_duet *d);                    /* counts from now until the next position is due */
int cc_duet_wait_ms(const cc_duet *d, int64_t now_ns);
void cc_duet_tick(cc_duet *d, int64_t now_ns);
void cc_duet_say(cc_duet *d, const char *fmt, ...) CC_PRINTF(2, 3);

/* compare_keys.c */
extern const cc_transport_key cc_duet_bindings[];
void cc_duet_key(cc_duet *d, const cc_key *key);

/* compare_lines.c */
void cc_duet_line(cc_duet *d, cc_str line);        /* what keys and `:` do */

/* compare_help.c */
cc_sheet *cc_duet_help(const cc_duet *d);          /* the page of the keys; NULL when out of memory */
cc_sheet *cc_duet_over(const cc_duet *d);          /* the page over the lanes; NULL = none */

/* compare_marks.c */
cc_code cc_lane_read_markers(cc_lane *l, cc_err *err) CC_MUST_USE;
bool cc_lane_is_marked(const cc_lane *l, size_t from, size_t to, bool by_hand);    /* after any of these steps */
void cc_duet_caption(const cc_duet *d, size_t lane, cc_buf *out);  /* of the markers where a lane stands; nothing when there are none */
void cc_duet_marker(cc_duet *d, int dir, bool by_hand);    /* to the next marker of any lane (1), or the one before (-1) */
bool cc_duet_marker_named(cc_duet *d, cc_str text);        /* to the next whose caption says so; false: none does */

/* compare_draw.c */
void cc_duet_draw(cc_duet *d);
bool cc_duet_has_room(const cc_duet *d);           /* for the scores, below the lanes */

/* compare_said.c */
void cc_lane_read(cc_lane *l);                     /* makes page and said for the step it stands at */

/* compare_term.c */
void cc_lane_term_init(cc_lane_term *t, cc_duet *d);
void cc_lane_place(cc_lane *l);                    /* its console's cells into the screen */

#endif
