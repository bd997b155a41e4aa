/* test_about.c - the list of changes and the entity card of the small world. */
#include <math.h>

#include "query_support.h"
#include "coldcase/aboutentity.h"
#include "coldcase/changes.h"

static const cc_spec_change *change_of(const world *w, const cc_changes *c, const char *entity)
{
	for (size_t i = 0; i < cc_changes_count(c); i++) {
		cc_buf b = CC_BUF_INIT;
		cc_entity_format(w->s, cc_changes_get(c, i)->entity, &b);
		bool hit = cc_str_eqz(cc_buf_str(&b), entity);
		cc_buf_deinit(&b);
		if (hit)
			return cc_changes_get(c, i);
	}
	return NULL;
}

static void changes_in_order(void **state)
{
	const world *w = *state;
	cc_changes *c = NULL;
	cc_changes_options opt = { .range = { CC_TIME_NONE, CC_TIME_NONE } };
	assert_int_equal(cc_changes_build(&c, w->s, &opt, NULL), CC_OK);
	assert_int_equal(cc_changes_count(c), 3);
	const cc_spec_change *flag = change_of(w, c, "demo/ConfigMap/flagd-config");
	assert_non_null(flag);
	assert_true(cc_str_eqz(flag->line, "flag paymentFailure off -> on"));
	assert_int_equal(flag->kind, CC_CHANGE_MODIFIED);
	assert_true(flag->to_ns == w->start + 620 * CC_NS_PER_S);
	assert_true(flag->from_ns == w->start + 320 * CC_NS_PER_S);
	assert_true(cc_str_eqz(change_of(w, c, "demo/Deployment/checkout")->line, "image checkout:1.4 -> 1.5"));
	assert_true(cc_str_eqz(change_of(w, c, "demo/Secret/pay-key")->line, "data token changed (masked)"));
	cc_changes_free(c);
	assert_int_equal(cc_entity_resolve(w->s, CC_STR("demo/Deployment/checkout"), &opt.focus, NULL, NULL), CC_OK);
	assert_int_equal(cc_changes_build(&c, w->s, &opt, NULL), CC_OK);
	assert_int_equal(cc_changes_count(c), 1);
	cc_changes_free(c);
	opt = (cc_changes_options){ .range = { w->start, w->onset } };
	assert_int_equal(cc_changes_build(&c, w->s, &opt, NULL), CC_OK);
	assert_int_equal(cc_changes_count(c), 0);
	cc_changes_free(c);
}

static bool has(const cc_about *a, cc_about_section section, const char *part)
{
	for (size_t i = 0; i < cc_about_count(a); i++)
		if (cc_about_get(a, i)->section == section && cc_str_find(cc_about_get(a, i)->text, cc_str_from(part)) != CC_STR_NONE)
			return true;
	return false;
}

static void card_of_payment(void **state)
{
	const world *w = *state;
	cc_entity_id payment;
	assert_int_equal(cc_entity_resolve(w->s, CC_STR("demo/Deployment/payment"), &payment, NULL, NULL), CC_OK);
	cc_about *a = NULL;
	cc_about_options opt = { .onset_ns = CC_TIME_NONE, .range = { CC_TIME_NONE, CC_TIME_NONE } };
	assert_int_equal(cc_about_build(&a, w->s, payment, &opt, NULL), CC_OK);
	assert_true(cc_about_onset(a) == w->onset);
	assert_true(has(a, CC_ABOUT_EVENTS, "BackOff x7"));
	assert_true(has(a, CC_ABOUT_CALLEE, "from checkout: 60 -> 60 calls, errors 0.0% -> 100.0%"));
	assert_true(has(a, CC_ABOUT_ORIGINS, "Charge: 0 -> 60 errors begin here: invalid token"));
	assert_true(has(a, CC_ABOUT_PATTERNS, "0 -> 60 new: invalid token"));
	assert_true(has(a, CC_ABOUT_METRICS, "cpu throttled"));
	assert_true(has(a, CC_ABOUT_NEIGHBOURS, "checkout"));
	assert_true(has(a, CC_ABOUT_STATE, "is Running"));
	bool data = false;
	assert_int_equal(cc_about_total(a, CC_ABOUT_CHANGES, &data), 0);
	assert_true(data);
	cc_about_section last = CC_ABOUT_ALERTS;
	size_t in_section = 0;
	for (size_t i = 0; i < cc_about_count(a); i++) {
		const cc_about_fact *f = cc_about_get(a, i);
		assert_true(f->section >= last);
		in_section = f->section == last ? in_section + 1 : 1;
		last = f->section;
		assert_true(in_section <= 5);
		assert_true(f->cite.file > 0 && f->cite.record > 0);
	}
	cc_about_free(a);
}

static void card_of_checkout_as_known_then(void **state)
{
	const world *w = *state;
	cc_entity_id checkout;
	assert_int_equal(cc_entity_resolve(w->s, CC_STR("demo/Deployment/checkout"), &checkout, NULL, NULL), CC_OK);
	cc_about *a = NULL;
	cc_about_options opt = { .onset_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE }, .per_section = 50 };
	assert_int_equal(cc_about_build(&a, w->s, checkout, &opt, NULL), CC_OK);
	assert_true(has(a, CC_ABOUT_ALERTS, "RequestErrorRate critical"));
	assert_true(has(a, CC_ABOUT_CHANGES, "image checkout:1.4 -> 1.5"));
	assert_true(has(a, CC_ABOUT_CALLER, "to payment"));
	assert_int_equal(cc_about_total(a, CC_ABOUT_ORIGINS, NULL), 0);
	cc_about_free(a);
	opt.range.to_ns = w->onset - 1;
	assert_int_equal(cc_about_build(&a, w->s, checkout, &opt, NULL), CC_OK);
	assert_false(has(a, CC_ABOUT_ALERTS, "RequestErrorRate"));
	assert_false(has(a, CC_ABOUT_CHANGES, "image"));
	assert_false(has(a, CC_ABOUT_PATTERNS, "refused"));
	cc_about_free(a);
	assert_int_equal(cc_about_build(&a, w->s, 0, &opt, NULL), CC_EUNKNOWN);
}

/* A quota that is used up is the reason for what stands around it. */
static void critical_states_come_first(void **state)
{
	cc_snapshot *s = NULL;
	cc_entity_id ratings;
	cc_about *a = NULL;
	cc_about_options opt = { .onset_ns = CC_TIME_NONE, .range = { CC_TIME_NONE, CC_TIME_NONE } };

	(void)state;
	assert_int_equal(cc_snapshot_open(&s, "sample-incidents/Scenario-5", NULL, NULL), CC_OK);
	assert_int_equal(cc_entity_resolve(s, CC_STR("book-info/Service/ratings"), &ratings, NULL, NULL), CC_OK);
	assert_int_equal(cc_about_build(&a, s, ratings, &opt, NULL), CC_OK);
	assert_int_equal(cc_about_get(a, 0)->section, CC_ABOUT_STATE);
	assert_true(cc_str_find(cc_about_get(a, 0)->text, CC_STR("is used up")) != CC_STR_NONE);
	assert_true(has(a, CC_ABOUT_ALERTS, "HighRequestErrorRate"));
	cc_about_free(a);
	cc_snapshot_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(changes_in_order),
		cmocka_unit_test(card_of_payment),
		cmocka_unit_test(card_of_checkout_as_known_then),
		cmocka_unit_test(critical_states_come_first),
	};
	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
