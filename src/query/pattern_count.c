/* pattern_count.c - see pattern_count.h.
 *
 * Threads take pieces of the rows and count each into a table of its own. The tables are then put into one: counts are
 * sums, times and levels extremes, the example is that of the earliest row, and the order that of the earliest rows, so
 * that nothing depends on who counted what. */
#include "query/pattern_count.h"

#include <stdatomic.h>
#include <stdlib.h>
#include "coldcase/arena.h"
#include "coldcase/map.h"
#include "coldcase/work.h"
#include "coldcase/xalloc.h"

enum { PIECE = 2048, SCRATCH_MAX = 65536, AHEAD = 6 };

typedef struct counted {
	cc_pattern p;
	cc_str key;              /* service, masked line */
	size_t at;               /* of its first row in the list of rows */
} counted;

typedef CC_VEC(counted) counted_vec;

enum { NEAR = 256, REPEATED_MAX = 128 };  /* a power of two; bytes: long bodies are seldom the same again */

/* A text met lately and the place in found that it led to. */
typedef struct near_text { cc_str text; cc_sym service; uint32_t place; } near_text;

typedef struct hand {            /* one thread's own */
	near_text bodies[NEAR], masks[NEAR];
	cc_arena *scratch, *texts;
	cc_buf masked;
	cc_map *index;           /* key -> place in found */
	counted_vec found;
	uint64_t rows;
} hand;

typedef struct tally {
	const cc_snapshot *s;
	const cc_index_vec *rows;        /* NULL: all */
	const cc_patterns_options *opt;
	size_t n;
	const uint32_t *numbers;         /* of the rows' bodies in blocks; NULL: they are read singly */
	CC_VEC(cc_body_block) blocks;
	size_t block_size;
	atomic_int code;
	hand hands[CC_WORK_MAX_THREADS];
} tally;

/* --- one row --- */

static void count_row(const cc_patterns_options *opt, cc_pattern *p, const cc_logrec *l)
{
	p->count++;
	p->levels[l->level < 7 ? l->level : 0]++;
	if (l->level > p->level)
		p->level = (cc_level)l->level;
	if (l->time_ns == CC_TIME_NONE)
		return;
	if (opt->pivot_ns != CC_TIME_NONE)
		++*(l->time_ns < opt->pivot_ns ? &p->before : &p->after);
	if (p->first_ns == CC_TIME_NONE || l->time_ns < p->first_ns)
		p->first_ns = l->time_ns;
	if (l->time_ns > p->last_ns)
		p->last_ns = l->time_ns;
}

static bool in_range(cc_range r, const cc_logrec *l)
{
	if (r.from_ns == CC_TIME_NONE && r.to_ns == CC_TIME_NONE)
		return true;
	return l->time_ns != CC_TIME_NONE && l->time_ns >= r.from_ns && (r.to_ns == CC_TIME_NONE ||
		l->time_ns <= r.to_ns);
}

/* The body where it lies, if it does as long as the snapshot: p is NULL otherwise. */
static cc_str body_in_place(const tally *t, uint32_t row)
{
	const cc_str none = { NULL, 0 };
	uint32_t number = t->numbers ? t->numbers[row] : UINT32_MAX;
	if (number == UINT32_MAX)
		return none;
	const cc_body_block *b = &t->blocks.p[number / t->block_size];
	size_t k = number - b->first, from = k ? b->end[k - 1] : 0;
	return b->text.p ? (cc_str){ b->text.p + from, b->end[k] - from } : none;
}

/* The bodies lie in the order of the files, the rows in that of their times: the next ones are fetched while this one is read. */
static void fetch_body(const tally *t, size_t at)
{
	enum { LINE = 64, LINES = 4 };
	cc_str body = at < t->n ? body_in_place(t, t->rows ? t->rows->p[at] : (uint32_t)at) : CC_STR_EMPTY;
	for (size_t i = 0; i < body.n && i < LINES * LINE; i += LINE)
		__builtin_prefetch(body.p + i);
}

static near_text *near_of(near_text table[NEAR], cc_str text, cc_sym service)
{
	return &table[(cc_str_sample(text) ^ service) % NEAR];
}

static bool is_near(const near_text *near, cc_str text, cc_sym service)
{
	return near->text.p && near->service == service && cc_str_eq(near->text, text);
}

static counted *find_mapped(hand *h, const cc_logrec *l, uint32_t row, size_t at)
{
	uint64_t place;
	if (cc_map_get(h->index, cc_buf_str(&h->masked), &place))
		return &h->found.p[place];
	cc_str key = cc_arena_dup(h->texts, cc_buf_str(&h->masked));
	counted fresh = { .key = key, .at = at, .p = { .text = cc_str_sub(key, sizeof l->service, key.n),
		.service = l->service, .first_ns = CC_TIME_NONE, .last_ns = CC_TIME_NONE,
		.example = row, .entity = l->entity } };
	if (!key.p || !cc_map_set(h->index, key, h->found.n) || !cc_vec_push(&h->found, fresh))
		return NULL;
	return &h->found.p[h->found.n - 1];
}

static counted *find(hand *h, const cc_logrec *l, uint32_t row, size_t at)
{
	near_text *near = near_of(h->masks, cc_buf_str(&h->masked), 0);
	if (is_near(near, cc_buf_str(&h->masked), 0))
		return &h->found.p[near->place];
	counted *c = find_mapped(h, l, row, at);
	if (c)
		*near = (near_text){ c->key, 0, (uint32_t)(c - h->found.p) };
	return c;
}

/* What is written again and again, byte by byte, is masked once. */
static counted *counted_of(const tally *t, hand *h, const cc_logrec *l, uint32_t row, size_t at)
{
	cc_str lasting = body_in_place(t, row), body = lasting.p ? lasting : cc_logs_body(t->s, l, h->scratch);
	near_text *near = body.n <= REPEATED_MAX ? near_of(h->bodies, body, l->service) : NULL;
	if (near && is_near(near, body, l->service))
		return &h->found.p[near->place];
	cc_buf_clear(&h->masked);
	cc_buf_add(&h->masked, (cc_str){ (const char *)&l->service, sizeof l->service });
	cc_pattern_mask(cc_pattern_key(body, h->scratch), &h->masked);
	counted *c = cc_buf_ok(&h->masked) ? find(h, l, row, at) : NULL;
	if (c && near && lasting.p)
		*near = (near_text){ lasting, l->service, (uint32_t)(c - h->found.p) };
	return c;
}

static cc_code add_row(const tally *t, hand *h, size_t at)
{
	uint32_t row = t->rows ? t->rows->p[at] : (uint32_t)at;
	const cc_logrec *l = cc_logs_get(t->s, row);
	if (!in_range(t->opt->range, l))
		return CC_OK;
	if (cc_arena_bytes(h->scratch) > SCRATCH_MAX)
		cc_arena_reset(h->scratch);
	counted *c = counted_of(t, h, l, row, at);
	if (!c)
		return CC_ENOMEM;
	h->rows++;
	count_row(t->opt, &c->p, l);
	return CC_OK;
}

static void count_piece(void *arg, unsigned worker, size_t item)
{
	tally *t = arg;
	size_t from = item * PIECE, to = t->n - from < PIECE ? t->n : from + PIECE;
	cc_code code = cc_canceled(t->opt->cancel) ? CC_ECANCELED : (cc_code)atomic_load(&t->code);
	for (size_t i = from; i < to && code == CC_OK; i++) {
		fetch_body(t, i + AHEAD);
		code = add_row(t, &t->hands[worker], i);
	}
	if (code != CC_OK)
		atomic_store(&t->code, (int)code);
}

/* --- all tables into one --- */

void cc_pattern_add_counts(cc_pattern *into, const cc_pattern *from)
{
	into->count += from->count;
	into->before += from->before;
	into->after += from->after;
	for (size_t i = 0; i < 7; i++)
		into->levels[i] += from->levels[i];
	if (from->level > into->level)
		into->level = from->level;
	if (into->first_ns == CC_TIME_NONE || (from->first_ns != CC_TIME_NONE && from->first_ns < into->first_ns))
		into->first_ns = from->first_ns;
	if (from->last_ns > into->last_ns)
		into->last_ns = from->last_ns;
	if (from->example < into->example) {
		into->example = from->example;
		into->entity = from->entity;
	}
}

static bool put_together(hand *all, const counted *c)
{
	uint64_t place;
	if (!cc_map_get(all->index, c->key, &place))
		return cc_map_set(all->index, c->key, all->found.n) && cc_vec_push(&all->found, *c);
	if (place >= all->found.n)
		return false;
	counted *into = &all->found.p[place];
	const counted *first = c->at < into->at ? c : into;
	counted both = *into;
	cc_pattern_add_counts(&both.p, &c->p);
	both.at = first->at;
	both.p.example = first->p.example;
	both.p.entity = first->p.entity;
	*into = both;
	return true;
}

static int by_place(const void *x, const void *y)
{
	const counted *a = x, *b = y;
	return a->at < b->at ? -1 : a->at > b->at;
}

static cc_code give(const tally *t, cc_pattern_vec *out, uint64_t *looked_at, cc_arena *arena)
{
	hand all = { .index = cc_map_new() };
	bool ok = all.index != NULL;
	*looked_at = 0;
	for (size_t w = 0; w < CC_WORK_MAX_THREADS; w++) {
		*looked_at += t->hands[w].rows;
		for (size_t i = 0; ok && i < t->hands[w].found.n; i++)
			ok = put_together(&all, &t->hands[w].found.p[i]);
	}
	if (all.found.n)
		qsort(all.found.p, all.found.n, sizeof *all.found.p, by_place);
	for (size_t i = 0; ok && i < all.found.n; i++) {
		cc_pattern p = all.found.p[i].p;
		p.text = cc_arena_dup(arena, p.text);
		ok = p.text.p && cc_vec_push(out, p);
	}
	cc_map_free(all.index);
	cc_vec_deinit(&all.found);
	return ok ? CC_OK : CC_ENOMEM;
}

static bool hands_init(tally *t, unsigned n)
{
	bool ok = true;
	for (unsigned i = 0; i < n; i++) {
		hand *h = &t->hands[i];
		h->scratch = cc_arena_new();
		h->texts = cc_arena_new();
		h->index = cc_map_new();
		ok = ok && h->scratch && h->texts && h->index;
	}
	return ok;
}

static void hands_deinit(tally *t)
{
	for (unsigned i = 0; i < CC_WORK_MAX_THREADS; i++) {
		hand *h = &t->hands[i];
		cc_arena_free(h->scratch);
		cc_arena_free(h->texts);
		cc_map_free(h->index);
		cc_buf_deinit(&h->masked);
		cc_vec_deinit(&h->found);
	}
}

static bool find_bodies(tally *t)
{
	size_t n = cc_logs_body_blocks(t->s);
	if (!cc_vec_reserve(&t->blocks, n + 1))
		return false;
	for (t->blocks.n = 0; t->blocks.n < n; t->blocks.n++)
		(void)cc_logs_body_block(t->s, t->blocks.n, &t->blocks.p[t->blocks.n]); /* a text that is not there says so */
	t->block_size = n > 1 ? t->blocks.p[1].first : SIZE_MAX;
	t->numbers = n ? cc_logs_body_numbers(t->s) : NULL;
	return true;
}

cc_code cc_patterns_tally(cc_pattern_vec *out, uint64_t *looked_at, const cc_snapshot *s, const cc_index_vec *rows,
	const cc_patterns_options *opt, cc_arena *arena)
{
	tally *t = cc_calloc(1, sizeof *t);
	if (!t)
		return CC_ENOMEM;
	t->s = s;
	t->rows = rows;
	t->opt = opt;
	t->n = rows ? rows->n : cc_logs_count(s);
	size_t pieces = (t->n + PIECE - 1) / PIECE;
	unsigned threads = cc_work_threads(pieces > 4 ? 0 : 1);
	if (t->n > PIECE / 2)
		cc_logs_read_bodies(s, opt->cancel);
	cc_code code = CC_ENOMEM;
	cc_work *w = find_bodies(t) && hands_init(t, threads) ? cc_work_start(pieces, threads, count_piece, t) : NULL;
	cc_work_finish(w);
	if (w)
		code = (cc_code)atomic_load(&t->code);
	if (code == CC_OK)
		code = give(t, out, looked_at, arena);
	hands_deinit(t);
	cc_vec_deinit(&t->blocks);
	cc_free(t);
	return code;
}
