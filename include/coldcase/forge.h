/* forge.h - makes practice incidents: a seeded simulation of an application on Kubernetes, written in the layout of
 * ITBench.
 *
 * One run simulates an installation, a healthy time, the injected faults and their consequences, and writes
 *     <out_dir>/Scenario-<N>/                          the evidence (alerts/, metrics/, k8s_*.tsv, otel_*.tsv)
 *     <truth_dir>/Scenario-<N>/ground_truth.yaml       the answer, never inside the evidence
 *     <truth_dir>/Scenario-<N>/debrief.yaml            decisive records, decoys and their alibis, hints, the par route
 *     <truth_dir>/Scenario-<N>/briefing.md             what a player may read before: nothing that spoils
 * All are built in temporary siblings and renamed when whole: a failed or canceled run leaves nothing behind.
 * Equal options give equal bytes on every compiler and with one or two threads: there is no clock, no locale and no
 * platform arithmetic in it. */
#ifndef COLDCASE_FORGE_H
#define COLDCASE_FORGE_H

#include "coldcase/buf.h"
#include "coldcase/cancel.h"

/* Called now and then with the simulated part in thousandths (0…1000) and a short word for what is being done. */
typedef void cc_forge_progress(void *user, int permille, const char *stage);

typedef enum cc_forge_difficulty { CC_FORGE_EASY, CC_FORGE_MEDIUM, CC_FORGE_HARD, CC_FORGE_EXPERT } cc_forge_difficulty;

enum { /* cc_forge_options.without */
	CC_FORGE_NO_ALERTS = 1, CC_FORGE_NO_EVENTS = 2, CC_FORGE_NO_OBJECTS = 4,
	CC_FORGE_NO_LOGS = 8, CC_FORGE_NO_TRACES = 16, CC_FORGE_NO_METRICS = 32
};

enum { /* cc_forge_options.variant: how the recorder wrote it */
	CC_FORGE_EVENT_NAME = 1,     /* newer exporter: a 17th column in the log tables */
	CC_FORGE_OLD_EXPORTER = 2,   /* older exporter: traces without scope columns, STATUS_CODE_… spelling */
	CC_FORGE_OLD_RULES = 4,      /* alert rules of the recorded data (RequestErrorRate …); without: HighRequest… */
	CC_FORGE_GO_RECORDER = 8,    /* map[…], Go times and numbers */
	CC_FORGE_LEAN_METRICS = 16   /* a Prometheus that keeps only the pod metrics dashboards use: half the bytes */
};

enum { CC_FORGE_FAULTS = 4 };

/* A fault before the capture: seconds before its first instant. */
enum { CC_FORGE_EARLIEST_S = 240, CC_FORGE_LATEST_S = 30 };

typedef struct cc_forge_options {
	const char *out_dir;      /* parent of Scenario-<N>; made when missing; required */
	const char *truth_dir;    /* NULL: <out_dir>/solutions */
	const char *app;          /* built-in name or path of an application file; NULL: "astronomy-shop" */
	const char *faults[CC_FORGE_FAULTS]; /* "<kind>[:<target>]", e.g. "invalid-image:checkout" */
	int fault_count;          /* 0: the seed chooses one, on hard at times two, for experts two */
	uint64_t seed;
	int scenario;             /* N, 1 … 999999 */
	int64_t start_ns;         /* first instant of the capture, UTC; 0: on 2025-12-15, 16:20 to 18:10, by the seed */
	int64_t duration_ns;      /* length of the capture, 12 minutes … 6 hours */
	int64_t inject_ns;        /* injection after start, negative: before it; 0: chosen by the difficulty */
	int64_t scrape_ns;        /* distance of metric samples, 15 … 60 seconds */
	int rps_milli;            /* user requests per second * 1000, 50 … 1,000,000 */
	uint64_t size;            /* wanted output in bytes: sets the rate instead of rps_milli; 0: none */
	cc_forge_difficulty difficulty;
	int noise;                /* amount of unrelated trouble in percent, 0 … 300; -1: by the difficulty */
	unsigned without;         /* CC_FORGE_NO_…: files left out */
	unsigned variant;         /* CC_FORGE_EVENT_NAME … */
	int corrupt;              /* damage as real exports have it: number of places, 0 none */
	int threads;              /* 1 or 2; 0: 2 */
	bool replace;             /* an existing Scenario-<N> is replaced; else it is CC_ESTATE */
	cc_forge_progress *progress; /* NULL: none */
	void *progress_user;
	cc_cancel *cancel;        /* NULL: cannot be canceled */
} cc_forge_options;

/* What one run wrote. `root`, `fault` and `inject_ns` are part of the answer: do not show them to a player. */
typedef struct cc_forge_report {
	uint64_t spans, logs, event_rows, object_rows, samples, alert_files, files, bytes;
	int64_t inject_ns;        /* absolute, UTC */
	char scenario_dir[1024];  /* "<out_dir>/Scenario-<N>" */
	char truth_path[1024];
	char root[256];           /* "otel-demo/Deployment/checkout"; several are separated by a blank */
	char fault[256];          /* as it could be given to --fault; several are separated by a blank */
} cc_forge_report;

typedef struct cc_forge_fault {
	const char *kind;         /* "invalid-image" */
	const char *summary;      /* one line */
	const char *target;       /* what it can be aimed at: "service", "flag", "store", "service pair" … */
	const char *root_kind;    /* kind of the root cause's object: "Deployment" */
} cc_forge_fault;

/* Defaults: seed 1, Scenario-1, 30 minutes, 5 requests a second, samples every 60 s, medium. */
void cc_forge_options_init(cc_forge_options *o);

/* Runs and writes. Errors: CC_EUNKNOWN (fault, target or application, the hint lists them), CC_EFORMAT (application
 * file), CC_EUSAGE (an option out of range), CC_ESTATE (scenario exists), CC_ECANCELED, CC_EIO, CC_ENOMEM. *rep is set
 * on success. */
cc_code cc_forge_run(const cc_forge_options *o, cc_forge_report *rep, cc_err *err) CC_MUST_USE;

size_t cc_forge_fault_count(void);
const cc_forge_fault *cc_forge_fault_get(size_t i);      /* static; NULL beyond the end */
/* Built-in applications: name and the text of their file, for `--show-app`. False beyond the end. */
bool cc_forge_app_get(size_t i, const char **name, cc_str *text);
/* What a fault of that kind can be aimed at in an application: one per line, into `out`. Errors as cc_forge_run. */
cc_code cc_forge_targets(const char *app, const char *kind, cc_buf *out, cc_err *err) CC_MUST_USE;

#endif
