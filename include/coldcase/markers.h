/* markers.h - the moments of a record that somebody wants to stop at, each with a caption.
 *
 * Most of them the record tells of itself: what was suspected, ruled out or taken back, hints, the answer, and what the player
 * marked while playing (`mark`). Others are set by hand afterwards. A record is never written to again, so those lie in a file
 * beside it. What only the ground truth can tell is added by whoever may open that (cc_markers_add). */
#ifndef COLDCASE_MARKERS_H
#define COLDCASE_MARKERS_H

#include "coldcase/record.h"

#define CC_MARKERS_FILE "markers.json"
#define CC_MARKERS_FORMAT "coldcase-markers"
enum { CC_MARKERS_VERSION = 1, CC_MARKER_CAPTION_MAX = 400 };

/* In the order in which those of one step are told. */
typedef enum cc_marker_kind {
	CC_MARKER_HAND,          /* set afterwards: the only ones that can be changed */
	CC_MARKER_MARK,          /* by the player: with `mark`, or what was said to others in a live drill */
	CC_MARKER_CAUSE,         /* a true cause was first on the screen */
	CC_MARKER_WRONG,         /* the first wrong turn */
	CC_MARKER_HYPOTHESIS,    /* a suspect more, less or otherwise; a rule-out, or its end */
	CC_MARKER_HINT, CC_MARKER_SUBMIT
} cc_marker_kind;
const char *cc_marker_kind_name(cc_marker_kind kind);       /* "hand", "mark", "cause", "wrong", "hypothesis", "hint", "submit" */

typedef struct cc_marker {
	size_t step;             /* it stands after so many steps; 0 = before the first */
	cc_marker_kind kind;
	cc_str caption;          /* outside text, raw */
} cc_marker;

typedef struct cc_markers cc_markers;

/* Those that the record itself tells of. Nothing of the run is kept. */
cc_code cc_markers_new(cc_markers **out, const cc_run *run, cc_err *err) CC_MUST_USE;
void cc_markers_free(cc_markers *m);                        /* NULL is fine */
size_t cc_markers_count(const cc_markers *m);
const cc_marker *cc_markers_get(const cc_markers *m, size_t i);   /* by step, then by kind; NULL past the last */
/* The first one at or behind a step, as an index; the count when there is none. */
size_t cc_markers_from(const cc_markers *m, size_t step);
/* All captions of a step, "; " between them. Appends nothing when no marker stands there. redact: cc_redact bits (export.h); what
 * somebody wrote is a note. */
void cc_markers_caption(const cc_markers *m, size_t step, unsigned redact, cc_buf *out);
void cc_marker_caption(const cc_marker *marker, unsigned redact, cc_buf *out);

/* By whoever knows more than the record. CC_ENOMEM. */
cc_code cc_markers_add(cc_markers *m, const cc_marker *marker, cc_err *err) CC_MUST_USE;
/* By hand: a step has at most one, and setting it again changes its caption. CC_EUSAGE: no caption, a longer one than
 * CC_MARKER_CAPTION_MAX bytes, or no such step. */
cc_code cc_markers_set(cc_markers *m, size_t step, cc_str caption, cc_err *err) CC_MUST_USE;
bool cc_markers_unset(cc_markers *m, size_t step);          /* false: none was set there by hand */

/* The file that belongs to a record (its path, or that of the folder it lies in): markers.json beside trajectory.jsonl. */
void cc_markers_path(const char *run_path, cc_buf *out);
/* Those set by hand, from that file and into it. No file is no failure, and none left removes it. What stands in the file but
 * cannot be used (a step the record has not) is left out and counted. CC_EFORMAT, CC_EIO and others name the file. */
cc_code cc_markers_load(cc_markers *m, const char *run_path, size_t *left_out, cc_err *err) CC_MUST_USE;
cc_code cc_markers_save(const cc_markers *m, const char *run_path, cc_err *err) CC_MUST_USE;

#endif
