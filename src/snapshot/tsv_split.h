/* tsv_split.h - one record cut into its fields: where nearly all the time of opening a snapshot is spent. */
#ifndef COLDCASE_SNAPSHOT_TSV_SPLIT_H
#define COLDCASE_SNAPSHOT_TSV_SPLIT_H

#include "coldcase/tsv.h"

/* Fills fields, field_count and open_quote of the record that starts at p; returns where it ends: its LF, or `end`.
 * No byte at or behind `end` is read. */
const char *cc_tsv_split(const char *p, const char *end, cc_tsv_row *row);
/* The same with 16-byte vectors, which the above takes where the processor has no wider ones. */
const char *cc_tsv_split_narrow(const char *p, const char *end, cc_tsv_row *row);
/* The same, byte by byte: what machines without vectors use, and what the fast one is tested against. */
const char *cc_tsv_split_plain(const char *p, const char *end, cc_tsv_row *row);

#endif
