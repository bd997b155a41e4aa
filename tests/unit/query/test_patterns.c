/* test_patterns.c - masks, keys of JSON bodies and stack traces, merging, counts that add up, order. */
#include "query_support.h"
#include "coldcase/arena.h"
#include "coldcase/patterns.h"
#include "coldcase/rng.h"

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
		cmocka_unit_test(keys),
		cmocka_unit_test(new_and_severe_comes_first),
		cmocka_unit_test(counts_add_up),
		cmocka_unit_test(words_keep_patterns_apart),
	};
	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
