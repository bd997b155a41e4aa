/* snapshot_priv.h - what the files of src/snapshot share: the snapshot itself and the order in which it is built.
 *
 *   1. files.c     lists the evidence files, maps them                       cc_snapshot_load_files
 *   2. each reader fills its table with texts interned as symbols            cc_logs_load, cc_spans_load, …
 *   3. entity.c    objects and owner references first, then telemetry names  cc_entity_build
 *   4. each table gets its entity ids                                        cc_logs_bind, cc_spans_bind, …
 *   5. topology.c  edges over entities                                       cc_topology_build
 *
 * asof.h makes another one out of it, cut at a moment.
 *
 * Steps 2 and 4 of different tables do not depend on each other. Everything lives in `arena` or in the vectors here. */
#ifndef COLDCASE_SNAPSHOT_PRIV_H
#define COLDCASE_SNAPSHOT_PRIV_H

#include "coldcase/alerts.h"
#include "coldcase/entity.h"
#include "coldcase/events.h"
#include "coldcase/file.h"
#include "coldcase/logs.h"
#include "coldcase/map.h"
#include "coldcase/objects.h"
#include "coldcase/series.h"
#include "coldcase/snapshot.h"
#include "coldcase/spans.h"
#include "coldcase/topology.h"
#include "coldcase/tsv.h"
#include "coldcase/vec.h"
#include "snapshot/evidence.h"

#include <stdatomic.h>

/* Where each record of a table starts: 32 bits a record, from a base that is good for 4 GiB. */
typedef struct starts_base { uint64_t offset; uint32_t first, unused; } starts_base; /* of the records from index `first` on */

typedef struct row_starts {
	CC_VEC(uint32_t) at;
	CC_VEC(starts_base) bases;
} row_starts;

bool row_starts_add(row_starts *r, uint64_t offset);              /* ascending; false when out of memory */
bool row_starts_append(row_starts *r, const row_starts *more);
bool row_starts_get(const row_starts *r, uint32_t record, uint64_t *offset);  /* record from 1; false: no such record */
void row_starts_deinit(row_starts *r);

typedef struct snapshot_file {
	cc_file info;            /* what the world sees */
	cc_str full_path;
	cc_filemap map;          /* text of the file while the snapshot lives: cc_snapshot_file_text */
	atomic_bool mapped;      /* map and tsv.text are as they stay */
	file_stamp stamp;        /* of what was read */
	int64_t stamp_ns;        /* alert files: observation time of the file name, else CC_TIME_NONE */
	cc_tsv tsv;              /* TSV files: header, for random access */
	row_starts starts;       /* TSV files: of each record, once it was read */
	bool chosen;             /* read as evidence: neither unreadable nor a processed form of a raw file that is here too */
} snapshot_file;

/* Tables own what they need beyond the public rows (row offsets, side arrays) in their own struct, defined in their .c. */
typedef struct logs_table logs_table;
typedef struct spans_table spans_table;
typedef struct series_table series_table;
typedef struct alerts_table alerts_table;
typedef struct events_table events_table;
typedef struct objects_table objects_table;
typedef struct entity_table entity_table;
typedef struct topology_table topology_table;
typedef struct telemetry telemetry;
typedef struct log_bodies log_bodies;
typedef struct cache_manifest cache_manifest;
typedef struct cache_writer cache_writer;

struct cc_snapshot {
	cc_arena *arena;
	cc_str name, path;
	CC_VEC(snapshot_file) files;
	cc_dict *dict;
	cc_range range;
	logs_table *logs;        /* each allocated by its _load, freed by its _unload; NULL = no such evidence */
	spans_table *spans;
	series_table *series;
	alerts_table *alerts;
	events_table *events;
	objects_table *objects;
	entity_table *entities;
	topology_table *topology;
	log_bodies *bodies;      /* of the logs, once somebody wants to look at all of them (bodies.h) */
	telemetry *telemetry;    /* logs, traces and metrics while they are read */
	const cc_snapshot_options *opt; /* during open only */
	cache_manifest *manifest;/* what was listed, before any of it was read; NULL = not to be cached (cache.h) */
	cache_writer *writer;    /* keeps the snapshot while it is in use; NULL = nothing is written */
	cc_image *image;         /* all tables live in it; NULL = they were read */
	uint64_t bytes_total;    /* of all listed files */
	uint64_t bytes_done;
	unsigned left_out;       /* kinds that are listed and not read */
	unsigned heads;          /* kinds of which only the beginnings are read */
	const cc_snapshot *whole;/* of which this is a cut at until_ns (asof.h); NULL = this is a whole one */
	int64_t until_ns;
	bool failed;             /* out of memory in cc_snapshot_intern or _skip: open ends with CC_ENOMEM */
};

/* Interns; 0 for the empty text. On memory exhaustion returns 0 and marks the snapshot so that open fails with CC_ENOMEM. */
cc_sym cc_snapshot_intern(cc_snapshot *s, cc_str text);
/* Counts a row that could not be used and keeps the first reason. `file` as in cc_cite.file. */
void cc_snapshot_skip(cc_snapshot *s, uint32_t file, uint64_t record, const char *why);
/* Reads a time of evidence: false for what is no time and for times before 2 January 1970 or after 2199, which no recorder
 * wrote and which would make every difference of times a risk of overflow. *ns is untouched then. */
bool cc_snapshot_time(cc_str text, int64_t *ns);
/* Widens the range with a row time unless it is CC_TIME_NONE or lies on 1970-01-01. */
void cc_snapshot_widen(cc_snapshot *s, int64_t time_ns);
snapshot_file *cc_snapshot_priv_file(const cc_snapshot *s, uint32_t file);  /* file as in cc_cite.file; NULL for 0 */
/* Keeps a remark as the file's problem unless it has one; the row it is about stays evidence. Record 0: the whole file. */
void cc_snapshot_note(cc_snapshot *s, uint32_t file, uint64_t record, const char *what);

/* Lists, chooses and maps the evidence files of s->path. */
cc_code cc_snapshot_load_files(cc_snapshot *s, cc_err *err) CC_MUST_USE;
void cc_snapshot_unload_files(cc_snapshot *s);
/* The file's text, mapped now if it was not yet. Empty when it is no longer the file whose rows the tables have: what they
 * say of it must not be looked up in another. From any thread. */
cc_str cc_snapshot_file_text(snapshot_file *f);
/* Says so of the files that were cut short while they were read. */
void cc_snapshot_note_torn(cc_snapshot *s);
/* Pod or service that a metrics file is named after: "cart-1" of metrics/pod_cart-1_raw.tsv. */
cc_str cc_snapshot_metrics_object(const cc_snapshot *s, uint32_t file);

/* What the loaders of objects and events do: calls `row` for each record of a chosen file whose number of fields is the header's, counts the
 * others as skipped, keeps record offsets, sets info.records, tells progress and stops on cancel. A row that `row` cannot
 * use it gives to cc_snapshot_skip itself. Files without a readable header get a problem and no rows: CC_OK. */
typedef cc_code snapshot_row_fn(void *arg, uint32_t file, const cc_tsv_row *row, cc_err *err);
cc_code cc_snapshot_scan(cc_snapshot *s, uint32_t file, snapshot_row_fn *row, void *arg, cc_err *err) CC_MUST_USE;
/* The words for rows that are no rows; in `out`. */
size_t cc_snapshot_count_lines(cc_str record);
void cc_snapshot_say_fields(char *out, size_t size, size_t found, size_t want, size_t lines);
void cc_snapshot_skip_open_quote(cc_snapshot *s, uint32_t file, uint64_t record, size_t lines);
/* Next chosen file of a kind behind `after` (0 = the first); 0 = no more. As in cc_cite.file. */
uint32_t cc_snapshot_next_file(const cc_snapshot *s, cc_file_kind kind, uint32_t after);
/* A record again, by random access; false when the file has no such record. */
bool cc_snapshot_row(const cc_snapshot *s, cc_cite cite, cc_tsv_row *row);
/* A cell of a cited row by column name(s), decoded; empty when there is no such row or column. */
cc_str cc_snapshot_cell(const cc_snapshot *s, cc_cite cite, const char *names, cc_arena *arena);
uint64_t cc_span_id_parse(cc_str hex);             /* 0 = none; text that is no hex is hashed */
cc_level cc_level_of_number(int64_t number);       /* OpenTelemetry SeverityNumber 1 … 24 */

/* Loaders: called in this order by open. Each reads all files of its kind and may be called when there are none. */
cc_code cc_alerts_load(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_objects_load(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_events_load(cc_snapshot *s, cc_err *err) CC_MUST_USE;
/* Logs, traces and metrics (load.h): read by other threads from _start on, taken by _finish. _free also ends what runs. */
cc_code cc_telemetry_start(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_telemetry_finish(cc_snapshot *s, cc_err *err) CC_MUST_USE;
void cc_telemetry_free(cc_snapshot *s);
unsigned cc_snapshot_threads(const cc_snapshot *s);   /* how many may work on opening it */

/* Entities. _note adds or finds by exact (ns, kind, name); kind is canonicalised; returns 0 only when out of memory. */
cc_code cc_entity_build(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_entity_id cc_entity_note(cc_snapshot *s, cc_str ns, cc_str kind, cc_str name, cc_seen where);

/* Binders: set the entity of every row. */
cc_code cc_alerts_bind(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_objects_bind(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_events_bind(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_logs_bind(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_spans_bind(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_series_bind(cc_snapshot *s, cc_err *err) CC_MUST_USE;
/* Distinct telemetry identities for entity_build, so that it does not walk millions of rows: called once per distinct
 * (ns, service, pod) triple / (ns, object, is_service) pair. */
void cc_logs_each_identity(const cc_snapshot *s, void (*each)(void *arg, cc_sym ns, cc_sym service, cc_sym pod), void *arg);
void cc_spans_each_identity(const cc_snapshot *s, void (*each)(void *arg, cc_sym ns, cc_sym service, cc_sym pod), void *arg);
void cc_series_each_identity(const cc_snapshot *s, void (*each)(void *arg, cc_sym ns, cc_sym object, bool is_service), void *arg);

cc_code cc_topology_build(cc_snapshot *s, cc_err *err) CC_MUST_USE;

void cc_alerts_unload(cc_snapshot *s);
void cc_objects_unload(cc_snapshot *s);
void cc_events_unload(cc_snapshot *s);
void cc_logs_unload(cc_snapshot *s);
void cc_spans_unload(cc_snapshot *s);
void cc_series_unload(cc_snapshot *s);
void cc_entity_unload(cc_snapshot *s);
void cc_topology_unload(cc_snapshot *s);

#endif
