/* mcp_tools.c - the commands as tools: listed from the command table, called as the line that would have been typed.
 *
 * What goes wrong in a call - an unknown argument, no such entity, the budget used up - is a result that says so and what to do
 * next, so that the model can mend it; only a tool that does not exist is a protocol error. */
#include <string.h>

#include "agent/mcp_priv.h"
#include "coldcase/schema.h"
#include "coldcase/utf8.h"

enum { TEXT_MAX = 20000 };

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

/* At a line's end, so that no row is shown in half; what was cut says how to see it. */
static void cut_text(const mcp_server *s, const cc_reply *reply, cc_buf *text)
{
	size_t max = s->opt->text_max ? s->opt->text_max : TEXT_MAX;
	cc_paging p = cc_reply_paging(reply);
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
	cc_reply_write_text(reply, &text, 0, false);
	cut_text(r->server, reply, &text);
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
	cc_buf_addf(&text, "error: %s", err->message);
	if (err->hint[0])
		cc_buf_addf(&text, "\nnext: %s", err->hint);
	mcp_put_content(r, cc_buf_str(&text), true);
	cc_buf_deinit(&text);
}

static const cc_cmd *tool_named(cc_str name)
{
	const cc_cmd *cmd = NULL;
	if (cc_cmd_find(name, &cmd, NULL) != CC_OK || !cc_str_eqz(name, cmd->name) || !cc_cmd_is_tool(cmd))
		return NULL;
	return cmd;
}

/* A call that became no line is no step; what was asked is kept all the same. */
void mcp_record_refused(mcp_request *r, const cc_err *err)
{
	cc_buf json = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &json, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "tool");
	cc_jw_str(&w, cc_json_get_str(r->params, "name"));
	cc_jw_key(&w, "arguments");
	cc_buf arguments = CC_BUF_INIT;
	cc_json_write(&arguments, cc_json_get(r->params, "arguments"), false);
	cc_jw_raw(&w, cc_buf_str(&arguments));
	cc_jw_key(&w, "message");
	cc_jw_strz(&w, err->message);
	cc_jw_end_object(&w);
	if (cc_buf_ok(&json) && cc_buf_ok(&arguments))
		cc_session_event(r->server->session, "refused", cc_buf_str(&json));
	cc_buf_deinit(&arguments);
	cc_buf_deinit(&json);
}

void mcp_call_tool(mcp_request *r)
{
	mcp_server *s = r->server;
	cc_str name = cc_json_get_str(r->params, "name");
	const cc_cmd *cmd = s->opt->sandbox ? NULL : tool_named(name);
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
