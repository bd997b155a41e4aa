/* Chat completions, as OpenAI and as compatible servers stream them. */
#include "unit/net/net_test.h"

#define HEAD "{\"id\":\"c1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"gpt-x-1\",\"choices\":[{\"index\":0,"
#define DELTA(members) "data: " HEAD "\"delta\":{" members "},\"finish_reason\":null}]}\n\n"
#define FINISH(reason) "data: " HEAD "\"delta\":{},\"finish_reason\":\"" reason "\"}]}\n\n"
#define USAGE "data: {\"id\":\"c1\",\"model\":\"gpt-x-1\",\"choices\":[],\"usage\":{\"prompt_tokens\":120,\"completion_tokens\":30," \
	"\"prompt_tokens_details\":{\"cached_tokens\":100},\"completion_tokens_details\":{\"reasoning_tokens\":10}}}\n\n"
#define DONE "data: [DONE]\n\n"
#define STREAM "text/event-stream"

static void test_text(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_OPENAI);
	canned_add(&g.net, 200, STREAM, DELTA("\"role\":\"assistant\",\"content\":\"\"") DELTA("\"content\":\"The \"") DELTA("\"content\":\"cart.\"")
		FINISH("stop") USAGE DONE);
	must_answer(&g);
	check_str(g.answer.message.text, "The cart.");
	check_str(cc_buf_str(&g.told), "t\"The \" t\"cart.\" ");
	assert_int_equal(g.answer.stop, CC_STOP_END);
	check_str(g.answer.model, "gpt-x-1");
	assert_int_equal(g.answer.usage.input, 120);
	assert_int_equal(g.answer.usage.output, 30);
	assert_int_equal(g.answer.usage.cached, 100);
	assert_int_equal(g.answer.usage.reasoning, 10);
	assert_int_equal(g.answer.attempts, 1);
	assert_string_equal(g.net.urls[0], "https://api.openai.com/v1/chat/completions");
	assert_non_null(strstr(g.net.headers[0], "Authorization: Bearer " KEY "\n"));
	check_sent(&g, "{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":\"user\",\"content\":\"What broke?\"}");
	check_sent(&g, "\"stream\":true,\"stream_options\":{\"include_usage\":true}");
	dialogue_deinit(&g);
}

static void test_parallel_calls(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_OPENAI);
	canned_add(&g.net, 200, STREAM, DELTA("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"alerts\",\"arguments\":\"\"}}]")
		DELTA("\"tool_calls\":[{\"index\":1,\"id\":\"b\",\"type\":\"function\",\"function\":{\"name\":\"logs\",\"arguments\":\"{\\\"fil\"}}]")
		DELTA("\"tool_calls\":[{\"index\":1,\"function\":{\"arguments\":\"ter\\\":\\\"x\\\"}\"}}]") FINISH("tool_calls") DONE);
	must_answer(&g);
	assert_int_equal(g.answer.stop, CC_STOP_CALLS);
	assert_int_equal(g.answer.message.calls_n, 2);
	check_call(&g, 0, "a", "alerts", "{}");
	check_call(&g, 1, "b", "logs", "{\"filter\":\"x\"}");
	check_str(cc_buf_str(&g.told), "c\"alerts\" c\"logs\" ");
	assert_int_equal(g.answer.usage.input, -1);
	assert_int_equal(g.answer.cost_micro, -1);
	dialogue_go_on(&g, "none");
	canned_add(&g.net, 200, STREAM, DELTA("\"content\":\"Done.\"") FINISH("stop") DONE);
	must_answer(&g);
	check_sent(&g, "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\",\"function\":{\"name\":\"alerts\","
		"\"arguments\":\"{}\"}},{\"id\":\"b\",");
	check_sent(&g, "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"none\"},{\"role\":\"tool\",\"tool_call_id\":\"b\",\"content\":\"none\"}");
	dialogue_deinit(&g);
}

/* Servers that call themselves compatible: index 0 for all, no index, no id, an object as arguments, "stop" after calls. */
static void test_compatible_calls(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_OPENAI);
	canned_add(&g.net, 200, STREAM, DELTA("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"alerts\",\"arguments\":\"{}\"}},"
		"{\"index\":0,\"id\":\"b\",\"function\":{\"name\":\"logs\",\"arguments\":{\"filter\":\"y\"}}}]") FINISH("stop") DONE);
	must_answer(&g);
	assert_int_equal(g.answer.stop, CC_STOP_CALLS);
	check_call(&g, 0, "a", "alerts", "{}");
	check_call(&g, 1, "b", "logs", "{\"filter\":\"y\"}");
	canned_add(&g.net, 200, STREAM, DELTA("\"tool_calls\":[{\"function\":{\"name\":\"logs\",\"arguments\":\"{\"}}]")
		DELTA("\"tool_calls\":[{\"function\":{\"arguments\":\"}\"}}]") FINISH("tool_calls") DONE);
	must_answer(&g);
	assert_int_equal(g.answer.message.calls_n, 1);
	check_call(&g, 0, "cc-2-1", "logs", "{}");
	canned_add(&g.net, 200, STREAM, DELTA("\"tool_calls\":[{\"id\":\"a\",\"function\":{\"name\":\"logs\",\"arguments\":\"{\"}}]")
		DELTA("\"tool_calls\":[{\"id\":\"a\",\"function\":{\"arguments\":\"}\"}}]")
		DELTA("\"tool_calls\":[{\"id\":\"b\",\"function\":{\"name\":\"alerts\",\"arguments\":\"{}\"}}]") FINISH("tool_calls") DONE);
	must_answer(&g); /* the id with every piece, and no index */
	assert_int_equal(g.answer.message.calls_n, 2);
	check_call(&g, 0, "a", "logs", "{}");
	check_call(&g, 1, "b", "alerts", "{}");
	canned_add(&g.net, 200, STREAM, DELTA("\"tool_calls\":[{\"index\":0,\"id\":\"call\",\"function\":{\"name\":\"alerts\",\"arguments\":\"{}\"}}]")
		DELTA("\"tool_calls\":[{\"index\":1,\"id\":\"call\",\"function\":{\"name\":\"logs\",\"arguments\":\"{}\"}}]") FINISH("tool_calls") DONE);
	must_answer(&g); /* one id for all: the index tells them apart */
	assert_int_equal(g.answer.message.calls_n, 2);
	check_call(&g, 1, "call", "logs", "{}");
	dialogue_deinit(&g);
}

static void test_reasoning_goes_back(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_OPENAI);
	canned_add(&g.net, 200, STREAM, DELTA("\"reasoning_content\":\"Look \"") DELTA("\"reasoning_content\":\"first.\"")
		DELTA("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"alerts\",\"arguments\":\"{}\"},"
		"\"extra_content\":{\"google\":{\"thought_signature\":\"SIG\"}}}]") FINISH("tool_calls") DONE);
	must_answer(&g);
	check_str(g.answer.message.reasoning, "Look first.");
	dialogue_go_on(&g, "none");
	canned_add(&g.net, 200, STREAM, DELTA("\"content\":\"Done.\"") FINISH("stop") DONE);
	must_answer(&g);
	check_sent(&g, "\"reasoning_content\":\"Look first.\"");
	check_sent(&g, "\"extra_content\":{\"google\":{\"thought_signature\":\"SIG\"}}");
	dialogue_deinit(&g);
}

static void test_malformed_arguments_go_back_as_an_object(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_OPENAI);
	canned_add(&g.net, 200, STREAM, DELTA("\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"logs\",\"arguments\":\"{\\\"filter\"}}]")
		FINISH("tool_calls") DONE);
	must_answer(&g);
	check_call(&g, 0, "a", "logs", "{\"filter");
	dialogue_go_on(&g, "none");
	canned_add(&g.net, 200, STREAM, DELTA("\"content\":\"Done.\"") FINISH("stop") DONE);
	must_answer(&g);
	check_sent(&g, "\"arguments\":\"{\\\"malformed_arguments\\\":\\\"{\\\\\\\"filter\\\"}\"");
	dialogue_deinit(&g);
}

static void test_stops(void **state)
{
	static const struct { const char *stream; cc_stop stop; } cases[] = {
		{ DELTA("\"content\":\"The\"") FINISH("length") DONE, CC_STOP_LENGTH },
		{ DELTA("\"content\":\"\"") FINISH("content_filter") DONE, CC_STOP_REFUSAL },
		{ DELTA("\"refusal\":\"I cannot.\"") FINISH("stop") DONE, CC_STOP_REFUSAL },
		{ DELTA("\"content\":\"The\"") DONE, CC_STOP_OTHER },
		{ DELTA("\"content\":\"The\"") FINISH("stop"), CC_STOP_END },
	};
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_OPENAI);
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		canned_add(&g.net, 200, STREAM, cases[i].stream);
		must_answer(&g);
		assert_int_equal(g.answer.stop, cases[i].stop);
	}
	dialogue_deinit(&g);
}

/* What gateways make of errors: an empty one in every chunk that is none, a 200 with the status in the body. */
static void test_gateways(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_OPENAI);
	canned_add(&g.net, 200, STREAM, "data: {\"error\":null,\"choices\":[{\"delta\":{\"content\":\"One\"}}]}\n\n"
		"data: {\"error\":{},\"choices\":[{\"delta\":{\"content\":\" two\"}}]}\n\n"
		"data: {\"error\":\"\",\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n" DONE);
	must_answer(&g);
	check_str(g.answer.message.text, "One two");
	canned_add(&g.net, 200, "application/json", "{\"error\":{\"message\":\"Slow down\",\"code\":429}}");
	canned_add(&g.net, 200, STREAM, DELTA("\"content\":\"Here.\"") FINISH("stop") DONE);
	must_answer(&g);
	check_str(g.answer.message.text, "Here.");
	assert_int_equal(g.answer.attempts, 2);
	canned_add(&g.net, 200, STREAM, "data: {\"error\":{\"message\":\"Who are you?\",\"code\":401}}\n\n");
	must_fail(&g, CC_EACCESS);
	assert_int_equal(g.answer.problem, CC_PROBLEM_KEY);
	dialogue_deinit(&g);
}

static void test_choice(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_OPENAI);
	g.opt.max_output = 500;
	g.opt.temperature = 0.5;
	g.opt.effort = "low";
	g.must_call = "logs";
	canned_add(&g.net, 200, STREAM, DELTA("\"content\":\"x\"") FINISH("stop") DONE);
	canned_add(&g.net, 200, STREAM, DELTA("\"content\":\"x\"") FINISH("stop") DONE);
	must_answer(&g);
	check_sent(&g, "\"tool_choice\":{\"type\":\"function\",\"function\":{\"name\":\"logs\"}}");
	check_sent(&g, "\"max_completion_tokens\":500,\"temperature\":0.5,\"reasoning_effort\":\"low\"");
	g.must_call = "";
	must_answer(&g);
	check_sent(&g, "\"tool_choice\":\"required\"");
	dialogue_deinit(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_parallel_calls),
		cmocka_unit_test(test_compatible_calls),
		cmocka_unit_test(test_reasoning_goes_back),
		cmocka_unit_test(test_malformed_arguments_go_back_as_an_object),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_gateways),
		cmocka_unit_test(test_choice),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
