/* tel_span.c - rows of otel_traces_raw.tsv. */
#include "forge/tel_priv.h"

void tel_span_header(cc_buf *out, unsigned variant)
{
	cc_buf_addz(out, "Timestamp\tTraceId\tSpanId\tParentSpanId\tTraceState\tSpanName\tSpanKind\tServiceName\t"
		"ResourceAttributes\t");
	if (!(variant & CC_FORGE_OLD_EXPORTER)) cc_buf_addz(out, "ScopeName\tScopeVersion\t");
	cc_buf_addz(out, "SpanAttributes\tDuration\tStatusCode\tStatusMessage\tEvents.Timestamp\tEvents.Name\t"
		"Events.Attributes\tLinks.TraceId\tLinks.SpanId\tLinks.TraceState\tLinks.Attributes\n");
}

static void scope_put(cc_buf *out, const char *scope, const char *version, const char *service)
{
	if (scope && strcmp(scope, "{name}") == 0) scope = service;
	out_field(out, cc_str_from(scope));
	OUT_LIT(out, "\t");
	out_field(out, cc_str_from(version));
	OUT_LIT(out, "\t");
}

/* The library that made the span: of the protocol, on its side of the call; else what the runtime has for
 * everything. */
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
	else scope_put(out, v->scope, v->scope_version, self->name);
}

static void exception(cc_buf *out, const tel_span_rec *r)
{
	const tel_more *m = r->more;
	OUT_LIT(out, "{");
	tel_exception_put(out, m->exception, m->exception_message ? m->exception_message : m->message, m->stack);
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

typedef struct event { int64_t at; bool failure; } event;

/* At most one of each kind, in the order of time: a flag is evaluated early in its span. */
static int events_of(const forge_tel *t, const tel_span_rec *r, event list[2])
{
	const tel_more *m = r->more;
	int64_t early = r->start + (r->end - r->start) / 8;
	int n = 0;
	if (m && m->flag >= 0 && m->flag < t->app->flags_n)
		list[n++] = (event){ !m->exception && m->event_at ? m->event_at : early, false };
	if (m && m->exception) list[n++] = (event){ m->event_at ? m->event_at : r->end, true };
	if (n < 2 || list[0].at <= list[1].at) return n;
	event first = list[1];
	list[1] = list[0];
	list[0] = first;
	return n;
}

static void separate(cc_buf *out, int i)
{
	if (i) OUT_LIT(out, ", ");
	else OUT_LIT(out, "[");
}

static void events(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	event list[2];
	int n = events_of(t, r, list);
	if (n == 0) {
		OUT_LIT(out, "[]\t[]\t[]\t");
		return;
	}
	for (int i = 0; i < n; i++) {
		separate(out, i);
		out_datetime(out, list[i].at);
	}
	OUT_LIT(out, "]\t");
	for (int i = 0; i < n; i++) {
		separate(out, i);
		cc_buf_addz(out, list[i].failure ? "'exception'" : "'feature_flag'");
	}
	OUT_LIT(out, "]\t");
	size_t from = out->n;
	for (int i = 0; i < n; i++) {
		separate(out, i);
		if (list[i].failure) exception(out, r);
		else flag(t, out, r->more);
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
		out_str(out, c->service);
		OUT_LIT(out, "\t");
		out_str(out, c->span_resource);
	} else {
		if (r->service >= 0) cc_buf_addz(out, t->app->services[r->service].name);
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
	out_field(out, cc_str_from(r->name));
	OUT_LIT(out, "\t");
	cc_buf_addz(out, forge_kind_name((forge_kind)r->kind, old));
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
