/* test_alibis.c - a verdict on every kind of object that a forged case has: no wrong name is left without a word on why it is no
 * cause, and what is said can be looked at. */
#include "unit/forge/forge_incident.h"

#include "app/scoring.h"
#include "coldcase/entity.h"
#include "coldcase/file.h"
#include "coldcase/map.h"
#include "coldcase/objects.h"

typedef struct verdict {
	cc_buf dir, answer;
	cc_forge_report report;
	app_kept kept;
	app_scoring s;
} verdict;

static void add_name(cc_buf *out, cc_str name)
{
	cc_buf_addz(out, out->n ? "," : "{\"entities\":[");
	cc_buf_addz(out, "{\"contributing_factor\":true,\"id\":");
	cc_json_write_str(out, name);
	cc_buf_add_char(out, '}');
}

/* The first object of each kind, all Jobs (some come and go), a part of a service, and names of nothing. */
static void name_everything(const cc_snapshot *snap, cc_buf *out)
{
	static const char *const OTHERS[] = { "otel-demo/Endpoints/valkey-cart", "otel-demo/ConfigMap/frontend-proxy", "otel-demo/Deployment/nonesuch", "email",
		"Namespace/nowhere", "otel-demo/Service/checkout" };
	cc_map *kinds = cc_map_new();
	cc_buf name = CC_BUF_INIT;
	for (size_t i = 0; i < cc_objects_count(snap); i++) {
		cc_entity_id id = cc_objects_get(snap, i)->entity;
		cc_str kind = cc_entity_kind(snap, id);
		if (cc_map_get(kinds, kind, NULL) && !cc_str_eqz(kind, "Job")) continue;
		assert_true(cc_map_set(kinds, kind, 1));
		cc_buf_clear(&name);
		cc_entity_format(snap, id, &name);
		add_name(out, cc_buf_str(&name));
	}
	assert_true(cc_map_count(kinds) >= 20);
	for (size_t i = 0; i < sizeof OTHERS / sizeof OTHERS[0]; i++) add_name(out, cc_str_from(OTHERS[i]));
	cc_buf_addz(out, "]}");
	cc_map_free(kinds);
	cc_buf_deinit(&name);
}

static void judge(verdict *v, bool with_debrief)
{
	cc_forge_options o;
	cc_err err = { 0 };
	cc_buf text = CC_BUF_INIT, debrief = CC_BUF_INIT;
	*v = (verdict){ .dir = CC_BUF_INIT };
	scratch_dir(&v->dir, "alibis");
	cc_forge_options_init(&o);
	o.out_dir = v->dir.p;
	o.faults[0] = "wrong-env:shipping";
	o.fault_count = 1;
	o.seed = 77;
	o.difficulty = CC_FORGE_MEDIUM;
	o.duration_ns = 1200 * CC_NS_PER_S;
	o.rps_milli = 2000;
	forge(&o, &v->report);
	cc_snapshot *snap = open_incident(v->report.scenario_dir);
	name_everything(snap, &text);
	cc_snapshot_free(snap);
	cc_buf_addf(&v->answer, "%s/agent_output.json", v->dir.p);
	assert_int_equal(cc_file_write(v->answer.p, cc_buf_str(&text), &err), CC_OK);
	cc_buf_addf(&debrief, "%.*s/debrief.yaml", (int)(strrchr(v->report.truth_path, '/') - v->report.truth_path), v->report.truth_path);
	if (!with_debrief) assert_int_equal(remove(debrief.p), 0);
	app_options options = { .truth = v->report.truth_path, .incident = v->report.scenario_dir };
	if (app_scoring_open(&v->s, &options, v->answer.p, &v->kept, &err) != CC_OK) fail_msg("%s", err.message);
	v->s.o = NULL; /* it ends here */
	cc_buf_deinit(&text);
	cc_buf_deinit(&debrief);
}

static void verdict_free(verdict *v)
{
	app_scoring_deinit(&v->s);
	app_kept_deinit(&v->kept);
	remove_all(v->dir.p);
	cc_buf_deinit(&v->dir);
	cc_buf_deinit(&v->answer);
}

static cc_score_alibi of(const verdict *v, const char *name)
{
	for (size_t i = 0; i < v->s.score->row_count; i++)
		if (cc_str_eqz(v->s.score->rows[i].entity, name)) return cc_score_alibi_of(v->s.score, i);
	fail_msg("%s was not submitted", name);
	return (cc_score_alibi){ CC_STR_EMPTY, CC_STR_EMPTY, false };
}

static bool says(cc_score_alibi a, const char *text)
{
	return cc_str_find(a.says, cc_str_from(text)) != CC_STR_NONE;
}

/* How many wrong names of this kind are said so of. */
static size_t count_said(const verdict *v, const char *kind, const char *text)
{
	size_t n = 0;
	for (size_t i = 0; i < v->s.score->row_count; i++)
		n += cc_str_find(v->s.score->rows[i].entity, cc_str_from(kind)) != CC_STR_NONE && says(cc_score_alibi_of(v->s.score, i), text);
	return n;
}

static void every_kind_of_object_is_spoken_of(void **state)
{
	(void)state;
	verdict v;
	cc_session *session = NULL;
	cc_buf out = CC_BUF_INIT;
	cc_err err = { 0 };
	size_t cited = 0;
	judge(&v, true);
	cc_session_options so = { .dir = v.report.scenario_dir, .actor_name = "test" };
	assert_int_equal(cc_session_open(&session, &so, &err), CC_OK);
	for (size_t i = 0; i < v.s.score->row_count; i++) {
		const cc_score_row *row = &v.s.score->rows[i];
		cc_score_alibi a = cc_score_alibi_of(v.s.score, i);
		if (row->verdict != CC_VERDICT_FP) {
			assert_int_equal(a.says.n, 0);
			continue;
		}
		if (!a.says.n) fail_msg("%.*s: not a word", CC_STR_ARG(row->entity));
		if (a.command.n && !audit_proof_holds(session, a.command, CC_STR_EMPTY, &out))
			fail_msg("%.*s: %.*s does not work", CC_STR_ARG(row->entity), CC_STR_ARG(a.command));
		bool shown = cc_str_starts(a.command, CC_STR("spec ")) || cc_str_starts(a.command, CC_STR("changes "));
		if (!a.observed || !says(a, " (k8s_objects_raw.tsv#")) continue;
		if (!shown) fail_msg("%.*s: %.*s", CC_STR_ARG(row->entity), CC_STR_ARG(a.says));
		cited++;
	}
	assert_true(cited >= 15);
	assert_true(count_said(&v, "/Node/", "unchanged in 4 polls, ") == 1);
	cc_session_close(session);
	cc_buf_deinit(&out);
	verdict_free(&v);
}

static void parts_share_the_innocence_of_the_whole(void **state)
{
	(void)state;
	verdict v;
	judge(&v, true);
	assert_true(says(of(&v, "otel-demo/Endpoints/valkey-cart"), "one with otel-demo/Service/valkey-cart: "));
	cc_score_alibi proxy = of(&v, "otel-demo/ConfigMap/frontend-proxy"), email = of(&v, "email");
	assert_true(says(proxy, "nothing of this name, kind and namespace; there is otel-demo/Deployment/frontend-proxy, which is innocent: "));
	assert_true(proxy.command.n > 0);
	assert_true(!email.observed && says(email, "one with otel-demo/Deployment/email: "));
	assert_true(count_said(&v, "otel-demo/Job/", "one with otel-demo/CronJob/") > 0);
	assert_true(cc_str_eqz(of(&v, "otel-demo/Deployment/nonesuch").says, "nothing of this name, kind and namespace"));
	verdict_free(&v);
}

/* A truth from elsewhere comes without a debrief: then the capture alone speaks. */
static void without_a_debrief_the_capture_speaks(void **state)
{
	(void)state;
	verdict v;
	judge(&v, false);
	assert_null(v.s.debrief);
	for (size_t i = 0; i < v.s.score->row_count; i++) {
		cc_score_alibi a = cc_score_alibi_of(v.s.score, i);
		if (v.s.score->rows[i].verdict == CC_VERDICT_FP) assert_true(a.observed && a.says.n);
	}
	assert_true(count_said(&v, "/Job/", "created at 2025-") > 0 && count_said(&v, "/Job/", "deleted at 2025-") > 0);
	assert_true(says(of(&v, "otel-demo/Service/checkout"), "last changed at 2025-"));
	assert_true(cc_str_eqz(of(&v, "otel-demo/ConfigMap/frontend-proxy").says,
		"nothing of this name, kind and namespace; there is otel-demo/Deployment/frontend-proxy"));
	verdict_free(&v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_of_object_is_spoken_of),
		cmocka_unit_test(parts_share_the_innocence_of_the_whole),
		cmocka_unit_test(without_a_debrief_the_capture_speaks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
