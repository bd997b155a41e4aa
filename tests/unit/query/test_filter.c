/* test_filter.c - grammar, errors, matching on all tables, bounds, and canonical text that parses back to the same tree. */
#include "query_support.h"
#include "coldcase/aggregate.h"
#include "coldcase/alerts.h"
#include "coldcase/entity.h"
#include "coldcase/file.h"
#include "coldcase/filter.h"
#include "coldcase/logs.h"
#include "coldcase/rng.h"

static cc_filter *parse(const world *w, cc_table t, const char *text)
{
	cc_filter *f = NULL;
	cc_err err;
	cc_err_clear(&err);
	cc_filter_ctx ctx = { .snapshot = w ? w->s : NULL, .ref_ns = CC_TIME_NONE, .onset_ns = CC_TIME_NONE };
	if (cc_filter_parse(&f, t, cc_str_from(text), &ctx, &err) != CC_OK)
		fail_msg("%s: %s", text, err.message);
	return f;
}

static size_t count(const world *w, cc_table t, const char *text)
{
	cc_filter *f = parse(w, t, text);
	cc_index_vec rows = { 0 };
	assert_int_equal(cc_filter_select(f, &rows, NULL, NULL), CC_OK);
	/* selecting by bounds and asking row by row agree */
	size_t n = 0;
	for (size_t row = 0; row < cc_table_rows(w->s, t); row++)
		n += cc_filter_match(f, row);
	assert_int_equal(n, rows.n);
	cc_vec_deinit(&rows);
	cc_filter_free(f);
	return n;
}

static void check_canonical(const char *text, const char *expected)
{
	cc_filter *f = parse(NULL, CC_TABLE_LOGS, text);
	cc_buf b = CC_BUF_INIT;
	cc_filter_format(f, &b);
	assert_string_equal(b.p ? b.p : "", expected);
	cc_filter *again = parse(NULL, CC_TABLE_LOGS, b.p ? b.p : "");
	assert_true(cc_filter_equal(f, again));
	cc_buf_deinit(&b);
	cc_filter_free(f);
	cc_filter_free(again);
}

static void canonical_text(void **state)
{
	(void)state;
	check_canonical("", "");
	check_canonical("  timeout   refused ", "timeout refused");
	check_canonical("a and b or c", "a b or c");
	check_canonical("a (b or c)", "a (b or c)");
	check_canonical("not (a b)", "not (a b)");
	check_canonical("!a ! b", "not a not b");
	check_canonical("(a b) c", "a b c");
	check_canonical("svc = checkout severity>=WARNING", "service=checkout level>=warn");
	check_canonical("level=warn,err", "level=warn,error");
	check_canonical("~ /timeout|refused/i", "/timeout|refused/i");
	check_canonical("/a\\/b c/", "/a\\/b c/");
	check_canonical("body ~ \"a/b\"", "body~/a\\/b/");
	check_canonical("!~ /x/", "not /x/");
	check_canonical("pod=cart-*", "pod=cart-*");
	check_canonical("pod=\"cart-*\"", "pod=\"cart-*\"");
	check_canonical("attr.http.route=/api/x", "attr.http.route=\"/api/x\"");
	check_canonical("\"and\" \"say \\\"hi\\\"\"", "\"and\" \"say \\\"hi\\\"\"");
	check_canonical("since=2025-12-15T17:52:00Z", "since=2025-12-15T17:52:00Z");
	check_canonical("NullPointer(x) f(a,b)", "\"NullPointer(x)\" \"f(a,b)\"");
	check_canonical("/api/cart", "\"/api/cart\"");
	check_canonical("trace=00ab,cd", "trace=00ab,cd");
}

static void expect_error(cc_table t, const char *text, cc_code code, size_t at, const char *part)
{
	cc_filter *f = (cc_filter *)1;
	cc_err err;
	cc_filter_ctx ctx = { .snapshot = NULL, .ref_ns = 0, .onset_ns = CC_TIME_NONE };
	assert_int_equal(cc_filter_parse(&f, t, cc_str_from(text), &ctx, &err), code);
	assert_null(f);
	assert_int_equal(err.byte, at);
	if (!strstr(err.message, part) && !strstr(err.hint, part))
		fail_msg("%s: \"%s\" / \"%s\" lacks \"%s\"", text, err.message, err.hint, part);
}

static void errors_name_the_token(void **state)
{
	(void)state;
	expect_error(CC_TABLE_LOGS, "level>=warn colour=red", CC_EUSAGE, 12, "colour");
	expect_error(CC_TABLE_LOGS, "level>=warn colour=red", CC_EUSAGE, 12, "service");
	expect_error(CC_TABLE_LOGS, "(a b", CC_EUSAGE, 0, "not closed");
	expect_error(CC_TABLE_LOGS, "a b)", CC_EUSAGE, 3, "never opened");
	expect_error(CC_TABLE_LOGS, "a or", CC_EUSAGE, 4, "missing");
	expect_error(CC_TABLE_LOGS, "or a", CC_EUSAGE, 0, "missing");
	expect_error(CC_TABLE_LOGS, "service=", CC_EUSAGE, 8, "missing");
	expect_error(CC_TABLE_LOGS, "\"abc", CC_EUSAGE, 0, "not closed");
	expect_error(CC_TABLE_LOGS, "~ /abc", CC_EUSAGE, 2, "no closing");
	expect_error(CC_TABLE_LOGS, "x ~ /a(b/", CC_EUSAGE, 0, "no field \"x\"");
	expect_error(CC_TABLE_LOGS, "body ~ /a(b/", CC_EUSAGE, 10, "parenthesis");
	expect_error(CC_TABLE_LOGS, "level=loud", CC_EUSAGE, 6, "warn");
	expect_error(CC_TABLE_LOGS, "service>x", CC_EUSAGE, 0, "not ordered");
	expect_error(CC_TABLE_LOGS, "since=yesterday", CC_EUSAGE, 6, "no time");
	expect_error(CC_TABLE_SPANS, "duration>fast", CC_EUSAGE, 9, "no duration");
	expect_error(CC_TABLE_TRACES, "errors>many", CC_EUSAGE, 7, "no number");
	expect_error(CC_TABLE_EDGES, "since=17:00", CC_EUSAGE, 0, "no field");
	expect_error(CC_TABLE_ALERTS, "background=maybe", CC_EUSAGE, 11, "yes or no");
	char deep[400];
	memset(deep, '(', 399);
	deep[399] = '\0';
	expect_error(CC_TABLE_LOGS, deep, CC_EUSAGE, 64, "deeper");
}

static void matches_logs(void **state)
{
	const world *w = *state;
	assert_int_equal(count(w, CC_TABLE_LOGS, ""), 240);
	assert_int_equal(count(w, CC_TABLE_LOGS, "level=error"), 60);
	assert_int_equal(count(w, CC_TABLE_LOGS, "level>=warn"), 120);
	assert_int_equal(count(w, CC_TABLE_LOGS, "level=warn,error"), 120);
	assert_int_equal(count(w, CC_TABLE_LOGS, "level!=error"), 180);
	assert_int_equal(count(w, CC_TABLE_LOGS, "refused"), 60);
	assert_int_equal(count(w, CC_TABLE_LOGS, "Refused"), 0);
	assert_int_equal(count(w, CC_TABLE_LOGS, "not refused"), 180);
	assert_int_equal(count(w, CC_TABLE_LOGS, "~ /refused|TOKEN/i"), 120);
	assert_int_equal(count(w, CC_TABLE_LOGS, "refused or token"), 120);
	assert_int_equal(count(w, CC_TABLE_LOGS, "refused token"), 0);
	assert_int_equal(count(w, CC_TABLE_LOGS, "service=payment"), 60);
	assert_int_equal(count(w, CC_TABLE_LOGS, "service!=payment"), 180);
	assert_int_equal(count(w, CC_TABLE_LOGS, "service=pay*"), 60);
	assert_int_equal(count(w, CC_TABLE_LOGS, "service=/pay/"), 60);
	assert_int_equal(count(w, CC_TABLE_LOGS, "entity=demo/Deployment/checkout"), 180);
	assert_int_equal(count(w, CC_TABLE_LOGS, "pod=checkout-*"), 180);
	assert_int_equal(count(w, CC_TABLE_LOGS, "attr.http.status_code=500"), 60);
	assert_int_equal(count(w, CC_TABLE_LOGS, "attr.http.status_code>=300"), 60);
	assert_int_equal(count(w, CC_TABLE_LOGS, "attr.retry=3"), 60);
	assert_int_equal(count(w, CC_TABLE_LOGS, "attr.http.route=/api/checkout level=error"), 60);
	assert_int_equal(count(w, CC_TABLE_LOGS, "trace=00000000000000000000000000000001"), 1);
	assert_int_equal(count(w, CC_TABLE_LOGS, "trace=*"), 240);
	assert_int_equal(count(w, CC_TABLE_LOGS, "trace!=*"), 0);
	assert_int_equal(count(w, CC_TABLE_LOGS, "ns=demo cite=otel_logs_raw.tsv#1"), 1);
}

static void matches_times(void **state)
{
	const world *w = *state;
	assert_int_equal(count(w, CC_TABLE_LOGS, "since=17:50:00"), 180);
	assert_int_equal(count(w, CC_TABLE_LOGS, "since=T+5m"), 90);
	assert_int_equal(count(w, CC_TABLE_LOGS, "until=17:40:10"), 2);
	assert_int_equal(count(w, CC_TABLE_LOGS, "since=17:49:50 until=17:50:00"), 2);
	assert_int_equal(count(w, CC_TABLE_LOGS, "time>=17:50 level=info"), 60);
	assert_int_equal(count(w, CC_TABLE_LOGS, "not since=17:50:00"), 60);
	cc_filter *f = parse(w, CC_TABLE_LOGS, "since=17:50 refused until=17:55");
	cc_range bounds = cc_filter_bounds(f);
	assert_true(bounds.from_ns == w->onset);
	assert_true(bounds.to_ns == at_clock("17:55:00"));
	cc_filter_free(f);
	f = parse(w, CC_TABLE_LOGS, "since=17:50 or refused");
	assert_true(cc_filter_bounds(f).from_ns == CC_TIME_NONE);
	cc_filter_free(f);
}

static void matches_other_tables(void **state)
{
	const world *w = *state;
	assert_int_equal(count(w, CC_TABLE_SPANS, "error=yes"), 300);
	assert_int_equal(count(w, CC_TABLE_SPANS, "status=error kind=server service=payment"), 60);
	assert_int_equal(count(w, CC_TABLE_SPANS, "duration>500ms kind=client"), 120);
	assert_int_equal(count(w, CC_TABLE_SPANS, "root=yes"), 120);
	assert_int_equal(count(w, CC_TABLE_SPANS, "\"invalid token\""), 60);
	assert_int_equal(count(w, CC_TABLE_TRACES, "errors>0"), 60);
	assert_int_equal(count(w, CC_TABLE_TRACES, "service=payment status=error"), 60);
	assert_int_equal(count(w, CC_TABLE_TRACES, "root=frontend duration<100ms"), 60);
	assert_int_equal(count(w, CC_TABLE_EVENTS, "type=warning"), 2);
	assert_int_equal(count(w, CC_TABLE_EVENTS, "reason=BackOff count>=7"), 1);
	assert_int_equal(count(w, CC_TABLE_EVENTS, "service=payment"), 3);
	assert_int_equal(count(w, CC_TABLE_EVENTS, "since=17:50"), 2);
	assert_int_equal(count(w, CC_TABLE_OBJECTS, "changed=yes kind=ConfigMap"), 1);
	assert_int_equal(count(w, CC_TABLE_OBJECTS, "paymentFailure"), 1);
	assert_int_equal(count(w, CC_TABLE_OBJECTS, "attr.spec.replicas=1 kind=deployment"), 2);
	assert_int_equal(count(w, CC_TABLE_ALERTS, "background=no"), 1);
	assert_int_equal(count(w, CC_TABLE_ALERTS, "severity>=warning service=checkout"), 1);
	assert_int_equal(count(w, CC_TABLE_ALERTS, "attr.service_name=checkout"), 1);
	assert_int_equal(count(w, CC_TABLE_METRICS, "metric=container_memory_* service=payment"), 1);
	assert_true(count(w, CC_TABLE_EDGES, "kind=calls") >= 2);
	assert_int_equal(count(w, CC_TABLE_EDGES, "kind=calls source=checkout target=payment"), 1);
}

static void secrets_cannot_be_searched(void **state)
{
	const world *w = *state;
	assert_int_equal(count(w, CC_TABLE_OBJECTS, "kind=Secret"), 1);
	assert_int_equal(count(w, CC_TABLE_OBJECTS, "kind=deploy"), count(w, CC_TABLE_OBJECTS, "kind=Deployment"));
	assert_int_equal(count(w, CC_TABLE_OBJECTS, "kind=DEPLOYMENTS,cm"), count(w, CC_TABLE_OBJECTS, "kind=Deployment,ConfigMap"));
	assert_true(count(w, CC_TABLE_EVENTS, "kind=po") > 0);
	assert_int_equal(count(w, CC_TABLE_LOGS, "trace=0000000000000000000000000000000*"), count(w, CC_TABLE_LOGS, "trace=0000000000000000000000000000000"));
	assert_int_equal(count(w, CC_TABLE_TRACES, "trace=00000000000000000000000000000001*"), 1);
	assert_int_equal(count(w, CC_TABLE_TRACES, "error_logs>0"), 60);
	assert_int_equal(count(w, CC_TABLE_OBJECTS, "c2VjcmV0"), 0);
	assert_int_equal(count(w, CC_TABLE_OBJECTS, "kind=Secret attr.data.token=c2VjcmV0LW5ldw=="), 0);
}

static void restricts_and_names_its_entity(void **state)
{
	const world *w = *state;
	cc_filter *f = parse(w, CC_TABLE_LOGS, "service=payment");
	cc_entity_id payment = cc_filter_entity(f), checkout = 0;
	assert_true(payment != 0);
	cc_filter_free(f);
	assert_int_equal(cc_entity_resolve(w->s, CC_STR("demo/Deployment/checkout"), &checkout, NULL, NULL), CC_OK);
	f = parse(w, CC_TABLE_LOGS, "level=error");
	assert_int_equal(cc_filter_restrict(f, checkout, w->onset, w->onset + 60 * CC_NS_PER_S), CC_OK);
	cc_index_vec rows = { 0 };
	assert_int_equal(cc_filter_select(f, &rows, NULL, NULL), CC_OK);
	assert_int_equal(rows.n, 6);
	cc_buf b = CC_BUF_INIT;
	cc_filter_format(f, &b);
	assert_string_equal(b.p, "level=error");
	cc_buf_deinit(&b);
	cc_vec_deinit(&rows);
	cc_filter_free(f);
	cc_filter *bad = NULL;
	cc_filter_ctx ctx = { .snapshot = w->s, .ref_ns = CC_TIME_NONE, .onset_ns = CC_TIME_NONE };
	assert_int_equal(cc_filter_parse(&bad, CC_TABLE_LOGS, CC_STR("entity=nosuchthing"), &ctx, NULL), CC_EUNKNOWN);
	assert_int_equal(count(w, CC_TABLE_LOGS, "service=nosuchthing"), 0);
}

static void groups_suggestions_and_histogram(void **state)
{
	const world *w = *state;
	cc_arena *arena = cc_arena_new();
	cc_filter *f = parse(w, CC_TABLE_LOGS, "");
	cc_index_vec rows = { 0 };
	cc_group_vec groups = { 0 };
	assert_int_equal(cc_filter_select(f, &rows, NULL, NULL), CC_OK);
	cc_group_options opt = { .pivot_ns = w->onset, .time = { { w->start, w->end }, { CC_TIME_NONE, CC_TIME_NONE } } };
	assert_int_equal(cc_group_rows(&groups, w->s, CC_TABLE_LOGS, CC_STR("level"), &rows, &opt, arena, NULL), CC_OK);
	assert_int_equal(groups.n, 3);
	assert_true(cc_str_eqz(groups.p[0].value, "info"));
	assert_int_equal(groups.p[0].before, 60);
	assert_int_equal(groups.p[0].after, 60);
	assert_true(groups.p[0].before_per_min == 6 && groups.p[0].after_per_min == 6);
	uint64_t errors = 0, sliced = 0;
	for (size_t i = 0; i < groups.n; i++)
		errors += groups.p[i].errors;
	for (size_t i = 0; i < CC_GROUP_SLICES; i++)
		sliced += groups.p[0].slices[i];
	assert_int_equal(errors, 60);
	assert_int_equal(sliced, 120);
	assert_int_equal(cc_group_rows(&groups, w->s, CC_TABLE_LOGS, CC_STR("nope"), &rows, &opt, arena, NULL), CC_EUSAGE);
	cc_str out[5];
	assert_int_equal(cc_filter_suggest(w->s, CC_TABLE_LOGS, CC_STR("service"), CC_STR("CH"), out, 5, arena), 1);
	assert_true(cc_str_eqz(out[0], "checkout"));
	cc_histogram_bin bins[4];
	uint64_t outside = cc_histogram(bins, 4, w->s, CC_TABLE_LOGS, &rows, (cc_range){ w->onset, w->end });
	assert_int_equal(outside, 60);
	assert_int_equal(bins[0].count[3] + bins[1].count[3] + bins[2].count[3] + bins[3].count[3], 60);
	cc_vec_deinit(&groups);
	cc_vec_deinit(&rows);
	cc_filter_free(f);
	cc_arena_free(arena);
}

/* Random sentences of the grammar: canonical text parses to an equal tree and is its own canonical text. */
static void sentence(cc_rng *rng, cc_buf *b, int depth)
{
	static const char *const words[] = { "timeout", "\"quoted text\"", "/re.*x/i", "~ /a b/", "!~ /x\\/y/", "level>=warn", "service=a,b", "pod=x-*",
		"attr.k.v!=\"a b\"", "body ~ \"[a-z]+/\"", "trace=ab", "since=17:50", "since=2025-12-15T17:00:00Z", "a=b(c)", "ns != \"or\"",
		"time < 2025-12-15T17:00:00.5Z", "x,y", "\"not\"", "a\\b", "/api/v1", "\"\"", "entity=ns/Pod/x", "\"a\\\\\\\"b\"" };
	uint64_t roll = cc_rng_below(rng, depth > 4 ? 5 : 10);
	if (roll < 5) {
		cc_buf_addz(b, words[cc_rng_below(rng, sizeof words / sizeof *words)]);
		return;
	}
	const char *join = roll == 5 ? " " : roll == 6 ? " or " : roll == 7 ? " and " : NULL;
	if (roll == 9)
		cc_buf_addz(b, cc_rng_below(rng, 2) ? "not " : "! ");
	if (join || roll == 8)
		cc_buf_addz(b, cc_rng_below(rng, 2) ? "(" : " ( ");
	sentence(rng, b, depth + 1);
	if (join) {
		cc_buf_addz(b, join);
		sentence(rng, b, depth + 1);
	}
	if (join || roll == 8)
		cc_buf_addz(b, ") ");
}

static void canonical_text_is_stable(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 42);
	size_t parsed = 0;
	for (int i = 0; i < 4000; i++) {
		cc_buf source = CC_BUF_INIT, first = CC_BUF_INIT, second = CC_BUF_INIT;
		sentence(&rng, &source, 0);
		cc_filter *f = NULL, *g = NULL;
		cc_filter_ctx ctx = { .snapshot = NULL, .ref_ns = at_clock("12:00:00"), .onset_ns = CC_TIME_NONE };
		if (cc_filter_parse(&f, CC_TABLE_LOGS, cc_buf_str(&source), &ctx, NULL) == CC_OK) {
			cc_err err;
			parsed++;
			cc_filter_format(f, &first);
			if (cc_filter_parse(&g, CC_TABLE_LOGS, cc_buf_str(&first), &ctx, &err) != CC_OK)
				fail_msg("%s -> %s: %s", source.p, first.p, err.message);
			cc_filter_format(g, &second);
			if (!cc_filter_equal(f, g))
				fail_msg("%s -> %s -> %s", source.p, first.p, second.p);
			assert_string_equal(first.p, second.p);
		}
		cc_filter_free(f);
		cc_filter_free(g);
		cc_buf_deinit(&source);
		cc_buf_deinit(&first);
		cc_buf_deinit(&second);
	}
	assert_true(parsed > 2000);
}

static void random_bytes_are_refused_or_parsed(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 99);
	for (int i = 0; i < 20000; i++) {
		char text[40];
		size_t n = cc_rng_below(&rng, sizeof text);
		for (size_t k = 0; k < n; k++)
			text[k] = i % 3 ? " ()!~/=<>\"\\,*alevel.or0"[cc_rng_below(&rng, 23)] : (char)cc_rng_u64(&rng);
		cc_filter *f = NULL;
		cc_filter_ctx ctx = { .snapshot = NULL, .ref_ns = 0, .onset_ns = 0 };
		cc_code code = cc_filter_parse(&f, (cc_table)cc_rng_below(&rng, CC_TABLES), (cc_str){ text, n }, &ctx, NULL);
		assert_true((code == CC_OK) == (f != NULL));
		cc_filter_free(f);
	}
}

static const char *random_piece(cc_rng *rng)
{
	static const char *const pieces[] = { "connection", "connection ", "refused", " refused", "Connection REFUSED", "con", "nection",
		"timeout", "timed out", "\xff", "\xc3\xa9", "\xc3", "\xc3\x89", "\xe2\x84\xaa", "K", "k", " ", "di", "s", "\xc5\xbf", "\"", "a.b", "12ms", "denied", "" };
	return pieces[cc_rng_below(rng, sizeof pieces / sizeof *pieces)];
}

static void write_random_bodies(const world *w, int rows)
{
	FILE *f = world_file(w, "otel_logs_raw.tsv", LOG_HEADER);
	cc_rng rng;
	cc_rng_init(&rng, 31);
	for (int i = 0; i < rows; i++) {
		char body[200] = "";
		size_t n = cc_rng_below(&rng, 5);
		for (size_t k = 0; k < n; k++)
			strcat(body, random_piece(&rng));
		/* not in the order of time, as files seldom are */
		put_log(f, w->start + (int64_t)cc_rng_below(&rng, 1000) * CC_NS_PER_S, "", i % 5 ? "INFO" : "ERROR", i % 3 ? "a" : "b", "a-1",
			body, "{}");
	}
	fclose(f);
}

/* All bodies searched at once select what each row says when it is asked alone: count() compares the two. A word may lie
 * on the border of two bodies, and 6,000 records are more than one block of bodies. */
static void searching_all_bodies_agrees_with_each_row(void **state)
{
	static const char *const filters[] = { "\"connection refused\"", "/connection refused/", "body~/connection refused/", "refused",
		"Refused", "body~/(?i)connection refused/", "/timeout|refused|denied/", "/timeout|timed out/ refused",
		"refused or denied", "not refused", "refused not denied", "(refused or denied) level>=error", "body!~/refused/",
		"body!~/refused/ connection", "body~/refused/,/denied/", "service=a refused since:17:45:00 until:17:50:00", "/k/", "/\xc3\xa9/",
		"body~/(?i)\xc3\xa9/", "/con.*refused$/", "/dis/", "/connection k/", "body~/(?i)sk/", "/^refused/",
		"/a\\.b/ connection", "/[0-9]+ms/", "/x*/", "not (refused connection)",
		"body=refused", "body=connection*", "attr.body=x or refused", "\"\\\"\"" };
	(void)state;
	world *w = world_new();
	write_random_bodies(w, 6000);
	world_open(w);
	size_t some = 0;
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		size_t n = count(w, CC_TABLE_LOGS, filters[i]);
		some += n > 0 && n < 6000;
	}
	assert_in_range(some, 20, sizeof filters / sizeof *filters);
	assert_non_null(cc_logs_body_numbers(w->s));
	void *again = w;
	world_teardown(&again);
}

/* Where the disk fails while they are read, bodies that are in no block are looked for singly: no record is lost or won. */
static void searching_bodies_that_could_not_be_read(void **state)
{
	(void)state;
	world *w = world_new();
	write_random_bodies(w, 6000);
	world_open(w);
	size_t found = count(w, CC_TABLE_LOGS, "/connection refused/");
	size_t others = count(w, CC_TABLE_LOGS, "not refused");
	for (long long after = 0; after < 600 * 1000; after += 75 * 1000) {
		cc_snapshot_free(w->s);
		world_open(w);
		cc_fd_fail_after(after);
		cc_logs_read_bodies(w->s, NULL);
		cc_fd_fail_after(-1);
		size_t whole = 0, blocks = cc_logs_body_blocks(w->s);
		for (size_t i = 0; i < blocks; i++)
			whole += cc_logs_body_block(w->s, i, &(cc_body_block){ 0 });
		assert_true(after > 0 || (blocks == 6 && whole == 0));
		assert_int_equal(count(w, CC_TABLE_LOGS, "/connection refused/"), found);
		assert_int_equal(count(w, CC_TABLE_LOGS, "not refused"), others);
	}
	void *again = w;
	world_teardown(&again);
}

static void bodies_lie_in_blocks(void **state)
{
	(void)state;
	world *w = world_new();
	write_random_bodies(w, 6000);
	world_open(w);
	assert_int_equal(cc_logs_body_blocks(w->s), 0);
	assert_null(cc_logs_body_numbers(w->s));
	cc_logs_read_bodies(w->s, NULL);
	const uint32_t *numbers = cc_logs_body_numbers(w->s);
	size_t blocks = cc_logs_body_blocks(w->s);
	assert_int_equal(blocks, 6);
	for (size_t row = 0; row < cc_logs_count(w->s); row++) {
		cc_body_block b;
		assert_true(cc_logs_body_block(w->s, numbers[row] / 1024, &b));
		size_t k = numbers[row] - b.first;
		assert_true(k < b.count);
		cc_str body = cc_str_sub(b.text, k ? b.end[k - 1] : 0, b.end[k]);
		assert_true(cc_str_eq(body, cc_logs_body(w->s, cc_logs_get(w->s, row), NULL)));
	}
	void *again = w;
	world_teardown(&again);
}

/* Selecting skips what lies outside the bounds without looking at it; matching looks at each row. */
static void selected_rows_are_those_that_match(void **state)
{
	const world *w = *state;
	const int64_t ends[][2] = { { w->start, w->onset }, { w->onset, w->end }, { CC_TIME_NONE, w->onset },
		{ w->onset, CC_TIME_NONE }, { w->onset, w->onset }, { w->onset, w->start } };
	for (size_t k = 0; k < sizeof ends / sizeof *ends; k++) {
		cc_filter *f = NULL;
		cc_filter_ctx ctx = { .snapshot = w->s, .ref_ns = CC_TIME_NONE, .onset_ns = CC_TIME_NONE };
		cc_index_vec rows = { 0 };
		size_t at = 0;
		assert_int_equal(cc_filter_parse(&f, CC_TABLE_LOGS, CC_STR_EMPTY, &ctx, NULL), CC_OK);
		assert_int_equal(cc_filter_restrict(f, 0, ends[k][0], ends[k][1]), CC_OK);
		assert_int_equal(cc_filter_select(f, &rows, NULL, NULL), CC_OK);
		for (size_t row = 0; row < cc_table_rows(w->s, CC_TABLE_LOGS); row++)
			if (cc_filter_match(f, row)) {
				assert_true(at < rows.n);
				assert_int_equal(rows.p[at++], row);
			}
		assert_int_equal(at, rows.n);
		assert_true(k >= 4 || at > 0);
		cc_vec_deinit(&rows);
		cc_filter_free(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(canonical_text),
		cmocka_unit_test(errors_name_the_token),
		cmocka_unit_test(matches_logs),
		cmocka_unit_test(matches_times),
		cmocka_unit_test(matches_other_tables),
		cmocka_unit_test(secrets_cannot_be_searched),
		cmocka_unit_test(restricts_and_names_its_entity),
		cmocka_unit_test(groups_suggestions_and_histogram),
		cmocka_unit_test(canonical_text_is_stable),
		cmocka_unit_test(selected_rows_are_those_that_match),
		cmocka_unit_test(random_bytes_are_refused_or_parsed),
		cmocka_unit_test(searching_all_bodies_agrees_with_each_row),
		cmocka_unit_test(searching_bodies_that_could_not_be_read),
		cmocka_unit_test(bodies_lie_in_blocks),
	};
	return cmocka_run_group_tests(tests, world_setup, world_teardown);
}
