/* Pattern and subject, separated by the first newline; the first byte holds the flags. Hits lie inside the subject, move forward,
 * and no pattern takes longer than its limits. */
#include "coldcase/regex.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	cc_str text = { (const char *)data + 1, size - 1 }, pattern, subject;
	cc_str_cut(text, '\n', &pattern, &subject);
	cc_regex *re = NULL;
	cc_err err;
	cc_err_clear(&err);
	cc_code code = cc_regex_compile(&re, pattern, data[0] & 7u, &err);
	must((code == CC_OK) == (re != NULL));
	must(code == CC_OK || err.byte <= pattern.n);
	if (!re)
		return 0;
	size_t from = 0, to = 0, pos = 0;
	while (pos <= subject.n && cc_regex_find(re, subject, pos, &from, &to) == CC_REGEX_YES) {
		must(from <= to && to <= subject.n && to >= pos);
		pos = to > pos ? to : pos + 1;
	}
	if (data[0] & CC_REGEX_LITERAL && !(data[0] & (CC_REGEX_ICASE | CC_REGEX_SMART)) && pattern.n && cc_str_find(subject, pattern) == CC_STR_NONE)
		must(cc_regex_match(re, subject) != CC_REGEX_YES);
	cc_regex_free(re);
	return 0;
}
