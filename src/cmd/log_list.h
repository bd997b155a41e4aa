/* log_list.h - rows of a list of logs: repeated ones folded, neighbours of those that fit, chosen fields as columns. */
#ifndef COLDCASE_CMD_LOG_LIST_H
#define COLDCASE_CMD_LOG_LIST_H

#include "cmd/evidence.h"
#include "cmd/log_text.h"

typedef struct cc_log_list {
	bool newest;
	uint64_t late;                   /* of the answer's records out of order; none: no column */
	cc_log_style style;
	int64_t context;                 /* records around each that fits */
	const cc_selection *scope, *fits;  /* with context: where neighbours are looked for; those that are no neighbours */
	const char *const *fields; size_t field_count;
} cc_log_list;

/* After selecting: reads context=, fold= and fields=, and adds the neighbours to the list's rows. */
cc_code cc_log_list_open(cc_log_list *list, ev_list *l, cc_call *c, cc_err *err) CC_MUST_USE;
/* The page of `l` as the main table. */
void cc_log_list_rows(const cc_log_list *list, ev_list *l, cc_call *c, cc_reply *r);

#endif
