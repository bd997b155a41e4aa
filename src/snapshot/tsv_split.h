/* tsv_split.h - one record cut into its fields: where nearly all the time of opening a snapshot is spent. */
#ifndef COLDCASE_SNAPSHOT_TSV_SPLIT_H
#define COLDCASE_SNAPSHOT_TSV_SPLIT_H

#include "coldcase/tsv.h"

/* Fills fields, field_count and open_quote of the record that starts at p; returns where it ends: its LF, or `end`.
 * No byte at or behind `end` is read. */
const char *cc_tsv_split(const char *p, const char *end, cc_tsv_row *row);
/* The same with vectors of at most so many bytes, which the above takes where the processor has no wider ones; byte by byte
 * is what machines without vectors do, and what the others are tested against. */
typedef enum tsv_width { TSV_BY_BYTE = 1, TSV_BY_16 = 16, TSV_BY_32 = 32, TSV_BY_64 = 64 } tsv_width;
const char *cc_tsv_split_by(tsv_width most, const char *p, const char *end, cc_tsv_row *row);

/* The length of a split record that begins at start and ends at record_end: a CR before its LF belongs to the line end and
 * is taken from the last field. At text_end there is no LF. */
size_t cc_tsv_drop_cr(cc_tsv_row *row, const char *start, const char *record_end, const char *text_end);

#endif
