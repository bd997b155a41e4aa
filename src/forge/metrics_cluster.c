/* metrics_cluster.c - what rules ask about things that are no pods: workloads, autoscalers, quotas, nodes, the API
 * server. These samples are in no file, because the export holds pods and services only. */
#include "forge/metrics_priv.h"

#include <string.h>

static int updated_pods(const forge_sim *s, int workload)
{
	int n = 0;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->workload != workload || p->gone || p->deleted || strcmp(p->phase, "Failed") == 0) continue;
		n += p->rs < 0 || s->kube.sets.p[p->rs].revision == s->kube.workloads.p[workload].revision;
	}
	return n;
}

static void scrape_workload(forge_sim *s, int64_t now, int workload)
{
	const kube_workload *w = &s->kube.workloads.p[workload];
	if (w->deleted) {
		mstore_close(s, MG_WORKLOAD, workload, now);
		return;
	}
	if (!w->created || w->created > now) return;
	double *row = mstore_row(s, MG_WORKLOAD, workload, now, W_COLUMNS);
	if (!row) return;
	if (w->kind == WL_JOB) {
		row[W_FAILED] = w->failed ? 1.0 : 0.0;
		return;
	}
	row[W_SPEC] = (double)w->replicas;
	row[W_AVAILABLE] = (double)kube_ready_count(s, workload);
	row[W_UPDATED] = (double)updated_pods(s, workload);
	row[W_STUCK] = w->kind == WL_DEPLOYMENT && w->observed && !w->progressing && w->progress_reason ? 1.0 : 0.0;
}

static void scrape_hpa(forge_sim *s, int64_t now, int i)
{
	const kube_hpa *h = &s->kube.hpas.p[i];
	if (!h->created || h->created > now) return;
	double *row = mstore_row(s, MG_HPA, i, now, H_COLUMNS);
	if (!row) return;
	row[H_CURRENT] = (double)h->current;
	row[H_DESIRED] = (double)h->desired;
	row[H_MIN] = (double)h->min;
	row[H_MAX] = (double)h->max;
}

static void scrape_quota(forge_sim *s, int64_t now, int i)
{
	const kube_quota *q = &s->kube.quotas.p[i];
	if (q->deleted) {
		mstore_close(s, MG_QUOTA, i, now);
		return;
	}
	double *row = mstore_row(s, MG_QUOTA, i, now, Q_COLUMNS);
	if (!row) return;
	kube_usage used = kube_quota_used(s);
	const struct {
		int column, used, hard;
	} PARTS[] = { { Q_PODS_USED, used.pods, q->pods }, { Q_CPU_USED, used.cpu_m, q->cpu_m },
		{ Q_MEM_USED, used.mem_mi, q->mem_mi } };
	for (size_t k = 0; k < sizeof PARTS / sizeof PARTS[0]; k++)
		if (PARTS[k].hard) {
			row[PARTS[k].column] = (double)PARTS[k].used;
			row[PARTS[k].column + 1] = (double)PARTS[k].hard;
		}
}

static void scrape_pdb(forge_sim *s, int64_t now, int i)
{
	const kube_pdb *b = &s->kube.pdbs.p[i];
	if (!b->created || b->created > now) return;
	double *row = mstore_row(s, MG_PDB, i, now, P_COLUMNS);
	if (!row) return;
	row[P_HEALTHY] = (double)kube_ready_count(s, b->workload);
	row[P_DESIRED] = (double)b->min;
}

void metrics_scrape_cluster(forge_sim *s, int64_t now)
{
	for (size_t i = 0; i < s->kube.workloads.n; i++) scrape_workload(s, now, (int)i);
	for (size_t i = 0; i < s->kube.hpas.n; i++) scrape_hpa(s, now, (int)i);
	for (size_t i = 0; i < s->kube.quotas.n; i++) scrape_quota(s, now, (int)i);
	for (size_t i = 0; i < s->kube.pdbs.n; i++) scrape_pdb(s, now, (int)i);
}

/* Threads that want to run, in thousandths: on a node with processors to spare they are what runs. */
static int64_t runnable_m(const forge_sim *s, int node, int64_t now)
{
	const kube_node *n = &s->kube.nodes.p[node];
	int64_t sum = 0;
	if (n->cpu_used_m * 100 < n->cpu_m * 97) return n->cpu_used_m;
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->node != node || !p->started || p->gone) continue;
		int64_t want = p->stress_cpu_m +
			(p->service >= 0 ? s->app->services[p->service].greedy_cpu_m
					 : s->kube.workloads.p[p->workload].cpu_use_m);
		if (p->cpu_free_at > now) want += 1000 * (p->busy < 8 ? p->busy : 8);
		sum += p->tmpl->cpu_limit_m && want > p->tmpl->cpu_limit_m ? p->tmpl->cpu_limit_m : want;
	}
	return sum > n->cpu_used_m ? sum : n->cpu_used_m;
}

void metrics_scrape_node(forge_sim *s, int64_t now, int node)
{
	forge_metrics *m = s->metrics;
	while (m->nodes.n <= (size_t)node)
		if (!cc_vec_push(&m->nodes, (mnode){ 0 })) {
			forge_fail(s, CC_ENOMEM);
			return;
		}
	const kube_node *n = &s->kube.nodes.p[node];
	mnode *x = &m->nodes.p[node];
	double *row = mstore_row(s, MG_NODE, node, now, N_COLUMNS);
	if (!row) return;
	int64_t dt = x->at ? now - x->at : 0;
	/* A mean over a minute follows a step by 1 - 1/e in that time; dt / (dt + 60 s) is near enough to that. */
	double wanted = (double)runnable_m(s, node, now) / 1000.0, part = (double)dt / (double)(dt + 60 * FORGE_S);
	double step = (wanted - x->load) * part;
	x->load = x->at ? x->load + step : wanted;
	x->at = now;
	x->cpu_us += dt / 1000000 * n->cpu_used_m;
	row[N_CPU] = (double)x->cpu_us / 1e6;
	row[N_CORES] = (double)n->cpu_m / 1000.0;
	row[N_LOAD] = x->load;
	row[N_MEM_USED] = (double)n->mem_used_kib;
	row[N_MEM] = (double)n->mem_mi * 1024.0;
	row[N_PRESSURE] = n->memory_pressure ? 1.0 : 0.0;
}

/* Requests so far, those that took longer than the second that is promised, and those refused with 429. */
void metrics_scrape_api(forge_sim *s, int64_t now)
{
	forge_metrics *m = s->metrics;
	double *row = mstore_row(s, MG_API, 0, now, API_COLUMNS);
	if (!row) return;
	double seconds = m->api_at ? (double)(now - m->api_at) / 1e9 : 0.0, load = (double)s->kube.api_percent / 100.0;
	double asked = seconds * load * KUBE_API_CAPACITY;
	double cut = s->kube.api_limited && load > 1.0 ? asked * (load - 1.0) / load : 0.0;
	double delay = (double)s->kube.api_delay_ns / 1e9;
	double slow = delay > 1.0 ? 0.5 + delay / 16.0 : delay > 0.2 ? delay * 0.5 : 0.0;
	m->api_at = now;
	m->api_total += asked;
	m->api_cut += cut;
	m->api_slow += (asked - cut) * slow;
	row[API_TOTAL] = m->api_total;
	row[API_SLOW] = m->api_slow;
	row[API_CUT] = m->api_cut;
}
