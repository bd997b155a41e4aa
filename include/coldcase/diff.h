/* diff.h - what changed between two states of an object, said as a person would; and line by line.
 *
 * Lists of named things are compared by their key (containers, env, volumes by name; ports by name, else port and
 * protocol; conditions by type; tolerations, args-like lists of plain values as sets or sequences). JSON or YAML
 * texts inside ConfigMap data are compared as documents. Churn (resourceVersion, managedFields, generation,
 * timestamps, status heartbeats …) is counted, not listed. Values of Secrets never appear in any output of this
 * module. */
#ifndef COLDCASE_DIFF_H
#define COLDCASE_DIFF_H

#include "coldcase/objects.h"

typedef enum cc_diff_op { CC_DIFF_ADDED, CC_DIFF_REMOVED, CC_DIFF_CHANGED } cc_diff_op;
typedef enum cc_diff_weight { CC_DIFF_STATUS /* under status */, CC_DIFF_META /* labels, annotations */, CC_DIFF_SPEC } cc_diff_weight;

typedef struct cc_diff_item {
	cc_diff_op op;
	cc_diff_weight weight;
	cc_str path;             /* "spec.template.spec.containers[payment].image" */
	cc_str before, after;    /* compact; empty on the missing side; "<masked>" in Secrets */
	cc_str line;             /* "image payment:1.4 -> 1.5", "replicas 1 -> 0", "env X added", "flag paymentFailure off -> on" */
} cc_diff_item;

typedef struct cc_diff cc_diff;

enum { CC_DIFF_WITH_STATUS = 1 /* list status changes too */, CC_DIFF_WITH_CHURN = 2 /* hide nothing */ };

/* a or b may be NULL (created, deleted: one item "created" / "deleted"). The trees are not kept. Limit: 10,000
 * items, CC_ELIMIT never raised: cc_diff_hidden counts the rest. */
cc_code cc_diff_objects(cc_diff **out, const cc_json *a, const cc_json *b, unsigned flags, cc_err *err) CC_MUST_USE;
void cc_diff_free(cc_diff *d);
size_t cc_diff_count(const cc_diff *d);                    /* spec items first, then metadata, then status; inside by path */
const cc_diff_item *cc_diff_get(const cc_diff *d, size_t i);
size_t cc_diff_hidden(const cc_diff *d);                   /* differences left out as churn */
/* The items' lines joined by "; ", at most `max` of them, then "+N more". "no change" when there is none. */
void cc_diff_summary(const cc_diff *d, cc_buf *out, size_t max);

/* The object as YAML for display: noise (managedFields, last-applied, resourceVersion …) left out unless
 * CC_DIFF_WITH_CHURN, Secret values masked. *hidden (may be NULL) = fields left out. */
cc_code cc_object_yaml(const cc_json *object, unsigned flags, cc_buf *out, size_t *hidden, cc_err *err) CC_MUST_USE;
/* Same, as compact JSON. */
cc_code cc_object_json(const cc_json *object, unsigned flags, cc_buf *out, size_t *hidden, cc_err *err) CC_MUST_USE;
bool cc_object_is_secret(const cc_json *object);

/* --- lines --- */

typedef struct cc_diff_line {
	char sign;                   /* ' ' '+' '-'; '@' = unchanged lines skipped (text says how many) */
	uint32_t old_line, new_line; /* 1-based, 0 = not on that side */
	cc_str text;
} cc_diff_line;
typedef struct cc_line_diff cc_line_diff;
/* Shortest edit (Myers) within limits; beyond 200,000 lines or 2,000 differences the middle is one block of - and
 * one of +. context: unchanged lines kept around a change; SIZE_MAX = all. Texts are copied. */
cc_code cc_diff_lines(cc_line_diff **out, cc_str a, cc_str b, size_t context, cc_err *err) CC_MUST_USE;
void cc_line_diff_free(cc_line_diff *d);
size_t cc_line_diff_count(const cc_line_diff *d);
const cc_diff_line *cc_line_diff_get(const cc_line_diff *d, size_t i);
size_t cc_line_diff_added(const cc_line_diff *d);
size_t cc_line_diff_removed(const cc_line_diff *d);

#endif
