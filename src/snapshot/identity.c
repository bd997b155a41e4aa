/* identity.c - see identity.h. */
#include "snapshot/identity.h"

#include <string.h>

bool cc_identity_init(identity_set *set)
{
	*set = (identity_set){ .keys = cc_arena_new(), .triples = cc_map_new() };
	return set->keys && set->triples;
}

void cc_identity_deinit(identity_set *set)
{
	cc_map_free(set->triples);
	cc_arena_free(set->keys);
	cc_vec_deinit(&set->distinct);
	cc_vec_deinit(&set->entities);
}

/* Index + 1; 0 when out of memory. */
static uint32_t number_of(identity_set *set, row_identity id)
{
	cc_str bytes = { (const char *)&id, sizeof id };
	uint64_t index;
	if (cc_map_get(set->triples, bytes, &index))
		return (uint32_t)index + 1;
	cc_str key = cc_arena_dup(set->keys, bytes);
	index = set->distinct.n;
	return key.p && cc_map_set(set->triples, key, index) && cc_vec_push(&set->distinct, id) ? (uint32_t)index + 1 : 0;
}

bool cc_identity_take(identity_set *set, const load_piece *p)
{
	vocab *whos = &p->worker->whos[p->set];
	const uint32_t *symbol = p->worker->texts.global.p;
	for (size_t i = 0; i < p->whos.n; i++) {
		load_who who;
		memcpy(&who, cc_dict_get(whos->dict, p->whos.p[i]).p, sizeof who);
		row_identity id = { symbol[who.ns], symbol[who.service], symbol[who.pod] };
		if (!(whos->global.p[p->whos.p[i]] = number_of(set, id)))
			return false;
	}
	return true;
}

static cc_entity_id entity_of(const cc_snapshot *s, const row_identity *id)
{
	cc_str ns = cc_snapshot_sym(s, id->ns);
	cc_entity_id e = id->pod ? cc_entity_of_pod(s, ns, cc_snapshot_sym(s, id->pod)) : 0;
	return e || !id->service ? e : cc_entity_of_service(s, ns, cc_snapshot_sym(s, id->service));
}

cc_code cc_identity_bind(cc_snapshot *s, identity_set *set, cc_err *err)
{
	for (size_t i = 0; i < set->distinct.n; i++)
		if (!cc_vec_push(&set->entities, entity_of(s, &set->distinct.p[i])))
			return cc_err_set(err, CC_ENOMEM, "out of memory");
	return CC_OK;
}
