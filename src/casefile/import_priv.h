/* import_priv.h - what the readers of foreign runs share. */
#ifndef COLDCASE_IMPORT_PRIV_H
#define COLDCASE_IMPORT_PRIV_H

#include "coldcase/import.h"
#include "coldcase/json.h"

/* Adds an item of turn i->items' last turn; texts are copied. NULL when out of memory (sticky: checked at the end). */
cc_import_item *cc_import_add(cc_import *i, cc_import_kind kind, int64_t wall_ns, int64_t turn);
cc_str cc_import_dup(cc_import *i, cc_str s);
/* The text of a JSON value: a string as it is, anything else as JSON. */
cc_str cc_import_text(cc_import *i, const cc_json *v);
/* Content of a message: a string, or the texts of a list of blocks ({type, text}, {text}, plain strings) joined by line feeds. */
cc_str cc_import_content(cc_import *i, const cc_json *v);
/* Gives the answer to the call of that id that has none yet, the oldest without an id when id is empty; false: there is none. */
bool cc_import_answer(cc_import *i, cc_str id, cc_str printed, bool failed, int64_t wall_ns);
/* A time as a text (RFC 3339) or as seconds since 1970 (milliseconds when that large); CC_TIME_NONE when it is neither. */
int64_t cc_import_time(const cc_json *v);
cc_str cc_import_first(const cc_json *v, const char *const *keys);   /* the first of these members that is a text */

/* import_search.c: what a shell command looked for. Appends it to what the step is titled; and, as the data of an event "searched", one of its
 * searches. t: NULL without an incident. False when out of memory. */
bool cc_import_title(const cc_shell_searches *all, cc_arena *arena, cc_str *title);
bool cc_import_searched(const cc_shell_search *s, uint64_t step, const cc_touched *t, const cc_import_options *opt, cc_arena *arena, cc_buf *json);

/* The readers; each is given what its shape was told from. */
cc_code cc_import_atif(cc_import *i, const cc_json *document, cc_err *err);
cc_code cc_import_chat(cc_import *i, const cc_json *messages, cc_err *err);   /* a list of messages or of lists of them */
cc_code cc_import_swe(cc_import *i, const cc_json *document, cc_err *err);
cc_code cc_import_session(cc_import *i, cc_str lines, cc_err *err);

#endif
