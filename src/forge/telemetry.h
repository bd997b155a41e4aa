/* telemetry.h - what the observers keep. Spans, log records, event and object rows stream to their files as they happen:
 * records wait only until nothing earlier can come any more, so memory does not grow with the output. Metrics are scraped
 * from the counters those spans and the pods have advanced; alert rules see nothing but the samples.
 *
 * With two threads the second one sorts, formats and writes; the bytes are the same, because what is written depends on the
 * records and their order alone. */
#ifndef FORGE_TELEMETRY_H
#define FORGE_TELEMETRY_H

#include "coldcase/buf.h"
#include "coldcase/vec.h"
#include "forge/app.h"

struct forge_sim;
typedef struct forge_tel forge_tel;          /* tel_priv.h */
typedef struct forge_metrics forge_metrics;  /* metrics_priv.h */
typedef struct forge_alerts forge_alerts;    /* alerts_priv.h */

typedef enum forge_kind { KIND_INTERNAL, KIND_SERVER, KIND_CLIENT, KIND_PRODUCER, KIND_CONSUMER } forge_kind;

/* What a trace is about. Texts (user, order ids) are made from these numbers when they are written. */
typedef struct forge_vars {
	uint64_t user, order, txn, request;
	int item, currency, count, cents, serial;
} forge_vars;

/* REFUSED with TIMEOUT: a proxy waited for a connection in vain. NO_HOST, with REFUSED: a proxy knew no endpoint to try. */
enum {
	VIA_REFUSED = 1, VIA_TIMEOUT = 2, VIA_NO_NAME = 4, VIA_RESET = 8, VIA_DENIED = 16, VIA_OVERLOAD = 32, VIA_NO_HOST = 64,
	VIA_TRANSPORT = VIA_REFUSED | VIA_TIMEOUT | VIA_NO_NAME | VIA_RESET /* no server has answered */
};

/* One finished span. Names and attributes follow from op, kind and the fields below; tel.c knows how.
 * message and exception texts are heap strings (cc_malloc) that tel_span takes. */
typedef struct forge_span {
	int64_t start, end;
	uint64_t trace[2], id, parent, link; /* link: span of the same trace this one is linked to; 0 none */
	int service, pod;        /* who made it */
	int op;                  /* the operation served or called; -1: a user's journey */
	int wanted;              /* proxies: the operation the user asked for; else -1 */
	int journey;             /* op -1: which */
	int peer;                /* pod that answered, -1 none */
	int to_service, to_port; /* client spans: what was addressed (may be wrong: -1 when the name is nobody's) */
	const char *to_host;     /* client spans: host name as the caller knows it; static or arena */
	forge_kind kind;
	bool error;
	int status;              /* HTTP status or gRPC code; 0 with PROTO_HTTP: none arrived */
	unsigned via;            /* VIA_…: how it failed at this hop */
	int flag;                /* a feature_flag event: the flag evaluated; -1 none */
	int flag_variant;
	char *message;           /* status message; NULL */
	char *exception, *exception_message; /* exception event; NULL: none */
	char *stack;             /* its stack trace; NULL: none */
	const char *upstream;    /* proxies: address they sent it to, when that is the Service's and no pod's; static or arena */
	int64_t event_at;
	forge_vars vars;
} forge_span;

typedef struct forge_log {
	int64_t t;
	uint64_t trace[2], span; /* zeros: none */
	int service, pod;
	int op, wanted;          /* op >= 0 with body NULL: the operation's own line (app.log), filled from vars */
	const char *severity;    /* static */
	int number;
	char *body;              /* heap text, taken; NULL: see op; access lines of a proxy: body NULL and op the proxy's */
	char *exception, *exception_message, *stack; /* attributes; NULL; taken */
	int status, peer;        /* access lines */
	const char *upstream;    /* as of a span */
	unsigned via;
	int64_t took_ns, upstream_ns;
	forge_vars vars;
} forge_log;

/* tel.c: opens the four streams in s->work, starts the writer; tel_close drains, closes and reports. */
cc_code tel_open(struct forge_sim *s, cc_err *err) CC_MUST_USE;
cc_code tel_close(struct forge_sim *s, cc_err *err) CC_MUST_USE;
void tel_deinit(struct forge_sim *s);                 /* after a failure too */
/* A span begins now: it holds the stream back until tel_span ends it with the same start. Returns a handle for tel_span. */
int tel_span_begin(struct forge_sim *s, int64_t start);
void tel_span(struct forge_sim *s, int handle, forge_span *span); /* takes the heap texts; counts it for the metrics */
/* The span of that handle is never exported: its process died. It is neither written nor counted. */
void tel_span_drop(struct forge_sim *s, int handle);
void tel_log(struct forge_sim *s, forge_log *log);    /* takes the heap texts; log->t may lie up to 5 s behind now, not before the last tel_span watermark */
/* A line of a pod outside any request, with the severity words of its runtime: level 'i', 'w' or 'e'. */
void tel_pod_log(struct forge_sim *s, int64_t t, int pod, char level, const char *fmt, ...) CC_PRINTF(5, 6);
void tel_event_row(struct forge_sim *s, int64_t t, cc_str line);  /* whole rows with their newline; t up to 60 ms ahead of now */
void tel_object_row(struct forge_sim *s, int64_t t, cc_str line);
char *tel_text(struct forge_sim *s, const char *fmt, ...) CC_PRINTF(2, 3); /* heap text for a record; NULL when memory is out */
uint64_t tel_bytes(const struct forge_sim *s);        /* written so far */
/* Text with the placeholders of forge_vars filled in: {user} {order} {txn} {serial} {count} {product} {productName} {currency}
 * {amount} {email} {iso} {millis} {clf} {ip}; others stay. pod gives {ip}, -1: "-". The same words as in the log lines. */
void tel_expand(struct forge_sim *s, cc_buf *out, const char *text, const forge_vars *vars, int64_t at, int pod);
enum { TEL_CURRENCIES = 5 };
const char *tel_currency(int currency);              /* any number: taken modulo TEL_CURRENCIES */

/* variant.c: rewrites the finished files in s->work as the Go recorder would have written them; nothing without
 * CC_FORGE_GO_RECORDER. After tel_close and the metric and alert files, before corrupt_apply. One file at a time, row by row. */
cc_code variant_apply(struct forge_sim *s, cc_err *err) CC_MUST_USE;
/* corrupt.c: opt->corrupt places of damage in the finished files of s->work, chosen by the seed; rows and files that mention a
 * root cause are spared. The last step before the folder is renamed. */
cc_code corrupt_apply(struct forge_sim *s, cc_err *err) CC_MUST_USE;

/* The name a span has in the traces file, which is also its label span_name in the metrics. Borrowed; depends on service, op
 * (or journey) and kind alone. tel_cells.c. */
const char *forge_span_name(const struct forge_sim *s, const forge_span *span);

/* Upper bounds of flow_mesh_count.bucket in ms; the twelfth bucket is +Inf. bucket[i] counts the requests that fell into bucket i
 * alone (not cumulative). metrics_mesh.c */
enum { FORGE_MESH_BUCKETS = 12 };
extern const int forge_mesh_bounds[FORGE_MESH_BUCKETS - 1];

/* metrics.c */
cc_code metrics_init(struct forge_sim *s);
void metrics_deinit(struct forge_sim *s);
void metrics_start(struct forge_sim *s, int64_t from);
void metrics_count_span(struct forge_sim *s, const forge_span *span); /* called by tel_span for every span, recorded or not */
cc_code metrics_write(struct forge_sim *s, cc_err *err) CC_MUST_USE;  /* metrics/ files */

/* alerts.c */
cc_code alerts_init(struct forge_sim *s);
void alerts_deinit(struct forge_sim *s);
void alerts_start(struct forge_sim *s, int64_t from);
/* Alerts that have fired, background ones apart: for the ground truth. */
typedef struct forge_fired {
	const char *name;
	int service;             /* application service it is about, -1 */
	cc_str subject;          /* value of the label that names it: "checkout", a pod, a deployment …; empty: the namespace */
	const char *subject_kind; /* "Service", "Pod", "Deployment", "HorizontalPodAutoscaler", "ResourceQuota", "Namespace", "Node" … */
	int64_t active_at, fired_at; /* fired_at 0: pending only */
	double value, peak;
	bool background;
	uint64_t observations;
} forge_fired;
size_t alerts_count(const struct forge_sim *s);
const forge_fired *alerts_get(const struct forge_sim *s, size_t i);

/* variant.c, corrupt.c: passes over the finished folder before it is renamed; nothing to do gives CC_OK. */
cc_code variant_apply(struct forge_sim *s, cc_err *err) CC_MUST_USE;
cc_code corrupt_apply(struct forge_sim *s, cc_err *err) CC_MUST_USE;

#endif
