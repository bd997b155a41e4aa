/* What is particular to a provider: its request word for word, and the corners of its stream. */
#include "support/mock_priv.h"
#include "unit/net/net_test.h"

#define STREAM "text/event-stream"
#define D(json) "data: " json "\n\n"

/* --- anthropic --- */

#define A_START D("{\"type\":\"message_start\",\"message\":{\"model\":\"claude-x\",\"usage\":{\"input_tokens\":5,\"cache_read_input_tokens\":70," \
	"\"cache_creation_input_tokens\":25,\"output_tokens\":1}}}")
#define A_END(reason) D("{\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"" reason "\"},\"usage\":{\"output_tokens\":9}}") \
	D("{\"type\":\"message_stop\"}")
#define A_BLOCK(i, block) D("{\"type\":\"content_block_start\",\"index\":" i ",\"content_block\":" block "}")
#define A_DELTA(i, delta) D("{\"type\":\"content_block_delta\",\"index\":" i ",\"delta\":" delta "}")

static void test_anthropic_blocks(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_ANTHROPIC);
	canned_add(&g.net, 200, STREAM, A_START A_BLOCK("0", "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}")
		A_DELTA("0", "{\"type\":\"thinking_delta\",\"thinking\":\"Hm.\"}") A_DELTA("0", "{\"type\":\"signature_delta\",\"signature\":\"S1\"}")
		A_BLOCK("1", "{\"type\":\"redacted_thinking\",\"data\":\"XX\"}") A_BLOCK("2", "{\"type\":\"text\",\"text\":\"\"}")
		A_BLOCK("3", "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"logs\",\"input\":{}}")
		A_DELTA("3", "{\"type\":\"input_json_delta\",\"partial_json\":\"\"}") A_DELTA("3", "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"filter\\\": \"}")
		A_DELTA("3", "{\"type\":\"input_json_delta\",\"partial_json\":\"\\\"a\\\"}\"}") A_END("tool_use"));
	must_answer(&g);
	check_call(&g, 0, "t1", "logs", "{\"filter\": \"a\"}");
	check_str(g.answer.message.reasoning, "Hm.");
	check_str(g.answer.message.state, "{\"type\":\"thinking\",\"thinking\":\"Hm.\",\"signature\":\"S1\"},{\"type\":\"redacted_thinking\",\"data\":\"XX\"},"
		"{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"logs\",\"input\":{\"filter\":\"a\"}}");
	assert_int_equal(g.answer.usage.input, 100);
	assert_int_equal(g.answer.usage.cached, 70);
	assert_int_equal(g.answer.usage.cache_written, 25);
	assert_int_equal(g.answer.usage.output, 9);
	check_sent(&g, "{\"model\":\"test-model\",\"max_tokens\":8192,\"system\":[{\"type\":\"text\",\"text\":\"Be brief.\",\"cache_control\":{\"type\":\"ephemeral\"}}],"
		"\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"What broke?\",\"cache_control\":{\"type\":\"ephemeral\"}}]}],"
		"\"tools\":[{\"name\":\"alerts\",\"description\":\"Lists the alerts.\",\"input_schema\":{\"type\":\"object\",\"properties\":{}}},");
	assert_non_null(strstr(g.net.headers[0], "anthropic-version: 2023-06-01\n"));
	assert_string_equal(g.net.urls[0], "https://api.anthropic.com/v1/messages");
	dialogue_deinit(&g);
}

/* Results and what the user says after them are one message; only its last block is marked. */
static void test_anthropic_results(void **state)
{
	dialogue g;
	const cc_tool_call calls[] = { { CC_STR("a"), CC_STR("alerts"), CC_STR("{}") }, { CC_STR("b"), CC_STR("logs"), CC_STR("nonsense") } };
	(void)state;
	dialogue_init(&g, CC_PROVIDER_ANTHROPIC);
	cc_chat_add(g.chat, &(cc_message){ .role = CC_ROLE_ASSISTANT, .calls = calls, .calls_n = 2, .state = CC_STR("{}"), .state_of = CC_PROVIDER_GEMINI });
	cc_chat_add(g.chat, &(cc_message){ .role = CC_ROLE_TOOL, .call_id = CC_STR("a"), .text = CC_STR("two") });
	cc_chat_add(g.chat, &(cc_message){ .role = CC_ROLE_TOOL, .call_id = CC_STR("b"), .text = CC_STR("no"), .is_error = true });
	cc_chat_add(g.chat, &(cc_message){ .role = CC_ROLE_USER, .text = CC_STR("Ten turns are left.") });
	canned_add(&g.net, 200, STREAM, A_START A_BLOCK("0", "{\"type\":\"text\",\"text\":\"\"}") A_DELTA("0", "{\"type\":\"text_delta\",\"text\":\"Yes.\"}")
		A_END("end_turn"));
	must_answer(&g);
	check_sent(&g, "{\"role\":\"assistant\",\"content\":[{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"alerts\",\"input\":{}},"
		"{\"type\":\"tool_use\",\"id\":\"b\",\"name\":\"logs\",\"input\":{\"malformed_arguments\":\"nonsense\"}}]},{\"role\":\"user\",\"content\":["
		"{\"type\":\"tool_result\",\"tool_use_id\":\"a\",\"content\":\"two\"},{\"type\":\"tool_result\",\"tool_use_id\":\"b\",\"content\":\"no\",\"is_error\":true},"
		"{\"type\":\"text\",\"text\":\"Ten turns are left.\",\"cache_control\":{\"type\":\"ephemeral\"}}]}]");
	dialogue_deinit(&g);
}

static void check_effort(cc_provider p, const char *model, const char *effort, const char *sent)
{
	dialogue g;
	dialogue_init(&g, p);
	g.opt.model = model;
	g.opt.effort = effort;
	canned_add(&g.net, 400, "application/json", "{}");
	must_fail(&g, CC_EUSAGE);
	check_sent(&g, sent);
	dialogue_deinit(&g);
}

static void test_effort(void **state)
{
	(void)state;
	check_effort(CC_PROVIDER_ANTHROPIC, "m", "high", "\"thinking\":{\"type\":\"adaptive\",\"display\":\"summarized\"},\"output_config\":{\"effort\":\"high\"}");
	check_effort(CC_PROVIDER_ANTHROPIC, "m", "9000", "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":9000}");
	check_effort(CC_PROVIDER_ANTHROPIC, "m", "9000", "\"max_tokens\":17192");
	check_effort(CC_PROVIDER_ANTHROPIC, "m", "off", "\"thinking\":{\"type\":\"disabled\"}");
	check_effort(CC_PROVIDER_OPENAI, "m", "off", "\"reasoning_effort\":\"none\"");
	check_effort(CC_PROVIDER_RESPONSES, "gpt-6", "low", "\"include\":[\"reasoning.encrypted_content\"],\"reasoning\":{\"effort\":\"low\",\"summary\":\"auto\"}");
	check_effort(CC_PROVIDER_GEMINI, "gemini-3.5-flash", "low", "\"thinkingConfig\":{\"thinkingLevel\":\"low\",\"includeThoughts\":true}");
	check_effort(CC_PROVIDER_GEMINI, "gemini-2.5-pro", "512", "\"thinkingConfig\":{\"thinkingBudget\":512,\"includeThoughts\":true}");
	check_effort(CC_PROVIDER_GEMINI, "gemini-2.5-pro", NULL, "\"thinkingConfig\":{\"includeThoughts\":true}");
	check_effort(CC_PROVIDER_GEMINI, "gemma-4", NULL, "\"generationConfig\":{}");
	check_effort(CC_PROVIDER_OLLAMA, "m", "medium", "\"think\":\"medium\"");
	check_effort(CC_PROVIDER_OLLAMA, "m", "on", "\"think\":true");
	check_effort(CC_PROVIDER_OLLAMA, "m", "off", "\"think\":false");
}

/* Anthropic refuses thinking that is not shorter than the answer may be. */
static void test_thinking_fits_the_answer(void **state)
{
	static const struct { int64_t most; const char *sent; } cases[] = { { 5000, "\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4999}" },
		{ 800, "\"thinking\":{\"type\":\"disabled\"}" } };
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		dialogue g;
		dialogue_init(&g, CC_PROVIDER_ANTHROPIC);
		g.opt.effort = "9000";
		g.opt.max_output = cases[i].most;
		canned_add(&g.net, 400, "application/json", "{}");
		must_fail(&g, CC_EUSAGE);
		check_sent(&g, cases[i].sent);
		dialogue_deinit(&g);
	}
}

static void test_must_call(void **state)
{
	static const struct { cc_provider p; const char *any, *one; } cases[] = {
		{ CC_PROVIDER_RESPONSES, "\"tool_choice\":\"required\"", "\"tool_choice\":{\"type\":\"function\",\"name\":\"logs\"}" },
		{ CC_PROVIDER_ANTHROPIC, "\"tool_choice\":{\"type\":\"any\"}", "\"tool_choice\":{\"type\":\"tool\",\"name\":\"logs\"}" },
		{ CC_PROVIDER_GEMINI, "\"toolConfig\":{\"functionCallingConfig\":{\"mode\":\"ANY\"}}", "\"mode\":\"ANY\",\"allowedFunctionNames\":[\"logs\"]" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		for (int one = 0; one < 2; one++) {
			dialogue g;
			dialogue_init(&g, cases[i].p);
			g.must_call = one ? "logs" : "";
			canned_add(&g.net, 400, "application/json", "{}");
			must_fail(&g, CC_EUSAGE);
			check_sent(&g, one ? cases[i].one : cases[i].any);
			dialogue_deinit(&g);
		}
}

/* --- gemini --- */

#define G(parts) D("{\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[" parts "]}}],\"modelVersion\":\"gemini-x\"}")
#define G_END(reason) D("{\"candidates\":[{\"finishReason\":\"" reason "\"}],\"usageMetadata\":{\"promptTokenCount\":40,\"candidatesTokenCount\":5," \
	"\"thoughtsTokenCount\":7,\"cachedContentTokenCount\":30,\"toolUsePromptTokenCount\":2}}")

/* Signed parts stay what they were; what stands between them is joined. Ids are kept where there are any. */
static void test_gemini_parts(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_GEMINI);
	g.opt.model = "models/gemini 3/x";
	canned_add(&g.net, 200, STREAM, G("{\"text\":\"Thinking.\",\"thought\":true}") G("{\"text\":\"One \"}") G("{\"text\":\"two.\"}")
		G("{\"text\":\"signed\",\"thoughtSignature\":\"S\"}") G("{\"functionCall\":{\"id\":\"f1\",\"name\":\"alerts\"},\"thoughtSignature\":\"T\"}")
		G("{\"functionCall\":{\"name\":\"logs\",\"args\":{\"filter\":\"x\"}}}") G_END("STOP"));
	must_answer(&g);
	check_str(g.answer.message.text, "One two.signed");
	check_str(g.answer.message.reasoning, "Thinking.");
	check_call(&g, 0, "f1", "alerts", "{}");
	check_call(&g, 1, "cc-2-2", "logs", "{\"filter\":\"x\"}");
	assert_int_equal(g.answer.stop, CC_STOP_CALLS);
	assert_int_equal(g.answer.usage.input, 42);
	assert_int_equal(g.answer.usage.output, 12);
	assert_int_equal(g.answer.usage.reasoning, 7);
	assert_int_equal(g.answer.usage.cached, 30);
	assert_string_equal(g.net.urls[0], "https://generativelanguage.googleapis.com/v1beta/models/gemini%203%2Fx:streamGenerateContent?alt=sse");
	check_sent(&g, "{\"systemInstruction\":{\"parts\":[{\"text\":\"Be brief.\"}]},\"contents\":[{\"role\":\"user\",\"parts\":[{\"text\":\"What broke?\"}]}],"
		"\"tools\":[{\"functionDeclarations\":[{\"name\":\"alerts\",\"description\":\"Lists the alerts.\",\"parametersJsonSchema\":{");
	dialogue_go_on(&g, "none");
	canned_add(&g.net, 200, STREAM, G("{\"text\":\"Done.\"}") G_END("STOP"));
	must_answer(&g);
	check_sent(&g, "{\"role\":\"model\",\"parts\":[{\"text\":\"One two.\"},{\"text\":\"signed\",\"thoughtSignature\":\"S\"},"
		"{\"functionCall\":{\"id\":\"f1\",\"name\":\"alerts\"},\"thoughtSignature\":\"T\"},{\"functionCall\":{\"name\":\"logs\",\"args\":{\"filter\":\"x\"}}}]},"
		"{\"role\":\"user\",\"parts\":[{\"functionResponse\":{\"id\":\"f1\",\"name\":\"alerts\",\"response\":{\"output\":\"none\"}}},"
		"{\"functionResponse\":{\"name\":\"logs\",\"response\":{\"output\":\"none\"}}}]}");
	dialogue_deinit(&g);
}

static void test_gemini_refusals_and_errors(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_GEMINI);
	canned_add(&g.net, 200, STREAM, D("{\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"},\"usageMetadata\":{\"promptTokenCount\":3}}"));
	must_answer(&g);
	assert_int_equal(g.answer.stop, CC_STOP_REFUSAL);
	check_str(g.answer.stop_reason, "PROHIBITED_CONTENT");
	assert_int_equal(g.answer.usage.output, 0);
	canned_add(&g.net, 400, "application/json", "[{\"error\":{\"code\":400,\"message\":\"API key not valid. Please pass a valid API key.\",\"status\":\"INVALID_ARGUMENT\"}}]");
	must_fail(&g, CC_EACCESS);
	assert_non_null(strstr(g.err.hint, "GEMINI_API_KEY"));
	canned_add(&g.net, 400, "application/json", "{\"error\":{\"message\":\"The input token count (2000000) exceeds the maximum number of tokens allowed (1048576).\"}}");
	must_fail(&g, CC_ELIMIT);
	assert_int_equal(g.answer.problem, CC_PROBLEM_CONTEXT);
	dialogue_deinit(&g);
}

/* How long to wait stands in the body. */
static void test_gemini_says_when(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_GEMINI);
	canned_add(&g.net, 429, "application/json", "{\"error\":{\"code\":429,\"message\":\"You exceeded your current quota\",\"status\":\"RESOURCE_EXHAUSTED\","
		"\"details\":[{\"@type\":\"type.googleapis.com/google.rpc.Help\"},{\"@type\":\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"34.5s\"}]}}");
	canned_add(&g.net, 200, STREAM, G("{\"text\":\"Here.\"}") G_END("STOP"));
	must_answer(&g);
	assert_int_equal(g.net.waits_n, 1);
	assert_in_range(g.net.waits[0], INT64_C(34500000000), INT64_C(35500000000));
	dialogue_deinit(&g);
}

/* Calls that another model made bear no signature of Google's. */
static void test_gemini_takes_over(void **state)
{
	dialogue g;
	const cc_tool_call calls[] = { { CC_STR("a"), CC_STR("alerts"), CC_STR("{}") }, { CC_STR("b"), CC_STR("logs"), CC_STR("{}") } };
	(void)state;
	dialogue_init(&g, CC_PROVIDER_GEMINI);
	cc_chat_add(g.chat, &(cc_message){ .role = CC_ROLE_ASSISTANT, .calls = calls, .calls_n = 2, .state = CC_STR("{}"), .state_of = CC_PROVIDER_OPENAI });
	cc_chat_add(g.chat, &(cc_message){ .role = CC_ROLE_TOOL, .call_id = CC_STR("a"), .call_name = CC_STR("alerts"), .text = CC_STR("one") });
	cc_chat_add(g.chat, &(cc_message){ .role = CC_ROLE_TOOL, .call_id = CC_STR("b"), .call_name = CC_STR("logs"), .text = CC_STR("two") });
	canned_add(&g.net, 200, STREAM, G("{\"text\":\"Done.\"}") G_END("STOP"));
	must_answer(&g);
	check_sent(&g, "\"parts\":[{\"functionCall\":{\"name\":\"alerts\",\"args\":{}},\"thoughtSignature\":\"skip_thought_signature_validator\"},"
		"{\"functionCall\":{\"name\":\"logs\",\"args\":{}}}]");
	dialogue_deinit(&g);
}

/* --- responses --- */

#define R_DONE(i, item) D("{\"type\":\"response.output_item.done\",\"output_index\":" i ",\"item\":" item "}")
#define R_USAGE "\"usage\":{\"input_tokens\":8,\"input_tokens_details\":{\"cached_tokens\":4,\"cache_write_tokens\":2},\"output_tokens\":6," \
	"\"output_tokens_details\":{\"reasoning_tokens\":5}}"

static void test_responses_items(void **state)
{
	static const char reasoning[] = "{\"type\":\"reasoning\",\"id\":\"rs_1\",\"encrypted_content\":\"E\",\"summary\":[]}";
	static const char call[] = "{\"type\":\"function_call\",\"id\":\"fc_1\",\"call_id\":\"c1\",\"name\":\"logs\",\"arguments\":\"{\\\"filter\\\":\\\"z\\\"}\"}";
	dialogue g;
	cc_buf sent = CC_BUF_INIT, stream = CC_BUF_INIT;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_RESPONSES);
	cc_buf_addf(&stream, D("{\"type\":\"response.created\",\"response\":{\"model\":\"gpt-x\"}}") R_DONE("0", "%s")
		D("{\"type\":\"response.function_call_arguments.delta\",\"output_index\":1,\"delta\":\"lost\"}") R_DONE("1", "%s")
		D("{\"type\":\"response.completed\",\"response\":{" R_USAGE "}}"), reasoning, call);
	canned_add(&g.net, 200, STREAM, stream.p);
	must_answer(&g); /* an item that was never announced counts as well */
	check_call(&g, 0, "c1", "logs", "{\"filter\":\"z\"}");
	assert_int_equal(g.answer.stop, CC_STOP_CALLS);
	assert_int_equal(g.answer.usage.cache_written, 2);
	check_sent(&g, "\"stream\":true,\"store\":false,\"include\":[\"reasoning.encrypted_content\"]");
	check_sent(&g, "\"strict\":false");
	dialogue_go_on(&g, "none");
	canned_add(&g.net, 200, STREAM, D("{\"type\":\"response.output_text.delta\",\"delta\":\"Half\"}")
		D("{\"type\":\"response.incomplete\",\"response\":{\"incomplete_details\":{\"reason\":\"max_output_tokens\"}}}"));
	must_answer(&g);
	assert_int_equal(g.answer.stop, CC_STOP_LENGTH);
	cc_buf_addf(&sent, "%s,%s,{\"type\":\"function_call_output\",\"call_id\":\"c1\",\"output\":\"none\"}", reasoning, call);
	check_sent(&g, sent.p);
	cc_buf_deinit(&sent);
	cc_buf_deinit(&stream);
	dialogue_deinit(&g);
}

static void test_responses_failures(void **state)
{
	static const struct { const char *stream; cc_model_problem problem; } cases[] = {
		{ D("{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"server_error\",\"message\":\"m\"}}}"), CC_PROBLEM_SERVER },
		{ D("{\"type\":\"response.failed\",\"response\":{\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"m\"}}}"), CC_PROBLEM_RATE },
		{ D("{\"type\":\"error\",\"code\":\"context_length_exceeded\",\"message\":\"m\"}"), CC_PROBLEM_CONTEXT },
		{ D("{\"type\":\"error\",\"error\":{\"code\":\"insufficient_quota\",\"message\":\"m\"}}"), CC_PROBLEM_QUOTA },
		{ D("{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":\"invalid_prompt\",\"message\":\"m\"}}"), CC_PROBLEM_REQUEST },
	};
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_RESPONSES);
	g.opt.tries = 1;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		canned_add(&g.net, 200, STREAM, cases[i].stream);
		assert_int_not_equal(dialogue_ask(&g), CC_OK);
		assert_int_equal(g.answer.problem, cases[i].problem);
	}
	dialogue_deinit(&g);
}

static void test_models_that_do_not_reason(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_RESPONSES);
	g.opt.model = "gpt-4.1";
	canned_add(&g.net, 400, "application/json", "{}");
	must_fail(&g, CC_EUSAGE);
	assert_null(strstr(g.net.bodies[0], "encrypted"));
	dialogue_deinit(&g);
}

/* --- ollama --- */

static void test_ollama(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_OLLAMA);
	g.opt.window = 32768;
	g.opt.base_url = "http://127.0.0.1:11434/api/";
	canned_add(&g.net, 200, "application/x-ndjson", "{\"model\":\"q\",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"thinking\":\"Hm.\"},\"done\":false}\n"
		"{\"model\":\"q\",\"message\":{\"role\":\"assistant\",\"content\":\"\",\"tool_calls\":[{\"id\":\"o1\",\"function\":{\"index\":0,\"name\":\"logs\","
		"\"arguments\":{\"filter\":\"q\"}}},{\"function\":{\"name\":\"alerts\",\"arguments\":{}}}]},\"done\":false}\n"
		"{\"model\":\"q\",\"message\":{\"role\":\"assistant\",\"content\":\"\"},\"done\":true,\"done_reason\":\"stop\",\"prompt_eval_count\":11,\"eval_count\":4}\n");
	must_answer(&g);
	check_call(&g, 0, "o1", "logs", "{\"filter\":\"q\"}");
	check_call(&g, 1, "cc-2-2", "alerts", "{}");
	assert_int_equal(g.answer.usage.input, 11);
	assert_int_equal(g.answer.usage.output, 4);
	assert_string_equal(g.net.urls[0], "http://127.0.0.1:11434/api/chat");
	check_sent(&g, "\"options\":{\"num_ctx\":32768}");
	dialogue_go_on(&g, "none");
	canned_add(&g.net, 200, "application/json", "{\"message\":{\"content\":\"Done.\"},\"done\":true,\"done_reason\":\"length\"}");
	must_answer(&g);
	assert_int_equal(g.answer.stop, CC_STOP_LENGTH);
	check_sent(&g, "\"thinking\":\"Hm.\",\"tool_calls\":[{\"id\":\"o1\",\"function\":{\"name\":\"logs\",\"arguments\":{\"filter\":\"q\"}}},{\"function\":{\"name\":\"alerts\"");
	check_sent(&g, "{\"role\":\"tool\",\"content\":\"none\",\"tool_name\":\"logs\",\"tool_call_id\":\"o1\"},{\"role\":\"tool\",\"content\":\"none\",\"tool_name\":\"alerts\"}");
	canned_add(&g.net, 404, "application/json", "{\"error\":\"model \\\"m\\\" not found, try pulling it first\"}");
	must_fail(&g, CC_EUSAGE);
	assert_non_null(strstr(g.err.message, "ollama: HTTP 404: refuses the request: model \"m\" not found"));
	dialogue_deinit(&g);
}

/* --- what a server will not take --- */

static void test_choice_is_refused(void **state)
{
	dialogue g;
	(void)state;
	dialogue_init(&g, CC_PROVIDER_ANTHROPIC);
	g.must_call = "logs";
	canned_add(&g.net, 400, "application/json", "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\","
		"\"message\":\"tool_choice: type \\\"tool\\\" and \\\"any\\\" are not supported for this model.\"}}");
	for (int i = 0; i < 2; i++)
		canned_add(&g.net, 200, STREAM, A_START A_BLOCK("0", "{\"type\":\"text\",\"text\":\"Yes.\"}") A_END("end_turn"));
	must_answer(&g);
	assert_int_equal(g.answer.attempts, 2);
	assert_int_equal(g.net.waits_n, 0);
	check_str(cc_buf_str(&g.told), "retry t\"Yes.\" ");
	assert_non_null(strstr(g.net.bodies[0], "tool_choice"));
	assert_null(strstr(g.net.bodies[1], "tool_choice"));
	must_answer(&g); /* it is not asked twice */
	assert_int_equal(g.answer.attempts, 1);
	canned_add(&g.net, 400, "application/json", "{\"error\":{\"message\":\"tool_choice, again\"}}");
	must_fail(&g, CC_EUSAGE);
	assert_int_equal(g.answer.attempts, 1);
	dialogue_deinit(&g);
}

/* A conversation that was made shorter: what was thought in it belongs to the longer one. */
static void test_state_is_refused(void **state)
{
	static const struct { cc_provider p; const char *refusal, *mark; } cases[] = {
		{ CC_PROVIDER_ANTHROPIC, "messages.1.content.0: Invalid `signature` in `thinking` block. The block is bound to a different conversation.", "OLD" },
		{ CC_PROVIDER_RESPONSES, "The encrypted content OLD could not be verified.", "encrypted_content\":\"OLD" },
		{ CC_PROVIDER_GEMINI, "Thought signature is not valid.", "OLD" },
	};
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		dialogue g;
		cc_buf refusal = CC_BUF_INIT;
		dialogue_init(&g, cases[i].p);
		const cc_tool_call call = { CC_STR("a"), CC_STR("alerts"), CC_STR("{}") };
		cc_chat_add(g.chat, &(cc_message){ .role = CC_ROLE_ASSISTANT, .text = CC_STR("Kept."), .calls = &call, .calls_n = 1, .state_of = cases[i].p,
			.state = CC_STR("{\"type\":\"any\",\"encrypted_content\":\"OLD\"}") });
		cc_chat_add(g.chat, &(cc_message){ .role = CC_ROLE_TOOL, .call_id = CC_STR("a"), .call_name = CC_STR("alerts"), .text = CC_STR("one") });
		cc_buf_addf(&refusal, "{\"error\":{\"code\":\"invalid\",\"message\":\"%s\"}}", cases[i].refusal);
		canned_add(&g.net, 400, "application/json", refusal.p);
		canned_add(&g.net, 400, "application/json", refusal.p);
		must_fail(&g, CC_EUSAGE); /* and again without it: then it is not that */
		assert_int_equal(g.answer.attempts, 2);
		assert_non_null(strstr(g.net.bodies[0], cases[i].mark));
		assert_null(strstr(g.net.bodies[1], cases[i].mark));
		check_sent(&g, "Kept.");
		check_sent(&g, "alerts");
		cc_chat_add(g.chat, &(cc_message){ .role = CC_ROLE_ASSISTANT, .state_of = cases[i].p, .state = CC_STR("{\"type\":\"new\"}") });
		canned_add(&g.net, 500, "application/json", "{}");
		g.opt.tries = 1;
		(void)!dialogue_ask(&g);
		check_sent(&g, "{\"type\":\"new\"}"); /* what comes after it is of this conversation */
		assert_null(strstr(g.net.bodies[2], cases[i].mark));
		cc_chat_truncate(g.chat, 2);
		canned_add(&g.net, 500, "application/json", "{}");
		(void)!dialogue_ask(&g);
		cc_chat_add(g.chat, &(cc_message){ .role = CC_ROLE_ASSISTANT, .state_of = cases[i].p, .state = CC_STR("{\"type\":\"newer\"}") });
		canned_add(&g.net, 500, "application/json", "{}");
		(void)!dialogue_ask(&g);
		check_sent(&g, "{\"type\":\"newer\"}");
		cc_buf_deinit(&refusal);
		dialogue_deinit(&g);
	}
}

/* --- all --- */

static void test_no_end_of_calls(void **state)
{
	cc_buf text = CC_BUF_INIT;
	mock_script script;
	(void)state;
	cc_buf_addz(&text, "reply\n");
	for (int i = 0; i <= 1000; i++)
		cc_buf_addz(&text, "call logs {}\n");
	assert_true(mock_script_read(&script, text.p));
	for (cc_provider p = CC_PROVIDER_OPENAI; p < CC_PROVIDER_COUNT; p++) {
		mock_frames frames = { 0 };
		dialogue g;
		mock_render((mock_api)p, &script.replies.p[0], &frames, 1);
		dialogue_init(&g, p);
		canned_add(&g.net, 200, "", frames.bytes.p);
		must_fail(&g, CC_EFORMAT);
		assert_non_null(strstr(g.err.message, "it makes more than 1000 calls at once"));
		assert_int_equal(g.answer.attempts, 1);
		dialogue_deinit(&g);
		cc_buf_deinit(&frames.bytes);
		cc_vec_deinit(&frames.ends);
	}
	mock_script_free(&script);
	cc_buf_deinit(&text);
}

/* However memory runs out, there is an answer as it was sent or an error, never half of one. */
static void test_out_of_memory(void **state)
{
	mock_script script;
	(void)state;
	assert_true(mock_script_read(&script, "reply\nthink Hm.\ntext Hello\ncall logs {\"filter\":\"x\"}\nusage 7 2\n"));
	for (cc_provider p = CC_PROVIDER_OPENAI; p < CC_PROVIDER_COUNT; p++) {
		mock_frames frames = { 0 };
		bool done = false;
		mock_render((mock_api)p, &script.replies.p[0], &frames, 1);
		for (long n = 0; !done; n++) {
			dialogue g;
			dialogue_init(&g, p);
			g.opt.tries = 1;
			canned_add(&g.net, 200, "", frames.bytes.p);
			dialogue_open(&g);
			const cc_model_request r = { .chat = g.chat };
			cc_alloc_fail_after(n);
			cc_code code = cc_model_ask(g.model, &r, &g.answer, &g.err);
			cc_alloc_fail_after(-1);
			done = code == CC_OK;
			if (done) {
				check_str(g.answer.message.text, "Hello");
				check_str(g.answer.message.reasoning, "Hm.");
				assert_int_equal(g.answer.message.calls_n, 1);
				check_str(g.answer.message.calls[0].arguments, "{\"filter\":\"x\"}");
			}
			dialogue_deinit(&g);
			assert_true(n <= 5000);
		}
		cc_buf_deinit(&frames.bytes);
		cc_vec_deinit(&frames.ends);
	}
	mock_script_free(&script);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_anthropic_blocks),
		cmocka_unit_test(test_anthropic_results),
		cmocka_unit_test(test_effort), cmocka_unit_test(test_thinking_fits_the_answer),
		cmocka_unit_test(test_must_call),
		cmocka_unit_test(test_gemini_parts),
		cmocka_unit_test(test_gemini_refusals_and_errors),
		cmocka_unit_test(test_gemini_says_when),
		cmocka_unit_test(test_gemini_takes_over),
		cmocka_unit_test(test_responses_items),
		cmocka_unit_test(test_responses_failures),
		cmocka_unit_test(test_models_that_do_not_reason),
		cmocka_unit_test(test_ollama),
		cmocka_unit_test(test_choice_is_refused),
		cmocka_unit_test(test_state_is_refused),
		cmocka_unit_test(test_no_end_of_calls),
		cmocka_unit_test(test_out_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
