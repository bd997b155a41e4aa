/* forge_guess.c - can forged incidents be guessed? Forges random ones at the default difficulty and scores naive answers.
 *
 *     forge_guess [INCIDENTS [FIRST-SEED [DIFFICULTY [APP]]]]
 *
 * Prints a line for each incident and the mean score of each guess. A guess counts as the better of naming the entity it points
 * at and naming the workload behind it, so the figures are upper bounds. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "coldcase/forge.h"
#include "support/audit.h"
#include "support/tree.h"

typedef struct tally { double sum[GUESS_COUNT]; int n, silent, hits[GUESS_COUNT]; } tally;

static int one(const char *dir, const char *app, uint64_t seed, cc_forge_difficulty difficulty, tally *t)
{
	cc_forge_options o;
	cc_forge_report r;
	cc_err err = { 0 };
	cc_truth *truth = NULL;
	cc_snapshot *s = NULL;
	cc_forge_options_init(&o);
	o.out_dir = dir;
	o.app = app;
	o.seed = seed;
	o.difficulty = difficulty;
	o.duration_ns = 1500 * CC_NS_PER_S;
	o.rps_milli = 3000;
	o.replace = true;
	if (cc_forge_run(&o, &r, &err) != CC_OK || cc_truth_load_file(&truth, r.truth_path, CC_STR_EMPTY, &err) != CC_OK
		|| cc_snapshot_open(&s, r.scenario_dir, NULL, &err) != CC_OK) {
		fprintf(stderr, "seed %llu: %s\n", (unsigned long long)seed, err.message);
		cc_truth_free(truth);
		return 1;
	}
	printf("%4llu  %-46s", (unsigned long long)seed, r.fault);
	for (int g = 0; g < GUESS_COUNT; g++) {
		cc_buf said = CC_BUF_INIT;
		double v = audit_guess_score(s, truth, (audit_guess)g, &said);
		t->sum[g] += v;
		t->hits[g] += v > 0.0;
		printf(" %.2f %-42.42s", v, said.n ? said.p : "-");
		cc_buf_deinit(&said);
	}
	printf("%s\n", truth->alert_count ? "" : " no alert");
	t->n++;
	t->silent += truth->alert_count == 0;
	fflush(stdout);
	cc_snapshot_free(s);
	cc_truth_free(truth);
	return 0;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 60, first = argc > 2 ? strtol(argv[2], NULL, 10) : 1000;
	cc_forge_difficulty difficulty = argc > 3 ? (cc_forge_difficulty)strtol(argv[3], NULL, 10) : CC_FORGE_MEDIUM;
	test_tree dir;
	tally t = { .n = 0 };
	int failed = 0;
	test_tree_make(&dir);
	for (long i = 0; i < n; i++) failed += one(dir.root, argc > 4 ? argv[4] : NULL, (uint64_t)(first + i), difficulty, &t);
	printf("\nmean score over %d random incidents (%d failed to forge)\n", t.n, failed);
	for (int g = 0; g < GUESS_COUNT && t.n; g++)
		printf("  %-36s %.3f  (right in %d)\n", audit_guess_name((audit_guess)g), t.sum[g] / t.n, t.hits[g]);
	printf("  incidents without an alert but those that always fire: %d\n", t.silent);
	test_tree_remove(&dir);
	return failed != 0;
}
