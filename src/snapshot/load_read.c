/* load_read.c - one piece of a file: where its first record starts, and its records in turn.
 *
 * Files are read with pread into a buffer of about a piece: the page faults of a mapping cost as much as the scan itself.
 * A record that does not fit makes the buffer grow, so a single field may be as large as memory allows.
 *
 * Where a piece starts in the middle of a record, the start of its first record is guessed: the first line that is a whole
 * record of as many fields as the header has. Inside a quoted text that guess may be wrong; load.c finds out and has the
 * piece read again. */
#include "snapshot/load.h"
#include "snapshot/tsv_split.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#include "coldcase/xalloc.h"

enum {
	STEP = 1 << 20,          /* bytes read at a time */
	AHEAD = 16 << 10,        /* behind a piece, so that its last record is nearly always whole */
	GUESSES = 64             /* lines tried before the guess is given up: lines of one text may be many */
};

static bool grow_buffer(load_worker *w, size_t need)
{
	size_t cap = w->buffer_cap ? w->buffer_cap : STEP + AHEAD;
	if (need <= w->buffer_cap)
		return true;
	while (cap < need)
		cap *= 2;
	char *grown = cc_realloc(w->buffer, cap);
	if (!grown)
		return false;
	w->buffer = grown;
	w->buffer_cap = cap;
	return true;
}

/* Reads `want` more bytes behind the window, fewer at the end of the file. */
static bool read_more(load_reader *r, size_t want)
{
	uint64_t at = r->base + r->n;
	want = want < r->size - at ? want : (size_t)(r->size - at);
	if (!grow_buffer(r->w, r->n + want)) {
		r->w->failed = true;
		return false;
	}
	r->window = r->w->buffer;
	int problem;
	size_t got = cc_fd_read_at(r->w->fd, r->w->buffer + r->n, want, at, &problem);
	r->n += got;
	if (got < want) {
		r->piece->error = problem ? problem : -1;
		r->size = r->base + r->n;
	}
	return true;
}

static bool open_fd(load_worker *w, const snapshot_file *f, load_piece *p)
{
	if (w->fd_file == p->file)
		return true;
	if (w->fd_file)
		close(w->fd);
	w->fd_file = 0;
	w->fd = open(f->full_path.p, O_RDONLY | O_CLOEXEC);
	if (w->fd < 0) {
		p->error = errno;
		return false;
	}
	w->fd_file = p->file;
	return true;
}

bool cc_load_open(load_reader *r, const cc_snapshot *s, load_worker *w, load_piece *p, uint64_t at, size_t want)
{
	const snapshot_file *f = cc_snapshot_priv_file(s, p->file);
	*r = (load_reader){ .file = f, .w = w, .piece = p, .base = at, .size = f->map.text.n };
	if (!f->map.mapped) {
		r->window = f->map.text.p;
		r->base = 0;
		r->n = f->map.text.n;
		r->pos = (size_t)at;
		return true;
	}
	if (!grow_buffer(w, want)) {
		w->failed = true;
		return false;
	}
	r->pos = cc_fd_lead(w->buffer, at);
	r->base -= r->pos;
	if (!open_fd(w, f, p) || !read_more(r, r->pos + want) || w->failed)
		return false;
	if (r->n < r->pos) {     /* cut short before its beginning */
		r->base = r->size = at;
		r->pos = r->n = 0;
	}
	return true;
}

/* The window moves on: what was taken is dropped, by whole lines of the cache, and as much is read as there was, so that long
 * records cost no more than twice their length. */
static bool move_on(load_reader *r)
{
	size_t gone = r->pos & ~(size_t)63, rest = r->n - gone;
	memmove(r->w->buffer, r->w->buffer + gone, rest);
	r->base += gone;
	r->pos -= gone;
	r->n = rest;
	return read_more(r, rest > STEP ? rest : STEP);
}

bool cc_load_next(load_reader *r, cc_tsv_row *row)
{
	for (;;) {
		const char *start = r->window + r->pos, *end = r->window + r->n;
		if (r->pos == r->n && r->base + r->n >= r->size)
			return false;
		const char *stop = r->pos < r->n ? cc_tsv_split(start, end, row) : end;
		if (stop == end && r->base + r->n < r->size) {
			if (!move_on(r))
				return false;
			continue;
		}
		row->offset = (size_t)(r->base + r->pos);
		row->length = cc_tsv_drop_cr(row, start, stop, end);
		r->pos = (size_t)(stop - r->window) + (stop < end ? 1 : 0);
		if (row->length > 0)
			return true;
	}
}

/* Asked of a window that begins at `from` - 1 and ends beyond `to` or with the file. */
uint64_t cc_load_guess(load_reader *r, uint64_t from, uint64_t to)
{
	const char *end = r->window + r->n;
	const char *p = r->window + (size_t)(from - 1 - r->base);
	cc_tsv_row row;
	for (int tries = 0; tries < GUESSES; tries++) {
		p = memchr(p, '\n', (size_t)(end - p));
		if (!p++ || r->base + (uint64_t)(p - r->window) >= to)
			break;
		const char *stop = cc_tsv_split(p, end, &row);
		bool whole = stop < end || (r->base + r->n >= r->size && !row.open_quote);
		if (whole && row.field_count == r->file->tsv.column_count)
			return r->base + (uint64_t)(p - r->window);
	}
	return LOAD_NOWHERE;
}

/* --- a piece --- */

/* A row that is no row: false, counted. A lone quote can draw several lines into one, so their number is said. */
static bool well_formed(load_reader *r, uint32_t record, const cc_tsv_row *row)
{
	char why[96];
	load_piece *p = r->piece;
	size_t want = r->file->tsv.column_count;
	if (!row->open_quote && row->field_count == want)
		return true;
	cc_str text = { r->window + (row->offset - r->base), row->length };
	size_t lines = cc_snapshot_count_lines(text);
	if (row->open_quote) {
		p->remarks[p->remark_count++] = (load_remark){ LOAD_OPEN_QUOTE, record, lines, "" };
		p->skipped++;
	} else {
		cc_snapshot_say_fields(why, sizeof why, row->field_count, want, lines);
		cc_load_skip(p, record, why);
	}
	return false;
}

static bool take_row(load_reader *r, const int *columns, const cc_tsv_row *row, load_row_fn *fn, void *arg)
{
	load_worker *w = r->w;
	load_piece *p = r->piece;
	load_row in = { w, p, columns, row, ++p->records };
	if (!row_starts_add(&p->starts, row->offset))
		return false;
	if (well_formed(r, p->records, row))
		fn(&in, arg);
	if (cc_arena_bytes(w->scratch) > 1 << 20)
		cc_arena_reset(w->scratch);
	return !w->failed;
}

bool cc_load_rows(const cc_snapshot *s, load_worker *w, load_piece *p, const int *columns, load_row_fn *fn, void *arg)
{
	load_reader r;
	cc_tsv_row row;
	uint64_t guess_from = p->first == LOAD_NOWHERE ? p->from - 1 : p->first;
	bool ok = true;
	p->next = LOAD_NOWHERE;
	if (!cc_load_open(&r, s, w, p, guess_from, (size_t)(p->to - guess_from) + AHEAD))
		return !w->failed;
	if (p->first == LOAD_NOWHERE)
		p->first = cc_load_guess(&r, p->from, p->to);
	if (p->first == LOAD_NOWHERE)
		return true;
	r.pos = (size_t)(p->first - r.base);
	while (ok && r.base + r.pos < p->to && cc_load_next(&r, &row))
		ok = take_row(&r, columns, &row, fn, arg);
	p->next = r.base + r.pos;
	cc_arena_reset(w->scratch);
	return ok && !w->failed;
}

typedef struct table_reader {
	const load_table *table;
	load_worker *w;
} table_reader;

static void read_table_row(const load_row *r, void *arg)
{
	const load_table *table = ((table_reader *)arg)->table;
	load_worker *w = r->w;
	if (!cc_vec_reserve(&w->rows, table->row_size)) {
		w->failed = true;
		return;
	}
	memset(w->rows.p + w->rows.n, 0, table->row_size);
	table->row(r, w->rows.p + w->rows.n);
	w->rows.n += table->row_size;
	r->piece->row_count++;
}

/* Rows of neighbouring pieces lie in one slab, which goes back to the system when the table took them all: so no more than
 * a slab a worker is held twice, and the system hands out large pages. */
struct load_slab {
	size_t used, size;
	char *pages;
	atomic_uint holders;     /* pieces, and the worker while it fills it */
};

enum { SLAB = 4 << 20 };

static bool new_slab(load_worker *w, size_t need)
{
	load_slab *slab = cc_calloc(1, sizeof *slab);
	cc_load_leave_slab(&w->slab);
	if (!slab)
		return false;
	slab->size = need > SLAB ? need : SLAB;
	slab->pages = cc_pages_alloc(slab->size);
	atomic_init(&slab->holders, 1);
	w->slab = slab;
	if (!slab->pages)
		cc_load_leave_slab(&w->slab);
	return w->slab != NULL;
}

void cc_load_leave_slab(load_slab **slab)
{
	load_slab *was = *slab;
	*slab = NULL;
	if (!was || atomic_fetch_sub_explicit(&was->holders, 1, memory_order_acq_rel) != 1)
		return;
	cc_pages_free(was->pages, was->size);
	cc_free(was);
}

void cc_load_drop_rows(load_piece *p)
{
	cc_load_leave_slab(&p->slab);
	p->rows = NULL;
}

static bool keep_rows(load_worker *w, load_piece *p)
{
	size_t need = (w->rows.n + 63) & ~(size_t)63;
	if (need == 0)
		return true;
	if ((!w->slab || w->slab->size - w->slab->used < need) && !new_slab(w, need))
		return false;
	p->slab = w->slab;
	p->rows = p->slab->pages + p->slab->used;
	p->slab->used += need;
	atomic_fetch_add_explicit(&p->slab->holders, 1, memory_order_relaxed);
	memcpy(p->rows, w->rows.p, w->rows.n);
	return true;
}

void cc_load_read(const cc_snapshot *s, load_worker *w, load_piece *p, const load_table *table, uint64_t first)
{
	int columns[LOAD_COLUMNS];
	const cc_tsv *t = &cc_snapshot_priv_file(s, p->file)->tsv;
	table_reader reader = { table, w };
	for (size_t i = 0; i < LOAD_COLUMNS; i++)
		columns[i] = table->columns[i] ? cc_tsv_column_any(t, table->columns[i]) : -1;
	w->rows.n = 0;
	p->first = first;
	if (!cc_load_rows(s, w, p, columns, read_table_row, &reader) || !keep_rows(w, p))
		w->failed = true;
}

void cc_load_piece_clear(load_piece *p)
{
	load_piece was = *p;
	row_starts_deinit(&p->starts);
	cc_vec_deinit(&p->texts);
	cc_vec_deinit(&p->whos);
	cc_vec_deinit(&p->traces);
	cc_load_drop_rows(p);
	cc_metric_piece_free(p->metric);
	*p = (load_piece){ .file = was.file, .from = was.from, .to = was.to, .first = LOAD_NOWHERE, .next = LOAD_NOWHERE,
		.range = { CC_TIME_NONE, CC_TIME_NONE } };
}
