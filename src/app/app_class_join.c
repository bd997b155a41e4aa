/* app_class_join.c - `class join`: takes a seat in a class, or goes back to one's own.
 *
 * Nothing of the truth is looked at here, even where it lies beside the incident: no seal is made, no coach asked, no score computed.
 * What the class has sealed stands in class.json, and goes into the record. */
#include "app/class_seat.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "app/cases.h"
#include "coldcase/file.h"
#include "coldcase/record.h"
#include "coldcase/shell.h"
#include "coldcase/utf8.h"

/* Where --incident says, where it lay for the host, as a case file in the shared folder, else by its name. */
static cc_code find_incident(const app_options *o, const char *room, const cc_class_terms *t, cc_buf *out, cc_err *err)
{
	struct stat st;
	cc_buf name = CC_BUF_INIT;
	if (!o->incident && t->path.n && stat(t->path.p, &st) == 0) {
		cc_buf_add(out, t->path);
		return cc_buf_ok(out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	if (o->incident || !app_case_in(room, t->incident, &name))
		cc_buf_add(&name, t->incident);
	cc_code code = cc_buf_ok(&name) ? app_find_incident(o, o->incident ? o->incident : name.p, out, err) :
		cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&name);
	return code;
}

/* What can be told at once; the digest is compared by the host, when the record has it. */
static cc_code check_evidence(const char *dir, const cc_class_terms *t, cc_err *err)
{
	cc_snapshot *s = NULL;
	cc_snapshot_options how = { .left_out = CC_KINDS_ALL };
	uint64_t bytes = 0;
	cc_code code = cc_snapshot_open(&s, dir, &how, err);
	if (code != CC_OK) {
		cc_err_hint(err, "the class plays %.*s; --incident DIR says where it lies here", CC_STR_ARG(t->incident));
		return code;
	}
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++)
		bytes += cc_snapshot_file(s, i)->bytes;
	if (bytes != t->bytes || cc_snapshot_file_count(s) != t->files) {
		code = cc_err_set(err, CC_EUNKNOWN, "%s is not what the class plays: %zu files with %llu bytes, not %llu with %llu", dir,
			cc_snapshot_file_count(s), (unsigned long long)bytes, (unsigned long long)t->files, (unsigned long long)t->bytes);
		cc_err_hint(err, "the class plays %.*s; --incident DIR says where it lies here", CC_STR_ARG(t->incident));
	}
	cc_snapshot_free(s);
	return code;
}

/* --- the seat --- */

/* One's own from before; NULL: none has that name. */
static const cc_class_seat *own_seat(const app_room *r, cc_str name)
{
	for (size_t i = r->seats.n; name.n && i-- > 0;)
		if (cc_str_eq(r->seats.p[i].name, name))
			return &r->seats.p[i];
	return NULL;
}

static cc_code take_again(app_seat *s, const app_room *r, const cc_class_seat *own, cc_err *err)
{
	app_seat_progress p;
	bool silent = own->here_ns == CC_TIME_NONE || cc_class_now(&s->clock) - own->here_ns > CC_CLASS_SILENT_S * CC_NS_PER_S;
	cc_code code = app_seat_progress_read(&p, s->arena, own, &r->terms, err);
	if (code != CC_OK)
		return code;
	s->seat = *own;
	s->seat.id = cc_arena_dup(s->arena, own->id);
	s->seat.name = cc_arena_dup(s->arena, own->name);
	s->seat.dir = cc_arena_dup(s->arena, own->dir);
	s->resume = p.run_dir;
	s->told = p.told;
	if (!s->seat.id.p || !s->seat.name.p || !s->seat.dir.p)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	if (p.submitted || p.ended)
		return CC_OK;
	if (!silent) {
		cc_err_set(err, CC_ESTATE, "%.*s sits here already", CC_STR_ARG(own->name));
		return cc_err_hint(err, "another name, or wait %d seconds after the other laptop has left", CC_CLASS_SILENT_S), CC_ESTATE;
	}
	return CC_OK;
}

/* The folder's clock is asked by a file that goes away again: nobody sits there yet. */
static cc_code learn_time(app_seat *s, cc_err *err)
{
	cc_class_id id;
	cc_buf path = CC_BUF_INIT;
	cc_code code = cc_class_id_new(&id, err);
	cc_buf_addf(&path, "%s/seats/.%s", s->dir, id.text);
	if (code == CC_OK && !cc_buf_ok(&path))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = cc_class_beat(&s->clock, path.p, err);
	if (code == CC_OK)
		unlink(path.p);
	cc_buf_deinit(&path);
	return code;
}

static cc_code sit_down(app_seat *s, const app_room *r, cc_err *err)
{
	const cc_class_seat *own = own_seat(r, cc_str_from(s->o->name));
	cc_code code = learn_time(s, err);
	if (code != CC_OK)
		return code;
	if (own)
		return take_again(s, r, own, err);
	if (r->state.ended)
		return cc_err_set(err, CC_ESTATE, "the class is over");
	int64_t now = cc_class_now(&s->clock);
	return cc_class_sit(&s->seat, s->arena, s->dir, cc_str_from(s->o->name), now, r->state.started && r->state.start_ns < now, err);
}

/* --- the session --- */

static cc_code open_session(app_seat *s, const char *incident, cc_session **out, cc_err *err)
{
	char assistance[16] = "full", seal[256] = "";
	app_progress progress = app_progress_begin();
	cc_session_options so = { .dir = incident, .no_cache = s->o->no_cache, .actor_name = s->seat.name.n ? s->seat.name.p : "a seat",
		.budget = s->terms.budget, .known_only = s->terms.known_only, .pause_at_start = true, .assistance = assistance,
		.attend = app_seat_attend, .attend_arg = s, .progress = app_progress_show, .progress_arg = &progress,
		.out_dir = s->seat.dir.p, .resume = s->resume.n ? s->resume.p : NULL, .leased = true };
	if (s->terms.assistance.n < sizeof assistance)
		memcpy(assistance, s->terms.assistance.p, s->terms.assistance.n + 1);
	if (s->terms.truth_seal.n < sizeof seal)
		memcpy(seal, s->terms.truth_seal.p, s->terms.truth_seal.n + 1);
	so.truth_seal = *seal ? seal : NULL;
	if (s->terms.live) {
		so.live_speed = (int)s->terms.live;
		so.live_from = s->terms.live_from.n ? s->terms.live_from.p : NULL;
		so.live_clock = app_seat_clock;
		so.live_clock_arg = s;
	}
	cc_code code = cc_session_open(out, &so, err);
	app_progress_end(&progress);
	if (code == CC_OK)
		app_seat_share(s, *out);
	return code;
}

/* --- by lines --- */

static void nap(void)
{
	const struct timespec t = { .tv_nsec = 50000000 };
	nanosleep(&t, NULL);
}

/* Until it goes on, or is over; false: it is over. */
static bool wait_until_running(app_seat *s, cc_session *session)
{
	app_seat_now now = app_seat_look(s);
	while (now.phase < APP_PHASE_RUNNING || (now.phase == APP_PHASE_RUNNING && now.frozen)) {
		cc_session_tick(session);
		nap();
		now = app_seat_look(s);
	}
	cc_session_tick(session);
	return now.phase == APP_PHASE_RUNNING;
}

static int run_lines(app_seat *s, cc_session *session)
{
	int status = 0;
	for (size_t i = 0; i < s->o->commands.n && wait_until_running(s, session); i++) {
		int one = app_run_line(s->o, session, s->o->commands.p[i]);
		status = status ? status : one;
	}
	return status;
}

static int print_verdict(app_seat *s)
{
	cc_reply *r = NULL;
	cc_err err = { 0 };
	cc_code code = app_seat_verdict(s, NULL, &r, &err);
	if (code == CC_OK)
		app_print_reply(s->o, r);
	else if (code == CC_ENOTFOUND)
		printf("%s\n", err.message);
	cc_reply_unref(r);
	return code == CC_OK || code == CC_ENOTFOUND ? 0 : app_fail(&err);
}

static int line_mode(app_seat *s, cc_session *session)
{
	cc_shell_options so = { .plain = s->o->plain || !isatty(STDIN_FILENO), .ascii = !app_unicode(s->o), .spoken = s->o->plain,
		.columns = app_terminal_columns(STDOUT_FILENO) };
	cc_buf name = CC_BUF_INIT;
	cc_utf8_clean(&name, s->terms.incident, CC_CLEAN_LINE);
	printf("You sit in the class on %.*s. It begins when the host starts it.\n", CC_STR_ARG(cc_buf_str(&name)));
	fflush(stdout);
	cc_buf_deinit(&name);
	if (!wait_until_running(s, session)) {
		printf("%s\n", app_seat_look(s).phase == APP_PHASE_TAKEN ? "This seat was taken again elsewhere." : "The class is over.");
		return 0;
	}
	printf("The clock is running.\n");
	int status = cc_shell_run(session, &so);
	return cc_session_submitted(session) ? print_verdict(s) : status;
}

/* --- in the console --- */

static void look(void *arg, cc_ui_seat_now *out)
{
	static const cc_ui_seat_phase phases[] = { CC_SEAT_WAITS, CC_SEAT_COUNTS, CC_SEAT_PLAYS, CC_SEAT_IS_OVER, CC_SEAT_IS_OVER };
	app_seat *s = arg;
	app_seat_now now = app_seat_look(s);
	*out = (cc_ui_seat_now){ .phase = phases[now.phase], .left_ns = now.left_ns, .seats = now.seats, .verdict = now.verdict };
}

static int console(app_seat *s, cc_session *session)
{
	app_screen screen;
	cc_ui_seat seat = { .arg = s, .look = look };
	cc_err err = { 0 };
	cc_code code = app_screen_open(&screen, s->o, &err);
	screen.ui.seat = &seat;
	screen.ui.first_line = s->resume.n ? "board" : NULL;     /* where one stood */
	screen.ui.score = app_seat_verdict;
	screen.ui.score_arg = s;
	if (code == CC_OK)
		code = cc_ui_play(session, screen.term, &screen.ui, &err);
	app_screen_close(&screen);
	if (code == CC_OK && cc_session_submitted(session))
		return print_verdict(s);
	return code == CC_OK ? 0 : app_fail(&err);
}

/* --- all of it --- */

static int play(app_seat *s, const char *incident)
{
	cc_session *session = NULL;
	cc_err err = { 0 };
	int status = 0;
	cc_code code = app_seat_watch(s, &err);
	if (code == CC_OK)
		code = open_session(s, incident, &session, &err);
	bool screen = !s->o->plain && app_can_draw();
	if (code == CC_OK)
		status = s->o->commands.n ? run_lines(s, session) : screen ? console(s, session) : line_mode(s, session);
	if (session) {
		if (app_seat_look(s).phase == APP_PHASE_OVER)
			cc_session_set_stop(session, "class");
		app_seat_share(s, session);
		cc_session_close(session);
	}
	return code == CC_OK ? status : app_fail(&err);
}

static cc_code prepare(app_seat *s, cc_buf *incident, cc_err *err)
{
	app_room r;
	cc_code code = app_room_read(&r, s->dir, err);
	if (code == CC_OK)
		code = cc_class_read(&s->terms, s->arena, s->dir, err);
	if (code == CC_OK)
		code = find_incident(s->o, s->dir, &s->terms, incident, err);
	if (code == CC_OK)
		code = check_evidence(incident->p, &s->terms, err);
	if (code == CC_OK)
		code = sit_down(s, &r, err);
	app_room_deinit(&r);
	return code;
}

/* Whether the seat's run is over: then there is only the verdict to be told. */
static bool is_over(const app_seat *s)
{
	cc_run *run = NULL;
	bool over = s->resume.n && cc_run_read(&run, s->resume.p, NULL) == CC_OK && cc_run_health_get(run).ended;
	cc_run_free(run);
	return over;
}

int app_class_join(const app_options *o)
{
	app_seat s = { .o = o, .dir = o->args.p[1], .arena = cc_arena_new(), .resume = CC_STR_EMPTY, .lock = PTHREAD_MUTEX_INITIALIZER };
	cc_buf incident = CC_BUF_INIT;
	cc_err err = { 0 };
	int status = 0;
	if (o->live || o->from) {
		cc_err_set(&err, CC_EUSAGE, "class join: --%s is for the host, who says how a class is played", o->live ? "live" : "from");
		cc_arena_free(s.arena);
		return app_fail(&err);
	}
	cc_code code = s.arena ? prepare(&s, &incident, &err) : cc_err_set(&err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && is_over(&s)) {
		code = app_seat_watch(&s, &err);
		status = code == CC_OK ? print_verdict(&s) : 0;
	} else if (code == CC_OK) {
		status = play(&s, incident.p);
	}
	app_seat_stop(&s);
	cc_arena_free(s.arena);
	cc_buf_deinit(&incident);
	return code == CC_OK ? fflush(stdout) != 0 ? 1 : status : app_fail(&err);
}
