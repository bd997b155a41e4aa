/* main.c - the program starts here; everything else is in libcoldcase.a. */
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "app/app.h"
#include "app/runs.h"
#include "coldcase/log.h"
#include "coldcase/term.h"

static int print_usage(const app_command *command)
{
	cc_buf b = CC_BUF_INIT;
	if (command)
		app_command_usage(command, &b);
	else
		app_usage(&b);
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	cc_buf_deinit(&b);
	return fflush(stdout) ? 1 : 0;
}

int main(int argc, char **argv)
{
	app_options o;
	const app_command *command;
	cc_err err;
	int status;
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C"); /* decimals have a dot, whatever the country */
	signal(SIGPIPE, SIG_IGN);
#ifdef SIGXFSZ
	signal(SIGXFSZ, SIG_IGN); /* a file-size limit is a failed write, reported like any other */
#endif
	cc_log_open(getenv("COLDCASE_LOG"));
	if (app_options_parse(&o, argc, argv, &command, &err) != CC_OK)
		status = app_fail(&err);
	else if (o.version)
		status = printf("coldcase %s\n", CC_VERSION) < 0 || fflush(stdout);
	else if (o.help)
		status = print_usage(command);
	else if (app_check_looks(&o, &err) != CC_OK)
		status = app_fail(&err);
	else {
		app_config_apply(&o, command ? command : app_command_find(CC_STR("play")));
		status = app_runs_named(&o, command, &err) != CC_OK ? app_fail(&err) : command ? command->run(&o) : app_choose(&o);
	}
	app_options_deinit(&o);
	return cc_term_ended_by() ? 128 + cc_term_ended_by() : status;
}
