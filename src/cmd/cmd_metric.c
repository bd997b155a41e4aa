/* cmd_metric.c - `metric` draws one or a few metrics over time and says what stands behind them. */
#include "cmd/evidence.h"

#include <math.h>
#include "cmd/metric_build.h"
#include "coldcase/entity.h"

enum { STACK = 4, DRAWN_MAX = 16, NAMES_MAX = 8, SOURCES_MAX = 12 };

/* What was asked for. Without names: what changed most. */
typedef struct question {
	cc_str names[NAMES_MAX];
	size_t name_count;
	cc_sym metrics[NAMES_MAX];
	bool recorded;           /* all names are of recorded metrics: `metrics` */
	const char *object;
	cc_entity_id entity;     /* 0 = any */
	cc_page page;
} question;

typedef CC_VEC(const cc_metric_view *) view_vec;

/* Names are parted by commas outside braces: cpu{a="b",c="d"},memory. */
static cc_code split_names(question *q, cc_str text, cc_err *err)
{
	size_t begin = 0;
	bool braces = false, quotes = false;
	for (size_t i = 0; i <= text.n; i++) {
		char ch = i < text.n ? text.p[i] : ',';
		if (quotes && ch == '\\')
			i++;
		else if (ch == '"' && i < text.n)
			quotes = !quotes;
		else if (!quotes && (ch == '{' || ch == '}'))
			braces = ch == '{';
		if (i < text.n && (ch != ',' || braces || quotes))
			continue;
		cc_str name = cc_str_trim(cc_str_sub(text, begin, i < text.n ? i : text.n));
		begin = i + 1;
		if (name.n && q->name_count == NAMES_MAX)
			return cc_err_set(err, CC_EUSAGE, "metric: at most %d names at once", NAMES_MAX);
		if (name.n)
			q->names[q->name_count++] = name;
	}
	return CC_OK;
}

/* The pods of one workload: its own, whichever of them was named. */
static cc_entity_id whole_of(const cc_snapshot *s, cc_entity_id id)
{
	const cc_entity *e = cc_entity_get(s, id);
	return e && e->workload ? e->workload : id;
}

static cc_code read_question(cc_call *c, question *q, cc_err *err)
{
	cc_code code = cc_arg_entity(c, "entity", &q->entity, err);
	q->object = cc_arg(c, "object");
	q->page = cc_call_page(c);
	if (code == CC_OK && !q->entity && !q->object)
		q->entity = ev_focus(c);
	if (cc_arg_bool(c, "siblings", false) && q->entity)
		q->entity = whole_of(snap(c), q->entity);
	if (code == CC_OK)
		code = split_names(q, cc_str_from(cc_arg(c, "metric")), err);
	if (!q->name_count && !cc_arg_given(c, "limit"))
		q->page.limit = STACK;
	return code;
}

/* Whether all names are recorded metrics, with or without labels: then nothing has to be derived. */
static bool names_are_recorded(const cc_call *c, question *q)
{
	for (size_t i = 0; i < q->name_count; i++) {
		size_t brace = cc_str_find_char(q->names[i], '{');
		cc_str bare = cc_str_trim(cc_str_sub(q->names[i], 0, brace == CC_STR_NONE ? q->names[i].n : brace));
		q->metrics[i] = cc_snapshot_sym_find(snap(c), bare);
		size_t k = 0, n = q->metrics[i] == CC_SYM_NONE ? 0 : cc_series_count(snap(c));
		while (k < n && cc_series_get(snap(c), k)->metric != q->metrics[i])
			k++;
		if (k == n)
			return false;
	}
	return q->name_count > 0;
}

static bool is_asked(const question *q, cc_sym metric)
{
	for (size_t i = 0; i < q->name_count && q->recorded; i++)
		if (q->metrics[i] == metric)
			return true;
	return !q->recorded;
}

/* Only the series that can be meant are made into views. */
static cc_code select_rows(const cc_call *c, question *q, cc_index_vec *rows)
{
	q->recorded = names_are_recorded(c, q);
	for (size_t i = 0; i < cc_series_count(snap(c)); i++) {
		const cc_series *se = cc_series_get(snap(c), i);
		if ((q->object && !cc_str_eqz(cc_snapshot_sym(snap(c), se->object), q->object)) ||
			!is_asked(q, se->metric) || (q->entity && !(se->entity && cc_entity_covers(snap(c), q->entity, se->entity))))
			continue;
		if (!cc_vec_push(rows, (uint32_t)i))
			return CC_ENOMEM;
	}
	return CC_OK;
}

/* In the order of the names asked for; one name may be called by several series. */
static cc_code choose(const cc_call *c, const question *q, const cc_metric_set *m, view_vec *out)
{
	for (size_t k = 0; k < (q->name_count ? q->name_count : 1); k++)
		for (size_t i = 0; i < cc_metrics_count(m); i++) {
			const cc_metric_view *v = cc_metrics_get(m, i);
			if ((!q->name_count || cc_metric_is_called(snap(c), v, q->names[k])) && !cc_vec_push(out, v))
				return CC_ENOMEM;
		}
	return CC_OK;
}

/* What by= makes of the views chosen. */
static cc_code group_chosen(cc_call *c, view_vec *views, cc_metric_set **grouped, cc_err *err)
{
	cc_code code = cc_cmd_metric_group(c, views->p, views->n, grouped, err);
	views->n = 0;
	for (size_t i = 0; code == CC_OK && i < cc_metrics_count(*grouped); i++)
		if (!cc_vec_push(views, cc_metrics_get(*grouped, i)))
			code = CC_ENOMEM;
	return code;
}

/* --- what is shown --- */

static const cc_column series_columns[] = {
	{ "series", "Series", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "score", "Score", CC_CELL_QUANTITY, CC_ROLE_CHANGED, 6, 3 },
	{ "by", "By", CC_CELL_TEXT, CC_ROLE_DIM, 5, 4 },
	{ "before", "Before", CC_CELL_QUANTITY, CC_ROLE_DIM, 8, 0 },
	{ "after", "After", CC_CELL_QUANTITY, CC_ROLE_TEXT, 8, 0 },
	{ "min", "Min", CC_CELL_QUANTITY, CC_ROLE_TEXT, 8, 1 },
	{ "max", "Max", CC_CELL_QUANTITY, CC_ROLE_TEXT, 8, 0 },
	{ "last", "Last", CC_CELL_QUANTITY, CC_ROLE_TEXT, 8, 1 },
	{ "samples", "N", CC_CELL_INT, CC_ROLE_DIM, 5, 2 },
	{ "interval_ns", "Every", CC_CELL_DURATION, CC_ROLE_DIM, 6, 2 },
	{ "since", "Since", CC_CELL_TIME, CC_ROLE_TIME, 9, 5 },
	{ "object", "Of", CC_CELL_TEXT, CC_ROLE_ENTITY, 28, 255 },
	{ "unit", "Unit", CC_CELL_TEXT, CC_ROLE_DIM, 6, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 40, 255 },
};

static void series_row(cc_call *c, cc_reply *r, const cc_metric_view *v)
{
	double lo = NAN, hi = NAN;
	cc_buf name = CC_BUF_INIT;
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	for (size_t i = 0; i < v->count; i++) {
		lo = !(lo <= v->points[i].value) ? v->points[i].value : lo;
		hi = !(hi >= v->points[i].value) ? v->points[i].value : hi;
	}
	const cc_change_score *change = &v->change;
	bool ranks = cc_session_assist(c->session, CC_ASSIST_RANKS);
	bool scored = ranks && (change->kind == CC_SHIFT_LEVEL || change->kind == CC_SHIFT_PEAK || change->kind == CC_SHIFT_FEW);
	row->entity = v->entity, row->cite = v->cite;
	row->time_ns = change->since_ns != CC_TIME_NONE ? change->since_ns : v->count ? v->points[v->count - 1].time_ns : CC_TIME_NONE;
	cc_metric_short_name(snap(c), v, &name);
	cc_str object = cc_snapshot_sym(snap(c), v->object);
	cc_reply_cell(r, cc_cell_text(cc_arena_printf(c->arena, "%.*s %.*s", CC_STR_ARG(object), CC_STR_ARG(cc_buf_str(&name)))));
	cc_reply_cell(r, scored ? cc_cell_quantity(change->score, CC_STR_EMPTY) : cc_cell_none());
	cc_reply_cell(r, ranks && change->kind ? cc_cell_textz(cc_shift_kind_name(change->kind)) : cc_cell_none());
	cc_reply_cell(r, cc_cell_quantity(change->before, v->unit));
	cc_reply_cell(r, cc_cell_quantity(change->after, v->unit));
	cc_reply_cell(r, cc_cell_quantity(lo, v->unit));
	cc_reply_cell(r, cc_cell_quantity(hi, v->unit));
	cc_reply_cell(r, cc_cell_quantity(v->count ? v->points[v->count - 1].value : NAN, v->unit));
	cc_reply_cell(r, cc_cell_int((int64_t)v->count));
	cc_reply_cell(r, cc_cell_duration(cc_sample_interval(v->points, v->count)));
	cc_reply_cell(r, cc_cell_time(change->since_ns));
	cc_reply_cell(r, cc_cell_text(object));
	cc_reply_cell(r, cc_cell_text(v->unit));
	cc_reply_cell(r, cc_cell_cite(v->cite));
	cc_reply_set_drill(r, "show %.*s", CC_STR_ARG(ev_cite_text(c, v->cite)));
	cc_reply_set_op(r, cc_buf_str(&name));
	cc_buf_deinit(&name);
}

static const cc_column source_columns[] = {
	{ "metric", "Metric", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "samples", "N", CC_CELL_INT, CC_ROLE_DIM, 5, 1 },
	{ "cite", "First sample", CC_CELL_CITE, CC_ROLE_DIM, 40, 2 },
};

/* A derived view stands on recorded series: each can be opened and pinned. */
static void source_table(cc_call *c, cc_reply *r, const cc_metric_view *v)
{
	cc_buf name = CC_BUF_INIT, quoted = CC_BUF_INIT;
	if (v->kind <= CC_METRIC_RATE && !v->members)
		return;
	cc_reply_begin_table(r, "sources", "Derived from", source_columns, sizeof source_columns / sizeof *source_columns, false);
	for (uint32_t i = 0; i < v->series_count && i < SOURCES_MAX; i++) {
		const cc_series *se = cc_series_get(snap(c), v->sources[i]);
		cc_row *row = cc_reply_row(r);
		if (!row)
			break;
		row->entity = se->entity;
		row->cite = (cc_cite){ se->file, se->count ? se->records[0] : 0 };
		cc_buf_clear(&name);
		cc_buf_clear(&quoted);
		cc_series_format(snap(c), se, &name);
		cc_reply_cell(r, cc_cell_text(cc_buf_str(&name)));
		cc_reply_cell(r, cc_cell_int((int64_t)se->count));
		cc_reply_cell(r, cc_cell_cite(row->cite));
		cc_cmd_quote(&quoted, cc_buf_str(&name));
		cc_buf_addz(&quoted, " object=");
		cc_cmd_quote(&quoted, cc_snapshot_sym(snap(c), se->object));
		if (cc_metric_is_drawable(snap(c), v->sources[i]))
			cc_reply_set_drill(r, "metric %.*s", CC_STR_ARG(cc_buf_str(&quoted)));
	}
	if (v->series_count > SOURCES_MAX)
		cc_reply_add_note(r, "derived from %u series; the first %d are listed", (unsigned)v->series_count, SOURCES_MAX);
	cc_buf_deinit(&name);
	cc_buf_deinit(&quoted);
}

static void set_title(const cc_call *c, cc_reply *r, const question *q)
{
	if (q->name_count)
		cc_reply_set_title(r, "METRIC %s", cc_arg(c, "metric"));
	else
		cc_reply_set_title(r, cc_session_assist(c->session, CC_ASSIST_RANKS) ? "METRIC what changed most" : "METRIC the first by name");
	cc_reply_set_empty(r, q->name_count ? "others have this metric, not this one; all=yes looks past the focus, `metrics` lists them" :
		"it has no metrics; all=yes looks past the focus");
}

static cc_code show(cc_call *c, cc_reply *r, const question *q, const view_vec *views, cc_err *err)
{
	size_t from = q->page.offset < views->n ? (size_t)q->page.offset : views->n;
	size_t n = views->n - from < q->page.limit ? views->n - from : (size_t)q->page.limit, drawn = n < DRAWN_MAX ? n : DRAWN_MAX;
	const cc_metric_view *const *page = views->p + from;
	const cc_metric_marks *marks = NULL;
	bool multiples = q->name_count == 1 && n > 1;
	for (size_t i = 1; i < n; i++)
		multiples = multiples && cc_str_eq(page[i]->unit, page[0]->unit);
	cc_code code = n ? cc_cmd_metric_marks(c, page, drawn, &marks, err) : CC_OK;
	if (code == CC_OK && n)
		code = cc_cmd_metric_chart(c, r, page, drawn, multiples, marks);
	if (code != CC_OK)
		return code;
	cc_reply_begin_table(r, "series", NULL, series_columns, sizeof series_columns / sizeof *series_columns, true);
	cc_reply_table_spans(r);
	for (size_t i = 0; i < n; i++)
		series_row(c, r, page[i]);
	cc_reply_set_paging(r, views->n, q->page.offset, q->page.limit);
	if (n)
		cc_cmd_metric_mark_table(r, marks);
	if (n == 1)
		source_table(c, r, page[0]);
	if (n > drawn || (!multiples && n > STACK))
		cc_reply_add_note(r, "%zu series fit; the first %d are drawn on a screen", views->n, multiples ? DRAWN_MAX : STACK);
	return CC_OK;
}

/* The name exists, but not of this object, entity or focus: an answer, and no error. */
static cc_code none_here(cc_call *c, const question *q, cc_err *err)
{
	cc_metric_set *m = NULL;
	view_vec any = { 0 };
	cc_code code = cc_cmd_metric_build(c, NULL, NULL, &m, err);
	if (code == CC_OK)
		code = choose(c, q, m, &any);
	if (code == CC_OK && !any.n && q->name_count)
		code = cc_cmd_metric_unknown(m, q->names[0], err);
	cc_vec_deinit(&any);
	cc_metrics_free(m);
	return code;
}

static cc_code run_metric(cc_call *c, cc_reply *r, cc_err *err)
{
	question q = { 0 };
	cc_metric_set *m = NULL, *grouped = NULL;
	cc_index_vec rows = { 0 };
	view_vec views = { 0 };
	cc_code code = read_question(c, &q, err);
	if (code == CC_OK)
		code = select_rows(c, &q, &rows);
	if (code == CC_OK)
		code = cc_cmd_metric_build(c, &rows, NULL, &m, err);
	if (code == CC_OK)
		code = choose(c, &q, m, &views);
	if (code == CC_OK && !views.n)
		code = none_here(c, &q, err);
	if (code == CC_OK && views.n && cc_arg_given(c, "by"))
		code = group_chosen(c, &views, &grouped, err);
	set_title(c, r, &q);
	if (code == CC_OK)
		code = show(c, r, &q, &views, err);
	cc_vec_deinit(&views);
	cc_vec_deinit(&rows);
	cc_metrics_free(grouped);
	cc_metrics_free(m);
	return code;
}

const cc_cmd cc_cmd_metric = {
	.name = "metric",
	.alias = "mc",
	.group = "evidence",
	.summary = "metrics over time: chart, extremes, before and after, what happened meanwhile",
	.help = "One name draws one chart, or the same metric of several pods side by side with one scale. Several names, separated by commas, are "
		"stacked over one time axis; without a name the four series that changed most are. Below: the alerts and changes of what is drawn, "
		"and the recorded series a derived one is made of.",
	.params = (const cc_param[]){ { .name = "metric", .type = CC_PARAM_WORD, .positional = true, .completer = CC_COMPLETE_METRIC,
					.help = "its name, with all, some or no labels, or a derived view's, as `metrics` shows it; several with commas" },
		{ .name = "object", .type = CC_PARAM_WORD, .help = "pod or service, exactly" },
		{ .name = "entity", .type = CC_PARAM_ENTITY, .completer = CC_COMPLETE_ENTITY, .help = "whose" },
		{ .name = "siblings", .type = CC_PARAM_BOOL, .help = "of all pods of the entity's workload" },
		{ .name = "by", .type = CC_PARAM_WORD, .help = "bring together, as in `metrics`: workload, namespace, object, labels" },
		{ .name = "agg", .type = CC_PARAM_CHOICE, .choices = cc_cmd_metric_aggs, .completer = CC_COMPLETE_CHOICE, .help = "with by" }, EV_PARAM_ALL, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_METRICS_POD) | CC_KIND_BIT(CC_FILE_METRICS_SERVICE) | CC_KIND_BIT(CC_FILE_ALERTS) | CC_KIND_BIT(CC_FILE_OBJECTS),
	.examples = (const char *const[]){ "metric container_cpu_usage_seconds_total", "metric entity=shipping", "metric container_memory_working_set_bytes by=workload limit=8",
		"metric \"error ratio,latency p95\" object=shipping", NULL },
	.reply = (const char *const[]){
		"chart[]   name, unit, samples (recorded; more than the points where only extremes are kept), interval_ns, "
			"points [[time, value]], resets (when its counter began again), levels [{label, value}] (limit, request)",
		"series[].series    object and name",
		"series[].score, by  as in metrics",
		"series[].before, after  medians",
		"series[].min, max, last  extremes and the last value",
		"series[].samples   points",
		"series[].interval_ns  usual distance of samples",
		"series[].since     first sample past half of the change",
		"series[].object    pod or service",
		"series[].unit      of its values, as in `metrics`",
		"series[].cite      sample",
		"marks[]   time, until, kind (alert, change), text, entity, cite: what else happened",
		"sources[] metric, samples, cite: what a derived view is made of",
		NULL },
	.run = run_metric,
};
