/* alerts.c - the rule evaluator: groups of rules at their own phase, alerts that are pending until their condition has
 * held for the rule's `for`, then fire, and are forgotten at the first evaluation that no longer finds them. */
#include "forge/alerts_priv.h"

#include "coldcase/xalloc.h"

static int64_t interval_of(alert_group group)
{
	return group == GROUP_APP ? 60 * FORGE_S : 30 * FORGE_S;
}

const alert_rule *alert_rule_at(int rule)
{
	int n;
	return &alert_rules(&n)[rule];
}

static alert_state *find(forge_sim *s, int rule, int a, int b)
{
	forge_alerts *al = s->alerts;
	for (size_t i = 0; i < al->states.n; i++) {
		alert_state *x = &al->states.p[i];
		if (x->rule == rule && x->a == a && x->b == b) return x;
	}
	alert_state fresh = { .rule = rule, .a = a, .b = b };
	fresh.fired.name = alert_rule_at(rule)->name;
	fresh.fired.background = alert_rule_at(rule)->chance > 0;
	if (!alert_label_all(s, &fresh) || !cc_vec_push(&al->states, fresh)) {
		forge_fail(s, CC_ENOMEM);
		return NULL;
	}
	return &al->states.p[al->states.n - 1];
}

/* The first evaluation of what has always held lies days back. */
static int64_t begins(const forge_sim *s, int64_t now, int rule)
{
	const alert_rule *r = alert_rule_at(rule);
	int64_t first = s->alerts->since + s->alerts->began[rule];
	return r->chance && first < now ? first : now;
}

void alert_seen(forge_sim *s, int64_t now, int rule, int a, int b, double value)
{
	const alert_rule *r = alert_rule_at(rule);
	alert_state *x = find(s, rule, a, b);
	if (!x) return;
	if (!x->active) {
		x->active = true;
		x->firing_at = 0;
		x->active_at = begins(s, now, rule);
		if (!x->fired.active_at || !x->fired.fired_at) x->fired.active_at = x->active_at;
	}
	x->seen_at = now;
	x->fired.value = value;
	if (x->firing_at || now - x->active_at < r->for_s * FORGE_S) return;
	x->firing_at = now;
	if (!x->fired.fired_at) x->fired.fired_at = now;
}

static void evaluate(forge_sim *s, int64_t now, int group, int unused)
{
	int n;
	const alert_rule *rules = alert_rules(&n);
	(void)unused;
	for (int i = 0; i < n; i++)
		if ((int)rules[i].group == group && s->alerts->enabled[i]) rules[i].check(s, now, i);
	for (size_t i = 0; i < s->alerts->states.n; i++) {
		alert_state *x = &s->alerts->states.p[i];
		if ((int)rules[x->rule].group == group && x->seen_at != now) x->active = false;
	}
	forge_at(s, now + interval_of((alert_group)group), evaluate, group, 0);
}

static const char *suffix(forge_sim *s, int n)
{
	static const char LETTERS[] = "bcdfghjklmnpqrstvwxz2456789";
	char text[12] = "";
	for (int i = 0; i < n && i < 11; i++) text[i] = LETTERS[cc_rng_below(&s->observer_rng, sizeof LETTERS - 1)];
	return forge_text(s, "%s", text);
}

/* A rule of the cluster is on or off for the whole run; those with the same chance that stand together share their
 * fate, as the two components of a control plane that nobody scrapes do. */
static void choose(forge_sim *s)
{
	int n, drawn = 0;
	const alert_rule *rules = alert_rules(&n);
	int mine = s->opt->variant & CC_FORGE_OLD_RULES ? RULES_OLD : RULES_NEW;
	for (int i = 0; i < n; i++) {
		if (rules[i].chance && (i == 0 || rules[i].chance != rules[i - 1].chance))
			drawn = (int)cc_rng_below(&s->observer_rng, 100);
		s->alerts->enabled[i] = (rules[i].revision & mine) && (!rules[i].chance || drawn < rules[i].chance);
	}
}

cc_code alerts_init(forge_sim *s)
{
	int n;
	forge_alerts *al = cc_calloc(1, sizeof *al);
	if (!al) return CC_ENOMEM;
	s->alerts = al;
	(void)alert_rules(&n);
	al->enabled = cc_calloc((size_t)n, sizeof *al->enabled);
	al->began = cc_calloc((size_t)n, sizeof *al->began);
	if (!al->enabled || !al->began) return CC_ENOMEM;
	choose(s);
	al->prometheus_pod = "prometheus-kube-prometheus-stack-prometheus-0";
	const char *hash = suffix(s, 10);
	al->metrics_pod = forge_text(s, "metrics-server-%s-%s", hash, suffix(s, 5));
	/* one draw a statement: the order of arguments is the compiler's choice */
	al->metrics_node = (int)cc_rng_between(&s->observer_rng, 1, 3);
	/* It was there before the application: the first addresses of a node's range are taken. */
	al->prometheus_ip = forge_text(s, "10.244.%d.3", (int)cc_rng_between(&s->observer_rng, 1, 3));
	al->throttled = 1000;
	al->periods = 2960;
	return s->code;
}

void alerts_deinit(forge_sim *s)
{
	forge_alerts *al = s->alerts;
	if (!al) return;
	cc_vec_deinit(&al->states);
	cc_free(al->enabled);
	cc_free(al->began);
	cc_free(al);
	s->alerts = NULL;
}

void alerts_start(forge_sim *s, int64_t from)
{
	int n;
	(void)alert_rules(&n);
	s->alerts->since = from - cc_rng_between(&s->observer_rng, 2 * 86400, 9 * 86400) * FORGE_S;
	/* Groups are evaluated at phases of their own, and targets are discovered one after the other. */
	for (int i = 0; i < n; i++) s->alerts->began[i] = cc_rng_between(&s->observer_rng, 1, 150 * FORGE_S);
	int64_t passed = (from - s->alerts->since) / FORGE_S;
	s->alerts->certificate_s = (double)(passed + cc_rng_between(&s->observer_rng, 190000, 590000)) +
		(double)cc_rng_below(&s->observer_rng, 1000) / 1000.0;
	for (int group = 0; group < GROUP_COUNT; group++)
		forge_at(s, from + cc_rng_between(&s->observer_rng, 1, interval_of((alert_group)group) - 1), evaluate,
			group, 0);
	alerts_recorder_start(s);
}

size_t alerts_count(const forge_sim *s)
{
	return s->alerts ? s->alerts->states.n : 0;
}

const forge_fired *alerts_get(const forge_sim *s, size_t i)
{
	return &s->alerts->states.p[i].fired;
}
