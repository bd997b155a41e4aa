/* drill.h - practice that goes on from day to day: which incident is next for a person, with how much help, and what became of it.
 *
 * What is known of a person is the history of his drills, one line each, only ever added to. What incidents are about - how hard, which
 * pane decides - is told by their debriefs, which only the process that picks may open (`drill --pick-only`): it takes no
 * investigating command, and hands the one that does nothing but a folder. */
#ifndef COLDCASE_APP_DRILL_H
#define COLDCASE_APP_DRILL_H

#include "app/app.h"

/* The panes in which a decisive record may lie, as bits. */
enum { APP_DRILL_PANES = 7 };
const char *app_drill_pane(size_t i);                    /* "alerts"; NULL past the last */
unsigned app_drill_pane_of(cc_str line);                 /* the bit of the pane a command line belongs to; 0 = none */

enum { APP_DRILL_LEVELS = 4 };                           /* easy, medium, hard, expert */
const char *app_drill_level_name(int level);             /* "not known" below 0 */
int app_drill_level_parse(cc_str name);                  /* -1 = not known */

/* One drill. Texts live in the history's arena. */
typedef struct app_drill {
	int64_t wall_ns;
	cc_str scenario, path, run;
	cc_str identity;         /* cc_incident_identity: the same incident, wherever it lies; empty in lines of before it was kept */
	uint64_t bytes;          /* of its evidence */
	int level;               /* -1 = not known */
	cc_str assistance;
	bool submitted;
	bool again;              /* it was no new incident to him: no measure of anything */
	double score, brier;     /* NaN = none */
	int64_t queries, decisive; /* used in all, and until the first deciding record was on the screen; -1 = it never was, or is not known */
	int64_t hints, active_ns;
	unsigned missed, saw;    /* panes whose deciding records were never, or were, on the screen */
} app_drill;

typedef struct app_drills {
	cc_arena *arena;
	cc_buf path;             /* of the file */
	cc_str name;             /* whose */
	CC_VEC(app_drill) list;  /* oldest first */
	size_t bad;              /* lines that are none */
} app_drills;

/* Reads the history of `name`; none yet is an empty one. Release also after a failure. */
cc_code app_drills_open(app_drills *d, const char *name, cc_err *err) CC_MUST_USE;
cc_code app_drills_parse(app_drills *d, cc_str text, cc_err *err) CC_MUST_USE;
void app_drills_close(app_drills *d);
/* Appends one line with one write. */
cc_code app_drills_add(const app_drills *d, const app_drill *drill, cc_err *err) CC_MUST_USE;

/* Whether it says anything about how good he is: finished, scored, and a new incident to him. */
bool app_drill_counts(const app_drill *d);
/* The level to ask for next: up after a full score that what was seen supports, down after none. */
int app_drills_level(const app_drills *d);
/* How much help the next one has: less after two such scores without a hint, more after two of nothing. */
cc_assist_level app_drills_assist(const app_drills *d);

typedef struct app_candidate {
	cc_str name, path, identity;
	uint64_t bytes;
	int level;
	unsigned panes;          /* of its deciding records; 0 = not known */
	bool seen;               /* in a drill or in another run of his */
	int64_t last_ns;         /* when */
} app_candidate;
/* The index of the next one: unseen before seen; of these the nearest to the level, then what earlier drills missed most. n > 0. */
size_t app_drills_pick(const app_drills *d, const app_candidate *c, size_t n);

/* `drill --pick-only`: looks at debriefs, prints the choice. */
int app_drill_pick(const app_options *o, app_drills *d);
/* Takes over what the review of a run says (its JSON); the record beside it tells when. */
cc_code app_drill_learn(app_drill *drill, cc_str review, const cc_run *run, cc_err *err) CC_MUST_USE;
/* The history as a reply: table, charts, and whether the numbers mean anything. */
cc_code app_drill_reply(const app_drills *d, cc_reply **out, cc_err *err) CC_MUST_USE;

#endif
