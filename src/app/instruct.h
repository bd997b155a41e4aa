/* instruct.h - a run that goes on, seen by whoever instructs: read from its growing record, held against the truth.
 *
 * The truth is in this process alone. What it knows of the run is its record; what it may do to it is in lead.h. */
#ifndef COLDCASE_APP_INSTRUCT_H
#define COLDCASE_APP_INSTRUCT_H

#include "app/class_lead.h"
#include "app/review_priv.h"
#include "coldcase/hops.h"
#include "coldcase/rerun.h"

typedef struct app_instruct_note { int64_t wall_ns; uint64_t step; cc_str text; } app_instruct_note;

typedef struct app_instructor {
	const app_options *o;
	const char *path;        /* the run's folder */
	app_class_lead *lead;    /* NULL: a run by itself, which is reached by its socket */
	app_kept kept;
	app_scoring s;           /* its run is the record as far as it was read */
	uint64_t bytes;          /* of the record then */
	cc_rerun *again;         /* NULL: the evidence is not at hand */
	cc_err why;              /* without a truth: what was said when it was looked for */
	app_seeing *seeing;      /* NULL: without a truth */
	app_review review;       /* of the steps so far; without a truth empty */
	bool reviewed;
	cc_case *kase;           /* as it stands */
	uint32_t *hops;          /* by entity: to the nearest true cause; NULL = not known */
	cc_entity_id *causes;    /* entities that are one; */
	size_t cause_count;
	cc_arena *arena;
	cc_buf notes_path;
	CC_VEC(app_instruct_note) notes;
	size_t bad_notes;        /* lines of theirs that are none */
} app_instructor;

/* CC_ENOTFOUND and the codes of reading a record. Without a truth, or the passphrase of a sealed one, it is opened all the same.
 * lead: the run is that seat's, and path its run_dir; borrowed. Release also after a failure. */
cc_code app_instruct_open(app_instructor *w, const app_options *o, const char *path, app_class_lead *lead, cc_err *err) CC_MUST_USE;
void app_instruct_close(app_instructor *w);
const cc_snapshot *app_instruct_snapshot(const app_instructor *w);   /* NULL: not at hand */
/* Reads what was written since; *grew: something was. */
cc_code app_instruct_follow(app_instructor *w, bool *grew, cc_err *err) CC_MUST_USE;
/* A private note, kept in a file of its own in the state folder, never near the run. */
cc_code app_instruct_note_add(app_instructor *w, cc_str text, cc_err *err) CC_MUST_USE;
/* The next rung of the debrief's ladder after those that were given; false: there is none. */
bool app_instruct_rung(app_instructor *w, cc_buf *out);
/* What is known, as a reply. */
cc_code app_instruct_reply(const app_instructor *w, cc_reply **out, cc_err *err) CC_MUST_USE;

/* What an instructor types: "hint TEXT", "rung", "freeze WHY", "thaw", "note TEXT". *said: what came of it. */
cc_code app_instruct_do(app_instructor *w, cc_str line, cc_buf *said, cc_err *err) CC_MUST_USE;

#endif
