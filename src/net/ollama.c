/* ollama.c - Ollama's chat: a line of JSON for each piece, whole calls, and a last line with the counts.
 *
 * A context longer than the model was loaded with is cut there without a word: where the window is known, it is asked for. */
#include "net/provider.h"

static void path(cc_buf *out, const char *model)
{
	(void)model;
	cc_buf_addz(out, "/api/chat");
}

/* --- the request --- */

static void write_calls(cc_jw *w, const cc_message *m)
{
	cc_jw_key(w, "tool_calls");
	cc_jw_array(w);
	for (size_t i = 0; i < m->calls_n; i++) {
		cc_jw_object(w);
		if (!decode_id_is_ours(m->calls[i].id))
			write_member(w, "id", m->calls[i].id);
		cc_jw_key(w, "function");
		cc_jw_object(w);
		write_member(w, "name", m->calls[i].name);
		cc_jw_key(w, "arguments");
		write_arguments(w, &m->calls[i]);
		cc_jw_end_object(w);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

static void write_message(cc_jw *w, const cc_message *m)
{
	static const char *const roles[] = { "system", "user", "assistant", "tool" };
	cc_jw_object(w);
	write_member(w, "role", cc_str_from(roles[m->role]));
	write_member(w, "content", m->text);
	if (write_has_state(m, CC_PROVIDER_OLLAMA)) {
		cc_jw_key(w, "thinking");
		cc_jw_raw(w, m->state);
	}
	if (m->role == CC_ROLE_ASSISTANT && m->calls_n)
		write_calls(w, m);
	if (m->role == CC_ROLE_TOOL) {
		write_member(w, "tool_name", m->call_name);
		if (!decode_id_is_ours(m->call_id))
			write_member(w, "tool_call_id", m->call_id);
	}
	cc_jw_end_object(w);
}

/* "on" and "off", or how much, which few models know. Without it the model does as it is used to. */
static void write_think(cc_jw *w, const cc_model_options *o)
{
	cc_str effort = o->effort ? cc_str_from(o->effort) : CC_STR_EMPTY;
	if (!o->effort)
		return;
	cc_jw_key(w, "think");
	if (write_effort_is_off(o))
		cc_jw_bool(w, false);
	else if (cc_str_eqz(effort, "low") || cc_str_eqz(effort, "medium") || cc_str_eqz(effort, "high"))
		cc_jw_str(w, effort);
	else
		cc_jw_bool(w, true);
}

static void write(cc_jw *w, const ask *a)
{
	const cc_model_options *o = a->opt;
	write_conversation(w, a, "messages", write_message);
	write_functions(w, a->request, true);
	cc_jw_key(w, "stream");
	cc_jw_bool(w, true);
	write_think(w, o);
	cc_jw_key(w, "options");
	cc_jw_object(w);
	if (a->facts->window > 0) {
		cc_jw_key(w, "num_ctx");
		cc_jw_int(w, a->facts->window);
	}
	if (o->max_output > 0) {
		cc_jw_key(w, "num_predict");
		cc_jw_int(w, o->max_output);
	}
	write_temperature(w, o);
	cc_jw_end_object(w);
}

/* --- the answer --- */

static void take_call(decode *d, const cc_json *call)
{
	const cc_json *function = cc_json_get(call, "function");
	decode_call *c = decode_call_begin(d, -1, cc_json_get_str(call, "id"), cc_json_get_str(function, "name"));
	if (c)
		decode_arguments(c, cc_json_get(function, "arguments"));
}

static void event(decode *d, const cc_json *data)
{
	const cc_json *message = cc_json_get(data, "message"), *calls = cc_json_get(message, "tool_calls");
	if (decode_error(d, 0, data))
		return;
	decode_model(d, cc_json_get_str(data, "model"));
	decode_reasoning(d, cc_json_get_str(message, "thinking"));
	decode_text(d, cc_json_get_str(message, "content"));
	for (const cc_json *v = cc_json_typeof(calls) == CC_JSON_ARRAY ? cc_json_first(calls) : NULL; v; v = cc_json_next(v))
		take_call(d, v);
	decode_count(&d->usage.input, data, "prompt_eval_count");
	decode_count(&d->usage.output, data, "eval_count");
	if (!cc_json_bool(cc_json_get(data, "done")))
		return;
	cc_str reason = cc_json_get_str(data, "done_reason");
	bool plain = !reason.n || cc_str_eqz(reason, "stop");
	decode_stop(d, reason, cc_str_eqz(reason, "length") ? CC_STOP_LENGTH : plain ? CC_STOP_END : CC_STOP_OTHER);
	d->complete = true;
}

/* The state is its thinking: models of which it is wanted back work worse without. */
static void finish(decode *d)
{
	if (d->reasoning.n && d->calls.n)
		cc_json_write_str(&d->state, cc_buf_str(&d->reasoning));
}

const provider_ops ollama_ops = {
	.name = "ollama",
	.variables = { "OLLAMA_API_KEY" },
	.url = "http://localhost:11434",
	.lines = true,
	.needs_key = false,
	.key_header = "Authorization",
	.key_prefix = "Bearer ",
	.path = path,
	.write = write,
	.event = event,
	.finish = finish,
};
