/* wall.c - the wall of a class on a terminal: its keys and its loop.
 *
 * A key puts a line into the prompt and Enter sends it, so that nothing that everybody feels happens by one stray key; to stop all clocks
 * and to let them go on, which can be undone, one key is enough. */
#include "ui/wall.h"

#include "coldcase/xalloc.h"

enum { WAKE_MS = 200 };

/* What a key says, and whether it is said at once. */
static const struct wall_key { const char *line, *note; uint32_t code; bool at_once; } KEYS[] = {
	{ "start", "start", 's', false },
	{ "freeze", "freeze", 'f', true },
	{ "thaw", "thaw", 't', true },
	{ "tell ", "hint", 'h', false },
	{ "reveal", "reveal", 'r', false },
	{ "end", "end", 'e', false },
	{ "names", "names", 'n', true },
};
enum { KEY_COUNT = sizeof KEYS / sizeof *KEYS };

void cc_wall_screen_init(cc_wall_screen *s, const cc_wall_source *source, cc_term *term, const cc_ui_options *opt)
{
	*s = (cc_wall_screen){ .source = *source, .term = term, .theme = opt->theme, .glyphs = opt->glyphs };
	s->grid.ascii = opt->glyphs == CC_GLYPHS_ASCII;
	cc_lineedit_init(&s->prompt, &s->history);
}

void cc_wall_screen_deinit(cc_wall_screen *s)
{
	cc_lineedit_deinit(&s->prompt);
	cc_history_deinit(&s->history);
	cc_grid_deinit(&s->grid);
}

static void type(cc_wall_screen *s, const cc_key *key)
{
	cc_edit_result r = cc_lineedit_key(&s->prompt, key);
	if (r == CC_EDIT_ACCEPT) {
		cc_history_add(&s->history, cc_buf_str(&s->prompt.text));
		s->typing = false;
		s->source.line(s->source.arg, cc_str_trim(cc_buf_str(&s->prompt.text)));
	} else if (r == CC_EDIT_CANCEL) {
		s->typing = false;
	}
}

static void open_prompt(cc_wall_screen *s, const char *text)
{
	cc_lineedit_set(&s->prompt, cc_str_from(text));
	s->typing = true;
}

void cc_wall_key(cc_wall_screen *s, const cc_key *key)
{
	if (key->code == CC_KEY_HANGUP)
		s->done = true;
	else if (key->code == CC_KEY_RESIZE)
		s->term->ops->repaint(s->term);
	else if (s->typing)
		type(s, key);
	else if (key->code == 'q' || (key->code == 'c' && key->mods == CC_MOD_CTRL))
		s->done = true;
	else if (key->code == 'b')
		s->blank = !s->blank;
	else if (key->code == ':')
		open_prompt(s, "");
	for (size_t i = 0; i < KEY_COUNT && !s->typing && !key->mods; i++) {
		if (key->code != KEYS[i].code)
			continue;
		if (KEYS[i].at_once)
			s->source.line(s->source.arg, cc_str_from(KEYS[i].line));
		else
			open_prompt(s, KEYS[i].line);
		break;
	}
}

static void draw_hints(cc_wall_screen *s, cc_rect r)
{
	int x = 1;
	for (size_t i = 0; i < KEY_COUNT; i++) {
		x += cc_grid_printf(&s->grid, cc_rect_skip(r, x), CC_LOOK_HINT_KEY, 0, "%c", (char)KEYS[i].code) + 1;
		x += cc_grid_textz(&s->grid, cc_rect_skip(r, x), KEYS[i].note, CC_LOOK_HINT, 0) + 2;
	}
	x += cc_grid_textz(&s->grid, cc_rect_skip(r, x), ":", CC_LOOK_HINT_KEY, 0) + 2;
	x += cc_grid_textz(&s->grid, cc_rect_skip(r, x), "b", CC_LOOK_HINT_KEY, 0) + 1;
	x += cc_grid_textz(&s->grid, cc_rect_skip(r, x), "blank", CC_LOOK_HINT, 0) + 2;
	x += cc_grid_textz(&s->grid, cc_rect_skip(r, x), "q", CC_LOOK_HINT_KEY, 0) + 1;
	cc_grid_textz(&s->grid, cc_rect_skip(r, x), "quit", CC_LOOK_HINT, 0);
}

void cc_wall_show(cc_wall_screen *s)
{
	int columns, rows;
	s->term->ops->size(s->term, &columns, &rows);
	if (!cc_grid_resize(&s->grid, columns, rows))
		return;
	cc_grid_clear(&s->grid);
	s->grid.cursor_shown = false;
	cc_rect all = { 0, 0, s->grid.columns, s->grid.rows };
	const cc_wall *w = s->source.take(s->source.arg);
	cc_rect last = cc_rect_row(all, all.h - 1);
	if (!s->blank) {
		cc_wall_draw(&s->grid, w, (cc_rect){ 0, 0, all.w, all.h - 2 }, s->glyphs);
		draw_hints(s, cc_rect_row(all, all.h - 2));
		cc_grid_outside(&s->grid, cc_rect_skip(last, 1), w->said, w->said_bad ? CC_LOOK_ERROR : CC_LOOK_PROMPT, 0);
	}
	s->source.give(s->source.arg);
	if (s->typing) {
		cc_grid_fill(&s->grid, last, ' ', CC_LOOK_PROMPT, 0);
		cc_lineedit_draw(&s->prompt, &s->grid, last, "Enter says it to everybody: ");
	}
	s->term->ops->flush(s->term, &s->grid, s->theme);
}

cc_code cc_ui_wall(const cc_wall_source *source, cc_term *term, const cc_ui_options *opt, cc_err *err)
{
	cc_wall_screen s;
	cc_key key;
	(void)err;
	cc_wall_screen_init(&s, source, term, opt);
	term->ops->set_title(term, CC_STR("coldcase: class"));
	while (!s.done) {
		cc_wall_show(&s);
		for (bool more = term->ops->read_key(term, WAKE_MS, &key); more && !s.done; more = term->ops->read_key(term, 0, &key))
			cc_wall_key(&s, &key);
	}
	cc_wall_screen_deinit(&s);
	return CC_OK;
}
