/* alert_rule.h - what `alert` says of the rule behind an alert. */
#ifndef COLDCASE_CMD_ALERT_RULE_H
#define COLDCASE_CMD_ALERT_RULE_H

#include "cmd/evidence.h"
#include "coldcase/alertrules.h"

typedef struct alert_rule_view {
	cc_rule_fit_vec fits;          /* known rules of the name, those that fit first */
	size_t fitting;
	const cc_alert_rule *rule;     /* the first that fits; NULL = unknown */
	cc_alert_rule named;           /* without a rule: the metric its annotations mention; metric NULL = none */
	cc_rule_value value;
	size_t compared, agreed;       /* observations with both values, and of those alike */
} alert_rule_view;

/* Release with alert_rule_view_deinit, also after a failure. */
cc_code alert_rule_view_make(alert_rule_view *v, cc_call *c, const cc_alert *a) CC_MUST_USE;
void alert_rule_view_deinit(alert_rule_view *v);
void alert_rule_facts(cc_reply *r, const alert_rule_view *v);
void alert_rule_chart(cc_call *c, cc_reply *r, const cc_alert *a, const alert_rule_view *v);
void alert_rule_tables(cc_call *c, cc_reply *r, const alert_rule_view *v);
cc_cell alert_rule_value(const alert_rule_view *v, const cc_alert *a, int64_t time_ns);

#endif
