/* class_wall.c - the host's wall: a thread looks at the class again and again, the terminal shows what it saw last.
 *
 * Reading eight records and judging the runs that went on takes as long as it takes; the clock and the keys do not wait for it. Verdicts
 * that are due are written on the same thread. */
#include <pthread.h>
#include <time.h>

#include "app/class_room.h"
#include "coldcase/clock.h"
#include "coldcase/ui.h"

enum { LOOK_MS = 500, LOOKS_A_BEAT = 6 };

typedef struct wall {
	app_host *host;
	pthread_mutex_t lock;           /* what the screen shows */
	pthread_mutex_t host_lock;      /* the host's lines, its clock, its truth */
	pthread_t thread;
	bool stop, names;
	app_board board;                /* what the thread saw last */
	bool seen;
	CC_VEC(cc_wall_seat) seats;
	cc_wall shown;
	cc_buf said;
	bool said_bad;
	cc_class_clock clock;
	app_board_memory memory;        /* the thread's, as the next */
	unsigned looks;
} wall;

/* --- the thread --- */

static bool look(wall *w)
{
	app_board fresh, old = { 0 };
	app_host *h = w->host;
	cc_err err = { 0 };
	size_t written;
	cc_code due = CC_OK;    /* a verdict that cannot be written is no reason to see nothing */
	pthread_mutex_lock(&w->host_lock);
	if (w->looks++ % LOOKS_A_BEAT == 0)
		(void)!cc_class_beat(&h->clock, h->here.p, NULL);
	cc_class_clock clock = h->clock;
	cc_code code = app_board_make(&fresh, h->o, h->dir, h->has_truth ? &h->truth : NULL, &h->clock, &w->memory, &err);
	if (code == CC_OK && h->has_truth)
		due = app_class_verdicts(h->o, &h->truth, &fresh.room, &written, &err);
	pthread_mutex_unlock(&w->host_lock);
	pthread_mutex_lock(&w->lock);
	w->clock = clock;
	if (code == CC_OK) {
		old = w->board;
		w->board = fresh;
		w->seen = true;
	} else {
		old = fresh;
	}
	if (code != CC_OK || due != CC_OK) {
		cc_buf_clear(&w->said);
		cc_buf_addz(&w->said, err.message);
		w->said_bad = true;
	}
	bool stop = w->stop;
	pthread_mutex_unlock(&w->lock);
	app_board_deinit(&old);
	return !stop;
}

static void *watch(void *arg)
{
	const struct timespec nap = { .tv_nsec = LOOK_MS * 1000000 };
	while (look(arg))
		nanosleep(&nap, NULL);
	return NULL;
}

/* --- the screen --- */

static void take_seats(wall *w)
{
	w->seats.n = 0;
	for (size_t i = 0; i < w->board.seats.n; i++) {
		const app_board_seat *s = &w->board.seats.p[i];
		cc_wall_seat to = { .name = w->names && w->board.room.state.revealed ? s->seat.name : CC_STR_EMPTY,
			.state = app_seat_state_name(s->state), .queries = s->p.queries, .panes = s->p.pane_count,
			.silent_ns = s->state == APP_SEAT_SILENT ? s->silent_ns : 0, .done = s->state == APP_SEAT_SUBMITTED,
			.score = w->names ? s->score : -1 };
		if (!cc_vec_push(&w->seats, to))
			break;
	}
}

static const cc_wall *take(void *arg)
{
	wall *w = arg;
	pthread_mutex_lock(&w->lock);
	const app_board *b = &w->board;
	const cc_class_state *s = &b->room.state;
	int64_t now = cc_class_now(&w->clock);
	take_seats(w);
	w->shown = (cc_wall){ .incident = w->seen ? b->room.terms.incident : CC_STR_EMPTY, .phase = app_class_phase(s, now),
		.why = s->frozen ? s->why : CC_STR_EMPTY, .clock_ns = w->seen ? cc_class_clock_ns(s, now) : 0, .cap = b->room.terms.budget,
		.judged = b->judged, .decides = b->decides, .hold = b->room.terms.hold, .revealed = s->revealed, .submitted = b->submitted,
		.silent = b->silent, .saw = b->saw, .named = b->named, .seats = w->seats.p, .seat_count = w->seats.n,
		.said = cc_buf_str(&w->said), .said_bad = w->said_bad };
	return &w->shown;
}

static void give(void *arg)
{
	pthread_mutex_unlock(&((wall *)arg)->lock);
}

static void say(wall *w, const char *text, bool bad)
{
	pthread_mutex_lock(&w->lock);
	cc_buf_clear(&w->said);
	cc_buf_addz(&w->said, text);
	w->said_bad = bad;
	pthread_mutex_unlock(&w->lock);
}

/* Names are the wall's own matter: nothing is said to the class. */
static void toggle_names(wall *w)
{
	pthread_mutex_lock(&w->lock);
	bool told = w->board.room.state.revealed;
	w->names = told && !w->names;
	pthread_mutex_unlock(&w->lock);
	say(w, told ? "" : "names are told after the reveal", !told);
}

static void line(void *arg, cc_str text)
{
	wall *w = arg;
	cc_buf said = CC_BUF_INIT;
	cc_reply *reply = NULL;
	cc_err err = { 0 };
	if (!text.n)
		return;
	if (cc_str_eqz(text, "names")) {
		toggle_names(w);
		return;
	}
	pthread_mutex_lock(&w->host_lock);
	cc_code code = app_host_line(w->host, text, &said, &reply, &err);
	pthread_mutex_unlock(&w->host_lock);
	say(w, code == CC_OK ? said.p ? said.p : "" : err.message, code != CC_OK);
	cc_reply_unref(reply);  /* the wall is the status */
	cc_buf_deinit(&said);
}

int app_class_wall(app_host *h)
{
	wall w = { .host = h, .lock = PTHREAD_MUTEX_INITIALIZER, .host_lock = PTHREAD_MUTEX_INITIALIZER, .said = CC_BUF_INIT };
	cc_wall_source source = { .arg = &w, .take = take, .give = give, .line = line };
	app_screen screen;
	cc_err err = { 0 };
	w.clock = h->clock;
	w.board.room.state.start_ns = w.board.room.state.end_ns = CC_TIME_NONE;
	cc_code code = app_screen_open(&screen, h->o, &err);
	bool watching = code == CC_OK && pthread_create(&w.thread, NULL, watch, &w) == 0;
	if (code == CC_OK && !watching)
		code = cc_err_set(&err, CC_ENOMEM, "no thread to be had");
	if (code == CC_OK)
		code = cc_ui_wall(&source, screen.term, &screen.ui, &err);
	app_screen_close(&screen);
	if (watching) {
		pthread_mutex_lock(&w.lock);
		w.stop = true;
		pthread_mutex_unlock(&w.lock);
		pthread_join(w.thread, NULL);
	}
	app_board_deinit(&w.board);
	cc_vec_deinit(&w.seats);
	cc_vec_deinit(&w.memory.seats);
	cc_buf_deinit(&w.said);
	return code == CC_OK ? 0 : app_fail(&err);
}
