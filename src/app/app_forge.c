/* app_forge.c - `forge`: options to a simulation, progress on a terminal, Ctrl-C leaves nothing behind. */
#include "app/app.h"

#include <signal.h>
#include <stdio.h>
#include <unistd.h>
#include "coldcase/clock.h"
#include "coldcase/forge.h"
#include "coldcase/time.h"

static cc_cancel interrupted;

static void on_interrupt(int sig)
{
	(void)sig;
	cc_cancel_set(&interrupted);
}

typedef struct progress { int64_t began_ns, shown_ns; } progress;

static void show(void *user, int permille, const char *stage)
{
	progress *p = user;
	int64_t now = cc_clock_mono_ns(), took = now - p->began_ns;
	cc_buf eta = CC_BUF_INIT;
	if (now - p->shown_ns < 100 * CC_NS_PER_MS)
		return;
	p->shown_ns = now;
	if (permille > 20)
		cc_duration_format(&eta, took / permille * (1000 - permille));
	fprintf(stderr, "\r%3d%% %s%s%s\033[K", permille / 10, stage, eta.n ? ", left " : "", eta.n ? eta.p : "");
	cc_buf_deinit(&eta);
}

static cc_code number(const char *text, const char *what, int64_t lo, int64_t hi, int64_t *out, cc_err *err)
{
	if (!text)
		return CC_OK;
	if (!cc_str_to_i64(cc_str_from(text), out) || *out < lo || *out > hi)
		return cc_err_set(err, CC_EUSAGE, "forge: %s takes a whole number from %lld to %lld, not %s", what, (long long)lo,
			(long long)hi, text);
	return CC_OK;
}

static cc_code duration(const char *text, const char *what, int64_t *out, cc_err *err)
{
	if (text && !cc_duration_parse(cc_str_from(text), out))
		return cc_err_set(err, CC_EUSAGE, "forge: %s takes a duration such as 30m, not %s", what, text);
	return CC_OK;
}

static cc_code fill(const app_options *o, cc_forge_options *f, cc_err *err)
{
	int64_t seed = (int64_t)f->seed, scenario = f->scenario;
	double rps;
	cc_code code = number(o->seed, "--seed", 0, INT64_MAX, &seed, err);
	if (code == CC_OK)
		code = number(o->scenario, "--scenario", 1, 999999, &scenario, err);
	if (code == CC_OK)
		code = duration(o->duration, "--duration", &f->duration_ns, err);
	if (code == CC_OK)
		code = duration(o->inject, "--inject", &f->inject_ns, err);
	if (code == CC_OK)
		code = duration(o->scrape, "--scrape", &f->scrape_ns, err);
	if (code == CC_OK && o->start && !cc_time_parse(cc_str_from(o->start), &f->start_ns))
		code = cc_err_set(err, CC_EUSAGE, "forge: --start takes a time such as 2025-12-15T17:00:00Z, not %s", o->start);
	if (code == CC_OK && o->rps) {
		if (!cc_str_to_double(cc_str_from(o->rps), &rps) || !(rps >= 0.05 && rps <= 100))
			code = cc_err_set(err, CC_EUSAGE, "forge: --rps takes 0.05 to 100 requests a second, not %s", o->rps);
		else
			f->rps_milli = (int)(rps * 1000 + 0.5);
	}
	f->seed = (uint64_t)seed;
	f->scenario = (int)scenario;
	f->out_dir = o->args.n ? o->args.p[0] : NULL;
	f->fault = o->faults.n ? o->faults.p[0] : NULL;
	f->truth_dir = o->truth_dir;
	f->replace = o->replace;
	return code;
}

static int list_faults(void)
{
	for (size_t i = 0; i < cc_forge_fault_count(); i++)
		printf("%-16s %s\n", cc_forge_fault_get(i)->kind, cc_forge_fault_get(i)->summary);
	printf("\nservices it can be aimed at:");
	for (size_t i = 0; i < cc_forge_service_count(); i++)
		printf(" %s", cc_forge_service_get(i));
	printf("\n");
	return fflush(stdout) ? 1 : 0;
}

static cc_code check_words(const app_options *o, cc_err *err)
{
	if (o->args.n != 1 || o->faults.n != 1) {
		cc_err_set(err, CC_EUSAGE, "forge: %s", o->args.n != 1 ? "where to? one folder" : "what goes wrong? one --fault");
		return cc_err_hint(err, "coldcase forge OUT --fault invalid-image:checkout; coldcase forge --list describes the faults");
	}
	return CC_OK;
}

int app_forge(const app_options *o)
{
	cc_forge_options f;
	cc_forge_report rep;
	cc_err err = { 0 };
	progress p = { .began_ns = cc_clock_mono_ns() };
	bool tty = isatty(STDERR_FILENO) != 0;
	if (o->list)
		return list_faults();
	cc_forge_options_init(&f);
	cc_code code = check_words(o, &err);
	if (code == CC_OK)
		code = fill(o, &f, &err);
	if (code != CC_OK)
		return app_fail(&err);
	f.cancel = &interrupted;
	f.progress = tty ? show : NULL;
	f.progress_user = &p;
	struct sigaction sa = { .sa_handler = on_interrupt };
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	code = cc_forge_run(&f, &rep, &err);
	if (p.shown_ns)
		fputs("\r\033[K", stderr);
	if (code != CC_OK)
		return app_fail(&err);
	printf("%s: %llu files, %.1f MB, %llu spans, %llu log records; the answer lies in %s\n", rep.scenario_dir,
		(unsigned long long)rep.files, (double)rep.bytes / 1e6, (unsigned long long)rep.spans, (unsigned long long)rep.logs,
		rep.truth_path);
	return fflush(stdout) ? 1 : 0;
}
