/* lineedit.c - our own line editor: readline would fight curses for the terminal.
 *
 * The text is valid UTF-8 because insertion accepts only that; the cursor moves over whole characters together with their
 * combining marks. */
#include "ui/lineedit.h"

#include <string.h>

#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"

void cc_lineedit_init(cc_lineedit *e, cc_history *history)
{
	*e = (cc_lineedit){ .text = CC_BUF_INIT, .killed = CC_BUF_INIT, .draft = CC_BUF_INIT, .history = history,
		.at = history ? history->n : 0 };
}

void cc_lineedit_deinit(cc_lineedit *e)
{
	cc_buf_deinit(&e->text);
	cc_buf_deinit(&e->killed);
	cc_buf_deinit(&e->draft);
}

void cc_lineedit_set(cc_lineedit *e, cc_str text)
{
	cc_buf_clear(&e->text);
	e->cursor = 0;
	cc_lineedit_insert(e, text);
}

static size_t next_char(const cc_lineedit *e, size_t pos)
{
	cc_str s = cc_buf_str(&e->text);
	if (pos >= s.n)
		return s.n;
	cc_utf8_next(s, &pos);
	for (size_t after = pos; after < s.n; pos = after)
		if (cc_width_char(cc_utf8_next(s, &after)) != 0)
			break;
	return pos;
}

static size_t prev_char(const cc_lineedit *e, size_t pos)
{
	size_t last = 0;
	for (size_t p = 0; p < pos; p = next_char(e, p))
		last = p;
	return last;
}

static size_t prev_word(const cc_lineedit *e, size_t pos)
{
	while (pos > 0 && e->text.p[pos - 1] == ' ')
		pos--;
	while (pos > 0 && e->text.p[pos - 1] != ' ')
		pos--;
	return pos;
}

static size_t next_word(const cc_lineedit *e, size_t pos)
{
	while (pos < e->text.n && e->text.p[pos] != ' ')
		pos++;
	while (pos < e->text.n && e->text.p[pos] == ' ')
		pos++;
	return pos;
}

/* Puts `text` in place of [from, to). */
static void splice(cc_lineedit *e, size_t from, size_t to, cc_str text)
{
	cc_buf b = CC_BUF_INIT;
	cc_str have = cc_buf_str(&e->text);
	cc_buf_add(&b, cc_str_sub(have, 0, from));
	cc_buf_add(&b, text);
	cc_buf_add(&b, cc_str_sub(have, to, have.n));
	if (!cc_buf_ok(&b)) {
		cc_buf_deinit(&b);
		return;
	}
	cc_buf_deinit(&e->text);
	e->text = b;
	e->cursor = from + text.n;
}

static void clean_input(cc_buf *out, cc_str text)
{
	for (size_t pos = 0; pos < text.n;) {
		char bytes[4];
		uint32_t ch = cc_utf8_next(text, &pos);
		if (ch == '\n' || ch == '\t')
			ch = ' ';
		if (ch >= 0x20 && ch != 0x7f && !(ch >= 0x80 && ch < 0xa0) && ch != CC_UTF8_BAD)
			cc_buf_add(out, (cc_str){ bytes, cc_utf8_encode(ch, bytes) });
	}
}

void cc_lineedit_insert(cc_lineedit *e, cc_str text)
{
	cc_buf b = CC_BUF_INIT;
	clean_input(&b, text);
	if (cc_buf_ok(&b) && b.n > 0)
		splice(e, e->cursor, e->cursor, cc_buf_str(&b));
	cc_buf_deinit(&b);
}

void cc_lineedit_replace(cc_lineedit *e, size_t from, cc_str text)
{
	if (from <= e->cursor)
		splice(e, from, e->cursor, text);
}

static cc_edit_result cut(cc_lineedit *e, size_t from, size_t to, bool keep)
{
	if (from == to)
		return CC_EDIT_MOVED;
	if (keep) {
		cc_buf_clear(&e->killed);
		cc_buf_add(&e->killed, cc_str_sub(cc_buf_str(&e->text), from, to));
	}
	splice(e, from, to, CC_STR_EMPTY);
	return CC_EDIT_CHANGED;
}

static cc_edit_result walk_history(cc_lineedit *e, int step)
{
	if (!e->history || (step < 0 && e->at == 0) || (step > 0 && e->at >= e->history->n))
		return CC_EDIT_MOVED;
	if (e->at == e->history->n) {
		cc_buf_clear(&e->draft);
		cc_buf_add(&e->draft, cc_buf_str(&e->text));
	}
	e->at = step < 0 ? e->at - 1 : e->at + 1;
	cc_lineedit_set(e, e->at < e->history->n ? cc_str_from(e->history->p[e->at]) : cc_buf_str(&e->draft));
	return CC_EDIT_CHANGED;
}

static cc_edit_result control_key(cc_lineedit *e, uint32_t letter)
{
	switch (letter) {
	case 'a': e->cursor = 0; return CC_EDIT_MOVED;
	case 'e': e->cursor = e->text.n; return CC_EDIT_MOVED;
	case 'b': e->cursor = prev_char(e, e->cursor); return CC_EDIT_MOVED;
	case 'f': e->cursor = next_char(e, e->cursor); return CC_EDIT_MOVED;
	case 'd': return cut(e, e->cursor, next_char(e, e->cursor), false);
	case 'h': return cut(e, prev_char(e, e->cursor), e->cursor, false);
	case 'k': return cut(e, e->cursor, e->text.n, true);
	case 'u': return cut(e, 0, e->cursor, true);
	case 'w': return cut(e, prev_word(e, e->cursor), e->cursor, true);
	case 'y': cc_lineedit_insert(e, cc_buf_str(&e->killed)); return CC_EDIT_CHANGED;
	case 'p': return walk_history(e, -1);
	case 'n': return walk_history(e, 1);
	case 'c': case 'g': return CC_EDIT_CANCEL;
	default: return CC_EDIT_IGNORED;
	}
}

static cc_edit_result special_key(cc_lineedit *e, const cc_key *key)
{
	switch (key->code) {
	case CC_KEY_ENTER: return CC_EDIT_ACCEPT;
	case CC_KEY_ESC: return CC_EDIT_CANCEL;
	case CC_KEY_TAB: return CC_EDIT_COMPLETE;
	case CC_KEY_BACKTAB: return CC_EDIT_COMPLETE_BACK;
	case CC_KEY_LEFT: e->cursor = prev_char(e, e->cursor); return CC_EDIT_MOVED;
	case CC_KEY_RIGHT: e->cursor = next_char(e, e->cursor); return CC_EDIT_MOVED;
	case CC_KEY_HOME: e->cursor = 0; return CC_EDIT_MOVED;
	case CC_KEY_END: e->cursor = e->text.n; return CC_EDIT_MOVED;
	case CC_KEY_BACKSPACE: return e->text.n ? cut(e, prev_char(e, e->cursor), e->cursor, false) : CC_EDIT_CANCEL;
	case CC_KEY_DELETE: return cut(e, e->cursor, next_char(e, e->cursor), false);
	case CC_KEY_UP: return walk_history(e, -1);
	case CC_KEY_DOWN: return walk_history(e, 1);
	case CC_KEY_PASTE: cc_lineedit_insert(e, key->text); return CC_EDIT_CHANGED;
	default: return CC_EDIT_IGNORED;
	}
}

cc_edit_result cc_lineedit_key(cc_lineedit *e, const cc_key *key)
{
	char bytes[4];
	if (key->code >= CC_KEY_SPECIAL)
		return special_key(e, key);
	if (key->mods & CC_MOD_CTRL)
		return control_key(e, key->code);
	if (key->mods & CC_MOD_ALT) {
		if (key->code == 'b')
			e->cursor = prev_word(e, e->cursor);
		else if (key->code == 'f')
			e->cursor = next_word(e, e->cursor);
		return CC_EDIT_MOVED;
	}
	cc_lineedit_insert(e, (cc_str){ bytes, cc_utf8_encode(key->code, bytes) });
	return CC_EDIT_CHANGED;
}

void cc_lineedit_draw(const cc_lineedit *e, cc_grid *g, cc_rect r, const char *prefix)
{
	int used = cc_grid_textz(g, r, prefix, CC_LOOK_PROMPT, CC_ATTR_BOLD), room = r.w - used - 1;
	cc_str text = cc_buf_str(&e->text);
	size_t from = 0;
	/* Scroll by characters until what lies before the cursor fits. */
	while (from < e->cursor && (int)cc_width(cc_str_sub(text, from, e->cursor)) > room)
		from = next_char(e, from);
	cc_grid_text(g, cc_rect_skip(r, used), cc_str_sub(text, from, text.n), CC_LOOK_PROMPT, 0);
	g->cursor_x = r.x + used + (int)cc_width(cc_str_sub(text, from, e->cursor));
	g->cursor_y = r.y;
	g->cursor_shown = true;
}

void cc_history_add(cc_history *h, cc_str line)
{
	if (line.n == 0 || (h->n > 0 && cc_str_eq(line, cc_str_from(h->p[h->n - 1]))))
		return;
	cc_buf b = CC_BUF_INIT;
	cc_buf_add(&b, line);
	char *copy = cc_buf_take(&b);
	if (!copy)
		return;
	if (h->n == CC_HISTORY_MAX) {
		cc_free(h->p[0]);
		memmove(h->p, h->p + 1, (h->n - 1) * sizeof *h->p);
		h->n--;
	}
	if (!cc_vec_push(h, copy))
		cc_free(copy);
}

void cc_history_deinit(cc_history *h)
{
	for (size_t i = 0; i < h->n; i++)
		cc_free(h->p[i]);
	cc_vec_deinit(h);
}
