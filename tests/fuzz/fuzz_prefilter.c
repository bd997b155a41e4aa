/* Pattern and subject as in fuzz_regex. What the needles say is what PCRE2 says, from every place of the subject. */
#include "fuzz.h"
#include "query/regex_priv.h"

enum { SUBJECT_MAX = 300 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	cc_str text = { (const char *)data + 1, size - 1 }, pattern, subject;
	cc_str_cut(text, '\n', &pattern, &subject);
	subject = subject.n ? cc_str_sub(subject, 0, SUBJECT_MAX) : CC_STR_EMPTY;
	cc_regex *re = NULL;
	if (cc_regex_compile(&re, pattern, data[0] & 7u, NULL) != CC_OK)
		return 0;
	for (size_t from = 0; from <= subject.n; from++) {
		size_t start, end, start2, end2;
		cc_regex_result expected = cc_regex_find_unfiltered(re, subject, from, &start, &end);
		if (expected == CC_REGEX_GAVE_UP)
			break;
		must(cc_regex_find(re, subject, from, &start2, &end2) == expected && start2 == start && end2 == end);
		must(from || cc_regex_match(re, subject) == expected);
	}
	cc_regex_free(re);
	return 0;
}
