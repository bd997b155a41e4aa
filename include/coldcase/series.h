/* series.h - metric series: one metric name and label set of one pod or service, samples in time order.
 *
 * Exact duplicates are dropped, blocks of the files are merged and sorted. Values are as recorded (counters raw: rates are
 * query/rates). A value that is empty is NaN (stale). */
#ifndef COLDCASE_SERIES_H
#define COLDCASE_SERIES_H

#include "coldcase/literal.h"

typedef struct cc_series {
	cc_sym metric;
	cc_sym object;            /* pod or service name as the row (else the file name) spells it */
	cc_sym ns;
	cc_entity_id entity;
	uint32_t file;            /* as in cc_cite.file */
	bool is_service;          /* service_*_raw.tsv */
	bool counter;             /* by name (_total, _sum, _bucket, _count beside one of these) or service metric */
	const cc_kv *labels;      /* tags plus le/status_code from their columns; sorted by key */
	size_t label_count;
	const int64_t *times_ns;  /* count entries, ascending */
	const double *values;
	const uint32_t *records;  /* record number of each sample: {file, records[i]} cites it */
	size_t count;
} cc_series;

size_t cc_series_count(const cc_snapshot *s);
const cc_series *cc_series_get(const cc_snapshot *s, size_t i);  /* ordered: object, metric, labels */
cc_str cc_series_label(const cc_series *se, const char *key);    /* empty when absent */
void cc_series_format(const cc_snapshot *s, const cc_series *se, cc_buf *out); /* metric{k="v",…} without job/instance/prometheus noise */
/* First value at or before time_ns; false when none. */
bool cc_series_at(const cc_series *se, int64_t time_ns, double *value, size_t *index);

#endif
