/* heuristic_priv.h - what the files of the scripted players share.
 *
 *   heuristic.c  the three players; two of them whole     heuristic_sick.c  where it hurts: things in trouble, how much, and what touches them
 *   heuristic_know.c  what is known of Kubernetes: how much each state and each change tells, and what errors say
 *   heuristic_probe.c  further questions: does trouble rest when an experiment does, does a Service lead anywhere
 *   heuristic_weigh.c  hypotheses: clues added up, weighed by reach and time     heuristic_answer.c  the board, and the submission
 *
 * A hypothesis is an object whose state may have to be corrected. Its score is how wrong its state or how grave its change is, times how
 * directly it touches what is in trouble, times how well the moment fits. The numbers were set by hand from what each thing means. */
#ifndef COLDCASE_HEURISTIC_PRIV_H
#define COLDCASE_HEURISTIC_PRIV_H

#include "agent/agent_ask.h"
#include "coldcase/vec.h"

typedef struct heuristic_touch { cc_str entity, edge; bool above; } heuristic_touch;

/* Something in trouble: a workload, or a name that callers use and nothing has. */
typedef struct heuristic_sick {
	cc_str said;                 /* as traces or alerts call it */
	cc_str workload;             /* namespace/Kind/name; empty = nothing is known by that name */
	cc_str members;              /* "Deployment/x, Pod/x-1, …", of the workload's namespace */
	double weight;               /* 0 … 1 */
	bool flagged;                /* a flag that is on is called after it */
	cc_str why, cite;
	CC_VEC(heuristic_touch) touches;
} heuristic_sick;

/* Whom traces show at work after the onset, about as much as before: a caller, or one that is called. */
typedef cc_str heuristic_working;

/* Calls that fail: who makes them, whom they are for and what they say; silent: nothing is heard of them there. */
typedef struct heuristic_failure { cc_str service, peer, error, cite; bool silent; double weight; } heuristic_failure;

typedef struct heuristic_clue { double points; cc_str what, cite; } heuristic_clue;

typedef struct heuristic_hypothesis {
	cc_str name;                 /* namespace/Kind/name */
	CC_VEC(heuristic_clue) clues;
	double points, reach;        /* reach: 0 … 1, at least what a clue set */
	size_t sick;                 /* that it touches most; SIZE_MAX = none */
} heuristic_hypothesis;

/* What errors say of the one that is called. */
typedef enum heuristic_error { ERROR_NONE, ERROR_CREDENTIALS, ERROR_FORBIDDEN, ERROR_STORE_FULL, ERROR_RESET, ERROR_NAME, ERROR_INJECTED } heuristic_error;

typedef struct heuristic_case {
	agent_asker *ask;
	int64_t onset_ns;            /* CC_TIME_NONE = not found */
	double after_per_before;     /* length of the time after the onset by that before */
	CC_VEC(heuristic_sick) sick;
	CC_VEC(heuristic_working) working;
	CC_VEC(cc_str) traced;       /* who is called in traces before the onset */
	CC_VEC(heuristic_failure) failures;
	CC_VEC(cc_str) hanging;      /* Deployments whose new pods do not start while all the old ones serve on */
	CC_VEC(cc_str) down;         /* workloads of which no pod is ready */
	CC_VEC(cc_str) killed;       /* pods that ended by themselves: they stay away for a while, whatever it was */
	CC_VEC(heuristic_hypothesis) hypotheses;
	bool api_trouble;            /* the API server refuses or burns */
	bool evicted;                /* pods were preempted or evicted */
	bool cordoned;               /* pods wait for a node that takes none */
} heuristic_case;

/* heuristic_sick.c */
void heuristic_find_sick(heuristic_case *c);
/* The lasting workload a Pod, ReplicaSet, Service or Endpoints belongs to, as far as it is in trouble; else the name itself. */
cc_str heuristic_lasting(const heuristic_case *c, cc_str entity);
double heuristic_touches(const heuristic_sick *s, cc_str entity);    /* 0 ... 1: how directly the object touches this one */
/* How directly the object touches what is in trouble; *sick is the index of that. */
double heuristic_reach(const heuristic_case *c, cc_str entity, size_t *sick);
bool heuristic_was_killed(const heuristic_case *c, cc_str workload);
bool heuristic_is_down(const heuristic_case *c, cc_str workload);
bool heuristic_is_hanging(const heuristic_case *c, cc_str entity);   /* the Deployment, or a pod of it */
/* 0 ... 1: where the rule says that pods do not start but others of the workload do its work, what is wrong hurts nobody. */
double heuristic_harm(const heuristic_case *c, cc_str rule, cc_str entity);
heuristic_sick *heuristic_sick_named(heuristic_case *c, cc_str said);

/* heuristic_know.c */
typedef struct heuristic_state { const char *rule; double points; bool of_workload; } heuristic_state;
const heuristic_state *heuristic_state_of(cc_str rule);      /* NULL: tells nothing */
double heuristic_change_points(cc_str what, cc_str kind, cc_str change);
double heuristic_flag_names(cc_str change, cc_str workload); /* 0 … 1: the flag is called after the workload */
heuristic_error heuristic_error_of(cc_str text);

/* heuristic_probe.c */
/* What is seen of the requests through one thing during a while. */
typedef struct heuristic_seen { double seconds, calls, failed, typical_ns, slowest_ns; } heuristic_seen;
bool heuristic_is_no_better(const heuristic_seen *applied, const heuristic_seen *resting);
typedef struct heuristic_times { int64_t from_ns, to_ns; } heuristic_times;  /* to: CC_TIME_NONE = not over */
/* The trouble goes on while the experiment, applied n times, one after the other, rests. False also when it cannot be told. */
bool heuristic_goes_on(heuristic_case *c, const heuristic_times *times, size_t n, const heuristic_sick *sick);
/* What its Endpoints tell of a Service: nothing against it, that it leads to no pod at all, or that it is no more. */
typedef enum heuristic_route { ROUTE_OPEN, ROUTE_NOWHERE, ROUTE_GONE } heuristic_route;
heuristic_route heuristic_route_of(heuristic_case *c, cc_str ns, cc_str service, cc_str *cite);

/* heuristic_weigh.c */
void heuristic_weigh(heuristic_case *c);
/* No answer came, rather than a bad one: unlike errors and delays that does not spread to callers of callers. */
bool heuristic_is_cut_off(const heuristic_case *c, const heuristic_failure *f);
double heuristic_score(const heuristic_hypothesis *h);

/* heuristic_answer.c */
void heuristic_answer(heuristic_case *c, cc_buf *names);   /* of those to submit, comma separated */

#endif
