/* class_wall.c - the host's wall: three threads and a terminal, none of which waits for another.
 *
 * One looks at the folder again and again, one judges the runs that went on and writes the verdicts that are due, one says what was
 * typed. Judging takes as long as opening the incident does, a folder on a network may stand still: the clock and the keys wait for
 * neither, and what was said shows as soon as the folder has it. The truth is the judge's alone. */
#include <pthread.h>
#include <string.h>
#include <time.h>

#include "app/class_room.h"
#include "coldcase/clock.h"
#include "coldcase/ui.h"
#include "coldcase/xalloc.h"

enum { LOOK_MS = 500, LOOKS_A_BEAT = 6, LOOKS_A_FRESH = 2 };

/* What the judge found of a seat, and of how much of its record. */
typedef struct judged { cc_class_id id; uint64_t bytes; app_judgement j; } judged;

typedef struct wall {
	app_host *host;
	pthread_mutex_t lock;           /* held for moments: of all that follows */
	pthread_cond_t news;            /* something was typed or said, a seat went on, or it is over */
	pthread_t looker, judge, speaker;
	bool stop, names;
	bool again;                     /* look now */
	app_board board;                /* as it was seen last */
	bool seen;
	CC_VEC(judged) judged;
	CC_VEC(char *) typed;           /* lines that nobody has said yet */
	CC_VEC(cc_wall_seat) seats;
	cc_wall shown;
	cc_buf said;
	bool said_bad;
	cc_class_clock clock;
	app_board_memory memory;        /* the looker's, as the next */
	unsigned looks;
	size_t turn;                    /* the judge's: the seat that is looked at first */
} wall;

static void say(wall *w, const char *text, bool bad)
{
	pthread_mutex_lock(&w->lock);
	cc_buf_clear(&w->said);
	cc_buf_addz(&w->said, text);
	w->said_bad = bad;
	pthread_mutex_unlock(&w->lock);
}

/* Under the lock: until there is news, or for so long. */
static void nap(wall *w, int ms)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)ms * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	(void)pthread_cond_timedwait(&w->news, &w->lock, &until);
}

/* --- looking --- */

static judged *recall(wall *w, cc_str id)
{
	for (size_t i = 0; i < w->judged.n; i++)
		if (cc_str_eqz(id, w->judged.p[i].id.text))
			return &w->judged.p[i];
	return NULL;
}

/* Under the lock. */
static void take_board(wall *w, app_board *fresh)
{
	app_board old = w->board;
	for (size_t i = 0; i < fresh->seats.n; i++) {
		const judged *j = recall(w, fresh->seats.p[i].seat.id);
		if (j)
			app_board_judge(fresh, &fresh->seats.p[i], j->j);
	}
	w->board = *fresh;
	*fresh = old;
	w->seen = true;
}

static void look(wall *w)
{
	app_board b;
	cc_err err = { 0 };
	pthread_mutex_lock(&w->lock);
	cc_class_clock clock = w->clock;
	pthread_mutex_unlock(&w->lock);
	if (w->looks++ % LOOKS_A_BEAT == 0)
		(void)!cc_class_beat(&clock, w->host->here.p, NULL);
	if (w->looks % LOOKS_A_FRESH == 0)
		cc_class_freshen(w->host->dir, "seats", &w->host->id);
	cc_code code = app_board_make(&b, w->host->o, w->host->dir, NULL, &clock, &w->memory, &err);
	pthread_mutex_lock(&w->lock);
	w->clock = clock;
	if (code == CC_OK)
		take_board(w, &b);
	pthread_mutex_unlock(&w->lock);
	if (code != CC_OK)
		say(w, err.message, true);
	app_board_deinit(&b);
}

static void *looker(void *arg)
{
	wall *w = arg;
	for (bool stop = false; !stop;) {
		look(w);
		pthread_mutex_lock(&w->lock);
		pthread_cond_broadcast(&w->news);       /* the judge's */
		if (!w->stop && !w->again)
			nap(w, LOOK_MS);
		w->again = false;
		stop = w->stop;
		pthread_mutex_unlock(&w->lock);
	}
	return NULL;
}

/* --- judging --- */

/* The next seat whose record has grown since it was judged, each in its turn; its run's folder goes into *run. */
static bool next_run(wall *w, judged *next, cc_buf *run)
{
	bool found = false;
	pthread_mutex_lock(&w->lock);
	size_t n = w->board.seats.n, from = w->turn;
	for (size_t i = 0; i < n && !found && !w->stop; i++) {
		const app_board_seat *s = &w->board.seats.p[(from + i) % n];
		const judged *j = recall(w, s->seat.id);
		if (!s->p.run_dir.n || s->seat.id.n > CC_CLASS_ID || (j && j->bytes == s->p.bytes))
			continue;
		*next = (judged){ .bytes = s->p.bytes };
		memcpy(next->id.text, s->seat.id.p, s->seat.id.n);
		cc_buf_clear(run);
		cc_buf_add(run, s->p.run_dir);
		found = cc_buf_ok(run);
		w->turn = (from + i + 1) % n;
	}
	pthread_mutex_unlock(&w->lock);
	return found;
}

static void keep_judgement(wall *w, const judged *one)
{
	pthread_mutex_lock(&w->lock);
	judged *old = recall(w, cc_str_from(one->id.text));
	if (old)
		*old = *one;
	else
		(void)!cc_vec_push(&w->judged, *one);
	w->again = true;
	pthread_cond_broadcast(&w->news);
	pthread_mutex_unlock(&w->lock);
}

static void write_due(wall *w)
{
	app_room r;
	cc_err err = { 0 };
	size_t written;
	cc_code code = app_room_read(&r, w->host->dir, &err);
	if (code == CC_OK)
		code = app_class_verdicts(w->host->o, &w->host->truth, &r, &written, &err);
	app_room_deinit(&r);
	if (code != CC_OK)
		say(w, err.message, true);
}

/* While the class plays there is always a run that went on: verdicts do not wait for an end of these. */
static void *judge(void *arg)
{
	wall *w = arg;
	cc_buf run = CC_BUF_INIT;
	for (bool stop = !w->host->has_truth; !stop;) {
		judged one;
		bool found = next_run(w, &one, &run);
		if (found) {
			app_class_judge(w->host->o, &w->host->truth, run.p, &one.j);
			keep_judgement(w, &one);
		}
		write_due(w);
		pthread_mutex_lock(&w->lock);
		if (!w->stop && !found)
			nap(w, LOOK_MS);
		stop = w->stop;
		pthread_mutex_unlock(&w->lock);
	}
	cc_buf_deinit(&run);
	return NULL;
}

/* --- saying --- */

static void say_line(wall *w, const char *text)
{
	cc_buf said = CC_BUF_INIT;
	cc_reply *reply = NULL;
	cc_err err = { 0 };
	cc_code code = app_host_line(w->host, cc_str_from(text), &said, &reply, &err);
	say(w, code == CC_OK ? said.p ? said.p : "" : err.message, code != CC_OK);
	cc_reply_unref(reply);
	cc_buf_deinit(&said);
}

static void *speaker(void *arg)
{
	wall *w = arg;
	pthread_mutex_lock(&w->lock);
	while (w->typed.n || !w->stop) {        /* what was typed is said, also by who leaves */
		if (!w->typed.n) {
			nap(w, LOOK_MS);
			continue;
		}
		char *text = w->typed.p[0];
		memmove(w->typed.p, w->typed.p + 1, --w->typed.n * sizeof *w->typed.p);
		pthread_mutex_unlock(&w->lock);
		say_line(w, text);
		cc_free(text);
		pthread_mutex_lock(&w->lock);
		w->again = true;
		pthread_cond_broadcast(&w->news);
	}
	pthread_mutex_unlock(&w->lock);
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
		.live = b->room.terms.live, .live_ns = app_class_live_ns(&b->room.terms, s, now),
		.judged = b->judged, .decides = b->decides, .hold = b->room.terms.hold, .revealed = s->revealed, .submitted = b->submitted,
		.silent = b->silent, .saw = b->saw, .named = b->named, .seats = w->seats.p, .seat_count = w->seats.n,
		.said = cc_buf_str(&w->said), .said_bad = w->said_bad };
	w->shown.live_over = w->shown.live && w->shown.live_ns >= b->room.terms.live_to_ns;
	return &w->shown;
}

static void give(void *arg)
{
	pthread_mutex_unlock(&((wall *)arg)->lock);
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
	if (!text.n)
		return;
	if (cc_str_eqz(text, "names")) {
		toggle_names(w);
		return;
	}
	cc_buf copy = CC_BUF_INIT;
	cc_buf_add(&copy, text);
	char *own = cc_buf_ok(&copy) ? cc_buf_take(&copy) : NULL;
	pthread_mutex_lock(&w->lock);
	bool ok = own && cc_vec_push(&w->typed, own);
	cc_buf_clear(&w->said);
	cc_buf_addf(&w->said, ok ? "%.*s ..." : "out of memory: not said: %.*s", CC_STR_ARG(text));
	w->said_bad = !ok;
	pthread_cond_broadcast(&w->news);
	pthread_mutex_unlock(&w->lock);
	if (!ok)
		cc_free(own);
	cc_buf_deinit(&copy);
}

static cc_code start(wall *w, unsigned *running, cc_err *err)
{
	const struct { pthread_t *thread; void *(*run)(void *arg); } all[] = { { &w->looker, looker }, { &w->judge, judge }, { &w->speaker, speaker } };
	for (*running = 0; *running < 3; ++*running)
		if (pthread_create(all[*running].thread, NULL, all[*running].run, w) != 0)
			return cc_err_set(err, CC_ENOMEM, "no thread to be had");
	return CC_OK;
}

static void stop(wall *w, unsigned running)
{
	const pthread_t all[] = { w->looker, w->judge, w->speaker };
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_broadcast(&w->news);
	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < running; i++)
		pthread_join(all[i], NULL);
	app_board_deinit(&w->board);
	cc_vec_deinit(&w->seats);
	cc_vec_deinit(&w->judged);
	cc_vec_deinit(&w->typed);
	cc_vec_deinit(&w->memory.seats);
	cc_buf_deinit(&w->said);
	pthread_cond_destroy(&w->news);
	pthread_mutex_destroy(&w->lock);
}

int app_class_wall(app_host *h)
{
	wall w = { .host = h, .lock = PTHREAD_MUTEX_INITIALIZER, .news = PTHREAD_COND_INITIALIZER, .said = CC_BUF_INIT, .clock = h->clock };
	cc_wall_source source = { .arg = &w, .take = take, .give = give, .line = line };
	app_screen screen;
	cc_err err = { 0 };
	unsigned running = 0;
	w.board.room.state.start_ns = w.board.room.state.end_ns = CC_TIME_NONE;
	h->judged_elsewhere = true;
	cc_code code = app_screen_open(&screen, h->o, &err);
	if (code == CC_OK)
		code = start(&w, &running, &err);
	if (code == CC_OK)
		code = cc_ui_wall(&source, screen.term, &screen.ui, &err);
	app_screen_close(&screen);
	stop(&w, running);
	return code == CC_OK ? 0 : app_fail(&err);
}
