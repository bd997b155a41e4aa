/* rerun.h - a record in a folder run once more over the evidence: every digest must come again. */
#ifndef COLDCASE_TEST_RERUN_H
#define COLDCASE_TEST_RERUN_H

#include "coldcase/file.h"
#include "coldcase/rerun.h"

typedef struct rerun_counts { size_t same, stopped; } rerun_counts;

/* Fails the test at the first answer that differs. Closes the session whose record it is. */
static inline rerun_counts run_again(cc_session *s, const char *evidence)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_run *run = NULL;
	cc_rerun *again = NULL;
	cc_rerun_step step;
	cc_err err = { 0 };
	rerun_counts n = { 0, 0 };
	cc_path_join(&path, cc_session_run_dir(s), CC_RECORD_FILE);
	cc_session_close(s);
	assert_int_equal(cc_file_read(&text, path.p, 1 << 24, &err), CC_OK);
	assert_int_equal(cc_run_parse(&run, cc_buf_str(&text), &err), CC_OK);
	if (cc_rerun_open(&again, run, evidence, true, &err) != CC_OK)
		fail_msg("%s", err.message);
	while (cc_rerun_next(again, NULL, &step, &err) == CC_OK) {
		if (step.verdict == CC_RERUN_DIFFERS)
			fail_msg("step %llu: %.*s", (unsigned long long)step.step->number, CC_STR_ARG(step.why));
		n.same += step.verdict == CC_RERUN_SAME;
		n.stopped += step.step->stopped;
	}
	cc_rerun_close(again);
	cc_run_free(run);
	cc_buf_deinit(&text);
	cc_buf_deinit(&path);
	return n;
}

#endif
