/* app_score.c - `score`: the process that may open a ground truth.
 *
 * It takes answer files and run folders, finds the truth that belongs to each, and prints verdicts. A run folder gets a
 * score.json beside its record. It accepts no investigating command, and the investigating processes start it rather
 * than call it (law 6). `--seal` prints the salted hash that a record keeps, so that a truth changed afterwards is
 * noticed. */
#include "app/cases.h"
#include "app/conduct.h"
#include "app/runs.h"

#include <stdio.h>
#include <string.h>
#include "coldcase/file.h"
#include "coldcase/utf8.h"

/* --- what is printed and kept --- */

/* Whether the record can be relied on: what a reader of someone else's run asks first. */
static void record_remark(const app_scoring *s, cc_buf *out)
{
	cc_run_health h = cc_run_health_get(s->run);
	cc_buf_addf(out, "Record: %zu step%s", cc_run_step_count(s->run), cc_run_step_count(s->run) == 1 ? "" : "s");
	cc_buf_addz(out, h.ended ? ", ended" : ", not ended (the program was stopped)");
	if (h.torn)
		cc_buf_addf(out, ", last line torn (%llu bytes left out)", (unsigned long long)h.torn_bytes);
	if (h.lost)
		cc_buf_addf(out, ", %llu lines could not be written", (unsigned long long)h.lost);
	if (h.bad_lines)
		cc_buf_addf(out, ", %llu lines are none (first: line %llu)", (unsigned long long)h.bad_lines,
			(unsigned long long)h.first_bad_line);
	if (h.broken_line)
		cc_buf_addf(out, ", CHANGED: the hash chain breaks at line %llu.\n", (unsigned long long)h.broken_line);
	else
		cc_buf_addz(out, ", hash chain whole.\n");
}

/* What helped: never part of the score, always beside it. */
static void help_remark(const app_scoring *s, cc_buf *out)
{
	const cc_record_header *h = cc_run_header(s->run);
	size_t hints = app_run_hints(s->run);
	if (h && h->assistance.n)
		cc_buf_addf(out, "Assistance: %.*s", CC_STR_ARG(h->assistance));
	else
		cc_buf_addz(out, "Assistance: not said");
	cc_buf_addf(out, ", %zu hint%s", hints, hints == 1 ? "" : "s");
	for (size_t i = 0, shown = 0; i < cc_run_step_count(s->run); i++) {
		const cc_record_step *step = cc_run_step(s->run, i)->as.step;
		for (size_t k = 0; k < step->action_count; k++)
			if (step->actions[k].kind == CC_ACT_HINT && step->actions[k].number)
				cc_buf_addf(out, "%s rung %u at step %llu", shown++ ? "," : ":", step->actions[k].number,
					(unsigned long long)step->number);
			else if (step->actions[k].kind == CC_ACT_HINT)
				cc_buf_addf(out, "%s unasked at step %llu", shown++ ? "," : ":", (unsigned long long)step->number);
	}
	cc_run_breaks breaks = cc_run_breaks_of(s->run);
	if (breaks.count) {
		cc_buf_addf(out, "; left and gone on with %zu time%s, ", breaks.count, breaks.count == 1 ? "" : "s");
		cc_duration_format(out, breaks.away_ns);
		cc_buf_addz(out, " in between");
	}
	if (h && h->live.speed)         /* nobody could look ahead, and the clock went on */
		cc_buf_addf(out, "; played live, %d time%s as fast", h->live.speed, h->live.speed == 1 ? "" : "s");
	cc_buf_addz(out, ".\n");
}

/* Whether truth and evidence are those of the beginning, and the answer that of the end. A record tells the digest of its evidence when that was read in time. */
static void case_remark(const app_scoring *s, cc_buf *out)
{
	cc_str digest = s->run ? cc_run_snapshot_sha256(s->run) : CC_STR_EMPTY;
	if (s->verified)
		cc_buf_addz(out, "The ground truth is the one that was sealed when the run began.\n");
	else if (s->run && s->found.case_id[0])
		cc_buf_addf(out, "WARNING: %s commits its runs to its truth, and this record has no commitment.\n", s->found.case_id);
	if (s->altered)
		cc_buf_addf(out, "WARNING: %s.\n", s->altered);
	if (s->found.case_id[0] && digest.n && !cc_str_eqz(digest, s->found.snapshot_sha256))
		cc_buf_addf(out, "WARNING: the evidence of this run is not that of %s.\n", s->found.case_id);
}

static void print_verdict(const app_scoring *s, const app_conduct *conduct, bool named)
{
	cc_buf b = CC_BUF_INIT;
	bool ascii = !app_unicode(s->o);
	if (named) {
		cc_utf8_clean(&b, cc_str_from(s->path), CC_CLEAN_LINE);
		cc_buf_add_char(&b, '\n');
	}
	if (s->o->reveal)
		cc_score_reveal(&b, s->score, ascii);
	else
		cc_score_explain(&b, s->score, ascii);
	app_conduct_text(conduct, ascii, &b);
	case_remark(s, &b);
	if (s->run) {
		help_remark(s, &b);
		record_remark(s, &b);
	}
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	cc_buf_deinit(&b);
}

static cc_code keep_and_print(app_scoring *s, bool named, cc_err *err)
{
	cc_buf json = CC_BUF_INIT, path = CC_BUF_INIT;
	app_conduct conduct;
	cc_code code = app_conduct_make(&conduct, s, s->o->reveal, err);
	app_scoring_json(s, conduct.told ? &conduct.c : NULL, &json);
	if (code == CC_OK && s->o->json)
		fwrite(json.p ? json.p : "", 1, json.n, stdout);
	else if (code == CC_OK)
		print_verdict(s, &conduct, named);
	if (code == CC_OK && s->run) {
		cc_buf_add(&path, cc_buf_str(&s->dir));
		cc_buf_addz(&path, "/" CC_RECORD_SCORE_FILE);
		code = cc_file_write(path.p, cc_buf_str(&json), err);
	}
	app_conduct_deinit(&conduct);
	cc_buf_deinit(&json);
	cc_buf_deinit(&path);
	return code;
}

/* Levels of assistance of the runs scored so far: verdicts of different ones are no table. */
typedef struct levels { cc_buf first; bool runs, mixed; } levels;

static void note_level(levels *l, const app_scoring *s)
{
	const cc_record_header *h = s->run ? cc_run_header(s->run) : NULL;
	if (!h)
		return;
	l->mixed = l->mixed || (l->runs && !cc_str_eq(cc_buf_str(&l->first), h->assistance));
	if (!l->runs)
		cc_buf_add(&l->first, h->assistance);
	l->runs = true;
}

static int score_one(const app_options *o, const char *path, bool named, app_kept *kept, levels *seen)
{
	app_scoring s;
	cc_err err = { 0 };
	int status = 0;
	cc_code code = app_scoring_open(&s, o, path, kept, &err);
	if ((code == CC_ENOTFOUND && s.answer && !s.truth) || code == CC_EUNSCORABLE) { /* nothing to score against is an answer of its own */
		printf("UNSCORED: %s\n", err.message);
		if (err.hint[0])
			printf("  hint: %s\n", err.hint);
		status = cc_code_exit_status(CC_EUNSCORABLE);
		code = CC_OK;
	} else if (code == CC_OK) {
		note_level(seen, &s);
		app_scoring_warn(&s);
		code = keep_and_print(&s, named, &err);
		if (code == CC_OK && s.score->status == CC_SCORE_UNSCORABLE)
			status = cc_code_exit_status(CC_EUNSCORABLE);
	}
	app_scoring_deinit(&s);
	return code == CC_OK ? status : app_fail(&err);
}

/* --- sealing --- */

static int seal(const app_options *o)
{
	cc_truth *truth = NULL;
	cc_err err = { 0 };
	cc_buf line = CC_BUF_INIT;
	cc_code code = o->incident ? CC_OK : cc_err_set(&err, CC_EUSAGE, "score --seal needs --incident");
	if (code == CC_OK && app_case_seal(o, o->incident, &line)) {
		printf("%s\n", line.p ? line.p : "");
		cc_buf_deinit(&line);
		return fflush(stdout) != 0;
	}
	if (code == CC_OK)
		code = cc_truth_find(&truth, o->truth, o->incident, CC_STR_EMPTY, &err);
	if (code == CC_OK)
		code = app_truth_seal_new(truth, &line, &err);
	if (code == CC_OK) {
		printf("%s\n", line.p ? line.p : "");
	}
	cc_buf_deinit(&line);
	cc_truth_free(truth);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}

int app_score(const app_options *o)
{
	int status = 0;
	if (o->seal)
		return seal(o);
	if (o->hint)
		return app_hint(o);
	if (!o->args.n) {
		cc_err err;
		cc_err_set(&err, CC_EUSAGE, "score: which answer?");
		cc_err_hint(&err,
			"coldcase score RUN-FOLDER, or coldcase score agent_output.json --truth ground_truth.yaml");
		return app_fail(&err);
	}
	cc_arena *arena = cc_arena_new();
	app_run_places places = { 0 };
	app_kept kept = { 0 };
	levels seen = { .first = CC_BUF_INIT };
	cc_err err = { 0 };
	for (size_t i = 0; i < o->args.n; i++) {
		cc_code code = arena ? app_runs_find(&places, arena, o->args.p[i], &err) : cc_err_set(&err, CC_ENOMEM, "out of memory");
		if (code == CC_ENOTFOUND) /* named, and empty: a missing answer */
			code = cc_vec_push(&places, ((app_run_place){ .path = o->args.p[i] })) ? CC_OK : cc_err_set(&err, CC_ENOMEM, "out of memory");
		status = code != CC_OK ? app_fail(&err) : status;
	}
	for (size_t i = 0; i < places.n; i++) {
		int one = score_one(o, places.p[i].path, places.n > 1, &kept, &seen);
		status = status ? status : one;
	}
	if (seen.mixed && !o->json)
		printf("These runs had different levels of assistance: their scores do not compare. `coldcase league` keeps them apart.\n");
	cc_buf_deinit(&seen.first);
	app_kept_deinit(&kept);
	cc_vec_deinit(&places);
	cc_arena_free(arena);
	return fflush(stdout) ? 1 : status;
}
