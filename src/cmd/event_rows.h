/* event_rows.h - the views of `events`: the list, lanes over time, chaos experiments. */
#ifndef COLDCASE_CMD_EVENT_ROWS_H
#define COLDCASE_CMD_EVENT_ROWS_H

#include "cmd/evidence.h"

cc_code event_list_table(cc_call *c, cc_reply *r, ev_list *l, cc_err *err) CC_MUST_USE;
cc_code event_lane_table(cc_call *c, cc_reply *r, const ev_list *l, cc_err *err) CC_MUST_USE;
cc_code event_chaos_table(cc_call *c, cc_reply *r, const ev_list *l, cc_err *err) CC_MUST_USE;

#endif
