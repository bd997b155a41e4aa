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
	cc_code code = lead(s, &(cc_action){ .kind = CC_ACT_HINT, .text = hint }, CC_STR(CC_LEAD_TELL), err);

	if (code != CC_OK)
		return code;
	if (s->lead_said == s->lead_hints)
		cc_buf_clear(&s->lead_hint);
	else
		cc_buf_addz(&s->lead_hint, " / ");      /* two between two replies: both are heard */
	cc_buf_add(&s->lead_hint, hint);
	s->lead_hints++;
	return CC_OK;
}

cc_str cc_session_told(const cc_session *s, size_t *count)
{
	if (count)
		*count = s->lead_hints;
	return cc_buf_str(&s->lead_hint);
}

void cc_session_lead_say(cc_session *s, cc_reply *reply)
{
	if (s->lead_said == s->lead_hints)
		return;
	s->lead_said = s->lead_hints;
	cc_reply_add_remark(reply, "the instructor says: %.*s", CC_STR_ARG(cc_buf_str(&s->lead_hint)));
}

void cc_session_let_go(cc_session *s)
{
	pthread_mutex_lock(&s->lock);
	cc_session_digest_stop(s);      /* it would write there, too */
	cc_record_close(s->record);
	s->record = NULL;
	pthread_mutex_unlock(&s->lock);
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
