/* class_board.c - how a class is doing: each seat from its record, all of them in a few counts.
 *
 * Who looks again and again keeps what was known before: a seat is missed only when nothing of it was seen to change either, whatever its
 * clock says. */
#include "app/class_room.h"

#include <string.h>
#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/live.h"

void app_board_deinit(app_board *b)
{
	cc_vec_deinit(&b->seats);
	app_room_deinit(&b->room);
}

const char *app_seat_state_name(app_seat_state s)
{
	static const char *const names[] = { "waiting", "playing", "frozen", "submitted", "left", "silent" };
	return names[s];
}

const char *app_class_phase(const cc_class_state *s, int64_t now_ns)
{
	if (s->ended)
		return "over";
	if (!s->started)
		return "waiting";
	if (s->start_ns > now_ns)
		return "countdown";
	return s->frozen ? "frozen" : "running";
}

int64_t app_class_live_ns(const cc_class_terms *t, const cc_class_state *s, int64_t now_ns)
{
	cc_live drill = { .speed = (int)t->live, .from_ns = t->live_from_ns, .to_ns = t->live_to_ns };
	return t->live ? cc_live_tick(&drill, cc_class_clock_ns(s, now_ns)) : CC_TIME_NONE;
}

static app_seat_memory *recall(app_board_memory *memory, cc_str id)
{
	app_seat_memory fresh = { .changed_mono_ns = -1 };
	for (size_t i = 0; memory && i < memory->seats.n; i++)
		if (cc_str_eqz(id, memory->seats.p[i].id.text))
			return &memory->seats.p[i];
	if (!memory || id.n > CC_CLASS_ID)
		return NULL;
	memcpy(fresh.id.text, id.p, id.n);
	return cc_vec_push(&memory->seats, fresh) ? &memory->seats.p[memory->seats.n - 1] : NULL;
}

/* How long nothing was heard of it: by the folder's time and by what was seen to change, whichever is shorter. */
static int64_t silence(const app_board_seat *s, int64_t now_ns, app_seat_memory *m)
{
	int64_t mono = cc_clock_mono_ns();
	int64_t last = s->seat.here_ns != CC_TIME_NONE ? s->seat.here_ns : s->seat.joined_ns;
	int64_t silent = now_ns > last ? now_ns - last : 0;
	bool first = m && m->changed_mono_ns < 0 && !m->bytes && !m->here_ns;
	if (m && !first && (m->here_ns != s->seat.here_ns || m->bytes != s->p.bytes))
		m->changed_mono_ns = mono;
	if (m) {
		m->here_ns = s->seat.here_ns;
		m->bytes = s->p.bytes;
	}
	if (m && m->changed_mono_ns >= 0 && mono - m->changed_mono_ns < silent)
		silent = mono - m->changed_mono_ns;
	return silent;
}

static app_seat_state state_of(const app_board *b, const app_board_seat *s)
{
	cc_class_state own;
	cc_class_fold_seat(&b->room.log, s->seat.id, &own);
	if (s->p.submitted)
		return APP_SEAT_SUBMITTED;
	if (s->p.ended)
		return APP_SEAT_LEFT;
	if (s->silent_ns > CC_CLASS_SILENT_S * CC_NS_PER_S)
		return APP_SEAT_SILENT;
	if (!s->p.started)
		return APP_SEAT_WAITS;
	return b->room.state.frozen || own.frozen ? APP_SEAT_FROZEN : APP_SEAT_PLAYS;
}

static double told_score(const app_board *b, const app_board_seat *s)
{
	enum { MOST = 1 << 20 };
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_json *json = NULL;
	double score = -1;
	cc_buf_addf(&path, "%s/verdicts/%.*s.json", b->room.dir, CC_STR_ARG(s->seat.id));
	if (cc_buf_ok(&path) && cc_file_read_shared(&text, path.p, MOST, NULL) == CC_OK && cc_json_parse(&json, cc_buf_str(&text), NULL) == CC_OK &&
		!cc_json_double(cc_json_get(json, "score"), &score))
		score = -1;
	cc_json_free(json);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return score;
}

void app_board_judge(app_board *b, app_board_seat *s, app_judgement j)
{
	s->j = j;
	b->judged = b->judged || j.known;
	b->decides = b->decides || j.decides;
	b->saw += j.saw;
	b->named += j.named;
}

cc_code app_board_make(app_board *b, const app_options *o, const char *dir, app_class_truth *t, const cc_class_clock *clock,
	app_board_memory *memory, cc_err *err)
{
	*b = (app_board){ .now_ns = cc_class_now(clock) };
	cc_code code = app_room_read(&b->room, dir, err);
	for (size_t i = 0; i < b->room.seats.n && code == CC_OK; i++) {
		app_board_seat s = { .seat = b->room.seats.p[i], .score = -1 };
		app_seat_memory *m = recall(memory, s.seat.id);
		code = app_seat_progress_read(&s.p, b->room.arena, &s.seat, &b->room.terms, err);
		if (code != CC_OK)
			return code;
		s.silent_ns = silence(&s, b->now_ns, m);
		s.state = state_of(b, &s);
		app_judgement j;
		if (t && s.p.run_dir.n) {
			app_class_judge(o, t, s.p.run_dir.p, &j);
			app_board_judge(b, &s, j);
		}
		if (!b->room.terms.hold || b->room.state.revealed)
			s.score = told_score(b, &s);
		b->submitted += s.state == APP_SEAT_SUBMITTED;
		b->silent += s.state == APP_SEAT_SILENT;
		if (!cc_vec_push(&b->seats, s))
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	return code;
}

/* --- as a reply --- */

static void facts(const app_board *b, cc_reply *r)
{
	const cc_class_state *s = &b->room.state;
	const cc_class_terms *t = &b->room.terms;
	cc_reply_begin_facts(r, "class", NULL);
	cc_reply_fact(r, "incident", "incident", cc_cell_text(t->incident), CC_ROLE_HEADING);
	cc_reply_fact(r, "state", "state", cc_cell_textz(app_class_phase(s, b->now_ns)), CC_ROLE_TEXT);
	cc_reply_fact(r, "clock_ns", "since the start", s->started ? cc_cell_duration(cc_class_clock_ns(s, b->now_ns)) : cc_cell_none(), CC_ROLE_TIME);
	cc_reply_fact(r, "live", "live, times as fast", t->live ? cc_cell_int(t->live) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "now", "live until", t->live ? cc_cell_time(app_class_live_ns(t, s, b->now_ns)) : cc_cell_none(), CC_ROLE_TIME);
	cc_reply_fact(r, "hold", "verdicts held", cc_cell_bool(t->hold), CC_ROLE_TEXT);
	cc_reply_fact(r, "revealed", "revealed", cc_cell_bool(s->revealed), CC_ROLE_TEXT);
	cc_reply_fact(r, "seats", "seats", cc_cell_int((int64_t)b->seats.n), CC_ROLE_TEXT);
	cc_reply_fact(r, "submitted", "submitted", cc_cell_int((int64_t)b->submitted), CC_ROLE_TEXT);
	cc_reply_fact(r, "silent", "silent", cc_cell_int((int64_t)b->silent), CC_ROLE_TEXT);
	cc_reply_fact(r, "saw", "saw a deciding record", b->decides ? cc_cell_int((int64_t)b->saw) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "named", "name all causes now", b->judged ? cc_cell_int((int64_t)b->named) : cc_cell_none(), CC_ROLE_TEXT);
	cc_reply_fact(r, "hints", "hints", cc_cell_int((int64_t)s->told), CC_ROLE_TEXT);
}

static void rows(const app_board *b, bool names, cc_reply *r)
{
	static const cc_column COLUMNS[] = {
		{ "seat", "Seat", CC_CELL_INT, CC_ROLE_OP, 4, 0 },
		{ "name", "Name", CC_CELL_TEXT, CC_ROLE_HEADING, 0, 0 },
		{ "state", "State", CC_CELL_TEXT, CC_ROLE_TEXT, 10, 0 },
		{ "silent_ns", "Silent", CC_CELL_DURATION, CC_ROLE_WARNING, 8, 1 },
		{ "queries", "Queries", CC_CELL_INT, CC_ROLE_TEXT, 7, 0 },
		{ "panes", "Panes", CC_CELL_INT, CC_ROLE_TEXT, 5, 1 },
		{ "hints", "Hints", CC_CELL_INT, CC_ROLE_TEXT, 5, 2 },
		{ "late", "Late", CC_CELL_BOOL, CC_ROLE_TEXT, 4, 2 },
		{ "resumed", "Resumed", CC_CELL_BOOL, CC_ROLE_TEXT, 7, 2 },
		{ "score", "Score", CC_CELL_NUMBER, CC_ROLE_TEXT, 6, 0 } };
	cc_reply_begin_table(r, "seats", "Seats", COLUMNS, sizeof COLUMNS / sizeof *COLUMNS, true);
	for (size_t i = 0; i < b->seats.n && cc_reply_row(r); i++) {
		const app_board_seat *s = &b->seats.p[i];
		cc_reply_cell(r, cc_cell_int((int64_t)i + 1));
		cc_reply_cell(r, names && s->seat.name.n ? cc_cell_text(s->seat.name) : cc_cell_none());
		cc_reply_cell(r, cc_cell_textz(app_seat_state_name(s->state)));
		cc_reply_cell(r, s->state == APP_SEAT_SILENT ? cc_cell_duration(s->silent_ns) : cc_cell_none());
		cc_reply_cell(r, cc_cell_int(s->p.queries));
		cc_reply_cell(r, cc_cell_int(s->p.pane_count));
		cc_reply_cell(r, cc_cell_int((int64_t)s->p.hints));
		cc_reply_cell(r, cc_cell_bool(s->seat.late));
		cc_reply_cell(r, cc_cell_bool(s->p.resumed));
		cc_reply_cell(r, s->score < 0 ? cc_cell_none() : cc_cell_number(s->score));
	}
	cc_reply_set_paging(r, b->seats.n, 0, CC_REPLY_PAGE);
	cc_reply_set_empty(r, "nobody sits here yet: coldcase class join DIR --name NAME");
}

static void notes(const app_board *b, cc_reply *r)
{
	for (size_t i = 0; i < b->room.log.strays.n; i++)
		cc_reply_add_note(r, "host/%.*s is no log of a host and is left out: a copy that a program made?", CC_STR_ARG(b->room.log.strays.p[i]));
	if (b->room.stray_seats)
		cc_reply_add_note(r, "%zu folder%s in seats/ %s no seat%s, or not whole yet", b->room.stray_seats, b->room.stray_seats == 1 ? "" : "s",
			b->room.stray_seats == 1 ? "is" : "are", b->room.stray_seats == 1 ? "" : "s");
	if (b->room.log.torn || b->room.log.bad)
		cc_reply_add_note(r, "%zu line%s of the hosts' logs %s not whole", b->room.log.torn + b->room.log.bad,
			b->room.log.torn + b->room.log.bad == 1 ? "" : "s", b->room.log.torn + b->room.log.bad == 1 ? "is" : "are");
	if (b->room.log.far)
		cc_reply_add_note(r, "%zu line%s of the hosts' logs %s numbered far beyond all others and left out", b->room.log.far,
			b->room.log.far == 1 ? "" : "s", b->room.log.far == 1 ? "is" : "are");
	for (size_t i = 0; i < b->seats.n; i++) {
		if (b->seats.p[i].p.other)
			cc_reply_add_note(r, "seat %zu plays other evidence than the class", i + 1);
		if (b->seats.p[i].p.strange)
			cc_reply_add_note(r, "seat %zu has no plain files where its record should be: it is not read", i + 1);
	}
}

cc_code app_board_reply(const app_board *b, bool names, cc_reply **out, cc_err *err)
{
	*out = NULL;
	if (names && !b->room.state.revealed)
		return cc_err_set(err, CC_ESTATE, "names are told after the reveal");
	cc_reply *r = cc_reply_new("class");
	if (!r)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_reply_set_title(r, "CLASS  %.*s", CC_STR_ARG(b->room.terms.incident));
	facts(b, r);
	rows(b, names, r);
	notes(b, r);
	cc_code code = cc_reply_publish(r, NULL, err);
	if (code == CC_OK)
		*out = r;
	else
		cc_reply_unref(r);
	return code;
}
