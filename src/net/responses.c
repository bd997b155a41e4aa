/* responses.c - OpenAI's responses: a list of items in, a list of items out.
 *
 * Nothing is stored on their side (store=false): every item of the answer, its encrypted reasoning too, goes back with the next
 * question as it came. Models that do not reason refuse to be asked for encrypted reasoning. */
#include "net/provider.h"

static void path(cc_buf *out, const char *model)
{
	(void)model;
	cc_buf_addz(out, "/responses");
}

static void write_call(cc_jw *w, const cc_tool_call *c)
{
	cc_jw_object(w);
	write_member(w, "type", CC_STR("function_call"));
	write_member(w, "call_id", c->id);
	write_member(w, "name", c->name);
	cc_jw_key(w, "arguments");
	write_arguments_text(w, c);
	cc_jw_end_object(w);
}

static void write_message(cc_jw *w, const cc_message *m)
{
	static const char *const roles[] = { "system", "user", "assistant" };
	if (write_has_state(m, CC_PROVIDER_RESPONSES)) {
		cc_jw_raw(w, m->state);
		return;
	}
	if (m->role == CC_ROLE_TOOL) {
		cc_jw_object(w);
		write_member(w, "type", CC_STR("function_call_output"));
		write_member(w, "call_id", m->call_id);
		write_member(w, "output", m->text);
		cc_jw_end_object(w);
		return;
	}
	if (m->text.n || !m->calls_n) {
		cc_jw_object(w);
		write_member(w, "role", cc_str_from(roles[m->role]));
		write_member(w, "content", m->text);
		cc_jw_end_object(w);
	}
	for (size_t i = 0; i < m->calls_n; i++)
		write_call(w, &m->calls[i]);
}

static bool reasons(cc_str model)
{
	static const char *const not[] = { "gpt-3", "gpt-4", "chatgpt-", "gpt-5-chat" };
	for (size_t i = 0; i < sizeof not / sizeof *not; i++)
		if (cc_str_starts(model, cc_str_from(not[i])))
			return false;
	return true;
}

static void write_reasoning(cc_jw *w, const cc_model_options *o)
{
	cc_jw_key(w, "include");
	cc_jw_raw(w, CC_STR("[\"reasoning.encrypted_content\"]"));
	if (!o->effort)
		return;
	cc_jw_key(w, "reasoning");
	cc_jw_object(w);
	write_member(w, "effort", write_effort_is_off(o) ? CC_STR("none") : cc_str_from(o->effort));
	if (!o->no_reasoning_text)
		write_member(w, "summary", CC_STR("auto"));
	cc_jw_end_object(w);
}

static void write(cc_jw *w, const ask *a)
{
	const cc_model_options *o = a->opt;
	write_conversation(w, a, "input", write_message);
	write_functions(w, a->request, false);
	write_function_choice(w, a->request, false);
	cc_jw_key(w, "stream");
	cc_jw_bool(w, true);
	cc_jw_key(w, "store");
	cc_jw_bool(w, false);
	if (reasons(cc_str_from(o->model)))
		write_reasoning(w, o);
	if (o->max_output > 0) {
		cc_jw_key(w, "max_output_tokens");
		cc_jw_int(w, o->max_output);
	}
	write_temperature(w, o);
}

/* --- the answer --- */

static int64_t index_of(const cc_json *data)
{
	int64_t index = -1;
	decode_count(&index, data, "output_index");
	return index;
}

static bool is_call(const cc_json *item)
{
	return cc_str_eqz(cc_json_get_str(item, "type"), "function_call");
}

static void item_added(decode *d, const cc_json *data)
{
	const cc_json *item = cc_json_get(data, "item");
	if (is_call(item))
		(void)decode_call_begin(d, index_of(data), cc_json_get_str(item, "call_id"), cc_json_get_str(item, "name"));
}

/* The whole item: what it says of a call's arguments is what counts, whether or not it came in pieces before. */
static void item_done(decode *d, const cc_json *data)
{
	const cc_json *item = cc_json_get(data, "item");
	decode_state(d, item);
	if (!is_call(item))
		return;
	decode_call *c = decode_call_find(d, index_of(data));
	if (!c)
		c = decode_call_begin(d, index_of(data), cc_json_get_str(item, "call_id"), cc_json_get_str(item, "name"));
	if (!c)
		return;
	cc_buf_clear(&c->arguments);
	decode_arguments(c, cc_json_get(item, "arguments"));
}

static void take_arguments(decode *d, const cc_json *data)
{
	decode_call *c = decode_call_find(d, index_of(data));
	if (c)
		decode_arguments(c, cc_json_get(data, "delta"));
}

static void part_added(decode *d, const cc_json *data)
{
	(void)data;
	if (d->reasoning.n)
		decode_reasoning(d, CC_STR("\n\n"));
}

static void take_text(decode *d, const cc_json *data)
{
	decode_text(d, cc_json_get_str(data, "delta"));
}

static void take_refusal(decode *d, const cc_json *data)
{
	d->stop = CC_STOP_REFUSAL;
	take_text(d, data);
}

static void take_thought(decode *d, const cc_json *data)
{
	decode_reasoning(d, cc_json_get_str(data, "delta"));
}

static void take_usage(decode *d, const cc_json *u)
{
	decode_count(&d->usage.input, u, "input_tokens");
	decode_count(&d->usage.output, u, "output_tokens");
	decode_count(&d->usage.cached, cc_json_get(u, "input_tokens_details"), "cached_tokens");
	decode_count(&d->usage.cache_written, cc_json_get(u, "input_tokens_details"), "cache_write_tokens");
	decode_count(&d->usage.reasoning, cc_json_get(u, "output_tokens_details"), "reasoning_tokens");
}

static void created(decode *d, const cc_json *data)
{
	decode_model(d, cc_json_get_str(cc_json_get(data, "response"), "model"));
}

static void completed(decode *d, const cc_json *data)
{
	const cc_json *response = cc_json_get(data, "response");
	take_usage(d, cc_json_get(response, "usage"));
	decode_stop(d, CC_STR("completed"), d->stop == CC_STOP_REFUSAL ? CC_STOP_REFUSAL : CC_STOP_END);
	d->complete = true;
}

static void incomplete(decode *d, const cc_json *data)
{
	const cc_json *response = cc_json_get(data, "response");
	cc_str reason = cc_json_get_str(cc_json_get(response, "incomplete_details"), "reason");
	cc_stop stop = CC_STOP_OTHER;
	if (cc_str_eqz(reason, "max_output_tokens"))
		stop = CC_STOP_LENGTH;
	else if (cc_str_eqz(reason, "content_filter"))
		stop = CC_STOP_REFUSAL;
	take_usage(d, cc_json_get(response, "usage"));
	decode_stop(d, reason, stop);
	d->complete = true;
}

/* "failed" has the error in its response, "error" has it at the top or in `error`. */
static void failed(decode *d, const cc_json *data)
{
	const cc_json *response = cc_json_get(data, "response");
	if (decode_error(d, 0, response ? response : data))
		return;
	cc_buf_clear(&d->error);
	cc_buf_add(&d->error, cc_json_get_str(data, "message"));
	decode_classify(d, 0, cc_json_get_str(data, "code"), cc_buf_str(&d->error));
}

static void event(decode *d, const cc_json *data)
{
	static const struct { const char *type; void (*take)(decode *d, const cc_json *data); } table[] = {
		{ "response.created", created },
		{ "response.output_item.added", item_added },
		{ "response.output_item.done", item_done },
		{ "response.output_text.delta", take_text },
		{ "response.refusal.delta", take_refusal },
		{ "response.reasoning_summary_part.added", part_added },
		{ "response.reasoning_summary_text.delta", take_thought },
		{ "response.reasoning_text.delta", take_thought },
		{ "response.function_call_arguments.delta", take_arguments },
		{ "response.completed", completed },
		{ "response.incomplete", incomplete },
		{ "response.failed", failed },
		{ "error", failed },
	};
	cc_str type = cc_json_get_str(data, "type");
	for (size_t i = 0; i < sizeof table / sizeof *table; i++)
		if (cc_str_eqz(type, table[i].type))
			table[i].take(d, data);
	if (!type.n) /* a gateway's error is of no type */
		(void)decode_error(d, 0, data);
}

const provider_ops responses_ops = {
	.name = "openai-responses",
	.variables = { "OPENAI_API_KEY" },
	.url = "https://api.openai.com/v1",
	.needs_key = true,
	.key_header = "Authorization",
	.key_prefix = "Bearer ",
	.path = path,
	.write = write,
	.event = event,
};
