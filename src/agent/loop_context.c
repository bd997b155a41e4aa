/* loop_context.c - a conversation that grows too long: summarised in time, and shortened where it no longer fits.
 *
 * As the benchmark's harness does: at 0.7 of the window the model writes a summary in five parts, and the conversation goes on with the
 * task and that; a request that does not fit loses its latest turn and is sent again. */
#include "agent/loop_priv.h"

enum { SUMMARY_TRIES = 3 };

static void on_event(void *ctx, const cc_model_event *e)
{
	loop *l = ctx;
	if (e->kind == CC_MODEL_RETRY)
		loop_record_retry(l, e);
	loop_progress(l, l->report->turns + 1, e->kind == CC_MODEL_RETRY || e->kind == CC_MODEL_CALL ? e->text :
		e->kind == CC_MODEL_TEXT ? CC_STR("answering") : CC_STR("thinking"));
}

static void count(loop *l, const cc_model_answer *a, const char *what)
{
	cc_agent_report *r = l->report;
	int64_t in = a->usage.input > 0 ? a->usage.input : 0, out = a->usage.output > 0 ? a->usage.output : 0;
	r->calls++;
	r->input_tokens += in;
	r->output_tokens += out;
	r->cached_tokens += a->usage.cached > 0 ? a->usage.cached : 0;
	r->cost_micro = a->cost_micro < 0 || r->cost_micro < 0 ? -1 : r->cost_micro + a->cost_micro;
	l->last_tokens = in + out;
	l->last_count = cc_chat_count(l->chat);
	l->most_output = out > l->most_output ? out : l->most_output;
	loop_record_usage(l, a, what);
}

static cc_code ask_for(loop *l, const char *what, const char *must_call, cc_model_answer *a, cc_err *err)
{
	const cc_model_request r = { .chat = l->chat, .tools = l->tools.p, .tools_n = l->tools.n, .must_call = must_call,
		.max_output = discipline_max_output(l), .on_event = on_event, .ctx = l, .cancel = &l->stop };
	cc_code code = cc_model_ask(l->o->model, &r, a, err);
	if (code == CC_OK)
		count(l, a, what);
	return code;
}

cc_code loop_ask(loop *l, const char *must_call, cc_model_answer *a, cc_err *err)
{
	return ask_for(l, "turn", must_call, a, err);
}

bool loop_drop_turn(loop *l)
{
	if (!l->turns.n)
		return false;
	size_t at = l->turns.p[--l->turns.n];
	loop_record_context(l, "latest turn dropped", cc_chat_count(l->chat) - at);
	cc_chat_truncate(l->chat, at);
	return true;
}

/* --- summaries --- */

static bool restart_with(loop *l, cc_str summary)
{
	cc_buf text = CC_BUF_INIT;
	size_t before = cc_chat_count(l->chat);
	cc_buf_addz(&text, loop_summary_head);
	cc_buf_add(&text, summary);
	cc_chat_truncate(l->chat, l->task_end);
	bool ok = cc_buf_ok(&text) && loop_tell(l, CC_ROLE_USER, cc_buf_str(&text))
		&& cc_chat_add(l->chat, &(cc_message){ .role = CC_ROLE_ASSISTANT, .text = cc_str_from(loop_summary_taken) })
		&& loop_tell(l, CC_ROLE_USER, cc_str_from(loop_go_on));
	l->turns.n = 0;
	loop_record_context(l, "summarised", before - l->task_end);
	cc_buf_deinit(&text);
	return ok;
}

/* A summary that calls tools, or says nothing, is none: three tries, then the conversation goes on as it is. */
cc_code loop_summarise(loop *l, cc_err *err)
{
	bool due = l->window && (double)l->last_tokens >= 0.7 * (double)l->window;
	if (!due && !l->dropped)
		return CC_OK;
	l->dropped = false;
	for (int i = 0; i < SUMMARY_TRIES && !discipline_over(l); i++) {
		cc_model_answer a = { 0 };
		cc_err failed = { 0 };
		size_t before = cc_chat_count(l->chat);
		if (!cc_chat_add(l->chat, &(cc_message){ .role = CC_ROLE_USER, .text = cc_str_from(loop_summary_prompt) }))
			return cc_err_set(err, CC_ENOMEM, "out of memory");
		cc_code code = ask_for(l, "summary", NULL, &a, &failed);
		cc_chat_truncate(l->chat, before);
		bool good = code == CC_OK && !a.message.calls_n && cc_str_trim(a.message.text).n > 0;
		bool ok = !good || restart_with(l, a.message.text);
		bool canceled = a.problem == CC_PROBLEM_CANCELED, full = a.problem == CC_PROBLEM_CONTEXT;
		cc_model_answer_deinit(&a);
		if (!ok)
			return cc_err_set(err, CC_ENOMEM, "out of memory");
		if (canceled)
			return cc_err_set(err, CC_ECANCELED, "canceled");
		if (full && !loop_drop_turn(l))
			return CC_OK;
		if (good)
			return CC_OK;
	}
	return CC_OK;
}
