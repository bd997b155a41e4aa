/* decoy_twin.c - harmless twins of the faults: the same field of the same kind of object, edited by the same
 * people, and right.
 *
 * Without them a cause is the only new quota, the only policy that selects pods, the only address that was edited:
 * it could be named from the list of changes, unread. Each twin is cleared by what its object says now. */
#include <string.h>

#include "forge/decoy.h"
#include "forge/truth_priv.h"

const char *decoy_word(forge_sim *s, const char *const *words, size_t n)
{
	return words[cc_rng_below(&s->noise_rng, n)];
}

const char *decoy_manager(forge_sim *s)
{
	static const char *const MANAGERS[] = { "kubectl-edit", "kubectl-patch", "helm", "argocd-controller",
		"kubectl-client-side-apply" };
	return DECOY_WORD(s, MANAGERS);
}

/* ---- pod templates ---- */

bool decoy_may_address(const fault_map *m, int service)
{
	int env = fault_wrong_env(m, service);
	if (env < 0) return false;
	const forge_env *e = &m->app->services[service].env[env];
	cc_str host = forge_address_host(cc_str_from(e->value));
	return cc_str_eqz(host, m->app->services[e->service].name);
}

/* "cart:8080" to "cart.shop.svc.cluster.local:8080". */
static const char *longer_name(forge_sim *s, const char *value, const char *host)
{
	static const char *const TAILS[] = { "", ".svc", ".svc.cluster.local" };
	const char *scheme = strstr(value, "://"), *at = strstr(scheme ? scheme : value, host);
	if (!at) return NULL;
	at += strlen(host);
	return forge_text(s, "%.*s.%s%s%s", (int)(at - value), value, s->app->namespace, DECOY_WORD(s, TAILS), at);
}

void decoy_address(forge_sim *s, int64_t now, int service, int unused)
{
	fault_map m;
	forge_template t = s->kube.workloads.p[service].tmpl;
	forge_env *env = cc_arena_array(s->arena, (size_t)t.env_n + 1, sizeof *env);
	(void)unused;
	if (!env || !fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	int which = fault_wrong_env(&m, service), port = 0;
	if (which < 0 || which >= t.env_n) return;
	memcpy(env, t.env, (size_t)t.env_n * sizeof *env);
	forge_env *e = &env[which];
	const char *host = fault_service_name(s, e->service), *value = longer_name(s, e->value, host);
	if (!value || forge_address(s->app, cc_str_from(value), &port) != e->service) return;
	e->value = value;
	t.env = env;
	kube_change_template(s, now, service, &t, decoy_manager(s), fault_fields(s, service,
		forge_text(s, "\"f:env\":{\"k:{\\\"name\\\":\\\"%s\\\"}\":{\"f:value\":{}}}", e->name), true, false));
	decoy_add(s, now, fault_workload_entity(s, service), forge_text(s,
		"the address in %s was changed near the onset", e->name),
		forge_text(s, "it is the full name of the same Service, %s: its calls go where they went", host),
		forge_text(s, "spec %s", decoy_full(s, fault_workload_entity(s, service))),
		forge_text(s, "(?s)name: %s\\s+value: \\S*%s\\.%s\\b", e->name, fault_literal(s, host),
			fault_literal(s, s->app->namespace)));
}

/* What the process may come to use without being killed. */
static int needs_mi(const forge_sim *s, int service)
{
	return s->app->services[service].mem_base_mi * 7 / 5 + 20;
}

bool decoy_may_lower(const forge_sim *s, int service)
{
	const forge_service *v = &s->app->services[service];
	return v->leak_free_mi == 0 && v->mem_limit_mi > needs_mi(s, service) + 24;
}

void decoy_lower(forge_sim *s, int64_t now, int service, int unused)
{
	forge_template t = s->kube.workloads.p[service].tmpl;
	int limit = t.mem_limit_mi - (t.mem_limit_mi - needs_mi(s, service)) / 2;
	(void)unused;
	if (limit >= t.mem_limit_mi) return;
	t.mem_limit_mi = limit;
	if (t.mem_request_mi > limit) t.mem_request_mi = limit;
	decoy_edit(s, now, service, &t, "\"f:resources\":{}", "its memory limit was lowered");
}

/* Only how the next rollout would go: the template is as it was, so no pod is replaced. */
void decoy_strategy(forge_sim *s, int64_t now, int service, int unused)
{
	const forge_template t = s->kube.workloads.p[service].tmpl;
	forge_entity e = fault_workload_entity(s, service);
	(void)unused;
	kube_change_recreate(s, now, service, true);
	kube_change_template(s, now, service, &t, decoy_manager(s), "{\"f:spec\":{\"f:strategy\":{\"f:type\":{}}}}");
	decoy_add(s, now, e, "its strategy was set to Recreate near the onset",
		"its pod template is as it was: no pod was replaced",
		forge_text(s, "spec %s", decoy_full(s, e)), "type: Recreate");
}

/* ---- between services ---- */

/* The port by its name, which is the number that it was. */
void decoy_port(forge_sim *s, int64_t now, int service, int unused)
{
	static const char *const MANAGERS[] = { "kubectl-edit", "kubectl-patch", "helm" };
	forge_entity e = { s->app->namespace, "Service", fault_service_name(s, service) };
	(void)unused;
	if (!kube_name_target_port(s, now, service, DECOY_WORD(s, MANAGERS))) return;
	decoy_add(s, now, e, "its target port was changed near the onset",
		"the name it has now is that of the port its pods listen on",
		forge_text(s, "spec %s", decoy_full(s, e)), forge_text(s, "targetPort: %s", fault_literal(s,
			s->app->services[service].port_name)));
}

/* One label more, which all pods of the service carry. */
void decoy_selector(forge_sim *s, int64_t now, int service, int unused)
{
	static const char *const MANAGERS[] = { "kubectl-edit", "kubectl-patch", "helm" };
	forge_entity e = { s->app->namespace, "Service", fault_service_name(s, service) };
	(void)unused;
	if (!kube_narrow_selector(s, now, service, DECOY_WORD(s, MANAGERS))) return;
	decoy_add(s, now, e, "its selector was changed near the onset",
		"its pods carry the label that was added: it has the same endpoints",
		forge_text(s, "spec %s", decoy_full(s, e)),
		forge_text(s, "selector:\\s+(\\S+: \\S+\\s+)?app\\.kubernetes\\.io/component: %s", fault_literal(s, e.name)));
}

/* The peers of a policy: whoever calls the service or reads from it. NULL when it is nobody of the application. */
static const char *callers(forge_sim *s, const fault_map *m, int service)
{
	cc_buf b = CC_BUF_INIT;
	int n = 0;
	for (int i = 0; i < s->app->services_n; i++) {
		if (!fault_connects(m, service, i)) continue;
		cc_buf_addf(&b, "%s{\"podSelector\":{\"matchLabels\":{\"%s\":\"%s\"}}}", n++ ? "," : "[{\"from\":[", s->app->label,
			s->app->services[i].name);
	}
	if (n) cc_buf_addf(&b, "],\"ports\":[{\"port\":%d,\"protocol\":\"TCP\"}]}]", s->app->services[service].port);
	cc_str text = forge_str(s, &b);
	cc_buf_deinit(&b);
	return n && text.n ? text.p : NULL;
}

/* It admits whom it must. */
void decoy_callers(forge_sim *s, int64_t now, int service, int unused)
{
	static const char *const FORMS[] = { "lockdown-%s", "%s-isolation", "%s-ingress", "restrict-%s", "allow-%s" };
	static const char *const MANAGERS[] = { "kubectl-create", "kubectl-client-side-apply", "argocd-controller" };
	fault_map m;
	(void)unused;
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	const char *form = DECOY_WORD(s, FORMS), *name = fault_service_name(s, service), *blank = strstr(form, "%s");
	forge_entity e = { s->app->namespace, "NetworkPolicy", forge_text(s, "%.*s%s%s", (int)(blank - form),
		form, name, blank + 2) };
	kube_add_policy(s, now, e.name, service, false, false, DECOY_WORD(s, MANAGERS));
	if (s->code != CC_OK) return;
	s->kube.policies.p[s->kube.policies.n - 1].ingress = callers(s, &m, service);
	decoy_add(s, now, e, forge_text(s, "a policy that restricts %s was created near the onset", name),
		"it admits everybody who calls that service", forge_text(s, "spec %s", decoy_full(s, e)),
			"ingress:\\s+- (\\{\\}|from:)");
}

/* ---- the namespace and the cluster ---- */

static bool is_root(const forge_sim *s, const char *kind, const char *name)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_entity *r = &s->plan.causes.p[i].root;
		if (strcmp(r->kind, kind) == 0 && strcmp(r->name, name) == 0) return true;
	}
	return false;
}

void decoy_quota(forge_sim *s, int64_t now, int unused, int unused2)
{
	static const char *const NAMES[] = { "strict-resource-quota", "team-budget", "compute-limits" };
	static const char *const MANAGERS[] = { "kubectl-create", "kubectl-client-side-apply", "helm" };
	forge_entity e = { s->app->namespace, "ResourceQuota", NULL };
	int pods = kube_quota_used(s).pods * 3 / 2 + (int)cc_rng_below(&s->noise_rng, 9);
	(void)unused, (void)unused2;
	do e.name = DECOY_WORD(s, NAMES);
	while (is_root(s, "ResourceQuota", e.name));
	kube_add_quota(s, now, e.name, pods, 0, 0, DECOY_WORD(s, MANAGERS));
	decoy_add(s, now, e, "a quota was set on the namespace near the onset",
		"it allows half as many pods again as there were: nobody was refused",
		forge_text(s, "spec %s", decoy_full(s, e)), forge_text(s, "pods: \\W?%d\\b", pods));
}

/* Somebody else's work, of which there is little. */
void decoy_batch(forge_sim *s, int64_t now, int unused, int unused2)
{
	static const char *const NAMES[] = { "model-training", "nightly-reindex", "render-farm",
		"inventory-exporter", "cluster-audit",
		"config-sync" };
	forge_entity e = { "default", "Deployment", NULL };
	(void)unused, (void)unused2;
	do e.name = DECOY_WORD(s, NAMES);
	while (is_root(s, "Deployment", e.name));
	kube_workload w = { .kind = WL_DEPLOYMENT,
		.service = -1,
		.name = e.name,
		.ns = e.ns,
		.replicas = 1 + (int)cc_rng_below(&s->noise_rng, 2),
		.cpu_use_m = 20,
		.mem_use_mi = 60,
		.tmpl = { .image = forge_text(s, "registry.example.com/batch/%s:1.7.2", e.name),
			.cpu_request_m = 50,
			.cpu_limit_m = 200,
			.mem_request_mi = 96,
			.mem_limit_mi = 192,
			.init_service = -1,
			.dns_policy = "ClusterFirst" } };
	kube_publish(s, w.tmpl.image, "multi");
	if (kube_add_workload(s, now, &w) < 0) return;
	decoy_add(s, now, e, "somebody else's work came to the cluster near the onset",
		"it asks for a twentieth of a processor, may use a fifth, has no priority, and all of it fitted in at once",
		forge_text(s, "spec %s", decoy_full(s, e)), "cpu: \\W?200m");
}

/* "frontend-proxy-next" reads like a pod of "frontend": no name that could be taken for the answer. */
static bool reads_like_root(const forge_sim *s, const char *service)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const char *root = s->plan.causes.p[i].root.name;
		size_t n = strlen(root);
		if (strncmp(service, root, n) == 0 && service[n] == '-') return true;
	}
	return false;
}

/* A trial of a release that never started, older than the capture. Nobody calls it, and no Service selects it. */
void decoy_trial(forge_sim *s, int64_t at, int service)
{
	static const char *const TAILS[] = { "canary", "preview", "next" };
	forge_entity e = { s->app->namespace, "Deployment", forge_text(s, "%s-%s", fault_service_name(s, service),
		DECOY_WORD(s, TAILS)) };
	kube_workload w = { .kind = WL_DEPLOYMENT,
		.service = -1,
		.name = e.name,
		.ns = e.ns,
		.replicas = 1,
		.tmpl = { .image = fault_other_image(s, s->kube.workloads.p[service].tmpl.image,
			(int)cc_rng_below(&s->noise_rng, FAULT_IMAGE_WAYS)),
			.cpu_request_m = 20,
			.mem_request_mi = 64,
			.mem_limit_mi = 128,
			.init_service = -1,
			.dns_policy = "ClusterFirst" } };
	if (reads_like_root(s, fault_service_name(s, service)) || kube_image_arch(s, w.tmpl.image) || kube_add_workload(s, at, &w) < 0) return; /* somebody rolls that release out */
	s->plan.trial = e.name;
	decoy_add(s, at, e, "its pod cannot start", "it has been like that since before the capture, and nobody calls it",
		forge_text(s, "spec %s", decoy_full(s, e)), forge_text(s, "creationTimestamp: %s", fault_literal(s,
			debrief_time(s, at))));
}

void decoy_empty_chaos(forge_sim *s, int64_t at, int service)
{
	static const int KINDS[] = { CHAOS_DELAY, CHAOS_LOSS, CHAOS_CPU, CHAOS_MEMORY, CHAOS_ABORT };
	chaos_spec spec = { .kind = KINDS[cc_rng_below(&s->noise_rng, 5)],
		.service = service,
		.other = -1,
		.op = -1,
		.every = (120 + 60 * (int)cc_rng_below(&s->noise_rng, 3)) * FORGE_S,
		.lasts = 90 * FORGE_S,
		.harmless = true,
		.nobody = true };
	const char *name = chaos_name(s, &spec);
	chaos_schedule(s, at, &spec);
	decoy_add(s, at, (forge_entity){ "chaos-mesh", "Schedule", name },
		forge_text(s, "Chaos Mesh runs experiments against %s while the incident lasts", fault_service_name(s, service)),
		"its selector fits no pod: none of them was ever applied", forge_text(s,
			"events kind=%s reason=Failed", chaos_object_kind(spec.kind)),
		forge_text(s, "Failed +\\S*%s", name));
}
