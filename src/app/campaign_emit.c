/* campaign_emit.c - the tasks of a campaign as jobs of an engine that is there: a Kubernetes indexed Job, a Slurm array, or lines for
 * GNU parallel and for any shell. Each is a plain `coldcase agent`, which does nothing when its run is there: an engine may start it again. */
#include "app/campaign.h"

#include <string.h>

#include "coldcase/json.h"

enum { CONFIG_MAP_MAX = 1000 * 1000 }; /* a mebibyte, less what surrounds the data */

static bool is_plain(const char *word)
{
	return *word && !word[strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=,@%+-")];
}

/* For a POSIX shell; a line feed would end the line of an engine, so that words have none. */
static cc_code put_word(cc_buf *out, const char *word, cc_err *err)
{
	for (const char *p = word; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return cc_err_set(err, CC_EUSAGE, "campaign: a control character in %s cannot be told to an engine", word);
	if (is_plain(word)) {
		cc_buf_addz(out, word);
		return CC_OK;
	}
	cc_buf_add_char(out, '\'');
	for (; *word; word++)
		if (*word == '\'')
			cc_buf_addz(out, "'\\''");
		else
			cc_buf_add_char(out, *word);
	cc_buf_add_char(out, '\'');
	return CC_OK;
}

static cc_code put_task(campaign *c, size_t i, cc_buf *out, cc_err *err)
{
	campaign_words words = { 0 };
	cc_code code = campaign_line(c, campaign_at(c, i), &words, err);
	cc_buf_addz(out, "coldcase");
	for (size_t k = 0; k < words.n && code == CC_OK; k++) {
		cc_buf_add_char(out, ' ');
		code = put_word(out, words.p[k], err);
	}
	cc_vec_deinit(&words);
	return code;
}

/* A case of a shell script for each task, by its number from 0. */
static cc_code put_cases(campaign *c, const char *indent, const char *variable, cc_buf *out, cc_err *err)
{
	cc_code code = CC_OK;
	cc_buf_addf(out, "%scase \"$%s\" in\n", indent, variable);
	for (size_t i = 0; i < campaign_count(c) && code == CC_OK; i++) {
		cc_buf_addf(out, "%s%zu) exec ", indent, i);
		code = put_task(c, i, out, err);
		cc_buf_addz(out, " ;;\n");
	}
	cc_buf_addf(out, "%sesac\n", indent);
	return code;
}

static cc_code emit_parallel(campaign *c, cc_buf *out, cc_err *err)
{
	cc_code code = CC_OK;
	for (size_t i = 0; i < campaign_count(c) && code == CC_OK; i++) {
		code = put_task(c, i, out, err);
		cc_buf_add_char(out, '\n');
	}
	return code;
}

static cc_code emit_slurm(campaign *c, cc_buf *out, cc_err *err)
{
	cc_buf_addf(out, "#!/bin/sh\n#SBATCH --job-name=coldcase\n#SBATCH --array=0-%zu%%%lld\n#SBATCH --ntasks=1\n", campaign_count(c) - 1,
		(long long)c->jobs);
	cc_buf_addz(out, "#SBATCH --output=coldcase-%A_%a.log\n# Paths as here: submit it from this folder. `coldcase league` reads the runs.\n");
	return put_cases(c, "", "SLURM_ARRAY_TASK_ID", out, err);
}

/* What the cluster has to give: a claim `coldcase` with the incidents and room for the runs, under the paths used here, relative to its
 * root; a Secret `coldcase-keys` whose entries are the variables of the model's keys, if models play. */
static cc_code emit_kubernetes(campaign *c, cc_buf *out, cc_err *err)
{
	if (!c->o->image) {
		cc_err_set(err, CC_EUSAGE, "campaign: which container image has coldcase?");
		return cc_err_hint(err, "--image NAME");
	}
	cc_buf_addz(out, "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: coldcase-campaign\ndata:\n  task.sh: |\n");
	cc_code code = put_cases(c, "    ", "JOB_COMPLETION_INDEX", out, err);
	if (code == CC_OK && out->n > CONFIG_MAP_MAX) {
		cc_err_set(err, CC_ELIMIT, "campaign: %zu tasks are more than fit a ConfigMap", campaign_count(c));
		code = cc_err_hint(err, "emit them for fewer incidents or agents at a time: all may share one --out");
	}
	cc_buf_addf(out, "---\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: coldcase-campaign\nspec:\n  completionMode: Indexed\n"
		"  completions: %zu\n  parallelism: %lld\n  backoffLimitPerIndex: 2\n  maxFailedIndexes: %zu\n  template:\n    spec:\n"
		"      restartPolicy: Never\n      containers:\n        - name: coldcase\n          image: ", campaign_count(c), (long long)c->jobs,
		campaign_count(c));
	cc_json_write_str(out, cc_str_from(c->o->image));
	cc_buf_addz(out, "\n          command: [\"sh\", \"/campaign/task.sh\"]\n          workingDir: /data\n          env:\n"
		"            - name: XDG_CACHE_HOME\n              value: /tmp\n          envFrom:\n            - secretRef:\n"
		"                name: coldcase-keys\n                optional: true\n          volumeMounts:\n            - name: data\n"
		"              mountPath: /data\n            - name: campaign\n              mountPath: /campaign\n      volumes:\n        - name: data\n"
		"          persistentVolumeClaim:\n            claimName: coldcase\n        - name: campaign\n          configMap:\n"
		"            name: coldcase-campaign\n");
	return code;
}

cc_code campaign_emit(campaign *c, cc_buf *out, cc_err *err)
{
	static const struct { const char *name; cc_code (*emit)(campaign *c, cc_buf *out, cc_err *err); } ENGINES[] = {
		{ "kubernetes", emit_kubernetes }, { "slurm", emit_slurm }, { "parallel", emit_parallel } };
	for (size_t i = 0; i < sizeof ENGINES / sizeof ENGINES[0]; i++)
		if (strcmp(c->o->emit, ENGINES[i].name) == 0)
			return ENGINES[i].emit(c, out, err);
	return cc_err_set(err, CC_EUSAGE, "--emit kubernetes, slurm or parallel, not %s", c->o->emit);
}
