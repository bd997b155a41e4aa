/* bodies.h - the bodies of all log records in memory, for questions that look at every one of them. */
#ifndef COLDCASE_SNAPSHOT_BODIES_H
#define COLDCASE_SNAPSHOT_BODIES_H

#include "snapshot/snapshot_priv.h"

typedef struct body_store body_store;

/* Reads and decodes column `names` of every record of the log files. NULL: out of memory, canceled, or a file cannot be
 * read any more; then bodies are read singly as before. */
body_store *cc_bodies_read(const cc_snapshot *s, const char *names, cc_cancel *cancel);
void cc_bodies_free(body_store *b);              /* NULL is fine */
/* False where the store does not hold it. The text lives as long as the store. */
bool cc_bodies_get(const body_store *b, cc_cite cite, cc_str *text);

#endif
