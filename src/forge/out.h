/* out.h - cells exactly as the recorder of the snapshots prints them: pandas to_csv over Python values. */
#ifndef FORGE_OUT_H
#define FORGE_OUT_H

#include <string.h>
#include "coldcase/buf.h"

/* Appending without a call in the common case. */
static inline void out_put(cc_buf *out, const char *p, size_t n)
{
	if (n == 0) return;
	if (out->p && n < out->cap - out->n) {
		memcpy(out->p + out->n, p, n);
		out->n += n;
		out->p[out->n] = '\0';
	} else {
		cc_buf_add(out, (cc_str){ p, n });
	}
}
static inline void out_str(cc_buf *out, cc_str text) { out_put(out, text.p, text.n); }
#define OUT_LIT(out, lit) out_put((out), "" lit, sizeof(lit) - 1)

void out_field(cc_buf *out, cc_str text);            /* TSV field, quoted only if it must be */
void out_field_end(cc_buf *out, size_t from);        /* makes what was added since `from` a field, in place */
void out_repr(cc_buf *out, cc_str text);             /* Python string literal */
void out_repr_inner(cc_buf *out, cc_str text, char quote); /* what stands between such quotes */
char out_repr_quote(cc_str text);                    /* the kind of quote Python chooses */
void out_map(cc_buf *out, bool *first, const char *key, cc_str value); /* an entry of a dict cell; *first: opens it */
void out_map_end(cc_buf *out, bool first);
void out_float(cc_buf *out, double v);               /* as Python prints a float: 12.0, 1e-05 */
void out_gofloat(cc_buf *out, double v);             /* as Go prints with %e: 4e-01 */
void out_govalue(cc_buf *out, double v);             /* as Go prints with %v: 12, 1e+09 */
void out_time_s(cc_buf *out, int64_t ns);            /* 2025-12-15T17:24:32Z */
void out_time_us(cc_buf *out, int64_t ns);           /* 2025-12-15T17:24:32.123456Z */
void out_stamp_ns(cc_buf *out, int64_t ns);          /* 2025-12-15 17:24:32.123456789 */
void out_stamp_ms(cc_buf *out, int64_t ns);          /* 2025-12-15 17:24:32.123 */
void out_stamp_s(cc_buf *out, int64_t ns);           /* 2025-12-15 17:24:32 */
void out_clf(cc_buf *out, int64_t ns);               /* 15/Dec/2025:17:24:32 +0000 */
void out_datetime(cc_buf *out, int64_t ns);          /* datetime.datetime(2025, 12, 15, 17, 24, 32, 123456) */
void out_hex16(cc_buf *out, uint64_t v);
void out_u64(cc_buf *out, uint64_t v);
void out_i64(cc_buf *out, int64_t v);
void out_uuid(cc_buf *out, uint64_t seed);           /* a version 4 UUID made from the number */

/* "Timestamp TimestampTime … LogAttributes [EventName]" of the three log-shaped files, and a row of events or objects:
 * those of log records are made in tel_log.c, without a copy of the body. */
typedef struct out_log_row {
	int64_t t;
	cc_str trace, span, service, body, resource, attrs; /* resource, attrs: map cells; attrs empty: {} */
	int flags, number;
	const char *severity, *scope, *scope_version;
} out_log_row;
void out_log_header(cc_buf *out, bool event_name);
void out_log_line(cc_buf *out, const out_log_row *r, bool event_name);

#endif
