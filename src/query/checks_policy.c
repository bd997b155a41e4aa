/* checks_policy.c - NetworkPolicies: that cut pods off altogether, let in nobody who exists, or shut out somebody who calls. */
#include "checks_priv.h"
#include "coldcase/topology.h"

static bool has_type(const cc_json *types, const char *type)
{
	for (const cc_json *t = cc_json_first(types); t; t = cc_json_next(t))
		if (cc_str_eqz(cc_json_str(t), type))
			return true;
	return false;
}

static size_t fitting_pods(check_subject *u, const cc_json *selector)
{
	size_t count, n = 0;
	const check_pod *p = cc_check_pods(u, u->ns, &count);
	for (size_t i = 0; i < count; i++)
		n += cc_check_selector_fits(selector, p[i].labels, p[i].label_count);
	return n;
}

/* Rules whose every peer is a selector of pods of this namespace, and none of those exists. */
static void peers(check_subject *u, const cc_json *rules, const char *side, const char *word)
{
	for (const cc_json *r = cc_json_first(rules); r; r = cc_json_next(r)) {
		size_t judged = 0, met = 0, all = cc_json_count(cc_json_get(r, side));
		for (const cc_json *p = cc_json_first(cc_json_get(r, side)); p; p = cc_json_next(p)) {
			const cc_json *pods = cc_json_get(p, "podSelector");
			if (!pods || cc_json_get(p, "namespaceSelector") || cc_json_get(p, "ipBlock"))
				continue;
			judged++;
			met += fitting_pods(u, pods) > 0;
		}
		if (all > 0 && judged == all && met == 0)
			cc_check_found(u, CHECK_POLICY_PEERS, 2, NAN, cc_str_from(word), "lets %s only pods that do not exist", word);
	}
}

/* --- who calls and may not --- */

enum { POLICIES_MOST = 64, GROUPS_MOST = 64 };

typedef struct policies { cc_json *docs[POLICIES_MOST]; uint32_t objects[POLICIES_MOST]; size_t n; } policies;

static bool for_ingress(const cc_json *spec)
{
	const cc_json *types = cc_json_get(spec, "policyTypes");
	return cc_json_count(types) == 0 || has_type(types, "Ingress");
}

static bool selects(const cc_json *policy, const check_pod *p)
{
	const cc_json *spec = cc_json_get(policy, "spec");
	return for_ingress(spec) && cc_check_selector_fits(cc_json_get(spec, "podSelector"), p->labels, p->label_count);
}

/* Peers by namespace or address are taken to let it in: whom they mean is not known for certain. */
static bool lets_in(const cc_json *policy, const check_pod *caller)
{
	for (const cc_json *r = cc_json_first(cc_json_at(policy, "spec.ingress")); r; r = cc_json_next(r)) {
		const cc_json *from = cc_json_get(r, "from");
		if (cc_json_count(from) == 0)
			return true;
		for (const cc_json *p = cc_json_first(from); p; p = cc_json_next(p))
			if (!cc_json_get(p, "podSelector") || cc_json_get(p, "namespaceSelector") ||
				cc_check_selector_fits(cc_json_get(p, "podSelector"), caller->labels, caller->label_count))
				return true;
	}
	return false;
}

/* What any policy lets in comes in. The finding is of the first policy that selects the pod: it stands for all of them. */
static bool is_shut_out(const check_subject *u, const policies *all, const check_pod *callee, const check_pod *caller)
{
	bool first = true, mine = false, in = false;
	for (size_t i = 0; i < all->n; i++) {
		if (!selects(all->docs[i], callee))
			continue;
		mine = first ? all->objects[i] == u->object : mine;
		first = false;
		in = in || lets_in(all->docs[i], caller);
	}
	return mine && !in;
}

static void take_policies(check_subject *u, policies *all)
{
	const cc_snapshot *s = u->c->s;
	cc_sym ns = cc_entity_get(s, u->o->entity)->ns;
	for (size_t i = 0; i < cc_objects_count(s) && all->n < POLICIES_MOST; i++) {
		const cc_object *o = cc_objects_get(s, i);
		bool wanted = cc_entity_get(s, o->entity)->ns == ns && cc_str_eqz(cc_entity_kind(s, o->entity), "NetworkPolicy");
		cc_json *doc = wanted ? cc_check_doc(u, o, NULL) : NULL;
		if (!doc)
			continue;
		all->docs[all->n] = doc;
		all->objects[all->n++] = (uint32_t)i;
	}
}

static const check_pod *pod_of(const check_pod *pods, size_t n, const cc_snapshot *s, cc_entity_id group)
{
	for (size_t i = 0; i < n; i++)
		if (cc_entity_get(s, pods[i].entity)->group == group)
			return &pods[i];
	return NULL;
}

static void judge_caller(check_subject *u, const policies *all, const check_pod *pods, size_t n, const check_pod *callee, const cc_edge *e)
{
	const cc_snapshot *s = u->c->s;
	bool calls = e->kind == CC_EDGE_CALLS || (e->kind == CC_EDGE_ENV && cc_str_eqz(cc_entity_kind(s, e->to), "Service"));
	cc_entity_id from = cc_entity_get(s, e->from)->group;
	const check_pod *caller = calls && !e->ended && !cc_entity_same_group(s, e->from, e->to) ? pod_of(pods, n, s, from) : NULL;
	if (caller && is_shut_out(u, all, callee, caller))
		cc_check_found(u, CHECK_SHUT_OUT, e->kind == CC_EDGE_CALLS ? 3 : 2, NAN, cc_entity_name(s, e->from), "shuts out %.*s/%.*s, which calls %.*s/%.*s",
			CC_STR_ARG(cc_entity_kind(s, e->from)), CC_STR_ARG(cc_entity_name(s, e->from)), CC_STR_ARG(cc_entity_kind(s, e->to)),
			CC_STR_ARG(cc_entity_name(s, e->to)));
}

static void judge_callee(check_subject *u, const policies *all, const check_pod *pods, size_t n, const check_pod *callee)
{
	const cc_snapshot *s = u->c->s;
	cc_entity_vec members = { 0 };
	cc_edge_vec edges = { 0 };
	bool ok = cc_entity_members(s, callee->entity, &members) == CC_OK;
	for (size_t i = 0; i < members.n && ok; i++)
		ok = cc_edges_to(s, members.p[i], &edges) == CC_OK;
	for (size_t i = 0; i < edges.n && ok; i++)
		judge_caller(u, all, pods, n, callee, cc_edges_get(s, edges.p[i]));
	if (!ok)
		u->c->code = CC_ENOMEM;
	cc_vec_deinit(&edges);
	cc_vec_deinit(&members);
}

/* One pod of each thing that the policy selects: those of one workload are alike. */
static void shut_out(check_subject *u, const cc_json *spec)
{
	policies all = { .n = 0 };
	cc_entity_id done[GROUPS_MOST];
	size_t n, groups = 0;
	const check_pod *pods = cc_check_pods(u, u->ns, &n);
	take_policies(u, &all);
	for (size_t i = 0; i < n && groups < GROUPS_MOST; i++) {
		cc_entity_id group = cc_entity_get(u->c->s, pods[i].entity)->group;
		bool met = !cc_check_selector_fits(cc_json_get(spec, "podSelector"), pods[i].labels, pods[i].label_count);
		for (size_t k = 0; k < groups && !met; k++)
			met = done[k] == group;
		if (met)
			continue;
		done[groups++] = group;
		judge_callee(u, &all, pods, n, &pods[i]);
	}
	for (size_t i = 0; i < all.n; i++)
		cc_json_free(all.docs[i]);
}

/* A policy without types is for ingress, and for egress when it has egress rules. One that selects no pod does nothing. */
void cc_check_policy(check_subject *u)
{
	const cc_json *spec = cc_json_get(u->doc, "spec"), *types = cc_json_get(spec, "policyTypes"), *in = cc_json_get(spec, "ingress"),
		*out = cc_json_get(spec, "egress");
	size_t n = fitting_pods(u, cc_json_get(spec, "podSelector")), all;
	bool for_in = cc_json_count(types) == 0 || has_type(types, "Ingress");
	cc_check_pods(u, u->ns, &all);

	if (n == 0 && all > 0) {
		cc_check_remark(u, 0, "selects no pod");
		return;
	}
	if (for_in && cc_json_count(in) == 0)
		cc_check_found(u, CHECK_POLICY, 3, (double)n, CC_STR("ingress"), "lets nothing in to %zu of %zu pods", n, all);
	if (has_type(types, "Egress") && cc_json_count(out) == 0)
		cc_check_found(u, CHECK_POLICY, 3, (double)n, CC_STR("egress"), "lets nothing out of %zu of %zu pods", n, all);
	if (for_in && cc_json_count(in) > 0)
		shut_out(u, spec);
	peers(u, in, "from", "in");
	peers(u, out, "to", "out to");
}
