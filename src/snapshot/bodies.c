/* bodies.c - see bodies.h.
 *
 * A body lies in the middle of a row of 1,000 bytes: reading all of them row by row waits for memory half a million
 * times. Here they lie one behind the other, decoded, in blocks of 1,024 records of one file:
 *
 *     text   body of record 1 | body of record 2 | …
 *     end    uint32 a record: where its body ends in text
 *
 * so that a pass over all of them runs at the speed of memory. Blocks are independent: threads read one at a time. */
#include "snapshot/bodies.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>
#include "coldcase/work.h"
#include "coldcase/xalloc.h"
#include "snapshot/logs_priv.h"
#include "snapshot/tsv_split.h"

enum { RECORDS = 1024 };

typedef struct body_block {
	char *text;
	uint32_t end[RECORDS];
	bool whole;              /* read; else its bodies must be read singly */
} body_block;

typedef struct body_file {
	uint32_t file;           /* as in cc_cite.file */
	int column;
	size_t records;
	body_block *blocks;
	size_t block_count;
	size_t first_block;      /* how many blocks the files before it have */
} body_file;

typedef struct body_store {
	CC_VEC(body_file) files;
	uint32_t *numbers;       /* of each log row: its body's, UINT32_MAX = no block holds it */
} body_store;

struct log_bodies {
	pthread_mutex_t reading; /* held while they are read */
	_Atomic(body_store *) store;  /* NULL = not asked for yet */
	pthread_t warmer;        /* reads them before anybody asks */
	bool warming;            /* it was made */
	cc_cancel stop;          /* the warmer is to end */
	const cc_snapshot *of;
	const char *names;
};

typedef struct body_hand {       /* one thread's own */
	char *raw;
	size_t raw_cap;
	cc_buf text;
	cc_arena *arena;
	size_t head;             /* of a row: as many bytes as should hold the body, by those before it */
} body_hand;

typedef struct body_reader {
	const cc_snapshot *s;
	cc_cancel *cancel;
	const body_file *of;
	int fd;
	uint64_t size;           /* of the file */
	size_t columns;
	body_hand hands[CC_WORK_MAX_THREADS];
} body_reader;

/* --- one block --- */

/* So many bytes of the file; NULL when they cannot be had. */
static const char *read_raw(const body_reader *r, body_hand *h, uint64_t from, size_t n)
{
	enum { LEAD = 64 };
	if (n + LEAD > h->raw_cap) {
		char *grown = cc_realloc(h->raw, n + LEAD);
		if (!grown)
			return NULL;
		h->raw = grown;
		h->raw_cap = n + LEAD;
	}
	int problem;
	size_t lead = cc_fd_lead(h->raw, from);
	return cc_fd_read_at(r->fd, h->raw, lead + n, from - lead, &problem) == lead + n ? h->raw + lead : NULL;
}

static uint64_t start_of(const body_reader *r, size_t record)
{
	uint64_t offset;
	const row_starts *starts = &cc_snapshot_priv_file(r->s, r->of->file)->starts;
	return row_starts_get(starts, (uint32_t)record, &offset) ? offset : r->size;
}

/* A long body raises what is expected at once, shorter ones lower it little by little. */
static void expect_head(body_hand *h, size_t needed)
{
	enum { ROOM = 64, SLOWLY = 8 };
	needed += ROOM;
	h->head = needed > h->head ? needed : h->head - (h->head - needed) / SLOWLY;
}

/* The fields of a row's head, if the body and the tab behind it lie in it. More than half of a row are attributes behind that;
 * that the row is whole was seen when it was counted. */
static bool split_head(const body_reader *r, body_hand *h, cc_str text, cc_tsv_row *row)
{
	size_t column = (size_t)r->of->column;
	bool short_of_row = r->of->column >= 0 && column + 2 <= CC_TSV_MAX_COLUMNS && h->head < text.n;
	if (short_of_row)
		cc_tsv_split(text.p, text.p + h->head, row);
	if (!short_of_row || row->field_count < column + 2) {
		cc_tsv one = { .text = text };
		if (!cc_tsv_next(&one, row) || row->open_quote || row->field_count != r->columns)
			return false;
	}
	if (r->of->column >= 0 && column < row->field_count && column < CC_TSV_MAX_COLUMNS)
		expect_head(h, (size_t)(row->fields[column].p + row->fields[column].n - text.p));
	return true;
}

static void add_body(const body_reader *r, body_hand *h, const char *from, const char *to)
{
	cc_tsv_row row;
	if (split_head(r, h, (cc_str){ from, (size_t)(to - from) }, &row))
		cc_buf_add(&h->text, cc_tsv_field(&row, r->of->column, h->arena));
	if (cc_arena_bytes(h->arena) > 1 << 20)
		cc_arena_reset(h->arena);
}

static void read_block(void *arg, unsigned worker, size_t item)
{
	body_reader *r = arg;
	body_hand *h = &r->hands[worker];
	body_block *b = &r->of->blocks[item];
	size_t first = item * RECORDS + 1, n = r->of->records - item * RECORDS;
	uint64_t base = start_of(r, first), at = base;
	n = n < RECORDS ? n : RECORDS;
	const char *raw = cc_canceled(r->cancel) ? NULL : read_raw(r, h, base, (size_t)(start_of(r, first + n) - base));
	if (!raw)
		return;
	cc_buf_clear(&h->text);
	for (size_t i = 0; i < n; i++) {
		uint64_t next = start_of(r, first + i + 1);
		add_body(r, h, raw + (at - base), raw + (next - base));
		b->end[i] = (uint32_t)h->text.n;
		at = next;
	}
	if (!cc_buf_ok(&h->text) || h->text.n > UINT32_MAX || !(b->text = cc_malloc(h->text.n)))
		return;
	if (h->text.n)
		memcpy(b->text, h->text.p, h->text.n);
	b->whole = true;
}

/* --- all of them --- */

static bool hands_init(body_reader *r)
{
	bool ok = true;
	for (unsigned i = 0; i < CC_WORK_MAX_THREADS; i++)
		ok = (r->hands[i].arena = cc_arena_new()) != NULL && ok;
	return ok;
}

static void hands_deinit(body_reader *r)
{
	for (unsigned i = 0; i < CC_WORK_MAX_THREADS; i++) {
		cc_arena_free(r->hands[i].arena);
		cc_buf_deinit(&r->hands[i].text);
		cc_free(r->hands[i].raw);
	}
}

static size_t block_count(const body_store *b)
{
	const body_file *last = b->files.n ? &b->files.p[b->files.n - 1] : NULL;
	return last ? last->first_block + last->block_count : 0;
}

static bool read_file(body_reader *r, body_store *b, const char *names)
{
	const snapshot_file *f = cc_snapshot_priv_file(r->s, r->of->file);
	body_file file = { .file = r->of->file, .column = cc_tsv_column_any(&f->tsv, names), .records = f->starts.at.n };
	file.block_count = (file.records + RECORDS - 1) / RECORDS;
	file.first_block = block_count(b);
	file.blocks = cc_calloc(file.block_count, sizeof *file.blocks);
	if (!file.blocks || !cc_vec_push(&b->files, file)) {
		cc_free(file.blocks);
		return false;
	}
	r->of = &b->files.p[b->files.n - 1];
	r->size = f->info.bytes;
	r->columns = f->tsv.column_count;
	r->fd = open(f->full_path.p, O_RDONLY | O_CLOEXEC);
	if (r->fd < 0)
		return true; /* no block is whole */
	cc_work *w = cc_work_start(file.block_count, 0, read_block, r);
	cc_work_finish(w);
	close(r->fd);
	return w != NULL && !cc_canceled(r->cancel);
}

static void store_free(body_store *b)
{
	if (!b)
		return;
	for (size_t i = 0; i < b->files.n; i++) {
		for (size_t k = 0; k < b->files.p[i].block_count; k++)
			cc_free(b->files.p[i].blocks[k].text);
		cc_free(b->files.p[i].blocks);
	}
	cc_vec_deinit(&b->files);
	cc_free(b->numbers);
	cc_free(b);
}

static uint32_t number_of(const body_store *b, cc_cite cite)
{
	for (size_t i = 0; i < b->files.n; i++) {
		const body_file *f = &b->files.p[i];
		size_t n = f->first_block * RECORDS + cite.record - 1;
		if (f->file == cite.file && cite.record > 0 && cite.record <= f->records)
			return n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
	}
	return UINT32_MAX;
}

static bool number_rows(const cc_snapshot *s, body_store *b)
{
	size_t n = cc_logs_count(s);
	b->numbers = cc_calloc(n + 1, sizeof *b->numbers);
	for (size_t i = 0; b->numbers && i < n; i++)
		b->numbers[i] = number_of(b, cc_logs_get(s, i)->cite);
	return b->numbers != NULL;
}

static body_store *read_store(const cc_snapshot *s, const char *names, cc_cancel *cancel)
{
	body_store *b = cc_calloc(1, sizeof *b);
	body_reader *r = cc_calloc(1, sizeof *r);
	bool ok = b && r && hands_init(r);
	for (uint32_t file = 0; ok && (file = cc_snapshot_next_file(s, CC_FILE_LOGS, file)) != 0;) {
		const body_file which = { .file = file };
		r->s = s;
		r->cancel = cancel;
		r->of = &which;
		ok = read_file(r, b, names);
	}
	if (r)
		hands_deinit(r);
	cc_free(r);
	if (ok && number_rows(s, b))
		return b;
	store_free(b);
	return NULL;
}

log_bodies *cc_bodies_new(void)
{
	log_bodies *b = cc_calloc(1, sizeof *b);
	if (b && pthread_mutex_init(&b->reading, NULL) != 0) {
		cc_free(b);
		return NULL;
	}
	return b;
}

void cc_bodies_free(log_bodies *b)
{
	if (!b)
		return;
	cc_cancel_set(&b->stop);
	if (b->warming)
		pthread_join(b->warmer, NULL);
	store_free(atomic_load(&b->store));
	pthread_mutex_destroy(&b->reading);
	cc_free(b);
}

void cc_bodies_read(const cc_snapshot *s, const char *names, cc_cancel *cancel)
{
	log_bodies *b = s->bodies;
	if (atomic_load(&b->store))
		return;
	pthread_mutex_lock(&b->reading);
	if (!atomic_load(&b->store))
		atomic_store(&b->store, read_store(s, names, cancel));
	pthread_mutex_unlock(&b->reading);
}

#define WARM_BYTES_MAX (UINT64_C(512) << 20)     /* of log files; their bodies are less */

static void *run_warmer(void *arg)
{
	log_bodies *b = arg;
	cc_bodies_read(b->of, b->names, &b->stop);
	return NULL;
}

void cc_bodies_warm(const cc_snapshot *s, const char *names)
{
	log_bodies *b = s->bodies;
	uint64_t bytes = 0;
	for (uint32_t file = 0; (file = cc_snapshot_next_file(s, CC_FILE_LOGS, file)) != 0;)
		bytes += cc_snapshot_priv_file(s, file)->info.bytes;
	if (b->warming || bytes > WARM_BYTES_MAX)
		return;
	b->of = s;
	b->names = names;
	sigset_t all, before;
	sigfillset(&all);
	sigdelset(&all, SIGBUS); /* see guard.h */
	pthread_sigmask(SIG_SETMASK, &all, &before);
	b->warming = pthread_create(&b->warmer, NULL, run_warmer, b) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static bool get_body(const body_store *b, cc_cite cite, cc_str *text)
{
	for (size_t i = 0; i < b->files.n; i++) {
		const body_file *f = &b->files.p[i];
		if (f->file != cite.file || cite.record == 0 || cite.record > f->records)
			continue;
		const body_block *block = &f->blocks[(cite.record - 1) / RECORDS];
		size_t at = (cite.record - 1) % RECORDS;
		uint32_t from = at ? block->end[at - 1] : 0;
		*text = block->whole ? (cc_str){ block->text + from, block->end[at] - from } : CC_STR_EMPTY;
		return block->whole;
	}
	return false;
}

static const body_store *store_of(const cc_snapshot *s)
{
	return atomic_load_explicit(&s->bodies->store, memory_order_acquire);
}

bool cc_bodies_get(const cc_snapshot *s, cc_cite cite, cc_str *text)
{
	const body_store *b = store_of(s);
	return b && get_body(b, cite, text);
}

/* --- whole blocks --- */

size_t cc_logs_body_blocks(const cc_snapshot *s)
{
	const body_store *b = store_of(s);
	return b ? block_count(b) : 0;
}

bool cc_logs_body_block(const cc_snapshot *s, size_t i, cc_body_block *out)
{
	const body_file *f = store_of(s)->files.p;
	while (i >= f->first_block + f->block_count)
		f++;
	size_t k = i - f->first_block, left = f->records - k * RECORDS;
	const body_block *block = &f->blocks[k];
	size_t count = left < RECORDS ? left : RECORDS;
	*out = (cc_body_block){ .text = CC_STR_EMPTY, .end = block->end, .count = count, .first = i * RECORDS };
	if (block->whole)
		out->text = (cc_str){ block->text, block->end[count - 1] };
	return block->whole;
}

const uint32_t *cc_logs_body_numbers(const cc_snapshot *s)
{
	const body_store *b = store_of(s);
	size_t from = s->whole && s->logs ? (size_t)(s->logs->rows.p - s->whole->logs->rows.p) : 0;
	return b ? b->numbers + from : NULL;
}
