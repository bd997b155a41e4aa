/* mock_script.c - scripts of the mock model server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/mock_priv.h"

/* The text with its escapes undone; *n its length, for it may hold any byte. */
static char *unescape(const char *text, size_t *n)
{
	char *out = malloc(strlen(text) + 1), *w = out;
	for (const char *p = text; out && *p; p++) {
		unsigned byte;
		if (*p == '\\' && p[1] == 'n') {
			*w++ = '\n';
			p++;
		} else if (*p == '\\' && p[1] == 't') {
			*w++ = '\t';
			p++;
		} else if (*p == '\\' && p[1] == '\\') {
			*w++ = '\\';
			p++;
		} else if (*p == '\\' && p[1] == 'x' && sscanf(p + 2, "%2x", &byte) == 1) {
			*w++ = (char)byte;
			p += 3;
		} else {
			*w++ = *p;
		}
	}
	if (!out)
		abort();
	*w = '\0';
	*n = (size_t)(w - out);
	return out;
}

static char *copy(const char *z)
{
	size_t n = strlen(z) + 1;
	char *out = malloc(n);
	if (!out)
		abort();
	return memcpy(out, z, n);
}

static void add_item(mock_reply *r, mock_kind kind, const char *text)
{
	mock_item item = { .kind = kind };
	item.text = unescape(text, &item.n);
	if (!cc_vec_push(&r->items, item))
		abort();
}

static void add_call(mock_reply *r, const char *text)
{
	size_t n = strcspn(text, " "), unused;
	add_item(r, ITEM_CALL, text);
	mock_item *item = &r->items.p[r->items.n - 1];
	item->arguments = unescape(text[n] ? text + n + 1 : "", &unused);
	item->text[n] = '\0';
	item->n = n;
}

static void add_huge(mock_reply *r, long n)
{
	mock_item item = { .kind = ITEM_RAW, .text = malloc((size_t)n + 1), .n = (size_t)n };
	if (!item.text || !cc_vec_push(&r->items, item))
		abort();
	memset(item.text, 'x', (size_t)n);
	item.text[n] = '\0';
}

static void add_header(mock_reply *r, const char *text)
{
	size_t old = r->headers ? strlen(r->headers) : 0, more = strlen(text) + 3;
	r->headers = realloc(r->headers, old + more);
	if (!r->headers)
		abort();
	snprintf(r->headers + old, more, "%s\r\n", text);
}

static bool add_content(mock_reply *r, const char *word, const char *rest)
{
	if (strcmp(word, "think") == 0)
		add_item(r, ITEM_THINK, rest);
	else if (strcmp(word, "text") == 0)
		add_item(r, ITEM_TEXT, rest);
	else if (strcmp(word, "call") == 0)
		add_call(r, rest);
	else if (strcmp(word, "raw") == 0)
		add_item(r, ITEM_RAW, rest);
	else if (strcmp(word, "error") == 0)
		add_item(r, ITEM_ERROR, rest);
	else if (strcmp(word, "huge") == 0)
		add_huge(r, atol(rest));
	else
		return false;
	return true;
}

static void replace(char **of, const char *text)
{
	free(*of);
	*of = copy(text);
}

static bool add_setting(mock_reply *r, const char *word, const char *rest)
{
	if (strcmp(word, "stop") == 0)
		replace(&r->stop, rest);
	else if (strcmp(word, "type") == 0)
		replace(&r->type, rest);
	else if (strcmp(word, "header") == 0)
		add_header(r, rest);
	else if (strcmp(word, "expect") == 0 && r->expects < sizeof r->expect / sizeof *r->expect)
		r->expect[r->expects++] = copy(rest);
	else if (strcmp(word, "usage") == 0)
		return sscanf(rest, "%ld %ld %ld %ld", &r->usage[0], &r->usage[1], &r->usage[2], &r->usage[3]) >= 2;
	else if (strcmp(word, "pace") == 0)
		r->pace_ms = atoi(rest);
	else if (strcmp(word, "loris") == 0)
		r->loris_ms = atoi(rest);
	else if (strcmp(word, "cut") == 0)
		r->cut = atoi(rest);
	else if (strcmp(word, "close") == 0)
		r->close = true;
	else if (strcmp(word, "hang") == 0)
		r->hang = true;
	else if (strcmp(word, "linger") == 0)
		r->linger = true;
	else
		return false;
	return true;
}

static bool read_line(mock_script *s, char *line)
{
	char *rest = line + strcspn(line, " ");
	if (*rest)
		*rest++ = '\0';
	if (strcmp(line, "by") == 0 && strcmp(rest, "turn") == 0)
		return s->by_turn = true;
	if (strcmp(line, "keep") == 0)
		return s->keep = true;
	if (strcmp(line, "reply") == 0)
		return cc_vec_push(&s->replies, ((mock_reply){ .cut = CUT_NEVER, .usage = { -1, -1, -1, -1 } }));
	if (!s->replies.n)
		return false;
	mock_reply *r = &s->replies.p[s->replies.n - 1];
	if (strcmp(line, "status") == 0) {
		r->status = atoi(rest);
		replace(&r->message, rest[strcspn(rest, " ")] ? rest + strcspn(rest, " ") + 1 : "");
		return true;
	}
	return add_content(r, line, rest) || add_setting(r, line, rest);
}

bool mock_script_read(mock_script *s, const char *text)
{
	char *own = copy(text), *save = NULL;
	bool ok = true;
	*s = (mock_script){ 0 };
	for (char *line = strtok_r(own, "\n", &save); line && ok; line = strtok_r(NULL, "\n", &save)) {
		line += strspn(line, " \t");
		ok = !*line || *line == '#' || read_line(s, line);
		if (!ok)
			fprintf(stderr, "mock model: not a line of a script: %s\n", line);
	}
	free(own);
	return ok && s->replies.n > 0;
}

void mock_script_free(mock_script *s)
{
	for (size_t i = 0; i < s->replies.n; i++) {
		mock_reply *r = &s->replies.p[i];
		for (size_t k = 0; k < r->items.n; k++) {
			free(r->items.p[k].text);
			free(r->items.p[k].arguments);
		}
		for (size_t k = 0; k < r->expects; k++)
			free(r->expect[k]);
		free(r->stop);
		free(r->message);
		free(r->type);
		free(r->headers);
		cc_vec_deinit(&r->items);
	}
	cc_vec_deinit(&s->replies);
}

const char *mock_stop(const mock_reply *r)
{
	if (r->stop)
		return r->stop;
	for (size_t i = 0; i < r->items.n; i++)
		if (r->items.p[i].kind == ITEM_CALL)
			return "calls";
	return "end";
}
