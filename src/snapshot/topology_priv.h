/* topology_priv.h - the edge table and its builder; shared by topology.c and topology_calls.c. */
#ifndef COLDCASE_TOPOLOGY_PRIV_H
#define COLDCASE_TOPOLOGY_PRIV_H

#include "snapshot/entity_priv.h"

struct topology_table {
	cc_edge *edges;          /* ordered: from, kind, to, detail */
	size_t count;
	size_t ids;              /* entities, plus 2: how long from_at and to_at are */
	uint32_t *from_at;       /* by entity: its first edge; [id + 1] is the end */
	uint32_t *by_to;         /* edge indices ordered by target */
	uint32_t *to_at;         /* by entity + 1: its first position in by_to */
};

typedef struct topology_builder {
	cc_snapshot *s;
	cc_map *ids;
	CC_VEC(cc_edge) edges;
	cc_sym service_kind;
	bool failed;
} topology_builder;

/* The edge of that from, kind, to and detail, added with count 0 when new; NULL when out of memory (builder marked).
 * The pointer holds until the next call. */
cc_edge *cc_topology_edge(topology_builder *b, const cc_edge *edge);
/* Adds the calls that spans show; false when out of memory. */
bool cc_topology_calls(topology_builder *b);

#endif
