/* series_priv.h - the series table, shared by its loader and its readers. */
#ifndef COLDCASE_SNAPSHOT_SERIES_PRIV_H
#define COLDCASE_SNAPSHOT_SERIES_PRIV_H

#include "snapshot/snapshot_priv.h"

struct series_table {
	CC_VEC(cc_series) rows;  /* by object, metric, labels once loaded */
	CC_VEC(cc_arena *) arenas; /* of their samples */
};

void cc_series_sort(cc_snapshot *s, series_table *t);

#endif
