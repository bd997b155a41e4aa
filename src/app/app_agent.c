/* app_agent.c - `agent`: a program plays the incident. It sees what anybody sees through the same commands, and leaves the same record.
 *
 * On a terminal a line on standard error says how far it is; Ctrl-C ends the play with the record whole. */
#include "app/agent_options.h"
#include "app/app_watch.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/trial.h"
#include "coldcase/json.h"
#include "coldcase/utf8.h"

static cc_cancel interrupted;

static void on_signal(int number)
{
	(void)number;
	cc_cancel_set(&interrupted);
}

/* The second one ends the program as ever. A terminal that is closed ends it, too, but not under nohup. */
static void hear_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND }, before;
	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (sigaction(SIGHUP, NULL, &before) == 0 && before.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &sa, NULL);
}

/* --- how far it is --- */

typedef struct showing { bool tty, shown; } showing;

static void show(void *arg, const cc_agent_progress *p)
{
	showing *s = arg;
	cc_buf text = CC_BUF_INIT, line = CC_BUF_INIT;
	size_t columns = app_terminal_columns(STDERR_FILENO);
	if (!s->tty)
		return;
	app_agent_progress_text(p, &text);
	cc_utf8_clean(&line, cc_buf_str(&text), CC_CLEAN_LINE);
	cc_str fit = columns > 1 ? cc_width_cut(cc_buf_str(&line), columns - 1) : cc_buf_str(&line);
	fprintf(stderr, "\r%.*s\033[K", CC_STR_ARG(fit));
	s->shown = true;
	cc_buf_deinit(&text);
	cc_buf_deinit(&line);
}

/* --- what came of it --- */

/* One play: who plays, by which rules, and what came of it. model NULL: the script of that policy. */
typedef struct play {
	const app_options *o;
	cc_session *session;
	cc_heuristic policy;
	cc_model *model;
	cc_sandbox *sandbox;
	int64_t window;
	cc_discipline discipline;
	cc_agent_report report;
	app_trial trial;         /* of --trial: where the run goes when it is whole */
} play;

static const char *place_of(const play *p)
{
	return p->o->trial ? p->trial.place.p : cc_session_run_dir(p->session);
}

static void put_int(cc_jw *w, const char *key, int64_t v)
{
	cc_jw_key(w, key);
	if (v < 0)
		cc_jw_null(w);
	else
		cc_jw_int(w, v);
}

static void write_json(const play *p, cc_buf *out)
{
	const cc_agent_report *r = &p->report;
	cc_jw w;
	cc_jw_init(&w, out, 0);
	cc_jw_object(&w);
	cc_jw_put_strz(&w, "stop", r->stop);
	cc_jw_put_bool(&w, "submitted", cc_session_submitted(p->session));
	put_int(&w, "queries", cc_case_budget(cc_session_case(p->session)).used);
	put_int(&w, "turns", r->turns);
	if (p->model) {
		cc_jw_put_bool(&w, "forced", r->forced);
		put_int(&w, "calls", r->calls);
		put_int(&w, "input_tokens", r->input_tokens);
		put_int(&w, "output_tokens", r->output_tokens);
		put_int(&w, "cached_tokens", r->cached_tokens);
		cc_jw_key(&w, "cost_usd");
		if (r->cost_micro < 0)
			cc_jw_null(&w);
		else
			cc_jw_double(&w, (double)r->cost_micro / 1e6);
	}
	cc_jw_put_strz(&w, "run", place_of(p));
	cc_jw_end_object(&w);
	cc_buf_add_char(out, '\n');
}

static void write_text(const play *p, cc_buf *out)
{
	const cc_agent_report *r = &p->report;
	const char *dir = cc_session_run_dir(p->session);
	bool submitted = cc_session_submitted(p->session);
	cc_buf_addf(out, "%s after %lld turns and %lld queries\n", submitted ? "submitted" : r->stop, (long long)r->turns,
		(long long)cc_case_budget(cc_session_case(p->session)).used);
	if (p->model)
		cc_buf_addf(out, "%lld model calls, %lld tokens read, %lld written", (long long)r->calls, (long long)r->input_tokens,
			(long long)r->output_tokens);
	if (p->model && r->cost_micro >= 0)
		cc_buf_addf(out, ", $%.4f", (double)r->cost_micro / 1e6);
	if (p->model)
		cc_buf_addz(out, r->cost_micro < 0 ? ", cost unknown\n" : "\n");
	if (dir)
		cc_buf_addf(out, "record: %s\n", place_of(p));
	if (dir && submitted)
		(void)!app_verdict_text(p->o, dir, !app_unicode(p->o), out, NULL);
}

/* A cap that no turn fits into is a mistake, and the next guess need not be one. */
static void say_cap(const play *p)
{
	const cc_agent_report *r = &p->report;
	if (!p->model || r->next_cost_micro <= 0)
		return;
	fprintf(stderr, "coldcase: --max-cost $%.4f %s: %s turn would cost about $%.4f\n", (double)p->discipline.max_cost_micro / 1e6,
		r->turns ? "is used up" : "is less than one turn", r->turns ? "one more" : "the first", (double)r->next_cost_micro / 1e6);
	if (!r->turns)
		fputs("  hint: later turns read what came before, too, and cost more; a play takes ten of them at least\n", stderr);
}

static void print_summary(const play *p)
{
	cc_buf b = CC_BUF_INIT;
	if (p->o->json)
		write_json(p, &b);
	else
		write_text(p, &b);
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	cc_buf_deinit(&b);
	say_cap(p);
}

/* --- who plays --- */

static bool is_heuristic(const app_options *o)
{
	return strcmp(o->provider, "heuristic") == 0;
}

/* Everything that can be wrong is said before the incident is opened. */
static cc_code prepare(play *p, bool *shell, cc_err *err)
{
	const app_options *o = p->o;
	cc_code code;
	p->policy = CC_HEURISTIC_ORIGIN;
	if (o->args.n != 1) {
		cc_err_set(err, CC_EUSAGE, "agent: %s", o->args.n ? "one incident at a time" : "which incident?");
		return cc_err_hint(err, "coldcase agent DIR --provider heuristic");
	}
	if (!o->provider) {
		cc_err_set(err, CC_EUSAGE, "agent: who plays?");
		return cc_err_hint(err, "--provider NAME --model NAME, or --provider heuristic, which needs no model");
	}
	if (o->watch && (o->no_record || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)))
		return cc_err_set(err, CC_EUSAGE, "agent: --watch needs a %s", o->no_record ? "record" : "terminal");
	*shell = app_agent_wants_shell(o, err, &code);
	if (code == CC_OK)
		code = app_agent_discipline(o, &p->discipline, err);
	if (code != CC_OK || !is_heuristic(o))
		return code == CC_OK ? app_agent_model(o, &p->model, &p->window, err) : code;
	if (*shell)
		return cc_err_set(err, CC_EUSAGE, "agent: the scripted players use our commands, not a shell");
	if (o->policy && !cc_heuristic_find(cc_str_from(o->policy), &p->policy)) {
		cc_err_set(err, CC_EUSAGE, "agent: no policy is called %s", o->policy);
		return cc_err_hint(err, "loudest, recent or origin");
	}
	return CC_OK;
}

static void write_name(const play *p, cc_buf *out)
{
	if (p->model)
		cc_buf_addz(out, p->o->model);
	else
		cc_buf_addf(out, "heuristic-%s", cc_heuristic_name(p->policy));
}

static cc_code open_sandbox(play *p, cc_err *err)
{
	return app_agent_sandbox(&p->sandbox, cc_session_snapshot(p->session), err);
}

static cc_code play_model(void *arg, const cc_agent_watch *watch, cc_err *err)
{
	play *p = arg;
	const cc_agent_options ao = { .model = p->model, .provider = p->o->provider, .model_name = p->o->model, .sandbox = p->sandbox,
		.discipline = p->discipline, .window = p->window, .watch = watch };
	return cc_agent_play(p->session, &ao, &p->report, err);
}

static cc_code play_script(void *arg, const cc_agent_watch *watch, cc_err *err)
{
	play *p = arg;
	cc_code code = cc_heuristic_play(p->session, p->policy, watch, err);
	p->report.stop = code == CC_ECANCELED ? "canceled" : code != CC_OK ? "error" : cc_session_submitted(p->session) ? "submit" : "quit";
	cc_session_set_stop(p->session, p->report.stop);
	return code;
}

static cc_code run(play *p, cc_err *err)
{
	showing state = { .tty = isatty(STDERR_FILENO) != 0 };
	const cc_agent_watch watch = { .told = show, .arg = &state, .cancel = &interrupted };
	cc_code (*play_it)(void *arg, const cc_agent_watch *watch, cc_err *err) = p->model ? play_model : play_script;
	hear_signals();
	cc_code code = p->o->watch ? app_watch(p->o, p->session, &watch, hear_signals, play_it, p, err) : play_it(p, &watch, err);
	if (!p->model)
		p->report.turns = cc_session_turn(p->session) > 0 ? cc_session_turn(p->session) : 0;
	if (state.shown)
		fputs("\r\033[K", stderr);
	print_summary(p);
	return code;
}

/* A trial that is there need not be played again. */
static cc_code take_place(play *p, app_options *o, const char *incident, cc_err *err)
{
	if (!o->trial)
		return CC_OK;
	cc_buf out = CC_BUF_INIT;
	cc_code code = o->no_record ? cc_err_set(err, CC_EUSAGE, "agent: --trial needs a record") : app_runs_dir(o, &out, err);
	if (code == CC_OK)
		code = app_trial_begin(&p->trial, out.p, incident, o->trial, err);
	if (code == CC_OK && p->trial.there)
		fprintf(stderr, "coldcase: %s is there already\n", p->trial.place.p);
	o->out = p->trial.beside.p;
	cc_buf_deinit(&out);
	return code;
}

/* Closes the session; what was called off, or failed for want of a model, is no run. */
static cc_code leave(play *p, cc_code code, cc_err *err)
{
	cc_buf run = CC_BUF_INIT;
	cc_buf_addz(&run, p->session && cc_session_run_dir(p->session) ? cc_session_run_dir(p->session) : "");
	cc_session_close(p->session);
	if (code == CC_OK && p->o->trial && !p->trial.there)
		code = cc_buf_ok(&run) ? app_trial_keep(&p->trial, run.p, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (p->o->trial)
		app_trial_deinit(&p->trial);
	cc_buf_deinit(&run);
	return code;
}

int app_agent(const app_options *given)
{
	app_options o = *given;
	play p = { .o = &o, .trial.lock = -1 };
	cc_buf dir = CC_BUF_INIT, name = CC_BUF_INIT;
	cc_err err = { 0 };
	bool shell = false;
	cc_code code = prepare(&p, &shell, &err);
	if (code == CC_OK) {
		write_name(&p, &name);
		o.agent = true;
		o.name = o.name ? o.name : name.p;
		code = app_find_incident(&o, o.args.p[0], &dir, &err);
	}
	if (code == CC_OK)
		code = take_place(&p, &o, dir.p, &err);
	if (code == CC_OK && !p.trial.there)
		code = app_open_session(&o, dir.p, true, false, &p.session, &err);
	if (code == CC_OK && shell && p.session)
		code = open_sandbox(&p, &err);
	if (code == CC_OK && p.session)
		code = run(&p, &err);
	code = leave(&p, code, &err);
	cc_sandbox_close(p.sandbox);
	cc_model_close(p.model);
	cc_buf_deinit(&name);
	cc_buf_deinit(&dir);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) ? 1 : 0;
}
