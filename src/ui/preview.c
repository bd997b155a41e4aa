/* preview.c - what the line being typed would do: its command's usage, the parameter the cursor is in, and what Enter costs.
 *
 * It says nothing of the evidence: how many rows a filter leaves is an answer, and answers cost a query. */
#include "ui/ui_priv.h"

#include "coldcase/utf8.h"

/* The commands that begin with a word, while it names none. */
static void say_candidates(cc_str word, cc_buf *out)
{
	for (size_t i = 0; i < cc_cmd_count(); i++) {
		const cc_cmd *cmd = cc_cmd_get(i);
		if (cc_str_starts_nocase(cc_str_from(cmd->name), word))
			cc_buf_addf(out, "%s%s", out->n ? "  " : "", cmd->name);
	}
	if (!out->n && (cc_str_starts(CC_STR("bind"), word) || cc_str_starts(CC_STR("unbind"), word)))
		cc_buf_addz(out, "bind [PANE] KEY ACTION  bind [PANE] KEY :COMMAND LINE  unbind [PANE] KEY");
	if (!out->n)
		cc_buf_addf(out, "no command begins with %.*s", CC_STR_ARG(word));
}

/* The word the cursor is in, as far as it goes. */
static cc_str last_word(cc_str line)
{
	size_t blank = cc_str_rfind_char(line, ' ');
	return blank == CC_STR_NONE ? CC_STR_EMPTY : cc_str_sub(line, blank + 1, line.n);
}

static const cc_param *param_at(const cc_cmd *cmd, cc_str line)
{
	cc_str word = last_word(line), key, value;
	const cc_param *filter = NULL, *first = NULL;
	bool keyed = cc_str_cut(word, '=', &key, &value);
	for (const cc_param *p = cmd->params; p && p->name; p++) {
		if (keyed && cc_str_eqz(key, p->name))
			return p;
		if (p->type == CC_PARAM_FILTER)
			filter = p;
		if (p->positional && !first)
			first = p;
	}
	return filter ? filter : first;
}

static bool say_param(const cc_cmd *cmd, cc_str line, cc_buf *out)
{
	const cc_param *p = param_at(cmd, line);
	if (!p || cc_str_rfind_char(line, ' ') == CC_STR_NONE)
		return false;
	cc_buf_addf(out, "%s: %s", p->name, p->help);
	for (size_t i = 0; p->choices && p->choices[i]; i++)
		cc_buf_addf(out, "%s%s", i ? ", " : " - ", p->choices[i]);
	return true;
}

static const char *cost(const cc_ui *ui, const cc_cmd *cmd, cc_str line)
{
	if (!(cmd->flags & CC_CMD_QUERY))
		return "free";
	return cc_ui_is_kept(ui, line) ? "free: asked before" : "one query";
}

const char *cc_ui_cost(const cc_ui *ui, cc_str line)
{
	cc_str name, rest;
	const cc_cmd *cmd = NULL;
	cc_str_cut(cc_str_trim(line), ' ', &name, &rest);
	return name.n && !cc_cmd_find(name, &cmd, NULL) ? cost(ui, cmd, cc_str_trim(line)) : "";
}

/* Two lines; the second may stay empty. */
static void preview_line(const cc_ui *ui, cc_str line, cc_buf *first, cc_buf *second)
{
	cc_str name, rest;
	const cc_cmd *cmd = NULL;
	cc_str_cut(cc_str_trim(line), ' ', &name, &rest);
	if (!name.n || cc_replay_preview(ui, line, first, second))
		return;
	if (cc_cmd_find(name, &cmd, NULL)) {
		say_candidates(name, first);
		return;
	}
	cc_cmd_write_usage(cmd, first);
	cc_buf_addf(second, "%s - ", cost(ui, cmd, cc_str_trim(line)));
	if (!say_param(cmd, line, second))
		cc_buf_addz(second, cmd->summary);
}

static void say_lines(const cc_ui *ui, cc_buf *first, cc_buf *second)
{
	const cc_prompt *p = &ui->prompt;
	cc_str typed = cc_buf_str(&p->edit.text);
	const cc_pane *pane = &ui->panes[ui->slots[ui->active]];
	const cc_sheet *s = pane->stack.n ? pane->stack.p[pane->stack.n - 1] : NULL;
	cc_buf line = CC_BUF_INIT;
	if (p->kind == CC_PROMPT_COMMAND) {
		preview_line(ui, typed, first, second);
	} else if (p->kind == CC_PROMPT_FILTER && s && s->line) {
		cc_buf_addf(&line, "%s %.*s", s->line, CC_STR_ARG(typed));
		preview_line(ui, cc_buf_str(&line), first, second);
		cc_buf_clear(first);
		cc_buf_addf(first, "runs :%.*s", CC_STR_ARG(cc_str_trim(cc_buf_str(&line))));
	}
	cc_buf_deinit(&line);
}

void cc_preview_draw(cc_ui *ui, cc_rect prompt)
{
	enum { ROOM = 12 };      /* on a screen with fewer rows the evidence is worth more */
	cc_buf text[2] = { CC_BUF_INIT, CC_BUF_INIT };
	say_lines(ui, &text[0], &text[1]);
	int n = prompt.y < ROOM ? 0 : text[1].n ? 2 : text[0].n ? 1 : 0;
	for (int i = 0; i < n; i++) {
		cc_rect row = { prompt.x, prompt.y - n + i, prompt.w, 1 };
		cc_grid_fill(&ui->grid, row, ' ', CC_LOOK_MENU, 0);
		cc_buf clean = CC_BUF_INIT, fit = CC_BUF_INIT;
		cc_utf8_clean(&clean, cc_buf_str(&text[i]), ui->grid.ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
		cc_width_fit(&fit, cc_buf_str(&clean), (size_t)(row.w > 1 ? row.w - 1 : 0), ui->grid.ascii);
		cc_grid_text(&ui->grid, cc_rect_skip(row, 1), cc_buf_str(&fit), i ? CC_LOOK_DIM : CC_LOOK_MENU, 0);
		cc_buf_deinit(&clean);
		cc_buf_deinit(&fit);
	}
	cc_buf_deinit(&text[0]);
	cc_buf_deinit(&text[1]);
}
