/* playback_words.c - lines that say where to go in a record, and what to mark there. */
#include "cmd/playback_priv.h"

#include <stdio.h>

const cc_playback_word cc_playback_words[] = {
	{ "step", "N | +N | -N | N%", "go to a step: by number, from here, or by the hundredth part of the record" },
	{ "clock", "M:SS", "go to a time of the case's own clock" },
	{ "marker", "next | previous | N | TEXT", "go to a marker: from here, by its place in the list, or by what its caption says" },
	{ "find", "TEXT", "go to the next step whose line, title or error says so" },
	{ "mark", "CAPTION", "set a marker here, or change the caption of the one that was set here; kept beside the record" },
	{ "unmark", "", "take away the marker that was set here" },
	{ "markers", "", "list all markers" },
	{ "where", "", "which step this is, and what was done" },
	{ NULL, NULL, NULL }
};

typedef cc_code word_fn(cc_playback *p, cc_str args, cc_cancel *cancel, cc_err *err);

static cc_code wrong(const char *name, cc_err *err)
{
	size_t i = 0;

	while (cc_playback_words[i].name && !cc_str_eqz(cc_str_from(name), cc_playback_words[i].name))
		i++;
	cc_err_set(err, CC_EUSAGE, "%s %s", name, cc_playback_words[i].args);
	return cc_err_hint(err, "%s", cc_playback_words[i].summary), CC_EUSAGE;
}

/* --- going --- */

static cc_code go_step(cc_playback *p, cc_str args, cc_cancel *cancel, cc_err *err)
{
	bool forward = cc_str_starts(args, CC_STR("+")), back = cc_str_starts(args, CC_STR("-")), part = cc_str_ends(args, CC_STR("%"));
	int64_t n;

	(void)cancel;
	if (forward || back)
		args = cc_str_sub(args, 1, args.n);
	if (part)
		args = cc_str_sub(args, 0, args.n - 1);
	if (!cc_str_to_i64(args, &n) || n < 0 || (part && (n > 100 || forward || back)))
		return wrong("step", err);
	if (part)
		n = (int64_t)((double)p->count * (double)n / 100);
	if (forward)
		n = n > (int64_t)(p->count - p->at) ? (int64_t)p->count : (int64_t)p->at + n;
	if (back)
		n = n > (int64_t)p->at ? 0 : (int64_t)p->at - n;
	cc_playback_go(p, (size_t)n);
	return CC_OK;
}

bool cc_playback_clock(cc_str text, int64_t *ns)
{
	cc_str minutes, seconds;
	int64_t m = 0, s;

	if (!cc_str_cut(text, ':', &minutes, &seconds))
		seconds = text;
	else if (!cc_str_to_i64(minutes, &m))
		return false;
	if (!cc_str_to_i64(seconds, &s) || m < 0 || s < 0 || m > 1000000 || s > 1000000)
		return false;
	*ns = (m * 60 + s) * CC_NS_PER_S;
	return true;
}

static cc_code go_clock(cc_playback *p, cc_str args, cc_cancel *cancel, cc_err *err)
{
	int64_t ns;

	(void)cancel;
	if (!cc_playback_clock(args, &ns))
		return wrong("clock", err);
	cc_playback_go(p, cc_run_steps_until(p->run, ns));
	return CC_OK;
}

static cc_code go_find(cc_playback *p, cc_str args, cc_cancel *cancel, cc_err *err)
{
	size_t found;
	cc_code code;

	if (!args.n)
		return wrong("find", err);
	code = cc_run_find(p->run, args, p->at, cancel, &found, err);
	if (code == CC_OK)
		cc_playback_go(p, found + 1);
	return code;
}

/* Without one in that direction it is the end of the record: a presenter's key always leads somewhere. */
static size_t marker_from_here(const cc_playback *p, bool next)
{
	size_t i = cc_markers_from(p->markers, next ? p->at + 1 : p->at);

	if (next)
		return i < cc_markers_count(p->markers) ? cc_markers_get(p->markers, i)->step : p->count;
	return i ? cc_markers_get(p->markers, i - 1)->step : 0;
}

static bool marker_that_says(const cc_playback *p, cc_str text, size_t *step)
{
	size_t n = cc_markers_count(p->markers), from = cc_markers_from(p->markers, p->at + 1);

	for (size_t i = 0; i < n; i++) {
		const cc_marker *m = cc_markers_get(p->markers, (from + i) % n);
		cc_buf shown = CC_BUF_INIT;     /* what is hidden is not found either */
		bool says;

		cc_marker_caption(m, p->redact, &shown);
		says = cc_str_find_nocase(cc_buf_str(&shown), text) != CC_STR_NONE;
		cc_buf_deinit(&shown);
		if (!says)
			continue;
		*step = m->step;
		return true;
	}
	return false;
}

static cc_code go_marker(cc_playback *p, cc_str args, cc_cancel *cancel, cc_err *err)
{
	int64_t n;
	size_t step;

	(void)cancel;
	if (!args.n)
		return wrong("marker", err);
	if (cc_str_eqz(args, "next") || cc_str_eqz(args, "previous"))
		step = marker_from_here(p, cc_str_eqz(args, "next"));
	else if (cc_str_to_i64(args, &n) && n >= 1 && (uint64_t)n <= cc_markers_count(p->markers))
		step = cc_markers_get(p->markers, (size_t)n - 1)->step;
	else if (!marker_that_says(p, args, &step))
		return cc_err_set(err, CC_ENOTFOUND, "no marker says %.*s", CC_STR_ARG(args));
	cc_playback_go(p, step);
	return CC_OK;
}

static cc_code stay(cc_playback *p, cc_str args, cc_cancel *cancel, cc_err *err)
{
	(void)p, (void)args, (void)cancel, (void)err;
	return CC_OK;
}

/* --- marking --- */

static cc_code keep(cc_playback *p, cc_err *err)
{
	cc_code code = p->path.n ? cc_markers_save(p->markers, p->path.p, err) : CC_OK;

	if (code != CC_OK)
		return cc_err_hint(err, "the marker lasts as long as this replay"), code;
	return CC_OK;
}

static cc_code do_mark(cc_playback *p, cc_str args, cc_cancel *cancel, cc_err *err)
{
	cc_code code;

	(void)cancel;
	if (!args.n)
		return wrong("mark", err);
	code = cc_markers_set(p->markers, p->at, args, err);
	return code == CC_OK ? keep(p, err) : code;
}

static cc_code do_unmark(cc_playback *p, cc_str args, cc_cancel *cancel, cc_err *err)
{
	bool here = cc_markers_from(p->markers, p->at) < cc_markers_from(p->markers, p->at + 1);

	(void)args, (void)cancel;
	if (cc_markers_unset(p->markers, p->at))
		return keep(p, err);
	return cc_err_set(err, CC_ENOTFOUND, here ? "this marker is the record's own: only those set here can be taken away" :
		"no marker stands here");
}

static word_fn *const FUNCTIONS[] = { go_step, go_clock, go_marker, go_find, do_mark, do_unmark, stay, stay };

/* --- what is said --- */

static const cc_column MARKER[] = {
	{ "step", "Step", CC_CELL_INT, CC_ROLE_OP, 6, 0 },
	{ "active_ns", "Clock", CC_CELL_DURATION, CC_ROLE_TIME, 8, 1 },
	{ "kind", "Kind", CC_CELL_TEXT, CC_ROLE_DIM, 10, 1 },
	{ "caption", "Caption", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};

static int64_t clock_at(const cc_playback *p, size_t step)
{
	return step ? cc_run_step(p->run, step - 1)->as.step->active_ns : 0;
}

static void list_markers(const cc_playback *p, cc_reply *r)
{
	cc_reply_set_title(r, "MARKERS");
	cc_reply_begin_table(r, "markers", NULL, MARKER, sizeof MARKER / sizeof *MARKER, true);
	cc_reply_set_empty(r, "No step is marked.");
	for (size_t i = 0; i < cc_markers_count(p->markers) && i < CC_REPLY_PAGE; i++) {
		const cc_marker *m = cc_markers_get(p->markers, i);

		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_int((int64_t)m->step));
		cc_reply_cell(r, cc_cell_duration(clock_at(p, m->step)));
		cc_reply_cell(r, cc_cell_textz(cc_marker_kind_name(m->kind)));
		cc_reply_cell(r, cc_cell_text(m->caption));
		cc_reply_set_drill(r, "step %zu", m->step);
	}
	cc_reply_set_paging(r, cc_markers_count(p->markers), 0, CC_REPLY_PAGE);
}

static void say_where(const cc_playback *p, cc_reply *r)
{
	const cc_record_line *line = p->at ? cc_run_step(p->run, p->at - 1) : NULL;
	const cc_record_step *s = line ? line->as.step : NULL;
	cc_buf caption = CC_BUF_INIT;

	cc_reply_set_title(r, "STEP %zu of %zu", p->at, p->count);
	cc_reply_begin_facts(r, "step", NULL);
	cc_reply_fact(r, "number", "step", cc_cell_int((int64_t)p->at), CC_ROLE_TEXT);
	cc_reply_fact(r, "steps", "of", cc_cell_int((int64_t)p->count), CC_ROLE_TEXT);
	cc_reply_fact(r, "active_ns", "clock", cc_cell_duration(s ? s->active_ns : 0), CC_ROLE_TIME);
	if (s) {
		cc_reply_fact(r, "wall", "wall time", cc_cell_time(line->wall_ns), CC_ROLE_TIME);
		cc_reply_fact(r, "line", "line", cc_cell_text(s->line), CC_ROLE_TEXT);
		cc_reply_fact(r, "shown", "showed", cc_cell_text(s->shown.title), CC_ROLE_TEXT);
	}
	if (s && s->code != CC_OK)
		cc_reply_fact(r, "error", "failed", cc_cell_text(s->message), CC_ROLE_WARNING);
	cc_markers_caption(p->markers, p->at, p->redact, &caption);
	if (caption.n)
		cc_reply_fact(r, "marker", "marker", cc_cell_text(cc_buf_str(&caption)), CC_ROLE_MATCH);
	cc_buf_deinit(&caption);
}

static cc_code say(const cc_playback *p, const char *name, cc_reply **out, cc_err *err)
{
	cc_reply *r = cc_reply_new(name);
	cc_code code;

	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	if (cc_str_eqz(cc_str_from(name), "markers"))
		list_markers(p, r);
	else
		say_where(p, r);
	if (p->remark.n)
		cc_reply_add_remark(r, "%.*s", CC_STR_ARG(cc_buf_str(&p->remark)));
	code = cc_reply_publish(r, NULL, err);
	if (code == CC_OK)
		*out = r;
	else
		cc_reply_unref(r);
	return code;
}

/* --- a line --- */

static size_t word_of(cc_str line, cc_str *args)
{
	cc_str name;
	size_t i = 0;

	cc_str_cut(cc_str_trim(line), ' ', &name, args);
	*args = cc_str_trim(*args);
	while (cc_playback_words[i].name && !cc_str_eqz(name, cc_playback_words[i].name))
		i++;
	return i;
}

bool cc_playback_takes(cc_str line)
{
	cc_str args;

	return cc_playback_words[word_of(line, &args)].name;
}

/* Where the evidence is gone its commands are answered from the record. */
static cc_code ask(cc_playback *p, cc_str line, cc_cancel *cancel, cc_reply **out, cc_err *err)
{
	const cc_cmd *cmd;
	cc_str name, rest;

	cc_str_cut(cc_str_trim(line), ' ', &name, &rest);
	if (p->bare && cc_cmd_find(name, &cmd, NULL) == CC_OK && (cmd->flags & CC_CMD_QUERY))
		return cc_playback_held(p, cmd->name, out, err);
	cc_code code = cc_playback_settle(p, err);
	return code == CC_OK ? cc_session_run(p->session, line, cancel, out, err) : code;
}

cc_code cc_playback_line(cc_playback *p, cc_str line, cc_cancel *cancel, cc_reply **out, cc_err *err)
{
	cc_str args;
	size_t i = word_of(line, &args);
	cc_err own;
	cc_code code;

	*out = NULL;
	if (!err)
		err = &own;
	if (!cc_playback_words[i].name)
		return ask(p, line, cancel, out, err);
	code = FUNCTIONS[i](p, args, cancel, err);
	return code == CC_OK ? say(p, cc_playback_words[i].name, out, err) : code;
}
