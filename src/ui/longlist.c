/* longlist.c - lists longer than a reply: the part that is held slides along under the selection.
 *
 * A reply holds 200 rows at most; a list may have millions. When the selection nears an end of the part, the part around it is
 * asked for: it belongs to the same question, so it costs nothing, and what was looked at lately is kept. */
#include "ui/ui_priv.h"

#include <string.h>

#include "coldcase/xalloc.h"

static uint64_t part_around(const cc_paging *p, uint64_t place)
{
	uint64_t offset = place > p->limit / 2 ? place - p->limit / 2 : 0, last = p->total_count > p->limit ? p->total_count - p->limit : 0;
	return offset > last ? last : offset;
}

/* False when it could not be had: the old part stays. */
static bool hold(cc_ui *ui, cc_sheet *s, uint64_t offset)
{
	uint64_t before = s->offset;
	bool placed = s->placed;
	const cc_reply *old = s->reply;
	s->offset = offset;
	s->placed = true;
	cc_ui_load(ui, s, false);
	s->moved = false;
	if (s->reply != old)
		return true;
	s->offset = before;
	s->placed = placed;
	return false;
}

static void keep_on_screen(cc_sheet *s, uint64_t place, size_t below_top)
{
	if (cc_sheet_select_place(s, place))
		s->top = s->selected > below_top ? s->selected - below_top : 0;
}

void cc_ui_slide(cc_ui *ui, cc_sheet *s, int height)
{
	uint64_t place;
	if (!cc_sheet_is_part(s) || !cc_sheet_place(s, s->selected, &place))
		return;
	cc_paging p = cc_reply_paging(s->reply);
	const cc_section *main = cc_reply_main(s->reply);
	size_t index = s->items.p[s->selected].index, margin = (size_t)(height > 0 ? height : 1) + 4;
	margin = margin > main->row_count / 3 ? main->row_count / 3 : margin;
	bool above = p.offset && index < margin, below = p.truncated && index + margin >= main->row_count;
	uint64_t offset = part_around(&p, place);
	if ((!above && !below) || offset == s->offset || (above && !below && offset >= p.offset))
		return;
	size_t below_top = s->selected > s->top ? s->selected - s->top : 0;
	if (hold(ui, s, offset))
		keep_on_screen(s, place, below_top);
}

void cc_ui_go(cc_ui *ui, cc_sheet *s, uint64_t place, int height)
{
	cc_paging p = cc_reply_paging(s->reply);
	if (p.total_count && place >= p.total_count)
		place = p.total_count - 1;
	if (!cc_sheet_select_place(s, place) && hold(ui, s, part_around(&p, place)))
		keep_on_screen(s, place, (size_t)(height > 2 ? height / 2 : 0));
	cc_ui_slide(ui, s, height);
	if (place == 0)
		cc_sheet_to_end(s, false);      /* what stands above the list with it */
}

void cc_ui_go_by(cc_ui *ui, cc_sheet *s, int64_t rows, int height)
{
	uint64_t place = 0;
	(void)cc_sheet_place(s, s->selected, &place);
	if (rows < 0)
		place = place > (uint64_t)-rows ? place - (uint64_t)-rows : 0;
	else
		place += (uint64_t)rows;
	cc_ui_go(ui, s, place, height);
}

/* From the part that is held on to the next ones, and back to where one was when none has it. */
bool cc_ui_seek(cc_ui *ui, cc_sheet *s, int dir, bool (*fits)(const cc_sheet *s, size_t item, void *arg), void *arg)
{
	uint64_t from, place;
	int height = cc_ui_page_height(ui);
	if (cc_sheet_seek(s, dir, fits, arg))
		return true;
	bool known = cc_sheet_place(s, s->selected, &from);
	for (int i = 0; known && i < CC_SEEK_ROWS / CC_REPLY_PAGE && cc_sheet_is_part(s); i++) {
		cc_paging p = cc_reply_paging(s->reply);
		if (dir > 0 ? !p.truncated : !p.offset)
			break;
		place = dir > 0 ? p.offset + p.covered_count : p.offset - 1;
		cc_ui_go(ui, s, place, height);
		if (cc_reply_paging(s->reply).offset == p.offset)   /* it could not be had */
			break;
		if (fits(s, s->selected, arg) || cc_sheet_seek(s, dir, fits, arg))
			return true;
	}
	if (known)
		cc_ui_go(ui, s, from, height);
	return false;
}

/* --- finding --- */

static const cc_fact *fact_of(const cc_reply *r, const char *key)
{
	for (size_t i = 0; i < cc_reply_section_count(r); i++) {
		const cc_section *s = cc_reply_section(r, i);
		for (size_t k = 0; strcmp(s->key, "find") == 0 && k < s->fact_count; k++)
			if (strcmp(s->facts[k].key, key) == 0)
				return &s->facts[k];
	}
	return NULL;
}

static int64_t number_of(const cc_reply *r, const char *key)
{
	const cc_fact *f = fact_of(r, key);
	return f && f->cell.type != CC_CELL_NONE ? f->cell.i : 0;
}

static void keep_spread(cc_sheet *s, const cc_reply *r)
{
	const cc_fact *f = fact_of(r, "spread");
	cc_free(s->spread);
	s->spread = f ? cc_calloc(f->cell.point_count + 1, sizeof *s->spread) : NULL;
	s->spread_count = s->spread ? f->cell.point_count : 0;
	if (s->spread_count)
		memcpy(s->spread, f->cell.points, s->spread_count * sizeof *s->spread);
}

static void find_line(cc_ui *ui, const cc_sheet *s, cc_str filter, int dir, bool here, cc_buf *out)
{
	const cc_section *main = cc_reply_main(s->reply);
	uint64_t place, rows;
	cc_ui_question(ui, s, out);
	cc_buf_addz(out, " find=");
	cc_cmd_quote(out, filter);
	if (main && cc_sheet_place(s, s->selected, &place)) {
		rows = main->rows[s->items.p[s->selected].index].stands_for;
		cc_buf_addf(out, " near=%lld", (long long)place - (here ? 1 : 0) + (dir > 0 && !here && rows > 1 ? (long long)rows - 1 : 0));
	}
	if (dir < 0)
		cc_buf_addz(out, " dir=prev");
}

/* The rows around the hit take the place of those held; what is on the screen stays there when the hit is on it, too. */
static void show_hit(cc_sheet *s, cc_reply *reply, uint64_t row)
{
	uint64_t top;
	bool known = cc_sheet_place(s, s->top, &top) || cc_sheet_place(s, s->top + 1, &top);
	cc_sheet_set_reply(s, reply);
	s->offset = cc_reply_paging(reply).offset;
	s->placed = true;
	s->moved = false;
	bool held = known && cc_sheet_select_place(s, top);
	s->top = held ? s->selected : 0;
	if (cc_sheet_select_place(s, row) && !held)
		s->top = s->selected > 8 ? s->selected - 8 : 0;
}

/* --- what is not read yet --- */

bool cc_section_is_unread(const cc_section *s)
{
	return strcmp(s->key, "unread") == 0;
}

bool cc_sheet_is_unread(const cc_sheet *s, size_t item)
{
	return s->reply && item < s->items.n && s->items.p[item].kind == CC_ITEM_ROW && cc_section_is_unread(cc_reply_section(s->reply, s->items.p[item].section));
}

static uint64_t count_unread(const cc_reply *r)
{
	for (size_t i = 0; i < cc_reply_section_count(r); i++)
		if (cc_section_is_unread(cc_reply_section(r, i)))
			return cc_reply_section(r, i)->row_count;
	return 0;
}

size_t cc_sheet_to_unread(cc_sheet *s)
{
	size_t first = 0;
	while (first < s->items.n && !cc_sheet_is_unread(s, first))
		first++;
	if (first == s->items.n)
		return first;
	s->selected = first;
	s->top = first > 3 ? first - 3 : 0;      /* with the heading and the columns above it */
	return first;
}

/* Behind the last hit in what was read, or where there is none, the first one in the rest of the file; or the one that is wanted. */
static void show_unread(cc_sheet *s, cc_reply *reply, cc_cite cite)
{
	cc_sheet_set_reply(s, reply);
	s->moved = false;
	size_t first = cc_sheet_to_unread(s);
	for (size_t i = first; cite.file && i < s->items.n && cc_sheet_is_unread(s, i); i++) {
		cc_cite of = cc_reply_section(reply, s->items.p[i].section)->rows[s->items.p[i].index].cite;
		if (of.file == cite.file && of.record == cite.record)
			s->selected = i;
	}
}

bool cc_ui_find(cc_ui *ui, cc_sheet *s, cc_str filter, int dir, bool here, bool round, cc_found *out)
{
	cc_buf line = CC_BUF_INIT;
	cc_cite wanted = out->cite;
	*out = (cc_found){ 0 };
	find_line(ui, s, filter, dir, here, &line);
	ui->asking = s;
	cc_reply *r = cc_buf_ok(&line) ? cc_ui_answer(ui, cc_buf_str(&line)) : NULL;
	ui->asking = NULL;
	cc_buf_deinit(&line);
	if (!r)
		return false;
	out->hits = (uint64_t)number_of(r, "hits");
	out->hit = (uint64_t)number_of(r, "hit");
	out->wrapped = number_of(r, "wrapped") != 0;
	out->stopped = cc_reply_paging(r).stopped;
	out->found = out->hits && (round || !out->wrapped);
	keep_spread(s, r);
	out->unread = count_unread(r);
	out->beyond = out->unread && dir > 0 && (!out->hits || out->wrapped || wanted.file);
	if (out->beyond)
		show_unread(s, r, wanted);
	else if (out->found)
		show_hit(s, r, (uint64_t)number_of(r, "row"));
	else
		cc_reply_unref(r);
	return true;
}

/* --- the row that was selected, when another part of the list has it --- */

static bool find_time(cc_ui *ui, cc_sheet *s, bool since, bool until, int64_t time_ns)
{
	cc_buf b = CC_BUF_INIT;
	cc_found f = { 0 };
	if (since) {
		cc_buf_addz(&b, "since=");
		cc_time_format(&b, time_ns);
	}
	if (until) {
		cc_buf_addf(&b, "%suntil=", since ? " " : "");
		cc_time_format(&b, time_ns);
	}
	if (cc_buf_ok(&b))
		(void)cc_ui_find(ui, s, cc_buf_str(&b), 1, true, since && until, &f);
	cc_buf_deinit(&b);
	cc_free(s->spread);      /* a time is no search: no ticks beside the list */
	s->spread = NULL;
	s->spread_count = 0;
	return f.found && !f.beyond;
}

static bool select_cited(cc_sheet *s, cc_cite cite)
{
	for (size_t i = 0; i < s->items.n; i++) {
		if (s->items.p[i].kind != CC_ITEM_ROW)
			continue;
		cc_cite of = cc_reply_section(s->reply, s->items.p[i].section)->rows[s->items.p[i].index].cite;
		if (of.file == cite.file && of.record == cite.record) {
			s->selected = i;
			return true;
		}
	}
	return false;
}

/* A filter taken away, repeats unfolded, a focus left: what was selected is still in the list, only not in the part that came first;
 * and what stands around it is why one does this. Where the list lacks it, the part of its time is held. */
void cc_ui_go_to_lost(cc_ui *ui, cc_sheet *s)
{
	cc_cite lost = s->lost;
	int64_t time_ns = s->lost_ns;
	uint64_t place;
	if (!lost.file || time_ns == CC_TIME_NONE || !cc_sheet_is_part(s) || !cc_ui_takes(s, "find"))
		return;
	if (find_time(ui, s, true, true, time_ns) && select_cited(s, lost))
		return;          /* a reply set for a hit counts as not moved */
	s->moved = true;
	cc_paging p = cc_reply_paging(s->reply);
	if (!cc_sheet_place(s, s->selected, &place) || place + 1 < p.offset + p.covered_count)
		return;          /* its time lies within the part */
	bool later = cc_sheet_pick(s).time_ns < time_ns;
	(void)find_time(ui, s, later, !later, time_ns);
	s->moved = true;
}
