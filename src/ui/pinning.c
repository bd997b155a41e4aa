/* pinning.c - Space: the row becomes a pin, or its pin goes.
 *
 * Several rows of a page may cite one record. Each of them is pinned under its own words, and only the pin made from a row goes
 * with that row: a pin somebody thought about must not vanish because another row was meant. */
#include "ui/ui_priv.h"

#include <string.h>

#include "coldcase/pinlabel.h"
#include "coldcase/xalloc.h"

static size_t rows_of(const cc_reply *r, cc_cite cite)
{
	size_t n = 0;
	for (size_t i = 0; r && i < cc_reply_section_count(r); i++)
		for (size_t k = 0; k < cc_reply_section(r, i)->row_count; k++) {
			cc_cite c = cc_reply_section(r, i)->rows[k].cite;
			n += c.file == cite.file && c.record == cite.record;
		}
	return n;
}

static void label_of(const cc_pick *p, cc_buf *out)
{
	if (p->row) {
		cc_pin_label(p->section, p->row, out);
	} else if (p->fact) {
		cc_buf_addf(out, "%s ", p->fact->title);
		cc_cell_render(&p->fact->cell, out, false);
	}
}

/* The pin that goes with a row of a reply: of a record with one row here its pin, of several the one with the row's words. */
static uint32_t pin_of(cc_ui *ui, const cc_reply *r, const cc_section *sec, const cc_row *row)
{
	uint32_t number = ui->backend.pin_of(ui->backend.arg, row->cite, CC_STR_EMPTY);
	cc_buf b = CC_BUF_INIT;
	if (number && rows_of(r, row->cite) > 1) {
		cc_pin_label(sec, row, &b);
		number = ui->backend.pin_of(ui->backend.arg, row->cite, cc_buf_str(&b));
		cc_buf_deinit(&b);
	}
	return number;
}

bool cc_ui_pinned(void *arg, const cc_reply *r, const cc_section *sec, const cc_row *row)
{
	return pin_of(arg, r, sec, row) != 0;
}

static void say_pinned(cc_ui *ui, const cc_reply *r)
{
	const cc_section *s = cc_reply_section(r, 0);
	cc_buf b = CC_BUF_INIT, number = CC_BUF_INIT;
	for (size_t i = 0; s && i < s->fact_count; i++) {
		if (strcmp(s->facts[i].key, "label") == 0)
			cc_cell_render(&s->facts[i].cell, &b, ui->grid.ascii);
		else if (strcmp(s->facts[i].key, "number") == 0)
			cc_cell_render(&s->facts[i].cell, &number, false);
	}
	for (size_t i = 0; i < cc_reply_note_count(r); i++)
		cc_buf_addf(&b, "; %.*s", CC_STR_ARG(cc_reply_note(r, i)));
	cc_ui_say(ui, "pinned #%.*s: %.*s", CC_STR_ARG(cc_buf_str(&number)), CC_STR_ARG(cc_buf_str(&b)));
	cc_buf_deinit(&b);
	cc_buf_deinit(&number);
}

/* --- the pages pins were made from --- */

static uint32_t number_in(const cc_reply *r)
{
	const cc_section *s = cc_reply_section(r, 0);
	for (size_t i = 0; s && i < s->fact_count; i++)
		if (strcmp(s->facts[i].key, "number") == 0)
			return (uint32_t)s->facts[i].cell.i;
	return 0;
}

static cc_pin_page *page_of(const cc_ui *ui, uint32_t number)
{
	for (size_t i = 0; number && i < ui->pin_pages.n; i++)
		if (ui->pin_pages.p[i].number == number)
			return &ui->pin_pages.p[i];
	return NULL;
}

static void free_page(cc_pin_page *page)
{
	cc_free(page->line);
	cc_reply_unref(page->reply);
}

/* Pinned again: the page seen last. */
static void keep_page(cc_ui *ui, const cc_sheet *s, uint32_t number)
{
	cc_pin_page page = { .number = number, .line = cc_strdup(s->line ? s->line : ""), .reply = cc_reply_ref(s->reply), .view = s->view };
	cc_pin_page *old = page_of(ui, number);
	if (old && page.line) {
		free_page(old);
		*old = page;
	} else if (!page.line || !cc_vec_push(&ui->pin_pages, page)) {
		free_page(&page);
	}
}

void cc_ui_drop_pin_pages(cc_ui *ui)
{
	for (size_t i = 0; i < ui->pin_pages.n; i++)
		free_page(&ui->pin_pages.p[i]);
	cc_vec_deinit(&ui->pin_pages);
}

static const cc_cell *cell_of(const cc_pick *p, const char *key)
{
	for (size_t i = 0; p->row && i < p->section->column_count; i++)
		if (strcmp(p->section->columns[i].key, key) == 0)
			return &p->row->cells[i];
	return NULL;
}

/* As known then nothing later may come back by a pin either. */
static cc_pin_page *page_of_row(const cc_ui *ui, const cc_pick *p)
{
	const cc_cell *number = p->row && strcmp(p->section->key, "pins") == 0 ? cell_of(p, "number") : NULL;
	cc_pin_page *page = number ? page_of(ui, (uint32_t)number->i) : NULL;
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	bool ahead = page && st.view.known && (!page->view.known || page->view.at_ns > st.view.at_ns);
	return ahead ? NULL : page;
}

bool cc_ui_has_pin_page(const cc_ui *ui, const cc_pick *p)
{
	return page_of_row(ui, p) != NULL;
}

/* The row that was pinned: by its words, for one record may stand in several; else by its record. */
static void select_pinned(cc_sheet *s, cc_cite cite, cc_str label)
{
	cc_buf b = CC_BUF_INIT;
	size_t found = s->items.n;
	for (size_t i = 0; i < s->items.n; i++) {
		const cc_item *it = &s->items.p[i];
		if (it->kind != CC_ITEM_ROW)
			continue;
		const cc_section *sec = cc_reply_section(s->reply, it->section);
		const cc_row *row = &sec->rows[it->index];
		if (row->cite.file != cite.file || row->cite.record != cite.record)
			continue;
		cc_buf_clear(&b);
		cc_pin_label(sec, row, &b);
		bool same = cc_str_eq(cc_buf_str(&b), label);
		if (same || found == s->items.n)
			found = i;
		if (same)
			break;
	}
	if (found < s->items.n)
		s->selected = found;
	cc_buf_deinit(&b);
}

bool cc_ui_open_pin(cc_ui *ui, const cc_pick *p)
{
	cc_pin_page *page = page_of_row(ui, p);
	if (!page)
		return false;
	cc_view view = page->view;
	cc_str line = cc_str_from(page->line), label = cell_of(p, "label")->text;
	cc_cite cite = p->cite;
	cc_ui_push_reply(ui, cc_ui_pane_of_line(line), line, cc_reply_ref(page->reply));
	cc_sheet *s = cc_ui_sheet(ui);
	s->view = view;
	select_pinned(s, cite, label);
	return true;
}

static void add_pin(cc_ui *ui, const cc_pick *p, cc_str label)
{
	cc_buf b = CC_BUF_INIT;
	cc_reply *r = NULL;
	if (cc_ui_expand(ui, "pin {cite}", p, &b)) {
		if (label.n)
			cc_buf_addz(&b, " label=");
		if (label.n)
			cc_cmd_quote(&b, label);
		r = cc_ui_ask(ui, cc_buf_str(&b));
	}
	if (r) {
		say_pinned(ui, r);
		if (cc_ui_sheet(ui) && cc_ui_sheet(ui)->reply)
			keep_page(ui, cc_ui_sheet(ui), number_in(r));
		cc_reply_unref(r);
		cc_ui_fresh(ui);
	}
	cc_buf_deinit(&b);
}

static void take_away(cc_ui *ui, uint32_t number)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "unpin %u", number);
	cc_ui_run_line(ui, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

void cc_ui_pin(cc_ui *ui)
{
	const cc_sheet *s = cc_ui_sheet(ui);
	cc_pick p = s ? cc_sheet_pick(s) : (cc_pick){ .time_ns = CC_TIME_NONE };
	if (!p.cite.file) {
		cc_ui_say(ui, p.any ? "this row stands for no single record; open it and pin one" : "nothing to pin here");
		return;
	}
	if (p.row && strcmp(p.section->key, "pins") == 0) {
		cc_ui_remove(ui, &p);
		return;
	}
	size_t rows = rows_of(s->reply, p.cite);
	uint32_t any = ui->backend.pin_of(ui->backend.arg, p.cite, CC_STR_EMPTY), own;
	cc_buf label = CC_BUF_INIT;
	label_of(&p, &label);
	own = ui->backend.pin_of(ui->backend.arg, p.cite, cc_buf_str(&label));
	if (label.n && rows > (p.row ? 1u : 0u)) {
		if (own)
			take_away(ui, own);
		else
			add_pin(ui, &p, cc_buf_str(&label));
	} else if (!any) {
		add_pin(ui, &p, CC_STR_EMPTY);
	} else if (p.row && own) {
		take_away(ui, own);
	} else {
		cc_ui_say(ui, "pinned already, as #%u; d on the board takes it away", any);
	}
	cc_buf_deinit(&label);
}
