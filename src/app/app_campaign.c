/* app_campaign.c - `campaign`: every incident x agent x repeat, each a `coldcase agent` of its own.
 *
 * What is done is what is there: a run has its place only when it is whole (trial.h), so that a campaign goes on after any crash by starting
 * it again. A run is started only if what it may cost at most fits below the total cap beside those that are under way: none is cut short
 * because others were dear, for then it would measure that. Who fails three times in a row is left alone. */
#include "app/campaign.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/utf8.h"

enum { JOBS_MAX = 64, REPEATS_MAX = 1000, FAILURES_MAX = 3, SAID_MAX = 1 << 16 };

typedef struct job {
	pid_t pid;               /* 0 = free */
	size_t task;
	int64_t began_ns, reserved;
	FILE *out, *err;         /* what it says, kept in nameless files */
} job;

typedef struct running {
	campaign *c;
	job jobs[JOBS_MAX];
	size_t *failures;        /* in a row, by agent */
	size_t next, total, there, played, failed, under_way;
	int64_t cap, spent;      /* micro-dollars; cap 0 = none */
	bool short_of_money, tty;
	bool passed_on;          /* the runs under way were told to stop */
} running;

/* --- signals --- */

static volatile sig_atomic_t stopped;
static sigset_t heard, before, waiting; /* blocked between looking and waiting; what is blocked without us; what is while we wait */

static void on_signal(int number)
{
	stopped = number;
}

/* That it is caught is all: where it is ignored, the ends of runs are not told. */
static void on_child(int number)
{
	(void)number;
}

static void hear_signals(void)
{
	struct sigaction stop = { .sa_handler = on_signal }, child = { .sa_handler = on_child, .sa_flags = SA_RESTART };
	sigemptyset(&stop.sa_mask);
	sigemptyset(&child.sa_mask);
	sigaction(SIGINT, &stop, NULL);
	sigaction(SIGTERM, &stop, NULL);
	sigaction(SIGCHLD, &child, NULL);
	sigemptyset(&heard);
	sigaddset(&heard, SIGINT);
	sigaddset(&heard, SIGTERM);
	sigaddset(&heard, SIGCHLD);
	sigprocmask(SIG_BLOCK, NULL, &before);
	waiting = before;
	sigdelset(&waiting, SIGINT);
	sigdelset(&waiting, SIGTERM);
	sigdelset(&waiting, SIGCHLD);
}

/* --- one process --- */

/* In the child: nothing but async-signal-safe calls until exec. It ends, and puts its run away, when the campaign is killed. */
static void become(const char *path, char **argv, int out, int errors)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
	signal(SIGINT, SIG_DFL); /* our handlers would swallow what comes before exec */
	signal(SIGTERM, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (null >= 0)
		dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(errors, STDERR_FILENO);
	execv(path, argv);
	execv("/proc/self/exe", argv); /* as app_spawn */
	_exit(127);
}

/* Nameless, and no business of the other runs. NULL and errno. */
static FILE *open_said(void)
{
	FILE *f = tmpfile();
	if (f)
		fcntl(fileno(f), F_SETFD, FD_CLOEXEC);
	return f;
}

static cc_code start_process(const app_options *o, const campaign_words *words, job *j, cc_err *err)
{
	cc_buf self = CC_BUF_INIT;
	char **argv = calloc(words->n + 2, sizeof *argv);
	cc_code code = argv ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	app_self_path(o, &self);
	if (code == CC_OK && !cc_buf_ok(&self))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	j->out = open_said();
	j->err = open_said();
	if (code == CC_OK && (!j->out || !j->err))
		code = cc_err_errno(err, errno, "a file for what a run says");
	for (size_t i = 0; code == CC_OK && i < words->n; i++)
		argv[i + 1] = (char *)(uintptr_t)words->p[i]; /* execv takes char *, and does not write */
	if (code == CC_OK) {
		argv[0] = self.p;
		sigprocmask(SIG_BLOCK, &heard, NULL);
		j->pid = fork();
		if (j->pid == 0)
			become(self.p, argv, fileno(j->out), fileno(j->err));
		sigprocmask(SIG_SETMASK, &before, NULL);
		if (j->pid < 0)
			code = cc_err_errno(err, errno, "starting a run");
	}
	free(argv);
	cc_buf_deinit(&self);
	return code;
}

static void read_said(FILE *f, cc_buf *out)
{
	char block[4096];
	size_t n;
	rewind(f);
	while (out->n < SAID_MAX && (n = fread(block, 1, sizeof block, f)) > 0)
		cc_buf_add(out, (cc_str){ block, n });
}

static void free_job(job *j)
{
	if (j->out)
		fclose(j->out);
	if (j->err)
		fclose(j->err);
	*j = (job){ 0 };
}

/* --- what is told --- */

static void put_status(const running *r, cc_buf *out)
{
	cc_buf_addf(out, "%zu of %zu there, %zu under way", r->there + r->played, r->total, r->under_way);
	if (r->failed)
		cc_buf_addf(out, ", %zu failed", r->failed);
	if (r->spent || r->cap)
		cc_buf_addf(out, ", $%.2f", (double)r->spent / 1e6);
	if (r->cap)
		cc_buf_addf(out, " of $%.2f", (double)r->cap / 1e6);
}

static void show_status(const running *r)
{
	cc_buf b = CC_BUF_INIT;
	if (!r->tty)
		return;
	put_status(r, &b);
	fprintf(stderr, "\r%s\033[K", b.p ? b.p : "");
	cc_buf_deinit(&b);
}

/* The first line of what it said in vain, or of what came of it. */
static void tell_run(const running *r, const job *j, const char *what, cc_str more)
{
	cc_buf b = CC_BUF_INIT;
	campaign_task t = campaign_at(r->c, j->task);
	cc_str line, rest;
	cc_str_cut(more, '\n', &line, &rest);
	cc_buf_addf(&b, "%s %.*s %lld: %s, %.1f s", r->c->agents.p[t.agent].name, CC_STR_ARG(t.incident->name), (long long)t.repeat, what,
		(double)(cc_clock_mono_ns() - j->began_ns) / 1e9);
	if (line.n) {
		cc_buf_addz(&b, ": ");
		cc_utf8_clean(&b, line, CC_CLEAN_LINE);
	}
	if (r->tty)
		fputs("\r\033[K", stderr);
	if (!r->c->o->json) {
		printf("%s\n", b.p ? b.p : "");
		fflush(stdout);
	}
	cc_buf_deinit(&b);
}

/* --- from start to end of a run --- */

/* May a run of that agent begin? What it could cost at most is held back until it has ended. */
static bool is_affordable(running *r, const campaign_agent *a, int64_t *reserved)
{
	int64_t held = 0;
	*reserved = a->max_cost_micro;
	if (!r->cap || a->scripted)
		return true;
	for (size_t i = 0; i < JOBS_MAX; i++)
		held += r->jobs[i].pid ? r->jobs[i].reserved : 0;
	return r->spent + held + *reserved <= r->cap;
}

static cc_code start(running *r, job *j, size_t task, int64_t reserved, cc_err *err)
{
	campaign_words words = { 0 };
	*j = (job){ .task = task, .reserved = reserved, .began_ns = cc_clock_mono_ns() };
	cc_code code = campaign_line(r->c, campaign_at(r->c, task), &words, err);
	if (code == CC_OK)
		code = start_process(r->c->o, &words, j, err);
	if (code != CC_OK)
		free_job(j);
	r->under_way += code == CC_OK;
	cc_vec_deinit(&words);
	return code;
}

static void count_cost(running *r, cc_str said)
{
	cc_json *tree = NULL;
	double usd;
	if (cc_json_parse(&tree, said, NULL) == CC_OK && cc_json_double(cc_json_get(tree, "cost_usd"), &usd))
		r->spent += (int64_t)(usd * 1e6 + 0.5);
	cc_json_free(tree);
}

static cc_code finish(running *r, job *j, int status, cc_err *err)
{
	campaign_task t = campaign_at(r->c, j->task);
	cc_buf said = CC_BUF_INIT, complaint = CC_BUF_INIT, stop = CC_BUF_INIT;
	cc_json *tree = NULL;
	cc_code code = CC_OK;
	read_said(j->out, &said);
	read_said(j->err, &complaint);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && campaign_is_played(r->c, t)) {
		if (cc_json_parse(&tree, cc_buf_str(&said), NULL) == CC_OK)
			cc_buf_add(&stop, cc_json_get_str(tree, "stop"));
		tell_run(r, j, stop.n ? stop.p : "ended", CC_STR_EMPTY);
		count_cost(r, cc_buf_str(&said));
		r->failures[t.agent] = 0;
		r->played++;
	} else {
		tell_run(r, j, stopped ? "broken off" : "failed", cc_buf_str(&complaint));
		r->failures[t.agent]++;
		r->failed += !stopped;
		if (r->cap) /* what it took before it broke off is in its record */
			code = campaign_spent(r->c, &r->spent, err);
	}
	r->under_way--;
	free_job(j);
	cc_json_free(tree);
	cc_buf_deinit(&stop);
	cc_buf_deinit(&complaint);
	cc_buf_deinit(&said);
	return code;
}

/* --- all of them --- */

static job *free_place(running *r)
{
	for (int64_t i = 0; i < r->c->jobs; i++)
		if (!r->jobs[i].pid)
			return &r->jobs[i];
	return NULL;
}

/* Starts what can be: false when nothing is to be started any more. */
static bool fill(running *r, cc_code *code, cc_err *err)
{
	for (job *j; (j = free_place(r)) && r->next < r->total && !stopped && *code == CC_OK;) {
		campaign_task t = campaign_at(r->c, r->next);
		const campaign_agent *a = &r->c->agents.p[t.agent];
		int64_t reserved;
		if (campaign_is_played(r->c, t) || r->failures[t.agent] >= FAILURES_MAX) {
			r->next++;
			continue;
		}
		if (!is_affordable(r, a, &reserved)) {
			if (r->under_way) /* some of what is held back may come free */
				return true;
			r->short_of_money = true;
			r->next++;
			continue;
		}
		*code = start(r, j, r->next++, reserved, err);
	}
	return r->next < r->total && !stopped && *code == CC_OK;
}

static void pass_on(const running *r)
{
	for (size_t i = 0; i < JOBS_MAX; i++)
		if (r->jobs[i].pid > 0)
			kill(r->jobs[i].pid, SIGTERM);
}

static cc_code wait_for_one(running *r, cc_err *err)
{
	int status;
	pid_t pid;
	sigprocmask(SIG_BLOCK, &heard, NULL); /* else one could come after it was looked for, and nobody would wake */
	while ((pid = waitpid(-1, &status, WNOHANG)) == 0) {
		if (stopped && !r->passed_on)
			pass_on(r);
		r->passed_on = stopped != 0;
		sigsuspend(&waiting);
	}
	sigprocmask(SIG_SETMASK, &before, NULL);
	if (pid < 0) {
		r->under_way = 0; /* there is none to wait for */
		return cc_err_errno(err, errno, "waiting for a run");
	}
	for (size_t i = 0; i < JOBS_MAX; i++)
		if (r->jobs[i].pid == pid)
			return finish(r, &r->jobs[i], status, err);
	return CC_OK;
}

static cc_code play_all(running *r, cc_err *err)
{
	cc_code code = CC_OK, one;
	cc_err later;
	for (;;) {
		bool more = fill(r, &code, err);
		show_status(r);
		if (!r->under_way && !more)
			break;
		one = wait_for_one(r, code == CC_OK ? err : &later);
		code = code == CC_OK ? one : code;
	}
	if (r->tty)
		fputs("\r\033[K", stderr);
	return code;
}

static void print_end(const running *r)
{
	cc_buf b = CC_BUF_INIT;
	size_t left = r->total - r->there - r->played;
	if (r->c->o->json) {
		cc_jw w;
		cc_jw_init(&w, &b, 0);
		cc_jw_object(&w);
		cc_jw_key(&w, "tasks");
		cc_jw_int(&w, (int64_t)r->total);
		cc_jw_key(&w, "there_before");
		cc_jw_int(&w, (int64_t)r->there);
		cc_jw_key(&w, "played");
		cc_jw_int(&w, (int64_t)r->played);
		cc_jw_key(&w, "failed");
		cc_jw_int(&w, (int64_t)r->failed);
		cc_jw_key(&w, "left");
		cc_jw_int(&w, (int64_t)left);
		cc_jw_key(&w, "cost_usd");
		cc_jw_double(&w, (double)r->spent / 1e6);
		cc_jw_end_object(&w);
	} else {
		put_status(r, &b);
		if (r->short_of_money)
			cc_buf_addz(&b, "; the rest could pass --max-cost");
		for (size_t i = 0; i < r->c->agents.n; i++)
			if (r->failures[i] >= FAILURES_MAX)
				cc_buf_addf(&b, "; %s failed %d times in a row and was left alone", r->c->agents.p[i].name, FAILURES_MAX);
		cc_buf_addf(&b, left ? "\nstart it again to play the rest\n" : "\ncoldcase league %s\n", r->c->o->out);
	}
	printf("%s%s", b.p ? b.p : "", r->c->o->json ? "\n" : "");
	cc_buf_deinit(&b);
}

/* --- what was asked --- */

static cc_code read_cap(running *r, cc_err *err)
{
	const char *text = r->c->o->max_cost;
	double usd;
	if (!text)
		return CC_OK;
	if (!cc_str_to_double(cc_str_from(text), &usd) || !(usd > 0) || usd > 1e9)
		return cc_err_set(err, CC_EUSAGE, "--max-cost takes dollars, not %s", text);
	r->cap = (int64_t)(usd * 1e6 + 0.5);
	for (size_t i = 0; i < r->c->agents.n; i++) {
		const campaign_agent *a = &r->c->agents.p[i];
		if (!a->scripted && !a->max_cost_micro) {
			cc_err_set(err, CC_EUSAGE, "campaign: --max-cost needs a max-cost of %s, too", a->name);
			return cc_err_hint(err, "a run begins only if the most it may cost fits below the cap: a run cut short by others measures nothing");
		}
	}
	return CC_OK;
}

/* One campaign at a time plays into a folder. */
static cc_code take_folder(const campaign *c, int *lock, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, c->o->out, ".campaign.lock");
	cc_code code = cc_buf_ok(&path) ? cc_dir_make(c->o->out, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && (*lock = open(path.p, O_RDWR | O_CREAT | O_CLOEXEC, 0600)) < 0)
		code = cc_err_errno(err, errno, path.p);
	if (code == CC_OK && flock(*lock, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK)
		code = cc_err_set(err, CC_ESTATE, "%s: another campaign plays into it", c->o->out);
	cc_buf_deinit(&path);
	return code;
}

static cc_code play(campaign *c, int *status, cc_err *err)
{
	running r = { .c = c, .total = campaign_count(c), .tty = isatty(STDERR_FILENO) != 0 };
	int lock = -1;
	cc_code code = read_cap(&r, err);
	if (code == CC_OK && !(r.failures = cc_arena_array(c->arena, c->agents.n, sizeof *r.failures)))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = take_folder(c, &lock, err);
	if (code == CC_OK)
		code = campaign_keep_terms(c, err);
	if (code == CC_OK)
		code = campaign_spent(c, &r.spent, err);
	for (size_t i = 0; code == CC_OK && i < r.total; i++)
		r.there += campaign_is_played(c, campaign_at(c, i));
	if (code == CC_OK) {
		hear_signals();
		code = play_all(&r, err);
		print_end(&r);
		*status = r.there + r.played < r.total;
	}
	if (lock >= 0)
		close(lock);
	return code;
}

static cc_code prepare(campaign *c, cc_err *err)
{
	const app_options *o = c->o;
	cc_code code = c->arena ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && (o->args.n != 1 || !o->out)) {
		cc_err_set(err, CC_EUSAGE, "campaign: %s", o->args.n > 1 ? "one data set at a time" : o->args.n ? "where do the runs go?" : "which data set?");
		code = cc_err_hint(err, "coldcase campaign DATASET --agents FILE --out DIR");
	}
	if (code == CC_OK)
		code = campaign_number("--repeats", o->repeats, 3, REPEATS_MAX, &c->repeats, err);
	if (code == CC_OK)
		code = campaign_number("--jobs", o->jobs, 1, JOBS_MAX, &c->jobs, err);
	if (code == CC_OK)
		code = campaign_read_agents(c, err);
	if (code == CC_OK)
		code = campaign_find_cases(c, o->args.p[0], err);
	return code;
}

static cc_code print_emitted(campaign *c, cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	cc_code code = campaign_emit(c, &b, err);
	if (code == CC_OK && !cc_buf_ok(&b))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		fwrite(b.p, 1, b.n, stdout);
	cc_buf_deinit(&b);
	return code;
}

int app_campaign(const app_options *o)
{
	campaign c = { .o = o, .arena = cc_arena_new() };
	cc_err err = { 0 };
	int status = 0;
	if (o->args.n && strcmp(o->args.p[0], "plan") == 0) {
		campaign_deinit(&c);
		return campaign_plan(o);
	}
	if (o->args.n && strcmp(o->args.p[0], "next") == 0) {
		campaign_deinit(&c);
		return campaign_next(o);
	}
	cc_code code = prepare(&c, &err);
	if (code == CC_OK)
		code = o->emit ? print_emitted(&c, &err) : play(&c, &status, &err);
	campaign_deinit(&c);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) ? 1 : status;
}
