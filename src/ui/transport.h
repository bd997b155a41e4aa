/* transport.h - what playing one record back and playing several have in common: speeds, times as they are typed, finding a step
 * by what it says. */
#ifndef COLDCASE_UI_TRANSPORT_H
#define COLDCASE_UI_TRANSPORT_H

#include "coldcase/clock.h"
#include "coldcase/record.h"
#include "ui/keymap.h"

enum { CC_SPEED_ONE = 2 };                      /* a speed is an index */
#define CC_TRANSPORT_STEP_NS (2 * CC_NS_PER_S)  /* a step by steps at speed 1 */
#define CC_TRANSPORT_IDLE_NS (5 * CC_NS_PER_S)  /* the longest wait by the clock at speed 1 */

double cc_speed_factor(int speed);
const char *cc_speed_name(int speed);           /* "1/4" */
int cc_speed_named(cc_str name);                /* negative: no speed is written so */
int cc_speed_change(int speed, int by);         /* stays within what there is */

/* What a key of a transport does: lines like those one can type. A table of them ends with keys NULL; brief NULL: it is not in the row
 * of hints. {key} in a line is the key itself. */
typedef struct cc_transport_key { const char *keys, *line, *brief, *note; } cc_transport_key;
const cc_transport_key *cc_transport_of(const cc_transport_key *table, const cc_key *key);    /* NULL = none */
void cc_transport_line(const cc_transport_key *k, const cc_key *key, cc_buf *out);
/* The keys of a pane's binding that are left to it beside a transport: none when it would change what was done. */
bool cc_transport_leaves(const cc_transport_key *table, const cc_binding *b, cc_buf *keys);
bool cc_transport_refuses(const cc_binding *b);  /* it would change what was done */

/* "3:20" or "90" of the case's clock. */
bool cc_transport_clock(cc_str text, int64_t *ns);
/* The next step, from `at` on and then from the start, whose line, title or error holds the text: its number. */
bool cc_transport_find(const cc_run *run, size_t at, cc_str text, size_t *step);

#endif
