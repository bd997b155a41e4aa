/* board_worth.c - possible answers by what they may be worth, and the step from one to the next.
 *
 * The worth of an answer follows from the player's own confidences and from who excludes whom (casefile.h): a mirror, not an
 * oracle. All answers are weighed as long as that is quick; beyond, a good one is built name by name. */
#include "cmd/board.h"

#include <math.h>
#include <string.h>

enum {
	ALL_ANSWERS_OF = 14,     /* up to this many suspects every answer is weighed: 16,383 */
	ANSWERS_LISTED = 12
};

static const cc_column ANSWER_COLUMNS[] = {
	{ "expected_score", "Expected", CC_CELL_NUMBER, CC_ROLE_TEXT, 9, 0 },
	{ "best", "Best", CC_CELL_BOOL, CC_ROLE_OK, 5, 0 },
	{ "count", "Names", CC_CELL_INT, CC_ROLE_TEXT, 6, 1 },
	{ "names", "Answer", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
};

static const cc_column NEIGHBOUR_COLUMNS[] = {
	{ "change", "Change", CC_CELL_TEXT, CC_ROLE_CHANGED, 8, 0 },
	{ "name", "Name", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "expected_now", "Now", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 1 },
	{ "expected_score", "Then", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 0 },
	{ "difference", "Difference", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 0 },
	{ "pays_above", "Pays above", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 1 },
};

cc_code cc_board_answer_init(cc_board_answer *a, const cc_case *k, cc_err *err)
{
	size_t n = cc_case_suspect_count(k);

	*a = (cc_board_answer){ .kase = k };
	if (n > CC_SUSPECTS_MAX)
		return cc_err_set(err, CC_ELIMIT, "%zu suspects are more than the %d an answer can hold", n, CC_SUSPECTS_MAX);
	a->n = n;
	a->scaled = cc_case_chances(k, a->chances);
	return CC_OK;
}

double cc_board_answer_score(const cc_board_answer *a)
{
	return cc_case_expected_score(a->chances, a->in, a->n);
}

void cc_board_note_scaled(const cc_board_answer *a, cc_reply *r)
{
	if (a->scaled)
		cc_reply_add_note(r, "rivals exclude each other, but the confidences of some sum to more than 1: they are divided by "
			"their sum here");
}

static double rounded(double v)
{
	return round(v * 10000) / 10000 + 0.0;   /* never "-0" */
}

/* --- the best answers --- */

typedef struct weighed { double score; uint64_t set; } weighed;
typedef struct toplist { weighed at[ANSWERS_LISTED]; size_t n; } toplist;

static size_t names_in(uint64_t set)
{
	size_t n = 0;

	for (; set; set &= set - 1)
		n++;
	return n;
}

/* Of equal answers the shorter one comes first. A hair's difference is none: sums are not exact. */
static bool better(weighed a, weighed b)
{
	return fabs(a.score - b.score) > 1e-12 ? a.score > b.score : names_in(a.set) < names_in(b.set);
}

static void offer(toplist *t, weighed w)
{
	size_t at = t->n;

	if (at == ANSWERS_LISTED && !better(w, t->at[--at]))
		return;
	for (; at > 0 && better(w, t->at[at - 1]); at--)
		t->at[at] = t->at[at - 1];
	t->at[at] = w;
	t->n += t->n < ANSWERS_LISTED;
}

static void set_members(cc_board_answer *a, uint64_t set)
{
	a->named = 0;
	for (size_t i = 0; i < a->n; i++) {
		a->in[i] = i < 64 && set >> i & 1;
		a->named += a->in[i];
	}
}

static void add_answer(cc_board_answer *a, double score, bool best, cc_reply *r)
{
	cc_buf names = CC_BUF_INIT;
	cc_row *row = cc_reply_row(r);
	size_t said = 0;

	for (size_t i = 0; i < a->n; i++)
		if (a->in[i])
			cc_buf_addf(&names, "%s%.*s", said++ ? ", " : "", CC_STR_ARG(cc_case_suspect(a->kase, i)->name));
	if (row) {
		row->mark = best ? CC_ROLE_OK : CC_ROLE_TEXT;
		cc_reply_cell(r, cc_cell_number(rounded(score)));
		cc_reply_cell(r, cc_cell_bool(best));
		cc_reply_cell(r, cc_cell_int((int64_t)a->named));
		cc_reply_cell(r, cc_cell_text(cc_buf_str(&names)));
		cc_buf_clear(&names);
		for (size_t i = 0; i < a->n; i++)
			if (a->in[i])
				cc_buf_addf(&names, "%s%zu", names.n ? "," : "", i + 1);
		cc_reply_set_drill(r, "submit names=%.*s", CC_STR_ARG(cc_buf_str(&names)));
	}
	cc_buf_deinit(&names);
}

static void list_all(cc_board_answer *a, cc_reply *r)
{
	toplist top = { .n = 0 };
	uint64_t count = (UINT64_C(1) << a->n) - 1;

	for (uint64_t set = 1; set <= count; set++) {
		set_members(a, set);
		offer(&top, (weighed){ cc_board_answer_score(a), set });
	}
	for (size_t i = 0; i < top.n; i++) {
		set_members(a, top.at[i].set);
		add_answer(a, top.at[i].score, i == 0, r);
	}
	if (count > ANSWERS_LISTED)
		cc_reply_add_note(r, "answers: the best %d of %llu possible ones", ANSWERS_LISTED, (unsigned long long)count);
	set_members(a, top.n ? top.at[0].set : 0);
}

/* The name that raises the score most, or lowers it least. */
static size_t next_name(cc_board_answer *a)
{
	size_t best = a->n;
	double score = -1;

	for (size_t i = 0; i < a->n; i++) {
		if (a->in[i])
			continue;
		a->in[i] = true;
		if (cc_board_answer_score(a) > score) {
			score = cc_board_answer_score(a);
			best = i;
		}
		a->in[i] = false;
	}
	return best;
}

static void list_built(cc_board_answer *a, cc_reply *r)
{
	bool best[CC_SUSPECTS_MAX] = { false };
	double score = -1;
	size_t i, named = 0;

	for (size_t k = 0; k < ANSWERS_LISTED && (i = next_name(a)) < a->n; k++) {
		a->in[i] = true;
		a->named++;
		add_answer(a, cc_board_answer_score(a), false, r);
		if (cc_board_answer_score(a) > score) {
			score = cc_board_answer_score(a);
			memcpy(best, a->in, sizeof best);
			named = a->named;
		}
	}
	memcpy(a->in, best, sizeof best);
	a->named = named;
	cc_reply_add_note(r, "more than %d suspects: answers are built name by name, each time taking the one that adds most", ALL_ANSWERS_OF);
}

void cc_board_list_answers(cc_board_answer *a, cc_reply *r)
{
	cc_reply_begin_table(r, "answers", "Possible answers, by your own confidences", ANSWER_COLUMNS,
		sizeof ANSWER_COLUMNS / sizeof *ANSWER_COLUMNS, false);
	if (a->n > ALL_ANSWERS_OF)
		list_built(a, r);
	else if (a->n)
		list_all(a, r);
	cc_board_note_scaled(a, r);
}

void cc_board_list_neighbours(cc_board_answer *a, cc_reply *r)
{
	double here = cc_board_answer_score(a);

	if (a->n < 2)            /* with or without the only one: there is nothing to weigh */
		return;
	cc_reply_begin_table(r, "neighbours", "If one name were different", NEIGHBOUR_COLUMNS,
		sizeof NEIGHBOUR_COLUMNS / sizeof *NEIGHBOUR_COLUMNS, false);
	for (size_t i = 0; i < a->n; i++) {
		double there, bound = cc_case_pays_above(a->chances, a->in, a->n, i);

		a->in[i] = !a->in[i];
		there = cc_board_answer_score(a);
		a->in[i] = !a->in[i];
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_textz(a->in[i] ? "without" : "with"));
		cc_reply_cell(r, cc_cell_text(cc_case_suspect(a->kase, i)->name));
		cc_reply_cell(r, cc_cell_number(rounded(here)));
		cc_reply_cell(r, cc_cell_number(rounded(there)));
		cc_reply_cell(r, cc_cell_number(rounded(there - here)));
		cc_reply_cell(r, isnan(bound) ? cc_cell_none() : cc_cell_number(rounded(bound)));
	}
}
