/* hops.h - how far apart two things are on the map: over how many of its edges, whichever way they point. */
#ifndef COLDCASE_HOPS_H
#define COLDCASE_HOPS_H

#include "coldcase/topology.h"

#define CC_HOPS_NONE UINT32_MAX  /* no way leads there */

/* From any of the things in `from` (n of them) to every other: fills out[0 … cc_entity_count(s)], by entity id. What is one thing -
 * a Service, its Deployment, its pods - is no way apart. */
cc_code cc_hops_from(const cc_snapshot *s, const cc_entity_id *from, size_t n, uint32_t *out) CC_MUST_USE;

#endif
