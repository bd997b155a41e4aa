/* app_agent.c - `agent`: a program plays the incident. It sees what anybody sees through the same commands, and leaves the same record.
 *
 * On a terminal a line on standard error says how far it is; Ctrl-C ends the play with the record whole. */
#include "app/app.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "coldcase/agent.h"
#include "coldcase/json.h"
#include "coldcase/utf8.h"

static cc_cancel interrupted;

static void on_signal(int number)
{
	(void)number;
	cc_cancel_set(&interrupted);
}

/* The second Ctrl-C ends the program as ever. */
static void hear_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND };
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
}

/* --- how far it is --- */

typedef struct showing { bool tty, shown; } showing;

static void show(void *arg, const cc_agent_progress *p)
{
	showing *s = arg;
	cc_buf line = CC_BUF_INIT;
	size_t columns = app_terminal_columns(STDERR_FILENO);
	if (!s->tty)
		return;
	cc_buf_addf(&line, "turn %lld", (long long)p->turn);
	if (p->turn_cap)
		cc_buf_addf(&line, "/%lld", (long long)p->turn_cap);
	if (p->tokens >= 0)
		cc_buf_addf(&line, "  %lld tokens", (long long)p->tokens);
	if (p->cost_micro >= 0)
		cc_buf_addf(&line, "  $%.4f", (double)p->cost_micro / 1e6);
	cc_buf_addz(&line, "  ");
	cc_utf8_clean(&line, p->doing, CC_CLEAN_LINE);
	if (columns > 1 && line.n > columns - 1)
		cc_buf_truncate(&line, columns - 1);
	fprintf(stderr, "\r%s\033[K", line.p ? line.p : "");
	s->shown = true;
	cc_buf_deinit(&line);
}

/* --- what came of it --- */

static void print_summary(const app_options *o, cc_session *s, const char *stop)
{
	cc_buf b = CC_BUF_INIT;
	const char *dir = cc_session_run_dir(s);
	cc_budget budget = cc_case_budget(cc_session_case(s));
	cc_jw w;
	if (o->json) {
		cc_jw_init(&w, &b, 0);
		cc_jw_object(&w);
		cc_jw_key(&w, "stop");
		cc_jw_strz(&w, stop);
		cc_jw_key(&w, "submitted");
		cc_jw_bool(&w, cc_session_submitted(s));
		cc_jw_key(&w, "queries");
		cc_jw_int(&w, budget.used);
		cc_jw_key(&w, "run");
		if (dir)
			cc_jw_strz(&w, dir);
		else
			cc_jw_null(&w);
		cc_jw_end_object(&w);
		cc_buf_add_char(&b, '\n');
	} else {
		cc_buf_addf(&b, "%s after %lld queries\n", cc_session_submitted(s) ? "submitted" : stop, (long long)budget.used);
		if (dir)
			cc_buf_addf(&b, "record: %s\n", dir);
		if (dir && cc_session_submitted(s))
			(void)!app_verdict_text(o, dir, !app_unicode(o), &b, NULL);
	}
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	cc_buf_deinit(&b);
}

static cc_code choose_policy(const app_options *o, cc_heuristic *policy, cc_err *err)
{
	*policy = CC_HEURISTIC_ORIGIN;
	if (!o->provider || strcmp(o->provider, "heuristic") != 0) {
		cc_err_set(err, CC_EUSAGE, "agent: %s%s", o->provider ? "no provider is called " : "who plays?", o->provider ? o->provider : "");
		return cc_err_hint(err, "coldcase agent DIR --provider heuristic --policy origin");
	}
	if (o->policy && !cc_heuristic_find(cc_str_from(o->policy), policy)) {
		cc_err_set(err, CC_EUSAGE, "agent: no policy is called %s", o->policy);
		return cc_err_hint(err, "loudest, recent or origin");
	}
	return CC_OK;
}

int app_agent(const app_options *given)
{
	app_options o = *given;
	cc_session *s = NULL;
	cc_buf dir = CC_BUF_INIT, name = CC_BUF_INIT;
	cc_err err = { 0 };
	cc_heuristic policy;
	showing state = { .tty = isatty(STDERR_FILENO) != 0 };
	cc_agent_watch watch = { show, &state, &interrupted };
	cc_code code = choose_policy(&o, &policy, &err);
	if (code == CC_OK && o.args.n != 1) {
		code = cc_err_set(&err, CC_EUSAGE, "agent: %s", o.args.n ? "one incident at a time" : "which incident?");
		cc_err_hint(&err, "coldcase agent DIR --provider heuristic");
	}
	if (code == CC_OK) {
		cc_buf_addf(&name, "heuristic-%s", cc_heuristic_name(policy));
		o.agent = true;
		o.name = o.name ? o.name : name.p;
		code = app_find_incident(&o, o.args.p[0], &dir, &err);
	}
	if (code == CC_OK)
		code = app_open_session(&o, dir.p, true, false, &s, &err);
	if (code == CC_OK) {
		hear_signals();
		code = cc_heuristic_play(s, policy, &watch, &err);
		if (state.shown)
			fputs("\r\033[K", stderr);
		print_summary(&o, s, code == CC_OK ? "submit" : code == CC_ECANCELED ? "canceled" : "error");
		cc_session_close(s);
	}
	cc_buf_deinit(&name);
	cc_buf_deinit(&dir);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) ? 1 : 0;
}
