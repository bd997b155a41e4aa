/* truth.c - the ground truth in the v1 form: the roots are what the faults changed, the rest is what the simulation has shown.
 *
 * Filters are anchored, so that "frontend" never takes "frontend-proxy" along. The root of each cause comes first among the
 * groups; its aliases are equally right names for it. Where neither objects nor events of the root's kind are recorded, nobody
 * can know its name: there any name of that kind is taken. */
#include <string.h>

#include "coldcase/file.h"
#include "forge/truth_priv.h"

typedef struct group {
	const char *id;
	forge_entity e;
	bool root, pods, any;
} group;
typedef struct truth {
	forge_sim *s;
	truth_reach reach;
	CC_VEC(group) groups;
} truth;

static const char *lower(forge_sim *s, const char *kind)
{
	char *z = cc_arena_dupz(s->arena, cc_str_from(kind));
	if (!z) forge_fail(s, CC_ENOMEM);
	for (char *p = z; p && *p; p++)
		if (*p >= 'A' && *p <= 'Z') *p = (char)(*p - 'A' + 'a');
	return z ? z : kind;
}

static const char *group_id(forge_sim *s, const forge_entity *e)
{
	return forge_text(s, "%s-%s-1", e->name, lower(s, e->kind));
}

static const group *find_group(const truth *t, const char *id)
{
	for (size_t i = 0; i < t->groups.n; i++)
		if (strcmp(t->groups.p[i].id, id) == 0) return &t->groups.p[i];
	return NULL;
}

/* Its id; a group that is there already stays as it is. */
static const char *add_group(truth *t, forge_entity e, bool root, bool pods, bool any)
{
	group g = { group_id(t->s, &e), e, root, pods, any };
	if (find_group(t, g.id)) return g.id;
	if (!cc_vec_push(&t->groups, g)) forge_fail(t->s, CC_ENOMEM);
	return g.id;
}

static bool workload_kind(const char *kind)
{
	return strcmp(kind, "Deployment") == 0 || strcmp(kind, "StatefulSet") == 0;
}

static const char *pods_group(truth *t, const char *ns, const char *name)
{
	return add_group(t, (forge_entity){ ns, "Pod", name }, false, true, false);
}

/* What stands for a service in the propagation: its Service, or the workload of one that is not called. */
static const char *node_of(truth *t, int service)
{
	forge_entity e = fault_workload_entity(t->s, service);
	if (t->s->app->services[service].port > 0) e.kind = "Service";
	return add_group(t, e, false, false, false);
}

static bool nameless(const forge_sim *s, const char *kind)
{
	if (strcmp(kind, "NetworkPolicy") == 0) return (s->plan.hidden & PLAN_HIDES_POLICIES) != 0;
	return strcmp(kind, "PeerAuthentication") == 0 || strcmp(kind, "AuthorizationPolicy") == 0;
}

static void root_groups(truth *t)
{
	for (size_t i = 0; i < t->s->plan.causes.n; i++) {
		const forge_cause *c = &t->s->plan.causes.p[i];
		(void)add_group(t, c->root, true, false, nameless(t->s, c->root.kind));
	}
	for (size_t i = 0; i < t->s->plan.causes.n; i++) {
		const forge_cause *c = &t->s->plan.causes.p[i];
		for (int a = 0; a < c->aliases; a++) (void)add_group(t, c->alias[a], false, false, false);
		if (workload_kind(c->root.kind)) (void)pods_group(t, c->root.ns, c->root.name);
	}
	for (int i = 0; i < t->reach.n; i++) (void)node_of(t, t->reach.order[i]);
}

/* ---- parts of the file ---- */

static void fault_part(truth *t, cc_buf *b)
{
	cc_buf_addz(b, "---\nmetadata:\n  version: v1\nfault:\n");
	for (size_t i = 0; i < t->s->plan.causes.n; i++) {
		const forge_cause *c = &t->s->plan.causes.p[i];
		cc_buf_addf(b, "  - entity:\n      name: %s\n      kind: %s\n      group_id: %s\n", c->root.name,
			c->root.kind, group_id(t->s, &c->root));
		truth_text(b, "    ", "condition", c->condition);
		truth_text(b, "    ", "category", c->category);
		truth_text(b, "    ", "fault_mechanism", c->mechanism);
		cc_buf_addz(b, "    changed:\n");
		truth_text(b, "      ", "element", c->element);
		truth_text(b, "      ", "from", c->from);
		truth_text(b, "      ", "to", c->to);
	}
}

/* The callee that a cause keeps its caller from reaching: rules that watch the calls name it. */
static bool addressed_in_vain(const forge_sim *s, int service)
{
	for (size_t i = 0; i < s->plan.causes.n; i++)
		if (s->plan.causes.p[i].other == service) return true;
	return false;
}

/* The group of what an alert is about; NULL when that has nothing to do with a cause. */
static const char *group_of_alert(truth *t, const forge_fired *a)
{
	forge_sim *s = t->s;
	const char *kind = a->subject_kind ? a->subject_kind : "";
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *c = &s->plan.causes.p[i];
		if (strcmp(c->root.kind, kind) == 0 &&
			(cc_str_eqz(a->subject, c->root.name) ||
				(a->service >= 0 && strcmp(c->root.name, fault_service_name(s, a->service)) == 0)))
			return group_id(s, &c->root);
		bool pods = strcmp(kind, "Namespace") == 0 && strstr(a->name, "Pods") && c->first_hit >= 0;
		if (pods && fault_row_get(c->kind)->shape == SHAPE_PLAIN)
			return pods_group(t, s->app->namespace, fault_service_name(s, c->first_hit));
	}
	if (a->service < 0 || (!t->reach.in[a->service] && !addressed_in_vain(s, a->service))) return NULL;
	if (strcmp(kind, "Pod") == 0) return pods_group(t, s->app->namespace, fault_service_name(s, a->service));
	if (workload_kind(kind) || strcmp(kind, "HorizontalPodAutoscaler") == 0)
		return add_group(t, (forge_entity){ s->app->namespace, kind, fault_service_name(s, a->service) }, false,
			false, false);
	return node_of(t, a->service);
}

static void alerts_part(truth *t, cc_buf *b)
{
	cc_map *done = cc_map_new();
	size_t listed = 0;
	cc_buf_addz(b, "alerts:");
	for (size_t i = 0; i < alerts_count(t->s) && done; i++) {
		const forge_fired *a = alerts_get(t->s, i);
		if (!a || a->background || a->fired_at < t->s->inject || !a->fired_at) continue;
		const char *about = group_of_alert(t, a),
			   *key = about ? forge_text(t->s, "%s/%s", a->name, about) : NULL;
		if (!key || cc_map_get(done, cc_str_from(key), NULL)) continue;
		if (!cc_map_set(done, cc_str_from(key), 1)) forge_fail(t->s, CC_ENOMEM);
		cc_buf_addf(b, "\n  - id: %s\n    group_id: %s\n    metadata:\n      description: ", a->name, about);
		cc_json_write_str(b, cc_str_from(a->subject.n ? forge_text(t->s, "%s fired for %.*s", a->name,
									CC_STR_ARG(a->subject))
							      : forge_text(t->s, "%s fired for namespace %s", a->name,
									t->s->app->namespace)));
		listed++;
	}
	cc_buf_addz(b, listed ? "\n" : " []\n");
	if (!done) forge_fail(t->s, CC_ENOMEM);
	cc_map_free(done);
}

static void filters(truth *t, const group *g, cc_buf *b)
{
	const char *name = g->e.name, *kind = g->e.kind;
	size_t n = strlen(kind);
	int service = g->pods ? forge_service_find(t->s->app, cc_str_from(name)) : -1;
	cc_buf_addz(b, "    filter:\n");
	if (!g->pods)
		cc_buf_addf(b, "      - '^%s$'\n", name);
	else if (service >= 0 && t->s->app->services[service].statefulset)
		cc_buf_addf(b, "      - '^%s-[a-z0-9]+$'\n", name);
	else
		cc_buf_addf(b, "      - '^%s-[a-z0-9]+-[a-z0-9]+$'\n", name);
	if (n > 5 && strcmp(kind + n - 5, "Chaos") == 0) cc_buf_addf(b, "      - '^%s-[a-z0-9]+$'\n", name);
	if (g->any) cc_buf_addz(b, "      - '.*'\n");
}

static void groups_part(truth *t, cc_buf *b)
{
	cc_buf_addz(b, "groups:\n");
	for (size_t i = 0; i < t->groups.n; i++) {
		const group *g = &t->groups.p[i];
		cc_buf_addf(b, "  - id: %s\n    kind: %s\n", g->id, g->e.kind);
		if (g->e.ns) cc_buf_addf(b, "    namespace: %s\n", g->e.ns);
		filters(t, g, b);
		if (g->root) cc_buf_addz(b, "    root_cause: true\n");
	}
}

static void aliases_part(truth *t, cc_buf *b)
{
	bool any = false;
	cc_buf_addz(b, "aliases:");
	for (size_t i = 0; i < t->s->plan.causes.n; i++) {
		const forge_cause *c = &t->s->plan.causes.p[i];
		if (!c->aliases && !workload_kind(c->root.kind)) continue;
		cc_buf_addf(b, "\n  - - %s", group_id(t->s, &c->root));
		for (int a = 0; a < c->aliases; a++) cc_buf_addf(b, "\n    - %s", group_id(t->s, &c->alias[a]));
		if (workload_kind(c->root.kind)) cc_buf_addf(b, "\n    - %s", pods_group(t, c->root.ns, c->root.name));
		any = true;
	}
	cc_buf_addz(b, any ? "\n" : " []\n");
}

static void link(cc_buf *b, const char *source, const char *target, const char *condition, const char *effect)
{
	cc_buf_addf(b, "  - source: %s\n    target: %s\n", source, target);
	truth_text(b, "    ", "condition", condition);
	truth_text(b, "    ", "effect", effect);
}

static void root_links(truth *t, cc_buf *b)
{
	for (size_t i = 0; i < t->s->plan.causes.n; i++) {
		const forge_cause *c = &t->s->plan.causes.p[i];
		const char *root = group_id(t->s, &c->root), *hit = c->first_hit >= 0 ? node_of(t, c->first_hit) : NULL;
		if (workload_kind(c->root.kind))
			link(b, root, pods_group(t, c->root.ns, c->root.name), c->condition,
				"its pods are made from that template");
		if (hit && strcmp(root, hit) != 0) link(b, root, hit, c->condition, c->first_effect);
		const char *in_vain = c->other >= 0 && hit && !t->reach.in[c->other]
					      ? forge_text(t->s, "%s", node_of(t, c->other))
					      : NULL;
		if (in_vain) link(b, hit, in_vain, c->first_effect, "it gets fewer requests than before");
	}
}

static void service_links(truth *t, cc_buf *b)
{
	forge_sim *s = t->s;
	for (int i = 0; i < t->reach.n; i++)
		for (int to = 0; to < s->app->services_n; to++) {
			int from = t->reach.order[i];
			truth_link how = truth_leads(s, &t->reach, from, to);
			const char *f = fault_service_name(s, from), *n = fault_service_name(s, to);
			uint32_t count = truth_count(s, how, from, to);
			if (how == LINK_FAILED)
				link(b, node_of(t, from), node_of(t, to), forge_text(s, "calls to %s fail", f),
					forge_text(s, "%u calls of %s to it failed", count, n));
			if (how == LINK_SLOW)
				link(b, node_of(t, from), node_of(t, to), forge_text(s, "%s answers slowly", f),
					forge_text(s, "%u calls of %s to it took far longer than before", count, n));
			if (how == LINK_STARVED)
				link(b, node_of(t, from), node_of(t, to),
					forge_text(s, "%s no longer gets as far as calling %s", f, n),
					forge_text(s, "%s receives no requests", n));
			if (how == LINK_UNREACHED)
				link(b, node_of(t, from), node_of(t, to), forge_text(s, "calls of %s do not get to %s", f, n),
					forge_text(s, "%s receives none of %u requests", n, count));
		}
}

static void actions_part(truth *t, cc_buf *b)
{
	cc_buf_addz(b, "recommended_actions:\n");
	for (size_t i = 0; i < t->s->plan.causes.n; i++) {
		const forge_cause *c = &t->s->plan.causes.p[i];
		for (int a = 0; a < c->actions; a++) {
			cc_buf_addf(
				b, "  - solution:\n      id: %s-%d\n      actions:\n        - ", c->mechanism, a + 1);
			cc_json_write_str(b, cc_str_from(c->action[a]));
			cc_buf_add_char(b, '\n');
		}
	}
}

cc_code truth_write(forge_sim *s, const char *dir, cc_err *err)
{
	truth t = { .s = s };
	cc_buf b = CC_BUF_INIT, path = CC_BUF_INIT, alerts = CC_BUF_INIT, links = CC_BUF_INIT;
	if (!truth_reach_make(s, &t.reach)) forge_fail(s, CC_ENOMEM);
	if (s->code == CC_OK) {
		root_groups(&t);
		fault_part(&t, &b);
		alerts_part(&t, &alerts); /* may add groups, which are written after it */
		root_links(&t, &links);
		service_links(&t, &links);
		cc_buf_add(&b, cc_buf_str(&alerts));
		groups_part(&t, &b);
		aliases_part(&t, &b);
		cc_buf_addz(&b, links.n ? "propagations:\n" : "propagations: []\n");
		cc_buf_add(&b, cc_buf_str(&links));
		actions_part(&t, &b);
	}
	cc_path_join(&path, dir, "ground_truth.yaml");
	if (!cc_buf_ok(&b) || !cc_buf_ok(&path) || !cc_buf_ok(&alerts) || !cc_buf_ok(&links)) forge_fail(s, CC_ENOMEM);
	cc_code code = s->code == CC_OK ? cc_file_write(path.p, cc_buf_str(&b), err) : s->code;
	cc_vec_deinit(&t.groups);
	cc_buf_deinit(&b);
	cc_buf_deinit(&path);
	cc_buf_deinit(&alerts);
	cc_buf_deinit(&links);
	return code;
}
