/* out.h - cells exactly as the recorder of the snapshots prints them: pandas to_csv over Python values. */
#ifndef FORGE_OUT_H
#define FORGE_OUT_H

#include "coldcase/buf.h"

void out_field(cc_buf *out, cc_str text);            /* TSV field, quoted only if it must be */
void out_repr(cc_buf *out, cc_str text);             /* Python string literal */
void out_map(cc_buf *out, bool *first, const char *key, cc_str value); /* one entry of a dict cell; opens it when *first */
void out_map_end(cc_buf *out, bool first);
void out_float(cc_buf *out, double v);               /* as Python prints a float: 12.0, 1e-05 */
void out_gofloat(cc_buf *out, double v);             /* as Go prints with %e: 4e-01 */
void out_time_s(cc_buf *out, int64_t ns);            /* 2025-12-15T17:24:32Z */
void out_time_us(cc_buf *out, int64_t ns);           /* 2025-12-15T17:24:32.123456Z */
void out_stamp_ns(cc_buf *out, int64_t ns);          /* 2025-12-15 17:24:32.123456789 */
void out_stamp_ms(cc_buf *out, int64_t ns);          /* 2025-12-15 17:24:32.123 */
void out_stamp_s(cc_buf *out, int64_t ns);           /* 2025-12-15 17:24:32 */
void out_datetime(cc_buf *out, int64_t ns);          /* datetime.datetime(2025, 12, 15, 17, 24, 32, 123456) */
void out_hex16(cc_buf *out, uint64_t v);
void out_u64(cc_buf *out, uint64_t v);
void out_uuid(cc_buf *out, uint64_t seed);           /* a version 4 UUID made from the number */

/* "Timestamp TimestampTime … LogAttributes [EventName]" of the three log-shaped files, and one row of them. */
typedef struct out_log_row {
	int64_t t;
	cc_str trace, span, service, body, resource, attrs; /* resource, attrs: map cells */
	int flags, number;
	const char *severity, *scope, *scope_version;
} out_log_row;
void out_log_header(cc_buf *out, bool event_name);
void out_log_line(cc_buf *out, const out_log_row *r, bool event_name);

#endif
