/* kubelet_memory.c - working sets: what a process holds at rest, what its requests hold, what it leaked, what bounds
 * nothing. Above the container's limit the kernel kills it; when the node runs short the kubelet evicts, and when that
 * comes too late the kernel kills on the node. */
#include "forge/kubelet_priv.h"

#define GROWTH_TIME (300 * FORGE_S) /* how long an unbounded cache takes to fill */
#define PRESSURE_LASTS (300 * FORGE_S)   /* evictionPressureTransitionPeriod */
enum { SYSTEM_MIB = 640, SYSTEM_PRIORITY = 2000000000 };

int64_t kubelet_memory_limit_kib(const kube_pod *p)
{
	return (int64_t)p->tmpl->mem_limit_mi * 1024;
}

static int64_t request_kib(const kube_pod *p)
{
	return (int64_t)(p->tmpl->mem_request_mi ? p->tmpl->mem_request_mi : p->tmpl->mem_limit_mi) * 1024;
}

/* A small walk around the resting size; made from the pod's uid and the time so that it needs no stream of its own. */
static int64_t noise_kib(kube_pod *p, int64_t base, int64_t now)
{
	uint64_t x = (uint64_t)now + (uint64_t)p->uid[0] * 131 + (uint64_t)p->uid[1] * 7919 + (uint64_t)p->uid[2] * 104729;
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	p->k.noise += (int)((x >> 33) % 17) - 8 - p->k.noise / 24;
	return base * p->k.noise / 4000;
}

static int64_t grown_kib(const forge_service *svc, const kube_pod *p, int64_t now)
{
	if (!svc->leak_free_mi || p->tmpl->mem_limit_mi) return 0;
	int64_t age = now - p->started;
	if (age > GROWTH_TIME) age = GROWTH_TIME;
	return (int64_t)svc->leak_free_mi * 1024 * (age / FORGE_MS) / (GROWTH_TIME / FORGE_MS);
}

static int64_t working_set(forge_sim *s, int64_t now, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	const forge_service *svc = kubelet_service(s, p);
	int64_t base = (int64_t)(svc ? svc->mem_base_mi : s->kube.workloads.p[p->workload].mem_use_mi) * 1024;
	int64_t kib = base + noise_kib(p, base, now) + p->leak_kib + (int64_t)p->stress_mem_mi * 1024;
	if (!svc) return kib;
	kib += grown_kib(svc, p, now) + flow_pod_memory_kib(s, pod);
	if (svc->lang == LANG_STORE) kib += flow_store_used_kib(s, p->service);
	return kib;
}

static void pod_memory(forge_sim *s, int64_t now, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	if (!p->started || p->gone || p->k.boot_left > 0) return;
	int64_t limit = kubelet_memory_limit_kib(p), kib = working_set(s, now, pod);
	if (limit && kib > limit) kubelet_container_kill(s, now, pod, "OOMKilled", 137);
	else p->mem_kib = kib;
}

/* Whom eviction takes first: those above their request, then the least important, then the largest excess. */
static bool worse(const kube_pod *a, const kube_pod *b)
{
	bool a_over = a->mem_kib > request_kib(a), b_over = b->mem_kib > request_kib(b);
	if (a_over != b_over) return a_over;
	if (a->priority != b->priority) return a->priority < b->priority;
	return a->mem_kib - request_kib(a) > b->mem_kib - request_kib(b);
}

static int victim(const forge_sim *s, int node)
{
	int found = -1;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->node != node || !p->started || p->gone || p->deleted || p->priority >= SYSTEM_PRIORITY) continue;
		if (found < 0 || worse(p, &s->kube.pods.p[found])) found = (int)i;
	}
	return found;
}

static void node_event(forge_sim *s, int64_t now, int node, bool warning, const char *reason, const char *message)
{
	const char *name = s->kube.nodes.p[node].name; /* a kubelet does not know the uid of its node and writes the name */
	forge_event_spec e = { .kind = "Node", .ns = "default", .object = name, .object_uid = name, .reason = reason,
		.component = "kubelet", .host = name, .warning = warning };
	kube_event(s, now, &e, "%s", message);
}

static void pressure_set(forge_sim *s, int64_t now, int node, bool on)
{
	kube_node *n = &s->kube.nodes.p[node];
	if (on) n->pressure_seen = now;
	if (on == n->memory_pressure || (!on && now - n->pressure_seen < PRESSURE_LASTS)) return;
	n->memory_pressure = on;
	n->pressure_since = now;
	n->rv = kube_touch(s);
	const char *reason = on ? "NodeHasInsufficientMemory" : "NodeHasSufficientMemory";
	node_event(s, now, node, false, reason, forge_text(s, "Node %s status is now: %s", n->name, reason));
	if (!on) scheduler_wake(s, now);
}

static void quantity_add(cc_buf *b, int64_t kib)
{
	if (kib == 0) cc_buf_addz(b, "0");
	else if (kib % 1024 == 0) cc_buf_addf(b, "%lldMi", (long long)(kib / 1024));
	else cc_buf_addf(b, "%lldKi", (long long)kib);
}

static void evict(forge_sim *s, int64_t now, int node, int64_t available)
{
	int pod = victim(s, node);
	if (pod < 0) return;
	const kube_pod *p = &s->kube.pods.p[pod];
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "The node was low on resource: memory. Threshold quantity: %dMi, available: %lldKi. ",
		KUBE_EVICTION_MI, (long long)available);
	if (p->mem_kib > request_kib(p)) {
		cc_buf_addf(&b, "Container %s was using %lldKi, request is ", kubelet_container(s, p, PART_MAIN),
			(long long)p->mem_kib);
		quantity_add(&b, request_kib(p));
		cc_buf_addz(&b, ", has larger consumption of memory. ");
	}
	node_event(s, now, node, true, "EvictionThresholdMet", "Attempting to reclaim memory");
	if (!cc_buf_ok(&b)) forge_fail(s, CC_ENOMEM);
	else kubelet_pod_evict(s, now, pod, b.p);
	cc_buf_deinit(&b);
}

/* The kernel is faster than the kubelet when nothing is left at all. */
static void node_kill(forge_sim *s, int64_t now, int node)
{
	static const char *const PROGRAM[LANG_COUNT] = { [LANG_JAVA] = "java", [LANG_KOTLIN] = "java", [LANG_NODE] = "node",
		[LANG_PYTHON] = "python", [LANG_DOTNET] = "dotnet", [LANG_PHP] = "php", [LANG_RUBY] = "ruby",
		[LANG_ENVOY] = "envoy", [LANG_NGINX] = "nginx" };
	int pod = victim(s, node);
	if (pod < 0) return;
	const forge_service *svc = kubelet_service(s, &s->kube.pods.p[pod]);
	const char *program =
		svc && PROGRAM[svc->lang] ? PROGRAM[svc->lang] : kubelet_container(s, &s->kube.pods.p[pod], PART_MAIN);
	node_event(s, now, node, true, "SystemOOM",
		forge_text(s, "System OOM encountered, victim process: %s, pid: %d", program,
			(int)cc_rng_between(&s->kube_rng, 4000, 399999)));
	kubelet_container_kill(s, now, pod, "OOMKilled", 137);
}

static int64_t node_used(const forge_sim *s, int node)
{
	int64_t kib = (int64_t)SYSTEM_MIB * 1024;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->node == node && p->started && !p->gone) kib += p->mem_kib;
	}
	return kib;
}

void kubelet_memory(forge_sim *s, int64_t now)
{
	for (size_t i = 0; i < s->kube.pods.n; i++) pod_memory(s, now, (int)i);
	for (size_t i = 0; i < s->kube.nodes.n; i++) {
		int node = (int)i;
		int64_t used = node_used(s, node), available = (int64_t)s->kube.nodes.p[i].mem_mi * 1024 - used;
		s->kube.nodes.p[i].mem_used_kib = used;
		bool low = available < (int64_t)KUBE_EVICTION_MI * 1024;
		pressure_set(s, now, node, low);
		if (available < 0) node_kill(s, now, node);
		else if (low) evict(s, now, node, available);
	}
}
