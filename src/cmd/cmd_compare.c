/* cmd_compare.c - `compare`: a trace beside a healthy one of its kind: the same tree, what each span took in both, spans that
 * only one has, and what their attributes say differently. */
#include "cmd/trace_words.h"

#include <stdlib.h>

enum { NONE = UINT32_MAX, ATTRIBUTE_PAIRS = 300, ATTRIBUTE_ROWS = 60 };

static const cc_column columns[] = {
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 0, 0 },
	{ "only", "Only", CC_CELL_TEXT, CC_ROLE_WARNING, 5, 0 },
	{ "code", "Code", CC_CELL_TEXT, CC_ROLE_TEXT, 8, 3 },
	{ "name", "Span", CC_CELL_TEXT, CC_ROLE_TEXT, 20, 0 },
	{ "duration_ns", "Dur", CC_CELL_DURATION, CC_ROLE_TEXT, 7, 0 },
	{ "healthy_ns", "Healthy", CC_CELL_DURATION, CC_ROLE_DIM, 7, 0 },
	{ "delta_ns", "Longer", CC_CELL_DURATION, CC_ROLE_CHANGED, 8, 2 },
	{ "self_ns", "Self", CC_CELL_DURATION, CC_ROLE_DIM, 7, 4 },
	{ "self_delta_ns", "Itself", CC_CELL_DURATION, CC_ROLE_CHANGED, 8, 1 },
	{ "error", "Error", CC_CELL_TEXT, CC_ROLE_CRITICAL, 40, 4 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
	{ "healthy_cite", "Healthy", CC_CELL_CITE, CC_ROLE_DIM, 26, 255 },
};

typedef struct sides {
	cc_call *c;
	cc_reply *r;
	size_t trace[2];         /* the one asked for, the healthy one */
	cc_waterfall *w[2];
	cc_trace_pair_vec pairs;
	int64_t notable_ns;      /* a twentieth of the longer trace: what is more stands out */
} sides;

static const cc_waterfall_row *row_of(const sides *d, const cc_trace_pair *p, int side)
{
	return cc_waterfall_get(d->w[side], side ? p->there : p->here);
}

static const cc_span *span_of(const sides *d, const cc_trace_pair *p, int side)
{
	const cc_waterfall_row *w = row_of(d, p, side);
	return w ? cc_spans_get(snap(d->c), w->span) : NULL;
}

static void delta_cell(cc_reply *r, const cc_waterfall_row *a, const cc_waterfall_row *b, bool self)
{
	if (!a || !b)
		cc_reply_cell(r, cc_cell_none());
	else
		cc_reply_cell(r, cc_cell_duration(self ? a->self_ns - b->self_ns : a->duration_ns - b->duration_ns));
}

/* As the span here says it; empty where there is none that failed. */
typedef struct failure { cc_str code, text; } failure;

static failure failure_of(const sides *d, const cc_trace_pair *p)
{
	const cc_waterfall_row *w = row_of(d, p, 0);
	const cc_span *sp = w && w->error ? cc_spans_get(snap(d->c), w->span) : NULL;
	if (!sp)
		return (failure){ CC_STR_EMPTY, CC_STR_EMPTY };
	return (failure){ cc_span_code(d->c, sp), ev_one_line(cc_spans_error_text(snap(d->c), sp, d->c->arena), 300) };
}

static void pair_row(const sides *d, const cc_trace_pair *p)
{
	const cc_snapshot *s = snap(d->c);
	const cc_waterfall_row *a = row_of(d, p, 0), *b = row_of(d, p, 1);
	const cc_span *here = span_of(d, p, 0), *there = span_of(d, p, 1), *sp = here ? here : there;
	cc_row *row = sp ? cc_reply_row(d->r) : NULL;
	if (!row)
		return;
	failure why = failure_of(d, p);
	bool failed = a && a->error, slower = a && b && a->self_ns - b->self_ns >= d->notable_ns;
	row->entity = sp->entity, row->cite = sp->cite, row->time_ns = sp->start_ns, row->depth = p->depth > 100 ? 100 : (int)p->depth;
	row->mark = failed ? CC_ROLE_CRITICAL : !a || !b || slower ? CC_ROLE_WARNING : CC_ROLE_TEXT;
	cc_reply_cell(d->r, cc_cell_text(cc_snapshot_sym(s, sp->service)));
	cc_reply_cell(d->r, cc_cell_textz(!b ? "here" : !a ? "there" : ""));
	cc_reply_cell(d->r, cc_cell_text(why.code));
	cc_reply_cell(d->r, cc_cell_text(cc_snapshot_sym(s, sp->name)));
	cc_reply_cell(d->r, a ? cc_cell_duration(a->duration_ns) : cc_cell_none());
	cc_reply_cell(d->r, b ? cc_cell_duration(b->duration_ns) : cc_cell_none());
	delta_cell(d->r, a, b, false);
	cc_reply_cell(d->r, a ? cc_cell_duration(a->self_ns) : cc_cell_none());
	delta_cell(d->r, a, b, true);
	cc_reply_cell(d->r, cc_cell_text(why.text));
	cc_reply_cell(d->r, cc_cell_entity(sp->entity));
	cc_reply_cell(d->r, here ? cc_cell_cite(here->cite) : cc_cell_none());
	cc_reply_cell(d->r, there ? cc_cell_cite(there->cite) : cc_cell_none());
	cc_str cite = ev_cite_text(d->c, sp->cite);
	cc_reply_set_drill(d->r, "span %.*s", CC_STR_ARG(cite));
	cc_reply_set_op(d->r, cc_snapshot_sym(s, sp->service));
}

/* --- attributes --- */

/* One difference, and how many pairs of spans have it. */
typedef struct difference { cc_str service, key, here, there; uint32_t spans; } difference;
typedef CC_VEC(difference) difference_vec;

/* What differs between any two requests says nothing of these two. */
static bool tells_little(cc_str key)
{
	static const char *const parts[] = { ".id", "_id", "thread", "port", "uid", "user_agent", "start_time", "socket", "message_id", "request_id" };
	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
		if (cc_str_find(key, cc_str_from(parts[i])) != CC_STR_NONE)
			return true;
	return false;
}

static cc_str value_of(const cc_kv_vec *kv, cc_str key)
{
	for (size_t i = 0; i < kv->n; i++)
		if (cc_str_eq(kv->p[i].key, key))
			return kv->p[i].value;
	return CC_STR_EMPTY;
}

static bool note_difference(difference_vec *list, cc_str service, cc_str key, cc_str here, cc_str there)
{
	if (cc_str_eq(here, there) || tells_little(key))
		return true;
	for (size_t i = 0; i < list->n; i++) {
		difference *d = &list->p[i];
		if (cc_str_eq(d->service, service) && cc_str_eq(d->key, key) && cc_str_eq(d->here, here) && cc_str_eq(d->there, there)) {
			d->spans++;
			return true;
		}
	}
	difference fresh = { service, key, here, there, 1 };
	return list->n >= ATTRIBUTE_ROWS * 8 || cc_vec_push(list, fresh);
}

static bool differ(const sides *d, const cc_span *here, const cc_span *there, char which, difference_vec *out)
{
	cc_kv_vec kv[2] = { { 0 }, { 0 } };
	cc_str service = cc_snapshot_sym(snap(d->c), here->service);
	bool ok = true;
	cc_spans_attrs(snap(d->c), here, which, &kv[0], d->c->arena);
	cc_spans_attrs(snap(d->c), there, which, &kv[1], d->c->arena);
	for (size_t i = 0; i < kv[0].n && ok; i++)
		ok = note_difference(out, service, kv[0].p[i].key, kv[0].p[i].value, value_of(&kv[1], kv[0].p[i].key));
	for (size_t i = 0; i < kv[1].n && ok; i++)
		if (!value_of(&kv[0], kv[1].p[i].key).n)
			ok = note_difference(out, service, kv[1].p[i].key, CC_STR_EMPTY, kv[1].p[i].value);
	cc_vec_deinit(&kv[0]);
	cc_vec_deinit(&kv[1]);
	return ok;
}

static int by_spans(const void *x, const void *y)
{
	const difference *a = x, *b = y;
	if (a->spans != b->spans)
		return a->spans < b->spans ? 1 : -1;
	int order = cc_str_cmp(a->service, b->service);
	return order ? order : cc_str_cmp(a->key, b->key) ? cc_str_cmp(a->key, b->key) : cc_str_cmp(a->here, b->here);
}

static cc_code attribute_table(const sides *d)
{
	static const cc_column attribute_columns[] = { { "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
		{ "key", "Attribute", CC_CELL_TEXT, CC_ROLE_DIM, 26, 0 }, { "here", "Here", CC_CELL_TEXT, CC_ROLE_CHANGED, 0, 0 },
		{ "healthy", "Healthy", CC_CELL_TEXT, CC_ROLE_TEXT, 24, 0 }, { "spans", "Spans", CC_CELL_INT, CC_ROLE_DIM, 5, 1 } };
	difference_vec list = { 0 };
	bool ok = true;
	for (size_t i = 0, pairs = 0; i < d->pairs.n && ok && pairs < ATTRIBUTE_PAIRS; i++) {
		const cc_span *here = span_of(d, &d->pairs.p[i], 0), *there = span_of(d, &d->pairs.p[i], 1);
		if (!here || !there)
			continue;
		pairs++;
		ok = differ(d, here, there, 's', &list) && differ(d, here, there, 'r', &list);
	}
	if (list.n > 1)
		qsort(list.p, list.n, sizeof *list.p, by_spans);
	cc_reply_begin_table(d->r, "attributes", list.n ? "What attributes say differently" : NULL, attribute_columns, 5, false);
	for (size_t i = 0; i < list.n && i < ATTRIBUTE_ROWS && cc_reply_row(d->r); i++) {
		cc_reply_cell(d->r, cc_cell_text(list.p[i].service));
		cc_reply_cell(d->r, cc_cell_text(list.p[i].key));
		cc_reply_cell(d->r, cc_cell_text(ev_one_line(list.p[i].here, 200)));
		cc_reply_cell(d->r, cc_cell_text(ev_one_line(list.p[i].there, 200)));
		cc_reply_cell(d->r, cc_cell_int(list.p[i].spans));
	}
	cc_vec_deinit(&list);
	return ok ? CC_OK : CC_ENOMEM;
}

/* --- the command --- */

static void facts(const sides *d)
{
	size_t only[2] = { 0, 0 };
	const cc_trace *here = cc_traces_get(snap(d->c), d->trace[0]), *there = cc_traces_get(snap(d->c), d->trace[1]);
	for (size_t i = 0; i < d->pairs.n; i++) {
		only[0] += d->pairs.p[i].there == NONE;
		only[1] += d->pairs.p[i].here == NONE;
	}
	cc_reply_begin_facts(d->r, "compare", NULL);
	cc_reply_fact(d->r, "trace", "trace", cc_cell_text(cc_trace_text(d->c, here->id)), CC_ROLE_OP);
	cc_reply_fact(d->r, "healthy", "healthy", cc_cell_text(cc_trace_text(d->c, there->id)), CC_ROLE_OP);
	cc_reply_fact(d->r, "duration_ns", "duration", cc_cell_duration(cc_waterfall_duration(d->w[0])), CC_ROLE_TEXT);
	cc_reply_fact(d->r, "healthy_duration_ns", "healthy took", cc_cell_duration(cc_waterfall_duration(d->w[1])), CC_ROLE_TEXT);
	cc_reply_fact(d->r, "only_here", "spans only here", cc_cell_int((int64_t)only[0]), CC_ROLE_WARNING);
	cc_reply_fact(d->r, "only_there", "only there", cc_cell_int((int64_t)only[1]), CC_ROLE_WARNING);
}

static cc_code choose_other(sides *d, cc_err *err)
{
	cc_healthy h;
	if (cc_arg(d->c, "with"))
		return cc_traces_find(snap(d->c), cc_str_from(cc_arg(d->c, "with")), &d->trace[1], err);
	cc_code code = cc_trace_healthy(snap(d->c), d->trace[0], ev_pivot(d->c), &h, err);
	if (code != CC_OK)
		return code;
	d->trace[1] = h.trace;
	cc_reply_add_note(d->r, "healthy: the median of %zu without errors that begin %s%s%s", h.candidates, h.alike ? "alike" : "with the same operation",
		h.before ? ", from before " : "; none is from before ", ev_pivot_name(d->c));
	if (!h.alike)
		cc_reply_add_note(d->r, "no healthy trace goes on to the same second service: much may differ for that alone");
	return CC_OK;
}

static void pair_table(const sides *d)
{
	cc_page page = cc_call_page(d->c);
	cc_reply_begin_table(d->r, "spans", NULL, columns, sizeof columns / sizeof columns[0], true);
	for (size_t i = (size_t)page.offset; i < d->pairs.n && i < page.offset + page.limit; i++)
		pair_row(d, &d->pairs.p[i]);
	cc_reply_set_paging(d->r, d->pairs.n, page.offset, page.limit);
}

static cc_code run_compare(cc_call *c, cc_reply *r, cc_err *err)
{
	sides d = { .c = c, .r = r };
	cc_code code = cc_traces_find(snap(c), cc_str_from(cc_arg(c, "trace")), &d.trace[0], err);
	if (code == CC_OK)
		code = choose_other(&d, err);
	for (int side = 0; side < 2 && code == CC_OK; side++)
		code = cc_waterfall_build(&d.w[side], snap(c), d.trace[side], err);
	if (code == CC_OK)
		code = cc_waterfall_align(snap(c), d.w[0], d.w[1], &d.pairs);
	if (code == CC_OK) {
		int64_t a = cc_waterfall_duration(d.w[0]), b = cc_waterfall_duration(d.w[1]);
		cc_str id = cc_trace_text(c, cc_traces_get(snap(c), d.trace[0])->id);
		d.notable_ns = (a > b ? a : b) / 20 + 1;
		cc_reply_set_title(r, "COMPARE %.*s", CC_STR_ARG(id));
		facts(&d);
		pair_table(&d);
		code = attribute_table(&d);
	}
	cc_vec_deinit(&d.pairs);
	cc_waterfall_free(d.w[0]);
	cc_waterfall_free(d.w[1]);
	return code;
}

const cc_cmd cc_cmd_compare = {
	.name = "compare",
	.alias = "cmp",
	.group = "evidence",
	.summary = "a trace beside a healthy one: spans only one has, what took longer, other attributes",
	.help = "Without with= the healthy one is chosen: complete, without errors in spans and logs, of the same root service and span and, where "
		"there are such, of the same first operation in a second service; from before the pivot, where there are such; of these the one of "
		"median duration. Below two spans that match, the k-th call of an "
		"operation is compared with the k-th. Rows marked W took a twentieth of the trace longer themselves, or stand in one trace only.",
	.params = (const cc_param[]){ { .name = "trace", .type = CC_PARAM_WORD, .required = true, .positional = true, .completer = CC_COMPLETE_TRACE,
					.help = "trace id, or its first 4 or more digits" },
		{ .name = "with", .type = CC_PARAM_WORD, .completer = CC_COMPLETE_TRACE, .help = "the trace to compare with" }, CC_PARAMS_PAGE, { 0 } },
	.flags = CC_CMD_QUERY,
	.reads = CC_KIND_BIT(CC_FILE_TRACES) | CC_KIND_BIT(CC_FILE_LOGS),
	.examples = NULL,
	.reply = (const char *const[]){ "compare       facts: trace, healthy (ids), duration_ns, healthy_duration_ns, only_here, only_there (spans)",
		"spans[]       service, depth, only (here, there or empty), code, name, duration_ns, healthy_ns, delta_ns, self_ns, self_delta_ns, error,",
		"    entity, cite, healthy_cite", "attributes[]  service, key, here, healthy, spans (pairs that differ so)", NULL },
	.run = run_compare,
};
