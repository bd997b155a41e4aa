/* test_look.c - a filter over many rows: whoever looks on sees what was found so far, and ending it keeps that. The looking is
 * ended by the test's own hook at a known moment, so nothing here depends on time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/sha256.h"
#include "support/rerun.h"
#include "support/scratch.h"

enum { ROWS = 20000, EVERY = 10 };       /* one record in EVERY is what is looked for */

static const char FILTER[] = "logs ~ /e[r]+or in part/";     /* with nothing that a plain text would find first */

static int make(void **state)
{
	cc_buf b = CC_BUF_INIT;
	scratch_make(state);
	cc_buf_addz(&b, "Timestamp\tTraceId\tSpanId\tSeverityText\tSeverityNumber\tServiceName\tBody\tResourceAttributes\tLogAttributes\n");
	for (int i = 0; i < ROWS; i++)
		cc_buf_addf(&b, "2025-12-15 17:%02d:%02d.%06d\t\t\tINFO\t9\tcart\t%s %d\t{'service.name': 'cart'}\t{}\n", i / 1200, i / 20 % 60,
			i % 20 * 50000, i % EVERY ? "all is well with" : "an error in part", i);
	test_tree_bytes(&scratch, "Scenario-7/otel_logs_raw.tsv", cc_buf_str(&b));
	cc_buf_deinit(&b);
	return 0;
}

static const char *dir(void)
{
	return test_tree_path(&scratch, "Scenario-7");
}

static cc_session *open_session(const char *out_dir)
{
	cc_session *s = NULL;
	cc_err err;
	cc_session_options opt = { .dir = dir(), .no_cache = true, .budget = 100, .out_dir = out_dir, .actor_name = "tester", .pause_at_start = true,
		.truth_seal = "" };
	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	cc_reply *r = NULL;
	assert_int_equal(cc_session_run(s, CC_STR("start"), NULL, &r, &err), CC_OK);
	cc_reply_unref(r);
	return s;
}

/* What was shown; ends the looking with the `end_at`th showing. */
typedef struct onlooker { cc_cancel cancel; int shown, replies, end_at; uint64_t found; double share; } onlooker;

static void look_on(void *arg, cc_reply *r, uint64_t found, double share)
{
	onlooker *o = arg;
	o->shown++;
	assert_true(found >= o->found && share >= o->share && share < 1);
	o->found = found;
	o->share = share;
	if (r) {
		cc_paging p = cc_reply_paging(r);
		const cc_section *main = cc_reply_main(r);
		o->replies++;
		assert_int_equal(p.total_count, found);
		assert_true(p.partial);
		for (size_t i = 1; i < main->row_count; i++)     /* the first ones, in their order */
			assert_int_equal(main->rows[i].cite.record, main->rows[i - 1].cite.record + EVERY);
		assert_int_equal(main->rows[0].cite.record, 1);
		cc_reply_unref(r);
	}
	if (o->shown == o->end_at)
		cc_cancel_set(&o->cancel);
}

static cc_reply *watched(cc_session *s, const char *line, onlooker *o, int end_at)
{
	cc_watch w = { .show = look_on, .arg = o };
	cc_reply *r = NULL;
	cc_err err;
	memset(o, 0, sizeof *o);
	o->end_at = end_at;
	cc_session_watch(s, &w);
	cc_code code = cc_session_run(s, cc_str_from(line), &o->cancel, &r, &err);
	cc_session_watch(s, NULL);
	if (code != CC_OK)
		fail_msg("%s: %s", line, err.message);
	return r;
}

static void digest_of(const cc_reply *r, char out[65])
{
	cc_buf b = CC_BUF_INIT;
	cc_reply_write_canonical(r, &b);
	cc_sha256_of(cc_buf_str(&b), out);
	cc_buf_deinit(&b);
}

static bool says(const cc_reply *r, const char *part)
{
	for (size_t i = 0; i < cc_reply_note_count(r); i++)
		if (cc_str_find(cc_reply_note(r, i), cc_str_from(part)) != CC_STR_NONE)
			return true;
	return false;
}

static int64_t used(cc_session *s)
{
	return cc_case_budget(cc_session_case(s)).used;
}

static void test_looking_on_changes_nothing(void **state)
{
	cc_session *s = open_session(NULL), *other = open_session(NULL);
	onlooker o, none;
	char a[65], b[65];
	(void)state;
	cc_reply *r = watched(s, FILTER, &o, 0);
	assert_int_equal(o.shown, (ROWS - 1) / 4096 + 1);                      /* once more before all bodies are read */
	assert_int_equal(o.replies, o.shown);
	assert_int_equal(cc_reply_paging(r).total_count, ROWS / EVERY);
	assert_false(cc_reply_paging(r).partial);
	digest_of(r, a);
	cc_reply_unref(r);
	r = NULL;
	memset(&none, 0, sizeof none);
	assert_int_equal(cc_session_run(other, cc_str_from(FILTER), &none.cancel, &r, NULL), CC_OK);
	digest_of(r, b);
	assert_string_equal(a, b);
	cc_reply_unref(r);
	cc_session_close(s);
	cc_session_close(other);
}

static void test_ending_keeps_what_was_found(void **state)
{
	cc_session *s = open_session(NULL);
	onlooker o;
	(void)state;
	cc_reply *r = watched(s, FILTER, &o, 3);
	cc_paging p = cc_reply_paging(r);
	assert_true(p.stopped && p.partial);
	assert_int_equal(p.total_count, (3 * 4096 + EVERY - 1) / EVERY);       /* of the rows before it was asked the next time */
	assert_true(says(r, "stopped at 61 % of the rows"));
	assert_int_equal(used(s), 1);
	cc_reply_unref(r);

	r = watched(s, "logs ~ /e[r]+or in part/ offset=1000", &o, 0);         /* a part of what was found is that */
	assert_int_equal(cc_reply_paging(r).total_count, p.total_count);
	assert_true(cc_reply_paging(r).stopped);
	assert_int_equal(used(s), 1);
	cc_reply_unref(r);

	r = watched(s, "patterns ~ /e[r]+or in part/", &o, 0);                 /* others do not take it for all there is */
	assert_true(cc_reply_paging(r).total_count >= 1);
	assert_false(cc_reply_paging(r).partial);
	cc_reply_unref(r);

	int64_t before = used(s);
	r = watched(s, FILTER, &o, 0);                                         /* asked again: to the end, and for nothing */
	assert_int_equal(cc_reply_paging(r).total_count, ROWS / EVERY);
	assert_false(cc_reply_paging(r).partial);
	assert_int_equal(used(s), before);
	cc_reply_unref(r);
	cc_session_close(s);
}

static void test_who_does_not_look_on_has_nothing(void **state)
{
	cc_session *s = open_session(NULL);
	cc_cancel cancel = { 0 };
	cc_reply *r = NULL;
	(void)state;
	cc_cancel_set(&cancel);
	assert_int_equal(cc_session_run(s, cc_str_from(FILTER), &cancel, &r, NULL), CC_ECANCELED);
	assert_null(r);
	assert_int_equal(used(s), 0);
	cc_watch w = { .show = look_on, .arg = NULL };                         /* or ends it before anything was asked */
	cc_session_watch(s, &w);
	assert_int_equal(cc_session_run(s, cc_str_from(FILTER), &cancel, &r, NULL), CC_ECANCELED);
	assert_int_equal(used(s), 0);
	cc_session_close(s);
}

static void test_a_search_is_ended_alike(void **state)
{
	cc_session *s = open_session(NULL);
	onlooker o;
	(void)state;
	cc_reply_unref(watched(s, "logs", &o, 0));
	cc_reply *r = watched(s, "logs find=\"~ /e[r]+or in part/\" near=5", &o, 2);
	assert_int_equal(o.replies, 0);
	assert_true(cc_reply_paging(r).stopped);
	assert_int_equal(cc_reply_paging(r).total_count, ROWS);                /* the list is whole, the hits are not */
	const cc_section *find = cc_reply_section(r, 0);
	assert_string_equal(find->key, "find");
	assert_int_equal(find->facts[0].cell.i, (2 * 4096 + EVERY - 1) / EVERY);
	cc_reply_unref(r);
	r = watched(s, "logs find=\"~ /e[r]+or in part/\" near=15", &o, 0);    /* the next hit: of those */
	assert_true(cc_reply_paging(r).stopped);
	assert_int_equal(o.shown, 0);
	cc_reply_unref(r);
	r = watched(s, "logs find=\"~ /e[r]+or in part/\" near=8190", &o, 0);  /* behind the last of them it goes on */
	assert_false(cc_reply_paging(r).stopped);
	assert_int_equal(cc_reply_section(r, 0)->facts[0].cell.i, ROWS / EVERY);
	cc_reply_unref(r);
	cc_session_close(s);
}

/* A record with answers that were ended gives every digest again. */
static void test_runs_again(void **state)
{
	onlooker o;
	(void)state;
	cc_session *s = open_session(test_tree_path(&scratch, "runs"));
	cc_reply_unref(watched(s, FILTER, &o, 3));
	cc_reply_unref(watched(s, "logs ~ /e[r]+or in part/ offset=500", &o, 0));
	cc_reply_unref(watched(s, FILTER, &o, 0));
	cc_reply_unref(watched(s, "logs find=\"~ /we[l]+ with/\"", &o, 2));
	cc_reply_unref(watched(s, "logs find=\"~ /we[l]+ with/\" near=12", &o, 0));
	rerun_counts again = run_again(s, dir());
	assert_int_equal(again.same, 5);
	assert_int_equal(again.stopped, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_looking_on_changes_nothing),
		cmocka_unit_test(test_ending_keeps_what_was_found),
		cmocka_unit_test(test_who_does_not_look_on_has_nothing),
		cmocka_unit_test(test_a_search_is_ended_alike),
		cmocka_unit_test(test_runs_again),
	};
	return cmocka_run_group_tests(tests, make, scratch_remove);
}
