/* checks_pods.c - bad states of what runs: pods, their containers, and the workloads that make them. */
#include "checks_priv.h"
#include "coldcase/utf8.h"

enum { MESSAGE_MAX = 240 };

/* --- pods --- */

static bool is_starting(cc_str reason)
{
	return cc_str_eqz(reason, "ContainerCreating") || cc_str_eqz(reason, "PodInitializing");
}

/* How one container stands, how it ended last, how often it was started again. */
typedef struct container_view {
	cc_str name, waits, why, message;
	int64_t restarts, status;
	bool waiting, killed, failed, deaf;
} container_view;

static container_view view_of(const cc_json *c)
{
	const cc_json *ended = cc_json_at(c, "state.terminated"), *last = cc_json_at(c, "lastState.terminated");
	container_view v = { .name = cc_json_get_str(c, "name"), .waits = cc_json_str(cc_json_at(c, "state.waiting.reason")),
		.why = cc_json_get_str(ended ? ended : last, "reason"), .message = cc_json_str(cc_json_at(c, "state.waiting.message")) };

	cc_json_int(cc_json_get(c, "restartCount"), &v.restarts);
	cc_json_int(cc_json_get(ended ? ended : last, "exitCode"), &v.status);
	v.waiting = cc_json_at(c, "state.waiting") != NULL;
	v.killed = cc_str_eqz(v.why, "OOMKilled");
	v.failed = ended && v.status != 0;
	v.deaf = cc_json_at(c, "state.running") && cc_json_typeof(cc_json_get(c, "ready")) == CC_JSON_BOOL && !cc_json_bool(cc_json_get(c, "ready"));
	return v;
}

static check_id rule_of(const container_view *v)
{
	if (v->waiting && (cc_str_find(v->waits, CC_STR("Image")) != CC_STR_NONE || cc_str_eqz(v->waits, "RegistryUnavailable")))
		return CHECK_IMAGE;
	if (cc_str_eqz(v->waits, "CreateContainerConfigError") || cc_str_eqz(v->waits, "CreateContainerError") || cc_str_eqz(v->waits, "RunContainerError"))
		return CHECK_CONTAINER_CONFIG;
	if (v->killed)
		return CHECK_OOM;
	if (v->failed || (v->waiting && !is_starting(v->waits)))
		return CHECK_CRASHES;
	return v->deaf || v->waiting ? CHECK_NOT_READY : CHECK_RESTARTS;
}

/* A Job tells of its pods' failures itself. */
static bool is_of_job(const check_subject *u)
{
	return cc_str_eqz(cc_entity_kind(u->c->s, cc_entity_get(u->c->s, u->o->entity)->owner), "Job");
}

static void container(check_subject *u, const cc_json *c)
{
	container_view v = view_of(c);
	if (!v.waiting && !v.killed && !v.failed && !v.deaf && v.restarts == 0)
		return;
	uint8_t severity = (v.waiting && !is_starting(v.waits)) || v.killed ? 3 : (v.failed && !is_of_job(u)) || v.deaf ? 2 : 1;
	cc_buf text = CC_BUF_INIT;
	cc_buf_addf(&text, "container %.*s: %s%.*s", CC_STR_ARG(v.name), v.waiting ? "waiting " : v.failed ? "ended " : v.deaf ? "running, not ready" : "running",
		CC_STR_ARG(v.waiting ? v.waits : v.failed ? v.why : CC_STR_EMPTY));
	size_t key = text.n;
	if (!v.failed && v.why.n)
		cc_buf_addf(&text, ", last ended %.*s", CC_STR_ARG(v.why));
	if (v.why.n && (key = text.n))
		cc_buf_addf(&text, " (exit status %lld)", (long long)v.status);
	if (v.restarts)
		cc_buf_addf(&text, ", %lld restarts", (long long)v.restarts);
	if (v.message.n)
		cc_buf_addf(&text, ": %.*s%s", CC_STR_ARG(cc_utf8_head(v.message, MESSAGE_MAX)), v.message.n > MESSAGE_MAX ? "…" : "");
	if (cc_buf_ok(&text))
		cc_check_found(u, rule_of(&v), severity, (double)v.restarts, cc_str_sub(cc_buf_str(&text), 0, key), "%s", text.p);
	else
		u->c->code = CC_ENOMEM;
	cc_buf_deinit(&text);
}

void cc_check_pod(check_subject *u)
{
	cc_str phase = cc_json_str(cc_json_at(u->doc, "status.phase")), reason = cc_json_str(cc_json_at(u->doc, "status.reason"));
	bool fine = cc_str_eqz(phase, "Running") || cc_str_eqz(phase, "Succeeded");
	static const char *const lists[] = { "status.initContainerStatuses", "status.containerStatuses" };

	cc_check_conditions(u, CHECK_UNSCHEDULED, cc_json_at(u->doc, "status.conditions"), "PodScheduled", "False", 3);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		for (const cc_json *c = cc_json_first(cc_json_at(u->doc, lists[i])); c; c = cc_json_next(c))
			container(u, c);
	if (cc_json_at(u->doc, "metadata.deletionTimestamp"))
		cc_check_found(u, CHECK_POD_DELETED, 1, NAN, CC_STR_EMPTY, "is being deleted");
	else if (fine)
		cc_check_remark(u, NAN, "is %.*s", CC_STR_ARG(phase));
	else if (phase.n && u->grave == 0)   /* else the reason is said already */
		cc_check_found(u, CHECK_POD_PHASE, is_of_job(u) ? 1 : 3, NAN, phase, "is %.*s%s%.*s", CC_STR_ARG(phase), reason.n ? ": " : "", CC_STR_ARG(reason));
}

/* --- workloads --- */

/* An old ReplicaSet wants none; only what a person scales can be scaled to zero. */
static void replicas(check_subject *u, int64_t wanted, int64_t ready)
{
	bool by_deployment = cc_str_eqz(u->kind, "ReplicaSet"), daemon = cc_str_eqz(u->kind, "DaemonSet");

	if (wanted > 0 && ready < wanted)
		cc_check_found(u, CHECK_REPLICAS, 3, (double)ready, ready ? CC_STR("some") : CC_STR("none"), "has %lld of %lld replicas ready",
			(long long)ready, (long long)wanted);
	else if (wanted == 0 && daemon)
		cc_check_found(u, CHECK_ZERO, 1, 0, CC_STR_EMPTY, "fits no node");
	else if (wanted == 0 && !by_deployment)
		cc_check_found(u, CHECK_ZERO, 3, 0, CC_STR_EMPTY, "is scaled to zero");
	else if (wanted > 0)
		cc_check_remark(u, (double)ready, "has %lld of %lld replicas ready", (long long)ready, (long long)wanted);
}

void cc_check_workload(check_subject *u)
{
	const cc_json *status = cc_json_get(u->doc, "status"), *conditions = cc_json_get(status, "conditions");
	bool daemon = cc_str_eqz(u->kind, "DaemonSet");
	int64_t wanted = 1, ready = 0;

	if (!status)
		return;
	cc_json_int(daemon ? cc_json_get(status, "desiredNumberScheduled") : cc_json_at(u->doc, "spec.replicas"), &wanted);
	cc_json_int(cc_json_get(status, daemon ? "numberReady" : "readyReplicas"), &ready);
	replicas(u, wanted, ready);
	cc_check_conditions(u, CHECK_ROLLOUT, conditions, "ReplicaFailure", "True", 3);
	cc_check_conditions(u, CHECK_ROLLOUT, conditions, "Progressing", "False", 2);
	if (cc_json_bool(cc_json_at(u->doc, "spec.paused")))
		cc_check_found(u, CHECK_PAUSED, 1, NAN, CC_STR_EMPTY, "is paused: changes are not rolled out");
}

void cc_check_job(check_subject *u)
{
	if (cc_json_bool(cc_json_at(u->doc, "spec.suspend")))
		cc_check_found(u, CHECK_SUSPENDED, 1, NAN, CC_STR_EMPTY, "is suspended");
	cc_check_conditions(u, CHECK_JOB_FAILED, cc_json_at(u->doc, "status.conditions"), "Failed", "True", 2);
}
