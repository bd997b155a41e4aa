/* forge_bytes.c - the forge without the rest of the program: one incident of each kind of run into a folder. Built by with-compilers.sh
 * with one compiler after the other, since equal options shall give equal bytes whoever compiled the program. */
#include <stdio.h>

#include "coldcase/forge.h"

int main(int argc, char **argv)
{
	static const struct {
		const char *app;
		cc_forge_difficulty difficulty;
		uint64_t seed;
		int threads;
		unsigned variant;
	} RUNS[] = {
		{ "astronomy-shop", CC_FORGE_EASY, 3, 1, 0 }, { "bookinfo", CC_FORGE_MEDIUM, 5, 2, CC_FORGE_EVENT_NAME },
		{ "astronomy-shop", CC_FORGE_HARD, 7, 2, 0 }, { "bookinfo", CC_FORGE_EXPERT, 11, 2, CC_FORGE_GO_RECORDER },
	};
	for (size_t i = 0; i < sizeof RUNS / sizeof RUNS[0]; i++) {
		cc_forge_options o;
		cc_forge_report r;
		cc_err err = { 0 };
		cc_forge_options_init(&o);
		o.out_dir = argc > 1 ? argv[1] : NULL;
		o.app = RUNS[i].app;
		o.difficulty = RUNS[i].difficulty;
		o.seed = RUNS[i].seed;
		o.threads = RUNS[i].threads;
		o.variant = RUNS[i].variant;
		o.scenario = (int)i + 1;
		o.rps_milli = 1000;
		o.duration_ns = 900 * INT64_C(1000000000);
		if (cc_forge_run(&o, &r, &err) != CC_OK) {
			fprintf(stderr, "%s\n", err.message);
			return 1;
		}
	}
	return 0;
}
