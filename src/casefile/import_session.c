/* import_session.c - session.jsonl of coding agents: {timestamp, type, payload} a line.
 *
 * "response_item" lines hold messages, reasoning, calls and their outputs; "turn_context" and "session_meta" name the model;
 * "event_msg" of type token_count tells what the last call took. A call's output is as a rule JSON of its own ({output, metadata:{exit_code,
 * duration_seconds}}). Lines that cannot be read are counted. */
#include <math.h>

#include "casefile/import_priv.h"
#include "coldcase/time.h"

typedef struct session { cc_import *i; int64_t turn; bool spoke; /* the model's turn goes on */ } session;

static void begin_turn(session *s)
{
	s->turn += !s->spoke;
	s->spoke = true;
}

static void take_message(session *s, const cc_json *p, int64_t wall_ns)
{
	cc_str role = cc_json_get_str(p, "role"), text = cc_import_content(s->i, cc_json_get(p, "content"));
	bool agent = cc_str_eqz(role, "assistant");
	if (agent)
		begin_turn(s);
	cc_import_item *said = text.n ? cc_import_add(s->i, CC_IMPORT_SAID, wall_ns, s->turn) : NULL;
	if (said) {
		said->source = agent ? CC_STR("agent") : cc_str_eqz(role, "user") ? CC_STR("user") : CC_STR("system");
		said->text = text;
	}
}

static void take_reasoning(session *s, const cc_json *p, int64_t wall_ns)
{
	begin_turn(s);
	cc_str text = cc_import_content(s->i, cc_json_count(cc_json_get(p, "content")) ? cc_json_get(p, "content") : cc_json_get(p, "summary"));
	cc_import_item *said = text.n ? cc_import_add(s->i, CC_IMPORT_SAID, wall_ns, s->turn) : NULL;
	if (said) {
		said->source = CC_STR("agent");
		said->reasoning = text;
	}
}

static void take_call(session *s, const cc_json *p, int64_t wall_ns)
{
	cc_str type = cc_json_get_str(p, "type");
	begin_turn(s);
	cc_import_item *call = cc_import_add(s->i, CC_IMPORT_CALLED, wall_ns, s->turn);
	if (!call)
		return;
	call->id = cc_import_dup(s->i, cc_json_get_str(p, "call_id"));
	if (cc_str_eqz(type, "local_shell_call")) {
		call->tool = CC_STR("shell");
		call->arguments = cc_import_text(s->i, cc_json_get(p, "action"));
		return;
	}
	call->tool = cc_import_dup(s->i, cc_json_get_str(p, "name"));
	call->arguments = cc_import_text(s->i, cc_json_get(p, cc_str_eqz(type, "custom_tool_call") ? "input" : "arguments"));
}

/* The output inside the output, when there is one. */
static void take_output(session *s, const cc_json *p, int64_t wall_ns)
{
	cc_str text = cc_import_content(s->i, cc_json_get(p, "output"));
	cc_json *inner = NULL;
	int64_t status = 0;
	if (cc_str_starts(text, CC_STR("{")) && cc_json_parse(&inner, text, NULL) == CC_OK && cc_json_get(inner, "output")) {
		(void)cc_json_int(cc_json_at(inner, "metadata.exit_code"), &status);
		text = cc_import_text(s->i, cc_json_get(inner, "output"));
	}
	cc_json_free(inner);
	s->spoke = false; /* what comes next was asked for with this in view */
	s->i->bad += !cc_import_answer(s->i, cc_json_get_str(p, "call_id"), text, status != 0, wall_ns);
}

static void take_tokens(session *s, const cc_json *p, int64_t wall_ns)
{
	const cc_json *last = cc_json_at(p, "info.last_token_usage");
	cc_import_item *used = last ? cc_import_add(s->i, CC_IMPORT_USED, wall_ns, s->turn) : NULL;
	if (!used)
		return;
	(void)cc_json_double(cc_json_get(last, "input_tokens"), &used->input);
	(void)cc_json_double(cc_json_get(last, "output_tokens"), &used->output);
	(void)cc_json_double(cc_json_get(last, "cached_input_tokens"), &used->cached);
}

static void take_item(session *s, const cc_json *p, int64_t wall_ns)
{
	cc_str type = cc_json_get_str(p, "type");
	if (cc_str_eqz(type, "message"))
		take_message(s, p, wall_ns);
	else if (cc_str_eqz(type, "reasoning"))
		take_reasoning(s, p, wall_ns);
	else if (cc_str_eqz(type, "function_call") || cc_str_eqz(type, "custom_tool_call") || cc_str_eqz(type, "local_shell_call"))
		take_call(s, p, wall_ns);
	else if (cc_str_ends(type, CC_STR("_output")))
		take_output(s, p, wall_ns);
}

static void take_line(session *s, const cc_json *line)
{
	cc_str type = cc_json_get_str(line, "type");
	const cc_json *p = cc_json_get(line, "payload");
	int64_t wall_ns = cc_import_time(cc_json_get(line, "timestamp"));
	if (cc_str_eqz(type, "response_item"))
		take_item(s, p, wall_ns);
	else if (cc_str_eqz(type, "event_msg") && cc_str_eqz(cc_json_get_str(p, "type"), "token_count"))
		take_tokens(s, p, wall_ns);
	if (!s->i->model.n && cc_json_get_str(p, "model").n)
		s->i->model = cc_import_dup(s->i, cc_json_get_str(p, "model"));
	if (cc_str_eqz(type, "session_meta") && s->i->began_ns == CC_TIME_NONE)
		s->i->began_ns = wall_ns;
}

cc_code cc_import_session(cc_import *i, cc_str lines, cc_err *err)
{
	session s = { .i = i };
	cc_str line;
	i->origin = CC_STR("session");
	while (lines.n) {
		cc_json *json = NULL;
		cc_str_cut(lines, '\n', &line, &lines);
		if (!cc_str_trim(line).n)
			continue;
		cc_code code = cc_json_parse(&json, line, err);
		if (code == CC_ENOMEM)
			return code;
		if (code == CC_OK)
			take_line(&s, json);
		i->bad += code != CC_OK;
		cc_json_free(json);
	}
	if (err)
		cc_err_clear(err);
	return CC_OK;
}
