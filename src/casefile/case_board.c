/* case_board.c - pins, suspects, rule-outs, notes and updates; case_worth.c says what an answer made of suspects may be worth.
 *
 * A thing is either a suspect or ruled out: naming it one ends the other. Pinning a citation again keeps its number and
 * renews what was said about it. Removing a pin takes it from the suspects it supported. */
#include <math.h>
#include <string.h>

#include "casefile/case_priv.h"

static cc_code no_memory(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* Copies a text; false when memory is out. The empty text needs none. */
static bool copy(cc_case *c, cc_str s, cc_str *out)
{
	*out = s.n ? cc_arena_dup(c->arena, s) : CC_STR_EMPTY;
	return out->p != NULL;
}

/* The same thing: by identity where both are in the snapshot, else by name. */
static bool same_thing(cc_entity_id ea, cc_str na, cc_entity_id eb, cc_str nb)
{
	return (ea && ea == eb) || cc_str_eq(na, nb);
}

static size_t find_suspect(const cc_case *c, const cc_action *a)
{
	for (size_t i = 0; i < c->suspects.n; i++)
		if (same_thing(c->suspects.p[i].entity, c->suspects.p[i].name, a->entity, a->name))
			return i;
	return c->suspects.n;
}

static size_t find_ruleout(const cc_case *c, const cc_action *a)
{
	for (size_t i = 0; i < c->ruleouts.n; i++)
		if (same_thing(c->ruleouts.p[i].entity, c->ruleouts.p[i].name, a->entity, a->name))
			return i;
	return c->ruleouts.n;
}

static size_t find_pin(const cc_case *c, uint32_t number)
{
	for (size_t i = 0; i < c->pins.n; i++)
		if (c->pins.p[i].number == number)
			return i;
	return c->pins.n;
}

#define REMOVE(v, i) (memmove(&(v)->p[i], &(v)->p[(i) + 1], ((v)->n - (i) - 1) * sizeof *(v)->p), (v)->n--)

static void drop_suspect(cc_case *c, const cc_action *a)
{
	size_t i = find_suspect(c, a);

	if (i < c->suspects.n)
		REMOVE(&c->suspects, i);
}

static void drop_ruleout(cc_case *c, const cc_action *a)
{
	size_t i = find_ruleout(c, a);

	if (i < c->ruleouts.n)
		REMOVE(&c->ruleouts, i);
}

/* The pin that already holds this citation (apart: under this label), or the number of pins. */
static size_t find_same(const cc_case *c, const cc_action *a)
{
	for (size_t i = 0; a->cite.file && i < c->pins.n; i++) {
		const cc_pin *p = &c->pins.p[i];

		if (p->cite.file == a->cite.file && p->cite.record == a->cite.record && (!a->apart || cc_str_eq(p->label, a->name)))
			return i;
	}
	return c->pins.n;
}

cc_code cc_case_apply_pin(cc_case *c, const cc_action *a, cc_err *err)
{
	size_t i = find_same(c, a);
	bool renew = i < c->pins.n;
	cc_pin pin = renew ? c->pins.p[i] : (cc_pin){ .label = CC_STR_EMPTY, .command = CC_STR_EMPTY, .note = CC_STR_EMPTY };

	if (!cc_vec_reserve(&c->pins, 1) || (a->name.n && !copy(c, a->name, &pin.label)) ||
	    (a->text.n && !copy(c, a->text, &pin.note)) || (a->command.n && !copy(c, a->command, &pin.command)))
		return no_memory(err);
	if (a->entity)
		pin.entity = a->entity;
	if (!renew) {
		pin.number = ++c->last_pin;
		pin.cite = a->cite.file ? a->cite : (cc_cite){ 0 };
		pin.time_ns = a->time_ns;
		c->pins.n++;
	}
	c->pins.p[i] = pin;
	return CC_OK;
}

/* Takes a pin from a suspect's list in place: the list is the case's own memory. */
static void forget_pin(cc_suspect *s, uint32_t number)
{
	uint32_t *pins = (uint32_t *)(uintptr_t)s->pins;
	size_t kept = 0;

	for (size_t i = 0; i < s->pin_count; i++)
		if (pins[i] != number)
			pins[kept++] = pins[i];
	s->pin_count = kept;
}

static cc_code no_pin(cc_err *err, uint32_t number)
{
	cc_err_set(err, CC_EUNKNOWN, "there is no pin #%u", number);
	cc_err_hint(err, "board lists the pins");
	return CC_EUNKNOWN;
}

cc_code cc_case_apply_unpin(cc_case *c, const cc_action *a, cc_err *err)
{
	size_t i = find_pin(c, a->number);

	if (i == c->pins.n)
		return no_pin(err, a->number);
	REMOVE(&c->pins, i);
	for (size_t k = 0; k < c->suspects.n; k++)
		forget_pin(&c->suspects.p[k], a->number);
	return CC_OK;
}

static cc_str other_of(const cc_action *a)
{
	return a->instead_of.n ? a->instead_of : a->as_well_as;
}

static size_t find_other(const cc_case *c, const cc_action *a)
{
	return find_suspect(c, &(cc_action){ .name = other_of(a) });
}

/* The suspect that this one is set against or beside must be another one, and be there. */
static cc_code check_other(const cc_case *c, const cc_action *a, cc_err *err)
{
	size_t other = find_other(c, a);

	if (!other_of(a).n)
		return CC_OK;
	if (a->instead_of.n && a->as_well_as.n)
		return cc_err_set(err, CC_EUSAGE, "a suspect is named instead of others or as well as others, not both at once");
	if (other == c->suspects.n) {
		cc_err_set(err, CC_EUNKNOWN, "%.*s is no suspect", CC_STR_ARG(other_of(a)));
		return cc_err_hint(err, "suspect it first; board lists the suspects");
	}
	if (other == find_suspect(c, a))
		return cc_err_set(err, CC_EUSAGE, "%.*s cannot be its own rival", CC_STR_ARG(a->name));
	return CC_OK;
}

/* A number no rivals have. */
static uint32_t new_rivals(const cc_case *c)
{
	uint32_t most = 0;

	for (size_t i = 0; i < c->suspects.n; i++)
		if (c->suspects.p[i].rivals > most)
			most = c->suspects.p[i].rivals;
	return most + 1;
}

/* Being true instead of each other is mutual: whoever becomes one's rival becomes a rival of all its rivals. */
static void set_rivals(cc_case *c, const cc_action *a, size_t i)
{
	size_t other = find_other(c, a);
	cc_suspect *mine = &c->suspects.p[i], *theirs = &c->suspects.p[other];
	uint32_t from = mine->rivals;

	if (a->as_well_as.n && from && from == theirs->rivals)
		mine->rivals = 0;
	if (!a->instead_of.n || (from && from == theirs->rivals))
		return;
	if (!theirs->rivals)
		theirs->rivals = new_rivals(c);
	mine->rivals = theirs->rivals;
	for (size_t k = 0; from && k < c->suspects.n; k++)
		if (c->suspects.p[k].rivals == from)
			c->suspects.p[k].rivals = theirs->rivals;
}

static cc_code check_suspect(const cc_case *c, const cc_action *a, cc_err *err)
{
	if (!a->name.n)
		return cc_err_set(err, CC_EUSAGE, "a suspect needs a name");
	if (isnan(a->confidence) || a->confidence > 1)
		return cc_err_set(err, CC_EUSAGE, "confidence is a number from 0 to 1");
	for (size_t i = 0; i < a->pin_count; i++)
		if (find_pin(c, a->pins[i]) == c->pins.n)
			return no_pin(err, a->pins[i]);
	return check_other(c, a, err);
}

/* Copies the list of pins, each once. */
static bool copy_pins(cc_case *c, const cc_action *a, cc_suspect *s)
{
	uint32_t *list = cc_arena_array(c->arena, a->pin_count, sizeof *list);
	size_t n = 0;

	if (!list)
		return false;
	for (size_t i = 0; i < a->pin_count; i++) {
		size_t k = 0;

		while (k < n && list[k] != a->pins[i])
			k++;
		if (k == n)
			list[n++] = a->pins[i];
	}
	s->pins = list;
	s->pin_count = n;
	return true;
}

cc_code cc_case_apply_suspect(cc_case *c, const cc_action *a, cc_err *err)
{
	size_t i = find_suspect(c, a);
	bool add = i == c->suspects.n;
	cc_suspect s = add ? (cc_suspect){ .confidence = 0.5, .name = CC_STR_EMPTY, .reason = CC_STR_EMPTY } : c->suspects.p[i];
	cc_code code = check_suspect(c, a, err);

	if (code != CC_OK)
		return code;
	if (!cc_vec_reserve(&c->suspects, 1) || (add && !copy(c, a->name, &s.name)) ||
	    (a->text.n && !copy(c, a->text, &s.reason)) || (a->pins && !copy_pins(c, a, &s)))
		return no_memory(err);
	if (a->confidence >= 0)
		s.confidence = a->confidence;
	if (a->entity)
		s.entity = a->entity;
	drop_ruleout(c, a);
	c->suspects.p[i] = s;
	c->suspects.n += add;
	if (other_of(a).n)
		set_rivals(c, a, i);
	return CC_OK;
}

cc_code cc_case_apply_unsuspect(cc_case *c, const cc_action *a, cc_err *err)
{
	if (find_suspect(c, a) == c->suspects.n) {
		cc_err_set(err, CC_EUNKNOWN, "%.*s is no suspect", CC_STR_ARG(a->name));
		cc_err_hint(err, "board lists the suspects");
		return CC_EUNKNOWN;
	}
	drop_suspect(c, a);
	return CC_OK;
}

cc_code cc_case_apply_ruleout(cc_case *c, const cc_action *a, cc_err *err)
{
	size_t i = find_ruleout(c, a);
	bool add = i == c->ruleouts.n;
	cc_ruleout r = add ? (cc_ruleout){ .name = CC_STR_EMPTY, .reason = CC_STR_EMPTY } : c->ruleouts.p[i];

	if (!a->name.n)
		return cc_err_set(err, CC_EUSAGE, "ruling out needs a name");
	if (!cc_vec_reserve(&c->ruleouts, 1) || (add && !copy(c, a->name, &r.name)) ||
	    (a->text.n && !copy(c, a->text, &r.reason)))
		return no_memory(err);
	if (a->entity)
		r.entity = a->entity;
	drop_suspect(c, a);
	c->ruleouts.p[i] = r;
	c->ruleouts.n += add;
	return CC_OK;
}

cc_code cc_case_apply_unruleout(cc_case *c, const cc_action *a, cc_err *err)
{
	if (find_ruleout(c, a) == c->ruleouts.n) {
		cc_err_set(err, CC_EUNKNOWN, "%.*s is not ruled out", CC_STR_ARG(a->name));
		cc_err_hint(err, "board lists what is ruled out");
		return CC_EUNKNOWN;
	}
	drop_ruleout(c, a);
	return CC_OK;
}

cc_code cc_case_apply_note(cc_case *c, const cc_action *a, cc_err *err)
{
	cc_note note = { .wall_ns = cc_case_wall(a) };

	if (!a->text.n)
		return cc_err_set(err, CC_EUSAGE, "an empty note says nothing");
	if (!copy(c, a->text, &note.text) || !cc_vec_push(&c->notes, note))
		return no_memory(err);
	return CC_OK;
}

/* The case clock at an action that may be a replayed one: cc_case_active_ns asks the clock of now. */
static int64_t active_at(const cc_case *c, const cc_action *a)
{
	int64_t went = c->running ? cc_case_mono(a) - c->since_ns : 0;

	return c->active_ns + (went > 0 && c->active_ns <= INT64_MAX - went ? went : 0);
}

cc_code cc_case_apply_update(cc_case *c, const cc_action *a, cc_err *err)
{
	cc_update u = { .mitigation = a->kind == CC_ACT_MITIGATE, .wall_ns = cc_case_wall(a), .active_ns = active_at(c, a) };

	if (!a->text.n)
		return cc_err_set(err, CC_EUSAGE, "an empty %s says nothing", u.mitigation ? "mitigation" : "status");
	if (!copy(c, a->text, &u.text) || !cc_vec_push(&c->updates, u))
		return no_memory(err);
	return CC_OK;
}

size_t cc_case_pin_count(const cc_case *c)
{
	return c->pins.n;
}

const cc_pin *cc_case_pin(const cc_case *c, size_t i)
{
	return i < c->pins.n ? &c->pins.p[i] : NULL;
}

const cc_pin *cc_case_pin_by_number(const cc_case *c, uint32_t number)
{
	return cc_case_pin(c, find_pin(c, number));
}

size_t cc_case_suspect_count(const cc_case *c)
{
	return c->suspects.n;
}

const cc_suspect *cc_case_suspect(const cc_case *c, size_t i)
{
	return i < c->suspects.n ? &c->suspects.p[i] : NULL;
}

size_t cc_case_ruleout_count(const cc_case *c)
{
	return c->ruleouts.n;
}

const cc_ruleout *cc_case_ruleout(const cc_case *c, size_t i)
{
	return i < c->ruleouts.n ? &c->ruleouts.p[i] : NULL;
}

size_t cc_case_note_count(const cc_case *c)
{
	return c->notes.n;
}

const cc_note *cc_case_note(const cc_case *c, size_t i)
{
	return i < c->notes.n ? &c->notes.p[i] : NULL;
}

size_t cc_case_update_count(const cc_case *c)
{
	return c->updates.n;
}

const cc_update *cc_case_update(const cc_case *c, size_t i)
{
	return i < c->updates.n ? &c->updates.p[i] : NULL;
}

void cc_case_hide_notes(cc_case *c, const char *with)
{
	cc_str hidden = cc_str_from(with);
	for (size_t i = 0; i < c->notes.n; i++)
		c->notes.p[i].text = hidden;
	for (size_t i = 0; i < c->updates.n; i++)
		c->updates.p[i].text = hidden;
	for (size_t i = 0; i < c->pins.n; i++)
		c->pins.p[i].note = c->pins.p[i].note.n ? hidden : CC_STR_EMPTY;
	for (size_t i = 0; i < c->suspects.n; i++)
		c->suspects.p[i].reason = c->suspects.p[i].reason.n ? hidden : CC_STR_EMPTY;
	for (size_t i = 0; i < c->ruleouts.n; i++)
		c->ruleouts.p[i].reason = c->ruleouts.p[i].reason.n ? hidden : CC_STR_EMPTY;
}
