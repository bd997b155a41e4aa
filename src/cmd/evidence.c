/* evidence.c - scope, selection and the words around a list (see evidence.h). */
#include "cmd/evidence.h"

#include <string.h>
#include "coldcase/aggregate.h"
#include "coldcase/entity.h"
#include "coldcase/spans.h"
#include "coldcase/utf8.h"

static bool pivot_is_cursor(const cc_call *c)
{
	cc_view v = cc_case_view(cc_session_case(c->session));
	return v.onset_ns == CC_TIME_NONE && v.at_ns != CC_TIME_NONE && !cc_arg_bool(c, "all", false) && cc_session_horizon(c->session) == CC_TIME_NONE;
}

int64_t ev_pivot(const cc_call *c)
{
	return pivot_is_cursor(c) ? cc_case_view(cc_session_case(c->session)).at_ns : cc_session_onset(c->session).time_ns;
}

const char *ev_pivot_name(const cc_call *c)
{
	return pivot_is_cursor(c) ? "the time cursor" : cc_onset_name(cc_session_onset(c->session).kind);
}

cc_range ev_window(const cc_call *c)
{
	cc_range w = cc_case_view(cc_session_case(c->session)).window, all = cc_snapshot_range(snap(c));
	if (cc_arg_bool(c, "all", false))
		return all;
	if (w.from_ns != CC_TIME_NONE)
		all.from_ns = w.from_ns;
	if (w.to_ns != CC_TIME_NONE)
		all.to_ns = w.to_ns;
	return all;
}

cc_entity_id ev_focus(const cc_call *c)
{
	return cc_arg_bool(c, "all", false) ? 0 : cc_case_view(cc_session_case(c->session)).focus;
}

cc_code ev_entity(const cc_call *c, cc_entity_id *out, cc_err *err)
{
	cc_code code = cc_arg_entity(c, "entity", out, err);
	if (code != CC_OK || *out)
		return code;
	*out = ev_focus(c);
	if (*out)
		return CC_OK;
	cc_err_set(err, CC_EUSAGE, "%s: which entity?", c->cmd->name);
	return cc_err_hint(err, "name one (namespace/Kind/name or a part of it), or set one with `focus`");
}

static cc_code restrict_rows(const ev_list *l, const cc_call *c, cc_filter *f)
{
	cc_view v = cc_case_view(cc_session_case(c->session));
	return cc_filter_restrict(f, l->focused ? v.focus : 0, l->windowed ? v.window.from_ns : CC_TIME_NONE,
		l->windowed && v.window.to_ns != CC_TIME_NONE ? v.window.to_ns : CC_TIME_NONE);
}

/* The filter's own words win over the case view: an entity it names, times it bounds. */
static cc_code restrict_to_view(ev_list *l, cc_call *c)
{
	cc_view v = cc_case_view(cc_session_case(c->session));
	cc_range own = cc_filter_bounds(l->filter);
	bool bounded = own.from_ns != CC_TIME_NONE || own.to_ns != INT64_MAX, all = cc_arg_bool(c, "all", false);
	l->focused = !all && v.focus && !cc_filter_entity(l->filter);
	l->windowed = !all && (v.window.from_ns != CC_TIME_NONE || v.window.to_ns != CC_TIME_NONE) && !bounded;
	return restrict_rows(l, c, l->filter);
}

void ev_list_keep(ev_list *l, size_t kept)
{
	l->rows.n = kept;
	l->from = l->page.offset < kept ? (size_t)l->page.offset : kept;
	l->to = kept - l->from > l->page.limit ? l->from + (size_t)l->page.limit : kept;
}

/* What the filter finds, kept by the session under all it depends on. */
static cc_code find_rows(ev_list *l, cc_call *c, cc_filter *f, const char *text, cc_selection **out, cc_err *err)
{
	cc_selections *kept = cc_session_selections(c->session);
	cc_table table = cc_filter_table(f);
	cc_buf key = CC_BUF_INIT;
	cc_index_vec rows = { 0 };
	cc_looked looked = { 0 };
	const cc_looking *how = f == l->filter ? l->looking : NULL;
	cc_code code = CC_OK;
	cc_buf_addf(&key, "%s|%d%d|%s", cc_table_name(table), l->focused, l->windowed, text ? text : "");
	cc_session_view_key(c->session, &key);
	*out = cc_buf_ok(&key) ? cc_selections_get(kept, snap(c), cc_buf_str(&key)) : NULL;
	if (*out && !cc_look_accepts(c, how, (*out)->looked))
		*out = NULL;
	if (!*out)
		code = cc_look_select(c, f, how, &rows, &looked, err);
	if (!*out && code == CC_OK && !(*out = cc_selections_put(kept, snap(c), cc_buf_str(&key), &rows, cc_filter_gave_up(f))))
		code = cc_err_set(err, CC_ENOMEM, "%s: out of memory", c->cmd->name);
	else if (code == CC_OK && looked.of)     /* else it was kept */
		(*out)->looked = looked;
	cc_vec_deinit(&rows);
	cc_buf_deinit(&key);
	return code;
}

cc_filter_ctx ev_filter_ctx(const cc_call *c)
{
	return (cc_filter_ctx){ .snapshot = snap(c), .ref_ns = cc_case_view(cc_session_case(c->session)).at_ns,
		.onset_ns = cc_session_onset(c->session).time_ns, .no_onset = !cc_session_assist(c->session, CC_ASSIST_ONSET) };
}

cc_code ev_list_scope(ev_list *l, cc_call *c, cc_selection **out, cc_err *err)
{
	cc_filter_ctx ctx = ev_filter_ctx(c);
	cc_filter *f = NULL;
	cc_code code = cc_filter_parse(&f, cc_filter_table(l->filter), CC_STR_EMPTY, &ctx, err);
	if (code == CC_OK)
		code = restrict_rows(l, c, f);
	if (code == CC_OK)
		code = find_rows(l, c, f, NULL, out, err);
	cc_filter_free(f);
	return code;
}

static cc_code count_hidden(ev_list *l, cc_call *c, cc_err *err)
{
	cc_selection *scope = NULL;
	cc_code code = CC_OK;
	size_t all = cc_table_rows(snap(c), cc_filter_table(l->filter)), shown = l->rows.n;
	if (cc_filter_is_empty(l->filter) || cc_session_look(c->session)->stopped)
		return CC_OK;            /* how many it hides is not known when it was not asked to the end */
	if (l->focused || l->windowed) {
		code = ev_list_scope(l, c, &scope, err);
		all = scope ? scope->rows.n : shown;
	}
	l->hidden = all > shown ? all - shown : 0;
	return code;
}

/* Commands may sort and drop their rows; those of logs are many and stay as they are. */
static bool hold_rows(ev_list *l, cc_table table, const cc_selection *found)
{
	l->shared = table == CC_TABLE_LOGS;
	if (l->shared)
		l->rows = found->rows;
	else if (found->rows.n && !cc_vec_reserve(&l->rows, found->rows.n))
		return false;
	else if (found->rows.n)
		memcpy(l->rows.p, found->rows.p, found->rows.n * sizeof *l->rows.p);
	l->rows.n = found->rows.n;
	return true;
}

cc_code ev_list_select_shown(ev_list *l, cc_call *c, cc_table table, const cc_looking *looking, cc_err *err)
{
	const char *text = cc_arg(c, "filter");
	cc_filter_ctx ctx = ev_filter_ctx(c);
	cc_selection *found = NULL;
	memset(l, 0, sizeof *l);
	l->page = cc_call_page(c);
	l->looking = looking;
	cc_code code = cc_filter_parse(&l->filter, table, cc_str_from(text), &ctx, err);
	if (code == CC_OK)
		code = restrict_to_view(l, c);
	if (code == CC_OK)
		code = find_rows(l, c, l->filter, text, &found, err);
	l->found = found;
	if (code == CC_OK && !hold_rows(l, table, found))
		code = cc_err_set(err, CC_ENOMEM, "%s: out of memory", c->cmd->name);
	if (code == CC_OK)
		code = count_hidden(l, c, err);
	if (code == CC_OK) {
		l->gave_up = found->gave_up;
		ev_list_keep(l, l->rows.n);
	}
	return code;
}

cc_code ev_list_select(ev_list *l, cc_call *c, cc_table table, cc_err *err)
{
	return ev_list_select_shown(l, c, table, NULL, err);
}

void ev_list_deinit(ev_list *l)
{
	cc_filter_free(l->filter);
	if (!l->shared)
		cc_vec_deinit(&l->rows);
}

static void add_range(cc_buf *b, cc_range w)
{
	if (w.from_ns != CC_TIME_NONE)
		cc_time_format_clock(b, w.from_ns);
	cc_buf_addz(b, " to ");
	if (w.to_ns != CC_TIME_NONE)
		cc_time_format_clock(b, w.to_ns);
}

/* What narrows or orders the list besides the filter: type=warning, order=newest. What must be given is in the title already. */
static void add_choices(const cc_call *c, cc_buf *title)
{
	for (int i = 0; c->cmd->params[i].name; i++) {
		const cc_param *p = &c->cmd->params[i];
		bool says = p->type == CC_PARAM_CHOICE || (p->type == CC_PARAM_BOOL && !cc_str_eqz(cc_str_from(p->name), "all"));
		if (says && !p->part && !p->required && c->args->values[i])
			cc_buf_addf(title, " %s=%s", p->name, c->args->values[i]);
	}
}

const char *ev_window_words(const cc_call *c)
{
	cc_range w = cc_case_view(cc_session_case(c->session)).window;
	cc_buf b = CC_BUF_INIT;
	if (cc_arg_bool(c, "all", false) || (w.from_ns == CC_TIME_NONE && w.to_ns == CC_TIME_NONE))
		return "";
	cc_buf_addz(&b, " | ");
	add_range(&b, w);
	cc_str words = cc_arena_printf(c->arena, "%.*s", CC_STR_ARG(cc_buf_str(&b)));
	cc_buf_deinit(&b);
	return words.p ? words.p : "";
}

void ev_list_describe(const ev_list *l, cc_call *c, cc_reply *r, const char *what)
{
	cc_buf title = CC_BUF_INIT;
	cc_view v = cc_case_view(cc_session_case(c->session));
	bool stopped = cc_session_look(c->session)->stopped, unread = cc_session_lacks(c->session, c->cmd) != 0;
	cc_buf_addz(&title, what);
	add_choices(c, &title);
	if (!cc_filter_is_empty(l->filter))
		cc_buf_addf(&title, " %s", cc_arg(c, "filter"));
	if (l->focused) {
		cc_buf_addz(&title, " | focus ");
		cc_entity_format(snap(c), v.focus, &title);
	}
	if (l->windowed) {
		cc_buf_addz(&title, " | ");
		add_range(&title, v.window);
	}
	cc_reply_set_title(r, "%.*s", CC_STR_ARG(cc_buf_str(&title)));
	cc_reply_set_paging(r, l->rows.n, l->page.offset, l->page.limit);
	if (l->rows.n && l->page.offset >= l->rows.n)
		cc_reply_set_empty(r, "only %zu rows fit; offset=%llu is past them", l->rows.n, (unsigned long long)l->page.offset);
	else if (l->focused || l->windowed)
		cc_reply_set_empty(r, "nothing here within the focus and window; all=yes looks past them");
	else if (!cc_filter_is_empty(l->filter))
		cc_reply_set_empty(r, stopped || unread ? "no row fits this filter so far" : "no row fits this filter");
	else
		cc_reply_set_empty(r, unread ? "none so far" : "this snapshot holds none");
	cc_reply_set_hidden(r, l->hidden, l->hidden || (!stopped && !cc_filter_is_empty(l->filter)));
	if (l->gave_up)
		cc_reply_add_note(r, "%llu rows were too costly to match and count as not matching", (unsigned long long)l->gave_up);
	cc_buf_deinit(&title);
}

cc_code ev_row_of_cite(const cc_call *c, cc_table table, const char *param, size_t *row, cc_err *err)
{
	const cc_snapshot *s = snap(c);
	cc_cite cite;
	const char *text = cc_arg(c, param);
	cc_code code = cc_cite_parse(s, cc_str_from(text), &cite, err);
	if (code != CC_OK)
		return code;
	for (size_t i = 0, n = cc_table_rows(s, table); i < n; i++) {
		cc_cite have = cc_table_cite(s, table, i);
		if (have.file == cite.file && have.record == cite.record) {
			*row = i;
			return CC_OK;
		}
	}
	cc_err_set(err, CC_EUNKNOWN, "%s: %s is not a row of the %s", c->cmd->name, text, cc_table_name(table));
	return cc_err_hint(err, "`show %s` prints any record", text);
}

void ev_note_skipped(cc_call *c, cc_reply *r, cc_file_kind kind)
{
	const cc_snapshot *s = snap(c);
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++) {
		const cc_file *f = cc_snapshot_file(s, i);
		if (f->kind == kind && f->skipped)
			cc_reply_add_note(r, "%.*s: %llu rows were unreadable and are left out (first: record %llu, %.*s)",
				CC_STR_ARG(f->path), (unsigned long long)f->skipped, (unsigned long long)f->first_skipped,
				CC_STR_ARG(f->problem));
	}
}

void ev_note_no_status(cc_call *c, cc_reply *r)
{
	const cc_snapshot *s = snap(c);
	bool logs = false;
	if (!cc_spans_count(s) || cc_spans_have_status(s))
		return;
	for (size_t i = 0; i < cc_traces_count(s) && !logs; i++)
		logs = cc_traces_get(s, i)->error_logs > 0;
	cc_reply_add_note(r, "no span carries a status: errors cannot be told from the spans%s",
		logs ? "; ERROR logs carry trace ids (`traces error_logs>0`)" : "");
}

cc_str ev_one_line(cc_str text, size_t max)
{
	cc_str line, rest;
	cc_str_cut(cc_str_trim(text), '\n', &line, &rest);
	line = cc_str_trim(line);
	return cc_utf8_head(line, max);
}

cc_role ev_role_of_severity(cc_severity v)
{
	switch (v) {
	case CC_SEVERITY_CRITICAL: return CC_ROLE_CRITICAL;
	case CC_SEVERITY_WARNING: return CC_ROLE_WARNING;
	case CC_SEVERITY_INFO: return CC_ROLE_INFO;
	case CC_SEVERITY_NONE: break;
	}
	return CC_ROLE_TEXT;
}

cc_role ev_role_of_level(cc_level l)
{
	return l >= CC_LEVEL_ERROR ? CC_ROLE_CRITICAL : l == CC_LEVEL_WARN ? CC_ROLE_WARNING : CC_ROLE_TEXT;
}

static cc_str into_arena(cc_call *c, cc_buf *b)
{
	cc_str s = cc_arena_dup(c->arena, cc_buf_str(b));
	cc_buf_deinit(b);
	return s.p ? s : CC_STR_EMPTY;
}

cc_str ev_cite_text(cc_call *c, cc_cite cite)
{
	cc_buf b = CC_BUF_INIT;
	cc_cite_format(snap(c), cite, &b);
	return into_arena(c, &b);
}

cc_str ev_entity_text(cc_call *c, cc_entity_id id)
{
	cc_buf b = CC_BUF_INIT;
	cc_entity_format(snap(c), id, &b);
	return into_arena(c, &b);
}

cc_str ev_trace_text(cc_call *c, cc_id128 id)
{
	cc_buf b = CC_BUF_INIT;
	if (id.hi || id.lo)
		cc_id128_format(&b, id);
	return into_arena(c, &b);
}

cc_cell ev_change(cc_call *c, uint64_t before, uint64_t after, double before_per_min, double after_per_min)
{
	enum { FEW = 5 };
	double ratio = before_per_min > 0 ? after_per_min / before_per_min : 0;
	if ((before == 0) != (after == 0))
		return cc_cell_textz(before == 0 ? "new" : "gone");
	if (before + after < FEW || !(ratio >= 1.5 || (ratio > 0 && ratio <= 0.67)))
		return cc_cell_none();
	return cc_cell_text(cc_arena_printf(c->arena, ratio >= 10 ? "x%.0f" : ratio >= 0.1 ? "x%.1f" : "x%.2f", ratio));
}

cc_cell ev_per_min(double rate)
{
	return rate >= 0 ? cc_cell_number((double)(int64_t)(rate * 100 + 0.5) / 100) : cc_cell_none();
}

void ev_drill_attribute(cc_reply *r, const char *table, cc_str key)
{
	if (cc_filter_is_name(key) && key.n < 200)
		cc_reply_set_drill(r, "group %s by=attr.%.*s", table, CC_STR_ARG(key));
}

void ev_drill_where(cc_reply *r, const char *list, cc_str key, cc_str value)
{
	cc_buf quoted = CC_BUF_INIT;
	cc_filter_quote(&quoted, value);
	if (cc_filter_is_name(key) && cc_buf_ok(&quoted) && key.n + quoted.n < 2000)
		cc_reply_set_drill(r, "%s attr.%.*s=%.*s", list, CC_STR_ARG(key), CC_STR_ARG(cc_buf_str(&quoted)));
	cc_buf_deinit(&quoted);
}
