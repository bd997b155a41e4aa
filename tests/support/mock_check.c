/* mock_check.c - requests looked at as the real servers do: what they would refuse is refused here, so that no test passes with it. */
#include <string.h>

#include "support/mock_priv.h"

static bool is(const cc_json *object, const char *key, const char *value)
{
	return cc_str_eqz(cc_json_get_str(object, key), value);
}

static size_t parts_with(const cc_json *array, const char *key, const char *value)
{
	size_t n = 0;
	for (const cc_json *v = cc_json_first(array); v; v = cc_json_next(v))
		n += value ? is(v, key, value) : cc_json_get(v, key) != NULL;
	return n;
}

/* --- chat completions: after an assistant's calls come their results, and nothing else --- */

static bool answered_next(const cc_json *message, size_t calls)
{
	for (const cc_json *call = cc_json_first(cc_json_get(message, "tool_calls")); call; call = cc_json_next(call)) {
		bool found = false;
		size_t left = calls;
		for (const cc_json *v = cc_json_next(message); v && left; v = cc_json_next(v), left--)
			found |= is(v, "role", "tool") && cc_str_eq(cc_json_get_str(v, "tool_call_id"), cc_json_get_str(call, "id"));
		cc_json *arguments = NULL;
		found &= cc_json_parse(&arguments, cc_json_get_str(cc_json_get(call, "function"), "arguments"), NULL) == CC_OK;
		cc_json_free(arguments);
		if (!found)
			return false;
	}
	return true;
}

static const char *check_openai(const cc_json *body, size_t *turns)
{
	for (const cc_json *v = cc_json_first(cc_json_get(body, "messages")); v; v = cc_json_next(v)) {
		size_t calls = cc_json_count(cc_json_get(v, "tool_calls"));
		*turns += is(v, "role", "assistant");
		if (calls && !answered_next(v, calls))
			return "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'.";
	}
	return cc_json_count(cc_json_get(body, "messages")) ? "" : "messages: too short";
}

/* --- responses --- */

static bool has_output(const cc_json *input, cc_str id)
{
	for (const cc_json *v = cc_json_first(input); v; v = cc_json_next(v))
		if (is(v, "type", "function_call_output") && cc_str_eq(cc_json_get_str(v, "call_id"), id))
			return true;
	return false;
}

static const char *check_responses(const cc_json *body, size_t *turns)
{
	const cc_json *input = cc_json_get(body, "input");
	bool before = false;
	for (const cc_json *v = cc_json_first(input); v; v = cc_json_next(v)) {
		bool written = is(v, "type", "function_call") || is(v, "type", "reasoning") || is(v, "role", "assistant");
		*turns += written && !before;
		before = written;
		if (is(v, "type", "function_call") && !has_output(input, cc_json_get_str(v, "call_id")))
			return "No tool output found for function call.";
		if (is(v, "type", "reasoning") && !cc_json_get_str(v, "encrypted_content").n)
			return "Item of type 'reasoning' not found. Items are not persisted when `store` is set to false.";
	}
	return cc_json_count(input) ? "" : "Missing required parameter: 'input'.";
}

/* --- messages --- */

static const char *check_turn(const cc_json *message)
{
	const cc_json *next = cc_json_next(message), *content = cc_json_get(message, "content");
	size_t calls = parts_with(content, "type", "tool_use");
	if (calls && parts_with(cc_json_get(next, "content"), "type", "tool_result") != calls)
		return "messages: `tool_use` ids were found without `tool_result` blocks immediately after.";
	for (const cc_json *v = cc_json_first(content); v; v = cc_json_next(v)) {
		if (is(v, "type", "thinking") && !cc_str_starts(cc_json_get_str(v, "signature"), CC_STR("sig-")))
			return "messages: Invalid `signature` in `thinking` block";
		if (is(v, "type", "tool_use") && cc_json_typeof(cc_json_get(v, "input")) != CC_JSON_OBJECT)
			return "messages: tool_use.input: Input should be a valid dictionary";
		if (is(v, "type", "text") && !cc_json_get_str(v, "text").n)
			return "messages: text content blocks must be non-empty";
	}
	return "";
}

static const char *check_anthropic(const cc_json *body, size_t *turns)
{
	int64_t tokens;
	bool user = true;
	if (!cc_json_int(cc_json_get(body, "max_tokens"), &tokens) || tokens < 1)
		return "max_tokens: Field required";
	for (const cc_json *v = cc_json_first(cc_json_get(body, "messages")); v; v = cc_json_next(v), user = !user) {
		if (!is(v, "role", user ? "user" : "assistant"))
			return "messages: roles must alternate between \"user\" and \"assistant\"";
		*turns += !user;
		const char *bad = check_turn(v);
		if (*bad)
			return bad;
	}
	return user ? "messages: the last message must be the user's" : "";
}

/* --- gemini --- */

static const char *check_gemini(const cc_json *body, size_t *turns)
{
	for (const cc_json *v = cc_json_first(cc_json_get(body, "contents")); v; v = cc_json_next(v)) {
		const cc_json *parts = cc_json_get(v, "parts"), *answers = cc_json_get(cc_json_next(v), "parts");
		size_t calls = parts_with(parts, "functionCall", NULL);
		*turns += is(v, "role", "model");
		if (!cc_json_count(parts))
			return "contents.parts must not be empty.";
		if (calls && (parts_with(answers, "functionResponse", NULL) != calls || cc_json_count(answers) != calls))
			return "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";
		if (calls && !parts_with(parts, "thoughtSignature", NULL))
			return "Function call is missing a thought_signature in functionCall parts.";
	}
	return cc_json_count(cc_json_get(body, "contents")) ? "" : "contents is not specified";
}

/* --- ollama --- */

static const char *check_ollama(const cc_json *body, size_t *turns)
{
	for (const cc_json *v = cc_json_first(cc_json_get(body, "messages")); v; v = cc_json_next(v)) {
		*turns += is(v, "role", "assistant");
		if (is(v, "role", "tool") && !cc_json_get_str(v, "tool_name").n)
			return "a tool message without tool_name";
		for (const cc_json *call = cc_json_first(cc_json_get(v, "tool_calls")); call; call = cc_json_next(call))
			if (cc_json_typeof(cc_json_at(call, "function.arguments")) != CC_JSON_OBJECT)
				return "json: cannot unmarshal string into Go struct field ToolCallFunction.arguments";
	}
	return "";
}

const char *mock_check(mock_api api, const cc_json *body, size_t *turns)
{
	static const char *(*const checks[])(const cc_json *body, size_t *turns) = { check_openai, check_responses, check_anthropic, check_gemini,
		check_ollama };
	*turns = 0;
	if (cc_json_typeof(body) != CC_JSON_OBJECT)
		return "We could not parse the JSON body of your request.";
	if (api != MOCK_GEMINI && !cc_json_get_str(body, "model").n)
		return "model: Field required";
	return checks[api](body, turns);
}
