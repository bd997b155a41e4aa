/* test_patterns.c - masks, keys of JSON bodies and stack traces, merging, counts that add up, order. */
#include "query_support.h"
#include "mask_reference.h"
#include "coldcase/arena.h"
#include "coldcase/patterns.h"
#include "coldcase/rng.h"
#include "query/pattern_count.h"

static void check_mask(const char *line, const char *expected)
{
	cc_buf b = CC_BUF_INIT;
	cc_pattern_mask(cc_str_from(line), &b);
	assert_string_equal(b.p ? b.p : "", expected);
	cc_buf_deinit(&b);
}

static void masks(void **state)
{
	(void)state;
	check_mask("order 1010 placed in 12ms", "order <num> placed in <dur>");
	check_mask("order=17, total=3.50 EUR", "order=<num>, total=<num> EUR");
	check_mask("2025-12-15T17:50:00.123Z start", "<time> start");
	check_mask("[2025-12-15 17:50:00,123] INFO", "[<time>] INFO");
	check_mask("17:50:00 up", "<time> up");
	check_mask("dial tcp 10.0.12.3:8080: refused", "dial tcp <ip>:<num>: refused");
	check_mask("id 6f9619ff-8b86-d011-b42d-00cf4fc964ff ok", "id <uuid> ok");
	check_mask("trace 88ebfbcebbbc0884eabd9178e1808940", "trace <hex>");
	check_mask("at 0x7f3a", "at <hex>");
	check_mask("product L9ECAV7KIM missing", "product <id> missing");
	check_mask("GET /api/products/L9ECAV7KIM HTTP/1.1", "GET <path> HTTP/<num>");
	check_mask("GET /api/cart 200", "GET /api/cart <num>");
	check_mask("utf8 and sha256 and http2 stay", "utf8 and sha256 and http2 stay");
	check_mask("took 1m30.5s  \t of 1e-05", "took <dur> of <num>");
	check_mask("-5 below", "<num> below");
	check_mask("", "");
	check_mask("deadbeef12 face", "<hex> face");
}

static void check_against_reference(cc_str line)
{
	cc_buf b = CC_BUF_INIT, r = CC_BUF_INIT;
	cc_buf_addz(&b, "kept ");
	cc_buf_addz(&r, "kept ");
	cc_pattern_mask(line, &b);
	reference_mask(line, &r);
	if (!cc_str_eq(cc_buf_str(&b), cc_buf_str(&r)))
		fail_msg("line \"%.*s\"\n masked as \"%s\"\n instead of \"%s\"", CC_STR_ARG(line), b.p, r.p);
	cc_buf_deinit(&b);
	cc_buf_deinit(&r);
}

/* The line ends where its memory does, so that a read behind it is seen by the sanitizer. */
static void check_random_line(cc_rng *rng)
{
	static const char *const pieces[] = { "0", "1", "7", "12", "123", "2025", "17:50:00", "2025-12-15", "2025/12/15", "T", "Z",
		"+01:00", "-0100", ".5", ",123", "10.0.0.1", "255.255.255.255", ".", ",", ":", "-", "+", "/", "//", "/api/v1", "/x?y=%20",
		" ", "  ", "\t", "\r\n", "ms", "\xc2\xb5s", "\xce\xbcs", "\xc2", "\xce", "s", "sec", "min", "m", "h", "d", "n", "u", "e5", "E-7",
		"e+", "0x", "0X1f", "deadbeef", "abcdefab-cdef-abcd-efab-abcdefabcdef", "6f9619ff-8b86-d011-b42d-00cf4fc964ff",
		"abcdefgh-cdef-abcd-efab-", "a1b2c3d4-", "-cdef-abcd-efab-", "88ebfbcebbbc0884eabd9178e1808940", "L9ECAV7KIM", "_", "word", "g", "f",
		"Z9", "\"", "'", "`", "<", ">", "(", "]", "{", ";", "|", "=", "\xff", "\x80", "\x1b", "@", "[", "http2", "sha256",
		"0123456789012345678901234567890123456789012345678901234567890123456789" };
	cc_buf b = CC_BUF_INIT;
	size_t n = cc_rng_below(rng, cc_rng_below(rng, 50) == 0 ? 900 : 30), few = 1 + cc_rng_below(rng, 12);
	size_t chosen[12];
	for (size_t i = 0; i < few; i++)
		chosen[i] = cc_rng_below(rng, sizeof pieces / sizeof *pieces);
	for (size_t i = 0; i < n; i++)
		cc_buf_addz(&b, pieces[chosen[cc_rng_below(rng, few)]]);
	if (cc_rng_below(rng, 8) == 0)
		cc_buf_add(&b, (cc_str){ "\0", 1 });
	char *exact = malloc(b.n + 1);
	assert_non_null(exact);
	memcpy(exact, b.n ? b.p : "", b.n);
	exact = realloc(exact, b.n ? b.n : 1);
	check_against_reference((cc_str){ exact, b.n });
	free(exact);
	cc_buf_deinit(&b);
}

static void random_lines_are_masked_as_the_reference_does(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 7);
	for (int i = 0; i < 60000; i++)
		check_random_line(&rng);
}

/* Every line of an incident, some from each of their first bytes on: the blocks then lie otherwise. */
static size_t check_incident(const char *dir)
{
	cc_snapshot *s = NULL;
	cc_snapshot_options o = { 0 };
	assert_int_equal(cc_snapshot_open(&s, dir, &o, NULL), CC_OK);
	cc_arena *arena = cc_arena_new();
	size_t n = cc_logs_count(s);
	for (size_t i = 0; i < n; i++) {
		cc_str body = cc_logs_body(s, cc_logs_get(s, i), arena);
		check_against_reference(body);
		for (size_t from = 1; from < 64 && i % 64 == 0; from++)
			check_against_reference(cc_str_sub(body, from, body.n));
		cc_arena_reset(arena);
	}
	cc_arena_free(arena);
	cc_snapshot_free(s);
	return n;
}

static void real_lines_are_masked_as_the_reference_does(void **state)
{
	(void)state;
	size_t lines = 0;
	for (int i = 1; i <= 8; i++) {
		char dir[64];
		snprintf(dir, sizeof dir, "sample-incidents/Scenario-%d", i);
		lines += check_incident(dir);
	}
	assert_true(lines > 5000);
}

static void check_key(const char *body, const char *expected)
{
	cc_arena *arena = cc_arena_new();
	cc_str key = cc_pattern_key(cc_str_from(body), arena);
	assert_int_equal(key.n, strlen(expected));
	assert_memory_equal(key.p, expected, key.n);
	cc_arena_free(arena);
}

static void keys(void **state)
{
	(void)state;
	check_key("{\"level\":\"warn\",\"msg\":\"invalid token\"}", "invalid token");
	check_key("{\"level\":\"warn\"}", "{\"level\":\"warn\"}");
	check_key("{broken", "{broken");
	check_key("\x1b[31mred\x1b[0m text", "red text");
	check_key("boom\n\tat a.b(C.java:1)\nCaused by: java.io.IOException: x", "boom java.io.IOException");
	check_key("java.lang.IllegalStateException: closed\n\tat x", "java.lang.IllegalStateException: closed");
	check_key("Traceback (most recent call last):\n  File \"x\"\nValueError: bad", "Traceback (most recent call last): ValueError");
	check_key("", "");
}

/* What the JSON parser says the message is. */
static cc_str message_as_parsed(cc_str body, cc_arena *arena)
{
	static const char *const names[] = { "message", "msg", "log", "@message", "error", "err", "event", "body" };
	cc_json *doc = NULL;
	cc_str found = CC_STR_EMPTY;
	if (cc_json_parse(&doc, body, NULL) != CC_OK)
		return found;
	for (size_t i = 0; i < 8 && found.n == 0; i++) {
		const cc_json *v = cc_json_get_nocase(doc, names[i]);
		if (cc_json_typeof(v) == CC_JSON_STRING)
			found = cc_arena_dup(arena, cc_json_str(v));
	}
	cc_json_free(doc);
	return found;
}

static void put_json_value(cc_buf *b, cc_rng *rng, int depth)
{
	static const char *const values[] = { "\"text\"", "\"\"", "\" a \\\"b\\\" \"", "\"x\\ty\\\\\\/\"", "\"two\\nlines\"",
		"\"\\u0041 \\ud83d\"", "\"\\q\"", "\"\t\"", "\"\xff\xc3\xa9\"", "12", "-0.5", "01", "1e5", "1.", "-", "true", "false", "null", "nul",
		"NaN", "\"open", "'x'", "[1,\"a\",{}]", "[1,]", "{\"msg\":\"inner\"}", "[", "}" };
	if (depth < 10 && cc_rng_below(rng, 12) == 0) {
		cc_buf_addz(b, "[");
		put_json_value(b, rng, depth + 1);
		cc_buf_addz(b, "]");
		return;
	}
	bool sound = cc_rng_below(rng, 4) > 0;
	cc_buf_addz(b, values[sound ? cc_rng_below(rng, 5) : cc_rng_below(rng, sizeof values / sizeof *values)]);
}

static void check_random_json(cc_rng *rng, size_t *plain)
{
	static const char *const names[] = { "message", "MSG", "msg", "log", "@message", "error", "Err", "event", "body", "level", "", "m\\u0073g",
		"a\\\"" };
	static const char *const gaps[] = { "", "", "", " ", "\t ", "\v" };
	cc_arena *arena = cc_arena_new();
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "{");
	for (size_t n = cc_rng_below(rng, 5), i = 0; i < n; i++) {
		cc_buf_addf(&b, "%s%s\"%s\"%s:", i ? "," : "", gaps[cc_rng_below(rng, 6)], names[cc_rng_below(rng, 13)],
			gaps[cc_rng_below(rng, 6)]);
		put_json_value(&b, rng, 0);
	}
	cc_buf_addz(&b, cc_rng_below(rng, 20) ? "}" : cc_rng_below(rng, 2) ? "} x" : "");
	cc_str body = cc_buf_str(&b), message = message_as_parsed(body, arena);
	cc_str expected = message.n ? cc_pattern_key(message, arena) : cc_str_trim(body), key = cc_pattern_key(body, arena);
	*plain += message.n > 0;
	if (!cc_str_eq(key, expected))
		fail_msg("%.*s\n gives \"%.*s\"\n instead of \"%.*s\"", CC_STR_ARG(body), CC_STR_ARG(key), CC_STR_ARG(expected));
	cc_buf_deinit(&b);
	cc_arena_free(arena);
}

static void json_messages_are_what_the_parser_says(void **state)
{
	(void)state;
	cc_rng rng;
	size_t with_message = 0;
	cc_rng_init(&rng, 11);
	for (int i = 0; i < 30000; i++)
		check_random_json(&rng, &with_message);
	assert_in_range(with_message, 3000, 27000);
}

static cc_patterns *mine(const world *w, cc_patterns_order order)
{
	cc_patterns *p = NULL;
	cc_patterns_options opt = { .pivot_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE }, .order = order };
	assert_int_equal(cc_patterns_mine(&p, w->s, NULL, &opt, NULL), CC_OK);
	return p;
}

static void new_and_severe_comes_first(void **state)
{
	const world *w = *state;
	cc_patterns *p = mine(w, CC_PATTERNS_BY_SCORE);
	assert_int_equal(cc_patterns_count(p), 3);
	const cc_pattern *first = cc_patterns_get(p, 0);
	assert_true(cc_str_eqz(first->text, "payment request failed: connection refused order=<num>"));
	assert_true(first->fresh);
	assert_int_equal(first->level, CC_LEVEL_ERROR);
	assert_int_equal(first->after, 60);
	assert_true(cc_logs_get(w->s, first->example)->time_ns == w->onset + 1);
	assert_true(cc_str_eqz(cc_patterns_get(p, 1)->text, "invalid token"));
	cc_patterns_free(p);
	p = mine(w, CC_PATTERNS_BY_COUNT);
	assert_int_equal(cc_patterns_get(p, 0)->count, 120);
	assert_int_equal(cc_patterns_rows(p), 240);
	cc_patterns_free(p);
}

/* Thousands of lines of random shape: every row is in exactly one pattern, twice the same list. */
static void counts_add_up(void **state)
{
	(void)state;
	world *w = world_new();
	FILE *f = world_file(w, "otel_logs_raw.tsv", LOG_HEADER);
	static const char *const nouns[] = { "request", "payment", "cart", "session", "token" };
	static const char *const ends[] = { "failed", "succeeded", "retried" };
	cc_rng rng;
	cc_rng_init(&rng, 21);
	for (int i = 0; i < 5000; i++) {
		char body[200];
		if (i % 3)
			snprintf(body, sizeof body, "the %s of user %c%c%c has %s after %d tries", nouns[cc_rng_below(&rng, 5)],
				(char)('a' + cc_rng_below(&rng, 26)), (char)('a' + cc_rng_below(&rng, 26)), (char)('a' + cc_rng_below(&rng, 26)),
				ends[cc_rng_below(&rng, 3)], (int)cc_rng_below(&rng, 9));
		else
			for (int k = 0; k < 199; k++)
				body[k] = k == 198 ? '\0' : " abc\\1{-/=<"[cc_rng_below(&rng, 11)];
		put_log(f, w->start + i, "", "INFO", i % 2 ? "a" : "b", "a-1", body, "{}");
	}
	fclose(f);
	world_open(w);
	cc_patterns *p = mine(w, CC_PATTERNS_BY_SCORE), *q = mine(w, CC_PATTERNS_BY_SCORE);
	uint64_t sum = 0;
	for (size_t i = 0; i < cc_patterns_count(p); i++) {
		const cc_pattern *a = cc_patterns_get(p, i), *b = cc_patterns_get(q, i);
		sum += a->count;
		assert_true(cc_str_eq(a->text, b->text) && a->count == b->count);
	}
	assert_int_equal(sum, 5000);
	assert_true(cc_patterns_count(p) < 2500);
	cc_patterns_free(p);
	cc_patterns_free(q);
	void *again = w;
	world_teardown(&again);
}

/* The rows in an order of their own, more of them than one thread takes. */
static void shuffled_rows(cc_index_vec *rows, size_t n)
{
	cc_rng rng;
	cc_rng_init(&rng, 5);
	for (size_t i = 0; i < n; i++)
		assert_true(cc_vec_push(rows, (uint32_t)i));
	for (size_t i = n; i > 1; i--) {
		size_t k = cc_rng_below(&rng, i);
		uint32_t row = rows->p[k];
		rows->p[k] = rows->p[i - 1];
		rows->p[i - 1] = row;
	}
}

static void check_tally(const cc_snapshot *s, const cc_index_vec *rows, const cc_pattern_vec *found, const cc_pattern *p)
{
	uint64_t count = 0;
	int64_t first = INT64_MAX, last = INT64_MIN;
	size_t at = SIZE_MAX, place = (size_t)(p - found->p);
	cc_buf b = CC_BUF_INIT;
	for (size_t i = 0; i < rows->n; i++) {
		const cc_logrec *l = cc_logs_get(s, rows->p[i]);
		cc_buf_clear(&b);
		cc_pattern_mask(cc_logs_body(s, l, NULL), &b);
		if (l->service != p->service || !cc_str_eq(cc_buf_str(&b), p->text))
			continue;
		at = at == SIZE_MAX ? i : at;
		count++;
		first = l->time_ns < first ? l->time_ns : first;
		last = l->time_ns > last ? l->time_ns : last;
	}
	cc_buf_deinit(&b);
	assert_int_equal(p->count, count);
	assert_true(p->first_ns == first && p->last_ns == last);
	assert_int_equal(p->example, rows->p[at]);
	for (size_t i = 0; i < at && place; i++) /* the template before it was seen before it */
		if (rows->p[i] == found->p[place - 1].example)
			return;
	assert_int_equal(place, 0);
}

static void threads_count_as_one_does(void **state)
{
	enum { ROWS = 20000 };
	(void)state;
	world *w = world_new();
	FILE *f = world_file(w, "otel_logs_raw.tsv", LOG_HEADER);
	for (int i = 0; i < ROWS; i++) {
		char body[100];
		snprintf(body, sizeof body, "kind %c of %d", 'a' + i * i % 23, i);
		put_log(f, w->start + i, "", i % 7 ? "INFO" : "ERROR", i % 3 ? "a" : "b", "a-1", body, "{}");
	}
	fclose(f);
	world_open(w);
	cc_index_vec rows = { 0 };
	cc_pattern_vec found = { 0 };
	cc_arena *arena = cc_arena_new();
	cc_patterns_options opt = { .pivot_ns = w->onset, .range = { CC_TIME_NONE, CC_TIME_NONE } };
	uint64_t looked_at;
	shuffled_rows(&rows, ROWS);
	assert_int_equal(cc_patterns_tally(&found, &looked_at, w->s, &rows, &opt, arena), CC_OK);
	assert_int_equal(looked_at, ROWS);
	assert_in_range(found.n, 12, 46);
	for (size_t i = 0; i < found.n; i++)
		check_tally(w->s, &rows, &found, &found.p[i]);
	cc_arena_free(arena);
	cc_vec_deinit(&rows);
	cc_vec_deinit(&found);
	void *again = w;
	world_teardown(&again);
}

static void words_keep_patterns_apart(void **state)
{
	(void)state;
	world *w = world_new();
	FILE *f = world_file(w, "otel_logs_raw.tsv", LOG_HEADER);
	for (int i = 0; i < 40; i++) {
		char body[100];
		snprintf(body, sizeof body, "the payment request %s", i % 2 ? "failed" : "succeeded");
		put_log(f, w->start + i, "", "INFO", "a", "a-1", body, "{}");
		snprintf(body, sizeof body, "connect to host-%c-%d/x over tls done", 'a' + i % 7, i);
		put_log(f, w->start + i, "", "INFO", "a", "a-1", body, "{}");
	}
	fclose(f);
	world_open(w);
	cc_patterns *p = mine(w, CC_PATTERNS_BY_COUNT);
	assert_int_equal(cc_patterns_count(p), 3);
	assert_true(cc_str_eqz(cc_patterns_get(p, 0)->text, "connect to <*> over tls done"));
	cc_patterns_free(p);
	void *again = w;
	world_teardown(&again);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(masks),
		cmocka_unit_test(random_lines_are_masked_as_the_reference_does),
		cmocka_unit_test(real_lines_are_masked_as_the_reference_does),
		cmocka_unit_test(keys),
		cmocka_unit_test(json_messages_are_what_the_parser_says),
		cmocka_unit_test(new_and_severe_comes_first),
		cmocka_unit_test(counts_add_up),
		cmocka_unit_test(threads_count_as_one_does),
		cmocka_unit_test(words_keep_patterns_apart),
	};
	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
