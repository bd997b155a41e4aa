/* test_routes.c - the shortest honest way to the causes of every bundled incident, key by key, on the fake terminal.
 *
 * Each tests/routes/NAME.keys holds lines: `# what is learned`, `incident Scenario-N`, `assist raw`, `shows N …` (which of the
 * debrief's deciding records come into view, counted from 1), and `keys …` as in tests/screen, a step each. Played at two sizes,
 * a route has to bring those records on the screen - one for each cause at least - to spend 15 queries at most, and to submit an
 * answer that scores 1.0000. Honest: nothing is typed that was not on the screen before, numbers excepted. SHOW=NAME plays that
 * one alone and prints the screen after each step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/clock.h"
#include "coldcase/debrief.h"
#include "coldcase/file.h"
#include "coldcase/regex.h"
#include "coldcase/score.h"
#include "support/scratch.h"
#include "ui/term_fake.h"
#include "ui/ui_priv.h"

enum { ROUTES = 24, STEPS = 64, QUERIES = 15, PROOFS = 8, CAP = 100 };

static const struct { int columns, rows; } sizes[] = { { 80, 24 }, { 160, 48 } };
enum { SIZES = sizeof sizes / sizeof sizes[0] };

typedef struct route {
	char incident[64], assist[16];
	cc_buf text;
	cc_str steps[STEPS];
	size_t step_count;
	unsigned shows[PROOFS];
	size_t show_count;
} route;

/* What is known of a game while it is played. */
typedef struct game {
	const char *name;
	cc_session *session;
	cc_term *term;
	cc_term_fake *fake;
	cc_ui *ui;
	cc_debrief *debrief;
	cc_regex *patterns[PROOFS];
	bool seen[PROOFS];
	cc_buf screens;          /* all screens so far, one after the other */
	cc_buf screen, joined;
} game;

static void read_shows(route *r, cc_str numbers)
{
	for (cc_str word; numbers.n > 0;) {
		char text[8];
		cc_str_cut(numbers, ' ', &word, &numbers);
		snprintf(text, sizeof text, "%.*s", CC_STR_ARG(word));
		assert_in_range(r->show_count, 0, PROOFS - 1);
		r->shows[r->show_count++] = (unsigned)strtoul(text, NULL, 10) - 1;
	}
}

static void read_route(route *r, const char *path)
{
	*r = (route){ .text = CC_BUF_INIT };
	assert_int_equal(cc_file_read(&r->text, path, 1 << 16, NULL), CC_OK);
	for (cc_str rest = cc_buf_str(&r->text), line, word; rest.n > 0;) {
		cc_str_cut(rest, '\n', &line, &rest);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		cc_str_cut(line, ' ', &word, &line);
		if (cc_str_eqz(word, "incident"))
			snprintf(r->incident, sizeof r->incident, "%.*s", CC_STR_ARG(line));
		else if (cc_str_eqz(word, "assist"))
			snprintf(r->assist, sizeof r->assist, "%.*s", CC_STR_ARG(line));
		else if (cc_str_eqz(word, "shows"))
			read_shows(r, line);
		else if (cc_str_eqz(word, "keys") && r->step_count < STEPS)
			r->steps[r->step_count++] = line;
		else
			fail_msg("%s: unknown line %.*s", path, CC_STR_ARG(word));
	}
	assert_true(r->show_count > 0 && r->step_count > 0);
}

static void truth_path(char *out, size_t size, const route *r, const char *file)
{
	snprintf(out, size, "sample-incidents/solutions/%s/%s", r->incident, file);
}

static void open_game(game *g, const route *r, int size)
{
	static char incident[128], truth[128];
	cc_err err;
	snprintf(incident, sizeof incident, "sample-incidents/%s", r->incident);
	truth_path(truth, sizeof truth, r, "ground_truth.yaml");
	cc_session_options so = { .dir = incident, .budget = CAP, .actor_name = "route", .out_dir = scratch.root,
		.pause_at_start = true, .assistance = r->assist[0] ? r->assist : NULL };
	cc_ui_options uo = { .glyphs = CC_GLYPHS_BLOCK, .ask_briefing = true };
	if (cc_session_open(&g->session, &so, &err) || cc_debrief_beside(&g->debrief, truth, &err))
		fail_msg("%s", err.message);
	for (size_t i = 0; i < g->debrief->decisive_count && i < PROOFS; i++)
		assert_int_equal(cc_regex_compile(&g->patterns[i], g->debrief->decisive[i].pattern, 0, &err), CC_OK);
	g->term = cc_term_fake_new(&g->fake, sizes[size].columns, sizes[size].rows);
	assert_non_null(g->term);
	assert_int_equal(cc_ui_new(&g->ui, g->session, g->term, &uo, &err), CC_OK);
}

static void close_game(game *g)
{
	cc_ui_free(g->ui);
	g->term->ops->close(g->term);
	cc_session_close(g->session);
	cc_debrief_free(g->debrief);
	for (size_t i = 0; i < PROOFS; i++)
		cc_regex_free(g->patterns[i]);
	cc_buf_deinit(&g->screen);
	cc_buf_deinit(&g->joined);
	cc_buf_deinit(&g->screens);
}

/* The screen as it is read: broken lines joined, without what is drawn around them. */
static void join(cc_str screen, cc_buf *out)
{
	cc_buf_clear(out);
	for (size_t i = 0; i < screen.n; i++) {
		char c = screen.p[i];
		if (c > ' ' && c < 127)
			cc_buf_add_char(out, c);
		else if (out->n > 0 && out->p[out->n - 1] != ' ')
			cc_buf_add_char(out, ' ');
	}
}

/* Draws, and keeps what is there to be seen. */
static void look(game *g)
{
	cc_ui_draw(g->ui);
	cc_buf_clear(&g->screen);
	cc_grid_dump(&g->fake->shown, &g->screen, false);
	cc_buf_add(&g->screens, cc_buf_str(&g->screen));
	join(cc_buf_str(&g->screen), &g->joined);
	for (size_t i = 0; i < PROOFS; i++)
		if (g->patterns[i] && !g->seen[i])
			g->seen[i] = cc_regex_match(g->patterns[i], cc_buf_str(&g->screen)) == CC_REGEX_YES
				|| cc_regex_match(g->patterns[i], cc_buf_str(&g->joined)) == CC_REGEX_YES;
}

static bool is_number(cc_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '.')
			return false;
	return true;
}

static bool was_shown(const game *g, cc_str text)
{
	return cc_str_find_nocase(cc_buf_str(&g->screens), text) != CC_STR_NONE;
}

/* All that is typed was on the screen before; of a command line that counts for names alone, and for each part of one. */
static void check_typed(const game *g, cc_str typed, bool command)
{
	for (cc_str word, part; typed.n > 0;) {
		cc_str_cut(typed, ' ', &word, &typed);
		if (is_number(word) || (command && cc_str_find_char(word, '/') == CC_STR_NONE))
			continue;
		if (!cc_str_cut(word, '=', &part, &word))
			word = part;
		while (word.n > 0) {
			cc_str_cut(word, '/', &part, &word);
			if (!was_shown(g, part))
				fail_msg("%s types %.*s, which was not on the screen", g->name, CC_STR_ARG(part));
		}
	}
}

static void check_honest(const game *g, cc_str step)
{
	for (cc_str before, typed; cc_str_cut(step, '\'', &before, &step);) {
		cc_str_cut(step, '\'', &typed, &step);
		check_typed(g, typed, cc_str_ends(cc_str_trim(before), CC_STR(":")));
	}
}

static void take_step(game *g, cc_str step, int size)
{
	cc_err err;
	size_t from = g->fake->keys.n;
	check_honest(g, step);
	if (cc_term_fake_script(g->fake, step, &err))
		fail_msg("%s: %s", g->name, err.message);
	for (size_t i = from; i < g->fake->keys.n; i++) {
		cc_ui_handle_key(g->ui, &g->fake->keys.p[i]);
		look(g);
		if (g->ui->message_bad)
			fail_msg("%s: %.*s leads nowhere: %s", g->name, CC_STR_ARG(step), g->ui->message.p);
	}
	if (getenv("SHOW"))
		fprintf(stderr, "==== %dx%d %.*s\n%.*s", sizes[size].columns, sizes[size].rows, CC_STR_ARG(step), CC_STR_ARG(cc_buf_str(&g->screen)));
}

/* With the words a person reads after the verdict when it is not what it should be. */
static void check_score(const game *g, const route *r)
{
	char path[512];
	cc_truth *truth;
	cc_answer *answer;
	cc_score *score;
	cc_err err;
	cc_buf why = CC_BUF_INIT;
	truth_path(path, sizeof path, r, "ground_truth.yaml");
	if (cc_truth_load_file(&truth, path, cc_str_from(r->incident), &err)
			|| cc_answer_read_file(&answer, cc_session_run_dir(g->session), &err)
			|| cc_score_new(&score, truth, answer, NULL, NULL, &err))
		fail_msg("%s: %s", g->name, err.message);
	if (score->d1.score.num == 0 || score->d1.score.num != score->d1.score.den) {
		cc_score_explain(&why, score, true);
		fail_msg("%s: %s", g->name, why.p);
	}
	if (r->show_count < score->d1.tp)
		fail_msg("%s shows %zu records for %u causes", g->name, r->show_count, score->d1.tp);
	cc_score_free(score);
	cc_answer_free(answer);
	cc_truth_free(truth);
}

static void play(const char *name, const route *r, int size)
{
	game g = { .name = name, .screens = CC_BUF_INIT, .screen = CC_BUF_INIT, .joined = CC_BUF_INIT };
	open_game(&g, r, size);
	look(&g);
	for (size_t i = 0; i < r->step_count; i++)
		take_step(&g, r->steps[i], size);
	int64_t used = cc_case_budget(cc_session_case(g.session)).used;
	print_message("# %s %dx%d: %lld queries, %zu steps\n", name, sizes[size].columns, sizes[size].rows, (long long)used, r->step_count);
	assert_in_range(used, 1, QUERIES);
	assert_true(cc_session_submitted(g.session));
	for (size_t i = 0; i < r->show_count; i++)
		if (r->shows[i] >= PROOFS || !g.seen[r->shows[i]])
			fail_msg("%s %dx%d does not show record %u", name, sizes[size].columns, sizes[size].rows, r->shows[i] + 1);
	check_score(&g, r);
	close_game(&g);
}

static void test_route(void **state)
{
	const char *name = *state;
	route r;
	char path[128];
	snprintf(path, sizeof path, "tests/routes/%s.keys", name);
	read_route(&r, path);
	for (int i = 0; i < SIZES; i++)
		play(name, &r, i);
	cc_buf_deinit(&r.text);
}

static char names[ROUTES][64];
static struct CMUnitTest tests[ROUTES];

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

int main(void)
{
	size_t n = 0;
	const char *only = getenv("SHOW");
	DIR *dir = opendir("tests/routes");
	for (struct dirent *e; dir && n < ROUTES && (e = readdir(dir));) {
		cc_str name = cc_str_from(e->d_name);
		if (cc_str_ends(name, CC_STR(".keys")) && name.n < 60 && (!only || cc_str_eqz(cc_str_sub(name, 0, name.n - 5), only)))
			snprintf(names[n++], sizeof names[0], "%.*s", (int)(name.n - 5), e->d_name);
	}
	if (dir)
		closedir(dir);
	qsort(names, n, sizeof names[0], by_name);
	for (size_t i = 0; i < n; i++)
		tests[i] = (struct CMUnitTest){ .name = names[i], .test_func = test_route, .initial_state = names[i] };
	return n ? _cmocka_run_group_tests("routes", tests, n, scratch_make, scratch_remove) : 1;
}
