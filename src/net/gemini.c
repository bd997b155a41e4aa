/* gemini.c - Google's streamGenerateContent: parts of text, thoughts and calls, each chunk an answer of its own.
 *
 * Parts may carry a thoughtSignature, which must come back on the very part it came with, and no text with a signature may be joined
 * with one without. Calls have ids on some servers only; where they have none, a result is found by its name and place. */
#include "net/provider.h"

static void path(cc_buf *out, const char *model)
{
	static const char kept[] = "-._~@:";
	cc_str name = cc_str_from(model);
	if (cc_str_starts(name, CC_STR("models/")))
		name = cc_str_sub(name, 7, name.n);
	cc_buf_addz(out, "/v1beta/models/");
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
		if (plain || cc_str_find_char(cc_str_from(kept), c) != CC_STR_NONE)
			cc_buf_add_char(out, c);
		else
			cc_buf_addf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
	cc_buf_addz(out, ":streamGenerateContent?alt=sse");
}

/* --- the request --- */

static void write_text_part(cc_jw *w, cc_str text)
{
	cc_jw_object(w);
	write_member(w, "text", text.n ? text : CC_STR(" ")); /* a part must hold something */
	cc_jw_end_object(w);
}

static void write_model_parts(cc_jw *w, const cc_message *m)
{
	if (write_has_state(m, CC_PROVIDER_GEMINI)) {
		cc_jw_raw(w, m->state);
		return;
	}
	if (m->text.n || !m->calls_n)
		write_text_part(w, m->text);
	for (size_t i = 0; i < m->calls_n; i++) {
		cc_jw_object(w);
		cc_jw_key(w, "functionCall");
		cc_jw_object(w);
		write_member(w, "name", m->calls[i].name);
		cc_jw_key(w, "args");
		write_arguments(w, &m->calls[i]);
		cc_jw_end_object(w);
		if (i == 0) /* what Google has for calls that no model of theirs has signed */
			write_member(w, "thoughtSignature", CC_STR("skip_thought_signature_validator"));
		cc_jw_end_object(w);
	}
}

static void write_result_part(cc_jw *w, const cc_message *m)
{
	cc_jw_object(w);
	cc_jw_key(w, "functionResponse");
	cc_jw_object(w);
	if (!decode_id_is_ours(m->call_id))
		write_member(w, "id", m->call_id);
	write_member(w, "name", m->call_name);
	cc_jw_key(w, "response");
	cc_jw_object(w);
	write_member(w, m->is_error ? "error" : "output", m->text);
	cc_jw_end_object(w);
	cc_jw_end_object(w);
	cc_jw_end_object(w);
}

static void write_part(cc_jw *w, const cc_message *m)
{
	if (m->role == CC_ROLE_ASSISTANT)
		write_model_parts(w, m);
	else if (m->role == CC_ROLE_TOOL)
		write_result_part(w, m);
	else
		write_text_part(w, m->text);
}

/* A turn's results stand in one content of their own: as many as there were calls, nothing else. */
static void write_contents(cc_jw *w, const ask *a)
{
	int open = -1;
	cc_jw_key(w, "contents");
	cc_jw_array(w);
	for (size_t i = 0; i < ask_count(a); i++) {
		const cc_message m = ask_message(a, i);
		if (m.role == CC_ROLE_SYSTEM)
			continue;
		if ((int)m.role != open) {
			if (open >= 0) {
				cc_jw_end_array(w);
				cc_jw_end_object(w);
			}
			cc_jw_object(w);
			write_member(w, "role", m.role == CC_ROLE_ASSISTANT ? CC_STR("model") : CC_STR("user"));
			cc_jw_key(w, "parts");
			cc_jw_array(w);
		}
		open = (int)m.role;
		write_part(w, &m);
	}
	if (open >= 0) {
		cc_jw_end_array(w);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
}

static void write_system(cc_jw *w, const cc_chat *chat)
{
	bool begun = false;
	for (size_t i = 0; i < cc_chat_count(chat); i++) {
		if (cc_chat_get(chat, i)->role != CC_ROLE_SYSTEM)
			continue;
		if (!begun) {
			cc_jw_key(w, "systemInstruction");
			cc_jw_object(w);
			cc_jw_key(w, "parts");
			cc_jw_array(w);
		}
		begun = true;
		write_text_part(w, cc_chat_get(chat, i)->text);
	}
	if (begun) {
		cc_jw_end_array(w);
		cc_jw_end_object(w);
	}
}

static void write_tools(cc_jw *w, const cc_model_request *r)
{
	cc_jw_key(w, "tools");
	cc_jw_array(w);
	cc_jw_object(w);
	cc_jw_key(w, "functionDeclarations");
	cc_jw_array(w);
	for (size_t i = 0; i < r->tools_n; i++) {
		cc_jw_object(w);
		write_member(w, "name", r->tools[i].name);
		write_member(w, "description", r->tools[i].description);
		cc_jw_key(w, "parametersJsonSchema"); /* `parameters` knows a part of JSON Schema only */
		write_tool_schema(w, &r->tools[i]);
		cc_jw_end_object(w);
	}
	cc_jw_end_array(w);
	cc_jw_end_object(w);
	cc_jw_end_array(w);
	if (!r->must_call)
		return;
	cc_jw_key(w, "toolConfig");
	cc_jw_object(w);
	cc_jw_key(w, "functionCallingConfig");
	cc_jw_object(w);
	write_member(w, "mode", CC_STR("ANY"));
	if (*r->must_call) {
		cc_jw_key(w, "allowedFunctionNames");
		cc_jw_array(w);
		cc_jw_strz(w, r->must_call);
		cc_jw_end_array(w);
	}
	cc_jw_end_object(w);
	cc_jw_end_object(w);
}

/* Models that do not think refuse to be asked about it. */
static bool thinks(cc_str model)
{
	return cc_str_starts(model, CC_STR("gemini-")) && !cc_str_starts(model, CC_STR("gemini-1")) && !cc_str_starts(model, CC_STR("gemini-2.0"));
}

static void write_generation(cc_jw *w, const cc_model_options *o)
{
	int64_t tokens;
	bool shown = !o->no_reasoning_text && (o->effort || thinks(cc_str_from(o->model)));
	cc_jw_key(w, "generationConfig");
	cc_jw_object(w);
	if (o->max_output > 0) {
		cc_jw_key(w, "maxOutputTokens");
		cc_jw_int(w, o->max_output);
	}
	write_temperature(w, o);
	if (shown || o->effort) {
		bool off = write_effort_is_off(o);
		cc_jw_key(w, "thinkingConfig");
		cc_jw_object(w);
		if (off || write_effort_tokens(o, &tokens)) {
			cc_jw_key(w, "thinkingBudget");
			cc_jw_int(w, off ? 0 : tokens);
		} else if (o->effort) {
			write_member(w, "thinkingLevel", cc_str_from(o->effort));
		}
		cc_jw_key(w, "includeThoughts");
		cc_jw_bool(w, shown && !off);
		cc_jw_end_object(w);
	}
	cc_jw_end_object(w);
}

static void write(cc_jw *w, const ask *a)
{
	write_system(w, a->request->chat);
	write_contents(w, a);
	if (a->request->tools_n)
		write_tools(w, a->request);
	write_generation(w, a->opt);
}

/* --- the answer --- */

static void flush_plain(decode *d)
{
	if (!d->plain.n)
		return;
	cc_buf_addz(&d->state, d->state.n ? ",{\"text\":" : "{\"text\":");
	cc_json_write_str(&d->state, cc_buf_str(&d->plain));
	cc_buf_add_char(&d->state, '}');
	cc_buf_clear(&d->plain);
}

static void take_part(decode *d, const cc_json *part)
{
	const cc_json *call = cc_json_get(part, "functionCall");
	cc_str text = cc_json_get_str(part, "text");
	bool thought = cc_json_bool(cc_json_get(part, "thought")), is_signed = cc_json_get_str(part, "thoughtSignature").n > 0;
	if (thought)
		decode_reasoning(d, text);
	else
		decode_text(d, text);
	if (call) {
		decode_call *c = decode_call_begin(d, -1, cc_json_get_str(call, "id"), cc_json_get_str(call, "name"));
		if (c)
			decode_arguments(c, cc_json_get(call, "args"));
	}
	if (!call && !is_signed) { /* a summary of thoughts is for people */
		if (!thought)
			cc_buf_add(&d->plain, text);
		return;
	}
	flush_plain(d);
	decode_state(d, part);
}

static void take_finish(decode *d, cc_str reason)
{
	static const struct { const char *reason; cc_stop stop; } known[] = { { "STOP", CC_STOP_END }, { "MAX_TOKENS", CC_STOP_LENGTH },
		{ "MALFORMED_FUNCTION_CALL", CC_STOP_BAD_CALL }, { "UNEXPECTED_TOOL_CALL", CC_STOP_BAD_CALL },
		{ "TOO_MANY_TOOL_CALLS", CC_STOP_BAD_CALL }, { "SAFETY", CC_STOP_REFUSAL }, { "RECITATION", CC_STOP_REFUSAL },
		{ "BLOCKLIST", CC_STOP_REFUSAL }, { "PROHIBITED_CONTENT", CC_STOP_REFUSAL }, { "SPII", CC_STOP_REFUSAL },
		{ "CONTINUATION", CC_STOP_LENGTH } };
	cc_stop stop = CC_STOP_OTHER;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (cc_str_eqz(reason, known[i].reason))
			stop = known[i].stop;
	decode_stop(d, reason, stop);
}

/* Totals, in every chunk: the last stands. Thinking is not among the candidates' tokens, but is paid like them. */
static void take_usage(decode *d, const cc_json *u)
{
	int64_t prompt = -1, tools = 0, written = -1, thoughts = -1;
	if (!u)
		return;
	decode_count(&prompt, u, "promptTokenCount");
	decode_count(&tools, u, "toolUsePromptTokenCount");
	decode_count(&written, u, "candidatesTokenCount");
	decode_count(&thoughts, u, "thoughtsTokenCount");
	decode_count(&d->usage.cached, u, "cachedContentTokenCount");
	if (prompt >= 0)
		d->usage.input = prompt + tools;
	if (written >= 0 || thoughts >= 0)
		d->usage.output = (written > 0 ? written : 0) + (thoughts > 0 ? thoughts : 0);
	else if (prompt >= 0 && d->usage.output < 0)
		d->usage.output = 0;
	if (thoughts >= 0)
		d->usage.reasoning = thoughts;
}

static void event(decode *d, const cc_json *data)
{
	const cc_json *candidate = cc_json_first(cc_json_get(data, "candidates"));
	const cc_json *parts = cc_json_get(cc_json_get(candidate, "content"), "parts");
	cc_str blocked = cc_json_get_str(cc_json_get(data, "promptFeedback"), "blockReason");
	if (decode_error(d, 0, data))
		return;
	decode_model(d, cc_json_get_str(data, "modelVersion"));
	take_usage(d, cc_json_get(data, "usageMetadata"));
	for (const cc_json *part = cc_json_typeof(parts) == CC_JSON_ARRAY ? cc_json_first(parts) : NULL; part; part = cc_json_next(part))
		take_part(d, part);
	if (cc_json_get_str(candidate, "finishReason").n)
		take_finish(d, cc_json_get_str(candidate, "finishReason"));
	else if (blocked.n)
		decode_stop(d, blocked, CC_STOP_REFUSAL);
}

const provider_ops gemini_ops = {
	.name = "gemini",
	.variables = { "GEMINI_API_KEY", "GOOGLE_API_KEY" },
	.url = "https://generativelanguage.googleapis.com",
	.needs_key = true,
	.key_header = "x-goog-api-key",
	.key_prefix = "",
	.path = path,
	.write = write,
	.event = event,
	.finish = flush_plain,
};
