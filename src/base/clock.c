/* clock.c - the machine's clocks behind one switch, so that a test decides what time it is. */
#include "coldcase/clock.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include "coldcase/str.h"
#include "coldcase/time.h"

static atomic_bool fake;
static _Atomic int64_t fake_ns;
static pthread_once_t environment_once = PTHREAD_ONCE_INIT;

static void read_environment(void)
{
	int64_t ns;
	const char *z = getenv("COLDCASE_FAKE_CLOCK");
	if (!z || !cc_time_parse(cc_str_from(z), &ns))
		return;
	atomic_store(&fake_ns, ns);
	atomic_store(&fake, true);
}

static bool ask_fake(int64_t *ns)
{
	pthread_once(&environment_once, read_environment);
	if (!atomic_load(&fake))
		return false;
	*ns = atomic_load(&fake_ns);
	return true;
}

static int64_t ask_machine(clockid_t id)
{
	struct timespec t = { 0 };
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * CC_NS_PER_S + t.tv_nsec;
}

int64_t cc_clock_mono_ns(void)
{
	int64_t ns;
	return ask_fake(&ns) ? ns : ask_machine(CLOCK_MONOTONIC);
}

int64_t cc_clock_wall_ns(void)
{
	int64_t ns;
	return ask_fake(&ns) ? ns : ask_machine(CLOCK_REALTIME);
}

void cc_clock_fake_set(int64_t ns)
{
	pthread_once(&environment_once, read_environment); /* so that a later first call does not undo this one */
	atomic_store(&fake_ns, ns);
	atomic_store(&fake, true);
}

void cc_clock_fake_advance(int64_t ns)
{
	atomic_fetch_add(&fake_ns, ns);
}

void cc_clock_fake_off(void)
{
	pthread_once(&environment_once, read_environment);
	atomic_store(&fake, false);
}
