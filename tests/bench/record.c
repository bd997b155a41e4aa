/* record.c - a record of many steps: making one, and what opening it and going to steps of it costs.
 *
 *   record make DIR STEPS     writes DIR/trajectory.jsonl by the record writer
 *   record DIR                prints  q NAME ms answer  tab-separated
 *
 * A step asks for evidence; some also move about, pin, note and suspect, as people do. "open" ends when the number of steps is
 * known; "check" is of every hash; "walk" goes through the whole record once, in the idle time of whoever shows it; "to a step"
 * and "a step back" are the 99th percentile of going to steps here and there, and of going backward one by one, each with
 * decoding the step that is shown. "markers" is what opening it in a replay costs besides; "a frame" goes to a step here and there
 * in the console of a replay, whose evidence is gone, and draws it at 160x48. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "coldcase/clock.h"
#include "coldcase/record.h"
#include "coldcase/rng.h"
#include "coldcase/snapshot.h"
#include "ui/replay.h"
#include "ui/term_fake.h"

enum { LEAPS = 500 };

static void quit(const char *what)
{
	fprintf(stderr, "record: %s\n", what);
	exit(1);
}

/* --- making one --- */

/* What a step does besides spending its query. */
static size_t act(cc_action *a, size_t step, cc_rng *rng, char name[32])
{
	snprintf(name, 32, "shop/Pod/checkout-%d", (int)cc_rng_below(rng, 40));
	a[0] = (cc_action){ .kind = CC_ACT_QUERY, .confidence = -1 };
	a[1] = (cc_action){ .kind = CC_ACT_FOCUS, .entity = 1 + (cc_entity_id)cc_rng_below(rng, 200), .confidence = -1 };
	if (step == 0)
		a[0].kind = CC_ACT_START;
	else if (step % 500 == 0)
		a[1] = (cc_action){ .kind = CC_ACT_SUSPECT, .name = cc_str_from(name), .confidence = 0.4 };
	else if (step % 500 == 100)
		a[1] = (cc_action){ .kind = CC_ACT_NOTE, .text = CC_STR("errors begin before the rollout"), .confidence = -1 };
	else if (step % 500 == 200)
		a[1] = (cc_action){ .kind = CC_ACT_PIN, .cite = { 1, (uint32_t)step }, .name = cc_str_from(name),
			.time_ns = CC_TIME_NONE, .confidence = -1 };
	else if (step % 10)
		return 1;
	return 2;
}

static void make(const char *dir, size_t steps)
{
	const cc_kv args[] = { { CC_STR("service"), CC_STR("checkout") }, { CC_STR("level"), CC_STR("error") } };
	const cc_str entities[] = { CC_STR("shop/Pod/checkout-5"), CC_STR("shop/Service/checkout") };
	const cc_str cites[] = { CC_STR("otel_logs_raw.tsv#4711"), CC_STR("otel_logs_raw.tsv#4712") };
	cc_record_step step = { .agent = true, .line = CC_STR("logs service=checkout level>=error"), .command = CC_STR("logs"),
		.args = args, .arg_count = 2, .query = true, .took_ns = 1200000, .answered = true, .shown = { .title = CC_STR("Logs"),
			.entities = entities, .entity_count = 2, .cites = cites, .cite_count = 2, .rows = 2, .total = 2, .bytes = 900,
			.digest = CC_STR("5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9") } };
	cc_record *r;
	cc_err err;
	cc_rng rng;
	cc_rng_init(&rng, 1);
	if (cc_record_open(&r, dir, &(cc_record_header){ .version = CC_STR("bench"), .scenario = CC_STR("Scenario-1"), .agent = true },
		NULL, &err))
		quit(err.message);
	for (size_t i = 0; i < steps; i++) {
		cc_action actions[2];
		char name[32];
		step.actions = actions;
		step.action_count = act(actions, i, &rng, name);
		for (size_t k = 0; k < step.action_count; k++) {
			actions[k].mono_ns = cc_clock_mono_ns();
			actions[k].wall_ns = cc_clock_wall_ns();
		}
		step.turn = step.queries = (int64_t)i;
		step.active_ns = (int64_t)i * CC_NS_PER_MS;
		if (cc_record_add_step(r, &step, &err))
			quit(err.message);
	}
	cc_record_close(r);
}

/* --- reading it --- */

static double since(int64_t begin)
{
	return (double)(cc_clock_mono_ns() - begin) / 1e6;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

static double go(cc_replayer *r, const cc_run *run, size_t step)
{
	const cc_case *c;
	cc_err err;
	int64_t begin = cc_clock_mono_ns();
	if (cc_replayer_at(r, step, &c, &err))
		quit(err.message);
	if (step && cc_run_step(run, step - 1)->as.step->number != step)
		quit("not the step that was asked for");
	cc_run_trim(run, 1000);
	return since(begin);
}

static void print_times(double ms[LEAPS], const char *name)
{
	qsort(ms, LEAPS, sizeof *ms, by_value);
	printf("q\tcoldcase record: %s\t%.3f\tmedian %.2f ms, slowest %.1f\n", name, ms[LEAPS * 99 / 100], ms[LEAPS / 2], ms[LEAPS - 1]);
}

static void leap(cc_replayer *r, const cc_run *run, const char *name, bool back)
{
	static double ms[LEAPS];
	size_t steps = cc_run_step_count(run);
	cc_rng rng;
	cc_rng_init(&rng, 2);
	for (size_t i = 0; i < LEAPS; i++)
		ms[i] = go(r, run, back ? (steps > i ? steps - i : 0) : cc_rng_below(&rng, steps + 1));
	print_times(ms, name);
}

static void open_replay(cc_replay *r, cc_session **s, const cc_run *run)
{
	cc_snapshot *nothing;
	cc_err err;
	if (cc_snapshot_open_nothing(&nothing, CC_STR("million"), &err) || cc_session_open_with(s, nothing, &(cc_session_options){ 0 }, &err))
		quit(err.message);
	int64_t begin = cc_clock_mono_ns();
	if (cc_replay_init(r, *s, run, NULL, &err))
		quit(err.message);
	printf("q\tcoldcase record: markers\t%.3f\t%zu markers\n", since(begin), cc_markers_count(cc_playback_markers(r->playback)));
}

static void draw_frames(const cc_run *run)
{
	static double ms[LEAPS];
	cc_replay r;
	cc_session *s;
	cc_term_fake *fake;
	cc_term *term = cc_term_fake_new(&fake, 160, 48);
	cc_ui *ui;
	cc_err err;
	cc_rng rng;
	open_replay(&r, &s, run);
	if (!term || cc_ui_new_replay(&ui, &r, term, &(cc_ui_options){ 0 }, &err))
		quit(err.message);
	while (!cc_playback_prepare(r.playback, 10 * CC_NS_PER_MS))
		;
	cc_rng_init(&rng, 3);
	for (size_t i = 0; i < LEAPS; i++) {
		int64_t begin = cc_clock_mono_ns();
		cc_replay_go(ui, cc_rng_below(&rng, cc_run_step_count(run) + 1));
		cc_ui_draw(ui);
		ms[i] = since(begin);
	}
	print_times(ms, "a frame");
	cc_ui_free(ui);
	cc_replay_deinit(&r);
	cc_session_close(s);
	term->ops->close(term);
}

static void read(const char *dir)
{
	cc_replayer *r;
	cc_run *run;
	cc_err err;
	int64_t begin = cc_clock_mono_ns();
	if (cc_run_read(&run, dir, &err))
		quit(err.message);
	printf("q\tcoldcase record: open\t%.3f\t%zu steps\n", since(begin), cc_run_step_count(run));
	begin = cc_clock_mono_ns();
	if (cc_run_health_get(run).broken_line)
		quit("the chain is broken");
	printf("q\tcoldcase record: check\t%.3f\t%zu lines\n", since(begin), cc_run_line_count(run));
	if (cc_replayer_new(&r, run, NULL, &err))
		quit(err.message);
	begin = cc_clock_mono_ns();
	while (!cc_replayer_prepare(r, 10 * CC_NS_PER_MS))
		;
	printf("q\tcoldcase record: walk\t%.3f\t%zu steps\n", since(begin), cc_run_step_count(run));
	leap(r, run, "to a step", false);
	leap(r, run, "a step back", true);
	cc_replayer_free(r);
	draw_frames(run);
	cc_run_free(run);
}

int main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "make") == 0)
		make(argv[2], strtoul(argv[3], NULL, 10));
	else if (argc == 2)
		read(argv[1]);
	else
		quit("usage: record make DIR STEPS | record DIR");
	return 0;
}
