/* fault_config.c - faults of configuration: probes, addresses, feature flags. */
#include <string.h>

#include "forge/fault_priv.h"

/* ---- readiness probe ---- */

static void prepare_probe(forge_sim *s, forge_cause *c)
{
	cause_workload(s, c, "bad-readiness-probe", "its readiness probe asks a port where nobody listens",
		"its pods never become ready");
	cause_hints(s, c, "One service has running pods and yet no endpoints. Why are they not ready?",
		"its readiness probe asks the wrong port");
}

static void inject_probe(forge_sim *s, int64_t now, int cause, int unused)
{
	static const int OFFSETS[] = { 1, 10, 100, 1000 };
	forge_cause *c = &s->plan.causes.p[cause];
	forge_template t = s->kube.workloads.p[c->service].tmpl;
	int port = s->app->services[c->service].port, wrong = port + OFFSETS[cc_rng_below(&s->plan_rng, 4)];
	const char *w = forge_text(s, "%s/%s/%s", c->root.ns, c->root.kind, c->root.name);
	(void)unused;
	c->element = "spec.template.spec.containers[0].readinessProbe";
	c->from = forge_text(s, "%d", t.probe_port ? t.probe_port : port);
	c->to = forge_text(s, "%d", wrong);
	t.probed = true;
	t.probe_port = wrong;
	if (!t.probe_period_s) t.probe_period_s = 10;
	if (!t.probe_timeout_s) t.probe_timeout_s = 1;
	if (!t.probe_failures) t.probe_failures = 3;
	fault_edit_template(s, now, c->service, &t, "\"f:readinessProbe\":{}", true, true);
	cause_step(c, forge_text(s, "events entity=%s", w));
	cause_step(c, forge_text(s, "changes entity=%s", w));
	/* A sidecar's agent asks for the kubelet, and tells it no more than that it went wrong. */
	const char *told = s->app->istio ? forge_text(s, "Readiness probe failed[^\\n]*(:%d|statuscode: 500)", wrong)
					 : forge_text(s, "Readiness probe failed[^\\n]*:%d", wrong);
	cause_proof(c, forge_text(s, "events entity=%s", w), told, "the probe is refused at that port");
	cause_proof(c, forge_text(s, "spec %s", w), forge_text(s, "port: %d", wrong),
		"the probe's port is not the one the container listens on");
	cause_action(c, forge_text(s, "kubectl -n %s rollout undo %s/%s", c->root.ns, c->root.kind, c->root.name));
}

/* ---- addresses ---- */

static int64_t env_traffic(const fault_map *m, int service, int env)
{
	int64_t sum = 0;
	for (int op = 0; op < m->app->ops_n; op++) {
		const forge_op *o = &m->app->ops[op];
		if (o->service != service) continue;
		for (int i = 0; i < o->steps_n; i++)
			if (o->steps[i].env == env)
				sum += o->steps[i].op == FORGE_FORWARD
					       ? m->op[op]
					       : m->op[op] * (o->steps[i].permille ? o->steps[i].permille : 1000) /
							 1000;
	}
	return sum;
}

int fault_wrong_env(const fault_map *m, int service)
{
	const forge_service *v = &m->app->services[service];
	int best = -1;
	for (int i = 0; i < v->env_n; i++) {
		if (v->env[i].service < 0 || v->env[i].service == m->app->flagd || v->env[i].service == service ||
			v->env[i].secret)
			continue;
		if (env_traffic(m, service, i) >= FAULT_NOTICED &&
			(best < 0 || env_traffic(m, service, i) > env_traffic(m, service, best)))
			best = i;
	}
	return best;
}

static const char *check_env(const fault_map *m, const fault_target *t)
{
	if (m->app->services[t->service].loadgen) return "it plays the users, and without them nobody would notice";
	return fault_wrong_env(m, t->service) >= 0 ? NULL : "none of its variables holds an address that it calls";
}

static void prepare_env(forge_sim *s, forge_cause *c)
{
	fault_map m;
	cause_workload(s, c, "wrong-environment-variable", "a variable holds an address where nobody listens",
		"its calls to that address fail");
	cause_hints(s, c, "Errors begin at one caller, with calls to one address.",
		"one of its variables holds a wrong address");
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	c->op = fault_wrong_env(&m, c->service);
}

/* "quote:8080" to "quote:8081" or "quote-svc:8080"; in an address without a port the host changes. */
static const char *wrong_address(forge_sim *s, const char *value, const char *host)
{
	int port = 0;
	const char *scheme = strstr(value, "://"), *at = strstr(scheme ? scheme : value, host); /* "mongodb://mongodb:27017" */
	(void)forge_address(s->app, cc_str_from(value), &port);
	if (port && cc_rng_below(&s->plan_rng, 2)) {
		const char *p = strstr(at ? at : value, forge_text(s, ":%d", port));
		int wrong = port + (cc_rng_below(&s->plan_rng, 2) ? 1 : 1010);
		if (p)
			return forge_text(
				s, "%.*s:%d%s", (int)(p - value), value, wrong, p + strlen(forge_text(s, ":%d", port)));
	}
	if (!at) return forge_text(s, "%s.invalid", value);
	static const char *const TAILS[] = { "-svc", "-service", "-v2", "-internal" };
	return forge_text(s, "%.*s%s%s%s", (int)(at - value), value, host, FAULT_PICK(s, TAILS), at + strlen(host));
}

static void inject_env(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	forge_template t = s->kube.workloads.p[c->service].tmpl;
	forge_env *env = cc_arena_array(s->arena, (size_t)t.env_n + 1, sizeof *env);
	(void)unused;
	if (!env || c->op < 0 || c->op >= t.env_n) {
		if (!env) forge_fail(s, CC_ENOMEM);
		return;
	}
	memcpy(env, t.env, (size_t)t.env_n * sizeof *env);
	forge_env *e = &env[c->op];
	const char *w = forge_text(s, "%s/%s/%s", c->root.ns, c->root.kind, c->root.name);
	int port = 0;
	c->other = e->service;
	c->element = forge_text(s, "spec.template.spec.containers[0].env[%s].value", e->name);
	c->from = e->value;
	c->to = wrong_address(s, e->value, fault_service_name(s, e->service));
	e->value = c->to;
	e->service = forge_address(s->app, cc_str_from(e->value), &port);
	t.env = env;
	fault_edit_template(s, now, c->service, &t,
		forge_text(s, "\"f:env\":{\"k:{\\\"name\\\":\\\"%s\\\"}\":{\"f:value\":{}}}", e->name), true, false);
	cause_step(c, forge_text(s, "changes entity=%s", w));
	cause_proof(c, forge_text(s, "spec %s", w), forge_text(s, "(?s)name: %s\\s+value: \\S*%s", e->name, fault_literal(s, c->to)),
		"the address it uses");
	cause_proof(
		c, forge_text(s, "changes entity=%s", w), forge_text(s, "env %s", e->name), "the variable was changed");
	if (plan_spans_shown(s, c->service)) cause_proof(c, "paths origin", c->root.name, "errors begin at this caller");
	cause_action(c, forge_text(s, "kubectl -n %s set env %s/%s %s=%s", c->root.ns, c->root.kind, c->root.name,
				e->name, c->from));
}

/* ---- feature flags ---- */

static int64_t flag_traffic(const fault_map *m, const forge_flag *f)
{
	if (f->effect == EFFECT_FLOOD) return INT64_MAX / 4;
	if (f->op < 0) return 0;
	int64_t permille = (int64_t)f->amount * f->variants[f->on].number;
	return f->effect == EFFECT_FAIL && permille < 1000 ? m->op[f->op] * permille / 1000 : m->op[f->op];
}

/* Does the multiplied first request of the first journey ask for more than half of what serves it has? */
static bool floods(const fault_map *m, const forge_flag *f)
{
	const forge_journey *j = m->app->journeys_n ? &m->app->journeys[0] : NULL;
	if (!j || j->requests_n == 0) return false;
	const forge_op *o = &m->app->ops[j->requests[0]];
	const forge_service *v = &m->app->services[o->service];
	int64_t times = f->amount > 1 ? f->amount : 1;
	times *= f->variants[f->on].number;
	int64_t milli_rps = m->op[j->requests[0]] * m->rps_milli / 1000000 * times;
	int64_t used_m = milli_rps * o->cpu_us / 1000000, have_m = (int64_t)(v->cpu_limit_m ? v->cpu_limit_m : 2000) * v->replicas;
	return used_m * 2 > have_m;
}

/* Processor time of a request under the flag, as long as it takes within the container's limit. */
static int64_t flag_cpu_us(const fault_map *m, const forge_flag *f, int variant)
{
	int limit = m->app->services[m->app->ops[f->op].service].cpu_limit_m, number = f->variants[variant].number;
	int64_t ms = (int64_t)f->cpu_ms * number + (f->effect == EFFECT_CPU ? (int64_t)f->amount * number : 0);
	return ms * 1000000 / (limit > 0 && limit < 1000 ? limit : 1000);
}

/* Is that variant felt? A leak must kill the process again and again while somebody records. */
static bool flag_hurts(const fault_map *m, const forge_flag *f, int variant)
{
	enum { OFTEN_S = 100, TIMES = 6 };
	int64_t fills, often = m->seconds / TIMES < OFTEN_S ? m->seconds / TIMES : OFTEN_S;
	switch (f->effect) {
	case EFFECT_DELAY: return fault_slows(m, f->op, (int64_t)f->amount * f->variants[variant].number * 1000);
	case EFFECT_CPU: return fault_slows(m, f->op, flag_cpu_us(m, f, variant));
	case EFFECT_LEAK:
		if (fault_slows(m, f->op, flag_cpu_us(m, f, variant))) return true;
		fills = fault_fills_s(m, f->op, (int64_t)f->amount * f->variants[variant].number);
		return fills > 0 && fills <= often;
	case EFFECT_FLOOD: return floods(m, f);
	case EFFECT_FAIL:
	case EFFECT_UNREACHABLE:
	case EFFECT_LAG: break;
	case EFFECT_NOTHING: return false;
	}
	return true;
}

/* The variant meant for a fault, or the next stronger one that is felt; -1: none is. */
static int flag_variant(const fault_map *m, const forge_flag *f)
{
	int best = -1;
	for (int i = 0; i < f->variants_n; i++) {
		int number = f->variants[i].number;
		if (number < f->variants[f->on].number || !flag_hurts(m, f, i)) continue;
		if (best < 0 || number < f->variants[best].number) best = i;
	}
	return best;
}

static const char *check_flag(const fault_map *m, const fault_target *t)
{
	const forge_flag *f = &m->app->flags[t->flag];
	if (f->effect == EFFECT_NOTHING) return "nothing reads it";
	if (flag_traffic(m, f) < FAULT_NOTICED / (f->item ? 10 : 1)) return "what reads it is hardly ever asked";
	if (flag_variant(m, f) >= 0) return NULL;
	return f->effect == EFFECT_FLOOD  ? "at this rate the application bears the flood"
	       : f->effect == EFFECT_LEAK ? "at this rate its memory lasts longer than the capture"
					  : "it would stay fast enough";
}

static void prepare_flag(forge_sim *s, forge_cause *c)
{
	const forge_flag *f = &s->app->flags[c->flag];
	int map = fault_flags_map(s);
	fault_map m;
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	m.rps_milli = s->rps_milli;
	m.seconds = (s->end - c->at) / FORGE_S;
	int variant = flag_variant(&m, f);
	c->variant = variant >= 0 ? variant : f->on;
	c->root = (forge_entity){ s->app->namespace, "ConfigMap",
		map >= 0 ? s->kube.configmaps.p[map].name : "flagd-config" };
	c->category = "Change";
	c->mechanism = "custom(flagd)";
	c->condition = forge_text(s, "feature flag %s was switched to %s", f->name, f->variants[c->variant].name);
	c->op = f->op;
	c->service = -1;
	c->first_hit = f->effect == EFFECT_FLOOD ? (s->app->entry_op >= 0 ? s->app->ops[s->app->entry_op].service : -1)
		       : f->op >= 0              ? s->app->ops[f->op].service
						 : -1;
	c->first_effect = f->description && f->description[0] ? f->description : "it behaves as the flag tells";
	cause_hint(
		c, "Services that log errors may only pass on what a callee did to them: find where the errors begin.");
	cause_hint(
		c, "Where they begin no pod, image or address has changed. What else tells a service how to behave?");
	cause_hint(c, "Look at the ConfigMap objects.");
	cause_hint(c, forge_text(s, "ConfigMap/%s: the flag %s.", c->root.name, f->name));
}

static void inject_flag(forge_sim *s, int64_t now, int cause, int unused)
{
	static const char *const MANAGERS[] = { "flagd-ui", "kubectl-edit", "kubectl-patch",
		"kubectl-client-side-apply" };
	forge_cause *c = &s->plan.causes.p[cause];
	const forge_flag *f = &s->app->flags[c->flag];
	const char *e = forge_text(s, "%s/ConfigMap/%s", c->root.ns, c->root.name);
	(void)unused;
	c->element = forge_text(s, "flags.%s.defaultVariant", f->name);
	c->from = f->variants[f->off].name;
	c->to = f->variants[c->variant].name;
	fault_flag_set(s, now, c->flag, c->variant, FAULT_PICK(s, MANAGERS));
	cause_step(c, "changes kind=ConfigMap");
	cause_proof(c, forge_text(s, "spec %s", e),
		forge_text(s, "(?s)\"%s\": \\{(?:(?!defaultVariant).)*\"defaultVariant\": \"%s\"", f->name, c->to),
		"the flag's variant");
	cause_proof(
		c, forge_text(s, "changes entity=%s", e), forge_text(s, "flag %s", f->name), "the flag was switched");
	cause_action(c, forge_text(s, "set defaultVariant of the flag %s in ConfigMap %s back to %s", f->name,
				c->root.name, c->from));
}

static const fault_row ROWS[] = {
	{ { "bad-probe", "a readiness probe asks a port where nobody listens", "service", "Deployment" }, FAM_CONFIG,
		AT_SERVICE, SHAPE_PLAIN, check_callable, prepare_probe, inject_probe },
	{ { "wrong-env", "a variable of a container holds an address where nobody listens", "service", "Deployment" },
		FAM_CONFIG, AT_SERVICE, SHAPE_ONE_CALL, check_env, prepare_env, inject_env },
	{ { "feature-flag", "a feature flag is switched on", "flag", "ConfigMap" }, FAM_CONFIG, AT_FLAG, SHAPE_QUIET,
		check_flag, prepare_flag, inject_flag },
};

fault_rows fault_config_table(void)
{
	return (fault_rows){ ROWS, sizeof ROWS / sizeof ROWS[0] };
}
