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
	int64_t now, start, end, inject; /* inject: of the first cause */
	bool recording;          /* inside the capture */
	CC_VEC(forge_item_due) queue;
	uint64_t seq;
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

/* sim.c */
void forge_at(forge_sim *s, int64_t t, forge_action *run, int a, int b);
void forge_fail(forge_sim *s, cc_code code);         /* first failure wins; CC_ENOMEM fills err itself */
void forge_run_until(forge_sim *s, int64_t end);
cc_str forge_str(forge_sim *s, cc_buf *b);           /* copies into the arena and clears b */
const char *forge_text(forge_sim *s, const char *fmt, ...) CC_PRINTF(2, 3); /* arena text; "" when memory is out */
cc_code net_init(forge_sim *s);
void net_deinit(forge_sim *s);

/* Names for {placeholders}; forge_expand replaces those it knows and leaves the rest. */
typedef struct forge_pair { const char *key; cc_str value; } forge_pair;
void forge_expand(cc_buf *out, const char *text, const forge_pair *pairs, size_t n);

#endif
