/* tries.c - see tries.h. */
#include "app/tries.h"

static bool submits(const cc_record_step *step)
{
	for (size_t i = 0; i < step->action_count; i++)
		if (step->actions[i].kind == CC_ACT_SUBMIT)
			return true;
	return false;
}

/* Every case opens with its alerts, whether or not anybody sits there to read them. */
static bool is_opening(const cc_record_step *step)
{
	return cc_str_eqz(step->line, "alerts");
}

static bool has_parent(const cc_run *run)
{
	for (size_t i = 0; i < cc_run_line_count(run); i++)
		if (cc_run_line_type(run, i) == CC_LINE_EVENT && cc_str_eqz(cc_run_line(run, i)->as.event->name, "parent"))
			return true;
	return false;
}

app_try app_try_of(const cc_run *run)
{
	const cc_record_header *h = cc_run_header(run);
	if (!h || h->agent || h->origin.n)
		return APP_TRY;
	if (has_parent(run))
		return APP_TRY_TAKEN_OVER;
	for (size_t i = 0; i < cc_run_step_count(run); i++) {
		const cc_record_step *step = cc_run_step(run, i)->as.step;
		if (submits(step) || (step->query && !is_opening(step)))
			return APP_TRY;
	}
	return APP_TRY_NOTHING_ASKED;
}

bool app_run_started(const cc_run *run)
{
	const cc_record_header *h = cc_run_header(run);
	if (!h || h->agent || h->origin.n)
		return true;
	for (size_t i = 0; i < cc_run_step_count(run); i++) {
		const cc_record_step *step = cc_run_step(run, i)->as.step;
		if (step->query || submits(step) || cc_str_eqz(step->command, "start"))
			return true;
	}
	return false;
}
