/* tel_attrs.c - the attributes of a span: what the instrumentation of its protocol reports on its side of the call.
 *
 * Names follow the semantic conventions; Envoy's tracer has a vocabulary of its own. Values that come from ids need no
 * escaping; hosts and texts of failures go through the Python literal writer. */
#include "forge/tel_priv.h"

static void text(cc_buf *out, const char *value)
{
	out_repr_inner(out, cc_str_from(value), '\'');
	OUT_LIT(out, "'");
}

static void number(cc_buf *out, int64_t value)
{
	out_i64(out, value);
	OUT_LIT(out, "'");
}

static tel_fill fill_of(const forge_tel *t, const forge_vars *vars, int64_t at)
{
	return (tel_fill){ .app = t->app, .vars = vars, .at = at, .url = true };
}

void tel_path_put(const forge_tel *t, cc_buf *out, int op, const forge_vars *vars, int64_t at)
{
	const tel_op *o = &t->ops[op];
	tel_fill fill = fill_of(t, vars, at);
	tel_tmpl_put(out, &o->path, &fill);
	if (!o->query.n) return;
	OUT_LIT(out, "?");
	tel_tmpl_put(out, &o->query, &fill);
}

static const char *host_of(const forge_tel *t, const tel_span_rec *r)
{
	if (r->to_host) return r->to_host;
	return r->to_service >= 0 ? t->app->services[r->to_service].name : "";
}

static int port_of(const forge_tel *t, const tel_span_rec *r)
{
	if (r->to_port) return r->to_port;
	return r->to_service >= 0 ? t->app->services[r->to_service].port : 0;
}

static void server(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	OUT_LIT(out, ", 'server.address': '");
	text(out, host_of(t, r));
	OUT_LIT(out, ", 'server.port': '");
	number(out, port_of(t, r));
}

static void peer(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	const tel_cell *c = tel_cell_get(t, r->peer);
	if (!c || !c->ip[0]) return;
	OUT_LIT(out, ", 'network.peer.address': '");
	text(out, c->ip);
	OUT_LIT(out, ", 'network.peer.port': '");
	number(out, port_of(t, r));
}

static const char *via_name(unsigned via)
{
	static const struct { unsigned via; const char *name; } NAME[] = { { VIA_TIMEOUT, "timeout" },
		{ VIA_REFUSED, "connection_refused" }, { VIA_NO_NAME, "name_not_resolved" },
		{ VIA_RESET, "connection_reset" }, { VIA_DENIED, "permission_denied" },
		{ VIA_OVERLOAD, "overloaded" } };
	for (size_t i = 0; i < sizeof NAME / sizeof NAME[0]; i++)
		if (via & NAME[i].via) return NAME[i].name;
	return "_OTHER";
}

static void error_type(cc_buf *out, const tel_span_rec *r, forge_proto proto)
{
	if (!r->error) return;
	OUT_LIT(out, ", 'error.type': '");
	if (proto == PROTO_HTTP && r->status >= 400) number(out, r->status);
	else if (proto == PROTO_GRPC && r->status > 0) text(out, forge_grpc_code(r->status, true));
	else if (r->more && r->more->exception) text(out, r->more->exception);
	else text(out, via_name(r->via));
}

static void http(const forge_tel *t, cc_buf *out, const tel_span_rec *r, int shown, bool client)
{
	const tel_op *o = &t->ops[shown];
	tel_fill fill = fill_of(t, &r->vars, r->start);
	out_str(out, o->head);
	if (client) {
		OUT_LIT(out, ", 'url.full': 'http://");
		out_repr_inner(out, cc_str_from(host_of(t, r)), '\'');
		OUT_LIT(out, ":");
		out_i64(out, port_of(t, r));
		tel_path_put(t, out, shown, &r->vars, r->start);
		OUT_LIT(out, "'");
		server(t, out, r);
		peer(t, out, r);
	} else {
		OUT_LIT(out, ", 'url.scheme': 'http', 'url.path': '");
		tel_tmpl_put(out, &o->path, &fill);
		OUT_LIT(out, "'");
		if (o->query.n) {
			OUT_LIT(out, ", 'url.query': '");
			tel_tmpl_put(out, &o->query, &fill);
			OUT_LIT(out, "'");
		}
		out_str(out, o->route_attr);
		OUT_LIT(out, ", 'network.protocol.version': '1.1'");
	}
	if (r->status) {
		OUT_LIT(out, ", 'http.response.status_code': '");
		number(out, r->status);
	}
}

static void grpc(const forge_tel *t, cc_buf *out, const tel_span_rec *r, bool client)
{
	out_str(out, t->ops[r->op].head);
	OUT_LIT(out, ", 'rpc.grpc.status_code': '");
	number(out, r->status);
	if (!client) return;
	server(t, out, r);
	peer(t, out, r);
}

static void store(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	const tel_op *o = &t->ops[r->op];
	tel_fill fill = fill_of(t, &r->vars, r->start);
	out_str(out, o->head);
	OUT_LIT(out, ", 'db.statement': ");
	out_put(out, &o->statement_quote, 1);
	tel_tmpl_put(out, &o->statement, &fill);
	out_put(out, &o->statement_quote, 1);
	server(t, out, r);
	peer(t, out, r);
}

static void message(const forge_tel *t, cc_buf *out, const tel_span_rec *r, const forge_service *self)
{
	const char *name = self ? self->name : "";
	out_str(out, t->ops[r->op].head);
	if (r->kind == KIND_CONSUMER) {
		OUT_LIT(out, ", 'messaging.kafka.consumer.group': '");
		text(out, name);
		OUT_LIT(out, ", 'messaging.destination.partition.id': '0', 'messaging.kafka.message.offset': '");
		number(out, r->vars.serial);
	} else {
		OUT_LIT(out, ", 'messaging.client.id': '");
		text(out, name);
		server(t, out, r);
		peer(t, out, r);
	}
	OUT_LIT(out, ", 'messaging.message.body.size': '");
	number(out, t->app->ops[r->op].request_bytes);
}

/* What the service itself notes on its own span: the things its route or its log line speaks of. */
static void of_the_shop(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	static const struct { tel_slot slot; const char *open; } NOTE[] = { { SLOT_USER, ", 'app.user.id': '" },
		{ SLOT_ORDER, ", 'app.order.id': '" }, { SLOT_PRODUCT, ", 'app.product.id': '" },
		{ SLOT_CURRENCY, ", 'app.currency': '" }, { SLOT_AMOUNT, ", 'app.amount': '" } };
	if (r->kind != KIND_SERVER && r->kind != KIND_CONSUMER) return;
	unsigned set = t->ops[r->op].mentions;
	tel_fill fill = fill_of(t, &r->vars, r->start);
	for (size_t i = 0; set && i < sizeof NOTE / sizeof NOTE[0]; i++) {
		if (!(set & 1u << NOTE[i].slot)) continue;
		tel_part part = { CC_STR_EMPTY, NOTE[i].slot };
		tel_tmpl one = { &part, 1 };
		cc_buf_addz(out, NOTE[i].open);
		tel_tmpl_put(out, &one, &fill);
		OUT_LIT(out, "'");
	}
}

void tel_upstream_put(const forge_tel *t, cc_buf *out, unsigned via, const char *upstream, int32_t peer, int port)
{
	const tel_cell *c = tel_cell_get(t, peer);
	const char *ip = upstream && upstream[0] ? upstream : c && c->ip[0] ? c->ip : NULL;
	if (ip && !(via & (VIA_NO_NAME | VIA_NO_HOST))) cc_buf_addf(out, "%s:%d", ip, port);
	else OUT_LIT(out, "-");
}

/* The proxy's tracer: one span for the request it got, one for what it sent on. */
static void envoy(const forge_tel *t, cc_buf *out, const tel_span_rec *r, int shown)
{
	const forge_op *op = &t->app->ops[shown];
	const tel_cell *self = tel_cell_get(t, r->cell);
	int upstream = r->kind == KIND_CLIENT && r->to_service >= 0 ? r->to_service : op->service;
	OUT_LIT(out, "{'component': 'proxy', 'node_id': '', 'http.protocol': 'HTTP/1.1', 'http.method': '");
	text(out, op->method);
	OUT_LIT(out, ", 'http.url': 'http://");
	out_repr_inner(out, cc_str_from(r->service >= 0 ? t->app->services[r->service].name : "proxy"), '\'');
	OUT_LIT(out, ":");
	out_i64(out, r->service >= 0 ? t->app->services[r->service].port : 0);
	tel_path_put(t, out, shown, &r->vars, r->start);
	OUT_LIT(out, "', 'http.status_code': '");
	number(out, r->status);
	OUT_LIT(out, ", 'request_size': '");
	number(out, op->method && strcmp(op->method, "GET") == 0 ? 0 : op->request_bytes);
	OUT_LIT(out, ", 'response_size': '");
	number(out, tel_answer_bytes(t->app, op, r->status, r->via));
	OUT_LIT(out, ", 'response_flags': '");
	text(out, tel_proxied_as(t->app, r->via).flags);
	OUT_LIT(out, ", 'upstream_cluster': '");
	text(out, t->app->services[upstream].name);
	if (!(r->via & (VIA_NO_NAME | VIA_NO_HOST))) {
		OUT_LIT(out, ", 'upstream_address': '");
		int port = r->to_port ? r->to_port : t->app->services[upstream].port;
		tel_upstream_put(t, out, r->via, r->upstream, r->peer, port);
		OUT_LIT(out, "'");
	}
	if (self && self->ip[0]) {
		OUT_LIT(out, ", 'peer.address': '");
		text(out, self->ip);
	}
	OUT_LIT(out, ", 'guid:x-request-id': '");
	out_uuid(out, r->vars.request);
	OUT_LIT(out, "', 'user_agent': '");
	text(out, tel_agent(&r->vars));
	OUT_LIT(out, ", 'downstream_cluster': '-'");
	if (r->error) OUT_LIT(out, ", 'error': 'true'");
}

void tel_exception_put(cc_buf *out, const char *type, const char *said, const char *stack)
{
	OUT_LIT(out, "'exception.type': ");
	out_repr(out, cc_str_from(type));
	OUT_LIT(out, ", 'exception.message': ");
	out_repr(out, cc_str_from(said));
	if (!stack) return;
	OUT_LIT(out, ", 'exception.stacktrace': ");
	out_repr(out, cc_str_from(stack));
}

static void user(cc_buf *out, const tel_span_rec *r)
{
	OUT_LIT(out, "'session.id': '");
	out_uuid(out, r->vars.user);
	OUT_LIT(out, "'");
}

void tel_span_attrs(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	const forge_service *self = r->service >= 0 ? &t->app->services[r->service] : NULL;
	bool client = r->kind == KIND_CLIENT || r->kind == KIND_PRODUCER;
	size_t from = out->n;
	int shown = r->wanted >= 0 ? r->wanted : r->op;
	if (r->op < 0) {
		OUT_LIT(out, "{");
		user(out, r);
		OUT_LIT(out, ", 'synthetic_request': 'true'");
	} else if (self && self->lang == LANG_ENVOY && t->app->ops[shown].proto == PROTO_HTTP) {
		envoy(t, out, r, shown);
	} else {
		forge_proto proto = t->app->ops[shown].proto;
		if (proto == PROTO_HTTP) http(t, out, r, shown, client);
		else if (proto == PROTO_GRPC) grpc(t, out, r, client);
		else if (proto == PROTO_KAFKA) message(t, out, r, self);
		else store(t, out, r);
		error_type(out, r, proto);
		of_the_shop(t, out, r);
		if (self && self->loadgen) {
			OUT_LIT(out, ", ");
			user(out, r);
		}
	}
	OUT_LIT(out, "}");
	out_field_end(out, from);
}
