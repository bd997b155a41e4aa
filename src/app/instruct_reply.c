/* instruct_reply.c - a run that goes on as an instructor reads it: how it stands, where it looks and how far that is from a cause, what was
 * seen of what decides, what is suspected and whether rightly, the last steps, the private notes. */
#include "app/instruct.h"

#include "coldcase/clock.h"
#include "coldcase/entity.h"

enum { LAST_STEPS = 8 };

static const cc_column PROOF[] = {
	{ "says", "What decides", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "state", "So far", CC_CELL_TEXT, CC_ROLE_HEADING, 7, 0 },
	{ "step", "Step", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
	{ "command", "Shown by", CC_CELL_TEXT, CC_ROLE_DIM, 40, 1 },
};

static const cc_column CAUSE[] = {
	{ "cause", "True cause", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "encountered", "Shown", CC_CELL_INT, CC_ROLE_TEXT, 6, 0 },
	{ "investigated", "Asked for", CC_CELL_INT, CC_ROLE_TEXT, 9, 0 },
	{ "asserted", "Suspected", CC_CELL_INT, CC_ROLE_TEXT, 9, 0 },
	{ "exonerated", "Ruled out", CC_CELL_INT, CC_ROLE_TEXT, 9, 1 },
};

static const cc_column SUSPECT[] = {
	{ "name", "Suspect", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "confidence", "Conf", CC_CELL_NUMBER, CC_ROLE_TEXT, 5, 0 },
	{ "verdict", "Is", CC_CELL_TEXT, CC_ROLE_HEADING, 11, 0 },
	{ "hops", "Hops", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
};

static const cc_column STEP[] = {
	{ "step", "Step", CC_CELL_INT, CC_ROLE_OP, 5, 0 },
	{ "active_ns", "Time", CC_CELL_DURATION, CC_ROLE_TIME, 8, 0 },
	{ "line", "What they did, and what was done to them", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "shown", "Rows", CC_CELL_TEXT, CC_ROLE_DIM, 12, 1 },
};

static const cc_column NOTE[] = {
	{ "wall", "When", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "step", "At step", CC_CELL_INT, CC_ROLE_TEXT, 7, 0 },
	{ "text", "Note (yours alone)", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
};

#define COLUMNS(t) (t), sizeof(t) / sizeof((t)[0])

static const cc_record_step *last_step(const app_instructor *w)
{
	size_t n = cc_run_step_count(w->s.run);
	return n ? cc_run_step(w->s.run, n - 1)->as.step : NULL;
}

static const cc_record_view *last_view(const app_instructor *w)
{
	for (size_t i = cc_run_line_count(w->s.run); i-- > 0;)
		if (cc_run_line_type(w->s.run, i) == CC_LINE_VIEW)
			return cc_run_line(w->s.run, i)->as.view;
	return NULL;
}

static const char *state_of(const app_instructor *w)
{
	if (cc_case_submitted(w->kase))
		return "submitted";
	if (cc_run_health_get(w->s.run).ended)
		return "left";
	return cc_case_frozen(w->kase, NULL) ? "frozen" : cc_case_running(w->kase) ? "running" : cc_case_started(w->kase) ? "paused" : "not started";
}

static size_t told_count(const app_instructor *w)
{
	size_t n = 0;
	for (size_t i = 0; i < cc_run_step_count(w->s.run); i++) {
		const cc_record_step *step = cc_run_step(w->s.run, i)->as.step;
		for (size_t k = 0; k < step->action_count; k++)
			n += step->actions[k].kind == CC_ACT_HINT && !step->actions[k].number;
	}
	return n;
}

/* Since the last line of the record, in whole seconds; of a run that is over there is none. */
static cc_cell idle_cell(const app_instructor *w)
{
	size_t n = cc_run_line_count(w->s.run);
	if (w->lead && !cc_run_health_get(w->s.run).ended) {    /* its clock is another's */
		int64_t idle = app_class_lead_idle_ns(w->lead);
		return idle == CC_TIME_NONE ? cc_cell_none() : cc_cell_duration(idle / CC_NS_PER_S * CC_NS_PER_S);
	}
	int64_t last = n ? cc_run_line(w->s.run, n - 1)->wall_ns : CC_TIME_NONE, now = cc_clock_wall_ns();
	bool known = last != CC_TIME_NONE && now >= last && !cc_run_health_get(w->s.run).ended;
	return known ? cc_cell_duration((now - last) / CC_NS_PER_S * CC_NS_PER_S) : cc_cell_none();
}

/* Where it sits, and whether its machine still says that it is there. */
static void add_seat(const app_instructor *w, cc_reply *r)
{
	int64_t silent = app_class_lead_silent_ns(w->lead);
	bool missed = silent != CC_TIME_NONE && silent > CC_CLASS_SILENT_S * CC_NS_PER_S && !cc_run_health_get(w->s.run).ended;
	cc_reply_fact(r, "seat", "seat of the class", cc_cell_int((int64_t)w->lead->number), CC_ROLE_OP);
	cc_reply_fact(r, "silent_ns", "silent", missed ? cc_cell_duration(silent / CC_NS_PER_S * CC_NS_PER_S) : cc_cell_none(), CC_ROLE_WARNING);
}

static void add_run(const app_instructor *w, cc_reply *r)
{
	const cc_record_header *h = cc_run_header(w->s.run);
	const cc_record_step *last = last_step(w);
	cc_budget b = cc_case_budget(w->kase);
	cc_reply_begin_facts(r, "run", NULL);
	cc_reply_fact(r, "player", "who", cc_cell_text(h->actor_name), CC_ROLE_HEADING);
	cc_reply_fact(r, "state", "state", cc_cell_textz(state_of(w)), CC_ROLE_HEADING);
	cc_reply_fact(r, "active_ns", "active time", last ? cc_cell_duration(last->active_ns) : cc_cell_none(), CC_ROLE_TIME);
	cc_reply_fact(r, "idle_ns", "nothing since", idle_cell(w), CC_ROLE_TIME);
	cc_reply_fact(r, "queries", "queries", cc_cell_int(b.used), CC_ROLE_TEXT);
	cc_reply_fact(r, "queries_left", "left", b.cap ? cc_cell_int(b.cap - b.used) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "steps", "steps", cc_cell_int((int64_t)cc_run_step_count(w->s.run)), CC_ROLE_TEXT);
	cc_reply_fact(r, "assistance", "assistance", cc_cell_text(h->assistance), CC_ROLE_TEXT);
	cc_reply_fact(r, "hints", "hints taken", cc_cell_int(cc_case_hints(w->kase)), CC_ROLE_TEXT);
	cc_reply_fact(r, "told", "hints given", cc_cell_int((int64_t)told_count(w)), CC_ROLE_TEXT);
	if (w->lead)
		add_seat(w, r);
	cc_reply_fact(r, "now", "live until", last && last->now_ns ? cc_cell_time(last->now_ns) : cc_cell_none(), CC_ROLE_TIME);
}

static cc_cell hops_cell(const app_instructor *w, cc_entity_id id)
{
	bool known = w->hops && id && id <= cc_entity_count(w->kept.snapshot) && w->hops[id] != CC_HOPS_NONE;
	return known ? cc_cell_int(w->hops[id]) : cc_cell_none();
}

static void add_look(const app_instructor *w, cc_reply *r)
{
	cc_view v = cc_case_view(w->kase);
	const cc_record_view *view = last_view(w);
	const cc_record_step *last = last_step(w);
	cc_buf focus = CC_BUF_INIT;
	if (v.focus && app_instruct_snapshot(w))
		cc_entity_format(app_instruct_snapshot(w), v.focus, &focus);
	cc_reply_begin_facts(r, "looking", "Where they look");
	cc_reply_fact(r, "pane", "pane", view ? cc_cell_text(view->pane) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "view", "what is in it", view ? cc_cell_text(view->command) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "selected", "selected row", view ? cc_cell_int((int64_t)view->selected + 1) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "line", "last command", last ? cc_cell_text(last->line) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "focus", "focus", focus.n ? cc_cell_text(cc_buf_str(&focus)) : cc_cell_none(), CC_ROLE_ENTITY);
	cc_reply_fact(r, "hops", "hops from there to a cause", hops_cell(w, v.focus), CC_ROLE_HEADING);
	cc_reply_fact(r, "at", "time cursor", cc_cell_time(v.at_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "from", "window from", cc_cell_time(v.window.from_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "to", "window to", cc_cell_time(v.window.to_ns), CC_ROLE_TIME);
	cc_buf_deinit(&focus);
}

static cc_cell step_cell(app_moment m)
{
	return m.step ? cc_cell_int((int64_t)m.step) : cc_cell_none();
}

static void add_proofs(const app_instructor *w, cc_reply *r)
{
	const app_review *v = w->seeing ? app_seeing_review(w->seeing) : NULL;
	if (!v || !v->proofs.n)
		return;
	cc_reply_begin_table(r, "decisive", "The records that decide", COLUMNS(PROOF), false);
	for (size_t i = 0; i < v->proofs.n; i++) {
		const app_proof *p = &v->proofs.p[i];
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_text(p->proof.says));
		cc_reply_cell(r, cc_cell_textz(p->pinned ? "pinned" : p->seen.step ? "seen" : p->checked && w->again ? "unseen" : "not told"));
		cc_reply_cell(r, step_cell(p->seen));
		cc_reply_cell(r, cc_cell_text(p->proof.command));
	}
}

static void add_causes(const app_instructor *w, cc_reply *r)
{
	if (!w->reviewed)
		return;
	cc_reply_begin_table(r, "causes", "The causes, by step", COLUMNS(CAUSE), false);
	for (size_t i = 0; i < w->review.causes.n; i++) {
		const app_cause *c = &w->review.causes.p[i];
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_text(c->label));
		cc_reply_cell(r, step_cell(c->encountered));
		cc_reply_cell(r, step_cell(c->investigated));
		cc_reply_cell(r, step_cell(c->asserted));
		cc_reply_cell(r, step_cell(c->exonerated));
	}
}

static cc_code add_suspects(const app_instructor *w, cc_reply *r, cc_err *err)
{
	app_scoring *s = (app_scoring *)(uintptr_t)&w->s;       /* it keeps the name it was asked for last */
	cc_code code = CC_OK;
	cc_reply_begin_table(r, "suspects", "Suspects", COLUMNS(SUSPECT), false);
	for (size_t i = 0; i < cc_case_suspect_count(w->kase) && code == CC_OK; i++) {
		const cc_suspect *x = cc_case_suspect(w->kase, i);
		size_t group;
		bool root = false;
		if (w->reviewed)
			code = app_scoring_name(s, x->name, &group, &root, err);
		if (!cc_reply_row(r))
			return code;
		cc_reply_cell(r, cc_cell_text(x->name));
		cc_reply_cell(r, cc_cell_number(x->confidence));
		cc_reply_cell(r, !w->reviewed ? cc_cell_none() : cc_cell_textz(root ? "a cause" : "no cause"));
		cc_reply_cell(r, hops_cell(w, x->entity));
	}
	return code;
}

/* Not theirs: what an instructor did. */
static bool is_lead(const cc_action *a)
{
	return (a->kind == CC_ACT_HINT && !a->number) || a->kind == CC_ACT_FREEZE;
}

static void add_steps(const app_instructor *w, cc_reply *r)
{
	size_t n = cc_run_step_count(w->s.run), shown = n < LAST_STEPS ? n : LAST_STEPS;
	cc_reply_begin_table(r, "steps", "The last steps", COLUMNS(STEP), false);
	for (size_t i = n; i > n - shown; i--) {
		const cc_record_step *step = cc_run_step(w->s.run, i - 1)->as.step;
		cc_buf b = CC_BUF_INIT, what = CC_BUF_INIT;
		if (!cc_reply_row(r))
			return;
		if (step->code != CC_OK)
			cc_buf_addz(&b, "failed");
		else if (step->shown.total)
			cc_buf_addf(&b, "%llu of %llu", (unsigned long long)step->shown.rows, (unsigned long long)step->shown.total);
		cc_reply_cell(r, cc_cell_int((int64_t)step->number));
		cc_reply_cell(r, cc_cell_duration(step->active_ns));
		cc_buf_add(&what, step->line);
		if (step->action_count && is_lead(&step->actions[0]) && step->actions[0].text.n)
			cc_buf_addf(&what, ": %.*s", CC_STR_ARG(step->actions[0].text));
		cc_reply_cell(r, cc_cell_text(cc_buf_str(&what)));
		cc_reply_cell(r, cc_cell_text(cc_buf_str(&b)));
		cc_buf_deinit(&what);
		cc_buf_deinit(&b);
	}
}

static void add_notes(const app_instructor *w, cc_reply *r)
{
	if (!w->notes.n)
		return;
	cc_reply_begin_table(r, "private_notes", "Private notes", COLUMNS(NOTE), false);
	for (size_t i = w->notes.n; i-- > 0;) {
		if (!cc_reply_row(r))
			return;
		cc_reply_cell(r, cc_cell_time(w->notes.p[i].wall_ns));
		cc_reply_cell(r, cc_cell_int((int64_t)w->notes.p[i].step));
		cc_reply_cell(r, cc_cell_text(w->notes.p[i].text));
	}
}

cc_code app_instruct_reply(const app_instructor *w, cc_reply **out, cc_err *err)
{
	const cc_record_header *h = cc_run_header(w->s.run);
	cc_reply *r = *out = NULL;
	if (!h || !w->kase)
		return cc_err_set(err, CC_EFORMAT, "%s: the record has no header: nothing says what it is of", w->path);
	r = cc_reply_new("watch");
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_reply_set_title(r, "WATCH %.*s %u", CC_STR_ARG(h->scenario), h->trial);
	add_run(w, r);
	add_look(w, r);
	add_proofs(w, r);
	add_causes(w, r);
	cc_code code = add_suspects(w, r, err);
	add_steps(w, r);
	add_notes(w, r);
	if (!w->s.truth)
		cc_reply_add_note(r, "no ground truth is at hand (%s): what decides, and how far the focus is from it, cannot be told",
			w->why.code == CC_OK ? "--truth" : w->why.message);
	else if (!w->again)
		cc_reply_add_note(r, "the evidence is not at hand (--incident): which records were on the screen cannot be told");
	if (w->bad_notes)
		cc_reply_add_note(r, "%zu line%s of your notes cannot be read and %s left out", w->bad_notes, w->bad_notes == 1 ? "" : "s",
			w->bad_notes == 1 ? "is" : "are");
	if (code == CC_OK)
		code = cc_reply_publish(r, NULL, err);
	if (code != CC_OK) {
		cc_reply_unref(r);
		r = NULL;
	}
	*out = r;
	return code;
}
