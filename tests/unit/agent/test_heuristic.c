/* test_heuristic.c - what the scripted players know, and that they play a whole case: a submission, pins, and no more than the budget. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "agent/heuristic_priv.h"
#include "support/tree.h"

static void flags_are_named_after_workloads(void **state)
{
	(void)state;
	cc_str cart = CC_STR("has flag cartFailure on on, not off"), image = CC_STR("flag imageSlowLoad off -> 10sec");
	assert_float_equal(heuristic_flag_names(cart, CC_STR("cart")), 1.0, 0);
	assert_float_equal(heuristic_flag_names(CC_STR("flag productCatalogFailure off -> on"), CC_STR("product-catalog")), 1.0, 0);
	assert_float_equal(heuristic_flag_names(image, CC_STR("image-provider")), 0.7, 0);
	assert_float_equal(heuristic_flag_names(cart, CC_STR("checkout")), 0, 0);
	assert_float_equal(heuristic_flag_names(CC_STR("flag adHighCpu off -> on"), CC_STR("address-book")), 0, 0);
	assert_float_equal(heuristic_flag_names(CC_STR("flag addressFailure off -> on"), CC_STR("ad")), 0, 0);
	assert_float_equal(heuristic_flag_names(CC_STR("image a -> b"), CC_STR("cart")), 0, 0);
	assert_float_equal(heuristic_flag_names(CC_STR("flag "), CC_STR("cart")), 0, 0);
}

static double points(const char *what, const char *kind, const char *change)
{
	return heuristic_change_points(cc_str_from(what), cc_str_from(kind), cc_str_from(change));
}

static void changes_that_break_things_count_more(void **state)
{
	(void)state;
	assert_true(points("modified", "Deployment", "replicas 2 -> 0") > points("modified", "Deployment", "replicas 1 -> 2"));
	assert_true(points("modified", "Deployment", "limits.memory 320Mi -> 96Mi") > points("modified", "Deployment", "limits.memory 96Mi -> 320Mi"));
	assert_true(points("deleted", "Service", "deleted: port 8080") > points("modified", "Service", "selector a added (b)"));
	assert_true(points("modified", "Namespace", "labels istio-injection enabled -> disabled") >= 3);
	assert_float_equal(points("deleted", "Job", "deleted: image busybox:latest"), 0, 0);
	assert_true(points("modified", "Deployment", "readinessProbe timeoutSeconds 1 -> 3") < 1);
}

static void errors_say_what_is_wrong(void **state)
{
	(void)state;
	assert_int_equal(heuristic_error_of(CC_STR("WRONGPASS invalid username-password pair")), ERROR_CREDENTIALS);
	assert_int_equal(heuristic_error_of(CC_STR("ratings: 403: RBAC: access denied")), ERROR_FORBIDDEN);
	assert_int_equal(heuristic_error_of(CC_STR("dial tcp: lookup email: no such host")), ERROR_NAME);
	assert_int_equal(heuristic_error_of(CC_STR("read: connection reset by peer")), ERROR_RESET);
	assert_int_equal(heuristic_error_of(CC_STR("context deadline exceeded")), ERROR_NONE);
}

/* A rollout that hangs beside pods that go on serving, a workload nobody ever called, and one that is missed. */
static void what_is_broken_need_not_hurt(void **state)
{
	heuristic_case c = { 0 };
	cc_str pull = CC_STR("image-pull"), failing = CC_STR("shop/Pod/cart-5b6544c4f-wkt9d");
	(void)state;
	assert_float_equal(heuristic_harm(&c, pull, failing), 1, 0);         /* without traces nothing can be said */
	assert_true(cc_vec_push(&c.traced, CC_STR("cart")));
	assert_true(cc_vec_push(&c.traced, CC_STR("frontend")));
	assert_true(cc_vec_push(&c.working, CC_STR("frontend")));
	assert_true(cc_vec_push(&c.failures, ((heuristic_failure){ .peer = CC_STR("valkey-cart") })));
	assert_float_equal(heuristic_harm(&c, pull, failing), 1, 0);
	assert_float_equal(heuristic_harm(&c, pull, CC_STR("shop/Deployment/frontend")), 0.1, 1e-9);
	assert_float_equal(heuristic_harm(&c, pull, CC_STR("shop/Pod/frontend-7d9c6b5f4-x2k9q")), 0.1, 1e-9);
	assert_float_equal(heuristic_harm(&c, pull, CC_STR("shop/Pod/frontend-canary-7d9c6b5f4-x2k9q")), 0.4, 1e-9);
	assert_float_equal(heuristic_harm(&c, pull, CC_STR("shop/Deployment/valkey-cart")), 1, 0);
	assert_float_equal(heuristic_harm(&c, CC_STR("oom-killed"), CC_STR("shop/Deployment/frontend")), 1, 0);
	cc_vec_deinit(&c.traced);
	cc_vec_deinit(&c.working);
	cc_vec_deinit(&c.failures);
}

static bool cut_off(const char *peer, const char *error, bool silent)
{
	heuristic_case c = { 0 };
	const heuristic_failure f = { .peer = cc_str_from(peer), .error = cc_str_from(error), .silent = silent };
	assert_true(cc_vec_push(&c.traced, CC_STR("cart")));
	bool is = heuristic_is_cut_off(&c, &f);
	cc_vec_deinit(&c.traced);
	return is;
}

static void silence_is_no_bad_answer(void **state)
{
	(void)state;
	assert_true(cut_off("cart", "", true));
	assert_false(cut_off("shipping", "", true));         /* was never in a trace */
	assert_true(cut_off("shipping", "14 UNAVAILABLE: connect ECONNREFUSED", true));
	assert_false(cut_off("cart", "INTERNAL", true));
	assert_false(cut_off("cart", "deadline exceeded", false));
}

/* A rollout that hangs while the old pods serve harms nobody, whatever its new pods say; another workload's pods are not its own. */
static void a_rollout_that_hangs_hurts_nobody(void **state)
{
	heuristic_case c = { 0 };
	(void)state;
	assert_true(cc_vec_push(&c.hanging, CC_STR("shop/Deployment/cart")));
	assert_true(cc_vec_push(&c.down, CC_STR("shop/Deployment/mail")));
	assert_true(cc_vec_push(&c.killed, CC_STR("shop/Pod/mail-5b6544c4f-wkt9d")));
	assert_true(heuristic_is_hanging(&c, CC_STR("shop/Deployment/cart")));
	assert_true(heuristic_is_hanging(&c, CC_STR("shop/Pod/cart-5b6544c4f-wkt9d")));
	assert_false(heuristic_is_hanging(&c, CC_STR("shop/Pod/cart-api-5b6544c4f-wkt9d")));
	assert_false(heuristic_is_hanging(&c, CC_STR("other/Deployment/cart")));
	assert_false(heuristic_is_hanging(&c, CC_STR("shop/Service/cart")));
	assert_float_equal(heuristic_harm(&c, CC_STR("probe-port"), CC_STR("shop/Deployment/cart")), 0.1, 0);
	assert_float_equal(heuristic_harm(&c, CC_STR("probe-port"), CC_STR("shop/Deployment/mail")), 1, 0);
	assert_true(heuristic_is_down(&c, CC_STR("shop/Deployment/mail")) && heuristic_was_killed(&c, CC_STR("shop/Deployment/mail")));
	assert_false(heuristic_is_down(&c, CC_STR("shop/Deployment/cart")) || heuristic_was_killed(&c, CC_STR("shop/Deployment/cart")));
	cc_vec_deinit(&c.hanging);
	cc_vec_deinit(&c.down);
	cc_vec_deinit(&c.killed);
}

/* Trouble that goes on while an experiment rests is not of its making: as much fails, as slowly, of as few. */
static void an_experiment_that_rests_has_an_alibi(void **state)
{
	const heuristic_seen bad = { 150, 300, 60, 20e6, 900e6 }, as_bad = { 60, 120, 22, 21e6, 950e6 };
	const heuristic_seen healed = { 60, 120, 2, 20e6, 900e6 }, quicker = { 60, 120, 24, 8e6, 900e6 }, tail = { 60, 120, 24, 20e6, 90e6 };
	const heuristic_seen silent = { 150, 0, 0, 0, 0 }, still = { 60, 1, 0, 20e6, 20e6 }, back = { 60, 20, 0, 20e6, 20e6 };
	(void)state;
	assert_true(heuristic_is_no_better(&bad, &as_bad));
	assert_false(heuristic_is_no_better(&bad, &healed));
	assert_false(heuristic_is_no_better(&bad, &quicker));
	assert_false(heuristic_is_no_better(&bad, &tail));
	assert_true(heuristic_is_no_better(&silent, &still));
	assert_false(heuristic_is_no_better(&silent, &back));
}

static void policies_have_names(void **state)
{
	cc_heuristic h = CC_HEURISTIC_COUNT;
	(void)state;
	for (int i = 0; i < CC_HEURISTIC_COUNT; i++) {
		assert_true(cc_heuristic_find(cc_str_from(cc_heuristic_name((cc_heuristic)i)), &h));
		assert_int_equal(h, i);
	}
	assert_false(cc_heuristic_find(CC_STR("luckiest"), &h));
}

/* --- whole plays --- */

static cc_session *open_sample(const char *dir, int64_t budget)
{
	cc_session *s = NULL;
	cc_err err = { 0 };
	cc_session_options o = { .dir = dir, .no_cache = true, .agent = true, .actor_name = "rules", .budget = budget, .assistance = "full" };
	if (cc_session_open(&s, &o, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static void every_policy_plays_to_its_answer(void **state)
{
	(void)state;
	for (int i = 0; i < CC_HEURISTIC_COUNT; i++) {
		cc_session *s = open_sample("sample-incidents/Scenario-2", 100);
		cc_err err = { 0 };
		assert_int_equal(cc_heuristic_play(s, (cc_heuristic)i, NULL, &err), CC_OK);
		assert_true(cc_session_submitted(s));
		assert_true(cc_case_suspect_count(cc_session_case(s)) >= 1);
		assert_true(cc_case_pin_count(cc_session_case(s)) >= 1);
		cc_session_close(s);
	}
}

/* Out of queries, what is on the board is submitted. */
static void a_budget_that_ends_early_is_no_failure(void **state)
{
	(void)state;
	for (int64_t budget = 1; budget < 20; budget += 3) {
		cc_session *s = open_sample("sample-incidents/Scenario-2", budget);
		cc_err err = { 0 };
		assert_int_equal(cc_heuristic_play(s, CC_HEURISTIC_ORIGIN, NULL, &err), CC_OK);
		assert_true(cc_session_submitted(s));
		assert_true(cc_case_budget(cc_session_case(s)).used <= budget);
		cc_session_close(s);
	}
}

typedef struct stopping { cc_cancel cancel; int64_t after, turns; } stopping;

static void stop_after(void *arg, const cc_agent_progress *p)
{
	stopping *s = arg;
	s->turns = p->turn;
	if (p->turn >= s->after)
		cc_cancel_set(&s->cancel);
}

static void a_canceled_play_submits_nothing(void **state)
{
	stopping st = { .after = 4 };
	cc_agent_watch w = { .told = stop_after, .arg = &st, .cancel = &st.cancel };
	cc_session *s = open_sample("sample-incidents/Scenario-2", 100);
	cc_err err = { 0 };
	(void)state;
	assert_int_equal(cc_heuristic_play(s, CC_HEURISTIC_ORIGIN, &w, &err), CC_ECANCELED);
	assert_false(cc_session_submitted(s));
	assert_int_equal(st.turns, 4);
	cc_session_close(s);
}

/* Nothing to go by is nothing to name, and an empty answer is not taken: the play ends with that error. */
/* At its fifth line a person ends the case in its place. */
typedef struct person { cc_session *session; int lines; } person;

static void submit_for_it(void *arg, cc_buf *done)
{
	person *p = arg;
	cc_reply *r = NULL;
	(void)done;
	if (++p->lines != 5)
		return;
	assert_int_equal(cc_session_run(p->session, CC_STR("suspect checkout"), NULL, &r, NULL), CC_OK);
	cc_reply_unref(r);
	assert_int_equal(cc_session_run(p->session, CC_STR("submit confirm=submit"), NULL, &r, NULL), CC_OK);
	cc_reply_unref(r);
}

static void a_person_may_end_it(void **state)
{
	person p = { open_sample("sample-incidents/Scenario-2", 100), 0 };
	cc_agent_watch w = { .gate = submit_for_it, .arg = &p };
	cc_err err = { 0 };
	(void)state;
	assert_int_equal(cc_heuristic_play(p.session, CC_HEURISTIC_ORIGIN, &w, &err), CC_OK);
	assert_true(cc_session_submitted(p.session));
	assert_int_equal(cc_case_suspect_count(cc_session_case(p.session)), 1);
	cc_session_close(p.session);
}

static void an_incident_without_evidence_has_no_answer(void **state)
{
	test_tree t;
	(void)state;
	test_tree_make(&t);
	test_tree_file(&t, "Scenario-1/k8s_events_raw.tsv", "Timestamp\tBody\n");
	for (int i = 0; i < CC_HEURISTIC_COUNT; i++) {
		cc_session *s = open_sample(test_tree_path(&t, "Scenario-1"), 100);
		cc_err err = { 0 };
		assert_int_not_equal(cc_heuristic_play(s, (cc_heuristic)i, NULL, &err), CC_OK);
		assert_false(cc_session_submitted(s));
		cc_session_close(s);
	}
	test_tree_remove(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flags_are_named_after_workloads),
		cmocka_unit_test(changes_that_break_things_count_more),
		cmocka_unit_test(errors_say_what_is_wrong),
		cmocka_unit_test(what_is_broken_need_not_hurt),
		cmocka_unit_test(silence_is_no_bad_answer),
		cmocka_unit_test(a_rollout_that_hangs_hurts_nobody),
		cmocka_unit_test(an_experiment_that_rests_has_an_alibi),
		cmocka_unit_test(policies_have_names),
		cmocka_unit_test(every_policy_plays_to_its_answer),
		cmocka_unit_test(a_budget_that_ends_early_is_no_failure),
		cmocka_unit_test(a_canceled_play_submits_nothing),
		cmocka_unit_test(a_person_may_end_it),
		cmocka_unit_test(an_incident_without_evidence_has_no_answer),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
