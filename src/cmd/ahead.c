/* ahead.c - one thread, one wish, one result (see ahead.h). */
#include "cmd/ahead.h"

#include <pthread.h>
#include <signal.h>

#include "coldcase/xalloc.h"

struct cc_ahead {
	pthread_t thread;
	cc_cancel cancel;
	pthread_mutex_t lock;           /* of what follows */
	pthread_cond_t changed;
	const cc_snapshot *whole;       /* the wish; NULL = none */
	int64_t until_ns;
	bool stop, busy;
	cc_snapshot *ready;
	const cc_snapshot *ready_of;
};

static void put(cc_ahead *a, cc_snapshot *cut, const cc_snapshot *of)
{
	cc_snapshot_free(a->ready);
	a->ready = cut;
	a->ready_of = of;
}

static void *ahead_main(void *arg)
{
	cc_ahead *a = arg;

	pthread_mutex_lock(&a->lock);
	while (!a->stop) {
		const cc_snapshot *whole = a->whole;
		int64_t until = a->until_ns;
		cc_snapshot *cut = NULL;

		if (!whole) {
			pthread_cond_wait(&a->changed, &a->lock);
			continue;
		}
		a->whole = NULL;
		a->busy = true;
		pthread_mutex_unlock(&a->lock);
		/* A failure is no loss: who needs the snapshot makes it, and is told. */
		(void)!cc_snapshot_as_of(&cut, whole, until, &a->cancel, NULL);
		pthread_mutex_lock(&a->lock);
		a->busy = false;
		if (cut)
			put(a, cut, whole);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

cc_ahead *cc_ahead_new(void)
{
	cc_ahead *a = cc_calloc(1, sizeof *a);
	sigset_t all, before;
	bool made;

	if (!a)
		return NULL;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	sigfillset(&all);               /* signals are for the thread that has the terminal */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	made = pthread_create(&a->thread, NULL, ahead_main, a) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (made)
		return a;
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	cc_free(a);
	return NULL;
}

void cc_ahead_free(cc_ahead *a)
{
	if (!a)
		return;
	cc_cancel_set(&a->cancel);
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_signal(&a->changed);
	pthread_mutex_unlock(&a->lock);
	pthread_join(a->thread, NULL);
	cc_snapshot_free(a->ready);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	cc_free(a);
}

static bool holds(const cc_ahead *a, const cc_snapshot *whole, int64_t until_ns)
{
	return a->ready && a->ready_of == whole && cc_snapshot_until(a->ready) == until_ns;
}

void cc_ahead_want(cc_ahead *a, const cc_snapshot *whole, int64_t until_ns)
{
	pthread_mutex_lock(&a->lock);
	if (!a->busy && !holds(a, whole, until_ns)) {
		a->whole = whole;
		a->until_ns = until_ns;
		pthread_cond_signal(&a->changed);
	}
	pthread_mutex_unlock(&a->lock);
}

cc_snapshot *cc_ahead_take(cc_ahead *a, const cc_snapshot *whole, int64_t until_ns)
{
	cc_snapshot *cut = NULL;

	pthread_mutex_lock(&a->lock);
	if (holds(a, whole, until_ns)) {
		cut = a->ready;
		a->ready = NULL;
	}
	pthread_mutex_unlock(&a->lock);
	return cut;
}

int64_t cc_ahead_ready(cc_ahead *a)
{
	int64_t until;

	pthread_mutex_lock(&a->lock);
	until = a->ready ? cc_snapshot_until(a->ready) : CC_TIME_NONE;
	pthread_mutex_unlock(&a->lock);
	return until;
}
