/* import.h - runs that were recorded elsewhere, as records of ours: replay, compare, league and score then take them like any.
 *
 * Read: ATIF 1.0 to 1.8; chat histories (Stirrup's segments, OpenAI-like messages, mini-swe-agent); SWE-agent .traj; session.jsonl as
 * coding agents write it ({timestamp, type, payload} a line). What is said, what a model call took, and each tool call with its output
 * go over. A call of one of our commands becomes that command's line again; a shell command becomes
 * `run_shell command=...`, with what it touched of the evidence where that can be told (files, patterns, times, entities, rows). */
#ifndef COLDCASE_IMPORT_H
#define COLDCASE_IMPORT_H

#include "coldcase/arena.h"
#include "coldcase/record.h"
#include "coldcase/shellread.h"
#include "coldcase/vec.h"

typedef enum cc_import_kind {
	CC_IMPORT_SAID,      /* somebody said something */
	CC_IMPORT_USED,      /* what a model call took */
	CC_IMPORT_CALLED     /* a tool was called, and answered */
} cc_import_kind;

typedef struct cc_import_item {
	cc_import_kind kind;
	int64_t wall_ns;         /* CC_TIME_NONE = not told */
	int64_t turn;            /* of the agent, from 1; 0 = before its first */
	cc_str source;           /* SAID: "system", "user" or "agent" */
	cc_str text, reasoning;
	double input, output, cached, cost;   /* USED: tokens, US dollars */
	cc_str id, tool;         /* CALLED */
	cc_str arguments;        /* CALLED: a JSON object, or the text as it was */
	cc_str printed;          /* CALLED: what came back */
	bool answered, failed;
	int64_t took_ns;         /* 0 = not told */
	bool own;                /* CALLED: exported by coldcase, with what the record said of it: */
	cc_record_shown shown;
	cc_code code;
} cc_import_item;

typedef struct cc_import {
	cc_arena *arena;
	CC_VEC(cc_import_item) items;
	cc_str origin;           /* "ATIF-v1.7", "stirrup", "session", "swe-agent", "mini-swe-agent", "chat" */
	cc_str agent, model, scenario;  /* as far as it is told */
	bool human;              /* no model was called */
	int64_t began_ns;        /* CC_TIME_NONE = not told */
	int64_t budget;          /* 0 = not told */
	cc_str stop;             /* how it ended: "submit", "cap", …; empty = not told */
	cc_str answer;           /* the answer's JSON when the run itself holds it */
	size_t bad;              /* messages, lines or calls that could not be read and were left out */
} cc_import;

/* Reads a run's text; the format is told from its shape. CC_EFORMAT says what it looks like instead; CC_ENOMEM. */
cc_code cc_import_read(cc_import **out, cc_str text, cc_err *err) CC_MUST_USE;
void cc_import_free(cc_import *i);               /* NULL is fine */

/* Records of a file, in order; more: not all of them. */
typedef CC_VEC(uint64_t) cc_import_records;
enum { CC_IMPORT_RECORDS_MAX = 400 };

typedef struct cc_import_options {
	cc_str scenario, actor_name;    /* empty = what the run says */
	const cc_snapshot *snapshot;    /* the incident, for telling what was touched; NULL = nothing is told */
	/* The canonical line, name and arguments of a call of one of our commands; false = none of ours. The texts live as long as
	 * the arena. Given by who knows the command table. */
	bool (*command)(const void *arg, cc_str tool, const cc_json *arguments, cc_arena *arena, cc_record_step *out);
	/* The records of the snapshot's file of which a line passes all tests of an exact search, up to CC_IMPORT_RECORDS_MAX and one; false: it
	 * cannot be told. Given by who has regular expressions; NULL = it is not told. */
	bool (*search)(void *arg, const cc_shell_search *s, size_t file, cc_import_records *out);
	void *arg;
} cc_import_options;

/* Writes the record and, when the run holds one, the answer into the folder `dir`, which must hold neither. */
cc_code cc_import_write(const cc_import *i, const char *dir, uint32_t trial, const cc_import_options *opt, cc_err *err) CC_MUST_USE;

/* What a shell command and its output touched of the evidence: files whose names are in the command, the rows whose whole
 * text was printed, entities whose names stand in either. */
typedef struct cc_touched cc_touched;
cc_touched *cc_touched_new(const cc_snapshot *s);   /* NULL when out of memory */
void cc_touched_free(cc_touched *t);
bool cc_touched_find(cc_touched *t, cc_str command, cc_str printed, cc_arena *arena, cc_record_shown *out);
bool cc_touched_names(const cc_touched *t, cc_str word, size_t file, cc_arena *arena);    /* does the word, as a path or pattern, name that file? */

#endif
