/* mcp.c - the loop of the MCP server.
 *
 * A thread reads lines and keeps them in a queue; the caller's thread answers one after the other, for an investigation is
 * one sequence of steps. Only cancelling is looked at as it arrives: it stops the request that runs, or takes one out of the queue. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent/mcp_priv.h"
#include "coldcase/file.h"
#include "coldcase/vec.h"
#include "coldcase/xalloc.h"

enum { QUEUE_MAX = 1000, READ_BYTES = 1 << 16 };

typedef struct message { cc_json *json; } message;

typedef struct loop {
	mcp_server s;
	pthread_t reader;
	pthread_cond_t changed;
	CC_VEC(message) queue;       /* under s.lock */
	int wake[2];                 /* the reader ends when this is written to */
} loop;

/* --- reading --- */

static void id_text(const cc_json *id, cc_buf *out)
{
	cc_buf_clear(out);
	if (id)
		cc_json_write(out, id, false);
}

/* The client does not want the answer any more: it gets none. */
static void cancel(loop *l, const cc_json *params)
{
	cc_buf id = CC_BUF_INIT, other = CC_BUF_INIT;
	id_text(cc_json_get(params, "requestId"), &id);
	pthread_mutex_lock(&l->s.lock);
	if (id.n && cc_str_eq(cc_buf_str(&id), cc_buf_str(&l->s.running))) {
		cc_cancel_set(&l->s.cancel);
		cc_buf_clear(&l->s.running);
	}
	for (size_t i = 0; i < l->queue.n; i++) {
		id_text(cc_json_get(l->queue.p[i].json, "id"), &other);
		if (!id.n || !cc_str_eq(cc_buf_str(&id), cc_buf_str(&other)))
			continue;
		cc_json_free(l->queue.p[i].json);
		memmove(&l->queue.p[i], &l->queue.p[i + 1], (l->queue.n - i - 1) * sizeof *l->queue.p);
		l->queue.n--;
		break;
	}
	pthread_mutex_unlock(&l->s.lock);
	cc_buf_deinit(&id);
	cc_buf_deinit(&other);
}

static void take_line(loop *l, cc_str line)
{
	cc_json *json = NULL;
	if (!cc_str_trim(line).n)
		return;
	if (cc_json_parse(&json, line, NULL) != CC_OK) {
		mcp_send_error(&l->s, NULL, MCP_PARSE, "Parse error: not one JSON value on one line");
		return;
	}
	if (cc_str_eqz(cc_json_get_str(json, "method"), "notifications/cancelled")) {
		cancel(l, cc_json_get(json, "params"));
		cc_json_free(json);
		return;
	}
	pthread_mutex_lock(&l->s.lock);
	bool kept = l->queue.n < QUEUE_MAX && cc_vec_push(&l->queue, ((message){ json }));
	pthread_cond_signal(&l->changed);
	pthread_mutex_unlock(&l->s.lock);
	if (!kept) {
		mcp_send_error(&l->s, cc_json_get(json, "id"), MCP_INTERNAL, "too many requests are waiting");
		cc_json_free(json);
	}
}

/* Waits for input; false when the loop is over. */
static bool wait_input(loop *l)
{
	struct pollfd fds[2] = { { .fd = l->s.opt->in_fd, .events = POLLIN }, { .fd = l->wake[0], .events = POLLIN } };
	while (poll(fds, 2, -1) < 0)
		if (errno != EINTR)
			return false;
	return !(fds[1].revents & (POLLIN | POLLHUP));
}

/* A line beyond the limit is not kept: it is skipped to its end, and answered with an error. */
static void read_lines(loop *l)
{
	char *chunk = cc_malloc(READ_BYTES);
	cc_buf line = CC_BUF_INIT;
	bool skipping = false;
	while (chunk && wait_input(l)) {
		ssize_t n = read(l->s.opt->in_fd, chunk, READ_BYTES);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		for (cc_str rest = { chunk, (size_t)n }; rest.n;) {
			size_t end = cc_str_find_char(rest, '\n');
			cc_str part = cc_str_sub(rest, 0, end == CC_STR_NONE ? rest.n : end);
			rest = end == CC_STR_NONE ? CC_STR_EMPTY : cc_str_sub(rest, end + 1, rest.n);
			skipping = skipping || line.n + part.n > CC_MCP_LINE_MAX;
			if (!skipping)
				cc_buf_add(&line, part);
			if (end == CC_STR_NONE)
				continue;
			if (skipping || !cc_buf_ok(&line))
				mcp_send_error(&l->s, NULL, MCP_INVALID, "Invalid request: the message is too long");
			else
				take_line(l, cc_buf_str(&line));
			cc_buf_clear(&line);
			skipping = false;
		}
	}
	if (line.n && !skipping) /* the last line needs no line feed */
		take_line(l, cc_buf_str(&line));
	cc_buf_deinit(&line);
	cc_free(chunk);
}

static void *reader_main(void *arg)
{
	loop *l = arg;
	read_lines(l);
	pthread_mutex_lock(&l->s.lock);
	l->s.done = true;
	pthread_cond_signal(&l->changed);
	pthread_mutex_unlock(&l->s.lock);
	return NULL;
}

/* --- answering --- */

static bool is_id(const cc_json *id)
{
	return cc_json_typeof(id) == CC_JSON_STRING || cc_json_typeof(id) == CC_JSON_NUMBER;
}

static void begin_request(mcp_server *s, const cc_json *id)
{
	pthread_mutex_lock(&s->lock);
	cc_cancel_clear(&s->cancel);
	id_text(id, &s->running);
	pthread_mutex_unlock(&s->lock);
}

/* False: it was cancelled meanwhile, and nothing may be said of it any more. */
static bool end_request(mcp_server *s)
{
	pthread_mutex_lock(&s->lock);
	bool wanted = s->running.n > 0;
	cc_buf_clear(&s->running);
	pthread_mutex_unlock(&s->lock);
	return wanted;
}

static void answer(mcp_server *s, const cc_json *json)
{
	const cc_json *id = cc_json_get(json, "id");
	cc_str method = cc_json_get_str(json, "method");
	mcp_request r = { .server = s, .id = id, .params = cc_json_get(json, "params") };
	if (cc_json_typeof(json) != CC_JSON_OBJECT || !cc_str_eqz(cc_json_get_str(json, "jsonrpc"), "2.0") || !method.n || (id && !is_id(id))) {
		mcp_send_error(s, is_id(id) ? id : NULL, MCP_INVALID, "Invalid request: not a JSON-RPC 2.0 request");
		return;
	}
	if (!id)
		return; /* a notification: none needs anything done but the one looked at on arrival */
	begin_request(s, id);
	cc_jw_init(&r.w, &r.result, 0);
	r.w.depth = 1; /* inside the result object */
	(void)mcp_answer(&r, method);
	if (end_request(s))
		mcp_respond(&r);
	cc_buf_deinit(&r.result);
	cc_buf_deinit(&r.message);
	cc_buf_deinit(&r.data);
}

/* Revision 2025-03-26 has batches: each of their requests is answered by itself, which a client must expect anyway. */
static void answer_message(mcp_server *s, const cc_json *json)
{
	if (cc_json_typeof(json) != CC_JSON_ARRAY || !cc_json_count(json)) {
		answer(s, json);
		return;
	}
	for (const cc_json *e = cc_json_first(json); e; e = cc_json_next(e))
		answer(s, e);
}

/* The next message; NULL when there is none and none will come. What was asked before the input ended is still answered. */
static cc_json *next_message(loop *l)
{
	cc_json *json = NULL;
	pthread_mutex_lock(&l->s.lock);
	while (!l->queue.n && !l->s.done)
		pthread_cond_wait(&l->changed, &l->s.lock);
	if (l->queue.n) {
		json = l->queue.p[0].json;
		memmove(&l->queue.p[0], &l->queue.p[1], (l->queue.n - 1) * sizeof *l->queue.p);
		l->queue.n--;
	}
	pthread_mutex_unlock(&l->s.lock);
	return json;
}

static void deinit(loop *l)
{
	cc_session_close(l->s.session);
	for (size_t i = 0; i < l->queue.n; i++)
		cc_json_free(l->queue.p[i].json);
	cc_vec_deinit(&l->queue);
	cc_buf_deinit(&l->s.client);
	cc_buf_deinit(&l->s.running);
	pthread_cond_destroy(&l->changed);
	pthread_mutex_destroy(&l->s.lock);
	pthread_mutex_destroy(&l->s.out_lock);
	close(l->wake[0]);
	close(l->wake[1]);
}

int cc_mcp_serve(const cc_mcp_options *opt)
{
	loop l = { .s.opt = opt };
	cc_json *json;
	if (!cc_pipe(l.wake))
		return 1;
	pthread_mutex_init(&l.s.lock, NULL);
	pthread_mutex_init(&l.s.out_lock, NULL);
	pthread_cond_init(&l.changed, NULL);
	bool reading = pthread_create(&l.reader, NULL, reader_main, &l) == 0;
	while (reading && !l.s.broken && (json = next_message(&l))) {
		answer_message(&l.s, json);
		cc_json_free(json);
		if (l.s.session && cc_session_quit(l.s.session))
			break;
	}
	if (reading) {
		(void)!write(l.wake[1], "x", 1);
		pthread_join(l.reader, NULL);
	}
	bool broken = l.s.broken || !reading;
	deinit(&l);
	return broken;
}
