/* work.h - a row of items done by several threads.
 *
 *     cc_work *w = cc_work_start(count, threads, fn, arg);   // other threads begin
 *     … something else on this thread …
 *     cc_work_finish(w);                                     // this thread joins in; returns when all items are done
 *
 * Items are begun in ascending order, each by one thread, each once. What fn writes is seen by the caller after
 * cc_work_finish. fn may not call these functions. */
#ifndef COLDCASE_WORK_H
#define COLDCASE_WORK_H

#include <stddef.h>

typedef struct cc_work cc_work;

/* worker: 0 for the thread that calls cc_work_finish, else 1 … threads - 1; each is one thread, so it may own memory. */
typedef void cc_work_fn(void *arg, unsigned worker, size_t item);

enum { CC_WORK_MAX_THREADS = 16 };

/* `wanted` clipped to 1 … CC_WORK_MAX_THREADS; 0: one a processor that is online, at most 8. */
unsigned cc_work_threads(unsigned wanted);

/* Starts threads - 1 threads (as cc_work_threads gives them); fewer where the system has no more to give, none when memory
 * is out: then cc_work_finish does all of it. NULL only when not even the description can be allocated. */
cc_work *cc_work_start(size_t count, unsigned threads, cc_work_fn *fn, void *arg);
void cc_work_finish(cc_work *w);   /* NULL is fine; frees w */

#endif
