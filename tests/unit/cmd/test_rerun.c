/* test_rerun.c - a record run again gives every digest again, also those of answers given while the evidence was being
 * read; a record that was changed, or another snapshot, is told by the step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "coldcase/file.h"
#include "coldcase/rerun.h"
#include "support/scratch.h"
#include "unit/cmd/stage_gate.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";

static const char *const LINES[] = { "start", "alerts", "logs level>=error limit=5", "focus quote", "entity", "nonsense", "at 17:10:00",
	"paths", "horizon known", "logs limit=5", "horizon hindsight", "metrics", "pin events/k8s_events_raw.tsv#1", "suspect otel-demo/Deployment/quote confidence=0.7", "changes", "budget",
	"note hm", "events", "submit confirm=submit" };

static void run_lines(cc_session *s, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		cc_reply *r = NULL;
		cc_err err;
		if (cc_session_run(s, cc_str_from(LINES[i]), NULL, &r, &err) == CC_OK)
			cc_reply_unref(r);
	}
}

/* Plays LINES; `partial` of them before everything has been read. The text of the record. */
static void play(const char *out_dir, size_t partial, cc_buf *text)
{
	gate g = GATE(1);
	cc_session_options opt = { .dir = SAMPLE, .out_dir = out_dir, .actor_name = "tester", .budget = 100, .pause_at_start = true,
		.staged = true, .before_stage = gate_wait, .before_stage_arg = &g, .truth_seal = "salt:hash" };
	cc_session *s = NULL;
	cc_buf path = CC_BUF_INIT;
	cc_err err;
	bool fuller = false;
	assert_int_equal(cc_session_open(&s, &opt, &err), CC_OK);
	while (!fuller)
		assert_int_equal(cc_session_poll(s, &fuller, &err), CC_OK);
	run_lines(s, 0, partial);
	gate_open(&g, 9);
	assert_int_equal(cc_session_wait(s, &err), CC_OK);
	run_lines(s, partial, sizeof LINES / sizeof LINES[0]);
	cc_path_join(&path, cc_session_run_dir(s), CC_RECORD_FILE);
	cc_session_close(s);
	assert_int_equal(cc_file_read(text, path.p, 1 << 24, &err), CC_OK);
	cc_buf_deinit(&path);
}

typedef struct outcome { size_t same, differs, exempt; uint64_t first; char why[200]; } outcome;

static outcome rerun(cc_str text, const char *dir)
{
	outcome o = { 0 };
	cc_run *run = NULL;
	cc_rerun *r = NULL;
	cc_rerun_step step;
	cc_err err = { 0 };
	assert_int_equal(cc_run_parse(&run, text, &err), CC_OK);
	if (cc_rerun_open(&r, run, dir, true, &err) != CC_OK)
		fail_msg("%s", err.message);
	cc_code code;
	while ((code = cc_rerun_next(r, NULL, &step, &err)) == CC_OK) {
		o.same += step.verdict == CC_RERUN_SAME;
		o.exempt += step.verdict == CC_RERUN_EXEMPT;
		if (step.verdict == CC_RERUN_DIFFERS && !o.differs++) {
			o.first = step.step->number;
			snprintf(o.why, sizeof o.why, "%.*s", CC_STR_ARG(step.why));
		}
	}
	assert_int_equal(code, CC_ENOTFOUND);
	assert_int_equal(o.same + o.differs + o.exempt, cc_run_step_count(run));
	cc_rerun_close(r);
	cc_run_free(run);
	return o;
}

static void test_every_digest_again(void **state)
{
	(void)state;
	for (size_t partial = 1; partial <= 9; partial += 8) {
		char name[32];
		cc_buf out = CC_BUF_INIT, text = CC_BUF_INIT;
		snprintf(name, sizeof name, "/again-%zu", partial);
		cc_buf_addf(&out, "%s%s", scratch.root, name);
		play(out.p, partial, &text);
		assert_int_equal(strstr(text.p, "\"partial\":true") != NULL, partial > 1);
		outcome o = rerun(cc_buf_str(&text), NULL);
		if (o.differs)
			fail_msg("step %llu: %s", (unsigned long long)o.first, o.why);
		assert_true(o.same >= 15);
		cc_buf_deinit(&out);
		cc_buf_deinit(&text);
	}
}

/* One digit of one digest: the step is named, those around it are the same. */
static void test_a_changed_record_is_told(void **state)
{
	(void)state;
	cc_buf out = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_buf_addf(&out, "%s/changed", scratch.root);
	play(out.p, 2, &text);
	char *at = strstr(text.p, "\"command\":\"metrics\"");
	assert_non_null(at);
	at = strstr(at, "\"digest\":\"") + strlen("\"digest\":\"");
	*at = *at == 'a' ? 'b' : 'a';
	outcome o = rerun(cc_buf_str(&text), NULL);
	assert_int_equal(o.differs, 1);
	assert_int_equal(o.first, 12);
	assert_non_null(strstr(o.why, "another one"));
	cc_buf_deinit(&out);
	cc_buf_deinit(&text);
}

static void test_other_evidence_is_told(void **state)
{
	(void)state;
	cc_buf out = CC_BUF_INIT, text = CC_BUF_INIT, what = CC_BUF_INIT;
	cc_snapshot *s = NULL;
	cc_run *run = NULL;
	cc_err err;
	cc_buf_addf(&out, "%s/other", scratch.root);
	play(out.p, 2, &text);
	assert_true(rerun(cc_buf_str(&text), "sample-incidents/Scenario-2").differs > 3);
	assert_int_equal(cc_run_parse(&run, cc_buf_str(&text), &err), CC_OK);
	assert_int_equal(cc_snapshot_open(&s, SAMPLE, NULL, &err), CC_OK);
	assert_int_equal(cc_rerun_evidence_differs(run, s, &what), 0);
	cc_snapshot_free(s);
	assert_int_equal(cc_snapshot_open(&s, "sample-incidents/Scenario-2", NULL, &err), CC_OK);
	assert_true(cc_rerun_evidence_differs(run, s, &what) > 3);
	assert_non_null(strstr(what.p, "otel_logs_raw.tsv: "));
	cc_snapshot_free(s);
	cc_run_free(run);
	cc_buf_deinit(&what);
	cc_buf_deinit(&out);
	cc_buf_deinit(&text);
}

static void test_no_snapshot(void **state)
{
	(void)state;
	cc_buf out = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_run *run = NULL;
	cc_rerun *r = NULL;
	cc_err err;
	cc_buf_addf(&out, "%s/gone", scratch.root);
	play(out.p, 2, &text);
	assert_int_equal(cc_run_parse(&run, cc_buf_str(&text), &err), CC_OK);
	assert_int_equal(cc_rerun_open(&r, run, "/no/such/place", true, &err), CC_ENOTFOUND);
	assert_null(r);
	cc_run_free(run);
	cc_buf_deinit(&out);
	cc_buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_digest_again),
		cmocka_unit_test(test_a_changed_record_is_told),
		cmocka_unit_test(test_other_evidence_is_told),
		cmocka_unit_test(test_no_snapshot),
	};
	return cmocka_run_group_tests_name("cmd/rerun", tests, scratch_make, scratch_remove);
}
