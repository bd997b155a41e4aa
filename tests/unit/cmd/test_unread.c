/* test_unread.c - a text search over log files of which only the first records have been read: what it finds in the rest is what the
 * rows will hold, never what the time cursor hides; and a record of it runs again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "cmd/loader.h"
#include "cmd/look.h"
#include "coldcase/logs.h"
#include "support/rerun.h"
#include "support/scratch.h"

enum { ROWS = 30000, EVERY = 300 };

static int make(void **state)
{
	cc_buf b = CC_BUF_INIT;
	scratch_make(state);
	cc_buf_addz(&b, "Timestamp\tTraceId\tSpanId\tSeverityText\tSeverityNumber\tServiceName\tBody\tResourceAttributes\tLogAttributes\n");
	for (int i = 0; i < ROWS; i++) {
		cc_buf_addf(&b, "2025-12-15 17:%02d:%02d.%06d\t\t\t%s\t9\tcart\t", i / 1200, i / 20 % 60, i % 20 * 50000, i % 600 == 0 ? "ERROR" : "INFO");
		cc_buf_addz(&b, i % EVERY ? "all is well with the whole of the shop and all of its many parts, says it" : "\"a \"\"timeout\"\"\nin part\"");
		cc_buf_addz(&b, "\t{'service.name': 'cart', 'k8s.pod.name': 'cart-1', 'k8s.namespace.name': 'shop'}\t{'some.key': 'some value', 'other': '1'}\n");
		if (i % 1000 == 7)
			cc_buf_addz(&b, "too\tfew timeout fields\n");
	}
	test_tree_bytes(&scratch, "Scenario-7/otel_logs_raw.tsv", cc_buf_str(&b));
	cc_buf_deinit(&b);
	return 0;
}

static const char *dir(void)
{
	return test_tree_path(&scratch, "Scenario-7");
}

static cc_session *open_session(bool heads, const char *out_dir)
{
	cc_session *s = NULL;
	cc_snapshot *snapshot = NULL;
	cc_reply *r = NULL;
	cc_err err;
	cc_snapshot_options how = { .no_cache = true, .head_bytes = heads ? CC_LOADER_HEAD_BYTES : 0 };
	cc_session_options opt = { .dir = dir(), .budget = 100, .out_dir = out_dir, .actor_name = "tester", .pause_at_start = true, .truth_seal = "" };
	if (cc_snapshot_open(&snapshot, dir(), &how, &err) != CC_OK || cc_session_open_with(&s, snapshot, &opt, &err) != CC_OK ||
		cc_session_run(s, CC_STR("start"), NULL, &r, &err) != CC_OK)
		fail_msg("%s", err.message);
	cc_reply_unref(r);
	return s;
}

static cc_reply *ask(cc_session *s, const char *line)
{
	cc_reply *r = NULL;
	cc_err err;
	if (cc_session_run(s, cc_str_from(line), NULL, &r, &err) != CC_OK)
		fail_msg("%s: %s", line, err.message);
	return r;
}

static const cc_section *unread_of(const cc_reply *r)
{
	for (size_t i = 0; i < cc_reply_section_count(r); i++)
		if (strcmp(cc_reply_section(r, i)->key, "unread") == 0)
			return cc_reply_section(r, i);
	return NULL;
}

static const cc_cell *cell_of(const cc_section *s, size_t row, const char *key)
{
	for (size_t i = 0; i < s->column_count; i++)
		if (strcmp(s->columns[i].key, key) == 0)
			return &s->rows[row].cells[i];
	fail_msg("no column %s", key);
	return NULL;
}

/* The rows of the first records and those found behind them are the rows of all records: the same texts, times, levels. */
static void same_as_whole(const char *line, size_t expected)
{
	cc_session *part = open_session(true, NULL), *all = open_session(false, NULL);
	cc_reply *a = ask(part, line), *b = ask(all, line);
	const cc_section *head = cc_reply_main(a), *rest = unread_of(a), *whole = cc_reply_main(b);
	assert_non_null(rest);
	assert_null(unread_of(b));
	assert_int_equal(whole->row_count, expected);
	assert_true(rest->row_count > 0);
	assert_int_equal(head->row_count + rest->row_count, whole->row_count);
	for (size_t i = 0; i < rest->row_count; i++) {
		static const char *const keys[] = { "time", "level", "service", "message", "pod", "cite" };
		const cc_row *w = &whole->rows[head->row_count + i];
		assert_int_equal(rest->rows[i].cite.record, w->cite.record);
		assert_int_equal(rest->rows[i].time_ns, w->time_ns);
		for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
			const cc_cell *x = cell_of(rest, i, keys[k]), *y = cell_of(whole, head->row_count + i, keys[k]);
			assert_int_equal(x->type, y->type);
			assert_true(cc_str_eq(x->text, y->text));
		}
	}
	cc_reply_unref(a);
	cc_reply_unref(b);
	cc_session_close(part);
	cc_session_close(all);
}

static void test_finds_what_the_rows_will_hold(void **state)
{
	(void)state;
	same_as_whole("logs timeout fold=no", ROWS / EVERY);
	same_as_whole("logs ~ /\"time[o]ut\"\\s+in/ fold=no", ROWS / EVERY);
	same_as_whole("logs level>=error ~ /TIMEOUT/i fold=no", ROWS / 600);
	same_as_whole("logs timeout until=17:10:00 fold=no", 10 * 60 * 20 / EVERY + 1);
}

static void test_is_silent_where_it_cannot_tell(void **state)
{
	static const char *const lines[] = { "logs", "logs level>=error", "logs service=cart timeout", "logs not timeout", "logs timeout or level>=error",
		"logs timeout offset=3", "logs trace=ab timeout" };
	cc_session *s = open_session(true, NULL);
	(void)state;
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		cc_reply *r = ask(s, lines[i]);
		assert_null(unread_of(r));
		assert_true(cc_reply_paging(r).partial);
		cc_reply_unref(r);
	}
	cc_session_close(s);
}

static void test_says_how_far(void **state)
{
	cc_session *s = open_session(true, NULL);
	(void)state;
	cc_reply *r = ask(s, "logs timeout");
	assert_string_equal(unread_of(r)->title, "in the rest of the file, not read yet: 96");
	cc_reply_unref(r);
	r = ask(s, "logs timeout limit=30");
	assert_int_equal(unread_of(r)->row_count, 30);
	assert_string_equal(unread_of(r)->title, "in the rest of the file, not read yet: the first 30, 33 % of it searched");
	cc_reply_unref(r);
	r = ask(s, "logs find=nowhere");
	assert_int_equal(unread_of(r)->row_count, 0);
	cc_reply_unref(r);
	r = ask(s, "logs find=timeout");
	assert_int_equal(unread_of(r)->row_count, 96);
	cc_reply_unref(r);
	cc_session_close(s);
}

static void test_tells_nothing_of_the_future(void **state)
{
	cc_session *s = open_session(true, NULL);
	(void)state;
	cc_reply_unref(ask(s, "at 17:05:00"));
	cc_reply_unref(ask(s, "horizon known"));
	cc_reply *r = ask(s, "logs timeout");
	const cc_section *rest = unread_of(r);
	assert_int_equal(cc_reply_main(r)->row_count + rest->row_count, 5 * 60 * 20 / EVERY + 1);
	assert_true(rest->rows[rest->row_count - 1].time_ns <= cc_session_horizon(s));
	cc_reply_unref(r);
	cc_session_close(s);
}

/* The rows that were read are an answer also when the file can no longer be searched. */
static void test_a_file_that_is_gone_is_said(void **state)
{
	cc_session *s = open_session(true, NULL);
	char away[4200], here[4200];
	(void)state;
	snprintf(here, sizeof here, "%s/otel_logs_raw.tsv", dir());
	snprintf(away, sizeof away, "%s/elsewhere", dir());
	assert_int_equal(rename(here, away), 0);
	cc_reply *r = ask(s, "logs timeout fold=no");
	assert_int_equal(rename(away, here), 0);
	assert_int_equal(cc_reply_main(r)->row_count, 4);
	assert_int_equal(unread_of(r)->row_count, 0);
	assert_non_null(strstr(unread_of(r)->title, "what could be searched"));
	bool said = false;
	for (size_t i = 0; i < cc_reply_note_count(r); i++)
		said = said || cc_str_find(cc_reply_note(r, i), CC_STR("otel_logs_raw.tsv: the rest of it could not be searched (")) != CC_STR_NONE;
	assert_true(said);
	cc_reply_unref(r);
	cc_session_close(s);
}

/* --- ended, and run again --- */

typedef struct onlooker { cc_cancel cancel; int shown; uint64_t found; } onlooker;

static void look_on(void *arg, cc_reply *r, uint64_t found, double share)
{
	onlooker *o = arg;
	const cc_section *rest = r ? unread_of(r) : NULL;
	assert_true(share >= 0 && share <= 1);
	if (rest) {              /* what was found in the rows stands above */
		assert_int_equal(cc_reply_paging(r).total_count + rest->row_count, found);
		assert_true(rest->row_count >= o->found);
		o->found = rest->row_count;
	}
	cc_reply_unref(r);
	if (rest && ++o->shown == 2)
		cc_cancel_set(&o->cancel);
}

static void test_ended_it_runs_again(void **state)
{
	cc_session *s = open_session(true, test_tree_path(&scratch, "runs"));
	onlooker o = { .shown = 0 };
	cc_watch w = { .show = look_on, .arg = &o };
	cc_reply *r = NULL;
	cc_err err = { 0 };
	(void)state;
	cc_session_watch(s, &w);
	assert_int_equal(cc_session_run(s, CC_STR("logs timeout"), &o.cancel, &r, &err), CC_OK);
	assert_true(cc_reply_paging(r).stopped);
	assert_true(unread_of(r)->row_count >= o.found && unread_of(r)->row_count < 96);
	cc_reply_unref(r);
	cc_session_watch(s, NULL);
	cc_reply_unref(ask(s, "logs timeout limit=20"));
	cc_reply_unref(ask(s, "logs timeout"));
	assert_int_equal(cc_case_budget(cc_session_case(s)).used, 1);
	rerun_counts again = run_again(s, dir());
	assert_int_equal(again.same, 3);
	assert_int_equal(again.stopped, 1);
}

/* A record may say that the looking ended where the file was to begin. */
static void test_nothing_is_left_to_search(void **state)
{
	cc_session *s = open_session(true, NULL);
	(void)state;
	cc_session_look_again(s, cc_logs_count(cc_session_snapshot(s)));
	cc_reply *r = ask(s, "logs timeout");
	assert_string_equal(unread_of(r)->title, "in the rest of the file, not read yet: 0, 0 % of it searched");
	assert_true(cc_reply_paging(r).stopped);
	cc_reply_unref(r);
	cc_session_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_finds_what_the_rows_will_hold),
		cmocka_unit_test(test_is_silent_where_it_cannot_tell),
		cmocka_unit_test(test_says_how_far),
		cmocka_unit_test(test_tells_nothing_of_the_future),
		cmocka_unit_test(test_a_file_that_is_gone_is_said),
		cmocka_unit_test(test_ended_it_runs_again),
		cmocka_unit_test(test_nothing_is_left_to_search),
	};
	return cmocka_run_group_tests(tests, make, scratch_remove);
}
