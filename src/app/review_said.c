/* review_said.c - what was said to others while a run went on: the mitigation that was proposed, and the status updates. They are
 * shown with their times for people to talk about, and are no part of any score. */
#include "app/review.h"

static const cc_column UPDATE[] = {
	{ "step", "Step", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
	{ "active_ns", "Time", CC_CELL_DURATION, CC_ROLE_TIME, 7, 0 },
	{ "now", "In the capture", CC_CELL_TIME, CC_ROLE_TIME, 14, 1 },
	{ "kind", "What", CC_CELL_TEXT, CC_ROLE_HEADING, 10, 0 },
	{ "text", "Said", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};

static void add_update(cc_reply *r, const cc_record_step *step, const cc_action *a, bool *any)
{
	if (!*any)
		cc_reply_begin_table(r, "updates", "What others were told (unscored)", UPDATE, sizeof UPDATE / sizeof UPDATE[0], false);
	*any = true;
	if (!cc_reply_row(r))
		return;
	cc_reply_cell(r, cc_cell_int((int64_t)step->number));
	cc_reply_cell(r, cc_cell_duration(step->active_ns));
	cc_reply_cell(r, step->now_ns ? cc_cell_time(step->now_ns) : cc_cell_none());
	cc_reply_cell(r, cc_cell_textz(a->kind == CC_ACT_MITIGATE ? "mitigation" : "status"));
	cc_reply_cell(r, cc_cell_text(a->text));
}

void app_review_updates(cc_reply *r, const cc_run *run)
{
	bool any = false;
	for (size_t i = 0; i < cc_run_step_count(run); i++) {
		const cc_record_step *step = cc_run_step(run, i)->as.step;
		for (size_t k = 0; k < step->action_count; k++)
			if (step->actions[k].kind == CC_ACT_MITIGATE || step->actions[k].kind == CC_ACT_STATUS)
				add_update(r, step, &step->actions[k], &any);
	}
	if (!any && cc_run_header(run) && cc_run_header(run)->live.speed)
		cc_reply_add_note(r, "a live drill in which nobody was told anything: `mitigate` and `status` keep what you would say");
}
