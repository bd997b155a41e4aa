/* net_test.h - asking a model whose answers are canned, and looking at what came of it. */
#ifndef COLDCASE_TESTS_NET_TEST_H
#define COLDCASE_TESTS_NET_TEST_H

#include <stdlib.h>

#include "support/canned.h"
#include "unit/base/base_test.h"

#define KEY "sk-test-0123456789abcdef"

typedef struct dialogue {
	canned net;
	cc_model_options opt;
	cc_chat *chat;
	cc_model *model;
	cc_model_answer answer;
	cc_err err;
	cc_cancel cancel;
	cc_buf told;             /* what events said, in order: t"…" r"…" c"…" retry restart */
	const char *must_call;
	bool no_tools;
} dialogue;

static inline void on_told(void *ctx, const cc_model_event *e)
{
	static const char *const marks[] = { "t", "r", "c", "retry", "restart" };
	dialogue *g = ctx;
	cc_buf_addf(&g->told, "%s", marks[e->kind]);
	if (e->kind <= CC_MODEL_CALL)
		cc_buf_addf(&g->told, "\"%.*s\"", CC_STR_ARG(e->text));
	cc_buf_add_char(&g->told, ' ');
}

static inline void dialogue_init(dialogue *g, cc_provider provider)
{
	*g = (dialogue){ 0 };
	setenv(cc_provider_variable(provider), KEY, 1);
	cc_model_options_init(&g->opt);
	g->opt.provider = provider;
	g->opt.model = "test-model";
	g->chat = cc_chat_new();
	assert_non_null(g->chat);
	assert_true(cc_chat_add(g->chat, &(cc_message){ .role = CC_ROLE_SYSTEM, .text = CC_STR("Be brief.") }));
	assert_true(cc_chat_add(g->chat, &(cc_message){ .role = CC_ROLE_USER, .text = CC_STR("What broke?") }));
}

static inline cc_code dialogue_ask(dialogue *g)
{
	const cc_tool tools[] = {
		{ CC_STR("alerts"), CC_STR("Lists the alerts."), CC_STR("{\"type\":\"object\",\"properties\":{}}") },
		{ CC_STR("logs"), CC_STR("Searches the logs."), CC_STR("{\"type\":\"object\",\"properties\":{\"filter\":{\"type\":\"string\"}}}") },
	};
	if (!g->model) {
		g->opt.net = canned_net(&g->net);
		if (cc_model_open(&g->model, &g->opt, &g->err) != CC_OK)
			fail_msg("%s", g->err.message);
	}
	cc_model_answer_deinit(&g->answer);
	cc_buf_clear(&g->told);
	const cc_model_request r = { .chat = g->chat, .tools = tools, .tools_n = g->no_tools ? 0 : 2, .must_call = g->must_call,
		.on_event = on_told, .ctx = g, .cancel = &g->cancel };
	return cc_model_ask(g->model, &r, &g->answer, &g->err);
}

static inline void dialogue_deinit(dialogue *g)
{
	cc_model_answer_deinit(&g->answer);
	cc_model_close(g->model);
	cc_chat_free(g->chat);
	cc_buf_deinit(&g->told);
	canned_free(&g->net);
	unsetenv(cc_provider_variable(g->opt.provider));
}

/* Fails at the caller's line, showing the error, when the answer is not whole. */
#define must_answer(g) must_answer_at((g), __FILE__, __LINE__)
static inline void must_answer_at(dialogue *g, const char *file, int line)
{
	if (dialogue_ask(g) == CC_OK)
		return;
	print_error("%s\n", g->err.message);
	_fail(file, line);
}

#define check_call(g, i, id_, name_, arguments_)                               \
	do {                                                                   \
		assert_true((g)->answer.message.calls_n > (i));                \
		check_str((g)->answer.message.calls[i].id, (id_));             \
		check_str((g)->answer.message.calls[i].name, (name_));         \
		check_str((g)->answer.message.calls[i].arguments, (arguments_)); \
	} while (0)

/* The last request's body holds this text. */
#define check_sent(g, text) check_sent_at((g), (text), __FILE__, __LINE__)
static inline void check_sent_at(dialogue *g, const char *text, const char *file, int line)
{
	const char *body = g->net.used ? g->net.bodies[g->net.used - 1] : "";
	if (strstr(body, text))
		return;
	print_error("not in the request: %s\n%s\n", text, body);
	_fail(file, line);
}

#endif
