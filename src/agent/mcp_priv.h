/* mcp_priv.h - what the files of the MCP server share.
 *
 *   mcp.c  the loop: reads messages on a thread, answers them one after the other, cancels     mcp_rpc.c  messages in and out
 *   mcp_methods.c  what each method answers     mcp_tools.c  the tools     mcp_pages.c  the resources
 *   mcp_schema.c  the resource for programs: commands and filters as JSON
 *   mcp_shell.c  the other set of tools: a shell in the sandbox, and finish */
#ifndef COLDCASE_MCP_PRIV_H
#define COLDCASE_MCP_PRIV_H

#include <pthread.h>

#include "coldcase/json.h"
#include "coldcase/mcp.h"

/* JSON-RPC and MCP error codes. */
enum { MCP_PARSE = -32700, MCP_INVALID = -32600, MCP_NO_METHOD = -32601, MCP_PARAMS = -32602, MCP_INTERNAL = -32603,
	MCP_NO_RESOURCE = -32002 /* revisions before 2026-07-28 */, MCP_VERSION = -32022 };

typedef struct mcp_server {
	const cc_mcp_options *opt;
	cc_session *session;         /* NULL: nothing asked for it yet */
	cc_buf client;               /* what the client calls itself */
	pthread_mutex_t out_lock;
	bool broken;                 /* the output cannot be written any more */
	pthread_mutex_t lock;        /* of what follows */
	cc_cancel cancel;            /* of the request that runs */
	cc_buf running;              /* its id as JSON; empty = none */
	bool done;
	int64_t calls;
} mcp_server;

/* One request while it is answered. */
typedef struct mcp_request {
	mcp_server *server;
	const cc_json *id, *params;
	bool modern;                 /* it carries its version: results say resultType */
	cc_buf result;               /* members of the result object, written with w */
	cc_jw w;
	int error;                   /* 0 = the result stands */
	cc_buf message, data;        /* of the error; data is JSON, may be empty */
	const cc_json *token;        /* wants to hear of progress; NULL = no */
	double progressed;           /* told last */
} mcp_request;

/* mcp_rpc.c */
void mcp_send(mcp_server *s, cc_buf *line);                      /* one message with its line feed; takes the buffer */
void mcp_respond(mcp_request *r);                                /* the result or the error */
void mcp_fail(mcp_request *r, int code, const char *fmt, ...) CC_PRINTF(3, 4);
void mcp_send_error(mcp_server *s, const cc_json *id, int code, const char *text);
void mcp_progress(mcp_request *r, double done, double total, const char *what);
/* The values of modern requests. */
cc_str mcp_version_of(const cc_json *params);                    /* empty: none is said */

/* mcp_methods.c: answers, also with an error. False: there is no such method. */
bool mcp_answer(mcp_request *r, cc_str method);

/* mcp_tools.c */
void mcp_list_tools(mcp_request *r);
void mcp_call_tool(mcp_request *r);
cc_code mcp_open(mcp_request *r, cc_err *err) CC_MUST_USE;        /* the session, when there is none yet */

void mcp_put_content(mcp_request *r, cc_str text, bool is_error);
void mcp_put_failure(mcp_request *r, const cc_err *err);
void mcp_record_refused(mcp_request *r, const cc_err *err);

/* mcp_schema.c */
void mcp_write_schema(mcp_request *r, cc_buf *out);

/* mcp_shell.c */
void mcp_list_shell(mcp_request *r);
void mcp_call_shell(mcp_request *r);
extern const char mcp_shell_instructions[];

/* mcp_pages.c */
void mcp_list_resources(mcp_request *r);
void mcp_read_resource(mcp_request *r);
extern const char mcp_instructions[];

#endif
