/* diff_lines.c - shortest edit script of two texts by lines: Myers' greedy algorithm with its trace kept.
 *
 * Common lines at both ends are cut off first; lines are numbered so that comparing them is comparing integers. The
 * trace grows with the square of the differences, so beyond EDIT_MAX the rest is given as one block removed and one
 * added. */
#include <string.h>

#include "coldcase/arena.h"
#include "coldcase/diff.h"
#include "coldcase/map.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"

enum { LINES_MAX = 200000, EDIT_MAX = 2000 };

typedef CC_VEC(cc_diff_line) line_vec;

struct cc_line_diff {
	cc_arena *arena;
	line_vec lines;
	size_t added, removed;
};

typedef struct side { cc_str *text; uint32_t *id; size_t n; } side;

typedef struct differ {
	cc_line_diff *d;
	side a, b;
	size_t head, tail;       /* common lines at the ends */
	line_vec all;            /* before folding */
} differ;

static size_t count_lines(cc_str s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n + (s.n > 0 && s.p[s.n - 1] != '\n');
}

static bool split(side *out, cc_str s, cc_dict *dict)
{
	out->n = 0;
	size_t lines = count_lines(s);
	out->text = cc_reallocarray(NULL, lines + 1, sizeof *out->text);
	out->id = cc_reallocarray(NULL, lines + 1, sizeof *out->id);
	if (!out->text || !out->id)
		return false;
	while (s.n) {
		cc_str line, rest;
		cc_str_cut(s, '\n', &line, &rest);
		out->text[out->n] = line;
		out->id[out->n] = cc_dict_add(dict, line);
		if (out->id[out->n] == UINT32_MAX)
			return false;
		out->n++;
		s = rest;
	}
	return true;
}

static void side_free(side *s)
{
	cc_free(s->text);
	cc_free(s->id);
}

static void trim_ends(differ *x)
{
	size_t shorter = x->a.n < x->b.n ? x->a.n : x->b.n;
	while (x->head < shorter && x->a.id[x->head] == x->b.id[x->head])
		x->head++;
	while (x->tail < shorter - x->head && x->a.id[x->a.n - 1 - x->tail] == x->b.id[x->b.n - 1 - x->tail])
		x->tail++;
}

static bool emit(differ *x, char sign, size_t a, size_t b)
{
	cc_diff_line line = { .sign = sign, .old_line = sign == '+' ? 0 : (uint32_t)a + 1,
		.new_line = sign == '-' ? 0 : (uint32_t)b + 1, .text = sign == '+' ? x->b.text[b] : x->a.text[a] };
	x->d->added += sign == '+';
	x->d->removed += sign == '-';
	return cc_vec_push(&x->all, line);
}

/* Furthest reaching paths for each number of edits; trace[d] holds v after d edits, d + 1 entries at even or odd
 * diagonals. */
static int32_t forward(const differ *x, int32_t **trace, int32_t n, int32_t m, bool *failed)
{
	const uint32_t *a = x->a.id + x->head, *b = x->b.id + x->head;
	static const int32_t max = EDIT_MAX;
	int32_t *v = cc_calloc(2 * (size_t)max + 3, sizeof *v);
	int32_t d = 0;
	*failed = !v;
	for (; v && d <= max; d++) {
		bool done = false;
		for (int32_t k = -d; k <= d; k += 2) {
			int32_t *at = v + max + 1 + k;
			int32_t i = k == -d || (k != d && at[-1] < at[1]) ? at[1] : at[-1] + 1;
			while (i < n && i - k < m && i - k >= 0 && a[i] == b[i - k])
				i++;
			*at = i;
			done |= i >= n && i - k >= m;
		}
		trace[d] = cc_reallocarray(NULL, (size_t)d + 1, sizeof **trace);
		if (!trace[d]) {
			*failed = true;
			break;
		}
		for (int32_t k = -d; k <= d; k += 2)
			trace[d][(k + d) / 2] = v[max + 1 + k];
		if (done)
			break;
	}
	cc_free(v);
	return *failed || d > max ? -1 : d;
}

static int32_t traced(int32_t *const *trace, int32_t d, int32_t k)
{
	return k < -d || k > d ? -1 : trace[d][(k + d) / 2];
}

/* Walks the trace backwards into `steps`: '=', '-' or '+', last first. */
static size_t backward(int32_t *const *trace, int32_t d, int32_t n, int32_t m, char *steps)
{
	size_t count = 0;
	int32_t i = n, j = m;
	for (; d > 0; d--) {
		int32_t k = i - j;
		bool down = k == -d || (k != d && traced(trace, d - 1, k - 1) < traced(trace, d - 1, k + 1));
		int32_t pk = down ? k + 1 : k - 1;
		int32_t pi = traced(trace, d - 1, pk), pj = pi - pk;
		while (i > pi + !down && j > pj + down) {
			steps[count++] = '=';
			i--;
			j--;
		}
		steps[count++] = down ? '+' : '-';
		i = pi;
		j = pj;
	}
	while (i-- > 0)
		steps[count++] = '=';
	return count;
}

static bool emit_steps(differ *x, const char *steps, size_t count)
{
	size_t a = x->head; /* the next line of the old text and of the new one */
	size_t b = a;
	bool ok = true;
	for (size_t i = count; i-- > 0 && ok;) {
		char c = steps[i];
		ok = emit(x, c == '=' ? ' ' : c, a, b);
		a += c != '+';
		b += c != '-';
	}
	return ok;
}

static bool emit_block(differ *x)
{
	bool ok = true;
	for (size_t i = x->head; i < x->a.n - x->tail && ok; i++)
		ok = emit(x, '-', i, 0);
	for (size_t i = x->head; i < x->b.n - x->tail && ok; i++)
		ok = emit(x, '+', 0, i);
	return ok;
}

static bool edit_middle(differ *x)
{
	size_t n = x->a.n - x->head - x->tail, m = x->b.n - x->head - x->tail;
	if (n == 0 || m == 0 || n + m > LINES_MAX)
		return emit_block(x);
	int32_t **trace = cc_calloc(EDIT_MAX + 1, sizeof *trace);
	char *steps = cc_malloc(n + m + 1);
	bool failed = !trace || !steps, ok = false;
	int32_t d = failed ? -1 : forward(x, trace, (int32_t)n, (int32_t)m, &failed);
	if (d >= 0)
		ok = emit_steps(x, steps, backward(trace, d, (int32_t)n, (int32_t)m, steps));
	else if (!failed)
		ok = emit_block(x);
	for (size_t i = 0; trace && i <= EDIT_MAX; i++)
		cc_free(trace[i]);
	cc_free(trace);
	cc_free(steps);
	return ok;
}

static bool edit(differ *x)
{
	bool ok = true;
	trim_ends(x);
	for (size_t i = 0; i < x->head && ok; i++)
		ok = emit(x, ' ', i, i);
	ok = ok && edit_middle(x);
	for (size_t i = x->tail; i > 0 && ok; i--)
		ok = emit(x, ' ', x->a.n - i, x->b.n - i);
	return ok;
}

static bool keep(cc_line_diff *d, cc_diff_line line)
{
	line.text = cc_arena_dup(d->arena, line.text);
	return line.text.p && cc_vec_push(&d->lines, line);
}

/* Unchanged lines farther than `context` from a change become one '@' line. */
static bool fold(differ *x, size_t context)
{
	size_t next = 0;
	for (size_t i = 0; i < x->all.n;) {
		while (next < x->all.n && (next < i || x->all.p[next].sign == ' '))
			next++;
		if (x->all.p[i].sign != ' ' || context >= x->all.n) {
			if (!keep(x->d, x->all.p[i++]))
				return false;
			continue;
		}
		/* a run of unchanged lines from i to next: the first `context` follow a change, the last precede one */
		size_t from = i == 0 ? i : i + context, before = next - i < context ? next - i : context;
		size_t to = next == x->all.n ? next : next - before;
		for (; i < next && (i < from || from >= to); i++)
			if (!keep(x->d, x->all.p[i]))
				return false;
		if (i < to) {
			cc_diff_line skip = { .sign = '@', .text = cc_arena_printf(x->d->arena, "%zu unchanged lines",
				to - i) };
			if (!skip.text.p || !cc_vec_push(&x->d->lines, skip))
				return false;
			i = to;
		}
		for (; i < next; i++)
			if (!keep(x->d, x->all.p[i]))
				return false;
	}
	return true;
}

cc_code cc_diff_lines(cc_line_diff **out, cc_str a, cc_str b, size_t context, cc_err *err)
{
	*out = NULL;
	differ x = { .d = cc_calloc(1, sizeof *x.d) };
	cc_dict *dict = cc_dict_new();
	bool ok = x.d && dict && (x.d->arena = cc_arena_new()) != NULL;
	ok = ok && split(&x.a, a, dict) && split(&x.b, b, dict) && edit(&x) && fold(&x, context);
	side_free(&x.a);
	side_free(&x.b);
	cc_vec_deinit(&x.all);
	cc_dict_free(dict);
	if (!ok) {
		cc_line_diff_free(x.d);
		return cc_err_set(err, CC_ENOMEM, "diff: out of memory");
	}
	*out = x.d;
	return CC_OK;
}

void cc_line_diff_free(cc_line_diff *d)
{
	if (!d)
		return;
	cc_vec_deinit(&d->lines);
	cc_arena_free(d->arena);
	cc_free(d);
}

size_t cc_line_diff_count(const cc_line_diff *d)
{
	return d->lines.n;
}

const cc_diff_line *cc_line_diff_get(const cc_line_diff *d, size_t i)
{
	return i < d->lines.n ? &d->lines.p[i] : NULL;
}

size_t cc_line_diff_added(const cc_line_diff *d)
{
	return d->added;
}

size_t cc_line_diff_removed(const cc_line_diff *d)
{
	return d->removed;
}
