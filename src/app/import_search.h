/* import_search.h - what of the evidence a shell command's search comes upon; see import_search.c. */
#ifndef COLDCASE_APP_IMPORT_SEARCH_H
#define COLDCASE_APP_IMPORT_SEARCH_H

#include "coldcase/cancel.h"
#include "coldcase/import.h"

typedef struct app_import_lookup {
	const cc_snapshot *snapshot;
	cc_cancel *cancel;       /* a run may hold any number of searches: when it is due no more of them are told. NULL = never */
	size_t untold;           /* how many that left out */
} app_import_lookup;

/* For cc_import_options: `arg` is an app_import_lookup. */
bool app_import_search(void *arg, const cc_shell_search *s, size_t file, cc_import_records *out);

#endif
