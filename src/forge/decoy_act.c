/* decoy_act.c - what decoys do: rollouts, configuration, nodes and pods, experiments of the past. */
#include <string.h>

#include "forge/decoy.h"

void decoy_add(forge_sim *s, int64_t at, forge_entity e, const char *tempting, const char *innocent,
	const char *command, const char *pattern)
{
	forge_decoy d = { e, tempting, innocent, { command, pattern, innocent }, at };
	if (!cc_vec_push(&s->plan.decoys, d)) forge_fail(s, CC_ENOMEM);
}

const char *decoy_full(forge_sim *s, forge_entity e)
{
	return forge_text(s, "%s/%s/%s", e.ns ? e.ns : "cluster", e.kind, e.name);
}

/* ---- rollouts ---- */

static void rolled(forge_sim *s, int64_t now, int service, const char *what)
{
	forge_entity e = fault_workload_entity(s, service);
	bool objects = plan_readable(s, "spec");
	decoy_add(s, now, e, forge_text(s, "%s near the onset", what),
		"its rollout went through without a gap: the new pods became ready and serve",
		forge_text(s, "%s%s", objects ? "spec " : "events entity=", decoy_full(s, e)),
		objects ? "has successfully progressed" : "Scaled down replica set");
}

void decoy_edit(forge_sim *s, int64_t now, int service, const forge_template *t, const char *owned, const char *what)
{
	kube_change_template(s, now, service, t, decoy_manager(s), fault_fields(s, service, owned, true, false));
	rolled(s, now, service, what);
}

void decoy_resources(forge_sim *s, int64_t now, int service, int unused)
{
	forge_template t = s->kube.workloads.p[service].tmpl;
	(void)unused;
	if (t.mem_limit_mi) t.mem_limit_mi += t.mem_limit_mi / 4 + 4;
	if (t.mem_request_mi) t.mem_request_mi += t.mem_request_mi / 4 + 4;
	if (!t.mem_limit_mi && !t.mem_request_mi) t.cpu_request_m += 10;
	decoy_edit(s, now, service, &t, "\"f:resources\":{}", "it got other resources");
}

void decoy_image(forge_sim *s, int64_t now, int service, int unused)
{
	forge_template t = s->kube.workloads.p[service].tmpl;
	(void)unused;
	t.image = fault_other_image(s, t.image, (int)cc_rng_below(&s->noise_rng, FAULT_IMAGE_WAYS));
	kube_publish(s, t.image, "multi");
	decoy_edit(s, now, service, &t, "\"f:image\":{}", "it got another image");
}

void decoy_restart(forge_sim *s, int64_t now, int service, int unused)
{
	(void)unused;
	kube_restart_rollout(s, now, service, "kubectl-rollout");
	rolled(s, now, service, "it was restarted");
}

void decoy_probe(forge_sim *s, int64_t now, int service, int unused)
{
	forge_template t = s->kube.workloads.p[service].tmpl;
	(void)unused;
	t.probe_timeout_s += 2;
	decoy_edit(s, now, service, &t, "\"f:readinessProbe\":{\"f:timeoutSeconds\":{}}", "its readiness probe was changed");
}

void decoy_scale(forge_sim *s, int64_t now, int service, int unused)
{
	forge_entity e = fault_workload_entity(s, service);
	int replicas = s->kube.workloads.p[service].replicas;
	(void)unused;
	kube_change_replicas(s, now, service, replicas + 1, "kubectl");
	decoy_add(s, now, e, "it was scaled near the onset", "it got a pod more, and lost none",
		forge_text(s, "spec %s", decoy_full(s, e)), forge_text(s, "replicas: %d\\b", replicas + 1));
}

/* ---- configuration ---- */

void decoy_autoscaler(forge_sim *s, int64_t now, int hpa, int unused)
{
	const kube_hpa *h = &s->kube.hpas.p[hpa];
	forge_entity e = { s->app->namespace, "HorizontalPodAutoscaler", s->kube.workloads.p[h->workload].name };
	int max = h->max + 1 + (int)cc_rng_below(&s->noise_rng, 4);
	(void)unused;
	kube_change_hpa(s, now, hpa, h->min, max, h->target, "cpu", h->target_name, decoy_manager(s));
	decoy_add(s, now, e, "its bounds were changed near the onset",
		"it may only grow further than before: nothing was taken from it", forge_text(s, "spec %s", decoy_full(s, e)),
		forge_text(s, "maxReplicas: %d\\b", max));
}

void decoy_flag(forge_sim *s, int64_t now, int flag_number, int unused)
{
	const forge_flag *f = &s->app->flags[flag_number];
	int map = fault_flags_map(s);
	(void)unused;
	if (map < 0) return;
	forge_entity e = { s->app->namespace, "ConfigMap", s->kube.configmaps.p[map].name };
	fault_flag_set(s, now, flag_number, f->on, "flagd-ui");
	decoy_add(s, now, e, forge_text(s, "the flag %s was switched near the onset", f->name),
		"no service ever evaluates that flag: it occurs in no trace and no log line",
		forge_text(s, "logs ~ /%s/", f->name), "no row fits");
}

void decoy_text(forge_sim *s, int64_t now, int map, int unused)
{
	static const char *const LINES[] = { "Free gift wrapping until Sunday.", "New in stock: red light headlamps.",
		"Orders before noon are shipped the same day." };
	kube_configmap *m = &s->kube.configmaps.p[map];
	const char *line = LINES[cc_rng_below(&s->noise_rng, sizeof LINES / sizeof LINES[0])];
	forge_entity e = { s->app->namespace, "ConfigMap", m->name };
	cc_buf b = CC_BUF_INIT;
	(void)unused;
	cc_buf_add(&b, m->data);
	cc_buf_addf(&b, "%s%s\n", cc_str_ends(m->data, CC_STR("\n")) ? "" : "\n", line);
	kube_change_configmap(s, now, map, forge_str(s, &b), "kubectl-edit");
	cc_buf_deinit(&b);
	decoy_add(s, now, e, "it was edited near the onset", "a text for people; no service takes its behaviour from it",
		forge_text(s, "spec %s", decoy_full(s, e)), line);
}

void decoy_policy(forge_sim *s, int64_t now, int service, int unused)
{
	forge_entity e = { s->app->namespace, "NetworkPolicy",
		forge_text(s, "allow-%s", fault_service_name(s, service)) };
	(void)unused;
	kube_add_policy(s, now, e.name, service, false, false, "kubectl-client-side-apply");
	decoy_add(s, now, e, "a network policy was created near the onset", "it admits everybody who needs to come in",
		forge_text(s, "spec %s", decoy_full(s, e)), "policyTypes: \\[\\]|ingress:\\s+- (\\{\\}|from:)");
}

/* ---- nodes, pods, the past ---- */

static void uncordon(forge_sim *s, int64_t now, int node, int unused)
{
	(void)unused;
	kube_cordon(s, now, node, false, "kubectl-uncordon");
}

void decoy_cordon(forge_sim *s, int64_t now, int node, int unused)
{
	forge_entity e = { NULL, "Node", s->kube.nodes.p[node].name };
	(void)unused;
	kube_cordon(s, now, node, true, "kubectl-cordon");
	forge_at(s, now + cc_rng_between(&s->noise_rng, 50 * FORGE_S, 110 * FORGE_S), uncordon, node, 0);
	decoy_add(s, now, e, "it was cordoned near the onset",
		"its pods stayed where they were, and it was opened again soon", "events kind=Node",
		forge_text(s, "NodeSchedulable +\\S*Node/%s\\b", e.name));
}

void decoy_pod_dies(forge_sim *s, int64_t now, int service, int unused)
{
	(void)unused;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->service != service || !p->ready || p->deleted || p->gone) continue;
		forge_entity e = { s->app->namespace, "Pod", forge_text(s, "%s", p->name) }; /* pods move in memory */
		kubelet_container_kill(s, now, (int)i, "Error", 2);
		decoy_add(s, now, e, "its container died near the onset",
			"it was started again at once, and another pod served meanwhile",
			forge_text(s, "events entity=%s", decoy_full(s, e)), "Started container");
		return;
	}
}

/* An experiment of half an hour ago: its Events are still there. */
void decoy_old_chaos(forge_sim *s, int service)
{
	static const int KINDS[] = { CHAOS_DELAY, CHAOS_LOSS, CHAOS_CPU, CHAOS_DELAY };
	chaos_spec spec = { .kind = KINDS[cc_rng_below(&s->noise_rng, 4)],
		.service = service,
		.other = -1,
		.op = -1,
		.every = 300 * FORGE_S,
		.lasts = 180 * FORGE_S,
		.cycles = 2 + (int)cc_rng_below(&s->noise_rng, 2),
		.harmless = true };
	int64_t at = s->start - 35 * 60 * FORGE_S; /* the release is installed by then */
	const char *name = chaos_name(s, &spec);
	chaos_schedule(s, at, &spec);
	decoy_add(s, at, (forge_entity){ "chaos-mesh", "Schedule", name },
		"Chaos Mesh has disturbed a service of this application",
		"its last experiment was recovered long before the onset, and none followed",
		forge_text(s, "events kind=%s reason=Recovered", chaos_object_kind(spec.kind)),
		forge_text(s, "Recovered +\\S*%s", name));
}

/* An experiment that goes on all through the incident and hurts nobody. */
void decoy_gentle_chaos(forge_sim *s, int64_t at, int service)
{
	static const struct {
		int kind;
		const char *little;
	} KINDS[] = {
		{ CHAOS_DELAY, "its delay is two milliseconds: calls to %s take that much longer while it is applied, and no more" },
		{ CHAOS_CPU, "it takes a fiftieth of a processor: calls to %s take as long as before while it is applied" },
		{ CHAOS_MEMORY, "it takes four mebibytes: %s lives on while it is applied" },
	};
	size_t i = cc_rng_below(&s->noise_rng, sizeof KINDS / sizeof KINDS[0]);
	chaos_spec spec = { .kind = KINDS[i].kind,
		.service = service,
		.other = -1,
		.op = -1,
		.every = (180 + 60 * (int)cc_rng_below(&s->noise_rng, 3)) * FORGE_S,
		.lasts = 150 * FORGE_S,
		.gentle = true };
	const char *name = chaos_name(s, &spec), *called = fault_service_name(s, service),
		*at_name = strstr(KINDS[i].little, "%s");
	chaos_schedule(s, at, &spec);
	decoy_add(s, at, (forge_entity){ "chaos-mesh", "Schedule", name },
		"Chaos Mesh disturbs a service while the incident lasts",
		forge_text(s, "%.*s%s%s", (int)(at_name - KINDS[i].little), KINDS[i].little, called, at_name + 2), "paths by=edge",
		forge_text(s, "> %s\\b", called));
}
