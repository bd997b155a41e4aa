/* chaos.c - Chaos Mesh: a Schedule that makes a chaos object every so often, which disturbs pods and recovers them.
 *
 * Its objects are not among the polled ones: all that is seen of them are their Events, and what they do. The messages are those
 * of its controllers: Spawned, FinalizerInited, Updated, Started, Applied, TimeUp, Recovered. A Schedule acts at full minutes. */
#include "forge/fault_priv.h"

enum { RUN_PODS = 32, SUFFIX = 5 };

typedef struct chaos_run {
	chaos_spec spec;
	const char *schedule, *object; /* object: of this cycle */
	int net, effect, cycle;        /* net, effect: -1 none */
	int pods[RUN_PODS], pods_n;
} chaos_run;

struct chaos_runs {
	CC_VEC(chaos_run) v;
};

static const struct {
	const char *object, *word;
} KINDS[CHAOS_COUNT] = {
	[CHAOS_DELAY] = { "NetworkChaos", "network-delay" },
	[CHAOS_LOSS] = { "NetworkChaos", "network-loss" },
	[CHAOS_PARTITION] = { "NetworkChaos", "network-partition" },
	[CHAOS_CPU] = { "StressChaos", "cpu-stress" },
	[CHAOS_MEMORY] = { "StressChaos", "memory-stress" },
	[CHAOS_KILL] = { "PodChaos", "pod-kill" },
	[CHAOS_ABORT] = { "HTTPChaos", "http-abort" },
	[CHAOS_JVM] = { "JVMChaos", "jvm-exception" },
};

const char *chaos_object_kind(int kind)
{
	return KINDS[kind].object;
}

const char *chaos_name(forge_sim *s, const chaos_spec *spec)
{
	const char *other = spec->kind == CHAOS_PARTITION ? fault_service_name(s, spec->other) : NULL;
	return forge_text(s, "%s-%s%s%s-%s", s->app->namespace, fault_service_name(s, spec->service), other ? "-" : "",
		other ? other : "", KINDS[spec->kind].word);
}

static bool on_the_wire(int kind)
{
	return kind == CHAOS_DELAY || kind == CHAOS_LOSS || kind == CHAOS_PARTITION;
}

static chaos_run *run_at(forge_sim *s, int run)
{
	return &s->plan.chaos->v.p[run];
}

/* ---- what its controllers write ---- */

static void say(forge_sim *s, int64_t now, const char *kind, const char *name, const char *reason,
	const char *component, const char *text)
{
	forge_event_spec e = { .kind = kind,
		.version = "chaos-mesh.org/v1alpha1",
		.ns = "chaos-mesh",
		.object = name,
		.object_uid = kube_foreign_uid(s, kind, name),
		.reason = reason,
		.component = component,
		.host = "" };
	kube_event(s, now, &e, "%s", text);
}

/* The controller of records looks for pods and finds none. */
static void none_selected(forge_sim *s, int64_t now, const chaos_run *r)
{
	forge_event_spec e = { .kind = KINDS[r->spec.kind].object,
		.version = "chaos-mesh.org/v1alpha1",
		.ns = "chaos-mesh",
		.object = r->object,
		.object_uid = kube_foreign_uid(s, KINDS[r->spec.kind].object, r->object),
		.reason = "Failed",
		.component = "records",
		.host = "",
		.warning = true };
	kube_event(s, now, &e, "Failed to select targets: no pod is selected");
}

static void updated(forge_sim *s, int64_t now, const chaos_run *r, const char *component, const char *what)
{
	say(s, now, KINDS[r->spec.kind].object, r->object, "Updated", component,
		forge_text(s, "Successfully update %s of resource", what));
}

/* A pod on the wire has an object of its own, which holds the rules of all chaos that concerns it. */
static void pod_rules(forge_sim *s, int64_t now, const chaos_run *r, int pod)
{
	if (!on_the_wire(r->spec.kind)) return;
	const kube_pod *p = &s->kube.pods.p[pod];
	forge_event_spec e = { .kind = "PodNetworkChaos",
		.version = "chaos-mesh.org/v1alpha1",
		.ns = s->app->namespace,
		.object = p->name,
		.object_uid = kube_foreign_uid(s, "PodNetworkChaos", p->name),
		.reason = "Updated",
		.component = "podnetworkchaos",
		.host = "" };
	kube_event(s, now, &e, "Successfully update ObservedGeneration and FailedMessage of resource");
}

static void about_pods(forge_sim *s, int64_t now, const chaos_run *r, bool applied)
{
	for (int i = 0; i < r->pods_n; i++) {
		const char *pod = s->kube.pods.p[r->pods[i]].name;
		pod_rules(s, now, r, r->pods[i]);
		say(s, now, KINDS[r->spec.kind].object, r->object, applied ? "Applied" : "Recovered", "records",
			forge_text(s, "Successfully %s chaos for %s/%s", applied ? "apply" : "recover",
				s->app->namespace, pod));
	}
	updated(s, now, r, "records", "records");
}

/* ---- what it does ---- */

static void choose_pods(forge_sim *s, chaos_run *r)
{
	r->pods_n = 0;
	for (size_t i = 0; i < s->kube.pods.n && r->pods_n < RUN_PODS; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		bool wanted =
			p->service >= 0 && (p->service == r->spec.service ||
						   (r->spec.kind == CHAOS_PARTITION && p->service == r->spec.other));
		if (wanted && !p->deleted && !p->gone && p->node >= 0) r->pods[r->pods_n++] = (int)i;
	}
}

static void stress(forge_sim *s, int64_t now, const chaos_run *r, bool on)
{
	enum { MEMORY_MI = 2048, GENTLE_M = 20, GENTLE_MI = 4 };
	for (int i = 0; i < r->pods_n; i++) {
		kube_pod *p = &s->kube.pods.p[r->pods[i]];
		int limit = p->tmpl ? p->tmpl->mem_limit_mi : 0;
		if (r->spec.kind == CHAOS_CPU)
			p->stress_cpu_m = !on ? 0 : r->spec.gentle ? GENTLE_M : r->spec.workers * 1000;
		else
			p->stress_mem_mi = !on ? 0 : r->spec.gentle ? GENTLE_MI : limit ? limit : MEMORY_MI;
	}
	kubelet_cpu_shares(s, now);
}

static void act(forge_sim *s, int64_t now, chaos_run *r, bool on)
{
	if (r->spec.harmless) return;
	if (r->net >= 0) net_chaos_set(s, r->net, on);
	if (r->effect >= 0) flow_effect_set(s, r->effect, on);
	if (r->spec.kind == CHAOS_CPU || r->spec.kind == CHAOS_MEMORY) stress(s, now, r, on);
	if (r->spec.kind != CHAOS_KILL || !on) return;
	for (int i = 0; i < r->pods_n; i++) kubelet_pod_delete(s, now, r->pods[i]);
}

static void recover(forge_sim *s, int64_t now, int run, int unused)
{
	chaos_run *r = run_at(s, run);
	(void)unused;
	act(s, now, r, false);
	if (!r->spec.nobody) about_pods(s, now, r, false);
	if (on_the_wire(r->spec.kind) || r->spec.kind == CHAOS_ABORT) updated(s, now, r, "finalizer", "finalizer");
}

static void time_up(forge_sim *s, int64_t now, int run, int unused)
{
	chaos_run *r = run_at(s, run);
	(void)unused;
	say(s, now, KINDS[r->spec.kind].object, r->object, "TimeUp", "desiredphase",
		"Time up according to the duration");
	updated(s, now, r, "desiredphase", "desiredPhase");
	forge_at(s, now + cc_rng_between(&s->plan_rng, 200 * FORGE_MS, 1200 * FORGE_MS), recover, run, 0);
}

static void apply(forge_sim *s, int64_t now, int run, int unused)
{
	chaos_run *r = run_at(s, run);
	(void)unused;
	if (r->spec.nobody) {
		r->pods_n = 0;
		none_selected(s, now, r);
		return;
	}
	choose_pods(s, r);
	about_pods(s, now, r, true);
	act(s, now, r, true);
}

static void spawn(forge_sim *s, int64_t now, int run, int unused)
{
	static const char ALPHABET[] = "bcdfghjklmnpqrstvwxz2456789";
	char suffix[SUFFIX + 1] = { 0 };
	chaos_run *r = run_at(s, run);
	(void)unused;
	for (int i = 0; i < SUFFIX; i++) suffix[i] = ALPHABET[cc_rng_below(&s->plan_rng, sizeof ALPHABET - 1)];
	r->object = forge_text(s, "%s-%s", r->schedule, suffix);
	say(s, now, "Schedule", r->schedule, "Spawned", "schedule-cron",
		forge_text(s, "Create new object: %s", r->object));
	say(s, now, "Schedule", r->schedule, "Updated", "schedule-cron",
		"Successfully update lastScheduleTime of resource");
	say(s, now, KINDS[r->spec.kind].object, r->object, "FinalizerInited", "initFinalizers",
		"Finalizer has been inited");
	updated(s, now, r, "initFinalizers", "finalizer");
	say(s, now, KINDS[r->spec.kind].object, r->object, "Started", "desiredphase", "Experiment has started");
	updated(s, now, r, "desiredphase", "desiredPhase");
	forge_at(s, now + cc_rng_between(&s->plan_rng, 300 * FORGE_MS, 1800 * FORGE_MS), apply, run, 0);
	r = run_at(s, run);
	if (r->spec.kind != CHAOS_KILL) forge_at(s, now + r->spec.lasts, time_up, run, 0);
	if (++r->cycle != r->spec.cycles) forge_at(s, now + r->spec.every, spawn, run, 0);
}

static int wire_of(forge_sim *s, const chaos_spec *spec)
{
	net_chaos c = { .from = spec->service, .to = -1 };
	switch (spec->kind) {
	case CHAOS_DELAY:
		c.kind = NET_DELAY;
		c.delay_ms = 1900 + 200 * (int)cc_rng_below(&s->plan_rng, 9);
		if (spec->gentle) c.delay_ms = 2;
		c.jitter_ms = c.delay_ms / 10;
		break;
	case CHAOS_LOSS:
		c.kind = NET_LOSS;
		c.both = true;
		c.loss_permille = 550 + 50 * (int)cc_rng_below(&s->plan_rng, 6);
		break;
	case CHAOS_PARTITION:
		c.kind = NET_PARTITION;
		c.to = spec->other;
		c.both = true;
		break;
	default: return -1;
	}
	return net_chaos_add(s, &c);
}

static int effect_of(forge_sim *s, const chaos_spec *spec)
{
	const flow_effect abort = { .fail_permille = 1000, .abort = true };
	const flow_effect thrown = { .fail_permille = 1000, .exception = "java.io.IOException", .message = "BOOM" };
	if (spec->kind == CHAOS_ABORT) return flow_effect_add(s, spec->service, -1, &abort);
	return spec->kind == CHAOS_JVM ? flow_effect_add(s, spec->service, spec->op, &thrown) : -1;
}

void chaos_schedule(forge_sim *s, int64_t at, const chaos_spec *spec)
{
	if (!s->plan.chaos) s->plan.chaos = cc_calloc(1, sizeof *s->plan.chaos);
	chaos_run r = { .spec = *spec, .schedule = chaos_name(s, spec), .net = -1, .effect = -1 };
	if (!spec->harmless) r.net = wire_of(s, spec), r.effect = effect_of(s, spec);
	if (!s->plan.chaos || !cc_vec_push(&s->plan.chaos->v, r)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	const int64_t minute = 60 * FORGE_S;
	forge_at(s, (at + minute - 1) / minute * minute + cc_rng_between(&s->plan_rng, 2 * FORGE_MS, 90 * FORGE_MS),
		spawn, (int)s->plan.chaos->v.n - 1, 0);
}

void chaos_deinit(forge_sim *s)
{
	if (!s->plan.chaos) return;
	cc_vec_deinit(&s->plan.chaos->v);
	cc_free(s->plan.chaos);
	s->plan.chaos = NULL;
}
