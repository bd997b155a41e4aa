/* agent_tools.c - see agent_tools.h. */
#include "agent/agent_tools.h"

#include "coldcase/json.h"
#include "coldcase/schema.h"

enum { TEXT_MAX = 20000 };

const cc_cmd *agent_tool_named(cc_str name)
{
	const cc_cmd *cmd = NULL;
	if (cc_cmd_find(name, &cmd, NULL) != CC_OK || !cc_str_eqz(name, cmd->name) || !cc_cmd_is_tool(cmd))
		return NULL;
	return cmd;
}

void agent_reply_text(const cc_reply *reply, size_t max, cc_buf *text)
{
	cc_paging p = cc_reply_paging(reply);
	cc_reply_write_text(reply, text, 0, false);
	max = max ? max : TEXT_MAX;
	if (text->n <= max)
		return;
	cc_str kept = cc_str_sub(cc_buf_str(text), 0, max);
	size_t end = cc_str_rfind_char(kept, '\n'), whole = text->n;
	if (end == CC_STR_NONE || end < max / 2)
		for (end = max; end && ((unsigned char)text->p[end] & 0xc0) == 0x80;)
			end--;
	cc_buf_truncate(text, end);
	cc_buf_addf(text, "\n[cut: %zu of %zu characters shown", end, whole);
	if (p.paged)
		cc_buf_addf(text, "; %llu rows match: ask for fewer with limit=N and go on with offset=N, or narrow the filter",
			(unsigned long long)p.total_count);
	cc_buf_addz(text, "]");
}

void agent_error_text(const cc_err *err, cc_buf *text)
{
	cc_buf_addf(text, "error: %s", err->message);
	if (err->hint[0])
		cc_buf_addf(text, "\nnext: %s", err->hint);
}

/* What is no JSON is kept as text. */
void agent_record_refused(cc_session *s, cc_str tool, cc_str arguments, const cc_err *err)
{
	cc_buf json = CC_BUF_INIT, plain = CC_BUF_INIT;
	cc_json *parsed = NULL;
	cc_jw w;
	if (cc_json_parse(&parsed, arguments, NULL) == CC_OK)
		cc_json_write(&plain, parsed, false);
	cc_jw_init(&w, &json, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "tool");
	cc_jw_str(&w, tool);
	cc_jw_key(&w, "arguments");
	if (parsed)
		cc_jw_raw(&w, cc_buf_str(&plain));
	else
		cc_jw_str(&w, arguments);
	cc_jw_key(&w, "message");
	cc_jw_strz(&w, err->message);
	cc_jw_end_object(&w);
	if (cc_buf_ok(&json) && cc_buf_ok(&plain))
		cc_session_event(s, "refused", cc_buf_str(&json));
	cc_json_free(parsed);
	cc_buf_deinit(&plain);
	cc_buf_deinit(&json);
}

/* --- the shell --- */

const char agent_run_shell_description[] =
	"Runs a command with a fresh bash -c. The evidence is in " CC_SANDBOX_EVIDENCE ", read-only; the working directory " CC_SANDBOX_SCRATCH
	" keeps files from one command to the next, nothing else is kept. No network, no /proc (so no process substitution). 300 seconds; of "
	"standard output and standard error 20,000 characters each are shown, the first half and the last.";
const char agent_run_shell_schema[] =
	"{\"type\":\"object\",\"properties\":{\"command\":{\"type\":\"string\",\"description\":\"what bash runs\"}},\"required\":[\"command\"],"
	"\"additionalProperties\":false}";

/* As the benchmark's agents see it. */
static void write_result(const cc_sandbox_result *ran, cc_buf *out)
{
	cc_buf_addz(out, "<shell_results>\n");
	if (ran->killed)
		cc_buf_addf(out, "<error>the command was ended: %s</error>\n", ran->killed);
	cc_buf_addf(out, "<exit_code>%d</exit_code>\n<stdout>", ran->exit_code);
	cc_buf_add(out, cc_buf_str(&ran->out));
	cc_buf_addz(out, "</stdout>\n<stderr>");
	cc_buf_add(out, cc_buf_str(&ran->err));
	cc_buf_addz(out, "</stderr>\n</shell_results>");
}

cc_code agent_run_shell(cc_session *s, cc_sandbox *sandbox, cc_str command, cc_cancel *cancel, cc_buf *text, bool *killed, cc_err *err)
{
	cc_sandbox_result ran = { 0 };
	if (!command.n) {
		cc_err_set(err, CC_EUSAGE, "run_shell needs a command");
		return cc_err_hint(err, "{\"command\": \"ls " CC_SANDBOX_EVIDENCE "\"}");
	}
	cc_code code = cc_session_shell_check(s, err);
	if (code == CC_OK)
		code = cc_sandbox_run(sandbox, command, cancel, &ran, err);
	if (code == CC_OK) {
		write_result(&ran, text);
		code = cc_buf_ok(text) ? cc_session_shell_step(s, &(cc_shell_step){ command, cc_buf_str(text), ran.exit_code, ran.took_ns }, err)
			: cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	*killed = ran.killed != NULL;
	cc_sandbox_result_deinit(&ran);
	return code;
}
