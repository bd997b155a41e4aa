/* table.h - which columns of a table fit, how wide each is, and one row drawn accordingly. */
#ifndef COLDCASE_UI_TABLE_H
#define COLDCASE_UI_TABLE_H

#include "ui/draw.h"

enum { CC_TABLE_COLUMNS = 32, CC_TABLE_GUTTER = 4 /* '>' mark, pin, gravity letter, blank */ };

typedef struct cc_table_fit {
	uint8_t count;                       /* columns shown */
	uint8_t column[CC_TABLE_COLUMNS];    /* their index in the section */
	uint16_t width[CC_TABLE_COLUMNS];
	cc_str shared[CC_TABLE_COLUMNS];     /* entities stand without this namespace; empty = with all. Text of the reply */
	uint8_t indent;                      /* columns a level of a tree takes */
	uint16_t cut;                        /* columns of the flexible column out of sight: how far it can be shifted */
} cc_table_fit;

/* Chooses columns by priority and gives each its width inside `columns` (gutter included). Looks at the rows: a column is
 * never wider than what it holds, and what is saved goes to those that were cut. few: what is nice to have stays out, room or not. */
void cc_table_fit_columns(cc_table_fit *fit, const cc_section *table, int columns, bool ascii, bool few);

/* ruler: heads the bars instead of their column's title; NULL = the title. */
void cc_table_draw_header(cc_grid *g, cc_rect r, const cc_section *table, const cc_table_fit *fit, const char *ruler);
typedef struct cc_row_style {
	bool selected, pinned;
	char note;               /* where the pin stands else; 0 = none */
	cc_str name;             /* set by the table itself: what the row's bar has its colour from */
	bool after;              /* past the time cursor */
	bool errors;             /* the gravest rows are errors */
	int left;                /* columns the flexible column is shifted by */
	cc_glyphs glyphs;
	cc_range capture;        /* times far outside it are shown as days */
	double bar_from, bar_to; /* the part of bars that is drawn, within 0..1; both 0 = all */
} cc_row_style;
void cc_table_draw_row(cc_grid *g, cc_rect r, const cc_section *table, const cc_table_fit *fit, const cc_row *row, const cc_row_style *s);

/* 0, no, or "-". */
bool cc_cell_is_nothing(const cc_cell *c);

/* 'C', 'W', 'I', '+' or ' ': the gravity of a row as a letter, so that colour is never alone. What is gravest in the rows of logs and
 * traces is an error, 'E', elsewhere something critical. */
char cc_role_letter(cc_role role);
bool cc_is_of_errors(cc_str command);

#endif
