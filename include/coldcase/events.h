/* events.h - Kubernetes events: both API shapes, repeats and re-deliveries of one uid merged into one. */
#ifndef COLDCASE_EVENTS_H
#define COLDCASE_EVENTS_H

#include "coldcase/entity.h"

typedef struct cc_event {
	int64_t first_ns, last_ns;   /* of the happening (fallback chain of the snapshot description §4), not of the row */
	int64_t received_ns;         /* row time of the first delivery */
	cc_entity_id entity;         /* the subject */
	cc_sym ns, kind, name;       /* subject as the event names it */
	cc_sym reason, source;       /* source component or reporting controller */
	cc_sym host;
	cc_sym field_path;           /* spec.containers{payment}; may be empty */
	bool warning;                /* type Warning */
	bool expired;                /* a DELETED row was seen: the Event object's own end, not a happening */
	bool only_expired;           /* nothing but DELETED rows: an older happening */
	int64_t count;               /* occurrences: largest count seen, at least 1 */
	uint32_t rows;               /* rows merged */
	cc_str message;
	cc_cite cite;                /* the row with the largest count (decisive) */
	const cc_cite *cites; size_t cite_count;  /* all rows */
} cc_event;

size_t cc_events_count(const cc_snapshot *s);      /* ordered by last_ns, then first row */
const cc_event *cc_events_get(const cc_snapshot *s, size_t i);
size_t cc_events_lower_bound(const cc_snapshot *s, int64_t time_ns);  /* first event with last_ns >= time_ns */
uint64_t cc_events_expired_rows(const cc_snapshot *s);

#endif
