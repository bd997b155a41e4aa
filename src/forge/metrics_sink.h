/* metrics_sink.h - a file written front to back in large pieces, inside the temporary scenario folder.
 *
 * The folder as a whole is renamed when it is complete, so a file needs no rename and no fsync of its own. */
#ifndef FORGE_METRICS_SINK_H
#define FORGE_METRICS_SINK_H

#include "forge/sim.h"

typedef struct msink { cc_buf out; int fd; uint64_t bytes; cc_code code; cc_err *err; } msink;

/* Opens <work>/<folder>/<name>, made anew. Append to `out`; call msink_flush now and then. Errors stick and come from
 * msink_close. */
void msink_open(msink *k, forge_sim *s, const char *folder, const char *name, cc_err *err);
void msink_flush(msink *k, bool all);                  /* writes when much has gathered, or everything */
cc_code msink_close(msink *k, forge_sim *s) CC_MUST_USE; /* counts the file in the report */

#endif
