/* flow_log.c - the lines a request leaves: what went well, what failed and in which runtime's form, and a proxy's
 * access line.
 *
 * Some of it lies about its severity, as real services do: an error at INFO, a stack trace without any severity. */
#include "forge/flow_priv.h"

static forge_log line_of(const forge_sim *s, int64_t now, const flow_frame *f)
{
	const flow_trace *t = flow_trace_at(s, f->trace);
	forge_log l = { .t = now, .service = f->service, .pod = f->pod, .op = f->op, .wanted = -1, .severity = "",
		.peer = -1, .vars = t->vars };
	forge_lang lang = s->app->services[f->service].lang;
	/* Lines scraped from a container's output know nothing of the trace. */
	if (!s->app->services[f->service].traced || lang == LANG_NGINX || lang == LANG_PHP) return l;
	l.trace[0] = t->id[0];
	l.trace[1] = t->id[1];
	l.span = f->span;
	return l;
}

static void body_go(cc_buf *b, int64_t now, cc_str message, bool tolerated)
{
	cc_buf_addz(b, "{\"time\":\"");
	out_time_us(b, now);
	cc_buf_addf(b, "\",\"level\":\"%s\",\"msg\":", tolerated ? "WARN" : "ERROR");
	cc_json_write_str(b, message);
	cc_buf_addz(b, "}");
}

static void body_nginx(cc_buf *b, int64_t now, const char *message, bool tolerated)
{
	int y, mo, d, h, mi, sec;
	int64_t frac;
	cc_time_to_civil(now, &y, &mo, &d, &h, &mi, &sec, &frac);
	cc_buf_addf(b, "%04d/%02d/%02d %02d:%02d:%02d [%s] 29#29: *%d %s", y, mo, d, h, mi, sec,
		tolerated ? "warn" : "error",
		(int)(now / CC_NS_PER_MS % 100000), message);
}

/* Some loggers print the stack below what the service says. Node prints nothing but the error. */
static void body_of(cc_buf *b, forge_lang lang, int64_t now, const char *message, const char *stack, bool tolerated)
{
	if (lang == LANG_GO) {
		body_go(b, now, cc_str_from(message), tolerated);
		return;
	}
	if (lang == LANG_NGINX) {
		body_nginx(b, now, message, tolerated);
		return;
	}
	bool shown = stack && !tolerated && lang != LANG_PHP && lang != LANG_RUBY;
	bool within = shown && cc_str_find(cc_str_from(stack), cc_str_from(message)) != CC_STR_NONE;
	bool repeated = within || (shown && lang == LANG_NODE);
	if (!repeated) cc_buf_addz(b, message);
	if (shown && !repeated) cc_buf_add_char(b, '\n');
	if (shown) cc_buf_addz(b, stack);
}

/* The exception as it was thrown, which need not be what the service says about it. */
static void exception_of(forge_sim *s, const flow_frame *f, const flow_call *c, const char *message, forge_log *l)
{
	forge_lang lang = s->app->services[f->service].lang;
	const char *own = forge_own_exception(lang, &s->app->ops[f->op]);
	char *behind = c ? flow_behind(s, c) : NULL;
	forge_raised x = { .service = f->service, .served = f->op, .called = c ? c->op : -1,
		.connected = !c || !(c->via & (VIA_REFUSED | VIA_NO_NAME)), .behind = behind,
		.type = c ? flow_exception(s, c) : f->exception ? f->exception : own,
		.message = c && c->cause ? c->cause : message };
	if (x.type[0]) {
		l->exception = flow_text(s, x.type);
		l->exception_message = flow_text(s, x.message);
		l->stack = flow_stack(s, &x);
	}
	cc_free(behind);
}

void flow_log_failure(forge_sim *s, int64_t now, const flow_frame *f, const flow_call *c, const char *message,
	bool tolerated)
{
	forge_lang lang = s->app->services[f->service].lang;
	if (lang == LANG_ENVOY || lang == LANG_STORE) return;
	const forge_voice *v = &forge_voices[lang];
	forge_log l = line_of(s, now, f);
	l.severity = lang == LANG_NODE ? "" : tolerated ? v->warn : v->error; /* node prints it without a logger */
	l.number = lang == LANG_NODE ? 0 : tolerated ? v->warn_n : v->error_n;
	exception_of(s, f, c, message, &l);
	cc_buf b = CC_BUF_INIT;
	body_of(&b, lang, now, message, l.stack, tolerated);
	l.body = forge_take(s, &b);
	tel_log(s, &l);
}

void flow_log_success(forge_sim *s, int64_t now, const flow_frame *f)
{
	if (!s->app->ops[f->op].log) return;
	const forge_voice *v = &forge_voices[s->app->services[f->service].lang];
	forge_log l = line_of(s, now, f);
	l.severity = v->info;
	l.number = v->info_n;
	tel_log(s, &l);
}

void flow_log_access(forge_sim *s, int64_t now, const flow_frame *f)
{
	forge_log l = line_of(s, now, f);
	l.wanted = flow_trace_at(s, f->trace)->wanted;
	l.status = f->status;
	l.peer = f->peer;
	l.upstream = f->upstream;
	l.via = f->via;
	l.took_ns = now - f->start;
	l.upstream_ns = f->upstream_ns;
	tel_log(s, &l);
}

/* What was asked, as the sidecar's access line begins. */
static void denied_request(forge_sim *s, int64_t now, cc_buf *b, const flow_call *c)
{
	const forge_op *op = &s->app->ops[c->op];
	if (op->proto == PROTO_GRPC) {
		cc_buf_addf(b, "\"POST /%s/%s HTTP/2\" 200", op->method, op->route);
	} else if (op->proto == PROTO_HTTP) {
		cc_buf_addf(b, "\"%s ", op->method);
		tel_expand(s, b, op->route ? op->route : "/", &flow_trace_at(s, c->trace)->vars, now, c->pod);
		cc_buf_addz(b, " HTTP/1.1\" 403");
	} else {
		cc_buf_addz(b, "\"- - -\" 0");
	}
}

/* The callee's sidecar says why it let nobody in; it knows no trace. */
void flow_log_denied(forge_sim *s, int64_t now, const flow_call *c)
{
	if (c->peer < 0) return;
	const forge_op *op = &s->app->ops[c->op];
	const forge_service *svc = &s->app->services[op->service];
	const kube_pod *from = &s->kube.pods.p[c->pod], *to = &s->kube.pods.p[c->peer];
	bool http = op->proto == PROTO_HTTP;
	cc_buf b = CC_BUF_INIT;
	cc_buf_addz(&b, "[");
	out_time_us(&b, now);
	cc_buf_addz(&b, "] ");
	denied_request(s, now, &b, c);
	cc_buf_addf(&b, " - rbac_access_denied_matched_policy[none] - \"-\" 0 %d 0 - \"-\" \"-\" ", http ? 19 : 0);
	cc_buf_addf(&b, "\"-\" \"%s:%d\" \"-\" ", svc->name, svc->port);
	cc_buf_addf(&b, "inbound|%d|| - %s:%d %s:0 outbound_.%d_._.%s.%s.svc.cluster.local default", svc->port, to->ip,
		svc->port, from->ip, svc->port, svc->name, s->app->namespace);
	if (cc_buf_ok(&b) && b.p) tel_pod_log(s, now, c->peer, 'i', "%s", b.p);
	else forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&b);
}
