/* test_session.c - a session over the bundled incident: what costs, what is refused, what is recorded. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "unit/casefile/case_support.h"
#include "coldcase/answer.h"
#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/record.h"
#include "coldcase/session.h"
#include "coldcase/xalloc.h"
#include "support/scratch.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";
static const char *const base = scratch.root;

static cc_session *open_session(int64_t budget, bool recorded)
{
	cc_session_options opt = { .dir = SAMPLE, .out_dir = recorded ? base : NULL, .actor_name = "tester", .budget = budget,
		.assistance = "full" };
	cc_session *s = NULL;
	cc_err err;

	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static cc_code run(cc_session *s, const char *line)
{
	cc_reply *r = NULL;
	cc_code code = cc_session_run(s, cc_str_from(line), NULL, &r, NULL);

	cc_reply_unref(r);
	return code;
}

static cc_reply *reply(cc_session *s, const char *line)
{
	cc_reply *r = NULL;
	cc_err err;

	if (cc_session_run(s, cc_str_from(line), NULL, &r, &err) != CC_OK)
		fail_msg("%s: %s", line, err.message);
	return r;
}

static bool has_note(const cc_reply *r, const char *part)
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

static cc_run *read_run(const char *dir)
{
	cc_run *r = NULL;
	cc_err err;

	if (cc_run_read(&r, dir, &err) != CC_OK)
		fail_msg("%s", err.message);
	return r;
}

/* First fact of that key in the reply. */
static const cc_cell *fact(const cc_reply *r, const char *key)
{
	for (size_t i = 0; i < cc_reply_section_count(r); i++)
		for (size_t k = 0; k < cc_reply_section(r, i)->fact_count; k++)
			if (strcmp(cc_reply_section(r, i)->facts[k].key, key) == 0)
				return &cc_reply_section(r, i)->facts[k].cell;
	fail_msg("no fact %s", key);
	return NULL;
}

static const cc_section *section(const cc_reply *r, const char *key)
{
	for (size_t i = 0; i < cc_reply_section_count(r); i++)
		if (strcmp(cc_reply_section(r, i)->key, key) == 0)
			return cc_reply_section(r, i);
	fail_msg("no section %s", key);
	return NULL;
}

static void only_evidence_costs(void **state)
{
	cc_session *s = open_session(100, false);

	(void)state;
	assert_int_equal(run(s, "logs limit=1"), CC_OK);
	assert_int_equal(used(s), 1);
	assert_int_equal(run(s, "logs ~ /no such text anywhere/"), CC_OK);      /* empty: still a look */
	assert_int_equal(used(s), 2);
	assert_int_not_equal(run(s, "logs limit=x"), CC_OK);
	assert_int_not_equal(run(s, "lgos"), CC_OK);
	assert_int_not_equal(run(s, "show nowhere.tsv#1"), CC_OK);
	assert_int_not_equal(run(s, ""), CC_OK);
	assert_int_equal(run(s, "board"), CC_OK);
	assert_int_equal(run(s, "help"), CC_OK);
	assert_int_equal(run(s, "help logs"), CC_OK);
	assert_int_equal(run(s, "budget"), CC_OK);
	assert_int_equal(run(s, "focus checkout"), CC_OK);
	assert_int_equal(run(s, "note something"), CC_OK);
	assert_int_equal(used(s), 2);
	assert_null(cc_session_run_dir(s));
	cc_session_close(s);
}

static void the_last_queries_warn_and_the_cap_holds(void **state)
{
	cc_session *s = open_session(22, false);
	cc_reply *r;

	(void)state;
	for (int i = 1; i <= 22; i++) {
		r = reply(s, "logs limit=1");
		assert_int_equal(has_note(r, "queries left"), i >= 3 && i < 22);
		assert_int_equal(has_note(r, "the last of 22"), i == 22);
		if (i == 3)
			assert_true(has_note(r, "19 of 22 queries left"));
		cc_reply_unref(r);
	}
	assert_int_equal(run(s, "logs limit=1"), CC_EBUDGET);
	assert_int_equal(used(s), 22);
	assert_int_equal(run(s, "suspect checkout"), CC_OK);
	assert_int_equal(run(s, "board"), CC_OK);
	assert_int_equal(run(s, "submit"), CC_OK);
	assert_int_equal(run(s, "submit confirm=submit"), CC_OK);
	assert_int_equal(run(s, "logs limit=1"), CC_ESTATE);
	assert_int_equal(run(s, "note too late"), CC_ESTATE);
	assert_int_equal(run(s, "submit confirm=submit"), CC_ESTATE);
	assert_true(cc_session_submitted(s));
	cc_session_close(s);
}

static void evidence_waits_for_start_and_hides_in_a_pause(void **state)
{
	cc_session_options opt = { .dir = SAMPLE, .budget = 10, .pause_at_start = true };
	cc_session *s;

	(void)state;
	assert_int_equal(cc_session_open(&s, &opt, NULL), CC_OK);
	assert_int_equal(run(s, "logs limit=1"), CC_ESTATE);
	assert_int_equal(run(s, "resume"), CC_ESTATE);
	assert_int_equal(run(s, "start"), CC_OK);
	assert_int_equal(run(s, "start"), CC_ESTATE);
	assert_int_equal(run(s, "logs limit=1"), CC_OK);
	assert_int_equal(run(s, "pause"), CC_OK);
	assert_int_equal(run(s, "logs limit=1"), CC_ESTATE);
	assert_int_equal(run(s, "note thinking"), CC_OK);
	assert_int_equal(run(s, "resume"), CC_OK);
	assert_int_equal(run(s, "logs limit=1"), CC_OK);
	assert_int_equal(used(s), 2);
	cc_session_close(s);
}

static void navigation_sets_the_view(void **state)
{
	cc_session *s = open_session(0, false);
	cc_reply *r = reply(s, "focus checkout");

	(void)state;
	assert_int_equal(fact(r, "focus")->type, CC_CELL_ENTITY);
	cc_reply_unref(r);
	assert_int_equal(run(s, "at T+3m"), CC_OK);
	r = reply(s, "window around=2m");
	assert_true(fact(r, "to")->i - fact(r, "from")->i == 240 * CC_NS_PER_S);
	assert_true(fact(r, "from")->i + 120 * CC_NS_PER_S == fact(r, "at")->i);
	assert_false(has_note(r, "outside"));
	cc_reply_unref(r);
	r = reply(s, "window 2001-01-01T00:00:00Z 2001-01-02T00:00:00Z");
	assert_true(has_note(r, "outside the capture"));
	cc_reply_unref(r);
	assert_int_equal(run(s, "window T+5m T+1m"), CC_EUSAGE);
	assert_int_equal(run(s, "window clear=yes T+1m"), CC_EUSAGE);
	assert_int_equal(run(s, "focus clear=yes checkout"), CC_EUSAGE);
	assert_int_equal(run(s, "back"), CC_OK);
	assert_int_equal(run(s, "back"), CC_OK);
	r = reply(s, "back");
	assert_int_equal(fact(r, "at")->type, CC_CELL_NONE);
	cc_reply_unref(r);
	r = reply(s, "back");
	assert_int_equal(fact(r, "focus")->type, CC_CELL_NONE);
	cc_reply_unref(r);
	assert_int_equal(run(s, "back"), CC_ESTATE);
	assert_int_equal(run(s, "forward"), CC_OK);
	assert_int_not_equal(cc_case_view(cc_session_case(s)).focus, 0);
	assert_int_equal(run(s, "focus clear=yes"), CC_OK);
	assert_int_equal(cc_case_view(cc_session_case(s)).focus, 0);
	cc_session_close(s);
}

/* A row that was shown fills the pin; one that was not tells nothing for free. */
static void pins_take_after_the_row_that_was_shown(void **state)
{
	cc_session *s = open_session(0, false);
	cc_reply *r = reply(s, "pin otel_logs_raw.tsv#1");
	const cc_case *k = cc_session_case(s);
	char line[64];
	const cc_row *row;

	(void)state;
	assert_true(has_note(r, "no reply of this run showed"));
	assert_true(cc_str_eqz(cc_case_pin(k, 0)->label, "otel_logs_raw.tsv#1"));
	assert_true(cc_case_pin(k, 0)->time_ns == CC_TIME_NONE);
	cc_reply_unref(r);
	r = reply(s, "logs limit=5");
	row = &cc_reply_main(r)->rows[3];
	snprintf(line, sizeof line, "pin otel_logs_raw.tsv#%u note=\"so it is\"", row->cite.record);
	assert_int_equal(run(s, line), CC_OK);
	assert_true(cc_case_pin(k, cc_case_pin_count(k) - 1)->time_ns == row->time_ns);
	assert_int_equal(cc_case_pin(k, cc_case_pin_count(k) - 1)->entity, row->entity);
	assert_true(cc_str_eqz(cc_case_pin(k, cc_case_pin_count(k) - 1)->note, "so it is"));
	assert_true(cc_str_starts(cc_case_pin(k, cc_case_pin_count(k) - 1)->command, CC_STR("logs")));
	assert_true(cc_case_pin(k, cc_case_pin_count(k) - 1)->label.n > 10);
	cc_reply_unref(r);
	assert_int_equal(run(s, "pin label=\"nothing at all\" entity=checkout"), CC_OK);
	assert_int_equal(run(s, "pin"), CC_EUSAGE);
	assert_int_equal(run(s, "unpin 99"), CC_EUNKNOWN);
	assert_int_equal(run(s, "unpin 1"), CC_OK);
	assert_null(cc_case_pin_by_number(k, 1));
	cc_session_close(s);
}

static void suspects_are_named_as_they_will_be_submitted(void **state)
{
	cc_session *s = open_session(0, false);
	const cc_case *k = cc_session_case(s);
	cc_reply *r;

	(void)state;
	assert_int_equal(run(s, "suspect checkout confidence=0.7 reason=\"it is \\\"it\\\"\""), CC_OK);
	assert_int_not_equal(cc_case_suspect(k, 0)->entity, 0);
	assert_true(cc_str_eqz(cc_case_suspect(k, 0)->reason, "it is \"it\""));
	r = reply(s, "suspect chaos-mesh/schedule/cpu-stress confidence=0.25");
	assert_true(has_note(r, "not in this snapshot"));
	assert_true(cc_str_starts(cc_case_suspect(k, 1)->name, CC_STR("chaos-mesh/")));
	cc_reply_unref(r);
	assert_int_not_equal(run(s, "suspect nothing-of-that-name"), CC_OK);
	assert_int_not_equal(run(s, "suspect a/b"), CC_OK);
	assert_int_not_equal(run(s, "suspect a//b"), CC_OK);
	assert_int_equal(run(s, "suspect checkout confidence=2"), CC_EUSAGE);
	assert_int_equal(run(s, "suspect checkout confidence=-1"), CC_EUSAGE);
	assert_int_equal(run(s, "suspect checkout pins=1,2"), CC_EUNKNOWN);
	assert_int_equal(run(s, "suspect checkout pins=x"), CC_EUSAGE);
	assert_int_equal(cc_case_suspect_count(k), 2);
	assert_int_equal(run(s, "ruleout checkout reason=\"only passes it on\""), CC_OK);
	assert_int_equal(cc_case_suspect_count(k), 1);
	assert_int_equal(run(s, "ruleout checkout remove=yes"), CC_OK);
	assert_int_equal(cc_case_ruleout_count(k), 0);
	assert_int_equal(run(s, "suspect chaos-mesh/schedule/cpu-stress remove=yes"), CC_OK);
	assert_int_equal(cc_case_suspect_count(k), 0);
	cc_session_close(s);
}

/* Whichever came first, and whether or not the snapshot knows the thing. */
static void pins_made_before_their_suspect_support_it(void **state)
{
	cc_session *s = open_session(0, false);
	const cc_case *k = cc_session_case(s);

	(void)state;
	assert_int_equal(run(s, "logs service=checkout limit=5"), CC_OK);
	assert_int_equal(run(s, "pin label=\"slow\" entity=checkout"), CC_OK);
	assert_int_equal(run(s, "pin label=\"silent\" entity=checkout"), CC_OK);
	assert_int_equal(run(s, "pin label=\"of another\" entity=cart"), CC_OK);
	assert_int_equal(run(s, "pin label=\"Schedule/cpu-stress came again\""), CC_OK);
	assert_int_equal(run(s, "suspect checkout confidence=0.7 pin=3"), CC_OK);    /* as the console says when the row is pinned */
	assert_int_equal(cc_case_suspect(k, 0)->pin_count, 3);
	assert_int_equal(run(s, "suspect chaos-mesh/Schedule/cpu-stress"), CC_OK);
	assert_int_equal(cc_case_suspect(k, 1)->pin_count, 1);
	assert_int_equal(cc_case_suspect(k, 1)->pins[0], 4);
	assert_int_equal(run(s, "suspect checkout pin=9"), CC_EUNKNOWN);
	assert_int_equal(run(s, "suspect checkout pin=3"), CC_OK);                   /* it has it: nothing is lost */
	assert_int_equal(cc_case_suspect(k, 0)->pin_count, 3);
	assert_int_equal(run(s, "suspect checkout pins=2"), CC_OK);
	assert_int_equal(cc_case_suspect(k, 0)->pin_count, 1);
	cc_session_close(s);
}

static void the_review_weighs_neighbours_and_warns(void **state)
{
	cc_session *s = open_session(0, false);
	const cc_section *sec;
	cc_reply *r;
	cc_buf text = CC_BUF_INIT;

	(void)state;
	r = reply(s, "submit");
	cc_reply_write_text(r, &text, 0, true);
	assert_true(cc_str_find(cc_buf_str(&text), CC_STR("the answer is empty")) != CC_STR_NONE);
	cc_reply_unref(r);
	assert_int_equal(run(s, "submit confirm=submit"), CC_ESTATE);
	assert_int_equal(run(s, "submit confirm=yes"), CC_EUSAGE);
	assert_int_equal(run(s, "suspect checkout confidence=1"), CC_OK);
	assert_int_equal(run(s, "suspect a/Secret/b confidence=0.4"), CC_OK);
	r = reply(s, "submit names=1");
	assert_true(fact(r, "expected_score")->num > 0.599 && fact(r, "expected_score")->num < 0.601);
	sec = section(r, "neighbours");
	assert_int_equal(sec->row_count, 2);
	assert_true(cc_str_eqz(sec->rows[0].cells[0].text, "without") && sec->rows[0].cells[3].num == 0);
	assert_true(cc_str_eqz(sec->rows[1].cells[0].text, "with"));
	assert_true(sec->rows[1].cells[3].num > 0.699 && sec->rows[1].cells[3].num < 0.701);
	assert_true(sec->rows[1].cells[4].num > 0.099 && sec->rows[1].cells[4].num < 0.101);
	cc_reply_unref(r);
	r = reply(s, "submit");
	cc_buf_clear(&text);
	cc_reply_write_text(r, &text, 0, true);
	assert_true(cc_str_find(cc_buf_str(&text), CC_STR("a/Secret/b is not in this snapshot")) != CC_STR_NONE);
	assert_true(cc_str_find(cc_buf_str(&text), CC_STR("has no pins")) != CC_STR_NONE);
	cc_reply_unref(r);
	assert_int_equal(run(s, "submit names=9"), CC_EUNKNOWN);
	r = reply(s, "board");
	sec = section(r, "answers");
	assert_int_equal(sec->row_count, 3);
	assert_true(sec->rows[0].cells[0].num >= sec->rows[1].cells[0].num);
	cc_reply_unref(r);
	cc_buf_deinit(&text);
	assert_false(cc_session_submitted(s));
	cc_session_close(s);
}

/* Everything that was done is in the record, and replaying it gives the case that was. */
static void a_run_is_recorded_and_replays(void **state)
{
	static const char *const LINES[] = { "alerts", "logs limit=3", "focus checkout", "at T+1m", "xyzzy thing", "back",
		"pin otel_logs_raw.tsv#2", "pin otel_logs_raw.tsv#2 label=\"in other words\"", "suspect checkout confidence=0.9 pins=1", "ruleout cart", "note done soon", "board",
		"submit confirm=submit" };
	cc_session *s = open_session(50, true);
	char dir[300];
	cc_buf before = CC_BUF_INIT, after = CC_BUF_INIT;
	cc_run *r;
	cc_case *again;
	cc_run_health h;
	size_t entities = 0, cites = 0;

	(void)state;
	snprintf(dir, sizeof dir, "%s", cc_session_run_dir(s));
	for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++)
		(void)run(s, LINES[i]);
	test_case_dump(cc_session_case(s), &before);
	assert_int_equal(cc_case_pin_count(cc_session_case(s)), 2);
	r = read_run(dir);
	h = cc_run_health_get(r);
	assert_true(h.ended && !h.torn && !h.broken_line && !h.bad_lines && !h.lost);
	assert_true(cc_str_eqz(cc_run_header(r)->scenario, "Scenario-1") && cc_str_eqz(cc_run_header(r)->actor_name, "tester"));
	assert_true(cc_run_header(r)->file_count > 5 && cc_run_header(r)->budget == 50);
	assert_int_equal(cc_run_snapshot_sha256(r).n, 64);
	assert_int_equal(cc_run_step_count(r), 13);    /* start, and all but the board */
	for (size_t i = 0; i < cc_run_step_count(r); i++) {
		const cc_record_step *step = cc_run_step(r, i)->as.step;

		assert_int_equal(step->number, i + 1);
		assert_int_equal(step->turn, -1);
		entities += step->shown.entity_count;
		cites += step->shown.cite_count;
		if (step->answered)
			assert_int_equal(step->shown.digest.n, 64);
	}
	assert_true(entities > 3 && cites > 3);
	assert_true(cc_run_step(r, 1)->as.step->query && cc_run_step(r, 2)->as.step->queries == 2);
	assert_int_equal(cc_run_step(r, 5)->as.step->code, CC_EUNKNOWN);
	assert_true(cc_str_eqz(cc_run_step(r, 5)->as.step->line, "xyzzy thing"));
	assert_int_equal(cc_run_replay(r, cc_session_snapshot(s), SIZE_MAX, &again, NULL), CC_OK);
	test_case_dump(again, &after);
	assert_string_equal(before.p, after.p);
	cc_case_free(again);
	cc_run_free(r);
	cc_buf_deinit(&before);
	cc_buf_deinit(&after);
	cc_session_close(s);
}

static void the_answer_file_is_read_by_the_evaluators(void **state)
{
	cc_session *s = open_session(0, true);
	char path[400];
	cc_answer *a;
	cc_buf text = CC_BUF_INIT;

	(void)state;
	snprintf(path, sizeof path, "%s/" CC_RECORD_ANSWER_FILE, cc_session_run_dir(s));
	assert_int_equal(run(s, "pin label=proof"), CC_OK);
	assert_int_equal(run(s, "suspect a/Secret/b reason=because pins=1"), CC_OK);
	assert_int_equal(run(s, "suspect checkout"), CC_OK);
	assert_int_equal(run(s, "submit"), CC_OK);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(run(s, "submit confirm=submit names=1"), CC_OK);
	assert_int_equal(cc_file_read(&text, path, 1 << 20, NULL), CC_OK);
	for (size_t i = 0; i < 4; i++) {
		static const char *const KEYS[] = { "\"contributing_factors\"", "\"entities\"", "\"propagations\"",
			"\"alerts_explained\"" };

		assert_true(cc_str_find(cc_buf_str(&text), cc_str_from(KEYS[i])) != CC_STR_NONE);
	}
	assert_int_equal(cc_answer_read_file(&a, path, NULL), CC_OK);
	assert_int_equal(a->entity_count, 1);
	assert_true(cc_str_eqz(a->entities[0].name, "a/Secret/b") && cc_str_eqz(a->entities[0].reasoning, "because"));
	assert_true(cc_str_eqz(a->entities[0].evidence, "proof"));
	cc_answer_free(a);
	cc_buf_deinit(&text);
	cc_session_close(s);
}

static cc_str digest_of(const cc_run *r, size_t step)
{
	return cc_run_step(r, step)->as.step->shown.digest;
}

static void equal_replies_have_equal_digests(void **state)
{
	char dir[2][300];
	cc_run *r[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		cc_session *s = open_session(i ? 100 : 0, true);

		snprintf(dir[i], sizeof dir[i], "%s", cc_session_run_dir(s));
		assert_int_equal(run(s, i ? "logs limit=3" : "logs   limit=3"), CC_OK);
		assert_int_equal(run(s, "logs limit=4"), CC_OK);
		cc_session_close(s);
		r[i] = read_run(dir[i]);
	}
	assert_string_not_equal(dir[0], dir[1]);
	assert_true(cc_str_eq(digest_of(r[0], 1), digest_of(r[1], 1)));
	assert_true(cc_str_eq(digest_of(r[0], 2), digest_of(r[1], 2)));
	assert_false(cc_str_eq(digest_of(r[0], 1), digest_of(r[0], 2)));
	cc_run_free(r[0]);
	cc_run_free(r[1]);
}

static size_t count_lines(const cc_run *r, cc_line_type type)
{
	size_t n = 0;

	for (size_t i = 0; i < cc_run_line_count(r); i++)
		n += cc_run_line(r, i)->type == type;
	return n;
}

/* Many changes of view become one line when they settle, or when the next step is taken. */
static void views_are_coalesced(void **state)
{
	cc_session *s;
	char dir[300];
	cc_run *r;
	cc_view_state v = { "logs", CC_STR("logs"), 0, 0, 80, 24 };

	(void)state;
	cc_clock_fake_set(INT64_C(1790000000000000000));
	s = open_session(0, true);
	snprintf(dir, sizeof dir, "%s", cc_session_run_dir(s));
	for (v.selected = 0; v.selected < 50; v.selected++) {
		cc_session_view(s, &v);
		cc_session_tick(s);
	}
	cc_clock_fake_advance(CC_NS_PER_S);
	cc_session_tick(s);
	cc_session_tick(s);
	cc_session_view(s, &(cc_view_state){ "logs", CC_STR("logs"), 49, 0, 80, 24 });  /* as it was: no change */
	cc_clock_fake_advance(CC_NS_PER_S);
	cc_session_tick(s);
	v.pane = "traces";
	cc_session_view(s, &v);
	assert_int_equal(run(s, "note hm"), CC_OK);
	cc_session_close(s);
	cc_clock_fake_off();
	r = read_run(dir);
	assert_int_equal(count_lines(r, CC_LINE_VIEW), 2);
	for (size_t i = 0; i < cc_run_line_count(r); i++)
		if (cc_run_line(r, i)->type == CC_LINE_VIEW) {
			assert_int_equal(cc_run_line(r, i)->as.view->selected, 49);
			break;
		}
	cc_run_free(r);
}

static void agents_have_turns_and_events(void **state)
{
	cc_session_options opt = { .dir = SAMPLE, .out_dir = base, .agent = true, .actor_name = "model-x", .budget = 5,
		.truth_seal = "aa:bb" };
	cc_session *s;
	char dir[300];
	cc_run *r;
	const cc_record_step *step;

	(void)state;
	assert_int_equal(cc_session_open(&s, &opt, NULL), CC_OK);
	snprintf(dir, sizeof dir, "%s", cc_session_run_dir(s));
	cc_session_set_turn(s, 3);
	cc_session_event(s, "turn", CC_STR("{\"output\":17}"));
	assert_int_equal(run(s, "alerts"), CC_OK);
	assert_int_equal(run(s, "quit"), CC_OK);
	assert_true(cc_session_quit(s));
	cc_session_close(s);
	r = read_run(dir);
	assert_true(cc_run_header(r)->agent && cc_str_eqz(cc_run_header(r)->truth_seal, "aa:bb"));
	assert_int_equal(count_lines(r, CC_LINE_EVENT), 1);
	step = cc_run_step(r, 1)->as.step;
	assert_true(step->agent && step->turn == 3 && cc_str_eqz(step->command, "alerts"));
	assert_int_equal(count_lines(r, CC_LINE_DIGEST), 1);    /* the digest, or that it was canceled */
	assert_int_equal(cc_run_line(r, cc_run_line_count(r) - 1)->type, CC_LINE_END);
	assert_true(cc_str_eqz(cc_run_line(r, cc_run_line_count(r) - 1)->as.end->reason, "quit"));
	cc_run_free(r);
}

/* A full disk is told once, in the next reply, and stops nothing. */
static void a_failed_write_is_told_once(void **state)
{
	cc_session *s = open_session(0, true);
	struct rlimit old, low;
	struct stat st;
	char path[400];
	cc_reply *r;
	cc_run *run_read;

	(void)state;
	snprintf(path, sizeof path, "%s/" CC_RECORD_FILE, cc_session_run_dir(s));
	assert_int_equal(run(s, "note before"), CC_OK);
	assert_int_equal(stat(path, &st), 0);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	low = old;
	low.rlim_cur = (rlim_t)st.st_size + 10;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	assert_int_equal(run(s, "note lost"), CC_OK);
	r = reply(s, "note lost too");
	assert_true(has_note(r, "the record is incomplete"));
	cc_reply_unref(r);
	r = reply(s, "note and this");
	assert_false(has_note(r, "the record is incomplete"));
	cc_reply_unref(r);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(run(s, "note after"), CC_OK);
	cc_session_close(s);
	run_read = read_run(path);
	assert_true(cc_run_health_get(run_read).lost >= 3);
	assert_int_equal(cc_run_health_get(run_read).broken_line, 0);
	assert_int_equal(cc_run_health_get(run_read).bad_lines, 0);
	cc_run_free(run_read);
}

/* Memory runs out at each allocation in turn: reported, not paid for, and the session goes on. */
static void out_of_memory_costs_nothing(void **state)
{
	static const char *const LINES[] = { "logs limit=2", "alerts", "board", "submit", "help" };
	cc_session *s = open_session(0, false);

	(void)state;
	assert_int_equal(run(s, "suspect checkout"), CC_OK);
	for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
		cc_code code = CC_ENOMEM;
		int64_t before = used(s);
		long n = 0;

		for (; code == CC_ENOMEM; n++) {
			cc_alloc_fail_after(n);
			code = run(s, LINES[i]);
			cc_alloc_fail_after(-1);
			if (code == CC_ENOMEM)
				assert_true(used(s) == before);
		}
		assert_int_equal(code, CC_OK);
		assert_true(n > 5);
	}
	cc_session_close(s);
}

static void a_record_that_cannot_begin_is_an_error(void **state)
{
	cc_session_options opt = { .dir = SAMPLE, .out_dir = "/dev/null/runs" };
	cc_session *s;
	cc_err err;

	(void)state;
	assert_int_not_equal(cc_session_open(&s, &opt, &err), CC_OK);
	assert_null(s);
	opt = (cc_session_options){ .dir = "/nonexistent" };
	assert_int_equal(cc_session_open(&s, &opt, &err), CC_ENOTFOUND);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_evidence_costs),
		cmocka_unit_test(the_last_queries_warn_and_the_cap_holds),
		cmocka_unit_test(evidence_waits_for_start_and_hides_in_a_pause),
		cmocka_unit_test(navigation_sets_the_view),
		cmocka_unit_test(pins_take_after_the_row_that_was_shown),
		cmocka_unit_test(suspects_are_named_as_they_will_be_submitted),
		cmocka_unit_test(pins_made_before_their_suspect_support_it),
		cmocka_unit_test(the_review_weighs_neighbours_and_warns),
		cmocka_unit_test(a_run_is_recorded_and_replays),
		cmocka_unit_test(the_answer_file_is_read_by_the_evaluators),
		cmocka_unit_test(equal_replies_have_equal_digests),
		cmocka_unit_test(views_are_coalesced),
		cmocka_unit_test(agents_have_turns_and_events),
		cmocka_unit_test(a_failed_write_is_told_once),
		cmocka_unit_test(out_of_memory_costs_nothing),
		cmocka_unit_test(a_record_that_cannot_begin_is_an_error),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
