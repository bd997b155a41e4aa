/* wall_draw.c - what the wall of a class shows: the clock, a few counts that give nobody away, a bar for each seat.
 *
 * Nothing moves but the clock and the bars, and a row stays where it is as long as nobody joins. Names and scores are there only when
 * they are handed in. */
#include "ui/draw.h"
#include "ui/wall.h"

#include <stdio.h>
#include <string.h>

enum { CLOCK_ROWS = 5, WIDE = 120, SEAT_COLUMN = 9, NAME_COLUMN = 16 };

static cc_look phase_look(const char *phase)
{
	return strcmp(phase, "frozen") == 0 ? CC_LOOK_WARNING : strcmp(phase, "running") == 0 ? CC_LOOK_OK : CC_LOOK_HEADING;
}

static void draw_title(cc_grid *g, const cc_wall *w, cc_rect r)
{
	cc_buf b = CC_BUF_INIT;
	cc_grid_fill(g, r, ' ', CC_LOOK_STATUS, 0);
	int used = cc_grid_outside(g, cc_rect_skip(r, 1), w->incident, CC_LOOK_STATUS, CC_ATTR_BOLD);
	cc_grid_printf(g, cc_rect_skip(r, used + 3), CC_LOOK_STATUS, 0, "a class of %zu", w->seat_count);
	if (w->hold)
		cc_buf_addz(&b, w->revealed ? "verdicts revealed" : "verdicts held");
	cc_grid_text(g, cc_rect_skip(r, r.w - (int)b.n - 1), cc_buf_str(&b), CC_LOOK_STATUS, 0);
	cc_buf_deinit(&b);
}

static void draw_clock(cc_grid *g, const cc_wall *w, cc_rect r)
{
	char text[24];
	bool before = w->clock_ns < 0;
	long long s = before ? (long long)((-w->clock_ns + CC_NS_PER_S - 1) / CC_NS_PER_S) : (long long)(w->clock_ns / CC_NS_PER_S);
	if (before)
		snprintf(text, sizeof text, "%02lld:%02lld", s / 60 % 100, s % 60);
	else
		snprintf(text, sizeof text, "%02lld:%02lld:%02lld", s / 3600 % 100, s / 60 % 60, s % 60);
	cc_big_draw(g, r, text, phase_look(w->phase));
}

/* What everybody may know by now: "live 4x 17:05:10Z". */
static void draw_live(cc_grid *g, const cc_wall *w, cc_rect r)
{
	cc_buf b = CC_BUF_INIT;
	cc_buf_addf(&b, "live %lldx ", (long long)w->live);
	cc_time_format_clock(&b, w->live_ns);
	cc_buf_addz(&b, w->live_over ? " end" : "");
	cc_grid_text(g, r, cc_buf_str(&b), CC_LOOK_TIME, 0);
	cc_buf_deinit(&b);
}

static void draw_phase(cc_grid *g, const cc_wall *w, cc_rect r)
{
	static const char *const says[][2] = { { "waiting", "waiting for the start" }, { "countdown", "it begins" }, { "running", "running" },
		{ "frozen", "FROZEN" }, { "over", "the class is over" } };
	for (size_t i = 0; i < sizeof says / sizeof *says; i++)
		if (strcmp(w->phase, says[i][0]) == 0)
			cc_grid_textz(g, r, says[i][1], phase_look(w->phase), CC_ATTR_BOLD);
	cc_grid_outside(g, cc_rect_row((cc_rect){ r.x, r.y + 1, r.w, 1 }, 0), w->why, CC_LOOK_TEXT, 0);
	if (w->live)
		draw_live(g, w, (cc_rect){ r.x, r.y + 2, r.w, 1 });
}

/* "6/8 saw a deciding record   3/8 name the causes   2/8 submitted   1 silent" */
static void draw_counts(cc_grid *g, const cc_wall *w, cc_rect r)
{
	int x = 0;
	if (w->decides)
		x += cc_grid_printf(g, cc_rect_skip(r, x), CC_LOOK_HEADING, CC_ATTR_BOLD, "%zu/%zu saw a deciding record", w->saw, w->seat_count) + 4;
	if (w->judged)
		x += cc_grid_printf(g, cc_rect_skip(r, x), CC_LOOK_HEADING, CC_ATTR_BOLD, "%zu/%zu named it", w->named, w->seat_count) + 4;
	x += cc_grid_printf(g, cc_rect_skip(r, x), CC_LOOK_TEXT, 0, "%zu/%zu submitted", w->submitted, w->seat_count) + 4;
	if (w->silent)
		cc_grid_printf(g, cc_rect_skip(r, x), CC_LOOK_WARNING, CC_ATTR_BOLD, "%zu silent", w->silent);
}

static void add_state(cc_buf *b, const cc_wall_seat *s)
{
	cc_buf_addz(b, s->state);
	if (s->silent_ns) {
		cc_buf_add_char(b, ' ');
		cc_duration_format(b, s->silent_ns / CC_NS_PER_S * CC_NS_PER_S);
	}
	if (s->score >= 0)
		cc_buf_addf(b, "  score %.2f", s->score);
}

/* All rows are laid out alike: as the one that has most to say. */
typedef struct seat_look { cc_glyphs glyphs; bool names, scores; } seat_look;

static seat_look look_of(const cc_wall *w, cc_glyphs glyphs)
{
	seat_look l = { .glyphs = glyphs };
	for (size_t i = 0; i < w->seat_count; i++) {
		l.names = l.names || w->seats[i].name.n;
		l.scores = l.scores || w->seats[i].score >= 0;
	}
	return l;
}

/* "seat 3  ████░░░░  34/100  5 panes  playing" */
static void draw_seat(cc_grid *g, const cc_wall *w, size_t i, cc_rect r, const seat_look *l)
{
	const cc_wall_seat *s = &w->seats[i];
	cc_buf b = CC_BUF_INIT;
	int name = l->names ? NAME_COLUMN : SEAT_COLUMN, bar = r.w - name - 36 - (l->scores ? 12 : 0);
	bar = bar > 40 ? 40 : bar;
	int64_t most = w->cap ? w->cap : 100;
	if (s->name.n)
		cc_grid_outside(g, (cc_rect){ r.x, r.y, name - 1, 1 }, s->name, CC_LOOK_ENTITY, CC_ATTR_BOLD);
	else
		cc_grid_printf(g, (cc_rect){ r.x, r.y, name - 1, 1 }, CC_LOOK_TEXT, 0, "seat %zu", i + 1);
	r = cc_rect_skip(r, name);
	if (bar >= 8) {
		cc_grid_fill(g, (cc_rect){ r.x, r.y, bar, 1 }, l->glyphs == CC_GLYPHS_ASCII ? '.' : 0x2591, CC_LOOK_DIM, 0);
		if (s->queries > 0)
			cc_draw_bar(g, (cc_rect){ r.x, r.y, bar, 1 }, 0, s->queries < most ? (double)s->queries / (double)most : 1, false, l->glyphs,
				s->done ? CC_LOOK_OK : s->silent_ns ? CC_LOOK_WARNING : CC_LOOK_SERIES1, 0);
		r = cc_rect_skip(r, bar + 1);
	}
	if (w->cap)
		cc_buf_addf(&b, "%4lld/%-4lld", (long long)s->queries, (long long)w->cap);
	else
		cc_buf_addf(&b, "%4lld     ", (long long)s->queries);
	cc_buf_addf(&b, " %d pane%s  ", s->panes, s->panes == 1 ? " " : "s");
	int used = cc_grid_text(g, r, cc_buf_str(&b), CC_LOOK_TEXT, 0);
	cc_buf_clear(&b);
	add_state(&b, s);
	cc_grid_text(g, cc_rect_skip(r, used), cc_buf_str(&b), s->done ? CC_LOOK_OK : s->silent_ns ? CC_LOOK_WARNING : CC_LOOK_TEXT, s->done ? CC_ATTR_BOLD : 0);
	cc_buf_deinit(&b);
}

/* One below the other, with a blank row between them where there is room; in two columns on a wide screen when they need it. */
static void draw_seats(cc_grid *g, const cc_wall *w, cc_rect r, cc_glyphs glyphs)
{
	if (!w->seat_count)
		cc_grid_textz(g, r, "Nobody sits here yet: coldcase class join DIR --name NAME", CC_LOOK_DIM, 0);
	if (r.h < 1 || !w->seat_count)
		return;
	size_t rows = (size_t)r.h, columns = w->seat_count > rows && r.w >= WIDE ? 2 : 1;
	size_t each = (w->seat_count + columns - 1) / columns, step = each * 2 <= rows + 1 ? 2 : 1;
	bool more = each > rows;
	size_t shown = more ? rows - 1 : each;
	seat_look l = look_of(w, glyphs);
	for (size_t i = 0; i < w->seat_count && i < shown * columns; i++) {
		cc_rect at = { r.x + (int)(i / shown) * (r.w / (int)columns), r.y + (int)(i % shown * step), r.w / (int)columns - 1, 1 };
		draw_seat(g, w, i, at, &l);
	}
	if (more)
		cc_grid_printf(g, cc_rect_row(r, r.h - 1), CC_LOOK_DIM, 0, "and %zu more seats", w->seat_count - shown * columns);
}

void cc_wall_draw(cc_grid *g, const cc_wall *w, cc_rect r, cc_glyphs glyphs)
{
	cc_rect in = { r.x + 2, r.y, r.w - 4, r.h };
	bool room = r.h >= 16;  /* else the clock goes */
	draw_title(g, w, cc_rect_row(r, 0));
	int y = 2;
	if (room) {
		draw_clock(g, w, (cc_rect){ in.x, in.y + y, in.w, CLOCK_ROWS });
		draw_phase(g, w, cc_rect_skip((cc_rect){ in.x, in.y + y + 1, in.w, 1 }, cc_big_width("00:00:00") + 2));
		y += CLOCK_ROWS + 1;
	}
	draw_counts(g, w, cc_rect_row(in, y));
	y += 2;
	draw_seats(g, w, (cc_rect){ in.x, in.y + y, in.w, in.h - y }, glyphs);
}
