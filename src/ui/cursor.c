/* cursor.c - keys of the time cursor that need to know the list: nudging it from row to row, and the horizon.
 *
 * Who walks in time looks at the rows that are there; only where he stops is what depends on the cursor asked again. */
#include "ui/ui_priv.h"

static const cc_row *row_of(const cc_sheet *s, size_t item)
{
	const cc_item *it = &s->items.p[item];
	const cc_section *sec = it->kind == CC_ITEM_ROW ? cc_reply_section(s->reply, it->section) : NULL;
	return sec && it->index < sec->row_count ? &sec->rows[it->index] : NULL;
}

/* The row nearest in time behind (dir 1) or before (-1) `at`, whichever way the list is ordered. SIZE_MAX: none. */
static size_t neighbour(const cc_sheet *s, int64_t at, int dir)
{
	size_t best = SIZE_MAX;
	int64_t best_ns = CC_TIME_NONE;
	for (size_t i = 0; i < s->items.n; i++) {
		const cc_row *row = row_of(s, i);
		if (!row || row->time_ns == CC_TIME_NONE || (dir > 0 ? row->time_ns <= at : row->time_ns >= at))
			continue;
		if (best == SIZE_MAX || (dir > 0 ? row->time_ns < best_ns : row->time_ns > best_ns)) {
			best = i;
			best_ns = row->time_ns;
		}
	}
	return best;
}

static bool is_item(const cc_sheet *s, size_t item, void *arg)
{
	(void)s;
	return item == *(const size_t *)arg;
}

void cc_ui_nudge(cc_ui *ui, int dir)
{
	cc_sheet *s = cc_ui_sheet(ui);
	cc_buf line = CC_BUF_INIT;
	cc_ui_status st;
	if (!s || !s->reply)
		return;
	ui->backend.status(ui->backend.arg, &st);
	cc_pick p = cc_sheet_pick(s);
	if (st.view.at_ns != CC_TIME_NONE && (p.time_ns == st.view.at_ns || p.time_ns == CC_TIME_NONE)) {
		size_t to = neighbour(s, st.view.at_ns, dir);
		if (to == SIZE_MAX) {
			cc_ui_say(ui, "no %s row with a time on this page", dir > 0 ? "later" : "earlier");
			return;
		}
		(void)cc_sheet_seek(s, to > s->selected ? 1 : -1, is_item, &to);
		p = cc_sheet_pick(s);
	}
	if (cc_ui_expand(ui, "at {time}", &p, &line))
		cc_ui_run_line(ui, cc_buf_str(&line));
	cc_buf_deinit(&line);
}

bool cc_ui_moves_cursor(const cc_binding *b)
{
	return b && (b->what == CC_DO_NUDGE_LATER || b->what == CC_DO_NUDGE_EARLIER ||
		(b->what == CC_DO_LINE && cc_str_starts(cc_str_from(b->line), CC_STR("at alert="))));
}

void cc_ui_settle(cc_ui *ui)
{
	if (!ui->settle_due)
		return;
	ui->settle_due = false;
	if (ui->stage == CC_STAGE_PANES && !cc_ui_hidden(ui))
		cc_ui_fresh(ui);
}

void cc_ui_toggle_horizon(cc_ui *ui)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	cc_ui_run_line(ui, st.until_ns == CC_TIME_NONE ? CC_STR("horizon known") : CC_STR("horizon hindsight"));
}

void cc_ui_toggle_scrubber(cc_ui *ui)
{
	ui->no_scrubber = !ui->no_scrubber;
	cc_ui_scrub(ui);
	if (!ui->no_scrubber)
		cc_ui_say(ui, "A alert, C change, W warning, * several, T onset, / silence; height: errors");
}
