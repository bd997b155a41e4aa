/* telemetry.h - what the observers keep. Spans, log records, event and object rows stream to their files as they
 * happen: records wait only until nothing earlier can come any more, so memory does not grow with the output. Metrics
 * are scraped from the counters those spans and the pods have advanced; alert rules see nothing but the samples.
 *
 * With two threads the second one sorts, formats and writes; the bytes are the same, because what is written depends on
 * the records and their order alone. Times are ns UTC; functions without a result tell forge_fail of what goes
 * wrong. */
#ifndef FORGE_TELEMETRY_H
#define FORGE_TELEMETRY_H

#include "coldcase/buf.h"
#include "coldcase/vec.h"
#include "forge/app.h"

struct forge_sim;
typedef struct forge_tel forge_tel;          /* tel_priv.h */
typedef struct forge_metrics forge_metrics;  /* metrics_priv.h */
typedef struct forge_alerts forge_alerts;    /* alerts_priv.h */

/* ---- records ---- */

typedef enum forge_kind { KIND_INTERNAL, KIND_SERVER, KIND_CLIENT, KIND_PRODUCER, KIND_CONSUMER } forge_kind;

/* What a trace is about. Texts (user, order ids) are made from these numbers when they are written. */
enum { TEL_CURRENCIES = 5 };
typedef struct forge_vars {
	uint64_t user, order, txn, request;
	int item;                /* of the application's items */
	int currency;            /* below TEL_CURRENCIES */
	int count, cents, serial;
	bool browser;            /* somebody's, not the load generator's */
} forge_vars;

/* How a request failed at one hop. REFUSED with TIMEOUT: a proxy waited for a connection in vain. NO_HOST, with
 * REFUSED: a proxy knew no endpoint to try. */
enum {
	VIA_REFUSED = 1, VIA_TIMEOUT = 2, VIA_NO_NAME = 4, VIA_RESET = 8, VIA_DENIED = 16, VIA_OVERLOAD = 32,
	VIA_NO_HOST = 64,
	VIA_TRANSPORT = VIA_REFUSED | VIA_TIMEOUT | VIA_NO_NAME | VIA_RESET /* no server has answered */
};

/* One finished span. Its name and attributes follow from op, kind and the fields below (tel_text.c, tel_attrs.c).
 * message and exception texts are heap strings (cc_malloc) that tel_span takes. */
typedef struct forge_span {
	int64_t start, end;
	uint64_t trace[2], id, parent; /* parent 0: none */
	uint64_t link;           /* span of the same trace this one is linked to; 0: none */
	int service, pod;        /* who made it */
	int op;                  /* the operation served or called; -1: a user's journey */
	int wanted;              /* proxies: the operation the user asked for; else -1 */
	int journey;             /* op -1: which */
	int peer;                /* pod that answered; -1: none */
	int to_service, to_port; /* client spans: what was addressed; -1: a name that nobody has. Others: -1, 0 */
	const char *to_host;     /* client spans: the host as the caller knows it; lives as long as the run */
	forge_kind kind;
	bool error;
	int status;              /* HTTP status or gRPC code; 0 with PROTO_HTTP: none arrived */
	unsigned via;            /* VIA_…; 0: it was answered */
	int flag, flag_variant;  /* a feature_flag event: the flag evaluated; -1: none */
	char *message;           /* status message; NULL */
	char *exception, *exception_message; /* exception event: its type; NULL: none */
	char *stack;             /* its stack trace; NULL: none */
	const char *upstream;    /* proxies: the Service's address, when they know no pods; NULL; as to_host */
	int64_t event_at;        /* of the exception, or of the flag when there is none; 0: somewhere in it */
	forge_vars vars;
} forge_span;

typedef struct forge_log {
	int64_t t;
	uint64_t trace[2], span; /* zeros: none */
	int service, pod;
	int op, wanted;          /* see body */
	const char *severity;    /* static */
	int number;
	char *body;              /* heap, taken; NULL: the line of `op` (app.log), a proxy's access line for `wanted` */
	char *exception, *exception_message, *stack; /* attributes, heap, taken; NULL */
	int status, peer;        /* access lines, as the next ones */
	const char *upstream;    /* as of a span */
	unsigned via;
	int64_t took_ns, upstream_ns;
	forge_vars vars;
} forge_log;

/* ---- tel.c: the streams ---- */

/* Opens the four streams in s->work and starts the writer; tel_close drains and closes them and adds to the report. */
cc_code tel_open(struct forge_sim *s, cc_err *err) CC_MUST_USE;
cc_code tel_close(struct forge_sim *s, cc_err *err) CC_MUST_USE;
void tel_deinit(struct forge_sim *s);                 /* after a failure too */
/* A span begins now: the stream waits for it until tel_span ends it, or tel_span_drop. A handle for those; -1 after a
 * failure. */
int tel_span_begin(struct forge_sim *s, int64_t start);
/* Counts it for the metrics; writes it if its service exports spans and it lies inside the capture. Takes the texts. */
void tel_span(struct forge_sim *s, int handle, forge_span *span);
/* The span of that handle is never exported: its process died. It is neither written nor counted. */
void tel_span_drop(struct forge_sim *s, int handle);
void tel_log(struct forge_sim *s, forge_log *log);    /* takes the heap texts; log->t lies up to 5 s behind now */
/* A line of a pod outside any request, with the severity words of its runtime: level 'i', 'w' or 'e'. */
void tel_pod_log(struct forge_sim *s, int64_t t, int pod, char level, const char *fmt, ...) CC_PRINTF(5, 6);
void tel_event_row(struct forge_sim *s, int64_t t, cc_str line);  /* a whole row with its newline; t: now or later */
void tel_object_row(struct forge_sim *s, int64_t t, cc_str line);

/* ---- tel_text.c: words ---- */

/* Text with what a trace is about filled in: {user} {order} {txn} {serial} {count} {product} {productName} {currency}
 * {amount} {email} {iso} {millis} {clf} {ip}; other places stay. pod gives {ip}, -1: "-". The words of the log
 * lines. */
void tel_expand(struct forge_sim *s, cc_buf *out, const char *text, const forge_vars *vars, int64_t at, int pod);
/* The name of a span, in the traces file and as the label span_name. It follows from service, op (or journey), wanted,
 * kind and to_service; the application owns it. */
const char *tel_agent(const forge_vars *vars);        /* what asks: the header user-agent */
const char *forge_span_name(const forge_app *app, const forge_span *span);
const char *forge_kind_name(forge_kind kind, bool prefixed); /* "Server"; prefixed: "SPAN_KIND_SERVER" */

/* tel_proxy.c: what Envoy notes about a request, by how it failed: abbreviated flags, details, what went wrong below
 * ("-": nothing), and the text it answers in the server's place (NULL: the server has answered). */
typedef struct tel_proxied { const char *flags, *details, *transport, *answer; } tel_proxied;
tel_proxied tel_proxied_as(const forge_app *app, unsigned via);
int tel_answer_bytes(const forge_app *app, const forge_op *op, int status, unsigned via); /* body of the answer */

/* ---- passes over the finished files of s->work: nothing to do gives CC_OK ---- */

/* variant.c: rewrites them as the Go recorder would have written them (CC_FORGE_GO_RECORDER), row by row. */
cc_code variant_apply(struct forge_sim *s, cc_err *err) CC_MUST_USE;
/* corrupt.c: opt->corrupt places of damage, chosen by the seed; rows and files that mention a root cause are spared.
 * The last step before the folder is renamed. */
cc_code corrupt_apply(struct forge_sim *s, cc_err *err) CC_MUST_USE;

/* ---- metrics*.c ---- */

cc_code metrics_init(struct forge_sim *s);
void metrics_deinit(struct forge_sim *s);
void metrics_start(struct forge_sim *s, int64_t from); /* scraping begins */
void metrics_count_span(struct forge_sim *s, const forge_span *span); /* by tel_span, whether it is written or not */
cc_code metrics_write(struct forge_sim *s, cc_err *err) CC_MUST_USE;  /* the files of metrics/ */

/* ---- alerts*.c ---- */

cc_code alerts_init(struct forge_sim *s);
void alerts_deinit(struct forge_sim *s);
void alerts_start(struct forge_sim *s, int64_t from);  /* rules are evaluated, and recorded from the capture on */

/* An alert that has been pending or firing, all its episodes together: for the ground truth. */
typedef struct forge_fired {
	const char *name;
	bool background;         /* fires in such a cluster whatever happens */
	int service;             /* application service it is about; -1 */
	const char *subject_kind; /* "Service", "Pod", "Deployment", "Node", "Namespace", "Cluster" …; background: "" */
	cc_str subject;          /* value of the label that names it: "checkout", a pod …; empty: namespace, cluster */
	int64_t active_at;       /* of the first episode that fired, else of the last */
	int64_t fired_at;        /* 0: pending only */
	double value;            /* the last one seen */
} forge_fired;
size_t alerts_count(const struct forge_sim *s);
const forge_fired *alerts_get(const struct forge_sim *s, size_t i);

#endif
