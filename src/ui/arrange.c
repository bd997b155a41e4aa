/* arrange.c - `a`: how the view's command can order, group and choose what it shows, as a menu. What is taken becomes a word of the
 * view's line, or leaves it when it stands there already; filters stay. */
#include "ui/ui_priv.h"

#include <string.h>

/* Other keys keep these: L for all, V for fold; the rest belongs to searching. */
static bool is_offered(const cc_param *p)
{
	static const char *const not[] = { "all", "fold", "dir" };
	for (size_t i = 0; i < sizeof not / sizeof not[0]; i++)
		if (strcmp(p->name, not[i]) == 0)
			return false;
	return p->type == CC_PARAM_CHOICE || p->type == CC_PARAM_BOOL;
}

/* The word gives the parameter a value: "sort=blast", or of one that needs no name "edge". */
static bool gives(const cc_param *p, cc_str word)
{
	size_t n = strlen(p->name);
	if (word.n > n && word.p[n] == '=' && cc_str_starts(word, cc_str_from(p->name)))
		return true;
	for (size_t i = 0; p->positional && p->choices && p->choices[i]; i++)
		if (cc_str_eqz(word, p->choices[i]))
			return true;
	return false;
}

/* The line with another value of the parameter; true when it had that one, which then is gone. */
static bool with(cc_str line, const cc_param *p, const char *value, cc_buf *out)
{
	cc_str word, old, name;
	bool had = false;
	while (line.n) {
		cc_str_cut(line, ' ', &word, &line);
		if (out->n && gives(p, word)) {
			cc_str_cut(word, '=', &name, &old);
			had = cc_str_eqz(old.n ? old : name, value);
		} else {
			cc_buf_addf(out, "%s%.*s", out->n ? " " : "", CC_STR_ARG(word));
		}
	}
	if (!had)
		cc_buf_addf(out, " %s=%s", p->name, value);
	return had;
}

static void offer(cc_ui *ui, cc_str line, const cc_param *p, const char *value)
{
	cc_buf b = CC_BUF_INIT;
	bool has = with(line, p, value, &b);
	size_t n = 0;
	for (size_t i = 0; i < ui->menu.entries.n; i++)
		n += ui->menu.entries.p[i].hotkey != 0;
	if (cc_buf_ok(&b))
		cc_menu_add(ui, n < 9 ? (uint32_t)('1' + n) : n < 9 + 26 ? (uint32_t)('A' + n - 9) : 0, b.p, NULL, "%s=%s%s", p->name, value,
			has ? "  (now)" : "");
	if (ui->menu.entries.n)
		ui->menu.entries.p[ui->menu.entries.n - 1].note = p->help;
	cc_buf_deinit(&b);
}

void cc_ui_open_arrange(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	const cc_cmd *cmd = s && s->line ? cc_ui_command_of(cc_str_from(s->line)) : NULL;
	cc_menu_open(ui, CC_MENU_ARRANGE, "arrange");
	for (const cc_param *p = cmd ? cmd->params : NULL; p && p->name; p++) {
		if (!is_offered(p))
			continue;
		if (ui->menu.entries.n)
			cc_menu_add(ui, 0, "", NULL, " ");
		for (size_t i = 0; p->choices && p->choices[i]; i++)
			offer(ui, cc_str_from(s->line), p, p->choices[i]);
		if (!p->choices)
			offer(ui, cc_str_from(s->line), p, "yes");
	}
	if (ui->menu.entries.n) {
		cc_menu_ready(ui);
	} else {
		cc_menu_close(ui);
		cc_ui_say(ui, "this view can be had in one way only");
	}
}
