/* kubelet_init.c - the init container: waits for a service until a connection to it succeeds, fails and is started
 * again, or never ends. Only its success lets the pod's own container begin. */
#include "forge/kubelet_priv.h"

#include <string.h>

static void done(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	p->init_finished = now;
	p->init_code = 0;
	p->initialized = now;
	kubelet_status(s, now, pod);
	kubelet_next(s, now, pod, PART_MAIN, 500, 1200, kubelet_pull);
}

/* `nc -z` succeeds when the connection is accepted, whatever a mesh says about it afterwards. */
static bool answers(forge_sim *s, int pod, int service)
{
	if (service < 0 || service >= s->app->services_n) return true;
	if (!s->kube.services || !s->kube.services[service].exists) return false;
	net_outcome o = net_connect(s, pod, service, s->app->services[service].port).outcome;
	return o == NET_POD || o == NET_RESET || o == NET_DENIED;
}

static void ask(forge_sim *s, int64_t now, int pod, int ticket)
{
	const kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	if (answers(s, pod, p->tmpl->init_service)) kubelet_next(s, now, pod, PART_INIT, 30, 120, done);
	else forge_at(s, now + 2 * FORGE_S + kube_lag(s, 4 * FORGE_MS, 60 * FORGE_MS), ask, pod, ticket);
}

static int exit_code(const char *command)
{
	const char *at = command ? strstr(command, "exit ") : NULL;
	int code = 0;
	for (at = at ? at + 5 : ""; *at >= '0' && *at <= '9' && code < 256; at++) code = code * 10 + (*at - '0');
	return code > 0 && code < 256 ? code : 1;
}

static void again(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	if (p->k.backed && !p->init_waiting) {
		p->init_waiting = "CrashLoopBackOff";
		p->waiting_message = kubelet_backoff_message(s, pod, PART_INIT);
		kubelet_status(s, now, pod);
	}
	if (!kubelet_backoff_waits(&p->k.init, p->init_finished, now)) {
		kubelet_backoff_grow(&p->k.init, p->init_finished, now);
		kubelet_pull(s, now, pod, ticket);
		return;
	}
	p->k.backed = true;
	kubelet_backoff_event(s, now, pod, PART_INIT);
	kubelet_resync(s, now, pod, PART_INIT, again);
}

static void fails(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	p->init_finished = now;
	p->init_code = exit_code(p->tmpl->init_command);
	p->k.backed = false;
	kubelet_status(s, now, pod);
	kubelet_next(s, now, pod, PART_INIT, 600, 1500, again);
}

static void begin(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	kubelet_event(s, now, pod, PART_INIT, false, "Started", "Started container %s", kubelet_container(s, p, PART_INIT));
	p = &s->kube.pods.p[pod];
	if (p->init_finished)
		p->init_before = (kube_end){ .reason = "Error", .code = p->init_code, .run = p->init_restarts - 1,
			.started = p->init_started, .finished = p->init_finished, .message = CC_STR_EMPTY };
	p->init_started = now;
	p->init_finished = 0;
	p->init_waiting = NULL;
	p->waiting_message = CC_STR_EMPTY;
	kubelet_status(s, now, pod);
	if (p->tmpl->init == INIT_WAIT) kubelet_next(s, now, pod, PART_INIT, 10, 40, ask);
	else if (p->tmpl->init == INIT_EXIT) kubelet_next(s, now, pod, PART_INIT, 200, 1400, fails);
}

static void create(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	if (p->init_started) p->init_restarts++;
	const char *name = kubelet_container(s, p, PART_INIT);
	kubelet_event(s, now, pod, PART_INIT, false, "Created", "Created container: %s", name);
	kubelet_next(s, now, pod, PART_INIT, 80, 210, begin);
}

void kubelet_containers_start(forge_sim *s, int64_t now, int pod)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	kubelet_part first = p->tmpl->init != INIT_NONE && !p->initialized ? PART_INIT : PART_MAIN;
	if (kube_injected(p) && !p->mesh_init_at) first = PART_MESH_INIT;
	kubelet_pull(s, now, pod, kubelet_ticket(p, first));
}

void kubelet_init_create(forge_sim *s, int64_t now, int pod, int ticket)
{
	if (kubelet_current(s, pod, ticket)) kubelet_next(s, now, pod, PART_INIT, 40, 160, create);
}
