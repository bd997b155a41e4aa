/* test_event_groups.c - what varies in event messages is masked, and what says the same of one workload is one row. */
#include "query_support.h"
#include "coldcase/arena.h"
#include "coldcase/eventgroups.h"

static void check_mask(const char *message, const char *expected)
{
	cc_buf b = CC_BUF_INIT;
	cc_event_mask(cc_str_from(message), &b);
	if (!cc_str_eqz(cc_buf_str(&b), expected))
		fail_msg("%s: %.*s", message, CC_STR_ARG(cc_buf_str(&b)));
	cc_buf_deinit(&b);
}

static void generated_names_are_masked(void **state)
{
	(void)state;
	check_mask("(combined from similar events): Error creating: pods \"cart-6cd4996657-x7k2p\" is forbidden: used: pods=49",
		"Error creating: pods \"cart-<id>\" is forbidden: used: pods=<num>");
	check_mask("Created pod: checkout-fc7c6f89c-x7k2p", "Created pod: checkout-<id>");
	check_mask("Readiness probe failed", "Readiness probe failed");
	check_mask("Pulling image \"reg.io/demo:2.1.3-quote\"", "Pulling image \"reg.io/demo:2.1.3-quote\"");
	check_mask("Back-off pulling image \"busybox:1.36\"", "Back-off pulling image \"busybox:1.36\"");
	check_mask("dial tcp 10.244.0.5:5432: connection refused", "dial tcp <ip>:<num>: connection refused");
	check_mask("", "");
}

static void one_trouble_is_one_row(void **state)
{
	(void)state;
	world *w = world_new();
	world_objects(w);
	FILE *f = world_file(w, "k8s_events_raw.tsv", LOG_HEADER);
	static const char *const tails[] = { "bcdfg", "x7k2p", "zl4hf", "m9s8t" };
	for (int i = 0; i < 4; i++) {
		char uid[8], message[120];
		snprintf(uid, sizeof uid, "f%d", i);
		snprintf(message, sizeof message, "Error creating: pods payment-7c6b5d4f9c-%s is forbidden", tails[i]);
		put_event(f, w->onset + i * CC_NS_PER_S, uid, "Warning", "FailedCreate", message, i + 1);
	}
	put_event(f, w->onset - CC_NS_PER_S, "g", "Warning", "FailedCreate", "another cause", 1);
	fclose(f);
	world_open(w);
	cc_arena *arena = cc_arena_new();
	cc_event_group_vec groups = { 0 };
	cc_index_vec rows = { 0 };
	for (uint32_t i = 0; i < cc_events_count(w->s); i++)
		assert_true(cc_vec_push(&rows, i));
	assert_int_equal(cc_event_groups(&groups, w->s, &rows, CC_TIME_NONE, arena), CC_OK);
	assert_int_equal(groups.n, 2);
	const cc_event_group *g = &groups.p[0];
	assert_int_equal(g->count, 10);
	assert_int_equal(g->events, 4);
	assert_int_equal(g->objects, 1);
	assert_true(g->first_ns == w->onset && g->last_ns == w->onset + 3 * CC_NS_PER_S);
	assert_true(cc_str_eqz(cc_entity_kind(w->s, g->workload), "Deployment"));
	assert_true(cc_str_find(g->message, CC_STR("payment-<id> is")) != CC_STR_NONE);
	cc_vec_deinit(&groups);
	cc_vec_deinit(&rows);
	cc_arena_free(arena);
	void *over = w;
	world_teardown(&over);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(generated_names_are_masked), cmocka_unit_test(one_trouble_is_one_row) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
