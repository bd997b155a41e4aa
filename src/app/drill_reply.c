/* drill_reply.c - how a person's drills went: the list, the same as charts, and in plain words whether that means anything.
 *
 * Few numbers always seem to show something. Below six drills nothing is said of progress but that it cannot be said; above, the later
 * half is held against the earlier one, and what chance could have made as well is called that. */
#include "app/drill.h"

#include <math.h>
#include "coldcase/stats.h"
#include "coldcase/xalloc.h"

enum { ENOUGH = 6, SEED = 1 };
#define CHANCE 0.05
#define WORTHWHILE 0.25      /* a difference in score one would want to see */

static const cc_column DRILL[] = {
	{ "number", "#", CC_CELL_INT, CC_ROLE_OP, 3, 0 },
	{ "wall", "When", CC_CELL_TIME, CC_ROLE_TIME, 13, 1 },
	{ "scenario", "Incident", CC_CELL_TEXT, CC_ROLE_HEADING, 12, 0 },
	{ "difficulty", "Level", CC_CELL_TEXT, CC_ROLE_TEXT, 9, 0 },
	{ "assistance", "Help", CC_CELL_TEXT, CC_ROLE_TEXT, 6, 0 },
	{ "score", "Score", CC_CELL_NUMBER, CC_ROLE_HEADING, 5, 0 },
	{ "queries", "Queries", CC_CELL_INT, CC_ROLE_TEXT, 7, 0 },
	{ "decisive_queries", "To what decides", CC_CELL_INT, CC_ROLE_TEXT, 15, 0 },
	{ "brier", "Brier", CC_CELL_NUMBER, CC_ROLE_TEXT, 5, 0 },
	{ "hints", "Hints", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
	{ "state", "State", CC_CELL_TEXT, CC_ROLE_DIM, 14, 0 },
	{ "run", "Record", CC_CELL_TEXT, CC_ROLE_DIM, 0, 2 },
};

static cc_cell number_cell(double v)
{
	return isfinite(v) ? cc_cell_number(round(v * 1e4) / 1e4) : cc_cell_none();
}

static void list_drills(const app_drills *d, cc_reply *r)
{
	size_t shown = d->list.n > CC_REPLY_PAGE ? CC_REPLY_PAGE : d->list.n;
	cc_reply_begin_table(r, "history", "Drills, the last first", DRILL, sizeof DRILL / sizeof DRILL[0], true);
	for (size_t i = d->list.n; i > d->list.n - shown; i--) {
		const app_drill *one = &d->list.p[i - 1];
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_int((int64_t)i));
		cc_reply_cell(r, cc_cell_time(one->wall_ns));
		cc_reply_cell(r, cc_cell_text(one->scenario));
		cc_reply_cell(r, cc_cell_textz(app_drill_level_name(one->level)));
		cc_reply_cell(r, cc_cell_text(one->assistance));
		cc_reply_cell(r, number_cell(one->score));
		cc_reply_cell(r, cc_cell_int(one->queries));
		cc_reply_cell(r, one->decisive >= 0 ? cc_cell_int(one->decisive) : cc_cell_none());
		cc_reply_cell(r, number_cell(one->brier));
		cc_reply_cell(r, cc_cell_int(one->hints));
		cc_reply_cell(r, cc_cell_textz(one->again ? "seen before" : !one->submitted ? "no answer" : isfinite(one->score) ? "counts" : "not scored"));
		cc_reply_cell(r, cc_cell_text(one->run));
	}
	cc_reply_set_paging(r, d->list.n, 0, CC_REPLY_PAGE);
}

/* --- charts --- */

static double value_of(const app_drill *one, int what)
{
	return what == 0 ? one->score : what == 1 ? (one->decisive >= 0 ? (double)one->decisive : (double)NAN) : one->brier;
}

static void draw(const app_drills *d, int what, cc_chart_point *points, cc_reply *r)
{
	static const char *const KEYS[] = { "score", "decisive_queries", "brier" };
	static const char *const TITLES[] = { "Score", "Queries until what decides was on the screen", "Brier score of the confidences (0 is best)" };
	size_t n = 0;
	for (size_t i = 0; i < d->list.n; i++)
		if (app_drill_counts(&d->list.p[i]) && isfinite(value_of(&d->list.p[i], what)))
			points[n++] = (cc_chart_point){ d->list.p[i].wall_ns, value_of(&d->list.p[i], what) };
	if (n < 2)
		return;
	cc_reply_begin_chart(r, KEYS[what], TITLES[what]);
	cc_reply_chart_series(r, &(cc_chart_series){ .name = cc_str_from(KEYS[what]), .unit = what == 1 ? CC_STR("queries") : CC_STR(""),
		.points = points, .count = n });
}

static bool draw_all(const app_drills *d, cc_reply *r)
{
	cc_chart_point *points = cc_calloc(d->list.n + 1, sizeof *points);
	for (int what = 0; points && what < 3; what++)
		draw(d, what, points, r);
	cc_free(points);
	return points != NULL;
}

/* --- what it means --- */

typedef struct scores { double *x; size_t n; bool levels; } scores;

static bool collect(const app_drills *d, scores *out)
{
	int level = -2;
	*out = (scores){ .x = cc_calloc(d->list.n + 1, sizeof *out->x) };
	for (size_t i = 0; out->x && i < d->list.n; i++) {
		const app_drill *one = &d->list.p[i];
		if (!app_drill_counts(one))
			continue;
		out->levels = out->levels || (level != -2 && level != one->level);
		level = one->level;
		out->x[out->n++] = one->score;
	}
	return out->x != NULL;
}

/* The k-th drill of the later half against the k-th of the earlier one; of an odd number the middle one is left out. */
static void compare_halves(const scores *s, cc_reply *r)
{
	size_t half = s->n / 2;
	double *diff = cc_calloc(half, sizeof *diff);
	for (size_t i = 0; diff && i < half; i++)
		diff[i] = s->x[s->n - half + i] - s->x[i];
	if (!diff)
		return;
	cc_stat_paired p = cc_stat_compare(diff, half, SEED);
	cc_reply_linef(r, CC_ROLE_TEXT, "The later %zu drills scored %+.2f on average against the %zu before (95 %% interval %+.2f to %+.2f).", half, p.mean, half,
		p.interval.lo, p.interval.hi);
	bool clear = p.p < CHANCE;   /* the interval of so few is too narrow to ask it */
	if (clear)
		cc_reply_linef(r, CC_ROLE_HEADING, "That is a change for the %s that chance seldom makes (p = %.2f).", p.mean > 0 ? "better" : "worse", p.p);
	else
		cc_reply_linef(r, CC_ROLE_WARNING, "Chance makes such a difference often (p = %.2f): it says nothing yet.", p.p);
	if (isfinite(p.sd) && p.sd > 0 && !clear)
		cc_reply_linef(r, CC_ROLE_TEXT, "A true difference of %.2f would show after some %zu drills that vary like these.", WORTHWHILE,
			2 * cc_stat_tasks_needed(p.sd, WORTHWHILE));
	cc_free(diff);
}

static void say_meaning(const scores *s, cc_reply *r)
{
	cc_reply_begin_text(r, "meaning", "What this means");
	if (!s->n)
		cc_reply_linef(r, CC_ROLE_TEXT, "Nothing yet: no drill was finished with an answer that could be scored.");
	else if (s->n < ENOUGH)
		cc_reply_linef(r, CC_ROLE_WARNING, "%zu drill%s too few to mean anything: any trend in %s may be chance. Ask again after %d.", s->n,
			s->n == 1 ? " is" : "s are", s->n == 1 ? "it" : "them", ENOUGH);
	else
		compare_halves(s, r);
	if (s->levels)
		cc_reply_linef(r, CC_ROLE_TEXT, "The drills were of different levels, which rise as you do: the same score on a harder one is worth more.");
}

static void add_facts(const app_drills *d, const scores *s, cc_reply *r)
{
	cc_stat_task *tasks = cc_calloc(s->n + 1, sizeof *tasks);
	if (!tasks)
		return;
	for (size_t i = 0; i < s->n; i++)
		tasks[i] = (cc_stat_task){ &s->x[i], 1 };
	cc_interval in = cc_stat_bootstrap(tasks, s->n, SEED);
	bool wide = s->n >= ENOUGH && in.lo < in.hi;    /* of few, or of equal ones, it would be narrow and look sure */
	cc_reply_begin_facts(r, "drills", NULL);
	cc_reply_fact(r, "name", "who", cc_cell_text(d->name), CC_ROLE_HEADING);
	cc_reply_fact(r, "drills", "drills", cc_cell_int((int64_t)d->list.n), CC_ROLE_TEXT);
	cc_reply_fact(r, "counted", "that count", cc_cell_int((int64_t)s->n), CC_ROLE_TEXT);
	cc_reply_fact(r, "score", "mean score", number_cell(s->n ? cc_stat_mean(tasks, s->n) : (double)NAN), CC_ROLE_TEXT);
	cc_reply_fact(r, "score_from", "95 % interval from", wide ? number_cell(in.lo) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "score_to", "to", wide ? number_cell(in.hi) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "next_difficulty", "next difficulty", cc_cell_textz(app_drill_level_name(app_drills_level(d))), CC_ROLE_TEXT);
	cc_reply_fact(r, "next_assistance", "next help", cc_cell_textz(cc_assist_level_name(app_drills_assist(d))), CC_ROLE_TEXT);
	cc_reply_fact(r, "bad_lines", "lines that cannot be read", cc_cell_int((int64_t)d->bad), d->bad ? CC_ROLE_WARNING : CC_ROLE_DIM);
	cc_free(tasks);
}

cc_code app_drill_reply(const app_drills *d, cc_reply **out, cc_err *err)
{
	scores s;
	cc_reply *r = *out = cc_reply_new("drill");
	if (!r || !collect(d, &s)) {
		cc_reply_unref(r);
		*out = NULL;
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	cc_reply_set_title(r, "DRILLS");
	add_facts(d, &s, r);
	say_meaning(&s, r);
	bool drawn = draw_all(d, r);
	list_drills(d, r);
	cc_free(s.x);
	cc_code code = drawn ? cc_reply_publish(r, NULL, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code != CC_OK) {
		cc_reply_unref(r);
		*out = NULL;
	}
	return code;
}
