/* review_reply.c - a review as a reply: the verdict in a line, how each cause was found, what was seen of what decides, how the answer
 * grew, the par route beside the player's own, what each wrong name's alibi is, one lesson and the next drill. */
#include "app/review.h"

#include <math.h>

static const cc_column CAUSE[] = {
	{ "cause", "True cause", CC_CELL_ENTITY, CC_ROLE_ENTITY, 0, 0 },
	{ "encountered", "First shown", CC_CELL_INT, CC_ROLE_TEXT, 11, 0 },
	{ "investigated", "Asked for", CC_CELL_INT, CC_ROLE_TEXT, 9, 0 },
	{ "asserted", "Suspected", CC_CELL_INT, CC_ROLE_TEXT, 9, 0 },
	{ "exonerated", "Ruled out", CC_CELL_INT, CC_ROLE_TEXT, 9, 2 },
	{ "recovered", "Again", CC_CELL_INT, CC_ROLE_TEXT, 6, 2 },
	{ "encountered_query", "", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
	{ "investigated_query", "", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
	{ "asserted_query", "", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
	{ "encountered_ns", "", CC_CELL_DURATION, CC_ROLE_DIM, 6, 255 },
	{ "investigated_ns", "", CC_CELL_DURATION, CC_ROLE_DIM, 6, 255 },
	{ "asserted_ns", "", CC_CELL_DURATION, CC_ROLE_DIM, 6, 255 },
	{ "exonerated_query", "", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
	{ "recovered_query", "", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
	{ "exonerated_ns", "", CC_CELL_DURATION, CC_ROLE_DIM, 6, 255 },
	{ "recovered_ns", "", CC_CELL_DURATION, CC_ROLE_DIM, 6, 255 },
	{ "encountered_turn", "", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
	{ "investigated_turn", "", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
	{ "asserted_turn", "", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
	{ "exonerated_turn", "", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
	{ "recovered_turn", "", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
	/* Queries from being shown to being asked for, and from there to being suspected. */
	{ "investigation_delay", "", CC_CELL_INT, CC_ROLE_DIM, 14, 255 },
	{ "assertion_delay", "", CC_CELL_INT, CC_ROLE_DIM, 12, 255 },
};

static const cc_column PROOF[] = {
	{ "says", "What decides", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "state", "You", CC_CELL_TEXT, CC_ROLE_HEADING, 8, 0 },
	{ "step", "Step", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
	{ "command", "Shown by", CC_CELL_TEXT, CC_ROLE_DIM, 44, 1 },
	{ "records", "", CC_CELL_TEXT, CC_ROLE_DIM, 6, 255 },   /* those that say so, as they are cited */
	{ "searched", "", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },   /* the step whose shell command looked for one of them */
};

static const cc_column TURN[] = {
	{ "step", "Step", CC_CELL_INT, CC_ROLE_TEXT, 5, 0 },
	{ "active_ns", "Time", CC_CELL_DURATION, CC_ROLE_TIME, 7, 1 },
	{ "names", "Names", CC_CELL_INT, CC_ROLE_TEXT, 6, 0 },
	{ "score", "Score", CC_CELL_TEXT, CC_ROLE_HEADING, 7, 0 },
	{ "line", "After", CC_CELL_TEXT, CC_ROLE_DIM, 0, 0 },
};

static const cc_column WRONG[] = {
	{ "name", "Wrong name", CC_CELL_TEXT, CC_ROLE_ENTITY, 40, 0 },
	{ "innocent", "Why it is innocent", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "alibi", "See it with", CC_CELL_TEXT, CC_ROLE_DIM, 30, 1 },
};

static const cc_column TEMPTING[] = {
	{ "name", "Tempting", CC_CELL_TEXT, CC_ROLE_ENTITY, 40, 0 },
	{ "tempting", "Because", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 1 },
	{ "innocent", "Why it is innocent", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "alibi", "See it with", CC_CELL_TEXT, CC_ROLE_DIM, 30, 1 },
};

static const cc_column FLAG[] = {
	{ "flag", "Flag", CC_CELL_TEXT, CC_ROLE_WARNING, 11, 0 },
	{ "text", "What it means", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};

static const cc_column ROUTE[] = {
	{ "par", "The short way", CC_CELL_TEXT, CC_ROLE_TEXT, 50, 0 },
	{ "own_step", "Your step", CC_CELL_INT, CC_ROLE_DIM, 9, 0 },
	{ "own", "Your queries", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};

#define COLUMNS(t) (t), sizeof(t) / sizeof((t)[0])

static void step_cell(cc_reply *r, app_moment m)
{
	cc_reply_cell(r, m.step ? cc_cell_int((int64_t)m.step) : cc_cell_none());
}

static void query_cells(cc_reply *r, const app_moment *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cc_reply_cell(r, m[i].step ? cc_cell_int(m[i].queries) : cc_cell_none());
}

static void clock_cells(cc_reply *r, const app_moment *m, size_t n)
{
	for (size_t i = 0; i < n; i++)
		cc_reply_cell(r, m[i].step ? cc_cell_duration(m[i].active_ns) : cc_cell_none());
}

static void delay_cell(cc_reply *r, app_moment from, app_moment to)
{
	cc_reply_cell(r, from.step && to.step ? cc_cell_int(to.queries - from.queries) : cc_cell_none());
}

static void add_causes(cc_reply *r, const app_review *v)
{
	cc_reply_begin_table(r, "causes", "How each cause was found, by step", COLUMNS(CAUSE), false);
	for (size_t i = 0; i < v->causes.n; i++) {
		const app_cause *c = &v->causes.p[i];
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_text(c->label));
		step_cell(r, c->encountered);
		step_cell(r, c->investigated);
		step_cell(r, c->asserted);
		step_cell(r, c->exonerated);
		step_cell(r, c->recovered);
		const app_moment m[] = { c->encountered, c->investigated, c->asserted, c->exonerated, c->recovered };
		query_cells(r, m, 3);
		clock_cells(r, m, 3);
		query_cells(r, m + 3, 2);
		clock_cells(r, m + 3, 2);
		for (size_t k = 0; k < 5; k++)
			cc_reply_cell(r, m[k].step && m[k].turn >= 0 ? cc_cell_int(m[k].turn) : cc_cell_none());
		delay_cell(r, c->encountered, c->investigated);
		delay_cell(r, c->investigated, c->asserted);
	}
}

static const char *state_of(const app_proof *p)
{
	return p->pinned ? "pinned" : p->seen.step ? "seen" : p->checked ? "missed" : "not told";
}

static void add_proofs(cc_reply *r, const app_review *v)
{
	if (!v->proofs.n)
		return;
	cc_reply_begin_table(r, "decisive", "The records that decide", COLUMNS(PROOF), false);
	for (size_t i = 0; i < v->proofs.n; i++) {
		const app_proof *p = &v->proofs.p[i];
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_text(p->proof.says));
		cc_reply_cell(r, cc_cell_textz(state_of(p)));
		step_cell(r, p->seen);
		cc_reply_cell(r, cc_cell_text(p->proof.command));
		cc_reply_cell(r, p->records.n ? cc_cell_text(p->records) : cc_cell_none());
		step_cell(r, p->searched);
		if (p->searched.step && p->checked && !p->seen.step && !p->pinned)
			cc_reply_add_note(r, "the command of step %llu came upon what decides (%.*s), and what it printed does not show it",
				(unsigned long long)p->searched.step, CC_STR_ARG(p->proof.says));
	}
}

static void add_turns(cc_reply *r, const app_review *v)
{
	cc_reply_begin_table(r, "turns", "What the answer was worth as it grew", COLUMNS(TURN), false);
	for (size_t i = 0; i < v->turns.n; i++) {
		const app_turn *t = &v->turns.p[i];
		cc_buf b = CC_BUF_INIT;
		if (!cc_reply_row(r))
			return;
		cc_ratio_format(&b, t->score);
		cc_reply_cell(r, cc_cell_int((int64_t)t->at.step));
		cc_reply_cell(r, cc_cell_duration(t->at.active_ns));
		cc_reply_cell(r, cc_cell_int((int64_t)t->names));
		cc_reply_cell(r, cc_cell_text(cc_buf_str(&b)));
		cc_reply_cell(r, cc_cell_text(t->line));
		cc_buf_deinit(&b);
	}
}

static void add_wrong(cc_reply *r, const app_review *v)
{
	bool any = false;
	for (size_t i = 0; i < v->s->score->row_count; i++) {
		const cc_score_row *row = &v->s->score->rows[i];
		const cc_score_alibi a = cc_score_alibi_of(v->s->score, i);
		cc_buf why = CC_BUF_INIT;
		if (row->verdict != CC_VERDICT_FP)
			continue;
		if (!any)
			cc_reply_begin_table(r, "wrong", "Wrong names", COLUMNS(WRONG), false);
		any = true;
		if (!cc_reply_row(r))
			return;
		if (a.observed && row->group == CC_STR_NONE)
			cc_buf_addf(&why, "no cause; recorded: %.*s", CC_STR_ARG(a.says));
		else
			cc_score_why(&why, v->s->score, i, false);
		cc_reply_cell(r, cc_cell_text(row->entity));
		cc_reply_cell(r, cc_cell_text(a.says.n && !a.observed ? a.says : cc_buf_str(&why)));
		cc_reply_cell(r, a.command.n ? cc_cell_text(a.command) : cc_cell_none());
		cc_buf_deinit(&why);
	}
}

/* The two or three that tempt most, whether or not the run fell for them; the others by their names. */
static void add_tempting(cc_reply *r, const app_review *v)
{
	const cc_debrief *d = v->s->debrief;
	cc_buf others = CC_BUF_INIT;
	if (!d || !d->name_count || !d->names[0].tempting.n)
		return;
	cc_reply_begin_table(r, "tempting", "Tempting, and innocent", COLUMNS(TEMPTING), false);
	for (size_t i = 0; i < d->name_count; i++) {
		const cc_debrief_name *n = &d->names[i];
		if (!n->foremost && n->tempting.n && !cc_debrief_again(d, i))
			cc_buf_addf(&others, "%s%.*s", others.n ? ", " : "", CC_STR_ARG(n->entity));
		if (!n->foremost || !cc_reply_row(r))
			continue;
		cc_reply_cell(r, cc_cell_text(n->entity));
		cc_reply_cell(r, cc_cell_text(n->tempting));
		cc_reply_cell(r, cc_cell_text(n->innocent));
		cc_reply_cell(r, n->alibi.command.n ? cc_cell_text(n->alibi.command) : cc_cell_none());
	}
	if (others.n)
		cc_reply_add_note(r, "also innocent: %.*s", CC_STR_ARG(cc_buf_str(&others)));
	cc_buf_deinit(&others);
}

/* The queries of the run in their order, beside the short way. */
static void add_route(cc_reply *r, const app_review *v)
{
	const cc_run *run = v->s->run;
	size_t par = v->s->debrief ? v->s->debrief->par_count : 0, own = 0, n = cc_run_step_count(run);
	if (!par)
		return;
	cc_reply_begin_table(r, "route", "The short way and yours", COLUMNS(ROUTE), false);
	for (size_t i = 0; i < par || own < n; i++) {
		while (own < n && !cc_run_step(run, own)->as.step->query)
			own++;
		if ((i >= par && own >= n) || !cc_reply_row(r))
			return;
		cc_reply_cell(r, i < par ? cc_cell_text(v->s->debrief->par[i]) : cc_cell_none());
		cc_reply_cell(r, own < n ? cc_cell_int((int64_t)cc_run_step(run, own)->as.step->number) : cc_cell_none());
		cc_reply_cell(r, own < n ? cc_cell_text(cc_run_step(run, own)->as.step->line) : cc_cell_none());
		own += own < n;
	}
}

/* --- the lesson --- */

static const app_cause *missed_cause(const app_review *v)
{
	for (size_t i = 0; i < v->causes.n; i++)
		if (!v->causes.p[i].asserted.step)
			return &v->causes.p[i];
	return NULL;
}

static const app_proof *missed_proof(const app_review *v)
{
	for (size_t i = 0; i < v->proofs.n; i++)
		if (v->proofs.p[i].checked && !v->proofs.p[i].seen.step)
			return &v->proofs.p[i];
	return NULL;
}

/* One, the first that applies: what cost most comes first. */
static void lesson(const app_review *v, cc_buf *out)
{
	const cc_score *s = v->s->score;
	const app_cause *missed = missed_cause(v);
	const app_proof *proof = missed_proof(v);
	if (missed && missed->exonerated.step)
		cc_buf_addf(out, "A true cause was ruled out at step %llu: write down what would refute a rule-out before making it.",
			(unsigned long long)missed->exonerated.step);
	else if (missed && missed->encountered.step)
		cc_buf_addf(out, "A true cause was on the screen at step %llu and never suspected: ask `entity` or `checks` of what appears beside the "
			"first errors.", (unsigned long long)missed->encountered.step);
	else if (missed)
		cc_buf_addz(out, "A true cause was never on the screen: follow the calls to where errors begin (`paths`), then ask what changed there.");
	else if (s->d1.fp)
		cc_buf_addf(out, "%u name%s too many cost %s of the score: a name that has no pinned record of its own is a symptom until shown "
			"otherwise.", (unsigned)s->d1.fp, s->d1.fp == 1 ? "" : "s", s->d1.fp >= s->d1.tp ? "half or more" : "part");
	else if (v->unsupported)
		cc_buf_addz(out, "Right, but unsupported: no record that decides was ever on the screen. It could have been luck.");
	else if (proof && v->named.step && v->end.step > v->named.step * 2)
		cc_buf_addz(out, "The answer stood early; what came after did not change it. Decide before what would change your mind, then submit.");
	else if (v->causes.n && v->causes.p[0].encountered.step && v->causes.p[0].asserted.step > v->causes.p[0].encountered.step * 3)
		cc_buf_addf(out, "The cause was shown at step %llu and suspected at step %llu: ask sooner what is wrong with a thing than what "
			"suffers from it.", (unsigned long long)v->causes.p[0].encountered.step, (unsigned long long)v->causes.p[0].asserted.step);
	else
		cc_buf_addz(out, "Found, shown and named without a name too many. Try the next level.");
}

/* Harder after a full score that was supported, the same after a partial one, easier after none. */
static void next_drill(const app_review *v, cc_buf *out)
{
	static const char *const LEVELS[] = { "easy", "medium", "hard", "expert" };
	cc_str now = v->s->debrief ? v->s->debrief->difficulty : CC_STR_EMPTY;
	size_t level = 1;
	for (size_t i = 0; i < 4; i++)
		if (cc_str_eqz(now, LEVELS[i]))
			level = i;
	cc_ratio s = v->s->score->d1.score;
	if (s.den && s.num == s.den && !v->unsupported && level < 3)
		level++;
	else if (!s.num && level > 0)
		level--;
	cc_buf_addf(out, "coldcase forge NEXT --random --difficulty %s --seed $RANDOM", LEVELS[level]);
}

static cc_cell share_cell(double v)
{
	return isnan(v) ? cc_cell_none() : cc_cell_number(round(v * 1e4) / 1e4);
}

/* How early in the run the causes were shown (0: at once, 1: at its end), and how many that were ruled out came back. */
static void add_discovery(cc_reply *r, const app_review *v)
{
	double sum = 0;
	size_t shown = 0, out = 0, back = 0;
	for (size_t i = 0; i < v->causes.n; i++) {
		const app_cause *c = &v->causes.p[i];
		shown += c->encountered.step > 0;
		sum += v->end.step ? (double)c->encountered.step / (double)v->end.step : 0;
		out += c->exonerated.step > 0;
		back += c->recovered.step > 0;
	}
	cc_reply_fact(r, "shown", "causes shown", cc_cell_int((int64_t)shown), CC_ROLE_TEXT);
	cc_reply_fact(r, "shown_at", "shown after this part of the run", share_cell(shown ? sum / (double)shown : (double)NAN), CC_ROLE_TEXT);
	cc_reply_fact(r, "recovery", "of causes ruled out, taken back", share_cell(out ? (double)back / (double)out : (double)NAN), CC_ROLE_TEXT);
}

static void add_summary(cc_reply *r, const app_review *v)
{
	cc_buf score = CC_BUF_INIT, gate = CC_BUF_INIT, said = CC_BUF_INIT, drill = CC_BUF_INIT;
	cc_ratio_format(&score, v->s->score->d1.score);
	cc_score_gate(&gate, v->s->score);
	for (size_t i = 0; i < gate.n; i++) /* its sentences stand on lines of their own */
		if (gate.p[i] == '\n')
			gate.p[i] = ' ';
	lesson(v, &said);
	next_drill(v, &drill);
	cc_reply_begin_facts(r, "summary", NULL);
	cc_reply_fact(r, "score", "score", cc_cell_text(cc_buf_str(&score)), CC_ROLE_HEADING);
	cc_reply_fact(r, "matcher", "matcher", cc_cell_textz(v->s->score->matcher), CC_ROLE_DIM);
	cc_reply_fact(r, "gate", "gate", cc_cell_text(cc_str_trim(cc_buf_str(&gate))), CC_ROLE_TEXT);
	cc_reply_fact(r, "supported", "supported", v->proofs.n && v->evidence ? cc_cell_bool(!v->unsupported) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "steps", "steps", cc_cell_int((int64_t)v->end.step), CC_ROLE_TEXT);
	cc_reply_fact(r, "queries", "queries", cc_cell_int(v->end.queries), CC_ROLE_TEXT);
	cc_reply_fact(r, "par", "queries of the short way", v->s->debrief && v->s->debrief->par_count ?
		cc_cell_int((int64_t)v->s->debrief->par_count) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "active_ns", "active time", cc_cell_duration(v->end.active_ns), CC_ROLE_TIME);
	cc_run_breaks breaks = cc_run_breaks_of(v->s->run);
	if (breaks.count) {
		cc_reply_fact(r, "breaks", "left and gone on with", cc_cell_int((int64_t)breaks.count), CC_ROLE_WARNING);
		cc_reply_fact(r, "away_ns", "nobody played for", cc_cell_duration(breaks.away_ns), CC_ROLE_TIME);
	}
	cc_reply_fact(r, "repeated", "repeated questions", cc_cell_int((int64_t)v->repeated), CC_ROLE_TEXT);
	cc_reply_fact(r, "hints", "hints taken", cc_cell_int((int64_t)app_run_hints(v->s->run)), CC_ROLE_TEXT);
	cc_reply_fact(r, "wrong_step", "first wrong turn at step", v->wrong.step ? cc_cell_int((int64_t)v->wrong.step) : cc_cell_none(),
		CC_ROLE_TEXT);
	cc_reply_fact(r, "wrong_name", "by the name of", v->wrong.step ? cc_cell_text(v->wrong_name) : cc_cell_none(), CC_ROLE_TEXT);
	add_discovery(r, v);
	cc_reply_fact(r, "difficulty", "difficulty", v->s->debrief && v->s->debrief->difficulty.n ? cc_cell_text(v->s->debrief->difficulty) :
		cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "brier", "Brier score of the confidences", share_cell(v->sure.brier), CC_ROLE_TEXT);
	cc_reply_fact(r, "claimed", "mean confidence", share_cell(v->sure.claimed), CC_ROLE_TEXT);
	cc_reply_fact(r, "right", "of these names right", v->sure.stated ? share_cell((double)v->sure.right / (double)v->sure.stated) : cc_cell_none(),
		CC_ROLE_TEXT);
	cc_reply_fact(r, "lesson", "lesson", cc_cell_text(cc_buf_str(&said)), CC_ROLE_HEADING);
	cc_reply_fact(r, "next", "next drill", cc_cell_text(cc_buf_str(&drill)), CC_ROLE_INFO);
	cc_buf_deinit(&score);
	cc_buf_deinit(&gate);
	cc_buf_deinit(&said);
	cc_buf_deinit(&drill);
}

static void add_flags(cc_reply *r, const app_review *v)
{
	if (!v->flags)
		return;
	cc_reply_begin_table(r, "flags", "Habits", COLUMNS(FLAG), false);
	for (unsigned f = 1; f <= APP_FLAG_INVALID; f <<= 1) {
		if (!(v->flags & f) || !cc_reply_row(r))
			continue;
		cc_reply_cell(r, cc_cell_textz(app_flag_name((app_flag)f)));
		cc_reply_cell(r, cc_cell_textz(app_flag_text((app_flag)f)));
	}
}

cc_code app_review_reply(const app_review *v, cc_reply **out, cc_err *err)
{
	const cc_record_header *h = cc_run_header(v->s->run);
	cc_reply *r = *out = cc_reply_new("review");
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_str scenario = h ? h->scenario : CC_STR_EMPTY;
	cc_reply_set_title(r, "REVIEW %.*s", CC_STR_ARG(scenario));
	add_summary(r, v);
	add_flags(r, v);
	add_causes(r, v);
	add_proofs(r, v);
	add_turns(r, v);
	app_review_updates(r, v->s->run);
	add_wrong(r, v);
	add_tempting(r, v);
	add_route(r, v);
	if (v->s->altered)
		cc_reply_add_note(r, "%s", v->s->altered);
	if (!v->evidence)
		cc_reply_add_note(r, "the evidence is not at hand: which records were on the screen cannot be told");
	cc_code code = cc_reply_publish(r, NULL, err);
	if (code != CC_OK) {
		cc_reply_unref(r);
		*out = NULL;
	}
	return code;
}
