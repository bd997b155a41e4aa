/* menu.c - popups: lists to choose from by letter (pivot, copy) or by typing a part of what is meant (palette, help). */
#include "ui/ui_priv.h"

#include <string.h>

#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"

static bool filtered(const cc_menu *m)
{
	return m->kind == CC_MENU_PALETTE || m->kind == CC_MENU_HELP;
}

void cc_menu_close(cc_ui *ui)
{
	cc_menu *m = &ui->menu;
	for (size_t i = 0; i < m->entries.n; i++) {
		cc_free(m->entries.p[i].label);
		cc_free(m->entries.p[i].line);
	}
	cc_vec_deinit(&m->entries);
	cc_vec_deinit(&m->shown);
	cc_lineedit_deinit(&m->filter);
	*m = (cc_menu){ 0 };
}

void cc_menu_open(cc_ui *ui, cc_menu_kind kind, const char *title)
{
	cc_menu_close(ui);
	ui->menu.kind = kind;
	ui->menu.title = title;
	cc_lineedit_init(&ui->menu.filter, NULL);
}

void cc_menu_add(cc_ui *ui, uint32_t hotkey, const char *line, const cc_binding *binding, const char *fmt, ...)
{
	cc_buf b = CC_BUF_INIT;
	va_list ap;
	va_start(ap, fmt);
	cc_buf_addv(&b, fmt, ap);
	va_end(ap);
	cc_menu_entry e = { .hotkey = hotkey, .label = cc_buf_take(&b), .line = line ? cc_strdup(line) : NULL, .binding = binding };
	if (!e.label || (line && !e.line) || !cc_vec_push(&ui->menu.entries, e)) {
		cc_free(e.label);
		cc_free(e.line);
	}
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/* How well the letters of a word are found in order in a label: runs and starts of words count. 0: they are not. */
static int fuzzy(cc_str label, cc_str word)
{
	int score = 1, run = 0;
	size_t at = 0;
	for (size_t i = 0; i < word.n; i++) {
		size_t from = at;
		while (at < label.n && lower(label.p[at]) != lower(word.p[i]))
			at++;
		if (at == label.n)
			return 0;
		run = at == from ? run + 1 : 0;
		score += run + (at == 0 || label.p[at - 1] == ' ' ? 3 : 0);
		at++;
	}
	return score;
}

/* Every blank-separated part of the filter must occur in the label; in the palette, letters with gaps in the command's name do
 * too, but what holds the part as it stands goes first. 0: does not fit. */
int cc_menu_fit(const char *label, cc_str filter, bool gaps)
{
	cc_str word, all = cc_str_from(label), name, rest;
	int score = 1;
	cc_str_cut(all, ' ', &name, &rest);
	while ((filter = cc_str_trim(filter)).n > 0) {
		cc_str_cut(filter, ' ', &word, &filter);
		size_t at = cc_str_find_nocase(all, word);
		int loose = gaps && at == CC_STR_NONE ? fuzzy(name, word) : 0;
		if (at == CC_STR_NONE && !loose)
			return 0;
		if (gaps)
			score += at == 0 ? 10000 - (int)name.n : at != CC_STR_NONE && at < name.n ? 5000 : at != CC_STR_NONE ? 1000 : loose;
	}
	return score;
}

static bool is_heading(const cc_menu_entry *e)
{
	return e->line && !*e->line;
}

static void move(cc_menu *m, long by)
{
	long n = (long)m->shown.n, to = (long)m->selected + by, step = by < 0 ? -1 : 1;
	to = to < 0 ? 0 : to >= n ? n - 1 : to;
	for (long k = 0; k < 2; k++, step = -step)  /* past a heading, and back when there is nothing behind it */
		while (to >= 0 && to < n && is_heading(&m->entries.p[m->shown.p[to]]))
			to += step;
	if (to >= 0 && to < n)
		m->selected = (size_t)to;
}

/* What fits, in the order of the table; in the palette the best fit first. */
void cc_menu_ready(cc_ui *ui)
{
	cc_menu *m = &ui->menu;
	cc_str filter = cc_str_trim(cc_buf_str(&m->filter.text));
	m->shown.n = 0;
	for (size_t i = 0; i < m->entries.n; i++) {
		int fit = filter.n && is_heading(&m->entries.p[i]) ? 0 : cc_menu_fit(m->entries.p[i].label, filter, m->kind == CC_MENU_PALETTE);
		if (!fit)
			continue;
		m->entries.p[i].fit = fit;
		if (!cc_vec_push(&m->shown, i))
			break;
		for (size_t k = m->shown.n - 1; k > 0 && m->entries.p[m->shown.p[k - 1]].fit < fit; k--) {
			m->shown.p[k] = m->shown.p[k - 1];
			m->shown.p[k - 1] = i;
		}
	}
	m->selected = m->top = 0;
	if (m->shown.n && is_heading(&m->entries.p[m->shown.p[0]]))
		move(m, 1);
}

/* A key of another pane is pressed there. */
static void run_binding_entry(cc_ui *ui, const cc_binding *b)
{
	if (b->what == CC_DO_NOTHING)
		return;
	if (b->pane && ui->stage == CC_STAGE_PANES && ui->slots[ui->active] != b->pane - 1)
		cc_ui_show_pane(ui, b->pane - 1);
	cc_ui_do(ui, b);
}

static void choose(cc_ui *ui, size_t index)
{
	cc_menu_kind kind = ui->menu.kind;
	const cc_binding *binding = ui->menu.entries.p[index].binding;
	cc_buf line = CC_BUF_INIT;
	cc_buf_addz(&line, ui->menu.entries.p[index].line ? ui->menu.entries.p[index].line : "");
	cc_menu_close(ui);
	if (kind == CC_MENU_YANK)
		cc_ui_copy(ui, cc_buf_str(&line));
	else if (kind == CC_MENU_ARRANGE && line.n && cc_ui_sheet(ui))
		cc_ui_set_line(ui, cc_ui_sheet(ui), line.p);
	else if (kind == CC_MENU_HELP && binding)
		run_binding_entry(ui, binding);
	else if (kind == CC_MENU_PALETTE && line.n && line.p[line.n - 1] == ' ')
		cc_prompt_open(ui, CC_PROMPT_COMMAND, cc_buf_str(&line));
	else if (line.n)
		cc_ui_run_line(ui, cc_buf_str(&line));
	cc_buf_deinit(&line);
}

static bool hotkey(cc_ui *ui, const cc_key *key)
{
	for (size_t i = 0; !filtered(&ui->menu) && !key->mods && i < ui->menu.entries.n; i++) {
		if (ui->menu.entries.p[i].hotkey == key->code) {
			choose(ui, i);
			return true;
		}
	}
	return false;
}

static bool move_key(cc_menu *m, const cc_key *key)
{
	bool letters = !filtered(m) && !key->mods, ctrl = key->mods & CC_MOD_CTRL;
	long all = (long)m->shown.n;
	if (key->code == CC_KEY_DOWN || (letters && key->code == 'j') || (ctrl && key->code == 'n'))
		move(m, 1);
	else if (key->code == CC_KEY_UP || (letters && key->code == 'k') || (ctrl && key->code == 'p'))
		move(m, -1);
	else if (key->code == CC_KEY_PGDN || (ctrl && key->code == 'd'))
		move(m, 10);
	else if (key->code == CC_KEY_PGUP || (ctrl && key->code == 'u' && !m->filter.text.n))   /* with a filter C-u clears it */
		move(m, -10);
	else if (key->code == CC_KEY_END || (letters && key->code == 'G'))
		move(m, all);
	else if (key->code == CC_KEY_HOME || (letters && key->code == 'g'))
		move(m, -all);
	else
		return false;
	return true;
}

void cc_menu_key(cc_ui *ui, const cc_key *key)
{
	cc_menu *m = &ui->menu;
	if (move_key(m, key) || hotkey(ui, key))
		return;
	if (key->code == CC_KEY_ENTER) {
		if (m->selected < m->shown.n)
			choose(ui, m->shown.p[m->selected]);
		return;
	}
	if (key->code == CC_KEY_ESC || (!filtered(m) && !key->mods && key->code == 'q')) {
		cc_menu_close(ui);
		return;
	}
	if (!filtered(m))
		return;
	cc_edit_result r = cc_lineedit_key(&m->filter, key);
	if (r == CC_EDIT_CHANGED)
		cc_menu_ready(ui);
	else if (r == CC_EDIT_CANCEL)
		cc_menu_close(ui);
}

/* --- drawing --- */

enum { ROWS_BELOW = 3 };

static cc_rect menu_rect(const cc_menu *m, cc_rect screen)
{
	size_t width = m->kind == CC_MENU_ARRANGE || m->kind == CC_MENU_PIVOT ? 60 : 30;
	for (size_t i = 0; i < m->entries.n; i++) {
		size_t w = cc_width(cc_str_from(m->entries.p[i].label)) + 8;
		width = w > width ? w : width;
	}
	int h = (int)m->entries.n + (filtered(m) ? 3 : 2) + (m->kind == CC_MENU_ARRANGE || m->kind == CC_MENU_PIVOT ? ROWS_BELOW : 0), most = screen.h - 2;
	return cc_rect_inset(screen, width > (size_t)screen.w ? screen.w : (int)width, h > most ? most : h);
}

static void draw_entry(cc_ui *ui, cc_rect r, const cc_menu_entry *e, bool selected)
{
	cc_look look = selected ? CC_LOOK_MENU_SELECTED : is_heading(e) ? CC_LOOK_HEADING : CC_LOOK_MENU;
	cc_grid_fill(&ui->grid, r, ' ', look, 0);
	cc_grid_put(&ui->grid, r.x, r.y, selected ? '>' : ' ', look, CC_ATTR_BOLD);
	int used = is_heading(e) ? 0 : 2;
	if (e->hotkey)
		used += 2 + cc_grid_printf(&ui->grid, cc_rect_skip(r, used), selected ? look : CC_LOOK_HINT_KEY, CC_ATTR_BOLD, "%c", (int)e->hotkey);
	cc_rect text = cc_rect_skip(r, used);
	cc_grid_outside(&ui->grid, text, cc_str_from(e->label), look, 0);
	if (text.w > 0 && (int)cc_width(cc_str_from(e->label)) > text.w)   /* the rest stands below when it is chosen */
		cc_grid_put(&ui->grid, text.x + text.w - 1, text.y, ui->grid.ascii ? '~' : 0x2026, look, 0);
}

/* What belongs to the entry chosen: its note, the line that it runs with its price, or what is cut of it. Nothing to say: empty. */
static void below_text(const cc_ui *ui, const cc_menu_entry *e, int room, cc_buf *out)
{
	if (e->note)
		cc_buf_addz(out, e->note);
	else if (ui->menu.kind == CC_MENU_PIVOT && e->line)
		cc_buf_addf(out, "%s  (%s)", e->line, cc_ui_cost(ui, cc_str_from(e->line)));
	else if (filtered(&ui->menu) && (int)cc_width(cc_str_from(e->label)) > room)
		cc_buf_addz(out, e->label);
}

/* Draws it below the list; the rows it takes. */
static int draw_below(cc_ui *ui, cc_rect in, const cc_menu_entry *e)
{
	cc_str part[ROWS_BELOW];
	cc_buf text = CC_BUF_INIT;
	int n = 0;
	below_text(ui, e, in.w - 3, &text);
	if (in.h < (filtered(&ui->menu) ? 4 * ROWS_BELOW : ROWS_BELOW + 1))
		cc_buf_clear(&text);
	for (cc_str rest = cc_buf_str(&text); rest.n && n < ROWS_BELOW; n++) {
		size_t end = cc_sheet_wrap(rest, 0, in.w - 2);
		part[n] = cc_str_trim(cc_str_sub(rest, 0, end));
		rest = cc_str_sub(rest, end, rest.n);
	}
	for (int i = 0; i < n; i++) {
		cc_rect line = cc_rect_row(in, in.h - n + i);
		cc_grid_fill(&ui->grid, line, ' ', CC_LOOK_TITLE_ACTIVE, 0);
		cc_grid_outside(&ui->grid, cc_rect_skip(line, 1), part[i], CC_LOOK_TITLE_ACTIVE, 0);
	}
	cc_buf_deinit(&text);
	return n;
}

void cc_menu_draw(cc_ui *ui, cc_rect screen)
{
	cc_menu *m = &ui->menu;
	cc_rect in = cc_grid_box(&ui->grid, menu_rect(m, screen), m->title);
	if (filtered(m)) {
		cc_lineedit_draw(&m->filter, &ui->grid, cc_rect_row(in, 0), "filter: ");
		in.y++;
		in.h--;
	}
	if (m->selected < m->shown.n)
		in.h -= draw_below(ui, in, &m->entries.p[m->shown.p[m->selected]]);
	size_t h = in.h > 0 ? (size_t)in.h : 1;
	if (m->selected < m->top)
		m->top = m->selected;
	if (m->selected >= m->top + h)
		m->top = m->selected - h + 1;
	for (size_t y = 0; y < h && m->top + y < m->shown.n; y++)
		draw_entry(ui, cc_rect_row((cc_rect){ in.x, in.y, in.w - 1, in.h }, (int)y), &m->entries.p[m->shown.p[m->top + y]],
			m->top + y == m->selected);
	if (m->shown.n == 0)
		cc_grid_textz(&ui->grid, cc_rect_skip(in, 2), "nothing fits", CC_LOOK_DIM, 0);
	cc_draw_scrollbar(&ui->grid, (cc_rect){ in.x + in.w - 1, in.y, 1, in.h }, m->top, h, m->shown.n);
}

/* --- the two that come from tables --- */

static bool needs_words(const cc_cmd *cmd)
{
	for (const cc_param *p = cmd->params; p && p->name; p++)
		if (p->required || p->positional)
			return true;
	return false;
}

void cc_ui_open_palette(cc_ui *ui)
{
	cc_menu_open(ui, CC_MENU_PALETTE, "commands");
	for (size_t i = 0; i < cc_cmd_count(); i++) {
		const cc_cmd *cmd = cc_cmd_get(i);
		cc_buf line = CC_BUF_INIT;
		cc_buf_addf(&line, "%s%s", cmd->name, needs_words(cmd) ? " " : "");
		if (cc_buf_ok(&line))
			cc_menu_add(ui, 0, line.p, NULL, "%-10s %s", cmd->name, cmd->summary);
		cc_buf_deinit(&line);
	}
	cc_menu_ready(ui);
}

static void add_binding(cc_ui *ui, const cc_binding *b, const char *context)
{
	cc_buf keys = CC_BUF_INIT;
	if (cc_replay_leaves(ui, b, &keys))
		cc_menu_add(ui, 0, NULL, b, "%-16s %s%s%s%s%s", keys.p, context, b->note, b->line ? "  (:" : "", b->line ? b->line : "",
			b->line ? ")" : "");
	cc_buf_deinit(&keys);
}

static void add_bindings(cc_ui *ui, cc_key_context context, int pane)
{
	static const char *const contexts[] = { "", "", "prompt: ", "menu: " };
	for (size_t i = 0; i < cc_keymap_count(ui->keys); i++) {
		const cc_binding *b = cc_keymap_get(ui->keys, i);
		if (b->context == context && b->pane == pane && *b->keys)
			add_binding(ui, b, contexts[context]);
	}
}

/* What an investigation is made of stands where nobody has to look for it. */
static void add_answer(cc_ui *ui)
{
	static const struct { cc_do what; const char *line; } first[] = { { CC_DO_PIN, NULL }, { CC_DO_SUSPECT, NULL }, { CC_DO_RULEOUT, NULL },
		{ CC_DO_LINE, "hint" }, { CC_DO_SUBMIT, NULL } };
	cc_menu_add(ui, 0, "", NULL, "the answer");
	for (size_t k = 0; k < sizeof first / sizeof first[0]; k++)
		for (size_t i = 0; i < cc_keymap_count(ui->keys); i++) {
			const cc_binding *b = cc_keymap_get(ui->keys, i);
			if (b->what == first[k].what && *b->keys && (!first[k].line || strcmp(b->line, first[k].line) == 0))
				add_binding(ui, b, "");
		}
}

static bool has_own_keys(const cc_ui *ui, int pane)
{
	bool any = false;
	for (size_t i = 0; !any && i < cc_keymap_count(ui->keys); i++) {
		cc_buf keys = CC_BUF_INIT;
		any = cc_keymap_get(ui->keys, i)->pane == pane && cc_replay_leaves(ui, cc_keymap_get(ui->keys, i), &keys);
		cc_buf_deinit(&keys);
	}
	return any;
}

/* A heading leads nowhere, and goes when a filter is typed. */
static void add_pane(cc_ui *ui, int pane)
{
	if (!has_own_keys(ui, pane))
		return;
	cc_menu_add(ui, 0, "", NULL, "only in the %s pane (%d)", cc_pane_names[pane - 1], pane);
	add_bindings(ui, CC_IN_PANE, pane);
}

void cc_ui_open_help(cc_ui *ui)
{
	int here = ui->slots[ui->active] + 1;
	cc_menu_open(ui, CC_MENU_HELP, "keys - type to filter, Enter runs, Esc leaves");
	if (ui->replay)
		cc_replay_help(ui);
	else
		add_answer(ui);
	add_pane(ui, here);
	cc_menu_add(ui, 0, "", NULL, "in every pane");
	add_bindings(ui, CC_IN_PANE, 0);
	add_bindings(ui, CC_IN_ANY, 0);
	for (int pane = 1; pane <= CC_PANE_COUNT; pane++)
		if (pane != here)
			add_pane(ui, pane);
	cc_menu_add(ui, 0, "", NULL, "in prompts and menus");
	add_bindings(ui, CC_IN_PROMPT, 0);
	add_bindings(ui, CC_IN_MENU, 0);
	cc_legend_add(ui);
	cc_menu_ready(ui);
}
