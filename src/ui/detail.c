/* detail.c - one row with all its fields, the hidden ones too, as a page. It costs nothing: the reply holds them already. */
#include "ui/ui_priv.h"
#include "ui/table.h"

#include <string.h>

static bool worth_showing(const cc_cell *c)
{
	return c->type != CC_CELL_NONE && c->type != CC_CELL_BAR && !(c->type == CC_CELL_TEXT && c->text.n == 0);
}

/* Names are copied: the page may outlive the reply it was made from. */
static void add_fact(cc_reply *r, const char *key, const char *title, cc_cell cell, cc_role role)
{
	const char *k = cc_arena_dupz(cc_reply_arena(r), cc_str_from(key)), *t = cc_arena_dupz(cc_reply_arena(r), cc_str_from(title));
	if ((role == CC_ROLE_CRITICAL || role == CC_ROLE_WARNING) && cc_cell_is_nothing(&cell))
		role = CC_ROLE_DIM;
	if (k && t && worth_showing(&cell))
		cc_reply_fact(r, k, t, cell, role);
}

/* In a table "after" stands beside what it is after; alone it has to say so. */
static void add_cell(cc_reply *r, const cc_section *sec, const cc_row *row, size_t i)
{
	const cc_column *c = &sec->columns[i];
	cc_buf title = CC_BUF_INIT;
	if (i && strcmp(c->title, "after") == 0)
		cc_buf_addf(&title, "%s after", sec->columns[i - 1].title);
	add_fact(r, c->key, title.n ? title.p : c->title, row->cells[i], c->role);
	cc_buf_deinit(&title);
}

/* A time in the zone of `tz`, below the one in UTC. */
static void add_local(cc_reply *r, const cc_cell *cell, const cc_zone *zone)
{
	cc_buf b = CC_BUF_INIT;
	if (!zone || cell->type != CC_CELL_TIME)
		return;
	cc_zone_format(zone, cell->i, &b);
	add_fact(r, "local", "that is", cc_cell_text(cc_buf_str(&b)), CC_ROLE_DIM);
	cc_buf_deinit(&b);
}

static void add_row(cc_reply *r, const cc_section *sec, const cc_row *row, const cc_zone *zone)
{
	for (size_t i = 0; i < sec->column_count; add_local(r, &row->cells[i], zone), i++)
		add_cell(r, sec, row, i);
}

static bool has_cell(const cc_section *sec, cc_cell_type type)
{
	for (size_t i = 0; sec && i < sec->column_count; i++)
		if (sec->columns[i].type == type)
			return true;
	return false;
}

static void add_origin(cc_ui *ui, cc_reply *r, const cc_pick *p)
{
	cc_buf b = CC_BUF_INIT;
	if (p->entity && !has_cell(p->row ? p->section : NULL, CC_CELL_ENTITY)) {
		ui->backend.entity_text(ui->backend.arg, p->entity, &b);
		cc_reply_fact(r, "entity", "Entity", cc_cell_text(cc_buf_str(&b)), CC_ROLE_ENTITY);
	}
	cc_buf_clear(&b);
	if (p->cite.file && !has_cell(p->row ? p->section : NULL, CC_CELL_CITE)) {
		ui->backend.cite_text(ui->backend.arg, p->cite, &b);
		cc_reply_fact(r, "cite", "Cite", cc_cell_text(cc_buf_str(&b)), CC_ROLE_DIM);
	}
	cc_buf_clear(&b);
	if (p->drill.n && (ui->replay || ui->lane)) {           /* Enter goes to the next marker there */
		cc_reply_fact(r, "enter", "As a line", cc_cell_text(p->drill), CC_ROLE_DIM);
	} else if (p->drill.n) {
		cc_buf_addf(&b, "%.*s  (%s)", CC_STR_ARG(p->drill), cc_ui_has_pin_page(ui, p) ? "free: as it was seen" : cc_ui_cost(ui, p->drill));
		cc_reply_fact(r, "enter", "Enter runs", cc_cell_text(cc_buf_str(&b)), CC_ROLE_DIM);
	}
	cc_buf_deinit(&b);
}

cc_sheet *cc_ui_detail(cc_ui *ui, const cc_pick *p)
{
	if (!p->any)
		return NULL;
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	cc_reply *r = cc_reply_new("detail");
	cc_sheet *s = cc_sheet_new(NULL);
	if (!r || !s)
		goto fail;
	cc_reply_begin_facts(r, "row", NULL);
	if (p->row)
		add_row(r, p->section, p->row, st.zone);
	else if (p->fact)
		add_fact(r, p->fact->key, p->fact->title, p->fact->cell, p->fact->role);
	else if (p->line)
		cc_reply_fact(r, "line", "Line", cc_cell_text(p->line->text), p->line->role);
	add_origin(ui, r, p);
	if (cc_reply_publish(r, NULL, NULL))
		goto fail;
	cc_sheet_set_reply(s, r);
	return s;
fail:
	cc_reply_unref(r);
	cc_sheet_free(s);
	return NULL;
}

/* What leads from row to row does so below the page too, which then shows that one: left and right to the rows beside it, and the
 * walks along errors, warnings, the same trace, groups and pins. The row can be pinned from here. */
static cc_do in_list(const cc_binding *b)
{
	switch (b ? b->what : CC_DO_NOTHING) {
	case CC_DO_LEFT: return CC_DO_MOVE_UP;
	case CC_DO_RIGHT: return CC_DO_MOVE_DOWN;
	case CC_DO_NEXT_ERROR: case CC_DO_PREV_ERROR: case CC_DO_NEXT_WARNING: case CC_DO_PREV_WARNING: case CC_DO_NEXT_SAME:
	case CC_DO_PREV_SAME: case CC_DO_NEXT_GROUP: case CC_DO_PREV_GROUP: case CC_DO_NEXT_PINNED: case CC_DO_PREV_PINNED: case CC_DO_PIN:
		return b->what;
	default: return CC_DO_NOTHING;
	}
}

bool cc_ui_flip(cc_ui *ui, const cc_binding *b)
{
	cc_binding move = { .what = in_list(b) };
	cc_sheet *s = cc_ui_sheet(ui);
	if (move.what == CC_DO_NOTHING || !s || !cc_str_eqz(cc_reply_command(ui->overlay->reply), "detail"))
		return false;
	cc_sheet *page = ui->overlay;
	ui->overlay = NULL;
	cc_ui_do(ui, &move);
	cc_pick p = cc_sheet_pick(cc_ui_sheet(ui));
	ui->overlay = cc_ui_detail(ui, &p);
	if (ui->overlay)
		cc_sheet_free(page);
	else
		ui->overlay = page;
	return true;
}
