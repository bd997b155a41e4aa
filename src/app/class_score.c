/* class_score.c - what a class's host knows of the truth, and when it tells it.
 *
 * The seats never hold a truth, and nothing that depends on one is in the shared folder before it may be told: a verdict is computed
 * when it is due and written then. Which incident and truth a host means is kept on its own machine, for the next host there. */
#include "app/class_room.h"
#include "app/conduct.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "coldcase/file.h"
#include "coldcase/json.h"

void app_class_truth_deinit(app_class_truth *t)
{
	cc_buf_deinit(&t->incident);
	cc_buf_deinit(&t->truth);
	app_kept_deinit(&t->kept);
}

/* --- where it lies --- */

static cc_code memory_path(cc_buf *out, cc_str class_id, bool make)
{
	cc_code code = cc_xdg_dir(out, 's', NULL);
	cc_buf_addz(out, "/class");
	if (code == CC_OK && make && cc_buf_ok(out))
		code = cc_dir_make(out->p, NULL);
	cc_buf_addf(out, "/%.*s.json", CC_STR_ARG(class_id));
	return code == CC_OK && !cc_buf_ok(out) ? CC_ENOMEM : code;
}

static void recall(app_class_truth *t, cc_str class_id)
{
	enum { MOST = 1 << 16 };
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_json *json = NULL;
	if (memory_path(&path, class_id, false) == CC_OK && cc_file_read(&text, path.p, MOST, NULL) == CC_OK &&
		cc_json_parse(&json, cc_buf_str(&text), NULL) == CC_OK) {
		cc_buf_add(&t->incident, cc_json_get_str(json, "incident"));
		cc_buf_add(&t->truth, cc_json_get_str(json, "truth"));
	}
	cc_json_free(json);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
}

void app_class_truth_keep(const app_class_truth *t, cc_str class_id)
{
	cc_buf path = CC_BUF_INIT, text = CC_BUF_INIT;
	cc_jw w;
	cc_jw_init(&w, &text, 2);
	cc_jw_object(&w);
	cc_jw_key(&w, "incident");
	cc_jw_str(&w, cc_buf_str(&t->incident));
	cc_jw_key(&w, "truth");
	cc_jw_str(&w, cc_buf_str(&t->truth));
	cc_jw_end_object(&w);
	if (memory_path(&path, class_id, true) == CC_OK && cc_buf_ok(&text) && cc_file_write(path.p, cc_buf_str(&text), NULL) == CC_OK)
		(void)!chmod(path.p, 0600);
	cc_buf_deinit(&path);
	cc_buf_deinit(&text);
}

/* Relative paths are of where this program runs now. */
static void add_real(cc_buf *out, const char *path)
{
	char cwd[4096];
	if (*path != '/' && getcwd(cwd, sizeof cwd))
		cc_path_join(out, cwd, path);
	else
		cc_buf_addz(out, path);
}

cc_code app_class_truth_find(app_class_truth *t, const app_options *o, const cc_class_terms *terms, cc_err *err)
{
	struct stat st;
	cc_code code = CC_OK;
	*t = (app_class_truth){ .incident = CC_BUF_INIT, .truth = CC_BUF_INIT };
	if (!o->incident)
		recall(t, terms->id);
	if (o->incident) {
		cc_buf found = CC_BUF_INIT;
		code = app_find_incident(o, o->incident, &found, err);
		if (code == CC_OK)
			add_real(&t->incident, found.p);
		cc_buf_deinit(&found);
	} else if (!t->incident.n && terms->path.n && stat(terms->path.p, &st) == 0) {
		cc_buf_add(&t->incident, terms->path);
	}
	if (o->truth) {
		cc_buf_clear(&t->truth);
		add_real(&t->truth, o->truth);
	}
	return code == CC_OK && !(cc_buf_ok(&t->incident) && cc_buf_ok(&t->truth)) ? cc_err_set(err, CC_ENOMEM, "out of memory") : code;
}

app_options app_class_scoring_options(const app_options *o, const app_class_truth *t)
{
	app_options how = *o;
	how.incident = t->incident.n ? t->incident.p : NULL;
	how.truth = t->truth.n ? t->truth.p : NULL;
	how.shared = true;
	return how;
}

/* --- verdicts --- */

static bool is_there(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

static cc_code put(const char *dir, cc_buf *path, const char *ending, cc_str text, cc_err *err)
{
	size_t n = path->n;
	cc_buf_addz(path, ending);
	cc_code code = cc_buf_ok(path) ? cc_file_put_shared(path->p, text, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		cc_class_share(dir, path->p, false);
	if (cc_buf_ok(path))
		cc_buf_truncate(path, n);
	return code;
}

/* The JSON comes last: who finds it finds both. */
static cc_code write_verdict(app_scoring *s, const char *dir, cc_buf *path, cc_err *err)
{
	cc_buf json = CC_BUF_INIT, text = CC_BUF_INIT;
	app_conduct conduct;
	cc_code code = app_conduct_make(&conduct, s, true, err);
	app_scoring_json(s, conduct.told ? &conduct.c : NULL, &json);
	cc_score_explain(&text, s->score, false);
	app_conduct_text(&conduct, false, &text);
	if (code == CC_OK && s->verified)
		cc_buf_addz(&text, "The ground truth is the one that was sealed when the run began.\n");
	if (code == CC_OK && !(cc_buf_ok(&json) && cc_buf_ok(&text)))
		code = cc_err_set(err, CC_ENOMEM, "out of memory");
	if (code == CC_OK)
		code = put(dir, path, ".txt", cc_buf_str(&text), err);
	if (code == CC_OK)
		code = put(dir, path, ".json", cc_buf_str(&json), err);
	app_conduct_deinit(&conduct);
	cc_buf_deinit(&json);
	cc_buf_deinit(&text);
	return code;
}

static cc_code verdict_of(const app_options *how, const app_room *r, const cc_class_seat *seat, app_kept *kept, size_t *written, cc_err *err)
{
	app_seat_progress p;
	app_scoring s;
	cc_buf path = CC_BUF_INIT;
	cc_buf_addf(&path, "%s/verdicts/%.*s.json", r->dir, CC_STR_ARG(seat->id));
	bool there = !cc_buf_ok(&path) || is_there(path.p);
	cc_code code = cc_buf_ok(&path) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
	if (!there)
		code = app_seat_progress_read(&p, r->arena, seat, &r->terms, err);
	if (code == CC_OK && !there && p.run_dir.n && (p.submitted || r->state.ended)) {
		cc_buf_truncate(&path, path.n - 5);
		code = app_scoring_open(&s, how, p.run_dir.p, kept, err);
		bool coming = code == CC_OK && p.submitted && s.answer->status == CC_ANSWER_MISSING; /* the record came before the answer */
		if (code == CC_OK && !coming && s.score->status != CC_SCORE_UNSCORABLE) {
			code = write_verdict(&s, r->dir, &path, err);
			*written += code == CC_OK;
		}
		app_scoring_deinit(&s);
	}
	cc_buf_deinit(&path);
	return code;
}

cc_code app_class_verdicts(const app_options *o, app_class_truth *t, const app_room *r, size_t *written, cc_err *err)
{
	app_options how = app_class_scoring_options(o, t);
	cc_code code = CC_OK;
	cc_err why = { 0 };
	*written = 0;
	if (!r->state.started || (r->terms.hold && !r->state.revealed))
		return CC_OK;
	for (size_t i = 0; i < r->seats.n && code != CC_ENOMEM; i++) {
		cc_code one = verdict_of(&how, r, &r->seats.p[i], &t->kept, written, &why);
		if (one == CC_OK || (code != CC_OK && one != CC_ENOMEM))
			continue;
		code = one;
		if (err)
			*err = why;
	}
	return code;
}

/* --- how it goes --- */

void app_class_judge(const app_options *o, app_class_truth *t, const char *run_dir, app_judgement *out)
{
	app_options how = app_class_scoring_options(o, t);
	app_scoring s;
	app_review v = { 0 };
	cc_err err = { 0 };
	*out = (app_judgement){ 0 };
	cc_code code = app_scoring_open(&s, &how, run_dir, &t->kept, &err);
	if (code == CC_OK && s.score->status != CC_SCORE_UNSCORABLE && s.run) {
		code = app_review_make(&v, &s, &err);
		out->known = code == CC_OK;
		for (size_t i = 0; i < v.proofs.n; i++) {
			out->decides = true;
			out->saw = out->saw || v.proofs.p[i].seen.step;
		}
		if (s.answer && s.answer->status == CC_ANSWER_OK)
			out->named = s.score->d1.score.num > 0;
		else
			out->named = v.turns.n && v.turns.p[v.turns.n - 1].score.num > 0;
		app_review_deinit(&v);
	}
	app_scoring_deinit(&s);
}
