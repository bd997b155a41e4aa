/* league_svg.c - score over what it costs, as one picture without script, fonts or links.
 *
 * x is the mean amount of a run (linear, from 0), y the score from 0 to 1. A point a player with its 95 % interval as a
 * whisker; squares are persons, circles agents, so that colour says nothing alone; the frontier is the line through the
 * players that nobody beats on both. */
#include "coldcase/league.h"

#include <math.h>
#include <stdlib.h>
#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"

enum { WIDTH = 720, HEIGHT = 440, LEFT = 60, RIGHT = 160, TOP = 40, BOTTOM = 60 };

typedef struct plot {
	cc_buf *out;
	const cc_league_table *t;
	cc_amount what;
	double most;                 /* right end of the x axis */
} plot;

static bool is_known(const plot *p, const cc_league_player *player)
{
	return isfinite(player->mean[p->what]);
}

static double x_of(const plot *p, double v)
{
	return LEFT + v / p->most * (WIDTH - LEFT - RIGHT);
}

static double y_of(double score)
{
	return HEIGHT - BOTTOM - score * (HEIGHT - TOP - BOTTOM);
}

static void put_text(cc_buf *out, cc_str raw)
{
	cc_buf clean = CC_BUF_INIT;
	cc_utf8_clean(&clean, raw, CC_CLEAN_LINE);
	for (size_t i = 0; i < clean.n; i++) {
		switch (clean.p[i]) {
		case '<': cc_buf_addz(out, "&lt;"); break;
		case '>': cc_buf_addz(out, "&gt;"); break;
		case '&': cc_buf_addz(out, "&amp;"); break;
		case '"': cc_buf_addz(out, "&quot;"); break;
		default: cc_buf_add_char(out, clean.p[i]);
		}
	}
	cc_buf_deinit(&clean);
}

/* 1, 2 or 5 times a power of ten, so that at most six steps reach the largest value. */
static double step_of(double most)
{
	double step = pow(10, floor(log10(most))) / 10;
	static const double NEXT[] = { 2, 2.5, 2 };
	for (int i = 0; most / step > 6; i++)
		step *= NEXT[i % 3];
	return step;
}

static void put_axes(plot *p)
{
	double step = step_of(p->most);
	cc_buf_addf(p->out, "<g stroke=\"#999\" fill=\"#444\" font-size=\"11\">\n");
	for (int i = 0; i <= 4; i++) {
		double y = y_of(i / 4.0);
		cc_buf_addf(p->out, "<line x1=\"%d\" y1=\"%.1f\" x2=\"%d\" y2=\"%.1f\" stroke-opacity=\"0.4\"/>"
			"<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\" stroke=\"none\">%.2f</text>\n", LEFT, y, WIDTH - RIGHT, y, LEFT - 8, y + 4, i / 4.0);
	}
	for (int i = 0; i * step <= p->most * (1 + 1e-9); i++)
		cc_buf_addf(p->out, "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\" stroke=\"none\">%s%g</text>\n", x_of(p, i * step),
			HEIGHT - BOTTOM + 18, p->what == CC_AMOUNT_COST ? "$" : "", i * step);
	cc_buf_addf(p->out, "<text x=\"%d\" y=\"%d\" stroke=\"none\">mean %s of a run</text>\n<text x=\"%d\" y=\"%d\" stroke=\"none\">score, matcher ",
		LEFT, HEIGHT - BOTTOM + 36, p->what == CC_AMOUNT_COST ? "cost (US dollars)" : "turns", LEFT, TOP - 14);
	put_text(p->out, p->t->matcher);
	cc_buf_addf(p->out, ", %zu task%s; whiskers: 95 %% interval; line: nobody is better on both</text>\n</g>\n", p->t->task_count,
		p->t->task_count == 1 ? "" : "s");
}

static void put_player(plot *p, const cc_league_player *pl)
{
	double x = x_of(p, pl->mean[p->what]), y = y_of(pl->score);
	bool best = p->what == CC_AMOUNT_COST ? pl->frontier_cost : pl->frontier_turns;
	if (isfinite(pl->interval.lo))
		cc_buf_addf(p->out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"#888\"/>\n", x, y_of(pl->interval.lo), x,
			y_of(pl->interval.hi));
	if (pl->agent)
		cc_buf_addf(p->out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\"", x, y);
	else
		cc_buf_addf(p->out, "<rect x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"10\"", x - 5, y - 5);
	cc_buf_addf(p->out, " fill=\"%s\" stroke=\"#1a5276\" stroke-width=\"2\"/>\n<text x=\"%.1f\" y=\"%.1f\" font-size=\"12\" fill=\"#222\">",
		best ? "#1a5276" : "#fff", x + 9, y + 4);
	put_text(p->out, pl->name);
	cc_buf_addf(p->out, " %.3f</text>\n", pl->score);
}

static int by_amount(const void *a, const void *b)
{
	const double *x = a, *y = b;
	return x[0] != y[0] ? (x[0] > y[0]) - (x[0] < y[0]) : (x[1] > y[1]) - (x[1] < y[1]);
}

static void put_frontier(plot *p, double (*points)[2], size_t n)
{
	qsort(points, n, sizeof *points, by_amount);
	cc_buf_addz(p->out, "<polyline fill=\"none\" stroke=\"#1a5276\" stroke-dasharray=\"4 3\" points=\"");
	for (size_t i = 0; i < n; i++)
		cc_buf_addf(p->out, "%s%.1f,%.1f", i ? " " : "", x_of(p, points[i][0]), y_of(points[i][1]));
	cc_buf_addz(p->out, "\"/>\n");
}

static void put_players(plot *p)
{
	double(*points)[2] = cc_calloc(p->t->player_count + 1, sizeof *points);
	size_t n = 0;
	for (size_t i = 0; points && i < p->t->player_count; i++) {
		const cc_league_player *pl = &p->t->players[i];
		if (p->what == CC_AMOUNT_COST ? pl->frontier_cost : pl->frontier_turns) {
			points[n][0] = pl->mean[p->what];
			points[n++][1] = pl->score;
		}
	}
	if (points)
		put_frontier(p, points, n);
	else
		p->out->failed = true;
	cc_free(points);
	for (size_t i = 0; i < p->t->player_count; i++)
		if (is_known(p, &p->t->players[i]))
			put_player(p, &p->t->players[i]);
}

static void put_missing(plot *p)
{
	bool any = false;
	for (size_t i = 0; i < p->t->player_count; i++) {
		if (is_known(p, &p->t->players[i]))
			continue;
		cc_buf_addz(p->out, any ? ", " : "<text x=\"60\" y=\"430\" font-size=\"11\" fill=\"#444\">not known of: ");
		put_text(p->out, p->t->players[i].name);
		any = true;
	}
	if (any)
		cc_buf_addz(p->out, "</text>\n");
}

void cc_league_svg(cc_buf *out, const cc_league_table *t, cc_amount what)
{
	plot p = { .out = out, .t = t, .what = what, .most = 0 };
	for (size_t i = 0; i < t->player_count; i++)
		if (is_known(&p, &t->players[i]) && t->players[i].mean[what] > p.most)
			p.most = t->players[i].mean[what];
	p.most = p.most > 0 ? p.most * 1.1 : 1;
	cc_buf_addf(out, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" "
		"font-family=\"sans-serif\">\n<rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>\n", WIDTH, HEIGHT, WIDTH, HEIGHT, WIDTH, HEIGHT);
	put_axes(&p);
	put_players(&p);
	put_missing(&p);
	cc_buf_addz(out, "</svg>\n");
}
