/* app_export.c - `export`: a run in other people's formats, to standard output.
 *
 * What steps printed is no part of a record. Where the evidence is at hand the record is run again and every answer that is still the
 * same is put in; one that differs is left out and said so. The truth is looked at only with --reveal, and only the debrief shows it. */
#include "app/export.h"

#include <stdio.h>
#include <string.h>
#include "app/review.h"
#include "app/scoring.h"
#include "coldcase/file.h"
#include "coldcase/json.h"
#include "coldcase/rerun.h"
#include "coldcase/utf8.h"

typedef struct exporting {
	const app_options *o;
	cc_run *run;
	cc_rerun *rerun;         /* NULL: the evidence is not at hand */
	uint64_t at;             /* step run last */
	const cc_reply *reply;   /* what it showed, when that is what it showed then */
	size_t differing;
	struct { uint64_t step; size_t line; } printed;   /* kept by the record: where the last one asked for stood */
	cc_markers *markers;
	cc_export_options how;
} exporting;

/* --- what steps printed --- */

/* Steps are asked for in their order; those between are run too. */
static const cc_reply *step_reply(void *arg, uint64_t step)
{
	exporting *e = arg;
	cc_rerun_step now = { 0 };
	if (e->rerun && e->at == step)
		return e->reply;
	while (e->rerun && e->at < step) {
		if (cc_rerun_next(e->rerun, NULL, &now, NULL) != CC_OK)
			return NULL;
		e->at = now.step->number;
		e->differing += now.verdict == CC_RERUN_DIFFERS;
	}
	e->reply = e->rerun && e->at == step && now.verdict == CC_RERUN_SAME ? now.reply : NULL;
	return e->reply;
}

/* Imported runs keep it in the event after the step. */
static bool step_printed(void *arg, uint64_t step, cc_buf *out)
{
	exporting *e = arg;
	for (size_t i = step > e->printed.step ? e->printed.line : 0; i < cc_run_line_count(e->run); i++) {
		const cc_record_line *line = cc_run_line_type(e->run, i) == CC_LINE_EVENT ? cc_run_line(e->run, i) : NULL;
		int64_t of;
		if (!line || !cc_str_eqz(line->as.event->name, "output"))
			continue;
		if (cc_json_int(cc_json_at(line->json, "data.step"), &of) && of > 0 && (uint64_t)of == step) {
			cc_buf_add(out, cc_json_get_str(cc_json_get(line->json, "data"), "text"));
			e->printed.step = step;
			e->printed.line = i;
			return true;
		}
	}
	return false;
}

static bool step_text(void *arg, uint64_t step, cc_buf *out)
{
	const cc_reply *reply = step_reply(arg, step);
	if (!reply)
		return step_printed(arg, step, out);
	cc_reply_write_text(reply, out, 0, false);
	return true;
}

static cc_code open_evidence(exporting *e, cc_err *err)
{
	cc_buf dir = CC_BUF_INIT;
	cc_err why = { 0 };
	cc_code code = app_evidence_of(e->o, e->run, &dir, err);
	if (code == CC_OK && cc_rerun_open(&e->rerun, e->run, dir.n ? dir.p : NULL, e->o->no_cache, &why) != CC_OK)
		fprintf(stderr, "coldcase: %s; what steps printed is left out\n", why.message);
	cc_buf_deinit(&dir);
	return code;
}

/* Markers that were set by hand are outside the record: when they cannot be had the rest is told. */
static cc_code read_markers(exporting *e, cc_err *err)
{
	size_t left_out;
	cc_err why = { 0 };
	cc_code code = cc_markers_new(&e->markers, e->run, err);
	if (code == CC_OK && cc_markers_load(e->markers, e->o->args.p[0], &left_out, &why) != CC_OK)
		fprintf(stderr, "coldcase: %s; the markers of that file are left out\n", why.message);
	e->how.markers = e->markers;
	return code;
}

/* --- the formats --- */

/* What leaves as a standard's format is held against that standard. */
static cc_code check_atif(cc_buf *text, cc_err *err)
{
	cc_json *json = NULL;
	cc_buf problems = CC_BUF_INIT;
	cc_code code = cc_json_parse(&json, cc_buf_str(text), err);
	if (code == CC_OK && cc_atif_check(&problems, json))
		code = cc_err_set(err, CC_EINTERNAL, "what was made is no valid ATIF: %.*s", CC_STR_ARG(cc_buf_str(&problems)));
	cc_json_free(json);
	cc_buf_deinit(&problems);
	return code;
}

static cc_code to_atif(exporting *e, cc_buf *out, cc_err *err)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_json *answer = NULL;
	cc_code code = open_evidence(e, err);
	if (code == CC_OK && cc_answer_find(&path, e->o->args.p[0], NULL) == CC_OK &&
		cc_file_read(&text, path.p, CC_ANSWER_FILE_MAX, NULL) == CC_OK && cc_json_parse(&answer, cc_buf_str(&text), NULL) == CC_OK)
		e->how.answer = answer;
	if (code == CC_OK)
		code = cc_export_atif(out, e->run, &e->how, err);
	cc_json_free(answer);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
	return code == CC_OK ? check_atif(out, err) : code;
}

static cc_code to_csv(exporting *e, cc_buf *out, cc_err *err)
{
	return cc_export_csv(out, e->run, &e->how, err);
}

/* What the truth tells of the record: without a record, or causes, nothing. */
static cc_code mark_truth(exporting *e, app_scoring *s, cc_err *err)
{
	app_review r = { 0 };
	if (!s->run || !s->score || s->score->status == CC_SCORE_UNSCORABLE)
		return CC_OK;
	cc_code code = app_review_discover(&r, s, err);
	if (code == CC_OK)
		code = app_mark_truth(e->markers, e->run, CC_MARKER_WRONG, (int64_t)r.wrong.step, r.wrong_name, err);
	for (size_t i = 0; i < r.causes.n && code == CC_OK; i++)
		code = app_mark_truth(e->markers, e->run, CC_MARKER_CAUSE, (int64_t)r.causes.p[i].encountered.step, r.causes.p[i].label, err);
	app_review_deinit(&r);
	return code;
}

/* With --reveal everything `score` would open is opened; else only the answer. */
static cc_code to_page(exporting *e, cc_buf *out, cc_code (*write)(cc_buf *out, const app_debrief *d, cc_err *err), cc_err *err)
{
	app_kept kept = { 0 };
	app_scoring s = { 0 };
	cc_answer *answer = NULL;
	const char *path = e->o->args.p[0];
	cc_code code = e->o->reveal ? app_scoring_open(&s, e->o, path, &kept, err) : cc_answer_read_file(&answer, path, err);
	if (code == CC_OK && e->o->reveal)
		code = mark_truth(e, &s, err);
	if (code == CC_OK)
		code = open_evidence(e, err);
	if (code == CC_OK) {
		app_debrief d = { .run = e->run, .answer = e->o->reveal ? s.answer : answer, .score = s.score, .redact = e->how.redact, .markers = e->markers,
			.snapshot = e->rerun ? cc_rerun_snapshot(e->rerun) : NULL, .reply = step_reply, .printed = step_printed, .arg = e };
		code = write(out, &d, err);
	}
	cc_answer_free(answer);
	if (e->o->reveal)
		app_scoring_deinit(&s);
	app_kept_deinit(&kept);
	return code;
}

static cc_code to_md(exporting *e, cc_buf *out, cc_err *err)
{
	return to_page(e, out, app_export_md, err);
}

static cc_code to_html(exporting *e, cc_buf *out, cc_err *err)
{
	return to_page(e, out, app_export_html, err);
}

static cc_code to_picture(exporting *e, cc_buf *out, cc_err *err)
{
	return app_export_picture(out, e->o, e->run, e->how.redact, err);
}

static const struct format { const char *name; cc_code (*run)(exporting *e, cc_buf *out, cc_err *err); } FORMATS[] = {
	{ "atif", to_atif }, { "cast", to_picture }, { "cast2", to_picture }, { "csv", to_csv }, { "html", to_html }, { "md", to_md },
	{ "svg", to_picture },
};

static const struct format *find_format(const char *name, cc_err *err)
{
	cc_buf known = CC_BUF_INIT;
	for (size_t i = 0; name && i < sizeof FORMATS / sizeof FORMATS[0]; i++)
		if (strcmp(name, FORMATS[i].name) == 0)
			return &FORMATS[i];
	for (size_t i = 0; i < sizeof FORMATS / sizeof FORMATS[0]; i++)
		cc_buf_addf(&known, "%s%s", i ? ", " : "", FORMATS[i].name);
	if (name)
		cc_err_set(err, CC_EUSAGE, "export: there is no format '%s'", name);
	else
		cc_err_set(err, CC_EUSAGE, "export: to which format?");
	cc_err_hint(err, "--to %s", known.p ? known.p : "");
	cc_buf_deinit(&known);
	return NULL;
}

cc_code app_read_redact(const char *what, const char *list, unsigned *out, cc_err *err)
{
	static const char *const NAMES[] = { "names", "notes", "secrets" };
	cc_str word, rest = cc_str_from(list);
	while (rest.n) {
		size_t i = 0;
		cc_str_cut(rest, ',', &word, &rest);
		while (i < 3 && !cc_str_eqz(word, NAMES[i]))
			i++;
		if (i == 3)
			return cc_err_set(err, CC_EUSAGE, "%s: --redact takes names, notes and secrets, not '%.*s'", what, CC_STR_ARG(word));
		*out |= 1u << i;
	}
	return CC_OK;
}

int app_export(const app_options *o)
{
	exporting e = { .o = o };
	cc_err err = { 0 };
	cc_buf out = CC_BUF_INIT;
	const struct format *format = NULL;
	cc_code code = CC_OK;
	e.how = (cc_export_options){ .text = step_text, .arg = &e, .atif = o->atif };
	if (o->args.n != 1) {
		code = cc_err_set(&err, CC_EUSAGE, "export: %s", o->args.n ? "one run at a time" : "which run?");
		cc_err_hint(&err, "coldcase export --to atif RUN-FOLDER");
	}
	if (code == CC_OK)
		code = app_read_redact("export", o->redact, &e.how.redact, &err);
	if (code == CC_OK && !(format = find_format(o->to, &err)))
		code = CC_EUSAGE;
	if (code == CC_OK)
		code = cc_run_read(&e.run, o->args.p[0], &err);
	if (code == CC_OK)
		code = read_markers(&e, &err);
	if (code == CC_OK)
		code = format->run(&e, &out, &err);
	if (code == CC_OK && e.differing)
		fprintf(stderr, "coldcase: %zu step%s would be answered otherwise today, and %s left out (coldcase replay --check)\n",
			e.differing, e.differing == 1 ? "" : "s", e.differing == 1 ? "is" : "are");
	if (code == CC_OK)
		fwrite(out.p ? out.p : "", 1, out.n, stdout);
	cc_buf_deinit(&out);
	cc_rerun_close(e.rerun);
	cc_markers_free(e.markers);
	cc_run_free(e.run);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}
