/* entity.c - the table of entities: who is who, exact lookup, groups. Filled by entity_build.c, read-only
 * afterwards. */
#include "coldcase/xalloc.h"
#include "snapshot/entity_priv.h"

/* ---- keys ---- */

static cc_str key_of(const cc_sym *syms, size_t count)
{
	return (cc_str){ (const char *)syms, count * sizeof *syms };
}

static bool key_set(cc_snapshot *s, cc_map *m, const cc_sym *syms, size_t count, cc_entity_id id)
{
	cc_str key = cc_arena_dup(s->arena, key_of(syms, count));

	return key.p && cc_map_set(m, key, id);
}

static cc_entity_id key_get(const cc_map *m, const cc_sym *syms, size_t count)
{
	uint64_t id;

	return m && cc_map_get(m, key_of(syms, count), &id) ? (cc_entity_id)id : 0;
}

entity_table *cc_entity_table(cc_snapshot *s)
{
	entity_table *t = s->entities;

	if (t)
		return t;
	t = cc_calloc(1, sizeof *t);
	if (!t)
		return NULL;
	s->entities = t;
	t->exact = cc_map_new();
	t->anywhere = cc_map_new();
	t->services = cc_map_new();
	if (t->exact && t->anywhere && t->services && cc_vec_push(&t->rows, (cc_entity){ 0 }))
		return t;
	cc_entity_unload(s);
	return NULL;
}

void cc_entity_unload(cc_snapshot *s)
{
	entity_table *t = s->entities;

	if (!t)
		return;
	cc_map_free(t->exact);
	cc_map_free(t->anywhere);
	cc_map_free(t->services);
	cc_vec_deinit(&t->rows);
	cc_vec_deinit(&t->aliases);
	cc_vec_deinit(&t->joined);
	cc_vec_deinit(&t->stamps);
	cc_free(t);
	s->entities = NULL;
}

cc_entity_id cc_entity_lookup(const cc_snapshot *s, cc_sym ns, cc_sym kind, cc_sym name)
{
	cc_sym key[3] = { ns, kind, name };

	return s->entities ? key_get(s->entities->exact, key, 3) : 0;
}

cc_entity_id cc_entity_lookup_any(const cc_snapshot *s, cc_sym kind, cc_sym name)
{
	cc_sym key[2] = { kind, name };

	return s->entities ? key_get(s->entities->anywhere, key, 2) : 0;
}

/* ---- adding ---- */

cc_entity_id cc_entity_note_sym(cc_snapshot *s, cc_sym ns, cc_sym kind, cc_sym name, cc_seen where)
{
	entity_table *t = cc_entity_table(s);
	cc_sym key[3] = { ns, kind, name };
	cc_entity row = { .ns = ns, .kind = kind, .name = name };
	cc_entity_id id;

	if (!t || t->rows.n >= UINT32_MAX - 1)
		return 0;
	id = key_get(t->exact, key, 3);
	if (id == 0) {
		id = (cc_entity_id)t->rows.n;
		row.workload = row.group = id;
		if (!cc_vec_push(&t->rows, row) || !key_set(s, t->exact, key, 3, id))
			return 0;
		if (key_get(t->anywhere, key + 1, 2) == 0 && !key_set(s, t->anywhere, key + 1, 2, id))
			return 0;
	}
	t->rows.p[id].seen |= (uint16_t)where;
	return id;
}

cc_entity_id cc_entity_note(cc_snapshot *s, cc_str ns, cc_str kind, cc_str name, cc_seen where)
{
	cc_str canonical = cc_kind_canonical(kind);

	if (cc_kind_is_cluster_scoped(canonical))
		ns = CC_STR("cluster");
	return cc_entity_note_sym(
		s, cc_snapshot_intern(s, ns), cc_snapshot_intern(s, canonical), cc_snapshot_intern(s, name), where);
}

bool cc_entity_alias_set(cc_snapshot *s, cc_sym ns, cc_sym service, cc_entity_id id)
{
	cc_sym key[2] = { ns, service }, any[2] = { 0, service };

	if (key_get(s->entities->services, any, 2) == 0 && !key_set(s, s->entities->services, any, 2, id))
		return false;
	return ns == 0 || key_set(s, s->entities->services, key, 2, id);
}

bool cc_entity_alias_add(cc_snapshot *s, cc_sym ns, cc_sym service, cc_sym pod, cc_seen where)
{
	entity_table *t = cc_entity_table(s);

	return t && cc_vec_push(&t->aliases, ((entity_alias){ ns, service, pod, where }));
}

bool cc_entity_alias_has(const cc_snapshot *s, cc_sym ns, cc_sym service)
{
	cc_sym key[2] = { ns, service };

	return s->entities && key_get(s->entities->services, key, 2) != 0;
}

bool cc_entity_names_init(const cc_snapshot *s, entity_names *n)
{
	*n = (entity_names){ cc_calloc(cc_snapshot_sym_count(s) + 1, sizeof *n->head),
		cc_calloc(cc_entity_count(s) + 1, sizeof *n->next) };
	for (cc_entity_id id = (cc_entity_id)cc_entity_count(s); n->head && n->next && id > 0; id--) {
		cc_sym name = s->entities->rows.p[id].name;

		n->next[id] = n->head[name];
		n->head[name] = id;
	}
	return n->head && n->next;
}

void cc_entity_names_deinit(entity_names *n)
{
	cc_free(n->head);
	cc_free(n->next);
}

/* ---- reading ---- */

size_t cc_entity_count(const cc_snapshot *s)
{
	return s->entities ? s->entities->rows.n - 1 : 0;
}

const cc_entity *cc_entity_get(const cc_snapshot *s, cc_entity_id id)
{
	return id > 0 && id <= cc_entity_count(s) ? &s->entities->rows.p[id] : NULL;
}

cc_str cc_entity_name(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);

	return e ? cc_snapshot_sym(s, e->name) : CC_STR_EMPTY;
}

cc_str cc_entity_kind(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);

	return e ? cc_snapshot_sym(s, e->kind) : CC_STR_EMPTY;
}

cc_str cc_entity_ns(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);

	return e ? cc_snapshot_sym(s, e->ns) : CC_STR_EMPTY;
}

void cc_entity_format(const cc_snapshot *s, cc_entity_id id, cc_buf *out)
{
	cc_str ns = cc_entity_ns(s, id);

	if (!cc_entity_get(s, id)) {
		cc_buf_add_char(out, '-');
		return;
	}
	cc_buf_add(out, ns.n > 0 ? ns : CC_STR("-"));
	cc_buf_add_char(out, '/');
	cc_buf_add(out, cc_entity_kind(s, id));
	cc_buf_add_char(out, '/');
	cc_buf_add(out, cc_entity_name(s, id));
}

static cc_entity_id find_folded(const cc_snapshot *s, cc_str ns, cc_str kind, cc_str name)
{
	for (cc_entity_id id = 1; id <= cc_entity_count(s); id++)
		if (cc_str_eq(cc_entity_name(s, id), name) && cc_str_eq(cc_entity_ns(s, id), ns) &&
			cc_str_eq_nocase(cc_entity_kind(s, id), kind))
			return id;
	return 0;
}

cc_entity_id cc_entity_find(const cc_snapshot *s, cc_str ns, cc_str kind, cc_str name)
{
	cc_str canonical = cc_kind_canonical(kind);
	cc_sym k = cc_snapshot_sym_find(s, canonical), m = cc_snapshot_sym_find(s, name), n;
	cc_entity_id id = 0;

	if (cc_kind_is_cluster_scoped(canonical))
		ns = CC_STR("cluster");
	n = cc_snapshot_sym_find(s, ns);
	if (n == CC_SYM_NONE || m == CC_SYM_NONE || name.n == 0)
		return 0;
	if (k != CC_SYM_NONE)
		id = cc_entity_lookup(s, n, k, m);
	return id || cc_kind_is_known(canonical) ? id : find_folded(s, ns, kind, name);
}

cc_entity_id cc_entity_in(const cc_snapshot *s, const cc_snapshot *from, cc_entity_id id)
{
	cc_buf text = CC_BUF_INIT;
	cc_entity_id found;

	if (s == from || !id)
		return id;
	found = cc_entity_find(s, cc_entity_ns(from, id), cc_entity_kind(from, id), cc_entity_name(from, id));
	if (!found) {           /* fuller evidence may know it by another name */
		cc_entity_format(from, id, &text);
		if (cc_buf_ok(&text) && cc_entity_resolve(s, cc_buf_str(&text), &found, NULL, NULL) != CC_OK)
			found = 0;
		cc_buf_deinit(&text);
	}
	return found;
}

cc_entity_id cc_entity_of_service(const cc_snapshot *s, cc_str ns, cc_str service)
{
	cc_sym key[2] = { cc_snapshot_sym_find(s, ns), cc_snapshot_sym_find(s, service) };
	cc_sym kind = cc_snapshot_sym_find(s, CC_STR("Service"));
	cc_entity_id id = 0;

	if (!s->entities || service.n == 0 || key[0] == CC_SYM_NONE || key[1] == CC_SYM_NONE)
		return 0;
	id = key_get(s->entities->services, key, 2);
	if (id == 0 && kind != CC_SYM_NONE)
		id = ns.n > 0 ? cc_entity_lookup(s, key[0], kind, key[1]) : cc_entity_lookup_any(s, kind, key[1]);
	return id;
}

cc_entity_id cc_entity_of_pod(const cc_snapshot *s, cc_str ns, cc_str pod)
{
	cc_sym n = cc_snapshot_sym_find(s, ns), p = cc_snapshot_sym_find(s, pod),
	       kind = cc_snapshot_sym_find(s, CC_STR("Pod"));

	if (pod.n == 0 || n == CC_SYM_NONE || p == CC_SYM_NONE || kind == CC_SYM_NONE)
		return 0;
	return ns.n > 0 ? cc_entity_lookup(s, n, kind, p) : cc_entity_lookup_any(s, kind, p);
}

/* ---- groups ---- */

cc_code cc_entity_members(const cc_snapshot *s, cc_entity_id id, cc_entity_vec *out)
{
	const cc_entity *e = cc_entity_get(s, id);
	const entity_table *t = s->entities;

	if (!e)
		return CC_OK;
	for (size_t i = t->member_from[e->group];
		i < t->member_count && cc_entity_get(s, t->members[i])->group == e->group; i++)
		if (!cc_entity_get(s, t->members[i])->unborn && !cc_vec_push(out, t->members[i]))
			return CC_ENOMEM;
	return CC_OK;
}

bool cc_entity_same_group(const cc_snapshot *s, cc_entity_id a, cc_entity_id b)
{
	const cc_entity *x = cc_entity_get(s, a), *y = cc_entity_get(s, b);

	return x && y && x->group == y->group;
}

/* Owner chains come from outside: a loop in them must end. */
static bool is_below(const cc_snapshot *s, cc_entity_id top, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);

	for (int depth = 0; e && depth < 16; depth++) {
		if (e->owner == top)
			return true;
		e = cc_entity_get(s, e->owner);
	}
	return false;
}

bool cc_entity_covers(const cc_snapshot *s, cc_entity_id focus, cc_entity_id row)
{
	const cc_entity *f = cc_entity_get(s, focus);
	cc_str kind = cc_entity_kind(s, focus);

	if (!f || row == 0)
		return false;
	if (focus == row)
		return true;
	if (cc_str_eqz(kind, "Pod"))
		return false;
	if (f->workload == focus && cc_entity_same_group(s, focus, row))
		return true;
	return (cc_str_eqz(kind, "Service") && cc_entity_same_group(s, focus, row)) || is_below(s, focus, row);
}
