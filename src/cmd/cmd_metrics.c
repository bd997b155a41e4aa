/* cmd_metrics.c - `metrics` ranks series by how much they changed around the pivot, `metric` draws one. */
#include "cmd/evidence.h"

#include <math.h>
#include "cmd/metric_build.h"
#include "coldcase/entity.h"
#include "coldcase/rates.h"

enum { TREND = 20 };

static const cc_column list_columns[] = {
	{ "score", "Score", CC_CELL_QUANTITY, CC_ROLE_CHANGED, 6, 0 },
	{ "by", "By", CC_CELL_TEXT, CC_ROLE_DIM, 5, 2 },
	{ "before", "Before", CC_CELL_QUANTITY, CC_ROLE_DIM, 8, 0 },
	{ "after", "After", CC_CELL_QUANTITY, CC_ROLE_TEXT, 8, 0 },
	{ "max", "Max", CC_CELL_QUANTITY, CC_ROLE_TEXT, 8, 3 },
	{ "since", "Since", CC_CELL_TIME, CC_ROLE_TIME, 9, 4 },
	{ "trend", "Trend", CC_CELL_SPARK, CC_ROLE_INFO, TREND, 1 },
	{ "name", "Metric", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "object", "Of", CC_CELL_TEXT, CC_ROLE_ENTITY, 28, 0 },
	{ "unit", "Unit", CC_CELL_TEXT, CC_ROLE_DIM, 6, 255 },
	{ "metric", "Whole name", CC_CELL_TEXT, CC_ROLE_TEXT, 40, 255 },
	{ "sources", "Out of", CC_CELL_TEXT, CC_ROLE_DIM, 40, 255 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "members", "Members", CC_CELL_INT, CC_ROLE_DIM, 5, 255 },
	{ "folded", "Folded", CC_CELL_INT, CC_ROLE_DIM, 5, 255 },
	{ "samples", "N", CC_CELL_INT, CC_ROLE_DIM, 5, 255 },
	{ "peak", "Peak", CC_CELL_QUANTITY, CC_ROLE_TEXT, 10, 255 },
	{ "first", "First", CC_CELL_TIME, CC_ROLE_TIME, 9, 255 },
	{ "last", "Last", CC_CELL_TIME, CC_ROLE_TIME, 9, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 40, 255 },
};

/* The value of a slice that is farthest from what was usual: a spike of one sample must not drown in its slice. */
static double slice_value(const cc_sample_column *col, double usual)
{
	if (isnan(usual))
		return col->max;
	return fabs(col->max - usual) >= fabs(col->min - usual) ? col->max : col->min;
}

/* Slices of the samples' own range. A slice between two samples that follow each other as usual is no gap: it shows the
 * earlier one. */
static cc_cell trend(cc_call *c, const cc_metric_view *v)
{
	cc_sample_column col[TREND];
	double *p = cc_arena_array(c->arena, TREND, sizeof *p);
	if (!p || !v->count)
		return cc_cell_none();
	int64_t from = v->points[0].time_ns, to = v->points[v->count - 1].time_ns, usual = cc_sample_interval(v->points, v->count);
	cc_resample(col, TREND, v->points, v->count, from, to);
	double width = ((double)to - (double)from) / TREND;
	size_t known = 0, at = 0;
	for (size_t i = 0; i < TREND; i++) {
		p[i] = col[i].count ? slice_value(&col[i], v->change.before) : NAN;
		double slice_end = (double)from + width * (double)(i + 1);
		while (at + 1 < v->count && (double)v->points[at + 1].time_ns <= slice_end)
			at++;
		bool bridged = at + 1 < v->count && v->points[at + 1].time_ns - v->points[at].time_ns <= usual + usual * 3 / 2;
		if (col[i].count)
			known = i;
		else if (bridged && col[known].count)
			p[i] = col[known].last;
	}
	cc_cell cell = cc_cell_spark(p, TREND);
	int64_t pivot = ev_pivot(c);
	if (pivot > from && pivot < to)
		cell.num = ((double)pivot - (double)from) / ((double)to - (double)from);
	return cell;
}

static double max_after(const cc_metric_view *v, int64_t pivot)
{
	double max = NAN;
	for (size_t i = 0; i < v->count; i++)
		if ((pivot == CC_TIME_NONE || v->points[i].time_ns >= pivot) && !(v->points[i].value <= max))
			max = v->points[i].value;
	return max;
}

/* The metrics a derived view is made of, each once. */
static cc_cell source_names(cc_call *c, const cc_metric_view *v)
{
	enum { NAMES = 8 };
	cc_sym seen[NAMES];
	size_t n = 0;
	cc_buf b = CC_BUF_INIT;
	for (uint32_t i = 0; i < v->series_count && n < NAMES; i++) {
		cc_sym metric = cc_series_get(snap(c), v->sources[i])->metric;
		size_t known = 0;
		while (known < n && seen[known] != metric)
			known++;
		if (known < n)
			continue;
		seen[n++] = metric;
		cc_buf_addf(&b, "%s%.*s", b.n ? ", " : "", CC_STR_ARG(cc_snapshot_sym(snap(c), metric)));
	}
	cc_cell cell = cc_cell_text(cc_arena_dup(c->arena, cc_buf_str(&b)));
	cc_buf_deinit(&b);
	return cell;
}

/* What many were brought together from: of sum(cpu){node="n1"} it is cpu. */
static cc_str inner_name(cc_str name)
{
	cc_str head, rest, inner;
	cc_str_cut(name, '(', &head, &rest);
	size_t end = cc_str_rfind_char(rest, ')');
	inner = cc_str_sub(rest, 0, end == CC_STR_NONE ? rest.n : end);
	return inner;
}

/* One series is drawn; of many, its members side by side. */
static void set_drill(cc_call *c, cc_reply *r, const cc_metric_view *v, cc_str name)
{
	cc_buf line = CC_BUF_INIT;
	name = v->members ? inner_name(name) : name;
	cc_cmd_quote(&line, name);
	cc_reply_set_op(r, name);
	cc_buf_addz(&line, v->members ? " entity=" : " object=");
	cc_cmd_quote(&line, v->members ? ev_entity_text(c, v->entity) : cc_snapshot_sym(snap(c), v->object));
	if (!v->members || v->entity)
		cc_reply_set_drill(r, "metric %.*s", CC_STR_ARG(cc_buf_str(&line)));
	cc_buf_deinit(&line);
}

/* The line that lists what stands in the row: of an object all it has, of a workload what this list has of it. */
static void set_folded_drill(cc_call *c, cc_reply *r, const cc_metric_view *v, const cc_metric_row *place, cc_entity_id entity)
{
	cc_buf whose = CC_BUF_INIT;
	const char *kind = cc_arg(c, "kind"), *filter = place->rest ? cc_arg(c, "filter") : NULL;
	cc_cmd_quote(&whose, place->rest ? ev_entity_text(c, entity) : cc_snapshot_sym(snap(c), v->object));
	cc_reply_set_drill(r, "metrics %s%s%s%s=%.*s%s%s%s", filter ? "(" : "", filter ? filter : "", filter ? ") " : "", place->rest ? "entity" : "object",
		CC_STR_ARG(cc_buf_str(&whose)), place->rest ? "" : " fold=no", kind ? " kind=" : "", kind ? kind : "");
	cc_buf_deinit(&whose);
}

/* Series that came or went with one object, or the uneventful ones of a workload: what they are is what opens. */
static void folded_row(cc_call *c, cc_reply *r, const cc_metric_view *v, const cc_metric_row *place)
{
	cc_row *row = cc_reply_row(r);
	cc_buf name = CC_BUF_INIT;
	if (!row)
		return;
	cc_entity_id entity = cc_cmd_metric_row_entity(snap(c), v, place);
	cc_str whose = place->rest ? cc_entity_name(snap(c), entity) : cc_snapshot_sym(snap(c), v->object);
	int64_t at = v->count ? v->points[v->change.kind == CC_SHIFT_NEW ? 0 : v->count - 1].time_ns : CC_TIME_NONE;
	row->entity = entity, row->cite = v->cite, row->depth = place->below, row->time_ns = at;
	cc_cmd_metric_row_name(snap(c), v, place, &name);
	const cc_cell known[] = {
		[1] = place->rest ? cc_cell_none() : cc_cell_textz(cc_shift_kind_name(v->change.kind)), [5] = place->rest ? cc_cell_none() : cc_cell_time(at),
		[7] = cc_cell_text(cc_buf_str(&name)), [8] = cc_cell_text(whose), [12] = cc_cell_entity(entity),
		[14] = cc_cell_int(place->rest ? place->rest : place->folded), [19] = cc_cell_cite(v->cite),
	};
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		cc_reply_cell(r, known[i]);
	set_folded_drill(c, r, v, place, entity);
	cc_buf_deinit(&name);
}

static void list_row(cc_call *c, cc_reply *r, const cc_metric_view *v, bool below)
{
	cc_row *row = cc_reply_row(r);
	cc_buf name = CC_BUF_INIT;
	if (!row)
		return;
	const cc_change_score *change = &v->change;
	bool ranks = cc_session_assist(c->session, CC_ASSIST_RANKS);
	bool scored = ranks && (change->kind == CC_SHIFT_LEVEL || change->kind == CC_SHIFT_PEAK || change->kind == CC_SHIFT_FEW);
	row->entity = v->entity, row->cite = v->cite, row->depth = below;
	row->time_ns = change->since_ns != CC_TIME_NONE ? change->since_ns : v->count ? v->points[v->count - 1].time_ns : CC_TIME_NONE;
	row->mark = ranks && fabs(change->score) >= 10 ? CC_ROLE_WARNING : CC_ROLE_TEXT;
	cc_metric_short_name(snap(c), v, &name);
	/* with its sign where "By" has no room: before and after may be alike there */
	cc_reply_cell(r, scored ? cc_cell_quantity(change->score, change->kind == CC_SHIFT_PEAK ? CC_STR("peak") : CC_STR("score")) : cc_cell_none());
	cc_reply_cell(r, ranks && change->kind ? cc_cell_textz(cc_shift_kind_name(change->kind)) : cc_cell_none());
	cc_reply_cell(r, cc_cell_quantity(change->before, v->unit));
	cc_reply_cell(r, cc_cell_quantity(change->after, v->unit));
	cc_reply_cell(r, cc_cell_quantity(max_after(v, ev_pivot(c)), v->unit));
	cc_reply_cell(r, cc_cell_time(change->since_ns));
	cc_reply_cell(r, trend(c, v));
	cc_reply_cell(r, cc_cell_text(cc_buf_str(&name)));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(snap(c), v->object)));
	cc_reply_cell(r, cc_cell_text(v->unit));
	cc_reply_cell(r, cc_cell_text(v->name));
	cc_reply_cell(r, source_names(c, v));
	cc_reply_cell(r, cc_cell_entity(v->entity));
	cc_reply_cell(r, v->members ? cc_cell_int(v->members) : cc_cell_none());
	cc_reply_cell(r, cc_cell_none());
	cc_reply_cell(r, cc_cell_int((int64_t)v->count));
	cc_reply_cell(r, cc_cell_quantity(change->peak, v->unit));
	cc_reply_cell(r, cc_cell_time(v->count ? v->points[0].time_ns : CC_TIME_NONE));
	cc_reply_cell(r, cc_cell_time(v->count ? v->points[v->count - 1].time_ns : CC_TIME_NONE));
	cc_reply_cell(r, cc_cell_cite(v->cite));
	set_drill(c, r, v, cc_buf_str(&name));
	cc_buf_deinit(&name);
}

cc_code cc_cmd_metric_build(cc_call *c, const cc_index_vec *rows, cc_filter *filter, cc_metric_set **out, cc_err *err)
{
	cc_metric_options o = { .rows = rows, .filter = filter, .pivot_ns = ev_pivot(c), .range = ev_window(c), .cancel = c->cancel };
	const char *kind = cc_arg(c, "kind");
	const char *order = cc_arg(c, "order");
	o.by_name = (order && order[0] == 'n') || !cc_session_assist(c->session, CC_ASSIST_RANKS);
	o.raw = kind && kind[0] == 'r';
	o.derived = kind && kind[0] == 'd';
	return cc_metrics_build(out, snap(c), &o, err);
}

const char *const cc_cmd_metric_aggs[] = { "auto", "sum", "avg", "max", "min", NULL };

cc_code cc_cmd_metric_group(cc_call *c, const cc_metric_view *const *views, size_t n, cc_metric_set **out, cc_err *err)
{
	cc_metric_options o = { .pivot_ns = ev_pivot(c), .range = ev_window(c), .by_name = !cc_session_assist(c->session, CC_ASSIST_RANKS), .cancel = c->cancel };
	cc_metric_agg agg = CC_AGG_AUTO;
	for (int i = 0; cc_cmd_metric_aggs[i]; i++)
		if (cc_arg(c, "agg") && cc_str_eqz(cc_str_from(cc_arg(c, "agg")), cc_cmd_metric_aggs[i]))
			agg = (cc_metric_agg)i;
	return cc_metrics_group(out, snap(c), views, n, cc_str_from(cc_arg(c, "by")), agg, &o, err);
}

/* Replaces the set by what by= makes of it. */
static cc_code group_all(cc_call *c, cc_metric_set **m, cc_err *err)
{
	size_t n = cc_metrics_count(*m);
	const cc_metric_view **views = cc_arena_array(c->arena, n ? n : 1, sizeof *views);
	cc_metric_set *grouped = NULL;
	if (!views)
		return CC_ENOMEM;
	for (size_t i = 0; i < n; i++)
		views[i] = cc_metrics_get(*m, i);
	cc_code code = cc_cmd_metric_group(c, views, n, &grouped, err);
	if (code != CC_OK)
		return code;
	cc_metrics_free(*m);
	*m = grouped;
	return CC_OK;
}

/* name=pod_cpu finds nothing, because names are compared whole. */
static void hint_globs(cc_call *c, cc_reply *r, size_t found)
{
	cc_str filter = cc_str_from(cc_arg(c, "filter"));
	if (!found && cc_str_find_char(filter, '=') != CC_STR_NONE && cc_str_find_char(filter, '*') == CC_STR_NONE)
		cc_reply_set_empty(r, "no series fits this filter; names are compared whole: a part of one needs a * (name=pod_cpu*)");
}

/* Whose calls are meant, where some are shown. */
static void note_direction(cc_reply *r, const cc_metric_set *m)
{
	bool calls = false, mesh = false;
	for (size_t i = 0; i < cc_metrics_count(m); i++) {
		const cc_metric_view *v = cc_metrics_get(m, i);
		calls = calls || v->kind == CC_METRIC_CALLS;
		mesh = mesh || (v->kind == CC_METRIC_CALLS && cc_str_starts(v->name, CC_STR("mesh")));
	}
	if (calls)
		cc_reply_add_note(r, "calls, errors, latency: of calls received, unless it says made%s", mesh ?
			"; mesh: of those meant for it, as sidecars saw them" : "");
}

static void drop_views(void *set)
{
	cc_metrics_free(set);
}

/* The ranked views of the list; the session keeps them for the next page. */
static cc_code views_of(cc_call *c, const ev_list *l, cc_metric_set **out, cc_err *err)
{
	static const char *const params[] = { "kind", "order", "by", "agg", "all" };
	cc_selections *kept = cc_session_selections(c->session);
	cc_code code = CC_OK;
	cc_buf key = CC_BUF_INIT;
	cc_buf_addz(&key, l->found->key);
	for (size_t i = 0; i < sizeof params / sizeof *params; i++)
		cc_buf_addf(&key, "|%s", cc_arg(c, params[i]) ? cc_arg(c, params[i]) : "");
	*out = cc_buf_ok(&key) ? cc_selections_made(kept, snap(c), cc_buf_str(&key)) : NULL;
	if (*out)
		goto done;
	code = cc_cmd_metric_build(c, &l->rows, l->filter, out, err);
	if (code == CC_OK && cc_arg_given(c, "by"))
		code = group_all(c, out, err);
	if (code != CC_OK)
		cc_metrics_free(*out);
	else if (!cc_selections_make(kept, snap(c), cc_buf_str(&key), *out, drop_views))
		code = cc_err_set(err, CC_ENOMEM, "metrics: out of memory");
done:
	cc_buf_deinit(&key);
	return code;
}

/* What the order and the score are made of, or why there is none. */
static void note_order(cc_call *c, cc_reply *r)
{
	if (!cc_session_assist(c->session, CC_ASSIST_RANKS))
		cc_reply_add_note(r, "in the order of names: this case is played without ranks");
	else if (ev_pivot(c) == CC_TIME_NONE)
		cc_reply_add_note(r, "nothing divides before from after: `onset TIME` or the time cursor does; until then the order is that of names");
	else
		cc_reply_add_note(r, "medians before and after %s; the score is by their distance, with ^ by the farthest value after; Since: first sample after it past half of the way; few, new, gone: "
			"too few samples", ev_pivot_name(c));
}

static cc_code run_metrics(cc_call *c, cc_reply *r, cc_err *err)
{
	cc_metric_set *m = NULL;
	ev_list l;
	cc_code code = ev_list_select(&l, c, CC_TABLE_METRICS, err);
	if (code == CC_OK)
		code = views_of(c, &l, &m, err);
	if (code != CC_OK)
		goto done;
	size_t n;
	const cc_metric_row *rows = cc_cmd_metric_rows(c, m, &n);
	const char *by = cc_arg(c, "by");
	ev_list_describe(&l, c, r, by ? cc_arena_printf(c->arena, "METRICS by=%s", by).p : "METRICS");
	cc_reply_set_paging(r, n, l.page.offset, l.page.limit);
	hint_globs(c, r, n);
	cc_reply_begin_table(r, "metrics", NULL, list_columns, sizeof list_columns / sizeof list_columns[0], true);
	cc_reply_table_spans(r);
	bool folded = false, closed = false;
	for (size_t i = (size_t)l.page.offset; rows && i < n && i < l.page.offset + l.page.limit; i++) {
		folded = folded || (rows[i].folded > 1 && !rows[i].rest);
		closed = closed || rows[i].rest;
		if (rows[i].folded > 1 || rows[i].rest)
			folded_row(c, r, cc_metrics_get(m, rows[i].view), &rows[i]);
		else
			list_row(c, r, cc_metrics_get(m, rows[i].view), rows[i].below);
	}
	note_direction(r, m);
	note_order(c, r);
	const char *edge = by || cc_arg(c, "filter") || ev_pivot(c) == CC_TIME_NONE ? NULL : cc_cmd_metric_at_edge(m);
	if (edge && cc_session_assist(c->session, CC_ASSIST_RANKS))
		cc_reply_add_note(r, "most series have next to nothing %s %s: `onset TIME` divides them elsewhere", edge, ev_pivot_name(c));
	if (folded)
		cc_reply_add_note(r, "series that came or went with one object are one row; fold=no shows each");
	if (closed)
		cc_reply_add_note(r, "of each workload what changed most, and all that is notable; fold=no shows the rest in its place");
	ev_note_early_errors(c, r);
	ev_note_skipped(c, r, CC_FILE_METRICS_POD);
	ev_note_skipped(c, r, CC_FILE_METRICS_SERVICE);
done:
	ev_list_deinit(&l);
	return code;
}

static const char *const orders[] = { "change", "workload", "name", NULL };
static const char *const kinds[] = { "all", "raw", "derived", NULL };

const cc_cmd cc_cmd_metrics = {
	.name = "metrics",
	.alias = "me",
	.group = "evidence",
	.summary = "metric series, the most changed around the pivot first",
	.help = "Counters appear as rates with resets handled. The score is a robust z (Iglewicz and Hoaglin 1993): difference of the medians (by "
		"level) or of the farthest excursion and the median before (by peak), over the usual spread before - 1.4826 times the median absolute "
		"deviation -, never below 2 % of the level nor what is nothing in that unit, and smaller the fewer samples there are. That of a level is "
		"weighed by Cliff's delta (1993), how much more often a sample after lies on that side of one before than on the other: a trickle that "
		"was as high before has none. From 3 on a change is notable. A series that is new or gone has no score and comes after those above 1. Derived views: throttled share, memory and CPU against their limit, error ratio and "
		"latency quantiles from bucket increases - of calls received, of calls made, and as a mesh counted them -, restarts. A filter finds them "
		"by their own names (metrics \"memory/limit\").",
	.params = (const cc_param[]){ EV_PARAM_FILTER("name=, object=, entity=, service=, ns=, attr.LABEL=, words"),
		{ .name = "kind", .type = CC_PARAM_CHOICE, .choices = kinds, .completer = CC_COMPLETE_CHOICE, .help = "raw or derived series only" },
		{ .name = "order", .type = CC_PARAM_CHOICE, .choices = orders, .completer = CC_COMPLETE_CHOICE,
			.help = "by change; by workload, the rest of each below what changed most of it; or by name" },
		{ .name = "by", .type = CC_PARAM_WORD, .help = "bring together: workload, namespace, object or labels, separated by commas (by=workload,container)" },
		{ .name = "agg", .type = CC_PARAM_CHOICE, .choices = cc_cmd_metric_aggs, .completer = CC_COMPLETE_CHOICE,
			.help = "with by: auto sums rates, bytes and cores, averages plain numbers, takes the largest of shares and latencies" },
		{ .name = "fold", .type = CC_PARAM_BOOL, .help = "series of one object that have no before, or no after, as one row, and with order=workload the rest of each as one: yes, "
			"unless by name or by=" },
		EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_METRICS_POD) | CC_KIND_BIT(CC_FILE_METRICS_SERVICE),
	.examples = (const char *const[]){ "metrics", "metrics kind=derived limit=30", "metrics \"memory/limit\"", "metrics by=workload limit=20", "metrics fold=no", "metrics name=container_cpu_* by=workload,container agg=max", NULL },
	.reply = (const char *const[]){
		"metrics[].score    robust distance of after from before; null where nothing can be compared",
		"metrics[].object, depth  pod or service; depth 1 below the first of its workload with order=workload",
		"metrics[].by       what the score tells of: level (the medians), peak (the farthest excursion after); few, new, gone: "
			"why there is little or none",
		"metrics[].before, after  medians",
		"metrics[].max      largest value after the pivot",
		"metrics[].since    first sample after the pivot past half of the change",
		"metrics[].trend    20 slices from first to last sample, of each the value farthest from before; null = gap",
		"metrics[].name     short name: labels only where they tell series of one object apart; `metric NAME object=OBJECT` draws it",
		"metrics[].unit     of before, after, max, peak and trend: bytes, cores, s, ms, ratio, %, /s, bytes/s … (table: 34.1Mi, 3.11mcpu, 38ms); empty "
			"for a count",
		"metrics[].metric   name with all labels, or the derived view",
		"metrics[].sources  the recorded metrics it is made of",
		"metrics[].entity   entity",
		"metrics[].members  how many are brought together by by=, else null",
		"metrics[].folded   of a row that stands for series of one object that all came or all went, or for the rest of a workload: how many; "
			"`metrics object=OBJECT fold=no`, `metrics entity=ENTITY` list them. Its other cells are null",
		"metrics[].samples  points",
		"metrics[].peak     value after the pivot farthest from before",
		"metrics[].first, last  times of the first and last sample",
		"metrics[].cite     sample",
		NULL },
	.filter_table = "metrics",
	.run = run_metrics,
};
