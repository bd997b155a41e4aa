/* k8sbody_priv.h - the shapes in which a Kubernetes object reaches a Body cell.
 *
 * Bare object, watch wrapper {"object":…,"type":"ADDED"} with or without the type, {"kind":"…List","items":[…]} in or
 * out of a wrapper, all of these once more encoded as a JSON string, and the receiver's marker rows (an object that has
 * a kind only). */
#ifndef COLDCASE_K8SBODY_PRIV_H
#define COLDCASE_K8SBODY_PRIV_H

#include "coldcase/entity.h"
#include "coldcase/json.h"

typedef enum cc_watch {
	CC_WATCH_NONE,
	CC_WATCH_ADDED,
	CC_WATCH_MODIFIED,
	CC_WATCH_DELETED,
	CC_WATCH_BOOKMARK,
	CC_WATCH_ERROR,
	CC_WATCH_MARKER
} cc_watch;

typedef struct cc_k8sbody {
	cc_json *root;           /* owned */
	const cc_json *object;   /* the object, or the List; never NULL after a successful parse */
	const cc_json *items;    /* of a List, else NULL */
	cc_watch watch;
	bool bare;               /* the text is the object itself */
} cc_k8sbody;

cc_code cc_k8sbody_parse(cc_k8sbody *out, cc_str text, cc_err *err) CC_MUST_USE;
void cc_k8sbody_free(cc_k8sbody *b);
/* Its objects: *at starts at NULL. NULL at the end. */
const cc_json *cc_k8sbody_next(const cc_k8sbody *b, const cc_json *at);
/* Kind of an object; for a List's item that does not say it, from the List's. */
cc_str cc_k8sbody_kind(const cc_k8sbody *b, const cc_json *object);
/* The object as JSON text: item 0 = the only one, else the 1-based item of a List, which gets the List's kind when it does
 * not say its own. False when there is none. */
bool cc_k8sbody_write(const cc_k8sbody *b, uint32_t item, cc_buf *out);

/* mask.c: whether a cell's text speaks of Secrets at all; rows without such a cell need no masking. */
bool cc_mask_suspects(cc_str text);
/* True when a cell of a suspect row holds a Secret: then out has its text (replaced, not appended) without the values. */
bool cc_mask_cell(cc_str text, cc_buf *out);

#endif
