/* record.h - the trajectory: what was done in a run and what each step showed, appended line by line.
 *
 * A run lives in OUT/SCENARIO/TRIAL/ with trajectory.jsonl, agent_output.json and score.json. Every line of the trajectory is
 * one JSON object written by one write(2) to a file opened for appending: killing the process at any moment loses at most the
 * last line. Each line carries the SHA-256 of the line before it, so a changed, removed or reordered line is found.
 * Line types: header, step, view, digest, event, end. The format with every key: coldcase-trajectory(5).
 *
 * The writer (cc_record) is safe to call from several threads. The reader (cc_run) finds the lines of a record, takes a torn
 * last line for what it is, decodes a line when it is asked for, and rebuilds the case by applying the recorded actions. */
#ifndef COLDCASE_RECORD_H
#define COLDCASE_RECORD_H

#include "coldcase/cancel.h"
#include "coldcase/casefile.h"
#include "coldcase/live.h"

#define CC_RECORD_FILE "trajectory.jsonl"
#define CC_RECORD_ANSWER_FILE "agent_output.json"
#define CC_RECORD_SCORE_FILE "score.json"
#define CC_RECORD_FORMAT "coldcase-trajectory"
enum { CC_RECORD_FORMAT_VERSION = 1 };

/* unread: the run began before the file was read, so nothing is known of its records (written as null). */
typedef struct cc_record_file { cc_str path; uint64_t bytes, records, skipped; bool unread; } cc_record_file;

/* Of a kind of evidence of which only the first records were read: the times they span. */
typedef struct cc_record_head { cc_str kind; cc_range range; } cc_record_head;

typedef struct cc_record_header {
	cc_str version;          /* of coldcase */
	cc_str scenario;         /* "Scenario-901" */
	cc_str snapshot_path;    /* where the evidence lay */
	uint32_t trial;
	bool agent;              /* actor: agent, else human */
	cc_str actor_name;
	int64_t budget;          /* cap on queries; 0 = none */
	cc_str assistance;       /* "raw", "ranked", "full"; empty = not said */
	bool known_only;         /* nothing after the time cursor was ever shown (session.h) */
	cc_live live;            /* speed 0 = no live drill */
	cc_str truth_seal;       /* "salt:hash" of the ground truth; empty = none lay beside */
	const cc_record_file *files; size_t file_count;      /* the evidence */
	cc_str origin;           /* the format it was imported from ("ATIF-v1.7"); empty = recorded by coldcase */
	int64_t wall_ns;         /* when the run began; the writer takes it only with an origin, else it is now */
} cc_record_header;

/* What a step showed: facts of the canonical reply, never of its layout. */
typedef struct cc_record_shown {
	cc_str title;
	const cc_str *entities; size_t entity_count;   /* namespace/Kind/name, each once, in order of appearance */
	const cc_str *cites; size_t cite_count;        /* file#record, each once, in order of appearance */
	uint64_t rows;           /* returned */
	uint64_t total;          /* that fit the question */
	uint64_t bytes;          /* of the canonical JSON */
	cc_str digest;           /* SHA-256 of the canonical JSON, 64 hex digits */
	bool truncated, partial;
} cc_record_shown;

typedef struct cc_record_step {
	uint64_t number;         /* 1, 2 … within the run; set by the writer */
	bool agent;              /* actor */
	cc_str line;             /* canonical command line; as typed when it did not parse */
	cc_str command;          /* name; empty when it did not parse */
	const cc_kv *args; size_t arg_count;
	bool query;              /* it cost one query */
	int64_t queries;         /* used after this step */
	int64_t turn;            /* of the agent; negative = none (humans): written as null */
	int64_t active_ns;       /* case clock */
	int64_t now_ns;          /* live drill: the moment of the capture behind which nothing was shown; else 0 */
	int64_t took_ns;         /* run time of the command */
	bool answered;           /* shown holds */
	cc_record_shown shown;
	/* The evidence was still being read, and the answer needed more of it: kinds read whole and kinds read in part. */
	bool loading;
	const cc_str *whole; size_t whole_count;
	const cc_record_head *heads; size_t head_count;
	bool stopped;            /* somebody ended the looking: what is shown was found in the first `looked` rows (bytes of a file) */
	uint64_t looked;
	cc_code code;            /* CC_OK or why it failed */
	cc_str message;          /* error text */
	const cc_action *actions; size_t action_count; /* what changed in the case */
} cc_record_step;

typedef struct cc_record_view { cc_str pane, command; uint64_t selected, top; int columns, rows; } cc_record_view;
/* A free addition. Names that others rely on: "message" {source, text, reasoning}: what was said before the next step; "usage"
 * {input_tokens, output_tokens, cached_tokens, cost_usd}: what a model call took; "model" {provider, model}; "output" {step,
 * text, exit_code}: what a command printed that no evidence can give again; "case" {kind}: public, forged or private. */
typedef struct cc_record_event { cc_str name, json; } cc_record_event;
typedef struct cc_record_digest { cc_str sha256; cc_str error; } cc_record_digest; /* of the snapshot; empty and why not */
typedef struct cc_record_end {
	cc_str reason;           /* "submit", "quit", "cap", "error" … */
	int64_t queries, turn, active_ns;
	uint64_t lost;           /* lines that could not be written */
} cc_record_end;

/* --- writer --- */
/* Makes the folder OUT/SCENARIO/TRIAL of a new run, TRIAL one above the largest there; safe against another process doing the
 * same. dir gets its path. Characters of the scenario that cannot be in a folder name become '_'. */
cc_code cc_record_make_dir(cc_buf *dir, uint32_t *trial, const char *out_dir, cc_str scenario, cc_err *err) CC_MUST_USE;

typedef struct cc_record cc_record;
typedef struct cc_run cc_run;                      /* below */

/* The evidence of the header: every file of the incident, in its order. Texts are borrowed. False when out of memory. */
bool cc_record_list_files(const cc_snapshot *s, cc_arena *arena, cc_record_header *header) CC_MUST_USE;

/* Creates DIR/trajectory.jsonl (must not exist) and writes the header. s resolves entities and citations of actions; it may
 * be NULL (they are then written as bare numbers) and must outlive the record. */
cc_code cc_record_open(cc_record **out, const char *dir, const cc_record_header *header, const cc_snapshot *s, cc_err *err)
	CC_MUST_USE;
/* Goes on with the record in DIR that `run` was read from and that is not over. A torn last line stays as a line that is none.
 * *gap_ns: what passed since its last line, by the wall clock. CC_ESTATE: it is over, it went on while it was read, or another
 * process writes it (named where known) - but where leased, when a lease says who plays, as a class's seat does; CC_EIO, CC_ENOMEM. */
cc_code cc_record_append(cc_record **out, const char *dir, const cc_run *run, bool leased, const cc_snapshot *s, int64_t *gap_ns,
	cc_err *err) CC_MUST_USE;
/* Of a record with an origin: the lines from now on happened at this time. Never goes back: an earlier one counts as the last. */
void cc_record_at(cc_record *r, int64_t wall_ns);
/* From now on s resolves entities and citations: another snapshot of the same incident. */
void cc_record_rebind(cc_record *r, const cc_snapshot *s);
/* Each appends one line. A line that cannot be written whole is taken back and counted as lost; the next line that can be
 * written says how many were lost before it. CC_EIO names the reason, CC_ENOMEM; CC_ESTATE after the end line. */
cc_code cc_record_add_step(cc_record *r, const cc_record_step *step, cc_err *err) CC_MUST_USE;
cc_code cc_record_add_view(cc_record *r, const cc_record_view *view, cc_err *err) CC_MUST_USE;
cc_code cc_record_add_digest(cc_record *r, const cc_record_digest *digest, cc_err *err) CC_MUST_USE;
/* json: one JSON value, as a rule an object; what is no JSON is kept as a string. */
cc_code cc_record_add_event(cc_record *r, const cc_record_event *event, cc_err *err) CC_MUST_USE;
/* The last line; what follows is refused with CC_ESTATE. The file is synced. */
cc_code cc_record_add_end(cc_record *r, const cc_record_end *end, cc_err *err) CC_MUST_USE;
uint64_t cc_record_lost(const cc_record *r);        /* lines that could not be written so far */
/* A record has one writer, by a lock on its file. NULL: it is locked; else why that cannot be had where it lies. */
const char *cc_record_unlocked(const cc_record *r);
uint64_t cc_record_steps(const cc_record *r);       /* so far: the number of the last one */
bool cc_record_ended(const cc_record *r);
void cc_record_close(cc_record *r);                 /* writes nothing; NULL is fine */

/* --- reader --- */
typedef enum cc_line_type {
	CC_LINE_HEADER, CC_LINE_STEP, CC_LINE_VIEW, CC_LINE_DIGEST, CC_LINE_EVENT, CC_LINE_END,
	CC_LINE_OTHER            /* a type this version does not know: kept, not judged */
} cc_line_type;

typedef struct cc_record_line {
	cc_line_type type;
	uint64_t line;           /* physical line number in the file, 1-based */
	int64_t t_ns;            /* monotonic, since the header */
	int64_t wall_ns;
	const cc_json *json;     /* the whole line */
	union {
		const cc_record_header *header;
		const cc_record_step *step;
		const cc_record_view *view;
		const cc_record_digest *digest;
		const cc_record_event *event;
		const cc_record_end *end;
	} as;                    /* by type; unset for OTHER */
} cc_record_line;

typedef struct cc_run_health {
	bool torn;               /* the last line has no line feed; it counts as a line only when it is whole */
	uint64_t torn_bytes;     /* left out with it */
	uint64_t broken_line;    /* first line whose hash of the line before does not fit, 0 = chain whole */
	uint64_t bad_lines;      /* lines that are no record line at all */
	uint64_t first_bad_line; /* 0 = none */
	uint64_t lost;           /* lines the writer could not write */
	bool ended;              /* its last line is an end */
} cc_run_health;

/* Opens a record; path: the file, or the folder it lies in. Torn, broken and bad lines are no failure: see cc_run_health.
 * CC_ENOTFOUND, CC_EIO; CC_EFORMAT when it does not begin as a record; CC_ELIMIT above 1 GiB.
 *
 * The file stays mapped. A line is decoded when it is first asked for; it, and all that it borrows, is then good until the run
 * is freed or cc_run_trim lets go of it. Lines of the types header, digest and end always stay. Asking changes what is kept:
 * a run is for one thread at a time. A line that cannot be decoded, for want of memory or because someone cut the file short,
 * reads as one of its type that says nothing, and json is NULL. */
cc_code cc_run_read(cc_run **out, const char *path, cc_err *err) CC_MUST_USE;
cc_code cc_run_read_shared(cc_run **out, const char *path, cc_err *err) CC_MUST_USE;   /* as cc_file_map_shared; CC_EFORMAT */
cc_code cc_run_parse(cc_run **out, cc_str text, cc_err *err) CC_MUST_USE;
void cc_run_free(cc_run *run);
const cc_record_header *cc_run_header(const cc_run *run);        /* NULL when not even the header is whole */
/* Ended by more than leaving it: submitted, out of budget, by an error. What was left ("quit") or killed may be gone on with. */
bool cc_run_is_over(const cc_run *run);
/* How often it was left and gone on with, and how long nobody played in between, by the wall clock. */
typedef struct cc_run_breaks { size_t count; int64_t away_ns; } cc_run_breaks;
cc_run_breaks cc_run_breaks_of(const cc_run *run);
cc_run_health cc_run_health_get(const cc_run *run);              /* checks all hashes the first time */
size_t cc_run_line_count(const cc_run *run);
cc_line_type cc_run_line_type(const cc_run *run, size_t i);      /* without decoding it */
const cc_record_line *cc_run_line(const cc_run *run, size_t i);
size_t cc_run_step_count(const cc_run *run);
const cc_record_line *cc_run_step(const cc_run *run, size_t i);  /* i-th line of type step */
size_t cc_run_step_line(const cc_run *run, size_t i);            /* which line that is; the number of lines when there is none */
/* The first step, from index `from` on and then from the first, whose line, title or error holds the text, whatever its case: as
 * an index. CC_ENOTFOUND, CC_ECANCELED. */
cc_code cc_run_find(const cc_run *run, cc_str text, size_t from, cc_cancel *cancel, size_t *out, cc_err *err) CC_MUST_USE;
size_t cc_run_steps_until(const cc_run *run, int64_t active_ns); /* how many steps were done at that time of the case's clock */
/* When more than `most` lines are kept, lets go of all of them: what cc_run_line and cc_run_step gave is gone, but for lines
 * of the types that stay. For whoever walks a long record and holds on to nothing. */
void cc_run_trim(const cc_run *run, size_t most);
bool cc_run_failed(const cc_run *run);                           /* some line read as nothing, or hashes could not be checked */
cc_str cc_run_sha256(const cc_run *run);                         /* of the file's bytes, 64 hex digits; computed the first time */
cc_str cc_run_snapshot_sha256(const cc_run *run);                /* cc_snapshot_digest, from the digest line; empty when none */
/* Of the answer file as it was when it was submitted; false: nothing was, or the record is of a time when it did not say so. */
bool cc_run_answer_sha256(const cc_run *run, char out[65]);

/* The case as it stood after the first `steps` steps (SIZE_MAX: all), rebuilt from the recorded actions at their recorded
 * times. s resolves entities and citations (NULL only for records written without a snapshot). CC_EUNKNOWN: the record names
 * something this snapshot does not hold; CC_EFORMAT: an action that cannot have happened. */
cc_code cc_run_replay(const cc_run *run, const cc_snapshot *s, size_t steps, cc_case **out, cc_err *err) CC_MUST_USE;
/* The same over another snapshot, or none: what it does not hold keeps its name and text, has entity 0 and no citation, and
 * is counted. */
cc_code cc_run_replay_loose(const cc_run *run, const cc_snapshot *s, size_t steps, size_t *lost, cc_case **out, cc_err *err)
	CC_MUST_USE;

/* The case at any step, forward and backward, as cc_run_replay_loose gives it: in the time of some hundred steps once the way
 * there was walked (a copy of the case is kept every 256 steps, more seldom when the copies exceed 256 MiB). run and s must
 * outlive it. */
typedef struct cc_replayer cc_replayer;
cc_code cc_replayer_new(cc_replayer **out, const cc_run *run, const cc_snapshot *s, cc_err *err) CC_MUST_USE;
void cc_replayer_free(cc_replayer *r);
void cc_replayer_tune(cc_replayer *r, size_t every, size_t most); /* before use: steps from copy to copy, bytes of all copies */
/* After the first `steps` steps (SIZE_MAX: all). The case is the replayer's, and good until the next call. */
cc_code cc_replayer_at(cc_replayer *r, size_t steps, const cc_case **out, cc_err *err) CC_MUST_USE;
/* The same as a case of the caller's own. */
cc_code cc_replayer_copy(cc_replayer *r, size_t steps, cc_case **out, cc_err *err) CC_MUST_USE;
size_t cc_replayer_lost(const cc_replayer *r);          /* what s does not hold, up to there */
/* Walks ahead for so long, so that no step is far from a copy: for idle moments. True when there is nothing left to walk. */
bool cc_replayer_prepare(cc_replayer *r, int64_t for_ns);

#endif
