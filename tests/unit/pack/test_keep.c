/* Cases are unpacked once, used again while nothing in them changed, and dropped when there is too much of them - never one in use. */
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include "unit/pack/pack_fixture.h"

static int keep_begin(void **state)
{
	int status = scratch_make(state);
	setenv("XDG_CACHE_HOME", test_tree_path(&scratch, "cache"), 1);
	return status;
}

/* A case of one file, whose id ends so. */
static const char *put_small(const char *name, const char *id, const char *text)
{
	cc_buf tar = CC_BUF_INIT, list = CC_BUF_INIT;
	list_text(&list, &(listed){ EVENTS, text, AS_IS, NULL }, 1);
	memcpy(strstr(list.p, ID), id, strlen(ID));
	tar_file(&tar, CC_PACK_LIST_FILE, cc_buf_str(&list));
	tar_file(&tar, EVENTS, S(text));
	cc_buf_deinit(&list);
	return put_case(name, &tar);
}

static ino_t inode_of(const char *path)
{
	struct stat st;
	return stat(test_tree_path(&scratch, path), &st) == 0 ? st.st_ino : 0;
}

/* In a process of its own, for a case is held until its process ends. */
static int keep_elsewhere(const char *file, uint64_t most)
{
	int status;
	pid_t pid = fork();
	if (pid == 0) {
		cc_buf dir = CC_BUF_INIT;
		_exit(cc_pack_keep(&dir, file, NULL, most, NULL) == CC_OK ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
}

#define PLACE(id) "cache/coldcase/cases/" id "/" id "/k8s_events_raw.tsv"

static void used_again_while_it_holds(void **state)
{
	(void)state;
	const char *file = put_small("a.case", ID, "evidence");
	cc_buf dir = CC_BUF_INIT, text = CC_BUF_INIT;
	struct stat st;
	assert_int_equal(keep_elsewhere(file, 0), 0);
	assert_int_equal(stat(test_tree_path(&scratch, "cache/coldcase/cases"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	ino_t first = inode_of(PLACE(ID));
	assert_true(first);
	assert_int_equal(keep_elsewhere(file, 0), 0);
	assert_true(inode_of(PLACE(ID)) == first);
	/* copied in its place, the same bytes: summed again, and believed */
	test_tree_file(&scratch, PLACE(ID), "evidence");
	ino_t second = inode_of(PLACE(ID));
	assert_int_equal(keep_elsewhere(file, 0), 0);
	assert_true(inode_of(PLACE(ID)) == second);
	/* other bytes of the same length: unpacked anew */
	test_tree_file(&scratch, PLACE(ID), "3vidence");
	assert_int_equal(keep_elsewhere(file, 0), 0);
	assert_int_equal(cc_file_read(&text, test_tree_path(&scratch, PLACE(ID)), 100, NULL), CC_OK);
	assert_true(cc_str_eqz(cc_buf_str(&text), "evidence"));
	unlink(test_tree_path(&scratch, PLACE(ID)));
	assert_int_equal(cc_pack_keep(&dir, file, NULL, 0, NULL), CC_OK);
	assert_true(cc_str_ends(cc_buf_str(&dir), CC_STR("/coldcase/cases/" ID "/" ID)) && inode_of(PLACE(ID)));
	assert_int_equal(entries("cache/coldcase/cases"), 1);
	cc_buf_deinit(&dir);
	cc_buf_deinit(&text);
}

/* Another file that claims the same id gets its own evidence, not the one that is there. */
static void an_id_claimed_twice(void **state)
{
	(void)state;
	cc_buf text = CC_BUF_INIT;
	assert_int_equal(keep_elsewhere(put_small("b.case", "case-0000000000b1", "mine"), 0), 0);
	assert_int_equal(keep_elsewhere(put_small("c.case", "case-0000000000b1", "not mine"), 0), 0);
	assert_int_equal(cc_file_read(&text, test_tree_path(&scratch, PLACE("case-0000000000b1")), 100, NULL), CC_OK);
	assert_true(cc_str_eqz(cc_buf_str(&text), "not mine"));
	cc_buf_deinit(&text);
}

static void the_oldest_go_first(void **state)
{
	(void)state;
	cc_buf dir = CC_BUF_INIT;
	char id[] = "case-0000000000c0", name[] = "c0.case";
	static const char KB[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
	for (int i = 0; i < 4; i++) {
		id[16] = name[1] = (char)('0' + i);
		const char *file = put_small(name, id, KB);
		if (i == 0) /* in use, and the oldest */
			assert_int_equal(cc_pack_keep(&dir, file, NULL, 250, NULL), CC_OK);
		else
			assert_int_equal(keep_elsewhere(file, 250), 0);
		usleep(20000); /* their times are to differ */
	}
	assert_true(inode_of(PLACE("case-0000000000c0")) && inode_of(PLACE("case-0000000000c3")));
	assert_false(inode_of(PLACE("case-0000000000c1")) || inode_of(PLACE("case-0000000000c2")));
	/* what a killed process left goes with the next one */
	test_tree_file(&scratch, "cache/coldcase/cases/.new-1-case-0000000000d0/x", "half");
	assert_int_equal(keep_elsewhere(put_small("d.case", "case-0000000000d0", KB), 250), 0);
	assert_int_equal(entries("cache/coldcase/cases/.new-1-case-0000000000d0"), 0);
	cc_buf_deinit(&dir);
}

/* Names in the cache that are links lead nowhere. */
static void links_are_not_followed(void **state)
{
	(void)state;
	const char *file = put_small("e.case", "case-0000000000e0", "evidence");
	test_tree_file(&scratch, "victim/case-0000000000e0/k8s_events_raw.tsv", "precious");
	test_tree_link(&scratch, "cache/coldcase/cases/case-0000000000e0", test_tree_path(&scratch, "victim"));
	assert_int_equal(keep_elsewhere(file, 0), 0);
	assert_int_equal(entries("victim"), 1);
	assert_int_equal(entries("victim/case-0000000000e0"), 1);
}

static void where_nothing_can_be_written(void **state)
{
	(void)state;
	const char *file = put_small("f.case", "case-0000000000f0", "evidence");
	cc_buf dir = CC_BUF_INIT;
	cc_err err = { 0 };
	test_tree_file(&scratch, "a-file", "");
	setenv("XDG_CACHE_HOME", test_tree_path(&scratch, "a-file"), 1);
	assert_int_not_equal(cc_pack_keep(&dir, file, NULL, 0, &err), CC_OK);
	assert_says(&err, "a-file");
	assert_says(&err, "XDG_CACHE_HOME");
	setenv("XDG_CACHE_HOME", test_tree_path(&scratch, "cache"), 1);
	test_tree_dir(&scratch, "locked/coldcase/cases");
	chmod(test_tree_path(&scratch, "locked/coldcase/cases"), 0500);
	if (test_be_nobody(&scratch)) {
		setenv("XDG_CACHE_HOME", test_tree_path(&scratch, "locked"), 1);
		cc_code code = cc_pack_keep(&dir, file, NULL, 0, &err);
		test_be_self();
		assert_true(code == CC_EACCESS || code == CC_EIO);
		assert_says(&err, "XDG_CACHE_HOME");
		setenv("XDG_CACHE_HOME", test_tree_path(&scratch, "cache"), 1);
	}
	cc_buf_deinit(&dir);
}

/* A disk that is full in the middle: a limit on the size of files does the same. */
static void a_full_disk(void **state)
{
	(void)state;
	char text[9000];
	int status;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = 0;
	const char *file = put_small("full.case", "case-0000000000f1", text);
	pid_t pid = fork();
	if (pid == 0) {
		cc_buf dir = CC_BUF_INIT;
		cc_err err = { 0 };
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &(struct rlimit){ 4096, 4096 });
		cc_code code = cc_pack_keep(&dir, file, NULL, 0, &err);
		_exit(code == CC_EIO && strstr(err.message, "full.case: member " EVENTS " cannot be written") ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_false(inode_of(PLACE("case-0000000000f1")));
	assert_int_equal(inode_of("cache/coldcase/cases/case-0000000000f1"), 0);
}

static void papers_beside_the_evidence(void **state)
{
	(void)state;
	cc_pack_list *l;
	cc_buf papers = CC_BUF_INIT;
	cc_err err = { 0 };
	const char *dir = test_tree_path(&scratch, "unpacked");
	assert_int_equal(cc_pack_unpack(put_small("g.case", ID, "evidence"), dir, NULL, &err), CC_OK);
	for (int inner = 0; inner < 2; inner++) {
		cc_buf_clear(&papers);
		assert_int_equal(cc_pack_papers(&l, &papers, test_tree_path(&scratch, inner ? "unpacked/" ID : "unpacked"), &err), CC_OK);
		assert_true(cc_str_eqz(l->id, ID) && cc_str_ends(cc_buf_str(&papers), CC_STR("/unpacked")));
		cc_pack_list_free(l);
	}
	test_tree_dir(&scratch, "unpacked/case-ffffffffffff");
	assert_int_equal(cc_pack_papers(&l, NULL, test_tree_path(&scratch, "unpacked/case-ffffffffffff"), &err), CC_ENOTFOUND);
	assert_int_equal(cc_pack_papers(&l, NULL, test_tree_path(&scratch, "victim"), &err), CC_ENOTFOUND);
	cc_buf_deinit(&papers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(used_again_while_it_holds), cmocka_unit_test(an_id_claimed_twice), cmocka_unit_test(the_oldest_go_first),
		cmocka_unit_test(links_are_not_followed), cmocka_unit_test(where_nothing_can_be_written), cmocka_unit_test(a_full_disk),
		cmocka_unit_test(papers_beside_the_evidence),
	};
	return cmocka_run_group_tests(tests, keep_begin, scratch_remove);
}
