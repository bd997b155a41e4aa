/* app_hint.c - the coach, between two processes.
 *
 * `score --hint N` is the one that may open a debrief; it prints rung N of the ladder and nothing else. The investigating
 * process starts it and passes on what it said, so that whatever else the debrief holds never comes near it (law 6). */
#include "app/truths.h"

#include <stdio.h>

static cc_code open_debrief(const app_options *o, app_truth *found, cc_err *err)
{
	app_unsealed unsealed = { .place = CC_BUF_INIT };
	cc_code code = o->incident ? app_truth_open(found, o, o->incident, CC_STR_EMPTY, &unsealed, err) :
		cc_err_set(err, CC_EUSAGE, "score --hint needs --incident");
	app_unsealed_deinit(&unsealed);
	return code == CC_OK && !found->debrief ? cc_err_set(err, CC_ENOTFOUND, "no debrief") : code;
}

int app_hint(const app_options *o)
{
	app_truth found = { .truth = NULL };
	cc_buf line = CC_BUF_INIT;
	cc_err err = { 0 };
	int64_t rung = 0;
	cc_code code = cc_str_to_i64(cc_str_from(o->hint), &rung) && rung > 0 ? open_debrief(o, &found, &err) :
		cc_err_set(&err, CC_EUSAGE, "score --hint takes the number of a rung, from 1 on");

	if (code == CC_OK && cc_debrief_rung(found.debrief, (size_t)rung, &line))
		printf("%.*s\n", CC_STR_ARG(cc_buf_str(&line)));
	cc_buf_deinit(&line);
	app_truth_deinit(&found);
	return code == CC_OK ? fflush(stdout) != 0 : app_fail(&err);
}

cc_code app_ask_coach(void *arg, uint32_t rung, cc_buf *out)
{
	const app_sealing *what = arg;
	char number[16];
	const char *argv[] = { "score", "--hint", number, "--incident", what->dir, what->o->truth ? "--truth" : NULL, what->o->truth, NULL };
	int status;

	snprintf(number, sizeof number, "%u", rung);
	if (app_spawn(what->o, argv, out, &status, NULL) != CC_OK || status != 0) {
		cc_buf_clear(out);
		return CC_ENOTFOUND;
	}
	cc_buf_truncate(out, cc_str_trim(cc_buf_str(out)).n);
	return CC_OK;
}
