/* test_picture.c - films and stills of a record: the same bytes twice, times as asked for, a marker a step; and that nothing which
 * is to be taken out stands in a frame, a marker or a title, however narrow the screen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/export.h"
#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/xalloc.h"
#include "support/scratch.h"
#include "ui/picture.h"

static const char SAMPLE[] = "sample-incidents/Scenario-1";
static const char *const LINES[] = { "start", "alerts", "focus quote", "logs body~password=hunter2-hunter2-hunter2-hunter2-hunter2", "events",
	"pin k8s_events_raw.tsv#493 entity=quote note=\"walrus one\"", "suspect otel-demo/Deployment/quote confidence=0.7 reason=\"walrus two api_key=hunter2-hunter2-hunter2-hunter2-hunter2\"",
	"ruleout otel-demo/Service/cart reason=\"walrus three\"", "note \"walrus four\"", "noet \"walrus five\"",
	"at time=password=hunter2-hunter2", "submit confirm=submit" };
enum { STEPS = sizeof LINES / sizeof LINES[0] };

static cc_run *run;

static int make_run(void **state)
{
	cc_session_options opt = { .dir = SAMPLE, .actor_name = "zebedee", .budget = 100, .pause_at_start = true, .no_cache = true };
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
		else if (strncmp(LINES[i], "noet", 4) != 0 && strncmp(LINES[i], "at ", 3) != 0)
			return 1;
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

static cc_session *open_evidence(void)
{
	cc_session *s;
	cc_err err = { 0 };
	if (cc_session_open(&s, &(cc_session_options){ .dir = SAMPLE, .no_cache = true }, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static void cast(cc_buf *out, cc_picture_options opt, cc_cast_options how)
{
	cc_session *s = open_evidence();
	cc_err err = { 0 };
	if (!opt.columns)
		opt.columns = 80, opt.rows = 24;
	if (cc_cast_write(out, s, run, &opt, &how, &err) != CC_OK)
		fail_msg("%s", err.message);
	cc_session_close(s);
}

static void svg(cc_buf *out, cc_picture_options opt, size_t step)
{
	cc_session *s = open_evidence();
	cc_err err = { 0 };
	if (cc_svg_write(out, s, run, &opt, step, &err) != CC_OK)
		fail_msg("%s", err.message);
	cc_session_close(s);
}

/* --- films --- */

typedef struct film { cc_json *header; size_t outputs, markers; double end, times[STEPS + 2]; char labels[STEPS + 2][120]; } film;

static film read_film(const cc_buf *text)
{
	film f = { 0 };
	double at = 0, t;
	bool intervals = false;
	for (cc_str rest = cc_buf_str(text), line; rest.n > 0;) {
		cc_json *json;
		cc_str_cut(rest, '\n', &line, &rest);
		assert_int_equal(cc_json_parse(&json, line, NULL), CC_OK);
		if (!f.header) {
			int64_t version;
			assert_true(cc_json_int(cc_json_get(json, "version"), &version));
			intervals = version == 3;
			f.header = json;
			continue;
		}
		const cc_json *time = cc_json_first(json), *code = cc_json_next(time), *data = cc_json_next(code);
		assert_true(cc_str_to_double(cc_json_text(time), &t) && t >= 0);
		at = intervals ? at + t : t;
		f.end = at;
		f.outputs += cc_str_eqz(cc_json_str(code), "o");
		if (cc_str_eqz(cc_json_str(code), "m")) {
			assert_true(f.markers < STEPS + 2);
			f.times[f.markers] = at;
			snprintf(f.labels[f.markers++], sizeof f.labels[0], "%.*s", CC_STR_ARG(cc_json_str(data)));
		}
		cc_json_free(json);
	}
	return f;
}

static void test_versions_say_the_same(void **state)
{
	(void)state;
	cc_buf three = CC_BUF_INIT, again = CC_BUF_INIT, two = CC_BUF_INIT;
	cast(&three, (cc_picture_options){ 0 }, (cc_cast_options){ .version = 3, .speed = 3 });
	cast(&again, (cc_picture_options){ 0 }, (cc_cast_options){ .version = 3, .speed = 3 });
	cast(&two, (cc_picture_options){ 0 }, (cc_cast_options){ .version = 2, .speed = 3 });
	assert_string_equal(three.p, again.p);
	film a = read_film(&three), b = read_film(&two);
	int64_t n;
	assert_true(cc_json_int(cc_json_at(a.header, "term.cols"), &n) && n == 80);
	assert_true(cc_json_int(cc_json_get(b.header, "height"), &n) && n == 24);
	assert_int_equal(cc_json_str(cc_json_at(a.header, "term.theme.palette")).n, 16 * 8 - 1);
	assert_true(cc_str_eq(cc_json_get_str(a.header, "title"), CC_STR("coldcase: Scenario-1, by zebedee")));
	assert_int_equal(a.markers, cc_run_step_count(run) + 1);
	assert_int_equal(b.markers, a.markers);
	for (size_t i = 0; i < a.markers; i++) {
		assert_true(a.times[i] > b.times[i] - 1e-5 && a.times[i] < b.times[i] + 1e-5);
		assert_true(a.times[i] > (double)i * 2 / 3 - 1e-5 && a.times[i] < (double)i * 2 / 3 + 1e-5);
		assert_string_equal(a.labels[i], b.labels[i]);
	}
	assert_string_equal(a.labels[0], "the briefing");
	assert_string_equal(a.labels[2], "alerts");
	assert_true(strncmp(a.labels[7], "suspects Deployment/quote, 0.70: suspect name=otel-demo/Deployment/quote", 60) == 0);
	cc_json_free(a.header);
	cc_json_free(b.header);
	cc_buf_deinit(&three);
	cc_buf_deinit(&again);
	cc_buf_deinit(&two);
}

/* The player here thinks for microseconds: by the clock the film is short, but its end stands. */
static void test_by_the_clock(void **state)
{
	(void)state;
	cc_buf text = CC_BUF_INIT;
	cast(&text, (cc_picture_options){ 0 }, (cc_cast_options){ .version = 3, .speed = 1, .by_clock = true, .idle_ns = 0 });
	film f = read_film(&text);
	assert_true(f.times[f.markers - 1] < 1e-5);
	assert_true(f.end > 1.99 && f.end < 2.01);
	cc_json_free(f.header);
	cc_buf_deinit(&text);
}

static cc_reply *make_verdict(void)
{
	cc_reply *r = cc_reply_new("verdict");
	cc_reply_set_title(r, "VERDICT");
	cc_reply_begin_text(r, "verdict", NULL);
	cc_reply_line(r, CC_ROLE_OK, CC_STR("Score 1.0000"));
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	return r;
}

static void test_verdict_is_the_last_frame(void **state)
{
	(void)state;
	cc_reply *verdict = make_verdict();
	cc_picture_options opt = { .columns = 80, .rows = 24, .verdict = verdict };
	cc_buf text = CC_BUF_INIT, last = CC_BUF_INIT, without = CC_BUF_INIT;
	cast(&text, opt, (cc_cast_options){ .version = 3, .speed = 1 });
	film f = read_film(&text);
	assert_int_equal(f.markers, cc_run_step_count(run) + 2);
	assert_string_equal(f.labels[f.markers - 1], "the verdict");
	svg(&last, opt, SIZE_MAX);
	assert_non_null(strstr(last.p, "Score 1.0000"));
	svg(&without, opt, cc_run_step_count(run));
	assert_null(strstr(without.p, "Score 1.0000"));
	cc_json_free(f.header);
	cc_reply_unref(verdict);
	cc_buf_deinit(&text);
	cc_buf_deinit(&last);
	cc_buf_deinit(&without);
}

static size_t count(const char *text, const char *what)
{
	size_t n = 0;
	for (const char *p = text; (p = strstr(p, what)); p++)
		n++;
	return n;
}

static void svg_film(cc_buf *out, cc_picture_options opt, cc_cast_options how)
{
	cc_session *s = open_evidence();
	cc_err err = { 0 };
	if (cc_svg_write_film(out, s, run, &opt, &how, &err) != CC_OK)
		fail_msg("%s", err.message);
	cc_session_close(s);
}

/* Every row of the stills is drawn in the film exactly once, and used wherever it stands. */
static void test_moving_picture(void **state)
{
	(void)state;
	cc_picture_options opt = { .columns = 80, .rows = 24 };
	cc_buf moving = CC_BUF_INIT, still = CC_BUF_INIT;
	size_t frames = cc_run_step_count(run) + 1, all = 0;
	svg_film(&moving, opt, (cc_cast_options){ .speed = 2 });
	assert_int_equal(count(moving.p, "<g transform=\"translate("), frames);
	assert_int_equal(count(moving.p, "{ transform: translateX(-"), frames);
	assert_non_null(strstr(moving.p, "\n0.000% { transform: translateX(-0px) }\n"));
	cc_buf_addf(&still, "animation: film %zu.000s step-end", frames);
	assert_non_null(strstr(moving.p, still.p));
	assert_int_equal(count(moving.p, "<g"), count(moving.p, "</g>"));
	for (size_t i = 0; i < frames; i++) {
		cc_buf_clear(&still);
		svg(&still, opt, i);
		all += still.n;
		char *first = strstr(still.p, "<text"), *line = first ? strchr(first, '\n') : NULL;
		assert_non_null(line);
		*line = '\0';
		assert_non_null(strstr(moving.p, first));
	}
	assert_true(moving.n < all * 2 / 3);
	cc_buf_deinit(&moving);
	cc_buf_deinit(&still);
}

/* --- what is taken out --- */

/* In the texts of all frames, in whatever way they are broken. */
static bool is_anywhere(const char *word, unsigned redact, int columns)
{
	cc_picture_options opt = { .columns = columns, .rows = 40, .redact = redact, .glyphs = CC_GLYPHS_ASCII };
	cc_buf text = CC_BUF_INIT;
	bool found = false;
	for (size_t i = 0; i <= cc_run_step_count(run) && !found; i++) {
		cc_buf_clear(&text);
		svg(&text, opt, i);
		found = strstr(text.p, word) != NULL;
	}
	cc_buf_clear(&text);
	cast(&text, opt, (cc_cast_options){ .version = 2, .speed = 1 });
	found = found || strstr(text.p, word) != NULL;
	cc_buf_clear(&text);
	svg_film(&text, opt, (cc_cast_options){ .speed = 1 });
	found = found || strstr(text.p, word) != NULL;
	cc_buf_deinit(&text);
	return found;
}

/* The board is never a step, but a replay can be looked around in: what it says after the last one. */
static bool board_says(const char *word, unsigned redact)
{
	cc_picture_options opt = { .columns = 80, .rows = 24, .redact = redact };
	cc_session *s = open_evidence();
	cc_film f;
	cc_reply *r;
	cc_buf text = CC_BUF_INIT;
	assert_int_equal(cc_film_open(&f, s, run, &opt, NULL), CC_OK);
	cc_film_frame(&f, STEPS);
	assert_int_equal(cc_session_run(s, CC_STR("board"), NULL, &r, NULL), CC_OK);
	cc_reply_write_canonical(r, &text);
	bool says = strstr(text.p, word) != NULL;
	cc_reply_unref(r);
	cc_buf_deinit(&text);
	cc_film_close(&f);
	cc_session_close(s);
	return says;
}

static void test_names(void **state)
{
	(void)state;
	assert_true(is_anywhere("zebedee", CC_REDACT_NOTES | CC_REDACT_SECRETS, 100));
	assert_false(is_anywhere("zebedee", CC_REDACT_NAMES, 100));
}

static void test_notes(void **state)
{
	(void)state;
	static const int WIDTHS[] = { 200, 100, 31 };
	for (size_t i = 0; i < 3; i++) {
		assert_true(is_anywhere("walrus", CC_REDACT_NAMES | CC_REDACT_SECRETS, WIDTHS[i]));
		assert_false(is_anywhere("walrus", CC_REDACT_NOTES, WIDTHS[i]));
	}
	assert_true(board_says("walrus two", CC_REDACT_NAMES) && board_says("walrus three", CC_REDACT_NAMES));
	assert_false(board_says("walrus", CC_REDACT_NOTES));
}

/* Any piece of it: narrow screens break it anywhere. */
static void test_secrets(void **state)
{
	(void)state;
	static const int WIDTHS[] = { 200, 100, 61, 40, 31 };
	for (size_t i = 0; i < sizeof WIDTHS / sizeof WIDTHS[0]; i++) {
		assert_true(is_anywhere("hunter", CC_REDACT_NAMES, WIDTHS[i]));
		if (is_anywhere("hunter", CC_REDACT_SECRETS, WIDTHS[i]))
			fail_msg("at %d columns", WIDTHS[i]);
	}
	assert_true(board_says("hunter", CC_REDACT_NOTES & CC_REDACT_NAMES));
	assert_false(board_says("hunter", CC_REDACT_SECRETS));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_versions_say_the_same),
		cmocka_unit_test(test_by_the_clock),
		cmocka_unit_test(test_verdict_is_the_last_frame),
		cmocka_unit_test(test_moving_picture),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_notes),
		cmocka_unit_test(test_secrets),
	};
	return cmocka_run_group_tests(tests, make_run, drop_run);
}
