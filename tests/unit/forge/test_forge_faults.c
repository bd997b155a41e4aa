/* Every kind of fault: its decisive evidence can be seen with ordinary commands, its root and aliases score, its decoys'
 * alibis hold, and the files agree about what failed. The kinds come from the forge's own table. */
#include "unit/forge/forge_check.h"

#include "coldcase/entity.h"
#include "coldcase/events.h"
#include "coldcase/snapshot.h"
#include "coldcase/spans.h"
#include "support/audit.h"

typedef struct incident {
	cc_buf dir;
	cc_forge_report report;
	cc_truth *truth;
	cc_debrief *debrief;
	cc_session *session;
	const cc_snapshot *snapshot;
} incident;

static cc_forge_difficulty difficulty = CC_FORGE_MEDIUM;

/* False: that target is refused at this rate and duration, where the default ones would do. Without a spec the seed chooses. */
static bool incident_make(incident *x, const char *app, const char *spec, uint64_t seed)
{
	cc_forge_options o;
	cc_err err = { 0 };
	*x = (incident){ .dir = CC_BUF_INIT };
	scratch_dir(&x->dir, "fault");
	cc_forge_options_init(&o);
	o.out_dir = x->dir.p;
	o.app = app;
	o.faults[0] = spec;
	o.fault_count = spec ? 1 : 0;
	o.seed = seed;
	o.difficulty = difficulty;
	o.duration_ns = 1200 * CC_NS_PER_S;
	o.rps_milli = 3000;
	o.replace = true;
	cc_code code = cc_forge_run(&o, &x->report, &err);
	if (code == CC_EUNKNOWN && strstr(err.message, "would not matter")) {
		remove_all(x->dir.p);
		cc_buf_deinit(&x->dir);
		return false;
	}
	if (code != CC_OK) fail_msg("%s: %s", spec ? spec : "random", err.message);
	assert_int_equal(cc_truth_load_file(&x->truth, x->report.truth_path, CC_STR_EMPTY, &err), CC_OK);
	assert_int_equal(cc_debrief_beside(&x->debrief, x->report.truth_path, &err), CC_OK);
	cc_session_options so = { .dir = x->report.scenario_dir, .actor_name = "test" };
	assert_int_equal(cc_session_open(&x->session, &so, &err), CC_OK);
	x->snapshot = cc_session_snapshot(x->session);
	return true;
}

static void incident_free(incident *x)
{
	cc_session_close(x->session);
	cc_truth_free(x->truth);
	cc_debrief_free(x->debrief);
	remove_all(x->dir.p);
	cc_buf_deinit(&x->dir);
}

static int check_proofs(const incident *x, const char *spec)
{
	cc_buf out = CC_BUF_INIT;
	int bad = 0;
	assert_true(x->debrief->decisive_count > 0 && x->debrief->par_count > 0 && x->debrief->hint_count >= 3);
	for (size_t i = 0; i < x->debrief->decisive_count; i++) {
		const cc_debrief_proof *p = &x->debrief->decisive[i];
		assert_true(p->command.n > 0);
		if (audit_proof_holds(x->session, p->command, p->pattern, &out)) continue;
		print_error("%s: decisive evidence is not there: %.*s ~ /%.*s/\n%.1500s\n", spec, CC_STR_ARG(p->command), CC_STR_ARG(p->pattern),
			out.p ? out.p : "");
		bad++;
	}
	for (size_t i = 0; i < x->debrief->name_count; i++) {
		const cc_debrief_name *n = &x->debrief->names[i];
		if (!n->alibi.command.n || audit_proof_holds(x->session, n->alibi.command, n->alibi.pattern, &out)) continue;
		print_error("%s: the alibi of %.*s does not hold: %.*s ~ /%.*s/\n%.1500s\n", spec, CC_STR_ARG(n->entity), CC_STR_ARG(n->alibi.command),
			CC_STR_ARG(n->alibi.pattern), out.p ? out.p : "");
		bad++;
	}
	cc_buf_deinit(&out);
	return bad;
}

/* Two or three tempting wrong answers, each with the record that exonerates it. */
static int check_foremost(const incident *x, const char *spec)
{
	int bad = 0;
	size_t n = 0;
	for (size_t i = 0; i < x->debrief->name_count; i++) {
		const cc_debrief_name *d = &x->debrief->names[i];
		n += d->foremost;
		bad += d->foremost && !(d->tempting.n && d->alibi.command.n);
	}
	if (bad || n < 2 || n > 3) print_error("%s: %zu foremost decoys, %d without a record\n", spec, n, bad);
	return bad + (n < 2 || n > 3);
}

/* The true answer scores 1, and so does every other name of the same class; a decoy scores nothing. */
static int check_names(const incident *x, const char *spec)
{
	int bad = 0;
	size_t decoys = 0;
	for (size_t i = 0; i < x->truth->group_count; i++) {
		const cc_truth_group *g = &x->truth->groups[i];
		if (!x->truth->classes[g->cls].root || audit_score_of(x->snapshot, x->truth, g->label) > 0.999) continue;
		print_error("%s: %.*s does not score 1\n", spec, CC_STR_ARG(g->label));
		bad++;
	}
	for (size_t i = 0; i < x->debrief->name_count; i++) {
		const cc_debrief_name *n = &x->debrief->names[i];
		decoys += n->tempting.n > 0;
		if (!(audit_score_of(x->snapshot, x->truth, n->entity) > 0.0)) continue;
		print_error("%s: the innocent %.*s scores\n", spec, CC_STR_ARG(n->entity));
		bad++;
	}
	if (decoys < 2) print_error("%s: %zu decoys\n", spec, decoys);
	return bad + (decoys < 2);
}

/* Does the briefing say that nobody pulled objects of that kind? */
static bool hidden(const incident *x, cc_str kind)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT, words = CC_BUF_INIT;
	const char *end = strrchr(x->report.truth_path, '/');
	cc_buf_addf(&path, "%.*s/briefing.md", (int)(end - x->report.truth_path), x->report.truth_path);
	cc_buf_addf(&words, "nobody pulled: %.*s", CC_STR_ARG(cc_str_sub(kind, 0, kind.n - (kind.p[kind.n - 1] == 'y'))));
	assert_int_equal(cc_file_read(&text, path.p, SIZE_MAX, NULL), CC_OK);
	bool said = cc_str_find(cc_buf_str(&text), cc_buf_str(&words)) != CC_STR_NONE;
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	cc_buf_deinit(&words);
	return said;
}

/* The root is an object of the snapshot, or the events name it, or its kind is one that is never pulled, or was not. */
static int check_root(const incident *x, const char *spec)
{
	static const char *const UNSEEN[] = { "Secret", "PeerAuthentication", "AuthorizationPolicy", "PriorityClass" };
	int bad = 0;
	for (cc_str rest = cc_str_from(x->report.root); rest.n;) {
		cc_str root, ns, kind, name;
		cc_str_cut(rest, ' ', &root, &rest);
		cc_str_cut(root, '/', &ns, &name);
		cc_str_cut(name, '/', &kind, &name);
		bool unseen = hidden(x, kind);
		for (size_t i = 0; i < sizeof UNSEEN / sizeof UNSEEN[0]; i++) unseen |= cc_str_eqz(kind, UNSEEN[i]);
		cc_entity_id id = cc_entity_find(x->snapshot, ns, kind, name);
		const cc_entity *e = id ? cc_entity_get(x->snapshot, id) : NULL;
		if (unseen || (e && (e->seen & (CC_SEEN_OBJECT | CC_SEEN_EVENT)))) continue;
		print_error("%s: the root %.*s is nowhere in the snapshot\n", spec, CC_STR_ARG(root));
		bad++;
	}
	return bad;
}

/* Somebody notices: an alert that is not background, or requests that fail. */
static int check_noticed(const incident *x, const char *spec)
{
	size_t failed = 0;
	for (size_t i = 0; i < cc_spans_count(x->snapshot); i++) {
		const cc_span *sp = cc_spans_get(x->snapshot, i);
		failed += sp->status == CC_STATUS_ERROR && sp->start_ns >= x->report.inject_ns;
	}
	bool alerted = x->truth->alert_count > 0;
	if (alerted || failed > 5) return 0;
	print_error("%s: nobody notices it: no alert, %zu failed spans\n", spec, failed);
	return 1;
}

/* Every command of the par route works, and one of them shows the root, if anything does. */
static int check_route(const incident *x, const char *spec)
{
	cc_buf out = CC_BUF_INIT;
	int bad = 0;
	bool shown = false;
	cc_str root, rest, ns, name;
	cc_str_cut(cc_str_from(x->report.root), ' ', &root, &rest);
	size_t slash = cc_str_rfind_char(root, '/');
	name = slash == CC_STR_NONE ? root : cc_str_sub(root, slash + 1, root.n);
	cc_str_cut(root, '/', &ns, &rest);
	for (size_t i = 0; i < x->debrief->par_count; i++) {
		cc_str command = x->debrief->par[i];
		if (audit_proof_holds(x->session, command, CC_STR_EMPTY, &out)) {
			bool nothing = cc_str_find(cc_buf_str(&out), CC_STR("no span here failed")) != CC_STR_NONE;
			if (nothing) print_error("%s: par looks for errors where none is: %.*s\n", spec, CC_STR_ARG(command)), bad++;
			shown |= cc_str_find(cc_buf_str(&out), name) != CC_STR_NONE;
			continue;
		}
		print_error("%s: par does not work: %.*s\n%.500s\n", spec, CC_STR_ARG(command), out.p ? out.p : "");
		bad++;
	}
	if (x->debrief->par_count < 2 || x->debrief->par_count > 6)
		print_error("%s: par has %zu commands\n", spec, x->debrief->par_count), bad++;
	bool policy = hidden(x, cc_str_sub(rest, 0, cc_str_find_char(rest, '/'))) || cc_str_find(root, CC_STR("AuthorizationPolicy/")) != CC_STR_NONE ||
		      cc_str_find(root, CC_STR("PeerAuthentication/")) != CC_STR_NONE;
	if (!shown && !policy) print_error("%s: par never shows %.*s\n", spec, CC_STR_ARG(root)), bad++;
	cc_buf_deinit(&out);
	return bad;
}

/* How many things are wrong; -1: refused. */
static int check_spec(const char *app, const char *spec, uint64_t seed)
{
	incident x;
	if (!incident_make(&x, app, spec, seed)) return -1;
	int bad = check_proofs(&x, spec) + check_foremost(&x, spec) + check_names(&x, spec) + check_root(&x, spec) + check_noticed(&x, spec) +
		  check_route(&x, spec);
	if (bad) print_error("%s: seed %llu, %s, %zu alerts\n", spec, (unsigned long long)seed, app, x.truth->alert_count);
	incident_free(&x);
	return bad;
}

static void every_fault_can_be_proved(void **state)
{
	(void)state;
	int bad = 0;
	assert_true(cc_forge_fault_count() >= 30);
	for (size_t i = 0; i < cc_forge_fault_count(); i++) {
		const char *kind = cc_forge_fault_get(i)->kind, *app = NULL;
		const char *only = getenv("FORGE_FAULT");
		cc_buf spec = CC_BUF_INIT;
		if (only && strcmp(only, kind) != 0) continue;
		if (!first_target(kind, i % 2, &spec, &app)) fail_msg("%s: no application has a target for it", kind);
		int wrong = check_spec(app, spec.p, 40 + i);
		if (wrong < 0) fail_msg("%s is refused", spec.p);
		bad += wrong;
		cc_buf_deinit(&spec);
	}
	assert_int_equal(bad, 0);
}

/* Every target of a kind in one application; how many it has. */
static int sweep_kind(const char *app, const char *kind, int *bad)
{
	cc_buf targets = CC_BUF_INIT, spec = CC_BUF_INIT;
	cc_err err = { 0 };
	int n = 0;
	if (cc_forge_targets(app, kind, &targets, &err) != CC_OK) fail_msg("%s: %s", kind, err.message);
	for (cc_str line, rest = cc_buf_str(&targets); rest.n;) {
		(void)cc_str_cut(rest, '\n', &line, &rest);
		if (!line.n) continue;
		cc_buf_clear(&spec);
		cc_buf_addf(&spec, "%s:%.*s", kind, CC_STR_ARG(line));
		const char *other = getenv("FORGE_SEED");
		uint64_t seed = 14695981039346656037u + (other ? strtoull(other, NULL, 10) : 0);
		for (size_t i = 0; i < spec.n; i++) seed = (seed ^ (unsigned char)spec.p[i]) * 1099511628211u;
		*bad += check_spec(app, spec.p, seed >> 1) > 0;
		n++;
	}
	cc_buf_deinit(&targets);
	cc_buf_deinit(&spec);
	return n;
}

/* With FORGE_SWEEP=1 every target of every kind in every application, at every difficulty with one fault. FORGE_FAULT,
 * FORGE_APP and FORGE_DIFFICULTY (0, 1, 2) choose a part of it, FORGE_SEED other seeds. */
static void every_target_of_every_fault(void **state)
{
	(void)state;
	const char *sweep = getenv("FORGE_SWEEP"), *only = getenv("FORGE_FAULT"), *level = getenv("FORGE_DIFFICULTY"),
		   *app, *one_app = getenv("FORGE_APP");
	cc_str text;
	int all_bad = 0;
	if (!sweep || !sweep[0]) skip();
	for (int d = CC_FORGE_EASY; d <= CC_FORGE_HARD; d++)
		for (size_t a = 0; cc_forge_app_get(a, &app, &text); a++)
			for (size_t i = 0; i < cc_forge_fault_count(); i++) {
				const char *kind = cc_forge_fault_get(i)->kind;
				int bad = 0;
				if ((only && strcmp(only, kind) != 0) || (one_app && strcmp(one_app, app) != 0) ||
					(level && level[0] != '0' + d))
					continue;
				difficulty = (cc_forge_difficulty)d;
				int n = sweep_kind(app, kind, &bad);
				print_message("%d %-16s %-20s %2d targets, %d bad\n", d, app, kind, n, bad);
				all_bad += bad;
			}
	difficulty = CC_FORGE_MEDIUM;
	assert_int_equal(all_bad, 0);
}

/* Found by sweeps. A service whose old errors chance had put off until after the onset; callees that a caller's broken
 * name server leaves without requests, whose alert the truth did not list; a par that looked for errors where no span shows one. */
static void chance_breaks_no_promise(void **state)
{
	(void)state;
	static const struct { const char *app, *spec; uint64_t seed; } CASES[] = {
		{ "bookinfo", "scaled-to-zero:bookinfo-gateway-istio", 8521378842997546804u },
		{ "bookinfo", "dns-policy:details", 8132938196558136254u },
		{ "bookinfo", "dns-policy:reviews-v2", 2145007183971703814u },
		{ "bookinfo", "invalid-image:reviews-v1", 199117678062741963u },
		{ "astronomy-shop", "invalid-image:kafka", 5598225563119671532u },
	};
	int bad = 0;
	difficulty = CC_FORGE_HARD;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		int wrong = check_spec(CASES[i].app, CASES[i].spec, CASES[i].seed);
		if (wrong < 0) fail_msg("%s is refused", CASES[i].spec);
		bad += wrong;
	}
	difficulty = CC_FORGE_MEDIUM;
	assert_int_equal(bad, 0);
}

static void two_causes_make_one_incident(void **state)
{
	(void)state;
	cc_forge_options o;
	cc_forge_report r;
	cc_truth *truth = NULL;
	cc_buf dir = CC_BUF_INIT;
	scratch_dir(&dir, "two");
	cc_forge_options_init(&o);
	o.out_dir = dir.p;
	o.faults[0] = "wrong-env:shipping";
	o.faults[1] = "scaled-to-zero:ad";
	o.fault_count = 2;
	o.duration_ns = 1500 * CC_NS_PER_S;
	o.rps_milli = 2000;
	assert_int_equal(cc_forge_run(&o, &r, NULL), CC_OK);
	assert_int_equal(cc_truth_load_file(&truth, r.truth_path, CC_STR_EMPTY, NULL), CC_OK);
	assert_int_equal(truth->root_count, 2);
	cc_truth_free(truth);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

/* Two faults that were asked for, of which one would hide the other, in both orders. */
static void a_pair_that_hides_one_is_refused(void **state)
{
	(void)state;
	static const struct { const char *app, *a, *b, *why; } PAIRS[] = {
		{ "bookinfo", "wrong-target-port:ratings", "deleted-service:mongodb", "hardly ever called" },
		{ "bookinfo", "wrong-env:orders", "deleted-service:reviews-v2", "same name" },
		{ "bookinfo", "mesh-namespace:book-info", "mesh-mtls:book-info", "from the beginning" },
		{ "astronomy-shop", "quota:shipping", "missing-claim:recommendation", "quota" },
		{ "astronomy-shop", "scaled-to-zero:shipping", "wrong-selector:quote", "hardly ever called" },
	};
	cc_buf dir = CC_BUF_INIT;
	scratch_dir(&dir, "pair");
	for (size_t i = 0; i < 2 * sizeof PAIRS / sizeof PAIRS[0]; i++) {
		cc_forge_options o;
		cc_forge_report r;
		cc_err err = { 0 };
		cc_forge_options_init(&o);
		o.out_dir = dir.p;
		o.app = PAIRS[i / 2].app;
		o.faults[i % 2] = PAIRS[i / 2].a;
		o.faults[1 - i % 2] = PAIRS[i / 2].b;
		o.fault_count = 2;
		assert_int_equal(cc_forge_run(&o, &r, &err), CC_EUNKNOWN);
		if (!strstr(err.message, "would not matter beside") || !strstr(err.message, PAIRS[i / 2].why))
			fail_msg("%s and %s: %s", o.faults[0], o.faults[1], err.message);
	}
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

/* Neither of two random causes keeps the other from being proved. FORGE_PAIRS says how many seeds, FORGE_SEED the first. */
static void neither_of_two_causes_hides_the_other(void **state)
{
	(void)state;
	const char *many = getenv("FORGE_PAIRS"), *first = getenv("FORGE_SEED"), *app;
	uint64_t n = many ? strtoull(many, NULL, 10) : 12, from = first ? strtoull(first, NULL, 10) : 5000;
	int bad = 0;
	cc_str text;
	difficulty = CC_FORGE_EXPERT;
	for (size_t a = 0; cc_forge_app_get(a, &app, &text); a++)
		for (uint64_t seed = from; seed < from + n; seed++) {
			incident x;
			assert_true(incident_make(&x, app, NULL, seed));
			assert_int_equal(x.truth->root_count, 2);
			int wrong = check_proofs(&x, x.report.fault) + check_foremost(&x, x.report.fault);
			if (wrong) print_error("%s: seed %llu, %s\n", x.report.fault, (unsigned long long)seed, app);
			bad += wrong;
			incident_free(&x);
		}
	difficulty = CC_FORGE_MEDIUM;
	assert_int_equal(bad, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_fault_can_be_proved),
		cmocka_unit_test(every_target_of_every_fault),
		cmocka_unit_test(chance_breaks_no_promise),
		cmocka_unit_test(two_causes_make_one_incident),
		cmocka_unit_test(a_pair_that_hides_one_is_refused),
		cmocka_unit_test(neither_of_two_causes_hides_the_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
