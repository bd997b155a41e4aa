/* test_unread.c - `/` and `&` in the console while only the first log records have been read: it goes on to what the rest of the file
 * holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "cmd/loader.h"
#include "support/scratch.h"
#include "ui/term_fake.h"
#include "ui/ui_priv.h"

enum { ROWS = 6000 };

static int make(void **state)
{
	cc_buf b = CC_BUF_INIT;
	scratch_make(state);
	cc_buf_addz(&b, "Timestamp\tTraceId\tSpanId\tSeverityText\tSeverityNumber\tServiceName\tBody\tResourceAttributes\tLogAttributes\n");
	for (int i = 0; i < ROWS; i++)
		cc_buf_addf(&b, "2025-12-15 17:%02d:%02d.%06d\t\t\tINFO\t9\tcart\t%s %d\t{'service.name': 'cart', 'k8s.pod.name': 'cart-1'}\t{}\n", i / 1200,
			i / 20 % 60, i % 20 * 50000, i == 5 || i == 3999 || i == 5999 ? "a needle lies here" : "all is well with the shop and its parts", i);
	test_tree_bytes(&scratch, "Scenario-7/otel_logs_raw.tsv", cc_buf_str(&b));
	cc_buf_deinit(&b);
	return 0;
}

typedef struct bench { cc_session *session; cc_term_fake *fake; cc_ui *ui; } bench;

static void press(bench *b, const char *name)
{
	cc_key key;
	assert_true(cc_key_parse(cc_str_from(name), &key));
	cc_ui_handle_key(b->ui, &key);
}

static void type(bench *b, const char *open, const char *text)
{
	press(b, open);
	for (; *text; text++)
		cc_ui_handle_key(b->ui, &(cc_key){ .code = (unsigned char)*text });
	press(b, "Enter");
	cc_ui_draw(b->ui);
}

static void bench_open(bench *b)
{
	const char *dir = test_tree_path(&scratch, "Scenario-7");
	cc_snapshot *snapshot = NULL;
	cc_err err;
	cc_snapshot_options how = { .no_cache = true, .head_bytes = CC_LOADER_HEAD_BYTES };
	if (cc_snapshot_open(&snapshot, dir, &how, &err) || cc_session_open_with(&b->session, snapshot, &(cc_session_options){ .dir = dir }, &err) ||
		!cc_term_fake_new(&b->fake, 100, 30) || cc_ui_new(&b->ui, b->session, &b->fake->base, NULL, &err))
		fail_msg("%s", err.message);
	press(b, "2");
	cc_ui_draw(b->ui);
}

static void bench_close(bench *b)
{
	cc_ui_free(b->ui);
	b->fake->base.ops->close(&b->fake->base);
	cc_session_close(b->session);
}

static bool shows(bench *b, const char *text)
{
	cc_buf dump = CC_BUF_INIT;
	cc_grid_dump(&b->fake->shown, &dump, false);
	bool found = strstr(dump.p, text) != NULL;
	cc_buf_deinit(&dump);
	return found;
}

static uint32_t record(bench *b)
{
	return cc_sheet_pick(cc_ui_sheet(b->ui)).cite.record;
}

static void test_search_goes_on_in_the_file(void **state)
{
	bench b;
	(void)state;
	bench_open(&b);
	type(&b, "/", "needle");
	assert_int_equal(record(&b), 6);                 /* in what was read */
	press(&b, "n");
	cc_ui_draw(b.ui);
	assert_int_equal(record(&b), 4000);              /* the first of those behind the first ones that were read */
	assert_true(shows(&b, "in the rest of the file, not read yet"));
	assert_true(cc_sheet_is_unread(cc_ui_sheet(b.ui), cc_ui_sheet(b.ui)->selected));
	press(&b, "n");
	cc_ui_draw(b.ui);
	assert_true(record(&b) == 6000);
	assert_true(shows(&b, "hit in the rest of the file for needle"));
	bench_close(&b);
}

static void test_filter_lists_both(void **state)
{
	bench b;
	(void)state;
	bench_open(&b);
	type(&b, "&", "needle");
	assert_true(shows(&b, "PARTIAL"));
	assert_true(shows(&b, "in the rest of the file, not read yet: 2"));
	assert_int_equal(record(&b), 6);
	bench_close(&b);
}

static void test_nothing_so_far(void **state)
{
	bench b;
	(void)state;
	bench_open(&b);
	type(&b, "&", "level>=error");
	assert_true(shows(&b, "PARTIAL"));
	assert_true(shows(&b, "so far"));
	assert_false(shows(&b, "nearest in time"));
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_search_goes_on_in_the_file),
		cmocka_unit_test(test_filter_lists_both),
		cmocka_unit_test(test_nothing_so_far),
	};
	return cmocka_run_group_tests(tests, make, scratch_remove);
}
