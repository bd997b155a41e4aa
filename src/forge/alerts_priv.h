/* alerts_priv.h - Prometheus rules as data, the states of their alerts, and who is named in the labels. */
#ifndef FORGE_ALERTS_PRIV_H
#define FORGE_ALERTS_PRIV_H

#include "forge/metrics_priv.h"

typedef struct alert_rule alert_rule;
/* Evaluates the expression at `now` and calls alert_seen for every element of its result. */
typedef void alert_check(forge_sim *s, int64_t now, int rule);

/* What an alert's labels are made of; the numbers a and b of alert_seen mean what is said here. */
typedef enum alert_shape {
	ABOUT_NOTHING,           /* fixed labels only */
	ABOUT_NAMESPACE,         /* the application's */
	ABOUT_SERVICE,           /* a: application service */
	ABOUT_JOB,               /* a: application service, by the label job */
	ABOUT_CONSUMER,          /* a: broker's pod, b: number of the consumer group */
	ABOUT_EDGE,              /* mesh; a: callee, b: caller * EDGE_CODES + column of the code, or EDGE_NO_CODE */
	ABOUT_POD,               /* a: pod */
	ABOUT_CONTAINER,         /* a: pod, b: column of MG_KSM that holds the reason */
	ABOUT_THROTTLED,         /* a: pod */
	ABOUT_DEPLOYMENT, ABOUT_STATEFULSET, ABOUT_K8S_JOB, /* a: workload */
	ABOUT_HPA, ABOUT_PDB,    /* a: its index */
	ABOUT_QUOTA,             /* a: its index, b: column of MG_QUOTA */
	ABOUT_NODE,              /* a: node, as node exporter names it */
	ABOUT_NODE_STATE,        /* a: node, as kube-state-metrics names it */
	ABOUT_TARGET             /* a: number of a component of the control plane */
} alert_shape;

enum { EDGE_CODES = 32, EDGE_NO_CODE = EDGE_CODES - 1 };

typedef enum alert_group {
	GROUP_GENERAL, GROUP_APP, GROUP_KUBE_APPS, GROUP_KUBE_RESOURCES, GROUP_API, GROUP_NODE, GROUP_COUNT
} alert_group;

enum { RULES_OLD = 1, RULES_NEW = 2, RULES_BOTH = 3, ALERT_FIXED = 16, ALERT_LABELS = 20 };

struct alert_rule {
	const char *name, *severity;
	alert_group group;
	alert_shape shape;
	int for_s;
	double limit;
	int window_s;            /* of rate() and increase(); 0: instant */
	int arg;                 /* for the check: which services, which column … */
	alert_check *check;
	const char *description, *summary; /* {label} and {value} {percent} {rounded}; summary NULL: none */
	int revision;            /* RULES_… */
	int chance;              /* background rules: in how many of a hundred clusters it fires; others: 0 */
	bool wanted;             /* the recorder waits for it */
	const char *fixed[ALERT_FIXED]; /* further labels: key, value, … */
};

typedef struct alert_label { const char *key; cc_str value; } alert_label;

typedef struct alert_state {
	int rule, a, b;
	bool active;             /* pending or firing */
	int64_t active_at, firing_at, seen_at; /* of the current episode; firing_at 0: pending */
	alert_label label[ALERT_LABELS]; /* sorted by key; with alertname and severity */
	int labels;
	forge_fired fired;       /* all episodes together */
} alert_state;

struct forge_alerts {
	CC_VEC(alert_state) states;
	bool *enabled;           /* by rule */
	int64_t since;           /* Prometheus started then: what always holds has held since */
	int64_t *began;          /* by rule: how long after that a rule of the background saw its condition first */
	const char *prometheus_pod, *prometheus_ip, *metrics_pod;
	int metrics_node;        /* where the metrics server runs */
	int throttled, periods;  /* of its container in the last five minutes */
	double certificate_s;    /* when Prometheus started, the certificate had so long to live */
};

/* alerts_rules.c */
const alert_rule *alert_rules(int *n);
/* alerts.c */
void alert_seen(forge_sim *s, int64_t now, int rule, int a, int b, double value);
const alert_rule *alert_rule_at(int rule);
/* alerts_labels.c: labels, subject and service of a new alert; false when memory is out. */
bool alert_label_all(forge_sim *s, alert_state *x);
/* alerts_write.c */
void alerts_recorder_start(forge_sim *s);

/* alerts_app.c: rules of the application over span metrics, messaging and mesh */
enum { WHICH_ALL, WHICH_REQUESTS, WHICH_PROCESSORS, WHICH_EDGE, WHICH_BACKEND }; /* rule.arg */
alert_check check_phase, check_backoff, check_latency, check_errors, check_silence, check_closures, check_members,
	check_lag, check_database, check_mesh_latency, check_mesh_errors, check_mesh_silence;
/* alerts_background.c: what fires in every such cluster */
alert_check check_always, check_targets, check_inhibitor, check_metrics_server, check_certificate, check_clocks;
const char *alert_component(int i);                     /* job of a component whose targets may be down */
/* alerts_kube.c: rules of kube-prometheus-stack */
alert_check check_crash_looping, check_not_ready, check_waiting, check_rollout_stuck, check_replicas,
	check_job_failed, check_hpa_maxed, check_hpa_mismatch, check_quota, check_budget, check_throttling,
	check_node_cpu, check_node_load, check_node_memory, check_node_pressure, check_api_burn, check_api_terminated;

#endif
