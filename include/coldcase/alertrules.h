/* alertrules.h - the rules behind alerts, as far as their revisions are known, and their value recomputed from the snapshot.
 *
 * A snapshot carries no rules. The ones that ITBench clusters ran are known in several revisions under the same names, so a name
 * alone says little: a rule *fits* an alert when its labels, its severity, its recorded values and the time it waited before it
 * fired contradict nothing. One rule that fits is the rule; several are said to be several; none means that it is unknown. The
 * description of an alert decides nothing, it quotes thresholds of other revisions. */
#ifndef COLDCASE_ALERTRULES_H
#define COLDCASE_ALERTRULES_H

#include "coldcase/alerts.h"
#include "coldcase/rates.h"

typedef enum cc_rule_op { CC_RULE_GT, CC_RULE_LT, CC_RULE_EQ, CC_RULE_GE, CC_RULE_NE } cc_rule_op;

typedef enum cc_rule_fn {
	CC_RULE_OPAQUE,     /* cannot be computed from what a snapshot holds; the expression is told all the same */
	CC_RULE_SUM,        /* sum of the last values */
	CC_RULE_MAX,        /* largest value within the window; window 0: of the last values */
	CC_RULE_RATE,       /* sum of rates per second */
	CC_RULE_INCREASE,   /* sum of increases */
	CC_RULE_P95,        /* 95th percentile of a histogram's increases */
	CC_RULE_RATIO       /* increase of `metric` over increase of `over` */
} cc_rule_fn;

typedef struct cc_alert_rule {
	const char *name, *revision;
	const char *expr;             /* PromQL with its threshold */
	const char *severity;         /* label the rule sets; NULL = none */
	int for_s, window_s;
	cc_rule_op op;
	double threshold;
	const char *unit;             /* "ms", "/s", "" */
	cc_rule_fn fn;
	const char *metric, *over;    /* series it needs; for OPAQUE rules to say whether they were recorded */
	const char *where;            /* "phase=Failed|Pending reason!=x" */
	const char *by;               /* labels of the alert that its series have alike: "namespace service_name"; NULL = all series
	                                 that are about the alert's subject */
	const char *needs;            /* label the alert must have; NULL = none */
	const char *only, *except;    /* "flagd|load-generator": services it judges; NULL = all */
} cc_alert_rule;

size_t cc_alert_rule_count(void);
const cc_alert_rule *cc_alert_rule_get(size_t i);
const char *cc_rule_op_text(cc_rule_op op);   /* ">" */

typedef struct cc_rule_fit { const cc_alert_rule *rule; cc_str against; /* why not, in the arena; empty = it fits */ } cc_rule_fit;
typedef CC_VEC(cc_rule_fit) cc_rule_fit_vec;
/* All known rules of the alert's name, those that fit first. */
cc_code cc_alert_rules_of(cc_rule_fit_vec *out, const cc_snapshot *s, const cc_alert *a, cc_arena *arena) CC_MUST_USE;

/* A recorded metric that the annotations mention, for alerts whose rule is not known; in the arena, NULL = none. */
const char *cc_alert_metric_named(const cc_snapshot *s, const cc_alert *a, cc_arena *arena);

/* --- the expression's value --- */

typedef struct cc_rule_value {
	cc_point_vec points;          /* over the capture, at the rule's own evaluation times where they are known */
	cc_index_vec series;          /* what it was computed from */
	bool from_spans;              /* no histogram was recorded: exact, from the spans that ended in the window */
	size_t spans;
} cc_rule_value;
/* Nothing recorded: no points. Release with cc_rule_value_deinit, also after a failure. CC_ECANCELED, CC_ENOMEM. */
cc_code cc_alert_rule_compute(cc_rule_value *out, const cc_snapshot *s, const cc_alert *a, const cc_alert_rule *rule, cc_cancel *cancel)
	CC_MUST_USE;
/* The value the rule had when Prometheus last evaluated it before an observation; NaN = unknown. */
double cc_rule_value_at(const cc_rule_value *v, const cc_alert *a, int64_t time_ns);
bool cc_rule_holds(const cc_alert_rule *r, double value);
void cc_rule_value_deinit(cc_rule_value *v);

#endif
