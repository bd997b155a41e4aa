/* case_dup.c - a second case that says the same and shares nothing with the first but the views of its history. */
#include <string.h>

#include "casefile/case_priv.h"
#include "coldcase/xalloc.h"

static bool own(cc_case *c, cc_str *text)
{
	*text = text->n ? cc_arena_dup(c->arena, *text) : CC_STR_EMPTY;
	return text->p;
}

static bool own_pins(cc_case *c, cc_suspect *s)
{
	uint32_t *list;

	if (!s->pins)
		return true;
	list = cc_arena_array(c->arena, s->pin_count, sizeof *list);
	if (!list)
		return false;
	if (s->pin_count)
		memcpy(list, s->pins, s->pin_count * sizeof *list);
	s->pins = list;
	return true;
}

/* The elements of a list as they are; what they point to is still the other's. */
#define TAKE(to, from) \
	(cc_vec_reserve(to, (from)->n) && \
		((from)->n ? memcpy((to)->p, (from)->p, (from)->n * sizeof *(from)->p) : (to)->p, (to)->n = (from)->n, true))

static bool take_lists(cc_case *c, const cc_case *from)
{
	return TAKE(&c->pins, &from->pins) &&
		TAKE(&c->suspects, &from->suspects) && TAKE(&c->ruleouts, &from->ruleouts) && TAKE(&c->notes, &from->notes) &&
		TAKE(&c->updates, &from->updates);
}

static bool own_texts(cc_case *c)
{
	bool ok = own(c, &c->held_why);

	for (size_t i = 0; i < c->pins.n && ok; i++)
		ok = own(c, &c->pins.p[i].label) && own(c, &c->pins.p[i].command) && own(c, &c->pins.p[i].note);
	for (size_t i = 0; i < c->suspects.n && ok; i++)
		ok = own(c, &c->suspects.p[i].name) && own(c, &c->suspects.p[i].reason) && own_pins(c, &c->suspects.p[i]);
	for (size_t i = 0; i < c->ruleouts.n && ok; i++)
		ok = own(c, &c->ruleouts.p[i].name) && own(c, &c->ruleouts.p[i].reason);
	for (size_t i = 0; i < c->notes.n && ok; i++)
		ok = own(c, &c->notes.p[i].text);
	for (size_t i = 0; i < c->updates.n && ok; i++)
		ok = own(c, &c->updates.p[i].text);
	return ok;
}

cc_case *cc_case_dup(cc_case *from)
{
	cc_case *c = cc_case_new(0);

	if (!c)
		return NULL;
	c->view = from->view;
	c->last_pin = from->last_pin;
	c->budget = from->budget;
	c->hints = from->hints;
	c->started = from->started;
	c->running = from->running;
	c->submitted = from->submitted;
	c->held = from->held;
	c->held_ran = from->held_ran;
	c->held_why = from->held_why;
	c->frozen = from->frozen;
	c->since_ns = from->since_ns;
	c->active_ns = from->active_ns;
	if (take_lists(c, from) && own_texts(c) && cc_case_share_history(c, from))
		return c;
	cc_case_free(c);
	return NULL;
}

size_t cc_case_bytes(const cc_case *c)
{
	return sizeof *c + cc_arena_bytes(c->arena) + c->pins.cap * sizeof *c->pins.p +
		c->suspects.cap * sizeof *c->suspects.p + c->ruleouts.cap * sizeof *c->ruleouts.p + c->notes.cap * sizeof *c->notes.p +
		c->updates.cap * sizeof *c->updates.p;
}
