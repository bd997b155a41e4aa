/* session_priv.h - the session as commands see it, and what its files share. */
#ifndef COLDCASE_SESSION_PRIV_H
#define COLDCASE_SESSION_PRIV_H

#include <pthread.h>

#include "cmd/loader.h"
#include "cmd/look.h"
#include "cmd/selection.h"
#include "coldcase/map.h"
#include "coldcase/record.h"
#include "coldcase/session.h"
#include "coldcase/vec.h"

enum {
	CC_SESSION_RECENT = 32,         /* replies kept so that a pin can find the row it was made from */
	CC_SESSION_WARN_LAST = 20       /* queries that warn how few are left */
};

/* Somebody is paged: an alert fires for the first time. */
typedef struct cc_page_call { int64_t time_ns; const struct cc_alert *alert; } cc_page_call;

/* A view change that is not written yet. */
typedef struct cc_session_view_pending {
	cc_buf pane, command;
	uint64_t selected, top;
	int columns, rows;
	bool set;
	int64_t changed_ns;             /* monotonic time of the last change */
} cc_session_view_pending;

struct cc_session {
	pthread_mutex_t lock;           /* one command at a time */
	pthread_mutex_t view_lock;      /* the pending view: set by the front end while a command may be running */
	cc_snapshot *snapshot;          /* the fullest so far */
	cc_loader *loader;              /* NULL: the snapshot is whole */
	CC_VEC(cc_snapshot *) older;    /* the ones it replaced, oldest first: replies may still speak of them */
	cc_session_options late;        /* record_due: what the record will be begun with, texts in seen_arena */
	bool record_due;                /* it begins when the seal is there */
	cc_map *paid;                   /* questions: session_paid.c */
	cc_selections selections;       /* what filters found lately */
	const cc_watch *watch;          /* who looks on; NULL = nobody */
	cc_look look;                   /* of the command that runs */
	cc_onset onset;                 /* found in the snapshot; NONE where assistance does not find it */
	cc_assist_level assist;
	cc_code (*coach)(void *arg, uint32_t rung, cc_buf *out);  /* as in the options */
	void *coach_arg;
	struct cc_touched *touched;     /* tells what a shell command touched; made when first asked */
	cc_zone *zone;                  /* shown beside UTC; NULL = none */
	bool known_only;                /* hindsight is refused */
	int64_t alarm_ns;               /* when the case would have been opened: where known_only looks before there is a cursor */
	cc_snapshot *cut;               /* what was known at the horizon; NULL = hindsight (session_horizon.c) */
	const cc_snapshot *cut_of;      /* made of this one */
	cc_onset cut_onset;
	cc_live live;                   /* speed 0 = no live drill; session_live.c has these */
	int64_t live_now_ns;            /* the tick that is shown */
	int64_t (*live_clock)(void *arg);       /* as in the options */
	void *live_clock_arg;
	bool live_told;                 /* a record says which tick it is, not the clock */
	struct cc_ahead *ahead;         /* makes the snapshot of the next tick; NULL until first needed */
	CC_VEC(cc_page_call) pages;     /* who will be paged, in the order of time */
	size_t pages_told;              /* of which a reply has told */
	cc_case *kase;
	cc_record *record;              /* NULL: not recorded */
	cc_buf run_dir;
	bool sealed;                    /* the record began with the seal of a truth */
	bool agent;
	int64_t turn;                   /* -1 = none */
	const char *stop;               /* why the record ends; NULL = quit */
	bool quit;
	bool seated;                    /* plays a record back */
	void (*scrub)(cc_buf *out, cc_str text);   /* what texts of replies go through; NULL = nothing */
	CC_VEC(cc_action) actions;      /* of the command that runs; their texts live as long as it */
	cc_reply *recent[CC_SESSION_RECENT]; /* ring of published replies with evidence */
	const cc_snapshot *recent_of[CC_SESSION_RECENT]; /* whose entity ids the reply holds */
	cc_buf recent_line[CC_SESSION_RECENT];
	size_t recent_next;
	cc_arena *seen_arena;
	cc_map *seen;                   /* citations shown so far, as text */
	cc_session_view_pending view;
	cc_buf problem;                 /* a failed write not told yet */
	void (*attend)(void *arg, cc_session *s);  /* as in the options */
	void *attend_arg;
	bool attending;                 /* it is being called */
	cc_buf lead_hint;               /* what was told since the last reply, or the last; how many were, and how many of them a reply has passed on */
	size_t lead_hints, lead_said;
	bool told;                      /* told once; later failures are only counted */
	pthread_t digest_thread;
	bool digest_running;            /* thread was made and is not joined */
	cc_cancel digest_cancel;
};

/* Applies an action at this moment and keeps it for the step. Texts of the action must live as long as the call. */
cc_code cc_session_apply(cc_session *s, const cc_action *action, cc_err *err) CC_MUST_USE;

/* The newest row of a recent reply that cites `cite`: its section and row, the line that showed it, and what it is
 * about in the snapshot of now; NULL when none. */
const cc_row *cc_session_find_row(const cc_session *s, cc_cite cite, const cc_reply **reply, const cc_section **section, cc_str *line,
	cc_entity_id *entity);
/* Keeps a reply with evidence for find_row, and that its citations were seen. False when out of memory. */
bool cc_session_keep_reply(cc_session *s, cc_reply *reply, cc_str line, const cc_record_shown *shown);
/* Whether a row was shown in this run: what was not must not be told for free. */
bool cc_session_seen(const cc_session *s, cc_str cite);

bool cc_session_mark_seen(cc_session *s, cc_str cite);          /* false: out of memory */

/* Finds the onset of the snapshot, where assistance does. */
cc_onset cc_session_find_onset(const cc_session *s, const cc_snapshot *snapshot);

/* session_horizon.c: makes what commands see agree with the horizon; nothing to do as a rule. */
cc_code cc_session_cut(cc_session *s, cc_cancel *cancel, cc_err *err) CC_MUST_USE;
void cc_session_cut_free(cc_session *s);
void cc_session_note_alarm(cc_session *s);
cc_code cc_session_coach(const cc_session *s, uint32_t rung, cc_buf *out) CC_MUST_USE;
bool cc_session_known_only(const cc_session *s);

/* session_live.c */
cc_code cc_session_live_begin(cc_session *s, const cc_session_options *opt, cc_err *err) CC_MUST_USE;
void cc_session_live_end(cc_session *s);
void cc_session_live_tick(cc_session *s);       /* what is shown from now on is of the tick the clock has reached */
/* The snapshot of that moment, where the thread has it ready; the caller's. NULL = it has not. */
cc_snapshot *cc_session_live_take(cc_session *s, int64_t until_ns);
void cc_session_live_say(cc_session *s, cc_reply *reply);   /* of pages nobody was told of */
size_t cc_session_paged(const cc_session *s);   /* so many of the pages have come */

/* session_stages.c */
cc_code cc_session_stages_begin(cc_session *s, const cc_session_options *opt, cc_err *err) CC_MUST_USE;
/* Begins the record if that is still to be done, waiting for the seal if need be. */
cc_code cc_session_stages_record(cc_session *s, cc_err *err) CC_MUST_USE;
/* Puts a fuller snapshot of the same incident in the place of the one before; it becomes the session's, also on failure. */
cc_code cc_session_replace(cc_session *s, cc_snapshot *fuller, cc_err *err) CC_MUST_USE;
/* Says in the reply what of that is still being read, and marks it as partial. */
void cc_session_say_loading(const cc_session *s, const cc_cmd *cmd, cc_reply *reply);
/* Fills the step's part about it; texts in the arena. */
void cc_session_note_loading(const cc_session *s, const cc_cmd *cmd, cc_arena *arena, cc_record_step *step);
/* session_lead.c: steps that no command made, as the record calls them */
#define CC_LEAD_FREEZE "freeze"
#define CC_LEAD_THAW "thaw"
#define CC_LEAD_TELL "told"
void cc_session_attend(cc_session *s);
void cc_session_lead_say(cc_session *s, cc_reply *reply);   /* what was told since the last reply */
/* Does again what such a step of a record did; false: it is none. */
bool cc_session_lead_again(cc_session *s, const cc_record_step *step);
/* session_resume.c */
cc_code cc_session_resume(cc_session *s, const char *dir, bool leased, cc_err *err) CC_MUST_USE;
/* session_paid.c */
/* Whether this line may be answered for nothing, because its question was paid for. */
bool cc_session_is_paid(const cc_session *s, const cc_cmd *cmd, const cc_args *args);
bool cc_session_pay(cc_session *s, const cc_cmd *cmd, const cc_args *args);    /* false: out of memory */
bool cc_session_question(const cc_session *s, const cc_cmd *cmd, const cc_args *args, cc_buf *out);
void cc_session_view_key(const cc_session *s, cc_buf *out);

/* session_record.c */
void cc_session_digest_start(cc_session *s);
void cc_session_digest_stop(cc_session *s);
cc_code cc_session_record_open(cc_session *s, const cc_session_options *opt, cc_err *err) CC_MUST_USE;
/* What a published reply shows; texts in the arena or the reply. */
cc_code cc_session_collect(const cc_session *s, const cc_reply *reply, cc_arena *arena, cc_record_shown *out, cc_err *err)
	CC_MUST_USE;
/* Appends a step with what the case and the session know of it. A failure is kept to be told with the next reply. */
void cc_session_record_step(cc_session *s, cc_record_step *step);
void cc_session_record_view(cc_session *s);     /* writes the pending view, if any */
void cc_session_record_end(cc_session *s, const char *reason, bool wait_for_digest);
void cc_session_record_problem(cc_session *s, cc_code code, const cc_err *err);
void cc_session_note_unlocked(cc_session *s);     /* once the record is open */

/* Pins whose entity is one thing with a suspect become its reasons (cmd_pin.c); notes tell which. */
cc_code cc_pins_attach(cc_call *c, cc_reply *r, cc_err *err) CC_MUST_USE;

#endif
