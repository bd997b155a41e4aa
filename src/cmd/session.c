/* session.c - opens and closes an investigation: snapshot, case and record belong together from here on. */
#include "cmd/evidence.h"
#include "cmd/session_priv.h"

#include "coldcase/clock.h"
#include "coldcase/entity.h"
#include "coldcase/import.h"
#include "coldcase/xalloc.h"

enum { VIEW_SETTLE_NS = 500 * CC_NS_PER_MS };   /* a view that stood this long is worth a line */

static void session_free(cc_session *s)
{
	for (size_t i = 0; i < CC_SESSION_RECENT; i++) {
		cc_reply_unref(s->recent[i]);
		cc_buf_deinit(&s->recent_line[i]);
	}
	cc_buf_deinit(&s->view.pane);
	cc_buf_deinit(&s->view.command);
	cc_buf_deinit(&s->problem);
	cc_buf_deinit(&s->lead_hint);
	cc_buf_deinit(&s->run_dir);
	cc_vec_deinit(&s->actions);
	cc_map_free(s->seen);
	cc_map_free(s->paid);
	cc_selections_deinit(&s->selections);
	cc_arena_free(s->seen_arena);
	cc_touched_free(s->touched);
	cc_record_close(s->record);
	cc_case_free(s->kase);
	cc_session_live_end(s);
	cc_session_cut_free(s);
	cc_zone_free(s->zone);
	for (size_t i = s->older.n; i-- > 0;)
		cc_snapshot_free(s->older.p[i]);
	cc_vec_deinit(&s->older);
	cc_snapshot_free(s->snapshot);
	pthread_mutex_destroy(&s->view_lock);
	pthread_mutex_destroy(&s->lock);
	cc_free(s);
}

cc_code cc_session_apply(cc_session *s, const cc_action *action, cc_err *err)
{
	cc_action a = *action;
	cc_code code;

	a.mono_ns = cc_clock_mono_ns();
	a.wall_ns = cc_clock_wall_ns();
	if (!cc_vec_reserve(&s->actions, 1))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	code = cc_case_apply(s->kase, &a, err);
	if (code == CC_OK)
		s->actions.p[s->actions.n++] = a;
	return code;
}

/* Sets the clock going, as the step `start` would, so that the record tells the whole story. */
static cc_code start_now(cc_session *s, cc_err *err)
{
	cc_record_step step = { .line = CC_STR("start"), .command = CC_STR("start") };
	cc_code code = cc_session_apply(s, &(cc_action){ .kind = CC_ACT_START }, err);

	if (code == CC_OK && s->record)
		cc_session_record_step(s, &step);
	return code;
}

static cc_code open_with(cc_session **out, cc_snapshot *snapshot, const cc_session_options *opt, bool staged,
	cc_err *err)
{
	cc_session *s = cc_calloc(1, sizeof *s);
	cc_code code = CC_OK;

	*out = NULL;
	if (!s) {
		cc_snapshot_free(snapshot);
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	pthread_mutex_init(&s->lock, NULL);
	pthread_mutex_init(&s->view_lock, NULL);
	s->snapshot = snapshot;
	s->assist = CC_ASSIST_FULL;
	if (opt->assistance && !cc_assist_level_parse(cc_str_from(opt->assistance), &s->assist)) {
		code = cc_err_set(err, CC_EUSAGE, "no level of assistance is called %s", opt->assistance);
		cc_err_hint(err, "raw, ranked or full");
	}
	s->known_only = opt->known_only;
	s->coach = opt->coach;
	s->coach_arg = opt->coach_arg;
	s->attend = opt->attend;
	s->attend_arg = opt->attend_arg;
	s->onset = cc_session_find_onset(s, snapshot);
	s->alarm_ns = CC_TIME_NONE;
	cc_session_note_alarm(s);
	s->agent = opt->agent;
	s->turn = -1;
	s->kase = cc_case_new(opt->budget);
	s->seen_arena = cc_arena_new();
	s->seen = cc_map_new();
	s->paid = cc_map_new();
	if (code == CC_OK && (!s->kase || !s->seen_arena || !s->seen || !s->paid))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = cc_session_live_begin(s, opt, err);
	if (code == CC_OK && staged)
		code = cc_session_stages_begin(s, opt, err);
	else if (code == CC_OK && opt->resume)
		code = cc_session_resume(s, opt->resume, opt->leased, err);
	else if (code == CC_OK && opt->out_dir)
		code = cc_session_record_open(s, opt, err);
	if (code == CC_OK && staged && !opt->pause_at_start)
		code = cc_session_stages_record(s, err);
	if (code == CC_OK && !opt->pause_at_start && !opt->resume)
		code = start_now(s, err);
	if (code != CC_OK)
		cc_session_close(s);
	else
		*out = s;
	return code;
}

cc_code cc_session_open_with(cc_session **out, cc_snapshot *snapshot, const cc_session_options *opt, cc_err *err)
{
	return open_with(out, snapshot, opt, false, err);
}

cc_code cc_session_open(cc_session **out, const cc_session_options *opt, cc_err *err)
{
	cc_snapshot_options how = { .cancel = opt->cancel, .progress = opt->progress, .progress_arg = opt->progress_arg,
		.no_cache = opt->no_cache };
	cc_snapshot *snapshot;
	cc_code code;

	*out = NULL;
	code = opt->staged ? cc_loader_list(&snapshot, opt, err) : cc_snapshot_open(&snapshot, opt->dir, &how, err);
	return code == CC_OK ? open_with(out, snapshot, opt, opt->staged, err) : code;
}

void cc_session_seat(cc_session *s, cc_case *c)
{
	pthread_mutex_lock(&s->lock);
	cc_case_free(s->kase);
	s->kase = c;
	s->seated = true;
	pthread_mutex_unlock(&s->lock);
}

void cc_session_scrub(cc_session *s, void (*scrub)(cc_buf *out, cc_str text))
{
	s->scrub = scrub;
}

bool cc_session_seated(const cc_session *s)
{
	return s->seated;
}

void cc_session_set_actor(cc_session *s, bool agent)
{
	s->agent = agent;
}

void cc_session_set_stop(cc_session *s, const char *reason)
{
	s->stop = reason;
}

void cc_session_close(cc_session *s)
{
	if (!s)
		return;
	cc_loader_stop(s->loader);
	cc_session_record_end(s, s->stop ? s->stop : "quit", false);
	session_free(s);
}

cc_onset cc_session_find_onset(const cc_session *s, const cc_snapshot *snapshot)
{
	return cc_session_assist(s, CC_ASSIST_ONSET) ? cc_onset_of(snapshot) : (cc_onset){ CC_TIME_NONE, CC_ONSET_NONE };
}

cc_selections *cc_session_selections(cc_session *s)
{
	return &s->selections;
}

cc_case *cc_session_case(cc_session *s)
{
	return s->kase;
}

const cc_zone *cc_session_zone(const cc_session *s)
{
	return s->zone;
}

cc_code cc_session_coach(const cc_session *s, uint32_t rung, cc_buf *out)
{
	return s->coach ? s->coach(s->coach_arg, rung, out) : CC_ENOTFOUND;
}

bool cc_session_sealed(const cc_session *s)
{
	return s->sealed;
}

const char *cc_session_run_dir(const cc_session *s)
{
	return s->record ? s->run_dir.p : NULL;
}

uint64_t cc_session_lost(const cc_session *s)
{
	return s->record ? cc_record_lost(s->record) : 0;
}

bool cc_session_quit(const cc_session *s)
{
	return s->quit;
}

bool cc_session_submitted(const cc_session *s)
{
	return cc_case_submitted(s->kase);
}

void cc_session_set_turn(cc_session *s, int64_t turn)
{
	pthread_mutex_lock(&s->lock);
	s->turn = turn;
	pthread_mutex_unlock(&s->lock);
}

int64_t cc_session_turn(cc_session *s)
{
	pthread_mutex_lock(&s->lock);
	int64_t turn = s->turn;
	pthread_mutex_unlock(&s->lock);
	return turn;
}

void cc_session_event(cc_session *s, const char *name, cc_str json)
{
	cc_err err;
	cc_code code;

	if (!s->record || cc_record_ended(s->record))
		return;
	pthread_mutex_lock(&s->lock);
	code = cc_record_add_event(s->record, &(cc_record_event){ cc_str_from(name), json }, &err);
	cc_session_record_problem(s, code, &err);
	pthread_mutex_unlock(&s->lock);
}

static bool same_view(const cc_session_view_pending *p, const cc_view_state *v)
{
	return p->selected == v->selected && p->top == v->top && p->columns == v->columns && p->rows == v->rows &&
		cc_str_eq(cc_buf_str(&p->pane), cc_str_from(v->pane)) && cc_str_eq(cc_buf_str(&p->command), v->command);
}

void cc_session_view(cc_session *s, const cc_view_state *v)
{
	cc_session_view_pending *p = &s->view;

	pthread_mutex_lock(&s->view_lock);
	if (s->record && !same_view(p, v)) {
		cc_buf_clear(&p->pane);
		cc_buf_addz(&p->pane, v->pane ? v->pane : "");
		cc_buf_clear(&p->command);
		cc_buf_add(&p->command, v->command);
		p->selected = v->selected;
		p->top = v->top;
		p->columns = v->columns;
		p->rows = v->rows;
		p->set = true;
		p->changed_ns = cc_clock_mono_ns();
	}
	pthread_mutex_unlock(&s->view_lock);
}

static bool view_settled(cc_session *s)
{
	bool settled;

	pthread_mutex_lock(&s->view_lock);
	settled = s->view.set && cc_clock_mono_ns() - s->view.changed_ns >= VIEW_SETTLE_NS;
	pthread_mutex_unlock(&s->view_lock);
	return settled;
}

void cc_session_tick(cc_session *s)
{
	cc_session_attend(s);
	/* While a command runs the loop must not wait for it: the view is written with the command's step. */
	if (!view_settled(s) || pthread_mutex_trylock(&s->lock) != 0)
		return;
	cc_session_record_view(s);
	pthread_mutex_unlock(&s->lock);
}

bool cc_session_mark_seen(cc_session *s, cc_str cite)
{
	cc_str copy;

	if (cc_map_get(s->seen, cite, NULL))
		return true;
	copy = cc_arena_dup(s->seen_arena, cite);
	return copy.p && cc_map_set(s->seen, copy, 1);
}

bool cc_session_seen(const cc_session *s, cc_str cite)
{
	return cc_map_get(s->seen, cite, NULL);
}

bool cc_session_keep_reply(cc_session *s, cc_reply *reply, cc_str line, const cc_record_shown *shown)
{
	size_t i = s->recent_next;

	for (size_t k = 0; k < shown->cite_count; k++)
		if (!cc_session_mark_seen(s, shown->cites[k]))
			return false;
	cc_reply_unref(s->recent[i]);
	s->recent[i] = cc_reply_ref(reply);
	s->recent_of[i] = s->snapshot;
	cc_buf_clear(&s->recent_line[i]);
	cc_buf_add(&s->recent_line[i], line);
	s->recent_next = (i + 1) % CC_SESSION_RECENT;
	return cc_buf_ok(&s->recent_line[i]);
}

static const cc_row *find_in_reply(const cc_reply *r, cc_cite cite, const cc_section **section)
{
	for (size_t i = 0; i < cc_reply_section_count(r); i++) {
		const cc_section *sec = cc_reply_section(r, i);

		for (size_t k = 0; k < sec->row_count; k++)
			if (sec->rows[k].cite.file == cite.file && sec->rows[k].cite.record == cite.record) {
				*section = sec;
				return &sec->rows[k];
			}
	}
	return NULL;
}

const cc_row *cc_session_find_row(const cc_session *s, cc_cite cite, const cc_reply **reply, const cc_section **section, cc_str *line,
	cc_entity_id *entity)
{
	for (size_t back = 1; back <= CC_SESSION_RECENT && cite.file; back++) {
		size_t i = (s->recent_next + CC_SESSION_RECENT - back) % CC_SESSION_RECENT;
		const cc_row *row = s->recent[i] ? find_in_reply(s->recent[i], cite, section) : NULL;

		if (row) {
			*reply = s->recent[i];
			*line = cc_buf_str(&s->recent_line[i]);
			*entity = cc_entity_in(s->snapshot, s->recent_of[i], row->entity);
			return row;
		}
	}
	return NULL;
}
