/* case_history.c - the views one came from, as lists of links that are never changed: copies of a case share them.
 *
 * A history of a hundred thousand views would make each copy of a case that large. Links live in an arena; a copy and its origin
 * both hold on to the arenas that there are, and go on in new ones. */
#include "casefile/case_priv.h"
#include "coldcase/xalloc.h"

struct cc_case_history {
	cc_arena *arena;
	size_t holders;
	cc_case_history *older;         /* what its links lead to */
};

static cc_case_history *begin(cc_case_history *older)
{
	cc_case_history *h = cc_calloc(1, sizeof *h);

	if (!h)
		return NULL;
	h->arena = cc_arena_new();
	if (!h->arena) {
		cc_free(h);
		return NULL;
	}
	h->holders = 1;
	h->older = older;
	return h;
}

/* Without recursion: there may be thousands. */
static void let_go(cc_case_history *h)
{
	while (h && --h->holders == 0) {
		cc_case_history *older = h->older;

		cc_arena_free(h->arena);
		cc_free(h);
		h = older;
	}
}

bool cc_case_remember(cc_case *c, cc_case_step **list, cc_view view)
{
	cc_case_step *step;

	if (!c->history)
		c->history = begin(NULL);
	step = c->history ? cc_arena_alloc(c->history->arena, sizeof *step) : NULL;
	if (!step)
		return false;
	*step = (cc_case_step){ view, *list };
	*list = step;
	return true;
}

bool cc_case_share_history(cc_case *copy, cc_case *from)
{
	cc_case_history *own, *other;

	copy->back = from->back;
	copy->forward = from->forward;
	if (!from->history)
		return true;
	if (!cc_arena_bytes(from->history->arena)) {    /* nothing new since the last copy */
		copy->history = begin(from->history->older);
		if (copy->history && copy->history->older)
			copy->history->older->holders++;
		return copy->history;
	}
	own = begin(from->history);
	other = begin(from->history);
	if (!own || !other) {
		cc_case_history *made = own ? own : other;

		if (made)
			made->older = NULL;
		let_go(made);
		return false;
	}
	from->history->holders++;                       /* one for each of the two; one was there */
	copy->history = own;
	from->history = other;
	return true;
}

void cc_case_drop_history(cc_case *c)
{
	let_go(c->history);
	c->history = NULL;
	c->back = c->forward = NULL;
}
