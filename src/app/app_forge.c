/* app_forge.c - `forge`: a simulation with progress on a terminal; Ctrl-C leaves nothing behind. */
#include "app/forge_options.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "coldcase/clock.h"
#include "coldcase/pace.h"
#include "coldcase/time.h"

static cc_cancel interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	cc_cancel_set(&interrupted);
}

typedef struct progress { cc_pace pace; int64_t shown_ns; } progress;

enum { BAR = 24 };

static void show(void *user, int permille, const char *stage)
{
	progress *p = user;
	int64_t now = cc_clock_mono_ns(), left;
	cc_buf eta = CC_BUF_INIT;
	char bar[BAR + 1];
	cc_pace_note(&p->pace, now, permille, 1000);
	if (now - p->shown_ns < 100 * CC_NS_PER_MS)
		return;
	p->shown_ns = now;
	for (int i = 0; i < BAR; i++)
		bar[i] = i * 1000 < permille * BAR ? '#' : '.';
	bar[BAR] = 0;
	left = cc_pace_left_ns(&p->pace);
	if (left != CC_TIME_NONE)
		cc_duration_format(&eta, (left + CC_NS_PER_S - 1) / CC_NS_PER_S * CC_NS_PER_S);
	fprintf(stderr, "\r[%s] %3d%% %s%s%s\033[K", bar, permille / 10, stage,
		eta.n ? ", left " : "", eta.n ? eta.p : "");
	cc_buf_deinit(&eta);
}

/* The kinds, and what each can be aimed at in the application. */
static int list_faults(const app_options *o)
{
	for (size_t i = 0; i < cc_forge_fault_count(); i++) {
		const cc_forge_fault *f = cc_forge_fault_get(i);
		cc_buf targets = CC_BUF_INIT;
		cc_err err = { 0 };
		cc_code code = cc_forge_targets(o->app, f->kind, &targets, &err);
		if (code != CC_OK) {
			cc_buf_deinit(&targets);
			return app_fail(&err);
		}
		for (size_t k = 0; k < targets.n; k++)
			if (targets.p[k] == '\n')
				targets.p[k] = ' ';
		printf("%-22s %s (root: %s)\n", f->kind, f->summary, f->root_kind);
		printf("%-22s at: %s\n", "", targets.n ? targets.p : "nothing in this application");
		cc_buf_deinit(&targets);
	}
	return fflush(stdout) ? 1 : 0;
}

static int show_app(const app_options *o)
{
	const char *name;
	cc_str text;
	cc_err err = { 0 };
	cc_buf known = CC_BUF_INIT;
	for (size_t i = 0; cc_forge_app_get(i, &name, &text); i++) {
		if (strcmp(name, o->show_app) == 0) {
			fwrite(text.p, 1, text.n, stdout);
			cc_buf_deinit(&known);
			return fflush(stdout) ? 1 : 0;
		}
		cc_buf_addf(&known, "%s%s", i ? ", " : "", name);
	}
	cc_err_set(&err, CC_EUNKNOWN, "forge: no built-in application %s", o->show_app);
	cc_err_hint(&err, "there are: %s", known.p ? known.p : "none");
	cc_buf_deinit(&known);
	return app_fail(&err);
}

int app_forge(const app_options *o)
{
	cc_forge_options f;
	cc_forge_report rep;
	cc_err err = { 0 };
	progress p = { .shown_ns = 0 };
	bool tty = isatty(STDERR_FILENO) != 0;
	if (o->list)
		return list_faults(o);
	if (o->show_app)
		return show_app(o);
	cc_code code = app_forge_options(o, &f, &err);
	if (code != CC_OK)
		return app_fail(&err);
	cc_pace_begin(&p.pace, cc_clock_mono_ns());
	f.cancel = &interrupted;
	f.progress = tty ? show : NULL;
	f.progress_user = &p;
	struct sigaction sa = { .sa_handler = on_interrupt };
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	code = cc_forge_run(&f, &rep, &err);
	if (p.shown_ns)
		fputs("\r\033[K", stderr);
	if (code != CC_OK)
		return app_fail(&err);
	printf("%s: %llu files, %.1f MB, %llu spans, %llu log records; the answer lies in %s\n", rep.scenario_dir,
		(unsigned long long)rep.files, (double)rep.bytes / 1e6, (unsigned long long)rep.spans,
		(unsigned long long)rep.logs, rep.truth_path);
	return fflush(stdout) ? 1 : 0;
}
