/* cancel.h - whether work in progress is still wanted: a flag, safe to set from a signal handler or another thread; and, where
 * asked for, a moment after which it is not, and another flag that stops this work, too. */
#ifndef COLDCASE_CANCEL_H
#define COLDCASE_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct cc_cancel {
	atomic_bool set;
	struct cc_cancel *parent;    /* canceled: so is this; NULL = none */
	int64_t until_ns;            /* on the monotonic clock; 0 = for ever. Not to be changed while others look */
} cc_cancel;

static inline void cc_cancel_set(cc_cancel *c) { atomic_store(&c->set, true); }
static inline void cc_cancel_clear(cc_cancel *c) { atomic_store(&c->set, false); }
bool cc_cancel_is_due(cc_cancel *c);             /* by its parent or its time */
/* True when c is not NULL and was set, or is due: long loops ask every few thousand rows. */
static inline bool cc_canceled(cc_cancel *c) { return c && (atomic_load(&c->set) || ((c->parent || c->until_ns) && cc_cancel_is_due(c))); }

#endif
