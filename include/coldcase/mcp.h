/* mcp.h - an investigation as a server of the Model Context Protocol: any client's agent plays it with our commands as tools.
 *
 * Newline-delimited JSON-RPC 2.0. Two eras of the protocol are spoken, as each message asks: revision 2026-07-28, where every
 * request carries its version in _meta and there is no handshake (server/discover tells what is served); and 2025-11-25,
 * 2025-06-18, 2025-03-26 and 2024-11-05, which begin with `initialize`. One server process is one investigation: tools change its case, and
 * `submit` ends it. Nothing but messages is written; a ground truth is never read. */
#ifndef COLDCASE_MCP_H
#define COLDCASE_MCP_H

#include "coldcase/sandbox.h"
#include "coldcase/session.h"

#define CC_MCP_VERSION "2026-07-28"             /* the newest revision served */
enum { CC_MCP_LINE_MAX = 8 << 20 };             /* longer messages are refused, and skipped to their end */

typedef struct cc_mcp_options {
	int in_fd, out_fd;
	/* Opens the investigation at the first message that needs it. client: what it calls itself, "" = it does not say. The
	 * progress function may be called from any thread until this returns. */
	cc_code (*open)(void *arg, const char *client, void (*progress)(void *arg, const cc_snapshot_progress *p), void *progress_arg,
		cc_session **out, cc_err *err);
	void *arg;
	size_t text_max;             /* characters of a result's text; 0 = 20,000. What is cut says how to go on */
	cc_sandbox *sandbox;         /* not NULL: run_shell in it and finish are the tools, instead of the commands */
	bool no_structured;          /* text only: half the tokens where a client shows both */
} cc_mcp_options;

/* Serves until the input ends or `quit` is called; ends the record. Returns an exit status: 0, or 1 when the output
 * cannot be written. */
int cc_mcp_serve(const cc_mcp_options *opt);

#endif
