/* class_lead.c - finds a seat of a class, and says things to it through the shared folder (see class_lead.h). */
#include "app/class_lead.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "coldcase/file.h"
#include "coldcase/record.h"

/* --- which seat --- */

static bool has(cc_arena *arena, cc_str dir, const char *name)
{
	struct stat st;
	cc_str path = cc_arena_printf(arena, "%.*s/%s", CC_STR_ARG(dir), name);
	return path.p && lstat(path.p, &st) == 0 && S_ISREG(st.st_mode);
}

/* The folder above, and what this one is called in it; false at the root. */
static bool go_up(cc_str *dir, cc_str *name)
{
	size_t slash = cc_str_rfind_char(*dir, '/');
	if (slash == CC_STR_NONE || slash == 0)
		return false;
	*name = cc_str_sub(*dir, slash + 1, dir->n);
	*dir = cc_str_sub(*dir, 0, slash);
	return true;
}

bool app_class_lead_finds(const char *path, cc_arena *arena, const char **dir, cc_str *seat)
{
	enum { DEEPEST = 4 };       /* DIR/seats/ID/SCENARIO/1 */
	char real[4096];
	*seat = CC_STR_EMPTY;
	if (!realpath(path, real))
		return false;
	cc_str at = cc_arena_dup(arena, cc_str_from(real)), name = CC_STR_EMPTY, below = CC_STR_EMPTY;
	for (int i = 0; at.p && i <= DEEPEST; i++) {
		if (has(arena, at, CC_CLASS_FILE) && (i == 0 || cc_str_eqz(name, "seats"))) {
			*dir = cc_arena_dupz(arena, at);
			*seat = i == 0 ? CC_STR_EMPTY : below;
			return *dir != NULL;
		}
		below = name;
		if (!go_up(&at, &name))
			break;
	}
	return false;
}

static const cc_class_seat *choose(const app_room *r, cc_str id, const char *which, cc_err *err)
{
	int64_t number = 0;
	const cc_class_seat *found = NULL;
	if (which && cc_str_to_i64(cc_str_from(which), &number) && number > 0 && (uint64_t)number <= r->seats.n)
		return &r->seats.p[number - 1];
	for (size_t i = r->seats.n; i-- > 0 && !found;) {
		const cc_class_seat *s = &r->seats.p[i];
		if (which ? cc_str_eqz(s->name, which) || cc_str_eqz(s->id, which) : cc_str_eq(s->id, id))
			found = s;
	}
	if (found)
		return found;
	if (!r->seats.n)
		cc_err_set(err, CC_ENOTFOUND, "%s: nobody sits in this class yet", r->dir);
	else if (which || id.n)
		cc_err_set(err, CC_ENOTFOUND, "%s: no seat %.*s", r->dir, CC_STR_ARG(which ? cc_str_from(which) : id));
	else
		cc_err_set(err, CC_EUSAGE, "%s is a class of %zu: which seat?", r->dir, r->seats.n);
	cc_err_hint(err, "--seat 1 to %zu, as `coldcase class host DIR -c status` counts them, or a name", r->seats.n ? r->seats.n : 1);
	return NULL;
}

static cc_code take_seat(app_class_lead *l, const app_room *r, const cc_class_seat *seat, cc_err *err)
{
	l->seat = *seat;
	l->number = (size_t)(seat - r->seats.p) + 1;
	l->seat.id = cc_arena_dup(l->arena, seat->id);
	l->seat.name = cc_arena_dup(l->arena, seat->name);
	l->seat.dir = cc_arena_dup(l->arena, seat->dir);
	return l->seat.id.p && l->seat.name.p && l->seat.dir.p ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* --- opening --- */

cc_code app_class_lead_look(app_class_lead *l, cc_err *err)
{
	app_room r = { 0 };
	app_seat_progress p = { .run_dir = CC_STR_EMPTY };
	cc_arena *arena = cc_arena_new();    /* of this look: there are two a second for as long as nobody begins */
	cc_code code = arena ? app_room_read(&r, l->dir, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = app_seat_progress_read(&p, arena, &l->seat, &r.terms, err);
	app_room_deinit(&r);
	if (code == CC_OK && p.strange)
		code = cc_err_set(err, CC_EFORMAT, "%s: there are no plain files where the record should be", l->seat.dir.p);
	if (code == CC_OK && !p.bytes)
		l->run_dir = CC_STR_EMPTY;
	else if (code == CC_OK && !cc_str_eq(l->run_dir, p.run_dir))
		l->run_dir = cc_arena_dup(l->arena, p.run_dir);
	cc_arena_free(arena);
	return code;
}

/* By a file that goes away again: what this process leaves in the folder is what it said. */
static cc_code learn_time(app_class_lead *l, cc_err *err)
{
	cc_code code = cc_class_beat(&l->clock, l->here.p, err);
	if (code == CC_OK)
		unlink(l->here.p);
	return code;
}

cc_code app_class_lead_open(app_class_lead *l, const app_options *o, const char *path, const char *which, cc_err *err)
{
	app_room r = { 0 };
	cc_str id;
	*l = (app_class_lead){ .arena = cc_arena_new(), .here = CC_BUF_INIT, .run_dir = CC_STR_EMPTY };
	if (!l->arena || !app_class_lead_finds(path, l->arena, &l->dir, &id))
		return l->arena ? cc_err_set(err, CC_ENOTFOUND, "%s: neither a class nor a seat of one", path) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_code code = app_room_read(&r, l->dir, err);
	const cc_class_seat *seat = code == CC_OK ? choose(&r, id, which, err) : NULL;
	if (code == CC_OK)
		code = seat ? take_seat(l, &r, seat, err) : err->code;
	if (code == CC_OK)
		code = app_class_truth_find(&l->truth, o, &r.terms, err);
	app_room_deinit(&r);
	l->how = app_class_scoring_options(o, &l->truth);
	if (code == CC_OK)
		code = cc_class_id_new(&l->id, err);
	cc_buf_addf(&l->here, "%s/host/%s.here", l->dir, l->id.text);
	if (code == CC_OK && !cc_buf_ok(&l->here))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = learn_time(l, err);
	return code == CC_OK ? app_class_lead_look(l, err) : code;
}

void app_class_lead_close(app_class_lead *l)
{
	app_class_truth_deinit(&l->truth);
	cc_buf_deinit(&l->here);
	cc_arena_free(l->arena);
	*l = (app_class_lead){ 0 };
}

/* --- saying --- */

cc_code app_class_lead_send(app_class_lead *l, cc_str what, cc_str text, bool *later, cc_err *err)
{
	cc_class_entry e = { .seat = l->seat.id, .text = text };
	app_room r = { 0 };
	cc_class_state s;
	cc_code code = learn_time(l, err);
	*later = false;
	e.at_ns = cc_class_now(&l->clock);
	e.what = cc_str_eqz(what, "hint") ? CC_CLASS_TELL : cc_str_eqz(what, "freeze") ? CC_CLASS_FREEZE : CC_CLASS_THAW;
	if (code == CC_OK)
		code = app_room_read(&r, l->dir, err);
	if (code == CC_OK) {
		cc_class_fold_seat(&r.log, l->seat.id, &s);
		*later = e.what == CC_CLASS_TELL && (s.frozen || r.state.frozen);
		code = cc_class_say(l->dir, &l->id, &s, e, err);
	}
	app_room_deinit(&r);
	return code;
}

/* --- how it is, in the folder's time --- */

static int64_t since(const app_class_lead *l, const char *dir, const char *name)
{
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, dir, name);
	int64_t ns = cc_buf_ok(&path) ? cc_class_age_ns(&l->clock, path.p) : CC_TIME_NONE;
	cc_buf_deinit(&path);
	return ns;
}

int64_t app_class_lead_idle_ns(const app_class_lead *l)
{
	return l->run_dir.n ? since(l, l->run_dir.p, CC_RECORD_FILE) : CC_TIME_NONE;
}

int64_t app_class_lead_silent_ns(const app_class_lead *l)
{
	return since(l, l->seat.dir.p, "here");
}
