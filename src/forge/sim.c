/* sim.c - the clock and the queue: what is due next happens next; ties in the order of scheduling. */
#include "forge/sim.h"

void forge_fail(forge_sim *s, cc_code code)
{
	if (s->code != CC_OK) return;
	s->code = code;
	if (code == CC_ENOMEM) s->code = cc_err_set(s->err, CC_ENOMEM, "forge: out of memory");
}

static bool sooner(const forge_item *a, const forge_item *b)
{
	return a->t != b->t ? a->t < b->t : a->seq < b->seq;
}

void forge_at(forge_sim *s, int64_t t, forge_action *run, int a, int b)
{
	forge_item item = { t < s->now ? s->now : t, s->seq++, run, a, b };
	if (!cc_vec_push(&s->queue, item)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	forge_item *q = s->queue.p;
	size_t i = s->queue.n - 1;
	while (i > 0 && sooner(&item, &q[(i - 1) / 2])) {
		q[i] = q[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	q[i] = item;
}

static forge_item take(forge_sim *s)
{
	forge_item *q = s->queue.p, top = q[0], last = q[--s->queue.n];
	size_t n = s->queue.n, i = 0;
	for (size_t c = 1; c < n; c = 2 * i + 1) {
		if (c + 1 < n && sooner(&q[c + 1], &q[c])) c++;
		if (!sooner(&q[c], &last)) break;
		q[i] = q[c];
		i = c;
	}
	if (n) q[i] = last;
	return top;
}

static void tell(forge_sim *s, int64_t from, int64_t end)
{
	if (!s->opt->progress) return;
	int64_t span = end - from > 0 ? end - from : 1;
	s->opt->progress(s->opt->progress_user, (int)((s->now - from) * 900 / span), "simulating");
}

void forge_run_until(forge_sim *s, int64_t end)
{
	int64_t from = s->now;
	uint64_t steps = 0;
	while (s->code == CC_OK && s->queue.n > 0 && s->queue.p[0].t <= end) {
		forge_item item = take(s);
		s->now = item.t;
		item.run(s, item.t, item.a, item.b);
		if (steps++ % 256) continue;
		tell(s, from, end);
		if (cc_canceled(s->opt->cancel)) s->code = cc_err_set(s->err, CC_ECANCELED, "forge: canceled");
	}
	s->now = end;
}

cc_str forge_str(forge_sim *s, cc_buf *b)
{
	if (!cc_buf_ok(b)) forge_fail(s, CC_ENOMEM);
	cc_str kept = cc_arena_dup(s->arena, cc_buf_str(b));
	if (!kept.p) {
		forge_fail(s, CC_ENOMEM);
		kept = CC_STR_EMPTY;
	}
	cc_buf_clear(b);
	return kept;
}
