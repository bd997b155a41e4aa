/* test_screens.c - golden screens: keys are played into the console over a bundled incident, and the grid is compared.
 *
 * Each tests/screen/NAME.keys holds lines: `# comment`, `size WxH` (once or more), `incident DIR` (default Scenario-1 of the samples),
 * `glyphs ascii|block|braille`, `looks` (compare meanings of cells too), `briefing`, `learn`, `demo`, and `keys …` (names, 'text' in quotes).
 * `live SPEED FROM` is a live drill; `later SECONDS` of its clock go by after the keys, then come those of `then …`.
 * `hold N` keeps the loader from reading behind stage N while the keys are played; `load` lets it go on and shows what
 * comes then. The screen expected is NAME.WxH.screen beside it. GENERATE=1 writes them: read the difference before
 * committing it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "ui/term_fake.h"
#include "ui/ui_priv.h"

enum { SIZES = 4, SCRIPTS = 200 };

typedef struct script {
	char incident[256];
	int columns[SIZES], rows[SIZES], sizes;
	cc_glyphs glyphs;
	bool looks, briefing, learn, demo, held, load;
	unsigned stage;          /* held: the last one that is read */
	int live, later;         /* times as fast; seconds between the keys and those after */
	char from[16];           /* live: where it begins */
	cc_buf keys, then;
} script;

static void read_directive(script *s, cc_str line)
{
	cc_str word, rest;
	char text[512];
	cc_str_cut(line, ' ', &word, &rest);
	snprintf(text, sizeof text, "%.*s", CC_STR_ARG(rest));
	if (cc_str_eqz(word, "size") && s->sizes < SIZES) {
		assert_int_equal(sscanf(text, "%dx%d", &s->columns[s->sizes], &s->rows[s->sizes]), 2);
		s->sizes++;
	} else if (cc_str_eqz(word, "incident")) {
		snprintf(s->incident, sizeof s->incident, "%.250s", text);
	} else if (cc_str_eqz(word, "glyphs")) {
		assert_int_equal(cc_glyphs_pick(&s->glyphs, text, NULL), CC_OK);
	} else if (cc_str_eqz(word, "looks")) {
		s->looks = true;
	} else if (cc_str_eqz(word, "briefing")) {
		s->briefing = true;
	} else if (cc_str_eqz(word, "learn")) {
		s->learn = true;
	} else if (cc_str_eqz(word, "demo")) {
		s->demo = true;
	} else if (cc_str_eqz(word, "hold")) {
		s->held = true;
		s->stage = (unsigned)strtoul(text, NULL, 10);
	} else if (cc_str_eqz(word, "live")) {
		assert_int_equal(sscanf(text, "%dx %15s", &s->live, s->from), 2);
	} else if (cc_str_eqz(word, "later")) {
		s->later = (int)strtol(text, NULL, 10);
	} else if (cc_str_eqz(word, "then")) {
		cc_buf_addf(&s->then, "%s ", text);
	} else if (cc_str_eqz(word, "load")) {
		s->load = true;
	} else if (cc_str_eqz(word, "keys")) {
		cc_buf_addf(&s->keys, "%s ", text);
	} else {
		fail_msg("unknown directive %.*s", CC_STR_ARG(line));
	}
}

static void read_script(script *s, const char *path)
{
	cc_buf text = CC_BUF_INIT;
	*s = (script){ .incident = "sample-incidents/Scenario-1", .glyphs = CC_GLYPHS_BLOCK, .keys = CC_BUF_INIT,
		.then = CC_BUF_INIT };
	assert_int_equal(cc_file_read(&text, path, 1 << 16, NULL), CC_OK);
	for (cc_str rest = cc_buf_str(&text), line; rest.n > 0;) {
		cc_str_cut(rest, '\n', &line, &rest);
		line = cc_str_trim(line);
		if (line.n > 0 && line.p[0] != '#')
			read_directive(s, line);
	}
	assert_true(s->sizes > 0);
	cc_buf_deinit(&text);
}

static cc_reply *briefing(void)
{
	cc_reply *r = cc_reply_new("briefing");
	cc_reply_set_title(r, "Briefing");
	cc_reply_begin_text(r, "page", "The page");
	cc_reply_line(r, CC_ROLE_TEXT, CC_STR("Checkout fails for a part of the customers since 17:08Z. Find out what has to be corrected."));
	cc_reply_begin_text(r, "rules", "The rules");
	cc_reply_line(r, CC_ROLE_TEXT, CC_STR("Name causes as namespace/Kind/name.\nEvery look at evidence costs one query of 100."));
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	return r;
}

/* Where the loader waits until the test lets it pass. */
static struct { pthread_mutex_t lock; pthread_cond_t changed; unsigned open; } gate = { PTHREAD_MUTEX_INITIALIZER,
	PTHREAD_COND_INITIALIZER, 0 };

static void gate_open(unsigned stage)
{
	pthread_mutex_lock(&gate.lock);
	gate.open = stage;
	pthread_cond_broadcast(&gate.changed);
	pthread_mutex_unlock(&gate.lock);
}

static void gate_wait(void *arg, unsigned stage)
{
	(void)arg;
	pthread_mutex_lock(&gate.lock);
	while (gate.open < stage)
		pthread_cond_wait(&gate.changed, &gate.lock);
	pthread_mutex_unlock(&gate.lock);
}

static void poll_until(cc_ui *ui, bool whole)
{
	cc_err err;
	for (bool changed = false; whole ? cc_ui_loading(ui).running : !changed; sched_yield())
		if (cc_ui_poll(ui, &changed, &err))
			fail_msg("%s", err.message);
}

static void press_all(cc_ui *ui, cc_term_fake *fake, cc_str keys)
{
	size_t from = fake->keys.n;
	cc_err err;
	if (cc_term_fake_script(fake, keys, &err))
		fail_msg("%s", err.message);
	for (size_t i = from; i < fake->keys.n; i++) {
		cc_ui_handle_key(ui, &fake->keys.p[i]);
		cc_ui_draw(ui);
	}
}

/* The clock goes on, and the evidence of the tick it has reached is made on a thread. A test that hangs has failed. */
static void go_on(cc_ui *ui, cc_session *session, int seconds)
{
	cc_live_state live = cc_session_live(session);
	int64_t due = live.drill.from_ns + seconds * live.drill.speed * CC_NS_PER_S - CC_LIVE_TICK_S * CC_NS_PER_S;
	cc_clock_fake_advance(seconds * CC_NS_PER_S);
	due = due > live.drill.to_ns ? live.drill.to_ns : due;
	for (bool changed = false; cc_session_live(session).now_ns < due; sched_yield())
		assert_int_equal(cc_ui_poll(ui, &changed, NULL), CC_OK);
	cc_ui_settle(ui);
	cc_ui_draw(ui);
}

/* Draws after every key, as in life, and appends the last screen. */
static void play(const script *s, int size, cc_buf *out)
{
	cc_session_options so = { .dir = s->incident, .budget = 100, .actor_name = "golden", .pause_at_start = s->briefing,
		.staged = s->held, .before_stage = gate_wait, .live_speed = s->live, .live_from = s->live ? s->from : NULL };
	cc_ui_options uo = { .glyphs = s->glyphs, .learn = s->learn, .demo = s->demo, .briefing = s->briefing && !s->held ? briefing() : NULL,
		.ask_briefing = s->briefing && s->held };
	cc_session *session;
	cc_term_fake *fake;
	cc_ui *ui;
	cc_err err;
	cc_err_clear(&err);
	cc_clock_fake_set(INT64_C(1765900000000000000));
	gate_open(s->stage);
	if (cc_session_open(&session, &so, &err))
		fail_msg("%s", err.message);
	cc_term *term = cc_term_fake_new(&fake, s->columns[size], s->rows[size]);
	assert_non_null(term);
	assert_int_equal(cc_ui_new(&ui, session, term, &uo, &err), CC_OK);
	cc_ui_draw(ui);
	if (s->stage)
		poll_until(ui, false);
	press_all(ui, fake, cc_buf_str(&s->keys));
	if (s->later) {
		go_on(ui, session, s->later);
		press_all(ui, fake, cc_buf_str(&s->then));
	}
	if (s->load) {
		gate_open(UINT32_MAX);
		poll_until(ui, true);
		cc_ui_draw(ui);
	}
	cc_grid_dump(&fake->shown, out, s->looks);
	gate_open(UINT32_MAX);
	cc_ui_free(ui);
	term->ops->close(term);
	cc_session_close(session);
	cc_reply_unref(uo.briefing);
	cc_clock_fake_off();
}

static void show_difference(cc_str want, cc_str have)
{
	for (int row = 1; want.n > 0 || have.n > 0; row++) {
		cc_str a, b;
		cc_str_cut(want, '\n', &a, &want);
		cc_str_cut(have, '\n', &b, &have);
		if (!cc_str_eq(a, b))
			print_error("row %d\n  want |%.*s|\n  have |%.*s|\n", row, CC_STR_ARG(a), CC_STR_ARG(b));
	}
}

static void check_screen(const char *name, const script *s, int size)
{
	cc_buf path = CC_BUF_INIT, want = CC_BUF_INIT, have = CC_BUF_INIT;
	cc_buf_addf(&path, "tests/screen/%s.%dx%d.screen", name, s->columns[size], s->rows[size]);
	play(s, size, &have);
	if (getenv("GENERATE")) {
		assert_int_equal(cc_file_write(path.p, cc_buf_str(&have), NULL), CC_OK);
	} else {
		if (cc_file_read(&want, path.p, 1 << 20, NULL))
			fail_msg("%s is missing; GENERATE=1 writes it", path.p);
		if (!cc_str_eq(cc_buf_str(&want), cc_buf_str(&have))) {
			print_error("%s differs:\n", path.p);
			show_difference(cc_buf_str(&want), cc_buf_str(&have));
			fail();
		}
	}
	cc_buf_deinit(&path);
	cc_buf_deinit(&want);
	cc_buf_deinit(&have);
}

static void screen(void **state)
{
	const char *name = *state;
	script s;
	char path[300];
	snprintf(path, sizeof path, "tests/screen/%s.keys", name);
	read_script(&s, path);
	for (int i = 0; i < s.sizes; i++)
		check_screen(name, &s, i);
	cc_buf_deinit(&s.keys);
	cc_buf_deinit(&s.then);
}

static char names[SCRIPTS][64];
static struct CMUnitTest tests[SCRIPTS];

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

int main(void)
{
	size_t n = 0;
	DIR *dir = opendir("tests/screen");
	for (struct dirent *e; dir && n < SCRIPTS && (e = readdir(dir));) {
		cc_str name = cc_str_from(e->d_name);
		if (cc_str_ends(name, CC_STR(".keys")) && name.n < 60)
			snprintf(names[n++], sizeof names[0], "%.*s", (int)(name.n - 5), e->d_name);
	}
	if (dir)
		closedir(dir);
	qsort(names, n, sizeof names[0], by_name);
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){ .name = names[i], .test_func = screen, .initial_state = names[i] };
	return n ? _cmocka_run_group_tests("screens", tests, n, NULL, NULL) : 1;
}
