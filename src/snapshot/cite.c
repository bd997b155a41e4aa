/* cite.c - "otel_logs_raw.tsv#8127": naming a row of evidence, and reading it again as it stands in the file. */
#include <string.h>
#include "snapshot/alerts_priv.h"
#include "snapshot/asof.h"
#include "snapshot/k8sbody_priv.h"

void cc_cite_format(const cc_snapshot *s, cc_cite cite, cc_buf *out)
{
	const snapshot_file *f = cc_snapshot_priv_file(s, cite.file);
	if (!f) {
		cc_buf_add_char(out, '-');
		return;
	}
	cc_buf_add(out, f->info.path);
	cc_buf_addf(out, "#%u", cite.record);
}

/* --- alert items --- */

/* Counted as they were when the file was loaded, groups opened. */
static const cc_json *alert_item_at(const cc_json *root, uint32_t record)
{
	alert_walk walk = { 0 };
	const cc_json *v = cc_alert_next(root, &walk);
	for (uint32_t i = 1; v && i < record; i++)
		v = cc_alert_next(root, &walk);
	return record > 0 ? v : NULL;
}

static cc_code read_alert(snapshot_file *f, uint32_t record, cc_buf *out, cc_err *err)
{
	cc_json *root = NULL;
	cc_code code = cc_json_parse(&root, cc_snapshot_file_text(f), err);
	if (code != CC_OK)
		return code;
	const cc_json *item = alert_item_at(root, record);
	if (item)
		cc_json_write(out, item, false);
	cc_json_free(root);
	if (!item)
		return cc_err_set(err, CC_EUNKNOWN, "%.*s has no alert %u", CC_STR_ARG(f->info.path), record);
	return cc_buf_ok(out) ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}

/* --- parsing --- */

static bool is_base_name(cc_str path, cc_str name)
{
	return path.n > name.n && path.p[path.n - name.n - 1] == '/' && cc_str_ends(path, name);
}

/* A listed path, or a file name that only one listed path ends in. */
static uint32_t find_file(const cc_snapshot *s, cc_str path)
{
	uint32_t by_name = 0;
	size_t hits = 0;
	for (size_t i = 0; i < s->files.n; i++) {
		if (cc_str_eq(s->files.p[i].info.path, path))
			return (uint32_t)i + 1;
		if (is_base_name(s->files.p[i].info.path, path) && ++hits)
			by_name = (uint32_t)i + 1;
	}
	return hits == 1 && path.n > 0 ? by_name : 0;
}

static cc_code check_exists(const cc_snapshot *s, cc_cite cite, cc_err *err)
{
	snapshot_file *f = cc_snapshot_priv_file(s, cite.file);
	cc_tsv_row row;
	cc_buf item = CC_BUF_INIT;
	cc_code code = CC_OK;
	if (f->info.kind == CC_FILE_ALERTS)
		code = read_alert(f, cite.record, &item, err);
	else if (!cc_snapshot_row(s, cite, &row))
		code = cc_err_set(err, CC_EUNKNOWN, "%.*s has no record %u", CC_STR_ARG(f->info.path), cite.record);
	cc_buf_deinit(&item);
	return code == CC_OK || code == CC_ENOMEM ? code : CC_EUNKNOWN;
}

static cc_code no_cite(cc_str text, cc_err *err)
{
	cc_err_set(err, CC_EUNKNOWN, "%.*s cites nothing in this incident", CC_STR_ARG(text));
	return cc_err_hint(err, "a citation is a listed file and a record number: otel_logs_raw.tsv#8127"), CC_EUNKNOWN;
}

static cc_code not_known(const cc_snapshot *s, cc_cite cite, cc_err *err)
{
	cc_err_set(err, CC_EUNKNOWN, "%.*s#%u was not known yet at the time cursor",
		CC_STR_ARG(cc_snapshot_priv_file(s, cite.file)->info.path), cite.record);
	return cc_err_hint(err, "`horizon hindsight` shows what comes after it"), CC_EUNKNOWN;
}

cc_code cc_cite_parse(const cc_snapshot *s, cc_str text, cc_cite *out, cc_err *err)
{
	int64_t record;
	text = cc_str_trim(text);
	size_t hash = cc_str_rfind_char(text, '#');
	if (hash == CC_STR_NONE || !cc_str_to_i64(cc_str_sub(text, hash + 1, text.n), &record) || record < 1 ||
		record > UINT32_MAX)
		return no_cite(text, err);
	cc_cite cite = { find_file(s, cc_str_sub(text, 0, hash)), (uint32_t)record };
	if (cite.file == 0)
		return no_cite(text, err);
	cc_code code = check_exists(s, cite, err);
	if (code == CC_OK && !cc_asof_knows(s, cite))
		code = not_known(s, cite, err);
	if (code == CC_OK)
		*out = cite;
	return code;
}

/* --- reading --- */

static size_t stored_fields(const cc_tsv_row *row)
{
	return row->field_count < CC_TSV_MAX_COLUMNS ? row->field_count : CC_TSV_MAX_COLUMNS;
}

/* Fields may be shifted in a damaged row, so all of them count. */
static bool may_hold_secret(const snapshot_file *f, const cc_tsv_row *row)
{
	bool hit = false;
	for (size_t i = 0; f->info.kind == CC_FILE_OBJECTS && i < stored_fields(row); i++)
		hit = hit || cc_mask_suspects(row->fields[i]);
	return hit;
}

static bool give_row(const snapshot_file *f, const cc_tsv_row *row, cc_arena *arena,
	void (*each)(void *, cc_str, cc_str), void *arg)
{
	const cc_tsv *t = &f->tsv;
	bool suspect = may_hold_secret(f, row);
	cc_buf shown = CC_BUF_INIT;
	for (size_t i = 0; i < stored_fields(row); i++) { /* a field too many has no column name */
		cc_str value = cc_tsv_decode(row->fields[i], arena);
		if (suspect && cc_mask_cell(value, &shown))
			value = cc_buf_str(&shown);
		if (!cc_buf_ok(&shown))
			break;
		each(arg, i < t->column_count ? t->columns[i] : CC_STR_EMPTY, value);
	}
	bool ok = cc_buf_ok(&shown);
	cc_buf_deinit(&shown);
	return ok;
}

cc_code cc_cite_read(const cc_snapshot *s, cc_cite cite, void (*each)(void *arg, cc_str column, cc_str value),
	void *arg, cc_err *err)
{
	snapshot_file *f = cc_snapshot_priv_file(s, cite.file);
	cc_tsv_row row;
	if (!f)
		return cc_err_set(err, CC_EUNKNOWN, "no such file in this incident");
	if (!cc_asof_knows(s, cite))
		return not_known(s, cite, err);
	if (f->info.kind == CC_FILE_ALERTS) {
		cc_buf item = CC_BUF_INIT;
		cc_code code = read_alert(f, cite.record, &item, err);
		if (code == CC_OK)
			each(arg, CC_STR("alert"), cc_buf_str(&item));
		cc_buf_deinit(&item);
		return code;
	}
	if (!cc_snapshot_row(s, cite, &row))
		return cc_err_set(err, CC_EUNKNOWN, "%.*s has no record %u", CC_STR_ARG(f->info.path), cite.record);
	cc_arena *arena = cc_arena_new();
	if (!arena)
		return cc_err_set(err, CC_ENOMEM, "out of memory");
	bool ok = give_row(f, &row, arena, each, arg);
	cc_arena_free(arena);
	return ok ? CC_OK : cc_err_set(err, CC_ENOMEM, "out of memory");
}
