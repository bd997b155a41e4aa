/* test_markers.c - which moments a record marks, and the file of those set by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "coldcase/file.h"
#include "coldcase/markers.h"
#include "support/scratch.h"

static cc_run *run;

typedef struct done { const char *command; cc_action action; cc_code code; } done;

static const done STEPS[] = {
	{ "start", { .kind = CC_ACT_START }, CC_OK },
	{ "alerts", { .kind = CC_ACT_QUERY }, CC_OK },
	{ "suspect", { .kind = CC_ACT_SUSPECT, .name = { "shop/Pod/a", 10 }, .confidence = 0.4 }, CC_OK },
	{ "suspect", { .kind = CC_ACT_SUSPECT, .name = { "shop/Pod/a", 10 }, .confidence = -1, .text = { "why", 3 } }, CC_OK },
	{ "suspect", { .kind = CC_ACT_SUSPECT, .name = { "shop/Pod/a", 10 }, .confidence = 0.8 }, CC_OK },
	{ "mark", { 0 }, CC_OK },
	{ "mark", { 0 }, CC_EUSAGE },
	{ "hint", { .kind = CC_ACT_HINT, .number = 1 }, CC_OK },
	{ "ruleout", { .kind = CC_ACT_RULEOUT, .name = { "shop/Pod/a", 10 }, .text = { "no", 2 } }, CC_OK },
	{ "ruleout", { .kind = CC_ACT_UNRULEOUT, .name = { "shop/Pod/a", 10 } }, CC_OK },
	{ "suspect", { .kind = CC_ACT_SUSPECT, .name = { "shop/Pod/b", 10 }, .confidence = -1 }, CC_OK },
	{ "suspect", { .kind = CC_ACT_UNSUSPECT, .name = { "shop/Pod/b", 10 } }, CC_OK },
	{ "submit", { .kind = CC_ACT_SUBMIT }, CC_OK },
};
enum { COUNT = sizeof STEPS / sizeof STEPS[0] };

static int make_run(void **state)
{
	cc_record *r;
	cc_err err;
	if (scratch_make(state) || cc_record_open(&r, scratch.root, &(cc_record_header){ .scenario = CC_STR("S") }, NULL, &err) != CC_OK)
		return 1;
	for (size_t i = 0; i < COUNT; i++) {
		cc_kv caption = { CC_STR("caption"), CC_STR("\"here\" it is") };
		cc_record_step step = { .command = cc_str_from(STEPS[i].command), .line = cc_str_from(STEPS[i].command), .code = STEPS[i].code,
			.actions = &STEPS[i].action, .action_count = strcmp(STEPS[i].command, "mark") != 0 };
		if (strcmp(STEPS[i].command, "mark") == 0) {
			step.args = &caption;
			step.arg_count = 1;
		}
		if (cc_record_add_step(r, &step, &err) != CC_OK)
			return 1;
	}
	cc_record_close(r);
	return cc_run_read(&run, scratch.root, &err) != CC_OK;
}

static int drop_run(void **state)
{
	cc_run_free(run);
	return scratch_remove(state);
}

static cc_markers *markers(void)
{
	cc_markers *m;
	cc_err err;
	assert_int_equal(cc_markers_new(&m, run, &err), CC_OK);
	return m;
}

static void test_of_the_record(void **state)
{
	static const struct { size_t step; cc_marker_kind kind; const char *caption; } WANT[] = {
		{ 3, CC_MARKER_HYPOTHESIS, "suspects Pod/a, 0.40" }, { 5, CC_MARKER_HYPOTHESIS, "Pod/a is now at 0.80" },
		{ 6, CC_MARKER_MARK, "\"here\" it is" }, { 8, CC_MARKER_HINT, "takes hint 1" }, { 9, CC_MARKER_HYPOTHESIS, "rules out Pod/a" },
		{ 10, CC_MARKER_HYPOTHESIS, "Pod/a is not ruled out any more" }, { 11, CC_MARKER_HYPOTHESIS, "suspects Pod/b" },
		{ 12, CC_MARKER_HYPOTHESIS, "no longer suspects Pod/b" }, { 13, CC_MARKER_SUBMIT, "submits the answer" } };
	cc_markers *m = markers();
	(void)state;
	assert_int_equal(cc_markers_count(m), sizeof WANT / sizeof WANT[0]);
	for (size_t i = 0; i < cc_markers_count(m); i++) {
		const cc_marker *have = cc_markers_get(m, i);
		if (have->step != WANT[i].step || have->kind != WANT[i].kind || !cc_str_eqz(have->caption, WANT[i].caption))
			fail_msg("%zu: step %zu %s %.*s", i, have->step, cc_marker_kind_name(have->kind), CC_STR_ARG(have->caption));
	}
	assert_null(cc_markers_get(m, cc_markers_count(m)));
	assert_int_equal(cc_markers_from(m, 0), 0);
	assert_int_equal(cc_markers_from(m, 4), 1);
	assert_int_equal(cc_markers_from(m, COUNT + 1), cc_markers_count(m));
	cc_markers_free(m);
}

static void test_by_hand(void **state)
{
	cc_markers *m = markers();
	cc_err err = { 0 };
	cc_buf b = CC_BUF_INIT;
	char longest[CC_MARKER_CAPTION_MAX + 2];
	size_t n = cc_markers_count(m);
	(void)state;
	memset(longest, 'x', sizeof longest);
	assert_int_equal(cc_markers_set(m, 5, CC_STR(" first "), &err), CC_OK);
	assert_int_equal(cc_markers_set(m, 5, CC_STR("better"), &err), CC_OK);     /* the caption changes */
	assert_int_equal(cc_markers_set(m, 0, CC_STR("the page"), &err), CC_OK);
	assert_int_equal(cc_markers_count(m), n + 2);
	cc_markers_caption(m, 5, 0, &b);
	assert_string_equal(b.p, "better; Pod/a is now at 0.80");
	assert_int_equal(cc_markers_set(m, COUNT + 1, CC_STR("x"), &err), CC_EUSAGE);
	assert_int_equal(cc_markers_set(m, 1, CC_STR("  "), &err), CC_EUSAGE);
	assert_int_equal(cc_markers_set(m, 1, (cc_str){ longest, sizeof longest }, &err), CC_EUSAGE);
	assert_false(cc_markers_unset(m, 9));                                      /* the record's own */
	assert_false(cc_markers_unset(m, 2));
	assert_true(cc_markers_unset(m, 5));
	assert_int_equal(cc_markers_count(m), n + 1);
	cc_markers_free(m);
	cc_buf_deinit(&b);
}

static void test_the_file(void **state)
{
	cc_markers *m = markers(), *other = markers();
	cc_err err = { 0 };
	cc_buf path = CC_BUF_INIT, file = CC_BUF_INIT;
	size_t left_out, own = cc_markers_count(m);
	(void)state;
	assert_int_equal(cc_markers_load(m, scratch.root, &left_out, &err), CC_OK);   /* none is no failure */
	assert_int_equal(cc_markers_set(m, 4, CC_STR("say \"this\"\n\t\xe2\x80\xa6"), &err), CC_OK);
	assert_int_equal(cc_markers_save(m, scratch.root, &err), CC_OK);
	cc_path_join(&file, scratch.root, CC_RECORD_FILE);
	assert_int_equal(cc_markers_load(other, file.p, &left_out, &err), CC_OK);     /* the record or its folder: one file */
	assert_int_equal(cc_markers_count(other), own + 1);
	assert_true(cc_str_eq(cc_markers_get(other, 1)->caption, cc_markers_get(m, 1)->caption));
	cc_markers_unset(m, 4);
	assert_int_equal(cc_markers_save(m, scratch.root, &err), CC_OK);
	cc_markers_path(scratch.root, &path);
	assert_int_not_equal(access(path.p, F_OK), 0);                                /* none left: no file */
	cc_markers_free(other);
	other = markers();
	assert_int_equal(cc_file_write(path.p, CC_STR("{\"format\":\"coldcase-markers\",\"version\":1,\"markers\":[{\"step\":99,\"caption\":\"x\"},"
		"{\"step\":-1,\"caption\":\"x\"},{\"step\":2},7,{\"step\":2,\"caption\":\"y\",\"by\":\"ana\"}]}"), &err), CC_OK);
	assert_int_equal(cc_markers_load(other, scratch.root, &left_out, &err), CC_OK);
	assert_int_equal(left_out, 4);
	assert_int_equal(cc_markers_count(other), own + 1);
	static const char *const BAD[] = { "{", "[]", "{\"format\":\"coldcase-markers\",\"version\":2}", "" };
	for (size_t i = 0; i < sizeof BAD / sizeof BAD[0]; i++) {
		assert_int_equal(cc_file_write(path.p, cc_str_from(BAD[i]), &err), CC_OK);
		assert_int_equal(cc_markers_load(other, scratch.root, &left_out, &err), CC_EFORMAT);
		assert_non_null(strstr(err.message, CC_MARKERS_FILE));
	}
	unlink(path.p);
	cc_markers_free(m);
	cc_markers_free(other);
	cc_buf_deinit(&path);
	cc_buf_deinit(&file);
}

/* A record of any other name has a file of its own, so that several can lie in one folder. */
static void test_where_the_file_lies(void **state)
{
	static const char *const WANT[][2] = { { "trajectory.jsonl", "markers.json" }, { "a/trajectory.jsonl", "a/markers.json" },
		{ "a/b.jsonl", "a/b.jsonl.markers.json" } };
	(void)state;
	for (size_t i = 0; i < sizeof WANT / sizeof WANT[0]; i++) {
		cc_buf b = CC_BUF_INIT;
		cc_markers_path(WANT[i][0], &b);
		assert_string_equal(b.p, WANT[i][1]);
		cc_buf_deinit(&b);
	}
}

static void test_finding(void **state)
{
	cc_err err = { 0 };
	size_t at;
	(void)state;
	assert_int_equal(cc_run_find(run, CC_STR("HINT"), 0, NULL, &at, &err), CC_OK);
	assert_int_equal(at, 7);
	assert_int_equal(cc_run_find(run, CC_STR("alerts"), 5, NULL, &at, &err), CC_OK);    /* on from the first */
	assert_int_equal(at, 1);
	assert_int_equal(cc_run_find(run, CC_STR("\"do\""), 0, NULL, &at, &err), CC_ENOTFOUND); /* in the file, but no step says so */
	assert_int_equal(cc_run_steps_until(run, INT64_MAX), COUNT);
	assert_int_equal(cc_run_step_line(run, 0), 1);       /* behind the header */
	assert_int_equal(cc_run_step_line(run, COUNT), cc_run_line_count(run));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_the_record), cmocka_unit_test(test_by_hand), cmocka_unit_test(test_the_file),
		cmocka_unit_test(test_where_the_file_lies), cmocka_unit_test(test_finding),
	};
	return cmocka_run_group_tests_name("casefile/markers", tests, make_run, drop_run);
}
