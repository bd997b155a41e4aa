/* record_find.c - finds steps of a record: by what they say, by the case's clock, and the one that submitted the answer.
 *
 * A record may hold a million steps, so a line is decoded only when its text holds what is looked for. */
#include "casefile/record_run.h"

#include <string.h>

#include "coldcase/cancel.h"

enum { POLL = 1024 };

/* JSON may write these bytes otherwise, so they are not looked for in a line's text. */
static bool may_be_escaped(char c)
{
	return (unsigned char)c < 0x20 || (unsigned char)c >= 0x7f || c == '"' || c == '\\' || c == '/' || c == '<' || c == '>' || c == '&';
}

/* The longest part of what is looked for that stands in a line as it is. */
static cc_str certain_part(cc_str text)
{
	cc_str best = CC_STR_EMPTY;

	for (size_t i = 0, from = 0; i <= text.n; i++) {
		if (i < text.n && !may_be_escaped(text.p[i]))
			continue;
		if (i - from > best.n)
			best = cc_str_sub(text, from, i);
		from = i + 1;
	}
	return best;
}

static bool says(const cc_run *run, size_t step, cc_str text, cc_str part)
{
	const cc_record_step *s;

	if (part.n && cc_str_find_nocase(cc_run_text_of(run, &run->lines.p[run->steps.p[step]]), part) == CC_STR_NONE)
		return false;
	s = cc_run_step(run, step)->as.step;
	return cc_str_find_nocase(s->line, text) != CC_STR_NONE || cc_str_find_nocase(s->shown.title, text) != CC_STR_NONE ||
		cc_str_find_nocase(s->message, text) != CC_STR_NONE;
}

cc_code cc_run_find(const cc_run *run, cc_str text, size_t from, cc_cancel *cancel, size_t *out, cc_err *err)
{
	size_t n = cc_run_step_count(run);
	cc_str part = certain_part(text);

	for (size_t i = 0; i < n; i++) {
		size_t step = (from + i) % n;

		if (i % POLL == 0) {
			cc_run_trim(run, POLL);
			if (cc_canceled(cancel))
				return cc_err_set(err, CC_ECANCELED, "looking for %.*s was canceled", CC_STR_ARG(text));
		}
		if (says(run, step, text, part)) {
			*out = step;
			return CC_OK;
		}
	}
	return cc_err_set(err, CC_ENOTFOUND, "no step says %.*s", CC_STR_ARG(text));
}

size_t cc_run_steps_until(const cc_run *run, int64_t active_ns)
{
	size_t low = 0, high = cc_run_step_count(run);

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (cc_run_step(run, mid)->as.step->active_ns <= active_ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* What was submitted last counts; it is near the end. */
bool cc_run_answer_sha256(const cc_run *run, char out[65])
{
	for (size_t i = cc_run_step_count(run); i-- > 0;) {
		if (cc_str_find(cc_run_text_of(run, &run->lines.p[run->steps.p[i]]), CC_STR("answer_sha256")) == CC_STR_NONE)
			continue;
		const cc_record_step *s = cc_run_step(run, i)->as.step;
		for (size_t k = 0; k < s->action_count; k++) {
			cc_str sha = s->actions[k].answer_sha256;
			if (s->actions[k].kind != CC_ACT_SUBMIT || sha.n != 64)
				continue;
			memcpy(out, sha.p, sha.n);
			out[sha.n] = 0;
			return true;
		}
	}
	return false;
}
