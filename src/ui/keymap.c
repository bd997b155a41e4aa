/* keymap.c - the master table of keys. What is not here has no key; what is here is in help. */
#include "ui/keymap.h"

#include <stdio.h>
#include <string.h>

#include "coldcase/xalloc.h"

static const cc_binding bindings[] = {
	{ "r", CC_IN_PANE, 5, CC_DO_LINE, "topology {entity} view=routes", "the ways that lead to the row's entity from the entry points" },
	{ "T", CC_IN_PANE, 5, CC_DO_LINE, "topology {entity} view=tree", "the row's entity as a tree: what it calls, owns and uses" },
	{ "M", CC_IN_PANE, 5, CC_DO_LINE, "topology {entity} view=matrix", "the calls around the row's entity as a matrix" },
	{ "v", CC_IN_PANE, 5, CC_DO_LINE, "topology {entity} view=list", "every edge of the row's entity, as a list" },
	{ "<", CC_IN_PANE, 5, CC_DO_LESS, NULL, "follow calls one hop less; in a list 200 rows back" },
	{ ">", CC_IN_PANE, 5, CC_DO_MORE, NULL, "follow calls one hop further; in a list 200 rows further" },
	{ "'", CC_IN_PANE, 5, CC_DO_JUMP, NULL, "letters on the boxes of the map: the next key jumps to one" },
	{ "j Down", CC_IN_PANE, 0, CC_DO_MOVE_DOWN, NULL, "next row" },
	{ "k Up", CC_IN_PANE, 0, CC_DO_MOVE_UP, NULL, "previous row" },
	{ "h Left", CC_IN_PANE, 0, CC_DO_LEFT, NULL, "scroll a cut column left; in a chart, the time cursor to the sample before" },
	{ "l Right", CC_IN_PANE, 0, CC_DO_RIGHT, NULL, "scroll a cut column right; in a chart, the time cursor to the next sample" },
	{ "g Home", CC_IN_PANE, 0, CC_DO_TOP, NULL, "first row (gg works too)" },
	{ "G End", CC_IN_PANE, 0, CC_DO_BOTTOM, NULL, "last row" },
	{ "PgDn C-f", CC_IN_PANE, 0, CC_DO_PAGE_DOWN, NULL, "one screen down" },
	{ "PgUp C-b", CC_IN_PANE, 0, CC_DO_PAGE_UP, NULL, "one screen up" },
	{ "C-d", CC_IN_PANE, 0, CC_DO_HALF_DOWN, NULL, "half a screen down" },
	{ "C-u", CC_IN_PANE, 0, CC_DO_HALF_UP, NULL, "half a screen up" },
	{ ">", CC_IN_PANE, 0, CC_DO_NEXT_PAGE, NULL, "200 rows further" },
	{ "<", CC_IN_PANE, 0, CC_DO_PREV_PAGE, NULL, "200 rows back" },
	{ "Enter", CC_IN_PANE, 0, CC_DO_DRILL, NULL, "open the row; p says what that costs" },
	{ "Esc Bksp", CC_IN_PANE, 0, CC_DO_BACK, NULL, "back out one level" },
	{ "q", CC_IN_PANE, 0, CC_DO_BACK_OR_QUIT, NULL, "back out, then quit" },
	{ "-", CC_IN_PANE, 0, CC_DO_LAST_VIEW, NULL, "last view" },
	{ "1", CC_IN_PANE, 0, CC_DO_LINE, "alerts", "the alerts pane" },
	{ "2", CC_IN_PANE, 0, CC_DO_LINE, "logs", "the logs pane" },
	{ "3", CC_IN_PANE, 0, CC_DO_LINE, "paths hop", "the traces pane" },
	{ "4", CC_IN_PANE, 0, CC_DO_LINE, "metrics", "the metrics pane" },
	{ "5", CC_IN_PANE, 0, CC_DO_LINE, "topology", "the topology pane" },
	{ "6", CC_IN_PANE, 0, CC_DO_LINE, "events", "the events pane" },
	{ "7", CC_IN_PANE, 0, CC_DO_LINE, "changes", "the specs pane" },
	{ "8", CC_IN_PANE, 0, CC_DO_LINE, "board", "the board" },
	{ "F3", CC_IN_PANE, 0, CC_DO_LINE, "paths origin", "the traces pane at once on where errors begin" },
	{ "F5", CC_IN_PANE, 0, CC_DO_LINE, "topology view=tree", "the topology pane at once on the tree" },
	{ "F6", CC_IN_PANE, 0, CC_DO_LINE, "events new=yes", "the events pane at once on what is new since the onset" },
	{ "F7", CC_IN_PANE, 0, CC_DO_LINE, "changes direct=yes", "the specs pane at once on what somebody changed" },
	{ "Tab", CC_IN_PANE, 0, CC_DO_NEXT_PANE, NULL, "next pane" },
	{ "S-Tab", CC_IN_PANE, 0, CC_DO_PREV_PANE, NULL, "previous pane" },
	{ "/", CC_IN_PANE, 0, CC_DO_SEARCH, NULL, "search, keeping what is around" },
	{ "n", CC_IN_PANE, 0, CC_DO_SEARCH_NEXT, NULL, "next hit" },
	{ "N", CC_IN_PANE, 0, CC_DO_SEARCH_PREV, NULL, "previous hit" },
	{ "&", CC_IN_PANE, 0, CC_DO_FILTER, NULL, "filter: show only what fits; each one adds to those before, &! hides what fits" },
	{ "*", CC_IN_PANE, 0, CC_DO_FILTERS, NULL, "filters: switch off and on, invert, take away" },
	{ "a", CC_IN_PANE, 0, CC_DO_ARRANGE, NULL, "arrange: other orders, groups and choices of what the view shows" },
	{ "e", CC_IN_PANE, 0, CC_DO_NEXT_ERROR, NULL, "next critical or error row" },
	{ "E", CC_IN_PANE, 0, CC_DO_PREV_ERROR, NULL, "previous critical or error row" },
	{ "w", CC_IN_PANE, 0, CC_DO_NEXT_WARNING, NULL, "next warning" },
	{ "W", CC_IN_PANE, 0, CC_DO_PREV_WARNING, NULL, "previous warning" },
	{ "o", CC_IN_PANE, 0, CC_DO_NEXT_SAME, NULL, "next row of the same trace or pod" },
	{ "O", CC_IN_PANE, 0, CC_DO_PREV_SAME, NULL, "previous row of the same trace or pod" },
	{ "}", CC_IN_PANE, 0, CC_DO_NEXT_GROUP, NULL, "next group or section" },
	{ "{", CC_IN_PANE, 0, CC_DO_PREV_GROUP, NULL, "previous group or section" },
	{ "x", CC_IN_PANE, 0, CC_DO_PIVOT, NULL, "pivot: all evidence about the row's entity" },
	{ "f", CC_IN_PANE, 0, CC_DO_LINE, "focus {entity}", "focus the row's entity in every pane" },
	{ "F", CC_IN_PANE, 0, CC_DO_LINE, "focus clear=yes", "focus nothing" },
	{ ".", CC_IN_PANE, 0, CC_DO_NUDGE_LATER, NULL, "put the time cursor on the row; again: on the next later row" },
	{ ",", CC_IN_PANE, 0, CC_DO_NUDGE_EARLIER, NULL, "put the time cursor on the row; again: on the next earlier row" },
	{ ")", CC_IN_PANE, 0, CC_DO_LINE, "at alert=next", "time cursor to the next alert that begins" },
	{ "(", CC_IN_PANE, 0, CC_DO_LINE, "at alert=previous", "time cursor to the alert before" },
	{ "A", CC_IN_PANE, 0, CC_DO_LINE, "at clear=yes", "lift the time cursor" },
	{ "H", CC_IN_PANE, 0, CC_DO_HORIZON, NULL, "as known then: hide what comes after the time cursor, and back" },
	{ "^", CC_IN_PANE, 0, CC_DO_LINE, "onset {time}", "the trouble began with this row: before and after part here" },
	{ "|", CC_IN_PANE, 0, CC_DO_SCRUBBER, NULL,
		"time strip on or off: A alerts begin, C spec changes, W warnings, * several, T onset; height errors, / silence left out, bar cursor, [ ] window" },
	{ "!", CC_IN_PANE, 0, CC_DO_LINE, "hint", "a hint: the next rung of the coach's ladder (recorded beside the score)" },
	{ "z", CC_IN_PANE, 0, CC_DO_ZOOM_IN, NULL, "narrow the time window around the row or cursor; in a waterfall, the row's time alone" },
	{ "Z", CC_IN_PANE, 0, CC_DO_ZOOM_OUT, NULL, "widen the time window, then lift it" },
	{ "[", CC_IN_PANE, 0, CC_DO_VIEW_BACK, NULL, "back to what was looked at before: pane, list or page, focus, cursor, window" },
	{ "]", CC_IN_PANE, 0, CC_DO_VIEW_FORWARD, NULL, "forward again" },
	{ "L", CC_IN_PANE, 0, CC_DO_UNLINK, NULL, "unlink the pane from focus, cursor and window" },
	{ "Space", CC_IN_PANE, 0, CC_DO_PIN, NULL, "pin the row as evidence, or take its pin away" },
	{ "u", CC_IN_PANE, 0, CC_DO_NEXT_PINNED, NULL, "next pinned row" },
	{ "U", CC_IN_PANE, 0, CC_DO_PREV_PINNED, NULL, "previous pinned row" },
	{ "s", CC_IN_PANE, 0, CC_DO_SUSPECT, NULL, "suspect the row's entity" },
	{ "R", CC_IN_PANE, 0, CC_DO_RULEOUT, NULL, "rule the row's entity out, and say why" },
	{ "S", CC_IN_PANE, 0, CC_DO_SUBMIT, NULL, "review the answer and submit it" },
	{ ";", CC_IN_PANE, 0, CC_DO_LINE, "mark", "mark this moment for a replay: asks for a caption" },
	{ "p", CC_IN_PANE, 0, CC_DO_DETAIL, NULL, "all fields of the row" },
	{ "y", CC_IN_PANE, 0, CC_DO_YANK, NULL, "copy from the row" },
	{ "T", CC_IN_PANE, 1, CC_DO_LINE, "alerts by=name", "alerts in groups, with what each has in common" },
	{ "v", CC_IN_PANE, 1, CC_DO_LINE, "alerts by=label", "labels of the alerts, and on how many each value stands" },
	{ "T", CC_IN_PANE, 6, CC_DO_LINE, "events by=object", "events as lanes over time, an object each" },
	{ "t", CC_IN_PANE, 6, CC_DO_LINE, "events new=yes", "events that are new or grown since the onset" },
	{ "v", CC_IN_PANE, 6, CC_DO_LINE, "events sort=warning {filter}", "warnings before all others, of what the filters leave" },
	{ "T", CC_IN_PANE, 2, CC_DO_LINE, "patterns {filter}", "log patterns, of what the filters leave" },
	{ "b", CC_IN_PANE, 2, CC_DO_LINE, "group logs by=service {filter}", "records by service: how many, which are new or grown" },
	{ "B", CC_IN_PANE, 2, CC_DO_LINE, "group logs by=pod {filter}", "records by pod" },
	{ "C", CC_IN_PANE, 2, CC_DO_CONTEXT, NULL, "context: rows around those that fit a filter, 0 to 9" },
	{ "V", CC_IN_PANE, 2, CC_DO_FOLD, NULL, "repeated records and many lines folded or whole" },
	{ "T", CC_IN_PANE, 3, CC_DO_TWIN, NULL, "a list of traces instead of request paths, and back" },
	{ "t", CC_IN_PANE, 3, CC_DO_LINE, "trace {trace}", "the trace of the row: of a path, an example" },
	{ "v", CC_IN_PANE, 3, CC_DO_FOLD_TREE, NULL, "fold what is below the row, or unfold it" },
	{ "c", CC_IN_PANE, 3, CC_DO_CRITICAL, NULL, "of a trace only the critical path, and back" },
	{ "i", CC_IN_PANE, 3, CC_DO_TRACE_LOGS, NULL, "of a trace without its log records, and back" },
	{ "X", CC_IN_PANE, 3, CC_DO_HIDE_SERVICE, NULL, "of a trace without the spans of the row's service; Esc brings them back" },
	{ "<", CC_IN_PANE, 3, CC_DO_LESS, NULL, "of a tree one level less; in a list 200 rows back" },
	{ ">", CC_IN_PANE, 3, CC_DO_MORE, NULL, "of a tree one level more; in a list 200 rows further" },
	{ "b", CC_IN_PANE, 3, CC_DO_LINE, "breakdown {trace}", "where the time of the trace went, by service" },
	{ "B", CC_IN_PANE, 3, CC_DO_LINE, "breakdown", "where the time of all traces goes, before and after" },
	{ "d", CC_IN_PANE, 3, CC_DO_LINE, "paths origin", "where errors begin: failing spans none of whose children fails" },
	{ "D", CC_IN_PANE, 3, CC_DO_LINE, "paths lost", "calls that were made and never arrived" },
	{ "=", CC_IN_PANE, 3, CC_DO_LINE, "compare {trace}", "compare the trace with a healthy one of its kind" },
	{ "T", CC_IN_PANE, 4, CC_DO_LINE, "metrics order=workload", "metrics by workload: what changed most of each, the rest below" },
	{ "b", CC_IN_PANE, 4, CC_DO_LINE, "metrics by=workload", "one line for all pods of a workload" },
	{ "c", CC_IN_PANE, 4, CC_DO_LINE, "metric entity={entity}", "chart what changed most of the row's entity" },
	{ "v", CC_IN_PANE, 4, CC_DO_LINE, "metric {op} entity={entity} siblings=yes", "the same metric of all pods of the workload, side by side" },
	{ "T", CC_IN_PANE, 7, CC_DO_TWIN, NULL, "all objects instead of what changed, and back" },
	{ "d", CC_IN_PANE, 7, CC_DO_LINE, "diff {entity}", "the last change of the row's object" },
	{ "D", CC_IN_PANE, 7, CC_DO_LINE, "diff {entity} against=first", "the row's object against its first state" },
	{ "B", CC_IN_PANE, 7, CC_DO_LINE, "diff {entity} against=sibling", "the row's object against another of the same owner" },
	{ "K", CC_IN_PANE, 7, CC_DO_LINE, "objects by=kind", "objects by kind, and how many moved" },
	{ "c", CC_IN_PANE, 7, CC_DO_LINE, "changes direct=yes", "only what somebody changed" },
	{ "C", CC_IN_PANE, 7, CC_DO_LINE, "checks", "rules on the state: what is wrong with the objects as they stand" },
	{ "d Del", CC_IN_PANE, 8, CC_DO_REMOVE, NULL, "take the suspect, pin or rule-out off the board" },
	{ "i", CC_IN_PANE, 8, CC_DO_RIVALS, NULL, "is it instead of another suspect, or as well" },
	{ "t", CC_IN_PANE, 2, CC_DO_LINE, "trace {op}", "the trace of the log line (T: it has one)" },
	{ "+", CC_IN_PANE, 0, CC_DO_GROW, NULL, "larger pane: alone, without the other one and the fields" },
	{ "_", CC_IN_PANE, 0, CC_DO_SHRINK, NULL, "smaller pane: the other one and the fields beside it again" },
	{ "r", CC_IN_PANE, 0, CC_DO_RERUN, NULL, "run the pane's command again" },
	{ "P", CC_IN_ANY, 0, CC_DO_CLOCK, NULL, "stop or start the clock; evidence is hidden while it stands" },
	{ ":", CC_IN_ANY, 0, CC_DO_COMMAND, NULL, "command line" },
	{ "C-p", CC_IN_ANY, 0, CC_DO_PALETTE, NULL, "find a command" },
	{ "? F1", CC_IN_ANY, 0, CC_DO_HELP, NULL, "this help; type to filter, Enter runs the entry" },
	{ "F2", CC_IN_ANY, 0, CC_DO_MOUSE, NULL, "mouse on or off (Shift bypasses it)" },
	{ "C-l", CC_IN_ANY, 0, CC_DO_REPAINT, NULL, "repaint" },
	{ "C-z", CC_IN_ANY, 0, CC_DO_SUSPEND, NULL, "suspend" },
	{ "Enter", CC_IN_PROMPT, 0, CC_DO_NOTHING, NULL, "accept" },
	{ "Esc C-g", CC_IN_PROMPT, 0, CC_DO_NOTHING, NULL, "leave the prompt" },
	{ "Tab S-Tab", CC_IN_PROMPT, 0, CC_DO_NOTHING, NULL, "complete, next and previous candidate" },
	{ "Up Down", CC_IN_PROMPT, 0, CC_DO_NOTHING, NULL, "earlier and later lines" },
	{ "C-a C-e", CC_IN_PROMPT, 0, CC_DO_NOTHING, NULL, "start and end of the line" },
	{ "C-w C-u C-k", CC_IN_PROMPT, 0, CC_DO_NOTHING, NULL, "cut the word, the line before, the line after the cursor" },
	{ "C-y", CC_IN_PROMPT, 0, CC_DO_NOTHING, NULL, "put back what was cut" },
	{ "Up Down", CC_IN_MENU, 0, CC_DO_NOTHING, NULL, "choose; Enter takes it, Esc leaves" },
};

enum { BINDING_COUNT = sizeof bindings / sizeof bindings[0] };

static const char *const pane_names[] = { "", "alerts", "logs", "traces", "metrics", "topology", "events", "specs", "board" };

int cc_keymap_pane(cc_str name)
{
	for (int i = 1; i <= 8; i++)
		if (cc_str_eqz(name, pane_names[i]))
			return i;
	return 0;
}

cc_keymap *cc_keymap_new(void)
{
	cc_keymap *m = cc_calloc(1, sizeof *m);
	if (!m)
		return NULL;
	m->arena = cc_arena_new();
	bool ok = m->arena != NULL;
	for (size_t i = 0; ok && i < BINDING_COUNT; i++)
		ok = cc_vec_push(&m->rows, bindings[i]);
	if (!ok) {
		cc_keymap_free(m);
		return NULL;
	}
	return m;
}

void cc_keymap_free(cc_keymap *m)
{
	if (!m)
		return;
	cc_vec_deinit(&m->rows);
	cc_arena_free(m->arena);
	cc_free(m);
}

size_t cc_keymap_count(const cc_keymap *m)
{
	return m->rows.n;
}

const cc_binding *cc_keymap_get(const cc_keymap *m, size_t i)
{
	return i < m->rows.n ? &m->rows.p[i] : NULL;
}

static const cc_binding *find_in(const cc_keymap *m, const cc_key *key, int pane)
{
	for (size_t i = 0; i < m->rows.n; i++) {
		const cc_binding *b = &m->rows.p[i];
		if ((b->context == CC_IN_PANE || b->context == CC_IN_ANY) && b->pane == pane && cc_key_named(b->keys, key))
			return b;
	}
	return NULL;
}

const cc_binding *cc_keymap_find(const cc_keymap *m, const cc_key *key, int pane)
{
	const cc_binding *own = pane ? find_in(m, key, pane) : NULL;
	return own ? own : find_in(m, key, 0);
}

cc_str cc_keymap_key_of(const cc_keymap *m, cc_do what, const char *line)
{
	cc_str name = CC_STR_EMPTY, rest;
	for (size_t i = 0; i < m->rows.n && !name.n; i++)
		if (m->rows.p[i].what == what && (what != CC_DO_LINE || strcmp(m->rows.p[i].line, line) == 0))
			cc_str_cut(cc_str_from(m->rows.p[i].keys), ' ', &name, &rest);
	return name;
}

/* --- the manual --- */

static void mdoc_text(cc_buf *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p == '\\')
			cc_buf_addz(out, "\\e");
		else if (*p == '-')
			cc_buf_addz(out, "\\-");
		else
			cc_buf_add_char(out, *p);
	}
}

static void mdoc_binding(cc_buf *out, const cc_binding *b)
{
	cc_str rest = cc_str_from(b->keys), name;
	cc_buf_addz(out, ".It");
	for (int n = 0; rest.n > 0; n++) {
		char text[16];
		cc_str_cut(rest, ' ', &name, &rest);
		snprintf(text, sizeof text, "%.*s", CC_STR_ARG(name));
		cc_buf_addz(out, n ? " , Ic \\&" : " Ic \\&");   /* the guard: `.` and other keys would be read as macros */
		mdoc_text(out, text);
	}
	cc_buf_addz(out, "\n\\&");
	mdoc_text(out, b->note);
	if (b->line)
		cc_buf_addz(out, " (");
	mdoc_text(out, b->line ? b->line : "");
	cc_buf_addz(out, b->line ? ")\n" : "\n");
}

void cc_ui_write_keys_mdoc(cc_buf *out)
{
	static const char *const titles[] = { "Panes", "Everywhere", "Prompts", "Menus" };
	for (cc_key_context context = CC_IN_PANE; context <= CC_IN_MENU; context++) {
		cc_buf_addf(out, ".Ss %s\n.Bl -tag -width Ds -compact\n", titles[context]);
		for (size_t i = 0; i < BINDING_COUNT; i++)
			if (bindings[i].context == context && bindings[i].pane == 0)
				mdoc_binding(out, &bindings[i]);
		cc_buf_addz(out, ".El\n");
	}
	for (int pane = 1; pane <= 8; pane++) {
		bool any = false;
		for (size_t i = 0; i < BINDING_COUNT; i++) {
			if (bindings[i].pane != pane)
				continue;
			if (!any)
				cc_buf_addf(out, ".Ss Only in the %s pane\n.Bl -tag -width Ds -compact\n", pane_names[pane]);
			any = true;
			mdoc_binding(out, &bindings[i]);
		}
		if (any)
			cc_buf_addz(out, ".El\n");
	}
}
