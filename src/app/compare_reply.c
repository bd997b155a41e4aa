/* compare_reply.c - a comparison as a reply: the score table, what was seen by whom, the runs side by side. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "app/compare.h"
#include "coldcase/export.h"
#include "coldcase/json.h"
#include "coldcase/map.h"
#include "coldcase/markers.h"

static const cc_column MARKER[] = {
	{ "run", "Run", CC_CELL_TEXT, CC_ROLE_HEADING, 4, 0 },
	{ "step", "Step", CC_CELL_INT, CC_ROLE_TEXT, 6, 0 },
	{ "kind", "Kind", CC_CELL_TEXT, CC_ROLE_DIM, 10, 1 },
	{ "caption", "Marked", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};

#define COLUMNS(t) (t), sizeof(t) / sizeof((t)[0])

static const cc_column RUN[] = {
	{ "run", "Run", CC_CELL_TEXT, CC_ROLE_HEADING, 4, 0 },
	{ "player", "Player", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "kind", "Kind", CC_CELL_TEXT, CC_ROLE_DIM, 6, 2 },
	{ "score", "Score", CC_CELL_TEXT, CC_ROLE_HEADING, 7, 0 },
	{ "names", "Names", CC_CELL_INT, CC_ROLE_TEXT, 6, 1 },
	{ "wrong", "Wrong", CC_CELL_INT, CC_ROLE_TEXT, 6, 1 },
	{ "missed", "Missed", CC_CELL_INT, CC_ROLE_TEXT, 6, 1 },
	{ "queries", "Queries", CC_CELL_INT, CC_ROLE_TEXT, 7, 1 },
	{ "active_ns", "Time", CC_CELL_DURATION, CC_ROLE_TIME, 7, 1 },
	{ "encountered", "Cause shown", CC_CELL_INT, CC_ROLE_TEXT, 11, 2 },
	{ "asserted", "Suspected", CC_CELL_INT, CC_ROLE_TEXT, 9, 2 },
	{ "supported", "Supported", CC_CELL_BOOL, CC_ROLE_TEXT, 9, 2 },
	{ "repeated", "Repeated", CC_CELL_INT, CC_ROLE_TEXT, 8, 3 },
	{ "assistance", "Assist", CC_CELL_TEXT, CC_ROLE_DIM, 8, 3 },
	{ "diverged", "Parts at", CC_CELL_INT, CC_ROLE_TEXT, 8, 3 },
	{ "searched", "Searched", CC_CELL_INT, CC_ROLE_TEXT, 8, 255 },  /* records that its shell commands came upon; none: it had no such commands */
};

static const cc_column SHARE[] = {
	{ "seen_by", "Seen by", CC_CELL_TEXT, CC_ROLE_HEADING, 12, 0 },
	{ "records", "Records", CC_CELL_INT, CC_ROLE_TEXT, 8, 0 },
	{ "entities", "Entities", CC_CELL_INT, CC_ROLE_TEXT, 8, 0 },
};

/* "A", "B" …; the fourth column of a pair of runs on. */
static void letter(size_t lane, char out[2])
{
	out[0] = (char)('A' + lane);
	out[1] = 0;
}

static void step_cell(cc_reply *r, uint64_t step)
{
	cc_reply_cell(r, step ? cc_cell_int((int64_t)step) : cc_cell_none());
}

/* The moment the last cause was first shown, and suspected: what all of an answer needs. 0: one never was. */
static uint64_t last_of(const app_review *v, bool asserted)
{
	uint64_t last = 0;
	for (size_t i = 0; i < v->causes.n; i++) {
		uint64_t step = asserted ? v->causes.p[i].asserted.step : v->causes.p[i].encountered.step;
		if (!step)
			return 0;
		last = step > last ? step : last;
	}
	return last;
}

static size_t claims(const cc_answer *a)
{
	size_t n = 0;
	for (size_t i = 0; a && i < a->entity_count; i++)
		n += a->entities[i].contributing;
	return n;
}

/* Each record once. Texts live as long as the reply: lines of the run may be let go of. */
static void add_searched(cc_reply *r, const cc_run *run)
{
	enum { KEPT_LINES = 256 };
	cc_map *cites = cc_map_new();
	bool any = false;
	for (size_t i = 0; cites && i < cc_run_line_count(run); i++) {
		cc_run_trim(run, KEPT_LINES);
		if (cc_run_line_type(run, i) != CC_LINE_EVENT || !cc_str_eqz(cc_run_line(run, i)->as.event->name, "searched"))
			continue;
		const cc_json *list = cc_json_get(cc_json_get(cc_run_line(run, i)->json, "data"), "cites");
		for (const cc_json *c = cc_json_first(list); c; c = cc_json_next(c)) {
			cc_str own = cc_arena_dup(cc_reply_arena(r), cc_json_str(c));
			if (own.p)
				(void)cc_map_set(cites, own, 1);
		}
		any = true;
	}
	cc_reply_cell(r, any ? cc_cell_int((int64_t)cc_map_count(cites)) : cc_cell_none());
	cc_map_free(cites);
}

static void add_run(cc_reply *r, const app_compare *c, size_t lane, const uint64_t *diverged)
{
	const app_lane *l = &c->lanes[lane];
	const cc_record_header *h = cc_run_header(l->run);
	const cc_score *s = l->scoring.score && l->scoring.score->status != CC_SCORE_UNSCORABLE ? l->scoring.score : NULL;
	size_t steps = cc_run_step_count(l->run);
	const cc_record_step *last = steps ? cc_run_step(l->run, steps - 1)->as.step : NULL;
	char name[2];
	cc_buf score = CC_BUF_INIT;
	if (!cc_reply_row(r))
		return;
	letter(lane, name);
	if (s)
		cc_ratio_format(&score, s->d1.score);
	cc_reply_cell(r, cc_cell_textz(name));
	cc_reply_cell(r, c->blind ? cc_cell_textz("not told") : cc_cell_text(h ? h->actor_name : CC_STR_EMPTY));
	cc_reply_cell(r, c->blind ? cc_cell_none() : cc_cell_textz(h && h->agent ? "agent" : "human"));
	cc_reply_cell(r, s ? cc_cell_text(cc_buf_str(&score)) : cc_cell_none());
	cc_reply_cell(r, cc_cell_int((int64_t)claims(l->answer)));
	cc_reply_cell(r, s ? cc_cell_int(s->d1.fp) : cc_cell_none());
	cc_reply_cell(r, s && l->scored ? cc_cell_int(s->d1.fn) : cc_cell_none());    /* without an answer it would tell how many there are */
	cc_reply_cell(r, cc_cell_int(last ? last->queries : 0));
	cc_reply_cell(r, cc_cell_duration(last ? last->active_ns : 0));
	step_cell(r, l->scored ? last_of(&l->review, false) : 0);
	step_cell(r, l->scored ? last_of(&l->review, true) : 0);
	cc_reply_cell(r, l->scored && l->review.proofs.n && l->review.evidence ? cc_cell_bool(!l->review.unsupported) : cc_cell_none());
	cc_reply_cell(r, l->scored ? cc_cell_int((int64_t)l->review.repeated) : cc_cell_none());
	cc_reply_cell(r, cc_cell_text(h ? h->assistance : CC_STR_EMPTY));
	step_cell(r, diverged ? diverged[lane] : 0);
	add_searched(r, l->run);
	if (l->scoring.altered)
		cc_reply_add_note(r, "%s: %s", name, l->scoring.altered);
	cc_buf_deinit(&score);
}

/* --- what was seen by whom --- */

static size_t count_of(const cc_compare *c, const cc_sighting_vec *all, uint32_t set)
{
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		n += cc_compare_seers(c, &all->p[i]) == set;
	return n;
}

static void add_share(cc_reply *r, const app_compare *c, uint32_t set, const char *name)
{
	if (!cc_reply_row(r))
		return;
	cc_reply_cell(r, cc_cell_textz(name));
	cc_reply_cell(r, cc_cell_int((int64_t)count_of(c->c, cc_compare_cites(c->c), set)));
	cc_reply_cell(r, cc_cell_int((int64_t)count_of(c->c, cc_compare_entities(c->c), set)));
}

/* All of them, each alone; what some but not all saw is the rest. */
static void add_shares(cc_reply *r, const app_compare *c)
{
	char name[16];
	cc_reply_begin_table(r, "seen", "Evidence seen", COLUMNS(SHARE), false);
	add_share(r, c, c->lane_count < 32 ? (1u << c->lane_count) - 1 : UINT32_MAX, c->lane_count == 2 ? "both" : "all");
	for (size_t i = 0; i < c->lane_count; i++) {
		snprintf(name, sizeof name, "only %c", (char)('A' + i));
		add_share(r, c, 1u << i, name);
	}
}

/* --- side by side --- */

/* Columns of the lanes: made for as many as there are. Keys and titles are static for the life of a reply. */
static const char *const LANE_KEYS[CC_COMPARE_MAX] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o",
	"p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z" };
static const char *const LANE_TITLES[CC_COMPARE_MAX] = { "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O",
	"P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y", "Z" };

static cc_column *lane_columns(cc_reply *r, const app_compare *c, const char *key, const char *title, cc_cell_type type, uint8_t width,
	size_t *n)
{
	cc_column *columns = cc_arena_array(cc_reply_arena(r), c->lane_count + 1, sizeof *columns);
	*n = 0;
	if (!columns)
		return NULL;
	columns[(*n)++] = (cc_column){ key, title, type == CC_CELL_INT ? CC_CELL_TEXT : CC_CELL_INT, CC_ROLE_DIM,
		type == CC_CELL_INT ? 0 : 5, 0 };
	for (size_t i = 0; i < c->lane_count; i++)
		columns[(*n)++] = (cc_column){ LANE_KEYS[i], LANE_TITLES[i], type, CC_ROLE_TEXT, width, 0 };
	if (type != CC_CELL_INT)
		columns[*n - 1].width = 0;
	return columns;
}

static void add_lanes(cc_reply *r, const app_compare *c)
{
	size_t n, parted = cc_compare_parted(c->c);
	uint8_t width = (uint8_t)(c->lane_count == 2 ? 50 : c->lane_count == 3 ? 36 : 24);
	cc_column *columns = lane_columns(r, c, "query", "Query", CC_CELL_TEXT, width, &n);
	if (!columns)
		return;
	cc_reply_begin_table(r, "lanes", parted ? "Queries side by side" : "Queries side by side: the runs never parted", columns, n, false);
	for (size_t q = 0;; q++) {
		bool any = false;
		for (size_t i = 0; i < c->lane_count; i++)
			any = any || cc_compare_query(c->c, i, q);
		cc_row *row = any ? cc_reply_row(r) : NULL;
		if (!row)
			return;
		if (parted == q + 1)
			row->mark = CC_ROLE_WARNING;
		cc_reply_cell(r, cc_cell_int((int64_t)q + 1));
		for (size_t i = 0; i < c->lane_count; i++) {
			const cc_record_step *s = cc_compare_query(c->c, i, q);
			cc_reply_cell(r, s ? cc_cell_text(s->line) : cc_cell_none());
		}
	}
}

static void add_seen(cc_reply *r, const app_compare *c, const char *key, const char *title, const cc_sighting_vec *all, size_t most)
{
	size_t n, shown = 0;
	cc_column *columns = lane_columns(r, c, "what", "Evidence", CC_CELL_INT, 6, &n);
	uint32_t everybody = (1u << c->lane_count) - 1;
	if (!columns)
		return;
	cc_reply_begin_table(r, key, title, columns, n, false);
	for (size_t k = 0; k < all->n && shown < most; k++) {
		if (most != SIZE_MAX && cc_compare_seers(c->c, &all->p[k]) == everybody)
			continue; /* in the short form what parted them is of interest */
		if (!cc_reply_row(r))
			return;
		shown++;
		cc_reply_cell(r, cc_cell_text(all->p[k].what));
		for (size_t i = 0; i < c->lane_count; i++)
			step_cell(r, all->p[k].step[i]);
	}
}

/* --- markers --- */

/* What somebody wrote, while playing or afterwards; what the record tells of itself stands with everything only. */
static void add_markers_of(cc_reply *r, const app_compare *c, size_t lane, const cc_markers *all, bool everything)
{
	char name[2];
	letter(lane, name);
	for (size_t i = 0; i < cc_markers_count(all); i++) {
		const cc_marker *m = cc_markers_get(all, i);
		cc_buf b = CC_BUF_INIT;
		if (!everything && m->kind != CC_MARKER_HAND && m->kind != CC_MARKER_MARK)
			continue;
		if (!cc_reply_row(r))
			return;
		cc_marker_caption(m, c->blind ? CC_REDACT_NAMES | CC_REDACT_NOTES : 0u, &b);
		cc_reply_cell(r, cc_cell_textz(name));
		cc_reply_cell(r, cc_cell_int((int64_t)m->step));
		cc_reply_cell(r, cc_cell_textz(cc_marker_kind_name(m->kind)));
		cc_reply_cell(r, cc_cell_text(cc_buf_str(&b)));
		cc_buf_deinit(&b);
	}
}

static cc_code add_markers(cc_reply *r, const app_compare *c, bool everything, cc_err *err)
{
	cc_reply_begin_table(r, "markers", "Marked", COLUMNS(MARKER), false);
	for (size_t i = 0; i < c->lane_count; i++) {
		cc_markers *all = NULL;
		cc_err why = { 0 };
		size_t left_out;
		cc_code code = cc_markers_new(&all, c->lanes[i].run, err);
		if (code != CC_OK)
			return code;
		if (cc_markers_load(all, c->lanes[i].path, &left_out, &why) != CC_OK)
			cc_reply_add_note(r, "%s", why.message);
		add_markers_of(r, c, i, all, everything);
		cc_markers_free(all);
	}
	return CC_OK;
}

cc_code app_compare_reply(const app_compare *c, bool everything, cc_reply **out, cc_err *err)
{
	const cc_record_header *h = cc_run_header(c->lanes[0].run);
	cc_str scenario = h ? h->scenario : CC_STR_EMPTY;
	cc_reply *r = *out = cc_reply_new("compare");
	uint64_t diverged[CC_COMPARE_MAX];
	bool by_focus, apart = cc_compare_diverged(c->c, diverged, &by_focus);
	enum { SHORT = 20 };
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_reply_set_title(r, "COMPARE %zu runs of %.*s", c->lane_count, CC_STR_ARG(scenario));
	if (cc_compare_parted(c->c))
		cc_reply_add_note(r, "the runs part at query %zu", cc_compare_parted(c->c));
	cc_reply_begin_table(r, "runs", "Runs", COLUMNS(RUN), false);
	for (size_t i = 0; i < c->lane_count; i++)
		add_run(r, c, i, apart ? diverged : NULL);
	add_shares(r, c);
	add_lanes(r, c);
	add_seen(r, c, "entities", "Entities not seen by all, and the step of first sight", cc_compare_entities(c->c), everything ? SIZE_MAX : SHORT);
	add_seen(r, c, "records", "Records not seen by all, and the step of first sight", cc_compare_cites(c->c), everything ? SIZE_MAX : SHORT);
	cc_code code = add_markers(r, c, everything, err);
	if (code == CC_OK)
		code = cc_reply_publish(r, NULL, err);
	if (code != CC_OK) {
		cc_reply_unref(r);
		*out = NULL;
	}
	return code;
}

/* --- the table of scores again, from what another process printed --- */

static cc_cell cell_of(const cc_column *column, const cc_json *row, bool blind)
{
	const cc_json *v = cc_json_get(row, column->key);
	int64_t n;
	if (blind && strcmp(column->key, "player") == 0)
		return cc_cell_textz("not told");
	if (!v || cc_json_typeof(v) == CC_JSON_NULL || (blind && strcmp(column->key, "kind") == 0))
		return cc_cell_none();
	if (column->type == CC_CELL_BOOL)
		return cc_cell_bool(cc_json_bool(v));
	if (cc_json_typeof(v) == CC_JSON_STRING)
		return cc_cell_text(cc_json_str(v));
	if (!cc_json_int(v, &n))
		return cc_cell_none();
	return column->type == CC_CELL_DURATION ? cc_cell_duration(n) : cc_cell_int(n);
}

cc_code app_compare_scores(cc_str text, bool blind, cc_reply **out, cc_err *err)
{
	cc_json *json = NULL;
	cc_reply *r = *out = NULL;
	cc_code code = cc_json_parse(&json, text, err);
	if (code == CC_OK && !(r = cc_reply_new("compare")))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (r)
		cc_reply_begin_table(r, "runs", NULL, COLUMNS(RUN), false);
	for (const cc_json *row = r ? cc_json_first(cc_json_get(json, "runs")) : NULL; row && cc_reply_row(r); row = cc_json_next(row))
		for (size_t i = 0; i < sizeof RUN / sizeof RUN[0]; i++)
			cc_reply_cell(r, cell_of(&RUN[i], row, blind));
	cc_json_free(json);
	if (code == CC_OK)
		code = cc_reply_publish(r, NULL, err);
	if (code != CC_OK)
		cc_reply_unref(r);
	else
		*out = r;
	return code;
}
