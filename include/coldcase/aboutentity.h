/* aboutentity.h - everything known about one entity, before and after the onset, each fact with its citation. */
#ifndef COLDCASE_ABOUTENTITY_H
#define COLDCASE_ABOUTENTITY_H

#include "coldcase/cancel.h"
#include "coldcase/entity.h"

typedef enum cc_about_section {
	CC_ABOUT_ALERTS, CC_ABOUT_EVENTS, CC_ABOUT_CHANGES, CC_ABOUT_CALLEE /* calls it received */, CC_ABOUT_CALLER /* calls it made */,
	CC_ABOUT_ORIGINS /* errors that began in it */, CC_ABOUT_PATTERNS, CC_ABOUT_METRICS, CC_ABOUT_NEIGHBOURS, CC_ABOUT_STATE,
	CC_ABOUT_SECTIONS
} cc_about_section;

typedef struct cc_about_fact {
	cc_about_section section;
	int64_t time_ns;          /* when; CC_TIME_NONE = holds throughout */
	bool fresh;               /* began at or after the onset */
	uint8_t severity;         /* 0 none, 1 info, 2 warning, 3 critical */
	cc_str text;              /* one line, outside text raw */
	double before, after;     /* error share, ms, median …: NaN when not a measure */
	cc_entity_id entity;      /* whom it is about (a pod of it, a neighbour) */
	cc_cite cite;             /* file 0 = none */
	cc_str drill;             /* filter text for the section's table ("service=cart level>=warn"), may be empty */
} cc_about_fact;

typedef struct cc_about cc_about;

typedef struct cc_about_options {
	int64_t onset_ns;         /* CC_TIME_NONE = cc_onset_of, else the middle of the capture */
	bool no_onset;            /* the former is not tried */
	cc_range range;           /* both CC_TIME_NONE = whole capture; `to` = "as known then" */
	size_t per_section;       /* best n of each section; 0 = 5 */
	bool no_state;            /* states are not judged */
	cc_cancel *cancel;
} cc_about_options;

cc_code cc_about_build(cc_about **out, const cc_snapshot *s, cc_entity_id entity, const cc_about_options *opt, cc_err *err) CC_MUST_USE;
void cc_about_free(cc_about *a);
size_t cc_about_count(const cc_about *a);                 /* states that are critical first, then by section, in each the strongest first */
const cc_about_fact *cc_about_get(const cc_about *a, size_t i);
/* How many facts a section had before the cut; 0 with has_data false = there is no evidence of this kind at all ("no
 * data"), 0 with true = nothing notable. */
size_t cc_about_total(const cc_about *a, cc_about_section section, bool *has_data);
int64_t cc_about_onset(const cc_about *a);
const char *cc_about_section_name(cc_about_section section);  /* "alerts", "events" … */

#endif
