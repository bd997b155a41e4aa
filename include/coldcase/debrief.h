/* debrief.h - what is kept beside a ground truth for after the verdict: deciding records, tempting wrong answers and why they
 * are innocent, hints, the par route. The forge writes it (format: src/forge/debrief.c); truths from elsewhere have none.
 *
 * Answers lie in it: like truths it is opened only by processes that accept no investigating command. */
#ifndef COLDCASE_DEBRIEF_H
#define COLDCASE_DEBRIEF_H

#include "coldcase/arena.h"
#include "coldcase/buf.h"
#include "coldcase/err.h"
#include "coldcase/str.h"

#define CC_DEBRIEF_FILE "debrief.yaml"

/* A record that decides or exonerates: a command line of the console that shows it, and a regular expression that its reply
 * matches. Either may be empty. */
typedef struct cc_debrief_proof { cc_str command, pattern, says; } cc_debrief_proof;

typedef struct cc_debrief_name {
	cc_str entity;            /* "<namespace>/<Kind>/<name>" */
	cc_str tempting;          /* why one would name it; empty: not a decoy */
	cc_str innocent;          /* why it is not the cause */
	cc_debrief_proof alibi;
	bool foremost;            /* one of the two or three most tempting ones; where nothing says which, the first three decoys */
} cc_debrief_name;

/* Read only. Texts live in the arena. */
typedef struct cc_debrief {
	cc_arena *arena;
	cc_debrief_proof *decisive; size_t decisive_count;
	cc_debrief_name *names;     size_t name_count;    /* decoys first, then the other innocents */
	cc_str *hints;              size_t hint_count;    /* from vague to plain */
	cc_str *par;                size_t par_count;     /* command lines of the shortest honest route */
	cc_str difficulty;
} cc_debrief;

/* Reads a debrief from YAML text. CC_EFORMAT: no mapping; CC_ELIMIT: a list of more than 1,000 entries; CC_ENOMEM. */
cc_code cc_debrief_load(cc_debrief **out, cc_str text, const char *name, cc_err *err) CC_MUST_USE;
/* The one in the folder of `truth_path`. CC_ENOTFOUND when there is none, which is no failure to report. */
cc_code cc_debrief_beside(cc_debrief **out, const char *truth_path, cc_err *err) CC_MUST_USE;
void cc_debrief_free(cc_debrief *d);

/* The coach's ladder, rungs from 1 on: which pane, hints from vague to plain without the one that names the cause, the deciding
 * records. False when there is no such rung. */
size_t cc_debrief_rungs(const cc_debrief *d);
bool cc_debrief_rung(const cc_debrief *d, size_t rung, cc_buf *out);

/* What it says of a submitted name: the same namespace, kind and name first, else a workload's pod or ReplicaSet for the
 * workload. NULL when nothing. */
const cc_debrief_name *cc_debrief_find(const cc_debrief *d, cc_str entity);

/* Is the thing of name i among the names before it, too? Things tempt in more ways than one. */
bool cc_debrief_again(const cc_debrief *d, size_t i);

#endif
