/* hint_lead.h - where to look when nobody wrote it down: the one piece of evidence that the coach's own ladder leads to. */
#ifndef COLDCASE_CMD_HINT_LEAD_H
#define COLDCASE_CMD_HINT_LEAD_H

#include "cmd/evidence.h"

typedef struct cc_hint_lead {
	const char *pane, *rung;     /* where it is, and in a sentence why to look there; pane NULL = nothing was found */
	cc_entity_id entity;
	cc_str line;                 /* command that shows it */
	cc_str says;
	int64_t distance_ns;         /* from the onset */
} cc_hint_lead;

/* A wrong state that can reach what alerts; else the nearest change before the onset; else the nearest warning; else the first alert. */
cc_code cc_hint_lead_find(cc_call *c, cc_hint_lead *out, cc_err *err) CC_MUST_USE;

#endif
