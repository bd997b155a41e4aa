/* test_horizon.c - as known then: no command tells of anything later than the time cursor, and at the end of the capture
 * each tells what it tells in hindsight. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/arena.h"
#include "coldcase/reply.h"
#include "coldcase/logs.h"
#include "coldcase/session.h"
#include "support/tree.h"

static const char *const incidents[] = { "sample-incidents/Scenario-1", "sample-incidents/Scenario-4" };
enum { INCIDENTS = sizeof incidents / sizeof incidents[0] };

static cc_session *open_session(const char *dir, bool known_only)
{
	cc_session_options opt = { .dir = dir, .actor_name = "tester", .assistance = "full", .known_only = known_only };
	cc_session *s = NULL;
	cc_err err;

	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static cc_code run(cc_session *s, const char *line)
{
	cc_reply *r = NULL;
	cc_code code = cc_session_run(s, cc_str_from(line), NULL, &r, NULL);

	cc_reply_unref(r);
	return code;
}

/* Everything evidence commands answer to: their examples, and further lines on what the examples do not reach. */
static const char *const more[] = { "timeline slices=200", "briefing", "alerts all=yes", "logs order=newest", "changes status=yes", "paths by=edge", "paths origin",
	"traces errors>0", "entity quote", "entity checkout", "spec quote", "metrics service=shipping", "objects kind=Pod", NULL };

typedef void line_fn(void *arg, const char *line);

static void each_line(line_fn *fn, void *arg)
{
	for (size_t i = 0; i < cc_cmd_count(); i++) {
		const cc_cmd *cmd = cc_cmd_get(i);

		for (size_t k = 0; (cmd->flags & CC_CMD_QUERY) && cmd->examples && cmd->examples[k]; k++)
			fn(arg, cmd->examples[k]);
	}
	for (size_t i = 0; more[i]; i++)
		fn(arg, more[i]);
}

/* Times as replies and as records of any recorder write them. */
static bool next_time(cc_str *text, int64_t *ns)
{
	for (size_t i = 0; i + 19 <= text->n; i++) {
		const char *p = text->p + i;
		size_t n = 19;

		if (p[0] != '2' || p[1] != '0' || p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != ' ') || p[13] != ':')
			continue;
		while (i + n < text->n && (p[n] == '.' || (p[n] >= '0' && p[n] <= '9')))
			n++;
		*text = cc_str_sub(*text, i + n, text->n);
		if (cc_time_parse((cc_str){ p, n }, ns))
			return true;
		i = 0;
	}
	return false;
}

typedef struct watch { cc_session *s; int64_t until; size_t answered, times; } watch;

static void tells_nothing_later(void *arg, const char *line)
{
	watch *w = arg;
	cc_reply *r = NULL;
	cc_buf b = CC_BUF_INIT;
	cc_str rest;
	int64_t ns;

	if (cc_session_run(w->s, cc_str_from(line), NULL, &r, NULL) != CC_OK)
		return;                 /* an example about a record that was not known yet */
	cc_reply_write_canonical(r, &b);
	for (rest = cc_buf_str(&b); next_time(&rest, &ns);) {
		if (ns > w->until)
			fail_msg("%s: tells of %.*s", line, 40, rest.p - 30);
		w->times++;
	}
	w->answered++;
	cc_buf_deinit(&b);
	cc_reply_unref(r);
}

static void nothing_later_than_the_cursor_is_told(void **state)
{
	static const char *const cursors[] = { "at T-3m", "at T+30s", "at T+3m", NULL };

	(void)state;
	for (size_t i = 0; i < INCIDENTS; i++) {
		watch w = { .s = open_session(incidents[i], false) };

		for (size_t k = 0; cursors[k]; k++) {
			assert_int_equal(run(w.s, "horizon hindsight"), CC_OK);  /* T is not known before it */
			assert_int_equal(run(w.s, cursors[k]), CC_OK);
			assert_int_equal(run(w.s, "horizon known"), CC_OK);
			w.until = cc_session_horizon(w.s);
			each_line(tells_nothing_later, &w);
		}
		assert_true(w.answered > 60 && w.times > 1000);
		cc_session_close(w.s);
	}
}

static cc_str answer_of(cc_session *s, const char *line, cc_buf *out)
{
	cc_reply *r = NULL;

	if (cc_session_run(s, cc_str_from(line), NULL, &r, NULL) == CC_OK)
		cc_reply_write_canonical(r, out);
	cc_reply_unref(r);
	return cc_buf_str(out);
}

/* As known then the alert may not have fired yet: before and after part elsewhere, and whoever asked for the horizon is told. */
static void a_horizon_that_moves_the_onset_says_so(void **state)
{
	static const char *const lines[][2] = { { "horizon known", "known then: onset from 17:20:32Z (alert) to 17:16:17Z (change)" },
		{ "horizon hindsight", "in hindsight: onset from 17:16:17Z (change) to 17:20:32Z (alert)" },
		{ "onset -90s", "onset from 17:20:32Z (alert) to 17:19:47Z (by hand)" },
		{ "horizon known", "known then: onset stays at 17:19:47Z (by hand)" } };
	cc_session *s = open_session("sample-incidents/Scenario-2", false);

	(void)state;
	assert_int_equal(run(s, "at 17:21:17"), CC_OK);
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
		cc_buf b = CC_BUF_INIT;

		(void)answer_of(s, lines[i][0], &b);
		assert_non_null(strstr(b.p, lines[i][1]));
		cc_buf_deinit(&b);
	}
	cc_session_close(s);
}

typedef struct pair { cc_session *known, *all; size_t same; } pair;

static void tells_the_same(void *arg, const char *line)
{
	pair *p = arg;
	cc_buf a = CC_BUF_INIT, b = CC_BUF_INIT;
	cc_str x = answer_of(p->known, line, &a), y = answer_of(p->all, line, &b);

	if (!cc_str_eq(x, y))
		fail_msg("%s: differs at the end of the capture", line);
	p->same += x.n > 0;
	cc_buf_deinit(&a);
	cc_buf_deinit(&b);
}

static void at_the_end_everything_is_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < INCIDENTS; i++) {
		pair p = { .known = open_session(incidents[i], false), .all = open_session(incidents[i], false) };
		cc_session *both[] = { p.known, p.all };

		for (size_t k = 0; k < 2; k++) {
			assert_int_equal(run(both[k], "onset T+0s"), CC_OK);    /* the pivot is not the horizon's */
			assert_int_equal(run(both[k], "at 2100-01-01T00:00:00Z"), CC_OK);
		}
		assert_int_equal(run(p.known, "horizon known"), CC_OK);
		assert_true(cc_snapshot_until(cc_session_snapshot(p.known)) != CC_TIME_NONE);
		each_line(tells_the_same, &p);
		assert_true(p.same > 30);
		cc_session_close(p.known);
		cc_session_close(p.all);
	}
}

static void a_later_record_cannot_be_cited(void **state)
{
	cc_session *s = open_session(incidents[0], false);
	const cc_snapshot *whole = cc_session_snapshot(s);
	const cc_logrec *last = cc_logs_get(whole, cc_logs_count(whole) - 1);
	cc_buf line = CC_BUF_INIT;

	(void)state;
	cc_buf_addz(&line, "show ");
	cc_cite_format(whole, last->cite, &line);
	assert_int_equal(run(s, line.p), CC_OK);
	assert_int_equal(run(s, "at T+0s"), CC_OK);
	assert_int_equal(run(s, "horizon known"), CC_OK);
	assert_int_equal(run(s, line.p), CC_EUNKNOWN);
	assert_int_equal(run(s, "at clear=yes"), CC_ESTATE);    /* known when? */
	assert_int_equal(run(s, "horizon hindsight"), CC_OK);
	assert_int_equal(run(s, line.p), CC_OK);
	cc_buf_deinit(&line);
	cc_session_close(s);
}

static bool offers(cc_session *s, const char *line, const char *word)
{
	cc_arena *arena = cc_arena_new();
	cc_completion_vec words = { 0 };
	size_t start;
	bool found = false;

	assert_int_equal(cc_cmd_complete(s, cc_str_from(line), arena, &words, &start), CC_OK);
	for (size_t i = 0; i < words.n; i++)
		found = found || cc_str_find(words.p[i].word, cc_str_from(word)) != CC_STR_NONE;
	cc_vec_deinit(&words);
	cc_arena_free(arena);
	return found;
}

/* The pod that a rollout is going to make is nobody before: no name means it, nothing is offered, no member list has it. */
static void what_is_not_born_has_no_name(void **state)
{
	static const char later[] = "quote-687c974c74-drbc8", entity[] = "entity Pod/quote-687c974c74-drbc8";
	cc_session *s = open_session(incidents[0], false);
	cc_buf b = CC_BUF_INIT;

	(void)state;
	assert_int_equal(run(s, entity), CC_OK);
	assert_true(offers(s, "entity quote-687", later));
	assert_int_equal(run(s, "at T-3m"), CC_OK);
	assert_int_equal(run(s, "horizon known"), CC_OK);
	assert_int_equal(run(s, entity), CC_EUNKNOWN);
	assert_false(offers(s, "entity quote-687", later));
	assert_int_equal(run(s, "logs entity=quote-687c974c74-drbc8"), CC_EUNKNOWN);
	for (size_t i = 0; i < 3; i++) {
		static const char *const lines[] = { "entity quote", "topology quote", "topology quote view=tree" };

		cc_buf_clear(&b);
		assert_true(answer_of(s, lines[i], &b).n > 0);
		assert_int_equal(cc_str_find(cc_buf_str(&b), CC_STR("687c974c74")), CC_STR_NONE);
	}
	assert_int_equal(run(s, "horizon hindsight"), CC_OK);   /* T is not known before it */
	assert_int_equal(run(s, "at T+10s"), CC_OK);
	assert_int_equal(run(s, "horizon known"), CC_OK);
	assert_int_equal(run(s, entity), CC_OK);
	cc_buf_deinit(&b);
	cc_session_close(s);
}

/* Without object files a Deployment is known by the name of its pod alone; that its logs are read before is enough. */
static void an_owner_known_by_its_pod_is_born_with_it(void **state)
{
	test_tree t;
	(void)state;
	test_tree_make(&t);
	test_tree_file(&t, "otel_logs_raw.tsv",
		"Timestamp\tTraceId\tSpanId\tSeverityText\tSeverityNumber\tServiceName\tBody\tResourceAttributes\n"
		"2025-12-15 17:00:01.000000000\t\t\tINFO\t9\tcart\tfirst\t"
		"{'k8s.pod.name': 'cart-5c5d59f5b5-tv4gj', 'k8s.namespace.name': 'shop'}\n"
		"2025-12-15 17:09:01.000000000\t\t\tINFO\t9\tcart\tlast\t"
		"{'k8s.pod.name': 'cart-5c5d59f5b5-tv4gj', 'k8s.namespace.name': 'shop'}\n");
	cc_session *s = open_session(test_tree_path(&t, "."), false);
	assert_int_equal(run(s, "entity deploy/cart"), CC_OK);
	assert_int_equal(run(s, "at 2025-12-15T17:05:00Z"), CC_OK);
	assert_int_equal(run(s, "horizon known"), CC_OK);
	assert_int_equal(run(s, "entity deploy/cart"), CC_OK);
	cc_session_close(s);
	test_tree_remove(&t);
}

static void a_case_may_be_played_as_known_only(void **state)
{
	cc_session *s = open_session(incidents[0], true);
	int64_t first = cc_session_horizon(s);

	(void)state;
	assert_true(first != CC_TIME_NONE);
	assert_int_equal(run(s, "focus"), CC_OK);
	assert_int_equal(cc_session_onset(s).kind, CC_ONSET_ALERT);     /* the page that opens the case is known */
	assert_int_equal(run(s, "horizon hindsight"), CC_ESTATE);
	assert_true(cc_snapshot_until(cc_session_snapshot(s)) == first);
	assert_int_equal(run(s, "at +5m"), CC_OK);
	assert_true(cc_session_horizon(s) > first);
	assert_int_equal(run(s, "at clear=yes"), CC_OK);
	assert_true(cc_session_horizon(s) == first);
	cc_session_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_horizon_that_moves_the_onset_says_so),
		cmocka_unit_test(nothing_later_than_the_cursor_is_told),
		cmocka_unit_test(at_the_end_everything_is_known),
		cmocka_unit_test(a_later_record_cannot_be_cited),
		cmocka_unit_test(what_is_not_born_has_no_name),
		cmocka_unit_test(an_owner_known_by_its_pod_is_born_with_it),
		cmocka_unit_test(a_case_may_be_played_as_known_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
