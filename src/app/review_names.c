/* review_names.c - the names a command may speak of: those of the true causes, and whatever the run was shown. */
#include <string.h>
#include "app/review_priv.h"

static cc_str last_part(cc_str full)
{
	size_t slash = cc_str_rfind_char(full, '/');
	return slash == CC_STR_NONE ? full : cc_str_sub(full, slash + 1, full.n);
}

/* The first thing of a name keeps it: causes come first, so that `quote` is the cause when one is called so. */
static bool learn(making *m, cc_str full)
{
	cc_str name = last_part(full);
	if (!name.n || cc_map_get(m->short_names, name, NULL))
		return true;
	return cc_vec_push(&m->full, full) && cc_map_set(m->short_names, name, m->full.n);
}

bool learn_names(making *m)
{
	bool ok = true;
	for (size_t i = 0; i < m->r->causes.n && ok; i++)
		ok = learn(m, m->r->causes.p[i].label);
	for (size_t i = 0; i < cc_run_step_count(m->r->s->run) && ok; i++) {
		const cc_record_step *step = cc_run_step(m->r->s->run, i)->as.step;
		for (size_t k = 0; k < step->shown.entity_count && ok; k++)
			ok = learn(m, step->shown.entities[k]);
	}
	return ok;
}

cc_str full_name(const making *m, cc_str word)
{
	uint64_t at;
	size_t slash = cc_str_find_char(word, '/');
	if (slash != CC_STR_NONE && cc_str_find_char(cc_str_sub(word, slash + 1, word.n), '/') != CC_STR_NONE)
		return word;
	return cc_map_get(m->short_names, last_part(word), &at) ? m->full.p[at - 1] : CC_STR_EMPTY;
}

size_t strcspn_str(cc_str s, const char *stop)
{
	size_t n = 0;
	while (n < s.n && !strchr(stop, s.p[n]))
		n++;
	return n;
}
