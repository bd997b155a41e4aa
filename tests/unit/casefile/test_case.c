/* test_case.c - the state of an investigation changes only as its actions say, or not at all. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <cmocka.h>

#include "unit/casefile/case_support.h"
#include "coldcase/clock.h"
#include "coldcase/xalloc.h"

static cc_case *started(int64_t budget)
{
	cc_case *c = cc_case_new(budget);

	assert_non_null(c);
	assert_int_equal(cc_case_apply(c, &(cc_action){ .kind = CC_ACT_START }, NULL), CC_OK);
	return c;
}

static cc_code focus(cc_case *c, cc_entity_id id)
{
	return cc_case_apply(c, &(cc_action){ .kind = CC_ACT_FOCUS, .entity = id }, NULL);
}

static cc_code plain(cc_case *c, cc_action_kind kind)
{
	return cc_case_apply(c, &(cc_action){ .kind = kind }, NULL);
}

static cc_code suspect(cc_case *c, const char *name, double confidence, const uint32_t *pins, size_t n)
{
	cc_action a = { .kind = CC_ACT_SUSPECT, .name = cc_str_from(name), .confidence = confidence, .pins = pins, .pin_count = n };

	return cc_case_apply(c, &a, NULL);
}

static cc_code pin(cc_case *c, uint32_t record, const char *label)
{
	cc_action a = { .kind = CC_ACT_PIN, .cite = { 1, record }, .name = cc_str_from(label), .time_ns = CC_TIME_NONE };

	return cc_case_apply(c, &a, NULL);
}

static void a_new_case_is_empty(void **state)
{
	cc_case *c = cc_case_new(100);
	cc_view v = cc_case_view(c);

	(void)state;
	assert_int_equal(v.focus, 0);
	assert_true(v.at_ns == CC_TIME_NONE && v.window.from_ns == CC_TIME_NONE && v.window.to_ns == CC_TIME_NONE);
	assert_false(cc_case_started(c) || cc_case_running(c) || cc_case_submitted(c));
	assert_int_equal(cc_case_budget(c).cap, 100);
	assert_int_equal(cc_case_budget(c).used, 0);
	assert_null(cc_case_pin(c, 0));
	assert_null(cc_case_suspect(c, 0));
	cc_case_free(c);
}

static void back_and_forward_walk_the_views(void **state)
{
	cc_case *c = started(0);

	(void)state;
	assert_int_equal(plain(c, CC_ACT_BACK), CC_ESTATE);
	assert_int_equal(focus(c, 3), CC_OK);
	assert_int_equal(focus(c, 3), CC_OK);   /* already there: no history */
	assert_int_equal(focus(c, 5), CC_OK);
	assert_int_equal(cc_case_apply(c, &(cc_action){ .kind = CC_ACT_AT, .time_ns = 77 }, NULL), CC_OK);
	assert_int_equal(plain(c, CC_ACT_BACK), CC_OK);
	assert_true(cc_case_view(c).at_ns == CC_TIME_NONE);
	assert_int_equal(plain(c, CC_ACT_BACK), CC_OK);
	assert_int_equal(cc_case_view(c).focus, 3);
	assert_true(cc_case_can_forward(c));
	assert_int_equal(plain(c, CC_ACT_FORWARD), CC_OK);
	assert_int_equal(plain(c, CC_ACT_FORWARD), CC_OK);
	assert_int_equal(cc_case_view(c).at_ns, 77);
	assert_int_equal(plain(c, CC_ACT_FORWARD), CC_ESTATE);
	assert_int_equal(plain(c, CC_ACT_BACK), CC_OK);
	assert_int_equal(focus(c, 9), CC_OK);   /* a new way forgets the old one */
	assert_false(cc_case_can_forward(c));
	assert_int_equal(plain(c, CC_ACT_BACK), CC_OK);
	assert_int_equal(plain(c, CC_ACT_BACK), CC_OK);
	assert_int_equal(plain(c, CC_ACT_BACK), CC_OK);
	assert_int_equal(cc_case_view(c).focus, 0);
	assert_false(cc_case_can_back(c));
	cc_case_free(c);
}

static void a_window_must_not_end_before_it_begins(void **state)
{
	cc_case *c = started(0);
	cc_action a = { .kind = CC_ACT_WINDOW, .window = { 20, 10 } };

	(void)state;
	assert_int_equal(cc_case_apply(c, &a, NULL), CC_EUSAGE);
	a.window = (cc_range){ CC_TIME_NONE, 10 };
	assert_int_equal(cc_case_apply(c, &a, NULL), CC_EUSAGE);
	assert_false(cc_case_can_back(c));
	a.window = (cc_range){ 10, 10 };
	assert_int_equal(cc_case_apply(c, &a, NULL), CC_OK);
	assert_int_equal(cc_case_view(c).window.to_ns, 10);
	a.window = (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	assert_int_equal(cc_case_apply(c, &a, NULL), CC_OK);
	assert_true(cc_case_view(c).window.from_ns == CC_TIME_NONE);
	cc_case_free(c);
}

static void the_clock_counts_only_active_time(void **state)
{
	cc_case *c;

	(void)state;
	cc_clock_fake_set(1000000);
	c = cc_case_new(0);
	assert_int_equal(plain(c, CC_ACT_PAUSE), CC_ESTATE);
	assert_int_equal(plain(c, CC_ACT_RESUME), CC_ESTATE);
	cc_clock_fake_advance(50);
	assert_int_equal(cc_case_active_ns(c), 0);
	assert_int_equal(plain(c, CC_ACT_START), CC_OK);
	assert_int_equal(plain(c, CC_ACT_START), CC_ESTATE);
	cc_clock_fake_advance(100);
	assert_int_equal(cc_case_active_ns(c), 100);
	assert_int_equal(plain(c, CC_ACT_PAUSE), CC_OK);
	cc_clock_fake_advance(1000);
	assert_int_equal(cc_case_active_ns(c), 100);
	assert_false(cc_case_running(c));
	assert_int_equal(plain(c, CC_ACT_RESUME), CC_OK);
	cc_clock_fake_advance(7);
	assert_int_equal(plain(c, CC_ACT_SUBMIT), CC_OK);
	cc_clock_fake_advance(9999);
	assert_int_equal(cc_case_active_ns(c), 107);
	cc_case_free(c);
	cc_clock_fake_off();
}

static void queries_stop_at_the_cap_and_while_paused(void **state)
{
	cc_case *c = cc_case_new(2);

	(void)state;
	assert_int_equal(plain(c, CC_ACT_QUERY), CC_ESTATE);
	assert_int_equal(plain(c, CC_ACT_START), CC_OK);
	assert_int_equal(plain(c, CC_ACT_QUERY), CC_OK);
	assert_int_equal(plain(c, CC_ACT_PAUSE), CC_OK);
	assert_int_equal(plain(c, CC_ACT_QUERY), CC_ESTATE);
	assert_int_equal(plain(c, CC_ACT_RESUME), CC_OK);
	assert_int_equal(plain(c, CC_ACT_QUERY), CC_OK);
	assert_int_equal(plain(c, CC_ACT_QUERY), CC_EBUDGET);
	assert_int_equal(cc_case_budget(c).used, 2);
	assert_int_equal(suspect(c, "a/B/c", 0.9, NULL, 0), CC_OK);     /* the board remains */
	assert_int_equal(plain(c, CC_ACT_SUBMIT), CC_OK);
	cc_case_free(c);
	c = started(0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(plain(c, CC_ACT_QUERY), CC_OK);
	cc_case_free(c);
}

static void pins_keep_their_numbers(void **state)
{
	cc_case *c = started(0);
	cc_action again = { .kind = CC_ACT_PIN, .cite = { 1, 20 }, .text = CC_STR("why"), .time_ns = CC_TIME_NONE };

	(void)state;
	assert_int_equal(pin(c, 10, "first"), CC_OK);
	assert_int_equal(pin(c, 20, "second"), CC_OK);
	assert_int_equal(cc_case_apply(c, &(cc_action){ .kind = CC_ACT_UNPIN, .number = 1 }, NULL), CC_OK);
	assert_int_equal(cc_case_apply(c, &(cc_action){ .kind = CC_ACT_UNPIN, .number = 1 }, NULL), CC_EUNKNOWN);
	assert_int_equal(pin(c, 30, "third"), CC_OK);
	assert_int_equal(cc_case_pin_count(c), 2);
	assert_int_equal(cc_case_pin(c, 0)->number, 2);
	assert_int_equal(cc_case_pin(c, 1)->number, 3);
	assert_int_equal(cc_case_apply(c, &again, NULL), CC_OK);        /* the same row: renewed, not doubled */
	assert_int_equal(cc_case_pin_count(c), 2);
	assert_true(cc_str_eqz(cc_case_pin_by_number(c, 2)->label, "second"));
	assert_true(cc_str_eqz(cc_case_pin_by_number(c, 2)->note, "why"));
	assert_null(cc_case_pin_by_number(c, 1));
	cc_case_free(c);
}

/* Rows of one page that cite the same record are pinned each under its own label. */
static void pins_apart_share_a_record(void **state)
{
	cc_case *c = started(0);
	cc_action apart = { .kind = CC_ACT_PIN, .cite = { 1, 10 }, .name = CC_STR("is used up"), .apart = true, .time_ns = CC_TIME_NONE };

	(void)state;
	assert_int_equal(pin(c, 10, "was created"), CC_OK);
	assert_int_equal(cc_case_apply(c, &apart, NULL), CC_OK);
	assert_int_equal(cc_case_pin_count(c), 2);
	assert_true(cc_str_eqz(cc_case_pin_by_number(c, 1)->label, "was created"));
	apart.text = CC_STR("so it is");
	assert_int_equal(cc_case_apply(c, &apart, NULL), CC_OK);        /* under its label it is known */
	assert_int_equal(cc_case_pin_count(c), 2);
	assert_true(cc_str_eqz(cc_case_pin_by_number(c, 2)->note, "so it is"));
	cc_case_free(c);
}

static void suspects_are_added_updated_and_lose_removed_pins(void **state)
{
	cc_case *c = started(0);
	const uint32_t pins[] = { 1, 2, 1 }, unknown[] = { 9 };

	(void)state;
	assert_int_equal(pin(c, 10, "p"), CC_OK);
	assert_int_equal(pin(c, 20, "q"), CC_OK);
	assert_int_equal(suspect(c, "shop/Deployment/cart", -1, NULL, 0), CC_OK);
	assert_true(cc_case_suspect(c, 0)->confidence == 0.5);
	assert_int_equal(suspect(c, "shop/Deployment/cart", 0.8, pins, 3), CC_OK);
	assert_int_equal(cc_case_suspect_count(c), 1);
	assert_int_equal(cc_case_suspect(c, 0)->pin_count, 2);
	assert_int_equal(suspect(c, "shop/Deployment/cart", -1, NULL, 0), CC_OK);       /* leaves pins and confidence */
	assert_int_equal(cc_case_suspect(c, 0)->pin_count, 2);
	assert_true(cc_case_suspect(c, 0)->confidence == 0.8);
	assert_int_equal(suspect(c, "shop/Deployment/cart", 0.1, unknown, 1), CC_EUNKNOWN);
	assert_int_equal(suspect(c, "shop/Deployment/cart", 1.5, NULL, 0), CC_EUSAGE);
	assert_int_equal(suspect(c, "", 0.5, NULL, 0), CC_EUSAGE);
	assert_true(cc_case_suspect(c, 0)->confidence == 0.8);
	assert_int_equal(cc_case_apply(c, &(cc_action){ .kind = CC_ACT_UNPIN, .number = 1 }, NULL), CC_OK);
	assert_int_equal(cc_case_suspect(c, 0)->pin_count, 1);
	assert_int_equal(cc_case_suspect(c, 0)->pins[0], 2);
	assert_int_equal(suspect(c, "shop/Deployment/cart", -1, pins, 0), CC_OK);       /* an empty list clears */
	assert_int_equal(cc_case_suspect(c, 0)->pin_count, 0);
	cc_case_free(c);
}

static void a_thing_is_suspect_or_ruled_out(void **state)
{
	cc_case *c = started(0);
	cc_action out = { .kind = CC_ACT_RULEOUT, .name = CC_STR("a/B/c"), .text = CC_STR("healthy"), .entity = 4 };
	cc_action un = { .kind = CC_ACT_UNRULEOUT, .name = CC_STR("a/B/c") };

	(void)state;
	assert_int_equal(suspect(c, "a/B/c", 0.4, NULL, 0), CC_OK);
	assert_int_equal(cc_case_apply(c, &out, NULL), CC_OK);
	assert_int_equal(cc_case_suspect_count(c), 0);
	assert_int_equal(cc_case_ruleout_count(c), 1);
	assert_int_equal(cc_case_ruleout(c, 0)->entity, 4);
	assert_int_equal(suspect(c, "a/B/c", 0.4, NULL, 0), CC_OK);
	assert_int_equal(cc_case_ruleout_count(c), 0);
	assert_int_equal(cc_case_apply(c, &un, NULL), CC_EUNKNOWN);
	assert_int_equal(cc_case_apply(c, &out, NULL), CC_OK);
	assert_int_equal(cc_case_apply(c, &un, NULL), CC_OK);
	assert_int_equal(cc_case_ruleout_count(c), 0);
	un.kind = CC_ACT_UNSUSPECT;
	assert_int_equal(cc_case_apply(c, &un, NULL), CC_EUNKNOWN);
	cc_case_free(c);
}

static void nothing_moves_after_submission(void **state)
{
	cc_case *c = started(0);
	cc_buf before = CC_BUF_INIT, after = CC_BUF_INIT;

	(void)state;
	assert_int_equal(suspect(c, "a/B/c", 0.4, NULL, 0), CC_OK);
	assert_int_equal(plain(c, CC_ACT_SUBMIT), CC_OK);
	test_case_dump(c, &before);
	for (int k = CC_ACT_START; k <= CC_ACT_SUBMIT; k++) {
		cc_action a = { .kind = (cc_action_kind)k, .name = CC_STR("a/B/c"), .text = CC_STR("t"), .entity = 1, .number = 1 };

		assert_int_equal(cc_case_apply(c, &a, NULL), CC_ESTATE);
	}
	test_case_dump(c, &after);
	assert_string_equal(before.p, after.p);
	cc_buf_deinit(&before);
	cc_buf_deinit(&after);
	cc_case_free(c);
}

/* Random actions, sensible and not, over and over: one that is refused must leave no trace. */
static void a_refused_action_changes_nothing(void **state)
{
	cc_rng rng;
	cc_case *c = started(40);
	cc_buf before = CC_BUF_INIT, after = CC_BUF_INIT;
	size_t refused = 0, applied = 0;

	(void)state;
	cc_rng_init(&rng, 7);
	for (int i = 0; i < 4000; i++) {
		uint32_t pins[3];
		char text[3][32];
		cc_action a = test_random_action(&rng, pins, text);

		cc_buf_clear(&before);
		cc_buf_clear(&after);
		test_case_dump(c, &before);
		if (cc_case_apply(c, &a, NULL) == CC_OK) {
			applied++;
			continue;
		}
		refused++;
		test_case_dump(c, &after);
		assert_string_equal(before.p, after.p);
	}
	assert_true(refused > 100 && applied > 1000);
	cc_buf_deinit(&before);
	cc_buf_deinit(&after);
	cc_case_free(c);
}

/* Every allocation of every action fails once: reported, nothing changed, and the same action works afterwards. */
static void out_of_memory_changes_nothing(void **state)
{
	cc_rng rng;
	cc_case *c = started(0);
	cc_buf before = CC_BUF_INIT, after = CC_BUF_INIT;
	size_t failures = 0;

	(void)state;
	cc_rng_init(&rng, 11);
	for (int i = 0; i < 300; i++) {
		uint32_t pins[3];
		char text[3][32];
		cc_action a = test_random_action(&rng, pins, text);
		cc_code code = CC_ENOMEM;

		cc_buf_clear(&before);
		test_case_dump(c, &before);
		for (long n = 0; code == CC_ENOMEM; n++) {
			cc_alloc_fail_after(n);
			code = cc_case_apply(c, &a, NULL);
			cc_alloc_fail_after(-1);
			if (code != CC_ENOMEM)
				break;
			failures++;
			cc_buf_clear(&after);
			test_case_dump(c, &after);
			assert_string_equal(before.p, after.p);
		}
	}
	assert_true(failures > 0);
	for (long n = 0; n < 2; n++) {
		cc_alloc_fail_after(n);
		assert_null(cc_case_new(1));
		cc_alloc_fail_after(-1);
	}
	cc_buf_deinit(&before);
	cc_buf_deinit(&after);
	cc_case_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_case_is_empty),
		cmocka_unit_test(back_and_forward_walk_the_views),
		cmocka_unit_test(a_window_must_not_end_before_it_begins),
		cmocka_unit_test(the_clock_counts_only_active_time),
		cmocka_unit_test(queries_stop_at_the_cap_and_while_paused),
		cmocka_unit_test(pins_keep_their_numbers), cmocka_unit_test(pins_apart_share_a_record),
		cmocka_unit_test(suspects_are_added_updated_and_lose_removed_pins),
		cmocka_unit_test(a_thing_is_suspect_or_ruled_out),
		cmocka_unit_test(nothing_moves_after_submission),
		cmocka_unit_test(a_refused_action_changes_nothing),
		cmocka_unit_test(out_of_memory_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
