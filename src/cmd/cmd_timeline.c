/* cmd_timeline.c - `timeline`: the shape of the whole capture, which the console shows as a row above the panes.
 *
 * It is free for everybody, like the briefing: counts over time that name no thing and cite no record, drawn by the console
 * unasked. It waits for the clock as evidence does. */
#include "cmd/evidence.h"

#include "coldcase/timeline.h"

enum { SLICES = 60, SLICES_MAX = 1000 };

typedef struct layers { double *alerts, *changes, *warnings, *records, *samples, *errors; } layers;

static bool layers_fill(cc_call *c, layers *l, const cc_timeline_slice *slices, size_t n)
{
	double **all[] = { &l->alerts, &l->changes, &l->warnings, &l->records, &l->samples, &l->errors };

	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
		if (!(*all[i] = cc_arena_array(c->arena, n, sizeof **all[i])))
			return false;
	for (size_t i = 0; i < n; i++) {
		l->alerts[i] = slices[i].alerts;
		l->changes[i] = slices[i].changes;
		l->warnings[i] = slices[i].warnings;
		l->records[i] = slices[i].records;
		l->samples[i] = slices[i].samples;
		l->errors[i] = slices[i].errors;
	}
	return true;
}

static void describe(cc_call *c, cc_reply *r, cc_range range, const layers *l, size_t n)
{
	cc_view v = cc_case_view(cc_session_case(c->session));

	cc_reply_set_title(r, "TIMELINE");
	cc_reply_begin_facts(r, "timeline", NULL);
	cc_reply_fact(r, "from", "from", cc_cell_time(range.from_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "to", "to", cc_cell_time(range.to_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "alerts", "alerts begin", cc_cell_spark(l->alerts, n), CC_ROLE_CRITICAL);
	cc_reply_fact(r, "changes", "specs change", cc_cell_spark(l->changes, n), CC_ROLE_CHANGED);
	cc_reply_fact(r, "warnings", "warnings", cc_cell_spark(l->warnings, n), CC_ROLE_WARNING);
	cc_reply_fact(r, "records", "records", cc_cell_spark(l->records, n), CC_ROLE_INFO);
	cc_reply_fact(r, "samples", "samples", cc_cell_spark(l->samples, n), CC_ROLE_DIM);
	cc_reply_fact(r, "errors", "errors", cc_cell_spark(l->errors, n), CC_ROLE_CRITICAL);
	cc_reply_fact(r, "onset", "onset", cc_cell_time(cc_session_onset(c->session).time_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "at", "time cursor", cc_cell_time(v.at_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "window_from", "window from", cc_cell_time(v.window.from_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "window_to", "window to", cc_cell_time(v.window.to_ns), CC_ROLE_TIME);
	cc_reply_add_note(r, "on the console's strip: A alerts begin, C specs change, W warnings, * several of these, T the onset, bar heights: errors, "
		"dots: records without any, / a silence left out, a thick bar the time cursor, [ ] the window");
}

static cc_code run_timeline(cc_call *c, cc_reply *r, cc_err *err)
{
	size_t n = (size_t)cc_arg_int(c, "slices", SLICES);
	cc_range range = cc_snapshot_range(snap(c));
	cc_timeline_slice *slices = cc_arena_array(c->arena, n, sizeof *slices);
	layers l;
	cc_code code = cc_session_seated(c->session) ? CC_OK : cc_case_query_check(cc_session_case(c->session), err);

	if (code != CC_OK && code != CC_EBUDGET)
		return code;
	cc_err_clear(err);
	if (!slices)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	code = cc_timeline_build(slices, n, snap(c), range, c->cancel, err);
	if (code == CC_OK && !layers_fill(c, &l, slices, n))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		describe(c, r, range, &l, n);
	return code;
}

const cc_cmd cc_cmd_timeline = {
	.name = "timeline",
	.group = "navigation",
	.summary = "the shape of the whole capture: where alerts began, specs changed, warnings and errors came",
	.help = "Counts in equal slices of time, as the row above the console's panes shows them. It names nothing, cites nothing and\n"
		"costs nothing. As known then it ends at the time cursor.",
	.flags = CC_CMD_NO_RECORD,
	.reads = CC_READS_ALL,
	.params = (const cc_param[]){
		{ .name = "slices", .type = CC_PARAM_INT, .min = 1, .max = SLICES_MAX, .help = "how many (60)" },
		{ 0 } },
	.examples = (const char *const[]){ "timeline", "timeline slices=30", NULL },
	.reply = (const char *const[]){ "timeline  facts: from, to, onset, at, window_from, window_to;", "          by slice: alerts[] that began,",
		"          changes[] of specs (status and generated objects left out),",
		"          warnings[] (events that began or were last seen),", "          records[] (spans and log records), samples[] (of metrics),", "          errors[] (failed spans and error records)", NULL },
	.run = run_timeline,
};
