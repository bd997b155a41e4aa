/* test_panes.c - every pane in every look: 80x24 and 160x48, dots and ASCII, dark and light, over a forged incident and a recorded one;
 * and on the largest screen, 240x60, in dots, where two panes lie side by side.
 *
 * A picture is the grid, what each cell means, and how the theme paints those meanings. Of the forged incident the pictures are
 * tests/screen/panes/VIEW.WxH.GLYPHS.screen, with both themes' paint below one grid: a theme may change colours and nothing else
 * (in ASCII the text alone).
 * Of the recorded one, which is no part of the repository, tests/screen/real.digests holds a line a picture:
 * `view size theme glyphs sha256`. Each picture is left in $BUILD/screens, so that one that differs can be laid beside the one
 * that was the same the last time. GENERATE=1 accepts what is shown now. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <cmocka.h>

#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/sha256.h"
#include "support/tree.h"
#include "ui/term_fake.h"
#include "ui/ui_priv.h"

static const struct { const char *name, *keys; } views[] = { { "alerts", "1" }, { "logs", "2" }, { "traces", "3" }, { "metrics", "4" },
	{ "topology", "5" }, { "events", "6" }, { "specs", "7" }, { "board", "8" }, { "trace-list", "3 T" }, { "waterfall", "3 T Enter" },
	{ "chart", "4 Enter" } };
static const struct { int columns, rows; } sizes[] = { { 80, 24 }, { 160, 48 }, { 240, 60 } };
static const char *const glyph_names[] = { "ascii", "braille" };
static const char *const theme_names[] = { "dark", "light" };
enum { LARGEST = 2 };
enum { ASCII, VIEWS = sizeof views / sizeof views[0], SIZES = 2, GLYPHS = 2, THEMES = 2, DIGESTS = VIEWS * SIZES * GLYPHS * THEMES };

/* What an incident is shown in. */
typedef struct stage {
	const char *dir;
	cc_theme *themes[THEMES];
} stage;

static void stage_open(stage *st, const char *dir)
{
	cc_err err;
	st->dir = dir;
	cc_clock_fake_set(INT64_C(1765900000000000000));
	for (int i = 0; i < THEMES; i++)
		if (cc_theme_load(&st->themes[i], theme_names[i], &err))
			fail_msg("%s", err.message);
}

static void stage_close(stage *st)
{
	for (int i = 0; i < THEMES; i++)
		cc_theme_free(st->themes[i]);
	cc_clock_fake_off();
}

static void name_color(char *out, size_t size, cc_color c)
{
	if (c == CC_COLOR_DEFAULT)
		snprintf(out, size, "default");
	else
		snprintf(out, size, CC_COLOR_IS_RGB(c) ? "#%06x" : "%d", (unsigned)c & 0xFFFFFF);
}

/* One line for each meaning that occurs: what it looks like, its own attributes included. */
static void dump_paint(const cc_grid *g, const cc_theme *t, cc_buf *out)
{
	bool seen[CC_LOOK_COUNT][128] = { { false } };
	for (int i = 0; i < g->columns * g->rows; i++)
		seen[g->cells[i].look][g->cells[i].attr & 127] = true;
	for (unsigned look = 0; look < CC_LOOK_COUNT; look++)
		for (unsigned attr = 0; attr < 128; attr++)
			if (seen[look][attr]) {
				char fg[16], bg[16];
				cc_style s = cc_theme_resolve(t, (cc_look)look, attr);
				name_color(fg, sizeof fg, s.fg);
				name_color(bg, sizeof bg, s.bg);
				cc_buf_addf(out, "%s %c %s/%u: %s on %s, %u\n", t->name, cc_look_letter((cc_look)look), cc_look_name((cc_look)look),
					attr, fg, bg, s.attr);
			}
}

/* Without paint only the grid's text. */
static void shoot(const stage *st, int view, int size, int glyphs, int theme, cc_buf *grid, cc_buf *paint)
{
	cc_session_options so = { .dir = st->dir, .actor_name = "golden" };
	cc_ui_options uo = { .theme = st->themes[theme] };
	cc_session *session;
	cc_term_fake *fake;
	cc_ui *ui;
	cc_err err;
	cc_err_clear(&err);
	cc_term *term = cc_term_fake_new(&fake, sizes[size].columns, sizes[size].rows);
	assert_non_null(term);
	assert_int_equal(cc_glyphs_pick(&uo.glyphs, glyph_names[glyphs], NULL), CC_OK);
	if (cc_session_open(&session, &so, &err) || cc_term_fake_script(fake, cc_str_from(views[view].keys), &err)
			|| cc_ui_new(&ui, session, term, &uo, &err))
		fail_msg("%s", err.message);
	cc_ui_draw(ui);
	for (size_t i = 0; i < fake->keys.n; i++) {
		cc_ui_handle_key(ui, &fake->keys.p[i]);
		cc_ui_draw(ui);
	}
	if (ui->message_bad)
		fail_msg("%s: %s", views[view].name, ui->message.p);
	cc_grid_dump(&fake->shown, grid, paint);
	if (paint)
		dump_paint(&fake->shown, st->themes[theme], paint);
	cc_ui_free(ui);
	term->ops->close(term);
	cc_session_close(session);
}

static bool is_ascii(cc_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] >= 128)
			return false;
	return true;
}

/* Leaves the picture under $BUILD/screens; the folder's parts that are missing are made. */
static const char *leave(const char *folder, const char *name, cc_str picture)
{
	static char path[512];
	const char *build = getenv("BUILD");
	snprintf(path, sizeof path, "%s/screens", build ? build : "build/release");
	mkdir(path, 0777);
	snprintf(path, sizeof path, "%s/screens/%s", build ? build : "build/release", folder);
	mkdir(path, 0777);
	snprintf(path, sizeof path, "%s/screens/%s/%s", build ? build : "build/release", folder, name);
	assert_int_equal(cc_file_write(path, picture, NULL), CC_OK);
	return path;
}

/* --- the forged incident --- */

static unsigned check_golden(int view, int size, int glyphs, const cc_buf *picture)
{
	char name[64], path[128];
	cc_buf want = CC_BUF_INIT;
	snprintf(name, sizeof name, "%s.%dx%d.%s.screen", views[view].name, sizes[size].columns, sizes[size].rows, glyph_names[glyphs]);
	snprintf(path, sizeof path, "tests/screen/panes/%s", name);
	if (getenv("GENERATE")) {
		assert_int_equal(cc_file_write(path, cc_buf_str(picture), NULL), CC_OK);
		return 0;
	}
	cc_code code = cc_file_read(&want, path, 1 << 20, NULL);
	bool same = !code && cc_str_eq(cc_buf_str(&want), cc_buf_str(picture));
	if (!same)
		print_error("differs: diff %s %s; GENERATE=1 tests/run screen accepts it\n", path, leave("forged", name, cc_buf_str(picture)));
	cc_buf_deinit(&want);
	return !same;
}

static unsigned check_view(const stage *st, int view, int size, int glyphs)
{
	cc_buf picture = CC_BUF_INIT, again = CC_BUF_INIT, paint = CC_BUF_INIT;
	cc_buf *painted = glyphs == ASCII ? NULL : &paint;
	shoot(st, view, size, glyphs, 0, &picture, painted);
	for (int theme = 1; theme < THEMES; theme++) {
		cc_buf_clear(&again);
		shoot(st, view, size, glyphs, theme, &again, painted);
		if (!cc_str_eq(cc_buf_str(&picture), cc_buf_str(&again)))
			fail_msg("%s: the theme %s changes more than colours", views[view].name, theme_names[theme]);
	}
	if (glyphs == ASCII && !is_ascii(cc_buf_str(&picture)))
		fail_msg("%s: not all of it is ASCII", views[view].name);
	cc_buf_add(&picture, cc_buf_str(&paint));
	unsigned bad = check_golden(view, size, glyphs, &picture);
	cc_buf_deinit(&picture);
	cc_buf_deinit(&again);
	cc_buf_deinit(&paint);
	return bad;
}

static void forged(void **state)
{
	stage st;
	unsigned bad = 0;
	(void)state;
	stage_open(&st, "sample-incidents/Scenario-1");
	for (int view = 0; view < VIEWS; view++)
		for (int i = 0; i < SIZES * GLYPHS; i++)
			bad += check_view(&st, view, i / GLYPHS, i % GLYPHS);
	for (int view = 0; view < VIEWS; view++)
		bad += check_view(&st, view, LARGEST, GLYPHS - 1);
	stage_close(&st);
	assert_int_equal(bad, 0);
}

/* --- the recorded incident --- */

/* One digest line; false: it is not among those expected. */
static bool check_digest(const stage *st, int view, int size, int glyphs, int theme, cc_str want, cc_buf *lines)
{
	cc_buf picture = CC_BUF_INIT, line = CC_BUF_INIT;
	char name[96], hex[65];
	shoot(st, view, size, glyphs, theme, &picture, &picture);
	cc_sha256_of(cc_buf_str(&picture), hex);
	cc_buf_addf(&line, "%s %dx%d %s %s %s\n", views[view].name, sizes[size].columns, sizes[size].rows, theme_names[theme],
		glyph_names[glyphs], hex);
	bool same = cc_str_find(want, cc_buf_str(&line)) != CC_STR_NONE;
	snprintf(name, sizeof name, "%s.%dx%d.%s.%s%s", views[view].name, sizes[size].columns, sizes[size].rows, theme_names[theme],
		glyph_names[glyphs], same || getenv("GENERATE") ? "" : ".new");
	const char *path = leave("real", name, cc_buf_str(&picture));
	if (!same && !getenv("GENERATE"))
		print_error("differs: look at %s; the same without .new, if it is there, is what was accepted\n", path);
	cc_buf_add(lines, cc_buf_str(&line));
	cc_buf_deinit(&picture);
	cc_buf_deinit(&line);
	return same;
}

static void recorded(void **state)
{
	static const char path[] = "tests/screen/real.digests";
	const char *dir = test_shared("real-incidents/Scenario-902");
	cc_buf want = CC_BUF_INIT, lines = CC_BUF_INIT;
	unsigned bad = 0;
	stage st;
	(void)state;
	if (!dir) {
		printf("# no example data at ../shared/real-incidents/Scenario-902 (COLDCASE_SHARED names the folder)\n");
		skip();
	}
	if (cc_file_read(&want, path, 1 << 20, NULL) && !getenv("GENERATE"))
		fail_msg("%s is missing; GENERATE=1 writes it", path);
	stage_open(&st, dir);
	for (int view = 0; view < VIEWS; view++)
		for (int i = 0; i < SIZES * GLYPHS * THEMES; i++)
			bad += !check_digest(&st, view, i / (GLYPHS * THEMES), i % GLYPHS, i / GLYPHS % THEMES, cc_buf_str(&want), &lines);
	stage_close(&st);
	if (getenv("GENERATE"))
		assert_int_equal(cc_file_write(path, cc_buf_str(&lines), NULL), CC_OK);
	else if (bad > 0)
		fail_msg("%u of %d screens differ; GENERATE=1 tests/run screen accepts them", bad, DIGESTS);
	cc_buf_deinit(&want);
	cc_buf_deinit(&lines);
}

int main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(forged), cmocka_unit_test(recorded) };
	return cmocka_run_group_tests_name("panes", tests, NULL, NULL);
}
