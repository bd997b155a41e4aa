/* open.c - what opening a snapshot costs, without the program around it.
 *
 *   open [--threads N] DIR
 *
 * Prints the stages that cc_snapshot_open reports and how long each took, and  m NAME MB, the private
 * memory that stays. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "coldcase/clock.h"
#include "coldcase/snapshot.h"

typedef struct stages { const char *what; int64_t since_ns; } stages;

static void end_stage(stages *st, int64_t now)
{
	if (st->what)
		printf("stage %s %.3f ms\n", st->what, (double)(now - st->since_ns) / 1e6);
}

static void stage(void *arg, const cc_snapshot_progress *p)
{
	stages *st = arg;
	int64_t now = cc_clock_mono_ns();
	if (st->what && p->what && strcmp(st->what, p->what) == 0)
		return;
	end_stage(st, now);
	*st = (stages){ p->what, now };
}

static double private_mb(void)
{
	char line[256];
	long kb = 0;
	FILE *f = fopen("/proc/self/status", "re");
	while (f && fgets(line, sizeof line, f) && sscanf(line, "RssAnon: %ld", &kb) != 1)
		;
	if (f)
		fclose(f);
	return (double)kb * 1024 / 1e6;
}

int main(int argc, char **argv)
{
	stages st = { 0 };
	cc_snapshot_options opt = { .progress = stage, .progress_arg = &st, .no_cache = true };
	cc_snapshot *s;
	cc_err err = { 0 };
	int threads = argc == 4 && strcmp(argv[1], "--threads") == 0 ? atoi(argv[2]) : 0;
	if (argc != 2 && threads < 1) {
		fprintf(stderr, "usage: open [--threads N] DIR\n");
		return 2;
	}
	opt.threads = (unsigned)threads;
	int64_t began = cc_clock_mono_ns();
	if (cc_snapshot_open(&s, argv[argc - 1], &opt, &err) != CC_OK) {
		fprintf(stderr, "open: %s\n", err.message);
		return 1;
	}
	int64_t now = cc_clock_mono_ns();
	end_stage(&st, now);
	printf("%.3f ms, %llu bytes\n", (double)(now - began) / 1e6, (unsigned long long)cc_snapshot_bytes(s));
	printf("m\tmemory that stays\t%.1f\t\n", private_mb());
	cc_snapshot_free(s);
	return 0;
}
