/* kube.c - the state of the cluster: names, numbers, what exists before anything is installed, and small questions about it. */
#include <string.h>

#include "forge/kube_priv.h"

void kube_copy(char *to, size_t size, const char *from)
{
	size_t n = from ? strlen(from) : 0;
	if (n >= size) n = size - 1;
	if (n) memcpy(to, from, n);
	to[n] = 0;
}

void kube_uid(forge_sim *s, char out[FORGE_UID])
{
	static const char HEX[] = "0123456789abcdef";
	uint64_t hi = cc_rng_u64(&s->uid_rng), lo = cc_rng_u64(&s->uid_rng);
	hi = (hi & ~UINT64_C(0xf000)) | 0x4000;
	lo = (lo & ~(UINT64_C(3) << 62)) | UINT64_C(1) << 63;
	int at = 0;
	for (int i = 0; i < 32; i++) {
		if (i == 8 || i == 12 || i == 16 || i == 20) out[at++] = '-';
		uint64_t half = i < 16 ? hi : lo;
		out[at++] = HEX[half >> (60 - 4 * (i % 16)) & 15];
	}
	out[at] = 0;
}

int64_t kube_lag(forge_sim *s, int64_t lo, int64_t hi)
{
	return cc_rng_between(&s->kube_rng, lo, hi) + s->kube.api_delay_ns;
}

const char *kube_app_ns(const forge_sim *s)
{
	return s->app->namespace ? s->app->namespace : "default";
}

void kube_edit_push(forge_sim *s, kube_edits *edits, const char *manager, const char *fields, int64_t at)
{
	if (!manager) return;
	/* The API server keeps one entry a manager and set of fields: the same change again only moves its time. */
	for (size_t i = 0; i < edits->n; i++)
		if (kube_is(edits->p[i].manager, manager) && kube_is(edits->p[i].fields, fields)) {
			edits->p[i].at = at;
			return;
		}
	kube_edit e = { manager, fields, at };
	if (!cc_vec_push(edits, e)) forge_fail(s, CC_ENOMEM);
}

static uint64_t arch_bits(const char *arch)
{
	if (kube_is(arch, "amd64")) return 1;
	return kube_is(arch, "arm64") ? 2 : 3;
}

void kube_publish(forge_sim *s, const char *image, const char *arch)
{
	cc_str key = cc_arena_dup(s->arena, cc_str_from(image));
	if (!key.p || !cc_map_set(s->kube.registry, key, arch_bits(arch))) forge_fail(s, CC_ENOMEM);
}

const char *kube_image_arch(const forge_sim *s, const char *image)
{
	static const char *const ARCH[] = { NULL, "amd64", "arm64", "multi" };
	uint64_t bits = 0;
	return cc_map_get(s->kube.registry, cc_str_from(image), &bits) ? ARCH[bits & 3] : NULL;
}

bool kube_pod_finished(const kube_pod *p)
{
	return kube_is(p->phase, "Failed") || kube_is(p->phase, "Succeeded");
}

bool kube_pod_active(const kube_pod *p)
{
	return !p->deleted && !p->gone && !kube_pod_finished(p);
}

int kube_ready_count(const forge_sim *s, int workload)
{
	int n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		n += p->workload == workload && p->ready && !p->deleted && !p->gone;
	}
	return n;
}

int kube_live_count(const forge_sim *s, int workload)
{
	int n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		n += p->workload == workload && !p->gone && !kube_pod_finished(p);
	}
	return n;
}

const char *kube_pod_ns(const forge_sim *s, const kube_pod *p)
{
	const char *ns = p->workload >= 0 ? s->kube.workloads.p[p->workload].ns : NULL;
	return ns ? ns : kube_app_ns(s);
}

const char *kube_container(const forge_sim *s, const kube_workload *w)
{
	if (w->service >= 0 && w->service < s->app->services_n) return s->app->services[w->service].name;
	return w->cron ? w->cron : w->name;
}

const char *kube_pod_container(const forge_sim *s, const kube_pod *p)
{
	if (p->service >= 0) return s->app->services[p->service].name;
	return p->workload >= 0 ? kube_container(s, &s->kube.workloads.p[p->workload]) : "app";
}

kube_end kube_pod_last_state(const kube_pod *p)
{
	if (p->terminated || (kube_pod_finished(p) && p->container_id[0])) return p->before;
	kube_end e = { .reason = p->last_reason, .code = p->last_code, .started = p->last_started, .finished = p->last_finished,
		.message = p->last_message };
	kube_copy(e.id, sizeof e.id, p->last_id);
	return e;
}

const forge_template *kube_pod_template(const forge_sim *s, const kube_pod *p)
{
	if (p->tmpl) return p->tmpl;
	if (p->rs >= 0) return &s->kube.sets.p[p->rs].tmpl;
	return &s->kube.workloads.p[p->workload].tmpl;
}

const char *kube_foreign_uid(forge_sim *s, const char *kind, const char *name)
{
	cc_map *m = s->kube.more->foreign;
	cc_buf key = CC_BUF_INIT;
	uint64_t at = 0;
	cc_buf_addf(&key, "%s/%s", kind, name);
	bool known = cc_buf_ok(&key) && cc_map_get(m, cc_buf_str(&key), &at);
	char *uid = known ? (char *)(uintptr_t)at : cc_arena_alloc(s->arena, FORGE_UID);
	if (!known && uid) {
		kube_uid(s, uid);
		if (!cc_map_set(m, forge_str(s, &key), (uint64_t)(uintptr_t)uid)) forge_fail(s, CC_ENOMEM);
	}
	cc_buf_deinit(&key);
	if (!uid) forge_fail(s, CC_ENOMEM);
	return uid ? uid : "";
}

void kube_pod_changed(forge_sim *s, int64_t now, int pod)
{
	if (pod < 0 || (size_t)pod >= s->kube.pods.n) return;
	const kube_pod *p = &s->kube.pods.p[pod];
	kube_services_of_pod(s, now, p);
	kube_flags_pod(s, now, pod);
	if (p->workload < 0) return;
	int set = p->rs;
	bool freed = p->gone || kube_pod_finished(p);
	if (set >= 0) kube_set_later(s, now, set, kube_lag(s, 8 * FORGE_MS, 45 * FORGE_MS));
	kube_workload_later(s, now, p->workload);
	if (freed) scheduler_wake(s, now);
}

static bool maps_new(forge_kube *k)
{
	k->event_index = cc_map_new();
	k->event_tokens = cc_map_new();
	k->images = cc_map_new();
	k->registry = cc_map_new();
	k->more = cc_calloc(1, sizeof *k->more);
	if (!k->more) return false;
	k->more->similar_index = cc_map_new();
	k->more->foreign = cc_map_new();
	k->more->versions = cc_map_new();
	return k->more->versions && k->event_index && k->event_tokens && k->images && k->registry && k->more->similar_index && k->more->foreign;
}

static void node_add(forge_sim *s, int i, int cpu_m, int mem_mi)
{
	static const char *const ZONES[] = { "zone-a", "zone-b", "zone-c" };
	kube_node n = { .name = i ? forge_text(s, "worker-%d", i) : "control-plane-1", .ip = forge_text(s, "172.19.0.%d", i + 2),
		.zone = ZONES[i ? (i - 1) % 3 : 0], .arch = "amd64", .control_plane = i == 0, .cpu_m = i ? cpu_m : 4000,
		.mem_mi = i ? mem_mi : 16384, .rv = kube_touch(s), .next_ip = 2 };
	kube_uid(s, n.uid);
	if (!cc_vec_push(&s->kube.nodes, n)) forge_fail(s, CC_ENOMEM);
}

/* Workers are as large as the application needs, about half used by requests: a cluster somebody has paid for. */
static void nodes_init(forge_sim *s)
{
	int workers = 3 + (int)cc_rng_below(&s->kube_rng, 3), cpu_m = 0, mem_mi = 0;
	for (int i = 0; i < s->app->services_n; i++) {
		const forge_service *v = &s->app->services[i];
		cpu_m += v->replicas * (v->cpu_request_m + 100);
		mem_mi += v->replicas * (v->mem_limit_mi > v->mem_base_mi ? v->mem_limit_mi : v->mem_base_mi);
	}
	int cores = 4, gib = 16;
	while ((cores - 1) * 1000 * workers < cpu_m * 5 / 4 && cores < 64) cores *= 2;
	while (gib * 1024 * workers < mem_mi * 2 && gib < 512) gib *= 2;
	if (gib < cores * 4) gib = cores * 4;
	for (int i = 0; i <= workers; i++) node_add(s, i, cores * 1000, gib * 1024);
}

static void namespace_add(forge_sim *s, const char *name, const char *mesh_label)
{
	for (size_t i = 0; i < s->kube.namespaces.n; i++)
		if (kube_is(s->kube.namespaces.p[i].name, name)) return;
	kube_namespace n = { .name = name, .mesh_label = mesh_label };
	kube_uid(s, n.uid);
	if (!cc_vec_push(&s->kube.namespaces, n)) forge_fail(s, CC_ENOMEM);
}

/* The order matters to nobody but the reader of a list: as an API server that was set up bit by bit would give them. */
static void namespaces_init(forge_sim *s)
{
	static const char *const NAMES[] = { "default", "kube-system", "kube-public", "kube-node-lease", "metrics-server", "prometheus",
		"opentelemetry-operator", "opentelemetry-collectors", "clickhouse", "chaos-mesh" };
	for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) namespace_add(s, NAMES[i], NULL);
	if (s->app->istio) namespace_add(s, "istio-system", NULL);
	namespace_add(s, kube_app_ns(s), s->app->istio ? "enabled" : NULL);
}

static void claim_add(forge_sim *s, const char *name)
{
	for (size_t i = 0; i < s->kube.claims.n; i++)
		if (kube_is(s->kube.claims.p[i].name, name)) return;
	kube_claim c = { .name = name, .storage_class = "standard", .mib = 8192, .bound = true };
	kube_uid(s, c.uid);
	kube_uid(s, c.volume_uid);
	kube_copy(c.volume, sizeof c.volume, forge_text(s, "pvc-%s", c.uid));
	if (!cc_vec_push(&s->kube.claims, c)) forge_fail(s, CC_ENOMEM);
}

static void service_init(forge_sim *s, int i)
{
	const forge_service *v = &s->app->services[i];
	kube_service *k = &s->kube.services[i];
	uint64_t h = cc_rng_u64(&s->uid_rng);
	k->name = v->name;
	k->selector = v->name;
	k->port = k->target_port = v->port;
	kube_uid(s, k->uid);
	kube_uid(s, k->ep_uid);
	kube_copy(k->ip, sizeof k->ip, forge_text(s, "10.96.%d.%d", (int)(h % 200) + 10, i * 5 % 240 + (int)(h >> 32) % 5 + 2));
}

static void workload_init(forge_sim *s, int i)
{
	const forge_service *v = &s->app->services[i];
	kube_workload w = { .kind = v->statefulset ? WL_STATEFULSET : WL_DEPLOYMENT, .service = i, .name = v->name, .ns = kube_app_ns(s),
		.recreate = v->recreate, .replicas = v->replicas, .tmpl = kube_template_of(s, i), .progressing = true,
		.progress_reason = "ReplicaSetUpdated" };
	kube_uid(s, w.uid);
	if (!cc_vec_push(&s->kube.workloads, w)) forge_fail(s, CC_ENOMEM);
	kube_publish(s, v->image, "multi");
	if (v->claim) claim_add(s, v->claim);
	if (v->hpa_max > 0) {
		kube_hpa h = { .workload = i, .min = v->hpa_min > 0 ? v->hpa_min : 1, .max = v->hpa_max, .target = v->hpa_cpu > 0 ? v->hpa_cpu : 80,
			.metric = "cpu", .target_name = v->name, .percent = -1, .active_message = CC_STR_EMPTY };
		kube_uid(s, h.uid);
		if (!cc_vec_push(&s->kube.hpas, h)) forge_fail(s, CC_ENOMEM);
	}
	if (v->pdb_min > 0) {
		kube_pdb b = { .workload = i, .min = v->pdb_min };
		kube_uid(s, b.uid);
		if (!cc_vec_push(&s->kube.pdbs, b)) forge_fail(s, CC_ENOMEM);
	}
}

static cc_str configmap_text(forge_sim *s, const forge_configmap *c)
{
	if (!c->flags) return cc_str_from(c->data);
	cc_buf b = CC_BUF_INIT;
	int *variant = cc_arena_array(s->arena, (size_t)s->app->flags_n + 1, sizeof *variant);
	if (!variant) {
		forge_fail(s, CC_ENOMEM);
		return CC_STR_EMPTY;
	}
	for (int i = 0; i < s->app->flags_n; i++) variant[i] = s->app->flags[i].off;
	forge_flags_document(&b, s->app, variant);
	cc_str text = forge_str(s, &b);
	cc_buf_deinit(&b);
	return text;
}

static void configmaps_init(forge_sim *s)
{
	for (int i = 0; i < s->app->configmaps_n; i++) {
		const forge_configmap *c = &s->app->configmaps[i];
		kube_configmap m = { .name = c->name, .key = c->key, .data = configmap_text(s, c), .app_index = i };
		kube_uid(s, m.uid);
		if (!cc_vec_push(&s->kube.configmaps, m)) forge_fail(s, CC_ENOMEM);
	}
}

/* Room for twice the application: the quota somebody sets so that nothing runs away. */
static void quota_init(forge_sim *s)
{
	int pods = 0;
	for (int i = 0; i < s->app->services_n; i++) pods += s->app->services[i].replicas;
	kube_quota q = { .name = forge_text(s, "%s-quota", kube_app_ns(s)), .pods = (pods * 2 + 29) / 10 * 10 };
	kube_uid(s, q.uid);
	if (!cc_vec_push(&s->kube.quotas, q)) forge_fail(s, CC_ENOMEM);
}

cc_code kube_init(forge_sim *s)
{
	forge_kube *k = &s->kube;
	bool maps = maps_new(k);
	k->services = cc_calloc((size_t)s->app->services_n + 1, sizeof *k->services);
	if (!maps || !k->services) {
		forge_fail(s, CC_ENOMEM);
		return s->code;
	}
	k->rv = 180000 + cc_rng_below(&s->uid_rng, 40000);
	for (int i = 0; i < 2; i++) kube_uid(s, k->account_uid[i]);
	nodes_init(s);
	namespaces_init(s);
	for (int i = 0; i < s->app->services_n; i++) {
		service_init(s, i);
		workload_init(s, i);
	}
	configmaps_init(s);
	quota_init(s);
	kube_publish(s, "busybox:latest", "multi");
	kube_publish(s, "docker.io/istio/proxyv2:1.24.2", "multi");
	return s->code;
}

static void edits_free(forge_kube *k)
{
	for (size_t i = 0; i < k->workloads.n; i++) cc_vec_deinit(&k->workloads.p[i].edits);
	for (size_t i = 0; i < k->nodes.n; i++) cc_vec_deinit(&k->nodes.p[i].edits);
	for (size_t i = 0; i < k->configmaps.n; i++) cc_vec_deinit(&k->configmaps.p[i].edits);
	for (size_t i = 0; i < k->policies.n; i++) cc_vec_deinit(&k->policies.p[i].edits);
	for (size_t i = 0; i < k->quotas.n; i++) cc_vec_deinit(&k->quotas.p[i].edits);
	for (size_t i = 0; i < k->hpas.n; i++) cc_vec_deinit(&k->hpas.p[i].edits);
	for (size_t i = 0; i < k->pdbs.n; i++) cc_vec_deinit(&k->pdbs.p[i].edits);
	for (size_t i = 0; i < k->claims.n; i++) cc_vec_deinit(&k->claims.p[i].edits);
	for (size_t i = 0; i < k->namespaces.n; i++) cc_vec_deinit(&k->namespaces.p[i].edits);
}

static void more_free(kube_more *m)
{
	if (!m) return;
	cc_vec_deinit(&m->similar);
	cc_vec_deinit(&m->later);
	cc_vec_deinit(&m->replay);
	cc_map_free(m->similar_index);
	cc_map_free(m->foreign);
	cc_map_free(m->versions);
	cc_free(m);
}

void kube_deinit(forge_sim *s)
{
	forge_kube *k = &s->kube;
	edits_free(k);
	for (int i = 0; k->services && s->app && i < s->app->services_n; i++) {
		cc_vec_deinit(&k->services[i].ready);
		cc_vec_deinit(&k->services[i].edits);
	}
	cc_free(k->services);
	k->services = NULL;
	cc_vec_deinit(&k->workloads);
	cc_vec_deinit(&k->sets);
	cc_vec_deinit(&k->pods);
	cc_vec_deinit(&k->nodes);
	cc_vec_deinit(&k->configmaps);
	cc_vec_deinit(&k->policies);
	cc_vec_deinit(&k->quotas);
	cc_vec_deinit(&k->hpas);
	cc_vec_deinit(&k->pdbs);
	cc_vec_deinit(&k->claims);
	cc_vec_deinit(&k->namespaces);
	cc_vec_deinit(&k->events);
	cc_map_free(k->event_index);
	cc_map_free(k->event_tokens);
	cc_map_free(k->images);
	cc_map_free(k->registry);
	k->event_index = k->event_tokens = k->images = k->registry = NULL;
	more_free(k->more);
	k->more = NULL;
}
