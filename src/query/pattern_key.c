/* pattern_key.c - what of a body stands for it: a JSON message, the first line, the class of what was thrown. */
#include "coldcase/patterns.h"

static bool is_wordy(char c)
{
	return (c >= '0' && c <= '9') || c == '_' || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static char at(cc_str s, size_t i)
{
	return i < s.n ? s.p[i] : '\0';
}

static cc_str strip_ansi(cc_str s, cc_arena *arena)
{
	if (cc_str_find_char(s, '\x1b') == CC_STR_NONE)
		return s;
	char *p = cc_arena_alloc(arena, s.n + 1);
	if (!p)
		return s;
	size_t n = 0;
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != '\x1b') {
			p[n++] = s.p[i];
			continue;
		}
		if (at(s, i + 1) == '[') {
			i += 2;
			while (i < s.n && (s.p[i] < '@' || s.p[i] > '~'))
				i++;
		} else if (at(s, i + 1) == ']') {
			while (i < s.n && s.p[i] != '\a' && !(s.p[i] == '\x1b' && at(s, i + 1) == '\\' ))
				i++;
		}
	}
	return (cc_str){ p, n };
}

static cc_str json_message(cc_str body, cc_arena *arena)
{
	static const char *const keys[] = { "message", "msg", "log", "@message", "error", "err", "event", "body" };
	cc_json *doc = NULL;
	cc_str found = CC_STR_EMPTY;
	if (cc_json_parse(&doc, body, NULL) != CC_OK)
		return found;
	for (size_t i = 0; i < sizeof keys / sizeof *keys && found.n == 0; i++) {
		const cc_json *v = cc_json_get_nocase(doc, keys[i]);
		if (cc_json_typeof(v) == CC_JSON_STRING)
			found = cc_arena_dup(arena, cc_json_str(v));
	}
	cc_json_free(doc);
	return found.p ? found : CC_STR_EMPTY;
}

/* "java.lang.IllegalStateException" in "Caused by: java.lang.IllegalStateException: closed". */
static cc_str exception_class(cc_str line)
{
	for (size_t i = 0; i < line.n; i++) {
		size_t n = 0;
		while (i + n < line.n && (is_wordy(line.p[i + n]) || line.p[i + n] == '.' || line.p[i + n] == '$'))
			n++;
		cc_str word = cc_str_sub(line, i, i + n);
		if (n > 9 && (cc_str_ends(word, CC_STR("Exception")) || cc_str_ends(word, CC_STR("Error"))))
			return word;
		i += n;
	}
	return CC_STR_EMPTY;
}

/* First line; of a stack trace also the class of what was thrown (Python says it on the last line). */
static cc_str first_line(cc_str text, cc_arena *arena)
{
	cc_str head, rest, line;
	bool more = cc_str_cut(text, '\n', &head, &rest);
	head = cc_str_trim(head);
	if (!more || exception_class(head).n)
		return head;
	cc_str thrown = CC_STR_EMPTY;
	bool python = cc_str_starts(head, CC_STR("Traceback"));
	for (int lines = 0; rest.n && lines < 200; lines++) {
		cc_str_cut(rest, '\n', &line, &rest);
		cc_str class = exception_class(line);
		if (class.n)
			thrown = class;
		if (class.n && !python)
			break;
	}
	if (thrown.n == 0)
		return head;
	cc_str both = cc_arena_printf(arena, "%.*s %.*s", CC_STR_ARG(head), CC_STR_ARG(thrown));
	return both.p ? both : head;
}

cc_str cc_pattern_key(cc_str body, cc_arena *arena)
{
	cc_str text = cc_str_trim(strip_ansi(body, arena));
	if (text.n > 1 && text.p[0] == '{') {
		cc_str message = json_message(text, arena);
		if (message.n)
			text = cc_str_trim(message);
	}
	return first_line(text, arena);
}
