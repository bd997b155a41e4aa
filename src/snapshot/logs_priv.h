/* logs_priv.h - the log table. */
#ifndef COLDCASE_SNAPSHOT_LOGS_PRIV_H
#define COLDCASE_SNAPSHOT_LOGS_PRIV_H

#include "snapshot/identity.h"

struct logs_table {
	CC_VEC(cc_logrec) rows;  /* by time */
	identity_set who;        /* while loading */
};

#endif
