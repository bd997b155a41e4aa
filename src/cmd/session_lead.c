/* session_lead.c - somebody else leads the run: the host of a class, an instructor. They may stop its clock, set it going again, and
 * say something; nothing of it is asked for by a command, and all of it is in the record.
 *
 * Whoever passes on what they want does so when the session attends to it: between two commands, on the thread that uses it. */
#include "cmd/session_priv.h"

void cc_session_attend(cc_session *s)
{
	if (!s->attend || s->attending)
		return;
	s->attending = true;            /* it may run commands itself */
	s->attend(s->attend_arg, s);
	s->attending = false;
}

static cc_code lead(cc_session *s, const cc_action *action, cc_str name, cc_err *err)
{
	cc_record_step step = { .line = name, .command = name, .message = CC_STR_EMPTY, .took_ns = 0 };
	cc_code code;

	pthread_mutex_lock(&s->lock);
	s->actions.n = 0;
	code = cc_session_stages_record(s, err);
	if (code == CC_OK)
		code = cc_session_apply(s, action, err);
	if (code == CC_OK && s->record && !cc_record_ended(s->record)) {
		cc_session_record_view(s);
		cc_session_record_step(s, &step);
	}
	s->actions.n = 0;
	pthread_mutex_unlock(&s->lock);
	return code;
}

cc_code cc_session_freeze(cc_session *s, cc_str why, cc_err *err)
{
	return lead(s, &(cc_action){ .kind = CC_ACT_FREEZE, .text = why }, CC_STR(CC_LEAD_FREEZE), err);
}

cc_code cc_session_thaw(cc_session *s, cc_err *err)
{
	return lead(s, &(cc_action){ .kind = CC_ACT_THAW }, CC_STR(CC_LEAD_THAW), err);
}

cc_code cc_session_tell(cc_session *s, cc_str hint, cc_err *err)
{
	return lead(s, &(cc_action){ .kind = CC_ACT_HINT, .text = hint }, CC_STR(CC_LEAD_TELL), err);
}

bool cc_session_lead_again(cc_session *s, const cc_record_step *step)
{
	bool freeze = cc_str_eqz(step->command, CC_LEAD_FREEZE), thaw = cc_str_eqz(step->command, CC_LEAD_THAW);
	cc_str why = step->action_count ? step->actions[0].text : CC_STR_EMPTY;

	if (freeze)
		(void)!cc_session_freeze(s, why, NULL);
	else if (thaw)
		(void)!cc_session_thaw(s, NULL);
	return freeze || thaw || cc_str_eqz(step->command, CC_LEAD_TELL);
}
