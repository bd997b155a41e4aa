/* compare.c - collects what runs saw; see compare.h. */
#include "app/compare.h"

#include <string.h>
#include "coldcase/map.h"

static bool see(app_seen_vec *all, cc_map *index, cc_str what, size_t lane, uint64_t step)
{
	uint64_t at;
	if (!cc_map_get(index, what, &at)) {
		app_seen fresh = { .what = what };
		at = all->n;
		if (!cc_vec_push(all, fresh) || !cc_map_set(index, what, at))
			return false;
	}
	if (!all->p[at].step[lane])
		all->p[at].step[lane] = step;
	return true;
}

/* Step by step through all runs at once, so that what is seen early in any of them comes early. */
static bool collect(app_compare *c, cc_map *cites, cc_map *entities)
{
	bool more = true;
	for (size_t i = 0; more; i++) {
		more = false;
		for (size_t lane = 0; lane < c->lane_count; lane++) {
			const cc_record_line *line = cc_run_step(c->lanes[lane].run, i);
			if (!line)
				continue;
			more = true;
			const cc_record_step *s = line->as.step;
			for (size_t k = 0; k < s->shown.cite_count; k++)
				if (!see(&c->cites, cites, s->shown.cites[k], lane, s->number))
					return false;
			for (size_t k = 0; k < s->shown.entity_count; k++)
				if (!see(&c->entities, entities, s->shown.entities[k], lane, s->number))
					return false;
		}
	}
	return true;
}

/* The n-th query of a run, NULL past the last. */
static const cc_record_step *query_of(const cc_run *run, size_t n)
{
	for (size_t i = 0; i < cc_run_step_count(run); i++)
		if (cc_run_step(run, i)->as.step->query && n-- == 0)
			return cc_run_step(run, i)->as.step;
	return NULL;
}

static size_t find_parting(const app_compare *c)
{
	for (size_t i = 0;; i++) {
		const cc_record_step *first = query_of(c->lanes[0].run, i);
		bool same = true, any = first != NULL;
		for (size_t lane = 1; lane < c->lane_count; lane++) {
			const cc_record_step *other = query_of(c->lanes[lane].run, i);
			any = any || other;
			same = same && (first == other || (first && other && cc_str_eq(first->line, other->line)));
		}
		if (!any)
			return 0;
		if (!same)
			return i + 1;
	}
}

cc_code app_compare_make(app_compare *c, app_lane *lanes, size_t n, cc_err *err)
{
	cc_map *cites = cc_map_new(), *entities = cc_map_new();
	*c = (app_compare){ .arena = cc_arena_new(), .lanes = lanes, .lane_count = n };
	bool ok = c->arena && cites && entities && collect(c, cites, entities);
	if (ok)
		c->parted = find_parting(c);
	cc_map_free(cites);
	cc_map_free(entities);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

void app_compare_deinit(app_compare *c)
{
	cc_vec_deinit(&c->cites);
	cc_vec_deinit(&c->entities);
	cc_arena_free(c->arena);
}
