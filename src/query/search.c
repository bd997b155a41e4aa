/* search.c - the pieces of a file, handed out to threads in order and put together in order.
 *
 * Every thread takes the next piece. The one that finishes the piece that is due puts together whatever is ready, so
 * that callbacks come one at a time, in order and early. A piece counts only when it began where the one before it
 * ended; if its guess was wrong it is searched again from there. A thread that is far ahead waits, so memory is
 * bounded. */
#include "coldcase/search.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>
#include "coldcase/xalloc.h"
#include "query/search_priv.h"

enum { AHEAD = 4 }; /* pieces in flight for each thread */

typedef struct slot {
	search_piece piece;
	bool ready;
} slot;

typedef struct search {
	search_plan plan;
	cc_search_counts *counts;
	unsigned threads;
	uint64_t pieces, taken, due;    /* in all; begun; the first that is not put together */
	uint64_t expected;              /* where the next record begins */
	slot *slots;
	size_t slot_count;
	pthread_mutex_t lock;           /* over all that follows, taken, due and the slots' ready */
	pthread_cond_t moved;
	bool joining;                   /* a thread is putting pieces together */
	bool over;                      /* an error, or the callback has enough */
	cc_code code;
	cc_err why;
} search;

static void bounds(const search *s, uint64_t i, uint64_t *from, uint64_t *to)
{
	*from = s->plan.begin + i * s->plan.piece;
	*to = s->plan.stop - *from > s->plan.piece ? *from + s->plan.piece : s->plan.stop;
}

/* The lock is held. The first error is the one reported. */
static void end_search(search *s, cc_code code, const cc_err *why)
{
	if (s->code == CC_OK && code != CC_OK) {
		s->code = code;
		s->why = *why;
	}
	s->over = true;
	pthread_cond_broadcast(&s->moved);
}

/* --- putting together --- */

/* Gives the piece's hits; false when the callback wants no more, or nobody does. */
static bool deliver(search *s, const search_piece *p)
{
	const cc_search_options *opt = s->plan.opt;
	for (size_t i = 0; i < p->found.n; i++) {
		const search_found *f = &p->found.p[i];
		cc_str text = f->text_n ? cc_buf_str(&p->text) : CC_STR_EMPTY;
		cc_search_hit hit = { .record = s->counts->records + f->nth, .offset = f->offset, .length = f->length,
			.text = cc_str_sub(text, f->text_at, f->text_at + f->text_n),
			.start = f->start, .end = f->end };
		if (cc_canceled(opt->cancel) || !opt->hit(opt->arg, &hit))
			return false;
	}
	return true;
}

/* The piece that is due, searched again if it was not what came. Only one thread is here at a time. */
static cc_code join_piece(search *s, search_worker *w, uint64_t i, search_piece *p, bool *enough, cc_err *err)
{
	uint64_t from, to;
	const cc_search_options *opt = s->plan.opt;
	bounds(s, i, &from, &to);
	if (s->expected >= to)
		return CC_OK; /* a record from before covers it */
	if (p->start != s->expected || p->end == SEARCH_NOWHERE) {
		cc_code code = cc_search_piece(w, from, to, s->expected, p, err);
		if (code != CC_OK)
			return code;
	}
	*enough = !deliver(s, p) || (opt->went && !opt->went(opt->arg, p->end));
	if (cc_canceled(s->plan.opt->cancel))
		return cc_err_set(err, CC_ECANCELED, "%s: the search was canceled", s->plan.path);
	s->expected = p->end;
	s->counts->bytes = p->end;
	s->counts->records += p->records;
	s->counts->matched += p->matched;
	s->counts->gave_up += p->gave_up;
	s->counts->stopped |= *enough;
	return CC_OK;
}

/* The lock is held, and given away while a piece is worked on. */
static void join_ready(search *s, search_worker *w)
{
	if (s->joining)
		return;
	s->joining = true;
	while (!s->over && s->due < s->taken && s->slots[s->due % s->slot_count].ready) {
		slot *due = &s->slots[s->due % s->slot_count];
		bool enough = false;
		cc_err why;
		cc_err_clear(&why);
		pthread_mutex_unlock(&s->lock);
		cc_code code = join_piece(s, w, s->due, &due->piece, &enough, &why);
		pthread_mutex_lock(&s->lock);
		due->ready = false;
		s->due++;
		if (code != CC_OK || enough)
			end_search(s, code, &why);
		pthread_cond_broadcast(&s->moved);
	}
	s->joining = false;
}

/* --- threads --- */

static void work(search *s, search_worker *w)
{
	uint64_t from, to;
	pthread_mutex_lock(&s->lock);
	for (;;) {
		while (!s->over && s->taken < s->pieces && s->taken - s->due >= s->slot_count)
			pthread_cond_wait(&s->moved, &s->lock);
		if (s->over || s->taken == s->pieces)
			break;
		uint64_t i = s->taken++;
		slot *mine = &s->slots[i % s->slot_count];
		cc_err why;
		cc_err_clear(&why);
		pthread_mutex_unlock(&s->lock);
		bounds(s, i, &from, &to);
		cc_code code = cc_search_piece(w, from, to, i == 0 ? from : SEARCH_NOWHERE, &mine->piece, &why);
		pthread_mutex_lock(&s->lock);
		mine->ready = true;
		if (code != CC_OK)
			end_search(s, code, &why);
		join_ready(s, w);
	}
	pthread_mutex_unlock(&s->lock);
}

static void *run_worker(void *arg)
{
	search *s = arg;
	search_worker w = { 0 };
	cc_err why;
	cc_err_clear(&why);
	cc_code code = cc_search_worker_init(&w, &s->plan, &why);
	if (code == CC_OK) {
		work(s, &w);
	} else {
		pthread_mutex_lock(&s->lock);
		end_search(s, code, &why);
		pthread_mutex_unlock(&s->lock);
	}
	cc_search_worker_deinit(&w);
	return NULL;
}

/* Signals go to the caller's threads, which know what to do with them. */
static unsigned start_threads(search *s, pthread_t *threads)
{
	sigset_t all, old;
	unsigned n = 0;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (n + 1 < s->threads && n + 1 < s->pieces && pthread_create(&threads[n], NULL, run_worker, s) == 0)
		n++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	return n;
}

static unsigned thread_count(unsigned asked)
{
	long n = asked ? (long)asked : sysconf(_SC_NPROCESSORS_ONLN);
	return n < 1 ? 1 : n > CC_SEARCH_THREADS_MAX ? CC_SEARCH_THREADS_MAX : (unsigned)n;
}

static cc_code run(search *s, search_worker *w, cc_err *err)
{
	pthread_t threads[CC_SEARCH_THREADS_MAX];
	const search_plan *plan = &s->plan;
	s->threads = thread_count(plan->opt->threads);
	s->expected = plan->begin;
	s->pieces = (plan->stop - plan->begin + plan->piece - 1) / plan->piece;
	s->slot_count = (size_t)s->threads * AHEAD;
	s->slots = cc_calloc(s->slot_count, sizeof *s->slots);
	if (!s->slots)
		return cc_err_set(err, CC_ENOMEM, "%s: out of memory", plan->path);
	pthread_mutex_init(&s->lock, NULL);
	pthread_cond_init(&s->moved, NULL);
	unsigned started = start_threads(s, threads);
	work(s, w);
	for (unsigned i = 0; i < started; i++)
		(void)pthread_join(threads[i], NULL);
	pthread_cond_destroy(&s->moved);
	pthread_mutex_destroy(&s->lock);
	for (size_t i = 0; i < s->slot_count; i++)
		cc_search_piece_deinit(&s->slots[i].piece);
	cc_free(s->slots);
	if (s->code != CC_OK && err)
		*err = s->why;
	return s->code;
}

cc_code cc_search_file(const char *path, cc_str pattern, const cc_search_options *opt, cc_search_counts *counts,
	cc_err *err)
{
	static const cc_search_options none;
	cc_search_counts unused = { 0 };
	search s = { .plan = { .path = path, .pattern = pattern, .opt = opt ? opt : &none } };
	search_worker w = { 0 };
	s.counts = counts ? counts : &unused;
	memset(s.counts, 0, sizeof *s.counts);
	cc_code code = cc_search_plan_open(&s.plan, &w, err);
	if (code == CC_OK)
		code = run(&s, &w, err);
	cc_search_worker_deinit(&w);
	cc_search_plan_close(&s.plan);
	return code;
}
