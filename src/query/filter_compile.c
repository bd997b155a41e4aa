/* filter_compile.c - values of terms turned into what the rows hold: times, durations, ranks, ids, entities,
 * expressions. */
#include <stdarg.h>
#include <stdio.h>

#include "filter_priv.h"
#include "coldcase/alerts.h"
#include "coldcase/time.h"

static void hint_fields(const cc_filter *f, cc_err *err)
{
	cc_buf b = CC_BUF_INIT;
	for (size_t i = 0; i < f->def->field_count; i++)
		cc_buf_addf(&b, "%s%s", i ? " " : "", f->def->fields[i].name);
	cc_err_hint(err, "fields of %s: %s", f->def->name, b.p ? b.p : "");
	cc_buf_deinit(&b);
}

cc_code cc_filter_error(const cc_filter *f, cc_err *err, size_t at, const char *fmt, ...)
{
	char text[400];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	cc_code code = cc_err_set(err, CC_EUSAGE, "filter: %s", text);
	hint_fields(f, err);
	if (err)
		err->byte = at;
	return code;
}

static const char *const op_text[] = { "=", "!=", "~", "!~", ">=", ">", "<=", "<" };

static cc_code check_op(const cc_filter *f, const term *t, cc_err *err)
{
	if ((t->since || t->until) && t->op != OP_EQ)
		return cc_filter_error(f, err, t->at, "\"%.*s\" takes = only", CC_STR_ARG(t->name));
	if (t->op < OP_GE || t->field == FIELD_ATTR)
		return CC_OK;
	switch (t->type) {
	case CC_FIELD_NUMBER: case CC_FIELD_TIME: case CC_FIELD_DURATION: case CC_FIELD_LEVEL:
		return CC_OK;
	default:
		return cc_filter_error(f, err, t->at, "\"%.*s\" is not ordered: %s does not apply, use =, != or ~",
			CC_STR_ARG(t->name), op_text[t->op]);
	}
}

static cc_code compile_time(cc_filter *f, term *t, term_value *v, cc_err *err)
{
	bool known = f->onset_ns != CC_TIME_NONE;
	if (!known && !cc_time_parse_user(v->text, f->ref_ns, f->onset_ns, &v->i) &&
		cc_time_parse_user(v->text, f->ref_ns, 0, &v->i)) {
		cc_code code = cc_filter_error(f, err, v->at, "this incident has no alert, so T has no meaning");
		cc_err_hint(err, "give the time itself (17:52:00), or set a moment with `at` and count from it (+5m)");
		return code;
	}
	if (!cc_time_parse_user(v->text, f->ref_ns, f->onset_ns, &v->i))
		return cc_filter_error(f, err, v->at,
			"\"%.*s\" is no time (17:52, 17:52:00, %s-90s, 2025-12-15T17:52:00Z)", CC_STR_ARG(v->text), known ? "T+5m, " : "");
	cc_buf b = CC_BUF_INIT;
	cc_time_format(&b, v->i);
	v->text = cc_arena_dup(f->arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	(void)t;
	return CC_OK;
}

/* Rank of an ordered name: "warn" and "WARNING" both mean the choice "warning" or "warn". */
static cc_code compile_level(cc_filter *f, term *t, term_value *v, cc_err *err)
{
	const char *const *choices = f->def->fields[t->field].choices;
	for (int64_t i = 0; choices[i]; i++) {
		cc_str choice = cc_str_from(choices[i]);
		if (v->text.n >= 1 && (cc_str_starts_nocase(choice, v->text) || (choice.n >= 3 &&
			cc_str_starts_nocase(v->text, choice)))) {
			v->i = i;
			v->text = choice;
			return CC_OK;
		}
	}
	cc_level level;
	if (cc_str_eqz(t->name, "level") && cc_level_parse(v->text, &level)) {
		v->i = level;
		v->text = cc_str_from(cc_level_name(level));
		return CC_OK;
	}
	cc_buf b = CC_BUF_INIT;
	for (size_t i = 0; choices[i]; i++)
		cc_buf_addf(&b, "%s%s", i ? ", " : "", choices[i]);
	cc_code code = cc_filter_error(f, err, v->at, "\"%.*s\" is no %.*s (%s)", CC_STR_ARG(v->text),
		CC_STR_ARG(t->name), b.p ? b.p : "");
	cc_buf_deinit(&b);
	return code;
}

static cc_code compile_bool(cc_filter *f, term *t, term_value *v, cc_err *err)
{
	static const char *const yes[] = { "yes", "true", "1", "y" }, *const no[] = { "no", "false", "0", "n" };
	for (size_t i = 0; i < 4; i++) {
		bool is_yes = cc_str_eq_nocase(v->text, cc_str_from(yes[i]));
		if (is_yes || cc_str_eq_nocase(v->text, cc_str_from(no[i]))) {
			v->i = is_yes;
			v->text = cc_str_from(is_yes ? "yes" : "no");
			return CC_OK;
		}
	}
	return cc_filter_error(f, err, v->at, "\"%.*s\": %.*s is yes or no", CC_STR_ARG(v->text), CC_STR_ARG(t->name));
}

static bool hex_prefix(cc_str text, cc_id128 *id, cc_id128 *mask)
{
	*id = *mask = (cc_id128){ 0, 0 };
	if (text.n == 0 || text.n > 32)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		uint64_t digit = c >= '0' && c <= '9' ? (uint64_t)(c - '0') : (c | 32) >= 'a' && (c | 32) <= 'f' ?
			(uint64_t)((c | 32) - 'a' + 10) : 16;
		if (digit > 15)
			return false;
		unsigned shift = 60 - 4 * (unsigned)(i % 16);
		*(i < 16 ? &id->hi : &id->lo) |= digit << shift;
		*(i < 16 ? &mask->hi : &mask->lo) |= UINT64_C(15) << shift;
	}
	return true;
}

/* Ids are compared by prefix; ids that are not hex were hashed when they were read, and are hashed here. */
static cc_code compile_id(cc_filter *f, term_value *v, cc_err *err)
{
	/* an id is compared by prefix anyway: a star behind it says the same */
	cc_str digits = cc_str_ends(v->text, CC_STR("*")) ? cc_str_sub(v->text, 0, v->text.n - 1) : v->text;
	v->any_id = cc_str_eqz(v->text, "*");
	if (v->any_id || hex_prefix(digits, &v->id, &v->mask))
		return CC_OK;
	if (!cc_id128_parse(v->text, &v->id))
		return cc_filter_error(f, err, v->at, "the id at offset %zu is empty", v->at);
	v->hashed_id = true;
	return CC_OK;
}

/* service=x finds its pods' rows through the groups, and rows spelled so when nothing resolves; entity=x must
 * resolve. */
static cc_code compile_entity(cc_filter *f, const term *t, term_value *v, cc_err *err)
{
	if (!f->snapshot || v->glob)
		return CC_OK;
	cc_entity_id id = 0;
	bool strict = !cc_str_eqz(t->name, "service");
	cc_err local;
	cc_err_clear(&local);
	cc_code code = cc_entity_resolve(f->snapshot, v->text, &id, strict ? NULL : &v->entities, &local);
	if (code == CC_OK) {
		v->entities.n = 0;
		return cc_vec_push(&v->entities, id) ? CC_OK : cc_err_set(err, CC_ENOMEM, "filter: out of memory");
	}
	if (code == CC_ENOMEM || strict) {
		local.byte = v->at;
		if (err)
			*err = local;
		return code;
	}
	if (code != CC_EAMBIGUOUS)
		v->entities.n = 0;
	return CC_OK;
}

static cc_code compile_regex(cc_filter *f, term *t, term_value *v, cc_err *err)
{
	unsigned flags = v->icase ? CC_REGEX_ICASE : CC_REGEX_SMART;
	if (!v->regex)
		flags |= CC_REGEX_LITERAL;
	cc_code code = cc_regex_compile(&v->re, v->text, flags, err);
	if (code != CC_OK && err)
		err->byte += v->at;
	(void)f;
	(void)t;
	return code;
}

static cc_code compile_number(cc_filter *f, term *t, term_value *v, cc_err *err)
{
	int64_t ns;
	if (cc_str_to_double(v->text, &v->real))
		return CC_OK;
	if (t->field == FIELD_ATTR && cc_duration_parse(v->text, &ns)) {
		v->real = (double)ns;
		return CC_OK;
	}
	return cc_filter_error(f, err, v->at, "\"%.*s\" is no number", CC_STR_ARG(v->text));
}

/* kind=deploy is kind=Deployment; a span's or an edge's kind is another thing and no text field. */
static bool names_a_kind(const cc_filter *f, const term *t)
{
	return (f->table == CC_TABLE_OBJECTS || f->table == CC_TABLE_EVENTS) && cc_str_eqz(t->name, "kind");
}

static cc_code compile_value(cc_filter *f, term *t, term_value *v, cc_err *err)
{
	bool ordered = t->op >= OP_GE;
	if (v->regex && (ordered || t->since || t->until))
		return cc_filter_error(f, err, v->at, "a regex cannot be compared with %s", op_text[t->op]);
	if (v->regex || t->field == FIELD_ROW_TEXT)
		return compile_regex(f, t, v, err);
	if (t->field == FIELD_ATTR)
		return ordered ? compile_number(f, t, v, err) : CC_OK;
	if (t->type != CC_FIELD_TEXT && t->type != CC_FIELD_ENTITY && t->type != CC_FIELD_ID)
		v->glob = false;
	switch (t->type) {
	case CC_FIELD_TEXT:
		if (names_a_kind(f, t) && !v->glob)
			v->text = cc_kind_canonical(v->text);
		return CC_OK;
	case CC_FIELD_NUMBER:
		return compile_number(f, t, v, err);
	case CC_FIELD_TIME:
		return compile_time(f, t, v, err);
	case CC_FIELD_DURATION:
		return cc_duration_parse(v->text, &v->i) ? CC_OK :
			cc_filter_error(f, err, v->at, "\"%.*s\" is no duration (500ms, 2s, 1h30m)",
			CC_STR_ARG(v->text));
	case CC_FIELD_LEVEL:
		return compile_level(f, t, v, err);
	case CC_FIELD_BOOL:
		return compile_bool(f, t, v, err);
	case CC_FIELD_ENTITY:
		return compile_entity(f, t, v, err);
	case CC_FIELD_ID:
		return compile_id(f, v, err);
	}
	return CC_OK;
}

cc_code cc_filter_compile_term(cc_filter *f, term *t, cc_err *err)
{
	cc_code code = check_op(f, t, err);
	for (size_t i = 0; i < t->values.n && code == CC_OK; i++)
		code = compile_value(f, t, &t->values.p[i], err);
	return code;
}
