/* model.c - opening a model, and one question with all its tries.
 *
 * A question that failed before anything of an answer was told is asked again as often as the options say. One whose answer was
 * cut half-way is asked again once, and whoever watches is told that what they saw is void: half an answer is never taken for a whole. */
#include <string.h>

#include "coldcase/arena.h"
#include "coldcase/clock.h"
#include "coldcase/xalloc.h"
#include "net/model_priv.h"

enum { TRIES_MAX = 20, UNREACHED_TRIES = 2 };

void cc_model_options_init(cc_model_options *o)
{
	const int64_t second = 1000000000;
	*o = (cc_model_options){ .temperature = -1, .connect_ms = 20000, .stall_ms = 300000, .total_ms = 1200000, .tries = 6,
		.retry_base_ns = second, .retry_max_ns = 60 * second, .seed = 1 };
}

/* --- opening --- */

static cc_code check_options(const cc_model_options *o, cc_err *err)
{
	if (o->provider >= CC_PROVIDER_COUNT)
		return cc_err_set(err, CC_EUSAGE, "no such provider");
	if (!o->model || !*o->model) {
		cc_err_set(err, CC_EUSAGE, "%s: no model is named", cc_provider_name(o->provider));
		return cc_err_hint(err, "name one with --model"), CC_EUSAGE;
	}
	if (o->tries < 1 || o->tries > TRIES_MAX)
		return cc_err_set(err, CC_EUSAGE, "tries: 1 to %d, not %d", TRIES_MAX, o->tries);
	return CC_OK;
}

static bool copy_options(cc_model *m, const cc_model_options *o)
{
	m->opt = *o;
	m->ops = provider_get(o->provider);
	m->own_host = !o->base_url || strcmp(o->base_url, m->ops->url) == 0;
	cc_buf_addz(&m->url, o->base_url ? o->base_url : m->ops->url);
	cc_buf_addz(&m->name, o->model);
	if (o->effort)
		cc_buf_addz(&m->effort, o->effort);
	m->opt.model = m->name.p;
	m->opt.base_url = m->url.p;
	m->opt.effort = o->effort && m->effort.n ? m->effort.p : NULL;
	cc_rng_init_named(&m->rng, o->seed, "retry");
	return cc_buf_ok(&m->url) && cc_buf_ok(&m->name) && cc_buf_ok(&m->effort);
}

static cc_code find_key(cc_model *m, cc_err *err)
{
	cc_code code = key_find(&m->key, m->ops, err);
	if (code != CC_OK || m->key.n || !m->ops->needs_key || !m->own_host)
		return code;
	cc_err_set(err, CC_EACCESS, "%s: there is no key", m->ops->name);
	(void)cc_err_hint(err, "set %s, or write '%s: KEY' into keys.yaml of the configuration folder (mode 600)", m->ops->variables[0],
		m->ops->name);
	return CC_EACCESS;
}

static cc_code open_model(cc_model *m, const cc_model_options *o, cc_err *err)
{
	if (!copy_options(m, o))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_code code = cc_http_check_url(m->url.p, o->allow_http, err);
	if (code == CC_OK && cc_str_find_char(cc_buf_str(&m->url), '?') != CC_STR_NONE)
		code = cc_err_set(err, CC_EUSAGE, "%s: the address of a server has no query", m->ops->name);
	if (code == CC_OK)
		code = facts_find(&m->facts, m->ops->name, cc_buf_str(&m->name), err);
	if (code == CC_OK)
		code = find_key(m, err);
	if (code == CC_OK && !o->net.send)
		code = cc_http_open(&m->http, err);
	if (o->window > 0)
		m->facts.window = o->window;
	return code;
}

cc_code cc_model_open(cc_model **out, const cc_model_options *o, cc_err *err)
{
	*out = NULL;
	cc_code code = check_options(o, err);
	if (code != CC_OK)
		return code;
	cc_model *m = cc_calloc(1, sizeof *m);
	if (!m)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	code = open_model(m, o, err);
	if (code == CC_OK)
		*out = m;
	else
		cc_model_close(m);
	return code;
}

void cc_model_close(cc_model *m)
{
	if (!m)
		return;
	cc_http_close(m->http);
	key_wipe(&m->key);
	cc_buf_deinit(&m->url);
	cc_buf_deinit(&m->name);
	cc_buf_deinit(&m->effort);
	cc_free(m);
}

const cc_model_facts *cc_model_facts_of(const cc_model *m)
{
	return &m->facts;
}

/* --- the answer --- */

static cc_str keep(cc_arena *arena, const cc_model *m, cc_buf *text)
{
	key_hide(&m->key, text); /* a key that came in pieces */
	return cc_arena_dup(arena, text->n ? cc_buf_str(text) : CC_STR_EMPTY);
}

static bool keep_calls(cc_model_answer *out, const cc_model *m, decode *d)
{
	cc_tool_call *calls = cc_arena_array(out->arena, d->calls.n, sizeof *calls);
	for (size_t i = 0; calls && i < d->calls.n; i++) {
		calls[i].id = keep(out->arena, m, &d->calls.p[i].id);
		calls[i].name = keep(out->arena, m, &d->calls.p[i].name);
		calls[i].arguments = keep(out->arena, m, &d->calls.p[i].arguments);
		if (!calls[i].id.p || !calls[i].name.p || !calls[i].arguments.p)
			return false;
	}
	out->message.calls = calls;
	out->message.calls_n = d->calls.n;
	return calls != NULL;
}

static bool keep_answer(cc_model_answer *out, const cc_model *m, attempt *a)
{
	decode *d = &a->d;
	out->arena = cc_arena_new();
	if (!out->arena || !keep_calls(out, m, d))
		return false;
	out->message.role = CC_ROLE_ASSISTANT;
	out->message.text = keep(out->arena, m, &d->text);
	out->message.reasoning = keep(out->arena, m, &d->reasoning);
	out->message.state = keep(out->arena, m, &d->state);
	out->message.state_of = m->opt.provider;
	out->stop = d->stop;
	out->stop_reason = keep(out->arena, m, &d->stop_reason);
	out->model = keep(out->arena, m, &d->model);
	out->usage = d->usage;
	out->cost_micro = cc_model_cost(&m->facts, &d->usage);
	out->first_ns = d->content ? d->first_ns - a->begun_ns : 0;
	out->total_ns = cc_clock_mono_ns() - a->begun_ns;
	return out->message.text.p && out->message.reasoning.p && out->message.state.p && out->stop_reason.p && out->model.p;
}

/* A whole answer: in its final form, and out of the decoder. */
static cc_code take_answer(cc_model *m, const cc_model_request *r, attempt *a, cc_model_answer *out, cc_err *err)
{
	decode_finish(&a->d, cc_chat_count(r->chat));
	if (m->ops->finish)
		m->ops->finish(&a->d);
	if (!a->d.failed && keep_answer(out, m, a))
		return CC_OK;
	out->problem = CC_PROBLEM_ANSWER;
	return cc_err_set(err, CC_ENOMEM, "%s: out of memory", m->ops->name);
}

/* --- asking --- */

static void tell(const cc_model_request *r, cc_model_event e)
{
	if (r->on_event)
		r->on_event(r->ctx, &e);
}

/* Waits for the next try; false when there is to be none. */
static bool try_again(cc_model *m, const cc_model_request *r, const attempt *a, bool *restarted, cc_model_answer *out, const cc_err *err)
{
	if (!a->may_retry || out->attempts >= m->opt.tries || (a->d.content && *restarted))
		return false;
	if (a->unreached && !m->reached && out->attempts >= UNREACHED_TRIES) /* more likely the address is wrong */
		return false;
	int64_t asked = a->head.retry_after_ns >= 0 ? a->head.retry_after_ns : a->d.retry_after_ns;
	int64_t wait = retry_wait_ns(&m->rng, &m->opt, out->attempts + 1, asked);
	if (a->d.content)
		tell(r, (cc_model_event){ .kind = CC_MODEL_RESTART, .attempt = out->attempts + 1 });
	*restarted |= a->d.content;
	tell(r, (cc_model_event){ .kind = CC_MODEL_RETRY, .text = cc_str_from(err->message), .attempt = out->attempts + 1, .wait_ns = wait });
	out->waited_ns += wait;
	return m->opt.net.wait ? m->opt.net.wait(m->opt.net.ctx, wait, r->cancel) : retry_sleep(NULL, wait, r->cancel);
}

static cc_code ask_until_answered(cc_model *m, const cc_model_request *r, cc_str body, cc_model_answer *out, cc_err *err)
{
	bool restarted = false, again;
	cc_code code;
	do {
		attempt a;
		out->attempts++;
		attempt_run(m, r, body, &a, err);
		out->problem = a.problem;
		out->status = a.head.status;
		m->reached |= a.head.status > 0;
		code = a.problem == CC_PROBLEM_NONE ? take_answer(m, r, &a, out, err) : a.code;
		again = a.problem != CC_PROBLEM_NONE && try_again(m, r, &a, &restarted, out, err);
		attempt_deinit(&a);
	} while (again);
	if (code != CC_OK && cc_canceled(r->cancel)) {
		out->problem = CC_PROBLEM_CANCELED;
		code = cc_err_set(err, CC_ECANCELED, "%s: canceled", m->ops->name);
	}
	return code;
}

/* The smaller of what the options say and what may be paid for; where no answer can be so long, nothing: servers refuse such numbers. */
static int64_t output_of(const cc_model *m, const cc_model_request *r)
{
	enum { EVER = 131072 };
	int64_t longest = m->opt.max_output > 0 ? m->opt.max_output : m->facts.max_output > 0 ? m->facts.max_output : EVER;
	return r->max_output > 0 && r->max_output < longest ? r->max_output : m->opt.max_output;
}

static cc_code ask_once(cc_model *m, const cc_model_request *r, cc_model_answer *out, cc_err *err)
{
	cc_model_request q = *r;
	if (m->free_choice)
		q.must_call = NULL;
	if (m->state_from > cc_chat_count(r->chat)) /* it was made shorter: what is added from now on is of this conversation */
		m->state_from = cc_chat_count(r->chat);
	cc_model_options opt = m->opt;
	opt.max_output = output_of(m, r);
	const ask a = { &opt, &m->facts, &q, m->own_host, m->state_from };
	cc_buf body = CC_BUF_INIT;
	cc_jw w;
	cc_code code;
	cc_jw_init(&w, &body, 0);
	cc_jw_object(&w);
	m->ops->write(&w, &a);
	cc_jw_end_object(&w);
	if (cc_buf_ok(&body))
		code = ask_until_answered(m, r, cc_buf_str(&body), out, err);
	else
		code = cc_err_set(err, CC_ENOMEM, "%s: out of memory", m->ops->name);
	cc_buf_deinit(&body);
	return code;
}

cc_code cc_model_ask(cc_model *m, const cc_model_request *r, cc_model_answer *out, cc_err *err)
{
	cc_err own = { 0 };
	cc_code code;
	*out = (cc_model_answer){ .cost_micro = -1, .usage = { -1, -1, -1, -1, -1 } };
	while ((code = ask_once(m, r, out, &own)) != CC_OK && concede(m, r, out, &own))
		tell(r, (cc_model_event){ .kind = CC_MODEL_RETRY, .text = cc_str_from(own.message), .attempt = out->attempts + 1 });
	if (err && code != CC_OK)
		*err = own;
	return code;
}

void cc_model_answer_deinit(cc_model_answer *a)
{
	cc_arena_free(a->arena);
	*a = (cc_model_answer){ 0 };
}
