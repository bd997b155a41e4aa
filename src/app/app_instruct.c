/* app_instruct.c - `watch`: an instructor follows a run that goes on. The process that holds the truth takes no investigating command. */
#include "app/instruct.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "coldcase/utf8.h"

static cc_code print_state(const app_instructor *w, cc_err *err)
{
	cc_reply *r = NULL;
	cc_code code = app_instruct_reply(w, &r, err);
	if (code == CC_OK)
		app_print_reply(w->o, r);
	cc_reply_unref(r);
	return code;
}

/* -c: each line does something to the run, or for the instructor. */
static cc_code do_lines(app_instructor *w, cc_err *err)
{
	cc_code code = CC_OK;
	for (size_t i = 0; i < w->o->commands.n && code == CC_OK; i++) {
		cc_buf said = CC_BUF_INIT, clean = CC_BUF_INIT;
		code = app_instruct_do(w, cc_str_from(w->o->commands.p[i]), &said, err);
		cc_utf8_clean(&clean, cc_buf_str(&said), CC_CLEAN_LINE);
		if (code == CC_OK)
			printf("%.*s\n", CC_STR_ARG(cc_buf_str(&clean)));
		cc_buf_deinit(&said);
		cc_buf_deinit(&clean);
	}
	return code;
}

/* --- on a terminal --- */

static cc_code look(void *arg, cc_reply **out, cc_err *err)
{
	return app_instruct_reply(arg, out, err);
}

static cc_code follow(void *arg, bool *grew, cc_err *err)
{
	return app_instruct_follow(arg, grew, err);
}

static cc_code obey(void *arg, cc_str line, cc_buf *said, cc_err *err)
{
	return app_instruct_do(arg, line, said, err);
}

static cc_code on_screen(app_instructor *w, cc_err *err)
{
	app_screen screen;
	cc_code code = app_screen_open(&screen, w->o, err);
	if (code == CC_OK)
		code = cc_ui_follow(&(cc_ui_following){ .arg = w, .look = look, .follow = follow, .obey = obey }, screen.term, &screen.ui, err);
	app_screen_close(&screen);
	return code;
}

int app_instruct_run(const app_options *o)
{
	app_instructor w = { 0 };
	cc_err err = { 0 };
	cc_code code = CC_OK;
	bool screen = !o->plain && !o->json && !o->commands.n && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	if (o->args.n != 1) {
		cc_err_set(&err, CC_EUSAGE, "watch: %s", o->args.n ? "one run at a time" : "which run?");
		cc_err_hint(&err, "coldcase watch RUN-FOLDER; `coldcase play` names it when it is left, runs lie in $XDG_STATE_HOME/coldcase/runs");
		return app_fail(&err);
	}
	code = app_instruct_open(&w, o, o->args.p[0], &err);
	if (code == CC_OK)
		code = o->commands.n ? do_lines(&w, &err) : screen ? on_screen(&w, &err) : print_state(&w, &err);
	app_instruct_close(&w);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) != 0;
}
