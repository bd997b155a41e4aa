/* metrics_service.c - the files metrics/service_*_raw.tsv: the answers of two queries, one behind the other. The first
 * asks for the buckets of the histogram, the second for the failed calls; with a mesh each also gets what the sidecars
 * counted. */
#include "forge/metrics_write.h"

#include <stdio.h>

#define HEADER "metric_name\ttimestamp\tvalue\tservice_name\tnamespace\tbucket_le\ttags\tmetric_type\tstatus_code\n"

/* What one query finds in one group of series. */
typedef struct answer { const mmatrix *x; mlines lines; } answer;

typedef struct labels { const char *metric, *le, *type, *status; cc_str tags; } labels;

static bool add(forge_sim *s, answer *a, cc_arena *arena, int service, int column, const labels *l)
{
	cc_buf after = CC_BUF_INIT;
	if (!mwrite_any(s, a->x, column)) return true;
	cc_buf_addf(&after, "\t%s\t%s\t%s\t", s->app->services[service].name, s->app->namespace, l->le);
	out_field(&after, l->tags);
	cc_buf_addf(&after, "\t%s\t%s\n", l->type, l->status);
	return mwrite_line(&a->lines, arena, (mline){ .column = column, .metric = l->metric }, &after);
}

enum { LE = 16 };

static void le_text(char text[LE], const int *bounds, int b, int n)
{
	if (b == n - 1) (void)snprintf(text, LE, "+Inf");
	else (void)snprintf(text, LE, "%d", bounds[b]);
}

static cc_buf call_tags(const forge_sim *s, const mcalls *c, const char *le)
{
	const char *name = s->app->services[c->service].name;
	cc_buf b = CC_BUF_INIT, job = CC_BUF_INIT;
	bool first = true;
	metrics_job(&job, s->app, name);
	out_map(&b, &first, "job", cc_buf_str(&job));
	if (le[0]) out_map(&b, &first, "le", cc_str_from(le));
	out_map(&b, &first, "namespace", cc_str_from(s->app->namespace));
	out_map(&b, &first, "service_name", cc_str_from(name));
	out_map(&b, &first, "span_kind", cc_str_from(forge_kind_name(c->kind, true)));
	out_map(&b, &first, "span_name", cc_str_from(c->name));
	out_map(&b, &first, "status_code", c->error ? CC_STR("STATUS_CODE_ERROR") : CC_STR("STATUS_CODE_UNSET"));
	out_map_end(&b, first);
	if (!cc_buf_ok(&job)) b.failed = true;
	cc_buf_deinit(&job);
	return b;
}

static bool add_calls(forge_sim *s, answer *a, cc_arena *arena, int service, bool errors)
{
	bool ok = true;
	for (size_t i = 0; i < s->metrics->calls.n && ok; i++) {
		const mcalls *c = &s->metrics->calls.p[i];
		if (c->service != service || (errors && !c->error) || (c->number + 1) * METRICS_BOUNDS > a->x->width)
			continue;
		for (int b = errors ? METRICS_BOUNDS - 1 : 0; b < METRICS_BOUNDS && ok; b++) {
			char le[LE] = "";
			if (!errors) le_text(le, metrics_bounds, b, METRICS_BOUNDS);
			cc_buf tags = call_tags(s, c, le);
			labels l = { "traces_span_metrics_duration_milliseconds_bucket", le, "duration_p95", "",
				cc_buf_str(&tags) };
			if (errors) {
				l.metric = "traces_span_metrics_calls_total";
				l.type = "error_rate";
				l.status = "STATUS_CODE_ERROR";
			}
			ok = cc_buf_ok(&tags) && add(s, a, arena, service, c->number * METRICS_BOUNDS + b, &l);
			cc_buf_deinit(&tags);
		}
	}
	return ok;
}

/* What is offered over gRPC alone is so reported. */
static const char *protocol_of(const forge_sim *s, int service)
{
	bool grpc = false;
	for (int op = 0; op < s->app->ops_n; op++) {
		if (s->app->ops[op].service != service) continue;
		if (s->app->ops[op].proto == PROTO_HTTP) return "http";
		grpc |= s->app->ops[op].proto == PROTO_GRPC;
	}
	return grpc ? "grpc" : "http";
}

static cc_buf mesh_tags(const forge_sim *s, int callee, int caller, const char *le, const flow_mesh_label *l)
{
	const forge_service *to = &s->app->services[callee];
	bool known = metrics_mesh_known(s, caller);
	cc_str from = known ? cc_str_from(s->app->services[caller].name) : CC_STR("unknown");
	cc_buf b = CC_BUF_INIT;
	bool first = true;
	out_map(&b, &first, "destination_canonical_service", cc_str_from(to->name));
	out_map(&b, &first, "destination_service_namespace", cc_str_from(s->app->namespace));
	out_map(&b, &first, "destination_workload_namespace", cc_str_from(s->app->namespace));
	out_map(&b, &first, "job", CC_STR("envoy-stats"));
	if (le[0]) out_map(&b, &first, "le", cc_str_from(le));
	out_map(&b, &first, "reporter", cc_str_from(l ? l->reporter : "destination"));
	out_map(&b, &first, "request_protocol", cc_str_from(protocol_of(s, callee)));
	if (l) out_map(&b, &first, "response_code", cc_str_from(l->code));
	if (l) out_map(&b, &first, "response_flags", cc_str_from(l->flags));
	out_map(&b, &first, "source_canonical_service", from);
	out_map(&b, &first, "source_workload", from);
	out_map(&b, &first, "source_workload_namespace", known ? cc_str_from(s->app->namespace) : CC_STR("unknown"));
	out_map_end(&b, first);
	return b;
}

static bool add_mesh(forge_sim *s, answer *a, cc_arena *arena, int service, bool errors)
{
	bool ok = true;
	for (int caller = 0; caller < s->app->services_n && ok; caller++)
		for (int i = errors ? MESH_OK + 1 : MESH_BUCKET; i < (errors ? MESH_BUCKET : MESH_COLUMNS) && ok; i++) {
			char le[LE] = "";
			if (!errors) le_text(le, flow_mesh_bounds, i - MESH_BUCKET, FLOW_MESH_BUCKETS);
			const flow_mesh_label *code = errors ? &flow_mesh_labels[i] : NULL;
			cc_buf tags = mesh_tags(s, service, caller, le, code);
			labels l = { errors ? "istio_requests_total" : "istio_request_duration_milliseconds_bucket", le,
				errors ? "error_rate" : "duration_p95", code ? code->code : "", cc_buf_str(&tags) };
			ok = cc_buf_ok(&tags) && add(s, a, arena, service, caller * MESH_COLUMNS + i, &l);
			cc_buf_deinit(&tags);
		}
	return ok;
}

static uint64_t write_answer(forge_sim *s, const answer *a, msink *k)
{
	cc_buf stamp = CC_BUF_INIT;
	uint64_t samples = 0;
	for (size_t r = 0; r < a->x->rows && a->lines.n; r++)
		samples += mwrite_row(s, k, a->x, r, 0, a->lines.p, a->lines.n, &stamp);
	cc_buf_deinit(&stamp);
	return samples;
}

static cc_code write_queries(forge_sim *s, int service, const mmatrix x[2], cc_err *err)
{
	answer parts[4] = { { .x = &x[0] }, { .x = &x[1] }, { .x = &x[0] }, { .x = &x[1] } };
	cc_buf name = CC_BUF_INIT;
	cc_arena *arena = cc_arena_new();
	bool ok = arena != NULL;
	msink k;
	for (int i = 0; i < 4 && ok; i++) {
		if (!parts[i].x->rows) continue;
		ok = i % 2 ? add_mesh(s, &parts[i], arena, service, i > 1)
			: add_calls(s, &parts[i], arena, service, i > 1);
	}
	cc_buf_addf(&name, "service_%s_raw.tsv", s->app->services[service].name);
	cc_code code = ok && cc_buf_ok(&name) ? CC_OK : forge_nomem(err);
	if (code == CC_OK && parts[0].lines.n + parts[1].lines.n + parts[2].lines.n + parts[3].lines.n) {
		msink_open(&k, s, "metrics", name.p, err);
		cc_buf_addz(&k.out, HEADER);
		for (int i = 0; i < 4; i++) s->rep.samples += write_answer(s, &parts[i], &k);
		code = msink_close(&k, s);
	}
	for (int i = 0; i < 4; i++) cc_vec_deinit(&parts[i].lines);
	cc_buf_deinit(&name);
	cc_arena_free(arena);
	return code;
}

cc_code mwrite_service(forge_sim *s, int service, cc_err *err)
{
	mmatrix x[2] = { { 0 }, { 0 } };
	const mgroup *calls = mstore_find(s->metrics, MG_CALLS, service);
	const mgroup *mesh = mstore_find(s->metrics, MG_MESH, service);
	cc_code code = calls ? mstore_load(s, calls, &x[0], err) : CC_OK;
	if (code == CC_OK && mesh) code = mstore_load(s, mesh, &x[1], err);
	if (code == CC_OK) code = write_queries(s, service, x, err);
	mstore_unload(&x[0]);
	mstore_unload(&x[1]);
	return code;
}
