/* test_follow.c - the instructor's screen as golden screens: a run that goes on, a line being typed, a run that is over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/instruct.h"
#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/xalloc.h"
#include "support/scratch.h"
#include "ui/term_fake.h"

static const char RUN[] = "sample-incidents/runs/ana/Scenario-1/1";

static cc_code look(void *arg, cc_reply **out, cc_err *err)
{
	return app_instruct_reply(arg, out, err);
}

static cc_code follow(void *arg, bool *grew, cc_err *err)
{
	return app_instruct_follow(arg, grew, err);
}

static cc_code obey(void *arg, cc_str line, cc_buf *said, cc_err *err)
{
	return app_instruct_do(arg, line, said, err);
}

/* So many lines of the sample's record, as it was while it went on. */
static const char *part_of_run(int lines)
{
	cc_buf text = CC_BUF_INIT;
	cc_buf path = CC_BUF_INIT;
	size_t end = 0;
	cc_path_join(&path, RUN, CC_RECORD_FILE);
	assert_int_equal(cc_file_read(&text, path.p, 1 << 20, NULL), CC_OK);
	for (int i = 0; i < lines; i++)
		end += cc_str_find_char(cc_str_sub(cc_buf_str(&text), end, text.n), '\n') + 1;
	assert_true(end > 0 && end < text.n);
	test_tree_bytes(&scratch, "Scenario-1/1/" CC_RECORD_FILE, cc_str_sub(cc_buf_str(&text), 0, end));
	cc_buf_deinit(&text);
	cc_buf_deinit(&path);
	return test_tree_path(&scratch, "Scenario-1/1");
}

/* Seven seconds after its last line. */
static void set_clock(const char *run_dir)
{
	cc_run *run = NULL;
	assert_int_equal(cc_run_read(&run, run_dir, NULL), CC_OK);
	cc_clock_fake_set(cc_run_line(run, cc_run_line_count(run) - 1)->wall_ns + 7 * CC_NS_PER_S);
	cc_run_free(run);
}

/* What stood there before the last key, or before the terminal was gone. */
static char *screen(app_instructor *w, int columns, int rows, const char *keys)
{
	const cc_ui_following what = { .arg = w, .look = look, .follow = follow, .obey = obey };
	cc_term_fake *fake;
	cc_term *term = cc_term_fake_new(&fake, columns, rows);
	cc_buf b = CC_BUF_INIT;
	assert_int_equal(cc_term_fake_script(fake, cc_str_from(keys), NULL), CC_OK);
	assert_int_equal(cc_ui_follow(&what, term, &(cc_ui_options){ .glyphs = CC_GLYPHS_BLOCK }, NULL), CC_OK);
	cc_grid_dump(&fake->shown, &b, false);
	term->ops->close(term);
	return cc_buf_take(&b);
}

static void golden(const char *run, const char *name, const char *keys)
{
	static const int SIZES[][2] = { { 80, 24 }, { 160, 48 } };
	const app_options o = { .truth = "sample-incidents/solutions", .incident = "sample-incidents/Scenario-1" };
	for (size_t i = 0; i < 2; i++) {
		app_instructor w;
		cc_buf path = CC_BUF_INIT, want = CC_BUF_INIT;
		cc_err err;
		if (app_instruct_open(&w, &o, run, NULL, &err) != CC_OK)
			fail_msg("%s", err.message);
		char *have = screen(&w, SIZES[i][0], SIZES[i][1], keys);
		cc_buf_addf(&path, "tests/screen/%s.%dx%d.screen", name, SIZES[i][0], SIZES[i][1]);
		if (getenv("GENERATE"))
			assert_int_equal(cc_file_write(path.p, cc_str_from(have), NULL), CC_OK);
		else if (cc_file_read(&want, path.p, 1 << 20, NULL) != CC_OK)
			fail_msg("%s is missing; GENERATE=1 writes it", path.p);
		else if (!cc_str_eq(cc_buf_str(&want), cc_str_from(have)))
			fail_msg("%s differs, it is now:\n%s", path.p, have);
		app_instruct_close(&w);
		cc_free(have);
		cc_buf_deinit(&path);
		cc_buf_deinit(&want);
	}
}

static void a_run_that_goes_on(void **state)
{
	(void)state;
	const char *run = part_of_run(9);
	set_clock(run);
	golden(run, "watch-running", "q");
	golden(run, "watch-scrolled", "j j j j j j j j j j j j j j q");
	cc_clock_fake_off();
}

static void a_line_for_it(void **state)
{
	(void)state;
	const char *run = part_of_run(9);
	set_clock(run);
	golden(run, "watch-typing", "h 'look at the events' Esc h 'look at'");
	cc_clock_fake_off();
}

static void a_run_that_is_over(void **state)
{
	(void)state;
	golden(RUN, "watch-over", "q");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_run_that_goes_on),
		cmocka_unit_test(a_line_for_it),
		cmocka_unit_test(a_run_that_is_over),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
