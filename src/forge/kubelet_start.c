/* kubelet_start.c - a container begins: created, its command found or not, and then the work of booting, which takes as
 * long as the processor it gets allows and may end by running out of memory. */
#include "forge/kubelet_priv.h"

#include <string.h>

enum { BOOT_CPU_M = 300 };       /* what booting can use */
#define BOOT_STEP (250 * FORGE_MS)

static void id_make(forge_sim *s, char id[65])
{
	for (int i = 0; i < 64; i++) id[i] = "0123456789abcdef"[cc_rng_below(&s->uid_rng, 16)];
	id[64] = 0;
}

static void up(forge_sim *s, int64_t now, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	p->up = true;
	p->cpu_free_at = now;
	kubelet_share_first(s, pod);
	const forge_service *svc = kubelet_service(s, p);
	if (svc) kubelet_line(s, now, pod, forge_voices[svc->lang].started);
	if (p->service >= 0) flow_pod_up(s, now, pod);
	if (!s->kube.pods.p[pod].tmpl->probed) kubelet_ready(s, now, pod, true);
}

static int64_t base_kib(const forge_sim *s, const kube_pod *p)
{
	const forge_service *svc = kubelet_service(s, p);
	return (int64_t)(svc ? svc->mem_base_mi : s->kube.workloads.p[p->workload].mem_use_mi) * 1024;
}

/* Booting fills the memory the process has at rest, so a limit below that is met on the way. */
static void boot(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p || !p->started) return;
	int64_t rate = p->cpu_share_m < BOOT_CPU_M ? p->cpu_share_m : BOOT_CPU_M, passed = now - p->k.boot_at;
	p->k.boot_at = now;
	p->k.boot_left -= passed * rate / BOOT_CPU_M;
	p->cpu_us += passed / 1000 * rate / 1000;
	int64_t done = p->k.boot_ns - p->k.boot_left, limit = kubelet_memory_limit_kib(p);
	if (done > p->k.boot_ns) done = p->k.boot_ns;
	p->mem_kib = base_kib(s, p) / 4 + base_kib(s, p) * 3 / 4 * (done / FORGE_MS) / (p->k.boot_ns / FORGE_MS + 1);
	if (limit && p->mem_kib > limit) {
		kubelet_container_kill(s, now, pod, "OOMKilled", 137);
		return;
	}
	if (p->k.boot_left <= 0) {
		p->k.boot_left = 0;
		up(s, now, pod);
		return;
	}
	int64_t next = p->k.boot_left / rate * BOOT_CPU_M + FORGE_MS;
	forge_at(s, now + (next < BOOT_STEP ? next : BOOT_STEP), boot, pod, ticket);
}

static void runs_out(forge_sim *s, int64_t now, int pod, int ticket)
{
	const kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p || !p->started) return;
	kubelet_exited(s, now, pod, p->tmpl->run_code ? "Error" : "Completed", p->tmpl->run_code);
}

static cc_str no_such_file(forge_sim *s, const kube_pod *p)
{
	const char *command = p->tmpl->command ? p->tmpl->command : "/bin/sh";
	int n = (int)strcspn(command, " ");
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "failed to create containerd task: failed to create shim task: OCI runtime create failed: "
		"runc create failed: unable to start container process: exec: \"%.*s\": ", n, command);
	if (memchr(command, '/', (size_t)n)) cc_buf_addf(&b, "stat %.*s: no such file or directory: unknown", n, command);
	else cc_buf_addz(&b, "executable file not found in $PATH: unknown");
	cc_str text = forge_str(s, &b);
	cc_buf_deinit(&b);
	return text;
}

/* runc finds no such program: the container never ran, and its start is the beginning of time. */
static void start_failed(forge_sim *s, int64_t now, int pod)
{
	cc_str message = no_such_file(s, &s->kube.pods.p[pod]);
	kubelet_event(s, now, pod, PART_MAIN, true, "Failed", "Error: %.*s", (int)message.n, message.p);
	s->kube.pods.p[pod].phase = "Running";
	kubelet_exited(s, now, pod, "StartError", 128);
	kube_pod *p = &s->kube.pods.p[pod];
	p->last_message = message;
	if (strcmp(p->phase, "Running") != 0) return;
	p->waiting = "RunContainerError";
	p->waiting_message = message;
	p->terminated = false;
}

static void run(forge_sim *s, int64_t now, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	const forge_service *svc = kubelet_service(s, p);
	int64_t boot_ms = svc ? svc->boot_ms : 500;
	p->started = now;
	if (!p->first_started) p->first_started = now;
	p->phase = "Running";
	p->waiting = NULL;
	p->waiting_message = CC_STR_EMPTY;
	p->terminated = false;
	p->cpu_us = p->throttled_us = p->throttled_periods = p->periods = 0; /* counters of the new container's cgroup */
	p->k.last_cpu_us = 0;
	p->k.boot_ns = p->k.boot_left = boot_ms * cc_rng_between(&s->kube_rng, 900, 1150) * 1000 + FORGE_MS;
	p->k.boot_at = now;
	p->cpu_free_at = now;
	kubelet_share_first(s, pod);
	kubelet_status(s, now, pod);
	if (p->tmpl->run == RUN_EXIT)
		forge_at(s, now + p->tmpl->run_ms * FORGE_MS, runs_out, pod, kubelet_ticket(p, PART_MAIN));
	if (p->tmpl->probed) kubelet_probe_start(s, now, pod);
	kube_pod_changed(s, now, pod);
	boot(s, now, pod, kubelet_ticket(&s->kube.pods.p[pod], PART_MAIN));
}

static void start(forge_sim *s, int64_t now, int pod, int ticket)
{
	if (!kubelet_current(s, pod, ticket)) return;
	if (s->kube.pods.p[pod].tmpl->run == RUN_NO_SUCH_FILE) {
		start_failed(s, now, pod);
		return;
	}
	kubelet_event(s, now, pod, PART_MAIN, false, "Started", "Started container %s",
		kubelet_container(s, &s->kube.pods.p[pod], PART_MAIN));
	run(s, now, pod);
}

static void create(forge_sim *s, int64_t now, int pod, int ticket)
{
	kube_pod *p = kubelet_current(s, pod, ticket);
	if (!p) return;
	if (p->container_id[0]) p->restarts++;
	else if (kube_injected(p)) kubelet_next(s, now, pod, PART_MESH, 300, 700, kubelet_pull);
	id_make(s, p->container_id);
	const char *name = kubelet_container(s, p, PART_MAIN);
	kubelet_event(s, now, pod, PART_MAIN, false, "Created", "Created container: %s", name);
	kubelet_next(s, now, pod, PART_MAIN, 90, 260, start);
}

void kubelet_container_create(forge_sim *s, int64_t now, int pod, int ticket)
{
	if (kubelet_current(s, pod, ticket)) kubelet_next(s, now, pod, PART_MAIN, 40, 220, create);
}
