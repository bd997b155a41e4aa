/* alerts_labels.c - the label set of an alert, which is its identity, and the thing it is about.
 *
 * Alerts over kube-state-metrics carry the exporter's job, instance and often container beside the labels of their
 * subject, because the expression does not aggregate them away. That trap is real. */
#include "forge/alerts_priv.h"

#include <string.h>

static void put(alert_state *x, const char *key, cc_str value)
{
	if (!value.n || x->labels == ALERT_LABELS) return;
	int at = x->labels++;
	for (; at > 0 && strcmp(x->label[at - 1].key, key) > 0; at--) x->label[at] = x->label[at - 1];
	x->label[at] = (alert_label){ key, value };
}

static void putz(alert_state *x, const char *key, const char *value)
{
	put(x, key, cc_str_from(value));
}

static void subject(alert_state *x, const char *kind, const char *name, int service)
{
	x->fired.subject_kind = kind;
	x->fired.subject = cc_str_from(name);
	x->fired.service = service;
}

static void exporter(forge_sim *s, alert_state *x, bool container)
{
	if (container) putz(x, "container", "kube-state-metrics");
	putz(x, "endpoint", "http");
	putz(x, "instance", forge_text(s, "%s:8080", s->metrics->exporter_ip));
	putz(x, "job", "kube-state-metrics");
	putz(x, "service", "kube-prometheus-stack-kube-state-metrics");
}

static void about_service(forge_sim *s, alert_state *x)
{
	const char *name = s->app->services[x->a].name;
	putz(x, "namespace", s->app->namespace);
	putz(x, "service_name", name);
	subject(x, "Service", name, x->a);
}

static void about_job(forge_sim *s, alert_state *x)
{
	cc_buf b = CC_BUF_INIT;
	metrics_job(&b, s->app, s->app->services[x->a].name);
	const char *job = forge_str(s, &b).p;
	cc_buf_deinit(&b);
	putz(x, "job", job);
	subject(x, "Service", job, x->a);
}

static void about_consumer(forge_sim *s, alert_state *x)
{
	const char *topic = NULL;
	int op = metrics_consumer(s, s->kube.pods.p[x->a].service, x->b, &topic);
	if (op < 0) return;
	int service = s->app->ops[op].service;
	putz(x, "consumergroup", s->app->services[service].name);
	putz(x, "namespace", s->app->namespace);
	putz(x, "topic", topic);
	subject(x, "Service", s->app->services[service].name, service);
}

static void about_edge(forge_sim *s, alert_state *x)
{
	const forge_service *to = &s->app->services[x->a], *from = &s->app->services[x->b / EDGE_CODES];
	bool known = metrics_mesh_known(s, x->b / EDGE_CODES);
	putz(x, "destination_canonical_service", to->name);
	putz(x, "destination_workload_namespace", s->app->namespace);
	putz(x, "source_canonical_service", known ? from->name : "unknown");
	putz(x, "source_workload_namespace", known ? s->app->namespace : "unknown");
	if (x->b % EDGE_CODES != EDGE_NO_CODE) putz(x, "response_code", flow_mesh_labels[x->b % EDGE_CODES].code);
	subject(x, "Service", to->name, x->a);
}

static void about_pod(forge_sim *s, alert_state *x)
{
	const kube_pod *p = &s->kube.pods.p[x->a];
	putz(x, "namespace", kube_pod_ns(s, p));
	putz(x, "pod", forge_text(s, "%s", p->name));
	subject(x, "Pod", forge_text(s, "%s", p->name), p->service);
}

static void about_container(forge_sim *s, alert_state *x)
{
	int n;
	const kube_pod *p = &s->kube.pods.p[x->a];
	about_pod(s, x);
	exporter(s, x, false);
	putz(x, "container", kube_pod_container(s, p));
	putz(x, "reason", metrics_series(MG_KSM, &n)[x->b].value);
	putz(x, "uid", forge_text(s, "%s", p->uid));
}

static void about_throttled(forge_sim *s, alert_state *x)
{
	const kube_pod *p = &s->kube.pods.p[x->a];
	about_pod(s, x);
	putz(x, "container", kube_pod_container(s, p));
	if (p->node >= 0) putz(x, "instance", forge_text(s, "%s:10250", s->kube.nodes.p[p->node].ip));
	putz(x, "service", "kube-prometheus-stack-kubelet");
}

static void about_workload(forge_sim *s, alert_state *x, const char *key, const char *kind)
{
	const kube_workload *w = &s->kube.workloads.p[x->a];
	exporter(s, x, true);
	putz(x, key, w->name);
	putz(x, "namespace", w->ns);
	if (strcmp(alert_rule_at(x->rule)->name, "KubeDeploymentRolloutStuck") == 0) {
		putz(x, "condition", "Progressing");
		putz(x, "reason", w->progress_reason);
		putz(x, "status", "false");
	}
	subject(x, kind, w->name, w->service);
}

static void about_object(forge_sim *s, alert_state *x)
{
	const alert_rule *r = alert_rule_at(x->rule);
	exporter(s, x, true);
	putz(x, "namespace", s->app->namespace);
	if (r->shape == ABOUT_HPA) {
		const kube_workload *w = &s->kube.workloads.p[s->kube.hpas.p[x->a].workload];
		putz(x, "horizontalpodautoscaler", w->name);
		subject(x, "HorizontalPodAutoscaler", w->name, w->service);
	} else if (r->shape == ABOUT_PDB) {
		const kube_workload *w = &s->kube.workloads.p[s->kube.pdbs.p[x->a].workload];
		putz(x, "poddisruptionbudget", w->name);
		subject(x, "PodDisruptionBudget", w->name, w->service);
	} else {
		const char *name = s->kube.quotas.p[x->a].name;
		bool pods = x->b == Q_PODS_USED, cpu = x->b == Q_CPU_USED;
		putz(x, "resource", pods ? "pods" : cpu ? "requests.cpu" : "limits.memory");
		putz(x, "resourcequota", name);
		subject(x, "ResourceQuota", name, -1);
	}
}

/* The end of its name is made of the letters and digits that generated names are made of. */
static const char *exporter_pod(forge_sim *s, const kube_node *n)
{
	static const char LETTERS[] = "bcdfghjklmnpqrstvwxz2456789";
	char tail[6] = "";
	for (int i = 0; i < 5; i++) {
		unsigned a = (unsigned char)n->uid[2 * i], b = (unsigned char)n->uid[2 * i + 1];
		tail[i] = LETTERS[(a * 31 + b) % (sizeof LETTERS - 1)];
	}
	return forge_text(s, "kube-prometheus-stack-prometheus-node-exporter-%s", tail);
}

static void about_node(forge_sim *s, alert_state *x)
{
	const kube_node *n = &s->kube.nodes.p[x->a];
	if (alert_rule_at(x->rule)->shape == ABOUT_NODE_STATE) {
		exporter(s, x, true);
		putz(x, "condition", "MemoryPressure");
		putz(x, "node", n->name);
		putz(x, "status", "true");
	} else {
		putz(x, "container", "node-exporter");
		putz(x, "endpoint", "http-metrics");
		putz(x, "instance", forge_text(s, "%s:9100", n->ip));
		putz(x, "job", "node-exporter");
		putz(x, "namespace", "prometheus");
		putz(x, "pod", exporter_pod(s, n));
		putz(x, "service", "kube-prometheus-stack-prometheus-node-exporter");
	}
	subject(x, "Node", n->name, -1);
}

static void about(forge_sim *s, alert_state *x)
{
	switch (alert_rule_at(x->rule)->shape) {
	case ABOUT_NOTHING: break;
	case ABOUT_NAMESPACE:
		putz(x, "namespace", s->app->namespace);
		x->fired.subject_kind = "Namespace";
		break;
	case ABOUT_SERVICE: about_service(s, x); break;
	case ABOUT_JOB: about_job(s, x); break;
	case ABOUT_CONSUMER: about_consumer(s, x); break;
	case ABOUT_EDGE: about_edge(s, x); break;
	case ABOUT_POD: about_pod(s, x); break;
	case ABOUT_CONTAINER: about_container(s, x); break;
	case ABOUT_THROTTLED: about_throttled(s, x); break;
	case ABOUT_DEPLOYMENT: about_workload(s, x, "deployment", "Deployment"); break;
	case ABOUT_STATEFULSET: about_workload(s, x, "statefulset", "StatefulSet"); break;
	case ABOUT_K8S_JOB: about_workload(s, x, "job_name", "Job"); break;
	case ABOUT_HPA: case ABOUT_PDB: case ABOUT_QUOTA: about_object(s, x); break;
	case ABOUT_NODE: case ABOUT_NODE_STATE: about_node(s, x); break;
	case ABOUT_TARGET:
		putz(x, "job", alert_component(x->a));
		putz(x, "namespace", "kube-system");
		putz(x, "service", forge_text(s, "kube-prometheus-stack-%s", alert_component(x->a)));
		break;
	}
}

static const char *node_ip(const forge_sim *s, int node)
{
	return (size_t)node < s->kube.nodes.n ? s->kube.nodes.p[node].ip : "172.19.0.2";
}

/* Values of fixed labels may name what differs from cluster to cluster. */
static cc_str fixed(forge_sim *s, const char *text)
{
	const forge_alerts *al = s->alerts;
	const forge_pair pairs[] = { { "prometheusPod", cc_str_from(al->prometheus_pod) },
		{ "metricsPod", cc_str_from(al->metrics_pod) }, { "prometheusIp", cc_str_from(al->prometheus_ip) },
		{ "metricsNodeIp", cc_str_from(node_ip(s, al->metrics_node)) }, { "apiIp", cc_str_from(node_ip(s, 0)) },
		{ "node", cc_str_from(s->kube.nodes.n ? s->kube.nodes.p[0].name : "node-0") } };
	cc_buf b = CC_BUF_INIT;
	forge_expand(&b, text, pairs, sizeof pairs / sizeof pairs[0]);
	cc_str kept = forge_str(s, &b);
	cc_buf_deinit(&b);
	return kept;
}

bool alert_label_all(forge_sim *s, alert_state *x)
{
	const alert_rule *r = alert_rule_at(x->rule);
	x->fired.service = -1;
	x->fired.subject_kind = r->chance ? "" : "Cluster";
	putz(x, "alertname", r->name);
	putz(x, "severity", r->severity);
	for (int i = 0; i + 1 < ALERT_FIXED && r->fixed[i]; i += 2) put(x, r->fixed[i], fixed(s, r->fixed[i + 1]));
	about(s, x);
	return s->code == CC_OK;
}
