/* test_diff.c - semantic differences, masking, and line differences against a slow reference. */
#include "query_support.h"
#include "coldcase/diff.h"
#include "coldcase/rng.h"

static cc_json *json(const char *text)
{
	cc_json *doc = NULL;
	cc_err err;
	if (cc_json_parse(&doc, cc_str_from(text), &err) != CC_OK)
		fail_msg("%s: %s", text, err.message);
	return doc;
}

static void check_flags(const char *a, const char *b, unsigned flags, const char *summary, size_t hidden)
{
	cc_json *x = json(a), *y = json(b);
	cc_diff *d = NULL;
	cc_buf out = CC_BUF_INIT;
	assert_int_equal(cc_diff_objects(&d, x, y, flags, NULL), CC_OK);
	cc_diff_summary(d, &out, 20);
	assert_string_equal(out.p, summary);
	assert_int_equal(cc_diff_hidden(d), hidden);
	cc_buf_deinit(&out);
	cc_diff_free(d);
	assert_int_equal(cc_diff_objects(&d, x, x, CC_DIFF_WITH_CHURN, NULL), CC_OK);
	assert_int_equal(cc_diff_count(d), 0);
	cc_diff_free(d);
	cc_json_free(x);
	cc_json_free(y);
}

static void check(const char *a, const char *b, const char *summary)
{
	check_flags(a, b, 0, summary, 0);
}

#define DEPLOY(containers) "{\"kind\":\"Deployment\",\"spec\":{\"replicas\":1,\"template\":{\"spec\":{\"containers\":[" containers "]}}}}"

#define ENDS(rest) "{\"kind\":\"Endpoints\",\"subsets\":[{" rest "}]}"

static void endpoints_in_words(void **state)
{
	(void)state;
	check(ENDS("\"addresses\":[{\"ip\":\"10.0.0.1\"},{\"ip\":\"10.0.0.2\"}]"), ENDS("\"addresses\":[{\"ip\":\"10.0.0.2\"}]"), "address 10.0.0.1 removed");
	check(ENDS("\"addresses\":[{\"ip\":\"10.0.0.1\"}]"), ENDS("\"notReadyAddresses\":[{\"ip\":\"10.0.0.1\"}]"), "no ready address left; 1 not ready");
	check(ENDS("\"addresses\":[{\"ip\":\"10.0.0.1\"}]"), "{\"kind\":\"Endpoints\"}", "no address left");
}

/* What a new object is about; of a pod, what it runs and where. */
static void a_new_object_says_what_it_is(void **state)
{
	(void)state;
	cc_json *pod = json("{\"kind\":\"Pod\",\"spec\":{\"nodeName\":\"w1\",\"containers\":[{\"image\":\"r.io/a/b:1\"},{\"image\":\"side:2\"}]}}");
	cc_buf out = CC_BUF_INIT;
	cc_diff *d = NULL;
	assert_int_equal(cc_diff_objects(&d, NULL, pod, 0, NULL), CC_OK);
	cc_diff_summary(d, &out, 20);
	assert_string_equal(out.p, "created: image b:1, side:2 on w1");
	cc_buf_deinit(&out);
	cc_diff_free(d);
	cc_json_free(pod);
}

static void one_liners(void **state)
{
	(void)state;
	check(DEPLOY("{\"name\":\"payment\",\"image\":\"r/payment:1.4\"}"), DEPLOY("{\"name\":\"payment\",\"image\":\"r/payment:1.5\"}"),
		"image payment:1.4 -> 1.5");
	check("{\"spec\":{\"replicas\":1}}", "{\"spec\":{\"replicas\":0}}", "replicas 1 -> 0");
	check(DEPLOY("{\"name\":\"p\",\"env\":[{\"name\":\"A\",\"value\":\"1\"}]}"),
		DEPLOY("{\"name\":\"p\",\"env\":[{\"name\":\"X\",\"value\":\"2\"},{\"name\":\"A\",\"value\":\"1\"}]}"), "env X set to 2");
	check(DEPLOY("{\"name\":\"p\",\"env\":[{\"name\":\"A\",\"value\":\"1\"},{\"name\":\"B\",\"value\":\"1\"}]}"),
		DEPLOY("{\"name\":\"p\",\"env\":[{\"name\":\"A\",\"value\":\"1\"}]}"), "env B unset (was 1)");
	check(DEPLOY("{\"name\":\"p\",\"env\":[{\"name\":\"A\",\"value\":\"1\"}]}"), DEPLOY("{\"name\":\"p\",\"env\":[{\"name\":\"A\",\"value\":\"2\"}]}"),
		"env A 1 -> 2");
	check(DEPLOY("{\"name\":\"p\",\"resources\":{\"limits\":{\"memory\":\"300Mi\"}}}"),
		DEPLOY("{\"name\":\"p\",\"resources\":{\"limits\":{\"memory\":\"20Mi\"}}}"), "limits.memory 300Mi -> 20Mi");
	check("{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":8080}]}}", "{\"spec\":{\"ports\":[{\"port\":80,\"targetPort\":8081}]}}",
		"port 80 targetPort 8080 -> 8081");
	check("{\"spec\":{\"selector\":{\"app\":\"a\"}}}", "{\"spec\":{\"selector\":{\"app\":\"b\"}}}", "selector app a -> b");
	check("{\"metadata\":{\"labels\":{\"t\":\"1\"}}}", "{\"metadata\":{\"labels\":{\"t\":\"1\",\"u\":\"2\"}}}", "label u added (2)");
	check("{\"spec\":{\"tolerations\":[{\"key\":\"a\"},{\"key\":\"b\"}]}}", "{\"spec\":{\"tolerations\":[{\"key\":\"b\"},{\"key\":\"a\"}]}}", "no change");
	check(DEPLOY("{\"name\":\"p\"}"), DEPLOY("{\"name\":\"p\",\"resources\":{\"limits\":{\"cpu\":\"1\",\"memory\":\"64Mi\"}}}"), "limits.cpu added (1); limits.memory added (64Mi)");
	check(DEPLOY("{\"name\":\"p\",\"args\":[\"--a\",\"--port=1\"]}"), DEPLOY("{\"name\":\"p\",\"args\":[\"--a\",\"--port=2\"]}"), "p args - \"--port=1\" + \"--port=2\"");
	check(DEPLOY("{\"name\":\"p\",\"readinessProbe\":{\"httpGet\":{\"port\":1}}}"), DEPLOY("{\"name\":\"p\",\"readinessProbe\":{\"httpGet\":{\"port\":2}}}"),
		"readinessProbe httpGet port 1 -> 2");
	check("{\"kind\":\"ResourceQuota\",\"spec\":{\"hard\":{\"limits.memory\":\"2Gi\"}}}", "{\"kind\":\"ResourceQuota\",\"spec\":{\"hard\":{\"limits.memory\":\"1Gi\"}}}",
		"quota limits.memory 2Gi -> 1Gi");
	check("{\"spec\":{\"x\":1}}", "{\"spec\":{\"x\":1,\"tolerations\":[{\"key\":\"gpu\",\"effect\":\"NoSchedule\"}]}}", "toleration gpu NoSchedule added");
	check("{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"}}}}}",
		"{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"a\":\"b\"},\"annotations\":{\"kubectl.kubernetes.io/restartedAt\":\"2025-12-15T17:52:00Z\"}}}}}",
		"rollout restarted at 2025-12-15T17:52:00Z");
	check("{\"spec\":{\"template\":{\"spec\":{\"x\":1}}}}", "{\"spec\":{\"template\":{\"spec\":{\"x\":1,\"nodeSelector\":{\"disk\":\"ssd\"}}}}}",
		"nodeSelector disk added (ssd)");
	check("{\"metadata\":{\"uid\":\"1\"}}", "{\"metadata\":{\"uid\":\"2\"}}", "deleted and created again");
}

#define FLAGS(v) "{\"kind\":\"ConfigMap\",\"data\":{\"demo.flagd.json\":\"{\\\"flags\\\":{\\\"paymentFailure\\\":{\\\"defaultVariant\\\":\\\"" v "\\\"}}}\"}}"

static void embedded_documents(void **state)
{
	(void)state;
	check(FLAGS("off"), FLAGS("on"), "flag paymentFailure off -> on");
	check("{\"kind\":\"ConfigMap\",\"data\":{\"c.yaml\":\"a:\\n  b: 1\\n  c: 2\\n\"}}", "{\"kind\":\"ConfigMap\",\"data\":{\"c.yaml\":\"a:\\n  b: 1\\n  c: 3\\n\"}}",
		"data[c.yaml].a.c 2 -> 3");
	check("{\"kind\":\"ConfigMap\",\"data\":{\"redis.conf\":\"maxmemory 100mb\\nport 1\\n\"}}",
		"{\"kind\":\"ConfigMap\",\"data\":{\"redis.conf\":\"maxmemory 1mb\\nport 1\\n\"}}", "data redis.conf: maxmemory 100mb -> maxmemory 1mb");
}

static void churn_is_counted(void **state)
{
	(void)state;
	const char *a = "{\"metadata\":{\"resourceVersion\":\"1\",\"managedFields\":[1],\"generation\":1},\"status\":{\"phase\":\"Pending\"}}";
	const char *b = "{\"metadata\":{\"resourceVersion\":\"2\",\"managedFields\":[2],\"generation\":2},\"status\":{\"phase\":\"Running\"}}";
	check_flags(a, b, 0, "no change", 4);
	check_flags(a, b, CC_DIFF_WITH_STATUS, "phase Pending -> Running", 3);
	const char *c = "{\"kind\":\"Pod\",\"status\":{\"containerStatuses\":[{\"name\":\"x\",\"restartCount\":0,\"state\":{\"running\":{\"startedAt\":\"1\"}}}]}}";
	const char *d = "{\"kind\":\"Pod\",\"status\":{\"containerStatuses\":[{\"name\":\"x\",\"restartCount\":2,\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}}}]}}";
	check_flags(c, d, CC_DIFF_WITH_STATUS, "restarts of x 0 -> 2; x running -> waiting CrashLoopBackOff", 0);
	const char *e = "{\"kind\":\"Pod\",\"status\":{\"containerStatuses\":[{\"name\":\"x\",\"restartCount\":0,\"state\":{\"running\":{\"startedAt\":\"9\"}}}]}}";
	check_flags(c, e, CC_DIFF_WITH_STATUS, "no change", 1);
}

#define POD_WITH(volume) "{\"kind\":\"Pod\",\"spec\":{\"containers\":[{\"name\":\"x\",\"volumeMounts\":[{\"name\":\"" volume "\"}]}]," \
	"\"volumes\":[{\"name\":\"" volume "\"}]}}"

/* Beside another pod of its ReplicaSet a pod differs in the name of its token's volume; other volumes count. */
static void the_volume_of_a_token_is_churn(void **state)
{
	(void)state;
	check_flags(POD_WITH("kube-api-access-q4c6n"), POD_WITH("kube-api-access-wf2h9"), 0, "no change", 4);
	check_flags(POD_WITH("data-1"), POD_WITH("data-2"), 0, "mount data-1 removed; mount data-2 added; volume data-1 removed; volume data-2 added", 0);
}

static void no_leak(const char *a, const char *b)
{
	cc_json *x = json(a), *y = json(b);
	cc_diff *d = NULL;
	assert_int_equal(cc_diff_objects(&d, x, y, CC_DIFF_WITH_CHURN, NULL), CC_OK);
	assert_true(cc_diff_count(d) > 0);
	for (size_t i = 0; i < cc_diff_count(d); i++) {
		const cc_diff_item *item = cc_diff_get(d, i);
		assert_true(cc_str_find(item->line, CC_STR("hush")) == CC_STR_NONE);
		assert_true(cc_str_find(item->before, CC_STR("hush")) == CC_STR_NONE);
		assert_true(cc_str_find(item->after, CC_STR("hush")) == CC_STR_NONE);
	}
	cc_diff_free(d);
	for (int flags = 0; flags < 4; flags++) {
		cc_buf out = CC_BUF_INIT;
		assert_int_equal(cc_object_yaml(y, (unsigned)flags, &out, NULL, NULL), CC_OK);
		assert_int_equal(cc_object_json(y, (unsigned)flags, &out, NULL, NULL), CC_OK);
		assert_null(strstr(out.p, "hush"));
		cc_buf_deinit(&out);
	}
	cc_json_free(x);
	cc_json_free(y);
}

static void secrets_stay_masked(void **state)
{
	(void)state;
	const char *none = "{\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"}}";
	const char *one = "{\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},\"data\":{\"k\":\"hush1\"}}";
	const char *two = "{\"kind\":\"Secret\",\"metadata\":{\"name\":\"s\"},\"data\":{\"k\":\"hush2\",\"j\":\"{\\\"a\\\":\\\"hush\\\"}\"},\"stringData\":{\"p\":\"hush\"}}";
	no_leak(one, two);
	no_leak(none, two);
	no_leak("{\"kind\":\"Secret\",\"data\":{\"k\":{\"x\":\"hush\"}}}", "{\"kind\":\"secret\",\"data\":\"hush\"}");
	no_leak(none, "{\"kind\":\"Secret\",\"metadata\":{\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\"{hush}\"}},\"data\":[\"hush\"]}");
	cc_json *x = json(one), *y = json(two);
	cc_diff *d = NULL;
	cc_buf out = CC_BUF_INIT;
	assert_int_equal(cc_diff_objects(&d, x, y, 0, NULL), CC_OK);
	cc_diff_summary(d, &out, 9);
	assert_string_equal(out.p, "data j added (masked); data k changed (masked); data p added (masked)");
	cc_buf_deinit(&out);
	cc_diff_free(d);
	cc_json_free(x);
	cc_json_free(y);
}

static void created_and_deleted(void **state)
{
	(void)state;
	cc_json *x = json("{\"kind\":\"Pod\"}");
	cc_diff *d = NULL;
	assert_int_equal(cc_diff_objects(&d, NULL, x, 0, NULL), CC_OK);
	assert_true(cc_str_eqz(cc_diff_get(d, 0)->line, "created"));
	cc_diff_free(d);
	assert_int_equal(cc_diff_objects(&d, x, NULL, 0, NULL), CC_OK);
	assert_true(cc_str_eqz(cc_diff_get(d, 0)->line, "deleted"));
	cc_diff_free(d);
	cc_json_free(x);
}

static void created(const char *object, const char *line)
{
	cc_json *x = json(object);
	cc_diff *d = NULL;
	assert_int_equal(cc_diff_objects(&d, NULL, x, 0, NULL), CC_OK);
	if (!cc_str_eqz(cc_diff_get(d, 0)->line, line))
		fail_msg("%.*s, not %s", CC_STR_ARG(cc_diff_get(d, 0)->line), line);
	cc_diff_free(d);
	cc_json_free(x);
}

static void new_objects_say_what_they_are(void **state)
{
	(void)state;
	created("{\"kind\":\"ResourceQuota\",\"spec\":{\"hard\":{\"pods\":\"3\",\"cpu\":1}}}", "created: hard pods 3, cpu 1");
	created("{\"kind\":\"NetworkPolicy\",\"spec\":{\"podSelector\":{},\"policyTypes\":[\"Ingress\"]}}", "created: for all pods; no ingress");
	created("{\"kind\":\"NetworkPolicy\",\"spec\":{\"podSelector\":{\"matchLabels\":{\"a\":\"b\"}},\"ingress\":[{}],\"egress\":[{},{}]}}",
		"created: for pods a=b; ingress by 1 rule; egress by 2 rules");
	created("{\"kind\":\"HorizontalPodAutoscaler\",\"spec\":{\"minReplicas\":1,\"maxReplicas\":5,\"scaleTargetRef\":{\"kind\":\"Deployment\",\"name\":\"a\"}}}",
		"created: scales Deployment/a from 1 to 5");
	created("{\"kind\":\"Service\",\"spec\":{\"ports\":[{\"port\":80}],\"selector\":{\"a\":\"b\"}}}", "created: port 80 to a=b");
	created("{\"kind\":\"Deployment\",\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"image\":\"x:1\"},{\"image\":\"y\"}]}}}}", "created: image x:1, y");
	created("{\"kind\":\"Secret\",\"data\":{\"token\":\"c2VjcmV0\"}}", "created: keys token");
	created("{\"kind\":\"ResourceQuota\",\"spec\":7}", "created");
}

static void yaml_hides_noise(void **state)
{
	(void)state;
	cc_json *x = json("{\"kind\":\"Pod\",\"metadata\":{\"name\":\"p\",\"resourceVersion\":\"1\",\"managedFields\":[]},\"spec\":{\"a\":1}}");
	cc_buf out = CC_BUF_INIT;
	size_t hidden = 0;
	assert_int_equal(cc_object_yaml(x, 0, &out, &hidden, NULL), CC_OK);
	assert_int_equal(hidden, 2);
	assert_null(strstr(out.p, "managedFields"));
	assert_non_null(strstr(out.p, "name: p"));
	cc_buf_deinit(&out);
	cc_json_free(x);
}

/* --- lines --- */

static void rebuilds_both_sides(const cc_line_diff *d, cc_str a, cc_str b)
{
	cc_buf x = CC_BUF_INIT, y = CC_BUF_INIT;
	for (size_t i = 0; i < cc_line_diff_count(d); i++) {
		const cc_diff_line *line = cc_line_diff_get(d, i);
		assert_true(line->sign != '@');
		if (line->sign != '+') {
			cc_buf_add(&x, line->text);
			cc_buf_add_char(&x, '\n');
		}
		if (line->sign != '-') {
			cc_buf_add(&y, line->text);
			cc_buf_add_char(&y, '\n');
		}
	}
	assert_true(cc_str_eq(cc_buf_str(&x), a));
	assert_true(cc_str_eq(cc_buf_str(&y), b));
	cc_buf_deinit(&x);
	cc_buf_deinit(&y);
}

/* Longest common subsequence by the textbook table: the shortest edit has n + m - 2 * lcs steps. */
static size_t lcs(const char *a, size_t n, const char *b, size_t m)
{
	static size_t table[41][41];
	for (size_t i = 0; i <= n; i++)
		for (size_t j = 0; j <= m; j++)
			table[i][j] = i == 0 || j == 0 ? 0 : a[i - 1] == b[j - 1] ? table[i - 1][j - 1] + 1 :
				table[i - 1][j] > table[i][j - 1] ? table[i - 1][j] : table[i][j - 1];
	return table[n][m];
}

static void shortest_edit(void **state)
{
	(void)state;
	cc_rng rng;
	cc_rng_init(&rng, 3);
	for (int round = 0; round < 3000; round++) {
		char a[40], b[40];
		size_t n = cc_rng_below(&rng, 40), m = cc_rng_below(&rng, 40), letters = 1 + cc_rng_below(&rng, 5);
		cc_buf x = CC_BUF_INIT, y = CC_BUF_INIT;
		for (size_t i = 0; i < n; i++)
			cc_buf_addf(&x, "%c\n", a[i] = (char)('a' + cc_rng_below(&rng, letters)));
		for (size_t i = 0; i < m; i++)
			cc_buf_addf(&y, "%c\n", b[i] = (char)('a' + cc_rng_below(&rng, letters)));
		cc_line_diff *d = NULL;
		assert_int_equal(cc_diff_lines(&d, cc_buf_str(&x), cc_buf_str(&y), SIZE_MAX, NULL), CC_OK);
		rebuilds_both_sides(d, cc_buf_str(&x), cc_buf_str(&y));
		assert_int_equal(cc_line_diff_added(d) + cc_line_diff_removed(d), n + m - 2 * lcs(a, n, b, m));
		cc_line_diff_free(d);
		cc_buf_deinit(&x);
		cc_buf_deinit(&y);
	}
}

static void large_and_unlike_texts(void **state)
{
	(void)state;
	cc_buf x = CC_BUF_INIT, y = CC_BUF_INIT;
	for (int i = 0; i < 6000; i++) {
		cc_buf_addf(&x, "left %d\n", i);
		cc_buf_addf(&y, "right %d\n", i);
	}
	cc_line_diff *d = NULL;
	assert_int_equal(cc_diff_lines(&d, cc_buf_str(&x), cc_buf_str(&y), 3, NULL), CC_OK);
	assert_int_equal(cc_line_diff_added(d), 6000);
	rebuilds_both_sides(d, cc_buf_str(&x), cc_buf_str(&y));
	cc_line_diff_free(d);
	cc_buf_deinit(&x);
	cc_buf_deinit(&y);
}

static void folds_context(void **state)
{
	(void)state;
	cc_line_diff *d = NULL;
	assert_int_equal(cc_diff_lines(&d, CC_STR("1\n2\n3\n4\n5\n6\n7\n8\n9"), CC_STR("1\n2\n3\n4\nX\n6\n7\n8\n9"), 1, NULL), CC_OK);
	static const char signs[] = "@ -+ @";
	assert_int_equal(cc_line_diff_count(d), 6);
	for (size_t i = 0; i < 6; i++)
		assert_int_equal(cc_line_diff_get(d, i)->sign, signs[i]);
	assert_true(cc_str_eqz(cc_line_diff_get(d, 0)->text, "3 unchanged lines"));
	assert_int_equal(cc_line_diff_get(d, 2)->old_line, 5);
	cc_line_diff_free(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_liners),
		cmocka_unit_test(endpoints_in_words),
		cmocka_unit_test(a_new_object_says_what_it_is),
		cmocka_unit_test(embedded_documents),
		cmocka_unit_test(churn_is_counted),
		cmocka_unit_test(the_volume_of_a_token_is_churn),
		cmocka_unit_test(secrets_stay_masked),
		cmocka_unit_test(created_and_deleted),
		cmocka_unit_test(new_objects_say_what_they_are),
		cmocka_unit_test(yaml_hides_noise),
		cmocka_unit_test(shortest_edit),
		cmocka_unit_test(large_and_unlike_texts),
		cmocka_unit_test(folds_context),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
