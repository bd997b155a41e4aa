/* cmd_waterfall.c - `trace`: one trace as a waterfall, its log records at their places between the spans. */
#include "cmd/waterfall_rows.h"

#include <stdlib.h>

/* Nearly every step of a synchronous trace lies on its critical path: crit names those that take 5 % of it themselves. */
enum { CRITICAL_PARTS = 20, BUSY_POINTS = 48 };

static const cc_column fall_columns[] = {
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "status", "St", CC_CELL_TEXT, CC_ROLE_CRITICAL, 3, 255 },
	{ "code", "Code", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 0 },
	{ "name", "Span", CC_CELL_TEXT, CC_ROLE_TEXT, 30, 0 },
	{ "duration_ns", "Dur", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 0 },
	{ "bar", "Time", CC_CELL_BAR, CC_ROLE_INFO, 18, 0 },
	{ "self_ns", "Self", CC_CELL_DURATION, CC_ROLE_DIM, 7, 3 },
	{ "critical_ns", "Crit", CC_CELL_DURATION, CC_ROLE_DIM, 7, 4 },
	{ "flags", "Flags", CC_CELL_TEXT, CC_ROLE_WARNING, 8, 2 },
	{ "repeats", "x", CC_CELL_INT, CC_ROLE_WARNING, 4, 1 },
	{ "below", "Below", CC_CELL_INT, CC_ROLE_DIM, 5, 1 },
	{ "error", "Error", CC_CELL_TEXT, CC_ROLE_CRITICAL, 40, 5 },
	{ "offset_ns", "At", CC_CELL_DURATION, CC_ROLE_DIM, 7, 255 },
	{ "kind", "Kind", CC_CELL_TEXT, CC_ROLE_DIM, 8, 255 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "span", "Span id", CC_CELL_TEXT, CC_ROLE_OP, 17, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};
enum { FALL_COLUMNS = sizeof fall_columns / sizeof fall_columns[0], FALL_BAR = 5 };

typedef struct fall { cc_call *c; cc_reply *r; const cc_waterfall *w; const cc_trace *t; int64_t whole, critical_min; bool origins; } fall;

static const char *flags_of(const fall *f, const cc_waterfall_row *w)
{
	cc_str s = cc_arena_printf(f->c->arena, "%s%s%s%s", w->origin && f->origins ? "origin " : "",
		w->critical && w->critical_ns >= f->critical_min ? "crit " : "", w->orphan ? "orphan " : "", w->skew ? "skew " : "");
	return s.p ? s.p : "";
}

/* A run of equal calls reaches from the start of the first to the end of the last. */
static cc_cell bar_of(const fall *f, const fall_item *it, const cc_waterfall_row *w)
{
	double to = w->to;
	for (uint32_t i = 1; i < it->repeats; i++) {
		const cc_waterfall_row *next = cc_waterfall_get(f->w, it->row + i);
		to = next && next->to > to ? next->to : to;
	}
	cc_cell bar = cc_cell_bar(w->from, to);
	bar.i = !w->critical || w->critical_ns < f->critical_min;
	return bar;
}

static void span_row(const fall *f, const fall_item *it)
{
	const cc_snapshot *s = snap(f->c);
	const cc_waterfall_row *w = cc_waterfall_get(f->w, it->row);
	const cc_span *sp = cc_spans_get(s, w->span);
	cc_reply *r = f->r;
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	row->entity = sp->entity, row->cite = sp->cite, row->time_ns = sp->start_ns;
	row->depth = w->depth > 100 ? 100 : (int)w->depth;
	row->mark = w->error ? CC_ROLE_CRITICAL : CC_ROLE_TEXT;
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, sp->service)));
	cc_reply_cell(r, cc_cell_textz(w->error ? "ERR" : ""));
	cc_reply_cell(r, cc_cell_text(w->error ? cc_span_code(f->c, sp) : CC_STR_EMPTY));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, sp->name)));
	cc_reply_cell(r, cc_cell_duration(w->duration_ns));
	cc_reply_cell(r, bar_of(f, it, w));
	cc_reply_cell(r, cc_cell_duration(w->self_ns));
	cc_reply_cell(r, w->critical ? cc_cell_duration(w->critical_ns) : cc_cell_none());
	cc_reply_cell(r, cc_cell_text(cc_str_trim(cc_str_from(flags_of(f, w)))));
	cc_reply_cell(r, it->repeats > 1 ? cc_cell_int(it->repeats) : cc_cell_none());
	cc_reply_cell(r, it->below ? cc_cell_int(it->below) : cc_cell_none());
	cc_reply_cell(r, cc_cell_text(w->error ? ev_one_line(cc_spans_error_text(s, sp, f->c->arena), 300) : CC_STR_EMPTY));
	cc_reply_cell(r, cc_cell_duration(w->offset_ns));
	cc_reply_cell(r, cc_cell_textz(cc_span_kind_name((cc_span_kind)sp->kind)));
	cc_reply_cell(r, cc_cell_entity(sp->entity));
	cc_reply_cell(r, cc_cell_text(cc_span_text(f->c, sp->id)));
	cc_reply_cell(r, cc_cell_cite(sp->cite));
	cc_str cite = ev_cite_text(f->c, sp->cite);
	cc_reply_set_drill(r, "span %.*s", CC_STR_ARG(cite));
	cc_reply_set_op(r, cc_snapshot_sym(s, sp->service));
}

/* The pictures and times of a span stay empty, so that the message may take their room. */
static void log_row(const fall *f, const fall_item *it)
{
	const cc_snapshot *s = snap(f->c);
	const cc_logrec *l = cc_logs_get(s, it->log);
	cc_reply *r = f->r;
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	uint32_t depth = cc_waterfall_get(f->w, it->row)->depth + 1;
	row->entity = l->entity, row->cite = l->cite, row->time_ns = l->time_ns, row->mark = cc_role_of_level((cc_level)l->level);
	row->depth = depth > 100 ? 100 : (int)depth;
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(s, l->service)));
	cc_reply_cell(r, cc_cell_textz(cc_level_name((cc_level)l->level)));
	cc_reply_cell(r, cc_cell_textz("log"));
	cc_reply_cell(r, cc_cell_text(cc_trace_log_text(f->c, l)));
	for (int i = FALL_BAR - 1; i < FALL_COLUMNS - 5; i++)
		cc_reply_cell(r, cc_cell_none());
	cc_reply_cell(r, cc_cell_duration(l->time_ns - f->t->start_ns));
	cc_reply_cell(r, cc_cell_textz("log"));
	cc_reply_cell(r, cc_cell_entity(l->entity));
	cc_reply_cell(r, cc_cell_text(l->span ? cc_span_text(f->c, l->span) : CC_STR_EMPTY));
	cc_reply_cell(r, cc_cell_cite(l->cite));
	cc_str cite = ev_cite_text(f->c, l->cite);
	cc_reply_set_drill(r, "log %.*s", CC_STR_ARG(cite));
	cc_reply_set_op(r, cc_snapshot_sym(s, l->service));
}

/* The column of bars is headed by a ruler: "0 - 13ms - 26ms". */
static const cc_column *columns_of(const fall *f)
{
	cc_arena *arena = cc_reply_arena(f->r);
	cc_column *own = cc_arena_array(arena, FALL_COLUMNS, sizeof *own);
	cc_buf half = CC_BUF_INIT, end = CC_BUF_INIT;
	if (!own)
		return fall_columns;
	for (size_t i = 0; i < FALL_COLUMNS; i++)
		own[i] = fall_columns[i];
	cc_duration_format(&half, f->whole / 2);
	cc_duration_format(&end, f->whole);
	cc_str title = cc_arena_printf(arena, "0 - %.*s - %.*s", CC_STR_ARG(cc_buf_str(&half)), CC_STR_ARG(cc_buf_str(&end)));
	cc_buf_deinit(&half);
	cc_buf_deinit(&end);
	if (title.p)
		own[FALL_BAR].title = title.p;
	return own;
}

/* --- facts --- */

/* How many spans are at work in each slice of the trace: its shape at a glance, whatever its length. */
static cc_cell busy_cell(const fall *f)
{
	double *points = cc_arena_array(cc_reply_arena(f->r), BUSY_POINTS, sizeof *points);
	if (!points)
		return cc_cell_none();
	for (size_t i = 0; i < BUSY_POINTS; i++)
		points[i] = 0;
	for (size_t i = 0; i < cc_waterfall_count(f->w); i++) {
		const cc_waterfall_row *w = cc_waterfall_get(f->w, i);
		size_t from = (size_t)(w->from * (BUSY_POINTS - 1)), to = (size_t)(w->to * (BUSY_POINTS - 1));
		for (size_t k = from; k <= to && k < BUSY_POINTS; k++)
			points[k]++;
	}
	return cc_cell_spark(points, BUSY_POINTS);
}

typedef struct share { cc_sym service; int64_t ns; } share;

static int by_ns(const void *x, const void *y)
{
	const share *a = x, *b = y;
	if (a->ns != b->ns)
		return a->ns < b->ns ? 1 : -1;
	return a->service < b->service ? -1 : a->service > b->service;
}

static int by_service(const void *x, const void *y)
{
	const share *a = x, *b = y;
	return a->service < b->service ? -1 : a->service > b->service;
}

/* "checkout 61 %, payment 30 %": whose work the trace's length is made of. */
static cc_str critical_text(const fall *f)
{
	size_t n = cc_waterfall_count(f->w), services = 0;
	share *list = cc_arena_array(f->c->arena, n ? n : 1, sizeof *list);
	cc_buf b = CC_BUF_INIT;
	if (!list || f->whole <= 0)
		return CC_STR_EMPTY;
	for (size_t i = 0; i < n; i++)
		list[i] = (share){ cc_spans_get(snap(f->c), cc_waterfall_get(f->w, i)->span)->service, cc_waterfall_get(f->w, i)->critical_ns };
	qsort(list, n, sizeof *list, by_service);
	for (size_t i = 0; i < n; i++) {
		if (services && list[services - 1].service == list[i].service)
			list[services - 1].ns += list[i].ns;
		else
			list[services++] = list[i];
	}
	qsort(list, services, sizeof *list, by_ns);
	for (size_t i = 0; i < services && i < 3 && CRITICAL_PARTS * (double)list[i].ns >= (double)f->whole; i++)
		cc_buf_addf(&b, "%s%.*s %.0f %%", i ? ", " : "", CC_STR_ARG(cc_snapshot_sym(snap(f->c), list[i].service)),
			100 * (double)list[i].ns / (double)f->whole);
	cc_str text = cc_arena_dup(f->c->arena, cc_buf_str(&b));
	cc_buf_deinit(&b);
	return text.p ? text : CC_STR_EMPTY;
}

static void facts(const fall *f, const fall_rows *rows)
{
	cc_reply *r = f->r;
	cc_reply_begin_facts(r, "trace", NULL);
	cc_reply_fact(r, "start", "start", cc_cell_time(f->t->start_ns), CC_ROLE_TIME);
	cc_reply_fact(r, "duration_ns", "duration", cc_cell_duration(f->whole), CC_ROLE_TEXT);
	cc_reply_fact(r, "spans", "spans", cc_cell_int(f->t->count), CC_ROLE_TEXT);
	cc_reply_fact(r, "errors", "errors", cc_cell_int(f->t->errors), f->t->errors ? CC_ROLE_CRITICAL : CC_ROLE_TEXT);
	cc_reply_fact(r, "services", "services", cc_cell_int(f->t->services), CC_ROLE_TEXT);
	cc_reply_fact(r, "logs", "logs", cc_cell_int((int64_t)rows->logs), CC_ROLE_TEXT);
	cc_reply_fact(r, "critical", "spent in", cc_cell_text(critical_text(f)), CC_ROLE_TEXT);
	cc_reply_fact(r, "busy", "at work", busy_cell(f), CC_ROLE_DIM);
	ev_note_no_status(f->c, r);
	if (cc_waterfall_orphans(f->w) == 1)
		cc_reply_add_note(r, "1 span names a parent that was not recorded and stands as a root of its own");
	else if (cc_waterfall_orphans(f->w))
		cc_reply_add_note(r, "%zu spans name a parent that was not recorded and stand as roots of their own", cc_waterfall_orphans(f->w));
	if (cc_waterfall_skewed(f->w) == 1)
		cc_reply_add_note(r, "1 span does not fit inside its parent: clocks differ, or the work went on after the answer");
	else if (cc_waterfall_skewed(f->w))
		cc_reply_add_note(r, "%zu spans do not fit inside their parent: clocks differ, or the work went on after the answer", cc_waterfall_skewed(f->w));
	if (rows->folded)
		cc_reply_add_note(r, "%zu equal calls in a row are folded into the first of them (x); repeats=shown shows each", rows->folded);
}

/* --- the command --- */

static cc_code row_under(cc_call *c, const cc_waterfall *w, uint32_t *out, cc_err *err)
{
	size_t span;
	*out = 0;
	if (!cc_arg(c, "under"))
		return CC_OK;
	cc_code code = ev_row_of_cite(c, CC_TABLE_SPANS, "under", &span, err);
	for (uint32_t i = 0; code == CC_OK && i < cc_waterfall_count(w); i++) {
		if (cc_waterfall_get(w, i)->span == span) {
			*out = i;
			return CC_OK;
		}
	}
	return code != CC_OK ? code : cc_err_set(err, CC_EUNKNOWN, "trace: %s is a span of another trace", cc_arg(c, "under"));
}

/* "cart,currency": every one must have spans somewhere, else a slip of the pen would show all. */
static cc_code hidden_services(cc_call *c, fall_choice *choice, cc_err *err)
{
	enum { MOST = 64 };
	cc_str rest = cc_str_from(cc_arg(c, "hide")), name;
	cc_sym *list = cc_arena_array(c->arena, MOST, sizeof *list);
	for (choice->hidden = list; list && rest.n > 0 && choice->hidden_count < MOST;) {
		cc_str_cut(rest, ',', &name, &rest);
		cc_sym sym = cc_snapshot_sym_find(snap(c), cc_str_trim(name));
		if (!sym) {
			cc_err_set(err, CC_EUNKNOWN, "trace: no service is called '%.*s'", CC_STR_ARG(name));
			return cc_err_hint(err, "hide=cart,currency takes names as the Service column has them");
		}
		list[choice->hidden_count++] = sym;
	}
	return list ? CC_OK : cc_err_set(err, CC_ENOMEM, "trace: out of memory");
}

static bool is_choice(const cc_call *c, const char *param, char letter)
{
	const char *text = cc_arg(c, param);
	return text && text[0] == letter;
}

static void log_table(const fall *f, const fall_rows *rows)
{
	static const cc_column columns[] = { { "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 }, { "level", "Level", CC_CELL_TEXT, CC_ROLE_TEXT, 5, 0 },
		{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 }, { "message", "Message", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
		{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 } };
	const cc_snapshot *s = snap(f->c);
	cc_reply_begin_table(f->r, "logs", rows->logs ? "Logs of this trace" : NULL, columns, 5, false);
	for (size_t i = 0, n = 0; i < rows->items.n && n < CC_REPLY_PAGE; i++) {
		const cc_logrec *l = rows->items.p[i].log == FALL_NONE ? NULL : cc_logs_get(s, rows->items.p[i].log);
		cc_row *row = l ? cc_reply_row(f->r) : NULL;
		if (!row)
			continue;
		n++;
		row->entity = l->entity, row->cite = l->cite, row->time_ns = l->time_ns, row->mark = cc_role_of_level((cc_level)l->level);
		cc_reply_cell(f->r, cc_cell_time(l->time_ns));
		cc_reply_cell(f->r, cc_cell_textz(cc_level_name((cc_level)l->level)));
		cc_reply_cell(f->r, cc_cell_text(cc_snapshot_sym(s, l->service)));
		cc_reply_cell(f->r, cc_cell_text(cc_trace_log_text(f->c, l)));
		cc_reply_cell(f->r, cc_cell_cite(l->cite));
		cc_str cite = ev_cite_text(f->c, l->cite);
		cc_reply_set_drill(f->r, "log %.*s", CC_STR_ARG(cite));
	}
}

static void span_table(const fall *f, const fall_rows *rows, bool inline_logs)
{
	cc_page page = cc_call_page(f->c);
	size_t n = 0;
	cc_reply_begin_table(f->r, "spans", NULL, columns_of(f), FALL_COLUMNS, true);
	for (size_t i = 0; i < rows->items.n; i++) {
		const fall_item *it = &rows->items.p[i];
		if (it->log != FALL_NONE && !inline_logs)
			continue;
		if (n >= page.offset && n < page.offset + page.limit) {
			if (it->log != FALL_NONE)
				log_row(f, it);
			else
				span_row(f, it);
		}
		n++;
	}
	cc_reply_set_paging(f->r, n, page.offset, page.limit);
}

static void describe(const fall *f)
{
	const char *show = cc_arg(f->c, "show");
	cc_str id = cc_trace_text(f->c, f->t->id);
	cc_reply_set_title(f->r, "TRACE %.*s%s", CC_STR_ARG(id), is_choice(f->c, "show", 'c') ? " | critical path" :
		is_choice(f->c, "show", 'e') ? " | errors" : "");
	cc_reply_set_empty(f->r, show && show[0] == 'e' ? "no span of this trace failed" : "no span of this trace fits");
}

static fall_choice choice_of(cc_call *c)
{
	return (fall_choice){ .show = is_choice(c, "show", 'c') ? 'c' : is_choice(c, "show", 'e') ? 'e' : 'a',
		.depth = (uint32_t)cc_arg_int(c, "depth", UINT32_MAX), .fold_repeats = !is_choice(c, "repeats", 's'), .logs = !is_choice(c, "logs", 'n') };
}

static void fill(fall *f, const fall_rows *rows)
{
	bool below = is_choice(f->c, "logs", 'b');
	describe(f);
	facts(f, rows);
	span_table(f, rows, !below);
	if (below)
		log_table(f, rows);
}

static cc_code run_trace(cc_call *c, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	cc_waterfall *w = NULL;
	fall_rows rows = { 0 };
	size_t i;
	fall_choice choice = choice_of(c);
	cc_code code = cc_traces_find(s, cc_str_from(cc_arg(c, "trace")), &i, err);
	if (code == CC_OK)
		code = cc_waterfall_build(&w, s, i, err);
	if (code == CC_OK)
		code = row_under(c, w, &choice.under, err);
	if (code == CC_OK)
		code = hidden_services(c, &choice, err);
	fall f = { .c = c, .r = r, .w = w, .origins = cc_session_assist(c->session, CC_ASSIST_ORIGIN) };
	if (code == CC_OK) {
		f.t = cc_traces_get(s, i);
		f.whole = cc_waterfall_duration(w);
		f.critical_min = choice.critical_min_ns = f.whole / CRITICAL_PARTS;
		code = cc_fall_rows(&rows, s, i, w, &choice);
	}
	if (code == CC_OK)
		fill(&f, &rows);
	cc_fall_rows_deinit(&rows);
	cc_waterfall_free(w);
	return code;
}

static const char *const shows[] = { "all", "critical", "errors", NULL }, *const log_places[] = { "inline", "below", "none", NULL },
	*const repeat_ways[] = { "folded", "shown", NULL };

const cc_cmd cc_cmd_trace = {
	.name = "trace",
	.alias = "wf",
	.group = "evidence",
	.summary = "one trace as a waterfall, with its logs",
	.help = "Flags: origin marks a failing span none of whose children fails: the error began there. crit marks the spans in which "
		"the critical path spends at least 5 % of the trace; the path is found as Jaeger does: from the end of a span backwards, the child "
		"that finished last held it up, then whoever finished before that one began. orphan: its parent was not recorded. skew: it does "
		"not fit inside its parent. Log records stand where they were written: below the span they name, else below the innermost one of "
		"their service. Equal calls in a row count as one line with their number under x. What part of the trace is shown is free once "
		"the trace was asked for.",
	.params = (const cc_param[]){ { .name = "trace", .type = CC_PARAM_WORD, .required = true, .positional = true, .completer = CC_COMPLETE_TRACE,
					.help = "trace id, or its first 4 or more digits" },
		{ .name = "show", .type = CC_PARAM_CHOICE, .choices = shows, .completer = CC_COMPLETE_CHOICE, .part = CC_PART_PLACE,
			.help = "all (default); critical, errors: these spans and what is above them" },
		{ .name = "logs", .type = CC_PARAM_CHOICE, .choices = log_places, .completer = CC_COMPLETE_CHOICE, .part = CC_PART_PLACE,
			.help = "inline (default), below in a table of their own, none" },
		{ .name = "repeats", .type = CC_PARAM_CHOICE, .choices = repeat_ways, .completer = CC_COMPLETE_CHOICE, .part = CC_PART_PLACE,
			.help = "folded (default): 4 or more equal calls in a row as one; shown" },
		{ .name = "depth", .type = CC_PARAM_INT, .min = 0, .max = 1000000, .part = CC_PART_PLACE, .help = "levels below the root; what is left out is counted" },
		{ .name = "under", .type = CC_PARAM_CITE, .part = CC_PART_PLACE, .help = "only the span with this citation and what is below it" },
		{ .name = "hide", .type = CC_PARAM_WORD, .part = CC_PART_PLACE, .help = "services whose spans are left out, separated by commas; what they call stays" }, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES) | CC_KIND_BIT(CC_FILE_LOGS),
	.examples = NULL,
	.reply = (const char *const[]){ "trace      facts: start, duration_ns, spans, errors, services, logs, critical (services by share of the critical path),",
		"    busy (spans at work over the trace)",
		"spans[]    service, depth, status (ERR or empty; of a log its level), code (how it failed, log), name (of a log its message),",
		"    duration_ns, bar {from,to}, self_ns, critical_ns, flags, repeats, below (spans left out below it), error, offset_ns,",
		"    kind (Server, Client ... or log), entity, span (id), cite",
		"logs[]     with logs=below: time, level, service, message, cite: records that carry this trace id", NULL },
	.run = run_trace,
};
