/* scrubber.c - one row with the whole capture in it: where alerts began, specs changed, warnings came and errors piled up, with
 * the onset, the window and the time cursor.
 *
 *     17:00 ....C....TA....*..w.|.......                     17:30Z
 *
 * The height of a cell is the error volume; letters stand for what began there (A alert, C change, W warning, * several), T for
 * the onset, | for the cursor, [ ] for the window. The counts are those of `timeline`, asked for again only when the horizon,
 * the width or the evidence changed. As known then the row goes on empty behind the cursor. */
#include "ui/ui_priv.h"

#include <string.h>

enum { LEFT = 6, RIGHT = 7, MIN_BAR = 20 };

typedef struct bar { cc_rect r; cc_range range; int known; int per_cell; } bar;

static int column_of(const bar *b, int64_t ns)
{
	int64_t width = b->range.to_ns - b->range.from_ns;
	if (ns == CC_TIME_NONE || ns < b->range.from_ns || ns > b->range.to_ns)
		return -1;
	int x = width > 0 ? (int)((double)(ns - b->range.from_ns) / (double)width * b->r.w) : 0;
	return x < b->r.w ? x : b->r.w - 1;
}

/* Of the row, and how much of it is known. Width 0: no room, or nothing to show. */
static bar bar_of(const cc_ui *ui, const cc_ui_status *st, cc_rect r)
{
	bar b = { .r = { r.x + LEFT, r.y, r.w - LEFT - RIGHT, 1 }, .range = st->capture,
		.per_cell = ui->opt.glyphs == CC_GLYPHS_BRAILLE ? 2 : 1 };
	if (b.r.w < MIN_BAR || st->capture.from_ns == CC_TIME_NONE)
		b.r.w = 0;
	b.known = b.r.w;
	if (b.r.w && st->until_ns != CC_TIME_NONE && st->until_ns < b.range.to_ns)
		b.known = column_of(&b, st->until_ns) + 1;
	return b;
}

typedef struct counting { cc_ui *ui; int slices; cc_reply *reply; } counting;

static cc_code count(void *arg)
{
	counting *c = arg;
	return c->ui->backend.timeline(c->ui->backend.arg, c->slices, &c->ui->cancel, &c->reply);
}

void cc_ui_scrub(cc_ui *ui)
{
	int columns, rows;
	cc_ui_status st;
	cc_buf key = CC_BUF_INIT;
	ui->term->ops->size(ui->term, &columns, &rows);
	cc_layout l = cc_ui_layout(ui, columns, rows);
	if (l.scrub.w < 1 || ui->stage != CC_STAGE_PANES || cc_ui_hidden(ui))
		return;
	ui->backend.status(ui->backend.arg, &st);
	bar b = bar_of(ui, &st, l.scrub);
	cc_loading p = cc_ui_loading(ui);
	cc_buf_addf(&key, "%d|%lld|%llu|%d", b.known, (long long)st.until_ns, (unsigned long long)ui->fuller, p.running);
	if (b.known > 0 && cc_buf_ok(&key) && !cc_str_eq(cc_buf_str(&key), cc_buf_str(&ui->scrub_key))) {
		counting c = { ui, b.known * b.per_cell, NULL };
		cc_code code = cc_ui_work(ui, "timeline", count, &c);
		if (code == CC_OK) {
			cc_reply_unref(ui->scrub);
			ui->scrub = c.reply;
		}
		if (code == CC_OK || code == CC_ECANCELED) {   /* who stopped it is not asked again at the next key */
			cc_buf_clear(&ui->scrub_key);
			cc_buf_add(&ui->scrub_key, cc_buf_str(&key));
		}
	}
	cc_buf_deinit(&key);
}

/* --- drawing --- */

static const cc_cell *layer(const cc_reply *r, const char *key)
{
	const cc_section *s = r ? cc_reply_section(r, 0) : NULL;
	for (size_t i = 0; s && i < s->fact_count; i++)
		if (strcmp(s->facts[i].key, key) == 0 && s->facts[i].cell.type == CC_CELL_SPARK)
			return &s->facts[i].cell;
	return NULL;
}

static double value_at(const cc_cell *layer, size_t i)
{
	return layer && i < layer->point_count ? layer->points[i] : 0;
}

static double largest(const cc_cell *layer)
{
	double most = 0;
	for (size_t i = 0; layer && i < layer->point_count; i++)
		most = layer->points[i] > most ? layer->points[i] : most;
	return most;
}

/* One of `steps` heights; anything at all is at least one. */
static int height(double v, double most, int steps)
{
	int h = most > 0 ? (int)(v / most * steps + 0.5) : 0;
	return v > 0 && h < 1 ? 1 : h > steps ? steps : h;
}

static uint32_t volume_glyph(const cc_ui *ui, const cc_cell *errors, size_t cell, double most)
{
	static const unsigned left[] = { 0, 0x40, 0x44, 0x46, 0x47 }, right[] = { 0, 0x80, 0xa0, 0xb0, 0xb8 };
	int h;
	switch (ui->opt.glyphs) {
	case CC_GLYPHS_BRAILLE:
		return 0x2800 + left[height(value_at(errors, cell * 2), most, 4)] + right[height(value_at(errors, cell * 2 + 1), most, 4)];
	case CC_GLYPHS_BLOCK:
		h = height(value_at(errors, cell), most, 8);
		return h ? 0x2580 + (uint32_t)h : 0xb7;
	case CC_GLYPHS_ASCII:
		break;
	}
	return (uint32_t)" .:-=+*#@"[height(value_at(errors, cell), most, 8)];
}

static double sum(const cc_cell *layer, size_t cell, int per_cell)
{
	double all = 0;
	for (int i = 0; i < per_cell; i++)
		all += value_at(layer, cell * (size_t)per_cell + (size_t)i);
	return all;
}

static void draw_cells(cc_ui *ui, const bar *b)
{
	const cc_cell *alerts = layer(ui->scrub, "alerts"), *changes = layer(ui->scrub, "changes"),
		*warnings = layer(ui->scrub, "warnings"), *errors = layer(ui->scrub, "errors");
	double most = largest(errors);
	for (int x = 0; x < b->known; x++) {
		size_t i = (size_t)x;
		bool a = sum(alerts, i, b->per_cell) > 0, c = sum(changes, i, b->per_cell) > 0, w = sum(warnings, i, b->per_cell) > 0;
		uint32_t ch = a + c + w > 1 ? '*' : a ? 'A' : c ? 'C' : w ? 'W' : volume_glyph(ui, errors, i, most);
		cc_look look = a ? CC_LOOK_CRITICAL : c ? CC_LOOK_CHANGED : w ? CC_LOOK_WARNING :
			sum(errors, i, b->per_cell) > 0 ? CC_LOOK_CRITICAL : CC_LOOK_DIM;
		cc_grid_put(&ui->grid, b->r.x + x, b->r.y, ch, look, a || c ? CC_ATTR_BOLD : 0);
	}
}

static void mark(cc_ui *ui, const bar *b, int64_t ns, uint32_t ch, cc_look look)
{
	int x = column_of(b, ns);
	if (x >= 0)
		cc_grid_put(&ui->grid, b->r.x + x, b->r.y, ch, look, CC_ATTR_BOLD);
}

static void draw_marks(cc_ui *ui, const bar *b, const cc_ui_status *st)
{
	int from = column_of(b, st->view.window.from_ns), to = column_of(b, st->view.window.to_ns);
	if (st->view.window.from_ns != CC_TIME_NONE) {
		from = from < 0 ? 0 : from;
		to = to < 0 ? b->r.w - 1 : to;
		cc_grid_paint(&ui->grid, (cc_rect){ b->r.x + from, b->r.y, to - from + 1, 1 }, CC_LOOK_KEEP, CC_ATTR_UNDERLINE);
		mark(ui, b, st->view.window.from_ns, '[', CC_LOOK_TIME);
		mark(ui, b, st->view.window.to_ns, ']', CC_LOOK_TIME);
	}
	mark(ui, b, st->onset_ns, 'T', CC_LOOK_CHANGED);
	mark(ui, b, st->view.at_ns, ui->grid.ascii ? '|' : 0x2503, CC_LOOK_CURSOR);
}

static void clock_label(cc_buf *out, int64_t ns)
{
	cc_buf b = CC_BUF_INIT;
	cc_time_format_clock(&b, ns);
	cc_buf_add(out, cc_str_sub(cc_buf_str(&b), 0, 5));
	cc_buf_deinit(&b);
}

void cc_scrub_draw(cc_ui *ui, cc_rect r)
{
	cc_ui_status st;
	cc_buf text = CC_BUF_INIT;
	ui->backend.status(ui->backend.arg, &st);
	bar b = bar_of(ui, &st, r);
	if (b.r.w < 1)
		return;
	clock_label(&text, b.range.from_ns);
	cc_grid_text(&ui->grid, r, cc_buf_str(&text), CC_LOOK_DIM, 0);
	cc_buf_clear(&text);
	clock_label(&text, b.range.to_ns);
	cc_buf_add_char(&text, 'Z');
	cc_grid_text(&ui->grid, cc_rect_skip(r, r.w - RIGHT + 1), cc_buf_str(&text), CC_LOOK_DIM, 0);
	draw_cells(ui, &b);
	draw_marks(ui, &b, &st);
	cc_buf_deinit(&text);
}

/* --- the mouse --- */

bool cc_scrub_click(cc_ui *ui, cc_rect r, int x)
{
	cc_ui_status st;
	cc_buf line = CC_BUF_INIT;
	ui->backend.status(ui->backend.arg, &st);
	bar b = bar_of(ui, &st, r);
	if (b.r.w < 1 || x < b.r.x || x >= b.r.x + b.r.w)
		return false;
	double share = ((double)(x - b.r.x) + 0.5) / b.r.w;
	cc_buf_addz(&line, "at ");
	cc_time_format(&line, b.range.from_ns + (int64_t)(share * (double)(b.range.to_ns - b.range.from_ns)));
	cc_ui_run_line(ui, cc_buf_str(&line));
	cc_buf_deinit(&line);
	return true;
}
