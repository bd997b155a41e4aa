/* runs.h - the runs below a folder, in whatever layout they were kept. */
#ifndef COLDCASE_APP_RUNS_H
#define COLDCASE_APP_RUNS_H

#include "app/app.h"
#include "coldcase/arena.h"
#include "coldcase/vec.h"

typedef struct app_run_place {
	const char *path;        /* folder or file, as reachable from here */
	cc_str player;           /* what the folders above its scenario are called, below the root; else the root's own name */
} app_run_place;
typedef CC_VEC(app_run_place) app_run_places;

/* Appends `path` itself when it is a file or a run (a record or an answer lies in it), else every run below it: what is
 * inside a run is not searched. A numbered folder in a scenario's is a run also when its answer is missing. OUT/SCENARIO/TRIAL, PLAYER/SCENARIO/TRIAL, with or without outputs/. Natural order. Links to folders
 * are not followed; deeper than 12 folders is not looked. Texts live in the arena. CC_ENOTFOUND when there is none. */
cc_code app_runs_find(app_run_places *out, cc_arena *arena, const char *path, cc_err *err) CC_MUST_USE;

/* The run a word names, appended to `path`: what lies there; else, of the runs kept where the options say, `last` is the newest,
 * SCENARIO its newest there, SCENARIO/N that one. What names nothing stays as it is, so that whoever opens it can say so. */
cc_code app_run_named(const app_options *o, const char *word, cc_buf *path, cc_err *err) CC_MUST_USE;
/* Does so with every word of a command line whose words are runs; an error when the only one names nothing. */
cc_code app_runs_named(app_options *o, const app_command *c, cc_err *err) CC_MUST_USE;

#endif
