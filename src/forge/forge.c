/* forge.c - one run from options to files: check, load the application, simulate, write beside the target, rename. */
#include <stdio.h>
#include <string.h>

#include "forge/place.h"

/* The application is installed 40 to 56 minutes before the capture: the Events of the installation still exist when it
 * starts and expire within it or soon after. Traffic starts eleven minutes before, so that counters and rules are in
 * full swing. */
#define MINUTE (60 * FORGE_S)
#define INSTALL_LATEST (40 * MINUTE)
#define INSTALL_EARLIEST (56 * MINUTE)
#define TRAFFIC_BEFORE (11 * MINUTE)
#define RULES_BEFORE (8 * MINUTE)
#define POLL_EVERY (5 * MINUTE)

/* Requests a second the applications' processors and workers are sized for; above, the cluster is a larger one. */
enum { SIZED_FOR_MILLI = 30000, RPS_MIN = 50, RPS_MAX = 1000000 };

void cc_forge_options_init(cc_forge_options *o)
{
	*o = (cc_forge_options){ .seed = 1, .scenario = 1, .duration_ns = 30 * MINUTE, .scrape_ns = MINUTE,
		.rps_milli = 5000, .difficulty = CC_FORGE_MEDIUM, .noise = -1 };
}

static cc_code range(cc_err *err, const char *what, int64_t v, int64_t lo, int64_t hi, const char *text)
{
	if (v >= lo && v <= hi) return CC_OK;
	return cc_err_set(err, CC_EUSAGE, "forge: %s must be %s", what, text);
}

static cc_code check(const cc_forge_options *o, cc_err *err)
{
	if (!o->out_dir || !o->out_dir[0]) return cc_err_set(err, CC_EUSAGE, "forge: no output folder given");
	if (o->truth_dir && !o->truth_dir[0])
		return cc_err_set(err, CC_EUSAGE, "forge: the folder of the ground truth has no name");
	cc_code code = range(err, "the duration", o->duration_ns, 12 * MINUTE, 360 * MINUTE, "12 minutes to 6 hours");
	if (code == CC_OK)
		code = range(err, "the request rate", o->rps_milli, RPS_MIN, RPS_MAX, "0.05 to 1000 a second");
	if (code == CC_OK) code = range(err, "the scenario number", o->scenario, 1, 999999, "1 to 999999");
	if (code == CC_OK)
		code = range(err, "the scrape interval", o->scrape_ns, 15 * FORGE_S, 60 * FORGE_S, "15 to 60 seconds");
	if (code == CC_OK && o->inject_ns > 0)
		code = range(err, "the injection", o->inject_ns, MINUTE, o->duration_ns - 5 * MINUTE,
			"1 minute after the start to 5 before the end");
	if (code == CC_OK && o->inject_ns < 0)
		code = range(err, "an injection before the capture", o->inject_ns, -CC_FORGE_EARLIEST_S * FORGE_S,
			-CC_FORGE_LATEST_S * FORGE_S, "30 to 240 seconds before its start");
	int64_t first = cc_time_from_civil(2000, 1, 1, 0, 0, 0, 0);
	int64_t last = cc_time_from_civil(2200, 1, 1, 0, 0, 0, 0) - o->duration_ns;
	if (code == CC_OK && o->start_ns)
		code = range(err, "the capture", o->start_ns, first, last, "in the years 2000 to 2199");
	if (code == CC_OK) code = range(err, "the noise", o->noise, -1, 300, "0 to 300 percent");
	if (code == CC_OK) code = range(err, "the damage", o->corrupt, 0, 1000, "0 to 1000 places");
	unsigned all = CC_FORGE_NO_ALERTS | CC_FORGE_NO_EVENTS | CC_FORGE_NO_OBJECTS | CC_FORGE_NO_LOGS |
		CC_FORGE_NO_TRACES | CC_FORGE_NO_METRICS;
	if (code == CC_OK && (o->without & all) == all)
		code = cc_err_set(err, CC_EUSAGE, "forge: without all six files no incident is left");
	if (code == CC_OK) code = range(err, "the number of threads", o->threads, 0, 2, "1 or 2");
	if (code == CC_OK) code = range(err, "the number of faults", o->fault_count, 0, CC_FORGE_FAULTS, "at most 4");
	return code;
}

static void start_recording(forge_sim *s, int64_t now, int a, int b)
{
	(void)a, (void)b;
	s->recording = true;
	kube_events_replay(s, now + 40 * FORGE_MS);
}

static void poll(forge_sim *s, int64_t now, int a, int b)
{
	kube_poll(s, now);
	forge_at(s, now + POLL_EVERY, poll, a, b);
}

static cc_code schedule(forge_sim *s, cc_err *err)
{
	kube_install(s, s->start - cc_rng_between(&s->kube_rng, INSTALL_LATEST, INSTALL_EARLIEST));
	flow_start(s, s->start - TRAFFIC_BEFORE);
	metrics_start(s, s->start - TRAFFIC_BEFORE);
	alerts_start(s, s->start - RULES_BEFORE);
	forge_at(s, s->start, start_recording, 0, 0);
	cc_code code = plan_make(s, err);
	forge_at(s, s->plan.first_poll, poll, 0, 0);
	return code;
}

/* More load than the files' numbers are meant for comes to a cluster that was built for it: so many times as large. */
static int built_for(const forge_sim *s)
{
	return (s->rps_milli + SIZED_FOR_MILLI - 1) / SIZED_FOR_MILLI;
}

static void size_nodes(forge_sim *s)
{
	int times = built_for(s);
	for (size_t i = 0; i < s->kube.nodes.n && times > 1; i++) {
		s->kube.nodes.p[i].cpu_m *= times;
		s->kube.nodes.p[i].mem_mi *= 1 + times / 4;
	}
}

static cc_code streams(forge_sim *s, cc_err *err)
{
	cc_code code = kube_init(s);
	if (code == CC_OK) code = net_init(s);
	if (code == CC_OK) code = flow_init(s);
	if (code == CC_OK) code = metrics_init(s);
	if (code == CC_OK) code = alerts_init(s);
	if (code == CC_OK) code = s->code;
	if (code == CC_ENOMEM) return forge_nomem(err);
	return code;
}

static cc_code sim_init(forge_sim *s, const cc_forge_options *o, cc_err *err)
{
	const struct { cc_rng *rng; const char *name; } RNGS[] = {
		{ &s->kube_rng, "kube" }, { &s->uid_rng, "uid" }, { &s->flow_rng, "flow" }, { &s->net_rng, "net" },
		{ &s->probe_rng, "probe" }, { &s->observer_rng, "observer" }, { &s->plan_rng, "plan" },
		{ &s->noise_rng, "noise" },
	};
	for (size_t i = 0; i < sizeof RNGS / sizeof RNGS[0]; i++) cc_rng_init_named(RNGS[i].rng, o->seed, RNGS[i].name);
	s->now = s->start - INSTALL_EARLIEST - MINUTE;
	s->arena = cc_arena_new();
	if (!s->arena) return forge_nomem(err);
	forge_app *app = NULL;
	cc_code code = forge_app_load(&app, s->arena, o->app ? o->app : "astronomy-shop", err);
	if (code != CC_OK) return code;
	if (built_for(s) > 1 && !forge_app_grow(app, s->arena, built_for(s))) return forge_nomem(err);
	s->app = app;
	/* fault_parse moves the injection as the difficulty wants it when it was not asked for. */
	int64_t usual = o->duration_ns * 2 / 5;
	if (!o->inject_ns) usual += cc_rng_between(&s->plan_rng, 0, 45 * FORGE_S);
	s->inject = s->start + (o->inject_ns ? o->inject_ns : usual);
	code = streams(s, err);
	if (code == CC_OK) size_nodes(s);
	if (code == CC_OK) code = fault_parse(s, err);
	return code;
}

static void sim_deinit(forge_sim *s)
{
	tel_deinit(s);
	plan_deinit(s);
	alerts_deinit(s);
	metrics_deinit(s);
	flow_deinit(s);
	net_deinit(s);
	kube_deinit(s);
	cc_vec_deinit(&s->queue);
	cc_arena_free(s->arena);
}

/* Appends to a blank-separated list; false when it does not fit, which only spoils a label. */
static bool append(char *list, size_t size, const char *word)
{
	size_t n = strlen(list);
	int m = snprintf(list + n, size - n, "%s%s", n ? " " : "", word);
	return m >= 0 && (size_t)m < size - n;
}

static void report_causes(forge_sim *s)
{
	for (size_t i = 0; i < s->plan.causes.n; i++) {
		const forge_cause *c = &s->plan.causes.p[i];
		const char *ns = c->root.ns ? c->root.ns : "cluster";
		const char *root = forge_text(s, "%s/%s/%s", ns, c->root.kind, c->root.name);
		(void)append(s->rep.root, sizeof s->rep.root, root);
		(void)append(s->rep.fault, sizeof s->rep.fault, fault_spec(s, c));
	}
	s->rep.inject_ns = s->inject;
}

static void stage(const forge_sim *s, int permille, const char *what)
{
	if (s->opt->progress) s->opt->progress(s->opt->progress_user, permille, what);
}

static cc_code simulate(forge_sim *s, cc_err *err)
{
	cc_code code = tel_open(s, err);
	if (code == CC_OK) code = schedule(s, err);
	if (code == CC_OK) {
		forge_run_until(s, s->end - 1);
		code = s->code;
	}
	if (code == CC_OK) code = tel_close(s, err);
	stage(s, forge_simulating_permille(s->opt) + 30, "writing metrics");
	if (code == CC_OK) code = metrics_write(s, err);
	if (code == CC_OK) code = variant_apply(s, err);
	if (s->opt->corrupt) stage(s, 970, "damaging");
	if (code == CC_OK) code = corrupt_apply(s, err);
	return code == CC_OK ? s->code : code;
}

static cc_code run(forge_sim *s, bool keep, cc_err *err)
{
	forge_place place;
	cc_code code = place_open(&place, s, err);
	if (code == CC_OK) code = simulate(s, err);
	if (code == CC_OK) report_causes(s);
	if (code == CC_OK && keep) code = place_publish(&place, s, err);
	place_close(&place, s);
	return code;
}

/* The public recordings were made on one afternoon; so are these, each at its own time. */
static int64_t usual_start(uint64_t seed)
{
	cc_rng rng;
	cc_rng_init_named(&rng, seed, "start");
	return cc_time_from_civil(2025, 12, 15, 16, 0, 0, 0) + cc_rng_between(&rng, 20 * 60, 130 * 60) * FORGE_S;
}

static cc_code run_at_rate(const cc_forge_options *o, int rps_milli, bool keep, cc_forge_report *rep, cc_err *err)
{
	forge_sim *s = cc_calloc(1, sizeof *s);
	if (!s) return forge_nomem(err);
	s->opt = o;
	s->err = err;
	s->start = o->start_ns ? o->start_ns : usual_start(o->seed);
	s->end = s->start + o->duration_ns;
	s->rps_milli = rps_milli;
	cc_code code = sim_init(s, o, err);
	if (code == CC_OK) code = run(s, keep, err);
	if (code == CC_OK) *rep = s->rep;
	sim_deinit(s);
	cc_free(s);
	return code;
}

static cc_code not_that_size(cc_err *err, uint64_t least, bool longer)
{
	(void)cc_err_set(err, CC_EUSAGE, longer ? "forge: that size would need more than %d requests a second"
		: "forge: that is too small: metrics, objects and events alone take some %d MB",
		longer ? RPS_MAX / 1000 : (int)(least / 1000000 + 1));
	(void)cc_err_hint(err, longer ? "lengthen the --duration"
		: "shorten the --duration; --variant lean-metrics leaves out half of the metrics");
	return CC_EUSAGE;
}

/* A wanted size becomes a rate: two trials, at one and at four requests a second, tell what a request costs and what
 * comes anyway. */
static cc_code rate_of_size(const cc_forge_options *o, int *rps_milli, cc_err *err)
{
	cc_forge_options trial = *o;
	cc_forge_report one = { 0 }, four = { 0 };
	trial.corrupt = 0;
	trial.threads = 1;
	trial.progress = NULL;
	cc_code code = run_at_rate(&trial, 1000, false, &one, err);
	if (code == CC_OK) code = run_at_rate(&trial, 4000, false, &four, err);
	if (code != CC_OK) return code;
	double each = ((double)four.bytes - (double)one.bytes) / 3.0, fixed = (double)one.bytes - each;
	double rate = each > 0.0 ? ((double)o->size - fixed) * 1000.0 / each : 0.0;
	if (!(rate >= RPS_MIN)) return not_that_size(err, (uint64_t)(fixed > 0.0 ? fixed : 0.0), false);
	if (!(rate <= RPS_MAX)) return not_that_size(err, 0, true);
	*rps_milli = (int)rate;
	return CC_OK;
}

cc_code cc_forge_run(const cc_forge_options *o, cc_forge_report *rep, cc_err *err)
{
	int rps_milli = o->rps_milli;
	cc_code code = check(o, err);
	if (code == CC_OK && o->size) code = rate_of_size(o, &rps_milli, err);
	if (code == CC_OK) code = run_at_rate(o, rps_milli, true, rep, err);
	if (code == CC_OK && o->progress) o->progress(o->progress_user, 1000, "done");
	return code;
}
