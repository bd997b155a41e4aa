/* forge.c - one run from options to files: check, simulate, write beside the target, rename. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "coldcase/file.h"
#include "forge/sim.h"

/* The shop is installed 52 minutes before the capture: the Events of the installation still exist when it starts and expire
 * within it. Traffic starts eleven minutes before, so that counters and rules are in full swing. */
#define INSTALL_BEFORE (52 * 60 * FORGE_S)
#define TRAFFIC_BEFORE (11 * 60 * FORGE_S)

void cc_forge_options_init(cc_forge_options *o)
{
	*o = (cc_forge_options){ .seed = 1, .scenario = 1, .duration_ns = 1800 * FORGE_S, .scrape_ns = 60 * FORGE_S, .rps_milli = 5000 };
	o->start_ns = cc_time_from_civil(2025, 12, 15, 17, 0, 0, 0);
}

static cc_code range(cc_err *err, const char *what, int64_t v, int64_t lo, int64_t hi, const char *text)
{
	if (v >= lo && v <= hi) return CC_OK;
	return cc_err_set(err, CC_EUSAGE, "forge: %s must be %s", what, text);
}

static cc_code check(const cc_forge_options *o, cc_err *err)
{
	if (!o->out_dir || !o->out_dir[0]) return cc_err_set(err, CC_EUSAGE, "forge: no output folder given");
	cc_code code = range(err, "the duration", o->duration_ns, 720 * FORGE_S, 21600 * FORGE_S, "12 minutes to 6 hours");
	if (code == CC_OK) code = range(err, "the request rate", o->rps_milli, 50, 100000, "0.05 to 100 a second");
	if (code == CC_OK) code = range(err, "the scenario number", o->scenario, 1, 999999, "1 to 999999");
	if (code == CC_OK) code = range(err, "the scrape interval", o->scrape_ns, 15 * FORGE_S, 60 * FORGE_S, "15 to 60 seconds");
	if (code == CC_OK && o->inject_ns)
		code = range(err, "the injection", o->inject_ns, 240 * FORGE_S, o->duration_ns - 300 * FORGE_S, "4 minutes after the start to 5 before the end");
	int64_t latest = cc_time_from_civil(2200, 1, 1, 0, 0, 0, 0);
	if (code == CC_OK) code = range(err, "the start", o->start_ns, 30 * 86400 * FORGE_S, latest, "between 1970-02 and 2200");
	if (code == CC_OK && o->duration_ns / FORGE_S * o->rps_milli / 1000 > 100000)
		code = cc_err_set(err, CC_ELIMIT, "forge: more than 100000 requests; lower the rate or the duration");
	return code;
}

static void start_recording(forge_sim *s, int64_t now, int a, int b)
{
	(void)a, (void)b;
	s->recording = true;
	kube_events_replay(s, now + 40 * FORGE_MS);
}

static void scrape(forge_sim *s, int64_t now, int a, int b)
{
	tel_scrape(s, now);
	forge_at(s, now + s->opt->scrape_ns, scrape, a, b);
}

static void poll(forge_sim *s, int64_t now, int a, int b)
{
	kube_poll(s, now, &s->objects, &s->object_rows);
	forge_at(s, now + 300 * FORGE_S, poll, a, b);
}

static void plan(forge_sim *s)
{
	kube_install(s, s->start - INSTALL_BEFORE + cc_rng_between(&s->kube_rng, 0, 40 * FORGE_S));
	flow_start(s, s->start - TRAFFIC_BEFORE);
	int64_t phase = cc_rng_between(&s->mem_rng, FORGE_S, 9 * FORGE_S);
	forge_at(s, s->start - TRAFFIC_BEFORE + phase, scrape, 0, 0);
	alerts_start(s, s->start - TRAFFIC_BEFORE + 180 * FORGE_S);
	forge_at(s, s->start, start_recording, 0, 0);
	forge_at(s, s->start + cc_rng_between(&s->mem_rng, 11 * FORGE_S, 29 * FORGE_S), poll, 0, 0);
	fault_schedule(s);
	out_log_header(&s->objects);
}

static cc_code sim_init(forge_sim *s, const cc_forge_options *o, cc_err *err)
{
	*s = (forge_sim){ .opt = o, .err = err, .start = o->start_ns, .end = o->start_ns + o->duration_ns };
	s->now = s->start - INSTALL_BEFORE - 60 * FORGE_S;
	s->arena = cc_arena_new();
	if (!s->arena) return cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	cc_rng_init_named(&s->kube_rng, o->seed, "kube");
	cc_rng_init_named(&s->uid_rng, o->seed, "uid");
	cc_rng_init_named(&s->flow_rng, o->seed, "flow");
	cc_rng_init_named(&s->probe_rng, o->seed, "probe");
	cc_rng_init_named(&s->mem_rng, o->seed, "observer");
	s->inject = s->start + (o->inject_ns ? o->inject_ns : o->duration_ns * 2 / 5 + cc_rng_between(&s->kube_rng, 0, 45 * FORGE_S));
	cc_code code = fault_parse(s, o->fault, err);
	if (code == CC_OK && (kube_init(s) != CC_OK || tel_init(s) != CC_OK)) code = cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	return code;
}

static void sim_deinit(forge_sim *s)
{
	kube_deinit(s);
	tel_deinit(s);
	cc_vec_deinit(&s->queue);
	cc_buf_deinit(&s->objects);
	cc_arena_free(s->arena);
}

/* Removes a folder made by the forge: files and one level of folders, nothing that is linked elsewhere. It allocates nothing
 * itself, because it also cleans up after memory has run out. */
static void remove_tree(const char *path, int depth)
{
	DIR *d = opendir(path);
	if (!d) return;
	for (const struct dirent *e = readdir(d); e; e = readdir(d)) {
		struct stat st;
		char child[2048];
		if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0) continue;
		int n = snprintf(child, sizeof child, "%s/%s", path, e->d_name);
		if (n < 0 || n >= (int)sizeof child || lstat(child, &st) != 0) continue;
		if (!S_ISDIR(st.st_mode)) (void)unlink(child);
		else if (depth < 2) remove_tree(child, depth + 1);
	}
	(void)closedir(d);
	(void)rmdir(path);
}

static bool exists(const char *path)
{
	struct stat st;
	return lstat(path, &st) == 0;
}

static int by_row(const void *a, const void *b)
{
	const forge_row *x = a, *y = b;
	if (x->t != y->t) return x->t < y->t ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static cc_code write_text(forge_sim *s, const char *name, const cc_buf *text, cc_err *err)
{
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, s->work, name);
	cc_code code = cc_buf_ok(text) && cc_buf_ok(&path) ? cc_file_write(path.p, cc_buf_str(text), err)
		: cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	s->rep.files++;
	s->rep.bytes += text->n;
	cc_buf_deinit(&path);
	return code;
}

static cc_code write_events(forge_sim *s, cc_err *err)
{
	cc_buf out = CC_BUF_INIT;
	forge_kube *k = &s->kube;
	if (k->rows.n) qsort(k->rows.p, k->rows.n, sizeof k->rows.p[0], by_row);
	out_log_header(&out);
	for (size_t i = 0; i < k->rows.n; i++) {
		if (k->rows.p[i].t >= s->end) continue;
		cc_buf_add(&out, k->rows.p[i].line);
		s->rep.event_rows++;
	}
	cc_code code = write_text(s, "k8s_events_raw.tsv", &out, err);
	cc_buf_deinit(&out);
	return code;
}

static cc_code write_all(forge_sim *s, cc_err *err)
{
	cc_code code = write_events(s, err);
	if (code == CC_OK) code = write_text(s, "k8s_objects_raw.tsv", &s->objects, err);
	if (code == CC_OK) code = tel_write_traces(s, s->work, err);
	if (code == CC_OK) code = tel_write_logs(s, s->work, err);
	if (s->opt->progress) s->opt->progress(s->opt->progress_user, 960, "writing");
	if (code == CC_OK) code = tel_write_metrics(s, s->work, err);
	return code == CC_OK ? s->code : code;
}

static cc_code make_work(forge_sim *s, cc_err *err)
{
	cc_buf sub = CC_BUF_INIT;
	remove_tree(s->work, 0);
	cc_buf_addf(&sub, "%s/alerts", s->work);
	cc_code code = cc_buf_ok(&sub) ? cc_dir_make(sub.p, err) : CC_ENOMEM;
	cc_buf_clear(&sub);
	cc_buf_addf(&sub, "%s/metrics", s->work);
	if (code == CC_OK) code = cc_buf_ok(&sub) ? cc_dir_make(sub.p, err) : CC_ENOMEM;
	cc_buf_deinit(&sub);
	return code;
}

/* The truth first: a scenario without its answer could never be scored, an answer alone does no harm. */
static cc_code publish(forge_sim *s, const char *truth_dir, cc_err *err)
{
	const char *final = s->rep.scenario_dir;
	cc_buf old = CC_BUF_INIT;
	cc_code code = cc_dir_make(truth_dir, err);
	if (code == CC_OK) code = truth_write(s, s->rep.truth_path, err);
	cc_buf_addf(&old, "%s.old", s->work);
	if (code == CC_OK && !cc_buf_ok(&old)) code = cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	bool replaced = code == CC_OK && exists(final);
	if (replaced && rename(final, old.p) != 0) code = cc_err_errno(err, errno, final);
	if (code == CC_OK && rename(s->work, final) != 0) {
		code = cc_err_errno(err, errno, final);
		if (replaced) (void)rename(old.p, final);
	} else if (code == CC_OK && replaced) {
		remove_tree(old.p, 0);
	}
	cc_buf_deinit(&old);
	return code;
}

static cc_code paths(forge_sim *s, cc_buf *truth_dir, cc_err *err)
{
	const cc_forge_options *o = s->opt;
	int a = snprintf(s->rep.scenario_dir, sizeof s->rep.scenario_dir, "%s/Scenario-%d", o->out_dir, o->scenario);
	int b = snprintf(s->work, sizeof s->work, "%s/.Scenario-%d.part", o->out_dir, o->scenario);
	if (o->truth_dir) cc_buf_addf(truth_dir, "%s/Scenario-%d", o->truth_dir, o->scenario);
	else cc_buf_addf(truth_dir, "%s/solutions/Scenario-%d", o->out_dir, o->scenario);
	if (!cc_buf_ok(truth_dir)) return cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	int c = snprintf(s->rep.truth_path, sizeof s->rep.truth_path, "%s/ground_truth.yaml", truth_dir->p);
	if (a >= (int)sizeof s->rep.scenario_dir || b >= (int)sizeof s->work || c >= (int)sizeof s->rep.truth_path)
		return cc_err_set(err, CC_ELIMIT, "forge: the path of the output folder is too long");
	if (exists(s->rep.scenario_dir) && !o->replace) {
		(void)cc_err_set(err, CC_ESTATE, "forge: %s exists", s->rep.scenario_dir);
		(void)cc_err_hint(err, "choose another scenario number or folder, or ask to replace it");
		return CC_ESTATE;
	}
	(void)snprintf(s->rep.root, sizeof s->rep.root, FORGE_NS "/Deployment/%s", forge_apps[s->target].name);
	s->rep.inject_ns = s->inject;
	return CC_OK;
}

static cc_code run(forge_sim *s, cc_err *err)
{
	cc_buf truth_dir = CC_BUF_INIT;
	cc_code code = paths(s, &truth_dir, err);
	if (code != CC_OK) goto done;
	code = make_work(s, err);
	if (code == CC_OK) {
		plan(s);
		forge_run_until(s, s->end - 1);
		code = s->code;
	}
	if (code == CC_OK) code = write_all(s, err);
	if (code == CC_OK) code = publish(s, truth_dir.p, err);
	if (code != CC_OK) remove_tree(s->work, 0);
done:
	cc_buf_deinit(&truth_dir);
	return code;
}

cc_code cc_forge_run(const cc_forge_options *o, cc_forge_report *rep, cc_err *err)
{
	cc_code code = check(o, err);
	if (code != CC_OK) return code;
	forge_sim *s = cc_calloc(1, sizeof *s);
	if (!s) return cc_err_set(err, CC_ENOMEM, "forge: out of memory");
	code = sim_init(s, o, err);
	if (code == CC_OK) code = run(s, err);
	if (code == CC_OK) {
		s->rep.object_rows = s->object_rows;
		*rep = s->rep;
		if (o->progress) o->progress(o->progress_user, 1000, "done");
	}
	sim_deinit(s);
	cc_free(s);
	return code;
}
