/* bodies.h - the bodies of all log records in memory, for questions that look at every one of them. */
#ifndef COLDCASE_SNAPSHOT_BODIES_H
#define COLDCASE_SNAPSHOT_BODIES_H

#include "snapshot/snapshot_priv.h"

log_bodies *cc_bodies_new(void);                 /* holds nothing yet; NULL when out of memory */
void cc_bodies_free(log_bodies *b);              /* NULL is fine */
/* Reads and decodes column `names` of every record of the log files, the first time; whoever asks meanwhile waits. When
 * memory is out, it is canceled, or a file cannot be read any more, bodies are read singly as before. */
void cc_bodies_read(const cc_snapshot *s, const char *names, cc_cancel *cancel);
/* Begins to read them in the background, if their files are not too large; cc_bodies_free ends that. `names` must last. */
void cc_bodies_warm(const cc_snapshot *s, const char *names);
/* False where s->bodies does not hold it. The text lives as long as the snapshot. */
bool cc_bodies_get(const cc_snapshot *s, cc_cite cite, cc_str *text);

#endif
