/* learn.c - five guided steps on the hint row. A step ends when a command of its kind took effect, however it was given. */
#include "ui/ui_priv.h"

#include <string.h>

/* done_by: the command that ends the step; with: what its line must hold, NULL = anything. */
typedef struct step { const char *text, *done_by, *with; } step;

static const step steps[CC_LEARN_STEPS + 1] = {
	{ "1/5  The alerts, earliest first. j and k move, Enter opens one: open the first.", "alert", NULL },
	{ "2/5  Esc goes back. x on an alert, then e: the events of what it is about.", "events", "entity=" },
	{ "3/5  Esc, then 2: all logs. & level>=error Enter: the bad ones. Then . on a row.", "at", NULL },
	{ "4/5  The time cursor is set. Evidence worth keeping: Space on a row pins it.", "pin", NULL },
	{ "5/5  s on a row suspects what it is about: 0.7 Enter, a reason or none, Enter.", "suspect", NULL },
	{ "All five done. Look further, or: 8 is the board, S reviews and submits.", NULL, NULL },
};

const char *cc_learn_text(const cc_ui *ui)
{
	if (!ui->opt.learn || ui->stage != CC_STAGE_PANES || ui->learn_step > CC_LEARN_STEPS)
		return NULL;
	return steps[ui->learn_step].text;
}

void cc_learn_saw(cc_ui *ui, cc_str line)
{
	cc_str name, rest;
	const cc_cmd *cmd = NULL;
	if (!ui->opt.learn || ui->asking_again || ui->learn_step >= CC_LEARN_STEPS)
		return;
	cc_str_cut(line, ' ', &name, &rest);
	if (cc_cmd_find(name, &cmd, NULL))
		return;
	const step *now = &steps[ui->learn_step];
	if (strcmp(cmd->name, now->done_by) == 0 && (!now->with || cc_str_find(line, cc_str_from(now->with)) != CC_STR_NONE))
		ui->learn_step++;
}
