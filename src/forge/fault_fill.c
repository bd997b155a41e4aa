/* fault_fill.c - what the families of faults share: filling a cause, and the edits people make. */
#include <string.h>

#include "forge/fault_priv.h"

const char *fault_service_name(const forge_sim *s, int service)
{
	return s->app->services[service].name;
}

const char *fault_workload_kind(const forge_sim *s, int service)
{
	return s->app->services[service].statefulset ? "StatefulSet" : "Deployment";
}

forge_entity fault_workload_entity(const forge_sim *s, int service)
{
	return (forge_entity){ s->app->namespace, fault_workload_kind(s, service), fault_service_name(s, service) };
}

void cause_alias(forge_cause *c, const char *ns, const char *kind, const char *name)
{
	if (c->aliases < FAULT_ALIASES) c->alias[c->aliases++] = (forge_entity){ ns, kind, name };
}

void cause_proof(forge_cause *c, const char *command, const char *pattern, const char *says)
{
	if (c->proofs < FAULT_PROOFS) c->proof[c->proofs++] = (forge_proof){ command, pattern, says };
}

void cause_hint(forge_cause *c, const char *text)
{
	if (c->hints < FAULT_HINTS) c->hint[c->hints++] = text;
}

void cause_step(forge_cause *c, const char *command)
{
	if (c->routes < FAULT_ROUTE) c->route[c->routes++] = command;
}

void cause_action(forge_cause *c, const char *text)
{
	if (c->actions < FAULT_ACTIONS) c->action[c->actions++] = text;
}

void cause_workload(forge_sim *s, forge_cause *c, const char *mechanism, const char *condition, const char *effect)
{
	c->root = fault_workload_entity(s, c->service);
	c->category = "Change";
	c->mechanism = mechanism;
	c->condition = forge_text(s, "%s %s: %s", c->root.kind, c->root.name, condition);
	c->first_hit = c->service;
	c->first_effect = effect;
}

void cause_hints(forge_sim *s, forge_cause *c, const char *area, const char *what)
{
	cause_hint(
		c, "Services that log errors may only pass on what a callee did to them: find where the errors begin.");
	cause_hint(c, area);
	cause_hint(c, forge_text(s, "Look at the %s objects and at what happened to them shortly before the onset.",
			      c->root.kind));
	cause_hint(c, forge_text(s, "%s/%s: %s", c->root.kind, c->root.name, what));
}

const char *fault_literal(forge_sim *s, const char *text)
{
	cc_buf b = CC_BUF_INIT;
	for (const char *p = text; *p; p++) {
		if (strchr("\\^$.|?*+()[]{}", *p)) cc_buf_add_char(&b, '\\');
		cc_buf_add_char(&b, *p);
	}
	cc_str out = forge_str(s, &b);
	cc_buf_deinit(&b);
	return out.n ? out.p : "";
}

const char *fault_pick(forge_sim *s, const char *const *words, size_t n)
{
	return words[cc_rng_below(&s->plan_rng, n)];
}

const char *fault_fields(forge_sim *s, int service, const char *owned, bool in_container, bool strategy)
{
	const char *first = strategy ? "\"f:strategy\":{\"f:type\":{}}," : "";
	if (!in_container) return forge_text(s, "{\"f:spec\":{%s\"f:template\":{\"f:spec\":{%s}}}}", first, owned);
	return forge_text(s,
		"{\"f:spec\":{%s\"f:template\":{\"f:spec\":{\"f:containers\":{\"k:{\\\"name\\\":\\\"%s\\\"}\":{%s}}}}}"
		"}",
		first, fault_service_name(s, service), owned);
}

void fault_edit_template(forge_sim *s, int64_t now, int service, const forge_template *t, const char *owned,
	bool in_container, bool outage)
{
	static const char *const MANAGERS[] = { "kubectl-edit", "kubectl-patch", "helm", "argocd-controller",
		"kubectl-client-side-apply" };
	const kube_workload *w = &s->kube.workloads.p[service];
	bool strategy = outage && w->kind == WL_DEPLOYMENT && !w->recreate;
	if (strategy) kube_change_recreate(s, now, service, true);
	kube_change_template(
		s, now, service, t, FAULT_PICK(s, MANAGERS), fault_fields(s, service, owned, in_container, strategy));
}

void fault_delete_pods(forge_sim *s, int64_t now, int service)
{
	size_t n = s->kube.pods.n;
	for (size_t i = 0; i < n; i++) {
		const kube_pod *p = &s->kube.pods.p[i];
		if (p->workload == service && !p->deleted && !p->gone) kubelet_pod_delete(s, now, (int)i);
	}
}

cc_str fault_replace(forge_sim *s, cc_str text, const char *after, const char *from, const char *to)
{
	size_t mark = cc_str_find(text, cc_str_from(after));
	if (mark == CC_STR_NONE) return CC_STR_EMPTY;
	size_t at = cc_str_find(cc_str_sub(text, mark, text.n), cc_str_from(from));
	if (at == CC_STR_NONE) return CC_STR_EMPTY;
	cc_buf b = CC_BUF_INIT;
	cc_buf_add(&b, cc_str_sub(text, 0, mark + at));
	cc_buf_addz(&b, to);
	cc_buf_add(&b, cc_str_sub(text, mark + at + strlen(from), text.n));
	cc_str out = forge_str(s, &b);
	cc_buf_deinit(&b);
	return out;
}

int fault_flags_map(const forge_sim *s)
{
	for (size_t i = 0; i < s->kube.configmaps.n; i++) {
		int index = s->kube.configmaps.p[i].app_index;
		if (index >= 0 && index < s->app->configmaps_n && s->app->configmaps[index].flags) return (int)i;
	}
	return -1;
}

/* The variant a flag has in the document: what flagd will read. */
static int flag_variant(const forge_sim *s, int flag)
{
	const forge_flag *f = &s->app->flags[flag];
	int map = fault_flags_map(s);
	if (map < 0) return f->off;
	cc_str text = s->kube.configmaps.p[map].data, head, tail;
	cc_buf key = CC_BUF_INIT;
	cc_buf_addf(&key, "\"%s\"", f->name);
	size_t at = cc_str_find(text, cc_buf_str(&key));
	cc_buf_deinit(&key);
	text = cc_str_sub(text, at == CC_STR_NONE ? text.n : at, text.n);
	at = cc_str_find(text, CC_STR("\"defaultVariant\""));
	if (at == CC_STR_NONE || !cc_str_cut(cc_str_sub(text, at + 16, text.n), '"', &head, &tail)) return f->off;
	if (!cc_str_cut(tail, '"', &head, &tail)) return f->off;
	for (int i = 0; i < f->variants_n; i++)
		if (cc_str_eqz(head, f->variants[i].name)) return i;
	return f->off;
}

void fault_flag_set(forge_sim *s, int64_t now, int flag, int variant, const char *manager)
{
	int map = fault_flags_map(s), n = s->app->flags_n;
	int *variants = cc_calloc((size_t)n + 1, sizeof *variants);
	cc_buf text = CC_BUF_INIT;
	if (!variants) forge_fail(s, CC_ENOMEM);
	if (map < 0 || !variants) {
		cc_free(variants);
		return;
	}
	for (int i = 0; i < n; i++) variants[i] = i == flag ? variant : flag_variant(s, i);
	forge_flags_document(&text, s->app, variants);
	kube_change_configmap(s, now, map, forge_str(s, &text), manager);
	cc_buf_deinit(&text);
	cc_free(variants);
}
