/* Random hard and expert incidents: whatever surrounds the causes, each cause can still be proved, and each
 * tempting wrong answer has the record that clears it. FORGE_HARD=N forges N of each instead of a few, from
 * FORGE_SEED on. */
#include "unit/forge/forge_check.h"

#include "coldcase/file.h"
#include "coldcase/snapshot.h"
#include "support/audit.h"

typedef struct incident {
	cc_buf dir;
	cc_forge_report report;
	cc_truth *truth;
	cc_debrief *debrief;
	cc_session *session;
} incident;

static int64_t inject_ns;  /* of the next incidents; 0: the difficulty chooses */
static bool has_no_baseline; /* of the last one */
static const char *in_app; /* NULL: astronomy-shop */

/* fault: NULL, the seed chooses */
static void incident_of(incident *x, const char *fault, cc_forge_difficulty difficulty, uint64_t seed)
{
	cc_forge_options o;
	cc_err err = { 0 };
	*x = (incident){ .dir = CC_BUF_INIT };
	scratch_dir(&x->dir, "hard");
	cc_forge_options_init(&o);
	o.out_dir = x->dir.p;
	if (fault) o.faults[o.fault_count++] = fault;
	o.seed = seed;
	o.difficulty = difficulty;
	o.duration_ns = 1800 * CC_NS_PER_S;
	o.rps_milli = 2000;
	o.inject_ns = inject_ns;
	o.app = in_app;
	o.replace = true;
	if (cc_forge_run(&o, &x->report, &err) != CC_OK) fail_msg("seed %llu: %s", (unsigned long long)seed, err.message);
	assert_int_equal(cc_truth_load_file(&x->truth, x->report.truth_path, CC_STR_EMPTY, &err), CC_OK);
	assert_int_equal(cc_debrief_beside(&x->debrief, x->report.truth_path, &err), CC_OK);
	cc_session_options so = { .dir = x->report.scenario_dir, .actor_name = "test" };
	assert_int_equal(cc_session_open(&x->session, &so, &err), CC_OK);
}

static void incident_free(incident *x)
{
	cc_session_close(x->session);
	cc_truth_free(x->truth);
	cc_debrief_free(x->debrief);
	remove_all(x->dir.p);
	cc_buf_deinit(&x->dir);
}

static int holds(const incident *x, uint64_t seed, const char *what, const cc_debrief_proof *p)
{
	cc_buf out = CC_BUF_INIT;
	bool ok = p->command.n == 0 || audit_proof_holds(x->session, p->command, p->pattern, &out);
	if (!ok)
		print_error("seed %llu, %s: %s is not there: %.*s ~ /%.*s/\n%.1500s\n", (unsigned long long)seed,
			x->report.fault, what,
			CC_STR_ARG(p->command), CC_STR_ARG(p->pattern), out.p ? out.p : "");
	cc_buf_deinit(&out);
	return !ok;
}

static void beside_truth(const incident *x, const char *file, cc_buf *out)
{
	cc_buf path = CC_BUF_INIT;
	const char *end = strrchr(x->report.truth_path, '/');
	cc_buf_addf(&path, "%.*s/%s", (int)(end - x->report.truth_path), x->report.truth_path, file);
	assert_int_equal(cc_file_read(out, path.p, SIZE_MAX, NULL), CC_OK);
	cc_buf_deinit(&path);
}

static bool briefed(const incident *x, const char *text)
{
	cc_buf all = CC_BUF_INIT;
	beside_truth(x, "briefing.md", &all);
	bool said = cc_str_find(cc_buf_str(&all), cc_str_from(text)) != CC_STR_NONE;
	cc_buf_deinit(&all);
	return said;
}

/* The times of a list of the debrief, in its order. */
static size_t times_in(const char *text, const char *list, int64_t *out, size_t most)
{
	size_t n = 0;
	cc_str line, rest = cc_str_from(strstr(text, list));
	(void)cc_str_cut(rest, '\n', &line, &rest);
	for (bool more = true; more && n < most;) {
		more = cc_str_cut(rest, '\n', &line, &rest);
		if (!line.n || line.p[0] != ' ') break;
		if (cc_str_starts(line, CC_STR("    time: \""))) assert_true(cc_time_parse(cc_str_sub(line, 11, line.n - 1), &out[n++]));
	}
	return n;
}

/* Decoys are told from the second of the nearest cause on. */
static bool most_tempting_first(const incident *x)
{
	cc_buf text = CC_BUF_INIT;
	int64_t cause[4], decoy[64], last = 0;
	beside_truth(x, CC_DEBRIEF_FILE, &text);
	size_t causes = times_in(text.p, "\ncauses:" + 1, cause, 4), n = times_in(text.p, "\ndecoys:" + 1, decoy, 64);
	bool ok = causes > 0 && n > 3;
	for (size_t i = 0; i < n; i++) {
		int64_t least = INT64_MAX;
		for (size_t k = 0; k < causes; k++) {
			int64_t apart = decoy[i] > cause[k] ? decoy[i] - cause[k] : cause[k] - decoy[i];
			if (apart < least) least = apart;
		}
		ok &= least + CC_NS_PER_S >= last; /* whole seconds */
		last = least;
	}
	cc_buf_deinit(&text);
	return ok;
}

/* A page about requests is about those of the incident, not about what fails at all times: the truth has groups of that
 * service. */
static bool page_is_of_the_incident(const incident *x)
{
	cc_buf brief = CC_BUF_INIT, truth = CC_BUF_INIT, id = CC_BUF_INIT;
	beside_truth(x, "briefing.md", &brief);
	beside_truth(x, "ground_truth.yaml", &truth);
	const char *page = strstr(brief.p, "\n`HighRequest"), *subject = page ? strstr(page, "`, ") : NULL;
	bool known = !subject;
	if (subject) {
		subject += strlen("`, ");
		cc_buf_addf(&id, "id: %.*s-", (int)strcspn(subject, " "), subject);
		known = strstr(truth.p, id.p) != NULL;
		if (!known) print_error("paged: %.60s\n", page);
	}
	cc_buf_deinit(&brief);
	cc_buf_deinit(&truth);
	cc_buf_deinit(&id);
	return known;
}

static int check(const char *fault, cc_forge_difficulty difficulty, uint64_t seed, size_t *roots)
{
	incident x;
	int bad = 0;
	incident_of(&x, fault, difficulty, seed);
	*roots = x.truth->root_count;
	assert_true(x.debrief->decisive_count >= x.truth->root_count);
	has_no_baseline = briefed(&x, "begins when the trouble was already there");
	for (size_t i = 0; i < x.debrief->decisive_count; i++) bad += holds(&x, seed, "decisive evidence",
		&x.debrief->decisive[i]);
	assert_true(most_tempting_first(&x));
	bad += !page_is_of_the_incident(&x);
	for (size_t i = 0; i < x.debrief->name_count; i++) {
		const cc_debrief_name *n = &x.debrief->names[i];
		bad += holds(&x, seed, "an alibi", &n->alibi);
		if (!(audit_score_of(cc_session_snapshot(x.session), x.truth, n->entity) > 0.0)) continue;
		print_error("seed %llu, %s: the innocent %.*s scores\n", (unsigned long long)seed, x.report.fault,
			CC_STR_ARG(n->entity));
		bad++;
	}
	incident_free(&x);
	return bad;
}

static void random_ones_hold(void **state)
{
	(void)state;
	const char *many = getenv("FORGE_HARD"), *first = getenv("FORGE_SEED");
	long n = many ? strtol(many, NULL, 10) : 6;
	uint64_t seed = first ? strtoull(first, NULL, 10) : 7000;
	size_t roots = 0, of[3] = { 0 }, late[2] = { 0 };
	int bad = 0;
	for (long i = 0; i < n; i++) {
		bad += check(NULL, CC_FORGE_HARD, seed + (uint64_t)i, &roots);
		of[roots < 3 ? roots : 0]++;
		late[0] += has_no_baseline;
		bad += check(NULL, CC_FORGE_EXPERT, seed + (uint64_t)i, &roots);
		assert_int_equal(roots, 2);
		late[1] += has_no_baseline;
	}
	if (many) print_message("hard: %zu with one cause, %zu with two\n", of[1], of[2]);
	assert_true(of[1] > 0 && of[2] > 0);
	assert_true(late[0] > 0 && late[0] < (size_t)n && late[1] > 0);
	assert_int_equal(bad, 0);
}

/* ---- captures that begin when the trouble is there ---- */

/* A target of this kind and an application that has one: of each seed another. */
static bool aim(const char *kind, uint64_t seed, cc_buf *spec)
{
	cc_buf targets = CC_BUF_INIT;
	cc_str text, line, rest;
	const char *app;
	for (size_t a = 0; cc_forge_app_get(a, &app, &text) && !targets.n; a++) {
		assert_int_equal(cc_forge_targets(app, kind, &targets, NULL), CC_OK);
		in_app = app;
	}
	size_t n = 0;
	for (size_t i = 0; i < targets.n; i++) n += targets.p[i] == '\n';
	rest = cc_buf_str(&targets);
	for (uint64_t skip = n ? seed % n : 0; cc_str_cut(rest, '\n', &line, &rest) && skip; skip--) { }
	cc_buf_clear(spec);
	cc_buf_addf(spec, "%s:%.*s", kind, CC_STR_ARG(line));
	cc_buf_deinit(&targets);
	return n > 0;
}

/* Every kind of fault, before the capture: its proofs and the decoys' alibis are there all the same. FORGE_HARD: with so
 * many seeds. What was deleted then would be nowhere, and is refused. */
static void no_baseline_is_needed(void **state)
{
	(void)state;
	const char *many = getenv("FORGE_HARD"), *only = getenv("FORGE_FAULT");
	uint64_t seeds = many ? strtoull(many, NULL, 10) : 1;
	cc_buf spec = CC_BUF_INIT;
	size_t roots = 0;
	int bad = 0;
	for (size_t i = 0; i < cc_forge_fault_count(); i++)
		for (uint64_t seed = 1; seed <= seeds; seed++) {
			const char *kind = cc_forge_fault_get(i)->kind;
			if (strcmp(kind, "deleted-service") == 0 || (only && strcmp(only, kind) != 0) || !aim(kind, seed + i, &spec)) continue;
			inject_ns = -(int64_t)(30 + (seed * 67 + i * 31) % 211) * CC_NS_PER_S;
			int wrong = check(spec.p, CC_FORGE_HARD, seed + 31 * i, &roots);
			assert_true(has_no_baseline);
			if (wrong) print_error("%s %lld s: %d wrong\n", spec.p, (long long)(inject_ns / CC_NS_PER_S), wrong);
			bad += wrong;
		}
	cc_buf_deinit(&spec);
	in_app = NULL;
	inject_ns = 0;
	assert_int_equal(bad, 0);
}

/* ---- what hard incidents leave out ---- */

/* Of a fault, with the first seeds that leave that out. */
static void incident_without(incident *x, const char *fault, const char *text)
{
	for (uint64_t seed = 1; seed < 20; seed++) {
		incident_of(x, fault, CC_FORGE_HARD, seed);
		if (briefed(x, text)) return;
		incident_free(x);
	}
	fail_msg("no seed of %s says \"%s\"", fault, text);
}

static bool shown(const incident *x, const char *command, const char *pattern)
{
	cc_buf out = CC_BUF_INIT;
	bool ok = audit_proof_holds(x->session, cc_str_from(command), cc_str_from(pattern), &out);
	cc_buf_deinit(&out);
	return ok;
}

/* Nobody can know its name. */
static void a_policy_that_is_not_recorded_has_any_name(void **state)
{
	incident x;
	(void)state;
	incident_without(&x, "deny-ingress:quote", "nobody pulled: NetworkPolicies");
	assert_false(shown(&x, "objects kind=NetworkPolicy", "otel-demo/NetworkPolicy/"));
	assert_true(shown(&x, "objects kind=Endpoints", "otel-demo/Endpoints/quote"));
	assert_true(audit_score_of(cc_session_snapshot(x.session), x.truth, CC_STR("otel-demo/NetworkPolicy/whatever")) == 1.0);
	for (size_t i = 0; i < x.debrief->decisive_count; i++) assert_int_equal(holds(&x, 0, "it", &x.debrief->decisive[i]), 0);
	incident_free(&x);
}

static void services_that_are_not_recorded_show_in_their_endpoints(void **state)
{
	static const char *const FAULTS[] = { "wrong-selector:quote", "wrong-target-port:currency", "deleted-service:email" };
	(void)state;
	for (size_t k = 0; k < sizeof FAULTS / sizeof FAULTS[0]; k++) {
		incident x;
		size_t endpoints = 0;
		incident_without(&x, FAULTS[k], "nobody pulled: Services");
		assert_false(shown(&x, "objects kind=Service", "otel-demo/Service/"));
		for (size_t i = 0; i < x.debrief->decisive_count; i++) {
			const cc_debrief_proof *p = &x.debrief->decisive[i];
			endpoints += cc_str_find(p->command, CC_STR("Endpoints")) != CC_STR_NONE;
			assert_int_equal(holds(&x, 0, "it", p), 0);
		}
		assert_true(endpoints > 0);
		incident_free(&x);
	}
}

static void templates_of_old_are_not_needed(void **state)
{
	incident x;
	(void)state;
	incident_without(&x, "wrong-env:checkout", "nobody pulled: ReplicaSets");
	assert_false(shown(&x, "objects kind=ReplicaSet", "otel-demo/ReplicaSet/"));
	assert_true(shown(&x, "objects kind=Deployment", "otel-demo/Deployment/checkout"));
	for (size_t i = 0; i < x.debrief->decisive_count; i++) assert_int_equal(holds(&x, 0, "it", &x.debrief->decisive[i]), 0);
	incident_free(&x);
}

/* What is told of a service's own Deployment; NULL: nothing. */
static const cc_debrief_name *tempting(const incident *x, const char *entity, const char *why)
{
	for (size_t i = 0; i < x->debrief->name_count; i++) {
		const cc_debrief_name *n = &x->debrief->names[i];
		if (cc_str_eqz(n->entity, entity) && cc_str_find(n->tempting, cc_str_from(why)) != CC_STR_NONE) return n;
	}
	return NULL;
}

/* The victim of a Service has a rollout of its own that stopped at that second: its old pod is ready, and is not reached. */
static void a_rival_at_the_victim_is_innocent(void **state)
{
	size_t found = 0;
	(void)state;
	for (uint64_t seed = 1; seed < 20 && !found; seed++) {
		incident x;
		incident_of(&x, "wrong-target-port:quote", CC_FORGE_HARD, seed);
		const cc_debrief_name *rival = tempting(&x, "otel-demo/Deployment/quote", "its new template has");
		if (rival) {
			found++;
			assert_true(briefed(&x, "What caused this incident?"));
			assert_int_equal(holds(&x, seed, "its alibi", &rival->alibi), 0);
			assert_true(shown(&x, "spec otel-demo/Deployment/quote", "type: RollingUpdate"));
			assert_true(audit_score_of(cc_session_snapshot(x.session), x.truth, rival->entity) == 0.0);
			assert_true(audit_score_of(cc_session_snapshot(x.session), x.truth, CC_STR("otel-demo/Service/quote")) > 0.0);
		}
		incident_free(&x);
	}
	assert_int_equal(found, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(random_ones_hold), cmocka_unit_test(no_baseline_is_needed),
		cmocka_unit_test(a_policy_that_is_not_recorded_has_any_name),
		cmocka_unit_test(services_that_are_not_recorded_show_in_their_endpoints),
		cmocka_unit_test(templates_of_old_are_not_needed), cmocka_unit_test(a_rival_at_the_victim_is_innocent) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
