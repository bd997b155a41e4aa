/* table_text.c - what a cell says in the columns it has: times as clocks or days, and what is cut from names and chains. */
#include "ui/table_priv.h"

#include "coldcase/time.h"
#include "coldcase/utf8.h"

/* A clock time alone would mislead for what happened on another day. */
static bool is_far(int64_t t, const cc_range *capture)
{
	const int64_t half_day = 43200 * CC_NS_PER_S;
	return capture->from_ns != CC_TIME_NONE && (t < capture->from_ns - half_day || t > capture->to_ns + half_day);
}

static void day_text(cc_buf *out, int64_t t, int width)
{
	int year, month, day, hour, minute, second;
	int64_t nanos;
	cc_time_to_civil(t, &year, &month, &day, &hour, &minute, &second, &nanos);
	if (width >= 12)
		cc_buf_addf(out, "%02d-%02d %02d:%02dZ", month, day, hour, minute);
	else
		cc_buf_addf(out, "%02d-%02d", month, day);
}

void cc_table_text(const cc_cell *c, int width, const cc_range *capture, cc_buf *out, bool ascii)
{
	if (c->type == CC_CELL_TIME && width < 24 && capture && is_far(c->i, capture))
		day_text(out, c->i, width);
	else if (c->type == CC_CELL_TIME && width < 13)
		cc_time_format_clock(out, c->i);
	else if (c->type == CC_CELL_TIME && width < 24)
		cc_time_format_clock_ms(out, c->i);
	else if (c->type == CC_CELL_BOOL)
		cc_buf_addz(out, !c->i ? "" : width > 0 && width < 3 ? "+" : "yes");
	else if (c->type != CC_CELL_NONE)
		cc_cell_render(c, out, ascii);
}

cc_str cc_table_namespace(cc_str entity)
{
	size_t slash = cc_str_find_char(entity, '/');
	return slash == CC_STR_NONE || cc_str_rfind_char(entity, '/') == slash ? CC_STR_EMPTY : cc_str_sub(entity, 0, slash);
}

cc_str cc_table_bare(cc_str text, cc_str shared)
{
	cc_str ns = cc_table_namespace(text);
	if (!shared.n || !ns.n || !(cc_str_eq(ns, shared) || cc_str_eqz(ns, "cluster")))
		return text;
	return cc_str_sub(text, ns.n + 1, text.n);
}

/* Loses the namespace where the column does, then the middle of the name, whose ends tell things apart; never the kind. */
static void shorten_entity(cc_buf *b, int width, cc_str shared, bool ascii)
{
	cc_buf out = CC_BUF_INIT;
	cc_str text = cc_table_bare(cc_buf_str(b), shared), dots = ascii ? CC_STR("~") : CC_STR("\xe2\x80\xa6");
	size_t slash = cc_str_rfind_char(text, '/');
	cc_str kind = cc_str_sub(text, 0, slash == CC_STR_NONE ? 0 : slash + 1), name = cc_str_sub(text, kind.n, text.n);
	int room = width - (int)cc_width(kind) - 1;
	if ((int)cc_width(text) > width && room >= 4 && cc_width(name) == name.n) {
		size_t tail = (size_t)room / 2, head = (size_t)room - tail;
		cc_buf_addf(&out, "%.*s%.*s%.*s%.*s", CC_STR_ARG(kind), CC_STR_ARG(cc_str_sub(name, 0, head)), CC_STR_ARG(dots),
			CC_STR_ARG(cc_str_sub(name, name.n - tail, name.n)));
	} else {
		cc_buf_add(&out, text);
	}
	cc_buf_deinit(b);
	*b = out;
}

/* "a > b > c": the end of a chain tells it from others; what is cut away is its beginning. */
static void shorten_chain(cc_buf *b, int width, bool ascii)
{
	static const char *const mark[2] = { "\xe2\x80\xa6 > ", ".. > " };
	cc_str text = cc_buf_str(b), link = CC_STR(" > ");
	size_t at = cc_str_find(text, link);
	if (at == CC_STR_NONE || (int)cc_width(text) <= width)
		return;
	cc_str rest = text;
	while (at != CC_STR_NONE && (int)cc_width(rest) > width - (ascii ? 5 : 4)) {
		rest = cc_str_sub(rest, at + link.n, rest.n);
		at = cc_str_find(rest, link);
	}
	cc_buf out = CC_BUF_INIT;
	cc_buf_addz(&out, mark[ascii]);
	cc_buf_add(&out, rest);
	cc_buf_deinit(b);
	*b = out;
}

/* "unkn…" says no more than this. */
static void shorten_unknown(cc_buf *b, int width)
{
	if (cc_str_eqz(cc_buf_str(b), "unknown") && width < (int)b->n) {
		cc_buf_clear(b);
		cc_buf_add_char(b, '?');
	}
}

void cc_table_shorten(cc_buf *b, const cc_cell *cell, int width, bool shifted, cc_str shared, bool ascii)
{
	shorten_unknown(b, width);
	if (cell->type == CC_CELL_TEXT && !shifted)
		shorten_chain(b, width, ascii);
	if (cell->type == CC_CELL_ENTITY)
		shorten_entity(b, width, shared, ascii);
}
