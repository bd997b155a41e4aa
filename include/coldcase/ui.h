/* ui.h - the console: panes over one session, drawn into cells, driven by keys.
 *
 * The console sends command lines to the session and draws the replies. cc_ui_play is the whole of it with a plain loop;
 * a program with an event loop of its own calls the step functions instead. */
#ifndef COLDCASE_UI_H
#define COLDCASE_UI_H

#include "coldcase/compare.h"
#include "coldcase/playback.h"
#include "coldcase/session.h"
#include "coldcase/term.h"

/* name: a shipped theme ("default", "dark", "light", "high-contrast", "deuteranopia", "tritanopia", "mono"), one in
 * $XDG_DATA_HOME/coldcase/themes, or the path of a base16 YAML file; NULL = built-in default. CC_ENOTFOUND lists where it
 * looked; CC_EFORMAT names the entry. */
cc_code cc_theme_load(cc_theme **out, const char *name, cc_err *err) CC_MUST_USE;
void cc_theme_free(cc_theme *t);

typedef enum cc_glyphs { CC_GLYPHS_ASCII, CC_GLYPHS_BLOCK, CC_GLYPHS_BRAILLE } cc_glyphs;
/* "ascii", "block", "braille"; "auto" or NULL: block in a UTF-8 locale, else ascii. */
cc_code cc_glyphs_pick(cc_glyphs *out, const char *name, cc_err *err) CC_MUST_USE;

/* Which key does what. The built-in keys, as the person's own file - keys in the configuration folder - changes them. */
typedef struct cc_keymap cc_keymap;
/* Lines of the file that cannot be read are told in `warnings`, a line each with file and number, and skipped. */
cc_code cc_keymap_open(cc_keymap **out, cc_buf *warnings, cc_err *err) CC_MUST_USE;
void cc_keymap_free(cc_keymap *m);
void cc_keymap_path(cc_buf *out);         /* of that file; nothing without a home */
/* All bindings as lines of such a file; commented: each as a comment, with what it does. */
void cc_keymap_write(const cc_keymap *m, bool commented, cc_buf *out);
/* The same as a JSON array: key, pane (null = all), action or line (the other is null), note. */
void cc_keymap_write_json(const cc_keymap *m, cc_buf *out);

/* What y does with what was chosen. */
typedef enum cc_clipboard { CC_CLIPBOARD_AUTO, CC_CLIPBOARD_NATIVE, CC_CLIPBOARD_OSC52, CC_CLIPBOARD_FILE } cc_clipboard;
/* "auto", "native", "osc52", "file"; NULL = auto. */
cc_code cc_clipboard_pick(cc_clipboard *out, const char *name, cc_err *err) CC_MUST_USE;

/* A seat in a class: what stands in the place of the briefing, and how things stand with the host. */
typedef enum cc_ui_seat_phase { CC_SEAT_WAITS, CC_SEAT_COUNTS, CC_SEAT_PLAYS, CC_SEAT_IS_OVER } cc_ui_seat_phase;
typedef struct cc_ui_seat_now {
	cc_ui_seat_phase phase;
	int64_t left_ns;            /* COUNTS */
	size_t seats;
	bool verdict;               /* it is told: `score` gives it now */
} cc_ui_seat_now;
typedef struct cc_ui_seat {
	void *arg;
	void (*look)(void *arg, cc_ui_seat_now *out);   /* between two keys; must not wait */
} cc_ui_seat;

typedef struct cc_ui_options {
	const cc_theme *theme;      /* borrowed; NULL = built-in default */
	cc_glyphs glyphs;
	cc_clipboard clipboard;
	bool mouse;                 /* on from the start; else F2 asks for it */
	bool demo;                  /* for a room: few columns, and each key that is pressed is told */
	cc_keymap *keys;            /* borrowed; `:bind` changes it. NULL = the built-in keys */
	const char *remark;         /* said in the message row at first; NULL = nothing */
	cc_reply *briefing;         /* shown with the clock stopped, Enter starts; NULL = no briefing. Borrowed */
	bool ask_briefing;          /* instead: the console asks for it, anew when more evidence has been read */
	int patience_ms;            /* how long a command may run before the console says so and can stop it; 0 = for ever */
	bool no_scrubber;           /* without the row that shows the whole capture */
	const char *first_line;     /* run when the panes open, in place of the first pane that has evidence; NULL = none */
	const cc_ui_seat *seat;     /* in a class; NULL = alone. Borrowed */
	bool learn;                 /* five guided steps on the hint row */
	bool resumable;             /* who leaves can go on with it later */
	/* Called once after the answer was submitted, with the run's folder: gives the verdict to show (a reply, owned by the
	 * console from then on). NULL: the screen only says that the answer is filed. */
	cc_code (*score)(void *arg, const char *run_dir, cc_reply **out, cc_err *err);
	void *score_arg;
	bool *review;               /* out: the person wants the review after the verdict; NULL = there is none to be had */
} cc_ui_options;

/* The keys of the console for the manual, from the one table of them. */
void cc_ui_write_keys_mdoc(cc_buf *out);

typedef struct cc_ui cc_ui;

/* session and term are borrowed and must outlive the console. */
cc_code cc_ui_new(cc_ui **out, cc_session *session, cc_term *term, const cc_ui_options *opt, cc_err *err) CC_MUST_USE;
void cc_ui_free(cc_ui *ui);
void cc_ui_handle_key(cc_ui *ui, const cc_key *key);
/* Takes over what has been read since the last call, unless something is open that a change would disturb; *changed:
 * draw again. Call it between keys until cc_session_loading says that nothing runs. Fails as cc_session_poll does. */
cc_code cc_ui_poll(cc_ui *ui, bool *changed, cc_err *err) CC_MUST_USE;
void cc_ui_draw(cc_ui *ui);               /* lays out, draws and flushes; cheap when nothing changed */
bool cc_ui_done(const cc_ui *ui);         /* the person left, or the terminal is gone */

/* Opens nothing, closes nothing: runs the console until the person leaves. */
cc_code cc_ui_play(cc_session *session, cc_term *term, const cc_ui_options *opt, cc_err *err) CC_MUST_USE;

/* A player that is at it while its record is played back: what it did last is the end, and while the playback stands there and plays
 * the player is let go on, a step at a time. All are called between keys and take no time. */
typedef struct cc_ui_live {
	cc_playback *(*fresh)(void *arg);   /* another playback when there are more steps, that takes the place of the one before; else NULL */
	void (*allow)(void *arg, bool on);  /* the next step, or none */
	bool (*rests)(void *arg);           /* it waits for being let go on, or is done: its session is free */
	bool (*over)(void *arg);            /* it is done */
	void (*status)(void *arg, cc_buf *out);     /* what it does now; one line of any text, as the next */
	void (*said)(void *arg, cc_buf *out);       /* what it wrote when it did its last step; may be nothing */
	void *arg;
} cc_ui_live;

/* A replay that is one of a reel: it plays by itself, fast up to the step at which the runs part, and cuts to the next at its end. */
typedef struct cc_ui_reel {
	cc_str name;                /* "A ana": outside text */
	cc_str order;               /* "parting 2/3: A [B] C": where this is in the reel; empty = there is nothing to tell */
	size_t part;                /* steps that are done where they part; up to there it goes fast */
	size_t end;                 /* steps that are done where it cuts */
	int cut;                    /* out: 1 = to the next scene, -1 = to the one before, 0 = the person left */
} cc_ui_reel;

/* How somebody has a record played; the console's own. */
typedef struct cc_ui_pace { bool set, by_clock, stops; int speed, idle; } cc_ui_pace;

/* What a replay may do besides playing, and what came of it. */
typedef struct cc_ui_replay_how {
	const cc_ui_live *live;     /* NULL: the record is over */
	bool take_over;             /* out: the person wants to go on from where the playback stands */
	/* Adds what only the truth can tell to the playback's markers; NULL = it cannot be had. On a thread of the console's. */
	cc_code (*reveal)(void *arg, cc_playback *p, cc_err *err);
	/* What it told then, for `review`: a page, borrowed (NULL = nothing was revealed), and a sign beside a record that decides, as it is
	 * cited ('+' seen, '!' missed, 0 = none). NULL = it cannot be had. */
	const cc_reply *(*page)(void *arg);
	char (*sign)(void *arg, cc_str cite);
	void *arg;
	bool open_page;             /* with the page on the screen */
	cc_ui_reel *reel;           /* NULL = it is none of one */
	cc_ui_pace *pace;           /* in and out: it goes on as it was played before; NULL = as at the start */
	cc_err err;                 /* the console's own, of reveal */
} cc_ui_replay_how;

/* Plays a record back in the panes, forward and backward, from where the playback stands, until the person leaves. how may be
 * NULL: then it only plays. */
cc_code cc_ui_replay(cc_playback *p, cc_term *term, const cc_ui_options *opt, cc_ui_replay_how *how, cc_err *err) CC_MUST_USE;

/* The wall of a class, for a projector: counts and bars without names, a clock to be read from the last row. */
typedef struct cc_wall_seat {
	cc_str name;                /* empty: not told */
	const char *state;          /* "playing", "silent" ... */
	int64_t queries, silent_ns; /* silent_ns 0 = heard of */
	int panes;
	double score;               /* negative = not told */
	bool done;                  /* submitted */
} cc_wall_seat;
typedef struct cc_wall {
	cc_str incident;
	const char *phase;          /* "waiting", "countdown", "running", "frozen", "over" */
	cc_str why;                 /* frozen: what the host said */
	int64_t clock_ns;           /* negative: so long until the start */
	int64_t cap;                /* queries each may ask; 0 = no cap */
	int64_t live, live_ns;      /* a live drill so many times as fast, 0 = none; known until then */
	bool live_over;             /* that is the end of the capture */
	bool judged, decides, hold, revealed;   /* saw (decides) and named (judged) are known */
	size_t submitted, silent, saw, named;
	const cc_wall_seat *seats; size_t seat_count;
	cc_str said;                /* what came of the last line */
	bool said_bad;
} cc_wall;
typedef struct cc_wall_source {
	void *arg;
	const cc_wall *(*take)(void *arg);      /* how it stands now; the caller's until give */
	void (*give)(void *arg);
	void (*line)(void *arg, cc_str line);   /* what a key or the prompt says; what came of it stands in `said` */
} cc_wall_source;
/* Until the person leaves. Keys put lines into the prompt, where Enter sends them; n asks for names. */
cc_code cc_ui_wall(const cc_wall_source *source, cc_term *term, const cc_ui_options *opt, cc_err *err) CC_MUST_USE;

/* Several runs of one incident played back side by side, each in panes of its own. */
enum { CC_UI_LANES = 4 };       /* at most */
typedef struct cc_ui_lane {
	cc_session *session;        /* over the run's evidence, without a record; is seated. NULL: steps are shown as text */
	cc_str name;                /* the player */
	bool agent;
	const char *path;           /* where the record lies, for the markers that were set by hand beside it; NULL = there are none */
} cc_ui_lane;
typedef struct cc_ui_comparison {
	const cc_compare *runs;
	const cc_ui_lane *lanes;    /* one a run */
	cc_reply *scores;           /* a table to stand under them; NULL = none */
	cc_reply *blind_scores;     /* the same while it is not told who played */
	bool blind;
} cc_ui_comparison;
/* Until the person leaves. All is borrowed. */
cc_code cc_ui_compare(const cc_ui_comparison *what, cc_term *term, const cc_ui_options *opt, cc_err *err) CC_MUST_USE;

/* Somebody else's run as a page that keeps up with it, and what is typed into it ("hint TEXT", "rung", "freeze WHY", "thaw",
 * "note TEXT"). look makes the page; follow is asked twice a second whether it is another now; obey does a line and says what came of
 * it. */
typedef struct cc_ui_following {
	void *arg;
	cc_code (*look)(void *arg, cc_reply **out, cc_err *err);
	cc_code (*follow)(void *arg, bool *grew, cc_err *err);
	cc_code (*obey)(void *arg, cc_str line, cc_buf *said, cc_err *err);
} cc_ui_following;
/* Until the person leaves. All is borrowed. */
cc_code cc_ui_follow(const cc_ui_following *what, cc_term *term, const cc_ui_options *opt, cc_err *err) CC_MUST_USE;

#endif
