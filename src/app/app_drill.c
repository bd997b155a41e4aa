/* app_drill.c - `drill`: the next incident for a person, played, and what came of it kept.
 *
 * Choosing and reviewing open debriefs, so other processes do them; this one investigates, and knows of the incident its folder. */
#include "app/drill.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "app/scoring.h"
#include "app/tries.h"
#include "coldcase/clock.h"
#include "coldcase/utf8.h"

/* --- what a review says --- */

static void take_decisive(app_drill *drill, const cc_json *rows, const cc_run *run)
{
	int64_t step, first = 0;
	for (const cc_json *row = cc_json_first(rows); row; row = cc_json_next(row)) {
		unsigned pane = app_drill_pane_of(cc_json_get_str(row, "command"));
		bool missed = cc_str_eqz(cc_json_get_str(row, "state"), "missed");
		drill->missed |= missed ? pane : 0;
		if (!cc_json_int(cc_json_get(row, "step"), &step) || step <= 0)
			continue;
		drill->saw |= pane;
		first = !first || step < first ? step : first;
	}
	for (size_t i = 0; first && run && i < cc_run_step_count(run); i++)
		if (cc_run_step(run, i)->as.step->number == (uint64_t)first)
			drill->decisive = cc_run_step(run, i)->as.step->queries;
}

cc_code app_drill_learn(app_drill *drill, cc_str review, const cc_run *run, cc_err *err)
{
	cc_json *json = NULL;
	cc_code code = cc_json_parse(&json, review, err);
	const cc_json *sum = code == CC_OK ? cc_json_get(json, "summary") : NULL;
	if (!sum) {
		cc_json_free(json);
		return code == CC_OK ? cc_err_set(err, CC_EFORMAT, "this is no review") : code;
	}
	drill->score = drill->brier = NAN;
	(void)cc_str_to_double(cc_json_get_str(sum, "score"), &drill->score);
	(void)cc_json_double(cc_json_get(sum, "brier"), &drill->brier);
	(void)cc_json_int(cc_json_get(sum, "queries"), &drill->queries);
	(void)cc_json_int(cc_json_get(sum, "hints"), &drill->hints);
	(void)cc_json_int(cc_json_get(sum, "active_ns"), &drill->active_ns);
	int level = app_drill_level_parse(cc_json_get_str(sum, "difficulty"));
	drill->level = level >= 0 ? level : drill->level;
	take_decisive(drill, cc_json_get(json, "decisive"), run);
	cc_json_free(json);
	return CC_OK;
}

/* --- what is next --- */

typedef struct next { cc_json *json; cc_str scenario, path, identity, assistance, why, difficulty; int64_t bytes; bool again; } next;

/* From a process that may look at debriefs. */
static cc_code ask_next(const app_options *o, const char *name, next *out, cc_err *err)
{
	const char *argv[APP_SPAWN_MAX + 1] = { "drill", "--pick-only", "--json", "--name", name };
	size_t n = 5;
	cc_buf text = CC_BUF_INIT;
	int status = 0;
	if (o->truth) {
		argv[n++] = "--truth";
		argv[n++] = o->truth;
	}
	if (o->out) {
		argv[n++] = "--out";
		argv[n++] = o->out;
	}
	if (o->args.n > APP_SPAWN_MAX - n)
		return cc_err_set(err, CC_EUSAGE, "drill: at most %zu folders", APP_SPAWN_MAX - n);
	for (size_t i = 0; i < o->args.n; i++)
		argv[n++] = o->args.p[i];
	cc_code code = app_spawn(o, argv, &text, &status, err);
	if (code == CC_OK && status != 0) {
		code = cc_err_set(err, CC_ENOTFOUND, "no incident could be chosen");
		cc_err_hint(err, "coldcase drill --pick-only says why");
	}
	if (code == CC_OK)
		code = cc_json_parse(&out->json, cc_buf_str(&text), err);
	cc_buf_deinit(&text);
	const cc_json *pick = cc_json_get(out->json, "pick");
	out->scenario = cc_json_get_str(pick, "scenario");
	out->path = cc_json_get_str(pick, "path");
	out->identity = cc_json_get_str(pick, "identity");
	out->assistance = cc_json_get_str(pick, "assistance");
	out->why = cc_json_get_str(pick, "why");
	out->difficulty = cc_json_get_str(pick, "difficulty");
	out->again = cc_json_bool(cc_json_get(pick, "again"));
	(void)cc_json_int(cc_json_get(pick, "bytes"), &out->bytes);
	return code == CC_OK && !out->path.n ? cc_err_set(err, CC_EINTERNAL, "what was chosen cannot be read") : code;
}

/* --- playing it --- */

/* Afterwards: the record says how it was played, the review, from another process, what it was worth. */
static cc_code learn(const app_options *o, app_drill *drill, const cc_run *run, cc_arena *arena, cc_err *err)
{
	const cc_record_end *end = app_run_end(run);
	cc_buf review = CC_BUF_INIT;
	int status = 0;
	const char *argv[] = { "review", "--json", drill->run.p, o->truth ? "--truth" : NULL, o->truth, NULL };
	drill->assistance = cc_run_header(run) ? cc_arena_dup(arena, cc_run_header(run)->assistance) : CC_STR_EMPTY;
	drill->queries = end ? end->queries : 0;
	drill->active_ns = end ? end->active_ns : 0;
	cc_code code = drill->submitted ? app_spawn(o, argv, &review, &status, err) : CC_OK;
	if (code == CC_OK && drill->submitted && status == 0)
		code = app_drill_learn(drill, cc_buf_str(&review), run, err);
	cc_buf_deinit(&review);
	return code;
}

static cc_code keep(const app_options *o, app_drills *d, const next *n, const app_played *played, cc_err *err)
{
	app_drill drill = { .wall_ns = cc_clock_wall_ns(), .scenario = n->scenario, .path = n->path, .identity = n->identity, .bytes = (uint64_t)n->bytes,
		.again = n->again, .submitted = played->submitted, .run = cc_buf_str(&played->run_dir), .score = NAN, .brier = NAN, .decisive = -1 };
	cc_run *run = NULL;
	cc_code code = cc_run_read(&run, played->run_dir.p, err);
	drill.level = app_drill_level_parse(n->difficulty);
	if (code == CC_OK && !app_run_started(run)) {
		printf("The clock never ran: this was no drill, and the incident stays new to you.\n");
		cc_run_free(run);
		return CC_OK;
	}
	if (code == CC_OK)
		code = learn(o, &drill, run, d->arena, err);
	if (code == CC_OK)
		code = app_drills_add(d, &drill, err);
	if (code == CC_OK && !cc_vec_push(&d->list, drill))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_run_free(run);
	return code;
}

/* What the numbers mean so far, without the numbers. */
static void say_progress(const app_drills *d)
{
	cc_reply *r = NULL;
	cc_err err;
	if (app_drill_reply(d, &r, &err) != CC_OK)
		return;
	for (size_t i = 0; i < cc_reply_section_count(r); i++) {
		const cc_section *s = cc_reply_section(r, i);
		for (size_t k = 0; s->kind == CC_SECTION_TEXT && k < s->line_count; k++)
			printf("%.*s\n", CC_STR_ARG(s->lines[k].text));
	}
	printf("Next: coldcase drill (%s, %s). All of them: coldcase drill --history\n", app_drill_level_name(app_drills_level(d)),
		cc_assist_level_name(app_drills_assist(d)));
	cc_reply_unref(r);
}

static void announce(const app_drills *d, const next *n, const char *assist)
{
	cc_buf b = CC_BUF_INIT, clean = CC_BUF_INIT;
	cc_buf_addf(&b, "Drill %zu of %.*s: %.*s, difficulty %.*s, assistance %s: %.*s.", d->list.n + 1, CC_STR_ARG(d->name), CC_STR_ARG(n->scenario),
		CC_STR_ARG(n->difficulty), assist, CC_STR_ARG(n->why));
	cc_utf8_clean(&clean, cc_buf_str(&b), CC_CLEAN_LINE);
	printf("%.*s\n", CC_STR_ARG(cc_buf_str(&clean)));
	fflush(stdout);
	cc_buf_deinit(&b);
	cc_buf_deinit(&clean);
}

static cc_code play(const app_options *o, app_drills *d, const char *name, int *status, cc_err *err)
{
	app_options once = *o;
	app_played played = { 0 };
	next n = { 0 };
	char assist[16] = "";
	cc_buf path = CC_BUF_INIT;
	cc_code code = ask_next(o, name, &n, err);
	if (code == CC_OK) {
		cc_buf_add(&path, n.path);
		if (n.assistance.n < sizeof assist)
			memcpy(assist, n.assistance.p, n.assistance.n);
		if (!once.assist && !getenv("COLDCASE_ASSIST"))
			once.assist = assist;
		once.name = name;
		announce(d, &n, once.assist ? once.assist : getenv("COLDCASE_ASSIST"));
		*status = cc_buf_ok(&path) ? app_play_dir(&once, path.p, false, &played) : 1;
	}
	if (code == CC_OK && played.run_dir.n && cc_buf_ok(&played.run_dir))
		code = keep(o, d, &n, &played, err);
	if (code == CC_OK && played.run_dir.n)
		say_progress(d);
	cc_buf_deinit(&path);
	cc_buf_deinit(&played.run_dir);
	cc_json_free(n.json);
	return code;
}

/* --- the command --- */

static cc_code print_history(const app_options *o, const app_drills *d, cc_err *err)
{
	cc_reply *r = NULL;
	cc_code code = app_drill_reply(d, &r, err);
	if (code == CC_OK)
		app_print_reply(o, r);
	cc_reply_unref(r);
	return code;
}

int app_drill_run(const app_options *o)
{
	app_drills d = { 0 };
	const char *name = app_actor_name(o);
	cc_err err = { 0 };
	int status = 0;
	cc_code code = app_drills_open(&d, name ? name : "unknown", &err);
	if (code == CC_OK && o->pick_only)
		status = app_drill_pick(o, &d);
	else if (code == CC_OK)
		code = o->history ? print_history(o, &d, &err) : play(o, &d, name ? name : "unknown", &status, &err);
	app_drills_close(&d);
	if (code != CC_OK)
		return app_fail(&err);
	return fflush(stdout) ? 1 : status;
}
