/* openai.c - chat completions, of OpenAI and of the many servers that are compatible with it.
 *
 * Compatible servers differ in what this file is careful about: pieces of parallel calls that all say index 0 or none at all,
 * whole objects as arguments, "stop" after calls, and the thinking, which is `reasoning_content` here and `reasoning` there and has to
 * come back with the results of the calls that were made after it. */
#include <string.h>

#include "net/provider.h"

static void path(cc_buf *out, const char *model)
{
	(void)model;
	cc_buf_addz(out, "/chat/completions");
}

/* --- the request --- */

static void write_calls(cc_jw *w, const cc_message *m, const cc_json *extra)
{
	cc_jw_key(w, "tool_calls");
	cc_jw_array(w);
	for (size_t i = 0; i < m->calls_n; i++) {
		const cc_tool_call *c = &m->calls[i];
		const cc_json *more = cc_json_item(extra, i);
		cc_jw_object(w);
		write_member(w, "id", c->id);
		write_member(w, "type", CC_STR("function"));
		cc_jw_key(w, "function");
		cc_jw_object(w);
		write_member(w, "name", c->name);
		cc_jw_key(w, "arguments");
		write_arguments_text(w, c);
		cc_jw_end_object(w);
		if (cc_json_typeof(more) == CC_JSON_OBJECT) {
			cc_buf json = CC_BUF_INIT;
			cc_json_write(&json, more, false);
			cc_jw_key(w, "extra_content");
			cc_jw_raw(w, cc_buf_str(&json));
			cc_buf_deinit(&json);
		}
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

static void write_assistant(cc_jw *w, const cc_message *m)
{
	cc_json *state = NULL;
	if (write_has_state(m, CC_PROVIDER_OPENAI) && cc_json_parse(&state, m->state, NULL) != CC_OK)
		state = NULL;
	for (const cc_json *v = cc_json_first(state); v; v = cc_json_next(v)) {
		cc_buf json = CC_BUF_INIT;
		if (cc_str_eqz(cc_json_key(v), "extra_content"))
			continue;
		cc_json_write(&json, v, false);
		cc_jw_key_str(w, cc_json_key(v));
		cc_jw_raw(w, cc_buf_str(&json));
		cc_buf_deinit(&json);
	}
	cc_jw_key(w, "content");
	if (m->text.n || !m->calls_n)
		cc_jw_str(w, m->text);
	else
		cc_jw_null(w);
	if (m->calls_n)
		write_calls(w, m, cc_json_get(state, "extra_content"));
	cc_json_free(state);
}

static void write_message(cc_jw *w, const cc_message *m)
{
	static const char *const roles[] = { "system", "user", "assistant", "tool" };
	cc_jw_object(w);
	write_member(w, "role", cc_str_from(roles[m->role]));
	if (m->role == CC_ROLE_TOOL)
		write_member(w, "tool_call_id", m->call_id);
	if (m->role == CC_ROLE_ASSISTANT)
		write_assistant(w, m);
	else
		write_member(w, "content", m->text);
	cc_jw_end_object(w);
}

static void write(cc_jw *w, const ask *a)
{
	const cc_model_options *o = a->opt;
	write_conversation(w, a, "messages", write_message);
	write_functions(w, a->request, true);
	write_function_choice(w, a->request, true);
	cc_jw_key(w, "stream");
	cc_jw_bool(w, true);
	cc_jw_key(w, "stream_options");
	cc_jw_raw(w, CC_STR("{\"include_usage\":true}"));
	if (o->max_output > 0) { /* the old name is known to everybody but OpenAI's new models */
		cc_jw_key(w, a->own_host ? "max_completion_tokens" : "max_tokens");
		cc_jw_int(w, o->max_output);
	}
	write_temperature(w, o);
	if (o->effort)
		write_member(w, "reasoning_effort", write_effort_is_off(o) ? CC_STR("none") : cc_str_from(o->effort));
}

/* --- the answer --- */

static decode_call *call_of(decode *d, const cc_json *piece)
{
	cc_str id = cc_json_get_str(piece, "id");
	int64_t index = -1;
	decode_call *c = NULL;
	decode_count(&index, piece, "index");
	if (index >= 0)
		c = decode_call_find(d, index);
	else if (d->calls.n)
		c = &d->calls.p[d->calls.n - 1];
	bool other = c && id.n && c->id.n && !cc_str_eq(id, cc_buf_str(&c->id)); /* at the same index, and yet another call */
	return other ? NULL : c;
}

static void take_call(decode *d, const cc_json *piece)
{
	const cc_json *function = cc_json_get(piece, "function"), *extra = cc_json_get(piece, "extra_content");
	cc_str id = cc_json_get_str(piece, "id"), name = cc_json_get_str(function, "name");
	int64_t index = -1;
	decode_call *c = call_of(d, piece);
	decode_count(&index, piece, "index");
	if (!c)
		c = decode_call_begin(d, index, id, name);
	else if (!c->name.n)
		cc_buf_add(&c->name, name);
	if (!c)
		return;
	if (!c->id.n)
		cc_buf_add(&c->id, id);
	decode_arguments(c, cc_json_get(function, "arguments"));
	if (extra && !c->extra.n)
		cc_json_write(&c->extra, extra, false);
}

static void take_reasoning(decode *d, const cc_json *delta)
{
	static const char *const keys[] = { "reasoning_content", "reasoning" };
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		cc_str piece = cc_json_get_str(delta, keys[i]);
		if (!piece.n || (d->reasoning_key && strcmp(d->reasoning_key, keys[i]) != 0))
			continue;
		d->reasoning_key = keys[i];
		decode_reasoning(d, piece);
	}
	const cc_json *details = cc_json_get(delta, "reasoning_details");
	for (const cc_json *v = cc_json_typeof(details) == CC_JSON_ARRAY ? cc_json_first(details) : NULL; v; v = cc_json_next(v))
		decode_state(d, v);
}

static void take_usage(decode *d, const cc_json *u)
{
	decode_count(&d->usage.input, u, "prompt_tokens");
	decode_count(&d->usage.output, u, "completion_tokens");
	decode_count(&d->usage.cached, cc_json_get(u, "prompt_tokens_details"), "cached_tokens");
	decode_count(&d->usage.cached, u, "prompt_cache_hit_tokens");
	decode_count(&d->usage.cache_written, cc_json_get(u, "prompt_tokens_details"), "cache_write_tokens");
	decode_count(&d->usage.reasoning, cc_json_get(u, "completion_tokens_details"), "reasoning_tokens");
}

static void take_finish(decode *d, cc_str reason)
{
	static const struct { const char *reason; cc_stop stop; } known[] = { { "stop", CC_STOP_END }, { "tool_calls", CC_STOP_CALLS },
		{ "function_call", CC_STOP_CALLS }, { "length", CC_STOP_LENGTH }, { "content_filter", CC_STOP_REFUSAL } };
	cc_stop stop = CC_STOP_OTHER;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (cc_str_eqz(reason, known[i].reason))
			stop = known[i].stop;
	if (d->stop == CC_STOP_REFUSAL)
		stop = CC_STOP_REFUSAL;
	decode_stop(d, reason, stop);
}

static void event(decode *d, const cc_json *data)
{
	const cc_json *choice = cc_json_first(cc_json_get(data, "choices")), *delta = cc_json_get(choice, "delta");
	if (decode_error(d, 0, data))
		return;
	decode_model(d, cc_json_get_str(data, "model"));
	take_usage(d, cc_json_get(data, "usage"));
	take_reasoning(d, delta);
	decode_text(d, cc_json_get_str(delta, "content"));
	if (cc_json_get_str(delta, "refusal").n) {
		d->stop = CC_STOP_REFUSAL;
		decode_text(d, cc_json_get_str(delta, "refusal"));
	}
	const cc_json *calls = cc_json_get(delta, "tool_calls");
	for (const cc_json *v = cc_json_typeof(calls) == CC_JSON_ARRAY ? cc_json_first(calls) : NULL; v; v = cc_json_next(v))
		take_call(d, v);
	if (cc_json_get_str(choice, "finish_reason").n)
		take_finish(d, cc_json_get_str(choice, "finish_reason"));
}

/* The state: members of the message. Thinking goes back only with calls; a plain answer does not need it, and some refuse it. */
static void finish(decode *d)
{
	cc_buf members = CC_BUF_INIT;
	bool extra = false;
	for (size_t i = 0; i < d->calls.n; i++)
		extra |= d->calls.p[i].extra.n > 0;
	if (d->state.n)
		cc_buf_addf(&members, "\"reasoning_details\":[%.*s]", CC_STR_ARG(cc_buf_str(&d->state)));
	if (d->calls.n && d->reasoning_key) {
		cc_buf_addf(&members, "%s\"%s\":", members.n ? "," : "", d->reasoning_key);
		cc_json_write_str(&members, cc_buf_str(&d->reasoning));
	}
	if (extra) {
		cc_buf_addf(&members, "%s\"extra_content\":[", members.n ? "," : "");
		for (size_t i = 0; i < d->calls.n; i++)
			cc_buf_addf(&members, "%s%s", i ? "," : "", d->calls.p[i].extra.n ? d->calls.p[i].extra.p : "null");
		cc_buf_add_char(&members, ']');
	}
	cc_buf_clear(&d->state);
	if (members.n)
		cc_buf_addf(&d->state, "{%.*s}", CC_STR_ARG(cc_buf_str(&members)));
	d->failed |= !cc_buf_ok(&members);
	cc_buf_deinit(&members);
}

const provider_ops openai_ops = {
	.name = "openai",
	.variables = { "OPENAI_API_KEY" },
	.url = "https://api.openai.com/v1",
	.needs_key = true,
	.key_header = "Authorization",
	.key_prefix = "Bearer ",
	.path = path,
	.write = write,
	.event = event,
	.finish = finish,
};
