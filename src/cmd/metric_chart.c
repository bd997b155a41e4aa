/* metric_chart.c - the chart of a few views: their samples, what they must not pass, and what else happened meanwhile.
 *
 * Alerts and changes of what is drawn are marks on the axis and rows of a table with their records: a curve says when, they may
 * say why. */
#include "cmd/metric_build.h"

#include <math.h>
#include "cmd/evidence.h"
#include "coldcase/changes.h"
#include "coldcase/entity.h"

enum { POINTS_MAX = 1000, RESETS_MAX = 32, MARKS_MAX = 24 };

/* "memory{container="cart"} of cart-7f9", or side by side "cart-7f9 {container="cart"}". */
static void series_name(cc_call *c, const cc_metric_view *v, bool named, cc_buf *out)
{
	cc_buf name = CC_BUF_INIT;
	cc_metric_short_name(snap(c), v, &name);
	cc_str whole = cc_buf_str(&name), object = cc_snapshot_sym(snap(c), v->object);
	size_t brace = cc_str_find_char(whole, '{');
	if (named)
		cc_buf_addf(out, "%.*s of %.*s", CC_STR_ARG(whole), CC_STR_ARG(object));
	else if (brace == CC_STR_NONE)
		cc_buf_add(out, object);
	else
		cc_buf_addf(out, "%.*s %.*s", CC_STR_ARG(object), CC_STR_ARG(cc_str_sub(whole, brace, whole.n)));
	cc_buf_deinit(&name);
}

static cc_code add_series(cc_call *c, cc_reply *r, const cc_metric_view *v, bool named)
{
	cc_point *thin = cc_arena_array(c->arena, POINTS_MAX, sizeof *thin);
	cc_chart_point *p = cc_arena_array(c->arena, POINTS_MAX, sizeof *p);
	int64_t *resets = cc_arena_array(c->arena, RESETS_MAX, sizeof *resets);
	cc_metric_level bounds[CC_METRIC_LEVELS];
	cc_chart_level levels[CC_METRIC_LEVELS];
	cc_buf name = CC_BUF_INIT;
	if (!thin || !p || !resets)
		return CC_ENOMEM;
	cc_chart_series s = { .unit = v->unit, .points = p, .samples = v->count, .interval_ns = cc_sample_interval(v->points, v->count),
		.resets = resets, .levels = levels, .cite = v->cite };
	s.count = cc_thin(thin, POINTS_MAX, v->points, v->count);
	for (size_t i = 0; i < s.count; i++)
		p[i] = (cc_chart_point){ thin[i].time_ns, thin[i].value };
	s.reset_count = cc_metric_resets(snap(c), v, resets, RESETS_MAX);
	s.level_count = cc_metric_levels(snap(c), v, bounds);
	for (size_t i = 0; i < s.level_count; i++)
		levels[i] = (cc_chart_level){ bounds[i].value, cc_str_from(bounds[i].label), i ? CC_ROLE_DIM : CC_ROLE_WARNING };
	series_name(c, v, named, &name);
	s.name = cc_buf_str(&name);
	cc_reply_chart_series(r, &s);
	cc_buf_deinit(&name);
	return CC_OK;
}

/* --- what else happened --- */

typedef struct mark {
	cc_chart_mark chart;
	const char *kind;
	cc_str text, drill;
	cc_entity_id entity;
	cc_cite cite;
} mark;

struct cc_metric_marks { mark p[MARKS_MAX]; size_t n, left_out; cc_range range; };

static void add_mark(cc_metric_marks *l, mark m)
{
	int64_t end = m.chart.until_ns > m.chart.time_ns ? m.chart.until_ns : m.chart.time_ns;
	if (end < l->range.from_ns || m.chart.time_ns > l->range.to_ns)
		return;
	m.chart.until_ns = m.chart.until_ns > l->range.to_ns ? l->range.to_ns : m.chart.until_ns;   /* as known then, it still fires */
	m.chart.label = m.text;
	if (l->n == MARKS_MAX) {
		l->left_out++;
		return;
	}
	size_t at = l->n++;
	while (at > 0 && l->p[at - 1].chart.time_ns > m.chart.time_ns) {
		l->p[at] = l->p[at - 1];
		at--;
	}
	l->p[at] = m;
}

/* What is drawn may be one pod of a workload, the alert be about the workload, or the other way round. */
static bool concerns(const cc_snapshot *s, const cc_metric_view *const *views, size_t n, cc_entity_id entity)
{
	for (size_t i = 0; entity && i < n; i++)
		if (views[i]->entity && (cc_entity_covers(s, entity, views[i]->entity) || cc_entity_covers(s, views[i]->entity, entity)))
			return true;
	return false;
}

static void add_alerts(cc_call *c, cc_metric_marks *l, const cc_metric_view *const *views, size_t n)
{
	const cc_snapshot *s = snap(c);
	for (size_t i = 0; i < cc_alerts_count(s); i++) {
		const cc_alert *a = cc_alerts_get(s, i);
		if (a->background || !a->sample_count || !concerns(s, views, n, a->entity))
			continue;
		cc_cite cite = a->samples[0].cite;
		add_mark(l, (mark){ { a->onset_ns, a->last_ns, CC_STR_EMPTY, ev_role_of_severity(a->severity), 'A' }, "alert", cc_snapshot_sym(s, a->name),
			cc_arena_printf(c->arena, "alert %.*s", CC_STR_ARG(ev_cite_text(c, cite))), a->entity, cite });
	}
}

/* What controllers derive from other objects says nothing those do not. */
static bool is_derived(const cc_snapshot *s, cc_entity_id id)
{
	cc_str kind = cc_entity_kind(s, id);
	return cc_str_eqz(kind, "Endpoints") || cc_str_eqz(kind, "EndpointSlice") || cc_str_eqz(kind, "ReplicaSet");
}

static cc_code add_changes(cc_call *c, cc_metric_marks *l, const cc_metric_view *const *views, size_t n, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	cc_entity_id done[MARKS_MAX];
	size_t known = 0;
	cc_code code = CC_OK;
	for (size_t i = 0; i < n && code == CC_OK && known < MARKS_MAX; i++) {
		const cc_entity *e = cc_entity_get(s, views[i]->entity);
		cc_entity_id whole = e ? e->workload ? e->workload : e->group : 0;
		size_t k = 0;
		while (k < known && done[k] != whole)
			k++;
		if (!whole || k < known)
			continue;
		done[known++] = whole;
		cc_changes *changes = NULL;
		cc_changes_options o = { .focus = whole, .range = l->range, .cancel = c->cancel };
		code = cc_changes_build(&changes, s, &o, err);
		for (size_t j = 0; code == CC_OK && j < cc_changes_count(changes); j++) {
			const cc_spec_change *ch = cc_changes_get(changes, j);
			if (is_derived(s, ch->entity))
				continue;
			cc_str line = ch->line.n ? ch->line : cc_str_from(cc_change_kind_name(ch->kind));
			add_mark(l, (mark){ { ch->time_ns, CC_TIME_NONE, CC_STR_EMPTY, CC_ROLE_CHANGED, 'C' }, "change",
				cc_arena_dup(c->arena, ev_one_line(line, 200)),
				cc_arena_printf(c->arena, "show %.*s", CC_STR_ARG(ev_cite_text(c, ch->cite))), ch->entity, ch->cite });
		}
		cc_changes_free(changes);
	}
	return code;
}

static const cc_column mark_columns[] = {
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 9, 0 },
	{ "until", "Until", CC_CELL_TIME, CC_ROLE_TIME, 9, 2 },
	{ "kind", "What", CC_CELL_TEXT, CC_ROLE_DIM, 6, 0 },
	{ "text", "", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 28, 1 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 40, 255 },
};

void cc_cmd_metric_mark_table(cc_reply *r, const cc_metric_marks *l)
{
	cc_reply_begin_table(r, "marks", "Meanwhile", mark_columns, sizeof mark_columns / sizeof *mark_columns, false);
	for (size_t i = 0; i < l->n; i++) {
		const mark *m = &l->p[i];
		cc_row *row = cc_reply_row(r);
		if (!row)
			return;
		row->entity = m->entity, row->cite = m->cite, row->time_ns = m->chart.time_ns;
		row->mark = m->chart.role == CC_ROLE_CHANGED ? CC_ROLE_TEXT : m->chart.role;
		cc_reply_cell(r, cc_cell_time(m->chart.time_ns));
		cc_reply_cell(r, cc_cell_time(m->chart.until_ns > m->chart.time_ns ? m->chart.until_ns : CC_TIME_NONE));
		cc_reply_cell(r, cc_cell_textz(m->kind));
		cc_reply_cell(r, cc_cell_text(m->text));
		cc_reply_cell(r, cc_cell_entity(m->entity));
		cc_reply_cell(r, cc_cell_cite(m->cite));
		cc_reply_set_drill(r, "%.*s", CC_STR_ARG(m->drill));
	}
	if (l->left_out)
		cc_reply_add_note(r, "%zu more alerts and changes are left out of the marks; `alerts` and `changes` list them", l->left_out);
}

cc_code cc_cmd_metric_marks(cc_call *c, const cc_metric_view *const *views, size_t n, const cc_metric_marks **out, cc_err *err)
{
	cc_metric_marks *l = cc_arena_alloc(c->arena, sizeof *l);
	if (!l)
		return CC_ENOMEM;
	*out = l;
	l->range = ev_window(c);
	add_alerts(c, l, views, n);
	return add_changes(c, l, views, n, err);
}

cc_code cc_cmd_metric_chart(cc_call *c, cc_reply *r, const cc_metric_view *const *views, size_t n, bool multiples, const cc_metric_marks *l)
{
	cc_code code = CC_OK;
	cc_reply_begin_chart(r, "chart", NULL);
	for (size_t i = 0; i < n && code == CC_OK; i++)
		code = add_series(c, r, views[i], !multiples);
	if (multiples)
		cc_reply_chart_multiples(r);
	if (ev_pivot(c) != CC_TIME_NONE)
		cc_reply_chart_mark(r, &(cc_chart_mark){ ev_pivot(c), CC_TIME_NONE, cc_str_from(ev_pivot_name(c)), CC_ROLE_CHANGED, '^' });
	for (size_t i = 0; i < l->n; i++)
		cc_reply_chart_mark(r, &l->p[i].chart);
	return code;
}
