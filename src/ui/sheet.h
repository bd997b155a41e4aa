/* sheet.h - one reply as a scrolling page with a selection: what a pane, an overlay and the briefing show.
 *
 * A reply's notes, facts, tables, texts and charts become a flat list of items, each one screen row; a long text or fact wraps
 * into several. Only rows, lines and facts can be selected. The list depends on the reply and the width alone, so resizing
 * and scrolling never run a command again. */
#ifndef COLDCASE_UI_SHEET_H
#define COLDCASE_UI_SHEET_H

#include "coldcase/regex.h"
#include "ui/table.h"

typedef enum cc_item_kind { CC_ITEM_BLANK, CC_ITEM_NOTE, CC_ITEM_HEADING, CC_ITEM_FACT, CC_ITEM_HEADER, CC_ITEM_ROW, CC_ITEM_LINE,
	CC_ITEM_CHART, CC_ITEM_EMPTY, CC_ITEM_RULE /* the time cursor, between rows */, CC_ITEM_GAP /* rows left out between two */ } cc_item_kind;

typedef struct cc_item {
	uint8_t kind;            /* cc_item_kind */
	bool more;               /* continues the item before: the same fact or line, wrapped */
	uint16_t section;
	uint32_t index;          /* row, line, fact or note */
	uint32_t from, to;       /* bytes of its cleaned text; CHART: from = row of the picture */
	uint32_t beside;         /* FACT: index + 1 of a second short fact in the same row; 0 = none */
} cc_item;

typedef struct cc_filter_part { char *text; bool off, inverted; } cc_filter_part;
typedef CC_VEC(cc_filter_part) cc_filters;

typedef struct cc_sheet {
	char *line;              /* command line that fills it, filter and offset left out; NULL = made by the console */
	cc_filters filters;      /* what `&` added; filter is made of them */
	char *filter;            /* text appended to the line; NULL = none */
	int context;             /* rows shown around those that fit, where the command takes context= */
	bool unfolded;           /* repeated rows stand singly, where it takes fold= */
	uint64_t offset;
	bool placed;             /* offset was chosen: a part of an answer that was paid for */
	cc_reply *reply;         /* NULL: never run, or failed */
	cc_view view;            /* focus, cursor and window it was run under */
	int from_pane;           /* a pivot was made from there: leaving goes back to it; -1 = none */
	cc_entity_id entity;     /* of the row it was opened from, as cite and time: what rows that name nothing are about */
	cc_cite cite;
	int64_t time_ns;         /* CC_TIME_NONE = none */
	bool ran, failed;
	bool waiting;            /* nothing of its evidence has been read yet */
	bool stale;              /* fuller evidence is in: run it again before it is shown, its ids mean nothing */
	cc_err err;
	CC_VEC(cc_item) items;
	cc_table_fit *fits;      /* one a section */
	int width;               /* the items are for this width; 0 = stale */
	int height;              /* rows of the page they are drawn on: charts grow with it */
	bool ascii;
	bool few;                /* columns: only what must be seen, for a room */
	size_t selected, top;    /* items */
	double bar_from, bar_to; /* the part of a waterfall's time that its bars show; both 0 = all */
	int left;                /* columns the flexible column is shifted by */
	int64_t at_ns;           /* time cursor the items were made for: a rule parts before from after */
	CC_VEC(uint32_t) folds;  /* lines of a spec, or rows of a tree, below which nothing is shown */
	bool letters;            /* of a map: letters stand on its boxes, the next key jumps to one */
	uint32_t letter_items[52];
	size_t letter_count;     /* of the last drawing */
	double *spread; size_t spread_count;  /* where in the whole list hits of the last search lie: ticks of the scrollbar */
	bool moved;              /* the last reply lacks the record selected before: the nearest in time is */
	cc_cite lost; int64_t lost_ns;  /* which one that was */
} cc_sheet;

/* Where the selection rests: everything a front end needs to go on from there. All borrowed from the reply. */
typedef struct cc_pick {
	bool any;
	const cc_section *section;
	const cc_row *row;       /* one of row, line, fact is set */
	const cc_line *line;
	const cc_fact *fact;
	cc_entity_id entity;
	cc_cite cite;
	int64_t time_ns;
	cc_str drill, op;
} cc_pick;

typedef struct cc_sheet_look {
	bool active;
	cc_glyphs glyphs;
	int64_t at_ns;           /* the time cursor; rows after it are dim */
	int64_t onset_ns;        /* CC_TIME_NONE = not known */
	bool known;              /* as known then: charts end at the cursor */
	cc_range window;         /* charts show this part of their samples */
	cc_range capture;        /* of all evidence */
	cc_regex *search;        /* highlighted; NULL = nothing */
	bool (*pinned)(void *arg, const cc_reply *reply, const cc_section *section, const cc_row *row);  /* NULL = nothing is */
	char (*note)(void *arg, const cc_row *row);    /* a sign beside a row that is not pinned, 0 = none; NULL = none has one */
	void *arg;
} cc_sheet_look;

cc_sheet *cc_sheet_new(const char *line);           /* NULL when out of memory */
void cc_sheet_free(cc_sheet *s);
/* As before it ever ran: what it showed must not be shown any more. */
void cc_sheet_forget(cc_sheet *s);
void cc_sheet_set_reply(cc_sheet *s, cc_reply *reply); /* takes the reference; keeps the selection where it can */
void cc_sheet_layout(cc_sheet *s, int width, bool ascii);
void cc_sheet_draw(cc_sheet *s, cc_grid *g, cc_rect r, const cc_sheet_look *look);

cc_pick cc_sheet_pick(const cc_sheet *s);
/* Hides or shows what lies below the selected line of a spec, or the selected row of a tree; false when nothing does. */
bool cc_sheet_fold(cc_sheet *s);
size_t cc_sheet_tree_end(const cc_section *sec, size_t row);   /* the first row after those below it */
bool cc_sheet_is_folded(const cc_sheet *s, uint32_t line);
/* Path of the selected line of a spec; nothing elsewhere. */
void cc_sheet_path(const cc_sheet *s, cc_buf *out);
/* sheet_tree.c. The bars of a waterfall: the selected row's time over their whole width (in), or twice as much (out). False:
 * there are none, or they show all already. */
bool cc_sheet_zoom(cc_sheet *s, bool in);
bool cc_sheet_has_bars(const cc_sheet *s);
void cc_sheet_ruler(const cc_sheet *s, cc_buf *out); /* what heads zoomed bars: "4ms - 6ms - 8ms"; nothing when they are whole */
/* Hides the deepest level of a tree that is shown (dir -1), or shows one more. False: there is none. */
bool cc_sheet_fold_level(cc_sheet *s, int dir);
int cc_sheet_most_left(const cc_sheet *s);          /* how far shifting shows more; 0 = nothing is cut */
bool cc_sheet_is_part(const cc_sheet *s);           /* the reply holds a part of a longer list */
/* Number of the selected row, or of the item's, within the whole list; false when it is no row of it. */
bool cc_sheet_place(const cc_sheet *s, size_t item, uint64_t *place);
bool cc_sheet_select_place(cc_sheet *s, uint64_t place);   /* the row that stands for it; false when the reply does not hold it */
void cc_sheet_move(cc_sheet *s, long delta);        /* by selectable items */
void cc_sheet_scroll(cc_sheet *s, long delta, int height); /* by items: pages, and texts without anything to select */
void cc_sheet_to_end(cc_sheet *s, bool end);
void cc_sheet_home(cc_sheet *s);                    /* where a new page starts */
/* To the next item (or previous: dir -1) that fits; false when there is none. Continuations are skipped. */
bool cc_sheet_seek(cc_sheet *s, int dir, bool (*fits)(const cc_sheet *s, size_t item, void *arg), void *arg);
bool cc_sheet_is_warning(const cc_sheet *s, size_t note);  /* it tells of evidence that is not whole; others only inform */
cc_role cc_sheet_item_role(const cc_sheet *s, size_t item);
/* The item as one line of clean text: what search looks at and yank copies. */
void cc_sheet_item_text(const cc_sheet *s, size_t item, cc_buf *out);
size_t cc_sheet_count_matches(const cc_sheet *s, cc_regex *re, size_t *before); /* items that hold it; up to the selection */

bool cc_sheet_is_text(const cc_sheet *s);           /* nothing to choose from: keys scroll */
int cc_sheet_hang(cc_str text, int width);          /* columns a continued row of a line is moved in by */
int cc_sheet_fact_width(const cc_section *sec, int width);  /* columns for the names of facts */
/* Where a row of `width` columns ends that starts at byte `from`: at a blank when one is near, else within the word. */
size_t cc_sheet_wrap(cc_str text, size_t from, int width);

void cc_filters_deinit(cc_sheet *s);                /* filters.c */

bool cc_section_is_unread(const cc_section *s);     /* what was found beyond the rows read so far (longlist.c) */

/* sheet_items.c, for the other files of a sheet. */
void cc_sheet_build(cc_sheet *s);                   /* the items of its reply at its width */
bool cc_sheet_selectable(const cc_item *it);

#endif
