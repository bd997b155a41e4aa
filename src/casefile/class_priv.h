/* class_priv.h - members of the small JSON objects that a class's folder is made of. */
#ifndef COLDCASE_CLASS_PRIV_H
#define COLDCASE_CLASS_PRIV_H

#include "coldcase/class.h"
#include "coldcase/json.h"

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
