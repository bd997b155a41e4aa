/* seat.c - the console of a seat in a class: a page without evidence until the class begins, what the host says while it goes on, and
 * the verdict when it is told.
 *
 * What the host says is done to the session elsewhere; here it is only asked, between two keys, how things stand. */
#include "ui/ui_priv.h"

#include <stdio.h>

#include "coldcase/clock.h"

static cc_ui_seat_now look(const cc_ui *ui)
{
	cc_ui_seat_now now = { .phase = CC_SEAT_PLAYS };
	ui->opt.seat->look(ui->opt.seat->arg, &now);
	return now;
}

/* The word to start has come and the clock is going. */
static void begin(cc_ui *ui)
{
	cc_ui_status st;
	ui->backend.tick(ui->backend.arg);
	ui->backend.status(ui->backend.arg, &st);
	if (!st.started || st.frozen)
		return;
	ui->stage = CC_STAGE_PANES;
	if (ui->opt.first_line)
		cc_ui_run_line(ui, cc_str_from(ui->opt.first_line));
	else
		cc_ui_open_first(ui);
	cc_ui_scrub(ui);
}

static void leave_panes(cc_ui *ui)
{
	cc_prompt_close(ui);
	cc_menu_close(ui);
	cc_stage_open_verdict(ui);
}

/* Waiting pages count by themselves; what changed otherwise changed by the host. */
static bool differs(const cc_ui_seat_now *a, const cc_ui_seat_now *b)
{
	return a->phase != b->phase || a->verdict != b->verdict || a->seats != b->seats ||
		(a->left_ns + CC_NS_PER_S - 1) / CC_NS_PER_S != (b->left_ns + CC_NS_PER_S - 1) / CC_NS_PER_S;
}

void cc_seat_poll(cc_ui *ui, bool *changed)
{
	cc_ui_status st;
	if (!ui->opt.seat)
		return;
	cc_ui_seat_now now = look(ui);
	ui->backend.status(ui->backend.arg, &st);
	bool frozen = st.frozen;
	if (ui->stage == CC_STAGE_WAITING && now.phase == CC_SEAT_PLAYS)
		begin(ui);
	else if (now.phase == CC_SEAT_IS_OVER && ui->stage != CC_STAGE_VERDICT)
		leave_panes(ui);
	else if (ui->stage == CC_STAGE_VERDICT && now.verdict && !ui->seat.verdict)
		cc_stage_open_verdict(ui);
	*changed = *changed || differs(&now, &ui->seat) || frozen != ui->seat_frozen;
	ui->seat = now;
	ui->seat_frozen = frozen;
}

void cc_seat_draw(cc_ui *ui, cc_rect r)
{
	cc_ui_status st;
	cc_ui_seat_now now = look(ui);
	char left[24];
	ui->backend.status(ui->backend.arg, &st);
	cc_rect in = cc_rect_inset(r, r.w < 62 ? r.w : 62, r.h < 14 ? r.h : 14);
	cc_grid_outside(&ui->grid, cc_rect_row(in, 0), st.scenario, CC_LOOK_HEADING, CC_ATTR_BOLD);
	cc_grid_printf(&ui->grid, cc_rect_row(in, 2), CC_LOOK_TEXT, 0, "A class of %zu so far. No evidence is shown before all begin.", now.seats);
	if (now.phase == CC_SEAT_COUNTS) {
		long long s = (now.left_ns + CC_NS_PER_S - 1) / CC_NS_PER_S;
		snprintf(left, sizeof left, "%02lld:%02lld", s / 60 % 100, s % 60);
		cc_grid_textz(&ui->grid, cc_rect_row(in, 4), "It begins in", CC_LOOK_TEXT, 0);
		cc_big_draw(&ui->grid, (cc_rect){ in.x, in.y + 6, in.w, in.h - 6 }, left, CC_LOOK_HEADING);
	} else {
		cc_grid_textz(&ui->grid, cc_rect_row(in, 4), now.phase == CC_SEAT_PLAYS ? "The host has frozen it: it goes on in a moment." :
			"The host starts it.", CC_LOOK_TEXT, 0);
	}
	cc_grid_textz(&ui->grid, cc_rect_skip(cc_rect_row(r, r.h - 1), 1), "q leaves", CC_LOOK_TITLE_ACTIVE, 0);
}
