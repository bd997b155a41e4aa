/* class_seat.c - a seat of a class while it is taken.
 *
 * A shared folder may stand still for seconds, so it is read on a thread of its own; what was read last is what holds. The session's own
 * thread does what follows from it - start, freeze, thaw, hints - when the session attends to it, so that each is a step of the record
 * and none comes into the middle of a command. */
#include "app/class_seat.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include "coldcase/clock.h"
#include "coldcase/file.h"
#include "coldcase/record.h"
#include "coldcase/xalloc.h"

enum { LOOK_MS = 200, FRESH_S = 1 };     /* looks at the folder; at what others made in it, where that is remembered */
#define STALE_NS (CC_NS_PER_S / 2)

/* --- the thread that reads --- */

static bool is_kept(const app_seat *s, const cc_class_entry *e)
{
	for (size_t i = 0; i < s->hints.n; i++)
		if (s->hints.p[i].seq == e->seq && cc_str_eqz(e->host, s->hints.p[i].host.text))
			return true;
	return false;
}

/* The log of a second host may come later than it was written: its words then stand among those that are kept. */
static bool keep_hints(app_seat *s, const cc_class_log *log)
{
	for (size_t i = 0; i < log->entries.n; i++) {
		const cc_class_entry *e = &log->entries.p[i];
		app_seat_hint hint = { .seq = e->seq };
		if (e->what != CC_CLASS_TELL || (e->seat.n && !cc_str_eq(e->seat, s->seat.id)) || !e->text.n || e->host.n > CC_CLASS_ID || is_kept(s, e))
			continue;
		memcpy(hint.host.text, e->host.p, e->host.n);
		hint.text = cc_strdup(e->text.p);
		if (!hint.text || !cc_vec_push(&s->hints, hint))
			return false;
	}
	return true;
}

static bool verdict_lies_there(const app_seat *s)
{
	cc_buf path = CC_BUF_INIT;
	struct stat st;
	cc_buf_addf(&path, "%s/verdicts/%.*s.json", s->dir, CC_STR_ARG(s->seat.id));
	bool there = cc_buf_ok(&path) && lstat(path.p, &st) == 0 && S_ISREG(st.st_mode);
	cc_buf_deinit(&path);
	return there;
}

/* The first look fails where the folder cannot be read; later ones keep what was read before. */
static cc_code look(app_seat *s, cc_err *err)
{
	app_room r;
	cc_class_state own;
	cc_code code = app_room_read(&r, s->dir, err);
	cc_class_fold_seat(&r.log, s->seat.id, &own);
	bool verdict = code == CC_OK && (!r.terms.hold || r.state.revealed) && verdict_lies_there(s);
	if (code == CC_OK) {
		pthread_mutex_lock(&s->lock);
		if (r.state.started && !s->state.started) {
			s->start_seen_ns = cc_clock_mono_ns();
			s->start_wall_ns = cc_class_start_wall(&s->clock, &r.state, s->watching);
		}
		s->state = r.state;
		s->alone = own.frozen;
		cc_buf_clear(&s->why);
		cc_buf_add(&s->why, r.state.frozen ? r.state.why : own.why);
		s->state.why = CC_STR_EMPTY;
		s->seats = r.seats.n;
		s->verdict = verdict;
		s->read_ns = cc_clock_mono_ns();
		s->read_wall_ns = cc_clock_wall_ns();
		if (!keep_hints(s, &r.log))
			code = cc_err_set(err, CC_ENOMEM, "out of memory");
		pthread_mutex_unlock(&s->lock);
	}
	app_room_deinit(&r);
	return code;
}

/* Whoever took the seat again, because this laptop was silent for too long, has it. */
static bool is_taken(app_seat *s, const char *path)
{
	pthread_mutex_lock(&s->lock);
	cc_class_clock clock = s->clock;
	pthread_mutex_unlock(&s->lock);
	bool taken = cc_class_taken(&clock, path);
	pthread_mutex_lock(&s->lock);
	s->taken = s->taken || taken;
	taken = s->taken;
	pthread_mutex_unlock(&s->lock);
	return taken;
}

/* After a sleep the first command may come before the first look. */
static void wake(app_seat *s)
{
	cc_buf here = CC_BUF_INIT;
	pthread_mutex_lock(&s->lock);
	int64_t mono = cc_clock_mono_ns() - s->read_ns, wall = cc_clock_wall_ns() - s->read_wall_ns;
	pthread_mutex_unlock(&s->lock);
	cc_path_join(&here, s->seat.dir.p, "here");
	if ((mono > STALE_NS || wall > STALE_NS) && cc_buf_ok(&here))
		(void)is_taken(s, here.p);
	cc_buf_deinit(&here);
}

static void beat(app_seat *s, const char *path)
{
	pthread_mutex_lock(&s->lock);
	cc_class_clock clock = s->clock;
	pthread_mutex_unlock(&s->lock);
	if (cc_class_beat(&clock, path, NULL) != CC_OK)
		return;
	cc_class_share(s->dir, path, false);
	pthread_mutex_lock(&s->lock);
	s->clock = clock;
	pthread_mutex_unlock(&s->lock);
}

/* What others made since is not hidden by what this machine remembers of the folder. */
static void freshen(app_seat *s)
{
	pthread_mutex_lock(&s->lock);
	bool due = !s->verdict && (!s->terms.hold || s->state.revealed);
	pthread_mutex_unlock(&s->lock);
	cc_class_freshen(s->dir, "host", &s->clock.owner);
	if (due)
		cc_class_freshen(s->dir, "verdicts", &s->clock.owner);
}

static void *watch(void *arg)
{
	app_seat *s = arg;
	const struct timespec nap = { .tv_nsec = LOOK_MS * 1000000 };
	int64_t beat_ns = 0, fresh_ns = 0;
	cc_buf here = CC_BUF_INIT;
	cc_path_join(&here, s->seat.dir.p, "here");
	for (bool stop = !cc_buf_ok(&here); !stop;) {
		if (!is_taken(s, here.p) && (!beat_ns || cc_clock_mono_ns() - beat_ns >= CC_CLASS_BEAT_S * CC_NS_PER_S)) {
			beat_ns = cc_clock_mono_ns();
			beat(s, here.p);
		}
		if (cc_clock_mono_ns() - fresh_ns >= FRESH_S * CC_NS_PER_S) {
			fresh_ns = cc_clock_mono_ns();
			freshen(s);
		}
		(void)!look(s, NULL);
		nanosleep(&nap, NULL);
		pthread_mutex_lock(&s->lock);
		stop = s->stop;
		pthread_mutex_unlock(&s->lock);
	}
	cc_buf_deinit(&here);
	return NULL;
}

cc_code app_seat_watch(app_seat *s, cc_err *err)
{
	s->clock.beats = 0;     /* from now on it is this process's seat */
	cc_code code = cc_class_id_new(&s->clock.owner, err);
	if (code == CC_OK) {
		freshen(s);
		code = look(s, err);
	}
	if (code == CC_OK && s->state.revealed) {       /* only now it is known that a verdict may be there */
		freshen(s);
		code = look(s, err);
	}
	s->watching = code == CC_OK;    /* the thread asks, so before it is there */
	if (code == CC_OK && pthread_create(&s->thread, NULL, watch, s) != 0) {
		code = cc_err_set(err, CC_ENOMEM, "no thread to be had");
		s->watching = false;
	}
	return code;
}

void app_seat_stop(app_seat *s)
{
	pthread_mutex_lock(&s->lock);
	s->stop = true;
	pthread_mutex_unlock(&s->lock);
	if (s->watching)
		pthread_join(s->thread, NULL);
	s->watching = false;
	for (size_t i = 0; i < s->hints.n; i++)
		cc_free(s->hints.p[i].text);
	cc_vec_deinit(&s->hints);
	cc_buf_deinit(&s->why);
}

/* --- what follows from it --- */

void app_seat_share(const app_seat *s, cc_session *session)
{
	const char *run = cc_session_run_dir(session);
	cc_buf path = CC_BUF_INIT;
	if (!run)
		return;
	cc_path_join(&path, run, "..");
	if (cc_buf_ok(&path))
		cc_class_share(s->dir, path.p, false);
	cc_class_share(s->dir, run, false);
	for (int i = 0; i < 2; i++) {
		cc_buf_clear(&path);
		cc_path_join(&path, run, i ? CC_RECORD_ANSWER_FILE : CC_RECORD_FILE);
		if (cc_buf_ok(&path))
			cc_class_share(s->dir, path.p, false);
	}
	cc_buf_deinit(&path);
}

int64_t app_seat_clock(void *arg)
{
	app_seat *s = arg;
	pthread_mutex_lock(&s->lock);
	int64_t ns = cc_class_since_ns(&s->state, s->start_wall_ns);
	pthread_mutex_unlock(&s->lock);
	return ns;
}

static app_seat_now look_locked(const app_seat *s)
{
	app_seat_now n = { .phase = APP_PHASE_WAITING, .frozen = s->state.frozen || s->alone, .verdict = s->verdict, .seats = s->seats };
	if (s->state.started)
		n.left_ns = cc_class_left(&s->clock, &s->state, s->start_seen_ns);
	if (s->taken)
		n.phase = APP_PHASE_TAKEN;
	else if (s->state.ended)
		n.phase = APP_PHASE_OVER;
	else if (s->state.started)
		n.phase = n.left_ns > 0 ? APP_PHASE_COUNTING : APP_PHASE_RUNNING;
	return n;
}

app_seat_now app_seat_look(app_seat *s)
{
	pthread_mutex_lock(&s->lock);
	app_seat_now n = look_locked(s);
	pthread_mutex_unlock(&s->lock);
	return n;
}

/* What stands in the record: which class it was, who sat where, and how late. */
static void say_class(app_seat *s, cc_session *session, int64_t start_ns)
{
	cc_buf json = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &json, 0);
	cc_jw_object(&w);
	cc_jw_key(&w, "class");
	cc_jw_str(&w, s->terms.id);
	cc_jw_key(&w, "seat");
	cc_jw_str(&w, s->seat.id);
	cc_jw_key(&w, "late_ns");
	cc_jw_int(&w, s->seat.late && start_ns != CC_TIME_NONE ? s->seat.joined_ns - start_ns : 0);
	cc_jw_end_object(&w);
	if (cc_buf_ok(&json))
		cc_session_event(session, "class", cc_buf_str(&json));
	cc_buf_deinit(&json);
}

static void start(app_seat *s, cc_session *session, int64_t start_ns)
{
	cc_reply *r = NULL;
	if (cc_session_run(session, CC_STR("start"), NULL, &r, NULL) != CC_OK)
		return;
	cc_reply_unref(r);
	say_class(s, session, start_ns);
}

void app_seat_attend(void *arg, cc_session *session)
{
	app_seat *s = arg;
	const cc_case *c = cc_session_case(session);
	cc_buf why = CC_BUF_INIT;
	if (cc_case_submitted(c)) {
		if (!s->shared)
			app_seat_share(s, session);
		s->shared = true;
		return;
	}
	wake(s);
	pthread_mutex_lock(&s->lock);
	app_seat_now now = look_locked(s);
	size_t hints = s->hints.n;
	int64_t start_ns = s->state.start_ns;
	cc_buf_add(&why, s->why.n ? cc_buf_str(&s->why) : s->state.frozen ? CC_STR("frozen by the host") : CC_STR("frozen by the instructor"));
	pthread_mutex_unlock(&s->lock);
	if (now.phase == APP_PHASE_TAKEN)
		cc_session_let_go(session);
	bool stand = now.phase != APP_PHASE_RUNNING || now.frozen;
	const char *reason = now.phase == APP_PHASE_TAKEN ? "this seat was taken again elsewhere" : now.phase == APP_PHASE_OVER ? "the class is over" :
		now.phase != APP_PHASE_RUNNING ? "the class has not begun" : cc_buf_ok(&why) ? why.p : "frozen by the host";
	if (stand && !cc_case_frozen(c, NULL))
		(void)!cc_session_freeze(session, cc_str_from(reason), NULL);
	else if (!stand && cc_case_frozen(c, NULL))
		(void)!cc_session_thaw(session, NULL);
	if (!stand && !cc_case_started(c))
		start(s, session, start_ns);
	for (; !stand && s->told < hints; s->told++) {
		pthread_mutex_lock(&s->lock);
		const char *hint = s->hints.p[s->told].text;  /* the list may move, the text stays where it is */
		pthread_mutex_unlock(&s->lock);
		(void)!cc_session_tell(session, cc_str_from(hint), NULL);
	}
	cc_buf_deinit(&why);
}

/* --- the verdict --- */

cc_code app_seat_verdict(void *arg, const char *run_dir, cc_reply **out, cc_err *err)
{
	enum { MOST = 1 << 20 };
	app_seat *s = arg;
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	(void)run_dir;
	*out = NULL;
	if (!app_seat_look(s).verdict)
		return cc_err_set(err, CC_ENOTFOUND, "Your answer is filed. The verdict is told when the host reveals it: stay here, or come back"
			" with the same name.");
	cc_buf_addf(&path, "%s/verdicts/%.*s.txt", s->dir, CC_STR_ARG(s->seat.id));
	cc_code code = cc_buf_ok(&path) ? cc_file_read_shared(&text, path.p, MOST, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = app_verdict_page(cc_buf_str(&text), out, err);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code;
}
