/* test_waiting.c - a command that takes long: the console says so, stops it on Esc, and loses no key. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sched.h>
#include <stdatomic.h>
#include <cmocka.h>

#include "unit/ui/fake_backend.h"

/* A backend whose `logs` ends when it is told to stop, or when the test lets it. */
static atomic_bool release, stopped;
static fake canned;

static cc_code slow_run(void *arg, cc_str line, cc_cancel *cancel, cc_reply **out, cc_err *err)
{
	if (cc_str_starts(line, CC_STR("logs"))) {
		while (!cc_canceled(cancel) && !atomic_load(&release))
			sched_yield();
		if (cc_canceled(cancel)) {
			atomic_store(&stopped, true);
			return cc_err_set(err, CC_ECANCELED, "canceled");
		}
	}
	return fake_run(arg, line, cancel, out, err);
}

/* One that leaves what it found so far, and ends with that when it is told to stop. */
static const cc_watch *onlooker;

static void take_onlooker(void *arg, const cc_watch *watch)
{
	(void)arg;
	onlooker = watch;
}

static cc_code streaming_run(void *arg, cc_str line, cc_cancel *cancel, cc_reply **out, cc_err *err)
{
	cc_reply *so_far = NULL;

	if (cc_str_starts(line, CC_STR("logs")) && onlooker) {
		assert_int_equal(fake_run(arg, line, cancel, &so_far, err), CC_OK);
		onlooker->show(onlooker->arg, so_far, 3, 0.25);
		onlooker->show(onlooker->arg, NULL, 3, 0.5);
		while (!cc_canceled(cancel))
			sched_yield();
		atomic_store(&stopped, true);
	}
	return fake_run(arg, line, cancel, out, err);
}

/* Lets the command go on after so many looks at the keyboard. */
static int looks_left;

static bool counted_read(cc_term *t, int timeout_ms, cc_key *out)
{
	cc_term_fake *f = (cc_term_fake *)(void *)t;

	(void)timeout_ms;
	if (f->at < f->keys.n) {
		*out = f->keys.p[f->at++];
		return true;
	}
	if (looks_left > 0 && --looks_left == 0)
		atomic_store(&release, true);
	return false;
}

/* What was ever on the screen: the working line goes when the command ends. */
static void (*plain_flush)(cc_term *t, const cc_grid *g, const cc_theme *theme);
static bool said_working, beside_the_panes, rows_came;

static void watched_flush(cc_term *t, const cc_grid *g, const cc_theme *theme)
{
	cc_buf dump = CC_BUF_INIT;

	plain_flush(t, g, theme);
	cc_grid_dump(g, &dump, false);
	if (strstr(dump.p, "Esc cancels  logs")) {
		said_working = true;
		beside_the_panes = strstr(dump.p, "1 alerts") != NULL;
	}
	if (strstr(dump.p, ", 3 found, Esc stops and keeps them  logs") && strstr(dump.p, "so far") && strstr(dump.p, "row 1 says"))
		rows_came = true;
	cc_buf_deinit(&dump);
}

typedef struct bench { cc_term_fake *term; cc_term_ops ops; cc_ui *ui; } bench;

static void bench_open_with(bench *b, int patience_ms, cc_code (*run)(void *, cc_str, cc_cancel *, cc_reply **, cc_err *))
{
	static const cc_ui_options none;
	cc_ui_options opt = none;
	cc_backend backend;
	cc_term *t = cc_term_fake_new(&b->term, 80, 24);

	fake_init(&canned);
	backend = fake_backend(&canned);
	backend.run = run;
	backend.watch = take_onlooker;
	onlooker = NULL;
	opt.patience_ms = patience_ms;
	atomic_store(&release, false);
	atomic_store(&stopped, false);
	b->ops = *t->ops;
	b->ops.read_key = counted_read;
	plain_flush = b->ops.flush;
	b->ops.flush = watched_flush;
	said_working = beside_the_panes = rows_came = false;
	t->ops = &b->ops;
	assert_int_equal(cc_ui_new_with(&b->ui, &backend, t, &opt, NULL), CC_OK);
	cc_ui_draw(b->ui);
}

static void bench_open(bench *b, int patience_ms)
{
	bench_open_with(b, patience_ms, slow_run);
}

static void bench_close(bench *b)
{
	cc_ui_free(b->ui);
	b->term->base.ops->close(&b->term->base);
	cc_buf_deinit(&canned.lines);
}

static bool shows(bench *b, const char *text)
{
	cc_buf dump = CC_BUF_INIT;
	bool found;

	cc_grid_dump(&b->term->shown, &dump, false);
	found = strstr(dump.p, text) != NULL;
	cc_buf_deinit(&dump);
	return found;
}

static void press(bench *b, const char *name)
{
	cc_key key;

	assert_true(cc_key_parse(cc_str_from(name), &key));
	cc_ui_handle_key(b->ui, &key);
}

static void esc_stops_what_runs(void **state)
{
	bench b;
	cc_key key;

	(void)state;
	bench_open(&b, 1);
	assert_int_equal(cc_term_fake_script(b.term, CC_STR("j Esc k"), NULL), CC_OK);
	press(&b, "2");
	assert_true(atomic_load(&stopped));
	assert_true(said_working);
	assert_true(beside_the_panes);               /* over the screen as it stood */
	cc_ui_draw(b.ui);
	assert_true(shows(&b, "canceled: logs"));
	assert_true(cc_ui_next_key(b.ui, 0, &key));  /* typed before Esc: kept, in order */
	assert_int_equal(key.code, 'j');
	assert_true(cc_ui_next_key(b.ui, 0, &key));
	assert_int_equal(key.code, 'k');
	assert_false(cc_ui_done(b.ui));
	bench_close(&b);
}

static void rows_come_before_the_end(void **state)
{
	bench b;

	(void)state;
	bench_open_with(&b, 60000, streaming_run);   /* what comes is not waited for */
	assert_int_equal(cc_term_fake_script(b.term, CC_STR("j Esc"), NULL), CC_OK);
	press(&b, "2");
	assert_true(rows_came);
	assert_true(atomic_load(&stopped));
	assert_null(onlooker);                       /* nobody looks on once it is over */
	cc_ui_draw(b.ui);
	assert_true(shows(&b, "row 1 says"));
	assert_false(shows(&b, "canceled"));
	assert_false(shows(&b, "so far"));
	bench_close(&b);
}

static void what_ends_in_time_is_shown(void **state)
{
	bench b;

	(void)state;
	bench_open(&b, 1);
	looks_left = 3;
	press(&b, "2");
	cc_ui_draw(b.ui);
	assert_false(atomic_load(&stopped));
	assert_true(shows(&b, "row 1 says"));
	assert_true(said_working);
	assert_false(shows(&b, "working"));
	bench_close(&b);
}

static void a_lost_terminal_ends_the_console(void **state)
{
	bench b;
	cc_key gone = { .code = CC_KEY_HANGUP };

	(void)state;
	bench_open(&b, 1);
	assert_true(cc_vec_push(&b.term->keys, gone));
	press(&b, "2");
	assert_true(atomic_load(&stopped));
	assert_true(cc_ui_done(b.ui));
	bench_close(&b);
}

static void without_patience_nothing_is_asked(void **state)
{
	bench b;
	size_t flushes;

	(void)state;
	bench_open(&b, 0);
	atomic_store(&release, true);
	flushes = b.term->flushes;
	press(&b, "2");
	assert_int_equal(b.term->flushes, flushes);
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(esc_stops_what_runs),
		cmocka_unit_test(what_ends_in_time_is_shown),
		cmocka_unit_test(a_lost_terminal_ends_the_console),
		cmocka_unit_test(rows_come_before_the_end),
		cmocka_unit_test(without_patience_nothing_is_asked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
