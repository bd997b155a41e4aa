/* checks_priv.h - the object being judged, the world around it, and the ids of the rules. */
#ifndef COLDCASE_CHECKS_PRIV_H
#define COLDCASE_CHECKS_PRIV_H

#include <math.h>

#include "coldcase/arena.h"
#include "coldcase/checks.h"
#include "coldcase/map.h"

typedef enum check_id {
	CHECK_POD_PHASE, CHECK_POD_DELETED, CHECK_UNSCHEDULED, CHECK_IMAGE, CHECK_CONTAINER_CONFIG, CHECK_CRASHES, CHECK_OOM, CHECK_NOT_READY,
	CHECK_RESTARTS, CHECK_REPLICAS, CHECK_ZERO, CHECK_ROLLOUT, CHECK_PAUSED, CHECK_SUSPENDED, CHECK_JOB_FAILED, CHECK_MISSING, CHECK_MISSING_KEY,
	CHECK_LIMITS, CHECK_PROBE_PORT, CHECK_NODE_SELECTOR, CHECK_TAINTS, CHECK_ADDRESS, CHECK_SELECTOR, CHECK_TARGET_PORT, CHECK_ENDPOINTS,
	CHECK_BACKEND, CHECK_FAULT_INJECTED, CHECK_POOL, CHECK_WEBHOOK, CHECK_CHAOS, CHECK_QUOTA, CHECK_CLAIM, CHECK_NODE, CHECK_PRESSURE,
	CHECK_CORDONED, CHECK_TAINTED, CHECK_HPA_MAX, CHECK_HPA_BOUNDS, CHECK_HPA_BLIND, CHECK_POLICY, CHECK_POLICY_PEERS, CHECK_BUDGET, CHECK_FLAG,
	CHECK_NAMESPACE, CHECK_QUOTA_DEMANDS, CHECK_SHUT_OUT, CHECK_COUNT
} check_id;
extern const cc_check_rule cc_check_rules[CHECK_COUNT];

/* What rules ask of pods and nodes. Taken once a namespace and time, so that JSON is not read again for every selector. */
typedef struct check_pair { cc_str key, value; } check_pair;
typedef struct check_port { cc_str name, number; } check_port;
typedef struct check_pod {
	cc_entity_id entity;
	const check_pair *labels; size_t label_count;
	const check_port *ports; size_t port_count;
} check_pod;
typedef struct check_node {
	const check_pair *labels; size_t label_count;
	const check_pair *taints; size_t taint_count;   /* key=value, and effect: those that keep pods away */
	const cc_str *effects;
} check_node;

typedef struct check_pods { cc_sym ns; size_t from, n; } check_pods;   /* of check_world.pods */
typedef struct check_world {
	int64_t at_ns;
	CC_VEC(check_pod) pods;
	CC_VEC(check_pods) namespaces;   /* those asked for so far */
	CC_VEC(check_node) nodes;
	bool has_nodes;
} check_world;

struct cc_checker {
	const cc_snapshot *s;
	cc_arena *arena;
	cc_map *kinds;           /* kinds of which any object was recorded */
	check_world now, then;
	cc_cancel *cancel;
	cc_code code;            /* first failure; later findings do nothing */
};

typedef struct check_subject {
	cc_checker *c;
	const cc_object *o;
	uint32_t object;
	const cc_object_obs *obs;
	const cc_json *doc;      /* the object at obs */
	cc_str kind, name, ns;
	check_world *w;
	cc_finding_vec *found;   /* of now */
	cc_map *known;           /* keys found before the onset; NULL while `now` is judged */
	CC_VEC(cc_str) keys;     /* one a finding of now */
	size_t grave;            /* critical findings of this judging so far */
} check_subject;

/* key: the finding without its numbers, so that "4 restarts" and "5 restarts" are the same one. */
void cc_check_found(check_subject *u, check_id rule, uint8_t severity, double value, cc_str key, const char *fmt, ...) CC_PRINTF(6, 7);
/* The same of another entity, that the object names. */
void cc_check_found_of(check_subject *u, cc_entity_id entity, check_id rule, uint8_t severity, cc_str key, const char *fmt, ...) CC_PRINTF(6, 7);
void cc_check_remark(check_subject *u, double value, const char *fmt, ...) CC_PRINTF(3, 4);

/* checks_world.c */
/* The object at the subject's time; NULL when it is not there (or memory is out, which is noted). Caller frees. */
cc_json *cc_check_doc(check_subject *u, const cc_object *o, const cc_object_obs **obs);
cc_json *cc_check_named(check_subject *u, cc_str ns, const char *kind, cc_str name);
/* It is known not to exist: objects of its kind were recorded, and it was not among them. */
bool cc_check_is_missing(check_subject *u, cc_str ns, const char *kind, cc_str name);
/* Objects of that kind were recorded in the namespace: others of it would have been too. */
bool cc_check_has_any(check_subject *u, cc_str ns, const char *kind);
const check_pod *cc_check_pods(check_subject *u, cc_str ns, size_t *count);
const check_node *cc_check_nodes(check_subject *u, size_t *count);
/* Every member of the JSON map is a label of that value. */
bool cc_check_labels_fit(const cc_json *map, const check_pair *labels, size_t count);
/* matchLabels and matchExpressions; an absent or empty selector fits everything. */
bool cc_check_selector_fits(const cc_json *selector, const check_pair *labels, size_t count);
/* "500m", "2Gi", "4470Mi", "12"; false for what is no quantity. */
bool cc_check_quantity(cc_str text, double *out);
/* The pod spec inside an object of this kind; NULL when it has none. */
const cc_json *cc_check_pod_spec(const cc_json *doc, cc_str kind);

/* One judge a family; checks.c has the table of kinds. */
void cc_check_pod(check_subject *u);             /* checks_pods.c */
void cc_check_workload(check_subject *u);
void cc_check_job(check_subject *u);
void cc_check_template(check_subject *u);        /* checks_template.c: what the pod template names and asks for */
void cc_check_addresses(check_subject *u, const cc_json *env);  /* checks_address.c */
void cc_check_service(check_subject *u);         /* checks_service.c */
void cc_check_routes(check_subject *u);          /* checks_routes.c: Ingress, HTTPRoute, VirtualService, DestinationRule, webhooks */
void cc_check_cluster(check_subject *u);         /* checks_cluster.c: nodes, claims, bindings, scaling, policies, budgets, chaos */
void cc_check_quota(check_subject *u);           /* checks_quota.c */
void cc_check_policy(check_subject *u);          /* checks_policy.c */
void cc_check_config(check_subject *u);
/* checks_chaos.c: what events tell of experiments that reached the focus (0 = anything). */
void cc_check_experiments(cc_checker *c, cc_entity_id focus, cc_finding_vec *out);
/* Conditions that are not as they should be: types `bad` (a blank-separated list) with this status. */
void cc_check_conditions(check_subject *u, check_id rule, const cc_json *conditions, const char *bad, const char *status, uint8_t severity);

#endif
