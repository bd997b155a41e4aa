/* alertview.h - alerts as a list shows them: their state at a moment, what they did from file to file, what tells instances apart,
 * groups of them, and how far an alert's subject reaches.
 *
 * The recorder lists firing alerts only. But an alert that is seen firing later says since when it was active (activeAt): between
 * the two it was pending, although no file lists it. */
#ifndef COLDCASE_ALERTVIEW_H
#define COLDCASE_ALERTVIEW_H

#include "coldcase/alerts.h"
#include "coldcase/filter.h"

typedef enum cc_alert_state { CC_ALERT_LATER, CC_ALERT_PENDING, CC_ALERT_FIRING, CC_ALERT_ENDED, CC_ALERT_ALWAYS } cc_alert_state;

/* at_ns CC_TIME_NONE: at the end of the capture. */
cc_alert_state cc_alert_state_at(const cc_snapshot *s, const cc_alert *a, int64_t at_ns);
const char *cc_alert_state_name(cc_alert_state v);            /* "later", "pending", "firing", "ended", "always" */
const cc_alert_sample *cc_alert_sample_at(const cc_alert *a, int64_t at_ns);   /* last observation by then; NULL = none */
int64_t cc_alert_lasted(const cc_alert *a, int64_t at_ns);    /* onset to last observation by then; CC_TIME_NONE = not begun */

/* A cell an alert file; slices of equal numbers of files when there are more than `max`. */
typedef struct cc_alert_strip {
	size_t count;
	double *seen;      /* observations that fired; 0 = listed and not firing, NaN = not listed */
	double *values;    /* largest value of those that fired, NaN = none */
	char *letters;     /* '#' fired, '-' active and not firing (pending), '.' not active */
} cc_alert_strip;
cc_code cc_alert_strip_make(cc_alert_strip *out, const cc_snapshot *s, const cc_alert *a, size_t max, cc_arena *arena) CC_MUST_USE;
/* The cell a moment falls into; SIZE_MAX before the first file or without files. */
size_t cc_alert_strip_slice(const cc_snapshot *s, size_t count, int64_t at_ns);

/* "source=reviews response_code=503": the labels by which `a` differs from other alerts of its name among rows, without those
 * that its subject says already; first those that tell it from others of the same subject. keys false: values alone.
 * Text in the arena; empty = nothing. */
cc_str cc_alert_differs(const cc_snapshot *s, const cc_index_vec *rows, const cc_alert *a, bool keys, cc_arena *arena);

typedef enum cc_alert_by { CC_ALERT_BY_NONE, CC_ALERT_BY_NAME, CC_ALERT_BY_ENTITY, CC_ALERT_BY_NAMESPACE, CC_ALERT_BY_SEVERITY } cc_alert_by;
typedef enum cc_alert_sort { CC_ALERT_SORT_ONSET, CC_ALERT_SORT_SEVERITY, CC_ALERT_SORT_DURATION, CC_ALERT_SORT_BLAST } cc_alert_sort;

/* Orders rows; stable, so that what is equal stays in order of onset. */
cc_code cc_alerts_sort(cc_index_vec *rows, const cc_snapshot *s, cc_alert_sort by, int64_t at_ns, cc_arena *arena) CC_MUST_USE;
/* Services that call the alert's subject, directly or through others: who may feel it. */
uint32_t cc_alert_blast(const cc_snapshot *s, const cc_alert *a);

typedef struct cc_alert_group {
	cc_str key;                        /* in the arena; "-" for alerts without such a thing */
	const uint32_t *rows; size_t count;/* of cc_alerts_get, in the order given */
	uint32_t firing;                   /* how many fire at the moment */
	cc_severity severity;              /* the gravest */
	cc_sym severity_text;
	cc_entity_id entity;               /* the one subject of all, else 0 */
	int64_t onset_ns;                  /* the earliest */
	cc_str shared;                     /* "namespace=otel-demo severity=warning": labels that all of several members have alike */
} cc_alert_group;
typedef CC_VEC(cc_alert_group) cc_alert_group_vec;

/* Groups in the order of their first row. Release with cc_vec_deinit. */
cc_code cc_alerts_group(cc_alert_group_vec *out, const cc_snapshot *s, const cc_index_vec *rows, cc_alert_by by, int64_t at_ns,
	cc_arena *arena) CC_MUST_USE;

#endif
