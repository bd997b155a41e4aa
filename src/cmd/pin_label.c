/* pin_label.c - see pinlabel.h: texts as they stand, then figures with their column's name, marks not at all. */
#include "coldcase/pinlabel.h"
#include "coldcase/utf8.h"

enum { LABEL_COLUMNS = 160 };

static bool tells_something(const cc_column *col, const cc_cell *cell)
{
	return col->priority != 255 && cell->type != CC_CELL_NONE && cell->type != CC_CELL_CITE && cell->type != CC_CELL_SPARK &&
		cell->type != CC_CELL_BAR && cell->type != CC_CELL_BOOL && !(cell->type == CC_CELL_TEXT && !cell->text.n);
}

static bool is_beside(const cc_row *row, const cc_cell *cell)
{
	return (cell->type == CC_CELL_TIME && cell->i == row->time_ns) ||
		(cell->type == CC_CELL_ENTITY && row->entity && (cc_entity_id)cell->i == row->entity);
}

static bool is_figure(const cc_cell *cell)
{
	return cell->type != CC_CELL_TEXT && cell->type != CC_CELL_ENTITY;
}

static void add_cells(const cc_section *sec, const cc_row *row, bool all, bool figures, cc_buf *out)
{
	for (size_t i = 0; i < sec->column_count; i++) {
		const cc_column *col = &sec->columns[i];

		if (!tells_something(col, &row->cells[i]) || is_figure(&row->cells[i]) != figures || (!all && is_beside(row, &row->cells[i])))
			continue;
		if (out->n)
			cc_buf_addz(out, ", ");
		if (figures && col->title && *col->title)
			cc_buf_addf(out, "%s ", col->title);
		cc_cell_render(&row->cells[i], out, false);
	}
}

void cc_pin_label(const cc_section *sec, const cc_row *row, cc_buf *out)
{
	cc_buf b = CC_BUF_INIT;

	for (int pass = 0; pass < 4 && (pass < 2 || !b.n); pass++)
		add_cells(sec, row, pass >= 2, pass % 2, &b);
	cc_buf_add(out, cc_width_cut(cc_buf_str(&b), LABEL_COLUMNS));
	cc_buf_deinit(&b);
}

void cc_pin_label_of_page(const cc_reply *page, cc_buf *out)
{
	cc_buf b = CC_BUF_INIT;

	cc_utf8_clean(&b, cc_reply_title(page), CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI);
	for (size_t i = 0; i < cc_reply_section_count(page); i++) {
		const cc_section *sec = cc_reply_section(page, i);

		if (!sec->line_count)
			continue;
		cc_buf_addz(&b, ", ");
		cc_utf8_clean(&b, sec->lines[0].text, CC_CLEAN_LINE | CC_CLEAN_STRIP_ANSI);
		break;
	}
	cc_buf_add(out, cc_width_cut(cc_buf_str(&b), LABEL_COLUMNS));
	cc_buf_deinit(&b);
}
