/* test_specs.c - states are judged at full assistance only; what specs, diffs and topology refuse, and what they say instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/session.h"

static cc_session *open_at(const char *assistance)
{
	cc_session_options opt = { .dir = "sample-incidents/Scenario-5", .actor_name = "tester", .assistance = assistance };
	cc_session *s = NULL;
	cc_err err;

	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

/* The reply as text; errors as "message / hint". */
static cc_code ask(cc_session *s, const char *line, cc_buf *out)
{
	cc_reply *r = NULL;
	cc_err err;
	cc_code code = cc_session_run(s, cc_str_from(line), NULL, &r, &err);

	cc_buf_clear(out);
	if (code == CC_OK)
		cc_reply_write_text(r, out, 0, true);
	else
		cc_buf_addf(out, "%s / %s", err.message, err.hint);
	cc_reply_unref(r);
	return code;
}

static bool says(cc_session *s, const char *line, const char *part)
{
	cc_buf b = CC_BUF_INIT;
	bool hit;

	if (ask(s, line, &b) != CC_OK)
		fail_msg("%s: %s", line, b.p);
	hit = strstr(b.p, part) != NULL;
	cc_buf_deinit(&b);
	return hit;
}

static void refuses(cc_session *s, const char *line, cc_code code, const char *part)
{
	cc_buf b = CC_BUF_INIT;

	assert_int_equal(ask(s, line, &b), code);
	if (!strstr(b.p, part))
		fail_msg("%s: %s", line, b.p);
	cc_buf_deinit(&b);
}

static void judging_is_help_of_the_full_level(void **state)
{
	(void)state;
	cc_session *s = open_at("full");
	assert_true(says(s, "checks", "is used up: limits.memory"));
	assert_true(says(s, "entity ratings", "selects Deployment/ratings, which has no pods"));
	cc_session_close(s);
	for (int i = 0; i < 2; i++) {
		s = open_at(i ? "ranked" : "raw");
		refuses(s, "checks", CC_ESTATE, "spec");
		assert_false(says(s, "entity ratings", "which has no pods"));
		assert_false(says(s, "entity ratings", "state"));
		cc_session_close(s);
	}
}

static void a_spec_tells_its_own_state(void **state)
{
	(void)state;
	cc_session *s = open_at("full");
	assert_true(says(s, "spec Deployment/ratings", "has 0 of 1 replicas ready"));
	assert_false(says(s, "spec Deployment/ratings at=16:41:00", "replicas ready"));
	assert_false(says(s, "spec Deployment/details", "What is wrong"));
	cc_session_close(s);
	s = open_at("ranked");
	assert_false(says(s, "spec Deployment/ratings", "has 0 of 1 replicas ready"));
	cc_session_close(s);
}

static void causes_stand_before_symptoms(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_session *s = open_at("full");
	assert_int_equal(ask(s, "checks fresh=yes", &b), CC_OK);
	const char *cause = strstr(b.p, "is used up"), *symptom = strstr(b.p, "which has no pods");
	assert_non_null(cause);
	assert_non_null(symptom);
	assert_true(cause < symptom);
	cc_buf_deinit(&b);
	cc_session_close(s);
}

static void an_earlier_state(void **state)
{
	(void)state;
	cc_session *s = open_at("full");
	assert_false(says(s, "checks at=16:41:00", "is used up"));
	assert_true(says(s, "checks rule=quota-used", "limits.memory"));
	assert_true(says(s, "checks rule=no-such-rule", "no rule finds"));
	refuses(s, "checks severity=grave", CC_EUSAGE, "critical");
	cc_session_close(s);
}

/* A row's time often lies before the first poll. What was there then is shown as that poll found it; what was not, is not. */
static void a_spec_from_before_the_first_poll(void **state)
{
	(void)state;
	cc_session *s = open_at("full");
	assert_true(says(s, "spec Deployment/ratings at=16:40:40", "not polled before that time"));
	assert_true(says(s, "spec Deployment/ratings at=16:40:40", "1 of 3"));
	assert_false(says(s, "spec Deployment/ratings at=16:41:30", "not polled"));
	refuses(s, "spec ResourceQuota/strict-resource-quota at=16:42", CC_EUNKNOWN, "first seen later");
	cc_session_close(s);
}

static void diffs_with_something_else(void **state)
{
	(void)state;
	cc_session *s = open_at("full");
	refuses(s, "diff ResourceQuota/strict-resource-quota against=sibling", CC_EUNKNOWN, "with=NAME");
	refuses(s, "diff Deployment/ratings against=cursor", CC_EUSAGE, "at TIME");
	assert_true(says(s, "diff ConfigMap/shop-texts", "Free gift wrapping"));
	assert_true(says(s, "diff Deployment/reviews-v2 with=Deployment/reviews-v3", "these are two objects"));
	cc_session_close(s);
}

/* Enter leads on: to the status where it alone changed, and to the whole of what was made meanwhile. */
static void where_only_the_status_changed(void **state)
{
	(void)state;
	cc_session *s = open_at("full");
	cc_reply *r = NULL;
	cc_err err;
	assert_true(says(s, "diff Deployment/ratings", "only the status changed"));
	assert_true(says(s, "diff Deployment/ratings", "exceeded quota: strict-resource-quota"));
	assert_false(says(s, "diff ConfigMap/shop-texts", "only the status changed"));
	if (cc_session_run(s, CC_STR("checks rule=quota-used"), NULL, &r, &err) != CC_OK)
		fail_msg("%s", err.message);
	assert_true(cc_str_starts(cc_reply_main(r)->rows[0].drill, CC_STR("spec ")));
	cc_reply_unref(r);
	cc_session_close(s);
}

static void routes_need_a_thing(void **state)
{
	(void)state;
	cc_session *s = open_at("full");
	refuses(s, "topology view=routes", CC_EUSAGE, "which");
	assert_true(says(s, "topology ratings view=routes", "productpage"));
	assert_true(says(s, "topology ConfigMap/shop-texts view=routes", "nothing calls it"));
	assert_true(says(s, "topology Secret/redis-auth", "callers"));
	assert_true(says(s, "topology Node/worker-1", "Ready=True"));
	cc_session_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(judging_is_help_of_the_full_level),
		cmocka_unit_test(a_spec_tells_its_own_state),
		cmocka_unit_test(causes_stand_before_symptoms),
		cmocka_unit_test(an_earlier_state),
		cmocka_unit_test(a_spec_from_before_the_first_poll),
		cmocka_unit_test(diffs_with_something_else),
		cmocka_unit_test(where_only_the_status_changed),
		cmocka_unit_test(routes_need_a_thing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
