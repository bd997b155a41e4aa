/* review_priv.h - a review being made. */
#ifndef COLDCASE_APP_REVIEW_PRIV_H
#define COLDCASE_APP_REVIEW_PRIV_H

#include "app/review.h"
#include "coldcase/map.h"
#include "coldcase/regex.h"
#include "coldcase/rerun.h"

typedef struct making {
	app_review *r;
	size_t *cause_of_class;      /* index into causes plus 1 */
	cc_map *names;               /* matched already */
	cc_map *short_names;         /* entity name to index into `full` plus 1, for words of a command */
	CC_VEC(cc_str) full;
	cc_map *asked;
	CC_VEC(cc_str) suspects;     /* as they stand after the step */
	bool changed, opened_alert;
	size_t pins;
} making;

/* review_names.c */
bool learn_names(making *m);
cc_str full_name(const making *m, cc_str word);          /* namespace/Kind/name of a word; empty: it names nothing */
size_t strcspn_str(cc_str s, const char *stop);

/* review_proofs.c */
cc_code app_review_proofs(app_review *r, cc_err *err) CC_MUST_USE;

/* review_cites.c: the records that a deciding command's reply tells of, as cite texts that live in the arena; and whether a reply
 * tells of one of them. */
void app_cites_collect(cc_map *cites, cc_regex *re, cc_arena *arena, const cc_snapshot *s, const cc_reply *reply);
bool app_cites_told(const cc_map *cites, const cc_snapshot *s, const cc_reply *reply);

/* The same for a run that goes on: what decides is held against each step as it comes (review_proofs.c). */
typedef struct app_seeing app_seeing;
app_seeing *app_seeing_new(app_scoring *s);          /* NULL: out of memory. s must outlive it; its run may grow */
void app_seeing_free(app_seeing *w);                 /* NULL is fine */
void app_seeing_step(app_seeing *w, const cc_rerun_step *step);
void app_seeing_pins(app_seeing *w);                 /* of all steps of the run as it is now */
const app_review *app_seeing_review(const app_seeing *w);    /* only its proofs are filled */

#endif
