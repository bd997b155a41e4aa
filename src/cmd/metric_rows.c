/* metric_rows.c - which views stand in which row of the list: in their order, gathered by workload, or several in one row.
 *
 * A pod that came or went brings a dozen series without a score, each of which says the same: there is no before, or no after. They
 * are one row, in the place of the first of them; fold=no, or asking for that object alone, shows each. Where the pivot lies at the
 * edge of what was recorded, most series have no before, and that says nothing of any object: each stays a row there. By workload the
 * list is a tree whose branches are closed: the first rows of each, all that is notable, and one row for the rest. */
#include "cmd/metric_build.h"

#include "cmd/evidence.h"
#include "coldcase/entity.h"
#include "coldcase/map.h"

/* A workload, its pods and the service before it are one thing. */
static cc_entity_id workload_of(const cc_snapshot *s, const cc_metric_view *v)
{
	const cc_entity *e = cc_entity_get(s, v->entity), *top = e && e->workload ? cc_entity_get(s, e->workload) : e;
	return top && top->group ? top->group : e && e->workload ? e->workload : v->entity;
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
		ev_pivot(c) != CC_TIME_NONE && cc_session_assist(c->session, CC_ASSIST_RANKS);
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

const char *cc_cmd_metric_at_edge(const cc_metric_set *m)
{
	bool before = is_telling(m, CC_SHIFT_NEW), after = is_telling(m, CC_SHIFT_GONE);
	return cc_metrics_count(m) == 0 || (before && after) ? NULL : before ? "after" : "before";
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

/* --- by workload --- */

enum { SHOWN = 3 };

/* Rows of one workload follow each other through `next`; all are numbers of rows + 1, 0 = none. */
typedef struct branches { uint32_t *first, *last, *next, *order; size_t count; } branches;

static bool sort_out(cc_call *c, const cc_metric_set *m, const cc_metric_row *rows, size_t n, branches *b)
{
	size_t ids = cc_entity_count(snap(c)) + 1;
	b->first = cc_arena_array(c->arena, ids, sizeof *b->first);
	b->last = cc_arena_array(c->arena, ids, sizeof *b->last);
	b->next = cc_arena_array(c->arena, n + 1, sizeof *b->next);
	b->order = cc_arena_array(c->arena, n + 1, sizeof *b->order);
	if (!b->first || !b->last || !b->next || !b->order)
		return false;
	for (size_t i = 0; i < n; i++) {
		cc_entity_id w = workload_of(snap(c), cc_metrics_get(m, rows[i].view));
		if (b->first[w])
			b->next[b->last[w] - 1] = (uint32_t)i + 1;
		else
			b->first[w] = (uint32_t)i + 1, b->order[b->count++] = w;
		b->last[w] = (uint32_t)i + 1;
	}
	return true;
}

/* What a branch shows when it is closed: its first rows, and all that is notable. */
static bool is_shown(const cc_metric_set *m, const cc_metric_row *row, size_t place, bool closed)
{
	double score = cc_metrics_get(m, row->view)->change.score;
	return !closed || place < SHOWN || score >= CC_SHIFT_NOTABLE || score <= -CC_SHIFT_NOTABLE;
}

static uint32_t size_of(const cc_metric_row *row)
{
	return row->rest ? row->rest : row->folded > 1 ? row->folded : 1;
}

/* Lays one branch from rows[done] on; what it does not show is its last row. */
static size_t lay_branch(const cc_metric_set *m, const branches *b, uint32_t workload, const cc_metric_row *from, cc_metric_row *rows, size_t done, bool closed)
{
	size_t place = 0;
	cc_metric_row *end = NULL;
	for (uint32_t i = b->first[workload]; i; i = b->next[i - 1], place++) {
		cc_metric_row row = from[i - 1];
		row.below = place > 0;
		if (end && !is_shown(m, &row, place, closed)) {
			end->rest = size_of(end) + size_of(&row);
			continue;
		}
		rows[done++] = row;
		end = end || is_shown(m, &row, place, closed) ? end : &rows[done - 1];
	}
	return done;
}

/* What changed most of each workload, and below it the rest of the same, the uneventful end of it as one row. Workloads in the
 * order of their first. */
static size_t gather(cc_call *c, const cc_metric_set *m, cc_metric_row *rows, size_t n, bool closed)
{
	cc_metric_row *from = cc_arena_array(c->arena, n ? n : 1, sizeof *from);
	branches b = { 0 };
	size_t done = 0;
	if (!from || !sort_out(c, m, rows, n, &b))
		return n;
	for (size_t i = 0; i < n; i++)
		from[i] = rows[i];
	/* one branch alone is open, and what has no workload cannot be asked for by it */
	for (size_t w = 0; w < b.count; w++)
		done = lay_branch(m, &b, b.order[w], from, rows, done, closed && b.count > 1 && b.order[w]);
	return done;
}

const cc_metric_row *cc_cmd_metric_rows(cc_call *c, const cc_metric_set *m, size_t *count)
{
	size_t n = cc_metrics_count(m);
	const char *order = cc_arg(c, "order");
	cc_metric_row *rows = cc_arena_array(c->arena, n ? n : 1, sizeof *rows);
	bool folds = is_asked_to_fold(c, m);
	*count = n;
	if (!rows)
		return NULL;
	if (folds)
		*count = fold(c, m, rows);
	else
		for (size_t i = 0; i < n; i++)
			rows[i] = (cc_metric_row){ .view = i };
	if (order && order[0] == 'w')
		*count = gather(c, m, rows, *count, folds);
	return rows;
}

/* "7 series of a new pod", "2 of 9: none before", "24 more series" */
void cc_cmd_metric_row_name(const cc_snapshot *s, const cc_metric_view *v, const cc_metric_row *row, cc_buf *out)
{
	bool came = v->change.kind == CC_SHIFT_NEW, whole = row->folded == row->of;
	if (row->rest)
		cc_buf_addf(out, "%u more series", row->rest);
	else if (whole && cc_str_eqz(cc_entity_kind(s, v->entity), "Pod"))
		cc_buf_addf(out, came ? "%u series of a new pod" : "%u series of a pod that went", row->folded);
	else if (whole)
		cc_buf_addf(out, "%u series: none %s", row->folded, came ? "before" : "after");
	else
		cc_buf_addf(out, "%u of %u: none %s", row->folded, row->of, came ? "before" : "after");
}

cc_entity_id cc_cmd_metric_row_entity(const cc_snapshot *s, const cc_metric_view *v, const cc_metric_row *row)
{
	return row->rest ? workload_of(s, v) : v->entity;
}
