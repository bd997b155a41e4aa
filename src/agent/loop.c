/* loop.c - a model plays in turns: it is asked, its calls are carried out, until it has submitted or something ends it.
 *
 * The rules are those of the benchmark's harness: a message without a call is a turn, too, and is answered with the request to go on;
 * before each of the last 20 turns it is warned; a call that cannot be carried out gets an error and the turn is spent. */
#include "agent/loop_priv.h"

#include <string.h>

#include "coldcase/clock.h"

bool loop_tell(loop *l, cc_speaker role, cc_str text)
{
	loop_record_message(l, role == CC_ROLE_SYSTEM ? "system" : "user", text, CC_STR_EMPTY);
	return cc_chat_add(l->chat, &(cc_message){ .role = role, .text = text });
}

void loop_progress(const loop *l, int64_t turn, cc_str doing)
{
	const cc_agent_report *r = l->report;
	const cc_agent_progress p = { .turn = turn, .turn_cap = l->o->discipline.max_turns, .tokens = r->input_tokens + r->output_tokens,
		.cost_micro = r->cost_micro, .doing = doing, .said = cc_buf_str(&l->said) };
	if (l->o->watch && l->o->watch->told)
		l->o->watch->told(l->o->watch->arg, &p);
}

/* The minutes that somebody else takes are not the player's. */
void loop_gate(loop *l)
{
	const cc_agent_watch *w = l->o->watch;
	int64_t since = cc_clock_mono_ns();
	if (w && w->gate)
		w->gate(w->arg, &l->done);
	l->began_ns += cc_clock_mono_ns() - since;
	discipline_set_deadline(l);
}

void loop_ran(const loop *l)
{
	if (l->o->watch && l->o->watch->ran)
		l->o->watch->ran(l->o->watch->arg);
}

/* --- one turn --- */

/* A user's message before the turn: the warning, or the request to go on where the model called nothing; not both. */
static bool speak_before(loop *l, bool idle)
{
	cc_buf text = CC_BUF_INIT;
	if (l->done.n)
		cc_buf_addf(&text, "%s%.*s\n", loop_taken_over, CC_STR_ARG(cc_buf_str(&l->done)));
	cc_buf_clear(&l->done);
	loop_write_warning(l, l->report->turns, &text);
	if (!text.n && idle)
		cc_buf_addz(&text, loop_go_on);
	bool ok = cc_buf_ok(&text) && (!text.n || loop_tell(l, CC_ROLE_USER, cc_buf_str(&text)));
	cc_buf_deinit(&text);
	return ok;
}

/* Asks until there is an answer: a conversation that does not fit loses its latest turn, and is summarised if that is not enough. */
static cc_code ask_fitting(loop *l, cc_model_answer *a, cc_err *err)
{
	for (;;) {
		cc_code code = loop_ask(l, NULL, a, err);
		bool full = a->problem == CC_PROBLEM_CONTEXT || (code == CC_OK && a->stop == CC_STOP_CONTEXT && !a->message.calls_n);
		if (!full || cc_canceled(&l->stop))
			return code;
		if (!loop_drop_turn(l)) {
			cc_err_set(err, CC_ELIMIT, "the conversation does not fit into the model's window, even without its turns");
			return cc_err_hint(err, "a model with a larger window, or --window N when it is told wrong");
		}
		l->dropped = true;
		cc_model_answer_deinit(a);
		*a = (cc_model_answer){ 0 };
	}
}

static cc_code take_turn(loop *l, bool *idle, cc_err *err)
{
	cc_model_answer a = { 0 };
	size_t start = cc_chat_count(l->chat);
	if (!speak_before(l, *idle))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_code code = ask_fitting(l, &a, err);
	start = start < cc_chat_count(l->chat) ? start : cc_chat_count(l->chat);
	if (code == CC_OK) {
		l->report->turns++;
		cc_session_set_turn(l->session, l->report->turns);
		loop_record_message(l, "agent", a.message.text, a.message.reasoning);
		cc_buf_clear(&l->said);
		cc_buf_add(&l->said, cc_str_trim(a.message.text).n ? a.message.text : a.message.reasoning);
		if (!cc_vec_push(&l->turns, start) || !cc_chat_add(l->chat, &a.message))
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	*idle = code == CC_OK && !a.message.calls_n && a.stop != CC_STOP_PAUSE;
	if (code == CC_OK && a.message.calls_n)
		code = loop_carry_out(l, &a.message, err);
	cc_model_answer_deinit(&a);
	return code;
}

/* --- from the first to the last --- */

static cc_code begin(loop *l, cc_err *err)
{
	cc_buf system = CC_BUF_INIT, task = CC_BUF_INIT;
	const cc_model_facts *facts = cc_model_facts_of(l->o->model);
	if (l->o->discipline.max_cost_micro && (facts->input < 0 || facts->output < 0)) {
		cc_err_set(err, CC_EUSAGE, "no price is known for %s, so that its cost cannot be held below a cap", l->o->model_name);
		return cc_err_hint(err, "add it to prices.yaml in the configuration folder, or leave --max-cost away and use --max-tokens");
	}
	l->window = l->o->window ? l->o->window : facts->window;
	l->began_ns = cc_clock_mono_ns();
	discipline_set_deadline(l);
	loop_record_begin(l);
	loop_write_system(l, &system);
	loop_write_task(l, &task);
	bool ok = cc_buf_ok(&system) && cc_buf_ok(&task) && loop_build_tools(l) && loop_tell(l, CC_ROLE_SYSTEM, cc_buf_str(&system))
		&& loop_tell(l, CC_ROLE_USER, cc_buf_str(&task));
	l->task_end = cc_chat_count(l->chat);
	cc_buf_deinit(&system);
	cc_buf_deinit(&task);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

static bool is_over(const loop *l)
{
	return l->finished || cc_session_submitted(l->session) || cc_session_quit(l->session);
}

/* The minutes are over in the middle of a call: that is how the rules end it, and no failure. */
static bool ran_out(loop *l)
{
	return cc_canceled(&l->stop) && !cc_canceled(l->stop.parent);
}

static cc_code play(loop *l, cc_err *err)
{
	bool idle = false;
	cc_code code = begin(l, err);
	while (code == CC_OK && !is_over(l)) {
		const char *why = discipline_over(l);
		if (why) {
			l->report->stop = why;
			l->report->next_cost_micro = strcmp(why, "cost") == 0 ? discipline_next_cost(l) : 0;
			break;
		}
		loop_gate(l);
		if (!is_over(l) && !cc_canceled(&l->stop))
			code = take_turn(l, &idle, err);
		if (code == CC_OK && cc_canceled(&l->stop))
			code = cc_err_set(err, CC_ECANCELED, "canceled");
		if (code == CC_OK && !is_over(l) && l->report->turns < discipline_last_turn(l) - 1)
			code = loop_summarise(l, err);
	}
	if (code != CC_OK && code != CC_ENOMEM && ran_out(l)) {
		l->report->stop = "time";
		code = CC_OK;
	}
	return code;
}

cc_code cc_agent_play(cc_session *s, const cc_agent_options *o, cc_agent_report *out, cc_err *err)
{
	loop l = { .session = s, .o = o, .report = out, .chat = cc_chat_new(), .arena = cc_arena_new(), .advised = -1,
		.stop.parent = o->watch ? o->watch->cancel : NULL };
	*out = (cc_agent_report){ 0 };
	cc_code code = l.chat && l.arena ? play(&l, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && !is_over(&l) && o->discipline.commit_by)
		discipline_force(&l);
	if (code != CC_OK)
		out->stop = cc_canceled(l.stop.parent) ? "canceled" : "error";
	else if (cc_session_submitted(s))
		out->stop = "submit";
	else if (cc_session_quit(s))
		out->stop = "quit";
	if (code != CC_OK && cc_canceled(l.stop.parent))
		code = cc_err_set(err, CC_ECANCELED, "canceled");
	cc_session_set_stop(s, out->stop);
	cc_buf_deinit(&l.said);
	cc_buf_deinit(&l.done);
	cc_vec_deinit(&l.tools);
	cc_vec_deinit(&l.turns);
	cc_chat_free(l.chat);
	cc_arena_free(l.arena);
	return code;
}
