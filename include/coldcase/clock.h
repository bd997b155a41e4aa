/* clock.h - the only place that asks the machine what time it is; tests replace it. */
#ifndef COLDCASE_CLOCK_H
#define COLDCASE_CLOCK_H

#include <stdint.h>

int64_t cc_clock_mono_ns(void);   /* monotonic, arbitrary zero */
int64_t cc_clock_wall_ns(void);   /* UTC; SOURCE_DATE_EPOCH is not looked at */

/* Tests: both clocks return `ns` plus what cc_clock_fake_advance added, until cc_clock_fake_off. COLDCASE_FAKE_CLOCK=<RFC 3339>
 * in the environment does the same from the first call on (golden runs of the whole program). */
void cc_clock_fake_set(int64_t ns);
void cc_clock_fake_advance(int64_t ns);
void cc_clock_fake_off(void);

#endif
