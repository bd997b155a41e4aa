/* alerts_background.c - what fires in every cluster of this kind, and has for days: components nobody scrapes, a
 * certificate that runs out, a monitoring container with a small processor limit. */
#include "forge/alerts_priv.h"

#include <string.h>

static bool enabled(const forge_sim *s, const char *name)
{
	int n;
	const alert_rule *rules = alert_rules(&n);
	for (int i = 0; i < n; i++)
		if (rules[i].chance && s->alerts->enabled[i] && strcmp(rules[i].name, name) == 0) return true;
	return false;
}

void check_always(forge_sim *s, int64_t now, int rule)
{
	alert_seen(s, now, rule, 0, 0, alert_rule_at(rule)->limit);
}

static const struct { const char *job, *alert; } COMPONENTS[] = { { "kube-proxy", "KubeProxyDown" },
	{ "kube-etcd", "etcdInsufficientMembers" } };

const char *alert_component(int i)
{
	return COMPONENTS[i].job;
}

/* Targets are known and do not answer: then the component's own rule fires as well. */
void check_targets(forge_sim *s, int64_t now, int rule)
{
	for (int i = 0; i < (int)(sizeof COMPONENTS / sizeof COMPONENTS[0]); i++)
		if (enabled(s, COMPONENTS[i].alert)) alert_seen(s, now, rule, i, 0, 100.0);
}

/* Every alert of the severity info has one, unless something more severe fires in its namespace. */
void check_inhibitor(forge_sim *s, int64_t now, int rule)
{
	if (!enabled(s, "TargetDown")) alert_seen(s, now, rule, 0, 0, 1.0);
}

void check_metrics_server(forge_sim *s, int64_t now, int rule)
{
	forge_alerts *al = s->alerts;
	/* The window of five minutes moves by half a minute: a tenth of it is new. */
	al->throttled += (int)cc_rng_between(&s->observer_rng, -70, 70) + (1000 - al->throttled) / 16;
	al->periods += (int)cc_rng_between(&s->observer_rng, -9, 9) + (2960 - al->periods) / 8;
	alert_seen(s, now, rule, 0, 0, (double)al->throttled / (double)al->periods);
}

void check_certificate(forge_sim *s, int64_t now, int rule)
{
	double passed = (double)((now - s->alerts->since) / FORGE_MS) / 1000.0;
	double left = s->alerts->certificate_s - passed;
	if (left > 0.0) alert_seen(s, now, rule, 0, 0, left);
}

/* Nodes that are containers themselves have nobody who sets their clocks. */
void check_clocks(forge_sim *s, int64_t now, int rule)
{
	for (size_t i = 0; i < s->kube.nodes.n; i++) alert_seen(s, now, rule, (int)i, 0, 0.0);
}
