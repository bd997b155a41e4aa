/* concede.c - what a server will not take is left out, and the question asked again.
 *
 * Which model takes what changes with every one of them, so it is not written down here: the server's own words decide. Some models will
 * not be told which tool to call. Some bind what they thought to the very conversation before it, and refuse it once that was made
 * shorter; others cannot read what was encrypted for another account. The text and the calls of such messages still go. */
#include "net/model_priv.h"

static bool says(const cc_err *err, const char *const *words)
{
	for (; *words; words++)
		if (cc_str_find_nocase(cc_str_from(err->message), cc_str_from(*words)) != CC_STR_NONE)
			return true;
	return false;
}

static bool has_state(const cc_model *m, const cc_chat *chat)
{
	for (size_t i = m->state_from; i < cc_chat_count(chat); i++)
		if (write_has_state(cc_chat_get(chat, i), m->opt.provider))
			return true;
	return false;
}

bool concede(cc_model *m, const cc_model_request *r, const cc_model_answer *out, const cc_err *err)
{
	static const char *const choice[] = { "tool_choice", "tool choice", "forces tool use", "function_calling_config",
		"functionCallingConfig", NULL };
	static const char *const thinking[] = { "thinking", "signature", "reasoning", "encrypted", NULL };
	if (out->problem != CC_PROBLEM_REQUEST || out->status != 400)
		return false;
	if (r->must_call && !m->free_choice && says(err, choice))
		return m->free_choice = true;
	if (!says(err, thinking) || !has_state(m, r->chat))
		return false;
	m->state_from = cc_chat_count(r->chat);
	return true;
}
