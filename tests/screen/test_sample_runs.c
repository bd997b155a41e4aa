/* test_sample_runs.c - the committed records of Scenario-1: ana finds the cause, ben names too many, and the scripted agent of the policy
 * origin plays it, too. What is here is their recipe; GENERATE=1 writes them, the screens at each marker of the people,
 * replay-NAME-STEP.WxH.screen, and the one of ben against the agent.
 *
 * They carry no path of the evidence, so that they mean the same wherever they lie, and the line that depends on how fast a file was
 * hashed stands before the last. Replies that change make them anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/compare.h"
#include "coldcase/agent.h"
#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/rerun.h"
#include "coldcase/rng.h"
#include "coldcase/sha256.h"
#include "coldcase/xalloc.h"
#include "support/scratch.h"
#include "ui/compare.h"
#include "ui/replay.h"
#include "ui/term_fake.h"

static const char INCIDENT[] = "sample-incidents/Scenario-1", RUNS[] = "sample-incidents/runs";

/* What was typed, how long it took to think of, and which row of its pane was looked at then (0 = not told). */
typedef struct typed { int seconds; const char *line; unsigned row; } typed;

static const typed ANA[] = {
	{ 12, "start", 0 }, { 2, "alerts", 1 }, { 25, "paths origin", 1 }, { 18, "focus quote", 0 }, { 3, "events", 2 },
	{ 21, "pin {cite} label=\"the image of the new pod cannot be pulled\"", 0 }, { 9, "suspect otel-demo/Deployment/quote confidence=0.6 pins=1", 0 },
	{ 7, "changes", 1 }, { 16, "mark somebody set another image, three seconds before", 0 }, { 11, "diff quote", 1 },
	{ 14, "suspect otel-demo/Deployment/quote confidence=0.95 reason=\"image set to a tag that does not exist\"", 0 },
	{ 8, "ruleout otel-demo/Service/shipping reason=\"fails because quote does not answer\"", 0 }, { 10, "submit confirm=submit", 0 },
};
static const typed BEN[] = {
	{ 4, "start", 0 }, { 2, "alerts", 6 }, { 9, "suspect otel-demo/Service/shipping confidence=0.7", 0 }, { 15, "logs level>=error", 3 },
	{ 22, "paths origin", 1 }, { 6, "suspect otel-demo/Service/checkout confidence=0.5", 0 }, { 5, "hint", 0 }, { 31, "evnts", 0 }, { 4, "events", 5 },
	{ 12, "suspect otel-demo/Deployment/quote confidence=0.6", 0 }, { 40, "topology", 2 },
	{ 9, "suspect otel-demo/Service/frontend confidence=0.4", 0 }, { 3, "submit confirm=submit", 0 },
};
/* Nothing typed: an agent. */
static const struct actor { const char *name; const typed *typed; size_t n; } PLAYERS[] = {
	{ "ana", ANA, sizeof ANA / sizeof ANA[0] }, { "ben", BEN, sizeof BEN / sizeof BEN[0] }, { "heuristic-origin", NULL, 0 },
};
enum { PEOPLE = 2, PLAYER_COUNT = 3 };

static cc_run *runs[PLAYER_COUNT];

static void path_of(const char *who, const char *file, cc_buf *out)
{
	cc_buf_addf(out, "%s/%s/Scenario-1/1%s%s", RUNS, who, *file ? "/" : "", file);
}

static cc_run *read_run(const char *path)
{
	cc_run *run = NULL;
	cc_err err = { 0 };
	if (cc_run_read(&run, path, &err) != CC_OK)
		fail_msg("%s", err.message);
	return run;
}

/* --- the recipe --- */

static cc_code coach(void *arg, uint32_t rung, cc_buf *out)
{
	(void)arg;
	if (rung == 1)
		cc_buf_addz(out, "Look at what the earliest alerts are about.");
	return CC_OK;
}

/* The record that the row which was looked at stands for. */
static void put_cite(const cc_session *s, const cc_reply *shown, unsigned row, cc_buf *out)
{
	const cc_section *table = cc_reply_section(shown, 0);
	assert_true(row && row <= table->row_count);
	cc_cite_format(cc_session_snapshot(s), table->rows[row - 1].cite, out);
}

static void fill_in(const cc_session *s, const typed *t, const typed *before, const cc_reply *shown, cc_buf *line)
{
	const char *place = strstr(t->line, "{cite}");
	if (!place) {
		cc_buf_addz(line, t->line);
		return;
	}
	cc_buf_add(line, (cc_str){ t->line, (size_t)(place - t->line) });
	put_cite(s, shown, before->row, line);
	cc_buf_addz(line, place + strlen("{cite}"));
}

static void look_at(cc_session *s, const typed *t)
{
	cc_str name, rest;
	cc_buf pane = CC_BUF_INIT;
	cc_str_cut(cc_str_from(t->line), ' ', &name, &rest);
	cc_buf_add(&pane, name);
	cc_session_view(s, &(cc_view_state){ .pane = pane.p, .command = cc_str_from(t->line), .selected = t->row, .columns = 160, .rows = 48 });
	cc_buf_deinit(&pane);
}

static void type_all(cc_session *s, const struct actor *p)
{
	cc_reply *shown = NULL;
	for (size_t i = 0; i < p->n; i++) {
		cc_reply *now = NULL;
		cc_buf line = CC_BUF_INIT;
		fill_in(s, &p->typed[i], i ? &p->typed[i - 1] : NULL, shown, &line);
		cc_clock_fake_advance(p->typed[i].seconds * CC_NS_PER_S);
		cc_err err = { 0 };
		cc_code code = cc_session_run(s, cc_buf_str(&line), NULL, &now, &err);
		if ((code == CC_OK) != (strcmp(line.p, "evnts") != 0))
			fail_msg("%s: %s", line.p, err.message);
		if (p->typed[i].row)
			look_at(s, &p->typed[i]);
		cc_reply_unref(shown);
		shown = now;
		cc_buf_deinit(&line);
	}
	cc_reply_unref(shown);
}

static void a_second(void *arg)
{
	(void)arg;
	cc_clock_fake_advance(CC_NS_PER_S);
}

static void let_it_play(cc_session *s)
{
	cc_err err = { 0 };
	if (cc_heuristic_play(s, CC_HEURISTIC_ORIGIN, &(cc_agent_watch){ .ran = a_second }, &err) != CC_OK)
		fail_msg("%s", err.message);
}

static void play(const struct actor *p, const char *root, cc_buf *dir)
{
	cc_session_options opt = { .dir = INCIDENT, .agent = !p->typed, .actor_name = p->name, .budget = 60, .pause_at_start = p->typed != NULL,
		.no_cache = true, .out_dir = root, .assistance = "full", .coach = coach };
	cc_session *s = NULL;
	cc_err err = { 0 };
	cc_clock_fake_set(INT64_C(1767604500000000000));         /* 2026-01-05 09:15 */
	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	if (p->typed)
		type_all(s, p);
	else
		let_it_play(s);
	cc_buf_addz(dir, cc_session_run_dir(s));
	cc_session_close(s);
	cc_clock_fake_off();
}

/* Another value for the first key of that name. */
static void put_other(cc_buf *line, const char *key, const char *value)
{
	cc_buf out = CC_BUF_INIT;
	cc_str text = cc_buf_str(line);
	size_t at = cc_str_find(text, cc_str_from(key));
	assert_true(at != CC_STR_NONE);
	at += strlen(key);
	cc_str rest = cc_str_sub(text, at, text.n);
	cc_buf_add(&out, cc_str_sub(text, 0, at));
	cc_buf_addz(&out, value);
	cc_buf_add(&out, cc_str_sub(rest, strcspn(rest.p, ",}"), rest.n));
	cc_buf_deinit(line);
	*line = out;
}

static void put_line(cc_str text, size_t number, const char *hash, cc_buf *out)
{
	char seq[24], prev[72];
	cc_buf line = CC_BUF_INIT;
	snprintf(seq, sizeof seq, "%zu", number);
	snprintf(prev, sizeof prev, "\"%s\"", hash);
	cc_buf_add(&line, text);
	put_other(&line, "\"seq\":", seq);
	put_other(&line, "\"prev\":", prev);
	if (number == 1)
		put_other(&line, "\"snapshot_path\":", "\"\"");
	if (cc_str_find(text, CC_STR("\"command\":\"submit\"")) != CC_STR_NONE) {     /* it tells where the answer was written */
		put_other(&line, "\"bytes\":", "0");
		put_other(&line, "\"digest\":", "\"\"");
	}
	cc_buf_add(out, cc_buf_str(&line));
	cc_buf_deinit(&line);
}

typedef struct chain { cc_buf *out; size_t n; char hash[65]; } chain;

static void put_chained(chain *c, cc_str line)
{
	size_t from = c->out->n;
	put_line(line, ++c->n, c->hash, c->out);
	cc_sha256_of(cc_str_sub(cc_buf_str(c->out), from, c->out->n), c->hash);
	cc_buf_add_char(c->out, '\n');
}

static bool is_type(cc_str line, const char *type)
{
	char want[32];
	snprintf(want, sizeof want, "\"type\":\"%s\"", type);
	return cc_str_find(line, cc_str_from(want)) != CC_STR_NONE;
}

/* The digest of the evidence, at the time of the end. */
static void put_digest(chain *c, cc_str digest, cc_str end)
{
	size_t at = cc_str_find(end, CC_STR("\"t_ns\":")), from = cc_str_find(digest, CC_STR("\"prev\":"));
	cc_str time = cc_str_sub(end, at, cc_str_find(end, CC_STR("\"prev\":")));
	cc_buf line = CC_BUF_INIT;
	cc_buf_addf(&line, "{\"seq\":0,\"type\":\"digest\",%.*s%.*s", CC_STR_ARG(time), CC_STR_ARG(cc_str_sub(digest, from, digest.n)));
	put_chained(c, cc_buf_str(&line));
	cc_buf_deinit(&line);
}

/* Without what depends on the machine; the chain of hashes is made again. */
static void without_place(cc_str text, cc_buf *out)
{
	chain c = { .out = out };
	cc_str digest = CC_STR_EMPTY;
	memset(c.hash, '0', 64);
	for (cc_str line; text.n && cc_str_cut(text, '\n', &line, &text);) {
		if (is_type(line, "digest")) {
			digest = line;
			continue;
		}
		if (is_type(line, "end"))
			put_digest(&c, digest, line);
		put_chained(&c, line);
	}
}

static void keep_file(const char *who, const char *file, cc_str want)
{
	cc_buf path = CC_BUF_INIT, have = CC_BUF_INIT, dir = CC_BUF_INIT;
	cc_err err = { 0 };
	path_of(who, file, &path);
	path_of(who, "", &dir);
	if (getenv("GENERATE")) {
		assert_int_equal(cc_dir_make(dir.p, &err), CC_OK);
		assert_int_equal(cc_file_write(path.p, want, &err), CC_OK);
	} else if (cc_file_read(&have, path.p, 1 << 22, &err) != CC_OK) {
		fail_msg("%s", err.message);
	} else if (!cc_str_eq(cc_buf_str(&have), want)) {
		fail_msg("%s is not what its recipe makes now (a reply changed?): GENERATE=1 tests/run test_sample_runs, and look at the difference", path.p);
	}
	cc_buf_deinit(&path);
	cc_buf_deinit(&have);
	cc_buf_deinit(&dir);
}

static void make(const struct actor *p)
{
	static int made;                /* each into a folder of its own: it is the first trial there */
	cc_buf root = CC_BUF_INIT, dir = CC_BUF_INIT, path = CC_BUF_INIT, text = CC_BUF_INIT, record = CC_BUF_INIT;
	cc_buf_addf(&root, "%s/%d", scratch.root, made++);
	play(p, root.p, &dir);
	cc_path_join(&path, dir.p, CC_RECORD_FILE);
	assert_int_equal(cc_file_read(&text, path.p, 1 << 22, NULL), CC_OK);
	without_place(cc_buf_str(&text), &record);
	keep_file(p->name, CC_RECORD_FILE, cc_buf_str(&record));
	cc_buf_clear(&path);
	cc_buf_clear(&text);
	cc_path_join(&path, dir.p, "agent_output.json");
	assert_int_equal(cc_file_read(&text, path.p, 1 << 20, NULL), CC_OK);
	keep_file(p->name, "agent_output.json", cc_buf_str(&text));
	cc_buf_deinit(&root);
	cc_buf_deinit(&dir);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	cc_buf_deinit(&record);
}

static void test_the_recipe_makes_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < PLAYER_COUNT; i++)
		make(&PLAYERS[i]);
}

/* --- what they are --- */

static int read_runs(void **state)
{
	if (scratch_make(state))
		return 1;
	for (size_t i = 0; i < PLAYER_COUNT; i++) {
		cc_buf path = CC_BUF_INIT;
		if (getenv("GENERATE"))
			make(&PLAYERS[i]);
		path_of(PLAYERS[i].name, "", &path);
		runs[i] = read_run(path.p);
		cc_buf_deinit(&path);
	}
	return 0;
}

static int drop_runs(void **state)
{
	for (size_t i = 0; i < PLAYER_COUNT; i++)
		cc_run_free(runs[i]);
	return scratch_remove(state);
}

static void test_run_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < PLAYER_COUNT; i++) {
		cc_rerun *r = NULL;
		cc_rerun_step step;
		cc_err err = { 0 };
		cc_run_health health = cc_run_health_get(runs[i]);
		size_t n = 0;
		assert_true(!health.torn && !health.broken_line && !health.bad_lines);
		assert_int_equal(cc_rerun_open(&r, runs[i], INCIDENT, true, &err), CC_OK);
		for (; cc_rerun_next(r, NULL, &step, &err) == CC_OK; n++)
			assert_true(step.verdict != CC_RERUN_DIFFERS);
		assert_int_equal(n, cc_run_step_count(runs[i]));
		assert_true(!PLAYERS[i].typed || n == PLAYERS[i].n);
		cc_rerun_close(r);
	}
}

/* --- played back --- */

typedef struct player { cc_session *session; cc_term *term; cc_term_fake *fake; cc_ui *ui; cc_replay replay; } player;

/* Not moved afterwards: the console keeps the address of the replay. */
static void open_player(player *p, const cc_run *run, int columns, int rows)
{
	cc_err err = { 0 };
	cc_ui_options opt = { .glyphs = CC_GLYPHS_BLOCK };
	*p = (player){ 0 };
	p->term = cc_term_fake_new(&p->fake, columns, rows);
	if (cc_session_open(&p->session, &(cc_session_options){ .dir = INCIDENT, .no_cache = true }, &err) != CC_OK ||
		cc_replay_init(&p->replay, p->session, run, NULL, &err) != CC_OK || cc_ui_new_replay(&p->ui, &p->replay, p->term, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
}

static void close_player(player *p)
{
	cc_ui_free(p->ui);
	cc_replay_deinit(&p->replay);
	cc_session_close(p->session);
	p->term->ops->close(p->term);
}

static char *dump(const cc_term_fake *fake, bool looks)
{
	cc_buf b = CC_BUF_INIT;
	cc_grid_dump(&fake->shown, &b, looks);
	return cc_buf_take(&b);
}

static char *screen(player *p, bool looks)
{
	cc_ui_draw(p->ui);
	return dump(p->fake, looks);
}

static void press(player *p, const char *keys)
{
	size_t from = p->fake->keys.n;
	assert_int_equal(cc_term_fake_script(p->fake, cc_str_from(keys), NULL), CC_OK);
	for (size_t i = from; i < p->fake->keys.n; i++)
		cc_ui_handle_key(p->ui, &p->fake->keys.p[i]);
}

static void golden_of(const cc_term_fake *fake, const char *name)
{
	cc_buf path = CC_BUF_INIT, want = CC_BUF_INIT;
	char *have = dump(fake, false);
	cc_buf_addf(&path, "tests/screen/%s.%dx%d.screen", name, fake->columns, fake->rows);
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

static void golden(player *p, const char *who)
{
	char name[80];
	snprintf(name, sizeof name, "replay-%s-%02zu", who, cc_playback_at(p->replay.playback));
	cc_ui_draw(p->ui);
	golden_of(p->fake, name);
}

/* A presenter's key goes from marker to marker; at the last one it leads to the end. */
static void test_screens(void **state)
{
	static const int SIZES[][2] = { { 80, 24 }, { 160, 48 } };
	(void)state;
	for (size_t i = 0; i < PEOPLE; i++) {
		for (size_t k = 0; k < sizeof SIZES / sizeof SIZES[0]; k++) {
			player p;
			size_t n = 0, marked = SIZE_MAX;
			open_player(&p, runs[i], SIZES[k][0], SIZES[k][1]);
			const cc_markers *m = cc_playback_markers(p.replay.playback);
			for (size_t at = 0; at < cc_markers_count(m); at++) {
				if (cc_markers_get(m, at)->step == marked)
					continue;
				marked = cc_markers_get(m, at)->step;
				press(&p, "PgDn");
				assert_int_equal(cc_playback_at(p.replay.playback), marked);
				golden(&p, PLAYERS[i].name);
				n++;
			}
			assert_in_range(n, 5, 8);
			close_player(&p);
		}
	}
}

/* However a step is reached, the same is shown, and what stands beside it was not left over from another. */
static void walk(const cc_run *run, int columns, int rows, uint64_t seed)
{
	player p;
	cc_rng rng;
	size_t steps = cc_run_step_count(run);
	char **first = cc_calloc(steps + 1, sizeof *first);
	open_player(&p, run, columns, rows);
	for (size_t n = 0; n <= steps; n++) {
		cc_replay_go(p.ui, n);
		first[n] = screen(&p, true);
	}
	cc_rng_init(&rng, seed);
	for (int k = 0; k < 60; k++) {
		static const char *const WAYS[] = { ".", ",", "PgDn", "PgUp", "3", "8", "Home", "End", "Tab j .", "x Esc ,", "] [", ". , ." };
		press(&p, WAYS[cc_rng_below(&rng, sizeof WAYS / sizeof WAYS[0])]);
		size_t at = cc_playback_at(p.replay.playback);
		cc_replay_go(p.ui, at);
		char *now = screen(&p, true);
		if (strcmp(now, first[at]) != 0)
			fail_msg("step %zu is otherwise now:\n%s\nit was\n%s", at, now, first[at]);
		cc_free(now);
	}
	for (size_t n = 0; n <= steps; n++)
		cc_free(first[n]);
	cc_free(first);
	close_player(&p);
}

static void test_the_way_there_does_not_matter(void **state)
{
	(void)state;
	for (size_t i = 0; i < PLAYER_COUNT; i++) {
		walk(runs[i], 80, 24, 7 + i);
		walk(runs[i], 170, 50, 11 + i);
	}
}

/* --- a person against an agent --- */

/* The scores as the console gets them: from another process, for the one that shows evidence opens no truth. */
static cc_reply *scores_of(const char *a, const char *b)
{
	cc_buf line = CC_BUF_INIT, json = CC_BUF_INIT;
	cc_reply *r = NULL;
	char piece[4096];
	cc_buf_addf(&line, "%s/coldcase compare --json --no-cache %s %s", getenv("BUILD") ? getenv("BUILD") : "build/release", a, b);
	FILE *f = popen(line.p, "r");
	assert_non_null(f);
	for (size_t n; (n = fread(piece, 1, sizeof piece, f)) > 0;)
		cc_buf_add(&json, (cc_str){ piece, n });
	assert_int_equal(pclose(f), 0);
	assert_int_equal(app_compare_scores(cc_buf_str(&json), false, &r, NULL), CC_OK);
	cc_buf_deinit(&line);
	cc_buf_deinit(&json);
	return r;
}

static void test_human_against_agent(void **state)
{
	(void)state;
	cc_buf paths[2] = { CC_BUF_INIT, CC_BUF_INIT };
	const cc_run *both[2] = { runs[1], runs[2] };
	cc_ui_lane lanes[2] = { 0 };
	player p = { 0 };
	cc_compare *c;
	cc_duet *d;
	cc_err err = { 0 };
	assert_int_equal(cc_compare_new(&c, both, 2, &err), CC_OK);
	for (size_t i = 0; i < 2; i++) {
		path_of(PLAYERS[i + 1].name, "", &paths[i]);
		lanes[i] = (cc_ui_lane){ .name = cc_run_header(both[i])->actor_name, .agent = cc_run_header(both[i])->agent, .path = paths[i].p };
		assert_int_equal(cc_session_open(&lanes[i].session, &(cc_session_options){ .dir = INCIDENT, .no_cache = true }, &err), CC_OK);
	}
	cc_ui_comparison what = { .runs = c, .lanes = lanes, .scores = scores_of(paths[0].p, paths[1].p) };
	p.term = cc_term_fake_new(&p.fake, 160, 48);
	assert_int_equal(cc_duet_open(&d, &what, p.term, &(cc_ui_options){ .glyphs = CC_GLYPHS_BLOCK }, &err), CC_OK);
	assert_int_equal(cc_term_fake_script(p.fake, CC_STR("c c : 'step 9' Enter"), NULL), CC_OK);
	for (size_t i = 0; i < p.fake->keys.n; i++)
		cc_duet_key(d, &p.fake->keys.p[i]);
	cc_duet_draw(d);
	golden_of(p.fake, "compare-human-agent");
	cc_duet_close(d);
	p.term->ops->close(p.term);
	for (size_t i = 0; i < 2; i++) {
		cc_session_close(lanes[i].session);
		cc_buf_deinit(&paths[i]);
	}
	cc_reply_unref(what.scores);
	cc_compare_free(c);
}

/* Live from there: nothing is answered otherwise, and the board is the one of then. */
static void test_taken_over(void **state)
{
	(void)state;
	for (size_t i = 0; i < PLAYER_COUNT; i++) {
		for (size_t n = 1; n <= cc_run_step_count(runs[i]); n += 3) {
			cc_session *s = NULL;
			cc_case *then = NULL;
			cc_takeover t;
			cc_err err = { 0 };
			assert_int_equal(cc_session_open(&s, &(cc_session_options){ .dir = INCIDENT, .out_dir = scratch.root, .budget = 60,
				.pause_at_start = true, .no_cache = true, .assistance = "full", .coach = coach }, &err), CC_OK);
			assert_int_equal(cc_take_over(s, runs[i], n, &(cc_takeover_options){ 0 }, &t, &err), CC_OK);
			assert_int_equal(t.failed + t.differing, 0);
			assert_int_equal(t.steps, n < cc_run_step_count(runs[i]) ? n : n - 1);
			assert_int_equal(cc_run_replay(runs[i], cc_session_snapshot(s), t.steps, &then, &err), CC_OK);
			const cc_case *now = cc_session_case(s);
			assert_int_equal(cc_case_suspect_count(now), cc_case_suspect_count(then));
			assert_int_equal(cc_case_pin_count(now), cc_case_pin_count(then));
			assert_int_equal(cc_case_ruleout_count(now), cc_case_ruleout_count(then));
			assert_int_equal(cc_case_view(now).focus, cc_case_view(then).focus);
			assert_int_equal(cc_case_budget(now).used, cc_case_budget(then).used);
			cc_case_free(then);
			cc_session_close(s);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_recipe_makes_them), cmocka_unit_test(test_run_again), cmocka_unit_test(test_screens),
		cmocka_unit_test(test_the_way_there_does_not_matter), cmocka_unit_test(test_taken_over),
		cmocka_unit_test(test_human_against_agent),
	};
	return cmocka_run_group_tests_name("sample runs", tests, read_runs, drop_runs);
}
