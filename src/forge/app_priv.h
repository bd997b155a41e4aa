/* app_priv.h - reading an application file: where the reader is, what a member may hold, and how it says what is wrong.
 *
 * The file becomes a tree (yaml.h); each kind of object in it has a table of members. Reading goes in two rounds,
 * because calls and addresses name services and operations that may stand further down: first what each object says of
 * itself, then whom it names. The first mistake ends it. */
#ifndef FORGE_APP_PRIV_H
#define FORGE_APP_PRIV_H

#include "coldcase/json.h"
#include "forge/app.h"

enum {
	APP_FILE_MAX = 1 << 20, APP_SERVICES = 64, APP_OPS = 400, APP_STEPS = 64, APP_FLAGS = 64, APP_VARIANTS = 16,
	APP_JOURNEYS = 64, APP_REQUESTS = 32, APP_ITEMS = 200, APP_CONFIGMAPS = 32, APP_ENV = 64, APP_CHATTER = 64,
	APP_CALLS_OF_REQUEST = 1000
};

/* The way from the top of the file to a member: links on the stack of the functions that went down it. */
typedef struct app_at {
	const struct app_at *up;     /* NULL: the top */
	cc_str key;                  /* of an object's member; empty: of an array's */
	int index;
} app_at;

/* Where an operation was read, for the second round. */
typedef struct app_op_source { const cc_json *node; int index; cc_str consumes; } app_op_source;

typedef struct app_reader {
	cc_arena *arena;
	const char *file;            /* for messages */
	cc_err *err;
	cc_code code;                /* the first failure */
	forge_app *app;
	forge_service *services;
	const cc_json **service_nodes;
	forge_op *ops;
	app_op_source *sources;
	forge_flag *flags;
} app_reader;

/* The ways to "services[3]" and to "services[3].operations[1]", laid in a place of the caller's. */
typedef struct app_way { app_at top, service, list, op; } app_way;
const app_at *app_way_service(app_way *way, int service);
const app_at *app_way_op(app_way *way, const app_reader *r, int op);

/* All of them give false, so that a reader ends with `return app_wrong(…)`. */
bool app_wrong(app_reader *r, const app_at *at, const char *fmt, ...) CC_PRINTF(3, 4);
bool app_limit(app_reader *r, const app_at *at, const char *fmt, ...) CC_PRINTF(3, 4);
bool app_nomem(app_reader *r);

/* Finds which of several known words somebody may have meant. */
typedef struct app_near { cc_str word; const char *best; size_t distance; } app_near;
void app_near_try(app_near *n, const char *candidate);
/* `word` is none of what was tried: says so and names the nearest. `what`: "no operation". */
bool app_near_fail(app_reader *r, const app_at *at, const app_near *n, const char *what);

typedef enum app_type {
	APP_TEXT, APP_NAME,          /* const char *: any text; a name Kubernetes accepts, up to 40 characters */
	APP_BOOL,                    /* bool */
	APP_INT,                     /* int, between lo and hi, as are all below */
	APP_MS, APP_US, APP_SECONDS, /* "250us", "20ms", "5s", "1m"; "none" is 0 */
	APP_MI, APP_KI, APP_BYTES,   /* "64Ki", "120Mi", "1Gi"; bytes also as plain numbers; "none" is 0 */
	APP_CORES,                   /* "250m", 1, 0.5: millicores; "none" is 0 */
	APP_SHARE,                   /* "40%", 0.4: permille */
	APP_CENTS,                   /* 19.95 */
	APP_WORD,                    /* int: index in words */
	APP_LATER                    /* read by other code */
} app_type;

typedef struct app_field {
	const char *key;
	app_type type;
	size_t at;                   /* offset in the target */
	int lo, hi;
	const char *const *words;    /* APP_WORD; ends with NULL */
	bool required;
} app_field;

/* Rows of the tables of members: optional, unless NEEDED. */
#define APP_PLAIN(key, type, at) { key, type, at, 0, 0, NULL, false }
#define APP_NEEDED(key, type, at) { key, type, at, 0, 0, NULL, true }
#define APP_RANGE(key, type, at, lo, hi) { key, type, at, lo, hi, NULL, false }
#define APP_CHOICE(key, at, words) { key, APP_WORD, at, 0, 0, words, false }
#define APP_ELSEWHERE(key) { key, APP_LATER, 0, 0, 0, NULL, false }

/* Reads an object by its table; members that are not in it are mistakes, absent ones keep what the target holds. */
bool app_members(app_reader *r, const cc_json *node, const app_at *at, const app_field *fields, size_t n, void *target);
/* One value by its row. */
bool app_value(app_reader *r, const cc_json *v, const app_at *at, const app_field *f, void *target);
/* Must be an array (absent: empty) of at most `most`; *n its length. */
bool app_items(app_reader *r, const cc_json *v, const app_at *at, int most, int *n);
bool app_text(app_reader *r, const cc_json *v, const app_at *at, const char **out);
bool app_letters(cc_str text, const char *extra);       /* only ASCII letters, digits and the characters in `extra` */
void *app_array(app_reader *r, int n, size_t size);     /* NULL and app_nomem when memory is out */
const char *app_printf(app_reader *r, const char *fmt, ...) CC_PRINTF(2, 3);
/* Index of the named one, or -1 and the failure. */
int app_find_op(app_reader *r, const cc_json *v, const app_at *at);
int app_find_service(app_reader *r, const cc_json *v, const app_at *at);

/* app_service.c, app_op.c, app_flag.c: parts of the file in the order in which they are read */
bool app_read_services(app_reader *r, const cc_json *v);
bool app_link_services(app_reader *r);                   /* addresses, wait_for */
bool app_read_ops(app_reader *r, int service);
bool app_link_ops(app_reader *r);                        /* calls, consumers */
bool app_read_flags(app_reader *r, const cc_json *v);
/* app_check.c: what only the whole can show */
bool app_check(app_reader *r);

#endif
