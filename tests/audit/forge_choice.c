/* forge_choice.c - what do random incidents happen to be? Shares of the families and kinds that seeds choose.
 *
 *     forge_choice [SEEDS [FIRST-SEED]]
 *
 * Nothing is simulated: it is the choice alone, in every built-in application, at medium and at hard. */
#include <stdio.h>
#include <stdlib.h>

#include "support/choice.h"

static void print(const char *app, const char *level, const choice_tally *t)
{
	printf("%s, %s: %d seeds\n", app, level, t->drawn);
	for (int f = 0; f < t->families; f++) {
		if (!t->family[f]) continue;
		printf("  %-14s %4.1f %% ", choice_family_name(f), 100.0 * t->family[f] / t->drawn);
		for (int i = 0; i < t->kinds; i++)
			if (t->family_of[i] == f && t->applies[i])
				printf(" %s %.1f", cc_forge_fault_get((size_t)i)->kind, 100.0 * t->kind[i] / t->drawn);
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	static const struct { cc_forge_difficulty at; const char *name; } LEVELS[] = {
		{ CC_FORGE_MEDIUM, "medium" }, { CC_FORGE_HARD, "hard" } };
	int n = argc > 1 ? atoi(argv[1]) : 300;
	uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000;
	const char *app;
	cc_str text;
	for (size_t a = 0; cc_forge_app_get(a, &app, &text); a++)
		for (size_t l = 0; l < sizeof LEVELS / sizeof LEVELS[0]; l++) {
			choice_tally t;
			if (!choice_draw(&t, app, LEVELS[l].at, first, n)) {
				fprintf(stderr, "%s: nothing can be chosen\n", app);
				return 1;
			}
			print(app, LEVELS[l].name, &t);
		}
	return 0;
}
