/* ink.h - the exact colours of a picture: what a theme leaves to the terminal is chosen here, for a picture has no terminal. */
#ifndef COLDCASE_UI_INK_H
#define COLDCASE_UI_INK_H

#include "ui/theme.h"

typedef struct cc_ink {
	cc_color fg, bg;             /* all are RGB */
	cc_color palette[16];        /* what ansi0 … ansi15 are */
} cc_ink;

void cc_ink_of(cc_ink *out, const cc_theme *t);
/* The colours a style is painted with: reverse is swapped, dim is mixed with the paper. */
void cc_ink_style(const cc_ink *ink, cc_style s, cc_color *fg, cc_color *bg);

#endif
