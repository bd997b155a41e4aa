/* fault_workload.c - faults of a workload's pod template, and of the node it depends on.
 *
 * Where a rolling update would keep the old pods alive because the new ones never become ready, the same edit also sets the
 * strategy to Recreate ("no two versions at once"): that is how such a mistake becomes an outage. */
#include <string.h>

#include "forge/fault_priv.h"

const char *check_called(const fault_map *m, const fault_target *t)
{
	const forge_service *v = &m->app->services[t->service];
	if (v->loadgen) return "it plays the users, and without them nobody would notice";
	if (t->service == m->app->flagd) return "its callers go on with the flags' defaults";
	return m->service[t->service] >= FAULT_NOTICED ? NULL : "it is hardly ever called";
}

const char *check_callable(const fault_map *m, const fault_target *t)
{
	const char *why = check_called(m, t);
	return why ? why : m->app->services[t->service].port > 0 ? NULL : "nobody calls it over the network";
}

const char *check_outage(const fault_map *m, const fault_target *t)
{
	const char *why = check_called(m, t);
	if (why || m->app->services[t->service].port > 0) return why;
	return m->app->services[t->service].traced ? NULL : "nobody would miss its spans";
}

static const char *check_deployment(const fault_map *m, const fault_target *t)
{
	const char *why = check_outage(m, t);
	return why                                        ? why
	       : m->app->services[t->service].statefulset ? "it is a StatefulSet, whose pods are replaced one by one"
							  : NULL;
}

/* What every edit of the pod template proves and suggests. */
static void prove(forge_sim *s, forge_cause *c, const char *events, const char *event_says, const char *spec,
	const char *spec_says)
{
	const char *w = forge_text(s, "%s/%s/%s", c->root.ns, c->root.kind, c->root.name);
	cause_step(c, forge_text(s, "events entity=%s", w));
	cause_step(c, forge_text(s, "changes entity=%s", w));
	if (events) cause_proof(c, forge_text(s, "events entity=%s", w), events, event_says);
	if (spec) cause_proof(c, forge_text(s, "spec %s", w), spec, spec_says);
	cause_action(c, forge_text(s, "kubectl -n %s rollout undo %s/%s", c->root.ns,
				strcmp(c->root.kind, "StatefulSet") ? "deployment" : "statefulset", c->root.name));
}

static void changed(forge_cause *c, const char *element, const char *from, const char *to)
{
	c->element = element;
	c->from = from;
	c->to = to;
}

/* ---- init containers ---- */

static void prepare_crashing_init(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "init-container-crash", "its new init container fails every time",
		"no pod gets past its init container");
	cause_hints(s, c, "One service has no ready pod. What is its pod waiting for?",
		"its init container exits with an error");
}

static void prepare_hanging_init(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "init-container-hang", "its new init container never ends",
		"no pod gets past its init container");
	cause_hints(s, c, "One service has no ready pod. What is its pod waiting for?",
		"its init container never finishes");
}

static void add_init(
	forge_sim *s, int64_t now, forge_cause *c, kube_init_kind kind, const char *const *names, const char *command)
{
	forge_template t = s->kube.workloads.p[c->service].tmpl;
	const char *name = names[cc_rng_below(&s->plan_rng, 3)];
	t.init = kind;
	t.init_name = name;
	t.init_image = "busybox:latest";
	t.init_command = command;
	t.init_service = -1;
	changed(c, "spec.template.spec.initContainers", "", name);
	fault_edit_template(s, now, c->service, &t, "\"f:initContainers\":{}", false, true);
	prove(s, c, kind == INIT_EXIT ? forge_text(s, "Back-off restarting failed container %s", name) : NULL,
		"the init container fails again and again", forge_text(s, "name: %s", name),
		"the init container that was added");
	if (kind == INIT_HANG)
		cause_proof(c, forge_text(s, "events entity=%s/%s/%s", c->root.ns, c->root.kind, c->root.name),
			forge_text(s, "Started container:? %s", name),
			"the init container was started, and nothing after it");
	cause_action(c, forge_text(s, "remove or repair the init container %s", name));
}

static void inject_crashing_init(forge_sim *s, int64_t now, int cause, int unused)
{
	static const char *const NAMES[] = { "migrate-schema", "fetch-config", "warm-cache" };
	(void)unused;
	add_init(s, now, &s->plan.causes.p[cause], INIT_EXIT, NAMES, 
		"sh -c 'test -s /config/release.json || { echo release.json is missing >&2; exit 1; }'");
}

static void inject_hanging_init(forge_sim *s, int64_t now, int cause, int unused)
{
	static const char *const NAMES[] = { "await-license", "acquire-lock", "await-approval" };
	(void)unused;
	add_init(s, now, &s->plan.causes.p[cause], INIT_HANG, NAMES,
		"sh -c 'until [ -f /shared/ready ]; do sleep 2; done'");
}

/* ---- command and image ---- */

static void prepare_command(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "invalid-command", "its container is to run a file that does not exist",
		"its container cannot start");
	cause_hints(s, c, "One service has no ready pod. Why does its container not start?",
		"the command of its container does not exist in the image");
}

static void inject_command(forge_sim *s, int64_t now, int cause, int unused)
{
	static const char *const DIRS[] = { "/usr/local/bin/", "/app/bin/", "/opt/service/" };
	forge_cause *c = &s->plan.causes.p[cause];
	forge_template t = s->kube.workloads.p[c->service].tmpl;
	(void)unused;
	changed(c, "spec.template.spec.containers[0].command", t.command ? t.command : "",
		forge_text(s, "%s%s-server", FAULT_PICK(s, DIRS), c->root.name));
	t.command = c->to;
	t.run = RUN_NO_SUCH_FILE;
	fault_edit_template(s, now, c->service, &t, "\"f:command\":{}", true, true);
	prove(s, c, "no such file or directory", "the runtime cannot start the container: the file does not exist",
		fault_literal(s, c->to), "the command");
}

static void prepare_image(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "invalid-image", "its image tag does not exist", "its image cannot be pulled");
	cause_hints(s, c, "One service has no ready pod. Why does its container not start?",
		"no registry has the image it names");
}

static void prepare_arch(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "unsupported-architecture", "its image was built for another processor architecture",
		"its image does not run on these nodes");
	cause_hints(s, c, "One service has no ready pod. Why does its container not start?",
		"its image was built for another architecture");
}

static const char *other_tag(forge_sim *s, const char *image, const char *tag)
{
	cc_str name = cc_str_from(image);
	size_t colon = cc_str_rfind_char(name, ':'), slash = cc_str_rfind_char(name, '/');
	if (colon != CC_STR_NONE && (slash == CC_STR_NONE || colon > slash)) name = cc_str_sub(name, 0, colon);
	return forge_text(s, "%.*s:%s", CC_STR_ARG(name), tag);
}

/* What follows the version in the tag: "2.1.3-quote" gives "-quote". */
static const char *tag_tail(const char *image)
{
	const char *colon = strrchr(image, ':');
	const char *dash = colon ? strchr(colon, '-') : NULL;
	return dash ? dash : "";
}

static void set_image(forge_sim *s, int64_t now, forge_cause *c, const char *image)
{
	static const char *const MANAGERS[] = { "kubectl-edit", "helm", "argocd-controller", "kubectl-patch" };
	forge_template t = s->kube.workloads.p[c->service].tmpl;
	const kube_workload *w = &s->kube.workloads.p[c->service];
	bool strategy = w->kind == WL_DEPLOYMENT && !w->recreate;
	changed(c, "spec.template.spec.containers[0].image", t.image, image);
	t.image = image;
	if (strategy) kube_change_recreate(s, now, c->service, true);
	kube_change_template(s, now, c->service, &t, strategy ? FAULT_PICK(s, MANAGERS) : "kubectl-set",
		fault_fields(s, c->service, "\"f:image\":{}", true, strategy));
}

/* The tag of an image up to what follows the version: "2.1.3" of "ghcr.io/shop:2.1.3-cart". */
static cc_str version_of(const char *image)
{
	const char *colon = strrchr(image, ':'), *dash = colon ? strchr(colon, '-') : NULL;
	if (!colon || strchr(colon, '/')) return CC_STR("1.0.0");
	return (cc_str){ colon + 1, dash ? (size_t)(dash - colon - 1) : strlen(colon + 1) };
}

/* What somebody may take for a release after the one that runs: "2.1.4", "2.2.0", "2.1.3-hotfix1" … */
static const char *other_version(forge_sim *s, const char *image, int how)
{
	cc_str v = version_of(image), major, minor, rest = v;
	int64_t a = 0, b = 0, c = 0;
	cc_str_cut(rest, '.', &major, &rest);
	cc_str_cut(rest, '.', &minor, &rest);
	bool numbers = cc_str_to_i64(major, &a) && cc_str_to_i64(minor, &b) && cc_str_to_i64(rest, &c);
	if (numbers && how == 0) return forge_text(s, "%d.%d.%d", (int)a, (int)b, (int)c + 1);
	if (numbers && how == 1) return forge_text(s, "%d.%d.0", (int)a, (int)b + 1);
	if (how == 4) return forge_text(s, "v%d", (int)a + 1);
	return forge_text(s, how == 3 ? "%.*sa" : "%.*s-hotfix1", CC_STR_ARG(v));
}

const char *fault_other_image(forge_sim *s, const char *image, int how)
{
	return other_tag(s, image, forge_text(s, "%s%s", other_version(s, image, how), tag_tail(image)));
}

static void inject_image(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	const char *old = s->kube.workloads.p[c->service].tmpl.image;
	(void)unused;
	set_image(s, now, c, fault_other_image(s, old, (int)cc_rng_below(&s->plan_rng, FAULT_IMAGE_WAYS)));
	prove(s, c, "Failed to pull image|ImagePullBackOff", "the image cannot be pulled",
		forge_text(s, "image: %s", fault_literal(s, c->to)), "the image it names");
	const char *kind = strcmp(c->root.kind, "StatefulSet") == 0 ? "statefulset" : "deployment";
	cause_action(c, forge_text(s, "kubectl -n %s set image %s/%s %s=%s", c->root.ns, kind, c->root.name,
				c->root.name, c->from));
}

static void inject_arch(forge_sim *s, int64_t now, int cause, int unused)
{
	static const char *const TAILS[] = { "arm64", "graviton", "arm64v8" };
	forge_cause *c = &s->plan.causes.p[cause];
	const char *old = s->kube.workloads.p[c->service].tmpl.image, *tail = FAULT_PICK(s, TAILS);
	const char *tag = forge_text(s, "%.*s-%s%s", CC_STR_ARG(version_of(old)), tail, tag_tail(old));
	const char *image = other_tag(s, old, tag);
	(void)unused;
	kube_publish(s, image, "arm64");
	set_image(s, now, c, image);
	prove(s, c, "no match for platform|exec format error", "the image has no variant for this architecture",
		forge_text(s, "image: %s", fault_literal(s, c->to)), "the image it names");
}

/* ---- where pods may run ---- */

static void prepare_selector(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "invalid-node-selector", "its node selector fits no node", "its pods cannot be scheduled");
	cause_hints(s, c, "One service has no ready pod. Where does its pod run?",
		"no node has the label its node selector asks for");
}

static void inject_selector(forge_sim *s, int64_t now, int cause, int unused)
{
	static const struct {
		const char *key, *value;
	} WANTED[] = {
		{ "disktype", "nvme" },
		{ "node.kubernetes.io/instance-type", "m7i.4xlarge" },
		{ "topology.kubernetes.io/zone", "zone-d" },
		{ "pool", "compute-blue" },
	};
	forge_cause *c = &s->plan.causes.p[cause];
	forge_template t = s->kube.workloads.p[c->service].tmpl;
	size_t i = cc_rng_below(&s->plan_rng, sizeof WANTED / sizeof WANTED[0]);
	(void)unused;
	t.node_selector_key = WANTED[i].key;
	t.node_selector_value = WANTED[i].value;
	changed(c, "spec.template.spec.nodeSelector", "",
		forge_text(s, "%s: %s", t.node_selector_key, t.node_selector_value));
	fault_edit_template(s, now, c->service, &t,
		forge_text(s, "\"f:nodeSelector\":{\".\":{},\"f:%s\":{}}", t.node_selector_key), false, true);
	prove(s, c, "FailedScheduling.*didn't match Pod's node affinity/selector", "no node fits",
		forge_text(s, "%s: %s", t.node_selector_key, t.node_selector_value), "the selector");
}

static void prepare_claim(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "missing-claim", "it mounts a claim that does not exist", "its pods cannot be scheduled");
	cause_hints(s, c, "One service has no ready pod. Where does its pod run?",
		"it mounts a PersistentVolumeClaim that nobody created");
}

static void inject_claim(forge_sim *s, int64_t now, int cause, int unused)
{
	static const char *const TAILS[] = { "data-v2", "cache", "uploads", "state" };
	forge_cause *c = &s->plan.causes.p[cause];
	forge_template t = s->kube.workloads.p[c->service].tmpl;
	(void)unused;
	changed(c, "spec.template.spec.volumes", t.claim ? t.claim : "",
		forge_text(s, "%s-%s", c->root.name, FAULT_PICK(s, TAILS)));
	t.claim = c->to;
	fault_edit_template(s, now, c->service, &t, "\"f:volumes\":{}", false, true);
	prove(s, c, forge_text(s, "persistentvolumeclaim \"%s\" not found", c->to), "the claim does not exist",
		forge_text(s, "claimName: %s", c->to), "the claim it mounts");
	cause_alias(c, c->root.ns, "PersistentVolumeClaim", c->to);
}

static void prepare_affinity(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "anti-affinity", "its anti-affinity keeps it away from every node",
		"its pods cannot be scheduled");
	cause_hints(s, c, "One service has no ready pod. Where does its pod run?",
		"its required anti-affinity is too broad: every node runs a pod it excludes");
}

/* "One on every node, and a spare": but the term selects every pod of the release instead of the service's own, and no node is
 * free of those. */
static void inject_affinity(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	forge_template t = s->kube.workloads.p[c->service].tmpl;
	int nodes = (int)s->kube.nodes.n,
	    replicas = s->kube.workloads.p[c->service].replicas; /* a node more than the workers */
	(void)unused;
	kube_change_replicas(s, now, c->service, nodes > replicas ? nodes : replicas + 1, "kubectl-edit");
	t.anti_affinity = t.anti_affinity_release = true;
	changed(c, "spec.template.spec.affinity.podAntiAffinity", "",
		"requiredDuringSchedulingIgnoredDuringExecution against every pod of the release");
	fault_edit_template(s, now, c->service, &t,
		"\"f:affinity\":{\".\":{},\"f:podAntiAffinity\":{\".\":{},\"f:"
		"requiredDuringSchedulingIgnoredDuringExecution\":{}}}",
		false, true);
	prove(s, c, "FailedScheduling.*anti-affinity", "no node satisfies the anti-affinity",
		"podAntiAffinity:", "the anti-affinity");
}

/* ---- replicas and nodes ---- */

static void prepare_zero(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "scaled-to-zero", "it was scaled to no replicas", "it has no pods");
	cause_hints(s, c, "One service does not exist any more, and nothing is broken about its pods.",
		"it was scaled to zero");
}

static void inject_zero(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	const char *from = forge_text(s, "%d", s->kube.workloads.p[c->service].replicas);
	(void)unused;
	changed(c, "spec.replicas", from, "0");
	kube_change_replicas(s, now, c->service, 0, "kubectl");
	prove(s, c, "Scaled down replica set \\S+ (from \\d+ )?to 0|delete Pod \\S+ in StatefulSet",
		"the last pod was taken away on request", "replicas: 0", "the wanted number of replicas");
	c->actions = 0;
	cause_action(c,
		forge_text(s, "kubectl -n %s scale %s/%s --replicas=%s", c->root.ns, "deployment", c->root.name, from));
}

/* The worker a pinned workload lives on: chosen here, written into its template before anything is installed. Its claim is
 * no reason in this cluster; people pin what needs a local disk or a licence bound to a machine. */
static void prepare_cordon(forge_sim *s, forge_cause *c)
{
	int n = (int)s->kube.nodes.n, node;
	do node = (int)cc_rng_below(&s->plan_rng, (uint64_t)n);
	while (s->kube.nodes.p[node].control_plane && n > 1);
	forge_template *t = &s->kube.workloads.p[c->service].tmpl;
	t->node_selector_key = "kubernetes.io/hostname";
	t->node_selector_value = s->kube.nodes.p[node].name;
	c->op = node;
	c->root = (forge_entity){ NULL, "Node", s->kube.nodes.p[node].name };
	c->category = "Change";
	c->mechanism = "cordoned-node";
	c->condition = forge_text(s, "node %s was cordoned and drained; %s may run nowhere else", c->root.name,
		fault_service_name(s, c->service));
	c->first_hit = c->service;
	c->first_effect = "its pods cannot be scheduled";
	cause_hint(
		c, "Services that log errors may only pass on what a callee did to them: find where the errors begin.");
	cause_hint(c, "One service has no ready pod, although its own objects have not changed.");
	cause_hint(c, "What the scheduler says about that pod names what changed: it is no object of the application.");
	cause_hint(c, forge_text(s, "Node/%s is cordoned, and the pod may run nowhere else.", c->root.name));
}

static void drain(forge_sim *s, int64_t now, int node, int unused)
{
	size_t n = s->kube.pods.n;
	(void)unused;
	for (size_t i = 0; i < n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->node == node && p->service >= 0 && !p->deleted && !p->gone) kubelet_pod_delete(s, now, (int)i);
	}
}

static void inject_cordon(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	const char *name = fault_service_name(s, c->service), *kind = fault_workload_kind(s, c->service);
	(void)unused;
	changed(c, "spec.unschedulable", "false", "true");
	kube_cordon(s, now, c->op, true, "kubectl-cordon");
	forge_at(s, now + cc_rng_between(&s->plan_rng, 2 * FORGE_S, 9 * FORGE_S), drain, c->op, 0);
	cause_step(c, forge_text(s, "events entity=%s/%s/%s", s->app->namespace, kind, name));
	cause_step(c, "changes kind=Node");
	cause_proof(c, forge_text(s, "events entity=%s/%s/%s", s->app->namespace, kind, name),
		"FailedScheduling.*were unschedulable", "the only node that fits is unschedulable");
	cause_proof(c, forge_text(s, "spec Node/%s", c->root.name), "unschedulable: true", "the node is cordoned");
	cause_proof(c, forge_text(s, "spec %s/%s/%s", s->app->namespace, kind, name),
		forge_text(s, "kubernetes.io/hostname: %s", c->root.name), "the workload may run on that node only");
	cause_action(c, forge_text(s, "kubectl uncordon %s", c->root.name));
}

static const fault_row ROWS[] = {
	{ { "invalid-image", "a workload gets an image tag that no registry has", "service", "Deployment" },
		FAM_WORKLOAD, AT_SERVICE, SHAPE_PLAIN, check_outage, prepare_image, inject_image },
	{ { "invalid-command", "a container is told to run a file that is not in its image", "service", "Deployment" },
		FAM_WORKLOAD, AT_SERVICE, SHAPE_PLAIN, check_outage, prepare_command, inject_command },
	{ { "crashing-init", "a new init container fails every time", "service", "Deployment" }, FAM_WORKLOAD,
		AT_SERVICE, SHAPE_PLAIN, check_outage, prepare_crashing_init, inject_crashing_init },
	{ { "hanging-init", "a new init container never ends", "service", "Deployment" }, FAM_WORKLOAD, AT_SERVICE,
		SHAPE_PLAIN, check_outage, prepare_hanging_init, inject_hanging_init },
	{ { "wrong-arch", "a workload gets an image built for another processor architecture", "service",
		  "Deployment" },
		FAM_WORKLOAD, AT_SERVICE, SHAPE_PLAIN, check_outage, prepare_arch, inject_arch },
	{ { "node-selector", "a pod template asks for a node label that no node has", "service", "Deployment" },
		FAM_WORKLOAD, AT_SERVICE, SHAPE_PLAIN, check_outage, prepare_selector, inject_selector },
	{ { "missing-claim", "a pod template mounts a PersistentVolumeClaim that does not exist", "service",
		  "Deployment" },
		FAM_WORKLOAD, AT_SERVICE, SHAPE_PLAIN, check_deployment, prepare_claim, inject_claim },
	{ { "anti-affinity", "a required anti-affinity excludes every node", "service", "Deployment" }, FAM_WORKLOAD,
		AT_SERVICE, SHAPE_PLAIN, check_outage, prepare_affinity, inject_affinity },
	{ { "scaled-to-zero", "a workload is scaled to no replicas", "service", "Deployment" }, FAM_WORKLOAD,
		AT_SERVICE, SHAPE_PLAIN, check_outage, prepare_zero, inject_zero },
	{ { "cordoned-node", "the only node a workload may run on is cordoned and drained", "service", "Node" },
		FAM_WORKLOAD, AT_SERVICE, SHAPE_FOREIGN, check_outage, prepare_cordon, inject_cordon },
};

fault_rows fault_workload_table(void)
{
	return (fault_rows){ ROWS, sizeof ROWS / sizeof ROWS[0] };
}
