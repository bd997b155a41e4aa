/* alerts_kube.c - the rules of kube-prometheus-stack that this cluster can break. */
#include "forge/alerts_priv.h"

#include <string.h>

static const mgroup *group(const forge_sim *s, mgroup_kind kind, size_t owner)
{
	return mstore_find(s->metrics, kind, (int)owner);
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
	double v;
	for (size_t i = 0; i < s->kube.workloads.n; i++)
		if (mq_last(group(s, MG_WORKLOAD, i), W_STUCK, now, &v) && v > 0.0)
			alert_seen(s, now, rule, (int)i, 0, v);
}

/* spec > available, and no update made progress for ten minutes. */
void check_replicas(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.workloads.n; i++) {
		const mgroup *g = group(s, MG_WORKLOAD, i);
		double want, have;
		if ((int)s->kube.workloads.p[i].kind != alert_rule_at(rule)->arg) continue;
		if (!mq_last(g, W_SPEC, now, &want) || !mq_last(g, W_AVAILABLE, now, &have)) continue;
		if (want > have && !mq_changed(g, W_UPDATED, now, 600 * FORGE_S))
			alert_seen(s, now, rule, (int)i, 0, want);
	}
}

void check_job_failed(forge_sim *s, int64_t now, int rule)
{
	double v;
	for (size_t i = 0; i < s->kube.workloads.n; i++)
		if (mq_last(group(s, MG_WORKLOAD, i), W_FAILED, now, &v) && v > 0.0)
			alert_seen(s, now, rule, (int)i, 0, v);
}

void check_hpa_maxed(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.hpas.n; i++) {
		double current, most;
		const mgroup *g = group(s, MG_HPA, i);
		if (mq_last(g, H_CURRENT, now, &current) && mq_last(g, H_MAX, now, &most) && current >= most &&
			current <= most)
			alert_seen(s, now, rule, (int)i, 0, current);
	}
}

void check_hpa_mismatch(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.hpas.n; i++) {
		double current, desired, least, most;
		const mgroup *g = group(s, MG_HPA, i);
		if (!mq_last(g, H_CURRENT, now, &current) || !mq_last(g, H_DESIRED, now, &desired)) continue;
		if (!mq_last(g, H_MIN, now, &least) || !mq_last(g, H_MAX, now, &most)) continue;
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
			if (!mq_last(g, column, now, &used) || !mq_last(g, column + 1, now, &hard) || !(hard > 0.0))
				continue;
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
		if (mq_last(g, P_HEALTHY, now, &healthy) && mq_last(g, P_DESIRED, now, &desired) && desired > healthy)
			alert_seen(s, now, rule, (int)i, 0, desired - healthy);
	}
}

void check_throttling(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.pods.n; i++) {
		double hit, all;
		const mgroup *g = group(s, MG_CADVISOR, i);
		if (!mq_increase(g, C_THROTTLED, now, 300 * FORGE_S, &hit) ||
			!mq_increase(g, C_PERIODS, now, 300 * FORGE_S, &all))
			continue;
		if (all > 0.0 && hit / all > alert_rule_at(rule)->limit) alert_seen(s, now, rule, (int)i, 0, hit / all);
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
		if (mq_last(g, N_LOAD, now, &load) && mq_last(g, N_CORES, now, &cores) &&
			load / cores > alert_rule_at(rule)->limit)
			alert_seen(s, now, rule, (int)i, 0, load / cores);
	}
}

void check_node_memory(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.nodes.n; i++) {
		double used, all;
		const mgroup *g = group(s, MG_NODE, i);
		if (!mq_last(g, N_MEM_USED, now, &used) || !mq_last(g, N_MEM, now, &all)) continue;
		double percent = used / all * 100.0;
		if (percent > alert_rule_at(rule)->limit) alert_seen(s, now, rule, (int)i, 0, percent);
	}
}

void check_node_pressure(forge_sim *s, int64_t now, int rule)
{
	double v;
	for (size_t i = 0; i < s->kube.nodes.n; i++)
		if (mq_last(group(s, MG_NODE, i), N_PRESSURE, now, &v) && v > 0.0)
			alert_seen(s, now, rule, (int)i, 0, v);
}

/* Part of the requests of the window that were too slow. */
static double burnt(const mgroup *g, int64_t now, int64_t window)
{
	double all, slow;
	if (!mq_increase(g, API_TOTAL, now, window, &all) || !mq_increase(g, API_SLOW, now, window, &slow) ||
		!(all > 0.0))
		return 0.0;
	return slow / all;
}

/* limit times the budget of one per cent, over an hour and over five minutes. */
void check_api_burn(forge_sim *s, int64_t now, int rule)
{
	const mgroup *g = group(s, MG_API, 0);
	double over_long = burnt(g, now, 3600 * FORGE_S), over_short = burnt(g, now, 300 * FORGE_S),
	       limit = alert_rule_at(rule)->limit * 0.01;
	if (over_long > limit && over_short > limit) alert_seen(s, now, rule, 0, 0, over_long);
}

void check_api_terminated(forge_sim *s, int64_t now, int rule)
{
	const mgroup *g = group(s, MG_API, 0);
	double all, cut;
	if (!mq_increase(g, API_TOTAL, now, 600 * FORGE_S, &all) ||
		!mq_increase(g, API_CUT, now, 600 * FORGE_S, &cut) || !(all > 0.0))
		return;
	if (cut / all > alert_rule_at(rule)->limit) alert_seen(s, now, rule, 0, 0, cut / all);
}
