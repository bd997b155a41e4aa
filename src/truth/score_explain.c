/* score_explain.c - the verdict in words: the gate first, then what each name was worth, then what really happened. */
#include "coldcase/utf8.h"
#include "score_priv.h"

static void say(cc_buf *out, cc_str text, bool ascii)
{
	cc_utf8_clean(out, text, ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
}

/* "1 wrong name", "2 wrong names" */
static void say_count(cc_buf *out, uint32_t n, const char *what)
{
	cc_buf_addf(out, "%u %s%s", (unsigned)n, what, n == 1 ? "" : "s");
}

static void gate_open(cc_buf *out, const cc_score *s)
{
	cc_buf_addz(out, "gate open.\n");
	if (!s->d1.fp) {
		cc_buf_addz(out, "No wrong name: precision 1.0000.\n");
		return;
	}
	say_count(out, s->d1.fp, "wrong name");
	cc_buf_addf(out, " beside %u right: precision %u/%u = ", (unsigned)s->d1.tp, (unsigned)s->d1.score.num, (unsigned)s->d1.score.den);
	cc_ratio_format(out, s->precision);
	cc_buf_addz(out, ".\n");
}

static void gate_closed(cc_buf *out, const cc_score *s)
{
	cc_buf_addz(out, "gate closed, the score is 0 whatever the precision (");
	cc_ratio_format(out, s->precision);
	cc_buf_addz(out, ").\n");
}

void cc_score_gate(cc_buf *out, const cc_score *s)
{
	uint32_t roots = s->truth->root_count;
	switch (s->status) {
	case CC_SCORE_UNSCORABLE:
		cc_buf_addf(out, "Not scorable: %s (in the ground truth).\n", s->truth->unscorable);
		return;
	case CC_SCORE_MISSING:
		cc_buf_addz(out, "No answer was submitted: ");
		break;
	case CC_SCORE_INVALID:
		cc_buf_addz(out, "The answer could not be read: ");
		break;
	case CC_SCORE_OK:
		break;
	}
	cc_buf_addf(out, "%u of ", (unsigned)s->d1.tp);
	say_count(out, roots, "cause");
	cc_buf_addz(out, " found: ");
	if (s->d1.full_recall)
		gate_open(out, s);
	else
		gate_closed(out, s);
}

/* How an unmatched name missed: the nearest cause says it best. */
static void why_unmatched(cc_buf *out, const cc_score *s, const cc_score_row *r, bool ascii)
{
	bool near = r->near.name && r->near.group != CC_STR_NONE;
	if (!near) {
		cc_buf_addz(out, "nothing in the ground truth has this name, kind and namespace.");
		return;
	}
	cc_buf_addz(out, r->near.ns ? "right name, wrong kind: the cause is " :
		r->near.kind ? "right name and kind, wrong namespace: the cause is " : "right name, wrong kind and namespace: the cause is ");
	say(out, s->truth->groups[r->near.group].label, ascii);
	cc_buf_add_char(out, '.');
}

static void why_matched(cc_buf *out, const cc_score *s, const cc_score_row *r, bool ascii)
{
	cc_str label = s->truth->groups[r->group].label;
	if (r->verdict == CC_VERDICT_DUP)
		cc_buf_addz(out, "names a cause already counted, ");
	else if (r->verdict == CC_VERDICT_FP)
		cc_buf_addz(out, "part of the incident but not its cause: the trouble reached it, ");
	else if (r->via == CC_VIA_KIND_EQUIV)
		cc_buf_addz(out, "a true cause, named by an equivalent kind: ");
	else
		cc_buf_addz(out, "a true cause: ");
	say(out, label, ascii);
	cc_buf_add_char(out, '.');
}

void cc_score_why(cc_buf *out, const cc_score *s, size_t row, bool ascii)
{
	const cc_score_row *r = &s->rows[row];
	if (r->entity.n)
		say(out, r->entity, ascii);
	else
		cc_buf_addz(out, "(no name)");
	cc_buf_addz(out, ": ");
	if (r->via == CC_VIA_MALFORMED)
		cc_buf_addz(out, "not of the form namespace/Kind/name.");
	else if (r->via == CC_VIA_PREFIX_ONLY)
		cc_buf_addz(out, "only begins like a known name and is another workload.");
	else if (r->group == CC_STR_NONE)
		why_unmatched(out, s, r, ascii);
	else
		why_matched(out, s, r, ascii);
	if (r->repeat && r->verdict == CC_VERDICT_FP)
		cc_buf_addz(out, " Counted once.");
}

static void say_cost(cc_buf *out, const cc_score *s, size_t row)
{
	cc_ratio cost = cc_score_cost(s, row);
	if (!cost.num)
		return;
	cc_buf_addz(out, "      cost: ");
	cc_ratio_format(out, cost);
	cc_buf_addz(out, " of the score\n");
}

static void say_line(cc_buf *out, const char *lead, cc_str text, bool ascii)
{
	cc_buf_addz(out, lead);
	say(out, text, ascii);
	cc_buf_add_char(out, '\n');
}

/* Why a wrong name is innocent and which record says so; or only what is recorded of it, where nobody has told more. */
static void say_alibi(cc_buf *out, cc_score_alibi a, bool ascii)
{
	if (a.says.n)
		say_line(out, a.observed ? "      recorded: " : "      innocent: ", a.says, ascii);
	if (a.says.n && a.command.n)
		say_line(out, "      see it with: ", a.command, ascii);
}

static bool class_found(const cc_score *s, uint32_t cls)
{
	for (size_t i = 0; i < s->row_count; i++)
		if (s->rows[i].group != CC_STR_NONE && s->truth->groups[s->rows[i].group].cls == cls)
			return true;
	return false;
}

/* Other names by which the same cause counts. */
static void say_aliases(cc_buf *out, const cc_truth *t, uint32_t cls, bool ascii)
{
	const char *lead = " (also ";
	for (size_t i = 0; i < t->group_count; i++) {
		if (t->groups[i].cls != cls || i == t->classes[cls].first)
			continue;
		cc_buf_addz(out, lead);
		say(out, t->groups[i].label, ascii);
		lead = ", ";
	}
	if (lead[0] == ',')
		cc_buf_add_char(out, ')');
}

void cc_score_causes(cc_buf *out, const cc_score *s, bool ascii)
{
	const cc_truth *t = s->truth;
	for (uint32_t i = 0; i < t->class_count; i++) {
		if (!t->classes[i].root)
			continue;
		cc_buf_addz(out, class_found(s, i) ? "found   " : "missed  ");
		say(out, t->groups[t->classes[i].first].label, ascii);
		say_aliases(out, t, i, ascii);
		cc_buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < t->fault_count; i++) {
		if (!t->faults[i].condition.n)
			continue;
		cc_buf_addz(out, "        ");
		say(out, t->faults[i].condition, ascii);
		cc_buf_add_char(out, '\n');
	}
}

void cc_score_tempting(cc_buf *out, const cc_score *s, bool ascii)
{
	const cc_debrief *d = s->debrief;
	const char *lead = "  also innocent: ";
	for (size_t i = 0; d && i < d->name_count; i++) {
		const cc_debrief_name *n = &d->names[i];
		if (!n->foremost)
			continue;
		cc_buf_addz(out, "  ");
		say(out, n->entity, ascii);
		say_line(out, ": ", n->tempting, ascii);
		say_alibi(out, (cc_score_alibi){ n->innocent, n->alibi.command, false }, ascii);
	}
	for (size_t i = 0; d && i < d->name_count; i++) {
		if (d->names[i].foremost || !d->names[i].tempting.n || cc_debrief_again(d, i))
			continue;
		cc_buf_addz(out, lead);
		say(out, d->names[i].entity, ascii);
		lead = ", ";
	}
	if (lead[0] == ',')
		cc_buf_add_char(out, '\n');
}

void cc_truth_path(cc_buf *out, const cc_truth *t, bool ascii)
{
	for (size_t i = 0; i < t->step_count; i++) {
		const cc_truth_step *s = &t->steps[i];
		if (s->hop == CC_TRUTH_NO_HOP)
			cc_buf_addz(out, "  ?  ");
		else
			cc_buf_addf(out, "%3u  ", (unsigned)s->hop + 1);
		say(out, cc_truth_label(t, s->source), ascii);
		cc_buf_addz(out, " -> ");
		say(out, cc_truth_label(t, s->target), ascii);
		if (s->effect.n) {
			cc_buf_addz(out, ": ");
			say(out, s->effect, ascii);
		}
		cc_buf_add_char(out, '\n');
	}
}

static void say_score(cc_buf *out, const cc_score *s)
{
	cc_buf_addz(out, "Score ");
	cc_ratio_format(out, s->d1.score);
	cc_buf_addf(out, " (matcher %s; strict ", s->matcher);
	cc_ratio_format(out, s->strict.score);
	cc_buf_addz(out, ")\n");
}

static void say_notes(cc_buf *out, const cc_score *s, bool ascii)
{
	if (s->answer && s->answer->problem.n) {
		cc_buf_addz(out, "\nThe answer: ");
		say(out, s->answer->problem, ascii);
		cc_buf_add_char(out, '\n');
	}
	if (s->answer && s->answer->repaired) {
		cc_buf_addz(out, "\nThe answer's JSON was repaired: ");
		cc_answer_repairs_text(out, s->answer->repaired);
		cc_buf_add_char(out, '\n');
	}
	if (s->truth->warning_count)
		cc_buf_addz(out, "\nOddities of the ground truth\n");
	for (size_t i = 0; i < s->truth->warning_count; i++) {
		cc_buf_addz(out, "  ");
		say(out, s->truth->warnings[i].text, ascii);
		cc_buf_add_char(out, '\n');
	}
}

void cc_score_explain(cc_buf *out, const cc_score *s, bool ascii)
{
	if (s->status == CC_SCORE_MISSING)
		cc_buf_addz(out, "No answer was submitted: score 0. The causes stay hidden; --reveal shows them.\n");
	else
		cc_score_reveal(out, s, ascii);
}

void cc_score_reveal(cc_buf *out, const cc_score *s, bool ascii)
{
	cc_score_gate(out, s);
	if (s->status != CC_SCORE_UNSCORABLE)
		say_score(out, s);
	if (s->row_count)
		cc_buf_addz(out, "\nSubmitted\n");
	for (size_t i = 0; i < s->row_count; i++) {
		cc_buf_addf(out, "  %-4s", cc_score_verdict_text(s->rows[i].verdict));
		cc_score_why(out, s, i, ascii);
		cc_buf_add_char(out, '\n');
		say_cost(out, s, i);
		say_alibi(out, cc_score_alibi_of(s, i), ascii);
	}
	if (s->truth->root_count) {
		cc_buf_addz(out, "\nTrue causes\n");
		cc_score_causes(out, s, ascii);
	}
	if (s->debrief && s->debrief->name_count && s->debrief->names[0].tempting.n) {
		cc_buf_addz(out, "\nTempting, and innocent\n");
		cc_score_tempting(out, s, ascii);
	}
	if (s->truth->step_count) {
		cc_buf_addz(out, "\nHow it spread\n");
		cc_truth_path(out, s->truth, ascii);
	}
	say_notes(out, s, ascii);
}
