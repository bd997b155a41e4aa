/* compare_reply.c - a comparison as a reply: the score table, what was seen by whom, the runs side by side. */
#include <math.h>
#include <stdio.h>
#include "app/compare.h"

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

static void add_run(cc_reply *r, const app_compare *c, size_t lane)
{
	const app_lane *l = &c->lanes[lane];
	const cc_record_header *h = cc_run_header(l->run);
	const cc_score *s = l->scored ? l->scoring.score : NULL;
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
	cc_reply_cell(r, s ? cc_cell_int(s->d1.fn) : cc_cell_none());
	cc_reply_cell(r, cc_cell_int(last ? last->queries : 0));
	cc_reply_cell(r, cc_cell_duration(last ? last->active_ns : 0));
	step_cell(r, l->scored ? last_of(&l->review, false) : 0);
	step_cell(r, l->scored ? last_of(&l->review, true) : 0);
	cc_reply_cell(r, l->scored && l->review.proofs.n && l->review.evidence ? cc_cell_bool(!l->review.unsupported) : cc_cell_none());
	cc_reply_cell(r, l->scored ? cc_cell_int((int64_t)l->review.repeated) : cc_cell_none());
	cc_reply_cell(r, cc_cell_text(h ? h->assistance : CC_STR_EMPTY));
	cc_buf_deinit(&score);
}

/* --- what was seen by whom --- */

/* Which runs saw it, a bit each. */
static uint32_t seers(const app_seen *s, size_t lanes)
{
	uint32_t set = 0;
	for (size_t i = 0; i < lanes; i++)
		if (s->step[i])
			set |= 1u << i;
	return set;
}

static size_t count_of(const app_seen_vec *all, size_t lanes, uint32_t set)
{
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++)
		n += seers(&all->p[i], lanes) == set;
	return n;
}

static void add_share(cc_reply *r, const app_compare *c, uint32_t set, const char *name)
{
	if (!cc_reply_row(r))
		return;
	cc_reply_cell(r, cc_cell_textz(name));
	cc_reply_cell(r, cc_cell_int((int64_t)count_of(&c->cites, c->lane_count, set)));
	cc_reply_cell(r, cc_cell_int((int64_t)count_of(&c->entities, c->lane_count, set)));
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
static const char *const LANE_KEYS[APP_COMPARE_MAX] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o",
	"p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z" };
static const char *const LANE_TITLES[APP_COMPARE_MAX] = { "A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O",
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

static const cc_record_step *query_of(const cc_run *run, size_t n)
{
	for (size_t i = 0; i < cc_run_step_count(run); i++)
		if (cc_run_step(run, i)->as.step->query && n-- == 0)
			return cc_run_step(run, i)->as.step;
	return NULL;
}

static void add_lanes(cc_reply *r, const app_compare *c)
{
	size_t n;
	uint8_t width = (uint8_t)(c->lane_count == 2 ? 50 : c->lane_count == 3 ? 36 : 24);
	cc_column *columns = lane_columns(r, c, "query", "Query", CC_CELL_TEXT, width, &n);
	if (!columns)
		return;
	cc_reply_begin_table(r, "lanes", c->parted ? "Queries side by side" : "Queries side by side: the runs never parted", columns, n, false);
	for (size_t q = 0;; q++) {
		bool any = false;
		for (size_t i = 0; i < c->lane_count; i++)
			any = any || query_of(c->lanes[i].run, q);
		cc_row *row = any ? cc_reply_row(r) : NULL;
		if (!row)
			return;
		if (c->parted == q + 1)
			row->mark = CC_ROLE_WARNING;
		cc_reply_cell(r, cc_cell_int((int64_t)q + 1));
		for (size_t i = 0; i < c->lane_count; i++) {
			const cc_record_step *s = query_of(c->lanes[i].run, q);
			cc_reply_cell(r, s ? cc_cell_text(s->line) : cc_cell_none());
		}
	}
}

static void add_seen(cc_reply *r, const app_compare *c, const char *key, const char *title, const app_seen_vec *all, size_t most)
{
	size_t n, shown = 0;
	cc_column *columns = lane_columns(r, c, "what", "Evidence", CC_CELL_INT, 6, &n);
	uint32_t everybody = (1u << c->lane_count) - 1;
	if (!columns)
		return;
	cc_reply_begin_table(r, key, title, columns, n, false);
	for (size_t k = 0; k < all->n && shown < most; k++) {
		if (most != SIZE_MAX && seers(&all->p[k], c->lane_count) == everybody)
			continue; /* in the short form what parted them is of interest */
		if (!cc_reply_row(r))
			return;
		shown++;
		cc_reply_cell(r, cc_cell_text(all->p[k].what));
		for (size_t i = 0; i < c->lane_count; i++)
			step_cell(r, all->p[k].step[i]);
	}
}

cc_code app_compare_reply(const app_compare *c, bool everything, cc_reply **out, cc_err *err)
{
	const cc_record_header *h = cc_run_header(c->lanes[0].run);
	cc_str scenario = h ? h->scenario : CC_STR_EMPTY;
	cc_reply *r = *out = cc_reply_new("compare");
	enum { SHORT = 20 };
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_reply_set_title(r, "COMPARE %zu runs of %.*s", c->lane_count, CC_STR_ARG(scenario));
	if (c->parted)
		cc_reply_add_note(r, "the runs part at query %zu", c->parted);
	cc_reply_begin_table(r, "runs", "Runs", COLUMNS(RUN), false);
	for (size_t i = 0; i < c->lane_count; i++)
		add_run(r, c, i);
	add_shares(r, c);
	add_lanes(r, c);
	add_seen(r, c, "entities", "Entities not seen by all, and the step of first sight", &c->entities, everything ? SIZE_MAX : SHORT);
	add_seen(r, c, "records", "Records not seen by all, and the step of first sight", &c->cites, everything ? SIZE_MAX : SHORT);
	cc_code code = cc_reply_publish(r, NULL, err);
	if (code != CC_OK) {
		cc_reply_unref(r);
		*out = NULL;
	}
	return code;
}
