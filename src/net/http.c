/* http.c - the only user of libcurl, which is loaded when it is first asked for.
 *
 * Linked in the usual way, it and the libraries it needs are mapped and bound at every start: 4.3 ms of processor time, of
 * 24 in which a kept incident of 1.3 GB is opened and answers. Nearly no start needs it. */
#include "coldcase/http.h"

#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "coldcase/lib.h"
#include "coldcase/log.h"
#include "coldcase/xalloc.h"
#include "net/http_head.h"

/* What is asked of the library: result and name of each function. */
#define CALLS(X) \
	X(global_init) X(version_info) X(easy_init) X(easy_cleanup) X(easy_reset) X(easy_setopt) X(easy_getinfo) X(easy_strerror) \
	X(multi_init) X(multi_cleanup) X(multi_add_handle) X(multi_remove_handle) X(multi_perform) X(multi_poll) X(multi_info_read) \
	X(slist_append) X(slist_free_all)

static struct {
	bool loaded;
#define MEMBER(name) __typeof__(curl_##name) *name;
	CALLS(MEMBER)
#undef MEMBER
} api;

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void load(void)
{
	/* Debian's curl with GnuTLS has a name of its own; the last one is that of macOS. */
	static const char *const names[] = { "libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.so", "libcurl.4.dylib" };
#define CALL(name) { "curl_" #name, &api.name },
	static const cc_lib_call calls[] = { CALLS(CALL) };
#undef CALL
	api.loaded = cc_lib_load(names, sizeof names / sizeof *names, calls, sizeof calls / sizeof *calls) &&
		api.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static bool loaded(void)
{
	pthread_once(&once, load);
	return api.loaded;
}

bool cc_http_version(cc_buf *out)
{
	if (!loaded()) {
		cc_buf_addz(out, "libcurl is not here");
		return false;
	}
	const curl_version_info_data *v = api.version_info(CURLVERSION_NOW);
	cc_buf_addf(out, "libcurl %s, %s", v->version, v->ssl_version ? v->ssl_version : "no TLS");
	return true;
}

struct cc_http {
	CURLM *multi;
	CURL *easy;
};

cc_code cc_http_open(cc_http **out, cc_err *err)
{
	*out = NULL;
	if (!loaded()) {
		cc_err_set(err, CC_ENOTFOUND, "libcurl is not here, or too old");
		(void)cc_err_hint(err, "install it: Debian calls it libcurl4");
		return CC_ENOTFOUND;
	}
	cc_http *h = cc_calloc(1, sizeof *h);
	if (h) {
		h->multi = api.multi_init();
		h->easy = api.easy_init();
	}
	if (h && h->multi && h->easy) {
		*out = h;
		return CC_OK;
	}
	cc_http_close(h);
	return cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* --- broken pipes --- */

/* Told to use no signals, libcurl leaves SIGPIPE to its caller, and its TLS library writes to connections that are gone. */
typedef struct quiet {
	sigset_t before;
	bool pending;
} quiet;

static void pipe_set(sigset_t *s)
{
	sigemptyset(s);
	sigaddset(s, SIGPIPE);
}

static void quiet_begin(quiet *q)
{
	sigset_t pipes, waiting;
	pipe_set(&pipes);
	sigpending(&waiting);
	q->pending = sigismember(&waiting, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipes, &q->before);
}

/* Takes what came meanwhile, before it can be delivered. */
static void quiet_end(const quiet *q)
{
	sigset_t pipes, waiting;
	int number;
	pipe_set(&pipes);
	sigpending(&waiting);
	if (!q->pending && sigismember(&waiting, SIGPIPE))
		sigwait(&pipes, &number);
	pthread_sigmask(SIG_SETMASK, &q->before, NULL);
}

void cc_http_close(cc_http *h)
{
	quiet q;
	if (!h)
		return;
	quiet_begin(&q); /* it takes leave of its connections */
	if (h->easy)
		api.easy_cleanup(h->easy);
	if (h->multi)
		api.multi_cleanup(h->multi);
	quiet_end(&q);
	cc_free(h);
}

/* --- one transfer --- */

enum { DRAIN_US = 200000, DRAIN_MAX = 1 << 16 };

typedef struct transfer {
	const cc_http_request *r;
	CURL *easy;
	cc_http_head *head;
	uint64_t received;
	curl_off_t last_us;      /* when the last byte came, in the time of the transfer */
	bool ended;              /* on_body wants no more: what is left is read for a moment, for the connection to serve again */
	uint64_t drained;
	bool too_large;
} transfer;

static curl_off_t now_us(CURL *easy)
{
	curl_off_t us = 0;
	api.easy_getinfo(easy, CURLINFO_TOTAL_TIME_T, &us);
	return us;
}

static size_t on_header(char *p, size_t size, size_t n, void *ctx)
{
	transfer *t = ctx;
	t->last_us = now_us(t->easy);
	http_head_line(t->head, (cc_str){ p, size * n });
	return size * n;
}

static size_t on_data(char *p, size_t size, size_t n, void *ctx)
{
	transfer *t = ctx;
	cc_str piece = { p, size * n };
	if (t->ended) {
		t->drained += piece.n;
		return piece.n;
	}
	t->last_us = now_us(t->easy);
	t->received += piece.n;
	t->too_large = t->received > t->r->body_max;
	t->ended = !t->too_large && !t->r->on_body(t->r->ctx, t->head, piece);
	return t->too_large ? 0 : piece.n; /* less than it was given: the library ends the transfer */
}

/* The headers as the library wants them. Its list is a copy with the key in it: wiped before it goes. NULL: out of memory. */
static void free_headers(struct curl_slist *list)
{
	for (struct curl_slist *l = list; l; l = l->next)
		explicit_bzero(l->data, strlen(l->data));
	api.slist_free_all(list);
}

static struct curl_slist *make_headers(const cc_http_request *r)
{
	struct curl_slist *list = api.slist_append(NULL, "Expect:"); /* no asking first whether a long body is welcome */
	for (size_t i = 0; list && i < r->headers_n; i++) {
		cc_buf line = CC_BUF_INIT;
		cc_buf_reserve(&line, strlen(r->headers[i].name) + r->headers[i].value.n + 2);
		cc_buf_addf(&line, "%s: ", r->headers[i].name);
		cc_buf_add(&line, r->headers[i].value);
		struct curl_slist *more = cc_buf_ok(&line) ? api.slist_append(list, line.p) : NULL;
		if (line.p)
			explicit_bzero(line.p, line.cap);
		cc_buf_deinit(&line);
		if (!more)
			free_headers(list);
		list = more;
	}
	return list;
}

/* libcurl's options are variadic: long, pointer or function, as the option says. */
static void set_up(cc_http *h, transfer *t, struct curl_slist *headers)
{
	CURL *e = h->easy;
	const cc_http_request *r = t->r;
	api.easy_reset(e);
	api.easy_setopt(e, CURLOPT_URL, r->url);
	api.easy_setopt(e, CURLOPT_HTTPHEADER, headers);
	if (r->body.n) {
		api.easy_setopt(e, CURLOPT_POST, 1L);
		api.easy_setopt(e, CURLOPT_POSTFIELDS, r->body.p);
		api.easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
	}
#if LIBCURL_VERSION_NUM >= 0x075500
	api.easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
#else
	api.easy_setopt(e, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
	api.easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	api.easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	api.easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	api.easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	api.easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	api.easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, (long)r->connect_ms);
	api.easy_setopt(e, CURLOPT_TIMEOUT_MS, (long)r->total_ms);
#if LIBCURL_VERSION_NUM >= 0x075700
	api.easy_setopt(e, CURLOPT_QUICK_EXIT, 1L); /* cancelling does not wait for a name server */
#endif
	if (cc_http_is_loopback(cc_str_from(r->url)))
		api.easy_setopt(e, CURLOPT_NOPROXY, "*");
	api.easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	api.easy_setopt(e, CURLOPT_HEADERDATA, t);
	api.easy_setopt(e, CURLOPT_WRITEFUNCTION, on_data);
	api.easy_setopt(e, CURLOPT_WRITEDATA, t);
}

/* A handshake that breaks off may be the network's; a certificate that is refused will be refused again. */
static cc_http_failure kind_of(CURLcode result)
{
	switch (result) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_COULDNT_CONNECT:
	case CURLE_SSL_CONNECT_ERROR:
		return CC_HTTP_CONNECT;
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_ISSUER_ERROR:
		return CC_HTTP_TLS;
	case CURLE_PARTIAL_FILE:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
	case CURLE_HTTP2:
	case CURLE_HTTP2_STREAM:
		return CC_HTTP_CUT;
	case CURLE_OPERATION_TIMEDOUT:
		return CC_HTTP_TIMEOUT;
	default:
		return CC_HTTP_OTHER;
	}
}

static cc_code finished(CURLcode result, const transfer *t, cc_http_failure *failure, cc_err *err)
{
	cc_str host = cc_http_host(cc_str_from(t->r->url));
	if (result == CURLE_OK || t->ended)
		return CC_OK;
	if (t->too_large) {
		*failure = CC_HTTP_TOO_LARGE;
		return cc_err_set(err, CC_ELIMIT, "%.*s: the answer is larger than %llu bytes", CC_STR_ARG(host), (unsigned long long)t->r->body_max);
	}
	*failure = kind_of(result);
	cc_err_set(err, CC_EIO, "%.*s: %s", CC_STR_ARG(host), api.easy_strerror(result));
	if (*failure == CC_HTTP_TLS)
		(void)cc_err_hint(err, "its certificate is not trusted here: check the address, the clock and the certificates of this machine");
	else if (*failure == CC_HTTP_CONNECT)
		(void)cc_err_hint(err, "check the address and the network; proxies are taken from https_proxy");
	else if (*failure == CC_HTTP_CUT)
		(void)cc_err_hint(err, "the server, or something on the way to it, ended the connection: look into its log, or try again later");
	return CC_EIO;
}

/* The end of a stream follows its last event at once, or not at all. */
static bool is_drained(const transfer *t)
{
	return t->ended && (t->drained > DRAIN_MAX || now_us(t->easy) - t->last_us > DRAIN_US);
}

static bool is_stalled(const transfer *t)
{
	return !t->ended && t->r->stall_ms > 0 && now_us(t->easy) - t->last_us > (curl_off_t)t->r->stall_ms * 1000;
}

static cc_code drive(cc_http *h, transfer *t, cc_http_failure *failure, cc_err *err)
{
	cc_str host = cc_http_host(cc_str_from(t->r->url));
	int running = 1, left;
	while (running) {
		if (cc_canceled(t->r->cancel))
			return cc_err_set(err, CC_ECANCELED, "%.*s: canceled", CC_STR_ARG(host));
		if (is_drained(t))
			return CC_OK;
		if (is_stalled(t)) {
			*failure = CC_HTTP_TIMEOUT;
			return cc_err_set(err, CC_EIO, "%.*s: nothing came for %g s", CC_STR_ARG(host), t->r->stall_ms / 1000.0);
		}
		if (api.multi_perform(h->multi, &running) != CURLM_OK || (running && api.multi_poll(h->multi, NULL, 0, 50, NULL) != CURLM_OK)) {
			*failure = CC_HTTP_OTHER;
			return cc_err_set(err, CC_EIO, "%.*s: the transfer failed", CC_STR_ARG(host));
		}
	}
	const CURLMsg *message = api.multi_info_read(h->multi, &left);
	return finished(message && message->msg == CURLMSG_DONE ? message->data.result : CURLE_FAILED_INIT, t, failure, err);
}

cc_code cc_http_send(void *http, const cc_http_request *r, cc_http_head *head, cc_http_failure *failure, cc_err *err)
{
	cc_http *h = http;
	transfer t = { .r = r, .easy = h->easy, .head = head };
	cc_str host = cc_http_host(cc_str_from(r->url));
	*failure = CC_HTTP_NONE;
	http_head_init(head);
	cc_code code = cc_http_check_url(r->url, r->allow_http, err);
	if (code != CC_OK)
		return code;
	struct curl_slist *headers = make_headers(r);
	if (!headers)
		return cc_err_set(err, CC_ENOMEM, "%.*s: out of memory", CC_STR_ARG(host));
	quiet q;
	quiet_begin(&q);
	set_up(h, &t, headers);
	if (api.multi_add_handle(h->multi, h->easy) == CURLM_OK)
		code = drive(h, &t, failure, err);
	else
		code = cc_err_set(err, CC_EIO, "%.*s: the transfer could not begin", CC_STR_ARG(host));
	api.multi_remove_handle(h->multi, h->easy);
	cc_log_line("net: %s %.*s: HTTP %d, %llu bytes, %lld ms", r->body.n ? "POST" : "GET", CC_STR_ARG(host), head->status,
		(unsigned long long)t.received, (long long)(now_us(h->easy) / 1000));
	api.easy_reset(h->easy); /* forgets the headers before they go */
	quiet_end(&q);
	free_headers(headers);
	return code;
}
