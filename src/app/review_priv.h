/* review_priv.h - a review being made. */
#ifndef COLDCASE_APP_REVIEW_PRIV_H
#define COLDCASE_APP_REVIEW_PRIV_H

#include "app/review.h"
#include "coldcase/map.h"

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

#endif
