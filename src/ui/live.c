/* live.c - the console in a live drill: what is on the screen follows the clock, and pages are told on the hint row.
 *
 * The session makes the evidence of the next tick ready by itself; here it is only asked between two keys whether there is some,
 * and never while somebody is typing, choosing or reading a page over the panes. Asking again costs no query. What an instructor says
 * comes the same way. */
#include "ui/ui_priv.h"

#include "coldcase/clock.h"

#include <string.h>

enum { PAGE_S = 12, TOLD_S = 60 };   /* so long it stays on the hint row */

static const cc_section *pages_of(const cc_reply *r)
{
	for (size_t i = 0; i < cc_reply_section_count(r); i++)
		if (strcmp(cc_reply_section(r, i)->key, "pages") == 0)
			return cc_reply_section(r, i);
	return NULL;
}

/* "17:52:10 critical RequestErrorRate shop/Deployment/checkout"; the cells of a page are its sentence. */
static void say_page(const cc_row *row, cc_buf *out)
{
	cc_time_format_clock(out, row->cells[0].i);
	for (size_t i = 1; i < 4; i++)
		if (row->cells[i].text.n)
			cc_buf_addf(out, " %.*s", CC_STR_ARG(row->cells[i].text));
}

static void begin_bell(cc_ui *ui, const char *what, int seconds)
{
	cc_buf_clear(&ui->message);      /* a long one would stand over it; the key that was pressed, in its place */
	cc_buf_clear(&ui->pressed);
	cc_buf_clear(&ui->bell);
	cc_buf_addz(&ui->bell, what);
	ui->bell_until_ns = cc_clock_mono_ns() + seconds * CC_NS_PER_S;
}

/* The last page, and how many came with it. */
static void ring(cc_ui *ui, size_t fresh)
{
	cc_reply *r = cc_ui_ask(ui, CC_STR("now"));
	const cc_section *pages = r ? pages_of(r) : NULL;
	if (pages && pages->row_count) {
		begin_bell(ui, "PAGED ", PAGE_S);
		say_page(&pages->rows[0], &ui->bell);
		if (fresh > 1)
			cc_buf_addf(&ui->bell, "  and %zu more", fresh - 1);
		cc_buf_addz(&ui->bell, "  :now lists");
	}
	cc_reply_unref(r);
}

void cc_live_poll(cc_ui *ui, bool *changed)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	if (st.told_count > ui->told) {
		begin_bell(ui, "INSTRUCTOR ", TOLD_S);
		cc_buf_add(&ui->bell, st.told);
		*changed = true;
	}
	ui->told = st.told_count;
	if (!ui->backend.advance || ui->stage != CC_STAGE_PANES || cc_ui_hidden(ui))
		return;
	bool moved = ui->backend.advance(ui->backend.arg);
	ui->backend.status(ui->backend.arg, &st);
	size_t fresh = st.pages > ui->pages ? st.pages - ui->pages : 0;
	ui->pages = st.pages;
	if (fresh)
		ring(ui, fresh);
	if (moved)
		cc_ui_outdate_answers(ui);
	*changed = *changed || moved || fresh;
}

bool cc_live_rings(const cc_ui *ui)
{
	return ui->bell.n && cc_clock_mono_ns() < ui->bell_until_ns;
}

void cc_live_draw_bell(cc_ui *ui, cc_rect r)
{
	cc_buf b = CC_BUF_INIT;
	cc_grid_fill(&ui->grid, r, ' ', CC_LOOK_STATUS_ALARM, 0);
	cc_buf_add_char(&b, ' ');
	cc_buf_add(&b, cc_buf_str(&ui->bell));
	cc_grid_outside(&ui->grid, r, cc_buf_str(&b), CC_LOOK_STATUS_ALARM, CC_ATTR_BOLD);
	cc_buf_deinit(&b);
}
