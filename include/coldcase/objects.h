/* objects.h - Kubernetes objects with their history: one entry an object, one observation a poll. */
#ifndef COLDCASE_OBJECTS_H
#define COLDCASE_OBJECTS_H

#include "coldcase/entity.h"

typedef struct cc_object_obs {
	int64_t time_ns;        /* when it was polled */
	cc_cite cite;
	bool changed;           /* differs from the previous observation in something that is not churn (churn.c says what) */
	uint8_t unused[3];      /* 0: see cc_logrec */
	uint32_t item;          /* 1-based place in the row's List; 0 = the row holds this one object */
} cc_object_obs;

typedef struct cc_object {
	cc_entity_id entity;
	cc_sym api_version;
	cc_sym uid;             /* of the newest observation */
	cc_sym resource;        /* plural of LogAttributes: "deployments" */
	int64_t created_ns;     /* metadata.creationTimestamp */
	int64_t gone_ns;        /* absent from a later poll of its resource type since then (or its DELETED watch row);
	                           CC_TIME_NONE = still there at the end, as far as a poll proves */
	const cc_object_obs *obs; size_t obs_count;  /* in time order, at least one; exact re-deliveries merged */
	uint32_t revisions;     /* distinct states apart from churn, at least 1 */
} cc_object;

size_t cc_objects_count(const cc_snapshot *s);    /* ordered: namespace, kind, name */
const cc_object *cc_objects_get(const cc_snapshot *s, size_t i);
/* Newest observation at or before time_ns (CC_TIME_NONE: the newest); obs index, or SIZE_MAX when first seen later. */
size_t cc_objects_obs_at(const cc_object *o, int64_t time_ns);
cc_str cc_objects_body(const cc_snapshot *s, const cc_object_obs *obs, cc_arena *arena);  /* the object's JSON, unwrapped */
/* Parsed; the caller frees. CC_EFORMAT never for an observation that is listed. */
cc_code cc_objects_json(const cc_snapshot *s, const cc_object_obs *obs, cc_json **out, cc_err *err) CC_MUST_USE;
/* Poll times of a resource type (plural), ascending: proof that a poll ran. */
const int64_t *cc_objects_polls(const cc_snapshot *s, cc_sym resource, size_t *count);

#endif
