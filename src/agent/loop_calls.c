/* loop_calls.c - the calls of one message, carried out in their order; the one that ends the investigation comes last, wherever it stands.
 *
 * Whatever is wrong with a call - no such tool, arguments that are no JSON, a query too many - is its answer, so that the model can mend
 * it. More than one end in a message is none. */
#include "agent/agent_tools.h"
#include "agent/loop_priv.h"
#include "coldcase/record.h"
#include "coldcase/schema.h"

enum { PIECE = 16000, ANSWER_MAX = 1 << 20 };

static const char FINISH[] = "Submits the answer file and ends the investigation. Call it in a turn of its own, when the file is complete.";
static const char FINISH_SCHEMA[] =
	"{\"type\":\"object\",\"properties\":{\"reason\":{\"type\":\"string\",\"description\":\"why the task is done\"},\"paths\":{\"type\":\"array\","
	"\"items\":{\"type\":\"string\"},\"description\":\"the files to hand in, agent_output.json among them\"}},\"required\":[\"reason\",\"paths\"],"
	"\"additionalProperties\":false}";

/* --- the tools --- */

static bool add_tool(loop *l, cc_str name, cc_str description, cc_str schema)
{
	cc_tool t = { cc_arena_dup(l->arena, name), cc_arena_dup(l->arena, description), cc_arena_dup(l->arena, schema) };
	return t.name.p && t.description.p && t.schema.p && cc_vec_push(&l->tools, t);
}

static bool add_command(loop *l, const cc_cmd *cmd)
{
	cc_buf text = CC_BUF_INIT, schema = CC_BUF_INIT;
	cc_jw w;
	cc_cmd_write_description(cmd, &text);
	cc_jw_init(&w, &schema, 0);
	cc_cmd_write_input_schema(cmd, &w);
	bool ok = cc_buf_ok(&text) && cc_buf_ok(&schema) && add_tool(l, cc_str_from(cmd->name), cc_buf_str(&text), cc_buf_str(&schema));
	cc_buf_deinit(&text);
	cc_buf_deinit(&schema);
	return ok;
}

bool loop_build_tools(loop *l)
{
	bool ok = true;
	if (l->o->sandbox)
		return add_tool(l, CC_STR("run_shell"), cc_str_from(agent_run_shell_description), cc_str_from(agent_run_shell_schema))
			&& add_tool(l, CC_STR("finish"), cc_str_from(FINISH), cc_str_from(FINISH_SCHEMA));
	for (size_t i = 0; i < cc_cmd_count() && ok; i++)
		if (cc_cmd_is_tool(cc_cmd_get(i)))
			ok = add_command(l, cc_cmd_get(i));
	return ok;
}

/* --- carrying out --- */

/* Whoever had the session meanwhile may have ended the case. */
static cc_code wait_for_turn(loop *l, cc_err *err)
{
	loop_gate(l);
	if (cc_canceled(&l->stop))
		return cc_err_set(err, CC_ECANCELED, "canceled");
	if (cc_session_submitted(l->session) || cc_session_quit(l->session))
		return cc_err_set(err, CC_ESTATE, "the investigation is over: a person ended it");
	return CC_OK;
}

static cc_code call_command(loop *l, const cc_cmd *cmd, const cc_json *arguments, cc_buf *text, cc_err *err)
{
	cc_buf line = CC_BUF_INIT;
	cc_reply *reply = NULL;
	cc_code code = CC_OK;
	if (discipline_commits(l, l->report->turns) && !discipline_leads_to_answer(l, cmd))
		code = cc_err_set(err, CC_ESTATE, "%s is not carried out any more: it is time to commit", cmd->name);
	if (code == CC_OK && cc_str_eqz(cc_json_get_str(arguments, "confirm"), "submit"))
		code = discipline_check_board(l, cc_json_get_str(arguments, "names"), err);
	if (code == CC_OK)
		code = cc_cmd_line_of(cmd, arguments, &line, err);
	if (code == CC_OK)
		code = wait_for_turn(l, err);
	if (code == CC_OK) {
		loop_progress(l, l->report->turns, cc_buf_str(&line));
		code = cc_session_run(l->session, cc_buf_str(&line), &l->stop, &reply, err);
		loop_ran(l);
	}
	if (code == CC_OK)
		agent_reply_text(reply, 0, text);
	cc_reply_unref(reply);
	cc_buf_deinit(&line);
	return code;
}

/* --- the answer file --- */

static void quote_path(cc_buf *out, cc_str path)
{
	cc_buf_add_char(out, '\'');
	for (size_t i = 0; i < path.n; i++)
		if (path.p[i] == '\'')
			cc_buf_addz(out, "'\\''");
		else
			cc_buf_add_char(out, path.p[i]);
	cc_buf_add_char(out, '\'');
}

/* In pieces, since of each command's output only so much is kept. */
static cc_code read_file(loop *l, cc_str path, cc_buf *out, cc_err *err)
{
	cc_code code = CC_OK;
	for (size_t n = PIECE; code == CC_OK && n == PIECE && out->n < ANSWER_MAX;) {
		cc_buf line = CC_BUF_INIT, name = CC_BUF_INIT;
		cc_sandbox_result ran = { 0 };
		quote_path(&name, path);
		cc_buf_addf(&line, "test -f %s && tail -c +%zu -- %s | head -c %d", name.p, out->n + 1, name.p, PIECE);
		code = cc_buf_ok(&line) ? cc_sandbox_run(l->o->sandbox, cc_buf_str(&line), &l->stop, &ran, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
		if (code == CC_OK && ran.exit_code) {
			code = cc_err_set(err, CC_ENOTFOUND, "there is no file %.*s", CC_STR_ARG(path));
			cc_err_hint(err, "write it first; paths are seen from " CC_SANDBOX_SCRATCH);
		}
		n = ran.out.n;
		if (code == CC_OK)
			cc_buf_add(out, cc_buf_str(&ran.out));
		cc_sandbox_result_deinit(&ran);
		cc_buf_deinit(&name);
		cc_buf_deinit(&line);
	}
	return code;
}

/* Each file must be there; the answer is agent_output.json among them, else the first. */
static cc_code read_answer(loop *l, const cc_json *paths, cc_buf *answer, cc_err *err)
{
	bool named = false;
	for (const cc_json *p = cc_json_first(paths); p; p = cc_json_next(p)) {
		cc_buf text = CC_BUF_INIT;
		cc_code code = read_file(l, cc_json_str(p), &text, err);
		bool is_it = cc_str_ends(cc_json_str(p), CC_STR(CC_RECORD_ANSWER_FILE));
		if (code == CC_OK && (is_it || p == cc_json_first(paths)) && !named) {
			cc_buf_clear(answer);
			cc_buf_add(answer, cc_buf_str(&text));
			named = is_it;
		}
		cc_buf_deinit(&text);
		if (code != CC_OK)
			return code;
	}
	return cc_json_count(paths) ? CC_OK : read_file(l, CC_STR(CC_SANDBOX_SCRATCH "/" CC_RECORD_ANSWER_FILE), answer, err);
}

cc_code loop_finish(loop *l, const cc_json *arguments, cc_err *err)
{
	cc_buf answer = CC_BUF_INIT;
	cc_code code = read_answer(l, cc_json_get(arguments, "paths"), &answer, err);
	if (code == CC_OK && arguments)
		code = discipline_check_answer(l, cc_buf_str(&answer), err);
	if (code == CC_OK)
		code = cc_session_finish(l->session, cc_buf_str(&answer), err);
	l->finished |= code == CC_OK;
	cc_buf_deinit(&answer);
	return code;
}

static cc_code call_shell(loop *l, cc_str name, const cc_json *arguments, cc_buf *text, bool *failed, cc_err *err)
{
	if (cc_str_eqz(name, "finish")) {
		cc_code code = loop_finish(l, arguments, err);
		if (code == CC_OK)
			cc_buf_addz(text, "SUBMITTED: the investigation is over.");
		return code;
	}
	cc_code code = wait_for_turn(l, err);
	if (code != CC_OK)
		return code;
	loop_progress(l, l->report->turns, cc_json_get_str(arguments, "command"));
	code = agent_run_shell(l->session, l->o->sandbox, cc_json_get_str(arguments, "command"), &l->stop, text, failed, err);
	loop_ran(l);
	return code;
}

/* --- one message --- */

static bool ends(const loop *l, const cc_tool_call *c)
{
	cc_json *arguments = NULL;
	bool end = l->o->sandbox ? cc_str_eqz(c->name, "finish") : false;
	if (!l->o->sandbox && cc_str_eqz(c->name, "submit") && cc_json_parse(&arguments, c->arguments, NULL) == CC_OK)
		end = cc_str_eqz(cc_json_get_str(arguments, "confirm"), "submit");
	cc_json_free(arguments);
	return end;
}

static cc_code find_tool(const loop *l, const cc_tool_call *c, const cc_cmd **cmd, cc_err *err)
{
	*cmd = l->o->sandbox ? NULL : agent_tool_named(c->name);
	if (*cmd || (l->o->sandbox && (cc_str_eqz(c->name, "run_shell") || cc_str_eqz(c->name, "finish"))))
		return CC_OK;
	cc_err_set(err, CC_EUNKNOWN, "there is no tool %.*s", CC_STR_ARG(c->name));
	return cc_err_hint(err, l->o->sandbox ? "run_shell and finish are all there are" : "the tool help lists the commands");
}

static cc_code carry_out_one(loop *l, const cc_tool_call *c, bool too_many, cc_buf *text, bool *failed, cc_err *err)
{
	const cc_cmd *cmd;
	cc_json *arguments = NULL;
	cc_err bad = { 0 };
	cc_code code = find_tool(l, c, &cmd, err);
	if (code == CC_OK && (cc_json_parse(&arguments, c->arguments, &bad) != CC_OK || cc_json_typeof(arguments) != CC_JSON_OBJECT)) {
		code = cc_err_set(err, CC_EFORMAT, "the arguments of %.*s are no JSON object%s%s", CC_STR_ARG(c->name), bad.message[0] ? ": " : "", bad.message);
		cc_err_hint(err, "call it again with {\"name\": value, ...}");
	}
	if (code == CC_OK && too_many)
		code = cc_err_set(err, CC_EUSAGE, "more than one submission in a turn: none was taken");
	if (code == CC_OK && (l->finished || cc_session_submitted(l->session)))
		code = cc_err_set(err, CC_ESTATE, "the investigation is over");
	if (code == CC_OK)
		code = cmd ? call_command(l, cmd, arguments, text, err) : call_shell(l, c->name, arguments, text, failed, err);
	cc_json_free(arguments);
	return code;
}

/* Only what ends the play itself is an error of this function. */
static cc_code answer_one(loop *l, const cc_tool_call *c, bool too_many, cc_buf *text, bool *failed, cc_err *err)
{
	cc_err one = { 0 };
	cc_code code = cc_canceled(&l->stop) ? CC_ECANCELED : carry_out_one(l, c, too_many, text, failed, &one);
	if (code == CC_ECANCELED || code == CC_ENOMEM)
		return cc_err_set(err, code, "%s", code == CC_ENOMEM ? "out of memory" : "canceled");
	if (code == CC_OK)
		return CC_OK;
	*failed = true;
	cc_buf_clear(text);
	agent_error_text(&one, text);
	agent_record_refused(l->session, c->name, c->arguments, &one);
	return CC_OK;
}

cc_code loop_carry_out(loop *l, const cc_message *m, cc_err *err)
{
	cc_buf *texts = cc_arena_array(l->arena, m->calls_n, sizeof *texts);
	bool *failed = cc_arena_array(l->arena, m->calls_n, sizeof *failed);
	cc_code code = texts && failed ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	size_t endings = 0;
	for (size_t i = 0; i < m->calls_n; i++)
		endings += ends(l, &m->calls[i]);
	for (int last = 0; last < 2; last++)
		for (size_t i = 0; i < m->calls_n && code == CC_OK; i++)
			if (ends(l, &m->calls[i]) == (last == 1))
				code = answer_one(l, &m->calls[i], last && endings > 1, &texts[i], &failed[i], err);
	for (size_t i = 0; i < m->calls_n && code == CC_OK; i++) {
		cc_message tool = { .role = CC_ROLE_TOOL, .text = cc_buf_str(&texts[i]), .call_id = m->calls[i].id, .call_name = m->calls[i].name,
			.is_error = failed[i] };
		if (!cc_buf_ok(&texts[i]) || !cc_chat_add(l->chat, &tool))
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	for (size_t i = 0; texts && i < m->calls_n; i++)
		cc_buf_deinit(&texts[i]);
	return code;
}
