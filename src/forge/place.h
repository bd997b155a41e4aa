/* place.h - where a run is written: beside its target, under a lock, and renamed when whole. */
#ifndef FORGE_PLACE_H
#define FORGE_PLACE_H

#include "forge/sim.h"

typedef struct forge_place {
	cc_buf truth_dir;        /* folder of ground truth and debrief */
	int lock;                /* the work folder, locked as long as the run lasts; -1 */
	cc_buf truth_work;       /* where they are written first */
	bool made_out;           /* the output folder did not exist before */
} forge_place;

/* Fills s->rep.scenario_dir, s->rep.truth_path and s->work and makes the empty work folder. CC_ESTATE: the scenario
 * exists, or another run is making it; CC_EUSAGE: the truth would lie inside the evidence. place_close in any case. */
cc_code place_open(forge_place *p, forge_sim *s, cc_err *err) CC_MUST_USE;
/* Writes the truth and puts the work folder into its place. */
cc_code place_publish(forge_place *p, forge_sim *s, cc_err *err) CC_MUST_USE;
/* Removes what is not published: the work folder, and the output folder when this run made it and it is empty. */
void place_close(forge_place *p, const forge_sim *s);

#endif
