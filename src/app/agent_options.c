/* agent_options.c - what the options of `agent` mean: numbers within reason, a model and the rules it plays by. */
#include "app/agent_options.h"

#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TURNS = 100 };       /* the benchmark's cap */

static cc_code whole(const char *option, const char *text, int64_t least, int64_t most, int64_t *out, cc_err *err)
{
	if (!text || (cc_str_to_i64(cc_str_from(text), out) && *out >= least && *out <= most))
		return CC_OK;
	return cc_err_set(err, CC_EUSAGE, "%s takes a whole number from %lld to %lld, not %s", option, (long long)least, (long long)most, text);
}

static cc_code dollars(const char *text, int64_t *micro, cc_err *err)
{
	double v = 0;
	if (!text)
		return CC_OK;
	if (!cc_str_to_double(cc_str_from(text), &v) || !(v > 0) || v > 100000)
		return cc_err_set(err, CC_EUSAGE, "--max-cost takes dollars above 0, not %s", text);
	*micro = (int64_t)(v * 1e6);
	return CC_OK;
}

cc_code app_agent_discipline(const app_options *o, cc_discipline *d, cc_err *err)
{
	int64_t minutes = 0;
	*d = (cc_discipline){ .max_turns = DEFAULT_TURNS, .advice = o->advice, .self_check = o->self_check };
	cc_code code = whole("--max-turns", o->max_turns, 1, 100000, &d->max_turns, err);
	if (code == CC_OK)
		code = whole("--max-tokens", o->max_tokens, 1, INT64_MAX / 2, &d->max_tokens, err);
	if (code == CC_OK)
		code = whole("--max-minutes", o->max_minutes, 1, 100000, &minutes, err);
	if (code == CC_OK)
		code = whole("--commit-by", o->commit_by, 1, 100000, &d->commit_by, err);
	if (code == CC_OK)
		code = dollars(o->max_cost, &d->max_cost_micro, err);
	d->max_ns = minutes * 60 * CC_NS_PER_S;
	return code;
}

bool app_agent_wants_shell(const app_options *o, cc_err *err, cc_code *code)
{
	bool shell = o->tools && strcmp(o->tools, "shell") == 0;
	*code = CC_OK;
	if (o->tools && !shell && strcmp(o->tools, "console") != 0) {
		*code = cc_err_set(err, CC_EUSAGE, "no set of tools is called %s", o->tools);
		cc_err_hint(err, "console or shell");
	} else if (shell && o->advice) {
		*code = cc_err_set(err, CC_EUSAGE, "--advice speaks of suspects on the board, which --tools shell does not have");
	}
	return shell;
}

cc_code app_agent_sandbox(cc_sandbox **out, const cc_snapshot *s, cc_err *err)
{
	const char *name = getenv("COLDCASE_SANDBOX");
	cc_sandbox_limits limits = cc_sandbox_defaults();
	cc_sandbox_way way = CC_SANDBOX_AUTO;
	if (name && *name && !cc_sandbox_way_find(cc_str_from(name), &way)) {
		cc_err_set(err, CC_EUSAGE, "COLDCASE_SANDBOX: no way of shutting a shell in is called %s", name);
		return cc_err_hint(err, "auto, own or bwrap");
	}
	return cc_sandbox_open(out, s, &limits, way, err);
}

cc_code app_agent_model(const app_options *o, cc_model **out, int64_t *window, cc_err *err)
{
	cc_model_options mo;
	cc_model_options_init(&mo);
	if (!cc_provider_find(cc_str_from(o->provider), &mo.provider)) {
		cc_err_set(err, CC_EUSAGE, "agent: no provider is called %s", o->provider);
		return cc_err_hint(err, "openai, openai-responses, anthropic, gemini, ollama, or heuristic, which needs no model");
	}
	if (!o->model || !*o->model) {
		cc_err_set(err, CC_EUSAGE, "agent: which model of %s?", o->provider);
		return cc_err_hint(err, "--model NAME, as the provider calls it");
	}
	cc_code code = whole("--window", o->window, 1000, 1000000000, window, err);
	if (code == CC_OK)
		code = whole("--max-output", o->max_output, 16, 10000000, &mo.max_output, err);
	mo.model = o->model;
	mo.base_url = o->base_url;
	mo.allow_http = o->allow_http;
	mo.effort = o->effort;
	mo.window = *window;
	return code == CC_OK ? cc_model_open(out, &mo, err) : code;
}
