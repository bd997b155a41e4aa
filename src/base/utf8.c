/* utf8.c - decoding, and the gate between outside bytes and the terminal.
 *
 * Everything that a terminal would obey, or that would change how neighbouring characters look, is turned into visible
 * characters: C0 and C1 controls, DEL, bidirectional and other format controls, line separators, noncharacters, and
 * combining marks that have nothing to stand on or that pile up (a mark at the start of a text would land on the
 * border of its pane). show() is the one place that decides; cc_utf8_clean adds columns for tabs and colour removal. */
#include "coldcase/utf8.h"

#include <stdio.h>
#include <string.h>
#include "base/utf8_priv.h"

enum { SHOW_MAX = 16, MARKS_MAX = 4 };

static int sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xC2 && lead <= 0xDF)
		return 2;
	if ((lead & 0xF0) == 0xE0)
		return 3;
	return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

static uint32_t decode(cc_str s, size_t *pos, bool *bad)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s.p + *pos;
	int n = sequence_length(p[0]);
	*bad = n == 0 || (size_t)n > s.n - *pos;
	uint32_t cp = n == 1 ? p[0] : n ? (uint32_t)p[0] & (0x7Fu >> n) : 0;
	for (int i = 1; i < n && !*bad; i++) {
		*bad = (p[i] & 0xC0) != 0x80;
		cp = cp << 6 | (p[i] & 0x3Fu);
	}
	*bad = *bad || cp < least[n] || cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF);
	*pos += *bad ? 1 : (size_t)n;
	return *bad ? CC_UTF8_BAD : cp;
}

uint32_t cc_utf8_next(cc_str s, size_t *pos)
{
	bool bad;
	return decode(s, pos, &bad);
}

bool cc_utf8_valid(cc_str s)
{
	bool bad = false;
	for (size_t i = 0; i < s.n && !bad;) {
		if ((unsigned char)s.p[i] < 0x80)
			i++;
		else
			decode(s, &i, &bad);
	}
	return !bad;
}

cc_str cc_utf8_head(cc_str s, size_t max)
{
	size_t n = s.n < max ? s.n : max;
	while (n > 0 && n < s.n && ((unsigned char)s.p[n] & 0xC0) == 0x80)
		n--;
	return cc_str_sub(s, 0, n);
}

size_t cc_utf8_encode(uint32_t cp, char out[4])
{
	if (cp > 0x10FFFF || (cp >= 0xD800 && cp <= 0xDFFF))
		cp = CC_UTF8_BAD;
	if (cp < 0x80) {
		out[0] = (char)cp;
		return 1;
	}
	size_t n = cp < 0x800 ? 2 : cp < 0x10000 ? 3 : 4;
	for (size_t i = n; i-- > 1; cp >>= 6)
		out[i] = (char)(0x80 | (cp & 0x3F));
	out[0] = (char)((0xF00u >> n & 0xF0) | cp);
	return n;
}

typedef struct range {
	uint32_t from, to;
} range;

/* Invisible or obeyed: never let through as they are (controls below U+00A0 are tested apart). */
static const range hidden[] = { { 0xAD, 0xAD }, { 0x34F, 0x34F }, { 0x600, 0x605 }, { 0x61C, 0x61C }, { 0x6DD, 0x6DD },
	{ 0x70F, 0x70F }, { 0x890, 0x891 }, { 0x8E2, 0x8E2 }, { 0x115F, 0x1160 }, { 0x17B4, 0x17B5 }, { 0x180B, 0x180F },
	{ 0x200B, 0x200F }, { 0x2028, 0x202E }, { 0x2060, 0x206F }, { 0x3164, 0x3164 }, { 0xFDD0, 0xFDEF },
	{ 0xFE00, 0xFE0F }, { 0xFEFF, 0xFEFF }, { 0xFFA0, 0xFFA0 }, { 0xFFF0, 0xFFFB }, { 0x110BD, 0x110BD },
	{ 0x110CD, 0x110CD }, { 0x13430, 0x1343F }, { 0x1BCA0, 0x1BCA3 }, { 0x1D173, 0x1D17A }, { 0xE0000, 0xE0FFF } };

static bool is_hidden(uint32_t cp)
{
	if (cp < 0xA0)
		return cp >= 0x7F;
	if ((cp & 0xFFFE) == 0xFFFE)
		return true;
	for (size_t i = 0; i < sizeof hidden / sizeof hidden[0] && hidden[i].from <= cp; i++)
		if (cp <= hidden[i].to)
			return true;
	return false;
}

static size_t show_control(unsigned char c, bool ascii, char out[SHOW_MAX])
{
	if (ascii) {
		out[0] = c == '\n' ? '\\' : '^';
		out[1] = c == '\n' ? 'n' : (char)(c ^ 0x40);
		return 2;
	}
	return cc_utf8_encode(c == 0x7F ? 0x2421 : c == '\n' ? 0x240A : 0x2400u + c, out);
}

typedef struct shower {
	bool ascii;
	int marks; /* combining marks since the last character that has columns; MARKS_MAX = no more */
} shower;

/* Turns the character at *pos into at most SHOW_MAX - 1 safe bytes and moves past it. Not for newline and tab unless they
 * shall be shown. */
static size_t show(shower *w, cc_str s, size_t *pos, char out[SHOW_MAX])
{
	size_t start = *pos;
	bool bad;
	uint32_t cp = decode(s, pos, &bad);
	int marks = w->marks;
	w->marks = 0;
	if (bad)
		return (size_t)snprintf(out, SHOW_MAX, "\\x%02X", (unsigned)(unsigned char)s.p[start]);
	if (cp < 0x20 || cp == 0x7F)
		return show_control((unsigned char)cp, w->ascii, out);
	if (w->ascii && cp >= 0x80)
		return (size_t)snprintf(out, SHOW_MAX, "\\u{%04X}", (unsigned)cp);
	bool mark = cp >= 0x300 && cc_width_char(cp) == 0;
	if (is_hidden(cp) || (mark && marks >= MARKS_MAX)) {
		w->marks = mark ? MARKS_MAX : 0;
		return (size_t)snprintf(out, SHOW_MAX, "<U+%04X>", (unsigned)cp);
	}
	w->marks = mark ? marks + 1 : 0;
	memcpy(out, s.p + start, *pos - start);
	return *pos - start;
}

static bool is_colour_osc(cc_str digits)
{
	int64_t n;
	if (digits.n > 3 || !cc_str_to_i64(digits, &n))
		return false;
	return n == 4 || n == 5 || (n >= 10 && n <= 19) || n == 104 || n == 105 || (n >= 110 && n <= 119);
}

/* ESC ] number ; text (BEL | ESC \): its length when it is a well-formed colour command, else 0. */
static size_t osc_length(cc_str s)
{
	size_t i = 2;
	while (i < s.n && s.p[i] >= '0' && s.p[i] <= '9')
		i++;
	if (!is_colour_osc(cc_str_sub(s, 2, i)))
		return 0;
	while (i < s.n && s.p[i] >= ' ' && s.p[i] < 0x7F)
		i++;
	if (i < s.n && s.p[i] == '\a')
		return i + 1;
	return i + 1 < s.n && s.p[i] == 0x1B && s.p[i + 1] == '\\' ? i + 2 : 0;
}

/* Length of the colour sequence that s starts with, 0 when there is none: CSI ... m (SGR), CSI ... K (the erase that
 * colouring programs add) and OSC colour commands. Other sequences are evidence and stay visible. */
static size_t ansi_length(cc_str s)
{
	if (s.n < 3 || s.p[0] != 0x1B)
		return 0;
	if (s.p[1] == ']')
		return osc_length(s);
	if (s.p[1] != '[')
		return 0;
	size_t i = 2;
	while (i < s.n && ((s.p[i] >= '0' && s.p[i] <= '9') || s.p[i] == ';' || s.p[i] == ':'))
		i++;
	return i < s.n && (s.p[i] == 'm' || s.p[i] == 'K') ? i + 1 : 0;
}

/* Printable ASCII needs no decision: most log text passes here in runs. */
static size_t plain_run(cc_str s, size_t i)
{
	size_t start = i;
	while (i < s.n && s.p[i] >= ' ' && s.p[i] < 0x7F)
		i++;
	return i - start;
}

void cc_utf8_clean(cc_buf *out, cc_str s, unsigned flags)
{
	shower w = { .ascii = (flags & CC_CLEAN_ASCII) != 0, .marks = MARKS_MAX };
	size_t column = 0;
	char shown[SHOW_MAX];
	for (size_t i = 0; i < s.n && cc_buf_ok(out);) {
		size_t n = plain_run(s, i);
		if (n) {
			cc_buf_add(out, (cc_str){ s.p + i, n });
			w.marks = 0;
			column += n;
			i += n;
		} else if (s.p[i] == '\n' && (flags & CC_CLEAN_KEEP_NL)) {
			cc_buf_add_char(out, '\n');
			w.marks = MARKS_MAX;
			column = 0;
			i++;
		} else if (s.p[i] == '\t') {
			cc_buf_add_repeat(out, ' ', 8 - column % 8);
			column += 8 - column % 8;
			w.marks = MARKS_MAX;
			i++;
		} else if ((flags & CC_CLEAN_STRIP_ANSI) && (n = ansi_length(cc_str_sub(s, i, s.n))) > 0) {
			i += n;
		} else {
			n = show(&w, s, &i, shown);
			cc_buf_add(out, (cc_str){ shown, n });
			column += cc_width((cc_str){ shown, n });
		}
	}
}

void cc_utf8_clean_into(char *out, size_t size, cc_str s)
{
	shower w = { .marks = MARKS_MAX };
	char shown[SHOW_MAX];
	size_t used = 0;
	for (size_t i = 0; i < s.n;) {
		size_t n = 1;
		shown[0] = ' ';
		if (s.p[i] == '\t')
			i++;
		else
			n = show(&w, s, &i, shown);
		if (used + n >= size)
			break;
		memcpy(out + used, shown, n);
		used += n;
	}
	if (size)
		out[used] = '\0';
}
