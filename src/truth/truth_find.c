/* truth_find.c - where the ground truth of an incident may lie.
 *
 * Datasets differ: beside the evidence, under solutions/, in one folder per scenario somewhere else, or all in one data.jsonl.
 * Fixed names are tried; nothing is listed. A file that exists but cannot be read ends the search with its error, as falling back
 * to another truth would score against the wrong one. */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "coldcase/file.h"
#include "truth_priv.h"

static const char *const FILES[] = { "ground_truth.yaml", "ground_truth.yml", "ground_truth.json", "gt.yaml", "gt.yml", "gt.json" };
/* Of many incidents: the row is chosen by scenario. */
static const char *const COLLECTIONS[] = { "ground_truths.json", "data.jsonl" };
/* How folders spell scenario number N. */
static const char *const PREFIXES[] = { "Scenario-", "scenario-", "Scenario_", "scenario_", "Scenario", "scenario", "incident-", "" };

typedef struct finder {
	cc_truth **out;
	cc_str scenario;
	char number[24];     /* its digits; empty when it has none */
	cc_err *err;
} finder;

static bool is_kind(const char *path, mode_t kind)
{
	struct stat st;
	return stat(path, &st) == 0 && (st.st_mode & S_IFMT) == kind;
}

/* Tries one file. CC_ENOTFOUND: go on. */
static cc_code try_file(finder *f, const char *dir, const char *name)
{
	cc_buf path = CC_BUF_INIT;
	cc_code code = CC_ENOTFOUND;
	cc_path_join(&path, dir, name);
	if (!cc_buf_ok(&path))
		code = cc_err_set(f->err, CC_ENOMEM, "out of memory");
	else if (is_kind(path.p, S_IFREG))
		code = cc_truth_load_file(f->out, path.p, f->scenario, f->err);
	cc_buf_deinit(&path);
	return code;
}

static cc_code try_files(finder *f, const char *dir, const char *const *names, size_t count)
{
	cc_code code = CC_ENOTFOUND;
	for (size_t i = 0; i < count && code == CC_ENOTFOUND; i++)
		code = try_file(f, dir, names[i]);
	return code;
}

#define TRY_FILES(f, dir, names) try_files(f, dir, names, sizeof(names) / sizeof((names)[0]))

static cc_code try_below(finder *f, const char *dir, cc_str name)
{
	cc_buf path = CC_BUF_INIT;
	cc_code code = CC_ENOTFOUND;
	cc_buf_addf(&path, "%s/%.*s", dir, CC_STR_ARG(name));
	if (!cc_buf_ok(&path))
		code = cc_err_set(f->err, CC_ENOMEM, "out of memory");
	else if (is_kind(path.p, S_IFDIR))
		code = TRY_FILES(f, path.p, FILES);
	cc_buf_deinit(&path);
	return code;
}

/* dir/<scenario>/ground_truth.yaml in every spelling. A scenario name is a name, never a path. */
static cc_code try_scenario(finder *f, const char *dir)
{
	char name[64];
	cc_code code = CC_ENOTFOUND;
	if (!is_kind(dir, S_IFDIR) || cc_str_find_char(f->scenario, '/') != CC_STR_NONE)
		return CC_ENOTFOUND;
	if (f->scenario.n && f->scenario.p[0] != '.')
		code = try_below(f, dir, f->scenario);
	for (size_t i = 0; f->number[0] && i < sizeof PREFIXES / sizeof PREFIXES[0] && code == CC_ENOTFOUND; i++) {
		snprintf(name, sizeof name, "%s%s", PREFIXES[i], f->number);
		code = try_below(f, dir, cc_str_from(name));
	}
	return code;
}

static cc_code try_solutions(finder *f, const char *dir)
{
	cc_buf path = CC_BUF_INIT;
	cc_path_join(&path, dir, "solutions");
	cc_code code = cc_buf_ok(&path) ? try_scenario(f, path.p) : cc_err_set(f->err, CC_ENOMEM, "out of memory");
	cc_buf_deinit(&path);
	return code;
}

static cc_code in_truth_dir(finder *f, const char *dir)
{
	cc_code code = try_solutions(f, dir);
	if (code == CC_ENOTFOUND)
		code = try_scenario(f, dir);
	if (code == CC_ENOTFOUND)
		code = TRY_FILES(f, dir, FILES);
	if (code == CC_ENOTFOUND)
		code = TRY_FILES(f, dir, COLLECTIONS);
	return code;
}

static cc_code near_incident(finder *f, const char *dir)
{
	char parent[PATH_MAX];
	cc_code code = TRY_FILES(f, dir, FILES);
	const char *slash = strrchr(dir, '/');
	if (code != CC_ENOTFOUND)
		return code;
	code = TRY_FILES(f, dir, COLLECTIONS);
	if (code != CC_ENOTFOUND || !slash)
		return code;
	snprintf(parent, sizeof parent, "%.*s", slash == dir ? 1 : (int)(slash - dir), dir);
	code = try_solutions(f, parent);
	if (code == CC_ENOTFOUND)
		code = TRY_FILES(f, parent, COLLECTIONS);
	return code;
}

static cc_code not_found(const char *where, cc_str scenario, cc_err *err)
{
	cc_err_set(err, CC_ENOTFOUND, "%s: no ground truth of %.*s", where, CC_STR_ARG(scenario.n ? scenario : CC_STR("this incident")));
	cc_err_hint(err, "give --truth a ground_truth.yaml, a data.jsonl or a folder with solutions/<scenario>/");
	return CC_ENOTFOUND;
}

cc_code cc_truth_find(cc_truth **out, const char *truth_path, const char *incident_dir, cc_str scenario, cc_err *err)
{
	char dir[PATH_MAX] = "";
	*out = NULL;
	if (incident_dir && !realpath(incident_dir, dir) && !truth_path)
		return cc_err_set(err, CC_ENOTFOUND, "%s: no such incident folder", incident_dir);
	const char *base = strrchr(dir, '/');
	if (!scenario.n && base)
		scenario = cc_str_from(base + 1);
	finder f = { .out = out, .scenario = scenario, .err = err };
	cc_truth_scenario_number(scenario, f.number, sizeof f.number);
	if (truth_path && !is_kind(truth_path, S_IFDIR))
		return cc_truth_load_file(out, truth_path, scenario, err);
	if (!truth_path && !incident_dir)
		return not_found("--truth", scenario, err);
	cc_code code = truth_path ? in_truth_dir(&f, truth_path) : near_incident(&f, dir);
	if (!code)
		cc_err_clear(err); /* of places that did not have it */
	return code == CC_ENOTFOUND ? not_found(truth_path ? truth_path : incident_dir, scenario, err) : code;
}
