/* scrubber.c - one row with the whole capture in it: where alerts began, specs changed, warnings came and errors piled up, with
 * the onset, the window and the time cursor.
 *
 *     17:00 ....C....TA....*..w.|.......                     17:30Z
 *
 * The height of a cell is the error volume; letters stand for what began there (A alert, C change, W warning, * several), T for
 * the onset, | for the cursor, [ ] for the window, a lone / for each long time in which nothing was recorded. The counts are those
 * of `timeline`, asked for again only when the horizon or the evidence changed. As known then the row goes on empty behind the
 * cursor. */
#include "ui/axis.h"
#include "ui/ui_priv.h"

#include <string.h>

#include "coldcase/xalloc.h"

enum { LEFT = 6, RIGHT = 7, MIN_BAR = 20, GAP = 3, BETWEEN_GAPS = 8, SLICES = 1000 };

/* -1: not in the capture. */
static int column_of(const cc_axis *b, int64_t ns)
{
	double place = cc_axis_place(b, ns);
	return place < 0 ? -1 : place < b->r.w ? (int)place : b->r.w - 1;
}

static const cc_cell *layer(const cc_reply *r, const char *key, cc_cell_type type)
{
	const cc_section *s = r ? cc_reply_section(r, 0) : NULL;
	for (size_t i = 0; s && i < s->fact_count; i++)
		if (strcmp(s->facts[i].key, key) == 0 && s->facts[i].cell.type == type)
			return &s->facts[i].cell;
	return NULL;
}

static double value_at(const cc_cell *layer, size_t i)
{
	return layer && i < layer->point_count ? layer->points[i] : 0;
}

/* What the counts of the reply are about, and each of its slices. */
typedef struct slices { const cc_cell *alerts, *changes, *warnings, *records, *samples, *errors; cc_range range; size_t n; } slices;

static slices slices_of(const cc_reply *r)
{
	const cc_cell *from = layer(r, "from", CC_CELL_TIME), *to = layer(r, "to", CC_CELL_TIME);
	slices s = { .alerts = layer(r, "alerts", CC_CELL_SPARK), .changes = layer(r, "changes", CC_CELL_SPARK),
		.warnings = layer(r, "warnings", CC_CELL_SPARK), .records = layer(r, "records", CC_CELL_SPARK),
		.samples = layer(r, "samples", CC_CELL_SPARK), .errors = layer(r, "errors", CC_CELL_SPARK) };
	if (from && to && s.errors) {
		s.range = (cc_range){ from->i, to->i };
		s.n = s.errors->point_count;
	}
	return s;
}

static int64_t slice_time(const slices *s, double i)
{
	return s->range.from_ns + (int64_t)(i / (double)s->n * (double)(s->range.to_ns - s->range.from_ns));
}

static bool is_empty(const slices *s, size_t i)
{
	return value_at(s->records, i) + value_at(s->samples, i) + value_at(s->alerts, i) + value_at(s->changes, i) + value_at(s->warnings, i) == 0;
}

/* --- what is left out --- */

enum { STRETCHES = CC_AXIS_GAPS + 1 };

typedef struct stretches { cc_range p[STRETCHES]; int n; } stretches;   /* longest first */

static int64_t length(cc_range r)
{
	return r.to_ns - r.from_ns;
}

static void keep_long(stretches *l, cc_range r)
{
	int at = l->n < STRETCHES ? l->n++ : l->n;
	for (; at > 0 && length(l->p[at - 1]) < length(r); at--)
		if (at < STRETCHES)
			l->p[at] = l->p[at - 1];
	if (at < STRETCHES)
		l->p[at] = r;
}

/* The longest stretches in which nothing was recorded, with something before and behind them. */
static stretches find_stretches(const slices *s)
{
	stretches l = { .n = 0 };
	for (size_t i = 0, from = 0; i < s->n; i++) {
		if (is_empty(s, i))
			continue;
		if (from > 0 && i > from)
			keep_long(&l, (cc_range){ slice_time(s, (double)from), slice_time(s, (double)i) });
		from = i + 1;
	}
	return l;
}

/* How many are left out: recorders stop, clocks differ by hours, and what there is would be squeezed into corners. One goes alone
 * when it would take more than a third of the row; several go when each takes that of what the others leave, is no pause between
 * two polls, and stands out from those that stay. */
static int count_gaps(const stretches *l, cc_range all, int most)
{
	const int64_t pause = 15 * 60 * CC_NS_PER_S;
	int64_t rest = length(all);
	int n = 0;
	for (int i = 0; i < l->n && i < most; i++) {
		int64_t own = length(l->p[i]);
		bool last = i + 1 == l->n || own / 3 > length(l->p[i + 1]);
		rest -= own;
		if (own > rest / 2 && (i == 0 || (last && own > pause)))
			n = i + 1;
	}
	return n;
}

static void add_gap(cc_axis *b, cc_range left_out)
{
	int at = b->gap_count++;
	for (; at > 0 && b->gaps[at - 1].left_out.from_ns > left_out.from_ns; at--)
		b->gaps[at] = b->gaps[at - 1];
	b->gaps[at] = (cc_axis_gap){ left_out, 0, GAP };
}

/* What is between gaps has a column at least. */
static void place_gaps(cc_axis *b)
{
	int64_t drawn = length(b->range), before = 0;
	int columns = b->r.w - GAP * b->gap_count, end = 0;
	for (int i = 0; i < b->gap_count; i++)
		drawn -= length(b->gaps[i].left_out);
	for (int i = 0; i < b->gap_count; i++) {
		cc_axis_gap *g = &b->gaps[i];
		int64_t at = g->left_out.from_ns - b->range.from_ns - before;
		int x = GAP * i + (drawn > 0 ? (int)((double)at / (double)drawn * columns) : 0);
		int most = b->r.w - (b->gap_count - i) * (GAP + 1);
		g->x = x <= end ? end + 1 : x > most ? most : x;
		end = g->x + GAP;
		before += length(g->left_out);
	}
}

/* Width 0: no room, or nothing to show. */
static cc_axis bar_of(const cc_ui *ui, const cc_ui_status *st, cc_rect r)
{
	slices s = slices_of(ui->scrub);
	cc_axis b = { .r = { r.x + LEFT, r.y, r.w - LEFT - RIGHT, 1 }, .range = st->capture };
	if (b.r.w < MIN_BAR || st->capture.from_ns == CC_TIME_NONE)
		b.r.w = 0;
	int room = b.r.w / (GAP + BETWEEN_GAPS);
	stretches l = find_stretches(&s);
	int n = count_gaps(&l, b.range, room < CC_AXIS_GAPS ? room : CC_AXIS_GAPS);
	for (int i = 0; i < n; i++)
		add_gap(&b, l.p[i]);
	place_gaps(&b);
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
	cc_loading p = cc_ui_loading(ui);
	cc_buf_addf(&key, "%lld|%llu|%d", (long long)st.until_ns, (unsigned long long)ui->fuller, p.running);
	if (st.capture.from_ns != CC_TIME_NONE && cc_buf_ok(&key) && !cc_str_eq(cc_buf_str(&key), cc_buf_str(&ui->scrub_key))) {
		counting c = { ui, SLICES, NULL };
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

/* One of `steps` heights; anything at all is at least one. */
static int height(double v, double most, int steps)
{
	int h = most > 0 ? (int)(v / most * steps + 0.5) : 0;
	return v > 0 && h < 1 ? 1 : h > steps ? steps : h;
}

/* What happened in a column; errors of its left and right half, for glyphs that show both. */
typedef struct column { bool alerts, changes, warnings; double errors[2]; } column;

static void fill(const cc_axis *b, const slices *s, column *columns)
{
	for (size_t i = 0; i < s->n; i++) {
		double place = cc_axis_place(b, slice_time(s, (double)i + 0.5));
		int x = (int)place < b->r.w ? (int)place : b->r.w - 1;
		if (place < 0)
			continue;
		column *c = &columns[x];
		c->alerts = c->alerts || value_at(s->alerts, i) > 0;
		c->changes = c->changes || value_at(s->changes, i) > 0;
		c->warnings = c->warnings || value_at(s->warnings, i) > 0;
		c->errors[place - x >= 0.5] += value_at(s->errors, i);
	}
}

static uint32_t volume_glyph(const cc_ui *ui, const column *c, double most)
{
	static const unsigned left[] = { 0, 0x40, 0x44, 0x46, 0x47 }, right[] = { 0, 0x80, 0xa0, 0xb0, 0xb8 };
	int h = height(c->errors[0] + c->errors[1], most, 8);
	switch (ui->opt.glyphs) {
	case CC_GLYPHS_BRAILLE:
		return 0x2800 + left[height(c->errors[0], most / 2, 4)] + right[height(c->errors[1], most / 2, 4)];
	case CC_GLYPHS_BLOCK: return h ? 0x2580 + (uint32_t)h : 0xb7;
	case CC_GLYPHS_ASCII: break;
	}
	return (uint32_t)" .:-=+*#@"[h];
}

static void draw_column(cc_ui *ui, int x, int y, const column *c, double most)
{
	bool a = c->alerts, ch = c->changes, w = c->warnings;
	uint32_t glyph = a + ch + w > 1 ? '*' : a ? 'A' : ch ? 'C' : w ? 'W' : volume_glyph(ui, c, most);
	cc_look look = a ? CC_LOOK_CRITICAL : ch ? CC_LOOK_CHANGED : w ? CC_LOOK_WARNING :
		c->errors[0] + c->errors[1] > 0 ? CC_LOOK_CRITICAL : CC_LOOK_DIM;
	cc_grid_put(&ui->grid, x, y, glyph, look, a || ch ? CC_ATTR_BOLD : 0);
}

/* Behind what is known the row stays empty. */
static void draw_cells(cc_ui *ui, const cc_axis *b)
{
	slices s = slices_of(ui->scrub);
	column *columns = s.n ? cc_calloc((size_t)b->r.w, sizeof *columns) : NULL;
	double most = 0;
	if (!columns)
		return;
	fill(b, &s, columns);
	int known = column_of(b, s.range.to_ns);
	for (int x = 0; x <= known; x++)
		most = columns[x].errors[0] + columns[x].errors[1] > most ? columns[x].errors[0] + columns[x].errors[1] : most;
	for (int x = 0; x <= known; x++)
		draw_column(ui, b->r.x + x, b->r.y, &columns[x], most);
	for (int i = 0; i < b->gap_count; i++)
		for (int k = 0; k < GAP && b->gaps[i].x + k <= known; k++)
			cc_grid_put(&ui->grid, b->r.x + b->gaps[i].x + k, b->r.y, k == GAP / 2 ? '/' : ' ', CC_LOOK_DIM, 0);
	cc_free(columns);
}

static void mark(cc_ui *ui, const cc_axis *b, int64_t ns, uint32_t ch, cc_look look)
{
	int x = column_of(b, ns);
	if (x >= 0)
		cc_grid_put(&ui->grid, b->r.x + x, b->r.y, ch, look, CC_ATTR_BOLD);
}

static void draw_marks(cc_ui *ui, const cc_axis *b, const cc_ui_status *st)
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
	cc_axis b = bar_of(ui, &st, r);
	if (b.r.w < 1)
		return;
	clock_label(&text, b.range.from_ns);
	cc_grid_text(&ui->grid, r, cc_buf_str(&text), CC_LOOK_DIM, 0);
	cc_buf_clear(&text);
	clock_label(&text, b.range.to_ns);
	cc_buf_add_char(&text, 'Z');
	cc_grid_text(&ui->grid, cc_rect_skip(r, r.w - RIGHT + 1), cc_buf_str(&text), CC_LOOK_DIM, 0);
	cc_axis_add(&ui->grid, &b);
	draw_cells(ui, &b);
	draw_marks(ui, &b, &st);
	cc_buf_deinit(&text);
}
