/* test_loop.c - a model plays, scripted, over a real connection: each rule of a turn, and what the record keeps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/agent.h"
#include "coldcase/file.h"
#include "support/mock_model.h"
#include "support/tree.h"

#define KEY "sk-loop-0123456789abcdef"
#define SUBMIT "reply\ncall suspect {\"name\":\"otel-demo/Deployment/checkout\",\"confidence\":0.9}\n" \
	"call submit {\"confirm\":\"submit\"}\nusage 100 10\n"

typedef struct playing {
	test_tree tree;
	mock_model *server;
	cc_model *model;
	cc_session *session;
	cc_agent_options opt;
	cc_agent_watch watch;
	cc_cancel cancel;
	cc_agent_report report;
	cc_err err;
	cc_code code;
	cc_buf record, url;
	int64_t cancel_at;           /* cancels when told of this turn */
	const char *by_person;       /* run in its place when it stands at the gate for the third time */
	int gates, ran;
} playing;

static void told(void *arg, const cc_agent_progress *p)
{
	playing *g = arg;
	if (g->cancel_at && p->turn >= g->cancel_at)
		cc_cancel_set(&g->cancel);
}

static void gate(void *arg, cc_buf *done)
{
	playing *g = arg;
	cc_reply *r = NULL;
	if (++g->gates != 3 || !g->by_person)
		return;
	cc_session_set_actor(g->session, false);
	if (cc_session_run(g->session, cc_str_from(g->by_person), NULL, &r, NULL) == CC_OK)
		cc_reply_unref(r);
	cc_session_set_actor(g->session, true);
	cc_buf_addf(done, "  %s\n", g->by_person);
}

static void ran(void *arg)
{
	((playing *)arg)->ran++;
}

static void begin(playing *g, cc_provider provider, const char *script)
{
	cc_model_options mo;
	*g = (playing){ 0 };
	test_tree_make(&g->tree);
	g->server = mock_model_start(script, KEY);
	setenv(cc_provider_variable(provider), KEY, 1);
	cc_model_options_init(&mo);
	mo.provider = provider;
	mo.model = "test-model";
	cc_buf_addz(&g->url, mock_model_url(g->server));
	if (provider == CC_PROVIDER_OPENAI || provider == CC_PROVIDER_RESPONSES)
		cc_buf_addz(&g->url, "/v1");
	if (provider == CC_PROVIDER_GEMINI)
		cc_buf_addz(&g->url, "/v1beta");
	mo.base_url = g->url.p;
	mo.tries = 2;
	mo.retry_base_ns = 1000000;
	mo.retry_max_ns = 2000000;
	mo.stall_ms = 3000;
	if (cc_model_open(&g->model, &mo, &g->err) != CC_OK)
		fail_msg("%s", g->err.message);
	const cc_session_options so = { .dir = "sample-incidents/Scenario-2", .out_dir = test_tree_path(&g->tree, ""), .no_cache = true, .agent = true,
		.actor_name = "model", .budget = 100, .assistance = "full" };
	if (cc_session_open(&g->session, &so, &g->err) != CC_OK)
		fail_msg("%s", g->err.message);
	g->watch = (cc_agent_watch){ .told = told, .gate = gate, .ran = ran, .arg = g, .cancel = &g->cancel };
	g->opt = (cc_agent_options){ .model = g->model, .provider = cc_provider_name(provider), .model_name = "test-model", .watch = &g->watch,
		.discipline = { .max_turns = 10 } };
}

static void play(playing *g)
{
	cc_buf path = CC_BUF_INIT;
	g->code = cc_agent_play(g->session, &g->opt, &g->report, &g->err);
	cc_buf_addf(&path, "%s/trajectory.jsonl", cc_session_run_dir(g->session));
	cc_session_close(g->session);
	assert_int_equal(cc_file_read(&g->record, path.p, SIZE_MAX, NULL), CC_OK);
	cc_buf_deinit(&path);
	assert_null(strstr(g->record.p, KEY));
}

static void end(playing *g)
{
	cc_model_close(g->model);
	mock_model_stop(g->server);
	cc_buf_deinit(&g->record);
	cc_buf_deinit(&g->url);
	test_tree_remove(&g->tree);
}

static bool recorded(const playing *g, const char *text)
{
	return strstr(g->record.p, text) != NULL;
}

/* What the model was sent last holds the text. */
static bool sent(playing *g, size_t request, const char *text)
{
	cc_buf b = CC_BUF_INIT;
	mock_model_request(g->server, request, &b);
	bool found = b.n && strstr(b.p, text) != NULL;
	cc_buf_deinit(&b);
	return found;
}

/* --- */

static void a_good_run_is_recorded_whole(void **state)
{
	playing g;
	(void)state;
	for (int p = 0; p < CC_PROVIDER_COUNT; p++) {
		begin(&g, (cc_provider)p, "by turn\nreply\nthink the page is about checkout\ntext I look at the alerts.\ncall alerts {}\nusage 1000 50\n" SUBMIT);
		play(&g);
		if (g.code != CC_OK)
			fail_msg("%s: %s", cc_provider_name((cc_provider)p), g.err.message);
		assert_string_equal(g.report.stop, "submit");
		assert_int_equal(g.report.turns, 2);
		assert_int_equal(g.report.calls, 2);
		assert_int_equal(g.report.input_tokens, 1100);
		assert_int_equal(g.report.output_tokens, 60);
		assert_true(recorded(&g, "\"event\":\"model\",\"data\":{\"provider\":"));
		assert_true(recorded(&g, "\"event\":\"agent\",\"data\":{\"tools\":\"console\",\"sandboxed\":false,\"max_turns\":10"));
		assert_true(recorded(&g, "\"text\":\"I look at the alerts.\""));
		assert_true(recorded(&g, "\"reasoning\":\"the page is about checkout\""));
		assert_true(recorded(&g, "\"input_tokens\":1000,\"output_tokens\":50"));
		assert_true(recorded(&g, "\"reason\":\"submit\""));
		end(&g);
	}
}

static void parallel_calls_are_answered_in_order(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "by turn\nreply\ncall alerts {}\ncall nonsense {}\ncall changes {\"limit\":1}\n" SUBMIT);
	play(&g);
	assert_int_equal(g.code, CC_OK);
	cc_buf b = CC_BUF_INIT;
	mock_model_request(g.server, 1, &b);
	const char *alerts = strstr(b.p, "ALERTS"), *nonsense = strstr(b.p, "there is no tool nonsense"), *changes = strstr(b.p, "CHANGES");
	assert_non_null(alerts);
	assert_non_null(nonsense);
	assert_non_null(changes);
	assert_true(alerts < nonsense && nonsense < changes);
	cc_buf_deinit(&b);
	assert_true(recorded(&g, "\"event\":\"refused\",\"data\":{\"tool\":\"nonsense\",\"arguments\":{}"));
	end(&g);
}

static void bad_arguments_are_the_calls_answer(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "by turn\nreply\ncall logs {\"filter\":\n" "reply\ncall logs {\"bogus\":1}\n" SUBMIT);
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_int_equal(g.report.turns, 3);
	assert_true(sent(&g, 1, "are no JSON object"));
	assert_true(sent(&g, 2, "logs has no argument bogus"));
	end(&g);
}

/* A message without a call is a turn; the cap ends the play without an answer. */
static void talk_alone_spends_turns(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_ANTHROPIC, "reply\ntext I believe it is checkout.\n");
	g.opt.discipline.max_turns = 3;
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_string_equal(g.report.stop, "turns");
	assert_int_equal(g.report.turns, 3);
	assert_int_equal(mock_model_requests(g.server), 3);
	assert_true(sent(&g, 2, "This is your last turn"));
	assert_true(recorded(&g, "\"reason\":\"turns\""));
	end(&g);
}

static void without_a_warning_it_is_asked_to_go_on(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "by turn\nreply\ntext Hm.\n" SUBMIT);
	g.opt.discipline.max_turns = 100;
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_true(sent(&g, 1, "Please go on with the task"));
	assert_false(sent(&g, 1, "turns are left"));
	end(&g);
}

static void two_submissions_in_a_turn_are_none(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "by turn\nreply\ncall submit {\"confirm\":\"submit\"}\ncall suspect {\"name\":\"otel-demo/Deployment/checkout\"}\n"
		"call submit {\"confirm\":\"submit\"}\n" "reply\ncall submit {\"confirm\":\"submit\"}\n");
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_int_equal(g.report.turns, 2);
	assert_true(sent(&g, 1, "more than one submission in a turn"));
	end(&g);
}

/* --- what goes wrong outside --- */

static void a_refusal_is_a_turn(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_ANTHROPIC, "by turn\nreply\ntext I cannot help with that.\nstop refusal\n" SUBMIT);
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_int_equal(g.report.turns, 2);
	end(&g);
}

static void an_overloaded_server_is_tried_again(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "reply\nstatus 429 slow down\nheader Retry-After: 0\n" SUBMIT);
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_int_equal(g.report.turns, 1);
	assert_true(recorded(&g, "\"event\":\"retry\""));
	end(&g);
}

static void a_server_that_stays_broken_ends_the_play(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "reply\nstatus 500 broken\n");
	play(&g);
	assert_int_equal(g.code, CC_EIO);
	assert_string_equal(g.report.stop, "error");
	assert_true(recorded(&g, "\"reason\":\"error\""));
	end(&g);
}

static void a_cut_stream_comes_anew(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "reply\ntext half of it\ncut 2\n" SUBMIT);
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_int_equal(g.report.turns, 1);
	end(&g);
}

static void outside_bytes_are_mended(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OLLAMA, "by turn\nreply\ntext bad \\xff byte\ncall alerts {}\n" SUBMIT);
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_true(recorded(&g, "bad \xef\xbf\xbd byte"));
	end(&g);
}

static void cancelling_keeps_the_record_whole(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "reply\ncall alerts {}\n");
	g.cancel_at = 3;
	play(&g);
	assert_int_equal(g.code, CC_ECANCELED);
	assert_string_equal(g.report.stop, "canceled");
	assert_true(recorded(&g, "\"reason\":\"canceled\""));
	end(&g);
}

/* The minutes are over while the server says nothing: its patience of 3 s is not waited for, and it is no failure. */
static void the_time_ends_a_call_of_the_model(void **state)
{
	playing g;
	(void)state;
	for (int committed = 0; committed < 2; committed++) {
		begin(&g, CC_PROVIDER_OPENAI, "by turn\nreply\ncall suspect {\"name\":\"checkout\"}\nreply\nhang\n");
		g.opt.discipline.max_ns = 1500000000;
		g.opt.discipline.commit_by = committed ? 9 : 0;
		play(&g);
		assert_int_equal(g.code, CC_OK);
		assert_string_equal(g.report.stop, committed ? "submit" : "time");
		assert_int_equal(g.report.turns, 1);
		assert_true(recorded(&g, committed ? "\"reason\":\"submit\"" : "\"reason\":\"time\""));
		end(&g);
	}
}

/* --- budgets and discipline --- */

static void tokens_run_out(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "reply\ncall alerts {}\nusage 1000 100\n");
	g.opt.discipline.max_tokens = 2000;
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_string_equal(g.report.stop, "tokens");
	assert_int_equal(g.report.turns, 2);
	end(&g);
}

static void a_cost_cap_needs_a_price(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "reply\ncall alerts {}\n");
	g.opt.discipline.max_cost_micro = 1000;
	play(&g);
	assert_int_equal(g.code, CC_EUSAGE);
	assert_int_equal(mock_model_requests(g.server), 0);
	end(&g);
}

/* A play whose model costs what the prices file of this folder says. */
static void begin_priced(playing *g, const test_tree *config, const char *script)
{
	setenv("XDG_CONFIG_HOME", test_tree_path(config, ""), 1);
	begin(g, CC_PROVIDER_OPENAI, script);
	unsetenv("XDG_CONFIG_HOME");
}

/* A dollar for a million tokens read: 1000 of them are a thousandth. */
static void cost_ends_before_the_cap(void **state)
{
	playing g;
	test_tree config;
	(void)state;
	test_tree_make(&config);
	test_tree_file(&config, "coldcase/prices.yaml", "openai/test-model: {input: 1.00, output: 10.00}\n");
	begin_priced(&g, &config, "reply\ncall alerts {\"limit\":1}\nusage 10000 100\n");
	g.opt.discipline.max_cost_micro = 40000;
	play(&g);
	if (g.code != CC_OK)
		fail_msg("%s", g.err.message);
	assert_string_equal(g.report.stop, "cost");
	assert_int_equal(g.report.turns, 3);         /* a fourth would cost 11,000 again */
	assert_int_equal(g.report.cost_micro, 33000);
	assert_int_equal(g.report.next_cost_micro / 1000, 12);     /* what was read and written, with a little more to read and to write */
	assert_true(recorded(&g, "\"cost_usd\":0.011"));
	end(&g);
	begin_priced(&g, &config, "reply\ncall alerts {\"limit\":1}\n");
	g.opt.discipline.max_cost_micro = 100;
	play(&g);
	assert_string_equal(g.report.stop, "cost");
	assert_int_equal(g.report.turns, 0);
	assert_int_equal(mock_model_requests(g.server), 0);
	assert_true(g.report.next_cost_micro > 100);
	end(&g);
	test_tree_remove(&config);
}

/* Ten dollars for a million tokens written: what is left of the cap is how long the answer may be, and the server is told so. */
static void an_answer_is_no_longer_than_the_cap_pays_for(void **state)
{
	playing g;
	test_tree config;
	(void)state;
	test_tree_make(&config);
	test_tree_file(&config, "coldcase/prices.yaml", "openai/test-model: {input: 0.00, output: 10.00}\n");
	begin_priced(&g, &config, "reply\nexpect \"max_tokens\":4000\ncall alerts {\"limit\":1}\nusage 100 1000\n"
		"reply\nexpect \"max_tokens\":3000\ncall alerts {\"limit\":1}\nusage 100 3000\n");
	g.opt.discipline.max_cost_micro = 40000;
	play(&g);
	if (g.code != CC_OK)
		fail_msg("%s", g.err.message);
	assert_string_equal(g.report.stop, "cost");
	assert_int_equal(g.report.turns, 2);
	assert_int_equal(g.report.cost_micro, 40000);
	end(&g);
	test_tree_remove(&config);
}

static void after_the_commitment_only_the_answer_counts(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "by turn\nreply\ncall alerts {}\ncall suspect {\"name\":\"otel-demo/Deployment/checkout\"}\nreply\ncall alerts {}\n"
		"reply\ncall alerts {}\n");
	g.opt.discipline.commit_by = 2;
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_string_equal(g.report.stop, "submit");
	assert_true(g.report.forced);
	assert_true(sent(&g, 1, "It is time to commit"));
	assert_true(sent(&g, 2, "alerts is not carried out any more"));
	assert_int_equal(g.report.turns, 4);
	end(&g);
}

static void the_check_refuses_once(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "by turn\n" SUBMIT "reply\ncall submit {\"confirm\":\"submit\"}\n");
	g.opt.discipline.self_check = true;
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_int_equal(g.report.turns, 2);
	assert_true(sent(&g, 1, "otel-demo/Deployment/checkout has no pin"));
	assert_true(recorded(&g, "\"self_check\":true"));
	end(&g);
}

static void the_check_finds_what_follows(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "by turn\nreply\ncall suspect {\"name\":\"otel-demo/Service/frontend\"}\n" SUBMIT
		"reply\ncall submit {\"confirm\":\"submit\"}\n");
	g.opt.discipline.self_check = true;
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_true(sent(&g, 2, "otel-demo/Service/frontend may follow from otel-demo/Deployment/checkout"));
	end(&g);
}

static void advice_is_told_when_it_changes(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "by turn\nreply\ncall suspect {\"name\":\"checkout\",\"confidence\":0.8}\ncall suspect {\"name\":\"email\",\"confidence\":0.1}\n"
		"reply\ncall alerts {}\n" SUBMIT);
	g.opt.discipline.advice = true;
	g.opt.discipline.max_turns = 100;
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_true(sent(&g, 1, "all 2 suspects is worth"));
	assert_true(sent(&g, 1, "alone (submit names=...)"));
	assert_true(recorded(&g, "\"advice\":true"));
	end(&g);
}

/* --- a person in its place --- */

/* Gates: the first turn, its two lines, the second turn, ... */
static void what_a_person_did_is_told_at_the_next_turn(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "by turn\nreply\ncall alerts {}\ncall changes {}\n" SUBMIT);
	g.by_person = "note text=hm";
	g.opt.discipline.max_turns = 100;
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_true(sent(&g, 1, "A person took over for a while"));
	assert_true(sent(&g, 1, "note text=hm"));
	assert_true(recorded(&g, "\"actor\":\"human\",\"line\":\"note text=hm\""));
	assert_int_equal(g.ran, 4);          /* alerts, changes, suspect, submit */
	assert_int_equal(g.gates, 6);        /* and two turns */
	end(&g);
}

static void a_person_may_end_it(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "by turn\nreply\ncall suspect {\"name\":\"checkout\"}\ncall changes {}\n" SUBMIT);
	g.by_person = "submit confirm=submit";
	play(&g);
	assert_int_equal(g.code, CC_OK);
	assert_string_equal(g.report.stop, "submit");
	assert_int_equal(g.report.turns, 1);
	assert_int_equal(g.ran, 1);
	end(&g);
}

/* --- the window --- */

static void a_long_conversation_is_summarised(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_ANTHROPIC, "reply\ncall alerts {}\nusage 800 10\nreply\ntext 1. Task: find it. 2. Done: alerts.\nusage 900 20\n" SUBMIT);
	g.opt.window = 1000;
	play(&g);
	if (g.code != CC_OK)
		fail_msg("%s", g.err.message);
	assert_int_equal(g.report.turns, 2);
	assert_int_equal(g.report.calls, 3);
	assert_true(sent(&g, 1, "Five parts"));
	assert_true(sent(&g, 2, "2. Done: alerts."));
	assert_false(sent(&g, 2, "ALERTS"));
	assert_true(recorded(&g, "\"event\":\"context\",\"data\":{\"what\":\"summarised\""));
	assert_true(recorded(&g, "\"for\":\"summary\""));
	end(&g);
}

static void what_does_not_fit_loses_its_latest_turn(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "reply\ncall alerts {}\nreply\ncall changes {}\nreply\nstatus 400 This model's maximum context length is 1000 tokens\n"
		"reply\ntext Hm.\nreply\ntext A summary.\n" SUBMIT);
	g.opt.discipline.max_turns = 100;
	play(&g);
	if (g.code != CC_OK)
		fail_msg("%s", g.err.message);
	assert_true(recorded(&g, "\"what\":\"latest turn dropped\""));
	assert_true(sent(&g, 3, "ALERTS"));
	assert_false(sent(&g, 3, "CHANGES"));
	assert_true(sent(&g, 5, "A summary."));
	end(&g);
}

static void what_never_fits_is_an_error(void **state)
{
	playing g;
	(void)state;
	begin(&g, CC_PROVIDER_OPENAI, "reply\nstatus 400 This model's maximum context length is 1000 tokens\n");
	play(&g);
	assert_int_equal(g.code, CC_ELIMIT);
	assert_non_null(strstr(g.err.message, "does not fit"));
	end(&g);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_run_is_recorded_whole),
		cmocka_unit_test(parallel_calls_are_answered_in_order),
		cmocka_unit_test(bad_arguments_are_the_calls_answer),
		cmocka_unit_test(talk_alone_spends_turns),
		cmocka_unit_test(without_a_warning_it_is_asked_to_go_on),
		cmocka_unit_test(two_submissions_in_a_turn_are_none),
		cmocka_unit_test(a_refusal_is_a_turn),
		cmocka_unit_test(an_overloaded_server_is_tried_again),
		cmocka_unit_test(a_server_that_stays_broken_ends_the_play),
		cmocka_unit_test(a_cut_stream_comes_anew),
		cmocka_unit_test(outside_bytes_are_mended),
		cmocka_unit_test(cancelling_keeps_the_record_whole),
		cmocka_unit_test(the_time_ends_a_call_of_the_model),
		cmocka_unit_test(tokens_run_out),
		cmocka_unit_test(a_cost_cap_needs_a_price),
		cmocka_unit_test(cost_ends_before_the_cap),
		cmocka_unit_test(an_answer_is_no_longer_than_the_cap_pays_for),
		cmocka_unit_test(after_the_commitment_only_the_answer_counts),
		cmocka_unit_test(the_check_refuses_once),
		cmocka_unit_test(the_check_finds_what_follows),
		cmocka_unit_test(advice_is_told_when_it_changes),
		cmocka_unit_test(what_a_person_did_is_told_at_the_next_turn),
		cmocka_unit_test(a_person_may_end_it),
		cmocka_unit_test(a_long_conversation_is_summarised),
		cmocka_unit_test(what_does_not_fit_loses_its_latest_turn),
		cmocka_unit_test(what_never_fits_is_an_error),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
