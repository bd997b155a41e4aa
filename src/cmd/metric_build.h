/* metric_build.h - what the two commands about metrics share. */
#ifndef COLDCASE_CMD_METRIC_BUILD_H
#define COLDCASE_CMD_METRIC_BUILD_H

#include "cmd/cmd_priv.h"
#include "coldcase/rates.h"

/* The views of some series (NULL = all) within the call's window, ranked around the pivot. filter: what selected them, NULL = nothing. */
cc_code cc_cmd_metric_build(cc_call *c, const cc_index_vec *rows, cc_filter *filter, cc_metric_set **out, cc_err *err) CC_MUST_USE;

/* A row of the list: a view, or `folded` >= 2 views of one object that all came or all went, the first of them, or the `rest` of
 * what a workload has. */
typedef struct cc_metric_row {
	size_t view;
	bool below;              /* of the workload of a row above */
	uint32_t folded, of;     /* of how many views of that object */
	uint32_t rest;           /* views that stand in this row, 0 = it is none of that kind */
} cc_metric_row;
const cc_metric_row *cc_cmd_metric_rows(cc_call *c, const cc_metric_set *m, size_t *count);   /* in the call's arena; NULL: no memory */
/* The side of the pivot ("before", "after") on which most series have next to nothing; NULL: on neither. */
const char *cc_cmd_metric_at_edge(const cc_metric_set *m);
/* Of a row of several: what it is called, and whose it is. */
void cc_cmd_metric_row_name(const cc_snapshot *s, const cc_metric_view *v, const cc_metric_row *row, cc_buf *out);
cc_entity_id cc_cmd_metric_row_entity(const cc_snapshot *s, const cc_metric_view *v, const cc_metric_row *row);

extern const char *const cc_cmd_metric_aggs[];   /* values of agg=, NULL-terminated */
/* The views brought together as by= and agg= say. */
cc_code cc_cmd_metric_group(cc_call *c, const cc_metric_view *const *views, size_t n, cc_metric_set **out, cc_err *err) CC_MUST_USE;
/* Alerts and changes of what the views are about, in the call's arena. */
typedef struct cc_metric_marks cc_metric_marks;
cc_code cc_cmd_metric_marks(cc_call *c, const cc_metric_view *const *views, size_t n, const cc_metric_marks **out, cc_err *err) CC_MUST_USE;
/* multiples: one metric of several objects, drawn with one scale and named after the objects. */
cc_code cc_cmd_metric_chart(cc_call *c, cc_reply *r, const cc_metric_view *const *views, size_t n, bool multiples,
	const cc_metric_marks *marks) CC_MUST_USE;
void cc_cmd_metric_mark_table(cc_reply *r, const cc_metric_marks *marks);
/* CC_EUNKNOWN with the nearest names as hint. */
cc_code cc_cmd_metric_unknown(const cc_metric_set *m, cc_str typed, cc_err *err) CC_MUST_USE;

#endif
