/* log_unread.c - see log_unread.h.
 *
 * A list made of the first records of a large file is no answer to "is this text anywhere in it". The file itself is searched then,
 * as it lies on the disk, and what fits stands in a table of its own: in the order of the file, which is not that of time, and saying
 * how much of the file it speaks of. It ends with the file, with as many as were asked for, or when somebody ends it; each of these
 * gives the same again for a record. Nothing is told that the time cursor hides. */
#include "cmd/log_unread.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "cmd/session_priv.h"
#include "coldcase/search.h"
#include "coldcase/xalloc.h"

typedef struct unread_row { cc_cite cite; cc_log_peek seen; } unread_row;

typedef struct unread {
	cc_call *c;
	const ev_list *l;
	const cc_log_style *style;
	const cc_log_above *above;
	cc_filter *f;
	cc_regex *text;
	const cc_file *file;     /* being searched; its number, descriptor, and records of it that are rows already */
	uint32_t number;
	int fd;
	uint64_t read;
	uint64_t bytes, of;      /* searched in the files before, and how large all are */
	uint64_t in_file;        /* searched in this one */
	bool full;               /* as many as were asked for */
	bool failed;             /* a file could not be searched, or not to its end */
	cc_buf raw;              /* the record that was found */
	cc_arena *scratch;       /* of a record until it is known to be shown: most that hold the text may not be */
	CC_VEC(unread_row) rows;
} unread;

/* --- the table --- */

static const cc_column columns[] = {
	{ "time", "Time", CC_CELL_TIME, CC_ROLE_TIME, 13, 0 },
	{ "level", "Level", CC_CELL_TEXT, CC_ROLE_TEXT, 5, 0 },
	{ "service", "Service", CC_CELL_TEXT, CC_ROLE_ENTITY, 18, 0 },
	{ "message", "Message", CC_CELL_TEXT, CC_ROLE_TEXT, 0, 0 },
	{ "pod", "Pod", CC_CELL_TEXT, CC_ROLE_DIM, 34, 255 },
	{ "trace", "Trace", CC_CELL_TEXT, CC_ROLE_OP, 33, 255 },
	{ "cite", "Cite", CC_CELL_CITE, CC_ROLE_DIM, 24, 255 },
};

static void add_row(const unread *u, cc_reply *r, const unread_row *row)
{
	const cc_log_peek *p = &row->seen;
	cc_logrec rec = { .time_ns = p->time_ns, .level = (uint8_t)p->level, .trace = p->trace };
	cc_row *out = cc_reply_row(r);
	cc_str trace = ev_trace_text(u->c, p->trace), cite = ev_cite_text(u->c, row->cite);
	if (!out)
		return;
	out->cite = row->cite, out->time_ns = p->time_ns, out->mark = ev_role_of_level(p->level);
	cc_reply_cell(r, cc_cell_time(p->time_ns));
	cc_reply_cell(r, cc_cell_textz(cc_level_name(p->level)));
	cc_reply_cell(r, cc_cell_text(p->service));
	cc_reply_cell(r, cc_cell_text(cc_log_line_of(p->body, &rec, u->style, u->c->arena).text));
	cc_reply_cell(r, cc_cell_text(p->pod));
	cc_reply_cell(r, trace.n ? cc_cell_text(trace) : cc_cell_none());
	cc_reply_cell(r, cc_cell_cite(row->cite));
	cc_reply_set_drill(r, "log %.*s", CC_STR_ARG(cite));
}

/* Of how much of the file it speaks, where that is not all. */
static cc_str heading(const unread *u)
{
	uint64_t bytes = u->bytes + u->in_file;
	int percent = u->of ? (int)((double)bytes * 100 / (double)u->of) : 100;
	const char *where = u->failed ? "what could be searched of the rest" : "the rest";
	return bytes >= u->of ? cc_arena_printf(u->c->arena, "in %s of the file, not read yet: %zu", where, u->rows.n) :
		cc_arena_printf(u->c->arena, "in %s of the file, not read yet: %s%zu, %d %% of it searched", where, u->full ? "the first " : "",
			u->rows.n, percent);
}

static void add_table(const unread *u, cc_reply *r)
{
	cc_reply_begin_table(r, "unread", cc_arena_dupz(cc_reply_arena(r), heading(u)), columns, sizeof columns / sizeof columns[0], false);
	for (size_t i = 0; i < u->rows.n; i++)
		add_row(u, r, &u->rows.p[i]);
	if (!u->l->rows.n)
		cc_reply_set_empty(r, "none of the records read so far fits this filter");
}

/* --- searching --- */

static bool is_shown(const unread *u, const cc_log_peek *p)
{
	int64_t until = cc_session_horizon(u->c->session);
	bool known = until == CC_TIME_NONE || (p->time_ns != CC_TIME_NONE && p->time_ns <= until);
	return known && cc_filter_fits_plain(u->f, p->time_ns, (int)p->level) &&
		(u->f == u->l->filter || cc_filter_fits_plain(u->l->filter, p->time_ns, (int)p->level));
}

static cc_str read_record(unread *u, const cc_search_hit *hit)
{
	cc_buf_clear(&u->raw);
	if (!cc_buf_reserve(&u->raw, hit->length))
		return CC_STR_EMPTY;
	ssize_t n = pread(u->fd, u->raw.p, hit->length, (off_t)hit->offset);
	return n == (ssize_t)hit->length ? (cc_str){ u->raw.p, hit->length } : CC_STR_EMPTY;
}

static bool take(void *arg, const cc_search_hit *hit)
{
	unread *u = arg;
	const cc_snapshot *s = u->c->session->snapshot;
	unread_row row = { .cite = { u->number, (uint32_t)hit->record } };
	if (hit->record <= u->read)
		return true;
	cc_arena_reset(u->scratch);
	cc_str raw = read_record(u, hit);
	if (!raw.n || !cc_logs_peek(s, u->number, raw, &row.seen, u->scratch) || !is_shown(u, &row.seen))
		return true;
	raw = cc_arena_dup(u->c->arena, raw);
	u->failed |= !raw.p || !cc_logs_peek(s, u->number, raw, &row.seen, u->c->arena) || !cc_vec_push(&u->rows, row);
	u->full = u->rows.n >= u->l->page.limit;
	u->in_file = hit->offset + 1;
	return !u->full;
}

static bool went(void *arg, uint64_t bytes)
{
	unread *u = arg;
	cc_look *k = cc_session_look(u->c->session);
	u->in_file = bytes;
	k->part = u->bytes + bytes;
	k->of = u->of;
	if (k->watch && cc_canceled(u->c->cancel))
		return false;
	if (cc_look_is_due(k)) {
		cc_reply *r = u->rows.n ? cc_reply_new(u->c->cmd->name) : NULL;
		if (r) {
			u->above->fill(u->above->arg, r);
			add_table(u, r);
		}
		cc_look_show(u->c, r, u->rows.n + (u->f == u->l->filter ? u->l->rows.n : 0));
	}
	return true;
}

/* One file; `most` bytes of it at most. */
static cc_code search_file(unread *u, uint64_t most, cc_reply *r, cc_err *err)
{
	cc_err why = { 0 };
	cc_look *k = cc_session_look(u->c->session);
	cc_search_counts counts = { 0 };
	cc_buf path = CC_BUF_INIT;
	cc_search_options o = { .flags = cc_regex_flags_of(u->text), .column = cc_logs_body_column, .cancel = k->watch ? NULL : u->c->cancel,
		.hit = take, .went = went, .arg = u, .end = most < u->file->bytes ? most : 0 };
	cc_buf_addf(&path, "%.*s/%.*s", CC_STR_ARG(cc_snapshot_path(u->c->session->snapshot)), CC_STR_ARG(u->file->path));
	u->in_file = 0;
	u->fd = cc_buf_ok(&path) ? open(path.p, O_RDONLY | O_CLOEXEC) : -1;
	cc_code code = most == 0 ? CC_OK : u->fd < 0 ? CC_ENOTFOUND : cc_search_file(path.p, cc_regex_pattern(u->text), &o, &counts, &why);
	if (u->fd >= 0)
		close(u->fd);
	cc_buf_deinit(&path);
	bool ends = code == CC_ECANCELED || code == CC_ENOMEM;
	if (ends && err)
		*err = why;
	else if (code != CC_OK)          /* the rows that were read are an answer all the same */
		cc_reply_add_note(r, "%.*s: the rest of it could not be searched (%s)", CC_STR_ARG(u->file->path), cc_code_text(code));
	u->failed |= code != CC_OK;
	if (!u->full)
		u->in_file = code == CC_OK && (counts.stopped || o.end || !most) ? counts.bytes : u->file->bytes;
	return ends ? code : CC_OK;
}

static cc_code search_files(unread *u, cc_reply *r, cc_err *err)
{
	const cc_snapshot *s = u->c->session->snapshot;
	cc_look *k = cc_session_look(u->c->session);
	cc_code code = CC_OK;
	for (size_t i = 0; i < cc_snapshot_file_count(s); i++)
		u->of += cc_snapshot_file(s, i)->kind == CC_FILE_LOGS ? cc_snapshot_file(s, i)->bytes : 0;
	for (size_t i = 0; i < cc_snapshot_file_count(s) && code == CC_OK && !u->full; i++) {
		u->file = cc_snapshot_file(s, i);
		u->number = (uint32_t)i + 1;
		u->read = u->file->records + u->file->skipped;
		if (u->file->kind != CC_FILE_LOGS)
			continue;
		u->bytes += u->in_file;
		u->in_file = 0;
		uint64_t left = k->until - k->looked;
		code = search_file(u, left == UINT64_MAX || left > u->bytes + u->file->bytes ? UINT64_MAX : left - u->bytes, r, err);
		if (u->in_file < u->file->bytes)
			break;
	}
	cc_look_end(k, (cc_looked){ u->bytes + u->in_file, u->full ? u->bytes + u->in_file : u->of }, true);
	return code;
}

static cc_code open_filter(unread *u, cc_err *err)
{
	cc_filter_ctx ctx = ev_filter_ctx(u->c);
	u->f = u->l->filter;
	if (!cc_arg_given(u->c, "find"))
		return CC_OK;
	cc_code code = cc_filter_parse(&u->f, CC_TABLE_LOGS, cc_str_from(cc_arg(u->c, "find")), &ctx, err);
	/* a list that hides rows hides them here too: only where these can be told */
	if (code == CC_OK && !cc_filter_is_empty(u->l->filter) && !cc_filter_is_plain(u->l->filter)) {
		cc_filter_free(u->f);
		u->f = NULL;
	}
	return code;
}

cc_code cc_log_unread(const ev_list *l, const cc_log_style *style, const cc_log_above *above, cc_call *c, cc_reply *r, cc_err *err)
{
	unread u = { .c = c, .l = l, .style = style, .above = above, .fd = -1 };
	bool heads = (cc_snapshot_heads(c->session->snapshot) & CC_KIND_BIT(CC_FILE_LOGS)) != 0;
	if (!heads || l->focused || cc_session_look(c->session)->stopped || cc_arg_given(c, "pattern") || cc_arg_given(c, "offset"))
		return CC_OK;
	cc_code code = open_filter(&u, err);
	u.text = code == CC_OK && u.f ? cc_filter_plain_text(u.f) : NULL;
	if (u.text && !(u.scratch = cc_arena_new()))
		code = cc_err_set(err, CC_ENOMEM, "%s: out of memory", c->cmd->name);
	if (u.text && code == CC_OK)
		code = search_files(&u, r, err);
	if (u.text && code == CC_OK)
		add_table(&u, r);
	if (u.f != l->filter)
		cc_filter_free(u.f);
	cc_vec_deinit(&u.rows);
	cc_buf_deinit(&u.raw);
	cc_arena_free(u.scratch);
	return code;
}
