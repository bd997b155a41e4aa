/* app.h - one application as data: its services, the operations they offer, the calls that serving one takes, its
 * feature flags and its users' journeys. Read from a YAML file (apps/ holds the two built-in ones; the format is
 * described in apps/README.md) and checked before anything is simulated. Nothing here acts; nothing changes once it is
 * loaded.
 *
 * Services, operations and flags are numbered by their place in the file; -1 stands for none. Texts live in the
 * arena. */
#ifndef FORGE_APP_H
#define FORGE_APP_H

#include "coldcase/arena.h"
#include "coldcase/buf.h"
#include "coldcase/err.h"

typedef enum forge_lang {
	LANG_CPP, LANG_DOTNET, LANG_GO, LANG_JAVA, LANG_KOTLIN, LANG_NODE, LANG_PHP, LANG_PYTHON, LANG_RUBY, LANG_RUST,
	LANG_ENVOY, LANG_NGINX, LANG_STORE, LANG_COUNT
} forge_lang;

typedef enum forge_proto { PROTO_HTTP, PROTO_GRPC, PROTO_REDIS, PROTO_SQL, PROTO_KAFKA } forge_proto;

/* An environment variable of the container. `service` is the one its value addresses ("cart:8080", "http://quote:8080",
 * "Host=postgresql;…"), -1 when it is no address. With `secret` the value comes from that Secret's key and `value` is
 * the true content (a password), which no file ever shows. */
typedef struct forge_env { const char *name, *value, *secret, *secret_key; int service; } forge_env;

/* What a service writes of its own accord, asked or not: about every period_s; with 0, once a process, once_ms after
 * its start. level: 'i', 'w', 'e'. then: further lines said right after; NULL. The places in both are those of
 * forge_line. */
typedef struct forge_chatter { int period_s, once_ms; char level; const char *text, *then; } forge_chatter;

typedef struct forge_service {
	const char *name;
	const char *egress;      /* "router cart egress": span name of a proxy's request to it */
	forge_lang lang;
	bool statefulset;        /* else a Deployment */
	const char *image;       /* full reference with tag */
	const char *command;     /* entrypoint in the pod template, words separated by blanks; NULL: the image's own */
	const char *port_name;
	int port;                /* 0: serves nobody (consumers) */
	int replicas;
	bool recreate;           /* rollout removes the old pods first; else the default rolling update */
	bool traced;             /* exports spans under its own name */
	bool loadgen;            /* the users: journeys start here */
	bool metrics_hidden;     /* no service_*.tsv and no request rules (flagd, load-generator) */
	bool processor;          /* consumer of messages: has latency rules of its own */
	bool mesh;               /* runs behind a sidecar */
	bool probed;             /* has a readiness probe on its port */
	const char *probe_path;  /* HTTP path of the probe; NULL: a TCP probe */
	int cpu_request_m, cpu_limit_m;   /* millicores; limit 0: none */
	int mem_request_mi, mem_limit_mi, mem_base_mi; /* limit 0: none; base: working set at rest */
	int boot_ms;             /* container start to answering */
	int workers, backlog;    /* requests served at once; further ones that may wait before they are rejected */
	int greedy_cpu_m;        /* background work that takes as much processor as it may, up to this; 0: none */
	int leak_free_mi;        /* the working set grows so far when no limit bounds it (a cache); 0: none */
	int max_memory_mi;       /* stores: bound of the data set (maxmemory); 0: none */
	int wait_for;            /* an init container waits for this service; -1 */
	const char *claim;       /* PersistentVolumeClaim mounted; NULL */
	const char *config_map;  /* ConfigMap mounted; NULL */
	int hpa_min, hpa_max, hpa_cpu; /* autoscaler on processor use in percent of the request; hpa_max 0: none */
	int pdb_min;             /* PodDisruptionBudget minAvailable; 0: none */
	const forge_env *env;
	int env_n;
	const forge_chatter *chatter;
	int chatter_n;
} forge_service;

enum { FORGE_FORWARD = -2 };     /* step.op: whatever the user asked for (proxies) */

/* One call made while serving. */
typedef struct forge_step {
	int op;                  /* operation called; FORGE_FORWARD */
	int permille;            /* how often the step is taken; 1000: always */
	int most;                /* repeated 1 … most times, one after the other */
	int env;                 /* the caller's env entry with the address; -1: the service's own name and port */
	int timeout_ms;          /* the caller gives up; 0: never */
	int retries, backoff_ms; /* attempts after a refusal, reset or "unavailable"; the first pause, which doubles */
	bool tolerated;          /* a failure is logged as a warning, not passed on */
	bool parallel;           /* started together with the step before; the operation waits for all */
	const char *failure;     /* text of the error passed on, with the places of a voice; NULL: the callee's own */
} forge_step;

typedef struct forge_op {
	int service;
	forge_proto proto;
	const char *id;          /* "checkout.PlaceOrder", unique: how the file names it */
	const char *name;        /* span name at the server; for stores at the client */
	const char *client;      /* span name at the client; NULL: as the server */
	/* HTTP: method, path; gRPC: service, method; store: system, statement; topic and consumer: verb, topic */
	const char *method, *route;
	int cpu_us, wait_us;     /* medians: processor time; waiting of its own (disk, sleep, a third party) */
	int request_bytes, reply_bytes;
	int mem_kib;             /* held while being served */
	const char *log;         /* a line written when it went well; NULL: none */
	const forge_step *steps;
	int steps_n;
	const int *flags;        /* flags whose effect is on this operation */
	int flags_n;
	const int *consumers;    /* topics: operations run for each message, one consumer group each */
	int consumers_n;
} forge_op;

/* What a flag does while its variant has a value other than 0 / false / "off": `amount` times the variant's number. */
typedef enum forge_effect {
	EFFECT_FAIL,             /* amount permille of the requests fail with `message` */
	EFFECT_DELAY,            /* amount ms more */
	EFFECT_CPU,              /* amount ms of processor more */
	EFFECT_LEAK,             /* amount KiB kept for ever by each request */
	EFFECT_UNREACHABLE,      /* the operation uses a bad address for its call of `step_op` */
	EFFECT_FLOOD,            /* users make the first request of the first journey amount times */
	EFFECT_LAG,              /* a consumer sleeps amount ms a message and the producer sends it `copies` times */
	EFFECT_NOTHING           /* nothing reads this flag */
} forge_effect;

/* number: 0 off, 1 true, else the value; in thousandths when one of the flag's variants has a fraction. text: as
 * flagd's document has it. */
typedef struct forge_variant { const char *name; bool boolean; int number; const char *text; } forge_variant;

typedef struct forge_flag {
	const char *name, *description;
	const forge_variant *variants;
	int variants_n, off, on; /* off: the default variant; on: the one a fault chooses */
	forge_effect effect;
	int op;                  /* operation it acts on; -1 */
	int step_op;             /* EFFECT_UNREACHABLE: the call that goes astray; EFFECT_FLOOD: what users ask flagd, -1 */
	int amount, copies;
	const char *message;     /* EFFECT_FAIL: text of the failure */
	const char *item;        /* only requests about this item fail; NULL: all */
	int cpu_ms;              /* processor time more, beside the effect, times the variant's number; 0: none */
} forge_flag;

/* What a user does: requests in order, all in one trace. */
typedef struct forge_journey {
	const char *name;
	int weight;
	const int *requests;
	int requests_n;
	int most_first;          /* the first request is repeated 1 … most_first times */
	bool browser;            /* somebody's browser: no span of the users' process, traces begin at the gateway */
} forge_journey;

typedef struct forge_item { const char *id, *name; int cents; } forge_item;

/* flags: its data is flagd's document. decoy: a harmless text that somebody may edit. */
typedef struct forge_configmap { const char *name, *key, *data; bool flags, decoy; } forge_configmap;

typedef struct forge_app {
	const char *name;        /* "astronomy-shop" */
	const char *title;       /* one line for people */
	const char *namespace, *release, *chart, *version;
	const char *label;       /* key of the label that selects a service's pods */
	const char *service_namespace; /* resource attribute service.namespace; NULL: none */
	bool istio;              /* services marked mesh run behind sidecars; istio metrics exist */
	const forge_service *services;
	int services_n;
	const forge_op *ops;
	int ops_n;
	const forge_flag *flags;
	int flags_n, flagd;      /* flagd: service that serves the flags; -1 */
	const forge_journey *journeys;
	int journeys_n, journeys_weight;
	int entry_op;            /* the proxy operation all user requests go through; its step is FORGE_FORWARD */
	const forge_item *items; /* at least one */
	int items_n;
	const forge_configmap *configmaps;
	int configmaps_n;
} forge_app;

/* Reads an application: `spec` is a built-in name or the path of a file. Errors name the file and the member
 * ("app.yaml: services[3].port: …") and say what is allowed: CC_EUNKNOWN (no built-in of that name), CC_EFORMAT,
 * CC_ELIMIT, CC_ENOMEM, and those of reading a file. */
cc_code forge_app_load(forge_app **out, cc_arena *arena, const char *spec, cc_err *err) CC_MUST_USE;
/* The same from a text; `name` is for messages. */
cc_code forge_app_parse(forge_app **out, cc_arena *arena, const char *name, cc_str text, cc_err *err) CC_MUST_USE;
/* Built for `times` the load that the file's numbers are meant for: workers, backlogs, processors and memory grow.
 * False when memory is out. */
bool forge_app_grow(forge_app *app, cc_arena *arena, int times) CC_MUST_USE;
/* Built-in applications; false beyond the last. */
bool forge_app_builtin(int i, const char **name, cc_str *text);

/* Fills the places of a text: {rand:10-400}, {sum:1-20} (grows by as much each time), {hex:8}, {HEX:8},
 * {pick:one|another}, {time:%Y-%m-%d %H:%M:%S.%3}, {n} (how often), {pod}, {ip}, {caller} (address of somebody who
 * calls it). Other braces stay. Equal inputs, equal lines. */
typedef struct forge_line { uint64_t seed; int n; int64_t now; const char *pod, *ip, *caller; } forge_line;
void forge_line_put(cc_buf *out, const char *text, const forge_line *l);
/* What is wrong with the places of a text, for a message; NULL: nothing. */
const char *forge_line_wrong(const char *text);

int forge_service_find(const forge_app *app, cc_str name);  /* or -1, as the next two */
int forge_op_find(const forge_app *app, cc_str id);
int forge_flag_find(const forge_app *app, cc_str name);
/* The service that the text of an address names: "cart:8080", "http://quote:8080/x", "Host=postgresql;…"; -1. *port 0
 * when it has none. forge_address_host: its host, whosever name that is. */
int forge_address(const forge_app *app, cc_str value, int *port);
cc_str forge_address_host(cc_str value);
/* Does serving `op` make a call of operation `callee`, directly? */
bool forge_op_calls(const forge_app *app, int op, int callee);
/* Does an operation of service `from` call one of service `to`, directly? */
bool forge_service_calls(const forge_app *app, int from, int to);

/* flagd's document: every flag with its variants, variant[i] as the default variant of flag i (NULL: each flag's
 * `off`). */
void forge_flags_document(cc_buf *out, const forge_app *app, const int *variant);

/* How a runtime tells what went wrong. {name} is who speaks; {host} {ip} {port} what was addressed, {route} the HTTP
 * path, {ms} how long the caller waited, {status} {code} {cause} name, number and text of an error received. Every text
 * is there, though it may be ""; what a library says of its own is in forge_library. */
typedef struct forge_voice {
	const char *sdk;         /* telemetry.sdk.language */
	const char *scope, *scope_version; /* instrumentation scope of what no library of its own makes */
	const char *refused_grpc, *refused_http, *refused_store; /* nobody listens */
	const char *timeout_grpc, *timeout_http, *timeout_store; /* no answer in time */
	const char *unknown_host;                                /* the name does not resolve */
	const char *reset;                                       /* the peer closed the connection in the middle */
	const char *overload;                                    /* what a server answers when its queue is full */
	const char *remote_grpc, *remote_http;                   /* an error received from a callee */
	const char *info, *warn, *error; /* severity words this runtime's logger writes; "" for none */
	int info_n, warn_n, error_n;     /* their numbers */
	const char *started, *stopping;  /* lines at start and at SIGTERM; {name} {port}: its own */
} forge_voice;
extern const forge_voice forge_voices[LANG_COUNT];
/* The name of a gRPC code as some write it, "NotFound", or as others do, "NOT_FOUND". */
const char *forge_grpc_code(int code, bool shout);

/* What is at the other end of a call, as client libraries tell it apart. */
typedef enum forge_peer {
	PEER_HTTP, PEER_GRPC, PEER_REDIS, PEER_POSTGRES, PEER_MYSQL, PEER_MONGODB, PEER_KAFKA, PEER_COUNT
} forge_peer;
forge_peer forge_peer_of(const forge_op *op);

/* How one library reports one failure: type of the exception, its text, and the exception behind it (NULL: none), with
 * the places of forge_voice and {method} {Method} of a request, {verb} of a statement, {topic}, {local} the caller's
 * end of the connection, {heap} an address in memory, {seconds} the patience, {epoch} the time, {said} {cause} without
 * "FATAL: ", {sqlstate} its code. NULL: the library's type, the runtime's text. */
typedef struct forge_failure { const char *type, *text, *behind; } forge_failure;

/* A library that speaks one protocol in one runtime: what instruments it, how it fails, what its stacks look like. */
typedef struct forge_library {
	const char *scope, *version;               /* of client and producer spans; {name}: the service's name */
	const char *server_scope, *server_version; /* of server and consumer spans */
	const char *type;                          /* of its exceptions, as a rule */
	forge_failure refused, late, no_name, reset, remote; /* late: no answer in time; remote: an error answered */
	const char *connecting, *calling; /* stack lines when no connection came about, and when there was one */
} forge_library;
/* The library by which a service of that runtime offers or calls `op`. Never NULL. */
const forge_library *forge_library_of(forge_lang lang, const forge_op *op);

/* An exception: thrown by the library that called operation `called` (-1: by the service's own code) while `served` was
 * served (-1: nobody is asked, the stack ends in the library). */
typedef struct forge_raised {
	int service, served, called;
	bool connected;          /* there was a connection */
	const char *type, *message, *behind; /* behind: the exception behind it, NULL */
} forge_raised;
/* Type of an exception the service's own code throws while serving `op`; "" when its runtime has none. */
const char *forge_own_exception(forge_lang lang, const forge_op *op);
/* The stack trace as that runtime prints it, message included; nothing when it prints none. */
void forge_stack(cc_buf *out, const forge_app *app, const forge_raised *x);

#endif
