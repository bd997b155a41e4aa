/* import_search.h - what of the evidence a shell command's search comes upon; see import_search.c. */
#ifndef COLDCASE_APP_IMPORT_SEARCH_H
#define COLDCASE_APP_IMPORT_SEARCH_H

#include "coldcase/import.h"

/* For cc_import_options: s is the snapshot of `arg`. */
bool app_import_search(const void *arg, const cc_shell_search *s, size_t file, cc_import_records *out);

#endif
