/* league.h - many runs as a table: who scores what, how sure that is, and what it costs.
 *
 * Only what is comparable is averaged. Runs under one *condition* - the same matcher, budget and assistance, hints taken or none,
 * incidents of one kind of source, live or at leisure - form one table;
 * a run under another stands in another. Within it a player's runs of one incident are repeats of one task (stats.h).
 * A person plays an incident for the first time once: of a person's runs of one task only the earliest counts.
 * A run without a readable answer scores 0 and stays in the mean; their number is reported. */
#ifndef COLDCASE_LEAGUE_H
#define COLDCASE_LEAGUE_H

#include "coldcase/score.h"
#include "coldcase/stats.h"

/* Amounts: NaN = not known, and then no part of a mean. Texts are borrowed for the call that takes the run. */
typedef struct cc_league_run {
	cc_str path, player, task;
	bool agent;
	cc_str matcher;              /* "d1" */
	int64_t budget;              /* cap on queries; 0 = none, -1 = not known (a bare answer) */
	cc_str assistance;           /* "raw", "ranked", "full"; empty = not said */
	cc_str cases;                /* "public", "forged", "private": where the incident is from; empty = not said */
	bool live;                   /* a live drill: evidence came in its time */
	bool unsandboxed;            /* an agent that had a shell of its own: nothing here kept it to the evidence */
	cc_score_status status;      /* never UNSCORABLE: such a run has no number and is no part of a league */
	uint32_t tp, fp, fn;         /* as in cc_score_counts */
	cc_ratio score;
	int64_t started_ns;          /* CC_TIME_NONE = not known: then in the order added */
	double queries, turns, tokens, cost, active_s; /* cost in US dollars; a person's turn is one command */
	/* Confidences stated at the end: how many, their sum, how many of the names are true causes, the sum of the squared misses. */
	size_t stated, right;
	double claimed, missed;
	size_t hints;                /* rungs of the coach's ladder that were taken: with any it is another condition */
} cc_league_run;

typedef enum cc_amount { CC_AMOUNT_QUERIES, CC_AMOUNT_TURNS, CC_AMOUNT_TOKENS, CC_AMOUNT_COST, CC_AMOUNT_ACTIVE, CC_AMOUNT_COUNT } cc_amount;

typedef struct cc_league_player {
	cc_str name;
	bool agent, unsandboxed;     /* of one name, but in other bounds: another player */
	size_t tasks, runs;          /* counted ones */
	size_t bad;                  /* of them: answer missing or unreadable */
	size_t left_out;             /* a person's later runs of a task */
	double score, se;            /* mean of task means and its error */
	cc_interval interval;        /* 95 %, cc_stat_bootstrap */
	size_t exact, recalled;      /* runs with score 1, and with score above 0 */
	cc_interval exact_interval;  /* 95 %, Wilson over runs; NaN when a task has several, which are not independent */
	size_t k;                    /* the fewest repeats of a task */
	double pass_at, pass_all;    /* pass@k and pass^k of "exact", mean over tasks; NaN for persons */
	double names;                /* mean number of names answered, of readable answers */
	double mean[CC_AMOUNT_COUNT];  /* over the runs where it is known; NaN when nowhere */
	size_t known[CC_AMOUNT_COUNT];
	/* Over all confidences stated: mean squared miss (0 is best), mean claim, share of true causes. NaN: none were stated. */
	size_t stated;
	double brier, claimed, right;
	/* Nobody in the table who scores as much is cheaper, and nobody as cheap scores more. False when not known. */
	bool frontier_cost, frontier_turns;
	const double *task_mean;     /* by task of the table, NaN = not played */
} cc_league_player;

typedef struct cc_league_pair { size_t a, b; cc_stat_paired diff; } cc_league_pair;  /* players; a minus b */

typedef struct cc_league_table {
	cc_str matcher, assistance, cases;
	bool hints, live;
	int64_t budget;
	const cc_str *tasks; size_t task_count;           /* natural order */
	const cc_league_player *players; size_t player_count; /* best first, then by name */
	const cc_league_pair *pairs; size_t pair_count;   /* every two that share a task */
} cc_league_table;

typedef struct cc_league_options {
	uint64_t seed;               /* of intervals and tests */
	double hourly_rate;          /* US dollars an hour of a person's active time; 0 = persons have no cost */
} cc_league_options;

typedef struct cc_league cc_league;

cc_league *cc_league_new(void);                    /* NULL when out of memory */
void cc_league_free(cc_league *l);
bool cc_league_add(cc_league *l, const cc_league_run *run);  /* copies; false when out of memory */
size_t cc_league_run_count(const cc_league *l);
const cc_league_run *cc_league_run_get(const cc_league *l, size_t i);  /* in the order added */
/* Makes the tables, once, after the last run. CC_ENOMEM. */
cc_code cc_league_close(cc_league *l, const cc_league_options *opt, cc_err *err) CC_MUST_USE;
size_t cc_league_table_count(const cc_league *l);  /* by matcher, budget, assistance, in the order of their first run */
const cc_league_table *cc_league_table_get(const cc_league *l, size_t i);

/* Results published of the benchmark itself: another matcher (a model maps names) on another set of tasks, to be shown
 * beside a league and never in one column with it. Sources and dates with each row. */
typedef struct cc_published { const char *model; double score; const char *other, *when; } cc_published;
size_t cc_published_count(void);
const cc_published *cc_published_get(size_t i);

/* Score over cost, or over turns, as one SVG picture: a point a player, its interval, the frontier as a line. `what` is COST or
 * TURNS. Deterministic bytes. Players without that amount are named below. */
void cc_league_svg(cc_buf *out, const cc_league_table *t, cc_amount what);
/* One line a run, comma separated, with a header; texts quoted as RFC 4180 asks, and a leading = + - @ disarmed by a quote,
 * because spreadsheets would obey it. */
void cc_league_csv(cc_buf *out, const cc_league *l);

#endif
