/* noise.c - unrelated trouble, as every real cluster has it: by --noise percent, 0 to 300.
 *
 * From 50 on: a service whose readiness probe flaps, one that is slow and always was, a collector of telemetry that stumbles
 * (noise_collector.c). From 100: a CronJob that fails, nodes that complain. From 150: a low rate of errors that were there
 * before. More repeats these. */
#include <string.h>

#include "forge/decoy.h"
#include "forge/truth_priv.h"

/* Errors of a service that are older than the cause. */
typedef struct old_error {
	int service, effect;
	const char *message;
	bool tempts;             /* there are so many that somebody may name the service */
} old_error;

struct plan_noise {
	const char *cron;
	int previous, runs;
	old_error old[PLAN_FAILING];
};

static int pick(forge_sim *s, bool stores)
{
	for (int tries = 0; tries < 60; tries++) {
		int i = (int)cc_rng_below(&s->noise_rng, (uint64_t)s->app->services_n);
		const forge_service *v = &s->app->services[i];
		if (plan_involved(s, i) || v->loadgen || i == s->app->flagd || v->port == 0 || i == s->plan.flaky ||
			i == s->plan.slow)
			continue;
		if (fault_is_store(s->app, i) && !stores) continue;
		return i;
	}
	return -1;
}

/* A slow service is no news: it was slow when the baseline was taken. */
static void slow_service(forge_sim *s)
{
	s->plan.slow = pick(s, false);
	if (s->plan.slow < 0) return;
	flow_effect e = { .delay_ms = 60 + 20 * (int)cc_rng_below(&s->noise_rng, 6) };
	flow_effect_set(s, flow_effect_add(s, s->plan.slow, -1, &e), true);
}

static bool fails_already(const forge_sim *s, int service)
{
	for (int i = 0; i < s->plan.failing_n; i++)
		if (s->plan.failing[i] == service) return true;
	return false;
}

/* Calls of an operation that fail within such a time, as a rule. */
static int64_t failing_within(const forge_sim *s, const fault_map *m, int op, int permille, int64_t ns)
{
	int64_t calls_a_day = m->op[op] * s->rps_milli / 1000 * 86400 / 1000000;
	return calls_a_day * permille / 1000 * (ns / FORGE_S) / 86400;
}

/* Another one for each service. */
static const char *error_text(forge_sim *s)
{
	static const char *const TEXTS[] = { "upstream cache entry expired while being revalidated",
		"optimistic lock failed: row was updated by another transaction", "payload has an unknown field: client_hint",
		"idempotency key was seen before with another body" };
	enum { N = sizeof TEXTS / sizeof TEXTS[0] };
	size_t first = s->plan.failing_n ? (size_t)s->plan.failing_text : cc_rng_below(&s->noise_rng, N);
	s->plan.failing_text = (int)first;
	return TEXTS[(first + (size_t)s->plan.failing_n) % N];
}

static void end_old_error(forge_sim *s, const old_error *o)
{
	int n = 0;
	flow_effect_set(s, o->effect, false);
	for (int i = 0; i < s->plan.failing_n; i++)
		if (s->plan.failing[i] != o->service) s->plan.failing[n++] = s->plan.failing[i];
	s->plan.failing_n = n;
}

/* At the onset: what happened not to fail until then and would fail in numbers would be news, and ends. */
static void old_or_none(forge_sim *s, int64_t now, int which, int unused)
{
	const old_error *o = &s->plan.noise->old[which];
	int64_t first = flow_effect_first(s, o->effect);
	(void)unused;
	if (!first || first >= now / FORGE_S * FORGE_S) {
		end_old_error(s, o);
		return;
	}
	if (!o->tempts) return;
	decoy_add(s, s->start, fault_workload_entity(s, o->service), "its requests fail with an error of their own",
		"a small part of them failed in the same way before the onset",
		forge_text(s, "logs ~ /%s/ until=%s", o->message, debrief_time(s, now)), o->message);
}

/* They are no news either: the baseline has them, and after the onset there are as many. On hard there are so many
 * that they are taken for a second cause by who does not look at the time before. */
static void old_errors(forge_sim *s)
{
	enum { SEEN = 6 };
	fault_map m;
	bool hard = s->opt->difficulty >= CC_FORGE_HARD, shown = false;
	int service = -1, op = -1;
	flow_effect e = { .fail_permille = (hard ? 30 : 4) + (int)cc_rng_below(&s->noise_rng, hard ? 40 : 6),
		.message = error_text(s) };
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	for (int tries = 0; tries < (hard ? 8 : 1) && !shown; tries++) {
		service = pick(s, false);
		bool proxy = service >= 0 && s->app->services[service].lang == LANG_ENVOY; /* it makes none of its own */
		op = service < 0 || proxy ? -1 : fault_top_op(&m, service);
		if (op >= 0 && fails_already(s, service)) op = -1;
		shown = hard && op >= 0 && failing_within(s, &m, op, e.fail_permille, s->inject - s->start) >= SEEN;
	}
	if (op < 0 || (s->plan.failing_n && !shown)) return; /* the baseline must tell of those that are there in numbers */
	old_error *o = &s->plan.noise->old[s->plan.failing_n];
	*o = (old_error){ service, flow_effect_add(s, service, op, &e), e.message, shown };
	flow_effect_set(s, o->effect, true);
	if (shown || failing_within(s, &m, op, e.fail_permille, s->end - s->inject) >= SEEN)
		forge_at(s, s->inject, old_or_none, s->plan.failing_n, 0);
	s->plan.failing[s->plan.failing_n++] = service;
}

/* ---- a CronJob that fails: the controller makes a Job every ten minutes and keeps the last failed one ---- */

#define CRON_EVERY (600 * FORGE_S)

static void cron_run(forge_sim *s, int64_t now, int unused, int unused2)
{
	struct plan_noise *n = s->plan.noise;
	(void)unused, (void)unused2;
	kube_workload w = { .kind = WL_JOB,
		.service = -1,
		.name = forge_text(s, "%s-%lld", n->cron, (long long)(now / (60 * FORGE_S))),
		.ns = s->app->namespace,
		.replicas = 1,
		.cron = n->cron,
		.cpu_use_m = 20,
		.mem_use_mi = 12,
		.tmpl = { .image = "busybox:latest",
			.command = "sh -c 'test -s /var/spool/jobs/pending || { echo nothing to do since the last run >&2; exit 1; }'",
			.run = RUN_EXIT,
			.run_ms = 2600,
			.run_code = 1,
			.cpu_request_m = 10,
			.mem_request_mi = 16,
			.mem_limit_mi = 64,
			.cpu_limit_m = 100,
			.init_service = -1,
			.dns_policy = "ClusterFirst" } };
	if (n->previous >= 0) kube_delete_workload(s, now, n->previous);
	forge_event_spec e = { .kind = "CronJob",
		.object = n->cron,
		.object_uid = kube_foreign_uid(s, "CronJob", n->cron),
		.reason = "SuccessfulCreate",
		.component = "cronjob-controller",
		.host = "" };
	kube_event(s, now, &e, "Created job %s", w.name);
	n->previous = kube_add_workload(s, now, &w);
	if (n->runs++ == 0) {
		forge_entity cron = { s->app->namespace, "CronJob", n->cron };
		forge_decoy d = { cron, "its Jobs fail",
			"they failed in the same way long before the onset, and no service depends on them",
			{ "events reason=BackoffLimitExceeded", n->cron, "its Jobs failed before the onset too" },
			now };
		if (!cc_vec_push(&s->plan.decoys, d)) forge_fail(s, CC_ENOMEM);
	}
	forge_at(s, now + CRON_EVERY, cron_run, 0, 0);
}

/* A Job that fails makes the rule about pods of the namespace fire: where the namespace itself is the answer, that would tell it
 * for a wrong reason. */
static bool namespace_is_answer(const forge_sim *s)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *c = &s->plan.causes.p[i];
		if (strcmp(c->root.kind, "Namespace") == 0) return true;
		for (int a = 0; a < c->aliases; a++)
			if (strcmp(c->alias[a].kind, "Namespace") == 0) return true;
	}
	return false;
}

static void failing_cron(forge_sim *s)
{
	static const char *const NAMES[] = { "report-mailer", "sitemap-refresh", "session-cleanup", "backup-catalog" };
	struct plan_noise *n = s->plan.noise;
	n->cron = NAMES[cc_rng_below(&s->noise_rng, sizeof NAMES / sizeof NAMES[0])];
	n->previous = -1;
	int64_t first = (s->start - 30 * 60 * FORGE_S) / CRON_EVERY * CRON_EVERY; /* the release is installed by then */
	forge_at(s, first + cc_rng_between(&s->noise_rng, 5 * FORGE_MS, 60 * FORGE_MS), cron_run, 0, 0);
}

/* ---- nodes ---- */

static void trial(forge_sim *s, int64_t now, int service, int unused)
{
	(void)unused;
	decoy_trial(s, now, service);
}

/* A pod that does not start is the first thing anybody looks for: from hard on there may be one that matters to
 * nobody. */
static void old_trial(forge_sim *s)
{
	int service = pick(s, false);
	if (service < 0 || namespace_is_answer(s)) return;
	forge_at(s, s->start - cc_rng_between(&s->noise_rng, 8 * 60 * FORGE_S, 25 * 60 * FORGE_S), trial, service, 0);
}

static void node_complains(forge_sim *s, int64_t now, int node, int left)
{
	static const struct {
		const char *reason, *text;
	} LINES[] = {
		{ "ImageGCFailed", "failed to garbage collect required amount of images. Attempted to free 1283457024 "
				   "bytes, but only found 0 bytes eligible to free." },
		{ "InvalidDiskCapacity", "invalid capacity 0 on image filesystem" },
		{ "FreeDiskSpaceFailed", "Failed to garbage collect required amount of images. Attempted to free "
					 "866217164 bytes, but only found 0 bytes eligible to free." },
	};
	const kube_node *n = &s->kube.nodes.p[node];
	size_t i = cc_rng_below(&s->noise_rng, sizeof LINES / sizeof LINES[0]);
	forge_event_spec e = { .kind = "Node",
		.object = n->name,
		.object_uid = n->name,
		.reason = LINES[i].reason,
		.component = "kubelet",
		.host = n->name,
		.warning = true };
	kube_event(s, now, &e, "%s", LINES[i].text);
	if (left > 0)
		forge_at(s, now + cc_rng_between(&s->noise_rng, 240 * FORGE_S, 420 * FORGE_S), node_complains, node,
			left - 1);
}

/* From hard on two times of three, so that nothing is known for noise because every case has it. */
static bool there(forge_sim *s)
{
	return s->opt->difficulty < CC_FORGE_HARD || cc_rng_below(&s->noise_rng, 3) < 2;
}

void noise_plan(forge_sim *s)
{
	int percent = plan_noise_percent(s);
	s->plan.noise = cc_calloc(1, sizeof *s->plan.noise);
	if (!s->plan.noise) {
		forge_fail(s, CC_ENOMEM);
		return;
	}
	if (percent >= 50) {
		s->plan.flaky = pick(s, false);
		if (!s->plan.no_baseline) slow_service(s); /* only a time before tells that it was as slow then */
	}
	if (percent >= 100) {
		if (!namespace_is_answer(s) && there(s)) failing_cron(s);
		int node = 1 + (int)cc_rng_below(&s->noise_rng, s->kube.nodes.n > 1 ? s->kube.nodes.n - 1 : 1);
		if (node < (int)s->kube.nodes.n && there(s))
			forge_at(s, s->start + cc_rng_between(&s->noise_rng, 0, 300 * FORGE_S), node_complains, node,
				percent / 50);
	}
	noise_collector(s, (percent + 50) / 100);
	/* Among several such services a cause that spoils a few calls is one more. */
	for (int n = s->opt->difficulty >= CC_FORGE_HARD ? PLAN_FAILING : 1; percent >= 150 && n > 0 && !s->plan.no_baseline; n--)
		old_errors(s);
	if (s->opt->difficulty >= CC_FORGE_HARD && there(s)) old_trial(s);
}

void noise_deinit(forge_sim *s)
{
	cc_free(s->plan.noise);
	s->plan.noise = NULL;
}
