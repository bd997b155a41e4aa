/* events_priv.h - one event row in neutral form, and the table that merges rows. */
#ifndef COLDCASE_EVENTS_PRIV_H
#define COLDCASE_EVENTS_PRIV_H

#include "snapshot/entity_priv.h"
#include "snapshot/k8sbody_priv.h"

/* What both API shapes and the processed form say. Texts are borrowed from the parsed row. */
typedef struct event_row {
	cc_str uid, event_ns, event_name;        /* the Event object's own */
	cc_str ns, kind, name, field_path;       /* subject */
	cc_str reason, message, source, host;
	bool warning, expired;
	bool own_time;                           /* a time from inside the event, not the row's */
	int64_t first_ns, last_ns, received_ns;
	int64_t count;                           /* at least 1 */
} event_row;

typedef struct event_entry {
	cc_event pub;
	CC_VEC(cc_cite) cites;
	bool last_is_expiry;                     /* no better time is known yet than that of an expiry row */
} event_entry;

struct events_table {
	CC_VEC(event_entry) entries;
	uint64_t expired_rows;
};

/* False when the object is no event (no subject and no reason). */
bool cc_event_row_json(event_row *out, const cc_json *event, cc_watch watch, int64_t received_ns);
bool cc_event_row_columns(
	event_row *out, const cc_tsv *t, const cc_tsv_row *row, int64_t received_ns, cc_arena *scratch);

/* What chaos events say in words: "Successfully apply chaos for <ns>/<pod>…", "Create new object: <name>". */
bool cc_event_chaos_target(const cc_snapshot *s, const cc_event *e, cc_str *ns, cc_str *pod);
bool cc_event_spawned(const cc_snapshot *s, const cc_event *e, cc_str *name);

#endif
