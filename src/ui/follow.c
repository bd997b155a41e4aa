/* follow.c - somebody else's run on the screen: a page that is made anew when the run went on, and a line to say something into it.
 *
 * The page knows nothing of what it shows: it is a reply. What is typed goes to whoever made it. */
#include "ui/sheet.h"
#include "ui/theme.h"

#include <string.h>
#include "coldcase/ui.h"
#include "ui/lineedit.h"

enum { LOOK_MS = 500, AGAIN = 4 };   /* looks without news until the page is made anew: it tells how long nothing happened */

typedef struct follower {
	const cc_ui_following *what;
	cc_term *term;
	const cc_ui_options *opt;
	cc_theme own_theme;
	const cc_theme *theme;
	cc_grid grid;
	cc_sheet *sheet;
	cc_lineedit edit;
	cc_history history;
	const char *prompt;      /* NULL: no line is being typed */
	char verb[8];            /* what is typed into */
	cc_buf said;
	bool bad, done;
} follower;

typedef struct verb { uint32_t key; const char *line, *prompt; } verb;
/* With a prompt the line is asked for, else it is sent as it stands. */
static const verb VERBS[] = { { 'h', "hint", "hint: " }, { 'f', "freeze", "freeze, and why: " }, { 'n', "note", "note (yours alone): " }, { 't', "thaw", NULL },
	{ 'r', "rung", NULL } };

static void say(follower *f, cc_str text, bool bad)
{
	cc_buf_clear(&f->said);
	cc_buf_add(&f->said, text);
	f->bad = bad;
}

static cc_code reload(follower *f, cc_err *err)
{
	cc_reply *r = NULL;
	cc_code code = f->what->look(f->what->arg, &r, err);
	if (code == CC_OK)
		cc_sheet_set_reply(f->sheet, r);
	return code;
}

static void send(follower *f, cc_str line)
{
	cc_buf said = CC_BUF_INIT;
	cc_err err = { 0 };
	if (f->what->obey(f->what->arg, line, &said, &err) == CC_OK)
		say(f, cc_buf_str(&said), false);
	else
		say(f, cc_str_from(err.message), true);
	cc_buf_deinit(&said);
	if (reload(f, &err) != CC_OK)
		say(f, cc_str_from(err.message), true);
}

static void accept(follower *f)
{
	cc_buf line = CC_BUF_INIT;
	cc_buf_addf(&line, "%s %.*s", f->verb, CC_STR_ARG(cc_buf_str(&f->edit.text)));
	f->prompt = NULL;
	if (cc_buf_ok(&line) && (f->edit.text.n || strcmp(f->verb, "freeze") == 0))
		send(f, cc_buf_str(&line));
	cc_buf_deinit(&line);
}

static void typing(follower *f, const cc_key *key)
{
	cc_edit_result r = CC_EDIT_IGNORED;
	if (key->code == CC_KEY_PASTE)
		cc_lineedit_insert(&f->edit, key->text);
	else
		r = cc_lineedit_key(&f->edit, key);
	if (r == CC_EDIT_ACCEPT)
		accept(f);
	else if (r == CC_EDIT_CANCEL)
		f->prompt = NULL;
}

static void moving(follower *f, const cc_key *key, int rows)
{
	int page = rows - 4;
	if (key->code == 'j' || key->code == CC_KEY_DOWN)
		cc_sheet_scroll(f->sheet, 1, page);
	else if (key->code == 'k' || key->code == CC_KEY_UP)
		cc_sheet_scroll(f->sheet, -1, page);
	else if (key->code == CC_KEY_PGDN || (key->code == 'd' && key->mods == CC_MOD_CTRL))
		cc_sheet_scroll(f->sheet, page / 2, page);
	else if (key->code == CC_KEY_PGUP || (key->code == 'u' && key->mods == CC_MOD_CTRL))
		cc_sheet_scroll(f->sheet, -page / 2, page);
}

static void take_key(follower *f, const cc_key *key)
{
	int columns, rows;
	f->term->ops->size(f->term, &columns, &rows);
	cc_buf_clear(&f->said);
	if (key->code == CC_KEY_HANGUP || (!f->prompt && key->code == 'q'))
		f->done = true;
	else if (key->code == CC_KEY_RESIZE || (key->code == 'l' && key->mods == CC_MOD_CTRL))
		f->term->ops->repaint(f->term);
	else if (f->prompt)
		typing(f, key);
	for (size_t i = 0; !f->prompt && !key->mods && i < sizeof VERBS / sizeof VERBS[0]; i++) {
		if (VERBS[i].key != key->code)
			continue;
		if (!VERBS[i].prompt) {
			send(f, cc_str_from(VERBS[i].line));
			return;
		}
		memcpy(f->verb, VERBS[i].line, strlen(VERBS[i].line) + 1);
		f->prompt = VERBS[i].prompt;
		cc_lineedit_set(&f->edit, CC_STR_EMPTY);
		return;
	}
	if (!f->prompt)
		moving(f, key, rows);
}

static void draw_last(follower *f, cc_rect row)
{
	cc_look look = f->bad ? CC_LOOK_ERROR : CC_LOOK_PROMPT;
	f->grid.cursor_shown = false;
	if (f->prompt) {
		cc_lineedit_draw(&f->edit, &f->grid, row, f->prompt);
	} else if (f->said.n) {
		cc_grid_fill(&f->grid, row, ' ', look, 0);
		cc_grid_outside(&f->grid, row, cc_buf_str(&f->said), look, 0);
	}
}

static void draw(follower *f)
{
	int columns, rows;
	f->term->ops->size(f->term, &columns, &rows);
	if (!cc_grid_resize(&f->grid, columns, rows))
		return;
	cc_grid_clear(&f->grid);
	cc_rect status = { 0, 0, columns, 1 };
	cc_sheet_look look = { .glyphs = f->opt->glyphs, .at_ns = CC_TIME_NONE, .onset_ns = CC_TIME_NONE, .window = { CC_TIME_NONE, CC_TIME_NONE } };
	cc_grid_fill(&f->grid, status, ' ', CC_LOOK_STATUS, 0);
	if (f->sheet->reply)
		cc_grid_outside(&f->grid, cc_rect_skip(status, 1), cc_reply_title(f->sheet->reply), CC_LOOK_STATUS, CC_ATTR_BOLD);
	if (rows > 4)
		cc_sheet_draw(f->sheet, &f->grid, (cc_rect){ 0, 1, columns, rows - 3 }, &look);
	cc_grid_textz(&f->grid, (cc_rect){ 0, rows - 2, columns, 1 }, "h hint  r next rung  f freeze  t thaw  n private note  j k scroll  q leaves", CC_LOOK_HINT, 0);
	draw_last(f, (cc_rect){ 0, rows - 1, columns, 1 });
	f->term->ops->flush(f->term, &f->grid, f->theme);
}

cc_code cc_ui_follow(const cc_ui_following *what, cc_term *term, const cc_ui_options *opt, cc_err *err)
{
	follower f = { .what = what, .term = term, .opt = opt, .theme = opt->theme, .sheet = cc_sheet_new(NULL) };
	cc_theme_init_default(&f.own_theme);
	if (!f.theme)
		f.theme = &f.own_theme;
	f.grid.ascii = opt->glyphs == CC_GLYPHS_ASCII;
	cc_lineedit_init(&f.edit, &f.history);
	cc_code code = f.sheet ? reload(&f, err) : cc_err_set(err, CC_ENOMEM, "out of memory");
	for (int idle = 0; code == CC_OK && !f.done; idle++) {
		cc_key key;
		bool grew = false;
		draw(&f);
		if (term->ops->read_key(term, LOOK_MS, &key))
			take_key(&f, &key);
		code = what->follow(what->arg, &grew, err);
		if (code == CC_OK && (grew || idle >= AGAIN)) {
			code = reload(&f, err);
			idle = 0;
		}
	}
	cc_sheet_free(f.sheet);
	cc_lineedit_deinit(&f.edit);
	cc_history_deinit(&f.history);
	cc_buf_deinit(&f.said);
	cc_grid_deinit(&f.grid);
	return code;
}
