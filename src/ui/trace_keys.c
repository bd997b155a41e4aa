/* trace_keys.c - keys of the traces pane: which trace is meant, folding, levels, and words of a line put in and taken out. */
#include "ui/ui_priv.h"

#include <string.h>

#include "coldcase/xalloc.h"

/* The trace of a row, or the one that the whole view is about. */
cc_str cc_ui_trace_of(cc_ui *ui, const cc_pick *p)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (cc_ui_is_trace(p->op))
		return p->op;
	for (size_t i = 0; s && s->reply && i < cc_reply_section_count(s->reply); i++) {
		const cc_section *sec = cc_reply_section(s->reply, i);
		for (size_t k = 0; k < sec->fact_count; k++)
			if (strcmp(sec->facts[k].key, "trace") == 0 && sec->facts[k].cell.type == CC_CELL_TEXT)
				return sec->facts[k].cell.text;
	}
	cc_str word, rest = s && s->reply ? cc_reply_title(s->reply) : CC_STR_EMPTY;   /* "TRACE 4783…", "COMPARE 4783… with …" */
	while (rest.n) {
		cc_str_cut(rest, ' ', &word, &rest);
		if (cc_ui_is_trace(word))
			return word;
	}
	return CC_STR_EMPTY;
}

/* The same rows shown otherwise: the selection stays on its row, and the row where it is on the screen. */
static void vary_line(cc_ui *ui, cc_sheet *s, const char *line)
{
	size_t below_top = s->selected > s->top ? s->selected - s->top : 0;
	char *own = cc_strdup(line);
	if (!own)
		return;
	cc_filters_deinit(s);
	cc_free(s->line);
	s->line = own;
	s->placed = false;
	s->offset = 0;
	cc_ui_load(ui, s, false);
	s->top = s->selected > below_top ? s->selected - below_top : 0;
	cc_ui_note_moved(ui, s);
}

void cc_ui_toggle_word(cc_ui *ui, const char *command, const char *what)
{
	cc_sheet *s = cc_ui_sheet(ui);
	cc_str name, rest, word = cc_str_from(what), line = cc_str_from(s ? s->line : NULL);
	cc_buf b = CC_BUF_INIT;
	size_t at = cc_str_find(line, word);
	cc_str_cut(line, ' ', &name, &rest);
	if (!s || !cc_str_eqz(name, command)) {
		cc_ui_say(ui, "this key is for the view of one %s", command);
		return;
	}
	if (at == CC_STR_NONE)
		cc_buf_addf(&b, "%.*s %.*s", CC_STR_ARG(line), CC_STR_ARG(word));
	else
		cc_buf_addf(&b, "%.*s%.*s", CC_STR_ARG(cc_str_trim(cc_str_sub(line, 0, at))), CC_STR_ARG(cc_str_sub(line, at + word.n, line.n)));
	if (cc_buf_ok(&b))
		vary_line(ui, s, b.p);
	cc_buf_deinit(&b);
}

void cc_ui_fold(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (!s || !cc_sheet_fold(s))
		cc_ui_say(ui, "nothing is below this row");
}

/* The line without a condition, "hide=" with its value; what it was stands in value. */
static void without(cc_str line, const char *key, cc_buf *out, cc_str *value)
{
	cc_str word;
	*value = CC_STR_EMPTY;
	while (line.n > 0) {
		cc_str_cut(line, ' ', &word, &line);
		if (cc_str_starts(word, cc_str_from(key)))
			*value = cc_str_sub(word, strlen(key), word.n);
		else
			cc_buf_addf(out, "%s%.*s", out->n ? " " : "", CC_STR_ARG(word));
	}
}

void cc_ui_hide_service(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	cc_pick p = s ? cc_sheet_pick(s) : (cc_pick){ .any = false };
	cc_buf b = CC_BUF_INIT;
	cc_str before;
	if (!s || !s->line || !cc_sheet_has_bars(s) || !p.row || !p.op.n) {
		cc_ui_say(ui, "this key is for a span in the view of one trace");
		return;
	}
	without(cc_str_from(s->line), "hide=", &b, &before);
	cc_buf_addf(&b, " hide=%.*s%s%.*s", CC_STR_ARG(before), before.n ? "," : "", CC_STR_ARG(p.op));
	double from = s->bar_from, to = s->bar_to;
	if (cc_buf_ok(&b))
		cc_ui_push(ui, -1, cc_buf_str(&b));
	cc_ui_sheet(ui)->bar_from = from;
	cc_ui_sheet(ui)->bar_to = to;
	cc_buf_deinit(&b);
}

static bool step_hops(cc_ui *ui, cc_sheet *s, int dir)
{
	enum { MOST = 6 };
	cc_buf b = CC_BUF_INIT;
	cc_str value;
	int64_t hops;
	bool tree = cc_str_find(cc_str_from(s->line), CC_STR("view=tree")) != CC_STR_NONE;
	without(cc_str_from(s->line), "hops=", &b, &value);
	if (!cc_str_to_i64(value, &hops))
		hops = tree ? 4 : cc_str_find(cc_str_from(s->line), CC_STR("view=matrix")) != CC_STR_NONE ? 2 : 1;
	hops += dir;
	if (hops < 1 || hops > MOST)
		cc_ui_say(ui, hops < 1 ? "one hop is the least" : "further than this calls are not followed");
	cc_buf_addf(&b, " hops=%lld", (long long)hops);
	if (hops >= 1 && hops <= MOST && cc_buf_ok(&b))
		vary_line(ui, s, b.p);
	cc_buf_deinit(&b);
	return true;
}

static bool is_tree(const cc_sheet *s)
{
	const cc_section *sec = s->reply ? cc_reply_main(s->reply) : NULL;
	for (size_t i = 0; sec && i < sec->row_count; i++)
		if (sec->rows[i].depth > 0)
			return true;
	return false;
}

bool cc_ui_step_level(cc_ui *ui, int dir)
{
	cc_sheet *s = cc_ui_sheet(ui);
	cc_str line = cc_str_from(s && s->line ? s->line : "");
	if (s && cc_str_starts(line, CC_STR("topology")) && !cc_str_eqz(line, "topology"))
		return step_hops(ui, s, dir);
	if (!s || !is_tree(s))
		return false;
	if (!cc_sheet_fold_level(s, dir))
		cc_ui_say(ui, dir < 0 ? "only the first level is left" : "nothing is folded");
	return true;
}
