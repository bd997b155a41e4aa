/* fault_chaos.c - faults by Chaos Mesh: which disturbance, of whom, how often. chaos.c makes them happen.
 *
 * The root is the Schedule: it is what has to be deleted or paused. The objects it spawns are the same thing under another name. */
#include <string.h>

#include "forge/fault_priv.h"

/* Threads of a stress that leave the service so little that its slowest common operation takes seconds. */
static int workers_for(const fault_map *m, int service)
{
	enum { WANTED_US = 2200000, NO_LIMIT_M = 2000, STEP = 16 };
	const forge_service *v = &m->app->services[service];
	int64_t most = 1, share_m = v->cpu_limit_m ? v->cpu_limit_m : NO_LIMIT_M;
	for (int op = 0; op < m->app->ops_n; op++)
		if (m->app->ops[op].service == service && m->op[op] >= FAULT_NOTICED && m->app->ops[op].cpu_us > most)
			most = m->app->ops[op].cpu_us;
	int64_t n = (WANTED_US * share_m / (most * 1000) + STEP - 1) / STEP * STEP;
	return (int)(n < CHAOS_WORKERS_LEAST ? CHAOS_WORKERS_LEAST : n > CHAOS_WORKERS_MOST ? CHAOS_WORKERS_MOST : n);
}

static const char *check_stress_cpu(const fault_map *m, const fault_target *t)
{
	enum { NO_LIMIT_M = 2000 };
	const char *why = check_called(m, t);
	const forge_service *v = &m->app->services[t->service];
	int64_t threads = why ? 0 : workers_for(m, t->service) + 1, share_m = v->cpu_limit_m ? v->cpu_limit_m : NO_LIMIT_M;
	for (int op = 0; op < m->app->ops_n && !why; op++)
		if (m->app->ops[op].service == t->service && m->op[op] >= FAULT_NOTICED &&
			fault_slows(m, op, m->app->ops[op].cpu_us * threads * 1000 / share_m))
			return NULL;
	return why ? why : "it needs so little processor time that it would stay fast enough";
}

static const char *check_stress_memory(const fault_map *m, const fault_target *t)
{
	const char *why = check_outage(m, t);
	return why ? why : m->app->services[t->service].mem_limit_mi > 0 ? NULL : "its memory has no limit to run into";
}

/* Chaos that comes and goes between the users and the entry is seen by the users alone, whom no rule watches. */
static const char *check_inner(const fault_map *m, const fault_target *t)
{
	const char *why = check_callable(m, t);
	for (int i = 0; i < m->app->services_n && !why; i++)
		if (!m->app->services[i].loadgen && i != t->service && fault_edge(m, t->service, i) >= FAULT_NOTICED)
			return NULL;
	return why ? why : "only the users call it, and no rule watches them";
}

static const char *check_kill(const fault_map *m, const fault_target *t)
{
	const char *why = check_inner(m, t);
	if (why) return why;
	return m->service[t->service] >= 10 * FAULT_NOTICED ? NULL
							    : "it is called so rarely that a short absence is missed";
}

static const char *check_pair(const fault_map *m, const fault_target *t)
{
	if (t->service == t->other) return "a service does not call itself";
	if (m->app->services[t->service].loadgen) return "the users are no pods of the application";
	if (t->other == m->app->flagd) return "its callers go on with the flags' defaults";
	if (m->app->services[t->other].port == 0) return "nobody calls it over the network";
	return fault_edge(m, t->other, t->service) >= FAULT_NOTICED
		       ? NULL
		       : "the first does not call the second, or hardly ever";
}

static const char *check_http(const fault_map *m, const fault_target *t)
{
	const char *why = check_inner(m, t);
	int op = why ? -1 : fault_top_op(m, t->service);
	if (why) return why;
	return op >= 0 && m->app->ops[op].proto == PROTO_HTTP ? NULL : "it does not speak plain HTTP";
}

static const char *check_jvm(const fault_map *m, const fault_target *t)
{
	const char *why = check_called(m, t);
	forge_lang lang = m->app->services[t->service].lang;
	if (why) return why;
	if (lang != LANG_JAVA && lang != LANG_KOTLIN) return "it does not run in a Java virtual machine";
	return fault_top_op(m, t->service) >= 0 ? NULL : "it has no operations";
}

static int chaos_kind(const forge_cause *c)
{
	static const char *const WORDS[CHAOS_COUNT] = {
		[CHAOS_DELAY] = "chaos-delay",
		[CHAOS_LOSS] = "chaos-loss",
		[CHAOS_PARTITION] = "chaos-partition",
		[CHAOS_CPU] = "chaos-cpu",
		[CHAOS_MEMORY] = "chaos-memory",
		[CHAOS_KILL] = "chaos-kill",
		[CHAOS_ABORT] = "chaos-abort",
		[CHAOS_JVM] = "chaos-jvm",
	};
	for (int i = 0; i < CHAOS_COUNT; i++)
		if (strcmp(fault_row_get(c->kind)->pub.kind, WORDS[i]) == 0) return i;
	return CHAOS_DELAY;
}

static const char *const MECHANISM[CHAOS_COUNT] = {
	[CHAOS_DELAY] = "network_delay",
	[CHAOS_LOSS] = "network_loss",
	[CHAOS_PARTITION] = "network_partition",
	[CHAOS_CPU] = "cpu_stress",
	[CHAOS_MEMORY] = "memory_stress",
	[CHAOS_KILL] = "pod_kill",
	[CHAOS_ABORT] = "http_abort",
	[CHAOS_JVM] = "jvm_exception",
};

static const char *const DOES[CHAOS_COUNT] = {
	[CHAOS_DELAY] = "packets of its pods are delayed",
	[CHAOS_LOSS] = "packets of its pods are lost",
	[CHAOS_PARTITION] = "packets between the two are dropped",
	[CHAOS_CPU] = "stress takes its processor time",
	[CHAOS_MEMORY] = "stress takes its memory",
	[CHAOS_KILL] = "its pods are killed again and again",
	[CHAOS_ABORT] = "its connections are aborted",
	[CHAOS_JVM] = "its method throws an exception",
};

static chaos_spec spec_of(forge_sim *s, const forge_cause *c)
{
	chaos_spec spec = { .kind = chaos_kind(c), .service = c->service, .other = c->other, .op = -1, .workers = CHAOS_WORKERS_LEAST };
	fault_map m;
	if (spec.kind != CHAOS_JVM && spec.kind != CHAOS_CPU) return spec;
	if (!fault_map_make(&m, s->app, s->arena)) {
		forge_fail(s, CC_ENOMEM);
		return spec;
	}
	if (spec.kind == CHAOS_JVM) spec.op = fault_top_op(&m, c->service);
	else spec.workers = workers_for(&m, c->service);
	return spec;
}

static void prepare(forge_sim *s, forge_cause *c)
{
	chaos_spec spec = spec_of(s, c);
	const char *name = chaos_name(s, &spec);
	c->op = spec.op;
	c->root = (forge_entity){ "chaos-mesh", "Schedule", name };
	cause_alias(c, "chaos-mesh", chaos_object_kind(spec.kind), name);
	c->category = "Chaos";
	c->mechanism = MECHANISM[spec.kind];
	c->first_hit = spec.kind == CHAOS_PARTITION ? c->other : c->service;
	c->first_effect = DOES[spec.kind];
	c->indirect = true;
	if (spec.kind == CHAOS_PARTITION)
		c->condition = forge_text(s, "Chaos Mesh Schedule %s: %s, %s and %s", name, DOES[spec.kind],
			fault_service_name(s, c->service), fault_service_name(s, c->other));
	else
		c->condition = forge_text(s, "Chaos Mesh Schedule %s: of %s, %s", name,
			fault_service_name(s, c->service), DOES[spec.kind]);
	cause_hint(c, "Services that log errors may only pass on what a callee did to them: find where the errors or "
		      "the delays begin.");
	cause_hint(c, "It comes and goes. Nothing that was changed does that by itself: what runs on a schedule?");
	cause_hint(c, "Read the events of other namespaces than the application's.");
	cause_hint(c, forge_text(s, "Chaos Mesh: Schedule/%s.", name));
}

void chaos_start(forge_sim *s, int cause)
{
	forge_cause *c = &s->plan.causes.p[cause];
	chaos_spec spec = spec_of(s, c);
	int64_t every = spec.kind == CHAOS_KILL ? 1 : 5 + (int64_t)cc_rng_below(&s->plan_rng, 2);
	spec.every = every * 60 * FORGE_S;
	/* Longer than a rule's window and its patience: what is shorter nobody is told of. */
	spec.lasts = (every * 60 - 60 - (int64_t)cc_rng_below(&s->plan_rng, 2) * 30) * FORGE_S;
	chaos_schedule(s, c->at, &spec);
	c->element = "spec.schedule";
	c->from = "";
	c->to = forge_text(s, "*/%lld * * * *", (long long)every);
}

static void inject(forge_sim *s, int64_t now, int cause, int unused)
{
	forge_cause *c = &s->plan.causes.p[cause];
	(void)unused, (void)now;
	chaos_start(s, cause);
	cause_step(c, "events by=reason");
	cause_step(c, "events kind=Schedule");
	cause_proof(c, "events kind=Schedule",
		forge_text(s, "Schedule/%s.*Create new object|Create new object: %s-", c->root.name, c->root.name),
		"the schedule spawns chaos, cycle after cycle");
	cause_proof(c, forge_text(s, "events kind=%s", chaos_object_kind(chaos_kind(c))),
		forge_text(s, "Applied.*%s|%s.*Applied|Successfully apply chaos for %s/%s-", c->root.name, c->root.name,
			s->app->namespace, fault_service_name(s, c->service)),
		"the chaos is applied to the service's pods");
	cause_action(c, forge_text(s,
				"kubectl -n chaos-mesh delete schedule %s, or annotate it with "
				"experiment.chaos-mesh.org/pause=true",
				c->root.name));
}

static const fault_row ROWS[] = {
	{ { "chaos-delay", "Chaos Mesh delays a service's packets, on and off", "service", "Schedule" }, FAM_CHAOS,
		AT_SERVICE, SHAPE_PASSING, check_inner, prepare, inject },
	{ { "chaos-loss", "Chaos Mesh loses a service's packets, on and off", "service", "Schedule" }, FAM_CHAOS,
		AT_SERVICE, SHAPE_PASSING, check_inner, prepare, inject },
	{ { "chaos-partition", "Chaos Mesh drops all packets between a caller and a callee, on and off",
		  "pair caller/callee", "Schedule" },
		FAM_CHAOS, AT_PAIR, SHAPE_PASSING, check_pair, prepare, inject },
	{ { "chaos-cpu", "Chaos Mesh takes a service's processor time, on and off", "service", "Schedule" }, FAM_CHAOS,
		AT_SERVICE, SHAPE_PASSING, check_stress_cpu, prepare, inject },
	{ { "chaos-memory", "Chaos Mesh takes a service's memory, on and off", "service", "Schedule" }, FAM_CHAOS,
		AT_SERVICE, SHAPE_PASSING, check_stress_memory, prepare, inject },
	{ { "chaos-kill", "Chaos Mesh kills a service's pods again and again", "service", "Schedule" }, FAM_CHAOS,
		AT_SERVICE, SHAPE_PASSING, check_kill, prepare, inject },
	{ { "chaos-abort", "Chaos Mesh aborts a service's HTTP connections, on and off", "service", "Schedule" },
		FAM_CHAOS, AT_SERVICE, SHAPE_PASSING, check_http, prepare, inject },
	{ { "chaos-jvm", "Chaos Mesh makes a Java service throw exceptions, on and off", "service", "Schedule" },
		FAM_CHAOS, AT_SERVICE, SHAPE_PASSING, check_jvm, prepare, inject },
};

fault_rows fault_chaos_table(void)
{
	return (fault_rows){ ROWS, sizeof ROWS / sizeof ROWS[0] };
}
