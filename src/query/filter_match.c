/* filter_match.c - does a row satisfy a term? Names are matched once for each distinct symbol and entity, not for
 * each row. */
#include "filter_priv.h"
#include "coldcase/xalloc.h"

static char fold(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

bool cc_glob_match(cc_str pattern, cc_str text)
{
	size_t p = 0, t = 0, star = SIZE_MAX, mark = 0;
	while (t < text.n) {
		if (p < pattern.n && pattern.p[p] == '*') {
			star = p++;
			mark = t;
		} else if (p < pattern.n && (pattern.p[p] == '?' || fold(pattern.p[p]) == fold(text.p[t]))) {
			p++;
			t++;
		} else if (star != SIZE_MAX) {
			p = star + 1;
			t = ++mark;
		} else {
			return false;
		}
	}
	while (p < pattern.n && pattern.p[p] == '*')
		p++;
	return p == pattern.n;
}

static bool regex_hits(cc_filter *f, cc_regex *re, cc_str text)
{
	cc_regex_result result = cc_regex_match(re, text);
	if (result == CC_REGEX_GAVE_UP)
		f->row_gave_up = true;
	return result == CC_REGEX_YES;
}

static bool text_fits(cc_filter *f, const term *t, cc_str text)
{
	for (size_t i = 0; i < t->values.n; i++) {
		const term_value *v = &t->values.p[i];
		if (v->re ? regex_hits(f, v->re, text) : v->glob ? cc_glob_match(v->text, text) :
			cc_str_eq_nocase(v->text, text))
			return true;
	}
	return false;
}

/* Remembers answers by a small number; `slots` grows once to the number of symbols or entities. */
static uint8_t *memo(uint8_t **slots, size_t *n, size_t want, uint32_t key)
{
	if (!*slots && want && want < (size_t)1 << 26) {
		*slots = cc_calloc(want, 1);
		*n = *slots ? want : 0;
	}
	return key < *n ? &(*slots)[key] : NULL;
}

static bool sym_fits(cc_filter *f, term *t, cc_sym sym)
{
	uint8_t *slot = memo(&t->by_sym, &t->by_sym_n, cc_snapshot_sym_count(f->snapshot), sym);
	if (slot && *slot)
		return *slot == 2;
	bool fits = text_fits(f, t, cc_snapshot_sym(f->snapshot, sym));
	if (slot)
		*slot = fits ? 2 : 1;
	return fits;
}

static bool entity_text_fits(cc_filter *f, term *t, cc_entity_id id)
{
	cc_buf b = CC_BUF_INIT;
	cc_entity_format(f->snapshot, id, &b);
	bool fits = text_fits(f, t, cc_buf_str(&b)) || text_fits(f, t, cc_entity_name(f->snapshot, id));
	cc_buf_deinit(&b);
	return fits;
}

static bool entity_covered(cc_filter *f, const term *t, cc_entity_id id)
{
	for (size_t i = 0; i < t->values.n; i++)
		for (size_t k = 0; k < t->values.p[i].entities.n; k++)
			if (cc_entity_covers(f->snapshot, t->values.p[i].entities.p[k], id))
				return true;
	return false;
}

static bool entity_fits(cc_filter *f, term *t, const field_value *v)
{
	if (v->entity) {
		uint8_t *slot = memo(&t->by_entity, &t->by_entity_n, cc_entity_count(f->snapshot) + 1, v->entity);
		if (!slot || !*slot) {
			bool fits = entity_covered(f, t, v->entity) || entity_text_fits(f, t, v->entity);
			if (slot)
				*slot = fits ? 2 : 1;
			if (fits)
				return true;
		} else if (*slot == 2) {
			return true;
		}
	}
	return v->sym && sym_fits(f, t, v->sym);
}

static bool id_fits(const term *t, const field_value *v)
{
	for (size_t i = 0; i < t->values.n; i++) {
		const term_value *w = &t->values.p[i];
		if (w->any_id)
			return true;
		if (w->hashed_id ? w->id.hi == v->id.hi && w->id.lo == v->id.lo :
			(v->id.hi & w->mask.hi) == w->id.hi && (v->id.lo & w->mask.lo) == w->id.lo)
			return true;
	}
	return false;
}

static bool ordered(term_op op, int cmp)
{
	switch (op) {
	case OP_GE: return cmp >= 0;
	case OP_GT: return cmp > 0;
	case OP_LE: return cmp <= 0;
	case OP_LT: return cmp < 0;
	default: return cmp == 0;
	}
}

static bool real_fits(const term *t, double x)
{
	for (size_t i = 0; i < t->values.n; i++) {
		double y = t->values.p[i].real;
		if (x == x && ordered(t->op, (x > y) - (x < y)))
			return true;
	}
	return false;
}

static bool int_fits(const term *t, int64_t x)
{
	if (t->type == CC_FIELD_NUMBER)
		return real_fits(t, (double)x);
	for (size_t i = 0; i < t->values.n; i++) {
		int64_t y = t->values.p[i].i;
		if (ordered(t->op, (x > y) - (x < y)))
			return true;
	}
	return false;
}

static bool uses_regex(const term *t)
{
	for (size_t i = 0; i < t->values.n; i++)
		if (t->values.p[i].regex)
			return true;
	return false;
}

static bool attr_fits(cc_filter *f, const term *t, const field_value *v)
{
	cc_str text = v->kind == VALUE_SYM ? cc_snapshot_sym(f->snapshot, v->sym) : v->text;
	if (t->op < OP_GE)
		return text_fits(f, t, text);
	double x;
	return cc_str_to_double(text, &x) && real_fits(t, x);
}

static bool value_fits(cc_filter *f, term *t, const field_value *v)
{
	if (t->field == FIELD_ATTR)
		return attr_fits(f, t, v);
	if (t->type == CC_FIELD_ENTITY)
		return entity_fits(f, t, v);
	if (v->kind == VALUE_SYM)
		return sym_fits(f, t, v->sym);
	if (v->kind == VALUE_TEXT)
		return text_fits(f, t, v->text);
	if (uses_regex(t))
		return text_fits(f, t, cc_value_text(f->snapshot, &f->def->fields[t->field], v, f->scratch));
	if (v->kind == VALUE_ID)
		return id_fits(t, v);
	return v->kind == VALUE_REAL ? real_fits(t, v->real) : int_fits(t, v->i);
}

static bool time_fits(const cc_filter *f, const term *t, size_t row)
{
	cc_range span = f->def->span(f->snapshot, row);
	if (span.to_ns == CC_TIME_NONE)
		return false;
	return t->since ? span.to_ns >= t->values.p[0].i : span.from_ns <= t->values.p[0].i;
}

bool cc_term_asks_name(const term *t)
{
	return t->field == FIELD_ROW_TEXT || (t->field >= 0 && cc_str_eqz(t->name, "metric"));
}

static bool any_value_fits(cc_filter *f, term *t, size_t row)
{
	if (t->since || t->until)
		return time_fits(f, t, row);
	if (f->as_name.n && cc_term_asks_name(t) && text_fits(f, t, f->as_name))
		return true;
	if (t->field == FIELD_ROW_TEXT)
		return text_fits(f, t, f->def->text(f->snapshot, row, f->scratch));
	field_value v = { 0 };
	if (t->field == FIELD_ATTR)
		return f->def->attr && f->def->attr(f->snapshot, row, t->name, &v, f->scratch) && attr_fits(f, t, &v);
	for (size_t k = 0; f->def->get(f->snapshot, row, (size_t)t->field, k, &v, f->scratch); k++) {
		if (value_fits(f, t, &v))
			return true;
		v = (field_value){ 0 };
	}
	return false;
}

bool cc_term_holds(cc_filter *f, term *t, size_t row)
{
	bool negative = t->op == OP_NE || t->op == OP_NRE;
	return any_value_fits(f, t, row) != negative;
}
