/* picture.h - a record as pictures: its steps shown in the real panes on a terminal that is not there, at any size and in any theme.
 * A film is an asciicast, or an SVG that moves; a still is an SVG.
 *
 * The same record, evidence and options give the same bytes. Credentials and notes can be taken out of everything that is shown. A
 * ground truth is in none of them, unless the caller hands in a verdict to show at the end. */
#ifndef COLDCASE_PICTURE_H
#define COLDCASE_PICTURE_H

#include "coldcase/record.h"
#include "coldcase/session.h"
#include "coldcase/ui.h"

enum { CC_PICTURE_COLUMNS_MIN = 20, CC_PICTURE_ROWS_MIN = 6, CC_PICTURE_MAX = 500 };

typedef struct cc_picture_options {
	const cc_theme *theme;   /* borrowed; NULL = built-in default */
	cc_glyphs glyphs;
	int columns, rows;       /* within the limits above */
	bool no_scrubber;
	unsigned redact;         /* cc_redact bits (export.h) */
	const char *run_path;    /* where the record lies, for markers beside it; NULL = only those it tells itself */
	cc_reply *verdict;       /* shown after the last step; NULL = nothing. Borrowed */
} cc_picture_options;

typedef struct cc_cast_options {
	int version;             /* 2 or 3 */
	double speed;            /* 1 = two seconds a step, or as long as the player took */
	bool by_clock;           /* as long as the player took, at most idle_ns */
	int64_t idle_ns;
} cc_cast_options;

/* They seat the session (session.h), which must be over the record's incident and have no record of its own; it is good for
 * nothing but another picture afterwards. CC_EFORMAT when the record has no header, CC_ENOMEM. */
cc_code cc_cast_write(cc_buf *out, cc_session *s, const cc_run *run, const cc_picture_options *opt, const cc_cast_options *cast, cc_err *err)
	CC_MUST_USE;
/* The screen after so many steps (SIZE_MAX: the last, or the verdict). */
cc_code cc_svg_write(cc_buf *out, cc_session *s, const cc_run *run, const cc_picture_options *opt, size_t step, cc_err *err) CC_MUST_USE;
/* All of them, one after the other, again and again; version does not matter. */
cc_code cc_svg_write_film(cc_buf *out, cc_session *s, const cc_run *run, const cc_picture_options *opt, const cc_cast_options *how, cc_err *err)
	CC_MUST_USE;

#endif
