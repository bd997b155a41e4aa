/* league_plot.c - score over what it costs, in characters: it has to be readable over SSH, in a mail and on a projector. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "app/league.h"

enum { COLUMNS = 60, ROWS = 13, LETTERS = 26 };

static bool is_best(const cc_league_player *p, cc_amount what)
{
	return what == CC_AMOUNT_COST ? p->frontier_cost : p->frontier_turns;
}

static double most_of(const cc_league_table *t, cc_amount what)
{
	double most = 0;
	for (size_t i = 0; i < t->player_count; i++)
		if (isfinite(t->players[i].mean[what]) && t->players[i].mean[what] > most)
			most = t->players[i].mean[what];
	return most;
}

/* Where several lie on one place a star says so; the legend has them all. */
static void place(char grid[ROWS][COLUMNS + 1], const cc_league_player *p, char letter, double x)
{
	int column = (int)lround(x * (COLUMNS - 1)), row = (int)lround((1 - p->score) * (ROWS - 1));
	char *at = &grid[row][column];
	*at = *at == ' ' ? letter : '*';
}

static void add_grid(cc_reply *r, char grid[ROWS][COLUMNS + 1], double most, cc_amount what)
{
	for (int row = 0; row < ROWS; row++) {
		if (row % 3 == 0)
			cc_reply_linef(r, CC_ROLE_TEXT, "%4.2f |%s", 1 - (double)row / (ROWS - 1), grid[row]);
		else
			cc_reply_linef(r, CC_ROLE_TEXT, "     |%s", grid[row]);
	}
	char axis[COLUMNS + 1], right[32];
	memset(axis, '-', COLUMNS);
	axis[COLUMNS] = 0;
	cc_reply_linef(r, CC_ROLE_DIM, "     +%s", axis);
	snprintf(right, sizeof right, what == CC_AMOUNT_COST ? "$%.2f a run" : "%.0f turns", most);
	cc_reply_linef(r, CC_ROLE_DIM, "      0%*s", COLUMNS - 1, right);
}

void app_league_plot(cc_reply *r, const cc_league_table *t, cc_amount what)
{
	char grid[ROWS][COLUMNS + 1];
	double most = most_of(t, what);
	size_t shown = 0;
	if (!(most > 0))
		return; /* nobody's amount is known: no picture of nothing */
	for (int row = 0; row < ROWS; row++) {
		memset(grid[row], ' ', COLUMNS);
		grid[row][COLUMNS] = 0;
	}
	for (size_t i = 0; i < t->player_count && i < LETTERS; i++)
		if (isfinite(t->players[i].mean[what]))
			place(grid, &t->players[i], (char)((is_best(&t->players[i], what) ? 'A' : 'a') + (int)i), t->players[i].mean[what] / most);
	cc_reply_begin_text(r, what == CC_AMOUNT_COST ? "score_over_cost" : "score_over_turns",
		what == CC_AMOUNT_COST ? "Score over cost (capital: nobody is better on both)" :
		"Score over turns (capital: nobody is better on both)");
	add_grid(r, grid, most, what);
	for (size_t i = 0; i < t->player_count && i < LETTERS; i++) {
		const cc_league_player *p = &t->players[i];
		if (!isfinite(p->mean[what]))
			continue;
		cc_reply_linef(r, CC_ROLE_TEXT, "      %c %.*s", (is_best(p, what) ? 'A' : 'a') + (int)i, CC_STR_ARG(p->name));
		shown++;
	}
	if (shown < t->player_count)
		cc_reply_linef(r, CC_ROLE_DIM, "      %zu more are not shown: what they took is not known, or there are too many", t->player_count - shown);
}
