/* objects_crd.c - the custom resources the cluster knows. Their objects are not pulled, but their definitions are,
 * and those name every kind of chaos and of mesh policy: a search for such a name finds them in every cluster. */
#include <string.h>

#include "forge/objects.h"

#define STR(name, says) "\"" name "\":{\"description\":\"" says "\",\"type\":\"string\"}"
#define NUM(name, says) "\"" name "\":{\"description\":\"" says "\",\"format\":\"int32\",\"type\":\"integer\"}"
#define LIST(name, says) "\"" name "\":{\"description\":\"" says "\",\"items\":{\"type\":\"string\"},\"type\":\"array\"}"
#define OPEN(name, says) "\"" name "\":{\"description\":\"" says "\",\"type\":\"object\",\"x-kubernetes-preserve-unknown-fields\":true}"
#define DURATION STR("duration", "Duration represents the duration of the chaos action")
#define MODE "\"mode\":{\"description\":\"Mode defines the mode to run chaos action. Supported mode: one / all / fixed / fixed-percent / random-max-percent\"," \
	"\"enum\":[\"one\",\"all\",\"fixed\",\"fixed-percent\",\"random-max-percent\"],\"type\":\"string\"}"
#define SELECTOR "\"selector\":{\"description\":\"Selector is used to select pods that are used to inject chaos action.\",\"properties\":{" \
	"\"labelSelectors\":{\"additionalProperties\":{\"type\":\"string\"},\"type\":\"object\"}," LIST("namespaces", "Namespaces is a set of namespace to which objects belong.") \
	"},\"type\":\"object\"}"

typedef struct crd { const char *group, *kind, *plural, *singular, *version, *properties, *required; bool cluster,
status; int late_s; } crd;

#define CHAOS "chaos-mesh.org"
static const crd CRDS[] = {
	{ CHAOS, "HTTPChaos", "httpchaos", "httpchaos", "v1alpha1",
		"\"abort\":{\"description\":\"Abort is a rule to abort a http session.\",\"type\":\"boolean\"},"
		STR("delay", "Delay represents the delay of the target request/response.") "," DURATION ","
		STR("method", "Method is a rule to select target by http method in request.")
		"," MODE "," STR("path", "Path is a rule to select target by uri path in http request.") ","
		NUM("port", "Port represents the target port to be proxied.") "," SELECTOR
		",\"target\":{\"description\":\"Target is the object to be selected and injected.\","
		"\"enum\":[\"Request\",\"Response\"],\"type\":\"string\"}",
		"\"mode\",\"selector\",\"target\"", false, true, 3880 },
	{ CHAOS, "IOChaos", "iochaos", "iochaos", "v1alpha1",
	STR("action", "Action defines the specific pod chaos action. Supported action: latency / fault / attrOverride "
	"/ mistake")
		"," STR("delay", "Delay defines the value of I/O chaos action delay.") "," DURATION "," MODE ","
		NUM("percent", "Percent defines the percentage of injection errors and "
		"provides a number from 0-100.") "," SELECTOR "," STR("volumePath",
		"VolumePath represents the mount path of injected volume"), "\"action\",\"mode\",\"selector\"",
		false, true, 3880 },
	{ CHAOS, "JVMChaos", "jvmchaos", "jvmchaos", "v1alpha1",
	"\"action\":{\"description\":\"Action defines the specific jvm chaos action.\",\"enum\":[\"latency\","
	"\"return\","
		"\"exception\",\"stress\",\"gc\",\"ruleData\",\"mysql\"],\"type\":\"string\"},"
		STR("class", "Java class") "," DURATION ","
		STR("exception", "the exception which needs to throw for action `exception`") ","
		STR("method", "the method in Java class") "," MODE ","
		NUM("port", "the port of agent server, default 9277") "," SELECTOR, "\"action\",\"mode\",\"selector\"",
		false, true, 3880 },
	{ CHAOS, "NetworkChaos", "networkchaos", "networkchaos", "v1alpha1",
	"\"action\":{\"description\":\"Action defines the specific network chaos action. Supported action: "
		"partition, netem, delay, loss, duplicate, corrupt, bandwidth\",\"enum\":[\"netem\",\"delay\",\"loss\","
		"\"duplicate\",\"corrupt\",\"partition\",\"bandwidth\"],"
		"\"type\":\"string\"},\"delay\":{\"description\":\"Delay represents the detail about delay action\","
		"\"properties\":{" STR("correlation", "") ","
		STR("jitter", "") "," STR("latency", "") "},\"required\":[\"latency\"],\"type\":\"object\"},"
		"\"direction\":{\"default\":\"to\",\"enum\":[\"to\",\"from\",\"both\"],"
		"\"type\":\"string\"}," DURATION ",\"loss\":{\"description\":\"Loss represents the detail about loss "
		"action\",\"properties\":{" STR("correlation", "") ","
		STR("loss", "") "},\"required\":[\"loss\"],\"type\":\"object\"}," MODE "," SELECTOR,
		"\"action\",\"mode\",\"selector\"", false, true, 3880 },
	{ CHAOS, "PodChaos", "podchaos", "podchaos", "v1alpha1",
	"\"action\":{\"description\":\"Action defines the specific pod chaos action.\",\"enum\":[\"pod-kill\","
		"\"pod-failure\",\"container-kill\"],\"type\":\"string\"}," LIST("containerNames",
		"ContainerNames indicates list of the name of affected container.") "," DURATION
		",\"gracePeriod\":{\"description\":\"GracePeriod is used in pod-kill action.\",\"format\":\"int64\","
		"\"minimum\":0,\"type\":\"integer\"}," MODE "," SELECTOR,
		"\"action\",\"mode\",\"selector\"", false, true, 3880 },
	{ CHAOS, "PodNetworkChaos", "podnetworkchaos", "podnetworkchaos", "v1alpha1",
	OPEN("ipsets", "The ipset on the pod") "," OPEN("iptables", "The iptables rules on the pod")
		"," OPEN("tcs", "The tc rules on the pod, written by the controllers of NetworkChaos"), "", false, true,
		3880 },
	{ CHAOS, "Schedule", "schedules", "schedule", "v1alpha1",
	"\"concurrencyPolicy\":{\"enum\":[\"Forbid\",\"Allow\"],\"type\":\"string\"},\"historyLimit\":{\"minimum\":1,"
		"\"type\":\"integer\"}," OPEN("httpChaos", "HTTPChaosSpec defines the desired state of HTTPChaos") ","
		OPEN("jvmChaos", "JVMChaosSpec defines the desired state of JVMChaos")
		"," OPEN("networkChaos", "NetworkChaosSpec defines the desired state of NetworkChaos") ","
		OPEN("podChaos", "PodChaosSpec defines the attributes that a user creates on a "
		"chaos experiment about pods.") "," STR("schedule", "") "," OPEN("stressChaos",
		"StressChaosSpec defines the desired state of StressChaos")
		",\"type\":{\"description\":\"ScheduleTemplateType: one of HTTPChaos, IOChaos, JVMChaos, NetworkChaos, "
		"PodChaos, StressChaos, Workflow\",\"type\":\"string\"}",
		"\"schedule\",\"type\"", false, true, 3880 },
	{ CHAOS, "StressChaos", "stresschaos", "stresschaos", "v1alpha1",
	LIST("containerNames", "ContainerNames indicates list of the name of affected container.") "," DURATION ","
		MODE "," SELECTOR ",\"stressors\":{\"description\":\"Stressors defines plenty of stressors supported "
		"to stress system components out.\",\"properties\":{"
		"\"cpu\":{\"properties\":{" NUM("load", "Load specifies P percent loading per CPU worker.") ","
		NUM("workers", "Workers specifies N workers to apply the stressor.")
		"},\"type\":\"object\"},\"memory\":{\"properties\":{"
		STR("size", "Size specifies N bytes consumed per vm worker.") ","
		NUM("workers", "Workers specifies N workers to apply the stressor.")
		"},\"type\":\"object\"}},\"type\":\"object\"}", "\"mode\",\"selector\"", false, true, 3880 },
	{ "monitoring.coreos.com", "PrometheusRule", "prometheusrules", "prometheusrule", "v1",
	"\"groups\":{\"description\":\"groups defines the content of Prometheus rule file\","
		"\"items\":{\"properties\":{" STR("interval",
		"interval defines how often rules in the group are evaluated.") ","
		STR("name", "name defines the name of the rule group.")
		"," OPEN("rules", "rules defines the list of alerting and recording rules.")
		"},\"required\":[\"name\"],\"type\":\"object\"},\"type\":\"array\"}", "", false, false, 1480 },
	{ "monitoring.coreos.com", "ServiceMonitor", "servicemonitors", "servicemonitor", "v1",
	OPEN("endpoints", "endpoints defines the list of endpoints part of this ServiceMonitor.")
		"," STR("jobLabel", "jobLabel selects the label from the associated Kubernetes Service object") ","
		OPEN("namespaceSelector", "namespaceSelector defines in which namespace(s) Prometheus should discover "
		"the services.") ","
		OPEN("selector", "selector defines the label selector to select the Kubernetes Endpoints objects."),
		"\"endpoints\",\"selector\"", false, true, 1480 },
	{ "opentelemetry.io", "OpenTelemetryCollector", "opentelemetrycollectors", "opentelemetrycollector", "v1beta1",
	OPEN("config", "The collector's pipelines") ","
		STR("image", "") ",\"mode\":{\"enum\":[\"daemonset\",\"deployment\",\"sidecar\",\"statefulset\"],"
		"\"type\":\"string\"}," NUM("replicas", ""), "\"config\"", false, true, 2300 },
	{ "security.istio.io", "AuthorizationPolicy", "authorizationpolicies", "authorizationpolicy", "v1",
	"\"action\":{\"description\":\"Optional. Valid Options: ALLOW, DENY, "
		"AUDIT, CUSTOM\",\"enum\":[\"ALLOW\",\"DENY\",\"AUDIT\",\"CUSTOM\"],\"type\":\"string\"},"
		OPEN("rules", "Optional.") ","
		OPEN("selector", "Optional."), "", false, true, 4500 },
	{ "security.istio.io", "PeerAuthentication", "peerauthentications", "peerauthentication", "v1",
	"\"mtls\":{\"description\":\"Mutual TLS settings for workload.\","
		"\"properties\":{\"mode\":{\"description\":\"Defines the mTLS mode used for peer authentication. Valid "
		"Options: DISABLE, PERMISSIVE, STRICT\",\"enum\":[\"UNSET\","
		"\"DISABLE\",\"PERMISSIVE\",\"STRICT\"],\"type\":\"string\"}},\"type\":\"object\"},"
		OPEN("portLevelMtls", "Port specific mutual TLS settings.") ","
		OPEN("selector", "The selector determines the workloads to apply the PeerAuthentication on."), "",
		false, true, 4500 },
	{ "networking.istio.io", "VirtualService", "virtualservices", "virtualservice", "v1",
	LIST("gateways", "The names of gateways and sidecars that should apply these routes.")
		"," LIST("hosts", "The destination hosts to which traffic is being sent.") ","
		OPEN("http", "An ordered list of route rules for HTTP traffic."), "", false, true, 4500 },
	{ "networking.istio.io", "DestinationRule", "destinationrules", "destinationrule", "v1",
	STR("host", "The name of a service from the service registry.") ","
		OPEN("subsets", "One or more named sets that represent individual versions of a service.") ","
		OPEN("trafficPolicy", "Traffic policies to apply (load balancing policy, connection pool sizes, "
		"outlier detection)."), "\"host\"", false, true, 4500 },
};

static void names(obj *o, const char *key, const crd *c)
{
	obj_open(o, key);
	if (strstr(c->group, "istio")) obj_raw(o, "categories", "[\"istio-io\"]");
	obj_text(o, "kind", c->kind);
	obj_textf(o, "listKind", "%sList", c->kind);
	obj_text(o, "plural", c->plural);
	obj_text(o, "singular", c->singular);
	obj_close(o);
}

static void version(obj *o, const crd *c)
{
	obj_list(o, "versions");
	obj_open(o, NULL);
	obj_raw(o, "additionalPrinterColumns", "[{\"jsonPath\":\".metadata.creationTimestamp\",\"name\":\"Age\","
		"\"type\":\"date\"}]");
	obj_text(o, "name", c->version);
	obj_rawf(o, "schema", "{\"openAPIV3Schema\":{\"description\":\"%s is the Schema for the %s API\","
		"\"properties\":{\"apiVersion\":{\"description\":\"APIVersion "
		"defines the versioned schema of this representation of an object. Servers should convert recognized "
		"schemas to the latest internal value, and may reject "
		"unrecognized values.\",\"type\":\"string\"},\"kind\":{\"description\":\"Kind is a string value "
		"representing the REST resource this object represents. Servers "
		"may infer this from the endpoint the client submits requests to. Cannot be updated. In CamelCase.\","
		"\"type\":\"string\"},\"metadata\":{\"type\":\"object\"},"
		"\"spec\":{\"description\":\"Spec defines the behavior of %s\",\"properties\":{%s}%s%s%s,"
		"\"type\":\"object\"},\"status\":{\"description\":\"Most recently "
		"observed status of the %s\",\"properties\":{\"conditions\":{\"items\":{\"properties\":{\"reason\":{\"type\":\"string\"},\"status\":{\"type\":\"string\"},"
		"\"type\":{\"type\":\"string\"}},\"required\":[\"status\",\"type\"],\"type\":\"object\"},"
		"\"type\":\"array\"}},\"type\":\"object\"}},\"required\":[\"spec\"],"
		"\"type\":\"object\"}}", c->kind, c->plural, c->kind, c->properties, c->required[0] ? ",\"required\":["
		: "", c->required, c->required[0] ? "]" : "", c->kind);
	obj_bool(o, "served", true);
	obj_bool(o, "storage", true);
	if (c->status) obj_raw(o, "subresources", "{\"status\":{}}");
	obj_close(o);
	obj_end_list(o);
}

static void status(obj *o, const crd *c, int64_t created)
{
	obj_open(o, "status");
	names(o, "acceptedNames", c);
	obj_list(o, "conditions");
	obj_condition(o, "NamesAccepted", true, created, "NoConflicts", "no conflicts found", 0, false);
	obj_condition(o, "Established", true, created, "InitialNamesAccepted", "the initial names have been accepted",
		0, false);
	obj_end_list(o);
	obj_rawf(o, "storedVersions", "[\"%s\"]", c->version);
	obj_close(o);
}

static void render(obj *o, int at)
{
	const crd *c = &CRDS[at];
	char uid[FORGE_UID];
	cc_buf name = CC_BUF_INIT;
	cc_buf_addf(&name, "%s.%s", c->plural, c->group);
	if (!name.p) {
		forge_fail(o->s, CC_ENOMEM);
		return;
	}
	obj_uid(o, "CustomResourceDefinition", NULL, name.p, uid);
	obj_pairs a = { .n = 0 };
	obj_pair(&a, "controller-gen.kubebuilder.io/version", "v0.16.5");
	obj_meta m = { .version = "apiextensions.k8s.io/v1", .kind = "CustomResourceDefinition", .name = name.p,
		.uid = uid, .generation = 1, .annotations = &a,
		.created = obj_birth(o->s) + c->late_s * FORGE_S };
	obj_begin(o, &m);
	obj_open(o, "spec");
	obj_raw(o, "conversion", "{\"strategy\":\"None\"}");
	obj_text(o, "group", c->group);
	names(o, "names", c);
	obj_text(o, "scope", c->cluster ? "Cluster" : "Namespaced");
	version(o, c);
	obj_close(o);
	status(o, c, m.created);
	o->unowned = "{\"f:status\":{\"f:storedVersions\":{}}}";
	obj_owned(o, "helm", NULL, m.created, "metadata.annotations spec", NULL);
	obj_owned(o, "kube-apiserver", "status", m.created, "status", NULL);
	obj_finish(o);
	cc_buf_deinit(&name);
}

void obj_list_crds(obj *o, obj_items *v)
{
	for (size_t i = 0; i < sizeof CRDS / sizeof CRDS[0]; i++) {
		if (strstr(CRDS[i].group, "istio") && !o->s->app->istio) continue;
		obj_add(o, v, NULL, CRDS[i].plural, render, (int)i);
	}
}
