/* identity.h - who emitted the rows of a table: the distinct (namespace, service, pod) triples and their entities.
 *
 * Triples are few and rows are many: entities are looked up once per triple, and a row keeps the triple's number until
 * entities are known. */
#ifndef COLDCASE_SNAPSHOT_IDENTITY_H
#define COLDCASE_SNAPSHOT_IDENTITY_H

#include "snapshot/load.h"

typedef struct row_identity {
	cc_sym ns, service, pod;
} row_identity;

typedef struct identity_set {
	cc_arena *keys;
	cc_map *triples;         /* bytes of a triple -> index of distinct */
	CC_VEC(row_identity) distinct;
	CC_VEC(cc_entity_id) entities; /* of each distinct triple, once bound */
} identity_set;

bool cc_identity_init(identity_set *set);
void cc_identity_deinit(identity_set *set);
/* Gives the emitters that a piece names their numbers in the set: worker->whos.global then holds index + 1. */
bool cc_identity_take(identity_set *set, const load_piece *p);
/* Resolves every distinct triple: its Pod, else its service's entity. */
cc_code cc_identity_bind(cc_snapshot *s, identity_set *set, cc_err *err) CC_MUST_USE;

#endif
