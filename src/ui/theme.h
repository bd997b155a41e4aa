/* theme.h - how each look appears: colours and attributes, from base16 YAML plus role overrides.
 *
 * A role override is a few words: a colour, optionally "on" a second one, and attributes:
 *     critical: base08 bold          match: black on base0A          selection: reverse
 * Colours: base00 … base0F, #rrggbb, ansi0 … ansi15, default. A palette is optional: the shipped default names only ansi colours. */
#ifndef COLDCASE_UI_THEME_H
#define COLDCASE_UI_THEME_H

#include "coldcase/ui.h"
#include "ui/look.h"

/* A colour: CC_COLOR_DEFAULT, 0 … 255 of the terminal's palette, or CC_COLOR_RGB | rrggbb. */
typedef int32_t cc_color;
#define CC_COLOR_DEFAULT (-1)
#define CC_COLOR_RGB 0x1000000
#define CC_COLOR_IS_RGB(c) ((c) >= CC_COLOR_RGB)

typedef struct cc_style { cc_color fg, bg; unsigned attr; } cc_style;

struct cc_theme {
	char name[64];
	bool dark;                   /* variant */
	bool has_palette;
	cc_color palette[16];
	cc_style styles[CC_LOOK_COUNT];
};

void cc_theme_init_default(cc_theme *t);
cc_code cc_theme_parse(cc_theme *t, cc_str yaml, cc_err *err) CC_MUST_USE;
/* The style of a cell: look, then selection and match laid over it. */
cc_style cc_theme_resolve(const cc_theme *t, cc_look look, unsigned attr);

/* color.c: arithmetic */
double cc_color_contrast(cc_color a, cc_color b);       /* WCAG 1 … 21; both must be RGB, else 21 */
cc_color cc_color_of_256(int i);                        /* what most terminals show for it */
int cc_color_to_256(cc_color c);                        /* nearest by perception; indices and default unchanged */
int cc_color_to_16(cc_color c);
int cc_color_to_8(cc_color c, bool *bright);
/* What the level can show; mono gives default. */
cc_color cc_color_reduce(cc_color c, cc_color_level level, bool *bright);

#endif
