/* The forge as a program: options, determinism, and that nothing half done is ever left behind. */
#include "coldcase/xalloc.h"
#include "unit/forge/forge_check.h"

static void same_arguments_same_bytes(void **state)
{
	(void)state;
	cc_buf dir[3] = { CC_BUF_INIT, CC_BUF_INIT, CC_BUF_INIT };
	char hex[3][65];
	static const char *const NAMES[] = { "a", "b", "c" };
	for (int i = 0; i < 3; i++) {
		scratch_dir(&dir[i], NAMES[i]);
		cc_forge_options o = quick(dir[i].p, "invalid-image:payment");
		cc_forge_report r;
		if (i == 1) o.threads = 1;
		if (i == 2) o.seed++;
		assert_int_equal(cc_forge_run(&o, &r, NULL), CC_OK);
		digest_of(hex[i], dir[i].p);
	}
	assert_string_equal(hex[0], hex[1]);
	assert_string_not_equal(hex[0], hex[2]);
	for (int i = 0; i < 3; i++) {
		remove_all(dir[i].p);
		cc_buf_deinit(&dir[i]);
	}
}

static void report_counts_what_lies_there(void **state)
{
	(void)state;
	cc_buf dir = CC_BUF_INIT, sub = CC_BUF_INIT;
	scratch_dir(&dir, "report");
	cc_forge_options o = quick(dir.p, "invalid-image:cart");
	o.scenario = 12;
	cc_forge_report r;
	assert_int_equal(cc_forge_run(&o, &r, NULL), CC_OK);
	assert_string_equal(r.root, "otel-demo/Deployment/cart");
	assert_int_equal(r.inject_ns, o.start_ns + o.inject_ns);
	name_vec names;
	names_of(&names, r.scenario_dir);
	assert_int_equal(names.n, 6);
	size_t files = names.n - 2;
	names_free(&names);
	cc_path_join(&sub, r.scenario_dir, "alerts");
	names_of(&names, sub.p);
	assert_int_equal(names.n, r.alert_files);
	files += names.n;
	names_free(&names);
	cc_buf_clear(&sub);
	cc_path_join(&sub, r.scenario_dir, "metrics");
	names_of(&names, sub.p);
	files += names.n;
	names_free(&names);
	assert_int_equal(files, r.files);
	/* The answer lies beside the evidence, never in it. */
	assert_int_equal(access(r.truth_path, R_OK), 0);
	assert_true(strncmp(r.truth_path, r.scenario_dir, strlen(r.scenario_dir)) != 0);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
	cc_buf_deinit(&sub);
}

static void refuses_bad_options(void **state)
{
	(void)state;
	cc_buf dir = CC_BUF_INIT;
	scratch_dir(&dir, "bad");
	cc_forge_report r;
	cc_err err;
	cc_forge_options o = quick(dir.p, "invalid-image:nobody");
	assert_int_equal(cc_forge_run(&o, &r, &err), CC_EUNKNOWN);
	assert_non_null(strstr(err.message, "nobody"));
	assert_non_null(strstr(err.hint, "frontend-proxy"));
	o.faults[0] = "melt:cart";
	assert_int_equal(cc_forge_run(&o, &r, &err), CC_EUNKNOWN);
	assert_non_null(strstr(err.hint, "invalid-image"));
	static const char *const FORMS[] = { "", "invalid-image:", ":cart" };
	for (size_t i = 0; i < sizeof FORMS / sizeof FORMS[0]; i++) {
		o.faults[0] = FORMS[i];
		cc_code code = cc_forge_run(&o, &r, &err);
		assert_true(code == CC_EUSAGE || code == CC_EUNKNOWN);
	}
	o.faults[0] = "invalid-imege:cart";
	assert_int_equal(cc_forge_run(&o, &r, &err), CC_EUNKNOWN);
	assert_non_null(strstr(err.hint, "invalid-image"));
	o.app = "no-such-app";
	assert_int_not_equal(cc_forge_run(&o, &r, &err), CC_OK);
	assert_non_null(strstr(err.message, "no-such-app"));
	o = quick(dir.p, "invalid-image:cart");
	o.duration_ns = 60 * CC_NS_PER_S;
	o.inject_ns = 0;
	assert_int_equal(cc_forge_run(&o, &r, &err), CC_EUSAGE);
	o = quick(dir.p, "invalid-image:cart");
	o.inject_ns = o.duration_ns;
	assert_int_equal(cc_forge_run(&o, &r, &err), CC_EUSAGE);
	o = quick(dir.p, "invalid-image:cart");
	o.rps_milli = 0;
	assert_int_equal(cc_forge_run(&o, &r, &err), CC_EUSAGE);
	o = quick(dir.p, "invalid-image:cart");
	o.size = 1000000; /* less than what metrics and objects take */
	assert_int_equal(cc_forge_run(&o, &r, &err), CC_EUSAGE);
	o = quick("", "invalid-image:cart");
	assert_int_equal(cc_forge_run(&o, &r, &err), CC_EUSAGE);
	name_vec names;
	names_of(&names, dir.p);
	assert_int_equal(names.n, 0);
	names_free(&names);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

/* A wanted size is met within a fifth, whatever the application and the fault. */
static void size_chooses_the_rate(void **state)
{
	(void)state;
	cc_buf dir = CC_BUF_INIT;
	scratch_dir(&dir, "size");
	cc_forge_options o = quick(dir.p, "feature-flag:cartFailure");
	cc_forge_report r;
	o.duration_ns = 840 * CC_NS_PER_S;
	o.size = 40000000;
	assert_int_equal(cc_forge_run(&o, &r, NULL), CC_OK);
	assert_in_range(r.bytes, 32000000, 48000000);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

static void keeps_or_replaces_what_exists(void **state)
{
	(void)state;
	cc_buf dir = CC_BUF_INIT;
	scratch_dir(&dir, "exists");
	cc_forge_options o = quick(dir.p, "invalid-image:email");
	cc_forge_report r;
	char before[65], after[65];
	assert_int_equal(cc_forge_run(&o, &r, NULL), CC_OK);
	digest_of(before, r.scenario_dir);
	o.seed = 99;
	assert_int_equal(cc_forge_run(&o, &r, NULL), CC_ESTATE);
	digest_of(after, r.scenario_dir);
	assert_string_equal(before, after);
	o.replace = true;
	assert_int_equal(cc_forge_run(&o, &r, NULL), CC_OK);
	digest_of(after, r.scenario_dir);
	assert_string_not_equal(before, after);
	name_vec names;
	names_of(&names, dir.p);
	assert_int_equal(names.n, 2); /* Scenario-1 and solutions: no temporary folder */
	names_free(&names);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

static void stop_half_way(void *user, int permille, const char *stage)
{
	(void)stage;
	if (permille > 450) cc_cancel_set(user);
}

static void canceled_run_leaves_nothing(void **state)
{
	(void)state;
	cc_buf dir = CC_BUF_INIT;
	scratch_dir(&dir, "cancel");
	cc_cancel stop;
	cc_cancel_clear(&stop);
	cc_forge_options o = quick(dir.p, "invalid-image:ad");
	o.cancel = &stop;
	o.progress = stop_half_way;
	o.progress_user = &stop;
	cc_forge_report r;
	assert_int_equal(cc_forge_run(&o, &r, NULL), CC_ECANCELED);
	name_vec names;
	names_of(&names, dir.p);
	assert_int_equal(names.n, 0);
	names_free(&names);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

static void out_of_memory_is_an_error(void **state)
{
	(void)state;
	cc_buf dir = CC_BUF_INIT;
	scratch_dir(&dir, "memory");
	cc_forge_options o = quick(dir.p, "invalid-image:quote");
	o.replace = true;
	size_t failures = 0;
	/* Every early allocation, then ever larger steps through the whole run. */
	for (long n = 0; n < 400000; n += n < 60 ? 1 : n / 3) {
		cc_forge_report r;
		cc_alloc_fail_after(n);
		cc_code code = cc_forge_run(&o, &r, NULL);
		cc_alloc_fail_after(-1);
		assert_true(code == CC_ENOMEM || code == CC_OK);
		if (code == CC_OK) continue;
		failures++;
		name_vec names;
		names_of(&names, dir.p);
		for (size_t i = 0; i < names.n; i++) assert_null(strstr(names.p[i], ".part"));
		names_free(&names);
	}
	assert_true(failures > 60);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

static void lists_are_complete(void **state)
{
	(void)state;
	assert_true(cc_forge_fault_count() >= 30);
	assert_true(cc_forge_fault_get(0)->summary[0] != 0);
	assert_null(cc_forge_fault_get(cc_forge_fault_count()));
	const char *name;
	cc_str text;
	size_t apps = 0, with_targets = 0;
	for (; cc_forge_app_get(apps, &name, &text); apps++) assert_true(name[0] && text.n > 1000);
	assert_int_equal(apps, 2);
	for (size_t i = 0; i < cc_forge_fault_count(); i++) {
		cc_buf targets = CC_BUF_INIT;
		assert_int_equal(cc_forge_targets(NULL, cc_forge_fault_get(i)->kind, &targets, NULL), CC_OK);
		with_targets += targets.n > 0;
		cc_buf_deinit(&targets);
	}
	assert_true(with_targets >= 27); /* the mesh's faults need an application with a mesh */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(same_arguments_same_bytes),
		cmocka_unit_test(report_counts_what_lies_there),
		cmocka_unit_test(refuses_bad_options),
		cmocka_unit_test(size_chooses_the_rate),
		cmocka_unit_test(keeps_or_replaces_what_exists),
		cmocka_unit_test(canceled_run_leaves_nothing),
		cmocka_unit_test(out_of_memory_is_an_error),
		cmocka_unit_test(lists_are_complete),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
