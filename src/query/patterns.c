/* patterns.c - log rows counted by template.
 *
 * Rows with the same service and masked line are one template from the start. Templates then meet in buckets
 * (service, number of tokens, first token) and the similar ones are merged, differing tokens becoming <*>. Two
 * templates that differ in plain words ("request failed", "request succeeded") are kept apart, unless the bucket
 * overflows: then the words are names. Nothing is ever dropped: past CLUSTERS_MAX the most similar cluster takes the
 * newcomer. */
#include <math.h>
#include <stdlib.h>

#include "coldcase/arena.h"
#include "coldcase/map.h"
#include "coldcase/patterns.h"
#include "coldcase/time.h"
#include "coldcase/xalloc.h"
#include "query/pattern_count.h"

enum { TOKENS_MAX = 128, CLUSTERS_WORDS = 60, CLUSTERS_MAX = 400, CANCEL_EVERY = 1024 };
static const double SIMILAR = 0.7;

struct cc_patterns {
	cc_arena *arena;
	cc_pattern_vec list;
	uint64_t rows;
};

typedef struct cluster {
	cc_str *tokens;
	size_t n;
	uint32_t pattern, next;  /* next of the bucket, + 1 */
	bool merged;
} cluster;

typedef struct bucket { uint32_t first, last, count; } bucket;

typedef struct miner {
	cc_patterns *p;
	const cc_snapshot *s;
	const cc_patterns_options *opt;
	cc_pattern_vec exact;    /* templates as they are counted */
	CC_VEC(cluster) clusters;
	CC_VEC(bucket) buckets;
	cc_map *bucket_index;
} miner;

/* --- merging --- */

static size_t split(cc_str line, cc_str tokens[TOKENS_MAX])
{
	size_t n = 0;
	while (line.n && n < TOKENS_MAX) {
		cc_str head, rest;
		if (n == TOKENS_MAX - 1) {
			head = line;
			rest = CC_STR_EMPTY;
		} else {
			cc_str_cut(line, ' ', &head, &rest);
		}
		tokens[n++] = head;
		line = rest;
	}
	return n;
}

static bool is_plain_word(cc_str token)
{
	for (size_t i = 0; i < token.n; i++)
		if (!((token.p[i] >= 'a' && token.p[i] <= 'z') || (token.p[i] >= 'A' && token.p[i] <= 'Z') ||
			token.p[i] == '.' || token.p[i] == ','))
			return false;
	return token.n > 0;
}

/* Share of equal tokens; -1 when plain words differ and words matter. */
static double similarity(const cluster *c, const cc_str *tokens, bool words_matter)
{
	size_t equal = 0;
	for (size_t i = 0; i < c->n; i++) {
		if (cc_str_eq(c->tokens[i], tokens[i])) /* NOLINT: a bucket holds lines of one length */
			equal++;
		else if (words_matter && is_plain_word(c->tokens[i]) && is_plain_word(tokens[i]))
			return -1;
	}
	return c->n ? (double)equal / (double)c->n : 1;
}

static bucket *find_bucket(miner *m, const cc_pattern *p, const cc_str *tokens, size_t n)
{
	bool variable = n == 0 || cc_str_find_char(tokens[0], '<') != CC_STR_NONE;
	cc_str key = cc_arena_printf(m->p->arena, "%u %zu %.*s", p->service, n,
		CC_STR_ARG(variable ? CC_STR_EMPTY : tokens[0]));
	uint64_t at;
	if (!key.p)
		return NULL;
	if (!cc_map_get(m->bucket_index, key, &at)) {
		bucket fresh = { 0, 0, 0 };
		at = m->buckets.n;
		if (!cc_map_set(m->bucket_index, key, at) || !cc_vec_push(&m->buckets, fresh))
			return NULL;
	}
	return &m->buckets.p[at];
}

static cluster *best_cluster(miner *m, const bucket *b, const cc_str *tokens)
{
	double best = b->count >= CLUSTERS_MAX ? -2 : SIMILAR;
	bool words_matter = b->count < CLUSTERS_WORDS;
	cluster *found = NULL;
	for (uint32_t at = b->first; at; at = m->clusters.p[at - 1].next) {
		cluster *c = &m->clusters.p[at - 1];
		double s = similarity(c, tokens, words_matter);
		if (s > best || (s == best && !found && s >= SIMILAR)) {
			best = s;
			found = c;
		}
	}
	return found;
}

static cc_code add_cluster(miner *m, bucket *b, uint32_t pattern, const cc_str *tokens, size_t n)
{
	cluster c = { .tokens = cc_arena_array(m->p->arena, n + 1, sizeof *tokens), .n = n, .pattern = pattern };
	if (!c.tokens)
		return CC_ENOMEM;
	for (size_t i = 0; i < n; i++)
		c.tokens[i] = tokens[i];
	if (!cc_vec_push(&m->clusters, c))
		return CC_ENOMEM;
	uint32_t at = (uint32_t)m->clusters.n;
	if (b->last)
		m->clusters.p[b->last - 1].next = at;
	else
		b->first = at;
	b->last = at;
	b->count++;
	return CC_OK;
}

static cc_code place(miner *m, uint32_t pattern)
{
	cc_str tokens[TOKENS_MAX];
	const cc_pattern *p = &m->exact.p[pattern];
	size_t n = split(p->text, tokens);
	bucket *b = find_bucket(m, p, tokens, n);
	if (!b)
		return CC_ENOMEM;
	cluster *c = best_cluster(m, b, tokens);
	if (!c)
		return add_cluster(m, b, pattern, tokens, n);
	for (size_t i = 0; i < n; i++)
		if (!cc_str_eq(c->tokens[i], tokens[i]))
			c->tokens[i] = CC_STR("<*>");
	c->merged = true;
	cc_pattern_add_counts(&m->exact.p[c->pattern], p);
	return CC_OK;
}

static cc_str joined(miner *m, const cluster *c)
{
	cc_buf b = CC_BUF_INIT;
	for (size_t i = 0; i < c->n; i++) {
		if (i)
			cc_buf_add_char(&b, ' ');
		cc_buf_add(&b, c->tokens[i]);
	}
	cc_str text = cc_arena_dup(m->p->arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text;
}

/* --- order --- */

static double severity_weight(cc_level level)
{
	static const double weights[] = { 0.7, 0.3, 0.4, 0.8, 3, 6, 8 };
	return weights[level <= CC_LEVEL_FATAL ? level : 0];
}

/* Seconds of [from, to) in which lines could have come. */
static double seconds_of(const miner *m, int64_t from, int64_t to)
{
	cc_range s = m->opt->silence;
	int64_t out = 0;
	if (s.from_ns != CC_TIME_NONE && s.to_ns != CC_TIME_NONE) {
		int64_t a = s.from_ns > from ? s.from_ns : from, b = s.to_ns < to ? s.to_ns : to;
		out = b > a ? b - a : 0;
	}
	return fmax(((double)to - (double)from - (double)out) / 1e9, 1);
}

/* before and after are compared as rates: the sides are seldom equally long. */
static void judge(const miner *m, cc_pattern *p)
{
	double weight = severity_weight(p->level);
	cc_range all = cc_snapshot_range(m->s);
	int64_t pivot = m->opt->pivot_ns,
		from = m->opt->range.from_ns == CC_TIME_NONE ? all.from_ns : m->opt->range.from_ns;
	int64_t to = m->opt->range.to_ns == CC_TIME_NONE ? all.to_ns : m->opt->range.to_ns;
	p->before_per_min = p->after_per_min = NAN;
	if (pivot == CC_TIME_NONE) {
		p->score = weight * 10 / (1 + log1p((double)p->count));
		return;
	}
	double left = seconds_of(m, from, pivot), right = seconds_of(m, pivot, to);
	p->before_per_min = (double)p->before * 60 / left;
	p->after_per_min = (double)p->after * 60 / right;
	p->fresh = p->after > 0 && p->before == 0;
	p->gone = p->before > 0 && p->after == 0;
	double ratio = (((double)p->after + 0.5) / right) / (((double)p->before + 0.5) / left);
	double change = fmin(fmax(log2(ratio), -4), 6);
	if (p->fresh)
		p->score = weight * (4 + log1p((double)p->after) + fmax(change, 0));
	else if (p->gone)
		p->score = weight * (p->before >= 5 ? 1.5 : 0.5);
	else
		p->score = weight * fmax(change, 0.05 * log1p((double)p->after));
}

static int by_first(const void *x, const void *y)
{
	const cc_pattern *a = x, *b = y;
	if (a->first_ns != b->first_ns)
		return a->first_ns < b->first_ns ? -1 : 1;
	return a->example < b->example ? -1 : a->example > b->example;
}

static int by_count(const void *x, const void *y)
{
	const cc_pattern *a = x, *b = y;
	if (a->count != b->count)
		return a->count < b->count ? 1 : -1;
	return by_first(x, y);
}

static int by_score(const void *x, const void *y)
{
	const cc_pattern *a = x, *b = y;
	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return by_count(x, y);
}

static cc_code finish(miner *m)
{
	static int (*const orders[])(const void *, const void *) = { by_score, by_count, by_first };
	for (size_t i = 0; i < m->clusters.n; i++) {
		const cluster *c = &m->clusters.p[i];
		cc_pattern p = m->exact.p[c->pattern];
		if (c->merged)
			p.text = joined(m, c);
		judge(m, &p);
		if (!p.text.p || !cc_vec_push(&m->p->list, p))
			return CC_ENOMEM;
	}
	if (m->p->list.n)
		qsort(m->p->list.p, m->p->list.n, sizeof *m->p->list.p,
			orders[m->opt->order <= CC_PATTERNS_BY_FIRST ? m->opt->order : 0]);
	return CC_OK;
}

static cc_code mine(miner *m, const cc_index_vec *rows)
{
	cc_code code = cc_patterns_tally(&m->exact, &m->p->rows, m->s, rows, m->opt, m->p->arena);
	if (code != CC_OK)
		return code;
	for (size_t i = 0; i < m->exact.n; i++) {
		if (i % CANCEL_EVERY == 0 && cc_canceled(m->opt->cancel))
			return CC_ECANCELED;
		code = place(m, (uint32_t)i);
		if (code != CC_OK)
			return code;
	}
	return finish(m);
}

/* --- the lines of one --- */

static bool fits(const cc_str *want, size_t n, cc_str line)
{
	cc_str have[TOKENS_MAX];
	if (split(line, have) != n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!cc_str_eq(want[i], have[i]) && !cc_str_eqz(want[i], "<*>"))
			return false;
	return true;
}

cc_code cc_pattern_select(cc_index_vec *out, const cc_snapshot *s, const cc_index_vec *rows, cc_str pattern, cc_cancel *cancel,
	cc_err *err)
{
	cc_str want[TOKENS_MAX];
	size_t n = split(pattern, want);
	cc_arena *scratch = cc_arena_new();
	cc_buf masked = CC_BUF_INIT;
	cc_code code = scratch ? CC_OK : CC_ENOMEM;
	if (rows->n > CANCEL_EVERY)
		cc_logs_read_bodies(s, cancel);
	for (size_t i = 0; code == CC_OK && i < rows->n; i++) {
		if (i % CANCEL_EVERY == 0) {
			cc_arena_reset(scratch);
			if (cc_canceled(cancel))
				code = CC_ECANCELED;
		}
		cc_buf_clear(&masked);
		cc_pattern_mask(cc_pattern_key(cc_logs_body(s, cc_logs_get(s, rows->p[i]), scratch), scratch), &masked);
		if (fits(want, n, cc_buf_str(&masked)) && !cc_vec_push(out, rows->p[i]))
			code = CC_ENOMEM;
	}
	cc_buf_deinit(&masked);
	cc_arena_free(scratch);
	return code == CC_OK ? CC_OK : cc_err_set(err, code, "patterns: %s", cc_code_text(code));
}

cc_code cc_patterns_mine(cc_patterns **out, const cc_snapshot *s, const cc_index_vec *rows,
	const cc_patterns_options *opt, cc_err *err)
{
	*out = NULL;
	miner m = { .s = s, .opt = opt, .p = cc_calloc(1, sizeof *m.p), .bucket_index = cc_map_new() };
	cc_code code = CC_ENOMEM;
	if (m.p && m.bucket_index && (m.p->arena = cc_arena_new()) != NULL)
		code = mine(&m, rows);
	cc_map_free(m.bucket_index);
	cc_vec_deinit(&m.exact);
	cc_vec_deinit(&m.clusters);
	cc_vec_deinit(&m.buckets);
	if (code != CC_OK) {
		cc_patterns_free(m.p);
		return cc_err_set(err, code, "patterns: %s", cc_code_text(code));
	}
	*out = m.p;
	return CC_OK;
}

void cc_patterns_free(cc_patterns *p)
{
	if (!p)
		return;
	cc_vec_deinit(&p->list);
	cc_arena_free(p->arena);
	cc_free(p);
}

size_t cc_patterns_count(const cc_patterns *p)
{
	return p->list.n;
}

const cc_pattern *cc_patterns_get(const cc_patterns *p, size_t i)
{
	return i < p->list.n ? &p->list.p[i] : NULL;
}

uint64_t cc_patterns_rows(const cc_patterns *p)
{
	return p->rows;
}
