/* tel_span.c - rows of otel_traces_raw.tsv. */
#include "forge/tel_priv.h"

static const char *const KIND_NAME[][2] = {
	[KIND_INTERNAL] = { "Internal", "SPAN_KIND_INTERNAL" }, [KIND_SERVER] = { "Server", "SPAN_KIND_SERVER" },
	[KIND_CLIENT] = { "Client", "SPAN_KIND_CLIENT" }, [KIND_PRODUCER] = { "Producer", "SPAN_KIND_PRODUCER" },
	[KIND_CONSUMER] = { "Consumer", "SPAN_KIND_CONSUMER" },
};

void tel_span_header(cc_buf *out, unsigned variant)
{
	cc_buf_addz(out, "Timestamp\tTraceId\tSpanId\tParentSpanId\tTraceState\tSpanName\tSpanKind\tServiceName\tResourceAttributes\t");
	if (!(variant & CC_FORGE_OLD_EXPORTER)) cc_buf_addz(out, "ScopeName\tScopeVersion\t");
	cc_buf_addz(out, "SpanAttributes\tDuration\tStatusCode\tStatusMessage\tEvents.Timestamp\tEvents.Name\tEvents.Attributes\t"
		"Links.TraceId\tLinks.SpanId\tLinks.TraceState\tLinks.Attributes\n");
}

static void name(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	const forge_app *a = t->app;
	const forge_service *self = r->service >= 0 ? &a->services[r->service] : NULL;
	bool client = r->kind == KIND_CLIENT || r->kind == KIND_PRODUCER;
	if (r->op < 0) {
		out_field(out, cc_str_from(r->journey >= 0 && r->journey < a->journeys_n ? a->journeys[r->journey].name : "user"));
	} else if (client && self && self->loadgen) {
		out_field(out, cc_str_from(a->ops[r->wanted >= 0 ? r->wanted : r->op].method));
	} else if (client && self && self->lang == LANG_ENVOY) {
		int to = r->to_service >= 0 ? r->to_service : a->ops[r->wanted >= 0 ? r->wanted : r->op].service;
		OUT_LIT(out, "router ");
		out_put(out, t->svcs[to].name.p, t->svcs[to].name.n);
		OUT_LIT(out, " egress");
	} else {
		cc_str n = client ? t->ops[r->op].client : t->ops[r->op].name;
		out_put(out, n.p, n.n);
	}
}

static void scope_put(cc_buf *out, const char *scope, const char *version, const char *service)
{
	if (scope && strcmp(scope, "{name}") == 0) scope = service;
	out_field(out, cc_str_from(scope));
	OUT_LIT(out, "\t");
	out_field(out, cc_str_from(version));
	OUT_LIT(out, "\t");
}

/* The library that made the span: of the protocol, on its side of the call; else what the runtime has for everything. */
static void scope(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	const forge_service *self = r->service >= 0 ? &t->app->services[r->service] : NULL;
	if (!self) {
		OUT_LIT(out, "\t\t");
		return;
	}
	const forge_voice *v = &forge_voices[self->lang];
	const forge_library *lib = r->op >= 0 ? forge_library_of(self->lang, &t->app->ops[r->op]) : NULL;
	bool client = r->kind == KIND_CLIENT || r->kind == KIND_PRODUCER;
	if (r->op < 0) scope_put(out, "locustfile", "", self->name);
	else if (client && lib->scope) scope_put(out, lib->scope, lib->version, self->name);
	else if (!client && lib->server_scope) scope_put(out, lib->server_scope, lib->server_version, self->name);
	else scope_put(out, client ? v->client_scope : v->scope, v->scope_version, self->name);
}

static void exception(cc_buf *out, const tel_span_rec *r)
{
	const tel_more *m = r->more;
	const char *message = m->exception_message ? m->exception_message : m->message ? m->message : "";
	OUT_LIT(out, "{'exception.type': ");
	out_repr(out, cc_str_from(m->exception));
	OUT_LIT(out, ", 'exception.message': ");
	out_repr(out, cc_str_from(message));
	if (m->stack) {
		OUT_LIT(out, ", 'exception.stacktrace': ");
		out_repr(out, cc_str_from(m->stack));
	}
	OUT_LIT(out, ", 'exception.escaped': 'False'}");
}

static void flag(const forge_tel *t, cc_buf *out, const tel_more *m)
{
	const forge_flag *f = &t->app->flags[m->flag];
	bool known = m->flag_variant >= 0 && m->flag_variant < f->variants_n;
	OUT_LIT(out, "{'feature_flag.key': ");
	out_repr(out, cc_str_from(f->name));
	OUT_LIT(out, ", 'feature_flag.provider.name': 'flagd', 'feature_flag.result.variant': ");
	out_repr(out, cc_str_from(known ? f->variants[m->flag_variant].name : ""));
	OUT_LIT(out, "}");
}

/* At most one of each kind, in the order of time: a flag is evaluated early in its span. */
static void events(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	static const char *const NAME[] = { "'feature_flag'", "'exception'" };
	const tel_more *m = r->more;
	bool has[2] = { m && m->flag >= 0 && m->flag < t->app->flags_n, m && m->exception };
	if (!has[0] && !has[1]) {
		OUT_LIT(out, "[]\t[]\t[]\t");
		return;
	}
	int64_t early = r->start + (r->end - r->start) / 8, at[2] = { early, m->event_at ? m->event_at : r->end };
	if (!has[1] && m->event_at) at[0] = m->event_at;
	int order[2] = { at[0] <= at[1] ? 0 : 1, at[0] <= at[1] ? 1 : 0 };
	OUT_LIT(out, "[");
	for (int i = 0; i < 2; i++) {
		if (!has[order[i]]) continue;
		if (i && has[order[0]]) OUT_LIT(out, ", ");
		out_datetime(out, at[order[i]]);
	}
	OUT_LIT(out, "]\t[");
	for (int i = 0; i < 2; i++) {
		if (!has[order[i]]) continue;
		if (i && has[order[0]]) OUT_LIT(out, ", ");
		cc_buf_addz(out, NAME[order[i]]);
	}
	OUT_LIT(out, "]\t");
	size_t from = out->n;
	OUT_LIT(out, "[");
	for (int i = 0; i < 2; i++) {
		if (!has[order[i]]) continue;
		if (i && has[order[0]]) OUT_LIT(out, ", ");
		if (order[i]) exception(out, r);
		else flag(t, out, m);
	}
	OUT_LIT(out, "]");
	out_field_end(out, from);
	OUT_LIT(out, "\t");
}

static void links(cc_buf *out, const tel_span_rec *r)
{
	if (!r->link) {
		OUT_LIT(out, "[]\t[]\t[]\t[]\n");
		return;
	}
	OUT_LIT(out, "['");
	out_hex16(out, r->trace[0]);
	out_hex16(out, r->trace[1]);
	OUT_LIT(out, "']\t['");
	out_hex16(out, r->link);
	OUT_LIT(out, "']\t['']\t[{}]\n");
}

static void who(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	const tel_cell *c = tel_cell_get(t, r->cell);
	if (c) {
		out_put(out, c->service.p, c->service.n);
		OUT_LIT(out, "\t");
		out_put(out, c->span_resource.p, c->span_resource.n);
	} else {
		if (r->service >= 0) out_put(out, t->svcs[r->service].name.p, t->svcs[r->service].name.n);
		OUT_LIT(out, "\t{}");
	}
	OUT_LIT(out, "\t");
}

void tel_span_row(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	bool old = t->variant & CC_FORGE_OLD_EXPORTER;
	out_stamp_ns(out, r->start);
	OUT_LIT(out, "\t");
	out_hex16(out, r->trace[0]);
	out_hex16(out, r->trace[1]);
	OUT_LIT(out, "\t");
	out_hex16(out, r->id);
	OUT_LIT(out, "\t");
	if (r->parent) out_hex16(out, r->parent);
	OUT_LIT(out, "\t\t");
	name(t, out, r);
	OUT_LIT(out, "\t");
	cc_buf_addz(out, KIND_NAME[r->kind][old]);
	OUT_LIT(out, "\t");
	who(t, out, r);
	if (!old) scope(t, out, r);
	tel_span_attrs(t, out, r);
	OUT_LIT(out, "\t");
	out_u64(out, r->end > r->start ? (uint64_t)(r->end - r->start) : 0);
	OUT_LIT(out, "\t");
	if (old) OUT_LIT(out, "STATUS_CODE_");
	if (r->error) cc_buf_addz(out, old ? "ERROR" : "Error");
	else cc_buf_addz(out, old ? "UNSET" : "Unset");
	OUT_LIT(out, "\t");
	if (r->more && r->more->message) out_field(out, cc_str_from(r->more->message));
	OUT_LIT(out, "\t");
	events(t, out, r);
	links(out, r);
}
