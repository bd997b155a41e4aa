/* forge.h - makes practice incidents: a seeded simulation of a web shop on Kubernetes, written in the ITBench layout.
 *
 * One run simulates an installation, a healthy time, one injected fault and its consequences, and writes
 *     <out_dir>/Scenario-<N>/                          the evidence (alerts/, metrics/, k8s_*.tsv, otel_*.tsv)
 *     <truth_dir>/Scenario-<N>/ground_truth.yaml       the answer, never inside the evidence
 * Both are built in a temporary sibling and renamed when whole: a failed or canceled run leaves nothing behind.
 * Equal options give equal bytes on every compiler: there is no clock, no locale and no platform arithmetic in it. */
#ifndef COLDCASE_FORGE_H
#define COLDCASE_FORGE_H

#include "coldcase/buf.h"
#include "coldcase/cancel.h"

/* Called now and then with the simulated part in thousandths (0…1000) and a short word for what is being done. */
typedef void cc_forge_progress(void *user, int permille, const char *stage);

typedef struct cc_forge_options {
	const char *out_dir;      /* parent of Scenario-<N>; made when missing; required */
	const char *truth_dir;    /* NULL: <out_dir>/solutions */
	const char *fault;        /* "<kind>:<service>", e.g. "invalid-image:checkout"; required */
	uint64_t seed;
	int scenario;             /* N, 1 … 999999 */
	int64_t start_ns;         /* first instant of the capture, UTC */
	int64_t duration_ns;      /* length of the capture, 12 minutes … 6 hours */
	int64_t inject_ns;        /* injection after start; 0: at about two fifths of the duration */
	int64_t scrape_ns;        /* distance of metric samples, 15 … 60 seconds */
	int rps_milli;            /* shop requests per second * 1000, 50 … 100000 */
	bool replace;             /* an existing Scenario-<N> is replaced; else it is CC_ESTATE */
	cc_forge_progress *progress; /* NULL: none */
	void *progress_user;
	cc_cancel *cancel;        /* NULL: cannot be canceled */
} cc_forge_options;

/* What one run wrote. `root` and `inject_ns` are part of the answer: do not show them to a player. */
typedef struct cc_forge_report {
	uint64_t spans, logs, event_rows, object_rows, samples, alert_files, files, bytes;
	int64_t inject_ns;        /* absolute, UTC */
	char scenario_dir[1024];  /* "<out_dir>/Scenario-<N>" */
	char truth_path[1024];
	char root[128];           /* "otel-demo/Deployment/checkout" */
} cc_forge_report;

typedef struct cc_forge_fault {
	const char *kind;         /* "invalid-image" */
	const char *summary;      /* one line */
} cc_forge_fault;

/* Defaults: seed 1, Scenario-1, 30 minutes from 2025-12-15T17:00:00Z, 5 requests a second, samples every 60 s. */
void cc_forge_options_init(cc_forge_options *o);

/* Runs and writes. Errors: CC_EUNKNOWN (fault or service, the hint lists them), CC_EUSAGE (an option out of range), CC_ELIMIT
 * (more than 100,000 requests), CC_ESTATE (scenario exists), CC_ECANCELED, CC_EIO, CC_ENOMEM. *rep is set on success only. */
cc_code cc_forge_run(const cc_forge_options *o, cc_forge_report *rep, cc_err *err) CC_MUST_USE;

size_t cc_forge_fault_count(void);
const cc_forge_fault *cc_forge_fault_get(size_t i);      /* static; NULL beyond the end */
size_t cc_forge_service_count(void);
const char *cc_forge_service_get(size_t i);              /* static; NULL beyond the end; what a fault can be aimed at */

#endif
