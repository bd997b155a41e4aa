/* record_chain.c - the hashes of a record: of the whole file, and of each line, which the next line carries as `prev`.
 *
 * Computed when they are asked for. Each link of the chain stands for itself, so that several threads check a long one. */
#include "casefile/record_run.h"

#include <string.h>

#include "coldcase/sha256.h"
#include "coldcase/work.h"
#include "coldcase/xalloc.h"

enum { LINKS = 4096 };

/* Some of the links: the line number of the first that does not fit, 0 = all do. */
typedef struct stretch { uint64_t broken; bool failed; } stretch;
typedef struct chain { const cc_run *run; stretch *stretches; } chain;

/* Whether a line carries this hash; false with *failed set when that cannot be said. */
static bool carries(const cc_run *run, const cc_run_place *place, const char *hash, bool *failed)
{
	cc_json *tree = NULL;
	bool fits;

	if (place->plain)
		return memcmp(cc_run_text_of(run, place).p + place->prev, hash, CC_RECORD_HASH) == 0;
	*failed |= cc_run_tree(run, place, &tree, NULL) != CC_OK;
	fits = cc_str_eqz(cc_json_get_str(tree, "prev"), hash);
	cc_json_free(tree);
	return fits;
}

static void check_stretch(void *arg, unsigned worker, size_t item)
{
	const chain *c = arg;
	const cc_run *run = c->run;
	stretch *s = &c->stretches[item];
	size_t end = (item + 1) * LINKS < run->lines.n ? (item + 1) * LINKS : run->lines.n;
	char hash[CC_RECORD_HASH + 1] = CC_RECORD_FIRST_HASH;

	(void)worker;
	for (size_t i = item * LINKS; i < end && !s->broken && !s->failed; i++) {
		if (i)
			cc_sha256_of(cc_run_text_of(run, &run->lines.p[i - 1]), hash);
		if (!carries(run, &run->lines.p[i], hash, &s->failed) && !s->failed)
			s->broken = run->lines.p[i].number;
	}
}

static void check_chain(cc_run *run)
{
	size_t n = run->lines.n / LINKS + 1;
	chain c = { run, cc_calloc(n, sizeof *c.stretches) };
	cc_work *work = c.stretches ? cc_work_start(n, n > 1 ? 0 : 1, check_stretch, &c) : NULL;

	cc_work_finish(work);
	run->failed |= !work;
	run->chain_known = work;
	for (size_t i = 0; work && i < n && !run->health.broken_line; i++) {
		run->health.broken_line = c.stretches[i].broken;
		run->failed |= c.stretches[i].failed;
		run->chain_known &= !c.stretches[i].failed;
	}
	cc_free(c.stretches);
}

cc_run_health cc_run_health_get(const cc_run *run)
{
	if (!run->chain_known)
		check_chain((cc_run *)(uintptr_t)run);  /* what is found out is no change of the run */
	return run->health;
}

cc_str cc_run_sha256(const cc_run *run)
{
	if (!run->sha256[0])
		cc_sha256_of(run->text, ((cc_run *)(uintptr_t)run)->sha256);
	return cc_str_from(run->sha256);
}
