/* app_instruct.c - `watch`: an instructor follows a run that goes on. The process that holds the truth takes no investigating command. */
#include "app/instruct.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
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

/* --- a seat of a class --- */

/* Seats wait for the start as long as the host likes; a record is there then. */
static cc_code wait_for_record(app_class_lead *lead, cc_err *err)
{
	const struct timespec nap = { .tv_nsec = 500000000 };
	cc_code code = CC_OK;
	if (!lead->run_dir.n)
		printf("Seat %zu has recorded nothing yet. This waits for it; Ctrl-C leaves.\n", lead->number);
	fflush(stdout);
	while (code == CC_OK && !lead->run_dir.n) {
		nanosleep(&nap, NULL);
		code = app_class_lead_look(lead, err);
	}
	return code;
}

static bool is_of_class(const app_options *o)
{
	cc_arena *arena = cc_arena_new();
	const char *dir;
	cc_str seat;
	bool yes = arena && app_class_lead_finds(o->args.p[0], arena, &dir, &seat);
	cc_arena_free(arena);
	return yes || o->seat;
}

static cc_code open_seat(app_instructor *w, app_class_lead *lead, const app_options *o, bool screen, cc_err *err)
{
	cc_code code = app_class_lead_open(lead, o, o->args.p[0], o->seat, err);
	if (code == CC_OK && screen)
		code = wait_for_record(lead, err);
	if (code == CC_OK && !lead->run_dir.n) {
		code = cc_err_set(err, CC_ENOTFOUND, "seat %zu has recorded nothing yet", lead->number);
		cc_err_hint(err, "its record begins when the class does");
	}
	return code == CC_OK ? app_instruct_open(w, &lead->how, lead->run_dir.p, lead, err) : code;
}

int app_instruct_run(const app_options *o)
{
	app_instructor w = { 0 };
	app_class_lead lead = { 0 };
	cc_err err = { 0 };
	cc_code code = CC_OK;
	bool screen = !o->plain && !o->json && !o->commands.n && app_can_draw();
	if (o->args.n != 1) {
		cc_err_set(&err, CC_EUSAGE, "watch: %s", o->args.n ? "one run at a time" : "which run?");
		cc_err_hint(&err, "coldcase watch RUN-FOLDER; `coldcase play` names it when it is left, runs lie in $XDG_STATE_HOME/coldcase/runs; of a class: coldcase watch DIR --seat N");
		return app_fail(&err);
	}
	code = is_of_class(o) ? open_seat(&w, &lead, o, screen, &err) : app_instruct_open(&w, o, o->args.p[0], NULL, &err);
	if (code == CC_OK)
		code = o->commands.n ? do_lines(&w, &err) : screen ? on_screen(&w, &err) : print_state(&w, &err);
	app_instruct_close(&w);
	app_class_lead_close(&lead);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) != 0;
}
