/* log_list.c - see log_list.h.
 *
 * Folding looks at the page only, from a little before it: a run of equal records that began earlier is shown from its
 * beginning, so that the same page always shows the same rows. Offsets count records, folded or not. */
#include "cmd/log_list.h"

#include "coldcase/patterns.h"

enum {
	FIELDS_MAX = 8,
	FOLD_AHEAD = 4000,       /* records looked at for one page */
	FOLD_BACK = 1000         /* and before it, for the beginning of a run */
};

/* --- neighbours --- */

static size_t index_in(const cc_index_vec *rows, uint32_t row)
{
	size_t lo = 0, hi = rows->n;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (rows->p[mid] < row)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static cc_code add_neighbours(const cc_index_vec *fits, const cc_index_vec *scope, size_t around, cc_index_vec *out)
{
	size_t at = 0, done = 0;                 /* rows of the scope before `done` are in or left out for good */
	for (size_t i = 0; i < fits->n; i++) {
		while (at < scope->n && scope->p[at] < fits->p[i])
			at++;
		size_t from = at > around ? at - around : 0, to = scope->n - at > around ? at + around + 1 : scope->n;
		for (size_t k = from > done ? from : done; k < to; k++)
			if (!cc_vec_push(out, scope->p[k]))
				return CC_ENOMEM;
		done = to > done ? to : done;
	}
	return CC_OK;
}

static cc_code open_context(cc_log_list *list, ev_list *l, cc_call *c, cc_err *err)
{
	cc_selections *kept = cc_session_selections(c->session);
	cc_selection *scope, *both;
	cc_buf key = CC_BUF_INIT;
	cc_index_vec rows = { 0 };
	cc_code code = ev_list_scope(l, c, &scope, err);
	if (code != CC_OK)
		return code;
	cc_buf_addz(&key, "context|");
	(void)cc_session_question(c->session, c->cmd, c->args, &key);
	both = cc_buf_ok(&key) ? cc_selections_get(kept, snap(c), cc_buf_str(&key)) : NULL;
	if (!both) {
		code = add_neighbours(&l->rows, &scope->rows, (size_t)list->context, &rows);
		both = code == CC_OK && cc_buf_ok(&key) ? cc_selections_put(kept, snap(c), cc_buf_str(&key), &rows, 0) : NULL;
	}
	cc_vec_deinit(&rows);
	cc_buf_deinit(&key);
	if (!both)
		return cc_err_set(err, CC_ENOMEM, "logs: out of memory");
	list->scope = scope;
	list->fits = l->found;
	l->rows = both->rows;
	l->hidden = scope->rows.n - both->rows.n;
	ev_list_keep(l, l->rows.n);
	return CC_OK;
}

/* --- one template --- */

static cc_code open_pattern(ev_list *l, cc_call *c, cc_err *err)
{
	cc_selections *kept = cc_session_selections(c->session);
	cc_buf key = CC_BUF_INIT;
	cc_index_vec rows = { 0 };
	cc_code code = CC_OK;
	size_t all = l->rows.n;
	cc_buf_addz(&key, "pattern|");
	(void)cc_session_question(c->session, c->cmd, c->args, &key);
	cc_selection *found = cc_buf_ok(&key) ? cc_selections_get(kept, snap(c), cc_buf_str(&key)) : NULL;
	if (!found) {
		code = cc_pattern_select(&rows, snap(c), &l->rows, cc_str_from(cc_arg(c, "pattern")), c->cancel, err);
		if (code == CC_OK && !(found = cc_selections_put(kept, snap(c), cc_buf_str(&key), &rows, 0)))
			code = cc_err_set(err, CC_ENOMEM, "logs: out of memory");
	}
	cc_vec_deinit(&rows);
	cc_buf_deinit(&key);
	if (code != CC_OK)
		return code;
	l->found = found;
	l->rows = found->rows;
	l->hidden += all - found->rows.n;
	ev_list_keep(l, l->rows.n);
	return CC_OK;
}

static bool fits_itself(const cc_log_list *list, uint32_t row)
{
	if (!list->fits)
		return true;
	size_t at = index_in(&list->fits->rows, row);
	return at < list->fits->rows.n && list->fits->rows.p[at] == row;
}

/* Records were left out between two that follow each other in the list. */
static bool is_gap(const cc_log_list *list, uint32_t a, uint32_t b)
{
	if (!list->scope)
		return false;
	size_t x = index_in(&list->scope->rows, a), y = index_in(&list->scope->rows, b);
	return (x > y ? x - y : y - x) > 1;
}

/* --- what is asked for --- */

static cc_code open_fields(cc_log_list *list, cc_call *c, cc_err *err)
{
	const char **names = cc_arena_array(c->arena, FIELDS_MAX, sizeof *names);
	cc_str rest = cc_str_from(cc_arg(c, "fields")), name;
	while (names && rest.n) {
		cc_str_cut(rest, ',', &name, &rest);
		name = cc_str_trim(name);
		if (!name.n)
			continue;
		if (list->field_count == FIELDS_MAX) {
			cc_err_set(err, CC_EUSAGE, "logs: fields= takes at most %d names", FIELDS_MAX);
			return cc_err_hint(err, "`log CITE` shows all fields of one record");
		}
		names[list->field_count++] = cc_arena_dupz(c->arena, name);
	}
	list->fields = names;
	return names ? CC_OK : cc_err_set(err, CC_ENOMEM, "logs: out of memory");
}

cc_code cc_log_list_open(cc_log_list *list, ev_list *l, cc_call *c, cc_err *err)
{
	list->context = cc_filter_is_empty(l->filter) && !cc_arg_given(c, "pattern") ? 0 : cc_arg_int(c, "context", 0);
	list->style.folded = cc_arg_bool(c, "fold", list->context == 0);
	list->style.asked_count = cc_filter_patterns(l->filter, list->style.asked, sizeof list->style.asked / sizeof *list->style.asked);
	cc_code code = open_fields(list, c, err);
	if (code == CC_OK && cc_arg_given(c, "pattern"))
		code = open_pattern(l, c, err);
	return code == CC_OK && list->context ? open_context(list, l, c, err) : code;
}

/* --- rows --- */

static const cc_column first_columns[] = {
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "level", "Level", CC_CELL_TEXT, CC_ROLE_TEXT, 5, 0 },
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "traced", "T", CC_CELL_BOOL, CC_ROLE_OP, 1, 1 },
	{ "repeats", "Times", CC_CELL_INT, CC_ROLE_INFO, 5, 0 },
	{ "message", "Message", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "lines", "More", CC_CELL_INT, CC_ROLE_DIM, 4, 1 },
};
static const cc_column last_columns[] = {
	{ "pod", "Pod", CC_CELL_TEXT, CC_ROLE_DIM, 34, 255 },
	{ "trace", "Trace", CC_CELL_TEXT, CC_ROLE_OP, 33, 255 },
	{ "entity", "Entity", CC_CELL_ENTITY, CC_ROLE_ENTITY, 40, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 },
	{ "context", "Context", CC_CELL_BOOL, CC_ROLE_DIM, 7, 255 },
};
static const cc_column late_column = { "late", "Late", CC_CELL_BOOL, CC_ROLE_WARNING, 4, 0 };
enum { TIME, FIRST = sizeof first_columns / sizeof first_columns[0], LAST = sizeof last_columns / sizeof last_columns[0] };

static const cc_column *columns_of(const cc_log_list *list, cc_reply *r, size_t *n)
{
	cc_column *all = cc_arena_array(cc_reply_arena(r), FIRST + 1 + LAST + FIELDS_MAX, sizeof *all);
	*n = 0;
	for (size_t i = 0; all && i < FIRST; i++) {
		all[(*n)++] = first_columns[i];
		if (list->late && i == TIME)
			all[(*n)++] = late_column;
	}
	for (size_t i = 0; all && i < list->field_count; i++) {
		const char *name = cc_arena_dupz(cc_reply_arena(r), cc_str_from(list->fields[i]));
		all[(*n)++] = (cc_column){ name, name, CC_CELL_TEXT, CC_ROLE_INFO, 16, 1 };
	}
	for (size_t i = 0; all && i < LAST - (list->context ? 0 : 1); i++)
		all[(*n)++] = last_columns[i];
	return all;
}

typedef struct shown { uint32_t row; const cc_logrec *l; cc_log_line line; } shown;

static uint32_t row_at(const cc_log_list *list, const ev_list *l, size_t i)
{
	return l->rows.p[list->newest ? l->rows.n - 1 - i : i];
}

static shown show(const cc_log_list *list, const ev_list *l, cc_call *c, size_t i)
{
	uint32_t row = row_at(list, l, i);
	const cc_logrec *rec = cc_logs_get(snap(c), row);
	return (shown){ row, rec, cc_log_one_line(snap(c), rec, &list->style, c->arena) };
}

static bool says_the_same(const shown *a, const shown *b)
{
	return a->l->service == b->l->service && a->l->pod == b->l->pod && a->l->level == b->l->level && a->l->late == b->l->late &&
		a->line.more == b->line.more && cc_str_eq(a->line.text, b->line.text);
}

static void add_cells(const cc_log_list *list, cc_call *c, cc_reply *r, const shown *s, int64_t repeats, bool neighbour)
{
	const cc_snapshot *snapshot = snap(c);
	cc_str trace = ev_trace_text(c, s->l->trace);
	cc_reply_cell(r, cc_cell_time(s->l->time_ns));
	if (list->late)
		cc_reply_cell(r, s->l->late ? cc_cell_bool(true) : cc_cell_none());
	cc_reply_cell(r, cc_cell_textz(cc_level_name((cc_level)s->l->level)));
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(snapshot, s->l->service)));
	cc_reply_cell(r, trace.n ? cc_cell_bool(true) : cc_cell_none());
	cc_reply_cell(r, repeats > 1 ? cc_cell_int(repeats) : cc_cell_none());
	cc_reply_cell(r, cc_cell_text(s->line.text));
	cc_reply_cell(r, s->line.more ? cc_cell_int((int64_t)s->line.more) : cc_cell_none());
	for (size_t i = 0; i < list->field_count; i++) {
		cc_str value = cc_log_field(snapshot, s->l, list->fields[i], c->arena);
		cc_reply_cell(r, value.n ? cc_cell_text(value) : cc_cell_none());
	}
	cc_reply_cell(r, cc_cell_text(cc_snapshot_sym(snapshot, s->l->pod)));
	cc_reply_cell(r, trace.n ? cc_cell_text(trace) : cc_cell_none());
	cc_reply_cell(r, cc_cell_entity(s->l->entity));
	cc_reply_cell(r, cc_cell_cite(s->l->cite));
	if (list->context)
		cc_reply_cell(r, cc_cell_bool(neighbour));
	cc_reply_set_op(r, trace.n ? trace : cc_snapshot_sym(snapshot, s->l->pod));
}

static void add_row(const cc_log_list *list, cc_call *c, cc_reply *r, const shown *s, size_t repeats, bool gap)
{
	cc_row *row = cc_reply_row(r);
	if (!row)
		return;
	bool neighbour = !fits_itself(list, s->row);
	row->entity = s->l->entity, row->cite = s->l->cite, row->time_ns = s->l->time_ns;
	row->mark = neighbour ? CC_ROLE_DIM : ev_role_of_level((cc_level)s->l->level);
	row->stands_for = repeats;
	row->gap = gap;
	add_cells(list, c, r, s, (int64_t)repeats, neighbour);
	cc_str cite = ev_cite_text(c, s->l->cite);
	cc_reply_set_drill(r, "log %.*s", CC_STR_ARG(cite));
}

/* Where the run of equal records begins that the page begins in. */
static size_t begin_of_run(const cc_log_list *list, const ev_list *l, cc_call *c)
{
	size_t from = l->from < l->rows.n ? l->from : l->rows.n;
	if (!list->style.folded || from == 0 || from >= l->rows.n)
		return from;
	shown first = show(list, l, c, from);
	for (size_t back = 0; from > 0 && back < FOLD_BACK; back++, from--) {
		shown before = show(list, l, c, from - 1);
		if (!says_the_same(&before, &first))
			break;
	}
	return from;
}

/* How many records from i on say what `s` says; the first that does not goes to `next`. */
static size_t run_length(const cc_log_list *list, const ev_list *l, cc_call *c, size_t i, size_t end, const shown *s, shown *next)
{
	size_t n = 1;
	for (; i + n < end; n++) {
		*next = show(list, l, c, i + n);
		if (!says_the_same(s, next))
			return n;
	}
	return n;
}

void cc_log_list_rows(const cc_log_list *list, ev_list *l, cc_call *c, cc_reply *r)
{
	size_t columns, from = begin_of_run(list, l, c), i = from, end = l->rows.n - from > FOLD_AHEAD ? from + FOLD_AHEAD : l->rows.n;
	const cc_column *all = columns_of(list, r, &columns);
	shown s, next = { 0 };
	bool gap = false;
	cc_reply_begin_table(r, "logs", NULL, all, all ? columns : 0, true);
	for (size_t rows = 0; i < end && rows < l->page.limit; rows++) {
		s = next.l && next.row == row_at(list, l, i) ? next : show(list, l, c, i);
		size_t repeats = list->style.folded ? run_length(list, l, c, i, end, &s, &next) : 1;
		add_row(list, c, r, &s, repeats, gap);
		i += repeats;
		gap = i < l->rows.n && is_gap(list, s.row, row_at(list, l, i));
	}
	cc_reply_set_paging(r, l->rows.n, from < l->rows.n ? from : l->page.offset, l->page.limit);
	cc_reply_set_covered(r, i - from);
}
