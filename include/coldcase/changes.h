/* changes.h - every change of the cluster's objects during the capture, in time order. */
#ifndef COLDCASE_CHANGES_H
#define COLDCASE_CHANGES_H

#include "coldcase/cancel.h"
#include "coldcase/diff.h"
#include "coldcase/vec.h"

typedef enum cc_change_kind { CC_CHANGE_CREATED, CC_CHANGE_MODIFIED, CC_CHANGE_DELETED } cc_change_kind;

typedef struct cc_spec_change {
	cc_change_kind kind;
	uint32_t object;          /* index for cc_objects_get */
	uint32_t before, after;   /* observations of it; UINT32_MAX when there is none */
	cc_entity_id entity;
	int64_t time_ns;          /* best known: creationTimestamp, deletionTimestamp or the field manager's time inside the interval,
	                             else the observation that showed it */
	int64_t from_ns, to_ns;   /* the change lies in (from, to]: previous and this poll; from CC_TIME_NONE = unknown */
	cc_str line;              /* "image payment:1.4 -> 1.5; env X added" */
	cc_str manager;           /* field manager that wrote last ("kubectl-edit"), may be empty */
	cc_str verb;              /* what it did: "Update", "Apply" of the field manager's entry; may be empty */
	size_t items, hidden;     /* listed differences, churn left out */
	cc_diff_weight weight;    /* heaviest item: status-only changes are CC_DIFF_STATUS */
	cc_cite cite;             /* the observation that showed it */
} cc_spec_change;

typedef struct cc_changes cc_changes;

typedef struct cc_changes_options {
	cc_entity_id focus;       /* 0 = all */
	cc_range range;           /* both CC_TIME_NONE = all */
	bool with_status;         /* also changes of nothing but status */
	cc_cancel *cancel;
} cc_changes_options;

/* Objects that already existed at the first poll of their resource type are not "created". Ordered by time, then
 * entity text. */
cc_code cc_changes_build(cc_changes **out, const cc_snapshot *s, const cc_changes_options *opt, cc_err *err) CC_MUST_USE;
void cc_changes_free(cc_changes *c);
size_t cc_changes_count(const cc_changes *c);
const cc_spec_change *cc_changes_get(const cc_changes *c, size_t i);
const char *cc_change_kind_name(cc_change_kind k);   /* "created", "modified", "deleted" */

#endif
