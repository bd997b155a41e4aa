/* metric_rows.c - which views stand in which row of the list: in their order, gathered by workload, or several in one row.
 *
 * A pod that came or went brings a dozen series without a score, each of which says the same: there is no before, or no after. They
 * are one row, in the place of the first of them; fold=no, or asking for that object alone, shows each. Where the pivot lies at the
 * edge of what was recorded, most series have no before, and that says nothing of any object: each stays a row there. */
#include "cmd/metric_build.h"

#include "cmd/evidence.h"
#include "coldcase/entity.h"
#include "coldcase/map.h"

static cc_entity_id workload_of(const cc_snapshot *s, const cc_metric_view *v)
{
	const cc_entity *e = cc_entity_get(s, v->entity);
	return e && e->workload ? e->workload : v->entity;
}

static bool same_object(const cc_metric_view *a, const cc_metric_view *b)
{
	return a->object == b->object && a->entity == b->entity;
}

static bool is_asked_to_fold(cc_call *c, const cc_metric_set *m)
{
	const char *order = cc_arg(c, "order");
	bool many = false;
	for (size_t i = 1; i < cc_metrics_count(m) && !many; i++)
		many = !same_object(cc_metrics_get(m, 0), cc_metrics_get(m, i));
	return many && cc_arg_bool(c, "fold", true) && !cc_arg_given(c, "by") && !(order && order[0] == 'n') &&
		cc_session_assist(c->session, CC_ASSIST_RANKS);
}

/* What coming (or going) means anything of: most series have a few samples on the side where this one has none. */
static bool is_telling(const cc_metric_set *m, cc_shift_kind kind)
{
	enum { SOME = 3 };
	size_t known = 0, n = cc_metrics_count(m);
	for (size_t i = 0; i < n; i++) {
		const cc_change_score *change = &cc_metrics_get(m, i)->change;
		known += (kind == CC_SHIFT_NEW ? change->before_count : change->after_count) >= SOME;
	}
	return known * 2 > n;
}

/* Puts a view into the row that stands for the series of its object that came, or that went; says whether it needs no row of its own. */
static bool is_folded_away(cc_call *c, cc_map *index, cc_metric_row *rows, size_t next, const cc_metric_view *v)
{
	cc_str key = cc_arena_printf(c->arena, "%u/%u/%d", v->object, v->entity, v->change.kind == CC_SHIFT_NEW);
	uint64_t at;
	if (!key.p)
		return false;
	if (cc_map_get(index, key, &at)) {
		rows[at].folded++;
		return true;
	}
	return !cc_map_set(index, key, next);
}

/* How many views each object has, to tell a new pod from new series of an old one. */
static void count_whole(cc_metric_row *rows, size_t n, cc_map *folded, const cc_metric_set *m, cc_arena *arena)
{
	for (size_t i = 0; i < cc_metrics_count(m); i++) {
		const cc_metric_view *v = cc_metrics_get(m, i);
		uint64_t at;
		for (int came = 0; came < 2; came++) {
			cc_str key = cc_arena_printf(arena, "%u/%u/%d", v->object, v->entity, came);
			if (key.p && cc_map_get(folded, key, &at) && at < n)
				rows[at].of++;
		}
	}
}

static size_t fold(cc_call *c, const cc_metric_set *m, cc_metric_row *rows)
{
	cc_map *index = cc_map_new();
	bool came = is_telling(m, CC_SHIFT_NEW), went = is_telling(m, CC_SHIFT_GONE);
	size_t n = 0;
	for (size_t i = 0; i < cc_metrics_count(m); i++) {
		const cc_metric_view *v = cc_metrics_get(m, i);
		bool folds = index && ((came && v->change.kind == CC_SHIFT_NEW) || (went && v->change.kind == CC_SHIFT_GONE));
		if (!folds || !is_folded_away(c, index, rows, n, v))
			rows[n++] = (cc_metric_row){ .view = i, .folded = folds };
	}
	if (index)
		count_whole(rows, n, index, m, c->arena);
	cc_map_free(index);
	return n;
}

/* By workload: what changed most of each, and below it the rest of the same; workloads in the order of their first. */
static bool gather(cc_call *c, const cc_metric_set *m, cc_metric_row *rows, size_t n)
{
	cc_metric_row *from = cc_arena_array(c->arena, n ? n : 1, sizeof *from);
	bool *taken = cc_arena_array(c->arena, n ? n : 1, sizeof *taken);
	size_t done = 0;
	if (!from || !taken)
		return false;
	for (size_t i = 0; i < n; i++)
		from[i] = rows[i];
	for (size_t i = 0; i < n; i++) {
		if (taken[i])
			continue;
		rows[done++] = from[i];
		for (size_t k = i + 1; k < n; k++)
			if (!taken[k] && workload_of(snap(c), cc_metrics_get(m, from[k].view)) == workload_of(snap(c), cc_metrics_get(m, from[i].view))) {
				taken[k] = true;
				rows[done] = from[k];
				rows[done++].below = true;
			}
	}
	return true;
}

const cc_metric_row *cc_cmd_metric_rows(cc_call *c, const cc_metric_set *m, size_t *count)
{
	size_t n = cc_metrics_count(m);
	const char *order = cc_arg(c, "order");
	cc_metric_row *rows = cc_arena_array(c->arena, n ? n : 1, sizeof *rows);
	*count = n;
	if (!rows)
		return NULL;
	if (is_asked_to_fold(c, m))
		*count = fold(c, m, rows);
	else
		for (size_t i = 0; i < n; i++)
			rows[i] = (cc_metric_row){ .view = i };
	return !(order && order[0] == 'w') || gather(c, m, rows, *count) ? rows : NULL;
}

/* "7 series of a new pod", "2 of 9: none before" */
void cc_cmd_metric_row_name(const cc_snapshot *s, const cc_metric_view *v, const cc_metric_row *row, cc_buf *out)
{
	bool came = v->change.kind == CC_SHIFT_NEW, whole = row->folded == row->of;
	if (whole && cc_str_eqz(cc_entity_kind(s, v->entity), "Pod"))
		cc_buf_addf(out, came ? "%u series of a new pod" : "%u series of a pod that went", row->folded);
	else if (whole)
		cc_buf_addf(out, "%u series: none %s", row->folded, came ? "before" : "after");
	else
		cc_buf_addf(out, "%u of %u: none %s", row->folded, row->of, came ? "before" : "after");
}
