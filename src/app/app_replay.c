/* app_replay.c - `replay`: a record step by step, in the panes or as lines. --check runs it again and compares every answer with
 * the recorded digest. */
#include "app/app.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>
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

/* --- playing it back --- */

cc_code app_open_recorded(const app_options *o, const cc_run *run, const char *dir, cc_session **out, cc_err *err)
{
	const cc_record_header *h = cc_run_header(run);
	cc_buf path = CC_BUF_INIT;
	char assist[16] = "";
	if (!h)
		return cc_err_set(err, CC_EFORMAT, "the record has no header: nothing says what it is of");
	cc_buf_add(&path, dir ? cc_str_from(dir) : h->snapshot_path);
	if (h->assistance.n && h->assistance.n < sizeof assist)
		memcpy(assist, h->assistance.p, h->assistance.n);
	cc_code code = path.n ? cc_session_open(out, &(cc_session_options){ .dir = path.p, .no_cache = o->no_cache,
		.assistance = *assist ? assist : NULL, .known_only = h->known_only }, err) :
		cc_err_set(err, CC_ENOTFOUND, "the record does not say where its evidence lies (--incident)");
	cc_buf_deinit(&path);
	return code;
}

static cc_code play_back(const app_options *o, const cc_run *run, const char *dir, cc_err *err)
{
	cc_session *s = NULL;
	cc_buf differs = CC_BUF_INIT;
	cc_code code = app_open_recorded(o, run, dir, &s, err);
	if (code == CC_OK && cc_rerun_evidence_differs(run, cc_session_snapshot(s), &differs))
		fprintf(stderr, "coldcase: the evidence is not what the record was made on (--check tells)\n");
	if (code == CC_OK)
		code = app_console(o, s, false, run, err);
	if (s)
		cc_session_close(s);
	cc_buf_deinit(&differs);
	return code;
}

/* One line a step, without the evidence: for pipes, and for a record whose evidence is gone. */
static void print_steps(const app_options *o, const cc_run *run)
{
	for (size_t i = 0; i < cc_run_step_count(run); i++) {
		const cc_record_step *s = cc_run_step(run, i)->as.step;
		int64_t seconds = s->active_ns / CC_NS_PER_S;
		cc_buf b = CC_BUF_INIT;
		cc_buf_addf(&b, "%4llu  %lld:%02lld  ", (unsigned long long)s->number, (long long)(seconds / 60), (long long)(seconds % 60));
		cc_utf8_clean(&b, s->line, app_unicode(o) ? CC_CLEAN_LINE : CC_CLEAN_ASCII);
		if (s->code != CC_OK) {
			cc_buf_addz(&b, "  error: ");
			cc_utf8_clean(&b, s->message, app_unicode(o) ? CC_CLEAN_LINE : CC_CLEAN_ASCII);
		} else if (s->query) {
			cc_buf_addf(&b, "  %llu of %llu", (unsigned long long)s->shown.rows, (unsigned long long)s->shown.total);
		}
		printf("%s\n", b.p ? b.p : "");
		cc_buf_deinit(&b);
	}
}

static cc_code play(const app_options *o, const cc_run *run, const char *dir, cc_err *err)
{
	if (!o->plain && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		return play_back(o, run, dir, err);
	print_steps(o, run);
	return CC_OK;
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
		cc_err_hint(&err, "coldcase replay RUN-FOLDER");
	}
	if (code == CC_OK)
		code = cc_run_read(&run, o->args.p[0], &err);
	if (code == CC_OK && o->incident)
		code = app_find_incident(o, o->incident, &dir, &err);
	if (code == CC_OK)
		code = o->check ? check(o, run, dir.p, &status, &err) : play(o, run, dir.p, &err);
	cc_buf_deinit(&dir);
	cc_run_free(run);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) ? 1 : status;
}
