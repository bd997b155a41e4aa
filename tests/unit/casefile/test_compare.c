/* test_compare.c - runs held against each other: who saw what, where they parted, which moments belong together. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/clock.h"
#include "coldcase/compare.h"
#include "coldcase/rng.h"
#include "support/scratch.h"

/* A step by its second of the case's clock, the records it showed (letters), and the thing it focused (0 = none did). */
typedef struct did { int second; const char *shows; unsigned focus; } did;

static void add_step(cc_record *r, const did *d)
{
	cc_str cites[8];
	size_t n = strlen(d->shows);
	for (size_t i = 0; i < n; i++)
		cites[i] = (cc_str){ d->shows + i, 1 };
	cc_action a = { .kind = CC_ACT_FOCUS, .entity = d->focus, .mono_ns = cc_clock_mono_ns(), .wall_ns = cc_clock_wall_ns() };
	cc_record_step s = { .line = n ? cites[0] : CC_STR("start"), .command = CC_STR("x"), .query = n > 0, .turn = -1, .active_ns = d->second * CC_NS_PER_S,
		.answered = n > 0, .shown = { .title = CC_STR_EMPTY, .cites = cites, .cite_count = n }, .actions = &a, .action_count = d->focus > 0 };
	assert_int_equal(cc_record_add_step(r, &s, NULL), CC_OK);
}

static cc_run *make_run(const did *steps, size_t n)
{
	cc_buf dir = CC_BUF_INIT;
	cc_record *r;
	cc_run *run;
	uint32_t trial;
	assert_int_equal(cc_record_make_dir(&dir, &trial, scratch.root, CC_STR("compared"), NULL), CC_OK);
	assert_int_equal(cc_record_open(&r, dir.p, &(cc_record_header){ .version = CC_STR("1") }, NULL, NULL), CC_OK);
	for (size_t i = 0; i < n; i++)
		add_step(r, &steps[i]);
	cc_record_close(r);
	assert_int_equal(cc_run_read(&run, dir.p, NULL), CC_OK);
	cc_buf_deinit(&dir);
	return run;
}

#define COUNT(t) (sizeof(t) / sizeof((t)[0]))

/* The left run begins with a step that shows nothing; both come to d on different ways. */
static const did LEFT[] = { { 0, "", 0 }, { 10, "ab", 0 }, { 20, "c", 0 }, { 30, "d", 0 }, { 60, "e", 0 }, { 90, "b", 0 } };
static const did RIGHT[] = { { 5, "ab", 0 }, { 15, "f", 0 }, { 25, "g", 0 }, { 60, "d", 0 }, { 70, "c", 0 } };

typedef struct pair { cc_run *left, *right; cc_compare *c; } pair;

static pair open_pair(const did *left, size_t ln, const did *right, size_t rn)
{
	pair p = { make_run(left, ln), make_run(right, rn), NULL };
	const cc_run *runs[] = { p.left, p.right };
	assert_int_equal(cc_compare_new(&p.c, runs, 2, NULL), CC_OK);
	return p;
}

static void close_pair(pair *p)
{
	cc_compare_free(p->c);
	cc_run_free(p->left);
	cc_run_free(p->right);
}

static void test_who_saw_what(void **state)
{
	(void)state;
	pair p = open_pair(LEFT, COUNT(LEFT), RIGHT, COUNT(RIGHT));
	assert_int_equal(cc_compare_cites(p.c)->n, 7);
	const cc_sighting *d = cc_compare_cite(p.c, CC_STR("d"));
	assert_int_equal(d->step[0], 4);
	assert_int_equal(d->step[1], 4);
	assert_int_equal(cc_compare_seers(p.c, d), 3);
	assert_int_equal(cc_compare_cite(p.c, CC_STR("b"))->step[0], 2);       /* the first time counts */
	assert_int_equal(cc_compare_seers(p.c, cc_compare_cite(p.c, CC_STR("e"))), 1);
	assert_int_equal(cc_compare_seers(p.c, cc_compare_cite(p.c, CC_STR("g"))), 2);
	assert_null(cc_compare_cite(p.c, CC_STR("z")));
	assert_int_equal(cc_compare_parted(p.c), 2);
	close_pair(&p);
}

static void test_where_they_part(void **state)
{
	(void)state;
	uint64_t step[CC_COMPARE_MAX];
	bool by_focus;
	pair p = open_pair(LEFT, COUNT(LEFT), RIGHT, COUNT(RIGHT));
	assert_true(cc_compare_diverged(p.c, step, &by_focus));
	assert_int_equal(step[0], 3);          /* the step that shows nothing does not count */
	assert_int_equal(step[1], 2);
	assert_false(by_focus);
	close_pair(&p);

	p = open_pair(LEFT, COUNT(LEFT), LEFT + 1, COUNT(LEFT) - 1);
	assert_false(cc_compare_diverged(p.c, step, &by_focus));
	close_pair(&p);

	static const did looks[] = { { 0, "ab", 0 }, { 1, "", 7 }, { 2, "c", 0 } }, elsewhere[] = { { 0, "ab", 0 }, { 1, "", 8 }, { 2, "c", 0 } };
	p = open_pair(looks, 3, elsewhere, 3);
	assert_true(cc_compare_diverged(p.c, step, &by_focus));
	assert_int_equal(step[0], 2);
	assert_true(by_focus);
	close_pair(&p);

	p = open_pair(looks, 3, looks, 2);     /* one simply went on: its last step is where they part */
	assert_true(cc_compare_diverged(p.c, step, &by_focus));
	assert_int_equal(step[0], 3);
	assert_int_equal(step[1], 2);
	close_pair(&p);
}

static void expect(const cc_compare *c, cc_sync how, size_t lead, size_t at, size_t left, size_t right)
{
	size_t steps[CC_COMPARE_MAX];
	cc_compare_align(c, how, lead, at, steps);
	if (steps[0] != left || steps[1] != right)
		fail_msg("sync %d, lead %zu, position %zu: %zu and %zu, not %zu and %zu", (int)how, lead, at, steps[0], steps[1], left, right);
}

static void check_partings(const cc_run *const *runs, size_t n, const char *want)
{
	cc_compare *c;
	cc_parting_vec all = { 0 };
	cc_buf b = CC_BUF_INIT;
	assert_int_equal(cc_compare_new(&c, runs, n, NULL), CC_OK);
	assert_true(cc_compare_partings(c, &all));
	for (size_t i = 0; i < all.n; i++) {
		cc_buf_addz(&b, i ? " | " : "");
		for (size_t run = 0; run < n; run++)
			cc_buf_addf(&b, "%s%d-%d", run ? " " : "", (int)all.p[i].from[run], (int)all.p[i].to[run]);
	}
	assert_string_equal(b.p ? b.p : "", want);
	cc_buf_deinit(&b);
	cc_vec_deinit(&all);
	cc_compare_free(c);
}

/* Two ways apart, and together between; one look more in between is no parting, whatever runs do without looking belongs to the way. */
static void test_all_partings(void **state)
{
	(void)state;
	static const did A[] = { { 1, "a", 0 }, { 2, "b", 0 }, { 3, "c", 0 }, { 4, "", 0 }, { 5, "m", 0 }, { 6, "x", 0 }, { 7, "n", 0 }, { 8, "d", 0 },
		{ 9, "e", 0 }, { 10, "z", 0 } };
	static const did B[] = { { 1, "a", 0 }, { 2, "f", 0 }, { 3, "m", 0 }, { 4, "n", 0 }, { 5, "g", 0 }, { 6, "", 0 }, { 7, "h", 0 }, { 8, "i", 0 }, { 9, "z", 0 },
		{ 10, "", 0 } };
	static const did C[] = { { 1, "a", 0 }, { 2, "m", 0 }, { 3, "q", 0 }, { 4, "q", 0 }, { 5, "z", 0 } };
	cc_run *a = make_run(A, COUNT(A)), *b = make_run(B, COUNT(B)), *c = make_run(C, COUNT(C));
	check_partings((const cc_run *const[]){ a, b }, 2, "1-4 1-2 | 7-9 4-8");
	check_partings((const cc_run *const[]){ b, a }, 2, "1-2 1-4 | 4-8 7-9");
	check_partings((const cc_run *const[]){ a, b, c }, 3, "1-4 1-2 1-1 | 5-9 3-8 2-4");
	check_partings((const cc_run *const[]){ a, a }, 2, "");
	cc_run_free(a);
	cc_run_free(b);
	cc_run_free(c);
}

/* The way is whole: no step of any run lies in two partings, they come in order, and the first is where the runs diverge. */
static void test_partings_of_any_runs(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 5);
	for (int round = 0; round < 60; round++) {
		static const char *const SHOWS[] = { "", "a", "b", "c", "ab", "d" };
		did way[3][12];
		cc_run *runs[3];
		uint64_t step[CC_COMPARE_MAX], done[3] = { 0 };
		cc_compare *c;
		cc_parting_vec all = { 0 };
		bool by_focus;
		for (size_t run = 0; run < 3; run++) {
			size_t n = 1 + cc_rng_below(&rng, 12);
			for (size_t i = 0; i < n; i++)
				way[run][i] = (did){ (int)i, SHOWS[cc_rng_below(&rng, COUNT(SHOWS))], (unsigned)cc_rng_below(&rng, 3) };
			runs[run] = make_run(way[run], n);
		}
		assert_int_equal(cc_compare_new(&c, (const cc_run *const *)runs, 3, NULL), CC_OK);
		assert_true(cc_compare_partings(c, &all));
		assert_int_equal(cc_compare_diverged(c, step, &by_focus), all.n > 0);
		for (size_t i = 0; i < all.n; i++)
			for (size_t run = 0; run < 3; run++) {
				assert_true(all.p[i].from[run] >= done[run] && all.p[i].to[run] >= all.p[i].from[run]);
				done[run] = all.p[i].to[run];
				assert_true(done[run] <= cc_run_step_count(runs[run]));
				assert_true(i || all.p[i].from[run] < step[run] || step[run] == cc_run_step_count(runs[run]));
			}
		cc_vec_deinit(&all);
		cc_compare_free(c);
		for (size_t run = 0; run < 3; run++)
			cc_run_free(runs[run]);
	}
}

static void test_together(void **state)
{
	(void)state;
	pair p = open_pair(LEFT, COUNT(LEFT), RIGHT, COUNT(RIGHT));
	assert_int_equal(cc_compare_last(p.c, CC_SYNC_STEP, 0), 6);
	expect(p.c, CC_SYNC_STEP, 0, 2, 2, 2);
	expect(p.c, CC_SYNC_STEP, 0, 6, 6, 5);
	/* 0 5 10 15 20 25 30 60 70 90 */
	assert_int_equal(cc_compare_last(p.c, CC_SYNC_CLOCK, 0), 10);
	expect(p.c, CC_SYNC_CLOCK, 0, 0, 0, 0);
	expect(p.c, CC_SYNC_CLOCK, 0, 1, 1, 0);
	expect(p.c, CC_SYNC_CLOCK, 0, 2, 1, 1);
	expect(p.c, CC_SYNC_CLOCK, 0, 8, 5, 4);
	expect(p.c, CC_SYNC_CLOCK, 0, 10, 6, 5);
	assert_int_equal(cc_compare_clock(p.c, CC_SYNC_CLOCK, 0, 8), 60 * CC_NS_PER_S);
	assert_int_equal(cc_compare_position(p.c, CC_SYNC_CLOCK, 0, 1, 4), 8);
	/* The left sees ab, c, d: the right saw them at 1, 5, 4. What only the left saw moves nobody. */
	assert_int_equal(cc_compare_last(p.c, CC_SYNC_EVIDENCE, 0), 7);
	expect(p.c, CC_SYNC_EVIDENCE, 0, 1, 1, 0);
	expect(p.c, CC_SYNC_EVIDENCE, 0, 2, 2, 1);
	expect(p.c, CC_SYNC_EVIDENCE, 0, 3, 3, 5);
	expect(p.c, CC_SYNC_EVIDENCE, 0, 4, 4, 4);
	expect(p.c, CC_SYNC_EVIDENCE, 0, 6, 6, 4);
	expect(p.c, CC_SYNC_EVIDENCE, 0, 7, 6, 5);
	expect(p.c, CC_SYNC_EVIDENCE, 1, 4, 4, 4);
	expect(p.c, CC_SYNC_EVIDENCE, 1, 3, 2, 3);
	close_pair(&p);
}

/* A position says everything, and the position of a step is where it is reached. */
static void test_positions(void **state)
{
	(void)state;
	pair p = open_pair(LEFT, COUNT(LEFT), RIGHT, COUNT(RIGHT));
	cc_rng rng;
	cc_rng_init(&rng, 6);
	for (int i = 0; i < 300; i++) {
		cc_sync how = (cc_sync)cc_rng_below(&rng, 3);
		size_t lead = cc_rng_below(&rng, 2), run = how == CC_SYNC_EVIDENCE ? lead : cc_rng_below(&rng, 2), steps[CC_COMPARE_MAX];
		size_t step = cc_rng_below(&rng, run ? COUNT(RIGHT) + 1 : COUNT(LEFT) + 1);
		size_t at = cc_compare_position(p.c, how, lead, run, step);
		cc_compare_align(p.c, how, lead, at, steps);
		assert_int_equal(steps[run], step);
		assert_true(at <= cc_compare_last(p.c, how, lead));
	}
	close_pair(&p);
}

static void test_nothing_to_compare(void **state)
{
	(void)state;
	uint64_t step[CC_COMPARE_MAX];
	bool by_focus;
	pair p = open_pair(LEFT, 0, RIGHT, 0);
	assert_int_equal(cc_compare_last(p.c, CC_SYNC_STEP, 0), 0);
	assert_int_equal(cc_compare_last(p.c, CC_SYNC_CLOCK, 0), 0);
	expect(p.c, CC_SYNC_EVIDENCE, 0, 1, 0, 0);
	assert_false(cc_compare_diverged(p.c, step, &by_focus));
	assert_int_equal(cc_compare_clock(p.c, CC_SYNC_CLOCK, 0, 1), 0);
	close_pair(&p);
}

/* Whoever plays a run lets go of its lines. */
static void test_lines_may_be_let_go_of(void **state)
{
	(void)state;
	pair p = open_pair(LEFT, COUNT(LEFT), RIGHT, COUNT(RIGHT));
	for (int i = 0; i < 2; i++) {
		cc_run_trim(p.left, 0);
		cc_run_trim(p.right, 0);
		(void)cc_run_step(p.left, 0);
		(void)cc_run_step(p.right, 1);
	}
	const cc_sighting *a = cc_compare_cite(p.c, CC_STR("a"));
	assert_non_null(a);
	assert_true(cc_str_eqz(a->what, "a"));
	assert_true(cc_str_eqz(cc_compare_cites(p.c)->p[cc_compare_cites(p.c)->n - 1].what, "e") && !cc_compare_cite(p.c, CC_STR("h")));
	close_pair(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_who_saw_what), cmocka_unit_test(test_where_they_part), cmocka_unit_test(test_all_partings),
		cmocka_unit_test(test_partings_of_any_runs), cmocka_unit_test(test_together),
		cmocka_unit_test(test_positions), cmocka_unit_test(test_nothing_to_compare), cmocka_unit_test(test_lines_may_be_let_go_of) };
	return cmocka_run_group_tests_name("compare", tests, scratch_make, scratch_remove);
}
