/* truth.c - the ground truth: the root is what the fault changed, the rest is what the simulation has actually shown.
 *
 * A service belongs to the propagation when calls really failed on it (flow.failed) or when it fell silent because its callers
 * no longer reached it (flow.starved and a NoRequestsDetected alert). Nothing is listed because it "should" have happened. */
#include <string.h>

#include "coldcase/file.h"
#include "forge/sim.h"

typedef struct reach {
	bool in[APP_COUNT];
	int order[APP_COUNT], n;
} reach;

static bool fired(const forge_sim *s, const char *rule, cc_str about)
{
	for (size_t i = 0; i < s->tel.alerts.n + s->tel.history.n; i++) {
		const forge_alert *a = i < s->tel.alerts.n ? &s->tel.alerts.p[i] : &s->tel.history.p[i - s->tel.alerts.n];
		if (a->fired_at && strcmp(alerts_name(a->rule), rule) == 0 && cc_str_eq(a->about, about)) return true;
	}
	return false;
}

static bool silent(const forge_sim *s, int app)
{
	return fired(s, "NoRequestsDetected", cc_str_from(forge_apps[app].name));
}

/* Does serving at `caller` always include a call of `callee`? Messages count as calls of their consumers. */
static bool asks(int caller, int callee)
{
	for (int op = 1; op < OP_COUNT; op++) {
		if (forge_ops[op].app != caller) continue;
		for (const forge_step *st = forge_ops[op].steps; st < forge_ops[op].steps + FORGE_STEPS && st->op != OP_NONE; st++) {
			if (st->permille == 0 && forge_ops[st->op].app == callee) return true;
			if (st->op == OP_KAFKA_ORDERS && asks(APP_KAFKA, callee)) return true;
		}
	}
	/* What the proxy passes on, and whom the shoppers ask, is not in the table of operations. */
	return (caller == APP_PROXY && (callee == APP_FRONTEND || callee == APP_IMAGES)) || (caller == APP_LOADGEN && callee == APP_PROXY);
}

static bool starves(const forge_sim *s, int from, int to)
{
	if (!silent(s, to) || s->flow.failed[to][from]) return false;
	bool by_message = s->flow.starved[from][APP_KAFKA] && asks(APP_KAFKA, to);
	return s->flow.starved[from][to] || by_message || (asks(from, to) && (from == s->target || silent(s, from)));
}

static bool leads(const forge_sim *s, int from, int to)
{
	if (to == s->target || to == APP_LOADGEN || to == APP_FLAGD) return false;
	return s->flow.failed[from][to] || starves(s, from, to);
}

static void spread_from(const forge_sim *s, reach *r)
{
	*r = (reach){ .n = 1 };
	r->order[0] = s->target;
	r->in[s->target] = true;
	for (int i = 0; i < r->n; i++)
		for (int to = 0; to < APP_COUNT; to++)
			if (!r->in[to] && leads(s, r->order[i], to)) {
				r->in[to] = true;
				r->order[r->n++] = to;
			}
}

static void text(cc_buf *b, const char *indent, const char *key, cc_str value)
{
	cc_buf_addf(b, "%s%s: ", indent, key);
	cc_json_write_str(b, value);
	cc_buf_add_char(b, '\n');
}

static void fault_part(forge_sim *s, cc_buf *b)
{
	const char *name = forge_apps[s->target].name;
	cc_buf_addf(b, "---\nmetadata:\n  version: v1\nfault:\n  - entity:\n      name: %s\n      kind: Deployment\n      group_id: %s-deployment-1\n", name, name);
	cc_buf_addf(b, "    condition: image tag that does not exist set on Deployment %s\n    category: Change\n    fault_mechanism: custom\n", name);
	cc_buf_addz(b, "    changed:\n      element: \"spec.template.spec.containers[0].image\"\n");
	text(b, "      ", "from", cc_str_from(s->good_image));
	text(b, "      ", "to", cc_str_from(s->bad_image));
}

/* The group an alert is about: a service, a pod's Deployment, or the namespace's pending pod. */
static cc_str group_of(forge_sim *s, const reach *r, const forge_alert *a)
{
	const char *rule = alerts_name(a->rule);
	for (int app = 0; app < APP_COUNT; app++) {
		if (!r->in[app] || !cc_str_eqz(a->about, forge_apps[app].name)) continue;
		bool deployment = strcmp(rule, "KubeDeploymentRolloutStuck") == 0;
		return cc_arena_printf(s->arena, "%s-%s-1", forge_apps[app].name, deployment ? "deployment" : "service");
	}
	for (size_t i = 0; i < s->kube.pods.n; i++)
		if (s->kube.pods.p[i].app == s->target && cc_str_eqz(a->about, s->kube.pods.p[i].name))
			return cc_arena_printf(s->arena, "%s-pod-1", forge_apps[s->target].name);
	if (a->about.n == 0 && strcmp(rule, "PendingPodsDetected") == 0) return cc_arena_printf(s->arena, "%s-pod-1", forge_apps[s->target].name);
	return CC_STR_EMPTY;
}

static void alerts_part(forge_sim *s, const reach *r, cc_buf *b)
{
	cc_map *done = cc_map_new();
	size_t listed = 0;
	cc_buf_addz(b, "alerts:");
	for (size_t i = 0; i < s->tel.history.n + s->tel.alerts.n; i++) {
		const forge_alert *a = i < s->tel.history.n ? &s->tel.history.p[i] : &s->tel.alerts.p[i - s->tel.history.n];
		if (!a->fired_at || alerts_background(a->rule) || a->fired_at < s->inject) continue;
		cc_str group = group_of(s, r, a);
		cc_str key = cc_arena_printf(s->arena, "%s/%.*s", alerts_name(a->rule), CC_STR_ARG(group));
		if (group.n == 0 || !done || cc_map_get(done, key, NULL)) continue;
		if (!cc_map_set(done, key, 1)) forge_fail(s, CC_ENOMEM);
		cc_buf_addf(b, "\n  - id: %s\n    group_id: %.*s\n    metadata:\n      description: %s fired for %.*s", alerts_name(a->rule), CC_STR_ARG(group),
			alerts_name(a->rule), CC_STR_ARG(a->about.n ? a->about : CC_STR("namespace " FORGE_NS)));
		listed++;
	}
	cc_buf_addz(b, listed ? "\n" : " []\n");
	if (!done) forge_fail(s, CC_ENOMEM);
	cc_map_free(done);
}

/* A name that begins another one needs a pattern that does not take the other's pods along. */
static bool is_prefix(int app)
{
	for (int i = 0; i < APP_COUNT; i++)
		if (i != app && cc_str_starts(cc_str_from(forge_apps[i].name), cc_str_from(forge_apps[app].name))) return true;
	return false;
}

static void groups_part(const forge_sim *s, const reach *r, cc_buf *b)
{
	const char *root = forge_apps[s->target].name;
	cc_buf_addf(b, "groups:\n  - id: %s-deployment-1\n    kind: Deployment\n    namespace: " FORGE_NS "\n    filter:\n      - '%s\\b'\n    root_cause: true\n",
		root, root);
	cc_buf_addf(b, "  - id: %s-pod-1\n    kind: Pod\n    namespace: " FORGE_NS "\n    filter:\n", root);
	if (is_prefix(s->target)) cc_buf_addf(b, "      - '^%s-[a-z0-9]+-[a-z0-9]+$'\n", root);
	else cc_buf_addf(b, "      - '%s-.*'\n", root);
	for (int i = 0; i < r->n; i++)
		cc_buf_addf(b, "  - id: %s-service-1\n    kind: Service\n    namespace: " FORGE_NS "\n    filter:\n      - '%s\\b'\n", forge_apps[r->order[i]].name,
			forge_apps[r->order[i]].name);
	cc_buf_addf(b, "aliases:\n  - - %s-deployment-1\n    - %s-pod-1\n", root, root);
}

static void link(cc_buf *b, cc_str source, cc_str target, cc_str condition, cc_str effect)
{
	cc_buf_addf(b, "  - source: %.*s\n    target: %.*s\n", CC_STR_ARG(source), CC_STR_ARG(target));
	text(b, "    ", "condition", condition);
	text(b, "    ", "effect", effect);
}

static void service_links(forge_sim *s, const reach *r, cc_buf *b)
{
	for (int i = 0; i < r->n; i++)
		for (int to = 0; to < APP_COUNT; to++) {
			int from = r->order[i];
			const char *f = forge_apps[from].name, *t = forge_apps[to].name;
			if (!leads(s, from, to)) continue;
			bool failed = s->flow.failed[from][to] > 0;
			bool alerting = fired(s, "RequestErrorRate", cc_str_from(t));
			cc_str condition = failed ? cc_arena_printf(s->arena, from == s->target ? "%s refuses connections" : "%s answers with errors", f)
				: cc_arena_printf(s->arena, "%s no longer gets as far as calling %s", f, t);
			cc_str effect = !failed ? cc_arena_printf(s->arena, "%s receives no requests", t)
				: cc_arena_printf(s->arena, alerting ? "error rate of %s is above threshold" : "%s logs failed calls", t);
			link(b, cc_arena_printf(s->arena, "%s-service-1", f), cc_arena_printf(s->arena, "%s-service-1", t), condition, effect);
		}
}

static void propagations_part(forge_sim *s, const reach *r, cc_buf *b)
{
	const char *root = forge_apps[s->target].name;
	cc_str deployment = cc_arena_printf(s->arena, "%s-deployment-1", root), pod = cc_arena_printf(s->arena, "%s-pod-1", root);
	cc_buf_addz(b, "propagations:\n");
	link(b, deployment, pod, CC_STR("the image in the pod template cannot be pulled"), CC_STR("the new pod stays in ImagePullBackOff, the old one is gone"));
	link(b, pod, cc_arena_printf(s->arena, "%s-service-1", root), CC_STR("no pod is ready"),
		forge_apps[s->target].port ? CC_STR("the Service has no endpoints") : CC_STR("nobody takes the messages"));
	service_links(s, r, b);
}

cc_code truth_write(forge_sim *s, const char *path, cc_err *err)
{
	const char *root = forge_apps[s->target].name;
	reach r;
	spread_from(s, &r);
	cc_buf b = CC_BUF_INIT;
	fault_part(s, &b);
	alerts_part(s, &r, &b);
	groups_part(s, &r, &b);
	propagations_part(s, &r, &b);
	cc_buf_addf(&b, "recommended_actions:\n  - solution:\n      id: roll_back_the_image\n      actions:\n        - kubectl -n " FORGE_NS
		" rollout undo deployment/%s\n  - solution:\n      id: set_an_existing_image\n      actions:\n        - kubectl -n " FORGE_NS
		" set image deployment/%s %s=%s\n", root, root, root, s->good_image);
	if (!cc_buf_ok(&b)) forge_fail(s, CC_ENOMEM);
	cc_code code = s->code == CC_OK ? cc_file_write(path, cc_buf_str(&b), err) : s->code;
	cc_buf_deinit(&b);
	return code;
}
