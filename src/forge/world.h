/* world.h - the shop as data: which services there are, what they offer, and which calls serving a request takes.
 *
 * Nothing here acts. The simulation (sim.c) walks these tables; a new service or call is a new row. */
#ifndef FORGE_WORLD_H
#define FORGE_WORLD_H

#include "coldcase/buf.h"

#define FORGE_NS "otel-demo"
#define FORGE_VERSION "2.1.3"

typedef enum forge_app_id {
	APP_LOADGEN, APP_PROXY, APP_FRONTEND, APP_CART, APP_CHECKOUT, APP_CURRENCY, APP_EMAIL, APP_PAYMENT, APP_CATALOG,
	APP_RECOMMENDATION, APP_SHIPPING, APP_QUOTE, APP_AD, APP_IMAGES, APP_ACCOUNTING, APP_FRAUD, APP_REVIEWS, APP_FLAGD,
	APP_KAFKA, APP_POSTGRES, APP_VALKEY, APP_COUNT
} forge_app_id;

typedef enum forge_lang {
	LANG_CPP, LANG_DOTNET, LANG_GO, LANG_JAVA, LANG_KOTLIN, LANG_NODE, LANG_PHP, LANG_PYTHON, LANG_RUBY, LANG_RUST,
	LANG_ENVOY, LANG_NGINX, LANG_STORE, LANG_COUNT
} forge_lang;

typedef struct forge_app {
	const char *name;
	forge_lang lang;
	const char *image;      /* NULL: the shop's image with the service's name as tag suffix */
	const char *port_name;
	int port;
	int replicas;
	bool recreate;          /* rollout removes the old pods first; else the default rolling update */
	bool traced;            /* exports spans under its own name */
	bool probed;            /* has a readiness probe */
	int cpu_request_m;      /* millicores */
	int mem_limit_mi, mem_base_mi;
	int boot_ms;            /* container start to answering */
	const char *wait_for;   /* init container waits for this service; NULL: none */
	const char *env[10];    /* name, value, name, value … */
} forge_app;

typedef enum forge_proto { PROTO_HTTP, PROTO_GRPC, PROTO_REDIS, PROTO_SQL, PROTO_KAFKA } forge_proto;

typedef enum forge_op_id {
	OP_NONE, OP_PROXY,
	OP_FE_INDEX, OP_FE_PRODUCTS, OP_FE_PRODUCT, OP_FE_RECOMMEND, OP_FE_ADS, OP_FE_CART, OP_FE_ADD, OP_FE_SHIPPING, OP_FE_CURRENCY,
	OP_FE_CHECKOUT, OP_FE_REVIEWS,
	OP_IMAGE, OP_CART_GET, OP_CART_ADD, OP_CART_EMPTY, OP_CHECKOUT_PLACE, OP_CURRENCY_LIST, OP_CURRENCY_CONVERT, OP_EMAIL_SEND,
	OP_PAYMENT_CHARGE, OP_CATALOG_LIST, OP_CATALOG_GET, OP_RECOMMEND_LIST, OP_SHIPPING_QUOTE, OP_SHIPPING_SHIP, OP_QUOTE_GET,
	OP_AD_GET, OP_REVIEWS_GET, OP_FLAG_BOOL, OP_ACCOUNTING_ORDER, OP_FRAUD_ORDER,
	OP_VALKEY_HGET, OP_VALKEY_HMSET, OP_SQL_INSERT, OP_SQL_REVIEWS, OP_KAFKA_ORDERS, OP_COUNT
} forge_op_id;

/* One call made while serving. The op OP_PROXY as a target stands for "whatever the proxy was asked for". */
typedef struct forge_step {
	forge_op_id op;
	int permille;           /* how often the step is taken; 0 means always */
	int most;               /* repeated 1 … most times; 0 means once */
	bool tolerated;         /* a failure is logged, not passed on */
	const char *failure;    /* text of the error passed on; {cause} is the callee's; NULL: the callee's own */
} forge_step;

enum { FORGE_STEPS = 11 };

typedef struct forge_op {
	int app;                /* forge_app_id */
	forge_proto proto;
	const char *name;       /* span name at the server; for stores at the client */
	const char *client;     /* span name at the client; NULL: as the server */
	const char *method, *route; /* HTTP method and path; gRPC service and method; store: system and statement */
	int self_us;            /* median time of its own */
	int request_bytes, reply_bytes;
	const char *log;        /* a line written when it went well; NULL: none */
	forge_step steps[FORGE_STEPS];
} forge_op;

/* What a shopper does: requests in order, all in one trace. */
typedef struct forge_journey {
	const char *name;
	int weight;
	forge_op_id requests[6];
	int most_first;         /* the first request is repeated 1 … most_first times; 0 means once */
} forge_journey;

extern const forge_app forge_apps[APP_COUNT];
extern const forge_op forge_ops[OP_COUNT];
extern const forge_journey forge_journeys[];
extern const size_t forge_journey_count;

typedef struct forge_node {
	const char *name, *ip, *zone;
	bool control_plane;
} forge_node;

enum { FORGE_NODES = 4 };
extern const forge_node forge_nodes[FORGE_NODES];

typedef struct forge_product { const char *id, *name; int cents; } forge_product;
enum { FORGE_PRODUCTS = 10 };
extern const forge_product forge_products[FORGE_PRODUCTS];

/* How a runtime tells that nobody answered at an address, and how it prints a remote error. {host} {ip} {port} {route} {cause}. */
typedef struct forge_voice {
	const char *sdk;        /* telemetry.sdk.language */
	const char *scope;      /* instrumentation scope of server spans */
	const char *exception;  /* exception.type of a failed connection */
	const char *refused_grpc, *refused_http, *refused_store;
	const char *remote;     /* a gRPC error received from a callee: {status} {cause} */
	const char *frames;     /* stack lines below the message; NULL: none */
	const char *info, *warn, *error; /* severity words this runtime's logger writes; "" for none */
	int info_n, warn_n, error_n;
} forge_voice;
extern const forge_voice forge_voices[LANG_COUNT];

/* What a service writes of its own accord every now and then, asked or not. */
typedef struct forge_chatter {
	int app;                /* forge_app_id */
	int period_s;
	char level;             /* 'i', 'w', 'e' */
	const char *text;       /* {n}: how often it has been said */
} forge_chatter;
extern const forge_chatter forge_chatters[];
extern const size_t forge_chatter_count;

/* The application with that name, or -1. */
int forge_app_find(cc_str name);
/* Journey picked by `roll` < forge_journey_weight(). */
int forge_journey_weight(void);
const forge_journey *forge_journey_pick(int roll);
/* Shop requests of all journeys by weight, and the weight: their quotient is the mean number of requests of one journey. */
void forge_journey_mean(int *requests_x2, int *weight);

/* Names for {placeholders}; forge_expand replaces those it knows and leaves the rest. */
typedef struct forge_pair { const char *key; cc_str value; } forge_pair;
void forge_expand(cc_buf *out, const char *text, const forge_pair *pairs, size_t n);

#endif
