/* test_kept.c - what a session keeps of an answer for its next page is what it would find anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "coldcase/session.h"

static cc_session *open_sample(void)
{
	cc_session_options opt = { .dir = "sample-incidents/Scenario-1", .actor_name = "tester", .assistance = "ranked" };
	cc_session *s = NULL;
	cc_err err;

	if (cc_session_open(&s, &opt, &err) != CC_OK)
		fail_msg("%s", err.message);
	return s;
}

static void run(cc_session *s, const char *line, cc_buf *json)
{
	cc_reply *r = NULL;
	cc_err err;

	if (cc_session_run(s, cc_str_from(line), NULL, &r, &err) != CC_OK)
		fail_msg("%s: %s", line, err.message);
	if (json)
		cc_reply_write_canonical(r, json);
	cc_reply_unref(r);
}

/* Asked twice in the session that has been asked everything before, and once in one that was told nothing but where to stand. */
static void assert_as_anew(cc_session *long_lived, const char *const *views, size_t n, const char *line)
{
	cc_buf first = CC_BUF_INIT, again = CC_BUF_INIT, anew = CC_BUF_INIT;
	cc_session *fresh = open_sample();

	for (size_t i = 0; i < n; i++)
		run(fresh, views[i], NULL);
	run(fresh, line, &anew);
	run(long_lived, line, &first);
	run(long_lived, line, &again);
	assert_true(anew.n > 2);
	if (!cc_str_eq(cc_buf_str(&anew), cc_buf_str(&first)) || !cc_str_eq(cc_buf_str(&anew), cc_buf_str(&again)))
		fail_msg("%s: another answer after %zu changes of the view", line, n);
	cc_session_close(fresh);
	cc_buf_deinit(&first);
	cc_buf_deinit(&again);
	cc_buf_deinit(&anew);
}

static void metrics_under_every_view(void **state)
{
	static const char *const views[] = { "onset T-3m", "at T+2m", "window T-5m T+5m", "focus quote", "onset auto" };
	static const char *const lines[] = { "metrics limit=3", "metrics offset=3 limit=3", "metrics kind=raw limit=3",
		"metrics by=namespace limit=3", "metrics by=namespace agg=min limit=9", "metrics order=name limit=3",
		"metrics order=workload limit=3", "metrics all=yes limit=3", "metrics name=container_* limit=3" };
	cc_session *s = open_sample();

	(void)state;
	for (size_t v = 0; v <= sizeof views / sizeof *views; v++) {
		if (v)
			run(s, views[v - 1], NULL);
		for (size_t i = 0; i < 2 * sizeof lines / sizeof *lines; i++) {
			run(s, i % 2 ? "metrics" : "metrics by=namespace", NULL);        /* this is what is kept then */
			assert_as_anew(s, views, v, lines[i / 2]);
		}
	}
	cc_session_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(metrics_under_every_view),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
