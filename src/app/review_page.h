/* review_page.h - a review as a replay shows it (app_replay.c). */
#ifndef COLDCASE_APP_REVIEW_PAGE_H
#define COLDCASE_APP_REVIEW_PAGE_H

#include "coldcase/arena.h"
#include "coldcase/json.h"
#include "coldcase/map.h"
#include "coldcase/reply.h"

typedef struct app_review_page {
	cc_arena *arena;
	cc_reply *page;           /* NULL: none was made */
	cc_map *signs;            /* of records, as they are cited */
} app_review_page;

/* review: what `review --json` printed. Deinit it even after a failure, unless nothing was ever made ({ 0 } is fine). */
cc_code app_review_page_make(app_review_page *p, const cc_json *review, cc_err *err) CC_MUST_USE;
void app_review_page_deinit(app_review_page *p);
/* '+' beside a record that decides and was seen, '!' beside one that was missed; 0 = it decides nothing. */
char app_review_sign(const app_review_page *p, cc_str cite);

#endif
