/* pattern_shape.c - what a filter is about.
 *
 * Authors write "checkout\b", "checkout-.*" or ".*checkout" and mean one literal, checkout. The matcher ranks by that literal and
 * compares owner stems with it, so it is read off the text: runs of ordinary characters between the wild parts. */
#include <string.h>
#include "truth_priv.h"

typedef struct scan {
	cc_str s;
	size_t at;
	cc_str best;          /* longest run so far, as written */
	int runs;             /* runs that hold a letter or digit */
	bool glob_like, alternatives;
} scan;

static bool is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '/' ||
		c == ':' || c == ' ' || (unsigned char)c >= 0x80;
}

static bool is_quantifier(char c)
{
	return c == '*' || c == '+' || c == '?' || c == '{';
}

/* The filter without anchors and word edges at its ends, which change nothing in a match of the whole name. */
static cc_str without_anchors(cc_str s)
{
	for (size_t n = SIZE_MAX; n != s.n;) {
		n = s.n;
		if (s.n && s.p[0] == '^')
			s = cc_str_sub(s, 1, s.n);
		if (cc_str_starts(s, CC_STR("\\b")))
			s = cc_str_sub(s, 2, s.n);
		s = cc_str_strip_suffix(s, CC_STR("$"));
		s = cc_str_strip_suffix(s, CC_STR("\\b"));
	}
	return s;
}

static bool has_name_char(cc_str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '-' && s.p[i] != '_')
			return true;
	return false;
}

static void end_run(scan *sc, size_t from, size_t to)
{
	cc_str run = cc_str_sub(sc->s, from, to);
	if (!has_name_char(run))
		return;
	sc->runs++;
	if (run.n > sc->best.n)
		sc->best = run;
}

/* One ordinary character at `at` (perhaps escaped): where it ends, or `at` itself when the character is not ordinary. */
static size_t plain_end(cc_str s, size_t at)
{
	if (is_plain(s.p[at]))
		return at + 1;
	if (s.p[at] == '\\' && at + 1 < s.n && (s.p[at + 1] == '.' || s.p[at + 1] == '-' || s.p[at + 1] == '_'))
		return at + 2;
	return at;
}

static void scan_run(scan *sc)
{
	size_t from = sc->at;
	for (;;) {
		size_t end = sc->at < sc->s.n ? plain_end(sc->s, sc->at) : sc->at;
		if (end == sc->at)
			break;
		char next = end < sc->s.n ? sc->s.p[end] : '\0';
		if (is_quantifier(next) && next != '+') {
			sc->glob_like |= next == '*';
			end_run(sc, from, sc->at);
			sc->at = end;
			return;
		}
		sc->at = end;
	}
	end_run(sc, from, sc->at);
}

static void skip_set(scan *sc)
{
	size_t i = sc->at + 1;
	if (i < sc->s.n && sc->s.p[i] == '^')
		i++;
	for (i++; i < sc->s.n && sc->s.p[i] != ']'; i++)
		if (sc->s.p[i] == '\\')
			i++;
	sc->at = i < sc->s.n ? i + 1 : sc->s.n;
}

static void scan_all(scan *sc)
{
	while (sc->at < sc->s.n) {
		char c = sc->s.p[sc->at];
		if (plain_end(sc->s, sc->at) != sc->at) {
			scan_run(sc);
		} else if (c == '[') {
			skip_set(sc);
		} else {
			sc->alternatives |= c == '(' || c == '|';
			sc->at += c == '\\' && sc->at + 1 < sc->s.n ? 2 : 1;
		}
	}
}

/* The run as a name: escapes resolved, lower case, without the hyphens that join it to a wild part. */
static cc_str run_name(cc_arena *arena, cc_str run, bool wild_before, bool wild_after)
{
	char *p = cc_arena_alloc(arena, run.n + 1);
	cc_str out = { p, 0 };
	if (!p)
		return (cc_str){ NULL, 0 };
	for (size_t i = 0; i < run.n; i++)
		if (run.p[i] != '\\')
			p[out.n++] = run.p[i] >= 'A' && run.p[i] <= 'Z' ? (char)(run.p[i] - 'A' + 'a') : run.p[i];
	while (wild_after && out.n && out.p[out.n - 1] == '-')
		out.n--;
	while (wild_before && out.n && out.p[0] == '-')
		out.p++, out.n--;
	return out;
}

bool cc_pattern_shape(cc_pattern *p, cc_arena *arena)
{
	scan sc = { .s = without_anchors(p->text) };
	scan_all(&sc);
	p->glob_like = sc.glob_like && p->shape == PATTERN_REGEX;
	p->literal = CC_STR_EMPTY;
	if (!sc.best.n || sc.alternatives)
		return true;
	size_t from = (size_t)(sc.best.p - sc.s.p), to = from + sc.best.n;
	p->literal = run_name(arena, sc.best, from > 0, to < sc.s.n);
	if (!p->literal.p)
		return false;
	cc_str before = cc_str_sub(sc.s, 0, from), after = cc_str_sub(sc.s, to, sc.s.n);
	p->single = sc.runs == 1;
	p->head_wild = p->single && cc_str_eqz(before, ".*") && !after.n;
	p->tail_wild = p->single && !before.n && sc.best.p[sc.best.n - 1] == '-' &&
		(cc_str_eqz(after, ".*") || cc_str_eqz(after, ".+"));
	return true;
}
