/* Whole dialogues with every provider, over the real network library and a server on the loopback address. */
#include <pthread.h>
#include <time.h>

#include "coldcase/clock.h"
#include "unit/net/net_test.h"

#define EVERY(p) for (cc_provider p = CC_PROVIDER_OPENAI; p < CC_PROVIDER_COUNT; p++)

static bool has_ids(cc_provider p)
{
	return p != CC_PROVIDER_GEMINI && p != CC_PROVIDER_OLLAMA;
}

static bool has_state(cc_provider p)
{
	return p != CC_PROVIDER_OLLAMA;
}

/* Thinking, text and two calls at once; their results; the end. The server refuses what does not go back as it should. */
static void test_good_run(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "by turn\n"
			"reply\nthink I look at the alerts first.\ntext Two things to see.\ncall alerts {}\ncall logs {\"filter\":\"level>=error\"}\nusage 120 30 100 10\n"
			"reply\nexpect nothing is wrong\nthink Clear.\ncall logs {\"filter\":\"cart \xC3\xA9\xE2\x82\xAC\"}\nusage 150 20\n"
			"reply\nexpect level>=error\nexpect Two things to see.\ntext It was the cart.\nusage 190 5\n");
		must_answer(&g);
		check_str(g.answer.message.text, "Two things to see.");
		check_str(g.answer.message.reasoning, "I look at the alerts first.");
		assert_int_equal(g.answer.message.calls_n, 2);
		check_str(g.answer.message.calls[0].name, "alerts");
		check_str(g.answer.message.calls[0].arguments, "{}");
		check_str(g.answer.message.calls[1].arguments, "{\"filter\":\"level>=error\"}");
		assert_int_equal(g.answer.stop, CC_STOP_CALLS);
		assert_int_equal(g.answer.usage.input, 120);
		assert_int_equal(g.answer.usage.output, 30);
		assert_int_equal(g.answer.usage.cached, p == CC_PROVIDER_OLLAMA ? -1 : 100);
		check_str(g.answer.model, "mock-1");
		assert_true(has_state(p) == (g.answer.message.state.n > 0) || p == CC_PROVIDER_OLLAMA);
		assert_true(cc_str_starts(g.answer.message.calls[0].id, CC_STR("cc-")) == !has_ids(p));
		dialogue_go_on(&g, "nothing is wrong");
		must_answer(&g);
		check_str(g.answer.message.calls[0].arguments, "{\"filter\":\"cart \xC3\xA9\xE2\x82\xAC\"}");
		dialogue_go_on(&g, "one line");
		must_answer(&g);
		check_str(g.answer.message.text, "It was the cart.");
		assert_int_equal(g.answer.stop, CC_STOP_END);
		assert_int_equal(g.answer.status, 200);
		assert_int_equal(mock_model_requests(g.mock), 3);
		dialogue_deinit(&g);
	}
}

static void test_unknown_tool(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "by turn\nreply\ncall rm {\"path\":\"/\"}\nreply\nexpect no such tool\ntext Sorry.\n");
		must_answer(&g);
		check_str(g.answer.message.calls[0].name, "rm");
		check_str(g.answer.message.calls[0].arguments, "{\"path\":\"/\"}");
		dialogue_go_on(&g, "no such tool");
		must_answer(&g);
		check_str(g.answer.message.text, "Sorry.");
		dialogue_deinit(&g);
	}
}

/* Where they come as text, they come as the model wrote them; where they are part of the event, that is no JSON then. */
static void test_malformed_arguments(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		bool inside = p == CC_PROVIDER_GEMINI || p == CC_PROVIDER_OLLAMA;
		dialogue_serve(&g, p, "by turn\nreply\ncall logs {\"filter\"\ncall logs [1,2]\nreply\nexpect no object\ntext Sorry.\n");
		if (inside) {
			must_fail(&g, CC_EFORMAT);
			assert_int_equal(g.answer.problem, CC_PROBLEM_ANSWER);
			dialogue_deinit(&g);
			continue;
		}
		must_answer(&g);
		check_str(g.answer.message.calls[0].arguments, "{\"filter\"");
		check_str(g.answer.message.calls[1].arguments, "[1,2]");
		dialogue_go_on(&g, "no object");
		must_answer(&g);
		check_str(g.answer.message.text, "Sorry.");
		dialogue_deinit(&g);
	}
}

static void test_stops(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\ntext I will not.\nstop refusal\nreply\ntext The first\nstop length\nreply\nstop badcall\nreply\ntext Wait.\nstop pause\n");
		must_answer(&g);
		assert_int_equal(g.answer.stop, p == CC_PROVIDER_OLLAMA ? CC_STOP_END : CC_STOP_REFUSAL);
		must_answer(&g);
		assert_int_equal(g.answer.stop, CC_STOP_LENGTH);
		must_answer(&g);
		assert_int_equal(g.answer.stop, p == CC_PROVIDER_GEMINI ? CC_STOP_BAD_CALL : CC_STOP_END);
		must_answer(&g);
		assert_int_equal(g.answer.stop, p == CC_PROVIDER_ANTHROPIC ? CC_STOP_PAUSE : CC_STOP_END);
		dialogue_deinit(&g);
	}
}

/* --- tries --- */

static void test_rate_limit_then_success(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\nstatus 429 Slow down\nheader Retry-After: 7\nreply\nstatus 529 Overloaded\nreply\ntext Here.\n");
		must_answer(&g);
		check_str(g.answer.message.text, "Here.");
		assert_int_equal(g.answer.attempts, 3);
		assert_int_equal(g.net.waits_n, 2);
		assert_in_range(g.net.waits[0], INT64_C(7000000000), INT64_C(8000000000));
		assert_in_range(g.net.waits[1], 0, INT64_C(2000000000));
		assert_true(g.answer.waited_ns == g.net.waits[0] + g.net.waits[1]);
		assert_true(cc_str_starts(cc_buf_str(&g.told), CC_STR("retry retry t")));
		dialogue_deinit(&g);
	}
}

static void test_failing_for_ever(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\nstatus 500 The disk is full\n");
		g.opt.tries = 3;
		must_fail(&g, CC_EIO);
		assert_int_equal(g.answer.problem, CC_PROBLEM_SERVER);
		assert_int_equal(g.answer.status, 500);
		assert_int_equal(mock_model_requests(g.mock), 3);
		assert_non_null(strstr(g.err.message, "HTTP 500: the server failed: The disk is full"));
		assert_non_null(strstr(g.err.message, cc_provider_name(p)));
		dialogue_deinit(&g);
	}
}

static void test_never_again(void **state)
{
	static const struct { const char *script; cc_code code; cc_model_problem problem; } cases[] = {
		{ "reply\nstatus 400 What is this?\n", CC_EUSAGE, CC_PROBLEM_REQUEST },
		{ "reply\nstatus 401 Who are you?\n", CC_EACCESS, CC_PROBLEM_KEY },
		{ "reply\nstatus 403 Not here\n", CC_EACCESS, CC_PROBLEM_KEY },
		{ "reply\nstatus 404 No such model\n", CC_EUSAGE, CC_PROBLEM_REQUEST },
		{ "reply\nstatus 402 Pay first\n", CC_ELIMIT, CC_PROBLEM_QUOTA },
		{ "reply\nstatus 413 Too large\n", CC_ELIMIT, CC_PROBLEM_CONTEXT },
		{ "reply\nstatus 400 prompt is too long: 300000 tokens > 200000 maximum\n", CC_ELIMIT, CC_PROBLEM_CONTEXT },
		{ "reply\nstatus 302 Elsewhere\nheader Location: http://127.0.0.1:9/x?key=secret\n", CC_EUSAGE, CC_PROBLEM_REQUEST },
	};
	(void)state;
	EVERY(p)
		for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
			dialogue g;
			dialogue_serve(&g, p, cases[i].script);
			must_fail(&g, cases[i].code);
			assert_int_equal(g.answer.problem, cases[i].problem);
			assert_int_equal(mock_model_requests(g.mock), 1);
			assert_int_equal(g.net.waits_n, 0);
			assert_true(g.err.hint[0] != '\0');
			assert_null(strstr(g.err.message, "secret"));
			dialogue_deinit(&g);
		}
}

/* Half an answer is told, taken back, and asked for again: once. */
static void test_cut_stream(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\ntext Half of what I have to say is this, and there is more to come\ncut 5\nreply\ntext All of it.\n");
		must_answer(&g);
		check_str(g.answer.message.text, "All of it.");
		assert_int_equal(g.answer.attempts, 2);
		assert_true(cc_str_find(cc_buf_str(&g.told), CC_STR("restart retry t\"All of i\"")) != CC_STR_NONE ||
			cc_str_find(cc_buf_str(&g.told), CC_STR("restart retry t\"All of it")) != CC_STR_NONE);
		dialogue_deinit(&g);
	}
}

static void test_cut_for_ever(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\ntext Half of what I have to say is this, and there is more to come\ncut 5\n");
		must_fail(&g, CC_EIO);
		assert_int_equal(g.answer.problem, CC_PROBLEM_NETWORK);
		assert_int_equal(g.answer.attempts, 2);
		dialogue_deinit(&g);
		dialogue_serve(&g, p, "reply\nclose\n");
		g.opt.tries = 4;
		must_fail(&g, CC_EIO);
		assert_int_equal(g.answer.attempts, 4);
		dialogue_deinit(&g);
	}
}

static void test_error_inside_the_stream(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\nerror Overloaded\nreply\ntext Well\nerror Overloaded\nreply\ntext Fine.\n");
		must_answer(&g);
		check_str(g.answer.message.text, "Fine.");
		assert_int_equal(g.answer.attempts, 3);
		assert_non_null(strstr(g.told.p, "restart"));
		dialogue_deinit(&g);
	}
}

static void test_silence(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\nhang\n");
		g.opt.stall_ms = 60;
		g.opt.tries = 2;
		must_fail(&g, CC_EIO);
		assert_int_equal(g.answer.problem, CC_PROBLEM_NETWORK);
		assert_int_equal(g.answer.attempts, 2);
		assert_non_null(strstr(g.err.message, "nothing came for 0.06 s"));
		dialogue_deinit(&g);
	}
}

/* Whoever sends a byte now and then is ended by the limit on the whole. */
static void test_slow_loris(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\ntext Slow and slower\nloris 20\n");
		g.opt.total_ms = 150;
		g.opt.tries = 1;
		must_fail(&g, CC_EIO);
		assert_int_equal(g.answer.problem, CC_PROBLEM_NETWORK);
		assert_non_null(strstr(g.err.message, "imeout"));
		dialogue_deinit(&g);
	}
}

/* A byte now and then is no silence, though all of them take longer than a silence may. Should this machine itself fall silent,
 * the second try is as good. */
static void test_slow_is_not_silent(void **state)
{
	dialogue g;
	(void)state;
	dialogue_serve(&g, CC_PROVIDER_OLLAMA, "reply\ntext Slow and slower\nloris 2\n");
	g.opt.stall_ms = 400;
	must_answer(&g);
	check_str(g.answer.message.text, "Slow and slower");
	assert_true(g.answer.total_ns > INT64_C(400000000));
	dialogue_deinit(&g);
}

/* --- connections --- */

/* An answer is whole when it says so, whether or not the stream ends then. */
static void test_stream_stays_open(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\ntext All of it.\nlinger\n");
		g.opt.stall_ms = 150;
		must_answer(&g);
		check_str(g.answer.message.text, "All of it.");
		assert_int_equal(g.answer.stop, CC_STOP_END);
		dialogue_deinit(&g);
	}
}

/* What follows the last event is read, so that the connection serves again. */
static void test_one_connection(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "keep\nreply\ntext One.\nreply\nstatus 429 Slow down\nreply\ntext Two.\n");
		must_answer(&g);
		must_answer(&g);
		check_str(g.answer.message.text, "Two.");
		assert_int_equal(mock_model_requests(g.mock), 3);
		assert_int_equal(mock_model_connections(g.mock), 1);
		dialogue_deinit(&g);
	}
}

/* --- what is no answer --- */

static void test_wrong_content_type(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\ntype text/html\ntext Please log in\n");
		must_fail(&g, CC_EFORMAT);
		assert_int_equal(g.answer.problem, CC_PROBLEM_ANSWER);
		assert_int_equal(g.answer.attempts, 1);
		assert_non_null(strstr(g.err.message, "it answered text/html"));
		assert_non_null(strstr(g.err.hint, "--base-url"));
		dialogue_deinit(&g);
	}
}

static void test_invalid_utf8(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\ntext ab\\xffcd\\xc3\ncall logs {\"filter\":\"\\xfe\"}\n");
		must_answer(&g);
		check_str(g.answer.message.text, "ab\xEF\xBF\xBD" "cd\xEF\xBF\xBD");
		check_str(g.answer.message.calls[0].arguments, "{\"filter\":\"\xEF\xBF\xBD\"}");
		dialogue_deinit(&g);
	}
}

static void test_garbage_and_huge_events(void **state)
{
	(void)state;
	EVERY(p) {
		dialogue g;
		dialogue_serve(&g, p, "reply\nraw {\"half\":\nreply\nhuge 9000000\n");
		must_fail(&g, CC_EFORMAT);
		assert_non_null(strstr(g.err.message, "no JSON"));
		must_fail(&g, CC_EFORMAT);
		assert_non_null(strstr(g.err.message, "too long"));
		dialogue_deinit(&g);
	}
}

/* --- cancelling --- */

static void *cancel_soon(void *arg)
{
	struct timespec t = { 0, 100000000 };
	nanosleep(&t, NULL);
	cc_cancel_set(arg);
	return NULL;
}

/* Long before anything else would end it: the limit on the whole, the wait. */
static void check_canceled(dialogue *g)
{
	pthread_t thread;
	cc_cancel_clear(&g->cancel);
	assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &g->cancel), 0);
	int64_t begun = cc_clock_mono_ns();
	must_fail(g, CC_ECANCELED);
	assert_int_equal(g->answer.problem, CC_PROBLEM_CANCELED);
	assert_true(cc_clock_mono_ns() - begun < INT64_C(5000000000));
	pthread_join(thread, NULL);
}

static void test_cancel(void **state)
{
	dialogue g;
	(void)state;
	dialogue_serve(&g, CC_PROVIDER_OPENAI, "reply\nhang\n");
	check_canceled(&g);
	dialogue_deinit(&g);
	dialogue_serve(&g, CC_PROVIDER_OPENAI, "reply\ntext Many words, one after the other, for a very long time, and then some more of them\npace 30\n");
	g.cancel_at_text = true;
	must_fail(&g, CC_ECANCELED);
	assert_int_equal(g.answer.problem, CC_PROBLEM_CANCELED);
	check_str(cc_buf_str(&g.told), "t\"Many word\" ");
	dialogue_deinit(&g);
	dialogue_serve(&g, CC_PROVIDER_OPENAI, "reply\nstatus 429 Later\nheader Retry-After: 30\n");
	dialogue_open(&g);
	cc_model_close(g.model);
	g.model = NULL;
	g.opt.net.wait = NULL; /* really waits */
	assert_int_equal(cc_model_open(&g.model, &g.opt, &g.err), CC_OK);
	check_canceled(&g);
	dialogue_deinit(&g);
}

static void test_nobody_there(void **state)
{
	dialogue g;
	(void)state;
	dialogue_serve(&g, CC_PROVIDER_OLLAMA, "reply\n");
	g.opt.base_url = "http://127.0.0.1:1";
	must_fail(&g, CC_EIO);
	assert_int_equal(g.answer.attempts, 2); /* as often as that makes sense for an address that never answered */
	assert_non_null(strstr(g.err.message, "ollama: 127.0.0.1:1: "));
	dialogue_deinit(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_run),
		cmocka_unit_test(test_unknown_tool),
		cmocka_unit_test(test_malformed_arguments),
		cmocka_unit_test(test_stops),
		cmocka_unit_test(test_rate_limit_then_success),
		cmocka_unit_test(test_failing_for_ever),
		cmocka_unit_test(test_never_again),
		cmocka_unit_test(test_cut_stream),
		cmocka_unit_test(test_cut_for_ever),
		cmocka_unit_test(test_error_inside_the_stream),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_slow_loris),
		cmocka_unit_test(test_slow_is_not_silent),
		cmocka_unit_test(test_stream_stays_open),
		cmocka_unit_test(test_one_connection),
		cmocka_unit_test(test_wrong_content_type),
		cmocka_unit_test(test_invalid_utf8),
		cmocka_unit_test(test_garbage_and_huge_events),
		cmocka_unit_test(test_cancel),
		cmocka_unit_test(test_nobody_there),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
