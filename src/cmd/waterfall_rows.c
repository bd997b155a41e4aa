/* waterfall_rows.c - choosing rows, folding runs of equal calls, and placing log records.
 *
 * A log record stands below the span it names, or, where it names none, below the innermost span of its service at that
 * time; there it comes before the first child that began later. */
#include "cmd/waterfall_rows.h"

#include <stdlib.h>
#include "coldcase/xalloc.h"

enum { RUN_MIN = 4 };            /* calls that make a run worth one line */
enum { GUESS_MAX = 4000000 };    /* rows times records up to which places are guessed by service and time */

typedef struct span_row { uint64_t id; uint32_t row; } span_row;
typedef struct placed_log { uint32_t before, row, log; int64_t time_ns; } placed_log;   /* before: a row, or their count */

typedef struct chooser {
	const cc_snapshot *s;
	const cc_waterfall *w;
	const fall_choice *choice;
	size_t n;
	uint32_t *stands;        /* by row: the row that is shown for it, FALL_NONE = none */
	uint32_t *repeats;
	span_row *by_id;
	CC_VEC(placed_log) logs;
} chooser;

static const cc_waterfall_row *row_at(const chooser *c, size_t i)
{
	return cc_waterfall_get(c->w, i);
}

static bool is_wanted(const chooser *c, const cc_waterfall_row *r)
{
	switch (c->choice->show) {
	case 'c': return r->critical && r->critical_ns >= c->choice->critical_min_ns;
	case 'e': return r->error;
	default: return true;
	}
}

static bool is_hidden(const chooser *c, size_t i)
{
	cc_sym service = cc_spans_get(c->s, row_at(c, i)->span)->service;
	for (size_t k = 0; k < c->choice->hidden_count; k++)
		if (c->choice->hidden[k] == service)
			return true;
	return false;
}

/* Backwards, so that who is shown has told its parent before that is asked. */
static void choose(chooser *c)
{
	for (size_t i = 0; i < c->n; i++)
		c->stands[i] = is_wanted(c, row_at(c, i)) ? (uint32_t)i : FALL_NONE;
	for (size_t i = c->n; i-- > 0;)
		if (c->stands[i] != FALL_NONE && row_at(c, i)->parent_row != UINT32_MAX)
			c->stands[row_at(c, i)->parent_row] = row_at(c, i)->parent_row;
	uint32_t top = c->choice->under, end = top + row_at(c, top)->subtree, base = top ? row_at(c, top)->depth : 0;
	for (size_t i = 0; i < c->n; i++)
		if (is_hidden(c, i) || (top && (i < top || i > end)) || row_at(c, i)->depth - base > c->choice->depth)
			c->stands[i] = FALL_NONE;
}

static bool same_call(const chooser *c, const cc_waterfall_row *a, const cc_waterfall_row *b)
{
	const cc_span *x = cc_spans_get(c->s, a->span), *y = cc_spans_get(c->s, b->span);
	return b->subtree == 0 && !b->error && !b->skew && a->parent_row == b->parent_row && x->service == y->service && x->name == y->name;
}

/* Childless siblings next to each other: each call of a loop. */
static size_t fold_run(chooser *c, size_t i)
{
	const cc_waterfall_row *first = row_at(c, i);
	size_t end = i + 1;
	if (c->stands[i] == FALL_NONE || first->subtree || first->error || first->skew)
		return i + 1;
	while (end < c->n && c->stands[end] != FALL_NONE && same_call(c, first, row_at(c, end)))
		end++;
	if (end - i < RUN_MIN)
		return i + 1;
	for (size_t k = i; k < end; k++)
		c->stands[k] = (uint32_t)i;
	c->repeats[i] = (uint32_t)(end - i);
	return end;
}

/* --- logs --- */

static int by_id(const void *x, const void *y)
{
	const span_row *a = x, *b = y;
	if (a->id != b->id)
		return a->id < b->id ? -1 : 1;
	return a->row < b->row ? -1 : a->row > b->row;
}

static uint32_t row_of_id(const chooser *c, uint64_t id)
{
	size_t lo = 0, hi = c->n;
	while (id && lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (c->by_id[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return id && lo < c->n && c->by_id[lo].id == id ? c->by_id[lo].row : FALL_NONE;
}

static uint32_t innermost(const chooser *c, const cc_logrec *l)
{
	uint32_t best = 0;
	for (size_t i = 0; i < c->n; i++) {
		const cc_span *sp = cc_spans_get(c->s, row_at(c, i)->span);
		bool inside = sp->service == l->service && sp->start_ns <= l->time_ns && l->time_ns - sp->start_ns <= sp->duration_ns;
		if (inside && (best == 0 || row_at(c, i)->depth >= row_at(c, best)->depth))
			best = (uint32_t)i;
	}
	return best;
}

/* The shown row it belongs to, FALL_NONE when nothing above it is shown either. */
static uint32_t shown_for(const chooser *c, uint32_t row)
{
	while (row != UINT32_MAX && c->stands[row] == FALL_NONE)
		row = row_at(c, row)->parent_row;
	return row == UINT32_MAX ? FALL_NONE : c->stands[row];
}

static uint32_t place_below(const chooser *c, uint32_t row, int64_t time_ns)
{
	uint32_t last = row + row_at(c, row)->subtree, i = row + 1;
	if (c->repeats[row] > 1)
		return row + c->repeats[row];
	while (i <= last && cc_spans_get(c->s, row_at(c, i)->span)->start_ns <= time_ns)
		i += row_at(c, i)->subtree + 1;
	return i;
}

static int by_place(const void *x, const void *y)
{
	const placed_log *a = x, *b = y;
	if (a->before != b->before)
		return a->before < b->before ? -1 : 1;
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns ? -1 : 1;
	return a->log < b->log ? -1 : a->log > b->log;
}

static bool place_logs(chooser *c, const cc_index_vec *logs)
{
	bool guess = (double)logs->n * (double)c->n <= GUESS_MAX;
	for (size_t i = 0; i < c->n; i++)
		c->by_id[i] = (span_row){ cc_spans_get(c->s, row_at(c, i)->span)->id, (uint32_t)i };
	qsort(c->by_id, c->n, sizeof *c->by_id, by_id);
	for (size_t i = 0; i < logs->n; i++) {
		const cc_logrec *l = cc_logs_get(c->s, logs->p[i]);
		uint32_t row = row_of_id(c, l->span);
		row = shown_for(c, row != FALL_NONE ? row : guess ? innermost(c, l) : 0);
		if (row == FALL_NONE)
			continue;
		placed_log p = { place_below(c, row, l->time_ns), row, logs->p[i], l->time_ns };
		if (!cc_vec_push(&c->logs, p))
			return false;
	}
	if (c->logs.n)
		qsort(c->logs.p, c->logs.n, sizeof *c->logs.p, by_place);
	return true;
}

/* --- together --- */

static uint32_t left_out_below(const chooser *c, size_t i)
{
	uint32_t out = 0;
	for (size_t k = i + 1; k <= i + row_at(c, i)->subtree; k++)
		out += c->stands[k] == FALL_NONE;
	return out;
}

/* Of a row that hides some of its children, not of those that pass it on. */
static uint32_t hidden_here(const chooser *c, size_t i)
{
	if (row_at(c, i)->subtree == 0 || (c->choice->show == 'a' && row_at(c, i)->depth < c->choice->depth && c->choice->under == 0))
		return 0;
	for (size_t k = i + 1; k <= i + row_at(c, i)->subtree; k += row_at(c, k)->subtree + 1)
		if (c->stands[k] == FALL_NONE)
			return left_out_below(c, i);
	return 0;
}

static bool emit(chooser *c, fall_rows *out)
{
	size_t next = 0;
	for (size_t i = 0; i <= c->n; i++) {
		for (; next < c->logs.n && c->logs.p[next].before <= i; next++) {
			fall_item log = { c->logs.p[next].row, c->logs.p[next].log, 1, 0 };
			if (!cc_vec_push(&out->items, log))
				return false;
		}
		if (i == c->n || c->stands[i] != i) {
			out->folded += i < c->n && c->stands[i] != FALL_NONE;
			continue;
		}
		fall_item span = { (uint32_t)i, FALL_NONE, c->repeats[i], hidden_here(c, i) };
		if (!cc_vec_push(&out->items, span))
			return false;
	}
	return true;
}

static bool arrange(chooser *c, const cc_index_vec *logs, fall_rows *out)
{
	choose(c);
	for (size_t i = 0; i < c->n; i++)
		c->repeats[i] = 1;
	for (size_t i = 0; c->choice->fold_repeats && i < c->n;)
		i = fold_run(c, i);
	return (!c->choice->logs || place_logs(c, logs)) && emit(c, out);
}

cc_code cc_fall_rows(fall_rows *out, const cc_snapshot *s, size_t trace, const cc_waterfall *w, const fall_choice *choice)
{
	chooser c = { .s = s, .w = w, .choice = choice, .n = cc_waterfall_count(w) };
	cc_index_vec logs = { 0 };
	*out = (fall_rows){ 0 };
	c.stands = cc_reallocarray(NULL, c.n + 1, sizeof *c.stands);
	c.repeats = cc_reallocarray(NULL, c.n + 1, sizeof *c.repeats);
	c.by_id = cc_reallocarray(NULL, c.n + 1, sizeof *c.by_id);
	cc_code code = c.stands && c.repeats && c.by_id ? cc_waterfall_logs(s, trace, &logs) : CC_ENOMEM;
	out->logs = logs.n;
	if (code == CC_OK && c.n && !arrange(&c, &logs, out))
		code = CC_ENOMEM;
	cc_free(c.stands);
	cc_free(c.repeats);
	cc_free(c.by_id);
	cc_vec_deinit(&c.logs);
	cc_vec_deinit(&logs);
	return code;
}

void cc_fall_rows_deinit(fall_rows *r)
{
	cc_vec_deinit(&r->items);
}
