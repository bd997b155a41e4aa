/* Addresses, heads of answers, waits, and the network library with a server at the other end. */
#include <signal.h>

#include "net/http_head.h"
#include "net/model_priv.h"
#include "unit/net/net_test.h"

#define SECOND INT64_C(1000000000)

static void check_url(const char *url, bool allow, cc_code want)
{
	cc_err e = { 0 };
	cc_code got = cc_http_check_url(url, allow, &e);
	if (got != want)
		print_error("%s: %s\n", url, cc_code_name(got));
	assert_int_equal(got, want);
}

static void test_addresses(void **state)
{
	static const char *const fine[] = { "https://api.example.com/v1", "HTTPS://api.example.com", "http://localhost:11434", "http://127.0.0.1/v1",
		"http://127.255.0.9:80", "http://[::1]:8080/v1", "https://[2001:db8::1]/v1" };
	static const char *const far[] = { "http://api.example.com/v1", "http://10.0.0.1", "http://127.0.0.1.example.com", "http://localhost.example.com",
		"http://127.1", "http://0177.0.0.1", "http://127.0.0.01", "http://2130706433", "http://127.0.0.256", "http://[::2]" };
	static const char *const none[] = { "", "api.example.com", "ftp://x", "file:///etc/passwd", "https://", "https:///v1", "http://:80",
		"https://user:secret@host/v1", "http://127.0.0.1@evil.example/", "http://127.0.0.1\\@evil.example/", "https://host/v1#x",
		"https://host /v1", "https://host/\r\nX: y", "https://host/\tx" };
	(void)state;
	for (size_t i = 0; i < sizeof fine / sizeof *fine; i++)
		check_url(fine[i], false, CC_OK);
	for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
		check_url(far[i], false, CC_EUSAGE);
		check_url(far[i], true, CC_OK);
	}
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		check_url(none[i], true, CC_EUSAGE);
	cc_err e = { 0 };
	assert_int_equal(cc_http_check_url("https://user:secret@host/v1", false, &e), CC_EUSAGE);
	assert_null(strstr(e.message, "secret"));
}

static void test_heads(void **state)
{
	cc_http_head h;
	(void)state;
	http_head_init(&h);
	http_head_line(&h, CC_STR("HTTP/1.1 100 Continue\r\n"));
	http_head_line(&h, CC_STR("Content-Type: text/plain\r\n"));
	http_head_line(&h, CC_STR("HTTP/2 429\r\n"));
	assert_int_equal(h.status, 429);
	assert_string_equal(h.type, "");
	http_head_line(&h, CC_STR("CONTENT-type:  Text/Event-Stream ; charset=utf-8\r\n"));
	assert_string_equal(h.type, "text/event-stream");
	http_head_line(&h, CC_STR("retry-after: 3\r\n"));
	assert_true(h.retry_after_ns == 3 * SECOND);
	http_head_line(&h, CC_STR("Retry-After-Ms: 250\r\n"));
	assert_true(h.retry_after_ns == SECOND / 4);
	http_head_line(&h, CC_STR("Location: https://other.example/x?key=1\r\n"));
	assert_string_equal(h.location, "https://other.example/x");
	http_head_line(&h, CC_STR("no colon\r\n"));
	http_head_line(&h, CC_STR("HTTP/1.1 abc\r\n"));
	assert_int_equal(h.status, 0);
}

static void test_retry_after(void **state)
{
	const int64_t now = INT64_C(1795800600) * SECOND; /* Fri, 27 Nov 2026 17:30:00 GMT */
	(void)state;
	assert_true(http_retry_after_ns(CC_STR("120"), now) == 120 * SECOND);
	assert_true(http_retry_after_ns(CC_STR("0.5"), now) == SECOND / 2);
	assert_true(http_retry_after_ns(CC_STR("0"), now) == 0);
	assert_true(http_retry_after_ns(CC_STR("Fri, 27 Nov 2026 17:30:09 GMT"), now) == 9 * SECOND);
	assert_true(http_retry_after_ns(CC_STR("Fri, 27 Nov 2026 17:29:59 GMT"), now) == 0);
	assert_true(http_retry_after_ns(CC_STR("1e300"), now) == 365 * INT64_C(86400) * SECOND);
	static const char *const none[] = { "", "soon", "-3", "nan", "Fri, 27 Nuv 2026 17:30:09 GMT", "Friday, 27-Nov-26 17:30:09 GMT", "Fri, 27 ovD 2026 17:30:09 GMT" };
	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		assert_true(http_retry_after_ns(S(none[i]), now) == -1);
}

static void test_waits(void **state)
{
	cc_model_options o;
	cc_rng a, b;
	int64_t most = 0;
	(void)state;
	cc_model_options_init(&o);
	cc_rng_init_named(&a, 1, "retry");
	cc_rng_init_named(&b, 1, "retry");
	for (int next = 2; next < 20; next++)
		for (int i = 0; i < 50; i++) {
			int64_t wait = retry_wait_ns(&a, &o, next, -1), limit = next < 8 ? SECOND << (next - 2) : 60 * SECOND;
			assert_in_range(wait, 0, limit < 60 * SECOND ? limit : 60 * SECOND);
			assert_true(wait == retry_wait_ns(&b, &o, next, -1));
			most = wait > most ? wait : most;
		}
	assert_true(most > 50 * SECOND); /* the range is used */
	for (int i = 0; i < 50; i++)
		assert_in_range(retry_wait_ns(&a, &o, 5, 10 * SECOND), 10 * SECOND, 11 * SECOND);
	assert_true(retry_wait_ns(&a, &o, 2, 3600 * SECOND) == 60 * SECOND);
}

/* The library itself: what is not JSON, not a stream and not wanted. */
typedef struct got {
	cc_buf body;
	size_t stop_at;
} got;

static bool take(void *ctx, const cc_http_head *head, cc_str piece)
{
	got *g = ctx;
	assert_int_equal(head->status, 200);
	cc_buf_add(&g->body, piece);
	raise(SIGPIPE); /* as a TLS library does that writes to a connection that is gone: nobody may die of it */
	return !g->stop_at || g->body.n < g->stop_at;
}

static void test_bodies(void **state)
{
	mock_model *m = mock_model_start("reply\ntext a b c d e f g h i j k l m n o p q r s t u v w x y z\n", NULL);
	cc_buf url = CC_BUF_INIT;
	cc_http *h = NULL;
	cc_http_head head;
	cc_http_failure failure;
	cc_err e = { 0 };
	got g = { 0 };
	sigset_t after;
	(void)state;
	cc_buf_addf(&url, "%s/v1/chat/completions", mock_model_url(m));
	cc_http_request r = { .url = url.p, .body = CC_STR("{\"model\":\"x\",\"messages\":[{\"role\":\"user\"}]}"), .body_max = 1 << 20, .total_ms = 30000,
		.on_body = take, .ctx = &g };
	assert_int_equal(cc_http_open(&h, &e), CC_OK);
	assert_int_equal(cc_http_send(h, &r, &head, &failure, &e), CC_OK);
	assert_string_equal(head.type, "text/event-stream");
	assert_true(cc_str_ends(cc_buf_str(&g.body), CC_STR("data: [DONE]\n\n")));
	cc_buf_clear(&g.body);
	g.stop_at = 300; /* enough: the transfer ends without a failure, and the handle serves again */
	assert_int_equal(cc_http_send(h, &r, &head, &failure, &e), CC_OK);
	assert_int_equal(failure, CC_HTTP_NONE);
	g.stop_at = 0;
	r.body_max = 500;
	assert_int_equal(cc_http_send(h, &r, &head, &failure, &e), CC_ELIMIT);
	assert_int_equal(failure, CC_HTTP_TOO_LARGE);
	pthread_sigmask(SIG_BLOCK, NULL, &after);
	assert_false(sigismember(&after, SIGPIPE));
	sigpending(&after);
	assert_false(sigismember(&after, SIGPIPE));
	r.url = "http://api.example.com/v1";
	assert_int_equal(cc_http_send(h, &r, &head, &failure, &e), CC_EUSAGE);
	cc_http_close(h);
	cc_buf_deinit(&url);
	cc_buf_deinit(&g.body);
	mock_model_stop(m);
}

/* A server that speaks no TLS where TLS is asked for hears nothing. */
static void test_tls_only(void **state)
{
	dialogue g;
	(void)state;
	dialogue_serve(&g, CC_PROVIDER_ANTHROPIC, "reply\ntext x\n");
	snprintf(g.url, sizeof g.url, "https%s", mock_model_url(g.mock) + 4);
	g.opt.tries = 2;
	must_fail(&g, CC_EIO);
	assert_int_equal(g.answer.attempts, 2);
	assert_int_equal(mock_model_requests(g.mock), 0);
	dialogue_deinit(&g);
}

/* What a proxy is told is told to nobody else: this machine is never asked for through one. */
static void test_no_proxy_for_loopback(void **state)
{
	dialogue g;
	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1", 1);
	setenv("all_proxy", "http://127.0.0.1:1", 1);
	dialogue_serve(&g, CC_PROVIDER_OLLAMA, "reply\ntext x\n");
	must_answer(&g);
	dialogue_deinit(&g);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_heads),
		cmocka_unit_test(test_retry_after),
		cmocka_unit_test(test_waits),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_tls_only),
		cmocka_unit_test(test_no_proxy_for_loopback),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
