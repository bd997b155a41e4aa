/* objects_rbac.c - who may do what: the few roles a cluster is born with and those its tools have brought. Fixed
 * texts: nobody changes them in a run, they are what a search for a resource's name also finds. */
#include "forge/objects.h"

#define RBAC "rbac.authorization.k8s.io/v1"
#define RULE(groups, resources, verbs) "{\"apiGroups\":[" groups "],\"resources\":[" resources "],\"verbs\":[" verbs "]}"
#define NAMED(groups, names, resources, verbs) "{\"apiGroups\":[" groups "],\"resourceNames\":[" names "],\"resources\":[" resources "],\"verbs\":[" verbs "]}"
#define READ "\"get\",\"list\",\"watch\""
#define WRITE "\"create\",\"delete\",\"deletecollection\",\"patch\",\"update\""
#define CORE "\"\""
#define BOOT "kube-apiserver", "metadata.annotations metadata.labels rules aggregationRule roleRef subjects", "kubernetes.io/bootstrapping", \
	"rbac-defaults", "rbac.authorization.kubernetes.io/autoupdate", "true", 1
#define TOOL(release, late) "helm", "metadata.annotations metadata.labels rules roleRef subjects", "app.kubernetes.io/managed-by", "Helm", \
	"meta.helm.sh/release-name", release, late
#define BINDS(kind, name) "\"roleRef\":{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"" kind "\",\"name\":\"" name "\"},\"subjects\":["
#define GROUP(name) "{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"Group\",\"name\":\"" name "\"}"
#define USER(name) "{\"apiGroup\":\"rbac.authorization.k8s.io\",\"kind\":\"User\",\"name\":\"" name "\"}"
#define ACCOUNT(name, ns) "{\"kind\":\"ServiceAccount\",\"name\":\"" name "\",\"namespace\":\"" ns "\"}"
#define AGGREGATES(to) "\"aggregationRule\":{\"clusterRoleSelectors\":[{\"matchLabels\":{\"rbac.authorization.k8s.io/" to "\":\"true\"}}]}"

static const obj_fixed CLUSTER_ROLES[] = {
	{ RBAC, "ClusterRole", NULL, "cluster-admin", NULL, "\"rules\":[" RULE("\"*\"", "\"*\"", "\"*\"")
		",{\"nonResourceURLs\":[\"*\"],\"verbs\":[\"*\"]}]", BOOT },
	{ RBAC, "ClusterRole", NULL, "edit", AGGREGATES("aggregate-to-edit"), "\"rules\":["
		RULE(CORE, "\"pods/attach\",\"pods/exec\",\"pods/portforward\",\"pods/proxy\",\"secrets\","
		"\"services/proxy\"", READ) ","
		RULE(CORE, "\"serviceaccounts\"", "\"impersonate\"") ","
		RULE(CORE, "\"pods\",\"pods/attach\",\"pods/exec\",\"pods/portforward\",\"pods/proxy\"", WRITE) ","
		RULE(CORE, "\"configmaps\",\"events\",\"persistentvolumeclaims\",\"replicationcontrollers\","
		"\"secrets\",\"serviceaccounts\",\"services\"", WRITE) ","
		RULE("\"apps\"", "\"daemonsets\",\"deployments\",\"deployments/rollback\",\"deployments/scale\","
		"\"replicasets\",\"statefulsets\",\"statefulsets/scale\"", WRITE) ","
		RULE("\"autoscaling\"", "\"horizontalpodautoscalers\"", WRITE) "," RULE("\"batch\"",
		"\"cronjobs\",\"jobs\"", WRITE) ","
		RULE("\"policy\"", "\"poddisruptionbudgets\"", WRITE) "," RULE("\"networking.k8s.io\"",
		"\"ingresses\",\"networkpolicies\"", WRITE) "]", BOOT },
	{ RBAC, "ClusterRole", NULL, "view", AGGREGATES("aggregate-to-view"), "\"rules\":["
		RULE(CORE, "\"configmaps\",\"endpoints\",\"persistentvolumeclaims\",\"pods\","
		"\"replicationcontrollers\",\"serviceaccounts\",\"services\"", READ) ","
		RULE(CORE, "\"bindings\",\"events\",\"limitranges\",\"namespaces/status\",\"pods/log\",\"pods/status\","
		"\"resourcequotas\"", READ) ","
		RULE("\"apps\"", "\"daemonsets\",\"deployments\",\"replicasets\",\"statefulsets\"", READ) ","
		RULE("\"autoscaling\"", "\"horizontalpodautoscalers\"", READ) "," RULE("\"batch\"",
		"\"cronjobs\",\"jobs\"", READ) ","
		RULE("\"networking.k8s.io\"", "\"ingresses\",\"networkpolicies\"", READ) "]", BOOT },
	{ RBAC, "ClusterRole", NULL, "system:controller:deployment-controller", NULL, "\"rules\":["
		RULE("\"apps\",\"extensions\"", "\"deployments\"", "\"get\",\"list\",\"update\",\"watch\"") ","
		RULE("\"apps\",\"extensions\"", "\"deployments/status\"", "\"update\"") ","
		RULE("\"apps\",\"extensions\"", "\"replicasets\"",
		"\"create\",\"delete\",\"get\",\"list\",\"patch\",\"update\",\"watch\"") ","
		RULE(CORE, "\"pods\"", "\"get\",\"list\",\"update\",\"watch\"") "," RULE(CORE ",\"events.k8s.io\"",
		"\"events\"", "\"create\",\"patch\",\"update\"") "]", BOOT },
	{ RBAC, "ClusterRole", NULL, "system:coredns", NULL, "\"rules\":["
	RULE(CORE, "\"endpoints\",\"services\",\"pods\",\"namespaces\"", "\"list\",\"watch\"") ","
		RULE("\"discovery.k8s.io\"", "\"endpointslices\"", "\"list\",\"watch\"") "]", BOOT },
	{ RBAC, "ClusterRole", NULL, "system:kube-scheduler", NULL, "\"rules\":[" RULE(CORE ",\"events.k8s.io\"",
	"\"events\"", "\"create\",\"patch\",\"update\"") ","
		NAMED("\"coordination.k8s.io\"", "\"kube-scheduler\"", "\"leases\"", "\"get\",\"update\"") ","
		RULE(CORE, "\"nodes\"", READ) ","
		RULE(CORE, "\"pods\"", "\"delete\",\"get\",\"list\",\"watch\"") ","
		RULE(CORE, "\"bindings\",\"pods/binding\"", "\"create\"") ","
		RULE(CORE, "\"pods/status\"", "\"patch\",\"update\"") "," RULE("\"policy\"", "\"poddisruptionbudgets\"",
		READ) "]", BOOT },
	{ RBAC, "ClusterRole", NULL, "chaos-mesh-chaos-controller-manager-target-namespace", NULL, "\"rules\":["
		RULE(CORE, "\"pods\",\"secrets\"", "\"get\",\"list\",\"watch\",\"delete\",\"update\",\"patch\"") ","
		RULE(CORE, "\"events\"", "\"patch\",\"create\",\"watch\",\"list\",\"get\"") ","
		RULE(CORE, "\"pods/log\"", READ) ","
		RULE("\"chaos-mesh.org\"", "\"*\"", "\"get\",\"list\",\"watch\",\"create\",\"delete\",\"update\","
		"\"patch\"") "]", TOOL("chaos-mesh", 3900) },
	{ RBAC, "ClusterRole", NULL, "opentelemetry-collector", NULL, "\"rules\":["
		RULE(CORE, "\"events\",\"namespaces\",\"nodes\",\"nodes/proxy\",\"nodes/stats\",\"pods\",\"services\","
		"\"endpoints\",\"configmaps\",\"serviceaccounts\","
			"\"persistentvolumes\",\"persistentvolumeclaims\",\"resourcequotas\",\"limitranges\"", READ) ","
		RULE("\"apps\"", "\"daemonsets\",\"deployments\",\"replicasets\",\"statefulsets\"", READ) ","
		RULE("\"batch\"", "\"cronjobs\",\"jobs\"", READ) ","
		RULE("\"events.k8s.io\"", "\"events\"", "\"watch\",\"list\"") "," RULE("\"rbac.authorization.k8s.io\"",
		"\"roles\",\"rolebindings\",\"clusterroles\","
			"\"clusterrolebindings\"", READ) "]", TOOL("opentelemetry-collectors", 2700) },
	{ RBAC, "ClusterRole", NULL, "prometheus-server", NULL, "\"rules\":["
		RULE(CORE, "\"nodes\",\"nodes/proxy\",\"nodes/metrics\",\"services\",\"endpoints\",\"pods\","
		"\"ingresses\",\"configmaps\"", READ) ","
		"{\"nonResourceURLs\":[\"/metrics\"],\"verbs\":[\"get\"]}]", TOOL("prometheus", 1500) },
};

static const obj_fixed CLUSTER_BINDINGS[] = {
	{ RBAC, "ClusterRoleBinding", NULL, "cluster-admin", NULL,
		BINDS("ClusterRole", "cluster-admin") GROUP("system:masters") "]", BOOT },
	{ RBAC, "ClusterRoleBinding", NULL, "system:controller:deployment-controller", NULL,
	BINDS("ClusterRole", "system:controller:deployment-controller")
		ACCOUNT("deployment-controller", "kube-system") "]", BOOT },
	{ RBAC, "ClusterRoleBinding", NULL, "system:coredns", NULL,
	BINDS("ClusterRole", "system:coredns") ACCOUNT("coredns", "kube-system") "]", BOOT },
	{ RBAC, "ClusterRoleBinding", NULL, "system:kube-scheduler", NULL,
	BINDS("ClusterRole", "system:kube-scheduler") USER("system:kube-scheduler") "]", BOOT },
	{ RBAC, "ClusterRoleBinding", NULL, "chaos-mesh-chaos-controller-manager-target-namespace", NULL,
		BINDS("ClusterRole", "chaos-mesh-chaos-controller-manager-target-namespace") ACCOUNT("chaos-controller-manager", "chaos-mesh") "]",
		TOOL("chaos-mesh", 3900) },
	{ RBAC, "ClusterRoleBinding", NULL, "opentelemetry-collector", NULL,
	BINDS("ClusterRole", "opentelemetry-collector")
		ACCOUNT("opentelemetry-collector", "opentelemetry-collectors") "]", TOOL("opentelemetry-collectors",
		2700) },
	{ RBAC, "ClusterRoleBinding", NULL, "prometheus-server", NULL,
	BINDS("ClusterRole", "prometheus-server") ACCOUNT("prometheus-server", "prometheus") "]",
		TOOL("prometheus", 1500) },
};

static const obj_fixed ROLES[] = {
	{ RBAC, "Role", "kube-system", "extension-apiserver-authentication-reader", NULL, "\"rules\":["
		NAMED(CORE, "\"extension-apiserver-authentication\"", "\"configmaps\"", READ) "]", BOOT },
	{ RBAC, "Role", "kube-system", "system::leader-locking-kube-scheduler", NULL, "\"rules\":["
	RULE(CORE, "\"configmaps\"", "\"watch\"") ","
		NAMED(CORE, "\"kube-scheduler\"", "\"configmaps\"", "\"get\",\"update\"") "]", BOOT },
	{ RBAC, "Role", "kube-system", "system:controller:token-cleaner", NULL, "\"rules\":[" RULE(CORE, "\"secrets\"",
	"\"delete\",\"get\",\"list\",\"watch\"") ","
		RULE(CORE ",\"events.k8s.io\"", "\"events\"", "\"create\",\"patch\",\"update\"") "]", BOOT },
	{ RBAC, "Role", "chaos-mesh", "chaos-mesh-chaos-controller-manager-control-plane", NULL, "\"rules\":["
	RULE(CORE, "\"configmaps\",\"services\",\"endpoints\"", READ)
		"," RULE("\"coordination.k8s.io\"", "\"leases\"", "\"get\",\"create\",\"update\",\"patch\",\"delete\"")
		"]", TOOL("chaos-mesh", 3900) },
};

static const obj_fixed BINDINGS[] = {
	{ RBAC, "RoleBinding", "kube-system", "system::extension-apiserver-authentication-reader", NULL,
		BINDS("Role", "extension-apiserver-authentication-reader") USER("system:kube-controller-manager") ","
		USER("system:kube-scheduler") "]", BOOT },
	{ RBAC, "RoleBinding", "kube-system", "system::leader-locking-kube-scheduler", NULL,
	BINDS("Role", "system::leader-locking-kube-scheduler")
		USER("system:kube-scheduler") "," ACCOUNT("kube-scheduler", "kube-system") "]", BOOT },
	{ RBAC, "RoleBinding", "kube-system", "system:controller:token-cleaner", NULL,
	BINDS("Role", "system:controller:token-cleaner")
		ACCOUNT("token-cleaner", "kube-system") "]", BOOT },
	{ RBAC, "RoleBinding", "chaos-mesh", "chaos-mesh-chaos-controller-manager-control-plane", NULL,
		BINDS("Role", "chaos-mesh-chaos-controller-manager-control-plane") ACCOUNT("chaos-controller-manager",
		"chaos-mesh") "]", TOOL("chaos-mesh", 3900) },
};

void obj_render_fixed(obj *o, const obj_fixed *f)
{
	const char *ns = obj_is(f->ns, "*") ? obj_ns(o->s) : f->ns;
	char uid[FORGE_UID];
	obj_pairs l = { .n = 0 }, a = { .n = 0 };
	obj_uid(o, f->kind, ns, f->name, uid);
	if (f->label) obj_pair(&l, f->label, f->label_value);
	if (f->annotation) obj_pair(&a, f->annotation, f->annotation_value);
	obj_meta m = { .version = f->version, .kind = f->kind, .name = f->name, .ns = ns, .uid = uid,
		.created = f->late_s < 0 ? obj_installed(o->s) + f->late_s * FORGE_S
		: obj_birth(o->s) + f->late_s * FORGE_S, .labels = &l, .annotations = &a,
		.generation = obj_is(f->kind, "NetworkPolicy") ? 1 : 0 };
	o->version = f->version;
	obj_open(o, NULL);
	if (f->before) {
		cc_buf_addz(&o->body, f->before);
		o->w.need_comma = true;
	}
	obj_text(o, "apiVersion", f->version);
	obj_metadata(o, &m);
	if (f->after) {
		cc_buf_add_char(&o->body, ',');
		cc_buf_addz(&o->body, f->after);
	}
	obj_owned(o, f->manager, NULL, m.created, f->of, NULL);
	obj_finish(o);
}

#define RENDER(function, table) static void function(obj *o, int at) { obj_render_fixed(o, &table[at]); }
RENDER(cluster_role, CLUSTER_ROLES)
RENDER(cluster_binding, CLUSTER_BINDINGS)
RENDER(role, ROLES)
RENDER(binding, BINDINGS)

static void list(obj *o, obj_items *v, const obj_fixed *table, size_t n, void (*render)(obj *, int))
{
	for (size_t i = 0; i < n; i++) obj_add(o, v, table[i].ns, table[i].name, render, (int)i);
}
#define LIST(o, v, table, render) list(o, v, table, sizeof table / sizeof table[0], render)

void obj_list_roles(obj *o, obj_items *v)
{
	LIST(o, v, ROLES, role);
}

void obj_list_rolebindings(obj *o, obj_items *v)
{
	LIST(o, v, BINDINGS, binding);
}

void obj_list_clusterroles(obj *o, obj_items *v)
{
	LIST(o, v, CLUSTER_ROLES, cluster_role);
}

void obj_list_clusterrolebindings(obj *o, obj_items *v)
{
	LIST(o, v, CLUSTER_BINDINGS, cluster_binding);
}
