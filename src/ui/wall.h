/* wall.h - the wall of a class as its files and tests see it. */
#ifndef COLDCASE_UI_WALL_H
#define COLDCASE_UI_WALL_H

#include "coldcase/ui.h"
#include "ui/lineedit.h"

/* One screen of it, above the last two rows. */
void cc_wall_draw(cc_grid *g, const cc_wall *w, cc_rect r, cc_glyphs glyphs);

typedef struct cc_wall_screen {
	cc_wall_source source;
	cc_term *term;
	const cc_theme *theme;
	cc_glyphs glyphs;
	cc_grid grid;
	cc_lineedit prompt;
	cc_history history;
	bool typing, blank, done;
} cc_wall_screen;
void cc_wall_screen_init(cc_wall_screen *s, const cc_wall_source *source, cc_term *term, const cc_ui_options *opt);
void cc_wall_screen_deinit(cc_wall_screen *s);
void cc_wall_key(cc_wall_screen *s, const cc_key *key);
void cc_wall_show(cc_wall_screen *s);

#endif
