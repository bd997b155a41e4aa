/* league.c - runs into tables: by condition, then by player, then by task. league.h says what each number is. */
#include "coldcase/league.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "coldcase/map.h"
#include "coldcase/time.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"

typedef CC_VEC(size_t) index_vec;

struct cc_league {
	cc_arena *arena;
	CC_VEC(cc_league_run) runs;
	cc_league_table *tables;
	size_t table_count;
	cc_league_options opt;
};

/* A table being made: its runs as indices, and which task and player each belongs to. */
typedef struct making {
	cc_league *l;
	cc_league_table *t;
	index_vec runs;
	cc_league_player *players;
	size_t player_count;
	cc_map *tasks;               /* to their index in the table */
} making;

cc_league *cc_league_new(void)
{
	cc_league *l = cc_calloc(1, sizeof *l);
	if (l)
		l->arena = cc_arena_new();
	if (l && !l->arena) {
		cc_free(l);
		l = NULL;
	}
	return l;
}

void cc_league_free(cc_league *l)
{
	if (!l)
		return;
	cc_vec_deinit(&l->runs);
	cc_arena_free(l->arena);
	cc_free(l);
}

bool cc_league_add(cc_league *l, const cc_league_run *run)
{
	cc_league_run own = *run;
	cc_str *texts[] = { &own.path, &own.player, &own.task, &own.matcher, &own.assistance, &own.cases };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		*texts[i] = cc_arena_dup(l->arena, *texts[i]);
		if (!texts[i]->p)
			return false;
	}
	return cc_vec_push(&l->runs, own);
}

size_t cc_league_run_count(const cc_league *l)
{
	return l->runs.n;
}

const cc_league_run *cc_league_run_get(const cc_league *l, size_t i)
{
	return &l->runs.p[i];
}

size_t cc_league_table_count(const cc_league *l)
{
	return l->table_count;
}

const cc_league_table *cc_league_table_get(const cc_league *l, size_t i)
{
	return &l->tables[i];
}

/* --- one player --- */

static double amount_of(const cc_league *l, const cc_league_run *r, cc_amount what)
{
	switch (what) {
	case CC_AMOUNT_QUERIES: return r->queries;
	case CC_AMOUNT_TURNS: return r->turns;
	case CC_AMOUNT_TOKENS: return r->tokens;
	case CC_AMOUNT_COST: return r->agent || !(l->opt.hourly_rate > 0) ? r->cost : r->active_s / 3600 * l->opt.hourly_rate;
	case CC_AMOUNT_ACTIVE: return r->active_s;
	case CC_AMOUNT_COUNT: break;
	}
	return (double)NAN;
}

static double value_of(cc_ratio r)
{
	return r.den ? (double)r.num / (double)r.den : 0;
}

static bool is_exact(const cc_league_run *r)
{
	return r->score.den && r->score.num == r->score.den;
}

/* The earlier of two runs of one person; without times the one that was added first. */
static bool is_earlier(const cc_league_run *a, const cc_league_run *b)
{
	return a->started_ns != b->started_ns && a->started_ns != CC_TIME_NONE && b->started_ns != CC_TIME_NONE && a->started_ns < b->started_ns;
}

static bool is_of(const cc_league_run *r, const cc_league_player *p)
{
	return cc_str_eq(r->player, p->name) && r->agent == p->agent && r->unsandboxed == p->unsandboxed;
}

/* The player's runs of each task, of a person only the first; runs[i] lists indices of the league. */
static bool gather(making *m, cc_league_player *p, index_vec *runs)
{
	for (size_t i = 0; i < m->runs.n; i++) {
		const cc_league_run *r = &m->l->runs.p[m->runs.p[i]];
		uint64_t task = 0;
		if (!is_of(r, p) || !cc_map_get(m->tasks, r->task, &task))
			continue;
		index_vec *mine = &runs[task];
		if (mine->n && !p->agent) {
			p->left_out++;
			if (is_earlier(r, &m->l->runs.p[mine->p[0]]))
				mine->p[0] = m->runs.p[i];
		} else if (!cc_vec_push(mine, m->runs.p[i])) {
			return false;
		}
	}
	return true;
}

static void count_run(making *m, cc_league_player *p, const cc_league_run *r)
{
	p->runs++;
	p->bad += r->status != CC_SCORE_OK;
	p->exact += is_exact(r);
	p->recalled += r->score.num > 0;
	p->names += r->status == CC_SCORE_OK ? (double)(r->tp + r->fp) : 0;
	p->stated += r->stated;
	p->claimed += r->claimed;
	p->right += (double)r->right;
	p->brier += r->missed;
	for (int a = 0; a < CC_AMOUNT_COUNT; a++) {
		double v = amount_of(m->l, r, (cc_amount)a);
		if (!isfinite(v))
			continue;
		p->mean[a] += v;
		p->known[a]++;
	}
}

static void finish_means(cc_league_player *p)
{
	size_t read = p->runs - p->bad;
	p->names = read ? p->names / (double)read : (double)NAN;
	double *of_stated[] = { &p->claimed, &p->right, &p->brier };
	for (size_t i = 0; i < 3; i++)
		*of_stated[i] = p->stated ? *of_stated[i] / (double)p->stated : (double)NAN;
	for (int a = 0; a < CC_AMOUNT_COUNT; a++)
		p->mean[a] = p->known[a] ? p->mean[a] / (double)p->known[a] : (double)NAN;
}

/* pass@k and pass^k with the largest k that every task allows. */
static void pass_rates(const making *m, cc_league_player *p, const index_vec *runs)
{
	double at = 0, all = 0;
	size_t most = 0;
	p->k = 0;
	for (size_t t = 0; t < m->t->task_count; t++) {
		if (runs[t].n && (!p->k || runs[t].n < p->k))
			p->k = runs[t].n;
		if (runs[t].n > most)
			most = runs[t].n;
	}
	for (size_t t = 0; t < m->t->task_count; t++) {
		size_t c = 0;
		for (size_t i = 0; i < runs[t].n; i++)
			c += is_exact(&m->l->runs.p[runs[t].p[i]]);
		if (!runs[t].n)
			continue;
		at += cc_stat_pass_at(runs[t].n, c, p->k);
		all += cc_stat_pass_all(runs[t].n, c, p->k);
	}
	p->pass_at = p->agent && p->tasks ? at / (double)p->tasks : (double)NAN;
	p->pass_all = p->agent && p->tasks ? all / (double)p->tasks : (double)NAN;
	p->exact_interval = most > 1 ? (cc_interval){ NAN, NAN } : cc_stat_wilson(p->exact, p->runs);
}

/* Scores by task, the means, and what is known of them. */
static bool measure(making *m, cc_league_player *p, const index_vec *runs)
{
	size_t n = m->t->task_count;
	double *means = cc_arena_array(m->l->arena, n + 1, sizeof *means);
	double *x = cc_arena_array(m->l->arena, m->runs.n + 1, sizeof *x);
	cc_stat_task *tasks = cc_arena_array(m->l->arena, n + 1, sizeof *tasks);
	if (!means || !x || !tasks)
		return false;
	for (size_t t = 0; t < n; t++) {
		tasks[t] = (cc_stat_task){ x, runs[t].n };
		for (size_t i = 0; i < runs[t].n; i++) {
			const cc_league_run *r = &m->l->runs.p[runs[t].p[i]];
			*x++ = value_of(r->score);
			count_run(m, p, r);
		}
		means[t] = cc_stat_mean(&tasks[t], 1);
		p->tasks += runs[t].n > 0;
	}
	finish_means(p);
	p->task_mean = means;
	p->score = cc_stat_mean(tasks, n);
	p->se = cc_stat_se(tasks, n);
	p->interval = cc_stat_bootstrap(tasks, n, m->l->opt.seed);
	pass_rates(m, p, runs);
	return true;
}

static bool make_player(making *m, cc_league_player *p)
{
	size_t n = m->t->task_count;
	index_vec *runs = cc_calloc(n + 1, sizeof *runs);
	bool ok = runs && gather(m, p, runs) && measure(m, p, runs);
	for (size_t t = 0; runs && t < n; t++)
		cc_vec_deinit(&runs[t]);
	cc_free(runs);
	return ok;
}

/* --- one table --- */

static int by_score(const void *a, const void *b)
{
	const cc_league_player *x = a, *y = b;
	if (x->score != y->score)
		return x->score < y->score ? 1 : -1;
	int order = cc_str_cmp_natural(x->name, y->name);
	return order ? order : (x->agent > y->agent) - (x->agent < y->agent);
}

static int by_task(const void *a, const void *b)
{
	return cc_str_cmp_natural(*(const cc_str *)a, *(const cc_str *)b);
}

static bool make_tasks(making *m)
{
	cc_str *tasks = cc_arena_array(m->l->arena, m->runs.n + 1, sizeof *tasks);
	size_t n = 0;
	if (!tasks)
		return false;
	for (size_t i = 0; i < m->runs.n; i++) {
		cc_str task = m->l->runs.p[m->runs.p[i]].task;
		if (cc_map_get(m->tasks, task, NULL))
			continue;
		if (!cc_map_set(m->tasks, task, 0))
			return false;
		tasks[n++] = task;
	}
	qsort(tasks, n, sizeof *tasks, by_task);
	for (size_t i = 0; i < n; i++)
		if (!cc_map_set(m->tasks, tasks[i], i))
			return false;
	m->t->tasks = tasks;
	m->t->task_count = n;
	return true;
}

/* A person and an agent of one name are two players. */
static bool make_players(making *m)
{
	m->players = cc_arena_array(m->l->arena, m->runs.n + 1, sizeof *m->players);
	if (!m->players)
		return false;
	for (size_t i = 0; i < m->runs.n; i++) {
		const cc_league_run *r = &m->l->runs.p[m->runs.p[i]];
		size_t k = 0;
		while (k < m->player_count && !is_of(r, &m->players[k]))
			k++;
		if (k == m->player_count)
			m->players[m->player_count++] = (cc_league_player){ .name = r->player, .agent = r->agent, .unsandboxed = r->unsandboxed };
	}
	for (size_t k = 0; k < m->player_count; k++)
		if (!make_player(m, &m->players[k]))
			return false;
	qsort(m->players, m->player_count, sizeof *m->players, by_score);
	m->t->players = m->players;
	m->t->player_count = m->player_count;
	return true;
}

/* Nobody gives more for as little. Equal points stand on it together. */
static bool on_frontier(const making *m, size_t i, cc_amount what)
{
	const cc_league_player *p = &m->players[i];
	if (!isfinite(p->mean[what]))
		return false;
	for (size_t k = 0; k < m->player_count; k++) {
		const cc_league_player *o = &m->players[k];
		if (isfinite(o->mean[what]) && o->score >= p->score && o->mean[what] <= p->mean[what] &&
			(o->score > p->score || o->mean[what] < p->mean[what]))
			return false;
	}
	return true;
}

static bool make_pair(making *m, size_t a, size_t b, cc_league_pair *out)
{
	double *d = cc_calloc(m->t->task_count + 1, sizeof *d);
	size_t n = 0;
	for (size_t t = 0; d && t < m->t->task_count; t++) {
		double diff = m->players[a].task_mean[t] - m->players[b].task_mean[t];
		if (!isnan(diff))
			d[n++] = diff;
	}
	if (d && n)
		*out = (cc_league_pair){ a, b, cc_stat_compare(d, n, m->l->opt.seed) };
	cc_free(d);
	return d != NULL;
}

static bool make_pairs(making *m)
{
	size_t n = m->player_count, count = 0;
	cc_league_pair *pairs = cc_arena_array(m->l->arena, n * n / 2 + 1, sizeof *pairs);
	if (!pairs)
		return false;
	for (size_t a = 0; a < n; a++) {
		for (size_t b = a + 1; b < n; b++) {
			if (!make_pair(m, a, b, &pairs[count]))
				return false;
			count += pairs[count].diff.tasks > 0;
		}
	}
	m->t->pairs = pairs;
	m->t->pair_count = count;
	return true;
}

static bool make_table(making *m)
{
	m->tasks = cc_map_new();
	if (!m->tasks || !make_tasks(m) || !make_players(m) || !make_pairs(m))
		return false;
	for (size_t i = 0; i < m->player_count; i++) {
		m->players[i].frontier_cost = on_frontier(m, i, CC_AMOUNT_COST);
		m->players[i].frontier_turns = on_frontier(m, i, CC_AMOUNT_TURNS);
	}
	return true;
}

static bool same_condition(const cc_league_table *t, const cc_league_run *r)
{
	return t->budget == r->budget && t->hints == (r->hints > 0) && cc_str_eq(t->matcher, r->matcher) && cc_str_eq(t->assistance, r->assistance)
		&& cc_str_eq(t->cases, r->cases) && t->live == r->live;
}

cc_code cc_league_close(cc_league *l, const cc_league_options *opt, cc_err *err)
{
	l->opt = *opt;
	l->tables = cc_arena_array(l->arena, l->runs.n + 1, sizeof *l->tables);
	bool ok = l->tables != NULL;
	for (size_t i = 0; ok && i < l->runs.n; i++) {
		const cc_league_run *r = &l->runs.p[i];
		size_t k = 0;
		while (k < l->table_count && !same_condition(&l->tables[k], r))
			k++;
		if (k == l->table_count)
			l->tables[l->table_count++] = (cc_league_table){ .matcher = r->matcher, .assistance = r->assistance, .cases = r->cases, .live = r->live, .hints = r->hints > 0,
				.budget = r->budget };
	}
	for (size_t k = 0; ok && k < l->table_count; k++) {
		making m = { .l = l, .t = &l->tables[k] };
		for (size_t i = 0; ok && i < l->runs.n; i++)
			if (same_condition(m.t, &l->runs.p[i]))
				ok = cc_vec_push(&m.runs, i);
		ok = ok && make_table(&m);
		cc_map_free(m.tasks);
		cc_vec_deinit(&m.runs);
	}
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "league: out of memory");
}
