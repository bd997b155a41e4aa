/* fault_priv.h - the rows of the table of faults and what their families share.
 *
 * A row says whom it can be aimed at, what would make it pointless there, what its root is (prepare, before the simulation) and
 * the one change it makes (inject, at its time, which also fills in what was changed and which records prove it). */
#ifndef FORGE_FAULT_PRIV_H
#define FORGE_FAULT_PRIV_H

#include "forge/sim.h"

/* Which calls a fault makes fail; -1: none of that kind. */
typedef struct fault_cut {
	int callee;              /* those of a service */
	int caller, env;         /* those a service makes: over one of its variables, or FAULT_ALL_CALLS */
	int op, step_op;         /* those of one operation made while serving another */
	int permille;            /* so many of the requests of `op` fail of themselves */
	bool plain;              /* those from outside the mesh into it */
} fault_cut;

/* How much each part of an application is used, in calls per million requests of users; numbered as the application is. */
typedef struct fault_map {
	const forge_app *app;
	int64_t *op;             /* by operation */
	int64_t *service;        /* calls a service receives */
	int64_t *edge;           /* [callee * N + caller] */
	bool *failing, *named;   /* scratch, by operation and by service: fault_others_named */
	const fault_cut *cut;    /* what is broken already; NULL: nothing */
	int64_t *fail;           /* by operation: permille of its requests that then fail */
	int64_t *now, *next;     /* scratch: fault_map_count */
	int rps_milli;           /* users' rate; FAULT_RPS_MILLI unless the run says another */
	int64_t seconds;         /* what is left of the capture after the injection; FAULT_SECONDS unless the run says another */
} fault_map;

enum { FAULT_RPS_MILLI = 5000, FAULT_SECONDS = 1200 };
enum { FAULT_NOTICED = 5000 };  /* calls per million user requests whose loss is noticed within minutes at ordinary rates */

/* Fills the map; memory comes from the arena. False when it is out. */
bool fault_map_make(fault_map *m, const forge_app *app, cc_arena *arena);
/* fault_beside.c: those of one fault of this run */
fault_cut fault_cut_by(const fault_map *m, const forge_cause *c);
/* Counts anew what is left of the calls under a cut, which must outlive the map. */
void fault_map_count(fault_map *m, const fault_cut *cut);
/* Does the cut make this call of an operation fail? */
bool fault_cuts(const fault_map *m, int op, const forge_step *st);
int64_t fault_edge(const fault_map *m, int callee, int caller);
/* Does `from` open connections to the service: because it calls it, or because it reads the messages that lie there? */
bool fault_connects(const fault_map *m, int service, int from);
/* The operation of a service that is used most; -1 when it has none. */
int fault_top_op(const fault_map *m, int service);
bool fault_is_store(const forge_app *app, int service);
/* Requests of an operation that one pod of its service gets, in thousandths a second. */
int64_t fault_pod_rate(const fault_map *m, int op);
/* Is an operation that takes `each_us` in a pod that serves one after the other slow enough for the rules, or does it fall behind? */
bool fault_slows(const fault_map *m, int op, int64_t each_us);
/* Seconds until a pod of the operation's service has used up its memory when each request keeps so much; 0: it has no limit. */
int64_t fault_fills_s(const fault_map *m, int op, int64_t kib_each);
/* How many other services the rules would name when this one fails (env FAULT_ITSELF), when all its calls fail (FAULT_ALL_CALLS), or
 * when those over one of its variables do. */
enum { FAULT_ITSELF = -1, FAULT_ALL_CALLS = -2 };
int fault_others_named(const fault_map *m, int service, int env);

typedef enum fault_class { AT_SERVICE, AT_FLAG, AT_PAIR, AT_CLUSTER } fault_class;
typedef enum fault_family { FAM_WORKLOAD, FAM_NETWORK, FAM_RESOURCE, FAM_CONFIG, FAM_STORE, FAM_MESH, FAM_CHAOS, FAM_COUNT } fault_family;

typedef struct fault_target { int service, other, flag; } fault_target; /* -1: not of this class */

/* NULL: it matters there; else half a sentence: why it would not. */
typedef const char *fault_check(const fault_map *m, const fault_target *t);

/* Whom it makes look guilty. */
typedef enum fault_shape {
	SHAPE_QUIET,             /* the target fails or is slow, and its pods look well */
	SHAPE_PLAIN,             /* leaves a pod that shows its trouble in its own status */
	SHAPE_CALLS,             /* the target is well, all its calls fail */
	SHAPE_ONE_CALL,          /* those over one of its variables do: fault_wrong_env */
	SHAPE_FOREIGN,           /* the root is no object of the target, which is only the victim */
	SHAPE_PASSING            /* slows the target down, or comes and goes: requests still get through */
} fault_shape;

typedef struct fault_row {
	cc_forge_fault pub;
	fault_family family;
	fault_class at;
	fault_shape shape;
	fault_check *check;
	void (*prepare)(forge_sim *s, forge_cause *c);
	forge_action *inject;    /* a: number of the cause */
} fault_row;

typedef struct fault_rows { const fault_row *p; int n; } fault_rows;
fault_rows fault_workload_table(void);
fault_rows fault_network_table(void);
fault_rows fault_resource_table(void);
fault_rows fault_config_table(void);
fault_rows fault_store_table(void);
fault_rows fault_mesh_table(void);
fault_rows fault_chaos_table(void);

const fault_row *fault_row_get(int kind);
fault_rows fault_family_rows(int family);
fault_target fault_target_of(const forge_app *app, fault_class at, int i);
int fault_target_next(const fault_row *row, const fault_map *m, int from); /* the first where it matters, from a number on; -1 */
void fault_aim(forge_cause *c, const fault_map *m, int target); /* c->kind is set */
/* fault_random.c: one that none of the causes there are stands in the way of. */
cc_code fault_choose(forge_sim *s, const fault_map *m, forge_cause *c, cc_err *err) CC_MUST_USE;
int fault_kind_find(cc_str kind);                             /* or -1 */
/* Nearest name of a list to what was typed, by edit distance; NULL when none is near. */
const char *fault_nearest(cc_str typed, const char *(*name)(int i), int n);

/* fault_beside.c: will a list of where errors begin name this service? Of several faults the first one's trouble may
 * stand for all calls of a caller that carry one name. */
bool fault_origin_told(forge_sim *s, int service);
/* half a sentence: why one fault would not be noticed, or not be told apart, beside another; or NULL */
const char *fault_beside(const fault_map *m, const forge_cause *c, const forge_cause *other);

/* The variable whose loss is noticed most, flagd's apart; -1. */
int fault_wrong_env(const fault_map *m, int service);
/* fault_mesh.c: who is restarted when sidecar injection is off: the most called one that calls into the mesh; -1 */
int fault_mesh_caller(const fault_map *m);

/* Checks several families share. */
const char *check_called(const fault_map *m, const fault_target *t);   /* somebody notices when the service fails */
const char *check_callable(const fault_map *m, const fault_target *t); /* the same, and it is called over the network */
const char *check_outage(const fault_map *m, const fault_target *t);   /* its pods may go away: somebody notices */

/* fault_fill.c: filling a cause */
const char *fault_service_name(const forge_sim *s, int service);
const char *fault_workload_kind(const forge_sim *s, int service);      /* "Deployment", "StatefulSet" */
forge_entity fault_workload_entity(const forge_sim *s, int service);
void cause_alias(forge_cause *c, const char *ns, const char *kind, const char *name);
void cause_proof(forge_cause *c, const char *command, const char *pattern, const char *says);
void cause_hint(forge_cause *c, const char *text);
/* What an honest player looks at next, who knows where the effect begins and not yet why. In order. */
void cause_step(forge_cause *c, const char *command);
void cause_action(forge_cause *c, const char *text);
/* The root is the target's own workload: kind, category and mechanism, first victim the service itself. */
void cause_workload(forge_sim *s, forge_cause *c, const char *mechanism, const char *condition, const char *effect);
/* Hints from vague to plain for a change of one object; `what` says the last one. */
void cause_hints(forge_sim *s, forge_cause *c, const char *area, const char *what);
const char *fault_literal(forge_sim *s, const char *text); /* a regular expression that matches just this text */
const char *fault_pick(forge_sim *s, const char *const *words, size_t n); /* one of them, from plan_rng */
#define FAULT_PICK(s, words) fault_pick((s), (words), sizeof(words) / sizeof *(words))
/* Changes the target's pod template. `owned` are the parts of fieldsV1 below f:containers/<name> (in_container) or below the pod
 * spec. With `outage` a rolling update becomes Recreate in the same edit: the old pods do not hide the mistake. */
void fault_edit_template(forge_sim *s, int64_t now, int service, const forge_template *t, const char *owned, bool in_container, bool outage);
const char *fault_fields(forge_sim *s, int service, const char *owned, bool in_container, bool strategy);
/* What somebody may take for the release after the image that runs, in one of so many ways. */
enum { FAULT_IMAGE_WAYS = 5 };
const char *fault_other_image(forge_sim *s, const char *image, int how);
/* Deletes the target's pods, as somebody does who wants them fresh. */
void fault_delete_pods(forge_sim *s, int64_t now, int service);
/* Text in the middle of a ConfigMap: `from` replaced by `to` after the first `after`. Empty when it is not there. */
cc_str fault_replace(forge_sim *s, cc_str text, const char *after, const char *from, const char *to);
int fault_flags_map(const forge_sim *s);                      /* ConfigMap flagd reads; -1 */
/* Somebody chooses another variant of a flag in that ConfigMap; flagd reads it when the kubelet has synced its files. */
void fault_flag_set(forge_sim *s, int64_t now, int flag, int variant, const char *manager);

/* chaos.c: a Schedule that makes chaos objects every so often */
typedef struct chaos_spec {
	int kind;                /* CHAOS_… */
	int service, other, op;
	int workers;             /* CHAOS_CPU: threads of the stress */
	int64_t every, lasts;
	int cycles;              /* 0: until the end */
	bool harmless;           /* remnants: the objects come and go, but nothing is disturbed any more */
	bool nobody;             /* with harmless: its selector fits no pod */
	bool gentle;             /* CHAOS_DELAY, _CPU, _MEMORY: two milliseconds, 20 m, 4 MiB, which nobody feels */
} chaos_spec;
enum { CHAOS_WORKERS_LEAST = 64, CHAOS_WORKERS_MOST = 256 };    /* threads of a processor stress */
enum { CHAOS_DELAY, CHAOS_LOSS, CHAOS_PARTITION, CHAOS_CPU, CHAOS_MEMORY, CHAOS_KILL, CHAOS_ABORT, CHAOS_JVM, CHAOS_COUNT };
const char *chaos_object_kind(int kind);                      /* "NetworkChaos" */
const char *chaos_name(forge_sim *s, const chaos_spec *spec); /* of the Schedule */
void chaos_schedule(forge_sim *s, int64_t at, const chaos_spec *spec);
void chaos_deinit(forge_sim *s);

/* plan.c: what has to be known before the files are opened and the application is installed: roots, what is missing */
void plan_prepare(forge_sim *s);
/* plan_difficulty.c */
bool fault_deletes(const forge_sim *s);                       /* is one of the causes an object that is gone? */
int64_t plan_late_start(const forge_sim *s);                  /* how long after the first fault the capture begins; 0: it has it */
int64_t plan_inject_after(forge_sim *s);                      /* injection after the start of the capture */
int plan_noise_percent(const forge_sim *s);
void plan_difficulty(forge_sim *s);                           /* what is missing; after the causes are known */
/* decoy.c, noise.c: both schedule their own things */
void decoy_plan(forge_sim *s);
void noise_plan(forge_sim *s);
void noise_collector(forge_sim *s, int times); /* noise_collector.c */
void noise_deinit(forge_sim *s);
/* Does this service belong to a cause, directly? */
bool plan_involved(const forge_sim *s, int service);
bool plan_spans_shown(const forge_sim *s, int service);
/* Does the evidence that this command reads exist in the snapshot? */
bool plan_readable(const forge_sim *s, const char *command);
/* The first proof of a cause that can be read in this snapshot; NULL when the options left all of them out. */
const forge_proof *plan_best_proof(const forge_sim *s, const forge_cause *c);

#endif
