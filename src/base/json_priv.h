/* json_priv.h - building cc_json trees inside base: json.c owns the node type, yaml.c fills trees with it. */
#ifndef COLDCASE_BASE_JSON_PRIV_H
#define COLDCASE_BASE_JSON_PRIV_H

#include "coldcase/json.h"

/* A node without parent, freed by cc_json_free or given away. text: of strings and numbers; bool reads "true"/"false".
 * NUL bytes in text become U+FFFD (nodes hold C strings). NULL when out of memory. */
cc_json *cc_json_new(cc_json_type type, cc_str text);
/* Appends child to an array (key ignored) or object and takes it; on false (out of memory) child stays the caller's. */
bool cc_json_append(cc_json *container, const char *key, cc_json *child);
cc_json *cc_json_dup(const cc_json *v); /* deep; NULL when out of memory */
/* Moves all but the last member of each key from object to the array `dropped`, since others may still point at them.
 * False when out of memory. */
bool cc_json_drop_duplicates(cc_json *object, cc_json *dropped);
bool cc_json_is_number_text(cc_str s); /* exactly the JSON grammar of a number */

#endif
