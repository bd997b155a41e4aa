/* case_worth.c - what an answer may be worth under the player's own confidences: casefile.h has the formula.
 *
 * It is a mirror, not an oracle: nothing but the confidences and who excludes whom goes in. */
#include <math.h>

#include "casefile/case_priv.h"

bool cc_case_chances(const cc_case *c, cc_chance *out)
{
	bool scaled = false;

	for (size_t i = 0; i < c->suspects.n; i++) {
		const cc_suspect *s = &c->suspects.p[i];
		double sum = 0;

		for (size_t k = 0; s->rivals && k < c->suspects.n; k++)
			if (c->suspects.p[k].rivals == s->rivals)
				sum += c->suspects.p[k].confidence;
		out[i] = (cc_chance){ sum > 1 ? s->confidence / sum : s->confidence, s->rivals };
		scaled = scaled || sum > 1 + 1e-9;
	}
	return scaled;
}

/* Of the group that suspect i belongs to: the chance that its cause is named, and that there is none. False when an earlier
 * suspect stands for the group. */
typedef struct odds { double named, none; } odds;

static bool group_odds(const cc_chance *c, const bool *in, size_t n, size_t i, odds *out)
{
	double left = 1;

	*out = (odds){ 0, 0 };
	for (size_t k = c[i].rivals ? 0 : i; k < (c[i].rivals ? n : i + 1); k++) {
		if (k != i && c[k].rivals != c[i].rivals)
			continue;
		if (k < i)
			return false;
		left -= c[k].p;
		if (in[k])
			out->named += c[k].p;
	}
	out->none = left > 0 ? left : 0;
	return true;
}

/* One walk over the groups: `whole` is the chance that nothing left out is a cause, `sum` the expected number of causes
 * over the cases where that holds. */
double cc_case_expected_score(const cc_chance *chances, const bool *in, size_t n)
{
	double whole = 1, sum = 0;
	size_t named = 0;

	for (size_t i = 0; i < n; i++) {
		odds o;

		named += in[i];
		if (!group_odds(chances, in, n, i, &o))
			continue;
		sum = sum * (o.none + o.named) + whole * o.named;
		whole *= o.none + o.named;
	}
	return named ? sum / (double)named : 0;
}

enum { WORTH_MAX = 256 };

/* What naming suspect i, too, gains at a chance of p. */
static double gain(const cc_chance *chances, const bool *in, size_t n, size_t i, double p)
{
	cc_chance c[WORTH_MAX];
	bool with[WORTH_MAX];
	double before;

	for (size_t k = 0; k < n; k++) {
		c[k] = chances[k];
		with[k] = in[k] && k != i;
	}
	c[i].p = p;
	before = cc_case_expected_score(c, with, n);
	with[i] = true;
	return cc_case_expected_score(c, with, n) - before;
}

/* Both scores are linear in one chance as long as the rivals leave room for it, so two points give the crossing. */
double cc_case_pays_above(const cc_chance *chances, const bool *in, size_t n, size_t i)
{
	double most = 1, at_none, at_most;

	if (n > WORTH_MAX)
		return NAN;
	for (size_t k = 0; chances[i].rivals && k < n; k++)
		if (k != i && chances[k].rivals == chances[i].rivals)
			most -= chances[k].p;
	if (most <= 0)
		return NAN;
	at_none = gain(chances, in, n, i, 0);
	at_most = gain(chances, in, n, i, most);
	return at_most > 0 ? most * -at_none / (at_most - at_none) : NAN;
}
