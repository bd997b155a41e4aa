/* trace_keys.c - keys of the traces pane: which trace is meant, folding, and words of a line put in and taken out. */
#include "ui/ui_priv.h"

#include <string.h>

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

void cc_ui_toggle_word(cc_ui *ui, const char *command, const char *what)
{
	cc_sheet *s = cc_ui_sheet(ui);
	cc_str name, rest, word = cc_str_from(what), line = cc_str_from(s ? s->line : NULL);
	cc_buf b = CC_BUF_INIT;
	size_t at = cc_str_find(line, word);
	cc_str_cut(line, ' ', &name, &rest);
	if (!cc_str_eqz(name, command)) {
		cc_ui_say(ui, "this key is for the view of one %s", command);
		return;
	}
	if (at == CC_STR_NONE)
		cc_buf_addf(&b, "%.*s %.*s", CC_STR_ARG(line), CC_STR_ARG(word));
	else
		cc_buf_addf(&b, "%.*s%.*s", CC_STR_ARG(cc_str_trim(cc_str_sub(line, 0, at))), CC_STR_ARG(cc_str_sub(line, at + word.n, line.n)));
	if (cc_buf_ok(&b))
		cc_ui_swap_line(ui, s, b.p);
	cc_buf_deinit(&b);
}

void cc_ui_fold(cc_ui *ui)
{
	cc_sheet *s = cc_ui_sheet(ui);
	if (!s || !cc_sheet_fold(s))
		cc_ui_say(ui, "nothing is below this row");
}
