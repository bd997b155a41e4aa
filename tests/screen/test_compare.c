/* test_compare.c - runs played side by side: golden screens compare-NAME.WxH.screen (GENERATE=1 writes them), and that what the screen
 * shows depends on the position alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/rng.h"
#include "coldcase/xalloc.h"
#include "support/scratch.h"
#include "ui/compare.h"
#include "ui/term_fake.h"

static const char INCIDENT[] = "sample-incidents/Scenario-3";
static const char *const ANA[] = { "start", "alerts", "paths", "focus mysql", "entity", "suspect book-info/Service/ratings confidence=0.6",
	"changes kind=Service", "pin 1", "suspect book-info/Service/mysql confidence=0.8 pin=#1", "submit confirm=submit" };
static const char *const BEN[] = { "start", "alerts", "changes kind=Service", "nonsense", "suspect book-info/Service/mysql confidence=0.9",
	"submit confirm=submit" };
enum { RUNS = 3 };               /* the third is an agent's that printed what no pane shows */

static cc_run *runs[RUNS];
static char paths[RUNS][600];    /* where they lie: markers set by hand are beside them */

static cc_run *read_run(const char *dir)
{
	cc_run *run;
	assert_int_equal(cc_run_read(&run, dir, NULL), CC_OK);
	return run;
}

static cc_run *play(const char *who, const char *const *lines, size_t n)
{
	cc_session_options opt = { .dir = INCIDENT, .actor_name = who, .budget = 100, .pause_at_start = true, .no_cache = true, .out_dir = scratch.root };
	cc_session *s = NULL;
	cc_buf dir = CC_BUF_INIT;
	assert_int_equal(cc_session_open(&s, &opt, NULL), CC_OK);
	for (size_t i = 0; i < n; i++) {
		cc_reply *r = NULL;
		if (cc_session_run(s, cc_str_from(lines[i]), NULL, &r, NULL) == CC_OK)
			cc_reply_unref(r);
		cc_clock_fake_advance((int64_t)(i + 1) * 7 * CC_NS_PER_S);
	}
	cc_buf_addz(&dir, cc_session_run_dir(s));
	cc_session_close(s);
	cc_run *run = read_run(dir.p);
	snprintf(paths[who[0] == 'b'], sizeof paths[0], "%s", dir.p);
	cc_buf_deinit(&dir);
	return run;
}

static void event(cc_record *r, const char *name, const char *json)
{
	assert_int_equal(cc_record_add_event(r, &(cc_record_event){ cc_str_from(name), cc_str_from(json) }, NULL), CC_OK);
}

static cc_run *shell_run(void)
{
	cc_buf dir = CC_BUF_INIT;
	cc_record *r;
	uint32_t trial;
	cc_str thing = CC_STR("book-info/Service/mysql");
	cc_record_step step = { .agent = true, .line = CC_STR("run_shell command=kubectl get svc mysql -o yaml"), .command = CC_STR("run_shell"),
		.query = true, .queries = 1, .turn = 1, .active_ns = 21 * CC_NS_PER_S, .answered = true,
		.shown = { .title = CC_STR_EMPTY, .entities = &thing, .entity_count = 1, .digest = CC_STR_EMPTY } };
	assert_int_equal(cc_record_make_dir(&dir, &trial, scratch.root, CC_STR("Scenario-3"), NULL), CC_OK);
	assert_int_equal(cc_record_open(&r, dir.p, &(cc_record_header){ .version = CC_STR("1"), .scenario = CC_STR("Scenario-3"), .agent = true,
		.actor_name = CC_STR("robot") }, NULL, NULL), CC_OK);
	event(r, "message", "{\"source\":\"agent\",\"text\":\"The service may select nothing.\"}");
	assert_int_equal(cc_record_add_step(r, &step, NULL), CC_OK);
	event(r, "output", "{\"step\":1,\"text\":\"spec:\\n  selector:\\n    app: mysql-blue\\n\"}");
	cc_record_close(r);
	cc_run *run = read_run(dir.p);
	snprintf(paths[2], sizeof paths[2], "%s", dir.p);
	cc_buf_deinit(&dir);
	return run;
}

static void mark_by_hand(size_t run, size_t step, const char *caption)
{
	cc_markers *m;
	assert_int_equal(cc_markers_new(&m, runs[run], NULL), CC_OK);
	assert_int_equal(cc_markers_set(m, step, cc_str_from(caption), NULL), CC_OK);
	assert_int_equal(cc_markers_save(m, paths[run], NULL), CC_OK);
	cc_markers_free(m);
}

static int make_runs(void **state)
{
	if (scratch_make(state))
		return 1;
	cc_clock_fake_set(INT64_C(1765900000000000000));
	runs[0] = play("ana", ANA, sizeof ANA / sizeof ANA[0]);
	runs[1] = play("ben", BEN, sizeof BEN / sizeof BEN[0]);
	runs[2] = shell_run();
	mark_by_hand(0, 4, "here ana has the right thing, and does not see it");
	mark_by_hand(2, 1, "one command was enough for robot");
	return 0;
}

static int drop_runs(void **state)
{
	cc_clock_fake_off();
	for (int i = 0; i < RUNS; i++)
		cc_run_free(runs[i]);
	return scratch_remove(state);
}

/* --- a comparison on a terminal that is none --- */

typedef struct stage {
	cc_compare *c;
	cc_ui_lane lanes[RUNS]; size_t count;
	cc_ui_comparison what;
	cc_term_fake *fake;
	cc_term *term;
	cc_duet *d;
} stage;

static cc_reply *table(bool blind)
{
	static const cc_column columns[] = { { "run", "Run", CC_CELL_TEXT, CC_ROLE_HEADING, 4, 0 }, { "player", "Player", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
		{ "score", "Score", CC_CELL_TEXT, CC_ROLE_HEADING, 7, 0 } };
	static const char *const rows[][3] = { { "A", "ana", "0.5000" }, { "B", "ben", "1.0000" } };
	cc_reply *r = cc_reply_new("compare");
	cc_reply_begin_table(r, "runs", NULL, columns, 3, false);
	for (size_t i = 0; i < 2; i++) {
		assert_non_null(cc_reply_row(r));
		for (size_t k = 0; k < 3; k++)
			cc_reply_cell(r, cc_cell_textz(blind && k == 1 ? "not told" : rows[i][k]));
	}
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	return r;
}

static void open_stage(stage *s, size_t count, bool blind, int columns, int rows)
{
	const cc_run *borrowed[RUNS] = { runs[0], runs[1], runs[2] };
	cc_err err = { 0 };
	*s = (stage){ .count = count };
	assert_int_equal(cc_compare_new(&s->c, borrowed, count, &err), CC_OK);
	for (size_t i = 0; i < count; i++) {
		const cc_record_header *h = cc_run_header(runs[i]);
		s->lanes[i] = (cc_ui_lane){ .name = h->actor_name, .agent = h->agent, .path = paths[i] };
		if (!h->agent)
			assert_int_equal(cc_session_open(&s->lanes[i].session, &(cc_session_options){ .dir = INCIDENT, .no_cache = true }, &err), CC_OK);
	}
	s->what = (cc_ui_comparison){ .runs = s->c, .lanes = s->lanes, .scores = table(false), .blind_scores = table(true), .blind = blind };
	s->term = cc_term_fake_new(&s->fake, columns, rows);
	cc_ui_options opt = { .glyphs = CC_GLYPHS_BLOCK };
	if (cc_duet_open(&s->d, &s->what, s->term, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
}

static void close_stage(stage *s)
{
	cc_duet_close(s->d);
	s->term->ops->close(s->term);
	for (size_t i = 0; i < s->count; i++)
		if (s->lanes[i].session)
			cc_session_close(s->lanes[i].session);
	cc_reply_unref(s->what.scores);
	cc_reply_unref(s->what.blind_scores);
	cc_compare_free(s->c);
}

static void press(stage *s, const char *keys)
{
	size_t from = s->fake->keys.n;
	assert_int_equal(cc_term_fake_script(s->fake, cc_str_from(keys), NULL), CC_OK);
	for (size_t i = from; i < s->fake->keys.n; i++)
		cc_duet_key(s->d, &s->fake->keys.p[i]);
}

static char *screen(stage *s)
{
	cc_buf b = CC_BUF_INIT;
	cc_duet_draw(s->d);
	cc_grid_dump(&s->fake->shown, &b, false);
	return cc_buf_take(&b);
}

static bool shows(stage *s, const char *text)
{
	char *b = screen(s);
	bool yes = strstr(b, text) != NULL;
	cc_free(b);
	return yes;
}

static void golden(stage *s, const char *name)
{
	cc_buf path = CC_BUF_INIT, want = CC_BUF_INIT;
	char *have = screen(s);
	cc_buf_addf(&path, "tests/screen/compare-%s.%dx%d.screen", name, s->fake->columns, s->fake->rows);
	if (getenv("GENERATE"))
		assert_int_equal(cc_file_write(path.p, cc_str_from(have), NULL), CC_OK);
	else if (cc_file_read(&want, path.p, 1 << 20, NULL) != CC_OK)
		fail_msg("%s is missing; GENERATE=1 writes it", path.p);
	else if (!cc_str_eq(cc_buf_str(&want), cc_str_from(have)))
		fail_msg("%s differs, it is now:\n%s", path.p, have);
	cc_free(have);
	cc_buf_deinit(&path);
	cc_buf_deinit(&want);
}

static void test_screens(void **state)
{
	(void)state;
	stage s;
	open_stage(&s, 2, false, 160, 48);
	press(&s, "d");
	golden(&s, "parting");
	press(&s, "c c . . Tab");
	golden(&s, "evidence");
	close_stage(&s);
	open_stage(&s, 3, false, 160, 48);
	press(&s, "} }");
	golden(&s, "by-hand");
	close_stage(&s);
	open_stage(&s, 3, true, 160, 48);
	press(&s, "End ,");
	golden(&s, "blind");
	close_stage(&s);
	open_stage(&s, 2, false, 80, 24);
	press(&s, "c . . .");
	golden(&s, "stacked");
	press(&s, "s");
	golden(&s, "scores");
	press(&s, "?");
	golden(&s, "help");
	close_stage(&s);
}

/* What there is to see depends on where one is, not on how one got there; looking around leaves nothing behind. */
static void test_the_way_there_does_not_matter(void **state)
{
	(void)state;
	stage s;
	cc_rng rng;
	char *first[40] = { 0 };
	open_stage(&s, 2, false, 120, 40);
	size_t last = cc_duet_last(s.d);
	for (size_t at = 0; at <= last; at++) {
		cc_duet_go(s.d, at);
		first[at] = screen(&s);
	}
	cc_rng_init(&rng, 9);
	for (int walk = 0; walk < 60; walk++) {
		static const char *const WAYS[] = { ".", ",", "Home", "End", "Enter", "PgUp", "5", "j k : 'events' Enter ,", "d .", "c c c", "Tab Tab" };
		press(&s, WAYS[cc_rng_below(&rng, sizeof WAYS / sizeof WAYS[0])]);
		size_t at = s.d->at;
		cc_duet_go(s.d, at);
		cc_buf_clear(&s.d->message);
		char *again = screen(&s);
		if (strcmp(again, first[at]) != 0)
			fail_msg("position %zu:\n%s\nwas\n%s", at, again, first[at]);
		cc_free(again);
	}
	for (size_t at = 0; at <= last; at++)
		cc_free(first[at]);
	close_stage(&s);
}

static void test_transport(void **state)
{
	(void)state;
	stage s;
	open_stage(&s, 2, false, 160, 48);
	assert_int_equal(cc_duet_last(s.d), 10);
	press(&s, ". . .");
	assert_int_equal(s.d->lanes[0].step, 3);
	assert_int_equal(s.d->lanes[1].step, 3);
	press(&s, "End");
	assert_int_equal(s.d->lanes[1].step, 6);
	press(&s, ": 'step 4' Enter");
	assert_int_equal(s.d->at, 4);
	press(&s, ": 'find ratings' Enter");
	assert_int_equal(s.d->lanes[0].step, 6);
	press(&s, ": 'sync clock' Enter : 'clock 0:20' Enter");
	assert_int_equal(s.d->lanes[0].step, 2);       /* at 7 and 21 seconds the next steps came */
	press(&s, ": 'sync evidence' Enter : 'lane B' Enter : 'step 3' Enter");
	assert_int_equal(s.d->lanes[1].step, 3);
	assert_int_equal(s.d->lanes[0].step, 5);       /* what both saw of the changes: the left had it with the entity */
	press(&s, ": 'parting' Enter");
	assert_int_equal(s.d->lanes[0].step, 3);
	assert_int_equal(s.d->lanes[1].step, 3);
	assert_true(shows(&s, "PARTS HERE"));
	press(&s, "Enter");
	assert_true(s.d->at > 3);
	press(&s, "b");
	assert_false(shows(&s, "COMPARE"));
	press(&s, "b s");
	assert_false(shows(&s, "1.0000"));
	press(&s, "Tab 2");                            /* a tenth of the way, not a pane */
	assert_int_equal(s.d->active, 0);
	close_stage(&s);
}

/* The keys it tells are its own: Enter on one does what the key does, and none changes a record. */
static void test_help(void **state)
{
	(void)state;
	stage s;
	open_stage(&s, 2, false, 160, 48);
	press(&s, "?");
	assert_true(shows(&s, "to where the runs parted") && shows(&s, "[alerts]") == false);
	assert_false(shows(&s, "suspect the row") || shows(&s, "submit"));
	for (const cc_transport_key *k = cc_duet_bindings; k->keys; k++)
		assert_true(k->keys[0] == '0' || shows(&s, k->note));
	press(&s, "j j j Enter");                      /* a step forward */
	assert_int_equal(s.d->at, 1);
	assert_false(shows(&s, "Esc leaves"));
	press(&s, "F1 .");                             /* another key takes it away and does what it does */
	assert_int_equal(s.d->at, 2);
	assert_false(shows(&s, "Esc leaves"));
	press(&s, "? Esc ? q");
	assert_false(s.d->done);
	press(&s, "x : 'help' Enter G q q");
	assert_true(s.d->done);
	close_stage(&s);
}

/* Where there is no room below they lie over the runs, and the same key takes them away. */
static void test_scores_in_little_room(void **state)
{
	(void)state;
	stage s;
	open_stage(&s, 2, false, 80, 24);
	assert_true(shows(&s, "s scores"));
	assert_false(shows(&s, "1.0000"));
	press(&s, "s");
	assert_true(shows(&s, "1.0000"));
	press(&s, "s");
	assert_false(shows(&s, "1.0000"));
	close_stage(&s);
	open_stage(&s, 2, true, 80, 24);
	press(&s, ": 'scores' Enter");
	assert_true(shows(&s, "not told"));
	assert_false(shows(&s, "ana"));
	close_stage(&s);
}

/* Keys and lines go to the markers of any lane, and to those alone that somebody set by hand; a run without panes has them, too. */
static void test_markers(void **state)
{
	(void)state;
	stage s;
	open_stage(&s, 3, false, 160, 48);
	press(&s, "}");
	assert_int_equal(s.d->at, 1);
	assert_true(shows(&s, "C: one command was enough for robot"));
	press(&s, ": 'hand next' Enter");
	assert_int_equal(s.d->at, 4);
	assert_true(shows(&s, "* here ana has the right thing"));
	press(&s, "}");
	assert_int_equal(s.d->at, cc_duet_last(s.d));  /* none follows */
	press(&s, "{ {");
	assert_int_equal(s.d->at, 1);
	press(&s, ": 'marker RIGHT THING' Enter");
	assert_int_equal(s.d->at, 4);
	press(&s, ": 'marker nowhere' Enter");
	assert_int_equal(s.d->at, 4);
	assert_true(shows(&s, "no marker says nowhere"));
	press(&s, ": 'hand' Enter");
	assert_true(shows(&s, "hand next or hand previous"));
	press(&s, "]");
	assert_int_equal(s.d->at, 5);                  /* ben's suspect, which the record tells of */
	close_stage(&s);
	open_stage(&s, 2, true, 160, 48);
	press(&s, "}");
	assert_int_equal(s.d->at, 4);
	assert_false(shows(&s, "right thing"));        /* what somebody wrote may say who it is */
	press(&s, "r");
	assert_true(shows(&s, "right thing"));
	close_stage(&s);
}

static void test_playing(void **state)
{
	(void)state;
	stage s;
	open_stage(&s, 2, false, 100, 30);
	press(&s, "> Space");
	assert_int_equal(cc_duet_wait_ms(s.d, cc_clock_mono_ns()), 1001);      /* a step in two seconds, twice as fast */
	cc_clock_fake_advance(CC_NS_PER_S);
	cc_duet_tick(s.d, cc_clock_mono_ns());
	assert_int_equal(s.d->at, 1);
	press(&s, "Space");
	assert_int_equal(cc_duet_wait_ms(s.d, cc_clock_mono_ns()), -1);
	press(&s, "End , Space");
	cc_clock_fake_advance(CC_NS_PER_S);
	cc_duet_tick(s.d, cc_clock_mono_ns());
	assert_false(s.d->playing);                    /* at the end it rests */
	close_stage(&s);
}

static void test_blind(void **state)
{
	(void)state;
	stage s;
	open_stage(&s, 3, true, 160, 48);
	for (size_t at = 0; at <= cc_duet_last(s.d); at++) {
		cc_duet_go(s.d, at);
		assert_false(shows(&s, "ana") || shows(&s, "ben") || shows(&s, "robot") || shows(&s, "human") || shows(&s, "agent"));
	}
	press(&s, "r");
	assert_true(shows(&s, "ana (human)") && shows(&s, "robot (agent)"));
	close_stage(&s);
}

static void test_a_shell_step_is_text(void **state)
{
	(void)state;
	stage s;
	open_stage(&s, 3, false, 240, 60);
	press(&s, ".");
	assert_true(shows(&s, "The service may select nothing."));
	assert_true(shows(&s, "app: mysql-blue"));
	press(&s, "Tab Tab j k x :");                  /* keys of a lane without panes do no harm */
	press(&s, "'alerts' Enter");
	assert_true(shows(&s, "app: mysql-blue"));
	close_stage(&s);
}

static void test_any_size(void **state)
{
	(void)state;
	static const int SIZES[][2] = { { 1, 1 }, { 20, 5 }, { 40, 12 }, { 139, 16 }, { 140, 30 }, { 300, 100 } };
	for (size_t i = 0; i < sizeof SIZES / sizeof SIZES[0]; i++) {
		stage s;
		open_stage(&s, 3, false, SIZES[i][0], SIZES[i][1]);
		press(&s, ". . .");
		cc_free(screen(&s));
		close_stage(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_screens), cmocka_unit_test(test_the_way_there_does_not_matter), cmocka_unit_test(test_transport),
		cmocka_unit_test(test_help), cmocka_unit_test(test_scores_in_little_room), cmocka_unit_test(test_markers),
		cmocka_unit_test(test_playing), cmocka_unit_test(test_blind), cmocka_unit_test(test_a_shell_step_is_text), cmocka_unit_test(test_any_size) };
	return cmocka_run_group_tests_name("compare", tests, make_runs, drop_runs);
}
