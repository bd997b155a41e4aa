/* loading.c - the console while the evidence is still being read.
 *
 * The session swaps its snapshot only when the console asks, so it asks when nobody is in the middle of something: no
 * prompt, menu or page over the panes is open. After a swap whatever was answered is out of date, ids of things
 * included: kept replies are forgotten, what is in view is asked again at once and the rest when it comes into view.
 * That costs no query. */
#include "ui/ui_priv.h"

#include "coldcase/clock.h"

cc_loading cc_ui_loading(const cc_ui *ui)
{
	return ui->backend.loading ? ui->backend.loading(ui->backend.arg) : (cc_loading){ .left_ns = CC_TIME_NONE };
}

void cc_ui_loading_text(const cc_ui *ui, bool brief, cc_buf *out)
{
	cc_loading p = cc_ui_loading(ui);
	if (!p.running)
		return;
	int percent = p.bytes_total ? (int)(p.bytes_done * 100 / p.bytes_total) : 0;
	cc_buf_addf(out, "%s%d%%", brief ? "" : "reading ", percent);
	if (!brief && p.bytes_per_s > 0)
		cc_buf_addf(out, ", %.0f MB/s", p.bytes_per_s / 1e6);
	if (!brief && p.left_ns != CC_TIME_NONE)
		cc_buf_addf(out, ", %lld s left", (long long)((p.left_ns + CC_NS_PER_S - 1) / CC_NS_PER_S));
	cc_buf_addz(out, "  ");
}

static bool busy(const cc_ui *ui)
{
	return ui->prompt.kind || ui->menu.kind || ui->filter_panel || ui->overlay ||
		(ui->stage != CC_STAGE_PANES && ui->stage != CC_STAGE_BRIEFING);
}

/* Things are called otherwise in a fuller snapshot. */
static void rename_entities(cc_ui *ui)
{
	const cc_backend *b = &ui->backend;
	for (int i = 0; i < CC_PANE_COUNT; i++) {
		for (size_t k = 0; k < ui->panes[i].stack.n; k++) {
			cc_sheet *s = ui->panes[i].stack.p[k];
			s->entity = b->moved(b->arg, s->entity);
			s->view.focus = b->moved(b->arg, s->view.focus);
		}
	}
}

static void outdate(cc_ui *ui)
{
	cc_sheet_free(ui->side);
	ui->side = NULL;
	ui->side_of = NULL;
	for (int i = 0; i < CC_PANE_COUNT; i++) {
		for (size_t k = 0; k < ui->panes[i].stack.n; k++) {
			cc_sheet *s = ui->panes[i].stack.p[k];
			s->stale = s->ran;
		}
	}
}

/* A record that was found before it was a row is one now: somewhere in the list, by its time. */
static void go_to_row(cc_ui *ui, cc_sheet *s, int64_t time_ns)
{
	cc_buf b = CC_BUF_INIT;
	cc_found f = { 0 };
	cc_buf_addz(&b, "since=");
	cc_time_format(&b, time_ns);
	cc_buf_addz(&b, " until=");
	cc_time_format(&b, time_ns);
	if (cc_buf_ok(&b) && cc_ui_takes(s, "find"))
		(void)cc_ui_find(ui, s, cc_buf_str(&b), 1, true, true, &f);
	cc_buf_deinit(&b);
}

/* The selection stays on its record, and as far below the top of the pane as it was. */
static void ask_again(cc_ui *ui, cc_sheet *s)
{
	size_t selected = s->selected, top = s->top;
	cc_pick was = cc_sheet_is_unread(s, selected) ? cc_sheet_pick(s) : (cc_pick){ .time_ns = CC_TIME_NONE };
	cc_ui_load(ui, s, false);
	s->moved = false;
	if (was.cite.file && !cc_sheet_is_unread(s, s->selected)) {
		if (cc_ui_loading(ui).running)
			cc_ui_search_unread(ui, s, was.cite);
		else if (was.time_ns != CC_TIME_NONE)
			go_to_row(ui, s, was.time_ns);
		return;
	}
	if (selected >= top && s->selected >= selected - top)
		s->top = s->selected - (selected - top);
}

static void ask_visible(cc_ui *ui)
{
	ui->asking_again = true;
	for (int slot = 0; slot < 2; slot++) {
		cc_pane *p = ui->slots[slot] >= 0 ? &ui->panes[ui->slots[slot]] : NULL;
		cc_sheet *s = p && p->stack.n ? p->stack.p[p->stack.n - 1] : NULL;
		if (s && (s->stale || s->waiting))
			ask_again(ui, s);
	}
	cc_ui_show_pane(ui, ui->slots[ui->active]);
	ui->asking_again = false;
}

void cc_ui_outdate_answers(cc_ui *ui)
{
	outdate(ui);
	ask_visible(ui);
	cc_ui_scrub(ui);
}

cc_code cc_ui_poll(cc_ui *ui, bool *changed, cc_err *err)
{
	bool fuller = false;
	*changed = false;
	if (busy(ui) || !ui->backend.poll)
		return CC_OK;
	bool was_running = cc_ui_loading(ui).running;
	cc_code code = ui->backend.poll(ui->backend.arg, &fuller, err);
	if (code)
		return code;
	bool whole = was_running && !cc_ui_loading(ui).running;
	if (fuller) {
		cc_ui_forget(ui);
		outdate(ui);
		rename_entities(ui);
	}
	ui->fuller += fuller;
	ui->ask_due = ui->ask_due || fuller;
	if (ui->stage == CC_STAGE_BRIEFING && (fuller || whole)) {
		cc_stage_ask_briefing(ui);
	} else if (ui->stage == CC_STAGE_PANES && ui->ask_due && !cc_ui_hidden(ui)) {
		ask_visible(ui);
		ui->ask_due = false;
	}
	if (whole && ui->stage == CC_STAGE_PANES && !cc_ui_hidden(ui))
		cc_ui_search_say_again(ui);
	if (fuller || whole)
		cc_ui_scrub(ui);
	*changed = fuller || whole;
	cc_live_poll(ui, changed);
	return CC_OK;
}
