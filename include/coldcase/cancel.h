/* cancel.h - a flag that stops work in progress; safe to set from a signal handler or another thread. */
#ifndef COLDCASE_CANCEL_H
#define COLDCASE_CANCEL_H

#include <stdatomic.h>
#include <stdbool.h>

typedef struct cc_cancel { atomic_bool set; } cc_cancel;

static inline void cc_cancel_set(cc_cancel *c) { atomic_store(&c->set, true); }
static inline void cc_cancel_clear(cc_cancel *c) { atomic_store(&c->set, false); }
/* True when c is not NULL and was set: long loops ask every few thousand rows. */
static inline bool cc_canceled(cc_cancel *c) { return c && atomic_load(&c->set); }

#endif
