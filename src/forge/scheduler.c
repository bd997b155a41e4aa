/* scheduler.c - which node a pod gets: filters, scores, preemption, and the waiting of those that fit nowhere. */
#include <stdlib.h>
#include <string.h>

#include "forge/kube_priv.h"

#define FLUSH (300 * FORGE_S)      /* what nothing woke is tried again after this */

enum { REASONS = 16 };

/* What is taken of a node, and who of the pod's own kind is on it; apart: whom it must not meet; shunned: who must not meet it. */
typedef struct node_load { int cpu_m, mem_mi, alike, apart, shunned; } node_load;

typedef struct cause_of { const char *text; int nodes; } cause_of;
typedef struct reasons { cause_of list[REASONS]; int n; int helpless, fruitless; } reasons;

static const int SECOND = 1000000000;

static void why(reasons *r, const char *text)
{
	for (int i = 0; i < r->n; i++)
		if (kube_is(r->list[i].text, text)) {
			r->list[i].nodes++;
			return;
		}
	if (r->n < REASONS) r->list[r->n++] = (cause_of){ text, 1 };
}

static int cpu_of(const forge_sim *s, const kube_pod *p)
{
	const forge_template *t = kube_pod_template(s, p);
	return (t->cpu_request_m ? t->cpu_request_m : t->cpu_limit_m) + (kube_injected(p) ? KUBE_PROXY_CPU_M : 0);
}

static int mem_of(const forge_sim *s, const kube_pod *p)
{
	const forge_template *t = kube_pod_template(s, p);
	return (t->mem_request_mi ? t->mem_request_mi : t->mem_limit_mi) + (kube_injected(p) ? KUBE_PROXY_MEM_MI : 0);
}

static int node_count(const forge_sim *s)
{
	return s->kube.nodes.n < KUBE_NODES_MAX ? (int)s->kube.nodes.n : KUBE_NODES_MAX;
}

/* Does the anti-affinity of one pod exclude the other from its node? */
static bool excludes(const forge_sim *s, const kube_pod *a, const kube_pod *b)
{
	const forge_template *t = kube_pod_template(s, a);
	if (!t->anti_affinity) return false;
	if (t->anti_affinity_release) return b->service >= 0;
	return a->service >= 0 ? b->service == a->service : b->workload == a->workload;
}

/* Pods on the nodes, and those of at least this one's priority that have made room there and will come. */
static void loads(const forge_sim *s, int pod, node_load *load)
{
	const kube_pod *me = &s->kube.pods.p[pod];
	for (int n = 0; n < node_count(s); n++) {
		load[n] = (node_load){ 0 };
		kube_system_load(s, n, &load[n].cpu_m, &load[n].mem_mi);
	}
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if ((int)i == pod || p->gone || kube_pod_finished(p)) continue;
		bool coming = p->node < 0 && p->nominated && !p->deleted && p->priority >= me->priority;
		int n = p->node >= 0 ? p->node : coming ? p->nominated - 1 : -1;
		if (n < 0 || n >= node_count(s)) continue;
		load[n].cpu_m += cpu_of(s, p);
		load[n].mem_mi += mem_of(s, p);
		load[n].alike += p->workload == me->workload && p->node >= 0;
		load[n].apart += excludes(s, me, p);
		load[n].shunned += excludes(s, p, me);
	}
}

static bool matches(const kube_node *n, const char *key, const char *value)
{
	if (!key) return true;
	if (kube_is(key, "kubernetes.io/hostname")) return kube_is(n->name, value);
	if (kube_is(key, "kubernetes.io/arch") || kube_is(key, "beta.kubernetes.io/arch")) return kube_is(n->arch, value);
	if (kube_is(key, "kubernetes.io/os") || kube_is(key, "beta.kubernetes.io/os")) return kube_is(value, "linux");
	if (kube_is(key, "topology.kubernetes.io/zone")) return kube_is(n->zone, value);
	if (kube_is(key, "node-role.kubernetes.io/control-plane")) return n->control_plane && kube_is(value, "");
	return false;
}

/* The filters in their order; the first that fails speaks for the node, except that resources name all that lack. */
static bool fits(const forge_sim *s, const kube_pod *p, int node, const node_load *load, reasons *r)
{
	const kube_node *n = &s->kube.nodes.p[node];
	const forge_template *t = kube_pod_template(s, p);
	const char *text = NULL;
	if (n->unschedulable && !p->pinned) text = "node(s) were unschedulable";
	else if (n->control_plane) text = "node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }";
	else if (n->memory_pressure && !p->pinned) text = "node(s) had untolerated taint {node.kubernetes.io/memory-pressure: }";
	else if (!matches(n, t->node_selector_key, t->node_selector_value) || (p->pinned && p->pinned != node + 1))
		text = "node(s) didn't match Pod's node affinity/selector";
	if (text) {
		why(r, text);
		r->helpless++;
		return false;
	}
	bool cpu = load->cpu_m + cpu_of(s, p) > n->cpu_m, mem = load->mem_mi + mem_of(s, p) > n->mem_mi - KUBE_EVICTION_MI;
	if (cpu) why(r, "Insufficient cpu");
	if (mem) why(r, "Insufficient memory");
	if (!cpu && !mem && load->apart > 0) text = "node(s) didn't match pod anti-affinity rules";
	else if (!cpu && !mem && load->shunned > 0) text = "node(s) didn't satisfy existing pods anti-affinity rules";
	if (text) why(r, text);
	if (cpu || mem || text) r->fruitless++;
	return !cpu && !mem && !text;
}

/* The claim decides before any node is looked at. */
static const char *claim_missing(forge_sim *s, const kube_pod *p)
{
	const char *claim = kube_pod_template(s, p)->claim;
	if (!claim) return NULL;
	for (size_t i = 0; i < s->kube.claims.n; i++)
		if (kube_is(s->kube.claims.p[i].name, claim))
			return s->kube.claims.p[i].bound ? NULL : "pod has unbound immediate PersistentVolumeClaims";
	return forge_text(s, "persistentvolumeclaim \"%s\" not found", claim);
}

/* The least loaded node: of what is asked for, of pods of the same owner, of both resources in equal parts. */
static int score(const forge_sim *s, const kube_pod *p, int node, const node_load *load)
{
	const kube_node *n = &s->kube.nodes.p[node];
	int cpu = (load->cpu_m + cpu_of(s, p)) * 100 / (n->cpu_m > 0 ? n->cpu_m : 1);
	int mem = (load->mem_mi + mem_of(s, p)) * 100 / (n->mem_mi > 0 ? n->mem_mi : 1);
	return 200 - cpu - mem - 60 * load->alike;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(((const cause_of *)a)->text, ((const cause_of *)b)->text);
}

/* The texts are sorted with their counts in front, as the scheduler sorts them. */
static void add_reasons(cc_buf *b, const reasons *r)
{
	char line[REASONS][128];
	cause_of order[REASONS] = { { .text = NULL } };
	for (int i = 0; i < r->n; i++) {
		cc_buf one = CC_BUF_INIT;
		cc_buf_addf(&one, "%d %s", r->list[i].nodes, r->list[i].text);
		kube_copy(line[i], sizeof line[i], one.p ? one.p : r->list[i].text);
		order[i].text = line[i];
		cc_buf_deinit(&one);
	}
	qsort(order, (size_t)r->n, sizeof order[0], by_text);
	for (int i = 0; i < r->n; i++) cc_buf_addf(b, "%s%s", i ? ", " : "", order[i].text);
}

static void add_message(cc_buf *b, const forge_sim *s, const reasons *r, const char *claim, bool preempted)
{
	int nodes = node_count(s);
	cc_buf_addf(b, "0/%d nodes are available: ", nodes);
	if (claim) cc_buf_addz(b, claim);
	else add_reasons(b, r);
	cc_buf_add_char(b, '.');
	if (preempted) return;
	reasons p = { .n = 0 };
	if (claim) p.list[p.n++] = (cause_of){ "Preemption is not helpful for scheduling", nodes };
	else {
		if (r->fruitless) p.list[p.n++] = (cause_of){ "No preemption victims found for incoming pod", r->fruitless };
		if (r->helpless) p.list[p.n++] = (cause_of){ "Preemption is not helpful for scheduling", r->helpless };
	}
	cc_buf_addf(b, " preemption: 0/%d nodes are available: ", nodes);
	add_reasons(b, &p);
	cc_buf_add_char(b, '.');
}

static forge_event_spec about(const forge_sim *s, const kube_pod *p, const char *reason, const char *action, bool warning)
{
	return (forge_event_spec){ .kind = "Pod", .ns = kube_pod_ns(s, p), .object = p->name, .object_uid = p->uid, .reason = reason,
		.component = "default-scheduler", .host = "", .action = action, .warning = warning, .series = true, .object_rv = p->rv };
}

static void take(const forge_sim *s, const kube_pod *me, node_load *load, const kube_pod *p, int sign)
{
	load->cpu_m += sign * cpu_of(s, p);
	load->mem_mi += sign * mem_of(s, p);
	load->apart += sign * excludes(s, me, p);
	load->shunned += sign * excludes(s, p, me);
}

/* The more important pod is spared first: higher priority, then the one that has been there longer. */
static bool spared_before(const kube_pod *a, const kube_pod *b)
{
	return a->priority != b->priority ? a->priority > b->priority : a->scheduled < b->scheduled;
}

/* As the scheduler does it: all lower pods of the node away, then back again one by one while the new one still fits. Who does
 * not come back is a victim. Returns their number; 0 when even without all of them there is no room. */
static int victims(const forge_sim *s, int pod, int node, node_load load, int *list, int room)
{
	const kube_pod *me = &s->kube.pods.p[pod];
	int lower = 0, n = 0;
	reasons r = { .n = 0 };
	for (size_t i = 0; i < s->kube.pods.n && lower < room; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->node != node || p->priority >= me->priority || !kube_pod_active(p)) continue;
		int at = lower++;
		for (; at > 0 && spared_before(p, &s->kube.pods.p[list[at - 1]]); at--) list[at] = list[at - 1];
		list[at] = (int)i;
		take(s, me, &load, p, -1);
	}
	if (lower == 0 || !fits(s, me, node, &load, &r)) return 0;
	for (int i = 0; i < lower; i++) {
		const kube_pod *p = &s->kube.pods.p[list[i]];
		take(s, me, &load, p, 1);
		if (fits(s, me, node, &load, &r)) continue;
		take(s, me, &load, p, -1);
		list[n++] = list[i];
	}
	return n;
}

/* A pod that is being stopped on the node this one has already made room on. */
static bool waits_for_room(const forge_sim *s, const kube_pod *p)
{
	for (size_t i = 0; p->nominated && i < s->kube.pods.n; i++) {
		const kube_pod *q = &s->kube.pods.p[i];
		if (q->node == p->nominated - 1 && q->deleted && !q->gone && q->priority < p->priority) return true;
	}
	return false;
}

/* The node whose victims matter least: the highest priority among them is lowest, then they are fewest. */
static bool preempt(forge_sim *s, int64_t now, int pod, const node_load *load)
{
	enum { ROOM = 64 };
	int best[ROOM], list[ROOM], least = 0, node = -1, worst = 0;
	for (int n = 0; n < node_count(s); n++) {
		int count = victims(s, pod, n, load[n], list, ROOM);
		if (count == 0) continue;
		int highest = s->kube.pods.p[list[0]].priority;
		if (node >= 0 && (highest > worst || (highest == worst && count >= least))) continue;
		memcpy(best, list, sizeof best[0] * (size_t)count);
		least = count;
		worst = highest;
		node = n;
	}
	if (node < 0) return false;
	s->kube.pods.p[pod].nominated = node + 1;
	for (int i = 0; i < least; i++) {
		forge_event_spec e = about(s, &s->kube.pods.p[best[i]], "Preempted", "Preempting", false);
		kube_event(s, now, &e, "Preempted by pod %s on node %s", s->kube.pods.p[pod].uid, s->kube.nodes.p[node].name);
		kubelet_pod_delete(s, now, best[i]);
	}
	return true;
}

static void attempt(forge_sim *s, int64_t now, int pod, int unused);

static int64_t backoff_ns(int tries)
{
	return tries > 4 ? 10 * FORGE_S : (int64_t)SECOND << (tries > 0 ? tries - 1 : 0);
}

static void retry_at(forge_sim *s, int64_t at, int pod)
{
	kube_pod *p = &s->kube.pods.p[pod];
	if (p->try_due) return;
	p->try_due = true;
	forge_at(s, at, attempt, pod, 1);
}

static bool pending(const kube_pod *p)
{
	return p->node < 0 && !p->deleted && !p->gone && !kube_pod_finished(p);
}

/* The leftover queue: ticket is the number of tries it was started with, so that only the newest timer counts. */
static void flush(forge_sim *s, int64_t now, int pod, int ticket)
{
	const kube_pod *p = &s->kube.pods.p[pod];
	if (pending(p) && p->tries == ticket) retry_at(s, now, pod);
}

static void unschedulable(forge_sim *s, int64_t now, int pod, const reasons *r, const char *claim, const node_load *load)
{
	bool waits = !claim && waits_for_room(s, &s->kube.pods.p[pod]), preempted = !claim && !waits && preempt(s, now, pod, load);
	kube_pod *p = &s->kube.pods.p[pod];
	cc_buf b = CC_BUF_INIT;
	add_message(&b, s, r, claim, preempted || waits);
	if (waits) cc_buf_addz(&b, " preemption: not eligible due to a terminating pod on the nominated node.");
	if (!cc_buf_ok(&b)) forge_fail(s, CC_ENOMEM);
	p->tries++;
	p->tried_at = now;
	forge_event_spec e = about(s, p, "FailedScheduling", "Scheduling", true);
	kube_event(s, now, &e, "%s", b.p ? b.p : "");
	p = &s->kube.pods.p[pod];
	if (!p->unscheduled || !cc_str_eqz(cc_buf_str(&b), p->unscheduled)) {
		cc_str text = forge_str(s, &b);
		p->unscheduled = text.n ? text.p : "no nodes available to schedule pods";
		p->status_at = now;
		p->rv = kube_touch(s);
	}
	cc_buf_deinit(&b);
	forge_at(s, now + FLUSH + cc_rng_between(&s->kube_rng, 0, 30 * FORGE_S), flush, pod, p->tries);
}

static void bind(forge_sim *s, int64_t now, int pod, int node)
{
	kube_pod *p = &s->kube.pods.p[pod];
	forge_event_spec e = about(s, p, "Scheduled", "Binding", false);
	kube_event(s, now, &e, "Successfully assigned %s/%s to %s", kube_pod_ns(s, p), p->name, s->kube.nodes.p[node].name);
	p = &s->kube.pods.p[pod];
	p->node = node;
	p->scheduled = now;
	p->unscheduled = NULL;
	p->nominated = 0;
	p->status_at = now;
	p->rv = kube_touch(s);
	kubelet_pod_bound(s, now, pod);
}

static void attempt(forge_sim *s, int64_t now, int pod, int unused)
{
	(void)unused;
	s->kube.pods.p[pod].try_due = false;
	const kube_pod *p = &s->kube.pods.p[pod];
	if (!pending(p)) return;
	node_load load[KUBE_NODES_MAX];
	reasons r = { .n = 0 };
	const char *claim = claim_missing(s, p);
	int best = -1, most = 0;
	loads(s, pod, load);
	for (int n = 0; n < node_count(s) && !claim; n++) {
		if (!fits(s, p, n, &load[n], &r)) continue;
		int points = score(s, p, n, &load[n]);
		if (best >= 0 && points <= most) continue;
		best = n;
		most = points;
	}
	if (best >= 0) bind(s, now, pod, best);
	else unschedulable(s, now, pod, &r, claim, load);
}

void scheduler_add(forge_sim *s, int64_t now, int pod)
{
	retry_at(s, now + kube_lag(s, 4 * FORGE_MS, 25 * FORGE_MS), pod);
}

/* Nodes, pods or claims changed: what waits is tried again, but not before its back-off (1 s, doubling, 10 s) has passed. */
void scheduler_wake(forge_sim *s, int64_t now)
{
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (!pending(p) || p->tries == 0 || p->try_due) continue;
		int64_t at = p->tried_at + backoff_ns(p->tries);
		retry_at(s, (at > now ? at : now) + kube_lag(s, 2 * FORGE_MS, 20 * FORGE_MS), (int)i);
	}
}
