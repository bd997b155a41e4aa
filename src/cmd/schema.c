/* schema.c - tools out of the command table; see schema.h. */
#include "coldcase/schema.h"

#include <string.h>

bool cc_cmd_is_tool(const cc_cmd *cmd)
{
	static const char *const NOT[] = { "tz", "assist" };
	for (size_t i = 0; i < sizeof NOT / sizeof NOT[0]; i++)
		if (strcmp(cmd->name, NOT[i]) == 0)
			return false;
	return !(cmd->flags & CC_CMD_HIDE_AGENT);
}

void cc_cmd_write_description(const cc_cmd *cmd, cc_buf *out)
{
	cc_buf_addf(out, "%s.", cmd->summary);
	if (cmd->help)
		cc_buf_addf(out, " %s", cmd->help);
	cc_buf_addz(out, cmd->flags & CC_CMD_QUERY ? "\nCosts one query of the budget." : "\nCosts no query.");
	for (size_t i = 0; cmd->examples && cmd->examples[i] && i < 4; i++)
		cc_buf_addf(out, "%s%s", i ? "; " : "\nAs typed: ", cmd->examples[i]);
}

/* --- arguments --- */

static const char *type_of(cc_param_type t)
{
	switch (t) {
	case CC_PARAM_INT: return "integer";
	case CC_PARAM_NUMBER: return "number";
	case CC_PARAM_BOOL: return "boolean";
	default: return "string";
	}
}

/* What a text has to look like, where the help of the parameter need not say it. */
static const char *form_of(cc_param_type t)
{
	switch (t) {
	case CC_PARAM_TIME: return "a time: 2025-12-15T17:24:32Z, 17:24:32, T+5m (after the onset), or -5m (before the time cursor)";
	case CC_PARAM_DURATION: return "a duration: 90s, 5m, 1h";
	case CC_PARAM_ENTITY: return "an entity: namespace/Kind/name; shorter forms (Kind/name, name) when they are not ambiguous";
	case CC_PARAM_CITE: return "a citation: file#record, as replies give it";
	case CC_PARAM_FILTER: return "a filter: field=value, level>=warn, ~ /regular expression/, \"text\", and or not ( )";
	default: return NULL;
	}
}

static void write_param(const cc_param *p, cc_jw *w)
{
	cc_buf text = CC_BUF_INIT;
	const char *form = form_of(p->type);
	cc_buf_addf(&text, "%s%s%s", p->help ? p->help : "", p->help && form ? "; " : "", form ? form : "");
	cc_jw_key(w, p->name);
	cc_jw_object(w);
	cc_jw_key(w, "type");
	cc_jw_strz(w, type_of(p->type));
	cc_jw_key(w, "description");
	cc_jw_str(w, cc_buf_str(&text));
	if (p->type == CC_PARAM_INT && (p->min || p->max)) {
		cc_jw_key(w, "minimum");
		cc_jw_int(w, p->min);
		if (p->max < (int64_t)1 << 53) {
			cc_jw_key(w, "maximum");
			cc_jw_int(w, p->max);
		}
	}
	if (p->type == CC_PARAM_CHOICE && p->choices) {
		cc_jw_key(w, "enum");
		cc_jw_array(w);
		for (size_t i = 0; p->choices[i]; i++)
			cc_jw_strz(w, p->choices[i]);
		cc_jw_end_array(w);
	}
	cc_jw_end_object(w);
	w->out->failed |= text.failed;
	cc_buf_deinit(&text);
}

void cc_cmd_write_input_schema(const cc_cmd *cmd, cc_jw *w)
{
	bool required = false;
	cc_jw_object(w);
	cc_jw_key(w, "type");
	cc_jw_strz(w, "object");
	cc_jw_key(w, "properties");
	cc_jw_object(w);
	for (const cc_param *p = cmd->params; p && p->name; p++) {
		write_param(p, w);
		required = required || p->required;
	}
	cc_jw_end_object(w);
	if (required) {
		cc_jw_key(w, "required");
		cc_jw_array(w);
		for (const cc_param *p = cmd->params; p && p->name; p++)
			if (p->required)
				cc_jw_strz(w, p->name);
		cc_jw_end_array(w);
	}
	cc_jw_key(w, "additionalProperties");
	cc_jw_bool(w, false);
	cc_jw_end_object(w);
}

/* --- reply --- */

/* "alerts[].onset  when …": the member is alerts, a list. What sort of section it is (reply.h), and so its JSON type, is said by the
 * table: facts are an object, lines are texts, all else are rows. */
typedef enum shape { SHAPE_OBJECT, SHAPE_ROWS, SHAPE_LINES } shape;

static cc_str member_of(const char *line, shape *out)
{
	size_t n = strcspn(line, "[. \t");
	cc_str rest = cc_str_from(line + n), list = CC_STR("[]");
	bool rows = cc_str_starts(rest, list);
	rest = cc_str_trim(rows ? cc_str_sub(rest, list.n, rest.n) : rest);
	if (cc_str_starts(rest, CC_STR("lines")))
		*out = SHAPE_LINES;
	else
		*out = rows ? SHAPE_ROWS : SHAPE_OBJECT;
	return (cc_str){ line, n };
}

static void write_type(cc_jw *w, const char *type, const char *items)
{
	cc_jw_object(w);
	cc_jw_key(w, "type");
	cc_jw_strz(w, type);
	if (items) {
		cc_jw_key(w, "items");
		write_type(w, items, NULL);
	}
	cc_jw_end_object(w);
}

static void write_shape(cc_jw *w, shape s)
{
	if (s == SHAPE_OBJECT)
		write_type(w, "object", NULL);
	else
		write_type(w, "array", s == SHAPE_LINES ? "string" : "object");
}

/* What every reply has (reply_render.c). */
static const struct { const char *key, *type, *items; } COMMON[] = { { "command", "string", NULL }, { "title", "string", NULL },
	{ "total_count", "integer", NULL }, { "offset", "integer", NULL }, { "limit", "integer", NULL }, { "returned_count", "integer", NULL },
	{ "truncated", "boolean", NULL }, { "partial", "boolean", NULL }, { "notes", "array", "string" }, { "remarks", "array", "string" } };

/* A member stands in several lines of the table; the first says what it is. */
static bool is_first(const cc_cmd *cmd, size_t i, cc_str key)
{
	shape unused;
	for (size_t k = 0; k < i; k++)
		if (cc_str_eq(member_of(cmd->reply[k], &unused), key))
			return false;
	return key.n > 0;
}

static bool is_common(cc_str key)
{
	for (size_t i = 0; i < sizeof COMMON / sizeof COMMON[0]; i++)
		if (cc_str_eqz(key, COMMON[i].key))
			return true;
	return false;
}

void cc_cmd_write_output_schema(const cc_cmd *cmd, cc_jw *w)
{
	cc_jw_object(w);
	cc_jw_key(w, "type");
	cc_jw_strz(w, "object");
	cc_jw_key(w, "properties");
	cc_jw_object(w);
	for (size_t i = 0; i < sizeof COMMON / sizeof COMMON[0]; i++) {
		cc_jw_key(w, COMMON[i].key);
		write_type(w, COMMON[i].type, COMMON[i].items);
	}
	for (size_t i = 0; cmd->reply && cmd->reply[i]; i++) {
		shape s;
		cc_str key = member_of(cmd->reply[i], &s);
		if (!is_first(cmd, i, key) || is_common(key))
			continue;
		cc_jw_key_str(w, key);
		write_shape(w, s);
	}
	cc_jw_end_object(w);
	cc_jw_end_object(w);
}

/* --- a line --- */

static const cc_param *find_param(const cc_cmd *cmd, cc_str name)
{
	for (const cc_param *p = cmd->params; p && p->name; p++)
		if (cc_str_eqz(name, p->name))
			return p;
	return NULL;
}

static cc_code unknown_argument(const cc_cmd *cmd, cc_str name, cc_err *err)
{
	cc_buf known = CC_BUF_INIT;
	for (const cc_param *p = cmd->params; p && p->name; p++)
		cc_buf_addf(&known, "%s%s", known.n ? ", " : "", p->name);
	cc_err_set(err, CC_EUSAGE, "%s has no argument %.*s", cmd->name, CC_STR_ARG(name));
	cc_err_hint(err, known.n ? "it has: %.*s" : "it has none%.*s", CC_STR_ARG(cc_buf_str(&known)));
	cc_buf_deinit(&known);
	return CC_EUSAGE;
}

/* The text of a value; false for what is no text, number, truth value or list of such. */
static bool value_text(const cc_json *v, cc_buf *out)
{
	switch (cc_json_typeof(v)) {
	case CC_JSON_STRING: case CC_JSON_NUMBER: case CC_JSON_BOOL:
		cc_buf_add(out, cc_json_text(v));
		return true;
	case CC_JSON_ARRAY:
		for (const cc_json *e = cc_json_first(v); e; e = cc_json_next(e)) {
			if (cc_json_typeof(e) == CC_JSON_ARRAY || cc_json_typeof(e) == CC_JSON_OBJECT)
				return false;
			cc_buf_addf(out, "%s%.*s", out->n ? "," : "", CC_STR_ARG(cc_json_text(e)));
		}
		return true;
	default:
		return false;
	}
}

static cc_code add_argument(const cc_cmd *cmd, const cc_json *v, cc_buf *line, cc_err *err)
{
	const cc_param *p = find_param(cmd, cc_json_key(v));
	cc_buf text = CC_BUF_INIT;
	cc_code code = CC_OK;
	if (cc_json_typeof(v) == CC_JSON_NULL)
		return CC_OK;
	if (!p)
		return unknown_argument(cmd, cc_json_key(v), err);
	if (!value_text(v, &text))
		code = cc_err_set(err, CC_EUSAGE, "%s: %s must be a %s", cmd->name, p->name, type_of(p->type));
	else if (text.n && p->type == CC_PARAM_FILTER)
		cc_buf_addf(line, " %.*s", CC_STR_ARG(cc_buf_str(&text)));
	else if (text.n) {
		cc_buf_addf(line, " %s=", p->name);
		cc_cmd_quote(line, cc_buf_str(&text));
	}
	line->failed |= text.failed;
	cc_buf_deinit(&text);
	return code;
}

cc_code cc_cmd_line_of(const cc_cmd *cmd, const cc_json *arguments, cc_buf *line, cc_err *err)
{
	cc_json_type t = cc_json_typeof(arguments);
	cc_code code = CC_OK;
	if (t != CC_JSON_OBJECT && t != CC_JSON_ABSENT && t != CC_JSON_NULL)
		return cc_err_set(err, CC_EUSAGE, "%s: arguments must be an object", cmd->name);
	cc_buf_addz(line, cmd->name);
	for (const cc_json *v = cc_json_first(arguments); v && code == CC_OK; v = cc_json_next(v))
		code = add_argument(cmd, v, line, err);
	if (code == CC_OK && !cc_buf_ok(line))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	return code;
}
