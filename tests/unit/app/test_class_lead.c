/* test_class_lead.c - an instructor waits for a seat's record for as long as the host likes: looking takes no more and more memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "app/class_lead.h"
#include "support/scratch.h"

static void test_waiting_keeps_nothing(void **state)
{
	cc_err err = { 0 };
	cc_class_terms terms = { .id = CC_STR("00000000000000aa"), .host = CC_STR("h1"), .incident = CC_STR("Scenario-7"), .path = CC_STR("/nowhere"),
		.assistance = CC_STR("full") };
	app_class_lead l = { .arena = cc_arena_new(), .run_dir = CC_STR_EMPTY };
	(void)state;
	l.dir = test_tree_path(&scratch, "room");
	if (cc_class_make(l.dir, &terms, &err) != CC_OK || cc_class_sit(&l.seat, l.arena, l.dir, CC_STR("ann"), 1, false, &err) != CC_OK)
		fail_msg("%s", err.message);
	cc_buf run = CC_BUF_INIT;
	cc_record *record;
	uint32_t trial;
	size_t before = cc_arena_bytes(l.arena);
	for (int i = 0; i < 50; i++)
		if (app_class_lead_look(&l, &err) != CC_OK)
			fail_msg("%s", err.message);
	assert_int_equal(l.run_dir.n, 0);
	assert_int_equal(cc_arena_bytes(l.arena), before);
	assert_int_equal(cc_record_make_dir(&run, &trial, l.seat.dir.p, CC_STR("Scenario-7"), &err), CC_OK);
	assert_int_equal(cc_record_open(&record, run.p, &(cc_record_header){ .version = CC_STR("1") }, NULL, &err), CC_OK);
	cc_record_close(record);
	assert_int_equal(app_class_lead_look(&l, &err), CC_OK);
	assert_true(cc_str_ends(l.run_dir, CC_STR("/Scenario-7/1")));
	before = cc_arena_bytes(l.arena);
	for (int i = 0; i < 50; i++)
		assert_int_equal(app_class_lead_look(&l, &err), CC_OK);
	assert_int_equal(cc_arena_bytes(l.arena), before);
	cc_buf_deinit(&run);
	cc_arena_free(l.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_waiting_keeps_nothing) };
	return cmocka_run_group_tests_name("class_lead", tests, scratch_make, scratch_remove);
}
