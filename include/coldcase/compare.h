/* compare.h - runs of one incident held against each other: what was seen by whom, where they parted, and which moments of the one
 * belong to which of the others.
 *
 * Everything comes from the records alone: a record of the evidence is its citation, a thing its name. A *look* is a step that
 * showed evidence or moved the focus; where runs parted is told by looks, so that a `start` more or less parts nobody. */
#ifndef COLDCASE_COMPARE_H
#define COLDCASE_COMPARE_H

#include "coldcase/record.h"
#include "coldcase/vec.h"

enum { CC_COMPARE_MAX = 26 };   /* runs are called A to Z */

/* Something of the evidence, and at which step each run first had it on the screen (0 = never). */
typedef struct cc_sighting { cc_str what; uint64_t step[CC_COMPARE_MAX]; } cc_sighting;
typedef CC_VEC(cc_sighting) cc_sighting_vec;

typedef struct cc_compare cc_compare;

/* The runs are borrowed, two to CC_COMPARE_MAX of them; steps are told as cc_run_step gives them, other texts live as long as this. */
cc_code cc_compare_new(cc_compare **out, const cc_run *const *runs, size_t n, cc_err *err) CC_MUST_USE;
void cc_compare_free(cc_compare *c);
size_t cc_compare_count(const cc_compare *c);
const cc_run *cc_compare_run(const cc_compare *c, size_t run);

const cc_sighting_vec *cc_compare_cites(const cc_compare *c);       /* in the order of their first sight in any run */
const cc_sighting_vec *cc_compare_entities(const cc_compare *c);
const cc_sighting *cc_compare_cite(const cc_compare *c, cc_str cite);   /* NULL: no run saw it */
uint32_t cc_compare_seers(const cc_compare *c, const cc_sighting *s);   /* which runs saw it, a bit each */

/* The n-th query of a run, counted from 0; NULL past the last. */
const cc_record_step *cc_compare_query(const cc_compare *c, size_t run, size_t n);
/* The first query, counted from 1, at which not all runs asked the same; 0 = they never parted. */
size_t cc_compare_parted(const cc_compare *c);
/* Where the evidence seen so far, or the focus, first was not the same in all: the step of that look in each run (its last step
 * where it had no look left). False: never. by_focus: it was the focus. */
bool cc_compare_diverged(const cc_compare *c, uint64_t step[CC_COMPARE_MAX], bool *by_focus);

/* A stretch in which runs go different ways: in each, the steps after `from` up to `to`; a run that does nothing there has the same number
 * twice. looks: of the run that has most there. */
typedef struct cc_parting { uint64_t from[CC_COMPARE_MAX], to[CC_COMPARE_MAX]; size_t looks; } cc_parting;
typedef CC_VEC(cc_parting) cc_parting_vec;
/* All of them, in order: the first at which they diverged, and each later one of two looks or more, after they met again at looks that showed
 * the same things. None: the same way throughout. False when out of memory. */
bool cc_compare_partings(const cc_compare *c, cc_parting_vec *out) CC_MUST_USE;

/* How runs are kept together when they are played side by side. */
typedef enum cc_sync {
	CC_SYNC_STEP,            /* all have done as many steps */
	CC_SYNC_CLOCK,           /* as much time of the case's clock has passed */
	CC_SYNC_EVIDENCE         /* the others are where they first saw what the leading run last came to see that they see too */
} cc_sync;
/* Positions of such a play: 0 is the start, the last one the end of all runs. */
size_t cc_compare_last(const cc_compare *c, cc_sync how, size_t lead);
/* How many steps each run has done there. */
void cc_compare_align(const cc_compare *c, cc_sync how, size_t lead, size_t at, size_t steps[CC_COMPARE_MAX]);
/* The first position at which a run has done so many steps; the last one when there is none. */
size_t cc_compare_position(const cc_compare *c, cc_sync how, size_t lead, size_t run, size_t steps);
/* The time of the case's clock at a position: the latest of the runs. */
int64_t cc_compare_clock(const cc_compare *c, cc_sync how, size_t lead, size_t at);

#endif
