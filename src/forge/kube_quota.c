/* kube_quota.c - ResourceQuota: what the namespace's pods use, and which pod does not fit any more. */
#include "forge/kube_priv.h"

static kube_usage of_template(const forge_template *t, bool sidecar)
{
	/* What has a limit but no request requests its limit: the API server fills it in. */
	int cpu = t->cpu_request_m ? t->cpu_request_m : t->cpu_limit_m;
	kube_usage u = { 1, cpu, t->mem_limit_mi };
	if (sidecar) {
		u.cpu_m += KUBE_PROXY_CPU_M;
		u.mem_mi += KUBE_PROXY_LIMIT_MI;
	}
	return u;
}

kube_usage kube_quota_used(const forge_sim *s)
{
	kube_usage sum = { 0 };
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->gone || kube_pod_finished(p) || !kube_is(kube_pod_ns(s, p), kube_app_ns(s))) continue;
		kube_usage u = of_template(kube_pod_template(s, p), kube_injected(p));
		sum.pods++;
		sum.cpu_m += u.cpu_m;
		sum.mem_mi += u.mem_mi;
	}
	return sum;
}

/* Quantities in their canonical form: the largest unit that needs no fraction. */
static void add_amount(cc_buf *b, bool *first, const char *resource, int value, char unit)
{
	cc_buf_addf(b, "%s%s=", *first ? "" : ",", resource);
	*first = false;
	if (unit == 'm' && value % 1000) cc_buf_addf(b, "%dm", value);
	else if (unit == 'm') cc_buf_addf(b, "%d", value / 1000);
	else if (unit == 'M' && value == 0) cc_buf_addz(b, "0");
	else if (unit == 'M' && value % 1024 == 0) cc_buf_addf(b, "%dGi", value / 1024);
	else if (unit == 'M') cc_buf_addf(b, "%dMi", value);
	else cc_buf_addf(b, "%d", value);
}

/* The resources that would be exceeded, in the order of their names. */
static void add_amounts(cc_buf *b, const kube_usage *over, const kube_usage *u)
{
	bool first = true;
	if (over->mem_mi) add_amount(b, &first, "limits.memory", u->mem_mi, 'M');
	if (over->pods) add_amount(b, &first, "pods", u->pods, 0);
	if (over->cpu_m) add_amount(b, &first, "requests.cpu", u->cpu_m, 'm');
}

static const char *text_of(forge_sim *s, cc_buf *b)
{
	cc_str t = forge_str(s, b);
	cc_buf_deinit(b);
	return t.n ? t.p : "exceeded quota";
}

const char *kube_quota_refusal(forge_sim *s, int workload, const forge_template *t)
{
	const kube_workload *w = &s->kube.workloads.p[workload];
	if (w->ns && !kube_is(w->ns, kube_app_ns(s))) return NULL;
	kube_usage used = kube_quota_used(s), want = of_template(t, t->sidecar && !kube_is_proxy(t));
	for (size_t i = 0; i < s->kube.quotas.n; i++) {
		const kube_quota *q = &s->kube.quotas.p[i];
		if (q->deleted) continue;
		const char *missing = q->mem_mi && !t->mem_limit_mi ? "limits.memory" : q->cpu_m && !want.cpu_m ? "requests.cpu" : NULL;
		if (missing) return forge_text(s, "failed quota: %s: must specify %s for: %s", q->name, missing, kube_container(s, w));
		kube_usage over = { q->pods && used.pods + 1 > q->pods, q->cpu_m && used.cpu_m + want.cpu_m > q->cpu_m,
			q->mem_mi && used.mem_mi + want.mem_mi > q->mem_mi };
		if (!over.pods && !over.cpu_m && !over.mem_mi) continue;
		cc_buf b = CC_BUF_INIT;
		kube_usage hard = { q->pods, q->cpu_m, q->mem_mi };
		cc_buf_addf(&b, "exceeded quota: %s, requested: ", q->name);
		add_amounts(&b, &over, &want);
		cc_buf_addz(&b, ", used: ");
		add_amounts(&b, &over, &used);
		cc_buf_addz(&b, ", limited: ");
		add_amounts(&b, &over, &hard);
		return text_of(s, &b);
	}
	return NULL;
}

void kube_add_quota(forge_sim *s, int64_t now, const char *name, int pods, int cpu_m, int mem_mi, const char *manager)
{
	kube_quota q = { .name = name, .pods = pods, .cpu_m = cpu_m, .mem_mi = mem_mi, .created = now, .rv = kube_touch(s) };
	kube_uid(s, q.uid);
	kube_edit_push(s, &q.edits, manager, forge_text(s, "{\"f:spec\":{\"f:hard\":{\".\":{}%s%s%s}}}", mem_mi ? ",\"f:limits.memory\":{}" : "",
		pods ? ",\"f:pods\":{}" : "", cpu_m ? ",\"f:requests.cpu\":{}" : ""), now);
	if (!cc_vec_push(&s->kube.quotas, q)) {
		cc_vec_deinit(&q.edits);
		forge_fail(s, CC_ENOMEM);
	}
}

void kube_quota_remove(forge_sim *s, int64_t now, int quota)
{
	if (quota < 0 || (size_t)quota >= s->kube.quotas.n) return;
	s->kube.quotas.p[quota].deleted = true;
	s->kube.quotas.p[quota].rv = kube_touch(s);
	(void)now;
}
