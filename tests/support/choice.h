/* choice.h - which faults seeds choose, without simulating anything: the forge's own table and functions, without the
 * simulation around them. Not a part of the library all tests are linked with, since some replace the simulation. */
#ifndef TESTS_SUPPORT_CHOICE_H
#define TESTS_SUPPORT_CHOICE_H

#include <stdbool.h>

#include "coldcase/forge.h"
#include "forge/fault_priv.h"

enum { CHOICE_KINDS = 64, CHOICE_FAMILIES = 8 };

typedef struct choice_tally {
	int kinds, families;                 /* how many there are */
	int kind[CHOICE_KINDS];              /* how often each was drawn, numbered as cc_forge_fault_get does */
	int family[CHOICE_FAMILIES];
	int family_of[CHOICE_KINDS];
	bool applies[CHOICE_KINDS];          /* the application has a target on which it may be drawn */
	int drawn;
} choice_tally;

static inline const char *choice_family_name(int family)
{
	static const char *const NAMES[FAM_COUNT] = {
		[FAM_WORKLOAD] = "workload",
		[FAM_NETWORK] = "network",
		[FAM_RESOURCE] = "resource",
		[FAM_CONFIG] = "configuration",
		[FAM_STORE] = "store",
		[FAM_MESH] = "mesh",
		[FAM_CHAOS] = "chaos",
	};
	return family < FAM_COUNT ? NAMES[family] : "";
}

static inline void number_kinds(choice_tally *t)
{
	*t = (choice_tally){ .kinds = (int)cc_forge_fault_count(), .families = FAM_COUNT };
	for (int i = 0; i < t->kinds; i++) t->family_of[i] = (int)fault_row_get(i)->family;
}

/* Draws n faults with the seeds from `first` on, as a run of 20 minutes at 5 requests a second does. False: out of
 * memory, or the application cannot be read. */
static inline bool choice_draw(choice_tally *t, const char *app, cc_forge_difficulty difficulty, uint64_t first, int n)
{
	cc_forge_options o;
	fault_map m;
	forge_app *loaded = NULL;
	cc_arena *arena = cc_arena_new();
	cc_forge_options_init(&o);
	o.difficulty = difficulty;
	number_kinds(t);
	bool ok = arena && forge_app_load(&loaded, arena, app, NULL) == CC_OK && fault_map_make(&m, loaded, arena);
	for (int i = 0; ok && i < t->kinds; i++) t->applies[i] = fault_target_next(fault_row_get(i), &m, 0) >= 0;
	for (int i = 0; ok && i < n; i++) {
		forge_sim s = { .opt = &o, .app = loaded, .arena = arena, .rps_milli = m.rps_milli };
		forge_cause c = { .first_hit = -1 };
		cc_rng_init_named(&s.plan_rng, first + (uint64_t)i, "plan");
		ok = fault_choose(&s, &m, &c, NULL) == CC_OK;
		if (!ok) break;
		t->kind[c.kind]++;
		t->family[t->family_of[c.kind]]++;
		t->drawn++;
	}
	cc_arena_free(arena);
	return ok;
}

#endif
