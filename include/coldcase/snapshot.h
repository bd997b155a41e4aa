/* snapshot.h - one opened incident snapshot: read-only evidence, loaded whole, cited by file and record.
 *
 * cc_snapshot_open reads every evidence file of a scenario folder (all optional), builds the entity table and the topology
 * and is then immutable: all getters may be called from any thread. Everything returned is borrowed from the snapshot.
 * Files on the answer-leaking list (ground truths, answers, status files, debriefs) are never opened, listed or counted;
 * cc_evidence_is_secret is the one test of that. The snapshot folder is never written to.
 *
 * Modules over the same handle: entity.h, alerts.h, logs.h, spans.h, series.h, events.h, objects.h, topology.h. */
#ifndef COLDCASE_SNAPSHOT_H
#define COLDCASE_SNAPSHOT_H

#include "coldcase/arena.h"
#include "coldcase/buf.h"
#include "coldcase/cancel.h"
#include "coldcase/json.h"
#include "coldcase/time.h"

typedef struct cc_snapshot cc_snapshot;

/* A distinct text of the snapshot's dictionary (service, namespace, pod, metric, kind … names). 0 is the empty text. */
typedef uint32_t cc_sym;
#define CC_SYM_NONE UINT32_MAX  /* cc_snapshot_sym_find: no such text in this snapshot */

/* A thing: index into the entity table (entity.h). 0 = none. */
typedef uint32_t cc_entity_id;

/* A row of evidence: which file (index into cc_snapshot_file, plus 1; 0 = none) and its 1-based record number there, the
 * header line not counted. Alert files: the number of the array element. Written "otel_logs_raw.tsv#8127". */
typedef struct cc_cite {
	uint32_t file;
	uint32_t record;
} cc_cite;

typedef enum cc_file_kind {
	CC_FILE_ALERTS,          /* alerts/alerts_at_*.json, alerts_in_alerting_state_*.json */
	CC_FILE_LOGS,            /* otel_logs_raw.tsv and processed forms */
	CC_FILE_TRACES,
	CC_FILE_METRICS_POD,
	CC_FILE_METRICS_SERVICE,
	CC_FILE_EVENTS,
	CC_FILE_OBJECTS,
	CC_FILE_TOPOLOGY,        /* listed; not evidence of its own */
	CC_FILE_KINDS
} cc_file_kind;

const char *cc_file_kind_name(cc_file_kind kind);   /* "alerts", "logs", "traces", "pod metrics", … */

typedef struct cc_file {
	cc_file_kind kind;
	cc_str path;             /* relative to the scenario folder: "metrics/pod_x_raw.tsv" */
	uint64_t bytes;          /* of the symlink's target */
	uint64_t records;        /* read as evidence */
	uint64_t skipped;        /* malformed rows left out, counted and shown */
	uint64_t first_skipped;  /* record number of the first of them, 0 = none */
	cc_str problem;          /* why rows were skipped or the file could not be read; empty = fine */
} cc_file;

typedef struct cc_range { int64_t from_ns, to_ns; } cc_range;  /* from <= to; CC_TIME_NONE in both = nothing known */

typedef struct cc_snapshot_progress {
	uint64_t bytes_done, bytes_total;
	const char *what;        /* "logs", "traces", … */
} cc_snapshot_progress;

typedef struct cc_snapshot_options {
	cc_cancel *cancel;       /* NULL = cannot be canceled; canceled = CC_ECANCELED */
	void (*progress)(void *arg, const cc_snapshot_progress *p);  /* called from the loading thread; NULL = silent */
	void *progress_arg;
	unsigned threads;        /* that read; 0 = one a processor. What is read does not depend on it, nor on: */
	size_t piece_bytes;      /* in which files are cut for them; 0 = 1 MiB. Tests cut smaller */
	bool no_cache;           /* neither use what an earlier open kept nor keep anything */
	bool only_kept;          /* read nothing: CC_ENOTFOUND unless an earlier open kept it */
	const char *cache_dir;   /* where opened snapshots are kept; NULL = $XDG_CACHE_HOME/coldcase */
	uint64_t cache_min_bytes;/* of evidence, below which nothing is kept; 0 = 8 MiB */
	uint64_t cache_max_bytes;/* of all kept snapshots, the longest unused go first; 0 = 2 GiB */
	/* With one of the next two the snapshot is not whole, and no cache is used. */
	unsigned left_out;       /* kinds listed but not read, CC_KIND_BIT each; 0 = everything is read */
	uint64_t head_bytes;     /* logs and traces: what begins in so many bytes of each file; 0 = whole files */
} cc_snapshot_options;

/* A set of kinds of evidence. */
#define CC_KIND_BIT(kind) (1u << (kind))
#define CC_KINDS_ALL (CC_KIND_BIT(CC_FILE_TOPOLOGY) - 1)

/* Opens the scenario in folder `dir` (or, when dir holds exactly one scenario, that one: discover.h). opt may be NULL.
 * CC_ENOTFOUND missing folder; CC_EFORMAT a folder that holds no snapshot; CC_EACCESS unreadable; CC_EAMBIGUOUS several
 * scenarios inside (the hint names `coldcase list`). Damaged evidence files do not fail the open: see cc_file.problem.
 * What was read is kept in the cache folder and used by the next open while the folder lists the same files with the
 * same sizes, times and inodes; a cache that is damaged, stale or cannot be written only means that the evidence is
 * read. A snapshot from the cache looks up the text of a row (a log's body, a citation) in the evidence file itself, and
 * finds none when that is no longer the file the row was read from. */
cc_code cc_snapshot_open(cc_snapshot **out, const char *dir, const cc_snapshot_options *opt, cc_err *err) CC_MUST_USE;
/* One of this name that holds no evidence at all, for what was recorded of an incident that is gone. */
cc_code cc_snapshot_open_nothing(cc_snapshot **out, cc_str name, cc_err *err) CC_MUST_USE;
void cc_snapshot_free(cc_snapshot *s);
/* The same as it was known at a moment: another snapshot in which nothing later than time_ns is evidence. A log record is known
 * at its time, a span when it ended, samples, observations of alerts, deliveries of events and polls of objects when they were
 * made. Entity ids and citations mean the same in both; citing what was not known fails. `whole` must outlive it. CC_ECANCELED. */
cc_code cc_snapshot_as_of(cc_snapshot **out, const cc_snapshot *whole, int64_t time_ns, cc_cancel *cancel, cc_err *err) CC_MUST_USE;
int64_t cc_snapshot_until(const cc_snapshot *s);    /* that moment; CC_TIME_NONE of a whole snapshot */

cc_str cc_snapshot_name(const cc_snapshot *s);      /* folder name: "Scenario-901" */
cc_str cc_snapshot_path(const cc_snapshot *s);      /* absolute path of the scenario folder */
size_t cc_snapshot_file_count(const cc_snapshot *s);
const cc_file *cc_snapshot_file(const cc_snapshot *s, size_t i);   /* ordered: kind, then natural order of the path */
cc_range cc_snapshot_range(const cc_snapshot *s);   /* of all evidence rows; 1970 rows and background alerts do not widen it */
uint64_t cc_snapshot_bytes(const cc_snapshot *s);
bool cc_snapshot_cached(const cc_snapshot *s);      /* its tables come from an earlier open: the evidence was not read */
/* Kinds of which files are here that the options left out, and kinds of which only the heads were read. The files are
 * listed in the same order as in a snapshot of everything, so a citation means the same record in both. */
unsigned cc_snapshot_left_out(const cc_snapshot *s);
unsigned cc_snapshot_heads(const cc_snapshot *s);
/* A file that was cut short since it was opened, NULL when none was: what is looked up in it now may be wrong. */
const cc_file *cc_snapshot_torn(const cc_snapshot *s);
size_t cc_snapshot_missing(const cc_snapshot *s, const char *out[CC_FILE_KINDS]); /* names of evidence kinds absent */

cc_str cc_snapshot_sym(const cc_snapshot *s, cc_sym sym);
cc_sym cc_snapshot_sym_find(const cc_snapshot *s, cc_str text);
size_t cc_snapshot_sym_count(const cc_snapshot *s);

/* "otel_logs_raw.tsv#8127" in both directions. Parse accepts any listed file path; CC_EUNKNOWN otherwise. */
void cc_cite_format(const cc_snapshot *s, cc_cite cite, cc_buf *out);
cc_code cc_cite_parse(const cc_snapshot *s, cc_str text, cc_cite *out, cc_err *err) CC_MUST_USE;
/* The cited row as it stands in the file: header and cell pairs for TSV rows, the JSON text for alert items.
 * Gives column and value pairs through `each`; values decoded (quotes removed), what a Secret holds masked. */
cc_code cc_cite_read(const cc_snapshot *s, cc_cite cite, void (*each)(void *arg, cc_str column, cc_str value), void *arg,
	cc_err *err) CC_MUST_USE;

/* True for names that must never be evidence: ground_truth*, groundtruth*, gt.*, ground_truths.json, data.jsonl, status.json,
 * assertion.json, bundle_status.json, judge_output.json, debrief*, agent_output.json, agent_response.json, answer.json,
 * score.json, trajectory.jsonl, solutions/ (any case). `path` relative to the scenario folder. */
bool cc_evidence_is_secret(cc_str path);

/* What a file of that path within a scenario folder would be read as, by its name and place alone; CC_FILE_KINDS = no evidence. */
cc_file_kind cc_evidence_kind(cc_str path);

/* SHA-256 over sorted "path NUL size NUL content-hash LF" of the evidence files. Reads every byte: run on a worker. */
cc_code cc_snapshot_digest(const cc_snapshot *s, cc_cancel *cancel, char out[65], cc_err *err) CC_MUST_USE;

/* Key/value attributes as the attribute maps hold them. */
typedef struct cc_kv { cc_str key, value; } cc_kv;

#endif
