/* mcp_rpc.c - JSON-RPC messages: one a line, written whole under a lock. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "agent/mcp_priv.h"
#include "coldcase/file.h"

void mcp_send(mcp_server *s, cc_buf *line)
{
	cc_buf_add_char(line, '\n');
	pthread_mutex_lock(&s->out_lock);
	if (!cc_buf_ok(line) || cc_fd_write(s->opt->out_fd, cc_buf_str(line)) != 0)
		s->broken = true;
	pthread_mutex_unlock(&s->out_lock);
	cc_buf_deinit(line);
}

static void begin(cc_jw *w, cc_buf *line, const cc_json *id)
{
	cc_buf text = CC_BUF_INIT;
	cc_jw_init(w, line, 0);
	cc_jw_object(w);
	cc_jw_key(w, "jsonrpc");
	cc_jw_strz(w, "2.0");
	cc_jw_key(w, "id");
	if (id)
		cc_json_write(&text, id, false);
	cc_jw_raw(w, id ? cc_buf_str(&text) : CC_STR("null"));
	cc_buf_deinit(&text);
}

static void put_error(cc_jw *w, int code, cc_str message, cc_str data)
{
	cc_jw_key(w, "error");
	cc_jw_object(w);
	cc_jw_key(w, "code");
	cc_jw_int(w, code);
	cc_jw_key(w, "message");
	cc_jw_str(w, message);
	if (data.n) {
		cc_jw_key(w, "data");
		cc_jw_raw(w, data);
	}
	cc_jw_end_object(w);
}

static void put_server(cc_jw *w)
{
	cc_jw_key(w, "_meta");
	cc_jw_object(w);
	cc_jw_key(w, "io.modelcontextprotocol/serverInfo");
	cc_jw_object(w);
	cc_jw_key(w, "name");
	cc_jw_strz(w, "coldcase");
	cc_jw_key(w, "version");
	cc_jw_strz(w, CC_VERSION);
	cc_jw_end_object(w);
	cc_jw_end_object(w);
}

void mcp_respond(mcp_request *r)
{
	cc_buf line = CC_BUF_INIT;
	cc_jw w;
	begin(&w, &line, r->id);
	if (!r->error && r->result.failed)
		mcp_fail(r, MCP_INTERNAL, "out of memory");
	if (r->error) {
		put_error(&w, r->error, cc_buf_str(&r->message), cc_buf_str(&r->data));
	} else {
		cc_jw_key(&w, "result");
		cc_jw_object(&w);
		if (r->modern) {
			put_server(&w);
			cc_jw_key(&w, "resultType");
			cc_jw_strz(&w, "complete");
		}
		if (r->result.n && r->modern)
			cc_buf_add_char(&line, ',');
		cc_buf_add(&line, cc_buf_str(&r->result));
		w.need_comma = true;
		cc_jw_end_object(&w);
	}
	cc_jw_end_object(&w);
	mcp_send(r->server, &line);
}

void mcp_fail(mcp_request *r, int code, const char *fmt, ...)
{
	va_list ap;
	cc_buf_clear(&r->message);
	va_start(ap, fmt);
	cc_buf_addv(&r->message, fmt, ap);
	va_end(ap);
	r->error = code;
}

void mcp_send_error(mcp_server *s, const cc_json *id, int code, const char *text)
{
	cc_buf line = CC_BUF_INIT;
	cc_jw w;
	begin(&w, &line, id);
	put_error(&w, code, cc_str_from(text), CC_STR_EMPTY);
	cc_jw_end_object(&w);
	mcp_send(s, &line);
}

/* Progress only ever grows, and is told at most a hundred times a request. */
void mcp_progress(mcp_request *r, double done, double total, const char *what)
{
	cc_buf line = CC_BUF_INIT, token = CC_BUF_INIT;
	cc_jw w;
	if (!r->token || done <= r->progressed || (done < total && done - r->progressed < total / 100))
		return;
	r->progressed = done;
	cc_json_write(&token, r->token, false);
	cc_jw_init(&w, &line, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "jsonrpc");
	cc_jw_strz(&w, "2.0");
	cc_jw_key(&w, "method");
	cc_jw_strz(&w, "notifications/progress");
	cc_jw_key(&w, "params");
	cc_jw_object(&w);
	cc_jw_key(&w, "progressToken");
	cc_jw_raw(&w, cc_buf_str(&token));
	cc_jw_key(&w, "progress");
	cc_jw_double(&w, done);
	cc_jw_key(&w, "total");
	cc_jw_double(&w, total);
	cc_jw_key(&w, "message");
	cc_jw_strz(&w, what);
	cc_jw_end_object(&w);
	cc_jw_end_object(&w);
	cc_buf_deinit(&token);
	mcp_send(r->server, &line);
}

cc_str mcp_version_of(const cc_json *params)
{
	return cc_json_get_str(cc_json_get(params, "_meta"), "io.modelcontextprotocol/protocolVersion");
}
