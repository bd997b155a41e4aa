/* loop_record.c - what the record keeps of a conversation: who was asked under which rules, what was said, what each call took.
 *
 * The names of events and their keys are those of coldcase-trajectory(5). */
#include "agent/loop_priv.h"

static void put_int(cc_jw *w, const char *key, int64_t v, int64_t unknown)
{
	cc_jw_key(w, key);
	if (v == unknown)
		cc_jw_null(w);
	else
		cc_jw_int(w, v);
}

static void put_str(cc_jw *w, const char *key, cc_str v)
{
	cc_jw_key(w, key);
	cc_jw_str(w, v);
}

static void put_cost(cc_jw *w, const char *key, int64_t micro, int64_t unknown)
{
	cc_jw_key(w, key);
	if (micro == unknown)
		cc_jw_null(w);
	else
		cc_jw_double(w, (double)micro / 1e6);
}

static void put_bool(cc_jw *w, const char *key, bool v)
{
	cc_jw_key(w, key);
	cc_jw_bool(w, v);
}

static void add(const loop *l, const char *name, cc_buf *json)
{
	if (cc_buf_ok(json))
		cc_session_event(l->session, name, cc_buf_str(json));
	cc_buf_deinit(json);
}

void loop_record_begin(const loop *l)
{
	const cc_discipline *d = &l->o->discipline;
	cc_buf model = CC_BUF_INIT, agent = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &model, 0);
	cc_jw_object(&w);
	put_str(&w, "provider", cc_str_from(l->o->provider));
	put_str(&w, "model", cc_str_from(l->o->model_name));
	cc_jw_end_object(&w);
	add(l, "model", &model);
	cc_jw_init(&w, &agent, 0);
	cc_jw_object(&w);
	put_str(&w, "tools", l->o->sandbox ? CC_STR("shell") : CC_STR("console"));
	put_bool(&w, "sandboxed", l->o->sandbox != NULL);
	put_int(&w, "max_turns", d->max_turns, 0);
	put_int(&w, "max_tokens", d->max_tokens, 0);
	put_cost(&w, "max_cost_usd", d->max_cost_micro, 0);
	put_int(&w, "max_ns", d->max_ns, 0);
	put_int(&w, "commit_by", d->commit_by, 0);
	put_bool(&w, "advice", d->advice);
	put_bool(&w, "self_check", d->self_check);
	put_int(&w, "window", l->window, 0);
	put_str(&w, "sandbox", cc_str_from(l->o->sandbox ? cc_sandbox_way_name(cc_sandbox_way_of(l->o->sandbox)) : ""));
	cc_jw_end_object(&w);
	add(l, "agent", &agent);
}

void loop_record_usage(const loop *l, const cc_model_answer *a, const char *what)
{
	cc_buf json = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &json, 0);
	cc_jw_object(&w);
	put_int(&w, "input_tokens", a->usage.input, -1);
	put_int(&w, "output_tokens", a->usage.output, -1);
	put_int(&w, "cached_tokens", a->usage.cached, -1);
	put_int(&w, "reasoning_tokens", a->usage.reasoning, -1);
	put_cost(&w, "cost_usd", a->cost_micro, -1);
	put_str(&w, "model", a->model);
	put_str(&w, "for", cc_str_from(what));
	put_str(&w, "stop", cc_str_from(cc_stop_name(a->stop)));
	put_int(&w, "attempts", a->attempts, -1);
	put_int(&w, "first_ns", a->first_ns, -1);
	put_int(&w, "total_ns", a->total_ns, -1);
	put_int(&w, "waited_ns", a->waited_ns, -1);
	cc_jw_end_object(&w);
	add(l, "usage", &json);
}

void loop_record_message(const loop *l, const char *source, cc_str text, cc_str reasoning)
{
	cc_buf json = CC_BUF_INIT;
	cc_jw w;
	if (!text.n && !reasoning.n)
		return;
	cc_jw_init(&w, &json, 0);
	cc_jw_object(&w);
	put_str(&w, "source", cc_str_from(source));
	put_str(&w, "text", text);
	if (reasoning.n)
		put_str(&w, "reasoning", reasoning);
	cc_jw_end_object(&w);
	add(l, "message", &json);
}

void loop_record_context(const loop *l, const char *what, size_t messages)
{
	cc_buf json = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &json, 0);
	cc_jw_object(&w);
	put_str(&w, "what", cc_str_from(what));
	put_int(&w, "messages", (int64_t)messages, -1);
	cc_jw_end_object(&w);
	add(l, "context", &json);
}

void loop_record_retry(const loop *l, const cc_model_event *e)
{
	cc_buf json = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &json, 0);
	cc_jw_object(&w);
	put_str(&w, "why", e->text);
	put_int(&w, "attempt", e->attempt, -1);
	put_int(&w, "wait_ns", e->wait_ns, -1);
	cc_jw_end_object(&w);
	add(l, "retry", &json);
}
