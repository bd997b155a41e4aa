/* decoy.c - tempting wrong answers: harmless things that really happen near the onset, each with the record that exonerates it.
 *
 * A rollout is tempting at a service that will show errors because of the cause, and harmless where a rolling update replaces
 * pods without a gap. None touches a service or an object of a cause. One change always comes after the fault's own, so that
 * "the latest change" is no answer. */
#include <string.h>

#include "forge/fault_priv.h"

typedef enum decoy_kind {
	DECOY_RESOURCES,
	DECOY_IMAGE,
	DECOY_RESTART,
	DECOY_PROBE,
	DECOY_SCALE,
	DECOY_HPA,
	DECOY_FLAG,
	DECOY_TEXT,
	DECOY_POLICY,
	DECOY_CORDON,
	DECOY_POD,
	DECOY_CHAOS,
	DECOY_CHAOS_NOW,
	DECOY_COUNT
} decoy_kind;

static void add(forge_sim *s, int64_t at, forge_entity e, const char *tempting, const char *innocent,
	const char *command, const char *pattern)
{
	forge_decoy d = { e, tempting, innocent, { command, pattern, innocent }, at };
	if (!cc_vec_push(&s->plan.decoys, d)) forge_fail(s, CC_ENOMEM);
}

static const char *full(forge_sim *s, forge_entity e)
{
	return forge_text(s, "%s/%s/%s", e.ns ? e.ns : "cluster", e.kind, e.name);
}

/* ---- rollouts ---- */

static void rolled(forge_sim *s, int64_t now, int service, const char *what)
{
	forge_entity e = fault_workload_entity(s, service);
	bool objects = plan_readable(s, "spec");
	add(s, now, e, forge_text(s, "%s near the onset", what),
		"its rollout went through without a gap: the new pods became ready and serve",
		forge_text(s, "%s%s", objects ? "spec " : "events entity=", full(s, e)),
		objects ? "has successfully progressed" : "Scaled down replica set");
}

static void edit(forge_sim *s, int64_t now, int service, const forge_template *t, const char *manager,
	const char *owned, const char *what)
{
	kube_change_template(s, now, service, t, manager, fault_fields(s, service, owned, true, false));
	rolled(s, now, service, what);
}

static void resources(forge_sim *s, int64_t now, int service, int unused)
{
	forge_template t = s->kube.workloads.p[service].tmpl;
	(void)unused;
	if (t.mem_limit_mi) t.mem_limit_mi += t.mem_limit_mi / 4 + 4;
	if (t.mem_request_mi) t.mem_request_mi += t.mem_request_mi / 4 + 4;
	if (!t.mem_limit_mi && !t.mem_request_mi) t.cpu_request_m += 10;
	edit(s, now, service, &t, "kubectl-client-side-apply", "\"f:resources\":{}", "it got other resources");
}

static void image(forge_sim *s, int64_t now, int service, int unused)
{
	forge_template t = s->kube.workloads.p[service].tmpl;
	(void)unused;
	t.image = forge_text(s, "%s-build%d", t.image, 3 + (int)cc_rng_below(&s->noise_rng, 40));
	kube_publish(s, t.image, "multi");
	edit(s, now, service, &t, "helm", "\"f:image\":{}", "it got another image");
}

static void restart(forge_sim *s, int64_t now, int service, int unused)
{
	(void)unused;
	kube_restart_rollout(s, now, service, "kubectl-rollout");
	rolled(s, now, service, "it was restarted");
}

static void probe(forge_sim *s, int64_t now, int service, int unused)
{
	forge_template t = s->kube.workloads.p[service].tmpl;
	(void)unused;
	t.probe_timeout_s += 2;
	edit(s, now, service, &t, "kubectl-edit", "\"f:readinessProbe\":{\"f:timeoutSeconds\":{}}",
		"its readiness probe was changed");
}

static void scale(forge_sim *s, int64_t now, int service, int unused)
{
	forge_entity e = fault_workload_entity(s, service);
	int replicas = s->kube.workloads.p[service].replicas;
	(void)unused;
	kube_change_replicas(s, now, service, replicas + 1, "kubectl");
	add(s, now, e, "it was scaled near the onset", "it got a pod more, and lost none",
		forge_text(s, "spec %s", full(s, e)), forge_text(s, "replicas: %d\\b", replicas + 1));
}

/* ---- configuration ---- */

static void autoscaler(forge_sim *s, int64_t now, int hpa, int unused)
{
	const kube_hpa *h = &s->kube.hpas.p[hpa];
	forge_entity e = { s->app->namespace, "HorizontalPodAutoscaler", s->kube.workloads.p[h->workload].name };
	int max = h->max + 2;
	(void)unused;
	kube_change_hpa(s, now, hpa, h->min, max, h->target, "cpu", h->target_name, "kubectl-edit");
	add(s, now, e, "its bounds were changed near the onset",
		"it may only grow further than before: nothing was taken from it", forge_text(s, "spec %s", full(s, e)),
		forge_text(s, "maxReplicas: %d\\b", max));
}

static void flag(forge_sim *s, int64_t now, int flag_number, int unused)
{
	const forge_flag *f = &s->app->flags[flag_number];
	int map = fault_flags_map(s);
	(void)unused;
	if (map < 0) return;
	forge_entity e = { s->app->namespace, "ConfigMap", s->kube.configmaps.p[map].name };
	fault_flag_set(s, now, flag_number, f->on, "flagd-ui");
	add(s, now, e, forge_text(s, "the flag %s was switched near the onset", f->name),
		"no service ever evaluates that flag: it occurs in no trace and no log line",
		forge_text(s, "logs ~ /%s/", f->name), "no row fits");
}

static void text(forge_sim *s, int64_t now, int map, int unused)
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
	add(s, now, e, "it was edited near the onset", "a text for people; no service takes its behaviour from it",
		forge_text(s, "spec %s", full(s, e)), line);
}

static void policy(forge_sim *s, int64_t now, int service, int unused)
{
	forge_entity e = { s->app->namespace, "NetworkPolicy",
		forge_text(s, "allow-%s", fault_service_name(s, service)) };
	(void)unused;
	kube_add_policy(s, now, e.name, service, false, false, "kubectl-client-side-apply");
	add(s, now, e, "a network policy was created near the onset", "it admits everybody who needs to come in",
		forge_text(s, "spec %s", full(s, e)), "policyTypes: \\[\\]|ingress:\\s+- (\\{\\}|from:)");
}

/* ---- nodes, pods, the past ---- */

static void uncordon(forge_sim *s, int64_t now, int node, int unused)
{
	(void)unused;
	kube_cordon(s, now, node, false, "kubectl-uncordon");
}

static void cordon(forge_sim *s, int64_t now, int node, int unused)
{
	forge_entity e = { NULL, "Node", s->kube.nodes.p[node].name };
	(void)unused;
	kube_cordon(s, now, node, true, "kubectl-cordon");
	forge_at(s, now + cc_rng_between(&s->noise_rng, 50 * FORGE_S, 110 * FORGE_S), uncordon, node, 0);
	add(s, now, e, "it was cordoned near the onset",
		"its pods stayed where they were, and it was opened again soon", "events kind=Node",
		forge_text(s, "NodeSchedulable +\\S*Node/%s\\b", e.name));
}

static void pod_dies(forge_sim *s, int64_t now, int service, int unused)
{
	(void)unused;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->service != service || !p->ready || p->deleted || p->gone) continue;
		forge_entity e = { s->app->namespace, "Pod", forge_text(s, "%s", p->name) }; /* pods move in memory */
		kubelet_container_kill(s, now, (int)i, "Error", 2);
		add(s, now, e, "its container died near the onset",
			"it was started again at once, and another pod served meanwhile",
			forge_text(s, "events entity=%s", full(s, e)), "Started container");
		return;
	}
}

/* An experiment of half an hour ago: its Events are still there. */
static void old_chaos(forge_sim *s, int service)
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
	add(s, at, (forge_entity){ "chaos-mesh", "Schedule", name },
		"Chaos Mesh has disturbed a service of this application",
		"its last experiment was recovered long before the onset, and none followed",
		forge_text(s, "events kind=%s", chaos_object_kind(spec.kind)),
		forge_text(s, "Recovered +\\S*%s", name));
}

/* An experiment that goes on all through the incident and hurts nobody. */
static void gentle_chaos(forge_sim *s, int64_t at, int service)
{
	chaos_spec spec = { .kind = CHAOS_DELAY, .service = service, .other = -1, .op = -1, .every = 240 * FORGE_S, .lasts = 150 * FORGE_S,
		.gentle = true };
	const char *name = chaos_name(s, &spec), *called = fault_service_name(s, service);
	chaos_schedule(s, at, &spec);
	add(s, at, (forge_entity){ "chaos-mesh", "Schedule", name }, "Chaos Mesh delays a service while the incident lasts",
		forge_text(s, "its delay is two milliseconds: calls to %s take that much longer while it is applied, and no more", called), "paths by=edge",
		forge_text(s, "> %s\\b", called));
}

/* ---- choosing ---- */

typedef struct chooser {
	int used_kind[DECOY_COUNT];
	unsigned char *used;
	fault_map map;
	bool calm;
} chooser;

static int cause_family(const forge_sim *s, size_t i)
{
	return (int)fault_row_get(s->plan.causes.p[i].kind)->family;
}

/* Faults of room and of injection would break what rolls out: no pods may be replaced then. */
static bool must_be_calm(const forge_sim *s)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const char *kind = fault_row_get(s->plan.causes.p[i].kind)->pub.kind;
		if (strcmp(kind, "quota") == 0 || strcmp(kind, "priority-preemption") == 0 ||
			strcmp(kind, "api-flood") == 0)
			return true;
		if (strcmp(kind, "mesh-namespace") == 0 || strcmp(kind, "cordoned-node") == 0) return true;
	}
	return false;
}

/* Related by a call to the first victim of a cause: more tempting. */
static bool near_cause(const forge_sim *s, const fault_map *m, int service)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		int hit = s->plan.causes.p[i].first_hit;
		if (hit >= 0 && (fault_edge(m, hit, service) > 0 || fault_edge(m, service, hit) > 0)) return true;
	}
	return false;
}

static bool rolls_smoothly(const forge_sim *s, const chooser *c, int service)
{
	const forge_service *v = &s->app->services[service];
	if (c->used[service] || plan_involved(s, service) || v->statefulset || v->recreate || v->loadgen ||
		service == s->app->flagd || fault_is_store(s->app, service))
		return false;
	if (s->kube.workloads.p[service].tmpl.node_selector_key) return false;
	return v->probed && v->port > 0 && (v->wait_for < 0 || !plan_involved(s, v->wait_for));
}

static int pick_service(forge_sim *s, chooser *c, bool (*fit)(const forge_sim *s, const chooser *c, int service))
{
	int best = -1, all = 0;
	for (int i = 0; i < s->app->services_n; i++) {
		if (!fit(s, c, i)) continue;
		int weight = near_cause(s, &c->map, i) ? 5 : 1;
		all += weight;
		if ((int)cc_rng_below(&s->noise_rng, (uint64_t)all) < weight) best = i;
	}
	return best;
}

static bool scales(const forge_sim *s, const chooser *c, int service)
{
	return rolls_smoothly(s, c, service) && s->app->services[service].hpa_max == 0;
}

static bool has_twin(const forge_sim *s, const chooser *c, int service)
{
	return rolls_smoothly(s, c, service) && s->app->services[service].replicas >= 2;
}

static bool anybody(const forge_sim *s, const chooser *c, int service)
{
	const forge_service *v = &s->app->services[service];
	return !c->used[service] && !plan_involved(s, service) && v->port > 0 && !v->loadgen &&
	       service != s->app->flagd;
}

static bool spans_shown(const forge_sim *s, int service)
{
	const size_t known = sizeof s->plan.drop_spans_of / sizeof s->plan.drop_spans_of[0];
	return s->app->services[service].traced && !((size_t)service < known && s->plan.drop_spans_of[service]);
}

/* Would it show errors of its own because of a cause? */
static bool suffers(const forge_sim *s, const chooser *c, int service)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		int hit = s->plan.causes.p[i].first_hit;
		if (hit >= 0 && fault_others_named(&c->map, hit, FAULT_ITSELF) > 0 && c->map.named[service]) return true;
	}
	return false;
}

/* Calls of it, and that they are as fast as before, must be seen: it and a caller export spans, and no cause makes them slow. */
static bool seen_called(const forge_sim *s, const chooser *c, int service)
{
	if (!anybody(s, c, service) || !spans_shown(s, service) || suffers(s, c, service)) return false;
	for (int i = 0; i < s->app->services_n; i++)
		if (!s->app->services[i].loadgen && spans_shown(s, i) && fault_edge(&c->map, service, i) >= FAULT_NOTICED) return true;
	return false;
}

static int pick_hpa(const forge_sim *s)
{
	for (size_t i = 0; i < s->kube.hpas.n; i++)
		if (!plan_involved(s, s->kube.hpas.p[i].workload)) return (int)i;
	return -1;
}

static bool root_is(const forge_sim *s, const char *kind, const char *name)
{
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (strcmp(s->plan.causes.p[i].root.kind, kind) == 0 &&
			strcmp(s->plan.causes.p[i].root.name, name) == 0)
			return true;
	return false;
}

static int pick_flag(const forge_sim *s)
{
	int map = fault_flags_map(s);
	if (map < 0 || root_is(s, "ConfigMap", s->kube.configmaps.p[map].name)) return -1;
	for (int i = 0; i < s->app->flags_n; i++)
		if (s->app->flags[i].effect == EFFECT_NOTHING) return i;
	return -1;
}

static int pick_text(const forge_sim *s)
{
	for (size_t i = 0; i < s->kube.configmaps.n; i++) {
		int index = s->kube.configmaps.p[i].app_index;
		if (index >= 0 && s->app->configmaps[index].decoy &&
			!root_is(s, "ConfigMap", s->kube.configmaps.p[i].name))
			return (int)i;
	}
	return -1;
}

static int pick_node(forge_sim *s)
{
	int n = (int)s->kube.nodes.n;
	for (int tries = 0; tries < 20 && n > 1; tries++) {
		int i = (int)cc_rng_below(&s->noise_rng, (uint64_t)n);
		if (!s->kube.nodes.p[i].control_plane) return i;
	}
	return -1;
}

/* Whom a kind would be about; -1: nobody. */
static int subject_of(forge_sim *s, chooser *c, decoy_kind kind)
{
	switch (kind) {
	case DECOY_RESOURCES:
	case DECOY_IMAGE:
	case DECOY_RESTART:
	case DECOY_PROBE: return c->calm ? -1 : pick_service(s, c, rolls_smoothly);
	case DECOY_SCALE: return c->calm ? -1 : pick_service(s, c, scales);
	case DECOY_POD: return c->calm ? -1 : pick_service(s, c, has_twin);
	case DECOY_CORDON: return c->calm ? -1 : pick_node(s);
	case DECOY_CHAOS_NOW: return pick_service(s, c, seen_called);
	case DECOY_POLICY:
	case DECOY_CHAOS: return pick_service(s, c, anybody);
	case DECOY_HPA: return pick_hpa(s);
	case DECOY_FLAG: return pick_flag(s);
	case DECOY_TEXT: return pick_text(s);
	case DECOY_COUNT: break;
	}
	return -1;
}

static bool place(forge_sim *s, chooser *c, decoy_kind kind, int64_t at)
{
	static forge_action *const ACTIONS[DECOY_COUNT] = {
		[DECOY_RESOURCES] = resources,
		[DECOY_IMAGE] = image,
		[DECOY_RESTART] = restart,
		[DECOY_PROBE] = probe,
		[DECOY_SCALE] = scale,
		[DECOY_HPA] = autoscaler,
		[DECOY_FLAG] = flag,
		[DECOY_TEXT] = text,
		[DECOY_POLICY] = policy,
		[DECOY_CORDON] = cordon,
		[DECOY_POD] = pod_dies,
	};
	bool chaos = kind == DECOY_CHAOS || kind == DECOY_CHAOS_NOW;
	bool of_service = kind <= DECOY_SCALE || kind == DECOY_POD || kind == DECOY_POLICY || chaos;
	bool again = of_service && kind != DECOY_POD && !chaos; /* people do the same thing at two services */
	int about = c->used_kind[kind] > again ? -1 : subject_of(s, c, kind);
	if (about < 0) return false;
	c->used_kind[kind]++;
	if (of_service) c->used[about] = 1;
	if (kind == DECOY_CHAOS)
		old_chaos(s, about);
	else if (kind == DECOY_CHAOS_NOW)
		gentle_chaos(s, at, about);
	else
		forge_at(s, at, ACTIONS[kind], about, 0);
	return true;
}

static bool place_any(forge_sim *s, chooser *c, const decoy_kind *kinds, size_t n, int64_t at)
{
	for (int tries = 0; tries < 24; tries++)
		if (place(s, c, kinds[cc_rng_below(&s->noise_rng, n)], at)) return true;
	return false;
}

/* The last poll of the objects: what changes after it is in no file. */
static int64_t last_poll(const forge_sim *s)
{
	return s->plan.first_poll + (s->end - s->plan.first_poll - FORGE_S) / (300 * FORGE_S) * (300 * FORGE_S);
}

#define PLACE(kinds, at) (void)place_any(s, c, (kinds), sizeof(kinds) / sizeof *(kinds), (at))

/* Changes come in windows: people deploy at the same hour. The one that did the damage is neither the last nor the last before
 * the first alert, which takes a minute or more to come. */
static void place_window(forge_sim *s, chooser *c, int64_t room)
{
	static const decoy_kind AFTER[] = { DECOY_RESOURCES, DECOY_IMAGE, DECOY_RESTART, DECOY_FLAG, DECOY_HPA, DECOY_POLICY, DECOY_SCALE,
		DECOY_TEXT };
	static const decoy_kind AROUND[] = { DECOY_RESOURCES, DECOY_IMAGE, DECOY_PROBE, DECOY_FLAG, DECOY_CORDON, DECOY_HPA, DECOY_POLICY,
		DECOY_SCALE };
	cc_rng *r = &s->noise_rng;
	int64_t before = room < 30 * FORGE_S ? room > 0 ? room : 0 : 30 * FORGE_S;
	PLACE(AFTER, s->inject + cc_rng_between(r, 2 * FORGE_S, 14 * FORGE_S));
	if (s->opt->difficulty >= CC_FORGE_HARD || cc_rng_below(r, 2))
		PLACE(AROUND, s->inject + cc_rng_between(r, -before, 60 * FORGE_S));
	for (int more = s->opt->difficulty >= CC_FORGE_HARD ? 3 : 0; more > 0; more--)
		PLACE(AROUND, s->inject + cc_rng_between(r, -before, 100 * FORGE_S));
}

/* Before: what the onset may seem to follow. Late: after everything else. */
static void place_all(forge_sim *s, chooser *c)
{
	static const decoy_kind ROLLOUTS[] = { DECOY_RESOURCES, DECOY_IMAGE, DECOY_RESTART, DECOY_PROBE, DECOY_FLAG,
		DECOY_POLICY };
	static const decoy_kind EARLIER[] = { DECOY_POD, DECOY_PROBE, DECOY_SCALE, DECOY_CHAOS };
	static const decoy_kind LATE[] = { DECOY_TEXT, DECOY_HPA, DECOY_SCALE, DECOY_POLICY, DECOY_TEXT };
	cc_rng *r = &s->noise_rng;
	int64_t room = s->inject - s->start - 15 * FORGE_S;
	int d = (int)s->opt->difficulty;
	int64_t before = d == CC_FORGE_EASY ? cc_rng_between(r, 240 * FORGE_S, 420 * FORGE_S)
					    : cc_rng_between(r, 25 * FORGE_S, 150 * FORGE_S);
	if (before > room && room > 0) before = cc_rng_between(r, room / 4, room);
	int64_t seen = last_poll(s) - s->inject; /* an injection of one's own choice may come later */
	if (seen < 60 * FORGE_S) seen = 60 * FORGE_S;
	if (d >= CC_FORGE_MEDIUM) place_window(s, c, room);
	PLACE(LATE, s->inject + cc_rng_between(r, seen * 55 / 100, seen * 95 / 100));
	PLACE(ROLLOUTS, s->inject - before);
	if (d >= CC_FORGE_HARD) {
		(void)place(s, c, DECOY_CHAOS, 0);
		(void)place(s, c, DECOY_CHAOS_NOW, s->inject - cc_rng_between(r, 0, 100 * FORGE_S));
	}
	for (int more = plan_noise_percent(s) / 100; more > 0; more--)
		PLACE(EARLIER, room > 60 * FORGE_S ? s->start + cc_rng_between(r, 20 * FORGE_S, room)
						   : s->inject + cc_rng_between(r, seen / 4, seen / 2));
}

void decoy_plan(forge_sim *s)
{
	chooser c = { .calm = must_be_calm(s) };
	c.used = cc_arena_alloc(s->arena, (size_t)s->app->services_n + 1);
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (cause_family(s, i) == FAM_CHAOS)
			c.used_kind[DECOY_POD] = 1; /* a pod that dies would look like the chaos itself */
	if (!c.used || !fault_map_make(&c.map, s->app, s->arena))
		forge_fail(s, CC_ENOMEM);
	else
		place_all(s, &c);
}
