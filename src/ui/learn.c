/* learn.c - five guided steps on the hint row. A step ends when a command of its kind took effect, however it was given. */
#include "ui/ui_priv.h"

#include <string.h>

typedef struct step { const char *text; const char *const *done_by; } step;

static const char *const opens[] = { "alert", "entity", NULL };
static const char *const pivots[] = { "logs", "traces", "events", "metrics", "topology", "spec", "changes", NULL };
static const char *const cursors[] = { "at", NULL };
static const char *const pins[] = { "pin", NULL };
static const char *const suspects[] = { "suspect", NULL };

static const step steps[CC_LEARN_STEPS] = {
	{ "1/5  The alerts, earliest first. j and k move, Enter opens one: open the first.", opens },
	{ "2/5  Esc goes back. Then x and l on a row: the logs of what the alert is about.", pivots },
	{ "3/5  Find the first bad row (e jumps to errors). Press . : the time cursor.", cursors },
	{ "4/5  Evidence worth keeping: Space on the row pins it.", pins },
	{ "5/5  s on a row suspects its entity. Then 8 shows the board, and S submits.", suspects },
};

const char *cc_learn_text(const cc_ui *ui)
{
	if (!ui->opt.learn || ui->stage != CC_STAGE_PANES || ui->learn_step >= CC_LEARN_STEPS)
		return NULL;
	return steps[ui->learn_step].text;
}

void cc_learn_saw(cc_ui *ui, cc_str line)
{
	cc_str name, rest;
	const cc_cmd *cmd = NULL;
	if (!ui->opt.learn || ui->learn_step >= CC_LEARN_STEPS)
		return;
	cc_str_cut(line, ' ', &name, &rest);
	if (cc_cmd_find(name, &cmd, NULL))
		return;
	for (const char *const *d = steps[ui->learn_step].done_by; *d; d++) {
		if (strcmp(cmd->name, *d) == 0) {
			ui->learn_step++;
			return;
		}
	}
}
