/* Whole files: reading, mapping, replacing without loss; folders; the developers' log. */
#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/log.h"
#include "unit/base/base_test.h"
#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <unistd.h>

static char folder[256];

static const char *in_folder(const char *name)
{
	static char path[2][400];
	static int turn;
	turn = !turn;
	snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
	return path[turn];
}

static int make_folder(void **state)
{
	(void)state;
	const char *tmp = getenv("COLDCASE_TEST_TMP");
	snprintf(folder, sizeof folder, "%s/file-XXXXXX", tmp ? tmp : "/tmp");
	return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	char command[300];
	snprintf(command, sizeof command, "rm -rf '%s'", folder);
	return system(command);
}

static size_t count_entries(void)
{
	size_t n = 0;
	DIR *d = opendir(folder);
	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void check_file(const char *path, const char *want)
{
	cc_buf b = CC_BUF_INIT;
	assert_int_equal(cc_file_read(&b, path, 1000000, NULL), CC_OK);
	check_buf(&b, want);
}

static void test_write_and_read(void **state)
{
	(void)state;
	const char *path = in_folder("a.txt");
	size_t before = count_entries();
	assert_int_equal(cc_file_write(path, CC_STR("one"), NULL), CC_OK);
	check_file(path, "one");
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(cc_file_write(path, CC_STR("two"), NULL), CC_OK);
	check_file(path, "two");
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(count_entries(), before + 1);
}

static void test_write_through_link(void **state)
{
	(void)state;
	assert_int_equal(cc_file_write(in_folder("real"), CC_STR("old"), NULL), CC_OK);
	assert_int_equal(symlink("real", in_folder("link")), 0);
	assert_int_equal(cc_file_write(in_folder("link"), CC_STR("new"), NULL), CC_OK);
	check_file(in_folder("real"), "new");
	struct stat st;
	assert_int_equal(lstat(in_folder("link"), &st), 0);
	assert_true(S_ISLNK(st.st_mode));
}

/* A write that cannot finish (file size limit) leaves the old file and no other. */
static void test_write_failure_keeps_old(void **state)
{
	(void)state;
	const char *path = in_folder("precious");
	assert_int_equal(cc_file_write(path, CC_STR("old"), NULL), CC_OK);
	size_t before = count_entries();
	cc_buf big = CC_BUF_INIT;
	cc_buf_add_repeat(&big, 'x', 100000);
	struct rlimit old, small;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_IGN);
	small = old;
	small.rlim_cur = 5000;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	cc_err e;
	cc_code code = cc_file_write(path, cc_buf_str(&big), &e);
	setrlimit(RLIMIT_FSIZE, &old);
	assert_int_equal(code, CC_EIO);
	assert_non_null(strstr(e.message, "precious"));
	check_file(path, "old");
	assert_int_equal(count_entries(), before);
	cc_alloc_fail_after(0);
	code = cc_file_write(path, CC_STR("new"), NULL);
	cc_alloc_fail_after(-1);
	assert_int_equal(code, CC_ENOMEM);
	check_file(path, "old");
	cc_buf_deinit(&big);
}

static void test_write_errors(void **state)
{
	(void)state;
	cc_err e;
	assert_int_equal(cc_file_write(in_folder("no/such/a"), CC_STR("x"), &e), CC_ENOTFOUND);
	assert_int_equal(cc_file_write(folder, CC_STR("x"), &e), CC_EIO);
	assert_int_equal(cc_file_write("/dev/null", CC_STR("x"), &e), CC_OK);
	struct stat st;
	assert_true(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
}

static void test_read_errors(void **state)
{
	(void)state;
	cc_buf b = CC_BUF_INIT;
	cc_err e;
	cc_buf_addz(&b, "before");
	assert_int_equal(cc_file_read(&b, in_folder("missing"), 10, &e), CC_ENOTFOUND);
	assert_non_null(strstr(e.message, "missing"));
	assert_int_equal(cc_file_read(&b, folder, 10, &e), CC_EIO);
	assert_int_equal(cc_file_write(in_folder("ten"), CC_STR("0123456789"), NULL), CC_OK);
	assert_int_equal(cc_file_read(&b, in_folder("ten"), 9, &e), CC_ELIMIT);
	check_str(cc_buf_str(&b), "before");
	assert_int_equal(cc_file_read(&b, in_folder("ten"), 10, &e), CC_OK);
	check_buf(&b, "before0123456789");
	assert_int_equal(cc_file_read(&b, "/dev/zero", 100000, &e), CC_ELIMIT);
	assert_int_equal(b.n, 0);
	cc_buf_deinit(&b);
}

static void test_map(void **state)
{
	(void)state;
	cc_filemap m;
	cc_err e;
	assert_int_equal(cc_file_write(in_folder("m"), CC_STR("mapped\0text"), NULL), CC_OK);
	assert_int_equal(cc_file_map(&m, in_folder("m"), &e), CC_OK);
	assert_true(!m.mapped && cc_str_eq(m.text, CC_STR("mapped\0text"))); /* small: a copy, safe from truncation */
	cc_file_unmap(&m);
	cc_file_unmap(&m);
	assert_int_equal(cc_file_write(in_folder("empty"), CC_STR(""), NULL), CC_OK);
	assert_int_equal(cc_file_map(&m, in_folder("empty"), &e), CC_OK);
	assert_int_equal(m.text.n, 0);
	cc_file_unmap(&m);
	assert_int_equal(cc_file_map(&m, in_folder("missing"), &e), CC_ENOTFOUND);
	assert_int_equal(m.text.n, 0);
	assert_int_equal(cc_file_map(&m, "/proc/self/status", &e), CC_OK); /* says its size is 0 */
	assert_true(!m.mapped && m.text.n > 0);
	cc_file_unmap(&m);
	cc_buf big = CC_BUF_INIT;
	for (int i = 0; i < 8192; i++)
		cc_buf_addf(&big, "%09d\n", i);
	assert_int_equal(cc_file_write(in_folder("big"), cc_buf_str(&big), NULL), CC_OK);
	assert_int_equal(cc_file_map(&m, in_folder("big"), &e), CC_OK);
	assert_true(m.mapped && cc_str_eq(m.text, cc_buf_str(&big)));
	cc_file_unmap(&m);
	cc_buf_deinit(&big);
}

static void test_folders(void **state)
{
	(void)state;
	cc_err e;
	struct stat st;
	assert_int_equal(cc_dir_make(in_folder("x/y/z/"), &e), CC_OK);
	assert_int_equal(cc_dir_make(in_folder("x/y/z"), &e), CC_OK);
	assert_int_equal(stat(in_folder("x/y"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	assert_int_equal(cc_file_write(in_folder("f"), CC_STR(""), NULL), CC_OK);
	assert_int_equal(cc_dir_make(in_folder("f/g"), &e), CC_ENOTFOUND);
	assert_int_equal(cc_dir_make("", &e), CC_ENOTFOUND);
}

static void check_join(const char *dir, const char *name, const char *want)
{
	cc_buf b = CC_BUF_INIT;
	cc_path_join(&b, dir, name);
	check_buf(&b, want);
}

static void test_path_join(void **state)
{
	(void)state;
	check_join("a", "b", "a/b");
	check_join("a/", "b", "a/b");
	check_join("/", "b", "/b");
	check_join("", "b", "b");
	check_join("a/", "/b", "a/b");
	check_join("a", "/b", "a/b");
}

static void check_xdg(char kind, const char *want)
{
	cc_buf b = CC_BUF_INIT;
	assert_int_equal(cc_xdg_dir(&b, kind, NULL), CC_OK);
	check_buf(&b, want);
}

static void test_xdg(void **state)
{
	(void)state;
	setenv("HOME", "/h", 1);
	unsetenv("XDG_DATA_HOME");
	unsetenv("XDG_STATE_HOME");
	setenv("XDG_CONFIG_HOME", "/cfg/", 1);
	setenv("XDG_CACHE_HOME", "relative", 1);
	check_xdg('c', "/cfg/coldcase");
	check_xdg('d', "/h/.local/share/coldcase");
	check_xdg('s', "/h/.local/state/coldcase");
	check_xdg('k', "/h/.cache/coldcase");
	unsetenv("HOME");
	cc_buf b = CC_BUF_INIT, want = CC_BUF_INIT;
	cc_err e;
	const struct passwd *pw = getpwuid(getuid());
	if (pw && pw->pw_dir[0] == '/') {
		cc_buf_addf(&want, "%s/.local/share/coldcase", strcmp(pw->pw_dir, "/") == 0 ? "" : pw->pw_dir);
		check_xdg('d', want.p);
	} else {
		assert_int_equal(cc_xdg_dir(&b, 'd', &e), CC_ESTATE);
		assert_non_null(strstr(e.hint, "XDG_DATA_HOME"));
		assert_int_equal(b.n, 0);
	}
	cc_buf_deinit(&b);
	cc_buf_deinit(&want);
}

static void test_log(void **state)
{
	(void)state;
	cc_log_line("nobody hears %d", 1);
	cc_clock_fake_set(5000000);
	cc_log_open(in_folder("log"));
	cc_log_line("hello %s", "a\nb\x1b");
	cc_log_line("%s", "second");
	cc_log_open(NULL);
	cc_log_line("closed");
	cc_clock_fake_off();
	check_file(in_folder("log"), "5 hello a␊b␛\n5 second\n");
	cc_log_open(in_folder("no/such/log"));
	cc_log_line("still fine");
	cc_log_open(NULL);
}

/* What a killed program left of its last line stays by itself; nothing is waited for, no link is followed where others write. */
static void lines_are_added_whole(void **state)
{
	cc_buf text = CC_BUF_INIT;
	char path[512], link[512], pipe[512];
	cc_filemap map;
	cc_err err;

	(void)state;
	snprintf(path, sizeof path, "%s", in_folder("lines"));
	snprintf(link, sizeof link, "%s", in_folder("lines-link"));
	snprintf(pipe, sizeof pipe, "%s", in_folder("lines-pipe"));
	assert_int_equal(cc_file_add_line(path, CC_STR("one"), false, NULL), CC_OK);
	assert_int_equal(cc_file_read(&text, path, 100, NULL), CC_OK);
	assert_string_equal(text.p, "one\n");
	assert_int_equal(cc_file_write(path, CC_STR("one\n{\"tor"), NULL), CC_OK);
	assert_int_equal(cc_file_add_line(path, CC_STR("two"), true, NULL), CC_OK);
	cc_buf_clear(&text);
	assert_int_equal(cc_file_read(&text, path, 100, NULL), CC_OK);
	assert_string_equal(text.p, "one\n{\"tor\ntwo\n");
	assert_int_equal(symlink(path, link), 0);
	assert_int_equal(cc_file_add_line(link, CC_STR("x"), true, &err), CC_EFORMAT);
	assert_int_equal(cc_file_add_line(link, CC_STR("x"), false, NULL), CC_OK);
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(cc_file_add_line(pipe, CC_STR("x"), false, &err), CC_EFORMAT);
	cc_buf_clear(&text);
	assert_int_equal(cc_file_read_shared(&text, pipe, 100, &err), CC_EFORMAT);
	assert_int_equal(cc_file_read_shared(&text, link, 100, &err), CC_EFORMAT);
	assert_int_equal(cc_file_read_shared(&text, "/dev/zero", 100, &err), CC_EFORMAT);
	assert_int_equal(cc_file_read_shared(&text, path, 5, &err), CC_ELIMIT);
	assert_int_equal(text.n, 0);
	assert_int_equal(cc_file_map_shared(&map, pipe, &err), CC_EFORMAT);
	assert_int_equal(cc_file_map_shared(&map, link, &err), CC_EFORMAT);
	assert_int_equal(cc_file_map_shared(&map, "/dev/zero", &err), CC_EFORMAT);
	assert_int_equal(cc_file_map_shared(&map, in_folder("none"), &err), CC_ENOTFOUND);
	assert_int_equal(map.text.n, 0);
	assert_int_equal(cc_file_map_shared(&map, path, NULL), CC_OK);
	assert_true(cc_str_eqz(map.text, "one\n{\"tor\ntwo\nx\n"));
	cc_file_unmap(&map);
	assert_int_equal(cc_file_put_shared(link, CC_STR("mine"), NULL), CC_OK);
	assert_int_equal(cc_file_put_shared(pipe, CC_STR("mine"), NULL), CC_OK);
	assert_int_equal(cc_file_read_shared(&text, pipe, 100, NULL), CC_OK);
	assert_string_equal(text.p, "mine");
	cc_buf_clear(&text);
	assert_int_equal(cc_file_read_shared(&text, path, 100, NULL), CC_OK);
	assert_string_equal(text.p, "one\n{\"tor\ntwo\nx\n");     /* what the link led to is as it was */
	cc_buf_deinit(&text);
}

static void test_pipes_are_not_inherited(void **state)
{
	int ends[2];
	(void)state;
	assert_true(cc_pipe(ends));
	assert_true(fcntl(ends[0], F_GETFD) & FD_CLOEXEC && fcntl(ends[1], F_GETFD) & FD_CLOEXEC);
	assert_int_equal(cc_fd_write(ends[1], CC_STR("x")), 0);
	close(ends[0]);
	close(ends[1]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_write_and_read),
		cmocka_unit_test(test_write_through_link),
		cmocka_unit_test(test_write_failure_keeps_old),
		cmocka_unit_test(test_write_errors),
		cmocka_unit_test(test_read_errors),
		cmocka_unit_test(test_map),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_path_join),
		cmocka_unit_test(test_xdg),
		cmocka_unit_test(lines_are_added_whole),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_pipes_are_not_inherited),
	};
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
