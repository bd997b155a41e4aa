/* conduct.h - how a run went about it, for its score sheet: when each cause came up, habits that cost, how sure it was. */
#ifndef COLDCASE_APP_CONDUCT_H
#define COLDCASE_APP_CONDUCT_H

#include "app/review.h"

typedef struct app_conduct {
	app_review review;
	bool told;                   /* the rest holds: the run answered, or its causes may be revealed */
	cc_score_conduct c;
} app_conduct;

/* s: opened and scored. CC_ENOMEM. */
cc_code app_conduct_make(app_conduct *c, app_scoring *s, bool reveal, cc_err *err) CC_MUST_USE;
void app_conduct_deinit(app_conduct *c);
/* As lines of text; nothing when it is not told. */
void app_conduct_text(const app_conduct *c, bool ascii, cc_buf *out);

#endif
