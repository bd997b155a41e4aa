/* selection.c - see selection.h. */
#include "cmd/selection.h"

#include <string.h>

#include "coldcase/xalloc.h"

static void drop(cc_selection *s)
{
	if (!s)
		return;
	cc_vec_deinit(&s->rows);
	cc_free(s->key);
	cc_free(s);
}

static char *text_of(cc_str key)
{
	char *own = cc_malloc(key.n + 1);
	if (!own)
		return NULL;
	memcpy(own, key.n ? key.p : "", key.n);
	own[key.n] = '\0';
	return own;
}

static void drop_made(cc_made *m)
{
	if (m->thing)
		m->drop(m->thing);
	cc_free(m->key);
	*m = (cc_made){ .key = NULL };
}

cc_selection *cc_selections_get(cc_selections *s, const cc_snapshot *of, cc_str key)
{
	for (size_t i = 0; i < CC_SELECTIONS; i++) {
		cc_selection *k = s->kept[i];
		if (k && k->of == of && cc_str_eqz(key, k->key)) {
			k->used = ++s->tick;
			return k;
		}
	}
	return NULL;
}

static cc_selection **place_for(cc_selections *s, const cc_snapshot *of, cc_str key)
{
	cc_selection **slot = &s->kept[0];
	for (size_t i = 0; i < CC_SELECTIONS; i++)
		if (s->kept[i] && s->kept[i]->of == of && cc_str_eqz(key, s->kept[i]->key))
			return &s->kept[i];
	for (size_t i = 1; i < CC_SELECTIONS && *slot; i++)
		if (!s->kept[i] || s->kept[i]->used < (*slot)->used)
			slot = &s->kept[i];
	return slot;
}

cc_selection *cc_selections_put(cc_selections *s, const cc_snapshot *of, cc_str key, cc_index_vec *rows, uint64_t gave_up)
{
	cc_selection *fresh = cc_calloc(1, sizeof *fresh);
	char *own = text_of(key);
	if (!fresh || !own) {
		cc_free(fresh);
		cc_free(own);
		cc_vec_deinit(rows);
		return NULL;
	}
	cc_selection **slot = place_for(s, of, key);
	drop(*slot);
	fresh->key = own;
	fresh->of = of;
	fresh->rows = *rows;
	fresh->gave_up = gave_up;
	fresh->used = ++s->tick;
	memset(rows, 0, sizeof *rows);
	*slot = fresh;
	return fresh;
}

void *cc_selections_made(const cc_selections *s, const cc_snapshot *of, cc_str key)
{
	return s->made.key && s->made.of == of && cc_str_eqz(key, s->made.key) ? s->made.thing : NULL;
}

bool cc_selections_make(cc_selections *s, const cc_snapshot *of, cc_str key, void *thing, void (*drop_it)(void *))
{
	char *own = text_of(key);
	drop_made(&s->made);
	if (own)
		s->made = (cc_made){ own, of, thing, drop_it };
	else
		drop_it(thing);
	return own != NULL;
}

void cc_selections_deinit(cc_selections *s)
{
	drop_made(&s->made);
	for (size_t i = 0; i < CC_SELECTIONS; i++) {
		drop(s->kept[i]);
		s->kept[i] = NULL;
	}
}
