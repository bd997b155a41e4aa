/* title.c - what a pane's title row says: what the reply calls itself, and every condition of the line the reply left out. */
#include "ui/ui_priv.h"

#include "coldcase/time.h"

/* "2025-12-15T17:03:12Z" as 17:03:12Z; other texts as they are. */
static void add_time(cc_buf *out, cc_str text)
{
	int64_t ns;
	if (cc_time_parse(text, &ns))
		cc_time_format_clock(out, ns);
	else
		cc_buf_add(out, text);
}

static bool take(cc_str word, const char *key, cc_str *value)
{
	cc_str k = cc_str_from(key);
	if (!cc_str_starts(word, k))
		return false;
	*value = cc_str_sub(word, k.n, word.n);
	return true;
}

/* A window of two long times takes 50 columns: since=A until=B becomes A-B in clock times. */
static void add_compact(cc_buf *out, cc_str text)
{
	cc_str word, since, until, after;
	for (bool first = true; text.n > 0; first = false) {
		cc_str rest;
		cc_str_cut(text, ' ', &word, &rest);
		cc_str_cut(rest, ' ', &until, &after);
		if (!first)
			cc_buf_add_char(out, ' ');
		if (take(word, "since=", &since) && take(until, "until=", &until)) {
			add_time(out, since);
			cc_buf_add_char(out, '-');
			add_time(out, until);
			rest = after;
		} else if (take(word, "since=", &since) || take(word, "until=", &since)) {
			cc_buf_add(out, cc_str_sub(word, 0, 6));
			add_time(out, since);
		} else {
			cc_buf_add(out, word);
		}
		text = rest;
	}
}

/* Parameters of the command (type=Deployment) are conditions too, but replies name only their filter. */
static void add_left_out(cc_buf *out, cc_str title, cc_str line)
{
	cc_str word, key, value;
	while (line.n > 0) {
		cc_str_cut(line, ' ', &word, &line);
		if (cc_str_find_char(word, '=') == CC_STR_NONE || cc_str_find(title, word) != CC_STR_NONE)
			continue;
		cc_str_cut(word, '=', &key, &value);
		if (cc_str_eqz(key, "all") || cc_str_eqz(key, "offset") || cc_str_eqz(key, "limit") ||
			(value.n && cc_str_find(title, value) != CC_STR_NONE))
			continue;
		cc_buf_addf(out, " %.*s", CC_STR_ARG(word));
	}
}

void cc_title_text(const cc_sheet *s, cc_buf *out)
{
	cc_buf all = CC_BUF_INIT;
	cc_str title = s->reply ? cc_reply_title(s->reply) : CC_STR_EMPTY;
	cc_buf_add(&all, title.n ? title : cc_str_from(s->line));
	if (title.n && s->line)
		add_left_out(&all, title, cc_str_from(s->line));
	if (title.n && s->filter)
		add_left_out(&all, title, cc_str_from(s->filter));
	if (title.n && s->context && s->filter && *s->filter)
		cc_buf_addf(&all, " context=%d", s->context);
	add_compact(out, cc_buf_str(&all));
	cc_buf_deinit(&all);
}
