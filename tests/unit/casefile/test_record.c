/* test_record.c - what is written is read back, and no damage goes unnoticed or stops the reader. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "unit/casefile/case_support.h"
#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/record.h"
#include "coldcase/sha256.h"
#include "coldcase/xalloc.h"
#include "support/scratch.h"

static const char *const base = scratch.root;

static cc_record_header header(void)
{
	static cc_record_file files[2] = { { .bytes = 10, .records = 2 }, { .bytes = 12345678901, .records = 99, .skipped = 3 } };

	files[0].path = CC_STR("alerts/a \"quoted\".json");
	files[1].path = CC_STR("otel_logs_raw.tsv");
	return (cc_record_header){ .version = CC_STR("0.1"), .scenario = CC_STR("Scenario-1"),
		.snapshot_path = CC_STR("/x/Scenario-1"), .trial = 3, .agent = true, .actor_name = CC_STR("mo\ndel"), .budget = 100,
		.assistance = CC_STR("raw"), .truth_seal = CC_STR("ab:cd"), .files = files, .file_count = 2 };
}

/* A fresh folder and an open record in it. */
static cc_record *fresh(char dir[300])
{
	cc_record_header h = header();
	cc_record *r = NULL;
	cc_buf path = CC_BUF_INIT;
	uint32_t trial;

	assert_int_equal(cc_record_make_dir(&path, &trial, base, CC_STR("fresh"), NULL), CC_OK);
	snprintf(dir, 300, "%s", path.p);
	cc_buf_deinit(&path);
	assert_int_equal(cc_record_open(&r, dir, &h, NULL, NULL), CC_OK);
	return r;
}

static cc_record_step small_step(const char *line)
{
	return (cc_record_step){ .line = cc_str_from(line), .command = CC_STR("logs"), .turn = -1 };
}

static void read_text(const char *dir, cc_buf *out)
{
	char path[400];

	snprintf(path, sizeof path, "%s/" CC_RECORD_FILE, dir);
	assert_int_equal(cc_file_read(out, path, 1 << 24, NULL), CC_OK);
}

static void everything_is_read_back(void **state)
{
	char dir[300];
	cc_record *r = fresh(dir);
	const cc_str entities[] = { CC_STR("a/Pod/b"), CC_STR("c/Service/d") }, cites[] = { CC_STR("f.tsv#1") };
	const cc_kv args[] = { { CC_STR("filter"), CC_STR("x=\"y\"") }, { CC_STR("limit"), CC_STR("5") } };
	const cc_action act = { .kind = CC_ACT_QUERY };
	cc_record_step step = { .agent = true, .line = CC_STR("logs x=y"), .command = CC_STR("logs"), .args = args, .arg_count = 2,
		.query = true, .queries = 7, .turn = 4, .active_ns = 55, .took_ns = 66, .answered = true,
		.shown = { .title = CC_STR("Logs"), .entities = entities, .entity_count = 2, .cites = cites, .cite_count = 1, .rows = 5,
			.total = 50, .bytes = 999, .digest = CC_STR("d1"), .truncated = true }, .actions = &act, .action_count = 1 };
	cc_record_step failed = { .line = CC_STR("lgos"), .turn = -1, .code = CC_EUNKNOWN, .message = CC_STR("no command lgos") };
	cc_record_view view = { CC_STR("logs"), CC_STR("logs x=y"), 12, 3, 80, 24 };
	cc_run *run;
	const cc_record_step *s;

	(void)state;
	assert_int_equal(cc_record_add_step(r, &step, NULL), CC_OK);
	assert_int_equal(cc_record_add_view(r, &view, NULL), CC_OK);
	assert_int_equal(cc_record_add_step(r, &failed, NULL), CC_OK);
	assert_int_equal(cc_record_add_event(r, &(cc_record_event){ CC_STR("turn"), CC_STR("{\"tokens\":5}") }, NULL), CC_OK);
	assert_int_equal(cc_record_add_digest(r, &(cc_record_digest){ CC_STR("beef"), CC_STR_EMPTY }, NULL), CC_OK);
	assert_int_equal(cc_record_add_end(r, &(cc_record_end){ CC_STR("quit"), 7, 4, 77, 0 }, NULL), CC_OK);
	assert_int_equal(cc_record_add_step(r, &failed, NULL), CC_ESTATE);
	assert_true(cc_record_ended(r));
	cc_record_close(r);

	assert_int_equal(cc_run_read(&run, dir, NULL), CC_OK);
	assert_int_equal(cc_run_line_count(run), 7);
	assert_int_equal(cc_run_step_count(run), 2);
	const cc_record_header *h = cc_run_header(run);
	assert_true(h->agent && h->trial == 3 && h->budget == 100 && h->file_count == 2 && h->wall_ns != CC_TIME_NONE);
	assert_true(cc_str_eqz(h->actor_name, "mo\ndel") && cc_str_eqz(h->truth_seal, "ab:cd"));
	assert_true(h->files[1].bytes == 12345678901 && h->files[1].skipped == 3);
	assert_true(cc_str_eqz(h->files[0].path, "alerts/a \"quoted\".json"));
	s = cc_run_step(run, 0)->as.step;
	assert_true(s->number == 1 && s->agent && s->query && s->queries == 7 && s->turn == 4 && s->active_ns == 55);
	assert_true(s->took_ns == 66 && s->answered && s->arg_count == 2 && s->code == CC_OK && s->action_count == 1);
	assert_true(cc_str_eqz(s->args[0].value, "x=\"y\"") && cc_str_eqz(s->args[1].key, "limit"));
	assert_true(s->shown.entity_count == 2 && cc_str_eqz(s->shown.entities[1], "c/Service/d") && s->shown.cite_count == 1);
	assert_true(s->shown.rows == 5 && s->shown.total == 50 && s->shown.bytes == 999 && s->shown.truncated && !s->shown.partial);
	s = cc_run_step(run, 1)->as.step;
	assert_true(s->number == 2 && !s->agent && !s->answered && s->turn == -1 && s->code == CC_EUNKNOWN && !s->command.n);
	assert_true(cc_str_eqz(s->message, "no command lgos"));
	assert_int_equal(cc_run_line(run, 2)->type, CC_LINE_VIEW);
	assert_int_equal(cc_run_line(run, 2)->as.view->selected, 12);
	assert_true(cc_str_eqz(cc_run_line(run, 4)->as.event->json, "{\"tokens\":5}"));
	assert_true(cc_str_eqz(cc_run_snapshot_sha256(run), "beef"));
	assert_true(cc_run_health_get(run).ended && !cc_run_health_get(run).torn && !cc_run_health_get(run).broken_line);
	assert_null(cc_run_line(run, 7));
	cc_run_free(run);
}

/* Cut anywhere: whole lines before the cut are there, a rest is reported as torn, nothing is called broken. */
static void a_record_torn_at_any_byte_reads(void **state)
{
	char dir[300];
	cc_record *r = fresh(dir);
	cc_buf text = CC_BUF_INIT;

	(void)state;
	for (int i = 0; i < 3; i++) {
		cc_record_step step = small_step("logs a=\"\xc3\xa4\"");

		assert_int_equal(cc_record_add_step(r, &step, NULL), CC_OK);
	}
	cc_record_close(r);
	read_text(dir, &text);
	for (size_t n = 0; n <= text.n; n++) {
		cc_str cut = cc_str_sub(cc_buf_str(&text), 0, n);
		size_t whole = 0, rest = 0;
		cc_run *run;
		cc_run_health h;

		for (size_t i = 0; i < n; i++, rest++)
			if (cut.p[i] == '\n') {
				whole++;
				rest = (size_t)-1;
			}
		assert_int_equal(cc_run_parse(&run, cut, NULL), CC_OK);
		h = cc_run_health_get(run);
		assert_int_equal(h.broken_line, 0);
		assert_int_equal(h.bad_lines, 0);
		assert_int_equal(h.torn, rest > 0);
		if (h.torn_bytes)
			assert_int_equal(h.torn_bytes, rest);
		assert_int_equal(cc_run_line_count(run), whole + (rest > 0 && !h.torn_bytes));
		assert_int_equal(cc_run_header(run) != NULL, cc_run_line_count(run) > 0);
		cc_run_free(run);
	}
	cc_buf_deinit(&text);
}

static cc_run_health health_of(cc_str text)
{
	cc_run *run;
	cc_run_health h;

	assert_int_equal(cc_run_parse(&run, text, NULL), CC_OK);
	h = cc_run_health_get(run);
	cc_run_free(run);
	return h;
}

/* Any changed byte, a removed and a swapped line: the chain breaks right after it. */
static void tampering_is_found(void **state)
{
	char dir[300];
	cc_record *r = fresh(dir);
	cc_buf text = CC_BUF_INIT, other = CC_BUF_INIT;
	size_t start[6] = { 0 }, lines = 0;

	(void)state;
	for (int i = 0; i < 3; i++) {
		cc_record_step step = small_step("logs a=b");

		assert_int_equal(cc_record_add_step(r, &step, NULL), CC_OK);
	}
	cc_record_close(r);
	read_text(dir, &text);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] == '\n')
			start[++lines] = i + 1;
	assert_int_equal(lines, 4);
	assert_int_equal(health_of(cc_buf_str(&text)).broken_line, 0);
	for (size_t line = 1; line < 3; line++)
		for (size_t i = start[line]; i + 1 < start[line + 1]; i++) {
			char kept = text.p[i];
			cc_run_health h;

			text.p[i] = kept == 'x' ? 'y' : 'x';
			h = health_of(cc_buf_str(&text));
			assert_true(h.broken_line == line + 1 || h.broken_line == line + 2);
			text.p[i] = kept;
		}
	cc_buf_add(&other, cc_str_sub(cc_buf_str(&text), 0, start[1]));
	cc_buf_add(&other, cc_str_sub(cc_buf_str(&text), start[2], text.n));
	assert_int_equal(health_of(cc_buf_str(&other)).broken_line, 2);         /* line 2 removed */
	cc_buf_truncate(&other, start[1]);
	cc_buf_add(&other, cc_str_sub(cc_buf_str(&text), start[2], start[3]));
	cc_buf_add(&other, cc_str_sub(cc_buf_str(&text), start[1], start[2]));
	assert_int_equal(health_of(cc_buf_str(&other)).broken_line, 2);         /* lines 2 and 3 swapped */
	cc_buf_deinit(&text);
	cc_buf_deinit(&other);
}

static void other_files_are_refused(void **state)
{
	const char *texts[] = { "hello", "[]\n", "{}\n", "{\"type\":\"step\"}\n", "{\"type\":\"header\",\"format\":\"other\"}\n",
		"{\"type\":\"header\",\"format\":\"coldcase-trajectory\",\"format_version\":2}\n", "\n", "{nonsense\n" };
	cc_run *run;
	cc_err err;

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		assert_int_equal(cc_run_parse(&run, cc_str_from(texts[i]), &err), CC_EFORMAT);
		assert_null(run);
	}
	assert_int_equal(cc_run_read(&run, "/nonexistent/x", &err), CC_ENOTFOUND);
	assert_int_equal(cc_run_parse(&run, CC_STR("{\"type\":\"header\",\"format\":\"coldcase-trajectory\"}\n{\"type\":\"later\"}\n"),
		&err), CC_OK);
	assert_int_equal(cc_run_line(run, 1)->type, CC_LINE_OTHER);
	cc_run_free(run);
}

/* Random actions applied to a case and recorded: after any number of steps the rebuilt case equals what the case was then. */
static void replaying_the_actions_rebuilds_the_case(void **state)
{
	enum { STEPS = 120 };
	char dir[300];
	cc_record *r;
	cc_case *c, *again;
	cc_buf dump[STEPS + 1] = { CC_BUF_INIT }, text = CC_BUF_INIT;
	int64_t active[STEPS + 1] = { 0 };
	cc_rng rng;
	cc_run *run;
	size_t steps = 0;

	(void)state;
	cc_clock_fake_set(INT64_C(1790000000000000000));
	r = fresh(dir);
	c = cc_case_new(100);
	cc_rng_init(&rng, 5);
	test_case_dump(c, &dump[0]);
	while (steps < STEPS) {
		uint32_t pins[3];
		char texts[3][32];
		cc_action a = test_random_action(&rng, pins, texts);
		cc_record_step step = small_step("x");

		if (steps == STEPS - 1)
			a.kind = CC_ACT_SUBMIT;
		cc_clock_fake_advance(1000);
		a.mono_ns = cc_clock_mono_ns();
		a.wall_ns = cc_clock_wall_ns();
		if (cc_case_apply(c, &a, NULL) != CC_OK)
			continue;
		step.actions = &a;
		step.action_count = 1;
		step.active_ns = active[++steps] = cc_case_active_ns(c);
		assert_int_equal(cc_record_add_step(r, &step, NULL), CC_OK);
		test_case_dump(c, &dump[steps]);
	}
	cc_record_close(r);
	cc_clock_fake_advance(INT64_C(1000000000000));
	assert_int_equal(cc_run_read(&run, dir, NULL), CC_OK);
	for (size_t n = 0; n <= STEPS; n++) {
		assert_int_equal(cc_run_replay(run, NULL, n, &again, NULL), CC_OK);
		cc_buf_clear(&text);
		test_case_dump(again, &text);
		assert_string_equal(text.p, dump[n].p);
		assert_true(cc_case_active_ns(again) == active[n]);
		cc_case_free(again);
		cc_buf_deinit(&dump[n]);
	}
	assert_true(cc_case_submitted(c));
	cc_run_free(run);
	cc_case_free(c);
	cc_buf_deinit(&text);
	cc_clock_fake_off();
}

/* A rebuilt case stands still until someone goes on with it; then its clock runs from there. */
static void a_rebuilt_case_can_be_taken_over(void **state)
{
	char dir[300];
	cc_record *r;
	cc_run *run;
	cc_case *c;
	cc_action start = { .kind = CC_ACT_START };
	cc_record_step step = small_step("start");

	(void)state;
	cc_clock_fake_set(INT64_C(1790000000000000000));
	r = fresh(dir);
	start.mono_ns = start.wall_ns = cc_clock_mono_ns();
	step.actions = &start;
	step.action_count = 1;
	step.active_ns = 500;
	assert_int_equal(cc_record_add_step(r, &step, NULL), CC_OK);
	cc_record_close(r);
	assert_int_equal(cc_run_read(&run, dir, NULL), CC_OK);
	assert_int_equal(cc_run_replay(run, NULL, SIZE_MAX, &c, NULL), CC_OK);
	cc_clock_fake_advance(1000000);
	assert_int_equal(cc_case_active_ns(c), 500);
	assert_int_equal(cc_case_apply(c, &(cc_action){ .kind = CC_ACT_BACK }, NULL), CC_ESTATE);
	assert_int_equal(cc_case_active_ns(c), 500);
	assert_int_equal(cc_case_apply(c, &(cc_action){ .kind = CC_ACT_QUERY }, NULL), CC_OK);
	cc_clock_fake_advance(20);
	assert_int_equal(cc_case_active_ns(c), 520);
	cc_case_free(c);
	cc_run_free(run);
	cc_clock_fake_off();
}

static void actions_that_cannot_have_happened_are_refused(void **state)
{
	static const struct { const char *actions; cc_code code; } CASES[] = {
		{ "{\"do\":\"back\"}", CC_EFORMAT }, { "{\"do\":\"fly\"}", CC_EFORMAT }, { "{\"do\":\"unpin\",\"number\":4}", CC_EFORMAT },
		{ "{\"do\":\"focus\",\"entity\":\"a/Pod/b\"}", CC_EUNKNOWN }, { "{\"do\":\"pin\",\"cite\":\"f#1\"}", CC_EUNKNOWN },
		{ "{\"do\":\"suspect\",\"name\":\"a/B/c\",\"pins\":[\"x\"]}", CC_EFORMAT }, { "7", CC_EFORMAT },
		{ "{\"do\":\"suspect\",\"name\":\"a/B/c\",\"confidence\":0.25}", CC_OK },
	};

	(void)state;
	for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
		cc_buf text = CC_BUF_INIT;
		cc_run *run;
		cc_case *c = NULL;

		cc_buf_addf(&text, "{\"type\":\"header\",\"format\":\"coldcase-trajectory\"}\n{\"type\":\"step\",\"actions\":[%s]}\n",
			CASES[i].actions);
		assert_int_equal(cc_run_parse(&run, cc_buf_str(&text), NULL), CC_OK);
		assert_int_equal(cc_run_replay(run, NULL, SIZE_MAX, &c, NULL), CASES[i].code);
		cc_case_free(c);
		cc_run_free(run);
		cc_buf_deinit(&text);
	}
}

/* The file may not grow beyond a limit: lines are lost and counted; when there is room again the record goes on, whole. */
static void a_full_disk_loses_lines_and_says_so(void **state)
{
	char dir[300];
	struct rlimit old, low;
	struct stat st;
	char path[400];
	cc_record *r = fresh(dir);
	cc_record_step step = small_step("logs");
	cc_run *run;
	cc_err err;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(cc_record_add_step(r, &step, NULL), CC_OK);
	snprintf(path, sizeof path, "%s/" CC_RECORD_FILE, dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	low = old;
	low.rlim_cur = (rlim_t)st.st_size + 100;        /* room for a part of a line: the write is short */
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &low), 0);
	assert_int_equal(cc_record_add_step(r, &step, &err), CC_EIO);
	assert_non_null(strstr(err.message, "incomplete"));
	assert_int_equal(cc_record_add_step(r, &step, &err), CC_EIO);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	signal(SIGXFSZ, SIG_DFL);
	assert_int_equal(cc_record_lost(r), 2);
	assert_int_equal(cc_record_add_step(r, &step, NULL), CC_OK);
	assert_int_equal(cc_record_add_end(r, &(cc_record_end){ .reason = CC_STR("quit"), .turn = -1 }, NULL), CC_OK);
	cc_record_close(r);
	assert_int_equal(cc_run_read(&run, path, NULL), CC_OK);
	assert_int_equal(cc_run_step_count(run), 2);
	assert_int_equal(cc_run_step(run, 1)->as.step->number, 4);
	assert_int_equal(cc_run_health_get(run).lost, 2);
	assert_int_equal(cc_run_health_get(run).bad_lines, 0);
	assert_int_equal(cc_run_health_get(run).broken_line, 0);
	assert_int_equal(cc_run_line(run, 3)->as.end->lost, 2);
	cc_run_free(run);
}

/* Writes steps until it is killed; tells the pipe after each how many are in the record. */
static void write_until_killed(const char *dir, int tell)
{
	cc_record_header h = header();
	cc_record *r;
	char filler[3000];
	cc_record_step step = small_step("logs");

	memset(filler, 'x', sizeof filler);
	step.line = (cc_str){ filler, sizeof filler };
	if (cc_record_open(&r, dir, &h, NULL, NULL) != CC_OK)
		_exit(1);
	for (uint32_t n = 1;; n++)
		if (cc_record_add_step(r, &step, NULL) != CC_OK || write(tell, &n, sizeof n) != (ssize_t)sizeof n)
			_exit(2);
}

/* kill -9 while lines are being written: what was written before is there, at most the last line is not. */
static void killing_loses_at_most_the_last_line(void **state)
{
	(void)state;
	for (uint32_t at = 1; at < 200; at += 13) {
		cc_buf dir = CC_BUF_INIT;
		uint32_t trial, n = 0, told = 0;
		int ends[2], status;
		cc_run *run;
		pid_t child;

		assert_int_equal(cc_record_make_dir(&dir, &trial, base, CC_STR("killed"), NULL), CC_OK);
		assert_int_equal(pipe(ends), 0);
		child = fork();
		assert_true(child >= 0);
		if (child == 0)
			write_until_killed(dir.p, ends[1]);
		close(ends[1]);
		while (told < at && read(ends[0], &n, sizeof n) == (ssize_t)sizeof n)
			told = n;
		kill(child, SIGKILL);
		while (read(ends[0], &n, sizeof n) == (ssize_t)sizeof n)
			told = n;
		close(ends[0]);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status) && told >= at);
		assert_int_equal(cc_run_read(&run, dir.p, NULL), CC_OK);
		assert_true(cc_run_step_count(run) == told || cc_run_step_count(run) == told + 1);
		assert_int_equal(cc_run_health_get(run).broken_line, 0);
		assert_int_equal(cc_run_health_get(run).bad_lines, 0);
		cc_run_free(run);
		cc_buf_deinit(&dir);
	}
}

/* A free addition cannot break the form of the record. */
static void events_stay_on_one_line(void **state)
{
	static const struct { const char *given, *kept; } CASES[] = {
		{ "{\n \"a\" : [1,\r\n2.50]\n}", "{\"a\":[1,2.50]}" }, { "no json\n\"at all\"", "\"no json\\n\\\"at all\\\"\"" },
		{ "", "null" }, { "{\"a\":1}{\"b\":2}", "\"{\\\"a\\\":1}{\\\"b\\\":2}\"" } };
	enum { N = sizeof CASES / sizeof *CASES };
	char dir[300];
	cc_record *r = fresh(dir);
	cc_run *run;

	(void)state;
	for (size_t i = 0; i < N; i++)
		assert_int_equal(cc_record_add_event(r, &(cc_record_event){ CC_STR("e"), cc_str_from(CASES[i].given) }, NULL), CC_OK);
	cc_record_close(r);
	assert_int_equal(cc_run_read(&run, dir, NULL), CC_OK);
	assert_int_equal(cc_run_line_count(run), 1 + N);
	for (size_t i = 0; i < N; i++) {
		cc_str kept = cc_run_line(run, 1 + i)->as.event->json;

		if (!cc_str_eqz(kept, CASES[i].kept))
			fail_msg("%.*s", CC_STR_ARG(kept));
	}
	cc_run_free(run);
}

static void a_record_is_never_overwritten(void **state)
{
	char dir[300];
	cc_record *r = fresh(dir), *second = NULL;
	cc_record_header h = header();

	(void)state;
	assert_int_not_equal(cc_record_open(&second, dir, &h, NULL, NULL), CC_OK);
	assert_null(second);
	cc_record_close(r);
}

/* Memory runs out at each allocation in turn: the line is lost and counted, the file stays a whole record. */
static void out_of_memory_loses_a_line_not_the_record(void **state)
{
	char dir[300];
	cc_record *r = fresh(dir);
	const cc_action act = { .kind = CC_ACT_FOCUS, .entity = 3, .mono_ns = 1, .wall_ns = 1 };
	cc_record_step step = small_step("logs");
	cc_code code = CC_ENOMEM;
	uint64_t lost = 0;
	cc_run *run = NULL;
	cc_buf text = CC_BUF_INIT;

	(void)state;
	step.actions = &act;
	step.action_count = 1;
	for (long n = 0; code == CC_ENOMEM; n++) {
		cc_alloc_fail_after(n);
		code = cc_record_add_step(r, &step, NULL);
		cc_alloc_fail_after(-1);
		lost += code == CC_ENOMEM;
	}
	assert_int_equal(code, CC_OK);
	assert_true(lost > 0 && cc_record_lost(r) == lost);
	cc_record_close(r);
	read_text(dir, &text);
	code = CC_ENOMEM;
	for (long n = 0; code == CC_ENOMEM; n++) {
		cc_alloc_fail_after(n);
		code = cc_run_parse(&run, cc_buf_str(&text), NULL);
		cc_alloc_fail_after(-1);
		assert_true(code == CC_OK || !run);
	}
	assert_int_equal(code, CC_OK);
	assert_int_equal(cc_run_health_get(run).lost, lost);
	assert_int_equal(cc_run_health_get(run).broken_line, 0);
	assert_int_equal(cc_run_step_count(run), 1);
	cc_run_free(run);
	cc_buf_deinit(&text);
}

static void the_hash_is_of_the_file(void **state)
{
	char dir[300], hex[65];
	cc_record *r = fresh(dir);
	cc_buf text = CC_BUF_INIT;
	cc_run *run;

	(void)state;
	cc_record_close(r);
	read_text(dir, &text);
	cc_sha256_of(cc_buf_str(&text), hex);
	assert_int_equal(cc_run_read(&run, dir, NULL), CC_OK);
	assert_true(cc_str_eqz(cc_run_sha256(run), hex));
	cc_run_free(run);
	cc_buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_read_back),
		cmocka_unit_test(a_record_torn_at_any_byte_reads),
		cmocka_unit_test(tampering_is_found),
		cmocka_unit_test(other_files_are_refused),
		cmocka_unit_test(replaying_the_actions_rebuilds_the_case),
		cmocka_unit_test(a_rebuilt_case_can_be_taken_over),
		cmocka_unit_test(actions_that_cannot_have_happened_are_refused),
		cmocka_unit_test(a_full_disk_loses_lines_and_says_so),
		cmocka_unit_test(killing_loses_at_most_the_last_line),
		cmocka_unit_test(events_stay_on_one_line),
		cmocka_unit_test(a_record_is_never_overwritten),
		cmocka_unit_test(out_of_memory_loses_a_line_not_the_record),
		cmocka_unit_test(the_hash_is_of_the_file),
	};

	return cmocka_run_group_tests(tests, scratch_make, scratch_remove);
}
