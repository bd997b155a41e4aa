/* rows.c - going over the rows of a table once, and reaching one of them again.
 *
 * One loop for all tables, so that wrong field counts, truncated tails, progress and cancel are treated alike
 * everywhere. */
#include <stdio.h>
#include <string.h>
#include "snapshot/snapshot_priv.h"

enum { ROWS_PER_CHECK = 4096 };

uint32_t cc_snapshot_next_file(const cc_snapshot *s, cc_file_kind kind, uint32_t after)
{
	for (size_t i = after; i < s->files.n; i++)
		if (s->files.p[i].chosen && s->files.p[i].info.kind == kind)
			return (uint32_t)i + 1;
	return 0;
}

static void tell_progress(cc_snapshot *s, const snapshot_file *f, size_t pos)
{
	if (!s->opt || !s->opt->progress)
		return;
	cc_snapshot_progress p = { s->bytes_done + pos, cc_snapshot_bytes(s), cc_file_kind_name(f->info.kind) };
	s->opt->progress(s->opt->progress_arg, &p);
}

static cc_code check_point(cc_snapshot *s, const snapshot_file *f, size_t pos, cc_err *err)
{
	tell_progress(s, f, pos);
	if (s->opt && cc_canceled(s->opt->cancel))
		return cc_err_set(err, CC_ECANCELED, "%.*s: reading was canceled", CC_STR_ARG(f->info.path));
	if (s->failed)
		return cc_err_set(err, CC_ENOMEM, "%.*s: out of memory", CC_STR_ARG(f->info.path));
	return CC_OK;
}

size_t cc_snapshot_count_lines(cc_str record)
{
	cc_str line;
	size_t n = 1;
	while (cc_str_cut(record, '\n', &line, &record) && record.n > 0)
		n++;
	return n;
}

/* Everything behind a quote that never closes is in one record: how much that is must be told even when other rows were
 * skipped before, for what is lost may be most of the file. */
void cc_snapshot_skip_open_quote(cc_snapshot *s, uint32_t file, uint64_t record, size_t lines)
{
	snapshot_file *f = cc_snapshot_priv_file(s, file);
	char why[128];
	snprintf(why, sizeof why, "a quote never closes: the file ends inside record %llu", (unsigned long long)record);
	if (lines > 1)
		snprintf(why, sizeof why, "a quote never closes: the last %zu lines of the file are inside record %llu",
			lines, (unsigned long long)record);
	cc_str before = f->info.problem;
	bool first = f->info.skipped == 0;
	cc_snapshot_skip(s, file, record, why);
	if (first || before.n == 0)
		return;
	f->info.problem = cc_arena_printf(s->arena, "%.*s; %s", CC_STR_ARG(before), why);
	s->failed = s->failed || !f->info.problem.p;
}

/* A lone quote can draw several lines into one row, so their number is said. */
void cc_snapshot_say_fields(char *out, size_t size, size_t found, size_t want, size_t lines)
{
	int n = snprintf(out, size, "%zu fields instead of %zu", found, want);
	if (lines > 1 && n > 0 && (size_t)n < size)
		snprintf(out + n, size - (size_t)n, " in a record of %zu lines", lines);
}

/* A row that is no row: false, counted. */
static bool well_formed(cc_snapshot *s, uint32_t file, const cc_tsv *t, const cc_tsv_row *row)
{
	char why[96];
	if (!row->open_quote && row->field_count == t->column_count)
		return true;
	size_t lines = cc_snapshot_count_lines(cc_str_sub(t->text, row->offset, row->offset + row->length));
	if (row->open_quote) {
		cc_snapshot_skip_open_quote(s, file, row->record, lines);
	} else {
		cc_snapshot_say_fields(why, sizeof why, row->field_count, t->column_count, lines);
		cc_snapshot_skip(s, file, row->record, why);
	}
	return false;
}

static cc_code scan_rows(cc_snapshot *s, uint32_t file, snapshot_row_fn *fn, void *arg, cc_err *err)
{
	snapshot_file *f = cc_snapshot_priv_file(s, file);
	cc_tsv t = f->tsv;
	cc_tsv_row row;
	cc_code code = CC_OK;
	while (code == CC_OK && cc_tsv_next(&t, &row)) {
		if (!row_starts_add(&f->starts, row.offset))
			s->failed = true;
		else if (well_formed(s, file, &t, &row))
			code = fn(arg, file, &row, err);
		if (code == CC_OK && (row.record % ROWS_PER_CHECK == 0 || s->failed))
			code = check_point(s, f, t.pos, err);
	}
	f->info.records = t.record - f->info.skipped;
	return code;
}

/* Of a file that was gone over before, by the whole snapshot, which counted and keeps what is to be kept. */
static cc_code scan_again(cc_snapshot *s, uint32_t file, snapshot_row_fn *fn, void *arg, cc_err *err)
{
	snapshot_file *f = cc_snapshot_priv_file(s, file);
	cc_tsv_row row;
	cc_code code = CC_OK;
	cc_snapshot_file_text(f);
	cc_tsv t = f->tsv;
	while (code == CC_OK && cc_tsv_next(&t, &row)) {
		if (!row.open_quote && row.field_count == t.column_count)
			code = fn(arg, file, &row, err);
		if (code == CC_OK && (row.record % ROWS_PER_CHECK == 0 || s->failed))
			code = check_point(s, f, t.pos, err);
	}
	return code;
}

cc_code cc_snapshot_scan(cc_snapshot *s, uint32_t file, snapshot_row_fn *row, void *arg, cc_err *err)
{
	snapshot_file *f = cc_snapshot_priv_file(s, file);
	if (!f || f->tsv.column_count == 0)
		return CC_OK;
	if (s->whole)
		return scan_again(s, file, row, arg, err);
	cc_code code = check_point(s, f, 0, err);
	if (code == CC_OK)
		code = scan_rows(s, file, row, arg, err);
	s->bytes_done += f->info.bytes;
	return code;
}

/* --- where records start --- */

bool row_starts_add(row_starts *r, uint64_t offset)
{
	if (r->bases.n == 0 || offset - r->bases.p[r->bases.n - 1].offset > UINT32_MAX) {
		starts_base b = { .offset = offset, .first = (uint32_t)r->at.n };
		if (!cc_vec_push(&r->bases, b))
			return false;
	}
	return cc_vec_push(&r->at, (uint32_t)(offset - r->bases.p[r->bases.n - 1].offset));
}

/* Offsets in order, from their own base; as they are where the last of ours reaches them all. */
static bool add_all(row_starts *r, uint64_t base, const uint32_t *at, size_t n)
{
	bool ok = n == 0 || row_starts_add(r, base + at[0]);
	uint64_t own = ok && n ? r->bases.p[r->bases.n - 1].offset : 0;
	size_t i = n > 0;
	if (ok && n && base + at[n - 1] - own <= UINT32_MAX && cc_vec_reserve(&r->at, n)) {
		for (; i < n; i++)
			r->at.p[r->at.n + i - 1] = (uint32_t)(base + at[i] - own);
		r->at.n += n - 1;
	}
	for (; ok && i < n; i++)
		ok = row_starts_add(r, base + at[i]);
	return ok;
}

bool row_starts_append(row_starts *r, const row_starts *more)
{
	bool ok = true;
	for (size_t b = 0; ok && b < more->bases.n; b++) {
		size_t from = more->bases.p[b].first, end = b + 1 < more->bases.n ? more->bases.p[b + 1].first : more->at.n;
		ok = add_all(r, more->bases.p[b].offset, more->at.p + from, end - from);
	}
	return ok;
}

bool row_starts_get(const row_starts *r, uint32_t record, uint64_t *offset)
{
	if (record == 0 || record > r->at.n)
		return false;
	size_t b = r->bases.n - 1;
	while (r->bases.p[b].first > record - 1)
		b--;
	*offset = r->bases.p[b].offset + r->at.p[record - 1];
	return true;
}

void row_starts_deinit(row_starts *r)
{
	cc_vec_deinit(&r->at);
	cc_vec_deinit(&r->bases);
}

/* --- random access --- */

/* Without starts (a table no loader went over) the record is counted out from the start. */
static bool row_by_counting(snapshot_file *f, uint32_t record, cc_tsv_row *row)
{
	cc_snapshot_file_text(f);
	cc_tsv t = f->tsv;
	while (t.record < record)
		if (!cc_tsv_next(&t, row))
			return false;
	return t.column_count > 0;
}

bool cc_snapshot_row(const cc_snapshot *s, cc_cite cite, cc_tsv_row *row)
{
	snapshot_file *f = cc_snapshot_priv_file(s, cite.file);
	if (!f || cite.record == 0)
		return false;
	uint64_t from;
	if (f->starts.at.n == 0)
		return row_by_counting(f, cite.record, row);
	if (!row_starts_get(&f->starts, cite.record, &from))
		return false;
	cc_tsv one = { .text = cc_snapshot_file_text(f), .pos = (size_t)from };
	if (!cc_tsv_next(&one, row))
		return false;
	row->record = cite.record;
	return true;
}

cc_str cc_snapshot_cell(const cc_snapshot *s, cc_cite cite, const char *names, cc_arena *arena)
{
	cc_tsv_row row;
	if (!cc_snapshot_row(s, cite, &row))
		return CC_STR_EMPTY;
	return cc_tsv_field(&row, cc_tsv_column_any(&cc_snapshot_priv_file(s, cite.file)->tsv, names), arena);
}
