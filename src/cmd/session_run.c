/* session_run.c - the dispatcher: parses a line, asks the budget, runs the command, publishes and records.
 *
 * A query is paid for once its reply exists: what fails, is refused or does not parse costs nothing, an empty reply costs one.
 * Whatever a command changed in the case is recorded even when the command fails afterwards. */
#include "cmd/reply_priv.h"
#include "cmd/session_priv.h"

#include <string.h>

#include "coldcase/clock.h"
#include "coldcase/playback.h"

/* One command line on its way through the dispatcher. */
typedef struct run_state {
	cc_session *s;
	cc_arena *arena;
	const cc_cmd *cmd;              /* NULL until it is parsed */
	cc_args args;
	cc_record_step step;
	cc_reply *reply;                /* published, or NULL */
	cc_buf canonical;
	bool paid;                      /* a part of an answer whose question was paid for: it is free */
} run_state;

static cc_code no_memory(cc_err *err)
{
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

static bool is_query(const cc_cmd *cmd)
{
	return cmd && (cmd->flags & CC_CMD_QUERY);
}

/* Tells what the session has to say besides the command's own reply. */
static void add_notes(run_state *run, cc_reply *reply)
{
	cc_session *s = run->s;
	cc_budget b = cc_case_budget(s->kase);

	cc_session_say_loading(s, run->cmd, reply);
	cc_look_say(&s->look, reply);
	cc_session_live_say(s, reply);
	cc_session_lead_say(s, reply);
	if (is_query(run->cmd) && b.cap) {
		int64_t left = b.cap - b.used - (run->paid ? 0 : 1);

		if (left == 0)
			cc_reply_add_remark(reply, "that was the last of %lld quer%s: the board and submit remain", (long long)b.cap,
				b.cap == 1 ? "y" : "ies");
		else if (left < CC_SESSION_WARN_LAST)
			cc_reply_add_remark(reply, "%lld of %lld quer%s left", (long long)left, (long long)b.cap, b.cap == 1 ? "y" : "ies");
	}
	if (s->problem.n && !s->told) {
		cc_reply_add_remark(reply, "%.*s", CC_STR_ARG(cc_buf_str(&s->problem)));
		s->told = true;
	}
}

/* Evidence that changes while it is looked at is none: an answer made of it is not given. */
static cc_code check_evidence(const run_state *run, cc_err *err)
{
	const cc_file *f = is_query(run->cmd) ? cc_snapshot_torn(run->s->snapshot) : NULL;

	if (!f)
		return CC_OK;
	cc_err_set(err, CC_EIO, "%.*s was cut short while it is open: what it held can no longer be shown", CC_STR_ARG(f->path));
	cc_err_hint(err, "restore the file and open the incident again; the board and `submit` still work");
	return CC_EIO;
}

/* Runs the parsed command into a published reply. */
static cc_code answer(run_state *run, cc_cancel *cancel, cc_err *err)
{
	cc_call call = { .session = run->s, .cmd = run->cmd, .args = &run->args, .arena = run->arena, .cancel = cancel };
	cc_reply *reply = cc_reply_new(run->cmd->name);
	cc_code code;

	if (!reply)
		return no_memory(err);
	reply->scrub = run->s->scrub;
	code = cc_session_cut(run->s, cancel, err);
	if (code == CC_OK)
		code = run->cmd->run(&call, reply, err);
	if (code == CC_OK)
		code = check_evidence(run, err);
	if (code == CC_OK)      /* it may have moved the horizon: who reads the session next sees it */
		code = cc_session_cut(run->s, cancel, err);
	if (code == CC_OK) {
		add_notes(run, reply);
		code = cc_reply_publish(reply, run->s->snapshot, err);
	}
	if (code == CC_OK)
		run->reply = reply;
	else
		cc_reply_unref(reply);
	return code;
}

bool cc_playback_allows(const cc_cmd *cmd)
{
	static const char *const LOOKING[] = { "board", "briefing", "budget", "help", "tz", "assist" };
	bool may = strcmp(cmd->group, "evidence") == 0 || strcmp(cmd->group, "navigation") == 0;
	for (size_t i = 0; !may && i < sizeof LOOKING / sizeof LOOKING[0]; i++)
		may = strcmp(cmd->name, LOOKING[i]) == 0;
	return may;
}

static cc_code check_seated(const run_state *run, cc_err *err)
{
	if (!run->s->seated || cc_playback_allows(run->cmd))
		return CC_OK;
	cc_err_set(err, CC_ESTATE, "%s: this is a replay, and what was done cannot be changed", run->cmd->name);
	return cc_err_hint(err, CC_PLAYBACK_GO_ON), CC_ESTATE;
}

/* May this command look at evidence now? Makes sure that paying cannot fail once the evidence is on the table. */
static cc_code admit(run_state *run, cc_err *err)
{
	cc_code code = run->s->seated ? check_seated(run, err) : is_query(run->cmd) ? cc_case_query_check(run->s->kase, err) : CC_OK;

	run->paid = is_query(run->cmd) && (run->s->seated || cc_session_is_paid(run->s, run->cmd, &run->args));
	if (code == CC_EBUDGET && run->paid)
		code = CC_OK;
	return code == CC_OK && !cc_vec_reserve(&run->s->actions, 1) ? no_memory(err) : code;
}

static cc_code parse(run_state *run, cc_str line, cc_err *err)
{
	cc_code code = cc_cmd_parse(line, run->arena, &run->cmd, &run->args, err);

	if (code != CC_OK) {
		run->cmd = NULL;
		return code;
	}
	cc_cmd_format(run->cmd, &run->args, &run->canonical);
	if (!cc_buf_ok(&run->canonical))
		return no_memory(err);
	run->step.line = cc_buf_str(&run->canonical);
	run->step.command = cc_str_from(run->cmd->name);
	return CC_OK;
}

static void fill_args(run_state *run)
{
	cc_kv *args = cc_arena_array(run->arena, CC_CMD_MAX_PARAMS, sizeof *args);
	const cc_param *p = run->cmd ? run->cmd->params : NULL;

	if (!args || !p)
		return;
	for (size_t i = 0; i < CC_CMD_MAX_PARAMS && p[i].name; i++)
		if (run->args.values[i])
			args[run->step.arg_count++] = (cc_kv){ cc_str_from(p[i].name), cc_str_from(run->args.values[i]) };
	run->step.args = args;
}

/* The step is kept unless the table says otherwise; a step that changed the case is always kept. */
static bool is_recorded(const run_state *run)
{
	return run->s->record && !cc_record_ended(run->s->record) &&
		(!run->cmd || !(run->cmd->flags & CC_CMD_NO_RECORD) || run->s->actions.n);
}

static void record(run_state *run, cc_code code, const cc_err *err)
{
	if (!is_recorded(run))
		return;
	fill_args(run);
	cc_session_note_loading(run->s, run->cmd, run->arena, &run->step);
	run->step.stopped = run->s->look.stopped && code == CC_OK;
	run->step.looked = run->s->look.looked;
	run->step.query = code == CC_OK && is_query(run->cmd) && !run->paid;
	run->step.code = code;
	run->step.message = code == CC_OK ? CC_STR_EMPTY : cc_str_from(err->message);
	cc_session_record_view(run->s);
	cc_session_record_step(run->s, &run->step);
	if (cc_case_submitted(run->s->kase))
		cc_session_record_end(run->s, "submit", true);
}

/* Notes what the reply showed, before anybody sees it. */
static cc_code keep(run_state *run, cc_err *err)
{
	cc_record_step *step = &run->step;
	cc_code code = cc_session_collect(run->s, run->reply, run->arena, &step->shown, err);

	step->answered = code == CC_OK;
	if (code == CC_OK && is_query(run->cmd) && !cc_session_keep_reply(run->s, run->reply, step->line, &step->shown))
		code = no_memory(err);
	return code;
}

static void begin_looking(cc_session *s)
{
	uint64_t until = s->look.again ? s->look.until : UINT64_MAX;

	s->look = (cc_look){ .watch = s->watch, .again = s->look.again, .until = until, .began_ns = cc_clock_mono_ns(), .shown_ns = CC_TIME_NONE };
}

void cc_session_watch(cc_session *s, const cc_watch *watch)
{
	s->watch = watch;
}

void cc_session_look_again(cc_session *s, uint64_t until)
{
	s->look.again = true;
	s->look.until = until;
}

static cc_code run_locked(run_state *run, cc_str line, cc_cancel *cancel, cc_err *err)
{
	int64_t begin = cc_clock_mono_ns();
	cc_code code;

	run->s->actions.n = 0;
	begin_looking(run->s);
	run->step.line = line;
	cc_session_live_tick(run->s);
	code = cc_session_stages_record(run->s, err);
	if (code == CC_OK)
		code = parse(run, line, err);
	if (code == CC_OK)
		code = admit(run, err);
	if (code == CC_OK)
		code = answer(run, cancel, err);
	if (code == CC_OK)
		code = keep(run, err);
	if (code == CC_OK && is_query(run->cmd) && !cc_session_pay(run->s, run->cmd, &run->args))
		code = no_memory(err);
	if (code == CC_OK && is_query(run->cmd) && !run->paid)
		code = cc_session_apply(run->s, &(cc_action){ .kind = CC_ACT_QUERY }, err);
	if ((code == CC_EUNKNOWN || code == CC_ENOTFOUND) && run->s->loader)
		cc_err_hint(err, "the evidence is still being read: ask again in a moment");
	run->step.took_ns = cc_clock_mono_ns() - begin;
	record(run, code, err);
	return code;
}

cc_code cc_session_run(cc_session *s, cc_str line, cc_cancel *cancel, cc_reply **out, cc_err *err)
{
	run_state run = { .s = s };
	cc_err own;
	cc_code code;

	*out = NULL;
	if (!err)
		err = &own;
	cc_err_clear(err);
	cc_session_attend(s);
	run.arena = cc_arena_new();
	if (!run.arena)
		return no_memory(err);
	pthread_mutex_lock(&s->lock);
	code = run_locked(&run, line, cancel, err);
	s->actions.n = 0;               /* their texts end with the arena */
	s->look.again = false;
	pthread_mutex_unlock(&s->lock);
	if (code == CC_OK)
		*out = run.reply;
	else
		cc_reply_unref(run.reply);
	cc_buf_deinit(&run.canonical);
	cc_arena_free(run.arena);
	return code;
}
