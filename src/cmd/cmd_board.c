/* cmd_board.c - the case board: everything thought so far, and what each possible answer may be worth.
 *
 * The worth of an answer follows from the player's own confidences alone (casefile.h): it is a mirror, not an oracle. */
#include <string.h>

#include "cmd/case_name.h"

enum {
	ALL_ANSWERS_OF = 6,      /* up to this many suspects every subset is listed: 63 answers */
	ANSWER_SUSPECTS_MAX = 200
};

static const cc_column ANSWER_COLUMNS[] = {
	{ "expected_score", "Expected", CC_CELL_NUMBER, CC_ROLE_COUNT, 9, 0 },
	{ "count", "Names", CC_CELL_INT, CC_ROLE_COUNT, 6, 1 },
	{ "names", "Answer", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
};

static const cc_column NOTE_COLUMNS[] = {
	{ "wall", "When", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "text", "Note", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};

typedef struct answer { double score; uint64_t set; size_t count; } answer;

/* All suspects by falling confidence: the best answer of each size is a prefix of this order. */
typedef struct ranking { size_t n; size_t order[ANSWER_SUSPECTS_MAX]; double confidence[ANSWER_SUSPECTS_MAX]; } ranking;

static void rank(const cc_case *k, ranking *out)
{
	out->n = cc_case_suspect_count(k);
	if (out->n > ANSWER_SUSPECTS_MAX)
		out->n = ANSWER_SUSPECTS_MAX;
	for (size_t i = 0; i < out->n; i++) {
		double confidence = cc_case_suspect(k, i)->confidence;
		size_t at = i;

		for (; at > 0 && out->confidence[at - 1] < confidence; at--) {
			out->order[at] = out->order[at - 1];
			out->confidence[at] = out->confidence[at - 1];
		}
		out->order[at] = i;
		out->confidence[at] = confidence;
	}
}

static void add_answer(cc_call *c, cc_reply *r, const ranking *rk, double score, const bool *in)
{
	const cc_case *k = cc_session_case(c->session);
	cc_buf names = CC_BUF_INIT;
	int64_t count = 0;

	for (size_t i = 0; i < rk->n; i++)
		if (in[i])
			cc_buf_addf(&names, "%s%.*s", count++ ? ", " : "", CC_STR_ARG(cc_case_suspect(k, rk->order[i])->name));
	if (cc_reply_row(r)) {
		cc_reply_cell(r, cc_cell_number(score));
		cc_reply_cell(r, cc_cell_int(count));
		cc_reply_cell(r, cc_cell_text(cc_buf_str(&names)));
	}
	cc_buf_deinit(&names);
}

static void members(uint64_t set, size_t n, bool *in)
{
	for (size_t i = 0; i < n; i++)
		in[i] = set >> i & 1;
}

/* Every subset, best first. */
static void list_all(cc_call *c, cc_reply *r, const ranking *rk)
{
	answer list[1 << ALL_ANSWERS_OF];
	bool in[ALL_ANSWERS_OF];
	size_t n = 0;

	for (uint64_t set = 1; set < UINT64_C(1) << rk->n; set++) {
		size_t at = n++;
		double score;

		members(set, rk->n, in);
		score = cc_case_expected_score(rk->confidence, in, rk->n);
		for (; at > 0 && list[at - 1].score < score; at--)
			list[at] = list[at - 1];
		list[at] = (answer){ .score = score, .set = set };
	}
	for (size_t i = 0; i < n; i++) {
		members(list[i].set, rk->n, in);
		add_answer(c, r, rk, list[i].score, in);
	}
}

/* The best answer of each size. */
static void list_best(cc_call *c, cc_reply *r, const ranking *rk)
{
	bool in[ANSWER_SUSPECTS_MAX] = { false };

	for (size_t i = 0; i < rk->n; i++) {
		in[i] = true;
		add_answer(c, r, rk, cc_case_expected_score(rk->confidence, in, rk->n), in);
	}
	cc_reply_add_note(r, "more than %d suspects: only the best answer of each size is listed", ALL_ANSWERS_OF);
}

static void list_answers(cc_call *c, cc_reply *r)
{
	ranking rk;

	rank(cc_session_case(c->session), &rk);
	cc_reply_begin_table(r, "answers", "Possible answers: P(no cause left out) x mean confidence of the names", ANSWER_COLUMNS, 3, false);
	if (rk.n > ALL_ANSWERS_OF)
		list_best(c, r, &rk);
	else
		list_all(c, r, &rk);
}

static void list_notes(const cc_case *k, cc_reply *r)
{
	cc_reply_begin_table(r, "notes", "Notes", NOTE_COLUMNS, 2, false);
	for (size_t i = 0; i < cc_case_note_count(k); i++) {
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_time(cc_case_note(k, i)->wall_ns));
		cc_reply_cell(r, cc_cell_text(cc_case_note(k, i)->text));
	}
}

static void describe_case(const cc_case *k, cc_reply *r)
{
	cc_budget b = cc_case_budget(k);

	cc_reply_begin_facts(r, "case", NULL);
	cc_reply_fact(r, "queries", "queries used", cc_cell_int(b.used), CC_ROLE_COUNT);
	cc_reply_fact(r, "queries_left", "left", b.cap ? cc_cell_int(b.cap - b.used) : cc_cell_none(), CC_ROLE_COUNT);
	cc_reply_fact(r, "active_ns", "active time", cc_cell_duration(cc_case_active_ns(k)), CC_ROLE_TIME);
	cc_reply_fact(r, "submitted", "submitted", cc_cell_bool(cc_case_submitted(k)), CC_ROLE_TEXT);
}

static cc_code run_board(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_case *k = cc_session_case(c->session);
	size_t suspects = cc_case_suspect_count(k), pins = cc_case_pin_count(k);

	(void)err;
	cc_reply_set_title(r, "BOARD  %zu suspect%s, %zu pin%s", suspects, suspects == 1 ? "" : "s", pins, pins == 1 ? "" : "s");
	describe_case(k, r);
	cc_board_list_suspects(c, r);
	list_answers(c, r);
	cc_board_list_pins(c, r);
	cc_board_list_ruled_out(c, r);
	list_notes(k, r);
	if (!cc_case_suspect_count(k))
		cc_reply_add_note(r, "no suspects yet: `suspect NAME confidence=0.7 reason=\"…\" pins=1,3`");
	return CC_OK;
}

const cc_cmd cc_cmd_board = {
	.name = "board",
	.group = "case",
	.summary = "suspects, pins, notes, and what each answer may be worth",
	.help = "The expected score takes your confidences as independent chances: an answer that leaves a true cause out scores 0, "
		"else it scores the share of its names that are causes. So an answer is worth the product of (1 - confidence) over the "
		"suspects it leaves out, times the mean confidence of the names in it: one suspect at 0.6 is worth 0.6.",
	.flags = CC_CMD_NO_RECORD,
	.examples = (const char *const[]){ "board", NULL },
	.reply = (const char *const[]){
		"case         facts: queries, queries_left, active_ns, submitted",
		"suspects[]   name, confidence, pins, reason",
		"answers[]    expected_score, count, names: best first",
		"pins[]       number, time, entity, label, note, cite, command",
		"ruled_out[]  name, reason",
		"notes[]      wall, text", NULL },
	.run = run_board,
};
