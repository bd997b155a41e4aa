/* mcp_shell.c - the other set of tools: what the benchmark gives its agents, a shell and a way to finish, so that our commands can be
 * measured against them. The shell is the sandbox's. */
#include "agent/agent_tools.h"
#include "agent/mcp_priv.h"

const char mcp_shell_instructions[] =
	"A frozen Kubernetes incident: its alerts, events, logs, traces, metrics and object specs are files in " CC_SANDBOX_EVIDENCE " (read-only). "
	"Find the root causes with run_shell and submit them with finish.\n"
	"Score: miss one true cause and it is 0; otherwise the share of your names that are true, so every extra name costs. Name the thing that "
	"was changed or broken, not what suffered from it.\n"
	"Each command costs one query of the budget. finish ends the investigation.";

static const char FINISH[] = "Submits the answer and ends the investigation: the root causes, each as namespace/Kind/name.";
static const char FINISH_SCHEMA[] =
	"{\"type\":\"object\",\"properties\":{\"entities\":{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"name\":{\"type\":"
	"\"string\",\"description\":\"namespace/Kind/name\"},\"contributing_factor\":{\"type\":\"boolean\",\"description\":\"true: a root cause\"},"
	"\"reasoning\":{\"type\":\"string\"},\"evidence\":{\"type\":\"string\"}},\"required\":[\"name\",\"contributing_factor\"]}},\"answer\":{"
	"\"description\":\"instead: the whole answer as JSON, in any published shape\"}}}";

static void put_tool(cc_jw *w, const char *name, const char *description, const char *schema)
{
	cc_jw_object(w);
	cc_jw_key(w, "name");
	cc_jw_strz(w, name);
	cc_jw_key(w, "description");
	cc_jw_strz(w, description);
	cc_jw_key(w, "inputSchema");
	cc_jw_raw(w, cc_str_from(schema));
	cc_jw_end_object(w);
}

void mcp_list_shell(mcp_request *r)
{
	put_tool(&r->w, "run_shell", agent_run_shell_description, agent_run_shell_schema);
	put_tool(&r->w, "finish", FINISH, FINISH_SCHEMA);
}

static cc_code run_shell(mcp_request *r, cc_str command, cc_err *err)
{
	mcp_server *s = r->server;
	cc_buf text = CC_BUF_INIT;
	bool killed = false;
	cc_code code = agent_run_shell(s->session, s->opt->sandbox, command, &s->cancel, &text, &killed, err);
	if (code == CC_OK)
		mcp_put_content(r, cc_buf_str(&text), killed);
	cc_buf_deinit(&text);
	return code;
}

static cc_code finish(mcp_request *r, const cc_json *arguments, cc_err *err)
{
	const cc_json *answer = cc_json_get(arguments, "answer");
	cc_buf text = CC_BUF_INIT;
	if (cc_json_typeof(answer) == CC_JSON_STRING)
		cc_buf_add(&text, cc_json_str(answer));
	else if (arguments)
		cc_json_write(&text, answer ? answer : arguments, false);
	cc_code code = cc_buf_ok(&text) ? cc_session_finish(r->server->session, cc_buf_str(&text), err) :
		cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		mcp_put_content(r, CC_STR("SUBMITTED: the investigation is over."), false);
	cc_buf_deinit(&text);
	return code;
}

void mcp_call_shell(mcp_request *r)
{
	cc_str name = cc_json_get_str(r->params, "name");
	const cc_json *arguments = cc_json_get(r->params, "arguments");
	bool shell = cc_str_eqz(name, "run_shell");
	cc_err err = { 0 };
	if (!shell && !cc_str_eqz(name, "finish")) {
		mcp_fail(r, MCP_PARAMS, "Unknown tool: %.*s", CC_STR_ARG(name));
		return;
	}
	cc_code code = mcp_open(r, &err);
	if (code == CC_OK) {
		cc_session_set_turn(r->server->session, ++r->server->calls);
		code = shell ? run_shell(r, cc_json_get_str(arguments, "command"), &err) : finish(r, arguments, &err);
		if (code != CC_OK)
			mcp_record_refused(r, &err);
	}
	if (code != CC_OK)
		mcp_put_failure(r, &err);
}
