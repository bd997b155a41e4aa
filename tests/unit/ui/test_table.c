/* test_table.c - which columns of a table are shown: a column "after" never without the one it is compared with. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "ui/table.h"

static const cc_column columns[] = {
	{ "name", "Name", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "errors_before", "Err", CC_CELL_INT, CC_ROLE_DIM, 6, 6 }, { "errors_after", "after", CC_CELL_INT, CC_ROLE_CRITICAL, 6, 2 },
	{ "calls_before", "Calls", CC_CELL_INT, CC_ROLE_DIM, 6, 3 }, { "calls_after", "after", CC_CELL_INT, CC_ROLE_TEXT, 6, 3 },
	{ "extra", "Extra", CC_CELL_INT, CC_ROLE_TEXT, 6, 4 },
};

/* The titles of what is shown at that width. */
static const char *shown_at(cc_cell *cells, int width)
{
	static char titles[128];
	cc_row row = { .cells = cells };
	cc_section t = { .columns = columns, .column_count = sizeof columns / sizeof *columns, .rows = &row, .row_count = 1 };
	cc_table_fit fit;
	cc_table_fit_columns(&fit, &t, width, false, false);
	titles[0] = '\0';
	for (int i = 0; i < fit.count; i++) {
		strcat(titles, i ? " " : "");
		strcat(titles, columns[fit.column[i]].title);
	}
	return titles;
}

static void after_goes_with_before(void **state)
{
	(void)state;
	cc_cell cells[] = { cc_cell_text(CC_STR("a name of some thirty columns")), cc_cell_int(100000), cc_cell_int(200000), cc_cell_int(300000),
		cc_cell_int(400000), cc_cell_int(500000) };
	assert_string_equal(shown_at(cells, 80), "Name Err after Calls after Extra");
	assert_string_equal(shown_at(cells, 66), "Name Err after Calls after");
	assert_string_equal(shown_at(cells, 52), "Name Err after");   /* as important as the more important of the two */
	assert_string_equal(shown_at(cells, 34), "Name");
}

static void an_empty_before_still_heads_its_after(void **state)
{
	(void)state;
	cc_cell cells[] = { cc_cell_text(CC_STR("name")), cc_cell_none(), cc_cell_int(2), cc_cell_none(), cc_cell_none(), cc_cell_none() };
	assert_string_equal(shown_at(cells, 80), "Name Err after");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(after_goes_with_before), cmocka_unit_test(an_empty_before_still_heads_its_after) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
