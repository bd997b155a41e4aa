/* json_priv.h - JSON inside base: the pass before cJSON (jsonscan.c), and building trees (json.c owns the node type, yaml.c
 * fills trees with it). */
#ifndef COLDCASE_BASE_JSON_PRIV_H
#define COLDCASE_BASE_JSON_PRIV_H

#include "coldcase/json.h"
#include "coldcase/vec.h"

enum { CC_JSON_DEPTH_MAX = 500 };

typedef struct cc_json_place {
	size_t at, n;
} cc_json_place;

typedef struct cc_json_scan_state {
	char *p; /* the copy that cJSON will read, n bytes */
	size_t n, i; /* i: how far the scan came */
	int depth;
	CC_VEC(cc_json_place) numbers; /* in document order; the caller releases it */
} cc_json_scan_state;

/* Prepares w->p for cJSON. CC_EFORMAT or CC_ELIMIT (depth) with w->i at the offending byte, or CC_ENOMEM. */
cc_code cc_json_scan(cc_json_scan_state *w);
bool cc_json_is_number_text(cc_str s); /* exactly the JSON grammar of a number */

/* A node without parent, freed by cc_json_free or given away. text: of strings and numbers; bool reads "true"/"false".
 * NUL bytes in text become U+FFFD (nodes hold C strings). NULL when out of memory. */
cc_json *cc_json_new(cc_json_type type, cc_str text);
/* Appends child to an array (key ignored) or object and takes it; on false (out of memory) child stays the caller's. */
bool cc_json_append(cc_json *container, const char *key, cc_json *child);
cc_json *cc_json_dup(const cc_json *v); /* deep; NULL when out of memory */
/* Moves all but the last member of each key from object to the array `dropped`, since others may still point at them.
 * False when out of memory. */
bool cc_json_drop_duplicates(cc_json *object, cc_json *dropped);

#endif
