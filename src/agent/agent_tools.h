/* agent_tools.h - what every agent is given, whoever speaks for it: commands as tools, their answers and errors as text, and a shell. */
#ifndef COLDCASE_AGENT_TOOLS_H
#define COLDCASE_AGENT_TOOLS_H

#include "coldcase/sandbox.h"
#include "coldcase/session.h"

/* The command of exactly that name, when agents get it; else NULL. */
const cc_cmd *agent_tool_named(cc_str name);
/* At most max characters, 0 = 20,000: cut at a line's end, so that no row is shown in half; what was cut says how to see it. */
void agent_reply_text(const cc_reply *reply, size_t max, cc_buf *text);
void agent_error_text(const cc_err *err, cc_buf *text);
/* A call that became no line is no step; what was asked is kept all the same. arguments: as the caller wrote them. */
void agent_record_refused(cc_session *s, cc_str tool, cc_str arguments, const cc_err *err);

extern const char agent_run_shell_description[], agent_run_shell_schema[];
/* One command of the shell, paid and recorded; text: what an agent of the benchmark sees of it. */
cc_code agent_run_shell(cc_session *s, cc_sandbox *sandbox, cc_str command, cc_cancel *cancel, cc_buf *text, bool *killed, cc_err *err)
	CC_MUST_USE;

#endif
