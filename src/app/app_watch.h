/* app_watch.h - a program's play, looked at in the panes. */
#ifndef COLDCASE_APP_WATCH_H
#define COLDCASE_APP_WATCH_H

#include "app/app.h"
#include "coldcase/agent.h"

/* "turn 3/100  12000 tokens  $0.0310  logs service=cart" */
void app_agent_progress_text(const cc_agent_progress *p, cc_buf *out);

/* Plays on a thread of its own, shown until the person leaves; from then on `unseen` is told as without all this. s: its session, which
 * must be recorded. back: called when the terminal is ours again. The code is the play's, or that of what could not be shown. */
cc_code app_watch(const app_options *o, cc_session *s, const cc_agent_watch *unseen, void (*back)(void),
	cc_code (*play)(void *arg, const cc_agent_watch *watch, cc_err *err), void *arg, cc_err *err) CC_MUST_USE;

#endif
