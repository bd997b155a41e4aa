/* app_league.c - `league`: every run below some folders, scored and set side by side.
 *
 * Scoring is done anew, by the matcher of this version, so that all numbers of a table come from one rule. The stored
 * score.json is not believed: it may be of another version, or of an answer that was changed since. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "app/league.h"
#include "app/review.h"
#include "app/runs.h"
#include "app/tries.h"
#include "coldcase/json.h"
#include "coldcase/map.h"
#include "coldcase/utf8.h"

typedef struct gathering {
	const app_options *o;
	cc_league *league;
	cc_arena *arena;
	cc_map *truths;          /* task name to the number of the ground truth it was met with first */
	cc_dict *shas;
	app_kept kept;
	app_league_rest rest;
	app_judged_vec judged;   /* of --judged */
} gathering;

/* --- what a record tells of a run --- */

/* Sums the numbers of "usage" events: what each model call took. NaN when none says. */
static double usage_of(const cc_run *run, const char *key)
{
	double sum = 0, v;
	bool any = false;
	for (size_t i = 0; i < cc_run_line_count(run); i++) {
		if (cc_run_line_type(run, i) != CC_LINE_EVENT)
			continue;
		const cc_record_line *line = cc_run_line(run, i);
		if (!cc_str_eqz(line->as.event->name, "usage"))
			continue;
		if (cc_json_double(cc_json_get(cc_json_get(line->json, "data"), key), &v)) {
			sum += v;
			any = true;
		}
	}
	return any ? sum : (double)NAN;
}

/* The first event of that name; NULL = none. */
static const cc_json *event_of(const cc_run *run, const char *name)
{
	for (size_t i = 0; i < cc_run_line_count(run); i++) {
		const cc_record_line *line = cc_run_line_type(run, i) == CC_LINE_EVENT ? cc_run_line(run, i) : NULL;
		if (line && cc_str_eqz(line->as.event->name, name))
			return cc_json_get(line->json, "data");
	}
	return NULL;
}

static double tokens_of(const cc_run *run)
{
	double in = usage_of(run, "input_tokens"), out = usage_of(run, "output_tokens");
	return isnan(in) ? out : isnan(out) ? in : in + out;
}

static void take_record(cc_league_run *r, const cc_run *run)
{
	const cc_record_header *h = cc_run_header(run);
	const cc_record_end *end = app_run_end(run);
	size_t steps = cc_run_step_count(run);
	const cc_record_step *last = steps ? cc_run_step(run, steps - 1)->as.step : NULL;
	if (h) {
		r->player = h->actor_name;
		r->agent = h->agent;
		r->budget = h->budget;
		r->assistance = h->assistance;
		r->started_ns = h->wall_ns;
		r->task = h->scenario;
		r->live = h->live.speed > 0;
	}
	r->queries = end ? (double)end->queries : last ? (double)last->queries : 0;
	r->active_s = (double)(end ? end->active_ns : last ? last->active_ns : 0) / 1e9;
	if (end && end->turn >= 0)
		r->turns = (double)end->turn;
	else if (h && !h->agent)
		r->turns = (double)steps;
	r->hints = app_run_hints(run);
	r->cases = cc_json_get_str(event_of(run, "case"), "kind");
	/* A player of ours is started by us; every other agent looks in from outside. */
	r->unsandboxed = r->agent && (!event_of(run, "model") || (h && h->origin.n));
	r->tokens = tokens_of(run);
	r->cost = usage_of(run, "cost_usd");
}

/* Incidents of two data sets may have one name; the truth tells them apart. */
static cc_str task_name(gathering *g, cc_str name, const cc_truth *t)
{
	uint32_t sha = cc_dict_add(g->shas, cc_str_from(t->sha256));
	cc_str own = cc_arena_dup(g->arena, name.n ? name : t->scenario.n ? t->scenario : CC_STR("unnamed"));
	uint64_t *first = own.p ? cc_map_slot(g->truths, own, sha) : NULL;
	if (!first || *first == sha)
		return own;
	return cc_arena_printf(g->arena, "%.*s @%.6s", CC_STR_ARG(own), t->sha256);
}

static cc_code add_run(gathering *g, const app_run_place *place, app_scoring *s, cc_err *err)
{
	app_calibration sure;
	cc_league_run r = { .path = cc_str_from(place->path), .player = place->player, .agent = true, .budget = -1,
		.unsandboxed = true, .status = s->score->status, .matcher = cc_str_from(s->score->matcher), .score = s->score->d1.score, .tp = s->score->d1.tp,
		.fp = s->score->d1.fp, .fn = s->score->d1.fn, .started_ns = CC_TIME_NONE, .queries = NAN, .turns = NAN, .tokens = NAN,
		.cost = NAN, .active_s = NAN, .task = app_scenario_of_path(cc_str_from(place->path)) };
	if (s->run)
		take_record(&r, s->run);
	if (!r.cases.n && s->debrief) /* the forge writes one; who records an incident has none */
		r.cases = CC_STR("forged");
	r.task = task_name(g, r.task, s->truth);
	cc_code code = app_calibrate(s, &sure, err);
	if (code != CC_OK)
		return code;
	if (sure.stated) {
		r.stated = sure.stated;
		r.right = sure.right;
		r.claimed = sure.claimed * (double)sure.stated;
		r.missed = sure.brier * (double)sure.stated;
	}
	if (g->o->judged && s->dir.n && !app_judged_add(&g->judged, g->arena, s->dir.p, r.player))
		return cc_err_set(err, CC_ENOMEM, "league: out of memory");
	return r.task.p && cc_league_add(g->league, &r) ? CC_OK : cc_err_set(err, CC_ENOMEM, "league: out of memory");
}

/* Whether the record says that it is no try of its player's; counted by reason. */
static bool is_no_try(gathering *g, const cc_run *run)
{
	app_try what = run ? app_try_of(run) : APP_TRY;
	g->rest.nothing_asked += what == APP_TRY_NOTHING_ASKED;
	g->rest.taken_over += what == APP_TRY_TAKEN_OVER;
	return what != APP_TRY;
}

static void note_breaks(gathering *g, const cc_run *run)
{
	cc_run_breaks breaks = run ? cc_run_breaks_of(run) : (cc_run_breaks){ 0 };
	g->rest.resumed += breaks.count > 0;
	if (breaks.away_ns > g->rest.away_ns)
		g->rest.away_ns = breaks.away_ns;
}

static cc_code take_run(gathering *g, const app_run_place *place, cc_err *err)
{
	app_scoring s;
	cc_err why = { 0 };
	cc_code code = app_scoring_open(&s, g->o, place->path, &g->kept, &why);
	if (code == CC_OK && s.score->status == CC_SCORE_UNSCORABLE) {
		g->rest.unscorable++;
	} else if (code == CC_OK && is_no_try(g, s.run)) {
		code = CC_OK;
	} else if (code == CC_OK) {
		app_scoring_warn(&s);
		g->rest.altered += s.altered != NULL;
		note_breaks(g, s.run);
		code = add_run(g, place, &s, err);
	} else if (code == CC_ENOTFOUND && s.answer && !s.truth) {
		g->rest.no_truth++;
		code = CC_OK;
	} else if (code != CC_ENOMEM) {
		g->rest.unreadable++;
		app_fail(&why);
		code = CC_OK;
	} else {
		*err = why;
	}
	app_scoring_deinit(&s);
	return code;
}

/* --- what is printed --- */

static cc_code print_reply(const gathering *g, cc_err *err)
{
	cc_reply *reply = NULL;
	cc_buf b = CC_BUF_INIT;
	bool wide = g->o->json || g->o->wide;
	cc_code code = app_league_reply(g->league, &g->rest, g->o->judged ? &g->judged : NULL, g->o->json, wide, &reply, err);
	if (code == CC_OK && g->o->json) {
		cc_reply_write_json(reply, &b);
		cc_buf_add_char(&b, '\n');
	} else if (code == CC_OK) {
		cc_reply_write_text(reply, &b, wide ? 0 : app_terminal_columns(1), !app_unicode(g->o));
	}
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	cc_buf_deinit(&b);
	cc_reply_unref(reply);
	return code;
}

static cc_code print_svg(const gathering *g, cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	bool cost = strcmp(g->o->svg, "cost") == 0;
	if (!cost && strcmp(g->o->svg, "turns") != 0)
		return cc_err_set(err, CC_EUSAGE, "league: --svg takes cost or turns, not '%s'", g->o->svg);
	if (cc_league_table_count(g->league) > 1)
		fprintf(stderr, "coldcase: the runs were made under several conditions; the picture shows those of the first run\n");
	if (cc_league_table_count(g->league))
		cc_league_svg(&b, cc_league_table_get(g->league, 0), cost ? CC_AMOUNT_COST : CC_AMOUNT_TURNS);
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	cc_buf_deinit(&b);
	return CC_OK;
}

static cc_code print_league(const gathering *g, cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	if (g->o->svg)
		return print_svg(g, err);
	if (!g->o->csv)
		return print_reply(g, err);
	cc_league_csv(&b, g->league);
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	cc_buf_deinit(&b);
	return CC_OK;
}

static cc_code number_option(const char *text, const char *name, double *out, cc_err *err)
{
	if (text && (!cc_str_to_double(cc_str_from(text), out) || !(*out >= 0) || !isfinite(*out)))
		return cc_err_set(err, CC_EUSAGE, "league: %s takes a number of at least 0, not '%s'", name, text);
	return CC_OK;
}

static cc_code gather(gathering *g, cc_err *err)
{
	app_run_places places = { 0 };
	cc_code code = CC_OK;
	double seed = 1, rate = 0;
	for (size_t i = 0; i < g->o->args.n && code == CC_OK; i++)
		code = app_runs_find(&places, g->arena, g->o->args.p[i], err);
	for (size_t i = 0; i < places.n && code == CC_OK; i++)
		code = take_run(g, &places.p[i], err);
	cc_vec_deinit(&places);
	if (code == CC_OK)
		code = number_option(g->o->seed, "--seed", &seed, err);
	if (code == CC_OK)
		code = number_option(g->o->rate, "--rate", &rate, err);
	if (code == CC_OK)
		code = cc_league_close(g->league, &(cc_league_options){ .seed = (uint64_t)seed, .hourly_rate = rate }, err);
	return code;
}

int app_league(const app_options *o)
{
	gathering g = { .o = o, .league = cc_league_new(), .arena = cc_arena_new(), .truths = cc_map_new(), .shas = cc_dict_new() };
	cc_err err = { 0 };
	cc_code code = g.league && g.arena && g.truths && g.shas ? CC_OK : cc_err_set(&err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && !o->args.n) {
		cc_buf kept = CC_BUF_INIT;
		code = cc_err_set(&err, CC_EUSAGE, "league: which runs?");
		bool known = app_runs_dir(o, &kept, NULL) == CC_OK && cc_buf_ok(&kept);
		cc_err_hint(&err, "coldcase league DIR..., a folder that holds runs at any depth%s%s", known ? "; yours lie in " : "",
			known ? kept.p : "");
		cc_buf_deinit(&kept);
	}
	if (code == CC_OK)
		code = gather(&g, &err);
	if (code == CC_OK)
		code = print_league(&g, &err);
	app_kept_deinit(&g.kept);
	cc_vec_deinit(&g.judged);
	cc_league_free(g.league);
	cc_arena_free(g.arena);
	cc_map_free(g.truths);
	cc_dict_free(g.shas);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}
