/* alerts_priv.h - one alert item in neutral form, and the table that merges observations by label set. */
#ifndef COLDCASE_ALERTS_PRIV_H
#define COLDCASE_ALERTS_PRIV_H

#include "snapshot/entity_priv.h"

typedef struct alert_entry {
	cc_alert pub;
	CC_VEC(cc_alert_sample) samples;     /* of files that list every alert */
	CC_VEC(cc_alert_sample) extra;       /* of alerts_in_alerting_state files: only when there are no others */
	const cc_kv *annotations;
	size_t annotation_count;
	int64_t annotated_ns;                /* observation the annotations are from */
} alert_entry;

struct alerts_table {
	CC_VEC(alert_entry) entries;
	CC_VEC(int64_t) full;                /* observation times of files that list every alert */
	const int64_t *ticks;                /* all columns of a firing strip */
	size_t tick_count;
};

/* One alert of a file, whatever its shape. Labels live in the snapshot's arena, sorted by key. */
typedef struct alert_item {
	const cc_kv *labels; size_t label_count;
	const cc_kv *annotations; size_t annotation_count;
	int64_t active_ns;
	double value;
	cc_str value_text;
	bool firing;
} alert_item;

typedef enum alert_read { ALERT_READ_OK, ALERT_READ_NONE /* not an alert */, ALERT_READ_NOMEM } alert_read;

/* The alerts of a document in order; group objects with an inner "alerts" list are opened. *at starts zeroed. */
typedef struct alert_walk { const cc_json *outer, *inner; bool started; } alert_walk;
const cc_json *cc_alert_next(const cc_json *root, alert_walk *walk);
alert_read cc_alert_item_read(cc_arena *arena, alert_item *out, const cc_json *v);

/* Which thing an alert is about. */
cc_entity_id cc_alert_subject(const cc_snapshot *s, const cc_alert *a);
bool cc_alert_subject_note(cc_snapshot *s, const cc_alert *a);
cc_str cc_alert_namespace(const cc_alert *a);

#endif
