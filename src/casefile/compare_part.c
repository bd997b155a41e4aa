/* compare_part.c - all the stretches in which runs go different ways, and where they meet again; see compare.h.
 *
 * The first parting is that of cc_compare_diverged. From there on runs meet again at looks that showed all of them the same things,
 * in the same order (the longest such sequence; of more than two runs, one run after the other is held against what is left). */
#include <string.h>

#include "casefile/compare_priv.h"
#include "coldcase/xalloc.h"

enum {
	LEAST = 2,               /* looks: of fewer, in every run, nobody would call it another way */
	LOOKS_MAX = 2000         /* of a run that are held against another's: beyond them runs never meet again */
};

typedef CC_VEC(uint64_t) signs;

/* Where all runs meet again: the place of that look in each, counted from 0. */
typedef struct meeting { size_t at[CC_COMPARE_MAX]; } meeting;
typedef CC_VEC(meeting) meetings;

static uint64_t mix(uint64_t h, cc_str s)
{
	for (size_t i = 0; i < s.n; i++)
		h = (h ^ (unsigned char)s.p[i]) * UINT64_C(1099511628211);
	return (h ^ 0xff) * UINT64_C(1099511628211);
}

/* What a look showed, in whatever order; records where there are any, else things, else where it looks. */
static uint64_t sign_of(const cc_record_step *s, const look *l)
{
	const cc_str *what = s->shown.cite_count ? s->shown.cites : s->shown.entities;
	size_t n = s->shown.cite_count ? s->shown.cite_count : s->shown.entity_count;
	uint64_t sum = n ? n : ~(uint64_t)l->focus;
	for (size_t i = 0; i < n; i++)
		sum += mix(UINT64_C(14695981039346656037), what[i]);
	return sum;
}

static bool read_signs(const compared *r, size_t from, signs *out)
{
	for (size_t i = from; i < r->looks.n && out->n < LOOKS_MAX; i++) {
		const cc_record_line *line = cc_run_step(r->run, (size_t)r->looks.p[i].step - 1);
		if (!line || !cc_vec_push(out, sign_of(line->as.step, &r->looks.p[i])))
			return false;
	}
	return true;
}

/* Lengths of the longest common sequences of what is left from each pair of places on. */
static uint16_t *lengths(const signs *a, const signs *b)
{
	size_t w = b->n + 1;
	uint16_t *best = cc_calloc((a->n + 1) * w, sizeof *best);
	for (size_t i = a->n; best && i-- > 0;)
		for (size_t k = b->n; k-- > 0;) {
			uint16_t down = best[(i + 1) * w + k], right = best[i * w + k + 1];
			best[i * w + k] = a->p[i] == b->p[k] ? (uint16_t)(best[(i + 1) * w + k + 1] + 1) : down > right ? down : right;
		}
	return best;
}

/* Keeps of the meetings those that run `run` has, too; `first` are the signs of the meetings. */
static bool hold_against(meetings *m, signs *first, const signs *other, size_t run)
{
	uint16_t *best = lengths(first, other);
	size_t n = 0, w = other->n + 1;
	if (!best)
		return false;
	for (size_t i = 0, k = 0; i < first->n && k < other->n;) {
		if (first->p[i] == other->p[k]) {
			m->p[n] = m->p[i];
			m->p[n].at[run] = k++;
			first->p[n++] = first->p[i++];
		} else if (best[(i + 1) * w + k] >= best[i * w + k + 1]) {
			i++;
		} else {
			k++;
		}
	}
	m->n = first->n = n;
	cc_free(best);
	return true;
}

static bool find_meetings(const cc_compare *c, size_t from, meetings *m)
{
	signs first = { 0 };
	bool ok = read_signs(&c->runs[0], from, &first);
	for (size_t i = 0; ok && i < first.n; i++)
		ok = cc_vec_push(m, ((meeting){ .at = { i } }));
	for (size_t run = 1; ok && run < c->count; run++) {
		signs other = { 0 };
		ok = read_signs(&c->runs[run], from, &other) && hold_against(m, &first, &other, run);
		cc_vec_deinit(&other);
	}
	cc_vec_deinit(&first);
	for (size_t i = 0; i < m->n; i++)
		for (size_t run = 0; run < c->count; run++)
			m->p[i].at[run] += from;
	return ok;
}

/* Steps that a run has done after so many looks, and before the next; of none left, all. */
static uint64_t after(const compared *r, size_t looks)
{
	return looks ? r->looks.p[looks - 1].step : 0;
}

static uint64_t before(const compared *r, size_t looks)
{
	return looks < r->looks.n ? r->looks.p[looks].step - 1 : r->clock.n;
}

/* From the look after the last that all shared up to the next that they share. */
static bool add_stretch(const cc_compare *c, const size_t *from, const size_t *to, cc_parting_vec *out)
{
	cc_parting p = { .looks = 0 };
	for (size_t run = 0; run < c->count; run++) {
		size_t own = to[run] - from[run];
		p.looks = own > p.looks ? own : p.looks;
		p.from[run] = after(&c->runs[run], from[run]);
		p.to[run] = before(&c->runs[run], to[run]);
	}
	return (p.looks < LEAST && out->n) || !p.looks || cc_vec_push(out, p);
}

/* The look at which they parted, if all see the same there and only look at it from different places: nobody meets there. */
static bool is_first(const cc_compare *c, const meeting *m, size_t place)
{
	bool first = true;
	for (size_t run = 0; run < c->count; run++)
		first = first && m->at[run] == place;
	return first;
}

bool cc_compare_partings(const cc_compare *c, cc_parting_vec *out)
{
	meetings m = { 0 };
	size_t from[CC_COMPARE_MAX], end[CC_COMPARE_MAX], first = cc_compare_parting_look(c);
	bool ok = first == SIZE_MAX || find_meetings(c, first - 1, &m);
	for (size_t run = 0; run < c->count; run++) {
		end[run] = c->runs[run].looks.n;
		from[run] = first - 1 < end[run] ? first - 1 : end[run];
	}
	for (size_t i = 0; ok && i < m.n; i++) {
		if (is_first(c, &m.p[i], first - 1))
			continue;
		ok = add_stretch(c, from, m.p[i].at, out);
		for (size_t run = 0; run < c->count; run++)
			from[run] = m.p[i].at[run] + 1;
	}
	ok = ok && (first == SIZE_MAX || add_stretch(c, from, end, out));
	cc_vec_deinit(&m);
	return ok;
}
