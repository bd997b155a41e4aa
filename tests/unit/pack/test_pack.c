/* An incident packed and unpacked is the same incident, without what gave its answer away. */
#include "coldcase/snapshot.h"
#include "coldcase/xalloc.h"
#include "unit/pack/pack_fixture.h"

#define LOG_TEXT "Timestamp\tBody\n2025-12-15T17:00:00Z\thello\n"

static void make_incident(void)
{
	test_tree_file(&scratch, "Scenario-7/otel_logs_raw.tsv", LOG_TEXT);
	test_tree_file(&scratch, "Scenario-7/alerts/alerts_at_1.json", "[]");
	test_tree_file(&scratch, "Scenario-7/metrics/pod_a_raw.tsv", "");
	test_tree_file(&scratch, "Scenario-7/topology.json", "{}");
	test_tree_file(&scratch, "Scenario-7/ground_truth.yaml", "groups: []");
	test_tree_file(&scratch, "Scenario-7/raw/debrief.yaml", "hints: []");
	test_tree_link(&scratch, "Scenario-7/k8s_events_raw.tsv", "ground_truth.yaml");
	test_tree_file(&scratch, "Scenario-7/notes.txt", "nobody's business");
}

static cc_code pack(const char *out, cc_pack_options more, cc_pack_report *report, cc_err *err)
{
	more.dir = test_tree_path(&scratch, "Scenario-7");
	more.out = test_tree_path(&scratch, out);
	more.id = ID;
	return cc_pack_make(&more, report, err);
}

static void read_file(cc_buf *out, const char *path)
{
	cc_buf_clear(out);
	assert_int_equal(cc_file_read(out, test_tree_path(&scratch, path), 1 << 20, NULL), CC_OK);
}

static void there_and_back(void **state)
{
	(void)state;
	cc_pack_report r;
	cc_pack_list *l;
	cc_snapshot *s;
	cc_err err = { 0 };
	char digest[65];
	cc_buf text = CC_BUF_INIT;
	make_incident();
	if (pack("a.case", (cc_pack_options){ .briefing = CC_STR("# Scenario-7\n\nIt is slow.\n") }, &r, &err) != CC_OK)
		fail_msg("%s", err.message);
	assert_int_equal(r.files, 4);
	assert_int_equal(r.left_out, 0);
	assert_int_equal(cc_pack_read_list(&l, test_tree_path(&scratch, "a.case"), &err), CC_OK);
	assert_true(cc_str_eqz(l->id, ID) && l->evidence_count == 4 && l->briefing && !l->sealed && !l->truth_seal.n);
	assert_true(cc_str_eqz(l->members[1].path, "evidence/alerts/alerts_at_1.json"));
	assert_int_equal(cc_pack_unpack(test_tree_path(&scratch, "a.case"), test_tree_path(&scratch, "back"), NULL, &err), CC_OK);
	assert_int_equal(entries("back"), 3);
	assert_int_equal(entries("back/" ID), 4);
	read_file(&text, "back/" ID "/otel_logs_raw.tsv");
	assert_true(cc_str_eqz(cc_buf_str(&text), LOG_TEXT));
	read_file(&text, "back/briefing.md");
	assert_true(cc_str_eqz(cc_buf_str(&text), "# " ID "\n\nIt is slow.\n"));
	/* the digest in the list is that of the evidence, before and after */
	assert_int_equal(cc_snapshot_open(&s, test_tree_path(&scratch, "back/" ID), NULL, &err), CC_OK);
	assert_int_equal(cc_snapshot_digest(s, NULL, digest, NULL), CC_OK);
	assert_true(cc_str_eqz(l->snapshot_sha256, digest));
	cc_snapshot_free(s);
	cc_pack_list_free(l);
	cc_buf_deinit(&text);
	cc_buf_deinit(&r.note);
}

/* A path alone tells what opening the incident found. */
static void kinds_by_path(void **state)
{
	static const char *const NONE[] = { "notes.txt", "raw/x/logs.tsv", "solutions/otel_logs_raw.tsv", "alerts/a.txt", "metrics", "" };
	(void)state;
	cc_snapshot *s;
	if (cc_snapshot_open(&s, "sample-incidents/Scenario-2", &(cc_snapshot_options){ .left_out = CC_KINDS_ALL }, NULL) != CC_OK)
		skip();
	assert_true(cc_snapshot_file_count(s) > 20);
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++)
		assert_int_equal(cc_evidence_kind(cc_snapshot_file(s, i)->path), cc_snapshot_file(s, i)->kind);
	cc_snapshot_free(s);
	for (size_t i = 0; i < sizeof NONE / sizeof *NONE; i++)
		assert_int_equal(cc_evidence_kind(S(NONE[i])), CC_FILE_KINDS);
	assert_int_equal(cc_evidence_kind(CC_STR("raw/otel_logs_raw.tsv")), CC_FILE_LOGS);
}

/* Names of pods may be longer than a tar header has room for. */
static void long_names(void **state)
{
	(void)state;
	cc_pack_report r;
	cc_err err = { 0 };
	char name[220], path[300];
	memset(name, 'p', sizeof name);
	snprintf(name + 200, sizeof name - 200, "_raw.tsv");
	snprintf(path, sizeof path, "Long/metrics/pod_%s", name);
	test_tree_file(&scratch, path, "timestamp\tvalue\n");
	memcpy(name, "q", 1);
	snprintf(path, sizeof path, "Long/metrics/pod_%s", name);
	test_tree_file(&scratch, path, "timestamp\tvalue\n1\t2\n");
	cc_pack_options o = { .dir = test_tree_path(&scratch, "Long"), .out = test_tree_path(&scratch, "long.case"), .id = ID };
	if (cc_pack_make(&o, &r, &err) != CC_OK ||
		cc_pack_unpack(test_tree_path(&scratch, "long.case"), test_tree_path(&scratch, "long-back"), NULL, &err) != CC_OK)
		fail_msg("%s", err.message);
	cc_buf text = CC_BUF_INIT;
	snprintf(path, sizeof path, "long-back/" ID "/metrics/pod_%s", name);
	read_file(&text, path);
	assert_true(cc_str_eqz(cc_buf_str(&text), "timestamp\tvalue\n1\t2\n"));
	assert_int_equal(entries("long-back/" ID "/metrics"), 2);
	cc_buf_deinit(&text);
}

static void the_same_bytes_twice(void **state)
{
	(void)state;
	cc_pack_report r;
	cc_err err = { 0 };
	cc_buf one = CC_BUF_INIT, two = CC_BUF_INIT;
	make_incident();
	assert_int_equal(pack("one.case", (cc_pack_options){ 0 }, &r, NULL), CC_OK);
	make_incident(); /* other times and inodes */
	assert_int_equal(pack("two.case", (cc_pack_options){ 0 }, &r, NULL), CC_OK);
	read_file(&one, "one.case");
	read_file(&two, "two.case");
	assert_true(cc_str_eq(cc_buf_str(&one), cc_buf_str(&two)));
	/* nothing of where it was and what lay beside */
	assert_int_equal(pack("two.case", (cc_pack_options){ 0 }, &r, &err), CC_ESTATE);
	assert_says(&err, "is there already");
	assert_int_equal(pack("two.case", (cc_pack_options){ .replace = true }, &r, NULL), CC_OK);
	assert_int_equal(pack("no/such/folder.case", (cc_pack_options){ 0 }, &r, &err), CC_ENOTFOUND);
	cc_buf_deinit(&one);
	cc_buf_deinit(&two);
}

static cc_code ten_bytes(void *arg, const cc_pack_list *list, cc_buf *sealed, cc_err *err)
{
	cc_buf bound = CC_BUF_INIT;
	(void)err;
	cc_pack_list_bound(&bound, list);
	cc_buf_add(arg, cc_buf_str(&bound));
	cc_buf_deinit(&bound);
	cc_buf_addz(sealed, "ten bytes.");
	return CC_OK;
}

/* The seal is bound to what is read back of the list. */
static void the_sealed_member(void **state)
{
	(void)state;
	cc_pack_report r;
	cc_pack_list *l;
	cc_err err = { 0 };
	cc_buf bound = CC_BUF_INIT, again = CC_BUF_INIT, sealed = CC_BUF_INIT;
	char seal[100];
	snprintf(seal, sizeof seal, ID ":%064d", 7);
	make_incident();
	if (pack("sealed.case", (cc_pack_options){ .seal = ten_bytes, .seal_arg = &bound, .truth_seal = S(seal), .briefing = CC_STR("x") }, &r, &err) != CC_OK)
		fail_msg("%s", err.message);
	assert_int_equal(cc_pack_read_list(&l, test_tree_path(&scratch, "sealed.case"), &err), CC_OK);
	cc_pack_list_bound(&again, l);
	assert_true(cc_str_eq(cc_buf_str(&bound), cc_buf_str(&again)));
	assert_true(l->sealed && l->sealed->bytes == 10 && cc_str_eqz(l->truth_seal, seal));
	assert_int_equal(cc_pack_read_sealed(&sealed, test_tree_path(&scratch, "sealed.case"), NULL), CC_OK);
	assert_true(cc_str_eqz(cc_buf_str(&sealed), "ten bytes."));
	assert_int_equal(cc_pack_read_sealed(&sealed, test_tree_path(&scratch, "one.case"), &err), CC_ENOTFOUND);
	cc_pack_list_free(l);
	cc_buf_deinit(&bound);
	cc_buf_deinit(&again);
	cc_buf_deinit(&sealed);
}

static void what_cannot_be_read_is_named(void **state)
{
	(void)state;
	cc_pack_report r;
	cc_err err = { 0 };
	make_incident();
	test_tree_link(&scratch, "Scenario-7/otel_traces_raw.tsv", "missing");
	assert_int_equal(pack("less.case", (cc_pack_options){ 0 }, &r, &err), CC_OK);
	assert_int_equal(r.left_out, 1);
	assert_non_null(strstr(r.note.p, "otel_traces_raw.tsv: left out"));
	cc_buf_deinit(&r.note);
	test_tree_file(&scratch, "Scenario-7/metrics/pod_\xc3\xa9.tsv", "x");
	assert_int_equal(pack("odd.case", (cc_pack_options){ 0 }, &r, &err), CC_EFORMAT);
	assert_says(&err, "plain ASCII");
	assert_int_not_equal(access(test_tree_path(&scratch, "odd.case"), F_OK), 0);
	cc_buf_deinit(&r.note);
}

static void canceled_leaves_nothing(void **state)
{
	(void)state;
	cc_pack_report r;
	cc_cancel cancel = { .set = true };
	cc_err err = { 0 };
	unlink(test_tree_path(&scratch, "Scenario-7/metrics/pod_\xc3\xa9.tsv"));
	test_tree_dir(&scratch, "empty");
	assert_int_equal(pack("empty/a.case", (cc_pack_options){ .work.cancel = &cancel }, &r, &err), CC_ECANCELED);
	assert_int_equal(entries("empty"), 0);
	assert_int_equal(cc_pack_unpack(test_tree_path(&scratch, "one.case"), test_tree_path(&scratch, "empty/b"), &(cc_pack_work){ .cancel = &cancel }, &err),
		CC_ECANCELED);
	assert_int_equal(entries("empty"), 0);
	cc_buf_deinit(&r.note);
}

/* A list is read whole or not at all. */
static void without_memory(void **state)
{
	(void)state;
	cc_pack_list *l = NULL;
	cc_buf text = CC_BUF_INIT;
	const listed members[] = { { EVENTS, "a", AS_IS, NULL }, { LOGS, "b", AS_IS, NULL } };
	list_text(&text, members, 2);
	cc_code code = CC_ENOMEM;
	for (long i = 0; i < 2000 && code != CC_OK; i++) {
		cc_alloc_fail_after(i);
		code = cc_pack_list_parse(&l, cc_buf_str(&text), "x.case", NULL);
		cc_alloc_fail_after(-1);
		assert_true(code == CC_OK || (code == CC_ENOMEM && !l));
	}
	assert_int_equal(code, CC_OK);
	cc_pack_list_free(l);
	cc_buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(there_and_back), cmocka_unit_test(kinds_by_path), cmocka_unit_test(long_names), cmocka_unit_test(the_same_bytes_twice), cmocka_unit_test(the_sealed_member),
		cmocka_unit_test(what_cannot_be_read_is_named), cmocka_unit_test(canceled_leaves_nothing), cmocka_unit_test(without_memory),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
