/* kubelet_mesh.c - the containers a mesh adds to a pod: istio-init, which sets up the redirection and ends, and
 * istio-proxy, which is started after the pod's own container and lives as long as the pod. */
#include "forge/kubelet_priv.h"

static void init_ended(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	p->mesh_init_at = now;
	if (p->tmpl->init == INIT_NONE) p->initialized = now;
	kubelet_status(s, now, pod);
	kubelet_containers_start(s, now, pod);
}

static void begin(forge_sim *s, int64_t now, int pod, int ticket)
{
	const kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	kubelet_part part = kubelet_ticket_part(ticket);
	kubelet_event(s, now, pod, part, false, "Started", "Started container %s", kubelet_container(s, p, part));
	if (part == PART_MESH) s->kube.pods.p[pod].mesh_started = now;
	kubelet_status(s, now, pod);
	if (part == PART_MESH_INIT) kubelet_next(s, now, pod, part, 400, 1100, init_ended);
}

static void create(forge_sim *s, int64_t now, int pod, int ticket)
{
	const kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	kubelet_part part = kubelet_ticket_part(ticket);
	kubelet_event(s, now, pod, part, false, "Created", "Created container: %s", kubelet_container(s, p, part));
	kubelet_next(s, now, pod, part, 80, 210, begin);
}

void kubelet_mesh_create(forge_sim *s, int64_t now, int pod, int ticket)
{
	if (kubelet_current(s, pod, ticket)) kubelet_next(s, now, pod, kubelet_ticket_part(ticket), 40, 160, create);
}
