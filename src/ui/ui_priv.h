/* ui_priv.h - the state of the console, and what its files share.
 *
 *   keymap.c  which key does what          actions.c  does it           panes.c   runs lines, keeps views
 *   kept.c    the answers so far
 *   longlist.c lists longer than a reply   search.c  / n N
 *   keybind.c keys of one's own         preview.c what a typed line would do
 *   prompt.c  the bottom line              menu.c     popups            pivot.c   x and y menus
 *   layout.c  where things lie             screen.c   draws them        stages.c  briefing, pause, review, verdict
 *   waiting.c what runs, and Esc  cursor.c   the time cursor   scrubber.c  the whole capture in a row
 *   loading.c the time until all evidence has been read   compare.c several consoles side by side
 *   seat.c    a seat in a class   big.c   digits for a room
 *   whole.c   a cut cell's text   live.c  a drill that goes on by itself
 * Handlers change state only; cc_ui_draw draws everything from it. */
#ifndef COLDCASE_UI_PRIV_H
#define COLDCASE_UI_PRIV_H

#include "ui/backend.h"
#include "ui/keymap.h"
#include "ui/lineedit.h"
#include "ui/sheet.h"
#include "ui/theme.h"

enum { CC_PANE_COUNT = 8, CC_CACHE_MAX = 64, CC_LEARN_STEPS = 5 };
enum { CC_PANE_ALERTS, CC_PANE_LOGS, CC_PANE_TRACES, CC_PANE_METRICS, CC_PANE_TOPOLOGY, CC_PANE_EVENTS, CC_PANE_SPECS, CC_PANE_BOARD };

typedef CC_VEC(cc_sheet *) cc_sheet_stack;
typedef struct cc_pane {
	cc_sheet_stack stack;    /* [0] = the list, then what was opened from it; the last is shown */
	bool unlinked;           /* looks past focus, cursor and window */
} cc_pane;

typedef struct cc_cached { char *key; cc_reply *reply; uint64_t used; } cc_cached;

/* What a pin was made from, as it was seen then. */
typedef struct cc_pin_page { uint32_t number; char *line; cc_reply *reply; cc_view view; } cc_pin_page;

typedef struct cc_menu_entry {
	uint32_t hotkey;         /* 0 = none */
	char *label;
	char *line;              /* command line, or the text to copy; "" = a heading */
	const cc_binding *binding;  /* help: what Enter does */
	const char *note;        /* stands below the list while this one is chosen; NULL = nothing does */
	int fit;                 /* to the filter; the best go first */
} cc_menu_entry;
typedef enum cc_menu_kind { CC_MENU_NONE, CC_MENU_PIVOT, CC_MENU_YANK, CC_MENU_PALETTE, CC_MENU_HELP, CC_MENU_ARRANGE } cc_menu_kind;
typedef struct cc_menu {
	cc_menu_kind kind;
	const char *title;
	CC_VEC(cc_menu_entry) entries;
	CC_VEC(size_t) shown;    /* entries that fit the filter */
	cc_lineedit filter;      /* PALETTE and HELP */
	size_t selected, top;
} cc_menu;

typedef enum cc_prompt_kind { CC_PROMPT_NONE, CC_PROMPT_COMMAND, CC_PROMPT_SEARCH, CC_PROMPT_FILTER, CC_PROMPT_CONFIDENCE,
	CC_PROMPT_REASON, CC_PROMPT_RULEOUT, CC_PROMPT_SUBMIT, CC_PROMPT_QUIT, CC_PROMPT_MARK } cc_prompt_kind;
typedef struct cc_prompt {
	cc_prompt_kind kind;
	cc_lineedit edit;
	char *subject;           /* CONFIDENCE, RULEOUT: the entity */
	uint32_t pin;            /* CONFIDENCE: the pin on the row it came from; 0 = none */
	char *confidence;        /* REASON: what was answered before */
	bool again;              /* CONFIDENCE, SUBMIT: the answer before was none */
	cc_arena *arena;         /* of the candidates */
	cc_completion_vec candidates;
	size_t word_start, chosen;
	bool completing;
} cc_prompt;

typedef enum cc_stage { CC_STAGE_BRIEFING, CC_STAGE_PANES, CC_STAGE_REVIEW, CC_STAGE_VERDICT, CC_STAGE_WAITING,
	CC_STAGE_PRINTED } cc_stage;    /* the last one: of a replay, what a step printed that no pane shows */

/* Something that was looked at (trail.c). */
typedef struct cc_place { int pane; char *line; cc_view view; } cc_place;

struct cc_ui {
	cc_backend backend;
	cc_term *term;
	const cc_theme *theme;
	cc_theme own_theme;      /* when none was given */
	int drag_x;              /* where the button went down on a time axis; -1 = it is up */
	cc_axis drag;
	cc_buf pressed;          /* demo: the last key and what it does */
	cc_keymap *keys, *own_keys;  /* own: when none were given */
	cc_ui_options opt;
	cc_grid grid;
	cc_stage stage;
	cc_pane panes[CC_PANE_COUNT];
	int slots[2];            /* panes shown left and right; -1 = none */
	int active;              /* slot with the keys */
	int last_pane;           /* for `-`; -1 = none */
	CC_VEC(cc_place) trail;  /* for `[` and `]`, and where on it this is */
	size_t trail_at;
	int zoom;                /* pane size: -1 smaller, 0, 1 alone */
	CC_VEC(cc_cached) cache;
	uint64_t tick;           /* of the cache */
	CC_VEC(cc_pin_page) pin_pages;
	cc_prompt prompt;
	cc_menu menu;
	bool filter_panel;       /* open: it has the keys */
	size_t filter_at;        /* its row */
	cc_sheet *overlay;       /* detail of a row, help of a command: over everything; NULL = none */
	cc_sheet *page;          /* briefing, review, verdict */
	cc_buf names;            /* REVIEW: the suspects taken in, as numbers; empty = all */
	cc_sheet *side;          /* all fields of the selected row, beside the list */
	const cc_sheet *side_of; /* what `side` was made from */
	uint64_t side_key;
	cc_history commands, searches, filters;
	cc_buf search, message;
	cc_regex *search_re;     /* the search compiled; NULL = none */
	bool message_bad;
	bool message_hit;        /* it tells of a hit: the text around it is shown behind it */
	bool message_so_far;     /* it counts hits in what is read and in what is not: said anew once all is read */
	cc_cancel cancel;
	cc_sheet *asking;        /* whose line runs; NULL = what is asked for has no pane */
	bool asking_again;       /* lines are run because fuller evidence is in, not because somebody asked */
	bool ask_due;            /* fuller evidence came; what is in view is still to be asked again */
	cc_reply *scrub;         /* of `timeline`; what it was asked with */
	cc_buf scrub_key;
	uint64_t fuller;         /* how often more evidence came */
	bool no_scrubber;
	bool settle_due;         /* the time cursor moved, and what is in view was not asked again yet */
	CC_VEC(cc_key) ahead;    /* typed while a command ran */
	bool mouse, done, pending_g, interrupted_quit;
	int learn_step;
	struct cc_replay *replay; /* NULL: played live */
	bool lane;               /* one of several consoles on a screen (compare.h): the keys are told once, below all of them */
	bool scored;             /* the page of the verdict tells one */
	char (*note)(void *arg, cc_str cite);  /* what stands beside a row of that record that is not pinned, 0 = nothing; NULL = nothing does */
	void *note_arg;
	cc_ui_seat_now seat;     /* in a class: how it stood when it was last asked */
	bool seat_frozen;
	cc_buf bell;             /* what came unasked - a page of a live drill, a hint - and until when it is told */
	int64_t bell_until_ns;
	size_t pages, told;      /* so many there have been */
	cc_buf last_view;        /* what record_view was told last */
};

/* trail.c */
void cc_trail_note(cc_ui *ui);                          /* after a key: what is looked at now */
void cc_trail_go(cc_ui *ui, int dir);                   /* -1 back, 1 forward */
void cc_trail_deinit(cc_ui *ui);

/* panes.c */
extern const char *const cc_pane_names[CC_PANE_COUNT];
extern const char *const cc_pane_lines[CC_PANE_COUNT];
int cc_ui_pane_of_line(cc_str line);                    /* -1: no pane of its own */
cc_pane *cc_ui_pane(cc_ui *ui);                         /* with the keys */
cc_sheet *cc_ui_sheet(cc_ui *ui);                       /* shown there; NULL before the first run */
void cc_ui_show_pane(cc_ui *ui, int pane);              /* gives it the keys; runs its line when it never ran */
void cc_ui_fresh(cc_ui *ui);                            /* runs again what focus, cursor or window made stale, in the active pane */
void cc_ui_push(cc_ui *ui, int pane, cc_str line);      /* a new view on top of a pane */
void cc_ui_push_reply(cc_ui *ui, int pane, cc_str line, cc_reply *reply);  /* as push, with what the line answered; takes the reference */
bool cc_ui_pop(cc_ui *ui);                              /* false at the list */
void cc_ui_cut(cc_ui *ui, int pane, size_t depth);      /* closes what is above that many views of it; shows nothing */
void cc_ui_load(cc_ui *ui, cc_sheet *s, bool again);    /* fills a sheet, from the cache unless again */
void cc_ui_run_line(cc_ui *ui, cc_str line);            /* what `:` does: shows evidence in its pane, reports the rest */
/* Runs a line without showing it; the reply is the caller's. Errors go to the message row. */
cc_reply *cc_ui_ask(cc_ui *ui, cc_str line);
void cc_ui_question(const cc_ui *ui, const cc_sheet *s, cc_buf *out);  /* a sheet's line with filter, without the part */
const cc_cmd *cc_ui_command_of(cc_str line);            /* NULL = it begins with none */

/* kept.c */
cc_reply *cc_ui_kept(cc_ui *ui, cc_str line);           /* what it answered under this view; the caller's. NULL = not asked */
void cc_ui_keep(cc_ui *ui, cc_str line, cc_reply *reply);
bool cc_ui_obeys_cursor(cc_str line);                   /* its answer depends on time cursor and onset */
cc_reply *cc_ui_answer(cc_ui *ui, cc_str line);         /* kept, else run and kept; the caller's. Errors go to the message row */
bool cc_ui_takes(const cc_sheet *s, const char *param); /* its command has such a parameter */
bool cc_ui_is_kept(const cc_ui *ui, cc_str line);       /* its answer is here: asking again is free */
const char *cc_ui_cost(const cc_ui *ui, cc_str line);   /* "free", "free: asked before" or "one query" */
bool cc_ui_is_missing(const cc_ui *ui, int pane);       /* the snapshot holds nothing for the pane */
void cc_ui_open_first(cc_ui *ui);                       /* the first pane that has evidence */
bool cc_ui_is_old(const cc_ui *ui, int pane, const cc_sheet *s);  /* focus, window or cursor changed what it would show */
/* As known then: it was asked for when more was known, so it may show what must not be seen. Not drawn until asked again. */
bool cc_ui_looks_ahead(const cc_ui *ui, const cc_sheet *s);
void cc_ui_note_moved(cc_ui *ui, cc_sheet *s);          /* says so when the selection could not stay on its record */
void cc_ui_twin(cc_ui *ui);                             /* specs: changes or objects; traces: paths or traces */
void cc_ui_swap_line(cc_ui *ui, cc_sheet *s, const char *line);  /* another line in its place; its filter goes */
void cc_ui_set_line(cc_ui *ui, cc_sheet *s, const char *line);   /* the same, but filters stay */
bool cc_ui_is_trace(cc_str op);                         /* it looks like a trace id */

/* trace_keys.c */
cc_str cc_ui_trace_of(cc_ui *ui, const cc_pick *p);     /* the trace of a row, or that of the whole view; empty = none */
void cc_ui_toggle_word(cc_ui *ui, const char *command, const char *word);  /* puts a word into the view's line, or takes it out */
void cc_ui_hide_service(cc_ui *ui);                     /* of a trace: without the service of the row, as a view of its own */
/* One level of a tree, or hop of the topology, more or less; false: the view has neither. */
bool cc_ui_step_level(cc_ui *ui, int dir);
void cc_ui_fold(cc_ui *ui);                             /* what is below the selected row */

const char *cc_ui_filter_line(const cc_sheet *s);       /* its line, or that of the list which takes a filter in its place */
void cc_ui_reload(cc_ui *ui, cc_sheet *s);              /* runs it again, whatever is kept */
void cc_ui_forget(cc_ui *ui);                           /* drops all kept replies */
void cc_panes_deinit(cc_ui *ui);

/* longlist.c */
void cc_ui_slide(cc_ui *ui, cc_sheet *s, int height);   /* holds more of a long list when the selection nears an end of the part */
void cc_ui_go(cc_ui *ui, cc_sheet *s, uint64_t place, int height);     /* to any row of the whole list */
void cc_ui_go_by(cc_ui *ui, cc_sheet *s, int64_t rows, int height);
enum { CC_SEEK_ROWS = 10000 };
/* As cc_sheet_seek, on through the next parts of a long list; for commands that cannot find= by themselves. */
bool cc_ui_seek(cc_ui *ui, cc_sheet *s, int dir, bool (*fits)(const cc_sheet *s, size_t item, void *arg), void *arg);
typedef struct cc_found {
	uint64_t hits, hit;
	bool found, wrapped, stopped;  /* stopped: there may be more */
	uint64_t unread;               /* hits in that part of the file that is not read yet; beyond: the first of them was gone to */
	bool beyond;
	cc_cite cite;                  /* given: the one in there that is wanted; file 0 = none is */
} cc_found;
bool cc_sheet_is_unread(const cc_sheet *s, size_t item);   /* a row of that part */
size_t cc_sheet_to_unread(cc_sheet *s);                     /* selects its first one; gives its item, the number of items when there is none */
/* To the next (dir 1) or previous row of the whole list that fits the filter; `here`: the selected one counts; `round`: past the
 * end it goes on from the other. False: could not be asked, the message row says why. */
bool cc_ui_find(cc_ui *ui, cc_sheet *s, cc_str filter, int dir, bool here, bool round, cc_found *out);
void cc_ui_go_to_lost(cc_ui *ui, cc_sheet *s);          /* to the row selected before, which the first part of the list lacks */

void cc_ui_search_unread(cc_ui *ui, cc_sheet *s, cc_cite cite);

/* filters.c */
void cc_ui_filter_add(cc_ui *ui, cc_str text);          /* what `&` asks; "!text" hides what fits */
void cc_ui_open_filters(cc_ui *ui);
void cc_ui_step_context(cc_ui *ui);                     /* rows around those that fit: 0 1 2 3 5 9 */
void cc_ui_toggle_fold(cc_ui *ui);
void cc_filters_key(cc_ui *ui, const cc_key *key);
void cc_filters_draw(cc_ui *ui, cc_rect body);

/* search.c */
void cc_ui_search(cc_ui *ui, cc_str text);              /* what `/` asks; empty ends it */
void cc_ui_search_step(cc_ui *ui, int dir);
void cc_ui_search_say_again(cc_ui *ui);                 /* all is read: what was said of a part is said of all */
void cc_search_deinit(cc_ui *ui);

/* live.c */
void cc_live_poll(cc_ui *ui, bool *changed);            /* a live drill went on: what is in view is asked again; somebody leads and said something */
bool cc_live_rings(const cc_ui *ui);                    /* something came unasked just now */
void cc_live_draw_bell(cc_ui *ui, cc_rect r);

/* seat.c */
void cc_seat_poll(cc_ui *ui, bool *changed);            /* in a class: what the host said since */
void cc_seat_draw(cc_ui *ui, cc_rect r);                /* the page before it begins */

/* loading.c */
void cc_ui_outdate_answers(cc_ui *ui);                  /* more is known: what is in view is asked again, the rest when it comes into view */
cc_loading cc_ui_loading(const cc_ui *ui);
void cc_ui_loading_text(const cc_ui *ui, bool brief, cc_buf *out);  /* how far reading is; nothing when it is over */

/* actions.c */
int cc_ui_page_height(cc_ui *ui);                       /* rows of the list in the pane with the keys */
void cc_ui_do(cc_ui *ui, const cc_binding *b);
void cc_ui_bind(cc_ui *ui, cc_str line);                /* "bind …", "unbind …": as in a keys file */
void cc_ui_say(cc_ui *ui, const char *fmt, ...) CC_PRINTF(2, 3);
void cc_ui_complain(cc_ui *ui, const cc_err *err);
/* Replaces {entity} {time} {cite} {op} by the pick's, quoted for the command line; false (and a message) when it has none. */
bool cc_ui_expand(cc_ui *ui, const char *line, const cc_pick *pick, cc_buf *out);

/* prompt.c */
void cc_prompt_open(cc_ui *ui, cc_prompt_kind kind, cc_str text);
void cc_prompt_close(cc_ui *ui);
void cc_prompt_key(cc_ui *ui, const cc_key *key);
void cc_prompt_draw(cc_ui *ui, cc_rect row);

/* preview.c */
void cc_preview_draw(cc_ui *ui, cc_rect prompt);        /* above the prompt: what the line would do */

/* menu.c */
void cc_menu_open(cc_ui *ui, cc_menu_kind kind, const char *title);
void cc_menu_add(cc_ui *ui, uint32_t hotkey, const char *line, const cc_binding *binding, const char *fmt, ...) CC_PRINTF(5, 6);
void cc_menu_ready(cc_ui *ui);                          /* after the last entry */
int cc_menu_fit(const char *label, cc_str filter, bool gaps);
void cc_menu_close(cc_ui *ui);
void cc_menu_key(cc_ui *ui, const cc_key *key);
void cc_menu_draw(cc_ui *ui, cc_rect screen);
void cc_ui_open_palette(cc_ui *ui);
void cc_ui_open_help(cc_ui *ui);

/* legend.c */
void cc_legend_add(cc_ui *ui);                          /* to the help menu: what marks and words mean */

/* arrange.c */
void cc_ui_open_arrange(cc_ui *ui);

/* pivot.c */
void cc_ui_open_pivot(cc_ui *ui);
void cc_ui_open_yank(cc_ui *ui);
const char *cc_pivot_line(size_t i, bool timeless);      /* templates of the pivot menu; NULL past the last */
void cc_ui_copy(cc_ui *ui, cc_str text);

/* detail.c */
cc_sheet *cc_ui_detail(cc_ui *ui, const cc_pick *pick); /* all fields of a row as a page; NULL when there is none */
bool cc_ui_flip(cc_ui *ui, const cc_binding *b);        /* that page shows another row now; false: the key does not lead to one */

/* chart_cursor.c */
const cc_section *cc_ui_chart(const cc_sheet *s);       /* the chart of the page; NULL when it has none */
int64_t cc_ui_chart_time(const cc_section *chart, int64_t at_ns);  /* the cursor, else the onset marked in the chart */
void cc_ui_chart_step(cc_ui *ui, const cc_section *chart, int dir); /* the cursor to the next sample, or the one before */

/* chart_preview.c */
/* Draws the row's trend into a part of r, when it has one and there is room; gives the rest. */
cc_rect cc_ui_trend_preview(cc_ui *ui, cc_rect r, const cc_pick *p, const cc_sheet_look *look);

/* layout.c */
typedef struct cc_layout {
	cc_rect status, tabs, scrub, body, hint, prompt;
	cc_rect clock;           /* of a room (--demo): beside status, tabs and the row between them; w 0 = not shown */
	cc_rect track;           /* of a replay; w 0 = not shown */
	cc_rect pane[2];         /* title row included; w 0 = not shown */
	cc_rect side;            /* w 0 = not shown */
} cc_layout;
enum { CC_TWO_COLUMNS = 160 };                          /* from so many on a second pane stands beside the first */
cc_layout cc_ui_layout(const cc_ui *ui, int columns, int rows);

/* scrubber.c */
void cc_ui_scrub(cc_ui *ui);                            /* asks for the counts again where that is due */
void cc_scrub_draw(cc_ui *ui, cc_rect r);

/* sofar.c */
typedef struct cc_so_far { int slot; /* -1: there is no pane for it */ cc_rect r; cc_sheet_look look; cc_sheet *sheet; } cc_so_far;
void cc_so_far_begin(cc_ui *ui, cc_so_far *f);          /* before anybody else uses the session */
void cc_so_far_draw(cc_ui *ui, cc_so_far *f, cc_reply *reply, uint64_t found);   /* over the screen as it stands; takes the reply */
void cc_so_far_end(cc_so_far *f);

/* waiting.c */
/* Does fn on a thread, which must not touch the console; meanwhile ui->cancel can be set by the person. */
cc_code cc_ui_work(cc_ui *ui, const char *what, cc_code (*fn)(void *arg), void *arg);
cc_code cc_ui_ask_working(cc_ui *ui, cc_str line, cc_reply **out, cc_err *err);   /* a line of the session, so */
bool cc_ui_next_key(cc_ui *ui, int timeout_ms, cc_key *key);    /* what was typed ahead, then the terminal's */

/* cursor.c */
void cc_ui_nudge(cc_ui *ui, int dir);                   /* the time cursor onto the row, else to the next row in time */
bool cc_ui_moves_cursor(const cc_binding *b);           /* the key walks in time */
/* Asks again what a walk of the time cursor made old: once it has come to rest, for each question may cost a query. */
void cc_ui_settle(cc_ui *ui);
void cc_ui_toggle_horizon(cc_ui *ui);
void cc_ui_toggle_scrubber(cc_ui *ui);

/* whole.c */
void cc_ui_whole_text(const cc_sheet *s, int room, bool ascii, cc_buf *out);   /* of the selected row, the cell that most is cut of */
/* Of the selected row, what stands around the first match, ": " before it; nothing where that is in view anyway. */
void cc_ui_hit_text(const cc_sheet *s, cc_regex *re, int room, bool ascii, cc_buf *out);

/* title.c */
void cc_title_text(const cc_sheet *s, cc_buf *out);     /* raw: outside text is cleaned by who draws it */

/* screen.c */
cc_sheet_look cc_screen_look(cc_ui *ui, bool active, bool unlinked);
void cc_screen_draw(cc_ui *ui, const cc_layout *l);
void cc_screen_status(cc_ui *ui, const cc_layout *l);

/* stages.c */
void cc_stage_open_briefing(cc_ui *ui);
void cc_stage_ask_briefing(cc_ui *ui);                  /* fills the briefing from the evidence that is there now */
void cc_stage_open_review(cc_ui *ui, cc_str line);      /* "submit", with names= to leave some out */
void cc_stage_open_verdict(cc_ui *ui);
void cc_ui_pin(cc_ui *ui);                              /* the row selected, or its pin goes */
bool cc_ui_open_pin(cc_ui *ui, const cc_pick *p);       /* a row of pins: its page as it was seen, at no cost; false: not kept */
bool cc_ui_has_pin_page(const cc_ui *ui, const cc_pick *p);
void cc_ui_drop_pin_pages(cc_ui *ui);
bool cc_ui_pinned(void *arg, const cc_reply *reply, const cc_section *section, const cc_row *row);   /* arg = the console */
void cc_ui_remove(cc_ui *ui, const cc_pick *p);         /* the suspect, pin or rule-out of a row of the board or review */
void cc_stage_submit(cc_ui *ui);
bool cc_stage_key(cc_ui *ui, const cc_key *key);        /* true: taken */
void cc_stage_draw(cc_ui *ui, const cc_layout *l);      /* the page of a stage other than PANES */
void cc_ui_toggle_clock(cc_ui *ui);
bool cc_ui_hidden(cc_ui *ui);                           /* the clock stands: evidence is not drawn */

/* replay.c, replay_keys.c, replay_draw.c */
bool cc_replay_key(cc_ui *ui, const cc_key *key);       /* true: taken by the transport */
const char *cc_replay_note(const cc_key *key);          /* what a key of the transport does; NULL: it is none */
bool cc_replay_follow(cc_ui *ui);                       /* the selected row of the page over the panes; false: it leads nowhere */
bool cc_replay_line(cc_ui *ui, cc_str line);            /* true: the line was the transport's */
cc_code cc_replay_ask(cc_ui *ui, cc_str line, cc_reply **out, cc_err *err) CC_MUST_USE;
bool cc_replay_click(cc_ui *ui, cc_rect track, const cc_key *key);     /* true: taken */
void cc_replay_help(cc_ui *ui);                         /* its keys, for the help menu */
bool cc_replay_leaves(const cc_ui *ui, const cc_binding *b, cc_buf *keys);     /* the binding's keys that are its own here; false: none */
bool cc_replay_refuses(cc_ui *ui, const cc_binding *b); /* of a record: it would change what was done, and that is said */
void cc_replay_complete(const cc_ui *ui, cc_str line, cc_completion_vec *out);
bool cc_replay_preview(const cc_ui *ui, cc_str line, cc_buf *first, cc_buf *second);
void cc_replay_draw_track(cc_ui *ui, cc_rect row);      /* above the hints */
void cc_replay_draw(cc_ui *ui, cc_rect row);            /* where the hints stand else */
void cc_replay_draw_caption(cc_ui *ui, cc_rect row);    /* and in the last row, while nobody types there */
bool cc_replay_blank(const cc_ui *ui);
bool cc_replay_has_track(const cc_ui *ui);              /* and captions: somebody is there to press keys, and plays only this */
bool cc_replay_has_caption(const cc_ui *ui);            /* a marker stands where it stands */
void cc_replay_resized(cc_ui *ui);                      /* another size may show more */
bool cc_replay_is_film(const cc_ui *ui);                /* a picture is made of it: nobody is there to press keys */
void cc_panes_clear(cc_ui *ui);                         /* panes.c: as at the start, nothing shown */
void cc_ui_note_view(cc_ui *ui, cc_sheet *s);           /* what it shows is of now */

/* learn.c */
const char *cc_learn_text(const cc_ui *ui);             /* NULL = not learning, or finished */
void cc_learn_saw(cc_ui *ui, cc_str line);              /* a command took effect */

/* play.c */
cc_code cc_ui_new_with(cc_ui **out, const cc_backend *backend, cc_term *term, const cc_ui_options *opt, cc_err *err) CC_MUST_USE;

#endif
