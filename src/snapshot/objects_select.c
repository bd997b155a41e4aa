/* objects_select.c - which pods and pod templates a label selector meets. */
#include "snapshot/objects_priv.h"

static bool has_pods(const cc_snapshot *s, const objects_entry *e)
{
	return cc_kind_is_workload(cc_snapshot_sym(s, e->kind));
}

void cc_objects_each_selected(const cc_snapshot *s, const objects_entry *selector, const object_facts *facts,
	objects_selected_fn *fn, void *arg)
{
	for (size_t i = 0; i < cc_objects_entry_count(s); i++) {
		const objects_entry *e = cc_objects_entry(s, i);
		bool ever = false, now = false;

		if (e->ns != selector->ns || !has_pods(s, e))
			continue;
		for (size_t j = 0; j < e->states.n; j++)
			if (cc_objects_selects(facts, &e->states.p[j].facts)) {
				ever = true;
				now = now || (j == e->last_state && e->pub.gone_ns == CC_TIME_NONE);
			}
		if (ever)
			fn(arg, e, now);
	}
}
