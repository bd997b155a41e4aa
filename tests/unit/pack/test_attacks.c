/* A case file may come from anybody: whatever does not follow its list to the letter is refused by name, and leaves nothing behind. */
#include "unit/pack/pack_fixture.h"

#define GOOD "evidence of something"
static const listed one = { EVENTS, GOOD, AS_IS, NULL };

/* Unpacking into scratch/out/case must fail with that code and words; the file's name is among them. */
static void assert_refused(const char *file, cc_code code, const char *says)
{
	cc_err err = { 0 };
	test_tree_dir(&scratch, "out");
	assert_int_equal(cc_pack_unpack(file, test_tree_path(&scratch, "out/case"), NULL, &err), code);
	assert_says(&err, says);
	assert_says(&err, strrchr(file, '/') + 1);
	assert_int_equal(entries("out"), 0);
}

static void what_follows_the_list_is_taken(void **state)
{
	(void)state;
	cc_buf tar = CC_BUF_INIT;
	begin_tar(&tar, &one, 1);
	tar_file(&tar, EVENTS, S(GOOD));
	const char *file = put_case("good.case", &tar);
	cc_err err = { 0 };
	if (cc_pack_unpack(file, test_tree_path(&scratch, "good"), NULL, &err) != CC_OK)
		fail_msg("%s", err.message);
	cc_buf text = CC_BUF_INIT;
	assert_int_equal(cc_file_read(&text, test_tree_path(&scratch, "good/" ID "/k8s_events_raw.tsv"), 100, NULL), CC_OK);
	assert_true(cc_str_eqz(cc_buf_str(&text), GOOD));
	assert_int_equal(entries("good"), 2);
	cc_buf_deinit(&text);
}

/* --- names in the list --- */

static void names_in_the_list(void **state)
{
	static const struct { const char *path, *says; } NAMES[] = {
		{ "evidence/../../etc/cron.d/x", "leaves its folder" },
		{ "../x", "leaves its folder" },
		{ "evidence/./x", "leaves its folder" },
		{ "/etc/passwd", "has an absolute path" },
		{ "evidence//x", "has an empty part" },
		{ "evidence/x/", "has an empty part" },
		{ "evidence/", "has an empty part" },
		{ "", "has no name" },
		{ "evidence/a\\b", "plain ASCII" },
		{ "evidence/a\nb", "plain ASCII" },
		{ "evidence/\xc3\xa9", "plain ASCII" },
		{ "elsewhere/x", "belongs to no case" },
		{ "case.json", "belongs to no case" },
		{ "lock", "belongs to no case" },
		{ "evidence/ground_truth.yaml", "file with answers" },
		{ "evidence/raw/solutions/x", "file with answers" },
		{ "evidence/Debrief.yaml", "file with answers" },
		{ "evidence/1/2/3/4/5/6/7/8/9/10/11/12/x", "lies too deep" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
		cc_buf tar = CC_BUF_INIT;
		begin_tar(&tar, &(listed){ NAMES[i].path, GOOD, AS_IS, NULL }, 1);
		tar_file(&tar, NAMES[i].path, S(GOOD));
		assert_refused(put_case("named.case", &tar), CC_EFORMAT, NAMES[i].says);
	}
}

static void huge_names(void **state)
{
	char part[260], deep[900] = "evidence";
	(void)state;
	memset(part, 'a', sizeof part);
	part[0] = '/';
	part[sizeof part - 1] = 0;
	strcat(deep, part);
	assert_string_equal(cc_pack_path_problem(S(deep)), "has a name that is too long");
	part[200] = 0;
	memset(deep + 8, 0, sizeof deep - 8);
	for (int i = 0; i < 3; i++)
		strcat(deep, part);
	assert_string_equal(cc_pack_path_problem(S(deep)), "has a name that is too long");
	cc_buf tar = CC_BUF_INIT;
	begin_tar(&tar, &one, 1);
	tar_header(&tar, "././@LongLink", 'L', sizeof deep, ""); /* GNU's way to long names */
	tar_body(&tar, (cc_str){ deep, sizeof deep });
	tar_file(&tar, "short", S(GOOD));
	assert_refused(put_case("long.case", &tar), CC_EFORMAT, "is no regular file");
}

/* --- members against the list --- */

static void members_beside_the_list(void **state)
{
	(void)state;
	const struct { const char *name; char type; const char *link, *says; } MEMBERS[] = {
		{ "../../x", '0', "", "member ../../x leaves its folder" },
		{ "/etc/x", '0', "", "member /etc/x has an absolute path" },
		{ EVENTS, '2', "/etc/passwd", "is a link" },
		{ EVENTS, '1', "case.json", "is a link" },
		{ EVENTS, '0', "case.json", "is a link" },
		{ EVENTS, '3', "", "is a device or a pipe" },
		{ EVENTS, '4', "", "is a device or a pipe" },
		{ EVENTS, '6', "", "is a device or a pipe" },
		{ EVENTS, '7', "", "is no regular file" },
		{ EVENTS, 'S', "", "is no regular file" },
		{ EVENTS, 'x', "", "is no regular file" },
		{ EVENTS, 'g', "", "is no regular file" },
		{ "evidence", '5', "", "is a folder" },
		{ LOGS, '0', "", "member " LOGS " is not in the list here: " EVENTS " is" },
		{ "case.json", '0', "", "is not in the list here" },
	};
	for (size_t i = 0; i < sizeof MEMBERS / sizeof *MEMBERS; i++) {
		cc_buf tar = CC_BUF_INIT;
		bool file = MEMBERS[i].type == '0';
		begin_tar(&tar, &one, 1);
		tar_header(&tar, MEMBERS[i].name, MEMBERS[i].type, file ? strlen(GOOD) : 0, MEMBERS[i].link);
		if (file)
			tar_body(&tar, S(GOOD));
		assert_refused(put_case("member.case", &tar), CC_EFORMAT, MEMBERS[i].says);
	}
}

static void twice_missing_and_more(void **state)
{
	(void)state;
	const listed twice[] = { one, one }, two[] = { one, { LOGS, GOOD, AS_IS, NULL } }, order[] = { two[1], one };
	cc_buf tar = CC_BUF_INIT;
	begin_tar(&tar, twice, 2);
	assert_refused(put_case("twice.case", &tar), CC_EFORMAT, "is there twice");
	begin_tar(&tar, order, 2);
	assert_refused(put_case("order.case", &tar), CC_EFORMAT, "out of order");
	begin_tar(&tar, two, 2);
	tar_file(&tar, EVENTS, S(GOOD));
	tar_file(&tar, EVENTS, S(GOOD));
	assert_refused(put_case("again.case", &tar), CC_EFORMAT, "is not in the list here");
	begin_tar(&tar, two, 2);
	tar_file(&tar, EVENTS, S(GOOD));
	assert_refused(put_case("missing.case", &tar), CC_EFORMAT, "member " LOGS " is missing");
	begin_tar(&tar, &one, 1);
	tar_file(&tar, EVENTS, S(GOOD));
	tar_file(&tar, LOGS, S(GOOD));
	assert_refused(put_case("more.case", &tar), CC_EFORMAT, "member " LOGS " is not in its list");
	/* behind the end of the archive, where other programs do not look */
	begin_tar(&tar, &one, 1);
	tar_file(&tar, EVENTS, S(GOOD));
	tar_end(&tar);
	tar_file(&tar, LOGS, S(GOOD));
	assert_refused(put_case("hidden.case", &tar), CC_EFORMAT, "something follows the end of the archive");
	/* a file where another member needs a folder */
	const listed clash[] = { { "evidence/a.tsv", GOOD, AS_IS, NULL }, { "evidence/a.tsv/b.tsv", GOOD, AS_IS, NULL } };
	begin_tar(&tar, clash, 2);
	tar_file(&tar, "evidence/a.tsv", S(GOOD));
	tar_file(&tar, "evidence/a.tsv/b.tsv", S(GOOD));
	assert_refused(put_case("clash.case", &tar), CC_EIO, "evidence/a.tsv/b.tsv cannot be written");
}

static void sizes_and_sums(void **state)
{
	(void)state;
	cc_buf tar = CC_BUF_INIT;
	begin_tar(&tar, &(listed){ EVENTS, GOOD, 5, NULL }, 1);
	tar_file(&tar, EVENTS, S(GOOD));
	assert_refused(put_case("size.case", &tar), CC_EFORMAT, "has 21 bytes, and 5 in the list");
	begin_tar(&tar, &one, 1);
	tar_file(&tar, EVENTS, S("evidence of same thing"));
	assert_refused(put_case("other.case", &tar), CC_EFORMAT, "has 22 bytes, and 21");
	begin_tar(&tar, &one, 1);
	tar_file(&tar, EVENTS, S("evidence 0f something"));
	assert_refused(put_case("sum.case", &tar), CC_EFORMAT, "member " EVENTS " is damaged");
	begin_tar(&tar, &one, 1);
	tar_header(&tar, EVENTS, '0', strlen(GOOD), "");
	assert_refused(put_case("short.case", &tar), CC_EFORMAT, "short.case");
}

/* --- bombs --- */

static void bombs(void **state)
{
	(void)state;
	cc_buf tar = CC_BUF_INIT, file = CC_BUF_INIT;
	begin_tar(&tar, &(listed){ EVENTS, GOOD, (unsigned long long)50 << 30, NULL }, 1);
	assert_refused(put_case("ratio.case", &tar), CC_ELIMIT, "no incident does");
	begin_tar(&tar, &(listed){ EVENTS, GOOD, (unsigned long long)65 << 30, NULL }, 1);
	assert_refused(put_case("total.case", &tar), CC_EFORMAT, "absurd");
	const listed many[] = { { "evidence/a.tsv", "", (unsigned long long)40 << 30, NULL }, { "evidence/b.tsv", "", (unsigned long long)40 << 30, NULL } };
	begin_tar(&tar, many, 2);
	assert_refused(put_case("sum.case", &tar), CC_ELIMIT, "more than 64 GiB");
	/* a list that never ends: 4 GiB in 256 KB */
	tar_header(&tar, CC_PACK_LIST_FILE, '0', 4000000000ULL, "");
	zstd_repeat(&file, cc_buf_str(&tar), ' ', 62000);
	add_trailer(&file);
	test_tree_bytes(&scratch, "list.case", cc_buf_str(&file));
	assert_refused(test_tree_path(&scratch, "list.case"), CC_ELIMIT, "case.json is larger");
	/* zeros behind the end without end */
	cc_buf_clear(&tar);
	cc_buf_clear(&file);
	begin_tar(&tar, &one, 1);
	tar_file(&tar, EVENTS, S(GOOD));
	zstd_repeat(&file, cc_buf_str(&tar), 0, 1000000);
	add_trailer(&file);
	test_tree_bytes(&scratch, "zeros.case", cc_buf_str(&file));
	assert_refused(test_tree_path(&scratch, "zeros.case"), CC_EFORMAT, "something follows the end");
	cc_buf_deinit(&file);
	cc_buf_deinit(&tar);
}

/* zstd within zstd, which the library would take apart layer by layer. */
static void packed_twice(void **state)
{
	(void)state;
	cc_buf tar = CC_BUF_INIT, inner = CC_BUF_INIT, file = CC_BUF_INIT;
	begin_tar(&tar, &one, 1);
	tar_file(&tar, EVENTS, S(GOOD));
	tar_end(&tar);
	zstd_store(&inner, cc_buf_str(&tar));
	zstd_store(&file, cc_buf_str(&inner));
	add_trailer(&file);
	test_tree_bytes(&scratch, "nested.case", cc_buf_str(&file));
	assert_refused(test_tree_path(&scratch, "nested.case"), CC_EFORMAT, "packed several times over");
	cc_buf_clear(&file);
	cc_buf_add(&file, cc_buf_str(&tar));
	add_trailer(&file);
	test_tree_bytes(&scratch, "bare.case", cc_buf_str(&file));
	assert_refused(test_tree_path(&scratch, "bare.case"), CC_EFORMAT, "not by zstd");
	cc_buf_deinit(&file);
	cc_buf_deinit(&inner);
	cc_buf_deinit(&tar);
}

/* --- damage on the way --- */

/* Cut anywhere, or with any bit changed, or with something behind it. */
static void every_bit_counts(void **state)
{
	(void)state;
	cc_buf tar = CC_BUF_INIT, file = CC_BUF_INIT, other = CC_BUF_INIT;
	begin_tar(&tar, &one, 1);
	tar_file(&tar, EVENTS, S(GOOD));
	assert_int_equal(cc_file_read(&file, put_case("whole.case", &tar), 1 << 20, NULL), CC_OK);
	for (size_t i = 0; i < file.n; i += i < 64 || i + 64 > file.n ? 1 : 37) {
		file.p[i] ^= (char)(1 << i % 8);
		test_tree_bytes(&scratch, "bit.case", cc_buf_str(&file));
		file.p[i] ^= (char)(1 << i % 8);
		assert_refused(test_tree_path(&scratch, "bit.case"), CC_EFORMAT, "bit.case");
		test_tree_bytes(&scratch, "cut.case", cc_str_sub(cc_buf_str(&file), 0, i));
		assert_refused(test_tree_path(&scratch, "cut.case"), CC_EFORMAT, "does not end as a case file ends");
	}
	cc_buf_add(&other, cc_buf_str(&file));
	cc_buf_add_char(&other, '\n');
	test_tree_bytes(&scratch, "tail.case", cc_buf_str(&other));
	assert_refused(test_tree_path(&scratch, "tail.case"), CC_EFORMAT, "added to");
	cc_buf_deinit(&other);
	cc_buf_deinit(&file);
}

/* --- lists that are none --- */

static void lists_that_are_none(void **state)
{
	static const struct { const char *text, *says; } LISTS[] = {
		{ "", "case.json" },
		{ "[]", "no list of a case" },
		{ "{\"format\":\"tar\",\"version\":1}", "no list of a case" },
		{ "{\"format\":\"coldcase-case\",\"version\":2}", "another version of coldcase" },
		{ "{\"format\":\"coldcase-case\",\"version\":1,\"id\":\"../../x\"}", "its id is none" },
		{ "{\"format\":\"coldcase-case\",\"version\":1,\"id\":\"case-0123456789AB\"}", "its id is none" },
		{ "{\"format\":\"coldcase-case\",\"version\":1,\"id\":\"" ID "\",\"truth_seal\":7}", "no short text" },
		{ "{\"format\":\"coldcase-case\",\"version\":1,\"id\":\"" ID "\"}", "no digest" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof LISTS / sizeof *LISTS; i++) {
		cc_buf tar = CC_BUF_INIT;
		tar_file(&tar, CC_PACK_LIST_FILE, S(LISTS[i].text));
		assert_refused(put_case("list.case", &tar), CC_EFORMAT, LISTS[i].says);
	}
	cc_buf tar = CC_BUF_INIT;
	begin_tar(&tar, NULL, 0);
	assert_refused(put_case("empty.case", &tar), CC_EFORMAT, "lists no members");
	begin_tar(&tar, &(listed){ CC_PACK_BRIEFING_FILE, GOOD, AS_IS, NULL }, 1);
	assert_refused(put_case("paper.case", &tar), CC_EFORMAT, "lists no evidence");
	begin_tar(&tar, &(listed){ EVENTS, GOOD, AS_IS, "abc" }, 1);
	assert_refused(put_case("nosum.case", &tar), CC_EFORMAT, "no SHA-256");
	tar_file(&tar, EVENTS, S(GOOD));
	assert_refused(put_case("late.case", &tar), CC_EFORMAT, "does not begin with case.json");
	/* a commitment of a seal that is not there, and none for one that is */
	const listed sealed[] = { { CC_PACK_SEALED_FILE, "x", AS_IS, NULL }, one };
	begin_tar(&tar, sealed, 2);
	assert_refused(put_case("seal.case", &tar), CC_EFORMAT, "commitment to the truth is none");
}

static void what_is_no_file(void **state)
{
	(void)state;
	cc_err err = { 0 };
	cc_pack_list *list;
	test_tree_dir(&scratch, "dir.case");
	assert_int_equal(cc_pack_read_list(&list, test_tree_path(&scratch, "dir.case"), &err), CC_EFORMAT);
	assert_says(&err, "no regular file");
	assert_int_equal(cc_pack_read_list(&list, test_tree_path(&scratch, "gone.case"), &err), CC_ENOTFOUND);
	assert_false(cc_pack_is(test_tree_path(&scratch, "dir.case")));
	test_tree_file(&scratch, "notes.txt", "hello");
	assert_false(cc_pack_is(test_tree_path(&scratch, "notes.txt")));
	assert_true(cc_pack_is(test_tree_path(&scratch, "list.case")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_follows_the_list_is_taken), cmocka_unit_test(names_in_the_list), cmocka_unit_test(huge_names),
		cmocka_unit_test(members_beside_the_list), cmocka_unit_test(twice_missing_and_more), cmocka_unit_test(sizes_and_sums),
		cmocka_unit_test(bombs), cmocka_unit_test(packed_twice), cmocka_unit_test(every_bit_counts), cmocka_unit_test(lists_that_are_none),
		cmocka_unit_test(what_is_no_file),
	};
	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
