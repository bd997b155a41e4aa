/* replayer.c - the case at any step of a record, forward and backward: copies of the case are kept every so many steps, and
 * what lies between is replayed.
 *
 * When the copies take more memory than they may, every second one goes and the distance doubles. The case that is shown is
 * frozen, as cc_run_replay leaves it; it is thawed before it goes on, so that it gets where replaying from the beginning gets. */
#include <string.h>

#include "casefile/case_priv.h"
#include "casefile/record_replay.h"
#include "coldcase/clock.h"
#include "coldcase/xalloc.h"

typedef struct checkpoint { size_t at, lost, bytes; cc_case *c; } checkpoint;

/* A case on its way through the record. */
typedef struct walker {
	cc_case *c;                     /* NULL: nowhere */
	size_t at, lost;
	int64_t active_ns;              /* of the clock, while the case is frozen */
} walker;

struct cc_replayer {
	const cc_run *run;
	const cc_snapshot *s;
	walker shown, ahead;
	CC_VEC(checkpoint) points;      /* by step */
	size_t every, bytes, most;
};

enum { EVERY = 256 };
#define MOST ((size_t)256 << 20)

static cc_code no_memory(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

static void drop(walker *w)
{
	cc_case_free(w->c);
	*w = (walker){ 0 };
}

cc_code cc_replayer_new(cc_replayer **out, const cc_run *run, const cc_snapshot *s, cc_err *err)
{
	cc_replayer *r = cc_calloc(1, sizeof *r);

	*out = r;
	if (!r)
		return no_memory(err);
	r->run = run;
	r->s = s;
	cc_replayer_tune(r, EVERY, MOST);
	return CC_OK;
}

void cc_replayer_tune(cc_replayer *r, size_t every, size_t most)
{
	r->every = every;
	r->most = most;
}

void cc_replayer_free(cc_replayer *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->points.n; i++)
		cc_case_free(r->points.p[i].c);
	cc_vec_deinit(&r->points);
	drop(&r->shown);
	drop(&r->ahead);
	cc_free(r);
}

/* --- checkpoints --- */

/* How many lie at or before a step: the last of them is the nearest. */
static size_t points_until(const cc_replayer *r, size_t step)
{
	size_t low = 0, high = r->points.n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (r->points.p[mid].at <= step)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void thin_out(cc_replayer *r)
{
	size_t n = 0;

	r->every *= 2;
	r->bytes = 0;
	for (size_t i = 0; i < r->points.n; i++) {
		checkpoint p = r->points.p[i];

		if (p.at % r->every) {
			cc_case_free(p.c);
			continue;
		}
		r->bytes += p.bytes;
		r->points.p[n++] = p;
	}
	r->points.n = n;
}

/* A walker stands where a checkpoint belongs. Without memory for it there is one less. */
static void leave_checkpoint(cc_replayer *r, const walker *w)
{
	size_t i = points_until(r, w->at);
	checkpoint p = { .at = w->at, .lost = w->lost };

	if ((i && r->points.p[i - 1].at == w->at) || !cc_vec_reserve(&r->points, 1))
		return;
	p.c = cc_case_dup(w->c);
	if (!p.c)
		return;
	p.bytes = cc_case_bytes(p.c);
	memmove(&r->points.p[i + 1], &r->points.p[i], (r->points.n - i) * sizeof p);
	r->points.p[i] = p;
	r->points.n++;
	r->bytes += p.bytes;
	while (r->bytes > r->most && r->points.n)
		thin_out(r);
}

/* --- walking --- */

/* On from where the walker is, or from a checkpoint when that saves more than a copy costs. */
static bool set_out(cc_replayer *r, walker *w, size_t to)
{
	size_t i = points_until(r, to);
	const checkpoint *p = i ? &r->points.p[i - 1] : NULL;

	if (w->c && w->at <= to && (!p || p->at <= w->at + r->every / 2))
		return true;
	drop(w);
	w->c = p ? cc_case_dup(p->c) : cc_replay_new(r->run);
	if (p) {
		w->at = p->at;
		w->lost = p->lost;
	}
	return w->c;
}

/* On to the next place of a checkpoint, or to `to` when that comes first. */
static cc_code walk(cc_replayer *r, walker *w, size_t to, cc_err *err)
{
	size_t next = (w->at / r->every + 1) * r->every, stop = next < to ? next : to;
	cc_code code = cc_replay_steps(r->run, (cc_replay_over){ r->s, &w->lost }, w->at, stop, w->c, err);

	if (code != CC_OK) {
		drop(w);                /* some of a step may have been applied */
		return code;
	}
	w->at = stop;
	if (stop == next)
		leave_checkpoint(r, w);
	return CC_OK;
}

static void thaw(walker *w)
{
	if (!w->c || !w->c->frozen)
		return;
	w->c->frozen = false;
	w->c->active_ns = w->active_ns;
}

cc_code cc_replayer_at(cc_replayer *r, size_t steps, const cc_case **out, cc_err *err)
{
	size_t known = cc_run_step_count(r->run), to = steps < known ? steps : known;
	walker *w = &r->shown;
	int64_t active_ns;
	cc_code code;

	*out = NULL;
	thaw(w);
	if (!set_out(r, w, to))
		return no_memory(err);
	for (code = CC_OK; w->at < to && code == CC_OK;)
		code = walk(r, w, to, err);
	if (code == CC_OK)
		code = cc_replay_active(r->run, to, &active_ns, err);
	if (code != CC_OK)
		return code;
	w->active_ns = w->c->active_ns;
	cc_case_freeze(w->c, active_ns);
	*out = w->c;
	return CC_OK;
}

cc_code cc_replayer_copy(cc_replayer *r, size_t steps, cc_case **out, cc_err *err)
{
	const cc_case *shown;
	cc_code code = cc_replayer_at(r, steps, &shown, err);

	*out = code == CC_OK ? cc_case_dup(r->shown.c) : NULL;
	return code == CC_OK && !*out ? no_memory(err) : code;
}

size_t cc_replayer_lost(const cc_replayer *r)
{
	return r->shown.lost;
}

bool cc_replayer_prepare(cc_replayer *r, int64_t for_ns)
{
	int64_t until = cc_clock_mono_ns() + for_ns;
	size_t steps = cc_run_step_count(r->run);

	if (!r->ahead.c && r->ahead.at == steps)
		return true;
	if (!set_out(r, &r->ahead, steps))
		return true;            /* there is no memory for more */
	do {
		if (r->ahead.at == steps || walk(r, &r->ahead, steps, NULL) != CC_OK) {
			drop(&r->ahead);
			r->ahead.at = steps;
			return true;
		}
	} while (cc_clock_mono_ns() < until);
	return false;
}
