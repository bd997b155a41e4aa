/* trail.c - the way back through what was looked at, as a browser keeps it: which pane, which list or page of it, and under which
 * focus, cursor and window. The case keeps the latter (`back` and `forward` are commands of their own and recorded); the rest is the
 * console's alone. What was shown before is paid for: going back to it costs nothing.
 *
 * One way, and a place on it: looking at something new from there forgets what lay ahead. */
#include "ui/ui_priv.h"

#include <string.h>

#include "coldcase/xalloc.h"

enum { PLACES = 100 };   /* the oldest is forgotten */

static cc_view view_now(cc_ui *ui)
{
	cc_ui_status st;
	ui->backend.status(ui->backend.arg, &st);
	return st.view;
}

static bool same_view(const cc_view *a, const cc_view *b)
{
	return a->focus == b->focus && a->at_ns == b->at_ns && a->window.from_ns == b->window.from_ns && a->window.to_ns == b->window.to_ns;
}

static bool is_here(const cc_ui *ui, const cc_place *here, const char *line)
{
	if (ui->trail_at >= ui->trail.n)
		return false;
	const cc_place *last = &ui->trail.p[ui->trail_at];
	return last->pane == here->pane && strcmp(last->line, line) == 0 && same_view(&last->view, &here->view);
}

static void forget_from(cc_ui *ui, size_t first)
{
	while (ui->trail.n > first)
		cc_free(ui->trail.p[--ui->trail.n].line);
}

void cc_trail_deinit(cc_ui *ui)
{
	forget_from(ui, 0);
	cc_vec_deinit(&ui->trail);
}

void cc_trail_note(cc_ui *ui)
{
	cc_sheet *s = ui->stage == CC_STAGE_PANES && !ui->replay ? cc_ui_sheet(ui) : NULL;
	if (!s || !s->line)
		return;
	cc_place here = { ui->slots[ui->active], NULL, view_now(ui) };
	if (is_here(ui, &here, s->line))
		return;
	forget_from(ui, ui->trail.n ? ui->trail_at + 1 : 0);
	if (ui->trail.n == PLACES) {
		cc_free(ui->trail.p[0].line);
		memmove(ui->trail.p, ui->trail.p + 1, --ui->trail.n * sizeof *ui->trail.p);
	}
	here.line = cc_strdup(s->line);
	if (!here.line || !cc_vec_push(&ui->trail, here))
		cc_free(here.line);
	ui->trail_at = ui->trail.n ? ui->trail.n - 1 : 0;
}

/* Where the pane still has it, what was opened above it is closed; else it is opened once more. */
static void show(cc_ui *ui, int pane, const char *line)
{
	size_t depth = ui->panes[pane].stack.n;
	while (depth && strcmp(ui->panes[pane].stack.p[depth - 1]->line, line) != 0)
		depth--;
	if (!depth) {
		cc_ui_push(ui, pane, cc_str_from(line));
		return;
	}
	cc_ui_cut(ui, pane, depth);
	cc_ui_show_pane(ui, pane);
}

void cc_trail_go(cc_ui *ui, int dir)
{
	if (!ui->trail.n || (dir < 0 ? ui->trail_at == 0 : ui->trail_at + 1 == ui->trail.n)) {
		cc_ui_say(ui, dir < 0 ? "this is where it began" : "nothing was looked at after this");
		return;
	}
	cc_place *to = &ui->trail.p[dir < 0 ? ui->trail_at - 1 : ui->trail_at + 1];
	if (!same_view(&to->view, &ui->trail.p[ui->trail_at].view))
		cc_ui_run_line(ui, cc_str_from(dir < 0 ? "back" : "forward"));
	show(ui, to->pane, to->line);
	ui->trail_at = (size_t)(to - ui->trail.p);
	to->view = view_now(ui);
}
