/* record_action.c - actions of the case as JSON, in both directions.
 *
 * Entities and citations are written by name, so that a record means the same over any copy of its snapshot. Without a
 * snapshot they are written as bare numbers after a '#', which no name can be mistaken for. */
#include "casefile/record_priv.h"

#include "coldcase/entity.h"

static const char *const ACTION_NAMES[] = {
	[CC_ACT_START] = "start", [CC_ACT_PAUSE] = "pause", [CC_ACT_RESUME] = "resume",
	[CC_ACT_FOCUS] = "focus", [CC_ACT_AT] = "at", [CC_ACT_WINDOW] = "window",
	[CC_ACT_ONSET] = "onset", [CC_ACT_HORIZON] = "horizon",
	[CC_ACT_BACK] = "back", [CC_ACT_FORWARD] = "forward",
	[CC_ACT_PIN] = "pin", [CC_ACT_UNPIN] = "unpin",
	[CC_ACT_SUSPECT] = "suspect", [CC_ACT_UNSUSPECT] = "unsuspect",
	[CC_ACT_RULEOUT] = "ruleout", [CC_ACT_UNRULEOUT] = "unruleout", [CC_ACT_NOTE] = "note",
	[CC_ACT_MITIGATE] = "mitigate", [CC_ACT_STATUS] = "status",
	[CC_ACT_QUERY] = "query", [CC_ACT_HINT] = "hint", [CC_ACT_SUBMIT] = "submit",
	[CC_ACT_FREEZE] = "freeze", [CC_ACT_THAW] = "thaw",
};
enum { ACTION_COUNT = sizeof ACTION_NAMES / sizeof *ACTION_NAMES };

static void write_entity(cc_jw *w, cc_entity_id id, const cc_snapshot *s)
{
	cc_buf text = CC_BUF_INIT;

	if (s)
		cc_entity_format(s, id, &text);
	else
		cc_buf_addf(&text, "#%u", id);
	cc_jw_key(w, "entity");
	cc_jw_str(w, cc_buf_str(&text));
	w->out->failed |= text.failed;
	cc_buf_deinit(&text);
}

static void write_cite(cc_jw *w, cc_cite cite, const cc_snapshot *s)
{
	cc_buf text = CC_BUF_INIT;

	if (s)
		cc_cite_format(s, cite, &text);
	else
		cc_buf_addf(&text, "#%u#%u", cite.file, cite.record);
	cc_jw_key(w, "cite");
	cc_jw_str(w, cc_buf_str(&text));
	w->out->failed |= text.failed;
	cc_buf_deinit(&text);
}

static void write_text(cc_jw *w, const char *key, cc_str text)
{
	if (!text.n)
		return;
	cc_jw_key(w, key);
	cc_jw_str(w, text);
}

static void write_time(cc_jw *w, const char *key, int64_t ns)
{
	if (ns == CC_TIME_NONE)
		return;
	cc_jw_key(w, key);
	cc_jw_int(w, ns);
}

static void write_pins(cc_jw *w, const cc_action *a)
{
	if (!a->pins)
		return;
	cc_jw_key(w, "pins");
	cc_jw_array(w);
	for (size_t i = 0; i < a->pin_count; i++)
		cc_jw_int(w, a->pins[i]);
	cc_jw_end_array(w);
}

/* The keys an action's kind gives a meaning to. */
static void write_kind(cc_jw *w, const cc_action *a)
{
	switch (a->kind) {
	case CC_ACT_PIN:
		if (a->apart) {
			cc_jw_key(w, "apart");
			cc_jw_bool(w, true);
		}
		write_time(w, "time_ns", a->time_ns);
		break;
	case CC_ACT_AT:
	case CC_ACT_ONSET:
		write_time(w, "time_ns", a->time_ns);
		break;
	case CC_ACT_WINDOW:
		write_time(w, "from_ns", a->window.from_ns);
		write_time(w, "to_ns", a->window.to_ns);
		break;
	case CC_ACT_UNPIN:
	case CC_ACT_HINT:
		cc_jw_key(w, "number");
		cc_jw_int(w, a->number);
		break;
	case CC_ACT_SUSPECT:
		if (a->confidence >= 0) {
			cc_jw_key(w, "confidence");
			cc_jw_double(w, a->confidence);
		}
		write_pins(w, a);
		write_text(w, "instead_of", a->instead_of);
		write_text(w, "as_well_as", a->as_well_as);
		break;
	case CC_ACT_SUBMIT:
		write_text(w, "answer_sha256", a->answer_sha256);
		break;
	default:
		break;
	}
}

void cc_record_write_action(cc_jw *w, const cc_action *a, const cc_snapshot *s, int64_t start_ns)
{
	cc_jw_object(w);
	cc_jw_key(w, "do");
	cc_jw_strz(w, ACTION_NAMES[a->kind]);
	if (a->mono_ns || a->wall_ns) {
		cc_jw_key(w, "t_ns");
		cc_jw_int(w, a->mono_ns - start_ns);
		cc_jw_key(w, "wall_ns");
		cc_jw_int(w, a->wall_ns);
	}
	if (a->entity)
		write_entity(w, a->entity, s);
	if (a->cite.file)
		write_cite(w, a->cite, s);
	write_kind(w, a);
	write_text(w, "name", a->name);
	write_text(w, "text", a->text);
	write_text(w, "command", a->command);
	cc_jw_end_object(w);
}

static cc_code read_entity(cc_str text, const cc_snapshot *s, cc_entity_id *out, cc_err *err)
{
	cc_str ns, kind, name, rest;
	int64_t id;

	if (cc_str_starts(text, CC_STR("#")) && cc_str_to_i64(cc_str_sub(text, 1, text.n), &id) && id > 0 && id <= UINT32_MAX) {
		*out = (cc_entity_id)id;
		return CC_OK;
	}
	if (s && cc_str_cut(text, '/', &ns, &rest) && cc_str_cut(rest, '/', &kind, &name))
		*out = cc_entity_find(s, ns, kind, name);
	if (*out)
		return CC_OK;
	return cc_err_set(err, CC_EUNKNOWN, "this snapshot has no %.*s: the record is of another one", CC_STR_ARG(text));
}

static cc_code read_cite(cc_str text, const cc_snapshot *s, cc_cite *out, cc_err *err)
{
	cc_str file, record;
	int64_t f, r;

	if (cc_str_starts(text, CC_STR("#")) && cc_str_cut(cc_str_sub(text, 1, text.n), '#', &file, &record) &&
	    cc_str_to_i64(file, &f) && cc_str_to_i64(record, &r) && f > 0 && f <= UINT32_MAX && r >= 0 && r <= UINT32_MAX) {
		*out = (cc_cite){ (uint32_t)f, (uint32_t)r };
		return CC_OK;
	}
	if (!s)
		return cc_err_set(err, CC_EUNKNOWN, "%.*s cannot be looked up without its snapshot", CC_STR_ARG(text));
	return cc_cite_parse(s, text, out, err);
}

static cc_code read_pins(const cc_json *json, cc_arena *arena, cc_action *out, cc_err *err)
{
	const cc_json *pins = cc_json_get(json, "pins");
	uint32_t *list;
	int64_t n;

	if (cc_json_typeof(pins) != CC_JSON_ARRAY)
		return CC_OK;
	list = cc_arena_array(arena, cc_json_count(pins), sizeof *list);
	if (!list)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	out->pins = list;
	for (const cc_json *p = cc_json_first(pins); p; p = cc_json_next(p)) {
		if (!cc_json_int(p, &n) || n < 1 || n > UINT32_MAX)
			return cc_err_set(err, CC_EFORMAT, "the pins of an action are no numbers of pins");
		list[out->pin_count++] = (uint32_t)n;
	}
	return CC_OK;
}

static int64_t int_or(const cc_json *json, const char *key, int64_t fallback)
{
	int64_t v;

	return cc_json_int(cc_json_get(json, key), &v) ? v : fallback;
}

static cc_code read_kind(const cc_json *json, cc_action_kind *out, cc_err *err)
{
	cc_str name = cc_json_get_str(json, "do");

	for (size_t i = 0; i < ACTION_COUNT; i++)
		if (cc_str_eqz(name, ACTION_NAMES[i])) {
			*out = (cc_action_kind)i;
			return CC_OK;
		}
	return cc_err_set(err, CC_EFORMAT, "unknown action '%.*s'", CC_STR_ARG(name));
}

cc_code cc_record_read_action(const cc_json *json, cc_arena *arena, cc_action *out, cc_err *err)
{
	int64_t number = int_or(json, "number", 0);
	cc_code code;

	*out = (cc_action){ .confidence = -1 };
	code = read_kind(json, &out->kind, err);
	if (code == CC_OK)
		code = read_pins(json, arena, out, err);
	out->time_ns = int_or(json, "time_ns", CC_TIME_NONE);
	out->window.from_ns = int_or(json, "from_ns", CC_TIME_NONE);
	out->window.to_ns = int_or(json, "to_ns", CC_TIME_NONE);
	out->number = number > 0 && number <= UINT32_MAX ? (uint32_t)number : 0;
	(void)cc_json_double(cc_json_get(json, "confidence"), &out->confidence);
	out->apart = cc_json_bool(cc_json_get(json, "apart"));
	out->name = cc_json_get_str(json, "name");
	out->text = cc_json_get_str(json, "text");
	out->command = cc_json_get_str(json, "command");
	out->instead_of = cc_json_get_str(json, "instead_of");
	out->as_well_as = cc_json_get_str(json, "as_well_as");
	out->answer_sha256 = cc_json_get_str(json, "answer_sha256");
	out->mono_ns = int_or(json, "t_ns", 0);
	if (out->mono_ns < 0)           /* nothing happens before the header; differences of times cannot overflow */
		out->mono_ns = 0;
	out->wall_ns = int_or(json, "wall_ns", 0);
	return code;
}

cc_code cc_record_resolve_action(const cc_json *json, const cc_snapshot *s, cc_action *a, cc_err *err)
{
	cc_str entity = cc_json_get_str(json, "entity"), cite = cc_json_get_str(json, "cite");
	cc_code code = entity.n ? read_entity(entity, s, &a->entity, err) : CC_OK;

	return code == CC_OK && cite.n ? read_cite(cite, s, &a->cite, err) : code;
}
