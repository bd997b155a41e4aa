/* pace.h - how fast work goes and how long it will still take, said only once there is something to go by.
 *
 * The first moments of any work say nothing of the rest: threads start, small files come first, and a rate made of two megabytes
 * promises minutes for what takes a second. Until WORTH_NS have passed and WORTH_SHARE is done there is no rate and no time left. From
 * then on the latest second counts most; in long work the latest quarter of it does, so that what is told does not jump. */
#ifndef COLDCASE_PACE_H
#define COLDCASE_PACE_H

#include <stdbool.h>
#include <stdint.h>

#define CC_PACE_WORTH_NS (INT64_C(250) * 1000000)
#define CC_PACE_WORTH_SHARE 0.02

typedef struct cc_pace {
	int64_t began_ns, at_ns;  /* at: of the last part that was measured */
	double done, total, measured; /* measured: done then */
	double sum, weight;       /* of rates, those long ago less */
} cc_pace;

/* Times are of one clock that never goes back; done and total are of any unit. */
void cc_pace_begin(cc_pace *p, int64_t now_ns);
/* So much of it is done. To be told also when nothing was added: what stands still takes longer. */
void cc_pace_note(cc_pace *p, int64_t now_ns, double done, double total);
double cc_pace_per_s(const cc_pace *p);      /* 0 = not known yet */
int64_t cc_pace_left_ns(const cc_pace *p);   /* INT64_MIN (CC_TIME_NONE) = not known yet, or nothing is left */

#endif
