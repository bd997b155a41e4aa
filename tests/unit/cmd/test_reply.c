/* test_reply.c - replies: what is built is what is read, and both renderings say it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "coldcase/json.h"
#include "coldcase/reply.h"
#include "coldcase/xalloc.h"

static const cc_column columns[] = {
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "duration_ns", "Dur", CC_CELL_DURATION, CC_ROLE_TEXT, 8, 1 },
	{ "message", "Message", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "extra", "Extra", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
};

static cc_reply *build(void)
{
	cc_reply *r = cc_reply_new("logs");
	if (!r)
		return NULL;
	cc_reply_set_title(r, "LOGS %d", 7);
	cc_reply_add_note(r, "%s", "1 row was skipped");
	cc_reply_begin_facts(r, "summary", NULL);
	cc_reply_fact(r, "onset", "onset", cc_cell_time(cc_time_from_civil(2025, 12, 15, 17, 24, 32, 5)), CC_ROLE_TIME);
	cc_reply_begin_table(r, "rows", NULL, columns, 4, true);
	for (int i = 0; i < 2; i++) {
		cc_row *row = cc_reply_row(r);
		if (row)
			row->time_ns = i;
		cc_reply_cell(r, cc_cell_time(INT64_C(1765819472123456789) + i));
		cc_reply_cell(r, cc_cell_duration(1440 * CC_NS_PER_MS));
		cc_reply_cell(r, cc_cell_text(CC_STR("a \"b\"\n\x1b[31mred")));
		cc_reply_cell(r, cc_cell_int(INT64_MAX));
		cc_reply_set_drill(r, "log %d", i);
	}
	cc_reply_set_paging(r, 9, 0, 2);
	return r;
}

static void json_holds_everything(void **state)
{
	(void)state;
	cc_reply *r = build();
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	cc_buf b = CC_BUF_INIT;
	cc_reply_write_json(r, &b);
	cc_json *j;
	assert_int_equal(cc_json_parse(&j, cc_buf_str(&b), NULL), CC_OK);
	int64_t n;
	assert_true(cc_json_int(cc_json_get(j, "total_count"), &n) && n == 9);
	assert_true(cc_json_int(cc_json_get(j, "returned_count"), &n) && n == 2);
	assert_true(cc_json_bool(cc_json_get(j, "truncated")));
	assert_true(cc_json_int(cc_json_at(j, "rows.1.extra"), &n) && n == INT64_MAX);
	assert_true(cc_str_eqz(cc_json_str(cc_json_at(j, "rows.0.time")), "2025-12-15T17:24:32.123456789Z"));
	assert_true(cc_str_eqz(cc_json_str(cc_json_at(j, "rows.0.message")), "a \"b\"\n\x1b[31mred"));
	cc_json_free(j);
	cc_buf_deinit(&b);
	cc_reply_unref(r);
}

static void text_is_sanitized_and_numbered(void **state)
{
	(void)state;
	cc_reply *r = build();
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	cc_buf b = CC_BUF_INIT;
	cc_reply_write_text(r, &b, 80, true);
	assert_true(cc_str_find(cc_buf_str(&b), CC_STR("LOGS 7 (1-2 of 9, more with offset=2)")) == 0);
	assert_true(cc_str_find_char(cc_buf_str(&b), '\x1b') == CC_STR_NONE);
	assert_true(cc_str_find(cc_buf_str(&b), CC_STR("  2 ")) != CC_STR_NONE);
	assert_true(cc_str_find(cc_buf_str(&b), CC_STR("Extra")) == CC_STR_NONE);
	assert_true(cc_str_find(cc_buf_str(&b), CC_STR("note: 1 row was skipped")) != CC_STR_NONE);
	cc_buf_deinit(&b);
	cc_reply_unref(r);
}

static void narrow_text_drops_the_least_important(void **state)
{
	(void)state;
	cc_reply *r = build();
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	cc_buf wide = CC_BUF_INIT, narrow = CC_BUF_INIT;
	cc_reply_write_text(r, &wide, 0, false);
	cc_reply_write_text(r, &narrow, 30, false);
	assert_true(cc_str_find(cc_buf_str(&wide), CC_STR("1.44s")) != CC_STR_NONE);
	assert_true(cc_str_find(cc_buf_str(&narrow), CC_STR("1.44s")) == CC_STR_NONE);
	cc_buf_deinit(&wide);
	cc_buf_deinit(&narrow);
	cc_reply_unref(r);
}

static void too_many_cells_fail_at_publish(void **state)
{
	(void)state;
	cc_reply *r = build();
	for (int i = 0; i < 5; i++)
		cc_reply_cell(r, cc_cell_none());
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_ENOMEM);
	cc_reply_unref(r);
}

static void any_failed_allocation_is_reported(void **state)
{
	(void)state;
	int failures = 0;
	for (long n = 0; n < 400; n++) {
		cc_alloc_fail_after(n);
		cc_reply *r = build();
		cc_code code = r ? cc_reply_publish(r, NULL, NULL) : CC_ENOMEM;
		cc_alloc_fail_after(-1);
		cc_reply_unref(r);
		if (code == CC_OK) {
			assert_true(failures > 3);
			return;
		}
		failures++;
	}
	fail_msg("the reply was never built");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_holds_everything),
		cmocka_unit_test(text_is_sanitized_and_numbered),
		cmocka_unit_test(narrow_text_drops_the_least_important),
		cmocka_unit_test(too_many_cells_fail_at_publish),
		cmocka_unit_test(any_failed_allocation_is_reported),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
