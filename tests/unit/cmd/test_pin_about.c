/* test_pin_about.c - what is pinned becomes a reason of the suspect it is about, that owns it, or that it names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "coldcase/session.h"
#include "support/scratch.h"

/* In this incident events of a ReplicaSet name the quota that forbids its pods. */
static const char SAMPLE[] = "sample-incidents/Scenario-5";

static void say(cc_session *s, const char *line)
{
	cc_reply *r = NULL;
	cc_err err;

	if (cc_session_run(s, cc_str_from(line), NULL, &r, &err) != CC_OK)
		fail_msg("%s: %s", line, err.message);
	cc_reply_unref(r);
}

/* The number of pins that support the suspect once the event of the ReplicaSet is pinned. */
static size_t reasons_of(const char *suspect)
{
	cc_session_options opt = { .dir = SAMPLE, .out_dir = scratch.root, .actor_name = "tester", .budget = 100 };
	cc_session *s = NULL;
	cc_reply *r = NULL;
	cc_buf line = CC_BUF_INIT, cite = CC_BUF_INIT;
	size_t n;

	assert_int_equal(cc_session_open(&s, &opt, NULL), CC_OK);
	assert_int_equal(cc_session_run(s, CC_STR("events reason=FailedCreate"), NULL, &r, NULL), CC_OK);
	cc_cite_format(cc_session_snapshot(s), cc_reply_section(r, 0)->rows[0].cite, &cite);
	cc_buf_addf(&line, "pin %.*s", CC_STR_ARG(cc_buf_str(&cite)));
	say(s, line.p);
	cc_buf_clear(&line);
	cc_buf_addf(&line, "suspect %s confidence=0.5", suspect);
	say(s, line.p);
	n = cc_case_suspect(cc_session_case(s), 0)->pin_count;
	cc_buf_deinit(&line);
	cc_buf_deinit(&cite);
	cc_reply_unref(r);
	cc_session_close(s);
	return n;
}

static void the_owner_and_the_named_are_supported(void **state)
{
	(void)state;
	assert_int_equal(reasons_of("book-info/ReplicaSet/ratings-7fbcdc87f6"), 1);
	assert_int_equal(reasons_of("book-info/Deployment/ratings"), 1);
	assert_int_equal(reasons_of("book-info/ResourceQuota/strict-resource-quota"), 1);
}

static void others_are_not(void **state)
{
	(void)state;
	assert_int_equal(reasons_of("book-info/Service/reviews-v2"), 0);
	assert_int_equal(reasons_of("book-info/NetworkPolicy/allow-reviews-v3"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_owner_and_the_named_are_supported),
		cmocka_unit_test(others_are_not),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
