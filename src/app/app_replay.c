/* app_replay.c - `replay`: a record step by step. --check runs it again and compares every answer with the recorded digest. */
#include "app/app.h"

#include <stdio.h>
#include <string.h>
#include "coldcase/rerun.h"
#include "coldcase/utf8.h"

static void print_differing(const cc_rerun_step *s)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "step %llu differs: ", (unsigned long long)s->step->number);
	cc_utf8_clean(&b, s->step->line, CC_CLEAN_LINE);
	cc_buf_addz(&b, "\n  ");
	cc_utf8_clean(&b, s->why, CC_CLEAN_LINE);
	printf("%s\n", b.p ? b.p : "");
	cc_buf_deinit(&b);
}

static void print_evidence(const cc_run *run, const cc_rerun *r)
{
	cc_buf b = CC_BUF_INIT, clean = CC_BUF_INIT;
	size_t n = cc_rerun_evidence_differs(run, cc_rerun_snapshot(r), &b);
	if (n) {
		cc_utf8_clean(&clean, cc_buf_str(&b), CC_CLEAN_LINE | CC_CLEAN_KEEP_NL);
		printf("the evidence is not what the record was made on:\n%s", clean.p ? clean.p : "");
	}
	cc_buf_deinit(&b);
	cc_buf_deinit(&clean);
}

/* Exit status 1 when an answer is another one: a check that cannot fail a script is none. */
static cc_code check(const app_options *o, const cc_run *run, const char *dir, int *status, cc_err *err)
{
	cc_rerun *r = NULL;
	cc_rerun_step s;
	size_t count[3] = { 0 };
	cc_code code = cc_rerun_open(&r, run, dir, o->no_cache, err);
	if (code != CC_OK)
		return code;
	print_evidence(run, r);
	while ((code = cc_rerun_next(r, NULL, &s, err)) == CC_OK) {
		count[s.verdict]++;
		if (s.verdict == CC_RERUN_DIFFERS)
			print_differing(&s);
	}
	printf("%zu step%s: %zu answered as recorded, %zu differ, %zu not comparable (they tell the time)\n", cc_run_step_count(run),
		cc_run_step_count(run) == 1 ? "" : "s", count[CC_RERUN_SAME], count[CC_RERUN_DIFFERS], count[CC_RERUN_EXEMPT]);
	*status = count[CC_RERUN_DIFFERS] != 0;
	cc_rerun_close(r);
	return code == CC_ENOTFOUND ? CC_OK : code;
}

int app_replay(const app_options *o)
{
	cc_run *run = NULL;
	cc_buf dir = CC_BUF_INIT;
	cc_err err = { 0 };
	int status = 0;
	cc_code code = CC_OK;
	if (o->args.n != 1) {
		code = cc_err_set(&err, CC_EUSAGE, "replay: %s", o->args.n ? "one run at a time" : "which run?");
		cc_err_hint(&err, "coldcase replay --check RUN-FOLDER");
	}
	if (code == CC_OK)
		code = cc_run_read(&run, o->args.p[0], &err);
	if (code == CC_OK && o->incident)
		code = app_find_incident(o, o->incident, &dir, &err);
	if (code == CC_OK)
		code = check(o, run, dir.p, &status, &err);
	cc_buf_deinit(&dir);
	cc_run_free(run);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) ? 1 : status;
}
