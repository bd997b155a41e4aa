/* board.h - the tables of the case board that more than one command shows. */
#ifndef COLDCASE_CMD_BOARD_H
#define COLDCASE_CMD_BOARD_H

#include "cmd/case_name.h"

enum { CC_SUSPECTS_MAX = 200 };  /* an answer holds no more */

/* The suspects as chances, and which of them are in an answer. */
typedef struct cc_board_answer {
	const cc_case *kase;
	size_t n, named;
	bool scaled;             /* confidences of rivals were too large together */
	bool in[CC_SUSPECTS_MAX];
	cc_chance chances[CC_SUSPECTS_MAX];
} cc_board_answer;

/* Nobody is in. CC_ELIMIT when there are more suspects than an answer can hold. */
cc_code cc_board_answer_init(cc_board_answer *a, const cc_case *k, cc_err *err) CC_MUST_USE;
double cc_board_answer_score(const cc_board_answer *a);
/* board_worth.c: the best answers, best first (leaves the best in `a`), and what one name more or less would change. */
void cc_board_list_answers(cc_board_answer *a, cc_reply *r);
void cc_board_list_neighbours(cc_board_answer *a, cc_reply *r);
void cc_board_note_scaled(const cc_board_answer *a, cc_reply *r);

/* board_alerts.c: of the alerts that replies of this run have shown, which suspect explains which. Free, because nothing is
 * told that was not shown. */
typedef struct cc_board_alerts {
	size_t shown, explained;
	size_t by[CC_SUSPECTS_MAX];  /* how many each suspect explains */
	struct cc_board_alert *list; /* in the call's arena */
} cc_board_alerts;
cc_code cc_board_alerts_find(cc_call *c, cc_board_alerts *out, cc_err *err) CC_MUST_USE;
void cc_board_list_alerts(cc_call *c, const cc_board_alerts *a, cc_reply *r);

/* explained: NULL leaves the counts out. */
void cc_board_list_suspects_with(cc_call *c, const cc_board_alerts *explained, cc_reply *r);

#endif
