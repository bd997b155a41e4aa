/* sim.h - the running simulation: one clock, one queue of things to come, named random streams. */
#ifndef FORGE_SIM_H
#define FORGE_SIM_H

#include "coldcase/arena.h"
#include "coldcase/forge.h"
#include "coldcase/json.h"
#include "coldcase/rng.h"
#include "coldcase/sha256.h"
#include "coldcase/time.h"
#include "coldcase/xalloc.h"
#include "forge/app.h"
#include "forge/fault.h"
#include "forge/flow.h"
#include "forge/kube.h"
#include "forge/net.h"
#include "forge/out.h"
#include "forge/telemetry.h"

#define FORGE_S CC_NS_PER_S
#define FORGE_MS CC_NS_PER_MS

/* Something that happens; a and b are its own. */
typedef void forge_action(struct forge_sim *s, int64_t now, int a, int b);

typedef struct forge_item_due {
	int64_t t;
	uint64_t seq;            /* first come, first served at equal times */
	forge_action *run;
	int a, b;
} forge_item_due;

typedef struct forge_sim {
	const cc_forge_options *opt;
	const forge_app *app;
	cc_arena *arena;         /* lives as long as the run: nothing per request goes in here */
	cc_err *err;
	cc_code code;            /* sticky: the first failure ends the run */
	int64_t now;             /* all times: ns UTC */
	int64_t start, end;      /* of the capture */
	int64_t inject;          /* of the first cause */
	bool recording;          /* inside the capture */
	CC_VEC(forge_item_due) queue;
	uint64_t seq;
	/* Each part draws from a stream of its own, so that none disturbs another. */
	cc_rng kube_rng, uid_rng, flow_rng, net_rng, probe_rng, observer_rng, plan_rng, noise_rng;
	forge_kube kube;
	forge_flow *flow;
	struct forge_net *net;   /* net.c */
	forge_tel *tel;
	forge_metrics *metrics;
	forge_alerts *alerts;
	forge_plan plan;
	int rps_milli;           /* after --size has been turned into a rate */
	char work[1100];         /* temporary scenario folder */
	cc_forge_report rep;
} forge_sim;

/* Runs `run(s, t, a, b)` at t, or now when t is past. */
void forge_at(forge_sim *s, int64_t t, forge_action *run, int a, int b);
/* Does what is due up to and including `end`, until a failure or a cancellation; s->now is `end` then. */
void forge_run_until(forge_sim *s, int64_t end);
/* The part of the work that is simulation; rewriting everything for another recorder takes as long again. */
static inline int forge_simulating_permille(const cc_forge_options *o)
{
	return o->variant & CC_FORGE_GO_RECORDER ? 450 : 900;
}
/* The first failure wins and ends the run. CC_ENOMEM is told in s->err here, others by who found them. */
void forge_fail(forge_sim *s, cc_code code);
cc_code forge_nomem(cc_err *err);                    /* "forge: out of memory"; CC_ENOMEM */

/* Texts: in the arena, which lives as long as the run, or on the heap, for what a record takes (cc_free). When memory
 * is out they are "" or NULL, and forge_fail has been told. */
cc_str forge_str(forge_sim *s, cc_buf *b);           /* what b holds, in the arena; clears b */
const char *forge_text(forge_sim *s, const char *fmt, ...) CC_PRINTF(2, 3);
char *forge_take(forge_sim *s, cc_buf *b);           /* what b holds, on the heap; b is empty then */
char *forge_heap(forge_sim *s, const char *fmt, ...) CC_PRINTF(2, 3);

/* {places} in texts. forge_find_word finds the next "{letters}" at or after `from`: its offset and the word without
 * braces; CC_STR_NONE: there is none. forge_expand fills in the places whose word is the key of a pair and leaves the
 * others. */
typedef struct forge_pair { const char *key; cc_str value; } forge_pair;
size_t forge_find_word(cc_str text, size_t from, cc_str *word);
void forge_expand(cc_buf *out, const char *text, const forge_pair *pairs, size_t n);

#endif
