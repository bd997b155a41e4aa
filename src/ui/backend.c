/* backend.c - the console's questions answered by a session. */
#include "ui/backend.h"

#include "coldcase/alerts.h"
#include "coldcase/entity.h"
#include "coldcase/events.h"
#include "coldcase/logs.h"
#include "coldcase/objects.h"
#include "coldcase/series.h"
#include "coldcase/spans.h"

#include <stdio.h>
#include <string.h>

static cc_code session_run(void *arg, cc_str line, cc_cancel *cancel, cc_reply **out, cc_err *err)
{
	return cc_session_run(arg, line, cancel, out, err);
}

static void session_status(void *arg, cc_ui_status *out)
{
	const cc_snapshot *snap = cc_session_snapshot(arg);
	const cc_case *c = cc_session_case(arg);
	*out = (cc_ui_status){ .scenario = cc_snapshot_name(snap), .active_ns = cc_case_active_ns(c), .onset_ns = cc_session_onset(arg).time_ns,
		.budget = cc_case_budget(c), .view = cc_case_view(c), .range = cc_snapshot_range(snap),
		.capture = cc_session_capture(arg), .until_ns = cc_session_horizon(arg), .zone = cc_session_zone(arg), .started = cc_case_started(c),
		.running = cc_case_running(c), .submitted = cc_session_submitted(arg), .truthless = cc_session_run_dir(arg) && !cc_session_sealed(arg), .pins = cc_case_pin_count(c),
		.suspects = cc_case_suspect_count(c) };
	cc_live_state live = cc_session_live(arg);
	out->live_speed = live.drill.speed;
	out->live_over = live.over;
	out->pages = live.pages;
	out->told = cc_session_told(arg, &out->told_count);
	out->frozen = !cc_session_seated(arg) && cc_case_frozen(c, &out->frozen_why);
	if (cc_session_seated(arg))     /* a replay: the clock of then hides nothing now */
		out->started = out->running = true;
	if (!live.drill.speed)
		out->view.known = out->until_ns != CC_TIME_NONE;   /* also where the case is played so from the start */
}

static void session_record_view(void *arg, const cc_view_state *v)
{
	cc_session_view(arg, v);
}

static cc_code session_complete(void *arg, cc_str line, cc_arena *arena, cc_completion_vec *out, size_t *word_start)
{
	return cc_cmd_complete(arg, line, arena, out, word_start);
}

static void session_entity_text(void *arg, cc_entity_id id, cc_buf *out)
{
	cc_entity_format(cc_session_snapshot(arg), id, out);
}

static void session_cite_text(void *arg, cc_cite cite, cc_buf *out)
{
	cc_cite_format(cc_session_snapshot(arg), cite, out);
}

static uint32_t session_pin_of(void *arg, cc_cite cite, cc_str label)
{
	const cc_case *c = cc_session_case(arg);
	for (size_t i = 0; cite.file && i < cc_case_pin_count(c); i++) {
		const cc_pin *p = cc_case_pin(c, i);
		if (p->cite.file == cite.file && p->cite.record == cite.record && (!label.n || cc_str_eq(label, p->label)))
			return p->number;
	}
	return 0;
}

static cc_code session_timeline(void *arg, int slices, cc_cancel *cancel, cc_reply **out)
{
	char line[40];
	cc_err err;
	snprintf(line, sizeof line, "timeline slices=%d", slices);
	return cc_session_run(arg, cc_str_from(line), cancel, out, &err);
}

static const char *session_run_dir(void *arg)
{
	return cc_session_run_dir(arg);
}

static bool session_missing(void *arg, const char *pane)
{
	static const struct { const char *pane; size_t (*count)(const cc_snapshot *s); unsigned kinds; } counts[] = {
		{ "alerts", cc_alerts_count, CC_KIND_BIT(CC_FILE_ALERTS) },
		{ "logs", cc_logs_count, CC_KIND_BIT(CC_FILE_LOGS) },
		{ "traces", cc_traces_count, CC_KIND_BIT(CC_FILE_TRACES) },
		{ "metrics", cc_series_count, CC_KIND_BIT(CC_FILE_METRICS_POD) | CC_KIND_BIT(CC_FILE_METRICS_SERVICE) },
		{ "events", cc_events_count, CC_KIND_BIT(CC_FILE_EVENTS) },
		{ "specs", cc_objects_count, CC_KIND_BIT(CC_FILE_OBJECTS) } };
	const cc_snapshot *s = cc_session_snapshot(arg);
	for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++)
		if (strcmp(pane, counts[i].pane) == 0)
			return counts[i].count(s) == 0 &&
				!(counts[i].kinds & (cc_snapshot_left_out(s) | cc_snapshot_heads(s)));
	return false;
}

static cc_code session_poll(void *arg, bool *fuller, cc_err *err)
{
	return cc_session_poll(arg, fuller, err);
}

static void session_watch(void *arg, const cc_watch *watch)
{
	cc_session_watch(arg, watch);
}

static cc_loading session_loading(void *arg)
{
	return cc_session_loading(arg);
}

static cc_entity_id session_moved(void *arg, cc_entity_id before)
{
	return cc_session_moved(arg, before);
}

static bool session_unread(void *arg, const cc_cmd *cmd)
{
	return cc_session_unread(arg, cmd);
}

static void session_tick(void *arg)
{
	cc_session_tick(arg);
}

static bool session_asked(void *arg, cc_str line)
{
	return cc_session_asked(arg, line);
}

static bool session_advance(void *arg)
{
	return cc_session_advance(arg);
}

cc_backend cc_backend_of_session(cc_session *s)
{
	return (cc_backend){ .arg = s, .run = session_run, .status = session_status, .record_view = session_record_view,
		.complete = session_complete, .entity_text = session_entity_text, .cite_text = session_cite_text,
		.pin_of = session_pin_of, .run_dir = session_run_dir, .tick = session_tick, .advance = session_advance, .asked = session_asked, .missing = session_missing, .timeline = session_timeline,
		.poll = session_poll, .loading = session_loading, .moved = session_moved, .unread = session_unread, .watch = session_watch };
}
