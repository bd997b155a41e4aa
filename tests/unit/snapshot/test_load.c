/* Files read in pieces by several threads: whatever the pieces and the threads, the same evidence. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include "coldcase/rng.h"
#include "coldcase/xalloc.h"
#include "snapshot/tsv_split.h"
#include "unit/snapshot/snapshot_open.h"

/* --- splitting records --- */

typedef const char *split_fn(const char *p, const char *end, cc_tsv_row *row);

static void assert_same_split(split_fn *split, const char *p, const char *end)
{
	cc_tsv_row fast, plain;
	const char *a = split(p, end, &fast), *b = cc_tsv_split_plain(p, end, &plain);
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

static void fast_split_is_plain_split(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 7);
	for (int round = 0; round < 20000; round++) {
		size_t n = cc_rng_below(&rng, 300), rare = cc_rng_below(&rng, 40);
		char *text = malloc(n + 1); /* of just this size, so that a sanitizer sees a byte read behind it */
		assert_non_null(text);
		for (size_t i = 0; i < n; i++)
			text[i] = cc_rng_below(&rng, rare + 1) ? 'x' : random_byte(&rng);
		char *exact = realloc(text, n ? n : 1);
		assert_non_null(exact);
		assert_same_split(cc_tsv_split, exact, exact + n);
		assert_same_split(cc_tsv_split_narrow, exact, exact + n);
		free(exact);
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

/* --- everything an opened snapshot says --- */

static void add_text(void *arg, cc_str column, cc_str value)
{
	cc_buf *b = arg;
	cc_buf_addf(b, "%.*s=%.*s;", CC_STR_ARG(column), CC_STR_ARG(value));
}

static void dump_cite(cc_buf *b, const cc_snapshot *s, cc_cite cite)
{
	cc_err err;
	cc_cite_format(s, cite, b);
	cc_buf_addz(b, " ");
	assert_int_equal(cc_cite_read(s, cite, add_text, b, &err), CC_OK);
	cc_buf_addz(b, "\n");
}

static void dump_spans(cc_buf *b, const cc_snapshot *s)
{
	cc_arena *arena = cc_arena_new();
	for (size_t i = 0; i < cc_spans_count(s); i++) {
		const cc_span *x = cc_spans_get(s, i);
		cc_buf_addf(b, "%lld %lld %u %u %u %u %u %llx %llx %u %u %d %d ", (long long)x->start_ns, (long long)x->duration_ns,
			x->service, x->name, x->ns, x->pod, x->entity, (unsigned long long)x->id,
			(unsigned long long)cc_spans_parent_id(s, x, arena), x->parent, x->trace_index, x->kind, x->status);
		cc_id128_format(b, cc_spans_trace_id(s, x));
		dump_cite(b, s, x->cite);
	}
	cc_arena_free(arena);
	for (size_t i = 0; i < cc_traces_count(s); i++) {
		const cc_trace *t = cc_traces_get(s, i);
		cc_buf_addf(b, "trace %lld %lld %u %u %u %u %u %u %u\n", (long long)t->start_ns, (long long)t->end_ns, t->first,
			t->count, t->root, t->errors, t->services, t->orphans, t->error_logs);
	}
}

static void dump_series(cc_buf *b, const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_series_count(s); i++) {
		const cc_series *x = cc_series_get(s, i);
		cc_series_format(s, x, b);
		cc_buf_addf(b, " %u %u %u %u %d\n", x->metric, x->object, x->ns, x->entity, x->counter);
		for (size_t k = 0; k < x->count; k++) {
			cc_buf_addf(b, "%lld %g ", (long long)x->times_ns[k], x->values[k]);
			dump_cite(b, s, (cc_cite){ x->file, x->records[k] });
		}
	}
}

static void dump(cc_buf *b, const cc_snapshot *s)
{
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++) {
		const cc_file *f = cc_snapshot_file(s, i);
		cc_buf_addf(b, "%.*s %llu %llu %llu %.*s\n", CC_STR_ARG(f->path), (unsigned long long)f->records,
			(unsigned long long)f->skipped, (unsigned long long)f->first_skipped, CC_STR_ARG(f->problem));
	}
	for (size_t i = 0; i < cc_snapshot_sym_count(s); i++)
		cc_buf_addf(b, "%zu %.*s\n", i, CC_STR_ARG(cc_snapshot_sym(s, (cc_sym)i)));
	for (size_t i = 0; i < cc_logs_count(s); i++) {
		const cc_logrec *x = cc_logs_get(s, i);
		cc_buf_addf(b, "%lld %u %u %u %u %llx %d %c ", (long long)x->time_ns, x->service, x->ns, x->pod, x->entity,
			(unsigned long long)x->span, x->level, x->level_from ? x->level_from : '-');
		cc_id128_format(b, x->trace);
		dump_cite(b, s, x->cite);
	}
	dump_spans(b, s);
	dump_series(b, s);
	cc_buf_addf(b, "%lld %lld", (long long)cc_snapshot_range(s).from_ns, (long long)cc_snapshot_range(s).to_ns);
}

static void open_and_dump(test_tree *t, unsigned threads, size_t piece, cc_buf *out)
{
	cc_snapshot_options o = { .threads = threads, .piece_bytes = piece };
	cc_snapshot *s = NULL;
	cc_err err;
	cc_buf_clear(out);
	if (cc_snapshot_open(&s, t->root, &o, &err) != CC_OK)
		fail_msg("%u threads, pieces of %zu: %s", threads, piece, err.message);
	dump(out, s);
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

static bool same_dump(const cc_buf *a, const cc_buf *b)
{
	cc_str x = cc_buf_str(a), y = cc_buf_str(b), p, q;
	while (cc_str_cut(x, '\n', &p, &x) && cc_str_cut(y, '\n', &q, &y) && cc_str_eq(p, q))
		;
	if (cc_str_eq(cc_buf_str(a), cc_buf_str(b)))
		return true;
	print_error("expected %.*s\n     got %.*s\n", CC_STR_ARG(p), CC_STR_ARG(q));
	return false;
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fast_split_is_plain_split),
		tree_test(pieces_and_threads_change_nothing),
		tree_test(large_files_too),
		tree_test(a_field_of_many_pieces),
		tree_test(bodies_read_together),
		tree_test(bodies_canceled_or_gone),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
