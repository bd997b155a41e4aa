/* objects.h - the pieces object bodies are written from; used by objects.c and workloads.c. */
#ifndef FORGE_OBJECTS_H
#define FORGE_OBJECTS_H

#include "forge/sim.h"

/* Members of the object being written; keys are given in byte order by the callers, as the API server's JSON has them. */
void obj_text(cc_jw *w, const char *key, const char *text);
void obj_str(cc_jw *w, const char *key, cc_str text);
void obj_int(cc_jw *w, const char *key, int64_t v);
void obj_bool(cc_jw *w, const char *key, bool v);
void obj_raw(cc_jw *w, const char *key, const char *json);
void obj_time(cc_jw *w, const char *key, int64_t t);   /* null when 0 */
void obj_rv(cc_jw *w, uint64_t rv);
void obj_open(cc_jw *w, const char *key);              /* member that is an object */
void obj_list(cc_jw *w, const char *key);              /* member that is an array */
/* One entry of managedFields. */
void obj_manager(cc_jw *w, const char *version, const char *fields, const char *manager, const char *subresource, int64_t t);
/* "labels": those the chart puts on everything of an app; with pod-template-hash when hash is given. */
void obj_app_labels(cc_jw *w, int app, const char *hash, bool chart);
void obj_owner(cc_jw *w, const char *version, const char *kind, const char *name, const char *uid);

/* workloads.c: whole bodies */
void obj_pod(forge_sim *s, cc_jw *w, int pod);
void obj_deployment(forge_sim *s, cc_jw *w, int app);
void obj_replicaset(forge_sim *s, cc_jw *w, int rs);

#endif
