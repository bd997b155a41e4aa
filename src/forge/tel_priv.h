/* tel_priv.h - inside the observers: what a record looks like while it waits, and who owns it.
 *
 * The simulation's side (tel.c) copies each record compactly into the chunk of its stream. A full chunk is handed over:
 * with two threads through a bounded queue, else by a call. From then on the writer's side (tel_writer.c and what it
 * calls) owns it: it sorts the chunk, merges it with those still waiting, formats and writes. Nothing the simulation
 * may still change is read there: pods are known by cells (tel_cells.c) that are made once and never altered, and the
 * application is constant. */
#ifndef FORGE_TEL_PRIV_H
#define FORGE_TEL_PRIV_H

#include <pthread.h>
#include <stdatomic.h>

#include "forge/sim.h"

enum { TEL_TRACES, TEL_LOGS, TEL_EVENTS, TEL_OBJECTS, TEL_STREAMS };
enum {
	TEL_CHUNK = 2048,                /* records handed over at once … */
	TEL_CHUNK_TEXT = 1 << 20,        /* … or fewer with so much text */
	TEL_QUEUE = 8,                   /* chunks on their way: the simulation waits when there are more */
	TEL_PIECE = 256 << 10,           /* written at once at least */
	TEL_BUFFER = 1 << 20,
	TEL_PAGE = 256, TEL_PAGES = 4096 /* table of cells: pages never move */
};

/* What only failing or flag-reading spans have. */
typedef struct tel_more {
	char *message, *exception, *exception_message, *stack;
	int64_t event_at;
	int flag, flag_variant;
} tel_more;

typedef struct tel_span_rec {
	int64_t start, end;
	uint64_t trace[2], id, parent, link;
	forge_vars vars;
	const char *name, *to_host, *upstream; /* live as long as the run */
	tel_more *more;                  /* NULL: nothing of it */
	int32_t cell, peer;              /* of the pods; -1 none */
	int16_t service, op, wanted, to_service, status;
	uint16_t to_port;
	uint8_t kind, via;
	bool error;
} tel_span_rec;

typedef struct tel_log_rec {
	int64_t t;
	uint64_t trace[2], span;
	forge_vars vars;
	const char *severity;
	const char *upstream;
	char *body, *exception, *exception_message, *stack;
	int64_t took_ns, upstream_ns;
	int32_t cell, peer;
	int16_t service, op, wanted, number, status;
	uint8_t via;
} tel_log_rec;

typedef struct tel_line_rec { int64_t t; char *p; size_t n; } tel_line_rec;

typedef struct tel_key { int64_t t; uint32_t i; } tel_key;

/* Records of one stream; once sorted, a run of the merge. no: chunks of a stream in the order of their making. */
typedef struct tel_chunk {
	struct tel_chunk *next;          /* in the queue, among the spare ones, or sibling in the heap */
	struct tel_chunk *child;
	int stream;
	uint64_t no;
	int64_t watermark;               /* nothing earlier comes after this chunk */
	uint32_t n, at;                  /* at: how many have been written */
	size_t text;
	tel_key key[TEL_CHUNK];
	union { tel_span_rec *span; tel_log_rec *log; tel_line_rec *line; void *p; } rec;
} tel_chunk;

/* Cells of one pod, made when it is first seen; a pod that has got its address or node since gets new ones. */
typedef struct tel_cell {
	cc_str service, span_resource, log_resource; /* TSV fields */
	char ip[16];
} tel_cell;

/* Text with places to fill in. */
typedef enum tel_slot {
	SLOT_NONE, SLOT_AMOUNT, SLOT_ISO, SLOT_MILLIS, SLOT_COUNT, SLOT_SERIAL, SLOT_USER, SLOT_ORDER, SLOT_TXN,
	SLOT_PRODUCT, SLOT_PRODUCT_NAME, SLOT_CURRENCY, SLOT_EMAIL, SLOT_IP, SLOT_CLF
} tel_slot;
typedef struct tel_part { cc_str text; tel_slot slot; } tel_part; /* text, then the slot */
typedef struct tel_tmpl { tel_part *part; int n; } tel_tmpl;
/* What is filled in. url: names are percent-encoded. */
typedef struct tel_fill {
	const forge_app *app;
	const forge_vars *vars;
	int64_t at;
	const char *ip;
	bool url;
} tel_fill;

/* What can be said about an operation beforehand. */
typedef struct tel_op {
	cc_str head;                     /* "{'rpc.system': 'grpc', …": what the attributes of both sides begin with */
	cc_str route_attr;               /* "'http.route': …" */
	tel_tmpl path, query;            /* of HTTP routes, for use between single quotes */
	tel_tmpl statement;              /* of stores */
	char statement_quote;
	tel_tmpl log;
	unsigned mentions;               /* 1 << tel_slot: what the route or the log line speaks of */
} tel_op;

typedef struct tel_file {
	int fd;                          /* -1: not written */
	uint64_t bytes;
	cc_buf buf;
	tel_chunk *heap;                 /* runs waiting, the one with the earliest head on top */
	const char *name;
} tel_file;

typedef struct tel_hold { int64_t start; int prev, next; } tel_hold; /* an open span */

struct forge_tel {
	const forge_app *app;
	unsigned variant;
	bool off[TEL_STREAMS];
	/* the simulation's side */
	tel_chunk *open[TEL_STREAMS];
	int64_t floor[TEL_STREAMS];      /* the last watermark handed over */
	uint64_t chunks[TEL_STREAMS];
	CC_VEC(tel_hold) holds;
	int hold_first, hold_last, hold_free;
	CC_VEC(int32_t) cell_of;         /* by pod */
	int32_t cells;
	bool threaded, closed;
	pthread_t thread;
	/* shared */
	pthread_mutex_t lock;
	pthread_cond_t more, room;
	tel_chunk *queue, *queue_last, *spare[TEL_STREAMS];
	int queued;
	bool ended, abandoned;
	atomic_int failed;               /* cc_code of the writer */
	cc_err why;
	/* written by the simulation before a record that needs it is handed over, then constant */
	tel_cell **page[TEL_PAGES];
	tel_op *ops;
	/* the writer's side */
	tel_file file[TEL_STREAMS];
	tel_key scratch[TEL_CHUNK];
};

/* tel_writer.c */
cc_code tel_files_open(forge_sim *s, cc_err *err);
void tel_writer_start(forge_tel *t);                      /* without a thread to be had it writes in the caller's */
tel_chunk *tel_chunk_new(forge_tel *t, int stream);       /* NULL: out of memory */
void tel_hand_over(forge_tel *t, tel_chunk *c);           /* takes it; may wait */
void tel_writer_end(forge_tel *t, bool abandon);          /* drains and joins; abandon: throws away what waits */
cc_code tel_files_close(forge_tel *t);                    /* flushes; the first failure of the writer */
void tel_chunk_free(tel_chunk *c);                        /* with the texts of the records not written yet */
/* tel_reorder.c */
void tel_sort(tel_key *key, size_t n, tel_key *scratch);  /* stable, by time */
tel_chunk *tel_heap_add(tel_chunk *heap, tel_chunk *run);
tel_chunk *tel_heap_pop(tel_chunk *heap);                 /* what remains without the top */
bool tel_run_before(const tel_chunk *a, const tel_chunk *b);
/* tel_cells.c */
cc_code tel_cells_init(forge_sim *s);
int32_t tel_cell_of(forge_sim *s, int pod);               /* -1 without pod or memory */
const tel_cell *tel_cell_get(const forge_tel *t, int32_t cell);
void tel_cells_free(forge_tel *t);
/* tel_text.c */
bool tel_tmpl_make(tel_tmpl *out, cc_arena *arena, cc_str text);
void tel_tmpl_put(cc_buf *out, const tel_tmpl *tmpl, const tel_fill *fill);
unsigned tel_tmpl_mentions(const tel_tmpl *tmpl);
/* tel_span.c, tel_log.c: one row */
void tel_span_header(cc_buf *out, unsigned variant);
void tel_span_row(const forge_tel *t, cc_buf *out, const tel_span_rec *r);
void tel_log_row(const forge_tel *t, cc_buf *out, const tel_log_rec *r);
/* tel_attrs.c: attribute cells */
void tel_span_attrs(const forge_tel *t, cc_buf *out, const tel_span_rec *r);
void tel_path_put(const forge_tel *t, cc_buf *out, int op, const forge_vars *vars, int64_t at); /* path?query */
/* "ip:port" or "-". */
void tel_upstream_put(const forge_tel *t, cc_buf *out, unsigned via, const char *upstream, int32_t peer, int port);
/* "'exception.type': …, 'exception.message': …" and, if there is one, the stack. */
void tel_exception_put(cc_buf *out, const char *type, const char *said, const char *stack);

#endif
