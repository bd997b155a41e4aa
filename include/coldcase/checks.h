/* checks.h - rules on the state of the cluster's objects: what is wrong with them as they stand.
 *
 * A short capture may show no change at all; then the state itself is the only evidence. Each rule has a name, says what it
 * looks for and why that matters, and each finding names the record that shows it. The state is judged twice: at one time, and
 * before the onset; what was not wrong then is fresh. */
#ifndef COLDCASE_CHECKS_H
#define COLDCASE_CHECKS_H

#include "coldcase/cancel.h"
#include "coldcase/objects.h"

typedef struct cc_check_rule {
	const char *name;         /* "selector-empty"; frozen */
	const char *what, *why;   /* one line each */
	bool symptom;             /* usually follows from something else: listed behind what may be that */
} cc_check_rule;

size_t cc_check_rule_count(void);
const cc_check_rule *cc_check_rule_get(size_t i);

typedef struct cc_finding {
	const cc_check_rule *rule; /* NULL: a remark, nothing is wrong */
	uint8_t severity;         /* 0 a remark, 1 info, 2 warning, 3 critical */
	bool fresh;               /* was not so before the onset */
	cc_entity_id entity;      /* what is wrong: the object judged, or one it names that does not exist */
	uint32_t object;          /* the object judged, for cc_objects_get; UINT32_MAX = told by events only */
	cc_cite cite;             /* its observation */
	cc_str text;              /* what is wrong, without the entity: "selector app=x matches no pod" */
	double value;             /* a count, or NaN */
} cc_finding;
typedef CC_VEC(cc_finding) cc_finding_vec;

/* Judges single objects. The snapshot must outlive it; texts of findings live as long as it. */
typedef struct cc_checker cc_checker;

/* The state the capture began with: just after the first polls. What went wrong since then came during the capture, and before
 * alerts told of it. CC_TIME_NONE when nothing was polled twice: nothing can be compared. */
int64_t cc_checks_beginning(const cc_snapshot *s);
/* at_ns: the state judged, CC_TIME_NONE = the newest. before_ns: the state that decides what is fresh, CC_TIME_NONE = nothing is. */
cc_code cc_checker_new(cc_checker **out, const cc_snapshot *s, int64_t at_ns, int64_t before_ns, cc_cancel *cancel, cc_err *err) CC_MUST_USE;
void cc_checker_free(cc_checker *c);
/* Appends what is to be said of one object (index as for cc_objects_get), remarks too; nothing when it is not there at that time. */
cc_code cc_checker_object(cc_checker *c, size_t object, cc_finding_vec *out) CC_MUST_USE;
/* Appends the findings (no remarks) of everything `focus` covers, 0 = all objects: the gravest first, then fresh before
 * old, and symptoms last. */
cc_code cc_checker_all(cc_checker *c, cc_entity_id focus, cc_finding_vec *out) CC_MUST_USE;

#endif
