/* telemetry.c - keeps spans and logs, and writes them the way the recorder dumps its store: sorted by time, one row each. */
#include <stdarg.h>
#include <stdlib.h>

#include "coldcase/file.h"
#include "forge/sim.h"

cc_code tel_init(forge_sim *s)
{
	s->tel.series_index = cc_map_new();
	return s->tel.series_index ? CC_OK : CC_ENOMEM;
}

void tel_deinit(forge_sim *s)
{
	forge_tel *t = &s->tel;
	for (size_t i = 0; i < t->calls.n; i++) cc_vec_deinit(&t->calls.p[i].samples);
	for (size_t i = 0; i < t->series.n; i++) {
		cc_vec_deinit(&t->series.p[i].at);
		cc_vec_deinit(&t->series.p[i].value);
	}
	cc_vec_deinit(&t->spans);
	cc_vec_deinit(&t->logs);
	cc_vec_deinit(&t->unfinished);
	cc_vec_deinit(&t->calls);
	cc_vec_deinit(&t->scrapes);
	cc_vec_deinit(&t->series);
	cc_vec_deinit(&t->alerts);
	cc_vec_deinit(&t->history);
	cc_map_free(t->series_index);
}

void tel_span(forge_sim *s, const forge_span *span)
{
	forge_span kept = *span;
	kept.seq = s->tel.seq++;
	if (!cc_vec_push(&s->tel.spans, kept) || !cc_vec_push(&s->tel.unfinished, s->tel.spans.n - 1)) forge_fail(s, CC_ENOMEM);
}

void tel_log(forge_sim *s, const forge_log *log)
{
	if (log->t < s->start || log->t >= s->end) return;
	forge_log kept = *log;
	kept.seq = s->tel.seq++;
	if (!cc_vec_push(&s->tel.logs, kept)) forge_fail(s, CC_ENOMEM);
}

void tel_pod_log(forge_sim *s, int64_t t, int pod, char level, const char *fmt, ...)
{
	int app = s->kube.pods.p[pod].app;
	const forge_voice *v = &forge_voices[forge_apps[app].lang];
	cc_buf b = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&b, fmt, ap);
	va_end(ap);
	forge_log l = { .t = t, .app = app, .pod = pod, .severity = level == 'e' ? v->error : level == 'w' ? v->warn : v->info,
		.number = level == 'e' ? v->error_n : level == 'w' ? v->warn_n : v->info_n, .body = forge_str(s, &b) };
	tel_log(s, &l);
	cc_buf_deinit(&b);
}

const char *tel_kind_name(forge_kind k)
{
	static const char *const NAMES[] = { "Internal", "Server", "Client", "Producer", "Consumer" };
	return NAMES[k];
}

cc_str tel_resource(forge_sim *s, int pod, bool process)
{
	const forge_pod *p = &s->kube.pods.p[pod];
	const forge_app *a = &forge_apps[p->app];
	cc_buf b = CC_BUF_INIT, start = CC_BUF_INIT;
	bool first = true;
	out_time_s(&start, p->scheduled);
	out_map(&b, &first, "service.name", cc_str_from(a->name));
	out_map(&b, &first, "service.version", CC_STR(FORGE_VERSION));
	out_map(&b, &first, "service.namespace", CC_STR("opentelemetry-demo"));
	out_map(&b, &first, "k8s.namespace.name", CC_STR(FORGE_NS));
	out_map(&b, &first, "k8s.deployment.name", cc_str_from(a->name));
	out_map(&b, &first, "k8s.pod.name", cc_str_from(p->name));
	out_map(&b, &first, "k8s.pod.uid", cc_str_from(p->uid));
	if (!process) out_map(&b, &first, "k8s.pod.start_time", cc_buf_str(&start));
	if (p->node >= 0) out_map(&b, &first, "k8s.node.name", cc_str_from(forge_nodes[p->node].name));
	if (process && forge_voices[a->lang].sdk[0]) out_map(&b, &first, "telemetry.sdk.language", cc_str_from(forge_voices[a->lang].sdk));
	out_map_end(&b, first);
	cc_str kept = forge_str(s, &b);
	cc_buf_deinit(&b);
	cc_buf_deinit(&start);
	return kept;
}

/* Resource cells by pod, made once each. */
typedef CC_VEC(cc_str) cell_vec;

static cc_str resource_of(forge_sim *s, cell_vec *cells, int pod, bool process)
{
	while (cells->n <= (size_t)pod)
		if (!cc_vec_push(cells, CC_STR_EMPTY)) {
			forge_fail(s, CC_ENOMEM);
			return CC_STR_EMPTY;
		}
	/* the loop has filled cells up to pod: NOLINTNEXTLINE */
	if (cells->p[pod].n == 0) cells->p[pod] = tel_resource(s, pod, process);
	return cells->p[pod];
}

static int by_start(const void *a, const void *b)
{
	const forge_span *x = a, *y = b;
	if (x->start != y->start) return x->start < y->start ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int by_time(const void *a, const void *b)
{
	const forge_log *x = a, *y = b;
	if (x->t != y->t) return x->t < y->t ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static void span_event(cc_buf *out, const forge_span *x)
{
	if (!x->ev_name.n) {
		cc_buf_addz(out, "[]\t[]\t[]\t");
		return;
	}
	cc_buf cell = CC_BUF_INIT;
	cc_buf_add_char(out, '[');
	out_datetime(out, x->ev_at);
	cc_buf_addz(out, "]\t['");
	cc_buf_add(out, x->ev_name);
	cc_buf_addz(out, "']\t");
	cc_buf_add_char(&cell, '[');
	cc_buf_add(&cell, x->ev_attrs);
	cc_buf_add_char(&cell, ']');
	out_field(out, cc_buf_str(&cell));
	cc_buf_add_char(out, '\t');
	cc_buf_deinit(&cell);
}

static void span_row(cc_buf *out, const forge_span *x, cc_str resource)
{
	cc_time_format_stamp(out, x->start);
	cc_buf_add_char(out, '\t');
	out_hex16(out, x->trace[0]);
	out_hex16(out, x->trace[1]);
	cc_buf_add_char(out, '\t');
	out_hex16(out, x->id);
	cc_buf_add_char(out, '\t');
	if (x->parent) out_hex16(out, x->parent);
	cc_buf_addf(out, "\t\t%s\t%s\t%s\t", x->name, tel_kind_name(x->kind), forge_apps[x->app].name);
	out_field(out, resource);
	cc_buf_addf(out, "\t%s\t\t", x->scope);
	out_field(out, x->attrs);
	cc_buf_addf(out, "\t%lld\t%s\t", (long long)x->dur, x->error ? "Error" : "Unset");
	out_field(out, x->message);
	cc_buf_add_char(out, '\t');
	span_event(out, x);
	if (x->link) {
		cc_buf_addz(out, "['");
		out_hex16(out, x->trace[0]);
		out_hex16(out, x->trace[1]);
		cc_buf_addz(out, "']\t['");
		out_hex16(out, x->link);
		cc_buf_addz(out, "']\t['']\t[{}]\n");
	} else {
		cc_buf_addz(out, "[]\t[]\t[]\t[]\n");
	}
}

static cc_code put(forge_sim *s, const char *dir, const char *name, cc_buf *text, cc_err *err)
{
	if (!cc_buf_ok(text)) return cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, dir, name);
	cc_code code = cc_buf_ok(&path) ? cc_file_write(path.p, cc_buf_str(text), err) : cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	cc_buf_deinit(&path);
	s->rep.files++;
	s->rep.bytes += text->n;
	return code;
}

cc_code tel_write_traces(forge_sim *s, const char *dir, cc_err *err)
{
	cc_buf out = CC_BUF_INIT;
	cell_vec cells = { 0 };
	forge_tel *t = &s->tel;
	if (t->spans.n) qsort(t->spans.p, t->spans.n, sizeof t->spans.p[0], by_start);
	cc_buf_addz(&out, "Timestamp\tTraceId\tSpanId\tParentSpanId\tTraceState\tSpanName\tSpanKind\tServiceName\tResourceAttributes\tScopeName\t"
		"ScopeVersion\tSpanAttributes\tDuration\tStatusCode\tStatusMessage\tEvents.Timestamp\tEvents.Name\tEvents.Attributes\t"
		"Links.TraceId\tLinks.SpanId\tLinks.TraceState\tLinks.Attributes\n");
	for (size_t i = 0; i < t->spans.n; i++) {
		const forge_span *x = &t->spans.p[i];
		if (x->start < s->start || x->start + x->dur > s->end) continue;
		span_row(&out, x, resource_of(s, &cells, x->pod, true));
		s->rep.spans++;
	}
	cc_code code = s->code == CC_OK ? put(s, dir, "otel_traces_raw.tsv", &out, err) : s->code;
	cc_vec_deinit(&cells);
	cc_buf_deinit(&out);
	return code;
}

static void hex_cell(cc_buf *b, uint64_t hi, uint64_t lo, bool wide)
{
	cc_buf_clear(b);
	if (wide && (hi || lo)) out_hex16(b, hi);
	if (lo) out_hex16(b, lo);
}

cc_code tel_write_logs(forge_sim *s, const char *dir, cc_err *err)
{
	cc_buf out = CC_BUF_INIT, trace = CC_BUF_INIT, span = CC_BUF_INIT;
	cell_vec cells = { 0 };
	forge_tel *t = &s->tel;
	if (t->logs.n) qsort(t->logs.p, t->logs.n, sizeof t->logs.p[0], by_time);
	out_log_header(&out);
	for (size_t i = 0; i < t->logs.n; i++) {
		const forge_log *x = &t->logs.p[i];
		hex_cell(&trace, x->trace[0], x->trace[1], true);
		hex_cell(&span, 0, x->span, false);
		out_log_row r = { .t = x->t, .trace = cc_buf_str(&trace), .span = cc_buf_str(&span), .service = cc_str_from(forge_apps[x->app].name),
			.body = x->body, .resource = resource_of(s, &cells, x->pod, false), .attrs = x->attrs, .flags = x->span ? 1 : 0,
			.number = x->number, .severity = x->severity, .scope = forge_apps[x->app].lang == LANG_ENVOY ? "" : forge_apps[x->app].name,
			.scope_version = "" };
		out_log_line(&out, &r);
		s->rep.logs++;
	}
	cc_code code = s->code == CC_OK ? put(s, dir, "otel_logs_raw.tsv", &out, err) : s->code;
	cc_vec_deinit(&cells);
	cc_buf_deinit(&out);
	cc_buf_deinit(&trace);
	cc_buf_deinit(&span);
	return code;
}
