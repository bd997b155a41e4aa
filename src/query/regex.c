/* regex.c - PCRE2 behind three limits, so that neither one subject nor a million of them can hang the program.
 *
 * Most subjects hold none of the strings that the expression cannot match without: they are answered by the prefilter,
 * and PCRE2 is asked about the others. What the prefilter answers costs nothing of the limits.
 * Per match: PCRE2's match limit counts backtracking steps for each start position, so it is scaled by the subject's
 * length; subjects beyond WINDOW bytes are searched window by window (offset limit) with a look at the clock between
 * windows. Per expression: after GIVE_UP_MAX failures of that kind, or when the estimated time of all matches passes
 * TOTAL_NS (one match in SAMPLE is timed), it is exhausted and answers GAVE_UP without trying. */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "coldcase/clock.h"
#include "coldcase/regex.h"
#include "coldcase/time.h"
#include "coldcase/utf8.h"
#include "coldcase/xalloc.h"
#include "query/regex_priv.h"

enum {
	PATTERN_MAX = 65536,
	STEP_BUDGET = 4000000, STEP_MIN = 2000, STEP_MAX = 1000000,
	WINDOW = 65536,
	GIVE_UP_MAX = 100,
	SAMPLE = 64
};
#define SUBJECT_NS (250 * CC_NS_PER_MS)
#define TOTAL_NS (10 * CC_NS_PER_S)

struct cc_regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *context;
	pcre2_jit_stack *stack;
	cc_prefilter prefilter;
	char *pattern;
	size_t pattern_n;
	unsigned flags;
	bool utf, exhausted;
	uint64_t calls, gave_up;
	int64_t spent_ns;         /* estimated */
};

static bool has_upper(cc_str pattern, bool literal)
{
	for (size_t i = 0; i < pattern.n; i++) {
		if (pattern.p[i] == '\\' && !literal) {
			i++;
			continue;
		}
		if (pattern.p[i] >= 'A' && pattern.p[i] <= 'Z')
			return true;
	}
	return false;
}

static cc_prefilter_syntax syntax_of(const cc_regex *re, cc_str pattern)
{
	bool literal = (re->flags & CC_REGEX_LITERAL) != 0;
	bool icase = (re->flags & CC_REGEX_ICASE) || ((re->flags & CC_REGEX_SMART) && !has_upper(pattern, literal));
	return (cc_prefilter_syntax){ .literal = literal, .icase = icase, .utf = re->utf };
}

static uint32_t compile_options(const cc_regex *re, cc_str pattern)
{
	uint32_t options = PCRE2_USE_OFFSET_LIMIT;
	cc_prefilter_syntax syntax = syntax_of(re, pattern);
	if (syntax.literal)
		options |= PCRE2_LITERAL;
	else
		options |= PCRE2_NEVER_BACKSLASH_C;
	if (syntax.icase)
		options |= PCRE2_CASELESS;
	if (re->utf)
		options |= PCRE2_UTF | PCRE2_MATCH_INVALID_UTF;
	return options;
}

static cc_code bad_pattern(cc_err *err, cc_str pattern, int number, size_t offset)
{
	PCRE2_UCHAR text[160] = "";
	pcre2_get_error_message(number, text, sizeof text);
	cc_code code = cc_err_set(err, CC_EUSAGE, "regex /%.*s/: %s at offset %zu",
		CC_STR_ARG(cc_utf8_head(pattern, 200)), (const char *)text, offset);
	if (err)
		err->byte = offset;
	cc_err_hint(err, "quote the text to search it as it stands, or escape special characters with \\");
	return code;
}

static cc_code set_up_matching(cc_regex *re, cc_err *err)
{
	re->data = pcre2_match_data_create(1, NULL);
	re->context = pcre2_match_context_create(NULL);
	if (!re->data || !re->context)
		return cc_err_set(err, CC_ENOMEM, "regex: out of memory");
	pcre2_set_heap_limit(re->context, 16 * 1024);
	pcre2_set_depth_limit(re->context, 20000);
	/* Without JIT (memory policy, exotic machine) the interpreter does the same work under the same limits. */
	if (pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE) == 0) {
		re->stack = pcre2_jit_stack_create(32 * 1024, 1024 * 1024, NULL);
		if (re->stack)
			pcre2_jit_stack_assign(re->context, NULL, re->stack);
	}
	return CC_OK;
}

cc_code cc_regex_compile(cc_regex **out, cc_str pattern, unsigned flags, cc_err *err)
{
	*out = NULL;
	if (pattern.n > PATTERN_MAX)
		return cc_err_set(err, CC_ELIMIT, "regex: %zu bytes is longer than the limit of %d", pattern.n,
			PATTERN_MAX);
	cc_regex *re = cc_calloc(1, sizeof *re);
	char *copy = cc_malloc(pattern.n + 1);
	cc_code code = CC_ENOMEM;
	if (!re || !copy) {
		cc_free(copy);
		goto done;
	}
	for (size_t i = 0; i < pattern.n; i++)
		copy[i] = pattern.p[i];
	copy[pattern.n] = '\0';
	re->pattern = copy;
	re->pattern_n = pattern.n;
	re->flags = flags;
	re->utf = cc_utf8_valid(pattern);
	int number = 0;
	PCRE2_SIZE offset = 0;
	re->code = pcre2_compile((PCRE2_SPTR)copy, pattern.n, compile_options(re, pattern), &number, &offset, NULL);
	code = re->code ? set_up_matching(re, err) : bad_pattern(err, pattern, number, offset);
	if (code == CC_OK) {
		re->prefilter = cc_prefilter_new(pattern, syntax_of(re, pattern));
		*out = re;
		return CC_OK;
	}
done:
	if (code == CC_ENOMEM)
		cc_err_set(err, CC_ENOMEM, "regex: out of memory");
	cc_regex_free(re);
	return code;
}

void cc_regex_free(cc_regex *re)
{
	if (!re)
		return;
	pcre2_jit_stack_free(re->stack);
	pcre2_match_context_free(re->context);
	pcre2_match_data_free(re->data);
	pcre2_code_free(re->code);
	cc_prefilter_free(&re->prefilter);
	cc_free(re->pattern);
	cc_free(re);
}

/* A start inside a character would be refused; what is skipped is its tail or invalid, and matches nothing. */
static size_t to_boundary(const cc_regex *re, cc_str s, size_t at)
{
	if (re->utf && at > 0)
		while (at < s.n && ((unsigned char)s.p[at] & 0xC0) == 0x80)
			at++;
	return at;
}

static uint32_t step_limit(size_t n)
{
	size_t steps = STEP_BUDGET / (n + 1);
	return (uint32_t)(steps < STEP_MIN ? STEP_MIN : steps > STEP_MAX ? STEP_MAX : steps);
}

static cc_regex_result give_up(cc_regex *re)
{
	re->gave_up++;
	if (re->gave_up >= GIVE_UP_MAX)
		re->exhausted = true;
	return CC_REGEX_GAVE_UP;
}

static int match_windows(cc_regex *re, cc_str s, size_t from)
{
	int64_t begin = s.n > WINDOW ? cc_clock_mono_ns() : 0;
	pcre2_set_match_limit(re->context, step_limit(s.n));
	for (;;) {
		size_t last = s.n - from > WINDOW ? from + WINDOW : s.n;
		pcre2_set_offset_limit(re->context, last);
		int rc = pcre2_match(re->code, (PCRE2_SPTR)s.p, s.n, from, 0, re->data, re->context);
		if (rc != PCRE2_ERROR_NOMATCH || last >= s.n)
			return rc;
		from = to_boundary(re, s, last + 1);
		if (from > s.n)
			return PCRE2_ERROR_NOMATCH;
		if (cc_clock_mono_ns() - begin > SUBJECT_NS)
			return PCRE2_ERROR_MATCHLIMIT;
	}
}

static cc_regex_result run_match(cc_regex *re, cc_str s, size_t from)
{
	if (re->exhausted) {
		re->gave_up++;
		return CC_REGEX_GAVE_UP;
	}
	bool timed = re->calls++ % SAMPLE == 0;
	int64_t begin = timed ? cc_clock_mono_ns() : 0;
	int rc = match_windows(re, s, to_boundary(re, s, from));
	if (timed) {
		re->spent_ns += (cc_clock_mono_ns() - begin) * SAMPLE;
		if (re->spent_ns > TOTAL_NS)
			re->exhausted = true;
	}
	if (rc >= 0)
		return CC_REGEX_YES;
	return rc == PCRE2_ERROR_NOMATCH ? CC_REGEX_NO : give_up(re);
}

cc_regex_result cc_regex_match(cc_regex *re, cc_str subject)
{
	if (!subject.p)
		subject = CC_STR_EMPTY;
	if (re->prefilter.finder) {
		if (cc_finder_next(re->prefilter.finder, subject, 0, NULL) == CC_STR_NONE)
			return CC_REGEX_NO;
		if (re->prefilter.exact)
			return CC_REGEX_YES;
		if (re->prefilter.sure)
			return cc_finder_next(re->prefilter.sure, subject, 0, NULL) == CC_STR_NONE ? CC_REGEX_NO : CC_REGEX_YES;
	}
	return run_match(re, subject, 0);
}

cc_regex_result cc_regex_find(cc_regex *re, cc_str subject, size_t from, size_t *start, size_t *end)
{
	const cc_prefilter *pre = &re->prefilter;
	if (!subject.p)
		subject = CC_STR_EMPTY;
	*start = *end = subject.n;
	if (from > subject.n)
		return CC_REGEX_NO;
	if (!pre->finder)
		return cc_regex_find_unfiltered(re, subject, from, start, end);
	size_t at = cc_finder_next(pre->finder, subject, from, NULL);
	if (at == CC_STR_NONE)
		return CC_REGEX_NO;
	if (!pre->exact || cc_finder_count(pre->finder) > 1)
		return cc_regex_find_unfiltered(re, subject, from, start, end);
	*start = at;
	*end = at + cc_finder_needle(pre->finder, 0).n;
	return CC_REGEX_YES;
}

cc_regex_result cc_regex_find_unfiltered(cc_regex *re, cc_str subject, size_t from, size_t *start, size_t *end)
{
	*start = *end = subject.n;
	cc_regex_result result = run_match(re, subject, from);
	if (result != CC_REGEX_YES)
		return result;
	const PCRE2_SIZE *ovector = pcre2_get_ovector_pointer(re->data);
	/* \K in a lookahead can put the start behind the end: such a hit is shown as empty. */
	*start = ovector[0];
	*end = ovector[1] < ovector[0] ? ovector[0] : ovector[1];
	return CC_REGEX_YES;
}

const cc_prefilter *cc_regex_prefilter(const cc_regex *re)
{
	return &re->prefilter;
}

uint64_t cc_regex_gave_up(const cc_regex *re)
{
	return re->gave_up;
}

cc_str cc_regex_pattern(const cc_regex *re)
{
	return (cc_str){ re->pattern, re->pattern_n };
}

unsigned cc_regex_flags_of(const cc_regex *re)
{
	return re->flags;
}
