/* Finding scenarios in every layout the data sets come in. */
#include "coldcase/discover.h"
#include "coldcase/snapshot.h"
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "unit/snapshot/snapshot_test.h"

static cc_arena *arena;
static cc_scenario_vec found;

static int setup(void **state)
{
	static test_tree tree;
	test_tree_make(&tree);
	arena = cc_arena_new();
	*state = &tree;
	return arena ? 0 : -1;
}

static int teardown(void **state)
{
	cc_vec_deinit(&found);
	cc_arena_free(arena);
	test_tree_remove(*state);
	return 0;
}

/* A scenario of one log file. */
static void scenario(test_tree *t, const char *dir)
{
	char path[512];
	snprintf(path, sizeof path, "%s/otel_logs_raw.tsv", dir);
	test_tree_file(t, path, "Timestamp\tBody\n");
}

/* "name:source …" of what is below a path. */
static const char *names(test_tree *t, const char *below)
{
	static char out[1024];
	cc_buf b = CC_BUF_INIT;
	cc_err err;
	cc_vec_deinit(&found);
	cc_code code = cc_discover(&found, arena, test_tree_path(t, below), &err);
	if (code != CC_OK)
		cc_buf_addf(&b, "%s", cc_code_name(code));
	for (size_t i = 0; i < found.n; i++)
		cc_buf_addf(&b, "%s%.*s:%.*s", i ? " " : "", CC_STR_ARG(found.p[i].name), CC_STR_ARG(found.p[i].source));
	snprintf(out, sizeof out, "%s", b.p ? b.p : "");
	cc_buf_deinit(&b);
	return out;
}

static void conformance_10_layout_1_lite_checkout(void **state)
{
	test_tree *t = *state;
	scenario(t, "r/snapshots/sre/v0.2-B96DF826/Scenario-10");
	scenario(t, "r/snapshots/sre/v0.2-B96DF826/Scenario-9");
	scenario(t, "r/snapshots/finops/v1/Scenario-3");
	scenario(t, "r/snapshots/ciso/v0.1/Scenario-4");
	assert_string_equal(names(t, "r"), "Scenario-9:ITBench-Lite Scenario-10:ITBench-Lite");
	assert_string_equal(names(t, "r/snapshots"), "Scenario-9:ITBench-Lite Scenario-10:ITBench-Lite");
	assert_string_equal(names(t, "r/snapshots/sre"), "Scenario-9:ITBench-Lite Scenario-10:ITBench-Lite");
	assert_string_equal(names(t, "r/snapshots/sre/v0.2-B96DF826"), "Scenario-9:ITBench-Lite Scenario-10:ITBench-Lite");
	assert_string_equal(names(t, "r/snapshots/sre/v0.2-B96DF826/Scenario-9"), "Scenario-9:ITBench-Lite");
}

static void conformance_10_layout_2_aa_checkout(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "ITBench-AA/sre/data.jsonl", "{}\n");
	scenario(t, "ITBench-AA/sre/Scenario-3");
	scenario(t, "ITBench-AA/sre/Scenario-40");
	assert_string_equal(names(t, "ITBench-AA"), "Scenario-3:ITBench-AA Scenario-40:ITBench-AA");
	assert_string_equal(names(t, "ITBench-AA/sre"), "Scenario-3:ITBench-AA Scenario-40:ITBench-AA");
}

static void conformance_10_layout_3_hub_cache(void **state)
{
	test_tree *t = *state;
	const char *ds = "hub/datasets--ibm-research--ITBench-Lite";
	char path[512];
	test_tree_file(t, "hub/datasets--ibm-research--ITBench-Lite/blobs/aa", "Timestamp\tBody\n2025-12-15 17:24:32\tx\n");
	snprintf(path, sizeof path, "%s/snapshots/old/snapshots/sre/v9/Scenario-1/otel_logs_raw.tsv", ds);
	test_tree_link(t, path, "../../../../../../blobs/aa");
	snprintf(path, sizeof path, "%s/snapshots/new/snapshots/sre/v10/Scenario-2/otel_logs_raw.tsv", ds);
	test_tree_link(t, path, "../../../../../../blobs/aa");
	snprintf(path, sizeof path, "%s/snapshots/new/snapshots/sre/v10/Scenario-2/otel_traces_raw.tsv", ds);
	test_tree_link(t, path, "../../../../../../blobs/missing");
	struct timespec past[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	snprintf(path, sizeof path, "%s/snapshots/old", ds);
	assert_int_equal(utimensat(AT_FDCWD, test_tree_path(t, path), past, 0), 0);
	assert_string_equal(names(t, "hub"), "Scenario-2:ITBench-Lite");
	assert_int_equal(found.p[0].bytes, 37);
	assert_int_equal(found.p[0].dangling, 1);
	assert_int_equal(found.p[0].kinds, 1u << CC_FILE_LOGS | 1u << CC_FILE_TRACES);
	snprintf(path, sizeof path, "%s/refs/main", ds);
	test_tree_file(t, path, "old\n");
	assert_string_equal(names(t, "hub"), "Scenario-1:ITBench-Lite");
	assert_string_equal(names(t, ds), "Scenario-1:ITBench-Lite");
	assert_string_equal(names(t, "."), "Scenario-1:ITBench-Lite");
	test_tree_file(t, path, "../../../../etc\n");
	assert_string_equal(names(t, ds), "Scenario-2:ITBench-Lite");
}

static void conformance_10_layout_4_flat_and_lenient_names(void **state)
{
	test_tree *t = *state;
	scenario(t, "flat/Scenario-2");
	scenario(t, "flat/scenario_1");
	scenario(t, "flat/incident-3");
	scenario(t, "flat/12");
	scenario(t, "flat/sre/Scenario-7");
	scenario(t, "flat/Scenarios/Scenario-8");
	test_tree_dir(t, "flat/Scenario-99");
	test_tree_file(t, "flat/notes/readme.md", "x");
	test_tree_file(t, "flat/topo/operational_topology.json", "{}");
	assert_string_equal(names(t, "flat"), "12:flat Scenario-2:flat Scenario-7:flat Scenario-8:flat incident-3:flat scenario_1:flat");
	assert_string_equal(names(t, "flat/Scenario-2"), "Scenario-2:flat");
	assert_string_equal(names(t, "flat/Scenario-2/"), "Scenario-2:flat");
	test_tree_file(t, "home/user/alerts/alerts_at_2025-12-15T18-17-09.json", "[]");
	assert_string_equal(names(t, "home/user"), "user:flat");
}

static void conformance_10_layout_5_live_export(void **state)
{
	test_tree *t = *state;
	test_tree_file(t, "live/observability_information_from_clickhouse/raw/otel_logs.tsv", "Timestamp\tBody\n");
	assert_string_equal(names(t, "live"), "live:flat");
}

static void test_the_same_folder_by_two_paths_counts_once(void **state)
{
	test_tree *t = *state;
	scenario(t, "x/Scenario-1");
	test_tree_link(t, "x/latest", "Scenario-1");
	test_tree_link(t, "x/sre", ".");
	names(t, "x");
	assert_int_equal(found.n, 1);
}

static void test_dot_gets_the_folders_real_name(void **state)
{
	test_tree *t = *state;
	char before[1024];
	scenario(t, "Scenario-5");
	assert_non_null(getcwd(before, sizeof before));
	assert_int_equal(chdir(test_tree_path(t, "Scenario-5")), 0);
	cc_code code = cc_discover(&found, arena, ".", NULL);
	assert_int_equal(chdir(before), 0);
	assert_int_equal(code, CC_OK);
	assert_str(found.p[0].name, "Scenario-5");
}

static void test_errors_say_what_to_do(void **state)
{
	test_tree *t = *state;
	cc_err err;
	cc_snapshot *s;
	assert_int_equal(cc_discover(&found, arena, test_tree_path(t, "absent"), &err), CC_ENOTFOUND);
	assert_true(err.hint[0]);
	test_tree_file(t, "file.tsv", "x");
	assert_int_equal(cc_discover(&found, arena, test_tree_path(t, "file.tsv"), &err), CC_EFORMAT);
	assert_true(err.hint[0]);
	test_tree_dir(t, "empty");
	assert_int_equal(cc_discover(&found, arena, test_tree_path(t, "empty"), &err), CC_EFORMAT);
	assert_non_null(strstr(err.message, "holds no incident snapshot"));
	assert_non_null(strstr(err.hint, "Scenario-N"));
	assert_int_equal(cc_snapshot_open(&s, test_tree_path(t, "empty"), NULL, &err), CC_EFORMAT);
	assert_null(s);
	test_tree_file(t, "secrets/ground_truth.yaml", "x: y");
	assert_int_equal(cc_discover(&found, arena, test_tree_path(t, "secrets"), &err), CC_EFORMAT);
	scenario(t, "two/Scenario-1");
	scenario(t, "two/Scenario-2");
	assert_int_equal(cc_snapshot_open(&s, test_tree_path(t, "two"), NULL, &err), CC_EAMBIGUOUS);
	assert_non_null(strstr(err.hint, "coldcase list"));
	scenario(t, "one/sre/Scenario-6");
	assert_int_equal(cc_snapshot_open(&s, test_tree_path(t, "one"), NULL, &err), CC_OK);
	assert_str(cc_snapshot_name(s), "Scenario-6");
	cc_snapshot_free(s);
	assert_int_equal(found.n, 0);
}

static void test_unreadable_folder(void **state)
{
	test_tree *t = *state;
	cc_err err;
	test_tree_dir(t, "closed");
	chmod(test_tree_path(t, "closed"), 0);
	if (!test_be_nobody(t))
		skip();
	cc_code code = cc_discover(&found, arena, test_tree_path(t, "closed"), &err);
	test_be_self();
	assert_int_equal(code, CC_EACCESS);
	assert_true(err.hint[0]);
}

/* Containers that each lead back to the top: every way through them would be 8^7 folders. */
static void test_circles_of_containers_end(void **state)
{
	static const char *const containers[] = { "sre", "Scenarios", "scenarios", "snapshots", "incidents", "sample-incidents", "hub", "data" };
	test_tree *t = *state;
	char path[64];
	scenario(t, "c/Scenario-1");
	for (size_t i = 0; i < sizeof containers / sizeof *containers; i++) {
		snprintf(path, sizeof path, "c/%s", containers[i]);
		test_tree_link(t, path, ".");
	}
	assert_string_equal(names(t, "c"), "Scenario-1:flat");
}

static void test_a_pipe_as_revision_name_is_not_waited_for(void **state)
{
	test_tree *t = *state;
	scenario(t, "datasets--x/snapshots/sha/sre/Scenario-3");
	test_tree_dir(t, "datasets--x/refs");
	assert_int_equal(mkfifo(test_tree_path(t, "datasets--x/refs/main"), 0600), 0);
	alarm(10);
	assert_string_equal(names(t, "datasets--x"), "Scenario-3:hub cache");
	alarm(0);
}

static void test_known_places(void **state)
{
	test_tree *t = *state;
	scenario(t, "prog/sample-incidents/Scenario-1");
	scenario(t, "data/coldcase/incidents/mine");
	scenario(t, "hf/datasets--ArtificialAnalysis--ITBench-AA/snapshots/sha/sre/Scenario-3");
	setenv("XDG_DATA_HOME", test_tree_path(t, "data"), 1);
	setenv("HF_HUB_CACHE", test_tree_path(t, "hf"), 1);
	assert_int_equal(cc_discover_known(&found, arena, test_tree_path(t, "prog"), NULL), CC_OK);
	unsetenv("HF_HUB_CACHE");
	bool sample = false, mine = false, hub = false;
	for (size_t i = 0; i < found.n; i++) {
		sample |= cc_str_eqz(found.p[i].source, "sample") && cc_str_eqz(found.p[i].name, "Scenario-1");
		mine |= cc_str_eqz(found.p[i].source, "own") && cc_str_eqz(found.p[i].name, "mine");
		hub |= cc_str_eqz(found.p[i].source, "ITBench-AA") && cc_str_eqz(found.p[i].name, "Scenario-3");
	}
	assert_true(sample && mine && hub);
	setenv("HF_HUB_CACHE", test_tree_path(t, "nothing-here"), 1);
	assert_int_equal(cc_discover_known(&found, arena, NULL, NULL), CC_OK);
	unsetenv("HF_HUB_CACHE");
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(conformance_10_layout_1_lite_checkout),
		tree_test(conformance_10_layout_2_aa_checkout),
		tree_test(conformance_10_layout_3_hub_cache),
		tree_test(conformance_10_layout_4_flat_and_lenient_names),
		tree_test(conformance_10_layout_5_live_export),
		tree_test(test_the_same_folder_by_two_paths_counts_once),
		tree_test(test_dot_gets_the_folders_real_name),
		tree_test(test_errors_say_what_to_do),
		tree_test(test_unreadable_folder),
		tree_test(test_circles_of_containers_end),
		tree_test(test_a_pipe_as_revision_name_is_not_waited_for),
		tree_test(test_known_places),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
