/* league_reply.c - a league as a reply: conditions, players, comparisons, pictures in text. */
#include "app/league.h"

#include <math.h>
#include <stdio.h>

static const cc_column CONDITION[] = {
	{ "condition", "Table", CC_CELL_INT, CC_ROLE_TEXT, 5, 0 },
	{ "matcher", "Matcher", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 0 },
	{ "budget", "Budget", CC_CELL_TEXT, CC_ROLE_TEXT, 10, 0 },
	{ "assistance", "Assistance", CC_CELL_TEXT, CC_ROLE_TEXT, 10, 0 },
	{ "hints", "Hints", CC_CELL_BOOL, CC_ROLE_TEXT, 5, 0 },
	{ "tasks", "Tasks", CC_CELL_INT, CC_ROLE_TEXT, 6, 0 },
	{ "cases", "Cases", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 0 },
	{ "live", "Live", CC_CELL_BOOL, CC_ROLE_TEXT, 5, 0 },
	{ "shows", "Shows differences of", CC_CELL_NUMBER, CC_ROLE_TEXT, 22, 0 },
};

static const cc_column PLAYER[] = {
	{ "condition", "Table", CC_CELL_INT, CC_ROLE_TEXT, 5, 0 },
	{ "player", "Player", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "kind", "Kind", CC_CELL_TEXT, CC_ROLE_DIM, 5, 4 },
	{ "tasks", "Tasks", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
	{ "runs", "Runs", CC_CELL_INT, CC_ROLE_TEXT, 5, 3 },
	{ "score", "Score", CC_CELL_NUMBER, CC_ROLE_HEADING, 6, 0 },
	{ "standard_error", "+-", CC_CELL_NUMBER, CC_ROLE_DIM, 6, 1 },
	{ "low", "95% low", CC_CELL_NUMBER, CC_ROLE_TEXT, 7, 0 },
	{ "high", "high", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 0 },
	{ "exact", "Exact", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 1 },
	{ "recalled", "Recall", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 1 },
	{ "k", "k", CC_CELL_INT, CC_ROLE_DIM, 3, 4 },
	{ "pass_at_k", "pass@k", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 4 },
	{ "pass_all_k", "pass^k", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 4 },
	{ "names", "Names", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 3 },
	{ "bad", "Bad", CC_CELL_INT, CC_ROLE_WARNING, 4, 2 },
	{ "queries", "Queries", CC_CELL_NUMBER, CC_ROLE_TEXT, 7, 5 },
	{ "turns", "Turns", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 5 },
	{ "tokens", "Tokens", CC_CELL_NUMBER, CC_ROLE_TEXT, 8, 6 },
	{ "cost_usd", "Cost $", CC_CELL_NUMBER, CC_ROLE_TEXT, 7, 5 },
	{ "active_min", "Minutes", CC_CELL_NUMBER, CC_ROLE_TEXT, 7, 5 },
	{ "left_out", "Later", CC_CELL_INT, CC_ROLE_DIM, 5, 6 },
	{ "exact_low", "Exact low", CC_CELL_NUMBER, CC_ROLE_DIM, 9, 255 },
	{ "exact_high", "Exact high", CC_CELL_NUMBER, CC_ROLE_DIM, 9, 255 },
	{ "frontier_cost", "Cost frontier", CC_CELL_BOOL, CC_ROLE_TEXT, 5, 255 },
	{ "frontier_turns", "Turns frontier", CC_CELL_BOOL, CC_ROLE_TEXT, 5, 255 },
	{ "brier", "Brier", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 4 },
	{ "claimed", "Claimed", CC_CELL_NUMBER, CC_ROLE_TEXT, 7, 6 },
	{ "right", "Right", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 6 },
	{ "stated", "Stated", CC_CELL_INT, CC_ROLE_DIM, 6, 255 },
	{ "unsandboxed", "Own shell", CC_CELL_BOOL, CC_ROLE_WARNING, 9, 3 },
};

static const cc_column PAIR[] = {
	{ "condition", "Table", CC_CELL_INT, CC_ROLE_TEXT, 5, 9 },
	{ "a", "Player", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "b", "Against", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "tasks", "Tasks", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
	{ "difference", "Differ", CC_CELL_NUMBER, CC_ROLE_HEADING, 7, 0 },
	{ "low", "95% low", CC_CELL_NUMBER, CC_ROLE_TEXT, 7, 1 },
	{ "high", "high", CC_CELL_NUMBER, CC_ROLE_TEXT, 7, 1 },
	{ "p", "p", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 2 },
	{ "detectable", "Shows", CC_CELL_NUMBER, CC_ROLE_DIM, 6, 2 },
	{ "verdict", "", CC_CELL_TEXT, CC_ROLE_TEXT, 24, 1 },
};

static const cc_column TASK[] = {
	{ "condition", "Table", CC_CELL_INT, CC_ROLE_TEXT, 5, 9 },
	{ "task", "Task", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "player", "Player", CC_CELL_TEXT, CC_ROLE_ENTITY, 20, 0 },
	{ "score", "Score", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 0 },
};

static const cc_column JUDGED[] = {
	{ "player", "Player", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "judge", "Judge", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "prompt", "Prompt", CC_CELL_TEXT, CC_ROLE_DIM, 8, 1 },
	{ "runs", "Runs", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
	{ "reasoning", "Reasoning", CC_CELL_NUMBER, CC_ROLE_TEXT, 9, 0 },
	{ "partial", "Partial", CC_CELL_NUMBER, CC_ROLE_TEXT, 7, 0 },
};

static const cc_column PUBLISHED[] = {
	{ "model", "Model", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "itbench_aa", "ITBench-AA", CC_CELL_NUMBER, CC_ROLE_TEXT, 10, 0 },
	{ "other", "", CC_CELL_TEXT, CC_ROLE_DIM, 24, 2 },
	{ "published", "Published", CC_CELL_TEXT, CC_ROLE_DIM, 12, 1 },
};

#define COLUMNS(t) (t), sizeof(t) / sizeof((t)[0])

static void number(cc_reply *r, double v, double unit)
{
	cc_reply_cell(r, isfinite(v) ? cc_cell_number(round(v / unit) * unit) : cc_cell_none());
}

/* Scores with four decimals, as everywhere. */
static void score(cc_reply *r, double v)
{
	cc_reply_cell(r, isfinite(v) ? cc_cell_number(round(v * 1e4) / 1e4) : cc_cell_none());
}

static double share(size_t part, size_t whole)
{
	return whole ? (double)part / (double)whole : (double)NAN;
}

/* The spread of two players is not known before they play: that of the table's pairs, the widest, is what it takes. */
static double shows(const cc_league_table *t)
{
	double widest = NAN;
	for (size_t i = 0; i < t->pair_count; i++)
		if (!(t->pairs[i].diff.detectable <= widest))
			widest = isnan(t->pairs[i].diff.detectable) ? widest : t->pairs[i].diff.detectable;
	return widest;
}

static void add_condition(cc_reply *r, const cc_league_table *t, size_t number_of)
{
	char budget[32] = "not said";
	if (!cc_reply_row(r))
		return;
	if (t->budget > 0)
		snprintf(budget, sizeof budget, "%lld queries", (long long)t->budget);
	else if (t->budget == 0)
		snprintf(budget, sizeof budget, "none");
	cc_reply_cell(r, cc_cell_int((int64_t)number_of));
	cc_reply_cell(r, cc_cell_text(t->matcher));
	cc_reply_cell(r, cc_cell_textz(budget));
	cc_reply_cell(r, t->assistance.n ? cc_cell_text(t->assistance) : cc_cell_textz("not said"));
	cc_reply_cell(r, cc_cell_bool(t->hints));
	cc_reply_cell(r, cc_cell_int((int64_t)t->task_count));
	cc_reply_cell(r, t->cases.n ? cc_cell_text(t->cases) : cc_cell_textz("not said"));
	cc_reply_cell(r, cc_cell_bool(t->live));
	score(r, shows(t));
}

static void add_player(cc_reply *r, const cc_league_player *p, size_t number_of)
{
	if (!cc_reply_row(r))
		return;
	cc_reply_cell(r, cc_cell_int((int64_t)number_of));
	cc_reply_cell(r, cc_cell_text(p->name));
	cc_reply_cell(r, cc_cell_textz(p->agent ? "agent" : "human"));
	cc_reply_cell(r, cc_cell_int((int64_t)p->tasks));
	cc_reply_cell(r, cc_cell_int((int64_t)p->runs));
	score(r, p->score);
	score(r, p->se);
	score(r, p->interval.lo);
	score(r, p->interval.hi);
	score(r, share(p->exact, p->runs));
	score(r, share(p->recalled, p->runs));
	cc_reply_cell(r, p->agent ? cc_cell_int((int64_t)p->k) : cc_cell_none());
	score(r, p->pass_at);
	score(r, p->pass_all);
	number(r, p->names, 0.01);
	cc_reply_cell(r, cc_cell_int((int64_t)p->bad));
	number(r, p->mean[CC_AMOUNT_QUERIES], 0.1);
	number(r, p->mean[CC_AMOUNT_TURNS], 0.1);
	number(r, p->mean[CC_AMOUNT_TOKENS], 1);
	number(r, p->mean[CC_AMOUNT_COST], 0.0001);
	number(r, p->mean[CC_AMOUNT_ACTIVE] / 60, 0.01);
	cc_reply_cell(r, cc_cell_int((int64_t)p->left_out));
	score(r, p->exact_interval.lo);
	score(r, p->exact_interval.hi);
	cc_reply_cell(r, cc_cell_bool(p->frontier_cost));
	cc_reply_cell(r, cc_cell_bool(p->frontier_turns));
	score(r, p->brier);
	score(r, p->claimed);
	score(r, p->right);
	cc_reply_cell(r, cc_cell_int((int64_t)p->stated));
	cc_reply_cell(r, p->agent ? cc_cell_bool(p->unsandboxed) : cc_cell_none());
}

/* Says what the interval allows to say, and no more. */
static const char *verdict_of(const cc_stat_paired *d)
{
	enum { FEWEST = 6 };         /* of fewer no sign-flip test can come below 0.05, and an interval of equal differences has no width */
	if (isnan(d->se))
		return "one task shows nothing";
	if (d->tasks < FEWEST)
		return "too few tasks to tell";
	if (d->p > 0.05)             /* a bootstrap of few tasks is too narrow: the test has to agree */
		return "not told apart";
	if (d->interval.lo > 0)
		return "better";
	return d->interval.hi < 0 ? "worse" : "not told apart";
}

static void add_pair(cc_reply *r, const cc_league_table *t, const cc_league_pair *p, size_t number_of)
{
	if (!cc_reply_row(r))
		return;
	cc_reply_cell(r, cc_cell_int((int64_t)number_of));
	cc_reply_cell(r, cc_cell_text(t->players[p->a].name));
	cc_reply_cell(r, cc_cell_text(t->players[p->b].name));
	cc_reply_cell(r, cc_cell_int((int64_t)p->diff.tasks));
	score(r, p->diff.mean);
	score(r, p->diff.interval.lo);
	score(r, p->diff.interval.hi);
	score(r, p->diff.p);
	score(r, p->diff.detectable);
	cc_reply_cell(r, cc_cell_textz(verdict_of(&p->diff)));
}

static void add_tasks(cc_reply *r, const cc_league_table *t, size_t number_of)
{
	for (size_t k = 0; k < t->task_count; k++) {
		for (size_t i = 0; i < t->player_count; i++) {
			if (isnan(t->players[i].task_mean[k]) || !cc_reply_row(r))
				continue;
			cc_reply_cell(r, cc_cell_int((int64_t)number_of));
			cc_reply_cell(r, cc_cell_text(t->tasks[k]));
			cc_reply_cell(r, cc_cell_text(t->players[i].name));
			score(r, t->players[i].task_mean[k]);
		}
	}
}

static void add_judged(cc_reply *r, const app_judged_vec *judged)
{
	cc_reply_begin_table(r, "judged", "Judged: what a model says of the reasoning, no part of any score", COLUMNS(JUDGED), false);
	for (size_t i = 0; i < judged->n; i++) {
		const app_judged *j = &judged->p[i];
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_text(j->player));
		cc_reply_cell(r, cc_cell_text(j->judge));
		cc_reply_cell(r, cc_cell_text(j->prompt));
		cc_reply_cell(r, cc_cell_int((int64_t)j->runs));
		score(r, j->reasoning / (double)j->runs);
		score(r, j->partial / (double)j->runs);
	}
}

/* The first of them are enough beside one's own result: the list is longer than that as a rule. */
static void add_published(cc_reply *r, bool all)
{
	enum { FEW = 5 };
	size_t shown = all || cc_published_count() < FEW ? cc_published_count() : FEW;
	cc_reply_begin_table(r, "published", "Published ITBench-AA scores: another matcher, another task set", COLUMNS(PUBLISHED), false);
	for (size_t i = 0; i < shown; i++) {
		const cc_published *p = cc_published_get(i);
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_textz(p->model));
		cc_reply_cell(r, cc_cell_number(p->score));
		cc_reply_cell(r, cc_cell_textz(p->other));
		cc_reply_cell(r, cc_cell_textz(p->when));
	}
}

static void add_notes(cc_reply *r, const cc_league *l, const app_league_rest *rest)
{
	if (cc_league_table_count(l) > 1)
		cc_reply_add_note(r, "the runs were made under %zu conditions: each has a table of its own, and nothing is averaged over them; a run of yours "
			"is in the table whose budget and assistance it was played with (play --budget N --assist LEVEL)", cc_league_table_count(l));
	if (rest->no_truth)
		cc_reply_add_note(r, "%zu run(s) left out: no ground truth was found for them (--truth)", rest->no_truth);
	if (rest->unscorable)
		cc_reply_add_note(r, "%zu run(s) left out: their ground truth names no cause", rest->unscorable);
	if (rest->unreadable)
		cc_reply_add_note(r, "%zu run(s) left out: they cannot be read", rest->unreadable);
	if (rest->nothing_asked)
		cc_reply_add_note(r, "%zu run(s) left out: they were opened, and nothing was asked", rest->nothing_asked);
	if (rest->taken_over)
		cc_reply_add_note(r, "%zu run(s) left out: they go on where another run stood, and are no first try", rest->taken_over);
	if (rest->altered)
		cc_reply_add_note(r, "%zu run(s) count with an answer that is not the one that was submitted", rest->altered);
	if (rest->resumed) {
		cc_buf away = CC_BUF_INIT;
		cc_duration_format(&away, rest->away_ns);
		cc_reply_add_note(r, "%zu run(s) count that were left and gone on with; nobody played in between for up to %.*s", rest->resumed,
			CC_STR_ARG(cc_buf_str(&away)));
		cc_buf_deinit(&away);
	}
}

typedef enum part { PLAYERS, PAIRS, TASKS } part;

static void add_rows(cc_reply *r, const cc_league *l, part what)
{
	for (size_t i = 0; i < cc_league_table_count(l); i++) {
		const cc_league_table *t = cc_league_table_get(l, i);
		for (size_t k = 0; what == PLAYERS && k < t->player_count; k++)
			add_player(r, &t->players[k], i + 1);
		for (size_t k = 0; what == PAIRS && k < t->pair_count; k++)
			add_pair(r, t, &t->pairs[k], i + 1);
		if (what == TASKS)
			add_tasks(r, t, i + 1);
	}
}

cc_code app_league_reply(const cc_league *l, const app_league_rest *rest, const app_judged_vec *judged, bool everything, bool wide, cc_reply **out, cc_err *err)
{
	cc_reply *r = *out = cc_reply_new("league");
	size_t tables = cc_league_table_count(l);
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "league: out of memory");
	cc_reply_set_title(r, "LEAGUE of %zu run%s", cc_league_run_count(l), cc_league_run_count(l) == 1 ? "" : "s");
	add_notes(r, l, rest);
	cc_reply_begin_table(r, "conditions", "Conditions", COLUMNS(CONDITION), false);
	for (size_t i = 0; i < tables; i++)
		add_condition(r, cc_league_table_get(l, i), i + 1);
	cc_reply_begin_table(r, "players", "Players", COLUMNS(PLAYER), false);
	add_rows(r, l, PLAYERS);
	cc_reply_begin_table(r, "comparisons", "Differences, task by task", COLUMNS(PAIR), false);
	add_rows(r, l, PAIRS);
	for (size_t i = 0; i < tables && !everything; i++) {
		app_league_plot(r, cc_league_table_get(l, i), CC_AMOUNT_COST);
		app_league_plot(r, cc_league_table_get(l, i), CC_AMOUNT_TURNS);
	}
	if (everything) {
		cc_reply_begin_table(r, "tasks", "Tasks", COLUMNS(TASK), false);
		add_rows(r, l, TASKS);
	}
	if (judged)
		add_judged(r, judged);
	add_published(r, wide);
	if (!wide)
		cc_reply_add_note(r, "--wide shows every column, and all %zu published scores", cc_published_count());
	cc_code code = cc_reply_publish(r, NULL, err);
	if (code != CC_OK) {
		cc_reply_unref(r);
		*out = NULL;
	}
	return code;
}
