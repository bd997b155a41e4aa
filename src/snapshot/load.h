/* load.h - the telemetry tables (logs, traces, metrics) read in pieces by several threads.
 *
 * A file of logs or traces is cut into pieces of 1 MiB, a file of metrics is one piece. Each thread owns a load_worker and
 * takes piece after piece: reads it into its buffer, splits records, and leaves rows whose texts are numbered by the
 * worker's own vocabulary. Then one thread goes over the pieces in their order and
 *
 *   - proves that each piece began where the one before ended, and reads again what began at a wrong guess,
 *   - gives record numbers, row starts, remarks and symbols, all in file order,
 *   - lets each table take its rows, sorted by time.
 *
 * So the result does not depend on the number of threads, nor on which of them was faster. Nothing of the snapshot is
 * written by more than one thread: cc_telemetry_start only lets workers read the list of files. */
#ifndef COLDCASE_SNAPSHOT_LOAD_H
#define COLDCASE_SNAPSHOT_LOAD_H

#include "coldcase/work.h"
#include "snapshot/idtable.h"
#include "snapshot/snapshot_priv.h"

/* --- vocabulary: texts of one worker, numbered from 1; 0 is the empty text --- */

typedef CC_VEC(uint32_t) load_numbers;

typedef struct vocab {
	cc_dict *dict;
	load_numbers met;        /* by number: the last piece (plus 1) that used it, of those read again */
	load_numbers global;     /* by number: what the snapshot calls it; filled in the order of the pieces */
} vocab;

/* Who emitted a row, by numbers of the worker's texts. */
typedef struct load_who { uint32_t ns, service, pod; } load_who;
enum { LOAD_WHO_MAX = (1 << 24) - 1 };   /* rows keep their number in three bytes */
typedef enum load_set { LOAD_SPANS, LOAD_LOGS, LOAD_SETS } load_set;  /* the tables that number their emitters */

typedef struct load_cell load_cell;
typedef struct load_slab load_slab;
typedef struct metric_worker metric_worker;
typedef struct metric_piece metric_piece;

enum { LOAD_NEAR = 256 };                 /* a power of two */
typedef struct load_near { cc_str text; uint32_t number; } load_near;

typedef struct load_worker {
	cc_arena *scratch;       /* emptied now and then while a piece is read */
	vocab texts;
	vocab whos[LOAD_SETS];   /* load_who as bytes */
	id_table traces;
	load_numbers traces_met, traces_global;   /* as in a vocab */
	cc_map *cells;           /* raw attribute cell -> index of known */
	CC_VEC(load_cell) known;
	uint32_t near_cells[LOAD_NEAR];   /* index + 1 of known, by a sample of the cell: those met last */
	load_near near_texts[LOAD_NEAR];  /* the same of texts */
	cc_arena *cell_keys;
	cc_kv_vec pairs;
	char *buffer;
	size_t buffer_cap;
	int fd;
	uint32_t fd_file;        /* whose descriptor fd is; 0 = none */
	char minute[16];         /* "2025-12-15 17:24": the time cell met last, up to its minute */
	int64_t minute_ns;       /* CC_TIME_NONE = none yet */
	char severity[16];       /* the severity text met last, and the level it means */
	size_t severity_n;
	cc_level severity_level;
	bool severity_known;     /* it means one */
	CC_VEC(char) rows;       /* of the piece being read */
	load_slab *slab;         /* where those of the next pieces go */
	metric_worker *metric;
	bool lossy;              /* a piece that had met something first is not what was read: see load.c */
	bool failed;             /* out of memory */
} load_worker;

/* --- pieces --- */

typedef enum load_remark_kind { LOAD_NOTE, LOAD_SKIP, LOAD_OPEN_QUOTE } load_remark_kind;

typedef struct load_remark {
	load_remark_kind kind;
	uint32_t record;         /* in the piece */
	size_t lines;            /* LOAD_OPEN_QUOTE: that are inside the record */
	char what[96];
} load_remark;

typedef struct load_piece {
	uint32_t file;           /* as in cc_cite.file */
	uint64_t from, to;       /* records that start in these bytes are the piece's */
	uint64_t first, next;    /* starts of its first record and of the first one behind it; LOAD_NOWHERE: not found */
	load_worker *worker;     /* who read it */
	uint32_t number;         /* unlike that of every other piece */
	load_set set;
	bool again;              /* it began elsewhere than guessed, or a piece before did */
	uint32_t records;        /* found, malformed ones too */
	uint32_t base;           /* records of the file before it */
	row_starts starts;
	void *rows;              /* of the table's row type, in record order */
	size_t row_count;
	load_slab *slab;         /* that they lie in; NULL = there are none */
	/* Of the worker, as they were first used: those new to it, for it takes pieces in their order, so that no piece
	 * before used them; read again, all that occur. */
	load_numbers texts, whos, traces;
	cc_range range;
	uint64_t skipped;
	load_remark remarks[3];  /* the first note, the first skip, an open quote: in the order they came */
	size_t remark_count;
	metric_piece *metric;
	int error;               /* errno that ended the reading; -1: the file was shorter than it had been */
} load_piece;

#define LOAD_NOWHERE UINT64_MAX

typedef struct load_row {        /* what a table's row function is given */
	load_worker *w;
	load_piece *piece;
	const int *c;            /* column numbers, in the order of the table's names; -1 = absent */
	const cc_tsv_row *row;
	uint32_t record;         /* in the piece */
} load_row;

enum { LOAD_COLUMNS = 16 };

typedef struct load_table {
	cc_file_kind kind;
	load_set set;
	const char *columns[LOAD_COLUMNS];
	size_t row_size;         /* rows begin with their int64_t time */
	void (*row)(const load_row *r, void *out);
} load_table;

extern const load_table cc_logs_table, cc_spans_table;

/* --- for row functions --- */

cc_str cc_load_raw(const load_row *r, int column);    /* still quoted */
cc_str cc_load_cell(const load_row *r, int column);   /* valid until the row function returns */
uint32_t cc_load_text(const load_row *r, cc_str text);
/* The row's emitter: from its resource cell, else from the columns of those numbers. */
uint32_t cc_load_who(const load_row *r, int resource, int service, int ns, int pod);
uint32_t cc_load_trace(const load_row *r, cc_id128 id);
/* CC_TIME_NONE for 1970 and for unreadable or impossible times (noted as the file's problem). */
int64_t cc_load_time(const load_row *r, int column);
int64_t cc_load_time_of(load_worker *w, cc_str text); /* as cc_snapshot_time; CC_TIME_NONE instead of false */
void cc_range_add(cc_range *r, int64_t ns);           /* widened by a time that is not CC_TIME_NONE */
void cc_load_note(const load_row *r, const char *what);
void cc_load_skip(load_piece *p, uint32_t record, const char *what);

/* --- workers and pieces, for load.c --- */

bool cc_load_worker_init(load_worker *w);
void cc_load_worker_rest(load_worker *w);             /* reads no more: keeps only what its numbers mean */
void cc_load_worker_deinit(load_worker *w);
uint32_t cc_vocab_add(vocab *v, load_numbers *fresh, const load_piece *p, cc_str text, bool *failed);
/* Reads a piece of a file; `first` is where its first record starts, or LOAD_NOWHERE: to be guessed. */
void cc_load_read(const cc_snapshot *s, load_worker *w, load_piece *p, const load_table *table, uint64_t first);
/* Every well-formed row from p->first (set by the caller) on; sets p->next. false: out of memory. */
typedef void load_row_fn(const load_row *r, void *arg);
bool cc_load_rows(const cc_snapshot *s, load_worker *w, load_piece *p, const int *columns, load_row_fn *fn, void *arg);
void cc_load_piece_clear(load_piece *p);              /* as if it had not been read */
void cc_load_drop_rows(load_piece *p);                /* from any thread */
void cc_load_leave_slab(load_slab **slab);            /* lets go of one; the last to do so frees it */

/* --- reading in turn --- */

typedef struct load_reader {
	const snapshot_file *file;
	load_worker *w;
	load_piece *piece;
	const char *window;      /* the worker's buffer, or the file's text where that is in memory */
	uint64_t base, size;     /* offset of the window in the file; size of the file */
	size_t n, pos;
} load_reader;

bool cc_load_open(load_reader *r, const cc_snapshot *s, load_worker *w, load_piece *p, uint64_t at, size_t want);
bool cc_load_next(load_reader *r, cc_tsv_row *row);   /* row->record is not set; row->offset is the file's */
uint64_t cc_load_guess(load_reader *r, uint64_t from, uint64_t to);

/* --- metrics --- */

void cc_load_metrics(const cc_snapshot *s, load_worker *w, load_piece *p);
void cc_metric_worker_free(metric_worker *m);
void cc_metric_piece_free(metric_piece *m);

/* --- what the tables do with it, in this order --- */

typedef struct load_list { load_piece *p; size_t n; } load_list;

cc_code cc_logs_take(cc_snapshot *s, load_list pieces, cc_err *err) CC_MUST_USE;
cc_code cc_spans_take(cc_snapshot *s, load_list pieces, cc_err *err) CC_MUST_USE;
cc_code cc_series_take(cc_snapshot *s, load_list pieces, cc_err *err) CC_MUST_USE;

/* The rows of all pieces in time order (those without a time first), then in file order: give is called once for each with
 * its place in that order, by several threads. The rows of a piece are freed when all are taken. false: out of memory. */
typedef void load_give_fn(void *arg, size_t place, const load_piece *p, const void *row);
bool cc_load_each_by_time(load_list pieces, size_t row_size, unsigned threads, load_give_fn *give, void *arg);

#endif
