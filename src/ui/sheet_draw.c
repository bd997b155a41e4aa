/* sheet_draw.c - a sheet into a rectangle: items from `top` on, a sticky table header, the scrollbar, search hits. */
#include "ui/axis.h"
#include "ui/map.h"
#include "ui/outline.h"

#include "coldcase/time.h"
#include "coldcase/utf8.h"

static int header_of(const cc_sheet *s, size_t item)
{
	for (size_t i = item + 1; i-- > 0;) {
		if (s->items.p[i].kind == CC_ITEM_HEADER)
			return (int)i;
		if (s->items.p[i].kind != CC_ITEM_ROW && s->items.p[i].kind != CC_ITEM_GAP && s->items.p[i].kind != CC_ITEM_RULE)
			break;
	}
	return -1;
}

/* Keeps the selection in sight, one row below the sticky header, and the page full. */
static void settle_top(cc_sheet *s, int height)
{
	size_t h = height > 0 ? (size_t)height : 1;
	size_t sticky = h > 2 && header_of(s, s->selected) >= 0 ? 1 : 0;
	if (s->selected < s->top + sticky)
		s->top = s->selected > sticky ? s->selected - sticky : 0;
	size_t end = s->selected + 1;
	while (end < s->items.n && s->items.p[end].more && end - s->selected < h / 2)
		end++;
	if (end > s->top + h)
		s->top = end - h;
	if (s->top + h > s->items.n)
		s->top = s->items.n > h ? s->items.n - h : 0;
	/* Headings and notes above the first row to select come into view with it. */
	size_t first = 0;
	while (first < s->selected && s->items.p[first].kind != CC_ITEM_ROW && s->items.p[first].kind != CC_ITEM_LINE &&
		s->items.p[first].kind != CC_ITEM_FACT)
		first++;
	if (s->selected == first && first < h)
		s->top = 0;
}

static cc_str part_of(cc_str text, const cc_item *it)
{
	return cc_str_sub(text, it->from, it->to);
}

static void draw_fact_at(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_fact *f, int names, const cc_item *it)
{
	cc_buf b = CC_BUF_INIT;
	cc_rect value = cc_rect_skip(r, names + 2);
	if (!it->more)
		cc_grid_outside(g, (cc_rect){ r.x, r.y, names, r.h }, cc_str_from(f->title), CC_LOOK_DIM, 0);
	if (f->cell.type == CC_CELL_SPARK) {
		cc_glyphs glyphs = g->ascii ? CC_GLYPHS_ASCII : CC_GLYPHS_BLOCK;
		if (f->cell.text.n)
			cc_draw_strip(g, value, &f->cell, glyphs, (cc_look)f->role);
		else
			cc_draw_spark(g, value, f->cell.points, f->cell.point_count, glyphs, (cc_look)f->role, 0);
		return;
	}
	cc_cell_render(&f->cell, &b, s->ascii);
	cc_grid_text(g, value, it->beside ? cc_buf_str(&b) : part_of(cc_buf_str(&b), it), (cc_look)f->role, 0);
	cc_buf_deinit(&b);
}

static void draw_fact(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_item *it)
{
	const cc_section *sec = cc_reply_section(s->reply, it->section);
	int names = cc_sheet_fact_width(sec, s->width);
	draw_fact_at(s, g, cc_rect_skip(r, 2), &sec->facts[it->index], names, it);
	if (it->beside)
		draw_fact_at(s, g, cc_rect_skip(r, s->width / 2), &sec->facts[it->beside - 1], names, it);
}

static void draw_outside_part(const cc_sheet *s, cc_grid *g, cc_rect r, cc_str raw, const cc_item *it, cc_look look)
{
	cc_buf b = CC_BUF_INIT;
	cc_utf8_clean(&b, raw, s->ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	cc_grid_text(g, r, part_of(cc_buf_str(&b), it), look, 0);
	cc_buf_deinit(&b);
}

/* Dotted, so that it is not taken for the time cursor's rule. */
static void draw_gap(cc_grid *g, cc_rect r, cc_str words)
{
	if (words.n) {
		r = cc_rect_skip(r, CC_TABLE_GUTTER);
		cc_grid_text(g, r, words, CC_LOOK_DIM, 0);
		r = cc_rect_skip(r, (int)cc_width(words) + 1 - CC_TABLE_GUTTER);
	}
	for (int x = CC_TABLE_GUTTER; x < r.w; x += 2)
		cc_grid_put(g, r.x + x, r.y, g->ascii ? '.' : 0xb7, CC_LOOK_DIM, 0);
}

static void draw_row(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_item *it, bool selected, const cc_sheet_look *look)
{
	const cc_section *sec = cc_reply_section(s->reply, it->section);
	const cc_row *row = &sec->rows[it->index];
	cc_row_style style = { .selected = selected, .left = s->left, .glyphs = look->glyphs, .capture = look->capture,
		.pinned = look->pinned && look->pinned(look->arg, s->reply, sec, row),
		.note = look->note ? look->note(look->arg, row) : '\0',
		.bar_from = s->bar_from, .bar_to = s->bar_to, .errors = cc_is_of_errors(cc_reply_command(s->reply)),
		.after = !sec->spans && look->at_ns != CC_TIME_NONE && row->time_ns != CC_TIME_NONE && row->time_ns > look->at_ns };
	cc_table_draw_row(g, r, sec, &s->fits[it->section], row, &style);
	if (s->folds.n && sec == cc_reply_main(s->reply) && cc_sheet_is_folded(s, it->index))
		cc_grid_put(g, r.x + CC_TABLE_GUTTER - 1, r.y, '+', CC_LOOK_TEXT, CC_ATTR_BOLD);
}

static void draw_table_header(const cc_sheet *s, cc_grid *g, cc_rect r, size_t section)
{
	cc_buf ruler = CC_BUF_INIT;
	cc_sheet_ruler(s, &ruler);
	cc_table_draw_header(g, r, cc_reply_section(s->reply, section), &s->fits[section], ruler.n ? ruler.p : NULL);
	cc_buf_deinit(&ruler);
}

static void draw_fold(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_item *it)
{
	const cc_section *sec = cc_reply_section(s->reply, it->section);
	if (cc_outline_is(sec))
		cc_grid_printf(g, r, CC_LOOK_DIM, 0, g->ascii ? " ... %zu lines" : " \xe2\x80\xa6 %zu lines", cc_outline_end(sec, it->index) - it->index);
}

/* Diffs carry their sign in the gutter too; text is never told by colour alone. */
static void draw_line(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_item *it, bool selected)
{
	const cc_line *l = &cc_reply_section(s->reply, it->section)->lines[it->index];
	bool gravity = l->role == CC_ROLE_CRITICAL || l->role == CC_ROLE_WARNING;
	cc_grid_put(g, r.x, r.y, selected ? '>' : ' ', CC_LOOK_TEXT, CC_ATTR_BOLD);
	if (gravity && !it->more)
		cc_grid_put(g, r.x + 1, r.y, (uint32_t)(unsigned char)cc_role_letter(l->role), (cc_look)l->role, 0);
	cc_buf b = CC_BUF_INIT;
	cc_utf8_clean(&b, l->text, s->ascii ? CC_CLEAN_ASCII : CC_CLEAN_LINE);
	int hang = it->more ? cc_sheet_hang(cc_buf_str(&b), s->width) : 0;
	cc_str part = part_of(cc_buf_str(&b), it);
	cc_grid_text(g, cc_rect_skip(r, 3 + hang), part, (cc_look)l->role, 0);
	if (!it->more && cc_sheet_is_folded(s, it->index))
		draw_fold(s, g, cc_rect_skip(r, 3 + (int)cc_width(part)), it);
	cc_buf_deinit(&b);
}

static void draw_chart_row(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_item *it, const cc_sheet_look *look, bool first)
{
	const cc_section *sec = cc_reply_section(s->reply, it->section);
	/* The whole picture is drawn once, when its first visible row comes; rows outside are clipped by drawing to a spare grid. */
	if (!first)
		return;
	cc_grid spare = { .ascii = g->ascii, .scratch = CC_BUF_INIT };
	int height = cc_draw_chart_height(sec, r.w, s->height);
	cc_chart_look how = { .glyphs = look->glyphs, .at_ns = look->at_ns, .known = look->known, .window = look->window, .height = s->height };
	if (!cc_grid_resize(&spare, r.w, height))
		return;
	cc_draw_chart(&spare, (cc_rect){ 0, 0, r.w, height }, sec, &how);
	for (int y = (int)it->from; y < height && y - (int)it->from < r.h; y++)
		for (int x = 0; x < r.w; x++)
			*cc_grid_at(g, r.x + x, r.y + y - (int)it->from) = *cc_grid_at(&spare, x, y);
	for (size_t i = 0; i < spare.axis_count; i++)
		spare.axes[i].r.y -= (int)it->from;
	cc_axis_copy(g, &spare, r.x, r.y, r.h);
	cc_grid_deinit(&spare);
}

/* Hits are looked for in what stands on the row, so that all that is shown of one is marked. */
static void paint_matches(cc_grid *g, cc_rect r, cc_regex *re)
{
	enum { MOST = 512 };
	cc_buf text = CC_BUF_INIT;
	size_t at[MOST + 1], start, end, from = 0;
	int cells = r.w < MOST ? r.w : MOST;
	for (int x = 0; x < cells; x++) {
		const cc_gcell *c = cc_grid_at(g, r.x + x, r.y);
		char bytes[4];
		at[x] = text.n;
		if (c && c->width)
			cc_buf_add(&text, (cc_str){ bytes, cc_utf8_encode(c->ch, bytes) });
	}
	at[cells] = text.n;
	for (int x = 0; from <= text.n && cc_regex_find(re, cc_buf_str(&text), from, &start, &end) == CC_REGEX_YES;) {
		for (; x < cells && at[x] < end; x++)
			if (at[x + 1] > start)
				cc_grid_paint(g, (cc_rect){ r.x + x, r.y, 1, 1 }, CC_LOOK_KEEP, CC_ATTR_MATCH);
		from = end > start ? end : end + 1;
	}
	cc_buf_deinit(&text);
}

static void draw_rule(const cc_sheet *s, cc_grid *g, cc_rect r)
{
	cc_buf b = CC_BUF_INIT;
	cc_grid_fill(g, r, g->ascii ? '-' : 0x2500, CC_LOOK_CURSOR, 0);
	cc_buf_addz(&b, " at ");
	cc_time_format_clock(&b, s->at_ns);
	cc_buf_add_char(&b, ' ');
	cc_grid_text(g, cc_rect_skip(r, CC_TABLE_GUTTER), cc_buf_str(&b), CC_LOOK_CURSOR, 0);
	cc_buf_deinit(&b);
}

static void draw_note(const cc_sheet *s, cc_grid *g, cc_rect r, const cc_item *it)
{
	bool warns = cc_sheet_is_warning(s, it->index);
	cc_look look = warns ? CC_LOOK_WARNING : CC_LOOK_DIM;
	if (!it->more)
		cc_grid_put(g, r.x, r.y, warns ? '!' : 'i', look, 0);
	draw_outside_part(s, g, cc_rect_skip(r, it->more ? 4 : 2), cc_reply_note(s->reply, it->index), it, look);
	if (it->beside)
		cc_grid_textz(g, cc_rect_skip(r, r.w - (g->ascii ? 10 : 8)), g->ascii ? "... below" : "\xe2\x80\xa6 below", look, 0);
}

static void draw_item(cc_sheet *s, cc_grid *g, cc_rect rest, size_t i, const cc_sheet_look *look, bool first)
{
	const cc_item *it = &s->items.p[i];
	cc_rect r = cc_rect_row(rest, 0);
	bool selected = look->active && i == s->selected;
	switch ((cc_item_kind)it->kind) {
	case CC_ITEM_BLANK: return;
	case CC_ITEM_RULE: draw_rule(s, g, r); return;
	case CC_ITEM_NOTE: draw_note(s, g, r, it); return;
	case CC_ITEM_HEADING: cc_grid_outside(g, r, cc_str_from(cc_reply_section(s->reply, it->section)->title), CC_LOOK_HEADING, 0); return;
	case CC_ITEM_HEADER: draw_table_header(s, g, r, it->section); return;
	case CC_ITEM_EMPTY: draw_outside_part(s, g, cc_rect_skip(r, 2), cc_reply_empty_text(s->reply).n ? cc_reply_empty_text(s->reply) :
		CC_STR("nothing to show"), it, CC_LOOK_DIM); return;
	case CC_ITEM_CHART: draw_chart_row(s, g, rest, it, look, first || it->from == 0); return;
	case CC_ITEM_GAP: draw_gap(g, r, cc_reply_section(s->reply, it->section)->rows[it->index].above); return;
	case CC_ITEM_ROW: draw_row(s, g, r, it, selected, look); break;
	case CC_ITEM_LINE: draw_line(s, g, r, it, selected); break;
	case CC_ITEM_FACT: draw_fact(s, g, r, it);
		cc_grid_put(g, r.x, r.y, selected ? '>' : ' ', CC_LOOK_TEXT, CC_ATTR_BOLD);
		break;
	}
	if (look->search)
		paint_matches(g, r, look->search);
}

static void draw_failure(const cc_sheet *s, cc_grid *g, cc_rect r)
{
	cc_grid_outside(g, cc_rect_skip(cc_rect_row(r, 1), 2), cc_str_from(s->err.message), CC_LOOK_ERROR, 0);
	cc_grid_outside(g, cc_rect_skip(cc_rect_row(r, 2), 2), cc_str_from(s->err.hint), CC_LOOK_DIM, 0);
}

static void put_tick(cc_grid *g, cc_rect bar, size_t i, size_t n, bool hit)
{
	int y = bar.y + (int)(i * (size_t)bar.h / n);
	const cc_gcell *c = cc_grid_at(g, bar.x, y);
	if (c && (c->look == CC_LOOK_BORDER || (hit && c->look == CC_LOOK_CRITICAL)))
		cc_grid_put(g, bar.x, y, hit ? '*' : '!', hit ? CC_LOOK_MATCH : CC_LOOK_CRITICAL, 0);
}

/* Errors and search hits as ticks beside the page: where to go. The thumb stays whole. Of a long list, where hits lie in all of
 * it; of its errors the strip above tells. */
static void draw_ticks(const cc_sheet *s, cc_grid *g, cc_rect bar, const cc_sheet_look *look)
{
	cc_buf b = CC_BUF_INIT;
	if (cc_sheet_is_part(s)) {
		for (size_t i = 0; look->search && i < s->spread_count; i++)
			if (s->spread[i] > 0)
				put_tick(g, bar, i, s->spread_count, true);
		return;
	}
	for (size_t i = 0; i < s->items.n && s->items.n > (size_t)bar.h; i++) {
		bool hit = false;
		if (s->items.p[i].more || s->items.p[i].kind != CC_ITEM_ROW)
			continue;
		if (look->search) {
			cc_sheet_item_text(s, i, &b);
			hit = cc_regex_match(look->search, cc_buf_str(&b)) == CC_REGEX_YES;
		}
		if (hit || cc_sheet_item_role(s, i) == CC_ROLE_CRITICAL)
			put_tick(g, bar, i, s->items.n, hit);
	}
	cc_buf_deinit(&b);
}

/* Of a long list the bar stands for all of it. */
static void draw_bar(const cc_sheet *s, cc_grid *g, cc_rect bar, const cc_sheet_look *look)
{
	uint64_t place = 0;
	if (cc_sheet_is_part(s)) {
		for (size_t i = s->top; i < s->items.n && !cc_sheet_place(s, i, &place); i++)
			;
		cc_draw_scrollbar(g, bar, (size_t)place, (size_t)bar.h, (size_t)cc_reply_paging(s->reply).total_count);
	} else {
		cc_draw_scrollbar(g, bar, s->top, (size_t)bar.h, s->items.n);
	}
	draw_ticks(s, g, bar, look);
}

static cc_str first_word(const char *line)
{
	cc_str word, rest;
	cc_str_cut(cc_str_from(line), ' ', &word, &rest);
	return word;
}

void cc_sheet_draw(cc_sheet *s, cc_grid *g, cc_rect r, const cc_sheet_look *look)
{
	if (s->failed || !s->reply) {
		if (s->failed)
			draw_failure(s, g, r);
		else if (s->waiting)
			cc_grid_printf(g, cc_rect_skip(cc_rect_row(r, 0), 2), CC_LOOK_DIM, 0,
				g->ascii ? "reading %.*s ..." : "reading %.*s …", CC_STR_ARG(first_word(s->line)));
		return;
	}
	if (s->at_ns != look->at_ns || s->height != r.h) {
		cc_sheet_layout(s, r.w, g->ascii);
		s->at_ns = look->at_ns;
		s->height = r.h;
		cc_sheet_layout(s, r.w + 1, g->ascii);   /* another width makes the items anew, selection and all */
	}
	cc_sheet_layout(s, r.w, g->ascii);
	if (cc_map_shown(s)) {
		cc_map_draw(s, g, r, look);
		return;
	}
	settle_top(s, r.h);
	cc_rect page = { r.x, r.y, r.w - 1, r.h };
	for (int y = 0; y < r.h && s->top + (size_t)y < s->items.n; y++) {
		cc_rect rest = { page.x, page.y + y, page.w, page.h - y };
		draw_item(s, g, rest, s->top + (size_t)y, look, y == 0);
		if (look->active && s->top + (size_t)y == s->selected) {
			g->cursor_x = page.x;   /* screen readers follow the terminal's own cursor */
			g->cursor_y = page.y + y;
		}
	}
	int header = s->items.n && r.h > 2 ? header_of(s, s->top) : -1;
	if (header >= 0 && (size_t)header < s->top) {
		uint16_t section = s->items.p[header].section;
		cc_grid_fill(g, cc_rect_row(page, 0), ' ', CC_LOOK_TEXT, 0);
		draw_table_header(s, g, cc_rect_row(page, 0), section);
	}
	cc_rect bar = { r.x + r.w - 1, r.y, 1, r.h };
	draw_bar(s, g, bar, look);
}
