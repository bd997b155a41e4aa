/* app_mcp.c - `mcp`: the incident as a server of the Model Context Protocol on standard input and output.
 *
 * Standard output belongs to the protocol alone: the server gets a descriptor of its own, and what anything else prints goes to
 * standard error. */
#include "app/agent_options.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "coldcase/mcp.h"
#include "coldcase/utf8.h"

typedef struct serving { const app_options *o; cc_buf dir; } serving;

/* The player is who --name says, else what the client calls itself. */
static cc_code open_session(void *arg, const char *client, void (*progress)(void *arg, const cc_snapshot_progress *p), void *progress_arg,
	cc_session **out, cc_err *err)
{
	serving *s = arg;
	app_options o = *s->o;
	cc_buf name = CC_BUF_INIT;
	cc_utf8_clean(&name, cc_str_from(client), CC_CLEAN_LINE);
	o.agent = true;
	if (!o.name)
		o.name = name.n ? name.p : "mcp client";
	cc_code code = app_open_session_watched(&o, s->dir.p, true, false, progress, progress_arg, out, err);
	cc_buf_deinit(&name);
	return code;
}

static cc_code wants_shell(const app_options *o, bool *shell, cc_err *err)
{
	*shell = o->tools && strcmp(o->tools, "shell") == 0;
	if (*shell && o->known) { /* a file is read to its end, whatever the time cursor says */
		cc_err_set(err, CC_EUSAGE, "mcp: --known cannot be kept with --tools shell");
		return cc_err_hint(err, "leave one of them away");
	}
	if (!o->tools || *shell || strcmp(o->tools, "console") == 0)
		return CC_OK;
	cc_err_set(err, CC_EUSAGE, "mcp: no set of tools is called %s", o->tools);
	return cc_err_hint(err, "console or shell");
}

/* A folder that holds no incident is said at once, not to the model in the middle of its work; so is a sandbox that cannot be had. */
static cc_code check_dir(const app_options *o, const char *dir, cc_sandbox **sandbox, cc_err *err)
{
	bool shell;
	cc_snapshot *list = NULL;
	cc_code code = wants_shell(o, &shell, err);
	if (code == CC_OK)
		code = cc_snapshot_open(&list, dir, &(cc_snapshot_options){ .left_out = CC_KINDS_ALL }, err);
	if (code == CC_OK && shell)
		code = app_agent_sandbox(sandbox, list, err);
	cc_snapshot_free(list);
	return code;
}

int app_mcp(const app_options *o)
{
	serving s = { .o = o };
	cc_err err = { 0 };
	cc_mcp_options how = { .in_fd = STDIN_FILENO, .out_fd = -1, .open = open_session, .arg = &s, .no_structured = o->text_only };
	cc_code code = CC_OK;
	int status = 1;
	if (o->args.n != 1) {
		code = cc_err_set(&err, CC_EUSAGE, "mcp: %s", o->args.n ? "one incident at a time" : "which incident?");
		cc_err_hint(&err, "coldcase mcp DIR, as the command of an MCP server in the client's configuration");
	}
	if (code == CC_OK)
		code = app_find_incident(o, o->args.p[0], &s.dir, &err);
	if (code == CC_OK)
		code = check_dir(o, s.dir.p, &how.sandbox, &err);
	if (code == CC_OK) {
		how.out_fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
		signal(SIGPIPE, SIG_IGN); /* a client that went away is an error of writing, and the record ends */
		if (how.out_fd < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
			code = cc_err_set(&err, CC_EIO, "mcp: standard output cannot be used");
	}
	if (code == CC_OK)
		status = cc_mcp_serve(&how);
	if (how.out_fd >= 0)
		close(how.out_fd);
	cc_sandbox_close(how.sandbox);
	cc_buf_deinit(&s.dir);
	return code == CC_OK ? status : app_fail(&err);
}
