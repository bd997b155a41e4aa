/* alertgroups.c - alerts side by side: what tells instances apart, what members of a group share, who is reached. */
#include "coldcase/alertview.h"

#include <stdlib.h>
#include <string.h>
#include "coldcase/arena.h"
#include "coldcase/entity.h"
#include "coldcase/map.h"
#include "coldcase/topology.h"

/* --- labels --- */

static bool names_alert(cc_str key)
{
	return cc_str_eqz(key, "alertname") || cc_str_eqz(key, "severity");
}

/* The subject's own name or namespace, or that of its one pod: the entity column says it. */
static bool is_said(const cc_snapshot *s, const cc_alert *a, cc_str value, bool twins)
{
	cc_str name = cc_entity_name(s, a->entity);
	return a->entity && (cc_str_eq(value, name) || cc_str_eq(value, cc_entity_ns(s, a->entity)) ||
		(!twins && cc_str_eq(cc_kind_stem(CC_STR("Pod"), value), name)));
}

typedef enum apart { APART_NOT, APART_FROM_OTHERS, APART_FROM_TWINS /* of the same subject */ } apart;

static apart how_apart(const cc_snapshot *s, const cc_index_vec *rows, const cc_alert *a, const cc_kv *label)
{
	enum { LOOKED_AT = 2000 };   /* alerts; what tells apart shows among the first of them */
	char key[128];
	apart found = APART_NOT;
	if (label->key.n >= sizeof key)
		return found;
	memcpy(key, label->key.p, label->key.n);
	key[label->key.n] = 0;
	for (size_t i = 0; i < rows->n && i < LOOKED_AT && found != APART_FROM_TWINS; i++) {
		const cc_alert *other = cc_alerts_get(s, rows->p[i]);
		if (other->name == a->name && !cc_str_eq(cc_alerts_label(other, key), label->value))
			found = other->entity == a->entity ? APART_FROM_TWINS : APART_FROM_OTHERS;
	}
	return found;
}

cc_str cc_alert_differs(const cc_snapshot *s, const cc_index_vec *rows, const cc_alert *a, bool keys, cc_arena *arena)
{
	enum { MOST = 200 };   /* bytes; the alert's own page shows all */
	cc_buf b = CC_BUF_INIT;
	for (apart want = APART_FROM_TWINS; want > APART_NOT; want--) {
		for (size_t i = 0; i < a->label_count && b.n < MOST; i++) {
			const cc_kv *l = &a->labels[i];
			if (names_alert(l->key) || is_said(s, a, l->value, want == APART_FROM_TWINS) || how_apart(s, rows, a, l) != want)
				continue;
			cc_buf_addf(&b, "%s%.*s%s%.*s", b.n ? " " : "", CC_STR_ARG(keys ? l->key : CC_STR_EMPTY), keys ? "=" : "", CC_STR_ARG(l->value));
		}
	}
	cc_str text = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text.p ? text : CC_STR_EMPTY;
}

static bool all_have(const cc_snapshot *s, const cc_alert_group *g, const cc_kv *label)
{
	for (size_t i = 1; i < g->count; i++) {
		const cc_alert *a = cc_alerts_get(s, g->rows[i]);
		bool has = false;
		for (size_t k = 0; k < a->label_count && !has; k++)
			has = cc_str_eq(a->labels[k].key, label->key) && cc_str_eq(a->labels[k].value, label->value);
		if (!has)
			return false;
	}
	return true;
}

static cc_str shared_labels(const cc_snapshot *s, const cc_alert_group *g, cc_arena *arena)
{
	cc_buf b = CC_BUF_INIT;
	const cc_alert *first = cc_alerts_get(s, g->rows[0]);
	for (size_t i = 0; g->count > 1 && i < first->label_count; i++)
		if (all_have(s, g, &first->labels[i]) && !cc_str_eq(first->labels[i].value, g->key))
			cc_buf_addf(&b, "%s%.*s=%.*s", b.n ? " " : "", CC_STR_ARG(first->labels[i].key), CC_STR_ARG(first->labels[i].value));
	cc_str text = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text.p ? text : CC_STR_EMPTY;
}

/* --- reach --- */

typedef struct reach { const cc_snapshot *s; bool *seen; cc_entity_vec queue; } reach;

static bool visit(reach *r, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(r->s, id);
	cc_entity_id group = e && e->group ? e->group : id;
	if (!group || r->seen[group])
		return true;
	r->seen[group] = true;
	return cc_vec_push(&r->queue, group);
}

/* Edges end at one member of a group, seldom at the one the alert names. */
static bool visit_callers(reach *r, cc_entity_id group)
{
	cc_entity_vec members = { 0 };
	cc_edge_vec edges = { 0 };
	bool ok = cc_entity_members(r->s, group, &members) == CC_OK;
	for (size_t i = 0; i < members.n && ok; i++)
		ok = cc_edges_to(r->s, members.p[i], &edges) == CC_OK;
	for (size_t i = 0; i < edges.n && ok; i++) {
		const cc_edge *e = cc_edges_get(r->s, edges.p[i]);
		ok = e->kind != CC_EDGE_CALLS || visit(r, e->from);
	}
	cc_vec_deinit(&members);
	cc_vec_deinit(&edges);
	return ok;
}

uint32_t cc_alert_blast(const cc_snapshot *s, const cc_alert *a)
{
	cc_arena *arena = cc_arena_new();
	reach r = { .s = s, .seen = arena ? cc_arena_array(arena, cc_entity_count(s) + 1, sizeof *r.seen) : NULL };
	uint32_t count = 0;
	if (r.seen && a->entity && visit(&r, a->entity)) {
		size_t done = 0;
		while (done < r.queue.n && visit_callers(&r, r.queue.p[done]))
			done++;
		count = (uint32_t)(r.queue.n ? r.queue.n - 1 : 0);
	}
	cc_vec_deinit(&r.queue);
	cc_arena_free(arena);
	return count;
}

/* --- order --- */

typedef struct sort_key { double weight; uint32_t row; size_t place; } sort_key;

static int heavier_first(const void *x, const void *y)
{
	const sort_key *a = x, *b = y;
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return a->place < b->place ? -1 : a->place > b->place;
}

static double weight_of(const cc_snapshot *s, const cc_alert *a, cc_alert_sort by, int64_t at_ns)
{
	int64_t lasted;
	switch (by) {
	case CC_ALERT_SORT_SEVERITY: return (double)a->severity;
	case CC_ALERT_SORT_DURATION:
		lasted = cc_alert_lasted(a, at_ns);
		return lasted == CC_TIME_NONE ? -1 : (double)lasted;
	case CC_ALERT_SORT_BLAST: return cc_alert_blast(s, a);
	default: return 0;
	}
}

cc_code cc_alerts_sort(cc_index_vec *rows, const cc_snapshot *s, cc_alert_sort by, int64_t at_ns, cc_arena *arena)
{
	sort_key *keys = cc_arena_array(arena, rows->n, sizeof *keys);
	if (!keys)
		return CC_ENOMEM;
	for (size_t i = 0; i < rows->n; i++)
		keys[i] = (sort_key){ weight_of(s, cc_alerts_get(s, rows->p[i]), by, at_ns), rows->p[i], i };
	if (rows->n > 1)
		qsort(keys, rows->n, sizeof *keys, heavier_first);
	for (size_t i = 0; i < rows->n; i++)
		rows->p[i] = keys[i].row;
	return CC_OK;
}

/* --- groups --- */

static cc_str group_key(const cc_snapshot *s, const cc_alert *a, cc_alert_by by, cc_arena *arena)
{
	cc_buf b = CC_BUF_INIT;
	switch (by) {
	case CC_ALERT_BY_ENTITY:
		cc_entity_format(s, a->entity, &b);
		break;
	case CC_ALERT_BY_NAMESPACE: cc_buf_add(&b, cc_snapshot_sym(s, a->ns)); break;
	case CC_ALERT_BY_SEVERITY: cc_buf_add(&b, cc_snapshot_sym(s, a->severity_text)); break;
	default: cc_buf_add(&b, cc_snapshot_sym(s, a->name)); break;
	}
	if (!b.n)
		cc_buf_add_char(&b, '-');
	cc_str key = cc_arena_dup(arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return key;
}

static void take_member(cc_alert_group *g, const cc_snapshot *s, const cc_alert *a, int64_t at_ns)
{
	cc_alert_state state = cc_alert_state_at(s, a, at_ns);
	g->firing += state == CC_ALERT_FIRING || state == CC_ALERT_ALWAYS;
	if (g->count == 0 || a->severity > g->severity) {
		g->severity = a->severity;
		g->severity_text = a->severity_text;
	}
	if (a->onset_ns != CC_TIME_NONE && (g->onset_ns == CC_TIME_NONE || a->onset_ns < g->onset_ns))
		g->onset_ns = a->onset_ns;
	g->entity = g->count == 0 || g->entity == a->entity ? a->entity : 0;
	g->count++;
}

/* `group_of`: for each row its group. Members of a group stand together in `place`. */
static cc_code lay_members(cc_alert_group_vec *out, const cc_index_vec *rows, const uint32_t *group_of, cc_arena *arena)
{
	uint32_t *place = cc_arena_array(arena, rows->n, sizeof *place);
	size_t at = 0;
	if (!place)
		return CC_ENOMEM;
	for (size_t g = 0; g < out->n; g++) {
		out->p[g].rows = place + at;
		at += out->p[g].count;
		out->p[g].count = 0;
	}
	for (size_t i = 0; i < rows->n; i++) {
		cc_alert_group *g = &out->p[group_of[i]];
		place[(size_t)(g->rows - place) + g->count++] = rows->p[i];
	}
	return CC_OK;
}

cc_code cc_alerts_group(cc_alert_group_vec *out, const cc_snapshot *s, const cc_index_vec *rows, cc_alert_by by, int64_t at_ns,
	cc_arena *arena)
{
	cc_map *known = cc_map_new();
	uint32_t *group_of = cc_arena_array(arena, rows->n, sizeof *group_of);
	cc_code code = known && group_of ? CC_OK : CC_ENOMEM;
	for (size_t i = 0; i < rows->n && code == CC_OK; i++) {
		const cc_alert *a = cc_alerts_get(s, rows->p[i]);
		cc_str key = group_key(s, a, by, arena);
		uint64_t at = out->n;
		if (!key.p || (!cc_map_get(known, key, &at) && (!cc_map_set(known, key, at) ||
			!cc_vec_push(out, ((cc_alert_group){ .key = key, .onset_ns = CC_TIME_NONE }))))) {
			code = CC_ENOMEM;
			break;
		}
		group_of[i] = (uint32_t)at;
		take_member(&out->p[at], s, a, at_ns);
	}
	if (code == CC_OK)
		code = lay_members(out, rows, group_of, arena);
	for (size_t g = 0; g < out->n && code == CC_OK; g++)
		out->p[g].shared = shared_labels(s, &out->p[g], arena);
	cc_map_free(known);
	return code;
}
