/* forge_samples.c - how hard are given incidents, measured? Prints, for each folder, without naming any answer:
 * queries of the shortest honest route (and whether each of them still shows what it should), records that decide, and what
 * the naive guesses score.
 *
 *     forge_samples SCENARIO-FOLDER...     (truth and debrief in solutions/<scenario> beside it) */
#include <stdio.h>

#include "support/audit.h"

static int one(const char *dir)
{
	cc_truth *truth = NULL;
	cc_debrief *debrief = NULL;
	cc_session *session = NULL;
	cc_err err = { 0 };
	cc_session_options so = { .dir = dir, .actor_name = "audit" };
	cc_code code = cc_truth_find(&truth, NULL, dir, CC_STR_EMPTY, &err);
	cc_buf path = CC_BUF_INIT, out = CC_BUF_INIT;
	if (code == CC_OK) cc_buf_add(&path, truth->name);
	if (code == CC_OK) code = cc_debrief_beside(&debrief, path.p, &err);
	if (code == CC_OK) code = cc_session_open(&session, &so, &err);
	if (code == CC_OK) {
		const cc_snapshot *s = cc_session_snapshot(session);
		cc_str name = cc_snapshot_name(s);
		size_t holds = 0, works = 0;
		for (size_t i = 0; i < debrief->decisive_count; i++)
			holds += audit_proof_holds(session, debrief->decisive[i].command, debrief->decisive[i].pattern, &out);
		for (size_t i = 0; i < debrief->par_count; i++) works += audit_proof_holds(session, debrief->par[i], CC_STR_EMPTY, &out);
		printf("%-14.*s %-8.*s %3zu/%zu %11zu/%zu", CC_STR_ARG(name), CC_STR_ARG(debrief->difficulty), works, debrief->par_count, holds,
			debrief->decisive_count);
		for (int g = 0; g < GUESS_COUNT; g++) {
			cc_buf_clear(&out);
			printf(" %10.2f", audit_guess_score(s, truth, (audit_guess)g, &out));
		}
		printf("\n");
		if (works < debrief->par_count || holds < debrief->decisive_count) code = CC_ESTATE;
	} else {
		fprintf(stderr, "%s: %s\n", dir, err.message);
	}
	cc_session_close(session);
	cc_debrief_free(debrief);
	cc_truth_free(truth);
	cc_buf_deinit(&path);
	cc_buf_deinit(&out);
	return code != CC_OK;
}

int main(int argc, char **argv)
{
	int bad = 0;
	printf("%-14s %-8s %5s %13s %10s %10s %10s %10s\n", "incident", "level", "route", "decisive", "loudest", "err logs", "last chg", "chg before");
	for (int i = 1; i < argc; i++) bad += one(argv[i]);
	return bad != 0;
}
