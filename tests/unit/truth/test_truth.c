/* Loading: everything a ground truth may look like, what is refused, where it is found. */
#include "truth_support.h"
#include <unistd.h>
#include "coldcase/file.h"

#define FLAT \
	"fault:\n- entity: {name: cart, kind: Pod, group_id: cart-pod-1}\n  condition: it broke\n  category: Other\n  fault_mechanism: custom\n" \
	"alerts:\n- {id: HighErr, group_id: cart-service-1, metadata: {description: errors}}\n- {id: Node, text: busy}\n" \
	"groups:\n- {id: cart-pod-1, kind: Pod, namespace: shop, filter: ['cart-.*'], root_cause: true}\n" \
	"- {id: cart-service-1, kind: Service, namespace: shop, filter: ['cart\\b']}\n" \
	"- {id: web-service-1, kind: Service, namespace: shop, filter: 'web\\b'}\n" \
	"aliases:\n- [cart-pod-1, cart-service-1]\n- []\n- [web-service-1]\n" \
	"propagations:\n- {source: web-service-1, target: node, condition: c3, effect: e3}\n" \
	"- {source: cart-service-1, target: web-service-1, condition: c2, effect: e2}\n" \
	"- {source: cart-pod-1, target: cart-service-1, condition: c1, effect: e1}\n" \
	"- {source: x, target: y, condition: c4, effect: e4}\n" \
	"recommended_actions:\n- solution: {id: fix, actions: [restart it, look again]}\n"

static void test_flat(void **state)
{
	cc_truth *t = test_truth(FLAT);
	(void)state;
	assert_null(t->unscorable);
	assert_int_equal(t->version, 1);
	assert_int_equal(t->group_count, 3);
	assert_int_equal(t->class_count, 2);
	assert_int_equal(t->root_count, 1);
	assert_str(t->groups[0].label, "shop/Pod/cart");
	assert_str(t->groups[2].filters[0], "web\\b");
	assert_int_equal(t->groups[0].cls, t->groups[1].cls);
	assert_str(t->faults[0].condition, "it broke");
	assert_int_equal(t->alert_count, 2);
	assert_str(t->alerts[1].text, "busy");
	assert_int_equal(t->action_count, 2);
	assert_str(t->actions[1].text, "look again");
	assert_str(cc_truth_label(t, CC_STR("web-service-1")), "shop/Service/web");
	assert_str(cc_truth_label(t, CC_STR("node")), "node");
	cc_truth_free(t);
}

static void test_steps_run_from_the_root(void **state)
{
	static const char *const ORDER[] = { "c1", "c2", "c3", "c4" };
	cc_truth *t = test_truth(FLAT);
	(void)state;
	assert_int_equal(t->step_count, 4);
	/* cart-service-1 is the root's alias: both leave at hop 0, in file order. */
	assert_str(t->steps[0].condition, "c2");
	assert_str(t->steps[1].condition, "c1");
	assert_str(t->steps[2].condition, ORDER[2]);
	assert_int_equal(t->steps[2].hop, 1);
	assert_str(t->steps[3].condition, ORDER[3]);
	assert_int_equal(t->steps[3].hop, CC_TRUTH_NO_HOP);
	assert_true(test_warned(t, "dangling_propagation:node"));
	cc_truth_free(t);
}

static void test_cycles_end(void **state)
{
	cc_truth *t = test_truth("groups: [{id: a, kind: Pod, namespace: n, filter: [a], root_cause: true}]\n"
		"propagations: [{source: a, target: a}, {source: a, target: b}, {source: b, target: a}, {source: b, target: b}]\n");
	(void)state;
	assert_int_equal(t->step_count, 4);
	assert_int_equal(t->steps[3].hop, 1);
	cc_truth_free(t);
}

static void test_envelope_same_as_flat(void **state)
{
	cc_truth *t = test_truth("\xEF\xBB\xBF---\r\napiVersion: itbench.io/v1\r\nkind: GroundTruth\r\nmetadata:\r\n  name: scenario-7\r\n"
		"spec:\r\n  groups:\r\n  - id: a-1\r\n    kind: ConfigMap\r\n    name: a\r\n    root_cause: true\r\n"
		"  recommendedActions:\r\n  - solution:\r\n      id: x\r\n      actions: [go]\r\n");
	(void)state;
	assert_str(t->scenario, "scenario-7");
	assert_int_equal(t->action_count, 1);
	assert_true(t->groups[0].literal);
	assert_str(t->groups[0].label, "any/ConfigMap/a");
	assert_true(test_warned(t, "no_namespace:a-1"));
	cc_truth_free(t);
}

static void test_json_text(void **state)
{
	cc_truth *t = test_truth("{\"groups\": [{\"id\": \"a\", \"kind\": \"Namespace\", \"filter\": \"shop\", \"root_cause\": true, \"extra\": [1]}]}");
	(void)state;
	assert_str(t->groups[0].label, "cluster/Namespace/shop");
	assert_int_equal(t->warning_count, 0);
	cc_truth_free(t);
}

static void test_odd_groups(void **state)
{
	cc_truth *t = test_truth("groups:\n"
		"- {id: s, kind: Schedule, namespace: n, filter: [a]}\n"
		"- {id: s, kind: Schedule, namespace: n, filter: [a, b], root_cause: true}\n"
		"- {id: bs, kind: Pod, namespace: n, filter: [\"cart\\b\"]}\n"
		"- {id: none, kind: Pod, namespace: n}\n"
		"- {kind: Pod, namespace: n, name: x}\n"
		"- {id: nokind, namespace: n, name: x}\n"
		"- {id: bad, kind: HorizontalPodAutoscaler, namespace: n, filter: ['*.*']}\n"
		"- {id: glob, kind: Pod, namespace: n, filter: ['v1-*']}\n"
		"- just text\n"
		"aliases:\n- [s, bs, gone]\n- [bs, glob]\n"
		"fault: [{entity: {group_id: bad}}, {entity: {group_id: lost}}, text]\n"
		"alerts: [{id: a, group_id: away}]\n");
	static const char *const CODES[] = { "dup_id:s", "backspace:bs", "no_filter:none", "no_id:group-4", "no_kind:nokind", "bad_regex:*.*",
		"glob:v1-*", "bad_group:just text", "dangling_alias:gone", "alias_overlap:bs", "fault_not_root:bad", "dangling_fault:lost",
		"dangling_alert:away" };
	(void)state;
	for (size_t i = 0; i < sizeof CODES / sizeof CODES[0]; i++)
		if (!test_warned(t, CODES[i]))
			fail_msg("no warning %s", CODES[i]);
	assert_int_equal(t->warning_count, sizeof CODES / sizeof CODES[0]);
	assert_int_equal(t->group_count, 7);
	assert_int_equal(t->groups[0].filter_count, 2);
	assert_true(t->groups[0].root);
	assert_str(t->groups[1].filters[0], "cart\\b");
	assert_int_equal(t->classes[t->groups[0].cls].group_count, 3);
	cc_truth_free(t);
}

static void test_v2(void **state)
{
	cc_truth *t = test_truth("apiVersion: itbench.io/v2\nkind: GroundTruth\nspec:\n  alerts: [{name: A, labels: {}}]\n  entities:\n"
		"  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a.b, namespace: n}}\n"
		"  - {apiVersion: v1, kind: ConfigMap, metadata: {name: a.b, namespace: n}}\n"
		"  - {apiVersion: v1, kind: Namespace, metadata: {name: n}}\n"
		"  solutions: [[{steps: [{text: do it, command: kubectl}]}], [{steps: [{text: or this}]}]]\n");
	static const char *const names[] = { "n/ConfigMap/a.b", "cluster/Namespace/n", "n/ConfigMap/axb", NULL };
	(void)state;
	assert_int_equal(t->version, 2);
	assert_int_equal(t->root_count, 2);
	assert_true(test_warned(t, "dup_id:n/ConfigMap/a.b"));
	assert_int_equal(t->action_count, 2);
	assert_str(t->actions[1].solution, "solution 2");
	cc_answer *a = test_names(names);
	cc_score *s = test_score(t, a);
	assert_string_equal(s->matcher, "d1-v2");
	assert_int_equal(s->d1.tp, 2);
	assert_int_equal(s->d1.fp, 1);
	cc_score_free(s);
	cc_answer_free(a);
	cc_truth_free(t);
}

static void test_unscorable(void **state)
{
	static const char *const TEXTS[] = { "groups: []", "fault: []", "apiVersion: itbench.io/v2\nspec: {entities: []}",
		"groups: [{id: a, kind: Pod, namespace: n, filter: [a]}]", "kind: GroundTruth", "groups: text" };
	(void)state;
	for (size_t i = 0; i < sizeof TEXTS / sizeof TEXTS[0]; i++) {
		cc_truth *t = test_truth(TEXTS[i]);
		if (!t->unscorable)
			fail_msg("%s is scorable", TEXTS[i]);
		cc_truth_free(t);
	}
}

static void test_refused(void **state)
{
	static const struct { const char *text; cc_code code; } CASES[] = {
		{ "", CC_EFORMAT }, { "just text", CC_EFORMAT }, { "- a\n- b", CC_EAMBIGUOUS }, { "a: [", CC_EFORMAT }, { "hello: world", CC_EFORMAT },
		{ "{\"a\":1}", CC_EFORMAT }, { "\t\x01\x02", CC_EFORMAT }, { "groups: {a: [}", CC_EFORMAT },
	};
	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		cc_truth *t = (cc_truth *)&t;
		cc_err err = { 0 };
		cc_code code = cc_truth_load(&t, cc_str_from(CASES[i].text), CC_STR_EMPTY, "gt.yaml", &err);
		if (code != CASES[i].code || t)
			fail_msg("\"%s\": %s", CASES[i].text, cc_code_name(code));
		assert_non_null(strstr(err.message, "gt.yaml"));
	}
}

static void test_bombs(void **state)
{
	cc_buf b = CC_BUF_INIT;
	cc_truth *t;
	(void)state;
	/* Nine levels of nine aliases each would be 10^8 nodes. */
	cc_buf_addz(&b, "a0: &a0 [x,x,x,x,x,x,x,x,x]\n");
	for (int i = 1; i < 9; i++)
		cc_buf_addf(&b, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
	cc_buf_addz(&b, "groups: *a8\n");
	assert_int_equal(cc_truth_load(&t, cc_buf_str(&b), CC_STR_EMPTY, "bomb", NULL), CC_ELIMIT);
	cc_buf_clear(&b);
	cc_buf_add_repeat(&b, '[', 5000);
	assert_int_not_equal(cc_truth_load(&t, cc_buf_str(&b), CC_STR_EMPTY, "deep", NULL), CC_OK);
	cc_buf_clear(&b);
	cc_buf_addz(&b, "{\"groups\":[0");
	for (int i = 0; i < CC_TRUTH_ITEMS_MAX; i++)
		cc_buf_addz(&b, ",0");
	cc_buf_addz(&b, "]}");
	assert_int_equal(cc_truth_load(&t, cc_buf_str(&b), CC_STR_EMPTY, "wide", NULL), CC_ELIMIT);
	cc_buf_deinit(&b);
}

#define ROW(id, name) "{\"id_aa\":\"it-bench-sre-public-scenario-" id "\",\"scenario_id\":\"Scenario-" id "\"," \
	"\"ground_truth_yaml\":\"---\\ngroups:\\n- {id: " name ", kind: Pod, namespace: n, filter: [" name "], root_cause: true}\\n\"}\n"

static void test_jsonl(void **state)
{
	static const char *const NAMES[] = { "12", "Scenario-12", "scenario_12", "it-bench-sre-public-scenario-12" };
	const cc_str text = CC_STR(ROW("1", "one") "not json\n\n" ROW("12", "twelve"));
	cc_truth *t;
	char yaml[65];
	(void)state;
	cc_buf seal = CC_BUF_INIT;
	cc_truth_seal(&seal, CC_STR_EMPTY, CC_STR("---\ngroups:\n- {id: twelve, kind: Pod, namespace: n, filter: [twelve], root_cause: true}\n"));
	snprintf(yaml, sizeof yaml, "%s", seal.p);
	cc_buf_deinit(&seal);
	for (size_t i = 0; i < sizeof NAMES / sizeof NAMES[0]; i++) {
		assert_int_equal(cc_truth_load(&t, text, cc_str_from(NAMES[i]), "data.jsonl", NULL), CC_OK);
		assert_str(t->groups[0].id, "twelve");
		assert_string_equal(t->sha256, yaml);
		assert_true(test_warned(t, "bad_rows:data.jsonl"));
		cc_truth_free(t);
	}
	assert_int_equal(cc_truth_load(&t, text, CC_STR("Scenario-2"), "data.jsonl", NULL), CC_ENOTFOUND);
	assert_int_equal(cc_truth_load(&t, text, CC_STR_EMPTY, "data.jsonl", NULL), CC_EAMBIGUOUS);
}

static void test_lists(void **state)
{
	const cc_str text = CC_STR("[{\"id\":1,\"groups\":[{\"id\":\"a\",\"kind\":\"Pod\",\"namespace\":\"n\",\"filter\":\"a\",\"root_cause\":true}]},"
		"{\"id\":\"2\",\"ground_truth\":{\"groups\":[{\"id\":\"b\",\"kind\":\"Pod\",\"namespace\":\"n\",\"filter\":\"b\",\"root_cause\":true}]}}]");
	cc_truth *t;
	(void)state;
	assert_int_equal(cc_truth_load(&t, text, CC_STR("Scenario-1"), "ground_truths.json", NULL), CC_OK);
	assert_str(t->groups[0].id, "a");
	cc_truth_free(t);
	assert_int_equal(cc_truth_load(&t, text, CC_STR("2"), "ground_truths.json", NULL), CC_OK);
	assert_str(t->groups[0].id, "b");
	assert_int_equal(strlen(t->sha256), 64);
	cc_truth_free(t);
}

static void test_scenario_names(void **state)
{
	(void)state;
	assert_true(cc_truth_same_scenario(CC_STR("Scenario-1"), CC_STR("1")));
	assert_true(cc_truth_same_scenario(CC_STR("scenario007"), CC_STR("Incident-7")));
	assert_false(cc_truth_same_scenario(CC_STR("Scenario-1"), CC_STR("Scenario-11")));
	assert_false(cc_truth_same_scenario(CC_STR("night-shift-3"), CC_STR("Scenario-3")));
	assert_true(cc_truth_same_scenario(CC_STR("Night-Shift-3"), CC_STR("night-shift-3")));
}

/* -- finding ------------------------------------------------------------------------------------------------------------------- */

static char root[512];

static void put(const char *path, const char *text)
{
	char full[1024];
	cc_err err = { 0 };
	snprintf(full, sizeof full, "%s/%s", root, path);
	*strrchr(full, '/') = '\0';
	assert_int_equal(cc_dir_make(full, &err), CC_OK);
	snprintf(full, sizeof full, "%s/%s", root, path);
	if (cc_file_write(full, cc_str_from(text), &err) != CC_OK)
		fail_msg("%s", err.message);
}

#define ONE(id) "groups: [{id: " id ", kind: Pod, namespace: n, filter: [" id "], root_cause: true}]\n"

static void expect(const char *truth, const char *incident, const char *scenario, const char *id)
{
	char truth_path[1024], incident_path[1024];
	cc_truth *t;
	cc_err err = { 0 };
	snprintf(truth_path, sizeof truth_path, "%s/%s", root, truth ? truth : "");
	snprintf(incident_path, sizeof incident_path, "%s/%s", root, incident ? incident : "");
	cc_code code = cc_truth_find(&t, truth ? truth_path : NULL, incident ? incident_path : NULL, cc_str_from(scenario), &err);
	if (!id) {
		assert_int_equal(code, CC_ENOTFOUND);
		assert_non_null(strstr(err.hint, "--truth"));
		return;
	}
	if (code)
		fail_msg("%s: %s", id, err.message);
	assert_str(t->groups[0].id, id);
	assert_int_equal(err.code, CC_OK);
	cc_truth_free(t);
}

static void test_find(void **state)
{
	(void)state;
	put("in/Scenario-1/ground_truth.yaml", ONE("inside"));
	put("in/Scenario-2/otel.tsv", "");
	put("in/Scenario-3/otel.tsv", "");
	put("in/Scenario-4/otel.tsv", "");
	put("in/solutions/Scenario-2/ground_truth.yml", ONE("beside"));
	put("in/data.jsonl", ROW("9", "nine") ROW("3", "three"));
	put("gt/7/gt.yaml", ONE("seven"));
	put("gt/solutions/scenario-8/ground_truth.json", "{\"groups\":[{\"id\":\"eight\",\"kind\":\"Pod\",\"namespace\":\"n\",\"filter\":\"e\",\"root_cause\":true}]}");
	put("gt/ground_truths.json", "[{\"id\":\"5\",\"groups\":[{\"id\":\"five\",\"kind\":\"Pod\",\"namespace\":\"n\",\"filter\":\"e\",\"root_cause\":true}]}]");
	expect(NULL, "in/Scenario-1", "", "inside");
	expect(NULL, "in/Scenario-1/", "", "inside");
	expect(NULL, "in/Scenario-2", "", "beside");
	expect(NULL, "in/Scenario-3", "", "three");
	expect(NULL, "in/Scenario-4", "", NULL);
	expect("gt", "in/Scenario-4", "7", "seven");
	expect("gt", NULL, "Scenario-8", "eight");
	expect("gt", NULL, "Scenario-5", "five");
	expect("gt", NULL, "../in/Scenario-1", NULL);
	expect("in/Scenario-1/ground_truth.yaml", "in/Scenario-2", "", "inside");
	expect("in/data.jsonl", NULL, "9", "nine");
	expect(NULL, NULL, "", NULL);
}

/* A truth that cannot be read must not be replaced by another one. */
static void test_find_stops_at_a_bad_file(void **state)
{
	char incident[1024];
	cc_truth *t;
	(void)state;
	put("bad/Scenario-1/ground_truth.yaml", "a: [");
	put("bad/solutions/Scenario-1/ground_truth.yaml", ONE("other"));
	snprintf(incident, sizeof incident, "%s/bad/Scenario-1", root);
	assert_int_equal(cc_truth_find(&t, NULL, incident, CC_STR_EMPTY, NULL), CC_EFORMAT);
}

/* A truth's own text gives the same truth again, however it was found: what is sealed is that. */
static void test_text(void **state)
{
	static const char *const FILES[] = {
		"groups:\n- {id: a, kind: Pod, namespace: n, filter: [a], root_cause: true}\n",
		"[{\"id\": 3, \"groups\": [{\"id\": \"a\", \"kind\": \"Pod\", \"filter\": [\"a\"], \"root_cause\": true}]}]",
		"{\"id\":3,\"ground_truth_yaml\":\"groups:\\n- {id: a, kind: Pod, filter: [a], root_cause: true}\\n\"}\n{\"id\":4}\n",
		"{\"id\":3,\"ground_truth\":{\"groups\":[{\"id\":\"a\",\"kind\":\"Pod\",\"filter\":[\"a\"],\"root_cause\":true}]}}\n{\"id\":4}\n",
	};
	(void)state;
	for (size_t i = 0; i < sizeof FILES / sizeof FILES[0]; i++) {
		cc_truth *t, *again;
		assert_int_equal(cc_truth_load(&t, cc_str_from(FILES[i]), CC_STR("Scenario-3"), "t", NULL), CC_OK);
		assert_int_equal(cc_truth_load(&again, t->text, CC_STR_EMPTY, "t", NULL), CC_OK);
		assert_string_equal(t->sha256, again->sha256);
		assert_true(again->root_count == 1 && cc_str_eq(t->groups[0].id, again->groups[0].id));
		cc_truth_free(t);
		cc_truth_free(again);
	}
}

static void test_seal(void **state)
{
	cc_buf b = CC_BUF_INIT;
	(void)state;
	cc_truth_seal(&b, CC_STR("a"), CC_STR("bc"));
	assert_str(cc_buf_str(&b), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_true(cc_truth_seal_ok(cc_buf_str(&b), CC_STR("a"), CC_STR("bc")));
	assert_false(cc_truth_seal_ok(cc_buf_str(&b), CC_STR("b"), CC_STR("bc")));
	assert_false(cc_truth_seal_ok(CC_STR(""), CC_STR("a"), CC_STR("bc")));
	cc_buf_deinit(&b);
}

static int setup(void **state)
{
	const char *tmp = getenv("COLDCASE_TEST_TMP");
	(void)state;
	snprintf(root, sizeof root, "%s/coldcase-truth-XXXXXX", tmp && *tmp ? tmp : "/tmp");
	return mkdtemp(root) ? 0 : 1;
}

static int teardown(void **state)
{
	char command[600];
	(void)state;
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	return system(command);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_flat), cmocka_unit_test(test_steps_run_from_the_root), cmocka_unit_test(test_cycles_end),
		cmocka_unit_test(test_envelope_same_as_flat), cmocka_unit_test(test_json_text), cmocka_unit_test(test_odd_groups),
		cmocka_unit_test(test_v2), cmocka_unit_test(test_unscorable), cmocka_unit_test(test_refused), cmocka_unit_test(test_bombs),
		cmocka_unit_test(test_jsonl), cmocka_unit_test(test_lists), cmocka_unit_test(test_scenario_names), cmocka_unit_test(test_find),
		cmocka_unit_test(test_find_stops_at_a_bad_file), cmocka_unit_test(test_seal), cmocka_unit_test(test_text),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
