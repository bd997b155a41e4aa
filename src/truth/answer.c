/* answer.c - the answer as a value: building it and writing the file that both published evaluators read. */
#include <string.h>
#include "answer_priv.h"
#include "coldcase/json.h"

cc_answer *cc_answer_new(void)
{
	cc_arena *arena = cc_arena_new();
	cc_answer *a = arena ? cc_arena_alloc(arena, sizeof *a) : NULL;
	if (!a) {
		cc_arena_free(arena);
		return NULL;
	}
	a->arena = arena;
	a->shape = "";
	a->problem = CC_STR_EMPTY;
	return a;
}

void cc_answer_free(cc_answer *a)
{
	if (a)
		cc_arena_free(a->arena);
}

/* Room for one more item; the arena keeps the outgrown arrays until the answer is freed. */
static void *grow(cc_answer *a, void *items, size_t n, size_t *cap, size_t size)
{
	if (n >= CC_ANSWER_ENTITIES_MAX)
		return NULL;
	if (n < *cap)
		return items;
	size_t more = *cap ? *cap * 2 : 8;
	void *p = cc_arena_array(a->arena, more, size);
	if (p && n)
		memcpy(p, items, n * size);
	if (p)
		*cap = more;
	return p;
}

static bool copy(cc_answer *a, cc_str *s)
{
	cc_str c = s->n ? cc_arena_dup(a->arena, *s) : CC_STR_EMPTY;
	*s = c;
	return c.p != NULL;
}

bool cc_answer_add(cc_answer *a, cc_answer_entity e)
{
	cc_answer_entity *p = grow(a, a->entities, a->entity_count, &a->entity_cap, sizeof *p);
	if (!p)
		return false;
	a->entities = p;
	if (!copy(a, &e.name) || !copy(a, &e.uid) || !copy(a, &e.reasoning) || !copy(a, &e.evidence))
		return false;
	p[a->entity_count++] = e;
	return true;
}

bool cc_answer_add_step(cc_answer *a, cc_answer_step s)
{
	cc_answer_step *p = grow(a, a->steps, a->step_count, &a->step_cap, sizeof *p);
	if (!p)
		return false;
	a->steps = p;
	if (!copy(a, &s.source) || !copy(a, &s.target) || !copy(a, &s.condition) || !copy(a, &s.effect))
		return false;
	p[a->step_count++] = s;
	return true;
}

bool cc_answer_add_alert(cc_answer *a, cc_answer_alert al)
{
	cc_answer_alert *p = grow(a, a->alerts, a->alert_count, &a->alert_cap, sizeof *p);
	if (!p)
		return false;
	a->alerts = p;
	if (!copy(a, &al.alert) || !copy(a, &al.explanation))
		return false;
	p[a->alert_count++] = al;
	return true;
}

static void write_text(cc_jw *w, const char *key, cc_str s)
{
	cc_jw_key(w, key);
	cc_jw_str(w, s);
}

static void write_entities(cc_jw *w, const cc_answer *a, bool all)
{
	cc_jw_array(w);
	for (size_t i = 0; i < a->entity_count; i++) {
		const cc_answer_entity *e = &a->entities[i];
		if (!all && !e->contributing)
			continue;
		cc_jw_object(w);
		write_text(w, "name", e->name);
		if (all) {
			cc_jw_key(w, "contributing_factor");
			cc_jw_bool(w, e->contributing);
		}
		write_text(w, "reasoning", e->reasoning);
		write_text(w, "evidence", e->evidence);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

static void write_steps(cc_jw *w, const cc_answer *a)
{
	cc_jw_array(w);
	for (size_t i = 0; i < a->step_count; i++) {
		cc_jw_object(w);
		write_text(w, "source", a->steps[i].source);
		write_text(w, "target", a->steps[i].target);
		write_text(w, "condition", a->steps[i].condition);
		write_text(w, "effect", a->steps[i].effect);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

static void write_alerts(cc_jw *w, const cc_answer *a)
{
	cc_jw_array(w);
	for (size_t i = 0; i < a->alert_count; i++) {
		cc_jw_object(w);
		write_text(w, "alert", a->alerts[i].alert);
		write_text(w, "explanation", a->alerts[i].explanation);
		cc_jw_key(w, "explained");
		cc_jw_bool(w, a->alerts[i].explained);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

void cc_answer_write(cc_buf *out, const cc_answer *a)
{
	cc_jw w;
	cc_jw_init(&w, out, 2);
	cc_jw_object(&w);
	cc_jw_key(&w, "contributing_factors");
	write_entities(&w, a, false);
	cc_jw_key(&w, "entities");
	write_entities(&w, a, true);
	cc_jw_key(&w, "propagations");
	write_steps(&w, a);
	cc_jw_key(&w, "alerts_explained");
	write_alerts(&w, a);
	cc_jw_end_object(&w);
	cc_buf_add_char(out, '\n');
}

void cc_answer_repairs_text(cc_buf *out, unsigned repaired)
{
	static const char *const NAMES[] = { "fence", "json_in_string", "trailing_comma", "prose", "wrapped" };
	const char *comma = "";
	for (unsigned i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
		if (!(repaired >> i & 1))
			continue;
		cc_buf_addf(out, "%s%s", comma, NAMES[i]);
		comma = ",";
	}
}
