/* kube_set.c - the ReplicaSet controller: as many pods as wanted, as far as the quota and the API server let it. */
#include <string.h>

#include "forge/kube_priv.h"

/* Work queues wait 5 ms after the first failure and twice as long after each further one, up to 1000 s. */
static int64_t requeue_ns(int failures)
{
	if (failures < 1) failures = 1;
	return failures > 18 ? 1000 * FORGE_S : 5 * FORGE_MS << (failures - 1);
}

static void add_field(cc_buf *b, const char *text)
{
	cc_buf_addz(b, text ? text : "-");
	cc_buf_add_char(b, '\n');
}

/* Every field that is part of the pod template; two templates with equal text are the same revision. */
static void template_text(cc_buf *b, const char *workload, const forge_template *t)
{
	add_field(b, workload);
	add_field(b, t->image);
	add_field(b, t->command);
	for (int i = 0; i < t->env_n; i++) {
		add_field(b, t->env[i].name);
		add_field(b, t->env[i].secret ? t->env[i].secret : t->env[i].value);
		add_field(b, t->env[i].secret_key);
	}
	cc_buf_addf(b, "%d %d %d %d %d %d %d %d %d\n", t->cpu_request_m, t->cpu_limit_m, t->mem_request_mi, t->mem_limit_mi, (int)t->probed,
		t->probe_port, t->probe_timeout_s, t->probe_period_s, t->probe_failures);
	add_field(b, t->probe_path);
	add_field(b, t->init ? t->init_name : NULL);
	add_field(b, t->init ? t->init_image : NULL);
	add_field(b, t->init ? t->init_command : NULL);
	add_field(b, t->node_selector_key);
	add_field(b, t->node_selector_value);
	add_field(b, !t->anti_affinity ? NULL : t->anti_affinity_release ? "apart from all" : "apart");
	add_field(b, t->priority_class);
	add_field(b, t->dns_policy);
	add_field(b, t->claim);
	add_field(b, t->config_map);
	add_field(b, t->restarted_at);
}

/* Kubernetes writes a 32-bit hash in decimal and maps the digits to letters that make no words. */
void kube_template_hash(const char *workload, const forge_template *t, char out[FORGE_HASH])
{
	static const char LETTER[] = "456789bcdf";
	cc_buf b = CC_BUF_INIT;
	template_text(&b, workload, t);
	uint64_t h = cc_str_hash(cc_buf_str(&b));
	cc_buf_deinit(&b);
	uint32_t v = (uint32_t)(h ^ h >> 32);
	if (v < 10000000) v += 400000000;
	char digits[FORGE_HASH];
	int n = 0;
	for (; v; v /= 10) digits[n++] = LETTER[v % 10];
	for (int i = 0; i < n; i++) out[i] = digits[n - 1 - i];
	out[n] = 0;
}

int kube_set_pods(const forge_sim *s, int set, bool active_only)
{
	int n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->rs != set || p->gone) continue;
		n += active_only ? kube_pod_active(p) : !kube_pod_finished(p);
	}
	return n;
}

int kube_set_ready(const forge_sim *s, int set)
{
	int n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		n += p->rs == set && p->ready && kube_pod_active(p);
	}
	return n;
}

static bool mesh_injects(const forge_sim *s, const char *ns)
{
	for (size_t i = 0; i < s->kube.namespaces.n; i++)
		if (kube_is(s->kube.namespaces.p[i].name, ns)) return kube_is(s->kube.namespaces.p[i].mesh_label, "enabled");
	return false;
}

int kube_pod_make(forge_sim *s, int64_t now, int workload, int set)
{
	int pod = kubelet_pod_create(s, now, workload, set);
	if (pod < 0 || (size_t)pod >= s->kube.pods.n) return -1;
	kube_pod *p = &s->kube.pods.p[pod];
	p->sidecar = kube_pod_template(s, p)->sidecar && mesh_injects(s, kube_pod_ns(s, p));
	p->usage_m = -1;
	return pod;
}

static forge_event_spec about(const forge_sim *s, int set, const char *reason)
{
	const kube_rs *r = &s->kube.sets.p[set];
	return (forge_event_spec){ .kind = "ReplicaSet", .ns = s->kube.workloads.p[r->workload].ns, .object = r->name, .object_uid = r->uid,
		.reason = reason, .component = "replicaset-controller", .host = "", .object_rv = r->rv };
}

static void touched(forge_sim *s, int64_t now, int set)
{
	s->kube.sets.p[set].status_at = now;
	s->kube.sets.p[set].rv = kube_touch(s);
}

static void sync(forge_sim *s, int64_t now, int set, int queued);

static void retried(forge_sim *s, int64_t now, int set, int unused)
{
	(void)unused;
	if (s->kube.sets.p[set].retry_at != now) return;
	s->kube.sets.p[set].retry_at = 0;
	sync(s, now, set, 0);
}

/* A delaying queue holds a set once, for its soonest time. */
static void retry(forge_sim *s, int64_t now, int set)
{
	kube_rs *r = &s->kube.sets.p[set];
	int64_t at = now + requeue_ns(++r->failures) + s->kube.api_delay_ns;
	if (r->retry_at > now && r->retry_at <= at) return;
	r->retry_at = at;
	forge_at(s, at, retried, set, 0);
}

/* A pod was refused: an event each time, the ReplicaFailure condition once, and a longer wait before the next attempt. */
static void refused(forge_sim *s, int64_t now, int set, const char *message)
{
	forge_event_spec e = about(s, set, "FailedCreate");
	e.warning = true;
	kube_event(s, now, &e, "Error creating: %s", message);
	kube_rs *r = &s->kube.sets.p[set];
	if (!r->quota_refused) {
		r->quota_refused = true;
		r->refused_at = now;
		r->refused_message = cc_str_from(message);
		touched(s, now, set);
		kube_workload_later(s, now, r->workload);
	}
	retry(s, now, set);
}

/* Creation is tried under a fresh name each time, as the API server generates it before the quota looks. */
static bool create(forge_sim *s, int64_t now, int set)
{
	static const char ALPHABET[] = "bcdfghjklmnpqrstvwxz2456789";
	const kube_rs *r = &s->kube.sets.p[set];
	if (kube_api_refuses(s)) {
		refused(s, now, set, "the server has received too many requests and has asked us to try again later (post pods)");
		return false;
	}
	const char *why = kube_quota_refusal(s, r->workload, &r->tmpl);
	if (why) {
		char tail[6] = "";
		for (int i = 0; i < 5; i++) tail[i] = ALPHABET[cc_rng_below(&s->uid_rng, sizeof ALPHABET - 1)];
		refused(s, now, set, forge_text(s, "pods \"%s-%s\" is forbidden: %s", r->name, tail, why));
		return false;
	}
	int pod = kube_pod_make(s, now, r->workload, set);
	if (pod < 0) return false;
	forge_event_spec e = about(s, set, "SuccessfulCreate");
	kube_event(s, now, &e, "Created pod: %s", s->kube.pods.p[pod].name);
	return true;
}

static int beside(const forge_sim *s, const kube_pod *p)
{
	int n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *q = &s->kube.pods.p[i];
		n += q->workload == p->workload && q->node == p->node && p->node >= 0 && kube_pod_active(q);
	}
	return n;
}

/* Which of two pods is the lesser loss: not scheduled, not running, not ready, doubled on its node, ready for a shorter time,
 * restarted more often, younger. */
static bool lesser(const forge_sim *s, const kube_pod *a, const kube_pod *b)
{
	if ((a->node < 0) != (b->node < 0)) return a->node < 0;
	if (kube_is(a->phase, "Pending") != kube_is(b->phase, "Pending")) return kube_is(a->phase, "Pending");
	if (a->ready != b->ready) return !a->ready;
	int near_a = beside(s, a), near_b = beside(s, b);
	if (near_a != near_b) return near_a > near_b;
	if (a->ready && a->ready_changed != b->ready_changed) return a->ready_changed > b->ready_changed;
	if (a->restarts != b->restarts) return a->restarts > b->restarts;
	return a->created > b->created;
}

static int victim(const forge_sim *s, int set)
{
	int best = -1;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->rs != set || !kube_pod_active(p)) continue;
		if (best < 0 || lesser(s, p, &s->kube.pods.p[best])) best = (int)i;
	}
	return best;
}

static void sync(forge_sim *s, int64_t now, int set, int queued)
{
	kube_rs *r = &s->kube.sets.p[set];
	if (queued) r->sync_due = false;
	if (s->kube.workloads.p[r->workload].deleted) return;
	int live = kube_set_pods(s, set, true), desired = r->desired;
	bool changed = false;
	for (; live < desired && s->code == CC_OK; live++, changed = true)
		if (!create(s, now, set)) break;
	for (; live > desired && s->code == CC_OK; live--, changed = true) {
		int pod = victim(s, set);
		if (pod < 0) break;
		forge_event_spec e = about(s, set, "SuccessfulDelete");
		kube_event(s, now, &e, "Deleted pod: %s", s->kube.pods.p[pod].name);
		kubelet_pod_delete(s, now, pod);
	}
	r = &s->kube.sets.p[set];
	if (live == desired) {
		changed |= r->quota_refused;
		r->quota_refused = false;
		r->failures = 0;
	}
	int ready = kube_set_ready(s, set);
	if (!changed && ready == r->seen_ready && live == r->seen_total) return;
	r->seen_ready = ready;
	r->seen_total = live;
	touched(s, now, set);
	kube_workload_later(s, now, r->workload);
}

void kube_set_later(forge_sim *s, int64_t now, int set, int64_t delay)
{
	kube_rs *r = &s->kube.sets.p[set];
	if (r->sync_due) return;
	r->sync_due = true;
	forge_at(s, now + delay, sync, set, 1);
}

static void scaled(forge_sim *s, int64_t now, int set, int from, int to)
{
	kube_rs *r = &s->kube.sets.p[set];
	forge_event_spec e = kube_about_workload(s, r->workload, "ScalingReplicaSet");
	kube_event(s, now, &e, "Scaled %s replica set %s from %d to %d", to > from ? "up" : "down", r->name, from, to);
	kube_set_later(s, now, set, kube_lag(s, 8 * FORGE_MS, 40 * FORGE_MS));
}

void kube_set_scale(forge_sim *s, int64_t now, int set, int replicas)
{
	kube_rs *r = &s->kube.sets.p[set];
	int from = r->desired;
	if (replicas < 0) replicas = 0;
	if (replicas == from) return;
	r->desired = replicas;
	r->generation++;
	r->failures = 0;
	r->rv = kube_touch(s);
	scaled(s, now, set, from, replicas);
}

int kube_set_create(forge_sim *s, int64_t now, int workload, int replicas)
{
	kube_workload *w = &s->kube.workloads.p[workload];
	kube_rs r = { .workload = workload, .tmpl = w->tmpl, .revision = ++w->revision, .created = now, .status_at = now, .generation = 1,
		.desired = replicas, .refused_message = CC_STR_EMPTY };
	kube_template_hash(w->name, &w->tmpl, r.hash);
	cc_buf name = CC_BUF_INIT;
	cc_buf_addf(&name, "%s-%s", w->name, r.hash);
	kube_copy(r.name, sizeof r.name, name.p ? name.p : w->name);
	cc_buf_deinit(&name);
	kube_uid(s, r.uid);
	r.rv = kube_touch(s);
	if (!cc_vec_push(&s->kube.sets, r)) {
		forge_fail(s, CC_ENOMEM);
		return -1;
	}
	int set = (int)s->kube.sets.n - 1;
	if (replicas > 0) scaled(s, now, set, 0, replicas);
	return set;
}
