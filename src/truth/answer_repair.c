/* answer_repair.c - finds the JSON in what a model or a person left behind.
 *
 * Tried in this order, the first text that parses and holds an answer wins: the whole text, each code fence, each balanced span of
 * braces in prose; every one as it is and then without trailing commas. A JSON string is unpacked and tried again. Each step is
 * recorded, because a repaired answer is not quite the answer that was given. */
#include <string.h>
#include "answer_priv.h"
#include "coldcase/xalloc.h"

enum { UNPACK_MAX = 4, SPANS_MAX = 64 };

typedef struct repair {
	cc_json *doc;
	const cc_json *node;
	unsigned done;
	int depth;          /* of strings unpacked */
	cc_err *err;
} repair;

static cc_code try_text(repair *r, cc_str text);

/* Copies text without commas that stand before a closing bracket. False when there were none (or memory is out). */
static bool without_commas(cc_buf *out, cc_str text)
{
	bool quoted = false, found = false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (quoted && c == '\\' && i + 1 < text.n) {
			cc_buf_add(out, cc_str_sub(text, i, i + 2));
			i++;
			continue;
		}
		quoted ^= c == '"';
		if (!quoted && c == ',') {
			size_t k = i + 1;
			while (k < text.n && (text.p[k] == ' ' || (text.p[k] >= '\t' && text.p[k] <= '\r')))
				k++;
			if (k < text.n && (text.p[k] == ']' || text.p[k] == '}')) {
				found = true;
				continue;
			}
		}
		cc_buf_add_char(out, c);
	}
	return found && cc_buf_ok(out);
}

/* Takes doc if it holds an answer, else frees it. */
static cc_code take(repair *r, cc_json *doc, unsigned how)
{
	answer_place place = cc_answer_locate(doc);
	cc_code code = CC_ENOTFOUND;
	if (place.node) {
		r->doc = doc;
		r->node = place.node;
		r->done |= how | (place.wrapped ? CC_REPAIR_WRAPPED : 0u);
		return CC_OK;
	}
	if (place.text.n && r->depth < UNPACK_MAX) {
		r->depth++;
		code = try_text(r, place.text);
		r->depth--;
		if (!code)
			r->done |= how | CC_REPAIR_STRING | (place.wrapped ? CC_REPAIR_WRAPPED : 0u);
	}
	cc_json_free(doc);
	return code;
}

/* As it is, then without trailing commas. */
static cc_code try_json(repair *r, cc_str text, unsigned how)
{
	cc_json *doc = NULL;
	cc_code code = cc_json_parse(&doc, text, NULL);
	if (!code)
		return take(r, doc, how);
	if (code == CC_ENOMEM || code == CC_ELIMIT)
		return code;
	cc_buf b = CC_BUF_INIT;
	code = CC_ENOTFOUND;
	if (without_commas(&b, text) && cc_json_parse(&doc, cc_buf_str(&b), NULL) == CC_OK)
		code = take(r, doc, how | CC_REPAIR_COMMA);
	if (b.failed)
		code = CC_ENOMEM;
	cc_buf_deinit(&b);
	return code;
}

static cc_code try_fences(repair *r, cc_str text)
{
	const cc_str mark = CC_STR("```");
	for (int i = 0; i < SPANS_MAX; i++) {
		size_t at = cc_str_find(text, mark);
		if (at == CC_STR_NONE)
			break;
		cc_str body = cc_str_sub(text, at + 3, text.n);
		/* The rest of the fence's line names a language, unless JSON starts there. */
		size_t skip = 0;
		while (skip < body.n && body.p[skip] != '\n' && body.p[skip] != '{' && body.p[skip] != '[' && body.p[skip] != '"')
			skip++;
		body = cc_str_sub(body, skip, body.n);
		size_t end = cc_str_find(body, mark);
		cc_str inside = cc_str_trim(end == CC_STR_NONE ? body : cc_str_sub(body, 0, end));
		cc_code code = try_json(r, inside, CC_REPAIR_FENCE);
		if (code != CC_ENOTFOUND)
			return code;
		if (end == CC_STR_NONE)
			break;
		text = cc_str_sub(body, end + 3, body.n);
	}
	return CC_ENOTFOUND;
}

/* Where the bracket at text.p[at] is closed (one past), minding strings; CC_STR_NONE when it is not. */
static size_t span_end(cc_str text, size_t at)
{
	bool quoted = false;
	size_t depth = 0;
	for (size_t i = at; i < text.n; i++) {
		char c = text.p[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']') && --depth == 0)
			return i + 1;
	}
	return CC_STR_NONE;
}

static cc_code try_spans(repair *r, cc_str text)
{
	size_t at = 0;
	for (int i = 0; i < SPANS_MAX && at < text.n; i++) {
		while (at < text.n && text.p[at] != '{' && text.p[at] != '[')
			at++;
		size_t end = at < text.n ? span_end(text, at) : CC_STR_NONE;
		if (end == CC_STR_NONE) {
			at++;
			continue;
		}
		cc_code code = try_json(r, cc_str_sub(text, at, end), CC_REPAIR_PROSE);
		if (code != CC_ENOTFOUND)
			return code;
		at = end;
	}
	return CC_ENOTFOUND;
}

static cc_code try_text(repair *r, cc_str text)
{
	text = cc_str_trim(text);
	cc_code code = try_json(r, text, 0);
	if (code == CC_ENOTFOUND)
		code = try_fences(r, text);
	if (code == CC_ENOTFOUND)
		code = try_spans(r, text);
	return code;
}

cc_code cc_answer_recover(cc_json **doc, const cc_json **node, unsigned *repaired, cc_str text, cc_err *err)
{
	repair r = { .err = err };
	*doc = NULL;
	*node = NULL;
	cc_code code = try_text(&r, text);
	if (code)
		return cc_err_set(err, code == CC_ENOTFOUND ? CC_EFORMAT : code, "answer: %s",
			code == CC_ENOTFOUND ? "holds no JSON with causes" : cc_code_text(code));
	*doc = r.doc;
	*node = r.node;
	*repaired = r.done;
	return CC_OK;
}
