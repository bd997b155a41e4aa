/* outline.c - reads the shape of block YAML from its indentation: the writer is our own, two blanks a level, lists not indented. */
#include "ui/outline.h"

#include <string.h>

#include "coldcase/vec.h"

typedef struct outline_line { size_t indent; bool item; cc_str key; } outline_line;

bool cc_outline_is(const cc_section *sec)
{
	return sec && sec->kind == CC_SECTION_TEXT && strcmp(sec->key, "spec") == 0;
}

/* A quoted key may hold a colon. */
static cc_str key_of(cc_str text)
{
	size_t end = 0;
	if (text.n && text.p[0] == '"') {
		for (end = 1; end < text.n && text.p[end] != '"'; end++)
			end += text.p[end] == '\\';
		return end < text.n ? cc_str_sub(text, 1, end) : CC_STR_EMPTY;
	}
	while (end < text.n && !(text.p[end] == ':' && (end + 1 == text.n || text.p[end + 1] == ' ')))
		end++;
	return end < text.n ? cc_str_sub(text, 0, end) : CC_STR_EMPTY;
}

static outline_line line_at(const cc_section *sec, size_t i)
{
	cc_str text = sec->lines[i].text;
	outline_line l = { 0 };
	while (l.indent < text.n && text.p[l.indent] == ' ')
		l.indent++;
	text = cc_str_sub(text, l.indent, text.n);
	l.item = cc_str_starts(text, CC_STR("- ")) || cc_str_eqz(text, "-");
	l.key = key_of(l.item ? cc_str_sub(text, 2, text.n) : text);
	return l;
}

size_t cc_outline_end(const cc_section *sec, size_t i)
{
	outline_line top = line_at(sec, i);
	size_t end = i;
	while (end + 1 < sec->line_count) {
		outline_line l = line_at(sec, end + 1);
		bool below = l.indent > top.indent || (l.indent == top.indent && l.item && !top.item);
		if (!below && cc_str_trim(sec->lines[end + 1].text).n)
			break;
		end++;
	}
	return end;
}

/* --- paths --- */

enum { DEEPEST = 64 };

typedef struct step { cc_str key; size_t index; bool is_index; } step;

/* Which element of its list an item is. */
static size_t index_of(const cc_section *sec, size_t i, size_t indent)
{
	size_t n = 0;
	while (i-- > 0) {
		outline_line l = line_at(sec, i);
		if (l.indent < indent || (l.indent == indent && !l.item))
			break;
		n += l.indent == indent;
	}
	return n;
}

/* The line above that holds this one. SIZE_MAX at the top. item_of: the holder is the list element whose first key stands on it. */
static size_t holder(const cc_section *sec, size_t i, const outline_line *l, bool *item_of)
{
	*item_of = false;
	while (i-- > 0) {
		outline_line up = line_at(sec, i);
		if (!l->item && up.item && up.indent + 2 == l->indent) {
			*item_of = true;
			return i;
		}
		if (up.indent < l->indent || (l->item && up.indent == l->indent && !up.item))
			return i;
	}
	return SIZE_MAX;
}

static void write_steps(const step *steps, size_t n, cc_buf *out)
{
	for (size_t i = n; i-- > 0;) {
		const step *s = &steps[i];
		bool brackets = cc_str_find_char(s->key, '.') != CC_STR_NONE || cc_str_find_char(s->key, '/') != CC_STR_NONE;
		if (s->is_index)
			cc_buf_addf(out, "[%zu]", s->index);
		else if (brackets)
			cc_buf_addf(out, "[%.*s]", CC_STR_ARG(s->key));
		else
			cc_buf_addf(out, "%s%.*s", out->n ? "." : "", CC_STR_ARG(s->key));
	}
}

void cc_outline_path(const cc_section *sec, size_t i, cc_buf *out)
{
	step steps[DEEPEST + 2];
	size_t n = 0;
	for (size_t at = i; at != SIZE_MAX && at < sec->line_count && n < DEEPEST;) {
		outline_line l = line_at(sec, at);
		bool item_of;
		if (l.key.n)
			steps[n++] = (step){ .key = l.key };
		if (l.item)
			steps[n++] = (step){ .index = index_of(sec, at, l.indent), .is_index = true };
		at = holder(sec, at, &l, &item_of);
		if (!item_of)
			continue;
		outline_line item = line_at(sec, at);     /* its own key is a sibling's */
		steps[n++] = (step){ .index = index_of(sec, at, item.indent), .is_index = true };
		at = holder(sec, at, &item, &item_of);
	}
	write_steps(steps, n, out);
}
