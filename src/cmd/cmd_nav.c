/* cmd_nav.c - where the investigation looks: focus entity, time cursor, window, and the way back.
 *
 * Each answers with the view as it now stands. Without an argument focus, at and window change nothing and only say it. */
#include "cmd/cmd_priv.h"
#include "cmd/session_priv.h"

#include "coldcase/alerts.h"
#include "coldcase/entity.h"

static const char *const VIEW_REPLY[] = {
	"view   facts: focus, at, from, to, onset, can_back, can_forward,",
	"       onset_is (hand, alert, warning, change, nothing), horizon (known, hindsight),",
	"       text (before the others, of a line that changed horizon or onset: what moved from where to where)", NULL
};

static const char *const onset_titles[] = { "first alert", "first alert", "first warning", "first change", "onset" };
static const char *const onset_words[] = { "nothing", "alert", "warning", "change", "hand" };

static const char *const horizons[] = { "known", "hindsight", NULL };

static void add_onset(cc_buf *out, cc_onset o)
{
	if (o.time_ns == CC_TIME_NONE) {
		cc_buf_addz(out, "nowhere");
		return;
	}
	cc_time_format_clock(out, o.time_ns);
	cc_buf_addf(out, " (%s)", o.kind == CC_ONSET_HAND ? "by hand" : onset_words[o.kind]);
}

/* "onset from 17:20:32Z (alert) to 17:16:17Z (change)": what before and after mean has changed everywhere. */
static void add_move(cc_buf *out, cc_onset was, cc_onset is)
{
	bool moved = was.time_ns != is.time_ns || was.kind != is.kind;

	cc_buf_addz(out, moved ? "onset from " : "onset stays at ");
	if (moved) {
		add_onset(out, was);
		cc_buf_addz(out, " to ");
	}
	add_onset(out, is);
}

static void begin_view(cc_reply *r)
{
	cc_reply_set_title(r, "VIEW");
	cc_reply_begin_facts(r, "view", NULL);
}

static void add_view(cc_call *c, cc_reply *r)
{
	const cc_case *k = cc_session_case(c->session);
	cc_view v = cc_case_view(k);
	cc_onset onset = cc_session_onset(c->session);

	cc_reply_fact(r, "focus", "focus", cc_cell_entity(v.focus), CC_ROLE_ENTITY);
	cc_reply_fact(r, "at", "time cursor", cc_cell_time(v.at_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "from", "window from", cc_cell_time(v.window.from_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "to", "window to", cc_cell_time(v.window.to_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "onset", onset_titles[onset.kind], cc_cell_time(onset.time_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "can_back", "back", cc_cell_bool(cc_case_can_back(k)), CC_ROLE_DIM);
	cc_reply_fact(r, "can_forward", "forward", cc_cell_bool(cc_case_can_forward(k)), CC_ROLE_DIM);
	cc_reply_fact(r, "onset_is", "onset is", cc_cell_textz(onset_words[onset.kind]), CC_ROLE_DIM);
	cc_reply_fact(r, "horizon", "horizon", cc_cell_textz(horizons[cc_session_horizon(c->session) == CC_TIME_NONE]), CC_ROLE_DIM);
}

static void describe_view(cc_call *c, cc_reply *r)
{
	begin_view(r);
	add_view(c, r);
}

/* Says so when a chosen time lies outside of what was captured: every pane would be empty without a reason. */
static void note_outside(cc_call *c, cc_reply *r, int64_t ns)
{
	cc_range all = cc_snapshot_range(cc_session_snapshot(c->session));
	cc_buf from = CC_BUF_INIT, to = CC_BUF_INIT;

	if (ns == CC_TIME_NONE || all.from_ns == CC_TIME_NONE || (ns >= all.from_ns && ns <= all.to_ns))
		return;
	cc_time_format_ms(&from, all.from_ns);
	cc_time_format_ms(&to, all.to_ns);
	cc_reply_add_note(r, "outside the capture, which holds %.*s to %.*s", CC_STR_ARG(cc_buf_str(&from)),
		CC_STR_ARG(cc_buf_str(&to)));
	cc_buf_deinit(&from);
	cc_buf_deinit(&to);
}

static cc_code apply_and_describe(cc_call *c, const cc_action *a, cc_reply *r, cc_err *err)
{
	cc_code code = cc_session_apply(c->session, a, err);

	if (code == CC_OK)
		describe_view(c, r);
	return code;
}

/* For what may move the onset. As known then it is sought again in what was known, so the cut is made before it is told. */
static cc_code apply_and_tell(cc_call *c, const cc_action *a, cc_str lead, cc_reply *r, cc_err *err)
{
	cc_onset was = cc_session_onset(c->session);
	cc_buf b = CC_BUF_INIT;
	cc_code code = cc_session_apply(c->session, a, err);

	if (code == CC_OK)
		code = cc_session_cut(c->session, c->cancel, err);
	if (code == CC_OK) {
		cc_buf_addf(&b, "%.*s%s", CC_STR_ARG(lead), lead.n ? ": " : "");
		add_move(&b, was, cc_session_onset(c->session));
		begin_view(r);
		cc_reply_fact(r, "text", "moved", cc_cell_text(cc_buf_str(&b)), CC_ROLE_TEXT);
		add_view(c, r);
	}
	cc_buf_deinit(&b);
	return code;
}

/* "focus checkout clear=yes" cannot mean both. */
static cc_code refuse_both(const cc_call *c, const char *param, cc_err *err)
{
	if (!cc_arg_bool(c, "clear", false) || !cc_arg_given(c, param))
		return CC_OK;
	return cc_err_set(err, CC_EUSAGE, "%s: clear=yes takes no %s", c->cmd->name, param);
}

static cc_code run_focus(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_action a = { .kind = CC_ACT_FOCUS };
	cc_code code = refuse_both(c, "entity", err);

	if (code == CC_OK)
		code = cc_arg_entity(c, "entity", &a.entity, err);
	if (code != CC_OK)
		return code;
	if (a.entity || cc_arg_bool(c, "clear", false))
		return apply_and_describe(c, &a, r, err);
	describe_view(c, r);
	return CC_OK;
}

const cc_cmd cc_cmd_focus = {
	.name = "focus",
	.group = "navigation",
	.summary = "make an entity the one every pane is about",
	.help = "Lists then hold what belongs to it, unless a line says all=yes. Without an argument: what the focus is.",
	.params = (const cc_param[]){
		{ .name = "entity", .type = CC_PARAM_ENTITY, .positional = true, .completer = CC_COMPLETE_ENTITY,
		  .help = "namespace/Kind/name or a part of it" },
		{ .name = "clear", .type = CC_PARAM_BOOL, .help = "look at everything again" },
		{ 0 } },
	.examples = (const char *const[]){ "focus", "focus checkout", "focus clear=yes", NULL },
	.reply = VIEW_REPLY,
	.run = run_focus,
};

/* The beginning of the nearest alert behind (or before) the cursor; without a cursor the first (or last). */
static cc_code alert_time(cc_call *c, bool next, int64_t *out, cc_err *err)
{
	const cc_snapshot *s = cc_session_snapshot(c->session);
	int64_t at = cc_case_view(cc_session_case(c->session)).at_ns;

	*out = CC_TIME_NONE;
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);
		int64_t t = a->background || a->active_before ? CC_TIME_NONE : a->onset_ns;

		if (t == CC_TIME_NONE || (at != CC_TIME_NONE && (next ? t <= at : t >= at)))
			continue;
		if (*out == CC_TIME_NONE || (next ? t < *out : t > *out))
			*out = t;
	}
	if (*out != CC_TIME_NONE)
		return CC_OK;
	return cc_err_set(err, CC_ESTATE, "at: no %s alert begins%s", next ? "later" : "earlier",
		cc_session_horizon(c->session) != CC_TIME_NONE ? " as far as is known then" : "");
}

static cc_code run_at(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_action a = { .kind = CC_ACT_AT };
	const char *alert = cc_arg(c, "alert");
	cc_code code = refuse_both(c, "time", err);

	if (code == CC_OK && alert && (cc_arg_given(c, "time") || cc_arg_bool(c, "clear", false)))
		code = cc_err_set(err, CC_EUSAGE, "at: alert takes neither a time nor clear=yes");
	if (code == CC_OK && alert)
		code = alert_time(c, alert[0] == 'n', &a.time_ns, err);
	else if (code == CC_OK)
		code = cc_arg_time(c, "time", CC_TIME_NONE, &a.time_ns, err);
	if (code != CC_OK)
		return code;
	note_outside(c, r, a.time_ns);
	if (a.time_ns != CC_TIME_NONE || cc_arg_bool(c, "clear", false))
		return apply_and_describe(c, &a, r, err);
	describe_view(c, r);
	return CC_OK;
}

static const char *const ways[] = { "next", "previous", NULL };

const cc_cmd cc_cmd_at = {
	.name = "at",
	.group = "navigation",
	.summary = "set the time cursor, which divides before from after in every pane",
	.help = "Without an argument: where it is. +5m and -90s move it; T+5m counts from the first alert.",
	.reads = CC_READS_ALL,
	.params = (const cc_param[]){
		{ .name = "time", .type = CC_PARAM_TIME, .positional = true, .help = "17:52, T+5m, +90s, 2025-12-15T17:52:00Z" },
		{ .name = "alert", .type = CC_PARAM_CHOICE, .choices = ways, .completer = CC_COMPLETE_CHOICE,
		  .help = "next or previous: where that alert begins" },
		{ .name = "clear", .type = CC_PARAM_BOOL, .help = "no time cursor: the first alert divides before from after" },
		{ 0 } },
	.examples = (const char *const[]){ "at", "at T+2m", "at -90s", "at alert=next", "at clear=yes", NULL },
	.reply = VIEW_REPLY,
	.run = run_at,
};

static cc_code run_onset(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_action a = { .kind = CC_ACT_ONSET, .time_ns = CC_TIME_NONE };
	const char *word = cc_arg(c, "time");
	bool found = word && cc_str_eq_nocase(cc_str_from(word), CC_STR("auto"));
	cc_code code = found ? CC_OK : cc_arg_time(c, "time", CC_TIME_NONE, &a.time_ns, err);

	if (code != CC_OK)
		return code;
	note_outside(c, r, a.time_ns);
	if (word)
		return apply_and_tell(c, &a, CC_STR_EMPTY, r, err);
	describe_view(c, r);
	return CC_OK;
}

const cc_cmd cc_cmd_onset = {
	.name = "onset",
	.group = "navigation",
	.summary = "set by hand when the trouble began: where before and after part",
	.help = "auto: the one that is found again (the first alert, else the first warning or change; not at assistance raw). An\n"
		"onset set by hand goes before the time cursor: the cursor is where you look, the onset what you compare across. T\n"
		"counts from it. Without an argument: what it is.",
	.reads = CC_READS_ALL,
	.params = (const cc_param[]){
		{ .name = "time", .type = CC_PARAM_WORD, .positional = true, .help = "17:52, T-2m, -90s from the cursor, 2025-12-15T17:52:00Z; auto" },
		{ 0 } },
	.examples = (const char *const[]){ "onset", "onset T-1m", "onset auto", NULL },
	.reply = VIEW_REPLY,
	.run = run_onset,
};

static cc_code run_horizon(cc_call *c, cc_reply *r, cc_err *err)
{
	const char *word = cc_arg(c, "horizon");
	cc_action a = { .kind = CC_ACT_HORIZON, .name = cc_str_from(word) };

	if (!word) {
		describe_view(c, r);
		return CC_OK;
	}
	if (word[0] == 'h' && cc_session_known_only(c->session)) {
		cc_err_set(err, CC_ESTATE, "horizon: this case is played as known then");
		return cc_err_hint(err, "move the time cursor on: at +5m");
	}
	return apply_and_tell(c, &a, word[0] == 'h' ? CC_STR("in hindsight") : CC_STR("known then"), r, err);
}

const cc_cmd cc_cmd_horizon = {
	.name = "horizon",
	.group = "navigation",
	.summary = "hide what was not known yet at the time cursor, or show everything",
	.help = "known: nothing later than the time cursor is evidence: not in lists, counts, patterns, paths, charts or rankings. A\n"
		"span is known when it ended, an alert when it was observed, an event when it was delivered, an object when it was\n"
		"polled. hindsight: everything; rows after the cursor are dim. Without an argument: which it is.",
	.reads = CC_READS_ALL,
	.params = (const cc_param[]){
		{ .name = "horizon", .type = CC_PARAM_CHOICE, .positional = true, .choices = horizons, .completer = CC_COMPLETE_CHOICE,
		  .help = "known or hindsight" },
		{ 0 } },
	.examples = (const char *const[]){ "horizon", "horizon hindsight", NULL },
	.reply = VIEW_REPLY,
	.run = run_horizon,
};

/* window around=10m: as much before and after the time cursor, else the first alert. */
static cc_code around(cc_call *c, cc_range *out, cc_err *err)
{
	int64_t half, mid = cc_case_view(cc_session_case(c->session)).at_ns;

	if (cc_arg_given(c, "from") || cc_arg_given(c, "to"))
		return cc_err_set(err, CC_EUSAGE, "window: around takes no from and to");
	if (mid == CC_TIME_NONE)
		mid = cc_session_onset(c->session).time_ns;
	if (mid == CC_TIME_NONE) {
		cc_err_set(err, CC_ESTATE, "window: there is neither a time cursor nor an alert to put the window around");
		return cc_err_hint(err, "set one with `at`");
	}
	if (!cc_duration_parse(cc_str_from(cc_arg(c, "around")), &half) || half < 0 || half > 366 * 24 * 3600 * CC_NS_PER_S)
		return cc_err_set(err, CC_EUSAGE, "window: around is a duration such as 10m");
	*out = (cc_range){ mid - half, mid + half };
	return CC_OK;
}

/* A bound that is not given is the capture's own. */
static cc_code bounds(cc_call *c, cc_range *out, cc_err *err)
{
	cc_range all = cc_snapshot_range(cc_session_snapshot(c->session));
	cc_code code = cc_arg_time(c, "from", all.from_ns, &out->from_ns, err);

	return code == CC_OK ? cc_arg_time(c, "to", all.to_ns, &out->to_ns, err) : code;
}

static cc_code run_window(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_action a = { .kind = CC_ACT_WINDOW, .window = { CC_TIME_NONE, CC_TIME_NONE } };
	bool given = cc_arg_given(c, "from") || cc_arg_given(c, "to"), clear = cc_arg_bool(c, "clear", false);
	cc_code code = CC_OK;

	if (clear && (given || cc_arg_given(c, "around")))
		return cc_err_set(err, CC_EUSAGE, "window: clear=yes takes no bounds");
	if (cc_arg_given(c, "around"))
		code = around(c, &a.window, err);
	else if (given)
		code = bounds(c, &a.window, err);
	else if (!clear) {
		describe_view(c, r);
		return CC_OK;
	}
	if (code != CC_OK)
		return given ? cc_err_hint(err, "`window clear=yes` takes the window away; bounds are times: `window T-5m T+10m`") : code;
	note_outside(c, r, a.window.from_ns);
	if (a.window.to_ns != a.window.from_ns)
		note_outside(c, r, a.window.to_ns);
	return apply_and_describe(c, &a, r, err);
}

const cc_cmd cc_cmd_window = {
	.name = "window",
	.alias = "win",
	.group = "navigation",
	.summary = "narrow every list to a span of time",
	.help = "A bound that is left out is that of the capture. Without an argument: what the window is.",
	.reads = CC_READS_ALL,
	.params = (const cc_param[]){
		{ .name = "from", .type = CC_PARAM_TIME, .positional = true, .help = "begin" },
		{ .name = "to", .type = CC_PARAM_TIME, .positional = true, .help = "end" },
		{ .name = "around", .type = CC_PARAM_DURATION, .help = "that much before and after the time cursor, else the first alert" },
		{ .name = "clear", .type = CC_PARAM_BOOL, .help = "the whole capture again" },
		{ 0 } },
	.examples = (const char *const[]){ "window", "window T-5m T+10m", "window around=10m", "window clear=yes", NULL },
	.reply = VIEW_REPLY,
	.run = run_window,
};

static cc_code run_back(cc_call *c, cc_reply *r, cc_err *err)
{
	return apply_and_describe(c, &(cc_action){ .kind = CC_ACT_BACK }, r, err);
}

const cc_cmd cc_cmd_back = {
	.name = "back",
	.group = "navigation",
	.summary = "go back to the focus, time and window before",
	.examples = (const char *const[]){ "back", NULL },
	.reply = VIEW_REPLY,
	.run = run_back,
};

static cc_code run_forward(cc_call *c, cc_reply *r, cc_err *err)
{
	return apply_and_describe(c, &(cc_action){ .kind = CC_ACT_FORWARD }, r, err);
}

const cc_cmd cc_cmd_forward = {
	.name = "forward",
	.group = "navigation",
	.summary = "undo back",
	.examples = (const char *const[]){ "forward", NULL },
	.reply = VIEW_REPLY,
	.run = run_forward,
};
