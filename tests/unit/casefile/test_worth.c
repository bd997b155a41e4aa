/* test_worth.c - what an answer may be worth: against plain enumeration, the published examples, and who excludes whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <cmocka.h>

#include "unit/casefile/case_support.h"

enum { MOST = 8 };

/* The chance that exactly the suspects of `set` are causes: 0 when two of them exclude each other. */
static double chance_of(const cc_chance *c, size_t n, unsigned set)
{
	double chance = 1;

	for (size_t i = 0; i < n; i++) {
		double sum = 0, mine = -1;
		bool first = true;

		for (size_t k = 0; k < n; k++) {
			if (k != i && (!c[i].rivals || c[k].rivals != c[i].rivals))
				continue;
			first = first && k >= i;
			sum += c[k].p;
			if (set >> k & 1 && mine >= 0)
				return 0;
			if (set >> k & 1)
				mine = c[k].p;
		}
		if (first)
			chance *= mine >= 0 ? mine : 1 - sum;
	}
	return chance;
}

static double enumerate(const cc_chance *c, const bool *in, size_t n)
{
	double score = 0;
	size_t named = 0;

	for (size_t i = 0; i < n; i++)
		named += in[i];
	for (unsigned set = 1; named && set < 1u << n; set++) {
		size_t hits = 0;
		bool missed = false;

		for (size_t i = 0; i < n; i++) {
			hits += (set >> i & 1) && in[i];
			missed |= (set >> i & 1) && !in[i];
		}
		if (!missed)
			score += chance_of(c, n, set) * (double)hits / (double)named;
	}
	return score;
}

static bool near(double a, double b)
{
	return fabs(a - b) < 1e-9;
}

static void known_answers_have_known_worths(void **state)
{
	const bool both[] = { true, true }, first[] = { true, false }, second[] = { false, true }, none[] = { false, false };
	const cc_chance pair[] = { { 1, 0 }, { 0.4, 0 } }, rivals[] = { { 0.6, 1 }, { 0.4, 1 } };

	(void)state;
	assert_true(near(cc_case_expected_score((cc_chance[]){ { 1, 0 } }, first, 1), 1));
	assert_true(near(cc_case_expected_score((cc_chance[]){ { 0.6, 0 } }, first, 1), 0.6));
	assert_true(near(cc_case_expected_score(pair, none, 2), 0));
	assert_true(near(cc_case_expected_score(pair, both, 2), 0.4 + 0.6 / 2));   /* p + (1-p) n/(n+1) */
	assert_true(near(cc_case_expected_score(pair, first, 2), 0.6));
	assert_true(near(cc_case_expected_score(rivals, first, 2), 0.6));
	assert_true(near(cc_case_expected_score(rivals, second, 2), 0.4));
	assert_true(near(cc_case_expected_score(rivals, both, 2), 0.5));
}

static void a_name_beside_certain_ones_pays_above_the_bound(void **state)
{
	cc_chance c[MOST];
	bool in[MOST];

	(void)state;
	for (size_t n = 1; n < MOST; n++) {
		for (size_t i = 0; i <= n; i++) {
			c[i] = (cc_chance){ i < n ? 1 : 0.2, 0 };
			in[i] = i < n;
		}
		assert_true(near(cc_case_pays_above(c, in, n + 1, n), 1.0 / ((double)n + 2)));
		in[n] = true;           /* being in already makes no difference */
		assert_true(near(cc_case_pays_above(c, in, n + 1, n), 1.0 / ((double)n + 2)));
	}
	/* A rival of one at 0.6 has 0.4 at most, and that never pays; a rival of one at 0.3 may. */
	assert_true(isnan(cc_case_pays_above((cc_chance[]){ { 0.6, 1 }, { 0.4, 1 } }, (bool[]){ true, false }, 2, 1)));
	assert_true(near(cc_case_pays_above((cc_chance[]){ { 0.3, 1 }, { 0.4, 1 } }, (bool[]){ true, false }, 2, 1), 0.3));
}

/* Chances of up to eight suspects in up to three groups of rivals; the rivals of a group leave room for none of them. */
static size_t random_chances(cc_rng *rng, cc_chance *c, bool *in)
{
	size_t n = (size_t)cc_rng_between(rng, 1, MOST);
	double sum[4] = { 1, 0, 0, 0 };

	for (size_t i = 0; i < n; i++) {
		c[i] = (cc_chance){ cc_rng_unit(rng), (uint32_t)cc_rng_below(rng, 4) };
		sum[c[i].rivals] += c[i].rivals ? c[i].p : 0;
		in[i] = cc_rng_below(rng, 2);
	}
	for (size_t i = 0; i < n; i++)
		if (c[i].rivals && sum[c[i].rivals] > 1)
			c[i].p /= sum[c[i].rivals] * 1.25;
	return n;
}

static void the_formula_is_the_enumeration(void **state)
{
	cc_rng rng;

	(void)state;
	cc_rng_init(&rng, 3);
	for (int round = 0; round < 2000; round++) {
		cc_chance c[MOST];
		bool in[MOST];
		size_t n = random_chances(&rng, c, in);

		assert_true(near(cc_case_expected_score(c, in, n), enumerate(c, in, n)));
	}
}

static void paying_and_not_paying_meet_at_the_bound(void **state)
{
	cc_rng rng;
	int found = 0;

	(void)state;
	cc_rng_init(&rng, 5);
	for (int round = 0; round < 2000; round++) {
		cc_chance c[MOST];
		bool in[MOST];
		size_t n = random_chances(&rng, c, in), i = (size_t)cc_rng_below(&rng, n);
		double bound = cc_case_pays_above(c, in, n, i), without;

		if (isnan(bound))
			continue;
		c[i].p = bound;
		in[i] = false;
		without = enumerate(c, in, n);
		in[i] = true;
		assert_true(fabs(enumerate(c, in, n) - without) < 1e-6);
		found++;
	}
	assert_true(found > 500);
}

static void suspect(cc_case *c, const char *name, double confidence, const char *instead_of, const char *as_well_as, cc_code expected)
{
	cc_err err;
	cc_action a = { .kind = CC_ACT_SUSPECT, .name = cc_str_from(name), .confidence = confidence,
		.instead_of = cc_str_from(instead_of), .as_well_as = cc_str_from(as_well_as) };

	assert_int_equal(cc_case_apply(c, &a, &err), expected);
}

static uint32_t rivals(const cc_case *c, size_t i)
{
	return cc_case_suspect(c, i)->rivals;
}

static void rivals_are_mutual_and_can_be_parted(void **state)
{
	cc_case *c = cc_case_new(0);

	(void)state;
	assert_non_null(c);
	suspect(c, "a", 0.5, NULL, NULL, CC_OK);
	suspect(c, "b", 0.5, "a", NULL, CC_OK);
	suspect(c, "c", 0.5, NULL, NULL, CC_OK);
	suspect(c, "d", 0.5, "c", NULL, CC_OK);
	assert_true(rivals(c, 0) && rivals(c, 0) == rivals(c, 1));
	assert_true(rivals(c, 2) && rivals(c, 2) == rivals(c, 3) && rivals(c, 2) != rivals(c, 0));
	suspect(c, "d", -1, "b", NULL, CC_OK);          /* its own rivals come along */
	assert_true(rivals(c, 0) == rivals(c, 2) && rivals(c, 0) == rivals(c, 3));
	suspect(c, "c", -1, NULL, "a", CC_OK);
	assert_int_equal(rivals(c, 2), 0);
	assert_true(rivals(c, 3) == rivals(c, 0));
	suspect(c, "a", -1, "a", NULL, CC_EUSAGE);
	suspect(c, "a", -1, "x", NULL, CC_EUNKNOWN);
	suspect(c, "a", -1, "b", "d", CC_EUSAGE);
	suspect(c, "x", 0.5, "x", NULL, CC_EUNKNOWN);   /* not a suspect yet, and refused as a whole */
	assert_int_equal(cc_case_suspect_count(c), 4);
	cc_case_free(c);
}

static void rivals_surer_than_sure_are_scaled(void **state)
{
	cc_case *c = cc_case_new(0);
	cc_chance out[3];

	(void)state;
	assert_non_null(c);
	suspect(c, "a", 0.9, NULL, NULL, CC_OK);
	suspect(c, "b", 0.6, NULL, NULL, CC_OK);
	assert_false(cc_case_chances(c, out));
	assert_true(near(out[0].p, 0.9) && near(out[1].p, 0.6));
	suspect(c, "b", -1, "a", NULL, CC_OK);
	suspect(c, "c", 0.7, NULL, NULL, CC_OK);
	assert_true(cc_case_chances(c, out));
	assert_true(near(out[0].p, 0.6) && near(out[1].p, 0.4) && near(out[2].p, 0.7));
	suspect(c, "a", 0.4, NULL, NULL, CC_OK);
	assert_false(cc_case_chances(c, out));          /* 0.4 and 0.6 fit */
	cc_case_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_answers_have_known_worths),
		cmocka_unit_test(a_name_beside_certain_ones_pays_above_the_bound),
		cmocka_unit_test(the_formula_is_the_enumeration),
		cmocka_unit_test(paying_and_not_paying_meet_at_the_bound),
		cmocka_unit_test(rivals_are_mutual_and_can_be_parted),
		cmocka_unit_test(rivals_surer_than_sure_are_scaled),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
