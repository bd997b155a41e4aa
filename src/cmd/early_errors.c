/* early_errors.c - says beside "before" and "after" that errors began before the alert that parts them. */
#include "cmd/evidence.h"

#include "coldcase/assist.h"
#include "coldcase/error_rise.h"
#include "coldcase/onset.h"
#include "cmd/session_priv.h"

void ev_note_early_errors(cc_call *c, cc_reply *r)
{
	cc_onset onset = cc_session_onset(c->session);
	cc_buf clock = CC_BUF_INIT, lead = CC_BUF_INIT;
	int64_t rise;

	if (onset.kind != CC_ONSET_ALERT || ev_pivot(c) != onset.time_ns || !cc_session_assist(c->session, CC_ASSIST_ONSET))
		return;
	rise = cc_error_rise(snap(c), onset.time_ns);
	if (rise == CC_TIME_NONE)
		return;
	rise -= rise % CC_NS_PER_S;
	cc_time_format_clock(&clock, rise);
	cc_duration_format(&lead, onset.time_ns - rise);
	cc_reply_add_note(r, "errors begin at %.*s, %.*s before the first alert: `onset %.*s`", CC_STR_ARG(cc_buf_str(&clock)),
		CC_STR_ARG(cc_buf_str(&lead)), CC_STR_ARG(cc_buf_str(&clock)));
	cc_buf_deinit(&clock);
	cc_buf_deinit(&lead);
}
