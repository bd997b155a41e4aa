/* telemetry.h - what the observers keep: spans, log records, metric samples, alert states.
 *
 * Spans and logs are written by the simulation while it serves requests; metrics are scraped from the counters those
 * spans and the pods have advanced; alert rules see nothing but the samples. */
#ifndef FORGE_TELEMETRY_H
#define FORGE_TELEMETRY_H

#include "coldcase/vec.h"
#include "forge/world.h"

struct forge_sim;

typedef enum forge_kind { KIND_INTERNAL, KIND_SERVER, KIND_CLIENT, KIND_PRODUCER, KIND_CONSUMER } forge_kind;

typedef struct forge_span {
	int64_t start, dur;
	uint64_t trace[2], id, parent, link; /* link: span this one is linked to; 0 none */
	uint64_t seq;
	const char *name, *scope;
	int app, pod;
	forge_kind kind;
	bool error;
	cc_str attrs;            /* map cell */
	cc_str message;          /* status message */
	cc_str ev_name, ev_attrs; /* one span event; empty name: none */
	int64_t ev_at;
} forge_span;

typedef struct forge_log {
	int64_t t;
	uint64_t trace[2], span, seq;
	int app, pod;
	const char *severity;
	int number;
	cc_str body, attrs;      /* attrs: map cell, empty for {} */
} forge_log;

enum { FORGE_BOUNDS = 9 };
extern const int forge_bounds[FORGE_BOUNDS - 1]; /* upper bounds in ms; the last bucket is +Inf */

/* Counters of one (service, span name, kind, status), sampled at every scrape since `first`. */
typedef struct forge_calls {
	int app;
	const char *name;
	forge_kind kind;
	bool error;
	uint32_t now[FORGE_BOUNDS]; /* cumulative per bucket */
	size_t first;
	CC_VEC(uint32_t) samples;   /* FORGE_BOUNDS a scrape */
} forge_calls;

/* Samples of one pod series. */
typedef struct forge_series {
	int pod;
	int block;                  /* rank of the metric in the export: blocks are not in the order of time */
	const char *metric;
	cc_str tags;
	CC_VEC(int64_t) at;
	CC_VEC(double) value;
} forge_series;

typedef struct forge_alert {
	int rule;
	cc_str key;                 /* JSON of the labels: identity */
	cc_str about;               /* service or pod the alert is about; empty: none */
	double value;
	int64_t active_at, last_seen, fired_at; /* fired_at 0: pending */
	bool fired_ever;
} forge_alert;

typedef struct forge_tel {
	CC_VEC(forge_span) spans;
	CC_VEC(forge_log) logs;
	CC_VEC(size_t) unfinished;  /* spans not counted yet */
	CC_VEC(forge_calls) calls;
	CC_VEC(int64_t) scrapes;
	CC_VEC(forge_series) series;
	cc_map *series_index;
	CC_VEC(forge_alert) alerts;
	CC_VEC(forge_alert) history; /* alerts that fired, as they ended */
	uint64_t seq;
} forge_tel;

cc_code tel_init(struct forge_sim *s);
void tel_deinit(struct forge_sim *s);
void tel_span(struct forge_sim *s, const forge_span *span);
void tel_log(struct forge_sim *s, const forge_log *log);
/* A line of a pod outside any request, with the severity words of its runtime: level 'i', 'w' or 'e'. */
void tel_pod_log(struct forge_sim *s, int64_t t, int pod, char level, const char *fmt, ...) CC_PRINTF(5, 6);

/* metrics.c */
void tel_scrape(struct forge_sim *s, int64_t now);
/* Prometheus' increase() of a calls series over (now - window, now], extrapolated; *ok false with fewer than two samples. */
double tel_increase(const struct forge_sim *s, const forge_calls *c, int bucket, int64_t now, int64_t window, bool *ok);
/* Last sample of a pod series not older than five minutes. */
bool tel_last(const forge_series *r, int64_t now, double *value);
cc_code tel_write_metrics(struct forge_sim *s, const char *dir, cc_err *err);

/* alerts.c */
void alerts_start(struct forge_sim *s, int64_t from);
const char *alerts_name(int rule);
bool alerts_background(int rule);

/* traces.c, logs.c */
cc_code tel_write_traces(struct forge_sim *s, const char *dir, cc_err *err);
cc_code tel_write_logs(struct forge_sim *s, const char *dir, cc_err *err);
const char *tel_kind_name(forge_kind k); /* "Server" */
/* The resource attributes of a pod as a map cell. */
cc_str tel_resource(struct forge_sim *s, int pod, bool process);

#endif
