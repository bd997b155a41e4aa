/* objects_table_priv.h - the objects table while it is filled; shared by objects.c, objects_polls.c and
 * objects_get.c. */
#ifndef COLDCASE_OBJECTS_TABLE_PRIV_H
#define COLDCASE_OBJECTS_TABLE_PRIV_H

#include "snapshot/k8sbody_priv.h"
#include "snapshot/objects_priv.h"

/* One object in one distinct body text. */
typedef struct objects_seen {
	uint32_t entry, state, item;
	cc_sym uid, api_version;
	int64_t created_ns;
} objects_seen;

typedef struct objects_body {
	uint32_t first, count;   /* its objects, in seen */
	cc_watch watch;
	cc_sym resource;         /* a marker's */
	const char *problem;     /* NULL = fine */
} objects_body;

/* The polls of one resource type: row times while loading, then starts of the rounds they form. */
typedef struct objects_polls {
	cc_sym resource;
	CC_VEC(int64_t) times;
	const int64_t *rounds;
	size_t round_count;
	bool doubt;              /* rows of the last round may be missing */
} objects_polls;

struct objects_table {
	CC_VEC(objects_entry) entries;
	CC_VEC(objects_body) bodies;   /* while loading */
	CC_VEC(objects_seen) seen;     /* while loading */
	CC_VEC(objects_polls) polls;
	cc_map *poll_ids;              /* resource -> index into polls */
};

bool cc_objects_poll_add(cc_snapshot *s, objects_table *t, cc_sym resource, int64_t time_ns);
void cc_objects_poll_doubt(objects_table *t, cc_sym resource);
bool cc_objects_poll_finish(cc_snapshot *s, objects_table *t);
void cc_objects_poll_gone(const objects_table *t, objects_entry *e);

#endif
