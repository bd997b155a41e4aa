/* class_priv.h - members of the small JSON objects that a class's folder is made of, and its times. */
#ifndef COLDCASE_CLASS_PRIV_H
#define COLDCASE_CLASS_PRIV_H

#include <sys/stat.h>

#include "coldcase/class.h"
#include "coldcase/json.h"

#define CC_CLASS_LATEST_NS (INT64_MAX / 4)       /* so that differences of times out of the folder cannot overflow */
/* When the file was written, by the folder's time; from 0 to below CC_CLASS_LATEST_NS, whatever was given to it. */
int64_t cc_class_time_of(const struct stat *st);
/* The same of the file at path; CC_TIME_NONE: there is none. */
int64_t cc_class_written_ns(const char *path);

/* An id: hex digits, and as many as there should be; it becomes a part of paths. */
bool cc_class_is_id(cc_str s);

static inline void cc_class_put_text(cc_jw *w, const char *key, cc_str text)
{
	cc_jw_key(w, key);
	cc_jw_str(w, text);
}

static inline void cc_class_put_int(cc_jw *w, const char *key, int64_t n)
{
	cc_jw_key(w, key);
	cc_jw_int(w, n);
}

static inline void cc_class_put_bool(cc_jw *w, const char *key, bool yes)
{
	cc_jw_key(w, key);
	cc_jw_bool(w, yes);
}

#endif
