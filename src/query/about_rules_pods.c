/* about_rules_pods.c - bad states of what runs and of what leads to it: pods, workloads, Services. */
#include <math.h>

#include "about_priv.h"

enum { MESSAGE_MAX = 160 };

/* --- pods --- */

static bool is_starting(cc_str reason)
{
	return cc_str_eqz(reason, "ContainerCreating") || cc_str_eqz(reason, "PodInitializing");
}

/* One finding a container: how it stands, how it ended last, how often it was started again. */
static void container(about_subject *u, const cc_json *c)
{
	const cc_json *ended = cc_json_at(c, "state.terminated"), *last = cc_json_at(c, "lastState.terminated");
	cc_str name = cc_json_get_str(c, "name"), waits = cc_json_str(cc_json_at(c, "state.waiting.reason"));
	cc_str why = cc_json_get_str(ended ? ended : last, "reason"), message = cc_json_str(cc_json_at(c, "state.waiting.message"));
	int64_t restarts = 0, status = 0;
	cc_json_int(cc_json_get(c, "restartCount"), &restarts);
	cc_json_int(cc_json_get(ended ? ended : last, "exitCode"), &status);
	bool waiting = cc_json_at(c, "state.waiting") != NULL, killed = cc_str_eqz(why, "OOMKilled"), failed = ended && status != 0;
	bool deaf = cc_json_at(c, "state.running") && cc_json_typeof(cc_json_get(c, "ready")) == CC_JSON_BOOL && !cc_json_bool(cc_json_get(c, "ready"));

	if (!waiting && !killed && !failed && !deaf && restarts == 0)
		return;
	uint8_t severity = (waiting && !is_starting(waits)) || killed ? 3 : failed || deaf ? 2 : 1;
	cc_buf text = CC_BUF_INIT;
	cc_buf_addf(&text, "container %.*s: %s%.*s", CC_STR_ARG(name), waiting ? "waiting " : failed ? "ended " : deaf ? "running, not ready" : "running",
		CC_STR_ARG(waiting ? waits : failed ? why : CC_STR_EMPTY));
	size_t key = text.n;
	if (!failed && why.n)
		cc_buf_addf(&text, ", last ended %.*s", CC_STR_ARG(why));
	if (why.n && (key = text.n))
		cc_buf_addf(&text, " (exit status %lld)", (long long)status);
	if (restarts)
		cc_buf_addf(&text, ", %lld restarts", (long long)restarts);
	if (message.n)
		cc_buf_addf(&text, ": %.*s", CC_STR_ARG(cc_str_sub(message, 0, MESSAGE_MAX)));
	if (cc_buf_ok(&text))
		cc_about_finding(u, severity, (double)restarts, cc_str_sub(cc_buf_str(&text), 0, key), "%s", text.p);
	else
		u->b->code = CC_ENOMEM;
	cc_buf_deinit(&text);
}

void cc_about_judge_pod(about_subject *u)
{
	cc_str phase = cc_json_str(cc_json_at(u->doc, "status.phase")), reason = cc_json_str(cc_json_at(u->doc, "status.reason"));
	bool fine = cc_str_eqz(phase, "Running") || cc_str_eqz(phase, "Succeeded");
	static const char *const lists[] = { "status.initContainerStatuses", "status.containerStatuses" };

	if (cc_json_at(u->doc, "metadata.deletionTimestamp"))
		cc_about_finding(u, 1, NAN, CC_STR("terminating"), "is being deleted");
	else if (phase.n)
		cc_about_finding(u, fine ? 0 : 3, NAN, phase, "is %.*s%s%.*s", CC_STR_ARG(phase), reason.n ? ": " : "", CC_STR_ARG(reason));
	cc_about_conditions(u, cc_json_at(u->doc, "status.conditions"), "PodScheduled", "False", 3);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (const cc_json *c = cc_json_first(cc_json_at(u->doc, lists[i])); c; c = cc_json_next(c))
			container(u, c);
}

/* --- workloads --- */

static void replicas(about_subject *u, int64_t wanted, int64_t ready, bool template_only)
{
	if (wanted > 0 && ready < wanted)
		cc_about_finding(u, 3, (double)ready, ready ? CC_STR("some ready") : CC_STR("none ready"), "has %lld of %lld replicas ready", (long long)ready,
			(long long)wanted);
	else if (wanted == 0 && !template_only)
		cc_about_finding(u, 3, 0, CC_STR("zero"), "is scaled to zero");
	else if (wanted > 0)
		cc_about_finding(u, 0, (double)ready, CC_STR("ready"), "has %lld of %lld replicas ready", (long long)ready, (long long)wanted);
}

void cc_about_judge_workload(about_subject *u)
{
	cc_str kind = cc_entity_kind(u->b->s, u->o->entity);
	const cc_json *status = cc_json_get(u->doc, "status"), *conditions = cc_json_get(status, "conditions");
	bool daemon = cc_str_eqz(kind, "DaemonSet");
	int64_t wanted = 1, ready = 0;

	if (!status)
		return;
	cc_json_int(daemon ? cc_json_get(status, "desiredNumberScheduled") : cc_json_at(u->doc, "spec.replicas"), &wanted);
	cc_json_int(cc_json_get(status, daemon ? "numberReady" : "readyReplicas"), &ready);
	replicas(u, wanted, ready, cc_str_eqz(kind, "ReplicaSet"));
	cc_about_conditions(u, conditions, "ReplicaFailure", "True", 3);
	cc_about_conditions(u, conditions, "Progressing", "False", 2);
	if (cc_json_bool(cc_json_at(u->doc, "spec.paused")))
		cc_about_finding(u, 1, NAN, CC_STR("paused"), "is paused: changes are not rolled out");
}

/* --- Services --- */

typedef struct selected { size_t pods, matching; } selected;

static bool matches(const cc_json *selector, const cc_json *labels)
{
	for (const cc_json *m = cc_json_first(selector); m; m = cc_json_next(m)) {
		bool met = false;
		for (const cc_json *l = cc_json_first(labels); l && !met; l = cc_json_next(l))
			met = cc_str_eq(cc_json_key(l), cc_json_key(m)) && cc_str_eq(cc_json_text(l), cc_json_text(m));
		if (!met)
			return false;
	}
	return true;
}

/* Does a container of this pod declare the port? Number or name. */
static bool declares(const cc_json *pod, cc_str port, bool *any)
{
	for (const cc_json *c = cc_json_first(cc_json_at(pod, "spec.containers")); c; c = cc_json_next(c))
		for (const cc_json *p = cc_json_first(cc_json_get(c, "ports")); p; p = cc_json_next(p)) {
			*any = true;
			if (cc_str_eq(cc_json_text(cc_json_get(p, "containerPort")), port) || cc_str_eq(cc_json_get_str(p, "name"), port))
				return true;
		}
	return false;
}

/* Declared ports are documentation for numbers but binding for names; either way a port that no container declares is suspect. */
static void target_ports(about_subject *u, const cc_json *pod)
{
	for (const cc_json *p = cc_json_first(cc_json_at(u->doc, "spec.ports")); p; p = cc_json_next(p)) {
		const cc_json *target = cc_json_get(p, "targetPort");
		cc_str port = cc_json_text(target ? target : cc_json_get(p, "port")), own = cc_json_text(cc_json_get(p, "port"));
		bool any = false;
		if (port.n && !declares(pod, port, &any) && any)
			cc_about_finding(u, 2, NAN, port, "port %.*s leads to %.*s, which its pods do not declare", CC_STR_ARG(own), CC_STR_ARG(port));
	}
}

/* Pods of the namespace as of then: how many there are, how many the selector meets. Ports are looked up in the first that fits. */
static selected count_pods(about_subject *u, const cc_json *selector)
{
	const cc_snapshot *s = u->b->s;
	cc_sym ns = cc_entity_get(s, u->o->entity)->ns;
	selected n = { 0, 0 };

	for (size_t i = 0; i < cc_objects_count(s); i++) {
		const cc_object *o = cc_objects_get(s, i);
		if (cc_entity_get(s, o->entity)->ns != ns || !cc_str_eqz(cc_entity_kind(s, o->entity), "Pod") ||
			(o->gone_ns != CC_TIME_NONE && o->gone_ns <= u->at_ns))
			continue;
		cc_json *pod = cc_about_object_at(u->b, o, u->at_ns, NULL);
		if (!pod)
			continue;
		n.pods++;
		if (matches(selector, cc_json_at(pod, "metadata.labels"))) {
			if (n.matching++ == 0)
				target_ports(u, pod);
		}
		cc_json_free(pod);
	}
	return n;
}

/* Addresses ready and not ready; false without an Endpoints object. */
static bool count_endpoints(about_subject *u, size_t *ready, size_t *not_ready)
{
	const cc_snapshot *s = u->b->s;
	const cc_entity *e = cc_entity_get(s, cc_entity_find(s, cc_entity_ns(s, u->o->entity), CC_STR("Endpoints"), cc_entity_name(s, u->o->entity)));
	const cc_object *o = e && e->object ? cc_objects_get(s, e->object - 1) : NULL;
	cc_json *doc = o ? cc_about_object_at(u->b, o, u->at_ns, NULL) : NULL;

	*ready = *not_ready = 0;
	if (!doc)
		return false;
	for (const cc_json *sub = cc_json_first(cc_json_get(doc, "subsets")); sub; sub = cc_json_next(sub)) {
		*ready += cc_json_count(cc_json_get(sub, "addresses"));
		*not_ready += cc_json_count(cc_json_get(sub, "notReadyAddresses"));
	}
	cc_json_free(doc);
	return true;
}

void cc_about_judge_service(about_subject *u)
{
	const cc_json *selector = cc_json_at(u->doc, "spec.selector");
	size_t ready, not_ready;
	cc_buf text = CC_BUF_INIT;

	if (cc_json_count(selector) == 0)
		return;   /* addresses are written by hand, or it is an alias */
	selected n = count_pods(u, selector);
	for (const cc_json *m = cc_json_first(selector); m; m = cc_json_next(m))
		cc_buf_addf(&text, "%s%.*s=%.*s", text.n ? "," : "", CC_STR_ARG(cc_json_key(m)), CC_STR_ARG(cc_json_text(m)));
	if (n.pods > 0 && n.matching == 0)
		cc_about_finding(u, 3, 0, CC_STR("selector"), "selector %s matches no pod", cc_buf_ok(&text) ? text.p : "");
	else if (count_endpoints(u, &ready, &not_ready) && ready == 0)
		cc_about_finding(u, 3, 0, CC_STR("endpoints"), "has no ready endpoint (%zu not ready)", not_ready);
	else if (n.matching > 0)
		cc_about_finding(u, 0, (double)n.matching, CC_STR("pods"), "selects %zu pods", n.matching);
	if (!cc_buf_ok(&text))
		u->b->code = CC_ENOMEM;
	cc_buf_deinit(&text);
}
