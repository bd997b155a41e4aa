/* alert_rule_priv.h - what telling rules apart, selecting their series and computing them share. */
#ifndef COLDCASE_QUERY_ALERT_RULE_PRIV_H
#define COLDCASE_QUERY_ALERT_RULE_PRIV_H

#include "coldcase/alertrules.h"

bool cc_rule_lists(const char *list, cc_str word);      /* "a|b" */

/* Series of a metric that the rule's conditions and the alert's labels leave. */
cc_code cc_rule_select(cc_index_vec *out, const cc_snapshot *s, const cc_alert *a, const cc_alert_rule *rule, const char *metric) CC_MUST_USE;
/* Prometheus's increase() over [at - window, at]: extrapolated to the borders, resets handled. NaN with fewer than two samples. */
double cc_rule_increase(const cc_series *se, int64_t at_ns, int64_t window_ns);
/* The last value an evaluation at that time sees; NaN when there is none, or it is stale. */
double cc_rule_last(const cc_series *se, int64_t at_ns);

/* The same from spans, where no series of span metrics was recorded. */
cc_code cc_rule_compute_spans(cc_rule_value *out, const cc_snapshot *s, const cc_alert *a, const cc_alert_rule *rule, const int64_t *times,
	size_t count, cc_cancel *cancel) CC_MUST_USE;

#endif
