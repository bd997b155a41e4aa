/* import_chat.c - histories of messages: Stirrup's, OpenAI-like ones, mini-swe-agent's.
 *
 * A message has a role (or type, or kind), content (a text or blocks) and, from an agent, tool calls: in `tool_calls`, or
 * as blocks of their own. Stirrup keeps a history as a list of segments, one for each time it was summarised, each of which begins with
 * messages of the one before: what was there already is not taken twice. mini-swe-agent has its command in a fenced block of the
 * agent's text, and its output in the next message. */
#include <string.h>

#include "casefile/import_priv.h"
#include "coldcase/map.h"
#include "coldcase/time.h"

typedef struct chat {
	cc_import *i;
	int64_t turn;
	cc_map *seen;            /* ids of messages taken */
	bool failed;
} chat;

static const char *const ROLE[] = { "role", "type", "kind", NULL };

static double number(const cc_json *v, const char *const *keys)
{
	double d;
	for (; *keys; keys++)
		if (cc_json_double(cc_json_get(v, *keys), &d))
			return d;
	return 0;
}

/* {id, name, arguments}, {id, function:{name, arguments}}, {tool_call_id, tool_name, input}. */
static void take_call(chat *c, const cc_json *v, int64_t wall_ns)
{
	static const char *const IDS[] = { "id", "tool_call_id", "call_id", "tool_use_id", NULL };
	static const char *const NAMES[] = { "name", "tool_name", "function_name", NULL };
	static const char *const ARGUMENTS[] = { "arguments", "input", "args", "params", NULL };
	const cc_json *in = cc_json_typeof(cc_json_get(v, "function")) == CC_JSON_OBJECT ? cc_json_get(v, "function") : v;
	cc_import_item *item = cc_import_add(c->i, CC_IMPORT_CALLED, wall_ns, c->turn);
	if (!item)
		return;
	item->id = cc_import_dup(c->i, cc_import_first(v, IDS));
	item->tool = cc_import_dup(c->i, cc_import_first(in, NAMES));
	for (size_t k = 0; ARGUMENTS[k] && !item->arguments.n; k++)
		item->arguments = cc_import_text(c->i, cc_json_get(in, ARGUMENTS[k]));
	c->i->bad += !item->tool.n;
}

static bool is_call_block(const cc_json *b)
{
	cc_str type = cc_import_first(b, ROLE);
	return cc_str_eqz(type, "tool_call") || cc_str_eqz(type, "tool_use") || cc_str_eqz(type, "function_call");
}

static bool is_thought_block(const cc_json *b)
{
	cc_str type = cc_import_first(b, ROLE);
	return cc_str_eqz(type, "reasoning") || cc_str_eqz(type, "thinking");
}

/* Texts of the blocks that are, or are not, reasoning. */
static cc_str blocks_text(chat *c, const cc_json *blocks, bool reasoning)
{
	static const char *const TEXT[] = { "text", "thinking", "reasoning", "content", NULL };
	cc_buf b = CC_BUF_INIT;
	for (const cc_json *e = cc_json_first(blocks); e; e = cc_json_next(e)) {
		cc_str text = cc_json_typeof(e) == CC_JSON_STRING ? cc_json_str(e) : cc_import_first(e, TEXT);
		if (is_call_block(e) || is_thought_block(e) != reasoning || !text.n)
			continue;
		if (b.n)
			cc_buf_add_char(&b, '\n');
		cc_buf_add(&b, text);
	}
	cc_str all = cc_import_dup(c->i, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return all;
}

/* ```bash … ``` or ```mswea_bash_command … ``` of an agent that has no tools. */
static cc_str fenced(cc_str text)
{
	size_t open = cc_str_find(text, CC_STR("```"));
	cc_str line, rest;
	if (open == CC_STR_NONE || !cc_str_cut(cc_str_sub(text, open + 3, text.n), '\n', &line, &rest) ||
		cc_str_find(line, CC_STR("bash")) == CC_STR_NONE)
		return CC_STR_EMPTY;
	size_t close = cc_str_find(rest, CC_STR("```"));
	return close == CC_STR_NONE ? CC_STR_EMPTY : cc_str_trim(cc_str_sub(rest, 0, close));
}

static void take_usage(chat *c, const cc_json *m, int64_t wall_ns)
{
	static const char *const INPUT[] = { "input", "input_tokens", "prompt_tokens", NULL };
	static const char *const OUTPUT[] = { "output", "output_tokens", "completion_tokens", "answer", NULL };
	static const char *const THOUGHT[] = { "reasoning", NULL };
	const cc_json *u = cc_json_get(m, "token_usage") ? cc_json_get(m, "token_usage") : cc_json_get(m, "usage");
	if (!u)
		u = cc_json_at(m, "extra.response.usage");
	cc_import_item *item = cc_json_typeof(u) == CC_JSON_OBJECT ? cc_import_add(c->i, CC_IMPORT_USED, wall_ns, c->turn) : NULL;
	if (!item)
		return;
	item->input = number(u, INPUT);
	item->output = number(u, OUTPUT);
	if (cc_json_get(u, "answer")) /* Stirrup counts what was thought apart */
		item->output += number(u, THOUGHT);
}

static void take_agent(chat *c, const cc_json *m, int64_t wall_ns)
{
	const cc_json *content = cc_json_get(m, "blocks") ? cc_json_get(m, "blocks") : cc_json_get(m, "content");
	const cc_json *calls = cc_json_get(m, "tool_calls");
	bool blocks = cc_json_typeof(content) == CC_JSON_ARRAY;
	cc_str text = blocks ? blocks_text(c, content, false) : cc_import_text(c->i, content);
	cc_str thought = blocks ? blocks_text(c, content, true) : CC_STR_EMPTY;
	c->turn++;
	if (!thought.n)
		thought = cc_import_dup(c->i, cc_json_get_str(m, "reasoning_content"));
	cc_import_item *said = text.n || thought.n ? cc_import_add(c->i, CC_IMPORT_SAID, wall_ns, c->turn) : NULL;
	if (said) {
		said->source = CC_STR("agent");
		said->text = text;
		said->reasoning = thought;
	}
	take_usage(c, m, wall_ns);
	size_t before = c->i->items.n;
	for (const cc_json *v = cc_json_first(calls); v; v = cc_json_next(v))
		take_call(c, v, wall_ns);
	for (const cc_json *b = blocks && c->i->items.n == before ? cc_json_first(content) : NULL; b; b = cc_json_next(b))
		if (is_call_block(b))
			take_call(c, b, wall_ns);
	cc_str command = c->i->items.n == before ? fenced(text) : CC_STR_EMPTY;
	cc_import_item *shell = command.n ? cc_import_add(c->i, CC_IMPORT_CALLED, wall_ns, c->turn) : NULL;
	if (shell) {
		shell->tool = CC_STR("bash");
		shell->arguments = command;
	}
}

static bool awaits_answer(const cc_import *i)
{
	const cc_import_item *last = i->items.n ? &i->items.p[i->items.n - 1] : NULL;
	return last && last->kind == CC_IMPORT_CALLED && !last->answered && !last->id.n;
}

static void take_tool(chat *c, const cc_json *m, int64_t wall_ns)
{
	static const char *const IDS[] = { "tool_call_id", "call_id", "tool_use_id", "id", NULL };
	const cc_json *ok = cc_json_get(m, "success");
	bool failed = cc_json_typeof(ok) == CC_JSON_BOOL && !cc_json_bool(ok);
	int64_t end = cc_import_time(cc_json_get(m, "tool_end_time"));
	if (!cc_import_answer(c->i, cc_import_first(m, IDS), cc_import_content(c->i, cc_json_get(m, "content")), failed,
		end != CC_TIME_NONE ? end : wall_ns))
		c->i->bad++;
}

/* Anthropic-like histories answer tools in blocks of a user's message. */
static bool take_result_blocks(chat *c, const cc_json *m, int64_t wall_ns)
{
	bool any = false;
	for (const cc_json *b = cc_json_first(cc_json_get(m, "content")); b; b = cc_json_next(b)) {
		if (!cc_str_eqz(cc_json_get_str(b, "type"), "tool_result"))
			continue;
		take_tool(c, b, wall_ns);
		any = true;
	}
	return any;
}

static void take_other(chat *c, const cc_json *m, cc_str role, int64_t wall_ns)
{
	if (take_result_blocks(c, m, wall_ns))
		return;
	cc_str text = cc_import_content(c->i, cc_json_get(m, "content") ? cc_json_get(m, "content") : cc_json_get(m, "blocks"));
	if (awaits_answer(c->i) && !cc_str_eq_nocase(role, CC_STR("system"))) {
		cc_import_answer(c->i, CC_STR_EMPTY, text, false, wall_ns);
		return;
	}
	cc_import_item *said = text.n ? cc_import_add(c->i, CC_IMPORT_SAID, wall_ns, c->turn) : NULL;
	if (said) {
		said->source = cc_str_eq_nocase(role, CC_STR("system")) ? CC_STR("system") : CC_STR("user");
		said->text = text;
	}
}

static void take_message(chat *c, const cc_json *m)
{
	static const char *const TIMES[] = { "request_end_time", "tool_start_time", "timestamp", "created_at", "time", NULL };
	cc_str role = cc_import_first(m, ROLE), id = cc_json_get_str(m, "id");
	int64_t wall_ns = CC_TIME_NONE;
	if (id.n && cc_map_get(c->seen, id, NULL))
		return;
	if (id.n && !cc_map_set(c->seen, cc_import_dup(c->i, id), 1))
		c->failed = true;
	for (size_t k = 0; TIMES[k] && wall_ns == CC_TIME_NONE; k++)
		wall_ns = cc_import_time(cc_json_get(m, TIMES[k]));
	if (wall_ns == CC_TIME_NONE)
		wall_ns = cc_import_time(cc_json_at(m, "extra.timestamp"));
	if (cc_str_eq_nocase(role, CC_STR("assistant")) || cc_str_eq_nocase(role, CC_STR("agent")) || cc_str_eq_nocase(role, CC_STR("ai")))
		take_agent(c, m, wall_ns);
	else if (cc_str_eq_nocase(role, CC_STR("tool")) || cc_str_eq_nocase(role, CC_STR("function")))
		take_tool(c, m, wall_ns);
	else if (role.n)
		take_other(c, m, role, wall_ns);
	else
		c->i->bad++;
}

static void take_list(chat *c, const cc_json *list, int depth)
{
	static const char *const NAMES[] = { "messages", "history", NULL };
	for (const cc_json *m = cc_json_first(list); m; m = cc_json_next(m)) {
		const cc_json *inner = cc_json_typeof(m) == CC_JSON_ARRAY ? m : NULL;
		for (size_t k = 0; NAMES[k] && !inner; k++)
			inner = cc_json_typeof(cc_json_get(m, NAMES[k])) == CC_JSON_ARRAY ? cc_json_get(m, NAMES[k]) : NULL;
		if (inner && depth < 4)
			take_list(c, inner, depth + 1);
		else if (cc_json_typeof(m) == CC_JSON_OBJECT)
			take_message(c, m);
		else
			c->i->bad++;
	}
}

cc_code cc_import_chat(cc_import *i, const cc_json *messages, cc_err *err)
{
	chat c = { .i = i, .seen = cc_map_new() };
	if (!c.seen)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	take_list(&c, messages, 0);
	cc_map_free(c.seen);
	return c.failed ? cc_err_set(err, CC_ENOMEM, "out of memory") : CC_OK;
}
