/* fault.h - the faults, what surrounds them, and what is remembered for the ground truth and the debrief.
 *
 * A fault is one change somebody (or a chaos schedule) makes; everything after that is up to the simulation. It must not write
 * telemetry: if a consequence does not follow, the simulation lacks a part, and that part is to be added. */
#ifndef FORGE_FAULT_H
#define FORGE_FAULT_H

#include "coldcase/forge.h"
#include "coldcase/vec.h"
#include "forge/app.h"

struct forge_sim;

/* An entity as answers name it. */
typedef struct forge_entity { const char *ns, *kind, *name; } forge_entity;

/* A record that decides or exonerates: an ordinary command line that shows it, and a PCRE2 pattern its output must match. */
typedef struct forge_proof { const char *command, *pattern, *says; } forge_proof;

enum { FAULT_PROOFS = 6, FAULT_ALIASES = 6, FAULT_HINTS = 4, FAULT_ACTIONS = 3, FAULT_ROUTE = 4 };

/* One injected fault of this run; filled by its row in the table. */
typedef struct forge_cause {
	int kind;                /* row in the table of faults */
	int service;             /* application service it is aimed at; -1 */
	int op, flag, other;     /* further targets, by kind: operation, flag, second service */
	int64_t at;              /* injection, UTC ns */
	forge_entity root;       /* the object whose state must be corrected */
	forge_entity alias[FAULT_ALIASES];   /* equally right answers */
	int aliases;
	const char *condition, *category, *mechanism;
	const char *element, *from, *to;     /* what was changed */
	int first_hit;           /* service where the effect begins (propagation starts here); -1 */
	const char *first_effect;
	forge_proof proof[FAULT_PROOFS];     /* decisive records; the first is the shortest honest one */
	int proofs;
	const char *hint[FAULT_HINTS];       /* from vague to plain */
	int hints;
	const char *action[FAULT_ACTIONS];
	int actions;
	bool indirect;           /* the root's object is not in the snapshot */
	int variant;             /* flags: the one that is switched on */
	const char *route[FAULT_ROUTE]; /* commands that lead from the service where the effect begins to the root */
	int routes;
} forge_cause;

/* A tempting wrong answer with the record that exonerates it. */
typedef struct forge_decoy {
	forge_entity entity;
	const char *tempting;    /* why one would name it */
	const char *innocent;    /* why it is not the cause */
	forge_proof alibi;
	int64_t at;
} forge_decoy;

enum { PLAN_HIDES_POLICIES = 1, PLAN_HIDES_SERVICES = 2, PLAN_HIDES_SETS = 4 };
enum { PLAN_FAILING = 3, PLAN_STUCK = 6 };

typedef struct forge_plan {
	CC_VEC(forge_cause) causes;
	CC_VEC(forge_decoy) decoys;
	int flaky;               /* service with a slow readiness probe; -1 */
	int slow;                /* slow-but-normal service; -1 */
	int failing[PLAN_FAILING], failing_n; /* services of which a small part fails, before and after */
	int failing_text;        /* private to noise.c */
	int stuck[PLAN_STUCK], stuck_n; /* services whose rollout stopped at its first pod, harmlessly */
	const char *trial;       /* a Deployment that never started, older than the capture; NULL */
	bool drop_spans_of[64];  /* hard: spans of these services are not exported (they still count in the metrics) */
	bool no_baseline;        /* the capture begins when the first fault is in force */
	int64_t first_poll;      /* when the objects are polled first; hard: only after the fault, so no difference shows it */
	bool unmanaged;          /* the collector leaves managedFields out: who edited what when is not told */
	unsigned missing;        /* files left out: FORGE_WITHOUT_… */
	unsigned hidden;         /* kinds of objects nobody pulls: PLAN_HIDES_… */
	bool terse;              /* hard: clients say that a call failed, and neither why nor whom they asked */
	struct plan_noise *noise; /* private to noise.c */
	struct chaos_runs *chaos; /* private to chaos.c */
} forge_plan;

cc_code fault_parse(struct forge_sim *s, cc_err *err) CC_MUST_USE;  /* options to causes; picks at random when asked */
cc_code plan_make(struct forge_sim *s, cc_err *err) CC_MUST_USE;    /* schedules faults, decoys and noise */
void plan_deinit(struct forge_sim *s);
/* As it could be given to --fault: "invalid-image:checkout". Arena text. */
const char *fault_spec(struct forge_sim *s, const forge_cause *cause);
/* truth.c, debrief.c: written beside each other into `dir` */
cc_code truth_write(struct forge_sim *s, const char *dir, cc_err *err) CC_MUST_USE;   /* ground_truth.yaml */
cc_code debrief_write(struct forge_sim *s, const char *dir, cc_err *err) CC_MUST_USE; /* debrief.yaml, briefing.md */
/* chaos.c: objects of Chaos Mesh, visible through their events only */
void chaos_start(struct forge_sim *s, int cause);

#endif
