/* identity.h - who emitted a row of telemetry: (namespace, service, pod), resolved once per distinct attribute cell.
 *
 * Attribute maps repeat massively, so the raw cell is the key of a memo; and the distinct triples are few, so entities
 * are looked up per triple and not per row. */
#ifndef COLDCASE_SNAPSHOT_IDENTITY_H
#define COLDCASE_SNAPSHOT_IDENTITY_H

#include "snapshot/snapshot_priv.h"

typedef struct row_identity {
	cc_sym ns, service, pod;
} row_identity;

typedef struct identity_set {
	cc_map *cells; /* raw attribute cell -> index of from_cell */
	CC_VEC(row_identity) from_cell;
	cc_str last_cell;
	size_t last;
	cc_arena *scratch, *keys;
	cc_map *triples; /* bytes of a triple -> index of distinct */
	CC_VEC(row_identity) distinct;
	CC_VEC(cc_entity_id) entities; /* of each distinct triple, once bound */
	cc_kv_vec pairs;
} identity_set;

bool cc_identity_init(identity_set *set);
void cc_identity_deinit(identity_set *set);
/* What a raw (still quoted) attribute cell says; absent keys give 0. *is_map is false for text that is no map. */
row_identity cc_identity_of_cell(cc_snapshot *s, identity_set *set, cc_str raw, bool *is_map);
/* Notes the final triple of a row. */
void cc_identity_add(cc_snapshot *s, identity_set *set, row_identity id);
/* Resolves every distinct triple: its Pod, else its service's entity. */
cc_code cc_identity_bind(cc_snapshot *s, identity_set *set, cc_err *err) CC_MUST_USE;
cc_entity_id cc_identity_entity(const identity_set *set, row_identity id);

#endif
