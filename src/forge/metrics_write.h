/* metrics_write.h - what the writers of the two kinds of metric files share: a series as a line, and its samples. */
#ifndef FORGE_METRICS_WRITE_H
#define FORGE_METRICS_WRITE_H

#include "forge/metrics_priv.h"
#include "forge/metrics_sink.h"

/* One series to be written. after: the rest of its rows behind the value; does not change along it. */
typedef struct mline { int group, column; const char *metric; cc_str after; } mline;
typedef CC_VEC(mline) mlines;

bool mwrite_any(const forge_sim *s, const mmatrix *x, int column); /* has the series a sample inside the capture? */
/* Adds a line; copies what `after` holds into the arena and frees it. False: memory is out. */
bool mwrite_line(mlines *to, cc_arena *arena, mline line, cc_buf *after);
/* Writes row r of x, a sample for each of the lines of that group; nothing when it lies outside the capture. Samples
 * written. stamp is room for a text. */
uint64_t mwrite_row(const forge_sim *s, msink *k, const mmatrix *x, size_t r, int group, const mline *lines, size_t n,
	cc_buf *stamp);
void mwrite_value(cc_buf *out, double v);              /* as out_float, fast for what is common */
cc_code mwrite_service(forge_sim *s, int service, cc_err *err) CC_MUST_USE; /* metrics_service.c */

#endif
