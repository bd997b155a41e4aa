/* mock_model.c - the mock model server: one thread, one connection after the other. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/mock_priv.h"

enum { REQUEST_MAX = 64 << 20 };

struct mock_model {
	mock_script script;
	char url[64], key[128];
	int listener, stop[2];
	pthread_t thread;
	pthread_mutex_t lock;        /* of what follows */
	CC_VEC(cc_buf) requests;
	size_t replies;              /* given so far */
	size_t connections;
};

/* --- bytes --- */

/* Waits so long, or until the other side is gone (it has nothing more to say) or the server is to stop: false then. */
static bool pause_ms(const mock_model *m, int fd, int ms)
{
	struct pollfd fds[2] = { { .fd = m->stop[0], .events = POLLIN }, { .fd = fd, .events = POLLIN } };
	return poll(fds, 2, ms) == 0;
}

static bool put(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t k = send(fd, p, n, MSG_NOSIGNAL);
		if (k < 0 && errno == EINTR)
			continue;
		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

static bool put_text(int fd, const cc_buf *b)
{
	return put(fd, b->p, b->n);
}

/* Reads one request: headers, and as much of a body as they announce. */
static bool read_request(const mock_model *m, int fd, cc_buf *out)
{
	size_t want = SIZE_MAX;
	char chunk[65536];
	while (out->n < want && out->n < REQUEST_MAX) {
		struct pollfd fds[2] = { { .fd = m->stop[0], .events = POLLIN }, { .fd = fd, .events = POLLIN } };
		if (poll(fds, 2, 10000) <= 0 || fds[0].revents)
			return false;
		ssize_t n = recv(fd, chunk, sizeof chunk, 0);
		if (n <= 0)
			return false;
		cc_buf_add(out, (cc_str){ chunk, (size_t)n });
		if (out->p[0] == 0x16) /* a TLS handshake, which nobody here understands */
			return false;
		size_t head = cc_str_find(cc_buf_str(out), CC_STR("\r\n\r\n"));
		size_t length = cc_str_find_nocase(cc_buf_str(out), CC_STR("content-length:"));
		if (want == SIZE_MAX && head != CC_STR_NONE)
			want = head + 4 + (length < head ? (size_t)strtoul(out->p + length + 15, NULL, 10) : 0);
	}
	return out->n == want;
}

/* --- requests --- */

static mock_api api_of(cc_str head)
{
	static const struct { const char *path; mock_api api; } paths[] = { { "/chat/completions ", MOCK_OPENAI }, { "/responses ", MOCK_RESPONSES },
		{ "/v1/messages", MOCK_ANTHROPIC }, { ":streamGenerateContent?alt=sse ", MOCK_GEMINI }, { "/api/chat ", MOCK_OLLAMA } };
	cc_str line, rest;
	cc_str_cut(head, '\r', &line, &rest);
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (cc_str_starts(line, CC_STR("POST /")) && cc_str_find(line, cc_str_from(paths[i].path)) != CC_STR_NONE)
			return paths[i].api;
	return MOCK_NONE;
}

static bool key_fits(const mock_model *m, mock_api api, cc_str head)
{
	cc_buf line = CC_BUF_INIT;
	const char *name = api == MOCK_ANTHROPIC ? "x-api-key: " : api == MOCK_GEMINI ? "x-goog-api-key: " : "authorization: bearer ";
	cc_buf_addf(&line, "\r\n%s%s\r\n", name, m->key);
	bool fits = !m->key[0] || cc_str_find_nocase(head, cc_buf_str(&line)) != CC_STR_NONE;
	cc_buf_deinit(&line);
	return fits;
}

/* --- replies --- */

static void put_head(const mock_model *m, cc_buf *out, int status, const char *type, const char *headers)
{
	cc_buf_addf(out, "HTTP/1.1 %d Mock\r\nContent-Type: %s\r\n%s%s", status, type, m->script.keep ? "" : "Connection: close\r\n",
		headers ? headers : "");
}

static bool refuse(const mock_model *m, int fd, mock_api api, int status, const char *message, const char *headers, const char *type)
{
	cc_buf body = CC_BUF_INIT, out = CC_BUF_INIT;
	mock_render_error(api, status, message, &body);
	put_head(m, &out, status, type ? type : "application/json", headers);
	cc_buf_addf(&out, "Content-Length: %zu\r\n\r\n", body.n);
	cc_buf_add(&out, cc_buf_str(&body));
	bool ok = put_text(fd, &out);
	cc_buf_deinit(&body);
	cc_buf_deinit(&out);
	return ok;
}

static bool put_chunk(int fd, const char *p, size_t n, const char *after)
{
	cc_buf out = CC_BUF_INIT;
	cc_buf_addf(&out, "%zx\r\n", n);
	cc_buf_add(&out, (cc_str){ p, n });
	cc_buf_addf(&out, "\r\n%s", after);
	bool ok = put_text(fd, &out);
	cc_buf_deinit(&out);
	return ok;
}

/* The end of the body goes out with the last event: no moment between them in which somebody could lose patience. */
static bool put_frame(const mock_model *m, int fd, const mock_reply *r, const char *p, size_t n, bool last)
{
	const char *end = last ? "0\r\n\r\n" : "";
	if (r->pace_ms && !pause_ms(m, fd, r->pace_ms))
		return false;
	if (!r->loris_ms)
		return put_chunk(fd, p, n, end);
	for (size_t i = 0; i < n; i++)
		if (!pause_ms(m, fd, r->loris_ms) || !put_chunk(fd, p + i, 1, i + 1 == n ? end : ""))
			return false;
	return true;
}

static bool stream(const mock_model *m, int fd, mock_api api, const mock_reply *r, size_t turn)
{
	mock_frames f = { 0 };
	cc_buf head = CC_BUF_INIT;
	size_t at = 0;
	mock_render(api, r, &f, turn);
	bool whole = r->cut == CUT_NEVER && !r->linger;
	size_t n = r->cut == CUT_NEVER ? f.ends.n : (size_t)r->cut;
	put_head(m, &head, 200, r->type ? r->type : api == MOCK_OLLAMA ? "application/x-ndjson" : "text/event-stream; charset=utf-8", r->headers);
	cc_buf_addz(&head, "Transfer-Encoding: chunked\r\n\r\n");
	bool ok = put_text(fd, &head);
	for (size_t i = 0; ok && i < n && i < f.ends.n; i++) {
		ok = put_frame(m, fd, r, f.bytes.p + at, f.ends.p[i] - at, whole && i + 1 == f.ends.n);
		at = f.ends.p[i];
	}
	if (ok && r->linger)
		(void)pause_ms(m, fd, 600000);
	cc_buf_deinit(&head);
	cc_buf_deinit(&f.bytes);
	cc_vec_deinit(&f.ends);
	return ok && whole;
}

/* True when the reply is whole. */
static bool give(mock_model *m, int fd, mock_api api, cc_str body, size_t turns)
{
	pthread_mutex_lock(&m->lock);
	size_t i = m->script.by_turn ? turns : m->replies;
	m->replies++;
	pthread_mutex_unlock(&m->lock);
	const mock_reply *r = &m->script.replies.p[i < m->script.replies.n ? i : m->script.replies.n - 1];
	for (size_t k = 0; k < r->expects; k++)
		if (cc_str_find(body, cc_str_from(r->expect[k])) == CC_STR_NONE) {
			cc_buf said = CC_BUF_INIT;
			cc_buf_addf(&said, "reply %zu expects in the request: %s", i + 1, r->expect[k]);
			bool ok = refuse(m, fd, api, 400, said.p, NULL, NULL);
			cc_buf_deinit(&said);
			return ok;
		}
	if (r->hang)
		(void)pause_ms(m, fd, 600000);
	if (r->hang || r->close)
		return false;
	if (r->status && r->status != 200)
		return refuse(m, fd, api, r->status, r->message ? r->message : "", r->headers, r->type);
	return stream(m, fd, api, r, turns);
}

static bool answer(mock_model *m, int fd, mock_api api, cc_str head, cc_str body)
{
	cc_json *json = NULL;
	size_t turns;
	if (api == MOCK_NONE)
		return refuse(m, fd, MOCK_OPENAI, 404, "no such path", NULL, NULL);
	if (!key_fits(m, api, head))
		return refuse(m, fd, api, 401, "the key does not fit", NULL, NULL);
	if (cc_json_parse(&json, body, NULL) != CC_OK)
		json = NULL;
	const char *bad = mock_check(api, json, &turns);
	bool ok = *bad ? refuse(m, fd, api, 400, bad, NULL, NULL) : give(m, fd, api, body, turns);
	cc_json_free(json);
	return ok;
}

/* One request; false when the connection is to be closed. */
static bool serve(mock_model *m, int fd)
{
	cc_buf request = CC_BUF_INIT, kept = CC_BUF_INIT;
	if (!read_request(m, fd, &request)) {
		cc_buf_deinit(&request);
		return false;
	}
	size_t at = cc_str_find(cc_buf_str(&request), CC_STR("\r\n\r\n"));
	cc_str head = cc_str_sub(cc_buf_str(&request), 0, at + 2), body = cc_str_sub(cc_buf_str(&request), at + 4, request.n);
	cc_buf_add(&kept, cc_buf_str(&request));
	pthread_mutex_lock(&m->lock);
	if (!cc_vec_push(&m->requests, kept))
		abort();
	pthread_mutex_unlock(&m->lock);
	bool ok = answer(m, fd, api_of(head), head, body);
	cc_buf_deinit(&request);
	return ok && m->script.keep;
}

static void *run(void *arg)
{
	mock_model *m = arg;
	for (;;) {
		struct pollfd fds[2] = { { .fd = m->stop[0], .events = POLLIN }, { .fd = m->listener, .events = POLLIN } };
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return NULL;
		if (fds[0].revents)
			return NULL;
		int fd = fds[1].revents ? accept(m->listener, NULL, NULL) : -1;
		if (fd < 0)
			continue;
		pthread_mutex_lock(&m->lock);
		m->connections++;
		pthread_mutex_unlock(&m->lock);
		while (serve(m, fd))
			continue;
		shutdown(fd, SHUT_WR);
		close(fd);
	}
}

/* --- starting and stopping --- */

static bool listen_somewhere(mock_model *m)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof a;
	m->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (m->listener < 0 || bind(m->listener, (struct sockaddr *)&a, sizeof a) != 0 || listen(m->listener, 64) != 0 ||
		getsockname(m->listener, (struct sockaddr *)&a, &n) != 0)
		return false;
	snprintf(m->url, sizeof m->url, "http://127.0.0.1:%u", ntohs(a.sin_port));
	return pipe(m->stop) == 0;
}

mock_model *mock_model_start(const char *script, const char *key)
{
	mock_model *m = calloc(1, sizeof *m);
	if (!m || !mock_script_read(&m->script, script) || !listen_somewhere(m)) {
		fprintf(stderr, "mock model: cannot start\n");
		abort();
	}
	snprintf(m->key, sizeof m->key, "%s", key ? key : "");
	pthread_mutex_init(&m->lock, NULL);
	if (pthread_create(&m->thread, NULL, run, m) != 0)
		abort();
	return m;
}

const char *mock_model_url(const mock_model *m)
{
	return m->url;
}

void mock_model_stop(mock_model *m)
{
	if (write(m->stop[1], "", 1) != 1)
		abort();
	pthread_join(m->thread, NULL);
	close(m->listener);
	close(m->stop[0]);
	close(m->stop[1]);
	for (size_t i = 0; i < m->requests.n; i++)
		cc_buf_deinit(&m->requests.p[i]);
	cc_vec_deinit(&m->requests);
	mock_script_free(&m->script);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

size_t mock_model_requests(mock_model *m)
{
	pthread_mutex_lock(&m->lock);
	size_t n = m->requests.n;
	pthread_mutex_unlock(&m->lock);
	return n;
}

size_t mock_model_connections(mock_model *m)
{
	pthread_mutex_lock(&m->lock);
	size_t n = m->connections;
	pthread_mutex_unlock(&m->lock);
	return n;
}

void mock_model_request(mock_model *m, size_t i, cc_buf *out)
{
	pthread_mutex_lock(&m->lock);
	if (i < m->requests.n)
		cc_buf_add(out, cc_buf_str(&m->requests.p[i]));
	pthread_mutex_unlock(&m->lock);
}
