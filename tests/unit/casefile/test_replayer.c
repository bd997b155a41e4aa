/* test_replayer.c - the case at a step is the same however one gets there: forward, backward, by leaps, from the beginning. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "casefile/case_priv.h"
#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/record.h"
#include "support/scratch.h"
#include "unit/casefile/case_support.h"

enum { STEPS = 400 };

static cc_buf record;           /* random actions, each one that could happen */

static void write_steps(cc_record *r, cc_case *c, cc_rng *rng)
{
	for (size_t done = 0; done < STEPS;) {
		uint32_t pins[3];
		char texts[3][32];
		cc_action a = test_random_action(rng, pins, texts);
		cc_record_step step = { .line = CC_STR("x"), .command = CC_STR("x"), .turn = -1, .actions = &a };

		if (done == STEPS - 1)
			a.kind = CC_ACT_SUBMIT;
		cc_clock_fake_advance(1000);
		a.mono_ns = cc_clock_mono_ns();
		a.wall_ns = cc_clock_wall_ns();
		step.action_count = cc_rng_below(rng, 4) > 0;
		if (step.action_count && cc_case_apply(c, &a, NULL) != CC_OK)
			continue;
		done++;
		step.active_ns = cc_case_active_ns(c);
		assert_int_equal(cc_record_add_step(r, &step, NULL), CC_OK);
	}
}

static int make_record(void **state)
{
	cc_buf dir = CC_BUF_INIT;
	cc_record *r;
	cc_case *c = cc_case_new(100);
	uint32_t trial;
	cc_rng rng;

	scratch_make(state);
	cc_clock_fake_set(INT64_C(1790000000000000000));
	cc_rng_init(&rng, 21);
	assert_int_equal(cc_record_make_dir(&dir, &trial, scratch.root, CC_STR("walked"), NULL), CC_OK);
	assert_int_equal(cc_record_open(&r, dir.p, &(cc_record_header){ .version = CC_STR("1"), .budget = 100 }, NULL, NULL), CC_OK);
	write_steps(r, c, &rng);
	cc_record_close(r);
	cc_case_free(c);
	cc_buf_addz(&dir, "/" CC_RECORD_FILE);
	assert_int_equal(cc_file_read(&record, dir.p, 1 << 24, NULL), CC_OK);
	cc_buf_deinit(&dir);
	return 0;
}

static int drop_record(void **state)
{
	cc_clock_fake_off();
	cc_buf_deinit(&record);
	return scratch_remove(state);
}

static void dump_views(const cc_case_step *s, cc_buf *out)
{
	for (; s; s = s->before)
		cc_buf_addf(out, "was %u %lld %lld %lld\n", s->view.focus, (long long)s->view.at_ns, (long long)s->view.window.to_ns,
			(long long)s->view.onset_ns);
	cc_buf_addz(out, "--\n");
}

/* Everything there is to a case: its clock, the whole history, and that a copy says the same. */
static void dump(const cc_case *c, cc_buf *out)
{
	cc_case *copy = cc_case_dup((cc_case *)(uintptr_t)c);

	assert_non_null(copy);
	cc_buf_addf(out, "since %lld active %lld frozen %d hints %u last pin %u\n", (long long)c->since_ns, (long long)c->active_ns,
		c->frozen, c->hints, c->last_pin);
	dump_views(c->back, out);
	dump_views(c->forward, out);
	test_case_dump(copy, out);
	cc_case_free(copy);
}

/* What replaying from the beginning gives, or why it gives nothing. */
static void truth_at(const cc_run *run, size_t n, cc_buf *out)
{
	cc_case *c = NULL;
	cc_err err = { 0 };
	size_t lost;

	if (cc_run_replay_loose(run, NULL, n, &lost, &c, &err) != CC_OK) {
		cc_buf_addz(out, err.message);
		return;
	}
	dump(c, out);
	cc_buf_addf(out, "lost %zu\n", lost);
	cc_case_free(c);
}

static void replayer_at(cc_replayer *r, size_t n, cc_buf *out)
{
	const cc_case *c = NULL;
	cc_err err = { 0 };

	if (cc_replayer_at(r, n, &c, &err) != CC_OK) {
		assert_null(c);
		cc_buf_addz(out, err.message);
		return;
	}
	dump(c, out);
	cc_buf_addf(out, "lost %zu\n", cc_replayer_lost(r));
}

static size_t next_step(cc_rng *rng, size_t at)
{
	switch (cc_rng_below(rng, 5)) {
	case 0: return cc_rng_below(rng, STEPS + 1);
	case 1: return at > 9 ? at - cc_rng_below(rng, 9) : 0;
	case 2: return at + cc_rng_below(rng, 9) > STEPS ? STEPS : at + cc_rng_below(rng, 4);
	case 3: return at ? at - 1 : 0;
	default: return at < STEPS ? at + 1 : STEPS;
	}
}

static void walk(const cc_run *run, const cc_buf *want, size_t every, size_t most, bool prepared)
{
	cc_buf got = CC_BUF_INIT;
	cc_replayer *r;
	cc_rng rng;
	size_t at = 0;

	cc_rng_init(&rng, every + most);
	assert_int_equal(cc_replayer_new(&r, run, NULL, NULL), CC_OK);
	cc_replayer_tune(r, every, most);
	while (prepared && !cc_replayer_prepare(r, 0))
		;
	for (int i = 0; i < 1500; i++) {
		at = next_step(&rng, at);
		if (i % 50 == 0)
			cc_replayer_prepare(r, -1);
		cc_buf_clear(&got);
		replayer_at(r, at, &got);
		assert_string_equal(got.p, want[at].p);
	}
	cc_replayer_free(r);
	cc_buf_deinit(&got);
}

/* `meets`: what is met at some step. */
static void walk_all_ways(cc_str text, const char *meets)
{
	static cc_buf want[STEPS + 1];
	bool met = false;
	cc_run *run;

	assert_int_equal(cc_run_parse(&run, text, NULL), CC_OK);
	assert_int_equal(cc_run_step_count(run), STEPS);
	for (size_t n = 0; n <= STEPS; n++) {
		cc_buf_clear(&want[n]);
		truth_at(run, n, &want[n]);
		met |= strstr(want[n].p, meets) != NULL;
	}
	assert_true(met);
	walk(run, want, 256, SIZE_MAX, false);
	walk(run, want, 7, SIZE_MAX, true);
	walk(run, want, 1, SIZE_MAX, false);
	walk(run, want, 3, 1 << 18, true);      /* copies have to go */
	walk(run, want, 16, 0, false);          /* none may stay */
	cc_run_free(run);
	for (size_t n = 0; n <= STEPS; n++)
		cc_buf_deinit(&want[n]);
}

static void a_step_is_the_same_however_reached(void **state)
{
	(void)state;
	walk_all_ways(cc_buf_str(&record), "\nlost 0\n");
}

/* Replaces each occurrence by a text of the same length. */
static void replace(cc_buf *text, const char *old, const char *new)
{
	size_t at = 0, hit;

	while ((hit = cc_str_find(cc_str_sub(cc_buf_str(text), at, text->n), cc_str_from(old))) != CC_STR_NONE) {
		memcpy(text->p + at + hit, new, strlen(new));
		at += hit + 1;
	}
}

/* Things that are nowhere, and from some step on what cannot have happened: counted, and refused, the same way. */
static void what_is_lost_or_impossible_is_the_same(void **state)
{
	cc_buf text = CC_BUF_INIT;

	(void)state;
	cc_buf_add(&text, cc_buf_str(&record));
	replace(&text, "\"entity\":\"#2\"", "\"entity\":\"??\"");
	walk_all_ways(cc_buf_str(&text), "\nlost 1\n");
	replace(&text, "\"do\":\"resume\"", "\"do\":\"wakeup\"");
	replace(&text, "\"do\":\"pause\"", "\"do\":\"paws!\"");
	walk_all_ways(cc_buf_str(&text), "paws!");
	cc_buf_deinit(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_step_is_the_same_however_reached),
		cmocka_unit_test(what_is_lost_or_impossible_is_the_same),
	};

	return cmocka_run_group_tests(tests, make_record, drop_record);
}
