/* compare_draw.c - the screen of runs played side by side: a lane each, how its evidence compares step by step, the scores, the
 * transport. Lanes stand beside each other where each gets 70 columns, else below; what is not evidence goes first where there
 * is little room. */
#include "ui/compare.h"

#include <stdio.h>
#include <string.h>

#include "ui/transport.h"

enum { LANE_COLUMNS = 70, TRACK_ROWS = 16, SCORE_ROWS = 30, COUNT_COLUMNS = 30 };

static const char *const HOW[] = { "by step", "by clock", "by evidence" };

typedef struct places { cc_rect lanes, tracks, scores, transport, prompt; } places;

static cc_sheet *scores_of(const cc_duet *d)
{
	return d->no_scores ? NULL : d->blind ? d->blind_scores : d->scores;
}

bool cc_duet_has_room(const cc_duet *d)
{
	int columns, rows;
	d->term->ops->size(d->term, &columns, &rows);
	return rows >= SCORE_ROWS;
}

static int take(cc_rect *from, int rows, cc_rect *out)
{
	if (rows > from->h)
		rows = 0;
	from->h -= rows;
	*out = (cc_rect){ from->x, from->y + from->h, from->w, rows };
	return rows;
}

static places place_all(const cc_duet *d, int columns, int rows)
{
	places p = { .lanes = { 0, 0, columns, rows } };
	take(&p.lanes, 1, &p.prompt);
	take(&p.lanes, rows >= 4 ? 1 : 0, &p.transport);
	take(&p.lanes, cc_duet_has_room(d) && scores_of(d) ? (int)d->count + 1 : 0, &p.scores);
	take(&p.lanes, rows >= TRACK_ROWS ? (int)d->count : 0, &p.tracks);
	return p;
}

/* The last lane takes what its row has left. */
static cc_rect lane_rect(const cc_duet *d, cc_rect r, size_t lane)
{
	int n = (int)d->count, i = (int)lane, most = r.w / LANE_COLUMNS;
	int across = most < 1 ? 1 : most > n ? n : most, down = (n + across - 1) / across;
	int row = i / across, column = i % across, last = i == n - 1 ? across - 1 : column;
	int left = (r.w + 1) * column / across, right = (r.w + 1) * (last + 1) / across - 1;
	int top = r.h * row / down, bottom = r.h * (row + 1) / down;
	return (cc_rect){ r.x + left, r.y + top, right - left, bottom - top };
}

/* --- a lane --- */

static void draw_header(cc_duet *d, size_t lane, cc_rect r)
{
	const cc_lane *l = &d->lanes[lane];
	const cc_record_step *s = l->step ? cc_run_step(l->run, l->step - 1)->as.step : NULL;
	int64_t seconds = s ? s->active_ns / CC_NS_PER_S : 0;
	cc_look look = lane == d->active ? CC_LOOK_TITLE_ACTIVE : CC_LOOK_TITLE;
	cc_grid_fill(&d->grid, r, ' ', look, 0);
	int x = cc_grid_printf(&d->grid, cc_rect_skip(r, 1), look, CC_ATTR_BOLD, "%c", (char)('A' + lane)) + 2;
	if (!d->blind) {
		x += cc_grid_outside(&d->grid, cc_rect_skip(r, x), l->given->name, look, CC_ATTR_BOLD);
		x += cc_grid_textz(&d->grid, cc_rect_skip(r, x), l->given->agent ? " (agent)" : " (human)", look, 0) + 1;
	}
	x += cc_grid_printf(&d->grid, cc_rect_skip(r, x), look, 0, " %zu/%zu %lld:%02lld%s%s ", l->step, l->count, (long long)(seconds / 60),
		(long long)(seconds % 60), d->diverged && l->step == d->parting[lane] ? "  PARTS HERE" : "", cc_lane_is_marked(l, l->step, l->step, false) ? "  *" : "");
	if (s)
		cc_grid_outside(&d->grid, cc_rect_skip(r, x), s->line, look, 0);
}

/* One row of what is marked here, by the record or by hand. */
static cc_rect draw_caption(cc_duet *d, size_t lane, cc_rect r)
{
	cc_buf b = CC_BUF_INIT;
	cc_duet_caption(d, lane, &b);
	if (b.n && r.h >= 6) {
		int x = cc_grid_textz(&d->grid, cc_rect_skip(cc_rect_row(r, 0), 1), "* ", CC_LOOK_MATCH, CC_ATTR_BOLD);
		cc_grid_outside(&d->grid, cc_rect_skip(cc_rect_row(r, 0), 1 + x), cc_buf_str(&b), CC_LOOK_MATCH, 0);
		r = (cc_rect){ r.x, r.y + 1, r.w, r.h - 1 };
	}
	cc_buf_deinit(&b);
	return r;
}

/* One row of what the agent said; of a step shown as text the page has it. */
static cc_rect draw_said(cc_duet *d, const cc_lane *l, cc_rect r)
{
	if (!l->said.n || l->page || r.h < 6)
		return r;
	cc_grid_outside(&d->grid, cc_rect_skip(cc_rect_row(r, 0), 1), cc_buf_str(&l->said), CC_LOOK_DIM, CC_ATTR_ITALIC);
	return (cc_rect){ r.x, r.y + 1, r.w, r.h - 1 };
}

static void draw_lane(cc_duet *d, size_t lane, cc_rect r)
{
	cc_lane *l = &d->lanes[lane];
	cc_sheet_look look = { .glyphs = d->glyphs, .at_ns = CC_TIME_NONE, .onset_ns = CC_TIME_NONE,
		.window = { CC_TIME_NONE, CC_TIME_NONE } };
	l->at = r;
	if (r.h < 1 || r.w < 1)
		return;
	draw_header(d, lane, cc_rect_row(r, 0));
	l->term.at = draw_said(d, l, draw_caption(d, lane, (cc_rect){ r.x, r.y + 1, r.w, r.h - 1 }));
	if (l->term.at.h < 1)
		return;
	if (l->page) {
		cc_sheet_draw(l->page, &d->grid, l->term.at, &look);
	} else {
		cc_ui_draw(l->ui);
		cc_lane_place(l);
	}
	if (r.x > 0)
		cc_grid_fill(&d->grid, (cc_rect){ r.x - 1, r.y, 1, r.h }, d->grid.ascii ? '|' : 0x2502, CC_LOOK_BORDER, 0);
}

/* --- what each step brought --- */

static size_t sum_until(const cc_duet *d, size_t lane, bool own)
{
	const cc_sighting_vec *all = cc_compare_cites(d->runs);
	size_t n = 0;
	for (size_t i = 0; i < all->n; i++) {
		uint64_t step = all->p[i].step[lane];
		if (step && step <= d->lanes[lane].step)
			n += (cc_compare_seers(d->runs, &all->p[i]) == 1u << lane) == own;
	}
	return n;
}

static uint32_t sign_of(unsigned news, size_t lane)
{
	return news == CC_NEWS_SHARED ? '=' : news == CC_NEWS_OWN ? (uint32_t)('A' + lane) : news == CC_NEWS_BOTH ? '+' : '.';
}

/* A cell a step; of a long run several steps share one. What somebody marked by hand is told before what was new there. */
static void draw_cells(cc_duet *d, size_t lane, cc_rect r)
{
	const cc_lane *l = &d->lanes[lane];
	size_t cells = l->count < (size_t)r.w ? l->count : (size_t)r.w;
	for (size_t i = 0; i < cells; i++) {
		size_t from = i * l->count / cells + 1, to = (i + 1) * l->count / cells;
		unsigned news = 0;
		for (size_t step = from; step <= to; step++)
			news |= l->news[step];
		bool here = l->step >= from && l->step <= to, done = to <= l->step;
		bool parts = d->diverged && d->parting[lane] >= from && d->parting[lane] <= to;
		bool hand = cc_lane_is_marked(l, from, to, true);
		cc_look look = parts ? CC_LOOK_WARNING : hand ? CC_LOOK_MATCH : here ? CC_LOOK_CURSOR : done ? CC_LOOK_TEXT : CC_LOOK_DIM;
		cc_grid_put(&d->grid, r.x + (int)i, r.y, hand ? 'M' : sign_of(news, lane), look,
			(here ? CC_ATTR_REVERSE : 0u) | (hand ? CC_ATTR_BOLD : 0u) | (parts ? CC_ATTR_BOLD | CC_ATTR_UNDERLINE : 0u));
	}
}

static void draw_tracks(cc_duet *d, cc_rect r)
{
	for (size_t i = 0; i < d->count && (int)i < r.h; i++) {
		cc_rect row = cc_rect_row(r, (int)i);
		int counts = row.w > 3 * COUNT_COLUMNS ? COUNT_COLUMNS : 0;
		cc_grid_printf(&d->grid, row, i == d->active ? CC_LOOK_TITLE_ACTIVE : CC_LOOK_TITLE, 0, " %c ", (char)('A' + i));
		draw_cells(d, i, (cc_rect){ row.x + 4, row.y, row.w - 5 - counts, 1 });
		if (counts)
			cc_grid_printf(&d->grid, cc_rect_skip(row, row.w - counts), CC_LOOK_DIM, 0, "records: %zu shared, %zu only %c", sum_until(d, i, false),
				sum_until(d, i, true), (char)('A' + i));
	}
}

/* --- the rows below --- */

static void draw_scores(cc_duet *d, cc_rect r)
{
	cc_sheet_look look = { .glyphs = d->glyphs, .at_ns = CC_TIME_NONE, .onset_ns = CC_TIME_NONE, .window = { CC_TIME_NONE, CC_TIME_NONE } };
	if (r.h > 0)
		cc_sheet_draw(scores_of(d), &d->grid, r, &look);
}

static void draw_transport(cc_duet *d, cc_rect row)
{
	int64_t seconds = cc_compare_clock(d->runs, d->how, d->active, d->at) / CC_NS_PER_S;
	if (row.h < 1)
		return;
	cc_grid_fill(&d->grid, row, ' ', CC_LOOK_HINT, 0);
	int x = cc_grid_printf(&d->grid, row, CC_LOOK_HINT_KEY, 0, "%s %zu/%zu %lld:%02lld x%s %s", d->playing ? "PLAY" : "COMPARE", d->at, cc_duet_last(d),
		(long long)(seconds / 60), (long long)(seconds % 60), cc_speed_name(d->speed), HOW[d->how]) + 2;
	if (d->how == CC_SYNC_EVIDENCE)
		x += cc_grid_printf(&d->grid, cc_rect_skip(row, x - 1), CC_LOOK_HINT_KEY, 0, "of %c", (char)('A' + d->active)) + 1;
	for (const cc_transport_key *k = cc_duet_bindings; k->keys; k++) {
		cc_str name, rest;
		cc_str_cut(cc_str_from(k->keys), ' ', &name, &rest);
		if (!k->brief || (*k->keys == 'r' && !d->blind))
			continue;
		if (x + (int)(name.n + strlen(k->brief)) + 3 > row.w)
			break;
		x += cc_grid_text(&d->grid, cc_rect_skip(row, x), name, CC_LOOK_HINT_KEY, 0) + 1;
		x += cc_grid_textz(&d->grid, cc_rect_skip(row, x), k->brief, CC_LOOK_HINT, 0) + 2;
	}
}

/* Over the lanes alone: how the runs compare stands below all the while. */
static void draw_over(cc_duet *d, cc_rect lanes)
{
	cc_sheet *page = cc_duet_over(d);
	cc_sheet_look look = { .active = true, .glyphs = d->glyphs, .at_ns = CC_TIME_NONE, .onset_ns = CC_TIME_NONE,
		.window = { CC_TIME_NONE, CC_TIME_NONE } };
	if (!page || lanes.h < 3)
		return;
	int want = (int)page->items.n + 2;
	lanes.h = d->over == CC_OVER_SCORES && page->width && want < lanes.h ? want : lanes.h;
	cc_rect in = cc_grid_box(&d->grid, lanes, d->over == CC_OVER_HELP ? "keys - Enter runs, Esc leaves" : "scores - Esc leaves");
	cc_sheet_draw(page, &d->grid, in, &look);
}

static void draw_prompt(cc_duet *d, cc_rect row)
{
	if (d->typing)
		cc_lineedit_draw(&d->line, &d->grid, row, ":");
	else if (d->message.n)
		cc_grid_outside(&d->grid, row, cc_buf_str(&d->message), CC_LOOK_PROMPT, 0);
	else
		cc_grid_textz(&d->grid, row, "= others saw it too  A B .. nobody else  + both  . nothing new  M marked by hand", CC_LOOK_DIM, 0);
}

void cc_duet_draw(cc_duet *d)
{
	int columns, rows;
	d->term->ops->size(d->term, &columns, &rows);
	if (!cc_grid_resize(&d->grid, columns, rows))
		return;
	cc_grid_clear(&d->grid);
	places p = place_all(d, d->grid.columns, d->grid.rows);
	d->drawing = true;
	for (size_t i = 0; i < d->count && !d->blank; i++)
		draw_lane(d, i, lane_rect(d, p.lanes, i));
	d->drawing = false;
	if (!d->blank) {
		draw_over(d, p.lanes);
		draw_tracks(d, p.tracks);
		draw_scores(d, p.scores);
		draw_transport(d, p.transport);
		draw_prompt(d, p.prompt);
	}
	d->term->ops->flush(d->term, &d->grid, d->theme);
}
