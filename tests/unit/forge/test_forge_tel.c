/* The observers' streams, fed with made-up records: order, both ways of threading, every row readable, failures that end in
 * order, and what is done to the files afterwards. The application and its pods are made here, so that no other part of the
 * forge is needed. */
#include "unit/forge/tel_rig.h"

static void same_bytes_with_one_and_two_threads(void **state)
{
	static const char *const NAMES[] = { "otel_traces_raw.tsv", "otel_logs_raw.tsv", "k8s_events_raw.tsv", "k8s_objects_raw.tsv" };
	world one, two;
	(void)state;
	run_once(&one, "one", 1, 9000);
	int spans = counted;
	run_once(&two, "two", 2, 9000);
	assert_int_equal(counted, spans);
	for (size_t i = 0; i < 4; i++) {
		char a[65], b[65];
		digest(&one, NAMES[i], a);
		digest(&two, NAMES[i], b);
		assert_string_equal(a, b);
	}
	assert_int_equal(check_table(&two, NAMES[0], 22, "SpanAttributes"), (int)two.s->rep.spans);
	assert_int_equal(check_table(&two, NAMES[1], 16, "LogAttributes"), (int)two.s->rep.logs);
	assert_int_equal((int)two.s->rep.spans, counted);
	assert_true(two.s->rep.event_rows > 100 && two.s->rep.object_rows > 100);
	assert_int_equal(two.s->rep.files, 4);
	assert_true(two.s->rep.bytes == tel_tree_bytes(two.s->work));
	world_deinit(&one, false);
	world_deinit(&two, false);
}

static char *text_of(const world *w, const char *name)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_path_join(&path, w->s->work, name);
	assert_int_equal(cc_file_read(&text, path.p, 64u << 20, NULL), CC_OK);
	cc_buf_deinit(&path);
	return cc_buf_take(&text);
}

static void only_the_window_is_written(void **state)
{
	world w;
	(void)state;
	world_init(&w, "window", 1);
	forge_sim *s = w.s;
	s->now = START - 5 * CC_NS_PER_S;
	assert_int_equal(tel_open(s, &w.err), CC_OK);
	int64_t starts[] = { START - 1, START, s->end - 10, s->end - 10 }, ends[] = { START + 9, START + 9, s->end, s->end + 1 };
	for (int i = 0; i < 4; i++) {
		if (starts[i] > s->now) s->now = starts[i];
		forge_span x = { .start = starts[i], .end = ends[i], .service = SVC_CART, .pod = SVC_CART, .op = OP_GET, .wanted = -1, .to_service = -1,
			.peer = -1, .flag = -1, .kind = KIND_SERVER, .id = 5, .message = forge_heap(s, "kept or freed") };
		tel_span(s, tel_span_begin(s, starts[i]), &x);
		assert_null(x.message);
	}
	tel_event_row(s, s->end, CC_STR("late\n"));
	assert_int_equal(tel_close(s, &w.err), CC_OK);
	assert_int_equal(counted, 4);
	assert_int_equal(s->rep.spans, 2);
	assert_int_equal(s->rep.event_rows, 0);
	world_deinit(&w, false);
}

static void files_can_be_left_out(void **state)
{
	world w;
	(void)state;
	world_init(&w, "without", 2);
	w.opt.without = CC_FORGE_NO_TRACES | CC_FORGE_NO_EVENTS;
	assert_int_equal(tel_open(w.s, &w.err), CC_OK);
	feed(&w, 300);
	assert_int_equal(tel_close(w.s, &w.err), CC_OK);
	char path[1200];
	(void)snprintf(path, sizeof path, "%s/otel_traces_raw.tsv", w.s->work);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_true(counted > 200);
	assert_int_equal(w.s->rep.files, 2);
	world_deinit(&w, false);
}

static void older_and_newer_exporters(void **state)
{
	world w;
	(void)state;
	world_init(&w, "exporter", 1);
	w.opt.variant = CC_FORGE_OLD_EXPORTER | CC_FORGE_EVENT_NAME;
	assert_int_equal(tel_open(w.s, &w.err), CC_OK);
	feed(&w, 300);
	assert_int_equal(tel_close(w.s, &w.err), CC_OK);
	(void)check_table(&w, "otel_traces_raw.tsv", 20, "SpanAttributes");
	(void)check_table(&w, "otel_logs_raw.tsv", 17, "LogAttributes");
	char *t = text_of(&w, "otel_traces_raw.tsv");
	assert_non_null(strstr(t, "\tSTATUS_CODE_ERROR\t"));
	assert_non_null(strstr(t, "\tSPAN_KIND_SERVER\t"));
	cc_free(t);
	world_deinit(&w, false);
}

static void what_the_rows_say(void **state)
{
	static const char *const SPANS[] = { "router frontend egress", "\tingress\t", "'rpc.grpc.status_code': '14'", "'http.route': '/api/cart'",
		"'url.query': 'sessionId=", "q=Bob%27s%20%22Sky%22%20Atlas", "['feature_flag', 'exception']", "'feature_flag.key': 'cartFailure'",
		"'messaging.kafka.consumer.group': 'accounting'", "'upstream_cluster': 'frontend'", "\"\"order\"\"", "'error.type': 'UNAVAILABLE'",
		"'session.id': '", "\tuser_view_cart\tInternal\tload-generator\t" };
	static const char *const LOGS[] = { "shown 'Bob's \"\"Sky\"\" Atlas'", "HTTP/1.1\"\" 200 - via_upstream", "{unknown}\tand a tab",
		"'event.name': 'proxy.access'", "\"\"10.244.1.12:8080\"\" frontend", "Saving..." };
	world w;
	(void)state;
	run_once(&w, "says", 1, 2000);
	char *spans = text_of(&w, "otel_traces_raw.tsv"), *logs = text_of(&w, "otel_logs_raw.tsv");
	for (size_t i = 0; i < sizeof SPANS / sizeof SPANS[0]; i++)
		if (!strstr(spans, SPANS[i])) fail_msg("traces lack: %s", SPANS[i]);
	for (size_t i = 0; i < sizeof LOGS / sizeof LOGS[0]; i++)
		if (!strstr(logs, LOGS[i])) fail_msg("logs lack: %s", LOGS[i]);
	cc_free(spans);
	cc_free(logs);
	cc_buf b = CC_BUF_INIT;
	forge_vars v = { .cents = 12345, .count = 3, .currency = 6, .item = 1 };
	tel_expand(w.s, &b, "{amount} {currency} {count} {product} {cause} {ip}", &v, START, SVC_CART);
	assert_string_equal(b.p, "123.45 EUR 3 B'OOK {cause} 10.244.1.13");
	cc_buf_deinit(&b);
	world_deinit(&w, false);
}

/* Every allocation fails once, and all after it: an error, never a crash or a hang. */
static void allocations_fail(void **state)
{
	(void)state;
	for (int threads = 1; threads <= 2; threads++) {
		long n = 0;
		bool done = false;
		for (; !done && n < 4000; n += 1 + n / 16) {
			world w;
			world_init(&w, "alloc", threads);
			cc_alloc_fail_after(n);
			cc_code code = tel_open(w.s, &w.err);
			for (int i = 0; code == CC_OK && i < 120; i++) {
				w.s->now += CC_NS_PER_MS;
				forge_span x = make_span(&w, w.s->now);
				x.end = x.start + 9;
				tel_span(w.s, tel_span_begin(w.s, x.start), &x);
				give_log(&w);
				tel_object_row(w.s, w.s->now, CC_STR("row\n"));
			}
			if (code == CC_OK) code = tel_close(w.s, &w.err);
			cc_alloc_fail_after(-1);
			done = code == CC_OK;
			if (!done) assert_int_equal(code, CC_ENOMEM);
			world_deinit(&w, false);
		}
		assert_true(done && n > 100);
	}
}

static void a_full_device_is_reported_once(void **state)
{
	(void)state;
	if (access("/dev/full", W_OK) != 0) {
		print_message("skipped: no /dev/full\n");
		skip();
	}
	for (int threads = 1; threads <= 2; threads++) {
		world w;
		char path[1200];
		world_init(&w, "full", threads);
		(void)snprintf(path, sizeof path, "%s/otel_traces_raw.tsv", w.s->work);
		assert_int_equal(symlink("/dev/full", path), 0);
		assert_int_equal(tel_open(w.s, &w.err), CC_OK);
		feed(&w, 12000);
		assert_int_equal(tel_close(w.s, &w.err), CC_EIO);
		assert_int_equal(w.s->code, CC_EIO);
		assert_int_equal(w.err.code, CC_EIO);
		assert_non_null(strstr(w.err.message, "otel_traces_raw.tsv"));
		world_deinit(&w, false);
	}
}

static void a_size_limit_is_reported(void **state)
{
	struct rlimit old, small;
	world w;
	(void)state;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small = old;
	small.rlim_cur = 300000;
	(void)signal(SIGXFSZ, SIG_IGN);
	world_init(&w, "limit", 2);
	assert_int_equal(tel_open(w.s, &w.err), CC_OK);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	feed(&w, 3000);
	cc_code code = tel_close(w.s, &w.err);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(code, CC_EIO);
	world_deinit(&w, false);
}

static void given_up_in_the_middle(void **state)
{
	(void)state;
	for (int threads = 1; threads <= 2; threads++) {
		world w;
		world_init(&w, "given-up", threads);
		assert_int_equal(tel_open(w.s, &w.err), CC_OK);
		feed(&w, 5000);
		(void)tel_span_begin(w.s, w.s->now);
		world_deinit(&w, false);
	}
}

static void put_file(const world *w, const char *name, const char *text)
{
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, w->s->work, name);
	assert_int_equal(cc_file_write(path.p, cc_str_from(text), NULL), CC_OK);
	cc_buf_deinit(&path);
}

static void make_folders(const world *w)
{
	char path[1200];
	for (int i = 0; i < 2; i++) {
		(void)snprintf(path, sizeof path, "%s/%s", w->s->work, i ? "alerts" : "metrics");
		assert_int_equal(cc_dir_make(path, NULL), CC_OK);
	}
	put_file(w, "metrics/service_cart_raw.tsv", "metric_name\ttimestamp\tvalue\tservice_name\tnamespace\tbucket_le\ttags\tmetric_type\tstatus_code\n"
		"a\t2025-12-15 17:00:00.500\t1000000000.0\tcart\tns\t2.0\t{'b': \"it's\", 'a': 'x'}\tduration_p95\t\n"
		"a\t2025-12-15 17:00:00\t12.5\tcart\tns\t\t{}\terror_rate\tSTATUS_CODE_ERROR\n");
	put_file(w, "metrics/pod_frontend_raw.tsv", "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\nm\t2025-12-15 17:00:00\t1.0\tp\tns\t{}\n");
	put_file(w, "alerts/alerts_at_2025-12-15T17-24-32.json", "[\n    {\n        \"labels\": {\n            \"alertname\": \"A\", \"state\": \"x\"\n        },\n"
		"        \"state\": \"firing\",\n        \"activeAt\": \"2025-12-15T17:20:00Z\", \"value\": \"4e-01\"\n    }\n]");
}

static void the_go_recorder(void **state)
{
	world w;
	(void)state;
	run_once(&w, "go", 1, 600);
	make_folders(&w);
	w.opt.variant = CC_FORGE_GO_RECORDER;
	assert_int_equal(variant_apply(w.s, &w.err), CC_OK);
	char *m = text_of(&w, "metrics/service_cart_raw.tsv"), *a = text_of(&w, "alerts/alerts_at_2025-12-15T17-24-32.json");
	assert_string_equal(m, "metric_name\ttimestamp\tvalue\tservice_name\tnamespace\tbucket_le\ttags\n"
		"a\t2025-12-15 17:00:00.5 +0000 UTC\t1e+09\tcart\tns\t2.0\tmap[a:x b:it's]\n"
		"a\t2025-12-15 17:00:00 +0000 UTC\t12.5\tcart\tns\tSTATUS_CODE_ERROR\tmap[]\n");
	assert_non_null(strstr(a, "\"ActiveAt\": \"2025"));
	assert_non_null(strstr(a, "\"alertname\": \"A\", \"state\": \"x\""));
	(void)check_table(&w, "otel_traces_raw.tsv", 22, "ResourceAttributes");
	char *t = text_of(&w, "otel_traces_raw.tsv");
	assert_non_null(strstr(t, "map[k8s.deployment.name:cart k8s.namespace.name:otel-demo "));
	assert_non_null(strstr(t, " +0000 UTC]\t[feature_flag]\t[map[feature_flag.key:cartFailure "));
	assert_null(strstr(t, "datetime"));
	cc_free(m);
	cc_free(a);
	cc_free(t);
	world_deinit(&w, false);
}

static void damage_spares_the_root(void **state)
{
	char before[65], first[65], second[65];
	(void)state;
	for (int run = 0; run < 2; run++) {
		world w;
		run_once(&w, "damage", 1, 3000);
		make_folders(&w);
		digest(&w, "otel_logs_raw.tsv", before);
		forge_cause c = { .root = { "otel-demo", "Pod", "valkey-cart-5d4f8b7c9-x4k2p" } };
		assert_true(cc_vec_push(&w.s->plan.causes, c));
		char *old = text_of(&w, "otel_logs_raw.tsv");
		w.opt.corrupt = 25;
		assert_int_equal(corrupt_apply(w.s, &w.err), CC_OK);
		digest(&w, "otel_logs_raw.tsv", run ? second : first);
		cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
		cc_path_join(&path, w.s->work, "otel_logs_raw.tsv");
		assert_int_equal(cc_file_read(&text, path.p, 64u << 20, NULL), CC_OK);
		size_t was = 0, is = 0;
		for (const char *p = old; (p = strstr(p, "Saving...")); p++) was++;
		for (cc_str rest = cc_buf_str(&text); cc_str_find(rest, CC_STR("Saving...")) != CC_STR_NONE; is++)
			rest = cc_str_sub(rest, cc_str_find(rest, CC_STR("Saving...")) + 1, rest.n);
		assert_int_equal(is, was);
		cc_buf_deinit(&path);
		cc_buf_deinit(&text);
		cc_free(old);
		world_deinit(&w, false);
	}
	assert_string_equal(first, second);
	assert_string_not_equal(first, before);
}

/* What happens to the finished files reports missing memory too, and leaves no half file behind. */
static void rewriting_runs_out_of_memory(void **state)
{
	(void)state;
	for (int which = 0; which < 2; which++) {
		bool done = false;
		for (long n = 0; !done && n < 4000; n += 1 + n / 8) {
			world w;
			char path[1200];
			run_once(&w, "rewriting", 1, 200);
			make_folders(&w);
			w.opt.variant = CC_FORGE_GO_RECORDER;
			w.opt.corrupt = 6;
			cc_alloc_fail_after(n);
			cc_code code = which ? corrupt_apply(w.s, &w.err) : variant_apply(w.s, &w.err);
			cc_alloc_fail_after(-1);
			done = code == CC_OK;
			if (!done) assert_int_equal(code, CC_ENOMEM);
			(void)snprintf(path, sizeof path, "%s/otel_logs_raw.tsv.new", w.s->work);
			assert_int_not_equal(access(path, F_OK), 0);
			world_deinit(&w, false);
		}
		assert_true(done);
	}
}

static void numbers_and_cells(void **state)
{
	static const struct { double v; const char *text, *go; } NUMBER[] = { { 0, "0.0", "0" }, { 12, "12.0", "12" }, { 1e9, "1000000000.0", "1e+09" },
		{ 1e-5, "1e-05", "1e-05" }, { 0.1, "0.1", "0.1" }, { -2.125, "-2.125", "-2.125" }, { 0.30000000000000004, "0.30000000000000004", "0.30000000000000004" },
		{ 1e16, "1e+16", "1e+16" }, { 123456.789, "123456.789", "123456.789" }, { 1.0 / 3, "0.3333333333333333", "0.3333333333333333" },
		{ 1234567, "1234567.0", "1.234567e+06" }, { 5e-324, "5e-324", "5e-324" }, { 0.0001, "0.0001", "0.0001" } };
	cc_buf b = CC_BUF_INIT;
	(void)state;
	for (size_t i = 0; i < sizeof NUMBER / sizeof NUMBER[0]; i++) {
		cc_buf_clear(&b);
		out_float(&b, NUMBER[i].v);
		assert_string_equal(b.p, NUMBER[i].text);
		cc_buf_clear(&b);
		out_govalue(&b, NUMBER[i].v);
		assert_string_equal(b.p, NUMBER[i].go);
	}
	cc_buf_clear(&b);
	out_gofloat(&b, 0.4);
	out_field(&b, CC_STR("a\"b"));
	out_repr(&b, CC_STR("it's"));
	out_repr(&b, CC_STR("'\"\\\x1b"));
	out_datetime(&b, START);
	out_stamp_ns(&b, START + 5);
	out_u64(&b, 1234567890);
	assert_string_equal(b.p, "4e-01\"a\"\"b\"\"it's\"'\\'\"\\\\\\x1b'datetime.datetime(2025, 12, 15, 17, 0)2025-12-15 17:00:00.0000000051234567890");
	cc_buf_deinit(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_and_cells),
		cmocka_unit_test(same_bytes_with_one_and_two_threads),
		cmocka_unit_test(only_the_window_is_written),
		cmocka_unit_test(files_can_be_left_out),
		cmocka_unit_test(older_and_newer_exporters),
		cmocka_unit_test(what_the_rows_say),
		cmocka_unit_test(allocations_fail),
		cmocka_unit_test(a_full_device_is_reported_once),
		cmocka_unit_test(a_size_limit_is_reported),
		cmocka_unit_test(given_up_in_the_middle),
		cmocka_unit_test(the_go_recorder),
		cmocka_unit_test(damage_spares_the_root),
		cmocka_unit_test(rewriting_runs_out_of_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
