/* objects_template.c - the pod spec, as a template holds it and as a pod has it after admission and scheduling.
 *
 * What differs: a pod has a node, a token volume, tolerations, a priority and, inside the mesh, the proxy's
 * containers. */
#include <string.h>

#include "forge/objects.h"

#define PROXY_IMAGE "docker.io/istio/proxyv2:1.24.2"
#define TOKEN_PATH "/var/run/secrets/kubernetes.io/serviceaccount"

static const forge_service *service_of(const obj *o, const kube_workload *w)
{
	return w->service >= 0 && w->service < o->s->app->services_n ? &o->s->app->services[w->service] : NULL;
}

void obj_pod_labels(const obj *o, obj_pairs *p, const kube_workload *w)
{
	if (w->service == OBJ_SYSTEM) {
		obj_pair(p, "k8s-app", obj_pod_label(o->s, w));
	} else if (service_of(o, w)) {
		obj_labels(o, p, obj_pod_label(o->s, w), false);
	} else {
		obj_pair(p, "app", w->name);
		obj_pair(p, "app.kubernetes.io/name", w->name);
	}
}

void obj_selector(obj *o, const kube_workload *w, const char *hash)
{
	obj_pairs p = { .n = 0 };
	obj_pair(&p, obj_label_key(o->s, w), obj_pod_label(o->s, w));
	if (hash) obj_pair(&p, "pod-template-hash", hash);
	obj_open(o, "selector");
	obj_map(o, "matchLabels", &p);
	obj_close(o);
}

/* ---- environment ---- */

static bool has_env(const forge_template *t, const char *name)
{
	for (int i = 0; i < t->env_n; i++)
		if (strcmp(t->env[i].name, name) == 0) return true;
	return false;
}

static void env_value(obj *o, const forge_template *t, const char *name, const char *value)
{
	if (has_env(t, name)) return;
	obj_open(o, NULL);
	obj_text(o, "name", name);
	obj_text(o, "value", value);
	obj_close(o);
}

static void env_field(obj *o, const char *name, const char *path)
{
	obj_open(o, NULL);
	obj_text(o, "name", name);
	obj_rawf(o, "valueFrom", "{\"fieldRef\":{\"apiVersion\":\"v1\",\"fieldPath\":\"%s\"}}", path);
	obj_close(o);
}

static void env_entry(obj *o, const forge_env *e)
{
	obj_open(o, NULL);
	obj_text(o, "name", e->name);
	if (e->secret) {
		obj_open(o, "valueFrom");
		obj_open(o, "secretKeyRef");
		obj_text(o, "key", e->secret_key ? e->secret_key : "password");
		obj_text(o, "name", e->secret);
		obj_close(o);
		obj_close(o);
	} else if (e->value) {
		obj_text(o, "value", e->value);
	}
	obj_close(o);
}

static void env(obj *o, const forge_service *v, const forge_template *t)
{
	if (!v && t->env_n == 0) return;
	obj_list(o, "env");
	if (v && !has_env(t, "OTEL_SERVICE_NAME")) env_field(o, "OTEL_SERVICE_NAME",
		"metadata.labels['app.kubernetes.io/component']");
	if (v) env_value(o, t, "OTEL_COLLECTOR_NAME", "otel-collector.opentelemetry-collectors");
	if (v) env_value(o, t, "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "cumulative");
	for (int i = 0; i < t->env_n; i++) env_entry(o, &t->env[i]);
	if (v && v->traced) env_value(o, t, "OTEL_EXPORTER_OTLP_ENDPOINT", "http://$(OTEL_COLLECTOR_NAME):4317");
	if (v && !has_env(t, "OTEL_RESOURCE_ATTRIBUTES")) {
		const forge_app *a = o->s->app;
		obj_open(o, NULL);
		obj_text(o, "name", "OTEL_RESOURCE_ATTRIBUTES");
		obj_textf(o, "value", "service.name=$(OTEL_SERVICE_NAME)%s%s,service.version=%s",
			a->service_namespace ? ",service.namespace=" : "",
			a->service_namespace ? a->service_namespace : "", a->version ? a->version : "latest");
		obj_close(o);
	}
	obj_end_list(o);
}

/* ---- the container ---- */

static void amounts(obj *o, const char *key, int cpu_m, int mem_mi)
{
	if (!cpu_m && !mem_mi) return;
	obj_open(o, key);
	if (cpu_m && cpu_m % 1000 == 0) obj_textf(o, "cpu", "%d", cpu_m / 1000);
	else if (cpu_m) obj_textf(o, "cpu", "%dm", cpu_m);
	if (mem_mi && mem_mi % 1024 == 0) obj_textf(o, "memory", "%dGi", mem_mi / 1024);
	else if (mem_mi) obj_textf(o, "memory", "%dMi", mem_mi);
	obj_close(o);
}

/* The API server fills in a missing request from the limit. */
static void resources(obj *o, const forge_template *t)
{
	obj_open(o, "resources");
	amounts(o, "limits", t->cpu_limit_m, t->mem_limit_mi);
	amounts(o, "requests", t->cpu_request_m ? t->cpu_request_m : t->cpu_limit_m,
		t->mem_request_mi ? t->mem_request_mi : t->mem_limit_mi);
	obj_close(o);
}

/* Injection aims every probe at the sidecar's agent: the process itself takes only what comes through the proxy. */
static void rewritten(obj *o, const char *container)
{
	obj_open(o, "httpGet");
	obj_textf(o, "path", "/app-health/%s/readyz", container);
	obj_int(o, "port", KUBE_AGENT_PORT);
	obj_text(o, "scheme", "HTTP");
	obj_close(o);
}

static void probe(obj *o, const kube_workload *w, const forge_template *t, const kube_pod *p)
{
	bool mesh = p && kube_injected(p);
	if (!t->probed) return;
	obj_open(o, "readinessProbe");
	obj_int(o, "failureThreshold", t->probe_failures ? t->probe_failures : 3);
	if (mesh) rewritten(o, obj_container(o->s, w));
	else if (t->probe_path) {
		obj_open(o, "httpGet");
		obj_text(o, "path", t->probe_path);
		obj_int(o, "port", t->probe_port);
		obj_text(o, "scheme", "HTTP");
		obj_close(o);
	}
	obj_int(o, "periodSeconds", t->probe_period_s ? t->probe_period_s : 10);
	obj_int(o, "successThreshold", 1);
	if (!t->probe_path && !mesh) obj_rawf(o, "tcpSocket", "{\"port\":%d}", t->probe_port);
	obj_int(o, "timeoutSeconds", t->probe_timeout_s ? t->probe_timeout_s : 1);
	obj_close(o);
}

static void mount(obj *o, const char *path, const char *name, bool read_only)
{
	obj_open(o, NULL);
	obj_text(o, "mountPath", path);
	obj_text(o, "name", name);
	if (read_only) obj_bool(o, "readOnly", true);
	obj_close(o);
}

static void mounts(obj *o, const kube_workload *w, const forge_template *t, const char *token)
{
	if (!t->claim && !t->config_map && !token) return;
	bool postgres = strstr(t->image, "postgres") != NULL;
	cc_buf path = CC_BUF_INIT;
	cc_buf_addf(&path, "/etc/%s", obj_pod_label(o->s, w));
	obj_list(o, "volumeMounts");
	if (t->claim) mount(o, postgres ? "/var/lib/postgresql/data" : "/data", t->claim, false);
	if (t->config_map) mount(o, path.p, t->config_map, false);
	if (token) mount(o, TOKEN_PATH, token, true);
	obj_end_list(o);
	cc_buf_deinit(&path);
}

static void endings(obj *o)
{
	obj_text(o, "terminationMessagePath", "/dev/termination-log");
	obj_text(o, "terminationMessagePolicy", "File");
}

static void container(
	obj *o, const kube_workload *w, const forge_template *t, const kube_pod *p, const char *token)
{
	const forge_service *v = service_of(o, w);
	obj_open(o, NULL);
	if (t->command) obj_words(o, "command", t->command);
	env(o, v, t);
	obj_text(o, "image", t->image);
	obj_text(o, "imagePullPolicy", kubelet_pull_policy(t->image));
	/* Nothing in a run can fail this probe, as nothing runs on coredns; the application's containers have none. */
	if (w->service == OBJ_SYSTEM && t->probed)
		obj_raw(o, "livenessProbe", "{\"failureThreshold\":5,\"httpGet\":{\"path\":\"/health\",\"port\":8080,"
			"\"scheme\":\"HTTP\"},\"initialDelaySeconds\":60,"
			"\"periodSeconds\":10,\"successThreshold\":1,\"timeoutSeconds\":5}");
	obj_text(o, "name", obj_container(o->s, w));
	if (v && v->port) {
		obj_list(o, "ports");
		obj_open(o, NULL);
		obj_int(o, "containerPort", v->port);
		obj_text(o, "name", v->port_name ? v->port_name : "service");
		obj_text(o, "protocol", "TCP");
		obj_close(o);
		obj_end_list(o);
	}
	probe(o, w, t, p);
	resources(o, t);
	if (v && v->lang == LANG_STORE)
		obj_raw(o, "securityContext", "{\"runAsGroup\":1000,\"runAsNonRoot\":true,\"runAsUser\":1000}");
	endings(o);
	mounts(o, w, t, token);
	obj_close(o);
}

static void init_container(obj *o, const forge_template *t, const char *token)
{
	obj_open(o, NULL);
	if (t->init_command) obj_words(o, "command", t->init_command);
	obj_text(o, "image", t->init_image ? t->init_image : "busybox:latest");
	obj_text(o, "imagePullPolicy", "IfNotPresent");
	obj_text(o, "name", t->init_name ? t->init_name : "init");
	obj_raw(o, "resources", "{}");
	endings(o);
	if (token) {
		obj_list(o, "volumeMounts");
		mount(o, TOKEN_PATH, token, true);
		obj_end_list(o);
	}
	obj_close(o);
}

/* ---- the mesh's proxy ---- */

/* What the agent asks the process for the kubelet. */
static void app_probers(obj *o, const kube_workload *w, const forge_template *t)
{
	int timeout = t->probe_timeout_s ? t->probe_timeout_s : 1;
	cc_buf asks = CC_BUF_INIT;
	if (!t->probed) return;
	if (t->probe_path)
		cc_buf_addf(&asks, "\"httpGet\":{\"path\":\"%s\",\"port\":%d,\"scheme\":\"HTTP\"}", t->probe_path,
			t->probe_port);
	else
		cc_buf_addf(&asks, "\"tcpSocket\":{\"port\":%d}", t->probe_port);
	obj_open(o, NULL);
	obj_text(o, "name", "ISTIO_KUBE_APP_PROBERS");
	obj_textf(o, "value", "{\"/app-health/%s/readyz\":{%s,\"timeoutSeconds\":%d}}", obj_container(o->s, w),
		asks.p ? asks.p : "", timeout);
	obj_close(o);
	cc_buf_deinit(&asks);
}

static void proxy(obj *o, const kube_workload *w, const forge_template *t, const char *token)
{
	obj_open(o, NULL);
	obj_raw(o, "args", "[\"proxy\",\"sidecar\",\"--domain\",\"$(POD_NAMESPACE).svc.cluster.local\","
		"\"--proxyLogLevel=warning\","
		"\"--proxyComponentLogLevel=misc:error\",\"--log_output_level=default:info\"]");
	obj_list(o, "env");
	env_field(o, "POD_NAME", "metadata.name");
	env_field(o, "POD_NAMESPACE", "metadata.namespace");
	env_field(o, "INSTANCE_IP", "status.podIP");
	obj_raw(o, NULL, "{\"name\":\"CA_ADDR\",\"value\":\"istiod.istio-system.svc:15012\"}");
	obj_raw(o, NULL, "{\"name\":\"PILOT_CERT_PROVIDER\",\"value\":\"istiod\"}");
	app_probers(o, w, t);
	obj_end_list(o);
	obj_text(o, "image", PROXY_IMAGE);
	obj_text(o, "imagePullPolicy", "IfNotPresent");
	obj_text(o, "name", "istio-proxy");
	obj_raw(o, "ports", "[{\"containerPort\":15090,\"name\":\"http-envoy-prom\",\"protocol\":\"TCP\"}]");
	obj_raw(o, "readinessProbe", "{\"failureThreshold\":4,\"httpGet\":{\"path\":\"/healthz/ready\",\"port\":15021,"
		"\"scheme\":\"HTTP\"},\"periodSeconds\":15,"
		"\"successThreshold\":1,\"timeoutSeconds\":3}");
	obj_rawf(o, "resources", "{\"limits\":{\"cpu\":\"2\",\"memory\":\"1Gi\"},\"requests\":{\"cpu\":\"%dm\","
		"\"memory\":\"%dMi\"}}", KUBE_PROXY_CPU_M,
		KUBE_PROXY_MEM_MI);
	obj_raw(o, "securityContext", "{\"allowPrivilegeEscalation\":false,\"capabilities\":{\"drop\":[\"ALL\"]},"
		"\"privileged\":false,"
		"\"readOnlyRootFilesystem\":true,\"runAsGroup\":1337,\"runAsNonRoot\":true,\"runAsUser\":1337}");
	endings(o);
	obj_list(o, "volumeMounts");
	mount(o, "/var/lib/istio/data", "istio-data", false);
	mount(o, "/etc/istio/proxy", "istio-envoy", false);
	mount(o, TOKEN_PATH, token, true);
	obj_end_list(o);
	obj_close(o);
}

static void proxy_init(obj *o, const char *token)
{
	obj_open(o, NULL);
	obj_raw(o, "args", "[\"istio-iptables\",\"-p\",\"15001\",\"-z\",\"15006\",\"-u\",\"1337\",\"-m\",\"REDIRECT\","
		"\"-i\",\"*\",\"-x\",\"\",\"-b\",\"*\",\"-d\","
		"\"15090,15021,15020\"]");
	obj_text(o, "image", PROXY_IMAGE);
	obj_text(o, "imagePullPolicy", "IfNotPresent");
	obj_text(o, "name", "istio-init");
	obj_rawf(o, "resources", "{\"limits\":{\"cpu\":\"2\",\"memory\":\"1Gi\"},\"requests\":{\"cpu\":\"%dm\","
		"\"memory\":\"%dMi\"}}", KUBE_PROXY_CPU_M,
		KUBE_PROXY_MEM_MI);
	obj_raw(o, "securityContext", "{\"allowPrivilegeEscalation\":false,\"capabilities\":{\"add\":[\"NET_ADMIN\","
		"\"NET_RAW\"],\"drop\":[\"ALL\"]},"
		"\"privileged\":false,\"runAsNonRoot\":false,\"runAsUser\":0}");
	endings(o);
	obj_list(o, "volumeMounts");
	mount(o, TOKEN_PATH, token, true);
	obj_end_list(o);
	obj_close(o);
}

/* ---- the rest of the spec ---- */

static void pinned(obj *o, const kube_pod *p)
{
	if (!p || !p->pinned) return;
	obj_rawf(o, "nodeAffinity", "{\"requiredDuringSchedulingIgnoredDuringExecution\":{\"nodeSelectorTerms\":[{\"matchFields\":[{\"key\":"
		"\"metadata.name\",\"operator\":\"In\",\"values\":[\"%s\"]}]}]}}",
		o->s->kube.nodes.p[p->pinned - 1].name);
}

static void affinity(obj *o, const kube_workload *w, const forge_template *t, const kube_pod *p)
{
	if (!t->anti_affinity && (!p || !p->pinned)) return;
	obj_open(o, "affinity");
	pinned(o, p);
	if (t->anti_affinity)
		obj_rawf(o, "podAntiAffinity", "{\"requiredDuringSchedulingIgnoredDuringExecution\":[{\"labelSelector\":{\"matchLabels\":"
			"{\"%s\":\"%s\"}},\"topologyKey\":\"kubernetes.io/hostname\"}]}",
			t->anti_affinity_release ? "app.kubernetes.io/instance" : obj_label_key(o->s, w),
			t->anti_affinity_release ? o->s->app->release : obj_pod_label(o->s, w));
	obj_close(o);
}

static void init_containers(obj *o, const forge_template *t, const kube_pod *p, const char *token)
{
	bool mesh = p && kube_injected(p);
	if (t->init == INIT_NONE && !mesh) return;
	obj_list(o, "initContainers");
	if (mesh) proxy_init(o, token);
	if (t->init != INIT_NONE) init_container(o, t, token);
	obj_end_list(o);
}

static void token_volume(obj *o, const char *token)
{
	obj_open(o, NULL);
	obj_text(o, "name", token);
	obj_raw(o, "projected", "{\"defaultMode\":420,"
		"\"sources\":[{\"serviceAccountToken\":{\"expirationSeconds\":3607,\"path\":\"token\"}},{\"configMap\":"
		"{\"items\":[{\"key\":\"ca.crt\",\"path\":\"ca.crt\"}],\"name\":\"kube-root-ca.crt\"}},"
		"{\"downwardAPI\":{\"items\":[{\"fieldRef\":{\"apiVersion\":\"v1\","
		"\"fieldPath\":\"metadata.namespace\"},\"path\":\"namespace\"}]}}]}");
	obj_close(o);
}

static void volumes(obj *o, const forge_template *t, const kube_pod *p, const char *token)
{
	if (!t->claim && !t->config_map && !token) return;
	obj_list(o, "volumes");
	if (p && kube_injected(p)) obj_raw(o, NULL, "{\"emptyDir\":{},\"name\":\"istio-data\"}");
	if (p && kube_injected(p)) obj_raw(o, NULL, "{\"emptyDir\":{\"medium\":\"Memory\"},\"name\":\"istio-envoy\"}");
	if (t->claim) {
		obj_open(o, NULL);
		obj_text(o, "name", t->claim);
		obj_rawf(o, "persistentVolumeClaim", "{\"claimName\":\"%s\"}", t->claim);
		obj_close(o);
	}
	if (t->config_map) {
		obj_open(o, NULL);
		obj_rawf(o, "configMap", "{\"defaultMode\":420,\"name\":\"%s\"}", t->config_map);
		obj_text(o, "name", t->config_map);
		obj_close(o);
	}
	if (token) token_volume(o, token);
	obj_end_list(o);
}

static void tolerations(obj *o, const kube_workload *w, const kube_pod *p)
{
	bool daemon = w->kind == WL_DAEMONSET;
	if (w->service == OBJ_SYSTEM && daemon) {
		obj_raw(o, "tolerations", "[{\"operator\":\"Exists\"}]");
		return;
	}
	bool dns = w->service == OBJ_SYSTEM;
	if (!p && !dns) return;
	obj_list(o, "tolerations");
	if (dns) obj_raw(o, NULL, "{\"key\":\"CriticalAddonsOnly\",\"operator\":\"Exists\"}");
	if (dns) obj_raw(o, NULL, "{\"effect\":\"NoSchedule\",\"key\":\"node-role.kubernetes.io/control-plane\"}");
	if (!p) {
		obj_end_list(o);
		return;
	}
	obj_rawf(o, NULL, "{\"effect\":\"NoExecute\",\"key\":\"node.kubernetes.io/not-ready\","
		"\"operator\":\"Exists\"%s}", daemon ? "" : ",\"tolerationSeconds\":300");
	obj_rawf(o, NULL, "{\"effect\":\"NoExecute\",\"key\":\"node.kubernetes.io/unreachable\","
		"\"operator\":\"Exists\"%s}", daemon ? "" : ",\"tolerationSeconds\":300");
	static const char *const KEYS[] = { "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable" };
	for (int i = 0; daemon && i < 4; i++)
		obj_rawf(o, NULL, "{\"effect\":\"NoSchedule\",\"key\":\"node.kubernetes.io/%s\","
			"\"operator\":\"Exists\"}", KEYS[i]);
	obj_end_list(o);
}

static void placement(obj *o, const forge_template *t, const kube_pod *p)
{
	if (p && p->node >= 0) obj_text(o, "nodeName", o->s->kube.nodes.p[p->node].name);
	if (t->node_selector_key) {
		obj_open(o, "nodeSelector");
		obj_text(o, t->node_selector_key, t->node_selector_value ? t->node_selector_value : "");
		obj_close(o);
	}
	if (p) obj_text(o, "preemptionPolicy", "PreemptLowerPriority");
	if (p) obj_int(o, "priority", p->priority);
	if (t->priority_class) obj_text(o, "priorityClassName", t->priority_class);
}

void obj_pod_spec(obj *o, const kube_workload *w, const forge_template *t, const kube_pod *p)
{
	const char *account = service_of(o, w) ? obj_ns(o->s) : w->service == OBJ_SYSTEM ? w->name : "default";
	char name[32] = "kube-api-access-", *token = p ? name : NULL;
	if (p) obj_letters(obj_hash(o, "token", p->uid, ""), 5, name + strlen(name));
	obj_open(o, "spec");
	affinity(o, w, t, p);
	obj_list(o, "containers");
	container(o, w, t, p, token);
	if (p && kube_injected(p)) proxy(o, w, t, token);
	obj_end_list(o);
	if (obj_is(t->dns_policy, "None")) obj_raw(o, "dnsConfig", "{\"nameservers\":[\"8.8.8.8\"]}");
	obj_text(o, "dnsPolicy", t->dns_policy ? t->dns_policy : "ClusterFirst");
	if (p) obj_bool(o, "enableServiceLinks", true);
	if (w->service == OBJ_SYSTEM && w->kind == WL_DAEMONSET) obj_bool(o, "hostNetwork", true);
	init_containers(o, t, p, token);
	placement(o, t, p);
	obj_text(o, "restartPolicy", w->kind == WL_JOB ? "Never" : "Always");
	obj_text(o, "schedulerName", "default-scheduler");
	obj_raw(o, "securityContext", "{}");
	if (p || w->service != -1) {
		obj_text(o, "serviceAccount", account);
		obj_text(o, "serviceAccountName", account);
	}
	obj_int(o, "terminationGracePeriodSeconds", 30);
	tolerations(o, w, p);
	volumes(o, t, p, token);
	obj_close(o);
}

void obj_template(obj *o, const kube_workload *w, const forge_template *t, const char *hash)
{
	obj_pairs labels = { .n = 0 };
	obj_pod_labels(o, &labels, w);
	if (hash) obj_pair(&labels, "pod-template-hash", hash);
	obj_open(o, "template");
	obj_open(o, "metadata");
	if (t->restarted_at) {
		obj_open(o, "annotations");
		obj_text(o, "kubectl.kubernetes.io/restartedAt", t->restarted_at);
		obj_close(o);
	}
	obj_time(o, "creationTimestamp", 0);
	obj_map(o, "labels", &labels);
	obj_close(o);
	obj_pod_spec(o, w, t, NULL);
	obj_close(o);
}
