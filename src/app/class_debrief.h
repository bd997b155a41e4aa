/* class_debrief.h - what a class's debrief is made of: the seats' runs with their reviews, and where they parted. */
#ifndef COLDCASE_APP_CLASS_DEBRIEF_H
#define COLDCASE_APP_CLASS_DEBRIEF_H

#include "app/class_page.h"
#include "app/class_room.h"
#include "app/compare.h"

/* A seat that is no lane, and why: its run cannot be read, or not be scored. */
typedef struct app_unscored { const cc_class_seat *seat; cc_str why; } app_unscored;

typedef struct app_class_runs {
	app_room room;
	app_lane lanes[CC_COMPARE_MAX];             /* seats with a record, in the order they joined */
	app_seat_progress progress[CC_COMPARE_MAX];
	const cc_class_seat *seats[CC_COMPARE_MAX];
	size_t count, left_out;                     /* left_out: more than can be compared */
	app_unscored unscored[CC_COMPARE_MAX];
	size_t unscored_count;
	app_options how;                            /* of scoring */
	cc_compare *c;                              /* NULL: fewer than two runs */
} app_class_runs;

/* Written by class_debrief.c. */
void app_class_debrief_write(app_page *p, const app_class_runs *runs);

#endif
