/* instruct.c - follows a growing record (see instruct.h).
 *
 * When the file has grown it is read anew - finding its lines takes no time to speak of - and only the new steps are run again, to see
 * which of the records that decide were on the screen. */
#include "app/instruct.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "app/lead.h"
#include "coldcase/clock.h"
#include "coldcase/entity.h"
#include "coldcase/file.h"
#include "coldcase/sha256.h"

enum { NOTES_MOST = 1 << 20 };

/* --- private notes --- */

static bool read_note(app_instructor *w, cc_str line)
{
	cc_json *json = NULL;
	app_instruct_note note = { .wall_ns = CC_TIME_NONE };
	int64_t step = 0;
	if (cc_json_parse(&json, line, NULL) != CC_OK)
		return w->bad_notes++, true;    /* a torn line of a program that was killed */
	(void)cc_time_parse(cc_json_get_str(json, "wall"), &note.wall_ns);
	(void)cc_json_int(cc_json_get(json, "step"), &step);
	note.step = step > 0 ? (uint64_t)step : 0;
	note.text = cc_arena_dup(w->arena, cc_json_get_str(json, "text"));
	cc_json_free(json);
	return note.text.p && cc_vec_push(&w->notes, note);
}

/* One file a run: its folder's path says which, as the name of a file. */
static cc_code open_notes(app_instructor *w, cc_err *err)
{
	cc_buf text = CC_BUF_INIT;
	char real[4096];
	cc_code code = cc_xdg_dir(&w->notes_path, 's', err);
	cc_buf_addz(&w->notes_path, "/watch");
	if (code == CC_OK && cc_buf_ok(&w->notes_path))
		code = cc_dir_make(w->notes_path.p, err);
	cc_buf_add_char(&w->notes_path, '/');
	char hex[65];
	cc_sha256_of(cc_str_from(realpath(w->path, real) ? real : w->path), hex);
	cc_buf_addf(&w->notes_path, "%.16s.jsonl", hex);
	if (code == CC_OK && !cc_buf_ok(&w->notes_path))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && cc_file_read(&text, w->notes_path.p, NOTES_MOST, NULL) == CC_OK)
		for (cc_str line, rest = cc_buf_str(&text); rest.n && code == CC_OK;) {
			cc_str_cut(rest, '\n', &line, &rest);
			if (cc_str_trim(line).n && !read_note(w, line))
				code = cc_err_set(err, CC_ENOMEM, "out of memory");
		}
	cc_buf_deinit(&text);
	return code;
}

static cc_code write_note(const app_instructor *w, const app_instruct_note *note, cc_err *err)
{
	cc_buf b = CC_BUF_INIT, wall = CC_BUF_INIT;
	cc_jw jw;
	cc_time_format(&wall, note->wall_ns);
	cc_jw_init(&jw, &b, 0);
	cc_jw_object(&jw);
	cc_jw_key(&jw, "wall");
	cc_jw_str(&jw, cc_buf_str(&wall));
	cc_jw_key(&jw, "step");
	cc_jw_int(&jw, (int64_t)note->step);
	cc_jw_key(&jw, "text");
	cc_jw_str(&jw, note->text);
	cc_jw_end_object(&jw);
	cc_code code = cc_buf_ok(&b) ? cc_file_add_line(w->notes_path.p, cc_buf_str(&b), false, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&b);
	cc_buf_deinit(&wall);
	return code;
}

cc_code app_instruct_note_add(app_instructor *w, cc_str text, cc_err *err)
{
	app_instruct_note note = { cc_clock_wall_ns(), cc_run_step_count(w->s.run), cc_arena_dup(w->arena, text) };
	if (!note.text.p || !cc_vec_push(&w->notes, note))
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	return write_note(w, &note, err);
}

/* --- the truth --- */

/* Which of the things on the map are a true cause, whatever the truth calls them. */
static cc_code find_causes(app_instructor *w, cc_err *err)
{
	const cc_snapshot *s = w->kept.snapshot;
	size_t n = s ? cc_entity_count(s) : 0;
	cc_code code = CC_OK;
	w->causes = cc_arena_array(w->arena, n + 1, sizeof *w->causes);
	w->hops = cc_arena_array(w->arena, n + 1, sizeof *w->hops);
	if (!w->causes || !w->hops)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	for (cc_entity_id id = 1; id <= n && code == CC_OK; id++) {
		cc_buf name = CC_BUF_INIT;
		size_t group;
		bool root = false;
		cc_entity_format(s, id, &name);
		code = app_scoring_name(&w->s, cc_buf_str(&name), &group, &root, err);
		if (root)
			w->causes[w->cause_count++] = id;
		cc_buf_deinit(&name);
	}
	if (code == CC_OK && w->cause_count)
		code = cc_hops_from(s, w->causes, w->cause_count, w->hops);
	if (!w->cause_count)
		w->hops = NULL;
	return code;
}

/* --- following --- */

static uint64_t size_of(const app_instructor *w)
{
	struct stat st;
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, w->path, CC_RECORD_FILE);
	bool there = cc_buf_ok(&path) && stat(path.p, &st) == 0;
	cc_buf_deinit(&path);
	return there ? (uint64_t)st.st_size : 0;
}

const cc_snapshot *app_instruct_snapshot(const app_instructor *w)
{
	return w->kept.snapshot ? w->kept.snapshot : w->again ? cc_rerun_snapshot(w->again) : NULL;
}

static cc_code stand(app_instructor *w, cc_err *err)
{
	size_t lost;
	cc_case_free(w->kase);
	w->kase = NULL;
	return cc_run_replay_loose(w->s.run, app_instruct_snapshot(w), SIZE_MAX, &lost, &w->kase, err);
}

/* Runs the new steps again, and looks at the record as a review does. */
static cc_code look(app_instructor *w, cc_err *err)
{
	cc_rerun_step step;
	cc_code code = CC_OK;
	while (w->again && code == CC_OK) {
		code = cc_rerun_next(w->again, NULL, &step, NULL);
		if (code == CC_OK && w->seeing)
			app_seeing_step(w->seeing, &step);
	}
	if (code == CC_ENOMEM)
		return cc_err_set(err, code, "out of memory");
	if (w->seeing)
		app_seeing_pins(w->seeing);
	app_review_deinit(&w->review);
	w->review = (app_review){ 0 };
	w->reviewed = false;
	if (w->s.truth && !w->s.truth->unscorable) {
		code = app_review_discover(&w->review, &w->s, err);
		w->reviewed = code == CC_OK;
		return code == CC_OK ? stand(w, err) : code;
	}
	return stand(w, err);
}

cc_code app_instruct_open(app_instructor *w, const app_options *o, const char *path, app_class_lead *lead, cc_err *err)
{
	*w = (app_instructor){ .o = o, .path = path, .lead = lead, .arena = cc_arena_new() };
	if (!w->arena)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	w->bytes = size_of(w);
	cc_code code = app_scoring_open(&w->s, o, path, &w->kept, err);
	if (code != CC_OK && !w->s.run)
		return code;
	if (code == CC_ENOTFOUND || (code != CC_OK && w->kept.unsealed.ungiven)) {   /* the run can be followed all the same */
		w->why = *err;
		code = CC_OK;
	}
	if (code == CC_OK && !w->s.run)
		code = cc_err_set(err, CC_EUSAGE, "%s: only a run with a record can be watched", path);
	if (code == CC_OK && cc_rerun_open(&w->again, w->s.run, w->kept.snapshot ? cc_snapshot_path(w->kept.snapshot).p : NULL, o->no_cache, NULL) != CC_OK)
		w->again = NULL;
	if (code == CC_OK && w->s.truth)
		code = find_causes(w, err);
	if (code == CC_OK && w->s.truth) {
		w->seeing = app_seeing_new(&w->s);
		code = w->seeing ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	if (code == CC_OK)
		code = open_notes(w, err);
	return code == CC_OK ? look(w, err) : code;
}

void app_instruct_close(app_instructor *w)
{
	cc_rerun_close(w->again);
	app_seeing_free(w->seeing);
	app_review_deinit(&w->review);
	cc_case_free(w->kase);
	app_scoring_deinit(&w->s);
	app_kept_deinit(&w->kept);
	cc_vec_deinit(&w->notes);
	cc_buf_deinit(&w->notes_path);
	cc_arena_free(w->arena);
}

cc_code app_instruct_follow(app_instructor *w, bool *grew, cc_err *err)
{
	uint64_t bytes = size_of(w);
	cc_run *run = NULL;
	*grew = false;
	if (bytes <= w->bytes)
		return CC_OK;
	cc_code code = w->o->shared ? cc_run_read_shared(&run, w->path, err) : cc_run_read(&run, w->path, err);
	if (code != CC_OK)
		return code;
	app_review_deinit(&w->review);   /* it borrows from the record */
	w->review = (app_review){ 0 };
	if (w->again)
		cc_rerun_grown(w->again, run);
	cc_run_free(w->s.run);
	w->s.run = run;
	w->bytes = bytes;
	*grew = true;
	return look(w, err);
}

/* --- doing --- */

bool app_instruct_rung(app_instructor *w, cc_buf *out)
{
	size_t given = w->kase ? cc_case_hints(w->kase) : 0;
	for (size_t i = 0; i < cc_run_step_count(w->s.run); i++) {      /* those of ours count as rungs too */
		const cc_record_step *step = cc_run_step(w->s.run, i)->as.step;
		for (size_t k = 0; k < step->action_count; k++)
			given += step->actions[k].kind == CC_ACT_HINT && !step->actions[k].number;
	}
	return w->s.debrief && cc_debrief_rung(w->s.debrief, given + 1, out);
}

/* Its console looks into the folder five times a second; how long the folder takes, nobody knows. */
static cc_code send_to_seat(app_instructor *w, const char *what, cc_str text, cc_buf *said, cc_err *err)
{
	bool later;
	cc_code code = app_class_lead_send(w->lead, cc_str_from(what), text, &later, err);
	if (code == CC_OK)
		cc_buf_addf(said, "written for seat %zu: %s", w->lead->number, later ? "told when its clock goes on" :
			"done within a second of its coming there, or with the next command");
	return code;
}

static cc_code send(app_instructor *w, const char *what, cc_str text, cc_buf *said, cc_err *err)
{
	if (w->lead)
		return send_to_seat(w, what, text, said, err);
	cc_buf line = CC_BUF_INIT, answer = CC_BUF_INIT;
	cc_buf_addf(&line, "%s %.*s", what, CC_STR_ARG(text));
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] == '\n' || line.p[i] == '\r')
			line.p[i] = ' ';
	cc_code code = cc_buf_ok(&line) ? app_lead_send(w->path, cc_buf_str(&line), &answer, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK && answer.n)
		cc_buf_addf(said, "done: %.*s", CC_STR_ARG(cc_buf_str(&line)));
	else if (code == CC_OK)
		cc_buf_addz(said, "sent: it will be taken with the next command");
	cc_buf_deinit(&line);
	cc_buf_deinit(&answer);
	return code;
}

cc_code app_instruct_do(app_instructor *w, cc_str line, cc_buf *said, cc_err *err)
{
	cc_str word, text;
	cc_buf rung = CC_BUF_INIT;
	cc_code code;
	cc_str_cut(cc_str_trim(line), ' ', &word, &text);
	text = cc_str_trim(text);
	if (cc_str_eqz(word, "note") && text.n) {
		code = app_instruct_note_add(w, text, err);
		cc_buf_addz(said, code == CC_OK ? "noted, for you alone" : "");
	} else if (cc_str_eqz(word, "rung")) {
		code = app_instruct_rung(w, &rung) ? send(w, "hint", cc_buf_str(&rung), said, err) :
			cc_err_set(err, CC_ENOTFOUND, "the ladder of hints is over, or there is none");
	} else if ((cc_str_eqz(word, "hint") && text.n) || cc_str_eqz(word, "freeze") || cc_str_eqz(word, "thaw")) {
		char what[8] = "";
		memcpy(what, word.p, word.n < sizeof what ? word.n : sizeof what - 1);
		code = send(w, what, text, said, err);
	} else {
		code = cc_err_set(err, CC_EUSAGE, "%.*s: not known here", CC_STR_ARG(word));
		cc_err_hint(err, "hint TEXT, rung, freeze WHY, thaw, note TEXT");
	}
	cc_buf_deinit(&rung);
	return code;
}
