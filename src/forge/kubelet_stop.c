/* kubelet_stop.c - how a pod ends: asked to terminate and given time, killed, or evicted by its node. */
#include "forge/kubelet_priv.h"

#define GRACE (30 * FORGE_S)

static void removed(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	kube_pod *p = &s->kube.pods.p[pod];
	if (p->gone) return;
	p->gone = now;
	p->ready = p->up = false;
	p->mem_kib = 0;
	kubelet_status(s, now, pod);
	kube_pod_changed(s, now, pod);
}

/* Time the runtime takes between SIGTERM and its end. A JVM runs its shutdown hooks, now and then until it is killed. */
static int64_t shutdown_time(forge_sim *s, const kube_pod *p)
{
	const forge_service *svc = kubelet_service(s, p);
	int64_t lo = 200, hi = 1400;
	switch (svc ? svc->lang : LANG_GO) {
	case LANG_JAVA: case LANG_KOTLIN:
		if (cc_rng_below(&s->kube_rng, 8) == 0) return GRACE;
		lo = 1800, hi = 9000;
		break;
	case LANG_DOTNET: case LANG_PYTHON: case LANG_RUBY: lo = 300, hi = 2200; break;
	case LANG_CPP: case LANG_GO: case LANG_NODE: case LANG_PHP: case LANG_RUST: case LANG_ENVOY: case LANG_NGINX:
	case LANG_STORE: case LANG_COUNT: break;
	}
	return cc_rng_between(&s->kube_rng, lo * FORGE_MS, hi * FORGE_MS);
}

static void ended(forge_sim *s, int64_t now, int pod, int by_kill)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	if (p->gone) return;
	if (p->started) kubelet_exited(s, now, pod, by_kill ? "Error" : "Completed", by_kill ? 137 : 0);
	forge_at(s, now + kube_lag(s, 300 * FORGE_MS, 1100 * FORGE_MS), removed, pod, 0);
}

/* An init container is a shell as process 1: it has no handler for SIGTERM and is killed when the grace period is over.
 */
static void stop(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	const kube_pod *p = &s->kube.pods.p[pod];
	if (p->gone) return;
	bool init_runs = p->init_started && !p->init_finished;
	int64_t takes = 0;
	if (p->started || init_runs) {
		kubelet_part part = init_runs ? PART_INIT : PART_MAIN;
		kubelet_event(s, now, pod, part, false, "Killing", "Stopping container %s", kubelet_container(s, p, part));
		if (s->kube.pods.p[pod].mesh_started)
			kubelet_event(
				s, now, pod, PART_MESH, false, "Killing", "Stopping container %s", kubelet_container(s, p, PART_MESH));
		const forge_service *svc = kubelet_service(s, &s->kube.pods.p[pod]);
		if (svc && s->kube.pods.p[pod].up) kubelet_line(s, now, pod, forge_voices[svc->lang].stopping);
		takes = init_runs ? GRACE : shutdown_time(s, &s->kube.pods.p[pod]);
	}
	forge_at(s, now + takes, ended, pod, takes == GRACE);
}

void kubelet_pod_delete(forge_sim *s, int64_t now, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	if (p->deleted || p->gone) return;
	p->deleted = now;
	p->rv = kube_touch(s);
	kube_pod_changed(s, now, pod);
	if (s->kube.pods.p[pod].node < 0) forge_at(s, now + kube_lag(s, 5 * FORGE_MS, 40 * FORGE_MS), removed, pod, 0);
	else forge_at(s, now + kube_lag(s, 20 * FORGE_MS, 90 * FORGE_MS), stop, pod, 0);
}

void kubelet_pod_remove(forge_sim *s, int64_t now, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	if (p->gone) return;
	bool started = p->started != 0;
	if (!p->deleted) p->deleted = now;
	if (started) {
		kubelet_event(
			s, now, pod, PART_MAIN, false, "Killing", "Stopping container %s", kubelet_container(s, p, PART_MAIN));
		kubelet_exited(s, now, pod, "Error", 137);
	}
	removed(s, now, pod, 0);
}

void kubelet_container_kill(forge_sim *s, int64_t now, int pod, const char *reason, int code)
{
	if (s->kube.pods.p[pod].started) kubelet_exited(s, now, pod, reason, code);
}

static bool over(const kube_pod *p)
{
	return p->phase[0] == 'S' || p->phase[0] == 'F';
}

void kubelet_pod_evict(forge_sim *s, int64_t now, int pod, const char *message)
{
	kube_pod *p = &s->kube.pods.p[pod];
	if (p->deleted || p->gone || over(p)) return;
	kubelet_event(s, now, pod, PART_POD, true, "Evicted", "%s", message);
	p = &s->kube.pods.p[pod];
	p->evicted = true;
	p->status_message = cc_arena_dup(s->arena, cc_str_from(message));
	if (!p->status_message.p) {
		forge_fail(s, CC_ENOMEM);
		p->status_message = CC_STR_EMPTY;
	}
	if (p->started) {
		kubelet_event(
			s, now, pod, PART_MAIN, false, "Killing", "Stopping container %s", kubelet_container(s, p, PART_MAIN));
		kubelet_exited(s, now, pod, "Error", 137);
	}
	p = &s->kube.pods.p[pod];
	p->phase = "Failed";
	p->waiting = p->init_waiting = NULL;
	p->k.turn++;
	kubelet_status(s, now, pod);
	kube_pod_changed(s, now, pod);
}
