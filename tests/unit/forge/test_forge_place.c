/* Where an incident is written, and what it may be made of: never the answer inside the evidence, never over somebody
 * else's files, only years that were recorded; and applications of one's own. */
#include <fcntl.h>
#include <sys/file.h>

#include "coldcase/logs.h"
#include "unit/forge/forge_incident.h"

/* ---- where it is written ---- */

static cc_code forge_into(const char *out, const char *truths, bool replace, int scenario)
{
	cc_forge_options o = quick(out, "scaled-to-zero:email");
	cc_forge_report r;
	o.truth_dir = truths;
	o.replace = replace;
	o.scenario = scenario;
	o.duration_ns = 720 * CC_NS_PER_S;
	o.inject_ns = 120 * CC_NS_PER_S;
	return cc_forge_run(&o, &r, NULL);
}

static void the_answer_never_lies_in_the_incident(void **state)
{
	cc_buf dir = CC_BUF_INIT, path = CC_BUF_INIT, link = CC_BUF_INIT;
	name_vec names;
	(void)state;
	scratch_dir(&dir, "inside");
	static const char *const INSIDE[] = { "", "/.", "/Scenario-1", "/nothing/..", "/Scenario-1/alerts",
		"/nothing/../Scenario-1" };
	for (size_t i = 0; i < sizeof INSIDE / sizeof INSIDE[0]; i++) {
		cc_buf_clear(&path);
		cc_buf_addf(&path, "%s%s", dir.p, INSIDE[i]);
		assert_int_equal(forge_into(dir.p, path.p, true, 1), CC_EUSAGE);
	}
	cc_buf_addf(&link, "%s-link", dir.p);
	assert_int_equal(symlink(dir.p, link.p), 0);
	assert_int_equal(forge_into(dir.p, link.p, true, 1), CC_EUSAGE);
	assert_int_equal(forge_into(link.p, dir.p, true, 1), CC_EUSAGE);
	assert_int_equal(forge_into(dir.p, "", true, 1), CC_EUSAGE);
	assert_int_equal(unlink(link.p), 0);
	names_of(&names, dir.p);
	assert_int_equal(names.n, 0);
	names_free(&names);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
	cc_buf_deinit(&path);
	cc_buf_deinit(&link);
}

/* A link in the place of an incident is replaced, not what it leads to; what a killed run left behind is taken away. */
static void what_is_linked_stays(void **state)
{
	cc_buf dir = CC_BUF_INIT, other = CC_BUF_INIT, path = CC_BUF_INIT, keep = CC_BUF_INIT;
	struct stat st;
	(void)state;
	scratch_dir(&dir, "linked");
	scratch_dir(&other, "kept");
	cc_buf_addf(&keep, "%s/keep", other.p);
	assert_int_equal(cc_file_write(keep.p, CC_STR("mine\n"), NULL), CC_OK);
	cc_buf_addf(&path, "%s/Scenario-1", dir.p);
	assert_int_equal(symlink(other.p, path.p), 0);
	assert_int_equal(forge_into(dir.p, NULL, false, 1), CC_ESTATE);
	cc_buf_clear(&path);
	cc_buf_addf(&path, "%s/.Scenario-1.part/alerts/deep/er", dir.p);
	assert_int_equal(cc_dir_make(path.p, NULL), CC_OK);
	assert_int_equal(forge_into(dir.p, NULL, true, 1), CC_OK);
	assert_int_equal(access(keep.p, F_OK), 0);
	cc_buf_clear(&path);
	cc_buf_addf(&path, "%s/Scenario-1", dir.p);
	assert_int_equal(lstat(path.p, &st), 0);
	assert_true(S_ISDIR(st.st_mode));
	name_vec names;
	names_of(&names, dir.p);
	assert_int_equal(names.n, 2);
	names_free(&names);
	remove_all(dir.p);
	remove_all(other.p);
	cc_buf_deinit(&dir);
	cc_buf_deinit(&other);
	cc_buf_deinit(&path);
	cc_buf_deinit(&keep);
}

static void two_runs_do_not_meet(void **state)
{
	cc_buf dir = CC_BUF_INIT, path = CC_BUF_INIT;
	(void)state;
	scratch_dir(&dir, "meet");
	cc_buf_addf(&path, "%s/.Scenario-1.part", dir.p);
	assert_int_equal(cc_dir_make(path.p, NULL), CC_OK);
	int fd = open(path.p, O_RDONLY | O_DIRECTORY);
	assert_true(fd >= 0);
	assert_int_equal(flock(fd, LOCK_EX), 0);
	assert_int_equal(forge_into(dir.p, NULL, false, 1), CC_ESTATE);
	assert_int_equal(access(path.p, F_OK), 0);
	assert_int_equal(forge_into(dir.p, NULL, false, 2), CC_OK);
	assert_int_equal(close(fd), 0);
	assert_int_equal(forge_into(dir.p, NULL, false, 1), CC_OK);
	assert_int_not_equal(access(path.p, F_OK), 0);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
	cc_buf_deinit(&path);
}

static void only_the_recorded_years(void **state)
{
	static const struct {
		int year;
		cc_code code;
	} CASES[] = { { 1971, CC_EUSAGE }, { 1999, CC_EUSAGE }, { 2000, CC_OK }, { 2199, CC_OK }, { 2200, CC_EUSAGE } };
	cc_buf dir = CC_BUF_INIT;
	(void)state;
	scratch_dir(&dir, "years");
	for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
		cc_forge_options o = quick(dir.p, "scaled-to-zero:email");
		cc_forge_report r;
		o.duration_ns = 720 * CC_NS_PER_S;
		o.inject_ns = 120 * CC_NS_PER_S;
		o.replace = true;
		o.start_ns = cc_time_from_civil(CASES[i].year, 1, 1, 0, 0, 0, 0);
		assert_int_equal(cc_forge_run(&o, &r, NULL), CASES[i].code);
		if (CASES[i].code != CC_OK) continue;
		cc_snapshot *s = open_incident(r.scenario_dir);
		assert_int_equal(skipped(s, true), 0);
		cc_range range = cc_snapshot_range(s);
		assert_true(range.from_ns >= o.start_ns && range.to_ns < o.start_ns + o.duration_ns);
		cc_snapshot_free(s);
	}
	remove_all(dir.p);
	cc_buf_deinit(&dir);
}

/* ---- an application of one's own ---- */

static const char MINE[] =
	"name: desk\nversion: 4.2.0\nservices:\n"
	"  - { name: fans, lang: python, role: users, env: { TARGET: \"http://edge:8080\" } }\n"
	"  - name: edge\n    lang: nginx\n    replicas: 2\n"
	"    operations: [ { id: in, http: GET /, calls: [ { to: forward, timeout: 20s } ] } ]\n"
	"  - name: web\n    lang: node\n    env: { BOOKING_ADDR: \"booking:9000\" }\n    operations:\n"
	"      - { id: buy, http: POST /orders, cpu: 6ms, calls: [ { to: booking.Reserve, timeout: 4s } ] }\n"
	"  - name: booking\n    lang: java\n    port: 9000\n"
	"    env: { CACHE_ADDR: \"seat-cache:6379\", DB: \"postgres://desk@desk-db:5432/desk\" }\n"
	"    operations:\n      - grpc: desk.v1.Booking/Reserve\n        cpu: 6ms\n"
	"        calls: [ { to: seat-cache.SETNX, retries: 1 }, desk-db.insert, { to: jobs.sold, tolerated: true } ]\n"
	"  - name: mailer\n    lang: ruby\n    port: 0\n    env: { BROKERS: \"jobs:9092\" }\n"
	"    operations: [ { id: send, consume: jobs.sold, wait: 20ms } ]\n"
	"  - name: desk-db\n    kind: statefulset\n    claim: desk-data\n"
	"    operations: [ { id: insert, sql: \"INSERT INTO orders VALUES ($1)\", wait: 3ms } ]\n"
	"  - { name: seat-cache, max_data: 64Mi, operations: [ { redis: SETNX } ] }\n"
	"  - { name: jobs, operations: [ { topic: sold } ] }\n"
	"journeys: [ { name: buy, requests: [ web.buy ] } ]\n";

/* Names that are prefixes of each other, and nothing but defaults. */
static const char PREFIXES[] =
	"name: a\nservices:\n  - { name: a, role: users }\n"
	"  - { name: a-b, operations: [ { id: in, http: GET /, calls: [ forward ] } ] }\n"
	"  - { name: a-b-c, operations: [ { id: a, http: GET /a, calls: [ a-b-c-d.a ] } ] }\n"
	"  - { name: a-b-c-d, operations: [ { id: a, http: GET /d } ] }\n"
	"journeys: [ { name: j, requests: [ a-b-c.a ] } ]\n";

static void own_app(const char *text, const char *const *faults, size_t n)
{
	cc_buf dir = CC_BUF_INIT, file = CC_BUF_INIT;
	int bad = 0;
	scratch_dir(&dir, "own");
	cc_buf_addf(&file, "%s/own.yaml", dir.p);
	assert_int_equal(cc_file_write(file.p, cc_str_from(text), NULL), CC_OK);
	for (size_t i = 0; i < n; i++) {
		cc_forge_options o = quick(dir.p, faults[i]);
		cc_forge_report r;
		if (!faults[i]) o.fault_count = 0;
		o.app = file.p;
		o.seed = i;
		o.difficulty = CC_FORGE_MEDIUM;
		o.replace = true;
		o.rps_milli = 3000;
		forge(&o, &r);
		cc_snapshot *s = open_incident(r.scenario_dir);
		assert_int_equal(skipped(s, true), 0);
		for (size_t k = 0; k < cc_logs_count(s); k++) {
			cc_arena *arena = cc_arena_new();
			cc_str body = cc_logs_body(s, cc_logs_get(s, k), arena);
			if (body.n == 0) fail_msg("log record %zu is empty", k);
			cc_arena_free(arena);
		}
		cc_snapshot_free(s);
		bad += unproved(&r);
	}
	assert_int_equal(bad, 0);
	remove_all(dir.p);
	cc_buf_deinit(&dir);
	cc_buf_deinit(&file);
}

static void applications_of_ones_own(void **state)
{
	static const char *const FAULTS[] = { "store-memory:seat-cache", "deleted-service:web", "invalid-image:desk-db",
		"wrong-env:booking", NULL },
				 *const SMALL[] = { "wrong-selector:a-b-c", "chaos-kill:a-b-c-d", NULL };
	(void)state;
	own_app(MINE, FAULTS, sizeof FAULTS / sizeof FAULTS[0]);
	own_app(PREFIXES, SMALL, sizeof SMALL / sizeof SMALL[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_answer_never_lies_in_the_incident),
		cmocka_unit_test(what_is_linked_stays),
		cmocka_unit_test(two_runs_do_not_meet),
		cmocka_unit_test(only_the_recorded_years),
		cmocka_unit_test(applications_of_ones_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
