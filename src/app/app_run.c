/* app_run.c - `run`: command lines from arguments or standard input, replies to standard output; and `help`. */
#include "app/app.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "coldcase/json.h"
#include "coldcase/ui.h"

void app_print_reply(const app_options *o, const cc_reply *r)
{
	cc_buf b = CC_BUF_INIT;
	if (o->json)
		cc_reply_write_json(r, &b);
	else
		cc_reply_write_text(r, &b, app_terminal_columns(STDOUT_FILENO), !app_unicode(o));
	if (o->json)
		cc_buf_add_char(&b, '\n');
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	cc_buf_deinit(&b);
}

/* With --json a failure is a line of the output too, so that a script can tell which command failed. */
static void print_error(const app_options *o, const char *line, const cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	cc_jw w;
	if (o->json) {
		cc_jw_init(&w, &b, 0);
		cc_jw_object(&w);
		cc_jw_put_strz(&w, "line", line);
		cc_jw_put_strz(&w, "error", cc_code_name(err->code));
		cc_jw_put_strz(&w, "message", err->message);
		cc_jw_put_strz(&w, "hint", err->hint);
		cc_jw_end_object(&w);
		cc_buf_add_char(&b, '\n');
		fwrite(b.p ? b.p : "", 1, b.n, stdout);
	}
	cc_buf_deinit(&b);
	app_fail(err);
}

/* Exit status of the first failure, so that a script sees it; later commands still run. */
int app_run_line(const app_options *o, cc_session *s, const char *line)
{
	cc_reply *reply;
	cc_err err = { 0 };
	if (cc_session_run(s, cc_str_from(line), NULL, &reply, &err) != CC_OK) {
		print_error(o, line, &err);
		return cc_code_exit_status(err.code);
	}
	app_print_reply(o, reply);
	cc_reply_unref(reply);
	fflush(stdout);
	return 0;
}

static int run_input(const app_options *o, cc_session *s)
{
	char *line = NULL;
	size_t cap = 0;
	int status = 0;
	while (getline(&line, &cap, stdin) > 0) {
		line[strcspn(line, "\r\n")] = 0;
		if (!line[0] || line[0] == '#')
			continue;
		int one = app_run_line(o, s, line);
		status = status ? status : one;
		if (strcmp(line, "quit") == 0)
			break;
	}
	free(line);
	return status;
}

int app_run(const app_options *o)
{
	cc_session *s = NULL;
	cc_buf dir = CC_BUF_INIT;
	cc_err err = { 0 };
	int status = 0;
	cc_code code = CC_OK;
	if (o->args.n != 1) {
		code = cc_err_set(&err, CC_EUSAGE, "run: %s", o->args.n ? "one incident at a time" : "which incident?");
		cc_err_hint(&err, "coldcase run DIR -c 'alerts' -c 'logs level>=warn limit=20'");
	}
	if (code == CC_OK)
		code = app_find_incident(o, o->args.p[0], &dir, &err);
	if (code == CC_OK)
		code = app_open_session(o, dir.p, o->out != NULL, false, &s, &err);
	if (code == CC_OK) {
		for (size_t i = 0; i < o->commands.n; i++) {
			int one = app_run_line(o, s, o->commands.p[i]);
			status = status ? status : one;
		}
		if (!o->commands.n)
			status = run_input(o, s);
		if (cc_session_submitted(s) && cc_session_run_dir(s) && !o->json) {
			cc_buf verdict = CC_BUF_INIT;
			if (app_verdict_text(o, cc_session_run_dir(s), !app_unicode(o), &verdict, NULL) == CC_OK)
				fwrite(verdict.p ? verdict.p : "", 1, verdict.n, stdout);
			cc_buf_deinit(&verdict);
		}
		cc_session_close(s);
	}
	cc_buf_deinit(&dir);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) ? 1 : status;
}

int app_help(const app_options *o)
{
	const cc_cmd *cmd;
	cc_err err;
	cc_buf b = CC_BUF_INIT;
	const char *word = o->args.n ? o->args.p[0] : NULL;
	if (o->mdoc && strcmp(o->mdoc, "keys") == 0) {
		cc_ui_write_keys_mdoc(&b);
	} else if (o->mdoc) {
		cc_cmd_write_mdoc(&b, strcmp(o->mdoc, "full") == 0);
	} else if (!word) {
		app_usage(&b);
	} else if (app_command_find(cc_str_from(word))) {
		app_command_usage(app_command_find(cc_str_from(word)), &b);
	} else if (cc_cmd_find(cc_str_from(word), &cmd, &err) == CC_OK) {
		cc_cmd_write_help(cmd, &b);
	} else {
		cc_buf_deinit(&b);
		return app_fail(&err);
	}
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	cc_buf_deinit(&b);
	return fflush(stdout) ? 1 : 0;
}
