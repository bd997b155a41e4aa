/* diff_priv.h - what the files of the object diff share: the path walked so far, the rules of churn, and how changes
 * are said. */
#ifndef COLDCASE_DIFF_PRIV_H
#define COLDCASE_DIFF_PRIV_H

#include "coldcase/arena.h"
#include "coldcase/diff.h"
#include "coldcase/vec.h"

enum { DIFF_DEPTH_MAX = 256, DIFF_ITEMS_MAX = 10000, DIFF_EMBEDDED_MAX = 3, DIFF_TEXT_MAX = 4096,
	DIFF_LINE_VALUE_MAX = 60 };

typedef struct diff_seg { cc_str text; bool item; } diff_seg;   /* item: element of a keyed list */

typedef struct diff_path {
	diff_seg segs[DIFF_DEPTH_MAX];
	size_t n;
} diff_path;

struct cc_diff {
	cc_arena *arena;
	CC_VEC(cc_diff_item) items;
	size_t hidden;
	bool failed;             /* out of memory on the way */
};

typedef struct diff_walk {
	cc_diff *d;
	unsigned flags;
	cc_str kind;             /* of the object: what rules and embedded documents depend on */
	bool secret;
	int embedded;            /* documents inside documents */
	diff_path path;
} diff_walk;

/* diff_rules.c */
typedef enum diff_rule_for { RULE_DIFF = 1, RULE_SHOW = 2 } diff_rule_for;
/* Is the member at this path noise? */
bool cc_diff_is_churn(const diff_path *path, cc_str kind, diff_rule_for what);
/* Does a Secret keep its values at or below this path? */
bool cc_diff_is_masked(const diff_path *path);
/* Must a difference between these two stay unsaid? In a Secret also whole containers: they may hold what is masked
 * below. */
bool cc_diff_masks(const diff_walk *w, const cc_json *a, const cc_json *b);
bool cc_diff_path_is(const diff_path *path, const char *dotted);       /* exact, keys without dots */

/* diff_say.c */
void cc_diff_path_text(const diff_path *path, cc_buf *out);
void cc_diff_value_text(const cc_json *v, size_t max, cc_buf *out);    /* compact, cut at a character */
void cc_diff_say(const diff_walk *w, cc_diff_op op, const cc_json *a, const cc_json *b, cc_buf *out);
/* diff_gist.c: what a whole object is about; nothing for kinds that need no words. Keys of Secrets, never their values. */
void cc_diff_gist(const cc_json *object, cc_str kind, cc_buf *out);

/* diff_say.c: what a container status says of itself: "running", "waiting CrashLoopBackOff", "terminated OOMKilled (137)". */
void cc_diff_state_text(const cc_json *state, cc_buf *out);

#endif
