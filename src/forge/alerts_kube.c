/* alerts_kube.c - the rules of kube-prometheus-stack that this cluster can break. */
#include "forge/alerts_priv.h"

#include <string.h>

static const mgroup *group(const forge_sim *s, mgroup_kind kind, size_t owner)
{
	return mstore_find(s->metrics, kind, (int)owner);
}

/* Both columns have a value. */
static bool both(const mgroup *g, int64_t now, int a, double *x, int b, double *y)
{
	return mq_last(g, a, now, x) && mq_last(g, b, now, y);
}

/* What of a counter's increase in that window another counter saw, too; 0: nothing was counted. */
static double share(const mgroup *g, int64_t now, int64_t window, int part, int whole)
{
	double some, all;
	if (!mq_increase(g, whole, now, window, &all) || !mq_increase(g, part, now, window, &some) || !(all > 0.0))
		return 0.0;
	return some / all;
}

/* Every one of n objects whose column is above zero. */
static void check_set(forge_sim *s, int64_t now, int rule, mgroup_kind kind, size_t n, int column)
{
	double v;
	for (size_t i = 0; i < n; i++)
		if (mq_last(group(s, kind, i), column, now, &v) && v > 0.0) alert_seen(s, now, rule, (int)i, 0, v);
}

void check_crash_looping(forge_sim *s, int64_t now, int rule)
{
	double v;
	for (size_t i = 0; i < s->kube.pods.n; i++)
		if (mq_max(group(s, MG_KSM, i), K_BACKOFF, now, 300 * FORGE_S, &v) && v >= 1.0)
			alert_seen(s, now, rule, (int)i, K_BACKOFF, v);
}

/* Pods that are owned by a Job are left out: they end by themselves. */
void check_not_ready(forge_sim *s, int64_t now, int rule)
{
	static const int PHASES[] = { K_PENDING, K_UNKNOWN, K_FAILED };
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		double most = 0.0, v;
		int w = s->kube.pods.p[i].workload;
		if (w >= 0 && s->kube.workloads.p[w].kind == WL_JOB) continue;
		for (size_t k = 0; k < sizeof PHASES / sizeof PHASES[0]; k++)
			if (mq_last(group(s, MG_KSM, i), PHASES[k], now, &v) && v > most) most = v;
		if (most > 0.0) alert_seen(s, now, rule, (int)i, 0, most);
	}
}

void check_waiting(forge_sim *s, int64_t now, int rule)
{
	double v;
	for (size_t i = 0; i < s->kube.pods.n; i++)
		for (int column = K_WAITING + 1; column < K_WAITING + K_WAITING_N; column++)
			if (mq_last(group(s, MG_KSM, i), column, now, &v) && v > 0.0)
				alert_seen(s, now, rule, (int)i, column, v);
}

void check_rollout_stuck(forge_sim *s, int64_t now, int rule)
{
	check_set(s, now, rule, MG_WORKLOAD, s->kube.workloads.n, W_STUCK);
}

/* spec > available, and no update made progress for ten minutes. */
void check_replicas(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.workloads.n; i++) {
		const mgroup *g = group(s, MG_WORKLOAD, i);
		double want, have;
		if ((int)s->kube.workloads.p[i].kind != alert_rule_at(rule)->arg) continue;
		if (!both(g, now, W_SPEC, &want, W_AVAILABLE, &have)) continue;
		if (want > have && !mq_changed(g, W_UPDATED, now, 600 * FORGE_S))
			alert_seen(s, now, rule, (int)i, 0, want);
	}
}

void check_job_failed(forge_sim *s, int64_t now, int rule)
{
	check_set(s, now, rule, MG_WORKLOAD, s->kube.workloads.n, W_FAILED);
}

void check_hpa_maxed(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.hpas.n; i++) {
		double current, most;
		const mgroup *g = group(s, MG_HPA, i);
		if (both(g, now, H_CURRENT, &current, H_MAX, &most) && current >= most && current <= most)
			alert_seen(s, now, rule, (int)i, 0, current);
	}
}

void check_hpa_mismatch(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.hpas.n; i++) {
		double current, desired, least, most;
		const mgroup *g = group(s, MG_HPA, i);
		if (!both(g, now, H_CURRENT, &current, H_DESIRED, &desired)) continue;
		if (!both(g, now, H_MIN, &least, H_MAX, &most)) continue;
		bool differs = current < desired || current > desired;
		if (differs && current > least && current < most && !mq_changed(g, H_CURRENT, now, 900 * FORGE_S))
			alert_seen(s, now, rule, (int)i, 0, desired);
	}
}

/* arg 0: above nine tenths and not full, 1: full, 2: above. */
void check_quota(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.quotas.n; i++)
		for (int column = Q_PODS_USED; column < Q_COLUMNS; column += 2) {
			double used, hard;
			const mgroup *g = group(s, MG_QUOTA, i);
			if (!both(g, now, column, &used, column + 1, &hard) || !(hard > 0.0)) continue;
			double part = used / hard;
			int state = part > 1.0 ? 2 : part >= 1.0 ? 1 : part > 0.9 ? 0 : -1;
			if (state == alert_rule_at(rule)->arg) alert_seen(s, now, rule, (int)i, column, part);
		}
}

void check_budget(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.pdbs.n; i++) {
		double healthy, desired;
		const mgroup *g = group(s, MG_PDB, i);
		if (both(g, now, P_HEALTHY, &healthy, P_DESIRED, &desired) && desired > healthy)
			alert_seen(s, now, rule, (int)i, 0, desired - healthy);
	}
}

void check_throttling(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		double hit = share(group(s, MG_CADVISOR, i), now, 300 * FORGE_S, C_THROTTLED, C_PERIODS);
		if (hit > alert_rule_at(rule)->limit) alert_seen(s, now, rule, (int)i, 0, hit);
	}
}

void check_node_cpu(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.nodes.n; i++) {
		double used, cores;
		const mgroup *g = group(s, MG_NODE, i);
		if (!mq_increase(g, N_CPU, now, 120 * FORGE_S, &used) || !mq_last(g, N_CORES, now, &cores)) continue;
		double percent = used / 120.0 / cores * 100.0;
		if (percent > alert_rule_at(rule)->limit) alert_seen(s, now, rule, (int)i, 0, percent);
	}
}

void check_node_load(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.nodes.n; i++) {
		double load, cores;
		const mgroup *g = group(s, MG_NODE, i);
		if (both(g, now, N_LOAD, &load, N_CORES, &cores) && load / cores > alert_rule_at(rule)->limit)
			alert_seen(s, now, rule, (int)i, 0, load / cores);
	}
}

void check_node_memory(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.nodes.n; i++) {
		double used, all;
		const mgroup *g = group(s, MG_NODE, i);
		if (!both(g, now, N_MEM_USED, &used, N_MEM, &all)) continue;
		double percent = used / all * 100.0;
		if (percent > alert_rule_at(rule)->limit) alert_seen(s, now, rule, (int)i, 0, percent);
	}
}

void check_node_pressure(forge_sim *s, int64_t now, int rule)
{
	check_set(s, now, rule, MG_NODE, s->kube.nodes.n, N_PRESSURE);
}

/* Requests that were too slow: limit times the budget of one per cent, over an hour and over five minutes. */
void check_api_burn(forge_sim *s, int64_t now, int rule)
{
	const mgroup *g = group(s, MG_API, 0);
	double over_long = share(g, now, 3600 * FORGE_S, API_SLOW, API_TOTAL);
	double over_short = share(g, now, 300 * FORGE_S, API_SLOW, API_TOTAL);
	double limit = alert_rule_at(rule)->limit * 0.01;
	if (over_long > limit && over_short > limit) alert_seen(s, now, rule, 0, 0, over_long);
}

void check_api_terminated(forge_sim *s, int64_t now, int rule)
{
	double cut = share(group(s, MG_API, 0), now, 600 * FORGE_S, API_CUT, API_TOTAL);
	if (cut > alert_rule_at(rule)->limit) alert_seen(s, now, rule, 0, 0, cut);
}
