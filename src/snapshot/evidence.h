/* evidence.h - which files of a scenario folder are evidence, by name and place alone; nothing is opened. */
#ifndef COLDCASE_SNAPSHOT_EVIDENCE_H
#define COLDCASE_SNAPSHOT_EVIDENCE_H

#include "coldcase/snapshot.h"
#include "coldcase/vec.h"

/* What tells one state of a file from another without reading it. All 0 for what could not be looked at. */
typedef struct file_stamp {
	uint64_t device, inode, bytes;
	int64_t modified_ns, changed_ns;
} file_stamp;

typedef struct evidence {
	cc_file_kind kind;
	cc_str path;          /* relative to the scenario folder */
	cc_str full_path;     /* NUL-terminated */
	uint64_t bytes;       /* of the link's target */
	file_stamp stamp;     /* likewise */
	bool raw;             /* the recorder's own form rather than a processed one */
	bool prefixed;        /* metrics: the name says pod or service; else the header must */
	bool dangling;        /* a link without a target */
	const char *problem;  /* why it cannot be read; NULL = nothing known */
} evidence;

typedef CC_VEC(evidence) evidence_vec;

/* Appends the evidence files of folder `dir`, ordered by kind, then natural order of the path. Texts live in the arena.
 * Only a folder that cannot be read itself is an error. */
cc_code cc_evidence_list(evidence_vec *out, cc_arena *arena, cc_str dir, cc_err *err) CC_MUST_USE;
void cc_evidence_sort(evidence_vec *v);

struct stat;
file_stamp cc_file_stamp_of(const struct stat *st);
bool cc_file_stamp_eq(const file_stamp *a, const file_stamp *b);

#endif
