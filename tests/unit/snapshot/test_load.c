/* Files read in pieces by several threads: whatever the pieces and the threads, the same evidence. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "coldcase/rng.h"
#include "coldcase/xalloc.h"
#include "snapshot/tsv_split.h"
#include "unit/snapshot/snapshot_dump.h"

/* --- splitting records --- */

static void assert_same_split(tsv_width width, const char *p, const char *end)
{
	cc_tsv_row fast, plain;
	const char *a = cc_tsv_split_by(width, p, end, &fast), *b = cc_tsv_split_by(TSV_BY_BYTE, p, end, &plain);
	assert_ptr_equal(a, b);
	assert_int_equal(fast.field_count, plain.field_count);
	assert_int_equal(fast.open_quote, plain.open_quote);
	for (size_t i = 0; i < fast.field_count && i < CC_TSV_MAX_COLUMNS; i++) {
		assert_ptr_equal(fast.fields[i].p, plain.fields[i].p);
		assert_int_equal(fast.fields[i].n, plain.fields[i].n);
	}
}

static char random_byte(cc_rng *rng)
{
	static const char bytes[] = "\t\n\"\"\t\nab\r\0 ";
	return bytes[cc_rng_below(rng, sizeof bytes - 1)];
}

static void fill_at_random(char *text, size_t n, cc_rng *rng)
{
	uint64_t rare = cc_rng_below(rng, 40);
	for (size_t i = 0; i < n; i++)
		text[i] = cc_rng_below(rng, rare + 1) ? 'x' : random_byte(rng);
}

/* Mostly quoted as writers quote. */
static void fill_with_fields(char *text, size_t n, cc_rng *rng)
{
	static const char *const parts[] = { "\t\"", "\"\t", "\"\"", "\"\"", "\t\"a", "a\"\t", "\t", "\n", "a\"\n", "word", "{'k': 'v'}",
		"a long enough text to reach the next sixty-four bytes, with a\ttab" };
	for (size_t i = 0; i < n;) {
		const char *part = parts[cc_rng_below(rng, sizeof parts / sizeof *parts)];
		size_t k = strlen(part) < n - i ? strlen(part) : n - i;
		memcpy(text + i, part, k);
		i += k;
	}
}

static void fast_split_is_plain_split(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 7);
	for (int round = 0; round < 20000; round++) {
		size_t n = cc_rng_below(&rng, 300);
		char *text = malloc(n ? n : 1); /* of just this size, so that a sanitizer sees a byte read behind it */
		assert_non_null(text);
		(round % 2 ? fill_at_random : fill_with_fields)(text, n, &rng);
		assert_same_split(TSV_BY_64, text, text + n);
		assert_same_split(TSV_BY_32, text, text + n);
		assert_same_split(TSV_BY_16, text, text + n);
		free(text);
	}
}

/* --- nasty files --- */

static void add_cell(cc_buf *b, cc_rng *rng)
{
	static const char *const cells[] = { "", "plain", "\"quoted\ttab\"", "\"two\nlines\"", "\"a \"\"word\"\"\"", "\"\"",
		"mid\"quote", "cr\rhere", "\"{'k': 'v'}\"", "\"line\n2025-12-15 17:00:00\tx\ty\tz\"", "\"\n\n\"",
		"\xC3\xA9", "\"ends \"\"\"" };
	cc_buf_addz(b, cells[cc_rng_below(rng, sizeof cells / sizeof *cells)]);
}

static void add_map(cc_buf *b, cc_rng *rng)
{
	static const char *const names[] = { "cart", "ad", "checkout", "o'neill", "x\"y" };
	const char *name = names[cc_rng_below(rng, 5)];
	if (cc_rng_below(rng, 12) == 0)
		cc_buf_addz(b, "no map");
	else if (name[1] == '"')
		cc_buf_addz(b, "\"{'service.name': 'x\"\"y', 'k8s.namespace.name': 'shop'}\"");
	else if (name[1] == '\'')
		cc_buf_addz(b, "\"{'service.name': \"\"o'neill\"\", 'k8s.pod.name': 'o-1'}\"");
	else
		cc_buf_addf(b, "{'service.name': '%s', 'k8s.namespace.name': 'shop', 'k8s.pod.name': '%s-%d'}", name, name,
			(int)cc_rng_below(rng, 3));
}

static void add_time(cc_buf *b, cc_rng *rng)
{
	static const char *const odd[] = { "", "1970-01-01 00:00:00", "yesterday", "2025-12-15T17:24:59.5Z",
		"2025-12-15 17:24:61", "2025-12-15 17:2", "\"2025-12-15 17:24:30.25\"" };
	if (cc_rng_below(rng, 8) == 0)
		cc_buf_addz(b, odd[cc_rng_below(rng, sizeof odd / sizeof *odd)]);
	else
		cc_buf_addf(b, "2025-12-15 17:%02d:%02d.%0*d", (int)cc_rng_below(rng, 60), (int)cc_rng_below(rng, 60),
			(int)cc_rng_below(rng, 9) + 1, (int)cc_rng_below(rng, 9));
}

static void end_row(cc_buf *b, cc_rng *rng)
{
	static const char *const ends[] = { "\n", "\n", "\n", "\n", "\r\n", "\n\n", "\textra\n" };
	cc_buf_addz(b, ends[cc_rng_below(rng, 7)]);
	if (cc_rng_below(rng, 25) == 0)
		cc_buf_addz(b, "short\trow\n");
}

static void make_logs(cc_buf *b, cc_rng *rng, int rows)
{
	static const char *const levels[] = { "INFO", "error", "Warn", "", "9", "ERROR" };
	cc_buf_addz(b, "Timestamp\tTraceId\tSpanId\tSeverityText\tSeverityNumber\tServiceName\tBody\tResourceAttributes\n");
	for (int i = 0; i < rows; i++) {
		add_time(b, rng);
		cc_buf_addf(b, "\t%032x\t%016x\t%s\t%d\t", (int)cc_rng_below(rng, 4), (int)cc_rng_below(rng, 99),
			levels[cc_rng_below(rng, 6)], (int)cc_rng_below(rng, 24));
		add_cell(b, rng);
		cc_buf_addz(b, "\t");
		add_cell(b, rng);
		cc_buf_addz(b, "\t");
		add_map(b, rng);
		end_row(b, rng);
	}
}

static void make_spans(cc_buf *b, cc_rng *rng, int rows)
{
	static const char *const kinds[] = { "Server", "SPAN_KIND_CLIENT", "3", "Consumer", "", "internal" };
	cc_buf_addz(b, "Timestamp\tTraceId\tSpanId\tParentSpanId\tSpanName\tSpanKind\tServiceName\tResourceAttributes\t"
		"Duration\tStatusCode\n");
	for (int i = 0; i < rows; i++) {
		int trace = (int)cc_rng_below(rng, 12);
		add_time(b, rng);
		cc_buf_addf(b, "\t%s%x\t%x\t%x\t", trace ? "abc" : "", trace ? trace : 0, i % 7 ? i + 1 : 3,
			(int)cc_rng_below(rng, (uint64_t)rows));
		add_cell(b, rng);
		cc_buf_addf(b, "\t%s\t\t", kinds[cc_rng_below(rng, 6)]);
		add_map(b, rng);
		cc_buf_addf(b, "\t%s\t%s", cc_rng_below(rng, 9) ? "1500" : "long", cc_rng_below(rng, 3) ? "Ok" : "Error");
		end_row(b, rng);
	}
}

static void make_metrics(cc_buf *b, cc_rng *rng, int rows)
{
	static const char *const tags[] = { "{'a': '1', 'b': '2'}", "{'b': '2', 'a': '1'}", "\"{'t': \"\"it's\"\"}\"", "", "none" };
	cc_buf_addz(b, "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n");
	for (int i = 0; i < rows; i++) {
		cc_buf_addf(b, "metric_%d\t", (int)cc_rng_below(rng, 4));
		add_time(b, rng);
		cc_buf_addf(b, "\t%d.5\tcart-1\tshop\t%s", (int)cc_rng_below(rng, 50), tags[cc_rng_below(rng, 5)]);
		end_row(b, rng);
	}
}

/* --- any way the same --- */

static void open_and_dump(test_tree *t, unsigned threads, size_t piece, cc_buf *out)
{
	cc_snapshot_options o = { .threads = threads, .piece_bytes = piece };
	cc_snapshot *s = NULL;
	cc_err err;
	cc_buf_clear(out);
	if (cc_snapshot_open(&s, t->root, &o, &err) != CC_OK)
		fail_msg("%u threads, pieces of %zu: %s", threads, piece, err.message);
	dump_snapshot(out, s);
	assert_true(cc_buf_ok(out));
	cc_snapshot_free(s);
}

static void write_tree(test_tree *t, uint64_t seed, int rows)
{
	static void (*const makers[])(cc_buf *, cc_rng *, int) = { make_logs, make_spans, make_metrics };
	static const char *const paths[] = { "otel_logs_raw.tsv", "otel_traces_raw.tsv", "metrics/pod_cart-1_raw.tsv" };
	cc_rng rng;
	cc_rng_init(&rng, seed);
	for (size_t i = 0; i < 3; i++) {
		cc_buf b = CC_BUF_INIT;
		makers[i](&b, &rng, rows);
		if (seed % 3 == i)
			cc_buf_addz(&b, "\"a quote that\nnever closes");
		assert_true(cc_buf_ok(&b));
		test_tree_bytes(t, paths[i], cc_buf_str(&b));
		cc_buf_deinit(&b);
	}
}

/* The reference is one thread over whole files: no guess is made then. */
static void assert_any_way_the_same(test_tree *t, uint64_t seed)
{
	static const size_t pieces[] = { 1, 13, 200, 5000, 0 };
	cc_buf whole = CC_BUF_INIT, other = CC_BUF_INIT;
	open_and_dump(t, 1, SIZE_MAX, &whole);
	for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
		for (unsigned threads = 1; threads <= 8; threads = threads == 2 ? 8 : threads + 1) {
			open_and_dump(t, threads, pieces[i], &other);
			if (!same_dump(&whole, &other))
				fail_msg("seed %d: %u threads with pieces of %zu bytes read otherwise", (int)seed, threads, pieces[i]);
		}
	cc_buf_deinit(&whole);
	cc_buf_deinit(&other);
}

static void pieces_and_threads_change_nothing(void **state)
{
	for (uint64_t seed = 1; seed <= 12; seed++) {
		write_tree(*state, seed, 60);
		assert_any_way_the_same(*state, seed);
	}
}

/* Files larger than 64 KiB are read with pread and a buffer that moves on. */
static void large_files_too(void **state)
{
	write_tree(*state, 100, 3000);
	cc_buf whole = CC_BUF_INIT, other = CC_BUF_INIT;
	open_and_dump(*state, 1, SIZE_MAX, &whole);
	for (size_t piece = 977; piece < 200000; piece *= 7) {
		open_and_dump(*state, 4, piece, &other);
		assert_true(cc_str_eq(cc_buf_str(&whole), cc_buf_str(&other)));
	}
	cc_buf_deinit(&whole);
	cc_buf_deinit(&other);
}

/* One field longer than many pieces and than the buffer, full of lines that look like records. */
static void a_field_of_many_pieces(void **state)
{
	test_tree *t = *state;
	cc_buf b = CC_BUF_INIT, whole = CC_BUF_INIT, other = CC_BUF_INIT;
	cc_buf_addz(&b, "Timestamp\tServiceName\tBody\n2025-12-15 17:00:00\tcart\tfirst\n2025-12-15 17:00:01\tcart\t\"");
	for (int i = 0; i < 100000; i++)
		cc_buf_addz(&b, "2025-12-15 17:00:05\tghost\tno record\n");
	cc_buf_addz(&b, "\"\n2025-12-15 17:00:02\tcart\tlast\n");
	test_tree_bytes(t, "otel_logs_raw.tsv", cc_buf_str(&b));
	open_and_dump(t, 1, SIZE_MAX, &whole);
	open_and_dump(t, 2, 0, &other);
	assert_true(cc_str_eq(cc_buf_str(&whole), cc_buf_str(&other)));
	cc_snapshot *s = open_tree(t);
	assert_int_equal(cc_logs_count(s), 3);
	assert_int_equal(cc_logs_get(s, 2)->cite.record, 3);
	cc_snapshot_free(s);
	cc_buf_deinit(&b);
	cc_buf_deinit(&whole);
	cc_buf_deinit(&other);
}

/* Read together or singly, a body is the same; also of rows that are none, and by threads that ask at once. */
static void *ask_for_bodies(void *arg)
{
	cc_logs_read_bodies(arg, NULL);
	return NULL;
}

static void bodies_read_together(void **state)
{
	write_tree(*state, 3, 5000);
	cc_snapshot *one = open_tree(*state), *all = open_tree(*state);
	pthread_t other;
	assert_int_equal(pthread_create(&other, NULL, ask_for_bodies, all), 0);
	cc_logs_read_bodies(all, NULL);
	pthread_join(other, NULL);
	assert_true(cc_logs_count(one) > 3000 && cc_logs_count(one) == cc_logs_count(all));
	cc_arena *arena = cc_arena_new();
	for (size_t i = 0; i < cc_logs_count(one); i++) {
		cc_str a = cc_logs_body(one, cc_logs_get(one, i), arena);
		size_t before = cc_arena_bytes(arena);
		cc_str b = cc_logs_body(all, cc_logs_get(all, i), arena);
		assert_int_equal(cc_arena_bytes(arena), before); /* borrowed */
		if (!cc_str_eq(a, b))
			fail_msg("record %u: \"%.*s\", not \"%.*s\"", cc_logs_get(one, i)->cite.record, CC_STR_ARG(b),
				CC_STR_ARG(a));
	}
	cc_arena_free(arena);
	cc_snapshot_free(one);
	cc_snapshot_free(all);
}

static void bodies_canceled_or_gone(void **state)
{
	cc_cancel cancel;
	write_tree(*state, 4, 3000);
	cc_snapshot *s = open_tree(*state);
	cc_arena *arena = cc_arena_new();
	cc_cancel_clear(&cancel);
	cc_cancel_set(&cancel);
	cc_logs_read_bodies(s, &cancel);
	assert_true(cc_logs_body(s, cc_logs_get(s, cc_logs_count(s) / 2), arena).p != NULL);
	cc_cancel_clear(&cancel);
	cc_alloc_fail_after(5);
	cc_logs_read_bodies(s, &cancel);
	cc_alloc_fail_after(-1);
	unlink(test_tree_path(*state, "otel_logs_raw.tsv"));
	cc_logs_read_bodies(s, &cancel); /* nothing to read from any more: singly, from what is mapped */
	for (size_t i = 0; i < cc_logs_count(s); i++)
		(void)cc_logs_body(s, cc_logs_get(s, i), arena);
	cc_arena_free(arena);
	cc_snapshot_free(s);
}

static void bodies_warmed_are_the_same(void **state)
{
	write_tree(*state, 4, 3000);
	cc_snapshot *s = open_tree(*state), *warm = open_tree(*state), *brief = open_tree(*state);
	cc_arena *arena = cc_arena_new();
	cc_logs_warm_bodies(warm);
	cc_logs_warm_bodies(warm);
	cc_logs_warm_bodies(brief);
	cc_snapshot_free(brief); /* while it may still read */
	cc_logs_read_bodies(warm, NULL);
	assert_true(cc_logs_body_blocks(warm) > 0);
	for (size_t i = 0; i < cc_logs_count(s); i++) {
		cc_str one = cc_logs_body(s, cc_logs_get(s, i), arena), other = cc_logs_body(warm, cc_logs_get(warm, i), arena);
		assert_true(cc_str_eq(one, other));
	}
	cc_arena_free(arena);
	cc_snapshot_free(s);
	cc_snapshot_free(warm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fast_split_is_plain_split),
		tree_test(pieces_and_threads_change_nothing),
		tree_test(large_files_too),
		tree_test(a_field_of_many_pieces),
		tree_test(bodies_read_together),
		tree_test(bodies_canceled_or_gone),
		tree_test(bodies_warmed_are_the_same),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
