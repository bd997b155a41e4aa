/* sim.c - the clock and the queue: what is due next happens next; ties in the order of scheduling.
 *
 * The queue is a heap with four children a node: half the levels of a binary one, and a node's children share cache
 * lines. */
#include "forge/sim.h"

#include <stdarg.h>

cc_code forge_nomem(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "forge: out of memory");
}

void forge_fail(forge_sim *s, cc_code code)
{
	if (s->code != CC_OK) return;
	s->code = code == CC_ENOMEM ? forge_nomem(s->err) : code;
}

static bool sooner(const forge_item_due *a, const forge_item_due *b)
{
	return a->t != b->t ? a->t < b->t : a->seq < b->seq;
}

void forge_at(forge_sim *s, int64_t t, forge_action *run, int a, int b)
{
	forge_item_due item = { t < s->now ? s->now : t, s->seq++, run, a, b };
	if (!cc_vec_push(&s->queue, item)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	forge_item_due *q = s->queue.p;
	size_t i = s->queue.n - 1;
	while (i > 0 && sooner(&item, &q[(i - 1) / 4])) {
		q[i] = q[(i - 1) / 4];
		i = (i - 1) / 4;
	}
	q[i] = item;
}

static forge_item_due take(forge_sim *s)
{
	forge_item_due *q = s->queue.p, top = q[0], last = q[--s->queue.n];
	size_t n = s->queue.n, i = 0;
	for (size_t first = 1; first < n; first = 4 * i + 1) {
		size_t best = first, end = first + 4 < n ? first + 4 : n;
		for (size_t c = first + 1; c < end; c++)
			if (sooner(&q[c], &q[best])) best = c;
		if (!sooner(&q[best], &last)) break;
		q[i] = q[best];
		i = best;
	}
	if (n) q[i] = last;
	return top;
}

/* Before the users come next to nothing is to be done. */
static void tell(const forge_sim *s, int64_t from, int64_t end)
{
	int64_t quiet = s->start - 11 * 60 * FORGE_S;
	if (from < quiet) from = quiet;
	int64_t span = end - from > 0 ? end - from : 1, gone = s->now - from > 0 ? s->now - from : 0;
	int share = forge_simulating_permille(s->opt);
	int at = (int)(gone / 1000 * share / (span / 1000 + 1));
	if (s->opt->progress) s->opt->progress(s->opt->progress_user, at, "simulating");
}

void forge_run_until(forge_sim *s, int64_t end)
{
	int64_t from = s->now;
	uint64_t steps = 0;
	while (s->code == CC_OK && s->queue.n > 0 && s->queue.p[0].t <= end) {
		forge_item_due item = take(s);
		s->now = item.t;
		item.run(s, item.t, item.a, item.b);
		if (steps++ % 1024) continue;
		tell(s, from, end);
		if (cc_canceled(s->opt->cancel)) s->code = cc_err_set(s->err, CC_ECANCELED, "forge: canceled");
	}
	if (s->code == CC_OK) s->now = end;
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

const char *forge_text(forge_sim *s, const char *fmt, ...)
{
	cc_buf b = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&b, fmt, ap);
	va_end(ap);
	cc_str kept = forge_str(s, &b);
	cc_buf_deinit(&b);
	return kept.n ? kept.p : "";
}

char *forge_take(forge_sim *s, cc_buf *b)
{
	char *text = cc_buf_take(b);
	if (!text) forge_fail(s, CC_ENOMEM);
	return text;
}

char *forge_heap(forge_sim *s, const char *fmt, ...)
{
	cc_buf b = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&b, fmt, ap);
	va_end(ap);
	return forge_take(s, &b);
}

size_t forge_find_word(cc_str text, size_t from, cc_str *word)
{
	for (size_t at = from; at < text.n; at++) {
		if (text.p[at] != '{') continue;
		size_t end = at + 1;
		while (end < text.n && ((text.p[end] | 0x20) >= 'a' && (text.p[end] | 0x20) <= 'z')) end++;
		if (end == at + 1 || end == text.n || text.p[end] != '}') continue;
		*word = cc_str_sub(text, at + 1, end);
		return at;
	}
	return CC_STR_NONE;
}

static const forge_pair *pair_of(cc_str key, const forge_pair *pairs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (cc_str_eqz(key, pairs[i].key)) return &pairs[i];
	return NULL;
}

void forge_expand(cc_buf *out, const char *text, const forge_pair *pairs, size_t n)
{
	cc_str all = cc_str_from(text), word;
	size_t done = 0;
	for (size_t from = 0, at; (at = forge_find_word(all, from, &word)) != CC_STR_NONE; from = at + 1) {
		const forge_pair *known = pair_of(word, pairs, n);
		if (!known) continue;
		cc_buf_add(out, cc_str_sub(all, done, at));
		cc_buf_add(out, known->value);
		done = at + word.n + 2;
	}
	cc_buf_add(out, cc_str_sub(all, done, all.n));
}
