/* tel_log.c - rows of otel_logs_raw.tsv: bodies as given, the operations' own lines, and the access lines of
 * proxies. */
#include "forge/tel_priv.h"

static bool is_proxy(const forge_tel *t, const tel_log_rec *r)
{
	return !r->body && r->op >= 0 && t->app->services[t->app->ops[r->op].service].lang == LANG_ENVOY;
}

static int shown(const tel_log_rec *r)
{
	return r->wanted >= 0 ? r->wanted : r->op;
}

/* The line of Envoy's default format with the upstream's address and cluster, as the demo configures it. */
static void access_line(const forge_tel *t, cc_buf *out, const tel_log_rec *r)
{
	const forge_op *op = &t->app->ops[shown(r)];
	const forge_service *to = &t->app->services[op->service], *self = &t->app->services[t->app->ops[r->op].service];
	const char *method = op->method ? op->method : "GET";
	tel_proxied how = tel_proxied_as(t->app, r->via);
	int64_t began = r->t - r->took_ns;
	OUT_LIT(out, "[");
	cc_time_format_ms(out, began);
	cc_buf_addf(out, "] \"%s ", method);
	tel_path_put(t, out, shown(r), &r->vars, began);
	cc_buf_addf(out, " HTTP/1.1\" %d %s %s - \"%s\" %d %d %lld ", r->status, how.flags, how.details, how.transport,
		strcmp(method, "GET") == 0 ? 0 : op->request_bytes, tel_answer_bytes(t->app, op, r->status, r->via),
		(long long)(r->took_ns / CC_NS_PER_MS));
	/* The server says how long it took: whoever answers in its place does not. */
	if (how.answer) OUT_LIT(out, "-");
	else out_i64(out, r->upstream_ns / CC_NS_PER_MS);
	cc_buf_addf(out, " \"-\" \"%s\" \"", tel_agent(&r->vars));
	out_uuid(out, r->vars.request);
	cc_buf_addf(out, "\" \"%s:%d\" \"", self->name, self->port);
	tel_upstream_put(t, out, r->via, r->upstream, r->peer, to->port);
	cc_buf_addf(out, "\" %s", to->name);
}

/* Of any other gateway that says nothing of its own: the combined format. */
static void combined_line(const forge_tel *t, cc_buf *out, const tel_log_rec *r)
{
	const forge_op *op = &t->app->ops[r->wanted];
	const tel_cell *c = tel_cell_get(t, r->cell);
	cc_buf_addf(out, "%s - - [", c ? c->ip : "-");
	out_clf(out, r->t);
	cc_buf_addf(out, "] \"%s ", op->method ? op->method : "GET");
	tel_path_put(t, out, r->wanted, &r->vars, r->t);
	cc_buf_addf(out, " HTTP/1.1\" %d %d \"-\" \"%s\"", r->status, tel_answer_bytes(t->app, op, r->status, r->via),
		tel_agent(&r->vars));
}

static void body(const forge_tel *t, cc_buf *out, const tel_log_rec *r)
{
	const tel_cell *c = tel_cell_get(t, r->cell);
	size_t from = out->n;
	if (r->body) {
		cc_buf_addz(out, r->body);
	} else if (is_proxy(t, r)) {
		access_line(t, out, r);
	} else if (r->wanted >= 0 && !t->app->ops[r->op].log) {
		combined_line(t, out, r);
	} else {
		tel_fill fill = { .app = t->app, .vars = &r->vars, .at = r->t, .ip = c ? c->ip : NULL };
		tel_tmpl_put(out, &t->ops[r->op].log, &fill);
	}
	out_field_end(out, from);
}

static void attrs(const forge_tel *t, cc_buf *out, const tel_log_rec *r)
{
	size_t from = out->n;
	if (is_proxy(t, r)) {
		OUT_LIT(out, "{'event.name': 'proxy.access', 'url.path': '");
		tel_path_put(t, out, shown(r), &r->vars, r->t);
		OUT_LIT(out, "', 'http.request.method': ");
		out_repr(out, cc_str_from(t->app->ops[shown(r)].method));
		OUT_LIT(out, ", 'http.response.status_code': '");
		out_i64(out, r->status);
		OUT_LIT(out, "', 'upstream.cluster': ");
		out_repr(out, cc_str_from(t->app->services[t->app->ops[shown(r)].service].name));
		OUT_LIT(out, "}");
	} else if (r->exception) {
		OUT_LIT(out, "{");
		tel_exception_put(out, r->exception, r->exception_message, r->stack);
		OUT_LIT(out, "}");
	} else {
		OUT_LIT(out, "{}");
	}
	out_field_end(out, from);
}

static void severity(const forge_tel *t, cc_buf *out, const tel_log_rec *r)
{
	const forge_voice *v = r->service >= 0 ? &forge_voices[t->app->services[r->service].lang] : NULL;
	const char *word = r->severity ? r->severity : v ? v->info : "";
	int n = r->severity ? r->number : v ? v->info_n : 0;
	out_field(out, cc_str_from(word));
	OUT_LIT(out, "\t");
	out_i64(out, n);
	OUT_LIT(out, "\t");
}

void tel_log_row(const forge_tel *t, cc_buf *out, const tel_log_rec *r)
{
	const tel_cell *c = tel_cell_get(t, r->cell);
	const forge_service *self = r->service >= 0 ? &t->app->services[r->service] : NULL;
	cc_str service = c ? c->service : cc_str_from(self ? self->name : "");
	out_stamp_ns(out, r->t);
	OUT_LIT(out, "\t");
	out_stamp_s(out, r->t);
	OUT_LIT(out, "\t");
	if (r->span) {
		out_hex16(out, r->trace[0]);
		out_hex16(out, r->trace[1]);
		OUT_LIT(out, "\t");
		out_hex16(out, r->span);
		OUT_LIT(out, "\t1\t");
	} else {
		OUT_LIT(out, "\t\t0\t");
	}
	severity(t, out, r);
	out_str(out, service);
	OUT_LIT(out, "\t");
	body(t, out, r);
	OUT_LIT(out, "\t\t");
	if (c) out_str(out, c->log_resource);
	else OUT_LIT(out, "{}");
	OUT_LIT(out, "\t\t");
	if (self && self->lang < LANG_ENVOY) out_str(out, service);
	OUT_LIT(out, "\t\t{}\t");
	attrs(t, out, r);
	if (t->variant & CC_FORGE_EVENT_NAME) OUT_LIT(out, "\t\n");
	else OUT_LIT(out, "\n");
}
