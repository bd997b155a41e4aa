/* drill_pick.c - which incident is next for a person, and with how much help (see drill.h).
 *
 * The rules are few and can be told to him: new before known; the level goes up after a full score and down after none; of incidents of
 * that level the one whose deciding records lie where he missed such records before. Help goes away as he needs it less. */
#include "app/cases.h"
#include "app/drill.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "app/runs.h"
#include "app/tries.h"
#include "coldcase/debrief.h"
#include "coldcase/discover.h"
#include "coldcase/file.h"
#include "coldcase/truth.h"

bool app_drill_counts(const app_drill *d)
{
	return d->submitted && !d->again && isfinite(d->score);
}

/* All causes and nothing else, and not by luck: where it can be told, a record that decides was on the screen. */
static bool is_full(const app_drill *d)
{
	return d->score >= 1 && (d->saw || !d->missed);
}

int app_drills_level(const app_drills *d)
{
	int level = 0;
	for (size_t i = 0; i < d->list.n; i++) {
		const app_drill *one = &d->list.p[i];
		if (!app_drill_counts(one))
			continue;
		level = one->level >= 0 ? one->level : level;
		if (is_full(one) && level < APP_DRILL_LEVELS - 1)
			level++;
		else if (one->score <= 0 && level > 0)
			level--;
	}
	return level;
}

cc_assist_level app_drills_assist(const app_drills *d)
{
	static const cc_assist_level LESS[] = { CC_ASSIST_FULL, CC_ASSIST_RANKED, CC_ASSIST_RAW };
	int at = 0, good = 0, bad = 0;
	for (size_t i = 0; i < d->list.n; i++) {
		const app_drill *one = &d->list.p[i];
		if (!app_drill_counts(one))
			continue;
		good = is_full(one) && !one->hints ? good + 1 : 0;
		bad = one->score <= 0 ? bad + 1 : 0;
		if (good == 2 && at < 2)
			at++;
		else if (bad == 2 && at > 0)
			at--;
		good %= 2;
		bad %= 2;
	}
	return LESS[at];
}

/* --- choosing --- */

/* How much of what decides there he missed before: in thousandths, the weakest of the panes. */
static int weakness(const app_drills *d, unsigned panes)
{
	int most = 0;
	for (size_t p = 0; p < APP_DRILL_PANES; p++) {
		int missed = 0, saw = 0;
		for (size_t i = 0; panes >> p & 1u && i < d->list.n; i++) {
			missed += (d->list.p[i].missed >> p & 1u) != 0;
			saw += (d->list.p[i].saw >> p & 1u) != 0;
		}
		if (missed && missed * 1000 / (missed + saw) > most)
			most = missed * 1000 / (missed + saw);
	}
	return most;
}

/* Negative: a is the better next one. */
static int order(const app_drills *d, int want, const app_candidate *a, const app_candidate *b)
{
	int far_a = abs((a->level < 0 ? 1 : a->level) - want), far_b = abs((b->level < 0 ? 1 : b->level) - want);
	if (a->seen != b->seen)
		return a->seen ? 1 : -1;
	if (a->seen)
		return a->last_ns != b->last_ns ? (a->last_ns < b->last_ns ? -1 : 1) : cc_str_cmp_natural(a->name, b->name);
	if (far_a != far_b)
		return far_a - far_b;
	int weak = weakness(d, b->panes) - weakness(d, a->panes);
	return weak ? weak : cc_str_cmp_natural(a->name, b->name);
}

size_t app_drills_pick(const app_drills *d, const app_candidate *c, size_t n)
{
	size_t best = 0;
	int want = app_drills_level(d);
	for (size_t i = 1; i < n; i++)
		if (order(d, want, &c[i], &c[best]) < 0)
			best = i;
	return best;
}

/* --- what the candidates are --- */

typedef CC_VEC(app_candidate) candidate_vec;

static void note_seen(app_candidate *c, int64_t wall_ns)
{
	c->last_ns = !c->seen || wall_ns > c->last_ns ? wall_ns : c->last_ns;
	c->seen = true;
}

/* The same incident, wherever it lies now. What lies where another one lay is not the same. */
static bool is_of(const app_drill *d, const app_candidate *c)
{
	if (d->identity.n)
		return cc_str_eq(d->identity, c->identity);
	return cc_str_eq(d->path, c->path) || (cc_str_eq(d->scenario, c->name) && d->bytes == c->bytes);
}

static cc_str identity_of(const cc_record_header *h, cc_arena *arena)
{
	cc_incident_file *list = cc_arena_array(arena, h->file_count, sizeof *list);
	for (size_t i = 0; list && i < h->file_count; i++)
		list[i] = (cc_incident_file){ h->files[i].path, h->files[i].bytes };
	return list && h->file_count ? cc_incident_identity(list, h->file_count, arena) : CC_STR_EMPTY;
}

/* Runs of his outside of drills. A record that cannot be read is nobody's. */
static void note_runs(const app_options *o, const char *name, candidate_vec *list, cc_arena *arena)
{
	cc_buf runs = CC_BUF_INIT;
	app_run_places places = { 0 };
	struct stat st;
	bool any = app_runs_dir(o, &runs, NULL) == CC_OK && cc_buf_ok(&runs) && stat(runs.p, &st) == 0 &&
		app_runs_find(&places, arena, runs.p, NULL) == CC_OK;
	for (size_t i = 0; any && i < places.n; i++) {
		cc_run *run = NULL;
		if (cc_run_read(&run, places.p[i].path, NULL) != CC_OK)
			continue;
		const cc_record_header *h = cc_run_header(run);
		bool his = h && !h->agent && cc_str_eqz(h->actor_name, name) && app_run_started(run);
		cc_str id = his ? identity_of(h, arena) : CC_STR_EMPTY;
		for (size_t k = 0; his && k < list->n; k++)
			if (id.n ? cc_str_eq(id, list->p[k].identity) : cc_str_eq(h->snapshot_path, list->p[k].path))
				note_seen(&list->p[k], h->wall_ns);
		cc_run_free(run);
	}
	cc_vec_deinit(&places);
	cc_buf_deinit(&runs);
}

/* How hard it is and where its deciding records lie. Most incidents from elsewhere do not say. */
static void note_debrief(const app_options *o, app_candidate *c)
{
	cc_truth *truth = NULL;
	cc_debrief *d = NULL;
	cc_buf path = CC_BUF_INIT;
	if (cc_truth_find(&truth, o->truth, c->path.p, CC_STR_EMPTY, NULL) == CC_OK)
		cc_buf_add(&path, truth->name);
	if (path.n && cc_buf_ok(&path) && cc_debrief_beside(&d, path.p, NULL) == CC_OK) {
		c->level = app_drill_level_parse(d->difficulty);
		for (size_t i = 0; i < d->decisive_count; i++)
			c->panes |= app_drill_pane_of(d->decisive[i].command);
	}
	cc_debrief_free(d);
	cc_truth_free(truth);
	cc_buf_deinit(&path);
}

static cc_code find_candidates(const app_options *o, const app_drills *d, candidate_vec *out, cc_arena *arena, cc_err *err)
{
	cc_scenario_vec found = { 0 };
	cc_code code = CC_OK;
	for (size_t i = 0; i < o->args.n && code == CC_OK; i++)
		code = app_incidents_in(&found, arena, o->args.p[i], err);
	if (code == CC_OK && !o->args.n)
		code = app_known_incidents(o, &found, arena, err);
	for (size_t i = 0; i < found.n && code == CC_OK; i++) {
		char *real = realpath(found.p[i].path.p, NULL);     /* from the C library: released with free */
		app_candidate c = { .name = found.p[i].name, .identity = found.p[i].identity, .bytes = found.p[i].bytes, .level = -1 };
		c.path = cc_arena_dup(arena, real ? cc_str_from(real) : found.p[i].path);
		free(real);
		for (size_t k = 0; k < d->list.n; k++)
			if (is_of(&d->list.p[k], &c))
				note_seen(&c, d->list.p[k].wall_ns);
		if (!c.path.p || !cc_vec_push(out, c))
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	if (code == CC_OK && !out->n) {
		code = cc_err_set(err, CC_ENOTFOUND, "there is no incident to drill with");
		cc_err_hint(err, "name a folder of them, or make some: coldcase forge OUT --random --difficulty easy --seed 7");
	}
	cc_vec_deinit(&found);
	return code;
}

/* --- telling --- */

static const char *why_of(const app_drills *d, const app_candidate *c, int want)
{
	static const char *const NONE_LEFT[APP_DRILL_LEVELS] = { "no new easy one is left: the nearest to it", "no new medium one is left: the nearest to it",
		"no new hard one is left: the nearest to it", "no new expert one is left: the nearest to it" };
	if (c->seen)
		return "all were seen: the one seen longest ago, which measures nothing";
	if (c->level >= 0 && c->level != want)
		return NONE_LEFT[want];
	if (!d->list.n)
		return c->level < 0 ? "the first drill: how hard it is nothing says" : "the first drill: the easiest there is";
	return weakness(d, c->panes) ? "it asks for what earlier reviews say was missed" : "the nearest to the wanted difficulty";
}

/* All there are to choose from, for whoever chooses by himself. */
static void add_incidents(cc_reply *r, const candidate_vec *list)
{
	static const cc_column columns[] = {
		{ "scenario", "Incident", CC_CELL_TEXT, CC_ROLE_ENTITY, 24, 0 },
		{ "difficulty", "Difficulty", CC_CELL_TEXT, CC_ROLE_TEXT, 10, 0 },
		{ "seen", "Seen", CC_CELL_BOOL, CC_ROLE_DIM, 5, 0 },
		{ "path", "Folder", CC_CELL_TEXT, CC_ROLE_DIM, 0, 1 },
	};
	cc_reply_begin_table(r, "incidents", "To choose from", columns, sizeof columns / sizeof columns[0], false);
	for (size_t k = 0; k < list->n && cc_reply_row(r); k++) {
		cc_reply_cell(r, cc_cell_text(list->p[k].name));
		cc_reply_cell(r, cc_cell_textz(app_drill_level_name(list->p[k].level)));
		cc_reply_cell(r, cc_cell_bool(list->p[k].seen));
		cc_reply_cell(r, cc_cell_text(list->p[k].path));
	}
}

static cc_code pick_reply(const app_drills *d, const candidate_vec *list, cc_reply **out, cc_err *err)
{
	size_t unseen = 0, i = app_drills_pick(d, list->p, list->n);
	const app_candidate *c = &list->p[i];
	cc_reply *r = *out = cc_reply_new("drill");
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	for (size_t k = 0; k < list->n; k++)
		unseen += !list->p[k].seen;
	cc_reply_set_title(r, "NEXT DRILL");
	cc_reply_begin_facts(r, "pick", NULL);
	cc_reply_fact(r, "scenario", "incident", cc_cell_text(c->name), CC_ROLE_HEADING);
	cc_reply_fact(r, "path", "folder", cc_cell_text(c->path), CC_ROLE_DIM);
	cc_reply_fact(r, "identity", "identity", cc_cell_text(c->identity), CC_ROLE_DIM);
	cc_reply_fact(r, "bytes", "bytes", cc_cell_int((int64_t)c->bytes), CC_ROLE_DIM);
	cc_reply_fact(r, "difficulty", "difficulty", cc_cell_textz(app_drill_level_name(c->level)), CC_ROLE_TEXT);
	cc_reply_fact(r, "wanted", "wanted", cc_cell_textz(app_drill_level_name(app_drills_level(d))), CC_ROLE_TEXT);
	cc_reply_fact(r, "assistance", "assistance", cc_cell_textz(cc_assist_level_name(app_drills_assist(d))), CC_ROLE_TEXT);
	cc_reply_fact(r, "unseen", "unseen incidents", cc_cell_int((int64_t)unseen), CC_ROLE_TEXT);
	cc_reply_fact(r, "again", "seen before", cc_cell_bool(c->seen), CC_ROLE_TEXT);
	cc_reply_fact(r, "why", "why", cc_cell_textz(why_of(d, c, app_drills_level(d))), CC_ROLE_TEXT);
	add_incidents(r, list);
	if (!c->seen && c->level >= 0 && c->level != app_drills_level(d))
		cc_reply_add_note(r, "no new %s one is left; coldcase forge OUT --random --difficulty %s makes one, and coldcase drill OUT takes it",
			app_drill_level_name(app_drills_level(d)), app_drill_level_name(app_drills_level(d)));
	return cc_reply_publish(r, NULL, err);
}

int app_drill_pick(const app_options *o, app_drills *d)
{
	candidate_vec list = { 0 };
	cc_arena *arena = cc_arena_new();
	cc_reply *r = NULL;
	cc_err err = { 0 };
	cc_code code = arena ? find_candidates(o, d, &list, arena, &err) : cc_err_set(&err, CC_ENOMEM, "out of memory");
	if (code == CC_OK) {
		note_runs(o, d->name.p, &list, arena);
		for (size_t i = 0; i < list.n; i++)
			note_debrief(o, &list.p[i]);
		code = pick_reply(d, &list, &r, &err);
	}
	if (code == CC_OK)
		app_print_reply(o, r);
	cc_reply_unref(r);
	cc_vec_deinit(&list);
	cc_arena_free(arena);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}
