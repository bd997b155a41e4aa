/* choice.h - which faults seeds choose, without simulating anything. */
#ifndef TESTS_SUPPORT_CHOICE_H
#define TESTS_SUPPORT_CHOICE_H

#include <stdbool.h>

#include "coldcase/forge.h"

enum { CHOICE_KINDS = 64, CHOICE_FAMILIES = 8 };

typedef struct choice_tally {
	int kinds, families;                 /* how many there are */
	int kind[CHOICE_KINDS];              /* how often each was drawn, numbered as cc_forge_fault_get does */
	int family[CHOICE_FAMILIES];
	int family_of[CHOICE_KINDS];
	bool applies[CHOICE_KINDS];          /* the application has a target on which it may be drawn */
	int drawn;
} choice_tally;

/* Draws n faults with the seeds from `first` on, as a run of 20 minutes at 5 requests a second does. False: out of
 * memory, or the application cannot be read. */
bool choice_draw(choice_tally *t, const char *app, cc_forge_difficulty difficulty, uint64_t first, int n);
const char *choice_family_name(int family);

#endif
