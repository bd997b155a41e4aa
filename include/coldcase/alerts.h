/* alerts.h - alerts deduplicated by their full label set, with onset and firing intervals. */
#ifndef COLDCASE_ALERTS_H
#define COLDCASE_ALERTS_H

#include "coldcase/literal.h"

typedef enum cc_severity { CC_SEVERITY_NONE, CC_SEVERITY_INFO, CC_SEVERITY_WARNING, CC_SEVERITY_CRITICAL } cc_severity;

typedef struct cc_alert_sample {
	int64_t time_ns;        /* observation: file name stamp, else the body's timestamp */
	int64_t active_ns;      /* activeAt; CC_TIME_NONE when missing */
	double value;           /* NaN when missing */
	cc_str value_text;      /* as recorded: "4e-01" */
	bool firing;            /* state firing (or missing) rather than pending */
	cc_cite cite;
} cc_alert_sample;

typedef struct cc_alert {
	cc_sym name;            /* alertname; "Unknown" when unlabelled */
	cc_severity severity;
	cc_sym severity_text;
	cc_sym ns;
	cc_entity_id entity;    /* its subject by the label order of the snapshot description §2.3; 0 = none (only cluster) */
	const cc_kv *labels; size_t label_count;            /* sorted by key */
	const cc_kv *annotations; size_t annotation_count;  /* of the last observation */
	const cc_alert_sample *samples; size_t sample_count;/* in time order; files that repeat an observation are merged */
	const cc_range *intervals; size_t interval_count;   /* firing intervals: runs of observations in consecutive files with the
	                                                       same activeAt; from = first observation, to = last */
	int64_t onset_ns;       /* smallest activeAt inside the capture, else the first observation */
	int64_t first_ns, last_ns; /* first and last observation */
	bool background;        /* in the first file, active before the capture, in every file: noise, not a symptom */
	bool active_before;     /* activeAt of the first observation lies before the first file (but it is not background) */
} cc_alert;

size_t cc_alerts_count(const cc_snapshot *s);     /* ordered: background last, then onset, name, labels */
const cc_alert *cc_alerts_get(const cc_snapshot *s, size_t i);
cc_str cc_alerts_label(const cc_alert *a, const char *key);
/* Observation times of all alert files, ascending: the columns of a firing strip. */
const int64_t *cc_alerts_ticks(const cc_snapshot *s, size_t *count);
/* Smallest onset of the alerts that are neither background nor active before the capture; CC_TIME_NONE without one. */
int64_t cc_alerts_onset(const cc_snapshot *s);
const char *cc_severity_name(cc_severity v);      /* "critical" */
char cc_severity_letter(cc_severity v);           /* C W i - */

#endif
