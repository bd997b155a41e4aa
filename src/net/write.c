/* write.c - pieces of requests that several providers share. */
#include "net/provider.h"

#include <string.h>

size_t ask_count(const ask *a)
{
	return cc_chat_count(a->request->chat);
}

cc_message ask_message(const ask *a, size_t i)
{
	cc_message m = *cc_chat_get(a->request->chat, i);
	if (i < a->state_from)
		m.state = CC_STR_EMPTY;
	return m;
}

static bool is_object(cc_str text)
{
	cc_json *v = NULL;
	bool is = cc_json_parse(&v, text, NULL) == CC_OK && cc_json_typeof(v) == CC_JSON_OBJECT;
	cc_json_free(v);
	return is;
}

void write_tool_schema(cc_jw *w, const cc_tool *t)
{
	if (is_object(t->schema))
		cc_jw_raw(w, t->schema);
	else
		cc_jw_raw(w, CC_STR("{\"type\":\"object\",\"properties\":{}}"));
}

void write_conversation(cc_jw *w, const ask *a, const char *key, void (*one)(cc_jw *w, const cc_message *m))
{
	write_member(w, "model", cc_str_from(a->opt->model));
	cc_jw_key(w, key);
	cc_jw_array(w);
	for (size_t i = 0; i < ask_count(a); i++) {
		const cc_message m = ask_message(a, i);
		one(w, &m);
	}
	cc_jw_end_array(w);
}

/* Of the flat form: it is strict unless told otherwise, and then all arguments are required. */
static void write_function(cc_jw *w, const cc_tool *t, bool nested)
{
	cc_jw_object(w);
	write_member(w, "type", CC_STR("function"));
	if (nested) {
		cc_jw_key(w, "function");
		cc_jw_object(w);
	}
	write_member(w, "name", t->name);
	write_member(w, "description", t->description);
	cc_jw_key(w, "parameters");
	write_tool_schema(w, t);
	if (nested) {
		cc_jw_end_object(w);
	} else {
		cc_jw_key(w, "strict");
		cc_jw_bool(w, false);
	}
	cc_jw_end_object(w);
}

void write_functions(cc_jw *w, const cc_model_request *r, bool nested)
{
	if (!r->tools_n)
		return;
	cc_jw_key(w, "tools");
	cc_jw_array(w);
	for (size_t i = 0; i < r->tools_n; i++)
		write_function(w, &r->tools[i], nested);
	cc_jw_end_array(w);
}

void write_function_choice(cc_jw *w, const cc_model_request *r, bool nested)
{
	if (!r->tools_n || !r->must_call)
		return;
	cc_jw_key(w, "tool_choice");
	if (!*r->must_call) {
		cc_jw_strz(w, "required");
		return;
	}
	cc_jw_object(w);
	write_member(w, "type", CC_STR("function"));
	if (nested) {
		cc_jw_key(w, "function");
		cc_jw_object(w);
	}
	write_member(w, "name", cc_str_from(r->must_call));
	if (nested)
		cc_jw_end_object(w);
	cc_jw_end_object(w);
}

void write_temperature(cc_jw *w, const cc_model_options *o)
{
	if (o->temperature < 0)
		return;
	cc_jw_key(w, "temperature");
	cc_jw_double(w, o->temperature);
}

/* Parsed and written again: a duplicate key or a lone surrogate is no trouble to the next reader then. */
static void arguments_json(cc_buf *out, const cc_tool_call *c)
{
	cc_json *v = NULL;
	if (cc_json_parse(&v, c->arguments, NULL) == CC_OK && cc_json_typeof(v) == CC_JSON_OBJECT) {
		cc_json_write(out, v, false);
	} else {
		cc_buf_addz(out, "{\"malformed_arguments\":");
		cc_json_write_str(out, c->arguments);
		cc_buf_add_char(out, '}');
	}
	cc_json_free(v);
}

void write_arguments(cc_jw *w, const cc_tool_call *c)
{
	cc_buf json = CC_BUF_INIT;
	arguments_json(&json, c);
	cc_jw_raw(w, cc_buf_ok(&json) ? cc_buf_str(&json) : CC_STR("{}"));
	cc_buf_deinit(&json);
}

void write_arguments_text(cc_jw *w, const cc_tool_call *c)
{
	cc_buf json = CC_BUF_INIT;
	arguments_json(&json, c);
	cc_jw_str(w, cc_buf_str(&json));
	cc_buf_deinit(&json);
}

bool write_has_state(const cc_message *m, cc_provider p)
{
	return m->state.n && m->state_of == p;
}

void write_member(cc_jw *w, const char *key, cc_str text)
{
	cc_jw_key(w, key);
	cc_jw_str(w, text);
}

bool write_effort_tokens(const cc_model_options *o, int64_t *tokens)
{
	return o->effort && cc_str_to_i64(cc_str_from(o->effort), tokens) && *tokens >= 0;
}

bool write_effort_is_off(const cc_model_options *o)
{
	return o->effort && (strcmp(o->effort, "off") == 0 || strcmp(o->effort, "none") == 0);
}
