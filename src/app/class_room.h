/* class_room.h - a class as it stands now, read from its folder: what join, host and debrief have in common. */
#ifndef COLDCASE_APP_CLASS_ROOM_H
#define COLDCASE_APP_CLASS_ROOM_H

#include "app/scoring.h"
#include "coldcase/class.h"

typedef struct app_room {
	const char *dir;
	cc_arena *arena;
	cc_class_terms terms;
	cc_class_log log;
	cc_class_state state;
	cc_class_seats seats;
	size_t stray_seats;
} app_room;

/* CC_ENOTFOUND: no class. Release with app_room_deinit, also after a failure. */
cc_code app_room_read(app_room *r, const char *dir, cc_err *err) CC_MUST_USE;
void app_room_deinit(app_room *r);

/* How far a seat is, from its record. */
typedef struct app_seat_progress {
	cc_str run_dir;          /* empty: nothing recorded yet */
	uint64_t bytes;          /* of the record */
	int64_t queries, active_ns;
	uint64_t steps;
	unsigned panes;          /* a bit each, as the console numbers them */
	int pane_count;
	size_t hints, told;      /* told: those of them that the host gave */
	bool started, submitted, ended, resumed;
	bool other;              /* its evidence is not the class's */
	bool strange;            /* its files are none, or links: they are not read */
} app_seat_progress;
/* Texts live in the arena. */
cc_code app_seat_progress_read(app_seat_progress *out, cc_arena *arena, const cc_class_seat *seat, const cc_class_terms *terms, cc_err *err)
	CC_MUST_USE;

int app_class_join(const app_options *o);
int app_class_host(const app_options *o);
int app_class_debrief(const app_options *o);

/* --- class_score.c: the only part that opens a truth --- */

/* Where the incident and its truth lie for this host: as said, else as said when the class was made here. */
typedef struct app_class_truth { cc_buf incident, truth; app_kept kept; } app_class_truth;   /* kept: what was opened for it */
cc_code app_class_truth_find(app_class_truth *t, const app_options *o, const cc_class_terms *terms, cc_err *err) CC_MUST_USE;
void app_class_truth_keep(const app_class_truth *t, cc_str class_id);     /* for the next host here; a failure only means asking again */
void app_class_truth_deinit(app_class_truth *t);

app_options app_class_scoring_options(const app_options *o, const app_class_truth *t);     /* these two as --incident, --truth; for runs in the room */

/* Writes the verdicts that are due and not there: of those who submitted once they may be told, of all when the class is over.
 * *written counts. CC_ENOTFOUND: no truth here. */
cc_code app_class_verdicts(const app_options *o, app_class_truth *t, const app_room *r, size_t *written, cc_err *err) CC_MUST_USE;

/* What only the truth tells of a run that goes on: whether it saw a deciding record, whether all causes are among its suspects. */
typedef struct app_judgement { bool known, decides, saw, named; } app_judgement;   /* decides: there are deciding records to be seen */
void app_class_judge(const app_options *o, app_class_truth *t, const char *run_dir, app_judgement *out);

/* --- class_board.c: how everybody is doing, for the host --- */

typedef enum app_seat_state { APP_SEAT_WAITS, APP_SEAT_PLAYS, APP_SEAT_FROZEN, APP_SEAT_SUBMITTED, APP_SEAT_LEFT, APP_SEAT_SILENT } app_seat_state;
typedef struct app_board_seat {
	cc_class_seat seat;
	app_seat_progress p;
	app_judgement j;
	app_seat_state state;
	int64_t silent_ns;       /* SILENT: for so long */
	double score;            /* of the verdict that was told; negative = none */
} app_board_seat;

/* What was known of a seat when it was last looked at. */
typedef struct app_seat_memory { cc_class_id id; int64_t here_ns, changed_mono_ns; uint64_t bytes; } app_seat_memory;
typedef struct app_board_memory { CC_VEC(app_seat_memory) seats; } app_board_memory;

typedef struct app_board {
	app_room room;
	CC_VEC(app_board_seat) seats;
	bool judged;             /* the truth is here: saw and named are known */
	bool decides;            /* and there are deciding records to be seen */
	size_t submitted, silent, saw, named;
	int64_t now_ns;          /* the folder's time */
} app_board;

/* t: NULL = nothing is judged. memory: NULL = looked at for the first time, and only now. */
cc_code app_board_make(app_board *b, const app_options *o, const char *dir, app_class_truth *t, const cc_class_clock *clock,
	app_board_memory *memory, cc_err *err) CC_MUST_USE;
/* What is known of a seat of this board, which was not judged: into its counts. */
void app_board_judge(app_board *b, app_board_seat *s, app_judgement j);
void app_board_deinit(app_board *b);
const char *app_seat_state_name(app_seat_state s);
/* Where the clock of a class that plays live has come to; CC_TIME_NONE: it does not. */
int64_t app_class_live_ns(const cc_class_terms *t, const cc_class_state *s, int64_t now_ns);
const char *app_class_phase(const cc_class_state *s, int64_t now_ns);   /* "waiting", "countdown", "running", "frozen", "over" */
/* names: who sits where; only after the reveal. */
cc_code app_board_reply(const app_board *b, bool names, cc_reply **out, cc_err *err) CC_MUST_USE;

/* --- app_class_host.c: what a host can do, by command lines; keys of the wall are bound to them --- */
typedef struct app_host {
	const app_options *o;
	const char *dir;
	cc_class_id id;
	cc_class_clock clock;
	app_class_truth truth;
	bool has_truth;
	bool judged_elsewhere;   /* another thread has the truth: lines leave it and the verdicts alone */
	cc_buf here;             /* the file by which it learns the folder's time */
} app_host;
/* One line; *said gets what came of it (status: nothing, see *reply). */
cc_code app_host_line(app_host *h, cc_str line, cc_buf *said, cc_reply **reply, cc_err *err) CC_MUST_USE;
/* class_wall.c: the wall on this terminal, until the host leaves; exit status. */
int app_class_wall(app_host *h);

#endif
