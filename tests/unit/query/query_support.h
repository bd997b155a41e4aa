/* query_support.h - a small world for the query tests: frontend calls checkout calls payment; at 17:50:00Z a flag is switched on in
 * flagd-config and payment begins to fail. One log record and one trace every 10 s, 17:40 to 18:00. */
#ifndef QUERY_SUPPORT_H
#define QUERY_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "coldcase/snapshot.h"
#include "coldcase/time.h"

typedef struct world { char dir[256]; cc_snapshot *s; int64_t start, onset, end; } world;

enum { WORLD_STEPS = 120 };

static inline int64_t at_clock(const char *clock)
{
	char text[40];
	int64_t ns = 0;
	snprintf(text, sizeof text, "2025-12-15T%sZ", clock);
	assert_true(cc_time_parse(cc_str_from(text), &ns));
	return ns;
}

static inline FILE *world_file(const world *w, const char *name, const char *header)
{
	char path[512];
	snprintf(path, sizeof path, "%s/%s", w->dir, name);
	FILE *f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "%s", header);
	return f;
}

static inline void put_stamp(FILE *f, int64_t ns)
{
	cc_buf b = CC_BUF_INIT;
	cc_time_format_stamp(&b, ns);
	fprintf(f, "%s", b.p);
	cc_buf_deinit(&b);
}

/* A cell with quotes, doubled inside. */
static inline void put_cell(FILE *f, const char *text)
{
	fputc('"', f);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', f);
		fputc(*text, f);
	}
	fputc('"', f);
}

#define LOG_HEADER "Timestamp\tTimestampTime\tTraceId\tSpanId\tTraceFlags\tSeverityText\tSeverityNumber\tServiceName\tBody\t" \
	"ResourceSchemaUrl\tResourceAttributes\tScopeSchemaUrl\tScopeName\tScopeVersion\tScopeAttributes\tLogAttributes\n"

static inline void put_log(FILE *f, int64_t ns, const char *trace, const char *level, const char *service, const char *pod,
	const char *body, const char *attrs)
{
	put_stamp(f, ns);
	fprintf(f, "\t\t%s\t\t0\t%s\t0\t%s\t", trace, level, service);
	put_cell(f, body);
	fprintf(f, "\t\t{'service.name': '%s', 'k8s.namespace.name': 'demo', 'k8s.pod.name': '%s'}\t\t\t\t{}\t%s\n", service, pod, attrs);
}

static inline void world_logs(const world *w)
{
	FILE *f = world_file(w, "otel_logs_raw.tsv", LOG_HEADER);
	for (int i = 0; i < WORLD_STEPS; i++) {
		int64_t t = w->start + i * 10 * CC_NS_PER_S;
		char body[200], trace[40];
		snprintf(trace, sizeof trace, "%032x", i + 1);
		snprintf(body, sizeof body, "order %d placed in %d ms", 1000 + i, 5 + i % 7);
		put_log(f, t, trace, "INFO", "checkout", "checkout-6f9d7c5b8d-bcdfg", body, "{'http.route': '/api/checkout', 'http.status_code': '200'}");
		if (t < w->onset)
			continue;
		snprintf(body, sizeof body, "payment request failed: connection refused order=%d", 1000 + i);
		put_log(f, t + 1, trace, "ERROR", "checkout", "checkout-6f9d7c5b8d-bcdfg", body, "{'http.route': '/api/checkout', 'http.status_code': '500'}");
		put_log(f, t + 2, trace, "warn", "payment", "payment-7c6b5d4f9c-xkz2p", "{\"level\":\"warn\",\"msg\":\"invalid token\",\"retry\":3}", "{}");
	}
	fclose(f);
}

static inline void put_span(FILE *f, int64_t ns, int trace, int id, int parent, const char *name, const char *kind, const char *service,
	int64_t duration, const char *status, const char *message)
{
	char parent_id[24] = "";
	if (parent)
		snprintf(parent_id, sizeof parent_id, "%08x%08x", trace, parent);
	put_stamp(f, ns);
	fprintf(f, "\t%032x\t%08x%08x\t%s\t\t%s\t%s\t%s\t{'service.name': '%s', 'k8s.namespace.name': 'demo'}\t\t\t{'peer.service': 'x'}\t%lld\t%s\t%s"
		"\t[]\t[]\t[]\t[]\t[]\t[]\t[]\n", trace, trace, id, parent_id, name, kind, service, service, (long long)duration, status, message);
}

#define SPAN_HEADER "Timestamp\tTraceId\tSpanId\tParentSpanId\tTraceState\tSpanName\tSpanKind\tServiceName\tResourceAttributes\t" \
	"ScopeName\tScopeVersion\tSpanAttributes\tDuration\tStatusCode\tStatusMessage\tEvents.Timestamp\tEvents.Name\t" \
	"Events.Attributes\tLinks.TraceId\tLinks.SpanId\tLinks.TraceState\tLinks.Attributes\n"

static inline void world_traces(const world *w)
{
	FILE *f = world_file(w, "otel_traces_raw.tsv", SPAN_HEADER);
	for (int i = 0; i < WORLD_STEPS; i++) {
		int64_t t = w->start + i * 10 * CC_NS_PER_S, ms = CC_NS_PER_MS;
		bool bad = t >= w->onset;
		const char *status = bad ? "Error" : "Unset";
		int n = i + 1;
		put_span(f, t, n, 1, 0, "GET /checkout", "Server", "frontend", (bad ? 900 : 90) * ms, status, "");
		put_span(f, t + 5 * ms, n, 2, 1, "PlaceOrder", "Client", "frontend", (bad ? 880 : 80) * ms, status, "");
		put_span(f, t + 6 * ms, n, 3, 2, "PlaceOrder", "Server", "checkout", (bad ? 870 : 70) * ms, status, "");
		put_span(f, t + 10 * ms, n, 4, 3, "Charge", "Client", "checkout", (bad ? 800 : 20) * ms, status, "");
		put_span(f, t + 11 * ms, n, 5, 4, "Charge", "Server", "payment", (bad ? 790 : 18) * ms, status, bad ? "invalid token" : "");
		put_span(f, t + 35 * ms, n, 6, 3, "GetCart", "Client", "checkout", 5 * ms, "Unset", "");
	}
	fclose(f);
}

#define POD "payment-7c6b5d4f9c-xkz2p"

static inline void put_sample(FILE *f, const char *metric, int64_t ns, double value, const char *container)
{
	fprintf(f, "%s\t", metric);
	put_stamp(f, ns);
	fprintf(f, "\t%.17g\t" POD "\tdemo\t{'container': '%s', 'job': 'kubelet'}\n", value, container);
}

static inline void world_metrics(const world *w)
{
	char path[512];
	snprintf(path, sizeof path, "%s/metrics", w->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	FILE *f = world_file(w, "metrics/pod_" POD "_raw.tsv", "metric_name\ttimestamp\tvalue\tpod_name\tnamespace\ttags\n");
	double cpu = 1000, periods = 0, throttled = 0;
	for (int i = 0; i < WORLD_STEPS / 3; i++) {
		int64_t t = w->start + i * 30 * CC_NS_PER_S;
		bool bad = t >= w->onset;
		cpu = i == 10 ? 3 : cpu + 3;     /* the counter is reset once, in the healthy part */
		periods += 300;
		throttled += bad ? 150 : 3;
		put_sample(f, "container_cpu_usage_seconds_total", t, cpu, "payment");
		put_sample(f, "container_cpu_cfs_periods_total", t, periods, "payment");
		put_sample(f, "container_cpu_cfs_throttled_periods_total", t, throttled, "payment");
		put_sample(f, "container_memory_working_set_bytes", t, (bad ? 180e6 : 60e6) + (i % 3) * 1e6, "payment");
		put_sample(f, "cluster:namespace:pod_memory:active:kube_pod_container_resource_limits", t, 200e6, "payment");
		put_sample(f, "container_spec_shares", t, 1024 + (i % 2), "payment");
	}
	fclose(f);
	f = world_file(w, "metrics/service_payment_raw.tsv",
		"metric_name\ttimestamp\tvalue\tservice_name\tnamespace\tbucket_le\ttags\tmetric_type\tstatus_code\n");
	static const char *const le[] = { "10", "50", "100", "500", "1000", "+Inf" };
	double counts[6] = { 0 }, errors = 0;
	for (int i = 0; i < WORLD_STEPS / 3; i++) {
		int64_t t = w->start + i * 30 * CC_NS_PER_S;
		bool bad = t >= w->onset;
		for (int k = 0; k < 6; k++) {
			counts[k] += (bad ? k >= 4 : k >= 1) ? 10 : 0;
			fprintf(f, "traces_span_metrics_duration_milliseconds_bucket\t");
			put_stamp(f, t);
			fprintf(f, "\t%.17g\tpayment\tdemo\t%s\t{'span_name': 'Charge', 'span_kind': 'SPAN_KIND_SERVER', 'le': '%s'}\tduration_p95\t\n",
				counts[k], le[k], le[k]);
		}
		errors += bad ? 5 : 0;
		fprintf(f, "traces_span_metrics_calls_total\t");
		put_stamp(f, t);
		fprintf(f, "\t%.17g\tpayment\tdemo\t\t{'span_name': 'Charge', 'span_kind': 'SPAN_KIND_SERVER'}\terror_rate\tSTATUS_CODE_ERROR\n", errors);
	}
	fclose(f);
}

static inline void put_object(FILE *f, int64_t ns, const char *resource, const char *body)
{
	put_stamp(f, ns);
	fprintf(f, "\t\t\t\t0\t\t0\t\t");
	put_cell(f, body);
	fprintf(f, "\t\t{'k8s.namespace.name': 'demo'}\t\t\t\t{}\t{'k8s.resource.name': '%s'}\n", resource);
}

static inline void put_workload(FILE *f, int64_t ns, const char *name, const char *hash, const char *pod, const char *tag, int version)
{
	char body[1500];
	snprintf(body, sizeof body, "{\"apiVersion\":\"apps/v1\",\"kind\":\"Deployment\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"demo\",\"uid\":\"d-%s\","
		"\"resourceVersion\":\"%d\",\"creationTimestamp\":\"2025-12-01T00:00:00Z\"},\"spec\":{\"replicas\":1,\"selector\":{\"matchLabels\":{\"app\":\"%s\"}},"
		"\"template\":{\"metadata\":{\"labels\":{\"app\":\"%s\"}},\"spec\":{\"containers\":[{\"name\":\"%s\",\"image\":\"reg/%s:%s\"}]}}}}",
		name, name, version, name, name, name, name, tag);
	put_object(f, ns, "deployments", body);
	snprintf(body, sizeof body, "{\"apiVersion\":\"apps/v1\",\"kind\":\"ReplicaSet\",\"metadata\":{\"name\":\"%s-%s\",\"namespace\":\"demo\",\"uid\":\"r-%s\","
		"\"ownerReferences\":[{\"kind\":\"Deployment\",\"name\":\"%s\",\"uid\":\"d-%s\",\"controller\":true}]},\"spec\":{\"replicas\":1}}",
		name, hash, name, name, name);
	put_object(f, ns, "replicasets", body);
	snprintf(body, sizeof body, "{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"demo\",\"uid\":\"p-%s\",\"labels\":{\"app\":\"%s\"},"
		"\"ownerReferences\":[{\"kind\":\"ReplicaSet\",\"name\":\"%s-%s\",\"uid\":\"r-%s\",\"controller\":true}]},\"spec\":{\"nodeName\":\"n1\"},"
		"\"status\":{\"phase\":\"Running\"}}", pod, name, name, name, hash, name);
	put_object(f, ns, "pods", body);
	snprintf(body, sizeof body, "{\"apiVersion\":\"v1\",\"kind\":\"Service\",\"metadata\":{\"name\":\"%s\",\"namespace\":\"demo\",\"uid\":\"s-%s\"},"
		"\"spec\":{\"selector\":{\"app\":\"%s\"},\"ports\":[{\"port\":8080}]}}", name, name, name);
	put_object(f, ns, "services", body);
}

static inline void world_objects(const world *w)
{
	FILE *f = world_file(w, "k8s_objects_raw.tsv", LOG_HEADER);
	for (int poll = 0; poll < 4; poll++) {
		int64_t t = w->start + 20 * CC_NS_PER_S + poll * 300 * CC_NS_PER_S;
		bool bad = t >= w->onset;
		put_workload(f, t, "checkout", "6f9d7c5b8d", "checkout-6f9d7c5b8d-bcdfg", bad ? "1.5" : "1.4", poll);
		put_workload(f, t, "payment", "7c6b5d4f9c", POD, "2.0", poll);
		char body[800];
		snprintf(body, sizeof body, "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"flagd-config\",\"namespace\":\"demo\",\"uid\":\"c1\","
			"\"resourceVersion\":\"%d\"},\"data\":{\"demo.flagd.json\":\"{\\\"flags\\\":{\\\"paymentFailure\\\":{\\\"state\\\":\\\"ENABLED\\\","
			"\\\"defaultVariant\\\":\\\"%s\\\"}}}\"}}", poll, bad ? "on" : "off");
		put_object(f, t, "configmaps", body);
		snprintf(body, sizeof body, "{\"apiVersion\":\"v1\",\"kind\":\"Secret\",\"metadata\":{\"name\":\"pay-key\",\"namespace\":\"demo\",\"uid\":\"k1\"},"
			"\"data\":{\"token\":\"%s\"}}", bad ? "c2VjcmV0LW5ldw==" : "c2VjcmV0LW9sZA==");
		put_object(f, t, "secrets", body);
	}
	fclose(f);
}

static inline void put_event(FILE *f, int64_t ns, const char *uid, const char *type, const char *reason, const char *message, int count)
{
	char body[900], stamp[40];
	cc_buf b = CC_BUF_INIT;
	cc_time_format(&b, ns);
	snprintf(stamp, sizeof stamp, "%s", b.p);
	cc_buf_deinit(&b);
	snprintf(body, sizeof body, "{\"type\":\"ADDED\",\"object\":{\"apiVersion\":\"v1\",\"kind\":\"Event\",\"metadata\":{\"name\":\"e-%s\",\"namespace\":\"demo\",\"uid\":\"%s\"},"
		"\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"" POD "\",\"namespace\":\"demo\"},\"type\":\"%s\",\"reason\":\"%s\",\"message\":\"%s\","
		"\"count\":%d,\"firstTimestamp\":\"%s\",\"lastTimestamp\":\"%s\",\"source\":{\"component\":\"kubelet\"}}}", uid, uid, type, reason, message,
		count, stamp, stamp);
	put_object(f, ns, "events", body);
}

static inline void world_events(const world *w)
{
	FILE *f = world_file(w, "k8s_events_raw.tsv", LOG_HEADER);
	put_event(f, w->start + 30 * CC_NS_PER_S, "u1", "Normal", "Pulled", "Container image already present", 1);
	put_event(f, w->onset + 60 * CC_NS_PER_S, "u2", "Warning", "BackOff", "Back-off restarting failed container", 7);
	put_event(f, w->onset + 90 * CC_NS_PER_S, "u3", "Warning", "Unhealthy", "Readiness probe failed", 2);
	fclose(f);
}

static inline void world_alerts(const world *w)
{
	char path[512];
	snprintf(path, sizeof path, "%s/alerts", w->dir);
	assert_int_equal(mkdir(path, 0700), 0);
	for (int i = 0; i < 20; i++) {
		char name[80];
		snprintf(name, sizeof name, "alerts/alerts_at_2025-12-15T17-%02d-00.json", 40 + i);
		FILE *f = world_file(w, name, "[");
		fprintf(f, "{\"labels\":{\"alertname\":\"Watchdog\",\"severity\":\"none\"},\"annotations\":{},\"state\":\"firing\","
			"\"activeAt\":\"2025-12-10T00:00:00Z\",\"value\":\"1e+00\"}");
		if (i >= 12)
			fprintf(f, ",{\"labels\":{\"alertname\":\"RequestErrorRate\",\"severity\":\"critical\",\"service_name\":\"checkout\",\"namespace\":\"demo\"},"
				"\"annotations\":{\"description\":\"errors\"},\"state\":\"firing\",\"activeAt\":\"2025-12-15T17:50:00Z\",\"value\":\"4e-01\"}");
		fprintf(f, "]\n");
		fclose(f);
	}
}

static inline void world_open(world *w)
{
	cc_err err;
	cc_err_clear(&err);
	cc_code code = cc_snapshot_open(&w->s, w->dir, NULL, &err);
	if (code != CC_OK)
		fail_msg("open: %s", err.message);
}

static inline world *world_new(void)
{
	world *w = calloc(1, sizeof *w);
	assert_non_null(w);
	const char *tmp = getenv("TMPDIR");
	snprintf(w->dir, sizeof w->dir, "%s/cc-query-XXXXXX", tmp ? tmp : "/tmp");
	assert_non_null(mkdtemp(w->dir));
	strncat(w->dir, "/Scenario-1", sizeof w->dir - strlen(w->dir) - 1);
	assert_int_equal(mkdir(w->dir, 0700), 0);
	w->start = at_clock("17:40:00");
	w->onset = at_clock("17:50:00");
	w->end = at_clock("18:00:00");
	return w;
}

static inline int world_setup(void **state)
{
	world *w = world_new();
	world_logs(w);
	world_traces(w);
	world_metrics(w);
	world_objects(w);
	world_events(w);
	world_alerts(w);
	world_open(w);
	*state = w;
	return 0;
}

static inline int world_teardown(void **state)
{
	world *w = *state;
	char command[400];
	cc_snapshot_free(w->s);
	w->dir[strlen(w->dir) - strlen("/Scenario-1")] = '\0';
	snprintf(command, sizeof command, "rm -rf '%s'", w->dir);
	int status = system(command);
	free(w);
	return status;
}

#endif
