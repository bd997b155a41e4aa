/* replay.h - a record played back in the panes themselves. What is shown at a step depends on the step alone, so that going back
 * is going to a smaller number.
 *
 *   replay.c  what a step shows; time      replay_live.c  a record that still grows     replay_reel.c  one of several, by itself
 *   replay_keys.c  keys and lines of the transport     replay_draw.c  its three rows
 * A step that no pane shows - a shell's - stands as the text that it printed: said.h. */
#ifndef COLDCASE_UI_REPLAY_H
#define COLDCASE_UI_REPLAY_H

#include "coldcase/playback.h"
#include "ui/transport.h"
#include "ui/ui_priv.h"

typedef struct cc_replay {
	cc_playback *playback;
	cc_playback *own;            /* when it was made here */
	cc_ui_replay_how *how;       /* NULL: nothing but playing */
	bool playing, blank;
	bool film;                   /* for pictures: says what was done, and no keys */
	unsigned redact;             /* cc_redact bits: what is not shown of it */
	bool by_clock;               /* waits as long as the player did, else the same for every step */
	bool stops;                  /* playing stops at each marker */
	int speed;                   /* of transport.h */
	int idle;                    /* index into the longest waits by the clock, before the speed */
	int64_t due_ns;              /* monotonic time of the next step while it plays */
	bool wanted;                 /* of a live player: one more step, asked for by hand */
	bool taking;                 /* a person takes over from it as soon as it rests */
	bool showing;                /* lines are the record's, not the presenter's */
} cc_replay;

/* For tests and the loop: over a playback, or over one made from a record (path: as in playback.h). Borrowed. */
void cc_replay_init_over(cc_replay *r, cc_playback *p);
cc_code cc_replay_init(cc_replay *r, cc_session *session, const cc_run *run, const char *path, cc_err *err) CC_MUST_USE;
void cc_replay_deinit(cc_replay *r);
/* A console that plays it, where the playback stands. */
cc_code cc_ui_new_replay(cc_ui **out, cc_replay *r, cc_term *term, const cc_ui_options *opt, cc_err *err) CC_MUST_USE;
void cc_replay_go(cc_ui *ui, size_t step);          /* shows the record after so many steps */
void cc_replay_show(cc_ui *ui);                     /* shows it where the playback stands */
/* How long the screen after so many steps stands, at speed 1: as long as the player took, but at most so long, or as any step. */
int64_t cc_replay_wait_after(const cc_run *run, size_t step, bool by_clock, int64_t most);
bool cc_replay_is_marked(const cc_replay *r, size_t step);
int cc_replay_wait_ms(const cc_ui *ui, int64_t now_ns);  /* until something is due; -1 = nothing is */
void cc_replay_tick(cc_ui *ui, int64_t now_ns);     /* goes on when it is time */
void cc_replay_set_due(cc_replay *r, int64_t now_ns);

/* replay_reel.c */
cc_ui_reel *cc_replay_reel(const cc_replay *r);         /* NULL: it is none of one */
void cc_reel_begin(cc_replay *r);                       /* plays: fast, or from the parting on as it is watched */
void cc_reel_stepped(cc_ui *ui);                        /* a step was shown */
bool cc_reel_is_over(const cc_replay *r);               /* the scene, or a record that is none of a reel */
void cc_reel_cut(cc_ui *ui, int dir);                   /* to the next scene, or the one before */
/* replay_live.c */
const cc_ui_live *cc_replay_live(const cc_replay *r);   /* the player, while it is at it; else NULL */
bool cc_replay_at_end(const cc_replay *r);              /* and nothing will follow */
void cc_replay_step_on(cc_ui *ui);                      /* a step forward, with what the player said to it */
void cc_replay_live_tick(cc_ui *ui, int64_t now_ns);    /* takes in what is new, and lets the player go on */
bool cc_replay_want_step(cc_ui *ui);                    /* at the end: of the player; false: there is one recorded, or it is over */
void cc_replay_take(cc_ui *ui);                         /* asks the player to rest, for a person to take over */
void cc_replay_live_text(const cc_replay *r, cc_buf *out);

/* The longest waits by the clock, in the order in which they are chosen; as they are written. */
enum { CC_REPLAY_IDLES = 5, CC_REPLAY_IDLE_FIVE = 2 };
extern const struct cc_replay_idle { int64_t ns; const char *name; } cc_replay_idles[CC_REPLAY_IDLES];

extern const cc_transport_key cc_replay_bindings[];
extern const cc_playback_word cc_replay_words[];          /* lines of the console alone, beside those of the playback */

#endif
