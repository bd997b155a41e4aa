/* filter_bodies.c - which log records can fit a filter at all, by one pass of several threads over all bodies.
 *
 * When a filter demands a text in the body and that text cannot match without one of a few strings, whole blocks of
 * bodies are searched for these strings: a record in whose body none lies need not be asked. The others are candidates,
 * unless these strings are all that the filter asks for: then they fit. */
#include <stdatomic.h>

#include "coldcase/work.h"
#include "coldcase/xalloc.h"
#include "filter_priv.h"
#include "query/regex_priv.h"

enum { WORD = 64 };

typedef struct scan {
	const cc_snapshot *s;
	const term *t;
	uint64_t *bits;          /* a block's words belong to it alone: blocks begin at multiples of 64 */
	atomic_bool unread;      /* some block was not searched */
	cc_cancel *cancel;
} scan;

static bool searchable(const term *t)
{
	bool body = t->field == FIELD_ROW_TEXT || (t->field >= 0 && cc_str_eqz(t->name, "body"));
	if (!body || t->since || t->until || (t->op != OP_EQ && t->op != OP_RE))
		return false;
	for (size_t i = 0; i < t->values.n; i++)
		if (!t->values.p[i].re || !cc_regex_prefilter(t->values.p[i].re)->finder)
			return false;
	return t->values.n > 0;
}

/* Rows that give up are counted, so no expression may be spared a row on which it could have given up. */
static bool gives_up(const term *t)
{
	for (size_t i = 0; i < t->values.n; i++) {
		const cc_prefilter *pre = t->values.p[i].re ? cc_regex_prefilter(t->values.p[i].re) : NULL;
		if (pre && !pre->exact && !pre->sure)
			return true;
	}
	return false;
}

/* Of the strings of which one must occur the shortest is the most frequent. */
static size_t rarity(const term *t)
{
	size_t shortest = SIZE_MAX;
	for (size_t i = 0; i < t->values.n; i++) {
		const cc_finder *f = cc_regex_prefilter(t->values.p[i].re)->finder;
		for (size_t k = 0; k < cc_finder_count(f); k++)
			if (cc_finder_needle(f, k).n < shortest)
				shortest = cc_finder_needle(f, k).n;
	}
	return shortest;
}

/* Of several demanded texts the one that should be the rarest: of "name resolver error" only the middle one is no common word. */
static const term *demanded(const node *n)
{
	const term *t = n->kind == NODE_TERM && searchable(n->term) ? n->term : NULL;
	if (n->kind == NODE_AND)
		for (const node *child = n->first; child; child = child->next) {
			const term *other = demanded(child);
			if (other && (!t || rarity(other) > rarity(t)))
				t = other;
		}
	return t;
}

/* Nothing else is asked for. */
static bool is_whole(const term *t, const node *n)
{
	return n->kind == NODE_TERM ? n->term == t : n->kind == NODE_AND && !n->first->next && is_whole(t, n->first);
}

static void mark(uint64_t *bits, size_t i)
{
	bits[i / WORD] |= UINT64_C(1) << i % WORD;
}

/* A string may begin in one body and end in the next, so that the body is asked itself. */
static void search(uint64_t *bits, const cc_body_block *b, const cc_prefilter *demanded_texts)
{
	const cc_finder *finder = demanded_texts->finder, *sure = demanded_texts->sure;
	size_t at = 0, k = 0;
	while ((at = cc_finder_next(finder, b->text, at, NULL)) != CC_STR_NONE) {
		while (b->end[k] <= at)
			k++;
		size_t from = k ? b->end[k - 1] : 0;
		cc_str body = { b->text.p + from, b->end[k] - from };
		if (cc_finder_next(sure ? sure : finder, body, sure ? 0 : at - from, NULL) != CC_STR_NONE)
			mark(bits, b->first + k);
		at = b->end[k];
	}
}

static void scan_block(void *arg, unsigned worker, size_t item)
{
	scan *w = arg;
	cc_body_block b;
	(void)worker;
	if (cc_logs_body_block(w->s, item, &b) && !cc_canceled(w->cancel)) {
		for (size_t i = 0; i < w->t->values.n; i++)
			search(w->bits, &b, cc_regex_prefilter(w->t->values.p[i].re));
		return;
	}
	atomic_store(&w->unread, true);
	for (size_t k = 0; k < b.count; k++)
		mark(w->bits, b.first + k);
}

uint64_t *cc_filter_candidates(const cc_filter *f, bool *they_fit, cc_cancel *cancel)
{
	*they_fit = false;
	size_t blocks = cc_logs_body_blocks(f->snapshot);
	const term *t = f->root && blocks ? demanded(f->root) : NULL;
	for (size_t i = 0; t && i < f->terms.n; i++)
		if (f->terms.p[i] != t && gives_up(f->terms.p[i]))
			return NULL;
	cc_body_block last;
	if (!t)
		return NULL;
	(void)cc_logs_body_block(f->snapshot, blocks - 1, &last);
	uint64_t *bits = cc_calloc((last.first + last.count) / WORD + 1, sizeof *bits);
	scan w = { .s = f->snapshot, .t = t, .bits = bits, .cancel = cancel };
	cc_work *work = bits ? cc_work_start(blocks, 0, scan_block, &w) : NULL;
	cc_work_finish(work);
	*they_fit = is_whole(t, f->root) && !gives_up(t) && !atomic_load(&w.unread);
	if (work)
		return bits;
	cc_free(bits);
	return NULL;
}

/* --- records that are no rows yet --- */

static bool is_text(const term *t)
{
	bool body = t->field == FIELD_ROW_TEXT || (t->field >= 0 && cc_str_eqz(t->name, "body"));
	return body && (t->op == OP_EQ || t->op == OP_RE) && t->values.n == 1 && t->values.p[0].re;
}

static bool is_plain(const term *t)
{
	return ((t->since || t->until) && t->values.n == 1) || (t->type == CC_FIELD_LEVEL && t->field >= 0 && (t->op == OP_EQ || t->op == OP_GE || t->op == OP_GT));
}

static bool plain_terms(const node *n, const term **text)
{
	if (n->kind == NODE_TERM && is_text(n->term) && !*text) {
		*text = n->term;
		return true;
	}
	bool plain = n->kind == NODE_TERM ? is_plain(n->term) : n->kind == NODE_AND;
	for (const node *child = n->kind == NODE_AND ? n->first : NULL; child && plain; child = child->next)
		plain = plain_terms(child, text);
	return plain;
}

cc_regex *cc_filter_plain_text(const cc_filter *f)
{
	const term *text = NULL;
	bool plain = f->table == CC_TABLE_LOGS && f->root && !f->focus.n && plain_terms(f->root, &text);
	return plain && text ? text->values.p[0].re : NULL;
}

bool cc_filter_is_plain(const cc_filter *f)
{
	const term *text = NULL;
	return f->table == CC_TABLE_LOGS && !f->focus.n && (!f->root || (plain_terms(f->root, &text) && !text));
}

static bool level_fits(const term *t, int level)
{
	bool fits = t->type != CC_FIELD_LEVEL || t->field < 0;
	for (size_t i = 0; i < t->values.n && !fits; i++)
		fits = t->op == OP_EQ ? level == t->values.p[i].i : level > t->values.p[i].i - (t->op == OP_GE);
	return fits;
}

bool cc_filter_fits_plain(const cc_filter *f, int64_t time_ns, int level)
{
	bool bound = f->bounds.from_ns != CC_TIME_NONE || f->bounds.to_ns != INT64_MAX;
	bool fits = !bound || (time_ns != CC_TIME_NONE && time_ns >= f->bounds.from_ns && time_ns <= f->bounds.to_ns);
	for (size_t i = 0; i < f->terms.n; i++)
		fits = fits && level_fits(f->terms.p[i], level);
	return fits;
}
