/* test_sandbox.c - ways out of the sandbox that must not be ways out, and what a command gets; each test once for every way the
 * view of files is made. Skipped, with the reason, where it cannot be. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "coldcase/sandbox.h"
#include "coldcase/clock.h"
#include "support/scratch.h"

static cc_snapshot *snapshot;
static cc_sandbox *boxes[CC_SANDBOX_BWRAP + 1];
static cc_sandbox *box;              /* of the test that runs */
static cc_sandbox_way way;

static cc_sandbox_limits small(void)
{
	cc_sandbox_limits l = cc_sandbox_defaults();
	l.wall_ns = 20 * CC_NS_PER_S;
	l.scratch = 8 << 20;
	l.memory = 512u << 20;
	l.output = 4 << 20;
	l.processes = 24;
	return l;
}

static int open_boxes(void **state)
{
	cc_err err = { 0 };
	cc_sandbox_limits l = small();
	scratch_make(state);
	if (cc_snapshot_open(&snapshot, "sample-incidents/Scenario-1", &(cc_snapshot_options){ .left_out = CC_KINDS_ALL }, &err) != CC_OK)
		return -1;
	for (cc_sandbox_way w = CC_SANDBOX_OWN; w <= CC_SANDBOX_BWRAP; w++)
		if (cc_sandbox_open(&boxes[w], snapshot, &l, w, &err) != CC_OK) {
			fprintf(stderr, "tests of the sandbox (%s) are skipped: %s\n", cc_sandbox_way_name(w), err.message);
			printf("# %s: %s\n", cc_sandbox_way_name(w), err.message);
		}
	return 0;
}

static int close_boxes(void **state)
{
	for (cc_sandbox_way w = CC_SANDBOX_OWN; w <= CC_SANDBOX_BWRAP; w++)
		cc_sandbox_close(boxes[w]);
	cc_snapshot_free(snapshot);
	return scratch_remove(state);
}

static int take_box(void **state)
{
	way = *(cc_sandbox_way *)*state;
	box = boxes[way];
	assert_true(!box || cc_sandbox_way_of(box) == way);
	return 0;
}

static cc_sandbox_result run_for(const char *command, cc_cancel *cancel)
{
	cc_sandbox_result r;
	cc_err err = { 0 };
	if (!box)
		skip();
	if (cc_sandbox_run(box, cc_str_from(command), cancel, &r, &err) != CC_OK)
		fail_msg("%s: %s", command, err.message);
	return r;
}

static bool says(const cc_buf *b, const char *text)
{
	return cc_str_find(cc_buf_str(b), cc_str_from(text)) != CC_STR_NONE;
}

static void works(const char *command, const char *printed)
{
	cc_sandbox_result r = run_for(command, NULL);
	if (r.exit_code != 0 || r.killed || !says(&r.out, printed))
		fail_msg("%s: exit %d, %s, out: %.*s err: %.*s", command, r.exit_code, r.killed ? r.killed : "", CC_STR_ARG(cc_buf_str(&r.out)),
			CC_STR_ARG(cc_buf_str(&r.err)));
	cc_sandbox_result_deinit(&r);
}

/* The command fails and prints nothing of what it was after. */
static void refused(const char *command)
{
	cc_sandbox_result r = run_for(command, NULL);
	if (r.exit_code == 0 || r.out.n)
		fail_msg("%s: exit %d, out: %.*s", command, r.exit_code, CC_STR_ARG(cc_buf_str(&r.out)));
	cc_sandbox_result_deinit(&r);
}

static void killed(const char *command, const char *why)
{
	cc_sandbox_result r = run_for(command, NULL);
	if (!r.killed || strcmp(r.killed, why) != 0 || r.exit_code != 124)
		fail_msg("%s: exit %d, %s, err: %.*s", command, r.exit_code, r.killed ? r.killed : "not killed", CC_STR_ARG(cc_buf_str(&r.err)));
	cc_sandbox_result_deinit(&r);
}

static void test_a_command_works(void **state)
{
	(void)state;
	works("ls " CC_SANDBOX_EVIDENCE "; head -1 /evidence/otel_logs_raw.tsv", "otel_logs_raw.tsv");
	works("pwd", CC_SANDBOX_SCRATCH);
	works("echo kept > note", "");
	works("cat note; x=1; mktemp", "kept");
	works("grep -c . /evidence/k8s_events_raw.tsv | sort | awk '{print \"rows\", ($1 > 10)}'", "rows 1");
	cc_sandbox_result r = run_for("echo out; echo err >&2; exit 7", NULL);
	assert_int_equal(r.exit_code, 7);
	assert_true(says(&r.out, "out\n") && says(&r.err, "err\n"));
	cc_sandbox_result_deinit(&r);
	r = run_for("kill -9 $$", NULL);
	assert_int_equal(r.exit_code, 137);
	assert_null(r.killed);
	cc_sandbox_result_deinit(&r);
}

static void test_files_outside_are_not_there(void **state)
{
	char command[1200], cwd[512], secret[600];
	(void)state;
	assert_non_null(getcwd(cwd, sizeof cwd));
	refused("cat /etc/shadow");
	refused("cat /etc/passwd");
	refused("ls -A /root /home/user/../../root");
	snprintf(secret, sizeof secret, "%s/secret", scratch.root);
	FILE *f = fopen(secret, "w");
	assert_non_null(f);
	fputs("secret", f);
	fclose(f);
	chmod(secret, 0644);
	snprintf(command, sizeof command, "cat %s", secret);
	refused(command);
	snprintf(command, sizeof command, "ln -sf %s link && cat link", secret);
	refused(command);
	snprintf(command, sizeof command, "ln %s hard && cat hard", secret);
	refused(command);
	snprintf(command, sizeof command, "cat %s/sample-incidents/solutions/Scenario-1/*", cwd);
	refused(command);
	snprintf(command, sizeof command, "ls %s/sample-incidents", cwd);
	refused(command);
	refused("cat /evidence/../solutions/*");
	refused("find / -xdev -name 'ground_truth*' 2>/dev/null | grep .");
	refused("find / -name 'trajectory.jsonl' 2>/dev/null | grep .");
	refused("env | grep -v -e ^PATH -e ^HOME -e ^TMPDIR -e ^LANG -e ^TERM -e ^TZ -e ^USER -e ^PWD -e ^SHLVL -e ^_= -e ^OLDPWD");
}

static void test_nothing_outside_the_scratch_is_written(void **state)
{
	(void)state;
	refused("echo x > /evidence/new");
	refused("echo x >> /evidence/otel_logs_raw.tsv");
	refused("rm -f /evidence/otel_logs_raw.tsv");
	refused("chmod 777 /evidence/otel_logs_raw.tsv");
	refused("echo x > /etc/new");
	refused("echo x > /usr/bin/new");
	refused("echo x > /new");
	refused("mkdir /dev/shm");
	refused("ln -s /evidence/otel_logs_raw.tsv t && echo x > t");
	works("echo x > /tmp/new && cat /tmp/new", "x");
}

static void test_the_scratch_is_bounded(void **state)
{
	(void)state;
	refused("for i in 1 2 3 4; do head -c 4000000 /dev/zero > fill$i || exit 1; done");
	works("rm -f fill*; echo room", "room");
	refused("head -c 20000000 /dev/zero > one");
	works("rm -f one; echo room", "room");
	refused("i=0; mkdir -p many; while [ $i -lt 30000 ]; do : > many/$i || exit 1; i=$((i+1)); done");
	works("rm -rf many; echo room", "room");
}

static void test_no_proc(void **state)
{
	(void)state;
	refused("cat /proc/self/environ");
	refused("cat /proc/1/root/etc/shadow");
	refused("ls /proc/self/fd/ /sys/kernel");
	refused("cat /proc/self/root/etc/passwd /proc/*/cwd/solutions/*");
}

static void test_no_network(void **state)
{
	(void)state;
	refused("exec 3<>/dev/tcp/127.0.0.1/22");
	refused("exec 3<>/dev/udp/127.0.0.1/53");
	cc_sandbox_result r = run_for("command -v perl >/dev/null || exit 3; perl -e 'use Socket; socket(my $s, PF_UNIX, SOCK_STREAM, 0) or exit 4;'", NULL);
	assert_true(r.exit_code == 3 || r.exit_code == 4);
	cc_sandbox_result_deinit(&r);
}

/* Calls by number, for x86-64, where there is a perl to make them. */
static void test_calls_that_are_refused(void **state)
{
	(void)state;
#if defined(__x86_64__)
	static const int CALLS[] = { 101 /* ptrace */, 41 /* socket */, 53 /* socketpair */, 165 /* mount */, 272 /* unshare */, 308 /* setns */,
		319 /* memfd_create */, 425 /* io_uring_setup */, 321 /* bpf */, 304 /* open_by_handle_at */, 310 /* process_vm_readv */, 161 /* chroot */,
		29 /* shmget */, 435 /* clone3 */, 1 << 30 | 39 /* x32 getpid */, 5000 };
	for (size_t i = 0; i < sizeof CALLS / sizeof CALLS[0]; i++) {
		char command[160];
		snprintf(command, sizeof command, "command -v perl >/dev/null || exit 3; perl -e 'exit 4 if syscall(%d, 0, 0, 0, 0, 0) == -1 && ($! == 1 || $! == 38)'",
			CALLS[i]);
		cc_sandbox_result r = run_for(command, NULL);
		if (r.exit_code != 3 && r.exit_code != 4)
			fail_msg("call %d: exit %d", CALLS[i], r.exit_code);
		cc_sandbox_result_deinit(&r);
	}
	/* clone with CLONE_NEWUSER */
	cc_sandbox_result r = run_for("command -v perl >/dev/null || exit 3; perl -e 'exit 4 if syscall(56, 0x10000011, 0, 0, 0, 0) == -1 && $! == 1'", NULL);
	assert_true(r.exit_code == 3 || r.exit_code == 4);
	cc_sandbox_result_deinit(&r);
#else
	skip();
#endif
}

static void test_no_privileges(void **state)
{
	(void)state;
	refused("[ $UID = 0 ] && echo root || exit 1");
	refused("mount -t tmpfs none /home/user");
	refused("su -c id </dev/null");
	refused("unshare -Ur id");
	works("cp /usr/bin/id mine && chmod 4755 mine && [ $(./mine -u) = $UID ] && echo same", "same");
}

static void test_other_processes_cannot_be_reached(void **state)
{
	char command[200];
	(void)state;
	if (!box)
		skip();
	pid_t child = fork();
	if (child == 0) {
		alarm(60);
		pause();
		_exit(0);
	}
	snprintf(command, sizeof command, "kill -9 %d || kill -9 %d", (int)child, (int)getpid());
	refused(command);
	works("kill -9 1; kill -9 $PPID; echo alive", "alive");
	assert_int_equal(waitpid(child, NULL, WNOHANG), 0);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static void test_a_fork_bomb_ends(void **state)
{
	(void)state;
	cc_sandbox_result r = run_for(":(){ :|:& };: ; sleep 1; echo over", NULL);
	assert_true(r.took_ns < 60 * CC_NS_PER_S); /* a guard against hanging, not a measure */
	cc_sandbox_result_deinit(&r);
	works("echo and goes on", "goes on");
}

static void test_output_is_cut_in_the_middle(void **state)
{
	(void)state;
	cc_sandbox_result r = run_for("echo first; seq 1 100000; echo last", NULL);
	assert_int_equal(r.exit_code, 0);
	assert_true(says(&r.out, "first\n") && says(&r.out, "last\n") && says(&r.out, " characters left out ...]"));
	assert_in_range(r.out.n, 20000, 20100);
	cc_sandbox_result_deinit(&r);
	killed("yes", "it printed too much");
	killed("yes >&2", "it printed too much");
}

static void test_time_ends(void **state)
{
	cc_err err = { 0 };
	cc_sandbox_limits l = small();
	cc_sandbox *own = NULL, *before = box;
	(void)state;
	if (!box)
		skip();
	l.wall_ns = CC_NS_PER_S;
	assert_int_equal(cc_sandbox_open(&own, snapshot, &l, way, &err), CC_OK);
	box = own;
	killed("sleep 1000", "it took too long");
	killed("trap '' TERM INT HUP; while :; do :; done", "it took too long");
	killed("setsid sleep 1000 & wait", "it took too long");
	box = before;
	cc_sandbox_close(own);
	cc_cancel stop = { 0 };
	cc_cancel_set(&stop);
	cc_sandbox_result r = run_for("sleep 1000", &stop);
	assert_string_equal(r.killed, "it was cancelled");
	cc_sandbox_result_deinit(&r);
}

static void test_memory_is_counted_together(void **state)
{
	(void)state;
	/* Each of them is within its own limit, and holds what it has read until its input ends, however slow the machine is. */
	killed("for i in 1 2 3 4 5; do { head -c 120000000 /dev/zero; sleep 15; } | tail >/dev/null & done; wait", "it took too much memory");
}

static void test_nothing_is_left_behind(void **state)
{
	(void)state;
	works("(while :; do date +%s%N >> ticks; sleep 0.05; done) >/dev/null 2>&1 & setsid sleep 500 & sleep 0.3; echo started", "started");
	works("cp ticks t1; sleep 0.4; cmp ticks t1 && echo still", "still");
	int64_t begin = cc_clock_mono_ns();
	works("sleep 500 & echo at once", "at once"); /* holds the output open */
	assert_true(cc_clock_mono_ns() - begin < 5 * CC_NS_PER_S);
}

/* However little is kept. */
static void test_almost_nothing_is_shown(void **state)
{
	cc_err err = { 0 };
	cc_sandbox_limits l = small();
	cc_sandbox_result r;
	cc_sandbox *tiny;
	(void)state;
	if (!box)
		skip();
	l.shown = 0;
	assert_int_equal(cc_sandbox_open(&tiny, snapshot, &l, way, &err), CC_OK);
	assert_int_equal(cc_sandbox_run(tiny, CC_STR("printf 12345"), NULL, &r, &err), CC_OK);
	assert_true(says(&r.out, "1\n[... 3 characters left out ...]\n5"));
	cc_sandbox_result_deinit(&r);
	cc_sandbox_close(tiny);
}

static void hear(int number)
{
	(void)number;
}

/* Ctrl-C is heard by a handler that interrupts calls; no sandbox is refused for that. */
static void test_signals_do_not_keep_it_from_opening(void **state)
{
	struct sigaction sa = { .sa_handler = hear }, before;
	struct itimerval often = { { 0, 300 }, { 0, 300 } }, never = { { 0, 0 }, { 0, 0 } };
	cc_err err = { 0 };
	cc_sandbox_limits l = small();
	cc_sandbox *other = NULL;
	(void)state;
	if (!box)
		skip();
	sigemptyset(&sa.sa_mask);
	sigaction(SIGALRM, &sa, &before);
	setitimer(ITIMER_REAL, &often, NULL);
	cc_code code = cc_sandbox_open(&other, snapshot, &l, way, &err);
	setitimer(ITIMER_REAL, &never, NULL);
	sigaction(SIGALRM, &before, NULL);
	if (code != CC_OK)
		fail_msg("%s", err.message);
	cc_sandbox_close(other);
}

/* Without a way to choose, what works is taken; where nothing does, both reasons are said. */
static void test_what_works_is_taken(void **state)
{
	cc_err err = { 0 };
	cc_sandbox_limits l = small();
	cc_sandbox *any = NULL;
	cc_sandbox_way found;
	(void)state;
	cc_code code = cc_sandbox_open(&any, snapshot, &l, CC_SANDBOX_AUTO, &err);
	if (boxes[CC_SANDBOX_OWN] || boxes[CC_SANDBOX_BWRAP]) {
		assert_int_equal(code, CC_OK);
		assert_int_equal(cc_sandbox_way_of(any), boxes[CC_SANDBOX_OWN] ? CC_SANDBOX_OWN : CC_SANDBOX_BWRAP);
	} else {
		assert_int_equal(code, CC_ESTATE);
		assert_non_null(strstr(err.message, "bubblewrap"));
	}
	cc_sandbox_close(any);
	assert_true(cc_sandbox_way_find(CC_STR("bwrap"), &found) && found == CC_SANDBOX_BWRAP);
	assert_false(cc_sandbox_way_find(CC_STR("chroot"), &found));
}

/* The name is the test's, and the way's. */
#define BY(test) { #test " own", test, take_box, NULL, &ways[0] }, { #test " bwrap", test, take_box, NULL, &ways[1] }

int main(void)
{
	static cc_sandbox_way ways[] = { CC_SANDBOX_OWN, CC_SANDBOX_BWRAP };
	const struct CMUnitTest tests[] = {
		BY(test_a_command_works), BY(test_files_outside_are_not_there), BY(test_nothing_outside_the_scratch_is_written), BY(test_the_scratch_is_bounded), BY(test_no_proc), BY(test_no_network), BY(test_calls_that_are_refused), BY(test_no_privileges), BY(test_other_processes_cannot_be_reached), BY(test_a_fork_bomb_ends), BY(test_output_is_cut_in_the_middle), BY(test_time_ends), BY(test_memory_is_counted_together), BY(test_nothing_is_left_behind),
		BY(test_almost_nothing_is_shown), BY(test_signals_do_not_keep_it_from_opening), cmocka_unit_test(test_what_works_is_taken),
	};
	return cmocka_run_group_tests(tests, open_boxes, close_boxes);
}
