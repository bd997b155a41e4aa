/* test_search.c - the search of a file against reading it whole: nasty tables, pieces of every size, one to eight
 * threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "coldcase/arena.h"
#include "coldcase/buf.h"
#include "coldcase/file.h"
#include "coldcase/logs.h"
#include "coldcase/rng.h"
#include "coldcase/search.h"
#include "coldcase/tsv.h"
#include "coldcase/xalloc.h"

static char *path;

static int set_up(void **state)
{
	(void)state;
	const char *dir = getenv("COLDCASE_TEST_TMP");
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "%s/search-%ld.tsv", dir ? dir : "/tmp", (long)getpid());
	path = cc_buf_take(&b);
	return path ? 0 : -1;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(path);
	free(path);
	return 0;
}

static void write_file(cc_str text)
{
	FILE *f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(text.p, 1, text.n, f), text.n);
	assert_int_equal(fclose(f), 0);
}

/* Hits as lines, so that two searches compare as texts. */
static bool add_hit(void *arg, const cc_search_hit *h)
{
	cc_buf_addf(arg, "%llu@%llu+%llu [%zu,%zu) ", (unsigned long long)h->record, (unsigned long long)h->offset,
		(unsigned long long)h->length, h->start, h->end);
	cc_buf_add(arg, h->text);
	cc_buf_addz(arg, "\n--\n");
	return true;
}

typedef struct query {
	const char *pattern;
	unsigned flags;
	const char *column;
} query;

/* The slow way. */
static cc_search_counts reference(cc_str text, const query *q, cc_buf *hits)
{
	cc_search_counts c = { 0 };
	cc_tsv t;
	cc_tsv_row row;
	cc_regex *re = NULL;
	cc_arena *arena = cc_arena_new();
	assert_int_equal(cc_tsv_init(&t, text, NULL), CC_OK);
	assert_int_equal(cc_regex_compile(&re, cc_str_from(q->pattern), q->flags, NULL), CC_OK);
	while (cc_tsv_next(&t, &row)) {
		cc_search_hit h = { .record = row.record, .offset = row.offset, .length = row.length,
			.text = cc_str_sub(text, row.offset, row.offset + row.length) };
		c.records++;
		if (q->column && (row.open_quote || row.field_count != t.column_count))
			continue;
		if (q->column)
			h.text = cc_tsv_field(&row, cc_tsv_column(&t, q->column), arena);
		if (cc_regex_find(re, h.text, 0, &h.start, &h.end) == CC_REGEX_YES) {
			c.matched++;
			add_hit(hits, &h);
		}
	}
	cc_arena_free(arena);
	cc_regex_free(re);
	return c;
}

static void compare(cc_str text, const query *q, size_t piece, unsigned threads)
{
	cc_buf expected = CC_BUF_INIT, hits = CC_BUF_INIT;
	cc_search_counts c, wanted = reference(text, q, &expected);
	cc_search_options opt = { .flags = q->flags, .column = q->column, .threads = threads, .hit = add_hit,
		.arg = &hits, .piece = piece };
	assert_int_equal(cc_search_file(path, cc_str_from(q->pattern), &opt, &c, NULL), CC_OK);
	assert_string_equal(hits.p ? hits.p : "", expected.p ? expected.p : "");
	assert_int_equal(hits.n, expected.n);
	assert_int_equal(c.records, wanted.records);
	assert_int_equal(c.matched, wanted.matched);
	opt.hit = NULL;
	assert_int_equal(cc_search_file(path, cc_str_from(q->pattern), &opt, &c, NULL), CC_OK);
	assert_int_equal(c.records, wanted.records);
	assert_int_equal(c.matched, wanted.matched);
	assert_false(c.stopped);
	cc_buf_deinit(&expected);
	cc_buf_deinit(&hits);
}

static void add_cell(cc_rng *rng, cc_buf *b)
{
	static const char *const items[] = {
		"refused", "Refused", "reset", "a", "b", " ", "\"\"", "say \"\"hi\"\"", "\n", "\t", "\r", "\r\n",
		"\n2025-12-15 10:00:00\tx\ty\n", "é", "\xff", "12", "\n\n",
		"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
	};
	bool quoted = cc_rng_below(rng, 2) != 0;
	cc_buf_addz(b, quoted ? "\"" : "");
	for (size_t n = cc_rng_below(rng, 6); n; n--) {
		const char *item = items[cc_rng_below(rng, sizeof items / sizeof *items)];
		/* now and then structure that no writer would leave unquoted */
		if (quoted || !strpbrk(item, "\"\n\t\r") || cc_rng_below(rng, 30) == 0)
			cc_buf_addz(b, item);
	}
	cc_buf_addz(b, quoted && cc_rng_below(rng, 60) ? "\"" : "");
	if (cc_rng_below(rng, 40) == 0)
		cc_buf_addz(b, quoted ? "used" : "x\"quote\"");
}

static void add_table(cc_rng *rng, cc_buf *b, size_t rows)
{
	const char *line_end = cc_rng_below(rng, 4) ? "\n" : "\r\n";
	cc_buf_addz(b, cc_rng_below(rng, 8) ? "" : "\xEF\xBB\xBF");
	cc_buf_addz(b, cc_rng_below(rng, 8) ? "" : "\n\r\n");
	cc_buf_addf(b, "Timestamp\t%s\tTail%s", cc_rng_below(rng, 4) ? "Body" : "\"Body\"", line_end);
	for (size_t i = 0; i < rows; i++) {
		cc_buf_addf(b, "2025-12-15 10:%02zu:00\t", i % 60);
		add_cell(rng, b);
		if (cc_rng_below(rng, 20)) /* else a short row */
			cc_buf_addz(b, "\t");
		add_cell(rng, b);
		cc_buf_addz(b, i + 1 < rows || cc_rng_below(rng, 2) ? line_end : "");
		cc_buf_addz(b, cc_rng_below(rng, 15) ? "" : line_end);
	}
}

static const query queries[] = {
	{ "refused", 0, NULL }, { "refused", CC_REGEX_ICASE, NULL }, { "re(fused|set)", 0, NULL },
	{ "refused\\d+", 0, NULL }, { "a\nb", CC_REGEX_LITERAL, NULL }, { "[a-b]\\s+[a-b]", 0, NULL },
	{ "\"", CC_REGEX_LITERAL, NULL }, { "x\n", 0, NULL }, { "d$", 0, NULL }, { "^2025.*\n.*a", 0, NULL },
	{ "\r", 0, NULL }, { "", 0, NULL }, { "\\d\t", 0, NULL }, { "refused", 0, "Body" },
	{ "say \"hi\"", 0, "Body" }, { "\"", 0, "Body" }, { "\"(hi|)\"", 0, "Body" },
	{ "Reset|REFUSED", CC_REGEX_ICASE, "Body" }, { "^$", 0, "Body" }, { "a\"*b", 0, "Body" },
	{ "ax?used", 0, "Body" }, { "aused", 0, "Body" }, { "refusedused", 0, "Body" }, { "\n2025", 0, "Body" },
	{ "refused", 0, "Tail" }, { "d$", 0, "Tail" }, { "", 0, "no such column" }, { "a", 0, "no such column" },
};

static void nasty_tables_in_pieces(void **state)
{
	(void)state;
	static const size_t pieces[] = { 1, 2, 7, 64, 100, 333, 1000, 4096, 0 };
	static const unsigned threads[] = { 1, 2, 8 };
	cc_rng rng;
	cc_rng_init(&rng, 41);
	cc_buf text = CC_BUF_INIT;
	for (int round = 0; round < 60; round++) {
		cc_buf_clear(&text);
		add_table(&rng, &text, cc_rng_below(&rng, round % 4 ? 40 : 400));
		write_file(cc_buf_str(&text));
		for (size_t q = 0; q < sizeof queries / sizeof *queries; q++)
			compare(cc_buf_str(&text), &queries[q], pieces[cc_rng_below(&rng, 9)],
				threads[cc_rng_below(&rng, 3)]);
	}
	cc_buf_deinit(&text);
}

/* Rows inside of a quoted cell look like rows: guesses are wrong, results are not. */
static void cells_that_look_like_rows(void **state)
{
	(void)state;
	cc_buf text = CC_BUF_INIT;
	cc_buf_addz(&text, "Timestamp\tBody\n2025-12-15 10:00:00\tfirst refused\n");
	for (int i = 0; i < 50; i++) {
		cc_buf_addz(&text, "2025-12-15 10:00:01\t\"");
		for (int k = 0; k < 20; k++)
			cc_buf_addf(&text, "2025-12-15 10:00:02\trefused %d\n", k);
		cc_buf_addz(&text, "\"\n2025-12-15 10:00:03\tlast\n");
	}
	write_file(cc_buf_str(&text));
	for (size_t piece = 50; piece < 3000; piece += 97)
		for (unsigned threads = 1; threads <= 8; threads *= 2) {
			compare(cc_buf_str(&text), &(query){ "refused 1\\d", 0, NULL }, piece, threads);
			compare(cc_buf_str(&text), &(query){ "refused 1\\d", 0, "Body" }, piece, threads);
		}
	cc_buf_deinit(&text);
}

static void quote_that_never_closes(void **state)
{
	(void)state;
	cc_buf text = CC_BUF_INIT;
	cc_buf_addz(&text, "Timestamp\tBody\n2025-12-15 10:00:00\tfirst refused\n2025-12-15 10:00:00\t\"open\n");
	for (int i = 0; i < 2000; i++)
		cc_buf_addz(&text, "2025-12-15 10:00:01\trefused\n");
	write_file(cc_buf_str(&text));
	for (size_t piece = 100; piece < 100000; piece *= 3) {
		compare(cc_buf_str(&text), &(query){ "refused", 0, NULL }, piece, 2);
		compare(cc_buf_str(&text), &(query){ "refused", 0, "Body" }, piece, 2);
	}
	cc_buf_deinit(&text);
}

static size_t matched_in(const char *file, cc_str pattern, unsigned flags)
{
	cc_search_counts c;
	cc_search_options opt = { .flags = flags, .column = "Body|message" };
	assert_int_equal(cc_search_file(file, pattern, &opt, &c, NULL), CC_OK);
	return (size_t)c.matched;
}

/* What a filter finds in an opened snapshot. */
static void same_as_the_opened_snapshot(void **state)
{
	(void)state;
	static const char *const patterns[] = {
		"error", "\"", "refused|timeout|deadline", "\"level\":\"", "\\d{3}ms", "order.*placed", "",
	};
	const char *dir = "sample-incidents/Scenario-1", *file = "sample-incidents/Scenario-1/otel_logs_raw.tsv";
	cc_snapshot *s = NULL;
	cc_arena *arena = cc_arena_new();
	assert_int_equal(cc_snapshot_open(&s, dir, NULL, NULL), CC_OK);
	assert_true(cc_logs_count(s) > 0);
	for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
		cc_regex *re = NULL;
		size_t matched = 0;
		assert_int_equal(cc_regex_compile(&re, cc_str_from(patterns[i]), CC_REGEX_SMART, NULL), CC_OK);
		for (size_t k = 0; k < cc_logs_count(s); k++) {
			matched += cc_regex_match(re, cc_logs_body(s, cc_logs_get(s, k), arena)) == CC_REGEX_YES;
			cc_arena_reset(arena);
		}
		assert_int_equal(matched_in(file, cc_str_from(patterns[i]), CC_REGEX_SMART), matched);
		assert_true(matched > 0);
		cc_regex_free(re);
	}
	cc_arena_free(arena);
	cc_snapshot_free(s);
}

/* --- errors, cancel, stop --- */

static void fails(const char *file, const char *pattern, cc_code code, const char *message)
{
	cc_err err;
	cc_err_clear(&err);
	cc_search_counts c;
	assert_int_equal(cc_search_file(file, cc_str_from(pattern), NULL, &c, &err), code);
	assert_int_equal(err.code, code);
	assert_non_null(strstr(err.message, message));
	assert_int_equal(c.matched, 0);
}

static void errors_name_the_file(void **state)
{
	(void)state;
	fails("/nonexistent/x.tsv", "a", CC_ENOTFOUND, "/nonexistent/x.tsv");
	fails("/", "a", CC_EFORMAT, "not a regular file");
	unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	fails(path, "a", CC_EFORMAT, "not a regular file");
	unlink(path);
	write_file(CC_STR_EMPTY);
	fails(path, "a", CC_EFORMAT, "no header");
	write_file(CC_STR("a\t\"b\nc"));
	fails(path, "a", CC_EFORMAT, "never closes");
	fails(path, "a(", CC_EUSAGE, "parenthesis");
	write_file(CC_STR("a\tb"));
	compare(CC_STR("a\tb"), &(query){ "", 0, NULL }, 0, 2);
}

typedef struct watcher {
	cc_cancel cancel;
	size_t hits, stop_at, cancel_at, cut_at;
} watcher;

static bool watch(void *arg, const cc_search_hit *h)
{
	watcher *w = arg;
	w->hits++;
	assert_int_equal(h->record, w->hits);
	if (w->hits == w->cancel_at)
		cc_cancel_set(&w->cancel);
	if (w->hits == w->cut_at)
		assert_int_equal(truncate(path, 5000), 0);
	return w->hits != w->stop_at;
}

static cc_code search_watched(watcher *w, unsigned threads, cc_search_counts *c, cc_err *err)
{
	cc_search_options opt = { .threads = threads, .cancel = &w->cancel, .hit = watch, .arg = w, .piece = 1000 };
	cc_buf text = CC_BUF_INIT;
	cc_buf_addz(&text, "Timestamp\tBody\n");
	for (int i = 0; i < 20000; i++)
		cc_buf_addf(&text, "2025\trefused %d\n", i);
	write_file(cc_buf_str(&text));
	cc_buf_deinit(&text);
	return cc_search_file(path, CC_STR("refused"), &opt, c, err);
}

static void ends_when_told(void **state)
{
	(void)state;
	for (unsigned threads = 1; threads <= 8; threads *= 2) {
		cc_search_counts c;
		cc_err err;
		watcher stop = { .stop_at = 100 }, cancel = { .cancel_at = 100 }, early = { .cancel_at = 1 };
		watcher cut = { .cut_at = 100 };
		assert_int_equal(search_watched(&stop, threads, &c, &err), CC_OK);
		assert_int_equal(stop.hits, 100);
		assert_true(c.stopped && c.matched >= 100 && c.matched < 20000);
		assert_int_equal(search_watched(&cancel, threads, &c, &err), CC_ECANCELED);
		assert_int_equal(cancel.hits, 100);
		cc_cancel_set(&early.cancel);
		assert_int_equal(search_watched(&early, threads, &c, &err), CC_ECANCELED);
		assert_int_equal(early.hits, 0);
		/* the file loses its end after the first hits: an error that says so, no crash */
		assert_int_equal(search_watched(&cut, threads, &c, &err), CC_EIO);
		assert_non_null(strstr(err.message, "became shorter"));
		assert_true(cut.hits >= 100 && cut.hits < 20000);
	}
}

typedef struct walker { size_t hits, calls, end_at_call; uint64_t bytes; } walker;

static bool walk_hit(void *arg, const cc_search_hit *h)
{
	walker *w = arg;
	assert_true(h->offset >= w->bytes);          /* what was said to be searched is not searched again */
	w->hits++;
	return true;
}

static bool walk_on(void *arg, uint64_t bytes)
{
	walker *w = arg;
	assert_true(bytes > w->bytes);
	w->bytes = bytes;
	return ++w->calls != w->end_at_call;
}

/* Where a search was ended is where another one ends that is told to go no further: with the same hits. */
static void ends_again_where_it_was_ended(void **state)
{
	(void)state;
	cc_buf text = CC_BUF_INIT;
	cc_buf_addz(&text, "Timestamp\tBody\n");
	for (int i = 0; i < 5000; i++)
		cc_buf_addf(&text, i % 7 ? "2025\trefused %d\n" : "2025\t\"refused\n%d\"\n", i);
	write_file(cc_buf_str(&text));
	for (unsigned threads = 1; threads <= 8; threads *= 2) {
		for (size_t calls = 1; calls < 60; calls += 7) {
			walker first = { .end_at_call = calls }, again = { 0 };
			cc_search_counts a, b;
			cc_search_options o = { .threads = threads, .hit = walk_hit, .went = walk_on, .arg = &first, .piece = 1000 };
			assert_int_equal(cc_search_file(path, CC_STR("refused"), &o, &a, NULL), CC_OK);
			assert_true(a.stopped && a.bytes == first.bytes && a.bytes < text.n);
			o.arg = &again;
			o.end = a.bytes;
			assert_int_equal(cc_search_file(path, CC_STR("refused"), &o, &b, NULL), CC_OK);
			assert_int_equal(again.hits, first.hits);
			assert_int_equal(b.bytes, a.bytes);
			assert_int_equal(b.records, a.records);
			assert_false(b.stopped);
		}
	}
	cc_buf_deinit(&text);
}

/* Whichever allocation fails: an error that says so, or, where only speed is lost, the same answer. */
static void memory_that_runs_out(void **state)
{
	(void)state;
	int failed = 0, right = 0;
	cc_code code = CC_ENOMEM;
	write_file(CC_STR("Timestamp\tBody\n2025\t\"say \"\"hi\"\"\"\n2025\tother\n2025\tsay \"hi\"\n"));
	for (long n = 0; n < 200; n++) {
		cc_buf hits = CC_BUF_INIT;
		cc_buf_reserve(&hits, 1000);
		cc_search_counts c;
		cc_search_options opt = { .column = "Body", .threads = 1, .hit = add_hit, .arg = &hits, .piece = 20 };
		cc_alloc_fail_after(n);
		code = cc_search_file(path, CC_STR("say \"hi"), &opt, &c, NULL);
		cc_alloc_fail_after(-1);
		assert_true(code == CC_ENOMEM || (code == CC_OK && c.matched == 2 && c.records == 3));
		failed += code == CC_ENOMEM;
		right += code == CC_OK;
		cc_buf_deinit(&hits);
	}
	assert_int_equal(code, CC_OK);
	assert_true(failed > 3 && right > 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nasty_tables_in_pieces),
		cmocka_unit_test(cells_that_look_like_rows),
		cmocka_unit_test(quote_that_never_closes),
		cmocka_unit_test(same_as_the_opened_snapshot),
		cmocka_unit_test(errors_name_the_file),
		cmocka_unit_test(ends_when_told),
		cmocka_unit_test(ends_again_where_it_was_ended),
		cmocka_unit_test(memory_that_runs_out),
	};
	return cmocka_run_group_tests(tests, set_up, tear_down);
}
