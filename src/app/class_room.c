/* class_room.c - reads a class's folder, and how far each seat is from its record. */
#include "app/class_room.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include "app/runs.h"
#include "coldcase/file.h"

void app_room_deinit(app_room *r)
{
	cc_class_log_deinit(&r->log);
	cc_vec_deinit(&r->seats);
	cc_arena_free(r->arena);
	*r = (app_room){ 0 };
}

cc_code app_room_read(app_room *r, const char *dir, cc_err *err)
{
	*r = (app_room){ .dir = dir, .arena = cc_arena_new() };
	if (!r->arena)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_code code = cc_class_read(&r->terms, r->arena, dir, err);
	if (code == CC_OK)
		code = cc_class_log_read(&r->log, r->arena, dir, err);
	if (code == CC_OK)
		code = cc_class_seats_read(&r->seats, r->arena, dir, &r->stray_seats, err);
	if (code == CC_OK)
		cc_class_fold(&r->log, &r->state);
	return code;
}

/* --- a seat's record --- */

static void note_pane(app_seat_progress *p, cc_str name)
{
	static const char *const panes[] = { "alerts", "logs", "traces", "metrics", "topology", "events", "specs", "board" };
	for (unsigned i = 0; i < sizeof panes / sizeof *panes; i++)
		if (cc_str_eqz(name, panes[i]) && !(p->panes & 1u << i)) {
			p->panes |= 1u << i;
			p->pane_count++;
		}
}

static void note_step(app_seat_progress *p, const cc_record_step *step)
{
	p->steps = step->number;
	p->queries = step->queries;
	p->active_ns = step->active_ns;
	note_pane(p, step->command);
	for (size_t i = 0; i < step->action_count; i++) {
		p->started = p->started || step->actions[i].kind == CC_ACT_START;
		p->submitted = p->submitted || step->actions[i].kind == CC_ACT_SUBMIT;
		p->hints += step->actions[i].kind == CC_ACT_HINT;
		p->told += step->actions[i].kind == CC_ACT_HINT && !step->actions[i].number;
	}
}

static void note_line(app_seat_progress *p, const cc_record_line *line, const cc_class_terms *terms)
{
	switch (line->type) {
	case CC_LINE_STEP: note_step(p, line->as.step); break;
	case CC_LINE_VIEW: note_pane(p, line->as.view->pane); break;
	case CC_LINE_DIGEST:
		p->other = terms->digest.n && line->as.digest->sha256.n && !cc_str_eq(terms->digest, line->as.digest->sha256);
		break;
	case CC_LINE_EVENT: p->resumed = p->resumed || cc_str_eqz(line->as.event->name, "resumed"); break;
	case CC_LINE_END: p->ended = true; break;
	default: break;
	}
}

static uint64_t size_of(const char *run_dir)
{
	cc_buf path = CC_BUF_INIT;
	struct stat st;
	cc_path_join(&path, run_dir, CC_RECORD_FILE);
	uint64_t n = cc_buf_ok(&path) && stat(path.p, &st) == 0 ? (uint64_t)st.st_size : 0;
	cc_buf_deinit(&path);
	return n;
}

/* Whoever sits there may have put anything in the place of a file, such as a pipe that keeps its reader waiting. */
static bool is_plain(const char *run_dir, const char *name)
{
	cc_buf path = CC_BUF_INIT;
	struct stat st;
	cc_path_join(&path, run_dir, name);
	bool plain = cc_buf_ok(&path) && (lstat(path.p, &st) == 0 ? S_ISREG(st.st_mode) : errno == ENOENT);
	cc_buf_deinit(&path);
	return plain;
}

/* A record that cannot be read is one that is still coming: the seat has done nothing yet. */
cc_code app_seat_progress_read(app_seat_progress *out, cc_arena *arena, const cc_class_seat *seat, const cc_class_terms *terms, cc_err *err)
{
	enum { KEPT_LINES = 256 };
	app_run_places places = { 0 };
	cc_run *run = NULL;
	*out = (app_seat_progress){ .run_dir = CC_STR_EMPTY };
	cc_code code = app_runs_find(&places, arena, seat->dir.p, err);
	if (code == CC_OK && places.n)
		out->run_dir = cc_str_from(places.p[0].path);
	cc_vec_deinit(&places);
	if (code == CC_ENOMEM)
		return code;
	cc_err_clear(err);
	out->strange = out->run_dir.n && !(is_plain(out->run_dir.p, CC_RECORD_FILE) && is_plain(out->run_dir.p, CC_RECORD_ANSWER_FILE));
	if (out->strange)
		out->run_dir = CC_STR_EMPTY;
	if (!out->run_dir.n || cc_run_read_shared(&run, out->run_dir.p, err) != CC_OK)
		return CC_OK;
	out->bytes = size_of(out->run_dir.p);
	for (size_t i = 0; i < cc_run_line_count(run); i++) {
		note_line(out, cc_run_line(run, i), terms);
		cc_run_trim(run, KEPT_LINES);
	}
	cc_run_free(run);
	return CC_OK;
}
