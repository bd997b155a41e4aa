/* noise_collector.c - the collector stumbles: for some seconds nobody can export, and every process that tries
 * says so as its SDK does. What could not be sent is kept and sent later, so nothing is missing from the files. */
#include "forge/fault_priv.h"

#define COLLECTOR "otel-collector.opentelemetry-collectors"
#define JAVA_STAMP "[otel.javaagent {time:%Y-%m-%d %H:%M:%S}:{time:%3} +0000] [OkHttp http://{pod}:4317/...] "
#define ENVOY_STAMP "[{time:%Y-%m-%d %H:%M:%S.%3}][{rand:14-29}]"

/* First what is said while it is tried again, then when it is given up; `every`: seconds between two attempts. */
static const struct export_words {
	const char *trying, *lost;
	int every;
} WORDS[LANG_COUNT] = {
	[LANG_CPP] = { "[Error] File: /opentelemetry-cpp/exporters/otlp/src/otlp_grpc_exporter.cc:140 [OTLP TRACE "
	    "GRPC Exporter] Export() "
		"failed: failed to connect to all addresses; last error: UNKNOWN: ipv4:{ip}:4317: Failed to connect "
		    "to remote host: connect: "
		"Connection refused (111)", NULL, 5 },
	[LANG_DOTNET] = { "OpenTelemetry-Exporter-OpenTelemetryProtocol: Exporter failed send data to collector to "
	    "http://{pod}:4317/ "
		"endpoint. Data will not be sent. Exception: Grpc.Core.RpcException: "
		    "Status(StatusCode=\"Unavailable\", Detail=\"Error "
		"connecting to subchannel.\", DebugException=\"System.Net.Sockets.SocketException: Connection "
		    "refused\")", NULL, 10 },
	[LANG_GO] = { "{time:%Y/%m/%d %H:%M:%S} {pick:traces export|failed to upload metrics}: context deadline "
	    "exceeded: rpc error: code = "
		"Unavailable desc = connection error: desc = \"transport: Error while dialing: dial tcp {ip}:4317: "
		    "connect: connection "
		"refused\"", "{time:%Y/%m/%d %H:%M:%S} {pick:traces export|failed to upload metrics}: context "
		    "deadline exceeded: rpc error: "
		"code = DeadlineExceeded desc = context deadline exceeded", 10 },
	[LANG_JAVA] = { JAVA_STAMP "WARN io.opentelemetry.exporter.internal.grpc.GrpcExporter - Failed to export "
	    "{pick:spans|metrics|logs}. "
		"Server is UNAVAILABLE. Make sure your collector is running and reachable from this network. Full "
		    "error message: UNAVAILABLE: "
		"io exception", JAVA_STAMP "ERROR io.opentelemetry.exporter.internal.grpc.GrpcExporter - Failed to "
		    "export "
		"{pick:spans|metrics|logs}. The request could not be executed. Full error message: Failed to "
		    "connect to {pod}/{ip}:4317", 5 },
	[LANG_NODE] = { "{\"stack\":\"Error: 14 UNAVAILABLE: No connection established. Last error: connect "
	    "ECONNREFUSED {ip}:4317 "
		"({time:%Y-%m-%dT%H:%M:%S.%3}Z)\\n    at callErrorFromStatus "
		    "(/app/node_modules/@grpc/grpc-js/build/src/call.js:32:19)\\n    at "
		"Object.onReceiveStatus "
		    "(/app/node_modules/@grpc/grpc-js/build/src/client.js:193:76)\",\"message\":\"14 UNAVAILABLE: No "
		"connection established. Last error: connect ECONNREFUSED {ip}:4317 "
		    "({time:%Y-%m-%dT%H:%M:%S.%3}Z)\",\"code\":\"14\","
		"\"details\":\"No connection established. Last error: connect ECONNREFUSED "
		    "{ip}:4317\",\"metadata\":\"[object Object]\","
		"\"name\":\"Error\"}", "{\"stack\":\"Error: PeriodicExportingMetricReader: metrics export failed "
		    "(error Error: 4 "
		"DEADLINE_EXCEEDED: Deadline exceeded)\\n    at doExport "
		    "(/app/node_modules/@opentelemetry/sdk-metrics/build/src/export/"
		"PeriodicExportingMetricReader.js:133:23)\",\"message\":\"PeriodicExportingMetricReader: metrics "
		    "export failed (error Error: 4 "
		"DEADLINE_EXCEEDED: Deadline exceeded)\",\"name\":\"Error\"}", 5 },
	[LANG_PHP] = { "OpenTelemetry: [error] Export failure [exception] Export retry limit exceeded [previous] "
	    "cURL error 7: Failed to "
		"connect to {pod} port 4318 after {rand:0-14} ms: Couldn't connect to server (see "
		"https://curl.haxx.se/libcurl/c/libcurl-errors.html) for "
		    "http://{pod}:4318/v1/{pick:traces|metrics|logs} in "
		"/var/www/vendor/open-telemetry/sdk/Trace/SpanProcessor/BatchSpanProcessor.php(183)", NULL, 6 },
	[LANG_PYTHON] = { "Transient error StatusCode.UNAVAILABLE encountered while exporting "
	    "{pick:traces|metrics|logs} to {pod}:4317, "
		"retrying in {pick:0|1|1|2|2|3|4|5}.{rand:11-99}s.", "Failed to export {pick:traces|metrics|logs} "
		    "to {pod}:4317, error code: "
		"StatusCode.{pick:UNAVAILABLE|DEADLINE_EXCEEDED}", 3 },
	[LANG_RUBY] = { "E, [{time:%Y-%m-%dT%H:%M:%S.%6} #1] ERROR -- : OpenTelemetry error: unexpected error in "
	    "OTLP::Exporter#send_bytes - "
		"Failed to open TCP connection to {pod}:4318 (Connection refused - connect(2) for \"{pod}\" port 4318)",
		"E, [{time:%Y-%m-%dT%H:%M:%S.%6} #1] ERROR -- : OpenTelemetry error: Unable to export {rand:3-96} "
		    "spans", 5 },
	[LANG_RUST] = { "OpenTelemetry {pick:trace|metrics} error occurred. Exporter otlp encountered the following "
	    "error(s): the grpc server "
		"returns error (The service is currently unavailable): , detailed error message: error trying to "
		    "connect: tcp connect error: "
		"Connection refused (os error 111)", NULL, 5 },
	[LANG_ENVOY] = { ENVOY_STAMP "[error][tracing] "
	    "[source/extensions/tracers/opentelemetry/http_trace_exporter.cc:54] OTLP HTTP exporter "
		"received a non-success status code: 503 while exporting the OTLP message", NULL, 5 },
	[LANG_NGINX] = { "{time:%Y/%m/%d %H:%M:%S} [error] {rand:20-41}#{rand:20-41}: OTel export failure: No "
	    "connection established", NULL, 5 },
};

/* The JVM's other language has the same agent. */
static const struct export_words *words_of(forge_lang lang)
{
	return &WORDS[lang == LANG_KOTLIN ? LANG_JAVA : lang];
}

/* a: the pod and how often it has tried; b: when the collector is back, in ms after the start. */
enum { PODS = 1 << 20 };

static void exports(forge_sim *s, int64_t now, int a, int b)
{
	int pod = a % PODS, tries = a / PODS;
	const kube_pod *p = &s->kube.pods.p[pod];
	if (!p->up || now > s->start + (int64_t)b * FORGE_MS) return;
	const struct export_words *w = words_of(s->app->services[p->service].lang);
	bool lost = w->lost && tries && cc_rng_below(&s->noise_rng, 3) == 0;
	cc_buf ip = CC_BUF_INIT, line = CC_BUF_INIT;
	/* No Service of the application's has such an address. */
	cc_buf_addf(&ip, "10.96.%d.%d", 210 + (int)(s->opt->seed % 45), 2 + (int)(s->opt->seed / 45 % 250));
	if (cc_buf_ok(&ip) && ip.p) {
		const forge_line l = { .seed = cc_rng_u64(&s->noise_rng), .n = 1, .now = now, .pod = COLLECTOR,
		    .ip = ip.p, .caller = "" };
		forge_line_put(&line, lost ? w->lost : w->trying, &l);
	}
	if (cc_buf_ok(&line) && line.p) tel_pod_log(s, now, pod, lost ? 'e' : 'w', "%s", line.p);
	else forge_fail(s, CC_ENOMEM);
	cc_buf_deinit(&ip);
	cc_buf_deinit(&line);
	int64_t pause = cc_rng_between(&s->noise_rng, 600 * FORGE_MS, 1400 * FORGE_MS) * w->every;
	if (tries < 200) forge_at(s, now + pause, exports, pod + (tries + 1) * PODS, b);
}

/* The processes notice at their next export. */
static void stumbles(forge_sim *s, int64_t now, int ms, int unused)
{
	(void)unused;
	for (size_t i = 0; i < s->kube.pods.n && i < PODS; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->service < 0 || !p->up) continue;
		const forge_service *svc = &s->app->services[p->service];
		const struct export_words *w = words_of(svc->lang);
		/* Who has nothing to send just then, or tries only after it is over, notices nothing. */
		if (!svc->traced || !w->trying || cc_rng_below(&s->noise_rng, 4) == 0) continue;
		forge_at(s, now + cc_rng_between(&s->noise_rng, 40 * FORGE_MS, w->every * FORGE_S), exports, (int)i,
			(int)((now - s->start) / FORGE_MS) + ms);
	}
}

void noise_collector(forge_sim *s, int times)
{
	for (int i = 0; i < times; i++) {
		int64_t at = s->start + cc_rng_between(&s->noise_rng, 0, s->end - s->start - 60 * FORGE_S);
		int ms = (int)cc_rng_lognormal(&s->noise_rng, 11000.0, 0.7);
		forge_at(s, at, stumbles, ms > 3000 ? ms : 3000, 0);
	}
}
