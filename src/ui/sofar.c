/* sofar.c - rows that come while their command still runs, over the pane they are for.
 *
 * The session belongs to the thread that works, so what drawing has to know of it is taken down before that thread begins:
 * marks of pins and notes of others are missing from these rows for so long. */
#include "ui/strip.h"
#include "ui/ui_priv.h"

#include "coldcase/utf8.h"

void cc_so_far_begin(cc_ui *ui, cc_so_far *f)
{
	int columns, rows;
	*f = (cc_so_far){ .slot = -1 };
	ui->term->ops->size(ui->term, &columns, &rows);
	cc_layout l = cc_ui_layout(ui, columns, rows);
	for (int slot = 0; slot < 2 && ui->asking && ui->stage == CC_STAGE_PANES; slot++) {
		cc_pane *p = ui->slots[slot] >= 0 ? &ui->panes[ui->slots[slot]] : NULL;
		if (!p || !p->stack.n || p->stack.p[p->stack.n - 1] != ui->asking || l.pane[slot].w < 1)
			continue;
		f->slot = slot;
		f->r = l.pane[slot];
		f->look = cc_screen_look(ui, slot == ui->active, p->unlinked);
		f->look.pinned = NULL;
		f->look.note = NULL;
	}
}

void cc_so_far_end(cc_so_far *f)
{
	cc_sheet_free(f->sheet);
	f->sheet = NULL;
}

static void draw_title(cc_ui *ui, const cc_so_far *f, cc_rect row, uint64_t found)
{
	cc_buf b = CC_BUF_INIT, clean = CC_BUF_INIT;
	cc_look look = f->look.active ? CC_LOOK_TITLE_ACTIVE : CC_LOOK_TITLE;
	cc_buf_addf(&b, "%d ", ui->slots[f->slot] + 1);
	cc_title_text(f->sheet, &b);
	cc_utf8_clean(&clean, cc_buf_str(&b), ui->grid.ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	cc_buf_clear(&b);
	cc_buf_addf(&b, "  %llu so far", (unsigned long long)found);
	int room = row.w - (int)b.n > 0 ? row.w - (int)b.n : 0;
	cc_grid_text(&ui->grid, (cc_rect){ row.x, row.y, room, 1 }, cc_buf_str(&clean), look, 0);
	cc_grid_text(&ui->grid, cc_rect_skip(row, room), cc_buf_str(&b), look, 0);
	cc_buf_deinit(&b);
	cc_buf_deinit(&clean);
}

void cc_so_far_draw(cc_ui *ui, cc_so_far *f, cc_reply *reply, uint64_t found)
{
	cc_rect r = f->r;
	if (f->slot < 0 || (!f->sheet && !(f->sheet = cc_sheet_new(ui->asking->line)))) {
		cc_reply_unref(reply);
		return;
	}
	cc_sheet_set_reply(f->sheet, reply);
	if (!cc_reply_main(reply) || cc_reply_main(reply)->row_count > (size_t)r.h)
		(void)cc_sheet_to_unread(f->sheet);      /* what is looked for there stands below a long list */
	f->sheet->few = ui->opt.demo;
	cc_grid_fill(&ui->grid, r, ' ', CC_LOOK_TEXT, 0);
	if (r.h > 3) {
		draw_title(ui, f, cc_rect_row(r, 0), found);
		r.y++;
		r.h--;
	}
	int strip = cc_strip_height(f->sheet, r.h);
	cc_strip_draw(f->sheet, &ui->grid, (cc_rect){ r.x, r.y, r.w, strip }, &f->look);
	r.y += strip;
	r.h -= strip;
	cc_sheet_draw(f->sheet, &ui->grid, r, &f->look);
}
