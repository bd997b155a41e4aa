/* sim.h - the running simulation: one clock, one queue of things to come, named random streams. */
#ifndef FORGE_SIM_H
#define FORGE_SIM_H

#include "coldcase/arena.h"
#include "coldcase/forge.h"
#include "coldcase/json.h"
#include "coldcase/rng.h"
#include "coldcase/sha256.h"
#include "coldcase/xalloc.h"
#include "coldcase/time.h"
#include "forge/kube.h"
#include "forge/telemetry.h"

#define FORGE_S CC_NS_PER_S
#define FORGE_MS CC_NS_PER_MS

typedef void forge_action(struct forge_sim *s, int64_t now, int a, int b);

typedef struct forge_item {
	int64_t t;
	uint64_t seq;            /* first come, first served at equal times */
	forge_action *run;
	int a, b;
} forge_item;

/* What serving requests has shown: which failing callee made which caller fail, and whom a failed caller no longer asked. */
typedef struct forge_flow {
	uint32_t failed[APP_COUNT][APP_COUNT];  /* [callee][caller] */
	uint32_t starved[APP_COUNT][APP_COUNT]; /* [caller][callee] */
	uint64_t requests, failures;
} forge_flow;

typedef struct forge_sim {
	const cc_forge_options *opt;
	cc_arena *arena;
	cc_err *err;
	cc_code code;            /* sticky: the first failure ends the run */
	int64_t now, start, end, inject;
	bool recording;          /* inside the capture */
	CC_VEC(forge_item) queue;
	uint64_t seq;
	cc_rng kube_rng, uid_rng, flow_rng, probe_rng, mem_rng;
	forge_kube kube;
	forge_tel tel;
	forge_flow flow;
	int fault, target;       /* fault table row, app */
	int decoy, flaky;        /* apps: harmless rollout, slow readiness probe */
	char bad_image[FORGE_IMAGE], good_image[FORGE_IMAGE];
	char work[1100];         /* temporary scenario folder */
	cc_buf objects;          /* k8s_objects_raw.tsv */
	uint64_t object_rows;
	int orders;
	cc_forge_report rep;
} forge_sim;

/* sim.c: the queue and the requests */
void forge_at(forge_sim *s, int64_t t, forge_action *run, int a, int b);
void forge_fail(forge_sim *s, cc_code code);         /* first failure wins; CC_ENOMEM fills err itself */
void forge_run_until(forge_sim *s, int64_t end);
void flow_start(forge_sim *s, int64_t from);
cc_str forge_str(forge_sim *s, cc_buf *b);           /* copies into the arena and clears b */

/* fault.c */
cc_code fault_parse(forge_sim *s, const char *spec, cc_err *err);
void fault_schedule(forge_sim *s);
/* truth.c */
cc_code truth_write(forge_sim *s, const char *path, cc_err *err);

/* out.c: cells as the recorder prints them */
void out_field(cc_buf *out, cc_str text);            /* TSV field, quoted only if it must be */
void out_repr(cc_buf *out, cc_str text);             /* Python string literal */
void out_map(cc_buf *out, bool *first, const char *key, cc_str value); /* one entry of a dict cell; opens it when *first */
void out_map_end(cc_buf *out, bool first);
void out_float(cc_buf *out, double v);               /* as Python prints a float: 12.0, 1e-05 */
void out_gofloat(cc_buf *out, double v);             /* as Go prints with %e: 4e-01 */
void out_time_s(cc_buf *out, int64_t ns);            /* 2025-12-15T17:24:32Z */
void out_time_us(cc_buf *out, int64_t ns);           /* 2025-12-15T17:24:32.123456Z */
void out_stamp_ms(cc_buf *out, int64_t ns);          /* 2025-12-15 17:24:32.123 */
void out_stamp_s(cc_buf *out, int64_t ns);           /* 2025-12-15 17:24:32 */
void out_datetime(cc_buf *out, int64_t ns);          /* datetime.datetime(2025, 12, 15, 17, 24, 32, 123456) */
void out_hex16(cc_buf *out, uint64_t v);
/* "Timestamp TimestampTime … LogAttributes" of the three log-shaped files, and one row of them. */
void out_log_header(cc_buf *out);
typedef struct out_log_row {
	int64_t t;
	cc_str trace, span, service, body, resource, attrs;
	int flags, number;
	const char *severity, *scope, *scope_version;
} out_log_row;
void out_log_line(cc_buf *out, const out_log_row *r);

#endif
