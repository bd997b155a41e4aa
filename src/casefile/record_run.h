/* record_run.h - a record that was opened for reading: where each line lies in the text, and the lines that were asked for.
 *
 * Opening takes 24 bytes a line; a line takes some thousands once it is decoded, and that happens when it is asked for. */
#ifndef COLDCASE_RECORD_RUN_H
#define COLDCASE_RECORD_RUN_H

#include "casefile/record_priv.h"
#include "coldcase/file.h"
#include "coldcase/vec.h"

/* A line of the record; the limit of its size leaves offsets 32 bits. */
typedef struct cc_run_place {
	uint32_t at, n;                 /* in the text */
	uint32_t number;                /* physical line */
	uint32_t prev, actions;         /* within a plain line: the 64 digits, the list of actions (0 = none) */
	uint8_t type;                   /* cc_line_type */
	bool plain;                     /* certain from going over it (record_scan.c); else only the JSON reader knows */
} cc_run_place;

typedef CC_VEC(cc_run_place) cc_run_places;

/* A decoded line, the tree that it borrows from, and which line it is. */
typedef struct cc_run_kept { cc_record_line line; cc_json *tree; size_t index; } cc_run_kept;
typedef CC_VEC(cc_run_kept *) cc_run_kept_vec;

struct cc_run {
	cc_filemap map;                 /* of a file; else the text is the run's copy */
	char *copy;
	cc_str text;
	cc_run_places lines;
	CC_VEC(uint32_t) steps;         /* indices into lines */
	cc_run_kept **kept;             /* by line; NULL: not asked for yet */
	cc_run_kept_vec fixed, loose;   /* those of them that stay, and that may go again (cc_run_trim) */
	cc_run_kept_vec gone;           /* nobody has them any more; freed little by little */
	cc_arena *arena, *loose_arena, *gone_arena; /* of the three */
	size_t trimmed;                 /* loose ones when cc_run_trim was called last */
	const cc_record_header *header;
	cc_run_health health;
	cc_str snapshot_sha256;
	bool chain_known;               /* health.broken_line is */
	bool failed;
	char sha256[CC_RECORD_HASH + 1]; /* empty: not computed yet */
};

/* Fills all but at, n and number of a line that is certain; else only says that it is not. */
void cc_record_scan(cc_str line, cc_run_place *out);

/* Decodes a line into an arena; the tree becomes the decoded line's, on failure it is freed. */
cc_code cc_run_decode(cc_arena *arena, const cc_run_place *place, cc_json *tree, cc_run_kept **out, cc_err *err);

/* Once all lines are known: makes room for what is kept of them. False when memory is out. */
bool cc_run_keep_lines(cc_run *run);

cc_str cc_run_text_of(const cc_run *run, const cc_run_place *place);

/* A line's tree, the caller's to free, without keeping it. CC_ENOMEM; CC_EIO when it is no line any more: the file changed. */
cc_code cc_run_tree(const cc_run *run, const cc_run_place *place, cc_json **out, cc_err *err);

#endif
