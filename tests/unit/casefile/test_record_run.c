/* test_record_run.c - a record opened for reading: going over a line agrees with the JSON reader, lines come when asked for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "casefile/record_run.h"
#include "coldcase/rng.h"
#include "coldcase/sha256.h"
#include "support/scratch.h"

#define HEADER "{\"seq\":1,\"type\":\"header\",\"prev\":\"" CC_RECORD_FIRST_HASH "\",\"format\":\"coldcase-trajectory\"}"

static const char *const lines[] = {
	"{\"seq\":7,\"type\":\"step\",\"t_ns\":12,\"wall\":\"2025-12-15T17:45:00Z\",\"prev\":\"" CC_RECORD_FIRST_HASH "\",\"step\":3,"
	"\"actor\":\"human\",\"line\":\"logs ~ /a\\\"b\\\\\\u00e9/\",\"command\":\"logs\",\"args\":{\"limit\":\"5\"},\"query\":true,"
	"\"queries\":3,\"turns\":null,\"active_ns\":-55,\"shown\":{\"entities\":[\"a/Pod/b\",\"c\xc3\xa9\"],\"rows\":0.5},"
	"\"error\":null,\"actions\":[{\"do\":\"query\",\"t_ns\":5,\"wall_ns\":6},{\"do\":\"suspect\",\"pins\":[1,2],\"name\":\"x\"}]}",
	"{\"seq\":8,\"type\":\"view\",\"t_ns\":13,\"wall\":\"\",\"prev\":\"" CC_RECORD_FIRST_HASH "\",\"pane\":\"logs\",\"top\":0}",
	"{\"seq\":9,\"type\":\"event\",\"prev\":\"" CC_RECORD_FIRST_HASH "\",\"event\":\"m\",\"data\":[[],{},false,[[1]]]}",
};
enum { LINES = sizeof lines / sizeof *lines };

/* All that going over a line may claim, the JSON reader says as well. Returns whether it claimed anything. */
static bool agrees(cc_str text)
{
	cc_run_place place = { 0 };
	cc_json *json = NULL, *actions = NULL;

	cc_record_scan(text, &place);
	if (!place.plain)
		return false;
	assert_int_equal(cc_json_parse(&json, text, NULL), CC_OK);
	assert_int_equal(cc_json_typeof(json), CC_JSON_OBJECT);
	assert_int_equal(cc_record_type_of(cc_json_get_str(json, "type")), place.type);
	assert_true(place.type == CC_LINE_STEP || place.type == CC_LINE_VIEW || place.type == CC_LINE_EVENT);
	assert_true(cc_str_eq(cc_json_get_str(json, "prev"), cc_str_sub(text, place.prev, place.prev + CC_RECORD_HASH)));
	assert_null(cc_json_get(json, "lost_before"));
	assert_int_equal(cc_json_get(json, "actions") != NULL, place.actions != 0);
	if (cc_json_get(json, "actions") == cc_json_item(json, cc_json_count(json) - 1) && place.actions) {
		assert_int_equal(cc_json_parse(&actions, cc_str_sub(text, place.actions, text.n - 1), NULL), CC_OK);
		assert_true(cc_json_equal(actions, cc_json_get(json, "actions")));
	}
	cc_json_free(actions);
	cc_json_free(json);
	return true;
}

static void going_over_a_line_agrees_with_the_json_reader(void **state)
{
	static const char *const odd[] = { "", "{", "{}", "[]", "{\"type\":\"step\"}", "{\"type\":1}", "null" };
	static const char *const pieces[] = { "\"type\":\"view\",", "\"type\":\"\",", "\"prev\":\"x\",", "\"lost_before\":1,", "\\u0000",
		"\"t\\u0079pe\":\"end\",", "\"actions\":[],", "[[[[[[[[[[[[[[[[[[[[", ",", "}", "]", "01", "-", "1e5", "NaN", "\x01", "\t", " " };
	cc_rng rng;
	size_t plain = 0;

	(void)state;
	cc_rng_init(&rng, 9);
	for (size_t i = 0; i < LINES; i++)
		assert_true(agrees(cc_str_from(lines[i])));
	for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
		assert_false(agrees(cc_str_from(odd[i])));
	for (int round = 0; round < 60000; round++) {
		const char *line = lines[cc_rng_below(&rng, LINES)];
		size_t at = cc_rng_below(&rng, strlen(line)), cut = at + cc_rng_below(&rng, 3);
		cc_buf b = CC_BUF_INIT;

		cc_buf_add(&b, cc_str_sub(cc_str_from(line), 0, at));
		if (cc_rng_below(&rng, 2))
			cc_buf_addz(&b, pieces[cc_rng_below(&rng, sizeof pieces / sizeof *pieces)]);
		else
			cc_buf_add_char(&b, (char)cc_rng_below(&rng, 256));
		cc_buf_add(&b, cc_str_sub(cc_str_from(line), cut, strlen(line)));
		plain += agrees(cc_buf_str(&b));
		cc_buf_deinit(&b);
	}
	assert_in_range(plain, 1000, 59000);
}

/* Steps of changing length with a true chain; line `bad`, when it is one, is none. */
static void make_record(cc_buf *out, size_t steps, size_t bad)
{
	char hash[CC_RECORD_HASH + 1];
	cc_str last = CC_STR(HEADER);
	cc_buf line = CC_BUF_INIT;

	cc_buf_addz(out, HEADER "\n");
	cc_sha256_of(last, hash);
	for (size_t i = 1; i <= steps; i++) {
		cc_buf_clear(&line);
		cc_buf_addf(&line, "{\"seq\":%zu,\"type\":\"step\",\"prev\":\"%s\",\"step\":%zu,\"line\":\"%*s\"}", i + 1, hash, i,
			(int)(i % 97), "x");
		cc_sha256_of(cc_buf_str(&line), hash);
		cc_buf_add(out, cc_buf_str(&line));
		cc_buf_add_char(out, '\n');
		if (i + 1 == bad)
			cc_buf_addz(out, "what is this\n");
	}
	cc_buf_deinit(&line);
}

/* More than one piece of the text and more than one stretch of the chain. */
static void a_long_record_is_read_whole(void **state)
{
	enum { STEPS = 40000, BAD = 30000 };
	cc_buf text = CC_BUF_INIT;
	cc_run *run;
	cc_run_health h;

	(void)state;
	make_record(&text, STEPS, BAD);
	assert_true(text.n > 5 << 20);
	assert_int_equal(cc_run_parse(&run, cc_buf_str(&text), NULL), CC_OK);
	h = cc_run_health_get(run);
	assert_true(!h.broken_line && !h.torn && h.bad_lines == 1 && h.first_bad_line == BAD + 1);
	assert_int_equal(cc_run_step_count(run), STEPS);
	for (size_t i = 0; i < STEPS; i++) {
		const cc_record_line *line = cc_run_step(run, i);

		assert_int_equal(line->as.step->number, i + 1);
		assert_int_equal(line->line, i + 2 + (i + 2 > BAD));
		cc_run_trim(run, 100);
	}
	assert_false(cc_run_failed(run));
	cc_run_free(run);
	for (size_t i = 0; i < 40; i++) {        /* each change is found where it is */
		size_t line = 2 + i * 999, at = 0;

		for (size_t k = 1; k < line + (line > BAD); k++)
			at += cc_str_find_char(cc_str_sub(cc_buf_str(&text), at, text.n), '\n') + 1;
		at += cc_str_find(cc_str_sub(cc_buf_str(&text), at, text.n), CC_STR("seq")) + 5;
		text.p[at] ^= 1;
		assert_int_equal(cc_run_parse(&run, cc_buf_str(&text), NULL), CC_OK);
		assert_int_equal(cc_run_health_get(run).broken_line, line + (line > BAD) + 1 + (line == BAD));
		cc_run_free(run);
		text.p[at] ^= 1;
	}
	cc_buf_deinit(&text);
}

static void lines_stay_until_they_are_let_go_of(void **state)
{
	cc_buf text = CC_BUF_INIT;
	const cc_record_line *header, *first;
	cc_run *run;

	(void)state;
	make_record(&text, 50, 0);
	assert_int_equal(cc_run_parse(&run, cc_buf_str(&text), NULL), CC_OK);
	header = cc_run_line(run, 0);
	first = cc_run_line(run, 1);
	for (size_t i = 0; i < 51; i++)
		assert_non_null(cc_run_line(run, i));
	assert_ptr_equal(cc_run_line(run, 1), first);
	cc_run_trim(run, 50);
	assert_ptr_equal(cc_run_line(run, 1), first);
	cc_run_trim(run, 49);
	assert_int_equal(cc_run_line(run, 1)->as.step->number, 1);
	assert_ptr_equal(cc_run_line(run, 0), header);
	assert_ptr_equal(cc_run_header(run), header->as.header);
	cc_run_free(run);
	cc_buf_deinit(&text);
}

/* What was let go of is freed at later calls, a part at a time: whatever comes between, lines say what they said. */
static void lines_that_were_let_go_of_are_read_again(void **state)
{
	cc_buf text = CC_BUF_INIT;
	cc_run *run;
	cc_rng rng;

	(void)state;
	cc_rng_init(&rng, 5);
	make_record(&text, 900, 0);
	assert_int_equal(cc_run_parse(&run, cc_buf_str(&text), NULL), CC_OK);
	for (int round = 0; round < 400; round++) {
		for (size_t k = cc_rng_below(&rng, 200); k-- > 0;) {
			size_t i = 1 + cc_rng_below(&rng, 900);
			assert_int_equal(cc_run_line(run, i)->as.step->number, i);
		}
		cc_run_trim(run, 1 + cc_rng_below(&rng, 300));
	}
	cc_run_free(run);
	cc_buf_deinit(&text);
}

/* Someone cuts the file while it is open: what is gone reads as nothing, and the run says so. */
static void a_file_cut_short_while_open(void **state)
{
	cc_buf text = CC_BUF_INIT;
	char path[400];
	cc_run *run;
	FILE *f;

	(void)state;
	make_record(&text, 2000, 0);
	snprintf(path, sizeof path, "%s/cut.jsonl", scratch.root);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	fclose(f);
	assert_int_equal(cc_run_read(&run, path, NULL), CC_OK);
	assert_int_equal(truncate(path, 8192), 0);
	assert_int_equal(cc_run_step(run, 0)->as.step->number, 1);
	assert_false(cc_run_failed(run));
	assert_int_equal(cc_run_step(run, 1999)->as.step->number, 0);
	assert_null(cc_run_step(run, 1999)->json);
	assert_true(cc_run_failed(run));
	assert_true(cc_run_health_get(run).broken_line > 1);
	cc_run_free(run);
	cc_buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(going_over_a_line_agrees_with_the_json_reader),
		cmocka_unit_test(a_long_record_is_read_whole),
		cmocka_unit_test(lines_stay_until_they_are_let_go_of),
		cmocka_unit_test(lines_that_were_let_go_of_are_read_again),
		cmocka_unit_test(a_file_cut_short_while_open),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
