/* test_logs_cmd.c - `logs` over a long list: folding, neighbours, finding, what is hidden, and what scrolling costs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/json.h"
#include "coldcase/session.h"
#include "support/tree.h"

#define HEADER "Timestamp\tTraceId\tSeverityText\tServiceName\tBody\tResourceAttributes\tLogAttributes\n"

enum { ROWS = 1000, STORM_FROM = 500, STORM = 214 };

static test_tree tree;
static cc_session *session;

/* A record a second: every 100th an error, a storm of equal lines in the middle, JSON and stack traces at known places. */
static void add_record(cc_buf *b, int i)
{
	const char *level = i % 100 == 50 ? "ERROR" : i % 100 == 60 ? "WARN" : "INFO", *service = i % 2 ? "cart" : "ad";
	cc_buf_addf(b, "2025-12-15 17:%02d:%02d.000000000\t%s\t%s\t", i / 60, i % 60, i % 10 == 3 ? "88ebfbcebbbc0884eabd9178e1808940" : "",
		i >= STORM_FROM && i < STORM_FROM + STORM ? "INFO" : level);
	if (i >= STORM_FROM && i < STORM_FROM + STORM)
		cc_buf_addz(b, "queue\tstorm of retries");
	else if (i == 7)
		cc_buf_addz(b, "cart\t\"{\"\"msg\"\": \"\"payment refused\"\", \"\"level\"\": \"\"info\"\", \"\"user\"\": {\"\"id\"\": 42}, \"\"code\"\": \"\"E7\"\"}\"");
	else if (i == 8)
		cc_buf_addz(b, "ad\t\"java.lang.IllegalStateException: closed\n\tat java.base/java.lang.Thread.run(Thread.java:833)\n\tat com.shop.Ad.get(Ad.java:7)\"");
	else
		cc_buf_addf(b, "%s\tline %d", service, i);
	cc_buf_addz(b, "\t{}\t{'tenant': 'blue'}\n");
}

static int open_all(void **state)
{
	cc_buf b = CC_BUF_INIT;
	(void)state;
	cc_buf_addz(&b, HEADER);
	for (int i = 0; i < ROWS; i++)
		add_record(&b, i);
	test_tree_make(&tree);
	test_tree_file(&tree, "Scenario-3/otel_logs_raw.tsv", b.p);
	cc_buf_deinit(&b);
	cc_session_options o = { .dir = test_tree_path(&tree, "Scenario-3"), .budget = 50 };
	return cc_session_open(&session, &o, NULL) != CC_OK;
}

static int close_all(void **state)
{
	(void)state;
	cc_session_close(session);
	test_tree_remove(&tree);
	return 0;
}

static cc_reply *ask(const char *line)
{
	cc_reply *r;
	cc_err err = { 0 };
	if (cc_session_run(session, cc_str_from(line), NULL, &r, &err) != CC_OK)
		fail_msg("%s: %s", line, err.message);
	return r;
}

static int64_t used(void)
{
	return cc_case_budget(cc_session_case(session)).used;
}

static const cc_cell *cell(const cc_reply *r, size_t row, const char *key)
{
	const cc_section *t = cc_reply_main(r);
	for (size_t i = 0; i < t->column_count; i++)
		if (strcmp(t->columns[i].key, key) == 0)
			return &t->rows[row].cells[i];
	fail_msg("no column %s", key);
	return NULL;
}

static int64_t fact(const cc_reply *r, const char *key)
{
	const cc_section *s = cc_reply_section(r, 0);
	assert_string_equal(s->key, "find");
	for (size_t i = 0; i < s->fact_count; i++)
		if (strcmp(s->facts[i].key, key) == 0)
			return s->facts[i].cell.i;
	fail_msg("no fact %s", key);
	return 0;
}

static void assert_text(const cc_reply *r, size_t row, const char *key, const char *text)
{
	cc_str have = cell(r, row, key)->text;
	if (!cc_str_eqz(have, text))
		fail_msg("%s is '%.*s', not '%s'", key, CC_STR_ARG(have), text);
}

static void repeats_are_one_row_from_wherever_one_looks(void **state)
{
	(void)state;
	cc_reply *r = ask("logs offset=495 limit=10"), *inside = ask("logs offset=600 limit=10"), *all = ask("logs fold=no offset=500 limit=3");
	cc_paging p = cc_reply_paging(r);
	assert_int_equal(p.returned_count, 10);
	assert_int_equal(p.covered_count, 10 + STORM - 1);
	assert_int_equal(cell(r, 5, "repeats")->i, STORM);
	assert_int_equal(cc_reply_main(r)->rows[6].place, STORM_FROM + STORM);
	assert_int_equal(cc_reply_paging(inside).offset, STORM_FROM);   /* from the beginning of the run */
	assert_int_equal(cell(inside, 0, "repeats")->i, STORM);
	assert_true(cell(all, 0, "repeats")->type == CC_CELL_NONE && cc_reply_paging(all).covered_count == 3);
	cc_reply_unref(r);
	cc_reply_unref(inside);
	cc_reply_unref(all);
}

static void folded_pages_tile_the_list(void **state)
{
	uint64_t seen = 0, rows = 0;
	(void)state;
	do {
		char line[64];
		snprintf(line, sizeof line, "logs limit=37 offset=%llu", (unsigned long long)seen);
		cc_reply *r = ask(line);
		cc_paging p = cc_reply_paging(r);
		assert_int_equal(p.total_count, ROWS);
		assert_int_equal(p.offset, seen);
		assert_true(p.returned_count > 0);
		seen += p.covered_count;
		rows += p.returned_count;
		assert_int_equal(p.truncated, seen < ROWS);
		cc_reply_unref(r);
	} while (seen < ROWS);
	assert_int_equal(seen, ROWS);
	assert_int_equal(rows, ROWS - STORM + 1);
}

static void bodies_are_read_not_dumped(void **state)
{
	(void)state;
	cc_reply *r = ask("logs offset=7 limit=2 fields=user.id,tenant"), *whole = ask("logs fold=no offset=8 limit=1");
	assert_text(r, 0, "message", "payment refused  user={\"id\":42} code=E7");
	assert_text(r, 0, "user.id", "42");
	assert_text(r, 0, "tenant", "blue");
	assert_text(r, 1, "message", "java.lang.IllegalStateException: closed");
	assert_int_equal(cell(r, 1, "lines")->i, 2);
	assert_true(cell(r, 1, "user.id")->type == CC_CELL_NONE);
	assert_true(cc_str_find(cell(whole, 0, "message")->text, CC_STR("Ad.java:7")) != CC_STR_NONE);
	cc_reply_unref(r);
	cc_reply_unref(whole);
}

static void the_detail_lays_json_out_and_dims_library_frames(void **state)
{
	(void)state;
	cc_reply *json = ask("log otel_logs_raw.tsv#8"), *trace = ask("log otel_logs_raw.tsv#9");
	const cc_section *body = cc_reply_section(json, 1), *frames = cc_reply_section(trace, 1);
	assert_true(body->line_count > 5);
	assert_true(cc_str_eqz(body->lines[4].text, "    \"id\": 42"));
	assert_int_equal(frames->line_count, 3);
	assert_int_equal(frames->lines[0].role, CC_ROLE_TEXT);
	assert_int_equal(frames->lines[1].role, CC_ROLE_DIM);
	assert_int_equal(frames->lines[2].role, CC_ROLE_TEXT);
	cc_reply_unref(json);
	cc_reply_unref(trace);
}

static void a_filter_says_what_it_hides(void **state)
{
	(void)state;
	cc_reply *r = ask("logs level>=error limit=2"), *none = ask("logs limit=2");
	assert_int_equal(cc_reply_paging(r).total_count, 9);    /* the storm swallowed two, what was thrown is one */
	assert_true(cc_reply_paging(r).filtered);
	assert_int_equal(cc_reply_paging(r).hidden_count, ROWS - 9);
	assert_false(cc_reply_paging(none).filtered);
	cc_reply_unref(r);
	cc_reply_unref(none);
	cc_reply_unref(ask("window 17:00:00 17:01:39"));
	r = ask("logs level>=error");
	assert_int_equal(cc_reply_paging(r).hidden_count, 98);   /* of those in the window */
	cc_reply_unref(r);
	cc_reply_unref(ask("window clear=yes"));
}

static void neighbours_stand_around_what_fits(void **state)
{
	(void)state;
	cc_reply *r = ask("logs level>=error context=2 limit=12");
	const cc_section *t = cc_reply_main(r);
	assert_int_equal(cc_reply_paging(r).total_count, 9 * 5);
	assert_int_equal(cc_reply_paging(r).hidden_count, ROWS - 9 * 5);
	assert_text(r, 0, "message", "line 6");
	assert_text(r, 7, "message", "line 50");
	assert_true(cell(r, 0, "context")->i && !cell(r, 2, "context")->i);
	assert_int_equal(t->rows[0].mark, CC_ROLE_DIM);
	assert_int_equal(t->rows[2].mark, CC_ROLE_CRITICAL);
	assert_true(!t->rows[4].gap && t->rows[5].gap && !t->rows[6].gap);
	cc_reply_unref(r);
	r = ask("logs ~ /^line (50|51)$/ context=9");           /* overlapping: each is shown once */
	assert_int_equal(cc_reply_paging(r).total_count, 20);
	cc_reply_unref(r);
}

static void find_goes_to_rows_of_any_page(void **state)
{
	(void)state;
	cc_reply *r = ask("logs find=level>=error near=300"), *back = ask("logs find=level>=error near=350 dir=prev"),
		 *round = ask("logs find=level>=error near=990"), *none = ask("logs find=\"~ /nowhere/\"");
	assert_int_equal(fact(r, "hits"), 9);
	assert_int_equal(fact(r, "hit"), 5);
	assert_int_equal(fact(r, "row"), 350);
	assert_int_equal(cc_reply_paging(r).offset, 250);
	assert_int_equal(fact(back, "row"), 250);
	assert_int_equal(fact(round, "row"), 8);
	assert_true(fact(round, "wrapped"));
	assert_int_equal(fact(none, "hits"), 0);
	cc_reply_unref(r);
	cc_reply_unref(back);
	cc_reply_unref(round);
	cc_reply_unref(none);
	r = ask("logs order=newest find=level>=error near=0");  /* places are those of the list as it is shown */
	assert_int_equal(fact(r, "row"), 49);
	cc_reply_unref(r);
}

static void looking_on_through_a_paid_answer_is_free(void **state)
{
	(void)state;
	cc_reply_unref(ask("logs service=ad"));
	int64_t paid = used();
	cc_reply_unref(ask("logs service=ad offset=200"));
	cc_reply_unref(ask("logs service=ad limit=10 offset=0"));
	cc_reply_unref(ask("logs service=ad find=level=error"));
	assert_int_equal(used(), paid);
	cc_reply_unref(ask("logs service=ad"));                  /* the question once more is a query, as it always was */
	assert_int_equal(used(), paid + 1);
	cc_reply_unref(ask("logs service=queue offset=10"));     /* a part of what was never asked is not free */
	assert_int_equal(used(), paid + 2);
	cc_reply_unref(ask("at 17:05:00"));                      /* lists of logs do not look at the cursor */
	cc_reply_unref(ask("logs service=ad offset=200"));
	assert_int_equal(used(), paid + 2);
	cc_reply_unref(ask("window 17:00:00 17:05:00"));         /* another view, another question */
	cc_reply_unref(ask("logs service=ad offset=20"));
	assert_int_equal(used(), paid + 3);
	cc_reply_unref(ask("window clear=yes"));
	cc_reply_unref(ask("at clear=yes"));
}

static void enter_on_a_pattern_shows_its_lines(void **state)
{
	(void)state;
	cc_reply *r = ask("patterns");
	const cc_section *t = cc_reply_main(r);
	assert_true(t->row_count >= 4);
	for (size_t i = 0; i < t->row_count; i++) {
		cc_buf line = CC_BUF_INIT;
		cc_buf_add(&line, t->rows[i].drill);
		cc_reply *lines = ask(line.p);
		assert_int_equal(cc_reply_paging(lines).total_count, cell(r, i, "count")->i);
		assert_int_equal(cc_reply_paging(lines).hidden_count, ROWS - cell(r, i, "count")->i);
		cc_reply_unref(lines);
		cc_buf_deinit(&line);
	}
	cc_reply_unref(r);
}

/* Two bursts of ten records, hours apart: one slice stands for the hours. */
static void a_long_silence_takes_one_slice(void **state)
{
	test_tree own;
	cc_buf b = CC_BUF_INIT;
	cc_session *s, *before = session;
	(void)state;
	cc_buf_addz(&b, HEADER);
	for (int i = 0; i < 20; i++)
		cc_buf_addf(&b, "2025-12-15 %02d:00:%02d.000000000\t\tINFO\tad\tline %d\t{}\t{}\n", i < 10 ? 9 : 15, i % 10, i);
	test_tree_make(&own);
	test_tree_file(&own, "Scenario-4/otel_logs_raw.tsv", b.p);
	cc_buf_deinit(&b);
	cc_session_options o = { .dir = test_tree_path(&own, "Scenario-4") };
	assert_int_equal(cc_session_open(&s, &o, NULL), CC_OK);
	session = s;
	cc_reply *r = ask("logs"), *few = ask("logs ~ /line 1$/");
	const cc_section *volume = cc_reply_section(r, 0), *less = cc_reply_section(few, 0);
	size_t gaps = 0, bursts = 0, at = 99;
	assert_string_equal(volume->facts[2].key, "gap_from");
	const cc_cell *all = &volume->facts[4].cell;
	for (size_t i = 0; i < all->point_count; i++) {
		gaps += all->points[i] != all->points[i];
		bursts += all->points[i] > 0;
		at = all->points[i] != all->points[i] ? i : at;
	}
	assert_int_equal(gaps, 1);
	assert_true(bursts >= 18 && at > 20 && at < 40);
	assert_true(less->facts[2].cell.i == volume->facts[2].cell.i);   /* a filter keeps the time base */
	cc_reply_unref(r);
	cc_reply_unref(few);
	session = before;
	cc_session_close(s);
	test_tree_remove(&own);
}

/* One of twenty stands behind a later one; a snapshot without such records has no such column. */
static void records_out_of_order_are_flagged(void **state)
{
	test_tree own;
	cc_buf b = CC_BUF_INIT;
	cc_session *s, *before = session;
	(void)state;
	cc_buf_addz(&b, HEADER);
	for (int i = 0; i < 20; i++)
		cc_buf_addf(&b, "2025-12-15 09:00:%02d.000000000\t\tINFO\tad\tline %d\t{}\t{}\n", i == 12 ? 7 : 2 * i, i);
	test_tree_make(&own);
	test_tree_file(&own, "Scenario-4/otel_logs_raw.tsv", b.p);
	cc_buf_deinit(&b);
	cc_session_options o = { .dir = test_tree_path(&own, "Scenario-4") };
	assert_int_equal(cc_session_open(&s, &o, NULL), CC_OK);
	cc_reply *orderly = ask("logs limit=5");
	session = s;
	cc_reply *r = ask("logs"), *late = ask("logs late=yes"), *others = ask("logs late=no"), *one = ask("log otel_logs_raw.tsv#13");
	assert_true(cell(r, 4, "late")->i && cell(r, 3, "late")->type == CC_CELL_NONE && cell(r, 5, "late")->type == CC_CELL_NONE);
	assert_int_equal(cc_reply_paging(late).total_count, 1);
	assert_text(late, 0, "message", "line 12");
	assert_int_equal(cc_reply_paging(others).total_count, 19);
	const cc_section *facts = cc_reply_section(one, 0);
	assert_string_equal(facts->facts[facts->fact_count - 1].key, "late_ns");
	assert_true(facts->facts[facts->fact_count - 1].cell.i == 15 * CC_NS_PER_S);
	for (size_t i = 0; i < cc_reply_main(orderly)->column_count; i++)
		assert_string_not_equal(cc_reply_main(orderly)->columns[i].key, "late");
	cc_reply_unref(orderly);
	cc_reply_unref(r);
	cc_reply_unref(late);
	cc_reply_unref(others);
	cc_reply_unref(one);
	session = before;
	cc_session_close(s);
	test_tree_remove(&own);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repeats_are_one_row_from_wherever_one_looks),
		cmocka_unit_test(folded_pages_tile_the_list),
		cmocka_unit_test(bodies_are_read_not_dumped),
		cmocka_unit_test(the_detail_lays_json_out_and_dims_library_frames),
		cmocka_unit_test(a_filter_says_what_it_hides),
		cmocka_unit_test(neighbours_stand_around_what_fits),
		cmocka_unit_test(find_goes_to_rows_of_any_page),
		cmocka_unit_test(looking_on_through_a_paid_answer_is_free),
		cmocka_unit_test(enter_on_a_pattern_shows_its_lines),
		cmocka_unit_test(a_long_silence_takes_one_slice),
		cmocka_unit_test(records_out_of_order_are_flagged),
	};
	return cmocka_run_group_tests(tests, open_all, close_all);
}
