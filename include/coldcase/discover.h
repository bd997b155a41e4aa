/* discover.h - finds scenarios below a path, in every layout the data sets are published in.
 *
 * A scenario folder itself; Scenario-N folders in it, in sre/, Scenarios/, snapshots/sre/<any version>/; a hub cache
 * (datasets--*\/snapshots/<sha>/…, links followed, newest sha or refs/main wins); lenient folder names (scenario_1, incident-1, 1). */
#ifndef COLDCASE_DISCOVER_H
#define COLDCASE_DISCOVER_H

#include "coldcase/arena.h"
#include "coldcase/vec.h"

typedef struct cc_scenario {
	cc_str name;       /* "Scenario-12" as the folder is called */
	cc_str path;       /* the folder, as reachable from the given path */
	cc_str source;     /* which layout or data set: "flat", "ITBench-Lite", "ITBench-AA", "hub cache" … */
	uint64_t bytes;    /* of evidence files, links followed */
	unsigned kinds;    /* bit set of cc_file_kind that are present (snapshot.h) */
	uint32_t dangling; /* links whose target is missing (partial download) */
	cc_str identity;   /* cc_incident_identity of its files: the same wherever it lies and whatever it is called */
} cc_scenario;

/* What tells an incident from others without reading it: a digest of the names and sizes of its files, in any order. The list is
 * sorted. Empty when out of memory. */
typedef struct cc_incident_file { cc_str path; uint64_t bytes; } cc_incident_file;
cc_str cc_incident_identity(cc_incident_file *files, size_t n, cc_arena *arena);

typedef CC_VEC(cc_scenario) cc_scenario_vec;

/* Appends the scenarios at or below `path`, natural order of names. Texts live in `arena`. CC_ENOTFOUND with a hint when the
 * path is missing, CC_EACCESS when unreadable, CC_EFORMAT when it holds no snapshot. */
cc_code cc_discover(cc_scenario_vec *out, cc_arena *arena, const char *path, cc_err *err) CC_MUST_USE;
/* The default places (sample-incidents beside the program or in the data folder, $XDG_DATA_HOME/coldcase/incidents, the hub
 * caches of $HF_HUB_CACHE, $HF_HOME/hub, ~/.cache/huggingface/hub): appends what exists; nothing found is CC_OK. */
cc_code cc_discover_known(cc_scenario_vec *out, cc_arena *arena, const char *program_dir, cc_err *err) CC_MUST_USE;

#endif
