/* A session whose evidence is cut short under it: no answer is made of what is left, and nothing else is lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "coldcase/file.h"
#include "coldcase/record.h"
#include "coldcase/session.h"
#include "support/scratch.h"

static void write_logs(const char *path)
{
	cc_buf b = CC_BUF_INIT;

	cc_buf_addz(&b, "Timestamp\tServiceName\tSeverityText\tBody\n");
	for (int i = 0; i < 3000; i++)
		cc_buf_addf(&b, "2025-12-15 17:%02d:%02d\tcart\tERROR\trecord %d of those that make the file large enough to be mapped\n",
			i / 60 % 60, i % 60, i + 1);
	assert_true(cc_buf_ok(&b));
	test_tree_bytes(&scratch, path, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

static cc_code run(cc_session *s, const char *line, cc_err *err)
{
	cc_reply *r = NULL;
	cc_code code = cc_session_run(s, cc_str_from(line), NULL, &r, err);

	cc_reply_unref(r);
	return code;
}

static void no_answer_is_made_of_what_is_left(void **state)
{
	(void)state;
	write_logs("incident/otel_logs_raw.tsv");
	cc_session_options opt = { .dir = test_tree_path(&scratch, "incident"), .out_dir = test_tree_path(&scratch, "runs"),
		.actor_name = "tester", .budget = 100, .assistance = "ranked", .no_cache = true };
	cc_session *s = NULL;
	cc_err err = { 0 };
	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	assert_int_equal(run(s, "logs all=yes", &err), CC_OK);
	assert_int_equal(truncate(test_tree_path(&scratch, "incident/otel_logs_raw.tsv"), 5000), 0);
	assert_int_equal(run(s, "logs all=yes offset=200", &err), CC_EIO);
	assert_non_null(strstr(err.message, "otel_logs_raw.tsv was cut short"));
	if (run(s, "note \"the evidence was cut\"", &err) != CC_OK)
		fail_msg("%s", err.message);
	cc_buf record = CC_BUF_INIT, path = CC_BUF_INIT;
	cc_path_join(&path, cc_session_run_dir(s), CC_RECORD_FILE);
	cc_session_close(s);
	assert_int_equal(cc_file_read(&record, path.p, 1 << 20, NULL), CC_OK);
	assert_non_null(strstr(record.p, "was cut short"));
	assert_non_null(strstr(record.p, "the evidence was cut"));
	cc_buf_deinit(&record);
	cc_buf_deinit(&path);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(no_answer_is_made_of_what_is_left) };

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
