/* net_test.h - asking a model whose answers are canned, and looking at what came of it. */
#ifndef COLDCASE_TESTS_NET_TEST_H
#define COLDCASE_TESTS_NET_TEST_H

#include <stdio.h>
#include <stdlib.h>

#include "support/canned.h"
#include "support/mock_model.h"
#include "unit/base/base_test.h"

#define KEY "sk-test-0123456789abcdef"

typedef struct dialogue {
	canned net;
	mock_model *mock;        /* the server that answers, over the real network library; NULL: what is canned */
	char url[96];
	cc_model_options opt;
	cc_chat *chat;
	cc_model *model;
	cc_model_answer answer;
	cc_err err;
	cc_cancel cancel;
	cc_buf told;             /* what events said, in order: t"…" r"…" c"…" retry restart */
	const char *must_call;
	bool no_tools;
	bool cancel_at_text;     /* by whoever hears the first of it */
} dialogue;

static inline void on_told(void *ctx, const cc_model_event *e)
{
	static const char *const marks[] = { "t", "r", "c", "retry", "restart" };
	dialogue *g = ctx;
	cc_buf_addf(&g->told, "%s", marks[e->kind]);
	if (e->kind <= CC_MODEL_CALL)
		cc_buf_addf(&g->told, "\"%.*s\"", CC_STR_ARG(e->text));
	cc_buf_add_char(&g->told, ' ');
	if (g->cancel_at_text && e->kind == CC_MODEL_TEXT)
		cc_cancel_set(&g->cancel);
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

/* A server that plays the script; it wants the key. Waits between tries are noted, not waited for. */
static inline void dialogue_serve(dialogue *g, cc_provider provider, const char *script)
{
	dialogue_init(g, provider);
	g->mock = mock_model_start(script, KEY);
	snprintf(g->url, sizeof g->url, "%s%s", mock_model_url(g->mock), provider <= CC_PROVIDER_RESPONSES ? "/v1" : "");
	g->opt.base_url = g->url;
	g->opt.total_ms = 30000;
}

static inline void dialogue_open(dialogue *g)
{
	g->opt.net = canned_net(&g->net);
	if (g->mock)
		g->opt.net.send = NULL;
	if (cc_model_open(&g->model, &g->opt, &g->err) != CC_OK)
		fail_msg("%s", g->err.message);
}

static inline cc_code dialogue_ask(dialogue *g)
{
	const cc_tool tools[] = {
		{ CC_STR("alerts"), CC_STR("Lists the alerts."), CC_STR("{\"type\":\"object\",\"properties\":{}}") },
		{ CC_STR("logs"), CC_STR("Searches the logs."), CC_STR("{\"type\":\"object\",\"properties\":{\"filter\":{\"type\":\"string\"}}}") },
	};
	if (!g->model)
		dialogue_open(g);
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
	if (g->mock)
		mock_model_stop(g->mock);
	canned_free(&g->net);
	unsetenv(cc_provider_variable(g->opt.provider));
}

/* The answer, and a result for each of its calls, become part of the conversation. */
static inline void dialogue_go_on(dialogue *g, const char *result)
{
	assert_true(cc_chat_add(g->chat, &g->answer.message));
	for (size_t i = 0; i < g->answer.message.calls_n; i++)
		assert_true(cc_chat_add(g->chat, &(cc_message){ .role = CC_ROLE_TOOL, .text = cc_str_from(result),
			.call_id = g->answer.message.calls[i].id, .call_name = g->answer.message.calls[i].name }));
}

/* Fails at the caller's line, showing the error, when it fails in another way. */
#define must_fail(g, code) must_fail_at((g), (code), __FILE__, __LINE__)
static inline void must_fail_at(dialogue *g, cc_code code, const char *file, int line)
{
	cc_code got = dialogue_ask(g);
	if (got == code)
		return;
	print_error("%s: %s, not %s: %s\n", cc_provider_name(g->opt.provider), cc_code_name(got), cc_code_name(code), got ? g->err.message : "");
	_fail(file, line);
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
