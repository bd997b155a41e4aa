/* Where keys and prices come from, and that a key is never seen again. */
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "coldcase/log.h"
#include "coldcase/yaml.h"
#include "net/model_priv.h"
#include "support/scratch.h"
#include "unit/net/net_test.h"

/* --- keys --- */

static cc_code open_with(cc_provider p, const char *base_url, cc_err *err)
{
	canned net = { 0 };
	cc_model_options o;
	cc_model *m = NULL;
	cc_model_options_init(&o);
	o.provider = p;
	o.model = "m";
	o.base_url = base_url;
	o.net = canned_net(&net);
	cc_code code = cc_model_open(&m, &o, err);
	cc_model_close(m);
	return code;
}

static void write_keys(const char *text, mode_t mode)
{
	test_tree_file(&scratch, "config/coldcase/keys.yaml", text);
	assert_int_equal(chmod(test_tree_path(&scratch, "config/coldcase/keys.yaml"), mode), 0);
}

static void test_no_key(void **state)
{
	cc_err e = { 0 };
	(void)state;
	assert_int_equal(open_with(CC_PROVIDER_ANTHROPIC, NULL, &e), CC_EACCESS);
	assert_string_equal(e.message, "anthropic: there is no key");
	assert_non_null(strstr(e.hint, "ANTHROPIC_API_KEY"));
	assert_non_null(strstr(e.hint, "keys.yaml"));
	assert_int_equal(open_with(CC_PROVIDER_ANTHROPIC, "http://127.0.0.1:9", &e), CC_OK); /* a server of one's own may want none */
	assert_int_equal(open_with(CC_PROVIDER_OLLAMA, NULL, &e), CC_OK);
}

static void test_key_file(void **state)
{
	cc_err e = { 0 };
	(void)state;
	write_keys("openai: " KEY "\nanthropic: other-key-of-mine\n", 0600);
	assert_int_equal(open_with(CC_PROVIDER_OPENAI, NULL, &e), CC_OK);
	assert_int_equal(open_with(CC_PROVIDER_RESPONSES, NULL, &e), CC_OK); /* one account, one key */
	assert_int_equal(open_with(CC_PROVIDER_GEMINI, NULL, &e), CC_EACCESS);
	write_keys("openai: " KEY "\n", 0640);
	assert_int_equal(open_with(CC_PROVIDER_OPENAI, NULL, &e), CC_EACCESS);
	assert_non_null(strstr(e.message, "others than you may read the keys (mode 0640)"));
	assert_non_null(strstr(e.hint, "chmod 600"));
	setenv("OPENAI_API_KEY", "from-the-environment", 1); /* goes first: the file is not looked at */
	assert_int_equal(open_with(CC_PROVIDER_OPENAI, NULL, &e), CC_OK);
	unsetenv("OPENAI_API_KEY");
	write_keys("- " KEY "\n", 0600);
	assert_int_equal(open_with(CC_PROVIDER_OPENAI, NULL, &e), CC_EFORMAT);
	assert_null(strstr(e.message, KEY));
	write_keys("openai: {" KEY "\n", 0600);
	assert_int_equal(open_with(CC_PROVIDER_OPENAI, NULL, &e), CC_EFORMAT);
	assert_null(strstr(e.message, KEY));
	write_keys("openai: \"two words\\r\\nX-Evil: 1\"\n", 0600);
	assert_int_equal(open_with(CC_PROVIDER_OPENAI, NULL, &e), CC_EFORMAT);
	assert_null(strstr(e.message, "Evil"));
	unlink(test_tree_path(&scratch, "config/coldcase/keys.yaml"));
}

static void test_key_goes_where_it_belongs(void **state)
{
	static const char *const lines[] = { "Authorization: Bearer ", "Authorization: Bearer ", "x-api-key: ", "x-goog-api-key: ", "Authorization: Bearer " };
	(void)state;
	for (cc_provider p = CC_PROVIDER_OPENAI; p < CC_PROVIDER_COUNT; p++) {
		dialogue g;
		cc_buf line = CC_BUF_INIT;
		dialogue_init(&g, p);
		canned_add(&g.net, 401, "application/json", "{}");
		must_fail(&g, CC_EACCESS);
		cc_buf_addf(&line, "%s%s\n", lines[p], KEY);
		assert_non_null(strstr(g.net.headers[0], line.p));
		assert_null(strstr(g.net.urls[0], KEY));
		assert_null(strstr(g.net.bodies[0], KEY));
		cc_buf_deinit(&line);
		dialogue_deinit(&g);
	}
}

static void check_absent(cc_str text, const char *where)
{
	if (cc_str_find(text, CC_STR(KEY)) != CC_STR_NONE)
		fail_msg("the key stands in %s", where);
}

/* A server that repeats the key wherever it can: whole, in pieces, in errors. */
static void test_key_is_never_seen_again(void **state)
{
	dialogue g;
	cc_buf log = CC_BUF_INIT;
	(void)state;
	cc_log_open(test_tree_path(&scratch, "log"));
	for (cc_provider p = CC_PROVIDER_OPENAI; p < CC_PROVIDER_COUNT; p++) {
		dialogue_serve(&g, p, "reply\nstatus 401 Incorrect API key provided: " KEY "\nreply\nstatus 500 " KEY " " KEY "\n"
			"reply\nerror bad " KEY "\nreply\nthink " KEY "\ntext Your key is " KEY ".\ncall logs {\"filter\":\"" KEY "\"}\nstop calls\n");
		g.opt.tries = 1;
		must_fail(&g, CC_EACCESS);
		check_absent(S(g.err.message), "an error");
		assert_non_null(strstr(g.err.message, "[key]"));
		must_fail(&g, CC_EIO);
		check_absent(S(g.err.message), "an error");
		must_fail(&g, CC_EIO);
		check_absent(S(g.err.message), "an error");
		must_answer(&g);
		check_absent(g.answer.message.text, "the text");
		check_absent(g.answer.message.reasoning, "the reasoning");
		check_absent(g.answer.message.state, "the state");
		check_absent(g.answer.message.calls[0].arguments, "the arguments");
		check_absent(cc_buf_str(&g.told), "the events");
		dialogue_deinit(&g);
	}
	cc_log_open(NULL);
	assert_int_equal(cc_file_read(&log, test_tree_path(&scratch, "log"), 1 << 20, NULL), CC_OK);
	assert_true(log.n > 100);
	check_absent(cc_buf_str(&log), "the log");
	cc_buf_deinit(&log);
}

/* --- prices --- */

static int64_t cost_of(const char *model, cc_usage u)
{
	cc_model_facts f;
	cc_err e = { 0 };
	if (facts_find(&f, "openai", S(model), &e) != CC_OK)
		fail_msg("%s", e.message);
	return cc_model_cost(&f, &u);
}

static void test_costs(void **state)
{
	(void)state;
	assert_int_equal(cost_of("no-such-model", (cc_usage){ 10, 10, 0, 0, 0 }), -1);
	assert_int_equal(cost_of("gpt-5-mini", (cc_usage){ 1000000, 1000000, 0, 0, -1 }), 2250000);
	assert_int_equal(cost_of("gpt-5-mini", (cc_usage){ 1000000, 0, 0, 1000000, -1 }), 25000);
	assert_int_equal(cost_of("gpt-5-mini", (cc_usage){ 1, 0, -1, -1, -1 }), 1);          /* a quarter, rounded up */
	assert_int_equal(cost_of("gpt-5-mini", (cc_usage){ -1, 5, -1, -1, -1 }), -1);
	assert_int_equal(cost_of("gpt-5-mini-2025-08-07", (cc_usage){ 4, 0, -1, -1, -1 }), 1);
	assert_int_equal(cost_of("gpt-5-mini-high", (cc_usage){ 4, 0, -1, -1, -1 }), -1);
	assert_int_equal(cost_of("gpt-5.4", (cc_usage){ 272000, 1000, 0, 0, -1 }), 695000);
	assert_int_equal(cost_of("gpt-5.4", (cc_usage){ 272001, 1000, 0, 0, -1 }), 1382505);
	assert_int_equal(cost_of("gpt-6.2-sol", (cc_usage){ 1000, 0, 0, 400, 500 }), 40 + 1250 + 200);
	assert_int_equal(cost_of("gpt-6.2-sol", (cc_usage){ 100, 0, 0, 400, 500 }), 10);       /* parts cannot be more than the whole */
	assert_int_equal(cost_of("gpt-5.4", (cc_usage){ INT64_MAX, INT64_MAX, 0, 0, 0 }), -1);
}

static void write_prices(const char *text)
{
	test_tree_file(&scratch, "config/coldcase/prices.yaml", text);
}

static void check_bad_prices(const char *text)
{
	cc_model_facts f;
	cc_err e = { 0 };
	write_prices(text);
	assert_int_equal(facts_find(&f, "openai", CC_STR("x"), &e), CC_EFORMAT);
	assert_non_null(strstr(e.message, "config/coldcase/prices.yaml"));
}

static void test_prices_of_the_user(void **state)
{
	cc_model_facts f;
	(void)state;
	write_prices("openai/gpt-5-mini: {input: 0, output: 0}\nopenai/mine: {input: 0.000001, output: 3, window: 32768}\n");
	assert_int_equal(cost_of("gpt-5-mini", (cc_usage){ 1000, 1000, 0, 0, 0 }), 0); /* free is not unknown */
	assert_int_equal(cost_of("mine", (cc_usage){ 1000000, 1, 0, 0, 0 }), 4);
	assert_int_equal(facts_find(&f, "openai-responses", CC_STR("mine"), NULL), CC_OK);
	assert_int_equal(f.window, 32768);
	assert_int_equal(facts_find(&f, "anthropic", CC_STR("mine"), NULL), CC_OK);
	assert_int_equal(f.input, -1);
	check_bad_prices("openai/mine: {input: -1}\n");
	check_bad_prices("openai/mine: {input: 1.0000001}\n");
	check_bad_prices("openai/mine: {input: 1001}\n");
	check_bad_prices("openai/mine: {window: 1.5}\n");
	check_bad_prices("openai/mine: 3\n");
	check_bad_prices("- a\n");
	check_bad_prices("{\n");
	write_prices("");
	assert_int_equal(facts_find(&f, "gemini", CC_STR("models/gemini-3.5-flash"), NULL), CC_OK);
	assert_int_equal(f.output, 9000000);
	unlink(test_tree_path(&scratch, "config/coldcase/prices.yaml"));
}

static void check_row(const cc_json *row)
{
	cc_model_facts f;
	cc_str of, name;
	cc_buf provider = CC_BUF_INIT;
	assert_true(cc_str_cut(cc_json_key(row), '/', &of, &name));
	cc_buf_add(&provider, of);
	assert_int_equal(facts_find(&f, provider.p, name, NULL), CC_OK);
	if (!(f.input > 0 && f.output > f.input && f.cached < f.input && (f.cache_written < 0 || f.cache_written > f.input)))
		fail_msg("%.*s", CC_STR_ARG(cc_json_key(row)));
	if (f.over && !(f.over_input > f.input && f.over_output > f.output && f.over_cached > f.cached))
		fail_msg("%.*s: long requests", CC_STR_ARG(cc_json_key(row)));
	assert_true(f.window == 0 || f.window > f.max_output);
	cc_buf_deinit(&provider);
}

/* Every row of the table that is compiled in is found, has both prices, and no long request costs less. */
static void test_own_prices(void **state)
{
	cc_buf text = CC_BUF_INIT;
	cc_json *rows = NULL;
	size_t n = 0;
	(void)state;
	assert_int_equal(cc_file_read(&text, "src/net/prices.yaml", 1 << 20, NULL), CC_OK);
	assert_int_equal(cc_yaml_parse(&rows, cc_buf_str(&text), NULL), CC_OK);
	for (const cc_json *row = cc_json_first(rows); row; row = cc_json_next(row), n++)
		check_row(row);
	assert_true(n > 20);
	cc_json_free(rows);
	cc_buf_deinit(&text);
}

static int set_up(void **state)
{
	scratch_make(state);
	setenv("XDG_CONFIG_HOME", test_tree_path(&scratch, "config"), 1);
	for (cc_provider p = CC_PROVIDER_OPENAI; p < CC_PROVIDER_COUNT; p++)
		unsetenv(cc_provider_variable(p));
	unsetenv("GOOGLE_API_KEY");
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_key),
		cmocka_unit_test(test_key_file),
		cmocka_unit_test(test_key_goes_where_it_belongs),
		cmocka_unit_test(test_key_is_never_seen_again),
		cmocka_unit_test(test_costs),
		cmocka_unit_test(test_prices_of_the_user),
		cmocka_unit_test(test_own_prices),
	};
	return cmocka_run_group_tests(tests, set_up, scratch_remove);
}
