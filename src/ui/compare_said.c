/* compare_said.c - what a step says beside what it shows: an agent's words before it; and where no pane of the lane can show it, said.h's
 * page of it. */
#include "ui/compare.h"

#include "ui/said.h"

void cc_lane_read(cc_lane *l)
{
	const cc_record_step *s = l->step ? cc_run_step(l->run, l->step - 1)->as.step : NULL;
	cc_buf printed = CC_BUF_INIT;
	cc_buf_clear(&l->said);
	cc_sheet_free(l->page);
	l->page = NULL;
	cc_said_before(l->run, l->step, &l->said);
	cc_said_printed(l->run, l->step, &printed);
	if (!l->ui || printed.n || cc_said_is_foreign(s)) {
		cc_reply *r = cc_said_page(s, cc_buf_str(&l->said), cc_buf_str(&printed));
		l->page = r ? cc_sheet_new(NULL) : NULL;
		if (l->page)
			cc_sheet_set_reply(l->page, r);
		else
			cc_reply_unref(r);
	}
	cc_buf_deinit(&printed);
}
