/* alert_rows.h - cells and rows that `alerts` and `alert` share. */
#ifndef COLDCASE_CMD_ALERT_ROWS_H
#define COLDCASE_CMD_ALERT_ROWS_H

#include "cmd/evidence.h"
#include "coldcase/alertview.h"

int64_t alert_moment(const cc_call *c);                       /* the time cursor; CC_TIME_NONE = the end of the capture */
cc_cell alert_lasted(const cc_alert *a, int64_t at_ns);
cc_cell alert_value(const cc_alert_sample *m);                /* NONE without a finite value */
cc_cell alert_words(cc_str text);                             /* NONE when empty */
cc_cell alert_values(cc_call *c, const cc_alert *a);          /* the strip: values, and what each file said */
cc_cell alert_group_values(cc_call *c, const cc_alert_group *g);  /* the same of a group: how many of its members fired */
cc_cell alert_counts(cc_call *c, const cc_alert *a);          /* observations that fired, a slice */
/* Name of the firing alert that would silence it: one of a higher severity with the same name and namespace, and for info
 * alerts InfoInhibitor in the same namespace - the rules Alertmanager is shipped with here. Empty = none. */
cc_str alert_inhibitor(const cc_call *c, const cc_alert *a);
/* Labels and how many alerts carry which value, the most common first (alert_labels.c). */
cc_code alert_label_table(cc_call *c, cc_reply *r, const cc_index_vec *rows, cc_page page, cc_err *err);
/* The folded ones in one row, which opens them; nothing when there are none. */
void alert_noise_table(cc_call *c, cc_reply *r, const cc_index_vec *noise);
/* A dead man's switch that stopped: Watchdog missing from files tells that alerting itself was broken then. */
void alert_note_watchdog(cc_call *c, cc_reply *r);

#endif
