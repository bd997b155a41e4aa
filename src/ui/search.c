/* search.c - `/`, `n` and `N`: to rows that hold a text, hiding none.
 *
 * The text is a regular expression where it is one, else taken as it stands, in any case. Where the
 * pane holds the whole answer its own text is looked at; in a longer list the session looks through all of it (find=). */
#include "ui/ui_priv.h"

#include <string.h>

void cc_search_deinit(cc_ui *ui)
{
	cc_regex_free(ui->search_re);
	ui->search_re = NULL;
}

static void compile(cc_ui *ui, cc_str text)
{
	cc_search_deinit(ui);
	cc_buf_clear(&ui->search);
	cc_buf_add(&ui->search, text);
	if (text.n && cc_regex_compile(&ui->search_re, text, CC_REGEX_ICASE, NULL))
		(void)!cc_regex_compile(&ui->search_re, text, CC_REGEX_ICASE | CC_REGEX_LITERAL, NULL);
}

static bool item_matches(const cc_sheet *s, size_t item, void *arg)
{
	cc_buf b = CC_BUF_INIT;
	cc_sheet_item_text(s, item, &b);
	bool hit = cc_regex_match(arg, cc_buf_str(&b)) == CC_REGEX_YES;
	cc_buf_deinit(&b);
	return hit;
}

/* --- in what the page holds --- */

static void say_no_hit(cc_ui *ui, const cc_sheet *s)
{
	cc_paging p = cc_reply_paging(s->reply);
	cc_str text = cc_buf_str(&ui->search);
	if (p.paged && p.total_count > CC_SEEK_ROWS)
		cc_ui_say(ui, "none of some %d rows from here holds %.*s; & ~ /%.*s/ looks through all %llu", CC_SEEK_ROWS, CC_STR_ARG(text),
			CC_STR_ARG(text), (unsigned long long)p.total_count);
	else if (p.paged && cc_ui_takes(s, "filter"))
		cc_ui_say(ui, "0 of %llu rows hold %.*s; & ~ /%.*s/ looks into their records, too", (unsigned long long)p.total_count, CC_STR_ARG(text),
			CC_STR_ARG(text));
	else if (p.paged)
		cc_ui_say(ui, "0 of %llu rows hold %.*s", (unsigned long long)p.total_count, CC_STR_ARG(text));
	else
		cc_ui_say(ui, "nothing on this page holds %.*s", CC_STR_ARG(text));
}

static void step_in_page(cc_ui *ui, cc_sheet *s, int dir, bool here)
{
	size_t at = 0, from = s->selected, top = s->top;
	bool moved = (here && s->selected < s->items.n && item_matches(s, s->selected, ui->search_re)) ||
		cc_ui_seek(ui, s, dir, item_matches, ui->search_re), wrapped = false;
	if (moved && cc_sheet_is_part(s)) {     /* how many there are in the rest is not known */
		cc_ui_say(ui, "hit for %.*s", CC_STR_ARG(cc_buf_str(&ui->search)));
		ui->message_hit = true;
		return;
	}
	if (!moved) {
		cc_sheet_to_end(s, dir < 0);
		wrapped = true;
		if (!item_matches(s, s->selected, ui->search_re))
			cc_sheet_seek(s, dir, item_matches, ui->search_re);
	}
	size_t count = cc_sheet_count_matches(s, ui->search_re, &at);
	if (count)
		cc_ui_say(ui, "hit %zu of %zu for %.*s%s", at, count, CC_STR_ARG(cc_buf_str(&ui->search)),
			wrapped && count > 1 ? " (went round)" : "");
	else {                   /* nothing to go to: the cursor stays where it was */
		s->selected = from;
		s->top = top;
		say_no_hit(ui, s);
	}
	ui->message_hit = count > 0;
}

/* --- in a list of any length --- */

/* "~ /text/", or the text in quotes where it is no regular expression. */
static void filter_of(const cc_ui *ui, cc_buf *out)
{
	bool literal = (cc_regex_flags_of(ui->search_re) & CC_REGEX_LITERAL) != 0;
	cc_str text = cc_buf_str(&ui->search);
	cc_buf_addz(out, literal ? "\"" : "~ /");
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		bool escaped = i > 0 && text.p[i - 1] == '\\';
		if (literal ? c == '"' || c == '\\' : c == '/' && !escaped)
			cc_buf_add_char(out, '\\');
		cc_buf_add_char(out, c);
	}
	cc_buf_addz(out, literal ? "\"" : "/i");
}

/* The rest of the file is searched for what was searched before, and the record selected there stays selected. */
void cc_ui_search_unread(cc_ui *ui, cc_sheet *s, cc_cite cite)
{
	cc_buf filter = CC_BUF_INIT;
	cc_found f = { .cite = cite };
	if (!ui->search_re || !cc_ui_takes(s, "find"))
		return;
	filter_of(ui, &filter);
	(void)cc_ui_find(ui, s, cc_buf_str(&filter), 1, false, true, &f);
	cc_buf_deinit(&filter);
}

static void step_in_list(cc_ui *ui, cc_sheet *s, int dir, bool here)
{
	cc_buf filter = CC_BUF_INIT;
	cc_found f = { 0 };
	filter_of(ui, &filter);
	bool asked = cc_ui_find(ui, s, cc_buf_str(&filter), dir, here, true, &f);
	cc_buf_deinit(&filter);
	if (!asked)
		return;
	cc_str text = cc_buf_str(&ui->search);
	if (f.beyond)
		cc_ui_say(ui, "%llu in what is read so far, %llu%s in the rest of the file for %.*s", (unsigned long long)f.hits, (unsigned long long)f.unread,
			f.unread >= CC_REPLY_PAGE ? " and more" : "", CC_STR_ARG(text));
	else if (f.hits)
		cc_ui_say(ui, "hit %llu of %llu for %.*s%s", (unsigned long long)f.hit, (unsigned long long)f.hits, CC_STR_ARG(text),
			f.stopped ? " so far: stopped, n goes on behind them" : f.wrapped && f.hits > 1 ? " (went round)" : "");
	else if (f.stopped)
		cc_ui_say(ui, "no hit so far for %.*s: stopped, n goes on", CC_STR_ARG(text));
	else
		cc_ui_say(ui, "0 of %llu rows hold %.*s", (unsigned long long)cc_reply_paging(s->reply).total_count, CC_STR_ARG(text));
	ui->message_hit = f.hits && !f.beyond;
	ui->message_so_far = f.beyond;
}

/* From hit to hit in that part of the file that is not read yet. */
static bool step_unread(cc_ui *ui, cc_sheet *s, int dir)
{
	size_t from = s->selected, top = s->top;
	if (!cc_sheet_is_unread(s, from))
		return false;
	if (cc_sheet_seek(s, dir, item_matches, ui->search_re) && cc_sheet_is_unread(s, s->selected)) {
		cc_ui_say(ui, "hit in the rest of the file for %.*s", CC_STR_ARG(cc_buf_str(&ui->search)));
		ui->message_hit = true;
		return true;
	}
	s->selected = from;
	s->top = top;
	return false;
}

/* The list is longer than what is here, or will be. */
static bool goes_on(const cc_sheet *s)
{
	cc_paging p = cc_reply_paging(s->reply);
	return cc_sheet_is_part(s) || (p.partial && !p.stopped);
}

static void step(cc_ui *ui, int dir, bool here)
{
	cc_sheet *s = ui->overlay ? ui->overlay : cc_ui_sheet(ui);
	if (!s || !s->reply)
		return;
	if (!ui->search_re)
		cc_ui_say(ui, "nothing was searched for yet; / asks");
	else if (!here && step_unread(ui, s, dir))
		return;
	else if (goes_on(s) && cc_ui_takes(s, "find"))
		step_in_list(ui, s, dir, here);
	else
		step_in_page(ui, s, dir, here);
}

void cc_ui_search_step(cc_ui *ui, int dir)
{
	step(ui, dir, false);
}

void cc_ui_search_say_again(cc_ui *ui)
{
	if (ui->message.n && ui->message_so_far && !ui->overlay)
		step(ui, 1, true);
}

void cc_ui_search(cc_ui *ui, cc_str text)
{
	compile(ui, text);
	if (text.n)
		step(ui, 1, true);
}
