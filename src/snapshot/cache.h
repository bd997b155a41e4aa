/* cache.h - an opened snapshot kept as an image (image.h), so that the next open reads none of the evidence.
 *
 * One file for each scenario folder, named by a hash of its absolute path. It holds the tables as they are in memory
 * and a manifest of the evidence they were read from. It is used when it is whole, of this very program, and the folder
 * lists the same files with the same sizes, times and inodes; else the snapshot is read and the file replaced. Nothing
 * about the cache is ever an error: without one, opening takes longer.
 *
 * The file is written by a thread of its own while the snapshot is in use, for a writer that everyone waits for would
 * make the first open slower; cc_snapshot_free waits for it. */
#ifndef COLDCASE_SNAPSHOT_CACHE_H
#define COLDCASE_SNAPSHOT_CACHE_H

#include "snapshot/snapshot_priv.h"

typedef struct cache_entry {
	cc_str path;             /* as listed, relative to the scenario folder */
	cc_str problem;
	file_stamp stamp;
	uint64_t kind;
} cache_entry;

struct cache_manifest {
	CC_VEC(cache_entry) entries;   /* as cc_evidence_list orders them */
	bool settled;                  /* no file was changed so shortly before that a change would not show */
};

/* The snapshot with all that lives in it. */
extern const cc_image_type cc_snapshot_image;

/* Sets s->manifest, in its arena; left NULL when memory is out. */
void cc_cache_note(cc_snapshot *s, const evidence_vec *listed);
/* Fills s from the cache; false: there is none that fits, and s is as it was. */
bool cc_cache_adopt(cc_snapshot *s, const cc_snapshot_options *opt);
/* What was read is not all that the files hold: it is not to be kept. */
void cc_cache_forgo(cc_snapshot *s);
/* Begins to write s, which was read and is complete, unless it is too small or too fresh. */
void cc_cache_keep(cc_snapshot *s, const cc_snapshot_options *opt);
void cc_cache_wait(cc_snapshot *s);    /* until it is written or given up */

#endif
