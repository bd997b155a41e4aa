/* app_class_host.c - `class host`: makes a class of a folder, or becomes one more host of it, and leads it by command lines.
 *
 * Each process is a host of its own with a log of its own, so that a line from a script, the wall on a projector and a second trainer's
 * laptop need not know of each other. It takes no investigating command, and may therefore open the truth (law 6). */
#include "app/class_room.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { COUNTDOWN_S = 10, COUNTDOWN_MAX_S = 3600 };

/* --- what can be said --- */

static cc_code say(app_host *h, cc_class_entry e, cc_err *err)
{
	app_room r;
	cc_code code = app_room_read(&r, h->dir, err);
	if (code == CC_OK)
		code = cc_class_say(h->dir, &h->id, &r.state, e, err);
	app_room_deinit(&r);
	return code;
}

static cc_code countdown(const app_host *h, cc_str text, int64_t *out, cc_err *err)
{
	app_room r;
	if (text.n && (!cc_str_to_i64(text, out) || *out < 0 || *out > COUNTDOWN_MAX_S))
		return cc_err_set(err, CC_EUSAGE, "a countdown takes 0 to %d seconds, not %.*s", COUNTDOWN_MAX_S, CC_STR_ARG(text));
	if (text.n)
		return CC_OK;
	cc_code code = app_room_read(&r, h->dir, err);
	*out = r.terms.countdown_s;
	app_room_deinit(&r);
	return code;
}

static cc_code do_start(app_host *h, cc_str rest, cc_buf *said, cc_err *err)
{
	int64_t in_s = 0;
	cc_code code = countdown(h, rest, &in_s, err);
	if (code == CC_OK)
		code = say(h, (cc_class_entry){ .what = CC_CLASS_START, .at_ns = cc_class_now(&h->clock) + in_s * CC_NS_PER_S, .in_s = in_s }, err);
	if (code == CC_OK)
		cc_buf_addf(said, "The class starts in %lld s.", (long long)in_s);
	return code;
}

static cc_code do_freeze(app_host *h, cc_str rest, cc_buf *said, cc_err *err)
{
	cc_code code = say(h, (cc_class_entry){ .what = CC_CLASS_FREEZE, .at_ns = cc_class_now(&h->clock), .text = rest }, err);
	if (code == CC_OK)
		cc_buf_addz(said, "Frozen.");
	return code;
}

static cc_code do_thaw(app_host *h, cc_str rest, cc_buf *said, cc_err *err)
{
	(void)rest;
	cc_code code = say(h, (cc_class_entry){ .what = CC_CLASS_THAW, .at_ns = cc_class_now(&h->clock) }, err);
	if (code == CC_OK)
		cc_buf_addz(said, "It goes on.");
	return code;
}

static cc_code do_tell(app_host *h, cc_str rest, cc_buf *said, cc_err *err)
{
	if (!rest.n)
		return cc_err_set(err, CC_EUSAGE, "tell what? tell TEXT");
	cc_code code = say(h, (cc_class_entry){ .what = CC_CLASS_TELL, .at_ns = cc_class_now(&h->clock), .text = rest }, err);
	if (code == CC_OK)
		cc_buf_addz(said, "Told to everybody who plays.");
	return code;
}

static cc_code write_due(app_host *h, cc_buf *said, cc_err *err)
{
	app_room r;
	size_t written = 0;
	cc_code code = app_room_read(&r, h->dir, err);
	if (code == CC_OK && h->has_truth && !h->judged_elsewhere)
		code = app_class_verdicts(h->o, &h->truth, &r, &written, err);
	if (written)
		cc_buf_addf(said, "%s%zu verdict%s written.", said->n ? " " : "", written, written == 1 ? " is" : "s are");
	app_room_deinit(&r);
	return code;
}

static cc_code do_reveal(app_host *h, cc_str rest, cc_buf *said, cc_err *err)
{
	(void)rest;
	if (!h->has_truth) {
		cc_err_set(err, CC_ENOTFOUND, "reveal: the ground truth is not here");
		return cc_err_hint(err, "--incident DIR, and --truth PATH where it does not lie beside"), CC_ENOTFOUND;
	}
	cc_code code = say(h, (cc_class_entry){ .what = CC_CLASS_REVEAL, .at_ns = cc_class_now(&h->clock) }, err);
	if (code == CC_OK)
		cc_buf_addz(said, "Revealed.");
	return code;
}

static cc_code do_end(app_host *h, cc_str rest, cc_buf *said, cc_err *err)
{
	(void)rest;
	cc_code code = say(h, (cc_class_entry){ .what = CC_CLASS_END, .at_ns = cc_class_now(&h->clock) }, err);
	if (code == CC_OK)
		cc_buf_addz(said, "The class is over.");
	return code;
}

static cc_code status(app_host *h, cc_str rest, cc_reply **reply, cc_err *err)
{
	app_board b;
	if (rest.n && !cc_str_eqz(rest, "names"))
		return cc_err_set(err, CC_EUSAGE, "status, or status names");
	cc_code code = app_board_make(&b, h->o, h->dir, h->has_truth && !h->judged_elsewhere ? &h->truth : NULL, &h->clock,
		NULL, err);
	if (code == CC_OK)
		code = app_board_reply(&b, rest.n > 0, reply, err);
	app_board_deinit(&b);
	return code;
}

static const struct host_command { const char *name, *args, *what; cc_code (*run)(app_host *h, cc_str rest, cc_buf *said, cc_err *err); } HOST[] = {
	{ "start", "[SECONDS]", "everybody begins after a countdown", do_start },
	{ "freeze", "[WHY]", "all clocks stop, nothing can be asked", do_freeze },
	{ "thaw", "", "they go on", do_thaw },
	{ "tell", "TEXT", "a hint to everybody, recorded with each run", do_tell },
	{ "reveal", "", "the verdicts are computed and told", do_reveal },
	{ "end", "", "the class is over, whoever still plays", do_end },
	{ "status", "[names]", "how everybody is doing; with names after the reveal", NULL },
};

cc_code app_host_line(app_host *h, cc_str line, cc_buf *said, cc_reply **reply, cc_err *err)
{
	cc_str name, rest;
	*reply = NULL;
	cc_str_cut(cc_str_trim(line), ' ', &name, &rest);
	rest = cc_str_trim(rest);
	for (size_t i = 0; i < sizeof HOST / sizeof *HOST; i++) {
		if (!cc_str_eqz(name, HOST[i].name))
			continue;
		cc_code code = cc_class_beat(&h->clock, h->here.p, err);
		cc_class_freshen(h->dir, "seats", &h->id);
		if (code == CC_OK && HOST[i].run)
			code = HOST[i].run(h, rest, said, err);
		cc_err late = { 0 };    /* a verdict that cannot be written hides nothing else */
		cc_code due = code == CC_OK ? write_due(h, said, &late) : CC_OK;
		if (code == CC_OK && !HOST[i].run)
			code = status(h, rest, reply, err);
		if (code == CC_OK && due != CC_OK)
			*err = late;
		return code == CC_OK ? due : code;
	}
	cc_err_set(err, CC_EUNKNOWN, "a host does not know '%.*s'", CC_STR_ARG(name));
	return cc_err_hint(err, "start, freeze, thaw, tell, reveal, end, status"), CC_EUNKNOWN;
}

/* --- making the class --- */

static cc_code evidence(const app_options *o, const char *dir, cc_class_terms *t, cc_arena *arena, cc_err *err)
{
	cc_snapshot *s = NULL;
	char digest[65] = "";
	cc_snapshot_options how = { .left_out = CC_KINDS_ALL };
	(void)o;
	cc_code code = cc_snapshot_open(&s, dir, &how, err);
	if (code != CC_OK)
		return code;
	t->incident = cc_arena_dup(arena, cc_snapshot_name(s));
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++)
		t->bytes += cc_snapshot_file(s, i)->bytes;
	t->files = cc_snapshot_file_count(s);
	if (cc_snapshot_digest(s, NULL, digest, err) == CC_OK)
		t->digest = cc_arena_dup(arena, cc_str_from(digest));
	cc_snapshot_free(s);
	return t->incident.p ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

static cc_code rules(const app_options *o, cc_class_terms *t, cc_err *err)
{
	const char *assistance = "full";
	cc_code code = app_budget(o, &t->budget, err);
	if (code == CC_OK)
		code = app_assistance(o, &assistance, err);
	t->assistance = cc_str_from(assistance);
	t->known_only = o->known;
	t->hold = o->hold;
	t->countdown_s = COUNTDOWN_S;
	if (code == CC_OK && o->countdown && (!cc_str_to_i64(cc_str_from(o->countdown), &t->countdown_s) || t->countdown_s < 0 ||
		t->countdown_s > COUNTDOWN_MAX_S))
		code = cc_err_set(err, CC_EUSAGE, "--countdown takes 0 to %d seconds, not %s", COUNTDOWN_MAX_S, o->countdown);
	return code;
}

/* A live drill begins and ends where it would alone; a session without a record says where. */
static cc_code live(const app_options *o, const char *dir, cc_class_terms *t, cc_err *err)
{
	cc_session *s = NULL;
	int speed = 0;
	if (!o->live)
		return o->from ? cc_err_set(err, CC_EUSAGE, "--from is for a live drill (--live 1x)") : CC_OK;
	if (!cc_live_speed_parse(cc_str_from(o->live), &speed))
		return cc_err_set(err, CC_EUSAGE, "--live takes a speed from 1x to %dx, not %s", CC_LIVE_SPEED_MAX, o->live);
	cc_session_options so = { .dir = dir, .no_cache = o->no_cache, .live_speed = speed, .live_from = o->from, .pause_at_start = true };
	cc_code code = cc_session_open(&s, &so, err);
	if (code != CC_OK)
		return code;
	cc_live drill = cc_session_live(s).drill;
	t->live = speed;
	t->live_from = cc_str_from(o->from ? o->from : "");
	t->live_from_ns = drill.from_ns;
	t->live_to_ns = drill.to_ns;
	cc_session_close(s);
	return CC_OK;
}

static cc_code make(app_host *h, cc_err *err)
{
	cc_arena *arena = cc_arena_new();
	cc_class_id id;
	cc_class_terms t = { .host = cc_str_from(h->id.text) };
	cc_buf seal = CC_BUF_INIT;
	app_options with = *h->o;
	cc_code code = arena ? cc_class_id_new(&id, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = app_class_truth_find(&h->truth, h->o, &t, err);
	if (code == CC_OK)
		code = rules(h->o, &t, err);
	if (code == CC_OK)
		code = evidence(h->o, h->truth.incident.p, &t, arena, err);
	if (code == CC_OK)
		code = live(h->o, h->truth.incident.p, &t, err);
	if (code == CC_OK) {
		with.truth = h->truth.truth.n ? h->truth.truth.p : NULL;
		app_seal_truth(&with, h->truth.incident.p, &seal);
		t.id = cc_str_from(id.text);
		t.path = cc_buf_str(&h->truth.incident);
		t.truth_seal = cc_buf_str(&seal);
		if (!seal.n)
			fprintf(stderr, "coldcase: no ground truth lies beside %s: there will be no verdicts (--truth)\n", h->truth.incident.p);
		code = cc_class_make(h->dir, &t, err);
	}
	if (code == CC_OK)
		app_class_truth_keep(&h->truth, t.id);
	app_class_truth_deinit(&h->truth);
	cc_buf_deinit(&seal);
	cc_arena_free(arena);
	return code;
}

static bool truth_is_here(const app_host *h)
{
	app_options with = *h->o;
	cc_buf seal = CC_BUF_INIT;
	with.truth = h->truth.truth.n ? h->truth.truth.p : NULL;
	if (h->truth.incident.n)
		app_seal_truth(&with, h->truth.incident.p, &seal);
	bool here = seal.n;
	cc_buf_deinit(&seal);
	return here;
}

static cc_code open_host(app_host *h, cc_err *err)
{
	app_room r;
	cc_code code = cc_class_id_new(&h->id, err);
	if (code == CC_OK)
		code = app_room_read(&r, h->dir, err);
	if (code == CC_ENOTFOUND && h->o->incident) {
		app_room_deinit(&r);
		code = make(h, err);
		if (code == CC_OK || code == CC_ESTATE)         /* somebody else was first: then it is theirs, and we are one more host */
			code = app_room_read(&r, h->dir, err);
	}
	if (code == CC_OK)
		code = app_class_truth_find(&h->truth, h->o, &r.terms, err);
	app_room_deinit(&r);
	if (code == CC_OK)
		h->has_truth = truth_is_here(h);
	cc_buf_addf(&h->here, "%s/host/%s.here", h->dir, h->id.text);
	if (code == CC_OK && !cc_buf_ok(&h->here))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	return code == CC_OK ? cc_class_beat(&h->clock, h->here.p, err) : code;
}

static void close_host(app_host *h)
{
	if (h->here.n)
		unlink(h->here.p);      /* its log stays; this only told it the time */
	app_class_truth_deinit(&h->truth);
	cc_buf_deinit(&h->here);
}

/* --- by lines --- */

static int run_line(app_host *h, cc_str line)
{
	cc_buf said = CC_BUF_INIT;
	cc_reply *reply = NULL;
	cc_err err = { 0 };
	cc_code code = app_host_line(h, line, &said, &reply, &err);
	if (reply)
		app_print_reply(h->o, reply);
	else if (said.n && !h->o->json)
		printf("%.*s\n", CC_STR_ARG(cc_buf_str(&said)));
	fflush(stdout);
	cc_reply_unref(reply);
	cc_buf_deinit(&said);
	return code == CC_OK ? 0 : app_fail(&err);
}

static int run_input(app_host *h)
{
	char line[4096];
	int status = 0;
	while (fgets(line, sizeof line, stdin)) {
		cc_str text = cc_str_trim(cc_str_from(line));
		if (!text.n || text.p[0] == '#')
			continue;
		if (cc_str_eqz(text, "quit"))
			break;
		int one = run_line(h, text);
		status = status ? status : one;
	}
	return status;
}

int app_class_host(const app_options *o)
{
	app_host h = { .o = o, .dir = o->args.p[1], .here = CC_BUF_INIT };
	cc_err err = { 0 };
	int status = 0;
	cc_code code = open_host(&h, &err);
	for (size_t i = 0; i < o->commands.n && code == CC_OK; i++) {
		int one = run_line(&h, cc_str_from(o->commands.p[i]));
		status = status ? status : one;
	}
	bool screen = !o->plain && !o->json && app_can_draw();
	if (code == CC_OK && !o->commands.n)
		status = screen ? app_class_wall(&h) : run_input(&h);
	close_host(&h);
	return code == CC_OK ? fflush(stdout) != 0 ? 1 : status : app_fail(&err);
}
