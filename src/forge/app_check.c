/* app_check.c - what only a whole application can show: circles, what nobody reaches, users, the way in. */
#include "forge/app_priv.h"

typedef struct checker {
	app_reader *r;
	int *state;              /* by operation: 0 not looked at, 1 on the way, 2 done */
	int *calls;              /* calls that one request of it takes, itself included, at most */
	int *on_way, on_way_n;
} checker;

static bool op_fail(app_reader *r, int op, const char *text)
{
	app_way way;
	return app_wrong(r, app_way_op(&way, r, op), "%s", text);
}

static bool circle(checker *c, int op)
{
	cc_buf b = CC_BUF_INIT;
	int from = c->on_way_n - 1;
	while (from > 0 && c->on_way[from] != op) from--;
	for (int i = from; i < c->on_way_n; i++) cc_buf_addf(&b, "%s calls ", c->r->ops[c->on_way[i]].id);
	cc_buf_addf(&b, "%s: a request would never end", c->r->ops[op].id);
	op_fail(c->r, op, b.p ? b.p : "a circle of calls");
	cc_buf_deinit(&b);
	return false;
}

static bool visit(checker *c, int op);

static bool visit_callee(checker *c, int op, int callee, int times)
{
	if (c->state[callee] == 1) return circle(c, callee);
	if (c->state[callee] == 0 && !visit(c, callee)) return false;
	c->calls[op] += times * c->calls[callee]; /* at most 64 steps * 50 * the limit: fits */
	return true;
}

static bool visit(checker *c, int op)
{
	const forge_op *o = &c->r->ops[op];
	c->state[op] = 1;
	c->calls[op] = 1;
	c->on_way[c->on_way_n++] = op;
	for (int i = 0; i < o->steps_n; i++)
		if (o->steps[i].op >= 0 && !visit_callee(c, op, o->steps[i].op, o->steps[i].most)) return false;
	for (int i = 0; i < o->consumers_n; i++)
		if (!visit_callee(c, op, o->consumers[i], 1)) return false;
	if (c->calls[op] > APP_CALLS_OF_REQUEST) {
		app_at at = { NULL, CC_STR("services"), 0 };
		return app_limit(c->r, &at, "one request of %s may take %d calls; at most %d are possible", o->id,
			c->calls[op], APP_CALLS_OF_REQUEST);
	}
	c->on_way_n--;
	c->state[op] = 2;
	return true;
}

static bool check_calls(app_reader *r)
{
	checker c = { .r = r };
	c.state = app_array(r, r->app->ops_n, sizeof *c.state);
	c.calls = app_array(r, r->app->ops_n, sizeof *c.calls);
	c.on_way = app_array(r, r->app->ops_n, sizeof *c.on_way);
	if (!c.state || !c.calls || !c.on_way) return false;
	for (int i = 0; i < r->app->ops_n; i++)
		if (c.state[i] == 0 && !visit(&c, i)) return false;
	return true;
}

static bool check_users(app_reader *r)
{
	app_at at = { NULL, CC_STR("services"), 0 };
	int users = 0;
	for (int i = 0; i < r->app->services_n; i++) users += r->services[i].loadgen;
	if (users == 1) return true;
	return app_wrong(r, &at, users ? "the member \"role: users\" belongs to one service only"
		: "no service is the users: give the load generator the member \"role: users\"");
}

static bool is_forward(const forge_op *o)
{
	for (int i = 0; i < o->steps_n; i++)
		if (o->steps[i].op == FORGE_FORWARD) return true;
	return false;
}

static bool find_entry(app_reader *r)
{
	app_at at = { NULL, CC_STR("services"), 0 };
	forge_app *a = r->app;
	for (int i = 0; i < a->ops_n; i++) {
		if (!is_forward(&r->ops[i])) continue;
		if (r->ops[i].steps_n > 1) return op_fail(r, i, "what forwards the users' requests does nothing else");
		if (a->entry_op >= 0) return op_fail(r, i, "another operation forwards the users' requests already");
		if (r->ops[i].proto != PROTO_HTTP) return op_fail(r, i, "users' requests are forwarded by http");
		a->entry_op = i;
	}
	return a->entry_op >= 0 ||
		app_wrong(r, &at, "no operation lets the users in: give the gateway one with calls: [forward]");
}

static bool check_entry(app_reader *r)
{
	const forge_app *a = r->app;
	if (!find_entry(r)) return false;
	for (int i = 0; i < a->ops_n; i++)
		if (forge_op_calls(a, i, a->entry_op))
			return op_fail(r, i, "only users call the operation that forwards their requests");
	for (int i = 0; i < a->journeys_n; i++)
		for (int k = 0; k < a->journeys[i].requests_n; k++) {
			app_at js = { NULL, CC_STR("journeys"), 0 }, j = { &js, CC_STR_EMPTY, i };
			if (a->journeys[i].requests[k] != a->entry_op) continue;
			return app_wrong(r, &j, "\"%s\" only forwards; name what is asked for", r->ops[a->entry_op].id);
		}
	return r->services[r->ops[a->entry_op].service].port || op_fail(r, a->entry_op, "the way in has no port");
}

static void reach(const forge_app *a, int *reached, int op)
{
	if (reached[op]) return;
	reached[op] = 1;
	for (int i = 0; i < a->ops[op].steps_n; i++)
		if (a->ops[op].steps[i].op >= 0) reach(a, reached, a->ops[op].steps[i].op);
	for (int i = 0; i < a->ops[op].consumers_n; i++) reach(a, reached, a->ops[op].consumers[i]);
}

static bool check_reached(app_reader *r)
{
	const forge_app *a = r->app;
	int *reached = app_array(r, a->ops_n, sizeof *reached);
	if (!reached) return false;
	reach(a, reached, a->entry_op);
	for (int i = 0; i < a->journeys_n; i++)
		for (int k = 0; k < a->journeys[i].requests_n; k++) reach(a, reached, a->journeys[i].requests[k]);
	for (int i = 0; i < a->flags_n; i++)
		if (a->flags[i].effect == EFFECT_FLOOD && a->flags[i].step_op >= 0) reach(a, reached, a->flags[i].step_op);
	for (int i = 0; i < a->ops_n; i++) {
		if (reached[i]) continue;
		return op_fail(r, i, "no journey leads here: call it, ask for it in a journey, or leave it out");
	}
	return true;
}

/* Services that wait for each other would never start. */
static bool check_waits(app_reader *r)
{
	app_way way;
	for (int i = 0; i < r->app->services_n; i++) {
		int at = i;
		for (int n = 0; at >= 0 && n <= r->app->services_n; n++) at = r->services[at].wait_for;
		app_at wait = { app_way_service(&way, i), CC_STR("wait_for"), 0 };
		if (at >= 0) return app_wrong(r, &wait, "it waits in a circle and would never start");
	}
	return true;
}

/* A healthy application asks where somebody listens. */
static bool check_addresses(app_reader *r)
{
	app_at top = { NULL, CC_STR("services"), 0 };
	for (int i = 0; i < r->app->services_n; i++) {
		app_at here = { &top, CC_STR_EMPTY, i }, env = { &here, CC_STR("env"), 0 };
		for (int k = 0; k < r->services[i].env_n; k++) {
			const forge_env *e = &r->services[i].env[k];
			app_at at = { &env, cc_str_from(e->name), 0 };
			int port = 0;
			if (e->service < 0 || forge_address(r->app, cc_str_from(e->value), &port) < 0) continue;
			const forge_service *to = &r->services[e->service];
			if (to->port == 0) return app_wrong(r, &at, "\"%s\" offers nothing: it has no port", to->name);
			if (port && port != to->port)
				return app_wrong(r, &at, "\"%s\" listens on port %d, not on %d", to->name,
					to->port, port);
		}
	}
	return true;
}

bool app_check(app_reader *r)
{
	return check_users(r) && check_waits(r) && check_calls(r) && check_entry(r) && check_reached(r) &&
		check_addresses(r);
}
