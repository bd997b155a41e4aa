/* picture.h - a record played on a terminal that is not there: what asciicasts and SVGs are made of. */
#ifndef COLDCASE_UI_PICTURE_H
#define COLDCASE_UI_PICTURE_H

#include "coldcase/picture.h"
#include "ui/replay.h"
#include "ui/term_fake.h"

typedef struct cc_film {
	const cc_picture_options *opt;
	cc_session *session;
	cc_replay replay;        /* the console keeps its address: a film is not to be moved */
	cc_term *term;
	cc_term_fake *fake;
	cc_ui *ui;
	size_t steps, frames;    /* frames: the start, each step, the verdict */
	cc_theme own_theme;
	const cc_theme *theme;
} cc_film;

/* All are borrowed. Close it also after a failure. */
cc_code cc_film_open(cc_film *f, cc_session *s, const cc_run *run, const cc_picture_options *opt, cc_err *err) CC_MUST_USE;
void cc_film_close(cc_film *f);
const cc_grid *cc_film_frame(cc_film *f, size_t i);      /* good until the next call */
double cc_film_wait_us(const cc_film *f, size_t i, const cc_cast_options *how);   /* how long it stands */
/* What is done in it, on one line: the command line, after what it means where that is worth stopping at. */
void cc_film_label(const cc_film *f, size_t i, cc_buf *out);
void cc_film_title(const cc_film *f, cc_buf *out);       /* "coldcase: Scenario-1, by ana" */

#endif
