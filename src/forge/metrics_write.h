/* metrics_write.h - what the writers of the two kinds of metric files share. */
#ifndef FORGE_METRICS_WRITE_H
#define FORGE_METRICS_WRITE_H

#include "forge/metrics_priv.h"
#include "forge/metrics_sink.h"

void mwrite_value(cc_buf *out, double v);              /* as out_float, fast for what is common */
bool mwrite_any(const forge_sim *s, const mmatrix *x, int column); /* has that series a sample inside the capture? */
cc_code mwrite_service(forge_sim *s, int service, cc_err *err) CC_MUST_USE; /* metrics_service.c */

#endif
