/* anthropic.c - Anthropic's messages: blocks of text, thinking and tool use, each begun, filled and stopped by its index.
 *
 * Thinking carries a signature and goes back unchanged, in its place among the other blocks. All results of one turn's calls stand in
 * one message of the user. The prompt so far is marked to be cached: an agent reads it again every turn. */
#include "net/provider.h"

enum { MAX_OUTPUT = 32000, MAX_OUTPUT_UNKNOWN = 8192, THINKING_MIN = 1024 };

static void path(cc_buf *out, const char *model)
{
	(void)model;
	cc_buf_addz(out, "/v1/messages");
}

/* --- the request --- */

static void write_cached(cc_jw *w, bool cached)
{
	if (!cached)
		return;
	cc_jw_key(w, "cache_control");
	cc_jw_raw(w, CC_STR("{\"type\":\"ephemeral\"}"));
}

static void write_text_block(cc_jw *w, cc_str text, bool cached)
{
	cc_jw_object(w);
	write_member(w, "type", CC_STR("text"));
	write_member(w, "text", cc_str_trim(text).n ? text : CC_STR("(nothing)")); /* empty blocks are refused */
	write_cached(w, cached);
	cc_jw_end_object(w);
}

static void write_assistant(cc_jw *w, const cc_message *m)
{
	if (write_has_state(m, CC_PROVIDER_ANTHROPIC)) {
		cc_jw_raw(w, m->state);
		return;
	}
	if (cc_str_trim(m->text).n || !m->calls_n)
		write_text_block(w, m->text, false);
	for (size_t i = 0; i < m->calls_n; i++) {
		cc_jw_object(w);
		write_member(w, "type", CC_STR("tool_use"));
		write_member(w, "id", m->calls[i].id);
		write_member(w, "name", m->calls[i].name);
		cc_jw_key(w, "input");
		write_arguments(w, &m->calls[i]);
		cc_jw_end_object(w);
	}
}

static void write_block(cc_jw *w, const cc_message *m, bool cached)
{
	if (m->role == CC_ROLE_ASSISTANT) {
		write_assistant(w, m);
		return;
	}
	if (m->role != CC_ROLE_TOOL) {
		write_text_block(w, m->text, cached);
		return;
	}
	cc_jw_object(w);
	write_member(w, "type", CC_STR("tool_result"));
	write_member(w, "tool_use_id", m->call_id);
	write_member(w, "content", m->text);
	if (m->is_error) {
		cc_jw_key(w, "is_error");
		cc_jw_bool(w, true);
	}
	write_cached(w, cached);
	cc_jw_end_object(w);
}

/* Messages of one side that follow each other are one. */
static void write_messages(cc_jw *w, const ask *a)
{
	size_t n = ask_count(a);
	int open = -1; /* whose message is being written: 0 the user's, 1 the assistant's */
	cc_jw_key(w, "messages");
	cc_jw_array(w);
	for (size_t i = 0; i < n; i++) {
		const cc_message m = ask_message(a, i);
		int side = m.role == CC_ROLE_ASSISTANT;
		if (m.role == CC_ROLE_SYSTEM)
			continue;
		if (open >= 0 && side != open) {
			cc_jw_end_array(w);
			cc_jw_end_object(w);
		}
		if (side != open) {
			cc_jw_object(w);
			write_member(w, "role", side ? CC_STR("assistant") : CC_STR("user"));
			cc_jw_key(w, "content");
			cc_jw_array(w);
		}
		open = side;
		write_block(w, &m, i + 1 == n);
	}
	if (open >= 0) {
		cc_jw_end_array(w);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

static void write_system(cc_jw *w, const cc_chat *chat)
{
	size_t left = 0;
	for (size_t i = 0; i < cc_chat_count(chat); i++)
		left += cc_chat_get(chat, i)->role == CC_ROLE_SYSTEM;
	if (!left)
		return;
	cc_jw_key(w, "system");
	cc_jw_array(w);
	for (size_t i = 0; i < cc_chat_count(chat); i++)
		if (cc_chat_get(chat, i)->role == CC_ROLE_SYSTEM)
			write_text_block(w, cc_chat_get(chat, i)->text, --left == 0);
	cc_jw_end_array(w);
}

static void write_tools(cc_jw *w, const cc_model_request *r)
{
	cc_jw_key(w, "tools");
	cc_jw_array(w);
	for (size_t i = 0; i < r->tools_n; i++) {
		cc_jw_object(w);
		write_member(w, "name", r->tools[i].name);
		write_member(w, "description", r->tools[i].description);
		cc_jw_key(w, "input_schema");
		write_tool_schema(w, &r->tools[i]);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
	if (!r->must_call)
		return;
	cc_jw_key(w, "tool_choice");
	cc_jw_object(w);
	write_member(w, "type", *r->must_call ? CC_STR("tool") : CC_STR("any"));
	if (*r->must_call)
		write_member(w, "name", cc_str_from(r->must_call));
	cc_jw_end_object(w);
}

/* Older models think within a number of tokens; newer ones by themselves, more or less. */
static void write_thinking(cc_jw *w, const cc_model_options *o, int64_t most)
{
	int64_t tokens = 0;
	if (!o->effort)
		return;
	bool counted = write_effort_tokens(o, &tokens), off = write_effort_is_off(o) || (counted && (tokens == 0 || most <= THINKING_MIN));
	if (tokens >= most) /* refused otherwise */
		tokens = most - 1;
	cc_jw_key(w, "thinking");
	cc_jw_object(w);
	write_member(w, "type", off ? CC_STR("disabled") : counted ? CC_STR("enabled") : CC_STR("adaptive"));
	if (counted && !off) {
		cc_jw_key(w, "budget_tokens");
		cc_jw_int(w, tokens < THINKING_MIN ? THINKING_MIN : tokens);
	} else if (!off && !o->no_reasoning_text) {
		write_member(w, "display", CC_STR("summarized")); /* some models show nothing unless asked */
	}
	cc_jw_end_object(w);
	if (counted || off)
		return;
	cc_jw_key(w, "output_config");
	cc_jw_object(w);
	write_member(w, "effort", cc_str_from(o->effort));
	cc_jw_end_object(w);
}

static int64_t max_output(const ask *a)
{
	int64_t known = a->facts->max_output, tokens = 0;
	if (a->opt->max_output > 0)
		return a->opt->max_output;
	int64_t most = !known ? MAX_OUTPUT_UNKNOWN : known < MAX_OUTPUT ? known : MAX_OUTPUT;
	if (write_effort_tokens(a->opt, &tokens) && tokens >= most) /* thinking counts as output */
		most = tokens + MAX_OUTPUT_UNKNOWN;
	return most;
}

static void write(cc_jw *w, const ask *a)
{
	write_member(w, "model", cc_str_from(a->opt->model));
	cc_jw_key(w, "max_tokens");
	cc_jw_int(w, max_output(a));
	write_system(w, a->request->chat);
	write_messages(w, a);
	if (a->request->tools_n)
		write_tools(w, a->request);
	write_thinking(w, a->opt, max_output(a));
	write_temperature(w, a->opt);
	cc_jw_key(w, "stream");
	cc_jw_bool(w, true);
}

/* --- the answer --- */

static decode_block *block_of(decode *d, const cc_json *data)
{
	int64_t index = -1;
	decode_count(&index, data, "index");
	for (size_t i = d->blocks.n; i-- > 0;)
		if (d->blocks.p[i].index == index)
			return &d->blocks.p[i];
	return NULL;
}

static void block_start(decode *d, const cc_json *data)
{
	const cc_json *block = cc_json_get(data, "content_block"), *input = cc_json_get(block, "input");
	cc_str type = cc_json_get_str(block, "type");
	decode_block b = { .index = -1, .kind = BLOCK_OTHER };
	decode_count(&b.index, data, "index");
	if (cc_str_eqz(type, "text")) {
		b.kind = BLOCK_TEXT;
		cc_buf_add(&b.text, cc_json_get_str(block, "text"));
		decode_text(d, cc_json_get_str(block, "text"));
	} else if (cc_str_eqz(type, "thinking")) {
		b.kind = BLOCK_THINKING;
		cc_buf_add(&b.text, cc_json_get_str(block, "thinking"));
		cc_buf_add(&b.signature, cc_json_get_str(block, "signature"));
		decode_reasoning(d, cc_json_get_str(block, "thinking"));
	} else if (cc_str_eqz(type, "tool_use")) {
		b.kind = BLOCK_CALL;
		b.call = d->calls.n;
		decode_call *c = decode_call_begin(d, b.index, cc_json_get_str(block, "id"), cc_json_get_str(block, "name"));
		if (!c)
			return;
		if (cc_json_count(input)) /* given at once; otherwise an empty object stands for what is to come */
			decode_arguments(c, input);
	} else {
		cc_json_write(&b.raw, block, false);
	}
	if (!cc_vec_push(&d->blocks, b)) {
		d->failed = true;
		cc_buf_deinit(&b.text);
		cc_buf_deinit(&b.signature);
		cc_buf_deinit(&b.raw);
	}
}

static void block_delta(decode *d, const cc_json *data)
{
	decode_block *b = block_of(d, data);
	const cc_json *delta = cc_json_get(data, "delta");
	if (!b)
		return;
	if (b->kind == BLOCK_TEXT) {
		cc_buf_add(&b->text, cc_json_get_str(delta, "text"));
		decode_text(d, cc_json_get_str(delta, "text"));
	} else if (b->kind == BLOCK_THINKING) {
		cc_buf_add(&b->text, cc_json_get_str(delta, "thinking"));
		cc_buf_add(&b->signature, cc_json_get_str(delta, "signature"));
		decode_reasoning(d, cc_json_get_str(delta, "thinking"));
	} else if (b->kind == BLOCK_CALL) {
		decode_arguments(&d->calls.p[b->call], cc_json_get(delta, "partial_json"));
	}
}

/* What was read: the three counts are of different tokens. Said at the start, and again, as totals, at the end. */
static void take_usage(decode *d, const cc_json *u)
{
	int64_t fresh = -1;
	decode_count(&fresh, u, "input_tokens");
	decode_count(&d->usage.cached, u, "cache_read_input_tokens");
	decode_count(&d->usage.cache_written, u, "cache_creation_input_tokens");
	decode_count(&d->usage.output, u, "output_tokens");
	decode_count(&d->usage.reasoning, cc_json_get(u, "output_tokens_details"), "thinking_tokens");
	if (fresh >= 0)
		d->usage.input = fresh + (d->usage.cached > 0 ? d->usage.cached : 0) + (d->usage.cache_written > 0 ? d->usage.cache_written : 0);
}

static void message_start(decode *d, const cc_json *data)
{
	const cc_json *message = cc_json_get(data, "message");
	decode_model(d, cc_json_get_str(message, "model"));
	take_usage(d, cc_json_get(message, "usage"));
}

static void message_delta(decode *d, const cc_json *data)
{
	static const struct { const char *reason; cc_stop stop; } known[] = { { "end_turn", CC_STOP_END }, { "stop_sequence", CC_STOP_END },
		{ "tool_use", CC_STOP_CALLS }, { "max_tokens", CC_STOP_LENGTH }, { "model_context_window_exceeded", CC_STOP_CONTEXT },
		{ "refusal", CC_STOP_REFUSAL }, { "pause_turn", CC_STOP_PAUSE } };
	cc_str reason = cc_json_get_str(cc_json_get(data, "delta"), "stop_reason");
	cc_stop stop = CC_STOP_OTHER;
	take_usage(d, cc_json_get(data, "usage"));
	if (!reason.n)
		return;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (cc_str_eqz(reason, known[i].reason))
			stop = known[i].stop;
	decode_stop(d, reason, stop);
}

static void event(decode *d, const cc_json *data)
{
	cc_str type = cc_json_get_str(data, "type");
	if (cc_str_eqz(type, "message_start"))
		message_start(d, data);
	else if (cc_str_eqz(type, "content_block_start"))
		block_start(d, data);
	else if (cc_str_eqz(type, "content_block_delta"))
		block_delta(d, data);
	else if (cc_str_eqz(type, "message_delta"))
		message_delta(d, data);
	else if (cc_str_eqz(type, "message_stop"))
		d->complete = true;
	else if (cc_str_eqz(type, "error") || !type.n)
		(void)decode_error(d, 0, data);
}

static void finish_block(decode *d, const decode_block *b, cc_jw *w)
{
	const decode_call *c = b->kind == BLOCK_CALL ? &d->calls.p[b->call] : NULL;
	if (b->kind == BLOCK_TEXT && !cc_str_trim(cc_buf_str(&b->text)).n)
		return;
	if (b->kind == BLOCK_OTHER) {
		cc_jw_raw(w, cc_buf_str(&b->raw));
		return;
	}
	cc_jw_object(w);
	write_member(w, "type", b->kind == BLOCK_TEXT ? CC_STR("text") : b->kind == BLOCK_CALL ? CC_STR("tool_use") : CC_STR("thinking"));
	if (b->kind == BLOCK_TEXT)
		write_member(w, "text", cc_buf_str(&b->text));
	if (b->kind == BLOCK_THINKING) {
		write_member(w, "thinking", cc_buf_str(&b->text));
		write_member(w, "signature", cc_buf_str(&b->signature));
	}
	if (c) {
		const cc_tool_call call = { cc_buf_str(&c->id), cc_buf_str(&c->name), cc_buf_str(&c->arguments) };
		write_member(w, "id", call.id);
		write_member(w, "name", call.name);
		cc_jw_key(w, "input");
		write_arguments(w, &call);
	}
	cc_jw_end_object(w);
}

/* Blocks in their order, without the brackets around them. */
static void finish(decode *d)
{
	cc_buf array = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &array, 0);
	cc_jw_array(&w);
	for (size_t i = 0; i < d->blocks.n; i++)
		finish_block(d, &d->blocks.p[i], &w);
	cc_jw_end_array(&w);
	d->failed |= !cc_buf_ok(&array);
	if (cc_buf_ok(&array))
		cc_buf_add(&d->state, cc_str_sub(cc_buf_str(&array), 1, array.n - 1));
	cc_buf_deinit(&array);
}

const provider_ops anthropic_ops = {
	.name = "anthropic",
	.variables = { "ANTHROPIC_API_KEY" },
	.url = "https://api.anthropic.com",
	.needs_key = true,
	.key_header = "x-api-key",
	.key_prefix = "",
	.more_headers = { { "anthropic-version", "2023-06-01" } },
	.path = path,
	.write = write,
	.event = event,
	.finish = finish,
};
