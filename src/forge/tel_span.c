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

/* Libraries of stores and brokers have their own instrumentation; NULL: nothing better than the runtime's. */
static const char *scope_of(forge_lang lang, forge_proto proto)
{
	static const struct { forge_lang lang; forge_proto proto; const char *name; } KNOWN[] = {
		{ LANG_DOTNET, PROTO_REDIS, "OpenTelemetry.Instrumentation.StackExchangeRedis" },
		{ LANG_DOTNET, PROTO_SQL, "Npgsql" }, { LANG_DOTNET, PROTO_KAFKA, "OpenTelemetry.AutoInstrumentation.Kafka" },
		{ LANG_GO, PROTO_REDIS, "github.com/redis/go-redis/extra/redisotel" }, { LANG_GO, PROTO_SQL, "github.com/XSAM/otelsql" },
		{ LANG_GO, PROTO_KAFKA, "checkout" }, { LANG_JAVA, PROTO_REDIS, "io.opentelemetry.lettuce-5.1" },
		{ LANG_JAVA, PROTO_SQL, "io.opentelemetry.jdbc" }, { LANG_JAVA, PROTO_KAFKA, "io.opentelemetry.kafka-clients-0.11" },
		{ LANG_KOTLIN, PROTO_SQL, "io.opentelemetry.jdbc" }, { LANG_KOTLIN, PROTO_KAFKA, "io.opentelemetry.kafka-clients-0.11" },
		{ LANG_NODE, PROTO_REDIS, "@opentelemetry/instrumentation-redis-4" }, { LANG_NODE, PROTO_SQL, "@opentelemetry/instrumentation-pg" },
		{ LANG_NODE, PROTO_KAFKA, "@opentelemetry/instrumentation-kafkajs" },
		{ LANG_PYTHON, PROTO_REDIS, "opentelemetry.instrumentation.redis" },
		{ LANG_PYTHON, PROTO_SQL, "opentelemetry.instrumentation.psycopg2" },
		{ LANG_PYTHON, PROTO_KAFKA, "opentelemetry.instrumentation.kafka" }, { LANG_RUBY, PROTO_SQL, "OpenTelemetry::Instrumentation::PG" },
		{ LANG_RUBY, PROTO_REDIS, "OpenTelemetry::Instrumentation::Redis" },
	};
	for (size_t i = 0; i < sizeof KNOWN / sizeof KNOWN[0]; i++)
		if (KNOWN[i].lang == lang && KNOWN[i].proto == proto) return KNOWN[i].name;
	return NULL;
}

static void scope(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	const forge_service *self = r->service >= 0 ? &t->app->services[r->service] : NULL;
	const forge_voice *v = self ? &forge_voices[self->lang] : NULL;
	bool client = r->kind == KIND_CLIENT || r->kind == KIND_PRODUCER, users = self && self->loadgen;
	const char *text = !v ? "" : client && v->client_scope ? v->client_scope : v->scope;
	if (users) text = client ? "opentelemetry.instrumentation.requests" : "locust";
	const char *own = self && r->op >= 0 ? scope_of(self->lang, t->app->ops[r->op].proto) : NULL;
	out_field(out, cc_str_from(own ? own : text));
	OUT_LIT(out, "\t");
	if (v && v->scope_version && !own && !(users && !client)) out_field(out, cc_str_from(v->scope_version));
	OUT_LIT(out, "\t");
}

static void exception(const forge_tel *t, cc_buf *out, const tel_span_rec *r)
{
	const tel_more *m = r->more;
	const char *frames = r->service >= 0 ? forge_voices[t->app->services[r->service].lang].frames : NULL;
	const char *message = m->exception_message ? m->exception_message : m->message ? m->message : "";
	OUT_LIT(out, "{'exception.type': ");
	out_repr(out, cc_str_from(m->exception));
	OUT_LIT(out, ", 'exception.message': ");
	out_repr(out, cc_str_from(message));
	if (frames && frames[0]) tel_stack_put(out, m->exception, message, frames);
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
		if (order[i]) exception(t, out, r);
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
