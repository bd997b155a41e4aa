/* Streams cut into events, wherever the pieces of the stream are cut. */
#include "net/sse.h"
#include "unit/base/base_test.h"

typedef struct seen {
	cc_buf all;              /* "name=data|" of each event */
	size_t stop_after, n;
} seen;

static bool note(void *ctx, cc_str name, cc_str data)
{
	seen *s = ctx;
	cc_buf_addf(&s->all, "%.*s=%.*s|", CC_STR_ARG(name), CC_STR_ARG(data));
	return ++s->n != s->stop_after;
}

/* The text in two pieces, cut at each place, and byte by byte. */
static void check(bool lines, const char *text, size_t n, const char *want)
{
	for (size_t cut = 0; cut <= n + 1; cut++) {
		seen s = { 0 };
		sse p;
		sse_init(&p, lines, 1000, note, &s);
		if (cut <= n) {
			assert_true(sse_feed(&p, (cc_str){ text, cut }));
			assert_true(sse_feed(&p, (cc_str){ text + cut, n - cut }));
		} else {
			for (size_t i = 0; i < n; i++)
				assert_true(sse_feed(&p, (cc_str){ text + i, 1 }));
		}
		assert_true(sse_end(&p));
		if (!cc_str_eqz(cc_buf_str(&s.all), want))
			print_error("cut at %zu\n", cut);
		check_buf(&s.all, want);
		sse_deinit(&p);
	}
}

#define CHECK(text, want) check(false, text, sizeof(text) - 1, want)
#define CHECK_LINES(text, want) check(true, text, sizeof(text) - 1, want)

static void test_events(void **state)
{
	(void)state;
	CHECK("data: one\n\ndata:two\n\n", "=one|=two|");
	CHECK("event: delta\ndata: {\"a\":1}\n\ndata: x\n\n", "delta={\"a\":1}|=x|");
	CHECK("data: one\r\n\r\ndata: two\r\n\r\n", "=one|=two|");
	CHECK("data: one\r\rdata: two\r\r", "=one|=two|");
	CHECK("data: a\ndata: b\ndata\ndata:\n\n", "=a\nb\n\n|");
	CHECK("data:  two blanks\n\n", "= two blanks|");
	CHECK("\xEF\xBB\xBF" "data: bom\n\ndata: \xEF\xBB\xBFkept\n\n", "=bom|=\xEF\xBB\xBFkept|");
	CHECK(": ping\n\n: another\ndata: x\n: in between\n\n", "=x|");
	CHECK("id: 7\nretry: 1000\ndata: x\nunknown: y\nnofield\n\n", "=x|");
	CHECK("event: lonely\n\ndata: x\n\n", "=x|");
	CHECK("\n\n\n\n", "");
	CHECK("data: not ended", "");
	CHECK("data: not ended\n", "");
	CHECK("data\n\n", "=|");
	CHECK("", "");
}

static void test_lines(void **state)
{
	(void)state;
	CHECK_LINES("{\"a\":1}\n{\"b\":2}\n", "={\"a\":1}|={\"b\":2}|");
	CHECK_LINES("{\"a\":1}\r\n\r\n  \n{\"b\":2}", "={\"a\":1}|={\"b\":2}|");
	CHECK_LINES("\xEF\xBB\xBF{}\n", "={}|");
	CHECK_LINES("", "");
}

static void check_too_long(const char *unit, size_t times)
{
	seen s = { 0 };
	sse p;
	bool ok = true;
	sse_init(&p, false, 100, note, &s);
	for (size_t i = 0; ok && i < times; i++)
		ok = sse_feed(&p, S(unit));
	assert_false(ok);
	assert_true(p.too_long);
	assert_false(sse_feed(&p, CC_STR("\n\ndata: x\n\n")));
	assert_false(sse_end(&p));
	assert_int_equal(s.n, 0);
	sse_deinit(&p);
}

static void test_limits(void **state)
{
	(void)state;
	check_too_long("xxxxxxxxxxxxxxxxxxxx", 6);
	check_too_long("data: xxxxxxxxxxxxxxxxxxxx\n", 6);
	seen s = { 0 };
	sse p;
	sse_init(&p, false, 100, note, &s);
	for (size_t i = 0; i < 50; i++) /* each short enough, however many */
		assert_true(sse_feed(&p, CC_STR("data: xxxxxxxxxxxxxxxxxxxx\n\n")));
	assert_int_equal(s.n, 50);
	cc_buf_deinit(&s.all);
	sse_deinit(&p);
}

static void test_stopping(void **state)
{
	seen s = { .stop_after = 2 };
	sse p;
	(void)state;
	sse_init(&p, false, 100, note, &s);
	assert_false(sse_feed(&p, CC_STR("data: 1\n\ndata: 2\n\ndata: 3\n\n")));
	assert_true(p.stopped && !p.too_long);
	assert_false(sse_feed(&p, CC_STR("data: 4\n\n")));
	check_buf(&s.all, "=1|=2|");
	sse_deinit(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_stopping),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
