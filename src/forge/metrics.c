/* metrics.c - scrapes: span metrics from the spans that have ended, pod metrics from the state of the pods at that moment. */
#include <string.h>

#include "coldcase/file.h"
#include "forge/sim.h"

const int forge_bounds[FORGE_BOUNDS - 1] = { 2, 10, 25, 50, 100, 500, 1500, 15000 };

static forge_calls *calls_of(forge_sim *s, const forge_span *x)
{
	forge_tel *t = &s->tel;
	for (size_t i = 0; i < t->calls.n; i++) {
		forge_calls *c = &t->calls.p[i];
		if (c->app == x->app && c->kind == x->kind && c->error == x->error && strcmp(c->name, x->name) == 0) return c;
	}
	forge_calls fresh = { .app = x->app, .name = x->name, .kind = x->kind, .error = x->error, .first = t->scrapes.n };
	if (!cc_vec_push(&t->calls, fresh)) {
		forge_fail(s, CC_ENOMEM);
		return NULL;
	}
	return &t->calls.p[t->calls.n - 1];
}

static void count(forge_sim *s, const forge_span *x)
{
	forge_calls *c = calls_of(s, x);
	if (!c) return;
	for (int b = 0; b < FORGE_BOUNDS; b++)
		if (b == FORGE_BOUNDS - 1 || x->dur <= forge_bounds[b] * FORGE_MS) c->now[b]++;
}

/* Spans that have ended by now are counted; the others wait. Those from before the capture are forgotten afterwards. */
static void count_finished(forge_sim *s, int64_t now)
{
	forge_tel *t = &s->tel;
	size_t keep = 0;
	for (size_t i = 0; i < t->unfinished.n; i++) {
		const forge_span *x = &t->spans.p[t->unfinished.p[i]];
		if (x->start + x->dur > now) t->unfinished.p[keep++] = t->unfinished.p[i];
		else count(s, x);
	}
	t->unfinished.n = keep;
}

static void scrape_calls(forge_sim *s, int64_t now)
{
	forge_tel *t = &s->tel;
	count_finished(s, now);
	if (!cc_vec_push(&t->scrapes, now)) forge_fail(s, CC_ENOMEM);
	for (size_t i = 0; i < t->calls.n; i++)
		for (int b = 0; b < FORGE_BOUNDS; b++)
			if (!cc_vec_push(&t->calls.p[i].samples, t->calls.p[i].now[b])) forge_fail(s, CC_ENOMEM);
}

/* One pod metric: which exporter says it, and the labels besides those of the exporter. */
typedef struct pod_metric {
	const char *name, *job;
	const char *label, *value;   /* further label; NULL: none */
	bool container;              /* has the label container */
} pod_metric;

static const pod_metric METRICS[] = {
	{ "kube_pod_status_phase", "kube-state-metrics", "phase", "Pending", false },
	{ "kube_pod_status_phase", "kube-state-metrics", "phase", "Running", false },
	{ "kube_pod_status_phase", "kube-state-metrics", "phase", "Failed", false },
	{ "kube_pod_status_ready", "kube-state-metrics", "condition", "true", false },
	{ "kube_pod_status_ready", "kube-state-metrics", "condition", "false", false },
	{ "container_cpu_usage_seconds_total", "kubelet", NULL, NULL, true },
	{ "container_memory_working_set_bytes", "kubelet", NULL, NULL, true },
	{ "container_network_receive_bytes_total", "kubelet", "interface", "eth0", false },
	{ "container_network_transmit_bytes_total", "kubelet", "interface", "eth0", false },
	{ "kube_pod_container_resource_limits", "kube-state-metrics", "resource", "memory", true },
	{ "kube_pod_container_status_restarts_total", "kube-state-metrics", NULL, NULL, true },
	{ "kube_pod_container_status_waiting_reason", "kube-state-metrics", "reason", NULL, true },
};
enum { METRIC_COUNT = sizeof METRICS / sizeof METRICS[0], M_PENDING = 0, M_RUNNING, M_FAILED, M_READY, M_UNREADY, M_CPU, M_MEM, M_RX, M_TX,
	M_LIMIT, M_RESTARTS, M_WAITING };

static cc_str pod_tags(forge_sim *s, const forge_pod *p, const pod_metric *m, const char *value)
{
	cc_buf b = CC_BUF_INIT;
	bool first = true, kubelet = m->job[4] == 'l';
	if (m->container) out_map(&b, &first, "container", cc_str_from(forge_apps[p->app].name));
	if (m->label) out_map(&b, &first, m->label, cc_str_from(value));
	if (m->label && strcmp(m->label, "resource") == 0) out_map(&b, &first, "unit", CC_STR("byte"));
	cc_str instance = kubelet && p->node >= 0 ? cc_arena_printf(s->arena, "%s:10250", forge_nodes[p->node].ip) : CC_STR("10.244.3.2:8080");
	out_map(&b, &first, "instance", instance);
	out_map(&b, &first, "job", cc_str_from(m->job));
	if (kubelet) out_map(&b, &first, "metrics_path", CC_STR("/metrics/cadvisor"));
	out_map(&b, &first, "namespace", CC_STR(FORGE_NS));
	if (p->node >= 0 && kubelet) out_map(&b, &first, "node", cc_str_from(forge_nodes[p->node].name));
	out_map(&b, &first, "pod", cc_str_from(p->name));
	if (!kubelet) out_map(&b, &first, "uid", cc_str_from(p->uid));
	out_map_end(&b, first);
	cc_str kept = forge_str(s, &b);
	cc_buf_deinit(&b);
	return kept;
}

static void sample(forge_sim *s, int64_t now, int pod, int metric, const char *value, double v)
{
	forge_tel *t = &s->tel;
	cc_buf key = CC_BUF_INIT;
	cc_buf_addf(&key, "%d/%d/%s", pod, metric, value ? value : "");
	uint64_t at = 0;
	if (!cc_map_get(t->series_index, cc_buf_str(&key), &at)) {
		forge_series fresh = { .pod = pod, .block = metric, .metric = METRICS[metric].name,
			.tags = pod_tags(s, &s->kube.pods.p[pod], &METRICS[metric], value) };
		at = t->series.n;
		if (!cc_vec_push(&t->series, fresh) || !cc_map_set(t->series_index, forge_str(s, &key), at)) {
			forge_fail(s, CC_ENOMEM);
			cc_buf_deinit(&key);
			return;
		}
	}
	forge_series *r = &t->series.p[at];
	if (!cc_vec_push(&r->at, now) || !cc_vec_push(&r->value, v)) forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&key);
}

static void scrape_process(forge_sim *s, int64_t now, int pod)
{
	forge_pod *p = &s->kube.pods.p[pod];
	const forge_app *a = &forge_apps[p->app];
	/* Own housekeeping beside the requests: a base rate per second since the start. */
	int64_t base_us = (now - p->started) / CC_NS_PER_S * a->cpu_request_m * 18;
	sample(s, now, pod, M_CPU, NULL, (double)(p->cpu_us + base_us) / 1e6);
	int64_t base = (int64_t)a->mem_base_mi * 1024;
	p->mem_kib += cc_rng_between(&s->mem_rng, -base / 90, base / 90) + (base - p->mem_kib) / 8;
	sample(s, now, pod, M_MEM, NULL, (double)(p->mem_kib * 1024));
}

static void scrape_pod(forge_sim *s, int64_t now, int pod)
{
	const forge_pod *p = &s->kube.pods.p[pod];
	const forge_rs *r = &s->kube.sets.p[p->rs];
	if (p->gone || p->created > now) return;
	sample(s, now, pod, M_PENDING, METRICS[M_PENDING].value, p->started ? 0.0 : 1.0);
	sample(s, now, pod, M_RUNNING, METRICS[M_RUNNING].value, p->started ? 1.0 : 0.0);
	sample(s, now, pod, M_FAILED, METRICS[M_FAILED].value, 0.0);
	sample(s, now, pod, M_READY, METRICS[M_READY].value, p->ready ? 1.0 : 0.0);
	sample(s, now, pod, M_UNREADY, METRICS[M_UNREADY].value, p->ready ? 0.0 : 1.0);
	sample(s, now, pod, M_LIMIT, METRICS[M_LIMIT].value, (double)r->tmpl.mem_limit_mi * 1048576.0);
	sample(s, now, pod, M_RESTARTS, NULL, (double)p->restarts);
	if (p->waiting && !p->started) sample(s, now, pod, M_WAITING, p->waiting, 1.0);
	if (p->ip[0]) {
		sample(s, now, pod, M_RX, METRICS[M_RX].value, (double)(p->rx_bytes + (now - p->scheduled) / FORGE_S * 96));
		sample(s, now, pod, M_TX, METRICS[M_TX].value, (double)(p->tx_bytes + (now - p->scheduled) / FORGE_S * 88));
	}
	if (p->started) scrape_process(s, now, pod);
}

void tel_scrape(forge_sim *s, int64_t now)
{
	scrape_calls(s, now);
	for (size_t i = 0; i < s->kube.pods.n && s->code == CC_OK; i++) scrape_pod(s, now, (int)i);
}

double tel_increase(const forge_sim *s, const forge_calls *c, int bucket, int64_t now, int64_t window, bool *ok)
{
	const forge_tel *t = &s->tel;
	size_t first = t->scrapes.n, last = 0, n = 0;
	for (size_t i = c->first; i < t->scrapes.n && (i - c->first + 1) * FORGE_BOUNDS <= c->samples.n; i++) {
		if (t->scrapes.p[i] <= now - window || t->scrapes.p[i] > now) continue;
		if (n++ == 0) first = i;
		last = i;
	}
	*ok = n >= 2;
	if (!*ok) return 0.0;
	double v0 = (double)c->samples.p[(first - c->first) * FORGE_BOUNDS + (size_t)bucket];
	double v1 = (double)c->samples.p[(last - c->first) * FORGE_BOUNDS + (size_t)bucket];
	double covered = (double)(t->scrapes.p[last] - t->scrapes.p[first]), step = covered / (double)(n - 1);
	double head = (double)(t->scrapes.p[first] - (now - window)), tail = (double)(now - t->scrapes.p[last]);
	/* Extrapolation to the borders of the window as Prometheus does it: at most half a step beyond a gap, never below zero. */
	if (v1 > v0 && v0 >= 0.0) {
		double zero = covered * (v0 / (v1 - v0));
		if (zero < head) head = zero;
	}
	double all = covered;
	all += head < step * 1.1 ? head : step / 2.0;
	all += tail < step * 1.1 ? tail : step / 2.0;
	return (v1 - v0) * (all / covered);
}

bool tel_last(const forge_series *r, int64_t now, double *value)
{
	if (r->at.n == 0 || now - r->at.p[r->at.n - 1] > 90 * FORGE_S) return false;
	*value = r->value.p[r->value.n - 1];
	return true;
}

static cc_code put(forge_sim *s, const char *dir, const char *kind, const char *name, const cc_buf *text, cc_err *err)
{
	cc_buf file = CC_BUF_INIT;
	cc_path_join(&file, dir, "metrics");
	cc_buf_addf(&file, "/%s_%s_raw.tsv", kind, name);
	cc_code code = cc_buf_ok(text) && cc_buf_ok(&file) ? cc_file_write(file.p, cc_buf_str(text), err)
		: cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	s->rep.files++;
	s->rep.bytes += text->n;
	cc_buf_deinit(&file);
	return code;
}

static cc_code write_pod(forge_sim *s, int pod, const char *dir, cc_err *err)
{
	cc_buf out = CC_BUF_INIT;
	uint64_t rows = 0;
	cc_buf_addz(&out, "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n");
	for (int block = 0; block < METRIC_COUNT; block++)
		for (size_t i = 0; i < s->tel.series.n; i++) {
			const forge_series *r = &s->tel.series.p[i];
			if (r->pod != pod || r->block != block) continue;
			for (size_t k = 0; k < r->at.n; k++) {
				if (r->at.p[k] < s->start || r->at.p[k] >= s->end) continue;
				cc_buf_addf(&out, "%s\t", r->metric);
				out_stamp_ms(&out, r->at.p[k]);
				cc_buf_add_char(&out, '\t');
				out_float(&out, r->value.p[k]);
				cc_buf_addf(&out, "\t%s\t" FORGE_NS "\t", s->kube.pods.p[pod].name);
				out_field(&out, r->tags);
				cc_buf_add_char(&out, '\n');
				rows++;
			}
		}
	cc_code code = rows ? put(s, dir, "pod", s->kube.pods.p[pod].name, &out, err) : CC_OK;
	s->rep.samples += rows;
	cc_buf_deinit(&out);
	return code;
}

static cc_str calls_tags(forge_sim *s, const forge_calls *c, const char *le)
{
	static const char *const KINDS[] = { "SPAN_KIND_INTERNAL", "SPAN_KIND_SERVER", "SPAN_KIND_CLIENT", "SPAN_KIND_PRODUCER",
		"SPAN_KIND_CONSUMER" };
	cc_buf b = CC_BUF_INIT;
	bool first = true;
	out_map(&b, &first, "job", cc_arena_printf(s->arena, "opentelemetry-demo/%s", forge_apps[c->app].name));
	if (le) out_map(&b, &first, "le", cc_str_from(le));
	out_map(&b, &first, "namespace", CC_STR(FORGE_NS));
	out_map(&b, &first, "service_name", cc_str_from(forge_apps[c->app].name));
	out_map(&b, &first, "span_kind", cc_str_from(KINDS[c->kind]));
	out_map(&b, &first, "span_name", cc_str_from(c->name));
	out_map(&b, &first, "status_code", c->error ? CC_STR("STATUS_CODE_ERROR") : CC_STR("STATUS_CODE_UNSET"));
	out_map_end(&b, first);
	cc_str kept = forge_str(s, &b);
	cc_buf_deinit(&b);
	return kept;
}

/* One series of a service: bucket >= 0 a histogram bucket, -1 the count of failed calls. */
static uint64_t write_calls(forge_sim *s, cc_buf *out, const forge_calls *c, int bucket)
{
	cc_str le = bucket < 0 ? CC_STR_EMPTY : bucket == FORGE_BOUNDS - 1 ? CC_STR("+Inf") : cc_arena_printf(s->arena, "%d", forge_bounds[bucket]);
	cc_str tags = calls_tags(s, c, bucket < 0 ? NULL : le.p);
	uint64_t rows = 0;
	for (size_t k = 0; (k + 1) * FORGE_BOUNDS <= c->samples.n; k++) {
		int64_t t = s->tel.scrapes.p[c->first + k];
		if (t < s->start || t >= s->end) continue;
		cc_buf_addz(out, bucket < 0 ? "traces_span_metrics_calls_total\t" : "traces_span_metrics_duration_milliseconds_bucket\t");
		out_stamp_ms(out, t);
		cc_buf_addf(out, "\t%u.0\t%s\t" FORGE_NS "\t", c->samples.p[k * FORGE_BOUNDS + (size_t)(bucket < 0 ? FORGE_BOUNDS - 1 : bucket)],
			forge_apps[c->app].name);
		cc_buf_add(out, le);
		cc_buf_add_char(out, '\t');
		out_field(out, tags);
		cc_buf_addz(out, bucket < 0 ? "\terror_rate\tSTATUS_CODE_ERROR\n" : "\tduration_p95\t\n");
		rows++;
	}
	return rows;
}

static cc_code write_service(forge_sim *s, int app, const char *dir, cc_err *err)
{
	cc_buf out = CC_BUF_INIT;
	uint64_t rows = 0;
	cc_buf_addz(&out, "metric_name\ttimestamp\tvalue\tservice_name\tnamespace\tbucket_le\ttags\tmetric_type\tstatus_code\n");
	for (size_t i = 0; i < s->tel.calls.n; i++)
		for (int b = 0; b < FORGE_BOUNDS && s->tel.calls.p[i].app == app; b++) rows += write_calls(s, &out, &s->tel.calls.p[i], b);
	for (size_t i = 0; i < s->tel.calls.n; i++)
		if (s->tel.calls.p[i].app == app && s->tel.calls.p[i].error) rows += write_calls(s, &out, &s->tel.calls.p[i], -1);
	cc_code code = rows ? put(s, dir, "service", forge_apps[app].name, &out, err) : CC_OK;
	s->rep.samples += rows;
	cc_buf_deinit(&out);
	return code;
}

cc_code tel_write_metrics(forge_sim *s, const char *dir, cc_err *err)
{
	cc_code code = CC_OK;
	for (size_t i = 0; i < s->kube.pods.n && code == CC_OK; i++) code = write_pod(s, (int)i, dir, err);
	for (int app = 0; app < APP_COUNT && code == CC_OK; app++)
		if (app != APP_LOADGEN && app != APP_FLAGD) code = write_service(s, app, dir, err);
	return code;
}
