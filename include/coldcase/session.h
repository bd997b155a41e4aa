/* session.h - one investigation in progress: the snapshot, the case file, the record, and the dispatcher that joins them.
 *
 * Every front end opens a session and sends it command lines. The session keeps the budget, appends each step to the record
 * (its canonical line, what was shown, a digest of the canonical reply) and hands back the published reply. */
#ifndef COLDCASE_SESSION_H
#define COLDCASE_SESSION_H

#include "coldcase/assist.h"
#include "coldcase/casefile.h"
#include "coldcase/command.h"
#include "coldcase/live.h"
#include "coldcase/onset.h"
#include "coldcase/zone.h"

typedef struct cc_session_options {
	const char *dir;              /* the snapshot folder */
	bool no_cache;                /* as in snapshot.h */
	const char *out_dir;          /* where runs are kept; NULL = no record (coldcase run without --out, tests) */
	bool agent;                   /* actor: agent, else human */
	const char *actor_name;       /* NULL: $USER, else "unknown" */
	int64_t budget;               /* cap on queries; 0 = no cap. The program's default is 100 */
	bool known_only;              /* as known then, always: `horizon hindsight` is refused */
	/* A live drill (live.h): the horizon moves with the case clock. speed 0 = none. Not in stages. */
	int live_speed;
	const char *live_from;        /* where the clock begins: "page" (somebody is paged first), "+5m" after the start of the capture, or
	                               * a time as a person types it; NULL = the start of the capture */
	bool live_pausable;
	int64_t (*live_clock)(void *arg);     /* it follows a clock that others share instead: time since it began. Must not wait; may go
	                                       * back a little, then it stands. NULL = the case clock */
	void *live_clock_arg;
	const cc_live *live_again;    /* instead of these three: the drill of a record, to be run again (cc_session_set_now) */
	bool pause_at_start;          /* the clock waits for `start` (briefing) */
	const char *assistance;       /* "raw", "ranked", "full" (assist.h); recorded. NULL = full, not said in the record */
	const char *truth_seal;       /* "salt:hash" made by the scoring process; NULL when no truth lies beside */
	/* Makes that seal when it is not there yet; NULL = truth_seal is all. In stages: called once, on a thread of
	 * the session. */
	void (*make_seal)(void *arg, cc_buf *out);
	void *make_seal_arg;
	/* The next rung of the coach's ladder, from a process that may open the debrief: text without a line feed, empty when the
	 * ladder is over; CC_ENOTFOUND when there is no debrief. NULL = there is none. */
	cc_code (*coach)(void *arg, uint32_t rung, cc_buf *out);
	void *coach_arg;
	/* Somebody else leads (a class, an instructor): called between two commands and by cc_session_tick, on the thread that uses the
	 * session, so that it may freeze, thaw or tell. It must not wait. NULL = nobody. */
	void (*attend)(void *arg, cc_session *s);
	void *attend_arg;
	/* Goes on with the run whose record lies in this folder, where it was left or its program was killed, instead of beginning one:
	 * CC_ESTATE when it is over, CC_EUNKNOWN when it is of other evidence. Not in stages. NULL = a new run. */
	const char *resume;
	bool leased;             /* of resume: a lease says who plays; a process that stands still with the record open is no reason to refuse */
	/* Opens the list of files at once and reads the evidence meanwhile: cc_session_poll hands over what has been
	 * read. Else the session opens with everything, and nothing below has to be called. */
	bool staged;
	void (*before_stage)(void *arg, unsigned stage);  /* on the loading thread, before each stage; for tests */
	void *before_stage_arg;
	cc_cancel *cancel;            /* for loading; not in stages, where closing the session cancels */
	void (*progress)(void *arg, const cc_snapshot_progress *p);
	void *progress_arg;
} cc_session_options;

cc_code cc_session_open(cc_session **out, const cc_session_options *opt, cc_err *err) CC_MUST_USE;
/* A session over an already opened snapshot (tests, learn); takes ownership of it, also on failure. */
cc_code cc_session_open_with(cc_session **out, cc_snapshot *snapshot, const cc_session_options *opt, cc_err *err) CC_MUST_USE;
void cc_session_close(cc_session *s);           /* ends the record with its reason (quit when not submitted) */
void cc_session_set_stop(cc_session *s, const char *reason); /* that reason, instead of quit; static text */

/* Runs one command line. Success: *out is a published reply with one reference for the caller. Failure: *out NULL, err filled;
 * the failed step is recorded too (parse errors included, with the line as typed). At the cap QUERY commands fail with CC_EBUDGET.
 * A canceled command records what it had. */
cc_code cc_session_run(cc_session *s, cc_str line, cc_cancel *cancel, cc_reply **out, cc_err *err) CC_MUST_USE;

/* For playing a record back: the session stands where this case stands, which becomes its own. From then on questions are
 * free, whatever the clock and the budget say, and commands that change the case are refused. */
void cc_session_seat(cc_session *s, cc_case *c);
bool cc_session_seated(const cc_session *s);
/* From now on every text of a reply goes through scrub, which appends what may be shown of it; NULL = nothing is taken out. */
void cc_session_scrub(cc_session *s, void (*scrub)(cc_buf *out, cc_str text));

/* What somebody who leads the run does to it (session_lead.c): stops its clock until it is thawed - nothing can be asked, resumed or
 * submitted meanwhile, and why says who or why -, sets it going again as it was, gives a hint that was not asked for. Each is a step of
 * the record. CC_ESTATE: frozen already, not frozen, submitted. */
cc_code cc_session_freeze(cc_session *s, cc_str why, cc_err *err) CC_MUST_USE;
cc_code cc_session_thaw(cc_session *s, cc_err *err) CC_MUST_USE;
cc_code cc_session_tell(cc_session *s, cc_str hint, cc_err *err) CC_MUST_USE;
/* The record is somebody else's from now on: nothing more is written into it, not even its end. */
void cc_session_let_go(cc_session *s);
/* The last one; *count, if given: how many there have been. */
cc_str cc_session_told(const cc_session *s, size_t *count);

/* Who looks on while a command goes through many rows. */
typedef struct cc_watch {
	/* So many were found in that share (0 to 1) of what there is to look through. The reply has the first rows, in their order; it is the
	 * callee's, NULL where there is none to show. Called on a thread of the command, which waits; it must not ask the session. */
	void (*show)(void *arg, cc_reply *so_far, uint64_t found, double share);
	void *arg;
	int first_ms, every_ms;       /* not before, and not more often; 0 = whenever there is something (tests) */
} cc_watch;

/* For the commands from now on; NULL = nobody. Who cancels a command that is watched ends its looking, and has what was found: a
 * reply that says how far it looked, is paid for and recorded as any other, and whose question may be asked again for nothing. */
void cc_session_watch(cc_session *s, const cc_watch *watch);

/* A view change (pane, selection, scroll, size): coalesced and recorded as a `view` line; costs nothing. */
typedef struct cc_view_state { const char *pane; cc_str command; uint64_t selected, top; int columns, rows; } cc_view_state;
void cc_session_view(cc_session *s, const cc_view_state *v);

/* --- evidence that is still being read (staged) --- */

/* How far reading is. A session whose evidence is whole has running false. */
typedef struct cc_loading {
	bool running;
	uint64_t bytes_done, bytes_total;
	double bytes_per_s;           /* 0 = not known yet */
	int64_t left_ns;              /* estimated; CC_TIME_NONE = not known yet */
} cc_loading;
cc_loading cc_session_loading(const cc_session *s);

/* Puts a fuller snapshot in the place of the one before when one has been read: *fuller tells. Focus, pins, suspects
 * and rule-outs go over by name, but entity ids of earlier replies mean nothing any more (cc_session_moved). Older
 * snapshots live as long as the session. Nothing is handed over before the truth's seal exists, and the record begins
 * with it. Call it between commands. Fails with what reading or beginning the record failed with: the session can only
 * be closed then. */
cc_code cc_session_poll(cc_session *s, bool *fuller, cc_err *err) CC_MUST_USE;
/* Polls until everything has been read, for callers that need whole answers. */
cc_code cc_session_wait(cc_session *s, cc_err *err) CC_MUST_USE;
/* What an entity of the snapshot before the last swap is called now; 0 when there is no such thing any more. */
cc_entity_id cc_session_moved(const cc_session *s, cc_entity_id before);
/* Nothing of what the command needs has been read so far: asking now would be asking nothing. */
bool cc_session_unread(const cc_session *s, const cc_cmd *cmd);
/* Kinds the command needs that have not been read whole, as bits: what it says now is not the whole answer. */
unsigned cc_session_lacks(const cc_session *s, const cc_cmd *cmd);

/* The snapshot as far as it has been read, cut at the horizon; until the next command or cc_session_poll. */
const cc_snapshot *cc_session_snapshot(const cc_session *s);
/* --- a live drill (session_live.c) --- */

/* How the drill stands; speed 0 = none. now_ns: the moment behind which nothing is shown, whatever the time cursor says. */
typedef struct cc_live_state { cc_live drill; int64_t now_ns; bool over; size_t pages; } cc_live_state;
cc_live_state cc_session_live(const cc_session *s);
/* Between commands: takes over what became known meanwhile when it is ready, and has what comes next made ready on a thread. True
 * when the horizon moved: what is on the screen is of before. Never waits. A command that runs is always given the tick of its time. */
bool cc_session_advance(cc_session *s);
/* The next time the line is asked under this view it costs nothing: its answer was on the screen already. */
void cc_session_owe(cc_session *s, cc_str line);
/* Whether the line would cost nothing now, because its question was paid for. */
bool cc_session_asked(const cc_session *s, cc_str line);
/* Of a record that is played back or run again: the clock stands at this moment (cc_record_step.now_ns; 0 = where it began). */
void cc_session_set_now(cc_session *s, int64_t now_ns);

/* The moment behind which nothing is shown; CC_TIME_NONE = hindsight. */
int64_t cc_session_horizon(const cc_session *s);
/* From the first to the last evidence, whatever the horizon. */
cc_range cc_session_capture(const cc_session *s);
/* In which times are shown beside UTC (`tz`); NULL = in none. */
const cc_zone *cc_session_zone(const cc_session *s);
/* Set by hand, else found (once for each snapshot, and not at all at assistance raw). */
cc_onset cc_session_onset(const cc_session *s);
/* Whether the program may do this of the diagnosis itself; asked at each such place. */
bool cc_session_assist(const cc_session *s, cc_assist what);
cc_assist_level cc_session_assist_level(const cc_session *s);
cc_case *cc_session_case(cc_session *s);        /* to read, while no command runs; changed only by commands */
/* Whether an answer can be scored where this is played: recorded, and with a truth that was sealed at the beginning. False
 * also until that is known. It says nothing about the answer. */
bool cc_session_sealed(const cc_session *s);
const char *cc_session_run_dir(const cc_session *s);  /* folder of this run's files, NULL when not recorded */
/* An agent's turn from now on (recorded with each step; -1 = none, as for humans), and a free line in the record (token counts,
 * messages): json is one JSON object on one line. Both cost nothing. */
void cc_session_set_turn(cc_session *s, int64_t turn);
int64_t cc_session_turn(cc_session *s);
void cc_session_set_actor(cc_session *s, bool agent);   /* who does the steps from now on; at first as opened */
void cc_session_event(cc_session *s, const char *name, cc_str json);

/* An agent with a shell instead of our commands (session_shell.c). Each of its commands costs one query: check before it runs, tell
 * when it has; the step and its output are in the record then. took_ns: how long it ran. */
typedef struct cc_shell_step { cc_str command, printed; int exit_code; int64_t took_ns; } cc_shell_step;
cc_code cc_session_shell_check(cc_session *s, cc_err *err) CC_MUST_USE;
cc_code cc_session_shell_step(cc_session *s, const cc_shell_step *step, cc_err *err) CC_MUST_USE;
/* Its answer, in any shape of answer.h: written, and the investigation is over. CC_EFORMAT, and it goes on, when that cannot be read
 * or names nothing. */
cc_code cc_session_finish(cc_session *s, cc_str answer, cc_err *err) CC_MUST_USE;

/* Steps and other lines that could not be written (disk full …); a reply said so once. 0 = the record is whole. */
uint64_t cc_session_lost(const cc_session *s);

/* Background work between commands: evidence digest on its worker, flushing of view lines. Cheap; call it from the loop. */
void cc_session_tick(cc_session *s);
/* True once `quit` was run: the front end closes the session. */
bool cc_session_quit(const cc_session *s);
/* True once `submit` took effect; the answer file is written then. */
bool cc_session_submitted(const cc_session *s);

#endif
