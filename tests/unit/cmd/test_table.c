/* test_table.c - laws 4 and 5: the table is whole, and every example in it runs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/json.h"
#include "coldcase/schema.h"
#include "coldcase/session.h"
#include "coldcase/spans.h"

#define SAMPLE "sample-incidents/Scenario-1"

static cc_session *session;

static int set_up(void **state)
{
	(void)state;
	cc_session_options o = { .dir = SAMPLE };
	cc_err err = { 0 };
	if (cc_session_open(&session, &o, &err) == CC_OK)
		return 0;
	fprintf(stderr, "%s\n", err.message);
	return -1;
}

static int tear_down(void **state)
{
	(void)state;
	cc_session_close(session);
	return 0;
}

static void entries_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < cc_cmd_count(); i++) {
		const cc_cmd *c = cc_cmd_get(i);
		assert_non_null(c->name);
		assert_non_null(c->summary);
		assert_non_null(c->group);
		assert_non_null(c->run);
		if ((c->flags & CC_CMD_QUERY) && !c->reply)
			fail_msg("%s shows evidence and documents no JSON keys", c->name);
		for (int p = 0; c->params && c->params[p].name; p++) {
			assert_true(p < CC_CMD_MAX_PARAMS);
			assert_non_null(c->params[p].help);
			assert_int_equal(c->params[p].type == CC_PARAM_CHOICE, c->params[p].choices != NULL);
		}
		for (size_t k = 0; k < i; k++) {
			assert_string_not_equal(c->name, cc_cmd_get(k)->name);
			if (c->alias && cc_cmd_get(k)->alias)
				assert_string_not_equal(c->alias, cc_cmd_get(k)->alias);
		}
	}
}

static bool documented(const cc_cmd *c, cc_str key)
{
	for (const char *const *line = c->reply; line && *line; line++)
		if (cc_str_find(cc_str_from(*line), key) != CC_STR_NONE)
			return true;
	return false;
}

/* Every key of a reply stands in the entry's table of JSON keys. */
static void check_keys(const cc_cmd *c, const cc_json *object, bool top)
{
	static const char *const common[] = { "command", "title", "partial", "notes", "total_count", "offset", "limit", "returned_count", "truncated", "covered_count",
		"hidden_count", "depth" };
	for (const cc_json *m = cc_json_first(object); m; m = cc_json_next(m)) {
		bool known = documented(c, cc_json_key(m));
		for (size_t i = 0; i < sizeof common / sizeof common[0]; i++)
			known = known || cc_str_eqz(cc_json_key(m), common[i]);
		if (!known)
			fail_msg("%s: the JSON key %.*s is not documented", c->name, CC_STR_ARG(cc_json_key(m)));
		const cc_json *inner = cc_json_typeof(m) == CC_JSON_ARRAY ? cc_json_first(m) : m;
		if (top && cc_json_typeof(inner) == CC_JSON_OBJECT)
			check_keys(c, inner, false);
	}
}

static void check_type(const cc_cmd *c, const cc_json *value, const cc_json *schema)
{
	static const char *const names[] = { [CC_JSON_OBJECT] = "object", [CC_JSON_ARRAY] = "array", [CC_JSON_STRING] = "string", [CC_JSON_BOOL] = "boolean",
		[CC_JSON_NUMBER] = "integer" };
	const char *is = names[cc_json_typeof(value)];
	if (!is || !cc_str_eqz(cc_json_get_str(schema, "type"), is))
		fail_msg("%s: %.*s is no %.*s", c->name, CC_STR_ARG(cc_json_key(value)), CC_STR_ARG(cc_json_get_str(schema, "type")));
	const cc_json *items = cc_json_typeof(value) == CC_JSON_ARRAY ? cc_json_get(schema, "items") : NULL;
	for (const cc_json *e = cc_json_first(value); items && e; e = cc_json_next(e))
		check_type(c, e, items);
}

/* Every member of a reply is said once, and is of the type that the schema of the command's replies gives it. */
static void check_schema(const cc_cmd *c, const cc_json *reply)
{
	cc_buf b = CC_BUF_INIT;
	cc_json *schema;
	cc_jw w;
	cc_jw_init(&w, &b, 0);
	cc_cmd_write_output_schema(c, &w);
	assert_int_equal(cc_json_parse(&schema, cc_buf_str(&b), NULL), CC_OK);
	const cc_json *properties = cc_json_get(schema, "properties");
	for (const cc_json *p = cc_json_first(properties); p; p = cc_json_next(p))
		if (!cc_json_get_str(p, "type").n)
			fail_msg("%s: %.*s has no type", c->name, CC_STR_ARG(cc_json_key(p)));
	for (const cc_json *m = cc_json_first(reply); m; m = cc_json_next(m)) {
		const cc_json *p = cc_json_first(properties);
		while (p && !cc_str_eq(cc_json_key(p), cc_json_key(m)))
			p = cc_json_next(p);
		for (const cc_json *other = cc_json_next(m); other; other = cc_json_next(other))
			if (cc_str_eq(cc_json_key(m), cc_json_key(other)))
				fail_msg("%s: two members are called %.*s", c->name, CC_STR_ARG(cc_json_key(m)));
		if (p)
			check_type(c, m, p);
	}
	cc_json_free(schema);
	cc_buf_deinit(&b);
}

static void run_example(cc_session *s, const cc_cmd *c, const char *line)
{
	cc_reply *r;
	cc_err err = { 0 };
	cc_json *json;
	cc_buf b = CC_BUF_INIT;
	if (cc_session_run(s, cc_str_from(line), NULL, &r, &err) != CC_OK)
		fail_msg("example '%s': %s", line, err.message);
	cc_reply_write_json(r, &b);
	assert_int_equal(cc_json_parse(&json, cc_buf_str(&b), NULL), CC_OK);
	check_keys(c, json, true);
	check_schema(c, json);
	cc_buf_clear(&b);
	cc_reply_write_text(r, &b, 80, true);
	for (size_t i = 0; i < b.n; i++)
		if ((unsigned char)b.p[i] >= 0x7f || ((unsigned char)b.p[i] < 0x20 && b.p[i] != '\n'))
			fail_msg("'%s' prints byte 0x%02x in ASCII mode", line, (unsigned char)b.p[i]);
	cc_json_free(json);
	cc_buf_deinit(&b);
	cc_reply_unref(r);
}

/* The examples of a group are run in the order of the table, in a session of their own: `back` follows `focus`, `resume` follows
 * `pause`, and `start` needs a clock that has not begun. */
static void every_example_runs(void **state)
{
	(void)state;
	size_t n = 0;
	cc_session *s = NULL;
	const char *group = "";
	for (size_t i = 0; i < cc_cmd_count(); i++) {
		const cc_cmd *c = cc_cmd_get(i);
		if (strcmp(group, c->group) != 0) {
			cc_session_options o = { .dir = SAMPLE, .pause_at_start = strcmp(c->group, "session") == 0 };
			if (s)
				cc_session_close(s);
			assert_int_equal(cc_session_open(&s, &o, NULL), CC_OK);
			group = c->group;
		}
		for (const char *const *e = c->examples; e && *e; e++, n++)
			run_example(s, c, *e);
	}
	cc_session_close(s);
	assert_true(n > 40);
}

static void the_same_question_has_the_same_answer(void **state)
{
	(void)state;
	cc_buf json[2] = { CC_BUF_INIT, CC_BUF_INIT };
	for (int i = 0; i < 2; i++) {
		cc_reply *r;
		assert_int_equal(cc_session_run(session, CC_STR("entity Deployment/quote"), NULL, &r, NULL), CC_OK);
		cc_reply_write_json(r, &json[i]);
		cc_reply_unref(r);
	}
	assert_true(cc_str_eq(cc_buf_str(&json[0]), cc_buf_str(&json[1])));
	cc_buf_deinit(&json[0]);
	cc_buf_deinit(&json[1]);
}

/* Pages put together are the list, and none holds more than 200 rows. */
static void pages_tile_the_list(void **state)
{
	(void)state;
	uint64_t total = 0, seen = 0;
	do {
		char line[64];
		cc_reply *r;
		snprintf(line, sizeof line, "objects limit=37 offset=%llu", (unsigned long long)seen);
		assert_int_equal(cc_session_run(session, cc_str_from(line), NULL, &r, NULL), CC_OK);
		cc_paging p = cc_reply_paging(r);
		assert_true(p.returned_count <= 37);
		assert_true(!total || p.total_count == total);
		assert_true(p.returned_count > 0);
		total = p.total_count;
		seen += p.returned_count;
		assert_int_equal(p.truncated, seen < total);
		cc_reply_unref(r);
	} while (seen < total);
	assert_true(total > 37 && seen == total);
}

static void check_offers(const char *line, const char *word)
{
	cc_arena *a = cc_arena_new();
	cc_completion_vec v = { 0 };
	size_t start;
	bool found = false;
	assert_int_equal(cc_cmd_complete(session, cc_str_from(line), a, &v, &start), CC_OK);
	for (size_t k = 0; k < v.n; k++)
		found = found || cc_str_eqz(v.p[k].word, word);
	if (!found)
		fail_msg("'%s' does not offer %s (%zu words)", line, word, v.n);
	cc_vec_deinit(&v);
	cc_arena_free(a);
}

static void completion_offers_trace_ids(void **state)
{
	(void)state;
	const cc_snapshot *s = cc_session_snapshot(session);
	cc_buf id = CC_BUF_INIT, line = CC_BUF_INIT;
	assert_true(cc_traces_count(s) > 60);
	cc_id128_format(&id, cc_traces_get(s, cc_traces_count(s) - 1)->id);
	cc_buf_addf(&line, "trace %.12s", id.p);
	check_offers(line.p, id.p);
	cc_arena *a = cc_arena_new();
	cc_completion_vec v = { 0 };
	size_t start;
	assert_int_equal(cc_cmd_complete(session, CC_STR("trace "), a, &v, &start), CC_OK);
	assert_true(v.n >= 50 && v.n < 60); /* ids, then the parameters */
	cc_vec_deinit(&v);
	cc_arena_free(a);
	cc_buf_deinit(&id);
	cc_buf_deinit(&line);
}

static void completion_offers_what_fits(void **state)
{
	(void)state;
	static const struct { const char *line, *word; } cases[] = { { "al", "alerts" }, { "logs lev", "level=" }, { "logs order=n", "order=newest" },
		{ "spec Deployment/quo", "otel-demo/Deployment/quote" }, { "logs service=quo", "service=quote" },
		{ "logs level>=", "level>=error" }, { "logs level>=w", "level>=warn" }, { "logs level!=", "level!=fatal" }, { "trac", "trace" }, { "trac", "traces" } };
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		check_offers(cases[i].line, cases[i].word);
}

/* Ctrl-C while a command runs sets the flag that commands ask; the next command is unharmed. */
static void a_canceled_command_says_so(void **state)
{
	(void)state;
	static const char *const lines[] = { "logs ~ /x/", "patterns" };
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		cc_cancel cancel = { 0 };
		cc_reply *r;
		cc_err err = { 0 };
		cc_cancel_set(&cancel);
		assert_int_equal(cc_session_run(session, cc_str_from(lines[i]), &cancel, &r, &err), CC_ECANCELED);
		assert_null(r);
		cc_cancel_clear(&cancel);
		assert_int_equal(cc_session_run(session, cc_str_from(lines[i]), &cancel, &r, &err), CC_OK);
		cc_reply_unref(r);
	}
}

/* What the program itself says before the start stands on the smallest common screen without being broken. */
static void the_briefing_fits(void **state)
{
	(void)state;
	cc_reply *r;
	assert_int_equal(cc_session_run(session, CC_STR("briefing"), NULL, &r, NULL), CC_OK);
	size_t lines = 0;
	for (size_t i = 0; i < cc_reply_section_count(r); i++) {
		const cc_section *s = cc_reply_section(r, i);
		if (strcmp(s->key, "task") != 0 && strcmp(s->key, "example") != 0)
			continue;
		for (size_t k = 0; k < s->line_count; k++, lines++)
			if (s->lines[k].text.n > 72 || s->lines[k].text.p[0] == ' ')
				fail_msg("briefing: '%.*s'", CC_STR_ARG(s->lines[k].text));
	}
	assert_true(lines >= 5);
	cc_reply_unref(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_whole),
		cmocka_unit_test(every_example_runs),
		cmocka_unit_test(the_same_question_has_the_same_answer),
		cmocka_unit_test(pages_tile_the_list),
		cmocka_unit_test(completion_offers_what_fits),
		cmocka_unit_test(completion_offers_trace_ids),
		cmocka_unit_test(the_briefing_fits),
		cmocka_unit_test(a_canceled_command_says_so),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
