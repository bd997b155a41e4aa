/* The life of a pod on its node: images, init containers, starts that fail, crashes and their back-off, the end. */
#include <stdlib.h>

#include "forge/objects.h"
#include "unit/forge/kube_world.h"

static bool is_running(const kube_pod *p) { return p->started != 0; }
static bool is_ended(const kube_pod *p) { return p->started == 0; }
static bool is_gone(const kube_pod *p) { return p->gone != 0; }
static bool init_ended(const kube_pod *p) { return p->init_finished != 0; }
static bool init_runs(const kube_pod *p) { return p->init_started && !p->init_finished; }
static bool is_looping(const kube_pod *p) { return kube_is(p->waiting, "CrashLoopBackOff"); }

/* --- the pod's status as it is polled --- */

static cc_json *status_doc;

static const cc_json *status(int i, const char *path)
{
	obj o = { .s = NULL };
	cc_err err;
	const kube_pod *p = at(i);
	obj_reset(&o, &sim, sim.now);
	obj_render_pod(&o, p, &sim.kube.workloads.p[p->workload], p->rs >= 0 ? &sim.kube.sets.p[p->rs] : NULL);
	cc_json_free(status_doc);
	assert_int_equal(cc_json_parse(&status_doc, cc_buf_str(&o.body), &err), CC_OK);
	cc_buf_deinit(&o.body);
	return cc_json_at(cc_json_get(status_doc, "status"), path);
}

#define expect(i, path, text) check_str(cc_json_text(status((i), (path))), (text))

static void done(void)
{
	cc_json_free(status_doc);
	status_doc = NULL;
	end();
}

/* --- from the image to the process --- */

static void test_start(void **state)
{
	static const char *const CHAIN[] = { "Scheduled", "Pulling", "Pulled", "Created", "Started" };
	(void)state;
	begin();
	for (size_t k = 0; k < sim.kube.pods.n; k++) /* the next address of each node is taken */
		sim.kube.nodes.p[at((int)k)->node].next_ip = (int)strtol(strrchr(at((int)k)->ip, '.') + 1, NULL, 10) - 2;
	forge_template t = template_of(AD);
	t.image = "ghcr.io/tea/demo:ad2";
	kube_publish(&sim, t.image, "amd64");
	int i = fresh(AD, &t);
	until(i, is_ready, 60);
	int64_t before = 0;
	for (size_t k = 0; k < sizeof CHAIN / sizeof *CHAIN; k++) {
		const forge_event *e = expect_event(CHAIN[k], at(i)->name, NULL);
		assert_true(e->first > before);
		before = e->first;
		if (k) check_str(e->field, "spec.containers{ad}");
	}
	const forge_event *pulled = expect_event("Pulled", at(i)->name, "Successfully pulled image \"ghcr.io/tea/demo:ad2\" in ");
	assert_true(cc_str_ends(pulled->message, S(forge_text(&sim, " Image size: %llu bytes.", (unsigned long long)kubelet_image_bytes(t.image)))));
	assert_true(pulled->first > event("Pulling", at(i)->name, NULL)->first + 500 * FORGE_MS);
	assert_int_equal(strlen(at(i)->container_id), 64);
	assert_true(strncmp(at(i)->ip, "10.244.", 7) == 0);
	for (size_t k = 0; k < sim.kube.pods.n; k++)
		assert_true((int)k == i || sim.kube.pods.p[k].gone || strcmp(sim.kube.pods.p[k].ip, at(i)->ip) != 0);
	assert_int_equal(at(i)->restarts, 0);
	assert_true(has(S(told.log), "ad") || told.log[0]);
	/* The next one on that node finds the image there. */
	t.node_selector_key = "kubernetes.io/hostname";
	t.node_selector_value = sim.kube.nodes.p[at(i)->node].name;
	i = fresh(AD, &t);
	until(i, is_ready, 60);
	check_str(expect_event("Pulled", at(i)->name, NULL)->message, "Container image \"ghcr.io/tea/demo:ad2\" already present on machine");
	assert_null(event("Pulling", at(i)->name, NULL));
	done();
}

/* Attempts after 10, 20, 40 … 300 s, each at the first look after that; the kubelet looks every 10 to 15 s. */
static void test_image_missing(void **state)
{
	(void)state;
	begin();
	forge_template t = template_of(AD);
	t.image = "ghcr.io/tea/demo:typo";
	int i = fresh(AD, &t), seen = 0;
	int64_t last = 0, wait = 10;
	bool backed = false;
	while (seen < 8) {
		assert_true(sim.now < sim.start + 3000 * FORGE_S);
		run_ms(100);
		backed |= kube_is(at(i)->waiting, "ImagePullBackOff");
		if (at(i)->pull_failures == seen) continue;
		assert_string_equal(at(i)->waiting, "ErrImagePull");
		if (seen++) assert_in_range((sim.now - last) / FORGE_MS, wait * 1000, (wait + 18) * 1000);
		if (seen > 1) wait = wait * 2 < 300 ? wait * 2 : 300;
		last = sim.now;
	}
	assert_true(backed && ready_of(AD) == 1);
	static const char ERROR[] = "rpc error: code = NotFound desc = failed to pull and unpack image \"ghcr.io/tea/demo:typo\": failed to resolve "
		"reference \"ghcr.io/tea/demo:typo\": ghcr.io/tea/demo:typo: not found";
	expect_event("Failed", at(i)->name, forge_text(&sim, "Failed to pull image \"ghcr.io/tea/demo:typo\": %s", ERROR));
	expect_event("Failed", at(i)->name, "Error: ErrImagePull");
	assert_false(expect_event("BackOff", at(i)->name, "Back-off pulling image \"ghcr.io/tea/demo:typo\"")->warning);
	run(20);
	expect(i, "containerStatuses.0.state.waiting.reason", "ImagePullBackOff");
	expect(i, "containerStatuses.0.state.waiting.message",
		forge_text(&sim, "Back-off pulling image \"ghcr.io/tea/demo:typo\": ErrImagePull: %s", ERROR));
	expect(i, "phase", "Pending");
	kube_publish(&sim, t.image, "multi");
	until(i, is_ready, 400);
	assert_null(at(i)->waiting);
	done();
}

static void expect_pull_error(const char *image, const char *error)
{
	forge_template t = template_of(AD);
	t.image = image;
	int i = fresh(AD, &t);
	run(8);
	const forge_event *e = expect_event("Failed", at(i)->name, "Failed to pull image");
	check_str(e->message, forge_text(&sim, "Failed to pull image \"%s\": rpc error: code = %s", image, error));
}

static void test_image_refused(void **state)
{
	(void)state;
	begin();
	kube_publish(&sim, "demo:arm", "arm64");
	expect_pull_error("demo:arm", "NotFound desc = failed to pull and unpack image \"docker.io/library/demo:arm\": no match for platform in "
		"manifest: not found");
	expect_pull_error("tea/unknown:1", "Unknown desc = failed to pull and unpack image \"docker.io/tea/unknown:1\": failed to resolve reference "
		"\"docker.io/tea/unknown:1\": pull access denied, repository does not exist or may require authorization: server message: "
		"insufficient_scope: authorization failed");
	expect_pull_error("ghcr.io/tea/unknown:1", "Unknown desc = failed to pull and unpack image \"ghcr.io/tea/unknown:1\": failed to resolve "
		"reference \"ghcr.io/tea/unknown:1\": failed to authorize: failed to fetch anonymous token: unexpected status from GET request to "
		"https://ghcr.io/token?scope=repository%3Atea%2Funknown%3Apull&service=ghcr.io: 403 Forbidden");
	sim.kube.nodes.p[1].arch = "arm64";
	forge_template t = template_of(AD);
	t.image = "demo:arm";
	t.node_selector_key = "kubernetes.io/arch";
	t.node_selector_value = "arm64";
	until(fresh(AD, &t), is_ready, 60); /* there it runs */
	done();
}

/* A node pulls one image at a time: the second waits, and says so. */
static void test_pull_queue(void **state)
{
	(void)state;
	begin();
	forge_template t = { .image = "big:1", .cpu_request_m = 10, .node_selector_key = "kubernetes.io/hostname",
		.node_selector_value = sim.kube.nodes.p[1].name }, u = t;
	u.image = "big:2";
	kube_publish(&sim, t.image, "multi");
	kube_publish(&sim, u.image, "multi");
	int a = add_workload("one", WL_DEPLOYMENT, 1, &t), b = add_workload("two", WL_DEPLOYMENT, 1, &u);
	run(40);
	const forge_event *x = expect_event("Pulled", pod(a)->name, NULL), *y = expect_event("Pulled", pod(b)->name, NULL);
	const forge_event *late = x->first > y->first ? x : y, *soon = late == x ? y : x;
	size_t in = cc_str_find(late->message, S(" in ")) + 4, all = cc_str_find(late->message, S(" (")) + 2;
	size_t n = cc_str_find(late->message, S(" including waiting")) - all;
	assert_false(cc_str_eq(cc_str_sub(late->message, in, in + n), cc_str_sub(late->message, all, all + n)));
	in = cc_str_find(soon->message, S(" in ")) + 4, all = cc_str_find(soon->message, S(" (")) + 2;
	n = cc_str_find(soon->message, S(" including waiting")) - all;
	assert_true(cc_str_eq(cc_str_sub(soon->message, in, in + n), cc_str_sub(soon->message, all, all + n)));
	done();
}

/* A tag that moves is looked up anew each time, one that stays is not. */
static void test_pull_policy(void **state)
{
	(void)state;
	begin();
	forge_template t = { .image = "busybox:latest", .cpu_request_m = 10, .node_selector_key = "kubernetes.io/hostname",
		.node_selector_value = sim.kube.nodes.p[1].name };
	int w = add_workload("shell", WL_DEPLOYMENT, 1, &t);
	run(15);
	kube_change_replicas(&sim, sim.now, w, 2, "kubectl");
	run(15);
	expect_event("Pulling", pod(w)->name, "Pulling image \"busybox:latest\"");
	(void)status(newest_pod(w), "phase");
	check_str(cc_json_str(cc_json_at(status_doc, "spec.containers.0.imagePullPolicy")), "Always");
	(void)status(newest_pod(CART), "phase");
	check_str(cc_json_str(cc_json_at(status_doc, "spec.containers.0.imagePullPolicy")), "IfNotPresent");
	done();
}

/* --- volumes --- */

static void test_config_map_missing(void **state)
{
	(void)state;
	begin();
	forge_template t = template_of(AD);
	t.config_map = "nope";
	int i = fresh(AD, &t);
	run(300);
	const forge_event *e = expect_event("FailedMount", at(i)->name, "MountVolume.SetUp failed for volume \"nope\" : configmap \"nope\" not found");
	assert_in_range(e->count + e->unsent, 8, 11); /* 0.5 s, doubling to 122 s */
	expect_event("FailedMount", at(i)->name, "unmounted volumes=[nope], unattached volumes=[], failed to process volumes=[]: context deadline exceeded");
	expect(i, "containerStatuses.0.state.waiting.reason", "ContainerCreating");
	assert_true(!at(i)->ip[0] && ready_of(AD) == 1);
	done();
}

/* --- init containers --- */

static forge_template with_init(int service, kube_init_kind kind, const char *command)
{
	forge_template t = template_of(service);
	t.init = kind;
	t.init_name = "prepare";
	t.init_image = "busybox:latest";
	t.init_command = command;
	t.init_service = -1;
	return t;
}

static void test_init_exit(void **state)
{
	static const int WAITS[] = { 0, 10, 20, 40, 80, 160, 300 };
	(void)state;
	begin();
	forge_template t = with_init(AD, INIT_EXIT, "sh -c exit 3");
	int i = fresh(AD, &t);
	until(i, init_ended, 20);
	expect(i, "initContainerStatuses.0.state.terminated.exitCode", "3");
	assert_int_equal(cc_json_count(status(i, "initContainerStatuses.0.lastState")), 0);
	for (size_t k = 0; k < sizeof WAITS / sizeof *WAITS; k++) {
		int64_t from = at(i)->init_finished;
		until(i, init_runs, 330);
		assert_in_range((at(i)->init_started - from) / FORGE_MS, WAITS[k] * 1000, WAITS[k] * 1000 + 18000);
		expect(i, "initContainerStatuses.0.lastState.terminated.exitCode", "3");
		until(i, init_ended, 20);
		expect(i, "initContainerStatuses.0.state.terminated.exitCode", "3");
		expect(i, "initContainerStatuses.0.lastState.terminated.exitCode", "3");
		assert_int_equal(at(i)->init_restarts, (int)k + 1);
	}
	run(40);
	expect(i, "initContainerStatuses.0.state.waiting.reason", "CrashLoopBackOff");
	expect(i, "initContainerStatuses.0.state.waiting.message",
		forge_text(&sim, "back-off 5m0s restarting failed container=prepare pod=%s_shop(%s)", at(i)->name, at(i)->uid));
	expect(i, "containerStatuses.0.state.waiting.reason", "PodInitializing");
	expect(i, "phase", "Pending");
	check_str(expect_event("BackOff", at(i)->name, NULL)->field, "spec.initContainers{prepare}");
	assert_false(at(i)->initialized || at(i)->started);
	assert_int_equal(told.ups[AD], 1);
	done();
}

static void test_init_hang(void **state)
{
	(void)state;
	begin();
	forge_template t = with_init(AD, INIT_HANG, "sh -c sleep infinity");
	int i = fresh(AD, &t);
	run(900);
	assert_true(init_runs(at(i)) && at(i)->init_restarts == 0 && !at(i)->started);
	expect(i, "initContainerStatuses.0.started", "true");
	assert_non_null(status(i, "initContainerStatuses.0.state.running"));
	kubelet_pod_delete(&sim, sim.now, i);
	int64_t took = until(i, is_gone, 60); /* a shell as process 1 hears no SIGTERM */
	assert_in_range(took / FORGE_MS, 30000, 32500);
	done();
}

static void test_init_wait(void **state)
{
	(void)state;
	begin();
	kubelet_pod_delete(&sim, sim.now, newest_pod(REDIS));
	sim.kube.workloads.p[REDIS].tmpl.image = "valkey:nowhere";
	forge_template t = template_of(CART);
	assert_int_equal(t.init, INIT_WAIT);
	t.restarted_at = "now";
	int i = fresh(CART, &t);
	run(120);
	assert_true(init_runs(at(i)) && at(i)->init_restarts == 0);
	assert_string_equal(at(i)->waiting, "PodInitializing");
	kube_publish(&sim, "valkey:nowhere", "multi");
	int64_t from = sim.now;
	while (kube_ready_count(&sim, REDIS) == 0) run_ms(100);
	assert_true(sim.now - from < 320 * FORGE_S);
	int64_t took = until(i, is_running, 20);
	assert_true(took < 6 * FORGE_S); /* asked every two seconds */
	assert_true(at(i)->init_code == 0 && at(i)->initialized > from);
	until(i, is_ready, 20);
	expect(i, "initContainerStatuses.0.state.terminated.reason", "Completed");
	done();
}

/* --- processes that end --- */

static void test_start_error(void **state)
{
	static const char ERROR[] = "failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable "
		"to start container process: exec: \"/app/adz\": stat /app/adz: no such file or directory: unknown";
	(void)state;
	begin();
	forge_template t = template_of(AD);
	t.command = "/app/adz serve";
	t.run = RUN_NO_SUCH_FILE;
	int i = fresh(AD, &t);
	run(6);
	assert_true(!at(i)->started && at(i)->restarts <= 1);
	assert_true(expect_event("Failed", at(i)->name, forge_text(&sim, "Error: %s", ERROR))->warning);
	assert_null(event("Started", at(i)->name, NULL));
	expect(i, "containerStatuses.0.state.waiting.reason", "RunContainerError");
	expect(i, "containerStatuses.0.state.waiting.message", ERROR);
	expect(i, "containerStatuses.0.lastState.terminated.reason", "StartError");
	expect(i, "containerStatuses.0.lastState.terminated.exitCode", "128");
	expect(i, "containerStatuses.0.lastState.terminated.startedAt", "1970-01-01T00:00:00Z");
	run(60);
	until(i, is_looping, 60);
	expect_event("BackOff", at(i)->name, forge_text(&sim, "Back-off restarting failed container ad in pod %s_shop(%s)", at(i)->name, at(i)->uid));
	t.command = "adz";
	i = fresh(AD, &t);
	run(6);
	expect_event("Failed", at(i)->name, "exec: \"adz\": executable file not found in $PATH: unknown");
	done();
}

static int crashing(int lasts_ms)
{
	forge_template t = template_of(AD);
	t.command = "sh -c crash";
	t.run = RUN_EXIT;
	t.run_ms = lasts_ms;
	t.run_code = 2;
	return fresh(AD, &t);
}

static void test_crash_loop(void **state)
{
	static const int WAITS[] = { 0, 10, 20, 40, 80, 160, 300, 300 };
	static const char *const SAYS[] = { NULL, "10s", "20s", "40s", "1m20s", "2m40s", "5m0s", "5m0s" };
	(void)state;
	begin();
	int i = crashing(1000);
	until(i, is_running, 20);
	for (size_t k = 0; k < sizeof WAITS / sizeof *WAITS; k++) {
		until(i, is_ended, 5);
		int64_t from = at(i)->last_finished;
		bool looping = false;
		while (!at(i)->started) {
			assert_true(sim.now - from < 330 * FORGE_S);
			run_ms(50);
			if (!is_looping(at(i))) continue;
			looping = true;
			check_str(at(i)->waiting_message,
				forge_text(&sim, "back-off %s restarting failed container=ad pod=%s_shop(%s)", SAYS[k], at(i)->name, at(i)->uid));
		}
		assert_int_equal(looping, k > 0);
		assert_in_range((at(i)->started - from) / FORGE_MS, WAITS[k] * 1000, WAITS[k] * 1000 + 17000);
		assert_int_equal(at(i)->restarts, (int)k + 1);
	}
	assert_int_equal(at(i)->last_code, 2);
	assert_true(ready_of(AD) == 1 && !at(i)->ready);
	done();
}

/* What was due for a process that has died is not due for the next one. */
static void test_no_ghosts(void **state)
{
	(void)state;
	begin();
	int i = crashing(20000);
	until(i, is_running, 20);
	run(10);
	kubelet_container_kill(&sim, sim.now, i, "Error", 1);
	until(i, is_running, 5);
	int64_t since = at(i)->started;
	until(i, is_ended, 30);
	assert_in_range((sim.now - since) / FORGE_MS, 20000, 20100);
	done();
}

/* Ten quiet minutes and the next crash is the first one again. */
static void test_crash_forgotten(void **state)
{
	(void)state;
	begin();
	int i = crashing(1000);
	for (int k = 0; k < 3; k++) {
		until(i, is_running, 60);
		until(i, is_ended, 5);
	}
	until(i, is_running, 60);
	((forge_template *)(uintptr_t)at(i)->tmpl)->run_ms = 700000; /* what it runs from now on lasts */
	until(i, is_ended, 5);
	for (int k = 0; k < 2; k++) {
		until(i, is_running, 120);
		until(i, is_ended, 710);
	}
	int64_t from = at(i)->last_finished;
	until(i, is_running, 10);
	assert_true(at(i)->started - from < 4 * FORGE_S);
	done();
}

/* The status tells of the newest end and of the one before it, each with its own container. */
static void test_last_state(void **state)
{
	char first[80];
	(void)state;
	begin();
	int i = crashing(1000);
	until(i, is_running, 20);
	until(i, is_ended, 5);
	expect(i, "containerStatuses.0.state.terminated.reason", "Error");
	kube_copy(first, sizeof first, cc_json_str(status(i, "containerStatuses.0.state.terminated.containerID")).p);
	assert_int_equal(cc_json_count(status(i, "containerStatuses.0.lastState")), 0);
	assert_null(kube_pod_last_state(at(i)).reason);
	until(i, is_running, 5);
	assert_non_null(status(i, "containerStatuses.0.state.running"));
	expect(i, "containerStatuses.0.lastState.terminated.containerID", first);
	expect(i, "containerStatuses.0.restartCount", "1");
	int64_t ended = at(i)->last_finished;
	at(i)->stress_mem_mi = 1000;
	kubelet_container_kill(&sim, sim.now, i, "OOMKilled", 137);
	expect(i, "containerStatuses.0.state.terminated.reason", "OOMKilled");
	expect(i, "containerStatuses.0.state.terminated.exitCode", "137");
	expect(i, "containerStatuses.0.lastState.terminated.reason", "Error");
	expect(i, "containerStatuses.0.lastState.terminated.exitCode", "2");
	expect(i, "containerStatuses.0.lastState.terminated.containerID", first);
	assert_true(kube_pod_last_state(at(i)).finished == ended);
	assert_true(strcmp(kube_pod_last_state(at(i)).id, at(i)->container_id) != 0);
	until(i, is_looping, 30);
	expect(i, "containerStatuses.0.lastState.terminated.reason", "OOMKilled");
	expect(i, "containerStatuses.0.state.waiting.reason", "CrashLoopBackOff");
	done();
}

/* --- the end --- */

static void test_termination(void **state)
{
	(void)state;
	begin();
	int i = nth_pod(CART, 0);
	kubelet_pod_delete(&sim, sim.now, i);
	run_ms(100);
	expect_event("Killing", at(i)->name, "Stopping container cart");
	assert_true(at(i)->up); /* it serves what it has */
	int64_t took = until(i, is_gone, 10);
	assert_in_range(took / FORGE_MS, 500, 2700);
	assert_int_equal(told.downs[CART], 1);
	assert_true(at(i)->last_code == 0 && kube_is(at(i)->last_reason, "Completed"));
	i = nth_pod(CART, 0);
	kubelet_pod_remove(&sim, sim.now, i); /* without grace */
	assert_true(at(i)->gone == sim.now && at(i)->last_code == 137);
	forge_template t = template_of(CART);
	t.node_selector_key = t.node_selector_value = "nowhere";
	i = fresh(CART, &t);
	assert_int_equal(at(i)->node, -1);
	kubelet_pod_delete(&sim, sim.now, i); /* no kubelet is asked */
	assert_true(until(i, is_gone, 5) <= 100 * FORGE_MS);
	int64_t longest = 0;
	for (int k = 0; k < 60; k++) {
		i = newest_pod(AD);
		kubelet_pod_delete(&sim, sim.now, i);
		took = until(i, is_gone, 40);
		if (took > longest) longest = took;
		assert_true(took > 1800 * FORGE_MS);
		run(20);
	}
	assert_in_range(longest / FORGE_MS, 30000, 32500); /* a JVM that does not come to its end is killed */
	done();
}

/* --- the mesh --- */

static void test_sidecar(void **state)
{
	(void)state;
	begin();
	forge_template t = template_of(AD);
	t.sidecar = true;
	t.restarted_at = "now";
	int i = fresh(AD, &t);
	until(i, is_ready, 60);
	assert_false(at(i)->sidecar); /* the namespace does not want it */
	kube_label_namespace(&sim, sim.now, "enabled", "kubectl-label");
	kube_restart_rollout(&sim, sim.now, AD, "kubectl-rollout");
	run(1);
	i = newest_pod(AD);
	until(i, is_ready, 90);
	assert_true(at(i)->sidecar && at(i)->mesh_init_at && at(i)->mesh_started > at(i)->mesh_init_at);
	check_str(expect_event("Started", at(i)->name, "istio-init")->field, "spec.initContainers{istio-init}");
	check_str(expect_event("Started", at(i)->name, "istio-proxy")->field, "spec.containers{istio-proxy}");
	expect(i, "containerStatuses.1.name", "istio-proxy");
	int64_t since = at(i)->mesh_started;
	kubelet_container_kill(&sim, sim.now, i, "Error", 1);
	until(i, is_ready, 60);
	assert_true(at(i)->mesh_started == since); /* it goes on beside the one that died */
	done();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_start), cmocka_unit_test(test_image_missing), cmocka_unit_test(test_image_refused),
		cmocka_unit_test(test_pull_queue), cmocka_unit_test(test_pull_policy), cmocka_unit_test(test_config_map_missing), cmocka_unit_test(test_init_exit),
		cmocka_unit_test(test_init_hang), cmocka_unit_test(test_init_wait), cmocka_unit_test(test_start_error),
		cmocka_unit_test(test_crash_loop), cmocka_unit_test(test_no_ghosts), cmocka_unit_test(test_crash_forgotten), cmocka_unit_test(test_last_state),
		cmocka_unit_test(test_termination), cmocka_unit_test(test_sidecar),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
