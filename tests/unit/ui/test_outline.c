/* test_outline.c - paths and folds of a spec's lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "ui/outline.h"
#include "ui/sheet.h"

static const char text[] =
	"kind: Deployment\n"                        /* 0 */
	"metadata:\n"
	"  labels:\n"
	"    app.kubernetes.io/name: cart\n"        /* 3 */
	"  name: cart\n"
	"spec:\n"                                   /* 5 */
	"  template:\n"
	"    spec:\n"
	"      containers:\n"                       /* 8 */
	"      - env:\n"
	"        - name: A\n"                       /* 10 */
	"          value: \"1: 2\"\n"
	"        - name: B\n"
	"          value: x\n"                      /* 13 */
	"        image: cart:1\n"
	"      - image: proxy:2\n"                  /* 15 */
	"        name: proxy\n"
	"  args:\n"                                 /* 17 */
	"  - --one\n"
	"  - --two: 2\n"
	"status: {}\n";                             /* 20 */

static cc_reply *reply(void)
{
	cc_reply *r = cc_reply_new("spec");
	cc_reply_begin_text(r, "spec", NULL);
	cc_reply_line(r, CC_ROLE_TEXT, cc_str_from(text));
	assert_int_equal(cc_reply_publish(r, NULL, NULL), CC_OK);
	return r;
}

static void path_is(const cc_section *sec, size_t line, const char *path)
{
	cc_buf b = CC_BUF_INIT;
	cc_outline_path(sec, line, &b);
	assert_string_equal(b.p ? b.p : "", path);
	cc_buf_deinit(&b);
}

static void paths(void **state)
{
	(void)state;
	cc_reply *r = reply();
	const cc_section *sec = cc_reply_section(r, 0);
	assert_true(cc_outline_is(sec));
	assert_false(cc_outline_is(NULL));
	path_is(sec, 0, "kind");
	path_is(sec, 3, "metadata.labels[app.kubernetes.io/name]");
	path_is(sec, 8, "spec.template.spec.containers");
	path_is(sec, 9, "spec.template.spec.containers[0].env");
	path_is(sec, 10, "spec.template.spec.containers[0].env[0].name");
	path_is(sec, 11, "spec.template.spec.containers[0].env[0].value");
	path_is(sec, 13, "spec.template.spec.containers[0].env[1].value");
	path_is(sec, 14, "spec.template.spec.containers[0].image");
	path_is(sec, 15, "spec.template.spec.containers[1].image");
	path_is(sec, 16, "spec.template.spec.containers[1].name");
	path_is(sec, 18, "spec.args[0]");
	path_is(sec, 20, "status");
	cc_reply_unref(r);
}

static void ends(void **state)
{
	(void)state;
	cc_reply *r = reply();
	const cc_section *sec = cc_reply_section(r, 0);
	assert_int_equal(cc_outline_end(sec, 0), 0);
	assert_int_equal(cc_outline_end(sec, 1), 4);
	assert_int_equal(cc_outline_end(sec, 5), 19);
	assert_int_equal(cc_outline_end(sec, 8), 16);
	assert_int_equal(cc_outline_end(sec, 9), 14);
	assert_int_equal(cc_outline_end(sec, 10), 11);
	assert_int_equal(cc_outline_end(sec, 12), 13);
	assert_int_equal(cc_outline_end(sec, 15), 16);
	assert_int_equal(cc_outline_end(sec, 17), 19);
	assert_int_equal(cc_outline_end(sec, 20), 20);
	cc_reply_unref(r);
}

static void folding(void **state)
{
	(void)state;
	cc_sheet *s = cc_sheet_new("spec x");
	cc_buf b = CC_BUF_INIT;
	cc_sheet_layout(s, 80, false);
	cc_sheet_set_reply(s, reply());
	size_t all = s->items.n;
	assert_int_equal(all, 21);
	assert_false(cc_sheet_fold(s));                /* kind: nothing below */
	cc_sheet_move(s, 5);
	assert_true(cc_sheet_fold(s));
	assert_int_equal(s->items.n, all - 14);
	assert_int_equal(s->items.p[s->selected].index, 5);
	cc_sheet_path(s, &b);
	assert_string_equal(b.p, "spec");
	cc_sheet_move(s, 1);
	assert_int_equal(s->items.p[s->selected].index, 20);
	cc_sheet_move(s, -1);
	cc_sheet_layout(s, 60, false);                 /* another width keeps the fold */
	assert_int_equal(s->items.n, all - 14);
	assert_true(cc_sheet_fold(s));
	assert_int_equal(s->items.n, all);
	assert_true(cc_sheet_fold(s));
	cc_sheet_set_reply(s, reply());                /* another text has other lines */
	assert_int_equal(s->items.n, all);
	cc_buf_deinit(&b);
	cc_sheet_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(paths), cmocka_unit_test(ends), cmocka_unit_test(folding) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
