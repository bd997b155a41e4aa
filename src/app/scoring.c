/* scoring.c - finds what belongs to an answer - record, truth, debrief, snapshot - and scores it; see scoring.h. */
#include "app/scoring.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "app/cases.h"
#include "coldcase/entity.h"
#include "coldcase/file.h"
#include "coldcase/pack.h"
#include "coldcase/utf8.h"

void app_kept_deinit(app_kept *k)
{
	cc_snapshot_free(k->snapshot);
	cc_buf_deinit(&k->path);
	app_unsealed_deinit(&k->unsealed);
}

void app_scoring_deinit(app_scoring *s)
{
	cc_score_free(s->score);
	app_truth_deinit(&s->found);
	cc_answer_free(s->answer);
	cc_run_free(s->run);
	cc_buf_deinit(&s->dir);
	cc_buf_deinit(&s->owner);
}

static bool is_dir(const char *path)
{
	struct stat st;
	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* A folder with a record in it, or the record itself, is a run. */
static cc_code find_run(app_scoring *s, cc_err *err)
{
	cc_buf record = CC_BUF_INIT;
	struct stat st;
	cc_code code = CC_OK;
	if (is_dir(s->path))
		cc_buf_addz(&s->dir, s->path);
	else if (cc_str_ends(cc_str_from(s->path), CC_STR("/" CC_RECORD_FILE)))
		cc_buf_add(&s->dir, cc_str_strip_suffix(cc_str_from(s->path), CC_STR("/" CC_RECORD_FILE)));
	if (s->dir.n) {
		cc_buf_add(&record, cc_buf_str(&s->dir));
		cc_buf_addz(&record, "/" CC_RECORD_FILE);
		if (record.p && stat(record.p, &st) == 0)
			code = s->o->shared ? cc_run_read_shared(&s->run, record.p, err) : cc_run_read(&s->run, record.p, err);
	}
	cc_buf_deinit(&record);
	return code;
}

cc_str app_scenario_of_path(cc_str path)
{
	cc_str rest = path;
	while (rest.n) {
		size_t slash = cc_str_rfind_char(rest, '/');
		cc_str last = slash == CC_STR_NONE ? rest : cc_str_sub(rest, slash + 1, rest.n);
		if (cc_str_starts_nocase(last, CC_STR("scenario")) || cc_str_starts_nocase(last, CC_STR("incident")))
			return last;
		rest = slash == CC_STR_NONE ? CC_STR_EMPTY : cc_str_sub(rest, 0, slash);
	}
	return CC_STR_EMPTY;
}

/* Owner references refine the matching; without the snapshot names are cut. */
static void keep_snapshot(app_kept *k, cc_buf path, bool no_cache)
{
	cc_snapshot_options how = { .no_cache = no_cache };
	if (cc_str_eq(cc_buf_str(&k->path), cc_buf_str(&path)))
		return;
	cc_snapshot_free(k->snapshot);
	k->snapshot = NULL;
	cc_buf_clear(&k->path);
	cc_buf_add(&k->path, cc_buf_str(&path));
	if (path.n && cc_snapshot_open(&k->snapshot, path.p, &how, NULL) != CC_OK)
		k->snapshot = NULL;
}

/* The incident an answer is about, as a folder; empty when nothing says. A case file brings its own evidence to where the run's is not. */
static cc_code find_incident(const app_scoring *s, const cc_record_header *h, cc_buf *path, cc_err *err)
{
	const app_options *o = s->o;
	if (o->incident)
		return app_find_incident(o, o->incident, path, err);
	cc_code code = h ? app_evidence_of(o, s->run, path, err) : CC_OK;
	if (code != CC_OK)
		return code;
	cc_buf file = CC_BUF_INIT;
	if ((!path->n || !is_dir(path->p)) && app_case_of_truth(o, h ? h->scenario : CC_STR_EMPTY, &file)) {
		cc_buf_clear(path);
		code = cc_buf_ok(&file) ? app_find_incident(o, file.p, path, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	}
	cc_buf_deinit(&file);
	return code;
}

/* A case's id names no truth but a sealed one: of others the incident that was packed tells the name. */
static cc_str scenario_of(const app_scoring *s, const cc_record_header *h)
{
	if (!h)
		return app_scenario_of_path(cc_str_from(s->path));
	return s->o->incident && cc_str_starts(h->scenario, CC_STR(CC_PACK_ID_PREFIX)) ? CC_STR_EMPTY : h->scenario;
}

static cc_code take_truth(app_scoring *s, const cc_record_header *h, const char *incident, cc_err *err)
{
	cc_str scenario = scenario_of(s, h);
	cc_code code = app_truth_open(&s->found, s->o, incident, scenario, &s->kept->unsealed, err);
	if (code == CC_OK && h && h->truth_seal.n) {
		code = app_truth_fits(&s->found, h->truth_seal, s->path, err);
		s->verified = code == CC_OK;
	}
	if (code == CC_OK) {
		s->truth = s->found.truth;
		s->debrief = s->found.debrief;
	}
	return code;
}

static cc_code find_truth(app_scoring *s, cc_err *err)
{
	const cc_record_header *h = s->run ? cc_run_header(s->run) : NULL;
	cc_buf path = CC_BUF_INIT;
	cc_code code = find_incident(s, h, &path, err);
	if (code == CC_OK && !s->o->truth && !path.n) {
		code = cc_err_set(err, CC_ENOTFOUND, "nothing says which incident this answer is about");
		cc_err_hint(err, "give --truth FILE-OR-FOLDER or --incident DIR; a run folder knows its own");
	} else if (code == CC_OK) {
		code = take_truth(s, h, path.n ? path.p : NULL, err);
	}
	if (code == CC_OK)
		keep_snapshot(s->kept, path, s->o->no_cache);
	cc_buf_deinit(&path);
	return code;
}

static const char *owner_of(void *ctx, cc_str ns, cc_str kind, cc_str name)
{
	app_scoring *s = ctx;
	cc_entity_id id = s->kept->snapshot ? cc_entity_find(s->kept->snapshot, ns, cc_kind_canonical(kind), name) : 0;
	const cc_entity *e = id ? cc_entity_get(s->kept->snapshot, id) : NULL;
	if (!e || e->inferred || !e->owner || e->workload == id)
		return NULL;
	cc_buf_clear(&s->owner);
	cc_buf_add(&s->owner, cc_entity_name(s->kept->snapshot, e->workload));
	return s->owner.p;
}

/* The record does not hold the answer, only what its file was. Of records that do not say so, nothing is. */
static void check_answer(app_scoring *s)
{
	char sha[65];
	if (!s->run || !cc_run_answer_sha256(s->run, sha))
		return;
	s->as_submitted = strcmp(sha, s->answer->sha256) == 0;
	if (!s->as_submitted)
		s->altered = s->answer->status == CC_ANSWER_MISSING ? "an answer was submitted, and its file is gone" :
			"the answer is not the one that was submitted: its file was changed afterwards";
}

void app_scoring_warn(const app_scoring *s)
{
	cc_buf path = CC_BUF_INIT;
	if (!s->altered)
		return;
	cc_utf8_clean(&path, cc_str_from(s->path), CC_CLEAN_LINE);
	fprintf(stderr, "coldcase: warning: %.*s: %s\n", CC_STR_ARG(cc_buf_str(&path)), s->altered);
	cc_buf_deinit(&path);
}

cc_code app_scoring_open(app_scoring *s, const app_options *o, const char *path, app_kept *kept, cc_err *err)
{
	struct stat st;
	*s = (app_scoring){ .o = o, .path = path, .kept = kept };
	cc_code code = stat(path, &st) == 0 ? find_run(s, err) : cc_err_errno(err, errno, path);
	if (code == CC_OK)
		code = o->shared ? cc_answer_read_shared(&s->answer, path, err) : cc_answer_read_file(&s->answer, path, err);
	if (code == CC_OK) {
		check_answer(s);
		code = find_truth(s, err);
	}
	if (code == CC_OK)
		code = cc_score_new(&s->score, s->truth, s->answer, owner_of, s, err);
	if (code == CC_OK) {
		s->score->debrief = s->debrief;
		code = app_alibis_find(s, err);
	}
	return code;
}

static cc_code score_names(app_scoring *s, const cc_str *names, size_t n, cc_answer **answer, cc_score **score, cc_err *err)
{
	bool ok = (*answer = cc_answer_new()) != NULL;
	*score = NULL;
	for (size_t i = 0; ok && i < n; i++)
		ok = cc_answer_add(*answer, (cc_answer_entity){ .name = names[i], .contributing = true });
	return ok ? cc_score_new(score, s->truth, *answer, owner_of, s, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
}

cc_code app_scoring_name(app_scoring *s, cc_str name, size_t *group, bool *root, cc_err *err)
{
	cc_answer *answer;
	cc_score *score;
	cc_code code = score_names(s, &name, 1, &answer, &score, err);
	bool matched = code == CC_OK && score->row_count == 1 && score->rows[0].group != CC_STR_NONE;
	*group = matched ? score->rows[0].group : CC_STR_NONE;
	*root = matched && score->rows[0].verdict == CC_VERDICT_TP;
	cc_score_free(score);
	cc_answer_free(answer);
	return code;
}

cc_code app_scoring_names(app_scoring *s, const cc_str *names, size_t n, cc_ratio *out, cc_err *err)
{
	cc_answer *answer;
	cc_score *score;
	cc_code code = score_names(s, names, n, &answer, &score, err);
	*out = code == CC_OK ? score->d1.score : (cc_ratio){ 0, 0 };
	cc_score_free(score);
	cc_answer_free(answer);
	return code;
}

const cc_record_end *app_run_end(const cc_run *run)
{
	size_t n = cc_run_line_count(run);     /* one before the last is of a run that was gone on with */
	return n && cc_run_line_type(run, n - 1) == CC_LINE_END ? cc_run_line(run, n - 1)->as.end : NULL;
}

size_t app_run_hints(const cc_run *run)
{
	size_t n = 0;
	for (size_t i = 0; i < cc_run_step_count(run); i++) {
		const cc_record_step *step = cc_run_step(run, i)->as.step;
		for (size_t k = 0; k < step->action_count; k++)
			n += step->actions[k].kind == CC_ACT_HINT;
	}
	return n;
}

void app_scoring_json(const app_scoring *s, const cc_score_conduct *conduct, cc_buf *out)
{
	cc_score_run facts = { .turns = -1, .commands = -1, .wall_ms = -1, .active_ms = -1, .hints = -1, .breaks = -1, .away_ms = -1, .conduct = conduct };
	cc_buf assistance = CC_BUF_INIT, snapshot = CC_BUF_INIT, trajectory = CC_BUF_INIT, stop = CC_BUF_INIT;
	if (s->run) {
		const cc_record_end *end = app_run_end(s->run);
		size_t n = cc_run_line_count(s->run);
		cc_buf_add(&snapshot, cc_run_snapshot_sha256(s->run));
		cc_buf_add(&trajectory, cc_run_sha256(s->run));
		facts.snapshot_sha256 = snapshot.n ? snapshot.p : NULL;
		facts.trajectory_sha256 = trajectory.p;
		facts.commitment = s->verified ? "verified" : "absent";
		facts.answer = s->altered ? "altered" : s->as_submitted ? "verified" : "absent";
		facts.hints = (int64_t)app_run_hints(s->run);
		facts.breaks = (int64_t)cc_run_breaks_of(s->run).count;
		facts.away_ms = cc_run_breaks_of(s->run).away_ns / CC_NS_PER_MS;
		if (cc_run_header(s->run))
			cc_buf_add(&assistance, cc_run_header(s->run)->assistance);
		facts.assistance = assistance.n ? assistance.p : NULL;
		facts.commands = (int64_t)cc_run_step_count(s->run);
		facts.wall_ms = n ? cc_run_line(s->run, n - 1)->t_ns / CC_NS_PER_MS : -1;
		if (end) {
			cc_buf_add(&stop, end->reason);
			facts.stop = stop.p;
			facts.turns = end->turn;
			facts.active_ms = end->active_ns / CC_NS_PER_MS;
		}
	}
	cc_score_write(out, s->score, s->run ? &facts : NULL);
	cc_buf_add_char(out, '\n');
	cc_buf_deinit(&assistance);
	cc_buf_deinit(&snapshot);
	cc_buf_deinit(&trajectory);
	cc_buf_deinit(&stop);
}
