/* app_score.c - `score`: the process that may open a ground truth.
 *
 * It takes answer files and run folders, finds the truth that belongs to each, and prints verdicts. A run folder gets a
 * score.json beside its record. It accepts no investigating command, and the investigating processes start it rather
 * than call it (law 6). `--seal` prints the salted hash that a record keeps, so that a truth changed afterwards is
 * noticed. */
#include "app/app.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include "coldcase/entity.h"
#include "coldcase/file.h"
#include "coldcase/record.h"
#include "coldcase/score.h"
#include "coldcase/utf8.h"

typedef struct scoring {
	const app_options *o;
	const char *path;        /* as given */
	cc_buf dir;              /* run folder, empty for a bare answer */
	cc_run *run;
	cc_truth *truth;
	cc_debrief *debrief;     /* NULL: the truth comes without */
	cc_answer *answer;
	cc_snapshot *snapshot;   /* for owner references; NULL when it cannot be had */
	cc_score *score;
	cc_buf owner;            /* the answer of owner_of until the next call */
} scoring;

static void scoring_deinit(scoring *s)
{
	cc_score_free(s->score);
	cc_truth_free(s->truth);
	cc_debrief_free(s->debrief);
	cc_answer_free(s->answer);
	cc_snapshot_free(s->snapshot);
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
static cc_code find_run(scoring *s, cc_err *err)
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
			code = cc_run_read(&s->run, record.p, err);
	}
	cc_buf_deinit(&record);
	return code;
}

/* The scenario a path speaks of: its innermost folder that is called like one (runs lie in OUT/SCENARIO/TRIAL). */
static cc_str scenario_of_path(cc_str path)
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

/* A truth without a debrief is the usual case; one that cannot be read is told, and costs only the explanations. */
static cc_code find_debrief(scoring *s, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	cc_buf_add(&path, s->truth->name);
	cc_code code = cc_buf_ok(&path) && path.p ? cc_debrief_beside(&s->debrief, path.p, err) : CC_OK;
	cc_buf_deinit(&path);
	if (code == CC_ENOMEM)
		return code;
	if (code != CC_OK && code != CC_ENOTFOUND)
		fprintf(stderr, "coldcase: %s; wrong names are not explained\n", err->message);
	*err = (cc_err){ 0 };
	return CC_OK;
}

static cc_code find_truth(scoring *s, cc_err *err)
{
	const cc_record_header *h = s->run ? cc_run_header(s->run) : NULL;
	cc_str scenario = h ? h->scenario : scenario_of_path(cc_str_from(s->path));
	const char *incident = s->o->incident;
	cc_buf path = CC_BUF_INIT;
	if (!incident && h)
		cc_buf_add(&path, h->snapshot_path);
	else if (incident && app_find_incident(s->o, incident, &path, err) != CC_OK) {
		cc_buf_deinit(&path);
		return err->code;
	}
	cc_code code = CC_ENOTFOUND;
	if (!s->o->truth && !path.n) {
		cc_err_set(err, CC_ENOTFOUND, "nothing says which incident this answer is about");
		cc_err_hint(err, "give --truth FILE-OR-FOLDER or --incident DIR; a run folder knows its own");
	} else {
		code = cc_truth_find(&s->truth, s->o->truth, path.n ? path.p : NULL, scenario, err);
	}
	cc_snapshot_options how = { .no_cache = s->o->no_cache };
	if (code == CC_OK && path.n && cc_snapshot_open(&s->snapshot, path.p, &how, NULL) != CC_OK)
		s->snapshot = NULL; /* owner references refine the matching; without them names are cut */
	cc_buf_deinit(&path);
	return code == CC_OK ? find_debrief(s, err) : code;
}

static const char *owner_of(void *ctx, cc_str ns, cc_str kind, cc_str name)
{
	scoring *s = ctx;
	cc_entity_id id = s->snapshot ? cc_entity_find(s->snapshot, ns, cc_kind_canonical(kind), name) : 0;
	const cc_entity *e = id ? cc_entity_get(s->snapshot, id) : NULL;
	if (!e || e->inferred || !e->owner || e->workload == id)
		return NULL;
	cc_buf_clear(&s->owner);
	cc_buf_add(&s->owner, cc_entity_name(s->snapshot, e->workload));
	return s->owner.p;
}

/* --- what is printed and kept --- */

static const cc_record_end *run_end(const cc_run *run)
{
	for (size_t i = cc_run_line_count(run); i-- > 0;)
		if (cc_run_line(run, i)->type == CC_LINE_END)
			return cc_run_line(run, i)->as.end;
	return NULL;
}

static void record_json(const scoring *s, cc_buf *out)
{
	cc_score_run facts = { .turns = -1, .commands = -1, .wall_ms = -1, .active_ms = -1 };
	cc_buf snapshot = CC_BUF_INIT, trajectory = CC_BUF_INIT, stop = CC_BUF_INIT;
	if (s->run) {
		const cc_record_end *end = run_end(s->run);
		size_t n = cc_run_line_count(s->run);
		cc_buf_add(&snapshot, cc_run_snapshot_sha256(s->run));
		cc_buf_add(&trajectory, cc_run_sha256(s->run));
		facts.snapshot_sha256 = snapshot.n ? snapshot.p : NULL;
		facts.trajectory_sha256 = trajectory.p;
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
	cc_buf_deinit(&snapshot);
	cc_buf_deinit(&trajectory);
	cc_buf_deinit(&stop);
}

/* "salt:hash" of the header against the truth found now; NULL when nothing was sealed. */
static const char *seal_remark(const scoring *s)
{
	const cc_record_header *h = s->run ? cc_run_header(s->run) : NULL;
	cc_str salt, hash;
	if (!h || !cc_str_cut(h->truth_seal, ':', &salt, &hash))
		return NULL;
	return cc_truth_seal_ok(hash, salt, cc_str_from(s->truth->sha256))
		       ? "The ground truth is the one that was sealed when the run began."
		       : "WARNING: the ground truth is not the one that was sealed when the run began.";
}

/* Whether the record can be relied on: what a reader of someone else's run asks first. */
static void record_remark(const scoring *s, cc_buf *out)
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

static void print_verdict(const scoring *s)
{
	cc_buf b = CC_BUF_INIT;
	bool ascii = !app_unicode(s->o);
	if (s->o->args.n > 1) {
		cc_utf8_clean(&b, cc_str_from(s->path), CC_CLEAN_LINE);
		cc_buf_add_char(&b, '\n');
	}
	if (s->o->reveal)
		cc_score_reveal(&b, s->score, ascii);
	else
		cc_score_explain(&b, s->score, ascii);
	if (seal_remark(s))
		cc_buf_addf(&b, "%s\n", seal_remark(s));
	if (s->run)
		record_remark(s, &b);
	fwrite(b.p ? b.p : "", 1, b.n, stdout);
	cc_buf_deinit(&b);
}

static cc_code keep_and_print(scoring *s, cc_err *err)
{
	cc_buf json = CC_BUF_INIT, path = CC_BUF_INIT;
	cc_code code = CC_OK;
	record_json(s, &json);
	if (s->o->json)
		fwrite(json.p ? json.p : "", 1, json.n, stdout);
	else
		print_verdict(s);
	if (s->run) {
		cc_buf_add(&path, cc_buf_str(&s->dir));
		cc_buf_addz(&path, "/" CC_RECORD_SCORE_FILE);
		code = cc_file_write(path.p, cc_buf_str(&json), err);
	}
	cc_buf_deinit(&json);
	cc_buf_deinit(&path);
	return code;
}

static int score_one(const app_options *o, const char *path)
{
	scoring s = { .o = o, .path = path };
	cc_err err = { 0 };
	int status = 0;
	struct stat st;
	cc_code code = stat(path, &st) == 0 ? find_run(&s, &err) : cc_err_errno(&err, errno, path);
	if (code == CC_OK)
		code = cc_answer_read_file(&s.answer, path, &err);
	if (code == CC_OK)
		code = find_truth(&s, &err);
	if (code == CC_ENOTFOUND && s.answer && !s.truth) { /* nothing to score against is an answer of its own */
		printf("UNSCORED: %s\n", err.message);
		if (err.hint[0])
			printf("  hint: %s\n", err.hint);
		status = cc_code_exit_status(CC_EUNSCORABLE);
		code = CC_OK;
	} else if (code == CC_OK) {
		code = cc_score_new(&s.score, s.truth, s.answer, owner_of, &s, &err);
		if (code == CC_OK)
			s.score->debrief = s.debrief;
		if (code == CC_OK)
			code = keep_and_print(&s, &err);
		if (code == CC_OK && s.score->status == CC_SCORE_UNSCORABLE)
			status = cc_code_exit_status(CC_EUNSCORABLE);
	}
	scoring_deinit(&s);
	return code == CC_OK ? status : app_fail(&err);
}

/* --- sealing --- */

static cc_code random_salt(char out[33], cc_err *err)
{
	unsigned char bytes[16];
	FILE *f = fopen("/dev/urandom", "rb");
	size_t n = f ? fread(bytes, 1, sizeof bytes, f) : 0;
	if (f)
		fclose(f);
	if (n != sizeof bytes)
		return cc_err_set(err, CC_EIO, "/dev/urandom: no random numbers to be had");
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	return CC_OK;
}

static int seal(const app_options *o)
{
	cc_truth *truth = NULL;
	cc_err err = { 0 };
	char salt[33];
	cc_buf line = CC_BUF_INIT;
	cc_code code = o->incident ? CC_OK : cc_err_set(&err, CC_EUSAGE, "score --seal needs --incident");
	if (code == CC_OK)
		code = cc_truth_find(&truth, o->truth, o->incident, CC_STR_EMPTY, &err);
	if (code == CC_OK)
		code = random_salt(salt, &err);
	if (code == CC_OK) {
		cc_buf_addf(&line, "%s:", salt);
		cc_truth_seal(&line, cc_str_from(salt), cc_str_from(truth->sha256));
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
	if (!o->args.n) {
		cc_err err;
		cc_err_set(&err, CC_EUSAGE, "score: which answer?");
		cc_err_hint(&err,
			"coldcase score RUN-FOLDER, or coldcase score agent_output.json --truth ground_truth.yaml");
		return app_fail(&err);
	}
	for (size_t i = 0; i < o->args.n; i++) {
		int one = score_one(o, o->args.p[i]);
		status = status ? status : one;
	}
	return fflush(stdout) ? 1 : status;
}
