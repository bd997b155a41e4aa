/* asof.h - the snapshot as it was known at a moment: what its files share.
 *
 * It is a snapshot of its own over the same files, texts and entities as the whole one, with tables cut at the moment: a log
 * record is known at its time, a span when it ended, a sample, an alert's observation, an event's delivery and an object's poll
 * when they were made. Whoever holds it cannot look further, whichever question he asks: that is the whole of the horizon.
 *
 * Large tables are cut, not read again; alerts and events, which are small and merge many rows into one, are merged anew from
 * the rows that were known (their loaders look at s->until_ns). Entities keep their ids; names are known ahead, deeds are not. */
#ifndef COLDCASE_SNAPSHOT_ASOF_H
#define COLDCASE_SNAPSHOT_ASOF_H

#include "snapshot/snapshot_priv.h"

/* Each makes a table of s out of that of s->whole; false when memory is out. Everything lies in the arena of s. */
bool cc_asof_objects(cc_snapshot *s);
bool cc_asof_spans(cc_snapshot *s);

/* Whether the cited record was there by s->until_ns. Of a whole snapshot: always. */
bool cc_asof_knows(const cc_snapshot *s, cc_cite cite);

/* Frees what belongs to the cut snapshot alone. */
void cc_asof_unload(cc_snapshot *s);

#endif
