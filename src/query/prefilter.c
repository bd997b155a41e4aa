/* prefilter.c - reads an expression as far as it is plain, and keeps the strings that it cannot match without.
 *
 * Each part of the expression is either exact, a few strings and nothing else, or it has a best set, of which one
 * string occurs in every match, or nothing is known of it. A sequence joins the strings of exact neighbours, an
 * alternation unites those of its branches, everything else ends a string. Two letters make trouble: without regard to
 * case, UTF-8 has a third k (U+212A) and a third s (U+017F). A string is ended before them, or, when little would be
 * left, the two characters are looked for beside it. Strings with both spellings of each say for sure whether there is a
 * match, but they are more than one looks for at the same speed. */
#include "query/prefilter.h"

#include "coldcase/utf8.h"
#include "query/prefilter_set.h"

/* A level of nesting takes some kilobytes of stack, and threads may have little of it. */
enum { DEPTH_MAX = 10, ENOUGH = 4 };

typedef struct part {
	bool exact;
	literal_set run;    /* exact: what it matches. In a sequence: what the text matched so far ends with */
	literal_set best;   /* not exact: one of these occurs; count 0 = nothing known */
} part;

/* What k and s do to a string: end it, nothing but that soft_met says so, or there is one with each spelling. */
typedef enum softness { SOFT_ENDS, SOFT_STAYS, SOFT_FORKS } softness;

typedef struct parser {
	cc_str s;
	size_t at;
	cc_prefilter_syntax syntax;
	softness soft;
	bool soft_met, asserts, failed;
	unsigned depth;
} parser;

static part parse_branches(parser *p);

static part unknown(void)
{
	return (part){ .exact = false };
}

static part exact_text(cc_str text)
{
	part a = { .exact = true };
	literals_set_one(&a.run, text);
	return a;
}

static part not_understood(parser *p)
{
	p->failed = true;
	return unknown();
}

static part zero_width(parser *p)
{
	p->asserts = true;
	return exact_text(CC_STR_EMPTY);
}

static bool more(const parser *p)
{
	return !p->failed && p->at < p->s.n;
}

/* The byte `ahead` of the next one, -1 behind the end. */
static int peek(const parser *p, size_t ahead)
{
	return p->at + ahead < p->s.n ? (unsigned char)p->s.p[p->at + ahead] : -1;
}

static bool is_digit(int c)
{
	return c >= '0' && c <= '9';
}

static bool is_alpha(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static int hex(int c)
{
	return is_digit(c) ? c - '0' : (c | 32) >= 'a' && (c | 32) <= 'f' && is_alpha(c) ? (c | 32) - 'a' + 10 : -1;
}

/* --- single characters --- */

#define LONG_S CC_STR("\xC5\xBF")
#define KELVIN CC_STR("\xE2\x84\xAA")

static part either(part a, part b)
{
	a.exact = a.exact && b.exact && literals_add(&a.run, &b.run);
	return a;
}

static part ascii_char(parser *p, int c)
{
	char byte = (char)c;
	if (p->syntax.icase && c >= 'A' && c <= 'Z')
		byte = (char)(c | 32);
	if (p->syntax.icase && p->syntax.utf && (byte == 'k' || byte == 's')) {
		if (p->soft == SOFT_ENDS)
			return unknown();
		if (p->soft == SOFT_FORKS)
			return either(exact_text((cc_str){ &byte, 1 }), exact_text(byte == 's' ? LONG_S : KELVIN));
		p->soft_met = true;
	}
	return exact_text((cc_str){ &byte, 1 });
}

/* One character as it stands, more than one byte of UTF-8 included. */
static part plain_char(parser *p)
{
	size_t from = p->at;
	int c = peek(p, 0);
	if (c < 0x80 || !p->syntax.utf) {
		p->at++;
		return c < 0x80 ? ascii_char(p, c) : exact_text(cc_str_sub(p->s, from, p->at));
	}
	cc_utf8_next(p->s, &p->at);
	return p->syntax.icase ? unknown() : exact_text(cc_str_sub(p->s, from, p->at));
}

static part escape(parser *p)
{
	static const char controls[] = "n\nt\tr\rf\fe\033a\a";
	int c = peek(p, 1);
	p->at += 2;
	if (c < 0 || c >= 0x80)
		return not_understood(p);
	if (!is_alpha(c) && !is_digit(c))
		return ascii_char(p, c);
	for (size_t i = 0; controls[i]; i += 2)
		if (c == controls[i])
			return ascii_char(p, controls[i + 1]);
	if (c == 'x' && hex(peek(p, 0)) >= 0 && hex(peek(p, 0)) < 8 && hex(peek(p, 1)) >= 0) {
		c = hex(peek(p, 0)) * 16 + hex(peek(p, 1));
		p->at += 2;
		return ascii_char(p, c);
	}
	if (cc_str_find_char(CC_STR("bBAZzGK"), (char)c) != CC_STR_NONE)
		return zero_width(p);
	if (cc_str_find_char(CC_STR("dDwWsShHvVRX"), (char)c) != CC_STR_NONE)
		return unknown();
	return not_understood(p);
}

/* --- classes --- */

/* "[:alpha:]" inside a class: whatever it is, it ends at ":]". */
static bool skip_posix(parser *p)
{
	size_t at = p->at + 2;
	if (at < p->s.n && p->s.p[at] == '^')
		at++;
	while (at < p->s.n && is_alpha((unsigned char)p->s.p[at]))
		at++;
	if (!cc_str_starts(cc_str_sub(p->s, at, p->s.n), CC_STR(":]")))
		return false;
	p->at = at + 2;
	return true;
}

static bool skip_class_item(parser *p)
{
	int c = peek(p, 0), next = peek(p, 1);
	if (c == '[' && (next == ':' || next == '.' || next == '='))
		return next == ':' && skip_posix(p);
	if (c != '\\') {
		p->at++;
		return true;
	}
	p->at += 2;
	return next >= 0 && next != 'Q' && next != 'E' && next != 'c';
}

/* [.] and [Ee] are strings; ranges, escapes and everything beyond ASCII end one. */
static bool small_class(parser *p, cc_str inside, part *out)
{
	*out = (part){ .exact = true };
	if (inside.n == 0 || inside.n > 4)
		return false;
	for (size_t i = 0; i < inside.n; i++) {
		char c = inside.p[i];
		if (c == '\\' || c == '[' || c == '-' || c == '^' || (unsigned char)c >= 0x80)
			return false;
		part one = ascii_char(p, c);
		if (!one.exact || !literals_add(&out->run, &one.run))
			return false;
	}
	return true;
}

static part class_of(parser *p)
{
	part set;
	p->at++;
	size_t from = p->at;
	if (peek(p, 0) == '^')
		p->at++;
	if (peek(p, 0) == ']')
		p->at++;
	while (peek(p, 0) >= 0 && peek(p, 0) != ']')
		if (!skip_class_item(p))
			return not_understood(p);
	cc_str inside = cc_str_sub(p->s, from, p->at);
	p->at++;
	return small_class(p, inside, &set) ? set : unknown();
}

/* --- groups and what follows them --- */

/* Behind "(": true when the group only groups or captures; the position is then that of its content. */
static bool skip_group_head(parser *p)
{
	if (peek(p, 0) != '?')
		return peek(p, 0) != '*';
	if (peek(p, 1) == ':') {
		p->at += 2;
		return true;
	}
	p->at += peek(p, 1) == 'P' ? 2 : 1;
	char end = peek(p, 0) == '<' ? '>' : peek(p, 0) == '\'' ? '\'' : '\0';
	if (!end || !(is_alpha(peek(p, 1)) || peek(p, 1) == '_'))
		return false;
	p->at++;
	while (peek(p, 0) >= 0 && peek(p, 0) != end)
		p->at++;
	p->at++;
	return true;
}

static part group(parser *p)
{
	p->at++;
	if (p->depth == DEPTH_MAX || !skip_group_head(p))
		return not_understood(p);
	p->depth++;
	part inside = parse_branches(p);
	p->depth--;
	if (peek(p, 0) != ')')
		return not_understood(p);
	p->at++;
	return inside;
}

static part atom(parser *p)
{
	int c = peek(p, 0), next = peek(p, 1);
	if (p->syntax.literal)
		return plain_char(p);
	switch (c) {
	case '\\':
		return escape(p);
	case '[':
		return class_of(p);
	case '(':
		return group(p);
	case '^': case '$':
		p->at++;
		return zero_width(p);
	case '.':
		p->at++;
		return unknown();
	case '*': case '+': case '?':
		return not_understood(p);
	case '{': /* versions of PCRE2 differ in what of this is a quantifier */
		return is_digit(next) || next == ',' || next == ' ' || next == '\t' ? not_understood(p) : plain_char(p);
	default:
		return plain_char(p);
	}
}

/* {n}, {n,} and {n,m}; *least is whether n > 0. */
static bool braces(parser *p, bool *least)
{
	size_t i = 1;
	*least = false;
	for (; is_digit(peek(p, i)); i++)
		*least |= peek(p, i) != '0';
	if (i == 1)
		return false;
	if (peek(p, i) == ',')
		for (i++; is_digit(peek(p, i)); i++)
			;
	if (peek(p, i) != '}')
		return false;
	p->at += i + 1;
	return true;
}

/* All quantifiers that follow; false when there is none. *needed: the item still occurs at least once. */
static bool quantifiers(parser *p, bool *needed)
{
	bool any = false, least;
	*needed = true;
	for (;; any = true) {
		int c = peek(p, 0);
		if (c == '*' || c == '?' || c == '+') {
			least = c == '+';
			p->at++;
		} else if (c != '{' || !braces(p, &least)) {
			return any;
		}
		*needed &= least;
		if (peek(p, 0) == '?' || peek(p, 0) == '+') /* lazy, possessive */
			p->at++;
	}
}

/* --- sequences and alternations --- */

static void end_run(part *seq, const literal_set *next)
{
	literals_keep_better(&seq->best, &seq->run);
	seq->exact = false;
	if (next)
		seq->run = *next;
	else
		literals_set_one(&seq->run, CC_STR_EMPTY);
}

static void join(part *seq, const part *item)
{
	if (!item->exact) {
		end_run(seq, NULL);
		literals_keep_better(&seq->best, &item->best);
	} else if (!literals_append(&seq->run, &item->run)) {
		end_run(seq, &item->run);
	}
}

static part parse_sequence(parser *p)
{
	part seq = exact_text(CC_STR_EMPTY);
	while (more(p) && (p->syntax.literal || (peek(p, 0) != '|' && peek(p, 0) != ')'))) {
		bool needed = true;
		part item = atom(p);
		bool repeated = !p->syntax.literal && !p->failed && quantifiers(p, &needed);
		if (needed)
			join(&seq, &item);
		/* the last repetition stands directly before what follows */
		if (repeated)
			end_run(&seq, needed && item.exact ? &item.run : NULL);
	}
	literals_keep_better(&seq.best, &seq.run);
	return seq;
}

static part parse_branches(parser *p)
{
	part all = parse_sequence(p);
	while (more(p) && peek(p, 0) == '|') {
		p->at++;
		part one = parse_sequence(p);
		all.exact = all.exact && one.exact && literals_add(&all.run, &one.run);
		if (!all.best.count || !one.best.count || !literals_add(&all.best, &one.best))
			all.best.count = 0;
	}
	return all;
}

/* --- the whole --- */

static bool is_start_of_icase(cc_str pattern)
{
	return cc_str_starts(pattern, CC_STR("(?i)"));
}

static part parse(parser *p, cc_str pattern, cc_prefilter_syntax syntax, softness soft)
{
	*p = (parser){ .s = pattern, .syntax = syntax, .soft = soft };
	if (!syntax.literal && is_start_of_icase(pattern)) {
		p->syntax.icase = true;
		p->at = 4;
	}
	part all = parse_branches(p);
	if (p->failed || p->at < p->s.n || literals_shortest(&all.best) == 0)
		return unknown();
	all.exact = all.exact && !p->asserts && !p->soft_met;
	return all;
}

static bool any_holds(const literal_set *s, char c)
{
	for (unsigned i = 0; i < s->count; i++)
		if (cc_str_find_char((cc_str){ s->item[i].p, s->item[i].n }, c) != CC_STR_NONE)
			return true;
	return false;
}

static cc_finder *finder_of(const parser *p, const literal_set *strings)
{
	cc_str needles[CC_FINDER_MAX];
	size_t count = 0;
	for (; count < strings->count; count++)
		needles[count] = (cc_str){ strings->item[count].p, strings->item[count].n };
	if (count && p->soft_met && any_holds(strings, 's'))
		needles[count++] = LONG_S;
	if (count && p->soft_met && any_holds(strings, 'k'))
		needles[count++] = KELVIN;
	return cc_finder_new(needles, count, p->syntax.icase, CC_FINDER_BEST);
}

cc_prefilter cc_prefilter_new(cc_str pattern, cc_prefilter_syntax syntax)
{
	parser p;
	cc_prefilter out = { .finder = NULL };
	part all = parse(&p, pattern, syntax, SOFT_ENDS);
	if (literals_shortest(&all.best) < ENOUGH)
		all = parse(&p, pattern, syntax, SOFT_STAYS);
	out.finder = finder_of(&p, &all.best);
	out.exact = out.finder && all.exact;
	if (out.finder && !out.exact && p.syntax.icase && syntax.utf) {
		all = parse(&p, pattern, syntax, SOFT_FORKS);
		out.sure = all.exact ? finder_of(&p, &all.best) : NULL;
	}
	return out;
}

void cc_prefilter_free(cc_prefilter *p)
{
	cc_finder_free(p->finder);
	cc_finder_free(p->sure);
	*p = (cc_prefilter){ .finder = NULL };
}
