/* json.h - one document type for JSON and YAML, and a writer.
 *
 * Reading uses cJSON (json.c) or libyaml (yaml.c, yaml.h); both give a cc_json tree. cJSON keeps numbers as doubles, so the
 * wrapper keeps the source text of every number beside it: cc_json_int is exact for all 64-bit integers.
 * A tree is owned by whoever got it from a parse function and freed as a whole; nodes and texts are borrowed from it.
 * Getters accept NULL nodes and answer "absent", so that paths can be chained without checks. */
#ifndef COLDCASE_JSON_H
#define COLDCASE_JSON_H

#include "coldcase/buf.h"

typedef struct cc_json cc_json;

typedef enum cc_json_type { CC_JSON_ABSENT, CC_JSON_NULL, CC_JSON_BOOL, CC_JSON_NUMBER, CC_JSON_STRING, CC_JSON_ARRAY, CC_JSON_OBJECT } cc_json_type;

/* Parses one whole document (blanks around it allowed, a UTF-8 BOM skipped). Nesting deeper than 500 is CC_ELIMIT.
 * Error: CC_EFORMAT with the byte offset. *out is NULL on failure.
 * \u0000 and lone surrogates read as U+FFFD; NaN, Infinity and -Infinity (Python, Go) are numbers that are written as null.
 * Duplicate keys stay in the tree; lookups by key find the last. */
cc_code cc_json_parse(cc_json **out, cc_str text, cc_err *err) CC_MUST_USE;
void cc_json_free(cc_json *root);

cc_json_type cc_json_typeof(const cc_json *v);
const cc_json *cc_json_get(const cc_json *object, const char *key);        /* exact, case-sensitive; NULL when absent */
const cc_json *cc_json_get_nocase(const cc_json *object, const char *key);
/* "metadata.labels.app", "spec.containers.0.image": object keys and array indices separated by dots. A key
 * that contains dots is found too ("metadata.labels.app.kubernetes.io/name"); at a fork the shorter key is tried first. */
const cc_json *cc_json_at(const cc_json *v, const char *path);
const cc_json *cc_json_item(const cc_json *array, size_t i);  /* O(i): iterate with first/next instead */
const cc_json *cc_json_first(const cc_json *container);
const cc_json *cc_json_next(const cc_json *v);
size_t cc_json_count(const cc_json *container);
cc_str cc_json_key(const cc_json *member);           /* of a member of an object; else empty */

cc_str cc_json_str(const cc_json *v);                /* a string's text; empty for anything else */
cc_str cc_json_text(const cc_json *v);               /* string text, number source text, "true"/"false"/"null"; empty for containers */
bool cc_json_bool(const cc_json *v);                 /* true only for literal true */
bool cc_json_int(const cc_json *v, int64_t *out);    /* exact; false for fractions, overflow and non-numbers */
bool cc_json_double(const cc_json *v, double *out);
cc_str cc_json_get_str(const cc_json *object, const char *key); /* cc_json_str(cc_json_get(…)) */
bool cc_json_equal(const cc_json *a, const cc_json *b);  /* structure; numbers by text; object order ignored */

/* Writes v back as compact JSON, keys in document order (sorted = by byte order), numbers with their source text
 * (those of YAML that are no JSON numbers by value). */
void cc_json_write(cc_buf *out, const cc_json *v, bool sorted);

/* Building blocks for own output: escaped string with quotes; invalid UTF-8 becomes U+FFFD. */
void cc_json_write_str(cc_buf *out, cc_str s);
/* Shortest decimal that reads back the same; "null" for NaN and infinities; never a locale's comma. */
void cc_json_write_double(cc_buf *out, double v);

/* A writer that places the commas. Usage: jw_begin_object, jw_key, jw_str … jw_end. Compact unless indent > 0. */
typedef struct cc_jw {
	cc_buf *out;
	int indent;             /* blanks per level; 0 = compact */
	int depth;
	bool need_comma, after_key;
} cc_jw;

void cc_jw_init(cc_jw *w, cc_buf *out, int indent);
void cc_jw_object(cc_jw *w);
void cc_jw_array(cc_jw *w);
void cc_jw_end_object(cc_jw *w);
void cc_jw_end_array(cc_jw *w);
void cc_jw_key(cc_jw *w, const char *key);
void cc_jw_key_str(cc_jw *w, cc_str key);
void cc_jw_str(cc_jw *w, cc_str s);
void cc_jw_strz(cc_jw *w, const char *z);            /* NULL writes null */
void cc_jw_int(cc_jw *w, int64_t v);
void cc_jw_double(cc_jw *w, double v);
void cc_jw_bool(cc_jw *w, bool v);
void cc_jw_null(cc_jw *w);
/* A member of an object: its key and its value. */
void cc_jw_put_str(cc_jw *w, const char *key, cc_str s);
void cc_jw_put_strz(cc_jw *w, const char *key, const char *z);
void cc_jw_put_int(cc_jw *w, const char *key, int64_t v);
void cc_jw_put_double(cc_jw *w, const char *key, double v);
void cc_jw_put_bool(cc_jw *w, const char *key, bool v);
void cc_jw_raw(cc_jw *w, cc_str json);               /* already valid JSON */

#endif
