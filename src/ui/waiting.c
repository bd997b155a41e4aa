/* waiting.c - the console while a command runs.
 *
 * Work is done on a thread of its own. For a moment (cc_ui_options.patience_ms) the console simply waits; then the last row
 * says what is running and for how long, and Esc or Ctrl-C stops it. What is typed meanwhile is kept and comes to its turn.
 * Nothing here asks the session: it belongs to the thread that works, which leaves what it found so far to be shown: then its rows
 * stand in their pane before all of them are there, and stopping keeps them. */
#include "ui/ui_priv.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "coldcase/clock.h"

enum { KEYS_MS = 40, AHEAD_MAX = 64, FIRST_MS = 30, EVERY_MS = 100 /* rows so far */ };

typedef struct job {
	cc_code (*fn)(void *arg);
	void *arg;
	cc_code code;
	bool done;
	bool fresh;              /* more was found since it was last asked */
	cc_reply *so_far;        /* the newest rows nobody took yet */
	uint64_t found;
	double share;
	pthread_mutex_t lock;
	pthread_cond_t changed;
} job;

/* What is on the screen of it. */
typedef struct scene { const char *what; int64_t since_ns; cc_so_far rows; uint64_t found; double share; bool stopping; } scene;

static void *job_main(void *arg)
{
	job *j = arg;
	cc_code code = j->fn(j->arg);
	pthread_mutex_lock(&j->lock);
	j->code = code;
	j->done = true;
	pthread_cond_signal(&j->changed);
	pthread_mutex_unlock(&j->lock);
	return NULL;
}

/* On the thread that works. */
static void leave_so_far(void *arg, cc_reply *so_far, uint64_t found, double share)
{
	job *j = arg;
	pthread_mutex_lock(&j->lock);
	if (so_far) {
		cc_reply_unref(j->so_far);
		j->so_far = so_far;
	}
	j->found = found;
	j->share = share;
	j->fresh = true;
	pthread_cond_signal(&j->changed);
	pthread_mutex_unlock(&j->lock);
}

/* True when it is done within that time; false when that is over, or there is something to show. */
static bool done_within(job *j, int ms)
{
	struct timespec until;
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)(ms % 1000) * 1000000;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_mutex_lock(&j->lock);
	while (!j->done && !j->fresh && pthread_cond_timedwait(&j->changed, &j->lock, &until) != ETIMEDOUT)
		;
	bool done = j->done;
	pthread_mutex_unlock(&j->lock);
	return done;
}

/* Over the screen as it stands: nothing is drawn anew, for what would be drawn is in use. */
static void show(cc_ui *ui, scene *s, cc_reply *so_far)
{
	int columns, rows;
	ui->term->ops->size(ui->term, &columns, &rows);
	if (ui->grid.columns != columns || ui->grid.rows != rows) {
		if (!cc_grid_resize(&ui->grid, columns, rows))
			return;
		cc_grid_clear(&ui->grid);
	}
	if (so_far)
		cc_so_far_draw(ui, &s->rows, so_far, s->found);
	cc_rect row = { 0, rows - 1, columns, 1 };
	cc_grid_fill(&ui->grid, row, ' ', CC_LOOK_PROMPT, 0);
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "%s %.1f s", s->stopping ? "stopping" : "working", (double)(cc_clock_mono_ns() - s->since_ns) / 1e9);
	if (s->share > 0)
		cc_buf_addf(&b, ", %d %%, %llu found", (int)(s->share * 100), (unsigned long long)s->found);
	cc_buf_addf(&b, "%s  %s", s->stopping ? "" : s->share > 0 && s->found ? ", Esc stops and keeps them" : s->share > 0 ? ", Esc stops" : ", Esc cancels", s->what);
	cc_grid_outside(&ui->grid, row, cc_buf_str(&b), CC_LOOK_PROMPT, 0);
	cc_buf_deinit(&b);
	ui->grid.cursor_shown = false;
	ui->term->ops->flush(ui->term, &ui->grid, ui->theme);
}

static bool stops(const cc_key *key)
{
	return key->code == CC_KEY_ESC || key->code == CC_KEY_HANGUP || (key->code == 'c' && key->mods == CC_MOD_CTRL);
}

/* Esc is for what runs; a terminal that is gone ends the console afterwards. */
static void take_key(cc_ui *ui, const cc_key *key)
{
	if (stops(key))
		cc_cancel_set(&ui->cancel);
	if (key->code == CC_KEY_HANGUP)
		ui->done = true;
	else if (!stops(key) && key->code != CC_KEY_PASTE && ui->ahead.n < AHEAD_MAX)   /* a paste's text does not last */
		(void)cc_vec_push(&ui->ahead, *key);
}

/* What was found since, into the scene. */
static cc_reply *take_so_far(job *j, scene *s)
{
	pthread_mutex_lock(&j->lock);
	cc_reply *r = j->so_far;
	j->so_far = NULL;
	j->fresh = false;
	s->found = j->found;
	s->share = j->share;
	pthread_mutex_unlock(&j->lock);
	return r;
}

static void watch(cc_ui *ui, job *j, scene *s)
{
	bool done = done_within(j, ui->opt.patience_ms);
	while (!done) {
		cc_key key;
		s->stopping = cc_canceled(&ui->cancel);
		show(ui, s, take_so_far(j, s));
		if (!s->stopping && ui->term->ops->read_key(ui->term, KEYS_MS, &key))
			take_key(ui, &key);
		done = done_within(j, s->stopping ? KEYS_MS : 0);
	}
}

static cc_code work(cc_ui *ui, const char *what, cc_code (*fn)(void *arg), void *arg, bool watched)
{
	job j = { .fn = fn, .arg = arg, .lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER };
	cc_watch w = { .show = leave_so_far, .arg = &j, .first_ms = FIRST_MS, .every_ms = EVERY_MS };
	scene s = { .what = what, .since_ns = cc_clock_mono_ns() };
	pthread_t thread;
	cc_cancel_clear(&ui->cancel);
	if (ui->opt.patience_ms <= 0)
		return fn(arg);
	cc_so_far_begin(ui, &s.rows);
	if (watched)
		ui->backend.watch(ui->backend.arg, &w);
	if (pthread_create(&thread, NULL, job_main, &j) == 0) {
		ui->term->ops->set_cancel(ui->term, &ui->cancel);
		watch(ui, &j, &s);
		pthread_join(thread, NULL);
		ui->term->ops->set_cancel(ui->term, NULL);
	} else {
		j.code = fn(arg);
	}
	if (watched)
		ui->backend.watch(ui->backend.arg, NULL);
	cc_so_far_end(&s.rows);
	cc_reply_unref(j.so_far);
	pthread_cond_destroy(&j.changed);
	pthread_mutex_destroy(&j.lock);
	return j.code;
}

cc_code cc_ui_work(cc_ui *ui, const char *what, cc_code (*fn)(void *arg), void *arg)
{
	return work(ui, what, fn, arg, false);
}

bool cc_ui_next_key(cc_ui *ui, int timeout_ms, cc_key *key)
{
	if (ui->ahead.n == 0)
		return ui->term->ops->read_key(ui->term, timeout_ms, key);
	*key = ui->ahead.p[0];
	for (size_t i = 1; i < ui->ahead.n; i++)
		ui->ahead.p[i - 1] = ui->ahead.p[i];
	ui->ahead.n--;
	return true;
}

/* --- command lines --- */

typedef struct asking { cc_ui *ui; cc_str line; cc_reply **out; cc_err *err; } asking;

static cc_code ask(void *arg)
{
	asking *a = arg;
	if (a->ui->replay)
		return cc_replay_ask(a->ui, a->line, a->out, a->err);
	return a->ui->backend.run(a->ui->backend.arg, a->line, &a->ui->cancel, a->out, a->err);
}

cc_code cc_ui_ask_working(cc_ui *ui, cc_str line, cc_reply **out, cc_err *err)
{
	asking a = { ui, line, out, err };
	cc_buf what = CC_BUF_INIT;
	cc_buf_add(&what, line);
	cc_code code = work(ui, cc_buf_ok(&what) && what.p ? what.p : "", ask, &a, ui->backend.watch && !ui->replay);
	cc_buf_deinit(&what);
	if (code == CC_ECANCELED) {
		cc_err_set(err, code, "canceled: %.*s", CC_STR_ARG(line));
		cc_err_hint(err, "r runs it again");
	}
	return code;
}
