/* decode.c - what all providers' streams have in common: text, thinking, calls that come in pieces, counts, reasons.
 *
 * Every text is told on as it comes, so nothing told can be taken back: a try that ends badly after that says "restart". */
#include "net/decode.h"

#include "coldcase/clock.h"

enum { CALLS_MAX = 1000 };

void decode_init(decode *d, const cc_model_request *request)
{
	*d = (decode){ .request = request, .usage = { -1, -1, -1, -1, -1 } };
}

void decode_deinit(decode *d)
{
	cc_buf *own[] = { &d->text, &d->reasoning, &d->state, &d->plain, &d->model, &d->stop_reason, &d->error };
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		cc_buf_deinit(own[i]);
	for (size_t i = 0; i < d->calls.n; i++) {
		decode_call *c = &d->calls.p[i];
		cc_buf_deinit(&c->id);
		cc_buf_deinit(&c->name);
		cc_buf_deinit(&c->arguments);
		cc_buf_deinit(&c->extra);
	}
	for (size_t i = 0; i < d->blocks.n; i++) {
		cc_buf_deinit(&d->blocks.p[i].text);
		cc_buf_deinit(&d->blocks.p[i].signature);
		cc_buf_deinit(&d->blocks.p[i].raw);
	}
	cc_vec_deinit(&d->calls);
	cc_vec_deinit(&d->blocks);
}

/* --- content --- */

static void tell(decode *d, cc_model_event_kind kind, cc_str text)
{
	if (!d->content)
		d->first_ns = cc_clock_mono_ns();
	d->content = true;
	if (d->request->on_event)
		d->request->on_event(d->request->ctx, &(cc_model_event){ .kind = kind, .text = text });
}

void decode_text(decode *d, cc_str piece)
{
	if (!piece.n)
		return;
	cc_buf_add(&d->text, piece);
	tell(d, CC_MODEL_TEXT, piece);
}

void decode_reasoning(decode *d, cc_str piece)
{
	if (!piece.n)
		return;
	cc_buf_add(&d->reasoning, piece);
	tell(d, CC_MODEL_REASONING, piece);
}

decode_call *decode_call_begin(decode *d, int64_t index, cc_str id, cc_str name)
{
	decode_call c = { .index = index };
	if (d->calls.n == CALLS_MAX) { /* nobody means that */
		d->problem = CC_PROBLEM_ANSWER;
		cc_buf_clear(&d->error);
		cc_buf_addf(&d->error, "it makes more than %d calls at once", CALLS_MAX);
		return NULL;
	}
	if (!cc_vec_push(&d->calls, c)) {
		d->failed = true;
		return NULL;
	}
	decode_call *made = &d->calls.p[d->calls.n - 1];
	cc_buf_add(&made->id, id);
	cc_buf_add(&made->name, name);
	tell(d, CC_MODEL_CALL, name);
	return made;
}

decode_call *decode_call_find(decode *d, int64_t index)
{
	for (size_t i = d->calls.n; i-- > 0;)
		if (d->calls.p[i].index == index)
			return &d->calls.p[i];
	return NULL;
}

void decode_arguments(decode_call *c, const cc_json *piece)
{
	if (cc_json_typeof(piece) == CC_JSON_STRING)
		cc_buf_add(&c->arguments, cc_json_str(piece));
	else if (cc_json_typeof(piece) == CC_JSON_OBJECT)
		cc_json_write(&c->arguments, piece, false);
}

void decode_state(decode *d, const cc_json *item)
{
	if (d->state.n)
		cc_buf_add_char(&d->state, ',');
	cc_json_write(&d->state, item, false);
}

void decode_stop(decode *d, cc_str reason, cc_stop stop)
{
	cc_buf_clear(&d->stop_reason);
	cc_buf_add(&d->stop_reason, reason);
	d->stop = stop;
	d->stopped = true;
}

void decode_model(decode *d, cc_str model)
{
	if (!d->model.n)
		cc_buf_add(&d->model, model);
}

void decode_count(int64_t *out, const cc_json *object, const char *key)
{
	int64_t n;
	if (cc_json_int(cc_json_get(object, key), &n) && n >= 0)
		*out = n;
}

/* --- errors --- */

static bool says(cc_str message, const char *what)
{
	return cc_str_find_nocase(message, cc_str_from(what)) != CC_STR_NONE;
}

static bool any_says(cc_str word, cc_str message, const char *const *what)
{
	for (; *what; what++)
		if (says(word, *what) || says(message, *what))
			return true;
	return false;
}

static const char *const context_words[] = { "context_length", "context length", "context window", "context size", "context_size",
	"prompt is too long", "maximum number of tokens", "request_too_large", "input is too long", "reduce the length", NULL };
static const char *const quota_words[] = { "insufficient_quota", "credit balance", "billing_hard_limit", "insufficient credits",
	"insufficient balance", "billing_error", NULL };
static const char *const busy_words[] = { "overloaded", "server_error", "internal", "unavailable", "api_error", "timeout",
	"server_is_overloaded", "deadline_exceeded", NULL };
static const char *const rate_words[] = { "rate_limit", "resource_exhausted", "too many requests", NULL };
static const char *const key_words[] = { "authentication_error", "permission_error", "invalid_api_key", "unauthenticated",
	"api key not valid", "api_key_invalid", NULL };

/* By the status where it decides; by the words where it does not: a context that is full is a 400 at one, a 413 at another,
 * and inside of a stream there is no status at all. */
void decode_classify(decode *d, int status, cc_str word, cc_str message)
{
	bool refused = status >= 400 && status < 500 && status != 429 && status != 408;
	if (status == 402 || any_says(word, message, quota_words))
		d->problem = CC_PROBLEM_QUOTA;
	else if (status == 413 || (status < 500 && status != 429 && any_says(word, message, context_words)))
		d->problem = CC_PROBLEM_CONTEXT;
	else if (status == 401 || status == 403 || (status < 500 && any_says(word, message, key_words)))
		d->problem = CC_PROBLEM_KEY;
	else if (status == 429 || (!status && any_says(word, CC_STR_EMPTY, rate_words)))
		d->problem = CC_PROBLEM_RATE;
	else if (refused)
		d->problem = CC_PROBLEM_REQUEST;
	else if (status >= 500 || status == 408 || any_says(word, CC_STR_EMPTY, busy_words) || !word.n)
		d->problem = CC_PROBLEM_SERVER;
	else
		d->problem = CC_PROBLEM_REQUEST;
}

/* Google's way: "details": [{"@type": "…RetryInfo", "retryDelay": "34.5s"}] */
static void take_retry_delay(decode *d, const cc_json *details)
{
	for (const cc_json *v = cc_json_typeof(details) == CC_JSON_ARRAY ? cc_json_first(details) : NULL; v; v = cc_json_next(v)) {
		cc_str delay = cc_json_get_str(v, "retryDelay");
		double seconds;
		if (cc_str_ends(delay, CC_STR("s")) && cc_str_to_double(cc_str_sub(delay, 0, delay.n - 1), &seconds) && seconds > 0 && seconds < 1e6)
			d->retry_after_ns = (int64_t)(seconds * 1e9);
	}
}

bool decode_error(decode *d, int status, const cc_json *body)
{
	if (cc_json_typeof(body) == CC_JSON_ARRAY) /* gemini's, when it does not stream */
		body = cc_json_first(body);
	const cc_json *error = cc_json_get(body, "error");
	if (!cc_json_count(error) && !cc_json_str(error).n) /* some write an empty one where there is none */
		error = status && (cc_json_get(body, "message") || cc_json_get(body, "detail")) ? body : NULL;
	if (!error)
		return false;
	cc_str message = cc_json_str(error), word = cc_json_get_str(error, "code");
	if (!message.n)
		message = cc_json_get_str(error, "message");
	if (!message.n)
		message = cc_json_get_str(error, "detail");
	if (!word.n || cc_str_eqz(word, "invalid_request_error"))
		word = cc_json_get_str(error, "type");
	if (!word.n)
		word = cc_json_get_str(error, "status");
	cc_buf_clear(&d->error);
	cc_buf_add(&d->error, message.n ? message : word);
	int64_t code; /* some gateways put the status of HTTP into the body of a 200 */
	if (!status && cc_json_int(cc_json_get(error, "code"), &code) && code >= 400 && code < 600)
		status = (int)code;
	take_retry_delay(d, cc_json_get(error, "details"));
	decode_classify(d, status, word, message);
	return true;
}

/* --- the end --- */

bool decode_id_is_ours(cc_str id)
{
	return cc_str_starts(id, CC_STR("cc-"));
}

void decode_finish(decode *d, size_t turn)
{
	for (size_t i = 0; i < d->calls.n; i++) {
		decode_call *c = &d->calls.p[i];
		if (!c->id.n)
			cc_buf_addf(&c->id, "cc-%zu-%zu", turn, i + 1);
		if (!cc_str_trim(cc_buf_str(&c->arguments)).n) {
			cc_buf_clear(&c->arguments);
			cc_buf_addz(&c->arguments, "{}");
		}
		d->failed |= !cc_buf_ok(&c->id) || !cc_buf_ok(&c->name) || !cc_buf_ok(&c->arguments) || !cc_buf_ok(&c->extra);
	}
	if (d->calls.n && (d->stop == CC_STOP_END || d->stop == CC_STOP_OTHER)) /* some servers say "stop" all the same */
		d->stop = CC_STOP_CALLS;
	else if (!d->calls.n && d->stop == CC_STOP_CALLS)
		d->stop = CC_STOP_END;
	d->failed |= !cc_buf_ok(&d->text) || !cc_buf_ok(&d->reasoning) || !cc_buf_ok(&d->state) || !cc_buf_ok(&d->plain);
	for (size_t i = 0; i < d->blocks.n; i++) {
		const decode_block *b = &d->blocks.p[i];
		d->failed |= !cc_buf_ok(&b->text) || !cc_buf_ok(&b->signature) || !cc_buf_ok(&b->raw);
	}
}
