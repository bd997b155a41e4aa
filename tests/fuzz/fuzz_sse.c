/* Any bytes as a stream: cut in pieces it gives the same events as a whole, and every provider's decoder makes of it an answer
 * that is valid UTF-8 or an error that says something. */
#include <string.h>
#include "coldcase/model.h"
#include "coldcase/utf8.h"
#include "fuzz.h"
#include "net/sse.h"

static bool collect(void *ctx, cc_str name, cc_str data)
{
	cc_buf *b = ctx;
	cc_buf_addf(b, "%zu:%zu:", name.n, data.n);
	cc_buf_add(b, name);
	cc_buf_add(b, data);
	return b->n < 1 << 20;
}

static bool events_of(cc_str text, bool lines, size_t step, cc_buf *out)
{
	sse s;
	bool ok = true;
	sse_init(&s, lines, 1 << 12, collect, out);
	for (size_t at = 0; ok && at < text.n; at += step)
		ok = sse_feed(&s, cc_str_sub(text, at, at + step));
	ok = sse_end(&s) && ok;
	sse_deinit(&s);
	return ok;
}

static void check_pieces(cc_str text, bool lines)
{
	cc_buf whole = CC_BUF_INIT;
	bool ok = events_of(text, lines, text.n + 1, &whole);
	for (size_t step = 1; step < 8; step += 3) {
		cc_buf pieces = CC_BUF_INIT;
		must(events_of(text, lines, step, &pieces) == ok);
		must(cc_str_eq(cc_buf_str(&whole), cc_buf_str(&pieces)));
		cc_buf_deinit(&pieces);
	}
	cc_buf_deinit(&whole);
}

/* --- the same bytes as the answer of a provider --- */

static cc_str reply;

static cc_code play(void *ctx, const cc_http_request *r, cc_http_head *head, cc_http_failure *failure, cc_err *err)
{
	(void)ctx;
	(void)err;
	*failure = CC_HTTP_NONE;
	*head = (cc_http_head){ .status = 200, .retry_after_ns = -1 };
	for (size_t at = 0; at < reply.n; at += 11)
		if (!r->on_body(r->ctx, head, cc_str_sub(reply, at, at + 11)))
			break;
	return CC_OK;
}

static void check_event(void *ctx, const cc_model_event *e)
{
	(void)ctx;
	must(cc_utf8_valid(e->text));
}

static cc_model *model_of(cc_provider p)
{
	static cc_model *models[CC_PROVIDER_COUNT];
	cc_model_options o;
	cc_err err;
	if (models[p])
		return models[p];
	cc_model_options_init(&o);
	o.provider = p;
	o.model = "fuzzed";
	o.base_url = "http://127.0.0.1:9";
	o.tries = 1;
	o.net.send = play;
	must(cc_model_open(&models[p], &o, &err) == CC_OK);
	return models[p];
}

/* An answer goes into the next question: that must not break the request. */
static void check_next(cc_model *m, cc_chat *chat, const cc_model_answer *a)
{
	cc_model_answer next = { 0 };
	must(cc_chat_add(chat, &a->message));
	for (size_t i = 0; i < a->message.calls_n; i++)
		must(cc_chat_add(chat, &(cc_message){ .role = CC_ROLE_TOOL, .call_id = a->message.calls[i].id, .call_name = a->message.calls[i].name }));
	(void)!cc_model_ask(m, &(cc_model_request){ .chat = chat }, &next, NULL);
	cc_model_answer_deinit(&next);
}

static void check_provider(cc_provider p)
{
	cc_model *m = model_of(p);
	cc_chat *chat = cc_chat_new();
	cc_model_answer a = { 0 };
	cc_err err = { 0 };
	must(chat && cc_chat_add(chat, &(cc_message){ .role = CC_ROLE_USER, .text = CC_STR("?") }));
	if (cc_model_ask(m, &(cc_model_request){ .chat = chat, .on_event = check_event }, &a, &err) == CC_OK) {
		must(cc_utf8_valid(a.message.text) && cc_utf8_valid(a.message.reasoning) && cc_utf8_valid(a.message.state));
		for (size_t i = 0; i < a.message.calls_n; i++)
			must(a.message.calls[i].id.n && a.message.calls[i].arguments.n && cc_utf8_valid(a.message.calls[i].arguments));
		check_next(m, chat, &a);
	} else {
		must(a.problem != CC_PROBLEM_NONE && err.message[0] && cc_utf8_valid(cc_str_from(err.message)));
	}
	cc_model_answer_deinit(&a);
	cc_chat_free(chat);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	reply = (cc_str){ (const char *)data, size };
	check_pieces(reply, false);
	check_pieces(reply, true);
	for (cc_provider p = CC_PROVIDER_OPENAI; p < CC_PROVIDER_COUNT; p++)
		check_provider(p);
	return 0;
}
