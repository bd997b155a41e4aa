/* test_changes.c - the time line of object changes: what, when, by whom; what is new, what is gone. */
#include "query_support.h"
#include "coldcase/changes.h"

static cc_changes *build(const world *w, const cc_changes_options *opt)
{
	cc_changes *c = NULL;
	cc_err err;
	cc_err_clear(&err);
	if (cc_changes_build(&c, w->s, opt, &err) != CC_OK)
		fail_msg("changes: %s", err.message);
	return c;
}

/* "17:50:20.000Z modified demo/ConfigMap/x: line (manager)" of each change, joined by newlines. */
static void told(const world *w, const cc_changes_options *opt, const char *expected)
{
	cc_changes *c = build(w, opt);
	cc_buf out = CC_BUF_INIT;
	for (size_t i = 0; i < cc_changes_count(c); i++) {
		const cc_spec_change *x = cc_changes_get(c, i);
		cc_time_format_clock(&out, x->time_ns);
		cc_buf_addf(&out, " %s ", cc_change_kind_name(x->kind));
		cc_entity_format(w->s, x->entity, &out);
		cc_buf_addf(&out, ": %.*s (%.*s)\n", CC_STR_ARG(x->line), CC_STR_ARG(x->manager));
		assert_true(x->cite.file != 0 && x->cite.record != 0);
		assert_true(x->from_ns == CC_TIME_NONE || x->from_ns < x->to_ns);
	}
	assert_string_equal(out.p ? out.p : "", expected);
	assert_null(cc_changes_get(c, cc_changes_count(c)));
	cc_buf_deinit(&out);
	cc_changes_free(c);
}

static void world_has_three(void **state)
{
	world *w = *state;
	told(w, NULL,
		"17:50:20Z modified demo/ConfigMap/flagd-config: flag paymentFailure off -> on ()\n"
		"17:50:20Z modified demo/Deployment/checkout: image checkout:1.4 -> 1.5 ()\n"
		"17:50:20Z modified demo/Secret/pay-key: data token changed (masked) ()\n");
	cc_changes_options opt = { .range = { CC_TIME_NONE, at_clock("17:50:00") } };
	told(w, &opt, "");
	opt.range = (cc_range){ CC_TIME_NONE, CC_TIME_NONE };
	opt.focus = cc_entity_find(w->s, CC_STR("demo"), CC_STR("Service"), CC_STR("checkout"));
	assert_true(opt.focus != 0);
	told(w, &opt, "17:50:20Z modified demo/Deployment/checkout: image checkout:1.4 -> 1.5 ()\n");
	cc_changes *c = build(w, &opt);
	const cc_spec_change *x = cc_changes_get(c, 0);
	assert_int_equal(x->from_ns, at_clock("17:45:20"));
	assert_int_equal(x->to_ns, at_clock("17:50:20"));
	assert_int_equal(x->before, 1);
	assert_int_equal(x->after, 2);
	assert_int_equal(x->items, 1);
	assert_int_equal(x->weight, CC_DIFF_SPEC);
	cc_changes_free(c);
}

static void cancels(void **state)
{
	world *w = *state;
	cc_cancel cancel = { 0 };
	cc_changes_options opt = { .range = { CC_TIME_NONE, CC_TIME_NONE }, .cancel = &cancel };
	cc_changes *c = NULL;
	cc_cancel_set(&cancel);
	assert_int_equal(cc_changes_build(&c, w->s, &opt, NULL), CC_ECANCELED);
	assert_null(c);
}

#define DEPLOY "{\"kind\":\"Deployment\",\"metadata\":{\"name\":\"cart\",\"namespace\":\"demo\",\"creationTimestamp\":\"2025-12-01T00:00:00Z\"," \
	"\"managedFields\":[{\"manager\":\"helm\",\"operation\":\"Update\",\"time\":\"2025-12-01T00:00:00Z\",\"fieldsV1\":{\"f:spec\":{}}}," \
	"{\"manager\":\"kube-controller-manager\",\"time\":\"%s\",\"fieldsV1\":{\"f:metadata\":{\"f:annotations\":{}},\"f:status\":{}}}," \
	"{\"manager\":\"kubectl-edit\",\"time\":\"%s\",\"fieldsV1\":{\"f:spec\":{\"f:template\":{\"f:spec\":{\"f:containers\":{}}}}}}]}," \
	"\"spec\":{\"replicas\":%d,\"template\":{\"spec\":{\"containers\":[{\"name\":\"cart\",\"image\":\"cart:%s\"}]}}},\"status\":{\"readyReplicas\":%d}}"

static void put_cart(FILE *f, const char *clock, const char *controller, const char *editor, int replicas, const char *tag, int ready)
{
	char body[2000];
	snprintf(body, sizeof body, DEPLOY, controller, editor, replicas, tag, ready);
	put_object(f, at_clock(clock), "deployments", body);
}

static void put_named(FILE *f, const char *clock, const char *resource, const char *kind, const char *name, const char *more)
{
	char body[1000];
	snprintf(body, sizeof body, "{\"kind\":\"%s\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"demo\"%s}}", kind, name, more);
	put_object(f, at_clock(clock), resource, body);
}

#define OLD "2025-12-01T00:00:00Z"
#define MADE(time) ",\"creationTimestamp\":\"2025-12-15T" time "Z\",\"managedFields\":[{\"manager\":\"job-controller\",\"time\":\"2025-12-15T" time "Z\"," \
	"\"fieldsV1\":{\"f:spec\":{}}},{\"manager\":\"kubelet\",\"time\":\"2025-12-15T17:09:59Z\",\"fieldsV1\":{\"f:status\":{}}}]"

static int story_setup(void **state)
{
	world *w = world_new();
	FILE *f = world_file(w, "k8s_objects_raw.tsv", LOG_HEADER);
	put_cart(f, "17:00:00", OLD, OLD, 1, "1", 1);
	put_named(f, "17:00:00", "pods", "Pod", "stays", "");
	put_named(f, "17:00:00", "pods", "Pod", "leaves", "");
	put_named(f, "17:00:00", "pods", "Pod", "drained", "");
	/* the edit is dated by its manager, not by the controller that wrote the status later */
	put_cart(f, "17:05:00", "2025-12-15T17:04:30Z", "2025-12-15T17:03:07Z", 1, "2", 0);
	put_named(f, "17:05:00", "pods", "Pod", "stays", "");
	put_named(f, "17:05:00", "pods", "Pod", "late", ",\"creationTimestamp\":\"2025-12-15T16:00:00Z\"");
	put_named(f, "17:05:00", "pods", "Pod", "drained", ",\"deletionTimestamp\":\"2025-12-15T17:04:50Z\",\"deletionGracePeriodSeconds\":30");
	/* scaled by nobody who says so; only the status writer moved */
	put_cart(f, "17:10:00", "2025-12-15T17:09:00Z", "2025-12-15T17:03:07Z", 0, "2", 0);
	put_named(f, "17:10:00", "pods", "Pod", "stays", "");
	put_named(f, "17:10:00", "pods", "Pod", "late", ",\"creationTimestamp\":\"2025-12-15T16:00:00Z\"");
	put_named(f, "17:10:00", "pods", "Pod", "made", MADE("17:07:00"));
	/* the first of its type, yet younger than the capture */
	put_named(f, "17:10:00", "networkpolicies", "NetworkPolicy", "deny", MADE("17:08:00"));
	put_named(f, "17:10:00", "jobs", "Job", "old", ",\"creationTimestamp\":\"2025-12-15T16:59:00Z\"");
	/* status only */
	put_cart(f, "17:15:00", "2025-12-15T17:14:00Z", "2025-12-15T17:03:07Z", 0, "2", 1);
	fclose(f);
	world_open(w);
	*state = w;
	return 0;
}

static void dates_and_managers(void **state)
{
	world *w = *state;
	told(w, NULL,
		"17:03:07Z modified demo/Deployment/cart: image cart:1 -> 2 (kubectl-edit)\n"
		"17:04:20Z modified demo/Pod/drained: deletion requested at 2025-12-15T17:04:50Z; metadata.deletionGracePeriodSeconds added (30) ()\n"
		"17:05:00Z deleted demo/Pod/leaves: deleted ()\n"
		"17:07:00Z created demo/Pod/made: created (job-controller)\n"
		"17:08:00Z created demo/NetworkPolicy/deny: created: for all pods; no ingress (job-controller)\n"
		"17:10:00Z modified demo/Deployment/cart: replicas 1 -> 0 ()\n"
		"17:10:00Z deleted demo/Pod/drained: deleted ()\n");
}

static void status_on_demand(void **state)
{
	world *w = *state;
	cc_changes_options opt = { .range = { at_clock("17:11:00"), at_clock("17:20:00") }, .with_status = true };
	told(w, &opt, "17:14:00Z modified demo/Deployment/cart: status readyReplicas 0 -> 1 (kube-controller-manager)\n");
	cc_changes *c = build(w, &opt);
	assert_int_equal(cc_changes_get(c, 0)->weight, CC_DIFF_STATUS);
	cc_changes_free(c);
	opt.with_status = false;
	told(w, &opt, "");
}

static int empty_setup(void **state)
{
	world *w = world_new();
	world_logs(w);
	world_open(w);
	*state = w;
	return 0;
}

static void no_objects(void **state)
{
	told(*state, NULL, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(world_has_three, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(cancels, world_setup, world_teardown),
		cmocka_unit_test_setup_teardown(dates_and_managers, story_setup, world_teardown),
		cmocka_unit_test_setup_teardown(status_on_demand, story_setup, world_teardown),
		cmocka_unit_test_setup_teardown(no_objects, empty_setup, world_teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
