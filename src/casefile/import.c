/* import.c - tells the format of a foreign run, and what its readers share; see import.h. */
#include <math.h>
#include <string.h>

#include "casefile/import_priv.h"
#include "coldcase/time.h"
#include "coldcase/xalloc.h"

/* --- building --- */

cc_str cc_import_dup(cc_import *i, cc_str s)
{
	return s.n ? cc_arena_dup(i->arena, s) : CC_STR_EMPTY;
}

cc_import_item *cc_import_add(cc_import *i, cc_import_kind kind, int64_t wall_ns, int64_t turn)
{
	cc_import_item item = { .kind = kind, .wall_ns = wall_ns, .turn = turn, .source = CC_STR_EMPTY, .text = CC_STR_EMPTY,
		.reasoning = CC_STR_EMPTY, .id = CC_STR_EMPTY, .tool = CC_STR_EMPTY, .arguments = CC_STR_EMPTY, .printed = CC_STR_EMPTY };
	return cc_vec_push(&i->items, item) ? &i->items.p[i->items.n - 1] : NULL;
}

cc_str cc_import_text(cc_import *i, const cc_json *v)
{
	cc_buf b = CC_BUF_INIT;
	if (cc_json_typeof(v) == CC_JSON_STRING)
		return cc_import_dup(i, cc_json_str(v));
	if (!v || cc_json_typeof(v) == CC_JSON_NULL)
		return CC_STR_EMPTY;
	cc_json_write(&b, v, false);
	cc_str text = cc_import_dup(i, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text;
}

cc_str cc_import_first(const cc_json *v, const char *const *keys)
{
	for (; *keys; keys++)
		if (cc_json_get_str(v, *keys).n)
			return cc_json_get_str(v, *keys);
	return CC_STR_EMPTY;
}

cc_str cc_import_content(cc_import *i, const cc_json *v)
{
	static const char *const TEXT[] = { "text", "content", "output", NULL };
	cc_buf b = CC_BUF_INIT;
	if (cc_json_typeof(v) != CC_JSON_ARRAY)
		return cc_import_text(i, v);
	for (const cc_json *e = cc_json_first(v); e; e = cc_json_next(e)) {
		cc_str text = cc_json_typeof(e) == CC_JSON_STRING ? cc_json_str(e) : cc_import_first(e, TEXT);
		if (text.n && b.n)
			cc_buf_add_char(&b, '\n');
		cc_buf_add(&b, text);
	}
	cc_str all = cc_import_dup(i, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return all;
}

bool cc_import_answer(cc_import *i, cc_str id, cc_str printed, bool failed, int64_t wall_ns)
{
	for (size_t k = 0; k < i->items.n; k++) {
		cc_import_item *item = &i->items.p[k];
		if (item->kind != CC_IMPORT_CALLED || item->answered || (id.n && item->id.n && !cc_str_eq(item->id, id)))
			continue;
		item->answered = true;
		item->printed = printed;
		item->failed = failed;
		if (wall_ns != CC_TIME_NONE && item->wall_ns != CC_TIME_NONE && wall_ns > item->wall_ns)
			item->took_ns = wall_ns - item->wall_ns;
		return true;
	}
	return false;
}

int64_t cc_import_time(const cc_json *v)
{
	int64_t ns;
	double s;
	if (cc_json_typeof(v) == CC_JSON_STRING)
		return cc_time_parse(cc_json_str(v), &ns) ? ns : CC_TIME_NONE;
	if (!cc_json_double(v, &s) || !(s > 0) || s > 1e13)
		return CC_TIME_NONE;
	return (int64_t)llround((s > 1e11 ? s / 1e3 : s) * 1e9);
}

/* --- telling the format --- */

static bool is_message(const cc_json *v)
{
	static const char *const KEYS[] = { "role", "type", "kind", NULL };
	return cc_json_typeof(v) == CC_JSON_OBJECT && cc_import_first(v, KEYS).n &&
		(cc_json_get(v, "content") || cc_json_get(v, "blocks") || cc_json_get(v, "tool_calls"));
}

/* A list of messages, a list of such lists, or a list of objects that hold one. */
static const cc_json *messages_in(const cc_json *v)
{
	static const char *const NAMES[] = { "history", "messages", "message_history", "segments", "conversation", NULL };
	const cc_json *first = cc_json_first(v);
	if (cc_json_typeof(v) == CC_JSON_ARRAY && (is_message(first) || (cc_json_typeof(first) == CC_JSON_ARRAY && is_message(cc_json_first(first)))))
		return v;
	if (cc_json_typeof(v) == CC_JSON_ARRAY && cc_json_typeof(first) == CC_JSON_OBJECT && messages_in(first))
		return v;
	for (size_t i = 0; cc_json_typeof(v) == CC_JSON_OBJECT && NAMES[i]; i++)
		if (messages_in(cc_json_get(v, NAMES[i])))
			return cc_json_get(v, NAMES[i]);
	return NULL;
}

static cc_code read_document(cc_import *i, const cc_json *v, cc_err *err)
{
	const cc_json *messages;
	if (cc_str_starts(cc_json_get_str(v, "schema_version"), CC_STR("ATIF-v")))
		return cc_import_atif(i, v, err);
	if (cc_json_typeof(cc_json_get(v, "trajectory")) == CC_JSON_ARRAY)
		return cc_import_swe(i, v, err);
	if ((messages = messages_in(v))) {
		cc_str format = cc_json_get_str(v, "trajectory_format");
		i->origin = cc_str_starts(format, CC_STR("mini-swe-agent")) ? CC_STR("mini-swe-agent") : CC_STR("stirrup");
		i->model = cc_import_dup(i, cc_json_get_str(cc_json_at(v, "info.config.model"), "model_name"));
		i->stop = cc_import_dup(i, cc_json_get_str(cc_json_get(v, "info"), "exit_status"));
		i->answer = cc_import_text(i, cc_json_at(v, "info.submission"));
		return cc_import_chat(i, messages, err);
	}
	cc_err_set(err, CC_EFORMAT, "not a run: no ATIF document, message history, .traj file or session.jsonl");
	return cc_err_hint(err, "an answer alone needs no import: coldcase score agent_output.json");
}

/* JSON Lines: the first line is a whole object with a type and a payload. */
static bool is_session(cc_str text)
{
	cc_str line, rest;
	cc_json *json = NULL;
	cc_str_cut(text, '\n', &line, &rest);
	bool yes = cc_json_parse(&json, line, NULL) == CC_OK && cc_json_get(json, "type") && cc_json_get(json, "payload");
	cc_json_free(json);
	return yes;
}

static cc_code read_text(cc_import *i, cc_str text, cc_err *err)
{
	cc_json *json = NULL;
	if (is_session(text))
		return cc_import_session(i, text, err);
	cc_code code = cc_json_parse(&json, text, err);
	if (code == CC_OK)
		code = read_document(i, json, err);
	cc_json_free(json);
	return code;
}

/* A time that is not told is that of the item before; what came before the first told one began with it. */
static void fill_times(cc_import *i)
{
	int64_t last = CC_TIME_NONE;
	for (size_t k = 0; k < i->items.n && last == CC_TIME_NONE; k++)
		last = i->items.p[k].wall_ns;
	if (i->began_ns == CC_TIME_NONE || (last != CC_TIME_NONE && last < i->began_ns))
		i->began_ns = last;
	for (size_t k = 0; k < i->items.n; k++) {
		if (i->items.p[k].wall_ns == CC_TIME_NONE || (last != CC_TIME_NONE && i->items.p[k].wall_ns < last))
			i->items.p[k].wall_ns = last;
		last = i->items.p[k].wall_ns;
	}
}

cc_code cc_import_read(cc_import **out, cc_str text, cc_err *err)
{
	cc_import *i = *out = cc_calloc(1, sizeof *i);
	if (!i)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	i->origin = i->agent = i->model = i->scenario = i->stop = i->answer = CC_STR_EMPTY;
	i->began_ns = CC_TIME_NONE;
	i->arena = cc_arena_new();
	cc_code code = i->arena ? read_text(i, cc_str_trim(text), err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && !i->items.n)
		code = cc_err_set(err, CC_EFORMAT, "the run is empty: nothing was said and nothing called");
	if (code == CC_OK) {
		fill_times(i);
		return CC_OK;
	}
	cc_import_free(i);
	*out = NULL;
	return code;
}

void cc_import_free(cc_import *i)
{
	if (!i)
		return;
	cc_vec_deinit(&i->items);
	cc_arena_free(i->arena);
	cc_free(i);
}
