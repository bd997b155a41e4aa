/* guard.c - see guard.h.
 *
 * The handler only reads atomics and calls mmap. A bus error elsewhere is as fatal as a bad address, so it is raised as
 * one: who restores a terminal before dying does it for that signal. */
#include "base/guard.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

typedef struct range {
	atomic_uintptr_t from;   /* 0 = free */
	atomic_size_t n;
	atomic_bool torn;
} range;

static range ranges[GUARD_MAX];
static size_t next_free;         /* where to look first */
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;
static uintptr_t page_size;
static atomic_bool any_torn;

static range *range_of(uintptr_t at)
{
	for (size_t i = 0; i < GUARD_MAX; i++) {
		uintptr_t from = atomic_load(&ranges[i].from);
		if (from && at >= from && at - from < atomic_load(&ranges[i].n))
			return &ranges[i];
	}
	return NULL;
}

static void on_bus_error(int sig, siginfo_t *info, void *context)
{
	uintptr_t at = (uintptr_t)info->si_addr & ~(page_size - 1);
	range *r = range_of(at);
	int before = errno;
	(void)context;
	if (r) {
		size_t rest = atomic_load(&r->n) - (at - atomic_load(&r->from));
		void *zeros = mmap((void *)at, rest, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		if (zeros != MAP_FAILED) {
			atomic_store(&r->torn, true);
			atomic_store(&any_torn, true);
			errno = before;
			return;
		}
	}
	signal(sig, SIG_DFL);
	raise(SIGSEGV);
}

/* Each time: others may have taken the signal since. */
static void install(void)
{
	struct sigaction act = { .sa_sigaction = on_bus_error, .sa_flags = SA_SIGINFO | SA_RESTART };
	sigemptyset(&act.sa_mask);
	page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
	sigaction(SIGBUS, &act, NULL);
}

bool cc_guard_add(const void *p, size_t n)
{
	range *free_one = NULL;
	pthread_mutex_lock(&adding);
	install();
	for (size_t tried = 0; tried < GUARD_MAX && !free_one; tried++) {
		range *r = &ranges[next_free++ % GUARD_MAX];
		if (!atomic_load(&r->from))
			free_one = r;
	}
	if (free_one) {
		atomic_store(&free_one->torn, false);
		atomic_store(&free_one->n, (n + page_size - 1) & ~(page_size - 1));
		atomic_store(&free_one->from, (uintptr_t)p);
	}
	pthread_mutex_unlock(&adding);
	return free_one != NULL;
}

void cc_guard_remove(const void *p)
{
	range *r = range_of((uintptr_t)p);
	if (r)
		atomic_store(&r->from, 0);
}

bool cc_guard_torn(const void *p)
{
	const range *r = atomic_load(&any_torn) ? range_of((uintptr_t)p) : NULL;
	return r && atomic_load(&r->torn);
}
