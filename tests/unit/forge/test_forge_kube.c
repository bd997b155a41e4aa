/* The control plane: controllers bring the cluster to what its objects say, with the delays, refusals and messages of the
 * real ones. */
#include "unit/forge/kube_world.h"

static const kube_workload *workload(int i)
{
	return &sim.kube.workloads.p[i];
}

static int set_of(int i)
{
	int set = kube_set_of(&sim, i);
	assert_true(set >= 0);
	return set;
}

static int sets_count(int i)
{
	int n = 0;
	for (size_t k = 0; k < sim.kube.sets.n; k++) n += sim.kube.sets.p[k].workload == i;
	return n;
}

static int live_pods(int i)
{
	int n = 0;
	while (nth_pod(i, n) >= 0) n++;
	return n;
}

static int active_pods(int i)
{
	int n = 0;
	for (int k = 0; nth_pod(i, k) >= 0; k++) n += kube_pod_active(&sim.kube.pods.p[nth_pod(i, k)]);
	return n;
}

static bool settled(int i)
{
	bool served = i >= WORLD_SERVICES || ready_of(i) == workload(i)->replicas;
	return served && workload(i)->complete && workload(i)->available && kube_ready_count(&sim, i) == workload(i)->replicas;
}

static int64_t wait_until(int i, bool (*done)(int), int most_seconds)
{
	int64_t from = sim.now;
	while (!done(i)) {
		assert_true(sim.now - from < most_seconds * FORGE_S);
		run_ms(100);
	}
	return sim.now - from;
}

/* --- installation --- */

static void test_install(void **state)
{
	(void)state;
	begin();
	for (int i = 0; i < WORLD_SERVICES; i++) {
		assert_true(settled(i));
		assert_int_equal(ready_of(i), world_services[i].replicas);
		assert_int_equal(workload(i)->observed, workload(i)->generation);
		assert_int_equal(told.ups[i], world_services[i].replicas);
	}
	assert_string_equal(workload(CART)->progress_reason, "NewReplicaSetAvailable");
	for (size_t i = 0; i < sim.kube.events.n; i++) {
		const forge_event *e = &sim.kube.events.p[i]; /* pods that boot are not ready, and have no metric yet */
		assert_true(!e->warning || kube_is(e->reason, "Unhealthy") || kube_is(e->kind, "HorizontalPodAutoscaler"));
	}
	const kube_rs *r = &sim.kube.sets.p[set_of(CART)];
	const forge_event *scaled = expect_event("ScalingReplicaSet", "cart", NULL);
	check_str(scaled->message, forge_text(&sim, "Scaled up replica set %s from 0 to 4", r->name));
	assert_int_equal(event_count("SuccessfulCreate", "cart-", "Created pod: cart-"), 4);
	assert_string_equal(workload(CART)->progress_rs, r->name);
	end();
}

/* --- rollouts --- */

static void test_rolling_update(void **state)
{
	(void)state;
	begin();
	int old = set_of(CART), least = 99, most = 0;
	char hash[FORGE_HASH];
	memcpy(hash, sim.kube.sets.p[old].hash, sizeof hash);
	forge_template t = template_of(CART);
	t.image = "demo:cart2";
	kube_publish(&sim, t.image, "multi");
	change(CART, &t);
	assert_int_equal(workload(CART)->generation, 2);
	for (int i = 0; i < 1200 && (i < 20 || !settled(CART)); i++) {
		run_ms(50);
		int ready = ready_of(CART), active = active_pods(CART);
		if (ready < least) least = ready;
		if (active > most) most = active;
		assert_true(!workload(CART)->complete || sets_count(CART) == 1 || kube_set_pods(&sim, old, true) == 0);
	}
	assert_true(settled(CART));
	assert_int_equal(least, 3);   /* a quarter of four may be missing */
	assert_int_equal(most, 5);    /* and a quarter more may be there */
	int fresh = set_of(CART);
	assert_true(fresh != old && !kube_is(hash, sim.kube.sets.p[fresh].hash));
	assert_int_equal(sim.kube.sets.p[old].desired, 0);
	assert_int_equal(sim.kube.sets.p[fresh].desired, 4);
	assert_int_equal(workload(CART)->revision, 2);
	assert_string_equal(workload(CART)->progress_reason, "NewReplicaSetAvailable");
	run(60);
	assert_int_equal(kube_set_pods(&sim, old, false), 0);
	assert_int_equal(live_pods(CART), 4);
	expect_event("ScalingReplicaSet", "cart", forge_text(&sim, "Scaled down replica set %s from 4 to 3", sim.kube.sets.p[old].name));
	end();
}

/* One replica: the new pod is ready before the old one goes. */
static void test_no_gap(void **state)
{
	(void)state;
	begin();
	kube_restart_rollout(&sim, sim.now, AD, "kubectl-rollout");
	int64_t replaced = 0;
	for (int i = 0; i < 1200; i++) {
		run_ms(50);
		assert_true(ready_of(AD) >= 1);
		if (!replaced && settled(AD) && live_pods(AD) == 1 && sets_count(AD) == 2) replaced = sim.now;
	}
	assert_true(replaced > 0);
	assert_string_equal(workload(AD)->edits.p[workload(AD)->edits.n - 1].manager, "kubectl-rollout");
	end();
}

static void test_recreate(void **state)
{
	(void)state;
	begin();
	int old = set_of(LEDGER), fresh;
	bool empty = false;
	kube_restart_rollout(&sim, sim.now, LEDGER, "kubectl-rollout");
	for (int i = 0; i < 600 && (i < 20 || !settled(LEDGER)); i++) {
		run_ms(50);
		fresh = kube_set_of(&sim, LEDGER);
		bool both = fresh >= 0 && fresh != old && kube_set_pods(&sim, fresh, false) > 0 && kube_set_pods(&sim, old, false) > 0;
		assert_false(both);
		empty |= ready_of(LEDGER) == 0;
	}
	assert_true(empty && settled(LEDGER));
	end();
}

static void hash_of(const char *name, const forge_template *t, char out[FORGE_HASH])
{
	kube_template_hash(name, t, out);
	size_t n = strlen(out);
	assert_in_range(n, 7, 10);
	assert_int_equal(strspn(out, "456789bcdf"), n);
}

static void test_hash(void **state)
{
	char a[FORGE_HASH], b[FORGE_HASH];
	(void)state;
	begin();
	forge_template t = template_of(CART), u = t;
	hash_of("cart", &t, a);
	u.image = forge_text(&sim, "demo:%s", "cart"); /* an equal text elsewhere */
	hash_of("cart", &u, b);
	assert_string_equal(a, b);
	hash_of("trac", &t, b);
	assert_string_not_equal(a, b);
	const forge_env one = { "A", "1", NULL, NULL, -1 };
	forge_template others[] = { t, t, t, t, t, t, t, t, t, t, t };
	others[0].mem_limit_mi++;
	others[1].probe_timeout_s++;
	others[2].node_selector_key = others[2].node_selector_value = "x";
	others[3].restarted_at = "2025-12-15T17:05:00Z";
	others[4].env = &one, others[4].env_n = 1;
	others[5].anti_affinity = true;
	others[6].priority_class = "urgent";
	others[7].dns_policy = "None";
	others[8].command = "/app/cart";
	others[9].init_command = "sh -c exit 1";
	others[10].claim = "cart-data";
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		hash_of("cart", &others[i], b);
		assert_string_not_equal(a, b);
		change(CART, &others[i]);
	}
	/* The same manager with the same fields keeps one entry, of the last time. */
	run(1);
	change(CART, &t);
	assert_int_equal(workload(CART)->edits.n, 1);
	assert_true(workload(CART)->edits.p[0].at == sim.now);
	assert_int_equal(workload(CART)->generation, 13);
	end();
}

/* Undone: the set of before comes back as the newest revision, with its name. */
static void test_rollback(void **state)
{
	(void)state;
	begin();
	int old = set_of(CART);
	forge_template before = template_of(CART), t = before;
	t.image = "demo:nowhere";
	change(CART, &t);
	run(30);
	int broken = set_of(CART);
	assert_int_equal(sim.kube.sets.p[broken].revision, 2);
	assert_int_equal(kube_set_ready(&sim, broken), 0);
	assert_int_equal(ready_of(CART), 3);
	change(CART, &before);
	wait_until(CART, settled, 60);
	assert_int_equal(set_of(CART), old);
	assert_int_equal(sets_count(CART), 2);
	assert_int_equal(sim.kube.sets.p[old].revision, 3);
	assert_int_equal(workload(CART)->revision, 3);
	assert_int_equal(sim.kube.sets.p[broken].desired, 0);
	run(60);
	assert_int_equal(kube_set_pods(&sim, broken, false), 0);
	end();
}

static void test_deadline(void **state)
{
	(void)state;
	begin();
	forge_template before = template_of(CART), t = before;
	t.image = "demo:nowhere";
	change(CART, &t);
	run(595);
	assert_true(workload(CART)->progressing);
	assert_string_equal(workload(CART)->progress_reason, "ReplicaSetUpdated");
	run(20);
	assert_false(workload(CART)->progressing || workload(CART)->complete);
	assert_string_equal(workload(CART)->progress_reason, "ProgressDeadlineExceeded");
	assert_true(workload(CART)->available); /* three of four serve on */
	assert_int_equal(ready_of(CART), 3);
	change(CART, &before);
	wait_until(CART, settled, 60);
	assert_true(workload(CART)->progressing);
	assert_string_equal(workload(CART)->progress_reason, "NewReplicaSetAvailable");
	end();
}

static void test_scale(void **state)
{
	(void)state;
	begin();
	kube_change_replicas(&sim, sim.now, CART, 0, "kubectl");
	run(45);
	assert_int_equal(live_pods(CART), 0);
	assert_int_equal(ready_of(CART), 0);
	assert_int_equal(sets_count(CART), 1);
	kube_change_replicas(&sim, sim.now, CART, 6, "kubectl");
	wait_until(CART, settled, 60);
	assert_int_equal(ready_of(CART), 6);
	/* The one that is not ready is the lesser loss. */
	int weak = nth_pod(CART, 2);
	char name[FORGE_NAME];
	memcpy(name, sim.kube.pods.p[weak].name, sizeof name);
	kubelet_container_kill(&sim, sim.now, weak, "Error", 1);
	kube_change_replicas(&sim, sim.now, CART, 5, "kubectl");
	run_ms(500);
	check_str(last_message("SuccessfulDelete", "cart-"), forge_text(&sim, "Deleted pod: %s", name));
	end();
}

/* --- quota --- */

static void test_quota(void **state)
{
	(void)state;
	begin();
	kube_usage used = kube_quota_used(&sim);
	assert_int_equal(used.pods, 14);
	assert_int_equal(used.cpu_m, 2 * 200 + 4 * 100 + 100 + 50 + 3 * 50 + 2 * 50 + 300);
	assert_int_equal(used.mem_mi, 2 * 200 + 4 * 200 + 40 + 75 + 3 * 75 + 2 * 75 + 300);
	kube_add_quota(&sim, sim.now, "tight", 14, 0, 2000, "kubectl-create");
	kube_restart_rollout(&sim, sim.now, CART, "kubectl-rollout");
	run(20);
	const kube_rs *r = &sim.kube.sets.p[set_of(CART)];
	/* The rollout takes one old pod away; the new one then fits, the surge beyond it does not. */
	assert_true(r->quota_refused && r->refused_at > 0);
	const forge_event *e = expect_event("FailedCreate", r->name, NULL);
	assert_true(e->warning && kube_is(e->component, "replicaset-controller"));
	assert_true(cc_str_starts(e->message, S(forge_text(&sim, "Error creating: pods \"%s-", r->name))));
	assert_true(cc_str_ends(e->message, S("\" is forbidden: exceeded quota: tight, requested: limits.memory=200Mi,pods=1, "
		"used: limits.memory=1990Mi,pods=14, limited: limits.memory=2000Mi,pods=14")));
	assert_true(cc_str_ends(e->message, r->refused_message));
	assert_true(kube_quota_used(&sim).pods <= 14);
	kube_quota_remove(&sim, sim.now, (int)sim.kube.quotas.n - 1);
	wait_until(CART, settled, 400);
	run(1);
	assert_false(sim.kube.sets.p[set_of(CART)].quota_refused);
	end();
}

static void test_quota_wording(void **state)
{
	(void)state;
	begin();
	kube_add_quota(&sim, sim.now, "cpu", 0, 1550, 0, "kubectl-create");
	forge_template t = template_of(CART);
	check_str(S(kube_quota_refusal(&sim, CART, &t)), "exceeded quota: cpu, requested: requests.cpu=100m, used: requests.cpu=1500m, "
		"limited: requests.cpu=1550m");
	t.cpu_request_m = 1000;
	assert_true(has(S(kube_quota_refusal(&sim, CART, &t)), "requested: requests.cpu=1, used"));
	t.cpu_request_m = 50;
	assert_null(kube_quota_refusal(&sim, CART, &t));
	kube_add_quota(&sim, sim.now, "memory", 0, 0, 4096, "kubectl-create");
	t.mem_limit_mi = 3072;
	assert_true(has(S(kube_quota_refusal(&sim, CART, &t)), "requested: limits.memory=3Gi, used: limits.memory=1990Mi, limited: limits.memory=4Gi"));
	t.mem_limit_mi = 3584;
	assert_true(has(S(kube_quota_refusal(&sim, CART, &t)), "requested: limits.memory=3584Mi, used"));
	t.mem_limit_mi = 0;
	check_str(S(kube_quota_refusal(&sim, CART, &t)), "failed quota: memory: must specify limits.memory for: cart");
	end();
}

/* --- StatefulSet, DaemonSet, Job --- */

static int ordinal(int pod)
{
	return sim.kube.pods.p[pod].name[strlen(sim.kube.pods.p[pod].name) - 1] - '0';
}

static void test_stateful(void **state)
{
	(void)state;
	begin();
	for (int i = 1; i < 3; i++) {
		const kube_pod *p = &sim.kube.pods.p[nth_pod(STAT, i)], *before = &sim.kube.pods.p[nth_pod(STAT, i - 1)];
		assert_int_equal(ordinal(nth_pod(STAT, i)), i);
		assert_true(p->created > before->ready_changed);
	}
	forge_template t = template_of(STAT);
	t.image = "stat:2";
	kube_publish(&sim, t.image, "multi");
	change(STAT, &t);
	int order = 3, last = -1;
	for (int i = 0; i < 2400 && (i < 20 || !settled(STAT)); i++) {
		run_ms(50);
		int newest = newest_pod(STAT);
		assert_true(kube_ready_count(&sim, STAT) >= 2);
		if (!kube_is(sim.kube.pods.p[newest].tmpl->image, "stat:2") || newest == last) continue;
		assert_int_equal(ordinal(newest), --order); /* from the highest down, one after the other */
		last = newest;
	}
	assert_int_equal(order, 0);
	assert_true(settled(STAT));
	expect_event("SuccessfulDelete", "stat", "delete Pod stat-2 in StatefulSet stat successful");
	kube_change_replicas(&sim, sim.now, STAT, 5, "kubectl");
	run(60);
	assert_int_equal(ordinal(newest_pod(STAT)), 4);
	kube_change_replicas(&sim, sim.now, STAT, 3, "kubectl");
	run_ms(600);
	assert_true(has(last_message("SuccessfulDelete", "stat"), "stat-4"));
	run(60);
	assert_true(has(last_message("SuccessfulDelete", "stat"), "stat-3"));
	assert_int_equal(live_pods(STAT), 3);
	end();
}

/* A broken template stops at the highest ordinal, and a repaired one gets past it. */
static void test_stateful_broken(void **state)
{
	(void)state;
	begin();
	forge_template good = template_of(STAT), bad = good;
	bad.image = "stat:nowhere";
	change(STAT, &bad);
	run(120);
	assert_int_equal(ready_of(STAT), 2);
	assert_int_equal(ordinal(newest_pod(STAT)), 2);
	assert_false(workload(STAT)->complete);
	change(STAT, &good);
	wait_until(STAT, settled, 90);
	end();
}

static void test_daemon_set(void **state)
{
	(void)state;
	begin();
	forge_template t = { .cpu_request_m = 10 };
	int w = add_workload("agent", WL_DAEMONSET, 0, &t);
	kube_cordon(&sim, sim.now, 1, true, "kubectl-cordon");
	run(20);
	assert_int_equal(live_pods(w), (int)sim.kube.nodes.n - 1);
	for (size_t n = 1; n < sim.kube.nodes.n; n++) {
		int on = 0;
		for (int k = 0; nth_pod(w, k) >= 0; k++) on += sim.kube.pods.p[nth_pod(w, k)].node == (int)n;
		assert_int_equal(on, 1);
	}
	end();
}

static int add_job(const char *name, const char *cron, int code)
{
	kube_workload w = { .kind = WL_JOB, .service = -1, .name = name, .replicas = 1, .cron = cron,
		.tmpl = { .image = "busybox:latest", .command = "sh -c run", .run = RUN_EXIT, .run_ms = 2000, .run_code = code, .cpu_request_m = 10,
			.init_service = -1 } };
	return kube_add_workload(&sim, sim.now, &w);
}

static void test_job(void **state)
{
	(void)state;
	begin();
	int good = add_job("tidy", NULL, 0), bad = add_job("nightly-1", "nightly", 3), used = kube_quota_used(&sim).pods;
	run(20);
	assert_true(workload(good)->finished && !workload(good)->failed);
	assert_string_equal(sim.kube.pods.p[nth_pod(good, 0)].phase, "Succeeded");
	check_str(expect_event("Completed", "tidy", NULL)->message, "Job completed");
	run(100);
	assert_true(workload(bad)->finished && workload(bad)->failed);
	assert_int_equal(kube_quota_used(&sim).pods, used); /* what has ended counts no more */
	assert_int_equal(live_pods(bad), 1 + KUBE_JOB_BACKOFF);
	for (int i = 1; i <= KUBE_JOB_BACKOFF; i++) {
		int64_t waited = sim.kube.pods.p[nth_pod(bad, i)].created - sim.kube.pods.p[nth_pod(bad, i - 1)].last_finished;
		assert_in_range(waited / FORGE_MS, i * 10000, i * 10000 + 500);
	}
	const forge_event *e = expect_event("BackoffLimitExceeded", "nightly-1", NULL);
	assert_true(e->warning);
	check_str(e->message, "Job has reached the specified backoff limit");
	check_str(expect_event("SawCompletedJob", "nightly", NULL)->message, "Saw completed job: nightly-1, condition: Failed");
	end();
}

/* What a CronJob runs has the same container name in every Job. */
static void test_job_container(void **state)
{
	(void)state;
	begin();
	int first = add_job("nightly-1", "nightly", 0), second = add_job("nightly-2", "nightly", 0), alone = add_job("tidy", NULL, 0);
	run(20);
	assert_string_equal(kube_pod_container(&sim, pod(first)), "nightly");
	assert_string_equal(kube_pod_container(&sim, pod(second)), "nightly");
	assert_string_equal(kube_pod_container(&sim, pod(alone)), "tidy");
	check_str(expect_event("Started", "nightly-2-", NULL)->field, "spec.containers{nightly}");
	check_str(expect_event("Started", "nightly-2-", NULL)->message, "Started container nightly");
	assert_string_equal(kube_pod_container(&sim, pod(CART)), "cart");
	end();
}

/* --- the API server, the flags --- */

static void test_flood(void **state)
{
	(void)state;
	begin();
	assert_true(sim.kube.api_delay_ns < 2 * FORGE_MS && !sim.kube.api_limited);
	kube_workload w = { .kind = WL_DEPLOYMENT, .service = -1, .name = "surge", .replicas = 3, .api_calls_ps = 300,
		.tmpl = { .image = "busybox:latest", .cpu_request_m = 10, .init_service = -1 } };
	int surge = kube_add_workload(&sim, sim.now, &w);
	run(90);
	assert_true(sim.kube.api_limited && sim.kube.api_delay_ns > FORGE_S);
	kube_restart_rollout(&sim, sim.now, FRONT, "kubectl-rollout");
	run(120);
	assert_true(event_count("FailedCreate", "front-", "the server has received too many requests") +
		event_count("FailedToUpdateEndpoint", "", "the server has received too many requests") > 0);
	kube_delete_workload(&sim, sim.now, surge);
	run(120);
	assert_true(!sim.kube.api_limited && sim.kube.api_delay_ns < 2 * FORGE_MS);
	wait_until(FRONT, settled, 300);
	end();
}

static void test_flags(void **state)
{
	(void)state;
	begin();
	assert_int_equal(told.flag_reads, 1); /* at its start */
	assert_int_equal(told.flag_values[0], 0);
	int64_t at = sim.now;
	kube_change_configmap(&sim, at, 0, S("{\"flags\":{\"cartFailure\":{\"state\":\"ENABLED\",\"variants\":{\"on\":true,\"off\":false},"
		"\"defaultVariant\":\"on\"}}}"), "kubectl-edit");
	run(19);
	assert_int_equal(told.flag_reads, 1);
	run(70);
	assert_int_equal(told.flag_reads, 2);
	assert_in_range((told.flags_at - at) / FORGE_S, 20, 86);
	assert_int_equal(told.flag_values[0], 1);
	assert_int_equal(told.flag_values[1], 0);
	kube_change_configmap(&sim, sim.now, 0, S("{broken"), "kubectl-edit");
	run(90);
	assert_int_equal(told.flag_reads, 2); /* what cannot be read leaves the old flags in force */
	assert_true(has(S(told.log), "unable to update flag state"));
	end();
}

/* Memory that ends anywhere ends the run in order. */
static void test_no_memory(void **state)
{
	(void)state;
	int failed = 0;
	for (long n = 0; n < 60000; n += n < 300 ? 7 : 997) {
		cc_alloc_fail_after(n);
		begin_empty(7);
		if (sim.code == CC_OK) forge_run_until(&sim, sim.start + 60 * FORGE_S);
		if (sim.code == CC_OK) {
			kube_add_quota(&sim, sim.now, "tight", 10, 0, 0, "kubectl-create");
			kube_restart_rollout(&sim, sim.now, CART, "kubectl-rollout");
			forge_run_until(&sim, sim.start + 120 * FORGE_S);
		}
		cc_alloc_fail_after(-1);
		failed += sim.code != CC_OK;
		if (sim.code != CC_OK) assert_int_equal(sim.code, CC_ENOMEM);
		end();
	}
	assert_true(failed > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_install), cmocka_unit_test(test_rolling_update), cmocka_unit_test(test_no_gap), cmocka_unit_test(test_recreate),
		cmocka_unit_test(test_hash), cmocka_unit_test(test_rollback), cmocka_unit_test(test_deadline), cmocka_unit_test(test_scale),
		cmocka_unit_test(test_quota), cmocka_unit_test(test_quota_wording), cmocka_unit_test(test_stateful),
		cmocka_unit_test(test_stateful_broken), cmocka_unit_test(test_daemon_set), cmocka_unit_test(test_job),
		cmocka_unit_test(test_job_container), cmocka_unit_test(test_flood), cmocka_unit_test(test_flags), cmocka_unit_test(test_no_memory),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
