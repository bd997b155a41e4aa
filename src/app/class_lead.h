/* class_lead.h - an instructor and one seat of a class, wherever that seat's machine is: what it reads and writes is the shared folder.
 *
 * The seat's record is followed as any run's (instruct.h). A hint or a freeze is a line for that seat in a log of this process's own, as
 * hosts have them; the seat's process does it between two commands, and keeps it as a step of its record. */
#ifndef COLDCASE_APP_CLASS_LEAD_H
#define COLDCASE_APP_CLASS_LEAD_H

#include "app/class_room.h"

typedef struct app_class_lead {
	cc_arena *arena;
	const char *dir;         /* the class's folder */
	cc_class_seat seat;
	size_t number;           /* of the seat, as `class host DIR -c status` counts them */
	cc_str run_dir;          /* empty: it has recorded nothing yet */
	cc_class_id id;          /* of the log */
	cc_class_clock clock;
	cc_buf here;             /* the file by which it learns the folder's time */
	app_class_truth truth;
	app_options how;         /* with the class's incident and truth */
} app_class_lead;

/* Whether the path is a class's folder, or a seat's, or lies in one; *dir, *seat: in the arena; seat empty = to be chosen. */
bool app_class_lead_finds(const char *path, cc_arena *arena, const char **dir, cc_str *seat);
/* Release also after a failure. which: the number, name or id of the seat where the path does not say it, else NULL. */
cc_code app_class_lead_open(app_class_lead *l, const app_options *o, const char *path, const char *which, cc_err *err) CC_MUST_USE;
void app_class_lead_close(app_class_lead *l);
/* Looks whether the seat has begun to record: then run_dir is set. */
cc_code app_class_lead_look(app_class_lead *l, cc_err *err) CC_MUST_USE;
/* "hint", "freeze" or "thaw" to this seat alone. *later: it is frozen, and told when it goes on. */
cc_code app_class_lead_send(app_class_lead *l, cc_str what, cc_str text, bool *later, cc_err *err) CC_MUST_USE;
/* In the folder's time: since the record was written last; since the seat said last that it is there. CC_TIME_NONE = not known. */
int64_t app_class_lead_idle_ns(const app_class_lead *l);
int64_t app_class_lead_silent_ns(const app_class_lead *l);

#endif
