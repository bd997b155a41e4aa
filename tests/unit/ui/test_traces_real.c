/* test_traces_real.c - the traces pane over a real recording of a hundred services: paths, list, waterfall, comparison and
 * breakdown, small and large. Only what any recording must show is asked for; the data is read in place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/session.h"
#include "support/tree.h"
#include "ui/term_fake.h"
#include "ui/ui_priv.h"

static void screen_of(const char *dir, int columns, int rows, const char *keys, cc_buf *out)
{
	cc_session_options so = { .dir = dir, .budget = 100, .actor_name = "test" };
	cc_ui_options uo = { .glyphs = CC_GLYPHS_BLOCK };
	cc_session *session;
	cc_term_fake *fake;
	cc_ui *ui;
	cc_err err;
	assert_int_equal(cc_session_open(&session, &so, &err), CC_OK);
	cc_term *term = cc_term_fake_new(&fake, columns, rows);
	assert_int_equal(cc_term_fake_script(fake, cc_str_from(keys), &err), CC_OK);
	assert_int_equal(cc_ui_new(&ui, session, term, &uo, &err), CC_OK);
	cc_ui_draw(ui);
	for (size_t i = 0; i < fake->keys.n; i++) {
		cc_ui_handle_key(ui, &fake->keys.p[i]);
		cc_ui_draw(ui);
	}
	cc_grid_dump(&fake->shown, out, false);
	cc_ui_free(ui);
	term->ops->close(term);
	cc_session_close(session);
}

static void every_level_of_the_pane_stands(void **state)
{
	(void)state;
	static const struct { const char *keys, *shows, *too; } steps[] = {
		{ "3", "HOPS", "p99" }, { "3 Enter", "TRACES along", " p99 " }, { "3 Enter Enter", "TRACE ", "spent in" },
		{ "3 Enter Enter c i v j", "critical path", "spent in" }, { "3 Enter Enter =", "COMPARE", "only there" },
		{ "3 Enter Enter b", "BREAKDOWN of", "Crit" }, { "3 B", "BREAKDOWN before", "Crit" }, { "3 t p", "TRACE ", "Enter runs" },
	};
	static const int sizes[2][2] = { { 80, 24 }, { 160, 48 } };
	const char *dir = test_shared("real-incidents/Scenario-902");
	if (!dir) {
		printf("# no example data at ../shared/real-incidents/Scenario-902 (COLDCASE_SHARED names the folder)\n");
		skip();
	}
	for (size_t i = 0; i < sizeof steps / sizeof *steps; i++) {
		for (int k = 0; k < 2; k++) {
			cc_buf b = CC_BUF_INIT;
			screen_of(dir, sizes[k][0], sizes[k][1], steps[i].keys, &b);
			if (!strstr(b.p, steps[i].shows) || !strstr(b.p, steps[i].too))
				fail_msg("'%s' shows neither '%s' nor '%s':\n%s", steps[i].keys, steps[i].shows, steps[i].too, b.p);
			cc_buf_deinit(&b);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_level_of_the_pane_stands) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
