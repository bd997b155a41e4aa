/* mcp_tools.c - the commands as tools: listed from the command table, called as the line that would have been typed.
 *
 * What goes wrong in a call - an unknown argument, no such entity, the budget used up - is a result that says so and what to do
 * next, so that the model can mend it; only a tool that does not exist is a protocol error. */
#include <string.h>

#include "agent/agent_tools.h"
#include "agent/mcp_priv.h"
#include "coldcase/schema.h"
#include "coldcase/utf8.h"

/* --- listing --- */

static void put_bool(cc_jw *w, const char *key, bool v)
{
	cc_jw_key(w, key);
	cc_jw_bool(w, v);
}

/* Reading evidence and moving about harm nothing; nothing at all can be destroyed, only submitting cannot be taken back. */
static void put_annotations(cc_jw *w, const cc_cmd *cmd)
{
	bool evidence = strcmp(cmd->group, "evidence") == 0, session = strcmp(cmd->group, "session") == 0;
	cc_jw_key(w, "annotations");
	cc_jw_object(w);
	put_bool(w, "readOnlyHint", evidence || session);
	put_bool(w, "destructiveHint", (cmd->flags & CC_CMD_CONFIRM) != 0);
	put_bool(w, "idempotentHint", evidence);
	put_bool(w, "openWorldHint", false);
	cc_jw_end_object(w);
}

static void put_tool(mcp_request *r, const cc_cmd *cmd)
{
	cc_jw *w = &r->w;
	cc_buf text = CC_BUF_INIT;
	cc_cmd_write_description(cmd, &text);
	cc_jw_object(w);
	cc_jw_key(w, "name");
	cc_jw_strz(w, cmd->name);
	cc_jw_key(w, "description");
	cc_jw_str(w, cc_buf_str(&text));
	cc_jw_key(w, "inputSchema");
	cc_cmd_write_input_schema(cmd, w);
	if (!r->server->opt->no_structured) {
		cc_jw_key(w, "outputSchema");
		cc_cmd_write_output_schema(cmd, w);
	}
	put_annotations(w, cmd);
	cc_jw_end_object(w);
	w->out->failed |= text.failed;
	cc_buf_deinit(&text);
}

void mcp_list_tools(mcp_request *r)
{
	if (cc_json_get_str(r->params, "cursor").n) {
		mcp_fail(r, MCP_PARAMS, "Invalid cursor: all tools come in one page");
		return;
	}
	cc_jw_key(&r->w, "tools");
	cc_jw_array(&r->w);
	for (size_t i = 0; i < cc_cmd_count() && !r->server->opt->sandbox; i++)
		if (cc_cmd_is_tool(cc_cmd_get(i)))
			put_tool(r, cc_cmd_get(i));
	if (r->server->opt->sandbox)
		mcp_list_shell(r);
	cc_jw_end_array(&r->w);
	if (r->modern) {
		cc_jw_key(&r->w, "ttlMs");
		cc_jw_int(&r->w, 3600000);
		cc_jw_key(&r->w, "cacheScope");
		cc_jw_strz(&r->w, "public");
	}
}

/* --- calling --- */

static void note_reading(void *arg, const cc_snapshot_progress *p)
{
	mcp_request *r = arg;
	mcp_progress(r, (double)p->bytes_done, (double)p->bytes_total, "reading the evidence");
}

cc_code mcp_open(mcp_request *r, cc_err *err)
{
	mcp_server *s = r->server;
	if (s->session)
		return CC_OK;
	return s->opt->open(s->opt->arg, s->client.p && cc_buf_ok(&s->client) ? s->client.p : "", note_reading, r, &s->session, err);
}

void mcp_put_content(mcp_request *r, cc_str text, bool is_error)
{
	cc_jw_key(&r->w, "content");
	cc_jw_array(&r->w);
	cc_jw_object(&r->w);
	cc_jw_key(&r->w, "type");
	cc_jw_strz(&r->w, "text");
	cc_jw_key(&r->w, "text");
	cc_jw_str(&r->w, text);
	cc_jw_end_object(&r->w);
	cc_jw_end_array(&r->w);
	put_bool(&r->w, "isError", is_error);
}

static void put_reply(mcp_request *r, const cc_reply *reply)
{
	cc_buf text = CC_BUF_INIT, json = CC_BUF_INIT;
	agent_reply_text(reply, r->server->opt->text_max, &text);
	mcp_put_content(r, cc_buf_str(&text), false);
	if (!r->server->opt->no_structured) {
		cc_reply_write_json(reply, &json);
		cc_jw_key(&r->w, "structuredContent");
		cc_jw_raw(&r->w, cc_buf_str(&json));
	}
	r->w.out->failed |= text.failed || json.failed;
	cc_buf_deinit(&text);
	cc_buf_deinit(&json);
}

void mcp_put_failure(mcp_request *r, const cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	agent_error_text(err, &text);
	mcp_put_content(r, cc_buf_str(&text), true);
	cc_buf_deinit(&text);
}

void mcp_record_refused(mcp_request *r, const cc_err *err)
{
	cc_buf arguments = CC_BUF_INIT;
	cc_json_write(&arguments, cc_json_get(r->params, "arguments"), false);
	agent_record_refused(r->server->session, cc_json_get_str(r->params, "name"), cc_buf_str(&arguments), err);
	cc_buf_deinit(&arguments);
}

void mcp_call_tool(mcp_request *r)
{
	mcp_server *s = r->server;
	cc_str name = cc_json_get_str(r->params, "name");
	const cc_cmd *cmd = s->opt->sandbox ? NULL : agent_tool_named(name);
	cc_reply *reply = NULL;
	cc_buf line = CC_BUF_INIT;
	cc_err err = { 0 };
	if (s->opt->sandbox) {
		mcp_call_shell(r);
		return;
	}
	if (!cmd) {
		mcp_fail(r, MCP_PARAMS, "Unknown tool: %.*s", CC_STR_ARG(name));
		return;
	}
	cc_code code = mcp_open(r, &err);
	if (code == CC_OK) {
		cc_session_set_turn(s->session, ++s->calls);
		code = cc_cmd_line_of(cmd, cc_json_get(r->params, "arguments"), &line, &err);
		if (code != CC_OK)
			mcp_record_refused(r, &err);
		else
			code = cc_session_run(s->session, cc_buf_str(&line), &s->cancel, &reply, &err);
	}
	if (code == CC_OK)
		put_reply(r, reply);
	else
		mcp_put_failure(r, &err);
	cc_reply_unref(reply);
	cc_buf_deinit(&line);
}
