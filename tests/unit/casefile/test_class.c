/* test_class.c - a shared folder: logs of several hosts come to one state whatever the order, and pieces, copies and clocks do no harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "coldcase/class.h"
#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/rng.h"
#include "coldcase/time.h"
#include "support/scratch.h"

enum { HOSTS = 3, SAID = 24 };
static const char *const IDS[HOSTS] = { "00000000000000aa", "00000000000000bb", "00000000000000cc" };

static void add_line(cc_buf *log, uint64_t seq, const char *host, const char *what)
{
	cc_buf_addf(log, "{\"seq\":%llu,\"host\":\"%s\",\"do\":\"%s\",\"at_ns\":%llu,\"in_s\":3,\"text\":\"t%llu\"}\n", (unsigned long long)seq, host,
		what, (unsigned long long)seq * 1000, (unsigned long long)seq);
}

static void state_text(cc_class_log *log, cc_buf *out)
{
	cc_class_state s;

	cc_class_log_order(log);
	cc_class_fold(log, &s);
	cc_buf_addf(out, "%llu %d%d%d%d %lld %lld %lld %.*s %zu %zu of %zu", (unsigned long long)s.seq, s.started, s.frozen, s.revealed,
		s.ended, (long long)s.start_ns, (long long)s.start_in_s, (long long)s.end_ns, CC_STR_ARG(s.why), s.told, s.idle, log->entries.n);
}

/* Three hosts who see each other's words late write at once; their logs are read in any order, in pieces, and some twice. */
static void any_interleaving_gives_one_state(void **state)
{
	static const char *const WORDS[] = { "start", "freeze", "thaw", "tell", "reveal", "end" };
	cc_rng rng;

	(void)state;
	cc_rng_init(&rng, 11);
	for (int round = 0; round < 200; round++) {
		cc_buf logs[HOSTS] = { CC_BUF_INIT, CC_BUF_INIT, CC_BUF_INIT };
		uint64_t known[HOSTS] = { 0, 0, 0 }, largest = 0;
		cc_buf first = CC_BUF_INIT;

		for (int i = 0; i < SAID; i++) {
			size_t h = cc_rng_below(&rng, HOSTS);
			if (cc_rng_below(&rng, 2))
				known[h] = largest;             /* it read the others meanwhile */
			add_line(&logs[h], ++known[h], IDS[h], WORDS[i < SAID - 2 ? cc_rng_below(&rng, 4) : 4 + cc_rng_below(&rng, 2)]);
			largest = known[h] > largest ? known[h] : largest;
		}
		for (int order = 0; order < 6; order++) {
			static const size_t ORDERS[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
			cc_arena *arena = cc_arena_new();
			cc_class_log log = { 0 };
			cc_buf now = CC_BUF_INIT;

			for (size_t k = 0; k < HOSTS; k++) {
				size_t h = ORDERS[order][k];
				cc_str text = cc_buf_str(&logs[h]);
				size_t cut = cc_rng_below(&rng, 2) ? cc_str_find_char(text, '\n') : CC_STR_NONE;

				if (cut != CC_STR_NONE)         /* the first lines are read twice */
					assert_int_equal(cc_class_log_parse(&log, arena, cc_str_from(IDS[h]), cc_str_sub(text, 0, cut + 1), NULL), CC_OK);
				assert_int_equal(cc_class_log_parse(&log, arena, cc_str_from(IDS[h]), text, NULL), CC_OK);
			}
			state_text(&log, &now);
			assert_int_equal(log.bad + log.torn, 0);
			if (!order)
				cc_buf_add(&first, cc_buf_str(&now));
			assert_string_equal(first.p, now.p);
			cc_buf_deinit(&now);
			cc_class_log_deinit(&log);
			cc_arena_free(arena);
		}
		for (size_t h = 0; h < HOSTS; h++)
			cc_buf_deinit(&logs[h]);
		cc_buf_deinit(&first);
	}
}

static cc_class_state read_state(const char *dir, cc_arena *arena, size_t *strays, size_t *unwhole)
{
	cc_class_log log = { 0 };
	cc_class_state s;

	assert_int_equal(cc_class_log_read(&log, arena, dir, NULL), CC_OK);
	cc_class_fold(&log, &s);
	*strays = log.strays.n;
	*unwhole = log.bad + log.torn;
	cc_class_log_deinit(&log);
	return s;
}

static cc_class_terms some_terms(void)
{
	return (cc_class_terms){ .id = CC_STR("0123456789abcdef"), .host = CC_STR("00000000000000aa"), .incident = CC_STR("Scenario-1"),
		.path = CC_STR("/nowhere"), .files = 3, .bytes = 12345, .digest = CC_STR("d1"), .budget = 40, .assistance = CC_STR("ranked"),
		.hold = true, .countdown_s = 7, .truth_seal = CC_STR("s:h") };
}

static void a_class_is_made_once(void **state)
{
	const char *dir = test_tree_path(&scratch, "once");
	cc_arena *arena = cc_arena_new();
	cc_class_terms t = some_terms(), got;
	cc_err err;

	(void)state;
	assert_int_equal(cc_class_read(&got, arena, dir, &err), CC_ENOTFOUND);
	assert_int_equal(cc_class_make(dir, &t, NULL), CC_OK);
	t.incident = CC_STR("another");
	t.id = CC_STR("fedcba9876543210");
	assert_int_equal(cc_class_make(dir, &t, &err), CC_ESTATE);
	assert_int_equal(cc_class_read(&got, arena, dir, NULL), CC_OK);
	assert_true(cc_str_eqz(got.incident, "Scenario-1") && cc_str_eqz(got.assistance, "ranked") && cc_str_eqz(got.truth_seal, "s:h"));
	assert_true(got.hold && !got.known_only && got.bytes == 12345 && got.files == 3 && got.budget == 40 && got.countdown_s == 7);
	test_tree_file(&scratch, "once/class.json", "{\"format\":\"coldcase-cla");
	assert_int_equal(cc_class_read(&got, arena, dir, &err), CC_EFORMAT);
	cc_arena_free(arena);
}

static void two_hosts_lead_and_what_cannot_be_is_refused(void **state)
{
	const char *dir = test_tree_path(&scratch, "two");
	cc_arena *arena = cc_arena_new();
	cc_class_terms t = some_terms();
	cc_class_id a = { "00000000000000aa" }, b = { "00000000000000bb" };
	size_t strays, unwhole;

	(void)state;
	assert_int_equal(cc_class_make(dir, &t, NULL), CC_OK);
	cc_class_state s = read_state(dir, arena, &strays, &unwhole);
	assert_int_equal(cc_class_say(dir, &a, &s, (cc_class_entry){ .what = CC_CLASS_REVEAL }, NULL), CC_ESTATE);
	assert_int_equal(cc_class_say(dir, &a, &s, (cc_class_entry){ .what = CC_CLASS_START, .at_ns = 5, .in_s = 2 }, NULL), CC_OK);
	/* b has not read that yet: two starts, of which the first counts for everybody */
	assert_int_equal(cc_class_say(dir, &b, &s, (cc_class_entry){ .what = CC_CLASS_START, .at_ns = 9, .in_s = 4 }, NULL), CC_OK);
	s = read_state(dir, arena, &strays, &unwhole);
	assert_true(s.started && s.start_ns == 5 && s.start_in_s == 2 && s.idle == 1 && s.seq == 1);
	assert_int_equal(cc_class_say(dir, &b, &s, (cc_class_entry){ .what = CC_CLASS_START }, NULL), CC_ESTATE);
	assert_int_equal(cc_class_say(dir, &b, &s, (cc_class_entry){ .what = CC_CLASS_FREEZE, .text = CC_STR("look \"here\"\n") }, NULL), CC_OK);
	s = read_state(dir, arena, &strays, &unwhole);
	assert_true(s.frozen && cc_str_eqz(s.why, "look \"here\"\n") && s.seq == 2);
	assert_int_equal(cc_class_say(dir, &a, &s, (cc_class_entry){ .what = CC_CLASS_THAW }, NULL), CC_OK);
	s = read_state(dir, arena, &strays, &unwhole);
	assert_true(!s.frozen && s.seq == 3);
	assert_int_equal(cc_class_say(dir, &a, &s, (cc_class_entry){ .what = CC_CLASS_END, .at_ns = 70 }, NULL), CC_OK);
	s = read_state(dir, arena, &strays, &unwhole);
	assert_int_equal(cc_class_say(dir, &a, &s, (cc_class_entry){ .what = CC_CLASS_FREEZE }, NULL), CC_ESTATE);
	assert_int_equal(cc_class_say(dir, &b, &s, (cc_class_entry){ .what = CC_CLASS_REVEAL }, NULL), CC_OK);
	s = read_state(dir, arena, &strays, &unwhole);
	assert_true(s.ended && s.revealed && s.end_ns == 70 && !strays && !unwhole);
	cc_arena_free(arena);
}

/* A program that keeps folders alike leaves copies, pieces, and files of its own. */
static void pieces_and_copies_do_no_harm(void **state)
{
	const char *dir = test_tree_path(&scratch, "torn");
	cc_arena *arena = cc_arena_new();
	cc_class_terms t = some_terms();
	cc_buf log = CC_BUF_INIT;
	size_t strays, unwhole;

	(void)state;
	assert_int_equal(cc_class_make(dir, &t, NULL), CC_OK);
	add_line(&log, 1, IDS[0], "start");
	add_line(&log, 2, IDS[0], "freeze");
	size_t whole = log.n;
	add_line(&log, 3, IDS[0], "thaw");
	test_tree_bytes(&scratch, "torn/host/00000000000000aa.jsonl", cc_str_sub(cc_buf_str(&log), 0, log.n - 1));   /* no line feed yet */
	test_tree_bytes(&scratch, "torn/host/00000000000000aa (conflicted copy).jsonl", cc_buf_str(&log));
	test_tree_bytes(&scratch, "torn/host/.~tmp", cc_buf_str(&log));
	test_tree_bytes(&scratch, "torn/host/00000000000000cc.here", CC_STR("3\n"));
	cc_class_state s = read_state(dir, arena, &strays, &unwhole);
	assert_true(s.frozen && s.seq == 2);
	assert_int_equal(strays, 1);
	assert_int_equal(unwhole, 1);
	/* what is under another host's name, or is no word, counts as no line */
	test_tree_bytes(&scratch, "torn/host/00000000000000bb.jsonl", cc_str_sub(cc_buf_str(&log), 0, whole));
	test_tree_file(&scratch, "torn/host/00000000000000cc.jsonl", "{\"seq\":9,\"host\":\"00000000000000cc\",\"do\":\"explode\"}\nnonsense\n");
	s = read_state(dir, arena, &strays, &unwhole);
	assert_true(s.frozen && s.seq == 2);
	assert_int_equal(unwhole, 5);
	test_tree_bytes(&scratch, "torn/host/00000000000000aa.jsonl", cc_buf_str(&log));                         /* the rest came */
	s = read_state(dir, arena, &strays, &unwhole);
	assert_true(!s.frozen && s.seq == 3);
	cc_buf_deinit(&log);
	cc_arena_free(arena);
}

/* A laptop whose clock is an hour off counts down as everybody does. */
static void a_wrong_clock_starts_with_the_others(void **state)
{
	const int64_t HOUR = 3600 * CC_NS_PER_S;
	const char *path = test_tree_path(&scratch, "skew-here");
	struct timespec real;
	cc_class_clock c = { 0 };

	(void)state;
	clock_gettime(CLOCK_REALTIME, &real);
	int64_t now = (int64_t)real.tv_sec * CC_NS_PER_S + real.tv_nsec;
	for (int sign = -1; sign <= 1; sign += 2) {
		cc_clock_fake_set(now + sign * HOUR);
		assert_int_equal(cc_class_beat(&c, path, NULL), CC_OK);
		assert_true(c.known && llabs(c.offset_ns + sign * HOUR) < 30 * CC_NS_PER_S);
		int64_t seen = cc_clock_mono_ns();
		cc_class_state s = { .started = true, .start_ns = cc_class_now(&c) + 10 * CC_NS_PER_S, .start_in_s = 10 };
		assert_int_equal(cc_class_left(&c, &s, seen), 10 * CC_NS_PER_S);
		cc_clock_fake_advance(4 * CC_NS_PER_S);
		assert_int_equal(cc_class_left(&c, &s, seen), 6 * CC_NS_PER_S);
		cc_clock_fake_advance(60 * CC_NS_PER_S);
		assert_int_equal(cc_class_left(&c, &s, seen), 0);
		/* in a folder that is kept alike the start may be of a clock that is ahead: no wait is longer than the countdown */
		s.start_ns += 5 * HOUR;
		seen = cc_clock_mono_ns();
		assert_int_equal(cc_class_left(&c, &s, seen), 10 * CC_NS_PER_S);
		cc_clock_fake_advance(10 * CC_NS_PER_S);
		assert_int_equal(cc_class_left(&c, &s, seen), 0);
	}
	cc_clock_fake_off();
}

/* One clock for all: it stands where the hosts wrote it, whenever a seat came or how wrong its own clock is. */
static void one_clock_for_all(void **state)
{
	const int64_t S = CC_NS_PER_S, T = 1000000 * S;
	cc_class_clock folder = { .offset_ns = -500 * S };      /* ours is 500 s ahead of the folder's */
	cc_class_state s = { .started = true, .start_ns = T, .start_in_s = 10, .end_ns = CC_TIME_NONE };

	(void)state;
	cc_clock_fake_set(T + 500 * S - 4 * S);                 /* 4 s before the start */
	int64_t wall = cc_class_start_wall(&folder, &s, true);
	assert_int_equal(cc_class_since_ns(&s, wall), -4 * S);
	cc_clock_fake_advance(24 * S);
	assert_int_equal(cc_class_since_ns(&s, wall), 20 * S);
	assert_int_equal(cc_class_start_wall(&folder, &s, false), wall);        /* who comes now has the same */
	s.frozen = true;
	s.frozen_ns = T + 15 * S;
	assert_int_equal(cc_class_since_ns(&s, wall), 15 * S);
	s.frozen = false;
	s.stood_ns = 7 * S;
	cc_clock_fake_advance(10 * S);
	assert_int_equal(cc_class_since_ns(&s, wall), 23 * S);
	s.ended = true;
	s.end_ns = T + 28 * S;
	assert_int_equal(cc_class_since_ns(&s, wall), 21 * S);
	s = (cc_class_state){ .started = true, .start_ns = T, .start_in_s = 10, .end_ns = CC_TIME_NONE, .frozen = true, .frozen_ns = T - 5 * S };
	assert_int_equal(cc_class_since_ns(&s, wall), 0);       /* frozen before it began */
	s.frozen = false;
	/* a folder that is kept alike has no time of its own: the start is of a clock that is minutes behind, or ahead */
	folder.offset_ns = 0;
	cc_clock_fake_set(T + 300 * S);
	assert_int_equal(cc_class_since_ns(&s, cc_class_start_wall(&folder, &s, true)), 0);
	assert_int_equal(cc_class_since_ns(&s, cc_class_start_wall(&folder, &s, false)), 300 * S);
	cc_clock_fake_set(T - 300 * S);
	assert_int_equal(cc_class_since_ns(&s, cc_class_start_wall(&folder, &s, true)), -10 * S);
	cc_clock_fake_off();
}

static void seats_are_read_in_the_order_they_were_taken(void **state)
{
	const char *dir = test_tree_path(&scratch, "seats");
	cc_arena *arena = cc_arena_new();
	cc_class_terms t = some_terms();
	cc_class_seat one, two;
	cc_class_seats all = { 0 };
	cc_class_clock clock = { 0 };
	cc_buf path = CC_BUF_INIT;
	size_t strays;

	(void)state;
	assert_int_equal(cc_class_make(dir, &t, NULL), CC_OK);
	assert_int_equal(cc_class_sit(&two, arena, dir, CC_STR("bob"), 2000, true, NULL), CC_OK);
	assert_int_equal(cc_class_sit(&one, arena, dir, CC_STR_EMPTY, 1000, false, NULL), CC_OK);
	cc_path_join(&path, two.dir.p, "here");
	assert_int_equal(cc_class_beat(&clock, path.p, NULL), CC_OK);
	test_tree_file(&scratch, "seats/seats/0123456789abcdef/seat.json", "{\"format\":\"coldcase-class-seat\",");
	test_tree_file(&scratch, "seats/seats/bob (copy)/seat.json", "{}");
	assert_int_equal(cc_class_seats_read(&all, arena, dir, &strays, NULL), CC_OK);
	assert_int_equal(all.n, 2);
	assert_int_equal(strays, 2);
	assert_true(cc_str_eq(all.p[0].id, one.id) && !all.p[0].name.n && !all.p[0].late && all.p[0].here_ns == CC_TIME_NONE);
	assert_true(cc_str_eqz(all.p[1].name, "bob") && all.p[1].late && all.p[1].here_ns != CC_TIME_NONE);
	cc_vec_deinit(&all);
	cc_buf_deinit(&path);
	cc_arena_free(arena);
}

/* What is put into a folder that others may read can be read by them; only places for all are written by all. */
static void rights_are_those_of_the_folder(void **state)
{
	const char *dir = test_tree_path(&scratch, "rights");
	cc_arena *arena = cc_arena_new();
	cc_class_terms t = some_terms();
	cc_class_seat seat;
	struct stat st;

	(void)state;
	test_tree_dir(&scratch, "rights");
	assert_int_equal(chmod(dir, 02770), 0);
	assert_int_equal(cc_class_make(dir, &t, NULL), CC_OK);
	assert_int_equal(cc_class_sit(&seat, arena, dir, CC_STR("eve"), 1, false, NULL), CC_OK);
	assert_int_equal(stat(test_tree_path(&scratch, "rights/class.json"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0640);
	assert_int_equal(stat(test_tree_path(&scratch, "rights/seats"), &st), 0);
	assert_int_equal(st.st_mode & 0777, 0770);
	assert_int_equal(stat(seat.dir.p, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0750);
	cc_arena_free(arena);
}

/* Where many may write, somebody may have put anything: a link to a file of ours, times that no int64_t holds. */
static void what_others_put_there_does_no_harm(void **state)
{
	const char *dir = test_tree_path(&scratch, "others");
	cc_arena *arena = cc_arena_new();
	cc_class_terms t = some_terms();
	cc_class_id host = { "00000000000000aa" };
	cc_class_state now = { .start_ns = CC_TIME_NONE };
	cc_class_seat seat;
	cc_class_seats all = { 0 };
	cc_class_clock clock = { 0 };
	cc_buf text = CC_BUF_INIT, path = CC_BUF_INIT;
	const struct timespec far[2] = { { .tv_sec = (time_t)1 << 34 }, { .tv_sec = (time_t)1 << 34 } };
	size_t strays;

	(void)state;
	assert_int_equal(cc_class_make(dir, &t, NULL), CC_OK);
	test_tree_file(&scratch, "ours", "precious");
	assert_int_equal(symlink("../../ours", test_tree_path(&scratch, "others/host/00000000000000aa.here")), 0);
	assert_int_equal(symlink("../../ours", test_tree_path(&scratch, "others/host/00000000000000aa.jsonl")), 0);
	assert_int_equal(cc_class_beat(&clock, test_tree_path(&scratch, "others/host/00000000000000aa.here"), NULL), CC_OK);   /* replaced */
	assert_int_not_equal(cc_class_say(dir, &host, &now, (cc_class_entry){ .what = CC_CLASS_START }, NULL), CC_OK);
	assert_int_equal(cc_file_read(&text, test_tree_path(&scratch, "ours"), 100, NULL), CC_OK);
	assert_true(cc_str_eqz(cc_buf_str(&text), "precious"));

	test_tree_file(&scratch, "others/seats/0123456789abcdef/seat.json",
		"{\"format\":\"coldcase-class-seat\",\"id\":\"0123456789abcdef\",\"joined_ns\":-9223372036854775808}");
	assert_int_equal(cc_class_sit(&seat, arena, dir, CC_STR("eve"), 1, false, NULL), CC_OK);
	cc_path_join(&path, seat.dir.p, "here");
	assert_int_equal(cc_class_beat(&clock, path.p, NULL), CC_OK);
	assert_int_equal(utimensat(AT_FDCWD, path.p, far, 0), 0);
	assert_int_equal(cc_class_seats_read(&all, arena, dir, &strays, NULL), CC_OK);
	assert_int_equal(all.n, 1);
	assert_int_equal(strays, 1);
	assert_true(all.p[0].here_ns > 0 && all.p[0].here_ns < INT64_MAX / 4);
	cc_vec_deinit(&all);
	cc_buf_deinit(&text);
	cc_buf_deinit(&path);
	cc_arena_free(arena);
}

/* A pipe that nobody fills, in the place of every file of a class: nobody waits, and what can be read is. A test that hangs has failed. */
static void pipes_keep_nobody_waiting(void **state)
{
	static const char *const PIPES[] = { "pipes/host/00000000000000aa.jsonl", "pipes/host/00000000000000bb.here", "pipes/seats/0123456789abcdef/seat.json" };
	cc_arena *arena = cc_arena_new();
	const char *dir = cc_arena_dupz(arena, cc_str_from(test_tree_path(&scratch, "pipes")));
	cc_class_terms t = some_terms();
	cc_class_id host = { "00000000000000aa" };
	cc_class_state now = { .start_ns = CC_TIME_NONE };
	cc_class_clock clock = { .beats = 1 };
	cc_class_seats all = { 0 };
	cc_class_log log = { 0 };
	size_t strays;
	cc_err err = { 0 };

	(void)state;
	assert_int_equal(cc_class_make(dir, &t, NULL), CC_OK);
	test_tree_dir(&scratch, "pipes/seats/0123456789abcdef");
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(mkfifo(test_tree_path(&scratch, PIPES[i]), 0600), 0);
	assert_int_equal(symlink("/", test_tree_path(&scratch, "pipes/seats/fedcba9876543210")), 0);
	assert_int_equal(cc_class_log_read(&log, arena, dir, NULL), CC_OK);
	assert_int_equal(log.entries.n, 0);
	assert_int_equal(cc_class_say(dir, &host, &now, (cc_class_entry){ .what = CC_CLASS_START }, &err), CC_EFORMAT);
	assert_non_null(strstr(err.message, "no regular file"));
	assert_false(cc_class_taken(&clock, test_tree_path(&scratch, PIPES[1])));
	assert_int_equal(cc_class_seats_read(&all, arena, dir, &strays, NULL), CC_OK);
	assert_int_equal(all.n, 0);
	assert_int_equal(strays, 2);
	assert_int_equal(unlink(test_tree_path(&scratch, "pipes/class.json")), 0);
	assert_int_equal(mkfifo(test_tree_path(&scratch, "pipes/class.json"), 0600), 0);
	assert_int_equal(cc_class_read(&t, arena, dir, &err), CC_EFORMAT);
	assert_int_equal(unlink(test_tree_path(&scratch, "pipes/class.json")), 0);
	assert_int_equal(symlink("/dev/zero", test_tree_path(&scratch, "pipes/class.json")), 0);
	assert_int_equal(cc_class_read(&t, arena, dir, &err), CC_EFORMAT);
	cc_class_log_deinit(&log);
	cc_vec_deinit(&all);
	cc_arena_free(arena);
}

/* What is in class.json becomes a part of paths. */
static void an_id_is_no_path(void **state)
{
	static const char *const BAD[] = { "\"id\":\"../../../x\",\"incident\":\"Scenario-1\"", "\"id\":\"\",\"incident\":\"Scenario-1\"",
		"\"id\":\"0123456789abcdef\",\"incident\":\"../ours\"", "\"id\":\"0123456789abcdef\",\"incident\":\"..\"",
		"\"id\":\"0123456789abcdef\",\"incident\":\"Scenario-1\",\"live\":61",
		"\"id\":\"0123456789abcdef\",\"incident\":\"Scenario-1\",\"live_to_ns\":9223372036854775807" };
	const char *dir = test_tree_path(&scratch, "ids");
	cc_arena *arena = cc_arena_new();
	cc_class_terms got;
	char text[256];

	(void)state;
	for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
		snprintf(text, sizeof text, "{\"format\":\"coldcase-class\",\"version\":1,%s}", BAD[i]);
		test_tree_file(&scratch, "ids/class.json", text);
		assert_int_equal(cc_class_read(&got, arena, dir, NULL), CC_EFORMAT);
	}
	test_tree_file(&scratch, "ids/class.json",
		"{\"format\":\"coldcase-class\",\"version\":1,\"id\":\"0123456789abcdef\",\"incident\":\"Scenario-1\"}");
	assert_int_equal(cc_class_read(&got, arena, dir, NULL), CC_OK);
	cc_arena_free(arena);
}

/* One bad line takes the numbers of nobody. */
static void a_number_beyond_all_is_left_out(void **state)
{
	const char *dir = test_tree_path(&scratch, "far");
	cc_arena *arena = cc_arena_new();
	cc_class_terms t = some_terms();
	cc_class_id a = { "00000000000000aa" };
	cc_buf log = CC_BUF_INIT;
	cc_class_log read = { 0 };
	size_t strays, unwhole;

	(void)state;
	assert_int_equal(cc_class_make(dir, &t, NULL), CC_OK);
	cc_class_state s = read_state(dir, arena, &strays, &unwhole);
	assert_int_equal(cc_class_say(dir, &a, &s, (cc_class_entry){ .what = CC_CLASS_START }, NULL), CC_OK);
	cc_buf_addz(&log, "{\"seq\":9223372036854775807,\"host\":\"00000000000000bb\",\"do\":\"end\",\"at_ns\":1}\n");
	add_line(&log, 20000, IDS[1], "end");
	test_tree_bytes(&scratch, "far/host/00000000000000bb.jsonl", cc_buf_str(&log));
	s = read_state(dir, arena, &strays, &unwhole);
	assert_true(s.started && !s.ended && s.seq == 1);
	assert_int_equal(cc_class_say(dir, &a, &s, (cc_class_entry){ .what = CC_CLASS_FREEZE }, NULL), CC_OK);
	s = read_state(dir, arena, &strays, &unwhole);
	assert_true(s.frozen && s.seq == 2);
	assert_int_equal(cc_class_log_read(&read, arena, dir, NULL), CC_OK);
	assert_int_equal(read.far, 2);
	cc_class_log_deinit(&read);
	cc_buf_deinit(&log);
	cc_arena_free(arena);
}

/* What is said to one seat is no matter of the others, and does not hide what is said to all. */
static void one_seat_is_led_alone(void **state)
{
	const char *dir = test_tree_path(&scratch, "alone");
	cc_arena *arena = cc_arena_new();
	cc_class_terms t = some_terms();
	cc_class_id a = { "00000000000000aa" };
	cc_str one = CC_STR("0123456789abcdef"), other = CC_STR("fedcba9876543210");
	cc_class_log log = { 0 };
	cc_class_state all, own;
	size_t strays, unwhole;

	(void)state;
	assert_int_equal(cc_class_make(dir, &t, NULL), CC_OK);
	all = read_state(dir, arena, &strays, &unwhole);
	assert_int_equal(cc_class_say(dir, &a, &all, (cc_class_entry){ .what = CC_CLASS_START }, NULL), CC_OK);
	all = read_state(dir, arena, &strays, &unwhole);
	assert_int_equal(cc_class_say(dir, &a, &all, (cc_class_entry){ .what = CC_CLASS_FREEZE, .seat = one, .text = CC_STR("we talk") }, NULL), CC_OK);
	all = read_state(dir, arena, &strays, &unwhole);
	assert_true(all.started && !all.frozen && all.seq == 2);
	assert_int_equal(cc_class_say(dir, &a, &all, (cc_class_entry){ .what = CC_CLASS_TELL, .seat = one, .text = CC_STR("look") }, NULL), CC_OK);
	all = read_state(dir, arena, &strays, &unwhole);
	assert_int_equal(cc_class_say(dir, &a, &all, (cc_class_entry){ .what = CC_CLASS_FREEZE }, NULL), CC_OK);
	assert_int_equal(cc_class_log_read(&log, arena, dir, NULL), CC_OK);
	cc_class_fold(&log, &all);
	assert_true(all.frozen && all.told == 0 && !all.idle);
	cc_class_fold_seat(&log, one, &own);
	assert_true(own.started && own.frozen && cc_str_eqz(own.why, "we talk") && own.told == 1 && own.seq == 4);
	assert_int_equal(cc_class_may(&own, CC_CLASS_FREEZE, NULL), CC_ESTATE);
	cc_class_fold_seat(&log, other, &own);
	assert_true(own.started && !own.frozen && !own.told);
	/* only what is for seats may name one */
	test_tree_file(&scratch, "alone/host/00000000000000bb.jsonl",
		"{\"seq\":5,\"host\":\"00000000000000bb\",\"do\":\"end\",\"at_ns\":1,\"seat\":\"0123456789abcdef\"}\n");
	all = read_state(dir, arena, &strays, &unwhole);
	assert_true(!all.ended && unwhole == 1);
	cc_class_log_deinit(&log);
	cc_arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_interleaving_gives_one_state),
		cmocka_unit_test(a_class_is_made_once),
		cmocka_unit_test(two_hosts_lead_and_what_cannot_be_is_refused),
		cmocka_unit_test(pieces_and_copies_do_no_harm),
		cmocka_unit_test(a_wrong_clock_starts_with_the_others),
		cmocka_unit_test(one_clock_for_all),
		cmocka_unit_test(seats_are_read_in_the_order_they_were_taken),
		cmocka_unit_test(rights_are_those_of_the_folder),
		cmocka_unit_test(what_others_put_there_does_no_harm),
		cmocka_unit_test(pipes_keep_nobody_waiting),
		cmocka_unit_test(an_id_is_no_path),
		cmocka_unit_test(a_number_beyond_all_is_left_out),
		cmocka_unit_test(one_seat_is_led_alone),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
