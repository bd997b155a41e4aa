/* test_replay.c - a record played back: what a step shows depends on the step alone, however it was reached; the transport goes
 * where it says; a replay changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "coldcase/export.h"
#include "coldcase/file.h"
#include "coldcase/rng.h"
#include "coldcase/snapshot.h"
#include "coldcase/xalloc.h"
#include "support/scratch.h"
#include "ui/replay.h"
#include "ui/term_fake.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";
static const char *const LINES[] = { "start", "alerts", "paths", "focus quote", "entity", "nonsense", "at 17:06:00",
	"logs level>=error limit=5", "ruleout otel-demo/Service/cart reason=fine", "events", "suspect otel-demo/Deployment/quote confidence=0.7", "changes", "note hm",
	"metrics", "submit confirm=submit" };
enum { STEPS = sizeof LINES / sizeof LINES[0] };

static cc_run *run;

/* Plays LINES once; between them the player looks at the third row of the events. */
static int make_run(void **state)
{
	cc_session_options opt = { .dir = SAMPLE, .actor_name = "tester", .budget = 100, .pause_at_start = true, .no_cache = true };
	cc_session *s = NULL;
	cc_err err;
	if (scratch_make(state))
		return 1;
	opt.out_dir = scratch.root;
	if (cc_session_open(&s, &opt, &err) != CC_OK)
		return 1;
	for (size_t i = 0; i < STEPS; i++) {
		cc_reply *r = NULL;
		if (cc_session_run(s, cc_str_from(LINES[i]), NULL, &r, &err) == CC_OK)
			cc_reply_unref(r);
		if (strcmp(LINES[i], "events") == 0)
			cc_session_view(s, &(cc_view_state){ .pane = "events", .command = CC_STR("events"), .selected = 4, .columns = 80, .rows = 24 });
	}
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, cc_session_run_dir(s), CC_RECORD_FILE);
	cc_session_close(s);
	cc_code code = cc_run_read(&run, path.p, &err);
	cc_buf_deinit(&path);
	return code != CC_OK;
}

static int drop_run(void **state)
{
	cc_run_free(run);
	return scratch_remove(state);
}

typedef struct player { cc_session *session; cc_term *term; cc_term_fake *fake; cc_ui *ui; cc_replay replay; } player;

static player open_player(int columns, int rows)
{
	player p = { 0 };
	cc_err err = { 0 };
	p.term = cc_term_fake_new(&p.fake, columns, rows);
	if (cc_session_open(&p.session, &(cc_session_options){ .dir = SAMPLE, .no_cache = true }, &err) != CC_OK)
		fail_msg("%s", err.message);
	assert_int_equal(cc_replay_init(&p.replay, p.session, run, NULL, &err), CC_OK);
	return p;
}

/* The replay holds its own address in the console: it must not move between the two calls. */
static void start_player(player *p)
{
	cc_err err = { 0 };
	cc_ui_options opt = { .glyphs = CC_GLYPHS_ASCII };
	if (cc_ui_new_replay(&p->ui, &p->replay, p->term, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
}

static void close_player(player *p)
{
	cc_ui_free(p->ui);
	cc_replay_deinit(&p->replay);
	cc_session_close(p->session);
	p->term->ops->close(p->term);
}

static char *screen(player *p)
{
	cc_buf b = CC_BUF_INIT;
	cc_ui_draw(p->ui);
	cc_grid_dump(&p->fake->shown, &b, true);
	return cc_buf_take(&b);
}

static void press(player *p, uint32_t code)
{
	cc_ui_handle_key(p->ui, &(cc_key){ .code = code });
}

static bool shows(player *p, const char *text)
{
	cc_buf b = CC_BUF_INIT;
	cc_ui_draw(p->ui);
	cc_grid_dump(&p->fake->shown, &b, false);
	bool yes = strstr(b.p, text) != NULL;
	if (!yes)
		fprintf(stderr, "%s\n", b.p);
	cc_buf_deinit(&b);
	return yes;
}

static void test_the_way_there_does_not_matter(void **state)
{
	(void)state;
	player p = open_player(100, 30);
	char *first[STEPS + 1] = { 0 };
	cc_rng rng;
	start_player(&p);
	for (size_t n = 0; n <= STEPS; n++) {
		cc_replay_go(p.ui, n);
		first[n] = screen(&p);
	}
	cc_rng_init(&rng, 20);
	for (int walk = 0; walk < 120; walk++) {
		size_t n = cc_playback_at(p.replay.playback);
		switch (cc_rng_below(&rng, 5)) {
		case 0: press(&p, '.'); n += n < STEPS; break;
		case 1: press(&p, ','); n -= n > 0; break;
		case 2: n = cc_rng_below(&rng, STEPS + 1); cc_replay_go(p.ui, n); break;
		case 3: press(&p, CC_KEY_HOME); n = 0; break;
		default: press(&p, CC_KEY_TAB); press(&p, 'j'); cc_replay_go(p.ui, n); break; /* looking around leaves nothing behind */
		}
		char *again = screen(&p);
		assert_int_equal(cc_playback_at(p.replay.playback), n);
		if (strcmp(again, first[n]) != 0)
			fail_msg("step %zu:\n%s\nwas\n%s", n, again, first[n]);
		cc_free(again);
	}
	for (size_t n = 0; n <= STEPS; n++)
		cc_free(first[n]);
	close_player(&p);
}

/* Also for whoever opens it at its end: nothing is left over there from steps before. */
static void test_the_end_at_once(void **state)
{
	(void)state;
	for (int wide = 0; wide < 2; wide++) {
		player p = open_player(wide ? 170 : 80, 40), q = open_player(wide ? 170 : 80, 40);
		start_player(&p);
		start_player(&q);
		for (size_t n = 0; n <= STEPS; n++)
			cc_replay_go(p.ui, n);
		press(&q, CC_KEY_END);
		char *walked = screen(&p), *at_once = screen(&q);
		assert_string_equal(walked, at_once);
		assert_non_null(strstr(at_once, "17:00 "));  /* the scrubber's row, though the answer is submitted */
		cc_free(walked);
		cc_free(at_once);
		close_player(&p);
		close_player(&q);
	}
}

/* What another pane showed before stands beside; a terminal that grows gets it at once. */
static void test_two_panes(void **state)
{
	(void)state;
	player p = open_player(120, 40);
	start_player(&p);
	cc_replay_go(p.ui, 12);
	assert_true(shows(&p, "7 CHANGES"));
	p.fake->columns = 170;
	press(&p, CC_KEY_RESIZE);
	assert_true(shows(&p, "6 EVENTS") && shows(&p, "7 CHANGES"));
	cc_replay_go(p.ui, 2);
	assert_true(shows(&p, "1 ALERTS") && p.ui->slots[1] < 0);    /* the first has none before it */
	close_player(&p);
}

static void test_steps(void **state)
{
	(void)state;
	player p = open_player(120, 30);
	start_player(&p);
	assert_true(shows(&p, "REPLAY 0/15"));
	assert_true(shows(&p, "The page"));                  /* the briefing: nothing was asked yet */
	cc_replay_go(p.ui, 2);
	assert_true(shows(&p, "1 ALERTS") && shows(&p, "KubeContainerWaiting"));
	cc_replay_go(p.ui, 6);
	assert_true(shows(&p, "ENTITY") && shows(&p, "nonsense: no command 'nonsense'"));
	cc_replay_go(p.ui, 8);
	assert_true(shows(&p, "at 17:06:00Z"));              /* the cursor of then */
	cc_replay_go(p.ui, 10);
	assert_int_equal(cc_ui_sheet(p.ui)->selected, 4);    /* where the player looked */
	cc_replay_go(p.ui, 11);
	assert_true(shows(&p, "suspects Deployment/quote, 0.70") && shows(&p, "suspect name=otel-demo/Deployment/quote"));
	assert_int_equal(cc_case_suspect_count(cc_session_case(p.session)), 1);
	cc_replay_go(p.ui, 3);
	assert_int_equal(cc_case_suspect_count(cc_session_case(p.session)), 0);
	close_player(&p);
}

static void test_transport(void **state)
{
	(void)state;
	player p = open_player(100, 30);
	start_player(&p);
	press(&p, ']');
	assert_int_equal(cc_playback_at(p.replay.playback), 9);                    /* the rule-out */
	press(&p, CC_KEY_ENTER);
	assert_int_equal(cc_playback_at(p.replay.playback), 11);
	press(&p, '[');
	assert_int_equal(cc_playback_at(p.replay.playback), 9);
	press(&p, '5');
	assert_int_equal(cc_playback_at(p.replay.playback), 7);
	press(&p, CC_KEY_END);
	assert_int_equal(cc_playback_at(p.replay.playback), STEPS);
	press(&p, ',');
	assert_int_equal(cc_playback_at(p.replay.playback), STEPS - 1);
	cc_ui_run_line(p.ui, CC_STR("step 4"));
	assert_int_equal(cc_playback_at(p.replay.playback), 4);
	cc_ui_run_line(p.ui, CC_STR("find level>=error"));
	assert_int_equal(cc_playback_at(p.replay.playback), 8);
	cc_ui_run_line(p.ui, CC_STR("find no such words"));
	assert_int_equal(cc_playback_at(p.replay.playback), 8);
	assert_true(shows(&p, "no step says"));
	cc_ui_run_line(p.ui, CC_STR("clock 0:00"));
	assert_true(cc_playback_at(p.replay.playback) <= STEPS);
	press(&p, 'b');
	cc_ui_draw(p.ui);
	assert_true(cc_replay_blank(p.ui));
	press(&p, 'b');
	assert_true(shows(&p, "REPLAY"));
	press(&p, 'q');
	assert_true(cc_ui_done(p.ui));
	close_player(&p);
}

/* Enter on a row of a page goes where the row leads. */
static void test_pages(void **state)
{
	(void)state;
	player p = open_player(100, 30);
	start_player(&p);
	press(&p, 'M');
	assert_true(shows(&p, "MARKERS"));
	press(&p, CC_KEY_RESIZE);                            /* what is open stays, and what is being typed */
	assert_true(shows(&p, "MARKERS"));
	press(&p, 'j');
	press(&p, CC_KEY_ENTER);
	assert_int_equal(cc_playback_at(p.replay.playback), 11);
	assert_null(p.ui->overlay);
	press(&p, 'R');
	assert_true(shows(&p, "the truth cannot be shown here"));
	press(&p, ':');
	press(&p, 'w');
	press(&p, CC_KEY_RESIZE);
	press(&p, 'h');
	assert_true(shows(&p, ":wh"));
	close_player(&p);
}

/* Whoever took over and comes back finds the speed as it was. */
static void test_the_pace_is_kept(void **state)
{
	static const char *const KEYS[] = { "> c i a q", "> q" };
	cc_ui_pace pace = { 0 };
	cc_ui_options opt = { .glyphs = CC_GLYPHS_ASCII };
	cc_err err = { 0 };
	(void)state;
	for (int i = 0; i < 2; i++) {
		player p = open_player(100, 30);
		cc_ui_replay_how how = { .pace = &pace };
		assert_int_equal(cc_term_fake_script(p.fake, cc_str_from(KEYS[i]), &err), CC_OK);
		assert_int_equal(cc_ui_replay(p.replay.playback, p.term, &opt, &how, &err), CC_OK);
		close_player(&p);
	}
	assert_true(pace.set && pace.by_clock && pace.stops);
	assert_int_equal(pace.speed, CC_SPEED_ONE + 2);
	assert_int_equal(pace.idle, CC_REPLAY_IDLE_FIVE + 1);
}

/* A caption that is hidden is not found by its words. */
static void test_hidden_captions(void **state)
{
	(void)state;
	player p = open_player(100, 30);
	start_player(&p);
	cc_replay_go(p.ui, 3);
	cc_ui_run_line(p.ui, CC_STR("mark zebra"));
	cc_replay_go(p.ui, 0);
	cc_ui_run_line(p.ui, CC_STR("marker zebra"));
	assert_int_equal(cc_playback_at(p.replay.playback), 3);
	cc_replay_go(p.ui, 0);
	cc_playback_redact(p.replay.playback, CC_REDACT_NOTES);
	cc_ui_run_line(p.ui, CC_STR("marker zebra"));
	assert_int_equal(cc_playback_at(p.replay.playback), 0);
	assert_true(p.ui->message_bad);
	close_player(&p);
}

static void test_playing(void **state)
{
	(void)state;
	player p = open_player(100, 30);
	start_player(&p);
	assert_int_equal(cc_replay_wait_ms(p.ui, 0), -1);
	press(&p, ' ');
	int64_t now = p.replay.due_ns - 2 * CC_NS_PER_S;
	assert_int_equal(cc_replay_wait_ms(p.ui, now), 2001);
	cc_replay_tick(p.ui, now);
	assert_int_equal(cc_playback_at(p.replay.playback), 0);
	for (size_t i = 1; i <= STEPS; i++) {
		now = p.replay.due_ns;
		cc_replay_tick(p.ui, now);
		assert_int_equal(cc_playback_at(p.replay.playback), i);
	}
	assert_false(p.replay.playing);                      /* it ends by itself */
	press(&p, ' ');
	assert_int_equal(cc_playback_at(p.replay.playback), 0);                    /* and begins anew */
	for (int i = 0; i < 9; i++)
		press(&p, '>');
	assert_true(shows(&p, "x16"));
	assert_true(p.replay.playing);
	press(&p, 'c');
	assert_true(shows(&p, "clock"));
	close_player(&p);
}

/* What cannot be is said at once, not after it was asked how sure one is; and help tells the replay's keys, on the first page too. */
static void test_what_a_replay_has_no_key_for(void **state)
{
	(void)state;
	static const char KEYS[] = { 's', 'S', '!', 'P' };
	player p = open_player(160, 48);
	start_player(&p);
	press(&p, '?');
	assert_true(shows(&p, "in the replay") && shows(&p, "to the next marker"));
	for (size_t i = 0; i < p.ui->menu.entries.n; i++) {
		const char *label = p.ui->menu.entries.p[i].label;
		assert_null(strstr(label, "(:alerts)"));               /* its key is a tenth of the record here */
		assert_null(strstr(label, "suspect the row"));
		assert_null(strstr(label, "in a reel"));
	}
	press(&p, CC_KEY_ESC);
	for (int i = 0; i < 2; i++)
		press(&p, '.');
	for (size_t i = 0; i < sizeof KEYS; i++) {
		press(&p, (unsigned char)KEYS[i]);
		assert_int_equal(p.ui->prompt.kind, CC_PROMPT_NONE);
		assert_int_equal(p.ui->stage, CC_STAGE_PANES);
		assert_true(shows(&p, "T goes on live from here"));
	}
	close_player(&p);
}

static void test_nothing_is_changed(void **state)
{
	(void)state;
	player p = open_player(100, 30);
	cc_reply *r = NULL;
	cc_err err = { 0 };
	start_player(&p);
	cc_replay_go(p.ui, 11);
	assert_int_equal(cc_session_run(p.session, CC_STR("suspect otel-demo/Service/ad"), NULL, &r, &err), CC_ESTATE);
	assert_int_equal(cc_session_run(p.session, CC_STR("submit confirm=submit"), NULL, &r, &err), CC_ESTATE);
	assert_int_equal(cc_session_run(p.session, CC_STR("alerts"), NULL, &r, &err), CC_OK); /* whatever the clock of then says */
	cc_reply_unref(r);
	close_player(&p);
}

/* An agent with a shell: what it asked for no pane can ask for again. */
static cc_run *shell_run(void)
{
	cc_buf dir = CC_BUF_INIT;
	cc_record *r;
	cc_run *made = NULL;
	uint32_t trial;
	cc_err err;
	cc_record_step cat = { .agent = true, .line = CC_STR("run_shell command=cat pull.txt"), .command = CC_STR("run_shell"), .query = true,
		.queries = 1, .turn = 1, .answered = true, .shown = { .title = CC_STR_EMPTY, .digest = CC_STR_EMPTY } };
	cc_record_step note = { .agent = true, .line = CC_STR("note hm"), .command = CC_STR("note"), .queries = 1, .turn = 2, .answered = true,
		.shown = { .title = CC_STR_EMPTY, .digest = CC_STR_EMPTY } };
	assert_int_equal(cc_record_make_dir(&dir, &trial, scratch.root, CC_STR("Scenario-1"), NULL), CC_OK);
	assert_int_equal(cc_record_open(&r, dir.p, &(cc_record_header){ .version = CC_STR("1"), .scenario = CC_STR("Scenario-1"), .agent = true,
		.actor_name = CC_STR("robot") }, NULL, NULL), CC_OK);
	assert_int_equal(cc_record_add_step(r, &cat, NULL), CC_OK);
	assert_int_equal(cc_record_add_event(r, &(cc_record_event){ CC_STR("output"),
		CC_STR("{\"step\":1,\"text\":\"Back-off pulling image\\npassword: hunter2\\n\"}") }, NULL), CC_OK);
	assert_int_equal(cc_record_add_step(r, &note, NULL), CC_OK);
	cc_record_close(r);
	cc_buf_addz(&dir, "/" CC_RECORD_FILE);
	assert_int_equal(cc_run_read(&made, dir.p, &err), CC_OK);
	cc_buf_deinit(&dir);
	return made;
}

static void test_what_a_shell_printed(void **state)
{
	(void)state;
	cc_run *ours = run;
	run = shell_run();
	player p = open_player(80, 24);
	start_player(&p);
	for (size_t step = 1; step <= 2; step++) {              /* it stays where the next step shows nothing */
		cc_replay_go(p.ui, step);
		assert_true(shows(&p, "run_shell command=cat pull.txt") && shows(&p, "Back-off pulling image") && shows(&p, "hunter2"));
	}
	assert_true(shows(&p, "note hm"));
	press(&p, CC_KEY_TAB);
	assert_true(shows(&p, "1 ALERTS"));                  /* looking around */
	press(&p, CC_KEY_RESIZE);
	assert_true(shows(&p, "Back-off pulling image"));
	cc_ui_run_line(p.ui, CC_STR("events"));
	assert_true(shows(&p, "6 EVENTS"));
	p.replay.redact = CC_REDACT_SECRETS;
	cc_replay_go(p.ui, 1);
	cc_ui_draw(p.ui);
	char *safe = screen(&p);
	assert_non_null(strstr(safe, "Back-off pulling image"));
	assert_null(strstr(safe, "hunter2"));
	cc_free(safe);
	close_player(&p);
	cc_run_free(run);
	run = ours;
}

/* The panes show what the record holds of their steps, not that there is nothing. */
static void test_without_the_evidence(void **state)
{
	(void)state;
	player p = { 0 };
	cc_snapshot *nothing;
	cc_err err = { 0 };
	p.term = cc_term_fake_new(&p.fake, 100, 30);
	assert_int_equal(cc_snapshot_open_nothing(&nothing, CC_STR("Scenario-1"), &err), CC_OK);
	assert_int_equal(cc_session_open_with(&p.session, nothing, &(cc_session_options){ .no_cache = true }, &err), CC_OK);
	assert_int_equal(cc_replay_init(&p.replay, p.session, run, NULL, &err), CC_OK);
	start_player(&p);
	cc_replay_go(p.ui, 2);
	assert_true(shows(&p, "NO EVIDENCE") && shows(&p, "1 ALERTS") && shows(&p, "10 of 10 rows were shown") && shows(&p, "otel-demo/Service/payment"));
	close_player(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_way_there_does_not_matter), cmocka_unit_test(test_the_end_at_once), cmocka_unit_test(test_two_panes),
		cmocka_unit_test(test_steps), cmocka_unit_test(test_transport), cmocka_unit_test(test_pages), cmocka_unit_test(test_the_pace_is_kept), cmocka_unit_test(test_hidden_captions),
		cmocka_unit_test(test_playing), cmocka_unit_test(test_nothing_is_changed), cmocka_unit_test(test_what_a_replay_has_no_key_for),
		cmocka_unit_test(test_what_a_shell_printed), cmocka_unit_test(test_without_the_evidence),
	};
	return cmocka_run_group_tests_name("ui/replay", tests, make_run, drop_run);
}
