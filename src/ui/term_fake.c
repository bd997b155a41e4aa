/* term_fake.c - the scripted terminal that golden screens and loop tests run on. */
#include "ui/term_fake.h"

#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"

static cc_term_fake *self(cc_term *t)
{
	return (cc_term_fake *)t;
}

static void fake_size(cc_term *t, int *columns, int *rows)
{
	*columns = self(t)->columns;
	*rows = self(t)->rows;
}

static void fake_flush(cc_term *t, const cc_grid *g, const cc_theme *theme)
{
	cc_term_fake *f = self(t);
	(void)theme;
	f->flushes++;
	if (!cc_grid_resize(&f->shown, g->columns, g->rows))
		return;
	for (int y = 0; y < g->rows; y++)
		for (int x = 0; x < g->columns; x++)
			*cc_grid_at(&f->shown, x, y) = *cc_grid_at(g, x, y);
	f->shown.cursor_x = g->cursor_x;
	f->shown.cursor_y = g->cursor_y;
	f->shown.cursor_shown = g->cursor_shown;
}

static bool fake_read_key(cc_term *t, int timeout_ms, cc_key *out)
{
	cc_term_fake *f = self(t);
	(void)timeout_ms;
	*out = f->at < f->keys.n ? f->keys.p[f->at++] : (cc_key){ .code = CC_KEY_HANGUP };
	return true;
}

static int fake_fd(cc_term *t)
{
	(void)t;
	return -1;
}

static void fake_suspend(cc_term *t)
{
	self(t)->suspends++;
}

static void fake_repaint(cc_term *t)
{
	self(t)->repaints++;
}

static void fake_set_title(cc_term *t, cc_str title)
{
	cc_buf_clear(&self(t)->title);
	cc_buf_add(&self(t)->title, title);
}

static cc_code fake_copy(cc_term *t, cc_str text, cc_err *err)
{
	(void)err;
	cc_buf_clear(&self(t)->copied);
	cc_buf_add(&self(t)->copied, text);
	return CC_OK;
}

static void fake_set_mouse(cc_term *t, bool on)
{
	self(t)->mouse = on;
}

static void fake_set_cancel(cc_term *t, cc_cancel *c)
{
	(void)t;
	(void)c;
}

static void fake_close(cc_term *t)
{
	cc_term_fake *f = self(t);
	cc_vec_deinit(&f->keys);
	cc_grid_deinit(&f->shown);
	cc_buf_deinit(&f->copied);
	cc_buf_deinit(&f->title);
	cc_free(f);
}

static const cc_term_ops fake_ops = {
	.size = fake_size, .flush = fake_flush, .read_key = fake_read_key, .fd = fake_fd, .suspend = fake_suspend,
	.repaint = fake_repaint, .set_title = fake_set_title, .copy = fake_copy, .set_mouse = fake_set_mouse,
	.set_cancel = fake_set_cancel, .close = fake_close,
};

cc_term *cc_term_fake_new(cc_term_fake **fake, int columns, int rows)
{
	cc_term_fake *f = cc_calloc(1, sizeof *f);
	if (!f)
		return NULL;
	f->base.ops = &fake_ops;
	f->columns = columns;
	f->rows = rows;
	if (fake)
		*fake = f;
	return &f->base;
}

static bool push_text(cc_term_fake *f, cc_str text)
{
	for (size_t pos = 0; pos < text.n;) {
		cc_key key = { .code = cc_utf8_next(text, &pos) };
		if (!cc_vec_push(&f->keys, key))
			return false;
	}
	return true;
}

cc_code cc_term_fake_script(cc_term_fake *f, cc_str script, cc_err *err)
{
	while ((script = cc_str_trim(script)).n > 0) {
		cc_str word;
		cc_key key;
		if (script.p[0] == '\'' && cc_str_find_char(cc_str_sub(script, 1, script.n), '\'') != CC_STR_NONE) {
			cc_str_cut(cc_str_sub(script, 1, script.n), '\'', &word, &script);
			if (!push_text(f, word))
				return cc_err_set(err, CC_ENOMEM, "out of memory for keys");
			continue;
		}
		size_t end = 0;
		while (end < script.n && script.p[end] != ' ' && script.p[end] != '\n' && script.p[end] != '\t')
			end++;
		word = cc_str_sub(script, 0, end);
		script = cc_str_sub(script, end, script.n);
		if (!cc_key_parse(word, &key))
			return cc_err_set(err, CC_EFORMAT, "key script: %.*s is no key", CC_STR_ARG(word));
		if (!cc_vec_push(&f->keys, key))
			return cc_err_set(err, CC_ENOMEM, "out of memory for keys");
	}
	return CC_OK;
}
