/* literal.h - the cell literals of the snapshot: maps and lists as Python, JSON or Go printed them.
 *
 * Order of attempts: JSON object, Python dict repr (single/double/mixed quotes, escapes), Go map[...] (heuristic: a key is what
 * stands between a blank and the next ':'). Lists: Python/JSON lists of strings, of dicts, of datetime.datetime(…) or
 * Timestamp('…'). `{}`, `[]`, empty, "nan" give nothing. Nothing is ever evaluated. */
#ifndef COLDCASE_LITERAL_H
#define COLDCASE_LITERAL_H

#include "coldcase/snapshot.h"
#include "coldcase/vec.h"

typedef CC_VEC(cc_kv) cc_kv_vec;
typedef CC_VEC(cc_str) cc_str_vec;
typedef CC_VEC(int64_t) cc_time_vec;

/* Appends the pairs in source order; texts live in the arena (or in `cell`). False: not a map in any form (out unchanged). */
bool cc_literal_map(cc_kv_vec *out, cc_str cell, cc_arena *arena);
/* Appends the items: strings decoded, dicts and other values as their source text. */
bool cc_literal_list(cc_str_vec *out, cc_str cell, cc_arena *arena);
/* Appends times; an item that is no time gives CC_TIME_NONE so that positions stay aligned with the sibling columns. */
bool cc_literal_times(cc_time_vec *out, cc_str cell, cc_arena *arena);
/* The value of one key without building the pairs; empty and false when absent. */
bool cc_literal_map_get(cc_str cell, cc_str key, cc_str *value, cc_arena *arena);

#endif
