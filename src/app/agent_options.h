/* agent_options.h - what the options of `agent` mean. */
#ifndef COLDCASE_APP_AGENT_OPTIONS_H
#define COLDCASE_APP_AGENT_OPTIONS_H

#include "app/app.h"
#include "coldcase/agent.h"

cc_code app_agent_discipline(const app_options *o, cc_discipline *d, cc_err *err) CC_MUST_USE;
/* --tools shell; *code tells of a word that is no set of tools. */
bool app_agent_wants_shell(const app_options *o, cc_err *err, cc_code *code);
/* What run_shell runs in: made as COLDCASE_SANDBOX says - auto, own or bwrap -, which is for trying one of them. */
cc_code app_agent_sandbox(cc_sandbox **out, const cc_snapshot *s, cc_err *err) CC_MUST_USE;
/* *window: tokens, 0 = not said. */
cc_code app_agent_model(const app_options *o, cc_model **out, int64_t *window, cc_err *err) CC_MUST_USE;

#endif
