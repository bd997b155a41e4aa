/* eventgroups.h - events that say the same of one workload: fifty pods that cannot be made are one trouble. */
#ifndef COLDCASE_EVENTGROUPS_H
#define COLDCASE_EVENTGROUPS_H

#include "coldcase/events.h"
#include "coldcase/filter.h"

typedef struct cc_event_group {
	cc_sym reason;
	cc_entity_id workload;     /* top owner of the subjects, else the subject */
	bool warning;
	int64_t count;             /* occurrences of all */
	uint32_t events, objects;  /* events merged; distinct subjects */
	int64_t first_ns, last_ns;
	double before, after;      /* occurrences before the pivot and from it on; an event that repeats is taken to do so evenly
	                              between its first and last time */
	bool novel;                /* nothing of this reason happened to this workload before the pivot */
	cc_str message;            /* of the example, generated names masked */
	uint32_t example;          /* event index: the last one */
} cc_event_group;
typedef CC_VEC(cc_event_group) cc_event_group_vec;

/* rows: event indices. Grouped by type, reason, workload and masked message; newest last occurrence first. Texts in the
 * arena. pivot_ns CC_TIME_NONE: everything counts as before, nothing is novel. CC_ENOMEM. */
cc_code cc_event_groups(cc_event_group_vec *out, const cc_snapshot *s, const cc_index_vec *rows, int64_t pivot_ns, cc_arena *arena)
	CC_MUST_USE;
/* Leaves what is novel, or happens at least twice as often a minute since the pivot; warnings first, then the most frequent. */
void cc_event_groups_new(cc_event_group_vec *groups, cc_range history, int64_t pivot_ns);
bool cc_event_group_grew(const cc_event_group *g, cc_range history, int64_t pivot_ns);
cc_range cc_event_history(const cc_snapshot *s);   /* from the oldest event, or the beginning of the capture, to its end */
/* A message with generated names, numbers and ids masked, images not: pods "cart-<id>" is forbidden: used: pods=<num>. */
void cc_event_mask(cc_str message, cc_buf *out);
cc_str cc_event_shown(cc_str message, cc_arena *arena);   /* as a group is shown: numbers stay, generated names are masked */

#endif
