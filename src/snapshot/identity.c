/* identity.c - see identity.h. */
#include "snapshot/identity.h"

#include <string.h>

bool cc_identity_init(identity_set *set)
{
	*set = (identity_set){ 0 };
	set->cells = cc_map_new();
	set->triples = cc_map_new();
	set->scratch = cc_arena_new();
	set->keys = cc_arena_new();
	return set->cells && set->triples && set->scratch && set->keys;
}

void cc_identity_deinit(identity_set *set)
{
	cc_map_free(set->cells);
	cc_map_free(set->triples);
	cc_arena_free(set->scratch);
	cc_arena_free(set->keys);
	cc_vec_deinit(&set->from_cell);
	cc_vec_deinit(&set->distinct);
	cc_vec_deinit(&set->entities);
	cc_vec_deinit(&set->pairs);
}

/* First value under one of the keys, in their order of preference. */
static cc_str pick(const cc_kv_vec *pairs, const char *const keys[], size_t count)
{
	for (size_t k = 0; k < count; k++)
		for (size_t i = 0; i < pairs->n; i++)
			if (pairs->p[i].value.n > 0 && cc_str_eqz(pairs->p[i].key, keys[k]))
				return pairs->p[i].value;
	return CC_STR_EMPTY;
}

static row_identity resolve(cc_snapshot *s, identity_set *set, cc_str raw, bool *is_map)
{
	static const char *const service[] = { "service.name", "service_name" };
	static const char *const ns[] = { "k8s.namespace.name", "k8s_namespace_name", "k8s.namespace", "namespace" };
	static const char *const pod[] = { "k8s.pod.name", "k8s_pod_name", "pod_name", "pod" };
	set->pairs.n = 0;
	*is_map = cc_literal_map(&set->pairs, cc_tsv_decode(raw, set->scratch), set->scratch);
	row_identity id = {
		.service = cc_snapshot_intern(s, pick(&set->pairs, service, 2)),
		.ns = cc_snapshot_intern(s, pick(&set->pairs, ns, 4)),
		.pod = cc_snapshot_intern(s, pick(&set->pairs, pod, 4)),
	};
	if (cc_arena_bytes(set->scratch) > 1 << 20)
		cc_arena_reset(set->scratch);
	return id;
}

row_identity cc_identity_of_cell(cc_snapshot *s, identity_set *set, cc_str raw, bool *is_map)
{
	uint64_t index;
	*is_map = true;
	if (raw.n == 0)
		return (row_identity){ 0, 0, 0 };
	if (set->from_cell.n > 0 && cc_str_eq(raw, set->last_cell))
		return set->from_cell.p[set->last];
	if (!cc_map_get(set->cells, raw, &index)) {
		row_identity id = resolve(s, set, raw, is_map);
		index = set->from_cell.n;
		if (!cc_vec_push(&set->from_cell, id) || !cc_map_set(set->cells, raw, index)) {
			s->failed = true;
			return id;
		}
	}
	set->last_cell = raw;
	set->last = (size_t)index;
	return set->from_cell.p[index];
}

static cc_str key_of(const row_identity *id)
{
	return (cc_str){ (const char *)id, sizeof *id };
}

void cc_identity_add(cc_snapshot *s, identity_set *set, row_identity id)
{
	if (cc_map_get(set->triples, key_of(&id), NULL))
		return;
	cc_str key = cc_arena_dup(set->keys, key_of(&id));
	if (!key.p || !cc_map_set(set->triples, key, set->distinct.n) || !cc_vec_push(&set->distinct, id))
		s->failed = true;
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

cc_entity_id cc_identity_entity(const identity_set *set, row_identity id)
{
	uint64_t index;
	if (!cc_map_get(set->triples, key_of(&id), &index) || index >= set->entities.n)
		return 0;
	return set->entities.p[index];
}
