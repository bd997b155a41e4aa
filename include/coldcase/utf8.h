/* utf8.h - outside bytes made safe for a terminal, and how wide they are there.
 *
 * Law 8: every byte of outside text passes cc_utf8_clean before it meets a terminal. Control bytes (C0, DEL, C1 in either
 * form), escape sequences, bidirectional controls, zero-width and other invisible format characters are shown, not obeyed. */
#ifndef COLDCASE_UTF8_H
#define COLDCASE_UTF8_H

#include "coldcase/buf.h"

#define CC_UTF8_BAD 0xFFFDu

/* Decodes the character at *pos (< s.n), advances *pos by 1..4 bytes. Invalid, overlong, surrogate or cut sequences give
 * CC_UTF8_BAD and advance by one byte. */
uint32_t cc_utf8_next(cc_str s, size_t *pos);
size_t cc_utf8_encode(uint32_t cp, char out[4]);     /* bytes written; CC_UTF8_BAD's for an invalid code point */
bool cc_utf8_valid(cc_str s);
cc_str cc_utf8_head(cc_str s, size_t max);           /* at most max bytes of it, no character in two */

typedef enum cc_clean_flags {
	CC_CLEAN_LINE = 0,      /* one line: newline shown as "␊" ("\n" in ASCII mode), tab as blanks to the next multiple of 8 */
	CC_CLEAN_KEEP_NL = 1,   /* newlines stay: the caller splits lines */
	CC_CLEAN_ASCII = 2,     /* every non-ASCII character becomes \u{XXXX}: C-locale terminals */
	CC_CLEAN_STRIP_ANSI = 4 /* well-formed CSI/OSC colour sequences vanish instead of being shown as ␛[31m */
} cc_clean_flags;

/* Appends s to out so that printing it changes nothing but cells: C0 as U+2400 pictures (␛), C1/bidi/invisible as
 * "<U+202E>", invalid bytes as "\xNN". In ASCII mode: "^[" and "\u{202E}". */
void cc_utf8_clean(cc_buf *out, cc_str s, unsigned flags);

/* Columns of one character: 0 combining, 1, 2 wide (East Asian Wide/Fullwidth, emoji presentation); unassigned 1.
 * Own table (Unicode 15), so that layout does not depend on the C library; controls give 0. */
int cc_width_char(uint32_t cp);
size_t cc_width(cc_str s);                           /* columns of valid UTF-8 text already cleaned */
/* Longest prefix of at most `columns` columns, never splitting a character or leaving its combining marks. */
cc_str cc_width_cut(cc_str s, size_t columns);
/* Appends s cut or padded with blanks to exactly `columns`; a cut ends in "…" ("~" in ASCII mode) when columns > 0. */
void cc_width_fit(cc_buf *out, cc_str s, size_t columns, bool ascii);

#endif
