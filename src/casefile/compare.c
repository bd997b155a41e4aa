/* compare.c - collects what runs saw and where they parted; compare_sync.c keeps them together. See compare.h. */
#include <string.h>

#include "casefile/compare_priv.h"
#include "coldcase/xalloc.h"

static cc_code no_memory(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* --- what was seen --- */

static bool see(cc_compare *c, cc_sighting_vec *all, cc_map *index, cc_str what, size_t run, uint64_t step)
{
	uint64_t at;
	if (!cc_map_get(index, what, &at)) {
		cc_str own = cc_arena_dup(c->arena, what);
		at = all->n;
		if (!own.p || !cc_vec_push(all, (cc_sighting){ .what = own }) || !cc_map_set(index, own, at))
			return false;
	}
	if (!all->p[at].step[run])
		all->p[at].step[run] = step;
	return true;
}

static bool see_step(cc_compare *c, size_t run, const cc_record_step *s)
{
	for (size_t k = 0; k < s->shown.cite_count; k++)
		if (!see(c, &c->cites, c->cite_index, s->shown.cites[k], run, s->number))
			return false;
	for (size_t k = 0; k < s->shown.entity_count; k++)
		if (!see(c, &c->entities, c->entity_index, s->shown.entities[k], run, s->number))
			return false;
	return true;
}

/* --- looks --- */

static bool is_of_view(cc_action_kind kind)
{
	return kind == CC_ACT_FOCUS || kind == CC_ACT_AT || kind == CC_ACT_WINDOW || kind == CC_ACT_ONSET || kind == CC_ACT_HORIZON ||
		kind == CC_ACT_BACK || kind == CC_ACT_FORWARD;
}

/* Where a run looks, step by step: a case in which things are numbered by their names, the same in all runs. */
typedef struct looking { cc_case *c; cc_dict *names; } looking;

static bool look_on(looking *l, const cc_record_line *line)
{
	const cc_record_step *s = line->as.step;
	const cc_json *actions = cc_json_get(line->json, "actions");
	for (size_t i = 0; i < s->action_count; i++) {
		cc_action a = s->actions[i];
		if (!is_of_view(a.kind))
			continue;
		cc_str name = cc_json_get_str(cc_json_item(actions, i), "entity");
		a.entity = name.n ? cc_dict_add(l->names, name) : 0;
		if (cc_case_apply(l->c, &a, NULL) == CC_ENOMEM || a.entity == UINT32_MAX)
			return false;       /* what a record says and cannot have happened moves nothing */
	}
	return true;
}

static bool add_look(compared *r, looking *l, const cc_record_line *line)
{
	const cc_record_step *s = line->as.step;
	cc_entity_id before = cc_case_view(l->c).focus;
	if (!look_on(l, line))
		return false;
	cc_entity_id focus = cc_case_view(l->c).focus;
	if (focus == before && !s->shown.cite_count && !s->shown.entity_count)
		return true;
	return cc_vec_push(&r->looks, ((look){ s->number, focus }));
}

/* --- collecting --- */

static bool take_step(cc_compare *c, size_t run, looking *l, const cc_record_line *line)
{
	compared *r = &c->runs[run];
	const cc_record_step *s = line->as.step;
	int64_t last = r->clock.n ? r->clock.p[r->clock.n - 1] : 0;
	return see_step(c, run, s) && add_look(r, l, line) && cc_vec_push(&r->clock, s->active_ns > last ? s->active_ns : last);
}

/* Step by step through all runs at once, so that what is seen early in any of them comes early. */
static bool collect(cc_compare *c, looking *l)
{
	bool more = true;
	for (size_t i = 0; more; i++) {
		more = false;
		for (size_t run = 0; run < c->count; run++) {
			const cc_record_line *line = cc_run_step(c->runs[run].run, i);
			if (line && !take_step(c, run, &l[run], line))
				return false;
			more = more || line;
		}
	}
	return true;
}

static bool collect_all(cc_compare *c)
{
	looking l[CC_COMPARE_MAX] = { 0 };
	cc_dict *names = cc_dict_new();
	bool ok = names != NULL;
	for (size_t i = 0; i < c->count; i++) {
		l[i] = (looking){ cc_case_new(0), names };
		ok = ok && l[i].c;
	}
	ok = ok && collect(c, l);
	for (size_t i = 0; i < c->count; i++)
		cc_case_free(l[i].c);
	cc_dict_free(names);
	return ok;
}

cc_code cc_compare_new(cc_compare **out, const cc_run *const *runs, size_t n, cc_err *err)
{
	cc_compare *c = cc_calloc(1, sizeof *c);
	*out = NULL;
	if (!c)
		return no_memory(err);
	c->count = n;
	for (size_t i = 0; i < n; i++)
		c->runs[i].run = runs[i];
	c->arena = cc_arena_new();
	c->cite_index = cc_map_new();
	c->entity_index = cc_map_new();
	if (!c->arena || !c->cite_index || !c->entity_index || !collect_all(c) || !cc_compare_merge_clocks(c)) {
		cc_compare_free(c);
		return no_memory(err);
	}
	*out = c;
	return CC_OK;
}

void cc_compare_free(cc_compare *c)
{
	if (!c)
		return;
	for (size_t i = 0; i < c->count; i++) {
		cc_vec_deinit(&c->runs[i].clock);
		cc_vec_deinit(&c->runs[i].looks);
	}
	cc_vec_deinit(&c->times);
	cc_vec_deinit(&c->cites);
	cc_vec_deinit(&c->entities);
	cc_map_free(c->cite_index);
	cc_map_free(c->entity_index);
	cc_arena_free(c->arena);
	cc_free(c);
}

size_t cc_compare_count(const cc_compare *c)
{
	return c->count;
}

const cc_run *cc_compare_run(const cc_compare *c, size_t run)
{
	return c->runs[run].run;
}

const cc_sighting_vec *cc_compare_cites(const cc_compare *c)
{
	return &c->cites;
}

const cc_sighting_vec *cc_compare_entities(const cc_compare *c)
{
	return &c->entities;
}

const cc_sighting *cc_compare_cite(const cc_compare *c, cc_str cite)
{
	uint64_t at;
	return cc_map_get(c->cite_index, cite, &at) ? &c->cites.p[at] : NULL;
}

uint32_t cc_compare_seers(const cc_compare *c, const cc_sighting *s)
{
	uint32_t set = 0;
	for (size_t i = 0; i < c->count; i++)
		if (s->step[i])
			set |= 1u << i;
	return set;
}

/* --- parting --- */

const cc_record_step *cc_compare_query(const cc_compare *c, size_t run, size_t n)
{
	const cc_run *r = c->runs[run].run;
	for (size_t i = 0; i < cc_run_step_count(r); i++)
		if (cc_run_step(r, i)->as.step->query && n-- == 0)
			return cc_run_step(r, i)->as.step;
	return NULL;
}

size_t cc_compare_parted(const cc_compare *c)
{
	for (size_t i = 0;; i++) {
		const cc_record_step *first = cc_compare_query(c, 0, i);
		bool same = true, any = first != NULL;
		for (size_t run = 1; run < c->count; run++) {
			const cc_record_step *other = cc_compare_query(c, run, i);
			any = any || other;
			same = same && (first == other || (first && other && cc_str_eq(first->line, other->line)));
		}
		if (!any)
			return 0;
		if (!same)
			return i + 1;
	}
}

/* The look of that step, counted from 1. */
static size_t look_of(const compared *r, uint64_t step)
{
	size_t low = 0, high = r->looks.n;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (r->looks.p[mid].step < step)
			low = mid + 1;
		else
			high = mid;
	}
	return low + 1;
}

/* The first look after which something was seen by some and not by all; SIZE_MAX = none. */
static size_t parting_look(const cc_compare *c, const cc_sighting_vec *all)
{
	size_t parting = SIZE_MAX;
	for (size_t k = 0; k < all->n; k++) {
		size_t first = SIZE_MAX, last = 0;
		for (size_t run = 0; run < c->count; run++) {
			uint64_t step = all->p[k].step[run];
			size_t at = step ? look_of(&c->runs[run], step) : SIZE_MAX;
			first = at < first ? at : first;
			last = at > last ? at : last;
		}
		if (first != last && first < parting)
			parting = first;
	}
	return parting;
}

/* What a run looks at after so many looks. */
static cc_entity_id focus_at(const compared *r, size_t looks)
{
	size_t n = looks < r->looks.n ? looks : r->looks.n;
	return n ? r->looks.p[n - 1].focus : 0;
}

/* The first look, up to `until`, after which not all look at the same thing. */
static size_t focus_look(const cc_compare *c, size_t until)
{
	size_t most = 0;
	for (size_t run = 0; run < c->count; run++)
		most = c->runs[run].looks.n > most ? c->runs[run].looks.n : most;
	for (size_t i = 1; i <= most && i <= until; i++)
		for (size_t run = 1; run < c->count; run++)
			if (focus_at(&c->runs[run], i) != focus_at(&c->runs[0], i))
				return i;
	return SIZE_MAX;
}

static size_t first_parting(const cc_compare *c, bool *by_focus)
{
	size_t cites = parting_look(c, &c->cites), entities = parting_look(c, &c->entities);
	size_t seen = cites < entities ? cites : entities, focus = focus_look(c, seen);
	*by_focus = focus < seen;
	return focus < seen ? focus : seen;
}

size_t cc_compare_parting_look(const cc_compare *c)
{
	bool by_focus;
	return first_parting(c, &by_focus);
}

bool cc_compare_diverged(const cc_compare *c, uint64_t step[CC_COMPARE_MAX], bool *by_focus)
{
	size_t at = first_parting(c, by_focus);
	for (size_t run = 0; run < c->count && at != SIZE_MAX; run++) {
		const compared *r = &c->runs[run];
		step[run] = at <= r->looks.n ? r->looks.p[at - 1].step : r->clock.n;
	}
	return at != SIZE_MAX;
}
