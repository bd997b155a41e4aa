/* kubelet_probe.c - readiness probes: a connection or a request from the node to the container, answered as the process
 * there can answer it. A wrong port is refused, a wrong path is not found, a busy processor answers too late.
 *
 * Where a sidecar was injected the kubelet asks its agent, which asks the process: whatever goes wrong behind it is a
 * status 500 to the kubelet, but a status that the process itself answers is passed on. */
#include "forge/kubelet_priv.h"

#include <string.h>

/* What is at the other end of an HTTP probe. */
typedef enum speaks { SPEAKS_HTTP, SPEAKS_GRPC, SPEAKS_REDIS, SPEAKS_OTHER } speaks;

static speaks speaks_of(const forge_sim *s, int service)
{
	forge_lang lang = s->app->services[service].lang;
	speaks found = lang == LANG_NGINX || lang == LANG_ENVOY ? SPEAKS_HTTP : SPEAKS_OTHER;
	for (int i = 0; i < s->app->ops_n && found != SPEAKS_HTTP; i++) {
		const forge_op *op = &s->app->ops[i];
		if (op->service != service) continue;
		if (op->proto == PROTO_HTTP) found = SPEAKS_HTTP;
		else if (op->proto == PROTO_GRPC) found = SPEAKS_GRPC;
		else if (op->proto == PROTO_REDIS) found = SPEAKS_REDIS;
	}
	return found;
}

/* An HTTP answer other than 200, as Go's client reports it; NULL when the path exists. */
static const char *wrong_answer(const forge_sim *s, const kube_pod *p)
{
	const forge_service *svc = kubelet_service(s, p);
	if (!svc || (svc->probe_path && strcmp(svc->probe_path, p->tmpl->probe_path) == 0)) return NULL;
	switch (svc->probe_path ? SPEAKS_HTTP : speaks_of(s, p->service)) {
	case SPEAKS_HTTP: return "HTTP probe failed with statuscode: 404";
	case SPEAKS_GRPC:
		return "malformed HTTP response \"\\x00\\x00\\x06\\x04\\x00\\x00\\x00\\x00\\x00\\x00\\x05\\x00\\x00@\\x00\"";
	case SPEAKS_REDIS: return "malformed HTTP response \"-ERR wrong number of arguments for 'get' command\"";
	case SPEAKS_OTHER: break;
	}
	return "EOF";
}

/* Usually milliseconds; the flaky service answers with a long tail that now and then passes a second. */
static int64_t latency(forge_sim *s, int64_t now, const kube_pod *p)
{
	bool flaky = p->service >= 0 && p->service == s->plan.flaky;
	double ms = cc_rng_lognormal(&s->probe_rng, flaky ? 8.0 : 2.5, flaky ? 2.7 : 0.6);
	int64_t ns = ms < 60000.0 ? (int64_t)(ms * 1e6) : 60 * FORGE_S;
	const forge_service *svc = kubelet_service(s, p);
	bool full = svc && svc->backlog > 0 && p->queued >= svc->backlog;
	/* The kernel accepts a connection by itself until the queue of the listening socket is full. */
	if ((p->tmpl->probe_path || full) && p->cpu_free_at > now) ns += p->cpu_free_at - now;
	return ns + FORGE_MS * 1000 / (p->cpu_share_m > 1 ? p->cpu_share_m : 1);
}

static void url_add(const forge_sim *s, cc_buf *b, const kube_pod *p)
{
	const char *path = p->tmpl->probe_path ? p->tmpl->probe_path : "/";
	if (kube_injected(p)) {
		cc_buf_addf(b, "Get \"http://%s:%d/app-health/%s/readyz\": ", p->ip, KUBE_AGENT_PORT,
			kubelet_container(s, p, PART_MAIN));
		return;
	}
	cc_buf_addf(b, "Get \"http://%s:%d%s%s\": ", p->ip, p->tmpl->probe_port, path[0] == '/' ? "" : "/", path);
}

static bool agent_away(const kube_pod *p)
{
	return kube_injected(p) && !p->mesh_started;
}

static const char BEHIND_AGENT[] = "HTTP probe failed with statuscode: 500";

/* Nobody listens on that port: known at once. */
static bool refused(const forge_sim *s, const kube_pod *p)
{
	const forge_service *svc = kubelet_service(s, p);
	return !p->up || agent_away(p) || (svc && svc->port != p->tmpl->probe_port);
}

static void refusal_add(const forge_sim *s, const kube_pod *p, cc_buf *b)
{
	if (kube_injected(p) && !agent_away(p)) {
		cc_buf_addz(b, BEHIND_AGENT);
		return;
	}
	if (p->tmpl->probe_path || agent_away(p)) url_add(s, b, p);
	cc_buf_addf(b, "dial tcp %s:%d: connect: connection refused", p->ip,
		agent_away(p) ? KUBE_AGENT_PORT : p->tmpl->probe_port);
}

static void timeout_add(const forge_sim *s, const kube_pod *p, cc_buf *b)
{
	if (p->tmpl->probe_path || kube_injected(p)) {
		url_add(s, b, p);
		cc_buf_addz(b, "context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
	} else {
		cc_buf_addf(b, "dial tcp %s:%d: i/o timeout", p->ip, p->tmpl->probe_port);
	}
}

static void answer_add(const forge_sim *s, const kube_pod *p, cc_buf *b)
{
	const char *wrong = p->tmpl->probe_path ? wrong_answer(s, p) : NULL;
	if (!wrong) return;
	if (kube_injected(p)) {
		cc_buf_addz(b, strncmp(wrong, "HTTP ", 5) == 0 ? wrong : BEHIND_AGENT);
		return;
	}
	if (strncmp(wrong, "HTTP ", 5) != 0) url_add(s, b, p);
	if (wrong[0] == 'm') cc_buf_addz(b, "net/http: HTTP/1.x transport connection broken: ");
	cc_buf_addz(b, wrong);
}

/* The result counts when it is known: an empty text is a success. */
static void judge(forge_sim *s, int64_t now, int pod, cc_buf *why)
{
	kube_pod *p = &s->kube.pods.p[pod];
	if (!cc_buf_ok(why)) {
		forge_fail(s, CC_ENOMEM);
	} else if (why->n) {
		int most = p->tmpl->probe_failures > 0 ? p->tmpl->probe_failures : 3;
		kubelet_event(s, now, pod, PART_MAIN, true, "Unhealthy", "Readiness probe failed: %s", why->p);
		if (++s->kube.pods.p[pod].probe_failures >= most) kubelet_ready(s, now, pod, false);
	} else {
		p->probe_failures = 0;
		kubelet_ready(s, now, pod, true);
	}
	cc_buf_deinit(why);
}

static void timed_out(forge_sim *s, int64_t now, int pod, int ticket)
{
	const kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p || !p->started) return;
	cc_buf why = CC_BUF_INIT;
	timeout_add(s, p, &why);
	judge(s, now, pod, &why);
}

static void answered(forge_sim *s, int64_t now, int pod, int ticket)
{
	const kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p || !p->started) return;
	cc_buf why = CC_BUF_INIT;
	answer_add(s, p, &why);
	judge(s, now, pod, &why);
}

static void probe(forge_sim *s, int64_t now, int pod, int ticket)
{
	const kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p || !p->started) return;
	int64_t timeout = (p->tmpl->probe_timeout_s > 0 ? p->tmpl->probe_timeout_s : 1) * FORGE_S;
	int64_t takes = latency(s, now, p);
	int period = p->tmpl->probe_period_s > 0 ? p->tmpl->probe_period_s : 10;
	forge_at(s, now + period * FORGE_S, probe, pod, ticket);
	if (refused(s, p)) {
		cc_buf why = CC_BUF_INIT;
		refusal_add(s, p, &why);
		judge(s, now, pod, &why);
	} else if (takes >= timeout) {
		forge_at(s, now + timeout, timed_out, pod, ticket);
	} else {
		forge_at(s, now + takes, answered, pod, ticket);
	}
}

void kubelet_probe_start(forge_sim *s, int64_t now, int pod)
{
	int64_t first = cc_rng_between(&s->probe_rng, 600 * FORGE_MS, 1900 * FORGE_MS);
	forge_at(s, now + first, probe, pod, kubelet_ticket(&s->kube.pods.p[pod], PART_MAIN));
}
