/* snapshot_priv.h - what the files of src/snapshot share: the snapshot itself and the order in which it is built.
 *
 *   1. files.c     lists the evidence files, maps them                       cc_snapshot_load_files
 *   2. each reader fills its table with texts interned as symbols            cc_logs_load, cc_spans_load, …
 *   3. entity.c    objects and owner references first, then telemetry names  cc_entity_build
 *   4. each table gets its entity ids                                        cc_logs_bind, cc_spans_bind, …
 *   5. topology.c  edges over entities                                       cc_topology_build
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

typedef struct snapshot_file {
	cc_file info;            /* what the world sees */
	cc_str full_path;
	cc_filemap map;          /* text of the file while the snapshot lives */
	int64_t stamp_ns;        /* alert files: observation time of the file name, else CC_TIME_NONE */
	cc_tsv tsv;              /* TSV files: header, for random access */
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
	const cc_snapshot_options *opt; /* during open only */
	uint64_t bytes_done;
};

/* Interns; 0 for the empty text. On memory exhaustion returns 0 and marks the snapshot so that open fails with CC_ENOMEM. */
cc_sym cc_snapshot_intern(cc_snapshot *s, cc_str text);
/* Counts a row that could not be used and keeps the first reason. `file` as in cc_cite.file. */
void cc_snapshot_skip(cc_snapshot *s, uint32_t file, uint64_t record, const char *why);
/* Widens the range with a row time unless it is CC_TIME_NONE or lies on 1970-01-01. */
void cc_snapshot_widen(cc_snapshot *s, int64_t time_ns);
snapshot_file *cc_snapshot_priv_file(const cc_snapshot *s, uint32_t file);  /* file as in cc_cite.file; NULL for 0 */

/* Loaders: called in this order by open. Each reads all files of its kind and may be called when there are none. */
cc_code cc_alerts_load(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_objects_load(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_events_load(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_logs_load(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_spans_load(cc_snapshot *s, cc_err *err) CC_MUST_USE;
cc_code cc_series_load(cc_snapshot *s, cc_err *err) CC_MUST_USE;

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
