/* app_op.c - the operations of a service and the calls that serving them takes. */
#include <string.h>

#include "forge/app_priv.h"

/* What an operation is, by the member that says so. */
typedef enum form { FORM_HTTP, FORM_GRPC, FORM_REDIS, FORM_SQL, FORM_TOPIC, FORM_CONSUME, FORM_COUNT } form;
static const char *const FORMS[FORM_COUNT] = { "http", "grpc", "redis", "sql", "topic", "consume" };

typedef struct raw { forge_op op; const char *id, *system, *verb; } raw;

#define AT(member) offsetof(raw, op.member)

static const app_field FIELDS[] = {
	APP_PLAIN("id", APP_TEXT, offsetof(raw, id)),
	APP_ELSEWHERE("http"),
	APP_ELSEWHERE("grpc"),
	APP_ELSEWHERE("redis"),
	APP_ELSEWHERE("sql"),
	APP_ELSEWHERE("topic"),
	APP_ELSEWHERE("consume"),
	APP_PLAIN("name", APP_TEXT, AT(name)),
	APP_PLAIN("client", APP_TEXT, AT(client)),
	APP_PLAIN("system", APP_TEXT, offsetof(raw, system)),
	APP_PLAIN("verb", APP_TEXT, offsetof(raw, verb)),
	APP_RANGE("cpu", APP_US, AT(cpu_us), 0, 60000000),
	APP_RANGE("wait", APP_US, AT(wait_us), 0, 600000000),
	APP_RANGE("request", APP_BYTES, AT(request_bytes), 0, 1 << 26),
	APP_RANGE("reply", APP_BYTES, AT(reply_bytes), 0, 1 << 26),
	APP_RANGE("memory", APP_KI, AT(mem_kib), 0, 1 << 20),
	APP_PLAIN("log", APP_TEXT, AT(log)),
	APP_ELSEWHERE("calls"),
};

static bool form_of(app_reader *r, const cc_json *node, const app_at *at, form *out, const char **text)
{
	int found = -1;
	for (int i = 0; i < FORM_COUNT; i++) {
		const cc_json *v = cc_json_get(node, FORMS[i]);
		app_at here = { at, cc_str_from(FORMS[i]), 0 };
		if (cc_json_typeof(v) <= CC_JSON_NULL) continue;
		if (found >= 0)
			return app_wrong(r, at, "an operation is either \"%s\" or \"%s\"", FORMS[found], FORMS[i]);
		found = i;
		if (!app_text(r, v, &here, text)) return false;
		if (!(*text)[0] || strpbrk(*text, "\n\r\t")) return app_wrong(r, &here, "one line of text is expected");
	}
	if (found < 0)
		return app_wrong(r, at, "one of http, grpc, redis, sql, topic, consume must say what the operation is");
	*out = (form)found;
	return true;
}

static bool set_http(app_reader *r, const app_at *at, raw *w, const char *text)
{
	size_t n = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
	if (n < 3 || n > 7 || text[n] != ' ' || text[n + 1] != '/' || strchr(text + n + 1, ' '))
		return app_wrong(r, at, "a method and a path are expected, such as \"GET /api/cart\"");
	w->op.proto = PROTO_HTTP;
	w->op.method = app_printf(r, "%.*s", (int)n, text);
	w->op.route = text + n + 1;
	if (!w->op.name) w->op.name = app_printf(r, "%.*s", (int)strcspn(text, "?"), text);
	if (!w->op.client) w->op.client = w->op.method; /* clients know no routes */
	return w->op.method && w->op.name;
}

static bool set_grpc(app_reader *r, const app_at *at, raw *w, const char *text)
{
	const char *slash = strchr(text, '/');
	if (!slash || slash == text || !slash[1] || strchr(slash + 1, '/') || strchr(text, ' '))
		return app_wrong(r, at, "a service and a method are expected, such as \"shop.CartService/GetCart\"");
	w->op.proto = PROTO_GRPC;
	w->op.method = app_printf(r, "%.*s", (int)(slash - text), text);
	w->op.route = slash + 1;
	if (!w->op.name) w->op.name = text;
	if (!w->id) w->id = slash + 1;
	return w->op.method != NULL;
}

static bool set_store(app_reader *r, raw *w, const char *text, bool redis)
{
	w->op.proto = redis ? PROTO_REDIS : PROTO_SQL;
	w->op.method = w->system ? w->system : redis ? "redis" : "postgresql";
	w->op.route = text;
	if (!w->op.name) w->op.name = app_printf(r, "%.*s", (int)strcspn(text, " "), text);
	if (!w->id && redis) w->id = w->op.name;
	return w->op.name != NULL;
}

static bool set_topic(app_reader *r, raw *w, const char *topic)
{
	w->op.proto = PROTO_KAFKA;
	w->op.method = w->verb ? w->verb : "publish";
	w->op.route = topic;
	if (!w->op.name) w->op.name = app_printf(r, "%s %s", topic, w->op.method);
	if (!w->id) w->id = topic;
	return w->op.name != NULL;
}

static bool set_form(app_reader *r, const cc_json *node, const app_at *at, raw *w, cc_str *consumes)
{
	form f = FORM_HTTP;
	const char *text = NULL;
	if (!form_of(r, node, at, &f, &text)) return false;
	app_at here = { at, cc_str_from(FORMS[f]), 0 };
	switch (f) {
	case FORM_HTTP: return set_http(r, &here, w, text);
	case FORM_GRPC: return set_grpc(r, &here, w, text);
	case FORM_REDIS: return set_store(r, w, text, true);
	case FORM_SQL: return set_store(r, w, text, false);
	case FORM_TOPIC: return set_topic(r, w, text);
	default:
		w->op.proto = PROTO_KAFKA;
		w->op.method = w->verb ? w->verb : "process";
		*consumes = cc_str_from(text);
		if (!w->id) w->id = w->op.method;
		return true;
	}
}

static bool set_id(app_reader *r, const app_at *at, raw *w, const char *service)
{
	app_at here = { at, CC_STR("id"), 0 };
	if (!w->id) return app_wrong(r, at, "the member \"id\" is missing: calls name the operation by it");
	if (strlen(w->id) > 60 || !app_letters(cc_str_from(w->id), "_-"))
		return app_wrong(r, &here, "an id has up to 60 letters, digits, '_' and '-', unlike \"%.60s\"", w->id);
	w->op.id = app_printf(r, "%s.%s", service, w->id);
	if (!w->op.id) return false;
	if (forge_op_find(r->app, cc_str_from(w->op.id)) >= 0)
		return app_wrong(r, &here, "an operation \"%s\" is there already", w->op.id);
	return true;
}

static bool read_op(app_reader *r, const cc_json *node, const app_at *at, int service, int index)
{
	int n = r->app->ops_n;
	raw w = { .op = { .service = service, .cpu_us = 1000, .request_bytes = 400, .reply_bytes = 900,
		.mem_kib = 64 } };
	cc_str consumes = CC_STR_EMPTY;
	if (n == APP_OPS) return app_limit(r, at, "at most %d operations are possible", APP_OPS);
	if (!app_members(r, node, at, FIELDS, sizeof FIELDS / sizeof FIELDS[0], &w)) return false;
	if (!set_form(r, node, at, &w, &consumes) || !set_id(r, at, &w, r->services[service].name)) return false;
	r->ops[n] = w.op;
	r->sources[n] = (app_op_source){ node, index, consumes };
	r->app->ops_n = n + 1;
	return true;
}

bool app_read_ops(app_reader *r, int service)
{
	app_way way;
	app_at at = { app_way_service(&way, service), CC_STR("operations"), 0 };
	const cc_json *v = cc_json_get(r->service_nodes[service], "operations"), *node = cc_json_first(v);
	int n;
	if (!app_items(r, v, &at, APP_OPS, &n)) return false;
	if (n && r->services[service].loadgen)
		return app_wrong(r, &at, "users offer nothing; what they do is told by the journeys");
	for (int i = 0; i < n; i++, node = cc_json_next(node))
		if (!read_op(r, node, &(app_at){ &at, CC_STR_EMPTY, i }, service, i)) return false;
	return true;
}

static const app_field CALL[] = {
	APP_NEEDED("to", APP_LATER, 0),
	APP_ELSEWHERE("via"),
	APP_RANGE("chance", APP_SHARE, offsetof(forge_step, permille), 1, 1000),
	APP_RANGE("repeat", APP_INT, offsetof(forge_step, most), 1, 50),
	APP_RANGE("timeout", APP_MS, offsetof(forge_step, timeout_ms), 0, 600000),
	APP_RANGE("retries", APP_INT, offsetof(forge_step, retries), 0, 10),
	APP_RANGE("backoff", APP_MS, offsetof(forge_step, backoff_ms), 0, 60000),
	APP_PLAIN("tolerated", APP_BOOL, offsetof(forge_step, tolerated)),
	APP_PLAIN("parallel", APP_BOOL, offsetof(forge_step, parallel)),
	APP_PLAIN("failure", APP_TEXT, offsetof(forge_step, failure)),
};

/* Where the caller has the address from: the variable named by `via`, else its first one that addresses the callee. */
static bool address_of(app_reader *r, const cc_json *via, const app_at *at, int service, forge_step *step)
{
	const forge_service *caller = &r->services[service];
	int callee = r->ops[step->op].service;
	app_near near = { .word = cc_json_text(via) };
	step->env = -1;
	for (int i = caller->env_n - 1; i >= 0; i--) {
		const forge_env *e = &caller->env[i];
		if (near.word.n ? cc_str_eqz(near.word, e->name) : e->service == callee) step->env = i;
		app_near_try(&near, e->name);
	}
	if (!near.word.n) return true;
	if (step->env < 0) return app_near_fail(r, at, &near, "the service has no variable");
	const forge_env *e = &caller->env[step->env];
	if (e->service == callee) return true;
	return app_wrong(r, at, "the value of %s, \"%.80s\", is no address of \"%s\"", e->name, e->value,
		r->services[callee].name);
}

static bool read_call(app_reader *r, const cc_json *node, const app_at *at, int op, forge_step *step)
{
	bool brief = cc_json_typeof(node) == CC_JSON_STRING;
	const cc_json *to = brief ? node : cc_json_get(node, "to");
	app_at member = { at, CC_STR("to"), 0 }, via_at = { at, CC_STR("via"), 0 };
	const app_at *to_at = brief ? at : &member;
	*step = (forge_step){ .permille = 1000, .most = 1, .env = -1, .timeout_ms = 10000, .backoff_ms = 100 };
	if (!brief && !app_members(r, node, at, CALL, sizeof CALL / sizeof CALL[0], step)) return false;
	if (cc_str_eqz(cc_json_str(to), "forward")) {
		step->op = FORGE_FORWARD;
		if (step->parallel || step->most > 1 || step->permille < 1000)
			return app_wrong(r, at, "the users' request is forwarded once");
		return true;
	}
	step->op = app_find_op(r, to, to_at);
	if (step->op < 0) return false;
	const forge_service *callee = &r->services[r->ops[step->op].service];
	if (r->sources[step->op].consumes.n)
		return app_wrong(r, to_at, "\"%s\" is run by messages, not by calls", r->ops[step->op].id);
	if (!callee->port) return app_wrong(r, to_at, "\"%s\" has no port", callee->name);
	return address_of(r, brief ? NULL : cc_json_get(node, "via"), &via_at, r->ops[op].service, step);
}

static bool link_calls(app_reader *r, int op)
{
	app_way way;
	app_at at = { app_way_op(&way, r, op), CC_STR("calls"), 0 };
	const cc_json *v = cc_json_get(r->sources[op].node, "calls"), *node = cc_json_first(v);
	int n;
	if (!app_items(r, v, &at, APP_STEPS, &n)) return false;
	forge_step *steps = app_array(r, n, sizeof *steps);
	if (!steps) return false;
	r->ops[op].steps = steps;
	r->ops[op].steps_n = n;
	for (int i = 0; i < n; i++, node = cc_json_next(node)) {
		app_at here = { &at, CC_STR_EMPTY, i };
		if (!read_call(r, node, &here, op, &steps[i])) return false;
		if (i == 0 && steps[i].parallel)
			return app_wrong(r, &here, "the first call has none before it to be parallel to");
	}
	return true;
}

/* The topic an operation consumes gets it as a consumer, and the operation the topic's name. */
static bool link_consumer(app_reader *r, int op)
{
	forge_op *o = &r->ops[op];
	app_way way;
	app_at at = { app_way_op(&way, r, op), CC_STR("consume"), 0 };
	int topic = app_find_op(r, cc_json_get(r->sources[op].node, "consume"), &at);
	if (topic < 0) return false;
	forge_op *t = &r->ops[topic];
	if (t->proto != PROTO_KAFKA || r->sources[topic].consumes.n)
		return app_wrong(r, &at, "\"%s\" is no topic", t->id);
	int *consumers = app_array(r, t->consumers_n + 1, sizeof *consumers);
	if (!consumers) return false;
	for (int i = 0; i < t->consumers_n; i++) consumers[i] = t->consumers[i];
	consumers[t->consumers_n++] = op;
	t->consumers = consumers;
	o->route = t->route;
	if (!o->name) o->name = app_printf(r, "%s %s", o->route, o->method);
	return o->name != NULL;
}

bool app_link_ops(app_reader *r)
{
	for (int i = 0; i < r->app->ops_n; i++)
		if (r->sources[i].consumes.n && !link_consumer(r, i)) return false;
	for (int i = 0; i < r->app->ops_n; i++)
		if (!link_calls(r, i)) return false;
	return true;
}
