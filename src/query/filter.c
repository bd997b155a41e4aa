/* filter.c - a parsed filter: matching rows, time bounds, restriction from outside. */
#include "filter_priv.h"
#include "coldcase/alerts.h"
#include "coldcase/rates.h"
#include "coldcase/time.h"
#include "coldcase/xalloc.h"

enum { TEXT_MAX = 16384, SCRATCH_MAX = 65536, CANCEL_EVERY = 4096, MANY_ROWS = 4096 };

static void term_release(term *t)
{
	for (size_t i = 0; i < t->values.n; i++) {
		cc_regex_free(t->values.p[i].re);
		cc_vec_deinit(&t->values.p[i].entities);
	}
	cc_vec_deinit(&t->values);
	cc_free(t->by_sym);
	cc_free(t->by_entity);
}

void cc_filter_free(cc_filter *f)
{
	if (!f)
		return;
	for (size_t i = 0; i < f->terms.n; i++)
		term_release(f->terms.p[i]);
	cc_vec_deinit(&f->terms);
	cc_vec_deinit(&f->focus);
	cc_free(f->covers);
	cc_arena_free(f->arena);
	cc_arena_free(f->scratch);
	cc_free(f);
}

static cc_filter *filter_new(cc_table table, const cc_filter_ctx *ctx)
{
	cc_filter *f = cc_calloc(1, sizeof *f);
	if (!f)
		return NULL;
	f->table = table;
	f->def = cc_table_def(table);
	f->snapshot = ctx->snapshot;
	f->ref_ns = ctx->ref_ns;
	f->onset_ns = ctx->onset_ns;
	if (f->snapshot && f->ref_ns == CC_TIME_NONE)
		f->ref_ns = cc_snapshot_range(f->snapshot).from_ns;
	if (f->snapshot && f->onset_ns == CC_TIME_NONE && !ctx->no_onset)
		f->onset_ns = cc_alerts_onset(f->snapshot);
	if (f->ref_ns == CC_TIME_NONE)
		f->ref_ns = 0;
	f->bounds = (cc_range){ CC_TIME_NONE, INT64_MAX };
	f->arena = cc_arena_new();
	f->scratch = cc_arena_new();
	if (!f->arena || !f->scratch) {
		cc_filter_free(f);
		return NULL;
	}
	return f;
}

static void narrow(cc_filter *f, int64_t from, int64_t to)
{
	if (from > f->bounds.from_ns)
		f->bounds.from_ns = from;
	if (to < f->bounds.to_ns)
		f->bounds.to_ns = to;
}

/* Bounds of terms that hold for the whole filter. `time` itself only counts where a row is one instant. */
static void bounds_of_term(cc_filter *f, const term *t)
{
	if (t->values.n != 1 || t->values.p[0].regex)
		return;
	int64_t i = t->values.p[0].i;
	bool instant = cc_str_eqz(t->name, "time") && (f->table == CC_TABLE_LOGS || f->table == CC_TABLE_SPANS ||
		f->table == CC_TABLE_TRACES);
	if (t->since)
		narrow(f, i, INT64_MAX);
	else if (t->until)
		narrow(f, CC_TIME_NONE, i);
	else if (instant && t->op >= OP_GE)
		narrow(f, t->op == OP_GE || t->op == OP_GT ? i : CC_TIME_NONE,
			t->op == OP_LE || t->op == OP_LT ? i : INT64_MAX);
}

static void collect_bounds(cc_filter *f, const node *n)
{
	if (!n)
		return;
	if (n->kind == NODE_TERM)
		bounds_of_term(f, n->term);
	else if (n->kind == NODE_AND)
		for (const node *child = n->first; child; child = child->next)
			collect_bounds(f, child);
}

cc_code cc_filter_parse(cc_filter **out, cc_table t, cc_str text, const cc_filter_ctx *ctx, cc_err *err)
{
	*out = NULL;
	if (text.n > TEXT_MAX)
		return cc_err_set(err, CC_ELIMIT, "filter: %zu bytes is longer than the limit of %d", text.n, TEXT_MAX);
	cc_filter *f = filter_new(t, ctx);
	if (!f)
		return cc_err_set(err, CC_ENOMEM, "filter: out of memory");
	cc_code code = cc_filter_parse_tree(f, text, err);
	if (code != CC_OK) {
		cc_filter_free(f);
		return code;
	}
	collect_bounds(f, f->root);
	for (size_t i = 0; t == CC_TABLE_METRICS && i < f->terms.n; i++)
		f->asks_name = f->asks_name || cc_term_asks_name(f->terms.p[i]);
	*out = f;
	return CC_OK;
}

cc_code cc_filter_restrict(cc_filter *f, cc_entity_id focus, int64_t from_ns, int64_t to_ns)
{
	narrow(f, from_ns, to_ns == CC_TIME_NONE ? INT64_MAX : to_ns);
	if (!focus)
		return CC_OK;
	cc_free(f->covers);
	f->covers = NULL;
	if (!cc_vec_push(&f->focus, focus))
		return CC_ENOMEM;
	f->covers = cc_calloc(f->focus.n, cc_entity_count(f->snapshot) + 1);
	return f->covers ? CC_OK : CC_ENOMEM;
}

static bool node_holds(cc_filter *f, const node *n, size_t row)
{
	if (n->kind == NODE_TERM)
		return cc_term_holds(f, n->term, row);
	if (n->kind == NODE_NOT)
		return !node_holds(f, n->first, row);
	bool want = n->kind == NODE_OR;
	/* cheap children first: a symbol decides more often than a search through a body */
	for (uint8_t cost = 0; cost <= n->cost; cost++)
		for (const node *child = n->first; child; child = child->next)
			if (child->cost == cost && node_holds(f, child, row) == want)
				return want;
	return !want;
}

static bool in_bounds(const cc_filter *f, size_t row)
{
	if (f->bounds.from_ns == CC_TIME_NONE && f->bounds.to_ns == INT64_MAX)
		return true;
	if (!f->def->span)
		return true;
	cc_range span = f->def->span(f->snapshot, row);
	return span.to_ns != CC_TIME_NONE && span.to_ns >= f->bounds.from_ns && span.from_ns <= f->bounds.to_ns;
}

static bool focus_covers(cc_filter *f, size_t focus, cc_entity_id id)
{
	size_t entities = cc_entity_count(f->snapshot);
	if (id == 0 || id > entities)
		return false;
	uint8_t *known = &f->covers[focus * (entities + 1) + id];
	if (*known == 0)
		*known = cc_entity_covers(f->snapshot, f->focus.p[focus], id) ? 2 : 1;
	return *known == 2;
}

/* A row belongs to a focus when any entity of it is covered: its own, either end of an edge, any service of a trace. */
static bool in_focus(cc_filter *f, size_t row)
{
	for (size_t i = 0; i < f->focus.n; i++) {
		bool covered = false;
		for (size_t field = 0; field < f->def->field_count && !covered; field++) {
			if (f->def->fields[field].type != CC_FIELD_ENTITY)
				continue;
			field_value v = { 0 };
			for (size_t k = 0; !covered && f->def->get(f->snapshot, row, field, k, &v, f->scratch); k++) {
				covered = focus_covers(f, i, v.entity);
				v = (field_value){ 0 };
			}
		}
		if (!covered)
			return false;
	}
	return true;
}

/* Under its own name; of a series also under that of anything that is made of it. */
static bool tree_holds(cc_filter *f, size_t row)
{
	const char *made[CC_METRIC_MADE];
	bool holds = node_holds(f, f->root, row);
	size_t n = holds || !f->asks_name ? 0 : cc_metric_made_of(f->snapshot, row, made);
	for (size_t i = 0; i < n && !holds; i++) {
		f->as_name = cc_str_from(made[i]);
		holds = node_holds(f, f->root, row);
	}
	f->as_name = CC_STR_EMPTY;
	return holds;
}

/* Of a row inside the bounds. known: all but the focus is known to fit. */
static bool holds_for(cc_filter *f, size_t row, bool known)
{
	if (!in_focus(f, row))
		return false;
	if (!f->root || known)
		return true;
	if (cc_arena_bytes(f->scratch) > SCRATCH_MAX)
		cc_arena_reset(f->scratch);
	f->row_gave_up = false;
	bool holds = tree_holds(f, row);
	if (f->row_gave_up) {
		f->gave_up++;
		return false;
	}
	return holds;
}

bool cc_filter_match(cc_filter *f, size_t row)
{
	return in_bounds(f, row) && holds_for(f, row, false);
}

bool cc_filter_match_as(cc_filter *f, size_t row, cc_str name)
{
	if (cc_arena_bytes(f->scratch) > SCRATCH_MAX)
		cc_arena_reset(f->scratch);
	f->as_name = name;
	bool holds = !f->root || node_holds(f, f->root, row);
	f->as_name = CC_STR_EMPTY;
	return holds;
}

cc_range cc_filter_bounds(const cc_filter *f)
{
	return f->bounds;
}

/* First row whose time may lie inside the bounds; tables that are not ordered start at 0. */
static size_t first_row(const cc_filter *f, size_t rows)
{
	if (!f->def->ordered || f->bounds.from_ns == CC_TIME_NONE)
		return 0;
	size_t lo = 0, hi = rows;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (f->def->span(f->snapshot, mid).to_ns < f->bounds.from_ns)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool reads_text(const node *n)
{
	bool hit = n->kind == NODE_TERM && (n->term->field == FIELD_ROW_TEXT || cc_str_eqz(n->term->name, "body"));
	for (const node *child = n->first; child && !hit; child = child->next)
		hit = reads_text(child);
	return hit;
}

/* What is known of log records by the numbers of their bodies. */
typedef struct candidates {
	uint64_t *bits;          /* NULL: nothing; else one, 0 = it cannot fit */
	bool fit;                /* the others do */
	const uint32_t *bodies;
} candidates;

/* Many bodies are read together, few singly. What were read are searched together, too. */
static bool reads_bodies(const cc_filter *f, size_t from)
{
	return f->table == CC_TABLE_LOGS && f->root && f->def->rows(f->snapshot) - from > MANY_ROWS && reads_text(f->root);
}

static candidates prepare(const cc_filter *f, size_t from, cc_cancel *cancel)
{
	candidates c = { .bits = NULL };
	if (!reads_bodies(f, from))
		return c;
	cc_logs_read_bodies(f->snapshot, cancel);
	c.bits = cc_filter_candidates(f, &c.fit, cancel);
	c.bodies = c.bits ? cc_logs_body_numbers(f->snapshot) : NULL;
	return c;
}

static bool is_candidate(const candidates *c, size_t row, bool *known)
{
	uint32_t body = c->bodies ? c->bodies[row] : UINT32_MAX;
	*known = body != UINT32_MAX && c->fit;
	return body == UINT32_MAX || (c->bits[body / 64] >> body % 64 & 1);
}

static cc_code all_rows(size_t from, size_t to, cc_index_vec *out)
{
	if (!cc_vec_reserve(out, to - from))
		return CC_ENOMEM;
	for (size_t row = from; row < to; row++)
		out->p[out->n++] = (uint32_t)row;
	return CC_OK;
}

/* Rows [first, end) of those that are to be asked. */
typedef struct stretch { size_t first, end; bool between; /* all lie within the bounds */ } stretch;

/* Log records are instants in order: those between the first and the last one need not be asked for their time. */
static stretch to_ask(const cc_filter *f)
{
	size_t rows = f->def->rows(f->snapshot), first = first_row(f, rows);
	bool between = f->table == CC_TABLE_LOGS && f->bounds.from_ns != CC_TIME_NONE;
	if (between && f->bounds.to_ns != INT64_MAX)
		rows = cc_logs_lower_bound(f->snapshot, f->bounds.to_ns + 1);
	return (stretch){ first, rows > first ? rows : first, between };
}

/* Who is told decides, also whether to cancel. */
static cc_code go_on(cc_filter_watch *w, const cc_index_vec *out, size_t asked, cc_cancel *cancel, bool *enough)
{
	*enough = w->tell && !w->tell(w->arg, out, asked, w->rows);
	if (*enough)
		w->looked = asked;
	return !w->tell && cc_canceled(cancel) ? CC_ECANCELED : CC_OK;
}

/* The rows [from, to) of the stretch; told that it is enough, out has what fits up to there and w->looked says how far. */
static cc_code ask_rows(cc_filter *f, const stretch *s, size_t from, size_t to, const candidates *c, cc_index_vec *out, cc_filter_watch *w,
	cc_cancel *cancel)
{
	bool instants = f->table == CC_TABLE_LOGS || f->table == CC_TABLE_SPANS || f->table == CC_TABLE_TRACES, enough = false;
	cc_code code = CC_OK;
	for (size_t row = from; row < to; row++) {
		if (row % CANCEL_EVERY == 0)
			code = go_on(w, out, row - s->first, cancel, &enough);
		if (enough || code != CC_OK)
			return code;
		bool known;
		if (!is_candidate(c, row, &known))
			continue;
		if (instants && !s->between && f->bounds.to_ns != INT64_MAX &&
			f->def->span(f->snapshot, row).from_ns > f->bounds.to_ns) {
			w->looked = w->rows;     /* none of the others can fit */
			return CC_OK;
		}
		if ((s->between || in_bounds(f, row)) && holds_for(f, row, known) && !cc_vec_push(out, (uint32_t)row))
			return CC_ENOMEM;
	}
	w->looked = to - s->first;
	return CC_OK;
}

/* Some rows singly, so that whoever looks on has something to see while all bodies are read for the first time. */
static cc_code ask_first(cc_filter *f, const stretch *s, size_t *from, size_t to, cc_index_vec *out, cc_filter_watch *w, cc_cancel *cancel)
{
	candidates none = { .bits = NULL };
	size_t some = to - *from < CANCEL_EVERY ? to : *from + CANCEL_EVERY;
	bool enough = false;
	if (!w->tell || !reads_bodies(f, *from) || cc_logs_body_blocks(f->snapshot))
		return CC_OK;
	cc_filter_watch alone = { .most = UINT64_MAX, .rows = w->rows };
	cc_code code = ask_rows(f, s, *from, some, &none, out, &alone, cancel);
	*from = alone.looked == w->rows ? to : some;
	w->looked = alone.looked;
	w->waits = true;
	if (code == CC_OK)
		code = go_on(w, out, *from - s->first, cancel, &enough);
	w->waits = false;
	*from = enough ? to : *from;
	return code;
}

static cc_code select_rows(cc_filter *f, const stretch *s, cc_index_vec *out, cc_filter_watch *w, cc_cancel *cancel)
{
	size_t end = w->most < s->end - s->first ? s->first + (size_t)w->most : s->end, from = s->first;
	bool unbound = f->bounds.from_ns == CC_TIME_NONE && f->bounds.to_ns == INT64_MAX;
	w->looked = end - s->first;
	if (!f->root && !f->focus.n && (s->between || unbound) && s->first < end)
		return cc_canceled(cancel) && !w->tell ? CC_ECANCELED : all_rows(s->first, end, out);
	cc_code code = ask_first(f, s, &from, end, out, w, cancel);
	if (code != CC_OK || from >= end)
		return code;
	candidates c = prepare(f, from, cancel);
	code = ask_rows(f, s, from, end, &c, out, w, cancel);
	cc_free(c.bits);
	return code;
}

cc_code cc_filter_select_watched(cc_filter *f, cc_index_vec *out, cc_filter_watch *w, cc_cancel *cancel, cc_err *err)
{
	stretch s = to_ask(f);
	w->rows = s.end - s.first;
	cc_code code = select_rows(f, &s, out, w, cancel);
	if (code == CC_OK)
		return CC_OK;
	return cc_err_set(err, code, "filter: %s", code == CC_ENOMEM ? "out of memory" : "canceled");
}

cc_code cc_filter_select(cc_filter *f, cc_index_vec *out, cc_cancel *cancel, cc_err *err)
{
	cc_filter_watch nobody = { .most = UINT64_MAX };
	return cc_filter_select_watched(f, out, &nobody, cancel, err);
}

bool cc_filter_is_empty(const cc_filter *f)
{
	return !f->root;
}

cc_table cc_filter_table(const cc_filter *f)
{
	return f->table;
}

uint64_t cc_filter_gave_up(const cc_filter *f)
{
	return f->gave_up;
}

static cc_entity_id entity_of(const node *n)
{
	if (n->kind == NODE_TERM && n->term->type == CC_FIELD_ENTITY && n->term->field >= 0 && n->term->op == OP_EQ &&
		n->term->values.n == 1 && n->term->values.p[0].entities.n == 1)
		return n->term->values.p[0].entities.p[0];
	cc_entity_id id = 0;
	if (n->kind == NODE_AND)
		for (const node *child = n->first; child && !id; child = child->next)
			id = entity_of(child);
	return id;
}

cc_entity_id cc_filter_entity(const cc_filter *f)
{
	return f->root ? entity_of(f->root) : 0;
}

size_t cc_filter_patterns(const cc_filter *f, cc_regex **out, size_t max)
{
	size_t n = 0;
	for (size_t i = 0; i < f->terms.n; i++) {
		const term *t = f->terms.p[i];
		if (t->field != FIELD_ROW_TEXT)
			continue;
		for (size_t k = 0; k < t->values.n && n < max; k++)
			out[n++] = t->values.p[k].re;
	}
	return n;
}
