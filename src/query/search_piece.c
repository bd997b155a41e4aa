/* search_piece.c - one piece of the file: read, cut into records, searched.
 *
 * A piece owns the records that begin in it, and reads on behind its end until the last of them is complete. Where its
 * first record begins is known only from the piece before, which another thread is busy with: it is guessed by the
 * look of a record, and whoever puts the pieces together compares. */
#include "query/search_priv.h"

#include <string.h>
#include "coldcase/file.h"
#include "query/records.h"

enum { GUESSES = 8, ARENA_KEEP = 1 << 20 };

cc_code cc_search_worker_init(search_worker *w, const search_plan *plan, cc_err *err)
{
	w->plan = plan;
	cc_code code = cc_regex_compile(&w->re, plan->pattern, plan->opt->flags, err);
	if (code != CC_OK)
		return code;
	w->arena = cc_arena_new();
	cc_buf_reserve(&w->bytes, 3 * plan->step);
	return w->arena && cc_buf_ok(&w->bytes) ? CC_OK : cc_err_set(err, CC_ENOMEM, "%s: out of memory", plan->path);
}

void cc_search_worker_deinit(search_worker *w)
{
	cc_regex_free(w->re);
	cc_arena_free(w->arena);
	cc_buf_deinit(&w->bytes);
}

void cc_search_piece_deinit(search_piece *p)
{
	cc_vec_deinit(&p->found);
	cc_buf_deinit(&p->text);
}

/* --- reading --- */

static cc_code no_memory(const search_worker *w, cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "%s: out of memory", w->plan->path);
}

static cc_code check_cancel(const search_worker *w, cc_err *err)
{
	if (cc_canceled(w->plan->opt->cancel))
		return cc_err_set(err, CC_ECANCELED, "%s: the search was canceled", w->plan->path);
	return CC_OK;
}

cc_code cc_search_read(search_worker *w, uint64_t from, uint64_t to, cc_err *err)
{
	cc_buf *b = &w->bytes;
	to = to < w->plan->size ? to : w->plan->size;
	if (from != w->base)
		cc_buf_clear(b);
	w->base = from;
	if (to <= from + b->n)
		return CC_OK;
	if (!cc_buf_reserve(b, (size_t)(to - from) - b->n))
		return no_memory(w, err);
	cc_code code = check_cancel(w, err);
	if (code != CC_OK)
		return code;
	int problem;
	size_t want = (size_t)(to - from) - b->n, got = cc_fd_read_at(w->plan->fd, b->p + b->n, want, from + b->n, &problem);
	b->n += got;
	b->p[b->n] = '\0';
	if (problem)
		return cc_err_errno(err, problem, w->plan->path);
	if (got < want)
		return cc_err_set(err, CC_EIO, "%s: became shorter while it was read: %llu bytes of %llu", w->plan->path,
			(unsigned long long)(from + b->n), (unsigned long long)w->plan->size);
	return CC_OK;
}

/* --- guessing --- */

static char class_of(char c)
{
	return c >= '0' && c <= '9' ? '0' : ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ? 'a' : c;
}

static bool has_shape(const search_plan *plan, cc_str text, size_t at)
{
	if (text.n - at < plan->shape_n)
		return false;
	for (size_t i = 0; i < plan->shape_n; i++)
		if (class_of(text.p[at + i]) != plan->shape[i])
			return false;
	return true;
}

/* Like the file's first record: it begins so, and has as many fields. */
static bool looks_like_record(const search_plan *plan, cc_str text, size_t at)
{
	cc_tsv t = { .text = text };
	cc_tsv_row row;
	cc_records r = cc_records_at(at);
	size_t end = cc_records_end(&r, text);
	if (end == CC_STR_NONE)
		return false;
	cc_tsv_row_at(&t, at, end - at, &row);
	return row.field_count == plan->field_count;
}

/* *start is the byte before the piece, and becomes that of the record; `limit` is the piece's end. */
static bool guess(const search_plan *plan, cc_str text, size_t limit, size_t *start)
{
	size_t at = *start, tries = 0;
	while (plan->field_count && tries < GUESSES && at < limit) {
		size_t lf = cc_str_find_char(cc_str_sub(text, at, limit), '\n');
		if (lf == CC_STR_NONE || at + lf + 1 >= limit)
			return false;
		at += lf + 1;
		if (!has_shape(plan, text, at))
			continue;
		tries++;
		if (looks_like_record(plan, text, at)) {
			*start = at;
			return true;
		}
	}
	return false;
}

/* --- searching --- */

static bool keep(search_piece *out, const search_found *found, cc_str text)
{
	search_found f = *found;
	f.text_at = out->text.n;
	f.text_n = text.n;
	cc_buf_add(&out->text, text);
	return cc_buf_ok(&out->text) && cc_vec_push(&out->found, f);
}

/* The cell to be searched; false when the row is none that a snapshot would read. */
static bool cell_of(search_worker *w, size_t at, size_t n, cc_str *text)
{
	cc_tsv t = { .text = cc_buf_str(&w->bytes) };
	cc_tsv_row row;
	cc_tsv_row_at(&t, at, n, &row);
	if (row.open_quote || row.field_count != w->plan->column_count)
		return false;
	if (cc_arena_bytes(w->arena) > ARENA_KEEP)
		cc_arena_reset(w->arena);
	*text = cc_tsv_field(&row, w->plan->column, w->arena);
	return true;
}

static cc_code search_record(search_worker *w, size_t at, size_t n, search_piece *out, cc_err *err)
{
	search_found f = { .nth = out->records, .offset = w->base + at, .length = n };
	cc_str text = { w->bytes.p + at, n };
	cc_code code = check_cancel(w, err);
	if (code != CC_OK)
		return code;
	if (w->plan->by_column && !cell_of(w, at, n, &text))
		return CC_OK;
	bool where = w->plan->opt->hit != NULL;
	cc_regex_result result = where ? cc_regex_find(w->re, text, 0, &f.start, &f.end) : cc_regex_match(w->re, text);
	out->gave_up += result == CC_REGEX_GAVE_UP;
	out->matched += result == CC_REGEX_YES;
	if (result == CC_REGEX_YES && where && !keep(out, &f, text))
		return no_memory(w, err);
	return CC_OK;
}

/* The walk over a piece's records. */
typedef struct walk {
	search_worker *w;
	search_piece *out;
	cc_str text;
	size_t at;             /* the record's beginning, in text */
	cc_records r;
	size_t hit, hit_end;   /* the next needle in text; CC_STR_NONE: none in what is read so far */
} walk;

static void begin_record(walk *k, size_t at)
{
	k->at = at;
	k->r = cc_records_at(at);
	k->r.tail = !k->w->plan->by_column; /* nobody asks */
}

static void next_hit(walk *k, size_t from)
{
	size_t needle = 0;
	if (!k->w->plan->finder)
		return;
	k->hit = cc_finder_next(k->w->plan->finder, k->text, from, &needle);
	if (k->hit != CC_STR_NONE)
		k->hit_end = k->hit + cc_finder_needle(k->w->plan->finder, needle).n;
}

/* Forgets the records behind us, so that the buffer stays small enough for the processor's cache; whole lines of it, so that
 * what is read next lies as the file does. */
static void forget(walk *k)
{
	search_worker *w = k->w;
	size_t n = k->at & ~(size_t)63;
	if (n == 0 || n < k->text.n / 2)
		return;
	memmove(w->bytes.p, w->bytes.p + n, w->bytes.n - n);
	cc_buf_truncate(&w->bytes, w->bytes.n - n);
	w->base += n;
	k->at -= n;
	k->r.pos -= n;
	if (k->hit != CC_STR_NONE) {
		k->hit -= n;
		k->hit_end -= n;
	}
}

/* A step, or what is left of the piece and as much behind it as nearly always ends its last record; a long record doubles
 * what is known of it. */
static uint64_t next_end(const walk *k, uint64_t to)
{
	size_t known = k->w->bytes.n - k->at, step = k->w->plan->step, ahead = step / 8 + 1;
	uint64_t end = k->w->base + k->w->bytes.n;
	if (end >= to + ahead)
		step = ahead;
	else if (to + ahead - end < step + step / 4)
		step = (size_t)(to + ahead - end);
	return end + (known > step ? known : step);
}

static cc_code read_more(walk *k, uint64_t to, cc_err *err)
{
	forget(k);
	cc_code code = cc_search_read(k->w, k->w->base, next_end(k, to), err);
	k->text = cc_buf_str(&k->w->bytes);
	if (k->hit == CC_STR_NONE)
		next_hit(k, k->at);
	return code;
}

/* The record [at, at + n) ends before `next`. */
static cc_code take_record(walk *k, size_t n, size_t next, cc_err *err)
{
	const search_plan *plan = k->w->plan;
	cc_code code = CC_OK;
	bool hit = k->hit < k->at + n;
	k->out->records += n > 0;
	if (hit && plan->exact && !plan->opt->hit && k->hit_end <= k->at + n)
		k->out->matched++;
	else if (n > 0 && (!plan->finder || hit || (plan->by_column && k->r.tail)))
		code = search_record(k->w, k->at, n, k->out, err);
	if (k->hit < next)
		next_hit(k, next);
	begin_record(k, next);
	return code;
}

/* Records from k->at until one begins at or behind `to`. */
static cc_code walk_records(walk *k, uint64_t to, bool guessed, cc_err *err)
{
	const search_plan *plan = k->w->plan;
	cc_code code = CC_OK;
	begin_record(k, k->at);
	next_hit(k, k->at);
	while (code == CC_OK && k->w->base + k->at < to) {
		size_t end = cc_records_end(&k->r, k->text);
		bool at_end = k->w->base + k->text.n >= plan->size;
		if (end != CC_STR_NONE) {
			size_t n = end - k->at;
			code = take_record(k, n > 0 && k->text.p[end - 1] == '\r' ? n - 1 : n, end + 1, err);
		} else if (at_end) {
			code = take_record(k, k->text.n - k->at, k->text.n, err);
		} else if (guessed && k->text.n - k->at > plan->overrun) {
			k->out->end = SEARCH_NOWHERE;
			return CC_OK;
		} else {
			code = read_more(k, to, err);
		}
	}
	k->out->end = k->w->base + k->at;
	return code;
}

cc_code cc_search_piece(search_worker *w, uint64_t from, uint64_t to, uint64_t start, search_piece *out, cc_err *err)
{
	bool guessed = start == SEARCH_NOWHERE;
	walk k = { .w = w, .out = out, .hit = CC_STR_NONE };
	out->start = start;
	out->end = SEARCH_NOWHERE;
	out->records = out->matched = out->gave_up = 0;
	out->found.n = 0;
	cc_buf_clear(&out->text);
	cc_buf_clear(&w->bytes);
	k.at = cc_fd_lead(w->bytes.p, guessed ? from - 1 : start);
	w->base = (guessed ? from - 1 : start) - k.at;
	cc_code code = cc_search_read(w, w->base, w->base + k.at + w->plan->step, err);
	if (code != CC_OK)
		return code;
	k.text = cc_buf_str(&w->bytes);
	size_t limit = to - w->base < k.text.n ? (size_t)(to - w->base) : k.text.n;
	if (guessed && !guess(w->plan, k.text, limit, &k.at))
		return CC_OK;
	out->start = w->base + k.at;
	return walk_records(&k, to, guessed, err);
}
