/* cmd_session.c - the run itself: budget and clock, help, leaving. */
#include "cmd/cmd_priv.h"
#include "cmd/session_priv.h"

static void describe_budget(cc_call *c, cc_reply *r)
{
	const cc_case *k = cc_session_case(c->session);
	cc_budget b = cc_case_budget(k);
	int64_t turn = c->session->turn;
	const char *state = cc_case_submitted(k) ? "submitted" : cc_case_running(k) ? "running" :
		cc_case_started(k) ? "paused" : "not started";

	cc_reply_set_title(r, "BUDGET");
	cc_reply_begin_facts(r, "budget", NULL);
	cc_reply_fact(r, "cap", "queries allowed", b.cap ? cc_cell_int(b.cap) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "used", "queries used", cc_cell_int(b.used), CC_ROLE_TEXT);
	cc_reply_fact(r, "left", "queries left", b.cap ? cc_cell_int(b.cap - b.used) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "turns", "turns", turn >= 0 ? cc_cell_int(turn) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "state", "state", cc_cell_textz(state), CC_ROLE_TEXT);
	cc_reply_fact(r, "active_ns", "active time", cc_cell_duration(cc_case_active_ns(k)), CC_ROLE_TIME);
}

static const char *const BUDGET_REPLY[] = {
	"budget  facts: cap, used, left, turns, state, active_ns", NULL
};

static cc_code run_budget(cc_call *c, cc_reply *r, cc_err *err)
{
	(void)err;
	describe_budget(c, r);
	return CC_OK;
}

const cc_cmd cc_cmd_budget = {
	.name = "budget",
	.group = "session",
	.summary = "queries used and left, and the clock",
	.help = "Commands that show evidence cost one query each, also when nothing fits; refused and failed ones cost nothing.",
	.flags = CC_CMD_NO_RECORD,
	.examples = (const char *const[]){ "budget", NULL },
	.reply = BUDGET_REPLY,
	.run = run_budget,
};

static cc_code run_clock(cc_call *c, cc_reply *r, cc_action_kind kind, cc_err *err)
{
	cc_code code = cc_session_apply(c->session, &(cc_action){ .kind = kind }, err);

	if (code == CC_OK)
		describe_budget(c, r);
	return code;
}

static cc_code run_start(cc_call *c, cc_reply *r, cc_err *err)
{
	return run_clock(c, r, CC_ACT_START, err);
}

const cc_cmd cc_cmd_start = {
	.name = "start",
	.group = "session",
	.summary = "start the clock after the briefing",
	.flags = CC_CMD_HIDE_AGENT | CC_CMD_CLOCK,
	.examples = (const char *const[]){ "start", NULL },
	.reply = BUDGET_REPLY,
	.run = run_start,
};

static cc_code run_pause(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_live drill = cc_session_live(c->session).drill;

	if (drill.speed && !drill.pausable) {
		cc_err_set(err, CC_ESTATE, "pause: this drill goes on whatever happens");
		return cc_err_hint(err, "a trainer allows it with: coldcase play --live 1x --pausable");
	}
	return run_clock(c, r, CC_ACT_PAUSE, err);
}

const cc_cmd cc_cmd_pause = {
	.name = "pause",
	.group = "session",
	.summary = "stop the clock and hide the evidence",
	.flags = CC_CMD_HIDE_AGENT | CC_CMD_CLOCK,
	.examples = (const char *const[]){ "pause", NULL },
	.reply = BUDGET_REPLY,
	.run = run_pause,
};

static cc_code run_resume(cc_call *c, cc_reply *r, cc_err *err)
{
	return run_clock(c, r, CC_ACT_RESUME, err);
}

const cc_cmd cc_cmd_resume = {
	.name = "resume",
	.group = "session",
	.summary = "set the clock going again",
	.flags = CC_CMD_HIDE_AGENT | CC_CMD_CLOCK,
	.examples = (const char *const[]){ "resume", NULL },
	.reply = BUDGET_REPLY,
	.run = run_resume,
};

static const cc_column COMMAND_COLUMNS[] = {
	{ "name", "Command", CC_CELL_TEXT, CC_ROLE_HEADING, 10, 0 },
	{ "alias", "Also", CC_CELL_TEXT, CC_ROLE_DIM, 6, 2 },
	{ "group", "Group", CC_CELL_TEXT, CC_ROLE_DIM, 11, 1 },
	{ "query", "Costs", CC_CELL_BOOL, CC_ROLE_TEXT, 5, 1 },
	{ "summary", "What it does", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "usage", "Usage", CC_CELL_TEXT, CC_ROLE_DIM, 0, 255 },
};

static void add_command(const cc_cmd *cmd, cc_reply *r)
{
	cc_buf usage = CC_BUF_INIT;

	if (!cc_reply_row(r))
		return;
	cc_cmd_write_usage(cmd, &usage);
	cc_reply_cell(r, cc_cell_textz(cmd->name));
	cc_reply_cell(r, cmd->alias ? cc_cell_textz(cmd->alias) : cc_cell_none());
	cc_reply_cell(r, cc_cell_textz(cmd->group));
	cc_reply_cell(r, cc_cell_bool(cmd->flags & CC_CMD_QUERY));
	cc_reply_cell(r, cc_cell_textz(cmd->summary));
	cc_reply_cell(r, cc_cell_text(cc_buf_str(&usage)));
	cc_reply_set_drill(r, "help %s", cmd->name);
	cc_buf_deinit(&usage);
}

static void list_commands(cc_call *c, cc_reply *r)
{
	size_t shown = 0;

	cc_reply_set_title(r, "COMMANDS");
	cc_reply_begin_table(r, "commands", NULL, COMMAND_COLUMNS, sizeof COMMAND_COLUMNS / sizeof *COMMAND_COLUMNS, true);
	for (size_t i = 0; i < cc_cmd_count(); i++) {
		if (c->session->agent && (cc_cmd_get(i)->flags & CC_CMD_HIDE_AGENT))
			continue;
		add_command(cc_cmd_get(i), r);
		shown++;
	}
	cc_reply_set_paging(r, shown, 0, CC_REPLY_PAGE);
}

static cc_code run_help(cc_call *c, cc_reply *r, cc_err *err)
{
	const char *name = cc_arg(c, "command");
	const cc_cmd *cmd;
	cc_buf text = CC_BUF_INIT;
	cc_code code;

	if (!name) {
		list_commands(c, r);
		return CC_OK;
	}
	code = cc_cmd_find(cc_str_from(name), &cmd, err);
	if (code != CC_OK)
		return code;
	cc_cmd_write_help(cmd, &text);
	cc_reply_set_title(r, "HELP %s", cmd->name);
	cc_reply_begin_text(r, "help", NULL);
	cc_reply_line(r, CC_ROLE_TEXT, cc_str_strip_suffix(cc_buf_str(&text), CC_STR("\n")));
	code = cc_buf_ok(&text) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&text);
	return code;
}

const cc_cmd cc_cmd_help = {
	.name = "help",
	.alias = "?",
	.group = "session",
	.summary = "all commands, or everything about one",
	.params = (const cc_param[]){
		{ .name = "command", .type = CC_PARAM_WORD, .positional = true, .completer = CC_COMPLETE_COMMAND, .help = "its name" },
		{ 0 } },
	.flags = CC_CMD_NO_RECORD,
	.examples = (const char *const[]){ "help", "help logs", NULL },
	.reply = (const char *const[]){ "commands[]  name, alias, group, query, summary, usage", "help        lines, when one is named", NULL },
	.run = run_help,
};

static cc_code run_quit(cc_call *c, cc_reply *r, cc_err *err)
{
	const char *dir = cc_session_run_dir(c->session);

	(void)err;
	c->session->quit = true;
	cc_reply_set_title(r, "QUIT");
	cc_reply_begin_facts(r, "quit", NULL);
	cc_reply_fact(r, "submitted", "submitted", cc_cell_bool(cc_session_submitted(c->session)), CC_ROLE_TEXT);
	cc_reply_fact(r, "run_dir", "record", dir ? cc_cell_textz(dir) : cc_cell_none(), CC_ROLE_DIM);
	if (!cc_session_submitted(c->session))
		cc_reply_add_note(r, "no answer was submitted: this run scores 0");
	return CC_OK;
}

const cc_cmd cc_cmd_quit = {
	.name = "quit",
	.alias = "q",
	.group = "session",
	.summary = "leave; the record stays",
	.flags = CC_CMD_HIDE_AGENT,
	.examples = (const char *const[]){ "quit", NULL },
	.reply = (const char *const[]){ "quit   facts: submitted, run_dir", NULL },
	.run = run_quit,
};
