/* idtable.h - distinct trace ids, numbered from 1: 24 bytes an id, where a dictionary of texts takes three times as much. */
#ifndef COLDCASE_SNAPSHOT_IDTABLE_H
#define COLDCASE_SNAPSHOT_IDTABLE_H

#include "coldcase/logs.h"
#include "coldcase/vec.h"

typedef struct id_table {
	CC_VEC(cc_id128) ids;    /* ids.p[number - 1] */
	uint32_t *slots;         /* number; 0 = free */
	size_t slot_count;       /* a power of two, at most half full; 0 = nothing added yet */
} id_table;

uint32_t cc_id_add(id_table *t, cc_id128 id);           /* its number; 0 when out of memory */
/* It will be added or looked for soon: the memory that takes is fetched meanwhile. */
void cc_id_expect(const id_table *t, cc_id128 id);
uint32_t cc_id_find(const id_table *t, cc_id128 id);    /* its number; 0 when it was never added */
void cc_id_table_deinit(id_table *t);

#endif
