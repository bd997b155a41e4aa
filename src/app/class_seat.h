/* class_seat.h - one seat of a class: what the host says is watched for on a thread, and done between two commands. */
#ifndef COLDCASE_APP_CLASS_SEAT_H
#define COLDCASE_APP_CLASS_SEAT_H

#include <pthread.h>

#include "app/class_room.h"

/* One host's word, known by its place in that host's log. */
typedef struct app_seat_hint { uint64_t seq; cc_class_id host; char *text; } app_seat_hint;

typedef struct app_seat {
	/* set before it is watched */
	const app_options *o;
	const char *dir;
	cc_arena *arena;
	cc_class_terms terms;
	cc_class_seat seat;
	cc_str resume;           /* folder of the run to go on with; empty = a new one */
	/* under the lock: what the watching thread read */
	pthread_mutex_t lock;
	pthread_t thread;
	bool watching, stop;
	cc_class_clock clock;
	cc_class_state state;    /* without its text */
	bool alone;              /* this seat was frozen, whoever else is */
	cc_buf why;
	CC_VEC(app_seat_hint) hints;    /* in the order they came, which need not be that of the logs */
	size_t seats;
	int64_t start_seen_ns;   /* monotonic; when the word of the start was first read */
	int64_t start_wall_ns;   /* the joint start, by this machine's clock */
	int64_t read_ns, read_wall_ns;  /* when the folder was last read; a laptop that slept notices by its wall clock only */
	bool verdict;            /* it lies there */
	bool taken;              /* another process sits here now */
	/* the session's thread only */
	size_t told;             /* hints passed on */
	bool shared;             /* the answer is, with those who may read the folder */
} app_seat;

/* Where everybody stands for this seat. */
typedef enum app_seat_phase { APP_PHASE_WAITING, APP_PHASE_COUNTING, APP_PHASE_RUNNING, APP_PHASE_OVER, APP_PHASE_TAKEN } app_seat_phase;
typedef struct app_seat_now { app_seat_phase phase; int64_t left_ns; bool frozen, verdict; size_t seats; } app_seat_now;

cc_code app_seat_watch(app_seat *s, cc_err *err) CC_MUST_USE;     /* reads once, then goes on by itself */
void app_seat_stop(app_seat *s);
app_seat_now app_seat_look(app_seat *s);
/* Time since the joint start: the clock of a class that plays live. */
int64_t app_seat_clock(void *arg);
/* Lets those who may read the class's folder read the run. */
void app_seat_share(const app_seat *s, cc_session *session);
/* As the session's `attend`; arg: the seat. */
void app_seat_attend(void *arg, cc_session *session);
/* The verdict as a reply; CC_ENOTFOUND: not told yet. As the console's `score`. */
cc_code app_seat_verdict(void *arg, const char *run_dir, cc_reply **out, cc_err *err);

#endif
