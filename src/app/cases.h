/* cases.h - incidents that come from case files (pack.h), without what is sealed in them. */
#ifndef COLDCASE_APP_CASES_H
#define COLDCASE_APP_CASES_H

#include "app/app.h"
#include "coldcase/pack.h"

/* A case as a file, or the folder it was unpacked to. */
typedef struct app_case { cc_pack_list *list; cc_buf papers; const char *file; } app_case;
void app_case_deinit(app_case *c);
const char *app_case_name(const app_case *c);    /* for messages: the file, or the folder */

/* The one that --truth names, else the one that the incident was unpacked from. CC_ENOTFOUND: there is none. */
cc_code app_case_find(app_case *c, const app_options *o, const char *incident, cc_err *err) CC_MUST_USE;
/* The case file that --truth is, or has in it for that scenario; appended. False: neither. */
bool app_case_of_truth(const app_options *o, cc_str scenario, cc_buf *file);
/* What a record's header gets of it: "salt:hash" or nothing. False: there is none. */
bool app_case_seal(const app_options *o, const char *incident, cc_buf *seal);

/* The case files that `path` is or has in it, by their ids, sorted by the files' names; none is no failure. A file that is called like
 * one and cannot be read is said on standard error. */
cc_code app_case_list(cc_scenario_vec *found, cc_arena *arena, const char *path, cc_err *err) CC_MUST_USE;
/* The path of the case file of that id in a folder, appended; false when there is none. */
bool app_case_in(const char *folder, cc_str id, cc_buf *file);
/* These, and the incidents that cc_discover finds there; a folder with one of both is enough. */
cc_code app_incidents_in(cc_scenario_vec *found, cc_arena *arena, const char *path, cc_err *err) CC_MUST_USE;

/* Unpacks a case file to where it is kept, unless it is there; appends the folder of its evidence. */
cc_code app_case_open(const char *file, cc_buf *path, cc_err *err) CC_MUST_USE;

/* How far packing or unpacking is, as one line on a terminal's standard error. */
typedef struct app_packing { const char *what; int shown; } app_packing;
cc_pack_work app_packing_shown(app_packing *p);
void app_packing_over(const app_packing *p);

#endif
