/* work.c - threads that take items from one counter until none is left. */
#include "coldcase/work.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>
#include "coldcase/xalloc.h"

typedef struct hand {
	pthread_t thread;
	cc_work *work;
	unsigned number;
} hand;

struct cc_work {
	cc_work_fn *fn;
	void *arg;
	size_t count;
	atomic_size_t next;
	unsigned started;
	hand hands[CC_WORK_MAX_THREADS];
};

unsigned cc_work_threads(unsigned wanted)
{
	long online = wanted ? (long)wanted : sysconf(_SC_NPROCESSORS_ONLN);
	long most = wanted ? CC_WORK_MAX_THREADS : 8;
	return (unsigned)(online < 1 ? 1 : online > most ? most : online);
}

static void take_items(cc_work *w, unsigned number)
{
	for (size_t i; (i = atomic_fetch_add(&w->next, 1)) < w->count;)
		w->fn(w->arg, number, i);
}

static void *run_hand(void *arg)
{
	hand *h = arg;
	take_items(h->work, h->number);
	return NULL;
}

/* Signals are for the thread that reads keys: the new threads take none but that of their own reading (guard.h). */
static void start_hands(cc_work *w, unsigned threads)
{
	sigset_t all, before;
	sigfillset(&all);
	sigdelset(&all, SIGBUS);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	for (unsigned i = 1; i < threads && (size_t)i <= w->count; i++) {
		hand *h = &w->hands[w->started];
		*h = (hand){ .work = w, .number = i };
		if (pthread_create(&h->thread, NULL, run_hand, h) != 0)
			break;
		w->started++;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

cc_work *cc_work_start(size_t count, unsigned threads, cc_work_fn *fn, void *arg)
{
	cc_work *w = cc_calloc(1, sizeof *w);
	if (!w)
		return NULL;
	w->fn = fn;
	w->arg = arg;
	w->count = count;
	start_hands(w, cc_work_threads(threads));
	return w;
}

void cc_work_finish(cc_work *w)
{
	if (!w)
		return;
	take_items(w, 0);
	for (unsigned i = 0; i < w->started; i++)
		pthread_join(w->hands[i].thread, NULL);
	cc_free(w);
}
