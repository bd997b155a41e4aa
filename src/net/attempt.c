/* attempt.c - one try: the request sent, the stream decoded, and what kind of end it was.
 *
 * The answer counts when the provider said why it stopped. Whatever ends before that is a failure, however whole it looks. */
#include "net/model_priv.h"

#include <stdio.h>
#include <string.h>

#include "coldcase/clock.h"
#include "coldcase/log.h"
#include "coldcase/utf8.h"
#include "net/sse.h"

enum { EVENT_MAX = 8 << 20, BODY_MAX = 64 << 20, ERROR_MAX = 64 << 10, SHOWN_MAX = 300 };

typedef struct receiver {
	cc_model *m;
	attempt *a;
	sse stream;
	cc_buf text;             /* an event, repaired */
	cc_buf error;            /* the body of an answer that is none */
	bool garbage;            /* an event that is no JSON */
} receiver;

/* Outside bytes become valid UTF-8; keys that a server repeats go. */
static void repair(receiver *r, cc_str bytes)
{
	char one[4];
	cc_buf_clear(&r->text);
	if (cc_utf8_valid(bytes)) {
		cc_buf_add(&r->text, bytes);
	} else {
		for (size_t at = 0; at < bytes.n;) {
			size_t n = cc_utf8_encode(cc_utf8_next(bytes, &at), one);
			cc_buf_add(&r->text, (cc_str){ one, n });
		}
	}
	key_hide(&r->m->key, &r->text);
}

static bool on_event(void *ctx, cc_str name, cc_str data)
{
	receiver *r = ctx;
	decode *d = &r->a->d;
	cc_json *json = NULL;
	(void)name; /* who names events says the same in their data */
	if (cc_str_eqz(data, "[DONE]")) { /* some servers give no other reason */
		if (!d->stopped)
			decode_stop(d, data, CC_STOP_OTHER);
		d->complete = true;
		return false;
	}
	repair(r, data);
	if (cc_json_parse(&json, cc_buf_str(&r->text), NULL) != CC_OK) {
		r->garbage = true;
		return false;
	}
	r->m->ops->event(d, json);
	cc_json_free(json);
	return d->problem == CC_PROBLEM_NONE && !d->complete && !d->failed;
}

static bool is_stream(const receiver *r, const cc_http_head *head)
{
	static const char *const fit[] = { "", "text/event-stream", "application/octet-stream" };
	static const char *const fit_lines[] = { "", "application/x-ndjson", "application/jsonl", "application/json", "text/plain" };
	const char *const *of = r->m->ops->lines ? fit_lines : fit;
	size_t n = r->m->ops->lines ? sizeof fit_lines / sizeof *fit_lines : sizeof fit / sizeof *fit;
	for (size_t i = 0; i < n; i++)
		if (strcmp(head->type, of[i]) == 0)
			return head->status == 200;
	return false;
}

static bool on_body(void *ctx, const cc_http_head *head, cc_str piece)
{
	receiver *r = ctx;
	if (is_stream(r, head))
		return sse_feed(&r->stream, piece);
	cc_buf_add(&r->error, cc_str_sub(piece, 0, ERROR_MAX - (r->error.n < ERROR_MAX ? r->error.n : ERROR_MAX)));
	return r->error.n < ERROR_MAX;
}

/* --- the request --- */

/* An address may end in the first folder of the path ("…/v1", "…/api"): people give it with and without. */
static void write_url(const cc_model *m, cc_buf *url)
{
	cc_buf path = CC_BUF_INIT;
	cc_str base = cc_buf_str(&m->url), rest, first;
	while (cc_str_ends(base, CC_STR("/")))
		base.n--;
	m->ops->path(&path, m->opt.model);
	rest = cc_str_sub(cc_buf_str(&path), 1, path.n);
	cc_str_cut(rest, '/', &first, &rest);
	first = cc_str_sub(cc_buf_str(&path), 0, first.n + 1); /* with its slash */
	cc_buf_add(url, base);
	cc_buf_add(url, cc_str_sub(cc_buf_str(&path), cc_str_ends(base, first) ? first.n : 0, path.n));
	url->failed |= path.failed;
	cc_buf_deinit(&path);
}

static size_t write_headers(const cc_model *m, cc_http_header *out, cc_buf *key)
{
	size_t n = 0;
	out[n++] = (cc_http_header){ "Content-Type", CC_STR("application/json") };
	out[n++] = (cc_http_header){ "Accept", m->ops->lines ? CC_STR("application/x-ndjson") : CC_STR("text/event-stream") };
	out[n++] = (cc_http_header){ "User-Agent", CC_STR("coldcase/" CC_VERSION) };
	for (size_t i = 0; i < sizeof m->ops->more_headers / sizeof *m->ops->more_headers && m->ops->more_headers[i].name; i++)
		out[n++] = (cc_http_header){ m->ops->more_headers[i].name, cc_str_from(m->ops->more_headers[i].value) };
	if (!m->key.n)
		return n;
	cc_buf_reserve(key, strlen(m->ops->key_prefix) + m->key.n); /* so that growing leaves no copy behind */
	cc_buf_addz(key, m->ops->key_prefix);
	cc_buf_add(key, cc_buf_str(&m->key));
	out[n++] = (cc_http_header){ m->ops->key_header, cc_buf_str(key) };
	return n;
}

static cc_code send(receiver *r, const cc_model_request *q, cc_str body, cc_http_failure *failure, cc_err *err)
{
	cc_model *m = r->m;
	cc_http_header headers[8];
	cc_buf url = CC_BUF_INIT, key = CC_BUF_INIT;
	write_url(m, &url);
	cc_http_request request = {
		.headers = headers,
		.headers_n = write_headers(m, headers, &key),
		.body = body,
		.allow_http = m->opt.allow_http,
		.connect_ms = m->opt.connect_ms,
		.stall_ms = m->opt.stall_ms,
		.total_ms = m->opt.total_ms,
		.body_max = BODY_MAX,
		.cancel = q->cancel,
		.on_body = on_body,
		.ctx = r,
	};
	request.url = url.p;
	cc_http_send_fn *way = m->opt.net.send ? m->opt.net.send : cc_http_send;
	cc_code code = CC_ENOMEM;
	if (cc_buf_ok(&url) && cc_buf_ok(&key))
		code = way(m->opt.net.send ? m->opt.net.ctx : m->http, &request, &r->a->head, failure, err);
	else
		cc_err_set(err, CC_ENOMEM, "%s: out of memory", m->ops->name);
	cc_buf_deinit(&url);
	key_wipe(&key);
	return code;
}

/* --- what kind of end --- */

/* Appends the server's own words: one line, not too long, cleaned. */
static cc_str shown(cc_buf *words, cc_str raw)
{
	cc_utf8_clean(words, cc_str_sub(cc_str_trim(raw), 0, SHOWN_MAX), CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI);
	return cc_buf_str(words);
}

static void say_problem(receiver *r, cc_str words, cc_err *err)
{
	static const struct { cc_code code; const char *what; } said[] = {
		[CC_PROBLEM_KEY] = { CC_EACCESS, "does not accept the key" },
		[CC_PROBLEM_CONTEXT] = { CC_ELIMIT, "the conversation is too long for the model" },
		[CC_PROBLEM_REQUEST] = { CC_EUSAGE, "refuses the request" },
		[CC_PROBLEM_QUOTA] = { CC_ELIMIT, "no credit is left" },
		[CC_PROBLEM_RATE] = { CC_ELIMIT, "too many requests" },
		[CC_PROBLEM_SERVER] = { CC_EIO, "the server failed" },
		[CC_PROBLEM_NETWORK] = { CC_EIO, "the answer was cut" },
		[CC_PROBLEM_ANSWER] = { CC_EFORMAT, "not an answer of this protocol" },
	};
	attempt *a = r->a;
	cc_buf clean = CC_BUF_INIT;
	char status[32] = "";
	if (a->head.status && a->head.status != 200)
		snprintf(status, sizeof status, "HTTP %d: ", a->head.status);
	words = shown(&clean, words);
	a->code = said[a->problem].code;
	cc_err_set(err, a->code, "%s: %s%s%s%.*s", r->m->ops->name, status, said[a->problem].what, words.n ? ": " : "", CC_STR_ARG(words));
	cc_buf_deinit(&clean);
}

static void hint(const cc_model *m, const attempt *a, cc_err *err)
{
	if (a->problem == CC_PROBLEM_KEY)
		(void)cc_err_hint(err, "set %s, or '%s: KEY' in keys.yaml of the configuration folder", m->ops->variables[0], m->ops->name);
	else if (a->problem == CC_PROBLEM_CONTEXT)
		(void)cc_err_hint(err, "make the conversation shorter");
	else if (a->problem == CC_PROBLEM_REQUEST)
		(void)cc_err_hint(err, "check the model's name '%.60s' and the options", m->opt.model);
	else if (a->problem == CC_PROBLEM_QUOTA)
		(void)cc_err_hint(err, "add credit to the account the key belongs to");
	else if (a->problem == CC_PROBLEM_RATE || a->problem == CC_PROBLEM_SERVER)
		(void)cc_err_hint(err, "try again later");
	else if (a->problem == CC_PROBLEM_ANSWER)
		(void)cc_err_hint(err, "check that --base-url is the address of a server of this kind");
	else if (a->problem == CC_PROBLEM_NETWORK)
		(void)cc_err_hint(err, "check the network, and the server at the other end");
}

/* Another status than 200, or a page where a stream should be. */
static void judge_refusal(receiver *r, cc_err *err)
{
	attempt *a = r->a;
	cc_json *json = NULL;
	cc_buf words = CC_BUF_INIT;
	int status = a->head.status == 200 ? 0 : a->head.status; /* some gateways say it in the body only */
	repair(r, cc_buf_str(&r->error));
	bool told = cc_json_parse(&json, cc_buf_str(&r->text), NULL) == CC_OK && decode_error(&a->d, status, json);
	if (told)
		cc_buf_add(&words, cc_buf_str(&a->d.error));
	else if (a->head.status != 200)
		decode_classify(&a->d, a->head.status, CC_STR_EMPTY, cc_buf_str(&r->text));
	else
		a->d.problem = CC_PROBLEM_ANSWER;
	if (a->head.status >= 300 && a->head.status < 400) {
		a->d.problem = CC_PROBLEM_REQUEST;
		cc_buf_addf(&words, "it sends on to %s", a->head.location[0] ? a->head.location : "another address");
	} else if (!told && a->d.problem == CC_PROBLEM_ANSWER) {
		cc_buf_addf(&words, "it answered %s", a->head.type[0] ? a->head.type : "with no type");
	}
	a->problem = a->d.problem;
	say_problem(r, cc_buf_str(&words), err);
	cc_buf_deinit(&words);
	cc_json_free(json);
}

static void judge_stream(receiver *r, cc_err *err)
{
	attempt *a = r->a;
	decode *d = &a->d;
	cc_str words = CC_STR_EMPTY;
	if (d->problem != CC_PROBLEM_NONE) {
		a->problem = d->problem;
		words = cc_buf_str(&d->error);
	} else if (r->stream.too_long) {
		a->problem = CC_PROBLEM_ANSWER;
		words = CC_STR("an event of it is too long");
	} else if (r->garbage && !d->stopped) {
		a->problem = d->content ? CC_PROBLEM_NETWORK : CC_PROBLEM_ANSWER;
		words = CC_STR("an event of it is no JSON");
	} else if (!d->stopped) {
		a->problem = CC_PROBLEM_NETWORK;
		words = CC_STR("the stream ended before its end");
	}
	if (a->problem != CC_PROBLEM_NONE)
		say_problem(r, words, err);
}

static void judge(receiver *r, cc_http_failure failure, cc_err *err)
{
	attempt *a = r->a;
	bool no_memory = a->code == CC_ENOMEM || a->d.failed || !cc_buf_ok(&r->text) || !cc_buf_ok(&r->error) ||
		!cc_buf_ok(&r->stream.line) || !cc_buf_ok(&r->stream.name) || !cc_buf_ok(&r->stream.data);
	if (a->code == CC_ECANCELED) {
		a->problem = CC_PROBLEM_CANCELED;
	} else if (no_memory) {
		a->problem = CC_PROBLEM_ANSWER;
		a->code = cc_err_set(err, CC_ENOMEM, "%s: out of memory", r->m->ops->name);
	} else if (a->code != CC_OK && !(a->d.stopped && (failure == CC_HTTP_CUT || failure == CC_HTTP_TIMEOUT))) {
		const cc_err said = *err;
		a->problem = failure == CC_HTTP_TOO_LARGE ? CC_PROBLEM_ANSWER : CC_PROBLEM_NETWORK;
		cc_err_set(err, a->code, "%s: %s", r->m->ops->name, said.message);
		(void)cc_err_hint(err, "%s", said.hint);
		a->unreached = failure == CC_HTTP_CONNECT;
		a->may_retry = failure == CC_HTTP_CONNECT || failure == CC_HTTP_CUT || failure == CC_HTTP_TIMEOUT;
	} else if (is_stream(r, &a->head)) {
		a->code = CC_OK;
		judge_stream(r, err);
		a->may_retry = a->problem == CC_PROBLEM_NETWORK || a->problem == CC_PROBLEM_SERVER || a->problem == CC_PROBLEM_RATE;
		hint(r->m, a, err);
	} else {
		judge_refusal(r, err);
		a->may_retry = a->problem == CC_PROBLEM_SERVER || a->problem == CC_PROBLEM_RATE;
		hint(r->m, a, err);
	}
}

/* err is the caller's own here, never NULL. */
void attempt_run(cc_model *m, const cc_model_request *q, cc_str body, attempt *a, cc_err *err)
{
	receiver r = { .m = m, .a = a };
	cc_http_failure failure = CC_HTTP_NONE;
	*a = (attempt){ .head.retry_after_ns = -1, .begun_ns = cc_clock_mono_ns() };
	decode_init(&a->d, q);
	sse_init(&r.stream, m->ops->lines, EVENT_MAX, on_event, &r);
	a->code = send(&r, q, body, &failure, err);
	if (a->code == CC_OK && is_stream(&r, &a->head) && !r.garbage)
		(void)sse_end(&r.stream);
	judge(&r, failure, err);
	cc_log_line("net: %s: HTTP %d, problem %d, %zu bytes of text, %zu calls", m->ops->name, a->head.status, (int)a->problem,
		a->d.text.n, a->d.calls.n);
	sse_deinit(&r.stream);
	cc_buf_deinit(&r.text);
	cc_buf_deinit(&r.error);
}

void attempt_deinit(attempt *a)
{
	decode_deinit(&a->d);
}
